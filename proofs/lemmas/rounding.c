/* rounding.c - from one rounded step of a lane to n of them (spec/numerics.md N1a), in the real tier.
 *
 * s holds the computed sums: s[i+1] is s[i] + x_i y_i up to a relative error u, which is what proofs/gappa/dot_step.g says of
 * one fma with u = 2^-53. Here everything is a real number and s, u are arguments, not results of C arithmetic. */
#include <stddef.h>
#include <stdint.h>

#include "sums.acsl"

#ifdef LFAP_TIER_REAL
/*@ logic real lfap_rdot_abs{L}(double *x, double *y, integer n) =
  @   n <= 0 ? 0.0 : lfap_rdot_abs(x, y, n - 1) + lfap_rabs(x[n - 1]*y[n - 1]);
  @ // (1 + u)^n - 1
  @ logic real lfap_growth(real u, integer n) = n <= 0 ? 0.0 : (1.0 + u)*lfap_growth(u, n - 1) + u; */

/* One step: the old error E <= g A, the new term at most A2 - A, the rounding at most u |sum|. */
/*@ requires u: u >= 0.0 && g >= 0.0;
  @ requires grows: 0.0 <= A <= A2;
  @ requires true_sum: -1.0*A2 <= exact2 <= A2;
  @ requires error: -1.0*(g*A) <= s - exact <= g*A;
  @ requires term: exact2 == exact + term;
  @ requires down: s2 - (s + term) <= u*lfap_rabs(s + term);
  @ requires up: s + term - s2 <= u*lfap_rabs(s + term);
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures low: -1.0*(((1.0 + u)*g + u)*A2) <= s2 - exact2;
  @ ensures high: s2 - exact2 <= ((1.0 + u)*g + u)*A2; */
static void step(double s, double s2, double exact, double exact2, double term, double A, double A2, double g, double u) {
  const double E = g * A, sum = s + term, size = sum < 0.0 ? -sum : sum;
  /*@ assert size: size == lfap_rabs(sum); */
  /*@ assert near: -1.0*E <= sum - exact2 <= E; */
  /*@ assert bounded: size <= A2 + E; */
  const double E2 = g * A2;
  /*@ assert E: E <= E2; */
  /*@ assert rounded: u*size <= u*(A2 + E2); */
  /*@ assert open: ((1.0 + u)*g + u)*A2 == E2 + u*(A2 + E2); */
}

/*@ requires u: u >= 0.0;
  @ requires size: n < SIZE_MAX / 8;
  @ requires x: \valid_read(x + (0 .. n-1));
  @ requires y: \valid_read(y + (0 .. n-1));
  @ requires s: \valid_read(s + (0 .. n));
  @ requires start: s[0] == 0.0;
  @ requires down: \forall integer i; 0 <= i < n ==> s[i + 1] - (s[i] + x[i]*y[i]) <= u*lfap_rabs(s[i] + x[i]*y[i]);
  @ requires up: \forall integer i; 0 <= i < n ==> s[i] + x[i]*y[i] - s[i + 1] <= u*lfap_rabs(s[i] + x[i]*y[i]);
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures low: -1.0*(lfap_growth(u, n)*lfap_rdot_abs(x, y, n)) <= s[n] - lfap_rdot(x, y, n);
  @ ensures high: s[n] - lfap_rdot(x, y, n) <= lfap_growth(u, n)*lfap_rdot_abs(x, y, n); */
void lfap_lane_rounding(const double *x, const double *y, const double *s, double u, size_t n) {
  double exact = 0.0, A = 0.0, g = 0.0, now = 0.0;
  /*@ loop invariant i: 0 <= i <= n;
    @ loop invariant now: now == s[i];
    @ loop invariant exact: exact == lfap_rdot(x, y, i);
    @ loop invariant A: A == lfap_rdot_abs(x, y, i);
    @ loop invariant g: g == lfap_growth(u, i) && g >= 0.0;
    @ loop invariant sizes: -1.0*A <= exact <= A;
    @ loop invariant low: -1.0*(g*A) <= now - exact;
    @ loop invariant high: now - exact <= g*A;
    @ loop assigns i, exact, A, g, now;
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    const double term = x[i] * y[i], size = term < 0.0 ? -term : term, next = s[i + 1];
    /*@ assert size: size == lfap_rabs(term); */
    step(now, next, exact, exact + term, term, A, A + size, g, u);
    exact = exact + term;
    A = A + size;
    g = (1.0 + u) * g + u;
    now = next;
  }
}
#endif
