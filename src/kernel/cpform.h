/* cpform.h - the convex programme (CP) of C2 (N6a): entries of its matrix, its multipliers put together, and the
 * pre-activations they make. Slopes are s = gamma and s = 1; Q of Q1 is the block s = t = gamma. `own` and `off` are
 * the masses of an output layer (sums of a_j^2, 1/2 each in the setting) on the own and on the other side of a sample:
 * plus and minus for y = +1, minus and plus for y = -1. */
#ifndef LFAP_KERNEL_CPFORM_H
#define LFAP_KERNEL_CPFORM_H
#include <stddef.h>

#include "arithmetic.h"

#ifdef LFAP_TIER_REAL
/* The product of two rows of S weighted with the masses, times the label's signs and g; S has (1, -s) for y = +1,
   (-s, 1) for y = -1. */
/*@ logic real lfap_cp_entry(real yi, real yk, real s, real t, real own, real off, real g) =
  @   (yi*yk)*((yi == yk ? own + off*s*t : own*t + off*s)*g);
  @ logic real lfap_cp_mass(real a, real b) = a + b;
  @ logic real lfap_cp_bent(real a, real b, real gamma) = gamma*a + b;
  @ logic real lfap_cp_rows(real a, real b, real own, real off, real gamma) =
  @   2.0*(own*lfap_cp_mass(a, b) + off*lfap_cp_bent(a, b, gamma));
  @ logic real lfap_cp_turn(real own, real off, real gamma) = (2.0*(gamma*off + own)) / (1.0 + gamma);
  @ logic real lfap_cp_normal(real a, real b, real own, real off, real gamma) =
  @   lfap_cp_turn(own, off, gamma)*a + (2.0*(own + off)*b) / (1.0 + gamma);
  @ logic real lfap_cp_normal_at(real a, real b, real y, real plus, real minus, real gamma) =
  @   y > 0.0 ? lfap_cp_normal(a, b, plus, minus, gamma) : lfap_cp_normal(a, b, minus, plus, gamma);
  @ logic real lfap_cp_side(real a, real b, real y, real side, real gamma) =
  @   y*(y == side ? lfap_cp_mass(a, b) : lfap_cp_bent(a, b, gamma)); */
#endif

/* The weighted product of two rows of S, the first with slope s and of a class with these masses, of the same class and
   of different ones: fma(off*max(s,t),min(s,t),own), own*t + off*s. Symmetric to the bit; masses of 1/2 give
   0.5*fma(s,t,1), 0.5*(s+t). */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures value: \result == own + off*s*t;) */
double lfap_cp_same(double s, double t, double own, double off);
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures value: \result == own*t + off*s;) */
double lfap_cp_other(double s, double t, double own, double off);
/* What a multiplier alpha counts for in w: (2*fma(gamma,off,own))/(1+gamma), exactly 1 for masses of 1/2. */
/*@ requires gamma: 0.0 < gamma < 1.0;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures form: \result == lfap_cp_turn(own, off, gamma);)
  @ LFAP_REAL(ensures value: (1.0 + gamma)*\result == 2.0*(own + gamma*off);) */
double lfap_cp_tilt(double own, double off, double gamma);
/* From row i of G the part of row (i, s) of (CP)'s matrix in the columns (k, t), k < n:
   q[k] = (y_i y_k)*((y_i == y_k ? same : other)*g[k]). */
/*@ requires q: \valid(q + (0 .. n-1));
  @ requires g: \valid_read(g + (0 .. n-1));
  @ requires y: \valid_read(y + (0 .. n-1));
  @ requires sep_g: \separated(q + (0 .. n-1), g + (0 .. n-1));
  @ requires sep_y: \separated(q + (0 .. n-1), y + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns q[0 .. n-1];
  @ LFAP_REAL(ensures value: \forall integer k; 0 <= k < n
  @   ==> q[k] == lfap_cp_entry(yi, y[k], s, t, own, off, g[k]);) */
void lfap_cp_row(double *q, const double *g, const double *y, double yi, double s, double t, double own, double off,
                 size_t n);
/* omega of a sample with multipliers alpha, beta: tilt*alpha + ((2*(own+off))*beta)/(1+gamma), its coefficient in
   w = 2 (plus U - minus V)/(1+gamma). */
/*@ requires gamma: 0.0 < gamma < 1.0;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures form: \result == lfap_cp_normal(alpha, beta, own, off, gamma);)
  @ LFAP_REAL(ensures value: (1.0 + gamma)*\result == lfap_cp_rows(alpha, beta, own, off, gamma);) */
double lfap_cp_omega(double alpha, double beta, double own, double off, double gamma);
/* lambda = alpha + beta, and omega as lfap_cp_omega has it, which says what it is to the rows. */
/*@ requires gamma: 0.0 < gamma < 1.0;
  @ requires lambda: \valid(lambda + (0 .. n-1));
  @ requires omega: \valid(omega + (0 .. n-1));
  @ requires alpha: \valid_read(alpha + (0 .. n-1));
  @ requires beta: \valid_read(beta + (0 .. n-1));
  @ requires y: \valid_read(y + (0 .. n-1));
  @ requires sep_lo: \separated(lambda + (0 .. n-1), omega + (0 .. n-1));
  @ requires sep_la: \separated(lambda + (0 .. n-1), alpha + (0 .. n-1));
  @ requires sep_lb: \separated(lambda + (0 .. n-1), beta + (0 .. n-1));
  @ requires sep_oa: \separated(omega + (0 .. n-1), alpha + (0 .. n-1));
  @ requires sep_ob: \separated(omega + (0 .. n-1), beta + (0 .. n-1));
  @ requires sep_ly: \separated(lambda + (0 .. n-1), y + (0 .. n-1));
  @ requires sep_oy: \separated(omega + (0 .. n-1), y + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns lambda[0 .. n-1], omega[0 .. n-1];
  @ LFAP_REAL(ensures lambda: \forall integer k; 0 <= k < n ==> lambda[k] == lfap_cp_mass(alpha[k], beta[k]);)
  @ LFAP_REAL(ensures omega: \forall integer k; 0 <= k < n
  @   ==> omega[k] == lfap_cp_normal_at(alpha[k], beta[k], y[k], plus, minus, gamma);) */
void lfap_cp_merge(double *lambda, double *omega, const double *alpha, const double *beta, const double *y,
                   double gamma, double plus, double minus, size_t n);
/* The slope of a sample's other rows: (gamma*alpha + beta)/(alpha + beta); without multipliers phi's own slope at
   `other`, gamma at 0. */
/*@ requires a: alpha >= 0.0;
  @ requires b: beta >= 0.0;
  @ requires gamma: 0.0 < gamma < 1.0;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures value: alpha + beta > 0.0
  @   ==> \result*lfap_cp_mass(alpha, beta) == lfap_cp_bent(alpha, beta, gamma);)
  @ LFAP_REAL(ensures open: alpha == 0.0 ==> beta == 0.0 ==> other > 0.0 ==> \result == 1.0;)
  @ LFAP_REAL(ensures shut: alpha == 0.0 ==> beta == 0.0 ==> other <= 0.0 ==> \result == gamma;)
  @ LFAP_REAL(ensures clarke: gamma <= \result <= 1.0;) */
double lfap_cp_slope(double alpha, double beta, double other, double gamma);
/* c (n): the coefficients of U (side = +1) or of -V (side = -1):
   c[k] = y_k*(alpha_k + beta_k if y_k == side else fma(gamma,alpha_k,beta_k)). */
/*@ requires c: \valid(c + (0 .. n-1));
  @ requires alpha: \valid_read(alpha + (0 .. n-1));
  @ requires beta: \valid_read(beta + (0 .. n-1));
  @ requires y: \valid_read(y + (0 .. n-1));
  @ requires sep_a: \separated(c + (0 .. n-1), alpha + (0 .. n-1));
  @ requires sep_b: \separated(c + (0 .. n-1), beta + (0 .. n-1));
  @ requires sep_y: \separated(c + (0 .. n-1), y + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns c[0 .. n-1];
  @ LFAP_REAL(ensures value: \forall integer k; 0 <= k < n
  @   ==> c[k] == lfap_cp_side(alpha[k], beta[k], y[k], side, gamma);) */
void lfap_cp_coef(double *c, const double *alpha, const double *beta, const double *y, double side, double gamma,
                  size_t n);
/* Own and other pre-activation of a sample from the sums y<x, sum of own class>, y<x, sum of other class> with the
   coefficients alpha y (A, B) and beta y (C, D):
   own = (A + C) + fma(gamma,B,D), other = -(fma(gamma,A,C) + (B + D)). */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures value: \result == lfap_cp_mass(A, C) + lfap_cp_bent(B, D, gamma);) */
double lfap_cp_own(double A, double B, double C, double D, double gamma);
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures value: \result == -(lfap_cp_bent(A, C, gamma) + lfap_cp_mass(B, D));) */
double lfap_cp_off(double A, double B, double C, double D, double gamma);
#endif
