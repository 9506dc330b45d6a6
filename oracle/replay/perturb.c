/* perturb.c - geometry, gradient and PGD perturbations at P bits (statement P1; spec/numerics.md N7). */
#include <stdlib.h>

#include "oracle/replay/network.h"
#include "oracle/replay/replay.h"

typedef struct {
  oracle_arith *A;
  const oracle_perturb_args *a;
  oracle_net net;
  mpfr_t *B, *w;               /* n x d, direction d */
  mpfr_t *x, *eta;             /* n x d: results */
  mpfr_t *g, *delta, *cur, *z; /* d, d, d, m */
  mpfr_t *t;                   /* scratch scalars */
  unsigned char *keep;         /* d */
} attack;

typedef void length_fn(attack *p, mpfr_t out, mpfr_t *v);

enum { T_EPS, T_T, T_A, T_B, T_STEP, T_LOSS, T_BEST, T_LO, T_HI, T_COUNT };

/* ---- directions -------------------------------------------------------------------------------------------------- */

/* The k largest |w_i|, ties to the lower index. */
static void keep_largest(attack *p, mpfr_t *w, size_t k) {
  size_t d = p->a->d;
  for (size_t i = 0; i < d; i++) p->keep[i] = 0;
  for (size_t r = 0; r < k && r < d; r++) {
    size_t best = d;
    for (size_t i = 0; i < d; i++)
      if (!p->keep[i] && (best == d || mpfr_cmpabs(w[i], w[best]) > 0)) best = i;
    p->keep[best] = 1;
  }
}

/* eps*(t*sgn(w_i)) with sgn 0 = 0. */
static void signed_eps(attack *p, mpfr_t out, const mpfr_t w) {
  int s = mpfr_sgn(w);
  if (s) mpfr_set_si(out, s > 0 ? 1 : -1, MPFR_RNDN);
  else mpfr_set_zero(out, 1);
  oracle_mul(p->A, out, p->t[T_T], out);
  oracle_mul(p->A, out, p->t[T_EPS], out);
}

static int ordinary(const mpfr_t v) { return mpfr_cmp_ui_2exp(v, 1, -100) >= 0 && mpfr_cmp_ui_2exp(v, 1, 100) <= 0; }

/* w times the power of two that brings its largest entry to [1, 2), where that entry, or eps, is no ordinary number
   (N1b). */
static void centre(attack *p, mpfr_t *w, size_t n) {
  mpfr_ptr most = p->t[T_A];
  oracle_amax(most, w, n);
  if (!mpfr_regular_p(most) || (ordinary(most) && ordinary(p->t[T_EPS]))) return;
  mpfr_exp_t e = mpfr_get_exp(most) - 1;
  for (size_t i = 0; i < n; i++) oracle_shift(p->A, w[i], w[i], -e);
}

static void direction_l2(attack *p, mpfr_t *eta, mpfr_t *w) {
  size_t d = p->a->d;
  oracle_norm2(p->A, p->t[T_A], w, d);
  oracle_div(p->A, p->t[T_A], p->t[T_EPS], p->t[T_A]);
  oracle_mul(p->A, p->t[T_A], p->t[T_A], p->t[T_T]);
  for (size_t i = 0; i < d; i++) oracle_mul(p->A, eta[i], p->t[T_A], w[i]);
}

static void direction_linf(attack *p, mpfr_t *eta, mpfr_t *w) {
  for (size_t i = 0; i < p->a->d; i++) signed_eps(p, eta[i], w[i]);
}

static void direction_kept(attack *p, mpfr_t *eta, mpfr_t *w, size_t k) {
  keep_largest(p, w, k);
  for (size_t i = 0; i < p->a->d; i++)
    if (!p->keep[i]) mpfr_set_zero(eta[i], 1);
    else signed_eps(p, eta[i], w[i]);
}

static void direction_l0(attack *p, mpfr_t *eta, mpfr_t *w) { direction_kept(p, eta, w, p->a->o->k); }
static void direction_l1(attack *p, mpfr_t *eta, mpfr_t *w) { direction_kept(p, eta, w, 1); }

/* ---- PGD --------------------------------------------------------------------------------------------------------- */

static void clamp(attack *p, mpfr_t v) {
  if (!p->a->o->has_range) return;
  if (mpfr_less_p(v, p->t[T_LO])) mpfr_set(v, p->t[T_LO], MPFR_RNDN);
  else if (mpfr_greater_p(v, p->t[T_HI])) mpfr_set(v, p->t[T_HI], MPFR_RNDN);
}

static void length_l2(attack *p, mpfr_t out, mpfr_t *v) { oracle_norm2(p->A, out, v, p->a->d); }
static void length_linf(attack *p, mpfr_t out, mpfr_t *v) { oracle_amax(out, v, p->a->d); }
static void length_l1(attack *p, mpfr_t out, mpfr_t *v) { oracle_asum(p->A, out, v, p->a->d); }

/* cur_i = fma(-step, g_i/c, cur_i) */
static void descend(attack *p, size_t i, const mpfr_t c) {
  oracle_div(p->A, p->t[T_B], p->g[i], c);
  mpfr_neg(p->t[T_B], p->t[T_B], MPFR_RNDN);
  oracle_fma(p->A, p->cur[i], p->t[T_STEP], p->t[T_B], p->cur[i]);
}

/* max(c, 1e-12), whatever the norm. */
static void guard(mpfr_t c) {
  if (!(mpfr_cmp_d(c, 1e-12) >= 0)) mpfr_set_d(c, 1e-12, MPFR_RNDN);
}

/* One step of length eps/5, projected back to the ball around x0. */
static void step_ball(attack *p, mpfr_t *x0, length_fn *length) {
  size_t d = p->a->d;
  mpfr_set_ui(p->t[T_A], 5, MPFR_RNDN);
  oracle_div(p->A, p->t[T_STEP], p->t[T_EPS], p->t[T_A]);
  length(p, p->t[T_A], p->g);
  guard(p->t[T_A]);
  for (size_t i = 0; i < d; i++) {
    descend(p, i, p->t[T_A]);
    oracle_sub(p->A, p->delta[i], p->cur[i], x0[i]);
  }
  length(p, p->t[T_A], p->delta);
  if (mpfr_greater_p(p->t[T_A], p->t[T_EPS])) {
    mpfr_set_d(p->t[T_B], 1e-7, MPFR_RNDN);
    oracle_add(p->A, p->t[T_A], p->t[T_A], p->t[T_B]);
    oracle_div(p->A, p->t[T_A], p->t[T_EPS], p->t[T_A]);
    for (size_t i = 0; i < d; i++) oracle_mul(p->A, p->delta[i], p->delta[i], p->t[T_A]);
  }
  for (size_t i = 0; i < d; i++) {
    oracle_add(p->A, p->cur[i], x0[i], p->delta[i]);
    clamp(p, p->cur[i]);
  }
}

/* One step of l0, of size eps: one entry more. */
static void step_sparse(attack *p, mpfr_t *x0, length_fn *length) {
  size_t d = p->a->d, add = d;
  (void)length;
  mpfr_set(p->t[T_STEP], p->t[T_EPS], MPFR_RNDN);
  for (size_t i = 0; i < d; i++) {
    p->keep[i] = !mpfr_equal_p(p->cur[i], x0[i]);
    if (!p->keep[i] && (add == d || mpfr_cmpabs(p->g[i], p->g[add]) > 0)) add = i;
  }
  if (add < d) p->keep[add] = 1;
  mpfr_set_zero(p->t[T_A], 1);
  for (size_t i = 0; i < d; i++)
    if (p->keep[i] && mpfr_cmpabs(p->g[i], p->t[T_A]) > 0) mpfr_abs(p->t[T_A], p->g[i], MPFR_RNDN);
  guard(p->t[T_A]);
  for (size_t i = 0; i < d; i++)
    if (p->keep[i]) {
      descend(p, i, p->t[T_A]);
      clamp(p, p->cur[i]);
    }
}

/* The norms, a row each. */
static const struct {
  void (*direction)(attack *p, mpfr_t *eta, mpfr_t *w);
  void (*step)(attack *p, mpfr_t *x0, length_fn *length);
  length_fn *length; /* what eps bounds */
} norms[] = {
    [LFAP_L2] = {direction_l2, step_ball, length_l2},
    [LFAP_LINF] = {direction_linf, step_ball, length_linf},
    [LFAP_L0] = {direction_l0, step_sparse, length_linf},
    [LFAP_L1] = {direction_l1, step_ball, length_l1},
};
_Static_assert(sizeof norms / sizeof norms[0] == LFAP_NORMS, "a row of the replay's table for every norm");

/* Where the gradient of the loss is no finite number there is no step, and there will be none. */
static void pgd(attack *p, mpfr_t *best, mpfr_t *x0) {
  const lfap_perturb_opts *o = p->a->o;
  size_t d = p->a->d;
  for (size_t i = 0; i < d; i++) mpfr_set(p->cur[i], x0[i], MPFR_RNDN);
  for (size_t i = 0; i < d; i++) mpfr_set(best[i], x0[i], MPFR_RNDN);
  mpfr_set_inf(p->t[T_BEST], 1);
  for (size_t step = 0;; step++) {
    oracle_net_at(p->A, p->t[T_A], p->z, &p->net, p->cur);
    oracle_mul(p->A, p->t[T_A], p->t[T_T], p->t[T_A]);
    mpfr_neg(p->t[T_A], p->t[T_A], MPFR_RNDN);
    oracle_exp(p->A, p->t[T_LOSS], p->t[T_A]);
    if (mpfr_less_p(p->t[T_LOSS], p->t[T_BEST])) {
      mpfr_set(p->t[T_BEST], p->t[T_LOSS], MPFR_RNDN);
      for (size_t i = 0; i < d; i++) mpfr_set(best[i], p->cur[i], MPFR_RNDN);
    }
    if (step == o->steps) return;
    oracle_net_input_grad(p->A, p->g, &p->net, p->z);
    oracle_mul(p->A, p->t[T_A], p->t[T_T], p->t[T_LOSS]);
    mpfr_neg(p->t[T_A], p->t[T_A], MPFR_RNDN);
    for (size_t i = 0; i < d; i++) {
      oracle_mul(p->A, p->g[i], p->t[T_A], p->g[i]);
      if (!mpfr_number_p(p->g[i])) return;
    }
    norms[o->norm].step(p, x0, norms[o->norm].length);
  }
}

/* ---- sets -------------------------------------------------------------------------------------------------------- */

static void perturb_one(attack *p, size_t n) {
  size_t d = p->a->d;
  mpfr_t *x0 = p->B + n * d, *x = p->x + n * d, *eta = p->eta + n * d;
  mpfr_set_d(p->t[T_T], p->a->t[n], MPFR_RNDN);
  if (p->a->attack == ORACLE_PGD) {
    pgd(p, x, x0);
    for (size_t i = 0; i < d; i++) oracle_sub(p->A, eta[i], x[i], x0[i]);
    return;
  }
  mpfr_t *w = p->w;
  if (p->a->attack == ORACLE_GRADIENT) {
    oracle_net_at(p->A, p->t[T_A], p->z, &p->net, x0);
    oracle_net_input_grad(p->A, p->g, &p->net, p->z);
    w = p->g;
  }
  centre(p, w, d); /* to the middle of the range */
  norms[p->a->o->norm].direction(p, eta, w);
  for (size_t i = 0; i < d; i++) oracle_add(p->A, x[i], x0[i], eta[i]);
}

static lfap_status check_perturbed(lfap_ctx *ctx, const oracle_perturb_args *a) {
  size_t want = a->attack == ORACLE_GEOMETRY ? a->d : a->m * a->d;
  if (a->w->n != want) return lfap_fail(ctx, LFAP_ERR_DATA, "%zu weights where %zu are needed", a->w->n, want);
  if ((int)a->o->norm < 0 || (int)a->o->norm >= LFAP_NORMS)
    return lfap_fail(ctx, LFAP_ERR_USAGE, "norm %d is none; give one of lfap_norm", (int)a->o->norm);
  if (!(a->o->eps > 0.0))
    return lfap_fail(ctx, LFAP_ERR_USAGE, "eps = %g; the size of a perturbation is above 0", a->o->eps);
  if (a->attack == ORACLE_GEOMETRY)
    for (size_t i = 0; i < a->d; i++)
      if (!mpfr_zero_p(a->w->v[i])) return LFAP_OK;
  if (a->attack == ORACLE_GEOMETRY)
    return lfap_fail(ctx, LFAP_ERR_DATA, "the direction is zero in all entries, so there is nowhere to go");
  return LFAP_OK;
}

static lfap_status prepare_attack(lfap_ctx *ctx, attack *p) {
  oracle_arith *A = p->A;
  const oracle_perturb_args *a = p->a;
  mpfr_t *w = oracle_take(A, a->w->n);
  p->B = oracle_take_doubles(A, a->B, a->n * a->d);
  p->x = oracle_take(A, a->n * a->d);
  p->eta = oracle_take(A, a->n * a->d);
  p->g = oracle_take(A, a->d);
  p->delta = oracle_take(A, a->d);
  p->cur = oracle_take(A, a->d);
  p->t = oracle_take(A, T_COUNT);
  p->keep = malloc(a->d);
  if (!p->keep) A->failed = 1;
  if (!A->failed && a->attack != ORACLE_GEOMETRY) {
    oracle_net_make(A, &p->net, w, a->m, a->d, a->gamma);
    p->z = oracle_take(A, a->m);
  }
  lfap_status st = oracle_take_check(ctx, A, "perturb");
  if (st) return st;
  for (size_t i = 0; i < a->w->n; i++) mpfr_set(w[i], a->w->v[i], MPFR_RNDN);
  p->w = w;
  mpfr_set_d(p->t[T_EPS], a->o->eps, MPFR_RNDN);
  if (a->attack == ORACLE_GRADIENT) centre(p, w, a->w->n); /* PGD divides by max(norm, 1e-12) and sees the scale */
  mpfr_set_d(p->t[T_LO], a->o->lo, MPFR_RNDN);
  mpfr_set_d(p->t[T_HI], a->o->hi, MPFR_RNDN);
  return LFAP_OK;
}

void oracle_perturbed_free(oracle_perturbed *p) {
  oracle_vec_free(&p->x);
  oracle_vec_free(&p->eta);
}

lfap_status oracle_replay_perturb(lfap_ctx *ctx, oracle_perturbed *out, const oracle_perturb_args *a, unsigned prec) {
  oracle_arith A;
  attack p = {.A = &A, .a = a};
  oracle_perturbed r = {0};
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = check_perturbed(ctx, a);
  if (!st) st = oracle_arith_begin(ctx, &A, prec);
  if (st) return st;
  st = prepare_attack(ctx, &p);
  for (size_t n = 0; !st && n < a->n; n++) perturb_one(&p, n);
  if (!st) st = oracle_vec_keep(ctx, &r.x, &A, p.x, a->n * a->d);
  if (!st) st = oracle_vec_keep(ctx, &r.eta, &A, p.eta, a->n * a->d);
  free(p.keep);
  st = oracle_arith_end(ctx, &A, st);
  if (st) oracle_perturbed_free(&r);
  else *out = r;
  return st;
}

lfap_status oracle_vec_of_doubles(lfap_ctx *ctx, oracle_vec *out, const double *x, size_t n, unsigned prec) {
  lfap_status st = oracle_vec_alloc(ctx, out, n, (mpfr_prec_t)prec);
  for (size_t i = 0; !st && i < n; i++) mpfr_set_d(out->v[i], x[i], MPFR_RNDN);
  return st;
}
