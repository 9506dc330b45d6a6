/* lanes_step.h - the eight lanes of a reduction, to be inlined into lanes.c and rows.c: step, tail, join (N1).
 * A kernel that interleaves several dots calls the same steps in the same order per dot, so its bits cannot differ. */
#ifndef LFAP_KERNEL_LANES_STEP_H
#define LFAP_KERNEL_LANES_STEP_H
#include <stddef.h>
#include <stdint.h>

#include "clones.h"
#include "mathspec.h"
#ifdef __FRAMAC__
#include "../../spec/logic/sums.acsl"
#endif

enum { LFAP_LANES = 8 };

/* Unrolls the short loop it precedes completely: only then do the lanes of several dots live in registers. */
#if defined(__FRAMAC__) || !defined(__GNUC__) || defined(__clang__)
#define LFAP_UNROLL
#else
#define LFAP_UNROLL _Pragma("GCC unroll 8")
#endif

/* s_l = fma(x_{k+l}, y_{k+l}, s_l) in all lanes. */
/*@ requires size: k + LFAP_LANES <= SIZE_MAX;
  @ requires s: \valid(s + (0 .. LFAP_LANES-1));
  @ requires x: \valid_read(x + (k .. k + LFAP_LANES-1));
  @ requires y: \valid_read(y + (k .. k + LFAP_LANES-1));
  @ requires sep: \separated(s + (0 .. LFAP_LANES-1), x + (0 .. k + LFAP_LANES-1));
  @ requires sep: \separated(s + (0 .. LFAP_LANES-1), y + (0 .. k + LFAP_LANES-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns s[0 .. LFAP_LANES-1];
  @ LFAP_REAL(ensures step: lfap_rlanes(s) ==
  @   \old(lfap_rlanes(s)) + (lfap_rdot(x, y, k + LFAP_LANES) - lfap_rdot(x, y, k));) */
LFAP_INLINE void lfap_lanes_step(double *s, const double *x, const double *y, size_t k) {
  /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
    @ LFAP_REAL(loop invariant step: lfap_rlanes(s) ==
    @   \at(lfap_rlanes(s), Pre) + (lfap_rdot(x, y, k + l) - lfap_rdot(x, y, k));)
    @ loop assigns l, s[0 .. LFAP_LANES-1];
    @ loop variant LFAP_LANES - l; */
  for (size_t l = 0; l < LFAP_LANES; l++) s[l] = fma(x[k + l], y[k + l], s[l]);
}

/* The same in the first n - k < 8 lanes. */
/*@ requires few: k <= n < k + LFAP_LANES;
  @ requires s: \valid(s + (0 .. LFAP_LANES-1));
  @ requires x: \valid_read(x + (k .. n-1));
  @ requires y: \valid_read(y + (k .. n-1));
  @ requires sep: \separated(s + (0 .. LFAP_LANES-1), x + (0 .. n-1));
  @ requires sep: \separated(s + (0 .. LFAP_LANES-1), y + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns s[0 .. LFAP_LANES-1];
  @ LFAP_REAL(ensures tail: lfap_rlanes(s) ==
  @   \old(lfap_rlanes(s)) + (lfap_rdot(x, y, n) - lfap_rdot(x, y, k));) */
LFAP_INLINE void lfap_lanes_tail(double *s, const double *x, const double *y, size_t k, size_t n) {
  /*@ loop invariant lane: 0 <= l <= n - k;
    @ LFAP_REAL(loop invariant tail: lfap_rlanes(s) ==
    @   \at(lfap_rlanes(s), Pre) + (lfap_rdot(x, y, k + l) - lfap_rdot(x, y, k));)
    @ loop assigns l, s[0 .. LFAP_LANES-1];
    @ loop variant n - k - l; */
  for (size_t l = 0; l < n - k; l++) s[l] = fma(x[k + l], y[k + l], s[l]);
}

/*@ requires s: \valid_read(s + (0 .. LFAP_LANES-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from s[0 .. LFAP_LANES-1];
  @ LFAP_REAL(ensures join: \result == lfap_rlanes(s);) */
LFAP_INLINE double lfap_lanes_join(const double *s) {
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

/* Tail and join on a copy: the lanes of the main loop are never indexed by a variable and stay in registers. */
/*@ requires few: k <= n < k + LFAP_LANES;
  @ requires s: \valid_read(s + (0 .. LFAP_LANES-1));
  @ requires x: \valid_read(x + (0 .. n-1));
  @ requires y: \valid_read(y + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from s[0 .. LFAP_LANES-1], x[0 .. n-1], y[0 .. n-1], k, n;
  @ LFAP_REAL(ensures finish: \result == lfap_rlanes(s) + (lfap_rdot(x, y, n) - lfap_rdot(x, y, k));) */
LFAP_INLINE double lfap_lanes_finish(const double *s, const double *x, const double *y, size_t k, size_t n) {
  double t[LFAP_LANES];
  /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
    @ LFAP_REAL(loop invariant copy: \forall integer i; 0 <= i < l ==> t[i] == s[i];)
    @ loop assigns l, t[0 .. LFAP_LANES-1];
    @ loop variant LFAP_LANES - l; */
  for (size_t l = 0; l < LFAP_LANES; l++) t[l] = s[l];
  /*@ assert copied: LFAP_REAL_FACT(lfap_rlanes((double *)t) == lfap_rlanes(s)); */
  lfap_lanes_tail(t, x, y, k, n);
  return lfap_lanes_join(t);
}

/* lfap_dot for the kernels that need a copy of their own. */
/*@ requires x: \valid_read(x + (0 .. n-1));
  @ requires y: \valid_read(y + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from n, x[0 .. n-1], y[0 .. n-1];
  @ LFAP_REAL(ensures dot: \result == lfap_rdot(x, y, n);) */
LFAP_INLINE double lfap_lanes_dot(size_t n, const double *x, const double *y) {
  double s[LFAP_LANES] = {0.0};
  size_t k = 0;
  /*@ loop invariant lanes: 0 <= k <= n;
    @ LFAP_REAL(loop invariant dot: lfap_rlanes((double *)s) == lfap_rdot(x, y, k);)
    @ loop assigns k, s[0 .. LFAP_LANES-1];
    @ loop variant n - k; */
  for (; n - k >= LFAP_LANES; k += LFAP_LANES) lfap_lanes_step(s, x, y, k);
  return lfap_lanes_finish(s, x, y, k, n);
}
#endif
