/* lanes.c - reductions over eight lanes (N1). */
#include "lanes.h"

#include "lanes_step.h"

LFAP_CLONES
double lfap_dot(size_t n, const double *x, const double *y) {
  return lfap_lanes_dot(n, x, y);
}

LFAP_CLONES
double lfap_sum(size_t n, const double *x) {
  double s[LFAP_LANES] = {0.0}, t[LFAP_LANES];
  size_t k = 0;
  /*@ loop invariant lanes: 0 <= k <= n;
    @ LFAP_REAL(loop invariant sum: LFAP_TOTAL(s) == lfap_rsum(x, k);)
    @ loop assigns k, s[0 .. LFAP_LANES-1];
    @ loop variant n - k; */
  for (; n - k >= LFAP_LANES; k += LFAP_LANES)
    /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
      @ LFAP_REAL(loop invariant sum: LFAP_TOTAL(s) == lfap_rsum(x, k + l);)
      @ loop assigns l, s[0 .. LFAP_LANES-1];
      @ loop variant LFAP_LANES - l; */
    for (size_t l = 0; l < LFAP_LANES; l++) s[l] = s[l] + x[k + l];
  /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
    @ LFAP_REAL(loop invariant copy: \forall integer i; 0 <= i < l ==> t[i] == s[i];)
    @ loop assigns l, t[0 .. LFAP_LANES-1];
    @ loop variant LFAP_LANES - l; */
  for (size_t l = 0; l < LFAP_LANES; l++) t[l] = s[l];
  /*@ loop invariant lane: 0 <= l <= n - k;
    @ LFAP_REAL(loop invariant sum: LFAP_TOTAL(t) == lfap_rsum(x, k + l);)
    @ loop assigns l, t[0 .. LFAP_LANES-1];
    @ loop variant n - k - l; */
  for (size_t l = 0; l < n - k; l++) t[l] = t[l] + x[k + l];
  return LFAP_JOIN(t);
}

LFAP_CLONES
double lfap_asum(size_t n, const double *x) {
  double s[LFAP_LANES] = {0.0}, t[LFAP_LANES];
  size_t k = 0;
  /*@ loop invariant lanes: 0 <= k <= n;
    @ LFAP_REAL(loop invariant sum: LFAP_TOTAL(s) == lfap_rasum(x, k);)
    @ loop assigns k, s[0 .. LFAP_LANES-1];
    @ loop variant n - k; */
  for (; n - k >= LFAP_LANES; k += LFAP_LANES)
    /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
      @ LFAP_REAL(loop invariant sum: LFAP_TOTAL(s) == lfap_rasum(x, k + l);)
      @ loop assigns l, s[0 .. LFAP_LANES-1];
      @ loop variant LFAP_LANES - l; */
    for (size_t l = 0; l < LFAP_LANES; l++) s[l] = s[l] + fabs(x[k + l]);
  /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
    @ LFAP_REAL(loop invariant copy: \forall integer i; 0 <= i < l ==> t[i] == s[i];)
    @ loop assigns l, t[0 .. LFAP_LANES-1];
    @ loop variant LFAP_LANES - l; */
  for (size_t l = 0; l < LFAP_LANES; l++) t[l] = s[l];
  /*@ loop invariant lane: 0 <= l <= n - k;
    @ LFAP_REAL(loop invariant sum: LFAP_TOTAL(t) == lfap_rasum(x, k + l);)
    @ loop assigns l, t[0 .. LFAP_LANES-1];
    @ loop variant n - k - l; */
  for (size_t l = 0; l < n - k; l++) t[l] = t[l] + fabs(x[k + l]);
  return LFAP_JOIN(t);
}

/* A maximum does not round, so its order is free; a NaN compares false and is passed over. */
LFAP_CLONES
double lfap_amax(size_t n, const double *x) {
  double s[LFAP_LANES] = {0.0}, top = 0.0;
  size_t k = 0;
  /*@ loop invariant lanes: 0 <= k <= n && k % LFAP_LANES == 0;
    @ LFAP_REAL(loop invariant bound: \forall integer i; 0 <= i < k ==> lfap_rabs(x[i]) <= s[i % LFAP_LANES];)
    @ LFAP_REAL(loop invariant reached: \forall integer l; 0 <= l < LFAP_LANES ==> lfap_among(s[l], x, k);)
    @ loop assigns k, s[0 .. LFAP_LANES-1];
    @ loop variant n - k; */
  for (; n - k >= LFAP_LANES; k += LFAP_LANES)
    /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
      @ LFAP_REAL(loop invariant bound: \forall integer i; 0 <= i < k + l ==> lfap_rabs(x[i]) <= s[i % LFAP_LANES];)
      @ LFAP_REAL(loop invariant reached: \forall integer m; 0 <= m < LFAP_LANES ==> lfap_among(s[m], x, k + l);)
      @ loop assigns l, s[0 .. LFAP_LANES-1];
      @ loop variant LFAP_LANES - l; */
    for (size_t l = 0; l < LFAP_LANES; l++) {
      /*@ assert mine: LFAP_REAL_FACT((k + l) % LFAP_LANES == l); */
      s[l] = fabs(x[k + l]) > s[l] ? fabs(x[k + l]) : s[l];
    }
  /*@ ghost size_t full = k; */
  /*@ loop invariant lanes: full <= k <= n;
    @ LFAP_REAL(loop invariant bound: \forall integer i; full <= i < k ==> lfap_rabs(x[i]) <= top;)
    @ LFAP_REAL(loop invariant reached: lfap_among(top, x, k);)
    @ loop assigns k, top;
    @ loop variant n - k; */
  for (; k < n; k++) top = fabs(x[k]) > top ? fabs(x[k]) : top;
  /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
    @ LFAP_REAL(loop invariant above: \forall integer m; 0 <= m < l ==> s[m] <= top;)
    @ LFAP_REAL(loop invariant bound: \forall integer i; full <= i < n ==> lfap_rabs(x[i]) <= top;)
    @ LFAP_REAL(loop invariant reached: lfap_among(top, x, n);)
    @ loop assigns l, top;
    @ loop variant LFAP_LANES - l; */
  for (size_t l = 0; l < LFAP_LANES; l++) top = s[l] > top ? s[l] : top;
  return top;
}

double lfap_norm2(size_t n, const double *x) {
  /*@ ghost size_t f = 0; */
  /*@ ghost
    /@ loop invariant term: 0 <= f <= n;
       LFAP_REAL(loop invariant square: 0.0 <= lfap_rdot(x, x, f);)
       loop assigns f;
       loop variant n - f; @/
    while (f < n) f++; */
  return sqrt(lfap_dot(n, x, x));
}
