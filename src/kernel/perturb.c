/* perturb.c - the geometry-inspired perturbations, the k largest entries, and the pieces of PGD (P1; spec/numerics.md
 * N7). */
#include "perturb.h"

#include <stdint.h>

#include "clones.h"
#include "mathspec.h"
#ifndef __FRAMAC__
#include "bits.h"
#else
/* bits.h, and for the contract of topk: the pattern depends on the value of the argument alone, and stands for its
 * absolute value as IEEE 754 defines binary64. Trusted. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from x;
  @ ensures pattern: \result == lfap_bits(x);
#ifdef LFAP_TIER_VALUE
  @ ensures finite: \is_finite(x) <==> lfap_abs_bits(x) < 0x7ff0000000000000;
  @ ensures magnitude: \is_finite(x) ==> \abs(x) == lfap_magnitude(lfap_abs_bits(x))*0x1p-1074;
#endif
  @*/
uint64_t lfap_bits_of(double x);
#endif

double lfap_sgn(double x) { return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : 0.0; }

void lfap_eta_l2(double *eta, const double *w, double nrm, double t, double eps, size_t d) {
  const double k = eps / nrm;
  /*@ loop invariant i: 0 <= i <= d;
#ifdef LFAP_TIER_REAL
    @ loop invariant done: \forall integer j; 0 <= j < i ==> eta[j] == lfap_l2_entry(w[j], nrm, t, eps);
#endif
    @ loop assigns i, eta[0 .. d-1];
    @ loop variant d - i; */
  for (size_t i = 0; i < d; i++) {
    eta[i] = (k * t) * w[i];
#ifdef LFAP_TIER_REAL
    /*@ assert entry: eta[i] == lfap_l2_entry(w[i], nrm, t, eps); */
    /*@ assert kept: \forall integer j; 0 <= j < i ==> eta[j] == \at(eta[j],LoopCurrent); */
#endif
  }
}

/* P1's entry for linf, and for l0 and l1 where the entry is kept. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
#ifdef LFAP_TIER_REAL
  @ ensures value: \result == lfap_linf_entry(w, t, eps);
#endif
#ifdef LFAP_TIER_VALUE
  @ ensures bound: lfap_signed_bound(t, eps) ==> lfap_bounded(\result, w, t, eps);
#endif
  @*/
LFAP_INLINE double signed_bound(double w, double t, double eps) {
  const double side = t * lfap_sgn(w);
  const double e = eps * side;
#ifdef LFAP_TIER_VALUE
  /*@ assert along: lfap_signed_bound(t, eps) && lfap_along(w, t) ==> \eq_double(side, (double)1.0); */
  /*@ assert against: lfap_signed_bound(t, eps) && lfap_against(w, t) ==> \eq_double(side, (double)-1.0); */
  /*@ assert none: lfap_signed_bound(t, eps) && !lfap_along(w, t) && !lfap_against(w, t)
    @   ==> \eq_double(side, (double)0.0); */
  /*@ assert plus: \is_finite(eps) && \eq_double(side, (double)1.0) ==> \eq_double(e, eps); */
  /*@ assert minus: \is_finite(eps) && \eq_double(side, (double)-1.0) ==> \eq_double(e, \neg_double(eps)); */
  /*@ assert zero: \is_finite(eps) && \eq_double(side, (double)0.0) ==> \eq_double(e, (double)0.0); */
  /*@ assert order: lfap_signed_bound(t, eps) ==> \le_double(\neg_double(eps), (double)0.0)
      && \is_finite(\neg_double(eps)); */
  /*@ assert within: lfap_signed_bound(t, eps) ==> \le_double(\neg_double(eps), e) && \le_double(e, eps); */
#endif
  return e;
}

void lfap_eta_linf(double *eta, const double *w, double t, double eps, size_t d) {
  /*@ loop invariant i: 0 <= i <= d;
#ifdef LFAP_TIER_REAL
    @ loop invariant done: \forall integer j; 0 <= j < i ==> eta[j] == lfap_linf_entry(w[j], t, eps);
#endif
#ifdef LFAP_TIER_VALUE
    @ loop invariant bound: lfap_signed_bound(t, eps)
    @   ==> \forall integer j; 0 <= j < i ==> lfap_bounded(eta[j], w[j], t, eps);
#endif
    @ loop assigns i, eta[0 .. d-1];
    @ loop variant d - i; */
  for (size_t i = 0; i < d; i++) eta[i] = signed_bound(w[i], t, eps);
}

/* A larger pattern stands for a larger number. */
/*@ ghost
  /@ requires order: a <= b;
     terminates \true;
     decreases b;
     exits never: \false;
     assigns \nothing;
     ensures grows: lfap_magnitude(a) <= lfap_magnitude(b); @/
  static void magnitude_grows(uint64_t a, uint64_t b) {
    if (b < 0x20000000000000u) return;
    if (a < 0x20000000000000u) magnitude_grows(0x10000000000000u, b - 0x10000000000000u);
    else magnitude_grows(a - 0x10000000000000u, b - 0x10000000000000u);
  }
*/

/* Sign bit cleared, the pattern of a double grows with its absolute value (NaN above infinity). */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures value: \result == lfap_abs_bits(x);
  @ ensures bound: \result < 0x8000000000000000;
#ifdef LFAP_TIER_VALUE
  @ ensures finite: \is_finite(x) <==> \result < 0x7ff0000000000000;
  @ ensures magnitude: \is_finite(x) ==> \abs(x) == lfap_magnitude(\result)*0x1p-1074;
#endif
  @*/
static uint64_t abs_bits(double x) { return lfap_bits_of(x) & 0x7fffffffffffffffu; }

/*@ requires w: \valid_read(w + (0 .. d-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures value: \result == lfap_reach(w, low, d); */
static size_t count_from(const double *w, uint64_t low, size_t d) {
  size_t c = 0;
  /*@ loop invariant i: 0 <= i <= d;
    @ loop invariant c: c == lfap_reach(w, low, i) && c <= i;
    @ loop assigns i, c;
    @ loop variant d - i; */
  for (size_t i = 0; i < d; i++)
    if (abs_bits(w[i]) >= low) c++;
  return c;
}

/* Bisection for the largest `low` that at least k entries reach; *above counts those that reach low + 1. */
/*@ requires k: k <= d;
  @ requires w: \valid_read(w + (0 .. d-1));
  @ requires above: \valid(above);
  @ requires sep: \separated(above, w + (0 .. d-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns *above;
  @ ensures range: \result < 0x8000000000000000;
  @ ensures above: *above <= k;
  @ ensures none: \result == 0x7fffffffffffffff ==> *above == 0;
  @ ensures reach_above: \result < 0x7fffffffffffffff ==> *above == lfap_reach(w, \result + 1, d);
  @ ensures reach: \result > 0 ==> lfap_reach(w, \result, d) >= k; */
static uint64_t threshold(size_t *above, const double *w, size_t k, size_t d) {
  uint64_t low = 0, high = 0x8000000000000000u;
  size_t reach_high = 0;
  /*@ loop invariant order: low < high <= 0x8000000000000000;
    @ loop invariant above: reach_high <= k;
    @ loop invariant low: low > 0 ==> lfap_reach(w, low, d) >= k;
    @ loop invariant none: high == 0x8000000000000000 ==> reach_high == 0;
    @ loop invariant high: high < 0x8000000000000000 ==> reach_high == lfap_reach(w, high, d);
    @ loop assigns low, high, reach_high;
    @ loop variant high - low; */
  while (high - low > 1) {
    const uint64_t mid = low + (high - low) / 2;
    const size_t c = count_from(w, mid, d);
    if (c >= k) {
      low = mid;
    } else {
      high = mid;
      reach_high = c;
    }
  }
  *above = reach_high;
  return low;
}

/* Entries above the threshold are kept whatever their index; the rest of the k are the first ones equal to it. */
void lfap_topk(unsigned char *keep, const double *w, size_t k, size_t d) {
  size_t above;
  const uint64_t low = threshold(&above, w, k, d);
  size_t ties = k - above;
  /*@ loop invariant i: 0 <= i <= d;
    @ loop invariant all: lfap_reach(w, 0, i) == i;
    @ loop invariant none: lfap_reach(w, 0x8000000000000000, i) == 0;
    @ loop invariant ties: ties <= k - above;
    @ loop invariant flags: \forall integer j; 0 <= j < i ==> keep[j] == 0 || keep[j] == 1;
    @ loop invariant kept: \forall integer j; 0 <= j < i && keep[j] == 1 ==> lfap_abs_bits(w[j]) >= low;
    @ loop invariant rest: \forall integer j; 0 <= j < i && keep[j] == 0 ==> lfap_abs_bits(w[j]) <= low;
    @ loop invariant spent: \forall integer j; 0 <= j < i && keep[j] == 0 && lfap_abs_bits(w[j]) == low ==> ties == 0;
#ifndef LFAP_TIER_VALUE
    @ loop invariant order: \forall integer a, b; 0 <= a < i && 0 <= b < i && keep[a] == 1 && keep[b] == 0
    @   && lfap_abs_bits(w[a]) == lfap_abs_bits(w[b]) ==> a < b;
#endif
    @ loop invariant left: ties == \max(0, k - above - lfap_equal(w, low, i));
    @ loop invariant which: \forall integer j; 0 <= j < i ==> keep[j] == (lfap_abs_bits(w[j]) > low
    @   || (lfap_abs_bits(w[j]) == low && lfap_equal(w, low, j) < k - above) ? 1 : 0);
#ifdef LFAP_TIER_VALUE
    @ loop invariant finite: \forall integer j; 0 <= j < i ==> (\is_finite(w[j]) <==> lfap_abs_bits(w[j]) <
    @     0x7ff0000000000000);
    @ loop invariant above: \forall integer j; 0 <= j < i && keep[j] == 1 && \is_finite(w[j])
    @   ==> lfap_magnitude(low)*0x1p-1074 <= \abs(w[j]);
    @ loop invariant below: \forall integer j; 0 <= j < i && keep[j] == 0 && \is_finite(w[j])
    @   ==> \abs(w[j]) <= lfap_magnitude(low)*0x1p-1074;
#endif
    @ loop assigns i, ties, keep[0 .. d-1];
    @ loop variant d - i; */
  for (size_t i = 0; i < d; i++) {
    const uint64_t b = abs_bits(w[i]);
#ifdef LFAP_TIER_VALUE
    /*@ ghost if (b < low) magnitude_grows(b, low); else magnitude_grows(low, b); */
#endif
    keep[i] = b > low || (b == low && ties > 0);
    if (b == low && ties > 0) ties--;
  }
  /*@ assert above: above == lfap_reach(w, low + 1, d); */
  /*@ assert reach: lfap_reach(w, low, d) >= k; */
  /*@ ghost
    /@ loop invariant c: 0 <= c <= d;
     @ loop invariant count: lfap_kept(keep, c) == lfap_reach(w, low + 1, c) + \min(k - above, lfap_equal(w, low, c));
     @ loop assigns c;
     @ loop variant d - c; @/
    for (size_t c = 0; c < d; c++) { }
  */
}

void lfap_eta_l0(double *eta, const double *w, const unsigned char *keep, double t, double eps, size_t d) {
  /*@ loop invariant i: 0 <= i <= d;
#ifdef LFAP_TIER_REAL
    @ loop invariant done: \forall integer j; 0 <= j < i ==> eta[j] == lfap_l0_entry(w[j], keep[j], t, eps);
#endif
#ifdef LFAP_TIER_VALUE
    @ loop invariant bound: lfap_signed_bound(t, eps)
    @   ==> \forall integer j; 0 <= j < i && keep[j] != 0 ==> lfap_bounded(eta[j], w[j], t, eps);
    @ loop invariant none: \forall integer j; 0 <= j < i && keep[j] == 0 ==> \eq_double(eta[j], (double)0.0);
#endif
    @ loop assigns i, eta[0 .. d-1];
    @ loop variant d - i; */
  for (size_t i = 0; i < d; i++) {
    eta[i] = keep[i] ? signed_bound(w[i], t, eps) : 0.0;
#ifdef LFAP_TIER_REAL
    /*@ assert entry: eta[i] == lfap_l0_entry(w[i], keep[i], t, eps); */
    /*@ assert kept: \forall integer j; 0 <= j < i ==> eta[j] == \at(eta[j],LoopCurrent); */
#endif
  }
}

size_t lfap_first_largest(const double *w, size_t d) {
  size_t at = 0;
  /*@ loop invariant i: 1 <= i <= d;
    @ loop invariant at: at < i;
#ifdef LFAP_TIER_REAL
    @ loop invariant largest: \forall integer j; 0 <= j < i ==> \abs(w[j]) <= \abs(w[at]);
    @ loop invariant first: \forall integer j; 0 <= j < at ==> \abs(w[j]) < \abs(w[at]);
#endif
    @ loop assigns i, at;
    @ loop variant d - i; */
  for (size_t i = 1; i < d; i++)
    if (fabs(w[i]) > fabs(w[at])) at = i;
  return at;
}

void lfap_eta_l1(double *eta, const double *w, size_t at, double t, double eps, size_t d) {
  /*@ loop invariant i: 0 <= i <= d;
#ifdef LFAP_TIER_REAL
    @ loop invariant done: \forall integer j; 0 <= j < i ==> eta[j] == lfap_l1_entry(w[j], j, at, t, eps);
#endif
#ifdef LFAP_TIER_VALUE
    @ loop invariant bound: lfap_signed_bound(t, eps) && at < i ==> lfap_bounded(eta[at], w[at], t, eps);
    @ loop invariant none: \forall integer j; 0 <= j < i && j != at ==> \eq_double(eta[j], (double)0.0);
#endif
    @ loop assigns i, eta[0 .. d-1];
    @ loop variant d - i; */
  for (size_t i = 0; i < d; i++) {
    eta[i] = i == at ? signed_bound(w[i], t, eps) : 0.0;
#ifdef LFAP_TIER_REAL
    /*@ assert entry: eta[i] == lfap_l1_entry(w[i], i, at, t, eps); */
    /*@ assert kept: \forall integer j; 0 <= j < i ==> eta[j] == \at(eta[j],LoopCurrent); */
#endif
  }
}

void lfap_add(double *z, const double *x, const double *y, size_t d) {
  /*@ loop invariant i: 0 <= i <= d;
#ifdef LFAP_TIER_REAL
    @ loop invariant done: \forall integer j; 0 <= j < i ==> z[j] == \at(x[j],Pre) + \at(y[j],Pre);
    @ loop invariant todo: \forall integer j; i <= j < d ==> x[j] == \at(x[j],Pre) && y[j] == \at(y[j],Pre);
#endif
    @ loop assigns i, z[0 .. d-1];
    @ loop variant d - i; */
  for (size_t i = 0; i < d; i++) z[i] = x[i] + y[i];
}

void lfap_sub(double *z, const double *x, const double *y, size_t d) {
  /*@ loop invariant i: 0 <= i <= d;
#ifdef LFAP_TIER_REAL
    @ loop invariant done: \forall integer j; 0 <= j < i ==> z[j] == \at(x[j],Pre) - \at(y[j],Pre);
    @ loop invariant todo: \forall integer j; i <= j < d ==> x[j] == \at(x[j],Pre) && y[j] == \at(y[j],Pre);
#endif
    @ loop assigns i, z[0 .. d-1];
    @ loop variant d - i; */
  for (size_t i = 0; i < d; i++) z[i] = x[i] - y[i];
}

double lfap_clamp(double v, double lo, double hi) { return v < lo ? lo : v > hi ? hi : v; }

void lfap_clamp_all(double *x, double lo, double hi, size_t d) {
  /*@ loop invariant i: 0 <= i <= d;
#ifdef LFAP_TIER_REAL
    @ loop invariant done: \forall integer j; 0 <= j < i ==> x[j] == lfap_rclamp(\at(x[j],Pre), lo, hi);
    @ loop invariant todo: \forall integer j; i <= j < d ==> x[j] == \at(x[j],Pre);
#endif
#ifdef LFAP_TIER_VALUE
    @ loop invariant range: \le_double(lo, hi) ==> \forall integer j; 0 <= j < i ==> lfap_in_range(x[j], lo, hi);
    @ loop invariant nan: \forall integer j; 0 <= j < i && \is_NaN(\at(x[j],Pre)) ==> \is_NaN(x[j]);
    @ loop invariant number: \le_double(lo, hi) ==> \forall integer j; 0 <= j < i && !\is_NaN(\at(x[j],Pre))
    @     ==> !\is_NaN(x[j]);
    @ loop invariant inside: \forall integer j; 0 <= j < i && \le_double(lo, \at(x[j],Pre))
    @     && \le_double(\at(x[j],Pre), hi)
    @   ==> \eq_double(x[j], \at(x[j],Pre));
    @ loop invariant todo: \forall integer j; i <= j < d ==> lfap_same(x[j], \at(x[j],Pre));
#endif
    @ loop assigns i, x[0 .. d-1];
    @ loop variant d - i; */
  for (size_t i = 0; i < d; i++) x[i] = lfap_clamp(x[i], lo, hi);
}

LFAP_CLONES
void lfap_pgd_move(double *x, const double *g, double step, double c, size_t d) {
  /*@ loop invariant i: 0 <= i <= d;
#ifdef LFAP_TIER_REAL
    @ loop invariant done: \forall integer j; 0 <= j < i ==> x[j] == lfap_moved(\at(x[j],Pre), g[j], step, c);
    @ loop invariant todo: \forall integer j; i <= j < d ==> x[j] == \at(x[j],Pre);
#endif
    @ loop assigns i, x[0 .. d-1];
    @ loop variant d - i; */
  for (size_t i = 0; i < d; i++) {
    x[i] = fma(-step, g[i] / c, x[i]);
#ifdef LFAP_TIER_REAL
    /*@ assert entry: x[i] == lfap_moved(\at(x[i],LoopCurrent), g[i], step, c); */
    /*@ assert kept: \forall integer j; 0 <= j < d && j != i ==> x[j] == \at(x[j],LoopCurrent); */
#endif
  }
}

void lfap_pgd_mask(unsigned char *mask, const double *x, const double *x0, const double *g, size_t d) {
  size_t at = d;      /* d: none found */
  double best = -1.0; /* below every |g_i|, so a zero gradient still adds its first entry */
  /*@ loop invariant i: 0 <= i <= d;
    @ loop invariant at: at == d || (at < i && mask[at] == 0);
    @ loop invariant flags: \forall integer j; 0 <= j < i ==> mask[j] == 0 || mask[j] == 1;
#ifdef LFAP_TIER_REAL
    @ loop invariant mask: \forall integer j; 0 <= j < i ==> (mask[j] == 1 <==> x[j] != x0[j]);
    @ loop invariant none: at == d ==> best == -1.0 && \forall integer j; 0 <= j < i ==> mask[j] == 1;
    @ loop invariant best: at < d ==> best == \abs(g[at]);
    @ loop invariant low: \forall integer j; 0 <= j < i && mask[j] == 0 ==> \abs(g[j]) <= best;
    @ loop invariant first: \forall integer j; 0 <= j < at && at < d && mask[j] == 0 ==> \abs(g[j]) < best;
#endif
    @ loop assigns i, at, best, mask[0 .. d-1];
    @ loop variant d - i; */
  for (size_t i = 0; i < d; i++) {
    mask[i] = x[i] != x0[i];
    if (!mask[i] && fabs(g[i]) > best) {
      best = fabs(g[i]);
      at = i;
    }
  }
  if (at < d) mask[at] = 1;
}

double lfap_masked_amax(const double *g, const unsigned char *mask, size_t d) {
  double best = 0.0;
  /*@ loop invariant i: 0 <= i <= d;
#ifdef LFAP_TIER_REAL
    @ loop invariant bound: best >= 0.0 && \forall integer j; 0 <= j < i && mask[j] != 0 ==> \abs(g[j]) <= best;
    @ loop invariant reached: best == 0.0 || \exists integer j; 0 <= j < i && mask[j] != 0 && best == \abs(g[j]);
#endif
    @ loop assigns i, best;
    @ loop variant d - i; */
  for (size_t i = 0; i < d; i++)
    if (mask[i] && fabs(g[i]) > best) best = fabs(g[i]);
  return best;
}

LFAP_CLONES
void lfap_pgd_move_masked(double *x, const double *g, const unsigned char *mask, double step, double c, int range,
                          double lo, double hi, size_t d) {
  /*@ loop invariant i: 0 <= i <= d;
#ifdef LFAP_TIER_REAL
    @ loop invariant on: \forall integer j; 0 <= j < i && mask[j] != 0
    @   ==> x[j] == lfap_moved_into(\at(x[j],Pre), g[j], step, c, range, lo, hi);
    @ loop invariant off: \forall integer j; 0 <= j < i && mask[j] == 0 ==> x[j] == \at(x[j],Pre);
    @ loop invariant todo: \forall integer j; i <= j < d ==> x[j] == \at(x[j],Pre);
#endif
    @ loop assigns i, x[0 .. d-1];
    @ loop variant d - i; */
  for (size_t i = 0; i < d; i++) {
    if (mask[i]) {
      const double v = fma(-step, g[i] / c, x[i]);
      x[i] = range ? lfap_clamp(v, lo, hi) : v;
#ifdef LFAP_TIER_REAL
      /*@ assert entry: x[i] == lfap_moved_into(\at(x[i],LoopCurrent), g[i], step, c, range, lo, hi); */
      /*@ assert kept: \forall integer j; 0 <= j < d && j != i ==> x[j] == \at(x[j],LoopCurrent); */
#endif
    }
  }
}
