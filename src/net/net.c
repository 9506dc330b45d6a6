/* net.c - the network f(x; W) = sum_j a_j phi(<w_j, x>) of spec/theory.md section 1: storage, the authors'
 * initialisation, values and input gradients (spec/numerics.md N4). */
#include "net/output.h"

#include "data/range.h"
#include "io/parallel.h"
#include "kernel/chain.h"
#include "kernel/network.h"
#include "kernel/random.h"
#include "kernel/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EVAL_BLOCK = 32 };

lfap_status lfap_net_alloc(lfap_ctx *ctx, lfap_net *out, size_t m, size_t d, double gamma) {
  if (m == 0 || m % 2 != 0)
    return lfap_fail(
        ctx, LFAP_ERR_DATA,
        "m = %zu hidden neurons: m must be even and positive (half of the a_j are +1/sqrt(m), half -1/sqrt(m))", m);
  lfap_mat w = {0};
  lfap_status st = lfap_gamma_valid(ctx, "gamma", gamma, 0.0);
  if (!st) st = lfap_mat_alloc(ctx, &w, m, d);
  if (st) return st;
  *out = (lfap_net){.m = m, .d = d, .gamma = gamma, .w = w.v};
  return LFAP_OK;
}

void lfap_net_free(lfap_net *net) {
  free(net->w);
  free(net->a);
  *net = (lfap_net){0};
}

lfap_status lfap_net_init(lfap_ctx *ctx, lfap_net *out, size_t m, size_t d, double gamma, uint64_t seed, double scale) {
  lfap_net net = {0};
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = lfap_net_alloc(ctx, &net, m, d, gamma);
  if (st) return st;
  lfap_philox g;
  lfap_philox_seed(&g, seed);
  lfap_fill_uniform(net.w, &g, m * d);
  double bound = scale / sqrt((double)d);
  for (size_t i = 0; i < m * d; i++) net.w[i] *= bound;
  *out = net;
  return LFAP_OK;
}

typedef struct {
  double *f, *work, *a; /* work: (EVAL_BLOCK + 1)*m for each worker */
  const lfap_net *net;
  const double *Z;
} evaluation;

/* A block of points: pre-activations as a table of dots, then the outputs. */
static void eval_range(void *arg, size_t begin, size_t end, int worker) {
  const evaluation *e = arg;
  size_t m = e->net->m, d = e->net->d;
  double *z = e->work + (size_t)worker * (EVAL_BLOCK + 1) * m, *phi = z + EVAL_BLOCK * m;
  lfap_rows(z, e->Z + begin * d, e->net->w, end - begin, m, d);
  for (size_t i = begin; i < end; i++) e->f[i] = lfap_net_output(phi, z + (i - begin) * m, e->a, e->net->gamma, m);
}

lfap_status lfap_net_eval(lfap_ctx *ctx, double *f, const lfap_net *net, const double *Z, size_t n) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (st) return st;
  size_t m = net->m, workers = (size_t)lfap_threads(ctx);
  evaluation e = {.f = f, .net = net, .Z = Z, .work = malloc((workers * (EVAL_BLOCK + 1) * m + m) * sizeof(double))};
  if (!e.work)
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "network: no memory for the pre-activations of m = %zu neurons", m);
  e.a = e.work + workers * (EVAL_BLOCK + 1) * m;
  lfap_net_weights(e.a, net);
  lfap_parallel((int)workers, n, EVAL_BLOCK, 2.0 * (double)n * (double)m * (double)net->d, eval_range, &e);
  free(e.work);
  return LFAP_OK;
}

lfap_status lfap_net_input_grad(lfap_ctx *ctx, double *grad, const lfap_net *net, const double *x) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (st) return st;
  size_t m = net->m;
  double *work = malloc(3 * m * sizeof *work);
  if (!work) return lfap_fail(ctx, LFAP_ERR_MEMORY, "network: no memory for m = %zu neurons", m);
  double *a = work, *z = work + m, *c = z + m;
  lfap_net_weights(a, net);
  lfap_gemv(z, net->w, x, m, net->d);
  lfap_net_input_coef(c, z, a, net->gamma, m);
  memset(grad, 0, net->d * sizeof *grad);
  lfap_chain(grad, c, net->w, m, net->d);
  free(work);
  return LFAP_OK;
}
