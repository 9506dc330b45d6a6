/* factor.h - an approximate factor of a block of D Q D, in doubles or in MPFR, to improve multipliers with. Not
   trusted. */
#ifndef ORACLE_FACTOR_H
#define ORACLE_FACTOR_H
#include <mpfr.h>

#include "oracle/check/qmatrix.h"

typedef struct {
  size_t nf;
  unsigned bits; /* 53: L, more: M */
  double *L;     /* nf x nf, owned */
  mpfr_t *M;     /* packed rows, owned */
} oracle_factor;

/* *singular is 1, and out untouched, when a pivot is not clearly positive at this precision. */
lfap_status oracle_factor_make(lfap_ctx *ctx, oracle_factor *out, int *singular, const oracle_qm *q, const size_t *f,
                               size_t nf, unsigned bits);
void oracle_factor_free(oracle_factor *F);
/* step[i] = the nearest integer to 2^out[i] ((D Q D)^-1 b)_i, b_i = res[i] 2^in[i]; nf entries each. */
lfap_status oracle_factor_step(lfap_ctx *ctx, mpz_t *step, const oracle_factor *F, const mpz_t *res, const long *in,
                               const long *out);
/* About log2 of the smallest eigenvalue. */
lfap_status oracle_factor_least(lfap_ctx *ctx, long *mu, const oracle_factor *F);
/* A factor and a bound of the eigenvalues, 2^mu, that oracle_qm_positive proves with these bits; *proved 0: there is
   none at this precision. F is freed first. */
typedef struct {
  const oracle_qm *q;
  const size_t *f; /* the block's indices */
  size_t nf;
} oracle_block;
lfap_status oracle_factor_bound(lfap_ctx *ctx, oracle_factor *F, long *mu, int *proved, const oracle_block *b,
                                unsigned bits);
#endif
