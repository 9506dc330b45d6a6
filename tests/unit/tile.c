/* tile.c - packed panels hold the rows they were made from, filled up, and nothing else; a tile has the bits of the naive loop
 * within a slice for every number of columns. Both layouts, whatever registers the processor has. */
#include <criterion/criterion.h>
#include <math.h>

#include "draws.h"
#include "kernel/tile.h"

static const double CANARY = 12345.678;
static double P[LFAP_PANEL_A + 1], Q[LFAP_PANEL_B + 1], T[LFAP_TILE_LANES + 1], V[LFAP_TILE_DOTS + 1];
static double rows[LFAP_TILE_A + LFAP_TILE_B][LFAP_SLICE + 8];

static void pack_all(int law, size_t n, int wide) {
  for (size_t r = 0; r < LFAP_TILE_A + LFAP_TILE_B; r++)
    for (size_t k = 0; k < LFAP_SLICE + 8; k++) rows[r][k] = draw(law);
  for (size_t k = 0; k <= LFAP_PANEL_A; k++) P[k] = CANARY;
  for (size_t k = 0; k <= LFAP_PANEL_B; k++) Q[k] = CANARY;
  for (size_t p = 0; p < LFAP_TILE_A; p++) lfap_tile_pack(P, LFAP_TILE_A, p, rows[p] + p, n, -0.0, wide);
  for (size_t q = 0; q < LFAP_TILE_B; q++) lfap_tile_pack(Q, LFAP_TILE_B, q, rows[LFAP_TILE_A + q] + 1, n, 0.0, wide);
}
/* Which row and column double k of a panel of `count` rows is. */
static void entry_at(size_t k, size_t count, int wide, size_t *row, size_t *column) {
  size_t lanes = wide ? 8 : 4, high = wide ? count : count == 6 ? 3 : 4; /* of a part */
  size_t half = k / (count * 256), part = wide ? 0 : k % (count * 256) / (high * 256);
  size_t in = k - (wide ? 0 : half * count * 256 + part * high * 256), step = in / (lanes * high);
  *row = part * high + in / lanes % high;
  *column = 8 * step + in % lanes + (wide ? 0 : 4 * half);
}
static void check_panel(const double *X, size_t count, size_t offset, size_t n, double pad, int wide) {
  for (size_t k = 0; k < count * LFAP_SLICE; k++) {
    size_t r, column;
    entry_at(k, count, wide, &r, &column);
    const double *a = offset ? rows[LFAP_TILE_A + r] + offset : rows[r] + r;
    double want = column < n ? a[column] : column < (n + 7) / 8 * 8 ? pad : CANARY;
    cr_assert(same_bits(X[k], want), "wide %d, %zu columns, row %zu, column %zu: %a, not %a", wide, n, r, column, X[k],
              want);
  }
  cr_assert_eq(X[count * LFAP_SLICE], CANARY, "written after the panel");
}

Test(tile, panels) {
  for (int wide = 0; wide < 2; wide++)
    for (size_t n = 0; n <= LFAP_SLICE; n += n < 18 || n > 500 ? 1 : 23) {
      pack_all(1, n, wide);
      check_panel(P, LFAP_TILE_A, 0, n, -0.0, wide);
      check_panel(Q, LFAP_TILE_B, 1, n, 0.0, wide);
    }
}

static void check_tile(int law, size_t n, int wide) {
  pack_all(law, n, wide);
  for (size_t k = 0; k <= LFAP_TILE_LANES; k++) T[k] = CANARY;
  V[LFAP_TILE_DOTS] = CANARY;
  lfap_tile_lanes(T, P, Q, (n + 7) / 8, wide);
  lfap_tile_join(V, T);
  for (size_t p = 0; p < LFAP_TILE_A; p++)
    for (size_t q = 0; q < LFAP_TILE_B; q++) {
      const double *a = rows[p] + p, *b = rows[LFAP_TILE_A + q] + 1;
      for (size_t l = 0; l < 8; l++) {
        double lane = 0.0;
        for (size_t k = l; k < n; k += 8) lane = fma(a[k], b[k], lane);
        cr_assert(same_bits(T[(p * LFAP_TILE_B + q) * 8 + l], lane), "wide %d, law %d, n %zu: lane %zu of %zu,%zu",
                  wide, law, n, l, p, q);
      }
      cr_assert(same_bits(V[p * LFAP_TILE_B + q], naive_dot(n, a, b)), "wide %d, law %d, n %zu: dot %zu,%zu", wide,
                law, n, p, q);
    }
  cr_assert(T[LFAP_TILE_LANES] == CANARY && V[LFAP_TILE_DOTS] == CANARY, "written after the tile");
}

Test(tile, dots_of_a_slice) {
  for (int law = 0; law < 3; law++)
    for (size_t n = 0; n <= LFAP_SLICE; n += n < 18 || n > 500 ? 1 : 23)
      for (int wide = 0; wide < 2; wide++) check_tile(law, n, wide);
}
