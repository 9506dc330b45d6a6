/* chain.c - fma chains (N2). Several rows go through one pass over y; the links of each entry keep their order. */
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

/* The chain of w columns of one row: X starts at the first of them. y is loaded and stored once for eight rows of X. */
/*@ requires size: n*d <= SIZE_MAX && w <= d;
  @ requires c: \valid_read(c + (0 .. n-1));
  @ requires X: \valid_read(X + (0 .. n*d - d + w - 1));
  @ requires y: \valid(y + (0 .. w-1));
  @ requires sep: \separated(y + (0 .. w-1), c + (0 .. n-1));
  @ requires sep: \separated(y + (0 .. w-1), X + (0 .. n*d - d + w - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns y[0 .. w-1];
  @ LFAP_REAL(ensures chain: \forall integer i; 0 <= i < w ==> y[i] == \old(y[i] + lfap_rlinks(c, X, d, i, n));) */
LFAP_INLINE void chain_part(double *restrict y, const double *restrict c, const double *restrict X, size_t n, size_t w, size_t d) {
  size_t k = 0;
  /*@ ghost double p = 0.0, q = 0.0; */
  /*@ loop invariant link: 0 <= k <= n;
    @ LFAP_REAL(loop invariant chain: \forall integer i; 0 <= i < w ==> y[i] == \at(y[i],Pre) + lfap_rlinks{Pre}(c, X, d, i, k);)
    @ loop assigns k, p, q, y[0 .. w-1];
    @ loop variant n - k; */
  for (; n - k >= LINKS; k += LINKS) {
    /*@ ghost lfap_rows_at(k, LINKS, n, d); */
    const double *x = X + k * d;
    /*@ loop invariant entry: 0 <= i <= w;
      @ LFAP_REAL(loop invariant done: \forall integer j; 0 <= j < i ==> y[j] == \at(y[j],Pre) + lfap_rlinks{Pre}(c, X, d, j, k + LINKS);)
      @ LFAP_REAL(loop invariant todo: \forall integer j; i <= j < w ==> y[j] == \at(y[j],Pre) + lfap_rlinks{Pre}(c, X, d, j, k);)
      @ loop assigns i, p, q, y[0 .. w-1];
      @ loop variant w - i; */
    for (size_t i = 0; i < w; i++) {
      double v = y[i];
      /*@ loop invariant link: 0 <= l <= LINKS;
        @ LFAP_REAL(loop invariant chain: v == \at(y[\at(i,Here)],Pre) + lfap_rlinks{Pre}(c, X, d, i, k + l);)
        @ loop assigns l, p, q, v;
        @ loop variant LINKS - l; */
      LFAP_UNROLL for (size_t l = 0; l < LINKS; l++) {
        /*@ ghost lfap_row_at(l, LINKS, d); */
        /*@ ghost p = c[k + l]; */
        /*@ ghost q = x[l * d + i]; */
        /*@ assert same_c: LFAP_REAL_FACT(p == \at(c[\at(k + l,Here)],Pre)); */
        /*@ assert same_X: LFAP_REAL_FACT(q == \at(X[\at((k + l)*d + i,Here)],Pre)); */
        /*@ assert next: LFAP_REAL_FACT(lfap_rlinks{Pre}(c, X, d, i, k + l + 1)
          @   == lfap_rlinks{Pre}(c, X, d, i, k + l) + lfap_term(p, q)); */
        /*@ assert term: LFAP_REAL_FACT(c[k + l]*x[l*d + i] == lfap_term(p, q)); */
        v = fma(c[k + l], x[l * d + i], v);
      }
      y[i] = v;
    }
  }
  /*@ loop invariant link: 0 <= k <= n;
    @ LFAP_REAL(loop invariant chain: \forall integer i; 0 <= i < w ==> y[i] == \at(y[i],Pre) + lfap_rlinks{Pre}(c, X, d, i, k);)
    @ loop assigns k, y[0 .. w-1];
    @ loop variant n - k; */
  for (; k < n; k++) {
    /*@ ghost lfap_row_at(k, n, d); */
    lfap_axpy(y, c[k], X + k * d, w);
  }
}

LFAP_CLONES
void lfap_chain(double *y, const double *c, const double *X, size_t n, size_t d) {
  chain_part(y, c, X, n, d, d);
}

enum { GROUP = 4, STRIP = 32, SLICE = 64, LINE = 8, BAND = 4 * STRIP }; /* rows of Y, columns, links, columns of a vector */

/* Columns at .. at+w-1 of the rows k .. k+links-1 of X, side by side; the strip is filled up with zeros. */
/*@ requires part: w <= STRIP && links <= SLICE && at + w <= d && k + links <= n;
  @ requires size: n*d <= SIZE_MAX;
  @ requires X: \valid_read(X + (0 .. n*d - 1));
  @ requires P: \valid(P + (0 .. SLICE*STRIP - 1));
  @ requires sep: \separated(P + (0 .. SLICE*STRIP - 1), X + (0 .. n*d - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns P[0 .. SLICE*STRIP - 1]; */
LFAP_INLINE void pack_strip(double *P, const double *X, size_t at, size_t w, size_t k, size_t links, size_t n, size_t d) {
  (void)n; /* only the contract needs it */
  /*@ loop invariant link: 0 <= l <= links;
    @ loop assigns l, P[0 .. SLICE*STRIP - 1];
    @ loop variant links - l; */
  for (size_t l = 0; l < links; l++) {
    /*@ ghost lfap_row_at(k + l, n, d); */
    const double *x = X + ((k + l) * d + at);
    /*@ loop invariant column: 0 <= c <= w;
      @ loop assigns c, P[0 .. SLICE*STRIP - 1];
      @ loop variant w - c; */
    for (size_t c = 0; c < w; c++) P[l * STRIP + c] = x[c];
    /*@ loop invariant column: w <= c <= STRIP;
      @ loop assigns c, P[0 .. SLICE*STRIP - 1];
      @ loop variant STRIP - c; */
    for (size_t c = w; c < STRIP; c++) P[l * STRIP + c] = 0.0;
  }
}

/* The next links of `lines` vectors of eight columns in four rows: T (rows of a strip) = T + C P. */
/*@ requires part: lines <= STRIP/LINE && links <= SLICE && links <= n;
  @ requires size: GROUP*n <= SIZE_MAX;
  @ requires C: \valid_read(C + (0 .. GROUP*n - n + links - 1));
  @ requires P: \valid_read(P + (0 .. (SLICE-1)*STRIP + lines*LINE - 1));
  @ requires T: \valid(T + (0 .. (GROUP-1)*STRIP + lines*LINE - 1));
  @ requires sep: \separated(T + (0 .. (GROUP-1)*STRIP + lines*LINE - 1), C + (0 .. GROUP*n - n + links - 1));
  @ requires sep: \separated(T + (0 .. (GROUP-1)*STRIP + lines*LINE - 1), P + (0 .. (SLICE-1)*STRIP + lines*LINE - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns T[0 .. (GROUP-1)*STRIP + lines*LINE - 1]; */
LFAP_INLINE void links4(double *T, const double *C, const double *P, size_t lines, size_t links, size_t n) {
  double s[GROUP][STRIP / LINE][LINE];
  /*@ loop invariant row: 0 <= i <= GROUP;
    @ loop assigns i, s[0 .. GROUP-1][0 .. STRIP/LINE-1][0 .. LINE-1];
    @ loop variant GROUP - i; */
  LFAP_UNROLL for (size_t i = 0; i < GROUP; i++)
    /*@ loop invariant line: 0 <= v <= lines;
      @ loop assigns v, s[0 .. GROUP-1][0 .. STRIP/LINE-1][0 .. LINE-1];
      @ loop variant lines - v; */
    LFAP_UNROLL for (size_t v = 0; v < lines; v++)
      /*@ loop invariant column: 0 <= c <= LINE;
        @ loop assigns c, s[0 .. GROUP-1][0 .. STRIP/LINE-1][0 .. LINE-1];
        @ loop variant LINE - c; */
      for (size_t c = 0; c < LINE; c++) s[i][v][c] = T[i * STRIP + v * LINE + c];
  /*@ loop invariant link: 0 <= l <= links;
    @ loop assigns l, s[0 .. GROUP-1][0 .. STRIP/LINE-1][0 .. LINE-1];
    @ loop variant links - l; */
  for (size_t l = 0; l < links; l++)
    /*@ loop invariant row: 0 <= i <= GROUP;
      @ loop assigns i, s[0 .. GROUP-1][0 .. STRIP/LINE-1][0 .. LINE-1];
      @ loop variant GROUP - i; */
    LFAP_UNROLL for (size_t i = 0; i < GROUP; i++) {
      /*@ ghost lfap_row_at(i, GROUP, n); */
      double a = C[i * n + l];
      /*@ loop invariant line: 0 <= v <= lines;
        @ loop assigns v, s[0 .. GROUP-1][0 .. STRIP/LINE-1][0 .. LINE-1];
        @ loop variant lines - v; */
      LFAP_UNROLL for (size_t v = 0; v < lines; v++)
        /*@ loop invariant column: 0 <= c <= LINE;
          @ loop assigns c, s[0 .. GROUP-1][0 .. STRIP/LINE-1][0 .. LINE-1];
          @ loop variant LINE - c; */
        for (size_t c = 0; c < LINE; c++) s[i][v][c] = fma(a, P[l * STRIP + v * LINE + c], s[i][v][c]);
    }
  /*@ loop invariant row: 0 <= i <= GROUP;
    @ loop assigns i, T[0 .. (GROUP-1)*STRIP + lines*LINE - 1];
    @ loop variant GROUP - i; */
  LFAP_UNROLL for (size_t i = 0; i < GROUP; i++)
    /*@ loop invariant line: 0 <= v <= lines;
      @ loop assigns v, T[0 .. (GROUP-1)*STRIP + lines*LINE - 1];
      @ loop variant lines - v; */
    LFAP_UNROLL for (size_t v = 0; v < lines; v++)
      /*@ loop invariant column: 0 <= c <= LINE;
        @ loop assigns c, T[0 .. (GROUP-1)*STRIP + lines*LINE - 1];
        @ loop variant LINE - c; */
      for (size_t c = 0; c < LINE; c++) T[i * STRIP + v * LINE + c] = s[i][v][c];
}

/* Four rows of Y, w columns of them, through one slice of links; T is scratch. */
/*@ requires part: w <= STRIP && w <= d && links <= SLICE && links <= n;
  @ requires size: GROUP*n <= SIZE_MAX && GROUP*d <= SIZE_MAX;
  @ requires C: \valid_read(C + (0 .. GROUP*n - n + links - 1));
  @ requires P: \valid_read(P + (0 .. SLICE*STRIP - 1));
  @ requires T: \valid(T + (0 .. GROUP*STRIP - 1));
  @ requires Y: \valid(Y + (0 .. GROUP*d - d + w - 1));
  @ requires sep: \separated(T + (0 .. GROUP*STRIP - 1), C + (0 .. GROUP*n - n + links - 1));
  @ requires sep: \separated(T + (0 .. GROUP*STRIP - 1), P + (0 .. SLICE*STRIP - 1));
  @ requires sep: \separated(T + (0 .. GROUP*STRIP - 1), Y + (0 .. GROUP*d - d + w - 1));
  @ requires sep: \separated(Y + (0 .. GROUP*d - d + w - 1), C + (0 .. GROUP*n - n + links - 1));
  @ requires sep: \separated(Y + (0 .. GROUP*d - d + w - 1), P + (0 .. SLICE*STRIP - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns Y[0 .. GROUP*d - d + w - 1], T[0 .. GROUP*STRIP - 1]; */
LFAP_INLINE void strip4(double *Y, double *T, const double *C, const double *P, size_t w, size_t links, size_t n, size_t d, int wide) {
  /*@ loop invariant row: 0 <= i <= GROUP;
    @ loop assigns i, T[0 .. GROUP*STRIP - 1];
    @ loop variant GROUP - i; */
  for (size_t i = 0; i < GROUP; i++) {
    /*@ ghost lfap_row_at(i, GROUP, d); */
    /*@ loop invariant column: 0 <= c <= w;
      @ loop assigns c, T[0 .. GROUP*STRIP - 1];
      @ loop variant w - c; */
    for (size_t c = 0; c < w; c++) T[i * STRIP + c] = Y[i * d + c];
  }
  if (wide)
    links4(T, C, P, STRIP / LINE, links, n);
  else
    /*@ loop invariant line: 0 <= v <= STRIP/LINE;
      @ loop assigns v, T[0 .. GROUP*STRIP - 1];
      @ loop variant STRIP/LINE - v; */
    for (size_t v = 0; v < STRIP / LINE; v++) links4(T + v * LINE, C, P + v * LINE, 1, links, n);
  /*@ loop invariant row: 0 <= i <= GROUP;
    @ loop assigns i, Y[0 .. GROUP*d - d + w - 1];
    @ loop variant GROUP - i; */
  for (size_t i = 0; i < GROUP; i++) {
    /*@ ghost lfap_row_at(i, GROUP, d); */
    /*@ loop invariant column: 0 <= c <= w;
      @ loop assigns c, Y[0 .. GROUP*d - d + w - 1];
      @ loop variant w - c; */
    for (size_t c = 0; c < w; c++) Y[i * d + c] = T[i * STRIP + c];
  }
}

/* Columns at .. at+w-1 of Y through the links k .. k+links-1; r is a multiple of four. */
/*@ requires part: w <= STRIP && links <= SLICE && at + w <= d && k + links <= n;
  @ requires size: r*d <= SIZE_MAX && r*n <= SIZE_MAX && n*d <= SIZE_MAX;
  @ requires C: \valid_read(C + (0 .. r*n - 1));
  @ requires X: \valid_read(X + (0 .. n*d - 1));
  @ requires Y: \valid(Y + (0 .. r*d - 1));
  @ requires sep: \separated(Y + (0 .. r*d - 1), C + (0 .. r*n - 1));
  @ requires sep: \separated(Y + (0 .. r*d - 1), X + (0 .. n*d - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns Y[0 .. r*d - 1]; */
LFAP_INLINE void strip(double *Y, const double *C, const double *X, size_t at, size_t w, size_t k, size_t links, size_t r, size_t n,
                       size_t d, int wide) {
  double P[SLICE * STRIP], T[GROUP * STRIP];
  size_t i = 0;
  pack_strip(P, X, at, w, k, links, n, d);
  /*@ loop invariant column: 0 <= i <= GROUP*STRIP;
    @ loop assigns i, T[0 .. GROUP*STRIP - 1];
    @ loop variant GROUP*STRIP - i; */
  for (i = 0; i < GROUP * STRIP; i++) T[i] = 0.0; /* columns beyond w stay zero */
  /*@ loop invariant row: 0 <= i <= r;
    @ loop assigns i, Y[0 .. r*d - 1], T[0 .. GROUP*STRIP - 1];
    @ loop variant r - i; */
  for (i = 0; r - i >= GROUP; i += GROUP) {
    /*@ ghost lfap_rows_at(i, GROUP, r, n); */
    /*@ ghost lfap_rows_at(i, GROUP, r, d); */
    strip4(Y + (i * d + at), T, C + (i * n + k), P, w, links, n, d, wide);
  }
}

/* Columns band .. end-1 of Y through all links: the slice of C is still in the cache for the next strip of the band. */
/*@ requires part: band <= end <= d;
  @ requires size: r*d <= SIZE_MAX && r*n <= SIZE_MAX && n*d <= SIZE_MAX;
  @ requires C: \valid_read(C + (0 .. r*n - 1));
  @ requires X: \valid_read(X + (0 .. n*d - 1));
  @ requires Y: \valid(Y + (0 .. r*d - 1));
  @ requires sep: \separated(Y + (0 .. r*d - 1), C + (0 .. r*n - 1));
  @ requires sep: \separated(Y + (0 .. r*d - 1), X + (0 .. n*d - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns Y[0 .. r*d - 1]; */
LFAP_INLINE void strips(double *Y, const double *C, const double *X, size_t band, size_t end, size_t r, size_t n, size_t d, int wide) {
  size_t k = 0;
  /*@ loop invariant slice: 0 <= k <= n;
    @ loop assigns k, Y[0 .. r*d - 1];
    @ loop variant n - k; */
  while (k < n) {
    size_t links = n - k < SLICE ? n - k : SLICE, at = band;
    /*@ loop invariant strip: band <= at <= end;
      @ loop assigns at, Y[0 .. r*d - 1];
      @ loop variant end - at; */
    while (at < end) {
      size_t w = end - at < STRIP ? end - at : STRIP;
      strip(Y, C, X, at, w, k, links, r, n, d, wide);
      at += w;
    }
    k += links;
  }
}

LFAP_CLONES
void lfap_chain_columns(double *Y, const double *C, const double *X, size_t from, size_t to, size_t r, size_t n, size_t d) {
  int wide = lfap_wide_registers();
  size_t i = r - r % GROUP, band = from;
  /*@ ghost lfap_rows_at(0, i, r, n); */
  /*@ ghost lfap_rows_at(0, i, r, d); */
  /*@ loop invariant band: from <= band <= to;
    @ loop assigns band, Y[0 .. r*d - 1];
    @ loop variant to - band; */
  while (band < to && i > 0) {
    size_t end = to - band < BAND ? to : band + BAND;
    strips(Y, C, X, band, end, i, n, d, wide);
    band = end;
  }
  /*@ loop invariant row: 0 <= i <= r;
    @ loop assigns i, Y[0 .. r*d - 1];
    @ loop variant r - i; */
  for (; i < r; i++) {
    /*@ ghost lfap_row_at(i, r, n); */
    /*@ ghost lfap_row_at(i, r, d); */
    chain_part(Y + (i * d + from), C + i * n, X + from, n, to - from, d);
  }
}

void lfap_chain_rows(double *Y, const double *C, const double *X, size_t r, size_t n, size_t d) {
  lfap_chain_columns(Y, C, X, 0, d, r, n, d);
}
