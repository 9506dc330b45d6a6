/* mutate.h - deterministic damage to bytes, for the fuzzers and the unit tests, and memory that ends at a wall. */
#ifndef LFAP_TESTS_MUTATE_H
#define LFAP_TESTS_MUTATE_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* splitmix64 */
static inline uint64_t mutate_next(uint64_t *state) {
  uint64_t z = (*state += 0x9e3779b97f4a7c15u);
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}
static inline size_t mutate_below(uint64_t *state, size_t n) { return n == 0 ? 0 : (size_t)(mutate_next(state) % n); }

/* One to six edits in place; bytes come from `tokens` (a string of the format's own symbols) or are arbitrary.
   Returns the new length, at most cap. */
static inline size_t mutate(uint8_t *b, size_t len, size_t cap, const char *tokens, uint64_t *state) {
  for (size_t edits = 1 + mutate_below(state, 6); edits > 0; edits--) {
    size_t at = mutate_below(state, len), n = 1 + mutate_below(state, 4);
    uint8_t c = mutate_next(state) % 3 == 0 ? (uint8_t)mutate_next(state)
                                            : (uint8_t)tokens[mutate_below(state, strlen(tokens))];
    switch (mutate_below(state, 6)) {
    case 0:
      if (len > 0) b[at] = c;
      break;
    case 1:
      if (len > 0) b[at] ^= (uint8_t)(1u << mutate_below(state, 8));
      break;
    case 2: /* insert */
      if (len < cap) memmove(b + at + 1, b + at, len - at), b[at] = c, len++;
      break;
    case 3: /* delete */
      if (len >= at + n) memmove(b + at, b + at + n, len - at - n), len -= n;
      break;
    case 4: /* copy a piece elsewhere */
      if (n <= len) memmove(b + mutate_below(state, len - n + 1), b + mutate_below(state, len - n + 1), n);
      break;
    default:
      if (mutate_below(state, 4) == 0) len = mutate_below(state, len + 1);
      break; /* cut */
    }
  }
  return len;
}
#endif
