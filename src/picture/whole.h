/* whole.h - is a picture a program drew complete? A full disk cuts files off without anybody saying so. */
#ifndef LFAP_PICTURE_WHOLE_H
#define LFAP_PICTURE_WHOLE_H
#include <stddef.h>

/* A PNG file: signature, chunks whose check sums are right, IEND, nothing behind it. */
int lfap_png_whole(const char *bytes, size_t len);
/* An SVG file: every element that is opened is closed, the last is </svg>. */
int lfap_svg_whole(const char *text, size_t len);
#endif
