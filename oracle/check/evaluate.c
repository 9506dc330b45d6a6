/* evaluate.c - H, T1, T2, Q1 and C1 from exact sums (spec/certificate.md has every inequality used here, under the
 * names in the comments). All numbers are rationals; the only rounding is outward, to powers of two. */
#include "oracle/check/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "oracle/check/kinks.h"
#include "oracle/check/members.h"
#include "oracle/check/solution.h"
#include "oracle/interval/dyadic.h"

/* ---- storage ----------------------------------------------------------------------------------------------------- */

lfap_status oracle_cert_init(lfap_ctx *ctx, oracle_cert *out, size_t n, size_t d, double gamma) {
  oracle_cert c = {.n = n, .d = d, .gamma = gamma, .mode = ORACLE_APPROXIMATE};
  c.p = malloc(n * sizeof *c.p);
  c.lo = malloc(n * sizeof *c.lo);
  c.hi = malloc(n * sizeof *c.hi);
  c.e = calloc(n, sizeof *c.e);
  lfap_status st = c.p && c.lo && c.hi && c.e
                       ? oracle_kinks_init(ctx, &c.c2, n)
                       : lfap_fail(ctx, LFAP_ERR_MEMORY, "certificate: no memory for %zu multipliers", n);
  if (st) {
    free(c.p);
    free(c.lo);
    free(c.hi);
    free(c.e);
    return st;
  }
  for (size_t i = 0; i < n; i++) {
    mpz_init(c.p[i]);
    mpq_init(c.lo[i]);
    mpq_init(c.hi[i]);
  }
  for (int v = 0; v < ORACLE_VALUES; v++) mpq_init(c.value[v]);
  for (int i = 0; i < LFAP_SET_CLAIMS; i++) c.claim[i] = (lfap_decided){LFAP_UNDECIDED, NAN};
  mpz_init_set_ui(c.den, 1);
  *out = c;
  return LFAP_OK;
}

void oracle_cert_free(oracle_cert *c) {
  if (!c->p) return;
  for (size_t i = 0; i < c->n; i++) {
    mpz_clear(c->p[i]);
    mpq_clear(c->lo[i]);
    mpq_clear(c->hi[i]);
  }
  for (int v = 0; v < ORACLE_VALUES; v++) mpq_clear(c->value[v]);
  mpz_clear(c->den);
  oracle_kinks_free(&c->c2, c->n);
  free(c->p);
  free(c->lo);
  free(c->hi);
  free(c->e);
  *c = (oracle_cert){0};
}

/* ---- what the Gram matrix says ----------------------------------------------------------------------------------- */

/* Integers of the data in units of 2^gram.e; `post` is max_n sum_k!=n of |Q_nk| in units of 2^(gram.e - c). */
typedef struct {
  mpz_t min2, max2, pmax, post;
} extremes;

static void extremes_of(extremes *x, const oracle_qm *q) {
  const oracle_gram *g = q->gram;
  mpz_t v, same, other;
  mpz_inits(same, other, NULL);
  for (size_t i = 0; i < g->n; i++) {
    mpz_set_ui(same, 0);
    mpz_set_ui(other, 0);
    for (size_t k = 0; k < g->n; k++) {
      mpz_srcptr K = oracle_gram_at(v, g, i, k);
      if (i == k) {
        if (i == 0 || mpz_cmp(K, x->min2) < 0) mpz_set(x->min2, K);
        if (i == 0 || mpz_cmp(K, x->max2) > 0) mpz_set(x->max2, K);
        continue;
      }
      if (mpz_cmpabs(K, x->pmax) > 0) mpz_abs(x->pmax, K);
      mpz_ptr s = q->y[i] == q->y[k] ? same : other;
      if (mpz_sgn(K) < 0) mpz_sub(s, s, K);
      else mpz_add(s, s, K);
    }
    mpz_mul(same, same, q->H);
    mpz_addmul(same, other, q->Gm);
    if (mpz_cmp(same, x->post) > 0) mpz_swap(same, x->post);
  }
  mpz_clears(same, other, NULL);
}

static void set_value(oracle_cert *c, oracle_value v, const mpq_t q) {
  mpq_set(c->value[v], q);
  c->has[v] = 1;
}

/* lhs = gamma^3 Rmin^4, rhs = 3 N Rmax^2 pmax. */
static void hypothesis(oracle_cert *c) {
  mpq_t g, a;
  mpq_inits(g, a, NULL);
  mpq_set_d(g, c->gamma);
  mpq_mul(a, g, g);
  mpq_mul(a, a, g);
  mpq_mul(a, a, c->value[ORACLE_R_MIN2]);
  mpq_mul(a, a, c->value[ORACLE_R_MIN2]);
  set_value(c, ORACLE_LHS, a);
  mpq_set_ui(a, 3, 1);
  mpz_mul_ui(mpq_numref(a), mpq_numref(a), c->n);
  mpq_mul(a, a, c->value[ORACLE_R_MAX2]);
  mpq_mul(a, a, c->value[ORACLE_P_MAX]);
  set_value(c, ORACLE_RHS, a);
  mpq_sub(a, c->value[ORACLE_LHS], c->value[ORACLE_RHS]);
  c->claim[LFAP_CLAIM_H] = (lfap_decided){mpq_sgn(a) >= 0 ? LFAP_PASS : LFAP_NOT_APPLICABLE, oracle_q_double(a, 0)};
  mpq_clears(g, a, NULL);
}

/* lo = (1 - 2 kappa)/((1 - kappa) h Rmax^2), hi = 1/((1 - kappa) h Rmin^2). */
static void t2_ends(oracle_cert *c, oracle_value lo, oracle_value hi, const mpq_t kappa, const mpq_t h) {
  mpq_t one, a, b;
  mpq_inits(one, a, b, NULL);
  mpq_set_ui(one, 1, 1);
  mpq_sub(a, one, kappa);
  mpq_mul(b, a, h);
  mpq_sub(a, a, kappa);
  mpq_div(a, a, b);
  mpq_div(a, a, c->value[ORACLE_R_MAX2]);
  set_value(c, lo, a);
  mpq_mul(b, b, c->value[ORACLE_R_MIN2]);
  mpq_inv(b, b);
  set_value(c, hi, b);
  mpq_clears(one, a, b, NULL);
}

static void t1_ends(oracle_cert *c, const mpq_t g) {
  mpq_t a;
  mpq_init(a);
  mpq_mul_2exp(a, c->value[ORACLE_R_MAX2], 1);
  mpq_inv(a, a);
  set_value(c, ORACLE_T1_LO, a);
  mpq_mul(a, g, g);
  mpq_mul(a, a, c->value[ORACLE_R_MIN2]);
  mpq_mul_2exp(a, a, 1);
  mpq_inv(a, a);
  mpz_mul_ui(mpq_numref(a), mpq_numref(a), 3);
  mpq_canonicalize(a);
  set_value(c, ORACLE_T1_HI, a);
  mpq_clear(a);
}

static void intervals(oracle_cert *c, const oracle_qm *q, const extremes *x) {
  mpq_t g, h, k;
  mpq_inits(g, h, k, NULL);
  mpq_set_d(g, c->gamma);
  oracle_q_set_2exp(h, q->H, -q->c);
  t1_ends(c, g);
  mpq_mul(k, g, g);
  mpq_mul(k, k, g);
  mpq_mul(k, k, c->value[ORACLE_R_MIN2]);
  mpq_div(k, k, c->value[ORACLE_R_MAX2]);
  mpz_mul_ui(mpq_denref(k), mpq_denref(k), 3);
  mpq_canonicalize(k);
  t2_ends(c, ORACLE_T2_LO, ORACLE_T2_HI, k, h);
  mpz_set(mpq_numref(k), x->post); /* kappa' = post/(H Rmin^2), both in units of 2^(e - c) */
  mpz_mul(mpq_denref(k), q->H, x->min2);
  mpq_canonicalize(k);
  set_value(c, ORACLE_POST_KAPPA, k);
  mpq_set_ui(g, 1, 2);
  if (mpq_cmp(k, g) < 0) t2_ends(c, ORACLE_POST_LO, ORACLE_POST_HI, k, h);
  mpq_clears(g, h, k, NULL);
}

lfap_status oracle_evaluate_data(lfap_ctx *ctx, oracle_cert *c, const oracle_qm *q) {
  extremes x;
  mpq_t v;
  mpq_init(v);
  mpz_inits(x.min2, x.max2, x.pmax, x.post, NULL);
  extremes_of(&x, q);
  oracle_q_set_2exp(v, x.min2, q->gram->e);
  set_value(c, ORACLE_R_MIN2, v);
  oracle_q_set_2exp(v, x.max2, q->gram->e);
  set_value(c, ORACLE_R_MAX2, v);
  oracle_q_set_2exp(v, x.pmax, q->gram->e);
  set_value(c, ORACLE_P_MAX, v);
  int good = mpz_sgn(x.min2) > 0;
  if (good) {
    memcpy(c->e, q->e, c->n * sizeof *c->e);
    hypothesis(c);
    intervals(c, q, &x);
  }
  mpz_clears(x.min2, x.max2, x.pmax, x.post, NULL);
  mpq_clear(v);
  return good ? LFAP_OK : lfap_fail(ctx, LFAP_ERR_DATA, "certificate: a sample is all zero; remove it");
}

/* ---- what the multipliers say ------------------------------------------------------------------------------------ */

typedef struct {
  oracle_cert *c;
  const oracle_qm *q;
  mpz_t *A, *B;      /* sums of qmatrix.h */
  oracle_solution s; /* of Q lambda = 1 */
} eval;

static void margins_of(const lfap_ctx *ctx, eval *v) {
  oracle_cert *c = v->c;
  oracle_qm_sums(ctx, v->A, v->B, v->q, (const mpz_t *)c->p);
  for (size_t n = 0; n < c->n; n++) {
    mpz_mul(v->s.m[n], v->q->H, v->A[n]);
    mpz_submul(v->s.m[n], v->q->Gm, v->B[n]);
  }
  v->s.p = (const mpz_t *)c->p;
  v->s.den = c->den;
  v->s.mode = c->mode;
  v->s.bits = c->bits;
  v->s.mu = c->mu;
  v->s.lo = c->lo;
  v->s.hi = c->hi;
}

/* x - (up ? -1 : 1) 2^k, or x when there is no error. */
static void widen(mpq_t x, int zero, long k, int up) {
  mpq_t r;
  if (zero) return;
  mpq_init(r);
  mpq_set_ui(r, 1, 1);
  oracle_q_scale(r, k);
  if (up) mpq_add(x, x, r);
  else mpq_sub(x, x, r);
  mpq_clear(r);
}

static void least(oracle_cert *c, oracle_value v, const mpq_t x) {
  if (!c->has[v] || mpq_cmp(x, c->value[v]) < 0) set_value(c, v, x);
}

/* Q1 and C1(a). */
static void support(eval *v) {
  oracle_cert *c = v->c;
  c->claim[LFAP_CLAIM_Q1].verdict = oracle_solution_judge(&v->s);
  if (v->s.has_least) set_value(c, ORACLE_LAMBDA_MIN, v->s.least);
  if (v->s.has_slack) set_value(c, ORACLE_SLACK_MIN, v->s.slack);
}

/* (G): with s = min (Q lambda~)_n > 0, ||W* - W~/s||^2 <= ||W~||^2/s^2 - 2 sum lambda~ + ||W~||^2, by duality,
   without any bound of the inverse; and ||W~/s - W~|| = |1/s - 1| ||W~||. */
static void gap(eval *v) {
  oracle_cert *c = v->c;
  mpq_t w2, s, sum, a, b, m;
  mpq_inits(w2, s, sum, a, b, m, NULL);
  for (size_t n = 0; n < c->n; n++) {
    mpz_set(mpq_numref(a), c->p[n]);
    mpz_set(mpq_denref(a), c->den);
    mpq_canonicalize(a);
    mpq_add(sum, sum, a);
    oracle_solution_margin(m, &v->s, n);
    mpq_mul(a, a, m);
    mpq_add(w2, w2, a);
    if (n == 0 || mpq_cmp(m, s) < 0) mpq_set(s, m);
  }
  c->has_ball = v->s.nonnegative && mpq_sgn(s) > 0;
  if (c->has_ball) {
    mpq_inv(s, s);
    mpq_mul(a, s, s);
    mpq_mul(a, a, w2);
    mpq_add(a, a, w2);
    mpq_mul_2exp(sum, sum, 1);
    mpq_sub(a, a, sum);
    mpq_set_ui(b, 1, 1);
    mpq_sub(b, s, b);
    mpq_mul(b, b, b);
    mpq_mul(b, b, w2);
    if (mpq_cmp(a, b) < 0) mpq_swap(a, b); /* sqrt a + sqrt b <= 2 sqrt max */
    c->ball_zero = mpq_sgn(a) == 0;
    c->ball = c->ball_zero ? 0 : oracle_q_ceil_log4(a) + 1;
  }
  mpq_clears(w2, s, sum, a, b, m, NULL);
}

/* The better of (G) and, where the support is proved, (N). */
static void ball(eval *v) {
  oracle_cert *c = v->c;
  gap(v);
  if (c->claim[LFAP_CLAIM_Q1].verdict != LFAP_PASS) return;
  if (!c->has_ball || v->s.near_zero || (!c->ball_zero && v->s.near < c->ball)) {
    c->has_ball = 1;
    c->ball = v->s.near;
    c->ball_zero = v->s.near_zero;
  }
}

/* gamma-weighted difference (a - gamma b) of two sums, as a rational. */
static void weighted(mpq_t out, const eval *v, const mpz_t a, const mpz_t b) {
  mpz_mul_2exp(mpq_numref(out), a, (mp_bitcnt_t)v->q->c);
  mpz_submul(mpq_numref(out), v->q->Gm, b);
  mpz_set_ui(mpq_denref(out), 1);
  mpq_mul(out, out, v->s.unit);
}

/* C1(b), (B): |sqrt(m) <u* - u~, x_n>| <= sqrt(2) 2^ball ||x_n|| <= 2^(ball + e_n + 2), likewise v. With
   P = A - gamma B and M = gamma A - B: y<u,x> is P for y = +1, M for y = -1; y<v,x> is -M, -P. */
static void evaluate_slopes(eval *v) {
  oracle_cert *c = v->c;
  mpq_t P, M, x;
  mpq_inits(P, M, x, NULL);
  for (size_t n = 0; n < c->n && c->has_ball; n++) {
    weighted(P, v, v->A[n], v->B[n]);
    weighted(M, v, v->B[n], v->A[n]);
    mpq_neg(M, M);
    if (v->q->y[n] < 0) mpq_swap(P, M); /* now y<u,x> = P, y<v,x> = -M */
    long k = c->ball + c->e[n] + 2;
    int good = 1, wrong = 0;
    for (int s = 0; s < 2; s++) {
      mpq_set(x, s ? M : P);
      widen(x, c->ball_zero, k, 1);
      wrong |= mpq_sgn(x) < 0;
      mpq_set(x, s ? M : P);
      widen(x, c->ball_zero, k, 0);
      good &= mpq_sgn(x) > 0;
      least(c, s ? ORACLE_V_MAX : ORACLE_U_MIN, x);
    }
    c->aligned += (size_t)good;
    c->refuted += (size_t)wrong;
  }
  if (c->has[ORACLE_V_MAX]) mpq_neg(c->value[ORACLE_V_MAX], c->value[ORACLE_V_MAX]);
  c->claim[LFAP_CLAIM_C1].verdict = !c->has_ball         ? LFAP_UNDECIDED
                                    : c->aligned == c->n ? LFAP_PASS
                                    : c->refuted         ? LFAP_FAIL
                                                         : LFAP_UNDECIDED;
  mpq_clears(P, M, x, NULL);
}

/* ---- T1 and T2 --------------------------------------------------------------------------------------------------- */

/* Enclosures of the least and the largest multiplier. */
typedef struct {
  mpq_t min_lo, min_hi, max_lo, max_hi;
} spread;

/* A sample orthogonal to all others has lambda_n = 1/Q_nn, exactly: the only way to meet a bound with equality. */
static int isolated(mpq_t lambda, const eval *v, size_t n) {
  mpz_t t;
  for (size_t k = 0; k < v->c->n; k++)
    if (k != n && mpz_sgn(oracle_gram_at(t, v->q->gram, n, k)) != 0) return 0;
  mpz_mul(mpq_numref(lambda), v->q->H, oracle_gram_at(t, v->q->gram, n, n));
  mpz_set_ui(mpq_denref(lambda), 1);
  oracle_q_scale(lambda, v->q->gram->e - v->q->c);
  mpq_inv(lambda, lambda);
  return 1;
}

static void spread_of(spread *s, const eval *v) {
  mpq_t lo, hi;
  mpq_inits(lo, hi, NULL);
  for (size_t n = 0; n < v->c->n; n++) {
    mpq_set(lo, v->c->lo[n]);
    mpq_set(hi, v->c->hi[n]);
    if (isolated(lo, v, n)) mpq_set(hi, lo);
    if (n == 0 || mpq_cmp(lo, s->min_lo) < 0) mpq_set(s->min_lo, lo);
    if (n == 0 || mpq_cmp(hi, s->min_hi) < 0) mpq_set(s->min_hi, hi);
    if (n == 0 || mpq_cmp(lo, s->max_lo) > 0) mpq_set(s->max_lo, lo);
    if (n == 0 || mpq_cmp(hi, s->max_hi) > 0) mpq_set(s->max_hi, hi);
  }
  mpq_clears(lo, hi, NULL);
}

/* Four consecutive values: lo, hi, slack_lo, slack_hi. */
static lfap_verdict held(oracle_cert *c, const spread *s, oracle_value first, int strict) {
  mpq_t x;
  mpq_init(x);
  mpq_sub(x, s->min_lo, c->value[first]);
  set_value(c, first + 2, x);
  mpq_sub(x, c->value[first + 1], s->max_hi);
  set_value(c, first + 3, x);
  mpq_clear(x);
  int a = mpq_sgn(c->value[first + 2]), b = mpq_sgn(c->value[first + 3]);
  if (strict ? a > 0 && b > 0 : a >= 0 && b >= 0) return LFAP_PASS;
  int below = mpq_cmp(s->min_hi, c->value[first]), above = mpq_cmp(s->max_lo, c->value[first + 1]);
  return (strict ? below <= 0 || above >= 0 : below < 0 || above > 0) ? LFAP_FAIL : LFAP_UNDECIDED;
}

static void bounds(eval *v) {
  static const struct {
    lfap_claim claim;
    oracle_value first;
    int strict;
  } of[] = {{LFAP_CLAIM_T1, ORACLE_T1_LO, 1}, {LFAP_CLAIM_T2, ORACLE_T2_LO, 0}, {LFAP_CLAIM_POST, ORACLE_POST_LO, 0}};
  oracle_cert *c = v->c;
  int h = c->claim[LFAP_CLAIM_H].verdict == LFAP_PASS, known = c->claim[LFAP_CLAIM_Q1].verdict == LFAP_PASS;
  spread s;
  mpq_inits(s.min_lo, s.min_hi, s.max_lo, s.max_hi, NULL);
  if (known) spread_of(&s, v);
  for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
    int applies = of[i].claim == LFAP_CLAIM_POST ? c->has[of[i].first] : h;
    c->claim[of[i].claim].verdict = !applies ? LFAP_NOT_APPLICABLE
                                    : known  ? held(c, &s, of[i].first, of[i].strict)
                                             : LFAP_UNDECIDED;
  }
  mpq_clears(s.min_lo, s.min_hi, s.max_lo, s.max_hi, NULL);
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

/* What the multipliers say is forgotten; what the data say, (H) and the ends of the intervals, stays. */
static void reset(oracle_cert *c) {
  static const oracle_value of_multipliers[] = {
      ORACLE_T1_SLACK_LO,   ORACLE_T1_SLACK_HI, ORACLE_T2_SLACK_LO, ORACLE_T2_SLACK_HI, ORACLE_POST_SLACK_LO,
      ORACLE_POST_SLACK_HI, ORACLE_LAMBDA_MIN,  ORACLE_SLACK_MIN,   ORACLE_U_MIN,       ORACLE_V_MAX};
  for (size_t i = 0; i < sizeof of_multipliers / sizeof of_multipliers[0]; i++) c->has[of_multipliers[i]] = 0;
  c->aligned = c->refuted = c->support = 0;
  c->radius = c->ball = 0;
  c->radius_zero = c->has_ball = c->ball_zero = 0;
}

/* The margin of a claim is the least of those that its file shows; that of (H) is known already. */
static void margins(oracle_cert *c) {
  for (size_t i = 0; i < oracle_member_count; i++) {
    const oracle_member *m = &oracle_members[i];
    double *least = &c->claim[m->claim].margin, slack = NAN;
    if (m->kind == ORACLE_MEMBER_VERDICT) *least = NAN;
    if (m->kind == ORACLE_MEMBER_DOWN) slack = oracle_cert_double(c, m->value, 0);
    if (m->kind == ORACLE_MEMBER_UP) slack = -oracle_cert_double(c, m->value, 1);
    if (!(*least <= slack) && !isnan(slack)) *least = slack;
  }
}

static lfap_status judge_multipliers(lfap_ctx *ctx, eval *v, int proved) {
  oracle_cert *c = v->c;
  reset(c);
  margins_of(ctx, v);
  lfap_status st = oracle_solution_enclose(ctx, &v->s, proved);
  if (st) return st;
  c->support = v->s.nf;
  c->radius = v->s.radius;
  c->radius_zero = v->s.near_zero;
  support(v);
  ball(v);
  evaluate_slopes(v);
  bounds(v);
  margins(v->c);
  return LFAP_OK;
}

lfap_status oracle_evaluate(lfap_ctx *ctx, oracle_cert *c, const oracle_qm *q, int proved) {
  size_t n = c->n;
  eval v = {.c = c, .q = q};
  v.A = malloc(n * sizeof *v.A);
  v.B = malloc(n * sizeof *v.B);
  lfap_status st = v.A && v.B ? LFAP_OK : lfap_fail(ctx, LFAP_ERR_MEMORY, "certificate: no memory for %zu sums", n);
  if (!st) st = oracle_solution_make(ctx, &v.s, q, n);
  if (!st) {
    for (size_t i = 0; i < n; i++) mpz_inits(v.A[i], v.B[i], NULL);
    st = judge_multipliers(ctx, &v, proved);
    for (size_t i = 0; i < n; i++) mpz_clears(v.A[i], v.B[i], NULL);
  }
  oracle_solution_free(&v.s);
  free(v.A);
  free(v.B);
  return st;
}
