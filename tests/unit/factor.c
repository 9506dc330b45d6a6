/* factor.c - the blocked Cholesky factor has the bits of the loops of N6 for sizes around the edges of its blocks and of the
 * slices of its dots, on 1 to 3 threads; it stops at the same bad pivot, and what lies right of the diagonal is left alone. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "draws.h"
#include "data/factor.h"

/* N6, read off the page: the rows until the first bad pivot, whose index is the result. */
static size_t naive(double *L, size_t n) {
  for (size_t i = 0; i < n; i++) {
    double *row = L + i * n;
    for (size_t j = 0; j < i; j++) row[j] = (row[j] - naive_dot(j, row, L + j * n)) / L[j * n + j];
    double pivot = row[i] - naive_dot(i, row, row);
    if (!(pivot > (double)n * 0x1p-52 * row[i])) return i;
    row[i] = sqrt(pivot);
  }
  return n;
}

/* A Gram matrix of rank `rank` plus `shift` on the diagonal, and right of it what nobody may read or write. */
static double *matrix(size_t n, size_t rank, double shift) {
  double *X = malloc((n * rank + 1) * sizeof *X), *Q = malloc((n * n + 1) * sizeof *Q);
  cr_assert(X && Q);
  for (size_t k = 0; k < n * rank; k++) X[k] = draw(0);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++)
      Q[i * n + j] = j > i ? NAN : naive_dot(rank, X + i * rank, X + j * rank) + (i == j ? shift : 0.0);
  free(X);
  return Q;
}
static double *copy(const double *Q, size_t n) {
  double *L = malloc((n * n + 1) * sizeof *L);
  cr_assert_not_null(L);
  if (Q) memcpy(L, Q, n * n * sizeof *L);
  return L;
}

/* The factor of Q on 1 .. threads threads against the loops. */
static void compare(double *Q, size_t n, int threads) {
  double *start = copy(Q, n);
  size_t want = naive(Q, n);
  for (int t = 1; t <= threads; t++) {
    lfap_ctx ctx = {.threads = t};
    double *L = copy(start, n);
    size_t bad = 999999;
    cr_assert_eq(lfap_factor(&ctx, L, n, &bad), LFAP_OK);
    cr_assert_eq(bad, want, "n %zu: first bad pivot %zu, not %zu", n, bad, want);
    for (size_t i = 0; i < n; i++)
      for (size_t j = 0; j < n; j++)
        if (i < want || j > i)
          cr_assert_eq(memcmp(L + i * n + j, Q + i * n + j, sizeof *L), 0, "n %zu, %d threads: entry %zu,%zu", n, t, i,
                       j);
    free(L);
  }
  free(start), free(Q);
}
static void check(size_t n, size_t rank, double shift, int threads) { compare(matrix(n, rank, shift), n, threads); }

Test(factor, bits_of_the_plain_loops) {
  for (size_t n = 0; n <= 40; n++) check(n, n + 3, 0.125, 1);
  const size_t size[] = {63, 64, 65, 97, 190, 191, 192, 193, 199, 331, 383, 384, 385};
  for (size_t k = 0; k < sizeof size / sizeof *size; k++) check(size[k], 40, 0.5, 3);
}

Test(factor, where_slices_end) {
  const size_t size[] = {511, 512, 513, 515, 520, 703, 705, 1023, 1024, 1025};
  for (size_t k = 0; k < sizeof size / sizeof *size; k++) check(size[k], 9, 0.5, 3);
}

/* The dot of rows i > 512 with row 512 is -0, a slice whose products all underflow, and nothing may be added to it: from Q's -0 it
   leaves +0. In column 0 no slice lies before, and -0 - 0 = -0. */
Test(factor, signed_zeros) {
  size_t n = 530;
  double *Q = copy(NULL, n);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++)
      Q[i * n + j] = j > i ? NAN : i == j ? 1.0 : j % 512 == 0 ? -0.0 : i == 512 ? -1e-200 : 1e-200;
  double *L = copy(Q, n);
  size_t bad;
  cr_assert_eq(lfap_factor(NULL, L, n, &bad), LFAP_OK);
  for (size_t i = 513; i < n; i++) cr_assert(!signbit(L[i * n + 512]) && signbit(L[i * n]), "row %zu", i);
  free(L);
  compare(Q, n, 1);
}

Test(factor, the_first_bad_pivot) {
  const size_t rank[] = {1, 3, 63, 64, 65, 100, 127, 128, 150};
  for (size_t k = 0; k < sizeof rank / sizeof *rank; k++) check(160, rank[k], 0.0, 2);
  for (size_t k = 191; k < 195; k++) check(400, k, 0.0, 2);
  for (size_t k = 511; k < 514; k++) check(530, k, 0.0, 2);
}

Test(factor, nan_is_a_bad_pivot) {
  for (size_t at = 0; at < 150; at += 37) {
    double *Q = matrix(150, 150, 1.0);
    size_t bad = 0;
    Q[at * 150 + at] = NAN;
    cr_assert_eq(lfap_factor(NULL, Q, 150, &bad), LFAP_OK);
    cr_assert_eq(bad, at);
    free(Q);
  }
}

static int stop_at_half(void *user, const char *what, double done, double total) {
  (void)user, (void)what;
  return done >= total / 2;
}

Test(factor, interrupted) {
  lfap_ctx ctx = {.threads = 2, .progress = stop_at_half};
  double *Q = matrix(300, 300, 1.0);
  size_t bad = 12345;
  cr_assert_eq(lfap_factor(&ctx, Q, 300, &bad), LFAP_ERR_INTERRUPTED);
  cr_assert_eq(bad, 12345, "untouched");
  free(Q);
}
