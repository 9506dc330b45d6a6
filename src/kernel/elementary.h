/* elementary.h - exp and log1p without libm, error <= 0.52 ulp (N3). */
#ifndef LFAP_KERNEL_ELEMENTARY_H
#define LFAP_KERNEL_ELEMENTARY_H

double lfap_exp(double x);
double lfap_log1p(double x);
/* log(x) for x >= 1: log1p(x - 1). */
double lfap_log_ge1(double x);
#endif
