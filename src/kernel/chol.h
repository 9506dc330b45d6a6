/* chol.h - Cholesky factor and triangular solves for Q lambda = 1 (N6, statement Q1). */
#ifndef LFAP_KERNEL_CHOL_H
#define LFAP_KERNEL_CHOL_H
#include <stddef.h>

/* Row i of the factor in place: L (n x n, row-major), rows 0..i-1 done, row i holds Q_i0..Q_ii.
   Returns 1, or 0 when the pivot is not > n*2^-52*Q_ii (row i is then unspecified). Entries right of i are untouched. */
int lfap_chol_row(double *L, size_t i, size_t n);
/* All rows; returns n, or the index of the first bad pivot. */
size_t lfap_chol(double *L, size_t n);
/* x = (L L')^-1 b; x and b may not overlap. */
void lfap_chol_solve(double *x, const double *L, const double *b, size_t n);
/* b - dot(q, x) with a compensated (twice-working-precision) accumulation. */
double lfap_residual(double b, const double *q, const double *x, size_t n);
#endif
