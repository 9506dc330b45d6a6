/* perturb.c - geometry, gradient and PGD perturbations at P bits (statement P1; spec/numerics.md N7). */
#include <math.h>
#include <stdlib.h>

#include "oracle/replay/digits.h"
#include "oracle/replay/network.h"
#include "oracle/replay/replay.h"
#include "perturb/norm.h"
#include "perturb/perturbed.h"

/* A base on its way, or one after the other. */
typedef struct {
  const oracle_arith *A;
  const oracle_perturb_args *a;
  size_t moving; /* entries that may change: d, or d - 1 with a bias */
  oracle_net net;
  mpfr_t *w;                   /* direction (d), or the weights */
  mpfr_t *x0, *x, *eta;        /* d each: base and results */
  mpfr_t *g, *delta, *cur, *z; /* d, d, d, m */
  mpfr_t *t;                   /* scalars */
  unsigned char *keep;         /* d */
  size_t step;                 /* PGD: iterates seen */
  int over;                    /* PGD: there is no step more */
} attack;

/* All bases. */
typedef struct {
  oracle_arith *A;
  const oracle_perturb_args *a;
  mpfr_t *B, *w, *x, *eta; /* n x d; direction or weights; results */
  attack *slot;            /* a worker's, or one of a round */
  size_t first, span;      /* PGD: of the round; steps at a time */
  unsigned char *keep;     /* workers x d */
  unsigned char *vanished; /* n: gradient: there is none */
} attacks;

typedef void length_fn(attack *p, mpfr_t out, mpfr_t *v);

enum { T_EPS, T_T, T_A, T_B, T_STEP, T_LOSS, T_BEST, T_LO, T_HI, T_MOST, T_COUNT };

/* ---- directions -------------------------------------------------------------------------------------------------- */

/* The k largest |w_i|, ties to the lower index. */
static void keep_largest(attack *p, mpfr_t *w, size_t k) {
  size_t d = p->moving;
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
  size_t d = p->moving;
  oracle_norm2(p->A, p->t[T_A], w, d);
  oracle_div(p->A, p->t[T_A], p->t[T_EPS], p->t[T_A]);
  oracle_mul(p->A, p->t[T_A], p->t[T_A], p->t[T_T]);
  for (size_t i = 0; i < d; i++) oracle_mul(p->A, eta[i], p->t[T_A], w[i]);
}

static void direction_linf(attack *p, mpfr_t *eta, mpfr_t *w) {
  for (size_t i = 0; i < p->moving; i++) signed_eps(p, eta[i], w[i]);
}

static void direction_kept(attack *p, mpfr_t *eta, mpfr_t *w, size_t k) {
  keep_largest(p, w, k);
  for (size_t i = 0; i < p->moving; i++)
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

static void length_l2(attack *p, mpfr_t out, mpfr_t *v) { oracle_norm2(p->A, out, v, p->moving); }
static void length_linf(attack *p, mpfr_t out, mpfr_t *v) { oracle_amax(out, v, p->moving); }
static void length_l1(attack *p, mpfr_t out, mpfr_t *v) { oracle_asum(p->A, out, v, p->moving); }

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
static void step_ball(attack *p, length_fn *length) {
  size_t d = p->moving;
  mpfr_set_ui(p->t[T_A], 5, MPFR_RNDN);
  oracle_div(p->A, p->t[T_STEP], p->t[T_EPS], p->t[T_A]);
  length(p, p->t[T_A], p->g);
  guard(p->t[T_A]);
  for (size_t i = 0; i < d; i++) {
    descend(p, i, p->t[T_A]);
    oracle_sub(p->A, p->delta[i], p->cur[i], p->x0[i]);
  }
  length(p, p->t[T_A], p->delta);
  if (mpfr_greater_p(p->t[T_A], p->t[T_EPS])) {
    mpfr_set_d(p->t[T_B], 1e-7, MPFR_RNDN);
    oracle_add(p->A, p->t[T_A], p->t[T_A], p->t[T_B]);
    oracle_div(p->A, p->t[T_A], p->t[T_EPS], p->t[T_A]);
    for (size_t i = 0; i < d; i++) oracle_mul(p->A, p->delta[i], p->delta[i], p->t[T_A]);
  }
  for (size_t i = 0; i < d; i++) {
    oracle_add(p->A, p->cur[i], p->x0[i], p->delta[i]);
    clamp(p, p->cur[i]);
  }
}

/* One step of l0, of size eps: one entry more. */
static void step_sparse(attack *p, length_fn *length) {
  size_t d = p->moving, add = d;
  (void)length;
  mpfr_set(p->t[T_STEP], p->t[T_EPS], MPFR_RNDN);
  for (size_t i = 0; i < d; i++) {
    p->keep[i] = !mpfr_equal_p(p->cur[i], p->x0[i]);
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
  void (*step)(attack *p, length_fn *length);
  length_fn *length; /* what eps bounds */
} norms[] = {
    [LFAP_L2] = {direction_l2, step_ball, length_l2},
    [LFAP_LINF] = {direction_linf, step_ball, length_linf},
    [LFAP_L0] = {direction_l0, step_sparse, length_linf},
    [LFAP_L1] = {direction_l1, step_ball, length_l1},
};
_Static_assert(sizeof norms / sizeof norms[0] == LFAP_NORMS, "a row of the replay's table for every norm");

/* The iterate's loss; the best is kept. */
static void look(attack *p) {
  oracle_net_at(p->A, p->t[T_A], p->z, &p->net, p->cur);
  oracle_mul(p->A, p->t[T_A], p->t[T_T], p->t[T_A]);
  mpfr_neg(p->t[T_A], p->t[T_A], MPFR_RNDN);
  oracle_exp(p->A, p->t[T_LOSS], p->t[T_A]);
  if (!mpfr_less_p(p->t[T_LOSS], p->t[T_BEST])) return;
  mpfr_set(p->t[T_BEST], p->t[T_LOSS], MPFR_RNDN);
  for (size_t i = 0; i < p->a->d; i++) mpfr_set(p->x[i], p->cur[i], MPFR_RNDN);
}

/* Where the gradient of the loss is no finite number there is no step, and there will be none. */
static void pgd_step(attack *p) {
  const lfap_perturb_opts *o = p->a->o;
  look(p);
  p->over = p->step++ == o->steps;
  if (p->over) return;
  oracle_net_input_grad(p->A, p->g, &p->net, p->z);
  oracle_mul(p->A, p->t[T_A], p->t[T_T], p->t[T_LOSS]);
  mpfr_neg(p->t[T_A], p->t[T_A], MPFR_RNDN);
  for (size_t i = 0; i < p->moving; i++) {
    oracle_mul(p->A, p->g[i], p->t[T_A], p->g[i]);
    if (!mpfr_number_p(p->g[i])) p->over = 1;
  }
  if (!p->over) norms[o->norm].step(p, norms[o->norm].length);
}

static void pgd_range(void *arg, const oracle_arith *A, size_t begin, size_t end) {
  const attacks *all = arg;
  for (size_t i = begin; i < end; i++) {
    attack *p = &all->slot[i];
    p->A = A;
    for (size_t s = 0; s < all->span && !p->over; s++) pgd_step(p);
  }
}

static void start_at(const attacks *all, attack *p, size_t n) {
  size_t d = p->a->d;
  p->x0 = all->B + n * d;
  p->x = all->x + n * d;
  p->eta = all->eta + n * d;
  mpfr_set_d(p->t[T_T], p->a->t[n], MPFR_RNDN);
}

/* The bases first.., one a slot, to their last step. */
static lfap_status pgd_round(lfap_ctx *ctx, attacks *all, size_t count) {
  const oracle_perturb_args *a = all->a;
  double ops = 2.0 * (double)a->net->m * (double)a->d;
  all->span = ops < 1e6 ? (size_t)(1e6 / ops) : 1;
  for (size_t i = 0; i < count; i++) {
    attack *p = &all->slot[i];
    start_at(all, p, all->first + i);
    p->step = 0;
    p->over = 0;
    for (size_t k = 0; k < a->d; k++) mpfr_set(p->cur[k], p->x0[k], MPFR_RNDN);
    for (size_t k = 0; k < a->d; k++) mpfr_set(p->x[k], p->x0[k], MPFR_RNDN);
    mpfr_set_inf(p->t[T_BEST], 1);
  }
  for (size_t step = 0, open = count; open > 0; step += all->span) {
    double share = (double)count * (double)step / ((double)a->o->steps + 1.0);
    lfap_status st = lfap_tick(ctx, "base", (double)all->first + share, (double)a->n);
    if (!st) st = oracle_share(ctx, all->A, "step", count, ops * (double)all->span * (double)count, pgd_range, all);
    if (st) return st;
    open = 0;
    for (size_t i = 0; i < count; i++) open += !all->slot[i].over;
  }
  for (size_t i = 0; i < count; i++) {
    const attack *p = &all->slot[i];
    for (size_t k = 0; k < a->d; k++) oracle_sub(all->A, p->eta[k], p->x[k], p->x0[k]);
  }
  return LFAP_OK;
}

static lfap_status pgd_all(lfap_ctx *ctx, attacks *all) {
  size_t n = all->a->n, most = (size_t)all->A->workers;
  lfap_status st = LFAP_OK;
  for (size_t count; !st && all->first < n; all->first += count) {
    count = n - all->first < most ? n - all->first : most;
    st = pgd_round(ctx, all, count);
  }
  return st;
}

/* ---- geometry and gradient --------------------------------------------------------------------------------------- */

/* Is the gradient no more than what rounding leaves of terms that cancel: m 2^-P times the sum of their sizes? Above
   what m terms of the largest weight can leave, which is the rule, the weights need not be looked at. */
static int cancels(attack *p) {
  size_t m = p->a->net->m, d = p->moving;
  mpfr_ptr unit = p->t[T_A], limit = p->t[T_B];
  mpfr_set_ui(unit, m, MPFR_RNDN);
  oracle_shift(p->A, unit, unit, -(long)p->A->prec);
  oracle_mul(p->A, unit, unit, p->net.a[0]);
  mpfr_set_ui(limit, m, MPFR_RNDN);
  oracle_mul(p->A, limit, unit, limit);
  oracle_mul(p->A, limit, limit, p->t[T_MOST]);
  for (size_t i = 0; i < d; i++)
    if (mpfr_cmpabs(p->g[i], limit) > 0) return 0;
  for (size_t i = 0; i < d; i++) mpfr_set_zero(p->delta[i], 1);
  for (size_t j = 0; j < m; j++)
    for (size_t i = 0; i < d; i++) {
      mpfr_abs(limit, p->net.w[j * p->a->d + i], MPFR_RNDN);
      oracle_add(p->A, p->delta[i], p->delta[i], limit);
    }
  for (size_t i = 0; i < d; i++) {
    oracle_mul(p->A, limit, unit, p->delta[i]);
    if (mpfr_cmpabs(p->g[i], limit) > 0) return 0;
  }
  return 1;
}

static void directed_range(void *arg, const oracle_arith *A, size_t begin, size_t end) {
  const attacks *all = arg;
  attack *p = &all->slot[A->worker];
  p->A = A;
  for (size_t n = begin; n < end; n++) {
    mpfr_t *w = p->w;
    start_at(all, p, n);
    if (p->a->attack == ORACLE_GRADIENT) {
      oracle_net_at(A, p->t[T_A], p->z, &p->net, p->x0);
      oracle_net_input_grad(A, p->g, &p->net, p->z);
      all->vanished[n] = (unsigned char)cancels(p);
      if (all->vanished[n]) continue;
      w = p->g;
      centre(p, w, p->moving);
    }
    norms[p->a->o->norm].direction(p, p->eta, w);
    for (size_t i = p->moving; i < p->a->d; i++) mpfr_set_zero(p->eta[i], 1);
    for (size_t i = 0; i < p->a->d; i++) oracle_add(A, p->x[i], p->x0[i], p->eta[i]);
  }
}

static lfap_status directed_all(lfap_ctx *ctx, attacks *all) {
  const oracle_perturb_args *a = all->a;
  double each = (double)a->d * (a->attack == ORACLE_GRADIENT ? 2.0 * (double)a->net->m : 2.0);
  lfap_status st = oracle_share(ctx, all->A, "base", a->n, each * (double)a->n, directed_range, all);
  for (size_t n = 0; !st && n < a->n; n++)
    if (all->vanished[n])
      st = lfap_fail(ctx, LFAP_ERR_DATA,
                     "base %zu: the gradient of f is zero there up to rounding at %ld bits, so no direction is the "
                     "best; give other weights, or leave this base out",
                     n, (long)all->A->prec);
  return st;
}

/* ---- sets -------------------------------------------------------------------------------------------------------- */

static lfap_status check_range(lfap_ctx *ctx, const oracle_perturb_args *a) {
  const lfap_perturb_opts *o = a->o;
  size_t moving = lfap_perturb_moving(o, a->d);
  if (o->steps == 0) return lfap_fail(ctx, LFAP_ERR_USAGE, "steps = 0; at least one is needed");
  for (size_t i = 0; o->has_range && i < a->n * a->d; i++)
    if (i % a->d < moving && !(a->B[i] >= o->lo && a->B[i] <= o->hi))
      return lfap_fail(ctx, LFAP_ERR_DATA,
                       "PGD: entry %zu of base %zu is %.17g, outside the range %g,%g that perturbed points keep; widen "
                       "the range or bring other bases",
                       i % a->d, i / a->d, a->B[i], o->lo, o->hi);
  return LFAP_OK;
}

static lfap_status check_perturbed(lfap_ctx *ctx, const oracle_perturb_args *a) {
  size_t moving = lfap_perturb_moving(a->o, a->d);
  if (a->attack != ORACLE_GEOMETRY && a->net->d != a->d)
    return lfap_fail(ctx, LFAP_ERR_DATA, "the weights have d = %zu columns, the bases d = %zu", a->net->d, a->d);
  lfap_status st = a->attack == ORACLE_GEOMETRY ? LFAP_OK : lfap_net_plain(ctx, a->net, "perturbation");
  if (!st) st = lfap_norm_check(ctx, a->o->norm, a->attack == ORACLE_PGD ? 1 : a->o->k, moving);
  if (st) return st;
  if (!(a->o->eps > 0.0) || !isfinite(a->o->eps))
    return lfap_fail(ctx, LFAP_ERR_USAGE, "eps = %g; the size of a perturbation is finite and above 0", a->o->eps);
  for (size_t i = 0; i < a->n; i++)
    if (a->t[i] != 1.0 && a->t[i] != -1.0)
      return lfap_fail(ctx, LFAP_ERR_DATA, "target %zu is %.17g; targets must be +1 or -1", i, a->t[i]);
  if (a->attack == ORACLE_PGD) return check_range(ctx, a);
  for (size_t i = 0; a->attack == ORACLE_GEOMETRY && i < moving; i++)
    if (a->w[i] != 0.0) return LFAP_OK;
  if (a->attack == ORACLE_GEOMETRY)
    return lfap_fail(ctx, LFAP_ERR_DATA, "the direction is zero in all %zu entries, so there is nowhere to go", moving);
  return LFAP_OK;
}

static void take_slot(oracle_arith *A, attack *p, const attacks *all, mpfr_t *w, size_t i) {
  const oracle_perturb_args *a = all->a;
  p->a = a;
  p->A = A;
  p->moving = lfap_perturb_moving(a->o, a->d);
  p->w = w;
  p->g = oracle_take(A, a->d);
  p->delta = oracle_take(A, a->d);
  p->cur = oracle_take(A, a->d);
  p->t = oracle_take(A, T_COUNT);
  p->keep = all->keep + i * a->d;
  if (A->failed) return;
  if (a->attack != ORACLE_GEOMETRY) {
    oracle_net_make(A, &p->net, w, a->net->m, a->d, a->net->gamma); /* the weights are shared, the scratch is not */
    p->z = oracle_take(A, a->net->m);
  }
  mpfr_set_d(p->t[T_EPS], a->o->eps, MPFR_RNDN);
  mpfr_set_d(p->t[T_LO], a->o->lo, MPFR_RNDN);
  mpfr_set_d(p->t[T_HI], a->o->hi, MPFR_RNDN);
}

static lfap_status prepare_attacks(lfap_ctx *ctx, attacks *all) {
  oracle_arith *A = all->A;
  const oracle_perturb_args *a = all->a;
  size_t workers = (size_t)A->workers;
  size_t weights = a->attack == ORACLE_GEOMETRY ? a->d : a->net->m * a->d;
  mpfr_t *w = oracle_take_doubles(A, a->attack == ORACLE_GEOMETRY ? a->w : a->net->w, weights);
  all->B = oracle_take_doubles(A, a->B, a->n * a->d);
  all->x = oracle_take(A, a->n * a->d);
  all->eta = oracle_take(A, a->n * a->d);
  all->slot = calloc(workers, sizeof *all->slot);
  all->keep = calloc(workers, a->d);
  all->vanished = calloc(a->n ? a->n : 1, 1);
  if (!all->slot || !all->keep || !all->vanished) A->failed = 1;
  for (size_t i = 0; !A->failed && i < workers; i++) take_slot(A, &all->slot[i], all, w, i);
  lfap_status st = oracle_take_check(ctx, A, "perturb");
  if (st) return st;
  /* PGD divides by max(norm, 1e-12) and sees the scale */
  if (a->attack == ORACLE_GEOMETRY) centre(all->slot, w, all->slot->moving);
  if (a->attack == ORACLE_GRADIENT) centre(all->slot, w, weights);
  for (size_t i = 0; i < workers; i++) oracle_amax(all->slot[i].t[T_MOST], w, weights);
  return LFAP_OK;
}

void oracle_perturbed_free(oracle_perturbed *p) {
  oracle_vec_free(&p->x);
  oracle_vec_free(&p->eta);
}

lfap_status oracle_replay_perturb(lfap_ctx *ctx, oracle_perturbed *out, const oracle_perturb_args *a, unsigned prec) {
  oracle_arith A;
  attacks all = {.A = &A, .a = a};
  oracle_perturbed r = {0};
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = check_perturbed(ctx, a);
  if (!st) st = oracle_arith_begin(ctx, &A, prec);
  if (st) return st;
  st = prepare_attacks(ctx, &all);
  if (!st) st = lfap_tick(ctx, "base", 0.0, (double)a->n);
  if (!st) st = a->attack == ORACLE_PGD ? pgd_all(ctx, &all) : directed_all(ctx, &all);
  if (!st) st = lfap_tick(ctx, "base", (double)a->n, (double)a->n);
  if (!st) st = oracle_vec_keep(ctx, &r.x, &A, all.x, a->n * a->d);
  if (!st) st = oracle_vec_keep(ctx, &r.eta, &A, all.eta, a->n * a->d);
  free(all.slot);
  free(all.keep);
  free(all.vanished);
  st = oracle_arith_end(ctx, &A, st);
  if (st) oracle_perturbed_free(&r);
  else *out = r;
  return st;
}

/* ---- in doubles -------------------------------------------------------------------------------------------------- */

static lfap_status in_doubles(lfap_ctx *ctx, lfap_perturbed *out, const oracle_perturbed *r,
                              const oracle_perturb_args *a) {
  lfap_mat x = {0}, eta = {0};
  lfap_status st = lfap_mat_alloc(ctx, &x, a->n, a->d);
  if (!st) st = lfap_mat_alloc(ctx, &eta, a->n, a->d);
  lfap_perturbed p = {.n = a->n, .d = a->d, .x = x.v, .eta = eta.v};
  if (!st) {
    oracle_vec_doubles(p.x, &r->x);
    oracle_vec_doubles(p.eta, &r->eta);
    st = lfap_perturbed_check(ctx, &p, a->o->eps);
  }
  if (st) lfap_perturbed_free(&p);
  else *out = p;
  return st;
}

/* The library's own perturbations, and how many digits of each are right. */
static lfap_status of_library(lfap_ctx *ctx, oracle_digits *digits, const oracle_perturbed *r,
                              const oracle_perturb_args *a) {
  lfap_perturbed p = {0};
  lfap_status st = a->attack == ORACLE_GEOMETRY   ? lfap_perturb_geometry(ctx, &p, a->B, a->t, a->w, a->o, a->n, a->d)
                   : a->attack == ORACLE_GRADIENT ? lfap_perturb_gradient(ctx, &p, a->B, a->t, a->net, a->o, a->n)
                                                  : lfap_perturb_pgd(ctx, &p, a->B, a->t, a->net, a->o, a->n);
  for (size_t n = 0; !st && n < a->n; n++) digits[n] = oracle_digits_of(p.eta + n * a->d, r->eta.v + n * a->d, a->d);
  lfap_perturbed_free(&p);
  return st;
}

lfap_status oracle_perturb(lfap_ctx *ctx, lfap_perturbed *out, oracle_digits *digits, const oracle_perturb_args *a,
                           unsigned prec) {
  oracle_perturbed r = {0};
  lfap_perturbed p = {0};
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = oracle_replay_perturb(ctx, &r, a, prec);
  if (!st) st = in_doubles(ctx, &p, &r, a);
  if (!st && digits) st = of_library(ctx, digits, &r, a);
  oracle_perturbed_free(&r);
  if (st) lfap_perturbed_free(&p);
  else *out = p;
  return st;
}
