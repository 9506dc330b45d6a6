/* lanes.c - reductions over eight lanes (N1). */
#include "lanes.h"

#include "lanes_step.h"

LFAP_CLONES
double lfap_dot(size_t n, const double *x, const double *y) {
  size_t k = lfap_slice_from(0, n);
  double total = lfap_slice_dot(0, k, x, y);
  /*@ loop invariant slice: 0 <= k <= n;
    @ LFAP_REAL(loop invariant dot: total == lfap_rdot(x, y, k);)
    @ loop assigns k, total;
    @ loop variant n - k; */
  while (k < n) {
    size_t w = lfap_slice_from(k, n);
    total += lfap_slice_dot(k, w, x, y);
    k += w;
  }
  return total;
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

#ifdef LFAP_TIER_REAL
/*@ // <c x, c x> over the first n entries
  @ logic real lfap_rsquare{L}(double *x, real c, integer n) =
  @   n <= 0 ? 0.0 : lfap_rsquare(x, c, n - 1) + (c*x[n - 1])*(c*x[n - 1]); */
#endif

/* What columns k .. k+n-1, a slice, add to dot(c x, c x). */
/*@ requires columns: k + n <= SIZE_MAX;
  @ requires x: \valid_read(x + k + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from k, n, x[k .. k+n-1], c;
  @ LFAP_REAL(ensures slice: \result == lfap_rsquare(x, c, k + n) - lfap_rsquare(x, c, k);) */
LFAP_INLINE double scaled_slice(size_t k, size_t n, const double *x, double c) {
  double s[LFAP_LANES] = {0.0}, t[LFAP_LANES];
  size_t i = 0;
  /*@ loop invariant lanes: 0 <= i <= n;
    @ LFAP_REAL(loop invariant square: LFAP_TOTAL(s) == lfap_rsquare(x, c, k + i) - lfap_rsquare(x, c, k);)
    @ loop assigns i, s[0 .. LFAP_LANES-1];
    @ loop variant n - i; */
  for (; n - i >= LFAP_LANES; i += LFAP_LANES)
    /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
      @ LFAP_REAL(loop invariant square: LFAP_TOTAL(s) == lfap_rsquare(x, c, k + i + l) - lfap_rsquare(x, c, k);)
      @ loop assigns l, s[0 .. LFAP_LANES-1];
      @ loop variant LFAP_LANES - l; */
    for (size_t l = 0; l < LFAP_LANES; l++) s[l] = fma(c * x[k + i + l], c * x[k + i + l], s[l]);
  /*@ loop invariant lane: 0 <= l <= LFAP_LANES;
    @ LFAP_REAL(loop invariant copy: \forall integer m; 0 <= m < l ==> t[m] == s[m];)
    @ loop assigns l, t[0 .. LFAP_LANES-1];
    @ loop variant LFAP_LANES - l; */
  for (size_t l = 0; l < LFAP_LANES; l++) t[l] = s[l];
  /*@ loop invariant lane: 0 <= l <= n - i;
    @ LFAP_REAL(loop invariant square: LFAP_TOTAL(t) == lfap_rsquare(x, c, k + i + l) - lfap_rsquare(x, c, k);)
    @ loop assigns l, t[0 .. LFAP_LANES-1];
    @ loop variant n - i - l; */
  for (size_t l = 0; l < n - i; l++) t[l] = fma(c * x[k + i + l], c * x[k + i + l], t[l]);
  return LFAP_JOIN(t);
}

/* dot(c x, c x) for a power of two c: the entries are scaled without rounding, so that their squares stay in range. */
/*@ requires x: \valid_read(x + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from n, x[0 .. n-1], c;
  @ LFAP_REAL(ensures square: \result == lfap_rsquare(x, c, n);) */
static double scaled_square(size_t n, const double *x, double c) {
  size_t k = lfap_slice_from(0, n);
  double total = scaled_slice(0, k, x, c);
  /*@ loop invariant slice: 0 <= k <= n;
    @ LFAP_REAL(loop invariant square: total == lfap_rsquare(x, c, k);)
    @ loop assigns k, total;
    @ loop variant n - k; */
  while (k < n) {
    size_t w = lfap_slice_from(k, n);
    total += scaled_slice(k, w, x, c);
    k += w;
  }
  return total;
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
  /*@ assert positive: LFAP_REAL_FACT(back*root >= 0.0); */
  /*@ assert one: LFAP_REAL_FACT((back*back)*(c*c) == 1.0); */
  /*@ assert squares: LFAP_REAL_FACT((back*back)*(root*root) == (back*back)*((c*c)*lfap_rdot(x, x, n))); */
  /*@ assert undone: LFAP_REAL_FACT((back*back)*((c*c)*lfap_rdot(x, x, n)) == lfap_rdot(x, x, n)); */
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
