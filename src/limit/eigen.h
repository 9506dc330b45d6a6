/* eigen.h - a lower bound of the eigenvalues of D Q D on a support (spec/numerics.md N14, "Inverse"). */
#ifndef LFAP_LIMIT_EIGEN_H
#define LFAP_LIMIT_EIGEN_H
#include "limit/qmatrix.h"

/* *eigen > 0: all eigenvalues of the block of D Q D on the indices f (nf of them) are above it; 0: not known. m:
   opened, of a Gram matrix of samples of dimension d; scale (n): the diagonal of D, powers of two with D ||x_n|| <
   1. *factors counts the factors tried. */
lfap_status lfap_least_eigenvalue(lfap_ctx *ctx, double *eigen, int *factors, const lfap_qm *m, const size_t *f,
                                  size_t nf, const double *scale, size_t d);
#endif
