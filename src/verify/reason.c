/* reason.c - the search for a reason: what counts as fitting, and in what order slips are tried.
 *
 * By labels: a candidate has to get right nearly all that the network as given gets wrong, and of several the one with
 * the clearest margins is named: training evens margins out, chance does not. By outputs: it has to have them. */
#include "verify/reasons.h"

#include "kernel/network.h"
#include "net/output.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const char *const lfap_reason_name[LFAP_REASONS] = {"none", "reversed",   "row order", "output layer",
                                                    "bias", "transposed", "gamma",     "label order",
                                                    "data", "activation"};

/* Fewer ways than 2^FEW to choose the positive samples, and chance would classify them too often. */
static const double FEW = 6.0, FEWEST = 2.0;
/* Margins as even as training makes them: what it takes against a network that gets nearly all right, and where a
   number was fitted. */
static const double EVEN = 0.3;

void lfap_reason_outputs(lfap_search *s, double *f, const double *z, const double *a, const double *b, double gamma) {
  for (size_t i = 0; i < s->n; i++) {
    f[i] = 0.0;
    for (size_t j = 0; j < s->m; j++) f[i] += a[j] * lfap_phi(z[i * s->m + j] + (b ? b[j] : 0.0), gamma);
  }
}

int lfap_reason_ascending(const void *p, const void *q) {
  double a = *(const double *)p, b = *(const double *)q;
  return (a > b) - (a < b);
}

double lfap_reason_clear(lfap_search *s, const double *f, size_t *wrong) {
  double mean = 0.0;
  *wrong = 0;
  for (size_t i = 0; i < s->n; i++) {
    s->sorted[i] = s->y[i] * f[i];
    *wrong += !(s->sorted[i] > 0.0);
    mean += fabs(f[i]) / (double)s->n;
  }
  qsort(s->sorted, s->n, sizeof *s->sorted, lfap_reason_ascending);
  double least = s->sorted[s->n / 20];
  return isfinite(mean) && mean > 0.0 ? least / mean : -1.0;
}

/* Points at which the told outputs are those of f. */
static size_t agreeing(const lfap_search *s, const double *f) {
  size_t same = 0;
  for (size_t i = 0; i < s->n; i++) same += fabs(f[i] - s->told->f[i]) <= s->told->slack[i];
  return same;
}

void lfap_reason_consider(lfap_search *s, lfap_reason_kind kind, const double *f, double bits, double weight,
                          const char *format, ...) {
  lfap_slip r = {.kind = kind, .of = s->n, .by_outputs = s->told != NULL};
  size_t wrong = 0;
  if (s->told) {
    r.right = agreeing(s, f);
    r.clear = r.right == s->n ? weight : 0.0;
  } else {
    double clear = lfap_reason_clear(s, f, &wrong), some = s->evidence - bits;
    size_t few = bits > 1.0 ? 0 : s->wrong / 4 < s->n / 20 ? s->wrong / 4 : s->n / 20;
    int sure = some >= FEW || (some >= FEWEST && bits == 0.0 && clear >= 0.5);
    sure &= (s->wrong > s->n / 20 && bits < 1.0) || clear >= EVEN;
    r.right = s->n - wrong;
    r.clear = wrong <= few && sure ? weight * clear : 0.0;
  }
  if (!(r.clear > s->best.clear)) return;
  va_list args;
  va_start(args, format);
  vsnprintf(r.what, sizeof r.what, format, args);
  va_end(args);
  s->best = r;
}

static lfap_status search_alloc(lfap_search *s) {
  size_t n = s->n, m = s->m, samples = s->data->n;
  if (n < samples) n = samples; /* room for outputs at the samples too */
  s->a = calloc(4 * m + n * m + 2 * n, sizeof(double));
  if (!s->a) return lfap_fail(s->ctx, LFAP_ERR_MEMORY, "no memory for %zu x %zu pre-activations", n, m);
  s->b = s->a + m;
  s->phi = s->b + m;
  s->shown = s->phi + m;
  s->z = s->shown + m;
  s->f = s->z + n * m;
  s->sorted = s->f + n;
  lfap_net_weights(s->a, s->net);
  return lfap_rows_product(s->ctx, s->z, s->point, s->net->w, s->n, m, s->d);
}

static void count(lfap_search *s) {
  double n = (double)s->data->n, plus = 0.0;
  for (size_t i = 0; i < s->data->n; i++) plus += s->data->y[i] > 0.0;
  s->evidence = (lgamma(n + 1.0) - lgamma(plus + 1.0) - lgamma(n - plus + 1.0)) / log(2.0);
  if (s->told) return;
  lfap_reason_outputs(s, s->f, s->z, s->a, NULL, s->net->gamma);
  for (size_t i = 0; i < s->n; i++) {
    s->wrong += !(s->y[i] * s->f[i] > 0.0);
    for (size_t j = 0; j < s->m; j++) s->shown[j] += s->y[i] * s->z[i * s->m + j];
  }
}

lfap_status lfap_reason_of(lfap_ctx *ctx, lfap_slip *out, const lfap_net *net, const lfap_data *data,
                           const lfap_told *told) {
  lfap_search s = {.ctx = ctx, .net = net, .data = data, .told = told, .y = data->y, .m = net->m, .d = net->d};
  s.point = told ? told->z : data->x;
  s.n = told ? told->n : data->n;
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = search_alloc(&s);
  if (!st) {
    count(&s);
    st = lfap_reason_layouts(&s);
  }
  if (!st) st = lfap_reason_fits(&s);
  if (!st && !s.best.kind) st = lfap_reason_biases(&s);
  free(s.a);
  if (!st) *out = s.best;
  return st;
}
