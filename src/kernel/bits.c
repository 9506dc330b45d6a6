/* bits.c - memcpy between a double and its bit pattern; hidden from the prover, which has no model of it. */
#include "bits.h"

#ifndef __FRAMAC__
#include <string.h>

_Static_assert(sizeof(double) == 8 && sizeof(uint64_t) == 8, "binary64 is 8 bytes");

uint64_t lfap_bits_of(double x) {
  uint64_t b;
  memcpy(&b, &x, sizeof b);
  return b;
}

double lfap_bits_to(uint64_t b) {
  double x;
  memcpy(&x, &b, sizeof x);
  return x;
}
#endif
