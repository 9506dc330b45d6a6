/* chol.c - Cholesky by rows, triangular solves, compensated residual (N6; Q1: Q lambda = 1). */
#include "chol.h"

#include "chain.h"
#include "clones.h"
#include "lanes.h"
#include "mathspec.h"

/* *p = sqrt(pivot) if the pivot is above its bound; written so that a NaN is a bad pivot. */
/*@ requires p: \valid(p);
  @ terminates \true;
  @ exits never: \false;
  @ assigns *p;
  @ ensures verdict: \result == 0 || \result == 1; */
LFAP_INLINE int take_root(double *p, double pivot, double bound) {
  if (!(pivot > bound)) return 0;
  *p = sqrt(pivot);
  return 1;
}

int lfap_chol_row(double *L, size_t i, size_t n) {
  /*@ ghost lfap_row_at(i, n, n); */
  double *row = L + i * n;
  /*@ loop invariant column: 0 <= j <= i;
    @ loop assigns j, row[0 .. i-1];
    @ loop variant i - j; */
  for (size_t j = 0; j < i; j++) {
    /*@ ghost lfap_row_at(j, n, n); */
    row[j] = (row[j] - lfap_dot(j, row, L + j * n)) / L[j * n + j];
  }
  return take_root(row + i, row[i] - lfap_dot(i, row, row), (double)n * 0x1p-52 * row[i]);
}

size_t lfap_chol(double *L, size_t n) {
  /*@ loop invariant row: 0 <= i <= n;
    @ loop assigns i, L[0 .. n*n - 1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    /*@ ghost lfap_row_at(i, n, n); */
    if (!lfap_chol_row(L, i, n)) return i;
  }
  return n;
}

void lfap_chol_solve(double *x, const double *L, const double *b, size_t n) {
  /*@ loop invariant forward: 0 <= i <= n;
    @ loop assigns i, x[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    /*@ ghost lfap_row_at(i, n, n); */
    x[i] = (b[i] - lfap_dot(i, L + i * n, x)) / L[i * n + i];
  }
  /*@ loop invariant backward: 0 <= i <= n;
    @ loop assigns i, x[0 .. n-1];
    @ loop variant i; */
  for (size_t i = n; i > 0; i--) {
    /*@ ghost lfap_row_at(i - 1, n, n); */
    const double *row = L + (i - 1) * n;
    x[i - 1] = x[i - 1] / row[i - 1];
    /* fma(-L_ik, x_i, y_k) with the sign on the other factor: the product is the same */
    lfap_axpy(x, -x[i - 1], row, i - 1);
  }
}

/* s carries the rounded sum, c what the products (by fma) and the sums (by Knuth's two-sum) lost. */
LFAP_CLONES
double lfap_residual(double b, const double *q, const double *x, size_t n) {
  double s = b, c = 0.0;
  /*@ loop invariant term: 0 <= k <= n;
    @ LFAP_REAL(loop invariant sum: s == b - lfap_rdot(q, x, k);)
    @ LFAP_REAL(loop invariant nothing_lost: c == 0.0;)
    @ loop assigns k, s, c;
    @ loop variant n - k; */
  for (size_t k = 0; k < n; k++) {
    double p = -q[k] * x[k], e = fma(-q[k], x[k], -p);
    double t = s + p, bb = t - s;
    double e2 = (s - (t - bb)) + (p - bb);
    s = t;
    c = c + (e + e2);
  }
  return s + c;
}
