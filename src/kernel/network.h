/* network.h - the leaky-ReLU network on pre-activations z_j = <w_j, x> (N4; spec/theory.md section 1). */
#ifndef LFAP_KERNEL_NETWORK_H
#define LFAP_KERNEL_NETWORK_H
#include <stddef.h>

/* phi(z) = z if z > 0 else gamma*z; slope 1 if z > 0 else gamma (at 0: gamma). */
double lfap_phi(double z, double gamma);
double lfap_slope(double z, double gamma);
/* a_j = +1/sqrt(m) for j < m/2, else -1/sqrt(m). m even, m > 0. */
void lfap_net_signs(double *a, size_t m);
/* f = dot(a, phi(z)); work: m doubles. */
double lfap_net_output(double *work, const double *z, const double *a, double gamma, size_t m);
/* Coefficients of grad_x f: c[j] = a_j if z_j > 0 else gamma*a_j. */
void lfap_net_input_coef(double *c, const double *z, const double *a, double gamma, size_t m);
#endif
