/* pgd.c - projected gradient descent on exp(-t f(x)) as in the authors' experiments (spec/theory.md, experimental settings;
 * spec/numerics.md N7): targeted at t, the iterate of strictly lowest loss is kept, the clean point included. */
#include "lfap.h"

#include "kernel/chain.h"
#include "kernel/elementary.h"
#include "kernel/lanes.h"
#include "kernel/network.h"
#include "kernel/perturb.h"
#include "kernel/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Scratch of one sample: a, z, work, coefficients (m each); x, grad, delta (d each); mask (d bytes). */
typedef struct {
  double *a, *z, *work, *c, *x, *g, *delta;
  unsigned char *mask;
} pgd;

static int pgd_alloc(pgd *p, size_t m, size_t d) {
  p->a = malloc((4 * m + 3 * d) * sizeof(double));
  p->mask = malloc(d);
  if (!p->a || !p->mask) return 0;
  p->z = p->a + m;
  p->work = p->z + m;
  p->c = p->work + m;
  p->x = p->c + m;
  p->g = p->x + d;
  p->delta = p->g + d;
  lfap_net_signs(p->a, m);
  return 1;
}

/* Loss at p->x; leaves z for the gradient. */
static double loss_at(pgd *p, const lfap_net *net, double t) {
  lfap_gemv(p->z, net->w, p->x, net->m, net->d);
  return lfap_exp(-(t * lfap_net_output(p->work, p->z, p->a, net->gamma, net->m)));
}

/* g = gradient of the loss at p->x. */
static void loss_grad(pgd *p, const lfap_net *net, double t, double loss) {
  memset(p->g, 0, net->d * sizeof(double));
  lfap_net_input_coef(p->c, p->z, p->a, net->gamma, net->m);
  lfap_chain(p->g, p->c, net->w, net->m, net->d);
  lfap_scale(p->g, -(t * loss), p->g, net->d);
}

static double size_of(const double *v, lfap_norm norm, size_t d) { return norm == LFAP_L2 ? lfap_norm2(d, v) : lfap_amax(d, v); }

/* Normalised gradient step, projection to the ball (radial, also for linf), clamp. */
static void step_ball(pgd *p, const double *x0, const lfap_perturb_opts *o, size_t d) {
  double c = size_of(p->g, o->norm, d);
  lfap_pgd_move(p->x, p->g, o->eps / 5.0, c > 1e-12 ? c : 1e-12, d);
  lfap_sub(p->delta, p->x, x0, d);
  double size = size_of(p->delta, o->norm, d);
  if (size > o->eps) lfap_scale(p->delta, o->eps / (size + 1e-7), p->delta, d);
  lfap_add(p->x, x0, p->delta, d);
  if (o->has_range) lfap_clamp_all(p->x, o->lo, o->hi, d);
}

/* One more entry may change; 0 when the gradient vanishes on all of them. */
static int step_pixels(pgd *p, const double *x0, const lfap_perturb_opts *o, size_t d) {
  lfap_pgd_mask(p->mask, p->x, x0, p->g, d);
  double c = lfap_masked_amax(p->g, p->mask, d);
  if (!(c > 0.0)) return 0;
  lfap_pgd_move_masked(p->x, p->g, p->mask, o->eps, c, o->has_range, o->lo, o->hi, d);
  return 1;
}

static void attack(double *best_x, pgd *p, const lfap_net *net, const double *x0, double t, const lfap_perturb_opts *o) {
  size_t d = net->d;
  double best = INFINITY;
  memcpy(p->x, x0, d * sizeof(double));
  memcpy(best_x, x0, d * sizeof(double));
  for (size_t i = 0;; i++) {
    double loss = loss_at(p, net, t);
    if (loss < best) {
      best = loss;
      memcpy(best_x, p->x, d * sizeof(double));
    }
    if (i == o->steps) return;
    loss_grad(p, net, t, loss);
    if (o->norm != LFAP_L0) step_ball(p, x0, o, d);
    else if (!step_pixels(p, x0, o, d)) return;
  }
}

static lfap_status check(lfap_ctx *ctx, const double *t, const lfap_perturb_opts *o, size_t n) {
  if (!(o->eps > 0.0) || !isfinite(o->eps))
    return lfap_fail(ctx, LFAP_ERR_USAGE, "pgd: eps = %g must be finite and positive", o->eps);
  if (o->steps == 0) return lfap_fail(ctx, LFAP_ERR_USAGE, "pgd: steps = 0; at least one is needed");
  if (o->has_range && !(o->lo < o->hi))
    return lfap_fail(ctx, LFAP_ERR_USAGE, "pgd: range %g,%g; the first number must be the smaller", o->lo, o->hi);
  for (size_t i = 0; i < n; i++)
    if (t[i] != 1.0 && t[i] != -1.0)
      return lfap_fail(ctx, LFAP_ERR_DATA, "pgd: target %zu is %g; targets must be +1 or -1", i, t[i]);
  return LFAP_OK;
}

lfap_status lfap_perturb_pgd(lfap_ctx *ctx, lfap_perturbed *out, const double *B, const double *t, const lfap_net *net,
                             const lfap_perturb_opts *o, size_t n) {
  size_t d = net->d;
  lfap_perturbed r = {.n = n, .d = d};
  lfap_mat x = {0}, eta = {0};
  lfap_status st = check(ctx, t, o, n);
  if (!st) st = lfap_mat_alloc(ctx, &x, n, d);
  if (!st) st = lfap_mat_alloc(ctx, &eta, n, d);
  r.x = x.v;
  r.eta = eta.v;
  int threads = ctx && ctx->threads > 1 ? ctx->threads : 1, failed = 0;
  for (size_t i0 = 0; !st && !failed && i0 < n; i0 += (size_t)threads) {
    size_t i1 = n - i0 < (size_t)threads ? n : i0 + (size_t)threads;
    st = lfap_tick(ctx, "PGD", (double)i0, (double)n);
    if (st) break;
#ifdef _OPENMP
#pragma omp parallel for schedule(static, 1) num_threads(threads) reduction(| : failed) if (threads > 1)
#endif
    for (size_t i = i0; i < i1; i++) {
      pgd p = {0};
      if (pgd_alloc(&p, net->m, d)) {
        attack(r.x + i * d, &p, net, B + i * d, t[i], o);
        lfap_sub(r.eta + i * d, r.x + i * d, B + i * d, d);
      } else
        failed = 1;
      free(p.a);
      free(p.mask);
    }
  }
  if (!st && failed) st = lfap_fail(ctx, LFAP_ERR_MEMORY, "pgd: no memory for m = %zu, d = %zu", net->m, d);
  if (st) lfap_perturbed_free(&r);
  else *out = r;
  return st;
}
