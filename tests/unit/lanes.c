/* lanes.c - reductions against a naive loop with the same order (bits) and against exact or long double sums (values). */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "draws.h"
#include "kernel/lanes.h"

enum { MAX = 130, LONGEST = 2600, LAW = 4 };

/* The other reductions of N1. */
static double naive_sum(size_t n, const double *x, int absolute) {
  double s[8] = {0};
  for (size_t k = 0; k < n; k++) s[k % 8] += absolute ? fabs(x[k]) : x[k];
  return join(s);
}

/* N1b. */
static double naive_norm2(size_t n, const double *x) {
  double y[LONGEST], s = naive_dot(n, x, x);
  if (s >= 0x1p-900 && s <= 0x1p900) return sqrt(s);
  for (size_t k = 0; k < n; k++) y[k] = ldexp(x[k], s > 1.0 ? -600 : 600);
  return ldexp(sqrt(naive_dot(n, y, y)), s > 1.0 ? 600 : -600);
}

Test(lanes, bits_equal_the_naive_loop) {
  static double a[MAX + 8], b[MAX + 8];
  for (int law = 0; law < LAW; law++)
    for (size_t n = 0; n <= MAX; n++)
      for (size_t offset = 0; offset < 8; offset += n < 40 ? 1 : 3) {
        double *x = a + offset, *y = b + (offset * 5) % 8;
        for (size_t k = 0; k < n; k++) x[k] = draw(law), y[k] = draw(law == 3 ? 0 : law);
        double top = 0.0;
        for (size_t k = 0; k < n; k++) top = fmax(top, fabs(x[k]));
        cr_assert(same_bits(lfap_dot(n, x, y), naive_dot(n, x, y)), "dot: law %d, n %zu", law, n);
        cr_assert(same_bits(lfap_dot(n, y, x), naive_dot(n, x, y)), "dot does not commute: law %d, n %zu", law, n);
        cr_assert(same_bits(lfap_sum(n, x), naive_sum(n, x, 0)), "sum: law %d, n %zu", law, n);
        cr_assert(same_bits(lfap_asum(n, x), naive_sum(n, x, 1)), "asum: law %d, n %zu", law, n);
        cr_assert(same_bits(lfap_amax(n, x), top), "amax: law %d, n %zu", law, n);
        cr_assert(same_bits(lfap_norm2(n, x), naive_norm2(n, x)), "norm2: law %d, n %zu", law, n);
      }
}

Test(lanes, edges_of_slices) {
  static double x[LONGEST], y[LONGEST];
  const size_t n[] = {504, 505, 511, 512, 513, 520, 1023, 1024, 1025, 1535, 1536, 1537, LONGEST};
  for (int law = 0; law < LAW; law++)
    for (size_t p = 0; p < sizeof n / sizeof *n; p++) {
      for (size_t k = 0; k < n[p]; k++) x[k] = draw(law), y[k] = draw(law == 3 ? 0 : law);
      cr_assert(same_bits(lfap_dot(n[p], x, y), naive_dot(n[p], x, y)), "dot: law %d, n %zu", law, n[p]);
      cr_assert(same_bits(lfap_norm2(n[p], x), naive_norm2(n[p], x)), "norm2: law %d, n %zu", law, n[p]);
      cr_assert(same_bits(lfap_sum(n[p], x), naive_sum(n[p], x, 0)), "a sum is not by slices: law %d, n %zu", law, n[p]);
    }
}

Test(lanes, order_of_the_slices) {
  /* 2^53 in the first slice swallows a 1 of a later one, in whatever lane; two ones of one slice meet before */
  static double x[1536], ones[1536];
  for (size_t k = 0; k < 1536; k++) ones[k] = 1.0;
  x[3] = 0x1p53;
  x[512 + 4] = x[1024 + 4] = 1.0;
  cr_assert_eq(lfap_dot(1536, x, ones), 0x1p53);
  x[512 + 9] = 1.0, x[1024 + 4] = 0.0;
  cr_assert_eq(lfap_dot(1536, x, ones), 0x1p53 + 2);
  cr_assert_eq(lfap_dot(512, x, ones), 0x1p53);
}

Test(lanes, order_of_the_join) {
  /* 2^53 swallows a 1 that meets it alone and keeps two that met before: each position tells where it was joined. */
  for (size_t partner = 1; partner < 8; partner++) {
    double x[8] = {0x1p53};
    x[partner] = 1.0;
    double alone = lfap_sum(8, x);
    cr_assert_eq(alone, 0x1p53, "1 in lane %zu", partner);
  }
  double with_4[8] = {0x1p53, 0, 1, 0, 0, 0, 1, 0};   /* (s2+s6) = 2 before it meets s0 */
  double apart[8] = {0x1p53, 0, 1, 0, 1, 0, 0, 0};    /* s4 is lost in s0, s2 in the sum */
  double odd[8] = {0x1p53, 1, 0, 0, 0, 0, 0, 1};      /* (s1+s5)+(s3+s7) = 2 before it meets the even lanes */
  double chain[16] = {0x1p53, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1};  /* 4 and 12 share a lane */
  cr_assert_eq(lfap_sum(8, with_4), 0x1p53 + 2);
  cr_assert_eq(lfap_sum(8, apart), 0x1p53);
  cr_assert_eq(lfap_sum(8, odd), 0x1p53 + 2);
  cr_assert_eq(lfap_sum(16, chain), 0x1p53 + 2);
}

Test(lanes, exact_on_small_integers) {
  for (size_t n = 0; n <= MAX; n++) {
    double x[MAX], y[MAX];
    int64_t dot = 0, sum = 0, asum = 0;
    for (size_t k = 0; k < n; k++) {
      int64_t p = (int64_t)(next() % 2001) - 1000, q = (int64_t)(next() % 2001) - 1000;
      x[k] = (double)p, y[k] = (double)q;
      dot += p * q, sum += p, asum += p < 0 ? -p : p;
    }
    cr_assert_eq(lfap_dot(n, x, y), (double)dot, "n %zu", n);
    cr_assert_eq(lfap_sum(n, x), (double)sum, "n %zu", n);
    cr_assert_eq(lfap_asum(n, x), (double)asum, "n %zu", n);
  }
}

Test(lanes, close_to_long_double) {
  static double x[1000], y[1000];
  for (size_t n = 1; n <= 1000; n += 37) {
    long double exact = 0, size = 0;
    for (size_t k = 0; k < n; k++) {
      x[k] = draw(1), y[k] = draw(1);
      exact += (long double)x[k] * y[k], size += fabsl((long double)x[k] * y[k]);
    }
    long double bound = ((long double)n / 8 + 4) * 0x1p-53L * size;
    cr_assert_leq(fabsl(lfap_dot(n, x, y) - exact), bound, "n %zu", n);
  }
}

Test(lanes, products_are_fused) {
  double x[9] = {0}, y[9] = {0};
  x[0] = 1 + 0x1p-52, y[0] = 1 - 0x1p-52, x[8] = -1, y[8] = 1; /* same lane: (1 - 2^-104) first rounds to 1 */
  cr_assert_eq(lfap_dot(9, x, y), 0.0);
  x[0] = -1, y[0] = 1, x[8] = 1 + 0x1p-52, y[8] = 1 - 0x1p-52; /* the product is not rounded before the sum */
  cr_assert_eq(lfap_dot(9, x, y), -0x1p-104);
}

Test(lanes, special_values) {
  for (size_t n = 1; n <= 25; n++)
    for (size_t at = 0; at < n; at++) {
      double x[25], one[25];
      for (size_t k = 0; k < n; k++) x[k] = -0.5, one[k] = 1.0;
      x[at] = NAN;
      cr_assert(isnan(lfap_dot(n, x, one)) && isnan(lfap_sum(n, x)) && isnan(lfap_asum(n, x)));
      cr_assert(isnan(lfap_norm2(n, x)));
      cr_assert_eq(lfap_amax(n, x), n > 1 ? 0.5 : 0.0, "a NaN is passed over");
      x[at] = -INFINITY;
      cr_assert_eq(lfap_dot(n, x, one), -INFINITY);
      cr_assert_eq(lfap_asum(n, x), INFINITY);
      cr_assert_eq(lfap_amax(n, x), INFINITY);
      x[(at + 1) % n] = INFINITY;
      cr_assert(n == 1 || isnan(lfap_sum(n, x)), "inf - inf");
    }
}

Test(lanes, empty_and_signed_zero) {
  double minus[3] = {-0.0, -0.0, -0.0};
  double zero = 0.0;
  cr_assert(same_bits(lfap_dot(0, NULL, NULL), zero) && same_bits(lfap_sum(0, NULL), zero));
  cr_assert(same_bits(lfap_amax(0, NULL), zero) && same_bits(lfap_norm2(0, NULL), zero));
  cr_assert(same_bits(lfap_sum(3, minus), zero), "lanes start at +0");
  cr_assert(same_bits(lfap_amax(3, minus), zero));
}

/* 2^k x has 2^k times the norm of x, bit for bit, as long as neither has a subnormal entry or result. */
Test(lanes, norm2_at_every_scale) {
  double x[MAX], y[MAX];
  for (size_t n = 1; n <= MAX; n += n < 10 ? 1 : 17) {
    for (size_t k = 0; k < n; k++) x[k] = 1.0 + unit();
    double norm = lfap_norm2(n, x);
    for (int e = -1022; e <= 1018; e++) {
      for (size_t k = 0; k < n; k++) y[k] = ldexp(x[k], e);
      cr_assert(same_bits(lfap_norm2(n, y), ldexp(norm, e)), "n %zu, 2^%d: %a", n, e, lfap_norm2(n, y));
    }
  }
}

Test(lanes, norm2_at_the_ends_of_the_range) {
  const double least[4] = {0x1p-1074, 0x1p-1074, 0x1p-1074, 0x1p-1074}, most[2] = {0x1p1023, 0x1p1023}, huge[4] = {0x1p1023, 0x1p1023, 0x1p1023, 0x1p1023};
  const double mixed[3] = {0x1p1000, 0x1p-1074, 1.0}, triple[2] = {3e-170, 4e-170}, broken[3] = {NAN, 0x1p900, 0.0}, far[2] = {1.0, -INFINITY};
  const double zero[3] = {0.0, -0.0, 0.0};
  cr_assert_eq(lfap_norm2(4, least), 0x1p-1073);
  cr_assert_eq(lfap_norm2(1, least), 0x1p-1074);
  cr_assert_eq(lfap_norm2(2, most), 0x1.6a09e667f3bcdp1023);
  cr_assert_eq(lfap_norm2(4, huge), INFINITY, "the norm itself is out of range");
  cr_assert_eq(lfap_norm2(3, mixed), 0x1p1000);
  cr_assert_float_eq(lfap_norm2(2, triple) / 5e-170, 1.0, 4e-16);
  cr_assert(isnan(lfap_norm2(3, broken)));
  cr_assert_eq(lfap_norm2(2, far), INFINITY);
  cr_assert_eq(lfap_norm2(3, zero), 0.0);
  cr_assert_eq(lfap_norm2(0, zero), 0.0);
}
