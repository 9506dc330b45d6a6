/* rows.c - tables of dots, several at once (N1). Every entry takes the steps of lfap_dot in their order. */
#include "rows.h"

#include "lanes_step.h"

enum { TILE = 4 };

LFAP_INLINE double dot1(const double *x, const double *y, size_t n) {
  double s[LFAP_LANES] = {0.0};
  size_t k = 0;
  for (; n - k >= LFAP_LANES; k += LFAP_LANES) lfap_lanes_step(s, x, y, k);
  return lfap_lanes_finish(s, x, y, k, n);
}

/* c[j] = dot(x, B_j) for four rows of B: x is read once for all. */
LFAP_INLINE void dot4(double *c, const double *x, const double *B, size_t n) {
  double s[TILE][LFAP_LANES] = {{0.0}};
  size_t k = 0;
  for (; n - k >= LFAP_LANES; k += LFAP_LANES)
    LFAP_UNROLL for (size_t j = 0; j < TILE; j++) lfap_lanes_step(s[j], x, B + j * n, k);
  LFAP_UNROLL for (size_t j = 0; j < TILE; j++) c[j] = lfap_lanes_finish(s[j], x, B + j * n, k, n);
}

/* C[i*ldc + j] = dot(A_i, B_j) for four rows of each: sixteen chains of eight lanes hide the latency of fma. */
LFAP_INLINE void dot4x4(double *C, const double *A, const double *B, size_t ldc, size_t n) {
  double s[TILE][TILE][LFAP_LANES] = {{{0.0}}};
  size_t k = 0;
  for (; n - k >= LFAP_LANES; k += LFAP_LANES)
    LFAP_UNROLL for (size_t i = 0; i < TILE; i++)
      LFAP_UNROLL for (size_t j = 0; j < TILE; j++) lfap_lanes_step(s[i][j], A + i * n, B + j * n, k);
  LFAP_UNROLL for (size_t i = 0; i < TILE; i++)
    LFAP_UNROLL for (size_t j = 0; j < TILE; j++)
      C[i * ldc + j] = lfap_lanes_finish(s[i][j], A + i * n, B + j * n, k, n);
}

/* c[j] = dot(x, B_j) for j < rows. */
LFAP_INLINE void dot_row(double *c, const double *x, const double *B, size_t rows, size_t n) {
  size_t j = 0;
  for (; rows - j >= TILE; j += TILE) dot4(c + j, x, B + j * n, n);
  for (; j < rows; j++) c[j] = dot1(x, B + j * n, n);
}

LFAP_CLONES
void lfap_gemv(double *y, const double *A, const double *x, size_t rows, size_t n) {
  dot_row(y, x, A, rows, n);
}

/* Four rows of C: tiles, then the columns that are left over. */
LFAP_INLINE void rows4(double *C, const double *A, const double *B, size_t nb, size_t n) {
  size_t j = 0;
  for (; nb - j >= TILE; j += TILE) dot4x4(C + j, A, B + j * n, nb, n);
  for (; j < nb; j++)
    for (size_t i = 0; i < TILE; i++) C[i * nb + j] = dot1(A + i * n, B + j * n, n);
}

LFAP_CLONES
void lfap_rows(double *C, const double *A, const double *B, size_t na, size_t nb, size_t n) {
  size_t i = 0;
  for (; na - i >= TILE; i += TILE) rows4(C + i * nb, A + i * n, B, nb, n);
  for (; i < na; i++) dot_row(C + i * nb, A + i * n, B, nb, n);
}

LFAP_CLONES
void lfap_gram_row(double *g, const double *X, size_t i, size_t n, size_t d) {
  (void)n;
  dot_row(g, X + i * d, X, i + 1, d);
}

void lfap_mirror(double *G, size_t n) {
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < i; j++) G[j * n + i] = G[i * n + j];
}
