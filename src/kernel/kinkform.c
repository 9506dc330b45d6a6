/* kinkform.c - margins, coefficients and slopes of a neuron's pairs (C3), C4's conditions (spec/numerics.md N15). */
#include "kinkform.h"

#include "mathspec.h"

void lfap_kink_margins(double *q, double weight, const double *own, const double *t, double gamma, size_t n) {
  /*@ loop invariant i: 0 <= i <= n;
    @ LFAP_REAL(loop invariant done: \forall integer k; 0 <= k < i
    @   ==> q[k] == weight*lfap_kink_share(own[k], t[k], gamma) + \at(q[k],Pre);)
    @ LFAP_REAL(loop invariant rest: \forall integer k; i <= k < n ==> q[k] == \at(q[k],Pre);)
    @ loop assigns i, q[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    double share = own[i] > 0.0 ? own[i] * t[i] : t[i] < 0.0 ? t[i] : gamma * t[i];
    q[i] = fma(weight, share, q[i]);
#ifdef LFAP_TIER_REAL
    /*@ assert share: share == lfap_kink_share(own[i], t[i], gamma); */
    /*@ assert kept: \forall integer k; 0 <= k < i ==> q[k] == \at(q[k],LoopCurrent); */
#endif
  }
}

void lfap_kink_coef(double *c, const double *s, const double *lambda, size_t n) {
  /*@ loop invariant i: 0 <= i <= n;
    @ LFAP_REAL(loop invariant done: \forall integer k; 0 <= k < i ==> c[k] == s[k]*lambda[k];)
    @ loop assigns i, c[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) c[i] = s[i] * lambda[i];
}

double lfap_kink_clip(double c, double lambda, double gamma) {
  if (c > lambda) return lambda;
  return c < gamma * lambda ? gamma * lambda : c;
}

double lfap_kink_slope(double c, double lambda, double t, double gamma) {
  if (lambda > 0.0) {
    double s = c / lambda;
#ifdef LFAP_TIER_REAL
    /*@ assert quotient: s*lambda == c; */
#endif
    if (s > 1.0) return 1.0;
    return s < gamma ? gamma : s;
  }
  return t < 0.0 ? 1.0 : gamma;
}

void lfap_kink_newton(double *a, double weight, double si, const double *s, const double *g, const double *z,
                      size_t n) {
  const double scale = weight * si;
  /*@ loop invariant k: 0 <= k <= n;
    @ LFAP_REAL(loop invariant done: \forall integer j; 0 <= j < k
    @   ==> a[j] == lfap_kink_entry(\at(a[j],Pre), weight, si, s[j], g[j], z[j]);)
    @ LFAP_REAL(loop invariant rest: \forall integer j; k <= j < n ==> a[j] == \at(a[j],Pre);)
    @ loop assigns k, a[0 .. n-1];
    @ loop variant n - k; */
  for (size_t k = 0; k < n; k++) {
    a[k] = fma(scale * s[k], g[k] - z[k], a[k]);
#ifdef LFAP_TIER_REAL
    /*@ assert entry: a[k] == lfap_kink_entry(\at(a[k],LoopCurrent), weight, si, s[k], g[k], z[k]); */
    /*@ assert kept: \forall integer j; 0 <= j < k ==> a[j] == \at(a[j],LoopCurrent); */
#endif
  }
}

void lfap_kink_gather(double *y, double weight, const double *s, const double *u, size_t n) {
  /*@ loop invariant i: 0 <= i <= n;
    @ LFAP_REAL(loop invariant done: \forall integer k; 0 <= k < i
    @   ==> y[k] == lfap_kink_more(\at(y[k],Pre), weight, s[k], u[k]);)
    @ LFAP_REAL(loop invariant rest: \forall integer k; i <= k < n ==> y[k] == \at(y[k],Pre);)
    @ loop assigns i, y[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    y[i] = fma(weight, s[i] * u[i], y[i]);
#ifdef LFAP_TIER_REAL
    /*@ assert entry: y[i] == lfap_kink_more(\at(y[i],LoopCurrent), weight, s[i], u[i]); */
    /*@ assert kept: \forall integer k; 0 <= k < i ==> y[k] == \at(y[k],LoopCurrent); */
#endif
  }
}

double lfap_kink_room(double h, double norm, double size) { return h / (norm * size); }

double lfap_kink_length(double h, double norm, double nu, double spread) {
  double q = norm / h, r = spread / nu;
#ifdef LFAP_TIER_REAL
  /*@ assert first: q*h == norm; */
  /*@ assert second: r*nu == spread; */
  /*@ assert together: (r*(q*q))*(nu*h*h) == (r*nu)*(q*h)*(q*h); */
#endif
  return r * (q * q);
}
