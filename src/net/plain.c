/* plain.c - gd and sgd in plain form: W itself moves, N d m operations twice an epoch (spec/theory.md sections 1 and 6;
 * spec/numerics.md N5). */
#include "net/descent.h"

#include "io/parallel.h"
#include "io/text.h"
#include "kernel/chain.h"
#include "kernel/loss.h"
#include "kernel/network.h"
#include "kernel/splitform.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS = 16 }; /* rows of W updated together: the samples are read once for all of them */

typedef struct {
  lfap_descent s;
  size_t m, n, d, chunk; /* chunk: rows of a thread at a time */
  int threads;
  double *a, *phi, *z; /* m, m, n x m */
  double *v;           /* m x d momentum, sgd */
  double *C, *VC;      /* m x n each, NULL unless asked for: W = W0 + C X, and C's momentum (sgd) */
  double *rows;        /* threads x ROWS x (n + d): coefficients and gradient rows */
  double *weights;     /* m x d, the caller's */
} plain;

static void plain_free(plain *w) {
  lfap_descent_free(&w->s);
  free(w->a);
  free(w->v);
  free(w->VC);
  free(w->rows);
}

static lfap_status plain_alloc(lfap_ctx *ctx, plain *out, const lfap_net *net, const lfap_data *data,
                               const lfap_train_opts *o) {
  plain w = {.m = net->m, .n = data->n, .d = net->d, .threads = lfap_threads(ctx), .weights = net->w};
  lfap_status st = lfap_descent_alloc(ctx, &w.s, net, data, o);
  if (st) return st;
  w.a = calloc(2 * w.m + w.n * w.m, sizeof(double));
  w.v = calloc(o->method == LFAP_METHOD_SGD ? w.m * w.d : 1, sizeof(double));
  w.rows = calloc((size_t)w.threads * ROWS * (w.n + w.d), sizeof(double));
  if (!w.a || !w.v || !w.rows) {
    plain_free(&w);
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "train: no memory for m = %zu, N = %zu, d = %zu", net->m, data->n, net->d);
  }
  w.phi = w.a + w.m;
  w.z = w.phi + w.m;
  lfap_net_signs(w.a, w.m);
  size_t share = (w.m - 1) / (size_t)w.threads + 1;
  w.chunk = share < ROWS ? share : ROWS;
  *out = w;
  return LFAP_OK;
}

static lfap_status forward(lfap_ctx *ctx, plain *w, const lfap_net *net) {
  lfap_status st = lfap_rows_product(ctx, w->z, w->s.data->x, net->w, w->n, w->m, w->d);
  for (size_t i = 0; !st && i < w->n; i++) w->s.f[i] = lfap_net_output(w->phi, w->z + i * w->m, w->a, net->gamma, w->m);
  return st;
}

/* C is the history's; it moves as W does. */
static lfap_status plain_coefficients(lfap_ctx *ctx, plain *w, double *C) {
  char room[LFAP_BYTES];
  w->C = C;
  if (!C || w->s.o->method != LFAP_METHOD_SGD) return LFAP_OK;
  w->VC = calloc(w->m * w->n, sizeof(double));
  if (w->VC) return LFAP_OK;
  return lfap_fail(ctx, LFAP_ERR_MEMORY,
                   "train: no memory for the velocities of the coefficients of m = %zu neurons, N = %zu: %s", w->m,
                   w->n, lfap_bytes(room, 8.0 * (double)w->m * (double)w->n));
}

/* One update of the rows of W, shared out over threads. */
typedef struct {
  plain *w;
  double lr;
  int first;
} update;

/* A step of the n entries from x[at] on; their momentum, sgd: v. */
static void move(const update *u, double *x, double *v, size_t at, const double *grad, size_t n) {
  const lfap_train_opts *o = u->w->s.o;
  if (o->method == LFAP_METHOD_SGD) lfap_step_sgd(x + at, v + at, grad, u->lr, o->momentum, u->first, n);
  else lfap_step_gd(x + at, grad, u->lr, n);
}

/* Gradient rows begin..end-1 (at most ROWS) and their steps; with C those of their coefficients. */
static void update_range(void *arg, size_t begin, size_t end, int worker) {
  const update *u = arg;
  plain *w = u->w;
  size_t n = w->n, d = w->d;
  double *c = w->rows + (size_t)worker * ROWS * (n + d), *grad = c + ROWS * n;
  for (size_t j = begin; j < end; j++)
    lfap_loss_row_coef(c + (j - begin) * n, w->z + j, w->s.data->y, w->s.s1, w->s.s2, j < w->m / 2 ? 1.0 : -1.0, n,
                       w->m);
  memset(grad, 0, (end - begin) * d * sizeof *grad);
  lfap_chain_rows(grad, c, w->s.data->x, end - begin, n, d);
  for (size_t j = begin; j < end; j++, grad += d, c += n) {
    move(u, w->weights, w->v, j * d, grad, d);
    if (w->C) move(u, w->C, w->VC, j * n, c, n);
  }
}

/* Every slope equals the label slope, at the last forward pass. */
static int aligned(const plain *w) {
  for (size_t i = 0; i < w->n; i++)
    for (size_t j = 0; j < w->m; j++)
      if ((w->z[i * w->m + j] > 0.0) != ((w->s.data->y[i] > 0.0) == (j < w->m / 2))) return 0;
  return 1;
}

/* What moves. */
static void plain_state(lfap_walk *walk, void *of) {
  plain *w = of;
  int momentum = w->s.o->method == LFAP_METHOD_SGD;
  lfap_descent_state(walk, &w->s);
  lfap_walk_doubles(walk, w->weights, w->m * w->d);
  if (momentum) lfap_walk_doubles(walk, w->v, w->m * w->d);
  if (w->C) lfap_walk_doubles(walk, w->C, w->m * w->n);
  if (w->C && momentum) lfap_walk_doubles(walk, w->VC, w->m * w->n);
}

static lfap_status plain_weights(lfap_ctx *ctx, double *W, void *of) {
  const plain *w = of;
  (void)ctx;
  memcpy(W, w->weights, w->m * w->d * sizeof *W);
  return LFAP_OK;
}

static lfap_status epoch(lfap_ctx *ctx, plain *w, const lfap_net *net, lfap_history *h) {
  update u = {.w = w, .first = h->rows == 0};
  lfap_status st = lfap_tick(ctx, "epoch", (double)h->rows, (double)w->s.o->epochs);
  if (!st) st = forward(ctx, w, net);
  if (!st) st = lfap_descent_epoch(ctx, &u.lr, &w->s, h);
  if (st) return st;
  lfap_parallel(w->threads, w->m, w->chunk, 2.0 * (double)w->m * (double)w->n * (double)w->d, update_range, &u);
  lfap_descent_count(&w->s, h);
  if (h->rows == w->s.o->epochs) h->aligned = aligned(w);
  return LFAP_OK;
}

lfap_status lfap_descend_plain(lfap_ctx *ctx, lfap_net *net, lfap_history *h, lfap_train_run *run) {
  const lfap_train_opts *o = run->o;
  plain w = {0};
  lfap_status st = plain_alloc(ctx, &w, net, run->data, o);
  if (!st) st = plain_coefficients(ctx, &w, h->coefficient);
  run->margin = w.s.q;
  if (!st) st = lfap_run_begin(run, "epoch", &w, plain_state, plain_weights);
  while (!st && h->rows < o->epochs) {
    st = epoch(ctx, &w, net, h);
    st = lfap_run_after(run, st, h->rows == o->epochs);
  }
  for (size_t j = 0; !st && w.C && j < w.m; j++)
    lfap_split_coef(w.C + j * w.n, w.C + j * w.n, run->data->y, w.a[j], w.n);
  plain_free(&w);
  return st;
}
