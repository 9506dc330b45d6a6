/* parts.c - a trained network at points, split into the effect of the perturbations and the rest (T5), and the cone in
 * which the first decides. */
#include "picture/picture.h"

#include <math.h>
#include <stdio.h>

#include "picture/style.h"

enum { LABEL, F, REST, EFFECT, ONE_SIGN, DECIDED, COLUMNS };
static const char *const column_name[COLUMNS] = {"label", "f", "f_rest", "effect", "one_sign", "decided"};

typedef struct {
  size_t decided, follows, one_sign, right;
  double largest;
} parts;

static lfap_status tabulate(lfap_ctx *ctx, lfap_text *out, parts *k, const lfap_table *t) {
  size_t at[COLUMNS];
  for (int c = 0; c < COLUMNS; c++)
    if ((at[c] = lfap_table_column(t, column_name[c])) == t->cols)
      return lfap_fail(ctx, LFAP_ERR_DATA, "%s: no column %s; this wants points.csv of lfap split --out", t->path,
                       column_name[c]);
  if (t->rows == 0) return lfap_fail(ctx, LFAP_ERR_DATA, "%s: no rows", t->path);
  lfap_text_puts(out, "point,label,f,f_rest,effect,one_sign,decided\n");
  for (size_t r = 0; r < t->rows; r++) {
    double v[COLUMNS];
    lfap_text_format(out, "%zu", r);
    for (int c = 0; c < COLUMNS; c++) {
      lfap_status s = lfap_table_number(ctx, &v[c], t, r, at[c]);
      if (!s && c != LABEL && !isfinite(v[c]))
        s = lfap_fail(ctx, LFAP_ERR_DATA, "%s: row %zu, column %s: %g is no finite number", t->path, r + 1,
                      column_name[c], v[c]);
      if (s) return s;
      lfap_text_format(out, ",%.17g", v[c]);
    }
    lfap_text_puts(out, "\n");
    k->decided += v[DECIDED] != 0;
    k->follows += v[F] * v[EFFECT] > 0;
    k->one_sign += v[ONE_SIGN] != 0;
    k->right += v[LABEL] * v[F] > 0;
    k->largest = fmax(k->largest, fmax(fabs(v[REST]), fabs(v[EFFECT])));
  }
  return LFAP_OK;
}

static void commands_parts(lfap_picture *p, double r) {
  lfap_text *t = &p->commands;
  lfap_text_puts(t, STYLE_FRAME STYLE_KEY(3) "set size ratio -1\nset title title\n");
  lfap_text_format(t,
                   "set xlabel 'f_rest(z): initialisation and bases (unit of f)'\n"
                   "set ylabel 'E(z) = f − f_rest: effect of the perturbations (unit of f)'\n"
                   "r = %.17g\nset xrange [-r:r]\nset yrange [-r:r]\n",
                   r);
  lfap_text_puts(t, STYLE_CONE
                 "plot NaN with boxes fs solid fc rgb " STYLE_PALE " title 'cone: |f_rest| < |E|', \\\n"
                 "  -x lw 1.5 dt 2 lc rgb " STYLE_BLACK " title 'f = 0', \\\n"
                 "  name.'.csv' skip 1 using ($2 > 0 ? $4 : NaN):5 " STYLE_PLUS " title 'label +1', \\\n"
                 "  '' skip 1 using ($2 < 0 ? $4 : NaN):5 " STYLE_MINUS " title 'label −1', \\\n"
                 "  '' skip 1 using ($2 == 1 || $2 == -1 ? NaN : $4):5 with points pt 1 ps 0.8 lc rgb " STYLE_GREY
                 " title 'no label', \\\n"
                 "  '' skip 1 using ($3*$5 > 0 ? NaN : $4):5 " STYLE_RING " title 'sign of f unlike that of E'\n");
}

lfap_status lfap_picture_parts(lfap_ctx *ctx, lfap_picture *out, const lfap_table *points) {
  lfap_picture p = {.name = "parts", .width = 640, .height = 720};
  parts k = {0};
  lfap_status s = tabulate(ctx, lfap_picture_table_add(&p, ""), &k, points);
  if (s) {
    lfap_picture_free(&p);
    return s;
  }
  snprintf(p.title, sizeof p.title, "What decides in the trained network: %zu points", points->rows);
  snprintf(
      p.caption, sizeof p.caption,
      "f = f_rest + E at %zu points, measured (doubles): f_rest of initialisation and bases alone, E the effect of "
      "the perturbations (T5). E is the larger of the two at %zu of them (the cone), and f has its sign at %zu; the "
      "others are ringed. The perturbations push the same way in every neuron at %zu; f has the label's sign at %zu.",
      points->rows, k.decided, k.follows, k.one_sign, k.right);
  commands_parts(&p, k.largest > 0 ? 1.05 * k.largest : 1);
  *out = p;
  return LFAP_OK;
}
