/* series.c - coefficients by the usual recurrences for products (automatic differentiation). */
#include "oracle/flow/series.h"

#include <math.h>

void oracle_series_make(oracle_series *S, oracle_arith *A, mpfr_t *M, size_t n, size_t order, int logistic) {
  *S = (oracle_series){.A = A, .n = n, .order = order, .logistic = logistic, .M = M};
  mpfr_t **const field[] = {&S->q, &S->p, &S->P, &S->g, &S->v, &S->u, &S->D};
  for (size_t i = 0; i < sizeof field / sizeof *field; i++) *field[i] = oracle_take(A, (order + 1) * n);
  S->ubar = oracle_take(A, order + 1);
  S->tau = oracle_take(A, order + 1);
  S->t = oracle_take(A, 2);
}

/* out = coefficient k of the product of a and b at entry i. */
static void product(const oracle_series *S, mpfr_t out, mpfr_t *a, mpfr_t *b, size_t k, size_t i) {
  mpfr_set_zero(out, 1);
  for (size_t j = 0; j <= k; j++) oracle_fma(S->A, out, a[j * S->n + i], b[(k - j) * S->n + i], out);
}

/* v, u, ubar, D of order k from p and g up to order k. */
static void rates(oracle_series *S, size_t k) {
  oracle_arith *A = S->A;
  size_t n = S->n, at = k * n;
  mpfr_set_zero(S->ubar[k], 1);
  for (size_t i = 0; i < n; i++) {
    oracle_dot(A, S->v[at + i], S->M + i * n, S->p + at, n);
    mpfr_set(S->u[at + i], S->v[at + i], MPFR_RNDN);
    if (S->logistic) {
      product(S, S->t[0], S->g, S->v, k, i);
      oracle_sub(A, S->u[at + i], S->u[at + i], S->t[0]);
    }
    product(S, S->t[0], S->p, S->u, k, i);
    oracle_add(A, S->ubar[k], S->ubar[k], S->t[0]);
  }
  for (size_t i = 0; i < n; i++) oracle_sub(A, S->D[at + i], S->ubar[k], S->u[at + i]);
}

/* Order k + 1 of everything that is integrated. */
static void integrate(oracle_series *S, size_t k) {
  oracle_arith *A = S->A;
  size_t n = S->n, at = k * n, to = at + n;
  unsigned long div = (unsigned long)k + 1;
  for (size_t i = 0; i < n; i++) {
    mpfr_div_ui(S->q[to + i], S->v[at + i], div, MPFR_RNDN);
    mpfr_div_ui(S->P[to + i], S->p[at + i], div, MPFR_RNDN);
    product(S, S->t[0], S->p, S->D, k, i);
    mpfr_div_ui(S->p[to + i], S->t[0], div, MPFR_RNDN);
    if (!S->logistic) continue;
    product(S, S->t[0], S->g, S->u, k, i);
    mpfr_div_ui(S->g[to + i], S->t[0], div, MPFR_RNDN);
    mpfr_neg(S->g[to + i], S->g[to + i], MPFR_RNDN);
  }
  mpfr_set_zero(S->t[0], 1);
  for (size_t j = 0; j <= k; j++) oracle_fma(A, S->t[0], S->tau[j], S->ubar[k - j], S->t[0]);
  mpfr_neg(S->t[0], S->t[0], MPFR_RNDN);
  if (k == 0) mpfr_add_ui(S->t[0], S->t[0], 1, MPFR_RNDN);
  mpfr_div_ui(S->tau[k + 1], S->t[0], div, MPFR_RNDN);
}

void oracle_series_expand(oracle_series *S) {
  for (size_t i = 0; i < S->n; i++) mpfr_set_zero(S->P[i], 1);
  for (size_t k = 0; k < S->order; k++) {
    rates(S, k);
    integrate(S, k);
  }
}

/* log2 |x|, -inf for 0 */
static double log2_abs(const mpfr_t x) {
  long e = 0;
  double f = mpfr_zero_p(x) ? 0.0 : fabs(mpfr_get_d_2exp(&e, x, MPFR_RNDN));
  return f > 0.0 ? log2(f) + (double)e : -INFINITY;
}

static double larger(double a, double b) { return a > b ? a : b; }

double oracle_series_length(const oracle_series *S, double bits) {
  double length = INFINITY;
  for (size_t k = S->order - 1; k <= S->order; k++) {
    double size = log2_abs(S->tau[k]);
    for (size_t i = 0; i < S->n; i++)
      size = larger(size, larger(log2_abs(S->q[k * S->n + i]), log2_abs(S->P[k * S->n + i])));
    double here = (bits - size) / (double)k;
    if (here < length) length = here;
  }
  return length;
}

void oracle_series_at(const oracle_series *S, mpfr_t *out, mpfr_t *c, const mpfr_t h) {
  for (size_t i = 0; i < S->n; i++) {
    mpfr_set(out[i], c[S->order * S->n + i], MPFR_RNDN);
    for (size_t k = S->order; k-- > 0;) oracle_fma(S->A, out[i], out[i], h, c[k * S->n + i]);
  }
}

void oracle_series_tau(const oracle_series *S, mpfr_t out, const mpfr_t h) {
  mpfr_t r;
  mpfr_init2(r, S->A->prec);
  mpfr_set(r, S->tau[S->order], MPFR_RNDN);
  for (size_t k = S->order; k-- > 0;) oracle_fma(S->A, r, r, h, S->tau[k]);
  mpfr_set(out, r, MPFR_RNDN);
  mpfr_clear(r);
}

/* Horner on the sums of |p_n,k|, and its derivative. */
void oracle_series_sway(const oracle_series *S, mpfr_t sway, mpfr_t turn, const mpfr_t h) {
  mpfr_ptr sum = S->t[0], a = S->t[1];
  mpfr_set_zero(sway, 1);
  mpfr_set_zero(turn, 1);
  for (size_t k = S->order; k >= 1; k--) {
    mpfr_set_zero(sum, 1);
    for (size_t i = 0; i < S->n; i++) {
      mpfr_abs(a, S->p[k * S->n + i], MPFR_RNDN);
      oracle_add(S->A, sum, sum, a);
    }
    oracle_add(S->A, sway, sway, sum);
    oracle_mul(S->A, sway, sway, h);
    if (k == 1) continue;
    mpfr_mul_ui(sum, sum, (unsigned long)k, MPFR_RNDN);
    oracle_add(S->A, turn, turn, sum);
    oracle_mul(S->A, turn, turn, h);
  }
}
