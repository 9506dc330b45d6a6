/* chain.c - fma chains (N2). Several rows go through one pass over y; the links of each entry keep their order. */
#include "chain.h"

#include "lanes_step.h"

enum { LINKS = 8 };

LFAP_CLONES
void lfap_axpy(double *y, double a, const double *x, size_t n) {
  /*@ loop invariant entry: 0 <= i <= n;
    @ LFAP_REAL(loop invariant done: \forall integer j; 0 <= j < i ==> y[j] == a*\at(x[j], Pre) + \at(y[j], Pre);)
    @ LFAP_REAL(loop invariant todo: \forall integer j; i <= j < n ==> y[j] == \at(y[j], Pre);)
    @ loop assigns i, y[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) y[i] = fma(a, x[i], y[i]);
}

LFAP_CLONES
void lfap_scale(double *y, double a, const double *x, size_t n) {
  /*@ loop invariant entry: 0 <= i <= n;
    @ LFAP_REAL(loop invariant done: \forall integer j; 0 <= j < i ==> y[j] == a*x[j];)
    @ loop assigns i, y[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) y[i] = a * x[i];
}

/* The next eight links: y is loaded and stored once for eight rows of X. */
/*@ requires size: LINKS*d <= SIZE_MAX;
  @ requires c: \valid_read(c + (0 .. LINKS-1));
  @ requires X: \valid_read(X + (0 .. LINKS*d - 1));
  @ requires y: \valid(y + (0 .. d-1));
  @ requires sep: \separated(y + (0 .. d-1), c + (0 .. LINKS-1));
  @ requires sep: \separated(y + (0 .. d-1), X + (0 .. LINKS*d - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns y[0 .. d-1]; */
LFAP_INLINE void chain8(double *restrict y, const double *restrict c, const double *restrict X, size_t d) {
  /*@ loop invariant entry: 0 <= i <= d;
    @ loop assigns i, y[0 .. d-1];
    @ loop variant d - i; */
  for (size_t i = 0; i < d; i++) {
    double v = y[i];
    /*@ loop invariant link: 0 <= l <= LINKS;
      @ loop assigns l, v;
      @ loop variant LINKS - l; */
    LFAP_UNROLL for (size_t l = 0; l < LINKS; l++) {
      /*@ ghost lfap_row_at(l, LINKS, d); */
      v = fma(c[l], X[l * d + i], v);
    }
    y[i] = v;
  }
}

LFAP_CLONES
void lfap_chain(double *y, const double *c, const double *X, size_t n, size_t d) {
  size_t k = 0;
  /*@ loop invariant link: 0 <= k <= n;
    @ loop assigns k, y[0 .. d-1];
    @ loop variant n - k; */
  for (; n - k >= LINKS; k += LINKS) {
    /*@ ghost lfap_rows_at(k, LINKS, n, d); */
    chain8(y, c + k, X + k * d, d);
  }
  /*@ loop invariant link: 0 <= k <= n;
    @ loop assigns k, y[0 .. d-1];
    @ loop variant n - k; */
  for (; k < n; k++) {
    /*@ ghost lfap_row_at(k, n, d); */
    lfap_axpy(y, c[k], X + k * d, d);
  }
}

void lfap_chain_rows(double *Y, const double *C, const double *X, size_t r, size_t n, size_t d) {
  /*@ loop invariant row: 0 <= i <= r;
    @ loop assigns i, Y[0 .. r*d - 1];
    @ loop variant r - i; */
  for (size_t i = 0; i < r; i++) {
    /*@ ghost lfap_row_at(i, r, n); */
    /*@ ghost lfap_row_at(i, r, d); */
    lfap_chain(Y + i * d, C + i * n, X, n, d);
  }
}
