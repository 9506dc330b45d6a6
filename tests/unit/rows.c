/* rows.c - tables of dots: every entry has the bits of lfap_dot's naive loop, nothing outside the table is written. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "draws.h"
#include "kernel/rows.h"

enum { ROWS = 13, LEN = 45, EDGE = 3 };
static const double CANARY = 12345.678;

static double a[ROWS * LEN + 8], b[ROWS * LEN + 8], out[ROWS * ROWS + 2 * EDGE];

static void fill(int law, size_t n, size_t offset) {
  for (size_t k = 0; k < ROWS * n + offset; k++) a[k] = draw(law), b[k] = draw(law);
  for (size_t k = 0; k < sizeof out / sizeof *out; k++) out[k] = CANARY;
}
static void check_edges(size_t entries) {
  for (size_t k = 0; k < EDGE; k++) cr_assert_eq(out[k], CANARY, "written before the table");
  for (size_t k = EDGE + entries; k < sizeof out / sizeof *out; k++) cr_assert_eq(out[k], CANARY, "written after it");
}

Test(rows, rows_times_rows) {
  for (int law = 0; law < 3; law++)
    for (size_t n = 0; n < LEN; n += n < 18 ? 1 : 7)
      for (size_t na = 0; na <= ROWS; na++)
        for (size_t nb = 0; nb <= ROWS; nb++) {
          size_t offset = (na + 3 * nb) % 8;
          fill(law, n, offset);
          const double *A = a + offset, *B = b + (offset * 3) % 8;
          lfap_rows(out + EDGE, A, B, na, nb, n);
          for (size_t i = 0; i < na; i++)
            for (size_t j = 0; j < nb; j++)
              cr_assert(same_bits(out[EDGE + i * nb + j], naive_dot(n, A + i * n, B + j * n)),
                        "law %d, %zu x %zu rows of %zu: entry %zu,%zu", law, na, nb, n, i, j);
          check_edges(na * nb);
        }
}

Test(rows, matrix_times_vector) {
  for (int law = 0; law < 3; law++)
    for (size_t n = 0; n < LEN; n++)
      for (size_t rows = 0; rows <= ROWS; rows++) {
        fill(law, n, 1);
        lfap_gemv(out + EDGE, a + 1, b, rows, n);
        for (size_t i = 0; i < rows; i++)
          cr_assert(same_bits(out[EDGE + i], naive_dot(n, a + 1 + i * n, b)), "row %zu of %zu x %zu", i, rows, n);
        check_edges(rows);
      }
}

Test(rows, gram_rows) {
  for (size_t n = 0; n < LEN; n++) {
    for (size_t i = 0; i < ROWS; i++) {
      fill(1, n, 0);
      lfap_gram_row(out + EDGE, a, i, ROWS, n);
      for (size_t j = 0; j <= i; j++)
        cr_assert(same_bits(out[EDGE + j], naive_dot(n, a + i * n, a + j * n)), "entry %zu,%zu, d %zu", i, j, n);
      check_edges(i + 1);
    }
  }
}

Test(rows, edges_of_slices) {
  static double x[5 * 1032], y[5 * 1032];
  const size_t n[] = {511, 512, 513, 1023, 1024, 1025, 1031};
  for (size_t p = 0; p < sizeof n / sizeof *n; p++)
    for (int law = 0; law < 3; law++) {
      fill(law, 0, 0);
      for (size_t k = 0; k < 5 * n[p]; k++) x[k] = draw(law), y[k] = draw(law);
      lfap_rows(out, x, y, 5, 5, n[p]);
      for (size_t i = 0; i < 5; i++)
        for (size_t j = 0; j < 5; j++)
          cr_assert(same_bits(out[i * 5 + j], naive_dot(n[p], x + i * n[p], y + j * n[p])),
                    "%zu columns, entry %zu,%zu", n[p], i, j);
      lfap_gemv(out, x, y, 5, n[p]);
      for (size_t i = 0; i < 5; i++)
        cr_assert(same_bits(out[i], naive_dot(n[p], x + i * n[p], y)), "%zu columns, row %zu", n[p], i);
      lfap_gram_row(out, x, 4, 5, n[p]);
      for (size_t j = 0; j < 5; j++)
        cr_assert(same_bits(out[j], naive_dot(n[p], x + 4 * n[p], x + j * n[p])), "%zu columns, Gram row, entry %zu",
                  n[p], j);
    }
}

Test(rows, gram_by_hand) {
  const double X[6] = {1, 2, 3, -1, 0, 2};
  double g[2], C[4], y[2];
  lfap_gram_row(g, X, 1, 2, 3);
  cr_assert_eq(g[0], 5);
  cr_assert_eq(g[1], 5);
  lfap_rows(C, X, X, 2, 2, 3);
  cr_assert(C[0] == 14 && C[1] == 5 && C[2] == 5 && C[3] == 5);
  lfap_gemv(y, X, X + 3, 2, 3);
  cr_assert(y[0] == 5 && y[1] == 5);
}

Test(rows, special_values_stay_in_their_row) {
  for (size_t n = 1; n < 20; n++)
    for (size_t bad = 0; bad < 9; bad++) {
      fill(0, n, 0);
      a[bad * n + bad % n] = NAN;
      lfap_rows(out, a, b, 9, 9, n);
      for (size_t i = 0; i < 9; i++)
        for (size_t j = 0; j < 9; j++) cr_assert_eq(!!isnan(out[i * 9 + j]), i == bad, "n %zu, entry %zu,%zu", n, i, j);
    }
}
