/* rows.c - tables of dots, several at once (N1). Every entry takes the steps of lfap_dot in their order. */
#ifdef __FRAMAC__
#include "entry.acsl"
#endif

#include "rows.h"

#include "lanes_step.h"

enum { TILE = 4 };
/* in full: the prover mistakes the zeros that an initialiser leaves out for integers */
#define ZEROS \
  { 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0 }
#define ZEROS_4 \
  { ZEROS, ZEROS, ZEROS, ZEROS }

/* Where row i of a matrix of n columns begins. */
/*@ requires row: i < rows;
  @ requires size: rows*n <= SIZE_MAX;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from i, n;
  @ ensures inside: \result + n <= rows*n;
  @ LFAP_REAL(ensures at: \result == lfap_at(i, 0, n);) */
LFAP_INLINE size_t start_of(size_t i, size_t rows, size_t n) {
  (void)rows; /* only the contract needs it */
  /*@ ghost lfap_row_at(i, rows, n); */
  return i * n;
}

/* A dot grows by one term at a time. */
/*@ ghost
  /@ LFAP_REAL(requires rows: a == lfap_at(i, 0, d) && b == lfap_at(j, 0, d);)
     terminates \true;
     exits never: \false;
     assigns \nothing;
     LFAP_REAL(ensures next: lfap_rdot_at(A, i, B, j, d, k + 1) == lfap_rdot_at(A, i, B, j, d,
         k) + A[a + k]*B[b + k];) @/
  static void lfap_term_at(const double *A, size_t i, size_t a, const double *B, size_t j, size_t b, size_t d,
      size_t k) { }
*/

/* Dots of four rows with four. By value: no pointer sees it, so that the compiler keeps it in registers. */
typedef struct {
  double dot[TILE][TILE];
} dots;

/* What columns c .. c+w-1, a slice, add to dot(A_{i+p}, B_{j+q}): the lanes of up to sixteen dots hide the latency of
   fma, and a row is read once for several. The callers' rows and columns are constants, 1 or 4. */
/*@ requires tile: rows <= TILE && i + rows <= na && columns <= TILE && j + columns <= nb && c + w <= n;
  @ LFAP_TWO_MATRICES(A, na, B, nb, n)
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from A[0 .. na*n - 1], i, rows, B[0 .. nb*n - 1], j, columns, n, c, w;
  @ LFAP_REAL(ensures dots: \forall integer p, q; 0 <= p < rows && 0 <= q < columns
  @   ==> \result.dot[p][q] == lfap_rdot_at(A, i + p, B, j + q, n, c + w) - lfap_rdot_at(A, i + p, B, j + q, n, c);) */
LFAP_INLINE dots part(const double *A, size_t i, size_t rows, const double *B, size_t j, size_t columns, size_t na,
                      size_t nb, size_t n, size_t c, size_t w) {
  dots v;
  double s[TILE][TILE][LFAP_LANES] = {ZEROS_4, ZEROS_4, ZEROS_4, ZEROS_4}, t[LFAP_LANES];
  size_t k = c;
  (void)na, (void)nb; /* only the contract needs them */
  /*@ loop invariant lanes: c <= k <= c + w;
    @ LFAP_REAL(loop invariant dots: \forall integer e, f; 0 <= e < rows && 0 <= f < columns
    @   ==> LFAP_TOTAL(s[e][f]) == lfap_rdot_at(A, i + e, B, j + f, n, k) - lfap_rdot_at(A, i + e, B, j + f, n, c);)
    @ loop assigns k, s[0 .. TILE-1][0 .. TILE-1][0 .. LFAP_LANES-1];
    @ loop variant c + w - k; */
  for (; c + w - k >= LFAP_LANES; k += LFAP_LANES)
    /*@ loop invariant row: 0 <= p <= rows;
      @ LFAP_REAL(loop invariant done: \forall integer e, f; 0 <= e < p && 0 <= f < columns
      @   ==> LFAP_TOTAL(s[e][f]) == lfap_rdot_at(A, i + e, B, j + f, n, k + LFAP_LANES) - lfap_rdot_at(A, i
      @    + e, B, j + f, n, c);)
      @ LFAP_REAL(loop invariant todo: \forall integer e, f; p <= e < rows && 0 <= f < columns
      @   ==> LFAP_TOTAL(s[e][f]) == lfap_rdot_at(A, i + e, B, j + f, n, k) - lfap_rdot_at(A, i + e, B, j + f, n, c);)
      @ loop assigns p, s[0 .. TILE-1][0 .. TILE-1][0 .. LFAP_LANES-1];
      @ loop variant rows - p; */
    LFAP_UNROLL for (size_t p = 0; p < rows; p++) {
      size_t a = start_of(i + p, na, n);
      /*@ loop invariant column: 0 <= q <= columns;
        @ LFAP_REAL(loop invariant done: \forall integer f; 0 <= f < q
        @   ==> LFAP_TOTAL(s[p][f]) == lfap_rdot_at(A, i + p, B, j + f, n, k + LFAP_LANES) - lfap_rdot_at(A, i
        @    + p, B, j + f, n, c);)
        @ LFAP_REAL(loop invariant todo: \forall integer f; q <= f < columns
        @   ==> LFAP_TOTAL(s[p][f]) == lfap_rdot_at(A, i + p, B, j + f, n, k) - lfap_rdot_at(A, i + p, B, j + f, n, c);)
        @ loop assigns q, s[p][0 .. TILE-1][0 .. LFAP_LANES-1];
        @ loop variant columns - q; */
      LFAP_UNROLL for (size_t q = 0; q < columns; q++) {
        size_t b = start_of(j + q, nb, n);
        /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
          @ LFAP_REAL(loop invariant dot: LFAP_TOTAL(s[p][q])
          @   == lfap_rdot_at(A, i + p, B, j + q, n, k + l) - lfap_rdot_at(A, i + p, B, j + q, n, c);)
          @ loop assigns l, s[p][q][0 .. LFAP_LANES-1];
          @ loop variant LFAP_LANES - l; */
        for (size_t l = 0; l < LFAP_LANES; l++) {
          /*@ ghost lfap_term_at(A, i + p, a, B, j + q, b, n, k + l); */
          s[p][q][l] = fma(A[a + k + l], B[b + k + l], s[p][q][l]);
          /*@ assert grown: LFAP_REAL_FACT(LFAP_TOTAL(s[p][q])
                == \at(LFAP_TOTAL(s[p][q]),LoopCurrent) + A[a + k + l]*B[b + k + l]); */
        }
      }
    }
  /*@ loop invariant row: 0 <= p <= rows;
    @ LFAP_REAL(loop invariant done: \forall integer e, f; 0 <= e < p && 0 <= f < columns
    @   ==> v.dot[e][f] == lfap_rdot_at(A, i + e, B, j + f, n, c + w) - lfap_rdot_at(A, i + e, B, j + f, n, c);)
    @ loop assigns p, t[0 .. LFAP_LANES-1], v.dot[0 .. TILE-1][0 .. TILE-1];
    @ loop variant rows - p; */
  LFAP_UNROLL for (size_t p = 0; p < rows; p++) {
    size_t a = start_of(i + p, na, n);
    /*@ loop invariant column: 0 <= q <= columns;
      @ LFAP_REAL(loop invariant done: \forall integer f; 0 <= f < q
      @   ==> v.dot[p][f] == lfap_rdot_at(A, i + p, B, j + f, n, c + w) - lfap_rdot_at(A, i + p, B, j + f, n, c);)
      @ loop assigns q, t[0 .. LFAP_LANES-1], v.dot[p][0 .. TILE-1];
      @ loop variant columns - q; */
    LFAP_UNROLL for (size_t q = 0; q < columns; q++) {
      size_t b = start_of(j + q, nb, n);
      /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
        @ LFAP_REAL(loop invariant copy: \forall integer m; 0 <= m < l ==> t[m] == s[p][q][m];)
        @ loop assigns l, t[0 .. LFAP_LANES-1];
        @ loop variant LFAP_LANES - l; */
      for (size_t l = 0; l < LFAP_LANES; l++) t[l] = s[p][q][l];
      /*@ loop invariant lane: 0 <= l <= c + w - k;
        @ LFAP_REAL(loop invariant dot: LFAP_TOTAL(t)
        @   == lfap_rdot_at(A, i + p, B, j + q, n, k + l) - lfap_rdot_at(A, i + p, B, j + q, n, c);)
        @ loop assigns l, t[0 .. LFAP_LANES-1];
        @ loop variant c + w - k - l; */
      for (size_t l = 0; l < c + w - k; l++) {
        /*@ ghost lfap_term_at(A, i + p, a, B, j + q, b, n, k + l); */
        t[l] = fma(A[a + k + l], B[b + k + l], t[l]);
        /*@ assert grown: LFAP_REAL_FACT(LFAP_TOTAL(t) == \at(LFAP_TOTAL(t),LoopCurrent) + A[a + k + l]*B[b + k + l]);
            */
      }
      v.dot[p][q] = LFAP_JOIN(t);
    }
  }
  return v;
}

/* dot[p][q] = dot(A_{i+p}, B_{j+q}): slice by slice. */
/*@ requires tile: rows <= TILE && i + rows <= na && columns <= TILE && j + columns <= nb;
  @ LFAP_TWO_MATRICES(A, na, B, nb, n)
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from A[0 .. na*n - 1], i, rows, B[0 .. nb*n - 1], j, columns, n;
  @ LFAP_REAL(ensures dots: \forall integer p, q; 0 <= p < rows && 0 <= q < columns
  @   ==> \result.dot[p][q] == lfap_rdot_at(A, i + p, B, j + q, n, n);) */
LFAP_INLINE dots tile(const double *A, size_t i, size_t rows, const double *B, size_t j, size_t columns, size_t na,
                      size_t nb, size_t n) {
  size_t c = lfap_slice_from(0, n);
  dots v = part(A, i, rows, B, j, columns, na, nb, n, 0, c);
  /*@ loop invariant slice: 0 <= c <= n;
    @ LFAP_REAL(loop invariant dots: \forall integer e, f; 0 <= e < rows && 0 <= f < columns
    @   ==> v.dot[e][f] == lfap_rdot_at(A, i + e, B, j + f, n, c);)
    @ loop assigns c, v.dot[0 .. TILE-1][0 .. TILE-1];
    @ loop variant n - c; */
  while (c < n) {
    size_t w = lfap_slice_from(c, n);
    dots more = part(A, i, rows, B, j, columns, na, nb, n, c, w);
    /*@ loop invariant row: 0 <= p <= rows;
      @ LFAP_REAL(loop invariant done: \forall integer e, f; 0 <= e < p && 0 <= f < columns
      @   ==> v.dot[e][f] == lfap_rdot_at(A, i + e, B, j + f, n, c + w);)
      @ LFAP_REAL(loop invariant todo: \forall integer e, f; p <= e < rows && 0 <= f < columns
      @   ==> v.dot[e][f] == lfap_rdot_at(A, i + e, B, j + f, n, c);)
      @ loop assigns p, v.dot[0 .. TILE-1][0 .. TILE-1];
      @ loop variant rows - p; */
    LFAP_UNROLL for (size_t p = 0; p < rows; p++)
        /*@ loop invariant column: 0 <= q <= columns;
        @ LFAP_REAL(loop invariant done: \forall integer f; 0 <= f < q
        @    ==> v.dot[p][f] == lfap_rdot_at(A, i + p, B, j + f, n, c + w);)
        @ LFAP_REAL(loop invariant todo: \forall integer f; q <= f < columns
        @    ==> v.dot[p][f] == lfap_rdot_at(A, i + p, B, j + f, n, c);)
        @ loop assigns q, v.dot[p][0 .. TILE-1];
        @ loop variant columns - q; */
        LFAP_UNROLL for (size_t q = 0; q < columns; q++) v.dot[p][q] += more.dot[p][q];
    c += w;
  }
  return v;
}

/* C[(i+p)*nb + j+q] = dot(A_{i+p}, B_{j+q}), p < rows, q < columns: what tile finds, written. */
/*@ requires tile: rows <= TILE && i + rows <= na && columns <= TILE && j + columns <= nb;
  @ LFAP_TABLE(C, A, na, B, nb, n)
  @ terminates \true;
  @ exits never: \false;
  @ assigns C[0 .. na*nb - 1];
  @ LFAP_REAL(ensures dots: \forall integer p, q; i <= p < i + rows && j <= q < j + columns
  @   ==> C[lfap_at(p, q, nb)] == \old(lfap_rdot_at(A, p, B, q, n, n));)
  @ LFAP_REAL(ensures kept: \forall integer p, q; 0 <= p < na && 0 <= q < nb && !(i <= p < i + rows
  @     && j <= q < j + columns)
  @   ==> C[lfap_at(p, q, nb)] == \old(C[lfap_at(p, q, nb)]);)
  @ LFAP_REAL(ensures same: \forall integer p, q; 0 <= p < na && 0 <= q < nb
  @   ==> lfap_rdot_at(A, p, B, q, n, n) == \old(lfap_rdot_at(A, p, B, q, n, n));) */
LFAP_INLINE void tile_at(double *C, const double *A, size_t i, size_t rows, const double *B, size_t j, size_t columns,
                         size_t na, size_t nb, size_t n) {
  dots v = tile(A, i, rows, B, j, columns, na, nb, n);
  /*@ loop invariant row: 0 <= p <= rows;
    @ LFAP_REAL(loop invariant dots: \forall integer e, f; i <= e < i + p && j <= f < j + columns
    @   ==> C[lfap_at(e, f, nb)] == v.dot[e - i][f - j];)
    @ LFAP_REAL(loop invariant kept: \forall integer e, f; 0 <= e < na && 0 <= f < nb && !(i <= e < i + rows
    @     && j <= f < j + columns)
    @   ==> C[lfap_at(e, f, nb)] == \at(C[lfap_at(e, f, nb)],Pre);)
    @ loop assigns p, C[0 .. na*nb - 1];
    @ loop variant rows - p; */
  LFAP_UNROLL for (size_t p = 0; p < rows; p++) {
    size_t c = start_of(i + p, na, nb);
    /*@ loop invariant column: 0 <= q;
      @ LFAP_REAL(loop invariant dots: \forall integer e, f; i <= e < i + p && j <= f < j + columns
      @   ==> C[lfap_at(e, f, nb)] == v.dot[e - i][f - j];)
      @ LFAP_REAL(loop invariant line: \forall integer e, f; i + p <= e < i + p + 1 && j <= f < j + columns
      @     && f < j + q ==> C[lfap_at(e, f, nb)] == v.dot[e - i][f - j];)
      @ LFAP_REAL(loop invariant kept: \forall integer e, f; 0 <= e < na && 0 <= f < nb && !(i <= e < i + rows
      @     && j <= f < j + columns)
      @   ==> C[lfap_at(e, f, nb)] == \at(C[lfap_at(e, f, nb)],Pre);)
      @ loop assigns q, C[0 .. na*nb - 1];
      @ loop variant columns - q; */
    LFAP_UNROLL for (size_t q = 0; q < columns; q++) {
      /*@ ghost lfap_at_only(i + p, j + q, nb); */
      /*@ assert here: LFAP_REAL_FACT(c + j + q == lfap_at(i + p, j + q, nb)); */
      C[c + j + q] = v.dot[p][q];
    }
  }
#ifdef LFAP_TIER_REAL
  /*@ ghost size_t p = 0, q = 0, f = 0; */
  /*@ ghost double x = 0.0, y = 0.0; */
  /*@ ghost
    /@ loop invariant row: 0 <= p <= na;
       LFAP_REAL(loop invariant same: \forall integer e, g; 0 <= e < p && 0 <= g < nb
         ==> lfap_rdot_at(A, e, B, g, n, n) == lfap_rdot_at{Pre}(A, e, B, g, n, n);)
       loop assigns p, q, f, x, y;
       loop variant na - p; @/
    while (p != na) {
      lfap_row_at(p, na, n);
      q = 0;
      /@ loop invariant column: 0 <= q <= nb;
         LFAP_REAL(loop invariant same: \forall integer g; 0 <= g < q
           ==> lfap_rdot_at(A, p, B, g, n, n) == lfap_rdot_at{Pre}(A, p, B, g, n, n);)
         loop assigns q, f, x, y;
         loop variant nb - q; @/
      while (q != nb) {
        lfap_row_at(q, nb, n);
        f = 0;
        /@ loop invariant term: 0 <= f <= n;
           LFAP_REAL(loop invariant same: lfap_rdot_at(A, p, B, q, n, f) == lfap_rdot_at{Pre}(A, p, B, q, n, f);)
           loop assigns f, x, y;
           loop variant n - f; @/
        while (f != n) {
          /@ assert cell_A: LFAP_REAL_FACT(0 <= p*n + f < na*n); @/
          /@ assert cell_B: LFAP_REAL_FACT(0 <= q*n + f < nb*n); @/
          x = A[p*n + f];
          y = B[q*n + f];
          /@ assert here: LFAP_REAL_FACT(lfap_rdot_at(A, p, B, q, n, f + 1) == lfap_rdot_at(A, p, B, q, n,
              f) + lfap_term(x, y)); @/
          /@ assert same_x: LFAP_REAL_FACT(x == \at(A[\at(p*n + f,Here)],Pre)); @/
          /@ assert same_y: LFAP_REAL_FACT(y == \at(B[\at(q*n + f,Here)],Pre)); @/
          /@ assert then: LFAP_REAL_FACT(lfap_rdot_at{Pre}(A, p, B, q, n, f + 1) == lfap_rdot_at{Pre}(A, p, B, q, n,
              f) + lfap_term(x, y)); @/
          f++;
        }
        q++;
      }
      p++;
    } */
#endif
}

/* Rows i .. i+rows-1 of C: tiles, then the columns that are left over. */
/*@ requires strip: rows <= TILE && i + rows <= na;
  @ LFAP_TABLE(C, A, na, B, nb, n)
  @ terminates \true;
  @ exits never: \false;
  @ assigns C[0 .. na*nb - 1];
  @ LFAP_REAL(ensures dots: \forall integer p, q; i <= p < i + rows && 0 <= q < nb
  @   ==> C[lfap_at(p, q, nb)] == \old(lfap_rdot_at(A, p, B, q, n, n));)
  @ LFAP_REAL(ensures kept: \forall integer p, q; 0 <= p < na && 0 <= q < nb && !(i <= p < i + rows)
  @   ==> C[lfap_at(p, q, nb)] == \old(C[lfap_at(p, q, nb)]);)
  @ LFAP_REAL(ensures same: \forall integer p, q; 0 <= p < na && 0 <= q < nb
  @   ==> lfap_rdot_at(A, p, B, q, n, n) == \old(lfap_rdot_at(A, p, B, q, n, n));) */
LFAP_INLINE void strip(double *C, const double *A, size_t i, size_t rows, const double *B, size_t na, size_t nb,
                       size_t n) {
  size_t j = 0;
  /*@ loop invariant column: 0 <= j <= nb;
    @ LFAP_REAL(loop invariant dots: \forall integer p, q; i <= p < i + rows && 0 <= q < j
    @   ==> C[lfap_at(p, q, nb)] == lfap_rdot_at{Pre}(A, p, B, q, n, n);)
    @ LFAP_REAL(loop invariant kept: \forall integer p, q; 0 <= p < na && 0 <= q < nb && !(i <= p < i + rows)
    @   ==> C[lfap_at(p, q, nb)] == \at(C[lfap_at(p, q, nb)],Pre);)
    @ LFAP_REAL(loop invariant same: \forall integer p, q; 0 <= p < na && 0 <= q < nb
    @   ==> lfap_rdot_at(A, p, B, q, n, n) == lfap_rdot_at{Pre}(A, p, B, q, n, n);)
    @ loop assigns j, C[0 .. na*nb - 1];
    @ loop variant nb - j; */
  for (; nb - j >= TILE; j += TILE) tile_at(C, A, i, rows, B, j, TILE, na, nb, n);
  /*@ loop invariant column: 0 <= j;
    @ LFAP_REAL(loop invariant dots: \forall integer p, q; i <= p < i + rows && 0 <= q < nb && q < j
    @   ==> C[lfap_at(p, q, nb)] == lfap_rdot_at{Pre}(A, p, B, q, n, n);)
    @ LFAP_REAL(loop invariant kept: \forall integer p, q; 0 <= p < na && 0 <= q < nb && !(i <= p < i + rows)
    @   ==> C[lfap_at(p, q, nb)] == \at(C[lfap_at(p, q, nb)],Pre);)
    @ LFAP_REAL(loop invariant same: \forall integer p, q; 0 <= p < na && 0 <= q < nb
    @   ==> lfap_rdot_at(A, p, B, q, n, n) == lfap_rdot_at{Pre}(A, p, B, q, n, n);)
    @ loop assigns j, C[0 .. na*nb - 1];
    @ loop variant nb - j; */
  for (; j < nb; j++) tile_at(C, A, i, rows, B, j, 1, na, nb, n);
}

LFAP_CLONES
void lfap_rows(double *C, const double *A, const double *B, size_t na, size_t nb, size_t n) {
  size_t i = 0;
  /*@ loop invariant row: 0 <= i <= na;
    @ LFAP_REAL(loop invariant dots: \forall integer p, q; 0 <= p < i && 0 <= q < nb
    @   ==> C[lfap_at(p, q, nb)] == lfap_rdot_at{Pre}(A, p, B, q, n, n);)
    @ LFAP_REAL(loop invariant same: \forall integer p, q; 0 <= p < na && 0 <= q < nb
    @   ==> lfap_rdot_at(A, p, B, q, n, n) == lfap_rdot_at{Pre}(A, p, B, q, n, n);)
    @ loop assigns i, C[0 .. na*nb - 1];
    @ loop variant na - i; */
  for (; na - i >= TILE; i += TILE) strip(C, A, i, TILE, B, na, nb, n);
  /*@ loop invariant row: 0 <= i <= na;
    @ LFAP_REAL(loop invariant dots: \forall integer p, q; 0 <= p < i && 0 <= q < nb
    @   ==> C[lfap_at(p, q, nb)] == lfap_rdot_at{Pre}(A, p, B, q, n, n);)
    @ LFAP_REAL(loop invariant same: \forall integer p, q; 0 <= p < na && 0 <= q < nb
    @   ==> lfap_rdot_at(A, p, B, q, n, n) == lfap_rdot_at{Pre}(A, p, B, q, n, n);)
    @ loop assigns i, C[0 .. na*nb - 1];
    @ loop variant na - i; */
  for (; i < na; i++) strip(C, A, i, 1, B, na, nb, n);
}

LFAP_CLONES
void lfap_gemv(double *y, const double *A, const double *x, size_t rows, size_t n) {
  strip(y, x, 0, 1, A, 1, rows, n);
  /*@ assert entry: LFAP_REAL_FACT(\forall integer i; 0 <= i < rows ==> y[i] == y[lfap_at(0, i, rows)]); */
}

LFAP_CLONES
void lfap_gram_row(double *g, const double *X, size_t i, size_t n, size_t d) {
  (void)n; /* only the contract needs it */
  /*@ ghost lfap_row_at(i, n, d); */
  /*@ assert rows: (i + 1)*d <= n*d; */
  strip(g, X + i * d, 0, 1, X, 1, i + 1, d);
  /*@ assert entry: LFAP_REAL_FACT(\forall integer j; 0 <= j <= i ==> g[j] == g[lfap_at(0, j, i + 1)]); */
}
