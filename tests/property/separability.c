/* C1(a): the quadratic programme has a solution iff label slopes separate the samples, iff each class by itself lies in an open
 * half-space (spec/formats.md). Decided here by a simplex method of its own, each answer with a certificate that is checked. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lfap.h"

enum { MOST = 64, WIDE = 16 };
typedef long double real;

/* Minimise sum a over p, a >= 0 with X'p = 0 (d rows), 1'p = 1 as equations A p + a = e_d: 0 iff some convex combination of the
   n samples is 0. Columns 0..n-1: p, n..n+d: a, n+d+1: right-hand side; row d+1: reduced costs. */
typedef struct {
  size_t n, d, basis[WIDE + 1];
  real t[WIDE + 2][MOST + WIDE + 2];
} tableau;

static void fill(tableau *T, const real *X, size_t n, size_t d) {
  memset(T, 0, sizeof *T);
  T->n = n;
  T->d = d;
  for (size_t i = 0; i <= d; i++) {
    for (size_t j = 0; j < n; j++) {
      T->t[i][j] = i < d ? X[j * d + i] : 1;
      T->t[d + 1][j] -= T->t[i][j];
    }
    T->t[i][n + i] = 1;
    T->basis[i] = n + i;
  }
  T->t[d][n + d + 1] = 1;
  T->t[d + 1][n + d + 1] = -1;
}

static void pivot(tableau *T, size_t row, size_t col) {
  real p = T->t[row][col];
  size_t width = T->n + T->d + 2;
  for (size_t j = 0; j < width; j++) T->t[row][j] /= p;
  for (size_t i = 0; i < T->d + 2; i++) {
    real f = T->t[i][col];
    for (size_t j = 0; i != row && f != 0 && j < width; j++) T->t[i][j] -= f * T->t[row][j];
  }
  T->basis[row] = col;
}

/* Bland's rule: the first column that lowers the objective, the first basic variable among the ties. */
static int simplex_step(tableau *T) {
  size_t col = 0, row = T->d + 1, rhs = T->n + T->d + 1;
  while (col < T->n && T->t[T->d + 1][col] > -1e-13L) col++;
  if (col == T->n) return 0;
  for (size_t i = 0; i <= T->d; i++) {
    if (!(T->t[i][col] > 1e-13L)) continue;
    real a = T->t[i][rhs] / T->t[i][col], b = row > T->d ? INFINITY : T->t[row][rhs] / T->t[row][col];
    if (a < b || (a <= b && T->basis[i] < T->basis[row])) row = i;
  }
  cr_assert_leq(row, T->d, "a bounded problem");
  pivot(T, row, col);
  return 1;
}

/* Whether the rows of X lie in an open half-space, with the proof: u with X u > 0, or p >= 0 with X'p = 0. */
static int in_half_space(const real *X, size_t n, size_t d) {
  static tableau T;
  if (n == 0) return 1;
  fill(&T, X, n, d);
  for (size_t k = 0; simplex_step(&T); k++) cr_assert_lt(k, 100000);
  size_t rhs = n + d + 1;
  if (-T.t[d + 1][rhs] > 1e-9L) { /* prices y = 1 - reduced costs; u = -y */
    for (size_t j = 0; j < n; j++) {
      real s = 0;
      for (size_t i = 0; i < d; i++) s += X[j * d + i] * (T.t[d + 1][n + i] - 1);
      cr_assert_gt(s, 1e-10L);
    }
    return 1;
  }
  for (size_t i = 0; i < d; i++) {
    real s = 0, sum = 0;
    for (size_t k = 0; k <= d; k++) {
      if (T.basis[k] >= n) continue;
      cr_assert_gt(T.t[k][rhs], -1e-15L);
      s += X[T.basis[k] * d + i] * T.t[k][rhs];
      sum += T.t[k][rhs];
    }
    cr_assert(fabsl(s) < 1e-13L && fabsl(sum - 1) < 1e-13L, "X'p = %Lg, 1'p = %Lg", s, sum);
  }
  return 0;
}

static int separable(const lfap_data *D) {
  real X[MOST * WIDE];
  int yes = 1;
  for (int class = -1; class <= 1; class += 2) {
    size_t k = 0;
    for (size_t i = 0; i < D->n; i++)
      if (D->y[i] == class) {
        for (size_t j = 0; j < D->d; j++) X[k * D->d + j] = D->x[i * D->d + j];
        k++;
      }
    yes = yes && in_half_space(X, k, D->d);
  }
  return yes;
}

typedef struct { int yes, no; } tally;

static void agree(tally *t, const lfap_data *D, double gamma, const char *what, uint64_t seed) {
  lfap_ctx ctx = {.threads = 1};
  lfap_limit l = {0};
  int want = separable(D);
  lfap_status st = lfap_limit_solve(&ctx, &l, D, NULL, gamma);
  cr_assert_eq(st, want ? LFAP_OK : LFAP_ERR_INFEASIBLE, "%s, seed %d, N = %zu, d = %zu, gamma = %g: separable %d, the solver says %s", what, (int)seed,
               D->n, D->d, gamma, want, st ? ctx.message : "yes");
  if (!want) cr_assert_not_null(strstr(ctx.message, "not separable"), "%s", ctx.message);
  for (size_t i = 0; want && i < D->n; i++) cr_assert(l.lambda_q[i] >= 0 && l.q[i] > 1 - 1e-7); /* multipliers to 10^7 */
  *(want ? &t->yes : &t->no) += 1;
  lfap_limit_free(&l);
}

/* Sets around the border, on both sides of it. */
static void noise(lfap_status (*gen)(lfap_ctx *, lfap_data *, uint64_t, size_t, size_t), const char *what) {
  static const double gammas[] = {0.01, 0.5, 0.9};
  tally t = {0};
  for (size_t d = 8; d <= 12; d++)
    for (size_t n = 24; n <= 40; n += 4)
      for (uint64_t seed = 0; seed < 12; seed++) {
        lfap_data D = {0};
        cr_assert_eq(gen(NULL, &D, 1000 * d + seed, n, d), LFAP_OK);
        agree(&t, &D, gammas[seed % 3], what, seed);
        lfap_data_free(&D);
      }
  cr_assert(t.yes > 60 && t.no > 60, "%s: %d separable, %d not", what, t.yes, t.no);
}

Test(separability, of_uniform_noise) { noise(lfap_gen_uniform, "uniform"); }
Test(separability, of_gaussian_noise) { noise(lfap_gen_gauss, "gauss"); }

/* Entries -2..2, one class shifted: supports that are singular exactly, ties, samples that are multiples of each other. */
Test(separability, of_small_integers) {
  tally t = {0};
  for (uint64_t seed = 0; seed < 200; seed++) {
    lfap_data D = {0};
    cr_assert_eq(lfap_gen_uniform(NULL, &D, seed, 24 + seed % 9, 6 + seed % 4), LFAP_OK);
    for (size_t i = 0; i < D.n * D.d; i++) D.x[i] = nearbyint(2.0 * D.x[i]);
    for (size_t i = 0; i < D.n; i++) D.x[i * D.d] += 0.5; /* no sample is 0 */
    agree(&t, &D, 0.3, "integers", seed);
    lfap_data_free(&D);
  }
  cr_assert(t.yes > 30 && t.no > 30, "%d separable, %d not", t.yes, t.no);
}
