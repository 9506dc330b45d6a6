/* random.h - Philox4x64-10 and what is drawn from it, bit-identical to NumPy's Generator(Philox(key=S)) (N10). */
#ifndef LFAP_KERNEL_RANDOM_H
#define LFAP_KERNEL_RANDOM_H
#include <stddef.h>
#include <stdint.h>

#include "arithmetic.h"

typedef struct {
  uint64_t key[2], counter[4], buffer[4];
  unsigned position; /* 0..4: next unused word of buffer */
} lfap_philox;

/*@ predicate lfap_philox_ready(lfap_philox *g) = \valid(g) && g->position <= 4;
  @ // word i of the counter after r more rounds, as the paper defines a round
  @ logic uint64_t lfap_mulhi(integer a, integer b) = (uint64_t)(a*b / 18446744073709551616);
  @ logic uint64_t lfap_mullo(integer a, integer b) = (uint64_t)(a*b);
  @ logic integer lfap_rounds(integer i, integer c0, integer c1, integer c2, integer c3, integer k0, integer k1,
  @                           integer r) =
  @   r <= 0 ? (i == 0 ? c0 : i == 1 ? c1 : i == 2 ? c2 : c3)
  @          : lfap_rounds(i, (uint64_t)((uint64_t)(lfap_mulhi(0xca5a826395121157, c2) ^ c1) ^ k0),
  @                        lfap_mullo(0xca5a826395121157, c2),
  @                        (uint64_t)((uint64_t)(lfap_mulhi(0xd2e7470ee14c6c93, c0) ^ c3) ^ k1),
  @                        lfap_mullo(0xd2e7470ee14c6c93, c0),
  @                        (uint64_t)(k0 + 0x9e3779b97f4a7c15), (uint64_t)(k1 + 0xbb67ae8584caa73b), r - 1);
  @ logic integer lfap_block{L}(lfap_philox *g, integer i) =
  @   lfap_rounds(i, g->counter[0], g->counter[1], g->counter[2], g->counter[3], g->key[0], g->key[1], 10);
  @ // the counter as one 256-bit number counts up by one
  @ predicate lfap_counted{A,B}(lfap_philox *g) =
  @   \at(g->counter[0],B) == (uint64_t)(\at(g->counter[0],A) + 1)
  @   && \at(g->counter[1],B) == (uint64_t)(\at(g->counter[1],A) + (\at(g->counter[0],B) == 0 ? 1 : 0))
  @   && \at(g->counter[2],B) == (uint64_t)(\at(g->counter[2],A)
  @        + (\at(g->counter[0],B) == 0 && \at(g->counter[1],B) == 0 ? 1 : 0))
  @   && \at(g->counter[3],B) == (uint64_t)(\at(g->counter[3],A)
  @        + (\at(g->counter[0],B) == 0 && \at(g->counter[1],B) == 0 && \at(g->counter[2],B) == 0 ? 1 : 0)); */

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
  @ ensures result: \result == g->buffer[g->position - 1];
  @ ensures fresh: \old(g->position) == 4 ==> lfap_counted{Pre,Post}(g)
  @   && \forall integer i; 0 <= i < 4 ==> g->buffer[i] == lfap_block(g, i);
  @ ensures kept: \old(g->position) < 4
  @   ==> \forall integer i; 0 <= i < 4 ==> g->buffer[i] == \old(g->buffer[i])
  @       && g->counter[i] == \old(g->counter[i]); */
uint64_t lfap_philox_next(lfap_philox *g);

/* [0,1): (word >> 11) * 2^-53. */
/*@ requires ready: lfap_philox_ready(g);
  @ terminates \true;
  @ exits never: \false;
  @ assigns g->counter[0 .. 3], g->buffer[0 .. 3], g->position;
  @ ensures ready: lfap_philox_ready(g);
  @ ensures drawn: g->position >= 1;
  @ LFAP_REAL(ensures unit: 0.0 <= \result < 1.0;)
  @ LFAP_REAL(ensures word: \result*9007199254740992.0 == g->buffer[g->position - 1] / 2048;) */
double lfap_philox_double(lfap_philox *g);

/* Standard normal by the 256-layer ziggurat. */
/*@ requires ready: lfap_philox_ready(g);
  @ terminates \true;
  @ exits never: \false;
  @ assigns g->counter[0 .. 3], g->buffer[0 .. 3], g->position;
  @ ensures ready: lfap_philox_ready(g);
  @ ensures drawn: g->position >= 1; */
double lfap_philox_normal(lfap_philox *g);

/* x[i] = 2*double - 1, the uniform law on [-1,1); exact, since the double is a multiple of 2^-53. */
/*@ requires ready: lfap_philox_ready(g);
  @ requires valid: \valid(x + (0 .. n - 1));
  @ requires sep: \separated(x + (0 .. n - 1), g);
  @ terminates \true;
  @ exits never: \false;
  @ assigns x[0 .. n - 1], g->counter[0 .. 3], g->buffer[0 .. 3], g->position;
  @ ensures ready: lfap_philox_ready(g);
  @ LFAP_REAL(ensures range: \forall integer i; 0 <= i < n ==> -1.0 <= x[i] < 1.0;) */
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
  @ LFAP_REAL(ensures sign: \forall integer i; 0 <= i < n ==> y[i] == 1.0 || y[i] == -1.0;)
  @ LFAP_VALUE(ensures sign: \forall integer i; 0 <= i < n
  @     ==> \eq_double(y[i], (double)1.0) || \eq_double(y[i], (double)-1.0);) */
void lfap_fill_labels(double *y, lfap_philox *g, size_t n);
#endif
