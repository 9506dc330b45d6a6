/* flow.c - how training approaches its limit: a history of `lfap train`, and the decades of `lfap converge` (F1). */
#include "picture/picture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "picture/style.h"

enum { EPOCH, LOSS, LR, LOG_LOSS, S, COLUMNS };
static const char *const column_names[COLUMNS] = {"epoch", "loss", "lr", "log_loss", "s"};

/* A history counts 1, 2, 3, ... without a gap, holds numbers alone, and the time of a flow goes on. */
static lfap_status check_row(lfap_ctx *ctx, const double *row, const lfap_table *t, size_t r) {
  for (int c = 0; c < COLUMNS; c++)
    if (!isfinite(row[c]))
      return lfap_fail(ctx, LFAP_ERR_DATA,
                       "%s: row %zu, column %s: lfap train writes finite numbers alone; train again", t->path, r + 1,
                       column_names[c]);
  if (row[EPOCH] != (double)r + 1)
    return lfap_fail(ctx, LFAP_ERR_DATA,
                     "%s: row %zu, column epoch: %g where %zu belongs: rows are missing, moved or changed; train again",
                     t->path, r + 1, row[EPOCH], r + 1);
  const double *last = row - COLUMNS;
  if (r > 0 && !(row[S] >= last[S]))
    return lfap_fail(ctx, LFAP_ERR_DATA, "%s: row %zu, column s: the time %g comes before %g; train again", t->path,
                     r + 1, row[S], last[S]);
  return LFAP_OK;
}

static lfap_status columns_of(lfap_ctx *ctx, double **out, const lfap_table *t) {
  size_t at[COLUMNS];
  for (int c = 0; c < COLUMNS; c++)
    if ((at[c] = lfap_table_column(t, column_names[c])) == t->cols)
      return lfap_fail(ctx, LFAP_ERR_DATA, "%s: no column %s; a history is the history.csv of lfap train", t->path,
                       column_names[c]);
  if (t->rows == 0) return lfap_fail(ctx, LFAP_ERR_DATA, "%s: no rows; nothing was trained", t->path);
  double *v = malloc(t->rows * COLUMNS * sizeof *v);
  if (!v) return lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: no memory for %zu rows", t->path, t->rows);
  for (size_t r = 0; r < t->rows; r++) {
    lfap_status s = LFAP_OK;
    for (int c = 0; !s && c < COLUMNS; c++) s = lfap_table_number(ctx, &v[r * COLUMNS + (size_t)c], t, r, at[c]);
    if (!s) s = check_row(ctx, v + r * COLUMNS, t, r);
    if (s) {
      free(v);
      return s;
    }
  }
  *out = v;
  return LFAP_OK;
}

/* F1: along the flow -d(log L)/ds tends to 1/sum(lambda). */
static double predicted_slope(const lfap_limit *l) {
  double sum = 0;
  for (size_t n = 0; n < l->n; n++) sum += l->lambda[n];
  return 1 / sum;
}

/* What a logarithmic axis can show. In a script of gnuplot, of a column: SHOWN. */
static int shown(double x) { return x > 0 && x < 1e300; }
#define SHOWN(column) "($" #column " > 0 && $" #column " < 1e300 ? $" #column " : NaN)"

/* The axes of a panel with so many points: gnuplot chooses no range from none. */
static void axes(lfap_text *t, size_t points) {
  lfap_text_puts(t, points ? "set autoscale xy\nunset label 9\n"
                           : "set xrange [1:10]\nset yrange [1:10]\n"
                             "set label 9 'no value that these axes can show' at graph 0.5,0.5 center\n");
}

static double slope_at(const double *v, size_t r) {
  const double *a = v + r * COLUMNS;
  double ds = r ? a[S] - a[S - COLUMNS] : 0;
  return ds > 0 ? (a[LOG_LOSS - COLUMNS] - a[LOG_LOSS]) / ds : NAN;
}

static void flow_table(lfap_text *t, const double *v, size_t rows, double nu) {
  lfap_text_puts(t, "step,s,minus_log_loss,slope,slope_error\n");
  for (size_t r = 0; r < rows; r++) {
    const double *a = v + r * COLUMNS;
    double slope = slope_at(v, r);
    lfap_text_format(t, "%g,%.17g,%.17g,%.17g,%.17g\n", a[EPOCH], a[S], -a[LOG_LOSS], slope, fabs(slope / nu - 1));
  }
}

static void flow_commands(lfap_picture *p, const double *v, size_t rows, double nu, int applies) {
  lfap_text *t = &p->commands;
  size_t losses = 0, slopes = 0;
  for (size_t r = 0; r < rows; r++) {
    double slope = slope_at(v, r);
    losses += shown(v[r * COLUMNS + S]) && shown(-v[r * COLUMNS + LOG_LOSS]);
    slopes += shown(v[r * COLUMNS + S]) && (isnan(nu) ? isfinite(slope) : shown(fabs(slope / nu - 1)));
  }
  lfap_text_puts(t, STYLE_FRAME);
  lfap_picture_panels(p, &(lfap_panels){.panels = 2, .width = 370, .height = 320, .keys = 2});
  lfap_text_puts(t, "set logscale xy\nset format xy '10^{%T}'\nset termoption enhanced\n"
                    "set xlabel 'rescaled time s (dimensionless)'\nset ylabel '−log L (natural logarithm)'\n");
  axes(t, losses);
  lfap_text_puts(t, "plot name.'.csv' skip 1 using " SHOWN(2) ":" SHOWN(3) " with linespoints pt 7 ps 0.5 "
                                                                           "pointinterval 20 lw 2 lc rgb " STYLE_BLUE
                                                                           " title 'measured'");
  if (!isnan(nu))
    lfap_text_format(t, ", \\\n  x*%.17g lw 2 dt 2 lc rgb " STYLE_BLACK " title '%s'\nunset key\n", nu,
                     applies ? "F1: slope 1/Σλ" : "slope 1/Σλ");
  else lfap_text_puts(t, "\nunset key\nunset logscale y\nset format y '%g'\n");
  axes(t, slopes);
  lfap_text_puts(
      t, !isnan(nu)
             ? "set ylabel '|slope · Σλ − 1| (dimensionless)'\n"
               "plot name.'.csv' skip 1 using " SHOWN(2) ":" SHOWN(5) " with linespoints pt 7 ps 0.5 "
                                                                      "pointinterval 20 lw 2 lc rgb " STYLE_BLUE "\n"
             : "set ylabel 'slope −d(log L)/ds (dimensionless)'\n"
               "plot name.'.csv' skip 1 using " SHOWN(2) ":(abs($4) < 1e300 ? $4 : NaN) with linespoints "
                                                         "pt 7 ps 0.5 pointinterval 20 lw 2 lc rgb " STYLE_BLUE "\n");
  lfap_text_puts(t, "unset multiplot\n");
}

static void descent_table(lfap_text *t, const double *v, size_t rows) {
  lfap_text_puts(t, "epoch,loss,lr\n");
  for (size_t r = 0; r < rows; r++)
    lfap_text_format(t, "%g,%.17g,%.17g\n", v[r * COLUMNS + EPOCH], v[r * COLUMNS + LOSS], v[r * COLUMNS + LR]);
}

static void descent_commands(lfap_picture *p, const double *v, size_t rows) {
  lfap_text *t = &p->commands;
  size_t losses = 0, rates = 0;
  for (size_t r = 0; r < rows; r++) {
    losses += shown(v[r * COLUMNS + EPOCH]) && shown(v[r * COLUMNS + LOSS]);
    rates += shown(v[r * COLUMNS + EPOCH]) && shown(v[r * COLUMNS + LR]);
  }
  lfap_text_puts(t, STYLE_FRAME);
  lfap_picture_panels(p, &(lfap_panels){.panels = 2, .width = 370, .height = 320});
  lfap_text_puts(t, "set logscale xy\nset format xy '10^{%T}'\nset termoption enhanced\nset xlabel 'epoch (count)'\n"
                    "set ylabel 'loss L before the update (dimensionless)'\n");
  axes(t, losses);
  lfap_text_puts(t,
                 "plot name.'.csv' skip 1 using " SHOWN(1) ":" SHOWN(2) " with lines lw 2 lc rgb " STYLE_BLUE "\n"
                                                                        "set ylabel 'learning rate (dimensionless)'\n");
  axes(t, rates);
  lfap_text_puts(t, "plot name.'.csv' skip 1 using " SHOWN(1) ":" SHOWN(3) " with steps lw 2 lc rgb " STYLE_BLACK
                                                                           "\nunset multiplot\n");
}

/* F1 speaks of the phase in which every neuron has the label slopes; without C1 there is none at the limit. */
static const char *prediction(const lfap_limit *l) {
  if (!l) return "No limit was given to compare its slope with.";
  if (!l->c1) return "C1 does not hold, so F1 predicts no slope here; 1/sum(lambda) is drawn for comparison.";
  return "C1 holds, as computed: F1 says that the slope tends to 1/sum(lambda) once every neuron has the label slopes.";
}

lfap_status lfap_picture_flow(lfap_ctx *ctx, lfap_picture *out, const lfap_table *history, const lfap_limit *lim) {
  double *v = NULL;
  lfap_status s = columns_of(ctx, &v, history);
  if (s) return s;
  lfap_picture p = {.name = "flow"};
  size_t rows = history->rows;
  const double *last = v + (rows - 1) * COLUMNS;
  double nu = lim ? predicted_slope(lim) : NAN;
  if (last[S] > 0) {
    snprintf(p.title, sizeof p.title, "Gradient flow: %zu steps to log L = %.4g", rows, last[LOG_LOSS]);
    snprintf(p.caption, sizeof p.caption,
             "Measured (doubles): -log L along %zu accepted steps of the flow in the rescaled time s, to s = %.4g. %s",
             rows, last[S], prediction(lim));
    flow_table(lfap_picture_table_add(&p, ""), v, rows, nu);
    flow_commands(&p, v, rows, nu, lim && lim->c1);
  } else {
    snprintf(p.title, sizeof p.title, "Gradient descent: %zu epochs to loss %.4g", rows, last[LOSS]);
    snprintf(p.caption, sizeof p.caption,
             "Measured (doubles): the loss before each update, and the learning rate used in it, along %zu epochs.",
             rows);
    descent_table(lfap_picture_table_add(&p, ""), v, rows);
    descent_commands(&p, v, rows);
  }
  free(v);
  *out = p;
  return LFAP_OK;
}

static void converge_commands(lfap_picture *p, const lfap_decade *row, size_t rows) {
  lfap_text *t = &p->commands;
  size_t directions = 0, others = 0;
  for (size_t i = 0; i < rows; i++) {
    directions += shown(row[i].s) && shown(row[i].direction);
    others += shown(row[i].s) && (shown(row[i].p_distance) || shown(row[i].slope_error));
  }
  double product = row[rows - 1].direction * row[rows - 1].s;
  lfap_text_puts(t, STYLE_FRAME);
  lfap_picture_panels(p, &(lfap_panels){.panels = 2, .width = 370, .height = 320, .keys = 4});
  lfap_text_puts(t, "set logscale xy\nset format xy '10^{%T}'\nset termoption enhanced\n"
                    "set xlabel 'rescaled time s (dimensionless)'\n"
                    "set ylabel 'distance from the limit (dimensionless)'\n");
  axes(t, directions);
  lfap_text_puts(t, "plot name.'.csv' skip 1 using " SHOWN(2) ":" SHOWN(
                        4) " with linespoints pt 7 lw 2 lc rgb " STYLE_BLUE " title 'direction of W (left)'");
  if (shown(product))
    lfap_text_format(t, ", \\\n  %.17g/x lw 2 dt 2 lc rgb " STYLE_BLACK " title '1/s through the last point'", product);
  lfap_text_puts(t, ", \\\n  NaN with linespoints pt 8 lw 2 dt 2 lc rgb " STYLE_BLACK " title 'p (right)', \\\n"
                    "  NaN with linespoints pt 5 lw 2 dt 1 lc rgb " STYLE_ORANGE " title 'slope of log L (right)'\n"
                    "unset key\n");
  axes(t, others);
  lfap_text_puts(
      t, "plot name.'.csv' skip 1 using " SHOWN(2) ":" SHOWN(
             3) " with linespoints pt 8 lw 2 dt 2 lc rgb " STYLE_BLACK ", \\\n"
                "  '' skip 1 using " SHOWN(2) ":" SHOWN(5) " with linespoints pt 5 lw 2 dt 1 lc rgb " STYLE_ORANGE "\n"
                                                           "unset multiplot\n");
}

lfap_status lfap_picture_converge(lfap_ctx *ctx, lfap_picture *out, const lfap_decade *row, size_t rows, double bits) {
  lfap_picture p = {.name = "converge"};
  if (rows == 0) return lfap_fail(ctx, LFAP_ERR_DATA, "converge: no decades; the flow did not reach log L = -10");
  lfap_text *t = lfap_picture_table_add(&p, "");
  lfap_text_puts(t, "minus_log_loss,s,p_distance,direction_error,slope_error\n");
  for (size_t i = 0; i < rows; i++)
    lfap_text_format(t, "%.17g,%.17g,%.17g,%.17g,%.17g\n", -row[i].log_loss, row[i].s, row[i].p_distance,
                     row[i].direction, row[i].slope_error);
  const lfap_decade *last = &row[rows - 1];
  snprintf(p.title, sizeof p.title, "The flow at %g bits to log L = %.4g", bits, last->log_loss);
  snprintf(
      p.caption, sizeof p.caption,
      "Measured at %g bits, a mark a decade of log L: distance of p from p*, of the direction of W from that of W*, "
      "and of the slope of log L from F1's, the last two "
      "relative. F1: the direction is off by O(1/s).",
      bits);
  converge_commands(&p, row, rows);
  *out = p;
  return LFAP_OK;
}
