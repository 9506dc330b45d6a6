/* picture.h - pictures: the numbers behind one as CSV, and a gnuplot script that draws them as SVG and PNG.
 *
 * A picture NAME is the files NAME.csv (and NAME_*.csv), NAME.gp, NAME.svg and NAME.png in one directory. The
 * numbers come from the library; what is drawn is only what the CSV holds, so `gnuplot NAME.gp` in that directory
 * draws the same again. Nothing in liblfap depends on this folder.
 */
#ifndef LFAP_PICTURE_H
#define LFAP_PICTURE_H
#include <stdarg.h>

#include "io/text.h"
#include "lfap.h"
#include "picture/published.h"
#include "picture/table.h"

enum { LFAP_PICTURE_TABLES = 8 };

typedef struct {
  char suffix[48]; /* the CSV file is the picture's name, this, and ".csv" */
  lfap_text text;
} lfap_picture_table;

typedef struct {
  char name[64]; /* of the files, without an ending; may be changed before anything is written */
  char title[160];
  char about[160];    /* a second line of the title: sizes and seeds that the first does not tell; may be empty */
  char caption[640];  /* what is seen, in words: the text of a page, and of readers who cannot see */
  int width, height;  /* pixels of the SVG; the PNG has twice as many each way */
  lfap_text commands; /* of gnuplot, between setting the terminal and closing the output; `name` is the name there */
  lfap_picture_table table[LFAP_PICTURE_TABLES];
  size_t tables;
} lfap_picture;

void lfap_picture_free(lfap_picture *p);
/* A new table of p; NULL when there is no room for one more. */
lfap_text *lfap_picture_table_add(lfap_picture *p, const char *suffix);

/* printf into a text; doubles in %.17g read back to the same bits. */
void lfap_text_format(lfap_text *t, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;
void lfap_text_vformat(lfap_text *t, const char *format, va_list ap);
/* A single-quoted string of gnuplot, in which nothing is expanded; what cannot be seen is made visible. */
void lfap_text_quote(lfap_text *t, const char *string);

/* NOINPUT, with the Debian package to install, when gnuplot cannot be found. */
lfap_status lfap_picture_ready(lfap_ctx *ctx);
/* The script NAME.gp; its data files are named from the variable `name`. */
lfap_status lfap_picture_script(lfap_ctx *ctx, lfap_text *out, const lfap_picture *p);
/* Runs the script in `dir`, a private directory in which it and its tables are (stage.h): NAME.svg and NAME.png, both
   complete, or an error; INTERRUPTED when ctx->progress asks to stop. */
lfap_status lfap_picture_draw(lfap_ctx *ctx, const char *dir, const char *name);

/* Panels of width x height pixels each, with room around them for axes, a name above each where they have one, the
   title of the picture, and a key of so many entries below all of them, which the first panel alone has to have
   entries for.
   Sets the size of p and writes the commands up to the first panel. */
typedef struct {
  size_t panels;
  int width, height, named, keys;
} lfap_panels;
void lfap_picture_panels(lfap_picture *p, const lfap_panels *k);

/* ---- the pictures: numbers and commands, nothing written --------------------------------------------------------- */

/* Multipliers in increasing order against the intervals of T1 and T2. */
lfap_status lfap_picture_spectrum(lfap_ctx *ctx, lfap_picture *out, const lfap_data *data, const lfap_limit *l);

/* T_data against T_pert (T3) at points Z (n x d) with labels, and T4's cone. */
typedef struct {
  size_t n, cone, consistent, broken; /* points; in the cone; decided as f_bdy; in the cone and decided otherwise */
} lfap_split_count;
lfap_status lfap_picture_split(lfap_ctx *ctx, lfap_picture *out, lfap_split_count *count, const lfap_data *points,
                               const lfap_limit *natural, const lfap_data *adv, const double *eta,
                               const lfap_limit *lim_adv);

/* f_rest against E at the points of a table that `lfap split --out` wrote (T5), and the cone in which E decides. */
lfap_status lfap_picture_parts(lfap_ctx *ctx, lfap_picture *out, const lfap_table *points);
/* Shares of points against epochs (T5): a row a network, columns epochs, one_sign, effect_right, decided, accuracy;
   those before `epochs` name the run, which is a panel. */
lfap_status lfap_picture_shares(lfap_ctx *ctx, lfap_picture *out, const lfap_table *table);

/* Loss and its slope along a training run (history.csv); lim: the limit of its data, or NULL. */
lfap_status lfap_picture_flow(lfap_ctx *ctx, lfap_picture *out, const lfap_table *history, const lfap_limit *lim);
/* A row a decade of `lfap converge --json`: distances from the limit. */
typedef struct {
  double log_loss, s, p_distance, direction, slope_error;
} lfap_decade;
lfap_status lfap_picture_converge(lfap_ctx *ctx, lfap_picture *out, const lfap_decade *row, size_t rows, double bits);

/* One row of sample images. */
typedef struct {
  const char *label, *id; /* "noise + perturbation", "noise_perturbed" */
  const double *x;        /* count x (height*width) */
  const double *add;      /* added to each image (the mean that was taken off), or NULL */
  double lo, hi;          /* black and white; lo = hi: symmetric about 0 to the largest absolute value */
} lfap_image_row;
lfap_status lfap_picture_images(lfap_ctx *ctx, lfap_picture *out, const lfap_image_row *row, size_t rows, size_t count,
                                size_t height, size_t width);

/* Accuracy over the swept quantity with a 90 % interval over seeds (accuracy.c). `x` NULL: chosen from what varies.
   Published numbers on that axis are drawn over it; NULL: none. */
lfap_status lfap_picture_accuracy(lfap_ctx *ctx, lfap_picture *out, const lfap_table *sweep, const char *x,
                                  const lfap_published *published);
/* Two-sided 90 % point of Student's t with nu degrees of freedom. */
double lfap_student_90(size_t nu);

#endif
