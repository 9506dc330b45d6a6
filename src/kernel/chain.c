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
  GROUP = 6,         /* rows of Y whose entries are in registers together, */
  STRIP = 32,        /* their columns: */
  LINE = 8,          /* vectors of eight */
  SLICE = 256,       /* links of a packed strip, which has 64 KiB */
  BAND = 64 * GROUP, /* rows of Y whose coefficients of a slice stay in the second cache while the strips go by */
  AHEAD = 2 * GROUP  /* rows that are asked for before they are packed */
};

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
    LFAP_PREFETCH(X + (n - k - l > AHEAD ? p + AHEAD * d : p), w);
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

/* The way back: the first `rows` rows of a tile become columns at .. at+w-1 of the rows i .. i+rows-1 of Y. */
/*@ requires part: w <= STRIP && at + w <= d && rows <= GROUP && i + rows <= r;
  @ requires size: r*d <= SIZE_MAX;
  @ requires T: \valid_read(T + (0 .. GROUP*STRIP - 1));
  @ requires Y: \valid(Y + (0 .. r*d - 1));
  @ requires sep: \separated(Y + (0 .. r*d - 1), T + (0 .. GROUP*STRIP - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns Y[0 .. r*d - 1];
  @ LFAP_REAL(ensures stored: \forall integer a, q; i <= a < i + rows && at <= q < at + w
  @   ==> Y[lfap_at(a, q, d)] == \old(T[lfap_at(a - i, q - at, STRIP)]);)
  @ LFAP_REAL(ensures kept: \forall integer a, q; 0 <= a < r && 0 <= q < d && !(i <= a < i + rows && at <= q < at + w)
  @   ==> Y[lfap_at(a, q, d)] == \old(Y[lfap_at(a, q, d)]);) */
LFAP_INLINE void unpack(double *Y, const double *T, size_t at, size_t w, size_t i, size_t rows, size_t r, size_t d) {
  /*@ loop invariant row: 0 <= e <= rows;
    @ LFAP_REAL(loop invariant stored: \forall integer a, q; i <= a < i + e && at <= q < at + w
    @   ==> Y[lfap_at(a, q, d)] == \at(T[lfap_at(a - i, q - at, STRIP)],Pre);)
    @ LFAP_REAL(loop invariant kept: \forall integer a, q; 0 <= a < r && 0 <= q < d && !(i <= a < i + rows && at <= q < at + w)
    @   ==> Y[lfap_at(a, q, d)] == \at(Y[lfap_at(a, q, d)],Pre);)
    @ loop assigns e, Y[0 .. r*d - 1];
    @ loop variant rows - e; */
  for (size_t e = 0; e < rows; e++) {
    size_t p = place_of(i + e, at, r, d);
    /*@ loop invariant column: 0 <= c <= w;
      @ LFAP_REAL(loop invariant before: \forall integer a, q; i <= a < i + e && at <= q < at + w
      @   ==> Y[lfap_at(a, q, d)] == \at(T[lfap_at(a - i, q - at, STRIP)],Pre);)
      @ LFAP_REAL(loop invariant line: \forall integer a, q; i + e <= a < i + e + 1 && at <= q < at + c
      @   ==> Y[lfap_at(a, q, d)] == \at(T[lfap_at(a - i, q - at, STRIP)],Pre);)
      @ LFAP_REAL(loop invariant kept: \forall integer a, q; 0 <= a < r && 0 <= q < d && !(i <= a < i + rows && at <= q < at + w)
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

/* Vectors v .. v+lines-1 of the rows i .. i+5 through the links k .. k+links-1: T = T + C P, P being columns at .. at+w-1 of X. Where Y
   ends, the last row is taken again, for nothing. */
/*@ requires part: v + lines <= STRIP/LINE && links <= SLICE && k + links <= n && i < r;
  @ requires size: r*n <= SIZE_MAX;
  @ requires C: \valid_read(C + (0 .. r*n - 1));
  @ requires P: \valid_read(P + (0 .. links*STRIP - 1));
  @ requires T: \valid(T + (0 .. GROUP*STRIP - 1));
  @ requires sep: \separated(T + (0 .. GROUP*STRIP - 1), C + (0 .. r*n - 1));
  @ requires sep: \separated(T + (0 .. GROUP*STRIP - 1), P + (0 .. links*STRIP - 1));
  @ LFAP_REAL(requires packed: lfap_packed(P, STRIP, X, at, w, k, links, d);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns T[0 .. GROUP*STRIP - 1];
  @ LFAP_REAL(ensures links: \forall integer a, q; 0 <= a < GROUP && i + a < r && LINE*v <= q < LINE*(v + lines) && q < w
  @   ==> T[lfap_at(a, q, STRIP)] == \old(T[lfap_at(a, q, STRIP)] + lfap_rpart(C, i + a, n, X, at + q, d, k, links));)
  @ LFAP_REAL(ensures kept: \forall integer a, q; 0 <= a < GROUP && 0 <= q < STRIP && !(LINE*v <= q < LINE*(v + lines))
  @   ==> T[lfap_at(a, q, STRIP)] == \old(T[lfap_at(a, q, STRIP)]);) */
LFAP_INLINE void link_tile(double *T, const double *C, const double *P, size_t i, size_t k, size_t v, size_t lines,
                           size_t links, size_t r, size_t n, const double *X, size_t at, size_t w, size_t d) {
  double s[GROUP][STRIP / LINE][LINE];
  size_t p[GROUP];
  (void)X, (void)at, (void)w, (void)d; /* only the contract needs them */
  /*@ loop invariant row: 0 <= e <= GROUP;
    @ loop invariant inside: \forall integer a; 0 <= a < e ==> 0 <= p[a] && p[a] + (n - k) <= r*n;
    @ LFAP_REAL(loop invariant at: \forall integer a; 0 <= a < e && i + a < r ==> p[a] == lfap_at(i + a, k, n);)
    @ LFAP_REAL(loop invariant copy: \forall integer a, b, q; 0 <= a < e && 0 <= b < lines && 0 <= q < LINE ==> LFAP_HOLDS(a, b, q, 0);)
    @ loop assigns e, p[0 .. GROUP-1], s[0 .. GROUP-1][0 .. STRIP/LINE-1][0 .. LINE-1];
    @ loop variant GROUP - e; */
  LFAP_UNROLL for (size_t e = 0; e < GROUP; e++) {
    p[e] = place_of(e < r - i ? i + e : r - 1, k, r, n);
    /*@ loop invariant line: 0 <= f <= lines;
      @ LFAP_REAL(loop invariant copy: \forall integer b, q; 0 <= b < f && 0 <= q < LINE ==> LFAP_HOLDS(e, b, q, 0);)
      @ loop assigns f, s[e][0 .. STRIP/LINE-1][0 .. LINE-1];
      @ loop variant lines - f; */
    LFAP_UNROLL for (size_t f = 0; f < lines; f++)
        /*@ loop invariant column: 0 <= c <= LINE;
          @ LFAP_REAL(loop invariant copy: \forall integer q; 0 <= q < c ==> LFAP_HOLDS(e, f, q, 0);)
          @ loop assigns c, s[e][f][0 .. LINE-1];
          @ loop variant LINE - c; */
        LFAP_UNROLL for (size_t c = 0; c < LINE; c++) s[e][f][c] = T[e * STRIP + (v + f) * LINE + c];
  }
  /*@ loop invariant link: 0 <= l <= links;
    @ LFAP_REAL(loop invariant links: \forall integer a, b, q; 0 <= a < GROUP && 0 <= b < lines && 0 <= q < LINE ==> LFAP_HOLDS(a, b, q, l);)
    @ loop assigns l, s[0 .. GROUP-1][0 .. STRIP/LINE-1][0 .. LINE-1];
    @ loop variant links - l; */
  for (size_t l = 0; l < links; l++)
    /*@ loop invariant row: 0 <= e <= GROUP;
      @ LFAP_REAL(loop invariant done: \forall integer a, b, q; 0 <= a < e && 0 <= b < lines && 0 <= q < LINE ==> LFAP_HOLDS(a, b, q, l + 1);)
      @ LFAP_REAL(loop invariant todo: \forall integer a, b, q; e <= a < GROUP && 0 <= b < lines && 0 <= q < LINE ==> LFAP_HOLDS(a, b, q, l);)
      @ loop assigns e, s[0 .. GROUP-1][0 .. STRIP/LINE-1][0 .. LINE-1];
      @ loop variant GROUP - e; */
    LFAP_UNROLL for (size_t e = 0; e < GROUP; e++) {
      double a = C[p[e] + l];
      /*@ assert coefficient: LFAP_REAL_FACT(i + e < r ==> a == C[lfap_at(i + e, k + l, n)]); */
      /*@ loop invariant line: 0 <= f <= lines;
        @ LFAP_REAL(loop invariant done: \forall integer b, q; 0 <= b < f && 0 <= q < LINE ==> LFAP_HOLDS(e, b, q, l + 1);)
        @ LFAP_REAL(loop invariant todo: \forall integer b, q; f <= b < lines && 0 <= q < LINE ==> LFAP_HOLDS(e, b, q, l);)
        @ loop assigns f, s[e][0 .. STRIP/LINE-1][0 .. LINE-1];
        @ loop variant lines - f; */
      LFAP_UNROLL for (size_t f = 0; f < lines; f++)
          /*@ loop invariant column: 0 <= c <= LINE;
            @ LFAP_REAL(loop invariant done: \forall integer q; 0 <= q < c ==> LFAP_HOLDS(e, f, q, l + 1);)
            @ LFAP_REAL(loop invariant todo: \forall integer q; c <= q < LINE ==> LFAP_HOLDS(e, f, q, l);)
            @ loop assigns c, s[e][f][0 .. LINE-1];
            @ loop variant LINE - c; */
          LFAP_UNROLL for (size_t c = 0; c < LINE; c++) {
        /*@ ghost double x = P[l * STRIP + (v + f) * LINE + c]; */
        /*@ assert place: LFAP_REAL_FACT(l*STRIP + (v + f)*LINE + c == lfap_at(l, LINE*(v + f) + c, STRIP)); */
        /*@ assert entry: LFAP_REAL_FACT(LINE*(v + f) + c < w ==> x == X[lfap_at(k + l, at + LINE*(v + f) + c, d)]); */
        /*@ assert next: LFAP_REAL_FACT(i + e < r && LINE*(v + f) + c < w ==> lfap_rpart(C, i + e, n, X, at + LINE*(v + f) + c, d, k, l + 1)
          @   == lfap_rpart(C, i + e, n, X, at + LINE*(v + f) + c, d, k, l) + lfap_term(a, x)); */
        /*@ assert term: LFAP_REAL_FACT(a*x == lfap_term(a, x)); */
        s[e][f][c] = fma(a, P[l * STRIP + (v + f) * LINE + c], s[e][f][c]);
        /*@ assert grown: LFAP_REAL_FACT(LFAP_HOLDS(e, f, c, l + 1)); */
      }
    }
  /*@ loop invariant row: 0 <= e <= GROUP;
    @ LFAP_REAL(loop invariant rows: \forall integer a, q; 0 <= a < e && LINE*v <= q < LINE*(v + lines) ==> LFAP_LINKED(a, q);)
    @ LFAP_REAL(loop invariant kept: \forall integer a, q; 0 <= a < GROUP && 0 <= q < STRIP && !(LINE*v <= q < LINE*(v + lines))
    @   ==> T[lfap_at(a, q, STRIP)] == \at(T[lfap_at(a, q, STRIP)],Pre);)
    @ loop assigns e, T[0 .. GROUP*STRIP - 1];
    @ loop variant GROUP - e; */
  LFAP_UNROLL for (size_t e = 0; e < GROUP; e++)
      /*@ loop invariant line: 0 <= f <= lines;
        @ LFAP_REAL(loop invariant rows: \forall integer a, q; 0 <= a < e && LINE*v <= q < LINE*(v + lines) ==> LFAP_LINKED(a, q);)
        @ LFAP_REAL(loop invariant row: \forall integer a, q; e <= a < e + 1 && LINE*v <= q < LINE*(v + f) ==> LFAP_LINKED(a, q);)
        @ LFAP_REAL(loop invariant kept: \forall integer a, q; 0 <= a < GROUP && 0 <= q < STRIP && !(LINE*v <= q < LINE*(v + lines))
        @   ==> T[lfap_at(a, q, STRIP)] == \at(T[lfap_at(a, q, STRIP)],Pre);)
        @ loop assigns f, T[0 .. GROUP*STRIP - 1];
        @ loop variant lines - f; */
      LFAP_UNROLL for (size_t f = 0; f < lines; f++)
      /*@ loop invariant column: 0 <= c <= LINE;
        @ LFAP_REAL(loop invariant rows: \forall integer a, q; 0 <= a < e && LINE*v <= q < LINE*(v + lines) ==> LFAP_LINKED(a, q);)
        @ LFAP_REAL(loop invariant row: \forall integer a, q; e <= a < e + 1 && LINE*v <= q < LINE*(v + f) + c ==> LFAP_LINKED(a, q);)
        @ LFAP_REAL(loop invariant kept: \forall integer a, q; 0 <= a < GROUP && 0 <= q < STRIP && !(LINE*v <= q < LINE*(v + lines))
        @   ==> T[lfap_at(a, q, STRIP)] == \at(T[lfap_at(a, q, STRIP)],Pre);)
        @ loop assigns c, T[0 .. GROUP*STRIP - 1];
        @ loop variant LINE - c; */
      LFAP_UNROLL for (size_t c = 0; c < LINE; c++) {
    /*@ assert value: LFAP_REAL_FACT(i + e < r && LINE*(v + f) + c < w
      @   ==> s[e][f][c] == \at(T[lfap_at(\at(e,Here), LINE*(v + \at(f,Here)) + \at(c,Here), STRIP)],Pre)
      @   + lfap_rpart{Pre}(C, i + e, n, X, at + LINE*(v + f) + c, d, k, links)); */
    T[e * STRIP + (v + f) * LINE + c] = s[e][f][c];
  }
}

/* Columns at .. at+w-1 of the rows first .. end-1 of Y through the links k .. k+links-1. */
/*@ requires part: w <= STRIP && links <= SLICE && at + w <= d && k + links <= n && first <= end <= r;
  @ requires size: r*d <= SIZE_MAX && r*n <= SIZE_MAX && n*d <= SIZE_MAX;
  @ requires C: \valid_read(C + (0 .. r*n - 1));
  @ requires X: \valid_read(X + (0 .. n*d - 1));
  @ requires Y: \valid(Y + (0 .. r*d - 1));
  @ requires sep: \separated(Y + (0 .. r*d - 1), C + (0 .. r*n - 1));
  @ requires sep: \separated(Y + (0 .. r*d - 1), X + (0 .. n*d - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns Y[0 .. r*d - 1];
  @ LFAP_REAL(ensures links: \forall integer a, q; first <= a < end && at <= q < at + w
  @   ==> Y[lfap_at(a, q, d)] == \old(Y[lfap_at(a, q, d)] + lfap_rpart(C, a, n, X, q, d, k, links));)
  @ LFAP_REAL(ensures kept: \forall integer a, q; 0 <= a < r && 0 <= q < d && !(first <= a < end && at <= q < at + w)
  @   ==> Y[lfap_at(a, q, d)] == \old(Y[lfap_at(a, q, d)]);)
  @ LFAP_REAL(ensures same: lfap_same_links{Old, Here}(C, r, n, X, d);) */
LFAP_INLINE void strip(double *Y, const double *C, const double *X, size_t at, size_t w, size_t k, size_t links,
                       size_t first, size_t end, size_t r, size_t n, size_t d, int wide) {
  double P[SLICE * STRIP], T[GROUP * STRIP] = {0.0};
  size_t i = first;
  pack(P, X, at, w, k, links, n, d);
  /*@ ghost lfap_entries_inside(n, d, d); */
  /*@ assert cells: LFAP_REAL_FACT(\forall integer q; 0 <= q < n*d ==> X[q] == \at(X[q],Pre)); */
  /*@ loop invariant group: first <= i <= end;
    @ LFAP_REAL(loop invariant links: \forall integer a, q; first <= a < i && at <= q < at + w
    @   ==> Y[lfap_at(a, q, d)] == \at(Y[lfap_at(a, q, d)],Pre) + lfap_rpart{Pre}(C, a, n, X, q, d, k, links);)
    @ LFAP_REAL(loop invariant kept: \forall integer a, q; 0 <= a < r && 0 <= q < d && !(first <= a < i && at <= q < at + w)
    @   ==> Y[lfap_at(a, q, d)] == \at(Y[lfap_at(a, q, d)],Pre);)
    @ LFAP_REAL(loop invariant packed: lfap_packed(&P[0], STRIP, X, at, w, k, links, d);)
    @ LFAP_REAL(loop invariant cells_C: \forall integer q; 0 <= q < r*n ==> C[q] == \at(C[q],Pre);)
    @ LFAP_REAL(loop invariant cells_X: \forall integer q; 0 <= q < n*d ==> X[q] == \at(X[q],Pre);)
    @ loop assigns i, Y[0 .. r*d - 1], T[0 .. GROUP*STRIP - 1];
    @ loop variant end - i; */
  while (i < end) {
    size_t rows = end - i < GROUP ? end - i : GROUP;
    pack(T, Y, at, w, i, rows, r, d);
    /*@ loop invariant line: 0 <= v <= STRIP/LINE && (wide != 0 ==> v == 0 || v == STRIP/LINE);
      @ LFAP_REAL(loop invariant done: \forall integer a, q; 0 <= a < rows && 0 <= q < w && q < LINE*v ==> T[lfap_at(a, q, STRIP)]
      @   == \at(Y[lfap_at(\at(i,Here) + a, at + q, d)],Pre) + lfap_rpart{Pre}(C, i + a, n, X, at + q, d, k, links);)
      @ LFAP_REAL(loop invariant todo: \forall integer a, q; 0 <= a < rows && LINE*v <= q < w
      @   ==> T[lfap_at(a, q, STRIP)] == \at(Y[lfap_at(\at(i,Here) + a, at + q, d)],Pre);)
      @ LFAP_REAL(loop invariant packed: lfap_packed(&P[0], STRIP, X, at, w, k, links, d);)
      @ LFAP_REAL(loop invariant cells_C: \forall integer q; 0 <= q < r*n ==> C[q] == \at(C[q],Pre);)
      @ LFAP_REAL(loop invariant cells_X: \forall integer q; 0 <= q < n*d ==> X[q] == \at(X[q],Pre);)
      @ loop assigns v, T[0 .. GROUP*STRIP - 1];
      @ loop variant STRIP/LINE - v; */
    for (size_t v = 0; v < STRIP / LINE; v += wide ? STRIP / LINE : 1) {
#ifdef LFAP_TIER_REAL
#include "same_links.acsl"
#endif
      if (wide) link_tile(T, C, P, i, k, 0, STRIP / LINE, links, r, n, X, at, w, d);
      else link_tile(T, C, P, i, k, v, 1, links, r, n, X, at, w, d);
    }
    unpack(Y, T, at, w, i, rows, r, d);
    i += rows;
  }
#ifdef LFAP_TIER_REAL
#include "same_links.acsl"
#endif
}

/* Columns from .. to-1 of the rows first .. end-1 of Y through all links: a slice's coefficients meet every strip. */
/*@ requires part: from <= to <= d && first <= end <= r;
  @ requires size: r*d <= SIZE_MAX && r*n <= SIZE_MAX && n*d <= SIZE_MAX;
  @ requires C: \valid_read(C + (0 .. r*n - 1));
  @ requires X: \valid_read(X + (0 .. n*d - 1));
  @ requires Y: \valid(Y + (0 .. r*d - 1));
  @ requires sep: \separated(Y + (0 .. r*d - 1), C + (0 .. r*n - 1));
  @ requires sep: \separated(Y + (0 .. r*d - 1), X + (0 .. n*d - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns Y[0 .. r*d - 1];
  @ LFAP_REAL(ensures chain: \forall integer a, q; first <= a < end && from <= q < to
  @   ==> Y[lfap_at(a, q, d)] == \old(Y[lfap_at(a, q, d)] + lfap_rlinks_at(C, a, n, X, q, d, n));)
  @ LFAP_REAL(ensures kept: \forall integer a, q; 0 <= a < r && 0 <= q < d && !(first <= a < end && from <= q < to)
  @   ==> Y[lfap_at(a, q, d)] == \old(Y[lfap_at(a, q, d)]);)
  @ LFAP_REAL(ensures same: lfap_same_links{Old, Here}(C, r, n, X, d);) */
LFAP_INLINE void band(double *Y, const double *C, const double *X, size_t from, size_t to, size_t first, size_t end,
                      size_t r, size_t n, size_t d, int wide) {
  size_t k = 0;
  /*@ loop invariant slice: 0 <= k <= n;
    @ LFAP_REAL(loop invariant chain: \forall integer a, q; first <= a < end && from <= q < to
    @   ==> Y[lfap_at(a, q, d)] == \at(Y[lfap_at(a, q, d)],Pre) + lfap_rlinks_at{Pre}(C, a, n, X, q, d, k);)
    @ LFAP_REAL(loop invariant kept: \forall integer a, q; 0 <= a < r && 0 <= q < d && !(first <= a < end && from <= q < to)
    @   ==> Y[lfap_at(a, q, d)] == \at(Y[lfap_at(a, q, d)],Pre);)
    @ LFAP_REAL(loop invariant same: lfap_same_links{Pre, Here}(C, r, n, X, d);)
    @ loop assigns k, Y[0 .. r*d - 1];
    @ loop variant n - k; */
  while (k < n) {
    size_t links = n - k < SLICE ? n - k : SLICE, at = from;
    /*@ loop invariant strip: from <= at <= to;
      @ LFAP_REAL(loop invariant done: \forall integer a, q; first <= a < end && from <= q < at
      @   ==> Y[lfap_at(a, q, d)] == \at(Y[lfap_at(a, q, d)],Pre) + lfap_rlinks_at{Pre}(C, a, n, X, q, d, k + links);)
      @ LFAP_REAL(loop invariant todo: \forall integer a, q; first <= a < end && at <= q < to
      @   ==> Y[lfap_at(a, q, d)] == \at(Y[lfap_at(a, q, d)],Pre) + lfap_rlinks_at{Pre}(C, a, n, X, q, d, k);)
      @ LFAP_REAL(loop invariant kept: \forall integer a, q; 0 <= a < r && 0 <= q < d && !(first <= a < end && from <= q < to)
      @   ==> Y[lfap_at(a, q, d)] == \at(Y[lfap_at(a, q, d)],Pre);)
      @ LFAP_REAL(loop invariant same: lfap_same_links{Pre, Here}(C, r, n, X, d);)
      @ loop assigns at, Y[0 .. r*d - 1];
      @ loop variant to - at; */
    while (at < to) {
      size_t w = to - at < STRIP ? to - at : STRIP;
      strip(Y, C, X, at, w, k, links, first, end, r, n, d, wide);
      at += w;
    }
    k += links;
  }
}

/* The chains of one row by either name. */
/*@ ghost
  /@ requires size: n*d <= SIZE_MAX;
     requires c: \valid_read(c + (0 .. n-1));
     requires X: \valid_read(X + (0 .. n*d - 1));
     terminates \true;
     exits never: \false;
     assigns \nothing;
     LFAP_REAL(ensures same: \forall integer j; 0 <= j < d ==> lfap_rlinks_at(c, 0, n, X, j, d, n) == lfap_rlinks(c, X, d, j, n);) @/
  static void lfap_one_row(const double *c, const double *X, size_t n, size_t d) {
    /@ loop invariant link: 0 <= k <= n;
       LFAP_REAL(loop invariant same: \forall integer j; 0 <= j < d ==> lfap_rlinks_at(c, 0, n, X, j, d, k) == lfap_rlinks(c, X, d, j, k);)
       loop assigns k;
       loop variant n - k; @/
    for (size_t k = 0; k < n; k++) {
      /@ assert place: LFAP_REAL_FACT(lfap_at(0, k, n) == k && \forall integer j; lfap_at(k, j, d) == k*d + j); @/
      /@ assert one: LFAP_REAL_FACT(\forall integer j; 0 <= j < d ==> lfap_rlinks(c, X, d, j, k + 1)
           == lfap_rlinks(c, X, d, j, k) + lfap_term(c[k], X[k*d + j])); @/
      /@ assert other: LFAP_REAL_FACT(\forall integer j; 0 <= j < d ==> lfap_rlinks_at(c, 0, n, X, j, d, k + 1)
           == lfap_rlinks_at(c, 0, n, X, j, d, k) + lfap_term(c[k], X[k*d + j])); @/
    }
  }
*/

LFAP_CLONES
void lfap_chain_columns(double *Y, const double *C, const double *X, size_t from, size_t to, size_t r, size_t n,
                        size_t d) {
  int wide = lfap_wide_registers();
  size_t i = 0;
  if (r == 1) {
    /*@ ghost lfap_one_row(C, X, n, d); */
    /*@ assert place: LFAP_REAL_FACT(\forall integer j; lfap_at(0, j, d) == j); */
    chain_part(Y, C, X, from, to, n, d);
    return;
  }
  /*@ loop invariant band: 0 <= i <= r;
    @ LFAP_REAL(loop invariant chain: \forall integer a, q; 0 <= a < i && from <= q < to
    @   ==> Y[lfap_at(a, q, d)] == \at(Y[lfap_at(a, q, d)],Pre) + lfap_rlinks_at{Pre}(C, a, n, X, q, d, n);)
    @ LFAP_REAL(loop invariant kept: \forall integer a, q; 0 <= a < r && 0 <= q < d && !(a < i && from <= q < to)
    @   ==> Y[lfap_at(a, q, d)] == \at(Y[lfap_at(a, q, d)],Pre);)
    @ LFAP_REAL(loop invariant same: lfap_same_links{Pre, Here}(C, r, n, X, d);)
    @ loop assigns i, Y[0 .. r*d - 1];
    @ loop variant r - i; */
  while (i < r) {
    size_t end = r - i < BAND ? r : i + BAND;
    band(Y, C, X, from, to, i, end, r, n, d, wide);
    i = end;
  }
}

void lfap_chain_rows(double *Y, const double *C, const double *X, size_t r, size_t n, size_t d) {
  lfap_chain_columns(Y, C, X, 0, d, r, n, d);
}
