/* qform.c - entries of the matrix Q and the coefficients of its two hidden rows (Q1; spec/numerics.md N6). */
#include "qform.h"

#include "cpform.h"
#include "mathspec.h"

double lfap_q_h(double gamma) { return lfap_cp_same(gamma, gamma, 0.5, 0.5); }

void lfap_q_row(double *q, const double *g, const double *y, double yi, double gamma, size_t n) {
  lfap_cp_row(q, g, y, yi, gamma, gamma, 0.5, 0.5, n);
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
