/* fused.c - fma by sums and products: every result held against MPFR, one number and two at a time, and where the value
 * should lie at hand. LFAP_FMA_TRIALS=1000000000 draws more than the suite does, LFAP_FMA_SEED=1 others. */
#include "kernel/fused.h"

#include <criterion/criterion.h>
#include <math.h>
#include <mpfr.h>
#include <stdio.h>
#include <stdlib.h>

#include "draws.h"
#include "kernel/lanes.h"

static mpfr_t a, b, c, r;

static void open_exact(void) {
  mpfr_set_emin(-1073), mpfr_set_emax(1024);
  mpfr_inits2(53, a, b, c, r, (mpfr_ptr)0);
}

static double exact(double x, double y, double z) {
  mpfr_set_d(a, x, MPFR_RNDN), mpfr_set_d(b, y, MPFR_RNDN), mpfr_set_d(c, z, MPFR_RNDN);
  int t = mpfr_fma(r, a, b, c, MPFR_RNDN);
  mpfr_subnormalize(r, t, MPFR_RNDN);
  return mpfr_get_d(r, MPFR_RNDN);
}

/* The same number to the sign of zero; every NaN is one. */
static int same(double u, double v) { return (isnan(u) && isnan(v)) || same_bits(u, v); }

/* All that there are of it against MPFR. */
static void held(double x, double y, double z) {
  const double want = exact(x, y, z), one = lfap_fma_exact(x, y, z), any = lfap_fma(x, y, z);
  cr_assert(same(one, want), "fma(%a, %a, %a) is %a, not %a", x, y, z, one, want);
  cr_assert(same(any, want), "lfap_fma(%a, %a, %a) is %a, not %a", x, y, z, any, want);
#if LFAP_FMA_IN_PAIRS
  /* the other half inside the range, or outside of it */
  const lfap_two p = lfap_fma_two_exact((lfap_two){x, 3.0}, (lfap_two){y, 5.0}, (lfap_two){z, 7.0}),
                 q = lfap_fma_two((lfap_two){0x1p600, y}, (lfap_two){1.0, x}, (lfap_two){0.5, z}),
                 s = lfap_fma_two_exact((lfap_two){x, y}, (lfap_two){y, x}, (lfap_two){z, z});
  cr_assert(same(p[0], want) && p[1] == 22.0 && same(q[1], want) && q[0] == 0x1p600 && same(s[0], want) &&
                same(s[1], want),
            "two: fma(%a, %a, %a) is %a %a %a %a, not %a", x, y, z, p[0], q[1], s[0], s[1], want);
#endif
}

Test(fused, boundaries) {
  static const double near[] = {0.0,
                                0x1p-1074,
                                0x1.8p-1073,
                                0x1p-1022,
                                0x1.fffffffffffffp-1023,
                                0x1p-969,
                                0x1p-900,
                                0x1.fffffffffffffp-901,
                                0x1p-537,
                                0x1p-450,
                                0x1p-53,
                                0x1p-27,
                                0.5,
                                1.0,
                                0x1.0000000000001p0,
                                0x1.8p0,
                                0x1.fffffffffffffp0,
                                0x1p27,
                                0x1.0000002p27,
                                0x1p53,
                                0x1.fffffffffffffp53,
                                0x1p450,
                                0x1p470,
                                0x1.0000000000001p470,
                                0x1p511,
                                0x1p512,
                                0x1p1000,
                                0x1.0000000000001p1000,
                                0x1p1023,
                                0x1.fffffffffffffp1023,
                                INFINITY,
                                NAN,
                                0x1.0p-1,
                                0x1.921fb54442d18p1,
                                0x1.5bf0a8b145769p1};
  enum { N = sizeof near / sizeof *near };
  open_exact();
  for (int i = 0; i < 2 * N; i++)
    for (int j = 0; j < 2 * N; j++)
      for (int k = 0; k < 2 * N; k++)
        held(i % 2 ? -near[i / 2] : near[i / 2], j % 2 ? -near[j / 2] : near[j / 2],
             k % 2 ? -near[k / 2] : near[k / 2]);
  mpfr_clears(a, b, c, r, (mpfr_ptr)0);
}

Test(fused, by_hand) {
  const double e = 0x1p-52;
  /* 1 + 2^-53 is the middle between 1 and 1 + 2^-52: what is far below decides */
  cr_assert_eq(lfap_fma_exact(0x1p-53, 1.0, 1.0), 1.0);
  cr_assert_eq(lfap_fma_exact(0x1p-53, 1.0 + e, 1.0), 1.0 + e);
  cr_assert_eq(lfap_fma_exact(0x1p-53, 1.0 - e / 2, 1.0), 1.0);
  cr_assert_eq(lfap_fma_exact(0x1p-53, 1.0, 1.0 + e), 1.0 + 2 * e);
  cr_assert_eq(lfap_fma_exact(0x1p-53, 1.0 - e / 2, 1.0 + e), 1.0 + e);
  cr_assert_eq(lfap_fma_exact(1.0 + e, 1.0 + e, -(1.0 + 2 * e)), e * e, "what a product loses");
  cr_assert(same_bits(lfap_fma_exact(-0.0, 5.0, -0.0), -0.0) && same_bits(lfap_fma_exact(0.0, 5.0, -0.0), 0.0) &&
            same_bits(lfap_fma_exact(3.0, 5.0, -15.0), 0.0) && same_bits(lfap_fma_exact(-3.0, 5.0, 15.0), 0.0));
  cr_assert(isnan(lfap_fma_exact(0.0, INFINITY, 1.0)) && lfap_fma_exact(0.0, 7.0, INFINITY) == INFINITY);
}

/* A number of 53 bits, or of few with long runs, so that halves and ties occur. */
static double number(int spread) {
  uint64_t m = next();
  if (next() % 3 == 0) m &= next() & next() & next();
  if (next() % 4 == 0) m &= ~(uint64_t)0 << (next() % 60);
  const double v = ldexp((double)((m >> 11) | ((uint64_t)1 << 52)), (int)(next() % (unsigned)spread) - spread / 2 - 52);
  return next() % 2 ? -v : v;
}

Test(fused, random, .timeout = 36000) {
  const char *of = getenv("LFAP_FMA_TRIALS"), *seed = getenv("LFAP_FMA_SEED");
  if (seed) state += (uint64_t)atol(seed);
  const long trials = of ? atol(of) : 1000000;
  open_exact();
  for (long t = 0; t < trials; t++) {
    static const int spread[] = {4, 60, 130, 1000, 2090};
    const int s = spread[next() % 5];
    double x = number(s), y = number(s), z = number(s);
    switch (next() % 6) {
    case 0: z = -(x * y) * (1.0 + ldexp((double)(next() % 9) - 4.0, -(int)(next() % 56))); break; /* cancels */
    case 1: z = ldexp(x * y, (int)(next() % 130) - 65); break;                                    /* beside it */
    case 2: /* a product next to half a place of z */
      z = ldexp(number(2), (int)(next() % 40));
      y = ldexp(1.0 + 0x1p-52 * ((double)(next() % 5) - 2.0), -52 - (int)(next() % 3));
      x = ldexp(1.0 + 0x1p-52 * ((double)(next() % 5) - 2.0), ilogb(z));
      break;
    case 3: z = ldexp(z, -1000); break;
    }
    held(x, y, z);
  }
  if (of) printf("# %ld trials\n", trials);
  mpfr_clears(a, b, c, r, (mpfr_ptr)0);
}

/* The same bits through a kernel, whichever clone runs. */
Test(fused, in_a_dot) {
  double x[515], y[515], s[8], total = 0;
  open_exact();
  for (size_t n = 0; n <= 515; n += n < 20 ? 1 : 99) {
    for (size_t i = 0; i < n; i++) x[i] = number(60), y[i] = number(60);
    for (size_t k = 0; k == 0 || k < n; k += 512) {
      for (size_t l = 0; l < 8; l++) s[l] = 0;
      for (size_t i = k; i < n && i < k + 512; i++) s[(i - k) % 8] = exact(x[i], y[i], s[(i - k) % 8]);
      const double slice = join(s);
      total = k ? total + slice : slice;
    }
    cr_assert(same_bits(lfap_dot(n, x, y), total), "%zu terms", n);
  }
  mpfr_clears(a, b, c, r, (mpfr_ptr)0);
}
