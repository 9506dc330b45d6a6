/* block.h - a block of dots (N1), tile by tile: Gram matrices, products of rows with rows, what the Cholesky factor
 * subtracts. */
#ifndef LFAP_KERNEL_BLOCK_H
#define LFAP_KERNEL_BLOCK_H
#include <stddef.h>
#include <stdint.h>

#include "arithmetic.h"
#include "tile.h"
#ifdef __FRAMAC__
#include "blocks.acsl"
#include "index.acsl"
#include "sums.acsl"
#endif

enum {
  LFAP_BLOCK = 192, /* rows of B in a block: a slice of them lies in the second cache */
  LFAP_BLOCK_PACK =
      (LFAP_BLOCK + LFAP_TILE_A) * LFAP_SLICE /* doubles of the packed slice, and of six rows of A: 792 KiB */
};

/* C[i*ldc + j] = dot(A_i, B_j) over the first n columns, i < ma, j < mb; A and B have rows of ld doubles. With `lower`
   only the entries j <= i are written. P is scratch, best at a multiple of 64 bytes. */
/*@ requires block: mb <= LFAP_BLOCK && ma <= SIZE_MAX - LFAP_TILE_A && n <= ld && mb <= ldc;
  @ requires size: ma*ld <= SIZE_MAX && mb*ld <= SIZE_MAX && ma*ldc <= SIZE_MAX;
  @ requires A: \valid_read(A + (0 .. ma*ld - 1));
  @ requires B: \valid_read(B + (0 .. mb*ld - 1));
  @ requires C: \valid(C + (0 .. ma*ldc - ldc + mb - 1));
  @ requires P: \valid(P + (0 .. LFAP_BLOCK_PACK - 1));
  @ requires sep: \separated(P + (0 .. LFAP_BLOCK_PACK - 1), C + (0 .. ma*ldc - ldc + mb - 1));
  @ requires sep: \separated(P + (0 .. LFAP_BLOCK_PACK - 1), A + (0 .. ma*ld - 1));
  @ requires sep: \separated(P + (0 .. LFAP_BLOCK_PACK - 1), B + (0 .. mb*ld - 1));
  @ requires sep: \separated(C + (0 .. ma*ldc - ldc + mb - 1), A + (0 .. ma*ld - 1));
  @ requires sep: \separated(C + (0 .. ma*ldc - ldc + mb - 1), B + (0 .. mb*ld - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns C[0 .. ma*ldc - ldc + mb - 1], P[0 .. LFAP_BLOCK_PACK - 1];
  @ LFAP_REAL(ensures dots: lfap_dots{Old, Here}(C, ldc, lower, A, B, ld, 0, ma, 0, mb, n);) */
void lfap_block_dots(double *C, double *P, const double *A, const double *B, size_t ma, size_t mb, size_t ld, size_t n,
                     size_t ldc, int lower);
#endif
