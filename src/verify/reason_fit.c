/* reason_fit.c - slips that leave numbers to be found: another slope, an offset, an output layer (biases:
 * reason_bias.c). Told outputs determine them by least squares; labels only bound them. */
#include "verify/reasons.h"

#include "kernel/chain.h"
#include "kernel/lanes.h"
#include "kernel/network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

void lfap_reason_least_squares(double *x, double *A, double *b, double *R, size_t n, size_t m) {
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

/* Output weights from the outputs at more points than there are neurons. (Labels would not tell: where W has any say in
   the classes, some output layer classifies, of broken rows too.) */
static lfap_status output_layer(lfap_search *s) {
  size_t n = s->n, m = s->m, plus = 0;
  if (!s->told || n < m + 4) return LFAP_OK;
  double *A = malloc((n * m + n + m * m + m) * sizeof *A);
  if (!A) return lfap_fail(s->ctx, LFAP_ERR_MEMORY, "no memory for %zu x %zu activations", n, m);
  double *b = A + n * m, *R = b + n, *v = R + m * m;
  for (size_t i = 0; i < n; i++) {
    b[i] = s->told->f[i];
    for (size_t j = 0; j < m; j++) A[j * n + i] = lfap_phi(s->z[i * m + j], s->net->gamma);
  }
  lfap_reason_least_squares(v, A, b, R, n, m);
  lfap_reason_outputs(s, s->f, s->z, v, NULL, s->net->gamma);
  int order = same_sizes(s, v, &plus);
  lfap_reason_consider(s, order ? LFAP_REASON_ORDER : LFAP_REASON_OUTPUT, s->f, 0.0, 0.8,
                       order ? "the outputs are those of the same output weights in another order (%zu of %zu are "
                               "positive): the rows are in another order; give --signs or --output-weights"
                             : "the outputs are those of another output layer (%zu of %zu weights are positive); give "
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
