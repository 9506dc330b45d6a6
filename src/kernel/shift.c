/* shift.c - rank-two update of a row of a Gram matrix (section 3 of spec/theory.md, "Adversarial set"; N12). */
#include "shift.h"

void lfap_shift_row(double *g, const double *t, const double *p, double ti, double pi, double eta2, size_t n) {
  /*@ loop invariant k: 0 <= k <= n;
    @ LFAP_REAL(loop invariant done: \forall integer j; 0 <= j < k
    @     ==> g[j] == lfap_shift_entry(\at(g[j],Pre), ti, t[j], pi, p[j],
    @     eta2);)
    @ LFAP_REAL(loop invariant ahead: \forall integer j; k <= j < n ==> g[j] == \at(g[j],Pre);)
    @ loop assigns k, g[0 .. n-1];
    @ loop variant n - k; */
  for (size_t k = 0; k < n; k++) {
    /* no fma: the two products must be exchangeable, or the matrix would not be symmetric */
    g[k] = g[k] + ((t[k] * pi + ti * p[k]) + (ti * t[k]) * eta2);
#ifdef LFAP_TIER_REAL
    /*@ assert entry: g[k] == lfap_shift_entry(\at(g[\at(k,Here)],Pre), ti, t[k], pi, p[k], eta2); */
    /*@ assert kept: \forall integer j; 0 <= j < k ==> g[j] == \at(g[j],LoopCurrent); */
#endif
  }
}
