/* measure.c - class sums as pairs, and the products of the samples with them, with the bounds of limit/bounds.h
   (statement Q1). */
#include "limit/measure.h"

#include "kernel/lanes.h"

#include <string.h>

double lfap_norm_above(const double *x, size_t d) { return lfap_up(sqrt(lfap_range_norm2(lfap_dot(d, x, x), d).hi)); }

void lfap_measure(const lfap_ctx *ctx, lfap_measured *out, const double *lambda, const double *norm,
                  const lfap_data *data, double *sums) {
  size_t n = data->n, d = data->d;
  double *const sum[4] = {sums, sums + d, sums + 2 * d, sums + 3 * d};
  double weight[2] = {0, 0}, K[2], root = sqrt((double)d);
  for (size_t i = 0; i < n; i++) {
    out->A[i] = lambda[i] * data->y[i];
    weight[data->y[i] < 0.0] += lambda[i] * norm[i];
  }
  lfap_class_sums(ctx, sum, out->A, data->x, data->y, n, d);
  for (size_t c = 0; c < 2; c++) /* sqrt(d) max |.| in the place of the norm: nothing underflows */
    K[c] = lfap_bound_pair_dot(lfap_bound_class_sum(lfap_up(weight[c]), n, d), lfap_up(root * lfap_amax(d, sum[2 * c])),
                               lfap_up(root * lfap_amax(d, sum[2 * c + 1])), d);
  lfap_class_products(ctx, out->A, out->B, sum, &(lfap_samples){data->x, data->y, n, d}, NULL, n);
  for (size_t i = 0; i < n; i++) {
    double y = data->y[i];
    out->A[i] *= y;
    out->B[i] *= y;
    out->Ae[i] = lfap_bound_pair_value(out->A[i], K[y < 0.0], norm[i], d);
    out->Be[i] = lfap_bound_pair_value(out->B[i], K[y > 0.0], norm[i], d);
  }
}

static double abs_dot(const double *x, const double *s, size_t d) {
  double sum = 0.0;
  for (size_t j = 0; j < d; j++) sum += fabs(x[j]) * s[j];
  return lfap_up(sum + (double)d * LFAP_TINY);
}

void lfap_measure_sizes(double *own, double *other, const double *lambda, const lfap_data *data, double *sums) {
  size_t n = data->n, d = data->d;
  memset(sums, 0, 2 * d * sizeof *sums);
  for (size_t k = 0; k < n; k++) {
    double *s = sums + (data->y[k] < 0.0 ? d : 0);
    for (size_t j = 0; lambda[k] > 0.0 && j < d; j++) s[j] += lambda[k] * fabs(data->x[k * d + j]) + LFAP_TINY;
  }
  for (size_t i = 0; i < n; i++) {
    const double *x = data->x + i * d;
    own[i] = abs_dot(x, sums + (data->y[i] < 0.0 ? d : 0), d);
    other[i] = abs_dot(x, sums + (data->y[i] < 0.0 ? 0 : d), d);
  }
}

void lfap_measure_closer(lfap_measured *out, const double *lambda, const double *norm, const lfap_data *data,
                         double *sums) {
  size_t n = data->n, d = data->d;
  lfap_measure_sizes(out->Ae, out->Be, lambda, data, sums);
  for (size_t i = 0; i < n; i++) {
    out->Ae[i] = lfap_bound_pair_entries(out->A[i], out->Ae[i], norm[i], n, d);
    out->Be[i] = lfap_bound_pair_entries(out->B[i], out->Be[i], norm[i], n, d);
  }
}

lfap_range lfap_measured_q(const lfap_measured *m, size_t n, double h, double gamma) {
  return lfap_range_around(h * m->A[n] + gamma * m->B[n],
                           lfap_bound_combine(m->A[n], m->Ae[n], m->B[n], m->Be[n], h, gamma));
}

lfap_range lfap_measured_row(const lfap_measured *of, const lfap_qm *m, size_t i) {
  size_t n = lfap_qm_sample(m, i);
  const lfap_twofold *w = lfap_qm_weight(m, i, 0);
  lfap_range q = lfap_measured_q(of, n, w[LFAP_QM_SAME].hi, w[LFAP_QM_OTHER].hi);
  if (m->blocks == 1) return q;
  w = lfap_qm_weight(m, i, 1);
  lfap_range p = lfap_measured_q(of + 1, n, w[LFAP_QM_SAME].hi, w[LFAP_QM_OTHER].hi);
  return (lfap_range){nextafter(q.lo + p.lo, -INFINITY), nextafter(q.hi + p.hi, INFINITY)};
}
