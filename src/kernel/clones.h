/* clones.h - function multiversioning of hot kernels: same source, same bits, wider registers (spec/numerics.md).
 * LFAP_CLONES goes before a function definition; helpers it calls are LFAP_INLINE so that every clone gets its own
 * copy. One clone is chosen while the program is loaded, by the C library (ifunc): glibc does, musl does not, and
 * sanitizers are not ready yet when glibc does. Everywhere else, and with -DLFAP_NO_CLONES, the portable version is
 * built alone. */
#ifndef LFAP_KERNEL_CLONES_H
#define LFAP_KERNEL_CLONES_H

#include "arithmetic.h" /* whose <limits.h> defines __GLIBC__ */

#if !defined(__FRAMAC__) && !defined(LFAP_NO_CLONES) && defined(__x86_64__) && defined(__GNUC__) && __GNUC__ >= 12 && \
    !defined(__clang__) && defined(__GLIBC__) && !defined(__UCLIBC__) && !defined(__SANITIZE_ADDRESS__) &&            \
    !defined(__SANITIZE_THREAD__)
#define LFAP_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define LFAP_CHOOSES 1 /* at run time, by the processor */
#else
#define LFAP_CLONES
#define LFAP_CHOOSES 0
#endif

#if defined(__FRAMAC__) || !defined(__GNUC__)
#define LFAP_INLINE static inline
#else
#define LFAP_INLINE static inline __attribute__((always_inline))
#endif

/* After an array: on a cache line of its own. */
#if defined(__FRAMAC__) || !defined(__GNUC__)
#define LFAP_ALIGNED
#else
#define LFAP_ALIGNED __attribute__((aligned(64)))
#endif

/* Asks for the n doubles from p on, which are read soon. */
#if defined(__FRAMAC__) || !defined(__GNUC__)
#define LFAP_PREFETCH(p, n) ((void)0)
#else
#define LFAP_PREFETCH(p, n)                                                                    \
  do {                                                                                         \
    for (size_t ahead_ = 0; ahead_ < (n); ahead_ += 8) __builtin_prefetch((p) + ahead_, 0, 2); \
  } while (0)
#endif

/* 1 on a processor with 32 registers of eight doubles: a tile of dots is then done at once. Either choice has the same
   bits. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures answer: \result == 0 || \result == 1; */
LFAP_INLINE int lfap_wide_registers(void) {
#if defined(__AVX512F__)
  return 1;
#elif LFAP_CHOOSES
  return __builtin_cpu_supports("avx512f") != 0;
#else
  return 0;
#endif
}

#endif
