/* lanes_step.h - the eight lanes of a reduction, to be inlined into lanes.c and rows.c: step, tail, join (N1).
 * A kernel that interleaves several dots calls the same steps in the same order per dot, so its bits cannot differ. */
#ifndef LFAP_KERNEL_LANES_STEP_H
#define LFAP_KERNEL_LANES_STEP_H
#include <stddef.h>

#include "clones.h"
#include "mathspec.h"

enum { LFAP_LANES = 8 };

/* Unrolls the short loop it precedes completely: only then do the lanes of several dots live in registers. */
#if defined(__FRAMAC__) || !defined(__GNUC__) || defined(__clang__)
#define LFAP_UNROLL
#else
#define LFAP_UNROLL _Pragma("GCC unroll 8")
#endif

/* s_l = fma(x_{k+l}, y_{k+l}, s_l) in all lanes. */
LFAP_INLINE void lfap_lanes_step(double *s, const double *x, const double *y, size_t k) {
  for (size_t l = 0; l < LFAP_LANES; l++) s[l] = fma(x[k + l], y[k + l], s[l]);
}

/* The same in the first n - k < 8 lanes. */
LFAP_INLINE void lfap_lanes_tail(double *s, const double *x, const double *y, size_t k, size_t n) {
  for (size_t l = 0; l < n - k; l++) s[l] = fma(x[k + l], y[k + l], s[l]);
}

LFAP_INLINE double lfap_lanes_join(const double *s) {
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

/* Tail and join on a copy: the lanes of the main loop are never indexed by a variable and stay in registers. */
LFAP_INLINE double lfap_lanes_finish(const double *s, const double *x, const double *y, size_t k, size_t n) {
  double t[LFAP_LANES];
  for (size_t l = 0; l < LFAP_LANES; l++) t[l] = s[l];
  lfap_lanes_tail(t, x, y, k, n);
  return lfap_lanes_join(t);
}
#endif
