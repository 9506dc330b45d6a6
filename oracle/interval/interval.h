/* interval.h - closed intervals with MPFR ends, rounded outward.
 *
 * A pair of ends and not MPFI or Arb's balls: a dozen operations are needed, each three lines of directed rounding
 * that a reader checks against mpfr's manual, and the oracle then rests on GMP and MPFR alone. Most of a certificate
 * is exact integer arithmetic anyway (spec/certificate.md); intervals appear where roots and quotients do. An
 * operation that is not defined (a zero divisor, the root of a negative number) gives [-inf, +inf]: wide, never
 * wrong.
 */
#ifndef ORACLE_INTERVAL_H
#define ORACLE_INTERVAL_H
#include <gmp.h>
#include <mpfr.h>

typedef struct {
  mpfr_t lo, hi;
} oracle_iv;

void oracle_iv_init(oracle_iv *x, mpfr_prec_t bits);
void oracle_iv_clear(oracle_iv *x);
void oracle_iv_set(oracle_iv *out, const oracle_iv *a);
void oracle_iv_set_d(oracle_iv *out, double a);
void oracle_iv_set_q(oracle_iv *out, const mpq_t a);
void oracle_iv_set_ends(oracle_iv *out, const mpq_t lo, const mpq_t hi);
void oracle_iv_entire(oracle_iv *out);
/* out may be an operand. */
void oracle_iv_add(oracle_iv *out, const oracle_iv *a, const oracle_iv *b);
void oracle_iv_sub(oracle_iv *out, const oracle_iv *a, const oracle_iv *b);
void oracle_iv_mul(oracle_iv *out, const oracle_iv *a, const oracle_iv *b);
void oracle_iv_div(oracle_iv *out, const oracle_iv *a, const oracle_iv *b);
void oracle_iv_sqrt(oracle_iv *out, const oracle_iv *a);
void oracle_iv_log(oracle_iv *out, const oracle_iv *a); /* entire where a has a number that is not positive */
void oracle_iv_atan(oracle_iv *out, const oracle_iv *a);
void oracle_iv_abs(oracle_iv *out, const oracle_iv *a);
/* +1 or -1: every number in it has that sign; 0: undecided (or the interval is [0, 0]). */
int oracle_iv_sign(const oracle_iv *a);
/* Every number of a below every one of b. */
int oracle_iv_less(const oracle_iv *a, const oracle_iv *b);

/* MPFR's sticky flags: cleared before a phase and looked at after it. 0 when underflow, overflow, an invalid
   operation or a division by zero was seen since: the results of the phase are then not used. Inexact results are
   what rounding outward is for. */
void oracle_flags_clear(void);
int oracle_flags_good(void);
const char *oracle_flags_name(void);
#endif
