/* The proof that a class lies in no open half-space (N6, "Not separable"), given rays that are right and rays that are not: samples with a
 * positive combination that is 0 but for rounding, alone, and with a coordinate more in which all are positive, however small. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lfap.h"
#include "limit/farkas.h"

/* n samples of one class in d coordinates with sum c_k x_k = 0, but for rounding, and `up` in one more where it is not 0. */
static lfap_status judged(uint64_t seed, size_t n, size_t d, double scale, double up, int linear) {
  lfap_ctx ctx = {.threads = 1};
  size_t width = d + (up != 0.0);
  lfap_data D = {0};
  double *x = calloc(n * width, sizeof *x), *y = malloc(n * sizeof *y), *c = malloc(n * sizeof *c);
  cr_assert(x && y && c);
  cr_assert_eq(lfap_gen_uniform(NULL, &D, seed, n, d), LFAP_OK);
  for (size_t k = 0; k < n; k++) {
    c[k] = exp(2.0 * D.x[k * d]);
    y[k] = linear && k % 2 ? -1.0 : 1.0;
  }
  for (size_t j = 0; j < d; j++) {
    double sum = 0.0;
    for (size_t k = 0; k + 1 < n; k++) sum += c[k] * (x[k * width + j] = D.x[k * d + j]);
    x[(n - 1) * width + j] = -sum / c[n - 1];
  }
  for (size_t k = 0; k < n; k++) {
    if (up != 0.0) x[k * width + d] = up;
    for (size_t j = 0; j < width; j++) x[k * width + j] *= scale * y[k];
  }
  lfap_data made = {.x = x, .y = y, .n = n, .d = width};
  lfap_status st = lfap_farkas(&ctx, &made, c, linear);
  if (st) cr_assert(strstr(ctx.message, "not") != NULL, "%s", ctx.message);
  free(x), free(y), free(c);
  lfap_data_free(&D);
  return st;
}

Test(farkas, proves_what_is_so_and_nothing_else) {
  static const double scales[] = {1.0, 0x1p-300, 0x1p300}, ups[] = {1.0, 1e-3, 1e-8, 1e-12};
  for (uint64_t seed = 0; seed < 60; seed++)
    for (int linear = 0; linear < 2; linear++) {
      size_t d = 2 + seed % 7, n = d + 1 + seed % 3 * d;
      double scale = scales[seed % 3];
      cr_assert_eq(judged(seed, n, d, scale, 0.0, linear), LFAP_ERR_INFEASIBLE, "seed %d, N = %zu, d = %zu", (int)seed, n, d);
      for (size_t k = 0; k < 4; k++)
        cr_assert_eq(judged(seed, n, d, scale, ups[k], linear), LFAP_OK, "seed %d, N = %zu, d = %zu, separable by %g", (int)seed, n, d, ups[k]);
    }
}
