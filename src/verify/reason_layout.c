/* reason_layout.c - slips in how arrays were written: rows in another order, W transposed, labels reversed or sorted,
 * samples shifted after training; and the signs of the output weights that the rows themselves show. */
#include "verify/reasons.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Deviations from random rows: what shows that training made them, and what speaks for it. */
static const double TRAINED = 3.0, HINTED = 0.5;
/* Of what rows show, the share that rows without much training may get wrong. */
static const double FEW_ROWS = 0.05;

static int same_size(const lfap_search *s) {
  for (size_t j = 1; j < s->m; j++)
    if (fabs(s->a[j]) != fabs(s->a[0])) return 0;
  return 1;
}

/* How well the signs of output weights agree with those that the rows show: 1 where all do. Training adds
   a_j sum b_n y_n x_n with b >= 0 to row j, so <w_j, sum y_n x_n> shows the sign of a_j. */
static double agreement(const lfap_search *s, const double *a) {
  double with = 0.0, all = 0.0;
  for (size_t j = 0; j < s->m; j++) {
    all += fabs(s->shown[j]);
    if (s->shown[j] * a[j] > 0.0) with += fabs(s->shown[j]);
  }
  return all > 0.0 ? with / all : 1.0;
}

static void other_signs(lfap_search *s) {
  size_t m = s->m;
  double gamma = s->net->gamma, size = fabs(s->a[0]);
  for (size_t j = 0; j < m; j++) s->b[j] = -s->a[j];
  lfap_reason_outputs(s, s->f, s->z, s->b, NULL, gamma);
  lfap_reason_consider(s, LFAP_REASON_REVERSED, s->f, 0.0, agreement(s, s->b),
                       s->told
                           ? "the outputs are those of -f: rows of negative output weight come first; give --signs"
                           : "with f of the other sign it classifies: rows of negative output weight come first, or "
                             "the labels have the other sign (--outputs tell which); give --signs, or turn the labels");
  if (!same_size(s) || m < 2) return;
  for (int first = 1; first >= -1; first -= 2) {
    for (size_t j = 0; j < m; j++) s->b[j] = (j % 2 ? -first : first) * size;
    lfap_reason_outputs(s, s->f, s->z, s->b, NULL, gamma);
    lfap_reason_consider(
        s, LFAP_REASON_ORDER, s->f, 0.0, 1.0,
        "with output weights of alternating sign (%s first) it %s: the rows are in another order; give "
        "--signs",
        first > 0 ? "+" : "-", s->told ? "has these outputs" : "classifies");
  }
}

static const char *order_words(lfap_reason_kind kind) {
  return kind == LFAP_REASON_ORDER ? "the rows are in another order; give --signs"
                                   : "the output layer is another one; give --output-weights or --signs";
}

/* How far rows point along sum y_n x_n more than random ones would, in deviations: t_j^2 = <z_j, y>^2/|z_j|^2, of
   random rows near |sum y x|^2/sum |x|^2 with a relative deviation of sqrt(2/m). */
static double rows_aligned(const lfap_search *s, const double *c, const double *norms) {
  size_t n = s->data->n, d = s->d;
  double expected = 0.0, all = 0.0, mean = 0.0;
  for (size_t i = 0; i < d; i++) {
    double sum = 0.0;
    for (size_t k = 0; k < n; k++) {
      double x = s->data->x[k * d + i];
      sum += s->data->y[k] * x;
      all += x * x;
    }
    expected += sum * sum;
  }
  for (size_t j = 0; j < s->m; j++) mean += norms[j] > 0.0 ? c[j] * c[j] / norms[j] / (double)s->m : 0.0;
  return expected > 0.0 ? (mean * all / expected - 1.0) / sqrt(2.0 / (double)s->m) : 0.0;
}

static void signs_shown(lfap_search *s) {
  size_t m = s->m, plus = 0;
  double *c = s->b, *norms = s->phi, size = 1.0 / sqrt((double)m);
  if (s->told) return;
  memcpy(c, s->shown, m * sizeof *c);
  memset(norms, 0, m * sizeof *norms);
  for (size_t i = 0; i < s->n * m; i++) norms[i % m] += s->z[i] * s->z[i];
  s->aligned = rows_aligned(s, c, norms);
  if (!(s->aligned >= TRAINED)) return;
  for (size_t j = 0; j < m; j++) {
    plus += c[j] > 0.0;
    c[j] = c[j] > 0.0 ? size : -size;
  }
  lfap_reason_kind kind = 2 * plus == m ? LFAP_REASON_ORDER : LFAP_REASON_OUTPUT;
  /* where nearly all rows show the signs of -f, the few that do not have hardly been trained */
  int reversed = s->best.kind == LFAP_REASON_REVERSED && s->best.right == s->n && agreement(s, s->a) < FEW_ROWS;
  lfap_reason_outputs(s, s->f, s->z, s->b, NULL, s->net->gamma);
  lfap_reason_consider(s, kind, s->f, 0.5, reversed ? 0.5 : 1.0,
                       "with the signs that the rows themselves show (%zu of %zu positive) it classifies: %s", plus, m,
                       order_words(kind));
}

/* Few rows: every pattern of signs. */
static void signs_tried(lfap_search *s) {
  size_t m = s->m;
  if (s->told || !(s->aligned >= HINTED) || m > 12 || (double)s->n * (double)m * ldexp(1.0, (int)m) > 5e7) return;
  double size = 1.0 / sqrt((double)m);
  for (unsigned long pattern = 0; pattern < 1ul << m; pattern++) {
    size_t plus = 0;
    for (size_t j = 0; j < m; j++) {
      plus += pattern >> j & 1;
      s->b[j] = pattern >> j & 1 ? size : -size;
    }
    lfap_reason_kind kind = 2 * plus == m ? LFAP_REASON_ORDER : LFAP_REASON_OUTPUT;
    lfap_reason_outputs(s, s->f, s->z, s->b, NULL, s->net->gamma);
    lfap_reason_consider(s, kind, s->f, (double)m, agreement(s, s->b) * (kind == LFAP_REASON_ORDER ? 0.8 : 0.5),
                         "with %zu of %zu output weights positive, of the signs that fit best, it classifies: %s", plus,
                         m, order_words(kind));
  }
}

static lfap_status transposed(lfap_search *s) {
  size_t m = s->m;
  if (m != s->d || s->data->bias) return LFAP_OK;
  double *w = malloc((m * m + s->n * m) * sizeof *w), *z = w ? w + m * m : NULL;
  if (!w) return lfap_fail(s->ctx, LFAP_ERR_MEMORY, "no memory for %zu x %zu weights", m, m);
  for (size_t j = 0; j < m; j++)
    for (size_t i = 0; i < m; i++) w[i * m + j] = s->net->w[j * m + i];
  lfap_status st = lfap_rows_product(s->ctx, z, s->point, w, s->n, m, m);
  if (!st) {
    lfap_reason_outputs(s, s->f, z, s->a, NULL, s->net->gamma);
    lfap_reason_consider(s, LFAP_REASON_TRANSPOSED, s->f, 0.0, 1.0,
                         "the transpose of W %s: it was saved as d x m (a kernel of Flax or Keras); save W.T",
                         s->told ? "has these outputs" : "classifies");
  }
  free(w);
  return st;
}

static int descending(const void *p, const void *q) {
  double a = *(const double *)p, b = *(const double *)q;
  return (a < b) - (a > b);
}

/* The labels reversed, or sorted as the samples may be. */
static lfap_status labels(lfap_search *s) {
  static const char *const how[] = {"in reverse order", "sorted, +1 first", "sorted, -1 first"};
  size_t n = s->n;
  if (s->told) return LFAP_OK;
  double *y = malloc(n * sizeof *y);
  if (!y) return lfap_fail(s->ctx, LFAP_ERR_MEMORY, "no memory for %zu labels", n);
  lfap_reason_outputs(s, s->f, s->z, s->a, NULL, s->net->gamma);
  for (int k = 0; k < 3; k++) {
    memcpy(y, s->data->y, n * sizeof *y);
    if (k) qsort(y, n, sizeof *y, descending);
    if (k != 1)
      for (size_t i = 0; i < n / 2; i++) {
        double swap = y[i];
        y[i] = y[n - 1 - i];
        y[n - 1 - i] = swap;
      }
    s->y = y;
    lfap_reason_consider(s, LFAP_REASON_LABELS, s->f, 0.0, 1.0,
                         "with the labels %s it classifies: they are in another order than the samples", how[k]);
    s->y = s->data->y;
  }
  free(y);
  return LFAP_OK;
}

/* Mean and deviation of each coordinate of the samples, or of all together. */
static void moments(double *mean, double *deviation, const lfap_data *data, size_t cols, int apart) {
  double all = 0.0;
  for (size_t i = 0; i < cols; i++) {
    double sum = 0.0, squares = 0.0;
    for (size_t k = 0; k < data->n; k++) sum += data->x[k * data->d + i];
    mean[i] = sum / (double)data->n;
    for (size_t k = 0; k < data->n; k++) squares += pow(data->x[k * data->d + i] - mean[i], 2.0);
    deviation[i] = sqrt(squares / (double)data->n);
    all += mean[i] / (double)cols;
  }
  for (size_t i = 0; !apart && i < cols; i++) mean[i] = all;
}

static lfap_status shifted_by(lfap_search *s, double *x, double *z, const double *mean, const double *by,
                              const char *how) {
  size_t d = s->d, cols = d - (s->data->bias != 0);
  memcpy(x, s->point, s->n * d * sizeof *x);
  for (size_t k = 0; k < s->n; k++)
    for (size_t i = 0; i < cols; i++) x[k * d + i] = (x[k * d + i] - mean[i]) / (by && by[i] > 0.0 ? by[i] : 1.0);
  lfap_status st = lfap_rows_product(s->ctx, z, x, s->net->w, s->n, s->m, d);
  if (st) return st;
  lfap_reason_outputs(s, s->f, z, s->a, NULL, s->net->gamma);
  lfap_reason_consider(s, LFAP_REASON_DATA, s->f, 0.0, 1.0,
                       "with %s it %s: the network was trained on samples prepared so; give it these", how,
                       s->told ? "has these outputs" : "classifies");
  return LFAP_OK;
}

static lfap_status shifted(lfap_search *s) {
  size_t n = s->n, d = s->d, cols = d - (s->data->bias != 0);
  double *x = malloc((n * d + n * s->m + 2 * d) * sizeof *x);
  if (!x) return lfap_fail(s->ctx, LFAP_ERR_MEMORY, "no memory for %zu x %zu samples", n, d);
  double *z = x + n * d, *mean = z + n * s->m, *deviation = mean + d;
  moments(mean, deviation, s->data, cols, 1);
  lfap_status st = shifted_by(s, x, z, mean, NULL, "the mean of the samples subtracted");
  if (!st) st = shifted_by(s, x, z, mean, deviation, "every coordinate minus its mean, over its deviation,");
  moments(mean, deviation, s->data, cols, 0);
  if (!st) st = shifted_by(s, x, z, mean, NULL, "the mean of all entries subtracted");
  for (size_t i = 0; i < cols; i++) mean[i] = deviation[i] = 0.5;
  if (!st) st = shifted_by(s, x, z, mean, deviation, "2 x - 1 for x");
  for (size_t i = 0; i < cols; i++) mean[i] = -1.0, deviation[i] = 2.0;
  if (!st) st = shifted_by(s, x, z, mean, deviation, "(x + 1)/2 for x");
  for (size_t i = 0; i < cols; i++) mean[i] = 0.0, deviation[i] = 255.0;
  if (!st && s->data->bias) st = shifted_by(s, x, z, mean, deviation, "x/255 for x");
  for (size_t i = 0; i < cols; i++) deviation[i] = 1.0 / 255.0;
  if (!st && s->data->bias) st = shifted_by(s, x, z, mean, deviation, "255 x for x");
  free(x);
  return st;
}

lfap_status lfap_reason_layouts(lfap_search *s) {
  other_signs(s);
  signs_shown(s);
  signs_tried(s);
  lfap_status st = transposed(s);
  if (!st) st = labels(s);
  return st ? st : shifted(s);
}
