/* judge.c - perturbations made elsewhere: do they keep their constraint, how near are they to the best there is
 * (statement P1), do they deceive? Nothing is taken on trust: eta is the difference of the stored points, f is
 * evaluated here (N4). */
#include "verify/judge.h"

#include "data/scale.h"
#include "kernel/lanes.h"
#include "kernel/perturb.h"
#include "perturb/norm.h"
#include "perturb/perturbed.h"

#include <math.h>
#include <stdlib.h>

/* A perturbation too large by this share is to be told from rounding, or the report says that it cannot. */
static const double SHARP = 1e-3;

typedef struct {
  const lfap_net *net;
  const lfap_perturb_opts *o;
  const lfap_norm_object *norm; /* o->norm */
  const double *w;              /* NULL: the boundary is not known */
  size_t d;                     /* coordinates that a perturbation may change */
  double *eta, *grad;           /* those of all points each */
  unsigned char *keep;          /* d */
  double *f, *f_adv;            /* n each */
  double unit, finer;           /* the coarser and the finer of the two precisions */
  double converted;             /* the coarser where bases and points were made in different ones, else 0 */
} judge;

static void judge_free(judge *j) {
  free(j->eta);
  free(j->keep);
  free(j->f);
}

static lfap_status judge_alloc(lfap_ctx *ctx, judge *j, size_t n, size_t d) {
  j->eta = calloc(2 * d, sizeof(double));
  j->keep = malloc(d);
  j->f = calloc(2 * n, sizeof(double));
  if (!j->eta || !j->keep || !j->f) {
    judge_free(j);
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "P1: no memory for %zu perturbations of dimension %zu", n, d);
  }
  j->grad = j->eta + d;
  j->f_adv = j->f + n;
  return LFAP_OK;
}

static void spread_begin(lfap_spread *s) { *s = (lfap_spread){.min = INFINITY, .max = -INFINITY}; }

static void spread_add(lfap_spread *s, double v, size_t at) {
  if (v < s->min) {
    s->min = v;
    s->min_at = at;
  }
  if (v > s->max) {
    s->max = v;
    s->max_at = at;
  }
  s->mean += v;
}

/* A figure without value at some sample has none at all. */
static void spread_end(lfap_spread *s, size_t n) {
  s->mean /= (double)n;
  if (isnan(s->mean)) *s = (lfap_spread){.min = NAN, .mean = NAN, .max = NAN};
}

/* Entries that the perturbation changed: conversion of bases or points to the precision `converted` changed none. */
static double entries_changed(const judge *j, const double *x, double converted) {
  double entries = 0.0;
  for (size_t i = 0; i < j->d; i++) entries += fabs(j->eta[i]) > converted * fabs(x[i]);
  return entries;
}

static double allowance(const judge *j, double u, const double *x, const double *x_adv) {
  return j->norm->allowance(u, 4.0 * lfap_rounding(u, 0.0), j->o->eps, x, x_adv, j->d);
}

/* Is an entry farther than its own rounding explains? Only data that were shifted or scaled later have such. */
static int beyond_entries(const judge *j, const double *x, const double *x_adv) {
  double u = j->unit, eps = j->o->eps;
  for (size_t i = 0; i < j->d; i++) {
    double own = lfap_rounding(u, x[i]) + lfap_rounding(u, x_adv[i]) + lfap_rounding(u, eps);
    if (fabs(j->eta[i]) > eps + 2.0 * own) return 1;
  }
  return 0;
}

/* Is ||eta|| (l0: the largest entry) over eps by more than rounding explains (1), or by what it explains and a cheat of
   a thousandth would be too (2)? The finer of the two precisions settles it where it explains less than that. */
static int length_over(const judge *j, lfap_p1 *r, double length, const double *x, const double *x_adv) {
  double eps = j->o->eps, wide = allowance(j, j->unit, x, x_adv), fine = allowance(j, j->finer, x, x_adv);
  if (wide > r->allowance) r->allowance = wide;
  if (length > eps + wide) return 1;
  return wide > SHARP * eps && length > eps + (fine <= SHARP * eps ? fine : 0.0) ? 2 : 0;
}

/* The same of l0's number of entries: conversion to half precision may hide a change that matters. */
static int count_over(const judge *j, const double *x) {
  double k = (double)j->o->k;
  if (entries_changed(j, x, j->converted) > k) return 1;
  return j->converted > 0x1p-24 && entries_changed(j, x, 0.0) > k ? 2 : 0;
}

/* How far the farthest entry is outside the range, 0 where rounding of the bound explains it. */
static double range_excess(const judge *j, const double *x_adv) {
  const lfap_perturb_opts *o = j->o;
  double excess = 0.0;
  for (size_t i = 0; i < j->d; i++) {
    double below = o->lo - x_adv[i], above = x_adv[i] - o->hi;
    if (below > j->unit * fabs(o->lo)) excess = fmax(excess, below);
    if (above > j->unit * fabs(o->hi)) excess = fmax(excess, above);
  }
  return excess;
}

static void see_constraint(judge *j, lfap_p1 *r, const double *x, const double *x_adv, size_t at) {
  const lfap_perturb_opts *o = j->o;
  double length = j->norm->length(j->d, j->eta), entry = lfap_amax(j->d, j->eta);
  double size = j->norm->takes_k ? entries_changed(j, x, j->converted) : length;
  int many = j->norm->takes_k ? count_over(j, x) : 0;
  int far = o->eps > 0.0 ? length_over(j, r, length, x, x_adv) : 0;
  double excess = o->has_range ? range_excess(j, x_adv) : 0.0;
  spread_add(&r->size, size, at);
  spread_add(&r->entry, entry, at);
  if (many == 1 || far == 1) r->outside++;
  else if (many || far) {
    r->undecided++;
    r->shifted += j->norm->entrywise && far && beyond_entries(j, x, x_adv);
  }
  r->range_outside += excess > 0.0;
  if (excess > r->range_excess) {
    r->range_excess = excess;
    r->range_at = at;
  }
}

static lfap_status see_sample(lfap_ctx *ctx, judge *j, lfap_p1 *r, const double *x, const double *x_adv, double t,
                              size_t at) {
  size_t d = j->net->d;
  lfap_sub(j->eta, x_adv, x, d);
  see_constraint(j, r, x, x_adv, at);
  lfap_status s = lfap_net_input_grad(ctx, j->grad, j->net, x);
  if (s) return s;
  double gain = t * (j->f_adv[at] - j->f[at]), linear = j->o->eps * j->norm->dual(j->grad, j->o->k, j->d, j->keep);
  spread_add(&r->reached, j->w ? t * lfap_dot(j->d, j->eta, j->w) / r->optimum : NAN, at);
  spread_add(&r->gain, gain, at);
  spread_add(&r->ascent, linear > 0.0 ? gain / linear : NAN, at);
  r->before += t * j->f[at] > 0.0;
  r->after += t * j->f_adv[at] > 0.0;
  r->across += j->w && t * lfap_dot(d, j->w, x_adv) > 0.0;
  return LFAP_OK;
}

static lfap_status check_judged(lfap_ctx *ctx, const double *w, const lfap_perturb_opts *o, size_t d) {
  double size = w ? lfap_norm2(d, w) : 1.0;
  lfap_status known = lfap_norm_check(ctx, o->norm, 1, d);
  if (known) return known;
  if (!(o->eps > 0.0 || (o->eps == 0.0 && lfap_norm_of(o->norm)->takes_k)) || !isfinite(o->eps))
    return lfap_fail(ctx, LFAP_ERR_USAGE, "P1: eps = %g; the size of the perturbations is needed, above 0", o->eps);
  if (lfap_norm_of(o->norm)->takes_k && (o->k == 0 || o->k > d))
    return lfap_fail(ctx, LFAP_ERR_DATA, "P1: k = %zu entries of d = %zu; k lies in 1..d", o->k, d);
  if (!(size > 0.0) || !isfinite(size))
    return lfap_fail(ctx, LFAP_ERR_DATA, "P1: the boundary w has norm %g; it must be finite and not zero", size);
  return LFAP_OK;
}

/* eps times a dual norm, which the figures are divided by. */
static lfap_status check_optimum(lfap_ctx *ctx, double optimum, double eps) {
  if (isnan(optimum) || (optimum >= 0x1p-900 && optimum <= 0x1p900)) return LFAP_OK;
  return lfap_fail(
      ctx, LFAP_ERR_RANGE,
      "P1: eps = %g times the dual norm of w is %g, at the end of the range of doubles: scale the points and "
      "eps by one constant",
      eps, optimum);
}

static lfap_status see_all(lfap_ctx *ctx, judge *j, lfap_p1 *r, const lfap_mat *bases, const lfap_mat *points,
                           const double *t) {
  size_t n = points->rows, d = points->cols;
  lfap_status s = lfap_net_eval(ctx, j->f, j->net, bases->v, n);
  if (!s) s = lfap_net_eval(ctx, j->f_adv, j->net, points->v, n);
  for (size_t i = 0; !s && i < n; i++) {
    s = see_sample(ctx, j, r, bases->v + i * d, points->v + i * d, t[i], i);
    if (!s && i % 64 == 63) s = lfap_tick(ctx, "perturbations judged", (double)i, (double)n);
  }
  if (!s) s = lfap_tick(ctx, "perturbations judged", (double)n, (double)n);
  return s;
}

/* The network is seen with weights in the middle of the range; what is proportional to them goes back by the same
   power. */
lfap_status lfap_p1_of(lfap_ctx *ctx, lfap_p1 *out, const lfap_net *net, const lfap_mat *bases, const lfap_mat *points,
                       const double *t, const double *w, const lfap_perturb_opts *o) {
  size_t n = points->rows, d = net->d;
  lfap_net scaled;
  int e;
  judge j = {.net = &scaled,
             .o = o,
             .w = w,
             .d = lfap_perturb_moving(o, d),
             .unit = fmax(0x1p-53, fmax(bases->unit, points->unit)),
             .finer = fmax(0x1p-53, fmin(bases->unit, points->unit))};
  lfap_p1 r = {.n = n, .unit = j.unit, .allowance = o->eps > 0.0 ? 0.0 : NAN};
  lfap_spread *all[] = {&r.size, &r.entry, &r.reached, &r.gain, &r.ascent};
  j.converted = bases->unit == points->unit ? 0.0 : j.unit;
  lfap_status s = check_judged(ctx, w, o, j.d);
  if (!s) j.norm = lfap_norm_of(o->norm);
  if (!s) s = lfap_net_scaled(ctx, &scaled, &e, net);
  if (s) return s;
  s = judge_alloc(ctx, &j, n, d);
  if (!s) {
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) spread_begin(all[i]);
    r.optimum = o->eps > 0.0 && w ? o->eps * j.norm->dual(w, o->k, j.d, j.keep) : NAN;
    s = check_optimum(ctx, r.optimum, o->eps);
    if (!s) s = see_all(ctx, &j, &r, bases, points, t);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) spread_end(all[i], n);
    double gain[3] = {r.gain.min, r.gain.mean, r.gain.max};
    lfap_times_power(gain, gain, e, 3);
    if (!s && !isnan(r.gain.mean) && lfap_first_unbounded(gain, 3) < 3)
      s = lfap_fail(ctx, LFAP_ERR_RANGE, "P1: the outputs of W leave the range of doubles; scale W or the points");
    r.gain.min = gain[0], r.gain.mean = gain[1], r.gain.max = gain[2];
    judge_free(&j);
  }
  lfap_net_scaled_free(&scaled, net);
  if (!s) *out = r;
  return s;
}
