/* bounds.h - a-priori bounds of rounding errors, the one place they are computed in (derived in spec/numerics.md
 * N14).
 *
 * A bound is a double that is not below the number it stands for. It is computed to nearest from other bounds by
 * sums, products, quotients and roots of nonnegative numbers, and then raised by lfap_up, whose factor 1 + 2^-20
 * covers the rounding of up to 2^30 such operations; nothing depends on the rounding mode.
 */
#ifndef LFAP_LIMIT_BOUNDS_H
#define LFAP_LIMIT_BOUNDS_H
#include <math.h>
#include <stddef.h>

#include "kernel/arithmetic.h"

#define LFAP_U 0x1p-53      /* half an ulp of 1 */
#define LFAP_TINY 0x1p-1074 /* what a result in the subnormal range may be off by */

typedef struct {
  double lo, hi;
} lfap_range;

/* Raised (lowered) past the rounding of its computation, for v >= 0. */
static inline double lfap_up(double v) { return v * (1.0 + 0x1p-20); }
static inline double lfap_down(double v) { return v * (1.0 - 0x1p-20); }

/* k u/(1 - k u), k < 2^30. */
double lfap_bound_gamma(size_t k);
/* The most roundings that a product passes on its way into a dot of d terms (N1a). */
size_t lfap_bound_roundings(size_t d);
/* Relative to ||x|| ||y||: error of dot(x, y), d terms, without underflow. */
double lfap_bound_dot(size_t d);

/* [value - error, value + error], rounded outward; everything when a part is not finite. */
lfap_range lfap_range_around(double value, double error);
/* ||x||^2 from its dot, d terms. */
lfap_range lfap_range_norm2(double dot, size_t d);

/* ||s - (hi + lo)|| of a class sum over n samples with sum |c_k| ||x_k|| <= weight. */
double lfap_bound_class_sum(double weight, size_t n, size_t d);
/* The error of a pair dot with x, as K in |error| <= 2.01 u |value| + K ||x|| + 3 d TINY: of the sum (above), and of
   the product. */
double lfap_bound_pair_dot(double sum_error, double norm_hi, double norm_lo, size_t d);
/* |error| for one value, with K and ||x||. */
double lfap_bound_pair_value(double value, double K, double norm, size_t d);
/* The same for the pair dot with a class sum over n samples, from `size` >= sum_j |x_j| sum_k |c_k x_kj|. */
double lfap_bound_pair_entries(double value, double size, double norm, size_t n, size_t d);
/* wa*a + wb*b (nonnegative weights, each off by at most u of itself) with errors ea, eb, as computed by two products
   and a sum. */
double lfap_bound_combine(double a, double ea, double b, double eb, double wa, double wb);

/* How far the least eigenvalue of D Q D may lie below the shift c, when the factor of D fl(Q) D - c 1 runs to its
   end: k samples of dimension d, D ||x_n|| < 1. */
double lfap_bound_factor(size_t k, size_t d);

/* (G) of spec/certificate.md: ||W* - W(lambda)|| from sigma = max (1 - Q lambda)_n (0 if negative), moved = sum
   lambda_n |1 - Q lambda|_n and W2 >= ||W(lambda)||^2; infinite for sigma >= 1/2. */
double lfap_bound_gap(double sigma, double moved, double W2);
/* The same row by row, for any positive semidefinite form: begin with zeros, then a multiplier l >= 0 and its row's
   range q at a time. */
typedef struct {
  double sigma, moved, W2;
} lfap_gap;
void lfap_gap_add(lfap_gap *g, double l, lfap_range q);
double lfap_gap_ball(const lfap_gap *g);
#endif
