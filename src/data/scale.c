/* scale.c - exact powers of two between the user's scale and one at which no product leaves the range (spec/numerics.md
 * N1b). */
#include "data/scale.h"

#include "kernel/lanes.h"

#include <math.h>
#include <stdlib.h>

int lfap_ordinary(double size) { return size >= 0x1p-100 && size <= 0x1p100; }

int lfap_exponent_of(const double *x, size_t n) {
  int e = 0;
  double most = lfap_amax(n, x);
  if (most == 0.0 || isinf(most)) return 0;
  (void)frexp(most, &e);
  return e - 1;
}

int lfap_exponent_outside(const double *x, size_t n) {
  return lfap_ordinary(lfap_amax(n, x)) ? 0 : lfap_exponent_of(x, n);
}

void lfap_times_power(double *out, const double *x, int e, size_t n) {
  for (size_t i = 0; i < n; i++) out[i] = ldexp(x[i], e);
}

lfap_status lfap_net_scaled(lfap_ctx *ctx, lfap_net *out, int *e, const lfap_net *net) {
  lfap_net r = *net;
  *e = lfap_exponent_outside(net->w, net->m * net->d);
  if (*e != 0) {
    lfap_mat w = {0};
    lfap_status st = lfap_mat_alloc(ctx, &w, net->m, net->d);
    if (st) return st;
    lfap_times_power(w.v, net->w, -*e, net->m * net->d);
    r.w = w.v;
  }
  *out = r;
  return LFAP_OK;
}

void lfap_net_scaled_free(lfap_net *out, const lfap_net *net) {
  if (out->w != net->w) free(out->w);
  out->w = NULL;
}

size_t lfap_first_unbounded(const double *x, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (!isfinite(x[i])) return i;
  return n;
}

lfap_status lfap_rows_finite(lfap_ctx *ctx, const char *name, const double *x, size_t n, size_t d) {
  size_t bad = lfap_first_unbounded(x, n * d);
  if (bad == n * d) return LFAP_OK;
  return lfap_fail(ctx, LFAP_ERR_DATA, "%s: entry [%zu,%zu] is %g; all entries must be finite", name, bad / d, bad % d,
                   x[bad]);
}

lfap_status lfap_rows_in_range(lfap_ctx *ctx, const char *name, const double *x, size_t n, size_t d) {
  for (size_t i = 0; i < n; i++) {
    int e = 1024;
    double norm = lfap_norm2(d, x + i * d);
    if (norm == 0.0 || (norm >= LFAP_NORM_MIN && norm <= LFAP_NORM_MAX)) continue;
    if (isfinite(norm)) (void)frexp(norm, &e);
    return lfap_fail(
        ctx, LFAP_ERR_RANGE,
        "%s: sample %zu has a norm of about 2^%d; results are right for norms from 2^%d to 2^%d, where squares stay "
        "in the range of doubles; rescale: multiply all data by a power of two (here by 2^%d): verdicts do not change "
        "and lambda is divided by its square",
        name, i, e - 1, ilogb(LFAP_NORM_MIN), ilogb(LFAP_NORM_MAX), 1 - e);
  }
  return LFAP_OK;
}
