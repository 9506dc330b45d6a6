/* images.c - sample images in rows: a natural image, its perturbation, the two together, noise and noise with a perturbation. */
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

lfap_status lfap_picture_images(lfap_ctx *ctx, lfap_picture *out, const lfap_image_row *row, size_t rows, size_t count, size_t height,
                                size_t width) {
  if (rows == 0 || count == 0 || rows > LFAP_PICTURE_TABLES) return lfap_fail(ctx, LFAP_ERR_INTERNAL, "images: %zu rows of %zu", rows, count);
  int side = 96; /* pixels an image takes; below each row there is a line of words */
  lfap_picture p = {.name = "images", .width = (int)count * side + 24, .height = (int)rows * (side * (int)height / (int)width + 30) + 10};
  if (p.width < 480) p.width = 480;
  lfap_text *t = &p.commands;
  lfap_text_format(t, "set multiplot layout %zu,1 margins 0.01,0.99,0.005,0.955 spacing 0,%.4f\nunset key\nunset tics\nunset colorbox\nset palette gray\nset border 31 lw 0.5\n"
                      "set size ratio -1\nset xrange [-0.5:%zu-0.5]\nset yrange [%zu-0.5:-0.5]\n", rows, 24.0 / p.height, count * width, height);
  for (size_t i = 0; i < rows; i++) {
    char suffix[48];
    double lo, hi;
    snprintf(suffix, sizeof suffix, "_%s", row[i].id);
    lfap_text *m = lfap_picture_table_add(&p, suffix);
    matrix(m, &row[i], count, height, width);
    scale_of(&lo, &hi, &row[i], count, height * width);
    lfap_text_format(t, "set label 1 '%s   (black %.3g, white %.3g)' at graph 0,1 left offset 0,0.6 front\nset cbrange [%.17g:%.17g]\n", row[i].label, lo, hi, lo, hi);
    for (size_t k = 1; k < count; k++)
      lfap_text_format(t, "set arrow %zu from %zu-0.5,graph 0 to %zu-0.5,graph 1 nohead lw 2 lc rgb '#ffffff' front\n", k, k * width, k * width);
    lfap_text_format(t, "plot name.'_%s.csv' matrix with image\n", row[i].id);
  }
  lfap_text_puts(t, "unset multiplot\n");
  snprintf(p.title, sizeof p.title, "Sample images and their perturbations");
  snprintf(p.caption, sizeof p.caption, "%zu samples a row; what is darker than black or lighter than white is cut in the picture, not in the numbers. From top to bottom:", count);
  for (size_t i = 0; i < rows; i++) {
    char line[sizeof p.caption];
    snprintf(line, sizeof line, "%.500s%s %s", p.caption, i ? "," : "", row[i].label);
    snprintf(p.caption, sizeof p.caption, "%.630s", line);
  }
  *out = p;
  return LFAP_OK;
}
