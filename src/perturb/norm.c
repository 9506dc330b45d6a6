/* norm.c - the norms, a row each (statements P1, D1, T3; spec/numerics.md N7 and N8). */
#include "perturb/norm.h"

#include "data/scale.h"
#include "kernel/chain.h"
#include "kernel/lanes.h"
#include "kernel/perturb.h"

#include <math.h>
#include <stdlib.h>

/* ---- sizes ------------------------------------------------------------------------------------------------------- */

static double size_l2(const double *eta, size_t d) {
  const int shift = lfap_exponent_outside(eta, d);
  double square = 0.0;
  for (size_t i = 0; i < d; i++) {
    const double e = shift ? ldexp(eta[i], -shift) : eta[i];
    square = fma(e, e, square);
  }
  return ldexp(sqrt(square), shift);
}

static double size_linf(const double *eta, size_t d) {
  double most = 0.0;
  for (size_t i = 0; i < d; i++) most = fmax(most, fabs(eta[i]));
  return most;
}

static double size_l0(const double *eta, size_t d) {
  double entries = 0.0;
  for (size_t i = 0; i < d; i++) entries += eta[i] != 0.0;
  return entries;
}

static double size_l1(const double *eta, size_t d) {
  const int shift = lfap_exponent_outside(eta, d);
  double sum = 0.0;
  for (size_t i = 0; i < d; i++) sum += fabs(shift ? ldexp(eta[i], -shift) : eta[i]);
  return ldexp(sum, shift);
}

/* ---- dual norms -------------------------------------------------------------------------------------------------- */

static double dual_l2(const double *w, size_t k, size_t d, void *scratch) {
  (void)k, (void)scratch;
  return lfap_norm2(d, w);
}

static double dual_linf(const double *w, size_t k, size_t d, void *scratch) {
  (void)k, (void)scratch;
  return lfap_asum(d, w);
}

static double dual_l0(const double *w, size_t k, size_t d, void *scratch) {
  unsigned char *keep = scratch;
  double s = 0.0;
  lfap_topk(keep, w, k, d);
  for (size_t i = 0; i < d; i++)
    if (keep[i]) s += fabs(w[i]);
  return s;
}

static int descending(const void *a, const void *b) {
  double p = *(const double *)a, q = *(const double *)b;
  return p < q ? 1 : p > q ? -1 : 0;
}

static double dual_l0_apart(const double *w, size_t k, size_t d, void *scratch) {
  double *a = scratch;
  for (size_t i = 0; i < d; i++) a[i] = fabs(w[i]);
  qsort(a, d, sizeof *a, descending);
  return lfap_asum(k, a);
}

static double dual_l1(const double *w, size_t k, size_t d, void *scratch) {
  (void)k, (void)scratch;
  return lfap_amax(d, w);
}

/* ---- maximisers (P1) --------------------------------------------------------------------------------------------- */

static void maximise_l2(double *eta, const double *w, unsigned char *keep, double t, double eps, size_t k, size_t d) {
  (void)keep, (void)k;
  lfap_eta_l2(eta, w, lfap_norm2(d, w), t, eps, d);
}

static void maximise_linf(double *eta, const double *w, unsigned char *keep, double t, double eps, size_t k, size_t d) {
  (void)keep, (void)k;
  lfap_eta_linf(eta, w, t, eps, d);
}

static void maximise_l0(double *eta, const double *w, unsigned char *keep, double t, double eps, size_t k, size_t d) {
  lfap_topk(keep, w, k, d);
  lfap_eta_l0(eta, w, keep, t, eps, d);
}

static void maximise_l1(double *eta, const double *w, unsigned char *keep, double t, double eps, size_t k, size_t d) {
  (void)keep, (void)k;
  lfap_eta_l1(eta, w, lfap_first_largest(w, d), t, eps, d);
}

/* ---- steps of PGD ------------------------------------------------------------------------------------------------ */

/* What a gradient of this size is divided by, in every norm: below 1e-12 the step shrinks with it, and a gradient that
   vanishes moves nothing. */
static double divisor(double size) { return size > 1e-12 ? size : 1e-12; }

/* Normalised gradient step, projection to the ball (radial, in every norm), clamp. */
static void step_ball(double *x, const double *g, const double *x0, double *delta, unsigned char *mask,
                      const lfap_perturb_opts *o, size_t d) {
  const lfap_norm_object *norm = lfap_norm_of(o->norm);
  (void)mask;
  lfap_pgd_move(x, g, o->eps / 5.0, divisor(norm->length(d, g)), d);
  lfap_sub(delta, x, x0, d);
  double size = norm->length(d, delta);
  if (size > o->eps) lfap_scale(delta, o->eps / (size + 1e-7), delta, d);
  lfap_add(x, x0, delta, d);
  if (o->has_range) lfap_clamp_all(x, o->lo, o->hi, d);
}

/* One more entry may change. */
static void step_pixels(double *x, const double *g, const double *x0, double *delta, unsigned char *mask,
                        const lfap_perturb_opts *o, size_t d) {
  (void)delta;
  lfap_pgd_mask(mask, x, x0, g, d);
  lfap_pgd_move_masked(x, g, mask, o->eps, divisor(lfap_masked_amax(g, mask, d)), o->has_range, o->lo, o->hi, d);
}

/* ---- rounding ---------------------------------------------------------------------------------------------------- */

/* Sums of numbers coarser than single precision are kept in that. */
static double allowance_l2(double u, double least, double eps, const double *x, const double *x_adv, size_t d) {
  double summed = fmin(u, 0x1p-24);
  return 2.0 * u * (lfap_norm2(d, x) + lfap_norm2(d, x_adv)) + (summed * 0.5 * (double)d + u * 8.0) * eps +
         least * sqrt((double)d);
}

static double allowance_entry(double u, double least, double eps, const double *x, const double *x_adv, size_t d) {
  return 2.0 * u * (lfap_amax(d, x) + lfap_amax(d, x_adv) + eps) + least;
}

static double allowance_l1(double u, double least, double eps, const double *x, const double *x_adv, size_t d) {
  double summed = fmin(u, 0x1p-24);
  return 2.0 * u * (lfap_asum(d, x) + lfap_asum(d, x_adv)) + (summed * (double)d + u * 8.0) * eps + least * (double)d;
}

/* ---- lengths and sizes that nobody gave -------------------------------------------------------------------------- */

static double euclidean_one(size_t k, size_t d) {
  (void)k, (void)d;
  return 1.0;
}

static double euclidean_all(size_t k, size_t d) {
  (void)k;
  return sqrt((double)d);
}

static double euclidean_kept(size_t k, size_t d) {
  (void)d;
  return sqrt((double)k);
}

/* At the paper's d its own numbers. */
static double eps_l2(size_t d) {
  static const struct {
    size_t d;
    double eps;
  } paper[] = {{100, 0.078}, {500, 0.17}, {1000, 0.24}, {2500, 0.39}, {5000, 0.55}, {7500, 0.67}, {10000, 0.78}};
  for (size_t i = 0; i < sizeof paper / sizeof paper[0]; i++)
    if (paper[i].d == d) return paper[i].eps;
  return 0.0078 * sqrt((double)d);
}

static double eps_linf(size_t d) {
  (void)d;
  return 0.03;
}

/* One step of the paper's attack. */
static double eps_l0(size_t d) {
  (void)d;
  return 0.3;
}

/* As long as linf's. */
static double eps_l1(size_t d) { return 0.03 * sqrt((double)d); }

/* ---- the table --------------------------------------------------------------------------------------------------- */

static const lfap_norm_object table[] = {
    [LFAP_L2] = {.name = "l2",
                 .along_w = 1,
                 .measured = "in the norm",
                 .length = lfap_norm2,
                 .size = size_l2,
                 .dual = dual_l2,
                 .dual_apart = dual_l2,
                 .maximise = maximise_l2,
                 .step = step_ball,
                 .allowance = allowance_l2,
                 .euclidean = euclidean_one,
                 .eps_default = eps_l2},
    [LFAP_LINF] = {.name = "linf",
                   .entrywise = 1,
                   .measured = "in the norm",
                   .length = lfap_amax,
                   .size = size_linf,
                   .dual = dual_linf,
                   .dual_apart = dual_linf,
                   .maximise = maximise_linf,
                   .step = step_ball,
                   .allowance = allowance_entry,
                   .euclidean = euclidean_all,
                   .eps_default = eps_linf},
    [LFAP_L0] = {.name = "l0",
                 .takes_k = 1,
                 .entrywise = 1,
                 .measured = "entries changed",
                 .length = lfap_amax,
                 .size = size_l0,
                 .dual = dual_l0,
                 .dual_apart = dual_l0_apart,
                 .maximise = maximise_l0,
                 .step = step_pixels,
                 .allowance = allowance_entry,
                 .euclidean = euclidean_kept,
                 .eps_default = eps_l0},
    [LFAP_L1] = {.name = "l1",
                 .measured = "in the norm",
                 .length = lfap_asum,
                 .size = size_l1,
                 .dual = dual_l1,
                 .dual_apart = dual_l1,
                 .maximise = maximise_l1,
                 .step = step_ball,
                 .allowance = allowance_l1,
                 .euclidean = euclidean_one,
                 .eps_default = eps_l1},
};
#define ONE(key, name, size) +1
_Static_assert(sizeof table / sizeof table[0] == LFAP_NORMS, "a row of the table for every norm");
_Static_assert(0 LFAP_NORM_EACH(ONE, ONE) == LFAP_NORMS, "every norm is in LFAP_NORM_EACH");

static int known(lfap_norm norm) { return (int)norm >= 0 && (int)norm < LFAP_NORMS; }

const lfap_norm_object *lfap_norm_of(lfap_norm norm) { return &table[norm]; }

const char *lfap_norm_name(lfap_norm norm) { return known(norm) ? table[norm].name : "unknown"; }

lfap_status lfap_norm_check(lfap_ctx *ctx, lfap_norm norm, size_t k, size_t d) {
  if (!known(norm)) return lfap_fail(ctx, LFAP_ERR_USAGE, "norm %d is none; give one of " LFAP_NORM_WORDS, (int)norm);
  if (table[norm].takes_k && (k == 0 || k > d))
    return lfap_fail(ctx, LFAP_ERR_USAGE, "k = %zu entries of d = %zu; k must lie in 1..d", k, d);
  return LFAP_OK;
}

size_t lfap_norm_steps(lfap_norm norm, size_t k) { return table[norm].takes_k ? k : 100; }
