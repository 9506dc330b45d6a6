/* fused.h - fma for compilations that have no instruction for it (N18): the same bits, by additions and products.
 * mathspec.h sends the fma of the kernels here where the target has none: the C library's takes some ten times as
 * long. What is compiled for a target with the instruction (two of the three clones on x86-64) never calls it. */
#ifndef LFAP_KERNEL_FUSED_H
#define LFAP_KERNEL_FUSED_H

#include "arithmetic.h"

#if !defined(__FP_FAST_FMA) && !defined(__FMA__) && !defined(__aarch64__) && !defined(__s390x__)
#define LFAP_FMA_CALLED 1 /* no instruction, as far as the preprocessor knows */
#else
#define LFAP_FMA_CALLED 0
#endif

/* GCC vectorizes a call of a function of which it is told that it has a version for two numbers in a register. */
#if defined(__SSE2__) && defined(__GNUC__) && __GNUC__ >= 6 && !defined(__clang__) && !defined(__FRAMAC__)
#define LFAP_FMA_IN_PAIRS 1
#else
#define LFAP_FMA_IN_PAIRS 0
#endif

/* fma(x, y, z): by the processor's instruction where there is one after all, else by lfap_fma_exact. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from x, y, z; */
double lfap_fma(double x, double y, double z);

/* fma(x, y, z) from sums and products; out of the range where these do not round unseen, the C library's. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from x, y, z; */
double lfap_fma_exact(double x, double y, double z);

#if LFAP_FMA_IN_PAIRS
/* lfap_fma of two at a time, under the name by which GCC calls it. */
typedef double lfap_two __attribute__((vector_size(16)));
lfap_two lfap_fma_two(lfap_two x, lfap_two y, lfap_two z) __asm__("_ZGVbN2vvv_lfap_fma");
lfap_two lfap_fma_two_exact(lfap_two x, lfap_two y, lfap_two z);
#endif

#endif
