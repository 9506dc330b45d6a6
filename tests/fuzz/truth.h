/* truth.h - the limit of a small problem in rationals, from the definitions of spec/theory.md (H, Q1, C1, T2 and C2's programme), by trying supports;
 * what is certified is held against it. */
#ifndef LFAP_TESTS_FUZZ_TRUTH_H
#define LFAP_TESTS_FUZZ_TRUTH_H
#include "fuzz/target.h"
#include "lfap_certifier.h"
#include "oracle/exactly.h"

typedef struct {
  size_t n;
  mpq_t gamma, kappa;                    /* kappa: kappa' of T2's a-posteriori form */
  mpq_t *G;                              /* n x n */
  mpq_t *lambda, *own, *other;           /* n each: C1(a), and its pre-activations */
  mpq_t *pair, *kink_own, *kink_other;   /* 2 n: alpha, beta of (CP); n each */
  int h, c1a, c1, regular;               /* (H); C1(a) has a solution; C1 holds; Q is regular */
  int cp, c2, cp_regular;                /* (CP) has a solution (-1: was not found out); own > 0 on its support; its matrix is regular */
} truth;

enum { TRUTH_ALL = 8 /* variables: up to here every support is tried */ };

/* l >= 0 with M l >= 1, and = 1 where l > 0, for this support? */
static int truth_try(mpq_t *l, mpq_t *M, const unsigned char *in, size_t n) {
  mpq_t m;
  int good = solve_on(l, M, in, n);
  mpq_init(m);
  for (size_t i = 0; good && i < n; i++) {
    margin_at(m, M, l, i, n);
    good = mpq_sgn(l[i]) >= 0 && mpq_cmp_ui(m, 1, 1) >= 0;
  }
  mpq_clear(m);
  return good;
}

/* 1, 0: there is none; -1: too many supports to try, and the guess is not one. A solution has a regular support where there is any. */
static int truth_solve(mpq_t *l, mpq_t *M, const unsigned char *guess, size_t n) {
  unsigned char in[2 * 8];
  if (guess != NULL && truth_try(l, M, guess, n)) return 1;
  if (n > TRUTH_ALL) return -1;
  for (unsigned set = 1; set < 1u << n; set++) {
    for (size_t i = 0; i < n; i++) in[i] = set >> i & 1;
    if (truth_try(l, M, in, n)) return 1;
  }
  return 0;
}

static int truth_regular(mpq_t *M, size_t n) {
  unsigned char in[2 * 8];
  mpq_t *l = rationals(n);
  memset(in, 1, sizeof in);
  int yes = solve_on(l, M, in, n);
  rationals_free(l, n);
  return yes;
}

/* own and other of full (lambda) and part (gamma alpha + beta). */
static void truth_sides(mpq_t *own, mpq_t *other, const truth *t, const lfap_data *D, mpq_t *full, mpq_t *part) {
  mpq_t p;
  mpq_init(p);
  for (size_t k = 0; k < t->n; k++)
    for (size_t i = 0; i < t->n; i++) {
      int same = D->y[i] == D->y[k];
      mpq_mul(p, full[i], t->G[i * t->n + k]);
      mpq_add(same ? own[k] : other[k], same ? own[k] : other[k], p);
      mpq_mul(p, part[i], t->G[i * t->n + k]);
      mpq_sub(same ? other[k] : own[k], same ? other[k] : own[k], p);
    }
  mpq_clear(p);
}

/* The pairs' matrix: (1 + s t)/2 G of one class, -(s + t)/2 G of two; slopes gamma, then 1. */
static mpq_t *truth_pairs(const truth *t, const lfap_data *D) {
  size_t n = t->n;
  mpq_t *M = rationals(4 * n * n), one;
  mpq_init(one);
  mpq_set_ui(one, 1, 1);
  for (size_t i = 0; i < 2 * n; i++)
    for (size_t k = 0; k < 2 * n; k++) {
      mpq_ptr out = M[2 * n * i + k];
      const mpq_t *s = i < n ? &t->gamma : (const mpq_t *)&one, *u = k < n ? &t->gamma : (const mpq_t *)&one;
      if (D->y[i % n] == D->y[k % n]) mpq_mul(out, *s, *u), mpq_add(out, out, one);
      else mpq_add(out, *s, *u), mpq_neg(out, out);
      mpq_div_2exp(out, out, 1);
      mpq_mul(out, out, t->G[i % n * n + k % n]);
    }
  mpq_clear(one);
  return M;
}

/* Rmin^2, Rmax^2, pmax. */
static void truth_sizes(mpq_t lo, mpq_t hi, mpq_t p, const truth *t) {
  mpq_t a;
  mpq_init(a);
  mpq_set(lo, t->G[0]);
  for (size_t i = 0; i < t->n; i++)
    for (size_t k = 0; k < t->n; k++) {
      mpq_abs(a, t->G[i * t->n + k]);
      mpq_ptr most = i == k ? hi : p;
      if (mpq_cmp(a, most) > 0) mpq_set(most, a);
      if (i == k && mpq_cmp(a, lo) < 0) mpq_set(lo, a);
    }
  mpq_clear(a);
}

/* gamma^3 Rmin^4 >= 3 N Rmax^2 pmax. */
static int truth_hypothesis(const truth *t, const mpq_t lo, const mpq_t hi, const mpq_t p) {
  mpq_t left, right;
  mpq_inits(left, right, NULL);
  mpq_mul(left, lo, lo);
  for (int k = 0; k < 3; k++) mpq_mul(left, left, t->gamma);
  mpq_set_ui(right, 3 * (unsigned)t->n, 1);
  mpq_mul(right, right, hi);
  mpq_mul(right, right, p);
  int holds = mpq_cmp(left, right) >= 0;
  mpq_clears(left, right, NULL);
  return holds;
}

/* max_n sum over k != n of |Q_nk| / (h Rmin^2). */
static void truth_kappa(truth *t, mpq_t *Q, const mpq_t lo) {
  mpq_t sum, h;
  mpq_inits(sum, h, NULL);
  for (size_t i = 0; i < t->n; i++) {
    mpq_set_ui(sum, 0, 1);
    for (size_t k = 0; k < t->n; k++) {
      mpq_abs(h, Q[i * t->n + k]);
      if (k != i) mpq_add(sum, sum, h);
    }
    if (mpq_cmp(sum, t->kappa) > 0) mpq_set(t->kappa, sum);
  }
  mpq_mul(h, t->gamma, t->gamma);
  mpq_set_ui(sum, 1, 1);
  mpq_add(h, h, sum);
  mpq_div_2exp(h, h, 1);
  mpq_mul(h, h, lo);
  mpq_div(t->kappa, t->kappa, h);
  mpq_clears(sum, h, NULL);
}

static void truth_make(truth *t, const lfap_data *D, double gamma) {
  *t = (truth){.n = D->n};
  mpq_inits(t->gamma, t->kappa, NULL);
  mpq_set_d(t->gamma, gamma);
  t->G = rationals(D->n * D->n);
  for (size_t i = 0; i < D->n; i++)
    for (size_t k = 0; k < D->n; k++) inner(t->G[i * D->n + k], D->x + i * D->d, D->x + k * D->d, D->d);
  t->lambda = rationals(D->n), t->own = rationals(D->n), t->other = rationals(D->n);
  t->pair = rationals(2 * D->n), t->kink_own = rationals(D->n), t->kink_other = rationals(D->n);
}

static void truth_free(truth *t) {
  rationals_free(t->G, t->n * t->n);
  rationals_free(t->lambda, t->n), rationals_free(t->own, t->n), rationals_free(t->other, t->n);
  rationals_free(t->pair, 2 * t->n), rationals_free(t->kink_own, t->n), rationals_free(t->kink_other, t->n);
  mpq_clears(t->gamma, t->kappa, NULL);
}

/* C1(a), then C1(b): own > 0 and other < 0 at every sample. */
static void truth_aligned(truth *t, const lfap_data *D, double gamma) {
  mpq_t *Q = q_matrix(D, gamma), *part = rationals(t->n), lo, hi, p;
  mpq_inits(lo, hi, p, NULL);
  truth_sizes(lo, hi, p, t);
  t->h = truth_hypothesis(t, lo, hi, p);
  truth_kappa(t, Q, lo);
  t->regular = truth_regular(Q, t->n);
  t->c1a = t->c1 = truth_solve(t->lambda, Q, NULL, t->n);
  for (size_t i = 0; i < t->n && t->c1a; i++) mpq_mul(part[i], t->gamma, t->lambda[i]);
  if (t->c1a) truth_sides(t->own, t->other, t, D, t->lambda, part);
  for (size_t i = 0; i < t->n && t->c1a; i++) t->c1 = t->c1 && mpq_sgn(t->own[i]) > 0 && mpq_sgn(t->other[i]) < 0;
  mpq_clears(lo, hi, p, NULL);
  rationals_free(Q, t->n * t->n);
  rationals_free(part, t->n);
}

/* (CP); guess: 2 n flags, or NULL. */
static void truth_kinks(truth *t, const lfap_data *D, const unsigned char *guess) {
  mpq_t *M = truth_pairs(t, D), *full = rationals(t->n), *part = rationals(t->n);
  t->cp_regular = truth_regular(M, 2 * t->n);
  t->cp = t->c2 = truth_solve(t->pair, M, guess, 2 * t->n);
  for (size_t i = 0; i < t->n && t->cp > 0; i++) {
    mpq_add(full[i], t->pair[i], t->pair[t->n + i]);
    mpq_mul(part[i], t->gamma, t->pair[i]);
    mpq_add(part[i], part[i], t->pair[t->n + i]);
  }
  if (t->cp > 0) truth_sides(t->kink_own, t->kink_other, t, D, full, part);
  for (size_t i = 0; i < t->n && t->cp > 0; i++) t->c2 = t->c2 && (mpq_sgn(full[i]) == 0 || mpq_sgn(t->kink_own[i]) > 0);
  rationals_free(M, 4 * t->n * t->n);
  rationals_free(full, t->n);
  rationals_free(part, t->n);
}

/* ---- what is certified, against it ------------------------------------------------------------------------------- */

static void truth_refutes(int wrong, const char *who, const char *claim, lfap_verdict v) {
  if (!wrong) return;
  fprintf(stderr, "%s: %s is certified %s, and the rationals say otherwise\n", who, claim, lfap_verdict_name(v));
  promise(0, "no certified verdict that the rationals refute");
}

/* UNDECIDED is never wrong. Under (H) the bounds of T1 and T2 are theorems, as those of T2 a posteriori are below kappa' = 1/2. */
static inline void truth_claims(const truth *t, const lfap_decided *claim, const char *who) {
  lfap_verdict h = claim[LFAP_CLAIM_H].verdict, q1 = claim[LFAP_CLAIM_Q1].verdict, c1 = claim[LFAP_CLAIM_C1].verdict, c2 = claim[LFAP_CLAIM_C2].verdict;
  int own_negative = 0, half = mpq_cmp_ui(t->kappa, 1, 2) < 0;
  for (size_t i = 0; i < t->n; i++) own_negative |= mpq_sgn(t->kink_own[i]) < 0;
  truth_refutes(h == LFAP_FAIL || (h == LFAP_PASS && !t->h) || (h == LFAP_NOT_APPLICABLE && t->h), who, "(H)", h);
  truth_refutes(q1 == LFAP_FAIL || (q1 == LFAP_PASS && !t->c1a), who, "Q1", q1);
  truth_refutes((c1 == LFAP_PASS && !t->c1) || (c1 == LFAP_FAIL && t->c1), who, "C1", c1);
  truth_refutes((c2 == LFAP_PASS && t->cp >= 0 && !t->c2) || (c2 == LFAP_FAIL && t->cp > 0 && !own_negative), who, "C2", c2);
  const lfap_claim bound[] = {LFAP_CLAIM_T1, LFAP_CLAIM_T2, LFAP_CLAIM_POST};
  for (int k = 0; k < 3; k++) {
    lfap_verdict v = claim[bound[k]].verdict;
    int applies = k < 2 ? t->h : half;
    truth_refutes(v == LFAP_FAIL || (v == LFAP_PASS && !applies) || (v == LFAP_NOT_APPLICABLE && applies), who, lfap_claims[bound[k]].key, v);
  }
}

static inline int truth_within(const mpq_t q, double lo, double hi) {
  mpq_t end;
  int in = 1;
  mpq_init(end);
  if (isfinite(lo)) mpq_set_d(end, lo), in = mpq_cmp(end, q) <= 0;
  if (in && isfinite(hi)) mpq_set_d(end, hi), in = mpq_cmp(q, end) <= 0;
  mpq_clear(end);
  return in;
}
#endif
