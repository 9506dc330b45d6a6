/* random.h - Philox4x64-10 and what is drawn from it, bit-identical to NumPy's Generator(Philox(key=S)) (N10). */
#ifndef LFAP_KERNEL_RANDOM_H
#define LFAP_KERNEL_RANDOM_H
#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint64_t key[2], counter[4], buffer[4];
  unsigned position; /* 0..4: next unused word of buffer */
} lfap_philox;

/*@ predicate lfap_philox_ready(lfap_philox *g) = \valid(g) && g->position <= 4; */

/* Key (seed, 0), counter 0; the first block drawn has counter 1. */
/*@ requires valid: \valid(g);
  @ terminates \true;
  @ exits never: \false;
  @ assigns *g;
  @ ensures ready: lfap_philox_ready(g);
  @ ensures key: g->key[0] == seed && g->key[1] == 0;
  @ ensures counter: \forall integer i; 0 <= i < 4 ==> g->counter[i] == 0;
  @ ensures empty: g->position == 4; */
void lfap_philox_seed(lfap_philox *g, uint64_t seed);

/*@ requires ready: lfap_philox_ready(g);
  @ terminates \true;
  @ exits never: \false;
  @ assigns g->counter[0 .. 3], g->buffer[0 .. 3], g->position;
  @ ensures ready: lfap_philox_ready(g);
  @ ensures used: g->position == (\old(g->position) == 4 ? 1 : \old(g->position) + 1);
  @ ensures result: \result == g->buffer[g->position - 1]; */
uint64_t lfap_philox_next(lfap_philox *g);

/* [0,1): (word >> 11) * 2^-53. */
/*@ requires ready: lfap_philox_ready(g);
  @ terminates \true;
  @ exits never: \false;
  @ assigns g->counter[0 .. 3], g->buffer[0 .. 3], g->position;
  @ ensures ready: lfap_philox_ready(g);
#ifdef LFAP_TIER_REAL
  @ ensures unit: 0.0 <= \result < 1.0;
#endif
  @*/
double lfap_philox_double(lfap_philox *g);

/* Standard normal by the 256-layer ziggurat. */
/*@ requires ready: lfap_philox_ready(g);
  @ terminates \true;
  @ exits never: \false;
  @ assigns g->counter[0 .. 3], g->buffer[0 .. 3], g->position;
  @ ensures ready: lfap_philox_ready(g); */
double lfap_philox_normal(lfap_philox *g);

/* x[i] = 2*double - 1, the uniform law on [-1,1); exact, since the double is a multiple of 2^-53. */
/*@ requires ready: lfap_philox_ready(g);
  @ requires valid: \valid(x + (0 .. n - 1));
  @ requires sep: \separated(x + (0 .. n - 1), g);
  @ terminates \true;
  @ exits never: \false;
  @ assigns x[0 .. n - 1], g->counter[0 .. 3], g->buffer[0 .. 3], g->position;
  @ ensures ready: lfap_philox_ready(g);
#ifdef LFAP_TIER_REAL
  @ ensures range: \forall integer i; 0 <= i < n ==> -1.0 <= x[i] < 1.0;
#endif
  @*/
void lfap_fill_uniform(double *x, lfap_philox *g, size_t n);

/*@ requires ready: lfap_philox_ready(g);
  @ requires valid: \valid(x + (0 .. n - 1));
  @ requires sep: \separated(x + (0 .. n - 1), g);
  @ terminates \true;
  @ exits never: \false;
  @ assigns x[0 .. n - 1], g->counter[0 .. 3], g->buffer[0 .. 3], g->position;
  @ ensures ready: lfap_philox_ready(g); */
void lfap_fill_normal(double *x, lfap_philox *g, size_t n);

/* y[i] = +1 where the next double is >= 0.5, else -1. */
/*@ requires ready: lfap_philox_ready(g);
  @ requires valid: \valid(y + (0 .. n - 1));
  @ requires sep: \separated(y + (0 .. n - 1), g);
  @ terminates \true;
  @ exits never: \false;
  @ assigns y[0 .. n - 1], g->counter[0 .. 3], g->buffer[0 .. 3], g->position;
  @ ensures ready: lfap_philox_ready(g);
#ifdef LFAP_TIER_REAL
  @ ensures sign: \forall integer i; 0 <= i < n ==> y[i] == 1.0 || y[i] == -1.0;
#endif
  @*/
void lfap_fill_labels(double *y, lfap_philox *g, size_t n);
#endif
