/* flow.c - right-hand side of the rescaled gradient flow, one Runge-Kutta stage and its error (F1; spec/numerics.md
 * N9). */
#include "flow.h"

#include "chain.h"
#include "clones.h"
#include "mathspec.h"
#include "network.h"
#ifdef __FRAMAC__
#include "../../spec/logic/index.acsl"
#endif

double lfap_label_slope(double y, double side, double gamma) { return y == side ? 1.0 : gamma; }

void lfap_flow_base_coef(double *c, const double *p, const double *y, double side, double gamma, size_t n) {
  /*@ loop invariant i: 0 <= i <= n;
    @ loop assigns i, c[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    c[i] = (p[i] * y[i]) * lfap_label_slope(y[i], side, gamma);
  }
}

size_t lfap_flow_row(double *db, double *dz, const double *z, const double *p, const double *y, const double *base,
                     const double *G, double a, double side, double gamma, size_t n) {
  size_t mismatched = 0;
  /*@ loop invariant i: 0 <= i <= n;
    @ loop assigns i, dz[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) dz[i] = 0.0;
  /*@ loop invariant i: 0 <= i <= n;
    @ loop invariant count: mismatched <= i;
    @ loop assigns i, mismatched, db[0 .. n-1], dz[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    const double py = p[i] * y[i];
    const double slope = lfap_slope(z[i], gamma);
    const double label = lfap_label_slope(y[i], side, gamma);
    db[i] = py * slope;
    if (slope != label) {
      /*@ ghost lfap_row_at(i, n, n); */
      lfap_axpy(dz, (slope - label) * py, G + i * n, n);
      mismatched++;
    }
  }
  /*@ loop invariant i: 0 <= i <= n;
    @ loop assigns i, dz[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) dz[i] = a * (base[i] + dz[i]);
  return mismatched;
}

/* The combination of the slopes is built in blocks that stay in the first cache level. */
enum { BLOCK = 256 };

/* k[i] = chain over r of coef[r]*K[r*ld + i], i < len <= BLOCK */
/*@ requires size: stages * ld <= SIZE_MAX / 8;
  @ requires len: len <= BLOCK && len <= ld;
  @ requires k: \valid(k + (0 .. len-1));
  @ requires K: \valid_read(K + (0 .. stages*ld - ld + len-1));
  @ requires coef: \valid_read(coef + (0 .. stages-1));
  @ requires sep_K: \separated(k + (0 .. len-1), K + (0 .. stages*ld - ld + len-1));
  @ requires sep_c: \separated(k + (0 .. len-1), coef + (0 .. stages-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns k[0 .. len-1]; */
LFAP_INLINE void combine(double *k, const double *K, const double *coef, size_t stages, size_t ld, size_t len) {
  /*@ loop invariant i: 0 <= i <= len;
    @ loop assigns i, k[0 .. len-1];
    @ loop variant len - i; */
  for (size_t i = 0; i < len; i++) k[i] = 0.0;
  /*@ loop invariant r: 0 <= r <= stages;
    @ loop assigns r, k[0 .. len-1];
    @ loop variant stages - r; */
  for (size_t r = 0; r < stages; r++) {
    const double c = coef[r];
    /*@ ghost lfap_row_at(r, stages, ld); */
    const double *row = K + r * ld;
    /*@ loop invariant i: 0 <= i <= len;
      @ loop assigns i, k[0 .. len-1];
      @ loop variant len - i; */
    for (size_t i = 0; i < len; i++) k[i] = fma(c, row[i], k[i]);
  }
}

LFAP_CLONES
void lfap_rk_stage(double *out, const double *x, const double *K, const double *coef, double h, size_t stages, size_t ld,
                   size_t n) {
  double k[BLOCK];
  /*@ loop invariant at: 0 <= at <= n;
    @ loop assigns at, len, k[0 .. BLOCK-1], out[0 .. n-1];
    @ loop variant n - at; */
  for (size_t at = 0, len; at < n; at += len) {
    len = n - at < BLOCK ? n - at : BLOCK;
    combine(k, K + at, coef, stages, ld, len);
    /*@ loop invariant i: 0 <= i <= len;
      @ loop assigns i, out[at .. at+len-1];
      @ loop variant len - i; */
    for (size_t i = 0; i < len; i++) out[at + i] = fma(h, k[i], x[at + i]);
  }
}

/* The larger of an error bound and a ratio; a ratio that is no number counts as infinite, so that the step is rejected. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
#ifdef LFAP_TIER_REAL
  @ ensures value: \result == \max(err, e);
#endif
  @*/
LFAP_INLINE double worse(double err, double e) { return e <= err ? err : e == e ? e : 1.0 / 0.0; }

/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
#ifdef LFAP_TIER_REAL
  @ ensures value: \result == \max(\abs(x), \abs(y));
#endif
  @*/
LFAP_INLINE double larger_abs(double x, double y) { return fabs(x) > fabs(y) ? fabs(x) : fabs(y); }

LFAP_CLONES
double lfap_rk_error(const double *x, const double *x1, const double *K, const double *coef, double h, double atol,
                     double rtol, size_t stages, size_t ld, size_t n) {
  double k[BLOCK], worst[BLOCK];
  /*@ loop invariant i: 0 <= i <= BLOCK;
    @ loop assigns i, worst[0 .. BLOCK-1];
    @ loop variant BLOCK - i; */
  for (size_t i = 0; i < BLOCK; i++) worst[i] = 0.0;
  /*@ loop invariant at: 0 <= at <= n;
    @ loop assigns at, len, k[0 .. BLOCK-1], worst[0 .. BLOCK-1];
    @ loop variant n - at; */
  for (size_t at = 0, len; at < n; at += len) {
    len = n - at < BLOCK ? n - at : BLOCK;
    combine(k, K + at, coef, stages, ld, len);
    /*@ loop invariant i: 0 <= i <= len;
      @ loop assigns i, worst[0 .. BLOCK-1];
      @ loop variant len - i; */
    for (size_t i = 0; i < len; i++)
      worst[i] = worse(worst[i], fabs(h * k[i]) / (atol + rtol * larger_abs(x[at + i], x1[at + i])));
  }
  double err = 0.0;
  /*@ loop invariant i: 0 <= i <= BLOCK;
    @ loop assigns i, err;
    @ loop variant BLOCK - i; */
  for (size_t i = 0; i < BLOCK; i++) err = worse(err, worst[i]);
  return err;
}

/* lfap_dot(n, p, |v - mean|) without the buffer: the same lanes, the same join. */
double lfap_flow_spread(const double *p, const double *v, double mean, size_t n) {
  double s[8] = {0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0};
  /*@ loop invariant i: 0 <= i <= n;
    @ loop assigns i, s[0 .. 7];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) s[i % 8] = fma(p[i], fabs(v[i] - mean), s[i % 8]);
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

double lfap_flow_min(const double *v, size_t n) {
  double least = v[0];
  /*@ loop invariant i: 1 <= i <= n;
#ifdef LFAP_TIER_REAL
    @ loop invariant bound: \forall integer j; 0 <= j < i ==> least <= v[j];
    @ loop invariant reached: \exists integer j; 0 <= j < i && least == v[j];
#endif
    @ loop assigns i, least;
    @ loop variant n - i; */
  for (size_t i = 1; i < n; i++) least = v[i] < least ? v[i] : least;
  return least;
}
