/* filter.h - rigorous enclosures of <w, z> in doubles: a first look that decides most signs at the cost of a dot
 * product; what it leaves open goes to exact integers (points.c). Shares no arithmetic with src/kernel.
 *
 * u = 2^-53. The double w^_i is a quotient of two numbers truncated to 53 bits (2u each), divided (u) and scaled (u,
 * or 2^-1074 where the result is subnormal): |w~_i - w^_i| <= 5.1 u |w^_i| + 2^-1074. The sum s of the d rounded
 * products, in any order, is off by at most d u' sum |w^_i z_i|, and each product by 2^-1074 more where it is
 * subnormal; u' = 1.03 u covers the second-order terms for d < 2^40 and the rounding of the bound itself. In all
 * |<w~, z> - s| <= (d + 8) u' sum |w^_i z_i| + 2 d 2^-1074 (1 + sum |z_i|). The ball of the multipliers adds
 * 2^radius ||z||_2 <= 1.03 2^radius sum |z_i|.
 */
#ifndef ORACLE_FILTER_H
#define ORACLE_FILTER_H
#include "kernel/arithmetic.h"
#include "oracle/lfap_oracle.h"

typedef struct {
  double lo, hi;
} oracle_range;

/* Fills w->near; 0 when there is no memory. An entry beyond the range of doubles leaves the filter without effect. */
int oracle_filter_prepare(oracle_vector *w);
/* Encloses <w, z>; [-inf, inf] when doubles do not suffice. */
oracle_range oracle_filter_product(const oracle_vector *w, const double *z);
/* Encloses <x, z> of doubles (no entry of x is rounded: the bound above has room). */
oracle_range oracle_filter_dot(const double *x, const double *z, size_t d);
/* Encloses sum side_i z_i, side_i in -1, 0, 1. */
oracle_range oracle_filter_signed_sum(const signed char *side, const double *z, size_t d);
/* Encloses the product of two ranges. */
oracle_range oracle_range_mul(oracle_range a, oracle_range b);
/* +1, -1, or 0: undecided. */
int oracle_range_sign(oracle_range a);
/* DATA unless all n entries of the points are finite. */
lfap_status oracle_points_finite(lfap_ctx *ctx, const double *Z, size_t n);
#endif
