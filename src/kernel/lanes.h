/* lanes.h - reductions over eight lanes: dot, sum, asum, amax, norm2 (spec/numerics.md N1).
 * Every inner product of the project is lfap_dot; its order of operations is the interface. */
#ifndef LFAP_KERNEL_LANES_H
#define LFAP_KERNEL_LANES_H
#include <stddef.h>

/* Inner product of x and y (n entries each). */
double lfap_dot(size_t n, const double *x, const double *y);
/* Sum of x. */
double lfap_sum(size_t n, const double *x);
/* l1 norm. */
double lfap_asum(size_t n, const double *x);
/* Largest |x_i|, 0 for n = 0. */
double lfap_amax(size_t n, const double *x);
/* Euclidean norm sqrt(dot(x,x)), not scaled. */
double lfap_norm2(size_t n, const double *x);
#endif
