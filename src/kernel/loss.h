/* loss.h - exponential and logistic loss on margins q, g = -l', r = -log g (N4), and the softmax weights p of the
 * flow (N9; spec/theory.md section 5). */
#ifndef LFAP_KERNEL_LOSS_H
#define LFAP_KERNEL_LOSS_H
#include <stddef.h>
#include <stdint.h>

#include "arithmetic.h"

#ifdef LFAP_TIER_REAL
#include "elementary.h"
/*@ // the losses, g = -l' and r = -log g
  @ logic real lfap_rloss(real q, integer logistic) =
  @   logistic == 0 ? lfap_rexp(-q) : q >= 0.0 ? lfap_rlog1p(lfap_rexp(-q)) : -q + lfap_rlog1p(lfap_rexp(q));
  @ logic real lfap_rloss_g(real q, integer logistic) =
  @   logistic == 0 ? lfap_rexp(-q)
  @   : q >= 0.0 ? lfap_rexp(-q) / (1.0 + lfap_rexp(-q)) : 1.0 / (1.0 + lfap_rexp(q));
  @ logic real lfap_rlogistic_r(real q) = q >= 0.0 ? q + lfap_rlog1p(lfap_rexp(-q)) : lfap_rlog1p(lfap_rexp(q));
  @ logic real lfap_open_coef(real g, integer n, real s) = (g / n)*s;
  @ logic real lfap_leaky_coef(real g, integer n, real s, real gamma) = gamma*lfap_open_coef(g, n, s);
  @ logic real lfap_row_entry(real z, real y, real s1, real s2, real side) = (-1.0*side*y)*(z > 0.0 ? s1 : s2); */
#endif

/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures value: \result == lfap_rloss(q, 0);) */
double lfap_loss_exp(double q);
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures value: \result == lfap_rloss_g(q, 0);) */
double lfap_loss_exp_g(double q);
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures value: \result == lfap_rloss(q, 1);) */
double lfap_loss_logistic(double q);
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures value: \result == lfap_rloss_g(q, 1);) */
double lfap_loss_logistic_g(double q);
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures value: \result == lfap_rlogistic_r(q);) */
double lfap_loss_logistic_r(double q);
/* l[i] and g[i] at the margins q; logistic != 0 chooses the loss. */
/*@ LFAP_MAP_TO_TWO(l, g, q, n)
  @ terminates \true;
  @ exits never: \false;
  @ assigns l[0 .. n-1], g[0 .. n-1];
  @ LFAP_REAL(ensures loss: \forall integer i; 0 <= i < n ==> l[i] == lfap_rloss(q[i], logistic);)
  @ LFAP_REAL(ensures slope: \forall integer i; 0 <= i < n ==> g[i] == lfap_rloss_g(q[i], logistic);) */
void lfap_loss_fill(double *l, double *g, const double *q, int logistic, size_t n);
/* Gradient coefficients (N5): s1[n] = (g[n]/N)*s, s2[n] = gamma*s1[n]; N = n as a double. */
/*@ requires s1: \valid(s1 + (0 .. n-1));
  @ requires s2: \valid(s2 + (0 .. n-1));
  @ requires g: \valid_read(g + (0 .. n-1));
  @ requires sep_12: \separated(s1 + (0 .. n-1), s2 + (0 .. n-1));
  @ requires sep_1g: \separated(s1 + (0 .. n-1), g + (0 .. n-1));
  @ requires sep_2g: \separated(s2 + (0 .. n-1), g + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns s1[0 .. n-1], s2[0 .. n-1];
  @ LFAP_REAL(ensures open: \forall integer i; 0 <= i < n ==> s1[i] == lfap_open_coef(g[i], n, s);)
  @ LFAP_REAL(ensures leaky: \forall integer i; 0 <= i < n ==> s2[i] == lfap_leaky_coef(g[i], n, s, gamma);) */
void lfap_loss_coef(double *s1, double *s2, const double *g, double s, double gamma, size_t n);
/* Coefficients of one row j of C (N5): c[n] = -sign*y[n]*(z[n] > 0 ? s1[n] : s2[n]); sign = +1 or -1 is that of a_j;
   z[n] with stride: z[n*ldz]. */
/*@ requires size: n * ldz <= SIZE_MAX / 8;
  @ requires c: \valid(c + (0 .. n-1));
  @ requires z: \valid_read(z + (0 .. n*ldz - ldz));
  @ requires y: \valid_read(y + (0 .. n-1));
  @ requires s1: \valid_read(s1 + (0 .. n-1));
  @ requires s2: \valid_read(s2 + (0 .. n-1));
  @ requires sep_z: \separated(c + (0 .. n-1), z + (0 .. n*ldz - ldz));
  @ requires sep_y: \separated(c + (0 .. n-1), y + (0 .. n-1));
  @ requires sep_1: \separated(c + (0 .. n-1), s1 + (0 .. n-1));
  @ requires sep_2: \separated(c + (0 .. n-1), s2 + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns c[0 .. n-1];
  @ LFAP_REAL(ensures value: \forall integer i; 0 <= i < n
  @     ==> c[i] == lfap_row_entry(\old(z[i*ldz]), y[i], s1[i], s2[i], sign);) */
void lfap_loss_row_coef(double *c, const double *z, const double *y, const double *s1, const double *s2, double sign,
                        size_t n, size_t ldz);
/* p = e/sum(e), e_n = exp(min r - r_n); returns log(sum e) - min r - log n (the log of the mean of exp(-r)). n > 0. */
/*@ requires some: n > 0;
  @ LFAP_MAP_ONE(p, r, n)
  @ terminates \true;
  @ exits never: \false;
  @ assigns p[0 .. n-1]; */
double lfap_softmax(double *p, const double *r, size_t n);
#endif
