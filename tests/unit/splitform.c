/* Tests of src/kernel/splitform.c (T5; spec/numerics.md N16). */
#include "draws.h"
#include "kernel/splitform.h"

#include <criterion/criterion.h>
#include <math.h>

enum { N = 21, M = 10 };

Test(splitform, a_coefficient_is_one_division) {
  double b[N + 1], c[N], y[N];
  for (size_t i = 0; i < N; i++) {
    c[i] = rnd();
    y[i] = rnd() > 0.0 ? 1.0 : -1.0;
  }
  b[N] = 3.0;
  for (int side = 0; side < 2; side++) {
    const double a = side ? -0.3 : 0.3;
    lfap_split_coef(b, c, y, a, N);
    for (size_t i = 0; i < N; i++) cr_assert(same_bits(b[i], (y[i] > 0.0 ? c[i] : -c[i]) / a), "entry %zu", i);
  }
  cr_assert_eq(b[N], 3.0, "one past the end is left alone");
  double in_place[N];
  memcpy(in_place, c, sizeof c);
  lfap_split_coef(in_place, in_place, y, -0.3, N);
  cr_assert_arr_eq(in_place, b, sizeof in_place);
}

static double out_of(double v, double side, double gamma) {
  return side > 0 ? (v > 0 ? v : gamma * v) : -(-v > 0 ? -v : gamma * -v);
}

Test(splitform, a_value_enters_with_the_sign_of_its_output_weight) {
  for (int k = 0; k < 1000; k++) {
    const double v = rnd();
    for (int side = -1; side <= 1; side += 2) cr_assert_eq(lfap_split_out(v, side, 0.25), out_of(v, side, 0.25));
  }
}

/* Rows of parts; with `adds` the last is the sum of the three, exactly: entries are multiples of 2^-20. */
static void draw_parts(double *parts, int signs, int adds) {
  for (size_t i = 0; i < 4 * M; i++) parts[i] = ldexp(floor(ldexp(rnd(), 20)), -20);
  for (size_t j = 0; j < M; j++) {
    double *pert = parts + 2 * M + j;
    if (signs) *pert = signs * (j < M / 2 ? 1 : -1) * (fabs(*pert) + 0x1p-20);
    if (adds) parts[3 * M + j] = parts[j] + parts[M + j] + *pert;
  }
}

/* In order, as the page says. */
Test(splitform, sums_have_the_bits_of_the_page) {
  double parts[4 * M];
  for (int round = 0; round < 300; round++) {
    lfap_split_sums got, want = {.above = 1, .below = 1};
    draw_parts(parts, round % 3 - 1, round % 2);
    lfap_split_point_sums(&got, parts, 0.3, M);
    for (size_t j = 0; j < M; j++) {
      const double side = j < M / 2 ? 1 : -1, init = side * parts[j], data = side * parts[M + j];
      const double pert = side * parts[2 * M + j], whole = side * parts[3 * M + j], off = fabs(whole - ((init + data) + pert));
      want.f += out_of(whole, side, 0.3);
      want.rest += out_of(init + data, side, 0.3);
      want.plus += pert > 0 ? pert : 0;
      want.minus += pert < 0 ? -pert : 0;
      want.init += fabs(init);
      want.data += fabs(data);
      want.off += off;
      want.most = fmax(want.most, off);
      want.above = want.above && pert > 0;
      want.below = want.below && pert < 0;
    }
    const double a[] = {got.f, got.rest, got.plus, got.minus, got.init, got.data, got.off, got.most};
    const double b[] = {want.f, want.rest, want.plus, want.minus, want.init, want.data, want.off, want.most};
    for (size_t i = 0; i < sizeof a / sizeof *a; i++) cr_assert_eq(a[i], b[i], "round %d, number %zu: %a, %a", round, i, a[i], b[i]);
    cr_assert_eq(got.above, want.above);
    cr_assert_eq(got.below, want.below);
    cr_assert_eq(got.above || got.below, round % 3 != 1);
    if (round % 2) cr_assert_eq(got.most, 0.0);
  }
}

/* T5's bounds of E, and its sign: in exact numbers they hold exactly. */
Test(splitform, the_effect_lies_between_its_bounds) {
  double parts[4 * M];
  const double gamma = 0.25;
  for (int round = 0; round < 3000; round++) {
    lfap_split_sums s;
    draw_parts(parts, round % 3 - 1, 1);
    lfap_split_point_sums(&s, parts, gamma, M);
    const double e = s.f - s.rest;
    cr_assert(gamma * s.plus - s.minus <= e && e <= s.plus - gamma * s.minus, "round %d", round);
    if (s.above) cr_assert_gt(e, 0);
    if (s.below) cr_assert_lt(e, 0);
  }
}

/* A part of 0 has no sign, and counts as neither. */
Test(splitform, a_zero_is_of_no_sign) {
  double parts[4 * M];
  lfap_split_sums s;
  for (int sign = -1; sign <= 1; sign += 2) {
    draw_parts(parts, sign, 0);
    lfap_split_point_sums(&s, parts, 0.3, M);
    cr_assert_eq(s.above - s.below, sign);
    parts[2 * M + 4] = 0.0;
    lfap_split_point_sums(&s, parts, 0.3, M);
    cr_assert(!s.above && !s.below);
  }
}
