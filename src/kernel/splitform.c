/* splitform.c - coefficients of training, and the three parts of a network's value (T5; spec/numerics.md N16). */
#include "splitform.h"

#include "clones.h"
#include "mathspec.h"

LFAP_CLONES
void lfap_split_coef(double *b, const double *c, const double *y, double a, size_t n) {
  /*@ loop invariant i: 0 <= i <= n;
    @ LFAP_REAL(loop invariant done: \forall integer k; 0 <= k < i
    @     ==> b[k] == lfap_split_entry(\at(c[k],Pre), y[k], a);)
    @ LFAP_REAL(loop invariant todo: \forall integer k; i <= k < n ==> c[k] == \at(c[k],Pre);)
    @ loop assigns i, b[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    const double entry = (c[i] * y[i]) / a;
#ifdef LFAP_TIER_REAL
    /*@ assert value: entry == lfap_split_entry(c[i], y[i], a); */
#endif
    b[i] = entry;
  }
}
