/* exp, log1p and log against MPFR (N3): the error bound over every range, the special values, and the points with the
 * largest errors met in 3*10^7 random ones a range. */
#include <criterion/criterion.h>
#include <math.h>
#include <mpfr.h>
#include <stdio.h>

#include "kernel/bits.h"
#include "kernel/elementary.h"
#include "kernel/random.h"

#define BOUND 0.52     /* N3 */
#define MEASURED 0.501 /* nothing above it was met; see worst_cases */

typedef enum { EXP, LOG1P } function;

/* |computed - exact| in units of the last place of the exact value (2^-1074 where that is subnormal). */
static double error_ulp(function f, double x) {
  const double y = f == EXP ? lfap_exp(x) : lfap_log1p(x);
  mpfr_t exact, diff;
  mpfr_inits2(128, exact, diff, (mpfr_ptr)0);
  mpfr_set_d(exact, x, MPFR_RNDN);
  (f == EXP ? mpfr_exp : mpfr_log1p)(exact, exact, MPFR_RNDN);
  long ulp = (mpfr_zero_p(exact) ? 0 : mpfr_get_exp(exact)) - 53;
  if (ulp < -1074) ulp = -1074;
  mpfr_d_sub(diff, y, exact, MPFR_RNDN);
  mpfr_mul_2si(diff, diff, -ulp, MPFR_RNDN);
  const double e = fabs(mpfr_get_d(diff, MPFR_RNDA));
  mpfr_clears(exact, diff, (mpfr_ptr)0);
  return isfinite(y) ? e : INFINITY;
}

typedef enum { LINEAR, POWER, NEGATIVE_POWER, ABOVE_MINUS_ONE } shape;

/* One point: t uniform on [lo, hi), as itself, +-2^t or -1 + 2^t. */
static double point(lfap_philox *g, shape s, double lo, double hi) {
  const double t = lo + (hi - lo) * lfap_philox_double(g);
  switch (s) {
  case POWER: return exp2(t);
  case NEGATIVE_POWER: return -exp2(t);
  case ABOVE_MINUS_ONE: return -1.0 + exp2(t);
  default: return t;
  }
}

static void check_range(function f, shape s, double lo, double hi, double bound, const char *name) {
  lfap_philox g;
  lfap_philox_seed(&g, 20240507);
  double worst = 0.0, at = 0.0;
  for (int i = 0; i < 70000; i++) {
    const double x = point(&g, s, lo, hi), e = error_ulp(f, x);
    if (!(e <= worst)) worst = e, at = x;
  }
  cr_expect(worst <= bound, "%s: %.6f ulp at %a", name, worst, at);
}

Test(elementary, exp_error) {
  check_range(EXP, LINEAR, -1.0, 1.0, MEASURED, "exp on [-1,1]");
  check_range(EXP, LINEAR, -745.14, 709.782, MEASURED, "exp everywhere");
  check_range(EXP, LINEAR, 700.0, 709.782712893, MEASURED, "exp below overflow");
  check_range(EXP, POWER, -60.0, 3.0, MEASURED, "exp of small positive");
  check_range(EXP, NEGATIVE_POWER, -60.0, 3.0, MEASURED, "exp of small negative");
}

/* One rounding into the subnormals: a second one would show as 0.75 ulp and more. */
Test(elementary, exp_subnormal_error) {
  check_range(EXP, LINEAR, -745.2, -708.0, MEASURED, "exp to subnormals");
  check_range(EXP, LINEAR, -709.2, -708.2, MEASURED, "exp around 2^-1022");
  check_range(EXP, LINEAR, -745.2, -738.0, MEASURED, "exp to the smallest subnormals");
}

Test(elementary, log1p_error) {
  check_range(LOG1P, LINEAR, -0.5, 1.0, MEASURED, "log1p around 0");
  check_range(LOG1P, LINEAR, -1.0, 0.0, MEASURED, "log1p on [-1,0]");
  check_range(LOG1P, POWER, -60.0, 0.0, MEASURED, "log1p of small positive");
  check_range(LOG1P, NEGATIVE_POWER, -60.0, 0.0, MEASURED, "log1p of small negative");
  check_range(LOG1P, ABOVE_MINUS_ONE, -53.0, -1.0, MEASURED, "log1p near -1");
  check_range(LOG1P, POWER, 0.0, 90.0, MEASURED, "log1p of large");
  check_range(LOG1P, POWER, -1074.0, 1023.99, MEASURED, "log1p everywhere");
}

/* Errors and points: the largest of 3*10^7 random points a range, found with this file's error_ulp. */
Test(elementary, worst_cases) {
  static const struct {
    function f;
    double x, error;
  } worst[] = {
      {EXP, 0x1.647dc56d398ccp-2, 0.500901},    /* exp on [-1,1] */
      {EXP, -0x1.6210a782c4f98p-2, 0.500892},   /* exp on [-0.36,-0.30] */
      {EXP, 0x1.a57d39ad012b8p+2, 0.500987},    /* exp on [-30,30] */
      {EXP, -0x1.0738ef30f620bp+9, 0.500901},   /* exp everywhere */
      {EXP, -0x1.62053777f91dep+9, 0.500562},   /* exp to subnormals */
      {EXP, 0x1.66065d6037509p-2, 0.500796},    /* exp of small positive */
      {LOG1P, -0x1.2d1879c71776bp-2, 0.500093}, /* log1p on [-0.5,1] */
      {LOG1P, -0x1.2c756b649702p-2, 0.500104},  /* log1p on [-1,0] */
      {LOG1P, 0x1.a2814b4aba3b3p-2, 0.500080},  /* log1p of small positive */
      {LOG1P, -0x1.29d0d9951d2eap-2, 0.500077}, /* log1p of small negative */
      {LOG1P, 0x1.af91d1ed19b0ep+0, 0.500001},  /* log1p of 2^[0,90] */
      {LOG1P, 0x1.7deab5b60cbb8p+38, 0.500000}, /* log1p everywhere */
  };
  for (size_t i = 0; i < sizeof worst / sizeof *worst; i++) {
    const double e = error_ulp(worst[i].f, worst[i].x);
    cr_expect(fabs(e - worst[i].error) < 2e-6, "%a: %.6f ulp", worst[i].x, e);
    cr_expect(e <= BOUND);
  }
}

static int same(double a, double b) { return lfap_bits_of(a) == lfap_bits_of(b); }

Test(elementary, exp_special) {
  cr_expect(same(lfap_exp(0.0), 1.0) && same(lfap_exp(-0.0), 1.0));
  cr_expect(same(lfap_exp(0x1p-1074), 1.0) && same(lfap_exp(-0x1p-54), 1.0));
  cr_expect(same(lfap_exp(0x1p-52), 1.0 + 0x1p-52));
  cr_expect(same(lfap_exp(1.0), 0x1.5bf0a8b145769p+1), "e");
  cr_expect(same(lfap_exp(INFINITY), INFINITY) && same(lfap_exp(-INFINITY), 0.0));
  cr_expect(isnan(lfap_exp(NAN)) && isnan(lfap_exp(-NAN)));
  /* either side of overflow, of the normal range and of underflow */
  cr_expect(same(lfap_exp(0x1.62e42fefa39efp+9), 0x1.fffffffffff2ap+1023));
  cr_expect(same(lfap_exp(0x1.62e42fefa39f0p+9), INFINITY) && same(lfap_exp(0x1p1023), INFINITY));
  cr_expect(same(lfap_exp(-0x1.6232bdd7abcd2p+9), 0x1.000000000007cp-1022));
  cr_expect(same(lfap_exp(-0x1.6232bdd7abcd3p+9), 0x0.ffffffffffe7cp-1022));
  cr_expect(same(lfap_exp(-0x1.74910d52d3051p+9), 0x1p-1074));
  cr_expect(same(lfap_exp(-0x1.74910d52d3052p+9), 0.0) && same(lfap_exp(-0x1p1023), 0.0));
}

Test(elementary, log1p_special) {
  cr_expect(same(lfap_log1p(0.0), 0.0) && same(lfap_log1p(-0.0), -0.0));
  cr_expect(same(lfap_log1p(0x1p-1074), 0x1p-1074) && same(lfap_log1p(-0x1p-1074), -0x1p-1074));
  cr_expect(same(lfap_log1p(-1.0), -INFINITY) && same(lfap_log1p(INFINITY), INFINITY));
  cr_expect(isnan(lfap_log1p(-1.0 - 0x1p-52)) && isnan(lfap_log1p(-INFINITY)) && isnan(lfap_log1p(NAN)));
  cr_expect(same(lfap_log1p(1.0), 0x1.62e42fefa39efp-1), "ln 2");
  cr_expect(same(lfap_log1p(-1.0 + 0x1p-53), -0x1.25e4f7b2737fap+5), "-53 ln 2");
  cr_expect(same(lfap_log1p(0x1.fffffffffffffp+1023), 0x1.62e42fefa39efp+9), "1024 ln 2");
}

Test(elementary, log_ge1_is_log1p_of_x_minus_1) {
  cr_expect(same(lfap_log_ge1(1.0), 0.0) && same(lfap_log_ge1(2.0), 0x1.62e42fefa39efp-1));
  lfap_philox g;
  lfap_philox_seed(&g, 3);
  for (int i = 0; i < 1000; i++) {
    const double x = exp2(60.0 * lfap_philox_double(&g));
    cr_assert(same(lfap_log_ge1(x), lfap_log1p(x - 1.0)));
    cr_assert_float_eq(lfap_log_ge1(x), log(x), 1e-15 * (1.0 + log(x)));
  }
}

/* The bits of 2*10^5 results folded into one word: the same for every compiler, optimisation level and clone. */
Test(elementary, bits_are_fixed) {
  lfap_philox g;
  lfap_philox_seed(&g, 5);
  uint64_t h = 0;
  for (int i = 0; i < 100000; i++) {
    h = (h ^ lfap_bits_of(lfap_exp(point(&g, LINEAR, -746.0, 710.0)))) * 0x9e3779b97f4a7c15u;
    const double u = lfap_bits_to(lfap_philox_next(&g) >> 2); /* [0,2): every exponent */
    h = (h ^ lfap_bits_of(lfap_log1p(i & 1 ? u : -u / 2.0))) * 0x9e3779b97f4a7c15u;
    h ^= h >> 29;
  }
  cr_expect_eq(h, 0x8bf631d8650fbecfu, "0x%016llx", (unsigned long long)h);
}
