/* sorted.c - rows in the order of the signs of their output weights, and a KKT point back in the order given (statement
 * C3). */
#include "limit/sorted.h"

#include "net/output.h"

#include <stdlib.h>
#include <string.h>

void lfap_sorted_close(lfap_sorted *s) {
  lfap_net_free(&s->net);
  free(s->place);
  *s = (lfap_sorted){0};
}

/* Positive rows, then negative ones; how many. */
static size_t places(size_t *place, const lfap_net *net) {
  size_t count = 0;
  for (int minus = 0; minus < 2; minus++)
    for (size_t j = 0; j < net->m; j++)
      if (!lfap_net_dead(net, j) && lfap_net_positive(net, j) == !minus) place[count++] = j;
  return count;
}

lfap_status lfap_sorted_open(lfap_ctx *ctx, lfap_sorted *s, const lfap_net *net) {
  size_t d = net->d, *place = malloc((net->m ? net->m : 1) * sizeof *place);
  double *a = malloc((net->m ? net->m : 1) * sizeof *a);
  lfap_status st = place && a ? LFAP_OK : lfap_fail(ctx, LFAP_ERR_MEMORY, "polish: no memory for m = %zu", net->m);
  size_t count = st ? 0 : places(place, net);
  if (!st && !count)
    st = lfap_fail(ctx, LFAP_ERR_DATA, "polish: all %zu output weights are 0: no network to judge", net->m);
  for (size_t k = 0; k < count; k++) a[k] = net->a[place[k]];
  lfap_sorted r = {.place = place};
  if (!st) st = lfap_net_alloc_output(ctx, &r.net, count, d, net->gamma, a);
  for (size_t k = 0; !st && k < count; k++) memcpy(r.net.w + k * d, net->w + place[k] * d, d * sizeof(double));
  free(a);
  if (st) lfap_sorted_close(&r);
  else *s = r;
  return st;
}

lfap_status lfap_sorted_back(lfap_ctx *ctx, lfap_polished *p, const lfap_sorted *s, const lfap_net *net) {
  size_t n = p->n, d = net->d;
  lfap_net whole = {0};
  lfap_status st = lfap_net_alloc_output(ctx, &whole, net->m, d, net->gamma, net->a);
  if (st) return st;
  double *slope = malloc(net->m * n * sizeof *slope);
  if (!slope) {
    lfap_net_free(&whole);
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "polish: no memory for slopes of m = %zu, N = %zu", net->m, n);
  }
  for (size_t i = 0; i < net->m * n; i++) slope[i] = net->gamma;
  for (size_t k = 0; k < s->net.m; k++) {
    memcpy(whole.w + s->place[k] * d, p->net.w + k * d, d * sizeof(double));
    memcpy(slope + s->place[k] * n, p->slope + k * n, n * sizeof(double));
  }
  lfap_net_free(&p->net);
  free(p->slope);
  p->net = whole;
  p->slope = slope;
  return LFAP_OK;
}
