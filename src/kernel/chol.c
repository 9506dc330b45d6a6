/* chol.c - the Cholesky factor, by rows and by blocks of columns (N6; Q1: Q lambda = 1). Of a block's entries the dots over whole
 * slices are there (D); what follows adds the last slice's, divides and takes roots. Six rows are packed and meet the packed rows
 * of the corner four at a time: the lanes of these 24 dots up to the last whole step come from a tile, then a column's entries are
 * finished, and packed, before the next column needs them. A is the factor from a row and a column on: rows of n doubles, of which
 * the last ends after cols. */
#ifdef __FRAMAC__
#include "entry.acsl"
#endif

#include "chol.h"

#include "clones.h"
#include "lanes.h"
#include "lanes_step.h"
#include "mathspec.h"
#ifdef __FRAMAC__
#include "packed.acsl"
#endif

/* A store to A_ij and its packed copy: dots over the columns left of it, and dots of other rows, stay what they are. */
/*@ requires cell: i < rows && j < cols && cols <= n;
  @ LFAP_FACTOR_PART(A, rows, cols, n)
  @ requires x: \valid(x) && \separated(x, A + (0 .. rows*n - n + cols - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns A[i*n + j], *x;
  @ LFAP_REAL(ensures stored: A[i*n + j] == v && *x == v;)
  @ LFAP_REAL(ensures left: lfap_same_left{Old, Here}(A, rows, n, j);)
  @ LFAP_REAL(ensures others: lfap_same_others{Old, Here}(A, i, i + 1, rows, cols, n);) */
LFAP_INLINE void put(double *A, double *x, size_t i, size_t j, double v, size_t rows, size_t cols, size_t n) {
  (void)rows; /* only the contract needs them */
  (void)cols;
  /*@ ghost lfap_row_at(i, rows, n); */
  A[i * n + j] = v;
  *x = v;
#ifdef LFAP_TIER_REAL
#define WRITTEN_ROW i
#define WRITTEN_COLUMN j
#include "same_rows.acsl"
#endif
}

/* A_ij, an entry q on the diagonal, becomes sqrt(q - s), s the squares left of it, if that pivot is above its bound
   n*2^-52*q; else it stays. Written so that a NaN is a bad pivot. */
/*@ requires cell: i < rows && j < cols && cols <= n;
  @ LFAP_FACTOR_PART(A, rows, cols, n)
  @ terminates \true;
  @ exits never: \false;
  @ assigns A[i*n + j];
  @ ensures verdict: \result == 0 || \result == 1;
  @ LFAP_REAL(ensures taken: \result == 1 <==> \old(A[i*n + j]) - s > lfap_pivot_bound(\old(A[i*n + j]), n);)
  @ LFAP_REAL(ensures root: \result == 1 && s < \old(A[i*n + j])
  @   ==> A[i*n + j] > 0.0 && lfap_term(A[i*n + j], A[i*n + j]) == \old(A[i*n + j]) - s;)
  @ LFAP_REAL(ensures kept: \result == 0 ==> A[i*n + j] == \old(A[i*n + j]);)
  @ LFAP_REAL(ensures left: lfap_same_left{Old, Here}(A, rows, n, j);)
  @ LFAP_REAL(ensures others: lfap_same_others{Old, Here}(A, i, i + 1, rows, cols, n);)
  @ LFAP_VALUE(ensures nan: \is_NaN(s) || \is_NaN(\old(A[i*n + j])) ==> \result == 0;) */
LFAP_INLINE int take_root(double *A, size_t i, size_t j, double s, size_t rows, size_t cols, size_t n) {
  /*@ ghost lfap_row_at(i, rows, n); */
  double q = A[i * n + j], pivot = q - s, copy;
  if (!(pivot > (double)n * 0x1p-52 * q)) return 0;
  put(A, &copy, i, j, sqrt(pivot), rows, cols, n);
  return 1;
}

/* A_ij = (A_ij - s) / pivot, which is A_bj. */
/*@ requires cell: i < rows && b < i && j < cols && cols <= n;
  @ LFAP_FACTOR_PART(A, rows, cols, n)
  @ requires x: \valid(x) && \separated(x, A + (0 .. rows*n - n + cols - 1));
  @ LFAP_REAL(requires pivot: lfap_nonzero(A[b*n + j]) && pivot == A[b*n + j];)
  @ terminates \true;
  @ exits never: \false;
  @ assigns A[i*n + j], *x;
  @ LFAP_REAL(ensures equation: s + lfap_term(A[i*n + j], A[b*n + j]) == \old(A[i*n + j]);)
  @ LFAP_REAL(ensures packed: *x == A[i*n + j];)
  @ LFAP_REAL(ensures left: lfap_same_left{Old, Here}(A, rows, n, j);)
  @ LFAP_REAL(ensures others: lfap_same_others{Old, Here}(A, i, i + 1, rows, cols, n);) */
LFAP_INLINE void divide(double *A, double *x, size_t i, size_t b, size_t j, double pivot, double s, size_t rows,
                        size_t cols, size_t n) {
  (void)b;
  /*@ ghost lfap_row_at(i, rows, n); */
  /*@ ghost lfap_row_at(b, rows, n); */
  /*@ ghost lfap_row_at(b, i, n); */
  double v = (A[i * n + j] - s) / pivot;
  /*@ assert solved: LFAP_REAL_FACT(lfap_term(v, pivot) == A[i*n + j] - s); */
  put(A, x, i, j, v, rows, cols, n);
  /*@ assert same: LFAP_REAL_FACT(A[b*n + j] == pivot); */
}

/* A whole dot: d, over the columns `before` the last slice if there are any, and s, over the last one's if there are any. */
/*@ requires d: before != 0 ==> \valid_read(d);
  @ LFAP_REAL(requires none: columns == 0 ==> lfap_none(s);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from before, *d, columns, s;
  @ LFAP_REAL(ensures whole: \result == lfap_before(d, 0, before) + s;) */
LFAP_INLINE double total(size_t before, const double *d, size_t columns, double s) {
  if (!before) return s;
  return columns ? *d + s : *d;
}

/* A_ij of a row, j = off + c, by a plain dot; d is where the dot before the slice is. */
/*@ requires cell: c < i && i < rows && off + c < cols && cols <= n;
  @ LFAP_FACTOR_PART(A, rows, cols, n)
  @ requires d: before != 0 ==> \valid_read(d) && \separated(d, A + (0 .. rows*n - n + cols - 1));
  @ LFAP_REAL(requires pivot: lfap_nonzero(A[lfap_diagonal(c, off, n)]);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns A[i*n + off + c];
  @ LFAP_REAL(ensures equation: lfap_parts(\old(lfap_before(d, 0, before)), lfap_rdot_at(A, i, A, c, n, off + c + 1),
  @   \old(A[i*n + off + c]));)
  @ LFAP_REAL(ensures left: lfap_same_left{Old, Here}(A, rows, n, off + c);)
  @ LFAP_REAL(ensures others: lfap_same_others{Old, Here}(A, i, i + 1, rows, cols, n);) */
LFAP_INLINE void entry(double *A, const double *d, size_t before, size_t off, size_t i, size_t c, size_t rows,
                       size_t cols, size_t n) {
  /*@ ghost lfap_row_at(i, rows, n); */
  /*@ ghost lfap_row_at(c, rows, n); */
  /*@ ghost lfap_row_at(c, i, n); */
  /*@ ghost lfap_rows_dot(A, i, c, off + c, rows, n); */
  double copy, s = total(before, d, off + c, lfap_dot(off + c, A + i * n, A + c * n));
  /*@ assert sum: LFAP_REAL_FACT(s == lfap_before(d, 0, before) + lfap_rdot_at(A, i, A, c, n, off + c)); */
  /*@ assert place: LFAP_REAL_FACT(lfap_diagonal(c, off, n) == c*n + off + c); */
  divide(A, &copy, i, c, off + c, A[c * n + off + c], s, rows, cols, n);
  /*@ assert next: LFAP_REAL_FACT(lfap_rdot_at(A, i, A, c, n, off + c + 1)
    @   == lfap_rdot_at(A, i, A, c, n, off + c) + lfap_term(A[i*n + off + c], A[c*n + off + c])); */
}

/* The pivot of row i. */
/*@ requires cell: i < rows && off + i < cols && cols <= n;
  @ requires size: n*n <= SIZE_MAX;
  @ LFAP_FACTOR_PART(A, rows, cols, n)
  @ requires d: before != 0 ==> \valid_read(d) && \separated(d, A + (0 .. rows*n - n + cols - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns A[i*n + off + i];
  @ ensures verdict: \result == 0 || \result == 1;
  @ LFAP_REAL(ensures taken: \result == 1 <==> !lfap_bad_pivot(\old(A[i*n + off + i]),
  @   \old(lfap_before(d, 0, before)) + lfap_rdot_at(A, i, A, i, n, off + i), n);)
  @ LFAP_REAL(ensures pivot: \result == 1 && lfap_not_negative(\old(lfap_before(d, 0, before)))
  @   ==> A[i*n + off + i] > 0.0 && lfap_parts(\old(lfap_before(d, 0, before)),
  @   lfap_rdot_at(A, i, A, i, n, off + i + 1), \old(A[i*n + off + i]));)
  @ LFAP_REAL(ensures left: lfap_same_left{Old, Here}(A, rows, n, off + i);)
  @ LFAP_REAL(ensures others: lfap_same_others{Old, Here}(A, i, i + 1, rows, cols, n);) */
LFAP_INLINE int take_pivot(double *A, const double *d, size_t before, size_t off, size_t i, size_t rows, size_t cols,
                           size_t n) {
  /*@ ghost lfap_row_at(i, rows, n); */
  /*@ ghost lfap_rows_dot(A, i, i, off + i, rows, n); */
  /*@ ghost lfap_squares(A, i, off + i, n); */
  double s = total(before, d, off + i, lfap_dot(off + i, A + i * n, A + i * n));
  /*@ assert sum: LFAP_REAL_FACT(s == lfap_before(d, 0, before) + lfap_rdot_at(A, i, A, i, n, off + i)); */
  /*@ ghost lfap_pivot_positive(A[i * n + off + i], s, n); */
  int good = take_root(A, i, off + i, s, rows, cols, n);
  /*@ assert next: LFAP_REAL_FACT(lfap_rdot_at(A, i, A, i, n, off + i + 1)
    @   == lfap_rdot_at(A, i, A, i, n, off + i) + lfap_term(A[i*n + off + i], A[i*n + off + i])); */
  return good;
}

/* Entries from .. i-1 of row i; D is the row of dots before the slice. */
/*@ LFAP_FACTOR_ROW(A, D, before, off, i, from, rows, cols, n)
  @ terminates \true;
  @ exits never: \false;
  @ assigns A[i*n + off + from .. i*n + off + i];
  @ LFAP_REAL(ensures pivots: lfap_pivots(A, off, n, i);)
  @ LFAP_REAL(ensures row: lfap_row_solved{Old, Here}(A, D, before, off, i, from, i, n);)
  @ LFAP_REAL(ensures todo: A[i*n + off + i] == \old(A[i*n + off + i]);)
  @ LFAP_REAL(ensures before: lfap_before(D, i, before) == \old(lfap_before(D, i, before));)
  @ LFAP_REAL(ensures left: lfap_same_left{Old, Here}(A, rows, n, off + from);)
  @ LFAP_REAL(ensures others: lfap_same_others{Old, Here}(A, i, i + 1, rows, cols, n);) */
LFAP_INLINE void entries(double *A, const double *D, size_t before, size_t off, size_t i, size_t from, size_t rows,
                         size_t cols, size_t n) {
  /*@ ghost lfap_row_at(i, rows, n); */
  /*@ ghost lfap_diagonal_at(i, off, n); */
  /*@ loop invariant column: from <= c <= i;
    @ LFAP_REAL(loop invariant row: lfap_row_solved{Pre, Here}(A, D, before, off, i, from, c, n);)
    @ LFAP_REAL(loop invariant before: \forall integer e; from <= e <= i ==> lfap_before(D, e, before) == lfap_before{Pre}(D, e, before);)
    @ LFAP_REAL(loop invariant todo: \forall integer e; i*n + off + c <= e <= i*n + off + i ==> A[e] == \at(A[e],Pre);)
    @ LFAP_REAL(loop invariant pivots: lfap_pivots(A, off, n, i);)
    @ LFAP_REAL(loop invariant left: lfap_same_left{Pre, Here}(A, rows, n, off + from);)
    @ LFAP_REAL(loop invariant others: lfap_same_others{Pre, Here}(A, i, i + 1, rows, cols, n);)
    @ loop assigns c, A[i*n + off + from .. i*n + off + i];
    @ loop variant i - c; */
  for (size_t c = from; c != i; c++) {
    /*@ assert place: LFAP_REAL_FACT(lfap_at(i, off + c, n) == i*n + off + c); */
    /*@ assert mine: LFAP_REAL_FACT(A[i*n + off + c] == \at(A[\at(i*n + off + c,Here)],Pre)); */
    /*@ assert before: LFAP_REAL_FACT(lfap_before(D + c, 0, before) == lfap_before{Pre}(D, c, before)); */
    entry(A, D + c, before, off, i, c, rows, cols, n);
    /*@ assert pivots: LFAP_REAL_FACT(\forall integer e; 0 <= e < i ==> lfap_nonzero(A[lfap_diagonal(e, off, n)])); */
    /*@ assert now: LFAP_REAL_FACT(lfap_solved{Pre, Here}(A, lfap_before{Pre}(D, c, before), off, i, c, n)); */
    /*@ assert then: LFAP_REAL_FACT(lfap_row_solved{Pre, Here}(A, D, before, off, i, from, c, n)); */
  }
}

/* The same, and the pivot. */
/*@ LFAP_FACTOR_ROW(A, D, before, off, i, from, rows, cols, n)
  @ requires square: n*n <= SIZE_MAX;
  @ terminates \true;
  @ exits never: \false;
  @ assigns A[i*n + off + from .. i*n + off + i];
  @ ensures verdict: \result == 0 || \result == 1;
  @ LFAP_REAL(ensures pivots: lfap_pivots(A, off, n, i);)
  @ LFAP_REAL(ensures row: lfap_row_solved{Old, Here}(A, D, before, off, i, from, i, n);)
  @ LFAP_REAL(ensures taken: \result == 1 <==> !lfap_bad_pivot(\old(A[i*n + off + i]),
  @   \old(lfap_before(D, i, before)) + lfap_rdot_at(A, i, A, i, n, off + i), n);)
  @ LFAP_REAL(ensures pivot: \result == 1 && lfap_not_negative(\old(lfap_before(D, i, before)))
  @   ==> A[i*n + off + i] > 0.0 && lfap_parts(\old(lfap_before(D, i, before)),
  @   lfap_rdot_at(A, i, A, i, n, off + i + 1), \old(A[i*n + off + i]));)
  @ LFAP_REAL(ensures left: lfap_same_left{Old, Here}(A, rows, n, off + from);)
  @ LFAP_REAL(ensures others: lfap_same_others{Old, Here}(A, i, i + 1, rows, cols, n);) */
LFAP_INLINE int row_from(double *A, const double *D, size_t before, size_t off, size_t i, size_t from, size_t rows,
                         size_t cols, size_t n) {
  entries(A, D, before, off, i, from, rows, cols, n);
  /*@ ghost lfap_row_at(i, rows, n); */
  /*@ ghost lfap_diagonal_at(i, off, n); */
  /*@ assert before: LFAP_REAL_FACT(lfap_before(D + i, 0, before) == lfap_before{Pre}(D, i, before)); */
  int good = take_pivot(A, D + i, before, off, i, rows, cols, n);
  /*@ assert row: LFAP_REAL_FACT(lfap_row_solved{Pre, Here}(A, D, before, off, i, from, i, n)); */
  return good;
}

int lfap_chol_row(double *L, size_t i, size_t n) {
  /*@ ghost lfap_pivots_at(L, i, n); */
  int good = row_from(L, L, 0, 0, i, 0, n, n, n);
#ifdef LFAP_TIER_REAL
  /*@ ghost size_t f = 0; */
  /*@ ghost
    /@ loop invariant column: 0 <= f <= i;
       LFAP_REAL(loop invariant row: \forall integer j; 0 <= j < f ==> lfap_rdot_at(L, i, L, j, n, j + 1) == \at(L[lfap_at(i, j, n)],Pre);)
       LFAP_REAL(loop invariant pivots: \forall integer j; 0 <= j < f ==> lfap_nonzero(L[lfap_at(j, j, n)]);)
       loop assigns f;
       loop variant i - f; @/
    while (f != i) {
      /@ assert place: LFAP_REAL_FACT(lfap_diagonal(f, 0, n) == lfap_at(f, f, n)); @/
      /@ assert solved: LFAP_REAL_FACT(lfap_solved{Pre, Here}(L, lfap_before{Pre}(L, f, 0), 0, i, f, n)); @/
      /@ assert pivot: LFAP_REAL_FACT(lfap_nonzero(L[lfap_diagonal(f, 0, n)])); @/
      f++;
    } */
#endif
  return good;
}

size_t lfap_chol(double *L, size_t n) {
  /*@ loop invariant row: 0 <= i <= n;
    @ LFAP_REAL(loop invariant factor: \forall integer r, c; 0 <= c <= r < i
    @   ==> lfap_rdot_at(L, r, L, c, n, c + 1) == \at(L[lfap_at(r, c, n)],Pre);)
    @ LFAP_REAL(loop invariant pivots: \forall integer r; 0 <= r < i ==> lfap_nonzero(L[lfap_at(r, r, n)]);)
    @ LFAP_REAL(loop invariant todo: \forall integer c; i*n <= c < n*n ==> L[c] == \at(L[c],Pre);)
    @ loop assigns i, L[0 .. n*n - 1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    /*@ ghost lfap_row_at(i, n, n); */
    /*@ assert mine: LFAP_REAL_FACT(\forall integer c; i*n <= c <= i*n + i ==> L[c] == \at(L[c],Pre)); */
    if (!lfap_chol_row(L, i, n)) return i;
    /*@ assert above: LFAP_REAL_FACT(\forall integer r, c; 0 <= c <= r < i
      @   ==> lfap_rdot_at(L, r, L, c, n, c + 1) == \at(L[lfap_at(r, c, n)],Pre)); */
    /*@ assert place: LFAP_REAL_FACT(lfap_at(i, i, n) == i*n + i); */
    /*@ assert row: LFAP_REAL_FACT(\forall integer c; 0 <= c <= i
      @   ==> lfap_rdot_at(L, i, L, c, n, c + 1) == \at(L[lfap_at(\at(i,Here), c, n)],Pre)); */
  }
  return n;
}

/* The dot whose lanes are t up to its last step, in which x and y meet. */
/*@ requires t: \valid_read(t + (0 .. LFAP_LANES-1));
  @ LFAP_TWO_VECTORS(x, y, LFAP_LANES)
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from t[0 .. LFAP_LANES-1], x[0 .. LFAP_LANES-1], y[0 .. LFAP_LANES-1];
  @ LFAP_REAL(ensures dot: \result == LFAP_TOTAL(t) + lfap_rdot(x, y, LFAP_LANES);) */
LFAP_INLINE double joined(const double *t, const double *x, const double *y) {
  double s[LFAP_LANES];
  /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
    @ LFAP_REAL(loop invariant copy: \forall integer i; 0 <= i < l ==> s[i] == t[i];)
    @ loop assigns l, s[0 .. LFAP_LANES-1];
    @ loop variant LFAP_LANES - l; */
  for (size_t l = 0; l < LFAP_LANES; l++) s[l] = t[l];
  /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
    @ LFAP_REAL(loop invariant dot: LFAP_TOTAL(s) == LFAP_TOTAL(t) + lfap_rdot(x, y, l);)
    @ loop assigns l, s[0 .. LFAP_LANES-1];
    @ loop variant LFAP_LANES - l; */
  for (size_t l = 0; l < LFAP_LANES; l++) s[l] = fma(x[l], y[l], s[l]);
  return LFAP_JOIN(s);
}

/* Entry c of row i: t are the lanes of its dot up to column k, x and y what the rows have in the step there, up to entry l, which
   in y is the pivot. */
/*@ requires cell: c < i && i < rows && k + l < cols && cols <= n && l < LFAP_LANES;
  @ LFAP_FACTOR_PART(A, rows, cols, n)
  @ requires d: before != 0 ==> \valid_read(d);
  @ requires x: \valid(x + (0 .. LFAP_LANES-1)) && \separated(x + (0 .. LFAP_LANES-1), A + (0 .. rows*n - n + cols - 1));
  @ requires y: \valid_read(y + (0 .. LFAP_LANES-1));
  @ requires t: \valid_read(t + (0 .. LFAP_LANES-1));
  @ LFAP_REAL(requires pivot: lfap_nonzero(A[lfap_at(c, k + l, n)]) && y[l] == A[lfap_at(c, k + l, n)];)
  @ LFAP_REAL(requires dot: lfap_lanes_sum(t, 0) + lfap_rdot(x, y, LFAP_LANES) == lfap_rdot_at(A, i, A, c, n, k + l);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns A[i*n + k + l], x[l];
  @ LFAP_REAL(ensures equation: lfap_parts(\old(lfap_before(d, 0, before)), lfap_rdot_at(A, i, A, c, n, k + l + 1), \old(A[i*n + k + l]));)
  @ LFAP_REAL(ensures packed: x[l] == A[i*n + k + l];)
  @ LFAP_REAL(ensures left: lfap_same_left{Old, Here}(A, rows, n, k + l);)
  @ LFAP_REAL(ensures others: lfap_same_others{Old, Here}(A, i, i + 1, rows, cols, n);) */
LFAP_INLINE void finish(double *A, const double *d, double *x, const double *y, const double *t, size_t before,
                        size_t i, size_t c, size_t k, size_t l, size_t rows, size_t cols, size_t n) {
  /*@ ghost lfap_row_at(i, rows, n); */
  /*@ ghost lfap_row_at(c, i, n); */
  double s = total(before, d, k + l, joined(t, x, y));
  /*@ assert sum: LFAP_REAL_FACT(s == lfap_before(d, 0, before) + lfap_rdot_at(A, i, A, c, n, k + l)); */
  /*@ assert place: LFAP_REAL_FACT(lfap_at(c, k + l, n) == c*n + k + l); */
  divide(A, x + l, i, c, k + l, y[l], s, rows, cols, n);
  /*@ ghost lfap_dot_next(A, i, c, k + l, n); */
}

/* The same for packed row r, row i+r of A, and packed row c in Y. */
/*@ LFAP_FACTOR_COLUMN(A, D, P, Y, before, i, m, c, step, l, rows, cols, n)
  @ requires row: r < m;
  @ LFAP_REAL(requires lanes: lfap_lanes_sum(P, lfap_lanes_place(r, c % 4)) == lfap_rdot_at(A, i + r, A, c, n, 8*step);)
  @ LFAP_REAL(requires packed: lfap_packed(P, 48, r, A, i, n, 8*step + l) && lfap_padded(P, 48, r, 8*step + l, 512);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns A[(i + r)*n + step*LFAP_LANES + l], P[(step*LFAP_TILE_A + r)*LFAP_LANES + l];
  @ LFAP_REAL(ensures equation: LFAP_SOLVED(Old, r, c, 8*step + l - c, i + r);)
  @ LFAP_REAL(ensures packed: lfap_packed(P, 48, r, A, i, n, 8*step + l + 1) && lfap_padded(P, 48, r, 8*step + l + 1, 512);)
  @ LFAP_REAL(ensures kept: lfap_other_packed{Old, Here}(P, r);)
  @ LFAP_REAL(ensures lanes: lfap_same_sums{Old, Here}(P);)
  @ LFAP_REAL(ensures Y: lfap_same_doubles{Old, Here}(Y, 0, 2048);)
  @ LFAP_REAL(ensures before: lfap_same_before{Old, Here}(D, m, before);)
  @ LFAP_REAL(ensures cells: lfap_other_cells{Old, Here}(A, i + r, i + r + 1, 8*step + l, 8*step + l + 1, rows, cols, n);)
  @ LFAP_REAL(ensures left: lfap_same_left{Old, Here}(A, rows, n, 8*step + l);)
  @ LFAP_REAL(ensures others: lfap_same_others{Old, Here}(A, i + r, i + r + 1, rows, cols, n);) */
LFAP_INLINE void packed_entry(double *A, const double *D, double *P, const double *Y, size_t before, size_t i, size_t m,
                              size_t r, size_t c, size_t step, size_t l, size_t rows, size_t cols, size_t n) {
  (void)m;
  size_t q = c % LFAP_TILE_B;
  double *x = P + (step * LFAP_TILE_A + r) * LFAP_LANES;
  const double *y = Y + (step * LFAP_TILE_B + q) * LFAP_LANES,
               *t = P + LFAP_PANEL_A + (r * LFAP_TILE_B + q) * LFAP_LANES;
  /*@ ghost lfap_row_at(i + r, rows, n); */
  /*@ ghost lfap_entries_inside(rows, cols, n); */
  /*@ assert written: 0 <= (i + r)*n + step*LFAP_LANES + l <= rows*n - n + cols - 1; */
  /*@ ghost lfap_at_only(i + r, step * LFAP_LANES + l, n); */
  /*@ ghost lfap_at_only(step, r * LFAP_LANES + l, 6 * LFAP_LANES); */
  /*@ ghost lfap_at_only(r, l, LFAP_LANES); */
  /*@ ghost lfap_packed_step(P, r, Y, q, A, i, c - q, step, l, n); */
  /*@ assert pivot: LFAP_REAL_FACT(Y[lfap_at(step, lfap_at(c % 4, l, 8), 32)] == A[lfap_at(c, 8*step + l, n)]); */
  /*@ assert lanes: LFAP_REAL_FACT(lfap_lanes_place(r, c % 4) == 3072 + 32*r + 8*(c % 4)); */
  /*@ assert panel: LFAP_REAL_FACT(\forall integer a, u; 0 <= a < 6 && 0 <= u < 8 ==> 0 <= lfap_at(a, u, 8) < 48); */
  /*@ assert mine: LFAP_REAL_FACT(lfap_at(r, l, 8) == 8*r + l && lfap_at(step, lfap_at(r, l, 8), 48) == 48*step + 8*r + l); */
  /*@ assert place: LFAP_REAL_FACT(lfap_at(i + r, 8*step + l, n) == (i + r)*n + 8*step + l); */
  /*@ assert before: LFAP_REAL_FACT(lfap_before(D + (r*LFAP_CHOL_COLUMNS + c), 0, before) == lfap_before(D, lfap_at(r, c, 192), before)); */
  finish(A, D + (r * LFAP_CHOL_COLUMNS + c), x, y, t, before, i + r, c, step * LFAP_LANES, l, rows, cols, n);
  /*@ assert now: LFAP_REAL_FACT(lfap_parts(lfap_before{Pre}(D, lfap_at(r, c, 192), before),
    @   lfap_rdot_at(A, i + r, A, c, n, 8*step + l + 1), \at(A[lfap_at(i + r, 8*step + l, n)],Pre))); */
  /*@ assert cell: LFAP_REAL_FACT(P[lfap_at(step, lfap_at(r, l, 8), 48)] == A[lfap_at(i + r, 8*step + l, n)]); */
  /*@ assert left: LFAP_REAL_FACT(\forall integer s, u; 0 <= s && 0 <= u < 8 && 8*s + u < 8*step + l
    @   ==> A[lfap_at(i + r, 8*s + u, n)] == \at(A[lfap_at(i + r, 8*s + u, n)],Pre)); */
  /*@ assert lanes: LFAP_REAL_FACT(\forall integer e; 3072 <= e < 3264 ==> P[e] == \at(P[e],Pre)); */
  /*@ assert D: LFAP_REAL_FACT(before != 0 ==> (\forall integer e; 0 <= e < m*192 ==> D[e] == \at(D[e],Pre))); */
  /*@ assert row: LFAP_REAL_FACT(\forall integer s, u; 0 <= s < 64 && 0 <= u < 8 && (s != step || u != l)
    @   ==> P[lfap_at(s, lfap_at(r, u, 8), 48)] == \at(P[lfap_at(s, lfap_at(r, u, 8), 48)],Pre)); */
  /*@ assert before: LFAP_REAL_FACT(lfap_packed(P, 48, r, A, i, n, 8*step + l)); */
  /*@ assert only: LFAP_REAL_FACT(\forall integer s, u; 0 <= u < 8 && 8*s + u == 8*step + l ==> s == step && u == l); */
  /*@ assert last: LFAP_REAL_FACT(\forall integer s, u; 0 <= u < 8 && 8*s + u == 8*step + l
    @   ==> P[lfap_at(s, lfap_at(r, u, 8), 48)] == A[lfap_at(i + r, 8*s + u, n)]); */
  /*@ assert packed: LFAP_REAL_FACT(lfap_packed(P, 48, r, A, i, n, 8*step + l + 1)); */
  /*@ assert padded: LFAP_REAL_FACT(lfap_padded(P, 48, r, 8*step + l + 1, 512)); */
}

/* Column c, entry l of step `step`, of the rows i .. i+m-1; D has their dots before the slice, Y the packed row c. */
/*@ LFAP_FACTOR_COLUMN(A, D, P, Y, before, i, m, c, step, l, rows, cols, n)
  @ LFAP_REAL(requires lanes: lfap_lanes_are(P, A, i, m, c, c % 4, 8*step, n);)
  @ LFAP_REAL(requires packed: lfap_packed_six(P, A, i, 0, m, 8*step + l, n);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns A[i*n .. (i + m)*n - n + cols - 1], P[0 .. LFAP_PANEL_A - 1];
  @ LFAP_REAL(ensures equation: \forall integer r; 0 <= r < m ==> LFAP_SOLVED(Old, r, c, 8*step + l - c, i + r);)
  @ LFAP_REAL(ensures packed: lfap_packed_six(P, A, i, 0, m, 8*step + l + 1, n);)
  @ LFAP_REAL(ensures lanes: lfap_same_sums{Old, Here}(P);)
  @ LFAP_REAL(ensures Y: lfap_same_doubles{Old, Here}(Y, 0, 2048);)
  @ LFAP_REAL(ensures before: lfap_same_before{Old, Here}(D, m, before);)
  @ LFAP_REAL(ensures cells: lfap_other_cells{Old, Here}(A, i, i + m, 8*step + l, 8*step + l + 1, rows, cols, n);)
  @ LFAP_REAL(ensures left: lfap_same_left{Old, Here}(A, rows, n, 8*step + l);)
  @ LFAP_REAL(ensures others: lfap_same_others{Old, Here}(A, i, i + m, rows, cols, n);) */
LFAP_INLINE void column(double *A, const double *D, double *P, const double *Y, size_t before, size_t i, size_t m,
                        size_t c, size_t step, size_t l, size_t rows, size_t cols, size_t n) {
  /*@ loop invariant row: 0 <= r <= m;
    @ LFAP_REAL(loop invariant equation: \forall integer a; 0 <= a < r ==> LFAP_SOLVED(Pre, a, c, 8*step + l - c, i + a);)
    @ LFAP_REAL(loop invariant before: lfap_same_before{Pre, Here}(D, m, before);)
    @ LFAP_REAL(loop invariant done: lfap_packed_six(P, A, i, 0, r, 8*step + l + 1, n);)
    @ LFAP_REAL(loop invariant todo: lfap_packed_six(P, A, i, r, m, 8*step + l, n);)
    @ LFAP_REAL(loop invariant sums: lfap_same_sums{Pre, Here}(P);)
    @ LFAP_REAL(loop invariant lanes: lfap_lanes_are(P, A, i, m, c, c % 4, 8*step, n);)
    @ LFAP_REAL(loop invariant same: lfap_same_doubles{Pre, Here}(Y, 0, 2048);)
    @ LFAP_REAL(loop invariant Y: lfap_packed(Y, 32, c % 4, A, c - c % 4, n, 8*step + l + 1);)
    @ LFAP_REAL(loop invariant cells: lfap_other_cells{Pre, Here}(A, i, i + r, 8*step + l, 8*step + l + 1, rows, cols, n);)
    @ LFAP_REAL(loop invariant left: lfap_same_left{Pre, Here}(A, rows, n, 8*step + l);)
    @ LFAP_REAL(loop invariant others: lfap_same_others{Pre, Here}(A, i, i + r, rows, cols, n);)
    @ loop assigns r, A[i*n .. (i + m)*n - n + cols - 1], P[0 .. LFAP_PANEL_A - 1];
    @ loop variant m - r; */
  for (size_t r = 0; r < m; r++) {
    /*@ ghost lfap_rows_at(i, r, i + r, n); */
    /*@ ghost lfap_row_at(i + r, i + m, n); */
    packed_entry(A, D, P, Y, before, i, m, r, c, step, l, rows, cols, n);
    /*@ assert done: LFAP_REAL_FACT(lfap_packed_six(P, A, i, 0, r, 8*step + l + 1, n)); */
    /*@ ghost lfap_one_more(P, A, i, r, step * LFAP_LANES + l + 1, n); */
    /*@ assert todo: LFAP_REAL_FACT(lfap_packed_six(P, A, i, r + 1, m, 8*step + l, n)); */
    /*@ assert now: LFAP_REAL_FACT(LFAP_SOLVED(Pre, r, c, 8*step + l - c, i + r)); */
    /*@ assert then: LFAP_REAL_FACT(\forall integer a; 0 <= a < r ==> LFAP_SOLVED(Pre, a, c, 8*step + l - c, i + a)); */
  }
}

/* What packed rows are filled up with: their product, -0, changes no double. By name, because WP takes the 0 of a quantified
   clause for an integer. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures none: lfap_none(\result);) */
LFAP_INLINE double minus_zero(void) { return -0.0; }
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures none: lfap_none(\result);) */
LFAP_INLINE double zero(void) { return 0.0; }

/* Rows i .. i+m-1 of A, packed over `off` columns, a multiple of 8, and -0 from there on. */
/*@ requires block: m <= LFAP_TILE_A && i + m <= rows && off <= LFAP_SLICE && off % 8 == 0 && off <= cols && cols <= n;
  @ LFAP_FACTOR_PART(A, rows, cols, n)
  @ requires P: \valid(P + (0 .. LFAP_PANEL_A - 1)) && \separated(P + (0 .. LFAP_PANEL_A - 1), A + (0 .. rows*n - n + cols - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns P[0 .. LFAP_PANEL_A - 1];
  @ LFAP_REAL(ensures packed: lfap_packed_six(P, A, i, 0, m, off, n);)
  @ LFAP_REAL(ensures cells: lfap_same_cells{Old, Here}(A, rows, cols, n);)
  @ LFAP_REAL(ensures same: lfap_same_left{Old, Here}(A, rows, n, cols);) */
LFAP_INLINE void pack_six(double *P, const double *A, size_t i, size_t m, size_t off, size_t rows, size_t cols,
                          size_t n) {
  (void)rows;
  (void)cols;
  /*@ ghost lfap_entries_inside(rows, cols, n); */
  /*@ loop invariant row: 0 <= r <= m;
    @ LFAP_REAL(loop invariant packed: lfap_packed_top(P, A, i, 0, r, off, n);)
    @ loop assigns r, P[0 .. LFAP_PANEL_A - 1];
    @ loop variant m - r; */
  for (size_t r = 0; r < m; r++) {
    /*@ ghost lfap_row_at(i + r, rows, n); */
    lfap_tile_pack(P, LFAP_TILE_A, r, A + (i + r) * n, off, minus_zero(), 1);
    /*@ assert now: LFAP_REAL_FACT(lfap_packed(P, 48, r, A, i, n, off)); */
    /*@ assert then: LFAP_REAL_FACT(lfap_packed_top(P, A, i, 0, r, off, n)); */
  }
  /*@ loop invariant cell: off*LFAP_TILE_A <= x <= LFAP_PANEL_A;
    @ LFAP_REAL(loop invariant packed: lfap_packed_top(P, A, i, 0, m, off, n);)
    @ LFAP_REAL(loop invariant padded: \forall integer e; off*LFAP_TILE_A <= e < x ==> lfap_none(P[e]);)
    @ loop assigns x, P[0 .. LFAP_PANEL_A - 1];
    @ loop variant LFAP_PANEL_A - x; */
  for (size_t x = off * LFAP_TILE_A; x < LFAP_PANEL_A; x++) P[x] = minus_zero();
    /*@ assert packed: LFAP_REAL_FACT(lfap_packed_six(P, A, i, 0, m, off, n)); */
#ifdef LFAP_TIER_REAL
#include "same_rows.acsl"
#endif
}

/* The lanes of the six rows' dots with rows b .. b+count-1, packed in Y, over `steps` steps. */
/*@ requires block: m <= LFAP_TILE_A && i + m <= rows && count <= LFAP_TILE_B && b + count <= rows;
  @ requires steps: steps <= LFAP_SLICE/LFAP_LANES && steps*LFAP_LANES <= cols && cols <= n;
  @ LFAP_FACTOR_PART(A, rows, cols, n)
  @ requires P: \valid(P + (0 .. LFAP_CHOL_ROWS - 1)) && \separated(P + (0 .. LFAP_CHOL_ROWS - 1), A + (0 .. rows*n - n + cols - 1));
  @ requires Y: \valid_read(Y + (0 .. LFAP_PANEL_B - 1)) && \separated(Y + (0 .. LFAP_PANEL_B - 1), P + (0 .. LFAP_CHOL_ROWS - 1));
  @ LFAP_REAL(requires packed: lfap_packed_top(P, A, i, 0, m, 8*steps, n);)
  @ LFAP_REAL(requires Y: \forall integer q; 0 <= q < count ==> lfap_packed(Y, 32, q, A, b, n, 8*steps);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns P[LFAP_PANEL_A .. LFAP_CHOL_ROWS - 1];
  @ LFAP_REAL(ensures lanes: lfap_tile_dots(P, A, i, m, b, 0, count, 8*steps, n);)
  @ LFAP_REAL(ensures Y: lfap_same_doubles{Old, Here}(Y, 0, 2048);)
  @ LFAP_REAL(ensures rows: lfap_same_doubles{Old, Here}(P, 0, 3072);)
  @ LFAP_REAL(ensures cells: lfap_same_cells{Old, Here}(A, rows, cols, n);)
  @ LFAP_REAL(ensures same: lfap_same_left{Old, Here}(A, rows, n, cols);) */
LFAP_INLINE void lanes(double *P, const double *Y, const double *A, size_t i, size_t m, size_t b, size_t count,
                       size_t steps, size_t rows, size_t cols, size_t n) {
  (void)A, (void)i, (void)m, (void)b, (void)count, (void)rows, (void)cols, (void)n;
  /*@ ghost lfap_entries_inside(rows, cols, n); */
#ifdef LFAP_TIER_REAL
  /*@ ghost size_t r = 0, q = 0; */
  /*@ ghost
    /@ loop invariant row: 0 <= r <= m;
       LFAP_REAL(loop invariant dots: \forall integer a, c; 0 <= a < r && 0 <= c < count
         ==> lfap_rtile(1, P, a, Y, c, 8*steps) == lfap_rdot_at(A, i + a, A, b + c, n, 8*steps);)
       loop assigns r, q;
       loop variant m - r; @/
    while (r != m) {
      q = 0;
      /@ loop invariant column: 0 <= q <= count;
         LFAP_REAL(loop invariant dots: \forall integer c; 0 <= c < q
           ==> lfap_rtile(1, P, r, Y, c, 8*steps) == lfap_rdot_at(A, i + r, A, b + c, n, 8*steps);)
         loop assigns q;
         loop variant count - q; @/
      while (q != count) {
        lfap_packed_dot(P, r, Y, q, A, i, b, n, 8 * steps);
        q++;
      }
      r++;
    } */
#endif
  lfap_tile_lanes(P + LFAP_PANEL_A, P, Y, steps, 1);
  /*@ assert place: LFAP_REAL_FACT(\forall integer r, q; lfap_lanes_sum(P, lfap_lanes_place(r, q))
    @   == lfap_lanes_sum(P + 3072, lfap_cell(r, q, 0))); */
  /*@ assert sums: LFAP_REAL_FACT(\forall integer r, q; 0 <= r < m && 0 <= q < count
    @   ==> lfap_lanes_sum(P, lfap_lanes_place(r, q)) == lfap_rdot_at{Pre}(A, i + r, A, b + q, n, 8*steps)); */
#ifdef LFAP_TIER_REAL
#include "same_rows.acsl"
#endif
}

/* Columns 4u .. 4u+3 of the block, as far as there are mb, of the rows i .. i+m-1; Y has these rows of the corner packed. */
/*@ LFAP_FACTOR_ROWS(A, D, P, before, off, i, m, mb, rows, cols, n)
  @ LFAP_FACTOR_PANEL(A, P, Y, rows, cols, n)
  @ requires panel: 4*u < mb;
  @ LFAP_REAL(requires pivots: lfap_pivots(A, off, n, mb);)
  @ LFAP_REAL(requires packed: lfap_packed_six(P, A, i, 0, m, off + 4*u, n);)
  @ LFAP_REAL(requires packed_Y: lfap_packed_four(Y, u, A, mb, off, n);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns A[i*n .. (i + m)*n - n + cols - 1], P[0 .. LFAP_CHOL_ROWS - 1];
  @ LFAP_REAL(ensures equation: \forall integer r, c; 0 <= r < m && 4*u <= c < mb && c < 4*u + 4 ==> LFAP_SOLVED(Old, r, c, off, i + r);)
  @ LFAP_REAL(ensures packed: lfap_packed_six(P, A, i, 0, m, off + (4*u + 4 < mb ? 4*u + 4 : mb), n);)
  @ LFAP_REAL(ensures cells: lfap_other_cells{Old, Here}(A, i, i + m, off + 4*u, off + (4*u + 4 < mb ? 4*u + 4 : mb), rows, cols, n);)
  @ LFAP_REAL(ensures left: lfap_same_left{Old, Here}(A, rows, n, off + 4*u);)
  @ LFAP_REAL(ensures others: lfap_same_others{Old, Here}(A, i, i + m, rows, cols, n);) */
LFAP_INLINE void four(double *A, const double *D, double *P, const double *Y, size_t before, size_t off, size_t i,
                      size_t m, size_t u, size_t mb, size_t rows, size_t cols, size_t n) {
  size_t k = u * LFAP_TILE_B, step = (off + k) / LFAP_LANES, end = mb - k < LFAP_TILE_B ? mb : k + LFAP_TILE_B;
  /*@ ghost lfap_entries_inside(rows, cols, n); */
  /*@ assert panel: LFAP_REAL_FACT(\forall integer t, q, l; 0 <= t < 64 && 0 <= q < 4 && 0 <= l < 8
    @   ==> 0 <= lfap_at(t, lfap_at(q, l, 8), 32) < 2048); */
  lanes(P, Y, A, i, m, k, end - k, step, rows, cols, n);
  /*@ loop invariant column: k <= c <= end;
    @ LFAP_REAL(loop invariant equation: \forall integer r, e; 0 <= r < m && k <= e < c ==> LFAP_SOLVED(Pre, r, e, off, i + r);)
    @ LFAP_REAL(loop invariant before: lfap_same_before{Pre, Here}(D, m, before);)
    @ LFAP_REAL(loop invariant pivots: lfap_pivots(A, off, n, mb);)
    @ LFAP_REAL(loop invariant packed: lfap_packed_six(P, A, i, 0, m, off + c, n);)
    @ LFAP_REAL(loop invariant Y: lfap_packed_four(Y, u, A, mb, off, n);)
    @ LFAP_REAL(loop invariant lanes: lfap_tile_dots(P, A, i, m, k, c - k, end - k, 8*step, n);)
    @ LFAP_REAL(loop invariant cells: lfap_other_cells{Pre, Here}(A, i, i + m, off + k, off + c, rows, cols, n);)
    @ LFAP_REAL(loop invariant left: lfap_same_left{Pre, Here}(A, rows, n, off + k);)
    @ LFAP_REAL(loop invariant others: lfap_same_others{Pre, Here}(A, i, i + m, rows, cols, n);)
    @ loop assigns c, A[i*n .. (i + m)*n - n + cols - 1], P[0 .. LFAP_CHOL_ROWS - 1];
    @ loop variant end - c; */
  for (size_t c = k; c < end; c++) {
    /*@ assert quarter: LFAP_REAL_FACT(c % 4 == c - k); */
    /*@ assert Y: LFAP_REAL_FACT(lfap_packed(Y, 32, c - k, A, k, n, off + c + 1)); */
    /*@ assert pivot: LFAP_REAL_FACT(lfap_nonzero(A[lfap_diagonal(c, off, n)])); */
    /*@ assert place: LFAP_REAL_FACT(lfap_diagonal(c, off, n) == lfap_at(c, off + c, n)); */
    column(A, D, P, Y, before, i, m, c, step, off + c - step * LFAP_LANES, rows, cols, n);
    /*@ assert now: LFAP_REAL_FACT(\forall integer r; 0 <= r < m ==> LFAP_SOLVED(Pre, r, c, off, i + r)); */
    /*@ assert then: LFAP_REAL_FACT(\forall integer r, e; 0 <= r < m && k <= e < c ==> LFAP_SOLVED(Pre, r, e, off, i + r)); */
  }
}

/* Columns 0 .. mb-1 of the block, of the rows i .. i+m-1. */
/*@ LFAP_FACTOR_ROWS(A, D, P, before, off, i, m, mb, rows, cols, n)
  @ LFAP_FACTOR_CORNER(A, P, Q, off, mb, rows, cols, n)
  @ terminates \true;
  @ exits never: \false;
  @ assigns A[i*n .. (i + m)*n - n + cols - 1], P[0 .. LFAP_CHOL_ROWS - 1];
  @ LFAP_REAL(ensures equation: \forall integer r, c; 0 <= r < m && 0 <= c < mb ==> LFAP_SOLVED(Old, r, c, off, i + r);)
  @ LFAP_REAL(ensures cells: lfap_other_cells{Old, Here}(A, i, i + m, off, off + mb, rows, cols, n);)
  @ LFAP_REAL(ensures others: lfap_same_others{Old, Here}(A, i, i + m, rows, cols, n);) */
LFAP_INLINE void six(double *A, const double *D, double *P, const double *Q, size_t before, size_t off, size_t i,
                     size_t m, size_t mb, size_t rows, size_t cols, size_t n) {
  /*@ ghost lfap_rows_at(i, m, rows, n); */
  pack_six(P, A, i, m, off, rows, cols, n);
  /*@ loop invariant panel: 0 <= u && 4*u < mb + 4;
    @ LFAP_REAL(loop invariant equation: \forall integer r, c; 0 <= r < m && 0 <= c < mb && c < 4*u ==> LFAP_SOLVED(Pre, r, c, off, i + r);)
    @ LFAP_REAL(loop invariant before: lfap_same_before{Pre, Here}(D, m, before);)
    @ LFAP_REAL(loop invariant pivots: lfap_pivots(A, off, n, mb);)
    @ LFAP_REAL(loop invariant packed: lfap_packed_six(P, A, i, 0, m, off + (4*u < mb ? 4*u : mb), n);)
    @ LFAP_REAL(loop invariant Q: lfap_packed_rows(Q, A, mb, off, n);)
    @ LFAP_REAL(loop invariant cells: lfap_other_cells{Pre, Here}(A, i, i + m, off, off + (4*u < mb ? 4*u : mb), rows, cols, n);)
    @ LFAP_REAL(loop invariant others: lfap_same_others{Pre, Here}(A, i, i + m, rows, cols, n);)
    @ loop assigns u, A[i*n .. (i + m)*n - n + cols - 1], P[0 .. LFAP_CHOL_ROWS - 1];
    @ loop variant mb - u; */
  for (size_t u = 0; u * LFAP_TILE_B < mb; u++) {
    /*@ assert panel: LFAP_REAL_FACT(lfap_packed_four(lfap_panel_of(Q, u), u, A, mb, off, n)); */
    /*@ assert place: LFAP_REAL_FACT(lfap_panel_of(Q, u) == Q + 2048*u); */
    four(A, D, P, Q + u * LFAP_PANEL_B, before, off, i, m, u, mb, rows, cols, n);
    /*@ assert then: LFAP_REAL_FACT(\forall integer r, c; 0 <= r < m && 0 <= c < 4*u ==> LFAP_SOLVED(Pre, r, c, off, i + r)); */
  }
}

/* Row r of A, a row of the corner, into Q behind the rows above it. */
/*@ requires row: r < rows && r < LFAP_CHOL_COLUMNS && off + r < LFAP_SLICE && off + r < cols && cols <= n;
  @ LFAP_FACTOR_PART(A, rows, cols, n)
  @ requires Q: \valid(Q + (0 .. LFAP_CHOL_PACK - 1)) && \separated(Q + (0 .. LFAP_CHOL_PACK - 1), A + (0 .. rows*n - n + cols - 1));
  @ LFAP_REAL(requires packed: lfap_packed_rows(Q, A, r, off, n);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns Q[0 .. LFAP_CHOL_PACK - 1];
  @ LFAP_REAL(ensures packed: lfap_packed_rows(Q, A, r + 1, off, n);)
  @ LFAP_REAL(ensures cells: lfap_same_cells{Old, Here}(A, rows, cols, n);)
  @ LFAP_REAL(ensures same: lfap_same_left{Old, Here}(A, rows, n, cols);) */
LFAP_INLINE void pack_corner(double *Q, const double *A, size_t r, size_t off, size_t rows, size_t cols, size_t n) {
  (void)rows;
  (void)cols;
  /*@ ghost lfap_row_at(r, rows, n); */
  /*@ ghost lfap_entries_inside(rows, cols, n); */
  lfap_tile_pack(Q + r / LFAP_TILE_B * LFAP_PANEL_B, LFAP_TILE_B, r % LFAP_TILE_B, A + r * n, off + r + 1, zero(), 1);
  /*@ assert panel: LFAP_REAL_FACT(\forall integer t, q, l; 0 <= t < 64 && 0 <= q < 4 && 0 <= l < 8
    @   ==> 0 <= lfap_at(t, lfap_at(q, l, 8), 32) < 2048); */
  /*@ assert now: LFAP_REAL_FACT(lfap_packed(Q + 2048*(r/4), 32, r % 4, A, r - r % 4, n, off + r + 1)); */
  /*@ assert cells: LFAP_REAL_FACT(lfap_same_cells{Pre, Here}(A, rows, cols, n)); */
  /*@ assert place: LFAP_REAL_FACT(lfap_panel_of(Q, r/4) == Q + 2048*(r/4)); */
  /*@ assert here: LFAP_REAL_FACT(lfap_packed_four(lfap_panel_of(Q, r/4), r/4, A, r, off, n)); */
  /*@ assert above: LFAP_REAL_FACT(lfap_packed_rows(Q, A, r - r % 4, off, n)); */
  /*@ assert four: LFAP_REAL_FACT(lfap_packed_four(lfap_panel_of(Q, r/4), r/4, A, r + 1, off, n)); */
#ifdef LFAP_TIER_REAL
#include "same_rows.acsl"
#endif
}

/* Row r of the corner from column i on, its pivot too, which ends up packed in Q; D has its dots before the slice. */
/*@ requires row: i <= r && r < rows && r < LFAP_CHOL_COLUMNS && off + r < LFAP_SLICE && off + r < cols && cols <= n;
  @ requires size: n*n <= SIZE_MAX;
  @ LFAP_FACTOR_PART(A, rows, cols, n)
  @ requires Q: \valid(Q + (0 .. LFAP_CHOL_PACK - 1)) && \separated(Q + (0 .. LFAP_CHOL_PACK - 1), A + (0 .. rows*n - n + cols - 1));
  @ requires D: before != 0 ==> \valid_read(D + (0 .. r)) && \separated(D + (0 .. r), A + (0 .. rows*n - n + cols - 1));
  @ LFAP_REAL(requires square: lfap_not_negative(lfap_before(D, r, before));)
  @ LFAP_REAL(requires pivots: lfap_pivots(A, off, n, r);)
  @ LFAP_REAL(requires packed: lfap_packed_rows(Q, A, r, off, n);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns A[r*n + off + i .. r*n + off + r], Q[0 .. LFAP_CHOL_PACK - 1];
  @ ensures verdict: \result == 0 || \result == 1;
  @ LFAP_REAL(ensures row: \result == 1 ==> lfap_row_solved{Old, Here}(A, D, before, off, r, i, r + 1, n);)
  @ LFAP_REAL(ensures pivots: lfap_pivots(A, off, n, r + \result);)
  @ LFAP_REAL(ensures packed: lfap_packed_rows(Q, A, r + \result, off, n);)
  @ LFAP_REAL(ensures cells: lfap_other_cells{Old, Here}(A, r, r + 1, off + i, off + r + 1, rows, cols, n);)
  @ LFAP_REAL(ensures left: lfap_same_left{Old, Here}(A, rows, n, off + i);)
  @ LFAP_REAL(ensures others: lfap_same_others{Old, Here}(A, r, r + 1, rows, cols, n);) */
LFAP_INLINE int corner_row(double *A, const double *D, double *Q, size_t before, size_t off, size_t i, size_t r,
                           size_t rows, size_t cols, size_t n) {
  /*@ ghost lfap_row_at(r, rows, n); */
  /*@ assert begin: LFAP_REAL_FACT(lfap_at(r, off + i, n) == r*n + off + i && lfap_at(r, off + r, n) == r*n + off + r); */
  /*@ ghost lfap_cells_apart(r, off + i, off + r + 1, cols, n); */
  int good = row_from(A, D, before, off, r, i, rows, cols, n);
  /*@ assert cells: LFAP_REAL_FACT(lfap_other_cells{Pre, Here}(A, r, r + 1, off + i, off + r + 1, rows, cols, n)); */
  /*@ assert packed: LFAP_REAL_FACT(lfap_packed_rows(Q, A, r, off, n)); */
  if (!good) return 0;
  /*@ assert pivot: LFAP_REAL_FACT(lfap_nonzero(A[lfap_diagonal(r, off, n)])); */
  pack_corner(Q, A, r, off, rows, cols, n);
  return 1;
}

/* Rows i .. i+m-1 of the corner, its first i rows being done: the tiles left of the diagonal, then row by row. Returns i+m, or
   the first row with a bad pivot. D has the dots of the corner's rows. */
/*@ LFAP_FACTOR_TOP(A, D, P, Q, before, off, i + m, rows, cols, n)
  @ requires six: m <= LFAP_TILE_A;
  @ LFAP_REAL(requires pivots: lfap_pivots(A, off, n, i);)
  @ LFAP_REAL(requires packed: lfap_packed_rows(Q, A, i, off, n);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns A[i*n .. (i + m)*n - n + cols - 1], P[0 .. LFAP_CHOL_ROWS - 1], Q[0 .. LFAP_CHOL_PACK - 1];
  @ ensures verdict: i <= \result <= i + m;
  @ LFAP_REAL(ensures factor: \forall integer r, c; i <= r < \result && 0 <= c <= r ==> LFAP_SOLVED(Old, r, c, off, r);)
  @ LFAP_REAL(ensures pivots: lfap_pivots(A, off, n, \result);)
  @ LFAP_REAL(ensures packed: lfap_packed_rows(Q, A, \result, off, n);)
  @ LFAP_REAL(ensures cells: lfap_other_cells{Old, Here}(A, i, i + m, off, off + i + m, rows, cols, n);)
  @ LFAP_REAL(ensures others: lfap_same_others{Old, Here}(A, i, i + m, rows, cols, n);) */
LFAP_INLINE size_t corner_six(double *A, const double *D, double *P, double *Q, size_t before, size_t off, size_t i,
                              size_t m, size_t rows, size_t cols, size_t n) {
  /*@ ghost lfap_rows_at(i, m, rows, n); */
  six(A, D + i * LFAP_CHOL_COLUMNS, P, Q, before, off, i, m, i, rows, cols, n);
  size_t r = i;
  int good = 1; /* one way out: joined ones cost the provers more than the rest */
  /*@ loop invariant row: i <= r <= i + m && (good == 0 || good == 1);
    @ LFAP_REAL(loop invariant factor: \forall integer a, c; i <= a < r && 0 <= c <= a ==> LFAP_SOLVED(Pre, a, c, off, a);)
    @ LFAP_REAL(loop invariant tiles: good == 1 ==> \forall integer a, c; r - i <= a < m && 0 <= c < i ==> lfap_solved{Pre, Here}(A,
    @   lfap_before{Pre}(D + i*LFAP_CHOL_COLUMNS, lfap_at(a, c, LFAP_CHOL_COLUMNS), before), off, i + a, c, n);)
    @ LFAP_REAL(loop invariant todo: good == 1 ==> \forall integer a, c; r <= a < i + m && off + i <= c < cols
    @   ==> A[lfap_at(a, c, n)] == \at(A[lfap_at(a, c, n)],Pre);)
    @ LFAP_REAL(loop invariant before: lfap_same_before{Pre, Here}(D, i + m, before);)
    @ LFAP_REAL(loop invariant pivots: lfap_pivots(A, off, n, r);)
    @ LFAP_REAL(loop invariant packed: lfap_packed_rows(Q, A, r, off, n);)
    @ LFAP_REAL(loop invariant cells: lfap_other_cells{Pre, Here}(A, i, i + m, off, off + i + m, rows, cols, n);)
    @ LFAP_REAL(loop invariant others: lfap_same_others{Pre, Here}(A, i, i + m, rows, cols, n);)
    @ loop assigns r, good, A[i*n .. (i + m)*n - n + cols - 1], Q[0 .. LFAP_CHOL_PACK - 1];
    @ loop variant i + m - r + good; */
  while (good && r < i + m) {
    /*@ ghost lfap_rows_at(i, r - i, r, n); */
    /*@ ghost lfap_row_at(r, i + m, n); */
    /*@ assert place: LFAP_REAL_FACT(\forall integer c; lfap_at(r, c, 192) == i*192 + lfap_at(r - i, c, 192)); */
    /*@ assert before: LFAP_REAL_FACT(\forall integer c; 0 <= c <= r
      @   ==> lfap_before(D + r*192, c, before) == lfap_before{Pre}(D, lfap_at(r, c, 192), before)); */
    /*@ assert tile: LFAP_REAL_FACT(\forall integer c; 0 <= c < i ==> LFAP_SOLVED(Pre, r, c, off, r)); */
    good = corner_row(A, D + r * LFAP_CHOL_COLUMNS, Q, before, off, i, r, rows, cols, n);
    /*@ assert cells: LFAP_REAL_FACT(lfap_other_cells{Pre, Here}(A, i, i + m, off, off + i + m, rows, cols, n)); */
    /*@ assert others: LFAP_REAL_FACT(lfap_same_others{Pre, Here}(A, i, i + m, rows, cols, n)); */
    /*@ assert left: LFAP_REAL_FACT(\forall integer c; 0 <= c < i ==> LFAP_SOLVED(Pre, r, c, off, r)); */
    /*@ assert right: LFAP_REAL_FACT(good == 1 ==> \forall integer c; i <= c <= r ==> LFAP_SOLVED(Pre, r, c, off, r)); */
    /*@ assert above: LFAP_REAL_FACT(\forall integer a, c; i <= a < r && 0 <= c <= a ==> LFAP_SOLVED(Pre, a, c, off, a)); */
    if (good) r++;
  }
  return r;
}

/* The corner A, mb rows. */
/*@ LFAP_FACTOR_TOP(A, D, P, Q, before, off, mb, rows, cols, n)
  @ terminates \true;
  @ exits never: \false;
  @ assigns A[0 .. rows*n - n + cols - 1], P[0 .. LFAP_CHOL_ROWS - 1], Q[0 .. LFAP_CHOL_PACK - 1];
  @ ensures verdict: 0 <= \result <= mb;
  @ LFAP_REAL(ensures factor: \forall integer r, c; 0 <= c <= r < \result ==> LFAP_SOLVED(Old, r, c, off, r);)
  @ LFAP_REAL(ensures pivots: lfap_pivots(A, off, n, \result);)
  @ LFAP_REAL(ensures packed: lfap_packed_rows(Q, A, \result, off, n);) */
LFAP_INLINE size_t corner(double *A, const double *D, double *P, double *Q, size_t before, size_t off, size_t mb,
                          size_t rows, size_t cols, size_t n) {
  size_t i = 0;
  /*@ loop invariant row: 0 <= i <= mb;
    @ LFAP_REAL(loop invariant factor: \forall integer r, c; 0 <= c <= r < i ==> LFAP_SOLVED(Pre, r, c, off, r);)
    @ LFAP_REAL(loop invariant todo: \forall integer a, c; i <= a < rows && 0 <= c < cols
    @   ==> A[lfap_at(a, c, n)] == \at(A[lfap_at(a, c, n)],Pre);)
    @ LFAP_REAL(loop invariant before: lfap_same_before{Pre, Here}(D, mb, before);)
    @ LFAP_REAL(loop invariant pivots: lfap_pivots(A, off, n, i);)
    @ LFAP_REAL(loop invariant packed: lfap_packed_rows(Q, A, i, off, n);)
    @ loop assigns i, A[0 .. rows*n - n + cols - 1], P[0 .. LFAP_CHOL_ROWS - 1], Q[0 .. LFAP_CHOL_PACK - 1];
    @ loop variant mb - i; */
  while (i < mb) {
    size_t m = mb - i < LFAP_TILE_A ? mb - i : LFAP_TILE_A;
    /*@ ghost lfap_rows_at(i, m, rows, n); */
    size_t end = corner_six(A, D, P, Q, before, off, i, m, rows, cols, n);
    /*@ assert now: LFAP_REAL_FACT(\forall integer r, c; i <= r < end && 0 <= c <= r ==> LFAP_SOLVED(Pre, r, c, off, r)); */
    /*@ assert then: LFAP_REAL_FACT(\forall integer r, c; 0 <= c <= r < i ==> LFAP_SOLVED(Pre, r, c, off, r)); */
    if (end < i + m) return end;
    i = end;
  }
  return mb;
}

LFAP_CLONES
size_t lfap_chol_corner(double *L, double *Q, double *P, const double *D, size_t first, size_t mb, size_t n) {
  size_t before = first / LFAP_SLICE * LFAP_SLICE;
  /*@ ghost lfap_row_at(first, n, n); */
  /*@ ghost lfap_rows_at(first, n - first, n, n); */
  return corner(L + (first * n + before), D, P, Q, before, first - before, mb, n - first, n - before, n);
}

/* Columns 0 .. mb-1 of the rows i .. i+ma-1 of A, below the corner packed in Q. */
/*@ requires block: mb <= i && i + ma <= rows && mb <= LFAP_CHOL_COLUMNS && off % 8 == 0 && off + mb <= LFAP_SLICE
  @   && off + mb <= cols && cols <= n;
  @ LFAP_FACTOR_PART(A, rows, cols, n)
  @ LFAP_FACTOR_CORNER(A, P, Q, off, mb, rows, cols, n)
  @ requires P: \valid(P + (0 .. LFAP_CHOL_ROWS - 1)) && \separated(P + (0 .. LFAP_CHOL_ROWS - 1), A + (0 .. rows*n - n + cols - 1));
  @ requires D: ma*LFAP_CHOL_COLUMNS <= SIZE_MAX && (before != 0 ==> \valid_read(D + (0 .. ma*LFAP_CHOL_COLUMNS - 1)));
  @ requires D_A: before != 0 ==> \separated(D + (0 .. ma*LFAP_CHOL_COLUMNS - 1), A + (0 .. rows*n - n + cols - 1));
  @ requires D_P: before != 0 ==> \separated(D + (0 .. ma*LFAP_CHOL_COLUMNS - 1), P + (0 .. LFAP_CHOL_ROWS - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns A[i*n .. (i + ma)*n - n + cols - 1], P[0 .. LFAP_CHOL_ROWS - 1];
  @ LFAP_REAL(ensures equation: \forall integer r, c; 0 <= r < ma && 0 <= c < mb ==> LFAP_SOLVED(Old, r, c, off, i + r);) */
LFAP_INLINE void below(double *A, const double *D, double *P, const double *Q, size_t before, size_t off, size_t i,
                       size_t ma, size_t mb, size_t rows, size_t cols, size_t n) {
  size_t r = 0;
  /*@ ghost lfap_rows_at(i, ma, rows, n); */
  /*@ loop invariant row: 0 <= r <= ma;
    @ LFAP_REAL(loop invariant equation: \forall integer a, c; 0 <= a < r && 0 <= c < mb ==> LFAP_SOLVED(Pre, a, c, off, i + a);)
    @ LFAP_REAL(loop invariant before: lfap_same_before{Pre, Here}(D, ma, before);)
    @ LFAP_REAL(loop invariant cells: lfap_other_cells{Pre, Here}(A, i, i + r, off, off + mb, rows, cols, n);)
    @ LFAP_REAL(loop invariant pivots: lfap_pivots(A, off, n, mb);)
    @ LFAP_REAL(loop invariant packed: lfap_packed_rows(Q, A, mb, off, n);)
    @ loop assigns r, A[i*n .. (i + ma)*n - n + cols - 1], P[0 .. LFAP_CHOL_ROWS - 1];
    @ loop variant ma - r; */
  while (r < ma) {
    size_t m = ma - r < LFAP_TILE_A ? ma - r : LFAP_TILE_A;
    /*@ ghost lfap_rows_at(i, r, i + r, n); */
    /*@ ghost lfap_rows_at(i + r, m, i + ma, n); */
    six(A, D + r * LFAP_CHOL_COLUMNS, P, Q, before, off, i + r, m, mb, rows, cols, n);
    /*@ assert place: LFAP_REAL_FACT(\forall integer a, c; lfap_at(a, c, 192) == r*192 + lfap_at(a - r, c, 192)); */
    /*@ assert now: LFAP_REAL_FACT(\forall integer a, c; r <= a < r + m && 0 <= c < mb ==> LFAP_SOLVED(Pre, a, c, off, i + a)); */
    /*@ assert then: LFAP_REAL_FACT(\forall integer a, c; 0 <= a < r && 0 <= c < mb ==> LFAP_SOLVED(Pre, a, c, off, i + a)); */
    r += m;
  }
}

LFAP_CLONES
void lfap_chol_below(double *L, const double *Q, double *P, const double *D, size_t i, size_t ma, size_t first,
                     size_t mb, size_t n) {
  size_t before = first / LFAP_SLICE * LFAP_SLICE;
  /*@ ghost lfap_row_at(first, n, n); */
  /*@ ghost lfap_rows_at(first, n - first, n, n); */
  /*@ ghost lfap_rows_at(first, i - first, n, n); */
  below(L + (first * n + before), D, P, Q, before, first - before, i - first, ma, mb, n - first, n - before, n);
}
