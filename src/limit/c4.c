/* c4.c - does training from these very weights converge to that point (statement C4; spec/numerics.md N15)? Every own
 * pair has to be nearer to the point than to its kink, and the weights long enough to stay so. */
#include "data/scale.h"
#include "kernel/chain.h"
#include "kernel/elementary.h"
#include "kernel/kinkform.h"
#include "kernel/lanes.h"
#include "lfap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* log N - H(p*), p* = lambda/sum lambda: sum p* log(N p*), never below 0. */
static double entropy_gap(double *p, const double *lambda, size_t n) {
  double total = lfap_sum(n, lambda);
  for (size_t i = 0; i < n; i++) {
    double r = lambda[i] / total * (double)n;
    p[i] = r > 0.0 ? r * (r >= 1.0 ? lfap_log_ge1(r) : -lfap_log_ge1(1.0 / r)) : 0.0;
  }
  return fmax(0.0, lfap_sum(n, p) / (double)n);
}

static lfap_status check(lfap_ctx *ctx, const lfap_net *net, const lfap_polished *point, const lfap_data *data,
                         double step) {
  lfap_status plain = lfap_net_plain(ctx, net, "C4");
  if (!plain) plain = lfap_net_plain(ctx, &point->net, "C4");
  if (plain) return plain;
  if (net->m != point->net.m || net->d != point->net.d || net->d != data->d || point->n != data->n)
    return lfap_fail(ctx, LFAP_ERR_DATA,
                     "C4: weights of %zu x %zu, a point of %zu x %zu for %zu samples, data of %zu samples of dimension "
                     "%zu do not fit each other",
                     net->m, net->d, point->net.m, point->net.d, point->n, data->n, data->d);
  if (net->gamma != point->net.gamma)
    return lfap_fail(ctx, LFAP_ERR_DATA, "C4: gamma is %g in the weights and %g in the point", net->gamma,
                     point->net.gamma);
  if (!(step >= 0.0 && isfinite(step)))
    return lfap_fail(ctx, LFAP_ERR_USAGE, "C4: step = %g; the longest step has to be 0 (the flow) or positive", step);
  size_t all = net->m * net->d, bad = lfap_first_unbounded(net->w, all);
  if (bad < all)
    return lfap_fail(ctx, LFAP_ERR_DATA, "C4: weight [%zu, %zu] is %g; all must be finite", bad / net->d, bad % net->d,
                     net->w[bad]);
  return LFAP_OK;
}

/* Angle and length of W against W0, by the part of W that is orthogonal to W0. */
static lfap_status nearness(lfap_ctx *ctx, lfap_c4 *out, const lfap_net *net, const lfap_net *point) {
  size_t all = net->m * net->d;
  int e = 0;
  lfap_net scaled;
  double size = lfap_norm2(all, point->w), *off = malloc(all * sizeof *off);
  if (!off) return lfap_fail(ctx, LFAP_ERR_MEMORY, "C4: no memory for %zu x %zu weights", net->m, net->d);
  lfap_status st = lfap_net_scaled(ctx, &scaled, &e, net);
  if (!st) {
    double r = lfap_dot(all, scaled.w, point->w) / (size * size);
    memcpy(off, scaled.w, all * sizeof *off);
    lfap_axpy(off, -r, point->w, all);
    out->angle = atan2(lfap_norm2(all, off), r * size);
    out->length = ldexp(r, e);
    lfap_net_scaled_free(&scaled, net);
  }
  free(off);
  return st;
}

/* The most the angle may be, the least the length, over the own pairs; logistic: as if every sample had one more at
   h = 1, which keeps margins above 0, where its loss is nearly the exponential one. */
static void conditions(lfap_c4 *out, const lfap_polished *point, const lfap_data *data, const double *z, double size,
                       int logistic) {
  size_t n = data->n, m = point->net.m;
  double room = INFINITY, nu = 1.0 / lfap_sum(n, point->lambda);
  for (size_t i = 0; i < n; i++) {
    double norm = lfap_norm2(data->d, data->x + i * data->d);
    for (size_t j = 0; j <= m; j++) {
      if (j < m ? (data->y[i] > 0.0) != (j < m / 2) : !logistic) continue;
      double h = j < m ? fabs(z[j * n + i]) : 1.0;
      room = fmin(room, lfap_kink_room(h, norm, size));
      out->length_least = h > 0.0 ? fmax(out->length_least, lfap_kink_length(h, norm, nu, out->spread)) : INFINITY;
    }
  }
  out->angle_most = atan(room);
}

lfap_status lfap_c4_of(lfap_ctx *ctx, lfap_c4 *out, const lfap_net *net, const lfap_polished *point,
                       const lfap_data *data, lfap_loss loss, double step) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = check(ctx, net, point, data, step);
  if (st) return st;
  size_t n = data->n, m = net->m;
  lfap_c4 r = {0};
  double *z = malloc((m * n + n) * sizeof *z), longest = 0.0;
  if (!z) return lfap_fail(ctx, LFAP_ERR_MEMORY, "C4: no memory for m = %zu, N = %zu", m, n);
  st = lfap_rows_product(ctx, z, point->net.w, data->x, m, n, net->d);
  if (!st) st = nearness(ctx, &r, net, &point->net);
  if (!st) {
    for (size_t i = 0; i < n; i++) longest = fmax(longest, lfap_norm2(data->d, data->x + i * data->d));
    r.spread = entropy_gap(z + m * n, point->lambda, n);
    if (loss == LFAP_LOSS_LOGISTIC) r.spread += lfap_log_ge1(2.0);
    if (step > 0.0) r.spread += 0.5 * (longest * longest - 1.0 / lfap_sum(n, point->lambda)) * step;
    conditions(&r, point, data, z, lfap_norm2(m * net->d, point->net.w), loss == LFAP_LOSS_LOGISTIC);
    r.holds =
        point->settled && !point->own_kinks && r.length > 0.0 && r.angle < r.angle_most && r.length >= r.length_least;
    *out = r;
  }
  free(z);
  return st;
}
