/* elementary.h - exp and log1p without libm, error <= 0.52 ulp (N3). */
#ifndef LFAP_KERNEL_ELEMENTARY_H
#define LFAP_KERNEL_ELEMENTARY_H
#include "arithmetic.h"

#ifdef LFAP_TIER_REAL
#include "bits.h"
#include "elementary.acsl"
#endif

/* exp(0) = 1; inf above 709.78, subnormals below -708.39, 0 below -745.13; NaN gives NaN. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from x;
  @ LFAP_REAL(ensures value: \result == lfap_rexp(x);)
  @ LFAP_VALUE(ensures nan: \is_NaN(x) ==> \is_NaN(\result);)
  @ LFAP_VALUE(ensures top: \is_plus_infinity(x) ==> \is_plus_infinity(\result);)
  @ LFAP_VALUE(ensures bottom: \is_minus_infinity(x) ==> \eq_double(\result, (double)0.0);) */
double lfap_exp(double x);

/* log1p(+-0) = +-0, log1p(-1) = -inf, NaN below -1. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from x;
  @ LFAP_REAL(ensures value: \result == lfap_rlog1p(x);)
  @ LFAP_VALUE(ensures nan: \is_NaN(x) || \lt_double(x, (double)-1.0) ==> \is_NaN(\result);)
  @ LFAP_VALUE(ensures pole: \eq_double(x, (double)-1.0) ==> \is_minus_infinity(\result);)
  @ LFAP_VALUE(ensures zero: \eq_double(x, (double)0.0) ==> \eq_double(\result, x);)
  @ LFAP_VALUE(ensures top: \is_plus_infinity(x) ==> \is_plus_infinity(\result);) */
double lfap_log1p(double x);

/* log(x) for x >= 1: log1p(x - 1). */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from x;
  @ LFAP_REAL(ensures value: \result == lfap_rlog1p(x - 1.0);)
  @ LFAP_VALUE(ensures nan: \is_NaN(x) ==> \is_NaN(\result);) */
double lfap_log_ge1(double x);
#endif
