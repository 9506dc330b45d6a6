/* rows.c - tables of dots, several at once (N1). Every entry takes the steps of lfap_dot in their order. */
#include "rows.h"

#include "lanes_step.h"

enum { TILE = 4 };
/* in full: the prover mistakes the zeros that an initialiser leaves out for integers */
#define ZEROS {0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0}
#define ZEROS_4 {ZEROS, ZEROS, ZEROS, ZEROS}

/* A dot grows by one term at a time. */
/*@ ghost
  /@ terminates \true;
     exits never: \false;
     assigns \nothing;
     LFAP_REAL(ensures next: lfap_rdot(x, y, k + 1) == lfap_rdot(x, y, k) + x[k]*y[k];) @/
  static void lfap_term_at(const double *x, const double *y, size_t k) { }
*/

/* c[j] = dot(x, B_j) for four rows of B: x is read once for all. */
/*@ requires size: TILE*n <= SIZE_MAX;
  @ requires x: \valid_read(x + (0 .. n-1));
  @ requires B: \valid_read(B + (0 .. TILE*n - 1));
  @ requires c: \valid(c + (0 .. TILE-1));
  @ requires sep: \separated(c + (0 .. TILE-1), B + (0 .. TILE*n - 1));
  @ requires sep: \separated(c + (0 .. TILE-1), x + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns c[0 .. TILE-1];
  @ LFAP_REAL(ensures dots: \forall integer j; 0 <= j < TILE ==> c[j] == \old(lfap_rdot(x, B + j*n, n));)
  @ LFAP_REAL(ensures each: c[0] == \old(lfap_rdot(x, B, n)) && c[1] == \old(lfap_rdot(x, B + n, n))
  @   && c[2] == \old(lfap_rdot(x, B + 2*n, n)) && c[3] == \old(lfap_rdot(x, B + 3*n, n));) */
LFAP_INLINE void dot4(double *c, const double *x, const double *B, size_t n) {
  double s[TILE][LFAP_LANES] = ZEROS_4, t[LFAP_LANES];
  size_t k = 0;
  /*@ loop invariant lanes: 0 <= k <= n;
    @ LFAP_REAL(loop invariant dots: \forall integer i; 0 <= i < TILE ==> LFAP_TOTAL(s[i]) == lfap_rdot(x, B + i*n, k);)
    @ loop assigns k, s[0 .. TILE-1][0 .. LFAP_LANES-1];
    @ loop variant n - k; */
  for (; n - k >= LFAP_LANES; k += LFAP_LANES)
    /*@ loop invariant row: 0 <= j <= TILE;
      @ LFAP_REAL(loop invariant done: \forall integer i; 0 <= i < j ==> LFAP_TOTAL(s[i]) == lfap_rdot(x, B + i*n, k + LFAP_LANES);)
      @ LFAP_REAL(loop invariant todo: \forall integer i; j <= i < TILE ==> LFAP_TOTAL(s[i]) == lfap_rdot(x, B + i*n, k);)
      @ loop assigns j, s[0 .. TILE-1][0 .. LFAP_LANES-1];
      @ loop variant TILE - j; */
    LFAP_UNROLL for (size_t j = 0; j < TILE; j++) {
      /*@ ghost lfap_row_at(j, TILE, n); */
      /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
        @ LFAP_REAL(loop invariant dot: LFAP_TOTAL(s[j]) == lfap_rdot(x, B + j*n, k + l);)
        @ loop assigns l, s[j][0 .. LFAP_LANES-1];
        @ loop variant LFAP_LANES - l; */
      for (size_t l = 0; l < LFAP_LANES; l++) {
        /*@ ghost lfap_term_at(x, B + (j * n), k + l); */
        s[j][l] = fma(x[k + l], B[j * n + k + l], s[j][l]);
        /*@ assert grown: LFAP_REAL_FACT(LFAP_TOTAL(s[j]) == \at(LFAP_TOTAL(s[j]),LoopCurrent) + x[k + l]*B[j*n + k + l]); */
      }
    }
  /*@ loop invariant row: 0 <= j <= TILE;
    @ LFAP_REAL(loop invariant done: \forall integer i; 0 <= i < j ==> c[i] == \at(lfap_rdot(x, B + i*n, n),Pre);)
    @ LFAP_REAL(loop invariant same_x: \forall integer i; 0 <= i < n ==> x[i] == \at(x[i],Pre);)
    @ LFAP_REAL(loop invariant same_B: \forall integer i; 0 <= i < TILE*n ==> B[i] == \at(B[i],Pre);)
    @ loop assigns j, t[0 .. LFAP_LANES-1], c[0 .. TILE-1];
    @ loop variant TILE - j; */
  LFAP_UNROLL for (size_t j = 0; j < TILE; j++) {
    /*@ ghost lfap_row_at(j, TILE, n); */
    /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
      @ LFAP_REAL(loop invariant copy: \forall integer i; 0 <= i < l ==> t[i] == s[j][i];)
      @ loop assigns l, t[0 .. LFAP_LANES-1];
      @ loop variant LFAP_LANES - l; */
    for (size_t l = 0; l < LFAP_LANES; l++) t[l] = s[j][l];
    /*@ loop invariant lane: 0 <= l <= n - k;
      @ LFAP_REAL(loop invariant dot: LFAP_TOTAL(t) == lfap_rdot{Pre}(x, B + j*n, k + l);)
      @ loop assigns l, t[0 .. LFAP_LANES-1];
      @ loop variant n - k - l; */
    for (size_t l = 0; l < n - k; l++) {
      /*@ assert same: LFAP_REAL_FACT(\at(x[\at(k + l,Here)],Pre) == x[k + l] && \at(B[\at(j*n + k + l,Here)],Pre) == B[j*n + k + l]); */
      /*@ assert next: LFAP_REAL_FACT(lfap_rdot{Pre}(x, B + j*n, k + l + 1) == lfap_rdot{Pre}(x, B + j*n, k + l) + x[k + l]*B[j*n + k + l]); */
      t[l] = fma(x[k + l], B[j * n + k + l], t[l]);
      /*@ assert grown: LFAP_REAL_FACT(LFAP_TOTAL(t) == \at(LFAP_TOTAL(t),LoopCurrent) + x[k + l]*B[j*n + k + l]); */
    }
    c[j] = LFAP_JOIN(t);
  }
}

/* C[i*ldc + j] = dot(A_i, B_j) for four rows of each: sixteen chains of eight lanes hide the latency of fma. */
/*@ requires size: TILE*n <= SIZE_MAX && TILE <= ldc && TILE*ldc <= SIZE_MAX;
  @ requires A: \valid_read(A + (0 .. TILE*n - 1));
  @ requires B: \valid_read(B + (0 .. TILE*n - 1));
  @ requires C: \valid(C + (0 .. (TILE-1)*ldc + TILE-1));
  @ requires sep: \separated(C + (0 .. (TILE-1)*ldc + TILE-1), A + (0 .. TILE*n - 1));
  @ requires sep: \separated(C + (0 .. (TILE-1)*ldc + TILE-1), B + (0 .. TILE*n - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns C[0 .. (TILE-1)*ldc + TILE-1]; */
LFAP_INLINE void dot4x4(double *C, const double *A, const double *B, size_t ldc, size_t n) {
  double s[TILE][TILE][LFAP_LANES] = {ZEROS_4, ZEROS_4, ZEROS_4, ZEROS_4}, t[LFAP_LANES];
  size_t k = 0;
  /*@ loop invariant lanes: 0 <= k <= n;
    @ loop assigns k, s[0 .. TILE-1][0 .. TILE-1][0 .. LFAP_LANES-1];
    @ loop variant n - k; */
  for (; n - k >= LFAP_LANES; k += LFAP_LANES)
    /*@ loop invariant row: 0 <= i <= TILE;
      @ loop assigns i, s[0 .. TILE-1][0 .. TILE-1][0 .. LFAP_LANES-1];
      @ loop variant TILE - i; */
    LFAP_UNROLL for (size_t i = 0; i < TILE; i++)
      /*@ loop invariant column: 0 <= j <= TILE;
        @ loop assigns j, s[0 .. TILE-1][0 .. TILE-1][0 .. LFAP_LANES-1];
        @ loop variant TILE - j; */
      LFAP_UNROLL for (size_t j = 0; j < TILE; j++) {
        /*@ ghost lfap_row_at(i, TILE, n); */
        /*@ ghost lfap_row_at(j, TILE, n); */
        /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
          @ loop assigns l, s[0 .. TILE-1][0 .. TILE-1][0 .. LFAP_LANES-1];
          @ loop variant LFAP_LANES - l; */
        for (size_t l = 0; l < LFAP_LANES; l++)
          s[i][j][l] = fma(A[i * n + k + l], B[j * n + k + l], s[i][j][l]);
      }
  /*@ loop invariant row: 0 <= i <= TILE;
    @ loop assigns i, t[0 .. LFAP_LANES-1], C[0 .. (TILE-1)*ldc + TILE-1];
    @ loop variant TILE - i; */
  LFAP_UNROLL for (size_t i = 0; i < TILE; i++) {
    /*@ ghost lfap_row_at(i, TILE, ldc); */
    /*@ assert inside_C: 0 <= i*ldc <= (TILE-1)*ldc; */
    /*@ ghost lfap_row_at(i, TILE, n); */
    /*@ loop invariant column: 0 <= j <= TILE;
      @ loop assigns j, t[0 .. LFAP_LANES-1], C[0 .. (TILE-1)*ldc + TILE-1];
      @ loop variant TILE - j; */
    LFAP_UNROLL for (size_t j = 0; j < TILE; j++) {
      /*@ ghost lfap_row_at(j, TILE, n); */
      /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
        @ loop assigns l, t[0 .. LFAP_LANES-1];
        @ loop variant LFAP_LANES - l; */
      for (size_t l = 0; l < LFAP_LANES; l++) t[l] = s[i][j][l];
      /*@ loop invariant lane: 0 <= l <= n - k;
        @ loop assigns l, t[0 .. LFAP_LANES-1];
        @ loop variant n - k - l; */
      for (size_t l = 0; l < n - k; l++) t[l] = fma(A[i * n + k + l], B[j * n + k + l], t[l]);
      C[i * ldc + j] = LFAP_JOIN(t);
    }
  }
}

/* The dot with row j, seen from the whole matrix. */
/*@ ghost
  /@ requires row: j < rows;
     requires size: rows*n <= SIZE_MAX;
     terminates \true;
     exits never: \false;
     assigns \nothing;
     LFAP_REAL(ensures row: lfap_rdot(x, B + j*n, n) == lfap_rdot_at(x, 0, B, j, n, n);) @/
  static void lfap_dot_at(const double *x, const double *B, size_t j, size_t rows, size_t n) {
    size_t f = 0;
    /@ loop invariant term: 0 <= f <= n;
       LFAP_REAL(loop invariant row: lfap_rdot(x, B + j*n, f) == lfap_rdot_at(x, 0, B, j, n, f);)
       loop assigns f;
       loop variant n - f; @/
    while (f != n) f++;
  }
*/

/* c[i] = dot(x, B_i) for i = j .. j+count-1, one or four of them. */
/*@ requires tile: (count == 1 || count == TILE) && j + count <= rows;
  @ requires size: rows*n <= SIZE_MAX;
  @ requires x: \valid_read(x + (0 .. n-1));
  @ requires B: \valid_read(B + (0 .. rows*n - 1));
  @ requires c: \valid(c + (0 .. rows-1));
  @ requires sep: \separated(c + (0 .. rows-1), B + (0 .. rows*n - 1));
  @ requires sep: \separated(c + (0 .. rows-1), x + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns c[j .. j+count-1];
  @ LFAP_REAL(ensures dots: \forall integer i; j <= i < j + count ==> c[i] == \old(lfap_rdot_at(x, 0, B, i, n, n));)
  @ LFAP_REAL(ensures same: \forall integer i; 0 <= i < rows
  @   ==> lfap_rdot_at(x, 0, B, i, n, n) == \old(lfap_rdot_at(x, 0, B, i, n, n));) */
LFAP_INLINE void dots_at(double *c, const double *x, const double *B, size_t j, size_t count, size_t rows, size_t n) {
  (void)rows; /* only the contract needs it */
  /*@ ghost lfap_rows_at(j, count, rows, n); */
  /*@ ghost lfap_dot_at(x, B, j, rows, n); */
  if (count == 1)
    c[j] = lfap_lanes_dot(n, x, B + j * n);
  else {
    /*@ ghost lfap_dot_at(x, B, j + 1, rows, n); */
    /*@ ghost lfap_dot_at(x, B, j + 2, rows, n); */
    /*@ ghost lfap_dot_at(x, B, j + 3, rows, n); */
    dot4(c + j, x, B + j * n, n);
  }
  /*@ ghost size_t r = 0, f = 0; */
  /*@ ghost double p = 0.0, q = 0.0; */
  /*@ ghost
    /@ loop invariant row: 0 <= r <= rows;
       LFAP_REAL(loop invariant same: \forall integer i; 0 <= i < r
         ==> lfap_rdot_at(x, 0, B, i, n, n) == lfap_rdot_at{Pre}(x, 0, B, i, n, n);)
       loop assigns r, f, p, q;
       loop variant rows - r; @/
    while (r != rows) {
      lfap_row_at(r, rows, n);
      f = 0;
      /@ loop invariant term: 0 <= f <= n;
         LFAP_REAL(loop invariant same: lfap_rdot_at(x, 0, B, r, n, f) == lfap_rdot_at{Pre}(x, 0, B, r, n, f);)
         loop assigns f, p, q;
         loop variant n - f; @/
      while (f != n) {
        /@ assert cell: LFAP_REAL_FACT(0 <= r*n + f < rows*n); @/
        /@ assert next: LFAP_REAL_FACT(lfap_rdot_at(x, 0, B, r, n, f + 1) == lfap_rdot_at(x, 0, B, r, n, f) + lfap_term(x[f], B[r*n + f])); @/
        p = x[f];
        q = B[r*n + f];
        /@ assert value: LFAP_REAL_FACT(q == B[r*n + f]); @/
        /@ assert linked: LFAP_REAL_FACT(lfap_term(x[f], B[r*n + f]) == lfap_term(p, q)); @/
        /@ assert same_x: LFAP_REAL_FACT(p == \at(x[\at(f,Here)],Pre)); @/
        /@ assert same_B: LFAP_REAL_FACT(q == \at(B[\at(r*n + f,Here)],Pre)); @/
        /@ assert then: LFAP_REAL_FACT(lfap_rdot_at{Pre}(x, 0, B, r, n, f + 1) == lfap_rdot_at{Pre}(x, 0, B, r, n, f) + lfap_term(p, q)); @/
        /@ assert here: LFAP_REAL_FACT(lfap_rdot_at(x, 0, B, r, n, f + 1) == lfap_rdot_at(x, 0, B, r, n, f) + lfap_term(p, q)); @/
        /@ assert both: LFAP_REAL_FACT(lfap_rdot_at(x, 0, B, r, n, f + 1) == lfap_rdot_at{Pre}(x, 0, B, r, n, f + 1)); @/
        f++;
      }
      r++;
    } */
}

/* c[j] = dot(x, B_j) for j < rows. */
/*@ requires size: rows*n <= SIZE_MAX;
  @ requires x: \valid_read(x + (0 .. n-1));
  @ requires B: \valid_read(B + (0 .. rows*n - 1));
  @ requires c: \valid(c + (0 .. rows-1));
  @ requires sep: \separated(c + (0 .. rows-1), B + (0 .. rows*n - 1));
  @ requires sep: \separated(c + (0 .. rows-1), x + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns c[0 .. rows-1];
  @ LFAP_REAL(ensures dots: \forall integer j; 0 <= j < rows ==> c[j] == \old(lfap_rdot_at(x, 0, B, j, n, n));) */
LFAP_INLINE void dot_row(double *c, const double *x, const double *B, size_t rows, size_t n) {
  size_t j = 0;
  /*@ loop invariant row: 0 <= j <= rows;
    @ LFAP_REAL(loop invariant dots: \forall integer i; 0 <= i < j ==> c[i] == lfap_rdot_at{Pre}(x, 0, B, i, n, n);)
    @ LFAP_REAL(loop invariant same: \forall integer i; 0 <= i < rows
    @   ==> lfap_rdot_at(x, 0, B, i, n, n) == lfap_rdot_at{Pre}(x, 0, B, i, n, n);)
    @ loop assigns j, c[0 .. rows-1];
    @ loop variant rows - j; */
  for (; rows - j >= TILE; j += TILE) dots_at(c, x, B, j, TILE, rows, n);
  /*@ loop invariant row: 0 <= j <= rows;
    @ LFAP_REAL(loop invariant dots: \forall integer i; 0 <= i < j ==> c[i] == lfap_rdot_at{Pre}(x, 0, B, i, n, n);)
    @ LFAP_REAL(loop invariant same: \forall integer i; 0 <= i < rows
    @   ==> lfap_rdot_at(x, 0, B, i, n, n) == lfap_rdot_at{Pre}(x, 0, B, i, n, n);)
    @ loop assigns j, c[0 .. rows-1];
    @ loop variant rows - j; */
  for (; j < rows; j++) dots_at(c, x, B, j, 1, rows, n);
}

LFAP_CLONES
void lfap_gemv(double *y, const double *A, const double *x, size_t rows, size_t n) {
  dot_row(y, x, A, rows, n);
}

/* Four rows of C: tiles, then the columns that are left over. */
/*@ requires size: TILE*n <= SIZE_MAX && nb*n <= SIZE_MAX && TILE*nb <= SIZE_MAX;
  @ requires A: \valid_read(A + (0 .. TILE*n - 1));
  @ requires B: \valid_read(B + (0 .. nb*n - 1));
  @ requires C: \valid(C + (0 .. TILE*nb - 1));
  @ requires sep: \separated(C + (0 .. TILE*nb - 1), A + (0 .. TILE*n - 1));
  @ requires sep: \separated(C + (0 .. TILE*nb - 1), B + (0 .. nb*n - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns C[0 .. TILE*nb - 1]; */
LFAP_INLINE void rows4(double *C, const double *A, const double *B, size_t nb, size_t n) {
  size_t j = 0;
  /*@ loop invariant column: 0 <= j <= nb;
    @ loop assigns j, C[0 .. TILE*nb - 1];
    @ loop variant nb - j; */
  for (; nb - j >= TILE; j += TILE) {
    /*@ ghost lfap_rows_at(j, TILE, nb, n); */
    dot4x4(C + j, A, B + j * n, nb, n);
  }
  /*@ loop invariant column: 0 <= j <= nb;
    @ loop assigns j, C[0 .. TILE*nb - 1];
    @ loop variant nb - j; */
  for (; j < nb; j++) {
    /*@ ghost lfap_row_at(j, nb, n); */
    /*@ loop invariant row: 0 <= i <= TILE;
      @ loop assigns i, C[0 .. TILE*nb - 1];
      @ loop variant TILE - i; */
    for (size_t i = 0; i < TILE; i++) {
      /*@ ghost lfap_row_at(i, TILE, n); */
      /*@ ghost lfap_row_at(i, TILE, nb); */
      C[i * nb + j] = lfap_lanes_dot(n, A + i * n, B + j * n);
    }
  }
}

LFAP_CLONES
void lfap_rows(double *C, const double *A, const double *B, size_t na, size_t nb, size_t n) {
  size_t i = 0;
  /*@ loop invariant row: 0 <= i <= na;
    @ loop assigns i, C[0 .. na*nb - 1];
    @ loop variant na - i; */
  for (; na - i >= TILE; i += TILE) {
    /*@ ghost lfap_rows_at(i, TILE, na, n); */
    /*@ ghost lfap_rows_at(i, TILE, na, nb); */
    rows4(C + i * nb, A + i * n, B, nb, n);
  }
  /*@ loop invariant row: 0 <= i <= na;
    @ loop assigns i, C[0 .. na*nb - 1];
    @ loop variant na - i; */
  for (; i < na; i++) {
    /*@ ghost lfap_row_at(i, na, n); */
    /*@ ghost lfap_row_at(i, na, nb); */
    dot_row(C + i * nb, A + i * n, B, nb, n);
  }
}

LFAP_CLONES
void lfap_gram_row(double *g, const double *X, size_t i, size_t n, size_t d) {
  (void)n; /* only the contract needs it */
  /*@ ghost lfap_row_at(i, n, d); */
  /*@ assert rows: (i + 1)*d <= n*d; */
  dot_row(g, X + i * d, X, i + 1, d);
}
