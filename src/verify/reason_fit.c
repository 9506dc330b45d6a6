/* reason_fit.c - slips that leave numbers to be found: another slope, an offset, an output layer, biases. Told outputs
 * determine them by least squares; labels only bound them, and only where there are many more samples than numbers. */
#include "verify/reasons.h"

#include "kernel/chain.h"
#include "kernel/lanes.h"
#include "kernel/network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Labels alone: rows that speak for training, in deviations from random ones. */
static const double HINTED = 0.5;

/* ---- one number -------------------------------------------------------------------------------------------------- */

/* f = A + gamma B. */
static lfap_status other_slope(lfap_search *s) {
  size_t n = s->n;
  double *A = malloc(2 * n * sizeof *A), *B = A ? A + n : NULL, up = 0.0, down = 0.0;
  if (!A) return lfap_fail(s->ctx, LFAP_ERR_MEMORY, "no memory for %zu outputs", n);
  lfap_reason_outputs(s, A, s->z, s->a, NULL, 0.0);
  lfap_reason_outputs(s, B, s->z, s->a, NULL, 1.0);
  for (size_t i = 0; i < n; i++) B[i] -= A[i];
  if (s->told) {
    for (size_t i = 0; i < n; i++) {
      up += B[i] * (s->told->f[i] - A[i]);
      down += B[i] * B[i];
    }
    double g = down > 0.0 ? up / down : -1.0;
    for (size_t i = 0; i < n; i++) s->f[i] = A[i] + g * B[i];
    if (g > -1e-3 && g < 1.0 + 1e-3)
      lfap_reason_consider(s, LFAP_REASON_GAMMA, s->f, 0.0, 0.9,
                           "the outputs are those of the slope %.4g%s; give --gamma", g,
                           fabs(g) < 1e-6 ? " (a ReLU, which has no limit here)" : "");
    free(A);
    return LFAP_OK;
  }
  for (int k = 0; k <= 100; k++) { /* in hundredths: the labels tell no more */
    double g = k / 100.0;
    for (size_t i = 0; i < n; i++) s->f[i] = A[i] + g * B[i];
    lfap_reason_consider(s, LFAP_REASON_GAMMA, s->f, 1.0, 0.9,
                         "with another slope, clearest at %.2f%s, it classifies: give the --gamma it was trained with",
                         g, k ? "" : " (a ReLU, which has no limit here)");
  }
  free(A);
  return LFAP_OK;
}

/* f + c: of told outputs c is the mean difference; of labels, which only say where it lies, the middle of a gap. */
static lfap_status offset(lfap_search *s) {
  size_t n = s->n;
  double *f = malloc(3 * n * sizeof *f), *order = f ? f + n : NULL, *moved = f ? f + 2 * n : NULL, c = 0.0;
  if (!f) return lfap_fail(s->ctx, LFAP_ERR_MEMORY, "no memory for %zu outputs", n);
  static const char words[] =
      "with %.4g added to f it %s: a bias is left out, of the hidden layer or of the output; give "
      "--bias, and an output bias c as a neuron of zeros with bias 1 and output weight c";
  lfap_reason_outputs(s, f, s->z, s->a, NULL, s->net->gamma);
  if (s->told) {
    for (size_t i = 0; i < n; i++) c += (s->told->f[i] - f[i]) / (double)n;
    for (size_t i = 0; i < n; i++) moved[i] = f[i] + c;
    lfap_reason_consider(s, LFAP_REASON_BIAS, moved, 0.0, 0.9, words, c, "has these outputs");
  }
  memcpy(order, f, n * sizeof *order);
  qsort(order, n, sizeof *order, lfap_reason_ascending);
  size_t minus = 0; /* the cut that leaves as many below as there are labels -1, and its neighbours */
  for (size_t i = 0; !s->told && i < n; i++) minus += s->y[i] < 0.0;
  for (size_t k = minus > n / 20 ? minus - n / 20 : 1; !s->told && k < n && k <= minus + n / 20; k++) {
    c = -(order[k - 1] + order[k]) / 2.0;
    for (size_t i = 0; i < n; i++) moved[i] = f[i] + c;
    lfap_reason_consider(s, LFAP_REASON_BIAS, moved, 1.0, 0.9, words, c, "classifies");
  }
  free(f);
  return LFAP_OK;
}

/* Outputs that are f times a constant, or went through what turns them into probabilities. */
static void output_functions(lfap_search *s) {
  size_t n = s->n;
  double up = 0.0, down = 0.0;
  double *f = s->sorted;
  lfap_reason_outputs(s, f, s->z, s->a, NULL, s->net->gamma);
  for (size_t i = 0; i < n; i++) {
    up += f[i] * s->told->f[i];
    down += f[i] * f[i];
  }
  double c = down > 0.0 ? up / down : 0.0;
  for (size_t i = 0; i < n; i++) s->f[i] = c * f[i];
  if (c != 0.0)
    lfap_reason_consider(
        s, LFAP_REASON_OUTPUT, s->f, 0.0, 0.9,
        "the outputs are %.4g f: the output weights are that many times as large; give --output-weights", c);
  for (size_t i = 0; i < n; i++) s->f[i] = 1.0 / (1.0 + exp(-f[i]));
  lfap_reason_consider(s, LFAP_REASON_ACTIVATION, s->f, 0.0, 1.0,
                       "the outputs are 1/(1 + exp(-f)), probabilities: give those before the sigmoid");
  for (size_t i = 0; i < n; i++) s->f[i] = tanh(f[i]);
  lfap_reason_consider(s, LFAP_REASON_ACTIVATION, s->f, 0.0, 1.0, "the outputs are tanh(f): give those before it");
}

/* ---- least squares ----------------------------------------------------------------------------------------------- */

/* x (m) of the least ||A x - b||, A (n x m by columns) and b (n) overwritten: modified Gram-Schmidt, twice; columns
   that depend on those before them get 0. R: m x m of workspace. */
static void least_squares(double *x, double *A, double *b, double *R, size_t n, size_t m) {
  memset(R, 0, m * m * sizeof *R);
  for (size_t j = 0; j < m; j++) {
    double *col = A + j * n, before = lfap_norm2(n, col);
    for (int twice = 0; twice < 2; twice++)
      for (size_t k = 0; k < j; k++) {
        double r = lfap_dot(n, A + k * n, col);
        lfap_axpy(col, -r, A + k * n, n);
        R[k * m + j] += r;
      }
    double size = lfap_norm2(n, col);
    int depends = !(size > 1e-12 * before);
    R[j * m + j] = depends ? 0.0 : size;
    for (size_t i = 0; i < n; i++) col[i] = depends ? 0.0 : col[i] / size;
    x[j] = lfap_dot(n, col, b);
    lfap_axpy(b, -x[j], col, n);
  }
  for (size_t j = m; j-- > 0;) {
    for (size_t k = j + 1; k < m; k++) x[j] -= R[j * m + k] * x[k];
    x[j] = R[j * m + j] > 0.0 ? x[j] / R[j * m + j] : 0.0;
  }
}

/* The sizes of two output layers, sorted, are the same up to what the told outputs leave open. */
static int same_sizes(lfap_search *s, const double *v, size_t *plus) {
  size_t m = s->m;
  double *size = malloc(2 * m * sizeof *size), off = 0.0;
  if (!size) return 0;
  *plus = 0;
  for (size_t j = 0; j < m; j++) {
    size[j] = fabs(v[j]);
    size[m + j] = fabs(s->a[j]);
    *plus += v[j] > 0.0;
  }
  qsort(size, m, sizeof *size, lfap_reason_ascending);
  qsort(size + m, m, sizeof *size, lfap_reason_ascending);
  for (size_t j = 0; j < m; j++) off = fmax(off, fabs(size[j] - size[m + j]));
  double most = size[2 * m - 1];
  free(size);
  return off <= 1e-3 * most;
}

/* Output weights from the outputs at more points than there are neurons, or from many more labels. */
static lfap_status output_layer(lfap_search *s) {
  size_t n = s->n, m = s->m, plus = 0;
  if (n < (s->told ? m + 4 : 3 * m) || (!s->told && !(s->aligned >= HINTED))) return LFAP_OK;
  double *A = malloc((n * m + n + m * m + m) * sizeof *A);
  if (!A) return lfap_fail(s->ctx, LFAP_ERR_MEMORY, "no memory for %zu x %zu activations", n, m);
  double *b = A + n * m, *R = b + n, *v = R + m * m;
  for (size_t i = 0; i < n; i++) {
    b[i] = s->told ? s->told->f[i] : s->y[i];
    for (size_t j = 0; j < m; j++) A[j * n + i] = lfap_phi(s->z[i * m + j], s->net->gamma);
  }
  least_squares(v, A, b, R, n, m);
  lfap_reason_outputs(s, s->f, s->z, v, NULL, s->net->gamma);
  int order = same_sizes(s, v, &plus);
  if (s->told)
    lfap_reason_consider(s, order ? LFAP_REASON_ORDER : LFAP_REASON_OUTPUT, s->f, 0.0, 0.8,
                         order
                             ? "the outputs are those of the same output weights in another order (%zu of %zu are "
                               "positive): the rows are in another order; give --signs or --output-weights"
                             : "the outputs are those of another output layer (%zu of %zu weights are positive); give "
                               "--output-weights",
                         plus, m);
  else
    lfap_reason_consider(
        s, LFAP_REASON_OUTPUT, s->f, (double)m, 0.5,
        "with another output layer (%zu of %zu weights positive, by least squares) it classifies; give "
        "--output-weights",
        plus, m);
  free(A);
  return LFAP_OK;
}

lfap_status lfap_reason_fits(lfap_search *s) {
  lfap_status st = other_slope(s);
  if (!st) st = offset(s);
  if (!st && s->told) output_functions(s);
  return st ? st : output_layer(s);
}

/* ---- biases ------------------------------------------------------------------------------------------------------ */

enum { STEPS = 60 };

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

lfap_status lfap_reason_biases(lfap_search *s) {
  size_t n = s->n, m = s->m, d = s->d;
  if (s->data->bias) return LFAP_OK;
  double *grad = malloc((m + d) * sizeof *grad);
  if (!grad) return lfap_fail(s->ctx, LFAP_ERR_MEMORY, "no memory for m = %zu biases", m);
  if (n >= 3 * (d + 2)) climb(s, s->b, grad, grad + m, d + 1);
  if (!s->best.kind && n >= 3 * (m + 1)) climb(s, s->b, grad, NULL, m);
  free(grad);
  return LFAP_OK;
}
