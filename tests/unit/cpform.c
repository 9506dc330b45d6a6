/* Tests of src/kernel/cpform.c (C2; spec/numerics.md N6a). */
#include "draws.h"
#include "kernel/cpform.h"
#include "kernel/qform.h"

#include <criterion/criterion.h>
#include <math.h>

#define N 9

static void labels(double *y) {
  for (size_t i = 0; i < N; i++) y[i] = rnd() > 0.0 ? 1.0 : -1.0;
  y[0] = 1.0;
  y[1] = -1.0;
}

/* Multipliers of every kind: both, one alone, none. */
static void multipliers(double *alpha, double *beta) {
  for (size_t i = 0; i < N; i++) {
    alpha[i] = i % 4 == 1 || i % 4 == 3 ? 0.0 : fabs(rnd());
    beta[i] = i % 4 == 2 || i % 4 == 3 ? 0.0 : fabs(rnd());
  }
}

/* M from its definition: the product of rows (1, -s) of label +1 and (-s, 1) of label -1, weighted with the masses. */
static void row_is_the_weighted_product(double plus, double minus) {
  double y[N], g[N], q[N + 1];
  const double slopes[3] = {0.3, 1.0, 0.01};
  labels(y);
  for (size_t i = 0; i < N; i++) g[i] = rnd();
  for (size_t a = 0; a < 3; a++)
    for (size_t b = 0; b < 3; b++)
      for (size_t n = 0; n < 2; n++) {
        q[N] = 4.0;
        lfap_cp_row(q, g, y, y[n], slopes[a], slopes[b], n ? minus : plus, n ? plus : minus, N);
        for (size_t k = 0; k < N; k++) {
          const long double s = slopes[a], t = slopes[b];
          const long double S[2] = {y[n] > 0 ? 1 : -s, y[n] > 0 ? -s : 1}, T[2] = {y[k] > 0 ? 1 : -t, y[k] > 0 ? -t : 1};
          const double ref = (double)((plus * S[0] * T[0] + minus * S[1] * T[1]) * g[k]);
          cr_assert_float_eq(q[k], ref, 0x1p-50 * fabs(ref), "entry %zu of slopes %g, %g", k, slopes[a], slopes[b]);
        }
        cr_assert_eq(q[N], 4.0, "one past the end is left alone");
      }
}

Test(cpform, row_is_the_weighted_product_of_two_rows) {
  row_is_the_weighted_product(0.5, 0.5);
  row_is_the_weighted_product(0.7, 0.002);
  row_is_the_weighted_product(3.0, 11.0);
}

/* Entries at (i, s), (k, t) and at (k, t), (i, s), and at masses of 1/2 those of the setting. */
Test(cpform, weights_are_symmetric_to_the_bit) {
  for (int round = 0; round < 1000; round++) {
    const double s = fabs(rnd()), t = round % 3 ? fabs(rnd()) : 1.0, own = ldexp(fabs(rnd()), round % 9), off = fabs(rnd());
    cr_assert_eq(lfap_cp_same(s, t, own, off), lfap_cp_same(t, s, own, off));
    cr_assert_eq(lfap_cp_other(s, t, own, off), lfap_cp_other(t, s, off, own));
    cr_assert_eq(lfap_cp_same(s, t, 0.5, 0.5), 0.5 * fma(s, t, 1));
    cr_assert_eq(lfap_cp_other(s, t, 0.5, 0.5), 0.5 * (s + t));
    cr_assert_eq(lfap_cp_tilt(0.5, 0.5, s), 1.0);
    cr_assert_float_eq(lfap_cp_tilt(own, off, s), 2 * (own + s * off) / (1 + s), 0x1p-50 * (own + off));
  }
}

Test(cpform, q_is_the_block_of_gamma_to_the_bit) {
  double y[N], g[N], q[N], m[N];
  labels(y);
  for (int round = 0; round < 50; round++) {
    const double gamma = fabs(rnd()), h = 0.5 * fma(gamma, gamma, 1);
    cr_assert_eq(lfap_cp_same(gamma, gamma, 0.5, 0.5), h);
    cr_assert_eq(lfap_cp_other(gamma, gamma, 0.5, 0.5), gamma);
    cr_assert_eq(lfap_cp_same(gamma, 1.0, 0.5, 0.5), lfap_cp_other(1.0, gamma, 0.5, 0.5), "mixed blocks do not ask for the class");
    cr_assert_eq(lfap_cp_same(1.0, 1.0, 0.5, 0.5), 1.0);
    for (size_t i = 0; i < N; i++) g[i] = rnd();
    lfap_q_row(q, g, y, 1.0, gamma, N);
    lfap_cp_row(m, g, y, 1.0, gamma, gamma, 0.5, 0.5, N);
    cr_assert_arr_eq(q, m, sizeof q);
    for (size_t k = 0; k < N; k++) cr_assert_eq(q[k], y[k] * ((y[k] > 0 ? h : gamma) * g[k]));
  }
}

Test(cpform, omega_are_the_coefficients_of_w) {
  double y[N], a[N], b[N], lambda[N], omega[N], u[N], v[N];
  const double gamma = 0.3;
  labels(y);
  multipliers(a, b);
  lfap_cp_merge(lambda, omega, a, b, y, gamma, 0.5, 0.5, N);
  lfap_cp_coef(u, a, b, y, 1.0, gamma, N);
  lfap_cp_coef(v, a, b, y, -1.0, gamma, N);
  for (size_t k = 0; k < N; k++) {
    cr_assert_eq(lambda[k], a[k] + b[k]);
    if (b[k] == 0.0) cr_assert_eq(omega[k], a[k], "no kink: the same bits");
    cr_assert_float_eq(omega[k], a[k] + 2.0 * b[k] / 1.3, 0x1p-52);
    cr_assert_float_eq((u[k] + v[k]) / 1.3, omega[k] * y[k], 0x1p-51, "w = (U - V)/(1 + gamma), v being -V's");
    cr_assert_float_eq(u[k], y[k] * (y[k] > 0 ? a[k] + b[k] : gamma * a[k] + b[k]), 0x1p-52);
  }
}

/* w = 2 (plus U - minus V)/(1 + gamma), v being -V's coefficients. */
Test(cpform, omega_of_other_masses) {
  double y[N], a[N], b[N], lambda[N], omega[N], u[N], v[N];
  labels(y);
  multipliers(a, b);
  lfap_cp_merge(lambda, omega, a, b, y, 0.3, 0.7, 0.02, N);
  lfap_cp_coef(u, a, b, y, 1.0, 0.3, N);
  lfap_cp_coef(v, a, b, y, -1.0, 0.3, N);
  for (size_t k = 0; k < N; k++) {
    cr_assert_eq(lambda[k], a[k] + b[k]);
    cr_assert_float_eq(2 * (0.7 * u[k] + 0.02 * v[k]) / 1.3, omega[k] * y[k], 0x1p-51);
  }
}

Test(cpform, without_beta_the_coefficients_are_those_of_label_slopes) {
  double y[N], a[N], b[N] = {0}, c[N], old[N];
  labels(y);
  for (size_t i = 0; i < N; i++) a[i] = fabs(rnd());
  for (double side = -1.0; side <= 1.0; side += 2.0) {
    lfap_cp_coef(c, a, b, y, side, 0.3, N);
    lfap_uv_coef(old, a, y, side, 0.3, N);
    cr_assert_arr_eq(c, old, sizeof c);
  }
}

Test(cpform, slopes_are_clarke_slopes) {
  cr_assert_eq(lfap_cp_slope(0.7, 0.0, -1.0, 0.3), 0.3);
  cr_assert_eq(lfap_cp_slope(0.0, 0.7, 1.0, 0.3), 1.0);
  cr_assert_eq(lfap_cp_slope(0.5, 0.5, 0.0, 0.5), 0.75);
  cr_assert_eq(lfap_cp_slope(0.0, 0.0, 2.0, 0.3), 1.0);
  cr_assert_eq(lfap_cp_slope(0.0, 0.0, -2.0, 0.3), 0.3);
  cr_assert_eq(lfap_cp_slope(0.0, 0.0, 0.0, 0.3), 0.3, "gamma at 0");
  for (int round = 0; round < 1000; round++) {
    const double a = ldexp(fabs(rnd()), round % 40 - 20), b = fabs(rnd()), gamma = fabs(rnd()), s = lfap_cp_slope(a, b, 0.0, gamma);
    cr_assert(s >= gamma && s <= 1.0);
    cr_assert_float_eq(s * (a + b), gamma * a + b, 0x1p-50 * (a + b));
  }
}

/* own and other from the two class sums with the coefficients alpha y and beta y: U = sum y (1 or s) lambda x, V = - sum y (s or 1) lambda x. */
Test(cpform, own_and_other_of_one_dimension) {
  double y[N], a[N], b[N], x[N], u[N], v[N];
  const double gamma = 0.3;
  labels(y);
  multipliers(a, b);
  for (size_t i = 0; i < N; i++) x[i] = rnd();
  lfap_cp_coef(u, a, b, y, 1.0, gamma, N);
  lfap_cp_coef(v, a, b, y, -1.0, gamma, N);
  for (size_t n = 0; n < N; n++) {
    double U = 0, V = 0, A = 0, B = 0, C = 0, D = 0;
    for (size_t k = 0; k < N; k++) {
      const double t = y[n] * y[k] * x[n] * x[k];
      U += u[k] * x[k];
      V -= v[k] * x[k];
      *(y[k] == y[n] ? &A : &B) += t * a[k];
      *(y[k] == y[n] ? &C : &D) += t * b[k];
    }
    cr_assert_float_eq(lfap_cp_own(A, B, C, D, gamma), (y[n] > 0 ? U : V) * x[n], 1e-14);
    cr_assert_float_eq(lfap_cp_off(A, B, C, D, gamma), (y[n] > 0 ? V : U) * x[n], 1e-14);
  }
}
