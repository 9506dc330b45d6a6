/* draws.h - reproducible numbers for tests (xorshift of 64 bits), and N1's dot read off the page to hold kernels against. */
#ifndef LFAP_TESTS_DRAWS_H
#define LFAP_TESTS_DRAWS_H
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static uint64_t state = 88172645463325252u; /* a test may set it */

static inline uint64_t next(void) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return state;
}
/* [0, 1) */
static inline double unit(void) {
  return (double)(next() >> 11) * 0x1p-53;
}
/* [-1, 1) */
static inline double rnd(void) {
  return (double)(int64_t)next() * 0x1p-63;
}
/* By law: 0, [-1, 1) in steps of 2^-52; 1, forty binades; 2, around the square root of the smallest normal, so that products
   underflow, many to -0; 3, subnormals. */
static inline double draw(int law) {
  double u = (double)(next() >> 11) * 0x1p-52 - 1.0;
  if (law == 1) return ldexp(u, (int)(next() % 40) - 20);
  if (law == 2) return ldexp(u, -505 - (int)(next() % 60));
  if (law == 3) return ldexp(u, -1030 - (int)(next() % 44));
  return u;
}

static inline int same_bits(double a, double b) {
  return memcmp(&a, &b, sizeof a) == 0;
}

/* N1: index k goes to lane k mod 8, one term at a time; then the lanes are joined. */
static inline double join(const double *s) {
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}
static inline double naive_slice(size_t n, const double *x, const double *y) {
  double s[8] = {0};
  for (size_t k = 0; k < n; k++) s[k % 8] = fma(x[k], y[k], s[k % 8]);
  return join(s);
}
/* Slices of 512 columns, added in their order to the first. */
static inline double naive_dot(size_t n, const double *x, const double *y) {
  double total = naive_slice(n < 512 ? n : 512, x, y);
  for (size_t k = 512; k < n; k += 512) total += naive_slice(n - k < 512 ? n - k : 512, x + k, y + k);
  return total;
}
#endif
