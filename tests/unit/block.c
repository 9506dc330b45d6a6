/* block.c - blocks of dots: Gram matrices and products have the bits of the naive loop for every size around the edges of
 * tiles, slices and blocks, every alignment, subnormals, infinities, and 1 to 3 threads; nothing else is written. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "draws.h"
#include "kernel/block.h"
#include "lfap.h"

static const double CANARY = 12345.678;
static double *A, *B, *C, *P;

static double *table(size_t n) {
  double *v = malloc(n * sizeof *v);
  cr_assert_not_null(v);
  return v;
}
static void setup(void) {
  A = table(300 * 1100 + 8), B = table(300 * 1100 + 8), C = table(300 * 300);
  P = table(LFAP_BLOCK_PACK);
}
static void teardown(void) { free(A), free(B), free(C), free(P); }
static void fill(int law, size_t n) {
  for (size_t k = 0; k < n + 8; k++) A[k] = draw(law), B[k] = draw(law);
  for (size_t k = 0; k < 300 * 300; k++) C[k] = CANARY;
  for (size_t k = 0; k < LFAP_BLOCK_PACK; k++) P[k] = NAN; /* what scratch holds must not matter */
}
static void check_block(const double *a, const double *b, size_t ma, size_t mb, size_t ld, size_t n, size_t ldc,
                        int lower) {
  lfap_block_dots(C, P, a, b, ma, mb, ld, n, ldc, lower);
  for (size_t i = 0; i < ma; i++)
    for (size_t j = 0; j < ldc; j++) {
      double want = j < mb && (!lower || j <= i) ? naive_dot(n, a + i * ld, b + j * ld) : CANARY;
      cr_assert(same_bits(C[i * ldc + j], want), "%zu x %zu rows of %zu (stride %zu), entry %zu,%zu: %a, not %a", ma,
                mb, n, ld, i, j, C[i * ldc + j], want);
    }
  for (size_t k = ma * ldc; k < 300 * 300; k++) cr_assert_eq(C[k], CANARY, "written after the block");
}

Test(block, tails_of_columns, .init = setup, .fini = teardown) {
  for (int law = 0; law < 3; law++)
    for (size_t n = 0; n <= 24; n++) {
      fill(law, 7 * (n + 3));
      check_block(A + n % 8, B + 3 * n % 8, 5, 7, n + n % 3, n, 9, 0);
    }
}

Test(block, edges_of_tiles_and_blocks, .init = setup, .fini = teardown) {
  const size_t size[] = {0, 1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 95, 96, 97, 191, 192};
  for (size_t p = 0; p < sizeof size / sizeof *size; p++)
    for (size_t q = 0; q < sizeof size / sizeof *size; q++) {
      fill((int)((p + q) % 3), 192 * 37);
      check_block(A + p % 8, B + q % 8, size[p], size[q], 37, 30 + (p + q) % 8, 195, 0);
    }
}

Test(block, edges_of_slices, .init = setup, .fini = teardown) {
  const size_t n[] = {504, 505, 511, 512, 513, 520, 777, 1023, 1024, 1025, 1031};
  for (size_t p = 0; p < sizeof n / sizeof *n; p++)
    for (int law = 0; law < 3; law++) {
      fill(law, 13 * 1100);
      check_block(A + p % 8, B + 1, 13, 6, n[p] + p % 4, n[p], 6, 0);
    }
}

Test(block, lower_half, .init = setup, .fini = teardown) {
  for (size_t m = 0; m <= 192; m += m < 18 ? 1 : 29)
    for (size_t more = 0; more < 3; more++) {
      fill((int)(m % 3), 300 * 300);
      check_block(A, A, m + 41 * more, m, 270, 265, 199, 1); /* rows below the square are whole */
      fill((int)(m % 3), 300 * 300);
      check_block(A, A, m / (more + 1), m, 270, 265, 199, 1);
    }
}

Test(block, no_columns_are_plus_zero, .init = setup, .fini = teardown) {
  fill(0, 300);
  check_block(A, B, 7, 9, 5, 0, 11, 0);
}

Test(block, the_padding_keeps_minus_zero, .init = setup, .fini = teardown) {
  /* every lane ends as -0: a padding of +0 would make the sum +0 */
  fill(0, 3 * 1033);
  for (size_t k = 0; k < 3 * 1033; k++) A[k] = -0x1p-600, B[k] = 0x1p-600;
  check_block(A, B, 3, 3, 1033, 1033, 8, 0);
  cr_assert(signbit(C[0]) && C[0] == 0.0);
}

Test(block, infinities_and_nans_stay_in_their_row, .init = setup, .fini = teardown) {
  for (size_t bad = 0; bad < 9; bad++) {
    fill(0, 9 * 21);
    A[bad * 21 + 2 * bad] = bad % 2 ? NAN : INFINITY;
    lfap_block_dots(C, P, A, B, 9, 9, 21, 21, 9, 0);
    for (size_t i = 0; i < 9; i++)
      for (size_t j = 0; j < 9; j++) cr_assert_eq(!isfinite(C[i * 9 + j]), i == bad, "entry %zu,%zu", i, j);
  }
}

Test(block, gram_and_products_on_threads, .init = setup, .fini = teardown) {
  const size_t n[] = {1, 2, 7, 8, 31, 33, 64, 129, 257}, d[] = {1, 9, 511, 513};
  for (int threads = 1; threads <= 3; threads++)
    for (size_t p = 0; p < sizeof n / sizeof *n; p++)
      for (size_t q = 0; q < sizeof d / sizeof *d; q++) {
        lfap_ctx ctx = {.threads = threads};
        size_t nb = n[sizeof n / sizeof *n - 1 - p];
        fill((int)((p + q) % 3), 300 * 520);
        cr_assert_eq(lfap_gram(&ctx, C, A + 1, n[p], d[q]), LFAP_OK);
        for (size_t i = 0; i < n[p]; i++)
          for (size_t j = 0; j < n[p]; j++)
            cr_assert(same_bits(C[i * n[p] + j], naive_dot(d[q], A + 1 + i * d[q], A + 1 + j * d[q])),
                      "Gram of %zu x %zu, %d threads: entry %zu,%zu", n[p], d[q], threads, i, j);
        cr_assert_eq(C[n[p] * n[p]], CANARY);
        cr_assert_eq(lfap_rows_product(&ctx, C, A + 3, B, n[p], nb, d[q]), LFAP_OK);
        for (size_t i = 0; i < n[p]; i++)
          for (size_t j = 0; j < nb; j++)
            cr_assert(same_bits(C[i * nb + j], naive_dot(d[q], A + 3 + i * d[q], B + j * d[q])),
                      "%zu times %zu rows of %zu, %d threads: entry %zu,%zu", n[p], nb, d[q], threads, i, j);
      }
}
