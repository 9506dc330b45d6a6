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

lfap_status lfap_rows_in_range(lfap_ctx *ctx, const char *name, const double *x, size_t n, size_t d) {
  for (size_t i = 0; i < n; i++) {
    double most = lfap_amax(d, x + i * d);
    if (most != 0.0 && !(most >= 0x1p-200 && most <= 0x1p200))
      return lfap_fail(
          ctx, LFAP_ERR_RANGE,
          "%s: the largest entry of row %zu is %g; outside 2^-200..2^200 (about 1e-60..1e60) products leave "
          "the range of doubles: multiply everything by one constant",
          name, i, most);
  }
  return LFAP_OK;
}
