/* limit.c - the limiting decision boundary: Q lambda = 1, w = sum lambda_n y_n x_n, the multiplier intervals and the
 * conditions of the a-posteriori certificate (statements Q1, T1, T2, C1; spec/numerics.md N6, N11). */
#include "limit/qp.h"

#include "kernel/chain.h"
#include "kernel/lanes.h"
#include "kernel/qform.h"
#include "kernel/rows.h"

#include <math.h>
#include <stdlib.h>

void lfap_limit_free(lfap_limit *lim) {
  free(lim->lambda);
  free(lim->q);
  free(lim->w);
  free(lim->fu);
  free(lim->fv);
  *lim = (lfap_limit){0};
}

static lfap_status limit_alloc(lfap_ctx *ctx, lfap_limit *out, size_t n, size_t d, double gamma) {
  lfap_limit l = {.n = n, .d = d, .gamma = gamma};
  l.lambda = calloc(n, sizeof(double));
  l.q = calloc(n, sizeof(double));
  l.w = calloc(d, sizeof(double));
  l.fu = calloc(n, sizeof(double));
  l.fv = calloc(n, sizeof(double));
  if (!l.lambda || !l.q || !l.w || !l.fu || !l.fv) {
    lfap_limit_free(&l);
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "limit: no memory for N = %zu, d = %zu", n, d);
  }
  *out = l;
  return LFAP_OK;
}

/* T1, T2 and a-posteriori T2 from the data quantities and the rows of Q. */
static void intervals(lfap_limit *l, const double *Q) {
  double g2 = l->gamma * l->gamma, h = lfap_q_h(l->gamma), rmin2 = l->hyp.r_min2, rmax2 = l->hyp.r_max2;
  l->t1_lo = 0.5 / rmax2;
  l->t1_hi = 1.5 / (g2 * rmin2);
  l->kappa = ((g2 * l->gamma) * rmin2) / (3.0 * rmax2);
  l->t2_lo = (1.0 - 2.0 * l->kappa) / (((1.0 - l->kappa) * h) * rmax2);
  l->t2_hi = 1.0 / (((1.0 - l->kappa) * h) * rmin2);
  double off = 0.0;
  for (size_t i = 0; i < l->n; i++) {
    const double *q = Q + i * l->n;
    double s = lfap_asum(l->n, q) - fabs(q[i]);
    if (s > off) off = s;
  }
  l->post_kappa = off / (h * rmin2);
  l->post_lo = l->post_hi = NAN;
  if (l->post_kappa < 0.5) {
    l->post_lo = (1.0 - 2.0 * l->post_kappa) / (((1.0 - l->post_kappa) * h) * rmax2);
    l->post_hi = 1.0 / (((1.0 - l->post_kappa) * h) * rmin2);
  }
}

/* C1(b) through the Gram matrix: sqrt(m) y_n <u,x_n> and sqrt(m) y_n <v,x_n>. */
static lfap_status pattern_condition(lfap_ctx *ctx, lfap_limit *l, const double *G, const double *y) {
  double *c = malloc(l->n * sizeof *c);
  if (!c) return lfap_fail(ctx, LFAP_ERR_MEMORY, "limit: no memory for %zu coefficients", l->n);
  lfap_uv_coef(c, l->lambda, y, 1.0, l->gamma, l->n);
  lfap_gemv(l->fu, G, c, l->n, l->n);
  lfap_uv_coef(c, l->lambda, y, -1.0, l->gamma, l->n);
  lfap_gemv(l->fv, G, c, l->n, l->n);
  free(c);
  l->c1b = 0;
  for (size_t i = 0; i < l->n; i++) {
    l->fu[i] = y[i] * l->fu[i];
    l->fv[i] = -(y[i] * l->fv[i]);
    if (l->fu[i] > 0.0 && l->fv[i] < 0.0) l->c1b++;
  }
  return LFAP_OK;
}

/* lambda, its products, w, and C1's conditions as computed; mu is scratch of n. */
static lfap_status solve(lfap_ctx *ctx, lfap_limit *l, double *Q, double *mu, const lfap_data *data, const double *G) {
  size_t n = l->n, d = l->d;
  for (size_t i = 0; i < n; i++) lfap_q_row(Q + i * n, G + i * n, data->y, data->y[i], l->gamma, n);
  intervals(l, Q);
  for (size_t i = 0; i < n; i++) l->q[i] = 1.0; /* the right-hand side, before it becomes Q lambda */
  /* squared norms that over- or underflow leave nothing to compute with */
  if (!(isfinite(l->hyp.r_max2) && l->hyp.r_min2 >= 0x1p-1022 && isfinite(1.0 / (l->gamma * l->hyp.r_min2))))
    return lfap_fail(ctx, LFAP_ERR_DATA, "limit: squared norms from %g to %g leave the range of doubles; scale the samples to norms near 1",
                     l->hyp.r_min2, l->hyp.r_max2);
  lfap_status st = lfap_qp_run(ctx, l->lambda, mu, &l->full, Q, l->q, n);
  if (!st) st = pattern_condition(ctx, l, G, data->y);
  if (st) return st;
  int off_ok = 1;
  for (size_t i = 0; i < n; i++) {
    l->q[i] = 1.0 + mu[i];
    if (l->lambda[i] > 0.0) {
      l->support++;
      if (fabs(mu[i]) > l->residual) l->residual = fabs(mu[i]);
    } else if (!(mu[i] > 0.0))
      off_ok = 0;
    lfap_axpy(l->w, l->lambda[i] * data->y[i], data->x + i * d, d);
  }
  l->c1 = off_ok && l->support > 0 && l->c1b == n && l->residual < 1e-9;
  return LFAP_OK;
}

lfap_status lfap_limit_solve(lfap_ctx *ctx, lfap_limit *out, const lfap_data *data, const double *G, double gamma) {
  if (!(gamma > 0.0 && gamma < 1.0))
    return lfap_fail(ctx, LFAP_ERR_DATA, "gamma = %g: the slope of the leaky ReLU must lie strictly between 0 and 1", gamma);
  size_t n = data->n;
  if (n == 0 || n > SIZE_MAX / sizeof(double) / n)
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "limit: the Gram matrix of N = %zu samples has no size", n);
  double *own = G ? NULL : malloc(n * n * sizeof *own), *Q = malloc(n * n * sizeof *Q), *mu = malloc(n * sizeof *mu);
  lfap_limit l = {0};
  lfap_status st = limit_alloc(ctx, &l, n, data->d, gamma);
  if (!st && ((!G && !own) || !Q || !mu))
    st = lfap_fail(ctx, LFAP_ERR_MEMORY, "limit: no memory for the %zu x %zu Gram matrix and Q", n, n);
  if (!st && !G) st = lfap_gram(ctx, own, data->x, n, data->d);
  if (!st) {
    lfap_hypothesis_of(&l.hyp, G ? G : own, n, gamma);
    st = solve(ctx, &l, Q, mu, data, G ? G : own);
  }
  free(own);
  free(Q);
  free(mu);
  if (st) {
    lfap_limit_free(&l);
    return st;
  }
  *out = l;
  return LFAP_OK;
}
