/* Tests of src/kernel/loss.c (spec/numerics.md N4, N5, N9); the references are MPFR's at 200 bits. */
#include "draws.h"
#include "kernel/loss.h"

#include <criterion/criterion.h>
#include <math.h>
#include <mpfr.h>

#include "kernel/elementary.h"

/* |x - ref| in units of the last place of ref */
static double ulps(double x, const mpfr_t ref) {
  mpfr_t e;
  const double r = mpfr_get_d(ref, MPFR_RNDN);
  if (x == r) return 0.0;
  mpfr_init2(e, 200);
  mpfr_d_sub(e, x, ref, MPFR_RNDN);
  const double err = fabs(mpfr_get_d(e, MPFR_RNDN)) / (nextafter(fabs(r), INFINITY) - fabs(r));
  mpfr_clear(e);
  return err;
}

/* l = log(1 + exp(-q)), g = 1/(1 + exp(q)), r = log(1 + exp(q)) */
static void reference(mpfr_t l, mpfr_t g, mpfr_t r, double q) {
  mpfr_t e;
  mpfr_init2(e, 2200);
  mpfr_set_d(e, q, MPFR_RNDN);
  mpfr_exp(e, e, MPFR_RNDN);
  mpfr_log1p(r, e, MPFR_RNDN);
  mpfr_add_ui(e, e, 1, MPFR_RNDN);
  mpfr_ui_div(g, 1, e, MPFR_RNDN);
  mpfr_set_d(e, -q, MPFR_RNDN);
  mpfr_exp(e, e, MPFR_RNDN);
  mpfr_log1p(l, e, MPFR_RNDN);
  mpfr_clear(e);
}

Test(loss, logistic_l_g_r_within_two_ulp) {
  mpfr_t l, g, r;
  mpfr_inits2(200, l, g, r, (mpfr_ptr)0);
  for (int i = 0; i < 6000; i++) {
    const double q = i % 3 == 0 ? 700.0 * rnd() : i % 3 == 1 ? 40.0 * rnd() : rnd() * 0x1p-20;
    reference(l, g, r, q);
    cr_assert(ulps(lfap_loss_logistic(q), l) < 2.0, "l(%a) off by %g ulp", q, ulps(lfap_loss_logistic(q), l));
    cr_assert(ulps(lfap_loss_logistic_g(q), g) < 2.5, "g(%a) off by %g ulp", q, ulps(lfap_loss_logistic_g(q), g));
    cr_assert(ulps(lfap_loss_logistic_r(q), r) < 2.0, "r(%a) off by %g ulp", q, ulps(lfap_loss_logistic_r(q), r));
  }
  mpfr_clears(l, g, r, (mpfr_ptr)0);
}

Test(loss, exact_values_and_far_ends) {
  cr_assert_eq(lfap_loss_exp(0.0), 1.0);
  cr_assert_eq(lfap_loss_exp_g(0.0), 1.0);
  cr_assert_eq(lfap_loss_exp(-1.0), 0x1.5bf0a8b145769p+1, "e");
  cr_assert_eq(lfap_loss_exp(1e9), 0.0);
  cr_assert_eq(lfap_loss_exp(-1e9), INFINITY);
  cr_assert_eq(lfap_loss_logistic_g(0.0), 0.5);
  cr_assert_eq(lfap_loss_logistic_g(-0.0), 0.5);
  cr_assert_eq(lfap_loss_logistic(0.0), lfap_loss_logistic_r(0.0), "both log 2");
  cr_assert_eq(lfap_loss_logistic(1e9), 0.0);
  cr_assert_eq(lfap_loss_logistic(-1e9), 1e9);
  cr_assert_eq(lfap_loss_logistic_g(1e9), 0.0);
  cr_assert_eq(lfap_loss_logistic_g(-1e9), 1.0);
  cr_assert_eq(lfap_loss_logistic_r(1e9), 1e9);
  cr_assert_eq(lfap_loss_logistic_r(-1e9), 0.0);
  cr_assert(isnan(lfap_loss_logistic(NAN)) && isnan(lfap_loss_logistic_g(NAN)) && isnan(lfap_loss_logistic_r(NAN)));
}

/* the two branches as the specification writes them */
Test(loss, branches_follow_the_specification_to_the_bit) {
  for (int i = 0; i < 2000; i++) {
    const double q = 30.0 * rnd(), e = lfap_exp(-q), b = lfap_exp(q);
    cr_assert_eq(lfap_loss_exp(q), e);
    cr_assert_eq(lfap_loss_exp_g(q), e);
    cr_assert_eq(lfap_loss_logistic(q), q < 0.0 ? lfap_log1p(b) - q : lfap_log1p(e));
    cr_assert_eq(lfap_loss_logistic_g(q), q < 0.0 ? 1.0 / (b + 1.0) : e / (e + 1.0));
    cr_assert_eq(lfap_loss_logistic_r(q), q < 0.0 ? lfap_log1p(b) : lfap_log1p(e) + q);
    cr_assert_eq(lfap_loss_logistic(q), lfap_loss_logistic_r(-q), "r(q) = l(-q)");
  }
}

Test(loss, fill_takes_the_loss_that_was_asked_for) {
  double q[5] = {-3.0, -0.0, 0.0, 1.5, 40.0}, l[6], g[6];
  for (int logistic = 0; logistic < 2; logistic++) {
    l[5] = g[5] = 9.0;
    lfap_loss_fill(l, g, q, logistic, 5);
    for (size_t i = 0; i < 5; i++) {
      cr_assert_eq(l[i], logistic ? lfap_loss_logistic(q[i]) : lfap_loss_exp(q[i]));
      cr_assert_eq(g[i], logistic ? lfap_loss_logistic_g(q[i]) : lfap_loss_exp_g(q[i]));
    }
    cr_assert(l[5] == 9.0 && g[5] == 9.0, "one past the end is left alone");
  }
  cr_assert_neq(lfap_loss_logistic(-3.0), lfap_loss_exp(-3.0));
}

Test(loss, coefficients_divide_before_they_multiply) {
  double g[7], s1[7], s2[7];
  const double s = 1.0 / sqrt(6.0), gamma = 0.3;
  for (size_t i = 0; i < 7; i++) g[i] = 1.0 + rnd();
  lfap_loss_coef(s1, s2, g, s, gamma, 7);
  for (size_t i = 0; i < 7; i++) {
    volatile double t = g[i] / 7.0; /* one rounding each */
    volatile double open = t * s;
    cr_assert_eq(s1[i], open);
    cr_assert_eq(s2[i], open * gamma);
  }
}

Test(loss, row_coefficients_by_sign_label_and_slope) {
  double z[30], y[10], s1[10], s2[10], c[10];
  for (size_t i = 0; i < 30; i++) z[i] = rnd();
  z[6] = 0.0;  /* sample 2 of stride 3 */
  z[9] = -0.0; /* sample 3 */
  for (size_t i = 0; i < 10; i++) {
    y[i] = rnd() > 0.0 ? 1.0 : -1.0;
    s1[i] = 1.0 + (double)i;
    s2[i] = 100.0 + (double)i;
  }
  for (int plus = 0; plus < 2; plus++)
    for (size_t ld = 1; ld <= 3; ld += 2) {
      lfap_loss_row_coef(c, z, y, s1, s2, plus ? 1.0 : -1.0, 10, ld);
      for (size_t i = 0; i < 10; i++) {
        const double size = z[i * ld] > 0.0 ? s1[i] : s2[i];
        const int negative = (y[i] > 0.0) == (plus == 1); /* -sgn(a) y */
        cr_assert_eq(c[i], negative ? -size : size, "sample %zu stride %zu", i, ld);
      }
    }
  lfap_loss_row_coef(c, z, y, s1, s2, 1.0, 10, 3);
  cr_assert_eq(fabs(c[2]), s2[2], "slope gamma at zero");
  cr_assert_eq(fabs(c[3]), s2[3], "slope gamma at minus zero");
}

static double lanes_sum(const double *x, size_t n) {
  double s[8];
  for (size_t l = 0; l < 8; l++) {
    s[l] = 0.0;
    for (size_t k = l; k < n; k += 8) s[l] += x[k];
  }
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

Test(loss, softmax_of_one_is_one) {
  double p;
  const double r[] = {0.0, 1e9, -1e9, 0.1, 1e300};
  for (size_t i = 0; i < 5; i++) {
    cr_assert_eq(lfap_softmax(&p, r + i, 1), -r[i]);
    cr_assert_eq(p, 1.0);
  }
}

Test(loss, softmax_bits_and_log_of_the_mean) {
  static double r[500], p[500], e[500];
  mpfr_t sum, t;
  mpfr_set_emax(mpfr_get_emax_max()); /* exp(1e9) is beyond the default range */
  mpfr_set_emin(mpfr_get_emin_min());
  mpfr_inits2(200, sum, t, (mpfr_ptr)0);
  for (size_t n = 1; n <= 500; n += n < 20 ? 1 : 96) {
    const double shift = n % 3 == 0 ? 1e9 : n % 3 == 1 ? -1e9 : 0.0;
    double least = INFINITY, total = 0.0;
    mpfr_set_zero(sum, 1);
    for (size_t i = 0; i < n; i++) {
      r[i] = shift + 20.0 * rnd();
      least = fmin(least, r[i]);
      mpfr_set_d(t, -r[i], MPFR_RNDN);
      mpfr_exp(t, t, MPFR_RNDN);
      mpfr_add(sum, sum, t, MPFR_RNDN);
    }
    mpfr_div_ui(sum, sum, n, MPFR_RNDN);
    mpfr_log(sum, sum, MPFR_RNDN);
    const double ref = mpfr_get_d(sum, MPFR_RNDN);
    const double got = lfap_softmax(p, r, n);
    cr_assert_float_eq(got, ref, 4.0 * 0x1p-53 * (fabs(least) + 10.0), "n = %zu: %a %a", n, got, ref);
    for (size_t i = 0; i < n; i++) e[i] = lfap_exp(least - r[i]);
    const double s = lanes_sum(e, n);
    cr_assert_eq(got, lfap_log_ge1(s) - least - lfap_log_ge1((double)n));
    for (size_t i = 0; i < n; i++) {
      cr_assert_eq(p[i], e[i] / s);
      total += p[i];
    }
    cr_assert_float_eq(total, 1.0, (double)(n + 2) * 0x1p-52);
  }
  mpfr_clears(sum, t, (mpfr_ptr)0);
}

Test(loss, softmax_far_apart_and_shifted) {
  const double r[3] = {1e9, 0.0, 800.0}, near[3] = {0.25, 3.0, 1.5}, far[3] = {0x1p20 + 0.25, 0x1p20 + 3.0, 0x1p20 + 1.5};
  double p[3], p1[3];
  const double got = lfap_softmax(p, r, 3);
  cr_assert(p[0] == 0.0 && p[1] == 1.0 && p[2] == 0.0);
  cr_assert_eq(got, -lfap_log_ge1(3.0));
  lfap_softmax(p, near, 3);
  lfap_softmax(p1, far, 3);
  for (size_t i = 0; i < 3; i++) cr_assert_eq(p[i], p1[i], "only differences of r matter");
  cr_assert(p[0] > p[2] && p[2] > p[1], "the smallest r weighs most");
}
