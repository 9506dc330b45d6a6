/* chain.c - fma chains (N2). Several rows go through one pass over y; the links of each entry keep their order. */
#include "chain.h"

#include "lanes_step.h"

enum { LINKS = 8 };

LFAP_CLONES
void lfap_axpy(double *y, double a, const double *x, size_t n) {
  for (size_t i = 0; i < n; i++) y[i] = fma(a, x[i], y[i]);
}

LFAP_CLONES
void lfap_scale(double *y, double a, const double *x, size_t n) {
  for (size_t i = 0; i < n; i++) y[i] = a * x[i];
}

/* Eight links at once: y is loaded and stored once for eight rows of X. */
LFAP_INLINE void chain8(double *restrict y, const double *restrict c, const double *restrict X, size_t d) {
  for (size_t i = 0; i < d; i++) {
    double v = y[i];
    LFAP_UNROLL for (size_t k = 0; k < LINKS; k++) v = fma(c[k], X[k * d + i], v);
    y[i] = v;
  }
}

LFAP_INLINE void chain1(double *restrict y, double c, const double *restrict x, size_t d) {
  for (size_t i = 0; i < d; i++) y[i] = fma(c, x[i], y[i]);
}

LFAP_CLONES
void lfap_chain(double *y, const double *c, const double *X, size_t n, size_t d) {
  size_t k = 0;
  for (; n - k >= LINKS; k += LINKS) chain8(y, c + k, X + k * d, d);
  for (; k < n; k++) chain1(y, c[k], X + k * d, d);
}
