/* elementary.h - exp and log1p without libm, error <= 0.52 ulp (N3). */
#ifndef LFAP_KERNEL_ELEMENTARY_H
#define LFAP_KERNEL_ELEMENTARY_H

/* exp(0) = 1; inf above 709.78, subnormals below -708.39, 0 below -745.13; NaN gives NaN. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from x; */
double lfap_exp(double x);

/* log1p(+-0) = +-0, log1p(-1) = -inf, NaN below -1. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from x; */
double lfap_log1p(double x);

/* log(x) for x >= 1: log1p(x - 1). */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from x; */
double lfap_log_ge1(double x);
#endif
