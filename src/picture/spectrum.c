/* spectrum.c - the multipliers of a limit, those at kinks marked (C2), against the intervals T1 and T2 give them
 * (spec/theory.md section 2). */
#include "picture/picture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "picture/style.h"

typedef struct {
  double lambda;
  size_t sample;
} entry;

static int by_lambda(const void *a, const void *b) {
  const entry *x = a, *y = b;
  if (x->lambda != y->lambda) return x->lambda < y->lambda ? -1 : 1;
  return x->sample < y->sample ? -1 : x->sample > y->sample;
}

typedef struct {
  const char *name, *title, *line;
  double lo, hi;
  int applies;
} interval;

enum { INTERVALS = 3 };
/* Is sample n at a kink: both of its multipliers positive? */
static int kink(const lfap_limit *l, size_t n) { return l->c2.alpha[n] > 0.0 && l->c2.beta[n] > 0.0; }

/* T2's a-posteriori interval is of C1's multipliers: with kinks others are drawn. */
static void intervals_of(interval v[INTERVALS], const lfap_limit *l) {
  const lfap_claim_info *claim = lfap_claims;
  v[0] = (interval){claim[LFAP_CLAIM_T1].json, "T1", "lw 3 dt 2 lc rgb " STYLE_GREY, l->t1_lo, l->t1_hi, l->hyp.holds};
  v[1] = (interval){claim[LFAP_CLAIM_T2].json, "T2", "lw 2 dt 1 lc rgb " STYLE_BLACK, l->t2_lo, l->t2_hi, l->hyp.holds};
  v[2] =
      (interval){claim[LFAP_CLAIM_POST].json, "T2 a posteriori", "lw 3 dt 3 lc rgb " STYLE_BLUE, l->post_lo, l->post_hi,
                 l->full && !l->c2.bent};
  for (int i = 0; i < INTERVALS; i++) v[i].applies = v[i].applies && !isnan(v[i].lo) && !isnan(v[i].hi);
}

/* What the vertical axis spans. Far apart and positive numbers stand on a logarithmic one. */
static void axis(lfap_text *t, const entry *e, size_t n, const interval *v) {
  double lo = e[0].lambda, hi = e[n - 1].lambda;
  for (int i = 0; i < INTERVALS; i++)
    if (v[i].applies) lo = fmin(lo, v[i].lo), hi = fmax(hi, v[i].hi);
  double room = hi > lo ? 0.08 * (hi - lo) : 0.1 * fabs(hi);
  if (lo > 0 && hi > 20 * lo) lfap_text_format(t, "set logscale y\nset yrange [%.17g:%.17g]\n", lo / 1.5, hi * 1.5);
  else lfap_text_format(t, "set yrange [%.17g:%.17g]\n", lo - room, hi + room);
}

/* Zeros come first, and many of them are no curve: where they are most, the axis begins behind them, and says so. */
static size_t zeros_left_out(const lfap_limit *l, const entry *e) {
  size_t zeros = 0;
  while (zeros < l->n && !(e[zeros].lambda > 0.0)) zeros++;
  return 2 * zeros > l->n && zeros < l->n ? zeros : 0;
}

static void commands_spectrum(lfap_picture *p, const lfap_limit *l, const interval *v, const entry *e) {
  lfap_text *t = &p->commands;
  size_t zeros = zeros_left_out(l, e);
  lfap_text_puts(t, STYLE_FRAME STYLE_KEY(2) "set title title\n");
  lfap_text_format(
      t,
      "set xlabel 'rank of the sample, by multiplier (count)'\nset ylabel 'multiplier λₙ (1 / squared unit of x)'\n"
      "set xrange [%zu:%zu]\nset format y '%%.1e'\n",
      zeros, l->n + 1);
  if (zeros) lfap_text_format(t, "set label 1 'ranks 1 to %zu: λₙ = 0' at graph 0.02,0.95\n", zeros);
  if (l->n <= 20) lfap_text_puts(t, "set xtics 1\n");
  axis(t, e + zeros, l->n - zeros, v);
  lfap_text_puts(t, "plot");
  for (int i = 0; i < INTERVALS; i++)
    if (v[i].applies)
      lfap_text_format(
          t,
          " for [c=2:3] name.'_intervals.csv' skip 1 every ::%d::%d using (%zu):c:(%zu):(0) with vectors nohead %s "
          "title (c == 2 ? '%s' : ''), \\\n ",
          i, i, zeros, l->n + 1 - zeros, v[i].line, v[i].title);
  /* of many, smaller marks, so that each is seen beside its neighbours */
  int many = l->n > 60;
  lfap_text_format(t,
                   " name.'.csv' skip 1 using 1:($3 > 0 ? $4 : NaN) with points pt 7 ps %g lc rgb " STYLE_BLUE
                   " title 'λₙ, label +1', \\\n"
                   "  '' skip 1 using 1:($3 < 0 ? $4 : NaN) with points pt 8 ps %g lw %g lc rgb " STYLE_BLACK
                   " title 'λₙ, label −1'",
                   many ? 0.4 : 0.8, many ? 0.5 : 1.0, many ? 0.8 : 1.5);
  if (l->c2.kinks)
    lfap_text_format(t,
                     ", \\\n  '' skip 1 using 1:($7 > 0 ? $4 : NaN) with points pt 6 ps %g lw %g lc rgb " STYLE_ORANGE
                     " title 'at a kink'",
                     many ? 0.9 : 1.8, many ? 0.8 : 1.5);
  lfap_text_puts(t, "\n");
}

static void kinks_in_words(char *out, size_t room, const lfap_c2 *c) {
  if (!c->solved) snprintf(out, room, "Kinks are not known: (CP) is not solved.");
  else if (!c->kinks) snprintf(out, room, "No sample is at a kink.");
  else
    snprintf(
        out, room,
        "%zu samples are at a kink of the limit (C2), where the other rows have a slope between γ and 1; least own "
        "pre-activation %.4g.",
        c->kinks, c->own_min);
}

static void words_spectrum(lfap_picture *p, const lfap_limit *l, const interval *v, const entry *e) {
  size_t positive = 0;
  for (size_t i = 0; i < l->n; i++) positive += e[i].lambda > 0.0;
  snprintf(p->title, sizeof p->title, "Multipliers of the limit: N = %zu, d = %zu, γ = %g", l->n, l->d, l->gamma);
  char kinks[200];
  kinks_in_words(kinks, sizeof kinks, &l->c2);
  snprintf(
      p->caption, sizeof p->caption,
      "The %zu multipliers from %.4g to %.4g, measured (doubles); %zu are positive. (H) %s: left side / right side = "
      "%.3g. %s %s%s",
      l->n, e[0].lambda, e[l->n - 1].lambda, positive, l->hyp.holds ? "holds" : "does not hold",
      l->hyp.rhs > 0 ? l->hyp.lhs / l->hyp.rhs : INFINITY, kinks,
      v[0].applies ? "The intervals of T1 and T2 apply." : "T1 and T2 do not apply, so their intervals are not drawn.",
      v[2].applies ? " T2's a-posteriori interval applies." : " T2's a-posteriori interval does not apply.");
}

lfap_status lfap_picture_spectrum(lfap_ctx *ctx, lfap_picture *out, const lfap_data *data, const lfap_limit *l) {
  lfap_picture p = {.name = "spectrum", .width = 760, .height = 500};
  interval v[INTERVALS];
  entry *e = malloc(l->n * sizeof *e);
  if (!e) return lfap_fail(ctx, LFAP_ERR_MEMORY, "spectrum: no memory for %zu multipliers", l->n);
  for (size_t i = 0; i < l->n; i++) e[i] = (entry){l->lambda[i], i};
  qsort(e, l->n, sizeof *e, by_lambda);
  intervals_of(v, l);
  lfap_text *t = lfap_picture_table_add(&p, "");
  lfap_text_puts(t, "rank,sample,label,lambda,omega,slope,kink\n");
  for (size_t i = 0; i < l->n; i++)
    lfap_text_format(t, "%zu,%zu,%g,%.17g,%.17g,%.17g,%d\n", i + 1, e[i].sample, data->y[e[i].sample], e[i].lambda,
                     l->omega[e[i].sample], l->c2.slope[e[i].sample], kink(l, e[i].sample));
  t = lfap_picture_table_add(&p, "_intervals");
  lfap_text_puts(t, "statement,lo,hi,applies\n");
  for (int i = 0; i < INTERVALS; i++)
    lfap_text_format(t, "%s,%.17g,%.17g,%d\n", v[i].name, v[i].lo, v[i].hi, v[i].applies);
  words_spectrum(&p, l, v, e);
  commands_spectrum(&p, l, v, e);
  free(e);
  *out = p;
  return LFAP_OK;
}
