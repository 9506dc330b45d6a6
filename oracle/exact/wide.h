/* wide.h - integers of 128 bits that products of 64 are added to: the compiler's, or two words where it has none (most
 * machines of 32 bits, and -DORACLE_TWO_WORDS). Sums stay below 2^127 in magnitude; who adds sees to that. */
#ifndef ORACLE_EXACT_WIDE_H
#define ORACLE_EXACT_WIDE_H
#include <stdint.h>

#if defined(__SIZEOF_INT128__) && !defined(ORACLE_TWO_WORDS)
__extension__ typedef __int128 wide;

static inline void wide_add(wide *s, int64_t v) { *s += v; }
static inline void wide_add_product(wide *s, int64_t a, int64_t b) { *s += (wide)a * b; }
/* |s| as two words, the low one first; returns whether s is negative. */
static inline int wide_size(const wide *s, uint64_t word[2]) {
  __extension__ typedef unsigned __int128 uwide;
  uwide a = *s < 0 ? -(uwide)*s : (uwide)*s;
  word[0] = (uint64_t)a, word[1] = (uint64_t)(a >> 64);
  return *s < 0;
}
#else
typedef struct {
  uint64_t low, high; /* two's complement */
} wide;

static inline void wide_add_words(wide *s, uint64_t low, uint64_t high) {
  s->low += low;
  s->high += high + (s->low < low);
}
static inline void wide_add(wide *s, int64_t v) { wide_add_words(s, (uint64_t)v, v < 0 ? UINT64_MAX : 0); }
static inline void wide_add_product(wide *s, int64_t a, int64_t b) {
  const uint64_t x = a < 0 ? -(uint64_t)a : (uint64_t)a, y = b < 0 ? -(uint64_t)b : (uint64_t)b;
  const uint64_t x0 = x & UINT32_MAX, x1 = x >> 32, y0 = y & UINT32_MAX, y1 = y >> 32;
  const uint64_t middle = x1 * y0 + (x0 * y0 >> 32), other = x0 * y1 + (middle & UINT32_MAX);
  const uint64_t low = x * y, high = x1 * y1 + (middle >> 32) + (other >> 32);
  if ((a < 0) == (b < 0)) wide_add_words(s, low, high);
  else wide_add_words(s, -low, ~high + (low == 0));
}
static inline int wide_size(const wide *s, uint64_t word[2]) {
  const int negative = (int)(s->high >> 63);
  word[0] = negative ? -s->low : s->low;
  word[1] = negative ? ~s->high + (s->low == 0) : s->high;
  return negative;
}
#endif
#endif
