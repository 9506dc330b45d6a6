/* net.c - the network f(x; W) = sum_j a_j phi(<w_j, x>) of spec/theory.md section 1: storage, the authors'
 * initialisation, values and input gradients (spec/numerics.md N4, N7). */
#include "lfap.h"

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
    return lfap_fail(ctx, LFAP_ERR_DATA, "m = %zu hidden neurons: m must be even and positive (half of the a_j are +1/sqrt(m), half -1/sqrt(m))", m);
  if (!(gamma > 0.0 && gamma < 1.0))
    return lfap_fail(ctx, LFAP_ERR_DATA, "gamma = %g: the slope of the leaky ReLU must lie strictly between 0 and 1", gamma);
  lfap_mat w = {0};
  lfap_status st = lfap_mat_alloc(ctx, &w, m, d);
  if (st) return st;
  *out = (lfap_net){.m = m, .d = d, .gamma = gamma, .w = w.v};
  return LFAP_OK;
}

void lfap_net_free(lfap_net *net) {
  free(net->w);
  *net = (lfap_net){0};
}

lfap_status lfap_net_init(lfap_ctx *ctx, lfap_net *out, size_t m, size_t d, double gamma, uint64_t seed, double scale) {
  lfap_net net = {0};
  lfap_status st = lfap_net_alloc(ctx, &net, m, d, gamma);
  if (st) return st;
  lfap_philox g;
  lfap_philox_seed(&g, seed);
  lfap_fill_uniform(net.w, &g, m * d);
  double bound = scale / sqrt((double)d);
  for (size_t i = 0; i < m * d; i++) net.w[i] *= bound;
  *out = net;
  return LFAP_OK;
}

/* One block of points: pre-activations as a table of dots, then the outputs. work: EVAL_BLOCK*m + 2m. */
static void eval_block(double *f, const lfap_net *net, const double *a, const double *Z, size_t n, double *work) {
  double *z = work, *phi = work + EVAL_BLOCK * net->m;
  lfap_rows(z, Z, net->w, n, net->m, net->d);
  for (size_t i = 0; i < n; i++) f[i] = lfap_net_output(phi, z + i * net->m, a, net->gamma, net->m);
}

lfap_status lfap_net_eval(lfap_ctx *ctx, double *f, const lfap_net *net, const double *Z, size_t n) {
  size_t m = net->m, blocks = (n + EVAL_BLOCK - 1) / EVAL_BLOCK;
  int t = ctx && ctx->threads > 1 ? ctx->threads : 1;
  size_t per = (EVAL_BLOCK + 2) * m;
  double *work = malloc(((size_t)t * per + m) * sizeof *work);
  if (!work) return lfap_fail(ctx, LFAP_ERR_MEMORY, "network: no memory for the pre-activations of m = %zu neurons", m);
  double *a = work + (size_t)t * per;
  lfap_net_signs(a, m);
  for (size_t b0 = 0; b0 < blocks; b0 += (size_t)t) {
    size_t b1 = blocks - b0 < (size_t)t ? blocks : b0 + (size_t)t;
#ifdef _OPENMP
#pragma omp parallel for schedule(static, 1) num_threads(t) if (t > 1)
#endif
    for (size_t b = b0; b < b1; b++) {
      size_t i = b * EVAL_BLOCK;
      eval_block(f + i, net, a, Z + i * net->d, n - i < EVAL_BLOCK ? n - i : EVAL_BLOCK, work + (b - b0) * per);
    }
  }
  free(work);
  return LFAP_OK;
}

lfap_status lfap_net_input_grad(lfap_ctx *ctx, double *grad, const lfap_net *net, const double *x) {
  size_t m = net->m;
  double *work = malloc(3 * m * sizeof *work);
  if (!work) return lfap_fail(ctx, LFAP_ERR_MEMORY, "network: no memory for m = %zu neurons", m);
  double *a = work, *z = work + m, *c = z + m;
  lfap_net_signs(a, m);
  lfap_gemv(z, net->w, x, m, net->d);
  lfap_net_input_coef(c, z, a, net->gamma, m);
  memset(grad, 0, net->d * sizeof *grad);
  lfap_chain(grad, c, net->w, m, net->d);
  free(work);
  return LFAP_OK;
}
