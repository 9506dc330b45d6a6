/* chol.h - Cholesky factor for Q lambda = 1 (N6, statement Q1). */
#ifndef LFAP_KERNEL_CHOL_H
#define LFAP_KERNEL_CHOL_H
#include <stddef.h>
#include <stdint.h>

#include "tile.h"
#ifdef __FRAMAC__
#include "index.acsl"
#include "sums.acsl"
#include "factor.acsl"
#endif

/* Row i of the factor in place: L (n x n, row-major), rows 0..i-1 done, row i holds Q_i0..Q_ii. Returns 1, or 0 when
   the pivot is not > n*2^-52*Q_ii (row i is then unspecified). Entries right of i are untouched. */
/*@ requires row: i < n;
  @ requires size: n*n <= SIZE_MAX;
  @ requires L: \valid(L + (0 .. n*n - 1));
  @ LFAP_REAL(requires pivots: \forall integer j; 0 <= j < i ==> lfap_nonzero(L[lfap_at(j, j, n)]);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns L[i*n .. i*n + i];
  @ ensures verdict: \result == 0 || \result == 1;
  @ LFAP_REAL(ensures pivots: \forall integer j; 0 <= j < i ==> lfap_nonzero(L[lfap_at(j, j, n)]);)
  @ LFAP_REAL(ensures row: \forall integer j; 0 <= j < i ==> lfap_rdot_at(L, i, L, j, n, j + 1) == \old(L[lfap_at(i, j,
  @     n)]);)
  @ LFAP_REAL(ensures taken: \result == 1
  @   <==> \old(L[i*n + i]) - lfap_rdot_at(L, i, L, i, n, i) > lfap_pivot_bound(\old(L[i*n + i]), n);)
  @ LFAP_REAL(ensures pivot: \result == 1 ==> L[i*n + i] > 0.0
  @     && lfap_rdot_at(L, i, L, i, n, i + 1) == \old(L[i*n + i]);)
  @ LFAP_REAL(ensures others: \forall integer a, b, f; 0 <= a < n && 0 <= b < n && a != i && b != i && 0 <= f <= n
  @   ==> lfap_rdot_at(L, a, L, b, n, f) == \old(lfap_rdot_at(L, a, L, b, n, f));) */
int lfap_chol_row(double *L, size_t i, size_t n);

/* All rows; returns n, or the index of the first bad pivot. */
/*@ requires size: n*n <= SIZE_MAX;
  @ requires L: \valid(L + (0 .. n*n - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns L[0 .. n*n - 1];
  @ ensures verdict: 0 <= \result <= n;
  @ LFAP_REAL(ensures factor: \forall integer i, j; 0 <= j <= i < \result
  @   ==> lfap_rdot_at(L, i, L, j, n, j + 1) == \old(L[lfap_at(i, j, n)]);)
  @ LFAP_REAL(ensures bad: \result < n ==> lfap_bad_pivot(\at(L[lfap_at(\at(\result,Post), \at(\result,Post), n)],Pre),
  @   lfap_rdot_at(L, \result, L, \result, n, \result), n);)
  @ LFAP_REAL(ensures pivots: \forall integer i; 0 <= i < \result ==> lfap_nonzero(L[lfap_at(i, i, n)]);) */
size_t lfap_chol(double *L, size_t n);

/* The same factor by blocks of columns, for callers that share the work out (data/factor.c). A block begins at column
   `first`, a multiple of 8, has mb columns and ends at the latest where the slice of the dots does in which it begins.
   Row r of D has the dots of row r of the rows concerned with rows first .. first+mb-1 over the whole slices before,
   LFAP_CHOL_COLUMNS doubles apart; where there is none, D is not looked at. P is scratch, best at a multiple of 64
   bytes, Q as well. */
enum {
  LFAP_CHOL_COLUMNS = 192,                         /* of a block at most */
  LFAP_CHOL_ROWS = LFAP_PANEL_A + LFAP_TILE_LANES, /* doubles of P */
  LFAP_CHOL_PACK = LFAP_CHOL_COLUMNS * LFAP_SLICE  /* of Q */
};

/* Rows first .. first+mb-1, the corner on the diagonal; returns mb, or the index in it of the first bad pivot. Q gets
   these rows packed for lfap_chol_below. */
/*@ LFAP_FACTOR_BLOCK(L, Q, P, D, mb, first, mb, n)
  @ requires Q: \valid(Q + (0 .. LFAP_CHOL_PACK - 1));
  @ LFAP_REAL(requires squares: \forall integer i; 0 <= i < mb
  @   ==> lfap_not_negative(lfap_before(D, lfap_at(i, i, LFAP_CHOL_COLUMNS), lfap_start(first)));)
  @ terminates \true;
  @ exits never: \false;
  @ assigns L[0 .. n*n - 1], Q[0 .. LFAP_CHOL_PACK - 1], P[0 .. LFAP_CHOL_ROWS - 1];
  @ ensures verdict: 0 <= \result <= mb;
  @ LFAP_REAL(ensures factor: \forall integer i, j; 0 <= j <= i < \result
  @   ==> lfap_solved{Old, Here}(lfap_corner(L, first, n),
  @   \old(lfap_before(D, lfap_at(i, j, LFAP_CHOL_COLUMNS), lfap_start(first))), first % LFAP_SLICE, i, j, n);)
  @ LFAP_REAL(ensures pivots: lfap_pivots(lfap_corner(L, first, n), first % LFAP_SLICE, n, \result);)
  @ LFAP_REAL(ensures packed: lfap_packed_rows(Q, lfap_corner(L, first, n), \result, first % LFAP_SLICE, n);) */
size_t lfap_chol_corner(double *L, double *Q, double *P, const double *D, size_t first, size_t mb, size_t n);

/* Columns first .. first+mb-1 of the rows i .. i+ma-1 below the corner, whose rows are packed in Q. */
/*@ LFAP_FACTOR_BLOCK(L, Q, P, D, ma, first, mb, n)
  @ requires rows: first + mb <= i && i + ma <= n && ma*LFAP_CHOL_COLUMNS <= SIZE_MAX;
  @ LFAP_REAL(requires pivots: lfap_pivots(lfap_corner(L, first, n), first % LFAP_SLICE, n, mb);)
  @ LFAP_REAL(requires packed: lfap_packed_rows(Q, lfap_corner(L, first, n), mb, first % LFAP_SLICE, n);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns L[i*n .. (i + ma)*n - 1], P[0 .. LFAP_CHOL_ROWS - 1];
  @ LFAP_REAL(ensures equation: \forall integer a, j; 0 <= a < ma && 0 <= j < mb
  @   ==> lfap_solved{Old, Here}(lfap_corner(L, first, n),
  @   \old(lfap_before(D, lfap_at(a, j, LFAP_CHOL_COLUMNS), lfap_start(first))),
  @   first % LFAP_SLICE, i - first + a, j, n);) */
void lfap_chol_below(double *L, const double *Q, double *P, const double *D, size_t i, size_t ma, size_t first,
                     size_t mb, size_t n);
#endif
