/* chain.h - fma chains: axpy and the product that combines rows (N2): W = B X, w, u, v, gradients. */
#ifndef LFAP_KERNEL_CHAIN_H
#define LFAP_KERNEL_CHAIN_H
#include <stddef.h>

/* y[i] = fma(a, x[i], y[i]). */
void lfap_axpy(double *y, double a, const double *x, size_t n);
/* y[i] = a*x[i]. */
void lfap_scale(double *y, double a, const double *x, size_t n);
/* One row of Y = C X: y (d) gets the chain over n of c[n]*X_n on top of what it holds; X n x d. */
void lfap_chain(double *y, const double *c, const double *X, size_t n, size_t d);
#endif
