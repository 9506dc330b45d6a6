/* single.h - sums in binary32, for half precision (N17): a slice of 256 terms is a chain from +0, the slices are added
 * in order. Every product of two binary16 numbers is a binary32 number, so only the sums round. */
#ifndef LFAP_KERNEL_SINGLE_H
#define LFAP_KERNEL_SINGLE_H
#include <stddef.h>
#include <stdint.h>

#include "arithmetic.h"
#ifdef __FRAMAC__
#include "index.acsl"
#include "memory.acsl"
#include "tiers.acsl"
#endif

enum { LFAP_SINGLE_SLICE = 256 }; /* terms of a chain */

/* Y (r x d) = A B, A r x n, B n x d: Y_ik sums A_in*B_nk over n. Callers split rows of A over threads, at least 64 of
   them together where there are as many: B is packed once a call. */
/*@ requires size: r*d <= SIZE_MAX && r*n <= SIZE_MAX && n*d <= SIZE_MAX;
  @ requires A: \valid_read(A + (0 .. r*n - 1));
  @ requires B: \valid_read(B + (0 .. n*d - 1));
  @ requires Y: \valid(Y + (0 .. r*d - 1));
  @ requires sep: \separated(Y + (0 .. r*d - 1), A + (0 .. r*n - 1));
  @ requires sep: \separated(Y + (0 .. r*d - 1), B + (0 .. n*d - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns Y[0 .. r*d - 1]; */
void lfap_single_product(float *Y, const float *A, const float *B, size_t r, size_t n, size_t d);

/* The mean of x, each entry rounded to binary32 first: the sum of the n entries divided by n, rounded. n > 0. */
/*@ requires some: n > 0;
  @ requires x: \valid_read(x + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from n, x[0 .. n-1]; */
float lfap_single_mean(const double *x, size_t n);
#endif
