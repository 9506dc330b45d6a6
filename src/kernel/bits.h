/* bits.h - the bit pattern of a double and back: the one place that looks at bytes. Trusted, see spec/soundness.md. */
#ifndef LFAP_KERNEL_BITS_H
#define LFAP_KERNEL_BITS_H
#include <stdint.h>

#include "arithmetic.h"

/* The prover sees these contracts only. They say that nothing is written, that the call returns, in the real tier that
   the result depends on the argument alone, and in the value tier which patterns are the infinities and a NaN. */
#ifdef LFAP_TIER_REAL
/*@ axiomatic LfapPatterns {
  @   logic integer lfap_pattern_of(real x) reads \nothing;
  @   logic real lfap_pattern_to(integer b) reads \nothing; } */
#endif
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from x;
  @ LFAP_REAL(ensures pattern: \result == lfap_pattern_of(x);) */
uint64_t lfap_bits_of(double x);

/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from b;
  @ LFAP_REAL(ensures pattern: \result == lfap_pattern_to(b);)
  @ LFAP_VALUE(ensures plus_infinity: b == 0x7ff0000000000000 ==> \is_plus_infinity(\result);)
  @ LFAP_VALUE(ensures minus_infinity: b == 0xfff0000000000000 ==> \is_minus_infinity(\result);)
  @ LFAP_VALUE(ensures nan: b == 0x7ff8000000000000 ==> \is_NaN(\result);) */
double lfap_bits_to(uint64_t b);

/* The same without a call, for what is done to every entry. */
#ifdef __FRAMAC__
#define LFAP_BITS_OF(x) lfap_bits_of(x)
#define LFAP_BITS_TO(b) lfap_bits_to(b)
#else
typedef union {
  double of;
  uint64_t bits;
} lfap_pattern;
#define LFAP_BITS_OF(x) (((lfap_pattern){.of = (x)}).bits)
#define LFAP_BITS_TO(b) (((lfap_pattern){.bits = (b)}).of)
#endif
#endif
