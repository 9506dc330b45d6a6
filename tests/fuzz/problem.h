/* problem.h - a small data set out of the bytes of an input. */
#ifndef LFAP_TESTS_FUZZ_PROBLEM_H
#define LFAP_TESTS_FUZZ_PROBLEM_H
#include <math.h>

#include "fuzz/target.h"

enum { MOST_N = 6, MOST_D = 8 };

/* By mode: integers; doubles of all 53 bits over 24 binades; integers with a little beside them, so that minors nearly vanish; rows of very
   different size. */
static double problem_entry(source *s, int mode) {
  double x = (double)(int8_t)next_byte(s);
  if (mode == 1) {
    uint64_t u = next_bytes(s, 7);
    return ldexp(x + (double)(u & ((UINT64_C(1) << 45) - 1)) * 0x1p-45, (int)(u >> 45 & 31) % 24 - 12);
  }
  if (mode == 2) return x + ldexp((double)(int8_t)next_byte(s), -40);
  return x;
}

/* Sizes, mode, slope, labels, entries; 1 where lfap_data_check takes it. The set is to be freed either way. */
static int problem_read(lfap_data *out, double *gamma, source *s) {
  static const double slope[] = {0.01, 1e-3, 0.5, 0.9, 0.1, 0.25, 0.75, 0.999, 1e-6};
  size_t n = 1 + next_byte(s) % MOST_N, d = 1 + next_byte(s) % MOST_D;
  int mode = next_byte(s) % 4;
  uint8_t g = next_byte(s), labels = next_byte(s);
  *gamma = g < 0x80 ? slope[g % (sizeof slope / sizeof *slope)] : (double)(1 + 256 * (g & 0x7f) + next_byte(s)) / 32769.0;
  if (lfap_data_alloc(NULL, out, n, d) != LFAP_OK) abort();
  for (size_t i = 0; i < n; i++) {
    int size = mode == 3 ? (int)(int8_t)next_byte(s) / 4 : 0;
    out->y[i] = labels >> i & 1 ? 1.0 : -1.0;
    for (size_t k = 0; k < d; k++) out->x[i * d + k] = ldexp(problem_entry(s, mode), size);
  }
  return lfap_data_check(NULL, out, "") == LFAP_OK;
}
#endif
