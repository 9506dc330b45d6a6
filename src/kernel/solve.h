/* solve.h - Q lambda = 1 from the Cholesky factor, and its residual (N6, statement Q1). */
#ifndef LFAP_KERNEL_SOLVE_H
#define LFAP_KERNEL_SOLVE_H
#include <stddef.h>
#include <stdint.h>

#include "arithmetic.h"
#ifdef __FRAMAC__
#include "index.acsl"
#include "sums.acsl"
#include "factor.acsl"
#endif

/* x = (L L')^-1 b; x and b may not overlap. */
/*@ LFAP_SYSTEM(x, L, b, n)
  @ LFAP_REAL(requires pivots: \forall integer i; 0 <= i < n ==> lfap_nonzero(L[lfap_at(i, i, n)]);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns x[0 .. n-1];
  @ LFAP_REAL(ensures solution: \forall integer i; 0 <= i < n ==> lfap_rsolved(L, i, x, n, i + 1) == \old(b[i]);) */
void lfap_chol_solve(double *x, const double *L, const double *b, size_t n);

/* b - dot(q, x) with a compensated (twice-working-precision) accumulation. */
/*@ LFAP_TWO_VECTORS(q, x, n)
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from b, n, q[0 .. n-1], x[0 .. n-1];
  @ LFAP_REAL(ensures residual: \result == b - lfap_rdot(q, x, n);) */
double lfap_residual(double b, const double *q, const double *x, size_t n);
#endif
