/* chol.c - the Cholesky factor, by rows and by blocks of columns (N6; Q1: Q lambda = 1). */
#include "chol.h"

#include "chain.h"
#include "lanes.h"
#include "lanes_step.h"

/* A cell of A apart from the one that is written. */
/*@ ghost
  /@ requires cells: a < rows && i < rows && f < cols && j < cols && cols <= n && (f != j || a != i);
     requires size: rows*n <= SIZE_MAX;
     terminates \true;
     exits never: \false;
     assigns \nothing;
     ensures inside: 0 <= a*n + f < rows*n - n + cols;
     ensures apart: a*n + f != i*n + j; @/
  static void lfap_cells_at(size_t a, size_t f, size_t i, size_t j, size_t rows, size_t cols, size_t n) {
    lfap_row_at(a, rows, n);
    if (a < i) lfap_row_at(a, i, n);
    if (i < a) lfap_row_at(i, a, n);
  }
*/

/* A store: dots over the columns left of it, and dots of other rows, stay what they are. */
/*@ requires cell: i < rows && j < cols && cols <= n;
  @ requires size: rows*n <= SIZE_MAX;
  @ requires A: \valid(A + (0 .. rows*n - n + cols - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns A[i*n + j];
  @ LFAP_REAL(ensures stored: A[i*n + j] == v;)
  @ LFAP_REAL(ensures left: \forall integer a, b, f; 0 <= a < rows && 0 <= b < rows && 0 <= f <= j
  @   ==> lfap_rdot_at(A, a, A, b, n, f) == \old(lfap_rdot_at(A, a, A, b, n, f));)
  @ LFAP_REAL(ensures others: \forall integer a, b, f; 0 <= a < rows && 0 <= b < rows && a != i && b != i && 0 <= f <= cols
  @   ==> lfap_rdot_at(A, a, A, b, n, f) == \old(lfap_rdot_at(A, a, A, b, n, f));) */
LFAP_INLINE void put(double *A, size_t i, size_t j, double v, size_t rows, size_t cols, size_t n) {
  (void)rows; /* only the contract needs them */
  (void)cols;
  /*@ ghost lfap_row_at(i, rows, n); */
  A[i * n + j] = v;
#ifdef LFAP_TIER_REAL
  /*@ ghost size_t a = 0, b = 0, f = 0, end = 0; */
  /*@ ghost double p = 0.0, q = 0.0; */
  /*@ ghost
    /@ loop invariant row: 0 <= a <= rows;
       LFAP_REAL(loop invariant left: \forall integer r, t, m; 0 <= r < a && 0 <= t < rows && 0 <= m <= j
         ==> lfap_rdot_at(A, r, A, t, n, m) == lfap_rdot_at{Pre}(A, r, A, t, n, m);)
       LFAP_REAL(loop invariant others: \forall integer r, t, m; 0 <= r < a && 0 <= t < rows && r != i && t != i && 0 <= m <= cols
         ==> lfap_rdot_at(A, r, A, t, n, m) == lfap_rdot_at{Pre}(A, r, A, t, n, m);)
       loop assigns a, b, f, end, p, q;
       loop variant rows - a; @/
    while (a != rows) {
      b = 0;
      /@ loop invariant row: 0 <= b <= rows;
         LFAP_REAL(loop invariant left: \forall integer t, m; 0 <= t < b && 0 <= m <= j
           ==> lfap_rdot_at(A, a, A, t, n, m) == lfap_rdot_at{Pre}(A, a, A, t, n, m);)
         LFAP_REAL(loop invariant others: \forall integer t, m; 0 <= t < b && a != i && t != i && 0 <= m <= cols
           ==> lfap_rdot_at(A, a, A, t, n, m) == lfap_rdot_at{Pre}(A, a, A, t, n, m);)
         loop assigns b, f, end, p, q;
         loop variant rows - b; @/
      while (b != rows) {
        f = 0;
        end = a != i && b != i ? cols : j;
        /@ assert range: j <= end <= cols; @/
        /@ assert full: a != i && b != i ==> end == cols; @/
        /@ assert column: a == i || b == i ==> end == j; @/
        /@ loop invariant term: 0 <= f <= end;
           LFAP_REAL(loop invariant same: \forall integer m; 0 <= m <= f
             ==> lfap_rdot_at(A, a, A, b, n, m) == lfap_rdot_at{Pre}(A, a, A, b, n, m);)
           loop assigns f, p, q;
           loop variant end - f; @/
        while (f != end) {
          lfap_cells_at(a, f, i, j, rows, cols, n);
          lfap_cells_at(b, f, i, j, rows, cols, n);
          /@ assert next: LFAP_REAL_FACT(lfap_rdot_at(A, a, A, b, n, f + 1)
               == lfap_rdot_at(A, a, A, b, n, f) + lfap_term(A[a*n + f], A[b*n + f])); @/
          p = A[a * n + f];
          q = A[b * n + f];
          /@ assert linked: LFAP_REAL_FACT(lfap_term(A[a*n + f], A[b*n + f]) == lfap_term(p, q)); @/
          /@ assert first: LFAP_REAL_FACT(p == \at(A[\at(a*n + f,Here)],Pre)); @/
          /@ assert second: LFAP_REAL_FACT(q == \at(A[\at(b*n + f,Here)],Pre)); @/
          /@ assert then: LFAP_REAL_FACT(lfap_rdot_at{Pre}(A, a, A, b, n, f + 1)
               == lfap_rdot_at{Pre}(A, a, A, b, n, f) + lfap_term(p, q)); @/
          /@ assert here: LFAP_REAL_FACT(lfap_rdot_at(A, a, A, b, n, f + 1) == lfap_rdot_at(A, a, A, b, n, f) + lfap_term(p, q)); @/
          /@ assert both: LFAP_REAL_FACT(lfap_rdot_at(A, a, A, b, n, f + 1) == lfap_rdot_at{Pre}(A, a, A, b, n, f + 1)); @/
          f++;
        }
        b++;
      }
      a++;
    } */
#endif
}

/* A_ij, an entry q on the diagonal, becomes sqrt(q - s), s the squares left of it, if that pivot is above its bound
   n*2^-52*q; else it stays. Written so that a NaN is a bad pivot. */
/*@ requires cell: i < rows && j < cols && cols <= n;
  @ requires size: rows*n <= SIZE_MAX;
  @ requires A: \valid(A + (0 .. rows*n - n + cols - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns A[i*n + j];
  @ ensures verdict: \result == 0 || \result == 1;
  @ LFAP_REAL(ensures taken: \result == 1 <==> \old(A[i*n + j]) - s > lfap_pivot_bound(\old(A[i*n + j]), n);)
  @ LFAP_REAL(ensures root: \result == 1 && s < \old(A[i*n + j])
  @   ==> A[i*n + j] > 0.0 && lfap_term(A[i*n + j], A[i*n + j]) == \old(A[i*n + j]) - s;)
  @ LFAP_REAL(ensures kept: \result == 0 ==> A[i*n + j] == \old(A[i*n + j]);)
  @ LFAP_REAL(ensures left: \forall integer a, b, f; 0 <= a < rows && 0 <= b < rows && 0 <= f <= j
  @   ==> lfap_rdot_at(A, a, A, b, n, f) == \old(lfap_rdot_at(A, a, A, b, n, f));)
  @ LFAP_REAL(ensures others: \forall integer a, b, f; 0 <= a < rows && 0 <= b < rows && a != i && b != i && 0 <= f <= cols
  @   ==> lfap_rdot_at(A, a, A, b, n, f) == \old(lfap_rdot_at(A, a, A, b, n, f));)
#ifdef LFAP_TIER_VALUE
  @ ensures nan: \is_NaN(s) || \is_NaN(\old(A[i*n + j])) ==> \result == 0;
#endif
  @*/
LFAP_INLINE int take_root(double *A, size_t i, size_t j, double s, size_t rows, size_t cols, size_t n) {
  /*@ ghost lfap_row_at(i, rows, n); */
  double q = A[i * n + j], pivot = q - s;
  if (!(pivot > (double)n * 0x1p-52 * q)) return 0;
  put(A, i, j, sqrt(pivot), rows, cols, n);
  return 1;
}

/* A pivot above its bound is positive: n 2^-52 < 1. */
/*@ ghost
  /@ requires size: n*n <= SIZE_MAX;
     terminates \true;
     exits never: \false;
     assigns \nothing;
     LFAP_REAL(ensures positive: s >= 0.0 ==> q - s > lfap_pivot_bound(q, n) ==> s < q;) @/
  static void lfap_pivot_positive(double q, double s, size_t n) {
    /@ assert small: n <= 0x100000000; @/
    /@ assert part: LFAP_REAL_FACT(0.0 <= n*0x1p-52 < 1.0); @/
  }
*/

/* A row's squares are not negative. */
/*@ ghost
  /@ requires row: m <= n;
     terminates \true;
     exits never: \false;
     assigns \nothing;
     LFAP_REAL(ensures squares: lfap_rdot_at(A, i, A, i, n, m) >= 0.0;) @/
  static void lfap_squares(const double *A, size_t i, size_t m, size_t n) {
    size_t f = 0;
    /@ loop invariant term: 0 <= f <= m;
       LFAP_REAL(loop invariant squares: lfap_rdot_at(A, i, A, i, n, f) >= 0.0;)
       loop assigns f;
       loop variant m - f; @/
    while (f != m) f++;
  }
*/

/* The dot of the first m columns of two rows, seen from the whole matrix. */
/*@ ghost
  /@ requires rows: i < rows && j < rows && m <= n;
     requires size: rows*n <= SIZE_MAX;
     terminates \true;
     exits never: \false;
     assigns \nothing;
     LFAP_REAL(ensures dot: lfap_rdot(A + i*n, A + j*n, m) == lfap_rdot_at(A, i, A, j, n, m);) @/
  static void lfap_rows_dot(const double *A, size_t i, size_t j, size_t m, size_t rows, size_t n) {
    size_t f = 0;
    lfap_row_at(i, rows, n);
    lfap_row_at(j, rows, n);
    /@ loop invariant term: 0 <= f <= m;
       LFAP_REAL(loop invariant dot: lfap_rdot(A + i*n, A + j*n, f) == lfap_rdot_at(A, i, A, j, n, f);)
       loop assigns f;
       loop variant m - f; @/
    while (f != m) f++;
  }
*/

/* A_ij = (A_ij - s) / A_bj. */
/*@ requires cell: i < rows && b < i && j < cols && cols <= n;
  @ requires size: rows*n <= SIZE_MAX;
  @ requires A: \valid(A + (0 .. rows*n - n + cols - 1));
  @ LFAP_REAL(requires pivot: lfap_nonzero(A[b*n + j]);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns A[i*n + j];
  @ LFAP_REAL(ensures equation: s + lfap_term(A[i*n + j], A[b*n + j]) == \old(A[i*n + j]);)
  @ LFAP_REAL(ensures left: \forall integer a, b, f; 0 <= a < rows && 0 <= b < rows && 0 <= f <= j
  @   ==> lfap_rdot_at(A, a, A, b, n, f) == \old(lfap_rdot_at(A, a, A, b, n, f));)
  @ LFAP_REAL(ensures others: \forall integer a, b, f; 0 <= a < rows && 0 <= b < rows && a != i && b != i && 0 <= f <= cols
  @   ==> lfap_rdot_at(A, a, A, b, n, f) == \old(lfap_rdot_at(A, a, A, b, n, f));) */
LFAP_INLINE void divide(double *A, size_t i, size_t b, size_t j, double s, size_t rows, size_t cols, size_t n) {
  /*@ ghost lfap_row_at(i, rows, n); */
  /*@ ghost lfap_row_at(b, rows, n); */
  /*@ ghost lfap_row_at(b, i, n); */
  double pivot = A[b * n + j], q = A[i * n + j], v = (q - s) / pivot;
  /*@ assert solved: LFAP_REAL_FACT(lfap_term(v, pivot) == q - s); */
  put(A, i, j, v, rows, cols, n);
  /*@ assert same: LFAP_REAL_FACT(A[b*n + j] == pivot); */
}

/* L_ij = (Q_ij - sum_k<j L_ik L_jk) / L_jj. */
/*@ requires entry: j < i && i < n;
  @ requires size: n*n <= SIZE_MAX;
  @ requires L: \valid(L + (0 .. n*n - 1));
  @ LFAP_REAL(requires pivot: lfap_nonzero(L[lfap_at(j, j, n)]);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns L[i*n + j];
  @ LFAP_REAL(ensures equation: lfap_rdot_at(L, i, L, j, n, j + 1) == \old(L[i*n + j]);)
  @ LFAP_REAL(ensures left: \forall integer a, b, f; 0 <= a < n && 0 <= b < n && 0 <= f <= j
  @   ==> lfap_rdot_at(L, a, L, b, n, f) == \old(lfap_rdot_at(L, a, L, b, n, f));)
  @ LFAP_REAL(ensures others: \forall integer a, b, f; 0 <= a < n && 0 <= b < n && a != i && b != i && 0 <= f <= n
  @   ==> lfap_rdot_at(L, a, L, b, n, f) == \old(lfap_rdot_at(L, a, L, b, n, f));) */
LFAP_INLINE void entry(double *L, size_t i, size_t j, size_t n) {
  /*@ ghost lfap_row_at(i, n, n); */
  /*@ ghost lfap_row_at(j, n, n); */
  /*@ ghost lfap_row_at(j, i, n); */
  /*@ ghost lfap_rows_dot(L, i, j, j, n, n); */
  double s = lfap_dot(j, L + i * n, L + j * n);
  /*@ assert sum: LFAP_REAL_FACT(s == lfap_rdot_at(L, i, L, j, n, j)); */
  divide(L, i, j, j, s, n, n, n);
  /*@ assert before: LFAP_REAL_FACT(lfap_rdot_at(L, i, L, j, n, j) == s); */
  /*@ assert next: LFAP_REAL_FACT(lfap_rdot_at(L, i, L, j, n, j + 1) == s + lfap_term(L[i*n + j], L[j*n + j])); */
}

int lfap_chol_row(double *L, size_t i, size_t n) {
  /*@ ghost lfap_row_at(i, n, n); */
  /*@ loop invariant column: 0 <= j <= i;
    @ LFAP_REAL(loop invariant row: \forall integer k; 0 <= k < j ==> lfap_rdot_at(L, i, L, k, n, k + 1) == \at(L[lfap_at(i, k, n)],Pre);)
    @ LFAP_REAL(loop invariant todo: \forall integer c; i*n + j <= c <= i*n + i ==> L[c] == \at(L[c],Pre);)
    @ LFAP_REAL(loop invariant pivots: \forall integer k; 0 <= k < i ==> lfap_nonzero(L[lfap_at(k, k, n)]);)
    @ LFAP_REAL(loop invariant others: \forall integer a, b, f; 0 <= a < n && 0 <= b < n && a != i && b != i && 0 <= f <= n
    @   ==> lfap_rdot_at(L, a, L, b, n, f) == lfap_rdot_at{Pre}(L, a, L, b, n, f);)
    @ loop assigns j, L[i*n .. i*n + i];
    @ loop variant i - j; */
  for (size_t j = 0; j < i; j++) {
    /*@ ghost lfap_row_at(j, i, n); */
    /*@ assert place: LFAP_REAL_FACT(lfap_at(i, j, n) == i*n + j); */
    /*@ assert mine: LFAP_REAL_FACT(L[i*n + j] == \at(L[\at(i*n + j,Here)],Pre)); */
    entry(L, i, j, n);
    /*@ assert now: LFAP_REAL_FACT(lfap_rdot_at(L, i, L, j, n, j + 1) == \at(L[lfap_at(i, \at(j,Here), n)],Pre)); */
    /*@ assert before: LFAP_REAL_FACT(\forall integer k; 0 <= k < j
      @   ==> lfap_rdot_at(L, i, L, k, n, k + 1) == \at(L[lfap_at(i, k, n)],Pre)); */
  }
  /*@ ghost lfap_rows_dot(L, i, i, i, n, n); */
  /*@ ghost lfap_squares(L, i, i, n); */
  double s = lfap_dot(i, L + i * n, L + i * n);
  /*@ assert sum: LFAP_REAL_FACT(s == lfap_rdot_at(L, i, L, i, n, i)); */
  /*@ assert mine: LFAP_REAL_FACT(L[i*n + i] == \at(L[\at(i*n + i,Here)],Pre)); */
  /*@ ghost lfap_pivot_positive(L[i * n + i], s, n); */
  int good = take_root(L, i, i, s, n, n, n);
  /*@ assert squares: LFAP_REAL_FACT(lfap_rdot_at(L, i, L, i, n, i) == s); */
  /*@ assert next: LFAP_REAL_FACT(lfap_rdot_at(L, i, L, i, n, i + 1) == s + lfap_term(L[i*n + i], L[i*n + i])); */
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

enum { GROUP = 8 }; /* rows whose divisions overlap */

/* A_ij = (A_ij - s) / A_bj, s the dot of rows i and b whose lanes begin with the eight at S + p. */
/*@ requires entry: j < cols && cols <= n && b < i && i < rows && p <= LFAP_BLOCK_LANES - 8;
  @ requires size: rows*n <= SIZE_MAX;
  @ requires A: \valid(A + (0 .. rows*n - n + cols - 1));
  @ requires S: \valid_read(S + (0 .. LFAP_BLOCK_LANES - 1));
  @ requires sep: \separated(A + (0 .. rows*n - n + cols - 1), S + (0 .. LFAP_BLOCK_LANES - 1));
  @ LFAP_REAL(requires pivot: lfap_nonzero(A[lfap_at(b, j, n)]);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns A[i*n + j];
  @ LFAP_REAL(ensures equation: \old(lfap_lanes_sum(S, p)) + lfap_rdot_at(A, i, A, b, n, j + 1) == \old(A[i*n + j]);)
  @ LFAP_REAL(ensures left: \forall integer a, b, f; 0 <= a < rows && 0 <= b < rows && 0 <= f <= j
  @   ==> lfap_rdot_at(A, a, A, b, n, f) == \old(lfap_rdot_at(A, a, A, b, n, f));)
  @ LFAP_REAL(ensures others: \forall integer a, b, f; 0 <= a < rows && 0 <= b < rows && a != i && b != i && 0 <= f <= cols
  @   ==> lfap_rdot_at(A, a, A, b, n, f) == \old(lfap_rdot_at(A, a, A, b, n, f));) */
LFAP_INLINE void finish(double *A, const double *S, size_t i, size_t b, size_t j, size_t p, size_t rows, size_t cols,
                        size_t n) {
  /*@ ghost lfap_row_at(i, rows, n); */
  /*@ ghost lfap_row_at(b, i, n); */
  /*@ ghost lfap_rows_dot(A, i, b, j, rows, n); */
  double s = lfap_lanes_more(S + p, j, A + i * n, A + b * n);
  /*@ assert sum: LFAP_REAL_FACT(s == lfap_lanes_sum(S, p) + lfap_rdot_at(A, i, A, b, n, j)); */
  /*@ assert place: LFAP_REAL_FACT(lfap_at(b, j, n) == b*n + j); */
  /*@ assert regular: LFAP_REAL_FACT(lfap_nonzero(A[b*n + j])); */
  divide(A, i, b, j, s, rows, cols, n);
  /*@ assert next: LFAP_REAL_FACT(lfap_rdot_at(A, i, A, b, n, j + 1)
    @   == lfap_rdot_at(A, i, A, b, n, j) + lfap_term(A[i*n + j], A[b*n + j])); */
}

/* The entries of other columns lie apart from (i, j). */
/*@ ghost
  /@ requires entry: j < n;
     terminates \true;
     exits never: \false;
     assigns \nothing;
     LFAP_REAL(ensures apart: \forall integer a, c; 0 <= a < rows && 0 <= c < n && c != j ==> lfap_at(a, c, n) != i*n + j;) @/
  static void lfap_column_apart(size_t i, size_t j, size_t rows, size_t n) {
    size_t k = 0;
    /@ loop invariant row: 0 <= k <= rows;
       LFAP_REAL(loop invariant apart: \forall integer a, c; 0 <= a < k && 0 <= c < n && c != j ==> lfap_at(a, c, n) != i*n + j;)
       loop assigns k;
       loop variant rows - k; @/
    while (k != rows) {
      if (k < i) lfap_row_at(k, i, n);
      if (i < k) lfap_row_at(i, k, n);
      /@ assert row: LFAP_REAL_FACT(\forall integer c; 0 <= c < n && c != j ==> k*n + c != i*n + j); @/
      k++;
    }
  }
*/

/* Entry j of the rows i .. i+m-1 below the corner; row `base` is the first that S has lanes of. */
/*@ requires block: base <= i && i + m <= rows && j < cols && cols <= n && i - base + m <= LFAP_BLOCK && j < LFAP_BLOCK && j < base;
  @ requires size: rows*n <= SIZE_MAX;
  @ requires A: \valid(A + (0 .. rows*n - n + cols - 1));
  @ requires S: \valid_read(S + (0 .. LFAP_BLOCK_LANES - 1));
  @ requires sep: \separated(A + (0 .. rows*n - n + cols - 1), S + (0 .. LFAP_BLOCK_LANES - 1));
  @ LFAP_REAL(requires pivot: lfap_nonzero(A[lfap_at(j, j, n)]);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns A[i*n .. (i + m)*n - n + cols - 1];
  @ LFAP_REAL(ensures equation: \forall integer a; i <= a < i + m ==> lfap_parts(\old(lfap_lanes_of(S, a - base, j)),
  @   lfap_rdot_at(A, a, A, j, n, j + 1), \old(A[lfap_at(a, j, n)]));)
  @ LFAP_REAL(ensures columns: \forall integer a, c; 0 <= a < rows && 0 <= c < cols && c != j
  @   ==> A[lfap_at(a, c, n)] == \old(A[lfap_at(a, c, n)]);)
  @ LFAP_REAL(ensures left: \forall integer a, b, f; 0 <= a < rows && 0 <= b < rows && 0 <= f <= j
  @   ==> lfap_rdot_at(A, a, A, b, n, f) == \old(lfap_rdot_at(A, a, A, b, n, f));)
  @ LFAP_REAL(ensures others: \forall integer a, b, f; 0 <= a < rows && 0 <= b < i && (a < i || i + m <= a) && 0 <= f <= cols
  @   ==> lfap_rdot_at(A, a, A, b, n, f) == \old(lfap_rdot_at(A, a, A, b, n, f));) */
LFAP_INLINE void column(double *A, const double *S, size_t base, size_t i, size_t m, size_t j, size_t rows, size_t cols,
                        size_t n) {
  /*@ ghost lfap_row_at(j, i, n); */
  /*@ ghost lfap_rows_at(i, m, rows, n); */
  /*@ loop invariant row: i <= r <= i + m;
    @ LFAP_REAL(loop invariant equation: \forall integer a; i <= a < r ==> lfap_parts(lfap_lanes_of{Pre}(S, a - base, j),
    @   lfap_rdot_at(A, a, A, j, n, j + 1), \at(A[lfap_at(a, j, n)],Pre));)
    @ LFAP_REAL(loop invariant columns: \forall integer a, c; 0 <= a < rows && 0 <= c < cols && c != j
    @   ==> A[lfap_at(a, c, n)] == \at(A[lfap_at(a, c, n)],Pre);)
    @ LFAP_REAL(loop invariant todo: \forall integer c; r*n <= c <= rows*n - n + cols - 1 ==> A[c] == \at(A[c],Pre);)
    @ LFAP_REAL(loop invariant left: \forall integer a, b, f; 0 <= a < rows && 0 <= b < rows && 0 <= f <= j
    @   ==> lfap_rdot_at(A, a, A, b, n, f) == lfap_rdot_at{Pre}(A, a, A, b, n, f);)
    @ LFAP_REAL(loop invariant others: \forall integer a, b, f; 0 <= a < rows && 0 <= b < i && (a < i || r <= a) && 0 <= f <= cols
    @   ==> lfap_rdot_at(A, a, A, b, n, f) == lfap_rdot_at{Pre}(A, a, A, b, n, f);)
    @ LFAP_REAL(loop invariant pivot: lfap_nonzero(A[lfap_at(j, j, n)]);)
    @ loop assigns r, A[i*n .. (i + m)*n - n + cols - 1];
    @ loop variant i + m - r; */
  for (size_t r = i; r < i + m; r++) {
    /*@ ghost lfap_row_at(r, rows, n); */
    /*@ ghost lfap_row_at(r, i + m, n); */
    /*@ ghost lfap_rows_at(i, r - i, r, n); */
    /*@ ghost lfap_column_apart(r, j, rows, n); */
    size_t p = lfap_lanes_at(r - base, j);
    /*@ assert lanes: LFAP_REAL_FACT(lfap_lanes_sum(S, p) == lfap_lanes_of{Pre}(S, r - base, j)); */
    /*@ assert place: LFAP_REAL_FACT(lfap_at(r, j, n) == r*n + j); */
    /*@ assert mine: LFAP_REAL_FACT(A[r*n + j] == \at(A[\at(r*n + j,Here)],Pre)); */
    finish(A, S, r, j, j, p, rows, cols, n);
    /*@ assert now: LFAP_REAL_FACT(lfap_parts(lfap_lanes_of{Pre}(S, r - base, j), lfap_rdot_at(A, r, A, j, n, j + 1),
      @   \at(A[lfap_at(\at(r,Here), j, n)],Pre))); */
    /*@ assert before: LFAP_REAL_FACT(\forall integer a; i <= a < r ==> lfap_parts(lfap_lanes_of{Pre}(S, a - base, j),
      @   lfap_rdot_at(A, a, A, j, n, j + 1), \at(A[lfap_at(a, j, n)],Pre))); */
  }
}

/* The diagonal's first entries lie before row i. */
/*@ ghost
  /@ requires row: i <= n;
     terminates \true;
     exits never: \false;
     assigns \nothing;
     LFAP_REAL(ensures before: \forall integer c; 0 <= c < i ==> 0 <= lfap_at(c, c, n) < i*n;) @/
  static void lfap_diagonal_at(size_t i, size_t n) {
    size_t k = 0;
    /@ loop invariant row: 0 <= k <= i;
       LFAP_REAL(loop invariant before: \forall integer c; 0 <= c < k ==> 0 <= lfap_at(c, c, n) < i*n;)
       loop assigns k;
       loop variant i - k; @/
    while (k != i) {
      lfap_row_at(k, i, n);
      /@ assert entry: LFAP_REAL_FACT(lfap_at(k, k, n) == k*n + k); @/
      k++;
    }
  }
*/

/* Row i of the corner A. */
/*@ requires block: i < rows && i < cols && cols <= n && i < LFAP_BLOCK;
  @ requires size: rows*n <= SIZE_MAX && n*n <= SIZE_MAX;
  @ requires A: \valid(A + (0 .. rows*n - n + cols - 1));
  @ requires S: \valid_read(S + (0 .. LFAP_BLOCK_LANES - 1));
  @ requires sep: \separated(A + (0 .. rows*n - n + cols - 1), S + (0 .. LFAP_BLOCK_LANES - 1));
  @ LFAP_REAL(requires pivots: \forall integer c; 0 <= c < i ==> lfap_nonzero(A[lfap_at(c, c, n)]);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns A[i*n .. i*n + i];
  @ ensures verdict: \result == 0 || \result == 1;
  @ LFAP_REAL(ensures pivots: \forall integer c; 0 <= c < i ==> lfap_nonzero(A[lfap_at(c, c, n)]);)
  @ LFAP_REAL(ensures row: \forall integer c; 0 <= c < i ==> lfap_parts(\old(lfap_lanes_of(S, i, c)),
  @   lfap_rdot_at(A, i, A, c, n, c + 1), \old(A[lfap_at(i, c, n)]));)
  @ LFAP_REAL(ensures taken: \result == 1 <==> !lfap_bad_pivot(\old(A[lfap_at(i, i, n)]),
  @   \old(lfap_lanes_of(S, i, i)) + lfap_rdot_at(A, i, A, i, n, i), n);)
  @ LFAP_REAL(ensures pivot: \result == 1 && \old(lfap_not_negative(lfap_lanes_of(S, i, i)))
  @   ==> lfap_nonzero(A[lfap_at(i, i, n)]) && lfap_parts(\old(lfap_lanes_of(S, i, i)),
  @   lfap_rdot_at(A, i, A, i, n, i + 1), \old(A[lfap_at(i, i, n)]));)
  @ LFAP_REAL(ensures others: \forall integer a, b, f; 0 <= a < rows && 0 <= b < rows && a != i && b != i && 0 <= f <= cols
  @   ==> lfap_rdot_at(A, a, A, b, n, f) == \old(lfap_rdot_at(A, a, A, b, n, f));) */
LFAP_INLINE int corner_row(double *A, const double *S, size_t i, size_t rows, size_t cols, size_t n) {
  /*@ ghost lfap_row_at(i, rows, n); */
  /*@ ghost lfap_diagonal_at(i, n); */
  /*@ loop invariant column: 0 <= j <= i;
    @ LFAP_REAL(loop invariant row: \forall integer c; 0 <= c < j ==> lfap_parts(lfap_lanes_of{Pre}(S, i, c),
    @   lfap_rdot_at(A, i, A, c, n, c + 1), \at(A[lfap_at(i, c, n)],Pre));)
    @ LFAP_REAL(loop invariant todo: \forall integer c; i*n + j <= c <= i*n + i ==> A[c] == \at(A[c],Pre);)
    @ LFAP_REAL(loop invariant pivots: \forall integer c; 0 <= c < i ==> lfap_nonzero(A[lfap_at(c, c, n)]);)
    @ LFAP_REAL(loop invariant others: \forall integer a, b, f; 0 <= a < rows && 0 <= b < rows && a != i && b != i && 0 <= f <= cols
    @   ==> lfap_rdot_at(A, a, A, b, n, f) == lfap_rdot_at{Pre}(A, a, A, b, n, f);)
    @ loop assigns j, A[i*n .. i*n + i];
    @ loop variant i - j; */
  for (size_t j = 0; j < i; j++) {
    size_t p = lfap_lanes_at(i, j);
    /*@ ghost lfap_row_at(j, i, n); */
    /*@ assert lanes: LFAP_REAL_FACT(lfap_lanes_sum(S, p) == lfap_lanes_of{Pre}(S, i, j)); */
    /*@ assert place: LFAP_REAL_FACT(lfap_at(i, j, n) == i*n + j); */
    /*@ assert mine: LFAP_REAL_FACT(A[i*n + j] == \at(A[\at(i*n + j,Here)],Pre)); */
    finish(A, S, i, j, j, p, rows, cols, n);
    /*@ assert now: LFAP_REAL_FACT(lfap_parts(lfap_lanes_of{Pre}(S, i, j), lfap_rdot_at(A, i, A, j, n, j + 1),
      @   \at(A[lfap_at(i, \at(j,Here), n)],Pre))); */
    /*@ assert before: LFAP_REAL_FACT(\forall integer c; 0 <= c < j ==> lfap_parts(lfap_lanes_of{Pre}(S, i, c),
      @   lfap_rdot_at(A, i, A, c, n, c + 1), \at(A[lfap_at(i, c, n)],Pre))); */
  }
  /*@ ghost lfap_rows_dot(A, i, i, i, rows, n); */
  /*@ ghost lfap_squares(A, i, i, n); */
  size_t q = lfap_lanes_at(i, i);
  double s = lfap_lanes_more(S + q, i, A + i * n, A + i * n);
  /*@ assert lanes: LFAP_REAL_FACT(lfap_lanes_sum(S, q) == lfap_lanes_of{Pre}(S, i, i)); */
  /*@ assert sum: LFAP_REAL_FACT(s == lfap_lanes_of{Pre}(S, i, i) + lfap_rdot_at(A, i, A, i, n, i)); */
  /*@ assert place: LFAP_REAL_FACT(lfap_at(i, i, n) == i*n + i); */
  /*@ assert mine: LFAP_REAL_FACT(A[i*n + i] == \at(A[\at(i*n + i,Here)],Pre)); */
  /*@ ghost lfap_pivot_positive(A[i * n + i], s, n); */
  int good = take_root(A, i, i, s, rows, cols, n);
  /*@ assert squares: LFAP_REAL_FACT(lfap_lanes_of{Pre}(S, i, i) + lfap_rdot_at(A, i, A, i, n, i) == s); */
  /*@ assert next: LFAP_REAL_FACT(lfap_rdot_at(A, i, A, i, n, i + 1)
    @   == lfap_rdot_at(A, i, A, i, n, i) + lfap_term(A[i*n + i], A[i*n + i])); */
  return good;
}

/* The corner A on the diagonal: rest rows of L from there on. */
/*@ requires block: mb <= LFAP_BLOCK && mb <= rest && rest <= n;
  @ requires size: n*n <= SIZE_MAX && rest*n <= SIZE_MAX;
  @ requires A: \valid(A + (0 .. rest*n - n + rest - 1));
  @ requires S: \valid_read(S + (0 .. LFAP_BLOCK_LANES - 1));
  @ requires sep: \separated(A + (0 .. rest*n - n + rest - 1), S + (0 .. LFAP_BLOCK_LANES - 1));
  @ LFAP_REAL(requires squares: \forall integer i; 0 <= i < mb ==> lfap_not_negative(lfap_lanes_of(S, i, i));)
  @ terminates \true;
  @ exits never: \false;
  @ assigns A[0 .. rest*n - n + rest - 1];
  @ ensures verdict: 0 <= \result <= mb;
  @ LFAP_REAL(ensures factor: \forall integer i, j; 0 <= j <= i < \result ==> lfap_parts(\old(lfap_lanes_of(S, i, j)),
  @   lfap_rdot_at(A, i, A, j, n, j + 1), \old(A[lfap_at(i, j, n)]));)
  @ LFAP_REAL(ensures pivots: \forall integer i; 0 <= i < \result ==> lfap_nonzero(A[lfap_at(i, i, n)]);) */
LFAP_INLINE size_t corner(double *A, const double *S, size_t mb, size_t rest, size_t n) {
  /*@ loop invariant row: 0 <= i <= mb;
    @ LFAP_REAL(loop invariant factor: \forall integer r, c; 0 <= c <= r < i ==> lfap_parts(lfap_lanes_of{Pre}(S, r, c),
    @   lfap_rdot_at(A, r, A, c, n, c + 1), \at(A[lfap_at(r, c, n)],Pre));)
    @ LFAP_REAL(loop invariant pivots: \forall integer r; 0 <= r < i ==> lfap_nonzero(A[lfap_at(r, r, n)]);)
    @ LFAP_REAL(loop invariant todo: \forall integer c; i*n <= c < rest*n - n + rest ==> A[c] == \at(A[c],Pre);)
    @ LFAP_REAL(loop invariant lanes: \forall integer c; 0 <= c < LFAP_BLOCK_LANES ==> S[c] == \at(S[c],Pre);)
    @ loop assigns i, A[0 .. rest*n - n + rest - 1];
    @ loop variant mb - i; */
  for (size_t i = 0; i < mb; i++) {
    /*@ ghost lfap_row_at(i, rest, n); */
    /*@ assert mine: LFAP_REAL_FACT(\forall integer c; i*n <= c <= i*n + i ==> A[c] == \at(A[c],Pre)); */
#ifdef LFAP_TIER_REAL
    /*@ ghost size_t f = 0; */
    /*@ ghost
      /@ loop invariant column: 0 <= f <= i + 1;
         LFAP_REAL(loop invariant lanes: \forall integer c; 0 <= c < f ==> lfap_lanes_of(S, i, c) == lfap_lanes_of{Pre}(S, i, c);)
         loop assigns f;
         loop variant i + 1 - f; @/
      while (f != i + 1) {
        /@ assert inside: LFAP_REAL_FACT(0 <= lfap_lanes_place(i, f) <= LFAP_BLOCK_LANES - 8); @/
        /@ assert cells: LFAP_REAL_FACT(lfap_lanes_sum(S, lfap_lanes_place(i, f)) == lfap_lanes_sum{Pre}(S, lfap_lanes_place(i, f))); @/
        f++;
      } */
#endif
    if (!corner_row(A, S, i, rest, rest, n)) return i;
    /*@ assert above: LFAP_REAL_FACT(\forall integer r, c; 0 <= c <= r < i ==> lfap_parts(lfap_lanes_of{Pre}(S, r, c),
      @   lfap_rdot_at(A, r, A, c, n, c + 1), \at(A[lfap_at(r, c, n)],Pre))); */
    /*@ assert place: LFAP_REAL_FACT(lfap_at(i, i, n) == i*n + i); */
    /*@ assert row: LFAP_REAL_FACT(\forall integer c; 0 <= c <= i ==> lfap_parts(lfap_lanes_of{Pre}(S, i, c),
      @   lfap_rdot_at(A, i, A, c, n, c + 1), \at(A[lfap_at(\at(i,Here), c, n)],Pre))); */
  }
  return mb;
}

LFAP_CLONES
size_t lfap_chol_corner(double *L, const double *S, size_t first, size_t mb, size_t n) {
  /*@ ghost lfap_row_at(first, n, n); */
  /*@ ghost lfap_rows_at(first, n - first, n, n); */
  return corner(L + (first * n + first), S, mb, n - first, n);
}

/* Entries 0 .. mb-1 of the rows i .. i+m-1 below the corner; row `base` is the first that S has lanes of. */
/*@ requires block: base <= i && i + m <= rows && i + m <= n && mb <= cols && cols <= n && i - base + m <= LFAP_BLOCK
  @   && mb <= LFAP_BLOCK && mb <= base;
  @ requires size: rows*n <= SIZE_MAX && n*n <= SIZE_MAX;
  @ requires A: \valid(A + (0 .. rows*n - n + cols - 1));
  @ requires S: \valid_read(S + (0 .. LFAP_BLOCK_LANES - 1));
  @ requires sep: \separated(A + (0 .. rows*n - n + cols - 1), S + (0 .. LFAP_BLOCK_LANES - 1));
  @ LFAP_REAL(requires pivots: \forall integer c; 0 <= c < mb ==> lfap_nonzero(A[lfap_at(c, c, n)]);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns A[i*n .. (i + m)*n - n + cols - 1];
  @ LFAP_REAL(ensures equation: \forall integer a, c; i <= a < i + m && 0 <= c < mb ==> lfap_parts(\old(lfap_lanes_of(S, a - base, c)),
  @   lfap_rdot_at(A, a, A, c, n, c + 1), \old(A[lfap_at(a, c, n)]));)
  @ LFAP_REAL(ensures pivots: \forall integer c; 0 <= c < mb ==> lfap_nonzero(A[lfap_at(c, c, n)]);)
  @ LFAP_REAL(ensures others: \forall integer a, b, f; 0 <= a < rows && 0 <= b < i && (a < i || i + m <= a) && 0 <= f <= cols
  @   ==> lfap_rdot_at(A, a, A, b, n, f) == \old(lfap_rdot_at(A, a, A, b, n, f));) */
LFAP_INLINE void below(double *A, const double *S, size_t base, size_t i, size_t m, size_t mb, size_t rows, size_t cols,
                       size_t n) {
  /*@ ghost lfap_diagonal_at(i, n); */
  /*@ loop invariant column: 0 <= j <= mb;
    @ LFAP_REAL(loop invariant equation: \forall integer a, c; i <= a < i + m && 0 <= c < j
    @   ==> lfap_parts(lfap_lanes_of{Pre}(S, a - base, c),
    @   lfap_rdot_at(A, a, A, c, n, c + 1), \at(A[lfap_at(a, c, n)],Pre));)
    @ LFAP_REAL(loop invariant todo: \forall integer a, c; 0 <= a < rows && j <= c < cols
    @   ==> A[lfap_at(a, c, n)] == \at(A[lfap_at(a, c, n)],Pre);)
    @ LFAP_REAL(loop invariant lanes: \forall integer c; 0 <= c < LFAP_BLOCK_LANES ==> S[c] == \at(S[c],Pre);)
    @ LFAP_REAL(loop invariant pivots: \forall integer c; 0 <= c < mb ==> lfap_nonzero(A[lfap_at(c, c, n)]);)
    @ LFAP_REAL(loop invariant others: \forall integer a, b, f; 0 <= a < rows && 0 <= b < i && (a < i || i + m <= a) && 0 <= f <= cols
    @   ==> lfap_rdot_at(A, a, A, b, n, f) == lfap_rdot_at{Pre}(A, a, A, b, n, f);)
    @ loop assigns j, A[i*n .. (i + m)*n - n + cols - 1];
    @ loop variant mb - j; */
  for (size_t j = 0; j < mb; j++) {
#ifdef LFAP_TIER_REAL
    /*@ ghost size_t f = i; */
    /*@ ghost
      /@ loop invariant row: i <= f <= i + m;
         LFAP_REAL(loop invariant lanes: \forall integer a; i <= a < f
           ==> lfap_lanes_of(S, a - base, j) == lfap_lanes_of{Pre}(S, a - base, j);)
         loop assigns f;
         loop variant i + m - f; @/
      while (f != i + m) {
        /@ assert inside: LFAP_REAL_FACT(0 <= lfap_lanes_place(f - base, j) <= LFAP_BLOCK_LANES - 8); @/
        /@ assert cells: LFAP_REAL_FACT(lfap_lanes_sum(S, lfap_lanes_place(f - base, j))
             == lfap_lanes_sum{Pre}(S, lfap_lanes_place(f - base, j))); @/
        f++;
      } */
#endif
    column(A, S, base, i, m, j, rows, cols, n);
    /*@ assert now: LFAP_REAL_FACT(\forall integer a; i <= a < i + m ==> lfap_parts(lfap_lanes_of{Pre}(S, a - base, j),
      @   lfap_rdot_at(A, a, A, j, n, j + 1), \at(A[lfap_at(a, \at(j,Here), n)],Pre))); */
    /*@ assert before: LFAP_REAL_FACT(\forall integer a, c; i <= a < i + m && 0 <= c < j ==> lfap_parts(lfap_lanes_of{Pre}(S, a - base, c),
      @   lfap_rdot_at(A, a, A, c, n, c + 1), \at(A[lfap_at(a, c, n)],Pre))); */
  }
}

/* The rows from i on lie from i*n on. */
/*@ ghost
  /@ terminates \true;
     exits never: \false;
     assigns \nothing;
     LFAP_REAL(ensures from: \forall integer a, c; i <= a < rows && 0 <= c < n ==> i*n <= lfap_at(a, c, n) <= rows*n - n + c;) @/
  static void lfap_rows_from(size_t i, size_t rows, size_t n) {
    size_t k = i;
    /@ loop invariant row: i <= k;
       LFAP_REAL(loop invariant from: \forall integer a, c; i <= a < k && a < rows && 0 <= c < n
         ==> i*n <= lfap_at(a, c, n) <= rows*n - n + c;)
       loop assigns k;
       loop variant rows - k; @/
    while (k < rows) {
      lfap_rows_at(i, k - i, rows, n);
      lfap_row_at(k, rows, n);
      /@ assert row: LFAP_REAL_FACT(\forall integer c; 0 <= c < n ==> i*n <= lfap_at(k, c, n) <= rows*n - n + c); @/
      k++;
    }
  }
*/

/* Entries 0 .. mb-1 of the rows base .. base+ma-1 of A, rest rows of L from the corner on, in groups. */
/*@ requires block: base + ma <= rest && rest <= n && ma <= LFAP_BLOCK && mb <= LFAP_BLOCK && mb <= base;
  @ requires size: n*n <= SIZE_MAX && rest*n <= SIZE_MAX;
  @ requires A: \valid(A + (0 .. rest*n - n + rest - 1));
  @ requires S: \valid_read(S + (0 .. LFAP_BLOCK_LANES - 1));
  @ requires sep: \separated(A + (0 .. rest*n - n + rest - 1), S + (0 .. LFAP_BLOCK_LANES - 1));
  @ LFAP_REAL(requires pivots: \forall integer c; 0 <= c < mb ==> lfap_nonzero(A[lfap_at(c, c, n)]);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns A[base*n .. (base + ma)*n - n + rest - 1];
  @ LFAP_REAL(ensures equation: \forall integer a, c; base <= a < base + ma && 0 <= c < mb
  @   ==> lfap_parts(\old(lfap_lanes_of(S, a - base, c)),
  @   lfap_rdot_at(A, a, A, c, n, c + 1), \old(A[lfap_at(a, c, n)]));) */
LFAP_INLINE void below_groups(double *A, const double *S, size_t base, size_t ma, size_t mb, size_t rest, size_t n) {
  size_t r = 0;
  /*@ loop invariant row: 0 <= r <= ma;
    @ LFAP_REAL(loop invariant equation: \forall integer a, c; base <= a < base + r && 0 <= c < mb
    @   ==> lfap_parts(lfap_lanes_of{Pre}(S, a - base, c),
    @   lfap_rdot_at(A, a, A, c, n, c + 1), \at(A[lfap_at(a, c, n)],Pre));)
    @ LFAP_REAL(loop invariant todo: \forall integer c; (base + r)*n <= c <= rest*n - n + rest - 1 ==> A[c] == \at(A[c],Pre);)
    @ LFAP_REAL(loop invariant lanes: \forall integer c; 0 <= c < LFAP_BLOCK_LANES ==> S[c] == \at(S[c],Pre);)
    @ LFAP_REAL(loop invariant pivots: \forall integer c; 0 <= c < mb ==> lfap_nonzero(A[lfap_at(c, c, n)]);)
    @ loop assigns r, A[base*n .. (base + ma)*n - n + rest - 1];
    @ loop variant ma - r; */
  while (r < ma) {
    size_t m = ma - r < GROUP ? ma - r : GROUP;
#ifdef LFAP_TIER_REAL
    /*@ ghost size_t e = 0, f = 0; */
    /*@ ghost
      /@ loop invariant row: 0 <= e <= ma;
         LFAP_REAL(loop invariant lanes: \forall integer a, c; 0 <= a < e && 0 <= c < mb
           ==> lfap_lanes_of(S, a, c) == lfap_lanes_of{Pre}(S, a, c);)
         loop assigns e, f;
         loop variant ma - e; @/
      while (e != ma) {
        f = 0;
        /@ loop invariant column: 0 <= f <= mb;
           LFAP_REAL(loop invariant lanes: \forall integer c; 0 <= c < f ==> lfap_lanes_of(S, e, c) == lfap_lanes_of{Pre}(S, e, c);)
           loop assigns f;
           loop variant mb - f; @/
        while (f != mb) {
          /@ assert inside: LFAP_REAL_FACT(0 <= lfap_lanes_place(e, f) <= LFAP_BLOCK_LANES - 8); @/
          /@ assert cells: LFAP_REAL_FACT(lfap_lanes_sum(S, lfap_lanes_place(e, f)) == lfap_lanes_sum{Pre}(S, lfap_lanes_place(e, f))); @/
          f++;
        }
        e++;
      } */
#endif
    /*@ ghost lfap_rows_from(base + r, rest, n); */
    /*@ ghost lfap_rows_at(base + r, m, rest, n); */
    /*@ assert mine: LFAP_REAL_FACT(\forall integer a, c; base + r <= a < base + r + m && 0 <= c < mb
      @   ==> A[lfap_at(a, c, n)] == \at(A[lfap_at(a, c, n)],Pre)); */
    below(A, S, base, base + r, m, mb, rest, rest, n);
    /*@ assert after: LFAP_REAL_FACT((base + r)*n <= (base + r + m)*n && (base + r + m)*n - n + rest - 1 < (base + r + m)*n); */
    /*@ assert todo: LFAP_REAL_FACT(\forall integer c; (base + r + m)*n <= c <= rest*n - n + rest - 1
      @   ==> A[c] == \at(A[c],Pre)); */
    /*@ assert now: LFAP_REAL_FACT(\forall integer a, c; base + r <= a < base + r + m && 0 <= c < mb
      @   ==> lfap_parts(lfap_lanes_of{Pre}(S, a - base, c),
      @   lfap_rdot_at(A, a, A, c, n, c + 1), \at(A[lfap_at(a, c, n)],Pre))); */
    /*@ assert before: LFAP_REAL_FACT(\forall integer a, c; base <= a < base + r && 0 <= c < mb
      @   ==> lfap_parts(lfap_lanes_of{Pre}(S, a - base, c),
      @   lfap_rdot_at(A, a, A, c, n, c + 1), \at(A[lfap_at(a, c, n)],Pre))); */
    r += m;
  }
}

LFAP_CLONES
void lfap_chol_below(double *L, const double *S, size_t i, size_t ma, size_t first, size_t mb, size_t n) {
  /*@ ghost lfap_row_at(first, n, n); */
  /*@ ghost lfap_rows_at(first, n - first, n, n); */
  below_groups(L + (first * n + first), S, i - first, ma, mb, n - first, n);
}
