/* style.h - what all pictures share. Two things never differ by colour alone: points also by their mark, lines also by
 * their dashes, areas also by their lightness. */
#ifndef LFAP_PICTURE_STYLE_H
#define LFAP_PICTURE_STYLE_H

#define STYLE_BLACK "'#000000'"
#define STYLE_BLUE "'#0072b2'"
#define STYLE_ORANGE "'#d55e00'"
#define STYLE_GREY "'#8c8c8c'"
#define STYLE_PALE "'#e6e6e6'"

/* Labels: +1 a filled disc, -1 an open triangle. */
#define STYLE_PLUS "with points pt 7 ps 0.8 lc rgb " STYLE_BLUE
#define STYLE_MINUS "with points pt 8 ps 1.0 lw 1.5 lc rgb " STYLE_BLACK
/* Around either: what is said of a few. */
#define STYLE_RING "with points pt 6 ps 1.8 lw 1.5 lc rgb " STYLE_ORANGE

/* The key stands below the axis, where it covers nothing; `lines` are its rows. */
#define STYLE_KEY(lines)                                                                          \
  "set bmargin " #lines "+4.5\nset key at screen 0.5,0.01 center bottom vertical maxrows " #lines \
  " samplen 2 width -1 font ',11'\n"

/* Where the upright coordinate is the larger one, in a square from -r to r. */
#define STYLE_CONE                                                                                         \
  "set object 1 polygon from 0,0 to r,r to -r,r to 0,0 behind fs solid noborder fc rgb " STYLE_PALE "\n"   \
  "set object 2 polygon from 0,0 to r,-r to -r,-r to 0,0 behind fs solid noborder fc rgb " STYLE_PALE "\n" \
  "set zeroaxis lw 1 lc rgb " STYLE_GREY "\n"

#define STYLE_FRAME                    \
  "set grid lc rgb '#c8c8c8' lw 0.5\n" \
  "set tics out nomirror\n"            \
  "set mxtics 1\nset mytics 1\n"       \
  "set border 3 lw 1\n"
#endif
