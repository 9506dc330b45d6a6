/* chol.c - Cholesky on matrices with a known factor, reconstruction, bad pivots. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "draws.h"
#include "kernel/chol.h"
#include "kernel/solve.h"

enum { MAX = 40 };

static double Q[MAX * MAX], L[MAX * MAX], x[MAX], b[MAX];

/* Lower triangle of the factor times its transpose in long double. */
static long double product(const double *F, size_t i, size_t j, size_t n) {
  long double s = 0;
  for (size_t k = 0; k <= (i < j ? i : j); k++) s += (long double)F[i * n + k] * F[j * n + k];
  return s;
}
static void gram(size_t n) { /* + 1/8 on the diagonal: condition below ~1e3 */
  static double X[MAX * MAX];
  for (size_t k = 0; k < n * n; k++) X[k] = draw(0);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++) {
      double s = i == j ? 0.125 : 0.0;
      for (size_t k = 0; k < n; k++) s += X[i * n + k] * X[j * n + k];
      Q[i * n + j] = s;
    }
}

Test(chol, integer_factor_comes_back_exactly) {
  for (size_t n = 0; n <= MAX; n++) {
    double F[MAX * MAX] = {0};
    for (size_t i = 0; i < n; i++)
      for (size_t j = 0; j <= i; j++) F[i * n + j] = j == i ? (double)(1u << next() % 4) : (double)(next() % 17) - 8;
    for (size_t i = 0; i < n; i++)
      for (size_t j = 0; j < n; j++) Q[i * n + j] = j <= i ? (double)product(F, i, j, n) : -7.5;
    cr_assert_eq(lfap_chol(Q, n), n, "n %zu", n);
    for (size_t i = 0; i < n; i++)
      for (size_t j = 0; j < n; j++)
        cr_assert_eq(Q[i * n + j], j <= i ? F[i * n + j] : -7.5, "n %zu, %zu,%zu", n, i, j);
    /* and with an integer solution: L L' x = b is exact all the way */
    double sol[MAX], t[MAX];
    for (size_t i = 0; i < n; i++) sol[i] = (double)(next() % 9) - 4;
    for (size_t i = 0; i < n; i++) {
      t[i] = 0;
      for (size_t k = i; k < n; k++) t[i] += F[k * n + i] * sol[k];
    }
    for (size_t i = 0; i < n; i++) {
      b[i] = 0;
      for (size_t k = 0; k <= i; k++) b[i] += F[i * n + k] * t[k];
    }
    lfap_chol_solve(x, Q, b, n);
    for (size_t i = 0; i < n; i++) cr_assert_eq(x[i], sol[i], "n %zu, x_%zu", n, i);
  }
}

Test(chol, bits_follow_the_numerics) {
  for (size_t n = 1; n <= MAX; n++) {
    double y[MAX];
    gram(n);
    memcpy(L, Q, sizeof L);
    cr_assert_eq(lfap_chol(L, n), n);
    for (size_t i = 0; i < n; i++) {
      for (size_t j = 0; j < i; j++) Q[i * n + j] = (Q[i * n + j] - naive_dot(j, Q + i * n, Q + j * n)) / Q[j * n + j];
      Q[i * n + i] = sqrt(Q[i * n + i] - naive_dot(i, Q + i * n, Q + i * n));
      b[i] = draw(0);
    }
    cr_assert_eq(memcmp(Q, L, n * n * sizeof *L), 0, "factor, n %zu", n);
    for (size_t i = 0; i < n; i++) y[i] = (b[i] - naive_dot(i, L + i * n, y)) / L[i * n + i];
    for (size_t i = n; i-- > 0;) {
      y[i] = y[i] / L[i * n + i];
      for (size_t k = 0; k < i; k++) y[k] = fma(-L[i * n + k], y[i], y[k]);
    }
    lfap_chol_solve(x, L, b, n);
    cr_assert_eq(memcmp(x, y, n * sizeof *x), 0, "solution, n %zu", n);
  }
}

Test(chol, factor_reconstructs_and_solves) {
  for (size_t n = 1; n <= MAX; n++) {
    gram(n);
    memcpy(L, Q, sizeof L);
    cr_assert_eq(lfap_chol(L, n), n);
    for (size_t i = 0; i < n; i++)
      for (size_t j = 0; j <= i; j++) {
        long double bound = (long double)(n + 2) * 0x1p-53L * sqrtl((long double)Q[i * n + i] * Q[j * n + j]);
        cr_assert_leq(fabsl(product(L, i, j, n) - Q[i * n + j]), bound, "n %zu, entry %zu,%zu", n, i, j);
      }
    for (size_t i = 0; i < n; i++) b[i] = 1.0;
    lfap_chol_solve(x, L, b, n);
    for (size_t i = 0; i < n; i++) {
      long double r = b[i], size = 1;
      for (size_t k = 0; k < n; k++)
        r -= (long double)Q[i * n + k] * x[k], size += fabsl((long double)Q[i * n + k] * x[k]);
      cr_assert_leq(fabsl(r), (long double)(8 * n) * 0x1p-53L * size * sqrtl((long double)n), "n %zu, row %zu", n, i);
    }
  }
}

Test(chol, hilbert) {
  /* condition 1.5e10 at n = 8: x is off, the residual is not */
  for (size_t n = 2; n <= 8; n++) {
    for (size_t i = 0; i < n; i++)
      for (size_t j = 0; j < n; j++) Q[i * n + j] = 1.0 / (double)(i + j + 1);
    memcpy(L, Q, sizeof L);
    cr_assert_eq(lfap_chol(L, n), n);
    for (size_t i = 0; i < n; i++) b[i] = 1.0;
    lfap_chol_solve(x, L, b, n);
    double largest = 0.0;
    for (size_t i = 0; i < n; i++) largest = fmax(largest, fabs(x[i]));
    for (size_t i = 0; i < n; i++)
      cr_assert_lt(fabs(lfap_residual(b[i], Q + i * n, x, n)), 4.0 * (double)(n * n) * 0x1p-53 * largest, "n %zu", n);
    /* one step of refinement, with the compensated residual, brings x to within a few ulps of what Q x = b says */
    double r[MAX], correction[MAX];
    for (int step = 0; step < 3; step++) {
      for (size_t i = 0; i < n; i++) r[i] = lfap_residual(b[i], Q + i * n, x, n);
      lfap_chol_solve(correction, L, r, n);
      for (size_t i = 0; i < n; i++) x[i] += correction[i];
    }
    for (size_t i = 0; i < n; i++) r[i] = lfap_residual(b[i], Q + i * n, x, n);
    lfap_chol_solve(correction, L, r, n);
    for (size_t i = 0; i < n; i++) cr_assert_leq(fabs(correction[i]), 0x1p-52 * fabs(x[i]), "n %zu, x_%zu", n, i);
  }
}

Test(chol, bad_pivots_are_found) {
  double equal_rows[9] = {4, 0, 0, 2, 5, 0, 4, 2, 4}, negative[4] = {1, 0, 2, 3}, nan[4] = {1, 0, NAN, 3},
         zero[1] = {0};
  cr_assert_eq(lfap_chol(equal_rows, 3), 2, "row 2 equals row 0");
  cr_assert_eq(lfap_chol(negative, 2), 1, "indefinite");
  cr_assert_eq(lfap_chol(nan, 2), 1, "NaN");
  cr_assert_eq(lfap_chol(zero, 1), 0);
  cr_assert_eq(lfap_chol(NULL, 0), 0);
  /* the bound n 2^-52 Q_ii itself: pivot 2^-51 is not above 2^-51 (1 + 2^-51), 2^-50 is above 2^-51 (1 + 2^-50) */
  double below[4] = {1, 0, 1, 1 + 0x1p-51}, above[4] = {1, 0, 1, 1 + 0x1p-50};
  cr_assert_eq(lfap_chol(below, 2), 1);
  cr_assert_eq(lfap_chol(above, 2), 2);
  cr_assert_eq(above[3], 0x1p-25);
  double infinite[1] = {INFINITY};
  cr_assert_eq(lfap_chol(infinite, 1), 0, "inf > 2^-52 inf is false");
}

/* The same factor by blocks of columns, the rows below each corner in pieces of 1, 7 and what is left: nothing beside it is written,
   and D is not looked at where no slice lies before. */
Test(chol, blocks) {
  static double P[LFAP_CHOL_ROWS + 1], packed[LFAP_CHOL_PACK + 1];
  const double canary = 12345.678;
  for (size_t n = 1; n <= MAX; n++)
    for (size_t width = 8; width <= 24; width += 8) {
      gram(n);
      for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) Q[i * n + j] = NAN;
      memcpy(L, Q, n * n * sizeof *L);
      cr_assert_eq(lfap_chol(Q, n), n);
      P[LFAP_CHOL_ROWS] = packed[LFAP_CHOL_PACK] = canary;
      for (size_t first = 0; first < n; first += width) {
        size_t mb = n - first < width ? n - first : width;
        cr_assert_eq(lfap_chol_corner(L, packed, P, NULL, first, mb, n), mb);
        for (size_t i = first + mb, ma = 1; i < n; i += ma, ma += 6) {
          if (ma > n - i) ma = n - i;
          lfap_chol_below(L, packed, P, NULL, i, ma, first, mb, n);
        }
      }
      cr_assert_eq(memcmp(Q, L, n * n * sizeof *L), 0, "n %zu, blocks of %zu columns", n, width);
      cr_assert(P[LFAP_CHOL_ROWS] == canary && packed[LFAP_CHOL_PACK] == canary);
    }
}
