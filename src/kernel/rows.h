/* rows.h - tables of dots: matrix-vector product, rows times rows, Gram matrix (N1; G of spec/theory.md section 1). */
#ifndef LFAP_KERNEL_ROWS_H
#define LFAP_KERNEL_ROWS_H
#include <stddef.h>
#include <stdint.h>

#include "arithmetic.h"
#ifdef __FRAMAC__
#include "index.acsl"
#include "sums.acsl"
#endif

/* y[i] = dot(A_i, x), A rows x n. */
/*@ requires size: rows*n <= SIZE_MAX;
  @ requires A: \valid_read(A + (0 .. rows*n - 1));
  @ requires x: \valid_read(x + (0 .. n-1));
  @ requires y: \valid(y + (0 .. rows-1));
  @ requires sep: \separated(y + (0 .. rows-1), A + (0 .. rows*n - 1));
  @ requires sep: \separated(y + (0 .. rows-1), x + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns y[0 .. rows-1];
  @ LFAP_REAL(ensures dots: \forall integer i; 0 <= i < rows ==> y[i] == \old(lfap_rdot_at(x, 0, A, i, n, n));) */
void lfap_gemv(double *y, const double *A, const double *x, size_t rows, size_t n);

/* C (na x nb) = A B': C[i*nb+j] = dot(A_i, B_j), A na x n, B nb x n. Callers split rows of A over threads. */
/*@ LFAP_TABLE(C, A, na, B, nb, n)
  @ terminates \true;
  @ exits never: \false;
  @ assigns C[0 .. na*nb - 1];
  @ LFAP_REAL(ensures dots: \forall integer i, j; 0 <= i < na && 0 <= j < nb
  @   ==> C[lfap_at(i, j, nb)] == \old(lfap_rdot_at(A, i, B, j, n, n));) */
void lfap_rows(double *C, const double *A, const double *B, size_t na, size_t nb, size_t n);

/* Row i of the lower triangle of the Gram matrix: g[j] = dot(X_i, X_j) for j <= i; g has i+1 entries. */
/*@ requires row: i < n;
  @ requires size: n*d <= SIZE_MAX;
  @ requires X: \valid_read(X + (0 .. n*d - 1));
  @ requires g: \valid(g + (0 .. i));
  @ requires sep: \separated(g + (0 .. i), X + (0 .. n*d - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns g[0 .. i];
  @ LFAP_REAL(ensures dots: \forall integer j; 0 <= j <= i ==> g[j] == \old(lfap_rdot_at(X + i*d, 0, X, j, d, d));) */
void lfap_gram_row(double *g, const double *X, size_t i, size_t n, size_t d);

/* Copies rows first .. last-1 of the lower triangle of G (n x n) to the upper. Ranges that share no row can be copied
   at once: none writes what another reads. */
/*@ requires rows: first <= last && last <= n;
  @ requires size: n*n <= SIZE_MAX;
  @ requires G: \valid(G + (0 .. n*n - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns G[0 .. n*n - 1];
  @ LFAP_REAL(ensures lower: \forall integer i, j; 0 <= j <= i < n
  @     ==> G[lfap_at(i, j, n)] == \old(G[lfap_at(i, j, n)]);)
  @ LFAP_REAL(ensures upper: \forall integer i, j; first <= i < last && 0 <= j < i
  @     ==> G[lfap_at(j, i, n)] == \old(G[lfap_at(i, j, n)]);)
  @ LFAP_REAL(ensures kept: \forall integer i, j; 0 <= j < i < n && !(first <= i < last)
  @     ==> G[lfap_at(j, i, n)] == \old(G[lfap_at(j, i, n)]);) */
void lfap_mirror(double *G, size_t first, size_t last, size_t n);
#endif
