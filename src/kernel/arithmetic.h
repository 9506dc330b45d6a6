/* arithmetic.h - what the arithmetic must be for results to be bits (spec/numerics.md, "What is supposed"), checked while compiling.
 * Every file that computes includes this, most of them through a kernel's header. What a compiler does not tell, and what a caller can
 * change later (rounding, subnormals), is checked while running, by lfap_arith_check (src/io/arith.c). Nothing here is code. */
#ifndef LFAP_KERNEL_ARITHMETIC_H
#define LFAP_KERNEL_ARITHMETIC_H

#ifdef __FRAMAC__
#include "memory.acsl"
#include "tiers.acsl" /* what every contract may use */
#else
#include <float.h>
#include <limits.h>
#include <stdint.h>

/* 0: each type as itself; 1: float as double, which leaves doubles as they are (s390x) */
#if FLT_EVAL_METHOD != 0 && FLT_EVAL_METHOD != 1
#error "lfap: doubles are computed with more digits than they have (FLT_EVAL_METHOD is not 0 or 1), so results would have other \
bits; compile with -msse2 -mfpmath=sse on i386, without -mfpmath=387 elsewhere"
#endif

#if defined(__FAST_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__) || defined(__ASSOCIATIVE_MATH__) || \
    defined(__RECIPROCAL_MATH__) || defined(__NO_SIGNED_ZEROS__)
#error "lfap: the compiler may change the order of operations or forget NaN, infinity and signed zeros, so results would have other \
bits; compile without -ffast-math, -Ofast, -funsafe-math-optimizations, -ffinite-math-only and the like"
#elif defined(__GCC_IEC_559) && __GCC_IEC_559 < 1
/* GCC's own word for options that break IEEE arithmetic: in standard C fused operations are one of them */
#error "lfap: the compiler may fuse products and sums or shorten constants, so results would have other bits; compile with \
-ffp-contract=off and without -fsingle-precision-constant"
#endif

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__) && !defined(__STRICT_ANSI__)
/* GNU C fuses unless told otherwise, and no macro says whether it was told */
#error "lfap: in GNU C the compiler fuses products and sums, so results would have other bits; compile with -std=c11 -ffp-contract=off"
#endif

_Static_assert(FLT_RADIX == 2 && DBL_MANT_DIG == 53 && DBL_MAX_EXP == 1024 && DBL_MIN_EXP == -1021,
               "lfap: double has to be IEEE 754 binary64");
_Static_assert(FLT_MANT_DIG == 24 && FLT_MAX_EXP == 128 && FLT_MIN_EXP == -125, "lfap: float has to be IEEE 754 binary32");
#ifdef DBL_HAS_SUBNORM
_Static_assert(DBL_HAS_SUBNORM == 1, "lfap: double has to have subnormal numbers");
#endif
_Static_assert(CHAR_BIT == 8 && sizeof(double) == sizeof(uint64_t) && sizeof(float) == sizeof(uint32_t),
               "lfap: a double has to be 8 bytes of 8 bits");
_Static_assert(SIZE_MAX >= UINT32_MAX && SIZE_MAX <= UINT64_MAX && INT_MAX >= INT32_MAX && ~0 == -1,
               "lfap: sizes have to be 32 to 64 bits wide, integers 32 or more, in two's complement");
#endif

#endif
