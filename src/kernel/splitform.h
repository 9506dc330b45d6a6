/* splitform.h - the split of a network (T5; N16): coefficients b_jn of w_j = w_j(0) + a_j sum_n b_jn t_n x_n, and what
 * initialisation, bases and perturbations give to the value at a point. */
#ifndef LFAP_KERNEL_SPLITFORM_H
#define LFAP_KERNEL_SPLITFORM_H
#include <stddef.h>

#include "arithmetic.h"

#ifdef LFAP_TIER_REAL
/*@ logic real lfap_split_entry(real c, real y, real a) = (c*y) / a; */
#endif

/* b[n] = (c[n]*y[n])/a: of a row w_j - w_j(0) = sum_n c_n x_n; a is its a_j. b may be c. */
/*@ requires b: \valid(b + (0 .. n-1));
  @ requires c: \valid_read(c + (0 .. n-1));
  @ requires y: \valid_read(y + (0 .. n-1));
  @ requires sep_c: b == c || \separated(b + (0 .. n-1), c + (0 .. n-1));
  @ requires sep_y: \separated(b + (0 .. n-1), y + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns b[0 .. n-1];
  @ LFAP_REAL(ensures value: \forall integer i; 0 <= i < n ==> b[i] == lfap_split_entry(\old(c[i]), y[i], a);) */
void lfap_split_coef(double *b, const double *c, const double *y, double a, size_t n);
#endif
