/* block.c - blocks of dots (N1). A slice of the rows of B is packed, because every four rows of A meet all of it; those
 * four stay in the nearest cache and are packed only where a tile or the last step is incomplete. Columns beyond the last
 * are packed as -0 in A and 0 in B, because adding their product, -0, changes no double. */
#ifdef __FRAMAC__
#include "../../spec/logic/entry.acsl"
#endif

#include "block.h"

#include "lanes_step.h"
#ifdef __FRAMAC__
#include "../../spec/logic/lanes.acsl"
#endif

enum { STEP = LFAP_TILE * LFAP_LANES, PANEL = LFAP_STEPS * STEP }; /* doubles of a packed step, of four packed rows */
enum { COLUMN = LFAP_BLOCK / LFAP_TILE * LFAP_TILE_LANES }; /* lanes of a column of tiles */

/* One row of a packed panel: n columns of a, filled up to whole steps with `pad`. */
/*@ requires n: n <= LFAP_STEPS*LFAP_LANES;
  @ requires a: \valid_read(a + (0 .. n-1));
  @ requires out: \valid(out + (0 .. PANEL - STEP + LFAP_LANES - 1));
  @ requires sep: \separated(out + (0 .. PANEL - STEP + LFAP_LANES - 1), a + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns out[0 .. PANEL - STEP + LFAP_LANES - 1];
  @ LFAP_REAL(ensures packed: \forall integer t, l; 0 <= t && 0 <= l < LFAP_LANES && t*LFAP_LANES + l < n
  @   ==> out[lfap_at(t, l, STEP)] == \old(a[t*LFAP_LANES + l]);)
  @ LFAP_REAL(ensures padded: \forall integer t, l; 0 <= l < LFAP_LANES && t*LFAP_LANES < n <= t*LFAP_LANES + l
  @   ==> out[lfap_at(t, l, STEP)] == pad;)
  @ LFAP_REAL(ensures kept: \forall integer t, l; 0 <= t < LFAP_STEPS && LFAP_LANES <= l < STEP
  @   ==> out[lfap_at(t, l, STEP)] == \old(out[lfap_at(t, l, STEP)]);) */
LFAP_INLINE void pack_row(double *restrict out, const double *restrict a, size_t n, double pad) {
  size_t t = 0;
  /*@ loop invariant step: 0 <= t <= n / LFAP_LANES;
    @ LFAP_REAL(loop invariant packed: \forall integer u, m; 0 <= u < t && 0 <= m < LFAP_LANES
    @   ==> out[lfap_at(u, m, STEP)] == \at(a[u*LFAP_LANES + m],Pre);)
    @ LFAP_REAL(loop invariant kept: \forall integer u, m; 0 <= u < LFAP_STEPS && LFAP_LANES <= m < STEP ==> out[lfap_at(u, m, STEP)] == \at(out[lfap_at(u, m, STEP)],Pre);)
    @ loop assigns t, out[0 .. PANEL - STEP + LFAP_LANES - 1];
    @ loop variant n / LFAP_LANES - t; */
  for (; t < n / LFAP_LANES; t++)
    /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
      @ LFAP_REAL(loop invariant before: \forall integer u, m; 0 <= u < t && 0 <= m < LFAP_LANES
      @   ==> out[lfap_at(u, m, STEP)] == \at(a[u*LFAP_LANES + m],Pre);)
      @ LFAP_REAL(loop invariant packed: \forall integer u, m; t <= u < t + 1 && 0 <= m < l
      @   ==> out[lfap_at(u, m, STEP)] == \at(a[u*LFAP_LANES + m],Pre);)
      @ LFAP_REAL(loop invariant kept: \forall integer u, m; 0 <= u < LFAP_STEPS && LFAP_LANES <= m < STEP ==> out[lfap_at(u, m, STEP)] == \at(out[lfap_at(u, m, STEP)],Pre);)
      @ loop assigns l, out[0 .. PANEL - STEP + LFAP_LANES - 1];
      @ loop variant LFAP_LANES - l; */
    for (size_t l = 0; l < LFAP_LANES; l++) out[t * STEP + l] = a[t * LFAP_LANES + l];
  if (t * LFAP_LANES == n) return;
  /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
    @ LFAP_REAL(loop invariant before: \forall integer u, m; 0 <= u < t && 0 <= m < LFAP_LANES
    @   ==> out[lfap_at(u, m, STEP)] == \at(a[u*LFAP_LANES + m],Pre);)
    @ LFAP_REAL(loop invariant packed: \forall integer u, m; t <= u < t + 1 && 0 <= m < l
    @   ==> out[lfap_at(u, m, STEP)] == (u*LFAP_LANES + m < n ? \at(a[u*LFAP_LANES + m],Pre) : pad);)
    @ LFAP_REAL(loop invariant kept: \forall integer u, m; 0 <= u < LFAP_STEPS && LFAP_LANES <= m < STEP ==> out[lfap_at(u, m, STEP)] == \at(out[lfap_at(u, m, STEP)],Pre);)
    @ loop assigns l, out[0 .. PANEL - STEP + LFAP_LANES - 1];
    @ loop variant LFAP_LANES - l; */
  for (size_t l = 0; l < LFAP_LANES; l++) out[t * STEP + l] = t * LFAP_LANES + l < n ? a[t * LFAP_LANES + l] : pad;
}

/* Columns k .. k+n-1 of `rows` rows, four rows a panel. What is packed for the rows missing to a multiple of four is
   never looked at. */
/*@ requires slice: rows <= LFAP_BLOCK && n <= LFAP_STEPS*LFAP_LANES && k + n <= ld;
  @ requires size: rows*ld <= SIZE_MAX;
  @ requires A: \valid_read(A + (0 .. rows*ld - 1));
  @ requires P: \valid(P + (0 .. (rows + LFAP_TILE - 1)/LFAP_TILE*PANEL - 1));
  @ requires sep: \separated(P + (0 .. (rows + LFAP_TILE - 1)/LFAP_TILE*PANEL - 1), A + (0 .. rows*ld - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns P[0 .. (rows + LFAP_TILE - 1)/LFAP_TILE*PANEL - 1]; */
LFAP_INLINE void pack(double *P, const double *A, size_t rows, size_t ld, size_t k, size_t n, double pad) {
  /*@ loop invariant row: 0 <= i <= rows;
    @ loop assigns i, P[0 .. (rows + LFAP_TILE - 1)/LFAP_TILE*PANEL - 1];
    @ loop variant rows - i; */
  for (size_t i = 0; i < rows; i++) {
    /*@ ghost lfap_row_at(i, rows, ld); */
    pack_row(P + (i / LFAP_TILE * PANEL + i % LFAP_TILE * LFAP_LANES), A + (i * ld + k), n, pad);
  }
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
  @   ==> S[lfap_cell(i, j, l)] == \old(S[lfap_cell(i, j, l)] + lfap_lane(A, lfap_at(i, l, row), step, B, lfap_at(j, l, LFAP_LANES), STEP, steps));)
  @ LFAP_REAL(ensures kept: \forall integer i, j, l; 0 <= i < LFAP_TILE && 0 <= j < LFAP_TILE && 0 <= l < LFAP_LANES
  @   && !(c <= j < c + columns && m <= l < m + lanes) ==> S[lfap_cell(i, j, l)] == \old(S[lfap_cell(i, j, l)]);)
  @ LFAP_REAL(ensures same: \forall integer i, j, l; 0 <= i < LFAP_TILE && 0 <= j < LFAP_TILE && 0 <= l < LFAP_LANES
  @   ==> lfap_lane(A, lfap_at(i, l, row), step, B, lfap_at(j, l, LFAP_LANES), STEP, steps) == \old(lfap_lane(A, lfap_at(i, l, row), step, B, lfap_at(j, l, LFAP_LANES), STEP, steps));) */
LFAP_INLINE void tile_part(double *S, const double *A, size_t row, size_t step, const double *B, size_t steps, size_t c, size_t columns,
                           size_t m, size_t lanes) {
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
    @   ==> s[e][f][g] == S[lfap_cell(e, c + f, m + g)] + lfap_lane(A, lfap_at(e, m + g, row), step, B, lfap_at(c + f, m + g, LFAP_LANES), STEP, t);)
    @ loop assigns t, s[0 .. LFAP_TILE-1][0 .. LFAP_TILE-1][0 .. LFAP_LANES-1];
    @ loop variant steps - t; */
  for (size_t t = 0; t < steps; t++) {
    size_t y = start_of(t, steps, step);
    /*@ loop invariant row: 0 <= i <= LFAP_TILE;
      @ LFAP_REAL(loop invariant done: \forall integer e, f, g; 0 <= e < i && 0 <= f < columns && 0 <= g < lanes
      @   ==> s[e][f][g] == S[lfap_cell(e, c + f, m + g)] + lfap_lane(A, lfap_at(e, m + g, row), step, B, lfap_at(c + f, m + g, LFAP_LANES), STEP, t + 1);)
      @ LFAP_REAL(loop invariant todo: \forall integer e, f, g; i <= e < LFAP_TILE && 0 <= f < columns && 0 <= g < lanes
      @   ==> s[e][f][g] == S[lfap_cell(e, c + f, m + g)] + lfap_lane(A, lfap_at(e, m + g, row), step, B, lfap_at(c + f, m + g, LFAP_LANES), STEP, t);)
      @ loop assigns i, s[0 .. LFAP_TILE-1][0 .. LFAP_TILE-1][0 .. LFAP_LANES-1];
      @ loop variant LFAP_TILE - i; */
    LFAP_UNROLL for (size_t i = 0; i < LFAP_TILE; i++) {
      size_t x = start_of(i, LFAP_TILE, row);
      /*@ loop invariant column: 0 <= j <= columns;
        @ LFAP_REAL(loop invariant done: \forall integer f, g; 0 <= f < j && 0 <= g < lanes ==> s[i][f][g] == S[lfap_cell(i, c + f, m + g)] + lfap_lane(A, lfap_at(i, m + g, row), step, B, lfap_at(c + f, m + g, LFAP_LANES), STEP, t + 1);)
        @ LFAP_REAL(loop invariant todo: \forall integer f, g; j <= f < columns && 0 <= g < lanes ==> s[i][f][g] == S[lfap_cell(i, c + f, m + g)] + lfap_lane(A, lfap_at(i, m + g, row), step, B, lfap_at(c + f, m + g, LFAP_LANES), STEP, t);)
        @ loop assigns j, s[i][0 .. LFAP_TILE-1][0 .. LFAP_LANES-1];
        @ loop variant columns - j; */
      LFAP_UNROLL for (size_t j = 0; j < columns; j++)
        /*@ loop invariant lane: 0 <= l <= lanes;
          @ LFAP_REAL(loop invariant done: \forall integer g; 0 <= g < l ==> s[i][j][g] == S[lfap_cell(i, c + j, m + g)] + lfap_lane(A, lfap_at(i, m + g, row), step, B, lfap_at(c + j, m + g, LFAP_LANES), STEP, t + 1);)
          @ LFAP_REAL(loop invariant todo: \forall integer g; l <= g < lanes ==> s[i][j][g] == S[lfap_cell(i, c + j, m + g)] + lfap_lane(A, lfap_at(i, m + g, row), step, B, lfap_at(c + j, m + g, LFAP_LANES), STEP, t);)
          @ loop assigns l, s[i][j][0 .. LFAP_LANES-1];
          @ loop variant lanes - l; */
        for (size_t l = 0; l < lanes; l++) {
          /*@ ghost lfap_lane_next(A, x + m + l, step, x + y + m + l, B, (c + j)*LFAP_LANES + m + l, STEP, t*STEP + (c + j)*LFAP_LANES + m + l, t); */
          /*@ assert first: LFAP_REAL_FACT(x + m + l == lfap_at(i, m + l, row) && (c + j)*LFAP_LANES + m + l == lfap_at(c + j, m + l, LFAP_LANES)); */
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
         ==> lfap_lane(A, lfap_at(i, l, row), step, B, lfap_at(j, l, LFAP_LANES), STEP, steps) == lfap_lane{Pre}(A, lfap_at(i, l, row), step, B, lfap_at(j, l, LFAP_LANES), STEP, steps);)
       loop assigns e, f, g, u, x, y;
       loop variant LFAP_TILE - e; @/
    while (e != LFAP_TILE) {
      lfap_row_at(e, LFAP_TILE, row);
      f = 0;
      /@ loop invariant column: 0 <= f <= LFAP_TILE;
         LFAP_REAL(loop invariant same: \forall integer i, j, l; e <= i < e + 1 && 0 <= j < f && 0 <= l < LFAP_LANES
           ==> lfap_lane(A, lfap_at(i, l, row), step, B, lfap_at(j, l, LFAP_LANES), STEP, steps) == lfap_lane{Pre}(A, lfap_at(i, l, row), step, B, lfap_at(j, l, LFAP_LANES), STEP, steps);)
         loop assigns f, g, u, x, y;
         loop variant LFAP_TILE - f; @/
      while (f != LFAP_TILE) {
        g = 0;
        /@ loop invariant lane: 0 <= g <= LFAP_LANES;
           LFAP_REAL(loop invariant same: \forall integer i, j, l; e <= i < e + 1 && f <= j < f + 1 && 0 <= l < g
             ==> lfap_lane(A, lfap_at(i, l, row), step, B, lfap_at(j, l, LFAP_LANES), STEP, steps) == lfap_lane{Pre}(A, lfap_at(i, l, row), step, B, lfap_at(j, l, LFAP_LANES), STEP, steps);)
           loop assigns g, u, x, y;
           loop variant LFAP_LANES - g; @/
        while (g != LFAP_LANES) {
          u = 0;
          /@ loop invariant step: 0 <= u <= steps;
             LFAP_REAL(loop invariant same: lfap_lane(A, lfap_at(e, g, row), step, B, lfap_at(f, g, LFAP_LANES), STEP, u) == lfap_lane{Pre}(A, lfap_at(e, g, row), step, B, lfap_at(f, g, LFAP_LANES), STEP, u);)
             loop assigns u, x, y;
             loop variant steps - u; @/
          while (u != steps) {
            lfap_row_at(u, steps, step);
            /@ assert inside: LFAP_REAL_FACT(0 <= e*row <= (LFAP_TILE-1)*row && 0 <= u*step <= steps*step - step); @/
            x = A[e*row + u*step + g];
            y = B[u*STEP + f*LFAP_LANES + g];
            /@ assert at: LFAP_REAL_FACT(e*row + u*step + g == lfap_at(u, lfap_at(e, g, row), step)
                 && u*STEP + f*LFAP_LANES + g == lfap_at(u, lfap_at(f, g, LFAP_LANES), STEP)); @/
            /@ assert here: LFAP_REAL_FACT(lfap_lane(A, lfap_at(e, g, row), step, B, lfap_at(f, g, LFAP_LANES), STEP, u + 1) == lfap_lane(A, lfap_at(e, g, row), step, B, lfap_at(f, g, LFAP_LANES), STEP, u) + lfap_term(x, y)); @/
            /@ assert same_x: LFAP_REAL_FACT(x == \at(A[\at(e*row + u*step + g,Here)],Pre)); @/
            /@ assert same_y: LFAP_REAL_FACT(y == \at(B[\at(u*STEP + f*LFAP_LANES + g,Here)],Pre)); @/
            /@ assert then: LFAP_REAL_FACT(lfap_lane{Pre}(A, lfap_at(e, g, row), step, B, lfap_at(f, g, LFAP_LANES), STEP, u + 1) == lfap_lane{Pre}(A, lfap_at(e, g, row), step, B, lfap_at(f, g, LFAP_LANES), STEP, u) + lfap_term(x, y)); @/
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
  @   ==> S[lfap_cell(i, j, l)] == \old(S[lfap_cell(i, j, l)] + lfap_lane(A, lfap_at(i, l, row), step, B, lfap_at(j, l, LFAP_LANES), STEP, steps));) */
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

/* Row i of tiles: four rows of A against the first `end` packed panels of B. */
/*@ requires block: i < LFAP_BLOCK/LFAP_TILE && end <= LFAP_BLOCK/LFAP_TILE && 0 < steps <= LFAP_STEPS;
  @ requires size: LFAP_LANES <= step && (LFAP_TILE-1)*row + steps*step <= SIZE_MAX;
  @ requires A: \valid_read(A + (0 .. (LFAP_TILE-1)*row + steps*step - step + LFAP_LANES-1));
  @ requires P: \valid_read(P + (0 .. LFAP_BLOCK*LFAP_STEPS*LFAP_LANES - 1));
  @ requires S: \valid(S + (0 .. LFAP_BLOCK_LANES - 1));
  @ requires sep: \separated(S + (0 .. LFAP_BLOCK_LANES - 1), P + (0 .. LFAP_BLOCK*LFAP_STEPS*LFAP_LANES - 1));
  @ requires sep: \separated(S + (0 .. LFAP_BLOCK_LANES - 1), A + (0 .. (LFAP_TILE-1)*row + steps*step - step + LFAP_LANES-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns S[0 .. LFAP_BLOCK_LANES - 1]; */
LFAP_INLINE void tile_row(double *S, const double *A, size_t row, size_t step, const double *P, size_t i, size_t end, size_t steps, int wide) {
  /*@ loop invariant column: 0 <= j <= end;
    @ loop assigns j, S[0 .. LFAP_BLOCK_LANES - 1];
    @ loop variant end - j; */
  for (size_t j = 0; j < end; j++)
    tile(S + (j * (LFAP_BLOCK / LFAP_TILE) + i) * LFAP_TILE_LANES, A, row, step, P + j * PANEL, steps, wide);
}

/* Rows of tiles advance by the slice of columns k .. k+n-1, of which B's is packed; tiles above the diagonal are left out
   when only the lower half is wanted. */
/*@ requires block: ma <= LFAP_BLOCK && tb <= LFAP_BLOCK/LFAP_TILE && 0 < n <= LFAP_STEPS*LFAP_LANES && k + n <= ld;
  @ requires size: ma*ld <= SIZE_MAX;
  @ requires A: \valid_read(A + (0 .. ma*ld - 1));
  @ requires P: \valid(P + (0 .. LFAP_BLOCK_PACK - 1));
  @ requires S: \valid(S + (0 .. LFAP_BLOCK_LANES - 1));
  @ requires sep: \separated(S + (0 .. LFAP_BLOCK_LANES - 1), P + (0 .. LFAP_BLOCK_PACK - 1));
  @ requires sep: \separated(S + (0 .. LFAP_BLOCK_LANES - 1), A + (0 .. ma*ld - 1));
  @ requires sep: \separated(P + (0 .. LFAP_BLOCK_PACK - 1), A + (0 .. ma*ld - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns S[0 .. LFAP_BLOCK_LANES - 1], P[0 .. LFAP_BLOCK_PACK - 1]; */
LFAP_INLINE void tiles(double *S, double *P, const double *A, size_t ma, size_t tb, size_t ld, size_t k, size_t n, int lower, int wide) {
  double *packed = P + LFAP_BLOCK * LFAP_STEPS * LFAP_LANES;
  size_t i = 0, steps = (n + LFAP_LANES - 1) / LFAP_LANES;
  /*@ loop invariant row: 0 <= i && LFAP_TILE*i <= ma + LFAP_TILE - 1;
    @ loop assigns i, S[0 .. LFAP_BLOCK_LANES - 1], P[LFAP_BLOCK*LFAP_STEPS*LFAP_LANES .. LFAP_BLOCK_PACK - 1];
    @ loop variant ma + LFAP_TILE - LFAP_TILE*i; */
  for (; LFAP_TILE * i < ma; i++) {
    size_t first = LFAP_TILE * i, rows = ma - first < LFAP_TILE ? ma - first : LFAP_TILE, end = lower && i < tb ? i + 1 : tb;
    /*@ ghost lfap_rows_at(first, rows, ma, ld); */
    if (rows == LFAP_TILE && steps * LFAP_LANES == n)
      tile_row(S, A + (first * ld + k), ld, LFAP_LANES, P, i, end, steps, wide);
    else {
      pack(packed, A + first * ld, rows, ld, k, n, -0.0);
      tile_row(S, packed, LFAP_LANES, STEP, P, i, end, steps, wide);
    }
  }
}

/* Lanes for the tiles of a block, all x. */
/*@ requires block: ta <= LFAP_BLOCK/LFAP_TILE && tb <= LFAP_BLOCK/LFAP_TILE;
  @ requires S: \valid(S + (0 .. LFAP_BLOCK_LANES - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns S[0 .. LFAP_BLOCK_LANES - 1];
  @ LFAP_REAL(ensures filled: \forall integer j, l; 0 <= j < tb && 0 <= l < ta*LFAP_TILE_LANES ==> S[lfap_at(j, l, COLUMN)] == x;) */
LFAP_INLINE void fill(double *S, size_t ta, size_t tb, double x) {
  /*@ loop invariant column: 0 <= j <= tb;
    @ LFAP_REAL(loop invariant filled: \forall integer q, m; 0 <= q < j && 0 <= m < ta*LFAP_TILE_LANES ==> S[lfap_at(q, m, COLUMN)] == x;)
    @ loop assigns j, S[0 .. LFAP_BLOCK_LANES - 1];
    @ loop variant tb - j; */
  for (size_t j = 0; j < tb; j++)
    /*@ loop invariant lane: 0 <= l <= ta * LFAP_TILE_LANES;
      @ LFAP_REAL(loop invariant before: \forall integer q, m; 0 <= q < j && 0 <= m < ta*LFAP_TILE_LANES ==> S[lfap_at(q, m, COLUMN)] == x;)
      @ LFAP_REAL(loop invariant filled: \forall integer q, m; j <= q < j + 1 && 0 <= m < l ==> S[lfap_at(q, m, COLUMN)] == x;)
      @ loop assigns l, S[0 .. LFAP_BLOCK_LANES - 1];
      @ loop variant ta * LFAP_TILE_LANES - l; */
    for (size_t l = 0; l < ta * LFAP_TILE_LANES; l++) S[j * COLUMN + l] = x;
}

LFAP_CLONES
void lfap_block_lanes(double *S, double *P, const double *A, const double *B, size_t ma, size_t mb, size_t ld, size_t n, int lower) {
  const size_t slice = LFAP_STEPS * LFAP_LANES;
  size_t tb = (mb + LFAP_TILE - 1) / LFAP_TILE, k = 0;
  int wide = lfap_wide_registers();
  fill(S, (ma + LFAP_TILE - 1) / LFAP_TILE, tb, 0.0);
  /*@ loop invariant slice: 0 <= k <= n;
    @ loop assigns k, S[0 .. LFAP_BLOCK_LANES - 1], P[0 .. LFAP_BLOCK_PACK - 1];
    @ loop variant n - k; */
  while (k < n) {
    size_t m = n - k < slice ? n - k : slice;
    pack(P, B, mb, ld, k, m, 0.0);
    if (wide) /* the constants let the compiler drop the other tile */
      tiles(S, P, A, ma, tb, ld, k, m, lower, 1);
    else
      tiles(S, P, A, ma, tb, ld, k, m, lower, 0);
    k += m;
  }
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
