/* exactly.h - the limit in rationals, straight from section 2 of the theory: the independent side of the oracle's tests. */
#ifndef TESTS_EXACTLY_H
#define TESTS_EXACTLY_H
#include <gmp.h>
#include <math.h>
#include <stdlib.h>

#include "lfap.h"

/* All numbers here have their last bit at 2^-SHIFT or above. */
enum { SHIFT = 160 };

static inline mpq_t *rationals(size_t n) {
  mpq_t *q = malloc((n + 1) * sizeof *q);
  for (size_t i = 0; i < n; i++) mpq_init(q[i]);
  return q;
}
static inline void rationals_free(mpq_t *q, size_t n) {
  for (size_t i = 0; i < n; i++) mpq_clear(q[i]);
  free(q);
}

static inline void inner(mpq_t out, const double *x, const double *y, size_t d) {
  mpz_t a, b, s;
  mpz_inits(a, b, s, NULL);
  for (size_t i = 0; i < d; i++) {
    mpz_set_d(a, ldexp(x[i], SHIFT));
    mpz_set_d(b, ldexp(y[i], SHIFT));
    mpz_addmul(s, a, b);
  }
  mpq_set_z(out, s);
  mpq_div_2exp(out, out, 2 * SHIFT);
  mpz_clears(a, b, s, NULL);
}

/* Q_nk = y_n y_k h_nk G_nk (n x n). */
static inline mpq_t *q_matrix(const lfap_data *D, double gamma) {
  mpq_t *Q = rationals(D->n * D->n), g, h, t;
  mpq_inits(g, h, t, NULL);
  mpq_set_d(g, gamma);
  mpq_mul(h, g, g);
  mpq_set_ui(t, 1, 1);
  mpq_add(h, h, t);
  mpq_div_2exp(h, h, 1);
  for (size_t i = 0; i < D->n; i++)
    for (size_t k = 0; k <= i; k++) {
      inner(t, D->x + i * D->d, D->x + k * D->d, D->d);
      mpq_mul(t, t, D->y[i] == D->y[k] ? h : g);
      if (D->y[i] != D->y[k]) mpq_neg(t, t);
      mpq_set(Q[i * D->n + k], t);
      mpq_set(Q[k * D->n + i], t);
    }
  mpq_clears(g, h, t, NULL);
  return Q;
}

/* lambda (n) with Q_FF lambda_F = 1 on the flagged indices, by Gaussian elimination; 0 when singular. */
static inline int solve_on(mpq_t *lambda, mpq_t *Q, const unsigned char *in, size_t n) {
  size_t *f = malloc((n + 1) * sizeof *f), m = 0, k;
  mpq_t t;
  for (size_t i = 0; i < n; i++)
    if (in[i]) f[m++] = i;
  mpq_t *A = rationals(m * (m + 1));
  mpq_init(t);
  for (size_t i = 0; i < m; i++) {
    for (k = 0; k < m; k++) mpq_set(A[i * (m + 1) + k], Q[f[i] * n + f[k]]);
    mpq_set_ui(A[i * (m + 1) + m], 1, 1);
  }
  int good = 1;
  for (k = 0; k < m && good; k++) { /* positive definite: no pivoting */
    if (mpq_sgn(A[k * (m + 1) + k]) == 0) { good = 0; break; }
    for (size_t i = 0; i < m; i++) {
      if (i == k || mpq_sgn(A[i * (m + 1) + k]) == 0) continue;
      mpq_t c;
      mpq_init(c);
      mpq_div(c, A[i * (m + 1) + k], A[k * (m + 1) + k]);
      for (size_t j = k; j <= m; j++) {
        mpq_mul(t, c, A[k * (m + 1) + j]);
        mpq_sub(A[i * (m + 1) + j], A[i * (m + 1) + j], t);
      }
      mpq_clear(c);
    }
  }
  for (size_t i = 0; i < n; i++) mpq_set_ui(lambda[i], 0, 1);
  for (size_t i = 0; i < m && good; i++) mpq_div(lambda[f[i]], A[i * (m + 1) + m], A[i * (m + 1) + i]);
  rationals_free(A, m * (m + 1));
  mpq_clear(t);
  free(f);
  return good;
}

/* (Q lambda)_n. */
static inline void margin_at(mpq_t out, mpq_t *Q, mpq_t *lambda, size_t row, size_t n) {
  mpq_t t;
  mpq_init(t);
  mpq_set_ui(out, 0, 1);
  for (size_t k = 0; k < n; k++) {
    mpq_mul(t, Q[row * n + k], lambda[k]);
    mpq_add(out, out, t);
  }
  mpq_clear(t);
}
#endif
