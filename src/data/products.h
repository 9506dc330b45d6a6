/* products.h - products with a large matrix, shared out over the threads of a context (N1, N2). Who computes an entry
 * never changes its bits. The Gram matrix and products of rows with rows are in lfap.h. */
#ifndef LFAP_DATA_PRODUCTS_H
#define LFAP_DATA_PRODUCTS_H
#include "lfap.h"

/* y = A x, A rows x n: lfap_gemv by ranges of rows. y overlaps neither A nor x. */
void lfap_matvec(const lfap_ctx *ctx, double *y, const double *A, const double *x, size_t rows, size_t n);

/* Y (r x d) gets the chains over n of C_in X_n on top of what it holds: lfap_chain_rows by ranges of rows of Y.
   C is r x n, X n x d; Y overlaps neither. Only LFAP_ERR_INTERRUPTED can come back: Y is then unspecified. */
lfap_status lfap_chain_product(lfap_ctx *ctx, double *Y, const double *C, const double *X, size_t r, size_t n,
                               size_t d);
#endif
