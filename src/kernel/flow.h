/* flow.h - right-hand sides and step arithmetic of the rescaled gradient flow (N9; spec/theory.md section 5). */
#ifndef LFAP_KERNEL_FLOW_H
#define LFAP_KERNEL_FLOW_H
#include <stddef.h>

/* Label slope of sample n for a row of sign `side` (+1: c_n, -1: cbar_n): 1 if y == side else gamma. */
double lfap_label_slope(double y, double side, double gamma);
/* c[n] = (p_n*y_n)*label slope. */
void lfap_flow_base_coef(double *c, const double *p, const double *y, double side, double gamma, size_t n);
/* One row j: db[n] = (p_n*y_n)*slope(z_n); dz = a*(base + chain over mismatched n of ((slope - label)*(p_n*y_n)) G_n).
   G is n x n. Returns the number of mismatched slopes. */
size_t lfap_flow_row(double *db, double *dz, const double *z, const double *p, const double *y, const double *base,
                     const double *G, double a, double side, double gamma, size_t n);
/* out_i = fma(h, chain over r < stages of coef[r]*K[r*ld + i], x_i): one Runge-Kutta stage; K has `stages` rows. */
void lfap_rk_stage(double *out, const double *x, const double *K, const double *coef, double h, size_t stages, size_t ld,
                   size_t n);
/* max_i |h*chain| / (atol + rtol*max(|x_i|, |x1_i|)) with the coefficients of the embedded difference. */
double lfap_rk_error(const double *x, const double *x1, const double *K, const double *coef, double h, double atol,
                     double rtol, size_t stages, size_t ld, size_t n);
/* sum_n p_n*|v_n - mean| and min v, for the tail test; mean = dot(p,v). */
double lfap_flow_spread(const double *p, const double *v, double mean, size_t n);
#endif
