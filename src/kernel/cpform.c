/* cpform.c - entries, multipliers and pre-activations of the convex programme (CP) (C2; spec/numerics.md N6a). */
#include "cpform.h"

#include "mathspec.h"

double lfap_cp_same(double s, double t, double own, double off) {
  return s > t ? fma(off * s, t, own) : fma(off * t, s, own); /* the same bits with s and t exchanged */
}
double lfap_cp_other(double s, double t, double own, double off) { return own * t + off * s; }

double lfap_cp_tilt(double own, double off, double gamma) { return (2.0 * fma(gamma, off, own)) / (1.0 + gamma); }

void lfap_cp_row(double *q, const double *g, const double *y, double yi, double s, double t, double own, double off,
                 size_t n) {
  const double same = lfap_cp_same(s, t, own, off), other = lfap_cp_other(s, t, own, off);
  /*@ loop invariant k: 0 <= k <= n;
    @ LFAP_REAL(loop invariant done: \forall integer j; 0 <= j < k
    @   ==> q[j] == lfap_cp_entry(yi, y[j], s, t, own, off, g[j]);)
    @ loop assigns k, q[0 .. n-1];
    @ loop variant n - k; */
  for (size_t k = 0; k < n; k++) {
    q[k] = (yi * y[k]) * ((yi == y[k] ? same : other) * g[k]);
#ifdef LFAP_TIER_REAL
    /*@ assert entry: q[k] == lfap_cp_entry(yi, y[k], s, t, own, off, g[k]); */
    /*@ assert kept: \forall integer j; 0 <= j < k ==> q[j] == \at(q[j],LoopCurrent); */
#endif
  }
}

double lfap_cp_omega(double alpha, double beta, double own, double off, double gamma) {
  const double turn = lfap_cp_tilt(own, off, gamma), bend = ((2.0 * (own + off)) * beta) / (1.0 + gamma);
#ifdef LFAP_TIER_REAL
  /*@ assert turn: (1.0 + gamma)*turn == 2.0*(own + gamma*off); */
  /*@ assert bent: bend == (2.0*(own + off)*beta) / (1.0 + gamma); */
  /*@ assert bend: (1.0 + gamma)*bend == (2.0*(own + off))*beta; */
  /*@ assert turned: ((1.0 + gamma)*turn)*alpha == (2.0*(own + gamma*off))*alpha; */
  /*@ assert sum: (1.0 + gamma)*(turn*alpha + bend) == ((1.0 + gamma)*turn)*alpha + (1.0 + gamma)*bend; */
#endif
  return turn * alpha + bend;
}

void lfap_cp_merge(double *lambda, double *omega, const double *alpha, const double *beta, const double *y,
                   double gamma, double plus, double minus, size_t n) {
  /*@ loop invariant k: 0 <= k <= n;
    @ LFAP_REAL(loop invariant lambda: \forall integer j; 0 <= j < k ==> lambda[j] == lfap_cp_mass(alpha[j], beta[j]);)
    @ LFAP_REAL(loop invariant omega: \forall integer j; 0 <= j < k
    @     ==> omega[j] == lfap_cp_normal_at(alpha[j], beta[j], y[j], plus, minus, gamma);)
    @ loop assigns k, lambda[0 .. n-1], omega[0 .. n-1];
    @ loop variant n - k; */
  for (size_t k = 0; k < n; k++) {
    const int up = y[k] > 0.0;
    const double w = lfap_cp_omega(alpha[k], beta[k], up ? plus : minus, up ? minus : plus, gamma);
#ifdef LFAP_TIER_REAL
    /*@ assert normal: w == lfap_cp_normal_at(alpha[k], beta[k], y[k], plus, minus, gamma); */
#endif
    lambda[k] = alpha[k] + beta[k];
    omega[k] = w;
#ifdef LFAP_TIER_REAL
    /*@ assert mass: lambda[k] == lfap_cp_mass(alpha[k], beta[k]); */
    /*@ assert same: omega[k] == w; */
    /*@ assert entry: omega[k] == lfap_cp_normal_at(alpha[k], beta[k], y[k], plus, minus, gamma); */
    /*@ assert kept_l: \forall integer j; 0 <= j < k ==> lambda[j] == \at(lambda[j],LoopCurrent); */
    /*@ assert kept_o: \forall integer j; 0 <= j < k ==> omega[j] == \at(omega[j],LoopCurrent); */
#endif
  }
}

double lfap_cp_slope(double alpha, double beta, double other, double gamma) {
  if (beta > 0.0) {
    double s = fma(gamma, alpha, beta) / (alpha + beta);
#ifdef LFAP_TIER_REAL
    /*@ assert some: alpha + beta > 0.0; */
    /*@ assert mean: s*lfap_cp_mass(alpha, beta) == lfap_cp_bent(alpha, beta, gamma); */
    /*@ assert most: (1.0 - s)*lfap_cp_mass(alpha, beta) == (1.0 - gamma)*alpha; */
    /*@ assert least: (s - gamma)*lfap_cp_mass(alpha, beta) == (1.0 - gamma)*beta; */
    /*@ assert inside: gamma <= s <= 1.0; */
#endif
    if (s > 1.0) return 1.0; /* by rounding, as is the next */
    return s < gamma ? gamma : s;
  }
#ifdef LFAP_TIER_REAL
  /*@ assert none: beta == 0.0; */
  /*@ assert alone: gamma*lfap_cp_mass(alpha, beta) == lfap_cp_bent(alpha, beta, gamma); */
#endif
  if (alpha > 0.0) return gamma;
  return other > 0.0 ? 1.0 : gamma;
}

void lfap_cp_coef(double *c, const double *alpha, const double *beta, const double *y, double side, double gamma,
                  size_t n) {
  /*@ loop invariant k: 0 <= k <= n;
    @ LFAP_REAL(loop invariant done: \forall integer j; 0 <= j < k
    @   ==> c[j] == lfap_cp_side(alpha[j], beta[j], y[j], side, gamma);)
    @ loop assigns k, c[0 .. n-1];
    @ loop variant n - k; */
  for (size_t k = 0; k < n; k++) {
    c[k] = y[k] * (y[k] == side ? alpha[k] + beta[k] : fma(gamma, alpha[k], beta[k]));
#ifdef LFAP_TIER_REAL
    /*@ assert entry: c[k] == lfap_cp_side(alpha[k], beta[k], y[k], side, gamma); */
    /*@ assert kept: \forall integer j; 0 <= j < k ==> c[j] == \at(c[j],LoopCurrent); */
#endif
  }
}

double lfap_cp_own(double A, double B, double C, double D, double gamma) { return (A + C) + fma(gamma, B, D); }
double lfap_cp_off(double A, double B, double C, double D, double gamma) { return -(fma(gamma, A, C) + (B + D)); }
