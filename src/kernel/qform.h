/* qform.h - the matrix Q of Q1 (N6): Q_nk = y_n y_k h_nk G_nk. */
#ifndef LFAP_KERNEL_QFORM_H
#define LFAP_KERNEL_QFORM_H
#include <stddef.h>

/* h of equal labels: 0.5*fma(gamma,gamma,1). */
double lfap_q_h(double gamma);
/* Row i of Q from row i of G: q[k] = (y_i y_k)*((y_i == y_k ? h : gamma)*g[k]), k < n. */
void lfap_q_row(double *q, const double *g, const double *y, double yi, double gamma, size_t n);
/* c (n): c[k] = (lambda_k*y_k)*(1 if y_k == side else gamma); side = +1 gives u's label slopes c_n, -1 gives v's. */
void lfap_uv_coef(double *c, const double *lambda, const double *y, double side, double gamma, size_t n);
#endif
