/* chain.h - fma chains: axpy and the product that combines rows (N2): W = B X, w, u, v, gradients. */
#ifndef LFAP_KERNEL_CHAIN_H
#define LFAP_KERNEL_CHAIN_H
#include <stddef.h>
#include <stdint.h>

#include "arithmetic.h"
#ifdef __FRAMAC__
#include "index.acsl"
#include "links.acsl"
#endif

/* y[i] = fma(a, x[i], y[i]). */
/*@ requires x: \valid_read(x + (0 .. n-1));
  @ requires y: \valid(y + (0 .. n-1));
  @ requires sep: \separated(y + (0 .. n-1), x + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns y[0 .. n-1];
  @ LFAP_REAL(ensures axpy: \forall integer i; 0 <= i < n ==> y[i] == a*x[i] + \old(y[i]);) */
void lfap_axpy(double *y, double a, const double *x, size_t n);

/* y[i] = a*x[i]. */
/*@ requires x: \valid_read(x + (0 .. n-1));
  @ requires y: \valid(y + (0 .. n-1));
  @ requires sep: \separated(y + (0 .. n-1), x + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns y[0 .. n-1];
  @ LFAP_REAL(ensures scale: \forall integer i; 0 <= i < n ==> y[i] == a*x[i];) */
void lfap_scale(double *y, double a, const double *x, size_t n);

/* One row of Y = C X: y (d) gets the chain over n of c[n]*X_n on top of what it holds; X n x d. From zeros and with
   c_n = lambda_n y_n that is w = sum_n lambda_n y_n x_n, the boundary function's direction (f_bdy, T1). */
/*@ requires size: n*d <= SIZE_MAX;
  @ requires c: \valid_read(c + (0 .. n-1));
  @ requires X: \valid_read(X + (0 .. n*d - 1));
  @ requires y: \valid(y + (0 .. d-1));
  @ requires sep: \separated(y + (0 .. d-1), c + (0 .. n-1));
  @ requires sep: \separated(y + (0 .. d-1), X + (0 .. n*d - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns y[0 .. d-1];
  @ LFAP_REAL(ensures chain: \forall integer i; 0 <= i < d ==> y[i] == \old(y[i] + lfap_rlinks(c, X, d, i, n));) */
void lfap_chain(double *y, const double *c, const double *X, size_t n, size_t d);

/* Y (r x d) = Y + C X row by row, C r x n, X n x d: Y_ik gets the chain over n of C_in*X_nk on top of what it holds. */
/*@ requires size: r*d <= SIZE_MAX && r*n <= SIZE_MAX && n*d <= SIZE_MAX;
  @ requires C: \valid_read(C + (0 .. r*n - 1));
  @ requires X: \valid_read(X + (0 .. n*d - 1));
  @ requires Y: \valid(Y + (0 .. r*d - 1));
  @ requires sep: \separated(Y + (0 .. r*d - 1), C + (0 .. r*n - 1));
  @ requires sep: \separated(Y + (0 .. r*d - 1), X + (0 .. n*d - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns Y[0 .. r*d - 1];
  @ LFAP_REAL(ensures chain: \forall integer i, j; 0 <= i < r && 0 <= j < d
  @   ==> Y[lfap_at(i, j, d)] == \old(Y[lfap_at(i, j, d)] + lfap_rlinks_at(C, i, n, X, j, d, n));) */
void lfap_chain_rows(double *Y, const double *C, const double *X, size_t r, size_t n, size_t d);

/* The same for the columns from .. to-1 alone. */
/*@ requires columns: from <= to <= d;
  @ requires size: r*d <= SIZE_MAX && r*n <= SIZE_MAX && n*d <= SIZE_MAX;
  @ requires C: \valid_read(C + (0 .. r*n - 1));
  @ requires X: \valid_read(X + (0 .. n*d - 1));
  @ requires Y: \valid(Y + (0 .. r*d - 1));
  @ requires sep: \separated(Y + (0 .. r*d - 1), C + (0 .. r*n - 1));
  @ requires sep: \separated(Y + (0 .. r*d - 1), X + (0 .. n*d - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns Y[0 .. r*d - 1];
  @ LFAP_REAL(ensures chain: \forall integer i, j; 0 <= i < r && from <= j < to
  @   ==> Y[lfap_at(i, j, d)] == \old(Y[lfap_at(i, j, d)] + lfap_rlinks_at(C, i, n, X, j, d, n));)
  @ LFAP_REAL(ensures kept: \forall integer i, j; 0 <= i < r && 0 <= j < d && !(from <= j < to)
  @   ==> Y[lfap_at(i, j, d)] == \old(Y[lfap_at(i, j, d)]);) */
void lfap_chain_columns(double *Y, const double *C, const double *X, size_t from, size_t to, size_t r, size_t n,
                        size_t d);
#endif
