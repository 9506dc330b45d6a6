/* pair.c - sums kept as pairs (N13): the operations one by one, and how near hi + lo is to the exact sum, by MPFR. */
#include "kernel/pair.h"

#include <criterion/criterion.h>
#include <mpfr.h>

#include "draws.h"

enum { MAX = 40, EXACT = 4600 };

static double x[MAX], hi[MAX + 1], lo[MAX + 1];

/* One link of a chain as N13 writes it. */
static void link_of(double *h, double *l, double a, double v) {
  volatile double p = a * v, t = *h + p, bb = t - *h, low = t - bb, e1 = *h - low, e3 = p - bb;
  double e = fma(a, v, -p), e2 = e1 + e3;
  *h = t;
  *l = *l + (e + e2);
}

Test(pair, bits_follow_the_numerics) {
  for (int law = 0; law < 4; law++)
    for (size_t n = 0; n <= MAX; n++) {
      double want_hi[MAX], want_lo[MAX];
      for (size_t k = 0; k < n; k++) hi[k] = want_hi[k] = draw(law), lo[k] = want_lo[k] = 0x1p-60 * draw(law);
      hi[n] = lo[n] = 12345.678; /* behind them */
      for (int link = 0; link < 5; link++) {
        double a = draw(law);
        for (size_t k = 0; k < n; k++) x[k] = draw(law), link_of(&want_hi[k], &want_lo[k], a, x[k]);
        lfap_pair_axpy(hi, lo, a, x, n);
        for (size_t k = 0; k < n; k++)
          cr_assert(same_bits(hi[k], want_hi[k]) && same_bits(lo[k], want_lo[k]), "law %d, entry %zu of %zu", law, k, n);
      }
      cr_assert(hi[n] == 12345.678 && lo[n] == 12345.678, "written behind %zu entries", n);
    }
}

Test(pair, by_hand) {
  const double one[1] = {1.0}, third[1] = {0x1p-30};
  double h[1] = {0x1p53}, l[1] = {0.0};
  lfap_pair_axpy(h, l, 1.0, one, 1); /* 2^53 + 1 is no double: the 1 goes to lo */
  cr_assert(h[0] == 0x1p53 && l[0] == 1.0);
  lfap_pair_axpy(h, l, -0x1p53, one, 1);
  cr_assert(h[0] == 0.0 && l[0] == 1.0, "what was lost is still there");
  h[0] = 0.0, l[0] = 0.0;
  lfap_pair_axpy(h, l, 1.0 + 0x1p-30, third, 1); /* exact: nothing is lost */
  cr_assert(h[0] == 0x1p-30 + 0x1p-60 && l[0] == 0.0);
  h[0] = 0.0;
  const double near_one[1] = {1.0 + 0x1p-52};
  lfap_pair_axpy(h, l, 1.0 + 0x1p-52, near_one, 1); /* 1 + 2^-51 + 2^-104 */
  cr_assert(h[0] == 1.0 + 0x1p-51 && l[0] == 0x1p-104);
  const double a[3] = {3, -1, 2}, high[3] = {1, 2, 5}, low[3] = {0x1p-60, 0, 0x1p-61};
  cr_assert_eq(lfap_pair_dot(a, high, low, 3), 11.0);
  cr_assert_eq(lfap_pair_dot(a, low, high, 3), 11.0);
  cr_assert(same_bits(lfap_pair_dot(NULL, NULL, NULL, 0), 0.0), "an empty pair dot");
}

/* |hi + lo - s| <= (n+1)^2 u^2 (1 + 2^-19) S + 2 n t after n links, S the sum of |a x| (N14, Class sums). */
Test(pair, a_chain_is_as_good_as_twice_the_precision) {
  mpfr_t s, term, size;
  mpfr_inits2(EXACT, s, term, size, (mpfr_ptr)0);
  for (int round = 0; round < 2000; round++) {
    double h[1] = {0.0}, l[1] = {0.0};
    int links = 1 + (int)(next() % 60);
    mpfr_set_zero(s, 1), mpfr_set_zero(size, 1);
    for (int i = 0; i < links; i++) {
      double a = ldexp(draw(0), (int)(next() % 40) - 20), v[1] = {ldexp(draw(0), (int)(next() % 40) - 20)};
      if (i == links - 1 && round % 2) a = -mpfr_get_d(s, MPFR_RNDN), v[0] = 1.0; /* cancels all but the rounding */
      lfap_pair_axpy(h, l, a, v, 1);
      mpfr_set_d(term, a, MPFR_RNDN);
      mpfr_mul_d(term, term, v[0], MPFR_RNDN);
      mpfr_add(s, s, term, MPFR_RNDN);
      mpfr_abs(term, term, MPFR_RNDN);
      mpfr_add(size, size, term, MPFR_RNDN);
    }
    mpfr_sub_d(s, s, h[0], MPFR_RNDN);
    mpfr_sub_d(s, s, l[0], MPFR_RNDN);
    double off = fabs(mpfr_get_d(s, MPFR_RNDN)), n = (double)links;
    double bound = (n + 1) * (n + 1) * 0x1p-106 * (1 + 0x1p-18) * mpfr_get_d(size, MPFR_RNDU) + 2 * n * 0x1p-1074;
    cr_assert_leq(off, bound, "round %d: %d links are %g off", round, links, off);
  }
  mpfr_clears(s, term, size, (mpfr_ptr)0);
}

/* The first product compensated, the second a dot: nearer than a plain dot of x and hi can be. */
Test(pair, a_dot_keeps_what_lo_holds) {
  mpfr_t s, term;
  mpfr_inits2(EXACT, s, term, (mpfr_ptr)0);
  for (int round = 0; round < 2000; round++) {
    size_t n = 1 + next() % MAX;
    double all = 0.0;
    mpfr_set_zero(s, 1);
    for (size_t k = 0; k < n; k++) {
      x[k] = draw(0), hi[k] = draw(0), lo[k] = 0x1p-53 * draw(0);
      mpfr_set_d(term, hi[k], MPFR_RNDN);
      mpfr_add_d(term, term, lo[k], MPFR_RNDN);
      mpfr_mul_d(term, term, x[k], MPFR_RNDN);
      mpfr_add(s, s, term, MPFR_RNDN);
      all += fabs(x[k] * hi[k]);
    }
    double exact = mpfr_get_d(s, MPFR_RNDN), got = lfap_pair_dot(x, hi, lo, n), m = (double)n;
    double bound = 0x1p-52 * fabs(exact) + 8 * (m + 1) * (m + 1) * 0x1p-106 * (all + m);
    cr_assert_leq(fabs(got - exact), bound, "round %d, n %zu: %a, exactly %a", round, n, got, exact);
  }
  mpfr_clears(s, term, (mpfr_ptr)0);
}
