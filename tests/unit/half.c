/* half.c - rounding to binary16: every number of the format, every tie between two, MPFR at 11 bits; the kernels of the network
 * against loops read off N17. LFAP_FULL=1: 10^8 doubles against MPFR instead of 10^6, and all numbers of binary32. */
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <mpfr.h>
#include <stdlib.h>
#include <string.h>

#include "draws.h"
#include "kernel/half.h"

static int full(void) { return getenv("LFAP_FULL") != NULL; }

/* The number with this pattern, by the definition of the format. */
static double pattern(unsigned p) {
  double sign = p & 0x8000 ? -1.0 : 1.0, fraction = p & 0x3ff;
  int exponent = (int)(p >> 10 & 31);
  if (exponent == 31) return fraction > 0 ? NAN : sign * INFINITY;
  return sign * (exponent ? ldexp(1024.0 + fraction, exponent - 25) : ldexp(fraction, -24));
}

static int same_float(float a, double b) { return isnan(a) ? isnan(b) : same_bits((double)a, b); }

Test(half, all_numbers_of_the_format_stay) {
  for (unsigned p = 0; p < 65536; p++)
    cr_assert(same_float(lfap_half(pattern(p)), pattern(p)), "%04x: %g", p, (double)lfap_half(pattern(p)));
}

/* From the least number to the largest and what comes after it: the tie goes to the even pattern, all else to the nearer one. */
Test(half, every_tie_and_its_neighbours) {
  for (unsigned p = 0; p < 0x7c00; p++)
    for (int sign = 1; sign >= -1; sign -= 2) {
      double low = sign * pattern(p), high = sign * (p == 0x7bff ? 65536.0 : pattern(p + 1)), tie = low + (high - low) / 2;
      double above = p == 0x7bff ? (double)sign * (double)INFINITY : high;
      cr_assert(same_float(lfap_half(tie), p & 1 ? above : low), "tie after %04x: %g", p, (double)lfap_half(tie));
      cr_assert(same_float(lfap_half(nextafter(tie, low)), low), "below the tie after %04x", p);
      cr_assert(same_float(lfap_half(nextafter(tie, high)), above), "above the tie after %04x", p);
      cr_assert(same_float(lfap_half((double)nextafterf((float)tie, (float)low)), low), "below the tie after %04x, binary32", p);
      cr_assert(same_float(lfap_half((double)nextafterf((float)tie, (float)high)), above), "above the tie after %04x, binary32", p);
    }
  cr_assert(same_float(lfap_half(DBL_MAX), INFINITY) && same_float(lfap_half(-65520.0), -INFINITY));
  cr_assert(same_float(lfap_half(4e-324), 0.0) && same_float(lfap_half(-4e-324), -0.0) && same_float(lfap_half(-0.0), -0.0));
}

/* Any pattern; forty binades; a number of the format with a disturbance of any size; binary32. */
static double any_double(int law) {
  uint64_t bits = next();
  double x;
  memcpy(&x, &bits, sizeof x);
  if (law == 1) return ldexp(rnd(), (int)(next() % 44) - 26);
  if (law == 2) return pattern((unsigned)(next() & 0xffff)) + ldexp(rnd(), (int)(next() % 60) - 50);
  if (law == 3) return (double)(float)ldexp(rnd(), (int)(next() % 44) - 26);
  return x;
}

Test(half, as_mpfr_at_11_bits) {
  mpfr_t x;
  size_t count = full() ? 100000000 : 1000000, wrong = 0;
  mpfr_init2(x, 11);
  mpfr_set_emin(-23);
  mpfr_set_emax(16);
  for (size_t i = 0; i < count; i++) {
    double d = any_double((int)(i % 4));
    int t = mpfr_set_d(x, d, MPFR_RNDN);
    t = mpfr_check_range(x, t, MPFR_RNDN);
    mpfr_subnormalize(x, t, MPFR_RNDN);
    wrong += !same_float(lfap_half(d), mpfr_get_d(x, MPFR_RNDN));
  }
  cr_assert_eq(wrong, 0, "%zu of %zu", wrong, count);
  mpfr_clear(x);
}

/* By integers: the significand's last bits are cut off, and what was cut decides. */
static double by_integers(uint32_t bits) {
  uint32_t size = bits & 0x7fffffff;
  double sign = bits >> 31 ? -1.0 : 1.0;
  int exponent = size >> 23 ? (int)(size >> 23) : 1;
  if (size > 0x7f800000) return NAN;
  uint64_t whole = (size & 0x7fffff) | (size >> 23 ? 0x800000 : 0);
  int last = exponent - 137 < -24 ? -24 : exponent - 137, cut = last - (exponent - 150);
  if (cut > 40) return sign * 0.0;
  uint64_t kept = whole >> cut, rest = whole & ((UINT64_C(1) << cut) - 1), tie = UINT64_C(1) << (cut - 1);
  kept += rest > tie || (rest == tie && (kept & 1));
  double x = ldexp((double)kept, last);
  return sign * (x >= 65536.0 ? INFINITY : x);
}

Test(half, all_numbers_of_binary32) {
  enum { BLOCK = 4096 };
  static float h[BLOCK];
  uint64_t step = full() ? BLOCK : (uint64_t)BLOCK * 509, wrong = 0;
  for (uint64_t at = 0; at < UINT64_C(1) << 32; at += step) {
    for (uint32_t i = 0; i < BLOCK; i++) {
      uint32_t bits = (uint32_t)at + i;
      memcpy(&h[i], &bits, sizeof bits);
    }
    lfap_half_round(h, BLOCK);
    for (uint32_t i = 0; i < BLOCK; i++) wrong += !same_float(h[i], by_integers((uint32_t)at + i));
  }
  cr_assert_eq(wrong, 0, "%llu", (unsigned long long)wrong);
}

/* ---- the network ---------------------------------------------------------------------------------------------------- */

enum { MOST = 70 };

Test(half, fills_rows_and_columns) {
  static double x[MOST * MOST];
  static float h[MOST * MOST], t[MOST * MOST];
  for (size_t n = 1; n < MOST; n += 6)
    for (size_t d = 1; d < MOST; d += 9) {
      for (size_t i = 0; i < n * d; i++) x[i] = any_double(1);
      lfap_half_fill(h, x, n * d);
      lfap_half_columns(t, x, n, d);
      for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < d; k++)
          cr_assert(same_float(h[i * d + k], (double)lfap_half(x[i * d + k])) && same_float(t[k * n + i], (double)h[i * d + k]));
    }
}

Test(half, outputs_in_slices) {
  static float z[1100 * 70];
  static double f[70];
  const float gamma = 0.1f, s = lfap_half(0.1234);
  for (size_t m = 2; m < 1100; m += m < 8 ? 2 : 182)
    for (size_t n = 1; n <= 70; n += 23) {
      for (size_t i = 0; i < m * n; i++) z[i] = lfap_half(3.0 * rnd());
      lfap_half_outputs(f, z, s, gamma, m, n);
      for (size_t i = 0; i < n; i++) {
        float total = 0.0f, slice = 0.0f;
        for (size_t j = 0; j < m; j++) {
          float v = z[j * n + i], leak = gamma * v, phi = v > 0.0f ? v : lfap_half((double)leak), term = (j < m / 2 ? s : -s) * phi;
          slice += term;
          if (j % 256 == 255 || j == m - 1) total += slice, slice = 0.0f;
        }
        cr_assert(same_bits(f[i], (double)lfap_half((double)total)), "m %zu, n %zu: %zu", m, n, i);
      }
    }
}

Test(half, what_comes_back) {
  static double t[MOST];
  static float z[MOST], open[MOST], leaky[MOST], c[MOST];
  const float gamma = 0.01f, s = lfap_half(0.03162);
  for (size_t i = 0; i < MOST; i++) t[i] = ldexp(rnd(), -(int)(next() % 26)), z[i] = lfap_half(rnd());
  z[3] = 0.0f, z[4] = -0.0f;
  lfap_half_slopes(open, leaky, t, s, gamma, MOST);
  size_t zeros = lfap_half_row(c, z, open, leaky, -1.0f, MOST), counted = 0;
  for (size_t i = 0; i < MOST; i++) {
    float o = lfap_half((double)lfap_half(t[i]) * (double)s), part = gamma * o, l = lfap_half((double)part);
    cr_assert(same_float(open[i], (double)o) && same_float(leaky[i], (double)l));
    cr_assert(c[i] == -(z[i] > 0.0f ? o : l), "slope gamma at 0, the sign of a_j");
    counted += c[i] == 0.0f;
  }
  cr_assert(zeros == counted && zeros > 0 && zeros < MOST, "%zu, counted %zu", zeros, counted);
}

Test(half, steps_of_master_weights) {
  double w[MOST], v[MOST], w0[MOST], v0[MOST];
  float d[MOST];
  for (int first = 0; first < 2; first++) {
    for (size_t i = 0; i < MOST; i++) w0[i] = w[i] = (double)(float)rnd(), v0[i] = v[i] = (double)(float)rnd(), d[i] = lfap_half(rnd());
    cr_assert_eq(lfap_half_step(w, v, d, 0.1f, 0.9f, first, MOST), MOST);
    for (size_t i = 0; i < MOST; i++) {
      float kept = 0.9f * (float)v0[i], u = first ? d[i] : kept + d[i];
      cr_assert(same_bits(v[i], (double)u) && same_bits(w[i], (double)fmaf(-0.1f, u, (float)w0[i])));
    }
  }
  for (size_t i = 0; i < MOST; i++) v[i] = 0x1p-60, d[i] = 0.0f, w[i] = 1.0 + (double)i;
  cr_assert_eq(lfap_half_step(w, v, d, 0.1f, 0.9f, 0, MOST), 0, "no gradient, no weight moves");
  v[7] = 1.0;
  cr_assert_eq(lfap_half_step(w, v, d, 0.1f, 0.9f, 0, MOST), 1, "a weight moves by its velocity");
  d[9] = 0x1p-24f;
  cr_assert_eq(lfap_half_step(w, v, d, 0x1p-40f, 0.9f, 0, MOST), 1, "a gradient, though no weight moves");
}
