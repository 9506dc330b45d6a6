/* mirror.c - the upper triangle of a symmetric matrix from the lower. */

#ifdef __FRAMAC__
#include "entry.acsl"
#endif

#include "rows.h"

#include "clones.h"

enum { SQUARE = 16 }; /* rows and columns copied together: both sides of the diagonal stay in the cache */

/* Rows r .. below `last` and columns c .. of the lower triangle, at most SQUARE each. */
/*@ requires square: r <= last && last <= n && c <= n;
  @ requires size: n*n <= SIZE_MAX;
  @ requires G: \valid(G + (0 .. n*n - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns G[0 .. n*n - 1];
  @ LFAP_REAL(ensures lower: \forall integer p, q; 0 <= q <= p < n
  @     ==> G[lfap_at(p, q, n)] == \old(G[lfap_at(p, q, n)]);)
  @ LFAP_REAL(ensures copied: \forall integer p, q; r <= p < last && p < r + SQUARE && c <= q < p && q < c + SQUARE
  @   ==> G[lfap_at(q, p, n)] == \old(G[lfap_at(p, q, n)]);)
  @ LFAP_REAL(ensures kept: \forall integer p, q; 0 <= q < p < n && !(r <= p < last
  @     && p < r + SQUARE && c <= q < c + SQUARE)
  @   ==> G[lfap_at(q, p, n)] == \old(G[lfap_at(q, p, n)]);) */
LFAP_INLINE void mirror_square(double *G, size_t r, size_t c, size_t last, size_t n) {
  size_t end = last - r < SQUARE ? last : r + SQUARE;
  /*@ loop invariant row: r <= i <= end;
    @ LFAP_REAL(loop invariant lower: \forall integer p, q; 0 <= q <= p < n
    @     ==> G[lfap_at(p, q, n)] == \at(G[lfap_at(p, q, n)],Pre);)
    @ LFAP_REAL(loop invariant copied: \forall integer p, q; r <= p < i && c <= q < p && q < c + SQUARE
    @   ==> G[lfap_at(q, p, n)] == \at(G[lfap_at(p, q, n)],Pre);)
    @ LFAP_REAL(loop invariant kept: \forall integer p, q; 0 <= q < p < n && !(r <= p < last
    @     && p < r + SQUARE && c <= q < c + SQUARE)
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
      @ LFAP_REAL(loop invariant kept: \forall integer p, q; 0 <= q < p < n && !(r <= p < last
      @     && p < r + SQUARE && c <= q < c + SQUARE)
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

void lfap_mirror(double *G, size_t first, size_t last, size_t n) {
  size_t r = first;
  /*@ loop invariant rows: first <= r <= last;
    @ LFAP_REAL(loop invariant lower: \forall integer p, q; 0 <= q <= p < n
    @     ==> G[lfap_at(p, q, n)] == \at(G[lfap_at(p, q, n)],Pre);)
    @ LFAP_REAL(loop invariant copied: \forall integer p, q; first <= p < r && 0 <= q < p
    @     ==> G[lfap_at(q, p, n)] == \at(G[lfap_at(p, q, n)],Pre);)
    @ LFAP_REAL(loop invariant kept: \forall integer p, q; 0 <= q < p < n && !(first <= p < last)
    @     ==> G[lfap_at(q, p, n)] == \at(G[lfap_at(q, p, n)],Pre);)
    @ loop assigns r, G[0 .. n*n - 1];
    @ loop variant last - r; */
  while (r < last) {
    size_t end = last - r < SQUARE ? last : r + SQUARE, c = 0;
    /*@ loop invariant columns: 0 <= c <= end;
      @ LFAP_REAL(loop invariant lower: \forall integer p, q; 0 <= q <= p < n
      @     ==> G[lfap_at(p, q, n)] == \at(G[lfap_at(p, q, n)],Pre);)
      @ LFAP_REAL(loop invariant copied: \forall integer p, q; first <= p < r && 0 <= q < p
      @     ==> G[lfap_at(q, p, n)] == \at(G[lfap_at(p, q, n)],Pre);)
      @ LFAP_REAL(loop invariant squares: \forall integer p, q; r <= p < end && 0 <= q < p && q < c
      @   ==> G[lfap_at(q, p, n)] == \at(G[lfap_at(p, q, n)],Pre);)
      @ LFAP_REAL(loop invariant kept: \forall integer p, q; 0 <= q < p < n && !(first <= p < last)
      @     ==> G[lfap_at(q, p, n)] == \at(G[lfap_at(q, p, n)],Pre);)
      @ loop assigns c, G[0 .. n*n - 1];
      @ loop variant end - c; */
    while (c < end) {
      mirror_square(G, r, c, last, n);
      c += end - c < SQUARE ? end - c : SQUARE;
    }
    r = end;
  }
}
