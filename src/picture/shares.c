/* shares.c - what perturbations do to a network along its training (T5): shares of points against epochs, a panel for
 * each run; a table whose columns before `epochs` name the run. */
#include "picture/picture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "picture/style.h"

enum { ONE_SIGN, EFFECT_RIGHT, DECIDED, ACCURACY, SHARES, MOST_PANELS = 12 };
static const char *const share_name[SHARES] = {"one_sign", "effect_right", "decided", "accuracy"};

typedef struct {
  const lfap_table *t;
  size_t epochs, share[SHARES]; /* columns */
  size_t first[MOST_PANELS + 1], panels;
} runs;

static lfap_status columns_of(lfap_ctx *ctx, runs *r) {
  r->epochs = lfap_table_column(r->t, "epochs");
  int missing = r->epochs == r->t->cols;
  for (int k = 0; k < SHARES; k++) {
    r->share[k] = lfap_table_column(r->t, share_name[k]);
    missing |= r->share[k] <= r->epochs || r->share[k] == r->t->cols;
  }
  if (missing)
    return lfap_fail(
        ctx, LFAP_ERR_DATA,
        "%s: wants columns epochs, and behind it one_sign, effect_right, decided and accuracy; those before "
        "it name a run (bench/split_epochs.py writes such a table)",
        r->t->path);
  return LFAP_OK;
}

static int same_run(const runs *r, size_t a, size_t b) {
  size_t k = 0;
  while (k < r->epochs && strcmp(lfap_table_cell(r->t, a, k), lfap_table_cell(r->t, b, k)) == 0) k++;
  return k == r->epochs;
}

/* The panel of a row, a new one where it is the first of its run. */
static lfap_status panel_of(lfap_ctx *ctx, size_t *panel, runs *r, size_t row) {
  for (*panel = 0; *panel < r->panels; ++*panel)
    if (same_run(r, row, r->first[*panel])) return LFAP_OK;
  if (r->panels == MOST_PANELS)
    return lfap_fail(ctx, LFAP_ERR_DATA, "%s: more than %d runs; narrow them with --where, such as --where norm=l2",
                     r->t->path, MOST_PANELS);
  r->first[r->panels++] = row;
  return LFAP_OK;
}

static lfap_status tabulate(lfap_ctx *ctx, lfap_text *t, runs *r) {
  lfap_text_puts(t, "panel,epochs,one_sign,effect_right,decided,accuracy\n");
  for (size_t row = 0; row < r->t->rows; row++) {
    double epochs = 0, v = 0;
    size_t panel = 0;
    lfap_status s = lfap_table_number(ctx, &epochs, r->t, row, r->epochs);
    if (!s && !(epochs > 0 && epochs < 1e15))
      s = lfap_fail(ctx, LFAP_ERR_DATA, "%s: row %zu, column epochs: %g is no number of epochs", r->t->path, row + 1,
                    epochs);
    if (!s) s = panel_of(ctx, &panel, r, row);
    lfap_text_format(t, "%zu,%.17g", panel, epochs);
    for (int k = 0; !s && k < SHARES; k++) {
      s = lfap_table_number(ctx, &v, r->t, row, r->share[k]);
      if (!s && (v < 0 || v > 1 || isnan(v)))
        s = lfap_fail(ctx, LFAP_ERR_DATA, "%s: row %zu, column %s: %g is no share from 0 to 1", r->t->path, row + 1,
                      share_name[k], v);
      lfap_text_format(t, ",%.17g", v);
    }
    lfap_text_puts(t, "\n");
    if (s) return s;
  }
  return r->t->rows ? LFAP_OK : lfap_fail(ctx, LFAP_ERR_DATA, "%s: no rows", r->t->path);
}

static void panel_title(char *out, size_t room, const runs *r, size_t panel) {
  out[0] = 0;
  for (size_t k = 0; k < r->epochs; k++) {
    size_t used = strlen(out);
    if (used < room)
      snprintf(out + used, room - used, "%s%.20s = %.20s", used ? ", " : "", r->t->cell[k],
               lfap_table_cell(r->t, r->first[panel], k));
  }
}

/* Four lines, told apart by mark and dash. */
static void panel_commands(lfap_text *t, const runs *r, size_t panel) {
  static const struct {
    const char *style, *title;
  } line[SHARES] = {{"pt 4 ps 0.9 lw 1.5 dt 3 lc rgb " STYLE_GREY, "one sign in every neuron"},
                    {"pt 8 ps 1.0 lw 1.5 dt 4 lc rgb " STYLE_BLACK, "effect of the perturbations right"},
                    {"pt 6 ps 1.1 lw 2 dt 2 lc rgb " STYLE_ORANGE, "decided by it"},
                    {"pt 7 ps 0.8 lw 2 lc rgb " STYLE_BLUE, "accuracy"}};
  char title[256];
  panel_title(title, sizeof title, r, panel);
  lfap_text_puts(t, "set title ");
  lfap_text_quote(t, title);
  for (int k = 0; k < SHARES; k++)
    lfap_text_format(t, "%s skip 1 using ($1 == %zu ? $2 : NaN):%d with linespoints %s title '%s'%s",
                     k ? "  ''" : "\nplot name.'.csv'", panel, k + 3, line[k].style, line[k].title,
                     k + 1 < SHARES ? ", \\\n" : "\n");
}

static void commands_shares(lfap_picture *p, const runs *r) {
  lfap_text *t = &p->commands;
  lfap_text_puts(t, STYLE_FRAME);
  lfap_picture_panels(
      p, &(lfap_panels){
             .panels = r->panels, .width = r->panels == 1 ? 600 : 300, .height = 250, .named = 1, .keys = SHARES});
  lfap_text_puts(
      t, "set datafile missing NaN\nset yrange [0:1.03]\nset ytics 0,0.2,1\nset logscale x\nset format x '10^{%T}'\n"
         "set termoption enhanced\nset xlabel 'epochs of training (count)'\n"
         "set ylabel 'natural samples (share)'\n");
  for (size_t k = 0; k < r->panels; k++) {
    panel_commands(t, r, k);
    if (k == 0) lfap_text_puts(t, "unset key\n");
  }
  lfap_text_puts(t, "unset multiplot\n");
}

lfap_status lfap_picture_shares(lfap_ctx *ctx, lfap_picture *out, const lfap_table *table) {
  runs r = {.t = table};
  lfap_picture p = {.name = "shares", .title = "What the perturbations decide, along training"};
  lfap_status s = columns_of(ctx, &r);
  if (!s) s = tabulate(ctx, lfap_picture_table_add(&p, ""), &r);
  if (!s) {
    snprintf(
        p.caption, sizeof p.caption,
        "Of the natural samples, by networks trained on base + perturbation for so many epochs, measured (T5): the "
        "share at which the perturbations' part has one sign in every neuron, at which their effect has the label's "
        "sign, at which it decides the network's sign, and at which the network is right. Runs: %zu; rows: %zu.",
        r.panels, table->rows);
    commands_shares(&p, &r);
    *out = p;
  } else lfap_picture_free(&p);
  return s;
}
