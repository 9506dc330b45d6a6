/* Generators (N10, spec/formats.md): laws, exact orthogonality, refusals. Bit identity with NumPy is
 * tests/cross/check_random.py. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "kernel/random.h"
#include "lfap.h"

typedef lfap_status generator(lfap_ctx *, lfap_data *, uint64_t, size_t, size_t);
static generator *const generators[] = {lfap_gen_uniform, lfap_gen_gauss, lfap_gen_orthogonal};

static lfap_data made(generator *gen, uint64_t seed, size_t n, size_t d) {
  lfap_ctx ctx = {0};
  lfap_data data = {0};
  cr_assert_eq(gen(&ctx, &data, seed, n, d), LFAP_OK, "%s", ctx.message);
  cr_assert(data.n == n && data.d == d);
  for (size_t i = 0; i < n; i++) cr_assert(data.y[i] == 1.0 || data.y[i] == -1.0);
  return data;
}

Test(gen, noise_is_the_stream_row_by_row_then_labels) {
  for (int k = 0; k < 2; k++) {
    lfap_data data = made(generators[k], 77, 7, 13);
    lfap_philox g;
    lfap_philox_seed(&g, 77);
    for (size_t i = 0; i < 7 * 13; i++)
      cr_assert_eq(data.x[i], k ? lfap_philox_normal(&g) : 2.0 * lfap_philox_double(&g) - 1.0);
    for (size_t i = 0; i < 7; i++) cr_assert_eq(data.y[i], lfap_philox_double(&g) >= 0.5 ? 1.0 : -1.0);
    lfap_data_free(&data);
  }
}

Test(gen, seed_decides_everything) {
  for (int k = 0; k < 3; k++) {
    lfap_data a = made(generators[k], 5, 16, 64), b = made(generators[k], 5, 16, 64),
              c = made(generators[k], 6, 16, 64);
    cr_expect_arr_eq(a.x, b.x, 16 * 64 * sizeof(double));
    cr_expect_arr_eq(a.y, b.y, 16 * sizeof(double));
    cr_expect_arr_neq(a.x, c.x, 16 * 64 * sizeof(double));
    lfap_data_free(&a);
    lfap_data_free(&b);
    lfap_data_free(&c);
  }
}

Test(gen, orthogonal_rows_are_exactly_orthogonal) {
  static const size_t shape[][2] = {{1, 1}, {1, 5}, {2, 2},    {3, 4},     {4, 7},
                                    {5, 8}, {8, 8}, {17, 100}, {100, 784}, {64, 64}};
  for (size_t s = 0; s < sizeof shape / sizeof *shape; s++) {
    const size_t n = shape[s][0], d = shape[s][1];
    size_t order = 1;
    while (order < n) order *= 2;
    const size_t used = d - d % order;
    lfap_data data = made(lfap_gen_orthogonal, s, n, d);
    for (size_t i = 0; i < n; i++) {
      for (size_t k = 0; k < d; k++) cr_assert_eq(fabs(data.x[i * d + k]), k < used ? 1.0 : 0.0);
      for (size_t j = 0; j <= i; j++) {
        double dot = 0.0;
        for (size_t k = 0; k < d; k++) dot += data.x[i * d + k] * data.x[j * d + k];
        cr_assert_eq(dot, i == j ? (double)used : 0.0, "%zu x %zu: rows %zu, %zu", n, d, i, j);
      }
    }
    lfap_data_free(&data);
  }
}

/* Over many seeds every row of the matrix is chosen and every sign met about equally often. */
Test(gen, orthogonal_rows_and_signs_are_random) {
  double row[4] = {0}, minus = 0.0;
  for (uint64_t seed = 0; seed < 4000; seed++) {
    lfap_data data = made(lfap_gen_orthogonal, seed, 3, 4);
    const double *x = data.x, *z = data.x + 4;
    /* x_0 x_1 is the row p_0 xor p_1 of the matrix, free of the signs: never the row of ones */
    const int r = (x[1] * z[1] < x[0] * z[0]) + 2 * (x[2] * z[2] < x[0] * z[0]);
    row[x[0] * z[0] == 1.0 && (x[1] * z[1] == 1.0 || x[2] * z[2] == 1.0 || x[3] * z[3] == 1.0) ? r : 0] += 1.0;
    for (int k = 0; k < 4; k++) minus += x[k] < 0.0;
    lfap_data_free(&data);
  }
  cr_expect_eq(row[0], 0.0);
  for (int r = 1; r < 4; r++)
    cr_expect_lt(fabs(row[r] - 4000.0 / 3.0), 5.0 * sqrt(4000.0 * 2.0 / 9.0), "%d: %g", r, row[r]);
  cr_expect_lt(fabs(minus - 8000.0), 5.0 * sqrt(4000.0), "%g", minus);
}

static void refused(generator *gen, size_t n, size_t d, lfap_status status, const char *says) {
  lfap_ctx ctx = {0};
  lfap_data data, untouched;
  memset(&data, 0x5a, sizeof data);
  memset(&untouched, 0x5a, sizeof untouched);
  cr_expect_eq(gen(&ctx, &data, 1, n, d), status, "%zu x %zu: %s", n, d, ctx.message);
  cr_expect_arr_eq(&data, &untouched, sizeof data);
  cr_expect(strstr(ctx.message, says), "%s", ctx.message);
  cr_expect_eq(gen(NULL, &data, 1, n, d), status, "the context may be NULL");
}

Test(gen, refuses_what_cannot_be) {
  for (int k = 0; k < 3; k++) {
    refused(generators[k], 0, 4, LFAP_ERR_USAGE, "at least 1");
    refused(generators[k], 4, 0, LFAP_ERR_USAGE, "at least 1");
    refused(generators[k], SIZE_MAX / 16, SIZE_MAX / 2, LFAP_ERR_MEMORY, "");
  }
  refused(lfap_gen_orthogonal, 5, 7, LFAP_ERR_USAGE, "power of two");
  refused(lfap_gen_orthogonal, 3, 3, LFAP_ERR_USAGE, "power of two");
  refused(lfap_gen_orthogonal, SIZE_MAX, SIZE_MAX, LFAP_ERR_USAGE, "power of two");
}
