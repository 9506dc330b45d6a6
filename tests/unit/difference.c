/* Distances in ulp: neighbours are 1 apart whatever their sign and size, and the first largest difference is named. */
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>

#include "verify/judge.h"

Test(difference, neighbours_are_one_apart) {
  double v[] = {0.0, 1.0, -1.0, 0x1p-1074, DBL_MIN, -DBL_MIN, DBL_MAX, -DBL_MAX, 0x1.fffffffffffffp9, 0x1.921fb54442d18p+1};
  for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
    double up = nextafter(v[i], INFINITY);
    cr_assert_eq(lfap_ulp_between(v[i], up), 1, "%a", v[i]);
    cr_assert_eq(lfap_ulp_between(up, v[i]), 1);
    cr_assert_eq(lfap_ulp_between(v[i], v[i]), 0);
  }
}

Test(difference, known_distances) {
  cr_assert_eq(lfap_ulp_between(0.0, -0.0), 0);
  cr_assert_eq(lfap_ulp_between(-0x1p-1074, 0x1p-1074), 2);
  cr_assert_eq(lfap_ulp_between(1.0, 2.0), (uint64_t)1 << 52);
  cr_assert_eq(lfap_ulp_between(-1.0, -2.0), (uint64_t)1 << 52);
  cr_assert_eq(lfap_ulp_between(0.0, INFINITY), (uint64_t)0x7ff << 52);
  cr_assert_eq(lfap_ulp_between(-INFINITY, INFINITY), (uint64_t)0x7ff << 53);
}

Test(difference, additive_along_the_line) {
  double v[] = {-INFINITY, -7.5, -1e-300, -0x1p-1074, 0.0, 3e-310, 1.0, 1e300};
  for (size_t i = 2; i < sizeof v / sizeof v[0]; i++)
    cr_assert_eq(lfap_ulp_between(v[i - 2], v[i]), lfap_ulp_between(v[i - 2], v[i - 1]) + lfap_ulp_between(v[i - 1], v[i]));
}

Test(difference, first_largest_is_named) {
  double a[] = {1.0, 2.0, 3.0, 4.0, 0.0}, b[] = {1.0, 2.5, 3.0, 3.5, -0x1p-1000};
  lfap_difference d = {0};
  lfap_difference_of(&d, (lfap_rounded){a, 0x1p-53}, (lfap_rounded){b, 0x1p-53}, NULL, 5);
  cr_assert_eq(d.differ, 3);
  cr_assert_eq(d.beyond, 3);
  cr_assert_eq(d.max_abs, 0.5);
  cr_assert_eq(d.abs_at, 1);
  cr_assert_eq(d.ulp_at, 4);
  cr_assert_eq(d.max_ulp, lfap_ulp_between(0.0, -0x1p-1000));
  lfap_difference_of(&d, (lfap_rounded){a, 0x1p-53}, (lfap_rounded){a, 0x1p-53}, NULL, 5);
  cr_assert(d.differ == 0 && d.max_abs == 0.0 && d.max_ulp == 0 && d.abs_at == 0 && d.ulp_at == 0);
}

Test(difference, rounding_of_what_was_stored_explains) {
  const double third = 1.0 / 3.0, narrow = (double)(float)third; /* off by at most 2^-24 of it */
  double a[] = {third, third, 2.0 * third, 0.0}, b[] = {narrow, narrow + 0x1p-25, narrow, 0.0}, error[] = {0, 0, 0.4, 0};
  lfap_difference d = {0};
  lfap_difference_of(&d, (lfap_rounded){a, 0x1p-53}, (lfap_rounded){b, 0x1p-24}, NULL, 4);
  cr_assert(d.differ == 3 && d.beyond == 2, "a step of the narrow format too far is seen: %zu, %zu", d.differ, d.beyond);
  lfap_difference_of(&d, (lfap_rounded){b, 0x1p-24}, (lfap_rounded){a, 0x1p-53}, error, 4);
  cr_assert(d.differ == 3 && d.beyond == 1, "an error of the computation is allowed for: %zu", d.beyond);
  lfap_difference_of(&d, (lfap_rounded){a, 0x1p-53}, (lfap_rounded){b, 0x1p-53}, NULL, 4);
  cr_assert_eq(d.beyond, 3, "doubles have no such excuse");
}

Test(difference, the_verdict_is_of_the_largest_entry) {
  double a[] = {100.0, 1e-9, 1.0}, b[] = {100.0, 2e-9, 1.0}, error[] = {0, 0, 1e-3};
  const struct {
    double unit, allowed;
  } of[] = {{0x1p-53, 0x1p-33}, {0x1p-24, 0x1p-14}, {0x1p-11, 0x1p-7}, {0x1p-8, 0x1p-4}};
  lfap_difference d = {0};
  cr_assert_eq(lfap_tolerance_of(0.0), 0.0, "whole numbers are equal or not");
  for (size_t k = 0; k < sizeof of / sizeof of[0]; k++) {
    cr_assert_eq(lfap_tolerance_of(of[k].unit), of[k].allowed);
    a[2] = b[2] + 90.0 * of[k].allowed;
    lfap_difference_of(&d, (lfap_rounded){a, 0x1p-53}, (lfap_rounded){b, of[k].unit}, NULL, 3);
    cr_assert(d.over == 0 && fabs(d.relative - 0.9 * of[k].allowed) <= 1e-9 * of[k].allowed, "%g", d.relative);
    a[2] = b[2] + 110.0 * of[k].allowed;
    lfap_difference_of(&d, (lfap_rounded){a, of[k].unit}, (lfap_rounded){b, 0x1p-53}, NULL, 3);
    cr_assert_eq(d.over, 1);
  }
  a[2] = b[2] + 9e-4;
  lfap_difference_of(&d, (lfap_rounded){a, 0x1p-53}, (lfap_rounded){b, 0x1p-53}, error, 3);
  cr_assert_eq(d.over, 0, "what computing it costs is allowed");
}
