/* pair.c - compensated chains and their products (N13): the operations of lfap_residual, one link at a time. */
#include "pair.h"

#include "solve.h"
#include "clones.h"
#include "lanes.h"
#include "mathspec.h"

LFAP_CLONES
void lfap_pair_axpy(double *hi, double *lo, double a, const double *x, size_t n) {
  /*@ loop invariant i: 0 <= i <= n;
    @ LFAP_REAL(loop invariant sum: \forall integer j; 0 <= j < i ==> hi[j] == \at(hi[j],Pre) + a*x[j];)
    @ LFAP_REAL(loop invariant kept: \forall integer j; 0 <= j < n ==> lo[j] == \at(lo[j],Pre);)
    @ LFAP_REAL(loop invariant ahead: \forall integer j; i <= j < n ==> hi[j] == \at(hi[j],Pre);)
    @ loop assigns i, hi[0 .. n-1], lo[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    double p = a * x[i], e = fma(a, x[i], -p);
    double t = hi[i] + p, bb = t - hi[i];
    double e2 = (hi[i] - (t - bb)) + (p - bb);
    hi[i] = t;
    lo[i] = lo[i] + (e + e2);
#ifdef LFAP_TIER_REAL
    /*@ assert nothing: e == 0.0 && e2 == 0.0; */
    /*@ assert entry: hi[i] == \at(hi[\at(i,Here)],Pre) + a*x[i]; */
    /*@ assert before: \forall integer j; 0 <= j < i ==> hi[j] == \at(hi[j],LoopCurrent); */
#endif
  }
}

double lfap_pair_dot(const double *x, const double *hi, const double *lo, size_t n) {
  return -lfap_residual(0.0, x, hi, n) + lfap_dot(n, x, lo);
}
