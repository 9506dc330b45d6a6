/* train.c - training at P bits: gd and sgd by descent.c, the flow by flow53.c (spec/numerics.md N5, N5a, N9). */
#include <math.h>
#include <stdlib.h>

#include "oracle/replay/descent.h"
#include "oracle/replay/flow53.h"
#include "oracle/replay/replay.h"

void oracle_trained_free(oracle_trained *t) {
  oracle_vec *const v[] = {&t->w, &t->loss, &t->lr, &t->log_loss, &t->s, &t->p, &t->b};
  for (size_t i = 0; i < sizeof v / sizeof *v; i++) oracle_vec_free(v[i]);
  *t = (oracle_trained){0};
}

static lfap_status keep(lfap_ctx *ctx, oracle_trained *out, const oracle_descent *w, mpfr_t *W) {
  const size_t e = w->epoch;
  oracle_vec *const to[] = {&out->w, &out->loss, &out->lr, &out->log_loss, &out->s, &out->p, &out->b};
  mpfr_t *const from[] = {W, w->loss, w->lr, w->log_loss, w->s, w->p, w->C};
  const size_t size[] = {w->net.m * w->net.d, e, e, e, e, w->n, w->net.m * w->n};
  const size_t vectors = sizeof to / sizeof *to - (w->o->coefficients ? 0 : 1);
  lfap_status st = LFAP_OK;
  for (size_t i = 0; !st && i < vectors; i++) st = oracle_vec_keep(ctx, to[i], w->A, from[i], size[i]);
  out->m = w->net.m;
  out->d = w->net.d;
  out->aligned = oracle_descent_aligned(w);
  out->gram = w->gram;
  out->end = mpfr_get_d(w->log_loss[e - 1], MPFR_RNDN);
  return st;
}

static lfap_status descend(lfap_ctx *ctx, oracle_trained *out, oracle_arith *A, const lfap_net *start,
                           const lfap_data *data, const lfap_train_opts *o) {
  oracle_descent w = {0};
  mpfr_t *W = NULL;
  lfap_status st = oracle_descent_begin(ctx, &w, A, start, data, o);
  for (size_t e = 0; !st && e < o->epochs; e++) {
    st = lfap_tick(ctx, "epoch", (double)e, (double)o->epochs);
    if (!st) st = oracle_descent_epoch(ctx, &w);
  }
  if (!st) st = lfap_tick(ctx, "epoch", (double)o->epochs, (double)o->epochs);
  mpfr_t *room = !st && w.gram ? oracle_take(A, start->m * start->d) : NULL;
  if (!st) st = oracle_take_check(ctx, A, "train");
  if (!st) st = oracle_descent_weights(ctx, &w, &W, room);
  if (!st && o->coefficients) oracle_descent_coefficients(&w);
  return st ? st : keep(ctx, out, &w, W);
}

static lfap_status check_training(lfap_ctx *ctx, const lfap_net *start, const lfap_data *data,
                                  const lfap_train_opts *o) {
  if (start->d != data->d)
    return lfap_fail(ctx, LFAP_ERR_DATA, "train: the weights have d = %zu columns, the samples d = %zu", start->d,
                     data->d);
  if (o->epochs == 0) return lfap_fail(ctx, LFAP_ERR_USAGE, "train: epochs = 0; at least one is needed");
  if (!isfinite(o->lr) || o->lr < 0.0 || (o->lr == 0.0 && o->method != LFAP_METHOD_FLOW))
    return lfap_fail(ctx, LFAP_ERR_USAGE, "train: lr = %g must be positive and finite", o->lr);
  if (o->method == LFAP_METHOD_SGD && !(o->momentum >= 0.0 && o->momentum < 1.0))
    return lfap_fail(ctx, LFAP_ERR_USAGE, "train: momentum = %g must lie in [0,1)", o->momentum);
  return LFAP_OK;
}

lfap_status oracle_replay_train(lfap_ctx *ctx, oracle_trained *out, const lfap_net *start, const lfap_data *data,
                                const lfap_train_opts *o, unsigned prec) {
  oracle_arith A;
  oracle_trained r = {0};
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = check_training(ctx, start, data, o);
  if (!st) st = oracle_arith_begin(ctx, &A, prec);
  if (st) return st;
  st = o->method == LFAP_METHOD_FLOW ? oracle_flow_replay(ctx, &r, &A, start, data, o)
                                     : descend(ctx, &r, &A, start, data, o);
  st = oracle_arith_end(ctx, &A, st);
  if (st) oracle_trained_free(&r);
  else *out = r;
  return st;
}

/* ---- in doubles -------------------------------------------------------------------------------------------------- */

static lfap_status history_of(lfap_ctx *ctx, lfap_history *out, const oracle_trained *t, int coefficients) {
  size_t rows = t->loss.n;
  lfap_history h = {
      .rows = rows, .stationary = t->stationary, .aligned = t->aligned, .gram = t->gram, .log_loss = t->end};
  h.row = calloc(rows + 1, sizeof *h.row);
  h.p = calloc(t->p.n, sizeof *h.p);
  if (coefficients) h.coefficient = calloc(t->b.n, sizeof *h.coefficient);
  if (!h.row || !h.p || (coefficients && !h.coefficient)) {
    lfap_history_free(&h);
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "train: no memory for a history of %zu epochs", rows);
  }
  for (size_t e = 0; e < rows; e++)
    h.row[e] = (lfap_epoch){.loss = mpfr_get_d(t->loss.v[e], MPFR_RNDN),
                            .log_loss = mpfr_get_d(t->log_loss.v[e], MPFR_RNDN),
                            .lr = mpfr_get_d(t->lr.v[e], MPFR_RNDN),
                            .s = mpfr_get_d(t->s.v[e], MPFR_RNDN)};
  oracle_vec_doubles(h.p, &t->p);
  if (coefficients) oracle_vec_doubles(h.coefficient, &t->b);
  *out = h;
  return LFAP_OK;
}

lfap_status oracle_train(lfap_ctx *ctx, lfap_net *net, lfap_history *history, oracle_epoch_digits *digits,
                         const lfap_data *data, const lfap_train_opts *o, unsigned prec) {
  oracle_trained t = {0};
  lfap_history h = {0};
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st && o->method == LFAP_METHOD_FLOW && prec != 53)
    st = lfap_fail(ctx, LFAP_ERR_USAGE,
                   "train: the flow at %u bits: its steps are as long as the tolerances allow, and so are its errors; "
                   "give 53 bits, which repeats the double path, or follow the flow itself with `lfap converge`",
                   prec);
  if (!st) st = oracle_replay_train(ctx, &t, net, data, o, prec);
  if (!st && history) st = history_of(ctx, &h, &t, o->coefficients);
  if (!st) oracle_vec_doubles(net->w, &t.w);
  if (!st && history) *history = h;
  oracle_trained_free(&t);
  return st;
}
