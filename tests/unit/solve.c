/* solve.c - both triangular solves against an exact solution, against substitution in long double and step by step (N6), and the
 * compensated residual against MPFR. */
#include "kernel/solve.h"

#include <criterion/criterion.h>
#include <mpfr.h>

#include "draws.h"

enum { MAX = 40 };

static double L[MAX * MAX], x[MAX + 1], b[MAX];

/* A factor with a pivot of at least 1 and rows below 1: its inverse is of moderate size. Above the diagonal, NaN: nobody may look there. */
static void factor(size_t n) {
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++) L[i * n + j] = j < i ? draw(0) / (double)n : j == i ? 1.0 + unit() : NAN;
  for (size_t i = 0; i < n; i++) b[i] = draw(0);
}

Test(solve, an_integer_solution_comes_back_exactly) {
  for (size_t n = 0; n <= MAX; n++) {
    double want[MAX], y[MAX];
    for (size_t i = 0; i < n; i++) {
      want[i] = (double)(next() % 19) - 9;
      for (size_t j = 0; j < n; j++) L[i * n + j] = j < i ? (double)(next() % 17) - 8 : j == i ? (double)(1u << next() % 5) : NAN;
    }
    for (size_t i = 0; i < n; i++) { /* y = L' want, b = L y */
      y[i] = 0.0;
      for (size_t k = i; k < n; k++) y[i] += L[k * n + i] * want[k];
    }
    for (size_t i = 0; i < n; i++) {
      b[i] = 0.0;
      for (size_t k = 0; k <= i; k++) b[i] += L[i * n + k] * y[k];
    }
    x[n] = 12345.678;
    lfap_chol_solve(x, L, b, n);
    for (size_t i = 0; i < n; i++) cr_assert_eq(x[i], want[i], "n %zu, x_%zu", n, i);
    cr_assert_eq(x[n], 12345.678, "written behind %zu entries", n);
  }
}

Test(solve, by_hand) {
  const double F[4] = {2, NAN, 1, 4}, right[2] = {4, 18};
  lfap_chol_solve(x, F, right, 2); /* y = (2, 4), x = (1/2, 1) */
  cr_assert(x[0] == 0.5 && x[1] == 1.0);
}

Test(solve, bits_follow_the_numerics) {
  for (int round = 0; round < 20; round++)
    for (size_t n = 1; n <= MAX; n++) {
      double y[MAX];
      factor(n);
      for (size_t i = 0; i < n; i++) y[i] = (b[i] - naive_dot(i, L + i * n, y)) / L[i * n + i];
      for (size_t i = n; i-- > 0;) {
        y[i] = y[i] / L[i * n + i];
        for (size_t k = 0; k < i; k++) y[k] = fma(-L[i * n + k], y[i], y[k]);
      }
      lfap_chol_solve(x, L, b, n);
      cr_assert_eq(memcmp(x, y, n * sizeof *x), 0, "n %zu", n);
    }
}

Test(solve, agrees_with_substitution_in_long_double) {
  for (size_t n = 1; n <= MAX; n++) {
    long double y[MAX], size = 1.0L;
    factor(n);
    for (size_t i = 0; i < n; i++) {
      y[i] = b[i];
      for (size_t k = 0; k < i; k++) y[i] -= L[i * n + k] * y[k];
      y[i] /= L[i * n + i];
    }
    for (size_t i = n; i-- > 0;) {
      for (size_t k = i + 1; k < n; k++) y[i] -= L[k * n + i] * y[k];
      y[i] /= L[i * n + i];
      if (fabsl(y[i]) > size) size = fabsl(y[i]);
    }
    lfap_chol_solve(x, L, b, n);
    for (size_t i = 0; i < n; i++)
      cr_assert_leq(fabsl(x[i] - y[i]), 16 * (long double)n * 0x1p-53L * size, "n %zu, x_%zu: %a, nearly %La", n, i, x[i], y[i]);
  }
}

/* b - <q, x> rounded once, and sum of |terms|. */
static double exact_residual(double start, const double *q, const double *v, size_t n, double *size) {
  mpfr_t s, t;
  mpfr_init2(s, 4400), mpfr_init2(t, 4400);
  mpfr_set_d(s, start, MPFR_RNDN);
  *size = fabs(start);
  for (size_t k = 0; k < n; k++) {
    mpfr_set_d(t, q[k], MPFR_RNDN);
    mpfr_mul_d(t, t, v[k], MPFR_RNDN);
    mpfr_sub(s, s, t, MPFR_RNDN);
    *size += fabs(q[k] * v[k]);
  }
  double r = mpfr_get_d(s, MPFR_RNDN);
  mpfr_clear(s), mpfr_clear(t);
  return r;
}

Test(solve, residual_is_as_good_as_twice_the_precision) {
  double q[MAX], v[MAX], size;
  for (int round = 0; round < 300; round++)
    for (size_t n = 0; n <= MAX; n += n < 10 ? 1 : 7) {
      for (size_t k = 0; k < n; k++) q[k] = ldexp(draw(0), (int)(next() % 60) - 30), v[k] = ldexp(draw(0), (int)(next() % 60) - 30);
      /* a start that cancels the rest down to rounding */
      double start = -exact_residual(0.0, q, v, n, &size);
      double exact = exact_residual(start, q, v, n, &size), got = lfap_residual(start, q, v, n);
      double bound = 0x1p-53 * fabs(exact) + (double)(4 * (n + 1) * (n + 1)) * 0x1p-106 * size;
      cr_assert_leq(fabs(got - exact), bound, "n %zu: %a, exactly %a", n, got, exact);
    }
}

Test(solve, residual_by_hand) {
  const double q[3] = {0x1p53 - 1, 1, 1}, v[3] = {0x1p53 + 2, 1, -3};
  /* (2^53-1)(2^53+2) = 2^106 + 2^53 - 2: b - that - 1 + 3 = -2^53 + 4 with b = 2^106 */
  cr_assert_eq(lfap_residual(0x1p106, q, v, 3), -0x1p53 + 4);
  cr_assert_eq(lfap_residual(5.0, NULL, NULL, 0), 5.0);
  cr_assert(same_bits(lfap_residual(1.0, q + 1, v + 1, 1), 0.0));
  const double w[1] = {NAN};
  cr_assert(isnan(lfap_residual(1.0, q + 1, w, 1)));
}

Test(solve, residual_bits_follow_the_numerics) {
  double q[MAX], v[MAX];
  for (int round = 0; round < 200; round++)
    for (size_t n = 0; n <= MAX; n++) {
      for (size_t k = 0; k < n; k++) q[k] = draw(0), v[k] = draw(0);
      double s = 1.0, c = 0.0;
      for (size_t k = 0; k < n; k++) {
        volatile double p = -q[k] * v[k], t = s + p, bb = t - s, low = t - bb, e1 = s - low, e3 = p - bb;
        double e = fma(-q[k], v[k], -p), e2 = e1 + e3;
        s = t, c = c + (e + e2);
      }
      cr_assert(same_bits(lfap_residual(1.0, q, v, n), s + c), "n %zu", n);
    }
}
