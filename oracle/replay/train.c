/* train.c - training at P bits: gd and sgd by descent.c, the flow by flow53.c (spec/numerics.md N5, N5a, N9). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "oracle/replay/descent.h"
#include "oracle/replay/digits.h"
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

/* ---- a run, and the run in doubles beside it --------------------------------------------------------------------- */

typedef struct {
  lfap_ctx *ctx;
  oracle_descent w;
  mpfr_t *W, *room; /* the weights at the moment; where they are made in Gram form */
  oracle_train_digits *digits;
  double *doubles; /* m x d: those of the other run */
} run;

/* An epoch, when lfap_train has made the same one. */
static lfap_status in_step(void *user, const lfap_train_state *state) {
  run *r = user;
  oracle_descent *w = &r->w;
  oracle_train_digits *d = r->digits;
  if (state->interrupted) return LFAP_OK;
  lfap_status st = oracle_descent_epoch(r->ctx, w);
  if (st || !(state->done == 1 || state->done % d->every == 0 || state->last)) return st;
  st = oracle_descent_weights(r->ctx, w, &r->W, r->room);
  if (!st) st = lfap_train_state_weights(r->ctx, r->doubles, state);
  if (st) return st;
  d->row[d->rows++] = (oracle_epoch_digits){.epoch = state->done,
                                            .weights = oracle_digits_of(r->doubles, r->W, w->net.m * w->net.d),
                                            .margins = oracle_digits_of(state->margin, w->q, w->n)};
  return LFAP_OK;
}

/* Both in step: lfap_train leads. */
static lfap_status descend_beside(run *r, const lfap_net *start, const lfap_data *data) {
  const oracle_descent *w = &r->w;
  lfap_train_opts o = *w->o;
  lfap_net net = {0};
  lfap_history h = {0};
  r->digits->rows = 0;
  o.after = in_step;
  o.from = NULL;
  o.user = r;
  lfap_status st = lfap_net_alloc(r->ctx, &net, start->m, start->d, start->gamma);
  if (!st) memcpy(net.w, start->w, start->m * start->d * sizeof(double));
  r->doubles = st ? NULL : malloc(start->m * start->d * sizeof(double));
  if (!st && !r->doubles)
    st = lfap_fail(r->ctx, LFAP_ERR_MEMORY, "train: no memory for m x d = %zu weights", start->m * start->d);
  if (!st) st = lfap_train(r->ctx, &net, &h, data, &o);
  for (size_t i = 0; !st && i < r->digits->rows; i++) {
    oracle_epoch_digits *row = &r->digits->row[i];
    row->loss = oracle_digits_of(&h.row[row->epoch - 1].loss, w->loss + row->epoch - 1, 1).all;
  }
  free(r->doubles);
  lfap_net_free(&net);
  lfap_history_free(&h);
  return st;
}

static lfap_status descend_alone(run *r) {
  size_t epochs = r->w.o->epochs;
  lfap_status st = LFAP_OK;
  for (size_t e = 0; !st && e < epochs; e++) {
    st = lfap_tick(r->ctx, "epoch", (double)e, (double)epochs);
    if (!st) st = oracle_descent_epoch(r->ctx, &r->w);
  }
  if (!st) st = lfap_tick(r->ctx, "epoch", (double)epochs, (double)epochs);
  return st ? st : oracle_descent_weights(r->ctx, &r->w, &r->W, r->room);
}

static lfap_status descend(run *r, oracle_trained *out, oracle_arith *A, const lfap_net *start, const lfap_data *data,
                           const lfap_train_opts *o) {
  lfap_status st = oracle_descent_begin(r->ctx, &r->w, A, start, data, o);
  r->room = !st && r->w.gram ? oracle_take(A, start->m * start->d) : NULL;
  if (!st) st = oracle_take_check(r->ctx, A, "train");
  if (!st) st = r->digits ? descend_beside(r, start, data) : descend_alone(r);
  if (!st && o->coefficients) oracle_descent_coefficients(&r->w);
  return st ? st : keep(r->ctx, out, &r->w, r->W);
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

static lfap_status train(lfap_ctx *ctx, oracle_trained *out, oracle_train_digits *digits, const lfap_net *start,
                         const lfap_data *data, const lfap_train_opts *o, unsigned prec) {
  oracle_arith A;
  oracle_trained t = {0};
  run r = {.ctx = ctx, .digits = digits};
  lfap_status st = check_training(ctx, start, data, o);
  if (!st) st = oracle_arith_begin(ctx, &A, prec);
  if (st) return st;
  st = o->method == LFAP_METHOD_FLOW ? oracle_flow_replay(ctx, &t, &A, start, data, o)
                                     : descend(&r, &t, &A, start, data, o);
  st = oracle_arith_end(ctx, &A, st);
  if (st) oracle_trained_free(&t);
  else *out = t;
  return st;
}

lfap_status oracle_replay_train(lfap_ctx *ctx, oracle_trained *out, const lfap_net *start, const lfap_data *data,
                                const lfap_train_opts *o, unsigned prec) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = lfap_net_plain(ctx, start, "train");
  return st ? st : train(ctx, out, NULL, start, data, o, prec);
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

lfap_status oracle_train(lfap_ctx *ctx, lfap_net *net, lfap_history *history, oracle_train_digits *digits,
                         const lfap_data *data, const lfap_train_opts *o, unsigned prec) {
  oracle_trained t = {0};
  lfap_history h = {0};
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = lfap_net_plain(ctx, net, "train");
  if (!st && o->method == LFAP_METHOD_FLOW && (prec != 53 || digits))
    st = lfap_fail(ctx, LFAP_ERR_USAGE,
                   "train: of the flow there is the double path alone, at 53 bits and without digits: its errors are "
                   "those its tolerances allow; `lfap converge` follows the flow itself at any precision");
  if (!st && o->arithmetic != LFAP_ARITHMETIC_DOUBLE)
    st = lfap_fail(ctx, LFAP_ERR_USAGE, "train: half precision is not repeated at %u bits", prec);
  if (!st) st = train(ctx, &t, digits, net, data, o, prec);
  if (!st && history) st = history_of(ctx, &h, &t, o->coefficients);
  if (!st) oracle_vec_doubles(net->w, &t.w);
  if (!st && history) *history = h;
  oracle_trained_free(&t);
  return st;
}
