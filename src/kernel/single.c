/* single.c - products and means in binary32 (N17). Four rows of A meet 64 columns of B in registers for a slice of the
 * sum; the slice of B is packed before, for all rows. */
#include "single.h"

#include "clones.h"
#include "mathsingle.h"

enum { GROUP = 4, STRIP = 64, LINE = 16 }; /* rows, columns, columns of a vector */

/* Unrolls the short loop it precedes completely: only then do the sums live in registers. */
#if defined(__FRAMAC__) || !defined(__GNUC__) || defined(__clang__)
#define LFAP_UNROLL
#else
#define LFAP_UNROLL _Pragma("GCC unroll 4")
#endif

/* Columns at .. at+w-1 of the rows k .. k+links-1 of B, side by side; the strip is filled up with zeros. */
/*@ requires part: w <= STRIP && links <= LFAP_SINGLE_SLICE && at + w <= d && k + links <= n;
  @ requires size: n*d <= SIZE_MAX;
  @ requires B: \valid_read(B + (0 .. n*d - 1));
  @ requires P: \valid(P + (0 .. LFAP_SINGLE_SLICE*STRIP - 1));
  @ requires sep: \separated(P + (0 .. LFAP_SINGLE_SLICE*STRIP - 1), B + (0 .. n*d - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns P[0 .. LFAP_SINGLE_SLICE*STRIP - 1]; */
LFAP_INLINE void pack_strip(float *P, const float *B, size_t at, size_t w, size_t k, size_t links, size_t n, size_t d) {
  (void)n; /* only the contract needs it */
  /*@ loop invariant row: 0 <= l <= links;
    @ loop assigns l, P[0 .. LFAP_SINGLE_SLICE*STRIP - 1];
    @ loop variant links - l; */
  for (size_t l = 0; l < links; l++) {
    /*@ ghost lfap_row_at(k + l, n, d); */
    const float *b = B + ((k + l) * d + at);
    /*@ loop invariant column: 0 <= c <= w;
      @ loop assigns c, P[0 .. LFAP_SINGLE_SLICE*STRIP - 1];
      @ loop variant w - c; */
    for (size_t c = 0; c < w; c++) P[l * STRIP + c] = b[c];
    /*@ loop invariant column: w <= c <= STRIP;
      @ loop assigns c, P[0 .. LFAP_SINGLE_SLICE*STRIP - 1];
      @ loop variant STRIP - c; */
    for (size_t c = w; c < STRIP; c++) P[l * STRIP + c] = 0.0f;
  }
}

/* Where entry (i, j) of a matrix of n columns lies. */
/*@ requires entry: i < rows && j <= n;
  @ requires size: rows*n <= SIZE_MAX;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from i, j, n;
  @ ensures inside: \result + (n - j) <= rows*n; */
LFAP_INLINE size_t place_of(size_t i, size_t j, size_t rows, size_t n) {
  (void)rows; /* only the contract needs it */
  /*@ ghost lfap_row_at(i, rows, n); */
  return i * n + j;
}

/* T (rows x STRIP): the chains of a slice, of the rows i .. i+rows-1 of A; rows is 1 or GROUP, which the compiler
   knows. */
/*@ requires part: links <= LFAP_SINGLE_SLICE && k + links <= n && rows <= GROUP && i + rows <= r;
  @ requires size: r*n <= SIZE_MAX;
  @ requires A: \valid_read(A + (0 .. r*n - 1));
  @ requires P: \valid_read(P + (0 .. LFAP_SINGLE_SLICE*STRIP - 1));
  @ requires T: \valid(T + (0 .. GROUP*STRIP - 1));
  @ requires sep: \separated(T + (0 .. GROUP*STRIP - 1), A + (0 .. r*n - 1));
  @ requires sep: \separated(T + (0 .. GROUP*STRIP - 1), P + (0 .. LFAP_SINGLE_SLICE*STRIP - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns T[0 .. GROUP*STRIP - 1]; */
LFAP_INLINE void tile(float *T, const float *A, const float *P, size_t i, size_t k, size_t links, size_t rows, size_t r,
                      size_t n) {
  float s[GROUP][STRIP / LINE][LINE];
  /*@ loop invariant row: 0 <= e <= rows;
    @ loop assigns e, s[0 .. GROUP-1][0 .. STRIP/LINE-1][0 .. LINE-1];
    @ loop variant rows - e; */
  LFAP_UNROLL for (size_t e = 0; e < rows; e++)
      /*@ loop invariant line: 0 <= f <= STRIP/LINE;
      @ loop assigns f, s[e][0 .. STRIP/LINE-1][0 .. LINE-1];
      @ loop variant STRIP/LINE - f; */
      LFAP_UNROLL for (size_t f = 0; f < STRIP / LINE; f++)
      /*@ loop invariant column: 0 <= c <= LINE;
        @ loop assigns c, s[e][f][0 .. LINE-1];
        @ loop variant LINE - c; */
      for (size_t c = 0; c < LINE; c++) s[e][f][c] = 0.0f;
  /*@ loop invariant link: 0 <= l <= links;
    @ loop assigns l, s[0 .. GROUP-1][0 .. STRIP/LINE-1][0 .. LINE-1];
    @ loop variant links - l; */
  for (size_t l = 0; l < links; l++)
    /*@ loop invariant row: 0 <= e <= rows;
      @ loop assigns e, s[0 .. GROUP-1][0 .. STRIP/LINE-1][0 .. LINE-1];
      @ loop variant rows - e; */
    LFAP_UNROLL for (size_t e = 0; e < rows; e++) {
      const size_t p = place_of(i + e, k, r, n);
      const float a = A[p + l];
      /*@ loop invariant line: 0 <= f <= STRIP/LINE;
        @ loop assigns f, s[e][0 .. STRIP/LINE-1][0 .. LINE-1];
        @ loop variant STRIP/LINE - f; */
      LFAP_UNROLL for (size_t f = 0; f < STRIP / LINE; f++)
          /*@ loop invariant column: 0 <= c <= LINE;
          @ loop assigns c, s[e][f][0 .. LINE-1];
          @ loop variant LINE - c; */
          for (size_t c = 0; c < LINE; c++) s[e][f][c] = fmaf(a, P[l * STRIP + f * LINE + c], s[e][f][c]);
    }
  /*@ loop invariant row: 0 <= e <= rows;
    @ loop assigns e, T[0 .. GROUP*STRIP - 1];
    @ loop variant rows - e; */
  LFAP_UNROLL for (size_t e = 0; e < rows; e++)
      /*@ loop invariant line: 0 <= f <= STRIP/LINE;
      @ loop assigns f, T[0 .. GROUP*STRIP - 1];
      @ loop variant STRIP/LINE - f; */
      LFAP_UNROLL for (size_t f = 0; f < STRIP / LINE; f++)
      /*@ loop invariant column: 0 <= c <= LINE;
        @ loop assigns c, T[0 .. GROUP*STRIP - 1];
        @ loop variant LINE - c; */
      for (size_t c = 0; c < LINE; c++) T[e * STRIP + f * LINE + c] = s[e][f][c];
}

/* Columns at .. at+w-1 of the rows i .. i+rows-1 of Y grow by the slice of T. */
/*@ requires part: w <= STRIP && at + w <= d && rows <= GROUP && i + rows <= r;
  @ requires size: r*d <= SIZE_MAX;
  @ requires T: \valid_read(T + (0 .. GROUP*STRIP - 1));
  @ requires Y: \valid(Y + (0 .. r*d - 1));
  @ requires sep: \separated(Y + (0 .. r*d - 1), T + (0 .. GROUP*STRIP - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns Y[0 .. r*d - 1]; */
LFAP_INLINE void join(float *Y, const float *T, size_t at, size_t w, size_t i, size_t rows, size_t r, size_t d) {
  (void)r; /* only the contract needs it */
  /*@ loop invariant row: 0 <= e <= rows;
    @ loop assigns e, Y[0 .. r*d - 1];
    @ loop variant rows - e; */
  for (size_t e = 0; e < rows; e++) {
    /*@ ghost lfap_row_at(i + e, r, d); */
    float *y = Y + ((i + e) * d + at);
    /*@ loop invariant column: 0 <= c <= w;
      @ loop assigns c, Y[0 .. r*d - 1];
      @ loop variant w - c; */
    for (size_t c = 0; c < w; c++) y[c] = y[c] + T[e * STRIP + c];
  }
}

/* Columns at .. at+w-1 of Y grow by the slice k .. k+links-1 of the sum. */
/*@ requires part: w <= STRIP && links <= LFAP_SINGLE_SLICE && at + w <= d && k + links <= n;
  @ requires size: r*d <= SIZE_MAX && r*n <= SIZE_MAX && n*d <= SIZE_MAX;
  @ requires A: \valid_read(A + (0 .. r*n - 1));
  @ requires B: \valid_read(B + (0 .. n*d - 1));
  @ requires Y: \valid(Y + (0 .. r*d - 1));
  @ requires sep: \separated(Y + (0 .. r*d - 1), A + (0 .. r*n - 1));
  @ requires sep: \separated(Y + (0 .. r*d - 1), B + (0 .. n*d - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns Y[0 .. r*d - 1]; */
LFAP_INLINE void strip(float *Y, const float *A, const float *B, size_t at, size_t w, size_t k, size_t links, size_t r,
                       size_t n, size_t d) {
  float P[LFAP_SINGLE_SLICE * STRIP], T[GROUP * STRIP];
  size_t i = 0;
  pack_strip(P, B, at, w, k, links, n, d);
  /*@ loop invariant row: 0 <= i <= r;
    @ loop assigns i, T[0 .. GROUP*STRIP - 1], Y[0 .. r*d - 1];
    @ loop variant r - i; */
  for (; r - i >= GROUP; i += GROUP) {
    tile(T, A, P, i, k, links, GROUP, r, n);
    join(Y, T, at, w, i, GROUP, r, d);
  }
  /*@ loop invariant row: 0 <= i <= r;
    @ loop assigns i, T[0 .. GROUP*STRIP - 1], Y[0 .. r*d - 1];
    @ loop variant r - i; */
  for (; i < r; i++) {
    tile(T, A, P, i, k, links, 1, r, n);
    join(Y, T, at, w, i, 1, r, d);
  }
}

LFAP_CLONES
void lfap_single_product(float *Y, const float *A, const float *B, size_t r, size_t n, size_t d) {
  size_t at = 0;
  /*@ loop invariant entry: 0 <= i <= r*d;
    @ loop assigns i, Y[0 .. r*d - 1];
    @ loop variant r*d - i; */
  for (size_t i = 0; i < r * d; i++) Y[i] = 0.0f;
  /*@ loop invariant strip: 0 <= at <= d;
    @ loop assigns at, Y[0 .. r*d - 1];
    @ loop variant d - at; */
  while (at < d) {
    size_t w = d - at < STRIP ? d - at : STRIP, k = 0;
    /*@ loop invariant slice: 0 <= k <= n;
      @ loop assigns k, Y[0 .. r*d - 1];
      @ loop variant n - k; */
    while (k < n) {
      size_t links = n - k < LFAP_SINGLE_SLICE ? n - k : LFAP_SINGLE_SLICE;
      strip(Y, A, B, at, w, k, links, r, n, d);
      k += links;
    }
    at += w;
  }
}

float lfap_single_mean(const double *x, size_t n) {
  float total = 0.0f;
  size_t k = 0;
  /*@ loop invariant slice: 0 <= k <= n;
    @ loop assigns k, total;
    @ loop variant n - k; */
  while (k < n) {
    size_t end = n - k < LFAP_SINGLE_SLICE ? n : k + LFAP_SINGLE_SLICE;
    float s = 0.0f;
    /*@ loop invariant term: 0 <= k <= end;
      @ loop assigns k, s;
      @ loop variant end - k; */
    for (; k < end; k++) s = s + (float)x[k];
    total = total + s;
  }
  return total / (float)n;
}
