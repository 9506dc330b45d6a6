/* train.c - full-batch gradient descent and the authors' sgd with momentum and plateau schedule, in plain form: W itself
 * moves (spec/theory.md sections 1 and 6; spec/numerics.md N5). The flow is in flow.c. */
#include "net/flow.h"

#include "io/parallel.h"
#include "kernel/chain.h"
#include "kernel/lanes.h"
#include "kernel/loss.h"
#include "kernel/network.h"
#include "kernel/step.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void lfap_history_free(lfap_history *h) {
  free(h->row);
  free(h->p);
  *h = (lfap_history){0};
}

void lfap_train_defaults(lfap_train_opts *o, lfap_method method) {
  *o = (lfap_train_opts){.method = method, .loss = LFAP_LOSS_EXP, .epochs = 10000, .lr = 0.01, .momentum = 0.9,
                         .log_loss_target = -1e9, .rtol = 1e-3, .atol = 1e-3};
  if (method == LFAP_METHOD_FLOW) o->lr = 0.0;
}

/* Everything one epoch needs. */
typedef struct {
  size_t m, n, d;
  int threads;
  double *a, *z, *phi, *f, *q, *l, *g, *s1, *s2; /* m; n x m; m; n ... */
  double *v;                                     /* m x d momentum, sgd */
  double *rows;                                  /* threads x (n + d): coefficients and gradient row */
} workspace;

static void workspace_free(workspace *w) {
  free(w->a);
  free(w->v);
  free(w->rows);
}

static lfap_status workspace_alloc(lfap_ctx *ctx, workspace *out, const lfap_net *net, size_t n, int sgd) {
  workspace w = {.m = net->m, .n = n, .d = net->d, .threads = lfap_threads(ctx)};
  w.a = calloc(2 * w.m + n * w.m + 6 * n, sizeof(double));
  w.v = calloc(sgd ? w.m * w.d : 1, sizeof(double));
  w.rows = calloc((size_t)w.threads * (n + w.d), sizeof(double));
  if (!w.a || !w.v || !w.rows) {
    workspace_free(&w);
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "train: no memory for m = %zu, N = %zu, d = %zu", w.m, n, w.d);
  }
  w.phi = w.a + w.m;
  w.z = w.phi + w.m;
  w.f = w.z + n * w.m;
  w.q = w.f + n;
  w.l = w.q + n;
  w.g = w.l + n;
  w.s1 = w.g + n;
  w.s2 = w.s1 + n;
  *out = w;
  return LFAP_OK;
}

/* Margins, losses and gradient coefficients at the current weights; returns the mean loss. */
static lfap_status forward(lfap_ctx *ctx, double *loss, workspace *w, const lfap_net *net, const lfap_data *data, int logistic) {
  lfap_status st = lfap_rows_product(ctx, w->z, data->x, net->w, w->n, w->m, w->d);
  if (st) return st;
  for (size_t i = 0; i < w->n; i++) {
    w->f[i] = lfap_net_output(w->phi, w->z + i * w->m, w->a, net->gamma, w->m);
    w->q[i] = data->y[i] * w->f[i];
  }
  lfap_loss_fill(w->l, w->g, w->q, logistic, w->n);
  *loss = lfap_sum(w->n, w->l) / (double)w->n;
  lfap_loss_coef(w->s1, w->s2, w->g, w->a[0], net->gamma, w->n);
  return LFAP_OK;
}

/* One update of the rows of W, shared out over threads. */
typedef struct {
  workspace *w;
  double *weights, lr;
  const lfap_data *data;
  const lfap_train_opts *o;
  int first;
} update;

/* Gradient row j and its step. */
static void update_row(const update *u, size_t j, double *scratch) {
  workspace *w = u->w;
  double *c = scratch, *grad = scratch + w->n, *row = u->weights + j * w->d;
  lfap_loss_row_coef(c, w->z + j, u->data->y, w->s1, w->s2, j < w->m / 2 ? 1.0 : -1.0, w->n, w->m);
  memset(grad, 0, w->d * sizeof *grad);
  lfap_chain(grad, c, u->data->x, w->n, w->d);
  if (u->o->method == LFAP_METHOD_SGD)
    lfap_step_sgd(row, w->v + j * w->d, grad, u->lr, u->o->momentum, u->first, w->d);
  else
    lfap_step_gd(row, grad, u->lr, w->d);
}

static void update_range(void *arg, size_t begin, size_t end, int worker) {
  const update *u = arg;
  for (size_t j = begin; j < end; j++) update_row(u, j, u->w->rows + (size_t)worker * (u->w->n + u->w->d));
}

static lfap_status descend(lfap_ctx *ctx, lfap_net *net, lfap_history *h, workspace *w, const lfap_data *data,
                           const lfap_train_opts *o) {
  lfap_plateau plateau;
  lfap_plateau_init(&plateau, o->lr);
  lfap_net_signs(w->a, w->m);
  for (size_t e = 0; e < o->epochs; e++) {
    double loss = 0.0, lr = plateau.lr;
    lfap_status st = lfap_tick(ctx, "training", (double)e, (double)o->epochs);
    if (!st) st = forward(ctx, &loss, w, net, data, o->loss == LFAP_LOSS_LOGISTIC);
    if (st) return st;
    if (!isfinite(loss))
      return lfap_fail(ctx, LFAP_ERR_DATA, "train: the loss is %g at epoch %zu (lr = %g): it diverged; use a smaller --lr or start", loss, e, lr);
    h->log_loss = lfap_loss_weights(h->p, w->f, w->q, o->loss == LFAP_LOSS_LOGISTIC, w->n);
    h->row[e] = (lfap_epoch){.loss = loss, .log_loss = h->log_loss, .lr = lr};
    h->rows = e + 1;
    update u = {.w = w, .weights = net->w, .lr = lr, .data = data, .o = o, .first = e == 0};
    lfap_parallel(w->threads, w->m, 8, 2.0 * (double)w->m * (double)w->n * (double)w->d, update_range, &u);
    if (o->method == LFAP_METHOD_SGD) lfap_plateau_see(&plateau, loss);
  }
  return LFAP_OK;
}

/* Every slope equals the label slope, at the last forward pass. */
static int aligned(const workspace *w, const lfap_data *data) {
  for (size_t i = 0; i < w->n; i++)
    for (size_t j = 0; j < w->m; j++)
      if ((w->z[i * w->m + j] > 0.0) != ((data->y[i] > 0.0) == (j < w->m / 2))) return 0;
  return 1;
}

static lfap_status check_opts(lfap_ctx *ctx, const lfap_net *net, const lfap_data *data, const lfap_train_opts *o) {
  if (net->d != data->d)
    return lfap_fail(ctx, LFAP_ERR_DATA, "train: the weights have d = %zu columns, the samples d = %zu", net->d, data->d);
  if (o->epochs == 0) return lfap_fail(ctx, LFAP_ERR_USAGE, "train: epochs = 0; at least one is needed");
  int flow = o->method == LFAP_METHOD_FLOW;
  if (!isfinite(o->lr) || (flow ? o->lr < 0.0 : o->lr <= 0.0))
    return lfap_fail(ctx, LFAP_ERR_USAGE, "train: lr = %g must be positive and finite", o->lr);
  if (!flow && !(o->momentum >= 0.0 && o->momentum < 1.0))
    return lfap_fail(ctx, LFAP_ERR_USAGE, "train: momentum = %g must lie in [0,1)", o->momentum);
  if (flow && !(o->rtol > 0.0 && o->atol > 0.0 && o->log_loss_target < 0.0))
    return lfap_fail(ctx, LFAP_ERR_USAGE, "train: the flow needs rtol > 0, atol > 0 and a negative log-loss target");
  return LFAP_OK;
}

lfap_status lfap_train(lfap_ctx *ctx, lfap_net *net, lfap_history *history, const lfap_data *data, const lfap_train_opts *o) {
  lfap_status st = check_opts(ctx, net, data, o);
  if (st) return st;
  workspace w = {0};
  lfap_net moved = {0};
  lfap_history h = {.row = calloc(o->epochs, sizeof(lfap_epoch)), .p = calloc(data->n, sizeof(double))};
  st = h.row && h.p ? lfap_net_alloc(ctx, &moved, net->m, net->d, net->gamma)
                    : lfap_fail(ctx, LFAP_ERR_MEMORY, "train: no memory for a history of %zu epochs", o->epochs);
  if (!st) memcpy(moved.w, net->w, net->m * net->d * sizeof(double));
  if (!st && o->method == LFAP_METHOD_FLOW) st = lfap_flow_run(ctx, &moved, &h, data, o);
  else if (!st && !(st = workspace_alloc(ctx, &w, net, data->n, o->method == LFAP_METHOD_SGD))) {
    st = descend(ctx, &moved, &h, &w, data, o);
    h.aligned = !st && aligned(&w, data);
  }
  if (!st) memcpy(net->w, moved.w, net->m * net->d * sizeof(double));
  workspace_free(&w);
  lfap_net_free(&moved);
  if (!st && history) *history = h;
  else lfap_history_free(&h);
  return st;
}
