/* flow.h - right-hand sides and step arithmetic of the rescaled gradient flow (N9; spec/theory.md section 5). */
#ifndef LFAP_KERNEL_FLOW_H
#define LFAP_KERNEL_FLOW_H
#include <stddef.h>
#include <stdint.h>

#include "arithmetic.h"

#ifdef __FRAMAC__
#include "sums.acsl"
#include "network.h"
#endif

#ifdef LFAP_TIER_REAL
/*@ logic real lfap_rlabel(real y, real side, real gamma) = y == side ? 1.0 : gamma;
  @ logic real lfap_base_entry(real p, real y, real side, real gamma) = (p*y)*lfap_rlabel(y, side, gamma);
  @ // what sample n adds to Z' beyond the label slopes, per unit of G_n
  @ logic real lfap_mismatch(real p, real y, real z, real side, real gamma) =
  @   (lfap_rslope(z, gamma) - lfap_rlabel(y, side, gamma))*(p*y);
  @ // the sum over n < k of it times G_ni
  @ logic real lfap_rexcess{L}(double *z, double *p, double *y, real side, real gamma, integer k) =
  @   lfap_mismatch(p[k], y[k], z[k], side, gamma);
  @ logic real lfap_rpush{L}(double *G, double *z, double *p, double *y, real side, real gamma, integer ld, integer k,
  @                          integer i) = lfap_rexcess(z, p, y, side, gamma, k)*G[k*ld + i];
  @ logic real lfap_rbeyond{L}(double *G, double *z, double *p, double *y, real side, real gamma, integer ld, integer k,
  @                            integer i) =
  @   k <= 0 ? 0.0 : lfap_rbeyond(G, z, p, y, side, gamma, ld, k - 1, i)
  @                  + lfap_rpush(G, z, p, y, side, gamma, ld, k - 1, i);
  @ logic real lfap_rforce(real a, real base, real beyond) = a*(base + beyond);
  @ logic real lfap_rslopes(real p, real y, real z, real gamma) = (p*y)*lfap_rslope(z, gamma);
  @ // sum over r < k of coef[r]*col[r*ld]
  @ logic real lfap_rlink{L}(double *col, double *coef, integer ld, integer r) = coef[r]*col[r*ld];
  @ logic real lfap_rcombine{L}(double *col, double *coef, integer ld, integer k) =
  @   k <= 0 ? 0.0 : lfap_rcombine(col, coef, ld, k - 1) + lfap_rlink(col, coef, ld, k - 1);
  @ logic real lfap_rstage(real x, real h, real k) = h*k + x;
  @ // one entry of the step's error in units of its tolerance
  @ logic real lfap_rtolerance(real x, real x1, real atol, real rtol) = atol + rtol*\max(\abs(x), \abs(x1));
  @ logic real lfap_rratio(real e, real x, real x1, real h, real atol, real rtol) =
  @   lfap_rabs(h*e) / lfap_rtolerance(x, x1, atol, rtol);
  @ logic real lfap_rerror{L}(double *x, double *x1, double *K, double *coef, real h, real atol, real rtol,
  @                           integer stages, integer ld, integer i) =
  @   lfap_rratio(lfap_rcombine(K + i, coef, ld, stages), x[i], x1[i], h, atol, rtol);
  @ // v is 0 or the error of one of the first n entries
  @ predicate lfap_worst{L}(real v, double *x, double *x1, double *K, double *coef, real h, real atol, real rtol,
  @                         integer stages, integer ld, integer n) =
  @   v == 0.0 || \exists integer i; 0 <= i < n && v == lfap_rerror(x, x1, K, coef, h, atol, rtol, stages, ld, i);
  @ logic real lfap_rspread{L}(double *p, double *v, real mean, integer n) =
  @   n <= 0 ? 0.0 : lfap_rspread(p, v, mean, n - 1) + p[n - 1]*\abs(v[n - 1] - mean); */
#endif

/* Label slope of sample n for a row of sign `side` (+1: c_n, -1: cbar_n): 1 if y == side else gamma. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures value: \result == lfap_rlabel(y, side, gamma);) */
double lfap_label_slope(double y, double side, double gamma);
/* c[n] = (p_n*y_n)*label slope. */
/*@ LFAP_MAP(c, p, y, n)
  @ terminates \true;
  @ exits never: \false;
  @ assigns c[0 .. n-1];
  @ LFAP_REAL(ensures value: \forall integer i; 0 <= i < n ==> c[i] == lfap_base_entry(p[i], y[i], side, gamma);) */
void lfap_flow_base_coef(double *c, const double *p, const double *y, double side, double gamma, size_t n);
/* One row j: db[n] = (p_n*y_n)*slope(z_n); dz = a*(base + chain from zeros over mismatched n of
   ((slope - label)*(p_n*y_n)) G_n). G is n x n. Returns the number of mismatched slopes. */
/*@ requires size: n * n <= SIZE_MAX / 8;
  @ requires db: \valid(db + (0 .. n-1));
  @ requires dz: \valid(dz + (0 .. n-1));
  @ requires z: \valid_read(z + (0 .. n-1));
  @ requires p: \valid_read(p + (0 .. n-1));
  @ requires y: \valid_read(y + (0 .. n-1));
  @ requires base: \valid_read(base + (0 .. n-1));
  @ requires G: \valid_read(G + (0 .. n*n-1));
  @ requires sep_db: \separated(db + (0 .. n-1), z + (0 .. n-1), p + (0 .. n-1), y + (0 .. n-1), dz + (0 .. n-1));
  @ requires sep_in: \separated(db + (0 .. n-1), base + (0 .. n-1), G + (0 .. n*n-1));
  @ requires sep_dz: \separated(dz + (0 .. n-1), z + (0 .. n-1), p + (0 .. n-1), y + (0 .. n-1));
  @ requires sep_base: \separated(dz + (0 .. n-1), base + (0 .. n-1));
  @ requires sep_G: \separated(dz + (0 .. n-1), G + (0 .. n*n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns db[0 .. n-1], dz[0 .. n-1];
  @ ensures count: \result <= n;
  @ LFAP_REAL(ensures db: \forall integer i; 0 <= i < n
  @     ==> db[i] == lfap_rslopes(\old(p[i]), \old(y[i]), \old(z[i]), gamma);)
  @ LFAP_REAL(ensures dz: \forall integer i; 0 <= i < n
  @   ==> dz[i] == lfap_rforce(a, \old(base[i]), lfap_rbeyond{Pre}(G, z, p, y, side, gamma, n, n, i));)
  @ LFAP_REAL(ensures aligned: \result == 0 <==> \forall integer i; 0 <= i < n
  @   ==> lfap_rslope(\old(z[i]), gamma) == lfap_rlabel(\old(y[i]), side, gamma);) */
size_t lfap_flow_row(double *db, double *dz, const double *z, const double *p, const double *y, const double *base,
                     const double *G, double a, double side, double gamma, size_t n);
/* out_i = fma(h, chain over r < stages of coef[r]*K[r*ld + i], x_i): one Runge-Kutta stage; K has `stages` rows of ld
   entries. out may be x. */
/*@ requires size: stages * ld <= SIZE_MAX / 8;
  @ requires ld: n <= ld;
  @ requires out: \valid(out + (0 .. n-1));
  @ requires x: \valid_read(x + (0 .. n-1));
  @ requires K: \valid_read(K + (0 .. stages*ld-1));
  @ requires coef: \valid_read(coef + (0 .. stages-1));
  @ requires sep_x: out == x || \separated(out + (0 .. n-1), x + (0 .. n-1));
  @ requires sep_K: \separated(out + (0 .. n-1), K + (0 .. stages*ld-1));
  @ requires sep_c: \separated(out + (0 .. n-1), coef + (0 .. stages-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns out[0 .. n-1];
  @ LFAP_REAL(ensures value: \forall integer i; 0 <= i < n
  @   ==> out[i] == lfap_rstage(\old(x[i]), h, lfap_rcombine{Pre}(K + i, coef, ld, stages));) */
void lfap_rk_stage(double *out, const double *x, const double *K, const double *coef, double h, size_t stages,
                   size_t ld, size_t n);
/* max_i |h*chain| / (atol + rtol*max(|x_i|, |x1_i|)) with the coefficients of the embedded difference; a ratio that is
   NaN counts as infinite, so that the step is rejected. */
/*@ requires size: stages * ld <= SIZE_MAX / 8;
  @ requires ld: n <= ld;
  @ requires x: \valid_read(x + (0 .. n-1));
  @ requires x1: \valid_read(x1 + (0 .. n-1));
  @ requires K: \valid_read(K + (0 .. stages*ld-1));
  @ requires coef: \valid_read(coef + (0 .. stages-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures bound: \forall integer i; 0 <= i < n
  @   ==> lfap_rerror{Pre}(x, x1, K, coef, h, atol, rtol, stages, ld, i) <= \result;)
  @ LFAP_REAL(ensures reached: lfap_worst{Pre}(\result, x, x1, K, coef, h, atol, rtol, stages, ld, n);) */
double lfap_rk_error(const double *x, const double *x1, const double *K, const double *coef, double h, double atol,
                     double rtol, size_t stages, size_t ld, size_t n);
/* dot(p, |v - mean|), mean = dot(p,v), for the tail test. */
/*@ LFAP_TWO_VECTORS(p, v, n)
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures value: \result == lfap_rspread(p, v, mean, n);) */
double lfap_flow_spread(const double *p, const double *v, double mean, size_t n);
/* Least v_i, for the other half of the tail test. n > 0. */
/*@ requires some: n > 0;
  @ requires v: \valid_read(v + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures bound: \forall integer i; 0 <= i < n ==> \result <= v[i];)
  @ LFAP_REAL(ensures reached: \exists integer i; 0 <= i < n && \result == v[i];) */
double lfap_flow_min(const double *v, size_t n);
#endif
