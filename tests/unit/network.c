/* Tests of src/kernel/network.c (spec/numerics.md N4). */
#include "draws.h"
#include "kernel/network.h"

#include <criterion/criterion.h>
#include <math.h>

#define MAXM 1003

Test(network, phi_and_slope_switch_above_zero) {
  const double g = 0.3;
  cr_assert_eq(lfap_phi(2.5, g), 2.5);
  cr_assert_eq(lfap_phi(-2.5, g), 0.3 * -2.5);
  cr_assert_eq(lfap_phi(0x1p-1074, g), 0x1p-1074, "the least positive number is on the open side");
  cr_assert_eq(lfap_phi(0.0, g), 0.0);
  cr_assert(signbit(lfap_phi(-0.0, g)) && lfap_phi(-0.0, g) == 0.0, "gamma * -0 = -0");
  cr_assert(!signbit(lfap_phi(0.0, g)));
  cr_assert(isnan(lfap_phi(NAN, g)));
  cr_assert_eq(lfap_slope(0x1p-1074, g), 1.0);
  cr_assert_eq(lfap_slope(1e300, g), 1.0);
  cr_assert_eq(lfap_slope(0.0, g), g);
  cr_assert_eq(lfap_slope(-0.0, g), g);
  cr_assert_eq(lfap_slope(-0x1p-1074, g), g);
}

Test(network, phi_is_the_maximum_of_its_two_lines) {
  for (int i = 0; i < 1000; i++) {
    const double z = 10.0 * rnd(), g = 0.5 + 0.49 * rnd();
    cr_assert_eq(lfap_phi(z, g), fmax(g * z, z));
    cr_assert_eq(lfap_phi(z, g), lfap_slope(z, g) * z);
  }
}

Test(network, signs_are_half_plus_half_minus_of_unit_norm) {
  static double a[MAXM];
  const size_t sizes[] = {2, 4, 6, 100, 1000};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    const size_t m = sizes[s];
    long double norm = 0.0L;
    a[m] = 7.0;
    lfap_net_signs(a, m);
    for (size_t j = 0; j < m; j++) {
      cr_assert(2 * j < m ? a[j] > 0.0 : a[j] < 0.0, "sign of a[%zu], m = %zu", j, m);
      cr_assert_eq(fabs(a[j]), a[0]);
      norm += (long double)a[j] * a[j];
    }
    cr_assert_float_eq((double)norm, 1.0, 1e-15);
    cr_assert_eq(a[m], 7.0, "one past the end is left alone");
  }
  lfap_net_signs(a, 4);
  cr_assert_eq(a[0], 0.5);
  cr_assert_eq(a[3], -0.5);
}

Test(network, output_has_the_bits_of_the_lanes_and_the_value_of_the_sum) {
  static double z[MAXM], a[MAXM], work[MAXM], ref[MAXM];
  const double g = 0.37;
  for (size_t m = 1; m < MAXM; m += m < 40 ? 1 : 160) {
    long double exact = 0.0L, size = 0.0L;
    for (size_t j = 0; j < m; j++) {
      z[j] = rnd();
      a[j] = rnd();
      ref[j] = z[j] > 0.0 ? z[j] : g * z[j];
      const long double term = (long double)a[j] * (z[j] < 0.0 ? (long double)g * z[j] : (long double)z[j]);
      exact += term;
      size += fabsl(term);
    }
    const double f = lfap_net_output(work, z, a, g, m);
    cr_assert_eq(f, naive_dot(m, ref, a), "bits, m = %zu", m);
    cr_assert(fabsl(f - exact) <= size * 0x1p-48L, "value, m = %zu", m);
    for (size_t j = 0; j < m; j++) z[j] *= 4.0;
    cr_assert_eq(lfap_net_output(work, z, a, g, m), 4.0 * f, "f is 1-homogeneous, m = %zu", m);
  }
}

/* f is linear where no z_j changes sign: its difference quotient along e_j is the coefficient of w_j. */
Test(network, input_coefficients_are_the_derivative_in_z) {
  double z[12], a[12], c[12], work[12];
  for (size_t j = 0; j < 12; j++) {
    z[j] = rnd();
    a[j] = rnd();
  }
  z[3] = 0.0;
  lfap_net_input_coef(c, z, a, 0.25, 12);
  cr_assert_eq(c[3], 0.25 * a[3], "slope gamma at zero");
  for (size_t j = 0; j < 12; j++) {
    cr_assert_eq(c[j], lfap_slope(z[j], 0.25) * a[j]);
    const double f0 = lfap_net_output(work, z, a, 0.25, 12), keep = z[j];
    z[j] -= 0x1p-20;
    cr_assert_float_eq((f0 - lfap_net_output(work, z, a, 0.25, 12)) * 0x1p20, c[j], 1e-9);
    z[j] = keep;
  }
}
