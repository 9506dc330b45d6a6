/* shift.h - the Gram matrix of points moved along one direction, from the Gram matrix of the points (rank-two update of
 * section 3 of spec/theory.md, "Adversarial set"; N12). */
#ifndef LFAP_KERNEL_SHIFT_H
#define LFAP_KERNEL_SHIFT_H
#include <stddef.h>

#include "arithmetic.h"

#ifdef LFAP_TIER_REAL
/*@ logic real lfap_shift_entry(real g, real tn, real tk, real pn, real pk,
    real eta2) = g + tk*pn + tn*pk + tn*tk*eta2; */
#endif

/* Row n of G becomes row n of the Gram matrix of x + t*eta: g[k] + ((t_k p_n + t_n p_k) + (t_n t_k) eta2), where
   p = <x, eta> and eta2 = <eta, eta>. Entry (n,k) and entry (k,n) get the same bits. */
/*@ LFAP_MAP(g, t, p, n)
  @ terminates \true;
  @ exits never: \false;
  @ assigns g[0 .. n-1];
  @ LFAP_REAL(ensures value: \forall integer k; 0 <= k < n
  @     ==> g[k] == lfap_shift_entry(\old(g[k]), ti, t[k], pi, p[k], eta2);) */
void lfap_shift_row(double *g, const double *t, const double *p, double ti, double pi, double eta2, size_t n);
#endif
