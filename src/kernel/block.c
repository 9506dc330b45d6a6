/* block.c - blocks of dots (N1). A slice of the rows of B is packed, because every four rows of A meet all of it; those
 * four stay in the nearest cache and are packed only where a tile or the last step is incomplete. Columns beyond the last
 * are packed as -0 in A and 0 in B, because adding their product, -0, changes no double. */
#include "block.h"

#include "lanes_step.h"

enum { STEP = LFAP_TILE * LFAP_LANES, PANEL = LFAP_STEPS * STEP }; /* doubles of a packed step, of four packed rows */

/* One row of a packed panel: n columns of a, filled up to whole steps with `pad`. */
/*@ requires n: n <= LFAP_STEPS*LFAP_LANES;
  @ requires a: \valid_read(a + (0 .. n-1));
  @ requires out: \valid(out + (0 .. PANEL - STEP + LFAP_LANES - 1));
  @ requires sep: \separated(out + (0 .. PANEL - STEP + LFAP_LANES - 1), a + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns out[0 .. PANEL - STEP + LFAP_LANES - 1]; */
LFAP_INLINE void pack_row(double *restrict out, const double *restrict a, size_t n, double pad) {
  size_t t = 0;
  /*@ loop invariant step: 0 <= t <= n / LFAP_LANES;
    @ loop assigns t, out[0 .. PANEL - STEP + LFAP_LANES - 1];
    @ loop variant n / LFAP_LANES - t; */
  for (; t < n / LFAP_LANES; t++)
    /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
      @ loop assigns l, out[0 .. PANEL - STEP + LFAP_LANES - 1];
      @ loop variant LFAP_LANES - l; */
    for (size_t l = 0; l < LFAP_LANES; l++) out[t * STEP + l] = a[t * LFAP_LANES + l];
  if (t * LFAP_LANES == n) return;
  /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
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

/* The lanes of 4 x 4 dots advance by `steps`: sixteen vectors of eight lanes, for processors with 32 wide registers. */
/*@ requires steps: steps <= LFAP_STEPS;
  @ requires size: LFAP_LANES <= step && (LFAP_TILE-1)*row + steps*step <= SIZE_MAX;
  @ requires A: \valid_read(A + (0 .. (LFAP_TILE-1)*row + steps*step - step + LFAP_LANES-1));
  @ requires B: \valid_read(B + (0 .. PANEL-1));
  @ requires S: \valid(S + (0 .. LFAP_TILE_LANES-1));
  @ requires sep: \separated(S + (0 .. LFAP_TILE_LANES-1), A + (0 .. (LFAP_TILE-1)*row + steps*step - step + LFAP_LANES-1));
  @ requires sep: \separated(S + (0 .. LFAP_TILE_LANES-1), B + (0 .. PANEL-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns S[0 .. LFAP_TILE_LANES-1]; */
LFAP_INLINE void tile_wide(double *S, const double *A, size_t row, size_t step, const double *B, size_t steps) {
  double s[LFAP_TILE][LFAP_TILE][LFAP_LANES];
  /*@ loop invariant row: 0 <= i <= LFAP_TILE;
    @ loop assigns i, s[0 .. LFAP_TILE-1][0 .. LFAP_TILE-1][0 .. LFAP_LANES-1];
    @ loop variant LFAP_TILE - i; */
  LFAP_UNROLL for (size_t i = 0; i < LFAP_TILE; i++)
    /*@ loop invariant column: 0 <= j <= LFAP_TILE;
      @ loop assigns j, s[0 .. LFAP_TILE-1][0 .. LFAP_TILE-1][0 .. LFAP_LANES-1];
      @ loop variant LFAP_TILE - j; */
    LFAP_UNROLL for (size_t j = 0; j < LFAP_TILE; j++)
      /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
        @ loop assigns l, s[0 .. LFAP_TILE-1][0 .. LFAP_TILE-1][0 .. LFAP_LANES-1];
        @ loop variant LFAP_LANES - l; */
      for (size_t l = 0; l < LFAP_LANES; l++) s[i][j][l] = S[(i * LFAP_TILE + j) * LFAP_LANES + l];
  /*@ loop invariant step: 0 <= t <= steps;
    @ loop assigns t, s[0 .. LFAP_TILE-1][0 .. LFAP_TILE-1][0 .. LFAP_LANES-1];
    @ loop variant steps - t; */
  for (size_t t = 0; t < steps; t++) {
    /*@ ghost lfap_row_at(t, steps, step); */
    /*@ loop invariant row: 0 <= i <= LFAP_TILE;
      @ loop assigns i, s[0 .. LFAP_TILE-1][0 .. LFAP_TILE-1][0 .. LFAP_LANES-1];
      @ loop variant LFAP_TILE - i; */
    LFAP_UNROLL for (size_t i = 0; i < LFAP_TILE; i++) {
      /*@ ghost lfap_row_at(i, LFAP_TILE, row); */
      /*@ loop invariant column: 0 <= j <= LFAP_TILE;
        @ loop assigns j, s[0 .. LFAP_TILE-1][0 .. LFAP_TILE-1][0 .. LFAP_LANES-1];
        @ loop variant LFAP_TILE - j; */
      LFAP_UNROLL for (size_t j = 0; j < LFAP_TILE; j++)
        /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
          @ loop assigns l, s[0 .. LFAP_TILE-1][0 .. LFAP_TILE-1][0 .. LFAP_LANES-1];
          @ loop variant LFAP_LANES - l; */
        for (size_t l = 0; l < LFAP_LANES; l++)
          s[i][j][l] = fma(A[i * row + t * step + l], B[t * STEP + j * LFAP_LANES + l], s[i][j][l]);
    }
  }
  /*@ loop invariant row: 0 <= i <= LFAP_TILE;
    @ loop assigns i, S[0 .. LFAP_TILE_LANES-1];
    @ loop variant LFAP_TILE - i; */
  LFAP_UNROLL for (size_t i = 0; i < LFAP_TILE; i++)
    /*@ loop invariant column: 0 <= j <= LFAP_TILE;
      @ loop assigns j, S[0 .. LFAP_TILE_LANES-1];
      @ loop variant LFAP_TILE - j; */
    LFAP_UNROLL for (size_t j = 0; j < LFAP_TILE; j++)
      /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
        @ loop assigns l, S[0 .. LFAP_TILE_LANES-1];
        @ loop variant LFAP_LANES - l; */
      for (size_t l = 0; l < LFAP_LANES; l++) S[(i * LFAP_TILE + j) * LFAP_LANES + l] = s[i][j][l];
}

enum { HALF = 4, PAIR = 2 };

/* The same for four lanes of 4 x 2 dots: eight vectors of four lanes, for processors with 16 registers. */
/*@ requires steps: steps <= LFAP_STEPS;
  @ requires size: LFAP_LANES <= step && (LFAP_TILE-1)*row + steps*step <= SIZE_MAX;
  @ requires A: \valid_read(A + (0 .. (LFAP_TILE-1)*row + steps*step - step + HALF-1));
  @ requires B: \valid_read(B + (0 .. PANEL-1-HALF-PAIR*LFAP_LANES));
  @ requires S: \valid(S + (0 .. LFAP_TILE_LANES-1-HALF-PAIR*LFAP_LANES));
  @ requires sep: \separated(S + (0 .. LFAP_TILE_LANES-1-HALF-PAIR*LFAP_LANES), A + (0 .. (LFAP_TILE-1)*row + steps*step - step + HALF-1));
  @ requires sep: \separated(S + (0 .. LFAP_TILE_LANES-1-HALF-PAIR*LFAP_LANES), B + (0 .. PANEL-1-HALF-PAIR*LFAP_LANES));
  @ terminates \true;
  @ exits never: \false;
  @ assigns S[0 .. LFAP_TILE_LANES-1-HALF-PAIR*LFAP_LANES]; */
LFAP_INLINE void quarter(double *S, const double *A, size_t row, size_t step, const double *B, size_t steps) {
  double s[LFAP_TILE][PAIR][HALF];
  /*@ loop invariant row: 0 <= i <= LFAP_TILE;
    @ loop assigns i, s[0 .. LFAP_TILE-1][0 .. PAIR-1][0 .. HALF-1];
    @ loop variant LFAP_TILE - i; */
  LFAP_UNROLL for (size_t i = 0; i < LFAP_TILE; i++)
    /*@ loop invariant column: 0 <= j <= PAIR;
      @ loop assigns j, s[0 .. LFAP_TILE-1][0 .. PAIR-1][0 .. HALF-1];
      @ loop variant PAIR - j; */
    LFAP_UNROLL for (size_t j = 0; j < PAIR; j++)
      /*@ loop invariant lane: 0 <= l <= HALF;
        @ loop assigns l, s[0 .. LFAP_TILE-1][0 .. PAIR-1][0 .. HALF-1];
        @ loop variant HALF - l; */
      for (size_t l = 0; l < HALF; l++) s[i][j][l] = S[(i * LFAP_TILE + j) * LFAP_LANES + l];
  /*@ loop invariant step: 0 <= t <= steps;
    @ loop assigns t, s[0 .. LFAP_TILE-1][0 .. PAIR-1][0 .. HALF-1];
    @ loop variant steps - t; */
  for (size_t t = 0; t < steps; t++) {
    /*@ ghost lfap_row_at(t, steps, step); */
    /*@ loop invariant row: 0 <= i <= LFAP_TILE;
      @ loop assigns i, s[0 .. LFAP_TILE-1][0 .. PAIR-1][0 .. HALF-1];
      @ loop variant LFAP_TILE - i; */
    LFAP_UNROLL for (size_t i = 0; i < LFAP_TILE; i++) {
      /*@ ghost lfap_row_at(i, LFAP_TILE, row); */
      /*@ loop invariant column: 0 <= j <= PAIR;
        @ loop assigns j, s[0 .. LFAP_TILE-1][0 .. PAIR-1][0 .. HALF-1];
        @ loop variant PAIR - j; */
      LFAP_UNROLL for (size_t j = 0; j < PAIR; j++)
        /*@ loop invariant lane: 0 <= l <= HALF;
          @ loop assigns l, s[0 .. LFAP_TILE-1][0 .. PAIR-1][0 .. HALF-1];
          @ loop variant HALF - l; */
        for (size_t l = 0; l < HALF; l++)
          s[i][j][l] = fma(A[i * row + t * step + l], B[t * STEP + j * LFAP_LANES + l], s[i][j][l]);
    }
  }
  /*@ loop invariant row: 0 <= i <= LFAP_TILE;
    @ loop assigns i, S[0 .. LFAP_TILE_LANES-1-HALF-PAIR*LFAP_LANES];
    @ loop variant LFAP_TILE - i; */
  LFAP_UNROLL for (size_t i = 0; i < LFAP_TILE; i++)
    /*@ loop invariant column: 0 <= j <= PAIR;
      @ loop assigns j, S[0 .. LFAP_TILE_LANES-1-HALF-PAIR*LFAP_LANES];
      @ loop variant PAIR - j; */
    LFAP_UNROLL for (size_t j = 0; j < PAIR; j++)
      /*@ loop invariant lane: 0 <= l <= HALF;
        @ loop assigns l, S[0 .. LFAP_TILE_LANES-1-HALF-PAIR*LFAP_LANES];
        @ loop variant HALF - l; */
      for (size_t l = 0; l < HALF; l++) S[(i * LFAP_TILE + j) * LFAP_LANES + l] = s[i][j][l];
}

/* tile_wide or the four quarters: the same bits. */
/*@ requires steps: steps <= LFAP_STEPS;
  @ requires size: LFAP_LANES <= step && (LFAP_TILE-1)*row + steps*step <= SIZE_MAX;
  @ requires A: \valid_read(A + (0 .. (LFAP_TILE-1)*row + steps*step - step + LFAP_LANES-1));
  @ requires B: \valid_read(B + (0 .. PANEL-1));
  @ requires S: \valid(S + (0 .. LFAP_TILE_LANES-1));
  @ requires sep: \separated(S + (0 .. LFAP_TILE_LANES-1), A + (0 .. (LFAP_TILE-1)*row + steps*step - step + LFAP_LANES-1));
  @ requires sep: \separated(S + (0 .. LFAP_TILE_LANES-1), B + (0 .. PANEL-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns S[0 .. LFAP_TILE_LANES-1]; */
LFAP_INLINE void tile(double *S, const double *A, size_t row, size_t step, const double *B, size_t steps, int wide) {
  if (wide) {
    tile_wide(S, A, row, step, B, steps);
    return;
  }
  quarter(S, A, row, step, B, steps);
  quarter(S + HALF, A + HALF, row, step, B + HALF, steps);
  quarter(S + PAIR * LFAP_LANES, A, row, step, B + PAIR * LFAP_LANES, steps);
  quarter(S + PAIR * LFAP_LANES + HALF, A + HALF, row, step, B + PAIR * LFAP_LANES + HALF, steps);
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

/* Zero lanes for the tiles of a block. */
/*@ requires block: ta <= LFAP_BLOCK/LFAP_TILE && tb <= LFAP_BLOCK/LFAP_TILE;
  @ requires S: \valid(S + (0 .. LFAP_BLOCK_LANES - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns S[0 .. LFAP_BLOCK_LANES - 1]; */
LFAP_INLINE void clear(double *S, size_t ta, size_t tb) {
  /*@ loop invariant column: 0 <= j <= tb;
    @ loop assigns j, S[0 .. LFAP_BLOCK_LANES - 1];
    @ loop variant tb - j; */
  for (size_t j = 0; j < tb; j++)
    /*@ loop invariant lane: 0 <= l <= ta * LFAP_TILE_LANES;
      @ loop assigns l, S[0 .. LFAP_BLOCK_LANES - 1];
      @ loop variant ta * LFAP_TILE_LANES - l; */
    for (size_t l = 0; l < ta * LFAP_TILE_LANES; l++) S[j * (LFAP_BLOCK / LFAP_TILE) * LFAP_TILE_LANES + l] = 0.0;
}

LFAP_CLONES
void lfap_block_lanes(double *S, double *P, const double *A, const double *B, size_t ma, size_t mb, size_t ld, size_t n, int lower) {
  const size_t slice = LFAP_STEPS * LFAP_LANES;
  size_t tb = (mb + LFAP_TILE - 1) / LFAP_TILE, k = 0;
  int wide = lfap_wide_registers();
  clear(S, (ma + LFAP_TILE - 1) / LFAP_TILE, tb);
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
  /*@ loop invariant row: 0 <= i <= ma;
    @ loop assigns i, C[0 .. ma*ldc - ldc + mb - 1];
    @ loop variant ma - i; */
  for (size_t i = 0; i < ma; i++) {
    /*@ ghost lfap_row_at(i, ma, ldc); */
    size_t end = lower && i + 1 < mb ? i + 1 : mb;
    /*@ loop invariant column: 0 <= j <= end;
      @ loop assigns j, C[0 .. ma*ldc - ldc + mb - 1];
      @ loop variant end - j; */
    for (size_t j = 0; j < end; j++) {
      const double *s = S + lfap_lanes_at(i, j);
      C[i * ldc + j] = LFAP_JOIN(s);
    }
  }
}
