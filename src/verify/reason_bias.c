/* reason_bias.c - biases of the hidden layer that were left out: of told outputs by least squares between kinks, of
 * labels by climbing until the network classifies, where there are many more samples than numbers. */
#include "verify/reasons.h"

#include "kernel/chain.h"
#include "kernel/lanes.h"
#include "kernel/network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 60 };
/* Samples beyond three for every number that labels have to bound: with fewer, chance classifies too. */
enum { FITTED = 20 };

/* The gradient in b of the smooth least margin, sum_n q_n y_n a_j phi'(z_jn + b_j), q_n falling with the margin. */
static void bias_gradient(lfap_search *s, double *grad, const double *b) {
  size_t n = s->n, m = s->m;
  double least = INFINITY, mean = 0.0, sum = 0.0;
  for (size_t i = 0; i < n; i++) {
    least = fmin(least, s->y[i] * s->f[i]);
    mean += fabs(s->f[i]) / (double)n;
  }
  memset(grad, 0, m * sizeof *grad);
  for (size_t i = 0; i < n; i++) {
    double q = exp(-4.0 * (s->y[i] * s->f[i] - least) / (mean > 0.0 ? mean : 1.0));
    sum += q;
    for (size_t j = 0; j < m; j++) grad[j] += q * s->y[i] * s->a[j] * lfap_slope(s->z[i * m + j] + b[j], s->net->gamma);
  }
  for (size_t j = 0; j < m; j++) grad[j] /= sum;
}

/* The part of grad that a shift of the samples and an own-class term make: b = W h + c sgn(a), of d + 1 numbers. */
static void restrict_gradient(const lfap_search *s, double *grad, double *h) {
  size_t m = s->m, d = s->d;
  double own = 0.0, size = lfap_norm2(m * d, s->net->w);
  memset(h, 0, d * sizeof *h);
  for (size_t j = 0; j < m; j++) {
    lfap_axpy(h, grad[j] * (double)m / (size * size), s->net->w + j * d, d);
    own += s->a[j] > 0.0 ? grad[j] : -grad[j];
  }
  for (size_t j = 0; j < m; j++) grad[j] = lfap_dot(d, s->net->w + j * d, h) + (s->a[j] > 0.0 ? own : -own);
}

/* Does the network classify with biases? They rise along the gradient until it does. */
static void climb(lfap_search *s, double *b, double *grad, double *h, size_t numbers) {
  size_t m = s->m, wrong = 1;
  double scale = 0.05 * lfap_norm2(s->n * m, s->z) / sqrt((double)s->n);
  memset(b, 0, m * sizeof *b);
  for (int k = 0; k < STEPS && wrong; k++) {
    lfap_reason_outputs(s, s->f, s->z, s->a, b, s->net->gamma);
    double clear = lfap_reason_clear(s, s->f, &wrong);
    if (!wrong && clear > 0.0) {
      lfap_reason_consider(s, LFAP_REASON_BIAS, s->f, (double)numbers, 1.0,
                           "with biases of the hidden layer it classifies (found by %d steps): they are left out; give "
                           "--bias",
                           k);
      return;
    }
    bias_gradient(s, grad, b);
    if (h) restrict_gradient(s, grad, h);
    double size = lfap_norm2(m, grad);
    if (!(size > 0.0)) return;
    lfap_axpy(b, scale / size, grad, m);
  }
}

static lfap_status by_labels(lfap_search *s) {
  size_t n = s->n, m = s->m, d = s->d;
  double *grad = malloc((m + d) * sizeof *grad);
  if (!grad) return lfap_fail(s->ctx, LFAP_ERR_MEMORY, "no memory for m = %zu biases", m);
  if (n >= 3 * (d + 2) + FITTED) climb(s, s->b, grad, grad + m, d + 1);
  if (!s->best.kind && n >= 3 * (m + 1) + FITTED) climb(s, s->b, grad, NULL, m);
  free(grad);
  return LFAP_OK;
}

/* r (n) = told outputs - f with biases b; its length. */
static double residual(lfap_search *s, double *r, const double *b) {
  lfap_reason_outputs(s, s->f, s->z, s->a, b, s->net->gamma);
  for (size_t i = 0; i < s->n; i++) r[i] = s->told->f[i] - s->f[i];
  return lfap_norm2(s->n, r);
}

/* A (n + m x m, by columns) and r: the slopes of f in b above the residual, `damping` times the identity above 0. */
static void linearised(lfap_search *s, double *A, double *r, const double *b, double damping) {
  size_t n = s->n, m = s->m, rows = n + m;
  memset(A, 0, rows * m * sizeof *A);
  residual(s, r, b);
  memset(r + n, 0, m * sizeof *r);
  for (size_t j = 0; j < m; j++) {
    for (size_t i = 0; i < n; i++) A[j * rows + i] = s->a[j] * lfap_slope(s->z[i * m + j] + b[j], s->net->gamma);
    A[j * rows + n + j] = damping;
  }
}

/* Biases that have the told outputs, by Levenberg and Marquardt's steps: between kinks f is linear in them, so that the
   last steps are exact. */
static lfap_status by_outputs(lfap_search *s) {
  size_t n = s->n, m = s->m, rows = n + m;
  if (n < m + 4) return LFAP_OK;
  double *A = malloc((rows * m + rows + m * m + 2 * m) * sizeof *A);
  if (!A) return lfap_fail(s->ctx, LFAP_ERR_MEMORY, "no memory for %zu x %zu slopes", rows, m);
  double *r = A + rows * m, *R = r + rows, *step = R + m * m, *to = step + m, *b = s->b;
  memset(b, 0, m * sizeof *b);
  double size = residual(s, r, b), damping = lfap_norm2(m, s->a) * sqrt((double)n / (double)m);
  for (int k = 0; k < 4 * STEPS && size > 0.0; k++) {
    linearised(s, A, r, b, damping);
    lfap_reason_least_squares(step, A, r, R, rows, m);
    for (size_t j = 0; j < m; j++) to[j] = b[j] + step[j];
    double next = residual(s, r, to);
    damping *= next < size ? 0.2 : 3.0;
    if (!(next < size)) continue;
    memcpy(b, to, m * sizeof *b);
    size = next;
  }
  residual(s, r, b);
  lfap_reason_consider(s, LFAP_REASON_BIAS, s->f, 0.0, 0.7,
                       "the outputs are those of rows with biases (found from the outputs): they are left out; give "
                       "--bias");
  free(A);
  return LFAP_OK;
}

lfap_status lfap_reason_biases(lfap_search *s) {
  if (s->data->bias) return LFAP_OK;
  return s->told ? by_outputs(s) : by_labels(s);
}
