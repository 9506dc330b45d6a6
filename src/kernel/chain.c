/* chain.c - fma chains (N2). Several rows go through one pass over y; the links of each entry keep their order. Many rows at once
 * take the links by slices: over the reals a slice adds the difference of two prefix sums, so that the slices telescope. */
#ifdef __FRAMAC__
#include "entry.acsl"
#endif

#include "chain.h"

#include "lanes_step.h"

enum { LINKS = 8 };

LFAP_CLONES
void lfap_axpy(double *y, double a, const double *x, size_t n) {
  /*@ loop invariant entry: 0 <= i <= n;
    @ LFAP_REAL(loop invariant done: \forall integer j; 0 <= j < i ==> y[j] == a*\at(x[j], Pre) + \at(y[j], Pre);)
    @ LFAP_REAL(loop invariant todo: \forall integer j; i <= j < n ==> y[j] == \at(y[j], Pre);)
    @ loop assigns i, y[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) y[i] = fma(a, x[i], y[i]);
}

LFAP_CLONES
void lfap_scale(double *y, double a, const double *x, size_t n) {
  /*@ loop invariant entry: 0 <= i <= n;
    @ LFAP_REAL(loop invariant done: \forall integer j; 0 <= j < i ==> y[j] == a*x[j];)
    @ loop assigns i, y[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) y[i] = a * x[i];
}

/* A sum grows by one link at a time. */
/*@ ghost
  /@ terminates \true;
     exits never: \false;
     assigns \nothing;
     LFAP_REAL(ensures next: lfap_rlinks(c, X, d, i, k + 1) == lfap_rlinks(c, X, d, i, k) + lfap_term(c[k], X[k*d + i]);) @/
  static void lfap_link_next(const double *c, const double *X, size_t d, size_t i, size_t k) { }
*/

/* The chain of columns from .. to-1 of one row: y is loaded and stored once for eight rows of X. */
/*@ requires columns: from <= to <= d;
  @ requires size: n*d <= SIZE_MAX;
  @ requires c: \valid_read(c + (0 .. n-1));
  @ requires X: \valid_read(X + (0 .. n*d - 1));
  @ requires y: \valid(y + from + (0 .. to - from - 1));
  @ requires sep: \separated(y + from + (0 .. to - from - 1), c + (0 .. n-1));
  @ requires sep: \separated(y + from + (0 .. to - from - 1), X + (0 .. n*d - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns y[from .. to-1];
  @ LFAP_REAL(ensures chain: \forall integer i; from <= i < to ==> y[i] == \old(y[i] + lfap_rlinks(c, X, d, i, n));) */
LFAP_INLINE void chain_part(double *restrict y, const double *restrict c, const double *restrict X, size_t from,
                            size_t to, size_t n, size_t d) {
  size_t k = 0;
  /*@ ghost double p = 0.0, q = 0.0; */
  /*@ loop invariant link: 0 <= k <= n;
    @ LFAP_REAL(loop invariant chain: \forall integer i; from <= i < to ==> y[i] == \at(y[i],Pre) + lfap_rlinks{Pre}(c, X, d, i, k);)
    @ loop assigns k, p, q, y[from .. to-1];
    @ loop variant n - k; */
  for (; n - k >= LINKS; k += LINKS) {
    /*@ ghost lfap_rows_at(k, LINKS, n, d); */
    const double *x = X + k * d;
    /*@ loop invariant entry: from <= i <= to;
      @ LFAP_REAL(loop invariant done: \forall integer j; from <= j < i
      @   ==> y[j] == \at(y[j],Pre) + lfap_rlinks{Pre}(c, X, d, j, k + LINKS);)
      @ LFAP_REAL(loop invariant todo: \forall integer j; i <= j < to ==> y[j] == \at(y[j],Pre) + lfap_rlinks{Pre}(c, X, d, j, k);)
      @ loop assigns i, p, q, y[from .. to-1];
      @ loop variant to - i; */
    for (size_t i = from; i < to; i++) {
      double v = y[i];
      /*@ loop invariant link: 0 <= l <= LINKS;
        @ LFAP_REAL(loop invariant chain: v == \at(y[\at(i,Here)],Pre) + lfap_rlinks{Pre}(c, X, d, i, k + l);)
        @ loop assigns l, p, q, v;
        @ loop variant LINKS - l; */
      LFAP_UNROLL for (size_t l = 0; l < LINKS; l++) {
        /*@ ghost lfap_row_at(l, LINKS, d); */
        /*@ ghost p = c[k + l]; */
        /*@ ghost q = x[l * d + i]; */
        /*@ assert term: LFAP_REAL_FACT(c[k + l]*x[l*d + i] == lfap_term(p, q)); */
        /*@ assert same_c: LFAP_REAL_FACT(p == \at(c[\at(k + l,Here)],Pre)); */
        /*@ assert same_X: LFAP_REAL_FACT(q == \at(X[\at((k + l)*d + i,Here)],Pre)); */
        /*@ assert next: LFAP_REAL_FACT(lfap_rlinks{Pre}(c, X, d, i, k + l + 1)
          @   == lfap_rlinks{Pre}(c, X, d, i, k + l) + lfap_term(p, q)); */
        v = fma(c[k + l], x[l * d + i], v);
      }
      y[i] = v;
    }
  }
  /*@ loop invariant link: 0 <= k <= n;
    @ LFAP_REAL(loop invariant chain: \forall integer i; from <= i < to ==> y[i] == \at(y[i],Pre) + lfap_rlinks{Pre}(c, X, d, i, k);)
    @ loop assigns k, p, q, y[from .. to-1];
    @ loop variant n - k; */
  for (; k < n; k++) {
    /*@ ghost lfap_row_at(k, n, d); */
    /*@ loop invariant entry: from <= i <= to;
      @ LFAP_REAL(loop invariant done: \forall integer j; from <= j < i ==> y[j] == \at(y[j],Pre) + lfap_rlinks{Pre}(c, X, d, j, k + 1);)
      @ LFAP_REAL(loop invariant todo: \forall integer j; i <= j < to ==> y[j] == \at(y[j],Pre) + lfap_rlinks{Pre}(c, X, d, j, k);)
      @ loop assigns i, p, q, y[from .. to-1];
      @ loop variant to - i; */
    for (size_t i = from; i < to; i++) {
      /*@ ghost p = c[k]; */
      /*@ ghost q = X[k * d + i]; */
      /*@ assert same_c: LFAP_REAL_FACT(p == \at(c[\at(k,Here)],Pre)); */
      /*@ assert same_X: LFAP_REAL_FACT(q == \at(X[\at(k*d + i,Here)],Pre)); */
      /*@ assert next: LFAP_REAL_FACT(lfap_rlinks{Pre}(c, X, d, i, k + 1) == lfap_rlinks{Pre}(c, X, d, i, k) + lfap_term(p, q)); */
      /*@ assert term: LFAP_REAL_FACT(c[k]*X[k*d + i] == lfap_term(p, q)); */
      y[i] = fma(c[k], X[k * d + i], y[i]);
    }
  }
}

LFAP_CLONES
void lfap_chain(double *y, const double *c, const double *X, size_t n, size_t d) { chain_part(y, c, X, 0, d, n, d); }

enum {
  GROUP = 4,
  STRIP = 32,
  SLICE = 64,
  LINE = 8,
  BAND = 4 * STRIP
}; /* rows of Y, columns, links, columns of a vector */

/* Where entry (i, j) of a matrix of n columns lies. */
/*@ requires entry: i < rows && j <= n;
  @ requires size: rows*n <= SIZE_MAX;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from i, j, n;
  @ ensures inside: \result + (n - j) <= rows*n;
  @ LFAP_REAL(ensures at: \result == lfap_at(i, j, n);) */
LFAP_INLINE size_t place_of(size_t i, size_t j, size_t rows, size_t n) {
  (void)rows; /* only the contract needs it */
  /*@ ghost lfap_row_at(i, rows, n); */
  return i * n + j;
}

/* Columns at .. at+w-1 of the rows k .. k+rows-1 of X, side by side; the strip is filled up with zeros. */
/*@ requires part: w <= STRIP && rows <= SLICE && at + w <= d && k + rows <= n;
  @ requires size: n*d <= SIZE_MAX;
  @ requires X: \valid_read(X + (0 .. n*d - 1));
  @ requires P: \valid(P + (0 .. rows*STRIP - 1));
  @ requires sep: \separated(P + (0 .. rows*STRIP - 1), X + (0 .. n*d - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns P[0 .. rows*STRIP - 1];
  @ LFAP_REAL(ensures packed: \forall integer u, q; 0 <= u < rows && 0 <= q < w
  @   ==> P[lfap_at(u, q, STRIP)] == \old(X[lfap_at(k + u, at + q, d)]);)
  @ LFAP_REAL(ensures filled: \forall integer u, q; 0 <= u < rows && w <= q < STRIP ==> lfap_zero(P[lfap_at(u, q, STRIP)]);) */
LFAP_INLINE void pack(double *P, const double *X, size_t at, size_t w, size_t k, size_t rows, size_t n, size_t d) {
  /*@ loop invariant row: 0 <= l <= rows;
    @ LFAP_REAL(loop invariant packed: \forall integer u, q; 0 <= u < l && 0 <= q < w
    @   ==> P[lfap_at(u, q, STRIP)] == \at(X[lfap_at(k + u, at + q, d)],Pre);)
    @ LFAP_REAL(loop invariant filled: \forall integer u, q; 0 <= u < l && w <= q < STRIP ==> lfap_zero(P[lfap_at(u, q, STRIP)]);)
    @ loop assigns l, P[0 .. rows*STRIP - 1];
    @ loop variant rows - l; */
  for (size_t l = 0; l < rows; l++) {
    size_t p = place_of(k + l, at, n, d);
    /*@ loop invariant column: 0 <= c <= w;
      @ LFAP_REAL(loop invariant before: \forall integer u, q; 0 <= u < l && 0 <= q < w
      @   ==> P[lfap_at(u, q, STRIP)] == \at(X[lfap_at(k + u, at + q, d)],Pre);)
      @ LFAP_REAL(loop invariant line: \forall integer u, q; l <= u < l + 1 && 0 <= q < c
      @   ==> P[lfap_at(u, q, STRIP)] == \at(X[lfap_at(k + u, at + q, d)],Pre);)
      @ LFAP_REAL(loop invariant filled: \forall integer u, q; 0 <= u < l && w <= q < STRIP ==> lfap_zero(P[lfap_at(u, q, STRIP)]);)
      @ loop assigns c, P[0 .. rows*STRIP - 1];
      @ loop variant w - c; */
    for (size_t c = 0; c < w; c++) {
      /*@ assert place: LFAP_REAL_FACT(p + c == lfap_at(k + l, at + c, d)); */
      /*@ assert same: LFAP_REAL_FACT(X[p + c] == \at(X[\at(p + c,Here)],Pre)); */
      P[l * STRIP + c] = X[p + c];
    }
    /*@ loop invariant column: w <= c <= STRIP;
      @ LFAP_REAL(loop invariant packed: \forall integer u, q; 0 <= u < l + 1 && 0 <= q < w
      @   ==> P[lfap_at(u, q, STRIP)] == \at(X[lfap_at(k + u, at + q, d)],Pre);)
      @ LFAP_REAL(loop invariant filled: \forall integer u, q; 0 <= u < l && w <= q < STRIP ==> lfap_zero(P[lfap_at(u, q, STRIP)]);)
      @ LFAP_REAL(loop invariant zeros: \forall integer u, q; l <= u < l + 1 && w <= q < c ==> lfap_zero(P[lfap_at(u, q, STRIP)]);)
      @ loop assigns c, P[0 .. rows*STRIP - 1];
      @ loop variant STRIP - c; */
    for (size_t c = w; c < STRIP; c++) P[l * STRIP + c] = 0.0;
  }
}

/* The way back: four rows side by side become columns at .. at+w-1 of the rows i .. i+3 of Y. */
/*@ requires part: w <= STRIP && at + w <= d && i + GROUP <= r;
  @ requires size: r*d <= SIZE_MAX;
  @ requires T: \valid_read(T + (0 .. GROUP*STRIP - 1));
  @ requires Y: \valid(Y + (0 .. r*d - 1));
  @ requires sep: \separated(Y + (0 .. r*d - 1), T + (0 .. GROUP*STRIP - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns Y[0 .. r*d - 1];
  @ LFAP_REAL(ensures stored: \forall integer a, q; i <= a < i + GROUP && at <= q < at + w
  @   ==> Y[lfap_at(a, q, d)] == \old(T[lfap_at(a - i, q - at, STRIP)]);)
  @ LFAP_REAL(ensures kept: \forall integer a, q; 0 <= a < r && 0 <= q < d && !(i <= a < i + GROUP && at <= q < at + w)
  @   ==> Y[lfap_at(a, q, d)] == \old(Y[lfap_at(a, q, d)]);) */
LFAP_INLINE void unpack(double *Y, const double *T, size_t at, size_t w, size_t i, size_t r, size_t d) {
  /*@ loop invariant row: 0 <= e <= GROUP;
    @ LFAP_REAL(loop invariant stored: \forall integer a, q; i <= a < i + e && at <= q < at + w
    @   ==> Y[lfap_at(a, q, d)] == \at(T[lfap_at(a - i, q - at, STRIP)],Pre);)
    @ LFAP_REAL(loop invariant kept: \forall integer a, q; 0 <= a < r && 0 <= q < d && !(i <= a < i + GROUP && at <= q < at + w)
    @   ==> Y[lfap_at(a, q, d)] == \at(Y[lfap_at(a, q, d)],Pre);)
    @ loop assigns e, Y[0 .. r*d - 1];
    @ loop variant GROUP - e; */
  for (size_t e = 0; e < GROUP; e++) {
    size_t p = place_of(i + e, at, r, d);
    /*@ loop invariant column: 0 <= c <= w;
      @ LFAP_REAL(loop invariant before: \forall integer a, q; i <= a < i + e && at <= q < at + w
      @   ==> Y[lfap_at(a, q, d)] == \at(T[lfap_at(a - i, q - at, STRIP)],Pre);)
      @ LFAP_REAL(loop invariant line: \forall integer a, q; i + e <= a < i + e + 1 && at <= q < at + c
      @   ==> Y[lfap_at(a, q, d)] == \at(T[lfap_at(a - i, q - at, STRIP)],Pre);)
      @ LFAP_REAL(loop invariant kept: \forall integer a, q; 0 <= a < r && 0 <= q < d && !(i <= a < i + GROUP && at <= q < at + w)
      @   ==> Y[lfap_at(a, q, d)] == \at(Y[lfap_at(a, q, d)],Pre);)
      @ loop assigns c, Y[0 .. r*d - 1];
      @ loop variant w - c; */
    for (size_t c = 0; c < w; c++) {
      /*@ ghost lfap_at_only(i + e, at + c, d); */
      /*@ assert place: LFAP_REAL_FACT(p + c == lfap_at(i + e, at + c, d)); */
      /*@ assert same: LFAP_REAL_FACT(T[e*STRIP + c] == \at(T[lfap_at(\at(e,Here), \at(c,Here), STRIP)],Pre)); */
      Y[p + c] = T[e * STRIP + c];
    }
  }
}

/* The next links of the vectors v .. v+lines-1, eight columns each, of rows i .. i+3: T = T + C P. */
/*@ requires part: v + lines <= STRIP/LINE && links <= SLICE && k + links <= n && i + GROUP <= r;
  @ requires size: r*n <= SIZE_MAX;
  @ requires C: \valid_read(C + (0 .. r*n - 1));
  @ requires P: \valid_read(P + (0 .. links*STRIP - 1));
  @ requires T: \valid(T + (0 .. GROUP*STRIP - 1));
  @ requires sep: \separated(T + (0 .. GROUP*STRIP - 1), C + (0 .. r*n - 1));
  @ requires sep: \separated(T + (0 .. GROUP*STRIP - 1), P + (0 .. links*STRIP - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns T[0 .. GROUP*STRIP - 1];
  @ LFAP_REAL(ensures links: \forall integer a, q; 0 <= a < GROUP && LINE*v <= q < LINE*(v + lines)
  @   ==> T[lfap_at(a, q, STRIP)] == \old(T[lfap_at(a, q, STRIP)] + lfap_rlinks(C + lfap_at(i + a, k, n), P, STRIP, q, links));)
  @ LFAP_REAL(ensures kept: \forall integer a, q; 0 <= a < GROUP && 0 <= q < STRIP && !(LINE*v <= q < LINE*(v + lines))
  @   ==> T[lfap_at(a, q, STRIP)] == \old(T[lfap_at(a, q, STRIP)]);) */
LFAP_INLINE void links4(double *T, const double *C, const double *P, size_t i, size_t k, size_t v, size_t lines,
                        size_t links, size_t r, size_t n) {
  double s[GROUP][STRIP / LINE][LINE];
  /*@ loop invariant row: 0 <= e <= GROUP;
    @ LFAP_REAL(loop invariant copy: \forall integer a, b, q; 0 <= a < e && 0 <= b < lines && 0 <= q < LINE
    @   ==> s[a][b][q] == T[lfap_at(a, LINE*(v + b) + q, STRIP)];)
    @ loop assigns e, s[0 .. GROUP-1][0 .. STRIP/LINE-1][0 .. LINE-1];
    @ loop variant GROUP - e; */
  LFAP_UNROLL for (size_t e = 0; e < GROUP; e++)
      /*@ loop invariant line: 0 <= f <= lines;
      @ LFAP_REAL(loop invariant copy: \forall integer b, q; 0 <= b < f && 0 <= q < LINE
      @   ==> s[e][b][q] == T[lfap_at(e, LINE*(v + b) + q, STRIP)];)
      @ loop assigns f, s[e][0 .. STRIP/LINE-1][0 .. LINE-1];
      @ loop variant lines - f; */
      LFAP_UNROLL for (size_t f = 0; f < lines; f++)
      /*@ loop invariant column: 0 <= c <= LINE;
        @ LFAP_REAL(loop invariant copy: \forall integer q; 0 <= q < c ==> s[e][f][q] == T[lfap_at(e, LINE*(v + f) + q, STRIP)];)
        @ loop assigns c, s[e][f][0 .. LINE-1];
        @ loop variant LINE - c; */
      for (size_t c = 0; c < LINE; c++) s[e][f][c] = T[e * STRIP + (v + f) * LINE + c];
  /*@ loop invariant link: 0 <= l <= links;
    @ LFAP_REAL(loop invariant links: \forall integer a, b, q; 0 <= a < GROUP && 0 <= b < lines && 0 <= q < LINE ==> s[a][b][q]
    @   == T[lfap_at(a, LINE*(v + b) + q, STRIP)] + lfap_rlinks(C + lfap_at(i + a, k, n), P, STRIP, LINE*(v + b) + q, l);)
    @ loop assigns l, s[0 .. GROUP-1][0 .. STRIP/LINE-1][0 .. LINE-1];
    @ loop variant links - l; */
  for (size_t l = 0; l < links; l++)
    /*@ loop invariant row: 0 <= e <= GROUP;
      @ LFAP_REAL(loop invariant done: \forall integer a, b, q; 0 <= a < e && 0 <= b < lines && 0 <= q < LINE ==> s[a][b][q]
      @   == T[lfap_at(a, LINE*(v + b) + q, STRIP)] + lfap_rlinks(C + lfap_at(i + a, k, n), P, STRIP, LINE*(v + b) + q, l + 1);)
      @ LFAP_REAL(loop invariant todo: \forall integer a, b, q; e <= a < GROUP && 0 <= b < lines && 0 <= q < LINE ==> s[a][b][q]
      @   == T[lfap_at(a, LINE*(v + b) + q, STRIP)] + lfap_rlinks(C + lfap_at(i + a, k, n), P, STRIP, LINE*(v + b) + q, l);)
      @ loop assigns e, s[0 .. GROUP-1][0 .. STRIP/LINE-1][0 .. LINE-1];
      @ loop variant GROUP - e; */
    LFAP_UNROLL for (size_t e = 0; e < GROUP; e++) {
      size_t p = place_of(i + e, k, r, n);
      double a = C[p + l];
      /*@ loop invariant line: 0 <= f <= lines;
        @ LFAP_REAL(loop invariant done: \forall integer b, q; 0 <= b < f && 0 <= q < LINE ==> s[e][b][q]
        @   == T[lfap_at(e, LINE*(v + b) + q, STRIP)] + lfap_rlinks(C + lfap_at(i + e, k, n), P, STRIP, LINE*(v + b) + q, l + 1);)
        @ LFAP_REAL(loop invariant todo: \forall integer b, q; f <= b < lines && 0 <= q < LINE ==> s[e][b][q]
        @   == T[lfap_at(e, LINE*(v + b) + q, STRIP)] + lfap_rlinks(C + lfap_at(i + e, k, n), P, STRIP, LINE*(v + b) + q, l);)
        @ loop assigns f, s[e][0 .. STRIP/LINE-1][0 .. LINE-1];
        @ loop variant lines - f; */
      LFAP_UNROLL for (size_t f = 0; f < lines; f++)
          /*@ loop invariant column: 0 <= c <= LINE;
          @ LFAP_REAL(loop invariant done: \forall integer q; 0 <= q < c ==> s[e][f][q]
          @   == T[lfap_at(e, LINE*(v + f) + q, STRIP)] + lfap_rlinks(C + lfap_at(i + e, k, n), P, STRIP, LINE*(v + f) + q, l + 1);)
          @ LFAP_REAL(loop invariant todo: \forall integer q; c <= q < LINE ==> s[e][f][q]
          @   == T[lfap_at(e, LINE*(v + f) + q, STRIP)] + lfap_rlinks(C + lfap_at(i + e, k, n), P, STRIP, LINE*(v + f) + q, l);)
          @ loop assigns c, s[e][f][0 .. LINE-1];
          @ loop variant LINE - c; */
          for (size_t c = 0; c < LINE; c++) {
        /*@ ghost lfap_link_next(C + p, P, STRIP, (v + f) * LINE + c, l); */
        /*@ assert next: LFAP_REAL_FACT(lfap_rlinks(C + lfap_at(i + e, k, n), P, STRIP, LINE*(v + f) + c, l + 1)
            @   == lfap_rlinks(C + lfap_at(i + e, k, n), P, STRIP, LINE*(v + f) + c, l) + lfap_term(a, P[l*STRIP + (v + f)*LINE + c])); */
        /*@ assert term: LFAP_REAL_FACT(a*P[l*STRIP + (v + f)*LINE + c] == lfap_term(a, P[l*STRIP + (v + f)*LINE + c])); */
        s[e][f][c] = fma(a, P[l * STRIP + (v + f) * LINE + c], s[e][f][c]);
        /*@ assert grown: LFAP_REAL_FACT(s[e][f][c] == T[lfap_at(e, LINE*(v + f) + c, STRIP)]
            @   + lfap_rlinks(C + lfap_at(i + e, k, n), P, STRIP, LINE*(v + f) + c, l + 1)); */
      }
    }
  /*@ loop invariant row: 0 <= e <= GROUP;
    @ LFAP_REAL(loop invariant links: \forall integer a, q; 0 <= a < e && LINE*v <= q < LINE*(v + lines) ==> T[lfap_at(a, q, STRIP)]
    @   == \at(T[lfap_at(a, q, STRIP)],Pre) + lfap_rlinks{Pre}(C + lfap_at(i + a, k, n), P, STRIP, q, links);)
    @ LFAP_REAL(loop invariant kept: \forall integer a, q; 0 <= a < GROUP && 0 <= q < STRIP && !(LINE*v <= q < LINE*(v + lines))
    @   ==> T[lfap_at(a, q, STRIP)] == \at(T[lfap_at(a, q, STRIP)],Pre);)
    @ loop assigns e, T[0 .. GROUP*STRIP - 1];
    @ loop variant GROUP - e; */
  LFAP_UNROLL for (size_t e = 0; e < GROUP; e++)
      /*@ loop invariant line: 0 <= f <= lines;
      @ LFAP_REAL(loop invariant before: \forall integer a, q; 0 <= a < e && LINE*v <= q < LINE*(v + lines) ==> T[lfap_at(a, q, STRIP)]
      @   == \at(T[lfap_at(a, q, STRIP)],Pre) + lfap_rlinks{Pre}(C + lfap_at(i + a, k, n), P, STRIP, q, links);)
      @ LFAP_REAL(loop invariant links: \forall integer a, q; e <= a < e + 1 && LINE*v <= q < LINE*(v + f) ==> T[lfap_at(a, q, STRIP)]
      @   == \at(T[lfap_at(a, q, STRIP)],Pre) + lfap_rlinks{Pre}(C + lfap_at(i + a, k, n), P, STRIP, q, links);)
      @ LFAP_REAL(loop invariant kept: \forall integer a, q; 0 <= a < GROUP && 0 <= q < STRIP && !(LINE*v <= q < LINE*(v + lines))
      @   ==> T[lfap_at(a, q, STRIP)] == \at(T[lfap_at(a, q, STRIP)],Pre);)
      @ loop assigns f, T[0 .. GROUP*STRIP - 1];
      @ loop variant lines - f; */
      LFAP_UNROLL for (size_t f = 0; f < lines; f++)
      /*@ loop invariant column: 0 <= c <= LINE;
        @ LFAP_REAL(loop invariant before: \forall integer a, q; 0 <= a < e && LINE*v <= q < LINE*(v + lines) ==> T[lfap_at(a, q, STRIP)]
        @   == \at(T[lfap_at(a, q, STRIP)],Pre) + lfap_rlinks{Pre}(C + lfap_at(i + a, k, n), P, STRIP, q, links);)
        @ LFAP_REAL(loop invariant links: \forall integer a, q; e <= a < e + 1 && LINE*v <= q < LINE*(v + f) + c ==> T[lfap_at(a, q, STRIP)]
        @   == \at(T[lfap_at(a, q, STRIP)],Pre) + lfap_rlinks{Pre}(C + lfap_at(i + a, k, n), P, STRIP, q, links);)
        @ LFAP_REAL(loop invariant kept: \forall integer a, q; 0 <= a < GROUP && 0 <= q < STRIP && !(LINE*v <= q < LINE*(v + lines))
        @   ==> T[lfap_at(a, q, STRIP)] == \at(T[lfap_at(a, q, STRIP)],Pre);)
        @ loop assigns c, T[0 .. GROUP*STRIP - 1];
        @ loop variant LINE - c; */
      for (size_t c = 0; c < LINE; c++) {
    /*@ assert value: LFAP_REAL_FACT(s[e][f][c] == \at(T[lfap_at(\at(e,Here), LINE*(v + \at(f,Here)) + \at(c,Here), STRIP)],Pre)
          @   + lfap_rlinks{Pre}(C + lfap_at(i + e, k, n), P, STRIP, LINE*(v + f) + c, links)); */
    T[e * STRIP + (v + f) * LINE + c] = s[e][f][c];
  }
}

/* Columns at .. at+w-1 of the first `rows` rows, a multiple of four, of Y through the links k .. k+links-1. */
/*@ requires part: w <= STRIP && links <= SLICE && at + w <= d && k + links <= n && rows <= r && rows % GROUP == 0;
  @ requires size: r*d <= SIZE_MAX && r*n <= SIZE_MAX && n*d <= SIZE_MAX;
  @ requires C: \valid_read(C + (0 .. r*n - 1));
  @ requires X: \valid_read(X + (0 .. n*d - 1));
  @ requires Y: \valid(Y + (0 .. r*d - 1));
  @ requires sep: \separated(Y + (0 .. r*d - 1), C + (0 .. r*n - 1));
  @ requires sep: \separated(Y + (0 .. r*d - 1), X + (0 .. n*d - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns Y[0 .. r*d - 1];
  @ LFAP_REAL(ensures links: \forall integer a, q; 0 <= a < rows && at <= q < at + w ==> Y[lfap_at(a, q, d)]
  @   == \old(Y[lfap_at(a, q, d)] + (lfap_rlinks_at(C, a, n, X, q, d, k + links) - lfap_rlinks_at(C, a, n, X, q, d, k)));)
  @ LFAP_REAL(ensures kept: \forall integer a, q; 0 <= a < r && 0 <= q < d && !(a < rows && at <= q < at + w)
  @   ==> Y[lfap_at(a, q, d)] == \old(Y[lfap_at(a, q, d)]);)
  @ LFAP_REAL(ensures same: \forall integer a, q, m; 0 <= a < r && 0 <= q < d && 0 <= m <= n
  @   ==> lfap_rlinks_at(C, a, n, X, q, d, m) == \old(lfap_rlinks_at(C, a, n, X, q, d, m));) */
LFAP_INLINE void strip(double *Y, const double *C, const double *X, size_t at, size_t w, size_t k, size_t links,
                       size_t rows, size_t r, size_t n, size_t d, int wide) {
  double P[SLICE * STRIP], T[GROUP * STRIP];
  /*@ ghost size_t e = 0, b = 0, c = 0, l = 0; */
  /*@ ghost double x = 0.0, y = 0.0; */
  pack(P, X, at, w, k, links, n, d);
  /*@ loop invariant group: 0 <= i <= rows && i % GROUP == 0;
    @ LFAP_REAL(loop invariant links: \forall integer a, q; 0 <= a < i && at <= q < at + w ==> Y[lfap_at(a, q, d)]
    @   == \at(Y[lfap_at(a, q, d)],Pre) + (lfap_rlinks_at{Pre}(C, a, n, X, q, d, k + links) - lfap_rlinks_at{Pre}(C, a, n, X, q, d, k));)
    @ LFAP_REAL(loop invariant kept: \forall integer a, q; 0 <= a < r && 0 <= q < d && !(a < i && at <= q < at + w)
    @   ==> Y[lfap_at(a, q, d)] == \at(Y[lfap_at(a, q, d)],Pre);)
    @ LFAP_REAL(loop invariant packed: \forall integer u, q; 0 <= u < links && 0 <= q < w
    @   ==> P[lfap_at(u, q, STRIP)] == \at(X[lfap_at(k + u, at + q, d)],Pre);)
    @ LFAP_REAL(loop invariant cells_C: \forall integer q; 0 <= q < r*n ==> C[q] == \at(C[q],Pre);)
    @ LFAP_REAL(loop invariant cells_X: \forall integer q; 0 <= q < n*d ==> X[q] == \at(X[q],Pre);)
    @ loop assigns i, e, b, c, l, x, y, Y[0 .. r*d - 1], T[0 .. GROUP*STRIP - 1];
    @ loop variant rows - i; */
  for (size_t i = 0; i < rows; i += GROUP) {
    /*@ assert whole: i + GROUP <= rows; */
    pack(T, Y, at, w, i, GROUP, r, d);
    /*@ assert loaded: LFAP_REAL_FACT(\forall integer a, q; 0 <= a < GROUP && 0 <= q < w
      @   ==> T[lfap_at(a, q, STRIP)] == \at(Y[lfap_at(\at(i,Here) + a, at + q, d)],Pre)); */
    /*@ loop invariant line: 0 <= v <= STRIP/LINE && (wide != 0 ==> v == 0 || v == STRIP/LINE);
      @ LFAP_REAL(loop invariant done: \forall integer a, q; 0 <= a < GROUP && 0 <= q < w && q < LINE*v
      @   ==> T[lfap_at(a, q, STRIP)] == \at(Y[lfap_at(\at(i,Here) + a, at + q, d)],Pre)
      @   + (lfap_rlinks_at{Pre}(C, i + a, n, X, at + q, d, k + links) - lfap_rlinks_at{Pre}(C, i + a, n, X, at + q, d, k));)
      @ LFAP_REAL(loop invariant todo: \forall integer a, q; 0 <= a < GROUP && LINE*v <= q < w
      @   ==> T[lfap_at(a, q, STRIP)] == \at(Y[lfap_at(\at(i,Here) + a, at + q, d)],Pre);)
      @ LFAP_REAL(loop invariant packed: \forall integer u, q; 0 <= u < links && 0 <= q < w
      @   ==> P[lfap_at(u, q, STRIP)] == \at(X[lfap_at(k + u, at + q, d)],Pre);)
      @ LFAP_REAL(loop invariant cells_C: \forall integer q; 0 <= q < r*n ==> C[q] == \at(C[q],Pre);)
      @ loop assigns v, e, b, c, l, x, y, T[0 .. GROUP*STRIP - 1];
      @ loop variant STRIP/LINE - v; */
    for (size_t v = 0; v < STRIP / LINE; v += wide ? STRIP / LINE : 1) {
#ifdef LFAP_TIER_REAL
      /*@ ghost
        e = i;
        /@ loop invariant row: i <= e <= i + GROUP;
           LFAP_REAL(loop invariant linked: \forall integer a, q; i <= a < e && 0 <= q < w
             ==> lfap_rlinks(C + lfap_at(a, k, n), &P[0], STRIP, q, links)
             == lfap_rlinks_at{Pre}(C, a, n, X, at + q, d, k + links) - lfap_rlinks_at{Pre}(C, a, n, X, at + q, d, k);)
           loop assigns e, b, c, l, x, y;
           loop variant i + GROUP - e; @/
        while (e != i + GROUP) {
          lfap_row_at(e, r, n);
          b = e*n + k;
          /@ assert inside: b + links <= r*n && b == e*n + k; @/
          c = 0;
          /@ loop invariant column: 0 <= c <= w;
             LFAP_REAL(loop invariant linked: \forall integer q; 0 <= q < c ==> lfap_rlinks(C + lfap_at(e, k, n), &P[0], STRIP, q, links)
               == lfap_rlinks_at{Pre}(C, e, n, X, at + q, d, k + links) - lfap_rlinks_at{Pre}(C, e, n, X, at + q, d, k);)
             loop assigns c, l, x, y;
             loop variant w - c; @/
          while (c != w) {
            l = 0;
            /@ loop invariant link: 0 <= l <= links;
               LFAP_REAL(loop invariant linked: lfap_rlinks(C + lfap_at(e, k, n), &P[0], STRIP, c, l)
                 == lfap_rlinks_at{Pre}(C, e, n, X, at + c, d, k + l) - lfap_rlinks_at{Pre}(C, e, n, X, at + c, d, k);)
               loop assigns l, x, y;
               loop variant links - l; @/
            while (l != links) {
              lfap_link_next(C + b, P, STRIP, c, l);
              x = C[b + l];
              y = P[l*STRIP + c];
              /@ assert place: LFAP_REAL_FACT(b + l == lfap_at(e, k + l, n) && l*STRIP + c == lfap_at(l, c, STRIP)); @/
              /@ assert here: LFAP_REAL_FACT(lfap_rlinks(C + lfap_at(e, k, n), &P[0], STRIP, c, l + 1)
                   == lfap_rlinks(C + lfap_at(e, k, n), &P[0], STRIP, c, l) + lfap_term(x, y)); @/
              /@ assert same_x: LFAP_REAL_FACT(x == \at(C[lfap_at(\at(e,Here), k + \at(l,Here), n)],Pre)); @/
              /@ assert same_y: LFAP_REAL_FACT(y == \at(X[lfap_at(k + \at(l,Here), at + \at(c,Here), d)],Pre)); @/
              /@ assert then: LFAP_REAL_FACT(lfap_rlinks_at{Pre}(C, e, n, X, at + c, d, k + l + 1)
                   == lfap_rlinks_at{Pre}(C, e, n, X, at + c, d, k + l) + lfap_term(x, y)); @/
              l++;
            }
            c++;
          }
          e++;
        } */
#endif
      /*@ assert ready: LFAP_REAL_FACT(\forall integer a, q; 0 <= a < GROUP && LINE*v <= q < w
        @   ==> T[lfap_at(a, q, STRIP)] + lfap_rlinks(C + lfap_at(i + a, k, n), &P[0], STRIP, q, links)
        @   == \at(Y[lfap_at(\at(i,Here) + a, at + q, d)],Pre)
        @   + (lfap_rlinks_at{Pre}(C, i + a, n, X, at + q, d, k + links) - lfap_rlinks_at{Pre}(C, i + a, n, X, at + q, d, k))); */
      if (wide) links4(T, C, P, i, k, 0, STRIP / LINE, links, r, n);
      else links4(T, C, P, i, k, v, 1, links, r, n);
    }
    unpack(Y, T, at, w, i, r, d);
    /*@ assert now: LFAP_REAL_FACT(\forall integer a, q; i <= a < i + GROUP && at <= q < at + w ==> Y[lfap_at(a, q, d)]
      @   == \at(Y[lfap_at(a, q, d)],Pre) + (lfap_rlinks_at{Pre}(C, a, n, X, q, d, k
      @     + links) - lfap_rlinks_at{Pre}(C, a, n, X, q, d, k))); */
  }
#ifdef LFAP_TIER_REAL
  /*@ ghost
    e = 0;
    /@ loop invariant row: 0 <= e <= r;
       LFAP_REAL(loop invariant same: \forall integer a, q, m; 0 <= a < e && 0 <= q < d && 0 <= m <= n
         ==> lfap_rlinks_at(C, a, n, X, q, d, m) == lfap_rlinks_at{Pre}(C, a, n, X, q, d, m);)
       loop assigns e, c, l, x, y;
       loop variant r - e; @/
    while (e != r) {
      lfap_row_at(e, r, n);
      c = 0;
      /@ loop invariant column: 0 <= c <= d;
         LFAP_REAL(loop invariant same: \forall integer q, m; 0 <= q < c && 0 <= m <= n
           ==> lfap_rlinks_at(C, e, n, X, q, d, m) == lfap_rlinks_at{Pre}(C, e, n, X, q, d, m);)
         loop assigns c, l, x, y;
         loop variant d - c; @/
      while (c != d) {
        l = 0;
        /@ loop invariant link: 0 <= l <= n;
           LFAP_REAL(loop invariant same: \forall integer m; 0 <= m <= l
             ==> lfap_rlinks_at(C, e, n, X, c, d, m) == lfap_rlinks_at{Pre}(C, e, n, X, c, d, m);)
           loop assigns l, x, y;
           loop variant n - l; @/
        while (l != n) {
          lfap_row_at(l, n, d);
          x = C[e*n + l];
          y = X[l*d + c];
          /@ assert place: LFAP_REAL_FACT(e*n + l == lfap_at(e, l, n) && l*d + c == lfap_at(l, c, d)); @/
          /@ assert here: LFAP_REAL_FACT(lfap_rlinks_at(C, e, n, X, c, d, l + 1)
               == lfap_rlinks_at(C, e, n, X, c, d, l) + lfap_term(x, y)); @/
          /@ assert same_x: LFAP_REAL_FACT(x == \at(C[lfap_at(\at(e,Here), \at(l,Here), n)],Pre)); @/
          /@ assert same_y: LFAP_REAL_FACT(y == \at(X[lfap_at(\at(l,Here), \at(c,Here), d)],Pre)); @/
          /@ assert then: LFAP_REAL_FACT(lfap_rlinks_at{Pre}(C, e, n, X, c, d, l + 1)
               == lfap_rlinks_at{Pre}(C, e, n, X, c, d, l) + lfap_term(x, y)); @/
          /@ assert both: LFAP_REAL_FACT(lfap_rlinks_at(C, e, n, X, c, d, l + 1) == lfap_rlinks_at{Pre}(C, e, n, X, c, d, l + 1)); @/
          l++;
        }
        c++;
      }
      e++;
    } */
#endif
}

/* Columns band .. end-1 of the first `rows` rows, a multiple of four, of Y through all links: the slice of C is still in the cache for the next
   strip of the band. */
/*@ requires part: band <= end <= d && rows <= r && rows % GROUP == 0;
  @ requires size: r*d <= SIZE_MAX && r*n <= SIZE_MAX && n*d <= SIZE_MAX;
  @ requires C: \valid_read(C + (0 .. r*n - 1));
  @ requires X: \valid_read(X + (0 .. n*d - 1));
  @ requires Y: \valid(Y + (0 .. r*d - 1));
  @ requires sep: \separated(Y + (0 .. r*d - 1), C + (0 .. r*n - 1));
  @ requires sep: \separated(Y + (0 .. r*d - 1), X + (0 .. n*d - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns Y[0 .. r*d - 1];
  @ LFAP_REAL(ensures chain: \forall integer a, q; 0 <= a < rows && band <= q < end
  @   ==> Y[lfap_at(a, q, d)] == \old(Y[lfap_at(a, q, d)] + lfap_rlinks_at(C, a, n, X, q, d, n));)
  @ LFAP_REAL(ensures kept: \forall integer a, q; 0 <= a < r && 0 <= q < d && !(a < rows && band <= q < end)
  @   ==> Y[lfap_at(a, q, d)] == \old(Y[lfap_at(a, q, d)]);)
  @ LFAP_REAL(ensures same: \forall integer a, q, m; 0 <= a < r && 0 <= q < d && 0 <= m <= n
  @   ==> lfap_rlinks_at(C, a, n, X, q, d, m) == \old(lfap_rlinks_at(C, a, n, X, q, d, m));) */
LFAP_INLINE void strips(double *Y, const double *C, const double *X, size_t band, size_t end, size_t rows, size_t r,
                        size_t n, size_t d, int wide) {
  size_t k = 0;
  /*@ loop invariant slice: 0 <= k <= n;
    @ LFAP_REAL(loop invariant chain: \forall integer a, q; 0 <= a < rows && band <= q < end
    @   ==> Y[lfap_at(a, q, d)] == \at(Y[lfap_at(a, q, d)],Pre) + lfap_rlinks_at{Pre}(C, a, n, X, q, d, k);)
    @ LFAP_REAL(loop invariant kept: \forall integer a, q; 0 <= a < r && 0 <= q < d && !(a < rows && band <= q < end)
    @   ==> Y[lfap_at(a, q, d)] == \at(Y[lfap_at(a, q, d)],Pre);)
    @ LFAP_REAL(loop invariant same: \forall integer a, q, m; 0 <= a < r && 0 <= q < d && 0 <= m <= n
    @   ==> lfap_rlinks_at(C, a, n, X, q, d, m) == lfap_rlinks_at{Pre}(C, a, n, X, q, d, m);)
    @ loop assigns k, Y[0 .. r*d - 1];
    @ loop variant n - k; */
  while (k < n) {
    size_t links = n - k < SLICE ? n - k : SLICE, at = band;
    /*@ loop invariant strip: band <= at <= end;
      @ LFAP_REAL(loop invariant done: \forall integer a, q; 0 <= a < rows && band <= q < at
      @   ==> Y[lfap_at(a, q, d)] == \at(Y[lfap_at(a, q, d)],Pre) + lfap_rlinks_at{Pre}(C, a, n, X, q, d, k + links);)
      @ LFAP_REAL(loop invariant todo: \forall integer a, q; 0 <= a < rows && at <= q < end
      @   ==> Y[lfap_at(a, q, d)] == \at(Y[lfap_at(a, q, d)],Pre) + lfap_rlinks_at{Pre}(C, a, n, X, q, d, k);)
      @ LFAP_REAL(loop invariant kept: \forall integer a, q; 0 <= a < r && 0 <= q < d && !(a < rows && band <= q < end)
      @   ==> Y[lfap_at(a, q, d)] == \at(Y[lfap_at(a, q, d)],Pre);)
      @ LFAP_REAL(loop invariant same: \forall integer a, q, m; 0 <= a < r && 0 <= q < d && 0 <= m <= n
      @   ==> lfap_rlinks_at(C, a, n, X, q, d, m) == lfap_rlinks_at{Pre}(C, a, n, X, q, d, m);)
      @ loop assigns at, Y[0 .. r*d - 1];
      @ loop variant end - at; */
    while (at < end) {
      size_t w = end - at < STRIP ? end - at : STRIP;
      strip(Y, C, X, at, w, k, links, rows, r, n, d, wide);
      at += w;
    }
    k += links;
  }
}

/* Entries outside columns from .. to-1 of row i lie before them or behind them. */
/*@ ghost
  /@ requires columns: from <= to <= d;
     terminates \true;
     exits never: \false;
     assigns \nothing;
     LFAP_REAL(ensures apart: \forall integer a, q; 0 <= a ==> 0 <= q < d ==> !(a == i && from <= q < to)
       ==> lfap_at(a, q, d) < i*d + from || i*d + to <= lfap_at(a, q, d);) @/
  static void lfap_columns_apart(size_t i, size_t from, size_t to, size_t d) {
    /@ assert above: LFAP_REAL_FACT(from < to ==> \forall integer a, q; 0 <= a < i ==> 0 <= q < d
         ==> lfap_at(a, q, d) < lfap_at(i, from, d)); @/
    /@ assert below: LFAP_REAL_FACT(from < to ==> \forall integer a, q; i < a ==> 0 <= q < d
         ==> lfap_at(i, to - 1, d) < lfap_at(a, q, d)); @/
  }
*/

/* Columns from .. to-1 of the rows first .. r-1, one row at a time. */
/*@ requires part: from <= to <= d && first <= r;
  @ requires size: r*d <= SIZE_MAX && r*n <= SIZE_MAX && n*d <= SIZE_MAX;
  @ requires C: \valid_read(C + (0 .. r*n - 1));
  @ requires X: \valid_read(X + (0 .. n*d - 1));
  @ requires Y: \valid(Y + (0 .. r*d - 1));
  @ requires sep: \separated(Y + (0 .. r*d - 1), C + (0 .. r*n - 1));
  @ requires sep: \separated(Y + (0 .. r*d - 1), X + (0 .. n*d - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns Y[0 .. r*d - 1];
  @ LFAP_REAL(ensures chain: \forall integer a, q; first <= a < r && from <= q < to
  @   ==> Y[lfap_at(a, q, d)] == \old(Y[lfap_at(a, q, d)] + lfap_rlinks_at(C, a, n, X, q, d, n));)
  @ LFAP_REAL(ensures kept: \forall integer a, q; 0 <= a < r && 0 <= q < d && !(first <= a && from <= q < to)
  @   ==> Y[lfap_at(a, q, d)] == \old(Y[lfap_at(a, q, d)]);) */
LFAP_INLINE void single_rows(double *Y, const double *C, const double *X, size_t from, size_t to, size_t first,
                             size_t r, size_t n, size_t d) {
  /*@ ghost size_t c = 0, l = 0; */
  /*@ ghost double x = 0.0, y = 0.0; */
  /*@ loop invariant row: first <= i <= r;
    @ LFAP_REAL(loop invariant chain: \forall integer a, q; first <= a < i && from <= q < to
    @   ==> Y[lfap_at(a, q, d)] == \at(Y[lfap_at(a, q, d)],Pre) + lfap_rlinks_at{Pre}(C, a, n, X, q, d, n);)
    @ LFAP_REAL(loop invariant kept: \forall integer a, q; 0 <= a < r && 0 <= q < d && !(first <= a < i && from <= q < to)
    @   ==> Y[lfap_at(a, q, d)] == \at(Y[lfap_at(a, q, d)],Pre);)
    @ LFAP_REAL(loop invariant cells_C: \forall integer q; 0 <= q < r*n ==> C[q] == \at(C[q],Pre);)
    @ LFAP_REAL(loop invariant cells_X: \forall integer q; 0 <= q < n*d ==> X[q] == \at(X[q],Pre);)
    @ loop assigns i, c, l, x, y, Y[0 .. r*d - 1];
    @ loop variant r - i; */
  for (size_t i = first; i < r; i++) {
    /*@ ghost lfap_row_at(i, r, n); */
    /*@ ghost lfap_row_at(i, r, d); */
    /*@ ghost lfap_columns_apart(i, from, to, d); */
#ifdef LFAP_TIER_REAL
    /*@ ghost
      c = from;
      /@ loop invariant column: from <= c <= to;
         LFAP_REAL(loop invariant linked: \forall integer q; from <= q < c
           ==> lfap_rlinks(C + i*n, X, d, q, n) == lfap_rlinks_at{Pre}(C, i, n, X, q, d, n);)
         loop assigns c, l, x, y;
         loop variant to - c; @/
      while (c != to) {
        l = 0;
        /@ loop invariant link: 0 <= l <= n;
           LFAP_REAL(loop invariant linked: lfap_rlinks(C + i*n, X, d, c, l) == lfap_rlinks_at{Pre}(C, i, n, X, c, d, l);)
           loop assigns l, x, y;
           loop variant n - l; @/
        while (l != n) {
          lfap_row_at(l, n, d);
          lfap_link_next(C + i*n, X, d, c, l);
          x = C[i*n + l];
          y = X[l*d + c];
          /@ assert place: LFAP_REAL_FACT(i*n + l == lfap_at(i, l, n) && l*d + c == lfap_at(l, c, d)); @/
          /@ assert here: LFAP_REAL_FACT(lfap_rlinks(C + i*n, X, d, c, l + 1) == lfap_rlinks(C + i*n, X, d, c, l) + lfap_term(x, y)); @/
          /@ assert same_x: LFAP_REAL_FACT(x == \at(C[lfap_at(\at(i,Here), \at(l,Here), n)],Pre)); @/
          /@ assert same_y: LFAP_REAL_FACT(y == \at(X[lfap_at(\at(l,Here), \at(c,Here), d)],Pre)); @/
          /@ assert then: LFAP_REAL_FACT(lfap_rlinks_at{Pre}(C, i, n, X, c, d, l + 1)
               == lfap_rlinks_at{Pre}(C, i, n, X, c, d, l) + lfap_term(x, y)); @/
          l++;
        }
        c++;
      } */
#endif
    /*@ assert place: LFAP_REAL_FACT(\forall integer q; lfap_at(i, q, d) == i*d + q); */
    /*@ assert mine: LFAP_REAL_FACT(\forall integer q; from <= q < to ==> Y[i*d + q] == \at(Y[lfap_at(\at(i,Here), q, d)],Pre)); */
    chain_part(Y + i * d, C + i * n, X, from, to, n, d);
    /*@ assert entry: LFAP_REAL_FACT(\forall integer q; from <= q < to ==> Y[i*d + q]
      @   == \at(Y[lfap_at(\at(i,Here), q, d)],Pre) + lfap_rlinks_at{Pre}(C, i, n, X, q, d, n)); */
    /*@ assert now: LFAP_REAL_FACT(\forall integer q; from <= q < to ==> Y[lfap_at(i, q, d)]
      @   == \at(Y[lfap_at(\at(i,Here), q, d)],Pre) + lfap_rlinks_at{Pre}(C, i, n, X, q, d, n)); */
  }
}

LFAP_CLONES
void lfap_chain_columns(double *Y, const double *C, const double *X, size_t from, size_t to, size_t r, size_t n,
                        size_t d) {
  int wide = lfap_wide_registers();
  size_t rows = r - r % GROUP, band = from;
  /*@ loop invariant band: from <= band <= to;
    @ LFAP_REAL(loop invariant chain: \forall integer a, q; 0 <= a < rows && from <= q < band
    @   ==> Y[lfap_at(a, q, d)] == \at(Y[lfap_at(a, q, d)],Pre) + lfap_rlinks_at{Pre}(C, a, n, X, q, d, n);)
    @ LFAP_REAL(loop invariant kept: \forall integer a, q; 0 <= a < r && 0 <= q < d && !(a < rows && from <= q < band)
    @   ==> Y[lfap_at(a, q, d)] == \at(Y[lfap_at(a, q, d)],Pre);)
    @ LFAP_REAL(loop invariant same: \forall integer a, q, m; 0 <= a < r && 0 <= q < d && 0 <= m <= n
    @   ==> lfap_rlinks_at(C, a, n, X, q, d, m) == lfap_rlinks_at{Pre}(C, a, n, X, q, d, m);)
    @ loop assigns band, Y[0 .. r*d - 1];
    @ loop variant to - band; */
  while (band < to && rows > 0) {
    size_t end = to - band < BAND ? to : band + BAND;
    strips(Y, C, X, band, end, rows, r, n, d, wide);
    band = end;
  }
  single_rows(Y, C, X, from, to, rows, r, n, d);
}

void lfap_chain_rows(double *Y, const double *C, const double *X, size_t r, size_t n, size_t d) {
  lfap_chain_columns(Y, C, X, 0, d, r, n, d);
}
