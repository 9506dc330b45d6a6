/* target.h - what every fuzz target has: one entry for an input, a count of inputs that got through, promises that abort. libFuzzer calls the
 * entries where clang is at hand (`make fuzz`); standalone.c does where it is not, for the inputs that are kept (tests/cross/fuzz_corpora.py). */
#ifndef LFAP_TESTS_FUZZ_TARGET_H
#define LFAP_TESTS_FUZZ_TARGET_H
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lfap.h"

extern unsigned long fuzz_accepted; /* inputs that were taken for what they should be; defined by the target */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void promise(int kept, const char *what) {
  if (kept) return;
  fprintf(stderr, "broken promise: %s\n", what);
  abort();
}

/* A reader takes its input, or says why not: bad data, or more than memory holds. Never a message without words. */
static inline int taken(lfap_status s, const lfap_ctx *ctx) {
  if (s != LFAP_OK && ctx->message[0] == '\0') promise(0, "a refusal has a message");
  if (s != LFAP_OK && s != LFAP_ERR_DATA && s != LFAP_ERR_MEMORY && s != LFAP_ERR_RANGE && s != LFAP_ERR_NOINPUT && s != LFAP_ERR_USAGE) {
    fprintf(stderr, "status %d: %s\n", (int)s, ctx->message);
    promise(0, "bad input is bad data, and nothing worse");
  }
  fuzz_accepted += s == LFAP_OK;
  return s == LFAP_OK;
}

/* Bytes of the input, one after the other; zeros behind its end. */
typedef struct {
  const uint8_t *at, *end;
} source;
static inline uint8_t next_byte(source *s) { return s->at < s->end ? *s->at++ : 0; }
static inline uint64_t next_bytes(source *s, int n) {
  uint64_t u = 0;
  for (int k = 0; k < n; k++) u |= (uint64_t)next_byte(s) << (8 * k);
  return u;
}
#endif
