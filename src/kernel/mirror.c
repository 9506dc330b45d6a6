/* mirror.c - the upper triangle of a symmetric matrix from the lower. */

#ifdef __FRAMAC__
#include "entry.acsl"
#endif

#include "rows.h"

#include "clones.h"

enum { SQUARE = 16 }; /* rows and columns copied together: both sides of the diagonal stay in the cache */

/* Rows r .. and columns c .. of the lower triangle, at most SQUARE each. */
/*@ requires square: r <= n && c <= n;
  @ requires size: n*n <= SIZE_MAX;
  @ requires G: \valid(G + (0 .. n*n - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns G[0 .. n*n - 1];
  @ LFAP_REAL(ensures lower: \forall integer p, q; 0 <= q <= p < n
  @     ==> G[lfap_at(p, q, n)] == \old(G[lfap_at(p, q, n)]);)
  @ LFAP_REAL(ensures copied: \forall integer p, q; r <= p < n && p < r + SQUARE && c <= q < p && q < c + SQUARE
  @   ==> G[lfap_at(q, p, n)] == \old(G[lfap_at(p, q, n)]);)
  @ LFAP_REAL(ensures kept: \forall integer p, q; 0 <= q < p < n && !(r <= p < r + SQUARE && c <= q < c + SQUARE)
  @   ==> G[lfap_at(q, p, n)] == \old(G[lfap_at(q, p, n)]);) */
LFAP_INLINE void mirror_square(double *G, size_t r, size_t c, size_t n) {
  size_t end = n - r < SQUARE ? n : r + SQUARE;
  /*@ loop invariant row: r <= i <= end;
    @ LFAP_REAL(loop invariant lower: \forall integer p, q; 0 <= q <= p < n
    @     ==> G[lfap_at(p, q, n)] == \at(G[lfap_at(p, q, n)],Pre);)
    @ LFAP_REAL(loop invariant copied: \forall integer p, q; r <= p < i && c <= q < p && q < c + SQUARE
    @   ==> G[lfap_at(q, p, n)] == \at(G[lfap_at(p, q, n)],Pre);)
    @ LFAP_REAL(loop invariant kept: \forall integer p, q; 0 <= q < p < n && !(r <= p < r + SQUARE
    @     && c <= q < c + SQUARE)
    @   ==> G[lfap_at(q, p, n)] == \at(G[lfap_at(q, p, n)],Pre);)
    @ loop assigns i, G[0 .. n*n - 1];
    @ loop variant end - i; */
  for (size_t i = r; i < end; i++)
    /*@ loop invariant column: c <= j;
      @ LFAP_REAL(loop invariant lower: \forall integer p, q; 0 <= q <= p < n
      @     ==> G[lfap_at(p, q, n)] == \at(G[lfap_at(p, q, n)],Pre);)
      @ LFAP_REAL(loop invariant copied: \forall integer p, q; r <= p < i && c <= q < p && q < c + SQUARE
      @   ==> G[lfap_at(q, p, n)] == \at(G[lfap_at(p, q, n)],Pre);)
      @ LFAP_REAL(loop invariant line: \forall integer q; c <= q < j
      @     ==> G[lfap_at(q, i, n)] == \at(G[lfap_at(\at(i,Here), q, n)],Pre);)
      @ LFAP_REAL(loop invariant kept: \forall integer p, q; 0 <= q < p < n && !(r <= p < r + SQUARE
      @     && c <= q < c + SQUARE)
      @   ==> G[lfap_at(q, p, n)] == \at(G[lfap_at(q, p, n)],Pre);)
      @ loop assigns j, G[0 .. n*n - 1];
      @ loop variant i - j; */
    for (size_t j = c; j < i && j - c < SQUARE; j++) {
      /*@ ghost lfap_row_at(i, n, n); */
      /*@ ghost lfap_row_at(j, n, n); */
      /*@ ghost lfap_at_only(j, i, n); */
      /*@ assert from: LFAP_REAL_FACT(i*n + j == lfap_at(i, j, n)); */
      /*@ assert to: LFAP_REAL_FACT(j*n + i == lfap_at(j, i, n)); */
      G[j * n + i] = G[i * n + j];
    }
}

void lfap_mirror(double *G, size_t n) {
  size_t r = 0;
  /*@ loop invariant rows: 0 <= r <= n;
    @ LFAP_REAL(loop invariant whole: r % SQUARE == 0 || r == n;)
    @ LFAP_REAL(loop invariant lower: \forall integer p, q; 0 <= q <= p < n
    @     ==> G[lfap_at(p, q, n)] == \at(G[lfap_at(p, q, n)],Pre);)
    @ LFAP_REAL(loop invariant copied: \forall integer p, q; 0 <= q < p < r
    @     ==> G[lfap_at(q, p, n)] == \at(G[lfap_at(p, q, n)],Pre);)
    @ loop assigns r, G[0 .. n*n - 1];
    @ loop variant n - r; */
  while (r < n) {
    size_t rows = n - r < SQUARE ? n - r : SQUARE, c = 0;
    /*@ loop invariant columns: 0 <= c <= n;
      @ LFAP_REAL(loop invariant whole: c % SQUARE == 0 || c == r + 1;)
      @ LFAP_REAL(loop invariant lower: \forall integer p, q; 0 <= q <= p < n
      @     ==> G[lfap_at(p, q, n)] == \at(G[lfap_at(p, q, n)],Pre);)
      @ LFAP_REAL(loop invariant copied: \forall integer p, q; 0 <= q < p < r
      @     ==> G[lfap_at(q, p, n)] == \at(G[lfap_at(p, q, n)],Pre);)
      @ LFAP_REAL(loop invariant squares: \forall integer p, q; r <= p < r + rows && 0 <= q < p && (q < c || r < c)
      @   ==> G[lfap_at(q, p, n)] == \at(G[lfap_at(p, q, n)],Pre);)
      @ loop assigns c, G[0 .. n*n - 1];
      @ loop variant r + SQUARE - c; */
    while (c <= r) {
      mirror_square(G, r, c, n);
      c += r - c < SQUARE ? r + 1 - c : SQUARE;
    }
    r += rows;
  }
}
