/* flow.h - right-hand sides and step arithmetic of the rescaled gradient flow (N9; spec/theory.md section 5). */
#ifndef LFAP_KERNEL_FLOW_H
#define LFAP_KERNEL_FLOW_H
#include <stddef.h>
#include <stdint.h>

/* Label slope of sample n for a row of sign `side` (+1: c_n, -1: cbar_n): 1 if y == side else gamma. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
#ifdef LFAP_TIER_REAL
  @ ensures own: y == side ==> \result == 1.0;
  @ ensures other: y != side ==> \result == gamma;
#endif
  @*/
double lfap_label_slope(double y, double side, double gamma);
/* c[n] = (p_n*y_n)*label slope. */
/*@ requires c: \valid(c + (0 .. n-1));
  @ requires p: \valid_read(p + (0 .. n-1));
  @ requires y: \valid_read(y + (0 .. n-1));
  @ requires sep_p: \separated(c + (0 .. n-1), p + (0 .. n-1));
  @ requires sep_y: \separated(c + (0 .. n-1), y + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns c[0 .. n-1]; */
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
  @ requires sep_dz: \separated(dz + (0 .. n-1), z + (0 .. n-1), p + (0 .. n-1), y + (0 .. n-1));
  @ requires sep_base: \separated(dz + (0 .. n-1), base + (0 .. n-1));
  @ requires sep_G: \separated(dz + (0 .. n-1), G + (0 .. n*n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns db[0 .. n-1], dz[0 .. n-1];
  @ ensures count: \result <= n; */
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
  @ assigns out[0 .. n-1]; */
void lfap_rk_stage(double *out, const double *x, const double *K, const double *coef, double h, size_t stages, size_t ld,
                   size_t n);
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
  @ assigns \nothing; */
double lfap_rk_error(const double *x, const double *x1, const double *K, const double *coef, double h, double atol,
                     double rtol, size_t stages, size_t ld, size_t n);
/* dot(p, |v - mean|), mean = dot(p,v), for the tail test. */
/*@ requires p: \valid_read(p + (0 .. n-1));
  @ requires v: \valid_read(v + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing; */
double lfap_flow_spread(const double *p, const double *v, double mean, size_t n);
/* Least v_i, for the other half of the tail test. n > 0. */
/*@ requires some: n > 0;
  @ requires v: \valid_read(v + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
#ifdef LFAP_TIER_REAL
  @ ensures bound: \forall integer i; 0 <= i < n ==> \result <= v[i];
  @ ensures reached: \exists integer i; 0 <= i < n && \result == v[i];
#endif
  @*/
double lfap_flow_min(const double *v, size_t n);
#endif
