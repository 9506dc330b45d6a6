/* half.c - gd and sgd in the arithmetic of the published experiments: tensors of binary16, sums and master weights of
 * binary32 (spec/numerics.md N17). */
#include "net/descent.h"

#include "io/parallel.h"
#include "io/text.h"
#include "kernel/half.h"
#include "kernel/single.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS = 128 }; /* rows of W that meet the samples together */

/* What a worker has counted in an epoch. */
typedef struct {
  size_t zeros; /* back-propagated entries that are 0 */
  size_t alive; /* weights whose gradient is not 0, or that moved */
} tally;

typedef struct {
  lfap_descent s;
  size_t m, n, d, chunk; /* chunk: rows of a thread at a time */
  int threads;
  float *x, *xt;          /* n x d and d x n: the samples */
  float *w, *z;           /* m x d: weights as used; m x n: pre-activations */
  float *open, *leaky;    /* n each: what comes back to neurons with a_j > 0 */
  float *rows;            /* threads x chunk x (n + d): back-propagated entries and gradient rows */
  double *weights, *v;    /* m x d: master weights, the caller's, and their velocities; numbers of binary32 */
  double *t;              /* n: derivatives of the mean loss by the outputs, in binary32 */
  float gamma, scale, lr; /* scale: |a_j| in binary16 */
  int first;              /* velocities start here; gd: in every epoch */
  tally *count;           /* one a worker */
} half_run;

static void half_free(half_run *w) {
  lfap_descent_free(&w->s);
  free(w->x);
  free(w->rows);
  free(w->v);
  free(w->count);
}

static lfap_status half_alloc(lfap_ctx *ctx, half_run *out, const lfap_net *net, const lfap_data *data,
                              const lfap_train_opts *o) {
  char room[LFAP_BYTES];
  half_run w = {.m = net->m, .n = data->n, .d = net->d, .threads = lfap_threads(ctx), .weights = net->w};
  lfap_status st = lfap_descent_alloc(ctx, &w.s, net, data, o);
  if (st) return st;
  size_t share = (w.m - 1) / (size_t)w.threads + 1, singles = 2 * w.n * w.d + w.m * w.d + w.m * w.n + 2 * w.n;
  w.chunk = share < ROWS ? share : ROWS;
  w.x = calloc(singles, sizeof(float));
  w.rows = calloc((size_t)w.threads * w.chunk * (w.n + w.d), sizeof(float));
  w.v = calloc(w.m * w.d + w.n, sizeof(double));
  w.count = calloc((size_t)w.threads, sizeof *w.count);
  if (!w.x || !w.rows || !w.v || !w.count) {
    half_free(&w);
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "train: no memory for m = %zu, N = %zu, d = %zu in half precision: %s",
                     net->m, data->n, net->d, lfap_bytes(room, 4.0 * (double)singles));
  }
  w.xt = w.x + w.n * w.d;
  w.w = w.xt + w.n * w.d;
  w.z = w.w + w.m * w.d;
  w.open = w.z + w.m * w.n;
  w.leaky = w.open + w.n;
  w.t = w.v + w.m * w.d;
  w.gamma = (float)net->gamma;
  w.scale = lfap_half(w.s.s);
  lfap_half_fill(w.x, data->x, w.n * w.d);
  lfap_half_columns(w.xt, data->x, w.n, w.d);
  for (size_t i = 0; i < w.m * w.d; i++) w.weights[i] = (double)(float)w.weights[i];
  *out = w;
  return LFAP_OK;
}

/* Weights as used and pre-activations of the rows begin..end-1. */
static void forward_range(void *arg, size_t begin, size_t end, int worker) {
  const half_run *w = arg;
  size_t rows = end - begin;
  float *z = w->z + begin * w->n;
  (void)worker;
  lfap_half_fill(w->w + begin * w->d, w->weights + begin * w->d, rows * w->d);
  lfap_single_product(z, w->w + begin * w->d, w->xt, rows, w->d, w->n);
  lfap_half_round(z, rows * w->n);
}

/* What comes back to the neurons of either slope, from the losses' g. */
static void backward(half_run *w) {
  const float share = 1.0f / (float)w->n;
  for (size_t i = 0; i < w->n; i++) {
    const float t = share * (float)w->s.g[i];
    w->t[i] = -w->s.data->y[i] * (double)t;
  }
  lfap_half_slopes(w->open, w->leaky, w->t, w->scale, w->gamma, w->n);
}

/* Gradient rows begin..end-1 (at most chunk) and their steps. */
static void update_range(void *arg, size_t begin, size_t end, int worker) {
  const half_run *w = arg;
  const lfap_train_opts *o = w->s.o;
  size_t n = w->n, d = w->d, rows = end - begin;
  float *c = w->rows + (size_t)worker * w->chunk * (n + d), *grad = c + w->chunk * n;
  tally *count = &w->count[worker];
  for (size_t j = begin; j < end; j++)
    count->zeros += lfap_half_row(c + (j - begin) * n, w->z + j * n, w->open, w->leaky, j < w->m / 2 ? 1.0f : -1.0f, n);
  lfap_single_product(grad, c, w->x, rows, n, d);
  lfap_half_round(grad, rows * d);
  count->alive +=
      lfap_half_step(w->weights + begin * d, w->v + begin * d, grad, w->lr, (float)o->momentum, w->first, rows * d);
}

/* Every slope equals the label slope, at the last forward pass. */
static int slopes_aligned(const half_run *w) {
  for (size_t j = 0; j < w->m; j++)
    for (size_t i = 0; i < w->n; i++)
      if ((w->z[j * w->n + i] > 0.0f) != ((w->s.data->y[i] > 0.0) == (j < w->m / 2))) return 0;
  return 1;
}

static void half_state(lfap_walk *walk, void *of) {
  half_run *w = of;
  lfap_descent_state(walk, &w->s);
  lfap_walk_doubles(walk, w->weights, w->m * w->d);
  lfap_walk_doubles(walk, w->v, w->m * w->d);
}

static lfap_status half_weights(lfap_ctx *ctx, double *W, void *of) {
  const half_run *w = of;
  (void)ctx;
  memcpy(W, w->weights, w->m * w->d * sizeof *W);
  return LFAP_OK;
}

static lfap_status epoch(lfap_ctx *ctx, half_run *w, lfap_history *h) {
  double lr, flops = 2.0 * (double)w->m * (double)w->n * (double)w->d;
  tally all = {0};
  lfap_status st = lfap_tick(ctx, "epoch", (double)h->rows, (double)w->s.o->epochs);
  if (st) return st;
  lfap_parallel(w->threads, w->m, w->chunk, flops, forward_range, w);
  lfap_half_outputs(w->s.f, w->z, w->scale, w->gamma, w->m, w->n);
  st = lfap_descent_epoch(ctx, &lr, &w->s, h);
  if (st) return st;
  backward(w);
  w->lr = (float)lr;
  w->first = h->rows == 0 || w->s.o->method == LFAP_METHOD_GD;
  memset(w->count, 0, (size_t)w->threads * sizeof *w->count);
  lfap_parallel(w->threads, w->m, w->chunk, flops, update_range, w);
  for (int k = 0; k < w->threads; k++) {
    all.zeros += w->count[k].zeros;
    all.alive += w->count[k].alive;
  }
  h->row[h->rows].zeros = (double)all.zeros / ((double)w->m * (double)w->n);
  lfap_descent_count(&w->s, h);
  if (all.alive == 0) h->ended = h->rows;
  h->aligned = (h->ended || h->rows == w->s.o->epochs) && slopes_aligned(w);
  return LFAP_OK;
}

lfap_status lfap_descend_half(lfap_ctx *ctx, lfap_net *net, lfap_history *h, lfap_train_run *run) {
  half_run w = {0};
  lfap_status st = half_alloc(ctx, &w, net, run->data, run->o);
  run->margin = w.s.q;
  if (!st) st = lfap_run_begin(run, "epoch", &w, half_state, half_weights);
  while (!st && h->rows < run->o->epochs && !h->ended) {
    st = epoch(ctx, &w, h);
    st = lfap_run_after(run, st, h->rows == run->o->epochs || h->ended);
  }
  half_free(&w);
  return st;
}
