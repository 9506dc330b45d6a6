/* flow.c - right-hand side of the rescaled gradient flow, one Runge-Kutta stage and its error (F1; spec/numerics.md
 * N9). */
#include "flow.h"

#include "chain.h"
#include "clones.h"
#include "mathspec.h"
#include "network.h"

double lfap_label_slope(double y, double side, double gamma) { return y == side ? 1.0 : gamma; }

void lfap_flow_base_coef(double *c, const double *p, const double *y, double side, double gamma, size_t n) {
  for (size_t i = 0; i < n; i++) c[i] = (p[i] * y[i]) * lfap_label_slope(y[i], side, gamma);
}

size_t lfap_flow_row(double *db, double *dz, const double *z, const double *p, const double *y, const double *base,
                     const double *G, double a, double side, double gamma, size_t n) {
  size_t mismatched = 0;
  for (size_t i = 0; i < n; i++) dz[i] = 0.0;
  for (size_t i = 0; i < n; i++) {
    const double py = p[i] * y[i];
    const double slope = lfap_slope(z[i], gamma);
    const double label = lfap_label_slope(y[i], side, gamma);
    db[i] = py * slope;
    if (slope != label) {
      lfap_axpy(dz, (slope - label) * py, G + i * n, n);
      mismatched++;
    }
  }
  for (size_t i = 0; i < n; i++) dz[i] = a * (base[i] + dz[i]);
  return mismatched;
}

/* The combination of the slopes is built in blocks that stay in the first cache level. */
enum { BLOCK = 256 };

/* k[i] = chain over r of coef[r]*K[r*ld + i], i < len <= BLOCK */
LFAP_INLINE void combine(double *k, const double *K, const double *coef, size_t stages, size_t ld, size_t len) {
  for (size_t i = 0; i < len; i++) k[i] = 0.0;
  for (size_t r = 0; r < stages; r++) {
    const double c = coef[r];
    const double *row = K + r * ld;
    for (size_t i = 0; i < len; i++) k[i] = fma(c, row[i], k[i]);
  }
}

LFAP_CLONES
void lfap_rk_stage(double *out, const double *x, const double *K, const double *coef, double h, size_t stages, size_t ld,
                   size_t n) {
  double k[BLOCK];
  for (size_t at = 0; at < n; at += BLOCK) {
    const size_t len = n - at < BLOCK ? n - at : BLOCK;
    combine(k, K + at, coef, stages, ld, len);
    for (size_t i = 0; i < len; i++) out[at + i] = fma(h, k[i], x[at + i]);
  }
}

/* The larger of an error bound and a ratio; a ratio that is no number counts as infinite, so that the step is rejected. */
LFAP_INLINE double worse(double err, double e) { return e <= err ? err : e == e ? e : 1.0 / 0.0; }

LFAP_INLINE double larger_abs(double x, double y) { return fabs(x) > fabs(y) ? fabs(x) : fabs(y); }

LFAP_CLONES
double lfap_rk_error(const double *x, const double *x1, const double *K, const double *coef, double h, double atol,
                     double rtol, size_t stages, size_t ld, size_t n) {
  double k[BLOCK], worst[BLOCK];
  for (size_t i = 0; i < BLOCK; i++) worst[i] = 0.0;
  for (size_t at = 0; at < n; at += BLOCK) {
    const size_t len = n - at < BLOCK ? n - at : BLOCK;
    combine(k, K + at, coef, stages, ld, len);
    for (size_t i = 0; i < len; i++)
      worst[i] = worse(worst[i], fabs(h * k[i]) / (atol + rtol * larger_abs(x[at + i], x1[at + i])));
  }
  double err = 0.0;
  for (size_t i = 0; i < BLOCK; i++) err = worse(err, worst[i]);
  return err;
}

/* lfap_dot(n, p, |v - mean|) without the buffer: the same lanes, the same join. */
double lfap_flow_spread(const double *p, const double *v, double mean, size_t n) {
  double s[8] = {0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0};
  for (size_t i = 0; i < n; i++) s[i % 8] = fma(p[i], fabs(v[i] - mean), s[i % 8]);
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}
