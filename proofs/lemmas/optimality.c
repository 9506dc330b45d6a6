/* optimality.c - P1 and T3's linearity, proved about the very sums and formulas that the contracts of src/kernel name.
 *
 * No function here is called or compiled: a function without effect whose contract is the statement and whose loop is the
 * induction. Its local variables hold the sums, which lets the solvers see polynomials. All in the real tier (doubles read as reals); proofs/coq proves the same without the arrays. */
#include <stddef.h>
#include <stdint.h>

#include "../../src/kernel/perturb.h"
#include "sums.acsl"

#ifdef LFAP_TIER_REAL
/*@ predicate lfap_sign(real t) = t == 1.0 || t == -1.0;
  @ // sum of |w_i| over the kept entries
  @ logic real lfap_rkept_sum{L}(double *w, unsigned char *keep, integer n) =
  @   n <= 0 ? 0.0 : lfap_rkept_sum(w, keep, n - 1) + (keep[n - 1] != 0 ? lfap_rabs(w[n - 1]) : 0.0);
  @ // how many entries of eta are not 0, and how many are kept
  @ logic real lfap_rsupport{L}(double *eta, integer n) =
  @   n <= 0 ? 0.0 : lfap_rsupport(eta, n - 1) + (eta[n - 1] < 0.0 || eta[n - 1] > 0.0 ? 1.0 : 0.0);
  @ logic real lfap_rkeeps{L}(unsigned char *keep, integer n) =
  @   n <= 0 ? 0.0 : lfap_rkeeps(keep, n - 1) + (keep[n - 1] != 0 ? 1.0 : 0.0); */

/* ---- one coordinate ---- */

/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures product: \result == a*b; */
static double product(double a, double b) { return a * b; }

/*@ requires t: lfap_sign(t);
  @ requires e: -1.0*eps <= e <= eps;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures term: t*(e*w) <= eps*lfap_rabs(w); */
static void term_bound(double e, double w, double t, double eps) {
  const double u = t * e;
  /*@ assert u: -1.0*eps <= u <= eps; */
  /*@ assert plus: w >= 0.0 ==> (eps - u)*w >= 0.0; */
  /*@ assert minus: w < 0.0 ==> (eps + u)*w <= 0.0; */
  /*@ assert same: t*(e*w) == u*w; */
}

/*@ requires t: lfap_sign(t);
  @ requires e: e == lfap_linf_entry(w, t, eps);
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures term: t*(e*w) == eps*lfap_rabs(w); */
static void term_reached(double e, double w, double t, double eps) {
  /*@ assert size: lfap_rsgn(w)*w == lfap_rabs(w); */
  /*@ assert square: t*t == 1.0; */
  /*@ assert whole: t*(e*w) == (t*t)*(eps*(lfap_rsgn(w)*w)); */
}

/* One coordinate of L0's bound: place and use are 1 or 0, whether it is kept and whether eta uses it. */
/*@ requires t: lfap_sign(t);
  @ requires eps: eps >= 0.0;
  @ requires e: -1.0*eps <= e <= eps;
  @ requires size: size == lfap_rabs(w);
  @ requires place: (place == 1.0 && size >= tau) || (place == 0.0 && size <= tau);
  @ requires use: use == 1.0 || (use == 0.0 && e == 0.0);
  @ requires tau: tau >= 0.0;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures term: t*(e*w) + (eps*tau)*(place - use) <= eps*(place*size); */
static void term_l0(double e, double w, double t, double eps, double tau, double place, double use, double size) {
  term_bound(e, w, t, eps);
  /*@ assert kept: size >= tau ==> eps*(size - tau) >= 0.0; */
  /*@ assert dropped: size <= tau ==> eps*(tau - size) >= 0.0; */
  /*@ assert positive: eps*size >= 0.0; */
}

/*@ requires eps: eps >= 0.0;
  @ requires tau: tau >= 0.0;
  @ requires more: more >= 0.0;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures spare: (eps*tau)*more >= 0.0; */
static void spare_l0(double eps, double tau, double more) {
  const double unit = eps * tau;
  /*@ assert unit: unit >= 0.0; */
}

/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures square: a*a - 2.0*s*(a*b) + s*s*(b*b) >= 0.0; */
static void square_term(double a, double b, double s) {
  const double d = a - s * b;
  /*@ assert square: d*d >= 0.0; */
  /*@ assert open: d*d == a*a - 2.0*s*(a*b) + s*s*(b*b); */
}

/*@ requires nrm: nrm > 0.0;
  @ requires yy: yy == nrm*nrm;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures positive: yy > 0.0;
  @ ensures quotient: \result*yy == xy; */
static double quotient(double xy, double yy, double nrm) {
  /*@ assert positive: yy > 0.0; */
  const double s = xy / yy;
  /*@ assert quotient: s*yy == xy; */
  return s;
}

/*@ requires yy: yy > 0.0;
  @ requires s: s*yy == xy;
  @ requires square: xx - 2.0*s*xy + s*s*yy >= 0.0;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures cauchy: xy*xy <= xx*yy; */
static void discriminant(double xx, double xy, double yy, double s) {
  /*@ assert last: s*s*yy == s*xy; */
  const double rest = xx - s * xy;
  /*@ assert rest: rest >= 0.0; */
  /*@ assert scaled: rest*yy >= 0.0; */
  /*@ assert open: rest*yy == xx*yy - (s*yy)*xy; */
}

/*@ requires eps: eps >= 0.0;
  @ requires nrm: nrm > 0.0;
  @ requires t: lfap_sign(t);
  @ requires xx: xx <= eps*eps;
  @ requires cauchy: xy*xy <= xx*(nrm*nrm);
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures bound: t*xy <= eps*nrm; */
static void root_bound(double xx, double xy, double eps, double nrm, double t) {
  const double yy = nrm * nrm, top = eps * nrm;
  /*@ assert yy: yy >= 0.0; */
  /*@ assert top: top >= 0.0; */
  /*@ assert scaled: (eps*eps - xx)*yy >= 0.0; */
  /*@ assert square: xy*xy <= top*top; */
  /*@ assert up: xy > top ==> xy*xy > top*top; */
  /*@ assert down: xy < -1.0*top ==> xy*xy > top*top; */
}

/*@ requires nrm: nrm > 0.0;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures value: \result == eps/nrm;
  @ ensures ratio: \result*nrm == eps; */
static double ratio(double eps, double nrm) { return eps / nrm; }

/*@ requires e: e == lfap_l2_entry(v, nrm, t, eps);
  @ requires r: r == eps/nrm;
  @ requires k: k == r*t;
  @ requires products: ev == e*v && ee == e*e && vv == v*v;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures dot: ev == k*vv;
  @ ensures square: ee == (k*k)*vv; */
static void l2_term(double e, double v, double ev, double ee, double vv, double nrm, double t, double eps, double r,
                    double k) {
  /*@ assert entry: e == k*v; */
}

/*@ requires t: lfap_sign(t);
  @ requires k: k == r*t;
  @ requires r: r*nrm == eps;
  @ requires ww: ww == nrm*nrm;
  @ requires dot: dot == k*ww;
  @ requires square: square == (k*k)*ww;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures dot: t*dot == eps*nrm;
  @ ensures square: square == eps*eps; */
static void l2_value(double dot, double square, double ww, double k, double r, double nrm, double t, double eps) {
  /*@ assert tt: t*t == 1.0; */
  /*@ assert open: t*dot == (t*t)*((r*nrm)*nrm); */
  /*@ assert both: square == (t*t)*((r*nrm)*(r*nrm)); */
}

/*@ logic real lfap_weighted(real la, real t, real x) = (la*t)*x; */

/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures value: \result == lfap_weighted(la, t, x); */
static double weighted(double la, double t, double x) { return (la * t) * x; }

/*@ requires sign: sign*sign == 1.0;
  @ requires point: point == base + sign*eta;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures term: lfap_weighted(l, sign, point) == lfap_weighted(l, sign, base) + l*eta; */
static void weighted_term(double point, double base, double l, double sign, double eta) {
  /*@ assert open: (l*sign)*point == (l*sign)*base + (l*eta)*(sign*sign); */
}

/* ---- Linf ---- */

/*@ requires t: lfap_sign(t);
  @ requires eta: \valid_read(eta + (0 .. n-1));
  @ requires w: \valid_read(w + (0 .. n-1));
  @ requires size: \forall integer i; 0 <= i < n ==> -1.0*eps <= eta[i] <= eps;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures bound: t*lfap_rdot(eta, w, n) <= eps*lfap_rasum(w, n); */
void lfap_linf_best(const double *eta, const double *w, double t, double eps, size_t n) {
  double dot = 0.0, sum = 0.0;
  /*@ loop invariant i: 0 <= i <= n;
    @ loop invariant dot: dot == lfap_rdot(eta, w, i);
    @ loop invariant sum: sum == lfap_rasum(w, i);
    @ loop invariant bound: t*dot <= eps*sum;
    @ loop assigns i, dot, sum;
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    const double e = eta[i], v = w[i], size = v < 0.0 ? -v : v;
    /*@ assert size: size == lfap_rabs(v); */
    term_bound(e, v, t, eps);
    dot = dot + e * v;
    sum = sum + size;
  }
}

/*@ requires t: lfap_sign(t);
  @ requires eta: \valid_read(eta + (0 .. n-1));
  @ requires w: \valid_read(w + (0 .. n-1));
  @ requires value: \forall integer i; 0 <= i < n ==> eta[i] == lfap_linf_entry(w[i], t, eps);
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures reached: t*lfap_rdot(eta, w, n) == eps*lfap_rasum(w, n); */
void lfap_linf_reached(const double *eta, const double *w, double t, double eps, size_t n) {
  double dot = 0.0, sum = 0.0;
  /*@ loop invariant i: 0 <= i <= n;
    @ loop invariant dot: dot == lfap_rdot(eta, w, i);
    @ loop invariant sum: sum == lfap_rasum(w, i);
    @ loop invariant reached: t*dot == eps*sum;
    @ loop assigns i, dot, sum;
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    const double e = eta[i], v = w[i], size = v < 0.0 ? -v : v;
    /*@ assert size: size == lfap_rabs(v); */
    term_reached(e, v, t, eps);
    dot = dot + e * v;
    sum = sum + size;
  }
}

/* ---- L0: tau separates the kept sizes from the others ---- */

/*@ requires t: lfap_sign(t);
  @ requires eps: eps >= 0.0;
  @ requires eta: \valid_read(eta + (0 .. n-1));
  @ requires w: \valid_read(w + (0 .. n-1));
  @ requires keep: \valid_read(keep + (0 .. n-1));
  @ requires size: \forall integer i; 0 <= i < n ==> -1.0*eps <= eta[i] <= eps;
  @ requires tau: tau >= 0.0;
  @ requires above: \forall integer i; 0 <= i < n && keep[i] != 0 ==> lfap_rabs(w[i]) >= tau;
  @ requires below: \forall integer i; 0 <= i < n && keep[i] == 0 ==> lfap_rabs(w[i]) <= tau;
  @ requires entries: lfap_rsupport(eta, n) <= lfap_rkeeps(keep, n);
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures bound: t*lfap_rdot(eta, w, n) <= eps*lfap_rkept_sum(w, keep, n); */
void lfap_l0_best(const double *eta, const double *w, const unsigned char *keep, double t, double eps, double tau,
                  size_t n) {
  double dot = 0.0, kept = 0.0, places = 0.0, used = 0.0;
  /*@ loop invariant i: 0 <= i <= n;
    @ loop invariant dot: dot == lfap_rdot(eta, w, i);
    @ loop invariant kept: kept == lfap_rkept_sum(w, keep, i);
    @ loop invariant places: places == lfap_rkeeps(keep, i);
    @ loop invariant used: used == lfap_rsupport(eta, i);
    @ loop invariant bound: t*dot + (eps*tau)*(places - used) <= eps*kept;
    @ loop assigns i, dot, kept, places, used;
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    const double e = eta[i], v = w[i], size = v < 0.0 ? -v : v, place = keep[i] ? 1.0 : 0.0;
    const double use = e < 0.0 || e > 0.0 ? 1.0 : 0.0;
    /*@ assert size: size == lfap_rabs(v); */
    term_l0(e, v, t, eps, tau, place, use, size);
    dot = dot + e * v;
    kept = kept + place * size;
    places = places + place;
    used = used + use;
  }
  spare_l0(eps, tau, places - used);
}

/*@ requires t: lfap_sign(t);
  @ requires eta: \valid_read(eta + (0 .. n-1));
  @ requires w: \valid_read(w + (0 .. n-1));
  @ requires keep: \valid_read(keep + (0 .. n-1));
  @ requires value: \forall integer i; 0 <= i < n ==> eta[i] == lfap_l0_entry(w[i], keep[i], t, eps);
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures reached: t*lfap_rdot(eta, w, n) == eps*lfap_rkept_sum(w, keep, n); */
void lfap_l0_reached(const double *eta, const double *w, const unsigned char *keep, double t, double eps, size_t n) {
  double dot = 0.0, kept = 0.0;
  /*@ loop invariant i: 0 <= i <= n;
    @ loop invariant dot: dot == lfap_rdot(eta, w, i);
    @ loop invariant kept: kept == lfap_rkept_sum(w, keep, i);
    @ loop invariant reached: t*dot == eps*kept;
    @ loop assigns i, dot, kept;
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    const double e = eta[i], v = w[i], size = v < 0.0 ? -v : v;
    /*@ assert size: size == lfap_rabs(v); */
    const double ev = product(e, v), place = keep[i] ? size : 0.0;
    if (keep[i]) term_reached(e, v, t, eps);
    /*@ assert term: t*ev == eps*place; */
    dot = dot + ev;
    kept = kept + place;
  }
}

/* ---- L1: the largest entry weighs no less than any share of eps put elsewhere ---- */

/*@ requires t: lfap_sign(t);
  @ requires most: lfap_rabs(w) <= most;
  @ requires size: size == lfap_rabs(e);
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures term: t*(e*w) <= size*most; */
static void term_l1(double e, double w, double t, double most, double size) {
  term_bound(e, w, t, size);
  /*@ assert spare: size*(most - lfap_rabs(w)) >= 0.0; */
  /*@ assert open: size*(most - lfap_rabs(w)) == size*most - size*lfap_rabs(w); */
}

/*@ requires most: most >= 0.0;
  @ requires sum: sum <= eps;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures value: sum*most <= eps*most; */
static void spare_l1(double sum, double eps, double most) {
  const double left = eps - sum;
  /*@ assert left: left*most >= 0.0; */
}

/*@ requires t: lfap_sign(t);
  @ requires eta: \valid_read(eta + (0 .. n-1));
  @ requires w: \valid_read(w + (0 .. n-1));
  @ requires size: lfap_rasum(eta, n) <= eps;
  @ requires most: most >= 0.0;
  @ requires largest: \forall integer i; 0 <= i < n ==> lfap_rabs(w[i]) <= most;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures bound: t*lfap_rdot(eta, w, n) <= eps*most; */
void lfap_l1_best(const double *eta, const double *w, double t, double eps, double most, size_t n) {
  double dot = 0.0, sum = 0.0;
  /*@ loop invariant i: 0 <= i <= n;
    @ loop invariant dot: dot == lfap_rdot(eta, w, i);
    @ loop invariant sum: sum == lfap_rasum(eta, i);
    @ loop invariant bound: t*dot <= sum*most;
    @ loop assigns i, dot, sum;
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    const double e = eta[i], v = w[i], size = e < 0.0 ? -e : e;
    /*@ assert size: size == lfap_rabs(e); */
    term_l1(e, v, t, most, size);
    dot = dot + e * v;
    sum = sum + size;
  }
  spare_l1(sum, eps, most);
}

/* How large P1's entry is: eps, or 0 where w is. */
/*@ requires t: lfap_sign(t);
  @ requires eps: eps >= 0.0;
  @ requires e: e == lfap_linf_entry(w, t, eps);
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures size: 0.0 <= lfap_rabs(e) <= eps; */
static void size_reached(double e, double w, double t, double eps) {
  const double side = t * (w > 0.0 ? 1.0 : w < 0.0 ? -1.0 : 0.0);
  /*@ assert side: side == 1.0 || side == -1.0 || side == 0.0; */
  /*@ assert same: e == eps*side; */
}

/*@ requires same: a == b;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures gain: t*a == t*b; */
static void same_gain(double a, double b, double t) { }

/*@ requires t: lfap_sign(t);
  @ requires eps: eps >= 0.0;
  @ requires at: at < n;
  @ requires eta: \valid_read(eta + (0 .. n-1));
  @ requires w: \valid_read(w + (0 .. n-1));
  @ requires value: \forall integer i; 0 <= i < n ==> eta[i] == lfap_l1_entry(w[i], i, at, t, eps);
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures size: lfap_rasum(eta, n) <= eps;
  @ ensures reached: t*lfap_rdot(eta, w, n) == eps*lfap_rabs(w[at]); */
void lfap_l1_reached(const double *eta, const double *w, size_t at, double t, double eps, size_t n) {
  const double most = eta[at], top = w[at], reached = product(most, top), whole = most < 0.0 ? -most : most;
  double dot = 0.0, sum = 0.0;
  term_reached(most, top, t, eps);
  size_reached(most, top, t, eps);
  /*@ assert value: t*reached == eps*lfap_rabs(top); */
  /*@ assert whole: whole <= eps; */
  /*@ loop invariant i: 0 <= i <= n;
    @ loop invariant dot: dot == lfap_rdot(eta, w, i);
    @ loop invariant sum: sum == lfap_rasum(eta, i);
    @ loop invariant before: i <= at ==> dot == 0.0 && sum == 0.0;
    @ loop invariant after: i > at ==> dot == reached && sum == whole;
    @ loop assigns i, dot, sum;
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    const double e = eta[i], v = w[i], size = e < 0.0 ? -e : e;
    /*@ assert size: size == lfap_rabs(e); */
    const double ev = product(e, v);
    /*@ assert none: i != at ==> ev == 0.0 && size == 0.0; */
    if (i == at) {
      dot = ev;
      sum = size;
    }
  }
  /*@ assert end: dot == lfap_rdot(eta, w, n) && dot == reached; */
  same_gain(dot, reached, t);
}

/* ---- L2: Cauchy-Schwarz, from ||x - s y||^2 >= 0 ---- */

/*@ requires x: \valid_read(x + (0 .. n-1));
  @ requires y: \valid_read(y + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures square: lfap_rdot(x, x, n) - 2.0*s*lfap_rdot(x, y, n) + s*s*lfap_rdot(y, y, n) >= 0.0; */
static void square_of_difference(const double *x, const double *y, double s, size_t n) {
  double xx = 0.0, xy = 0.0, yy = 0.0;
  /*@ loop invariant i: 0 <= i <= n;
    @ loop invariant xx: xx == lfap_rdot(x, x, i);
    @ loop invariant xy: xy == lfap_rdot(x, y, i);
    @ loop invariant yy: yy == lfap_rdot(y, y, i);
    @ loop invariant square: xx - 2.0*s*xy + s*s*yy >= 0.0;
    @ loop assigns i, xx, xy, yy;
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    const double a = x[i], b = y[i];
    square_term(a, b, s);
    xx = xx + a * a;
    xy = xy + a * b;
    yy = yy + b * b;
  }
}

/*@ requires nrm: nrm > 0.0;
  @ requires x: \valid_read(x + (0 .. n-1));
  @ requires y: \valid_read(y + (0 .. n-1));
  @ requires norm: nrm*nrm == lfap_rdot(y, y, n);
  @ requires xy: xy == lfap_rdot(x, y, n);
  @ requires xx: xx == lfap_rdot(x, x, n);
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures cauchy: xy*xy <= xx*(nrm*nrm); */
static void cauchy_schwarz(const double *x, const double *y, double nrm, double xx, double xy, size_t n) {
  const double yy = nrm * nrm;
  const double s = quotient(xy, yy, nrm);
  square_of_difference(x, y, s, n);
  discriminant(xx, xy, yy, s);
}

/*@ requires t: lfap_sign(t);
  @ requires eps: eps >= 0.0;
  @ requires nrm: nrm > 0.0;
  @ requires eta: \valid_read(eta + (0 .. n-1));
  @ requires w: \valid_read(w + (0 .. n-1));
  @ requires norm: nrm*nrm == lfap_rdot(w, w, n);
  @ requires xx: xx == lfap_rdot(eta, eta, n);
  @ requires xy: xy == lfap_rdot(eta, w, n);
  @ requires size: xx <= eps*eps;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures bound: t*xy <= eps*nrm; */
void lfap_l2_best(const double *eta, const double *w, double nrm, double t, double eps, double xx, double xy, size_t n) {
  cauchy_schwarz(eta, w, nrm, xx, xy, n);
  root_bound(xx, xy, eps, nrm, t);
}

/*@ requires t: lfap_sign(t);
  @ requires nrm: nrm > 0.0;
  @ requires eta: \valid_read(eta + (0 .. n-1));
  @ requires w: \valid_read(w + (0 .. n-1));
  @ requires norm: nrm*nrm == lfap_rdot(w, w, n);
  @ requires value: \forall integer i; 0 <= i < n ==> eta[i] == lfap_l2_entry(w[i], nrm, t, eps);
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures reached: t*lfap_rdot(eta, w, n) == eps*nrm;
  @ ensures size: lfap_rdot(eta, eta, n) == eps*eps; */
void lfap_l2_reached(const double *eta, const double *w, double nrm, double t, double eps, size_t n) {
  const double r = ratio(eps, nrm);
  const double k = r * t;
  double dot = 0.0, square = 0.0, ww = 0.0;
  /*@ loop invariant i: 0 <= i <= n;
    @ loop invariant dot: dot == lfap_rdot(eta, w, i);
    @ loop invariant square: square == lfap_rdot(eta, eta, i);
    @ loop invariant ww: ww == lfap_rdot(w, w, i);
    @ loop invariant scaled: dot == k*ww;
    @ loop invariant twice: square == (k*k)*ww;
    @ loop assigns i, dot, square, ww;
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    const double e = eta[i], v = w[i], ev = product(e, v), ee = product(e, e), vv = product(v, v);
    l2_term(e, v, ev, ee, vv, nrm, t, eps, r, k);
    dot = dot + ev;
    square = square + ee;
    ww = ww + vv;
  }
  l2_value(dot, square, ww, k, r, nrm, t, eps);
}

/* ---- T_data + T_pert = f_adv: the sums are linear ---- */

/*@ // sum over k of (la_k t_k) col_k, the chain that builds w_adv and w_data, in one column
  @ logic real lfap_rweighted{L}(double *col, double *la, double *t, integer k) =
  @   k <= 0 ? 0.0 : lfap_rweighted(col, la, t, k - 1) + lfap_weighted(la[k - 1], t[k - 1], col[k - 1]); */

/* One column: x_k = b_k + t_k eta makes w_adv = w_data + (sum la) eta. */
/*@ requires x: \valid_read(x + (0 .. n-1));
  @ requires b: \valid_read(b + (0 .. n-1));
  @ requires la: \valid_read(la + (0 .. n-1));
  @ requires t: \valid_read(t + (0 .. n-1));
  @ requires signs: \forall integer k; 0 <= k < n ==> lfap_sign(t[k]);
  @ requires points: \forall integer k; 0 <= k < n ==> x[k] == b[k] + t[k]*eta;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures column: lfap_rweighted(x, la, t, n) == lfap_rweighted(b, la, t, n) + lfap_rsum(la, n)*eta; */
void lfap_column_splits(const double *x, const double *b, const double *la, const double *t, double eta, size_t n) {
  double adv = 0.0, data = 0.0, sum = 0.0;
  /*@ loop invariant k: 0 <= k <= n;
    @ loop invariant adv: adv == lfap_rweighted(x, la, t, k);
    @ loop invariant data: data == lfap_rweighted(b, la, t, k);
    @ loop invariant sum: sum == lfap_rsum(la, k);
    @ loop invariant column: adv == data + sum*eta;
    @ loop assigns k, adv, data, sum;
    @ loop variant n - k; */
  for (size_t k = 0; k < n; k++) {
    const double point = x[k], base = b[k], l = la[k], sign = t[k];
    /*@ assert unit: sign*sign == 1.0; */
    const double with = weighted(l, sign, point), without = weighted(l, sign, base);
    weighted_term(point, base, l, sign, eta);
    adv = adv + with;
    data = data + without;
    sum = sum + l;
  }
}

/* w_adv = w_data + c e entry by entry: f_adv(z) = <w_data, z> + c <e, z>. */
/*@ requires w: \valid_read(w + (0 .. n-1));
  @ requires data: \valid_read(data + (0 .. n-1));
  @ requires e: \valid_read(e + (0 .. n-1));
  @ requires z: \valid_read(z + (0 .. n-1));
  @ requires entries: \forall integer i; 0 <= i < n ==> w[i] == data[i] + c*e[i];
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures splits: lfap_rdot(w, z, n) == lfap_rdot(data, z, n) + c*lfap_rdot(e, z, n); */
void lfap_boundary_splits(const double *w, const double *data, const double *e, double c, const double *z, size_t n) {
  double adv = 0.0, part = 0.0, pert = 0.0;
  /*@ loop invariant i: 0 <= i <= n;
    @ loop invariant adv: adv == lfap_rdot(w, z, i);
    @ loop invariant part: part == lfap_rdot(data, z, i);
    @ loop invariant pert: pert == lfap_rdot(e, z, i);
    @ loop invariant splits: adv == part + c*pert;
    @ loop assigns i, adv, part, pert;
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    const double v = w[i], own = data[i], dir = e[i], at = z[i];
    /*@ assert entry: v == own + c*dir; */
    adv = adv + v * at;
    part = part + own * at;
    pert = pert + dir * at;
  }
}
#endif
