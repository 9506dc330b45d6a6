/* rounding.c - from one rounded step of a lane to a whole dot (spec/numerics.md N1a), in the real tier.
 *
 * s holds the computed sums: s[i+1] is s[i] + x_i y_i up to a relative error u, which is what proofs/gappa/dot_step.g says of
 * one fma with u = 2^-53. Here everything is a real number and s, u are arguments, not results of C arithmetic. */
#include <stddef.h>
#include <stdint.h>

#include "sums.acsl"

#ifdef LFAP_TIER_REAL
/*@ logic real lfap_rdot_abs{L}(double *x, double *y, integer n) =
  @   n <= 0 ? 0.0 : lfap_rdot_abs(x, y, n - 1) + lfap_rabs(x[n - 1]*y[n - 1]);
  @ // g after n more roundings: (1 + g) (1 + u)^n - 1
  @ logic real lfap_growth(real g, real u, integer n) = n <= 0 ? g : (1.0 + u)*lfap_growth(g, u, n - 1) + u; */

/* One rounded addition of two parts, each off by at most g of its size: of a term to a lane, of two lanes in the join, of the
   value of a slice to the total. */
/*@ requires u: u >= 0.0 && g >= 0.0;
  @ requires sizes: -1.0*A <= exact_a <= A && -1.0*B <= exact_b <= B;
  @ requires error_a: -1.0*(g*A) <= a - exact_a <= g*A;
  @ requires error_b: -1.0*(g*B) <= b - exact_b <= g*B;
  @ requires down: sum - (a + b) <= u*lfap_rabs(a + b);
  @ requires up: a + b - sum <= u*lfap_rabs(a + b);
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures low: -1.0*(((1.0 + u)*g + u)*(A + B)) <= sum - (exact_a + exact_b);
  @ ensures high: sum - (exact_a + exact_b) <= ((1.0 + u)*g + u)*(A + B); */
static void add(double a, double b, double sum, double exact_a, double exact_b, double A, double B, double g, double u) {
  const double E = g * (A + B), both = a + b, size = both < 0.0 ? -both : both;
  /*@ assert size: size == lfap_rabs(both); */
  /*@ assert E: E == g*A + g*B; */
  /*@ assert near: -1.0*E <= both - (exact_a + exact_b) <= E; */
  /*@ assert bounded: size <= A + B + E; */
  /*@ assert rounded: u*size <= u*(A + B + E); */
  /*@ assert open: ((1.0 + u)*g + u)*(A + B) == E + u*(A + B + E); */
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
  @ ensures low: -1.0*(lfap_growth(0.0, u, n)*lfap_rdot_abs(x, y, n)) <= s[n] - lfap_rdot(x, y, n);
  @ ensures high: s[n] - lfap_rdot(x, y, n) <= lfap_growth(0.0, u, n)*lfap_rdot_abs(x, y, n); */
void lfap_lane_rounding(const double *x, const double *y, const double *s, double u, size_t n) {
  double exact = 0.0, A = 0.0, g = 0.0, now = 0.0;
  /*@ loop invariant i: 0 <= i <= n;
    @ loop invariant now: now == s[i];
    @ loop invariant exact: exact == lfap_rdot(x, y, i);
    @ loop invariant A: A == lfap_rdot_abs(x, y, i);
    @ loop invariant g: g == lfap_growth(0.0, u, i) && g >= 0.0;
    @ loop invariant sizes: -1.0*A <= exact <= A;
    @ loop invariant low: -1.0*(g*A) <= now - exact;
    @ loop invariant high: now - exact <= g*A;
    @ loop assigns i, exact, A, g, now;
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    const double term = x[i] * y[i], size = term < 0.0 ? -term : term, next = s[i + 1];
    /*@ assert size: size == lfap_rabs(term); */
    /*@ assert none: 0.0 <= g*size; */
    add(now, term, next, exact, term, A, size, g, u);
    exact = exact + term;
    A = A + size;
    g = (1.0 + u) * g + u;
    now = next;
  }
}

/* The totals t of n slices whose values v are off by at most g of a, the sum of the absolute terms; e are the exact sums. */
/*@ requires u: u >= 0.0 && g >= 0.0;
  @ requires size: 0 < n < SIZE_MAX / 8;
  @ requires t: \valid_read(t + (0 .. n-1));
  @ requires v: \valid_read(v + (0 .. n-1));
  @ requires e: \valid_read(e + (0 .. n-1));
  @ requires a: \valid_read(a + (0 .. n-1));
  @ requires start: t[0] == v[0];
  @ requires sizes: \forall integer i; 0 <= i < n ==> -1.0*a[i] <= e[i] <= a[i];
  @ requires values: \forall integer i; 0 <= i < n ==> -1.0*(g*a[i]) <= v[i] - e[i] <= g*a[i];
  @ requires down: \forall integer i; 0 < i < n ==> t[i] - (t[i - 1] + v[i]) <= u*lfap_rabs(t[i - 1] + v[i]);
  @ requires up: \forall integer i; 0 < i < n ==> t[i - 1] + v[i] - t[i] <= u*lfap_rabs(t[i - 1] + v[i]);
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures low: -1.0*(lfap_growth(g, u, n - 1)*lfap_rsum(a, n)) <= t[n - 1] - lfap_rsum(e, n);
  @ ensures high: t[n - 1] - lfap_rsum(e, n) <= lfap_growth(g, u, n - 1)*lfap_rsum(a, n); */
void lfap_slices_rounding(const double *t, const double *v, const double *e, const double *a, double g, double u, size_t n) {
  double exact = e[0], A = a[0], grown = g, now = t[0];
  /*@ assert first: exact == lfap_rsum(e, 1) && A == lfap_rsum(a, 1); */
  /*@ loop invariant i: 1 <= i <= n;
    @ loop invariant now: now == t[i - 1];
    @ loop invariant exact: exact == lfap_rsum(e, i);
    @ loop invariant A: A == lfap_rsum(a, i);
    @ loop invariant grown: grown == lfap_growth(g, u, i - 1);
    @ loop invariant least: grown >= g;
    @ loop invariant sizes: -1.0*A <= exact <= A;
    @ loop invariant low: -1.0*(grown*A) <= now - exact;
    @ loop invariant high: now - exact <= grown*A;
    @ loop assigns i, exact, A, grown, now;
    @ loop variant n - i; */
  for (size_t i = 1; i < n; i++) {
    /*@ assert next: lfap_growth(g, u, i) == (1.0 + u)*lfap_growth(g, u, i - 1) + u; */
    const double value = v[i], part = e[i], size = a[i], next = t[i];
    const double wide = grown - g, room = wide * size, rise = u * grown;
    /*@ assert size: 0.0 <= size && 0.0 <= wide; */
    /*@ assert room: 0.0 <= room; */
    /*@ assert wider: grown*size == g*size + room; */
    /*@ assert rise: 0.0 <= rise; */
    add(now, value, next, exact, part, A, size, grown, u);
    exact = exact + part;
    A = A + size;
    grown = (1.0 + u) * grown + u;
    now = next;
  }
}
#endif
