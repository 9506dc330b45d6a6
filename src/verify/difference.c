/* difference.c - how far two arrays are from each other, in doubles between them (`lfap compare`). */
#include "kernel/bits.h"
#include "kernel/perturb.h"
#include "verify/judge.h"

#include <math.h>

/* Doubles in their order as whole numbers: neighbours differ by 1, both zeros are 2^63. */
static uint64_t place(double x) {
  uint64_t b = lfap_bits_of(x), sign = (uint64_t)1 << 63;
  return b & sign ? sign - (b & ~sign) : sign + b;
}

uint64_t lfap_ulp_between(double a, double b) {
  uint64_t x = place(a), y = place(b);
  return x < y ? y - x : x - y;
}

double lfap_rounding(double unit, double v) { return fmax(unit * fabs(v), unit == 0x1p-11 ? 0x1p-25 : 0.0); }

double lfap_tolerance_of(double unit) {
  if (unit <= 0.0) return 0.0;
  return unit <= 0x1p-53 ? 0x1p-33 : unit <= 0x1p-24 ? 0x1p-14 : unit <= 0x1p-11 ? 0x1p-7 : 0x1p-4;
}

void lfap_difference_of(lfap_difference *out, lfap_rounded ra, lfap_rounded rb, const double *error, size_t n) {
  const double *a = ra.v, *b = rb.v;
  double allowed = 0.0, size = 0.0;
  lfap_difference d = {0};
  for (size_t i = 0; i < n; i++) size = fmax(size, fabs(b[i]));
  allowed = lfap_tolerance_of(fmax(ra.unit, rb.unit)) * size;
  for (size_t i = 0; i < n; i++) {
    double far = fabs(a[i] - b[i]);
    uint64_t ulp = lfap_ulp_between(a[i], b[i]);
    if (far > d.max_abs) {
      d.max_abs = far;
      d.abs_at = i;
    }
    if (ulp > d.max_ulp) {
      d.max_ulp = ulp;
      d.ulp_at = i;
    }
    d.differ += ulp != 0;
    d.over += ulp != 0 && !(far <= fmax(allowed, error ? error[i] : 0.0));
    d.beyond +=
        ulp != 0 && !(far <= lfap_rounding(ra.unit, a[i]) + lfap_rounding(rb.unit, b[i]) + (error ? error[i] : 0.0));
  }
  d.relative = d.max_abs > 0.0 ? d.max_abs / size : 0.0;
  *out = d;
}

double lfap_sign_agreement(const double *f, const double *g, size_t n) {
  size_t same = 0;
  for (size_t i = 0; i < n; i++) same += lfap_sgn(f[i]) == lfap_sgn(g[i]);
  return n ? (double)same / (double)n : NAN;
}
