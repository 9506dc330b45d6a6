/* Tests of src/kernel/kinkform.c (C3, C4; spec/numerics.md N15). */
#include "draws.h"
#include "kernel/kinkform.h"

#include <criterion/criterion.h>
#include <math.h>

#define N 9

/* Own pairs with slopes 1 and gamma, others on both sides of their kink and at it. */
Test(kinkform, margins_are_linear_at_own_pairs_and_the_lesser_slope_at_others) {
  const double own[6] = {1.0, 0.25, 0.25, 0.0, 0.0, 0.0}, t[6] = {-3.0, 2.0, -2.0, 4.0, -4.0, 0.0};
  double q[7] = {1, 1, 1, 1, 1, 1, 7};
  lfap_kink_margins(q, 0.5, own, t, 0.25, 6);
  const double want[7] = {1 - 1.5, 1 + 0.25, 1 - 0.25, 1 + 0.5, 1 - 2.0, 1, 7};
  cr_assert_arr_eq(q, want, sizeof q);
}

Test(kinkform, a_margin_is_added_by_one_fma) {
  double own[N], t[N], q[N], was[N];
  for (size_t i = 0; i < N; i++) own[i] = i % 3 ? fabs(rnd()) : 0.0, t[i] = rnd(), was[i] = q[i] = rnd();
  lfap_kink_margins(q, 0.3, own, t, 0.1, N);
  for (size_t i = 0; i < N; i++)
    cr_assert(same_bits(q[i], fma(0.3, own[i] > 0 ? own[i] * t[i] : t[i] < 0 ? t[i] : 0.1 * t[i], was[i])));
}

Test(kinkform, coefficients_are_products) {
  const double s[3] = {1.0, 0.5, 0.1}, l[3] = {3.0, 4.0, 0.3};
  double c[4] = {0, 0, 0, 9};
  lfap_kink_coef(c, s, l, 3);
  cr_assert(c[0] == 3.0 && c[1] == 2.0 && c[2] == 0.1 * 0.3 && c[3] == 9);
}

Test(kinkform, a_coefficient_stays_in_its_box) {
  cr_assert_eq(lfap_kink_clip(0.7, 1.0, 0.5), 0.7);
  cr_assert_eq(lfap_kink_clip(1.5, 1.0, 0.5), 1.0);
  cr_assert_eq(lfap_kink_clip(0.2, 1.0, 0.5), 0.5);
  cr_assert_eq(lfap_kink_clip(-2.0, 0.0, 0.5), 0.0);
}

Test(kinkform, slopes_are_clarke_slopes) {
  cr_assert_eq(lfap_kink_slope(3.0, 4.0, 0.0, 0.5), 0.75);
  cr_assert_eq(lfap_kink_slope(5.0, 4.0, 0.0, 0.5), 1.0, "not beyond 1");
  cr_assert_eq(lfap_kink_slope(1.0, 4.0, 0.0, 0.5), 0.5, "nor gamma");
  cr_assert_eq(lfap_kink_slope(0.0, 0.0, -1.0, 0.5), 1.0, "<w,x> > 0");
  cr_assert_eq(lfap_kink_slope(0.0, 0.0, 1.0, 0.5), 0.5);
  cr_assert_eq(lfap_kink_slope(0.0, 0.0, 0.0, 0.5), 0.5, "phi's slope at 0");
}

/* A = sum of weight S (K - K_:k K_kk^-1 K_k:) S on a matrix of two, kink 1: K = (2 1; 1 4), so K - ... = (2 - 1/4, 0; 0, 0). */
Test(kinkform, newtons_row_by_hand) {
  const double s[2] = {0.5, 0.0}, g[2] = {2.0, 1.0}, z[2] = {0.25, 1.0};
  double a[3] = {10.0, 20.0, 5.0};
  lfap_kink_newton(a, 0.5, s[0], s, g, z, 2);
  cr_assert(a[0] == 10.0 + 0.5 * 0.5 * 0.5 * 1.75 && a[1] == 20.0 && a[2] == 5.0);
  double y[3] = {1.0, 2.0, 3.0};
  const double u[2] = {4.0, 8.0};
  lfap_kink_gather(y, 0.5, s, u, 2);
  cr_assert(y[0] == 1.0 + 0.5 * 2.0 && y[1] == 2.0 && y[2] == 3.0);
}

Test(kinkform, an_own_pair_of_c4) {
  cr_assert_eq(lfap_kink_room(3.0, 2.0, 6.0), 0.25);
  cr_assert_eq(lfap_kink_room(0.0, 2.0, 6.0), 0.0);
  cr_assert_eq(lfap_kink_length(2.0, 6.0, 0.5, 0.25), 4.5);
  cr_assert_eq(lfap_kink_length(2.0, 6.0, 0.5, 0.0), 0.0);
  cr_assert_eq(lfap_kink_length(0x1p-300, 0x1p200, 1.0, 1.0), 0x1p1000, "norm^2/h^2 as a square: neither part leaves the range");
}
