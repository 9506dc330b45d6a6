/* Broken: the only function is hidden from the prover, so there is no goal that could fail.
 * expect: mf_bytes is hidden from Frama-C */
#include <stddef.h>

size_t mf_bytes(size_t n);
#ifndef __FRAMAC__
size_t mf_bytes(size_t n) { return 8 * n; }
#endif
