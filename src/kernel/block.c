/* block.c - blocks of dots (N1). Of every slice of columns the rows of B are packed, then six rows of A at a time,
 * which meet B's four rows a tile; what the tile's dots are over the slice is added to C.
 * The proof over the reals: packed rows hold what A and B held at the call, so a tile's sums are parts of the dots
 * at the call, and no dot has to be shown to be the same after C was written. */
#ifdef __FRAMAC__
#include "entry.acsl"
#endif

#include "block.h"

#include "clones.h"

enum { SHARE = 16 }; /* of a row of A's slice, for each tile to ask for: 48 tiles meet a panel */

/* Columns k .. k+n-1 of a matrix of `rows` rows. */
typedef struct {
  const double *M;
  size_t rows, ld, k, n;
} slice;

/* How many entries of row i are wanted. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from i, mb, lower;
  @ ensures inside: \result <= mb;
  @ LFAP_REAL(ensures wanted: \forall integer j; 0 <= j < mb ==> (j < \result <==> lfap_wanted(lower, i, j));) */
LFAP_INLINE size_t wanted(size_t i, size_t mb, int lower) { return lower && i < mb ? i + 1 : mb; }

/* What A is filled up with, and what a sum of slices starts from: it changes no number it is added to. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures zero: lfap_zero(\result);) */
LFAP_INLINE double minus_zero(void) { return -0.0; }

/* C before its first slice: v. */
/*@ requires size: mb <= ldc && ma*ldc <= SIZE_MAX;
  @ requires C: \valid(C + (0 .. ma*ldc - ldc + mb - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns C[0 .. ma*ldc - ldc + mb - 1];
  @ LFAP_REAL(ensures start: \forall integer e, f; 0 <= e < ma && 0 <= f < mb && lfap_wanted(lower, e, f)
  @   ==> C[lfap_at(e, f, ldc)] == v;) */
LFAP_INLINE void start(double *C, size_t ma, size_t mb, size_t ldc, int lower, double v) {
  /*@ loop invariant row: 0 <= i;
    @ LFAP_REAL(loop invariant start: \forall integer e, f; 0 <= e < ma && e < i && 0 <= f < mb
    @    && lfap_wanted(lower, e, f)
    @   ==> C[lfap_at(e, f, ldc)] == v;)
    @ loop assigns i, C[0 .. ma*ldc - ldc + mb - 1];
    @ loop variant ma - i; */
  for (size_t i = 0; i < ma; i++) {
    /*@ ghost lfap_row_at(i, ma, ldc); */
    size_t end = wanted(i, mb, lower);
    /*@ loop invariant column: 0 <= j <= end;
      @ LFAP_REAL(loop invariant before: \forall integer e, f; 0 <= e < i && 0 <= f < mb && lfap_wanted(lower, e, f)
      @   ==> C[lfap_at(e, f, ldc)] == v;)
      @ LFAP_REAL(loop invariant start: \forall integer e, f; i <= e < i + 1 && 0 <= f < j
      @    ==> C[lfap_at(e, f, ldc)] == v;)
      @ loop assigns j, C[0 .. ma*ldc - ldc + mb - 1];
      @ loop variant end - j; */
    for (size_t j = 0; j < end; j++) {
      /*@ ghost lfap_at_only(i, j, ldc); */
      C[i * ldc + j] = v;
      /*@ assert here: LFAP_REAL_FACT(C[lfap_at(i, j, ldc)] == v); */
    }
  }
}

/* Rows i, i+1, .. as a panel of `count`. What it holds for rows beyond the last is never looked at. */
/*@ requires panel: (count == LFAP_TILE_A || count == LFAP_TILE_B) && i <= z.rows && z.n <= LFAP_SLICE
 @    && z.k + z.n <= z.ld;
  @ requires size: z.rows*z.ld <= SIZE_MAX;
  @ requires M: \valid_read(z.M + (0 .. z.rows*z.ld - 1));
  @ requires P: \valid(P + (0 .. count*LFAP_SLICE - 1));
  @ requires sep: \separated(P + (0 .. count*LFAP_SLICE - 1), z.M + (0 .. z.rows*z.ld - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns P[0 .. count*LFAP_SLICE - 1];
  @ LFAP_REAL(ensures panel: lfap_panel{Old, Here}(P, count, z.M, i, z.rows, z.ld, z.k, z.n, pad);) */
LFAP_INLINE void pack_panel(double *P, size_t count, slice z, size_t i, double pad) {
  /*@ loop invariant row: 0 <= r <= count;
    @ LFAP_REAL(loop invariant panel: \forall integer p, x; 0 <= p < r && 0 <= x && 8*(x/8) < z.n
    @   ==> P[lfap_at(x/8, lfap_at(p, x%8, 8), 8*count)]
    @     == (x < z.n ? \at(z.M[lfap_at(i + p, z.k + x, z.ld)],Pre) : pad);)
    @ loop assigns r, P[0 .. count*LFAP_SLICE - 1];
    @ loop variant count - r; */
  for (size_t r = 0; r < count && r < z.rows - i; r++) {
    /*@ ghost lfap_row_at(i + r, z.rows, z.ld); */
    const double *row = z.M + (i + r) * z.ld + z.k;
    lfap_tile_pack(P, count, r, row, z.n, pad);
    /*@ assert column: LFAP_REAL_FACT(\forall integer x; 0 <= x ==> 8*(x/8) + x%8 == x && 0 <= x/8 && 0 <= x%8 < 8); */
    /*@ assert mine: LFAP_REAL_FACT(\forall integer x; 0 <= x && 8*(x/8) < z.n
          ==> P[lfap_at(x/8, lfap_at(r, x%8, 8), 8*count)]
            == (x < z.n ? \at(z.M[lfap_at(\at(i + r,Here), z.k + x, z.ld)],Pre) : pad)); */
  }
}

/* All rows, four a panel. */
/*@ requires slice: z.rows <= LFAP_BLOCK && z.n <= LFAP_SLICE && z.k + z.n <= z.ld;
  @ requires size: z.rows*z.ld <= SIZE_MAX;
  @ requires M: \valid_read(z.M + (0 .. z.rows*z.ld - 1));
  @ requires P: \valid(P + (0 .. LFAP_BLOCK*LFAP_SLICE - 1));
  @ requires sep: \separated(P + (0 .. LFAP_BLOCK*LFAP_SLICE - 1), z.M + (0 .. z.rows*z.ld - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns P[0 .. LFAP_BLOCK*LFAP_SLICE - 1];
  @ LFAP_REAL(ensures packed: lfap_packed{Old, Here}(P, z.rows, z.M, z.ld, z.k, z.n);) */
LFAP_INLINE void pack(double *P, slice z) {
  /*@ loop invariant panel: 0 <= c && LFAP_TILE_B*c < z.rows + LFAP_TILE_B;
    @ LFAP_REAL(loop invariant packed: lfap_packed{Pre, Here}(P, 4*c < z.rows ? 4*c : z.rows, z.M, z.ld, z.k, z.n);)
    @ loop assigns c, P[0 .. LFAP_BLOCK*LFAP_SLICE - 1];
    @ loop variant z.rows + LFAP_TILE_B - LFAP_TILE_B*c; */
  for (size_t c = 0; c * LFAP_TILE_B < z.rows; c++) {
    /*@ ghost lfap_entries_inside(z.rows, z.ld, z.ld); */
    /*@ assert same: LFAP_REAL_FACT(\forall integer y; 0 <= y < z.rows*z.ld ==> z.M[y] == \at(z.M[y],Pre)); */
    pack_panel(P + c * LFAP_PANEL_B, LFAP_TILE_B, z, c * LFAP_TILE_B, 0.0);
    /*@ assert inside: LFAP_REAL_FACT(\forall integer f, x; 0 <= f < 4*c && 0 <= x < 512
         ==> 0 <= lfap_packed_at(f, x) < 2048*c); */
    /*@ assert kept: LFAP_REAL_FACT(\forall integer f, x; 0 <= f < 4*c && f < z.rows && 0 <= x < z.n
          ==> P[lfap_packed_at(f, x)] == \at(z.M[lfap_at(f, z.k + x, z.ld)],Pre)); */
    /*@ assert row: LFAP_REAL_FACT(\forall integer f; 4*c <= f < 4*c + 4 ==> f/4 == c && f%4 == f - 4*c); */
    /*@ assert mine: LFAP_REAL_FACT(\forall integer f, x; 4*c <= f < 4*c + 4 && f < z.rows && 0 <= x < z.n
          ==> P[lfap_packed_at(f, x)] == \at(z.M[lfap_at(f, z.k + x, z.ld)],Pre)); */
  }
}

/* The wanted entries of the tile at (i, j) advance by V. */
/*@ requires tile: i < ma && j < mb && i <= SIZE_MAX - LFAP_TILE_A && j <= SIZE_MAX - LFAP_TILE_B;
  @ requires size: mb <= ldc && ma*ldc <= SIZE_MAX;
  @ requires C: \valid(C + (0 .. ma*ldc - ldc + mb - 1));
  @ requires V: \valid_read(V + (0 .. LFAP_TILE_DOTS - 1));
  @ requires sep: \separated(V + (0 .. LFAP_TILE_DOTS - 1), C + (0 .. ma*ldc - ldc + mb - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns C[0 .. ma*ldc - ldc + mb - 1];
  @ LFAP_REAL(ensures added: \forall integer e, f; i <= e < i + 6 && e < ma && j <= f < j + 4 && f < mb
  @    && lfap_wanted(lower, e, f)
  @   ==> C[lfap_at(e, f, ldc)] == \old(C[lfap_at(e, f, ldc)] + V[4*(e - i) + f - j]);)
  @ LFAP_REAL(ensures kept: \forall integer e, f; 0 <= e < ma && 0 <= f < mb && !(i <= e < i + 6 && j <= f < j + 4)
  @   ==> C[lfap_at(e, f, ldc)] == \old(C[lfap_at(e, f, ldc)]);) */
LFAP_INLINE void add(double *C, const double *V, size_t i, size_t j, size_t ma, size_t mb, size_t ldc, int lower) {
  /*@ loop invariant row: 0 <= p <= LFAP_TILE_A && i + p <= ma;
    @ LFAP_REAL(loop invariant added: \forall integer e, f; i <= e < i + p && j <= f < j + 4 && f < mb
    @    && lfap_wanted(lower, e, f)
    @   ==> C[lfap_at(e, f, ldc)] == \at(C[lfap_at(e, f, ldc)] + V[4*(e - i) + f - j],Pre);)
    @ LFAP_REAL(loop invariant kept: \forall integer e, f; 0 <= e < ma && 0 <= f < mb && !(i <= e < i + p
    @    && j <= f < j + 4)
    @   ==> C[lfap_at(e, f, ldc)] == \at(C[lfap_at(e, f, ldc)],Pre);)
    @ loop assigns p, C[0 .. ma*ldc - ldc + mb - 1];
    @ loop variant LFAP_TILE_A - p; */
  for (size_t p = 0; p < LFAP_TILE_A && p < ma - i; p++) {
    /*@ ghost lfap_row_at(i + p, ma, ldc); */
    size_t end = wanted(i + p, mb, lower);
    /*@ assert wanted: LFAP_REAL_FACT(\forall integer e, f; i + p <= e < i + p + 1 && 0 <= f < mb
          ==> (f < end <==> lfap_wanted(lower, e, f))); */
    /*@ loop invariant column: 0 <= q <= LFAP_TILE_B;
      @ LFAP_REAL(loop invariant before: \forall integer e, f; i <= e < i + p && j <= f < j + 4 && f < mb
      @    && lfap_wanted(lower, e, f)
      @   ==> C[lfap_at(e, f, ldc)] == \at(C[lfap_at(e, f, ldc)] + V[4*(e - i) + f - j],Pre);)
      @ LFAP_REAL(loop invariant added: \forall integer e, f; i + p <= e < i + p + 1 && j <= f < j + q && f < end
      @   ==> C[lfap_at(e, f, ldc)] == \at(C[lfap_at(e, f, ldc)] + V[4*(e - i) + f - j],Pre);)
      @ LFAP_REAL(loop invariant kept: \forall integer e, f; 0 <= e < ma && 0 <= f < mb && !(i <= e < i + p
      @    && j <= f < j + 4)
      @   && !(e == i + p && j <= f < j + q) ==> C[lfap_at(e, f, ldc)] == \at(C[lfap_at(e, f, ldc)],Pre);)
      @ loop assigns q, C[0 .. ma*ldc - ldc + mb - 1];
      @ loop variant LFAP_TILE_B - q; */
    for (size_t q = 0; q < LFAP_TILE_B && j + q < end; q++) {
      /*@ ghost lfap_at_only(i + p, j + q, ldc); */
      /*@ assert inside: 0 <= (i + p)*ldc && (i + p)*ldc + j + q < ma*ldc - ldc + mb; */
      /*@ assert at: LFAP_REAL_FACT((i + p)*ldc + j + q == lfap_at(i + p, j + q, ldc)); */
      C[(i + p) * ldc + j + q] += V[p * LFAP_TILE_B + q];
    }
    /*@ assert row: LFAP_REAL_FACT(\forall integer e, f; i + p <= e < i + p + 1 && j <= f < j + 4 && f < mb
         && lfap_wanted(lower, e, f)
          ==> C[lfap_at(e, f, ldc)] == \at(C[lfap_at(e, f, ldc)] + V[4*(e - i) + f - j],Pre)); */
  }
}

/* The tile at (i, j) advances by a slice, packed in X and Q. */
/*@ requires tile: i < ma && j < mb && i <= SIZE_MAX - LFAP_TILE_A && j <= SIZE_MAX - LFAP_TILE_B
 @    && steps <= LFAP_SLICE/LFAP_LANES;
  @ requires size: mb <= ldc && ma*ldc <= SIZE_MAX;
  @ requires C: \valid(C + (0 .. ma*ldc - ldc + mb - 1));
  @ requires X: \valid_read(X + (0 .. LFAP_PANEL_A - 1));
  @ requires Q: \valid_read(Q + (0 .. LFAP_PANEL_B - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns C[0 .. ma*ldc - ldc + mb - 1];
  @ LFAP_REAL(ensures added: \forall integer e, f; i <= e < i + 6 && e < ma && j <= f < j + 4 && f < mb
  @    && lfap_wanted(lower, e, f)
  @   ==> C[lfap_at(e, f, ldc)] == \old(C[lfap_at(e, f, ldc)]) + \old(lfap_rtile(X, e - i, Q, f - j, 8*steps));)
  @ LFAP_REAL(ensures kept: \forall integer e, f; 0 <= e < ma && 0 <= f < mb && !(i <= e < i + 6 && j <= f < j + 4)
  @   ==> C[lfap_at(e, f, ldc)] == \old(C[lfap_at(e, f, ldc)]);) */
LFAP_INLINE void tile(double *C, const double *X, const double *Q, size_t steps, size_t i, size_t j, size_t ma,
                      size_t mb, size_t ldc, int lower) {
  double T[LFAP_TILE_LANES] LFAP_ALIGNED, V[LFAP_TILE_DOTS] LFAP_ALIGNED;
  lfap_tile_lanes(T, X, Q, steps);
  lfap_tile_join(V, T);
  /*@ assert dots: LFAP_REAL_FACT(\forall integer p, q; 0 <= p < 6 && 0 <= q < 4
        ==> V[4*p + q] == lfap_rtile{Pre}(X, p, Q, q, 8*\at(steps,Pre))); */
  add(C, V, i, j, ma, mb, ldc, lower);
}

/* Tile c asks for its entries of C, and for its share of the six rows of A that are packed next: all of them at once
   would hold up the tiles, as there is room for few lines under way. */
/*@ requires tile: i <= a.rows && c <= LFAP_BLOCK;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing; */
LFAP_INLINE void ask(const double *C, slice a, size_t i, size_t c, size_t ldc) {
  (void)C, (void)ldc; /* some compilers cannot ask */
  /*@ loop invariant row: 0 <= p <= LFAP_TILE_A;
    @ loop assigns p;
    @ loop variant LFAP_TILE_A - p; */
  for (size_t p = 0; p < LFAP_TILE_A && p < a.rows - i; p++) {
    LFAP_PREFETCH(C + (i + p) * ldc + c * LFAP_TILE_B, LFAP_TILE_B);
    if (LFAP_TILE_A < a.rows - i - p && c * SHARE < a.n)
      LFAP_PREFETCH(a.M + (i + p + LFAP_TILE_A) * a.ld + a.k + c * SHARE,
                    SHARE < a.n - c * SHARE ? SHARE : a.n - c * SHARE);
  }
}

/* The tiles of rows i .. i+5 of a, packed in X, with B's rows, packed in P, advance by a slice. */
/*@ requires tiles: i < ma && ma == a.rows && i <= SIZE_MAX - LFAP_TILE_A && mb <= LFAP_BLOCK
 @    && steps <= LFAP_SLICE/LFAP_LANES;
  @ requires size: mb <= ldc && ma*ldc <= SIZE_MAX;
  @ requires C: \valid(C + (0 .. ma*ldc - ldc + mb - 1));
  @ requires X: \valid_read(X + (0 .. LFAP_PANEL_A - 1));
  @ requires P: \valid_read(P + (0 .. LFAP_BLOCK*LFAP_SLICE - 1));
  @ requires sep: \separated(C + (0 .. ma*ldc - ldc + mb - 1), X + (0 .. LFAP_PANEL_A - 1));
  @ requires sep: \separated(C + (0 .. ma*ldc - ldc + mb - 1), P + (0 .. LFAP_BLOCK*LFAP_SLICE - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns C[0 .. ma*ldc - ldc + mb - 1];
  @ LFAP_REAL(ensures added: \forall integer e, f; i <= e < i + 6 && e < ma && 0 <= f < mb && lfap_wanted(lower, e, f)
  @   ==> C[lfap_at(e, f, ldc)] == \old(C[lfap_at(e, f, ldc)]) + \old(lfap_rpacked(X, e - i, P, f, 8*steps));)
  @ LFAP_REAL(ensures kept: \forall integer e, f; 0 <= e < ma && 0 <= f < mb && !(i <= e < i + 6)
  @   ==> C[lfap_at(e, f, ldc)] == \old(C[lfap_at(e, f, ldc)]);) */
LFAP_INLINE void tiles(double *C, const double *X, const double *P, slice a, size_t steps, size_t i, size_t ma,
                       size_t mb, size_t ldc, int lower) {
  size_t last = ma - i < LFAP_TILE_A ? ma - 1 : i + LFAP_TILE_A - 1, end = wanted(last, mb, lower);
  /*@ assert rest: LFAP_REAL_FACT(\forall integer f; end <= f < mb ==> !lfap_wanted(lower, last, f)); */
  /*@ assert last: LFAP_REAL_FACT(\forall integer e, f; i <= e < i + 6 && e < ma && lfap_wanted(lower, e, f)
       ==> lfap_wanted(lower, last, f)); */
  /*@ assert rest: LFAP_REAL_FACT(\forall integer e, f; i <= e < i + 6 && e < ma && end <= f < mb
       ==> !lfap_wanted(lower, e, f)); */
  /*@ loop invariant panel: 0 <= c && LFAP_TILE_B*c < end + LFAP_TILE_B;
    @ LFAP_REAL(loop invariant done: \forall integer e, f; i <= e < i + 6 && e < ma && 0 <= f < mb && f < 4*c
    @    && lfap_wanted(lower, e, f)
    @   ==> C[lfap_at(e, f, ldc)] == \at(C[lfap_at(e, f, ldc)],Pre) + lfap_rpacked{Pre}(X, e - i, P, f, 8*steps);)
    @ LFAP_REAL(loop invariant todo: \forall integer e, f; i <= e < i + 6 && e < ma && 4*c <= f < mb
    @   ==> C[lfap_at(e, f, ldc)] == \at(C[lfap_at(e, f, ldc)],Pre);)
    @ LFAP_REAL(loop invariant kept: \forall integer e, f; 0 <= e < ma && 0 <= f < mb && !(i <= e < i + 6)
    @   ==> C[lfap_at(e, f, ldc)] == \at(C[lfap_at(e, f, ldc)],Pre);)
    @ loop assigns c, C[0 .. ma*ldc - ldc + mb - 1];
    @ loop variant end + LFAP_TILE_B - LFAP_TILE_B*c; */
  for (size_t c = 0; c * LFAP_TILE_B < end; c++) {
    const double *Q = P + c * LFAP_PANEL_B;
    ask(C, a, i, c, ldc);
#ifdef LFAP_TIER_REAL
    /*@ ghost size_t x = 0; */
    /*@ assert same_X: \forall integer y; 0 <= y < 3072 ==> lfap_item(X, y) == lfap_item{Pre}(X, y); */
    /*@ assert same_Q: \forall integer y; 0 <= y < 2048 ==> lfap_item(Q, y) == lfap_item{Pre}(Q, y); */
    /*@ ghost
      /@ loop invariant column: 0 <= x <= 8*steps;
         loop invariant same: \forall integer p, q; 0 <= p < 6 && 0 <= q < 4
           ==> lfap_rtile(X, p, Q, q, x) == lfap_rtile{Pre}(X, p, Q, q, x);
         loop assigns x;
         loop variant 8*steps - x; @/
      while (x != 8*steps) {
        /@ assert column: 0 <= x/8 < 64 && 0 <= x%8 < 8; @/
        /@ assert inside: \forall integer p; 0 <= p < 6 ==> 0 <= lfap_at(x/8, lfap_at(p, x%8, 8), 48) < 3072; @/
        /@ assert inside: \forall integer q; 0 <= q < 4 ==> 0 <= lfap_at(x/8, lfap_at(q, x%8, 8), 32) < 2048; @/
        /@ assert same: \forall integer p, q; 0 <= p < 6 && 0 <= q < 4
             ==> lfap_rstep(X, p, Q, q, x) == lfap_rstep{Pre}(X, p, Q, q, x); @/
        /@ assert here: lfap_column(X, Q, x); @/
        /@ assert then: lfap_column{Pre}(X, Q, x); @/
        x++;
      } */
    /*@ assert row: \forall integer f; 4*c <= f < 4*c + 4 ==> f/4 == c && f%4 == f - 4*c; */
#endif
    tile(C, X, Q, steps, i, c * LFAP_TILE_B, ma, mb, ldc, lower);
  }
}

void lfap_block_dots(double *C, double *P, const double *A, const double *B, size_t ma, size_t mb, size_t ld, size_t n,
                     size_t ldc, int lower) {
  double *X = P + LFAP_BLOCK * LFAP_SLICE;
  size_t k = 0;
  double first = n ? minus_zero() : 0.0;
  /*@ assert zero: LFAP_REAL_FACT(lfap_zero(first)); */
  start(C, ma, mb, ldc, lower, first);
  /*@ ghost lfap_entries_inside(ma, ld, ld); */
  /*@ ghost lfap_entries_inside(mb, ld, ld); */
  /*@ ghost lfap_entries_inside(ma, mb, ldc); */
  /*@ loop invariant slice: 0 <= k <= n;
    @ LFAP_REAL(loop invariant dots: lfap_dots{Pre, Here}(C, ldc, lower, A, B, ld, 0, ma, 0, mb, k);)
    @ loop assigns k, C[0 .. ma*ldc - ldc + mb - 1], P[0 .. LFAP_BLOCK_PACK - 1];
    @ loop variant n - k; */
  while (k < n) {
    size_t w = n - k < LFAP_SLICE ? n - k : LFAP_SLICE, steps = (w + LFAP_LANES - 1) / LFAP_LANES;
    slice a = {A, ma, ld, k, w}, b = {B, mb, ld, k, w};
    /*@ assert same: LFAP_REAL_FACT(\forall integer y; 0 <= y < mb*ld ==> B[y] == \at(B[y],Pre)); */
    pack(P, b);
    /*@ assert kept: LFAP_REAL_FACT(\forall integer y; 0 <= y < ma*ldc - ldc + mb ==> C[y] == \at(C[y],LoopCurrent)); */
    /*@ assert inside: LFAP_REAL_FACT(\forall integer f, y; 0 <= f < mb && 0 <= y < w
         ==> 0 <= lfap_packed_at(f, y) < 98304); */
    /*@ assert packed: LFAP_REAL_FACT(lfap_packed{Pre, Here}(P, mb, B, ld, k, w)); */
    /*@ loop invariant row: 0 <= i && i < ma + LFAP_TILE_A;
      @ LFAP_REAL(loop invariant done: lfap_dots{Pre, Here}(C, ldc, lower, A, B, ld, 0, i < ma ? i : ma, 0, mb, k + w);)
      @ LFAP_REAL(loop invariant todo: lfap_dots{Pre, Here}(C, ldc, lower, A, B, ld, i, ma, 0, mb, k);)
      @ LFAP_REAL(loop invariant packed: lfap_packed{Pre, Here}(P, mb, B, ld, k, w);)
      @ loop assigns i, C[0 .. ma*ldc - ldc + mb - 1], P[LFAP_BLOCK*LFAP_SLICE .. LFAP_BLOCK_PACK - 1];
      @ loop variant ma + LFAP_TILE_A - i; */
    for (size_t i = 0; i < ma; i += LFAP_TILE_A) {
      double pad = minus_zero();
      /*@ assert same: LFAP_REAL_FACT(\forall integer y; 0 <= y < ma*ld ==> A[y] == \at(A[y],Pre)); */
      pack_panel(X, LFAP_TILE_A, a, i, pad);
      /*@ assert kept: LFAP_REAL_FACT(\forall integer y; 0 <= y < ma*ldc - ldc + mb
           ==> C[y] == \at(C[y],LoopCurrent)); */
      /*@ assert rows: LFAP_REAL_FACT(lfap_panel{Pre, Here}(X, 6, A, i, ma, ld, k, w, pad)); */
      /*@ assert packed: LFAP_REAL_FACT(lfap_packed{Pre, Here}(P, mb, B, ld, k, w)); */
#ifdef LFAP_TIER_REAL
#include "packed_sums.acsl"
#endif
      tiles(C, X, P, a, steps, i, ma, mb, ldc, lower);
    }
    k += w;
  }
}
