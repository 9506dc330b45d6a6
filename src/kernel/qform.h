/* qform.h - the matrix Q of Q1 in the setting, masses of 1/2 (N6): Q_nk = y_n y_k h_nk G_nk. */
#ifndef LFAP_KERNEL_QFORM_H
#define LFAP_KERNEL_QFORM_H
#include <stddef.h>

#include "arithmetic.h"

#ifdef LFAP_TIER_REAL
/*@ logic real lfap_q_entry(real yi, real yk, real h, real gamma, real g) = (yi*yk)*((yi == yk ? h : gamma)*g);
  @ logic real lfap_uv_entry(real la, real y, real side, real gamma) = (la*y)*(y == side ? 1.0 : gamma); */
#endif

/* h of equal labels: 0.5*fma(gamma,gamma,1), lfap_cp_same. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures value: \result == (1.0 + gamma*gamma) / 2.0;)
  @ LFAP_REAL(ensures dominates: \result >= gamma;) */
double lfap_q_h(double gamma);
/* Row i of Q from row i of G: q[k] = (y_i y_k)*((y_i == y_k ? h : gamma)*g[k]), k < n: lfap_cp_row at the
   slopes gamma, gamma and masses of 1/2. */
/*@ LFAP_MAP(q, g, y, n)
  @ terminates \true;
  @ exits never: \false;
  @ assigns q[0 .. n-1];
  @ LFAP_REAL(ensures value: \forall integer k; 0 <= k < n
  @   ==> q[k] == lfap_q_entry(yi, y[k], (1.0 + gamma*gamma) / 2.0, gamma, g[k]);) */
void lfap_q_row(double *q, const double *g, const double *y, double yi, double gamma, size_t n);
/* c (n): c[k] = (lambda_k*y_k)*(1 if y_k == side else gamma); side = +1 gives u's label slopes c_n, -1 gives v's. */
/*@ requires c: \valid(c + (0 .. n-1));
  @ requires lambda: \valid_read(lambda + (0 .. n-1));
  @ requires y: \valid_read(y + (0 .. n-1));
  @ requires sep_l: \separated(c + (0 .. n-1), lambda + (0 .. n-1));
  @ requires sep_y: \separated(c + (0 .. n-1), y + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns c[0 .. n-1];
  @ LFAP_REAL(ensures value: \forall integer k; 0 <= k < n ==> c[k] == lfap_uv_entry(lambda[k], y[k], side, gamma);) */
void lfap_uv_coef(double *c, const double *lambda, const double *y, double side, double gamma, size_t n);
/* Largest |x_i|, and in *at the lowest index that has it; a NaN is passed over. 0 and 0 where no |x_i| is above 0. */
/*@ requires at: \valid(at);
  @ requires x: \valid_read(x + (0 .. n-1));
  @ requires sep: \separated(at, x + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns *at;
  @ ensures inside: n > 0 ==> *at < n;
  @ ensures empty: n == 0 ==> *at == 0;
  @ LFAP_REAL(ensures bound: \forall integer i; 0 <= i < n ==> \abs(x[i]) <= \result;)
  @ LFAP_REAL(ensures reached: n > 0 ==> \result == \abs(x[*at]);)
  @ LFAP_REAL(ensures lowest: \forall integer i; 0 <= i < *at ==> \abs(x[i]) < \result;) */
double lfap_peak(size_t *at, const double *x, size_t n);
#endif
