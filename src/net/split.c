/* split.c - what initialisation, bases and perturbations give to a network's output at a point (statement T5,
 * spec/theory.md section 4; spec/numerics.md N16). */
#include "net/split.h"

#include "data/products.h"
#include "data/scale.h"
#include "io/parallel.h"
#include "kernel/chain.h"
#include "kernel/lanes.h"
#include "kernel/network.h"
#include "kernel/perturb.h"
#include "kernel/splitform.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS = 256, ROWS = 4 }; /* points at a time; rows of a neuron: first weights, bases, perturbations, weights */

void lfap_split_free(lfap_split *s) {
  free(s->rows);
  *s = (lfap_split){0};
}

/* ---- the rows ---------------------------------------------------------------------------------------------------- */

static lfap_status check_args(lfap_ctx *ctx, const lfap_split_args *a) {
  for (size_t i = 0; i < a->n; i++)
    if (a->t[i] != 1.0 && a->t[i] != -1.0)
      return lfap_fail(ctx, LFAP_ERR_DATA, "split: target %zu is %.17g; a target is +1 or -1", i, a->t[i]);
  return LFAP_OK;
}

static void measure_coefficients(lfap_split *s, const double *b, size_t count) {
  s->least = INFINITY;
  for (size_t i = 0; i < count; i++) {
    s->least = b[i] < s->least ? b[i] : s->least;
    s->negative += b[i] < 0.0;
  }
}

/* In units of the weights: c_jn = a_j (b_jn t_n). */
lfap_status lfap_split_sum(lfap_ctx *ctx, double *out, const double *b, const lfap_data *set, size_t m) {
  size_t n = set->n;
  lfap_mat c = {0};
  lfap_status st = lfap_mat_alloc(ctx, &c, m, n);
  double *unit = st ? NULL : malloc((m + n) * sizeof *unit), *bt = unit ? unit + m : NULL;
  if (!st && !unit) st = lfap_fail(ctx, LFAP_ERR_MEMORY, "split: no memory for m = %zu neurons, N = %zu", m, n);
  if (!st) lfap_net_signs(unit, m);
  for (size_t j = 0; !st && j < m; j++) {
    lfap_split_coef(bt, b + j * n, set->y, 1.0, n);
    lfap_scale(c.v + j * n, unit[j], bt, n);
  }
  free(unit);
  if (!st) st = lfap_chain_product(ctx, out, c.v, set->x, m, n, set->d);
  lfap_mat_free(&c);
  return st;
}

double lfap_split_unsure(const double *first, const double *b, const double *norm, size_t m, size_t n, size_t d) {
  double most = 0.0, a = 1.0 / sqrt((double)m);
  for (size_t j = 0; j < m; j++) {
    double terms = first ? lfap_norm2(d, first + j * d) : 0.0;
    for (size_t i = 0; i < n; i++) terms += a * fabs(b[j * n + i]) * norm[i];
    most = terms > most ? terms : most;
  }
  return 16.0 * ((double)n + 64.0) * 0x1p-53 * most;
}

/* The same of what is given. */
static lfap_status measure_rows(lfap_ctx *ctx, lfap_split *s, const lfap_split_args *a) {
  double *norm = malloc((a->n ? a->n : 1) * sizeof *norm);
  if (!norm) return lfap_fail(ctx, LFAP_ERR_MEMORY, "split: no memory for N = %zu samples", a->n);
  for (size_t i = 0; i < a->n; i++)
    norm[i] = lfap_norm2(s->d, a->base + i * s->d) + lfap_norm2(s->d, a->eta + i * s->d);
  s->unsure = lfap_split_unsure(a->first, a->b, norm, s->m, a->n, s->d);
  free(norm);
  return LFAP_OK;
}

lfap_status lfap_split_of(lfap_ctx *ctx, lfap_split *out, const lfap_split_args *a) {
  size_t m = a->net->m, d = a->net->d, size = m * d;
  lfap_split s = {.m = m, .d = d, .gamma = a->net->gamma};
  lfap_mat rows = {0};
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = lfap_net_plain(ctx, a->net, "split");
  if (!st) st = check_args(ctx, a);
  if (!st) st = lfap_mat_alloc(ctx, &rows, ROWS * m, d);
  if (st) return st;
  s.rows = rows.v;
  if (a->first) memcpy(s.rows, a->first, size * sizeof(double));
  memcpy(s.rows + 3 * size, a->net->w, size * sizeof(double));
  /* the sums read what is given, and no more */
  lfap_data base = {.n = a->n, .d = d, .x = (double *)(uintptr_t)a->base, .y = (double *)(uintptr_t)a->t}, eta = base;
  eta.x = (double *)(uintptr_t)a->eta;
  st = lfap_split_sum(ctx, s.rows + size, a->b, &base, m);
  if (!st) st = lfap_split_sum(ctx, s.rows + 2 * size, a->b, &eta, m);
  if (!st) st = measure_rows(ctx, &s, a);
  if (!st && lfap_first_unbounded(s.rows, ROWS * size) < ROWS * size)
    st =
        lfap_fail(ctx, LFAP_ERR_RANGE,
                  "split: the sums of coefficients times samples leave the range of doubles; scale the samples towards "
                  "1");
  if (st) {
    lfap_split_free(&s);
    return st;
  }
  measure_coefficients(&s, a->b, m * a->n);
  *out = s;
  return LFAP_OK;
}

lfap_status lfap_split_limit(lfap_ctx *ctx, lfap_net *net, lfap_mat *b, const lfap_data *data, const double *lambda,
                             const double *slope, double gamma) {
  size_t n = data->n;
  double a[2], *c = NULL;
  lfap_net w = {0};
  lfap_mat own = {0};
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = lfap_net_alloc(ctx, &w, 2, data->d, gamma);
  if (!st) st = lfap_mat_alloc(ctx, &own, 2, n);
  if (!st && !(c = malloc(n * sizeof *c)))
    st = lfap_fail(ctx, LFAP_ERR_MEMORY, "split: no memory for the multipliers of N = %zu samples", n);
  if (st) {
    lfap_net_free(&w);
    lfap_mat_free(&own);
    return st;
  }
  lfap_net_signs(a, 2);
  for (size_t j = 0; j < 2; j++) {
    double *row = own.v + j * n;
    for (size_t i = 0; i < n; i++) row[i] = a[j] * data->y[i] > 0.0 ? lambda[i] : lambda[i] * slope[i];
    lfap_split_coef(c, row, data->y, 1.0, n);
    lfap_scale(row, a[j], c, n); /* a_j b_jn y_n for the weights, then b_jn again */
    lfap_chain(w.w + j * data->d, row, data->x, n, data->d);
    lfap_split_coef(row, c, data->y, 1.0, n);
  }
  free(c);
  *net = w;
  *b = own;
  return LFAP_OK;
}

/* ---- the points -------------------------------------------------------------------------------------------------- */

/* E between its bounds, with all P_j of one sign that sign, and sgn f = sgn E exactly where f_rest has that sign too or
   is smaller; nearer than p->slack rounding may have moved a number across. */
static int rules_hold(const lfap_split_point *p, double gamma) {
  int low = p->effect >= gamma * p->plus - p->minus - p->slack;
  int high = p->effect <= p->plus - gamma * p->minus + p->slack;
  int sign = p->sign == 0 || fabs(p->effect) <= p->slack || lfap_sgn(p->effect) == p->sign;
  int would = p->effect != 0.0 && (lfap_sgn(p->rest) == lfap_sgn(p->effect) || p->decided);
  return low && high && sign && (p->follows == would || fabs(p->f) <= p->slack);
}

/* a = 1/sqrt(m): a |v_j| summed up is the mean of |v_j|/a_j. */
static lfap_split_point point_of(const lfap_split_sums *s, double a, double gamma, size_t m, double unsure) {
  lfap_split_point p = {.f = a * s->f,
                        .rest = a * s->rest,
                        .plus = a * s->plus,
                        .minus = a * s->minus,
                        .init = a * s->init,
                        .data = a * s->data,
                        .sign = s->above - s->below};
  double parts = s->init + s->data + (s->plus + s->minus);
  p.effect = p.plus == 0.0 && p.minus == 0.0 ? 0.0 : p.f - p.rest; /* what nothing was put into is no rounding */
  p.error = s->most == 0.0 ? 0.0 : (double)m * s->most / parts;
  p.rounding = s->most == 0.0 ? 0.0 : (double)m * unsure / parts;
  p.slack = a * (s->off + 4.0 * (double)(m + 8) * 0x1p-53 * (parts + s->off));
  p.decided = fabs(p.rest) < fabs(p.effect);
  p.follows = p.effect != 0.0 && lfap_sgn(p.f) == lfap_sgn(p.effect);
  p.kept = rules_hold(&p, gamma);
  return p;
}

typedef struct {
  const lfap_split *s;
  lfap_split_point *out;
  const double *parts, *Z;
  double a;
} judgement;

static void judge_range(void *arg, size_t begin, size_t end, int worker) {
  const judgement *g = arg;
  size_t m = g->s->m;
  (void)worker;
  for (size_t i = begin; i < end; i++) {
    lfap_split_sums sums;
    lfap_split_point_sums(&sums, g->parts + i * ROWS * m, g->s->gamma, m);
    double unsure = g->s->unsure * lfap_norm2(g->s->d, g->Z + i * g->s->d);
    g->out[i] = point_of(&sums, g->a, g->s->gamma, m, unsure);
  }
}

static lfap_status check_range(lfap_ctx *ctx, const lfap_split_point *p, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (!isfinite(p[i].slack) || !isfinite(p[i].effect))
      return lfap_fail(
          ctx, LFAP_ERR_RANGE,
          "split: the parts of the output at point %zu leave the range of doubles: scale the weights or the "
          "points",
          i);
  return LFAP_OK;
}

lfap_status lfap_split_at(lfap_ctx *ctx, lfap_split_point *out, const lfap_split *s, const double *Z, size_t np) {
  size_t m = s->m, block = np < POINTS ? np : POINTS;
  lfap_mat parts = {0};
  lfap_split_point *p = calloc(np ? np : 1, sizeof *p);
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st && !p) st = lfap_fail(ctx, LFAP_ERR_MEMORY, "split: no memory for %zu points", np);
  if (!st) st = lfap_mat_alloc(ctx, &parts, block ? block : 1, ROWS * m);
  judgement g = {.s = s, .parts = parts.v};
  g.a = 1.0 / sqrt((double)m);
  for (size_t i = 0; !st && i < np; i += block) {
    size_t n = np - i < block ? np - i : block;
    g.out = p + i;
    g.Z = Z + i * s->d;
    st = lfap_tick(ctx, "points", (double)i, (double)np);
    if (!st) st = lfap_rows_product(ctx, parts.v, Z + i * s->d, s->rows, n, ROWS * m, s->d);
    if (!st) lfap_parallel(lfap_threads(ctx), n, 8, 40.0 * (double)n * (double)m, judge_range, &g);
  }
  if (!st) st = lfap_tick(ctx, "points", (double)np, (double)np);
  if (!st) st = check_range(ctx, p, np);
  if (!st) memcpy(out, p, np * sizeof *p);
  lfap_mat_free(&parts);
  free(p);
  return st;
}

void lfap_split_shares_of(lfap_split_shares *out, const lfap_split_point *p, const double *label, size_t np) {
  lfap_split_shares t = {.points = np};
  double one = 0, decided = 0, follows = 0, right = 0, f_right = 0, n = (double)np;
  for (size_t i = 0; i < np; i++) {
    one += p[i].sign != 0;
    decided += p[i].decided;
    follows += p[i].follows;
    right += label && lfap_sgn(p[i].effect) == label[i];
    f_right += label && lfap_sgn(p[i].f) == label[i];
    t.exceptions += !p[i].kept;
    t.beyond += p[i].error > LFAP_SPLIT_MOST && !(p[i].error <= p[i].rounding);
    t.sum_error = p[i].error > t.sum_error ? p[i].error : t.sum_error;
    t.init += p[i].init / n;
    t.data += p[i].data / n;
    t.pert += (p[i].plus + p[i].minus) / n;
  }
  t.one_sign = one / n;
  t.decided = decided / n;
  t.follows = follows / n;
  t.effect_right = label ? right / n : NAN;
  t.f_right = label ? f_right / n : NAN;
  *out = t;
}
