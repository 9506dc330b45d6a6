/* pgd.c - projected gradient descent on exp(-t f(x)) as in the authors' experiments (spec/theory.md, experimental
 * settings; spec/numerics.md N7): targeted at t, the iterate of strictly lowest loss is kept, the clean point
 * included. Samples go in packs: one product of their points with W', one of their coefficients with W a step. */
#include "lfap.h"

#include "data/scale.h"
#include "io/parallel.h"
#include "kernel/chain.h"
#include "kernel/elementary.h"
#include "kernel/lanes.h"
#include "kernel/network.h"
#include "kernel/perturb.h"
#include "kernel/rows.h"
#include "net/halfnet.h"
#include "perturb/norm.h"
#include "perturb/perturbed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PACK = 64 };    /* samples that share the two products of a step */
#define SPAN_FLOPS 1e9 /* work of a pack between two calls of the progress callback */

/* One call. */
typedef struct {
  const lfap_net *net;
  const double *B, *t, *a; /* a: m output weights */
  const lfap_perturb_opts *o;
  double *x, *eta;   /* n x d: the best iterate; the current one until the end, then what was added */
  lfap_halfnet half; /* with o->arithmetic */
} attack;

/* Samples first..first+count-1 on their way. z, c: PACK x m; g: PACK x d; work: m; delta, mask: d; half: in the place
   of z, c and work. */
typedef struct {
  const attack *k;
  size_t first, count;
  size_t step, span;  /* iterates seen; steps before the next pause */
  int over;           /* every step is done */
  int vanished[PACK]; /* the gradient was 0 */
  double best[PACK], f[PACK], loss[PACK];
  lfap_halfpack half;
  double *z, *c, *g, *work, *delta;
  unsigned char *mask;
} pack;

static int in_half(const attack *k) { return k->o->arithmetic == LFAP_ARITHMETIC_HALF; }

static int pack_alloc(pack *p, const attack *k, size_t samples) {
  size_t m = in_half(k) ? 0 : k->net->m, d = k->net->d;
  p->k = k;
  if (in_half(k) && !lfap_halfpack_alloc(&p->half, &k->half, samples)) return 0;
  p->z = malloc((samples * (2 * m + d) + m + d) * sizeof(double));
  p->mask = malloc(d);
  if (!p->z || !p->mask) return 0;
  p->c = p->z + samples * m;
  p->g = p->c + samples * m;
  p->work = p->g + samples * d;
  p->delta = p->work + m;
  return 1;
}

static void pack_start(pack *p, size_t first, size_t count) {
  const attack *k = p->k;
  size_t d = k->net->d;
  p->first = first;
  p->count = count;
  p->step = 0;
  p->over = 0;
  for (size_t i = 0; i < count; i++) p->best[i] = INFINITY;
  memset(p->vanished, 0, sizeof p->vanished);
  memcpy(k->x + first * d, k->B + first * d, count * d * sizeof(double));
  memcpy(k->eta + first * d, k->B + first * d, count * d * sizeof(double));
}

/* Outputs at the current points. */
static void pack_outputs(pack *p) {
  const attack *k = p->k;
  size_t m = k->net->m;
  const double *x = k->eta + p->first * k->net->d;
  if (in_half(k)) {
    lfap_halfpack_outputs(p->f, &p->half, x, p->count);
    return;
  }
  lfap_rows(p->z, x, k->net->w, p->count, m, k->net->d);
  for (size_t i = 0; i < p->count; i++) p->f[i] = lfap_net_output(p->work, p->z + i * m, k->a, k->net->gamma, m);
}

/* Losses there; the best points are kept. */
static void look(pack *p) {
  const attack *k = p->k;
  size_t d = k->net->d;
  pack_outputs(p);
  for (size_t i = 0; i < p->count; i++) {
    size_t n = p->first + i;
    p->loss[i] = lfap_exp(-(k->t[n] * p->f[i]));
    if (in_half(k)) p->loss[i] = (double)(float)p->loss[i];
    if (p->loss[i] < p->best[i]) {
      p->best[i] = p->loss[i];
      memcpy(k->x + n * d, k->eta + n * d, d * sizeof(double));
    }
  }
}

/* g = gradients of the losses at the current points. */
static void gradients(pack *p) {
  const attack *k = p->k;
  size_t m = k->net->m, d = k->net->d;
  double by_f[PACK];
  for (size_t i = 0; i < p->count; i++) by_f[i] = -(k->t[p->first + i] * p->loss[i]);
  if (in_half(k)) {
    lfap_halfpack_gradients(p->g, &p->half, by_f, p->count);
    return;
  }
  for (size_t i = 0; i < p->count; i++) lfap_net_input_coef(p->c + i * m, p->z + i * m, k->a, k->net->gamma, m);
  memset(p->g, 0, p->count * d * sizeof(double));
  lfap_chain_rows(p->g, p->c, k->net->w, p->count, m, d);
  for (size_t i = 0; i < p->count; i++) lfap_scale(p->g + i * d, by_f[i], p->g + i * d, d);
}

/* A step along them; a sample without a finite one stays where it is. */
static void move(pack *p) {
  const attack *k = p->k;
  size_t d = k->net->d, moving = lfap_perturb_moving(k->o, d);
  gradients(p);
  for (size_t i = 0; i < p->count; i++) {
    size_t n = p->first + i;
    double *x = k->eta + n * d, *g = p->g + i * d;
    const double *x0 = k->B + n * d;
    if (lfap_first_unbounded(g, moving) < moving) continue;
    if (lfap_amax(moving, g) == 0.0) p->vanished[i] = 1;
    lfap_norm_of(k->o->norm)->step(x, g, x0, p->delta, p->mask, k->o, moving);
  }
}

static void advance_range(void *arg, size_t begin, size_t end, int worker) {
  (void)worker;
  for (size_t b = begin; b < end; b++) {
    pack *p = (pack *)arg + b;
    for (size_t s = 0; s < p->span && !p->over; s++, p->step++) {
      look(p);
      if (p->step == p->k->o->steps) p->over = 1;
      else move(p);
    }
  }
}

/* The packs of one round, one a worker, to their last step; *vanished counts on. */
static lfap_status run_round(lfap_ctx *ctx, pack *p, size_t packs, size_t *vanished, size_t n) {
  const attack *k = p->k;
  double flops = 4.0 * (double)p->count * (double)k->net->m * (double)k->net->d, steps = (double)k->o->steps;
  size_t samples = 0, span = flops < SPAN_FLOPS ? (size_t)(SPAN_FLOPS / flops) : 1;
  for (size_t b = 0; b < packs; b++) {
    p[b].span = span;
    samples += p[b].count;
  }
  for (int over = 0; !over;) {
    lfap_status st =
        lfap_tick(ctx, "PGD", (double)p->first + (double)samples * (double)p->step / (steps + 1.0), (double)n);
    if (st) return st;
    lfap_parallel((int)packs, packs, 1, flops * (double)span * (double)packs, advance_range, p);
    over = p[0].over; /* every pack takes as many steps, and the same span of them at a time */
  }
  for (size_t b = 0; b < packs; b++)
    for (size_t i = 0; i < p[b].count; i++) *vanished += (size_t)p[b].vanished[i];
  size_t at = p->first * k->net->d;
  lfap_sub(k->eta + at, k->x + at, k->B + at, samples * k->net->d);
  return LFAP_OK;
}

static lfap_status attack_all(lfap_ctx *ctx, size_t *vanished, attack *k, size_t n) {
  size_t workers = (size_t)lfap_threads(ctx), share = n > 0 ? (n - 1) / workers + 1 : 1,
         most = share < PACK ? share : PACK;
  double *a = malloc(k->net->m * sizeof *a);
  pack *p = calloc(workers, sizeof *p);
  lfap_status st = in_half(k) ? lfap_halfnet_make(ctx, &k->half, k->net) : LFAP_OK;
  int ok = !st && a != NULL && p != NULL;
  for (size_t b = 0; ok && b < workers; b++) ok = pack_alloc(&p[b], k, most);
  if (ok) lfap_net_signs(a, k->net->m);
  else if (!st) st = lfap_fail(ctx, LFAP_ERR_MEMORY, "PGD: no memory for m = %zu, d = %zu", k->net->m, k->net->d);
  k->a = a;
  for (size_t first = 0; !st && first < n;) {
    size_t packs = 0;
    for (; packs < workers && first < n; packs++, first += p[packs - 1].count)
      pack_start(&p[packs], first, n - first < most ? n - first : most);
    st = run_round(ctx, p, packs, vanished, n);
  }
  if (!st) st = lfap_tick(ctx, "PGD", (double)n, (double)n);
  for (size_t b = 0; p && b < workers; b++) {
    free(p[b].z);
    free(p[b].mask);
    lfap_halfpack_free(&p[b].half);
  }
  lfap_halfnet_free(&k->half);
  free(p);
  free(a);
  return st;
}

static lfap_status check_attack(lfap_ctx *ctx, const double *t, const lfap_perturb_opts *o, size_t n) {
  if (!(o->eps > 0.0) || !isfinite(o->eps))
    return lfap_fail(ctx, LFAP_ERR_USAGE, "eps = %g; the size of a perturbation is finite and above 0", o->eps);
  if (o->steps == 0) return lfap_fail(ctx, LFAP_ERR_USAGE, "steps = 0; at least one is needed");
  if (o->has_range && !(o->lo < o->hi))
    return lfap_fail(ctx, LFAP_ERR_USAGE, "range %g,%g; the first number must be the smaller", o->lo, o->hi);
  for (size_t i = 0; i < n; i++)
    if (t[i] != 1.0 && t[i] != -1.0)
      return lfap_fail(ctx, LFAP_ERR_DATA, "target %zu is %.17g; targets must be +1 or -1", i, t[i]);
  return LFAP_OK;
}

/* The clean point is an iterate: one that the range excludes would be moved by the clamp, by more than eps. */
static lfap_status check_bases(lfap_ctx *ctx, const double *B, const lfap_perturb_opts *o, size_t n, size_t d) {
  size_t moving = lfap_perturb_moving(o, d);
  for (size_t i = 0; o->has_range && i < n * d; i++)
    if (i % d < moving && !(B[i] >= o->lo && B[i] <= o->hi))
      return lfap_fail(ctx, LFAP_ERR_DATA,
                       "PGD: entry %zu of base %zu is %.17g, outside the range %g,%g that perturbed points keep; widen "
                       "the range or bring other bases",
                       i % d, i / d, B[i], o->lo, o->hi);
  return LFAP_OK;
}

lfap_status lfap_perturb_pgd(lfap_ctx *ctx, lfap_perturbed *out, const double *B, const double *t, const lfap_net *net,
                             const lfap_perturb_opts *o, size_t n) {
  lfap_mat x = {0}, eta = {0};
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = lfap_net_plain(ctx, net, "PGD");
  if (!st) st = check_attack(ctx, t, o, n);
  if (!st) st = check_bases(ctx, B, o, n, net->d);
  if (!st)
    st = lfap_norm_check(ctx, o->norm, 1, lfap_perturb_moving(o, net->d)); /* how many entries change is the steps' */
  if (!st) st = lfap_mat_alloc(ctx, &x, n, net->d);
  if (!st) st = lfap_mat_alloc(ctx, &eta, n, net->d);
  attack k = {.net = net, .B = B, .t = t, .o = o, .x = x.v, .eta = eta.v};
  lfap_perturbed p = {.n = n, .d = net->d, .x = x.v, .eta = eta.v};
  if (!st) st = attack_all(ctx, &p.vanished, &k, n);
  if (!st) st = lfap_perturbed_check(ctx, &p, o->eps);
  if (st) lfap_perturbed_free(&p);
  else *out = p;
  return st;
}
