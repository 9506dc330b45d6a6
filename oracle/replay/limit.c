/* limit.c - Q lambda = 1 or its nonnegative quadratic programme, and w (statements Q1, C1; spec/numerics.md N6). */
#include <stdlib.h>

#include "data/range.h"
#include "oracle/replay/replay.h"

typedef struct {
  oracle_arith *A;
  size_t n;
  mpfr_t *G, *Q, *L;         /* n x n; L holds the factor of the rows in `in` */
  mpfr_t *x, *y, *r, *one;   /* n each: solve */
  mpfr_t *row, *fix;         /* n each */
  mpfr_t *lambda, *mu;       /* n each */
  mpfr_t *old, *start, *rhs; /* n each: the active set's point, the point before an addition, a right-hand side */
  mpfr_t *t;                 /* scratch scalars */
  size_t *in, k;             /* indices of F in increasing order */
  unsigned char *member, *skip;
  size_t flat; /* steps along null vectors */
} solver;

enum { T_A, T_B, T_C, T_D, T_E, T_F, T_COUNT };

/* ---- Cholesky ---------------------------------------------------------------------------------------------------- */

static mpfr_ptr at(const solver *s, mpfr_t *M, size_t i, size_t j) { return M[s->in[i] * s->n + s->in[j]]; }

/* 0 when a pivot is not above k * 2^(1-P) * Q_ii (k 2^-52 Q_ii in doubles). */
static int factor(solver *s) {
  oracle_arith *A = s->A;
  for (size_t i = 0; i < s->k; i++) {
    mpfr_t *row = s->L + i * s->n;
    for (size_t j = 0; j < i; j++) {
      oracle_dot(A, s->t[T_A], row, s->L + j * s->n, j);
      oracle_sub(A, s->t[T_A], at(s, s->Q, i, j), s->t[T_A]);
      oracle_div(A, row[j], s->t[T_A], s->L[j * s->n + j]);
    }
    oracle_dot(A, s->t[T_A], row, row, i);
    oracle_sub(A, s->t[T_A], at(s, s->Q, i, i), s->t[T_A]);
    mpfr_set_ui_2exp(s->t[T_B], s->k, 1 - A->prec, MPFR_RNDN);
    oracle_mul(A, s->t[T_B], s->t[T_B], at(s, s->Q, i, i));
    if (!mpfr_greater_p(s->t[T_A], s->t[T_B])) return 0;
    oracle_sqrt(A, row[i], s->t[T_A]);
  }
  return 1;
}

/* x = (L L')^-1 b */
static void substitute(solver *s, mpfr_t *x, mpfr_t *b) {
  oracle_arith *A = s->A;
  for (size_t i = 0; i < s->k; i++) {
    oracle_dot(A, s->t[T_A], s->L + i * s->n, s->y, i);
    oracle_sub(A, s->t[T_A], b[i], s->t[T_A]);
    oracle_div(A, s->y[i], s->t[T_A], s->L[i * s->n + i]);
  }
  for (size_t i = s->k; i-- > 0;) {
    oracle_div(A, x[i], s->y[i], s->L[i * s->n + i]);
    for (size_t j = 0; j < i; j++) {
      mpfr_neg(s->t[T_A], s->L[i * s->n + j], MPFR_RNDN);
      oracle_fma(A, s->y[j], s->t[T_A], x[i], s->y[j]);
    }
  }
}

/* b - sum_k q_k x_k, compensated. */
static void residual(solver *s, mpfr_t r, const mpfr_t b, mpfr_t *q, mpfr_t *x, size_t n) {
  oracle_arith *A = s->A;
  mpfr_ptr c = s->t[T_A], p = s->t[T_B], e = s->t[T_C], t = s->t[T_D], bb = s->t[T_E], nq = s->t[T_F];
  mpfr_t sum;
  mpfr_init2(sum, A->prec);
  mpfr_set(sum, b, MPFR_RNDN);
  mpfr_set_zero(c, 1);
  for (size_t k = 0; k < n; k++) {
    mpfr_neg(nq, q[k], MPFR_RNDN);
    oracle_mul(A, p, nq, x[k]);
    mpfr_neg(e, p, MPFR_RNDN);
    oracle_fma(A, e, nq, x[k], e);
    oracle_add(A, t, sum, p);
    oracle_sub(A, bb, t, sum);
    oracle_sub(A, p, p, bb);
    oracle_sub(A, bb, t, bb);
    oracle_sub(A, bb, sum, bb);
    oracle_add(A, bb, bb, p);
    mpfr_set(sum, t, MPFR_RNDN);
    oracle_add(A, e, e, bb);
    oracle_add(A, c, c, e);
  }
  oracle_add(A, r, sum, c);
  mpfr_clear(sum);
}

/* x (k entries) solves Q_FF x = b; 0 when numerically singular. */
static int solve_block(solver *s, mpfr_t *b) {
  mpfr_t last, now;
  if (!factor(s)) return 0;
  mpfr_inits2(s->A->prec, last, now, (mpfr_ptr)0);
  mpfr_set_inf(last, 1);
  substitute(s, s->x, b);
  for (int round = 0; round < 5; round++) {
    for (size_t i = 0; i < s->k; i++) {
      for (size_t j = 0; j < s->k; j++) mpfr_set(s->row[j], at(s, s->Q, i, j), MPFR_RNDN);
      residual(s, s->r[i], b[i], s->row, s->x, s->k);
    }
    substitute(s, s->fix, s->r);
    oracle_amax(now, s->fix, s->k);
    mpfr_div_2ui(last, last, 1, MPFR_RNDN);
    if (!mpfr_lessequal_p(now, last)) break;
    for (size_t i = 0; i < s->k; i++) oracle_add(s->A, s->x[i], s->x[i], s->fix[i]);
    mpfr_swap(last, now);
  }
  mpfr_clears(last, now, (mpfr_ptr)0);
  return 1;
}

/* ---- block principal pivoting ------------------------------------------------------------------------------------ */

static void gather(solver *s) {
  s->k = 0;
  for (size_t i = 0; i < s->n; i++)
    if (s->member[i]) s->in[s->k++] = i;
}

/* mu = Q lambda - 1, the negated residual. */
static void mu_at(solver *s, size_t i) {
  residual(s, s->mu[i], s->one[i], s->Q + i * s->n, s->lambda, s->n);
  mpfr_neg(s->mu[i], s->mu[i], MPFR_RNDN);
}

/* lambda and mu for F; 0 when singular. */
static int solve_on_support(solver *s) {
  gather(s);
  if (!solve_block(s, s->one)) return 0;
  for (size_t i = 0; i < s->n; i++) mpfr_set_zero(s->lambda[i], 1);
  for (size_t i = 0; i < s->k; i++) mpfr_set(s->lambda[s->in[i]], s->x[i], MPFR_RNDN);
  for (size_t i = 0; i < s->n; i++)
    if (s->member[i]) mpfr_set_zero(s->mu[i], 1);
    else mu_at(s, i);
  return 1;
}

/* Below 0 by more than rounding: -1e-10 in doubles, 2^(20-P) at P bits. */
static int below(const solver *s, const mpfr_t mu) {
  return mpfr_sgn(mu) < 0 &&
         (s->A->binary64 ? mpfr_cmp_d(mu, -1e-10) < 0 : mpfr_cmp_si_2exp(mu, -1, 20 - s->A->prec) < 0);
}

static int infeasible(const solver *s, size_t i) {
  return s->member[i] ? mpfr_sgn(s->lambda[i]) < 0 : below(s, s->mu[i]);
}

/* 1: solved; 0: the fallback is needed. */
static int pivot(solver *s, int *full) {
  size_t fewest = s->n + 1;
  int lives = 3;
  for (size_t i = 0; i < s->n; i++) s->member[i] = 1;
  for (size_t round = 0; round < 20 + 5 * s->n; round++) {
    size_t bad = 0, largest = 0;
    if (!solve_on_support(s)) return 0;
    for (size_t i = 0; i < s->n; i++)
      if (infeasible(s, i)) {
        bad++;
        largest = i;
      }
    if (bad == 0) {
      *full = round == 0;
      return 1;
    }
    int all = bad < fewest || lives > 0;
    if (bad < fewest) {
      fewest = bad;
      lives = 3;
    } else if (lives > 0) lives--;
    for (size_t i = 0; i < s->n; i++)
      if (infeasible(s, i) && (all || i == largest)) s->member[i] ^= 1;
  }
  return 0;
}

/* ---- active set -------------------------------------------------------------------------------------------------- */

/* l/(l - x), 0 unless l > 0: where an entry l on its way to x <= 0 is zero; 2, never, for x > 0. */
static void zero_at(solver *s, mpfr_t a, const mpfr_t l, const mpfr_t x) {
  mpfr_set_ui(a, mpfr_sgn(x) > 0 ? 2 : 0, MPFR_RNDN);
  if (mpfr_sgn(x) > 0 || mpfr_sgn(l) <= 0) return;
  oracle_sub(s->A, a, l, x);
  oracle_div(s->A, a, l, a);
}

static void drop(solver *s, size_t i) {
  mpfr_set_zero(s->old[i], 1);
  s->member[i] = 0;
}

/* Whether the last residual of the refinement is at most 2^-10 max |b|: above that a solution is none. b: one, or a
   row of Q. */
static int is_solution(const solver *s, mpfr_t *b) {
  mpfr_ptr most = s->t[T_A], bound = s->t[T_B];
  oracle_amax(most, s->r, s->k);
  oracle_amax(bound, b, s->n);
  mpfr_div_2ui(bound, bound, 10, MPFR_RNDN);
  return mpfr_lessequal_p(most, bound);
}

/* From `old` towards the solution in lambda as far as it stays nonnegative; drops the entries that reach zero first. */
static void segment(solver *s) {
  mpfr_ptr a = s->t[T_A], best = s->t[T_B];
  mpfr_set_ui(best, 1, MPFR_RNDN);
  for (size_t i = 0; i < s->n; i++) {
    if (!s->member[i]) continue;
    zero_at(s, a, s->old[i], s->lambda[i]);
    if (mpfr_less_p(a, best)) mpfr_set(best, a, MPFR_RNDN);
  }
  for (size_t i = 0; i < s->n; i++) {
    if (!s->member[i]) continue;
    zero_at(s, a, s->old[i], s->lambda[i]);
    if (mpfr_lessequal_p(a, best)) {
      drop(s, i);
      continue;
    }
    oracle_sub(s->A, a, s->lambda[i], s->old[i]);
    oracle_fma(s->A, s->old[i], best, a, s->old[i]);
  }
}

typedef enum { STUCK, STEPPED, UNBOUNDED } flat_step;

/* Q is singular on F with `add`: from `old` along 1 at it, -x on the others, Q_FF x = Q_F,add, until one of them is
   zero. */
static flat_step along_kernel(solver *s, size_t add) {
  mpfr_ptr a = s->t[T_A], best = s->t[T_B];
  s->member[add] = 0;
  gather(s);
  for (size_t i = 0; i < s->k; i++) mpfr_set(s->rhs[i], s->Q[add * s->n + s->in[i]], MPFR_RNDN);
  if (!solve_block(s, s->rhs) || !is_solution(s, s->Q + add * s->n)) return STUCK;
  mpfr_set_inf(best, 1);
  for (size_t i = 0; i < s->k; i++) {
    if (mpfr_sgn(s->x[i]) <= 0) continue;
    oracle_div(s->A, a, s->old[s->in[i]], s->x[i]);
    if (mpfr_less_p(a, best)) mpfr_set(best, a, MPFR_RNDN);
  }
  if (mpfr_inf_p(best)) return UNBOUNDED;
  for (size_t i = 0; i < s->k; i++) {
    mpfr_ptr l = s->old[s->in[i]];
    if (mpfr_sgn(s->x[i]) > 0) {
      oracle_div(s->A, a, l, s->x[i]);
      if (mpfr_lessequal_p(a, best)) {
        drop(s, s->in[i]);
        continue;
      }
    }
    mpfr_neg(a, best, MPFR_RNDN);
    oracle_fma(s->A, l, a, s->x[i], l);
  }
  oracle_add(s->A, s->old[add], s->old[add], best);
  s->member[add] = 1;
  s->flat++;
  return STEPPED;
}

static int any_falling(const solver *s) {
  for (size_t i = 0; i < s->n; i++)
    if (s->member[i] && mpfr_sgn(s->lambda[i]) <= 0) return 1;
  return 0;
}

/* The n off F with the most negative mu, or n. skip: left out until the point moves. */
static size_t entering(const solver *s) {
  size_t best = s->n;
  for (size_t i = 0; i < s->n; i++)
    if (!s->member[i] && !s->skip[i] && below(s, s->mu[i]) && (best == s->n || mpfr_less_p(s->mu[i], s->mu[best])))
      best = i;
  return best;
}

/* From `old` to the minimiser over a face with `add`, in lambda; *moved = 0: rounding takes `add` away again, lambda
   is the old point. */
static lfap_status enter(lfap_ctx *ctx, solver *s, size_t add, int *moved) {
  flat_step step = STEPPED;
  for (size_t i = 0; i < s->n; i++) mpfr_set(s->start[i], s->old[i], MPFR_RNDN);
  s->member[add] = 1;
  *moved = 0;
  for (size_t steps = 0; steps <= s->n && s->member[add] && step == STEPPED && !*moved; steps++) {
    if (!solve_on_support(s) || !is_solution(s, s->one)) step = along_kernel(s, add);
    else if (any_falling(s)) segment(s);
    else *moved = 1;
  }
  if (step == UNBOUNDED)
    return lfap_fail(ctx, LFAP_ERR_INFEASIBLE,
                     "replay: the quadratic programme is unbounded, the data are not separable");
  for (size_t i = 0; i < s->n; i++) {
    if (*moved) mpfr_set(s->old[i], s->lambda[i], MPFR_RNDN);
    else {
      mpfr_set(s->old[i], s->start[i], MPFR_RNDN);
      mpfr_set(s->lambda[i], s->start[i], MPFR_RNDN);
      s->member[i] = (unsigned char)(mpfr_sgn(s->start[i]) > 0);
    }
  }
  return LFAP_OK;
}

static int any_skipped(const solver *s) {
  for (size_t i = 0; i < s->n; i++)
    if (s->skip[i] && !s->member[i] && below(s, s->mu[i])) return 1;
  return 0;
}

static lfap_status active_set(lfap_ctx *ctx, solver *s) {
  for (size_t i = 0; i < s->n; i++) {
    s->member[i] = s->skip[i] = 0;
    mpfr_set_zero(s->lambda[i], 1);
    mpfr_set_zero(s->old[i], 1);
  }
  for (size_t adds = 0; adds < 3 * s->n + 100; adds++) {
    int moved = 0;
    for (size_t i = 0; i < s->n; i++) mu_at(s, i);
    size_t add = entering(s);
    if (add == s->n && any_skipped(s))
      return lfap_fail(ctx, LFAP_ERR_UNSOLVED, "replay: no bounded solution at %ld bits", (long)s->A->prec);
    if (add == s->n) return LFAP_OK;
    lfap_status st = enter(ctx, s, add, &moved);
    if (st) return st;
    if (!moved) s->skip[add] = 1;
    for (size_t i = 0; moved && i < s->n; i++) s->skip[i] = 0;
  }
  return lfap_fail(ctx, LFAP_ERR_UNSOLVED, "replay: the active set does not settle at %ld bits", (long)s->A->prec);
}

/* ---- the limit --------------------------------------------------------------------------------------------------- */

typedef struct {
  mpfr_t *X, *y, *w, *q, *fu, *fv, *c, *g; /* n x d, n, d, n, n, n, n, gamma */
} inputs;

/* h = 0.5 fma(gamma, gamma, 1); Q_nk = (y_n y_k) [(h or gamma) G_nk] */
static void form_q(solver *s, inputs *in, size_t d) {
  oracle_arith *A = s->A;
  mpfr_ptr h = s->t[T_A], yy = s->t[T_B];
  mpfr_set_ui(h, 1, MPFR_RNDN);
  oracle_fma(A, h, in->g[0], in->g[0], h);
  mpfr_div_2ui(h, h, 1, MPFR_RNDN);
  for (size_t i = 0; i < s->n; i++)
    for (size_t k = 0; k < s->n; k++) {
      mpfr_ptr q = s->Q[i * s->n + k], G = s->G[i * s->n + k];
      oracle_dot(A, G, in->X + i * d, in->X + k * d, d);
      oracle_mul(A, q, mpfr_equal_p(in->y[i], in->y[k]) ? h : in->g[0], G);
      oracle_mul(A, yy, in->y[i], in->y[k]);
      oracle_mul(A, q, yy, q);
    }
}

/* y_n dot(lambda y c, G_n): c as given on +1 and -1. */
static void slopes_of_rows(solver *s, inputs *in, mpfr_t *out, int positive) {
  oracle_arith *A = s->A;
  for (size_t i = 0; i < s->n; i++) {
    mpfr_set(in->c[i], s->lambda[i], MPFR_RNDN);
    if ((mpfr_sgn(in->y[i]) > 0) != positive) oracle_mul(A, in->c[i], in->c[i], in->g[0]);
    oracle_mul(A, in->c[i], in->c[i], in->y[i]);
  }
  for (size_t i = 0; i < s->n; i++) {
    oracle_dot(A, out[i], s->G + i * s->n, in->c, s->n);
    oracle_mul(A, out[i], in->y[i], out[i]);
    if (!positive) mpfr_neg(out[i], out[i], MPFR_RNDN);
  }
}

static void boundary(solver *s, inputs *in, size_t d) {
  oracle_arith *A = s->A;
  for (size_t i = 0; i < s->n; i++) oracle_mul(A, in->c[i], s->lambda[i], in->y[i]);
  oracle_chain(A, in->w, in->c, in->X, s->n, d);
  for (size_t i = 0; i < s->n; i++) {
    mu_at(s, i);
    oracle_add(A, in->q[i], s->one[i], s->mu[i]);
  }
  slopes_of_rows(s, in, in->fu, 1);
  slopes_of_rows(s, in, in->fv, 0);
}

static lfap_status prepare_solver(lfap_ctx *ctx, solver *s, inputs *in, const lfap_data *data, double gamma) {
  oracle_arith *A = s->A;
  size_t n = s->n = data->n;
  mpfr_t **const field[] = {&s->x,   &s->y,     &s->r,   &s->one, &s->row, &s->fix, &s->lambda, &s->mu,
                            &s->old, &s->start, &s->rhs, &in->q,  &in->fu, &in->fv, &in->c};
  for (size_t i = 0; i < sizeof field / sizeof *field; i++) *field[i] = oracle_take(A, n);
  s->G = oracle_take(A, n * n);
  s->Q = oracle_take(A, n * n);
  s->L = oracle_take(A, n * n);
  s->t = oracle_take(A, T_COUNT);
  in->X = oracle_take_doubles(A, data->x, n * data->d);
  in->y = oracle_take_doubles(A, data->y, n);
  in->g = oracle_take_doubles(A, &gamma, 1);
  in->w = oracle_take(A, data->d);
  s->in = malloc(n * sizeof *s->in);
  s->member = malloc(2 * n);
  s->skip = s->member ? s->member + n : NULL;
  if (!s->in || !s->member) A->failed = 1;
  lfap_status st = oracle_take_check(ctx, A, "replay");
  for (size_t i = 0; !st && i < n; i++) mpfr_set_ui(s->one[i], 1, MPFR_RNDN);
  return st;
}

void oracle_limit_replayed_free(oracle_limit_replayed *lim) {
  oracle_vec *const v[] = {&lim->lambda, &lim->q, &lim->w, &lim->fu, &lim->fv};
  for (size_t i = 0; i < sizeof v / sizeof *v; i++) oracle_vec_free(v[i]);
  *lim = (oracle_limit_replayed){0};
}

static lfap_status keep(lfap_ctx *ctx, oracle_limit_replayed *out, const solver *s, const inputs *in, size_t d) {
  lfap_status st = oracle_vec_keep(ctx, &out->lambda, s->A, s->lambda, s->n);
  if (!st) st = oracle_vec_keep(ctx, &out->q, s->A, in->q, s->n);
  if (!st) st = oracle_vec_keep(ctx, &out->w, s->A, in->w, d);
  if (!st) st = oracle_vec_keep(ctx, &out->fu, s->A, in->fu, s->n);
  if (!st) st = oracle_vec_keep(ctx, &out->fv, s->A, in->fv, s->n);
  out->flat = s->flat;
  for (size_t i = 0; i < s->n; i++) out->support += mpfr_sgn(s->lambda[i]) > 0;
  return st;
}

lfap_status oracle_replay_limit(lfap_ctx *ctx, oracle_limit_replayed *out, const lfap_data *data, double gamma,
                                unsigned prec) {
  oracle_arith A;
  solver s = {.A = &A};
  inputs in = {0};
  oracle_limit_replayed r = {0};
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = lfap_data_check(ctx, data, "data");
  if (!st) st = lfap_gamma_valid(ctx, "gamma", gamma, 0.0);
  if (!st) st = oracle_arith_begin(ctx, &A, prec);
  if (st) return st;
  st = prepare_solver(ctx, &s, &in, data, gamma);
  if (!st) {
    form_q(&s, &in, data->d);
    if (!pivot(&s, &r.full)) st = active_set(ctx, &s);
  }
  if (!st) {
    boundary(&s, &in, data->d);
    st = keep(ctx, &r, &s, &in, data->d);
  }
  free(s.in);
  free(s.member);
  st = oracle_arith_end(ctx, &A, st);
  if (st) oracle_limit_replayed_free(&r);
  else *out = r;
  return st;
}
