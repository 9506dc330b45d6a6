/* filter.c - see filter.h for the error bound. */
#include "oracle/certify/filter.h"

#include <math.h>
#include <stdlib.h>

#include "kernel/clones.h"

#define SLACK (1.03 * 0x1p-53)
static const oracle_range ENTIRE = {-INFINITY, INFINITY};

/* num/den 2^e: both parts truncated to 53 bits, one division, one scaling. */
static double nearest(const mpz_t num, const mpz_t den, long e) {
  long en, ed;
  double n = mpz_get_d_2exp(&en, num), d = mpz_get_d_2exp(&ed, den), q = n / d;
  long total = e + en - ed;
  return total > 2000 ? q * INFINITY : total < -2000 ? 0.0 : ldexp(q, (int)total);
}

int oracle_filter_prepare(oracle_vector *w) {
  w->near = malloc(w->d * sizeof *w->near);
  for (size_t i = 0; w->near && i < w->d; i++) w->near[i] = mpz_sgn(w->num[i]) ? nearest(w->num[i], w->den, w->e) : 0.0;
  return w->near != NULL;
}

/* s - error, s + error, rounded outward. */
static oracle_range around(double s, double error) {
  if (!isfinite(s) || !isfinite(error)) return ENTIRE;
  return (oracle_range){nextafter(s - error, -INFINITY), nextafter(s + error, INFINITY)};
}

/* Sums of t = near_i z_i, of |t| and of |z_i|. */
LFAP_CLONES static void dot_sums(double sum[3], const double *near, const double *z, size_t d) {
  double s[8] = {0}, size[8] = {0}, zz[8] = {0};
  size_t i = 0;
  for (; i + 8 <= d; i += 8)
    for (size_t k = 0; k < 8; k++) {
      double t = near[i + k] * z[i + k];
      s[k] += t;
      size[k] += fabs(t);
      zz[k] += fabs(z[i + k]);
    }
  for (; i < d; i++) {
    double t = near[i] * z[i];
    s[0] += t;
    size[0] += fabs(t);
    zz[0] += fabs(z[i]);
  }
  const double *all[3] = {s, size, zz};
  for (size_t k = 0; k < 3; k++) {
    const double *v = all[k];
    sum[k] = ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
  }
}

/* <w, z> for every w within `ball` of near. */
static oracle_range dot_range(const double *near, const double *z, size_t d, double ball) {
  double sum[3];
  dot_sums(sum, near, z, d);
  double error = ((double)d + 8.0) * SLACK * sum[1] + ball * sum[2] + 2.0 * (double)d * 0x1p-1074 * (1.0 + sum[2]);
  return around(sum[0], error * (1.0 + 0x1p-40));
}

oracle_range oracle_filter_product(const oracle_vector *w, const double *z) {
  if (!w->near || !w->valid) return ENTIRE;
  double ball = w->exact ? 0.0 : w->radius > 1000 ? INFINITY : ldexp(1.03, w->radius < -1070 ? -1070 : (int)w->radius);
  return dot_range(w->near, z, w->d, ball);
}

oracle_range oracle_filter_dot(const double *x, const double *z, size_t d) { return dot_range(x, z, d, 0.0); }

oracle_range oracle_filter_signed_sum(const signed char *side, const double *z, size_t d) {
  double s = 0.0, size = 0.0;
  for (size_t i = 0; i < d; i++) {
    double t = (double)side[i] * z[i];
    s += t;
    size += fabs(t);
  }
  return around(s, ((double)d + 8.0) * SLACK * size * (1.0 + 0x1p-40));
}

oracle_range oracle_range_mul(oracle_range a, oracle_range b) {
  double p[4] = {a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi}, lo = p[0], hi = p[0];
  for (int i = 0; i < 4; i++) {
    if (!isfinite(p[i])) return ENTIRE;
    lo = fmin(lo, p[i]);
    hi = fmax(hi, p[i]);
  }
  return (oracle_range){nextafter(lo, -INFINITY), nextafter(hi, INFINITY)};
}

int oracle_range_sign(oracle_range a) { return a.lo > 0.0 ? 1 : a.hi < 0.0 ? -1 : 0; }

lfap_status oracle_points_finite(lfap_ctx *ctx, const double *Z, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (!isfinite(Z[i]))
      return lfap_fail(ctx, LFAP_ERR_DATA, "signs: entry %zu of the points is %g; all entries must be finite", i, Z[i]);
  return LFAP_OK;
}
