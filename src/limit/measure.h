/* measure.h - Q lambda of given multipliers as the samples have it, with error bounds (spec/numerics.md N13, N14):
 * what a residual is measured by. No matrix comes in between, so that its rounding cannot confirm itself. */
#ifndef LFAP_LIMIT_MEASURE_H
#define LFAP_LIMIT_MEASURE_H
#include "limit/bounds.h"
#include "limit/qmatrix.h"

/* n each: A_n = y_n <x_n, own class sum>, B_n of the other class, and bounds of their errors: (Q lambda)_n = h A_n +
   gamma B_n. */
typedef struct {
  double *A, *Ae, *B, *Be;
} lfap_measured;

/* At least ||x||. */
double lfap_norm_above(const double *x, size_t d);
/* For lambda >= 0 and norm[n] >= ||x_n||; sums is scratch of 4 d. */
void lfap_measure(const lfap_ctx *ctx, lfap_measured *out, const double *lambda, const double *norm,
                  const lfap_data *data, double *sums);
/* The same A and B with bounds entry by entry, Ae and Be smaller where entries are 0 or samples are of very
   different lengths. */
void lfap_measure_closer(lfap_measured *out, const double *lambda, const double *norm, const lfap_data *data,
                         double *sums);
/* own[i] >= sum_j |x_ij| sum_k lambda_k |x_kj| over i's class, other[i] over the other one; sums is scratch of 2 d. */
void lfap_measure_sizes(double *own, double *other, const double *lambda, const lfap_data *data, double *sums);
/* Claim C1 of e from what is known of the slopes: u_lo, v_hi, aligned, refuted. */
void lfap_enclosure_condition(lfap_enclosure *e);
/* Row i of the matrix times the multipliers, measured block by block. */
lfap_range lfap_measured_row(const lfap_measured *of, const lfap_qm *m, size_t i);
/* (Q lambda)_n. */
lfap_range lfap_measured_q(const lfap_measured *m, size_t n, double h, double gamma);
#endif
