/* direction.c - the direction of given weights, whose own limit nobody knows (spec/numerics.md N7). */
#include "net/direction.h"

#include "kernel/chain.h"
#include "kernel/lanes.h"

#include <stdlib.h>
#include <string.h>

/* Sums over the rows in order, one subtraction, one division; with output weights of its own a chain over the rows. */
void lfap_net_direction(double *w, const lfap_net *net) {
  if (net->a) {
    memset(w, 0, net->d * sizeof *w);
    lfap_chain(w, net->a, net->w, net->m, net->d);
    return;
  }
  for (size_t i = 0; i < net->d; i++) {
    double sum[2] = {0.0, 0.0};
    for (size_t j = 0; j < net->m; j++) sum[j >= net->m / 2] += net->w[j * net->d + i];
    w[i] = (sum[0] - sum[1]) / (double)(net->m / 2);
  }
}

double lfap_cosine(const double *a, const double *b, size_t d) {
  return lfap_dot(d, a, b) / (lfap_norm2(d, a) * lfap_norm2(d, b));
}

lfap_status lfap_net_cosine(lfap_ctx *ctx, double *out, const lfap_net *net, const double *w) {
  double *own = malloc(net->d * sizeof *own);
  if (!own) return lfap_fail(ctx, LFAP_ERR_MEMORY, "no memory for a direction of d = %zu", net->d);
  lfap_net_direction(own, net);
  *out = lfap_cosine(own, w, net->d);
  free(own);
  return LFAP_OK;
}
