/* lanes.h - reductions over eight lanes: dot, sum, asum, amax, norm2 (spec/numerics.md N1).
 * Every inner product of the project is lfap_dot; its order of operations is the interface. */
#ifndef LFAP_KERNEL_LANES_H
#define LFAP_KERNEL_LANES_H
#include <stddef.h>

#include "arithmetic.h"
#ifdef __FRAMAC__
#include "sums.acsl"
#endif

enum { LFAP_LANES = 8, LFAP_SLICE = 512 /* columns of a slice of a dot */ };

/* Inner product of x and y (n entries each). */
/*@ LFAP_TWO_VECTORS(x, y, n)
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from n, x[0 .. n-1], y[0 .. n-1];
  @ LFAP_REAL(ensures dot: \result == lfap_rdot(x, y, n);) */
double lfap_dot(size_t n, const double *x, const double *y);

/* Sum of x. */
/*@ requires x: \valid_read(x + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from n, x[0 .. n-1];
  @ LFAP_REAL(ensures sum: \result == lfap_rsum(x, n);) */
double lfap_sum(size_t n, const double *x);

/* l1 norm. */
/*@ requires x: \valid_read(x + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from n, x[0 .. n-1];
  @ LFAP_REAL(ensures asum: \result == lfap_rasum(x, n);) */
double lfap_asum(size_t n, const double *x);

/* Largest |x_i|, 0 for n = 0; NaNs are passed over. */
/*@ requires x: \valid_read(x + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from n, x[0 .. n-1];
  @ LFAP_REAL(ensures bound: \forall integer i; 0 <= i < n ==> lfap_rabs(x[i]) <= \result;)
  @ LFAP_REAL(ensures reached: lfap_among(\result, x, n);) */
double lfap_amax(size_t n, const double *x);

/* Euclidean norm sqrt(dot(x,x)); of entries scaled by a power of two where the sum of squares would leave the range
   (N1b). */
/*@ requires x: \valid_read(x + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from n, x[0 .. n-1];
  @ LFAP_REAL(ensures norm: \result >= 0.0 && \result*\result == lfap_rdot(x, x, n);) */
double lfap_norm2(size_t n, const double *x);
#endif
