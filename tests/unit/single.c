/* single.c - products and means in binary32 against loops in the order of N17. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "draws.h"
#include "kernel/half.h"
#include "kernel/single.h"

static int same_single(float a, float b) { return same_bits((double)a, (double)b); }

static float entry(const float *A, const float *B, size_t i, size_t k, size_t n, size_t d) {
  float total = 0.0f;
  for (size_t at = 0; at < n; at += 256) {
    float s = 0.0f;
    for (size_t l = at; l < n && l < at + 256; l++) {
      float term = A[i * n + l] * B[l * d + k]; /* exact, as both are of binary16 */
      s = s + term;
    }
    total = total + s;
  }
  return total;
}

Test(single, products_in_slices) {
  static const size_t shapes[][3] = {{1, 1, 1},     {4, 256, 64},  {5, 257, 65}, {3, 255, 63},  {8, 512, 128}, {7, 513, 1},
                                     {1, 1000, 70}, {130, 40, 33}, {2, 0, 5},    {65, 300, 130}};
  for (size_t c = 0; c < sizeof shapes / sizeof shapes[0]; c++) {
    size_t r = shapes[c][0], n = shapes[c][1], d = shapes[c][2];
    float *A = malloc((r * n + 1) * sizeof *A), *B = malloc((n * d + 1) * sizeof *B), *Y = malloc(r * d * sizeof *Y);
    for (size_t i = 0; i < r * n; i++) A[i] = lfap_half(ldexp(rnd(), (int)(next() % 8)));
    for (size_t i = 0; i < n * d; i++) B[i] = lfap_half(ldexp(rnd(), (int)(next() % 8)));
    for (size_t i = 0; i < r * d; i++) Y[i] = NAN;
    lfap_single_product(Y, A, B, r, n, d);
    for (size_t i = 0; i < r; i++)
      for (size_t k = 0; k < d; k++) cr_assert(same_single(Y[i * d + k], entry(A, B, i, k, n, d)), "%zu: (%zu, %zu)", c, i, k);
    free(A), free(B), free(Y);
  }
}

/* 2^24 swallows a 1 that meets it alone: each position tells where it was added. */
Test(single, order_of_the_sum) {
  enum { N = 600 };
  static float A[N], B[N];
  static double x[N];
  float Y;
  for (size_t at = 0; at < N; at++) {
    for (size_t k = 0; k < N; k++) A[k] = k == 0 ? 4096.0f : k == at || k == 299 ? 1.0f : 0.0f, B[k] = k == 0 ? 4096.0f : 1.0f, x[k] = (double)A[k] * (double)B[k];
    if (at == 0 || at == 299) continue;
    lfap_single_product(&Y, A, B, 1, N, 1);
    int together = at / 256 == 299 / 256; /* two ones in one slice are 2 before they meet 2^24 */
    cr_assert_eq(Y, together ? 0x1p24f + 2.0f : 0x1p24f, "%zu: %.9g", at, (double)Y);
    cr_assert_eq(lfap_single_mean(x, N), Y / (float)N, "%zu", at);
  }
}

Test(single, mean_rounds_its_terms) {
  static const double x[] = {1.0 + 0x1p-30, 2.0, 1e300};
  cr_assert_eq(lfap_single_mean(x, 2), 1.5f);
  cr_assert(isinf(lfap_single_mean(x, 3)), "what leaves binary32 is infinite");
}
