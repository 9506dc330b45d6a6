/* products.c - products with a large matrix: chains of many rows and matrix-vector products have the bits of the naive
 * loops for sizes around the edges of strips and slices, every alignment, subnormals, and 1 to 3 threads. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "draws.h"
#include "data/products.h"
#include "kernel/chain.h"

static const double CANARY = -98.7654;
enum { SIZE = 150000 };
static double *X, *C, *Y, *want;

static void setup(void) {
  X = malloc(SIZE * sizeof *X), C = malloc(SIZE * sizeof *C), Y = malloc(SIZE * sizeof *Y), want = malloc(SIZE * sizeof *want);
  cr_assert(X && C && Y && want);
}
static void teardown(void) {
  free(X), free(C), free(Y), free(want);
}
static void fill(int law, size_t r, size_t n, size_t d) {
  for (size_t k = 0; k < n * d + 8; k++) X[k] = draw(law);
  for (size_t k = 0; k < r * n + 8; k++) C[k] = draw(law);
  for (size_t k = 0; k < r * d + 2; k++) Y[k] = want[k] = k > 0 && k <= r * d ? draw(law) : CANARY;
}

static void check_chains(int threads, int law, size_t r, size_t n, size_t d) {
  fill(law, r, n, d);
  const double *c = C + (r + d) % 8, *x = X + (n + 3 * d) % 8;
  for (size_t i = 0; i < r; i++)
    for (size_t k = 0; k < n; k++)
      for (size_t j = 0; j < d; j++) want[1 + i * d + j] = fma(c[i * n + k], x[k * d + j], want[1 + i * d + j]);
  lfap_ctx ctx = {.threads = threads};
  if (threads == 0)
    lfap_chain_rows(Y + 1, c, x, r, n, d);
  else
    cr_assert_eq(lfap_chain_product(&ctx, Y + 1, c, x, r, n, d), LFAP_OK);
  for (size_t k = 0; k < r * d + 2; k++)
    cr_assert_eq(memcmp(Y + k, want + k, sizeof *Y), 0, "%zu rows, %zu links, %zu columns, %d threads: entry %zu is %a, not %a", r, n, d,
                 threads, k, Y[k], want[k]);
}

Test(products, chains_of_few, .init = setup, .fini = teardown) {
  for (size_t r = 0; r <= 13; r++)
    for (size_t n = 0; n <= 9; n++)
      for (size_t d = 0; d <= 70; d += d < 10 ? 1 : 3) check_chains(0, (int)((r + n + d) % 3), r, n, d);
}

Test(products, chains_at_the_edges, .init = setup, .fini = teardown) {
  const size_t n[] = {255, 256, 257, 512, 513}, d[] = {7, 8, 31, 32, 33, 63, 64, 65, 160};
  for (size_t p = 0; p < sizeof n / sizeof *n; p++)
    for (size_t q = 0; q < sizeof d / sizeof *d; q++)
      for (int law = 0; law < 3; law++) check_chains(0, law, 2 + (p + q) % 12, n[p], d[q]);
}

/* The coefficients of 384 rows are in use together. */
Test(products, chains_of_bands_of_rows, .init = setup, .fini = teardown) {
  const size_t r[] = {383, 384, 385, 389, 390, 391, 773};
  for (size_t p = 0; p < sizeof r / sizeof *r; p++) check_chains(0, (int)(p % 3), r[p], 13, 37);
  check_chains(0, 1, 387, 300, 35);
}

Test(products, chains_on_threads, .init = setup, .fini = teardown) {
  for (int threads = 1; threads <= 3; threads++)
    for (size_t r = 1; r < 300; r = 2 * r + 1) check_chains(threads, 1, r, 100, 150);
}

Test(products, links_with_coefficient_zero, .init = setup, .fini = teardown) {
  fill(0, 8, 70, 40);
  for (size_t k = 0; k < 8 * 70; k++) C[k] = 0.0;
  X[13 * 40 + 5] = INFINITY;
  for (size_t i = 0; i < 8; i++) Y[i * 40 + 7] = -0.0;
  lfap_chain_rows(Y, C, X, 8, 70, 40);
  for (size_t i = 0; i < 8; i++) {
    cr_assert(isnan(Y[i * 40 + 5]), "0*inf");
    cr_assert(Y[i * 40 + 7] == 0.0, "-0 + 0*x");
    cr_assert(isfinite(Y[i * 40 + 4]));
  }
}

Test(products, matrix_times_vector_on_threads, .init = setup, .fini = teardown) {
  for (int threads = 1; threads <= 3; threads++)
    for (size_t rows = 0; rows < 700; rows = 2 * rows + 3)
      for (size_t n = 0; n < 200; n += n < 20 ? 1 : 59) {
        lfap_ctx ctx = {.threads = threads};
        fill((int)(rows % 3), 1, rows, n);
        for (size_t i = 0; i < rows + 2; i++) Y[i] = CANARY;
        lfap_matvec(&ctx, Y + 1, X + 3, C, rows, n);
        for (size_t i = 0; i < rows; i++) {
          double dot = naive_dot(n, X + 3 + i * n, C);
          cr_assert_eq(memcmp(Y + 1 + i, &dot, sizeof dot), 0, "row %zu of %zu x %zu, %d threads", i, rows, n, threads);
        }
        cr_assert(Y[0] == CANARY && Y[rows + 1] == CANARY);
      }
}
