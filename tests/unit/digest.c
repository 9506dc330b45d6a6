/* The digest of checkpoints (src/io/digest.c), read off its definition: words of eight bytes, the rest filled with zeros, then the length. */
#include "io/digest.h"

#include <criterion/criterion.h>
#include <string.h>

#include "draws.h"

static uint64_t by_hand(const unsigned char *b, size_t len) {
  uint64_t h = LFAP_DIGEST_START;
  for (size_t at = 0; at <= len; at += 8) { /* one word more where the last is whole */
    unsigned char piece[8] = {0};
    uint64_t word;
    memcpy(piece, b + at, len - at < 8 ? len - at : 8);
    memcpy(&word, piece, 8);
    h = (h ^ word) * 0x9e3779b97f4a7c15u;
    h ^= h >> 32;
  }
  h = (h ^ len) * 0x9e3779b97f4a7c15u;
  return h ^ h >> 32;
}

Test(digest, of_bytes) {
  unsigned char b[40];
  for (size_t i = 0; i < sizeof b; i++) b[i] = (unsigned char)next();
  for (size_t len = 0; len <= sizeof b - 8; len++) {
    uint64_t d = lfap_digest(LFAP_DIGEST_START, b, len);
    cr_assert_eq(d, by_hand(b, len), "%zu bytes", len);
    for (size_t bit = 0; bit < 8 * len; bit++) {
      b[bit / 8] ^= (unsigned char)(1u << bit % 8);
      cr_assert_neq(d, lfap_digest(LFAP_DIGEST_START, b, len), "%zu bytes, bit %zu", len, bit);
      b[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
  }
}

/* Nothing at all has no address: a text that was never written to. */
Test(digest, of_nothing) {
  cr_assert_eq(lfap_digest(LFAP_DIGEST_START, NULL, 0), lfap_digest(LFAP_DIGEST_START, "", 0));
}
