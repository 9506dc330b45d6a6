/* Tests of src/kernel/perturb.c (P1; spec/numerics.md N7). */
#include "draws.h"
#include "kernel/bits.h"
#include "kernel/perturb.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#define D 40

static void fill(double *x, size_t d) {
  for (size_t i = 0; i < d; i++) x[i] = rnd();
}

static long double inner(const double *x, const double *y, size_t d) {
  long double s = 0.0L;
  for (size_t i = 0; i < d; i++) s += (long double)x[i] * y[i];
  return s;
}

Test(perturb, sgn) {
  cr_assert_eq(lfap_sgn(0x1p-1074), 1.0);
  cr_assert_eq(lfap_sgn(-0x1p-1074), -1.0);
  cr_assert_eq(lfap_sgn(INFINITY), 1.0);
  cr_assert_eq(lfap_sgn(-INFINITY), -1.0);
  cr_assert_eq(lfap_sgn(0.0), 0.0);
  cr_assert_eq(lfap_sgn(-0.0), 0.0);
  cr_assert_eq(lfap_sgn(NAN), 0.0);
}

Test(perturb, eta_values) {
  const double w[5] = {3.0, -0.0, -4.0, 0.0, 0.1};
  const unsigned char keep[5] = {0, 1, 1, 0, 1};
  double eta[6];
  for (int t = -1; t <= 1; t += 2) {
    eta[5] = 8.0;
    lfap_eta_l2(eta, w, 5.0, t, 0.7, 5);
    for (size_t i = 0; i < 5; i++) cr_assert_eq(eta[i], t * (0.7 / 5.0) * w[i], "(k*t)*w, k rounded first");
    lfap_eta_linf(eta, w, t, 0.7, 5);
    cr_assert(eta[0] == 0.7 * t && eta[1] == 0.0 && eta[2] == -0.7 * t && eta[3] == 0.0 && eta[4] == 0.7 * t);
    lfap_eta_l0(eta, w, keep, t, 0.7, 5);
    cr_assert(eta[0] == 0.0 && eta[1] == 0.0 && eta[2] == -0.7 * t && eta[3] == 0.0 && eta[4] == 0.7 * t);
    cr_assert_eq(eta[5], 8.0, "one past the end is left alone");
  }
}

/* Each eta maximises t<eta, w> under its constraint: no feasible rival does better. Half of the rivals are near eta. */
Test(perturb, eta_l2_beats_every_rival) {
  double w[D], eta[D], rival[D];
  fill(w, D);
  const double nrm = (double)sqrtl(inner(w, w, D)), eps = 0.4;
  lfap_eta_l2(eta, w, nrm, -1.0, eps, D);
  cr_assert_float_eq((double)sqrtl(inner(eta, eta, D)), eps, 1e-15, "on the sphere");
  const long double best = -inner(eta, w, D);
  cr_assert_float_eq((double)best, eps * nrm, 1e-14);
  for (int r = 0; r < 1000; r++) {
    fill(rival, D);
    if (r % 2)
      for (size_t i = 0; i < D; i++) rival[i] = eta[i] + 0.01 * rival[i];
    const long double norm = sqrtl(inner(rival, rival, D));
    const long double value = -inner(rival, w, D) * (eps / norm);
    cr_assert(value <= best + 1e-15L, "rival %d: %Lg > %Lg", r, value, best);
  }
}

Test(perturb, eta_linf_beats_every_rival) {
  double w[D], eta[D], rival[D];
  fill(w, D);
  w[3] = 0.0;
  const double eps = 0.4;
  lfap_eta_linf(eta, w, -1.0, eps, D);
  const long double best = -inner(eta, w, D);
  for (int r = 0; r < 1000; r++) {
    for (size_t i = 0; i < D; i++) {
      rival[i] = r % 2 ? eta[i] + 0.1 * rnd() : eps * rnd();
      if (rival[i] > eps) rival[i] = eps;
      if (rival[i] < -eps) rival[i] = -eps;
    }
    cr_assert(-inner(rival, w, D) <= best, "rival %d", r);
  }
}

Test(perturb, eta_l0_beats_every_rival) {
  enum { K = 7 };
  double w[D], eta[D], rival[D];
  unsigned char keep[D];
  fill(w, D);
  const double eps = 0.4;
  lfap_topk(keep, w, K, D);
  lfap_eta_l0(eta, w, keep, 1.0, eps, D);
  const long double best = inner(eta, w, D);
  for (int r = 0; r < 1000; r++) { /* K random places, each pushed as far as allowed the right way: the best of that support */
    for (size_t i = 0; i < D; i++) rival[i] = 0.0;
    for (size_t left = K, i = 0; i < D; i++) {
      if (fabs(rnd()) * (double)(D - i) >= (double)left) continue;
      rival[i] = w[i] > 0.0 ? eps : -eps;
      left--;
    }
    if (r % 2) { /* near eta: the kept set with one member exchanged */
      size_t out = (size_t)(fabs(rnd()) * D), in = (size_t)(fabs(rnd()) * D);
      for (size_t i = 0; i < D; i++) rival[i] = eta[i];
      if (rival[out] != 0.0 && rival[in] == 0.0) {
        rival[out] = 0.0;
        rival[in] = w[in] > 0.0 ? eps : -eps;
      }
    }
    cr_assert(inner(rival, w, D) <= best, "rival %d", r);
  }
}

/* l1: all of eps on the one largest entry, the lowest index on ties. */
Test(perturb, eta_l1_values) {
  static const struct {
    double w[5];
    size_t d, at;
  } c[] = {{{3.0, -0.0, -4.0, 0.0, 0.1}, 5, 2},
           {{0.25, -0.5, 0.5, -0.5, 0.5}, 5, 1},  /* ties: the lowest index, whatever the sign */
           {{-0.0, 0.0, -0.0, 0.0, 0.0}, 5, 0},   /* nowhere to go: nothing but zeros */
           {{0.0, -0x1p-1074, 0.0, 0x1p-1074, 0.0}, 5, 1},
           {{-0x1.fffffffffffffp+1023, 0x1.fffffffffffffp+1023, 1.0, 2.0, 3.0}, 5, 0},
           {{-0.5}, 1, 0}};
  for (size_t i = 0; i < sizeof c / sizeof *c; i++)
    for (int t = -1; t <= 1; t += 2) {
      double eta[6] = {9, 9, 9, 9, 9, 9};
      const double *w = c[i].w;
      const size_t at = lfap_first_largest(w, c[i].d);
      cr_assert_eq(at, c[i].at, "case %zu", i);
      lfap_eta_l1(eta, w, at, t, 0.7, c[i].d);
      for (size_t k = 0; k < c[i].d; k++) {
        cr_assert_eq(eta[k], k == at ? t * 0.7 * lfap_sgn(w[k]) : 0.0, "case %zu, entry %zu", i, k);
        cr_assert(k == at || !signbit(eta[k]), "zeros elsewhere are +0");
      }
      cr_assert_eq(eta[c[i].d], 9.0, "one past the end is left alone");
    }
}

Test(perturb, eta_l1_beats_every_rival) {
  double w[D], eta[D], rival[D];
  fill(w, D);
  const double eps = 0.4;
  lfap_eta_l1(eta, w, lfap_first_largest(w, D), -1.0, eps, D);
  const long double best = -inner(eta, w, D);
  for (int r = 0; r < 1000; r++) {
    long double sum = 0;
    for (size_t i = 0; i < D; i++) {
      rival[i] = r % 3 == 0 ? rnd() : r % 3 == 1 ? eta[i] + 0.01 * rnd() : 0.0;
      if (r % 3 == 2 && i == (size_t)r % D) rival[i] = w[i] > 0 ? -eps : eps; /* a corner of the ball */
      sum += fabsl(rival[i]);
    }
    cr_assert(-inner(rival, w, D) * (eps / sum) <= best + 1e-15L, "rival %d", r);
  }
}

/* top-k by sorting: |w| falling, index rising */
static const double *sorted;
static int by_size(const void *pa, const void *pb) {
  const size_t a = *(const size_t *)pa, b = *(const size_t *)pb;
  const double x = fabs(sorted[a]), y = fabs(sorted[b]);
  if (x != y) return x > y ? -1 : 1;
  return a < b ? -1 : a > b;
}
static void check_topk(const double *w, size_t d) {
  static unsigned char keep[301];
  static size_t order[300];
  for (size_t i = 0; i < d; i++) order[i] = i;
  sorted = w;
  qsort(order, d, sizeof *order, by_size);
  for (size_t k = 0; k <= d; k++) {
    for (size_t i = 0; i <= d; i++) keep[i] = 9;
    lfap_topk(keep, w, k, d);
    for (size_t i = 0; i < d; i++) cr_assert_eq(keep[order[i]], i < k, "rank %zu, k = %zu of %zu", i, k, d);
    cr_assert_eq(keep[d], 9, "one past the end is left alone");
  }
}

/* What topk's proof trusts of lfap_bits_of: 52 bits of fraction, 11 of exponent, the pattern of a finite number below infinity's. */
Test(topk, pattern_of_a_double_is_its_size_in_steps_of_the_least) {
  const uint64_t mask = ~((uint64_t)1 << 63), infinite = (uint64_t)0x7ff << 52;
  const double corner[] = {0.0, 0x1p-1074, 0x1p-1022, 0x0.fffffffffffffp-1022, 0x1.8p-1022, 0x1p-1021, 1.0, 0x1.fffffffffffffp1023};
  for (size_t i = 0; i < 2000; i++) {
    const double x = i < 16 ? (i % 2 ? -1.0 : 1.0) * corner[i / 2] : ldexp(rnd(), (int)(i % 2090) - 1070);
    uint64_t b = lfap_bits_of(x) & mask, steps = b;
    cr_assert(b < infinite);
    int doubled = 0;
    for (; steps >= (uint64_t)1 << 53; steps -= (uint64_t)1 << 52) doubled++;
    cr_assert_eq(ldexp((double)steps, doubled - 1074), fabs(x), "%a", x);
  }
  cr_assert_eq(lfap_bits_of(INFINITY) & mask, infinite);
  cr_assert_eq(lfap_bits_of(-INFINITY) & mask, infinite);
  cr_assert((lfap_bits_of(NAN) & mask) > infinite);
}

Test(topk, random_entries) {
  static double w[300];
  for (size_t d = 0; d <= 300; d += d < 12 ? 1 : 96) {
    fill(w, d);
    check_topk(w, d);
  }
}
Test(topk, many_ties) {
  double w[D];
  const double values[] = {0.0, -0.0, 1.0, -1.0, 0.5, -0.5};
  for (int r = 0; r < 50; r++) {
    for (size_t i = 0; i < D; i++) w[i] = values[(size_t)(fabs(rnd()) * 6.0)];
    check_topk(w, D);
  }
}
Test(topk, all_equal_and_all_zero) {
  double w[D];
  for (size_t i = 0; i < D; i++) w[i] = i % 2 ? 0.3 : -0.3;
  check_topk(w, D);
  for (size_t i = 0; i < D; i++) w[i] = i % 2 ? 0.0 : -0.0;
  check_topk(w, D);
}
Test(topk, subnormals_neighbours_and_infinities) {
  double w[12] = {0x1p-1074, -0x1p-1073, 0.0, 0x1p-1022, -0x0.fffffffffffffp-1022, INFINITY,
                  -0x1.fffffffffffffp+1023, 1.0, 0x1.0000000000001p0, -0x1.fffffffffffffp-1, -INFINITY, -0.0};
  check_topk(w, 12);
}
Test(topk, nan_counts_as_larger_than_infinity) {
  const double w[4] = {INFINITY, NAN, 1.0, -NAN};
  unsigned char keep[4];
  lfap_topk(keep, w, 2, 4);
  cr_assert(keep[0] == 0 && keep[1] == 1 && keep[2] == 0 && keep[3] == 1);
  lfap_topk(keep, w, 3, 4);
  cr_assert(keep[0] == 1 && keep[1] == 1 && keep[2] == 0 && keep[3] == 1);
}

Test(perturb, add_and_sub_also_in_place) {
  double x[D], y[D], z[D];
  fill(x, D);
  fill(y, D);
  lfap_add(z, x, y, D);
  for (size_t i = 0; i < D; i++) cr_assert_eq(z[i], y[i] + x[i]);
  lfap_sub(z, x, y, D);
  for (size_t i = 0; i < D; i++) cr_assert_eq(z[i], -(y[i] - x[i]));
  lfap_sub(x, x, y, D);
  for (size_t i = 0; i < D; i++) cr_assert_eq(x[i], z[i]);
  lfap_add(y, x, y, D);
  for (size_t i = 0; i < D; i++) cr_assert_float_eq(y[i], x[i] + (y[i] - x[i]), 1e-15);
}

Test(perturb, clamp) {
  cr_assert_eq(lfap_clamp(2.0, -1.0, 1.0), 1.0);
  cr_assert_eq(lfap_clamp(-2.0, -1.0, 1.0), -1.0);
  cr_assert_eq(lfap_clamp(0.25, -1.0, 1.0), 0.25);
  cr_assert_eq(lfap_clamp(1.0, -1.0, 1.0), 1.0);
  cr_assert_eq(lfap_clamp(-INFINITY, -1.0, 1.0), -1.0);
  cr_assert(isnan(lfap_clamp(NAN, -1.0, 1.0)), "NaN stays NaN");
  cr_assert(signbit(lfap_clamp(-0.0, 0.0, 1.0)), "-0 is not below 0");
  double x[4] = {-3.0, NAN, 0.5, 3.0};
  lfap_clamp_all(x, -1.0, 2.0, 3);
  cr_assert(x[0] == -1.0 && isnan(x[1]) && x[2] == 0.5 && x[3] == 3.0);
}

Test(pgd, move_divides_then_fuses) {
  double x[D], x0[D], g[D];
  fill(x, D);
  fill(g, D);
  for (size_t i = 0; i < D; i++) x0[i] = x[i];
  lfap_pgd_move(x, g, 0.14, 0.3, D);
  for (size_t i = 0; i < D; i++) {
    volatile double q = g[i] / 0.3;
    cr_assert_eq(x[i], -fma(0.14, q, -x0[i]));
  }
}

Test(pgd, mask_adds_the_largest_untouched_gradient) {
  const double x0[6] = {0.0, 1.0, 2.0, 3.0, 4.0, 5.0};
  double x[6] = {0.0, 1.5, 2.0, 3.0, 4.0, 5.0}, g[6] = {0.1, 9.0, -0.5, 0.5, 0.2, 0.5};
  unsigned char m[7];
  m[6] = 7;
  lfap_pgd_mask(m, x, x0, g, 6);
  cr_assert(!m[0] && m[1] == 1 && m[2] == 1 && !m[3] && !m[4] && !m[5], "|g| ties go to the lower index");
  cr_assert_eq(m[6], 7);
  for (size_t i = 0; i < 6; i++) g[i] = 0.0;
  lfap_pgd_mask(m, x, x0, g, 6);
  cr_assert(m[0] == 1 && m[1] == 1 && !m[2] && !m[3] && !m[4] && !m[5], "all gradients zero: the first untouched");
  for (size_t i = 0; i < 6; i++) x[i] += 1.0;
  lfap_pgd_mask(m, x, x0, g, 6);
  for (size_t i = 0; i < 6; i++) cr_assert_eq(m[i], 1, "everything moved: nothing to add");
  lfap_pgd_mask(m, x, x0, g, 0);
}

Test(pgd, masked_amax) {
  const double g[4] = {0.5, -9.0, -2.0, 1.0};
  const unsigned char some[4] = {1, 0, 1, 1}, none[4] = {0, 0, 0, 0}, all[4] = {1, 1, 1, 1};
  cr_assert_eq(lfap_masked_amax(g, some, 4), 2.0);
  cr_assert_eq(lfap_masked_amax(g, all, 4), 9.0);
  cr_assert_eq(lfap_masked_amax(g, none, 4), 0.0);
  cr_assert_eq(lfap_masked_amax(g, all, 0), 0.0);
}

Test(pgd, masked_move_and_range) {
  double x[D], free_x[D], x0[D], g[D];
  unsigned char m[D];
  int clamped = 0;
  fill(x0, D);
  fill(g, D);
  for (size_t i = 0; i < D; i++) {
    m[i] = rnd() > 0.0;
    x[i] = free_x[i] = x0[i];
  }
  m[D - 1] = 1;
  lfap_pgd_move_masked(free_x, g, m, 0.3, 0.7, 0, -0.5, 0.5, D);
  lfap_pgd_move_masked(x, g, m, 0.3, 0.7, 1, -0.5, 0.5, D);
  for (size_t i = 0; i < D; i++) {
    volatile double q = g[i] / 0.7;
    const double moved = fma(q, -0.3, x0[i]);
    cr_assert_eq(free_x[i], m[i] ? moved : x0[i]);
    cr_assert_eq(x[i], m[i] ? fmin(fmax(moved, -0.5), 0.5) : x0[i], "entries off the mask are not clamped");
    clamped += m[i] && fabs(moved) > 0.5;
  }
  cr_assert(clamped > 0, "the case occurs");
}
