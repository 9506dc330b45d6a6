/* tile.c - tiles of dots (N1). The lanes of a whole tile fill 24 registers of eight doubles, to which every step reads
 * six and four vectors; processors with narrower ones take it in four parts. Packed rows are read as they lie. */
#ifdef __FRAMAC__
#include "entry.acsl"
#endif

#include "tile.h"

#include "lanes_step.h"

/* Eight entries: `count` of a, then `pad`. */
/*@ requires count: count <= LFAP_LANES;
  @ requires a: \valid_read(a + (0 .. count-1));
  @ requires P: \valid(P + (0 .. LFAP_LANES-1));
  @ requires sep: \separated(P + (0 .. LFAP_LANES-1), a + (0 .. count-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns P[0 .. LFAP_LANES-1];
  @ LFAP_REAL(ensures step: \forall integer l; 0 <= l < LFAP_LANES ==> P[l] == (l < count ? \old(a[l]) : pad);) */
LFAP_INLINE void fill(double *restrict P, const double *restrict a, size_t count, double pad) {
  /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
    @ LFAP_REAL(loop invariant step: \forall integer m; 0 <= m < l ==> P[m] == (m < count ? \at(a[m],Pre) : pad);)
    @ loop assigns l, P[0 .. LFAP_LANES-1];
    @ loop variant LFAP_LANES - l; */
  for (size_t l = 0; l < LFAP_LANES; l++) P[l] = l < count ? a[l] : pad;
}

/* Half a step. */
/*@ requires v: \valid_read(v + (0 .. LFAP_LANES/2 - 1));
  @ requires P: \valid(P + (0 .. LFAP_LANES/2 - 1));
  @ requires sep: \separated(P + (0 .. LFAP_LANES/2 - 1), v + (0 .. LFAP_LANES/2 - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns P[0 .. LFAP_LANES/2 - 1];
  @ LFAP_REAL(ensures half: P[0] == \old(v[0]) && P[1] == \old(v[1]) && P[2] == \old(v[2]) && P[3] == \old(v[3]);) */
LFAP_INLINE void put_half(double *restrict P, const double *restrict v) {
  /*@ loop invariant lane: 0 <= l <= LFAP_LANES/2;
    @ LFAP_REAL(loop invariant half: \forall integer m; 0 <= m < l ==> P[m] == \at(v[m],Pre);)
    @ loop assigns l, P[0 .. LFAP_LANES/2 - 1];
    @ loop variant LFAP_LANES/2 - l; */
  for (size_t l = 0; l < LFAP_LANES / 2; l++) P[l] = v[l];
}

#ifdef LFAP_TIER_REAL
#define SPOT(u, e, l) lfap_at(u, lfap_spot(wide, rows, e, l), lfap_stride(wide, rows))
#define PLACE(u, e) ((rows == 6 ? 3 : 4)*u + (rows == 6 && 3 <= e ? e + 189 : e))
/* Entry u of row e is not entry t of row r. */
#define OTHERS(n) \forall integer e, u; 0 <= e < n && 0 <= u < 64 && (e != r || u != t)
#endif

/* Where the halves of step t of row r begin, x and y, and that no other entry lies there. */
/*@ ghost
  /@ requires row: r < rows && (rows == LFAP_TILE_A || rows == LFAP_TILE_B) && t < LFAP_SLICE/8;
     LFAP_REAL(requires x: x == t*(wide ? 8*rows : rows == LFAP_TILE_A ? 12 : 16)
       + (wide ? 8*r : rows == LFAP_TILE_A && r >= 3 ? 4*r + 756 : 4*r);)
     LFAP_REAL(requires y: y == x + (wide ? 4 : 256*rows);)
     terminates \true;
     exits never: \false;
     assigns \nothing;
     LFAP_REAL(ensures here: \forall integer l; 0 <= l < 8 ==> SPOT(t, r, l) == (l < 4 ? x + l : y + l - 4);)
     LFAP_REAL(ensures apart: \forall integer e, u, l; 0 <= e < rows && 0 <= u < 64 && 0 <= l < 8 && (e != r || u != t)
       ==> (SPOT(u, e, l) < x || x + 4 <= SPOT(u, e, l)) && (SPOT(u, e, l) < y || y + 4 <= SPOT(u, e, l));) @/
  static void lfap_spots_apart(size_t t, size_t rows, size_t r, size_t x, size_t y, int wide) {
    /@ assert six: LFAP_REAL_FACT(wide && rows == 6 ==> OTHERS(6) ==> 6*u + e != 6*t + r); @/
    /@ assert four: LFAP_REAL_FACT(wide && rows == 4 ==> OTHERS(4) ==> 4*u + e != 4*t + r); @/
    /@ assert one: LFAP_REAL_FACT(!wide && rows == 4 ==> OTHERS(4) ==> 4*u + e != 4*t + r); @/
    /@ assert two: LFAP_REAL_FACT(!wide && rows == 6 ==> OTHERS(6)
         ==> 3*u + (3 <= e ? e + 189 : e) != 3*t + (3 <= r ? r + 189 : r)); @/
    /@ assert wide: LFAP_REAL_FACT(wide ==> \forall integer e, u, l; SPOT(u, e, l) == 8*(rows*u + e) + l); @/
    /@ assert wide: LFAP_REAL_FACT(wide ==> OTHERS(rows) ==> \forall integer l; 0 <= l < 8
         ==> SPOT(u, e, l) < x || x + 8 <= SPOT(u, e, l)); @/
    /@ assert low: LFAP_REAL_FACT(!wide ==> \forall integer e, u, l; 0 <= e < rows && 0 <= u < 64 && 0 <= l < 4
         ==> SPOT(u, e, l) == 4*PLACE(u, e) + l); @/
    /@ assert high: LFAP_REAL_FACT(!wide ==> \forall integer e, u, l; 0 <= e < rows && 0 <= u < 64 && 4 <= l < 8
         ==> SPOT(u, e, l) == 4*PLACE(u, e) + l - 4 + 256*rows); @/
    /@ assert inside: LFAP_REAL_FACT(!wide ==> \forall integer e, u; 0 <= e < rows && 0 <= u < 64
         ==> 0 <= PLACE(u, e) < 64*rows); @/
    /@ assert x: LFAP_REAL_FACT(!wide ==> x == 4*PLACE(t, r) && y == 4*PLACE(t, r) + 256*rows); @/
    /@ assert others: LFAP_REAL_FACT(!wide ==> OTHERS(rows) ==> PLACE(u, e) != PLACE(t, r)); @/
    /@ assert low: LFAP_REAL_FACT(!wide ==> OTHERS(rows) ==> \forall integer l; 0 <= l < 4
         ==> (SPOT(u, e, l) < x || x + 4 <= SPOT(u, e, l)) && SPOT(u, e, l) < y); @/
    /@ assert high: LFAP_REAL_FACT(!wide ==> OTHERS(rows) ==> \forall integer l; 4 <= l < 8
         ==> (SPOT(u, e, l) < y || y + 4 <= SPOT(u, e, l)) && x + 4 <= SPOT(u, e, l)); @/
  }
*/

/* They lie inside the panel. */
/*@ ghost
  /@ requires row: r < rows && (rows == LFAP_TILE_A || rows == LFAP_TILE_B) && t < LFAP_SLICE/8;
     requires wide: wide ==> stride == 8*rows && first == 8*r && gap == 4;
     requires narrow: !wide ==> gap == 256*rows && (rows == LFAP_TILE_A ? stride == 12 : stride == 16);
     requires first: !wide ==> first == (rows == LFAP_TILE_A && r >= 3 ? 4*r + 756 : 4*r);
     terminates \true;
     exits never: \false;
     assigns \nothing;
     ensures inside: 0 <= t*stride && t*stride + first + gap + 4 <= rows*LFAP_SLICE; @/
  static void lfap_step_inside(size_t t, size_t rows, size_t r, size_t stride, size_t first, size_t gap, int wide) {
    /@ assert six: stride == 48 ==> t*stride == 48*t; @/
    /@ assert four: stride == 32 ==> t*stride == 32*t; @/
    /@ assert one: stride == 16 ==> t*stride == 16*t; @/
    /@ assert two: stride == 12 ==> t*stride == 12*t; @/
  }
*/

#ifdef LFAP_TIER_REAL
#define ENTRY(l) (P[SPOT(t, r, l)] == v[l])
#endif

void lfap_tile_pack(double *restrict P, size_t rows, size_t r, const double *restrict a, size_t n, double pad, int wide) {
  const size_t stride = wide ? rows * LFAP_LANES : rows == LFAP_TILE_A ? 12 : 16, gap = wide ? 4 : rows * 256,
               first = wide ? r * LFAP_LANES : rows == LFAP_TILE_A && r >= 3 ? 4 * r + 756 : 4 * r;
  /*@ loop invariant step: 0 <= t && LFAP_LANES*t < n + LFAP_LANES;
    @ LFAP_REAL(loop invariant packed: \forall integer u, l; 0 <= u < t && 0 <= l < 8
    @   ==> P[lfap_at(u, lfap_spot(wide, rows, r, l), lfap_stride(wide, rows))]
    @     == (8*u + l < n ? \at(a[8*u + l],Pre) : pad);)
    @ LFAP_REAL(loop invariant kept: \forall integer e, u, l; 0 <= e < rows && e != r && 0 <= u < 64 && 0 <= l < 8
    @   ==> P[lfap_at(u, lfap_spot(wide, rows, e, l), lfap_stride(wide, rows))]
    @     == \at(P[lfap_at(u, lfap_spot(wide, rows, e, l), lfap_stride(wide, rows))],Pre);)
    @ loop assigns t, P[0 .. rows*LFAP_SLICE - 1];
    @ loop variant n + LFAP_LANES - LFAP_LANES*t; */
  for (size_t t = 0; t * LFAP_LANES < n; t++) {
    double v[LFAP_LANES];
    size_t left = n - t * LFAP_LANES;
    if (left >= LFAP_LANES) fill(v, a + t * LFAP_LANES, LFAP_LANES, pad);
    else fill(v, a + t * LFAP_LANES, left, pad);
    /*@ assert full: LFAP_REAL_FACT(\forall integer l; 0 <= l < 8
          ==> v[l] == (8*t + l < n ? \at(a[\at(8*t,Here) + l],Pre) : pad)); */
    /*@ ghost lfap_step_inside(t, rows, r, stride, first, gap, wide); */
    /*@ ghost lfap_spots_apart(t, rows, r, t * stride + first, t * stride + first + gap, wide); */
    double *at = P + t * stride + first;
    /*@ assert inside: 0 <= t*stride + first && t*stride + first + gap + LFAP_LANES/2 <= rows*LFAP_SLICE; */
    put_half(at, v);
    put_half(at + gap, v + LFAP_LANES / 2);
    /*@ assert low: LFAP_REAL_FACT(at[0] == v[0] && at[1] == v[1] && at[2] == v[2] && at[3] == v[3]); */
    /*@ assert high: LFAP_REAL_FACT(at[gap] == v[4] && at[gap + 1] == v[5] && at[gap + 2] == v[6] && at[gap + 3] == v[7]); */
    /*@ assert low: LFAP_REAL_FACT(ENTRY(0) && ENTRY(1) && ENTRY(2) && ENTRY(3)); */
    /*@ assert high: LFAP_REAL_FACT(ENTRY(4) && ENTRY(5) && ENTRY(6) && ENTRY(7)); */
    /*@ assert step: LFAP_REAL_FACT(\forall integer l; 0 <= l < 8 ==> ENTRY(l)); */
    /*@ assert mine: LFAP_REAL_FACT(\forall integer l; 0 <= l < 8
          ==> P[lfap_at(t, lfap_spot(wide, rows, r, l), lfap_stride(wide, rows))]
            == (8*t + l < n ? \at(a[\at(8*t,Here) + l],Pre) : pad)); */
  }
  /*@ assert column: LFAP_REAL_FACT(\forall integer c; 0 <= c ==> 8*(c/8) + c%8 == c && 0 <= c/8 && 0 <= c%8 < 8); */
  /*@ assert steps: LFAP_REAL_FACT(\forall integer e, t, l; wide != 0 && 0 <= e < rows && 0 <= t && 0 <= l < 8
        ==> lfap_at(t, lfap_spot(wide, rows, e, l), lfap_stride(wide, rows))
          == lfap_at(t, lfap_at(e, l, 8), 8*rows)); */
}

#ifdef LFAP_TIER_REAL
/* Lanes over t steps, in the state of the call: what is in s for the part at (i, m), in T for the tile. */
#define LANE(p, q, l, t)                                              \
  lfap_lane{Pre}(P, lfap_spot(wide, 6, p, l), lfap_stride(wide, 6), Q, \
                 lfap_spot(wide, 4, q, l), lfap_stride(wide, 4), t)
#define PART(p0, p1, q0, q1, l0, l1, t) \
  \forall integer e, f, g;              \
  p0 <= e < p1 &&q0 <= f < q1 &&l0 <= g<l1 ==> s[e][f][g] == LANE(i + e, f, m + g, t)
#define LINE(l0, l1, t) \
  \forall integer g;    \
  l0 <= g<l1 ==> s[p][q][g] == LANE(i + p, q, m + g, t)
#define DONE(p0, p1, q0, q1, l0, l1) \
  \forall integer e, f, g;           \
  p0 <= e < p1 &&q0 <= f < q1 &&l0 <= g<l1 ==> T[lfap_cell(e, f, g)] == LANE(e, f, g, steps)
#define CELLS(p, q)                                                                                \
  (T[lfap_cell(p, q, 0)] + T[lfap_cell(p, q, 1)] + T[lfap_cell(p, q, 2)] + T[lfap_cell(p, q, 3)] + \
   T[lfap_cell(p, q, 4)] + T[lfap_cell(p, q, 5)] + T[lfap_cell(p, q, 6)] + T[lfap_cell(p, q, 7)])
#endif

/* Where entry l of row p of A's part at (i, m), and of row q of B's, lies in step t. */
/*@ ghost
  /@ requires part: rows == 3 && lanes == 4 || wide && rows == LFAP_TILE_A && lanes == LFAP_LANES;
     requires at: (i == 0 || i == rows) && i < LFAP_TILE_A && (m == 0 || m == lanes) && m < LFAP_LANES;
     requires entry: t < LFAP_SLICE/8 && p < rows && q < LFAP_TILE_B && l < lanes;
     terminates \true;
     exits never: \false;
     assigns \nothing;
     LFAP_REAL(ensures A: lfap_at(t, lfap_spot(wide, 6, i + p, m + l), lfap_stride(wide, 6))
       == (wide ? 48*t + 8*(i + p) + m + l : 256*i + 384*m + 12*t + 4*p + l);)
     LFAP_REAL(ensures B: lfap_at(t, lfap_spot(wide, 4, q, m + l), lfap_stride(wide, 4))
       == (wide ? 32*t + 8*q + m + l : 256*m + 16*t + 4*q + l);) @/
  static void lfap_part_at(size_t t, size_t rows, size_t lanes, size_t i, size_t m, size_t p, size_t q, size_t l, int wide) {
    /@ assert part: !wide ==> (i == 0 || i == 3) && (m == 0 || m == 4) && p < 3 && l < 4; @/
    /@ assert narrow: LFAP_REAL_FACT(!wide ==> lfap_stride(wide, 6) == 12
         && lfap_spot(wide, 6, i + p, m + l) == 256*i + 384*m + 4*p + l); @/
    /@ assert wide: LFAP_REAL_FACT(wide ==> lfap_stride(wide, 6) == 48 && lfap_spot(wide, 6, i + p, m + l) == 8*(i + p) + m + l); @/
  }
*/

/* A tile in parts of `rows` rows and `lanes` lanes, which are constants. */
/*@ requires parts: rows == 3 && lanes == 4 || wide && rows == LFAP_TILE_A && lanes == LFAP_LANES;
  @ requires steps: steps <= LFAP_SLICE/LFAP_LANES;
  @ requires P: \valid_read(P + (0 .. LFAP_PANEL_A - 1));
  @ requires Q: \valid_read(Q + (0 .. LFAP_PANEL_B - 1));
  @ requires T: \valid(T + (0 .. LFAP_TILE_LANES - 1));
  @ requires sep: \separated(T + (0 .. LFAP_TILE_LANES - 1), P + (0 .. LFAP_PANEL_A - 1));
  @ requires sep: \separated(T + (0 .. LFAP_TILE_LANES - 1), Q + (0 .. LFAP_PANEL_B - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns T[0 .. LFAP_TILE_LANES - 1];
  @ LFAP_REAL(ensures lanes: DONE(0, 6, 0, 4, 0, 8);) */
LFAP_INLINE void parts(double *T, const double *P, const double *Q, size_t steps, size_t rows, size_t lanes,
                       int wide) {
  /*@ loop invariant row: i == 0 || i == rows || i == LFAP_TILE_A;
    @ LFAP_REAL(loop invariant done: DONE(0, i, 0, 4, 0, 8);)
    @ loop assigns i, T[0 .. LFAP_TILE_LANES - 1];
    @ loop variant LFAP_TILE_A - i; */
  for (size_t i = 0; i < LFAP_TILE_A; i += rows)
    /*@ loop invariant lane: m == 0 || m == lanes || m == LFAP_LANES;
      @ LFAP_REAL(loop invariant before: DONE(0, i, 0, 4, 0, 8);)
      @ LFAP_REAL(loop invariant done: DONE(i, i + rows, 0, 4, 0, m);)
      @ loop assigns m, T[0 .. LFAP_TILE_LANES - 1];
      @ loop variant LFAP_LANES - m; */
    for (size_t m = 0; m < LFAP_LANES; m += lanes) {
      double s[LFAP_TILE_A][LFAP_TILE_B][LFAP_LANES];
      /*@ loop invariant row: 0 <= p <= rows;
        @ LFAP_REAL(loop invariant zero: PART(0, p, 0, 4, 0, lanes, 0);)
        @ loop assigns p, s[0 .. LFAP_TILE_A-1][0 .. LFAP_TILE_B-1][0 .. LFAP_LANES-1];
        @ loop variant rows - p; */
      LFAP_UNROLL for (size_t p = 0; p < rows; p++)
          /*@ loop invariant column: 0 <= q <= LFAP_TILE_B;
          @ LFAP_REAL(loop invariant zero: PART(p, p + 1, 0, q, 0, lanes, 0);)
          @ loop assigns q, s[p][0 .. LFAP_TILE_B-1][0 .. LFAP_LANES-1];
          @ loop variant LFAP_TILE_B - q; */
          LFAP_UNROLL for (size_t q = 0; q < LFAP_TILE_B; q++)
          /*@ loop invariant lane: 0 <= l <= lanes;
            @ LFAP_REAL(loop invariant zero: LINE(0, l, 0);)
            @ loop assigns l, s[p][q][0 .. LFAP_LANES-1];
            @ loop variant lanes - l; */
          LFAP_UNROLL for (size_t l = 0; l < lanes; l++) s[p][q][l] = 0.0;
      /*@ loop invariant step: 0 <= t <= steps;
        @ LFAP_REAL(loop invariant sums: PART(0, rows, 0, 4, 0, lanes, t);)
        @ loop assigns t, s[0 .. LFAP_TILE_A-1][0 .. LFAP_TILE_B-1][0 .. LFAP_LANES-1];
        @ loop variant steps - t; */
      for (size_t t = 0; t < steps; t++)
        /*@ loop invariant row: 0 <= p <= rows;
          @ LFAP_REAL(loop invariant sums: PART(0, p, 0, 4, 0, lanes, t + 1);)
          @ LFAP_REAL(loop invariant todo: PART(p, rows, 0, 4, 0, lanes, t);)
          @ loop assigns p, s[0 .. LFAP_TILE_A-1][0 .. LFAP_TILE_B-1][0 .. LFAP_LANES-1];
          @ loop variant rows - p; */
        LFAP_UNROLL for (size_t p = 0; p < rows; p++)
            /*@ loop invariant column: 0 <= q <= LFAP_TILE_B;
            @ LFAP_REAL(loop invariant sums: PART(p, p + 1, 0, q, 0, lanes, t + 1);)
            @ LFAP_REAL(loop invariant todo: PART(p, p + 1, q, 4, 0, lanes, t);)
            @ loop assigns q, s[p][0 .. LFAP_TILE_B-1][0 .. LFAP_LANES-1];
            @ loop variant LFAP_TILE_B - q; */
            LFAP_UNROLL for (size_t q = 0; q < LFAP_TILE_B; q++)
            /*@ loop invariant lane: 0 <= l <= lanes;
              @ LFAP_REAL(loop invariant sums: LINE(0, l, t + 1);)
              @ LFAP_REAL(loop invariant todo: LINE(l, lanes, t);)
              @ loop assigns l, s[p][q][0 .. LFAP_LANES-1];
              @ loop variant lanes - l; */
            LFAP_UNROLL for (size_t l = 0; l < lanes; l++) {
          /*@ ghost lfap_part_at(t, rows, lanes, i, m, p, q, l, wide); */
          const double x = wide ? P[48 * t + 8 * (i + p) + m + l] : P[256 * i + 384 * m + 12 * t + 4 * p + l],
                       y = wide ? Q[32 * t + 8 * q + m + l] : Q[256 * m + 16 * t + 4 * q + l];
          /*@ assert x: LFAP_REAL_FACT(x
                == \at(P[\at(lfap_at(t, lfap_spot(wide, 6, i + p, m + l), lfap_stride(wide, 6)),Here)],Pre)); */
          /*@ assert y: LFAP_REAL_FACT(y
                == \at(Q[\at(lfap_at(t, lfap_spot(wide, 4, q, m + l), lfap_stride(wide, 4)),Here)],Pre)); */
          /*@ assert term: LFAP_REAL_FACT(LANE(i + p, q, m + l, t + 1)
                == LANE(i + p, q, m + l, t) + lfap_term(x, y)); */
          /*@ assert old: LFAP_REAL_FACT(s[p][q][l] == LANE(i + p, q, m + l, t)); */
          s[p][q][l] = fma(x, y, s[p][q][l]);
          /*@ assert next: LFAP_REAL_FACT(s[p][q][l] == LANE(i + p, q, m + l, t + 1)); */
          /*@ assert before: LFAP_REAL_FACT(LINE(0, l, t + 1)); */
        }
      /*@ loop invariant row: 0 <= p <= rows;
        @ LFAP_REAL(loop invariant before: DONE(0, i, 0, 4, 0, 8);)
        @ LFAP_REAL(loop invariant kept: DONE(i, i + rows, 0, 4, 0, m);)
        @ LFAP_REAL(loop invariant done: DONE(i, i + p, 0, 4, m, m + lanes);)
        @ loop assigns p, T[0 .. LFAP_TILE_LANES - 1];
        @ loop variant rows - p; */
      LFAP_UNROLL for (size_t p = 0; p < rows; p++)
          /*@ loop invariant column: 0 <= q <= LFAP_TILE_B;
          @ LFAP_REAL(loop invariant kept: DONE(i + p, i + p + 1, 0, 4, 0, m);)
          @ LFAP_REAL(loop invariant done: DONE(i + p, i + p + 1, 0, q, m, m + lanes);)
          @ loop assigns q, T[32*(i + p) .. 32*(i + p) + 31];
          @ loop variant LFAP_TILE_B - q; */
          LFAP_UNROLL for (size_t q = 0; q < LFAP_TILE_B; q++)
          /*@ loop invariant lane: 0 <= l <= lanes;
            @ LFAP_REAL(loop invariant done: DONE(i + p, i + p + 1, q, q + 1, m, m + l);)
            @ loop assigns l, T[32*(i + p) + 8*q + m .. 32*(i + p) + 8*q + m + lanes - 1];
            @ loop variant lanes - l; */
          LFAP_UNROLL for (size_t l = 0; l < lanes; l++) T[((i + p) * LFAP_TILE_B + q) * LFAP_LANES + m + l] =
              s[p][q][l];
    }
}

#ifdef LFAP_TIER_REAL
/* What lane l, what all lanes of dot (p, q) add in step t. */
#define TERM(p, q, l)                                                     \
  lfap_term(P[lfap_at(t, lfap_spot(wide, 6, p, l), lfap_stride(wide, 6))], \
            Q[lfap_at(t, lfap_spot(wide, 4, q, l), lfap_stride(wide, 4))])
#define TERMS(p, q)                                                                                                \
  (TERM(p, q, 0) + TERM(p, q, 1) + TERM(p, q, 2) + TERM(p, q, 3) + TERM(p, q, 4) + TERM(p, q, 5) + TERM(p, q, 6) + \
   TERM(p, q, 7))
#endif

/* What column c adds. */
/*@ ghost
  /@ terminates \true;
     exits never: \false;
     assigns \nothing;
     LFAP_REAL(ensures next: \forall integer p, q; 0 <= p < 6 && 0 <= q < 4
       ==> lfap_rtile(wide, P, p, Q, q, c + 1) == lfap_rtile(wide, P, p, Q, q, c)
         + lfap_term(P[lfap_place(wide, 6, p, c)], Q[lfap_place(wide, 4, q, c)]);) @/
  static void lfap_next_column(const double *P, const double *Q, size_t c, int wide) { }
*/

/* Lane l of step t is column 8*t + l. */
/*@ ghost
  /@ requires lane: t < LFAP_SLICE/8 && l < 8;
     terminates \true;
     exits never: \false;
     assigns \nothing;
     LFAP_REAL(ensures column: \forall integer p, q; 0 <= p < 6 && 0 <= q < 4
       ==> lfap_rtile(wide, P, p, Q, q, 8*t + l + 1) == lfap_rtile(wide, P, p, Q, q, 8*t + l) + TERM(p, q, l);) @/
  static void lfap_column(const double *P, const double *Q, size_t t, size_t l, int wide) {
    /@ assert step: LFAP_REAL_FACT((8*t + l)/8 == t); @/
    /@ assert lane: LFAP_REAL_FACT((8*t + l)%8 == l); @/
    /@ assert P: LFAP_REAL_FACT(\forall integer p;
         lfap_place(wide, 6, p, 8*t + l) == lfap_at(t, lfap_spot(wide, 6, p, l), lfap_stride(wide, 6))); @/
    /@ assert Q: LFAP_REAL_FACT(\forall integer q;
         lfap_place(wide, 4, q, 8*t + l) == lfap_at(t, lfap_spot(wide, 4, q, l), lfap_stride(wide, 4))); @/
    /@ assert term: LFAP_REAL_FACT(\forall integer p, q;
         lfap_term(P[lfap_place(wide, 6, p, 8*t + l)], Q[lfap_place(wide, 4, q, 8*t + l)]) == TERM(p, q, l)); @/
    lfap_next_column(P, Q, 8*t + l, wide);
  }
*/

/* Lanes together are the sum by columns. */
/*@ ghost
  /@ requires steps: steps <= LFAP_SLICE/8;
     terminates \true;
     exits never: \false;
     assigns \nothing;
     LFAP_REAL(ensures gather: \forall integer p, q; 0 <= p < 6 && 0 <= q < 4
       ==> lfap_eight_of(wide, P, p, Q, q, steps) == lfap_rtile(wide, P, p, Q, q, 8*steps);) @/
  static void lfap_lanes_gather(const double *P, const double *Q, size_t steps, int wide) {
    size_t t = 0;
    /@ loop invariant step: 0 <= t <= steps;
       LFAP_REAL(loop invariant gather: \forall integer p, q; 0 <= p < 6 && 0 <= q < 4
         ==> lfap_eight_of(wide, P, p, Q, q, t) == lfap_rtile(wide, P, p, Q, q, 8*t);)
       loop assigns t;
       loop variant steps - t; @/
    while (t != steps) {
      /@ assert lanes: LFAP_REAL_FACT(\forall integer p, q; 0 <= p < 6 && 0 <= q < 4
           ==> lfap_eight_of(wide, P, p, Q, q, t + 1) == lfap_eight_of(wide, P, p, Q, q, t) + TERMS(p, q)); @/
      lfap_column(P, Q, t, 0, wide);
      lfap_column(P, Q, t, 1, wide);
      lfap_column(P, Q, t, 2, wide);
      lfap_column(P, Q, t, 3, wide);
      lfap_column(P, Q, t, 4, wide);
      lfap_column(P, Q, t, 5, wide);
      lfap_column(P, Q, t, 6, wide);
      lfap_column(P, Q, t, 7, wide);
      /@ assert columns: LFAP_REAL_FACT(\forall integer p, q; 0 <= p < 6 && 0 <= q < 4
           ==> lfap_rtile(wide, P, p, Q, q, 8*t + 8) == lfap_rtile(wide, P, p, Q, q, 8*t) + TERMS(p, q)); @/
      t++;
    }
  }
*/

LFAP_CLONES
void lfap_tile_lanes(double *T, const double *P, const double *Q, size_t steps, int wide) {
  /*@ ghost lfap_lanes_gather(P, Q, steps, wide); */
  if (!wide) parts(T, P, Q, steps, LFAP_TILE_A / 2, LFAP_LANES / 2, 0);
  else if (lfap_wide_registers()) parts(T, P, Q, steps, LFAP_TILE_A, LFAP_LANES, 1);
  else parts(T, P, Q, steps, LFAP_TILE_A / 2, LFAP_LANES / 2, 1);
  /*@ assert cells: LFAP_REAL_FACT(\forall integer p, q; 0 <= p < 6 && 0 <= q < 4
        ==> CELLS(p, q) == lfap_eight_of{Pre}(wide, P, p, Q, q, \at(steps,Pre))); */
  /*@ assert sums: LFAP_REAL_FACT(\forall integer p, q; 0 <= p < 6 && 0 <= q < 4
        ==> lfap_lanes_sum(T, lfap_cell(p, q, 0)) == CELLS(p, q)); */
}

/* LFAP_JOIN of eight lanes, by halves as vectors add them. */
/*@ requires t: \valid_read(t + (0 .. LFAP_LANES-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from t[0 .. LFAP_LANES-1];
  @ LFAP_REAL(ensures join: \result == LFAP_TOTAL(t);) */
LFAP_INLINE double joined(const double *t) {
  double h[LFAP_LANES / 2];
  /*@ loop invariant half: 0 <= l <= LFAP_LANES/2;
    @ LFAP_REAL(loop invariant sums: \forall integer m; 0 <= m < l ==> h[m] == t[m] + t[m + LFAP_LANES/2];)
    @ loop assigns l, h[0 .. LFAP_LANES/2 - 1];
    @ loop variant LFAP_LANES/2 - l; */
  for (size_t l = 0; l < LFAP_LANES / 2; l++) h[l] = t[l] + t[l + LFAP_LANES / 2];
  return (h[0] + h[2]) + (h[1] + h[3]);
}

LFAP_CLONES
void lfap_tile_join(double *V, const double *T) {
  /*@ loop invariant dot: 0 <= x <= LFAP_TILE_DOTS;
    @ LFAP_REAL(loop invariant dots: \forall integer y; 0 <= y < x ==> V[y] == lfap_lanes_sum{Pre}(T, 8*y);)
    @ loop assigns x, V[0 .. LFAP_TILE_DOTS - 1];
    @ loop variant LFAP_TILE_DOTS - x; */
  for (size_t x = 0; x < LFAP_TILE_DOTS; x++) {
    V[x] = joined(T + x * LFAP_LANES);
    /*@ assert before: LFAP_REAL_FACT(\forall integer y; 0 <= y < x ==> V[y] == lfap_lanes_sum{Pre}(T, 8*y)); */
    /*@ assert mine: LFAP_REAL_FACT(V[x] == lfap_lanes_sum{Pre}(T, \at(8*x,Here))); */
  }
}
