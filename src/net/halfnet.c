/* halfnet.c - the network in half precision at a few points (spec/numerics.md N17, Perturbations). */
#include "net/halfnet.h"

#include "kernel/half.h"
#include "kernel/single.h"

#include <math.h>
#include <stdlib.h>

lfap_status lfap_halfnet_make(lfap_ctx *ctx, lfap_halfnet *out, const lfap_net *net) {
  size_t m = net->m, d = net->d;
  lfap_halfnet h = {.m = m, .d = d, .gamma = (float)net->gamma, .scale = lfap_half(1.0 / sqrt((double)m))};
  h.w = m <= SIZE_MAX / (2 * sizeof *h.w) / d ? malloc(2 * m * d * sizeof *h.w) : NULL;
  if (!h.w)
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "no memory for a network of m = %zu, d = %zu in half precision", m, d);
  h.wt = h.w + m * d;
  lfap_half_fill(h.w, net->w, m * d);
  lfap_half_columns(h.wt, net->w, m, d);
  *out = h;
  return LFAP_OK;
}

void lfap_halfnet_free(lfap_halfnet *h) {
  free(h->w);
  *h = (lfap_halfnet){0};
}

int lfap_halfpack_alloc(lfap_halfpack *out, const lfap_halfnet *net, size_t most) {
  lfap_halfpack p = {.net = net, .most = most};
  p.x = calloc(2 * (net->m + net->d + 1) * most, sizeof *p.x);
  if (!p.x) return 0;
  p.z = p.x + net->d * most;
  p.c = p.z + net->m * most;
  p.g = p.c + net->m * most;
  p.open = p.g + net->d * most;
  p.leaky = p.open + most;
  *out = p;
  return 1;
}

void lfap_halfpack_free(lfap_halfpack *p) {
  free(p->x);
  *p = (lfap_halfpack){0};
}

void lfap_halfpack_outputs(double *f, lfap_halfpack *p, const double *x, size_t count) {
  const lfap_halfnet *h = p->net;
  lfap_half_columns(p->x, x, count, h->d);
  lfap_single_product(p->z, h->w, p->x, h->m, h->d, count);
  lfap_half_round(p->z, h->m * count);
  lfap_half_outputs(f, p->z, h->scale, h->gamma, h->m, count);
}

void lfap_halfpack_gradients(double *g, lfap_halfpack *p, const double *t, size_t count) {
  const lfap_halfnet *h = p->net;
  lfap_half_slopes(p->open, p->leaky, t, h->scale, h->gamma, count);
  for (size_t j = 0; j < h->m; j++)
    lfap_half_row(p->c + j * count, p->z + j * count, p->open, p->leaky, j < h->m / 2 ? 1.0f : -1.0f, count);
  lfap_single_product(p->g, h->wt, p->c, h->d, h->m, count);
  lfap_half_round(p->g, h->d * count);
  for (size_t i = 0; i < count; i++)
    for (size_t k = 0; k < h->d; k++) g[i * h->d + k] = (double)p->g[k * count + i];
}
