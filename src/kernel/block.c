/* block.c - blocks of dots (N1). A slice of the rows of B is packed, because every four rows of A meet all of it; those
 * four stay in the nearest cache and are packed only where a tile or the last step is incomplete. Columns beyond the last
 * are packed as -0 in A and 0 in B, because adding their product, -0, changes no double.
 * The proof over the reals: a tile's lanes grow by strided sums (tile_part), eight of them are a slice of a dot
 * (lfap_lanes_gather), and slices add up to the dot (lfap_block_lanes). The dots are named in the state of each function's
 * call, so a ghost loop shows in each of the three that write (pack_panel, tile_at, block_start) that no dot changes. */
#ifdef __FRAMAC__
#include "entry.acsl"
#endif

#include "block.h"

#include "lanes_step.h"
#ifdef __FRAMAC__
#include "slices.acsl"
#endif

enum { STEP = LFAP_TILE * LFAP_LANES, PANEL = LFAP_STEPS * STEP }; /* doubles of a packed step, of four packed rows */
enum { COLUMN = LFAP_BLOCK / LFAP_TILE * LFAP_TILE_LANES };        /* lanes of a column of tiles */

/* Columns k .. k+n-1 of A and of B. */
typedef struct {
  const double *A, *B;
  size_t ma, mb, ld, k, n; /* rows, doubles of a row, columns */
} slice;

/* Entries of a matrix lie inside it. */
/*@ ghost
  /@ terminates \true;
     exits never: \false;
     assigns \nothing;
     LFAP_REAL(ensures inside: \forall integer i, j; 0 <= i < n && 0 <= j < d ==> 0 <= lfap_at(i, j, d) < n*d;) @/
  static void lfap_entries_inside(size_t n, size_t d) {
    /@ assert row: LFAP_REAL_FACT(\forall integer i; 0 <= i < n ==> 0 <= i*d && i*d + d <= n*d); @/
  }
*/

/* Row r of a packed panel: n columns of a, filled up to whole steps with `pad`. */
/*@ requires row: r < LFAP_TILE && n <= LFAP_STEPS*LFAP_LANES;
  @ requires a: \valid_read(a + (0 .. n-1));
  @ requires P: \valid(P + (0 .. PANEL-1));
  @ requires sep: \separated(P + (0 .. PANEL-1), a + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns P[0 .. PANEL-1];
  @ LFAP_REAL(ensures packed: \forall integer t, l; 0 <= t && 0 <= l < LFAP_LANES && LFAP_LANES*t + l < n
  @   ==> P[lfap_at(t, lfap_at(r, l, LFAP_LANES), STEP)] == \old(a[LFAP_LANES*t + l]);)
  @ LFAP_REAL(ensures padded: \forall integer t, l; 0 <= l < LFAP_LANES && LFAP_LANES*t < n <= LFAP_LANES*t + l
  @   ==> P[lfap_at(t, lfap_at(r, l, LFAP_LANES), STEP)] == pad;)
  @ LFAP_REAL(ensures kept: \forall integer e, t, l; 0 <= e < LFAP_TILE && e != r && 0 <= t < LFAP_STEPS && 0 <= l < LFAP_LANES
  @   ==> P[lfap_at(t, lfap_at(e, l, LFAP_LANES), STEP)] == \old(P[lfap_at(t, lfap_at(e, l, LFAP_LANES), STEP)]);) */
LFAP_INLINE void pack_row(double *restrict P, size_t r, const double *restrict a, size_t n, double pad) {
  size_t t = 0;
  /*@ loop invariant step: 0 <= t <= n / LFAP_LANES;
    @ LFAP_REAL(loop invariant packed: \forall integer u, m; 0 <= u < t && 0 <= m < LFAP_LANES
    @   ==> P[lfap_at(u, lfap_at(r, m, LFAP_LANES), STEP)] == \at(a[LFAP_LANES*u + m],Pre);)
    @ LFAP_REAL(loop invariant kept: \forall integer e, u, m; 0 <= e < LFAP_TILE && e != r && 0 <= u < LFAP_STEPS && 0 <= m < LFAP_LANES
    @   ==> P[lfap_at(u, lfap_at(e, m, LFAP_LANES), STEP)] == \at(P[lfap_at(u, lfap_at(e, m, LFAP_LANES), STEP)],Pre);)
    @ loop assigns t, P[0 .. PANEL-1];
    @ loop variant n / LFAP_LANES - t; */
  for (; t < n / LFAP_LANES; t++)
    /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
      @ LFAP_REAL(loop invariant before: \forall integer u, m; 0 <= u < t && 0 <= m < LFAP_LANES
      @   ==> P[lfap_at(u, lfap_at(r, m, LFAP_LANES), STEP)] == \at(a[LFAP_LANES*u + m],Pre);)
      @ LFAP_REAL(loop invariant packed: \forall integer u, m; t <= u < t + 1 && 0 <= m < l
      @   ==> P[lfap_at(u, lfap_at(r, m, LFAP_LANES), STEP)] == \at(a[LFAP_LANES*u + m],Pre);)
      @ LFAP_REAL(loop invariant kept: \forall integer e, u, m; 0 <= e < LFAP_TILE && e != r && 0 <= u < LFAP_STEPS && 0 <= m < LFAP_LANES
      @   ==> P[lfap_at(u, lfap_at(e, m, LFAP_LANES), STEP)] == \at(P[lfap_at(u, lfap_at(e, m, LFAP_LANES), STEP)],Pre);)
      @ loop assigns l, P[0 .. PANEL-1];
      @ loop variant LFAP_LANES - l; */
    for (size_t l = 0; l < LFAP_LANES; l++) P[t * STEP + r * LFAP_LANES + l] = a[t * LFAP_LANES + l];
  if (t * LFAP_LANES == n) return;
  /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
    @ LFAP_REAL(loop invariant before: \forall integer u, m; 0 <= u < t && 0 <= m < LFAP_LANES
    @   ==> P[lfap_at(u, lfap_at(r, m, LFAP_LANES), STEP)] == \at(a[LFAP_LANES*u + m],Pre);)
    @ LFAP_REAL(loop invariant packed: \forall integer u, m; t <= u < t + 1 && 0 <= m < l
    @   ==> P[lfap_at(u, lfap_at(r, m, LFAP_LANES), STEP)] == (LFAP_LANES*u + m < n ? \at(a[LFAP_LANES*u + m],Pre) : pad);)
    @ LFAP_REAL(loop invariant kept: \forall integer e, u, m; 0 <= e < LFAP_TILE && e != r && 0 <= u < LFAP_STEPS && 0 <= m < LFAP_LANES
    @   ==> P[lfap_at(u, lfap_at(e, m, LFAP_LANES), STEP)] == \at(P[lfap_at(u, lfap_at(e, m, LFAP_LANES), STEP)],Pre);)
    @ loop assigns l, P[0 .. PANEL-1];
    @ loop variant LFAP_LANES - l; */
  for (size_t l = 0; l < LFAP_LANES; l++)
    P[t * STEP + r * LFAP_LANES + l] = t * LFAP_LANES + l < n ? a[t * LFAP_LANES + l] : pad;
}

/* A panel: rows i .. i+3 of the m rows of M, columns k .. k+n-1. What it holds for rows beyond the last is never looked at. */
/*@ requires panel: i <= m && n <= LFAP_STEPS*LFAP_LANES && k + n <= ld;
  @ requires size: m <= LFAP_BLOCK && m*ld <= SIZE_MAX;
  @ requires M: \valid_read(M + (0 .. m*ld - 1));
  @ requires P: \valid(P + (0 .. PANEL-1));
  @ requires sep: \separated(P + (0 .. PANEL-1), M + (0 .. m*ld - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns P[0 .. PANEL-1];
  @ LFAP_REAL(ensures packed: \forall integer p, t, l; 0 <= p < LFAP_TILE && i + p < m && 0 <= t && 0 <= l < LFAP_LANES
  @   && LFAP_LANES*t + l < n
  @   ==> P[lfap_at(t, lfap_at(p, l, LFAP_LANES), STEP)] == \old(M[lfap_at(i + p, k + LFAP_LANES*t + l, ld)]);)
  @ LFAP_REAL(ensures padded: lfap_filled(P, LFAP_LANES, STEP, i, m, n, pad);) */
LFAP_INLINE void pack_rows(double *P, const double *M, size_t i, size_t m, size_t ld, size_t k, size_t n, double pad) {
  /*@ loop invariant row: 0 <= r <= LFAP_TILE;
    @ LFAP_REAL(loop invariant packed: \forall integer p, t, l; 0 <= p < r && 0 <= t && 0 <= l < LFAP_LANES && LFAP_LANES*t + l < n
    @   ==> P[lfap_at(t, lfap_at(p, l, LFAP_LANES), STEP)] == \at(M[lfap_at(i + p, k + LFAP_LANES*t + l, ld)],Pre);)
    @ LFAP_REAL(loop invariant padded: \forall integer p, t, l; 0 <= p < r && 0 <= l < LFAP_LANES && LFAP_LANES*t < n <= LFAP_LANES*t + l
    @   ==> P[lfap_at(t, lfap_at(p, l, LFAP_LANES), STEP)] == pad;)
    @ loop assigns r, P[0 .. PANEL-1];
    @ loop variant LFAP_TILE - r; */
  for (size_t r = 0; r < LFAP_TILE && i + r < m; r++) {
    /*@ ghost lfap_row_at(i + r, m, ld); */
    pack_row(P, r, M + ((i + r) * ld + k), n, pad);
    /*@ assert mine: LFAP_REAL_FACT(\forall integer t, l; 0 <= t && 0 <= l < LFAP_LANES && LFAP_LANES*t + l < n
          ==> P[lfap_at(t, lfap_at(r, l, LFAP_LANES), STEP)] == \at(M[lfap_at(\at(i + r,Here), k + LFAP_LANES*t + l, ld)],Pre)); */
  }
}

/* The same, and no dot of A and B changes by it. */
/*@ requires panel: i <= m && z.n <= LFAP_STEPS*LFAP_LANES && z.k + z.n <= z.ld;
  @ requires size: m <= LFAP_BLOCK && m*z.ld <= SIZE_MAX;
  @ requires M: \valid_read(M + (0 .. m*z.ld - 1));
  @ requires P: \valid(P + (0 .. PANEL-1));
  @ requires sep: \separated(P + (0 .. PANEL-1), M + (0 .. m*z.ld - 1));
  @ LFAP_REAL(requires size: z.ma*z.ld <= SIZE_MAX && z.mb*z.ld <= SIZE_MAX;)
  @ LFAP_REAL(requires A: \valid_read(z.A + (0 .. z.ma*z.ld - 1)) && \separated(P + (0 .. PANEL-1), z.A + (0 .. z.ma*z.ld - 1));)
  @ LFAP_REAL(requires B: \valid_read(z.B + (0 .. z.mb*z.ld - 1)) && \separated(P + (0 .. PANEL-1), z.B + (0 .. z.mb*z.ld - 1));)
  @ terminates \true;
  @ exits never: \false;
  @ assigns P[0 .. PANEL-1];
  @ LFAP_REAL(ensures packed: lfap_slice(P, LFAP_LANES, STEP, M, i, m, z.ld, z.k, z.n);)
  @ LFAP_REAL(ensures padded: lfap_filled(P, LFAP_LANES, STEP, i, m, z.n, pad);)
  @ LFAP_REAL(ensures same: lfap_same_dots{Old, Here}(z.A, z.ma, z.B, z.mb, z.ld);) */
LFAP_INLINE void pack_panel(double *P, const double *M, size_t i, size_t m, double pad, slice z) {
  pack_rows(P, M, i, m, z.ld, z.k, z.n, pad);
  /*@ ghost lfap_entries_inside(m, z.ld); */
  /*@ assert kept: LFAP_REAL_FACT(\forall integer x; 0 <= x < m*z.ld ==> M[x] == \at(M[x],Pre)); */
#ifdef LFAP_TIER_REAL
#include "same_dots.acsl"
#endif
}

/* Panel j of B, behind j others. */
/*@ requires slice: LFAP_TILE*j < z.mb && z.mb <= LFAP_BLOCK && z.n <= LFAP_STEPS*LFAP_LANES && z.k + z.n <= z.ld;
  @ requires size: z.mb*z.ld <= SIZE_MAX;
  @ requires B: \valid_read(z.B + (0 .. z.mb*z.ld - 1));
  @ requires P: \valid(P + (0 .. LFAP_BLOCK*LFAP_STEPS*LFAP_LANES - 1));
  @ requires sep: \separated(P + (0 .. LFAP_BLOCK*LFAP_STEPS*LFAP_LANES - 1), z.B + (0 .. z.mb*z.ld - 1));
  @ LFAP_REAL(requires size: z.ma*z.ld <= SIZE_MAX;)
  @ LFAP_REAL(requires A: \valid_read(z.A + (0 .. z.ma*z.ld - 1));)
  @ LFAP_REAL(requires sep: \separated(P + (0 .. LFAP_BLOCK*LFAP_STEPS*LFAP_LANES - 1), z.A + (0 .. z.ma*z.ld - 1));)
  @ LFAP_REAL(requires packed: lfap_panels(P, j, z.B, z.mb, z.ld, z.k, z.n);)
  @ LFAP_REAL(requires padded: lfap_panels_filled(P, 0, j, z.mb, z.n);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns P[0 .. LFAP_BLOCK*LFAP_STEPS*LFAP_LANES - 1];
  @ LFAP_REAL(ensures packed: lfap_panels(P, j + 1, z.B, z.mb, z.ld, z.k, z.n);)
  @ LFAP_REAL(ensures padded: lfap_panels_filled(P, 0, j + 1, z.mb, z.n);)
  @ LFAP_REAL(ensures same: lfap_same_dots{Old, Here}(z.A, z.ma, z.B, z.mb, z.ld);) */
LFAP_INLINE void pack_next(double *P, size_t j, slice z) {
  pack_panel(P + j * PANEL, z.B, LFAP_TILE * j, z.mb, 0.0, z);
  /*@ ghost lfap_entries_inside(z.mb, z.ld); */
  /*@ assert kept_B: LFAP_REAL_FACT(\forall integer x; 0 <= x < z.mb*z.ld ==> z.B[x] == \at(z.B[x],Pre)); */
  /*@ assert kept_P: LFAP_REAL_FACT(\forall integer q, p, t, l; 0 <= q < j && 0 <= p < 4 && 0 <= t < 32 && 0 <= l < 8
        ==> P[lfap_at(q, lfap_at(t, lfap_at(p, l, 8), 32), 1024)] == \at(P[lfap_at(q, lfap_at(t, lfap_at(p, l, 8), 32), 1024)],Pre)); */
  /*@ assert packed: LFAP_REAL_FACT(\forall integer p, t, l; 0 <= p < 4 && 4*j + p < z.mb && 0 <= t && 0 <= l < 8 && 8*t + l < z.n
        ==> P[lfap_at(j, lfap_at(t, lfap_at(p, l, 8), 32), 1024)] == z.B[lfap_at(4*j + p, z.k + 8*t + l, z.ld)]); */
  /*@ assert before: LFAP_REAL_FACT(lfap_panels_filled(P, 0, j, z.mb, z.n)); */
  /*@ assert padded: LFAP_REAL_FACT(lfap_panels_filled(P, j, j + 1, z.mb, z.n)); */
}

/* All rows of B, four a panel. */
/*@ requires slice: z.mb <= LFAP_BLOCK && z.n <= LFAP_STEPS*LFAP_LANES && z.k + z.n <= z.ld;
  @ requires size: z.mb*z.ld <= SIZE_MAX;
  @ requires B: \valid_read(z.B + (0 .. z.mb*z.ld - 1));
  @ requires P: \valid(P + (0 .. LFAP_BLOCK*LFAP_STEPS*LFAP_LANES - 1));
  @ requires sep: \separated(P + (0 .. LFAP_BLOCK*LFAP_STEPS*LFAP_LANES - 1), z.B + (0 .. z.mb*z.ld - 1));
  @ LFAP_REAL(requires size: z.ma*z.ld <= SIZE_MAX;)
  @ LFAP_REAL(requires A: \valid_read(z.A + (0 .. z.ma*z.ld - 1));)
  @ LFAP_REAL(requires sep: \separated(P + (0 .. LFAP_BLOCK*LFAP_STEPS*LFAP_LANES - 1), z.A + (0 .. z.ma*z.ld - 1));)
  @ terminates \true;
  @ exits never: \false;
  @ assigns P[0 .. LFAP_BLOCK*LFAP_STEPS*LFAP_LANES - 1];
  @ LFAP_REAL(ensures packed: lfap_panels(P, 32, z.B, z.mb, z.ld, z.k, z.n);)
  @ LFAP_REAL(ensures padded: lfap_panels_filled(P, 0, 32, z.mb, z.n);)
  @ LFAP_REAL(ensures same: lfap_same_dots{Old, Here}(z.A, z.ma, z.B, z.mb, z.ld);) */
LFAP_INLINE void pack(double *P, slice z) {
  /*@ loop invariant panel: 0 <= j && LFAP_TILE*j <= z.mb + LFAP_TILE - 1;
    @ LFAP_REAL(loop invariant packed: lfap_panels(P, j, z.B, z.mb, z.ld, z.k, z.n);)
    @ LFAP_REAL(loop invariant padded: lfap_panels_filled(P, 0, j, z.mb, z.n);)
    @ LFAP_REAL(loop invariant same: lfap_same_dots{Pre, Here}(z.A, z.ma, z.B, z.mb, z.ld);)
    @ loop assigns j, P[0 .. LFAP_BLOCK*LFAP_STEPS*LFAP_LANES - 1];
    @ loop variant z.mb + LFAP_TILE - LFAP_TILE*j; */
  for (size_t j = 0; LFAP_TILE * j < z.mb; j++) pack_next(P, j, z);
}

/* Where row i begins, the last row being rows-1. */
/*@ requires row: i < rows;
  @ requires size: (rows - 1)*n <= SIZE_MAX;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from i, n;
  @ ensures inside: \result <= (rows - 1)*n;
  @ LFAP_REAL(ensures at: \result == lfap_at(i, 0, n);) */
LFAP_INLINE size_t start_of(size_t i, size_t rows, size_t n) {
  (void)rows; /* only the contract needs it */
  /*@ ghost lfap_row_at(i, rows, n); */
  return i * n;
}

/* A lane grows by one term at a time. */
/*@ ghost
  /@ LFAP_REAL(requires entries: pa == lfap_at(t, a, da) && pb == lfap_at(t, b, db);)
     terminates \true;
     exits never: \false;
     assigns \nothing;
     LFAP_REAL(ensures next: lfap_lane(A, a, da, B, b, db, t + 1) == lfap_lane(A, a, da, B, b, db, t) + A[pa]*B[pb];) @/
  static void lfap_lane_next(const double *A, size_t a, size_t da, size_t pa, const double *B, size_t b, size_t db, size_t pb, size_t t) { }
*/

/* Lanes m .. m+lanes-1 of four rows' dots with columns c .. c+columns-1 of a tile advance by `steps`. The callers' m, lanes, c
   and columns are constants: sixteen vectors of eight lanes for processors with 32 wide registers, else eight of four. */
/*@ requires part: m + lanes <= LFAP_LANES && c + columns <= LFAP_TILE;
  @ requires steps: steps <= LFAP_STEPS;
  @ requires size: LFAP_LANES <= step && (LFAP_TILE-1)*row + steps*step <= SIZE_MAX;
  @ requires A: \valid_read(A + (0 .. (LFAP_TILE-1)*row + steps*step - step + LFAP_LANES-1));
  @ requires B: \valid_read(B + (0 .. PANEL-1));
  @ requires S: \valid(S + (0 .. LFAP_TILE_LANES-1));
  @ requires sep: \separated(S + (0 .. LFAP_TILE_LANES-1), A + (0 .. (LFAP_TILE-1)*row + steps*step - step + LFAP_LANES-1));
  @ requires sep: \separated(S + (0 .. LFAP_TILE_LANES-1), B + (0 .. PANEL-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns S[0 .. LFAP_TILE_LANES-1];
  @ LFAP_REAL(ensures part: \forall integer i, j, l; 0 <= i < LFAP_TILE && c <= j < c + columns && m <= l < m + lanes
  @   ==> S[lfap_cell(i, j, l)] == \old(S[lfap_cell(i, j, l)]
  @     + lfap_lane(A, lfap_at(i, l, row), step, B, lfap_at(j, l, LFAP_LANES), STEP, steps));)
  @ LFAP_REAL(ensures kept: \forall integer i, j, l; 0 <= i < LFAP_TILE && 0 <= j < LFAP_TILE && 0 <= l < LFAP_LANES
  @   && !(c <= j < c + columns && m <= l < m + lanes) ==> S[lfap_cell(i, j, l)] == \old(S[lfap_cell(i, j, l)]);)
  @ LFAP_REAL(ensures same: \forall integer i, j, l; 0 <= i < LFAP_TILE && 0 <= j < LFAP_TILE && 0 <= l < LFAP_LANES
  @   ==> lfap_lane(A, lfap_at(i, l, row), step, B, lfap_at(j, l, LFAP_LANES), STEP, steps)
  @     == \old(lfap_lane(A, lfap_at(i, l, row), step, B, lfap_at(j, l, LFAP_LANES), STEP, steps));) */
LFAP_INLINE void tile_part(double *S, const double *A, size_t row, size_t step, const double *B, size_t steps, size_t c,
                           size_t columns, size_t m, size_t lanes) {
  double s[LFAP_TILE][LFAP_TILE][LFAP_LANES];
  /*@ loop invariant row: 0 <= i <= LFAP_TILE;
    @ LFAP_REAL(loop invariant copy: \forall integer e, f, g; 0 <= e < i && 0 <= f < columns && 0 <= g < lanes
    @   ==> s[e][f][g] == S[lfap_cell(e, c + f, m + g)];)
    @ loop assigns i, s[0 .. LFAP_TILE-1][0 .. LFAP_TILE-1][0 .. LFAP_LANES-1];
    @ loop variant LFAP_TILE - i; */
  LFAP_UNROLL for (size_t i = 0; i < LFAP_TILE; i++)
      /*@ loop invariant column: 0 <= j <= columns;
      @ LFAP_REAL(loop invariant copy: \forall integer f, g; 0 <= f < j && 0 <= g < lanes
      @   ==> s[i][f][g] == S[lfap_cell(i, c + f, m + g)];)
      @ loop assigns j, s[i][0 .. LFAP_TILE-1][0 .. LFAP_LANES-1];
      @ loop variant columns - j; */
      LFAP_UNROLL for (size_t j = 0; j < columns; j++)
      /*@ loop invariant lane: 0 <= l <= lanes;
        @ LFAP_REAL(loop invariant copy: \forall integer g; 0 <= g < l ==> s[i][j][g] == S[lfap_cell(i, c + j, m + g)];)
        @ loop assigns l, s[i][j][0 .. LFAP_LANES-1];
        @ loop variant lanes - l; */
      for (size_t l = 0; l < lanes; l++) s[i][j][l] = S[(i * LFAP_TILE + c + j) * LFAP_LANES + m + l];
  /*@ loop invariant step: 0 <= t <= steps;
    @ LFAP_REAL(loop invariant dots: \forall integer e, f, g; 0 <= e < LFAP_TILE && 0 <= f < columns && 0 <= g < lanes
    @   ==> s[e][f][g] == S[lfap_cell(e, c + f, m + g)]
    @     + lfap_lane(A, lfap_at(e, m + g, row), step, B, lfap_at(c + f, m + g, LFAP_LANES), STEP, t);)
    @ loop assigns t, s[0 .. LFAP_TILE-1][0 .. LFAP_TILE-1][0 .. LFAP_LANES-1];
    @ loop variant steps - t; */
  for (size_t t = 0; t < steps; t++) {
    size_t y = start_of(t, steps, step);
    /*@ loop invariant row: 0 <= i <= LFAP_TILE;
      @ LFAP_REAL(loop invariant done: \forall integer e, f, g; 0 <= e < i && 0 <= f < columns && 0 <= g < lanes
      @   ==> s[e][f][g] == S[lfap_cell(e, c + f, m + g)]
      @     + lfap_lane(A, lfap_at(e, m + g, row), step, B, lfap_at(c + f, m + g, LFAP_LANES), STEP, t + 1);)
      @ LFAP_REAL(loop invariant todo: \forall integer e, f, g; i <= e < LFAP_TILE && 0 <= f < columns && 0 <= g < lanes
      @   ==> s[e][f][g] == S[lfap_cell(e, c + f, m + g)]
      @     + lfap_lane(A, lfap_at(e, m + g, row), step, B, lfap_at(c + f, m + g, LFAP_LANES), STEP, t);)
      @ loop assigns i, s[0 .. LFAP_TILE-1][0 .. LFAP_TILE-1][0 .. LFAP_LANES-1];
      @ loop variant LFAP_TILE - i; */
    LFAP_UNROLL for (size_t i = 0; i < LFAP_TILE; i++) {
      size_t x = start_of(i, LFAP_TILE, row);
      /*@ loop invariant column: 0 <= j <= columns;
        @ LFAP_REAL(loop invariant done: \forall integer f, g; 0 <= f < j && 0 <= g < lanes
        @   ==> s[i][f][g] == S[lfap_cell(i, c + f, m + g)]
        @     + lfap_lane(A, lfap_at(i, m + g, row), step, B, lfap_at(c + f, m + g, LFAP_LANES), STEP, t + 1);)
        @ LFAP_REAL(loop invariant todo: \forall integer f, g; j <= f < columns && 0 <= g < lanes
        @   ==> s[i][f][g] == S[lfap_cell(i, c + f, m + g)]
        @     + lfap_lane(A, lfap_at(i, m + g, row), step, B, lfap_at(c + f, m + g, LFAP_LANES), STEP, t);)
        @ loop assigns j, s[i][0 .. LFAP_TILE-1][0 .. LFAP_LANES-1];
        @ loop variant columns - j; */
      LFAP_UNROLL for (size_t j = 0; j < columns; j++)
          /*@ loop invariant lane: 0 <= l <= lanes;
          @ LFAP_REAL(loop invariant done: \forall integer g; 0 <= g < l
          @   ==> s[i][j][g] == S[lfap_cell(i, c + j, m + g)]
          @     + lfap_lane(A, lfap_at(i, m + g, row), step, B, lfap_at(c + j, m + g, LFAP_LANES), STEP, t + 1);)
          @ LFAP_REAL(loop invariant todo: \forall integer g; l <= g < lanes
          @   ==> s[i][j][g] == S[lfap_cell(i, c + j, m + g)]
          @     + lfap_lane(A, lfap_at(i, m + g, row), step, B, lfap_at(c + j, m + g, LFAP_LANES), STEP, t);)
          @ loop assigns l, s[i][j][0 .. LFAP_LANES-1];
          @ loop variant lanes - l; */
          for (size_t l = 0; l < lanes; l++) {
        /*@ ghost lfap_lane_next(A, x + m + l, step, x + y + m + l, B, (c + j)*LFAP_LANES + m + l, STEP, t*STEP + (c + j)*LFAP_LANES
            @   + m + l, t); */
        /*@ assert first: LFAP_REAL_FACT(x + m + l == lfap_at(i, m + l, row) && (c + j)*LFAP_LANES + m + l
            @   == lfap_at(c + j, m + l, LFAP_LANES)); */
        s[i][j][l] = fma(A[x + y + m + l], B[t * STEP + (c + j) * LFAP_LANES + m + l], s[i][j][l]);
        /*@ assert grown: LFAP_REAL_FACT(s[i][j][l] == S[lfap_cell(i, c + j, m + l)]
                + lfap_lane(A, lfap_at(i, m + l, row), step, B, lfap_at(c + j, m + l, LFAP_LANES), STEP, t + 1)); */
      }
    }
  }
  /*@ loop invariant row: 0 <= i <= LFAP_TILE;
    @ LFAP_REAL(loop invariant part: \forall integer e, f, g; 0 <= e < i && c <= f < c + columns && m <= g < m + lanes
    @   ==> S[lfap_cell(e, f, g)] == s[e][f - c][g - m];)
    @ LFAP_REAL(loop invariant kept: \forall integer e, f, g; 0 <= e < LFAP_TILE && 0 <= f < LFAP_TILE && 0 <= g < LFAP_LANES
    @   && !(c <= f < c + columns && m <= g < m + lanes) ==> S[lfap_cell(e, f, g)] == \at(S[lfap_cell(e, f, g)],Pre);)
    @ loop assigns i, S[0 .. LFAP_TILE_LANES-1];
    @ loop variant LFAP_TILE - i; */
  LFAP_UNROLL for (size_t i = 0; i < LFAP_TILE; i++)
      /*@ loop invariant column: 0 <= j <= columns;
      @ LFAP_REAL(loop invariant before: \forall integer e, f, g; 0 <= e < i && c <= f < c + columns && m <= g < m + lanes
      @   ==> S[lfap_cell(e, f, g)] == s[e][f - c][g - m];)
      @ LFAP_REAL(loop invariant part: \forall integer e, f, g; i <= e < i + 1 && c <= f < c + j && m <= g < m + lanes
      @   ==> S[lfap_cell(e, f, g)] == s[e][f - c][g - m];)
      @ LFAP_REAL(loop invariant kept: \forall integer e, f, g; 0 <= e < LFAP_TILE && 0 <= f < LFAP_TILE && 0 <= g < LFAP_LANES
    @   && !(c <= f < c + columns && m <= g < m + lanes) ==> S[lfap_cell(e, f, g)] == \at(S[lfap_cell(e, f, g)],Pre);)
      @ loop assigns j, S[0 .. LFAP_TILE_LANES-1];
      @ loop variant columns - j; */
      LFAP_UNROLL for (size_t j = 0; j < columns; j++)
      /*@ loop invariant lane: 0 <= l <= lanes;
        @ LFAP_REAL(loop invariant before: \forall integer e, f, g; 0 <= e < i && c <= f < c + columns && m <= g < m + lanes
        @   ==> S[lfap_cell(e, f, g)] == s[e][f - c][g - m];)
        @ LFAP_REAL(loop invariant line: \forall integer e, f, g; i <= e < i + 1 && c <= f < c + j && m <= g < m + lanes
        @   ==> S[lfap_cell(e, f, g)] == s[e][f - c][g - m];)
        @ LFAP_REAL(loop invariant part: \forall integer e, f, g; i <= e < i + 1 && c + j <= f < c + j + 1 && m <= g < m + l
        @   ==> S[lfap_cell(e, f, g)] == s[e][f - c][g - m];)
        @ LFAP_REAL(loop invariant kept: \forall integer e, f, g; 0 <= e < LFAP_TILE && 0 <= f < LFAP_TILE && 0 <= g < LFAP_LANES
    @   && !(c <= f < c + columns && m <= g < m + lanes) ==> S[lfap_cell(e, f, g)] == \at(S[lfap_cell(e, f, g)],Pre);)
        @ loop assigns l, S[0 .. LFAP_TILE_LANES-1];
        @ loop variant lanes - l; */
      for (size_t l = 0; l < lanes; l++) S[(i * LFAP_TILE + c + j) * LFAP_LANES + m + l] = s[i][j][l];
#ifdef LFAP_TIER_REAL
  /*@ ghost size_t e = 0, f = 0, g = 0, u = 0; */
  /*@ ghost double x = 0.0, y = 0.0; */
  /*@ ghost
    /@ loop invariant row: 0 <= e <= LFAP_TILE;
       LFAP_REAL(loop invariant same: \forall integer i, j, l; 0 <= i < e && 0 <= j < LFAP_TILE && 0 <= l < LFAP_LANES
         ==> lfap_lane(A, lfap_at(i, l, row), step, B, lfap_at(j, l, LFAP_LANES), STEP, steps)
           == lfap_lane{Pre}(A, lfap_at(i, l, row), step, B, lfap_at(j, l, LFAP_LANES), STEP, steps);)
       loop assigns e, f, g, u, x, y;
       loop variant LFAP_TILE - e; @/
    while (e != LFAP_TILE) {
      lfap_row_at(e, LFAP_TILE, row);
      f = 0;
      /@ loop invariant column: 0 <= f <= LFAP_TILE;
         LFAP_REAL(loop invariant same: \forall integer i, j, l; e <= i < e + 1 && 0 <= j < f && 0 <= l < LFAP_LANES
           ==> lfap_lane(A, lfap_at(i, l, row), step, B, lfap_at(j, l, LFAP_LANES), STEP, steps)
             == lfap_lane{Pre}(A, lfap_at(i, l, row), step, B, lfap_at(j, l, LFAP_LANES), STEP, steps);)
         loop assigns f, g, u, x, y;
         loop variant LFAP_TILE - f; @/
      while (f != LFAP_TILE) {
        g = 0;
        /@ loop invariant lane: 0 <= g <= LFAP_LANES;
           LFAP_REAL(loop invariant same: \forall integer i, j, l; e <= i < e + 1 && f <= j < f + 1 && 0 <= l < g
             ==> lfap_lane(A, lfap_at(i, l, row), step, B, lfap_at(j, l, LFAP_LANES), STEP, steps)
               == lfap_lane{Pre}(A, lfap_at(i, l, row), step, B, lfap_at(j, l, LFAP_LANES), STEP, steps);)
           loop assigns g, u, x, y;
           loop variant LFAP_LANES - g; @/
        while (g != LFAP_LANES) {
          u = 0;
          /@ loop invariant step: 0 <= u <= steps;
             LFAP_REAL(loop invariant same: lfap_lane(A, lfap_at(e, g, row), step, B, lfap_at(f, g, LFAP_LANES), STEP, u)
               == lfap_lane{Pre}(A, lfap_at(e, g, row), step, B, lfap_at(f, g, LFAP_LANES), STEP, u);)
             loop assigns u, x, y;
             loop variant steps - u; @/
          while (u != steps) {
            lfap_row_at(u, steps, step);
            /@ assert inside: LFAP_REAL_FACT(0 <= e*row <= (LFAP_TILE-1)*row && 0 <= u*step <= steps*step - step); @/
            x = A[e*row + u*step + g];
            y = B[u*STEP + f*LFAP_LANES + g];
            /@ assert at: LFAP_REAL_FACT(e*row + u*step + g == lfap_at(u, lfap_at(e, g, row), step)
                 && u*STEP + f*LFAP_LANES + g == lfap_at(u, lfap_at(f, g, LFAP_LANES), STEP)); @/
            /@ assert here: LFAP_REAL_FACT(lfap_lane(A, lfap_at(e, g, row), step, B, lfap_at(f, g, LFAP_LANES), STEP, u + 1)
                 == lfap_lane(A, lfap_at(e, g, row), step, B, lfap_at(f, g, LFAP_LANES), STEP, u) + lfap_term(x, y)); @/
            /@ assert same_x: LFAP_REAL_FACT(x == \at(A[\at(e*row + u*step + g,Here)],Pre)); @/
            /@ assert same_y: LFAP_REAL_FACT(y == \at(B[\at(u*STEP + f*LFAP_LANES + g,Here)],Pre)); @/
            /@ assert then: LFAP_REAL_FACT(lfap_lane{Pre}(A, lfap_at(e, g, row), step, B, lfap_at(f, g, LFAP_LANES), STEP, u + 1)
                 == lfap_lane{Pre}(A, lfap_at(e, g, row), step, B, lfap_at(f, g, LFAP_LANES), STEP, u) + lfap_term(x, y)); @/
            u++;
          }
          g++;
        }
        f++;
      }
      e++;
    } */
#endif
}

enum { HALF = 4, PAIR = 2 };

/* A tile advances by `steps`: whole or in four parts, the same bits. */
/*@ requires steps: steps <= LFAP_STEPS;
  @ requires size: LFAP_LANES <= step && (LFAP_TILE-1)*row + steps*step <= SIZE_MAX;
  @ requires A: \valid_read(A + (0 .. (LFAP_TILE-1)*row + steps*step - step + LFAP_LANES-1));
  @ requires B: \valid_read(B + (0 .. PANEL-1));
  @ requires S: \valid(S + (0 .. LFAP_TILE_LANES-1));
  @ requires sep: \separated(S + (0 .. LFAP_TILE_LANES-1), A + (0 .. (LFAP_TILE-1)*row + steps*step - step + LFAP_LANES-1));
  @ requires sep: \separated(S + (0 .. LFAP_TILE_LANES-1), B + (0 .. PANEL-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns S[0 .. LFAP_TILE_LANES-1];
  @ LFAP_REAL(ensures tile: \forall integer i, j, l; 0 <= i < LFAP_TILE && 0 <= j < LFAP_TILE && 0 <= l < LFAP_LANES
  @   ==> S[lfap_cell(i, j, l)] == \old(S[lfap_cell(i, j, l)]
  @     + lfap_lane(A, lfap_at(i, l, row), step, B, lfap_at(j, l, LFAP_LANES), STEP, steps));) */
LFAP_INLINE void tile(double *S, const double *A, size_t row, size_t step, const double *B, size_t steps, int wide) {
  if (wide) {
    tile_part(S, A, row, step, B, steps, 0, LFAP_TILE, 0, LFAP_LANES);
    return;
  }
  tile_part(S, A, row, step, B, steps, 0, PAIR, 0, HALF);
  tile_part(S, A, row, step, B, steps, 0, PAIR, HALF, HALF);
  tile_part(S, A, row, step, B, steps, PAIR, PAIR, 0, HALF);
  tile_part(S, A, row, step, B, steps, PAIR, PAIR, HALF, HALF);
}

/* Lane l adds column k + 8u + l, if the slice has it, at step u. */
/*@ ghost
  /@ requires entry: p < LFAP_TILE && i + p < z.ma && q < LFAP_TILE && j + q < z.mb && l < LFAP_LANES && LFAP_LANES*u < z.n;
     LFAP_REAL(requires X: lfap_slice(X, row, step, z.A, i, z.ma, z.ld, z.k, z.n);)
     LFAP_REAL(requires P: lfap_slice(P, LFAP_LANES, STEP, z.B, j, z.mb, z.ld, z.k, z.n);)
     LFAP_REAL(requires pad: lfap_filled(P, LFAP_LANES, STEP, j, z.mb, z.n, 0.0);)
     terminates \true;
     exits never: \false;
     assigns \nothing;
     LFAP_REAL(ensures rise: lfap_lane(X, lfap_at(p, l, row), step, P, lfap_at(q, l, 8), 32, u + 1)
       == lfap_lane(X, lfap_at(p, l, row), step, P, lfap_at(q, l, 8), 32, u)
       + lfap_rdot_at(z.A, i + p, z.B, j + q, z.ld, z.k + lfap_cut(8*u + l + 1, z.n)) - lfap_rdot_at(z.A, i + p, z.B, j + q, z.ld, z.k + lfap_cut(8*u + l, z.n));) @/
  static void lfap_column_in_lane(const double *X, size_t p, size_t row, size_t step, const double *P, size_t q, size_t i, size_t j, size_t u, size_t l, slice z) {
    /@ assert next: LFAP_REAL_FACT(lfap_lane(X, lfap_at(p, l, row), step, P, lfap_at(q, l, 8), 32, u + 1)
         == lfap_lane(X, lfap_at(p, l, row), step, P, lfap_at(q, l, 8), 32, u)
         + lfap_term(X[lfap_at(u, lfap_at(p, l, row), step)], P[lfap_at(u, lfap_at(q, l, 8), 32)])); @/
    /@ assert first: LFAP_REAL_FACT(8*u + l < z.n ==> X[lfap_at(u, lfap_at(p, l, row), step)]
         == z.A[lfap_at(i + p, z.k + 8*u + l, z.ld)]); @/
    /@ assert second: LFAP_REAL_FACT(8*u + l < z.n ==> P[lfap_at(u, lfap_at(q, l, 8), 32)] == z.B[lfap_at(j + q, z.k + 8*u + l, z.ld)]); @/
    /@ assert term: LFAP_REAL_FACT(8*u + l < z.n ==> lfap_term(X[lfap_at(u, lfap_at(p, l, row), step)], P[lfap_at(u, lfap_at(q, l, 8), 32)])
         == lfap_term(z.A[lfap_at(i + p, z.k + 8*u + l, z.ld)], z.B[lfap_at(j + q, z.k + 8*u + l, z.ld)])); @/
    /@ assert dot: LFAP_REAL_FACT(lfap_rdot_at(z.A, i + p, z.B, j + q, z.ld, z.k + 8*u + l + 1)
         == lfap_rdot_at(z.A, i + p, z.B, j + q, z.ld, z.k + 8*u + l)
         + lfap_term(z.A[lfap_at(i + p, z.k + 8*u + l, z.ld)], z.B[lfap_at(j + q, z.k + 8*u + l, z.ld)])); @/
    /@ assert none: LFAP_REAL_FACT(z.n <= 8*u + l ==> lfap_term(X[lfap_at(u, lfap_at(p, l, row), step)], P[lfap_at(u, lfap_at(q, l, 8), 32)]) == 0.0); @/
    /@ assert inside: LFAP_REAL_FACT(8*u + l < z.n ==> lfap_cut(8*u + l + 1, z.n) == 8*u + l + 1 && lfap_cut(8*u + l, z.n) == 8*u + l); @/
    /@ assert beyond: LFAP_REAL_FACT(z.n <= 8*u + l ==> lfap_cut(8*u + l + 1, z.n) == z.n && lfap_cut(8*u + l, z.n) == z.n); @/
  }
*/

/* The eight lanes of entry (p, q) of a tile together add what the slice adds to the dot. */
/*@ ghost
  /@ requires entry: p < LFAP_TILE && i + p < z.ma && q < LFAP_TILE && j + q < z.mb;
     requires steps: z.n <= LFAP_LANES*steps < z.n + LFAP_LANES;
     LFAP_REAL(requires X: lfap_slice(X, row, step, z.A, i, z.ma, z.ld, z.k, z.n);)
     LFAP_REAL(requires P: lfap_slice(P, LFAP_LANES, STEP, z.B, j, z.mb, z.ld, z.k, z.n);)
     LFAP_REAL(requires pad: lfap_filled(P, LFAP_LANES, STEP, j, z.mb, z.n, 0.0);)
     terminates \true;
     exits never: \false;
     assigns \nothing;
     LFAP_REAL(ensures rise: lfap_eight(X, p, row, step, P, q, steps) == lfap_rslice(z.A, i + p, z.B, j + q, z.ld, z.k, z.n);) @/
  static void lfap_lanes_gather(const double *X, size_t p, size_t row, size_t step, const double *P, size_t q, size_t i, size_t j, size_t steps, slice z) {
    size_t u = 0, l = 0;
    /@ assert nothing: LFAP_REAL_FACT(lfap_rise(X, p, row, step, P, q, 0, 4) == 0.0); @/
    /@ loop invariant step: 0 <= u <= steps;
       LFAP_REAL(loop invariant rise: lfap_rise(X, p, row, step, P, q, u, 8)
         == lfap_rdot_at(z.A, i + p, z.B, j + q, z.ld, z.k + lfap_cut(8*u, z.n)) - lfap_rdot_at(z.A, i + p, z.B, j + q, z.ld, z.k);)
       loop assigns u, l;
       loop variant steps - u; @/
    while (u != steps) {
      l = 0;
      /@ loop invariant lane: 0 <= l <= LFAP_LANES;
         LFAP_REAL(loop invariant rise: lfap_rise(X, p, row, step, P, q, u + 1, l) == lfap_rise(X, p, row, step, P, q, u, l)
           + lfap_rdot_at(z.A, i + p, z.B, j + q, z.ld, z.k + lfap_cut(8*u + l, z.n)) - lfap_rdot_at(z.A, i + p, z.B, j + q, z.ld, z.k + lfap_cut(8*u, z.n));)
         loop assigns l;
         loop variant LFAP_LANES - l; @/
      while (l != LFAP_LANES) {
        lfap_column_in_lane(X, p, row, step, P, q, i, j, u, l, z);
        l++;
      }
      u++;
    }
    /@ assert half: LFAP_REAL_FACT(lfap_rise(X, p, row, step, P, q, steps, 8) == lfap_rise(X, p, row, step, P, q, steps, 4)
         + lfap_lane(X, lfap_at(p, 4, row), step, P, lfap_at(q, 4, 8), 32, steps) + lfap_lane(X, lfap_at(p, 5, row), step, P, lfap_at(q, 5, 8), 32, steps)
         + lfap_lane(X, lfap_at(p, 6, row), step, P, lfap_at(q, 6, 8), 32, steps) + lfap_lane(X, lfap_at(p, 7, row), step, P, lfap_at(q, 7, 8), 32, steps)); @/
    /@ assert eight: LFAP_REAL_FACT(lfap_rise(X, p, row, step, P, q, steps, 8) == lfap_eight(X, p, row, step, P, q, steps)); @/
  }
*/

/* All entries of a tile. */
/*@ ghost
  /@ requires block: i <= LFAP_BLOCK && j <= LFAP_BLOCK;
     requires steps: z.n <= LFAP_LANES*steps < z.n + LFAP_LANES;
     LFAP_REAL(requires X: lfap_slice(X, row, step, z.A, i, z.ma, z.ld, z.k, z.n);)
     LFAP_REAL(requires P: lfap_slice(P, LFAP_LANES, STEP, z.B, j, z.mb, z.ld, z.k, z.n);)
     LFAP_REAL(requires pad: lfap_filled(P, LFAP_LANES, STEP, j, z.mb, z.n, 0.0);)
     terminates \true;
     exits never: \false;
     assigns \nothing;
     LFAP_REAL(ensures rise: \forall integer p, q; 0 <= p < LFAP_TILE && i + p < z.ma && 0 <= q < LFAP_TILE && j + q < z.mb
       ==> lfap_eight(X, p, row, step, P, q, steps) == lfap_rslice(z.A, i + p, z.B, j + q, z.ld, z.k, z.n);) @/
  static void lfap_tile_gather(const double *X, size_t row, size_t step, const double *P, size_t i, size_t j, size_t steps, slice z) {
    size_t p = 0, q = 0;
    /@ loop invariant row: 0 <= p <= LFAP_TILE;
       LFAP_REAL(loop invariant rise: \forall integer e, f; 0 <= e < p && i + e < z.ma && 0 <= f < LFAP_TILE && j + f < z.mb
         ==> lfap_eight(X, e, row, step, P, f, steps) == lfap_rslice(z.A, i + e, z.B, j + f, z.ld, z.k, z.n);)
       loop assigns p, q;
       loop variant LFAP_TILE - p; @/
    while (p != LFAP_TILE) {
      q = 0;
      /@ loop invariant column: 0 <= q <= LFAP_TILE;
         LFAP_REAL(loop invariant rise: \forall integer f; i + p < z.ma && 0 <= f < q && j + f < z.mb
           ==> lfap_eight(X, p, row, step, P, f, steps) == lfap_rslice(z.A, i + p, z.B, j + f, z.ld, z.k, z.n);)
         loop assigns q;
         loop variant LFAP_TILE - q; @/
      while (q != LFAP_TILE) {
        if (i + p < z.ma && j + q < z.mb) lfap_lanes_gather(X, p, row, step, P, q, i, j, steps, z);
        q++;
      }
      p++;
    }
  }
*/

/* A tile of rows i .. and j .. advances by a slice, of which X and P hold these rows. */
/*@ requires block: i <= LFAP_BLOCK && j <= LFAP_BLOCK && z.n <= LFAP_LANES*steps < z.n + LFAP_LANES && steps <= LFAP_STEPS;
  @ requires size: LFAP_LANES <= step && (LFAP_TILE-1)*row + steps*step <= SIZE_MAX;
  @ requires X: \valid_read(X + (0 .. (LFAP_TILE-1)*row + steps*step - step + LFAP_LANES-1));
  @ requires P: \valid_read(P + (0 .. PANEL-1));
  @ requires S: \valid(S + (0 .. LFAP_TILE_LANES-1));
  @ requires sep: \separated(S + (0 .. LFAP_TILE_LANES-1), X + (0 .. (LFAP_TILE-1)*row + steps*step - step + LFAP_LANES-1));
  @ requires sep: \separated(S + (0 .. LFAP_TILE_LANES-1), P + (0 .. PANEL-1));
  @ LFAP_REAL(requires X: lfap_slice(X, row, step, z.A, i, z.ma, z.ld, z.k, z.n);)
  @ LFAP_REAL(requires P: lfap_slice(P, LFAP_LANES, STEP, z.B, j, z.mb, z.ld, z.k, z.n);)
  @ LFAP_REAL(requires pad: lfap_filled(P, LFAP_LANES, STEP, j, z.mb, z.n, 0.0);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns S[0 .. LFAP_TILE_LANES-1];
  @ LFAP_REAL(ensures dots: \forall integer p, q; 0 <= p < LFAP_TILE && i + p < z.ma && 0 <= q < LFAP_TILE && j + q < z.mb
  @   ==> LFAP_CELLS(S, p, q) == \old(LFAP_CELLS(S, p, q) + lfap_rslice(z.A, i + p, z.B, j + q, z.ld, z.k, z.n));) */
LFAP_INLINE void tile_slice(double *S, const double *X, size_t row, size_t step, const double *P, size_t steps,
                            int wide, size_t i, size_t j, slice z) {
  (void)i, (void)j, (void)z; /* only the contract needs them */
  /*@ ghost lfap_tile_gather(X, row, step, P, i, j, steps, z); */
  tile(S, X, row, step, P, steps, wide);
  /*@ assert eight: LFAP_REAL_FACT(\forall integer p, q; 0 <= p < LFAP_TILE && 0 <= q < LFAP_TILE
        ==> LFAP_CELLS(S, p, q) == \at(LFAP_CELLS(S, p, q) + lfap_eight(X, p, row, step, P, q, steps),Pre)); */
}

/* What X holds lies inside it. */
/*@ ghost
  /@ requires step: LFAP_LANES <= step;
     terminates \true;
     exits never: \false;
     assigns \nothing;
     LFAP_REAL(ensures inside: \forall integer p, t, l; 0 <= p < LFAP_TILE && 0 <= t < steps && 0 <= l < LFAP_LANES
       ==> 0 <= lfap_at(t, lfap_at(p, l, row), step) < (LFAP_TILE-1)*row + steps*step - step + LFAP_LANES;) @/
  static void lfap_steps_inside(size_t row, size_t step, size_t steps) {
    lfap_entries_inside(steps, step);
    /@ assert step: LFAP_REAL_FACT(\forall integer t; 0 <= t < steps
         ==> 0 <= lfap_at(t, 0, step) && lfap_at(t, step - 1, step) < steps*step); @/
    /@ assert row: LFAP_REAL_FACT(\forall integer p; 0 <= p < LFAP_TILE ==> 0 <= lfap_at(p, 0, row) <= (LFAP_TILE-1)*row); @/
    /@ assert sum: LFAP_REAL_FACT(\forall integer p, t, l; lfap_at(t, lfap_at(p, l, row), step)
         == lfap_at(t, 0, step) + lfap_at(p, 0, row) + l); @/
    /@ assert last: LFAP_REAL_FACT(\forall integer t; lfap_at(t, step - 1, step) == lfap_at(t, 0, step) + step - 1); @/
  }
*/

/* Tile (i, j) of a block advances by a slice; no other does, and no dot of A and B changes by it. */
/*@ requires block: i < LFAP_BLOCK/LFAP_TILE && j < LFAP_BLOCK/LFAP_TILE && z.n <= LFAP_LANES*steps < z.n + LFAP_LANES
  @   && steps <= LFAP_STEPS;
  @ requires size: LFAP_LANES <= step && (LFAP_TILE-1)*row + steps*step <= SIZE_MAX && z.k + z.n <= z.ld;
  @ requires X: \valid_read(X + (0 .. (LFAP_TILE-1)*row + steps*step - step + LFAP_LANES-1));
  @ requires P: \valid_read(P + (0 .. LFAP_BLOCK*LFAP_STEPS*LFAP_LANES - 1));
  @ requires S: \valid(S + (0 .. LFAP_BLOCK_LANES - 1));
  @ requires sep: \separated(S + (0 .. LFAP_BLOCK_LANES - 1), P + (0 .. LFAP_BLOCK*LFAP_STEPS*LFAP_LANES - 1));
  @ requires sep: \separated(S + (0 .. LFAP_BLOCK_LANES - 1), X + (0 .. (LFAP_TILE-1)*row + steps*step - step + LFAP_LANES-1));
  @ LFAP_REAL(requires size: z.ma*z.ld <= SIZE_MAX && z.mb*z.ld <= SIZE_MAX;)
  @ LFAP_REAL(requires A: \valid_read(z.A + (0 .. z.ma*z.ld - 1))
  @   && \separated(S + (0 .. LFAP_BLOCK_LANES - 1), z.A + (0 .. z.ma*z.ld - 1));)
  @ LFAP_REAL(requires B: \valid_read(z.B + (0 .. z.mb*z.ld - 1))
  @   && \separated(S + (0 .. LFAP_BLOCK_LANES - 1), z.B + (0 .. z.mb*z.ld - 1));)
  @ LFAP_REAL(requires X: lfap_slice(X, row, step, z.A, LFAP_TILE*i, z.ma, z.ld, z.k, z.n);)
  @ LFAP_REAL(requires P: lfap_panels(P, 32, z.B, z.mb, z.ld, z.k, z.n);)
  @ LFAP_REAL(requires pad: lfap_panels_filled(P, 0, 32, z.mb, z.n);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns S[0 .. LFAP_BLOCK_LANES - 1];
  @ LFAP_REAL(ensures done: lfap_row_done{Old, Here}(S, i, j, j + 1, LFAP_SLICE(z));)
  @ LFAP_REAL(ensures before: lfap_row_kept{Old, Here}(S, i, 0, j);)
  @ LFAP_REAL(ensures after: lfap_row_kept{Old, Here}(S, i, j + 1, 32);)
  @ LFAP_REAL(ensures others: lfap_others_kept{Old, Here}(S, i);)
  @ LFAP_REAL(ensures X: lfap_slice(X, row, step, z.A, LFAP_TILE*i, z.ma, z.ld, z.k, z.n);)
  @ LFAP_REAL(ensures P: lfap_panels(P, 32, z.B, z.mb, z.ld, z.k, z.n);)
  @ LFAP_REAL(ensures pad: lfap_panels_filled(P, 0, 32, z.mb, z.n);)
  @ LFAP_REAL(ensures same: lfap_same_dots{Old, Here}(z.A, z.ma, z.B, z.mb, z.ld);) */
LFAP_INLINE void tile_at(double *S, size_t i, size_t j, const double *X, size_t row, size_t step, const double *P,
                         size_t steps, int wide, slice z) {
  double *s = S + (j * (LFAP_BLOCK / LFAP_TILE) + i) * LFAP_TILE_LANES;
  /*@ assert at: s == S + (4096*j + 128*i); */
  /*@ assert cells: LFAP_REAL_FACT(\forall integer p, q; LFAP_CELLS(s, p, q) == lfap_lanes_sum(S, lfap_tile_at(i, j, p, q))); */
  /*@ assert panel: LFAP_REAL_FACT(\forall integer p, t, l; (P + 1024*j)[lfap_at(t, lfap_at(p, l, 8), 32)]
    @   == P[lfap_at(j, lfap_at(t, lfap_at(p, l, 8), 32), 1024)]); */
  tile_slice(s, X, row, step, P + j * PANEL, steps, wide, LFAP_TILE * i, LFAP_TILE * j, z);
  /*@ assert cells: LFAP_REAL_FACT(\forall integer p, q; LFAP_CELLS(s, p, q) == lfap_lanes_sum(S, lfap_tile_at(i, j, p, q))); */
  /*@ assert kept_S: LFAP_REAL_FACT(\forall integer x; x < 4096*j + 128*i || 4096*j + 128*i + 128 <= x ==> S[x] == \at(S[x],Pre)); */
  /*@ assert kept: LFAP_REAL_FACT(\forall integer x; x + 8 <= 4096*j + 128*i || 4096*j + 128*i + 128 <= x
        ==> lfap_lanes_sum(S, x) == \at(lfap_lanes_sum(S, x),Pre)); */
  /*@ assert apart: LFAP_REAL_FACT(\forall integer e, f, p, q; 0 <= e < 32 && 0 <= f < 32 && 0 <= p < 4 && 0 <= q < 4 && (e != i || f != j)
        ==> lfap_tile_at(e, f, p, q) + 8 <= 4096*j + 128*i || 4096*j + 128*i + 128 <= lfap_tile_at(e, f, p, q)); */
  /*@ ghost lfap_steps_inside(row, step, steps); */
  /*@ ghost lfap_entries_inside(z.ma, z.ld); */
  /*@ ghost lfap_entries_inside(z.mb, z.ld); */
  /*@ assert kept_A: LFAP_REAL_FACT(\forall integer x; 0 <= x < z.ma*z.ld ==> z.A[x] == \at(z.A[x],Pre)); */
  /*@ assert kept_B: LFAP_REAL_FACT(\forall integer x; 0 <= x < z.mb*z.ld ==> z.B[x] == \at(z.B[x],Pre)); */
  /*@ assert kept_P: LFAP_REAL_FACT(\forall integer j, p, t, l; 0 <= j < 32 && 0 <= p < 4 && 0 <= t < 32 && 0 <= l < 8
        ==> P[lfap_at(j, lfap_at(t, lfap_at(p, l, 8), 32), 1024)] == \at(P[lfap_at(j, lfap_at(t, lfap_at(p, l, 8), 32), 1024)],Pre)); */
  /*@ assert kept_X: LFAP_REAL_FACT(\forall integer x; 0 <= x < (LFAP_TILE-1)*row + steps*step - step + LFAP_LANES
    @   ==> X[x] == \at(X[x],Pre)); */
#ifdef LFAP_TIER_REAL
#include "same_dots.acsl"
#endif
}

/* Row i of tiles: four rows of A, in X, against the first `end` packed panels of B. */
/*@ requires block: i < LFAP_BLOCK/LFAP_TILE && end <= LFAP_BLOCK/LFAP_TILE && z.n <= LFAP_LANES*steps < z.n + LFAP_LANES
  @   && steps <= LFAP_STEPS;
  @ requires size: LFAP_LANES <= step && (LFAP_TILE-1)*row + steps*step <= SIZE_MAX && z.k + z.n <= z.ld;
  @ requires X: \valid_read(X + (0 .. (LFAP_TILE-1)*row + steps*step - step + LFAP_LANES-1));
  @ requires P: \valid_read(P + (0 .. LFAP_BLOCK*LFAP_STEPS*LFAP_LANES - 1));
  @ requires S: \valid(S + (0 .. LFAP_BLOCK_LANES - 1));
  @ requires sep: \separated(S + (0 .. LFAP_BLOCK_LANES - 1), P + (0 .. LFAP_BLOCK*LFAP_STEPS*LFAP_LANES - 1));
  @ requires sep: \separated(S + (0 .. LFAP_BLOCK_LANES - 1), X + (0 .. (LFAP_TILE-1)*row + steps*step - step + LFAP_LANES-1));
  @ LFAP_REAL(requires size: z.ma*z.ld <= SIZE_MAX && z.mb*z.ld <= SIZE_MAX;)
  @ LFAP_REAL(requires A: \valid_read(z.A + (0 .. z.ma*z.ld - 1))
  @   && \separated(S + (0 .. LFAP_BLOCK_LANES - 1), z.A + (0 .. z.ma*z.ld - 1));)
  @ LFAP_REAL(requires B: \valid_read(z.B + (0 .. z.mb*z.ld - 1))
  @   && \separated(S + (0 .. LFAP_BLOCK_LANES - 1), z.B + (0 .. z.mb*z.ld - 1));)
  @ LFAP_REAL(requires X: lfap_slice(X, row, step, z.A, LFAP_TILE*i, z.ma, z.ld, z.k, z.n);)
  @ LFAP_REAL(requires P: lfap_panels(P, 32, z.B, z.mb, z.ld, z.k, z.n);)
  @ LFAP_REAL(requires pad: lfap_panels_filled(P, 0, 32, z.mb, z.n);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns S[0 .. LFAP_BLOCK_LANES - 1];
  @ LFAP_REAL(ensures done: lfap_row_done{Old, Here}(S, i, 0, end, LFAP_SLICE(z));)
  @ LFAP_REAL(ensures others: lfap_others_kept{Old, Here}(S, i);)
  @ LFAP_REAL(ensures P: lfap_panels(P, 32, z.B, z.mb, z.ld, z.k, z.n);)
  @ LFAP_REAL(ensures pad: lfap_panels_filled(P, 0, 32, z.mb, z.n);)
  @ LFAP_REAL(ensures same: lfap_same_dots{Old, Here}(z.A, z.ma, z.B, z.mb, z.ld);) */
LFAP_INLINE void tile_row(double *S, const double *X, size_t row, size_t step, const double *P, size_t i, size_t end,
                          size_t steps, int wide, slice z) {
  /*@ loop invariant column: 0 <= j <= end;
    @ LFAP_REAL(loop invariant done: lfap_row_done{Pre, Here}(S, i, 0, j, LFAP_SLICE(z));)
    @ LFAP_REAL(loop invariant todo: lfap_row_kept{Pre, Here}(S, i, j, 32);)
    @ LFAP_REAL(loop invariant others: lfap_others_kept{Pre, Here}(S, i);)
    @ LFAP_REAL(loop invariant X: lfap_slice(X, row, step, z.A, LFAP_TILE*i, z.ma, z.ld, z.k, z.n);)
    @ LFAP_REAL(loop invariant P: lfap_panels(P, 32, z.B, z.mb, z.ld, z.k, z.n);)
    @ LFAP_REAL(loop invariant pad: lfap_panels_filled(P, 0, 32, z.mb, z.n);)
    @ LFAP_REAL(loop invariant same: lfap_same_dots{Pre, Here}(z.A, z.ma, z.B, z.mb, z.ld);)
    @ loop assigns j, S[0 .. LFAP_BLOCK_LANES - 1];
    @ loop variant end - j; */
  for (size_t j = 0; j < end; j++) tile_at(S, i, j, X, row, step, P, steps, wide, z);
}

/* Row i of tiles from A as it lies there: four whole rows, whole steps. */
/*@ requires block: i < LFAP_BLOCK/LFAP_TILE && end <= LFAP_BLOCK/LFAP_TILE && z.n == LFAP_LANES*steps && 0 < steps <= LFAP_STEPS;
  @ requires size: LFAP_TILE*i + LFAP_TILE <= z.ma && z.ma*z.ld <= SIZE_MAX && z.k + z.n <= z.ld;
  @ requires A: \valid_read(z.A + (0 .. z.ma*z.ld - 1));
  @ requires P: \valid_read(P + (0 .. LFAP_BLOCK*LFAP_STEPS*LFAP_LANES - 1));
  @ requires S: \valid(S + (0 .. LFAP_BLOCK_LANES - 1));
  @ requires sep: \separated(S + (0 .. LFAP_BLOCK_LANES - 1), P + (0 .. LFAP_BLOCK*LFAP_STEPS*LFAP_LANES - 1));
  @ requires sep: \separated(S + (0 .. LFAP_BLOCK_LANES - 1), z.A + (0 .. z.ma*z.ld - 1));
  @ LFAP_REAL(requires size: z.mb*z.ld <= SIZE_MAX;)
  @ LFAP_REAL(requires B: \valid_read(z.B + (0 .. z.mb*z.ld - 1))
  @   && \separated(S + (0 .. LFAP_BLOCK_LANES - 1), z.B + (0 .. z.mb*z.ld - 1));)
  @ LFAP_REAL(requires P: lfap_panels(P, 32, z.B, z.mb, z.ld, z.k, z.n);)
  @ LFAP_REAL(requires pad: lfap_panels_filled(P, 0, 32, z.mb, z.n);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns S[0 .. LFAP_BLOCK_LANES - 1];
  @ LFAP_REAL(ensures done: lfap_row_done{Old, Here}(S, i, 0, end, LFAP_SLICE(z));)
  @ LFAP_REAL(ensures others: lfap_others_kept{Old, Here}(S, i);)
  @ LFAP_REAL(ensures P: lfap_panels(P, 32, z.B, z.mb, z.ld, z.k, z.n);)
  @ LFAP_REAL(ensures pad: lfap_panels_filled(P, 0, 32, z.mb, z.n);)
  @ LFAP_REAL(ensures same: lfap_same_dots{Old, Here}(z.A, z.ma, z.B, z.mb, z.ld);) */
LFAP_INLINE void whole_row(double *S, const double *P, size_t i, size_t end, size_t steps, int wide, slice z) {
  /*@ ghost lfap_rows_at(LFAP_TILE * i, LFAP_TILE, z.ma, z.ld); */
  const double *X = z.A + (LFAP_TILE * i * z.ld + z.k);
  /*@ assert rows: LFAP_REAL_FACT(\forall integer p, t, l; lfap_at(LFAP_TILE*i + p, z.k + LFAP_LANES*t + l, z.ld)
        == LFAP_TILE*i*z.ld + z.k + lfap_at(t, lfap_at(p, l, z.ld), LFAP_LANES)); */
  tile_row(S, X, z.ld, LFAP_LANES, P, i, end, steps, wide, z);
}

/* What A is filled up with. Over the reals it does not matter. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing; */
LFAP_INLINE double minus_zero(void) { return -0.0; }

/* Row i of tiles from a packed panel. */
/*@ requires block: i < LFAP_BLOCK/LFAP_TILE && end <= LFAP_BLOCK/LFAP_TILE && z.n <= LFAP_LANES*steps < z.n + LFAP_LANES
  @   && 0 < steps <= LFAP_STEPS;
  @ requires size: LFAP_TILE*i <= z.ma && z.ma <= LFAP_BLOCK && z.ma*z.ld <= SIZE_MAX && z.k + z.n <= z.ld;
  @ requires A: \valid_read(z.A + (0 .. z.ma*z.ld - 1));
  @ requires P: \valid(P + (0 .. LFAP_BLOCK_PACK - 1));
  @ requires S: \valid(S + (0 .. LFAP_BLOCK_LANES - 1));
  @ requires sep: \separated(S + (0 .. LFAP_BLOCK_LANES - 1), P + (0 .. LFAP_BLOCK_PACK - 1));
  @ requires sep: \separated(S + (0 .. LFAP_BLOCK_LANES - 1), z.A + (0 .. z.ma*z.ld - 1));
  @ requires sep: \separated(P + (0 .. LFAP_BLOCK_PACK - 1), z.A + (0 .. z.ma*z.ld - 1));
  @ LFAP_REAL(requires size: z.mb*z.ld <= SIZE_MAX;)
  @ LFAP_REAL(requires B: \valid_read(z.B + (0 .. z.mb*z.ld - 1))
  @   && \separated(S + (0 .. LFAP_BLOCK_LANES - 1), z.B + (0 .. z.mb*z.ld - 1));)
  @ LFAP_REAL(requires sep: \separated(P + (0 .. LFAP_BLOCK_PACK - 1), z.B + (0 .. z.mb*z.ld - 1));)
  @ LFAP_REAL(requires P: lfap_panels(P, 32, z.B, z.mb, z.ld, z.k, z.n);)
  @ LFAP_REAL(requires pad: lfap_panels_filled(P, 0, 32, z.mb, z.n);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns S[0 .. LFAP_BLOCK_LANES - 1], P[LFAP_BLOCK*LFAP_STEPS*LFAP_LANES .. LFAP_BLOCK_PACK - 1];
  @ LFAP_REAL(ensures done: lfap_row_done{Old, Here}(S, i, 0, end, LFAP_SLICE(z));)
  @ LFAP_REAL(ensures others: lfap_others_kept{Old, Here}(S, i);)
  @ LFAP_REAL(ensures P: lfap_panels(P, 32, z.B, z.mb, z.ld, z.k, z.n);)
  @ LFAP_REAL(ensures pad: lfap_panels_filled(P, 0, 32, z.mb, z.n);)
  @ LFAP_REAL(ensures same: lfap_same_dots{Old, Here}(z.A, z.ma, z.B, z.mb, z.ld);) */
LFAP_INLINE void packed_row(double *S, double *P, size_t i, size_t end, size_t steps, int wide, slice z) {
  double *X = P + LFAP_BLOCK * LFAP_STEPS * LFAP_LANES;
  pack_panel(X, z.A, LFAP_TILE * i, z.ma, minus_zero(), z);
  /*@ ghost lfap_entries_inside(z.mb, z.ld); */
  /*@ assert kept_B: LFAP_REAL_FACT(\forall integer x; 0 <= x < z.mb*z.ld ==> z.B[x] == \at(z.B[x],Pre)); */
  /*@ assert kept_S: LFAP_REAL_FACT(\forall integer x; 0 <= x < LFAP_BLOCK_LANES ==> S[x] == \at(S[x],Pre)); */
  /*@ assert lanes: LFAP_REAL_FACT(\forall integer x; 0 <= x <= LFAP_BLOCK_LANES - 8
    @   ==> lfap_lanes_sum(S, x) == \at(lfap_lanes_sum(S, x),Pre)); */
  /*@ assert panels: LFAP_REAL_FACT(\forall integer j, p, t, l; 0 <= j < 32 && 0 <= p < 4 && 0 <= t < 32 && 0 <= l < 8
        ==> P[lfap_at(j, lfap_at(t, lfap_at(p, l, 8), 32), 1024)] == \at(P[lfap_at(j, lfap_at(t, lfap_at(p, l, 8), 32), 1024)],Pre)); */
  tile_row(S, X, LFAP_LANES, STEP, P, i, end, steps, wide, z);
}

/* Row i of tiles, packed only where a tile or the last step is incomplete. */
/*@ requires block: i < LFAP_BLOCK/LFAP_TILE && end <= LFAP_BLOCK/LFAP_TILE && z.n <= LFAP_LANES*steps < z.n + LFAP_LANES
  @   && 0 < steps <= LFAP_STEPS;
  @ requires size: LFAP_TILE*i <= z.ma && z.ma <= LFAP_BLOCK && z.ma*z.ld <= SIZE_MAX && z.k + z.n <= z.ld;
  @ requires A: \valid_read(z.A + (0 .. z.ma*z.ld - 1));
  @ requires P: \valid(P + (0 .. LFAP_BLOCK_PACK - 1));
  @ requires S: \valid(S + (0 .. LFAP_BLOCK_LANES - 1));
  @ requires sep: \separated(S + (0 .. LFAP_BLOCK_LANES - 1), P + (0 .. LFAP_BLOCK_PACK - 1));
  @ requires sep: \separated(S + (0 .. LFAP_BLOCK_LANES - 1), z.A + (0 .. z.ma*z.ld - 1));
  @ requires sep: \separated(P + (0 .. LFAP_BLOCK_PACK - 1), z.A + (0 .. z.ma*z.ld - 1));
  @ LFAP_REAL(requires size: z.mb*z.ld <= SIZE_MAX;)
  @ LFAP_REAL(requires B: \valid_read(z.B + (0 .. z.mb*z.ld - 1))
  @   && \separated(S + (0 .. LFAP_BLOCK_LANES - 1), z.B + (0 .. z.mb*z.ld - 1));)
  @ LFAP_REAL(requires sep: \separated(P + (0 .. LFAP_BLOCK_PACK - 1), z.B + (0 .. z.mb*z.ld - 1));)
  @ LFAP_REAL(requires P: lfap_panels(P, 32, z.B, z.mb, z.ld, z.k, z.n);)
  @ LFAP_REAL(requires pad: lfap_panels_filled(P, 0, 32, z.mb, z.n);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns S[0 .. LFAP_BLOCK_LANES - 1], P[LFAP_BLOCK*LFAP_STEPS*LFAP_LANES .. LFAP_BLOCK_PACK - 1];
  @ LFAP_REAL(ensures done: lfap_row_done{Old, Here}(S, i, 0, end, LFAP_SLICE(z));)
  @ LFAP_REAL(ensures others: lfap_others_kept{Old, Here}(S, i);)
  @ LFAP_REAL(ensures P: lfap_panels(P, 32, z.B, z.mb, z.ld, z.k, z.n);)
  @ LFAP_REAL(ensures pad: lfap_panels_filled(P, 0, 32, z.mb, z.n);)
  @ LFAP_REAL(ensures same: lfap_same_dots{Old, Here}(z.A, z.ma, z.B, z.mb, z.ld);) */
LFAP_INLINE void any_row(double *S, double *P, size_t i, size_t end, size_t steps, int wide, slice z) {
  if (z.ma - LFAP_TILE * i >= LFAP_TILE && steps * LFAP_LANES == z.n) whole_row(S, P, i, end, steps, wide, z);
  else packed_row(S, P, i, end, steps, wide, z);
}

/* Rows of tiles advance by a slice, of which B's is packed; tiles above the diagonal are left out when only the lower half
   is wanted. */
/*@ requires block: z.ma <= LFAP_BLOCK && tb <= LFAP_BLOCK/LFAP_TILE && z.mb <= LFAP_TILE*tb && 0 < z.n <= LFAP_STEPS*LFAP_LANES
  @   && z.k + z.n <= z.ld;
  @ requires size: z.ma*z.ld <= SIZE_MAX;
  @ requires A: \valid_read(z.A + (0 .. z.ma*z.ld - 1));
  @ requires P: \valid(P + (0 .. LFAP_BLOCK_PACK - 1));
  @ requires S: \valid(S + (0 .. LFAP_BLOCK_LANES - 1));
  @ requires sep: \separated(S + (0 .. LFAP_BLOCK_LANES - 1), P + (0 .. LFAP_BLOCK_PACK - 1));
  @ requires sep: \separated(S + (0 .. LFAP_BLOCK_LANES - 1), z.A + (0 .. z.ma*z.ld - 1));
  @ requires sep: \separated(P + (0 .. LFAP_BLOCK_PACK - 1), z.A + (0 .. z.ma*z.ld - 1));
  @ LFAP_REAL(requires size: z.mb*z.ld <= SIZE_MAX;)
  @ LFAP_REAL(requires B: \valid_read(z.B + (0 .. z.mb*z.ld - 1))
  @   && \separated(S + (0 .. LFAP_BLOCK_LANES - 1), z.B + (0 .. z.mb*z.ld - 1));)
  @ LFAP_REAL(requires sep: \separated(P + (0 .. LFAP_BLOCK_PACK - 1), z.B + (0 .. z.mb*z.ld - 1));)
  @ LFAP_REAL(requires P: lfap_panels(P, 32, z.B, z.mb, z.ld, z.k, z.n);)
  @ LFAP_REAL(requires pad: lfap_panels_filled(P, 0, 32, z.mb, z.n);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns S[0 .. LFAP_BLOCK_LANES - 1], P[LFAP_BLOCK*LFAP_STEPS*LFAP_LANES .. LFAP_BLOCK_PACK - 1];
  @ LFAP_REAL(ensures done: lfap_rows_done{Old, Here}(S, 32, lower, LFAP_SLICE(z));)
  @ LFAP_REAL(ensures same: lfap_same_dots{Old, Here}(z.A, z.ma, z.B, z.mb, z.ld);) */
LFAP_INLINE void tiles(double *S, double *P, size_t tb, int lower, int wide, slice z) {
  size_t i = 0, steps = (z.n + LFAP_LANES - 1) / LFAP_LANES;
  /*@ loop invariant row: 0 <= i && LFAP_TILE*i <= z.ma + LFAP_TILE - 1;
    @ LFAP_REAL(loop invariant done: lfap_rows_done{Pre, Here}(S, i, lower, LFAP_SLICE(z));)
    @ LFAP_REAL(loop invariant todo: lfap_rows_kept{Pre, Here}(S, i);)
    @ LFAP_REAL(loop invariant P: lfap_panels(P, 32, z.B, z.mb, z.ld, z.k, z.n);)
    @ LFAP_REAL(loop invariant pad: lfap_panels_filled(P, 0, 32, z.mb, z.n);)
    @ LFAP_REAL(loop invariant same: lfap_same_dots{Pre, Here}(z.A, z.ma, z.B, z.mb, z.ld);)
    @ loop assigns i, S[0 .. LFAP_BLOCK_LANES - 1], P[LFAP_BLOCK*LFAP_STEPS*LFAP_LANES .. LFAP_BLOCK_PACK - 1];
    @ loop variant z.ma + LFAP_TILE - LFAP_TILE*i; */
  for (; LFAP_TILE * i < z.ma; i++) {
    size_t end = lower && i < tb ? i + 1 : tb;
    /*@ assert wanted: LFAP_REAL_FACT(\forall integer j; 0 <= j && LFAP_TILE*j < z.mb && (lower == 0 || j <= i) ==> j < end); */
    any_row(S, P, i, end, steps, wide, z);
    /*@ assert slices: LFAP_REAL_FACT(\forall integer f, g; 0 <= f < z.ma && 0 <= g < z.mb
          ==> lfap_rslice{LoopCurrent}(z.A, f, z.B, g, z.ld, z.k, z.n) == lfap_rslice{Pre}(z.A, f, z.B, g, z.ld, z.k, z.n)); */
  }
}

/* A block advances by a slice. */
/*@ requires block: z.ma <= LFAP_BLOCK && z.mb <= LFAP_BLOCK && tb <= LFAP_BLOCK/LFAP_TILE && z.mb <= LFAP_TILE*tb
  @   && 0 < z.n <= LFAP_STEPS*LFAP_LANES && z.k + z.n <= z.ld;
  @ requires size: z.ma*z.ld <= SIZE_MAX && z.mb*z.ld <= SIZE_MAX;
  @ requires A: \valid_read(z.A + (0 .. z.ma*z.ld - 1));
  @ requires P: \valid(P + (0 .. LFAP_BLOCK_PACK - 1));
  @ requires S: \valid(S + (0 .. LFAP_BLOCK_LANES - 1));
  @ requires sep: \separated(S + (0 .. LFAP_BLOCK_LANES - 1), P + (0 .. LFAP_BLOCK_PACK - 1));
  @ requires sep: \separated(S + (0 .. LFAP_BLOCK_LANES - 1), z.A + (0 .. z.ma*z.ld - 1));
  @ requires sep: \separated(P + (0 .. LFAP_BLOCK_PACK - 1), z.A + (0 .. z.ma*z.ld - 1));
  @ requires B: \valid_read(z.B + (0 .. z.mb*z.ld - 1));
  @ requires sep: \separated(P + (0 .. LFAP_BLOCK_PACK - 1), z.B + (0 .. z.mb*z.ld - 1));
  @ LFAP_REAL(requires sep: \separated(S + (0 .. LFAP_BLOCK_LANES - 1), z.B + (0 .. z.mb*z.ld - 1));)
  @ terminates \true;
  @ exits never: \false;
  @ assigns S[0 .. LFAP_BLOCK_LANES - 1], P[0 .. LFAP_BLOCK_PACK - 1];
  @ LFAP_REAL(ensures done: lfap_rows_done{Old, Here}(S, 32, lower, LFAP_SLICE(z));)
  @ LFAP_REAL(ensures same: lfap_same_dots{Old, Here}(z.A, z.ma, z.B, z.mb, z.ld);) */
LFAP_INLINE void block_slice(double *S, double *P, size_t tb, int lower, int wide, slice z) {
  pack(P, z);
  /*@ assert kept_S: LFAP_REAL_FACT(\forall integer x; 0 <= x < LFAP_BLOCK_LANES ==> S[x] == \at(S[x],Pre)); */
  /*@ assert lanes: LFAP_REAL_FACT(\forall integer x; 0 <= x <= LFAP_BLOCK_LANES - 8
    @   ==> lfap_lanes_sum(S, x) == \at(lfap_lanes_sum(S, x),Pre)); */
  /*@ assert kept: LFAP_REAL_FACT(lfap_rows_kept{Pre, Here}(S, 0)); */
  /*@ assert slices: LFAP_REAL_FACT(\forall integer f, g; 0 <= f < z.ma && 0 <= g < z.mb
        ==> lfap_rslice(z.A, f, z.B, g, z.ld, z.k, z.n) == lfap_rslice{Pre}(z.A, f, z.B, g, z.ld, z.k, z.n)); */
  if (wide) /* the constants let the compiler drop the other tile */
    tiles(S, P, tb, lower, 1, z);
  else tiles(S, P, tb, lower, 0, z);
}

/* Lanes for the tiles of a block, all v. */
/*@ requires block: ta <= LFAP_BLOCK/LFAP_TILE && tb <= LFAP_BLOCK/LFAP_TILE;
  @ requires S: \valid(S + (0 .. LFAP_BLOCK_LANES - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns S[0 .. LFAP_BLOCK_LANES - 1];
  @ LFAP_REAL(ensures filled: lfap_lines(S, tb, ta*LFAP_TILE_LANES, v);) */
LFAP_INLINE void fill(double *S, size_t ta, size_t tb, double v) {
  /*@ loop invariant column: 0 <= j <= tb;
    @ LFAP_REAL(loop invariant filled: \forall integer q, m; 0 <= q < j && 0 <= m < ta*LFAP_TILE_LANES ==> S[lfap_at(q, m, COLUMN)] == v;)
    @ loop assigns j, S[0 .. LFAP_BLOCK_LANES - 1];
    @ loop variant tb - j; */
  for (size_t j = 0; j < tb; j++)
    /*@ loop invariant lane: 0 <= l <= ta * LFAP_TILE_LANES;
      @ LFAP_REAL(loop invariant before: \forall integer q, m; 0 <= q < j && 0 <= m < ta*LFAP_TILE_LANES ==> S[lfap_at(q, m, COLUMN)] == v;)
      @ LFAP_REAL(loop invariant filled: \forall integer q, m; j <= q < j + 1 && 0 <= m < l ==> S[lfap_at(q, m, COLUMN)] == v;)
      @ loop assigns l, S[0 .. LFAP_BLOCK_LANES - 1];
      @ loop variant ta * LFAP_TILE_LANES - l; */
    for (size_t l = 0; l < ta * LFAP_TILE_LANES; l++) S[j * COLUMN + l] = v;
}

/* A block before its first slice: lanes of 0, and no dot of A and B changes by it. */
/*@ requires block: ta <= LFAP_BLOCK/LFAP_TILE && tb <= LFAP_BLOCK/LFAP_TILE;
  @ requires S: \valid(S + (0 .. LFAP_BLOCK_LANES - 1));
  @ LFAP_REAL(requires size: z.ma*z.ld <= SIZE_MAX && z.mb*z.ld <= SIZE_MAX;)
  @ LFAP_REAL(requires A: \valid_read(z.A + (0 .. z.ma*z.ld - 1))
  @   && \separated(S + (0 .. LFAP_BLOCK_LANES - 1), z.A + (0 .. z.ma*z.ld - 1));)
  @ LFAP_REAL(requires B: \valid_read(z.B + (0 .. z.mb*z.ld - 1))
  @   && \separated(S + (0 .. LFAP_BLOCK_LANES - 1), z.B + (0 .. z.mb*z.ld - 1));)
  @ terminates \true;
  @ exits never: \false;
  @ assigns S[0 .. LFAP_BLOCK_LANES - 1];
  @ LFAP_REAL(ensures empty: lfap_lines(S, tb, ta*LFAP_TILE_LANES, 0.0);)
  @ LFAP_REAL(ensures same: lfap_same_dots{Old, Here}(z.A, z.ma, z.B, z.mb, z.ld);) */
LFAP_INLINE void block_start(double *S, size_t ta, size_t tb, slice z) {
  (void)z; /* only the contract needs it */
  fill(S, ta, tb, 0.0);
#ifdef LFAP_TIER_REAL
#include "same_dots.acsl"
#endif
}

LFAP_CLONES
void lfap_block_lanes(double *S, double *P, const double *A, const double *B, size_t ma, size_t mb, size_t ld, size_t n,
                      int lower) {
  const size_t most = LFAP_STEPS * LFAP_LANES;
  size_t tb = (mb + LFAP_TILE - 1) / LFAP_TILE, k = 0;
  int wide = lfap_wide_registers();
  slice none = {A, B, ma, mb, ld, 0, 0};
  block_start(S, (ma + LFAP_TILE - 1) / LFAP_TILE, tb, none);
  /*@ assert line: LFAP_REAL_FACT(\forall integer j, x; 0 <= j < tb && 0 <= x && x + 8 <= (ma + LFAP_TILE - 1)/LFAP_TILE*LFAP_TILE_LANES
        ==> lfap_zero(lfap_line_sum(S, j, x))); */
  /*@ assert same: LFAP_REAL_FACT(\forall integer i, j, p, q; lfap_lanes_sum(S, lfap_tile_at(i, j, p, q))
    @   == lfap_line_sum(S, j, 128*i + 32*p + 8*q)); */
  /*@ assert start: LFAP_REAL_FACT(\forall integer i, j, p, q; 0 <= i && 0 <= j && 0 <= p < 4 && 0 <= q < 4 && 4*i + p < ma && 4*j + q < mb
        ==> lfap_zero(lfap_lanes_sum(S, lfap_tile_at(i, j, p, q)))); */
  /*@ loop invariant slice: 0 <= k <= n;
    @ LFAP_REAL(loop invariant dots: \forall integer i, j, p, q; 0 <= i && 0 <= j && 0 <= p < 4 && 0 <= q < 4 && 4*i + p < ma
    @   && 4*j + q < mb && (lower == 0 || j <= i)
    @   ==> lfap_lanes_sum(S, lfap_tile_at(i, j, p, q)) == lfap_rdot_at{Pre}(A, 4*i + p, B, 4*j + q, ld, k);)
    @ LFAP_REAL(loop invariant same: lfap_same_dots{Pre, Here}(A, ma, B, mb, ld);)
    @ loop assigns k, S[0 .. LFAP_BLOCK_LANES - 1], P[0 .. LFAP_BLOCK_PACK - 1];
    @ loop variant n - k; */
  while (k < n) {
    slice z = {A, B, ma, mb, ld, k, n - k < most ? n - k : most};
    block_slice(S, P, tb, lower, wide, z);
    /*@ assert same: LFAP_REAL_FACT(lfap_same_dots{Pre, Here}(A, ma, B, mb, ld)); */
    /*@ assert slices: LFAP_REAL_FACT(\forall integer i, j; 0 <= i < ma && 0 <= j < mb
      @   ==> lfap_rslice{LoopCurrent}(A, i, B, j, ld, z.k, z.n)
          == lfap_rdot_at{Pre}(A, i, B, j, ld, \at(k + z.n,Here)) - lfap_rdot_at{Pre}(A, i, B, j, ld, \at(k,Here))); */
    k += z.n;
  }
  /*@ assert place: LFAP_REAL_FACT(\forall integer i, j; 0 <= i && 0 <= j
    @   ==> lfap_lanes_place(i, j) == lfap_tile_at(i/4, j/4, i%4, j%4)); */
  /*@ assert entry: LFAP_REAL_FACT(\forall integer i; 0 <= i ==> 4*(i/4) + i%4 == i && 0 <= i/4 && 0 <= i%4 < 4); */
  /*@ assert dots: LFAP_REAL_FACT(\forall integer i, j; 0 <= i < ma && 0 <= j < mb && (lower == 0 || j <= i)
        ==> lfap_lanes_sum(S, lfap_tile_at(i/4, j/4, i%4, j%4)) == lfap_rdot_at{Pre}(A, i, B, j, ld, n)); */
}

void lfap_block_join(double *C, const double *S, size_t ma, size_t mb, size_t ldc, int lower) {
  /*@ loop invariant row: 0 <= i;
    @ LFAP_REAL(loop invariant dots: \forall integer e, f; 0 <= e < ma && e < i && 0 <= f < mb && (lower == 0 || f <= e)
    @   ==> C[lfap_at(e, f, ldc)] == lfap_lanes_of{Pre}(S, e, f);)
    @ loop assigns i, C[0 .. ma*ldc - ldc + mb - 1];
    @ loop variant ma - i; */
  for (size_t i = 0; i < ma; i++) {
    /*@ ghost lfap_row_at(i, ma, ldc); */
    size_t end = lower && i + 1 < mb ? i + 1 : mb;
    /*@ loop invariant column: 0 <= j <= end;
      @ LFAP_REAL(loop invariant before: \forall integer e, f; 0 <= e < i && 0 <= f < mb && (lower == 0 || f <= e)
      @   ==> C[lfap_at(e, f, ldc)] == lfap_lanes_of{Pre}(S, e, f);)
      @ LFAP_REAL(loop invariant dots: \forall integer e, f; i <= e < i + 1 && 0 <= f < j
      @   ==> C[lfap_at(e, f, ldc)] == lfap_lanes_of{Pre}(S, e, f);)
      @ loop assigns j, C[0 .. ma*ldc - ldc + mb - 1];
      @ loop variant end - j; */
    for (size_t j = 0; j < end; j++) {
      const double *s = S + lfap_lanes_at(i, j);
      /*@ ghost lfap_at_only(i, j, ldc); */
      /*@ assert same: LFAP_REAL_FACT(lfap_lanes_of(S, i, j) == \at(lfap_lanes_of(S, \at(i,Here), \at(j,Here)),Pre)); */
      /*@ assert at: LFAP_REAL_FACT(i*ldc + j == lfap_at(i, j, ldc)); */
      /*@ assert lanes: LFAP_REAL_FACT(lfap_lanes_of(S, i, j) == LFAP_TOTAL(s)); */
      C[i * ldc + j] = LFAP_JOIN(s);
      /*@ assert dot: LFAP_REAL_FACT(C[lfap_at(i, j, ldc)] == \at(lfap_lanes_of(S, \at(i,Here), \at(j,Here)),Pre)); */
    }
  }
}
