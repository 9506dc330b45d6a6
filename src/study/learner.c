/* learner.c - the limit of a set and the network trained on it (spec/theory.md Q1, C1, F1 and section 6). */
#include "study/parts.h"

#include <math.h>
#include <stdlib.h>

uint64_t lfap_cell_seed(const lfap_cell *c, int role) { return c->seed + (uint64_t)role * LFAP_STUDY_SEEDS; }

void lfap_learner_free(lfap_learner *l) {
  lfap_limit_free(&l->lim);
  lfap_net_free(&l->net);
  free(l->mean);
  free(l->b);
  *l = (lfap_learner){0};
}

/* C2 of a set with a limit of C1's form; without, it is not linearly separable or nothing is known. */
static void at_any_slope(lfap_set_status *s, const lfap_c2 *c) {
  s->c2 = c->solved ? (c->decided ? c->holds : -1) : c->separable ? -1 : 0;
  s->c2_own = c->own_min;
  s->c2_kinks = c->solved ? (double)c->kinks : NAN;
}

/* A set that no network with label slopes separates has no limit of this form: a finding. That the solver gave up,
   or that numbers left the range of doubles, is none, and says nothing of the set. */
static lfap_status find_limit(lfap_ctx *ctx, lfap_learner *l, const lfap_data *data, const double *G, double gamma,
                              lfap_status refused) {
  lfap_why why = LFAP_WHY_NONE;
  lfap_status st = refused ? refused : lfap_limit_solve(ctx, &l->lim, data, G, gamma);
  if (st && !lfap_why_of(&why, st, LFAP_WHY_DATA)) return st;
  lfap_hypothesis h = l->lim.hyp;
  if (st) lfap_hypothesis_of(&h, G, data->n, gamma);
  int none = st == LFAP_ERR_INFEASIBLE, range = st == LFAP_ERR_RANGE || !isfinite(h.lhs) || !isfinite(h.rhs);
  l->status = (lfap_set_status){.form = none          ? LFAP_LIMIT_NONE
                                        : st          ? LFAP_LIMIT_UNKNOWN
                                        : l->lim.full ? LFAP_LIMIT_FULL
                                                      : LFAP_LIMIT_QP,
                                .why = why,
                                .h = range ? -1 : h.holds,
                                .h_ratio = range ? NAN : h.lhs / h.rhs,
                                .c1 = none                    ? 0
                                      : st || !l->lim.settled ? -1
                                                              : l->lim.c1,
                                .c1_share = st ? NAN : (double)l->lim.c1b / (double)data->n,
                                .c2 = none ? 0 : -1,
                                .c2_own = NAN,
                                .c2_kinks = NAN};
  if (!st) at_any_slope(&l->status, &l->lim.c2);
  if (ctx && st) ctx->message[0] = '\0';
  return LFAP_OK;
}

lfap_status lfap_learner_start(lfap_ctx *ctx, lfap_net *out, const lfap_cell *c, int role) {
  return lfap_net_init(ctx, out, c->m, c->d, c->gamma, lfap_cell_seed(c, role), 1.0);
}

static lfap_status train_learner(lfap_ctx *ctx, lfap_learner *l, lfap_set *set, const lfap_cell *c,
                                 const lfap_study_opts *o, int role) {
  lfap_train_opts t;
  lfap_history h = {0};
  lfap_train_defaults(&t, c->method == LFAP_BY_FLOW ? LFAP_METHOD_FLOW : LFAP_METHOD_SGD);
  t.epochs = o->epochs;
  t.log_loss_target = o->log_loss_target;
  t.arithmetic = c->arithmetic;
  t.coefficients = l->keep && c->arithmetic == LFAP_ARITHMETIC_DOUBLE;
  lfap_status st = lfap_learner_start(ctx, &l->net, c, role);
  if (!st && o->checkpoint) st = lfap_checkpoint_train(ctx, &o->checkpoint[l->part], &l->net, &h, set, &t);
  else if (!st) st = lfap_set_train(ctx, &l->net, &h, set, &t);
  if (!st) l->log_loss = h.log_loss;
  if (!st && l->keep) {
    l->b = h.coefficient;
    h.coefficient = NULL;
  }
  lfap_history_free(&h);
  return st;
}

static lfap_status direction(lfap_ctx *ctx, lfap_learner *l) {
  lfap_status st = lfap_study_doubles(ctx, &l->mean, l->net.d);
  if (!st) lfap_net_direction(l->mean, &l->net);
  return st;
}

/* The network's direction; one whose training fails has none. */
static lfap_status find_network(lfap_ctx *ctx, lfap_learner *l, lfap_set *set, const lfap_cell *c,
                                const lfap_study_opts *o, int role) {
  lfap_status st = train_learner(ctx, l, set, c, o, role);
  int refused = o->checkpoint && o->checkpoint[l->part].refused;
  if (st && !refused && lfap_why_of(&l->why, st, LFAP_WHY_TRAINING)) {
    lfap_net_free(&l->net);
    if (ctx) ctx->message[0] = '\0';
    return LFAP_OK;
  }
  return st ? st : direction(ctx, l);
}

lfap_status lfap_learner_make(lfap_ctx *ctx, lfap_learner *out, lfap_set *set, const double *G, const lfap_cell *c,
                              const lfap_study_opts *o, int role, lfap_status refused) {
  lfap_learner l = {.log_loss = NAN, .keep = out->keep, .part = out->part};
  int by_limit = c->method == LFAP_BY_LIMIT;
  lfap_status st = find_limit(ctx, &l, set->data, G, c->gamma, refused);
  if (!st && !by_limit) st = find_network(ctx, &l, set, c, o, role);
  if (st) {
    lfap_learner_free(&l);
    return st;
  }
  l.w = by_limit ? l.lim.w : l.mean;
  if (by_limit && !l.w) l.why = LFAP_WHY_LIMIT;
  *out = l;
  return LFAP_OK;
}

lfap_status lfap_learner_limit(lfap_ctx *ctx, lfap_learner *l, const lfap_data *set) {
  lfap_mat b = {0};
  if (!l->lim.n || !l->lim.c2.solved) return LFAP_OK;
  lfap_status st = lfap_split_limit(ctx, &l->net, &b, set, l->lim.lambda, l->lim.c2.slope, l->lim.gamma);
  l->b = b.v;
  return st;
}

lfap_status lfap_learner_eval(lfap_ctx *ctx, double *f, const lfap_learner *l, const double *Z, size_t n) {
  if (l->net.w) return lfap_net_eval(ctx, f, &l->net, Z, n);
  return lfap_rows_product(ctx, f, Z, l->w, n, 1, l->lim.d);
}
