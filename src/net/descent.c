/* descent.c - one epoch of gd or sgd from the outputs on: margins, losses, history, schedule (spec/numerics.md N4,
   N5). */
#include "net/descent.h"

#include "kernel/lanes.h"
#include "kernel/loss.h"
#include "kernel/single.h"
#include "net/flow.h"

#include <math.h>
#include <stdlib.h>

lfap_status lfap_descent_alloc(lfap_ctx *ctx, lfap_descent *out, const lfap_net *net, const lfap_data *data,
                               const lfap_train_opts *o) {
  size_t n = data->n;
  lfap_descent w = {.data = data, .o = o, .gamma = net->gamma, .s = 1.0 / sqrt((double)net->m)};
  w.f = calloc(6 * n, sizeof(double));
  if (!w.f) return lfap_fail(ctx, LFAP_ERR_MEMORY, "train: no memory for the losses of N = %zu samples", n);
  w.q = w.f + n;
  w.l = w.q + n;
  w.g = w.l + n;
  w.s1 = w.g + n;
  w.s2 = w.s1 + n;
  lfap_plateau_init(&w.plateau, o->lr);
  *out = w;
  return LFAP_OK;
}

void lfap_descent_free(lfap_descent *w) {
  free(w->f);
  *w = (lfap_descent){0};
}

lfap_status lfap_descent_epoch(lfap_ctx *ctx, double *lr, lfap_descent *w, lfap_history *h) {
  size_t n = w->data->n, e = h->rows;
  int logistic = w->o->loss == LFAP_LOSS_LOGISTIC, half = w->o->arithmetic == LFAP_ARITHMETIC_HALF;
  double rate = w->plateau.lr;
  for (size_t i = 0; i < n; i++) w->q[i] = w->data->y[i] * w->f[i];
  lfap_loss_fill(w->l, w->g, w->q, logistic, n);
  double loss = half ? (double)lfap_single_mean(w->l, n) : lfap_sum(n, w->l) / (double)n;
  h->log_loss = lfap_loss_weights(h->p, w->f, w->q, logistic, n);
  int number = isfinite(loss) && isfinite(h->log_loss);
  lfap_status st = e > 0 ? LFAP_OK : lfap_loss_start(ctx, w->q, w->data->y, loss, h->log_loss, n, half);
  if (st) return st;
  if (!number)
    return lfap_fail(
        ctx, LFAP_ERR_DATA,
        "train: the loss is %g, its logarithm %g, at epoch %zu (lr = %g): it diverged%s; use a smaller --lr", loss,
        h->log_loss, e + 1, rate, half ? " (binary16 ends at 65504)" : "");
  lfap_loss_coef(w->s1, w->s2, w->g, w->s, w->gamma, n);
  h->row[e] = (lfap_epoch){.loss = loss, .log_loss = h->log_loss, .lr = rate};
  w->next = w->plateau;
  if (w->o->method == LFAP_METHOD_SGD) lfap_plateau_see(&w->next, loss);
  *lr = rate;
  return LFAP_OK;
}

void lfap_descent_count(lfap_descent *w, lfap_history *h) {
  w->plateau = w->next;
  h->rows++;
}

void lfap_descent_state(lfap_walk *walk, lfap_descent *w) {
  size_t bad = w->plateau.bad;
  lfap_walk_doubles(walk, &w->plateau.best, 1);
  lfap_walk_doubles(walk, &w->plateau.lr, 1);
  lfap_walk_whole(walk, &bad);
  w->plateau.bad = (unsigned)(bad < 11 ? bad : 0); /* of bytes that are no state, and will be found out */
}
