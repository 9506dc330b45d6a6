/* gen.h - what fits an exactly orthogonal set (gen.c). */
#ifndef LFAP_DATA_GEN_H
#define LFAP_DATA_GEN_H
#include <stddef.h>

/* Order of the Hadamard matrix behind n orthogonal samples in d dimensions: the smallest power of two >= n, 0 where
   it exceeds d. */
size_t lfap_hadamard_order(size_t n, size_t d);
#endif
