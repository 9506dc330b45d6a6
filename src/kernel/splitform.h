/* splitform.h - the split of a network (T5; N16): coefficients b_jn of w_j = w_j(0) + a_j sum_n b_jn t_n x_n, and what
 * initialisation, bases and perturbations give to the value at a point. */
#ifndef LFAP_KERNEL_SPLITFORM_H
#define LFAP_KERNEL_SPLITFORM_H
#include <stddef.h>
#include <stdint.h>

#include "arithmetic.h"

#ifdef LFAP_TIER_REAL
#include "network.h"
/*@ logic real lfap_split_entry(real c, real y, real a) = (c*y) / a;
  @ logic real lfap_split_side(integer j, integer m) = j < m/2 ? 1.0 : -1.0;
  @ // what a neuron of value v and of a_j's sign `side` puts into f
  @ logic real lfap_split_put(real v, real side, real gamma) = side*lfap_rphi(side*v, gamma);
  @ logic real lfap_split_above(real v) = v > 0.0 ? v : 0.0;
  @ logic real lfap_split_times(real s, real q) = s*q;
  @ // of the four rows of m at a point, times the sign of a_j: I_j + D_j, P_j, the value of W
  @ logic real lfap_split_without{L}(double *p, integer m, integer j) =
  @   lfap_split_times(lfap_split_side(j, m), p[j] + p[m + j]);
  @ logic real lfap_split_pert{L}(double *p, integer m, integer j) =
  @   lfap_split_times(lfap_split_side(j, m), p[2*m + j]);
  @ logic real lfap_split_whole{L}(double *p, integer m, integer j) =
  @   lfap_split_times(lfap_split_side(j, m), p[3*m + j]);
  @ logic real lfap_split_off{L}(double *p, integer m, integer j) =
  @   lfap_split_whole(p, m, j) - (lfap_split_without(p, m, j) + lfap_split_pert(p, m, j));
  @ // the parts of neuron j add up to its pre-activation <w_j,z>
  @ predicate lfap_split_adds{L}(double *p, integer m, integer j) = p[3*m + j] == p[j] + p[m + j] + p[2*m + j];
  @ predicate lfap_split_all_add{L}(double *p, integer m, integer k) =
  @   \forall integer j; 0 <= j < k ==> lfap_split_adds(p, m, j);
  @ // sums over the first k neurons
  @ logic real lfap_split_f{L}(double *p, real gamma, integer m, integer k) =
  @   k <= 0 ? 0.0 : lfap_split_f(p, gamma, m, k - 1)
  @                  + lfap_split_put(lfap_split_whole(p, m, k - 1), lfap_split_side(k - 1, m), gamma);
  @ logic real lfap_split_rest{L}(double *p, real gamma, integer m, integer k) =
  @   k <= 0 ? 0.0 : lfap_split_rest(p, gamma, m, k - 1)
  @                  + lfap_split_put(lfap_split_without(p, m, k - 1), lfap_split_side(k - 1, m), gamma);
  @ logic real lfap_split_plus{L}(double *p, integer m, integer k) =
  @   k <= 0 ? 0.0 : lfap_split_plus(p, m, k - 1) + lfap_split_above(lfap_split_pert(p, m, k - 1));
  @ logic real lfap_split_minus{L}(double *p, integer m, integer k) =
  @   k <= 0 ? 0.0 : lfap_split_minus(p, m, k - 1) + lfap_split_above(-lfap_split_pert(p, m, k - 1));
  @ // T5's bounds of an effect f - rest
  @ predicate lfap_split_within(real f, real rest, real plus, real minus, real gamma) =
  @   rest + lfap_split_times(gamma, plus) - minus <= f && f <= rest + plus - lfap_split_times(gamma, minus);
  @ lemma lfap_split_rises: \forall real r, P, gamma; 0.0 < gamma < 1.0 && 0.0 <= P
  @   ==> gamma*P <= lfap_rphi(r + P, gamma) - lfap_rphi(r, gamma) <= P;
  @ lemma lfap_split_step: \forall real r, P, side, gamma; 0.0 < gamma < 1.0 && (side == 1.0 || side == -1.0)
  @   ==> lfap_split_within(lfap_split_put(r + P, side, gamma), lfap_split_put(r, side, gamma), lfap_split_above(P),
  @       lfap_split_above(-P), gamma);
  @ lemma lfap_split_joins: \forall real f, g, r, s, p, q, u, v, gamma; lfap_split_within(f, r, p, u, gamma)
  @   ==> lfap_split_within(g, s, q, v, gamma) ==> lfap_split_within(f + g, r + s, p + q, u + v, gamma); */
#endif

/* b[n] = (c[n]*y[n])/a: of a row w_j - w_j(0) = sum_n c_n x_n; a is its a_j. b may be c. */
/*@ requires b: \valid(b + (0 .. n-1));
  @ requires c: \valid_read(c + (0 .. n-1));
  @ requires y: \valid_read(y + (0 .. n-1));
  @ requires sep_c: b == c || \separated(b + (0 .. n-1), c + (0 .. n-1));
  @ requires sep_y: \separated(b + (0 .. n-1), y + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns b[0 .. n-1];
  @ LFAP_REAL(ensures value: \forall integer i; 0 <= i < n ==> b[i] == lfap_split_entry(\old(c[i]), y[i], a);) */
void lfap_split_coef(double *b, const double *c, const double *y, double a, size_t n);

/* side*phi(side*v): what a neuron of value v, times |a_j|, puts into f; side is a_j's sign. */
/*@ LFAP_REAL(requires side: side == 1.0 || side == -1.0;)
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures value: \result == lfap_split_put(v, side, gamma);) */
double lfap_split_out(double v, double side, double gamma);

/* What the parts of m neurons add up to at one point, each times the sign of its a_j; times |a_j| that is f, f_rest and
   the means of T5. */
typedef struct {
  double f, rest;     /* of the values, and of I_j + D_j alone */
  double plus, minus; /* of the P_j > 0, and of the -P_j > 0 */
  double init, data;  /* of |I_j|, of |D_j| */
  double off, most;   /* of |value - (I_j + D_j + P_j)|, and the largest of these */
  int above, below;   /* every P_j > 0, every P_j < 0 */
} lfap_split_sums;
/* parts: four rows of m: what first weights, bases and perturbations give to <w_j,z>, and <w_j,z>; a_j is positive in
   the first half. All sums in order. */
/*@ requires size: m <= SIZE_MAX / 4;
  @ requires out: \valid(out);
  @ requires parts: \valid_read(parts + (0 .. 4*m-1));
  @ requires sep: \separated(out, parts + (0 .. 4*m-1));
  @ LFAP_REAL(requires gamma: 0.0 < gamma < 1.0;)
  @ terminates \true;
  @ exits never: \false;
  @ assigns *out;
  @ ensures signs: (out->above == 0 || out->above == 1) && (out->below == 0 || out->below == 1);
  @ LFAP_REAL(ensures f: out->f == lfap_split_f{Pre}(parts, gamma, m, m);)
  @ LFAP_REAL(ensures rest: out->rest == lfap_split_rest{Pre}(parts, gamma, m, m);)
  @ LFAP_REAL(ensures plus: out->plus == lfap_split_plus{Pre}(parts, m, m);)
  @ LFAP_REAL(ensures minus: out->minus == lfap_split_minus{Pre}(parts, m, m);)
  @ LFAP_REAL(ensures above: out->above == 1 <==> \forall integer j; 0 <= j < m
  @   ==> lfap_split_pert{Pre}(parts, m, j) > 0.0;)
  @ LFAP_REAL(ensures below: out->below == 1 <==> \forall integer j; 0 <= j < m
  @   ==> lfap_split_pert{Pre}(parts, m, j) < 0.0;)
  @ LFAP_REAL(ensures most: \forall integer j; 0 <= j < m
  @   ==> \abs(lfap_split_off{Pre}(parts, m, j)) <= out->most;)
  @ LFAP_REAL(ensures adds: lfap_split_all_add{Pre}(parts, m, m) ==> out->most == 0.0 && out->off == 0.0;)
  @ LFAP_REAL(ensures effect: lfap_split_all_add{Pre}(parts, m, m)
  @   ==> lfap_split_within(out->f, out->rest, out->plus, out->minus, gamma);) */
void lfap_split_point_sums(lfap_split_sums *out, const double *parts, double gamma, size_t m);
#endif
