/* geometry.c - the geometry-inspired perturbations and their gradient-based versions (statement P1;
 * spec/numerics.md N7): each maximises t<eta,w> under its constraint. */
#include "lfap.h"

#include "data/scale.h"
#include "kernel/lanes.h"
#include "kernel/perturb.h"
#include "net/halfnet.h"
#include "perturb/norm.h"
#include "perturb/perturbed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static lfap_status check_size(lfap_ctx *ctx, lfap_norm norm, double eps, size_t k, size_t d) {
  if (!(eps >= 0.0) || !isfinite(eps))
    return lfap_fail(ctx, LFAP_ERR_USAGE, "eps = %g; the size of a perturbation is finite and not negative", eps);
  return lfap_norm_check(ctx, norm, k, d);
}

/* A direction and what is needed to follow it. Only its ratios count, so that it is scaled by a power of two where eps
   over its length would leave the range. */
typedef struct {
  const double *w;     /* `scaled`, or the caller's */
  double *scaled;      /* NULL or d, owned */
  unsigned char *keep; /* d, owned: scratch of the norm */
} aim;

static void aim_free(aim *a) {
  free(a->scaled);
  free(a->keep);
}

static lfap_status aim_at(lfap_ctx *ctx, aim *out, const double *w, double eps, size_t d) {
  aim a = {.w = w};
  int e = lfap_ordinary(eps) ? lfap_exponent_outside(w, d) : lfap_exponent_of(w, d);
  size_t bad = lfap_first_unbounded(w, d);
  if (bad < d)
    return lfap_fail(ctx, LFAP_ERR_DATA, "the direction has the entry [%zu] = %g; all must be finite", bad, w[bad]);
  if (lfap_amax(d, w) == 0.0)
    return lfap_fail(ctx, LFAP_ERR_DATA, "the direction is zero in all %zu entries, so there is nowhere to go", d);
  a.keep = malloc(d);
  a.scaled = e ? malloc(d * sizeof *a.scaled) : NULL;
  if (!a.keep || (e && !a.scaled)) {
    aim_free(&a);
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "no memory for a direction of d = %zu", d);
  }
  if (e) {
    lfap_times_power(a.scaled, w, -e, d);
    a.w = a.scaled;
  }
  *out = a;
  return LFAP_OK;
}

lfap_status lfap_perturb_direction(lfap_ctx *ctx, double *eta, const double *w, double t, lfap_norm norm, double eps,
                                   size_t k, size_t d) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (st) return st;
  aim a;
  st = check_size(ctx, norm, eps, k, d);
  if (!st) st = aim_at(ctx, &a, w, eps, d);
  if (st) return st;
  lfap_norm_of(norm)->maximise(eta, a.w, a.keep, t, eps, k, d);
  aim_free(&a);
  return LFAP_OK;
}

lfap_status lfap_perturb_unit(lfap_ctx *ctx, double *e, double *dual, const double *w, lfap_norm norm, size_t k,
                              size_t d) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = lfap_perturb_direction(ctx, e, w, 1.0, norm, 1.0, k, d);
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
      return lfap_fail(ctx, LFAP_ERR_DATA, "target %zu is %.17g; targets must be +1 or -1", i, t[i]);
  return LFAP_OK;
}

size_t lfap_perturb_moving(const lfap_perturb_opts *o, size_t d) { return d - (o->bias != 0 && d > 0); }

lfap_status lfap_perturbed_check(lfap_ctx *ctx, const lfap_perturbed *p, double eps) {
  for (size_t n = 0; n < p->n; n++)
    if (lfap_first_unbounded(p->x + n * p->d, p->d) < p->d || lfap_first_unbounded(p->eta + n * p->d, p->d) < p->d)
      return lfap_fail(ctx, LFAP_ERR_RANGE,
                       "base %zu plus its perturbation leaves the range of doubles (eps = %g); give a smaller eps, or "
                       "divide bases and eps by one constant",
                       n, eps);
  return LFAP_OK;
}

lfap_status lfap_perturb_geometry(lfap_ctx *ctx, lfap_perturbed *out, const double *B, const double *t, const double *w,
                                  const lfap_perturb_opts *o, size_t n, size_t d) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (st) return st;
  lfap_perturbed p = {0};
  aim a = {0};
  size_t moving = lfap_perturb_moving(o, d);
  st = check_targets(ctx, t, n);
  if (!st) st = check_size(ctx, o->norm, o->eps, o->k, moving);
  if (!st) st = aim_at(ctx, &a, w, o->eps, moving);
  if (!st) st = perturbed_alloc(ctx, &p, n, d);
  for (size_t i = 0; !st && i < n; i++) {
    lfap_norm_of(o->norm)->maximise(p.eta + i * d, a.w, a.keep, t[i], o->eps, o->k, moving);
    lfap_add(p.x + i * d, B + i * d, p.eta + i * d, d);
  }
  if (!st) st = lfap_perturbed_check(ctx, &p, o->eps);
  aim_free(&a);
  if (st) lfap_perturbed_free(&p);
  else *out = p;
  return st;
}

/* Is the gradient (its first d entries) no more than what rounding leaves of terms that cancel? They are chains of m
   terms a_j phi'_j w_ji (N1a): below m u times the sum of their sizes there is no direction, whatever the bits say.
   `sum` is scratch (d), `largest` the largest weight: where the gradient is above what m terms of that size can leave,
   which is the rule, W need not be looked at. */
static int cancels(const double *grad, double *sum, const lfap_net *net, double largest, size_t d) {
  size_t m = net->m;
  double most = lfap_amax(d, grad), unit = 0x1p-53 * (double)m * (1.0 / sqrt((double)m));
  if (most > unit * (double)m * largest) return 0;
  memset(sum, 0, d * sizeof *sum);
  for (size_t j = 0; j < m; j++)
    for (size_t i = 0; i < d; i++) sum[i] += fabs(net->w[j * net->d + i]);
  for (size_t i = 0; i < d; i++)
    if (fabs(grad[i]) > unit * sum[i]) return 0;
  return 1;
}

static lfap_status fail_cancelled(lfap_ctx *ctx, const lfap_net *net, size_t i) {
  if (lfap_amax(net->m * net->d, net->w) == 0.0)
    return lfap_fail(ctx, LFAP_ERR_DATA, "base %zu: the gradient of f is zero there, since all weights are zero", i);
  return lfap_fail(
      ctx, LFAP_ERR_DATA,
      "base %zu: the gradient of f is zero there up to rounding: the rows of W with positive and with negative "
      "output weight cancel, so no direction is the best; give other weights, or leave this base out",
      i);
}

/* The gradients in half precision, into p->x. */
static lfap_status half_gradients(lfap_ctx *ctx, double *grad, const double *B, const lfap_net *net, size_t n) {
  enum { PACK = 64 };
  double f[PACK], one[PACK];
  size_t d = net->d;
  lfap_halfnet h = {0};
  lfap_halfpack p = {0};
  lfap_status st = lfap_halfnet_make(ctx, &h, net);
  if (!st && !lfap_halfpack_alloc(&p, &h, PACK))
    st = lfap_fail(ctx, LFAP_ERR_MEMORY, "no memory for gradients of m = %zu, d = %zu in half precision", net->m, d);
  for (size_t i = 0; i < PACK; i++) one[i] = 1.0;
  for (size_t i = 0; !st && i < n; i += PACK) {
    size_t count = n - i < PACK ? n - i : PACK;
    lfap_halfpack_outputs(f, &p, B + i * d, count);
    lfap_halfpack_gradients(grad + i * d, &p, one, count);
    st = lfap_tick(ctx, "gradients", (double)i, (double)n);
  }
  lfap_halfpack_free(&p);
  lfap_halfnet_free(&h);
  return st;
}

/* P1's optimum for them. */
static lfap_status along_half(lfap_ctx *ctx, lfap_perturbed *p, const double *B, const double *t, const lfap_net *net,
                              const lfap_perturb_opts *o) {
  size_t d = net->d, moving = lfap_perturb_moving(o, d);
  lfap_status st = half_gradients(ctx, p->x, B, net, p->n);
  for (size_t i = 0; !st && i < p->n; i++) {
    double *grad = p->x + i * d;
    size_t bad = lfap_first_unbounded(grad, moving);
    if (bad < moving)
      st = lfap_fail(
          ctx, LFAP_ERR_DATA,
          "base %zu: the gradient of f has the entry [%zu] = %g in half precision, as something on the way went "
          "beyond 65504, where binary16 ends; divide all weights by one constant, the direction stays",
          i, bad, grad[bad]);
    else if (lfap_amax(moving, grad) == 0.0)
      st = lfap_fail(ctx, LFAP_ERR_DATA,
                     "base %zu: the gradient of f is zero there in half precision; give larger weights", i);
    if (!st) st = lfap_perturb_direction(ctx, p->eta + i * d, grad, t[i], o->norm, o->eps, o->k, moving);
    if (!st) lfap_add(grad, B + i * d, p->eta + i * d, d);
  }
  return st;
}

/* The same in doubles. */
static lfap_status along_gradient(lfap_ctx *ctx, lfap_perturbed *p, const double *B, const double *t,
                                  const lfap_net *net, const lfap_perturb_opts *o) {
  size_t d = net->d, moving = lfap_perturb_moving(o, d);
  lfap_net scaled = {0};
  int e = 0;
  double *grad = malloc(2 * d * sizeof *grad), largest = 0.0;
  lfap_status st = grad ? lfap_net_scaled(ctx, &scaled, &e, net)
                        : lfap_fail(ctx, LFAP_ERR_MEMORY, "no memory for a gradient of d = %zu", d);
  if (!st) largest = lfap_amax(net->m * d, scaled.w);
  for (size_t i = 0; !st && i < p->n; i++) {
    st = lfap_net_input_grad(ctx, grad, &scaled, B + i * d);
    if (!st && cancels(grad, grad + d, &scaled, largest, moving)) st = fail_cancelled(ctx, net, i);
    if (!st) st = lfap_perturb_direction(ctx, p->eta + i * d, grad, t[i], o->norm, o->eps, o->k, moving);
    if (!st) lfap_add(p->x + i * d, B + i * d, p->eta + i * d, d);
  }
  free(grad);
  lfap_net_scaled_free(&scaled, net);
  return st;
}

lfap_status lfap_perturb_gradient(lfap_ctx *ctx, lfap_perturbed *out, const double *B, const double *t,
                                  const lfap_net *net, const lfap_perturb_opts *o, size_t n) {
  lfap_perturbed p = {0};
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = lfap_net_plain(ctx, net, "perturbation along the gradient");
  if (!st) st = check_targets(ctx, t, n);
  if (!st) st = check_size(ctx, o->norm, o->eps, o->k, lfap_perturb_moving(o, net->d));
  if (!st) st = perturbed_alloc(ctx, &p, n, net->d);
  if (!st && o->arithmetic == LFAP_ARITHMETIC_HALF) st = along_half(ctx, &p, B, t, net, o);
  else if (!st) st = along_gradient(ctx, &p, B, t, net, o);
  if (!st) st = lfap_perturbed_check(ctx, &p, o->eps);
  if (st) lfap_perturbed_free(&p);
  else *out = p;
  return st;
}
