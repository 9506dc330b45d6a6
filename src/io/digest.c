/* digest.c - the digest of checkpoints. Every step is one-to-one, in the digest so far and in the word. */
#include "io/digest.h"

#include <string.h>

static uint64_t mix(uint64_t h, uint64_t word) {
  h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
  return h ^ h >> 32;
}

uint64_t lfap_digest(uint64_t before, const void *bytes, size_t len) {
  const unsigned char *at = bytes;
  uint64_t h = before, word;
  size_t rest = len % sizeof word;
  for (size_t i = 0; i + sizeof word <= len; i += sizeof word) {
    memcpy(&word, at + i, sizeof word);
    h = mix(h, word);
  }
  word = 0;
  if (rest > 0) memcpy(&word, at + (len - rest), rest); /* of no bytes there may be no pointer */
  return mix(mix(h, word), len);
}
