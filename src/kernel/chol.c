/* chol.c - Cholesky by rows, triangular solves, compensated residual (N6; Q1: Q lambda = 1). */
#include "chol.h"

#include "chain.h"
#include "lanes.h"
#include "lanes_step.h"

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

enum { GROUP = 8 }; /* rows whose divisions overlap */

/* Entry first+j of the rows i .. i+m-1; the lanes of row i are those of row `at` in S. */
/*@ requires block: first + j < n && i + m <= n && at + m <= LFAP_BLOCK && j < LFAP_BLOCK;
  @ requires below: first + j < i;
  @ requires size: n*n <= SIZE_MAX;
  @ requires L: \valid(L + (0 .. n*n - 1));
  @ requires S: \valid_read(S + (0 .. LFAP_BLOCK_LANES - 1));
  @ requires sep: \separated(L + (0 .. n*n - 1), S + (0 .. LFAP_BLOCK_LANES - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns L[i*n .. (i + m)*n - 1]; */
LFAP_INLINE void column(double *L, const double *S, size_t i, size_t m, size_t at, size_t first, size_t j, size_t n) {
  /*@ ghost lfap_row_at(first + j, n, n); */
  /*@ ghost lfap_rows_at(first + j + 1, i - first - j - 1, n, n); */
  /*@ ghost lfap_rows_at(i, m, n, n); */
  const double *pivot = L + (first + j) * n + first;
  /*@ loop invariant row: 0 <= r <= m;
    @ loop assigns r, L[i*n .. (i + m)*n - 1];
    @ loop variant m - r; */
  for (size_t r = 0; r < m; r++) {
    /*@ ghost lfap_row_at(r, m, n); */
    double *row = L + (i + r) * n + first;
    row[j] = (row[j] - lfap_lanes_more(S + lfap_lanes_at(at + r, j), j, row, pivot)) / pivot[j];
  }
}

LFAP_CLONES
size_t lfap_chol_corner(double *L, const double *S, size_t first, size_t mb, size_t n) {
  /*@ loop invariant row: 0 <= i <= mb;
    @ loop assigns i, L[0 .. n*n - 1];
    @ loop variant mb - i; */
  for (size_t i = 0; i < mb; i++) {
    /*@ ghost lfap_row_at(first + i, n, n); */
    double *row = L + (first + i) * n + first;
    /*@ loop invariant column: 0 <= j <= i;
      @ loop assigns j, L[0 .. n*n - 1];
      @ loop variant i - j; */
    for (size_t j = 0; j < i; j++) column(L, S, first + i, 1, i, first, j, n);
    if (!take_root(row + i, row[i] - lfap_lanes_more(S + lfap_lanes_at(i, i), i, row, row), (double)n * 0x1p-52 * row[i])) return i;
  }
  return mb;
}

LFAP_CLONES
void lfap_chol_below(double *L, const double *S, size_t i, size_t ma, size_t first, size_t mb, size_t n) {
  size_t r = 0;
  /*@ loop invariant row: 0 <= r <= ma;
    @ loop assigns r, L[i*n .. (i + ma)*n - 1];
    @ loop variant ma - r; */
  while (r < ma) {
    size_t m = ma - r < GROUP ? ma - r : GROUP;
    /*@ ghost lfap_rows_at(r, m, ma, n); */
    /*@ loop invariant column: 0 <= j <= mb;
      @ loop assigns j, L[i*n .. (i + ma)*n - 1];
      @ loop variant mb - j; */
    for (size_t j = 0; j < mb; j++) column(L, S, i + r, m, r, first, j, n);
    r += m;
  }
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
