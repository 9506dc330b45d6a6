/* qmatrix.h - the matrix of a nonnegative quadratic programme, by rows and by its products: given (K1), Q or that of
 * (CP) of a Gram matrix, or of the samples alone when that matrix does not fit (Q1, C2; spec/numerics.md N6, N6a, N13).
 *
 * Of N samples Q has the rows (n, gamma), one block; (CP) has these and the rows (n, 1) after them, two blocks of N
 * unknowns alpha and beta. Entries are w y_n y_k G_nk, with one weight w for each pair of blocks, each class of the
 * row's sample, and whether the column's is of the same. */
#ifndef LFAP_LIMIT_QMATRIX_H
#define LFAP_LIMIT_QMATRIX_H
#include "lfap.h"

/* A weight to twice the precision. */
typedef struct {
  double hi, lo;
} lfap_twofold;

enum { LFAP_QM_SAME, LFAP_QM_OTHER };

typedef struct {
  size_t n;        /* unknowns: rows of M, or samples times blocks */
  const double *M; /* the matrix itself (n x n), or NULL: that of */
  const double *G; /* this Gram matrix (N x N), or NULL: of */
  const double *X; /* these samples (N x d), */
  size_t d;
  int on_data;     /* residuals of the samples, to twice the precision, whatever there is (N6, "Residual") */
  const double *y; /* with labels y */
  double gamma;
  lfap_masses masses; /* of the output layer, both positive; {0, 0}: 1/2 each, which lfap_qm_open writes there */
  int kinks;          /* (CP), not Q: two blocks */
  /* set by lfap_qm_open: */
  size_t samples, blocks;          /* N; 1 or 2 */
  lfap_twofold weight[2][2][2][2]; /* [block of the row][its class: y < 0][block of the column][same class, other] */
  double *diag;                    /* n: the diagonal, up to one factor (Q of equal masses: that of G); owned */
  double *square;                  /* N: the diagonal of G; part of vec */
  double *vec;                     /* 3 n; owned */
  double *sums;                    /* 4 d for each block where there are samples; part of vec */
  double *spare;                   /* 2 n for each thread; owned */
  lfap_twofold *twofold[4]; /* samples: of sharp residuals, block by block, classes +1, -1; [0] owned, with them */
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
/* The same of the samples, with pairs kept to the end and the weights themselves: off by about u of the result and u^2
   of |Q| |x| (N6, "Trust"). */
void lfap_qm_sharp_residual(const lfap_ctx *ctx, double *out, const lfap_qm *m, const double *b, const double *x,
                            lfap_qm_part part);

/* The sample and the block of unknown i. */
static inline size_t lfap_qm_block(const lfap_qm *m, size_t i) { return i >= m->samples; }
static inline size_t lfap_qm_sample(const lfap_qm *m, size_t i) { return i < m->samples ? i : i - m->samples; }
/* The weights of row i in the columns of a block: LFAP_QM_SAME, LFAP_QM_OTHER. */
static inline const lfap_twofold *lfap_qm_weight(const lfap_qm *m, size_t i, size_t block) {
  return m->weight[lfap_qm_block(m, i)][m->y[lfap_qm_sample(m, i)] < 0.0][block];
}
/* The mass on the own side of a sample with label y, and on the other side. */
static inline double lfap_own_mass(lfap_masses p, double y) { return y > 0.0 ? p.plus : p.minus; }
static inline double lfap_off_mass(lfap_masses p, double y) { return y > 0.0 ? p.minus : p.plus; }

/* Work on row i of the Gram matrix; `spare` has n entries. */
typedef void (*lfap_qm_gram_fn)(void *arg, size_t i, const double *g, double *spare);
/* Every row of G: read, or computed in blocks. */
lfap_status lfap_qm_gram_rows(lfap_ctx *ctx, const lfap_qm *m, lfap_qm_gram_fn fn, void *arg);
/* out (n) = G c. */
void lfap_qm_gram_product(lfap_ctx *ctx, double *out, const lfap_qm *m, const double *c);

/* The two class sums of sum c_n x_n as pairs: s[0], s[1] = hi, lo of the class +1, s[2], s[3] of -1; d entries each. */
void lfap_class_sums(const lfap_ctx *ctx, double *const s[4], const double *c, const double *X, const double *y,
                     size_t n, size_t d);
/* own[at], other[at] = <x_i, sum over the class of i, over the other one>, for the samples of the listed unknowns. */
typedef struct {
  const double *X, *y;
  size_t n, d; /* samples, dimension */
} lfap_samples;
void lfap_class_products(const lfap_ctx *ctx, double *own, double *other, double *const s[4], const lfap_samples *of,
                         const size_t *row, size_t nr);
#endif
