/* pgd.c - projected gradient descent on exp(-t f(x)) as in the authors' experiments (spec/theory.md, experimental settings;
 * spec/numerics.md N7): targeted at t, the iterate of strictly lowest loss is kept, the clean point included. */
#include "lfap.h"

#include "io/parallel.h"
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

/* The samples of one call, shared out over threads; each worker has its own scratch. */
typedef struct {
  pgd *scratch;
  const lfap_net *net;
  const double *B, *t;
  const lfap_perturb_opts *o;
  double *x, *eta;
  size_t first;
} batch;

static void attack_range(void *arg, size_t begin, size_t end, int worker) {
  const batch *b = arg;
  size_t d = b->net->d;
  for (size_t i = b->first + begin; i < b->first + end; i++) {
    attack(b->x + i * d, &b->scratch[worker], b->net, b->B + i * d, b->t[i], b->o);
    lfap_sub(b->eta + i * d, b->x + i * d, b->B + i * d, d);
  }
}

static lfap_status attack_all(lfap_ctx *ctx, batch *b, size_t n) {
  size_t workers = (size_t)lfap_threads(ctx), span = 8 * workers;
  double flops = 4.0 * (double)span * (double)b->o->steps * (double)b->net->m * (double)b->net->d;
  lfap_status st = LFAP_OK;
  b->scratch = calloc(workers, sizeof *b->scratch);
  int ok = b->scratch != NULL;
  for (size_t k = 0; ok && k < workers; k++) ok = pgd_alloc(&b->scratch[k], b->net->m, b->net->d);
  if (!ok) st = lfap_fail(ctx, LFAP_ERR_MEMORY, "pgd: no memory for m = %zu, d = %zu", b->net->m, b->net->d);
  for (b->first = 0; !st && b->first < n; b->first += span) {
    st = lfap_tick(ctx, "PGD", (double)b->first, (double)n);
    if (!st) lfap_parallel((int)workers, n - b->first < span ? n - b->first : span, 1, flops, attack_range, b);
  }
  for (size_t k = 0; b->scratch && k < workers; k++) {
    free(b->scratch[k].a);
    free(b->scratch[k].mask);
  }
  free(b->scratch);
  return st;
}

lfap_status lfap_perturb_pgd(lfap_ctx *ctx, lfap_perturbed *out, const double *B, const double *t, const lfap_net *net,
                             const lfap_perturb_opts *o, size_t n) {
  lfap_mat x = {0}, eta = {0};
  lfap_status st = check(ctx, t, o, n);
  if (!st) st = lfap_mat_alloc(ctx, &x, n, net->d);
  if (!st) st = lfap_mat_alloc(ctx, &eta, n, net->d);
  batch b = {.net = net, .B = B, .t = t, .o = o, .x = x.v, .eta = eta.v};
  if (!st) st = attack_all(ctx, &b, n);
  if (st) {
    lfap_mat_free(&x);
    lfap_mat_free(&eta);
  } else
    *out = (lfap_perturbed){.n = n, .d = net->d, .x = x.v, .eta = eta.v};
  return st;
}
