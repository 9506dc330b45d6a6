/* geometry.c - the three geometry-inspired perturbations and their gradient-based versions (statement P1;
 * spec/numerics.md N7): each maximises t<eta,w> under its constraint. */
#include "lfap.h"

#include "kernel/lanes.h"
#include "kernel/perturb.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *lfap_norm_name(lfap_norm norm) { return norm == LFAP_L2 ? "l2" : norm == LFAP_LINF ? "linf" : "l0"; }

static lfap_status check(lfap_ctx *ctx, const double *w, lfap_norm norm, double eps, size_t k, size_t d) {
  if (!(eps >= 0.0) || !isfinite(eps))
    return lfap_fail(ctx, LFAP_ERR_USAGE, "perturb: eps = %g must be finite and not negative", eps);
  if (norm == LFAP_L0 && (k == 0 || k > d))
    return lfap_fail(ctx, LFAP_ERR_USAGE, "perturb: k = %zu entries of d = %zu; k must lie in 1..d", k, d);
  double size = lfap_norm2(d, w);
  if (!(size > 0.0) || !isfinite(size))
    return lfap_fail(ctx, LFAP_ERR_DATA, "perturb: the direction has norm %g; it must be finite and not zero", size);
  return LFAP_OK;
}

/* Writes eta; `keep` is scratch of d bytes, used by L0 alone. */
static void eta_fill(double *eta, unsigned char *keep, const double *w, double t, lfap_norm norm, double eps, size_t k, size_t d) {
  if (norm == LFAP_L2)
    lfap_eta_l2(eta, w, lfap_norm2(d, w), t, eps, d);
  else if (norm == LFAP_LINF)
    lfap_eta_linf(eta, w, t, eps, d);
  else {
    lfap_topk(keep, w, k, d);
    lfap_eta_l0(eta, w, keep, t, eps, d);
  }
}

lfap_status lfap_perturb_direction(lfap_ctx *ctx, double *eta, const double *w, double t, lfap_norm norm, double eps, size_t k,
                                   size_t d) {
  lfap_status st = check(ctx, w, norm, eps, k, d);
  if (st) return st;
  unsigned char *keep = malloc(d);
  if (!keep) return lfap_fail(ctx, LFAP_ERR_MEMORY, "perturb: no memory for d = %zu flags", d);
  eta_fill(eta, keep, w, t, norm, eps, k, d);
  free(keep);
  return LFAP_OK;
}

lfap_status lfap_perturb_unit(lfap_ctx *ctx, double *e, double *dual, const double *w, lfap_norm norm, size_t k, size_t d) {
  lfap_status st = lfap_perturb_direction(ctx, e, w, 1.0, norm, 1.0, k, d);
  if (!st) *dual = lfap_dot(d, e, w);
  return st;
}

void lfap_perturbed_free(lfap_perturbed *p) {
  free(p->x);
  free(p->eta);
  *p = (lfap_perturbed){0};
}

static lfap_status perturbed_alloc(lfap_ctx *ctx, lfap_perturbed *out, size_t n, size_t d) {
  lfap_mat x = {0}, eta = {0};
  lfap_status st = lfap_mat_alloc(ctx, &x, n, d);
  if (!st) st = lfap_mat_alloc(ctx, &eta, n, d);
  if (st) {
    lfap_mat_free(&x);
    return st;
  }
  *out = (lfap_perturbed){.n = n, .d = d, .x = x.v, .eta = eta.v};
  return LFAP_OK;
}

static lfap_status check_targets(lfap_ctx *ctx, const double *t, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (t[i] != 1.0 && t[i] != -1.0)
      return lfap_fail(ctx, LFAP_ERR_DATA, "perturb: target %zu is %g; targets must be +1 or -1", i, t[i]);
  return LFAP_OK;
}

lfap_status lfap_perturb_geometry(lfap_ctx *ctx, lfap_perturbed *out, const double *B, const double *t, const double *w,
                                  const lfap_perturb_opts *o, size_t n, size_t d) {
  lfap_perturbed p = {0};
  unsigned char *keep = malloc(d ? d : 1);
  lfap_status st = keep ? check_targets(ctx, t, n) : lfap_fail(ctx, LFAP_ERR_MEMORY, "perturb: no memory for d = %zu flags", d);
  if (!st) st = check(ctx, w, o->norm, o->eps, o->k, d);
  if (!st) st = perturbed_alloc(ctx, &p, n, d);
  for (size_t i = 0; !st && i < n; i++) {
    eta_fill(p.eta + i * d, keep, w, t[i], o->norm, o->eps, o->k, d);
    lfap_add(p.x + i * d, B + i * d, p.eta + i * d, d);
  }
  free(keep);
  if (!st) *out = p;
  return st;
}

lfap_status lfap_perturb_gradient(lfap_ctx *ctx, lfap_perturbed *out, const double *B, const double *t, const lfap_net *net,
                                  const lfap_perturb_opts *o, size_t n) {
  size_t d = net->d;
  lfap_perturbed p = {0};
  double *grad = malloc(d * sizeof *grad);
  lfap_status st = grad ? check_targets(ctx, t, n) : lfap_fail(ctx, LFAP_ERR_MEMORY, "perturb: no memory for a gradient of d = %zu", d);
  if (!st) st = perturbed_alloc(ctx, &p, n, d);
  for (size_t i = 0; !st && i < n; i++) {
    st = lfap_net_input_grad(ctx, grad, net, B + i * d);
    if (!st) st = lfap_perturb_direction(ctx, p.eta + i * d, grad, t[i], o->norm, o->eps, o->k, d);
    if (!st) lfap_add(p.x + i * d, B + i * d, p.eta + i * d, d);
  }
  free(grad);
  if (st) lfap_perturbed_free(&p);
  else *out = p;
  return st;
}
