/* network.h - the leaky-ReLU network on pre-activations z_j = <w_j, x> (N4; spec/theory.md section 1). */
#ifndef LFAP_KERNEL_NETWORK_H
#define LFAP_KERNEL_NETWORK_H
#include <stddef.h>

#include "arithmetic.h"

#ifdef LFAP_TIER_REAL
/*@ logic real lfap_rphi(real z, real gamma) = z > 0.0 ? z : gamma*z;
  @ logic real lfap_rslope(real z, real gamma) = z > 0.0 ? 1.0 : gamma;
  @ // f = sum of a_j phi(z_j)
  @ logic real lfap_rnet{L}(double *a, double *z, real gamma, integer m) =
  @   m <= 0 ? 0.0 : lfap_rnet(a, z, gamma, m - 1) + a[m - 1]*lfap_rphi(z[m - 1], gamma); */
#endif

/* phi(z) = z if z > 0 else gamma*z; slope 1 if z > 0 else gamma (at 0: gamma). */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures value: \result == lfap_rphi(z, gamma);) */
double lfap_phi(double z, double gamma);
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures value: \result == lfap_rslope(z, gamma);)
  @ LFAP_REAL(ensures homogeneous: z*\result == lfap_rphi(z, gamma);) */
double lfap_slope(double z, double gamma);
/* a_j = +1/sqrt(m) for j < m/2, else -1/sqrt(m). m even, m > 0. */
/*@ requires some: m > 0;
  @ requires a: \valid(a + (0 .. m-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns a[0 .. m-1];
  @ LFAP_REAL(ensures first: \forall integer j; 0 <= j < m/2 ==> a[j] > 0.0 && a[j]*a[j]*m == 1.0;)
  @ LFAP_REAL(ensures second: \forall integer j; m/2 <= j < m ==> a[j] < 0.0 && a[j]*a[j]*m == 1.0;) */
void lfap_net_signs(double *a, size_t m);
/* f = dot(a, phi(z)); work: m doubles. */
/*@ LFAP_MAP(work, z, a, m)
  @ terminates \true;
  @ exits never: \false;
  @ assigns work[0 .. m-1];
  @ LFAP_REAL(ensures activations: \forall integer j; 0 <= j < m ==> work[j] == lfap_rphi(z[j], gamma);)
  @ LFAP_REAL(ensures value: \result == lfap_rnet(a, z, gamma, m);) */
double lfap_net_output(double *work, const double *z, const double *a, double gamma, size_t m);
/* Coefficients of grad_x f: c[j] = a_j if z_j > 0 else gamma*a_j. */
/*@ LFAP_MAP(c, z, a, m)
  @ terminates \true;
  @ exits never: \false;
  @ assigns c[0 .. m-1];
  @ LFAP_REAL(ensures value: \forall integer j; 0 <= j < m ==> c[j] == (z[j] > 0.0 ? a[j] : gamma*a[j]);) */
void lfap_net_input_coef(double *c, const double *z, const double *a, double gamma, size_t m);
#endif
