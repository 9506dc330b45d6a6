/* readout.c - output layers folded into the rows (spec/numerics.md N4, "Folding"). */
#include "net/readout.h"

#include "data/scale.h"
#include "kernel/lanes.h"
#include "net/output.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

static lfap_readout about_of(const double *v, size_t m) {
  double root = sqrt((double)m), size = fabs(v[0]);
  int equal = 1;
  lfap_readout r = {.factor = NAN};
  for (size_t j = 0; j < m; j++) {
    r.positive += v[j] > 0.0;
    r.negative += v[j] < 0.0;
    r.zero += v[j] == 0.0;
    equal &= fabs(v[j]) == size;
  }
  r.kind = !equal || r.positive != r.negative ? LFAP_READOUT_OTHER
           : size == 1.0 / root               ? LFAP_READOUT_SETTING
                                              : LFAP_READOUT_EQUAL;
  if (r.kind != LFAP_READOUT_OTHER) r.factor = r.kind == LFAP_READOUT_SETTING ? 1.0 : size * root;
  return r;
}

/* to = factor w; 0 where an entry is no normal double any more. */
static int fold_row(double *to, const double *w, double factor, size_t d) {
  int fits = 1;
  for (size_t i = 0; i < d; i++) {
    to[i] = factor == 1.0 ? w[i] : factor * w[i];
    fits &= isfinite(to[i]) && (fabs(to[i]) >= DBL_MIN || w[i] == 0.0 || factor == 1.0);
  }
  return fits;
}

static lfap_status fold(lfap_ctx *ctx, lfap_net *out, const lfap_net *net, const lfap_readout *r, const double *v) {
  size_t half = r->positive > r->negative ? r->positive : r->negative, at[2] = {0, half};
  double root = sqrt((double)(2 * half));
  lfap_status st = lfap_net_alloc(ctx, out, 2 * half, net->d, net->gamma);
  for (size_t j = 0; !st && j < net->m; j++) {
    if (v[j] == 0.0) continue;
    double factor = r->kind == LFAP_READOUT_SETTING ? 1.0 : fabs(v[j]) * root;
    if (!fold_row(out->w + at[v[j] < 0.0]++ * net->d, net->w + j * net->d, factor, net->d))
      st = lfap_fail(ctx, LFAP_ERR_RANGE,
                     "row %zu of W times its output weight %g leaves the range of doubles: multiply all output weights "
                     "by one constant, or all of W, which changes no sign of f",
                     j, v[j]);
  }
  return st;
}

lfap_status lfap_net_fold(lfap_ctx *ctx, lfap_net *out, lfap_readout *about, const lfap_net *net) {
  lfap_net folded = {0};
  double *v = malloc((net->m ? net->m : 1) * sizeof *v);
  if (!v) return lfap_fail(ctx, LFAP_ERR_MEMORY, "no memory for m = %zu output weights", net->m);
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st && net->m == 0) st = lfap_fail(ctx, LFAP_ERR_DATA, "m = 0 hidden neurons; there must be at least one");
  if (!st) lfap_net_weights(v, net);
  lfap_readout r = st ? (lfap_readout){0} : about_of(v, net->m);
  size_t bad = st ? 0 : lfap_first_unbounded(v, net->m);
  if (!st && bad < net->m)
    st = lfap_fail(ctx, LFAP_ERR_DATA, "output weight %zu is %g; all must be finite", bad, v[bad]);
  if (!st && r.zero == net->m)
    st = lfap_fail(ctx, LFAP_ERR_DATA, "all %zu output weights are 0: f is 0 everywhere, no network to judge", net->m);
  if (!st) st = fold(ctx, &folded, net, &r, v);
  free(v);
  if (st) {
    lfap_net_free(&folded);
    return st;
  }
  *out = folded;
  *about = r;
  return LFAP_OK;
}

/* fl(1/fl(sqrt m')) fl(fl(|v| fl(sqrt m')) w): the root cancels, three roundings are left; 4 u covers their powers and
   those of the sums below. */
lfap_status lfap_fold_error(lfap_ctx *ctx, double *out, const lfap_net *net, const lfap_readout *about, const double *Z,
                            size_t n) {
  size_t m = net->m, d = net->d;
  double most = 0.0, *v = malloc((m + d) * sizeof *v), *size = v ? v + m : NULL;
  if (!v) return lfap_fail(ctx, LFAP_ERR_MEMORY, "no memory for m = %zu output weights and d = %zu", m, d);
  lfap_net_weights(v, net);
  for (size_t i = 0; i < d; i++) {
    size[i] = 0.0;
    for (size_t j = 0; j < m; j++) size[i] += fabs(v[j] * net->w[j * d + i]);
  }
  for (size_t k = 0; k < n; k++) {
    double sum = 0.0;
    for (size_t i = 0; i < d; i++) sum += size[i] * fabs(Z[k * d + i]);
    most = fmax(most, sum);
  }
  free(v);
  *out = about->kind == LFAP_READOUT_SETTING ? 0.0 : 0x1p-51 * most * (1.0 + (double)(m + d) * 0x1p-52);
  return LFAP_OK;
}

void lfap_k1_as_given(lfap_k1 *k, const lfap_net *given, const lfap_readout *about) {
  if (about->kind == LFAP_READOUT_SETTING) return;
  k->margin = k->margin_min / lfap_norm2(given->m * given->d, given->w);
  if (about->kind == LFAP_READOUT_EQUAL) k->slackness /= about->factor * about->factor;
}
