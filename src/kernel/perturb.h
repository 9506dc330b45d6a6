/* perturb.h - the geometry-inspired perturbations and the pieces of PGD (N7; statement P1). */
#ifndef LFAP_KERNEL_PERTURB_H
#define LFAP_KERNEL_PERTURB_H
#include <stddef.h>

#include "arithmetic.h"

#ifdef __FRAMAC__
/* The bit pattern of |x| as a number, and what topk says with it: how many of the first d entries reach `low`, how many
   equal it, and how many are kept. */
/*@ axiomatic LfapBits { logic integer lfap_bits(double x) reads \nothing; }
  @ logic integer lfap_abs_bits(double x) = lfap_bits(x) & 0x7fffffffffffffff;
  @ logic integer lfap_reach{L}(double *w, integer low, integer d) =
  @   d <= 0 ? 0 : lfap_reach(w, low, d - 1) + (lfap_abs_bits(w[d-1]) >= low ? 1 : 0);
  @ logic integer lfap_equal{L}(double *w, integer low, integer d) =
  @   lfap_reach(w, low, d) - lfap_reach(w, low + 1, d);
  @ logic integer lfap_kept{L}(unsigned char *keep, integer d) =
  @   d <= 0 ? 0 : lfap_kept(keep, d - 1) + keep[d-1];
  @ // what the pattern of a finite |x| stands for, in units of 2^-1074: 52 bits of fraction below 11 of exponent
  @ logic integer lfap_magnitude(integer b) =
  @   b < 0x20000000000000 ? b : 2*lfap_magnitude(b - 0x10000000000000); */
#endif
#ifdef LFAP_TIER_REAL
/*@ logic real lfap_rsgn(real x) = x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : 0.0;
  @ logic real lfap_rclamp(real v, real lo, real hi) = v < lo ? lo : v > hi ? hi : v;
  @ // P1's entries, and one step of PGD
  @ logic real lfap_l2_entry(real w, real nrm, real t, real eps) = ((eps/nrm)*t)*w;
  @ logic real lfap_linf_entry(real w, real t, real eps) = eps*(t*lfap_rsgn(w));
  @ logic real lfap_l0_entry(real w, integer keep, real t, real eps) = keep != 0 ? lfap_linf_entry(w, t, eps) : 0.0;
  @ logic real lfap_l1_entry(real w, integer i, integer at, real t, real eps) =
  @   i == at ? lfap_linf_entry(w, t, eps) : 0.0;
  @ logic real lfap_moved(real x, real g, real step, real c) = x - step*(g/c);
  @ logic real lfap_moved_into(real x, real g, real step, real c, integer range, real lo, real hi) =
  @   range != 0 ? lfap_rclamp(lfap_moved(x, g, step, c), lo, hi) : lfap_moved(x, g, step, c); */
#endif
#ifdef LFAP_TIER_VALUE
/*@ predicate lfap_signed_bound(double t, double eps) =
  @   (\eq_double(t, (double)1.0) || \eq_double(t, (double)-1.0)) && \is_finite(eps) && \le_double((double)0.0, eps);
  @ // the sign of t*w; a w that is no number has none
  @ predicate lfap_along(double w, double t) =
  @   (\lt_double((double)0.0, w) && \lt_double((double)0.0, t)) || (\lt_double(w, (double)0.0)
  @       && \lt_double(t, (double)0.0));
  @ predicate lfap_against(double w, double t) =
  @   (\lt_double((double)0.0, w) && \lt_double(t, (double)0.0)) || (\lt_double(w, (double)0.0)
  @       && \lt_double((double)0.0, t));
  @ // e is eps along t*w, -eps against it, 0 without a direction, and always within eps
  @ predicate lfap_bounded(double e, double w, double t, double eps) =
  @   \is_finite(e) && \le_double(\neg_double(eps), e) && \le_double(e, eps) && (lfap_along(w, t)
  @       ==> \eq_double(e, eps))
  @   && (lfap_against(w, t) ==> \eq_double(e, \neg_double(eps)))
  @   && (!lfap_along(w, t) && !lfap_against(w, t) ==> \eq_double(e, (double)0.0));
  @ predicate lfap_same(double x, double y) = \eq_double(x, y) || (\is_NaN(x) && \is_NaN(y));
  @ // x was clamped to [lo,hi] or is no number
  @ predicate lfap_in_range(double x, double lo, double hi) =
  @   \is_NaN(x) || (\le_double(lo, x) && \le_double(x, hi)); */
#endif

/* +1, -1 or 0 (also for NaN). */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
#ifdef LFAP_TIER_REAL
  @ ensures value: \result == lfap_rsgn(x);
#endif
#ifdef LFAP_TIER_VALUE
  @ ensures nan: \is_NaN(x) ==> \eq_double(\result, (double)0.0);
  @ ensures zero: \eq_double(x, (double)0.0) ==> \eq_double(\result, (double)0.0);
  @ ensures plus: \lt_double((double)0.0, x) ==> \eq_double(\result, (double)1.0);
  @ ensures minus: \lt_double(x, (double)0.0) ==> \eq_double(\result, (double)-1.0);
#endif
  @*/
double lfap_sgn(double x);
/* eta_i = ((eps/nrm)*t)*w_i; nrm = norm2(w) > 0. */
/*@ requires eta: \valid(eta + (0 .. d-1));
  @ requires w: \valid_read(w + (0 .. d-1));
  @ requires sep: \separated(eta + (0 .. d-1), w + (0 .. d-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns eta[0 .. d-1];
#ifdef LFAP_TIER_REAL
  @ ensures value: \forall integer i; 0 <= i < d ==> eta[i] == lfap_l2_entry(w[i], nrm, t, eps);
#endif
  @*/
void lfap_eta_l2(double *eta, const double *w, double nrm, double t, double eps, size_t d);
/* eta_i = eps*(t*sgn w_i). */
/*@ requires eta: \valid(eta + (0 .. d-1));
  @ requires w: \valid_read(w + (0 .. d-1));
  @ requires sep: \separated(eta + (0 .. d-1), w + (0 .. d-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns eta[0 .. d-1];
#ifdef LFAP_TIER_REAL
  @ ensures value: \forall integer i; 0 <= i < d ==> eta[i] == lfap_linf_entry(w[i], t, eps);
#endif
#ifdef LFAP_TIER_VALUE
  @ ensures bound: lfap_signed_bound(t, eps)
  @   ==> \forall integer i; 0 <= i < d ==> lfap_bounded(eta[i], w[i], t, eps);
#endif
  @*/
void lfap_eta_linf(double *eta, const double *w, double t, double eps, size_t d);
/* keep[i] = 1 for the k largest |w_i| (ties: lower index first; NaN above infinity), else 0. k <= d. Time O(64 d):
   bisection on the bit pattern of |w_i|, no sorting. */
/*@ requires k: k <= d;
  @ requires keep: \valid(keep + (0 .. d-1));
  @ requires w: \valid_read(w + (0 .. d-1));
  @ requires sep: \separated(keep + (0 .. d-1), w + (0 .. d-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns keep[0 .. d-1];
  @ ensures flags: \forall integer i; 0 <= i < d ==> keep[i] == 0 || keep[i] == 1;
  @ ensures exactly: lfap_kept(keep, d) == k;
#ifndef LFAP_TIER_VALUE
  @ ensures dominate: \forall integer i, j; 0 <= i < d && 0 <= j < d && keep[i] == 1 && keep[j] == 0
  @   ==> lfap_abs_bits(w[i]) > lfap_abs_bits(w[j]) || (lfap_abs_bits(w[i]) == lfap_abs_bits(w[j]) && i < j);
#else
  @ ensures larger: \forall integer i, j; 0 <= i < d && 0 <= j < d && keep[i] == 1 && keep[j] == 0
  @   && \is_finite(w[i]) ==> \is_finite(w[j]) && \abs(w[j]) <= \abs(w[i]);
#endif
  @*/
void lfap_topk(unsigned char *keep, const double *w, size_t k, size_t d);
/* eta_i = keep[i] ? eps*(t*sgn w_i) : 0. */
/*@ requires eta: \valid(eta + (0 .. d-1));
  @ requires w: \valid_read(w + (0 .. d-1));
  @ requires keep: \valid_read(keep + (0 .. d-1));
  @ requires sep_w: \separated(eta + (0 .. d-1), w + (0 .. d-1));
  @ requires sep_k: \separated(eta + (0 .. d-1), keep + (0 .. d-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns eta[0 .. d-1];
#ifdef LFAP_TIER_REAL
  @ ensures value: \forall integer i; 0 <= i < d ==> eta[i] == lfap_l0_entry(w[i], keep[i], t, eps);
#endif
#ifdef LFAP_TIER_VALUE
  @ ensures bound: lfap_signed_bound(t, eps)
  @   ==> \forall integer i; 0 <= i < d && keep[i] != 0 ==> lfap_bounded(eta[i], w[i], t, eps);
  @ ensures none: \forall integer i; 0 <= i < d && keep[i] == 0 ==> \eq_double(eta[i], (double)0.0);
#endif
  @*/
void lfap_eta_l0(double *eta, const double *w, const unsigned char *keep, double t, double eps, size_t d);
/* The index of the largest |w_i|, the lowest on ties. d > 0. */
/*@ requires d: d > 0;
  @ requires w: \valid_read(w + (0 .. d-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures range: \result < d;
#ifdef LFAP_TIER_REAL
  @ ensures largest: \forall integer i; 0 <= i < d ==> \abs(w[i]) <= \abs(w[\result]);
  @ ensures first: \forall integer i; 0 <= i < \result ==> \abs(w[i]) < \abs(w[\result]);
#endif
  @*/
size_t lfap_first_largest(const double *w, size_t d);
/* eta_i = eps*(t*sgn w_i) for i = at, the index of the largest |w_i|, 0 elsewhere. */
/*@ requires eta: \valid(eta + (0 .. d-1));
  @ requires w: \valid_read(w + (0 .. d-1));
  @ requires sep: \separated(eta + (0 .. d-1), w + (0 .. d-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns eta[0 .. d-1];
#ifdef LFAP_TIER_REAL
  @ ensures value: \forall integer i; 0 <= i < d ==> eta[i] == lfap_l1_entry(w[i], i, at, t, eps);
#endif
#ifdef LFAP_TIER_VALUE
  @ ensures bound: lfap_signed_bound(t, eps) && at < d ==> lfap_bounded(eta[at], w[at], t, eps);
  @ ensures none: \forall integer i; 0 <= i < d && i != at ==> \eq_double(eta[i], (double)0.0);
#endif
  @*/
void lfap_eta_l1(double *eta, const double *w, size_t at, double t, double eps, size_t d);
/* z_i = x_i + y_i and z_i = x_i - y_i; z may be x or y. */
/*@ requires z: \valid(z + (0 .. d-1));
  @ requires x: \valid_read(x + (0 .. d-1));
  @ requires y: \valid_read(y + (0 .. d-1));
  @ requires sep_x: z == x || \separated(z + (0 .. d-1), x + (0 .. d-1));
  @ requires sep_y: z == y || \separated(z + (0 .. d-1), y + (0 .. d-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns z[0 .. d-1];
#ifdef LFAP_TIER_REAL
  @ ensures value: \forall integer i; 0 <= i < d ==> z[i] == \old(x[i]) + \old(y[i]);
#endif
  @*/
void lfap_add(double *z, const double *x, const double *y, size_t d);
/*@ requires z: \valid(z + (0 .. d-1));
  @ requires x: \valid_read(x + (0 .. d-1));
  @ requires y: \valid_read(y + (0 .. d-1));
  @ requires sep_x: z == x || \separated(z + (0 .. d-1), x + (0 .. d-1));
  @ requires sep_y: z == y || \separated(z + (0 .. d-1), y + (0 .. d-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns z[0 .. d-1];
#ifdef LFAP_TIER_REAL
  @ ensures value: \forall integer i; 0 <= i < d ==> z[i] == \old(x[i]) - \old(y[i]);
#endif
  @*/
void lfap_sub(double *z, const double *x, const double *y, size_t d);
/* v < lo ? lo : v > hi ? hi : v (NaN stays NaN). */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
#ifdef LFAP_TIER_REAL
  @ ensures value: \result == lfap_rclamp(v, lo, hi);
  @ ensures range: lo <= hi ==> lo <= \result <= hi;
  @ ensures inside: lo <= v <= hi ==> \result == v;
#endif
#ifdef LFAP_TIER_VALUE
  @ ensures nan: \is_NaN(v) ==> \is_NaN(\result);
  @ ensures low: \le_double(lo, hi) && !\is_NaN(v) ==> \le_double(lo, \result);
  @ ensures high: \le_double(lo, hi) && !\is_NaN(v) ==> \le_double(\result, hi);
  @ ensures inside: \le_double(lo, v) && \le_double(v, hi) ==> \eq_double(\result, v);
#endif
  @*/
double lfap_clamp(double v, double lo, double hi);
/*@ requires x: \valid(x + (0 .. d-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns x[0 .. d-1];
#ifdef LFAP_TIER_REAL
  @ ensures value: \forall integer i; 0 <= i < d ==> x[i] == lfap_rclamp(\old(x[i]), lo, hi);
#endif
#ifdef LFAP_TIER_VALUE
  @ ensures range: \le_double(lo, hi) ==> \forall integer i; 0 <= i < d ==> lfap_in_range(x[i], lo, hi);
  @ ensures nan: \forall integer i; 0 <= i < d && \is_NaN(\old(x[i])) ==> \is_NaN(x[i]);
  @ ensures number: \le_double(lo, hi) ==> \forall integer i; 0 <= i < d && !\is_NaN(\old(x[i])) ==> !\is_NaN(x[i]);
  @ ensures inside: \forall integer i; 0 <= i < d && \le_double(lo, \old(x[i])) && \le_double(\old(x[i]), hi)
  @   ==> \eq_double(x[i], \old(x[i]));
#endif
  @*/
void lfap_clamp_all(double *x, double lo, double hi, size_t d);
/* PGD in a ball: x_i = fma(-step, g_i/c, x_i). */
/*@ requires x: \valid(x + (0 .. d-1));
  @ requires g: \valid_read(g + (0 .. d-1));
  @ requires sep: \separated(x + (0 .. d-1), g + (0 .. d-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns x[0 .. d-1];
#ifdef LFAP_TIER_REAL
  @ ensures value: \forall integer i; 0 <= i < d ==> x[i] == lfap_moved(\old(x[i]), g[i], step, c);
#endif
  @*/
void lfap_pgd_move(double *x, const double *g, double step, double c, size_t d);
/* PGD, l0: mask[i] = x_i != x0_i, plus the unmasked entry of largest |g_i| (lowest index on ties) if there is one. */
/*@ requires mask: \valid(mask + (0 .. d-1));
  @ requires x: \valid_read(x + (0 .. d-1));
  @ requires x0: \valid_read(x0 + (0 .. d-1));
  @ requires g: \valid_read(g + (0 .. d-1));
  @ requires sep_x: \separated(mask + (0 .. d-1), x + (0 .. d-1));
  @ requires sep_x0: \separated(mask + (0 .. d-1), x0 + (0 .. d-1));
  @ requires sep_g: \separated(mask + (0 .. d-1), g + (0 .. d-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns mask[0 .. d-1];
  @ ensures flags: \forall integer i; 0 <= i < d ==> mask[i] == 0 || mask[i] == 1;
#ifdef LFAP_TIER_REAL
  @ ensures moved: \forall integer i; 0 <= i < d && x[i] != x0[i] ==> mask[i] == 1;
  @ ensures one: \forall integer i, j; 0 <= i < j < d && x[i] == x0[i] && x[j] == x0[j]
  @   ==> mask[i] == 0 || mask[j] == 0;
  @ ensures some: \forall integer i, j; 0 <= i < d && 0 <= j < d && x[i] == x0[i] && mask[i] == 1 && mask[j] == 0
  @   ==> \abs(g[j]) < \abs(g[i]) || (\abs(g[j]) == \abs(g[i]) && i < j);
  @ ensures full: (\forall integer i; 0 <= i < d && x[i] == x0[i] ==> mask[i] == 0)
  @   ==> \forall integer i; 0 <= i < d ==> x[i] != x0[i];
#endif
  @*/
void lfap_pgd_mask(unsigned char *mask, const double *x, const double *x0, const double *g, size_t d);
/* Largest |g_i| on the mask, 0 if it is empty. */
/*@ requires g: \valid_read(g + (0 .. d-1));
  @ requires mask: \valid_read(mask + (0 .. d-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
#ifdef LFAP_TIER_REAL
  @ ensures bound: \forall integer i; 0 <= i < d && mask[i] != 0 ==> \abs(g[i]) <= \result;
  @ ensures reached: \result == 0.0 || \exists integer i; 0 <= i < d && mask[i] != 0 && \result == \abs(g[i]);
#endif
  @*/
double lfap_masked_amax(const double *g, const unsigned char *mask, size_t d);
/* On the mask x_i = fma(-step, g_i/c, x_i), then clamped to [lo,hi] when range != 0. */
/*@ requires x: \valid(x + (0 .. d-1));
  @ requires g: \valid_read(g + (0 .. d-1));
  @ requires mask: \valid_read(mask + (0 .. d-1));
  @ requires sep_g: \separated(x + (0 .. d-1), g + (0 .. d-1));
  @ requires sep_m: \separated(x + (0 .. d-1), mask + (0 .. d-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns x[0 .. d-1];
#ifdef LFAP_TIER_REAL
  @ ensures on: \forall integer i; 0 <= i < d && mask[i] != 0
  @   ==> x[i] == lfap_moved_into(\old(x[i]), g[i], step, c, range, lo, hi);
  @ ensures off: \forall integer i; 0 <= i < d && mask[i] == 0 ==> x[i] == \old(x[i]);
#endif
  @*/
void lfap_pgd_move_masked(double *x, const double *g, const unsigned char *mask, double step, double c, int range,
                          double lo, double hi, size_t d);
#endif
