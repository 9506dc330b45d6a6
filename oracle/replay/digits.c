/* digits.c - right decimal digits of doubles. */
#include "oracle/replay/digits.h"

#include <math.h>

enum { BITS = 64 }; /* of an error, which needs no more than its first digits */

/* -log10(error/size), from 0 to ORACLE_DIGITS_MOST. Scratch: error. */
static double digits(mpfr_t error, const mpfr_t size) {
  if (mpfr_zero_p(error)) return ORACLE_DIGITS_MOST;
  mpfr_div(error, error, size, MPFR_RNDN);
  mpfr_log10(error, error, MPFR_RNDN);
  return fmin(fmax(-mpfr_get_d(error, MPFR_RNDN), 0.0), ORACLE_DIGITS_MOST);
}

oracle_digits oracle_digits_of(const double *x, mpfr_t *exact, size_t n) {
  mpfr_flags_t flags = mpfr_flags_save(); /* what is raised here says nothing of the run */
  mpfr_t e, worst, ratio, errors, sizes;
  mpfr_inits2(BITS, e, worst, ratio, errors, sizes, (mpfr_ptr)0);
  mpfr_set_zero(worst, 1);
  mpfr_set_zero(errors, 1);
  mpfr_set_zero(sizes, 1);
  for (size_t i = 0; i < n; i++) {
    mpfr_sub_d(e, exact[i], x[i], MPFR_RNDN);
    mpfr_fma(errors, e, e, errors, MPFR_RNDN);
    mpfr_sqr(ratio, exact[i], MPFR_RNDN);
    mpfr_add(sizes, sizes, ratio, MPFR_RNDN);
    if (mpfr_zero_p(e)) continue;
    mpfr_div(ratio, e, exact[i], MPFR_RNDN); /* infinite where the true number is 0 */
    if (mpfr_cmpabs(ratio, worst) > 0) mpfr_abs(worst, ratio, MPFR_RNDN);
  }
  mpfr_sqrt(errors, errors, MPFR_RNDN);
  mpfr_sqrt(sizes, sizes, MPFR_RNDN);
  mpfr_set_ui(ratio, 1, MPFR_RNDN);
  oracle_digits d = {digits(errors, sizes), digits(worst, ratio)};
  mpfr_clears(e, worst, ratio, errors, sizes, (mpfr_ptr)0);
  mpfr_flags_restore(flags, MPFR_FLAGS_ALL);
  return d;
}
