/* bits.h - the bit pattern of a double and back: the one place that looks at bytes. Trusted, see spec/soundness.md. */
#ifndef LFAP_KERNEL_BITS_H
#define LFAP_KERNEL_BITS_H
#include <stdint.h>

/* The prover sees these contracts only. They say that nothing is written and that the call returns; what the bits mean
   (IEEE 754 binary64) is not axiomatised. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from x; */
uint64_t lfap_bits_of(double x);

/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from b; */
double lfap_bits_to(uint64_t b);
#endif
