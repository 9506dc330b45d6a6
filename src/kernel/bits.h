/* bits.h - the bit pattern of a double and back: the one place that looks at bytes. Trusted, see spec/soundness.md. */
#ifndef LFAP_KERNEL_BITS_H
#define LFAP_KERNEL_BITS_H
#include <stdint.h>

uint64_t lfap_bits_of(double x);
double lfap_bits_to(uint64_t b);
#endif
