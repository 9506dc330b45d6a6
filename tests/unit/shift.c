/* shift.c - a Gram matrix moved along one direction (N12): the operations one by one, symmetry to the bit, and the Gram matrix
 * of the moved points themselves, exact on integers and to rounding elsewhere. */
#include "kernel/shift.h"

#include <criterion/criterion.h>

#include "draws.h"

enum { N = 23, D = 11 };

static double x[N * D], eta[D], t[N], p[N], G[N * N], before[N * N];

/* Points, a direction, steps along it; integers where `whole`. */
static void points(int whole) {
  for (size_t k = 0; k < N * D; k++) x[k] = whole ? (double)(next() % 41) - 20 : draw(0);
  for (size_t k = 0; k < D; k++) eta[k] = whole ? (double)(next() % 9) - 4 : draw(0);
  for (size_t n = 0; n < N; n++) t[n] = whole ? (double)(next() % 5) - 2 : draw(0);
  for (size_t n = 0; n < N; n++) p[n] = naive_dot(D, x + n * D, eta);
  for (size_t n = 0; n < N; n++)
    for (size_t k = 0; k < N; k++) G[n * N + k] = naive_dot(D, x + n * D, x + k * D);
  memcpy(before, G, sizeof G);
}

static long double moved(size_t n, size_t k) {
  long double s = 0;
  for (size_t i = 0; i < D; i++)
    s += ((long double)x[n * D + i] + (long double)t[n] * eta[i]) * ((long double)x[k * D + i] + (long double)t[k] * eta[i]);
  return s;
}

Test(shift, is_the_gram_matrix_of_the_moved_points) {
  for (int round = 0; round < 200; round++) {
    int whole = round % 2;
    points(whole);
    double eta2 = naive_dot(D, eta, eta);
    for (size_t n = 0; n < N; n++) lfap_shift_row(G + n * N, t, p, t[n], p[n], eta2, N);
    for (size_t n = 0; n < N; n++)
      for (size_t k = 0; k < N; k++) {
        long double off = fabsl(G[n * N + k] - moved(n, k));
        cr_assert(whole ? off == 0 : off <= 4 * D * 0x1p-53L * 4 * D, "round %d, entry %zu,%zu: %Lg off", round, n, k, off);
      }
  }
}

Test(shift, bits_follow_the_numerics) {
  for (int law = 0; law < 4; law++)
    for (size_t n = 0; n <= N; n++) {
      double g[N + 1], was[N];
      for (size_t k = 0; k < N; k++) g[k] = was[k] = draw(law), t[k] = draw(law), p[k] = draw(law);
      g[n] = 12345.678; /* behind the row */
      double ti = draw(law), pi = draw(law), eta2 = fabs(draw(law));
      lfap_shift_row(g, t, p, ti, pi, eta2, n);
      for (size_t k = 0; k < n; k++) {
        volatile double a = t[k] * pi, b = ti * p[k], both = a + b, tt = ti * t[k], c = tt * eta2, rise = both + c;
        cr_assert(same_bits(g[k], was[k] + rise), "law %d, entry %zu of %zu", law, k, n);
      }
      cr_assert_eq(g[n], 12345.678, "written behind %zu entries", n);
    }
}

Test(shift, is_symmetric_to_the_bit) {
  for (int round = 0; round < 200; round++) {
    points(0);
    double eta2 = naive_dot(D, eta, eta);
    for (size_t n = 0; n < N; n++) lfap_shift_row(G + n * N, t, p, t[n], p[n], eta2, N);
    for (size_t n = 0; n < N; n++)
      for (size_t k = 0; k < n; k++) cr_assert(same_bits(G[n * N + k], G[k * N + n]), "entry %zu,%zu", n, k);
  }
}

Test(shift, nothing_moves_by_nothing) {
  points(0);
  for (size_t n = 0; n < N; n++) {
    lfap_shift_row(G + n * N, t, p, t[n], p[n], 0.0, 0);
    cr_assert(memcmp(G, before, sizeof G) == 0, "no entries, and one is written");
  }
  memset(t, 0, sizeof t);
  for (size_t n = 0; n < N; n++) lfap_shift_row(G + n * N, t, p, 0.0, p[n], 7.0, N);
  cr_assert(memcmp(G, before, sizeof G) == 0, "steps of 0");
}
