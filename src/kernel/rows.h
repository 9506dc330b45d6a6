/* rows.h - tables of dots: matrix-vector product, rows times rows, Gram matrix (N1; G of spec/theory.md section 1). */
#ifndef LFAP_KERNEL_ROWS_H
#define LFAP_KERNEL_ROWS_H
#include <stddef.h>

/* y[i] = dot(A_i, x), A rows x n. */
void lfap_gemv(double *y, const double *A, const double *x, size_t rows, size_t n);
/* C (na x nb) = A B': C[i*nb+j] = dot(A_i, B_j), A na x n, B nb x n. Callers split rows of A over threads. */
void lfap_rows(double *C, const double *A, const double *B, size_t na, size_t nb, size_t n);
/* Row i of the lower triangle of the Gram matrix: g[j] = dot(X_i, X_j) for j <= i; g has i+1 entries. */
void lfap_gram_row(double *g, const double *X, size_t i, size_t n, size_t d);
/* Copies the lower triangle of G (n x n) to the upper. */
void lfap_mirror(double *G, size_t n);
#endif
