/* splitform.c - coefficients of training, and the three parts of a network's value (T5; spec/numerics.md N16). */
#include "splitform.h"

#include "clones.h"
#include "mathspec.h"

LFAP_CLONES
void lfap_split_coef(double *b, const double *c, const double *y, double a, size_t n) {
  /*@ loop invariant i: 0 <= i <= n;
    @ LFAP_REAL(loop invariant done: \forall integer k; 0 <= k < i
    @     ==> b[k] == lfap_split_entry(\at(c[k],Pre), y[k], a);)
    @ LFAP_REAL(loop invariant todo: \forall integer k; i <= k < n ==> c[k] == \at(c[k],Pre);)
    @ loop assigns i, b[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    const double entry = (c[i] * y[i]) / a;
#ifdef LFAP_TIER_REAL
    /*@ assert value: entry == lfap_split_entry(c[i], y[i], a); */
#endif
    b[i] = entry;
  }
}

double lfap_split_out(double v, double side, double gamma) { return side * v > 0.0 ? v : gamma * v; }

void lfap_split_point_sums(lfap_split_sums *out, const double *parts, double gamma, size_t m) {
  double f = 0.0, rest = 0.0, plus = 0.0, minus = 0.0, inits = 0.0, datas = 0.0, offs = 0.0, most = 0.0;
  int above = 1, below = 1;
  /*@ loop invariant j: 0 <= j <= m;
    @ loop invariant signs: (above == 0 || above == 1) && (below == 0 || below == 1);
    @ LFAP_REAL(loop invariant f: f == lfap_split_f(parts, gamma, m, j);)
    @ LFAP_REAL(loop invariant rest: rest == lfap_split_rest(parts, gamma, m, j);)
    @ LFAP_REAL(loop invariant plus: plus == lfap_split_plus(parts, m, j);)
    @ LFAP_REAL(loop invariant minus: minus == lfap_split_minus(parts, m, j);)
    @ LFAP_REAL(loop invariant above: above == 1
    @   ==> \forall integer k; 0 <= k < j ==> lfap_split_pert(parts, m, k) > 0.0;)
    @ LFAP_REAL(loop invariant not_above: above == 0
    @   ==> \exists integer k; 0 <= k < j && lfap_split_pert(parts, m, k) <= 0.0;)
    @ LFAP_REAL(loop invariant below: below == 1
    @   ==> \forall integer k; 0 <= k < j ==> lfap_split_pert(parts, m, k) < 0.0;)
    @ LFAP_REAL(loop invariant not_below: below == 0
    @   ==> \exists integer k; 0 <= k < j && lfap_split_pert(parts, m, k) >= 0.0;)
    @ LFAP_REAL(loop invariant most: 0.0 <= most && \forall integer k; 0 <= k < j
    @   ==> \abs(lfap_split_off(parts, m, k)) <= most;)
    @ LFAP_REAL(loop invariant adds: lfap_split_all_add(parts, m, j) ==> most == 0.0 && offs == 0.0;)
    @ LFAP_REAL(loop invariant effect: lfap_split_all_add(parts, m, j)
    @   ==> lfap_split_within(f, rest, plus, minus, gamma);)
    @ loop assigns j, f, rest, plus, minus, inits, datas, offs, most, above, below;
    @ loop variant m - j; */
  for (size_t j = 0; j < m; j++) {
    const double side = j < m / 2 ? 1.0 : -1.0, init = parts[j], data = parts[m + j];
    const double without = side * (init + data), pert = side * parts[2 * m + j], whole = side * parts[3 * m + j];
    const double off = fabs(whole - (without + pert));
#ifdef LFAP_TIER_REAL
    /*@ assert side: side == lfap_split_side(j, m); */
    /*@ assert pert: pert == lfap_split_pert(parts, m, j); */
    /*@ assert without: without == lfap_split_without(parts, m, j); */
    /*@ assert whole: whole == lfap_split_whole(parts, m, j); */
    /*@ assert off: off == \abs(lfap_split_off(parts, m, j)); */
    /*@ assert first: side == 1.0 ==> lfap_split_adds(parts, m, j) ==> whole == without + pert; */
    /*@ assert second: side == -1.0 ==> lfap_split_adds(parts, m, j) ==> whole == without + pert; */
    /*@ assert adds: lfap_split_adds(parts, m, j) ==> whole == without + pert; */
    /*@ assert step: lfap_split_adds(parts, m, j)
      @   ==> lfap_split_within(lfap_split_put(whole, side, gamma), lfap_split_put(without, side, gamma),
      @       lfap_split_above(pert), lfap_split_above(-pert), gamma); */
#endif
    f = f + lfap_split_out(whole, side, gamma);
    rest = rest + lfap_split_out(without, side, gamma);
    plus = pert > 0.0 ? plus + pert : plus;
    minus = pert < 0.0 ? minus - pert : minus;
    inits = inits + fabs(init);
    datas = datas + fabs(data);
    offs = offs + off;
    most = off > most ? off : most;
    if (!(pert > 0.0)) above = 0;
    if (!(pert < 0.0)) below = 0;
#ifdef LFAP_TIER_REAL
      /*@ assert plus: plus == \at(plus,LoopCurrent) + lfap_split_above(pert); */
      /*@ assert minus: minus == \at(minus,LoopCurrent) + lfap_split_above(-pert); */
      /*@ assert f: f == \at(f,LoopCurrent) + lfap_split_put(whole, side, gamma); */
      /*@ assert rest: rest == \at(rest,LoopCurrent) + lfap_split_put(without, side, gamma); */
#endif
  }
  out->f = f;
  out->rest = rest;
  out->plus = plus;
  out->minus = minus;
  out->init = inits;
  out->data = datas;
  out->off = offs;
  out->most = most;
  out->above = above;
  out->below = below;
}
