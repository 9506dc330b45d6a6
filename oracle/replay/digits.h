/* digits.h - how many decimal digits of doubles are right, the same numbers at P bits taken for true. */
#ifndef ORACLE_REPLAY_DIGITS_H
#define ORACLE_REPLAY_DIGITS_H
#include "oracle/lfap_oracle.h"

/* Of x (n), held against exact (n); oracle_digits has the definition. */
oracle_digits oracle_digits_of(const double *x, mpfr_t *exact, size_t n);
#endif
