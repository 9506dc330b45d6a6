/* qform.c - entries of the matrix Q and the coefficients of its two hidden rows (Q1; spec/numerics.md N6). */
#include "qform.h"

#include "mathspec.h"

double lfap_q_h(double gamma) { return 0.5 * fma(gamma, gamma, 1.0); }

void lfap_q_row(double *q, const double *g, const double *y, double yi, double gamma, size_t n) {
  const double h = lfap_q_h(gamma);
  /*@ loop invariant k: 0 <= k <= n;
    @ LFAP_REAL(loop invariant done: \forall integer j; 0 <= j < k ==> q[j] == lfap_q_entry(yi, y[j], h, gamma, g[j]);)
    @ loop assigns k, q[0 .. n-1];
    @ loop variant n - k; */
  for (size_t k = 0; k < n; k++) {
    q[k] = (yi * y[k]) * ((yi == y[k] ? h : gamma) * g[k]);
#ifdef LFAP_TIER_REAL
    /*@ assert entry: q[k] == lfap_q_entry(yi, y[k], h, gamma, g[k]); */
    /*@ assert kept: \forall integer j; 0 <= j < k ==> q[j] == \at(q[j],LoopCurrent); */
#endif
  }
}

void lfap_uv_coef(double *c, const double *lambda, const double *y, double side, double gamma, size_t n) {
  /*@ loop invariant k: 0 <= k <= n;
    @ LFAP_REAL(loop invariant done: \forall integer j; 0 <= j < k
    @     ==> c[j] == lfap_uv_entry(lambda[j], y[j], side, gamma);)
    @ loop assigns k, c[0 .. n-1];
    @ loop variant n - k; */
  for (size_t k = 0; k < n; k++) {
    c[k] = (lambda[k] * y[k]) * (y[k] == side ? 1.0 : gamma);
#ifdef LFAP_TIER_REAL
    /*@ assert entry: c[k] == lfap_uv_entry(lambda[k], y[k], side, gamma); */
    /*@ assert kept: \forall integer j; 0 <= j < k ==> c[j] == \at(c[j],LoopCurrent); */
#endif
  }
}

double lfap_peak(size_t *at, const double *x, size_t n) {
  double best = 0.0;
  *at = 0;
  /*@ loop invariant i: 0 <= i <= n;
    @ loop invariant at: *at < i || *at == 0;
    @ LFAP_REAL(loop invariant bound: best >= 0.0 && \forall integer j; 0 <= j < i ==> \abs(x[j]) <= best;)
    @ LFAP_REAL(loop invariant start: i == 0 ==> best == 0.0;)
    @ LFAP_REAL(loop invariant reached: i > 0 ==> best == \abs(x[*at]);)
    @ LFAP_REAL(loop invariant lowest: \forall integer j; 0 <= j < *at ==> \abs(x[j]) < best;)
    @ loop assigns i, best, *at;
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++)
    if (fabs(x[i]) > best) {
      best = fabs(x[i]);
      *at = i;
    }
  return best;
}
