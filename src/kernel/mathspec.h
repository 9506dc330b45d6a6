/* mathspec.h - fma, sqrt and fabs: <math.h> for the compiler, for the prover the contracts it lacks. These contracts
 * are assumptions about IEEE operations, not proved: they are listed as trusted in spec/soundness.md. */
#ifndef LFAP_KERNEL_MATHSPEC_H
#define LFAP_KERNEL_MATHSPEC_H

#include "arithmetic.h"
#ifndef __FRAMAC__
#include <math.h>

#include "fused.h"
/* Where the target has no instruction for it, fma is lfap_fma. GCC still knows it by its name, so a clone that has the
   instruction takes that. */
#if !LFAP_FMA_CALLED || defined(LFAP_FMA_ITSELF)
#elif LFAP_FMA_IN_PAIRS
extern double fma(double x, double y, double z) __asm__("lfap_fma") __attribute__((simd("notinbranch")));
#else
#define fma lfap_fma
#endif
#elif defined(LFAP_TIER_REAL)
/* doubles read as reals: the exact operations */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from x, y, z;
  @ ensures exact: \result == x*y + z; */
extern double fma(double x, double y, double z);
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from x;
  @ ensures root: x >= 0.0 ==> \result >= 0.0 && \result*\result == x; */
extern double sqrt(double x);
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from x;
  @ ensures exact: \result == (x < 0.0 ? -x : x); */
extern double fabs(double x);
#elif defined(LFAP_TIER_VALUE)
/* IEEE doubles: what rounding to nearest leaves of the above */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from x, y, z;
  @ ensures nan: \is_NaN(x) || \is_NaN(y) || \is_NaN(z) ==> \is_NaN(\result);
  @ ensures rounded: \is_finite(x) && \is_finite(y) && \is_finite(z) && \is_finite(\result)
  @   ==> \eq_double(\result, (double)(x*y + z)); */
extern double fma(double x, double y, double z);
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from x;
  @ ensures nan: \is_NaN(x) ==> \is_NaN(\result);
  @ ensures range: \is_finite(x) && \le_double((double)0.0, x)
  @   ==> \is_finite(\result) && \le_double((double)0.0, \result); */
extern double sqrt(double x);
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from x;
  @ ensures nan: \is_NaN(x) ==> \is_NaN(\result);
  @ ensures finite: \is_finite(x) ==> \is_finite(\result);
  @ ensures sign: !\is_NaN(x) ==> \le_double((double)0.0, \result);
  @ ensures plus: \le_double((double)0.0, x) ==> \eq_double(\result, x);
  @ ensures minus: \le_double(x, (double)0.0) ==> \eq_double(\result, (double)(-x)); */
extern double fabs(double x);
#else
/* safety: no statement about values */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from x, y, z; */
extern double fma(double x, double y, double z);
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from x; */
extern double sqrt(double x);
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from x; */
extern double fabs(double x);
#endif

#endif
