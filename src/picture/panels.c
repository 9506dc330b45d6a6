/* panels.c - panels side by side, one title over all and one key below them: both outside of every panel, whatever is
 * drawn in it. */
#include "picture/picture.h"

#include <stdio.h>

/* Pixels: what stands around a panel (RIGHT: half of a label of six digits), and a line of the key. More than two
   panels side by side cannot be read on a page of 700 pixels. */
enum { LEFT = 100, RIGHT = 36, HEAD = 62, NAME = 34, BELOW = 82, ROW = 18, MOST_COLUMNS = 2 };

void lfap_picture_panels(lfap_picture *p, const lfap_panels *k) {
  int columns = k->panels < MOST_COLUMNS ? (int)k->panels : MOST_COLUMNS;
  int lines = ((int)k->panels + columns - 1) / columns, name = k->named ? NAME : 8;
  int rows = columns == 1 && k->keys > 2 && k->width < 500 ? k->keys : (k->keys + 1) / 2;
  int key = k->keys ? rows * ROW + 10 : 0;
  p->width = columns * (LEFT + k->width + RIGHT);
  p->height = HEAD + lines * (name + k->height + BELOW) + key;
  double w = p->width, h = p->height;
  lfap_text_format(
      &p->commands,
      "set multiplot layout %d,%d title title offset 0,-0.3 margins %.4f,%.4f,%.4f,%.4f spacing %.4f,%.4f\n", lines,
      columns, LEFT / w, 1 - RIGHT / w, (key + BELOW) / h, 1 - (HEAD + name) / h, (LEFT + RIGHT) / w,
      (BELOW + name) / h);
  if (k->keys)
    lfap_text_format(
        &p->commands,
        "set key at screen 0.5,%.4f center bottom Left reverse vertical maxrows %d samplen 2.5 width -5 font ',11'\n",
        4 / h, rows);
  else lfap_text_puts(&p->commands, "unset key\n");
}
