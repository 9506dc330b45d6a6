/* pair.h - sums kept as pairs hi + lo, in twice the working precision: class sums of the limit (Q1, C1; N6, N13). */
#ifndef LFAP_KERNEL_PAIR_H
#define LFAP_KERNEL_PAIR_H
#include <stddef.h>

#include "arithmetic.h"
#ifdef __FRAMAC__
#include "sums.acsl"
#endif

/* (hi + lo)[i] += a*x[i], compensated: what the product and the sum into hi lose is gathered in lo. */
/*@ requires x: \valid_read(x + (0 .. n-1));
  @ requires hi: \valid(hi + (0 .. n-1));
  @ requires lo: \valid(lo + (0 .. n-1));
  @ requires sep_h: \separated(hi + (0 .. n-1), x + (0 .. n-1));
  @ requires sep_l: \separated(lo + (0 .. n-1), x + (0 .. n-1));
  @ requires sep_hl: \separated(hi + (0 .. n-1), lo + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns hi[0 .. n-1], lo[0 .. n-1];
  @ LFAP_REAL(ensures sum: \forall integer i; 0 <= i < n ==> hi[i] == \old(hi[i]) + a*x[i];)
  @ LFAP_REAL(ensures nothing_lost: \forall integer i; 0 <= i < n ==> lo[i] == \old(lo[i]);) */
void lfap_pair_axpy(double *hi, double *lo, double a, const double *x, size_t n);

/* <x, hi + lo>: the first product compensated, the second a dot. */
/*@ requires x: \valid_read(x + (0 .. n-1));
  @ LFAP_TWO_VECTORS(hi, lo, n)
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from n, x[0 .. n-1], hi[0 .. n-1], lo[0 .. n-1];
  @ LFAP_REAL(ensures value: \result == lfap_rdot(x, hi, n) + lfap_rdot(x, lo, n);) */
double lfap_pair_dot(const double *x, const double *hi, const double *lo, size_t n);
#endif
