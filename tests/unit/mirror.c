/* mirror.c - the upper triangle from the lower: every entry by its place, bits and all, at sizes around the squares it copies by. */
#include <criterion/criterion.h>

#include "draws.h"
#include "kernel/rows.h"

enum { MOST = 70, EDGE = 5 };

static double G[MOST * MOST + 2 * EDGE];
static const double CANARY = 12345.678;

Test(mirror, copies_lower_to_upper) {
  for (size_t n = 0; n <= MOST; n++) {
    for (size_t k = 0; k < sizeof G / sizeof *G; k++) G[k] = CANARY;
    for (size_t k = 0; k < n * n; k++) G[EDGE + k] = (double)k;
    lfap_mirror(G + EDGE, 0, n, n);
    for (size_t i = 0; i < n; i++)
      for (size_t j = 0; j < n; j++) {
        size_t low = i > j ? i * n + j : j * n + i;
        cr_assert_eq(G[EDGE + i * n + j], (double)low, "entry %zu,%zu of %zu", i, j, n);
      }
    for (size_t k = 0; k < EDGE; k++) cr_assert_eq(G[k], CANARY, "before a matrix of %zu rows", n);
    for (size_t k = EDGE + n * n; k < sizeof G / sizeof *G; k++) cr_assert_eq(G[k], CANARY, "behind it");
  }
}

/* Ranges of rows that begin anywhere copy their own entries, and leave those of the others. */
Test(mirror, copies_rows) {
  enum { N = 61 };
  for (size_t first = 0; first <= N; first++)
    for (size_t last = first; last <= N; last += 7) {
      for (size_t k = 0; k < N * N; k++) G[k] = (double)k;
      lfap_mirror(G, first, last, N);
      for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++) {
          size_t from = j >= first && j < last && i < j ? j * N + i : i * N + j;
          cr_assert_eq(G[i * N + j], (double)from, "entry %zu,%zu, rows %zu to %zu", i, j, first, last);
        }
    }
}

/* What is copied are patterns: the sign of zero, subnormals, the payload of a NaN. What stood above is not looked at. */
Test(mirror, copies_bits) {
  enum { N = 37 };
  static uint64_t before[N * N], after[N * N];
  for (size_t k = 0; k < N * N; k++) before[k] = next();
  before[1 * N] = 0x8000000000000000u;
  before[20 * N + 3] = 1;
  before[36 * N + 35] = 0x7ff8000000001234u;
  before[3 * N + 20] = 0x7ff8000000000001u; /* above */
  memcpy(G, before, sizeof before);
  lfap_mirror(G, 0, N, N);
  memcpy(after, G, sizeof after);
  for (size_t i = 0; i < N; i++)
    for (size_t j = 0; j < N; j++)
      cr_assert_eq(after[i * N + j], before[i > j ? i * N + j : j * N + i], "entry %zu,%zu", i, j);
}
