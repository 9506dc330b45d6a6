/* runs.h - claims about a network in training, decided in exact integers as Coq decides them (proofs/coq/Checkers.v,
 * check_split and check_C4). */
#ifndef ORACLE_COQ_RUNS_H
#define ORACLE_COQ_RUNS_H
#include "oracle/coq/coq.h"

enum { ORACLE_COQ_ROOT_BITS = 64 /* the grid is at least so fine: sqrt m is enclosed on it */ };

/* Integers of check_split and check_C4; in the file they follow from the data and what it proposes. */
typedef struct {
  mpz_t low, high;             /* low/D <= sqrt m <= high/D, D = 2^-e */
  mpz_t unit, most, den, r, Q; /* C4: slopes are S/(unit T), ||K_n||^2 <= most, multipliers A_n/den; the ray's r/Q */
  mpz_t rate, rate_den;        /* C4: the largest learning rate */
} oracle_coq_run;
void oracle_coq_run_init(oracle_coq_run *k);
void oracle_coq_run_clear(oracle_coq_run *k);

/* floor(sqrt(m) 2^-e) and 1 more. */
void oracle_coq_root(mpz_t low, mpz_t high, size_t m, long e);

/* T5: the sign with which the perturbations decide z, 0 where that is not shown. about: weights, perturbations with
   their labels, coefficients. */
int oracle_coq_split_sign(const oracle_coq_about *about, double gamma, const double *z);

/* C4 of t's multipliers and slopes, on the grid 2^e: fills k. *wrong NULL: it holds; else why it is not shown. about:
   samples with their labels, first weights. */
lfap_status oracle_coq_converges(lfap_ctx *ctx, const char **wrong, oracle_coq_run *k, const oracle_coq *t,
                                 const oracle_coq_about *about, long e);
/* gamma = g/T, T = 2^s, slopes over 2^(s + *more). */
long oracle_coq_slope_bits(double gamma, long *more);
#endif
