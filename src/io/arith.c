/* arith.c - the arithmetic at hand, tried out: is it the one spec/numerics.md speaks of?
 *
 * kernel/arithmetic.h refuses what a compiler tells of itself. Left are what it does not tell (clang's
 * -ffp-contract=fast, single options of -ffast-math) and what any caller may have changed since: the direction of
 * rounding, subnormal numbers (a program linked with -ffast-math turns them off before main). Threads of the library
 * start with their caller's settings, so its own thread tells for all. Operands are volatile, so that no compiler
 * does the sums beforehand; none of them is invalid, where a caller may have set a trap. */
#include <fenv.h>
#include <math.h>
#include <stddef.h>

#include "kernel/arithmetic.h"
#include "kernel/bits.h"
#include "kernel/clones.h"
#include "lfap.h"

/* What keeps the processor from rounding to nearest even with subnormal numbers, and how to change that; or NULL. */
static const char *processor(void) {
  volatile double one = 1.0, less = 0x1p-54, tie = 0x1p-53, more = 0x1.001p-53, odd = 0x1.0000000000001p0,
                  normal = 0x1p-1022;
  if (one + more != odd || one + tie != 1.0 || odd + tie != 0x1.0000000000002p0 || one - less != 1.0 ||
      -one - less != -1.0 || fegetround() != FE_TONEAREST)
    return "the processor is set to another rounding than to nearest, and results would have other bits; call "
           "fesetround(FE_TONEAREST) first";
  if (normal * 0.5 == 0.0)
    return "the processor takes subnormal numbers for zero, and results would have other bits; clear flush-to-zero and "
           "denormals-are-zero first (fesetenv(FE_DFL_ENV)), and link without -ffast-math";
  return NULL;
}

/* An option of the compiler that changes results without a word; or NULL. In all clones, as the kernels are: one may
   fuse alone. */
LFAP_CLONES static const char *compiler(void) {
  volatile double big = 0x1p53, one = 1.0, near = 0x1.00000004p0, three = 3.0, quiet = NAN, minus = -0.0;
  double x = near, square = 0x1.00000008p0, large = big, nan = quiet, zero = minus;
  if (x * x - square != 0.0) return "it fuses products and sums; compile with -ffp-contract=off";
  if ((large + one) - large != 0.0 || three / 10.0 != 0x1.3333333333333p-2 || nan == nan ||
      lfap_bits_of(zero + 0.0) != 0)
    return "it changes the order of operations, or forgets NaN or signed zeros; compile without any option of "
           "-ffast-math";
  return NULL;
}

lfap_status lfap_arith_check(lfap_ctx *ctx, const char *what) {
  const char *why = processor();
  if (why) return lfap_fail(ctx, LFAP_ERR_USAGE, "%s: %s", what, why);
  why = compiler(); /* which can be told from the processor only now */
  if (why)
    return lfap_fail(ctx, LFAP_ERR_INTERNAL, "%s: the compiler of this library changed its arithmetic: %s", what, why);
  return LFAP_OK;
}
