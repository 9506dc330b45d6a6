/* images.c - sample images in rows: a natural image, its perturbation, the two together, noise and noise with a
   perturbation. */
#include "picture/picture.h"

#include <math.h>
#include <stdio.h>

/* A line of pixels of all images side by side is a line of the table: a matrix that is drawn as it stands. */
static void matrix(lfap_text *t, const lfap_image_row *r, size_t count, size_t height, size_t width) {
  for (size_t y = 0; y < height; y++)
    for (size_t k = 0; k < count; k++)
      for (size_t x = 0; x < width; x++) {
        size_t pixel = y * width + x;
        double v = r->x[k * height * width + pixel] + (r->add ? r->add[pixel] : 0);
        lfap_text_format(t, "%.17g%c", v, k + 1 == count && x + 1 == width ? '\n' : ',');
      }
}

static void scale_of(double *lo, double *hi, const lfap_image_row *r, size_t count, size_t d) {
  *lo = r->lo;
  *hi = r->hi;
  if (r->lo < r->hi) return;
  double largest = 0;
  for (size_t i = 0; i < count * d; i++) largest = fmax(largest, fabs(r->x[i]));
  *hi = largest > 0 ? largest : 1;
  *lo = -*hi;
}

/* Row i: its table, a line of words above, the images with white lines between them. */
static void row_commands(lfap_picture *p, const lfap_image_row *r, size_t count, size_t height, size_t width) {
  lfap_text *t = &p->commands;
  char suffix[48];
  double lo, hi;
  snprintf(suffix, sizeof suffix, "_%s", r->id);
  matrix(lfap_picture_table_add(p, suffix), r, count, height, width);
  scale_of(&lo, &hi, r, count, height * width);
  lfap_text_format(t,
                   "set label 1 '%s   (black %.3g, white %.3g)' at graph 0,1 left offset 0,0.6 front\n"
                   "set cbrange [%.17g:%.17g]\n",
                   r->label, lo, hi, lo, hi);
  for (size_t k = 1; k < count; k++)
    lfap_text_format(t, "set arrow %zu from %zu-0.5,graph 0 to %zu-0.5,graph 1 nohead lw 2 lc rgb '#ffffff' front\n", k,
                     k * width, k * width);
  lfap_text_format(t, "plot name.'_%s.csv' matrix with image\n", r->id);
}

static void words_images(lfap_picture *p, const lfap_image_row *row, size_t rows, size_t count) {
  snprintf(p->title, sizeof p->title, "Sample images and their perturbations");
  int used = snprintf(p->caption, sizeof p->caption,
                      "%zu samples a row; what is darker than black or lighter than white is cut in the picture, not "
                      "in the numbers. From top to bottom:",
                      count);
  for (size_t i = 0; i < rows; i++)
    used += snprintf(p->caption + used, sizeof p->caption - (size_t)used, "%s %.40s", i ? "," : "", row[i].label);
}

/* An image takes SIDE pixels across; very tall ones are cut down. */
enum { SIDE = 96, TALLEST = 3 * SIDE, WORDS = 30, HEAD = 50 };

lfap_status lfap_picture_images(lfap_ctx *ctx, lfap_picture *out, const lfap_image_row *row, size_t rows, size_t count,
                                size_t height, size_t width) {
  if (rows == 0 || count == 0 || rows > LFAP_PICTURE_TABLES)
    return lfap_fail(ctx, LFAP_ERR_INTERNAL, "images: %zu rows of %zu", rows, count);
  double tall = SIDE * (double)height / (double)width;
  lfap_picture p = {.name = "images", .width = (int)count * SIDE + 24};
  p.height = HEAD + (int)rows * ((tall < TALLEST ? (int)tall : TALLEST) + WORDS) + 10;
  if (p.width < 480) p.width = 480;
  lfap_text_format(
      &p.commands,
      "set multiplot layout %zu,1 title title margins 0.01,0.99,0.005,%.4f spacing 0,%.4f\nunset key\nunset tics\n"
      "unset colorbox\nset palette gray\nset border 31 lw 0.5\n"
      "set size ratio -1\nset xrange [-0.5:%zu-0.5]\nset yrange [%zu-0.5:-0.5]\n",
      rows, 1 - (HEAD + WORDS - 6.0) / p.height, 24.0 / p.height, count * width, height);
  for (size_t i = 0; i < rows; i++) row_commands(&p, &row[i], count, height, width);
  lfap_text_puts(&p.commands, "unset multiplot\n");
  words_images(&p, row, rows, count);
  *out = p;
  return LFAP_OK;
}
