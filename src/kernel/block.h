/* block.h - the lanes of a block of dots at once (N1): what the Gram matrix, products of rows with rows and the
 * Cholesky factor spend their time on. A block takes up to LFAP_BLOCK rows of A and of B. Every dot keeps its eight
 * lanes in memory between slices of LFAP_STEPS*8 columns, so that blocking changes no operation and no order. */
#ifndef LFAP_KERNEL_BLOCK_H
#define LFAP_KERNEL_BLOCK_H
#include <stddef.h>
#include <stdint.h>

#include "arithmetic.h"
#ifdef __FRAMAC__
#include "index.acsl"
#include "sums.acsl"
#include "tiers.acsl"
#endif

enum {
  LFAP_TILE = 4,                                  /* rows of A and of B whose dots are in registers together */
  LFAP_BLOCK = 128,                               /* rows of A and of B in a block */
  LFAP_STEPS = 32,                                /* a slice of columns is packed at a time, 8 a step */
  LFAP_TILE_LANES = LFAP_TILE * LFAP_TILE * 8,    /* doubles of a tile's lanes */
  LFAP_BLOCK_LANES = LFAP_BLOCK * LFAP_BLOCK * 8, /* of a block's lanes: 1 MiB */
  LFAP_BLOCK_PACK = (LFAP_BLOCK + LFAP_TILE) * LFAP_STEPS * 8 /* of the packed slice of B and four rows of A: 264 KiB */
};

#ifdef LFAP_TIER_REAL
/*@ logic integer lfap_lanes_place(integer i, integer j) = ((j / LFAP_TILE * (LFAP_BLOCK / LFAP_TILE) + i / LFAP_TILE) *
    LFAP_TILE
  @   + i % LFAP_TILE) * LFAP_TILE * 8 + j % LFAP_TILE * 8;
  @ // what eight lanes hold together; those of entry (i, j)
  @ logic real lfap_lanes_sum{L}(double *S, integer p) = S[p] + S[p+1] + S[p+2] + S[p+3] + S[p+4] + S[p+5] + S[p+6] +
  @     S[p+7];
  @ logic real lfap_lanes_of{L}(double *S, integer i, integer j) = lfap_lanes_sum(S, lfap_lanes_place(i, j)); */
#endif

/* Where the eight lanes of entry (i, j) of a block lie: tiles by columns of tiles, entries of a tile by rows. */
/*@ requires entry: i < LFAP_BLOCK && j < LFAP_BLOCK;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures inside: 0 <= \result <= LFAP_BLOCK_LANES - 8;
  @ LFAP_REAL(ensures place: \result == lfap_lanes_place(i, j);) */
static inline size_t lfap_lanes_at(size_t i, size_t j) {
  return ((j / LFAP_TILE * (LFAP_BLOCK / LFAP_TILE) + i / LFAP_TILE) * LFAP_TILE + i % LFAP_TILE) * LFAP_TILE * 8 +
         j % LFAP_TILE * 8;
}

/* S: the lanes of dot(A_i, B_j) over the first n columns, i < ma, j < mb; A and B have rows of ld doubles. With
   `lower` only the entries j <= i are there (A and B then being the same rows). P is scratch. Over the reals the
   eight lanes of an entry add up to the dot. */
/*@ requires block: ma <= LFAP_BLOCK && mb <= LFAP_BLOCK && n <= ld;
  @ requires size: ma*ld <= SIZE_MAX && mb*ld <= SIZE_MAX;
  @ requires A: \valid_read(A + (0 .. ma*ld - 1));
  @ requires B: \valid_read(B + (0 .. mb*ld - 1));
  @ requires S: \valid(S + (0 .. LFAP_BLOCK_LANES - 1));
  @ requires P: \valid(P + (0 .. LFAP_BLOCK_PACK - 1));
  @ requires sep: \separated(S + (0 .. LFAP_BLOCK_LANES - 1), P + (0 .. LFAP_BLOCK_PACK - 1));
  @ requires sep: \separated(S + (0 .. LFAP_BLOCK_LANES - 1), A + (0 .. ma*ld - 1));
  @ requires sep: \separated(S + (0 .. LFAP_BLOCK_LANES - 1), B + (0 .. mb*ld - 1));
  @ requires sep: \separated(P + (0 .. LFAP_BLOCK_PACK - 1), A + (0 .. ma*ld - 1));
  @ requires sep: \separated(P + (0 .. LFAP_BLOCK_PACK - 1), B + (0 .. mb*ld - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns S[0 .. LFAP_BLOCK_LANES - 1], P[0 .. LFAP_BLOCK_PACK - 1];
  @ LFAP_REAL(ensures dots: \forall integer i, j; 0 <= i < ma && 0 <= j < mb && (lower == 0 || j <= i)
  @   ==> lfap_lanes_of(S, i, j) == \old(lfap_rdot_at(A, i, B, j, ld, n));) */
void lfap_block_lanes(double *S, double *P, const double *A, const double *B, size_t ma, size_t mb, size_t ld, size_t n,
                      int lower);

/* C[i*ldc + j] = dot(A_i, B_j) from its lanes; with `lower` the entries j <= i alone. */
/*@ requires block: ma <= LFAP_BLOCK && mb <= LFAP_BLOCK && mb <= ldc;
  @ requires size: ma*ldc <= SIZE_MAX;
  @ requires S: \valid_read(S + (0 .. LFAP_BLOCK_LANES - 1));
  @ requires C: \valid(C + (0 .. ma*ldc - ldc + mb - 1));
  @ requires sep: \separated(S + (0 .. LFAP_BLOCK_LANES - 1), C + (0 .. ma*ldc - ldc + mb - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns C[0 .. ma*ldc - ldc + mb - 1];
  @ LFAP_REAL(ensures dots: \forall integer i, j; 0 <= i < ma && 0 <= j < mb && (lower == 0 || j <= i)
  @   ==> C[lfap_at(i, j, ldc)] == \old(lfap_lanes_of(S, i, j));) */
void lfap_block_join(double *C, const double *S, size_t ma, size_t mb, size_t ldc, int lower);
#endif
