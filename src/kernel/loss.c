/* loss.c - the two losses on margins, the coefficients of the gradient chain and the softmax weights of the flow
 * (spec/numerics.md N4, N5, N9). */
#include "loss.h"

#include "clones.h"
#include "elementary.h"
#include "lanes.h"
#ifdef __FRAMAC__
#include "index.acsl"
#endif

double lfap_loss_exp(double q) { return lfap_exp(-q); }

double lfap_loss_exp_g(double q) { return lfap_exp(-q); }

/* Both branches call exp on a non-positive argument, so nothing overflows. */
double lfap_loss_logistic(double q) {
  if (q >= 0.0) return lfap_log1p(lfap_exp(-q));
  return -q + lfap_log1p(lfap_exp(q));
}

double lfap_loss_logistic_g(double q) {
  if (q >= 0.0) {
    const double e = lfap_exp(-q);
    return e / (1.0 + e);
  }
  return 1.0 / (1.0 + lfap_exp(q));
}

double lfap_loss_logistic_r(double q) {
  if (q >= 0.0) return q + lfap_log1p(lfap_exp(-q));
  return lfap_log1p(lfap_exp(q));
}

void lfap_loss_fill(double *l, double *g, const double *q, int logistic, size_t n) {
  /*@ loop invariant i: 0 <= i <= n;
    @ LFAP_REAL(loop invariant loss: \forall integer k; 0 <= k < i ==> l[k] == lfap_rloss(q[k], logistic);)
    @ LFAP_REAL(loop invariant slope: \forall integer k; 0 <= k < i ==> g[k] == lfap_rloss_g(q[k], logistic);)
    @ loop assigns i, l[0 .. n-1], g[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    if (logistic) {
      l[i] = lfap_loss_logistic(q[i]);
      g[i] = lfap_loss_logistic_g(q[i]);
    } else {
      l[i] = lfap_loss_exp(q[i]);
      g[i] = l[i]; /* exp(-q) is its own g: one call, same bits */
    }
#ifdef LFAP_TIER_REAL
    /*@ assert loss: l[i] == lfap_rloss(q[i], logistic); */
    /*@ assert slope: g[i] == lfap_rloss_g(q[i], logistic); */
    /*@ assert kept: \forall integer k; 0 <= k < i ==> g[k] == \at(g[k],LoopCurrent); */
#endif
  }
}

void lfap_loss_coef(double *s1, double *s2, const double *g, double s, double gamma, size_t n) {
  /*@ loop invariant i: 0 <= i <= n;
    @ LFAP_REAL(loop invariant open: \forall integer k; 0 <= k < i ==> s1[k] == lfap_open_coef(g[k], n, s);)
    @ LFAP_REAL(loop invariant leaky: \forall integer k; 0 <= k < i ==> s2[k] == lfap_leaky_coef(g[k], n, s, gamma);)
    @ loop assigns i, s1[0 .. n-1], s2[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    s1[i] = (g[i] / (double)n) * s;
    s2[i] = gamma * s1[i];
#ifdef LFAP_TIER_REAL
    /*@ assert open: s1[i] == lfap_open_coef(g[i], n, s); */
    /*@ assert leaky: s2[i] == lfap_leaky_coef(g[i], n, s, gamma); */
    /*@ assert kept1: \forall integer j; 0 <= j < i ==> s1[j] == \at(s1[j],LoopCurrent); */
    /*@ assert kept2: \forall integer j; 0 <= j < i ==> s2[j] == \at(s2[j],LoopCurrent); */
#endif
  }
}

LFAP_CLONES
void lfap_loss_row_coef(double *c, const double *z, const double *y, const double *s1, const double *s2, double sign,
                        size_t n, size_t ldz) {
  /*@ loop invariant i: 0 <= i <= n;
    @ LFAP_REAL(loop invariant done: \forall integer j; 0 <= j < i
    @   ==> c[j] == lfap_row_entry(\at(z[j*ldz],Pre), y[j], s1[j], s2[j], sign);)
    @ LFAP_REAL(loop invariant frame: \forall integer q; 0 <= q <= n*ldz - ldz ==> z[q] == \at(z[q],Pre);)
    @ loop assigns i, c[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    /*@ ghost lfap_row_at(i, n, ldz); */
#ifdef LFAP_TIER_REAL
    /*@ assert value: (-sign*y[i])*(z[i*ldz] > 0.0 ? s1[i] : s2[i])
      @   == lfap_row_entry(z[i*ldz], y[i], s1[i], s2[i], sign); */
#endif
    c[i] = (-sign * y[i]) * (z[i * ldz] > 0.0 ? s1[i] : s2[i]);
#ifdef LFAP_TIER_REAL
    /*@ assert entry: c[i] == \at(lfap_row_entry(z[i*ldz], y[i], s1[i], s2[i], sign),LoopCurrent); */
    /*@ assert kept: \forall integer j; 0 <= j < i ==> c[j] == \at(c[j],LoopCurrent); */
#endif
  }
}

double lfap_softmax(double *p, const double *r, size_t n) {
  double rmin = r[0];
  /*@ loop invariant i: 1 <= i <= n;
    @ loop assigns i, rmin;
    @ loop variant n - i; */
  for (size_t i = 1; i < n; i++) rmin = r[i] < rmin ? r[i] : rmin;
  /*@ loop invariant i: 0 <= i <= n;
    @ loop assigns i, p[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) p[i] = lfap_exp(rmin - r[i]);
  const double sum = lfap_sum(n, p); /* >= 1: the smallest r contributes exp(0) = 1 */
  /*@ loop invariant i: 0 <= i <= n;
    @ loop assigns i, p[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) p[i] = p[i] / sum;
  return lfap_log_ge1(sum) - rmin - lfap_log_ge1((double)n);
}
