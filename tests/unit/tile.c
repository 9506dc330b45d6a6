/* tile.c - packed panels hold the rows they were made from, filled up, and nothing else; a tile has the bits of the naive loop
 * within a slice for every number of columns. */
#include <criterion/criterion.h>
#include <math.h>

#include "draws.h"
#include "kernel/tile.h"

static const double CANARY = 12345.678;
static double P[LFAP_PANEL_A + 1], Q[LFAP_PANEL_B + 1], T[LFAP_TILE_LANES + 1], V[LFAP_TILE_DOTS + 1];
static double rows[LFAP_TILE_A + LFAP_TILE_B][LFAP_SLICE + 8];

static void pack_all(int law, size_t n) {
  for (size_t r = 0; r < LFAP_TILE_A + LFAP_TILE_B; r++)
    for (size_t k = 0; k < LFAP_SLICE + 8; k++) rows[r][k] = draw(law);
  for (size_t k = 0; k <= LFAP_PANEL_A; k++) P[k] = CANARY;
  for (size_t k = 0; k <= LFAP_PANEL_B; k++) Q[k] = CANARY;
  for (size_t p = 0; p < LFAP_TILE_A; p++) lfap_tile_pack(P, LFAP_TILE_A, p, rows[p] + p, n, -0.0);
  for (size_t q = 0; q < LFAP_TILE_B; q++) lfap_tile_pack(Q, LFAP_TILE_B, q, rows[LFAP_TILE_A + q] + 1, n, 0.0);
}
static void check_panel(const double *X, size_t count, size_t offset, size_t n, double pad) {
  for (size_t k = 0; k < count * LFAP_SLICE; k++) {
    size_t t = k / (8 * count), r = k / 8 % count, column = 8 * t + k % 8;
    const double *a = offset ? rows[LFAP_TILE_A + r] + offset : rows[r] + r;
    double want = column < n ? a[column] : column < (n + 7) / 8 * 8 ? pad : CANARY;
    cr_assert(same_bits(X[k], want), "%zu columns, row %zu, column %zu: %a, not %a", n, r, column, X[k], want);
  }
  cr_assert_eq(X[count * LFAP_SLICE], CANARY, "written after the panel");
}

Test(tile, panels) {
  for (size_t n = 0; n <= LFAP_SLICE; n += n < 18 || n > 500 ? 1 : 23) {
    pack_all(1, n);
    check_panel(P, LFAP_TILE_A, 0, n, -0.0);
    check_panel(Q, LFAP_TILE_B, 1, n, 0.0);
  }
}

Test(tile, dots_of_a_slice) {
  for (int law = 0; law < 3; law++)
    for (size_t n = 0; n <= LFAP_SLICE; n += n < 18 || n > 500 ? 1 : 23) {
      pack_all(law, n);
      for (size_t k = 0; k <= LFAP_TILE_LANES; k++) T[k] = CANARY;
      V[LFAP_TILE_DOTS] = CANARY;
      lfap_tile_lanes(T, P, Q, (n + 7) / 8);
      lfap_tile_join(V, T);
      for (size_t p = 0; p < LFAP_TILE_A; p++)
        for (size_t q = 0; q < LFAP_TILE_B; q++) {
          const double *a = rows[p] + p, *b = rows[LFAP_TILE_A + q] + 1;
          for (size_t l = 0; l < 8; l++) {
            double lane = 0.0;
            for (size_t k = l; k < n; k += 8) lane = fma(a[k], b[k], lane);
            cr_assert(same_bits(T[(p * LFAP_TILE_B + q) * 8 + l], lane), "law %d, n %zu: lane %zu of %zu,%zu", law, n,
                      l, p, q);
          }
          cr_assert(same_bits(V[p * LFAP_TILE_B + q], naive_dot(n, a, b)), "law %d, n %zu: dot %zu,%zu", law, n, p, q);
        }
      cr_assert(T[LFAP_TILE_LANES] == CANARY && V[LFAP_TILE_DOTS] == CANARY, "written after the tile");
    }
}
