/* chain.c - fma chains: the order of links of N2 bit by bit, exact integer products, links with coefficient zero. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "draws.h"
#include "kernel/chain.h"

enum { ROWS = 27, LEN = 41, EDGE = 2 };
static const double CANARY = -98.7654;

static double X[ROWS * LEN + 8], c[ROWS + 8], y[LEN + 2 * EDGE], want[LEN];

static void fill(int law, size_t n, size_t d) {
  for (size_t k = 0; k < n * d + 8; k++) X[k] = draw(law);
  for (size_t k = 0; k < n + 8; k++) c[k] = draw(law);
  for (size_t k = 0; k < LEN + 2 * EDGE; k++) y[k] = CANARY;
  for (size_t i = 0; i < d; i++) y[EDGE + i] = want[i] = draw(law);
}
static void check(size_t d) {
  for (size_t i = 0; i < d; i++) cr_assert(same_bits(y[EDGE + i], want[i]), "entry %zu of %zu", i, d);
  for (size_t k = 0; k < EDGE; k++) cr_assert_eq(y[k], CANARY);
  for (size_t k = EDGE + d; k < LEN + 2 * EDGE; k++) cr_assert_eq(y[k], CANARY);
}

Test(chain, links_in_order) {
  for (int law = 0; law < 3; law++)
    for (size_t n = 0; n <= ROWS; n++)
      for (size_t d = 0; d <= LEN; d++) {
        size_t offset = (n + d) % 8;
        fill(law, n, d);
        for (size_t k = 0; k < n; k++)
          for (size_t i = 0; i < d; i++) want[i] = fma(c[k], X[offset + k * d + i], want[i]);
        lfap_chain(y + EDGE, c, X + offset, n, d);
        check(d);
      }
}

Test(chain, axpy_is_one_link) {
  for (int law = 0; law < 3; law++)
    for (size_t d = 0; d <= LEN; d++) {
      fill(law, 1, d);
      for (size_t i = 0; i < d; i++) want[i] = fma(c[0], X[1 + i], want[i]);
      lfap_axpy(y + EDGE, c[0], X + 1, d);
      check(d);
    }
}

Test(chain, scale_rounds_once) {
  for (int law = 0; law < 3; law++)
    for (size_t d = 0; d <= LEN; d++) {
      fill(law, 1, d);
      for (size_t i = 0; i < d; i++) want[i] = c[0] * X[i];
      lfap_scale(y + EDGE, c[0], X, d);
      check(d);
    }
}

Test(chain, exact_on_small_integers) {
  for (size_t n = 0; n <= ROWS; n++) {
    int64_t exact[LEN] = {0}, ci[ROWS];
    for (size_t k = 0; k < n; k++) c[k] = (double)(ci[k] = (int64_t)(next() % 2001) - 1000);
    for (size_t i = 0; i < LEN; i++) y[i] = 0.0;
    for (size_t k = 0; k < n; k++)
      for (size_t i = 0; i < LEN; i++) {
        int64_t v = (int64_t)(next() % 2001) - 1000;
        X[k * LEN + i] = (double)v, exact[i] += ci[k] * v;
      }
    lfap_chain(y, c, X, n, LEN);
    for (size_t i = 0; i < LEN; i++) cr_assert_eq(y[i], (double)exact[i], "n %zu, entry %zu", n, i);
  }
}

Test(chain, zero_links_are_not_skipped) {
  const double zeros[9] = {0}, plus = 0.0;
  for (size_t n = 1; n <= 9; n++) {
    double rows[9 * 3], row[3] = {-0.0, 1.0, 2.0};
    for (size_t k = 0; k < n; k++) rows[3 * k] = 1.0, rows[3 * k + 1] = INFINITY, rows[3 * k + 2] = 1.0;
    lfap_chain(row, zeros, rows, n, 3);
    cr_assert(same_bits(row[0], plus), "-0 + 0*1 is +0");
    cr_assert(isnan(row[1]), "0*inf");
    cr_assert_eq(row[2], 2.0);
  }
}

/* Columns from .. to-1 of r chains: the bits of one chain after the other, and no other entry is touched. */
static void check_columns(int law, size_t from, size_t to, size_t r) {
  enum { LINKS = 9 };
  static double many[ROWS * LEN], before[ROWS * LEN], C[ROWS * LINKS];
  fill(law, LINKS, LEN);
  for (size_t k = 0; k < ROWS * LEN; k++) many[k] = before[k] = draw(law);
  for (size_t k = 0; k < r * LINKS; k++) C[k] = draw(law);
  lfap_chain_columns(many, C, X, from, to, r, LINKS, LEN);
  for (size_t i = 0; i < r; i++)
    for (size_t k = 0; k < LINKS; k++)
      for (size_t j = from; j < to; j++) before[i * LEN + j] = fma(C[i * LINKS + k], X[k * LEN + j], before[i * LEN + j]);
  for (size_t k = 0; k < ROWS * LEN; k++)
    cr_assert(same_bits(many[k], before[k]), "columns %zu to %zu of %zu rows: entry %zu", from, to, r, k);
}

Test(chain, ranges_of_columns) {
  for (size_t r = 0; r <= 14; r++)
    for (size_t from = 0; from <= LEN; from += 1 + r % 3)
      for (size_t to = from; to <= LEN; to += 1 + r % 5) check_columns((int)((r + from) % 3), from, to, r);
}
