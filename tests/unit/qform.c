/* Tests of src/kernel/qform.c (Q1; spec/numerics.md N6). */
#include "draws.h"
#include "kernel/qform.h"

#include <criterion/criterion.h>
#include <math.h>

#define N 9

Test(qform, h_is_half_of_one_plus_gamma_squared) {
  cr_assert_eq(lfap_q_h(0.0), 0.5);
  cr_assert_eq(lfap_q_h(1.0), 1.0);
  cr_assert_eq(lfap_q_h(0.5), 0.625);
  for (int i = 0; i < 100; i++) {
    const double g = fabs(rnd());
    cr_assert_float_eq(lfap_q_h(g), (double)((1.0L + (long double)g * g) / 2.0L), 0x1p-53);
    cr_assert(lfap_q_h(g) >= g, "arithmetic against geometric mean");
  }
}

static void labels(double *y) {
  for (size_t i = 0; i < N; i++) y[i] = rnd() > 0.0 ? 1.0 : -1.0;
  y[0] = 1.0;
  y[1] = -1.0;
}

/* Q from its definition: slopes c, cbar of the two kinds of rows, half of them each. */
Test(qform, row_is_the_mean_of_slope_products) {
  double y[N], g[N], q[N + 1];
  const double gamma = 0.3;
  labels(y);
  for (size_t i = 0; i < N; i++) g[i] = rnd();
  for (size_t n = 0; n < 2; n++) {
    q[N] = 4.0;
    lfap_q_row(q, g, y, y[n], gamma, N);
    for (size_t k = 0; k < N; k++) {
      const long double cn = y[n] > 0 ? 1.0L : (long double)gamma, ck = y[k] > 0 ? 1.0L : (long double)gamma;
      const long double bn = y[n] > 0 ? (long double)gamma : 1.0L, bk = y[k] > 0 ? (long double)gamma : 1.0L;
      const double ref = (double)(y[n] * y[k] * g[k] * (cn * ck + bn * bk) / 2.0L);
      cr_assert_float_eq(q[k], ref, 0x1p-52 * fabs(ref), "Q[%zu][%zu]", n, k);
      const double factor = y[n] == y[k] ? lfap_q_h(gamma) : gamma;
      cr_assert_eq(q[k], y[n] * y[k] > 0.0 ? factor * g[k] : -(factor * g[k]), "bits");
    }
    cr_assert_eq(q[N], 4.0, "one past the end is left alone");
  }
}

Test(qform, symmetric_to_the_bit) {
  double y[N], G[N][N], Q[N][N];
  labels(y);
  for (size_t i = 0; i < N; i++)
    for (size_t k = 0; k <= i; k++) G[i][k] = G[k][i] = rnd();
  for (size_t i = 0; i < N; i++) lfap_q_row(Q[i], G[i], y, y[i], 0.7, N);
  for (size_t i = 0; i < N; i++)
    for (size_t k = 0; k < N; k++) cr_assert_eq(Q[i][k], Q[k][i]);
}

Test(qform, uv_coefficients_carry_the_label_slopes) {
  double y[N], la[N], u[N], v[N];
  const double gamma = 0.3;
  labels(y);
  for (size_t i = 0; i < N; i++) la[i] = fabs(rnd());
  lfap_uv_coef(u, la, y, 1.0, gamma, N);
  lfap_uv_coef(v, la, y, -1.0, gamma, N);
  for (size_t k = 0; k < N; k++) {
    cr_assert_eq(u[k], y[k] > 0.0 ? la[k] : -(la[k] * gamma));
    cr_assert_eq(v[k], y[k] > 0.0 ? la[k] * gamma : -la[k]);
    cr_assert_float_eq(u[k] + v[k], (1.0 + gamma) * la[k] * y[k], 0x1p-51, "c + cbar = 1 + gamma");
  }
}

/* Few values, so that the largest comes up many times. */
Test(qform, peak_is_at_the_lowest_index_of_the_largest) {
  for (int round = 0; round < 1000; round++) {
    double x[N];
    size_t n = (size_t)round % (N + 1), at = 77, first = 0;
    for (size_t i = 0; i < n; i++) x[i] = round % 7 ? floor(4.0 * rnd()) : 0.0;
    for (size_t i = 0; i < n; i++)
      if (rnd() > 0.8) x[i] = NAN;
    const double peak = lfap_peak(&at, x, n);
    double largest = 0.0;
    for (size_t i = 0; i < n; i++) largest = fmax(largest, fabs(x[i]));
    while (largest > 0.0 && fabs(x[first]) != largest) first++;
    cr_assert_eq(peak, largest);
    cr_assert_eq(at, first, "round %d: %zu, not %zu", round, at, first);
  }
}
