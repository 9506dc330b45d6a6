/* qmatrix.h - the matrix of a nonnegative quadratic programme, by rows and by its products: given (K1), Q of a Gram
 * matrix, or Q of the samples alone when that matrix does not fit (Q1; spec/numerics.md N6, N13). */
#ifndef LFAP_LIMIT_QMATRIX_H
#define LFAP_LIMIT_QMATRIX_H
#include "lfap.h"

typedef struct {
  size_t n;
  const double *M; /* the matrix itself (n x n), or NULL: Q of */
  const double *G; /* this Gram matrix (n x n), or NULL: of */
  const double *X; /* these samples (n x d), */
  size_t d;
  int on_data;     /* residuals of the samples, to twice the precision, whatever there is (N6, "Residual") */
  const double *y; /* with labels y */
  double gamma, h;
  double *diag;  /* n: the diagonal of G, or of M; owned */
  double *vec;   /* 2 n, and 4 d where there are samples; owned */
  double *spare; /* 2 n for each thread; owned */
} lfap_qm;

/* Allocates for the matrix that `m` names (M, or G and/or X with d, y, gamma) and takes its diagonal. */
lfap_status lfap_qm_open(lfap_ctx *ctx, lfap_qm *m);
void lfap_qm_close(lfap_qm *m);

/* A place in the matrix: entries `col` (increasing, nc of them) of rows `row` (nr of them); NULL stands for all of
   them. */
typedef struct {
  const size_t *row, *col;
  size_t nr, nc;
} lfap_qm_part;

/* Work on one row: `at` is its position in part.row, q its entries in part.col. */
typedef void (*lfap_qm_row_fn)(void *arg, size_t at, const double *q);
/* Every row of the part, shared out over threads; not without M or G. */
void lfap_qm_rows(const lfap_ctx *ctx, const lfap_qm *m, lfap_qm_part part, lfap_qm_row_fn fn, void *arg);

/* out[at] = (Q v)_row for full-length v (n), each a dot. */
void lfap_qm_product(lfap_ctx *ctx, double *out, const lfap_qm *m, const double *v, const size_t *row, size_t nr);
/* out[at] = b_row - sum over part.col of Q x, compensated; x has part.nc entries. Without a matrix through class sums
   (N13), on_data by lfap_qm_sharp_residual. */
void lfap_qm_residual(const lfap_ctx *ctx, double *out, const lfap_qm *m, const double *b, const double *x,
                      lfap_qm_part part);
/* The same of the samples, with pairs kept to the end and (1 + gamma^2)/2 itself: off by about u of the result and u^2
   of |Q| |x| (N6, "Trust"). */
void lfap_qm_sharp_residual(const lfap_ctx *ctx, double *out, const lfap_qm *m, const double *b, const double *x,
                            lfap_qm_part part);

/* Work on row i of the Gram matrix; `spare` has n entries. */
typedef void (*lfap_qm_gram_fn)(void *arg, size_t i, const double *g, double *spare);
/* Every row of G: read, or computed in blocks. */
lfap_status lfap_qm_gram_rows(lfap_ctx *ctx, const lfap_qm *m, lfap_qm_gram_fn fn, void *arg);
/* out (n) = G c. */
void lfap_qm_gram_product(lfap_ctx *ctx, double *out, const lfap_qm *m, const double *c);

/* The two class sums of sum c_n x_n as pairs: s[0], s[1] = hi, lo of the class +1, s[2], s[3] of -1; d entries each. */
void lfap_class_sums(const lfap_ctx *ctx, double *const s[4], const double *c, const double *X, const double *y,
                     size_t n, size_t d);
/* own[i], other[i] = <x_i, sum over the class of i, over the other one>, listed rows. */
void lfap_class_products(const lfap_ctx *ctx, double *own, double *other, double *const s[4], const double *X,
                         const double *y, const size_t *row, size_t nr, size_t d);
#endif
