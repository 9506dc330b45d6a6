/* kinkform.h - the programme of an own-class pattern (C3; N15) sample by sample: coefficients, slopes, margins of one
 * neuron's pairs, its part of Newton's system, and what C4 asks of an own pair. Of pair (j, n), t = y_n <h_j, x_n>,
 * w_j = a_j h_j; `own` is the slope the pattern gives an own pair, and 0 at the other pairs. */
#ifndef LFAP_KERNEL_KINKFORM_H
#define LFAP_KERNEL_KINKFORM_H
#include <stddef.h>

#include "arithmetic.h"

#ifdef LFAP_TIER_REAL
/*@ logic real lfap_kink_share(real own, real t, real gamma) = own > 0.0 ? own*t : t < 0.0 ? t : gamma*t;
  @ // what an entry becomes
  @ logic real lfap_kink_more(real y, real weight, real s, real u) = weight*(s*u) + y;
  @ logic real lfap_kink_entry(real a, real weight, real si, real sk, real g, real z) = weight*si*sk*(g - z) + a;
  @ lemma lfap_kink_concave: \forall real t, s, gamma; 0.0 < gamma < 1.0 ==> gamma <= s <= 1.0
  @   ==> lfap_kink_share(0.0, t, gamma) <= s*t; */
#endif

/* q[i] = fma(weight, share, q[i]) with what neurons of this weight add to the margin of sample i: own[i]*t[i], or the
   lesser of t[i] and gamma*t[i]. */
/*@ requires q: \valid(q + (0 .. n-1));
  @ requires own: \valid_read(own + (0 .. n-1));
  @ requires t: \valid_read(t + (0 .. n-1));
  @ requires sep_own: \separated(q + (0 .. n-1), own + (0 .. n-1));
  @ requires sep_t: \separated(q + (0 .. n-1), t + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns q[0 .. n-1];
  @ LFAP_REAL(ensures value: \forall integer i; 0 <= i < n
  @   ==> q[i] == weight*lfap_kink_share(own[i], t[i], gamma) + \old(q[i]);) */
void lfap_kink_margins(double *q, double weight, const double *own, const double *t, double gamma, size_t n);
/* c[i] = s[i]*lambda[i]. */
/*@ LFAP_MAP(c, s, lambda, n)
  @ terminates \true;
  @ exits never: \false;
  @ assigns c[0 .. n-1];
  @ LFAP_REAL(ensures value: \forall integer i; 0 <= i < n ==> c[i] == s[i]*lambda[i];) */
void lfap_kink_coef(double *c, const double *s, const double *lambda, size_t n);
/* c, or the end of [gamma*lambda, lambda] that it is beyond. */
/*@ requires lambda: lambda >= 0.0;
  @ requires gamma: 0.0 < gamma < 1.0;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures box: gamma*lambda <= \result <= lambda;)
  @ LFAP_REAL(ensures inside: gamma*lambda <= c <= lambda ==> \result == c;) */
double lfap_kink_clip(double c, double lambda, double gamma);
/* The slope at an other pair: c/lambda, not beyond gamma and 1; where lambda is 0 phi's own at <w_j,x_n>, whose sign is
   the other one of t: 1 below 0, gamma elsewhere. */
/*@ requires lambda: lambda >= 0.0;
  @ requires gamma: 0.0 < gamma < 1.0;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures clarke: gamma <= \result <= 1.0;)
  @ LFAP_REAL(ensures value: lambda > 0.0 ==> gamma*lambda <= c <= lambda ==> \result*lambda == c;)
  @ LFAP_REAL(ensures open: lambda == 0.0 ==> t < 0.0 ==> \result == 1.0;)
  @ LFAP_REAL(ensures shut: lambda == 0.0 ==> t >= 0.0 ==> \result == gamma;) */
double lfap_kink_slope(double c, double lambda, double t, double gamma);
/* Row i of Newton's matrix gets a neuron's part: a[k] = fma((weight*si)*s[k], g[k] - z[k], a[k]); g: row of K, z: what
   the neuron's kinks take from it. */
/*@ requires a: \valid(a + (0 .. n-1));
  @ requires s: \valid_read(s + (0 .. n-1));
  @ requires g: \valid_read(g + (0 .. n-1));
  @ requires z: \valid_read(z + (0 .. n-1));
  @ requires sep_s: \separated(a + (0 .. n-1), s + (0 .. n-1));
  @ requires sep_g: \separated(a + (0 .. n-1), g + (0 .. n-1));
  @ requires sep_z: \separated(a + (0 .. n-1), z + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns a[0 .. n-1];
  @ LFAP_REAL(ensures value: \forall integer k; 0 <= k < n
  @   ==> a[k] == lfap_kink_entry(\old(a[k]), weight, si, s[k], g[k], z[k]);) */
void lfap_kink_newton(double *a, double weight, double si, const double *s, const double *g, const double *z, size_t n);
/* y[i] = fma(weight, s[i]*u[i], y[i]): what neurons of this weight add to Newton's matrix times a vector, u the
   response of their t. */
/*@ requires y: \valid(y + (0 .. n-1));
  @ requires s: \valid_read(s + (0 .. n-1));
  @ requires u: \valid_read(u + (0 .. n-1));
  @ requires sep_s: \separated(y + (0 .. n-1), s + (0 .. n-1));
  @ requires sep_u: \separated(y + (0 .. n-1), u + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns y[0 .. n-1];
  @ LFAP_REAL(ensures value: \forall integer i; 0 <= i < n
  @   ==> y[i] == lfap_kink_more(\old(y[i]), weight, s[i], u[i]);) */
void lfap_kink_gather(double *y, double weight, const double *s, const double *u, size_t n);
/* C4 of an own pair, h = |<w0_j,x_n>|: the tangent of the angle to W0 below which its sign is W0's, h/(norm*size), and
   the least length from which on it stays, (spread*norm^2)/(nu*h^2): (spread/nu)*(q*q), q = norm/h. */
/*@ requires positive: norm > 0.0 && size > 0.0;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures value: \result*(norm*size) == h;) */
double lfap_kink_room(double h, double norm, double size);
/*@ requires positive: h > 0.0 && nu > 0.0;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures value: \result*(nu*h*h) == spread*norm*norm;) */
double lfap_kink_length(double h, double norm, double nu, double spread);
#endif
