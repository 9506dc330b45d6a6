/* lanes_step.h - the eight lanes of a reduction, to be inlined into lanes.c and rows.c (N1).
 * The lanes are local arrays that no pointer ever sees: the compiler keeps them in registers, the prover as values.
 * The tail works on a copy, because an index that varies would push the lanes of the main loop back into memory. */
#ifndef LFAP_KERNEL_LANES_STEP_H
#define LFAP_KERNEL_LANES_STEP_H
#include <stddef.h>
#include <stdint.h>

#include "clones.h"
#include "lanes.h"
#include "mathspec.h"
#ifdef __FRAMAC__
#include "sums.acsl"
#endif

/* join(s) of N1. */
#define LFAP_JOIN(s) (((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7])))

/* Unrolls the short loop it precedes completely: only then do the lanes of several dots live in registers. */
#if defined(__FRAMAC__) || !defined(__GNUC__) || defined(__clang__)
#define LFAP_UNROLL
#else
#define LFAP_UNROLL _Pragma("GCC unroll 8")
#endif

/* What columns k .. k+n-1, a slice, add to the dot of x and y. */
/*@ requires columns: k + n <= SIZE_MAX;
  @ requires x: \valid_read(x + k + (0 .. n-1));
  @ requires y: \valid_read(y + k + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from k, n, x[k .. k+n-1], y[k .. k+n-1];
  @ LFAP_REAL(ensures slice: \result == lfap_rdot(x, y, k + n) - lfap_rdot(x, y, k);) */
LFAP_INLINE double lfap_slice_dot(size_t k, size_t n, const double *x, const double *y) {
  double s[LFAP_LANES] = {0.0}, t[LFAP_LANES];
  size_t c = 0;
  /*@ loop invariant lanes: 0 <= c <= n;
    @ LFAP_REAL(loop invariant dot: LFAP_TOTAL(s) == lfap_rdot(x, y, k + c) - lfap_rdot(x, y, k);)
    @ loop assigns c, s[0 .. LFAP_LANES-1];
    @ loop variant n - c; */
  for (; n - c >= LFAP_LANES; c += LFAP_LANES)
    /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
      @ LFAP_REAL(loop invariant dot: LFAP_TOTAL(s) == lfap_rdot(x, y, k + c + l) - lfap_rdot(x, y, k);)
      @ loop assigns l, s[0 .. LFAP_LANES-1];
      @ loop variant LFAP_LANES - l; */
    for (size_t l = 0; l < LFAP_LANES; l++) s[l] = fma(x[k + c + l], y[k + c + l], s[l]);
  /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
    @ LFAP_REAL(loop invariant copy: \forall integer i; 0 <= i < l ==> t[i] == s[i];)
    @ loop assigns l, t[0 .. LFAP_LANES-1];
    @ loop variant LFAP_LANES - l; */
  for (size_t l = 0; l < LFAP_LANES; l++) t[l] = s[l];
  /*@ loop invariant lane: 0 <= l <= n - c;
    @ LFAP_REAL(loop invariant dot: LFAP_TOTAL(t) == lfap_rdot(x, y, k + c + l) - lfap_rdot(x, y, k);)
    @ loop assigns l, t[0 .. LFAP_LANES-1];
    @ loop variant n - c - l; */
  for (size_t l = 0; l < n - c; l++) t[l] = fma(x[k + c + l], y[k + c + l], t[l]);
  return LFAP_JOIN(t);
}

/* How many of n columns the slice from k on has. */
/*@ requires column: k <= n;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from k, n;
  @ ensures some: \result <= LFAP_SLICE && \result <= n - k && (n - k <= 0 || 0 < \result); */
LFAP_INLINE size_t lfap_slice_from(size_t k, size_t n) { return n - k < LFAP_SLICE ? n - k : LFAP_SLICE; }

/* lfap_dot with lanes that start from s0: the rest of a dot whose first columns, a multiple of eight, are in s0. */
/*@ requires s0: \valid_read(s0 + (0 .. LFAP_LANES-1));
  @ LFAP_TWO_VECTORS(x, y, n)
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from n, s0[0 .. LFAP_LANES-1], x[0 .. n-1], y[0 .. n-1];
  @ LFAP_REAL(ensures dot: \result == LFAP_TOTAL(s0) + lfap_rdot(x, y, n);) */
LFAP_INLINE double lfap_lanes_more(const double *s0, size_t n, const double *x, const double *y) {
  double s[LFAP_LANES], t[LFAP_LANES];
  size_t k = 0;
  /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
    @ LFAP_REAL(loop invariant copy: \forall integer i; 0 <= i < l ==> s[i] == s0[i];)
    @ loop assigns l, s[0 .. LFAP_LANES-1];
    @ loop variant LFAP_LANES - l; */
  for (size_t l = 0; l < LFAP_LANES; l++) s[l] = s0[l];
  /*@ loop invariant lanes: 0 <= k <= n;
    @ LFAP_REAL(loop invariant dot: LFAP_TOTAL(s) == LFAP_TOTAL(s0) + lfap_rdot(x, y, k);)
    @ loop assigns k, s[0 .. LFAP_LANES-1];
    @ loop variant n - k; */
  for (; n - k >= LFAP_LANES; k += LFAP_LANES)
    /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
      @ LFAP_REAL(loop invariant dot: LFAP_TOTAL(s) == LFAP_TOTAL(s0) + lfap_rdot(x, y, k + l);)
      @ loop assigns l, s[0 .. LFAP_LANES-1];
      @ loop variant LFAP_LANES - l; */
    for (size_t l = 0; l < LFAP_LANES; l++) s[l] = fma(x[k + l], y[k + l], s[l]);
  /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
    @ LFAP_REAL(loop invariant copy: \forall integer i; 0 <= i < l ==> t[i] == s[i];)
    @ loop assigns l, t[0 .. LFAP_LANES-1];
    @ loop variant LFAP_LANES - l; */
  for (size_t l = 0; l < LFAP_LANES; l++) t[l] = s[l];
  /*@ loop invariant lane: 0 <= l <= n - k;
    @ LFAP_REAL(loop invariant dot: LFAP_TOTAL(t) == LFAP_TOTAL(s0) + lfap_rdot(x, y, k + l);)
    @ loop assigns l, t[0 .. LFAP_LANES-1];
    @ loop variant n - k - l; */
  for (size_t l = 0; l < n - k; l++) t[l] = fma(x[k + l], y[k + l], t[l]);
  return LFAP_JOIN(t);
}
#endif
