/* random.h - Philox4x64-10 and what is drawn from it, bit-identical to NumPy's Generator(Philox(key=S)) (N10). */
#ifndef LFAP_KERNEL_RANDOM_H
#define LFAP_KERNEL_RANDOM_H
#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint64_t key[2], counter[4], buffer[4];
  unsigned position; /* 0..4: next unused word of buffer */
} lfap_philox;

/* Key (seed, 0), counter 0; the first block drawn has counter 1. */
void lfap_philox_seed(lfap_philox *g, uint64_t seed);
uint64_t lfap_philox_next(lfap_philox *g);
/* [0,1): (word >> 11) * 2^-53. */
double lfap_philox_double(lfap_philox *g);
/* Standard normal by the 256-layer ziggurat. */
double lfap_philox_normal(lfap_philox *g);
/* x[i] = fma-free lo + width*double in the form 2*u - 1 for the uniform law on [-1,1). */
void lfap_fill_uniform(double *x, lfap_philox *g, size_t n);
void lfap_fill_normal(double *x, lfap_philox *g, size_t n);
/* y[i] = +1 where the next double is >= 0.5, else -1. */
void lfap_fill_labels(double *y, lfap_philox *g, size_t n);
#endif
