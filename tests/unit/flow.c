/* Tests of src/kernel/flow.c (F1; spec/numerics.md N9). */
#include "draws.h"
#include "kernel/flow.h"

#include <criterion/criterion.h>
#include <math.h>

#include "kernel/lanes.h"

#define N 11
#define LONG 700 /* more than two blocks */

static void fill(double *x, size_t n) {
  for (size_t i = 0; i < n; i++) x[i] = rnd();
}

typedef struct {
  double G[N * N], p[N], y[N], z[N], base[N], c[N], db[N], dz[N];
} flow_case;

static void make_case(flow_case *f, double side, double gamma) {
  for (size_t i = 0; i < N; i++)
    for (size_t k = 0; k <= i; k++) f->G[i * N + k] = f->G[k * N + i] = rnd() + (i == k ? 3.0 : 0.0);
  for (size_t i = 0; i < N; i++) {
    f->p[i] = fabs(rnd());
    f->y[i] = rnd() > 0.0 ? 1.0 : -1.0;
    f->z[i] = rnd();
  }
  lfap_flow_base_coef(f->c, f->p, f->y, side, gamma, N);
  for (size_t i = 0; i < N; i++) f->base[i] = lfap_dot(N, f->G + i * N, f->c);
}

Test(flow, label_slopes) {
  cr_assert_eq(lfap_label_slope(1.0, 1.0, 0.3), 1.0);
  cr_assert_eq(lfap_label_slope(-1.0, 1.0, 0.3), 0.3);
  cr_assert_eq(lfap_label_slope(1.0, -1.0, 0.3), 0.3);
  cr_assert_eq(lfap_label_slope(-1.0, -1.0, 0.3), 1.0);
}

Test(flow, base_coefficients) {
  double p[N], y[N], c[N];
  fill(p, N);
  for (size_t i = 0; i < N; i++) y[i] = i % 3 ? 1.0 : -1.0;
  lfap_flow_base_coef(c, p, y, -1.0, 0.3, N);
  for (size_t i = 0; i < N; i++) cr_assert_eq(c[i], i % 3 ? p[i] * 0.3 : -p[i]);
}

/* Z'_j = a_j sum_n p_n y_n phi'(z_jn) G_n with the slopes themselves, in long double */
Test(flow, row_equals_the_direct_definition) {
  flow_case f;
  for (int r = 0; r < 40; r++) {
    const double side = r % 2 ? 1.0 : -1.0, gamma = 0.3, a = side * 0.25 * (1.0 + 0.1 * r);
    make_case(&f, side, gamma);
    if (r % 5 == 0) f.z[4] = 0.0;
    const size_t wrong = lfap_flow_row(f.db, f.dz, f.z, f.p, f.y, f.base, f.G, a, side, gamma, N);
    size_t count = 0;
    for (size_t n = 0; n < N; n++) {
      count += (f.z[n] > 0.0) != (f.y[n] * side > 0.0);
      cr_assert_eq(f.db[n], f.z[n] > 0.0 ? f.p[n] * f.y[n] : f.p[n] * f.y[n] * gamma, "B'[%zu]", n);
    }
    cr_assert_eq(wrong, count);
    for (size_t i = 0; i < N; i++) {
      long double s = 0.0L;
      for (size_t n = 0; n < N; n++) s += (long double)f.db[n] * f.G[i * N + n];
      cr_assert_float_eq(f.dz[i], (double)(a * s), 1e-14, "Z'[%zu] of case %d", i, r);
    }
  }
}

Test(flow, row_bits_are_base_plus_the_chain_of_the_mismatches) {
  flow_case f;
  make_case(&f, 1.0, 0.3);
  lfap_flow_row(f.db, f.dz, f.z, f.p, f.y, f.base, f.G, 0.7, 1.0, 0.3, N);
  for (size_t i = 0; i < N; i++) {
    double chain = 0.0;
    for (size_t n = 0; n < N; n++) {
      if (f.z[n] > 0.0 && f.y[n] < 0.0) chain = fma((1.0 - 0.3) * (f.p[n] * f.y[n]), f.G[n * N + i], chain);
      if (f.z[n] <= 0.0 && f.y[n] > 0.0) chain = fma((0.3 - 1.0) * (f.p[n] * f.y[n]), f.G[n * N + i], chain);
    }
    cr_assert_eq(f.dz[i], 0.7 * (chain + f.base[i]), "Z'[%zu]", i);
  }
}

Test(flow, aligned_row_is_the_base_alone) {
  flow_case f;
  make_case(&f, -1.0, 0.3);
  for (size_t i = 0; i < N; i++) f.z[i] = -f.y[i] * fabs(rnd());
  cr_assert_eq(lfap_flow_row(f.db, f.dz, f.z, f.p, f.y, f.base, f.G, -0.7, -1.0, 0.3, N), 0u);
  for (size_t i = 0; i < N; i++) {
    cr_assert_eq(f.dz[i], -0.7 * f.base[i]);
    cr_assert_eq(f.db[i], f.c[i]);
  }
}

Test(flow, stage_is_the_chain_over_the_slopes_in_order) {
  enum { LD = LONG + 3, S = 7 };
  static double x[LONG], K[S * LD], out[LONG + 1];
  const double h = 0.37;
  double coef[S];
  fill(x, LONG);
  fill(K, S * LD);
  fill(coef, S);
  coef[2] = 0.0;
  const size_t sizes[] = {0, 1, 255, 256, 257, 512, LONG};
  for (size_t s = 0; s <= S; s++)
    for (size_t c = 0; c < 7; c++) {
      const size_t n = sizes[c];
      out[n] = 3.0;
      lfap_rk_stage(out, x, K, coef, h, s, LD, n);
      for (size_t i = 0; i < n; i++) {
        double k = 0.0;
        for (size_t r = 0; r < s; r++) k = fma(K[r * LD + i], coef[r], k);
        cr_assert_eq(out[i], fma(k, h, x[i]), "entry %zu of %zu, %zu stages", i, n, s);
      }
      cr_assert_eq(out[n], 3.0, "one past the end is left alone");
    }
  lfap_rk_stage(out, x, K, coef, h, S, LD, LONG);
  lfap_rk_stage(x, x, K, coef, h, S, LD, LONG);
  for (size_t i = 0; i < LONG; i++) cr_assert_eq(x[i], out[i], "in place");
}

Test(flow, a_zero_coefficient_is_not_skipped) {
  const double x[1] = {1.0}, K[2] = {INFINITY, 1.0}, coef[2] = {0.0, 1.0};
  double out[1];
  lfap_rk_stage(out, x, K, coef, 1.0, 2, 1, 1);
  cr_assert(isnan(out[0]), "0 * inf");
}

static const double A[7][6] = {{0},
                               {1.0 / 5},
                               {3.0 / 40, 9.0 / 40},
                               {44.0 / 45, -56.0 / 15, 32.0 / 9},
                               {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
                               {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
                               {35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84}};
static const double E[7] = {71.0 / 57600,      0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200,
                            22.0 / 525, -1.0 / 40};

/* y' = y from 1 over [0, 1] in `steps` steps of the Dormand-Prince pair; the error estimate of the first step */
static double integrate(int steps, double *estimate) {
  double y = 1.0, next = 0.0, K[7];
  const double h = 1.0 / steps;
  for (int s = 0; s < steps; s++) {
    for (size_t r = 0; r < 7; r++) {
      lfap_rk_stage(&next, &y, K, A[r], h, r, 1, 1);
      K[r] = next;
    }
    if (s == 0) *estimate = lfap_rk_error(&y, &next, K, E, h, 1.0, 0.0, 7, 1, 1);
    y = next;
  }
  return y;
}

Test(flow, dormand_prince_reaches_e_with_order_five) {
  double est8 = 0.0, est16 = 0.0;
  const double e = 0x1.5bf0a8b145769p+1;
  const double e8 = fabs(integrate(8, &est8) - e), e16 = fabs(integrate(16, &est16) - e);
  cr_assert(e16 < 1e-8 && e16 > 1e-12, "error of 16 steps: %g", e16);
  cr_assert(e8 / e16 > 26.0 && e8 / e16 < 38.0, "halving the step divides the error by about 32: %g", e8 / e16);
  cr_assert(est8 / est16 > 26.0 && est8 / est16 < 38.0, "so does the estimate of one step: %g", est8 / est16);
}

Test(flow, error_is_the_largest_scaled_difference) {
  enum { LD = LONG + 1, S = 7 };
  static double x[LONG], x1[LONG], K[S * LD];
  double coef[S];
  fill(coef, S);
  for (size_t n = 1; n <= LONG; n += n < 10 ? 1 : 230) {
    fill(x, LONG);
    fill(x1, LONG);
    fill(K, S * LD);
    double largest = 0.0;
    for (size_t i = 0; i < n; i++) {
      double k = 0.0;
      for (size_t r = 0; r < S; r++) k = fma(coef[r], K[r * LD + i], k);
      volatile double scale = 0.05 * fmax(fabs(x[i]), fabs(x1[i]));
      largest = fmax(largest, fabs(0.3 * k) / (0.01 + scale));
    }
    cr_assert_eq(lfap_rk_error(x, x1, K, coef, 0.3, 0.01, 0.05, S, LD, n), largest, "n = %zu", n);
    cr_assert_eq(lfap_rk_error(x, x1, K, coef, -0.3, 0.01, 0.05, S, LD, n), largest, "sign of h");
  }
  cr_assert_eq(lfap_rk_error(x, x1, K, coef, 0.3, 0.01, 0.05, S, LD, 0), 0.0);
}

Test(flow, error_takes_the_larger_end) {
  const double small[1] = {-1.0}, large[1] = {-3.0}, K[1] = {8.0}, one[1] = {1.0};
  cr_assert_eq(lfap_rk_error(small, large, K, one, 1.0, 1.0, 1.0, 1, 1, 1), 2.0);
  cr_assert_eq(lfap_rk_error(large, small, K, one, 1.0, 1.0, 1.0, 1, 1, 1), 2.0);
}

Test(flow, error_that_is_no_number_rejects_the_step) {
  static double x[LONG], K[LONG];
  const double one[1] = {1.0};
  for (size_t at = 0; at < LONG; at += 233) {
    for (size_t i = 0; i < LONG; i++) K[i] = 1.0;
    K[at] = NAN;
    cr_assert_eq(lfap_rk_error(x, x, K, one, 1.0, 1e-6, 0.0, 1, LONG, LONG), INFINITY, "NaN at %zu", at);
  }
}

Test(flow, spread_is_the_dot_of_p_with_the_deviations) {
  static double p[1025], v[1025], dev[1025];
  for (size_t k = 0; k < 47; k++) {
    const size_t n = k <= 40 ? k : (size_t[]){511, 512, 513, 1023, 1024, 1025}[k - 41];
    fill(p, n);
    fill(v, n);
    const double mean = lfap_dot(n, p, v);
    for (size_t i = 0; i < n; i++) dev[i] = v[i] > mean ? v[i] - mean : mean - v[i];
    cr_assert_eq(lfap_flow_spread(p, v, mean, n), lfap_dot(n, dev, p), "n = %zu", n);
  }
}

Test(flow, min) {
  const double v[4] = {2.0, -1.0, -3.0, 5.0};
  cr_assert_eq(lfap_flow_min(v, 4), -3.0);
  cr_assert_eq(lfap_flow_min(v, 2), -1.0);
  cr_assert_eq(lfap_flow_min(v, 1), 2.0);
}
