/* precision.c - a dtype says how numbers are stored, not how they were made: float32 saved as <f8 stays float32.
 *
 * Numbers of at most p bits tell a precision p only where p is what limits them. Numbers on one grid (integers, pixels,
 * 0/1: all multiples of one power of two, below it times 2^p) fit for another reason and are exact. Rounded numbers lie
 * on finer grids the smaller they are: on the finest of these grids the larger ones would need more than p bits, and
 * that they do with p is the evidence. */
#include "io/precision.h"

#include <stdint.h>

#include "kernel/bits.h"

/* An entry is odd * 2^low with `bits` bits in odd, and has a bit at `high`. */
typedef struct {
  int bits, low, high;
} extent;

enum { SEEN = 3 }; /* bits of evidence that are enough, and so the distinct entries that can matter */

/* Place of the only bit, or the highest, of a whole number below 2^53. */
static int place(uint64_t u) { return (int)(lfap_bits_of((double)u) >> 52) - 1023; }

/* v finite and not 0. */
static extent extent_of(double v) {
  uint64_t b = lfap_bits_of(v), m = b & 0xfffffffffffffu;
  int exponent = (int)(b >> 52 & 0x7ffu);
  if (exponent != 0) m |= UINT64_C(1) << 52;
  else exponent = 1; /* subnormal */
  int low = place(m & (~m + 1)), high = place(m);
  return (extent){.bits = high - low + 1, .low = low + exponent - 1075, .high = high + exponent - 1075};
}

/* Bits that distinct entries would have beyond p on the grid of 2^low; entries round by nature (up to `few` bits) tell
   nothing. */
static int evidence(const double *v, size_t n, int p, int few, int low) {
  double seen[SEEN];
  int bits = 0, k = 0;
  for (size_t i = 0; i < n && bits < SEEN; i++) {
    if (v[i] == 0.0) continue;
    extent e = extent_of(v[i]);
    int beyond = e.high - low + 1 - p, old = 0;
    if (beyond <= 0 || e.bits <= few) continue;
    for (int s = 0; s < k; s++) old |= seen[s] == v[i] || seen[s] == -v[i];
    if (old) continue;
    seen[k++] = v[i];
    bits += beyond;
  }
  return bits;
}

double lfap_unit_of_entries(const double *v, size_t n) {
  static const struct {
    int p, few, pixel; /* bits; of entries that tell nothing; of fractions that pixels have (8, 10, 12, 16 bits) */
    double unit;
  } known[] = {{8, 4, 8, 0x1p-8}, {11, 8, 10, 0x1p-11}, {24, 11, 17, 0x1p-24}};
  extent all = {.bits = 0, .low = 2000};
  size_t k = 0;
  for (size_t i = 0; i < n; i++) {
    if (v[i] == 0.0) continue;
    extent e = extent_of(v[i]);
    if (e.bits > 24) return 0x1p-53;
    if (e.bits > all.bits) all.bits = e.bits;
    if (e.low < all.low) all.low = e.low;
  }
  while (all.bits > known[k].p) k++;
  /* On one grid all the same: what a generator draws, and what lies between two powers of two. */
  int fine = all.bits > known[k].pixel && all.low < 0;
  return fine || evidence(v, n, known[k].p, known[k].few, all.low) >= SEEN ? known[k].unit : 0x1p-53;
}

double lfap_unit_of(int *read, double own, const double *v, size_t n) {
  double shown = own > 0.0 ? lfap_unit_of_entries(v, n) : 0.0;
  *read = shown > own;
  return *read ? shown : own;
}
