/* factor.h - the Cholesky factor of a large matrix on the threads of a context (N6, statement Q1). */
#ifndef LFAP_DATA_FACTOR_H
#define LFAP_DATA_FACTOR_H
#include "lfap.h"

/* In place: L (n x n, row-major, stride n) holds Q on and below the diagonal and gets its factor there, with the
   bits of lfap_chol; what lies right of the diagonal is neither read nor written. *bad = n, or the index of the
   first pivot that is not > n*2^-52*Q_ii: then the rows below it are unspecified, and the status is still LFAP_OK.
   LFAP_ERR_MEMORY (some 1.1 MiB of scratch a thread), LFAP_ERR_INTERRUPTED: L is unspecified, *bad untouched. Solve
   with lfap_chol_solve (kernel/solve.h). */
lfap_status lfap_factor(lfap_ctx *ctx, double *L, size_t n, size_t *bad);
#endif
