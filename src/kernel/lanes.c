/* lanes.c - reductions over eight lanes (N1). */
#include "lanes.h"

#include "lanes_step.h"

LFAP_CLONES
double lfap_dot(size_t n, const double *x, const double *y) { return lfap_lanes_dot(n, x, y); }

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

#ifdef LFAP_TIER_REAL
/*@ // <c x, c x> over the first n entries
  @ logic real lfap_rsquare{L}(double *x, real c, integer n) =
  @   n <= 0 ? 0.0 : lfap_rsquare(x, c, n - 1) + (c*x[n - 1])*(c*x[n - 1]); */
#endif

/* dot(c x, c x) for a power of two c: the entries are scaled without rounding, so that their squares stay in range. */
/*@ requires x: \valid_read(x + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from n, x[0 .. n-1], c;
  @ LFAP_REAL(ensures square: \result == lfap_rsquare(x, c, n);) */
static double scaled_square(size_t n, const double *x, double c) {
  double s[LFAP_LANES] = {0.0}, t[LFAP_LANES];
  size_t k = 0;
  /*@ loop invariant lanes: 0 <= k <= n;
    @ LFAP_REAL(loop invariant square: LFAP_TOTAL(s) == lfap_rsquare(x, c, k);)
    @ loop assigns k, s[0 .. LFAP_LANES-1];
    @ loop variant n - k; */
  for (; n - k >= LFAP_LANES; k += LFAP_LANES)
    /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
      @ LFAP_REAL(loop invariant square: LFAP_TOTAL(s) == lfap_rsquare(x, c, k + l);)
      @ loop assigns l, s[0 .. LFAP_LANES-1];
      @ loop variant LFAP_LANES - l; */
    for (size_t l = 0; l < LFAP_LANES; l++) s[l] = fma(c * x[k + l], c * x[k + l], s[l]);
  /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
    @ LFAP_REAL(loop invariant copy: \forall integer i; 0 <= i < l ==> t[i] == s[i];)
    @ loop assigns l, t[0 .. LFAP_LANES-1];
    @ loop variant LFAP_LANES - l; */
  for (size_t l = 0; l < LFAP_LANES; l++) t[l] = s[l];
  /*@ loop invariant lane: 0 <= l <= n - k;
    @ LFAP_REAL(loop invariant square: LFAP_TOTAL(t) == lfap_rsquare(x, c, k + l);)
    @ loop assigns l, t[0 .. LFAP_LANES-1];
    @ loop variant n - k - l; */
  for (size_t l = 0; l < n - k; l++) t[l] = fma(c * x[k + l], c * x[k + l], t[l]);
  return LFAP_JOIN(t);
}

/*@ requires x: \valid_read(x + (0 .. n-1));
  @ LFAP_REAL(requires inverse: c*back == 1.0;)
  @ LFAP_REAL(requires positive: back >= 0.0;)
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from n, x[0 .. n-1], c, back;
  @ LFAP_REAL(ensures norm: \result >= 0.0 && \result*\result == lfap_rdot(x, x, n);) */
static double scaled_norm(size_t n, const double *x, double c, double back) {
  /*@ ghost size_t f = 0; */
  /*@ ghost
    /@ loop invariant term: 0 <= f <= n;
       LFAP_REAL(loop invariant square: 0.0 <= lfap_rdot(x, x, f);)
       LFAP_REAL(loop invariant same: lfap_rsquare(x, c, f) == (c*c)*lfap_rdot(x, x, f);)
       loop assigns f;
       loop variant n - f; @/
    while (f < n) f++; */
  const double root = sqrt(scaled_square(n, x, c));
  /*@ assert root: LFAP_REAL_FACT(root*root == (c*c)*lfap_rdot(x, x, n)); */
  /*@ assert squares: LFAP_REAL_FACT((back*root)*(back*root) == (back*back)*(root*root)); */
  /*@ assert one: LFAP_REAL_FACT((back*back)*(c*c) == 1.0); */
  return back * root;
}

double lfap_norm2(size_t n, const double *x) {
  /*@ ghost size_t f = 0; */
  /*@ ghost
    /@ loop invariant term: 0 <= f <= n;
       LFAP_REAL(loop invariant square: 0.0 <= lfap_rdot(x, x, f);)
       loop assigns f;
       loop variant n - f; @/
    while (f < n) f++; */
  const double s = lfap_dot(n, x, x);
  if (s >= 0x1p-900 && s <= 0x1p900) return sqrt(s);
  /* a NaN goes the second way, and so does 0: both stay what they are */
  return s > 1.0 ? scaled_norm(n, x, 0x1p-600, 0x1p600) : scaled_norm(n, x, 0x1p600, 0x1p-600);
}
