/* interval.c - outward rounded + - * / sqrt log atan. Each end is the exact result's rounding away from the
 * interval, so that a in A and b in B imply a op b in A op B: monotonicity for + - and the functions, the four
 * corners for * and /. */
#include "oracle/interval/interval.h"

void oracle_iv_init(oracle_iv *x, mpfr_prec_t bits) {
  mpfr_init2(x->lo, bits);
  mpfr_init2(x->hi, bits);
  mpfr_set_zero(x->lo, 1);
  mpfr_set_zero(x->hi, 1);
}

void oracle_iv_clear(oracle_iv *x) {
  mpfr_clear(x->lo);
  mpfr_clear(x->hi);
}

void oracle_iv_set(oracle_iv *out, const oracle_iv *a) {
  mpfr_set(out->lo, a->lo, MPFR_RNDD);
  mpfr_set(out->hi, a->hi, MPFR_RNDU);
}

void oracle_iv_set_d(oracle_iv *out, double a) {
  mpfr_set_d(out->lo, a, MPFR_RNDD);
  mpfr_set_d(out->hi, a, MPFR_RNDU);
}

void oracle_iv_set_q(oracle_iv *out, const mpq_t a) { oracle_iv_set_ends(out, a, a); }

void oracle_iv_set_ends(oracle_iv *out, const mpq_t lo, const mpq_t hi) {
  mpfr_set_q(out->lo, lo, MPFR_RNDD);
  mpfr_set_q(out->hi, hi, MPFR_RNDU);
}

void oracle_iv_entire(oracle_iv *out) {
  mpfr_set_inf(out->lo, -1);
  mpfr_set_inf(out->hi, 1);
}

void oracle_iv_add(oracle_iv *out, const oracle_iv *a, const oracle_iv *b) {
  mpfr_add(out->lo, a->lo, b->lo, MPFR_RNDD);
  mpfr_add(out->hi, a->hi, b->hi, MPFR_RNDU);
}

void oracle_iv_sub(oracle_iv *out, const oracle_iv *a, const oracle_iv *b) {
  mpfr_t lo;
  mpfr_init2(lo, mpfr_get_prec(out->lo));
  mpfr_sub(lo, a->lo, b->hi, MPFR_RNDD);
  mpfr_sub(out->hi, a->hi, b->lo, MPFR_RNDU);
  mpfr_swap(out->lo, lo);
  mpfr_clear(lo);
}

typedef int (*corner_fn)(mpfr_t, const mpfr_t, const mpfr_t, mpfr_rnd_t);

/* The least and the greatest of the four corners. A corner 0 * inf is NaN and makes the result entire. */
static void corners(oracle_iv *out, corner_fn fn, const oracle_iv *a, const oracle_iv *b) {
  mpfr_t lo, hi, t;
  mpfr_srcptr ea[2] = {a->lo, a->hi}, eb[2] = {b->lo, b->hi};
  mpfr_init2(lo, mpfr_get_prec(out->lo));
  mpfr_init2(hi, mpfr_get_prec(out->hi));
  mpfr_init2(t, mpfr_get_prec(out->lo));
  int bad = 0;
  for (int i = 0; i < 4; i++) {
    fn(t, ea[i & 1], eb[i >> 1], MPFR_RNDD);
    bad |= mpfr_nan_p(t);
    if (i == 0 || mpfr_less_p(t, lo)) mpfr_set(lo, t, MPFR_RNDD);
    fn(t, ea[i & 1], eb[i >> 1], MPFR_RNDU);
    if (i == 0 || mpfr_greater_p(t, hi)) mpfr_set(hi, t, MPFR_RNDU);
  }
  mpfr_swap(out->lo, lo);
  mpfr_swap(out->hi, hi);
  if (bad) oracle_iv_entire(out);
  mpfr_clears(lo, hi, t, (mpfr_ptr)0);
}

void oracle_iv_mul(oracle_iv *out, const oracle_iv *a, const oracle_iv *b) { corners(out, mpfr_mul, a, b); }

void oracle_iv_div(oracle_iv *out, const oracle_iv *a, const oracle_iv *b) {
  if (oracle_iv_sign(b) == 0) oracle_iv_entire(out);
  else corners(out, mpfr_div, a, b);
}

void oracle_iv_sqrt(oracle_iv *out, const oracle_iv *a) {
  if (!(mpfr_sgn(a->lo) >= 0) || mpfr_nan_p(a->lo)) {
    oracle_iv_entire(out);
    return;
  }
  mpfr_sqrt(out->lo, a->lo, MPFR_RNDD);
  mpfr_sqrt(out->hi, a->hi, MPFR_RNDU);
}

void oracle_iv_log(oracle_iv *out, const oracle_iv *a) {
  if (!(mpfr_sgn(a->lo) > 0) || mpfr_nan_p(a->lo)) {
    oracle_iv_entire(out);
    return;
  }
  mpfr_log(out->lo, a->lo, MPFR_RNDD);
  mpfr_log(out->hi, a->hi, MPFR_RNDU);
}

void oracle_iv_atan(oracle_iv *out, const oracle_iv *a) {
  mpfr_atan(out->lo, a->lo, MPFR_RNDD);
  mpfr_atan(out->hi, a->hi, MPFR_RNDU);
}

void oracle_iv_abs(oracle_iv *out, const oracle_iv *a) {
  mpfr_t m;
  mpfr_init2(m, mpfr_get_prec(out->lo));
  if (mpfr_sgn(a->lo) >= 0) oracle_iv_set(out, a);
  else if (mpfr_sgn(a->hi) <= 0) {
    mpfr_neg(m, a->hi, MPFR_RNDD);
    mpfr_neg(out->hi, a->lo, MPFR_RNDU);
    mpfr_swap(out->lo, m);
  } else {
    mpfr_neg(m, a->lo, MPFR_RNDU);
    mpfr_max(out->hi, m, a->hi, MPFR_RNDU);
    mpfr_set_zero(out->lo, 1);
  }
  mpfr_clear(m);
}

int oracle_iv_sign(const oracle_iv *a) {
  if (mpfr_nan_p(a->lo) || mpfr_nan_p(a->hi)) return 0;
  return mpfr_sgn(a->lo) > 0 ? 1 : mpfr_sgn(a->hi) < 0 ? -1 : 0;
}

int oracle_iv_less(const oracle_iv *a, const oracle_iv *b) { return mpfr_less_p(a->hi, b->lo) != 0; }

void oracle_flags_clear(void) { mpfr_clear_flags(); }

int oracle_flags_good(void) {
  return !mpfr_underflow_p() && !mpfr_overflow_p() && !mpfr_nanflag_p() && !mpfr_divby0_p();
}

const char *oracle_flags_name(void) {
  return mpfr_nanflag_p()     ? "an invalid operation"
         : mpfr_divby0_p()    ? "a division by zero"
         : mpfr_overflow_p()  ? "overflow"
         : mpfr_underflow_p() ? "underflow"
                              : "nothing";
}
