/* dot.c - the dot of N1: its distance from the exact sum stays within the roundings of N1a, whatever the sizes around its slices, and
 * inputs made for it come near; the replay repeats its bits. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "draws.h"
#include "exactly.h"
#include "kernel/lanes.h"
#include "limit/bounds.h"
#include "oracle/replay/arith.h"

enum { MOST = 2000, SLICES = 600 };

/* |dot - exact| over u sum |x_k y_k|: the roundings that the error amounts to. */
static double roundings(size_t n, const double *x, const double *y) {
  mpq_t exact, size, got;
  double *a = malloc(2 * n * sizeof *a), *b = a + n;
  for (size_t k = 0; k < n; k++) a[k] = fabs(x[k]), b[k] = fabs(y[k]);
  mpq_inits(exact, size, got, NULL);
  inner(exact, x, y, n);
  inner(size, a, b, n);
  mpq_set_d(got, lfap_dot(n, x, y));
  mpq_sub(got, got, exact);
  mpq_abs(got, got);
  if (mpq_sgn(size)) mpq_div(got, got, size);
  double r = mpq_get_d(got) * 0x1p53;
  mpq_clears(exact, size, got, NULL);
  free(a);
  return r;
}

Test(dot, counts_the_roundings_of_its_longest_path) {
  static const size_t want[][2] = {{0, 3}, {1, 4}, {8, 4}, {9, 5}, {504, 66}, {505, 67}, {512, 67}, {513, 68}, {1024, 68}, {1025, 69}, {16000, 98}};
  for (size_t i = 0; i < sizeof want / sizeof *want; i++)
    cr_assert_eq(lfap_bound_roundings(want[i][0]), want[i][1], "%zu terms: %zu", want[i][0], lfap_bound_roundings(want[i][0]));
  for (size_t n = 0; n < 5000; n++) cr_assert_leq(lfap_bound_roundings(n), lfap_bound_roundings(n + 1), "%zu", n);
}

/* Terms of one sign, of both, of forty magnitudes, and y = x: every size in turn. */
Test(dot, is_never_further_from_the_exact_sum, .timeout = 300) {
  static double x[MOST], y[MOST];
  static const size_t edge[] = {511, 512, 513, 1023, 1024, 1025, 1535, 1536, 1537, 2000};
  for (size_t i = 0; i < 2400; i++) {
    size_t n = i % 4 == 3 ? edge[i / 4 % 10] : 1 + next() % MOST;
    int law = i / 7 % 4;
    for (size_t k = 0; k < n; k++) {
      x[k] = draw(law == 1), y[k] = law == 3 ? x[k] : draw(law == 1);
      if (law == 2) x[k] = fabs(x[k]), y[k] = fabs(y[k]);
    }
    double r = roundings(n, x, y);
    cr_assert_leq(r, lfap_bound_dot(n) * 0x1p53, "%zu terms, law %d: %g of %g", n, law, r, lfap_bound_dot(n) * 0x1p53);
  }
}

/* A sum of 1 that rounds up with every further term, by almost a whole unit: first along the lanes, then along the slices. */
Test(dot, comes_near_the_bound) {
  static double x[512 * SLICES], one[512 * SLICES];
  for (size_t k = 0; k < 512 * SLICES; k++) one[k] = 1.0;
  for (int slices = 0; slices < 2; slices++) {
    size_t n = slices ? 512 * SLICES : 512;
    for (size_t k = 0; k < n; k++) x[k] = k < (slices ? 1 : 8) ? 1.0 : slices && k % 512 ? 0.0 : 0x1p-53 * (1 + 0x1p-20);
    double r = roundings(n, x, one), most = lfap_bound_dot(n) * 0x1p53;
    cr_assert(r > 0.85 * most && r <= most, "%s: %g of %g", slices ? "slices" : "lanes", r, most);
  }
}

Test(dot, replay_has_its_bits) {
  static double x[MOST], y[MOST];
  static const size_t size[] = {0, 1, 7, 8, 9, 511, 512, 513, 519, 520, 1023, 1024, 1025, 1536, 1999};
  for (size_t i = 0; i < 4 * sizeof size / sizeof *size; i++) {
    size_t n = size[i / 4];
    lfap_ctx ctx = {0};
    oracle_arith A;
    for (size_t k = 0; k < n; k++) x[k] = draw((int)(i % 4)), y[k] = draw(i % 4 == 3 ? 0 : (int)(i % 4));
    cr_assert_eq(oracle_arith_begin(&ctx, &A, 53), LFAP_OK);
    mpfr_t *a = oracle_take_doubles(&A, x, n), *b = oracle_take_doubles(&A, y, n), *r = oracle_take(&A, 2);
    oracle_dot(&A, r[0], a, b, n);
    oracle_norm2(&A, r[1], a, n);
    double dot = mpfr_get_d(r[0], MPFR_RNDN), norm = mpfr_get_d(r[1], MPFR_RNDN);
    cr_assert(same_bits(dot, lfap_dot(n, x, y)), "%zu terms, law %d: %a, not %a", n, (int)(i % 4), dot, lfap_dot(n, x, y));
    cr_assert(same_bits(norm, lfap_norm2(n, x)), "norm of %zu, law %d: %a, not %a", n, (int)(i % 4), norm, lfap_norm2(n, x));
    cr_assert_eq(oracle_arith_end(&ctx, &A, LFAP_OK), LFAP_OK);
  }
}
