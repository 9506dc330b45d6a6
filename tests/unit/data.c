/* Data sets: what is refused and why, hypothesis (H) by hand, Gram matrix and products against plain sums. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "lfap.h"
#include "scratch.h"

static lfap_status check(lfap_ctx *ctx, double *x, double *y, size_t n, size_t d) {
  lfap_data data = {.n = n, .d = d, .x = x, .y = y};
  return lfap_data_check(ctx, &data, "set.npy");
}

Test(data, bad_values_are_named) {
  lfap_ctx c = {0};
  double y[3] = {1, -1, 1}, x[6] = {1, 2, 3, 4, 5, 6};
  cr_assert_eq(check(&c, x, y, 3, 2), LFAP_OK);
  y[1] = 0;
  cr_assert_eq(check(&c, x, y, 3, 2), LFAP_ERR_DATA);
  cr_assert(strstr(c.message, "set.npy") && strstr(c.message, "label 1 is 0"));
  y[1] = -1;
  x[5] = NAN;
  cr_assert_eq(check(&c, x, y, 3, 2), LFAP_ERR_DATA);
  cr_assert_not_null(strstr(c.message, "[2,1]"));
  x[5] = 6;
  x[2] = 0.0;
  x[3] = -0.0;
  cr_assert_eq(check(&c, x, y, 3, 2), LFAP_ERR_DATA);
  cr_assert_not_null(strstr(c.message, "sample 1 is all zero"));
  cr_assert_eq(check(&c, x, y, 0, 2), LFAP_ERR_DATA);
  cr_assert_eq(check(&c, x, y, 3, 0), LFAP_ERR_DATA);
}

Test(data, duplicates_are_found_and_told_apart) {
  lfap_ctx c = {0};
  double y[4] = {1, -1, 1, -1}, x[8] = {1, 2, 3, 0.0, 5, 6, 3, -0.0};
  cr_assert_eq(check(&c, x, y, 4, 2), LFAP_ERR_DATA);
  cr_assert(strstr(c.message, "samples 1 and 3") && strstr(c.message, "lambda not unique"), "%s", c.message);
  y[3] = 1;
  cr_assert_eq(check(&c, x, y, 4, 2), LFAP_ERR_DATA);
  cr_assert(strstr(c.message, "opposite labels"), "%s", c.message);
  x[7] = 1e-300;
  cr_assert_eq(check(&c, x, y, 4, 2), LFAP_OK);
}

Test(data, reading_checks_that_files_belong_together) {
  scratch s;
  lfap_ctx c = {0};
  lfap_data d = {0};
  lfap_mat X = {0}, y = {0};
  char xp[600], yp[600];
  scratch_make(&s);
  snprintf(xp, sizeof xp, "%s/X.npy", s.dir);
  snprintf(yp, sizeof yp, "%s/y.npy", s.dir);
  cr_assert_eq(lfap_mat_alloc(&c, &X, 2, 3), LFAP_OK);
  cr_assert_eq(lfap_vec_alloc(&c, &y, 3), LFAP_OK);
  for (size_t i = 0; i < 6; i++) X.v[i] = (double)i + 1;
  y.v[0] = y.v[1] = y.v[2] = 1;
  cr_assert_eq(lfap_npy_write(&c, xp, &X), LFAP_OK);
  cr_assert_eq(lfap_npy_write(&c, yp, &y), LFAP_OK);
  cr_assert_eq(lfap_data_read(&c, &d, xp, yp), LFAP_ERR_DATA);
  cr_assert(strstr(c.message, "2 samples") && strstr(c.message, "3 labels"), "%s", c.message);
  cr_assert_eq(lfap_data_read(&c, &d, yp, yp), LFAP_ERR_DATA);
  cr_assert_null(d.x);
  y.rows = 2;
  y.v[1] = -1;
  cr_assert_eq(lfap_npy_write(&c, yp, &y), LFAP_OK);
  cr_assert_eq(lfap_data_read(&c, &d, xp, yp), LFAP_OK);
  cr_assert(d.n == 2 && d.d == 3 && d.x[5] == 6.0 && d.y[1] == -1.0);
  lfap_data_free(&d);
  lfap_mat_free(&X);
  lfap_mat_free(&y);
  scratch_remove(&s);
}

Test(data, norms_have_one_range) {
  static const struct { double norm; lfap_status want; } at[] = {
      {LFAP_NORM_MIN, LFAP_OK}, {0x0.fffffffffffff8p-200, LFAP_ERR_RANGE}, {LFAP_NORM_MAX, LFAP_OK}, {0x1.0000000000001p200, LFAP_ERR_RANGE},
      {0x1p-1074, LFAP_ERR_RANGE}, {0x1p1023, LFAP_ERR_RANGE}, {1.0, LFAP_OK}};
  for (size_t k = 0; k < sizeof at / sizeof *at; k++) {
    double x[6] = {1, 2, 3, 0, 0, at[k].norm}, y[2] = {1, -1};
    lfap_data D = {.n = 2, .d = 3, .x = x, .y = y};
    lfap_ctx ctx = {0};
    cr_assert_eq(lfap_data_check(&ctx, &D, "X.npy"), at[k].want, "%a: %s", at[k].norm, ctx.message);
    if (at[k].want) cr_assert(strstr(ctx.message, "X.npy") && strstr(ctx.message, "sample 1") && strstr(ctx.message, "power of two"), "%s", ctx.message);
  }
  double x[2] = {0x1p-201, 0x1p-201}, y[1] = {1}; /* 2^-200.5; the longer is within */
  lfap_data D = {.n = 1, .d = 2, .x = x, .y = y};
  cr_assert_eq(lfap_data_check(NULL, &D, "X"), LFAP_ERR_RANGE);
  x[0] = 0x1.cp-201;
  cr_assert_eq(lfap_data_check(NULL, &D, "X"), LFAP_OK);
}

/* Beyond the doubles both sides are 0, or infinite; (H) is decided all the same: gamma^3 Rmin^4 >= 3 N Rmax^2 pmax. */
Test(hypothesis, holds_or_not_whatever_the_scale) {
  static const double off[] = {0.02, 0.025}; /* at gamma = 1/2 with norms 1 and two samples: below and above 1/48 */
  for (int k = -500; k <= 500; k += 100)
    for (int side = 0; side < 2; side++) {
      double one = ldexp(1.0, k), p = off[side] * one, G[4] = {one, p, p, one};
      lfap_hypothesis h;
      lfap_hypothesis_of(&h, G, 2, 0.5);
      cr_assert_eq(h.holds, side == 0, "2^%d: %g >= %g", k, h.lhs, h.rhs);
    }
  double far[4] = {1e-170, 1e-175, 1e-175, 1e-170}, tiny[4] = {1, 1e-3, 1e-3, 1};
  lfap_hypothesis h;
  lfap_hypothesis_of(&h, far, 2, 0.5);
  cr_assert(h.lhs == 0.0 && h.rhs == 0.0 && h.holds); /* ratio 1/480 of the norm, below 1/48 */
  lfap_hypothesis_of(&h, tiny, 2, 1e-300);
  cr_assert(h.lhs == 0.0 && !h.holds);
}

Test(hypothesis, by_hand) {
  /* norms^2 4 and 9, largest product 0.5: gamma^3 16 against 3*2*9*0.5 = 27 */
  double G[4] = {4, -0.5, -0.5, 9};
  lfap_hypothesis h;
  lfap_hypothesis_of(&h, G, 2, 0.5);
  cr_assert(h.r_min2 == 4 && h.r_max2 == 9 && h.p_max == 0.5 && h.lhs == 2.0 && h.rhs == 27.0 && !h.holds);
  G[1] = G[2] = 0.0;
  lfap_hypothesis_of(&h, G, 2, 0.5);
  cr_assert(h.holds && h.rhs == 0.0);
  lfap_hypothesis_of(&h, G, 1, 0.5);
  cr_assert(h.holds && h.p_max == 0.0 && h.r_max2 == 4.0);
}

Test(gram, is_the_table_of_products) {
  enum { N = 37, D_ = 53 };
  lfap_data a = {0}, b = {0};
  static double G[N * N], C[N * 5], one[N * N];
  cr_assert_eq(lfap_gen_gauss(NULL, &a, 1, N, D_), LFAP_OK);
  cr_assert_eq(lfap_gen_gauss(NULL, &b, 2, 5, D_), LFAP_OK);
  cr_assert_eq(lfap_gram(NULL, G, a.x, N, D_), LFAP_OK);
  cr_assert_eq(lfap_gram(&(lfap_ctx){.threads = 4}, one, a.x, N, D_), LFAP_OK);
  cr_assert_arr_eq(G, one, sizeof G);
  cr_assert_eq(lfap_rows_product(NULL, C, a.x, b.x, N, 5, D_), LFAP_OK);
  for (size_t i = 0; i < N; i++) {
    for (size_t k = 0; k < N; k++) {
      long double s = 0;
      for (size_t j = 0; j < D_; j++) s += (long double)a.x[i * D_ + j] * a.x[k * D_ + j];
      cr_assert_float_eq(G[i * N + k], (double)s, 1e-13);
      cr_assert_eq(G[i * N + k], G[k * N + i]);
    }
    for (size_t k = 0; k < 5; k++) {
      long double s = 0;
      for (size_t j = 0; j < D_; j++) s += (long double)a.x[i * D_ + j] * b.x[k * D_ + j];
      cr_assert_float_eq(C[i * 5 + k], (double)s, 1e-13);
    }
  }
  lfap_data_free(&a);
  lfap_data_free(&b);
}

Test(data, constant_of_a_bias) {
  lfap_ctx ctx = {0};
  lfap_data data = {0};
  cr_assert_eq(lfap_data_alloc(&ctx, &data, 2, 3), LFAP_OK);
  for (size_t i = 0; i < 6; i++) data.x[i] = (double)i;
  cr_assert_eq(lfap_data_with_one(&ctx, &data), LFAP_OK);
  const double wide[8] = {0, 1, 2, 1, 3, 4, 5, 1};
  cr_assert(data.d == 4 && data.n == 2 && data.bias && memcmp(data.x, wide, sizeof wide) == 0);
  cr_assert_eq(lfap_data_with_one(&ctx, &data), LFAP_ERR_USAGE);
  lfap_mat first = {0}, last = {0}, none = {0};
  cr_assert_eq(lfap_mat_split(&ctx, &first, &last, data.x, 2, 4), LFAP_OK);
  cr_assert(first.rows == 2 && first.cols == 3 && first.v[3] == 3.0 && last.rows == 2 && last.v[0] == 1.0 && last.v[1] == 1.0);
  cr_assert_eq(lfap_mat_split(&ctx, &none, &none, data.x, 8, 1), LFAP_ERR_USAGE);
  cr_assert_null(none.v);
  const double b[2] = {-7, 9};
  cr_assert_eq(lfap_mat_with_column(&ctx, &first, b), LFAP_OK);
  cr_assert(first.cols == 4 && first.v[3] == -7.0 && first.v[7] == 9.0 && first.v[4] == 3.0);
  lfap_mat_free(&first);
  lfap_mat_free(&last);
  lfap_data_free(&data);
}
