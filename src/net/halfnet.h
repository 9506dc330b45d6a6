/* halfnet.h - the network in half precision at a few points: outputs, and gradients by the points (numerics N17). */
#ifndef LFAP_NET_HALFNET_H
#define LFAP_NET_HALFNET_H
#include "lfap.h"

/* Weights as used, read by all threads. */
typedef struct {
  size_t m, d;
  float *w, *wt;      /* m x d, d x m; owned: w holds both */
  float gamma, scale; /* scale: |a_j| in binary16 */
} lfap_halfnet;
lfap_status lfap_halfnet_make(lfap_ctx *ctx, lfap_halfnet *out, const lfap_net *net);
void lfap_halfnet_free(lfap_halfnet *h);

/* Points that pass through it together, at most `most`; one a thread. */
typedef struct {
  const lfap_halfnet *net;
  size_t most;
  float *x, *z, *c, *g, *open, *leaky; /* d, m, m, d x count; count each; owned: x holds all */
} lfap_halfpack;
/* MEMORY without a message of its own: 0, else 1. */
int lfap_halfpack_alloc(lfap_halfpack *out, const lfap_halfnet *net, size_t most);
void lfap_halfpack_free(lfap_halfpack *p);
/* f (count) at the rows of x (count x d). */
void lfap_halfpack_outputs(double *f, lfap_halfpack *p, const double *x, size_t count);
/* g (count x d): gradients by the points just seen, for dL/df = t (count). */
void lfap_halfpack_gradients(double *g, lfap_halfpack *p, const double *t, size_t count);
#endif
