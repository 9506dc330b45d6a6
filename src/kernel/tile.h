/* tile.h - tiles of dots (N1): the dots of six rows with four over one slice of columns, from packed copies of both.
 * What the Gram matrix, products of rows with rows and the Cholesky factor spend their time on. */
#ifndef LFAP_KERNEL_TILE_H
#define LFAP_KERNEL_TILE_H
#include <stddef.h>
#include <stdint.h>

#include "arithmetic.h"
#include "lanes.h"
#ifdef __FRAMAC__
#include "lanes.acsl"
#endif

enum {
  LFAP_TILE_A = 6,                            /* rows of A and of B whose dots are in registers together: */
  LFAP_TILE_B = 4,                            /* 24 of 32 registers of eight doubles */
  LFAP_TILE_DOTS = LFAP_TILE_A * LFAP_TILE_B, /* dots of a tile, dot (p, q) at p*LFAP_TILE_B + q */
  LFAP_TILE_LANES = LFAP_TILE_DOTS * 8,       /* their lanes, lane l of dot (p, q) at (p*LFAP_TILE_B + q)*8 + l */
  LFAP_PANEL_A = LFAP_TILE_A * LFAP_SLICE,    /* doubles of packed rows */
  LFAP_PANEL_B = LFAP_TILE_B * LFAP_SLICE
};

/* Packed rows lie in one of two layouts, for registers of eight doubles (wide) and of four; results have the same bits.
   Wide: a step after the other, of each the eight entries of every row. Narrow: in parts of four lanes, and of A's panels
   three rows, a part after the other, and in each a step after the other; the parts with lanes 4 .. 7 come last. */

/* Row r of a packed panel of `rows`. The n columns of a are filled up to whole steps of eight with `pad`: -0 in A's
   panels and 0 in B's, because adding their product, -0, changes no double. */
/*@ requires row: r < rows && (rows == LFAP_TILE_A || rows == LFAP_TILE_B) && n <= LFAP_SLICE;
  @ requires a: \valid_read(a + (0 .. n-1));
  @ requires P: \valid(P + (0 .. rows*LFAP_SLICE - 1));
  @ requires sep: \separated(P + (0 .. rows*LFAP_SLICE - 1), a + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns P[0 .. rows*LFAP_SLICE - 1];
  @ LFAP_REAL(ensures packed: \forall integer c; 0 <= c && 8*(c/8) < n
  @   ==> P[lfap_place(wide, rows, r, c)] == (c < n ? \old(a[c]) : pad);)
  @ LFAP_REAL(ensures kept: \forall integer e, c; 0 <= e < rows && e != r && 0 <= c < LFAP_SLICE
  @   ==> P[lfap_place(wide, rows, e, c)] == \old(P[lfap_place(wide, rows, e, c)]);)
  @ LFAP_REAL(ensures steps: \forall integer t, l; wide != 0 && 0 <= t && 8*t < n && 0 <= l < 8
  @   ==> P[lfap_at(t, lfap_at(r, l, 8), 8*rows)] == (8*t + l < n ? \old(a[8*t + l]) : pad);)
  @ LFAP_REAL(ensures others: \forall integer e, t, l; wide != 0 && 0 <= e < rows && e != r && 0 <= t < LFAP_SLICE/8
  @    && 0 <= l < 8
  @   ==> P[lfap_at(t, lfap_at(e, l, 8), 8*rows)] == \old(P[lfap_at(t, lfap_at(e, l, 8), 8*rows)]);) */
void lfap_tile_pack(double *P, size_t rows, size_t r, const double *a, size_t n, double pad, int wide);

/* T: the lanes of the dots of six packed rows P with four, Q, over `steps` steps, each from +0. */
/*@ requires steps: steps <= LFAP_SLICE/8;
  @ requires P: \valid_read(P + (0 .. LFAP_PANEL_A - 1));
  @ requires Q: \valid_read(Q + (0 .. LFAP_PANEL_B - 1));
  @ requires T: \valid(T + (0 .. LFAP_TILE_LANES - 1));
  @ requires sep: \separated(T + (0 .. LFAP_TILE_LANES - 1), P + (0 .. LFAP_PANEL_A - 1));
  @ requires sep: \separated(T + (0 .. LFAP_TILE_LANES - 1), Q + (0 .. LFAP_PANEL_B - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns T[0 .. LFAP_TILE_LANES - 1];
  @ LFAP_REAL(ensures lanes: \forall integer p, q, l; 0 <= p < LFAP_TILE_A && 0 <= q < LFAP_TILE_B && 0 <= l < 8
  @   ==> T[lfap_cell(p, q, l)] == \old(lfap_lane(P, lfap_spot(wide, 6, p, l), lfap_stride(wide, 6), Q,
  @     lfap_spot(wide, 4, q, l), lfap_stride(wide, 4), steps));)
  @ LFAP_REAL(ensures dots: \forall integer p, q; 0 <= p < LFAP_TILE_A && 0 <= q < LFAP_TILE_B
  @   ==> lfap_lanes_sum(T, lfap_cell(p, q, 0)) == \old(lfap_rtile(wide, P, p, Q, q, 8*steps));) */
void lfap_tile_lanes(double *T, const double *P, const double *Q, size_t steps, int wide);

/* V: the dots whose lanes are in T. */
/*@ requires T: \valid_read(T + (0 .. LFAP_TILE_LANES - 1));
  @ requires V: \valid(V + (0 .. LFAP_TILE_DOTS - 1));
  @ requires sep: \separated(V + (0 .. LFAP_TILE_DOTS - 1), T + (0 .. LFAP_TILE_LANES - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns V[0 .. LFAP_TILE_DOTS - 1];
  @ LFAP_REAL(ensures dots: \forall integer x; 0 <= x < LFAP_TILE_DOTS ==> V[x] == lfap_lanes_sum(T, 8*x);) */
void lfap_tile_join(double *V, const double *T);
#endif
