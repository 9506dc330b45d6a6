/* qp.h - the nonnegative quadratic programme behind C1 and K1, with what the limit wants to know of the way. */
#ifndef LFAP_LIMIT_QP_H
#define LFAP_LIMIT_QP_H
#include "lfap.h"

/* min 1/2 l'Ml - b'l over l >= 0. *full: the first solve on the whole index set was positive already. */
lfap_status lfap_qp_run(lfap_ctx *ctx, double *lambda, double *mu, int *full, const double *M, const double *b, size_t n);
#endif
