/* train.c - options of training and its ways: the flow (flow.c), gd and sgd in plain form (plain.c), in Gram form
 * (gramform.c) or in half precision (half.c); spec/theory.md sections 1, 5 and 6, spec/numerics.md N5, N5a, N9, N17. */
#include "net/descent.h"
#include "net/flow.h"

#include "io/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void lfap_history_free(lfap_history *h) {
  free(h->row);
  free(h->p);
  free(h->coefficient);
  *h = (lfap_history){0};
}

void lfap_train_defaults(lfap_train_opts *o, lfap_method method) {
  *o = (lfap_train_opts){.method = method,
                         .loss = LFAP_LOSS_EXP,
                         .epochs = 10000,
                         .lr = 0.01,
                         .momentum = 0.9,
                         .log_loss_target = -1e9,
                         .rtol = 1e-3,
                         .atol = 1e-3};
  if (method == LFAP_METHOD_FLOW) o->lr = 0.0;
}

/* The Gram form where it is cheaper and an epoch long enough to matter (N5a). */
#define AUTO_WORK 0x1p24
static int gram_form(const lfap_net *net, const lfap_data *data, const lfap_train_opts *o) {
  if (o->arithmetic == LFAP_ARITHMETIC_HALF) return 0;
  if (o->form != LFAP_FORM_AUTO) return o->form == LFAP_FORM_GRAM;
  return data->n <= data->d && (double)net->m * (double)data->n * (double)data->d >= AUTO_WORK;
}

static lfap_status check_opts(lfap_ctx *ctx, const lfap_net *net, const lfap_data *data, const lfap_train_opts *o) {
  if (net->d != data->d)
    return lfap_fail(ctx, LFAP_ERR_DATA, "train: the weights have d = %zu columns, the samples d = %zu", net->d,
                     data->d);
  if (o->epochs == 0) return lfap_fail(ctx, LFAP_ERR_USAGE, "train: epochs = 0; at least one is needed");
  int flow = o->method == LFAP_METHOD_FLOW;
  if (!isfinite(o->lr) || (flow ? o->lr < 0.0 : o->lr <= 0.0))
    return lfap_fail(ctx, LFAP_ERR_USAGE, "train: lr = %g must be positive and finite", o->lr);
  if (!flow && !(o->momentum >= 0.0 && o->momentum < 1.0))
    return lfap_fail(ctx, LFAP_ERR_USAGE, "train: momentum = %g must lie in [0,1)", o->momentum);
  if (o->arithmetic == LFAP_ARITHMETIC_HALF && (flow || o->form == LFAP_FORM_GRAM || o->coefficients))
    return lfap_fail(
        ctx, LFAP_ERR_USAGE,
        "train: half precision is there for gd and sgd in plain form, without coefficients: the weights are "
        "no sum of samples once gradients are rounded; choose these, or doubles");
  if (flow && !(o->rtol > 0.0 && o->atol > 0.0 && o->log_loss_target < 0.0))
    return lfap_fail(ctx, LFAP_ERR_USAGE, "train: the flow needs rtol > 0, atol > 0 and a negative log-loss target");
  return LFAP_OK;
}

/* Room for what a run tells; the coefficients where they are asked for. */
static lfap_status history_alloc(lfap_ctx *ctx, lfap_history *h, size_t m, size_t n, size_t epochs, int coefficients) {
  char room[LFAP_BYTES];
  h->row = calloc(epochs, sizeof(lfap_epoch));
  h->p = calloc(n, sizeof(double));
  if (!h->row || !h->p) return lfap_fail(ctx, LFAP_ERR_MEMORY, "train: no memory for a history of %zu epochs", epochs);
  if (!coefficients) return LFAP_OK;
  h->coefficient = m <= SIZE_MAX / sizeof(double) / n ? calloc(m * n, sizeof(double)) : NULL;
  if (h->coefficient) return LFAP_OK;
  return lfap_fail(ctx, LFAP_ERR_MEMORY, "train: no memory for the coefficients of m = %zu neurons, N = %zu: %s", m, n,
                   lfap_bytes(room, 8.0 * (double)m * (double)n));
}

static lfap_status train(lfap_ctx *ctx, lfap_net *net, lfap_history *history, lfap_set *set, const lfap_train_opts *o) {
  const lfap_data *data = set->data;
  lfap_status st = lfap_net_plain(ctx, net, "train");
  if (!st) st = check_opts(ctx, net, data, o);
  if (st) return st;
  lfap_net moved = {0};
  lfap_history h = {0};
  lfap_train_run run = {.ctx = ctx, .o = o, .start = net, .data = data, .h = &h};
  st = history_alloc(ctx, &h, net->m, data->n, o->epochs, o->coefficients && history);
  if (!st) st = lfap_net_alloc(ctx, &moved, net->m, net->d, net->gamma);
  if (!st) memcpy(moved.w, net->w, net->m * net->d * sizeof(double));
  h.gram = o->method != LFAP_METHOD_FLOW && gram_form(net, data, o);
  if (!st && o->method == LFAP_METHOD_FLOW) st = lfap_flow_run(ctx, &moved, &h, set, &run);
  else if (!st && o->arithmetic == LFAP_ARITHMETIC_HALF) st = lfap_descend_half(ctx, &moved, &h, &run);
  else if (!st && h.gram) st = lfap_descend_gram(ctx, &moved, &h, set, &run);
  else if (!st) st = lfap_descend_plain(ctx, &moved, &h, &run);
  if (!st) memcpy(net->w, moved.w, net->m * net->d * sizeof(double));
  lfap_net_free(&moved);
  if (!st && history) *history = h;
  else lfap_history_free(&h);
  return st;
}

lfap_status lfap_set_train(lfap_ctx *ctx, lfap_net *net, lfap_history *history, lfap_set *set,
                           const lfap_train_opts *o) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  return st ? st : train(ctx, net, history, set, o);
}

lfap_status lfap_train(lfap_ctx *ctx, lfap_net *net, lfap_history *history, const lfap_data *data,
                       const lfap_train_opts *o) {
  lfap_set set = {.data = data};
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = train(ctx, net, history, &set, o);
  lfap_set_free(&set);
  return st;
}
