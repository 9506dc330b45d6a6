/* tile.c - tiles of dots (N1). The lanes of a whole tile fill 24 registers of eight doubles, to which every step reads
 * six and four vectors; processors with narrower ones take it in four parts. Packed rows are read as they lie. */
#ifdef __FRAMAC__
#include "entry.acsl"
#endif

#include "tile.h"

#include "lanes_step.h"

/* Eight entries of a packed row: `count` of a, then `pad`. */
/*@ requires count: count <= LFAP_LANES;
  @ requires a: \valid_read(a + (0 .. count-1));
  @ requires P: \valid(P + (0 .. LFAP_LANES-1));
  @ requires sep: \separated(P + (0 .. LFAP_LANES-1), a + (0 .. count-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns P[0 .. LFAP_LANES-1];
  @ LFAP_REAL(ensures step: \forall integer l; 0 <= l < LFAP_LANES ==> P[l] == (l < count ? \old(a[l]) : pad);) */
LFAP_INLINE void pack_step(double *restrict P, const double *restrict a, size_t count, double pad) {
  /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
    @ LFAP_REAL(loop invariant step: \forall integer m; 0 <= m < l ==> P[m] == (m < count ? \at(a[m],Pre) : pad);)
    @ loop assigns l, P[0 .. LFAP_LANES-1];
    @ loop variant LFAP_LANES - l; */
  for (size_t l = 0; l < LFAP_LANES; l++) P[l] = l < count ? a[l] : pad;
}

void lfap_tile_pack(double *restrict P, size_t rows, size_t r, const double *restrict a, size_t n, double pad) {
  /*@ loop invariant step: 0 <= t && LFAP_LANES*t < n + LFAP_LANES;
    @ LFAP_REAL(loop invariant packed: \forall integer u, l; 0 <= u < t && 0 <= l < 8
    @   ==> P[lfap_at(u, lfap_at(r, l, 8), 8*rows)] == (8*u + l < n ? \at(a[8*u + l],Pre) : pad);)
    @ LFAP_REAL(loop invariant kept: \forall integer e, u, l; 0 <= e < rows && e != r && 0 <= u < LFAP_SLICE/8
    @    && 0 <= l < 8
    @   ==> P[lfap_at(u, lfap_at(e, l, 8), 8*rows)] == \at(P[lfap_at(u, lfap_at(e, l, 8), 8*rows)],Pre);)
    @ loop assigns t, P[0 .. rows*LFAP_SLICE - 1];
    @ loop variant n + LFAP_LANES - LFAP_LANES*t; */
  for (size_t t = 0; t * LFAP_LANES < n; t++) {
    /*@ ghost lfap_row_at(t, LFAP_SLICE/LFAP_LANES, rows); */
    double *step = P + (t * rows + r) * LFAP_LANES;
    /*@ assert apart: LFAP_REAL_FACT(\forall integer e, u, l; 0 <= e < rows && 0 <= u && 0 <= l < 8
     @    && (e != r || u != t)
      @   ==> lfap_at(u, lfap_at(e, l, 8), 8*rows) < lfap_at(t, lfap_at(r, 0, 8), 8*rows)
            || lfap_at(t, lfap_at(r, 7, 8), 8*rows) < lfap_at(u, lfap_at(e, l, 8), 8*rows)); */
    if (n - t * LFAP_LANES >= LFAP_LANES) pack_step(step, a + t * LFAP_LANES, LFAP_LANES, pad);
    else pack_step(step, a + t * LFAP_LANES, n - t * LFAP_LANES, pad);
    /*@ assert mine: LFAP_REAL_FACT(\forall integer l; 0 <= l < 8
          ==> P[lfap_at(t, lfap_at(r, l, 8), 8*rows)] == (8*t + l < n ? \at(a[\at(8*t,Here) + l],Pre) : pad)); */
  }
}

#ifdef LFAP_TIER_REAL
/* Lanes over t steps, in the state of the call: what is in s for the part at (i, m), in T for the tile. */
#define LANE(p, q, l, t) lfap_lane{Pre}(P, lfap_at(p, l, 8), 48, Q, lfap_at(q, l, 8), 32, t)
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

/* A tile in parts of `rows` rows and `lanes` lanes, which are constants. */
/*@ requires parts: (rows == 3 || rows == LFAP_TILE_A) && (lanes == 4 || lanes == LFAP_LANES);
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
LFAP_INLINE void parts(double *T, const double *P, const double *Q, size_t steps, size_t rows, size_t lanes) {
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
          /*@ assert at: LFAP_REAL_FACT(lfap_at(t, lfap_at(i + p, m + l, 8), 48) == (t*6 + i + p)*8 + m + l
                  && lfap_at(t, lfap_at(q, m + l, 8), 32) == (t*4 + q)*8 + m + l); */
          const double x = P[(t * LFAP_TILE_A + i + p) * LFAP_LANES + m + l],
                       y = Q[(t * LFAP_TILE_B + q) * LFAP_LANES + m + l];
          /*@ assert x: LFAP_REAL_FACT(x == \at(P[\at(lfap_at(t, lfap_at(i + p, m + l, 8), 48),Here)],Pre)); */
          /*@ assert y: LFAP_REAL_FACT(y == \at(Q[\at(lfap_at(t, lfap_at(q, m + l, 8), 32),Here)],Pre)); */
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
#define TERM(p, q, l) lfap_term(P[lfap_at(t, lfap_at(p, l, 8), 48)], Q[lfap_at(t, lfap_at(q, l, 8), 32)])
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
       ==> lfap_rtile(P, p, Q, q, c + 1) == lfap_rtile(P, p, Q, q, c)
         + lfap_term(P[lfap_at(c/8, lfap_at(p, c%8, 8), 48)], Q[lfap_at(c/8, lfap_at(q, c%8, 8), 32)]);) @/
  static void lfap_next_column(const double *P, const double *Q, size_t c) { }
*/

/* Lane l of step t is column 8*t + l. */
/*@ ghost
  /@ requires lane: t < LFAP_SLICE/8 && l < 8;
     terminates \true;
     exits never: \false;
     assigns \nothing;
     LFAP_REAL(ensures column: \forall integer p, q; 0 <= p < 6 && 0 <= q < 4
       ==> lfap_rtile(P, p, Q, q, 8*t + l + 1) == lfap_rtile(P, p, Q, q, 8*t + l) + TERM(p, q, l);) @/
  static void lfap_column(const double *P, const double *Q, size_t t, size_t l) {
    /@ assert step: LFAP_REAL_FACT((8*t + l)/8 == t); @/
    /@ assert lane: LFAP_REAL_FACT((8*t + l)%8 == l); @/
    lfap_next_column(P, Q, 8*t + l);
  }
*/

/* Lanes together are the sum by columns. */
/*@ ghost
  /@ requires steps: steps <= LFAP_SLICE/8;
     terminates \true;
     exits never: \false;
     assigns \nothing;
     LFAP_REAL(ensures gather: \forall integer p, q; 0 <= p < 6 && 0 <= q < 4
       ==> lfap_eight_of(P, p, Q, q, steps) == lfap_rtile(P, p, Q, q, 8*steps);) @/
  static void lfap_lanes_gather(const double *P, const double *Q, size_t steps) {
    size_t t = 0;
    /@ loop invariant step: 0 <= t <= steps;
       LFAP_REAL(loop invariant gather: \forall integer p, q; 0 <= p < 6 && 0 <= q < 4
         ==> lfap_eight_of(P, p, Q, q, t) == lfap_rtile(P, p, Q, q, 8*t);)
       loop assigns t;
       loop variant steps - t; @/
    while (t != steps) {
      /@ assert lanes: LFAP_REAL_FACT(\forall integer p, q; 0 <= p < 6 && 0 <= q < 4
           ==> lfap_eight_of(P, p, Q, q, t + 1) == lfap_eight_of(P, p, Q, q, t) + TERMS(p, q)); @/
      lfap_column(P, Q, t, 0);
      lfap_column(P, Q, t, 1);
      lfap_column(P, Q, t, 2);
      lfap_column(P, Q, t, 3);
      lfap_column(P, Q, t, 4);
      lfap_column(P, Q, t, 5);
      lfap_column(P, Q, t, 6);
      lfap_column(P, Q, t, 7);
      /@ assert columns: LFAP_REAL_FACT(\forall integer p, q; 0 <= p < 6 && 0 <= q < 4
           ==> lfap_rtile(P, p, Q, q, 8*t + 8) == lfap_rtile(P, p, Q, q, 8*t) + TERMS(p, q)); @/
      t++;
    }
  }
*/

LFAP_CLONES
void lfap_tile_lanes(double *T, const double *P, const double *Q, size_t steps) {
  /*@ ghost lfap_lanes_gather(P, Q, steps); */
  if (lfap_wide_registers()) parts(T, P, Q, steps, LFAP_TILE_A, LFAP_LANES);
  else parts(T, P, Q, steps, LFAP_TILE_A / 2, LFAP_LANES / 2);
  /*@ assert cells: LFAP_REAL_FACT(\forall integer p, q; 0 <= p < 6 && 0 <= q < 4
        ==> CELLS(p, q) == lfap_eight_of{Pre}(P, p, Q, q, \at(steps,Pre))); */
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
