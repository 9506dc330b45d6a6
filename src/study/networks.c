/* networks.c - a cell of method limit as the networks it is about (C2): for whoever wants to see what they decide. */
#include "study/parts.h"

#include <stdlib.h>

static lfap_status no_boundary(lfap_ctx *ctx, const char *of) {
  return lfap_fail(ctx, LFAP_ERR_DATA,
                   "cell: the limit of the %s has no linear boundary that (CP) gives, so there is "
                   "no network of it; take another seed, or a larger d",
                   of);
}

/* Lets go of the learner but for its network. */
static lfap_status take_network(lfap_ctx *ctx, lfap_net *out, lfap_learner *l, const lfap_data *set, const char *of) {
  lfap_status st = lfap_learner_limit(ctx, l, set);
  if (!st && !l->net.w) st = no_boundary(ctx, of);
  if (st) return st;
  *out = l->net;
  l->net = (lfap_net){0};
  return LFAP_OK;
}

static lfap_status learned(lfap_ctx *ctx, lfap_cell_networks *out, lfap_study *s, const lfap_cell *c) {
  double *shifted = NULL, *eta = NULL;
  lfap_learner l = {0};
  lfap_status st = lfap_study_doubles(ctx, &eta, c->d);
  if (!st) st = lfap_bases_move(ctx, s, &shifted, eta, c);
  lfap_set set = {.data = &s->bases->set};
  if (!st) st = lfap_learner_make(ctx, &l, &set, shifted, c, &s->o, LFAP_ROLE_LEARNER, LFAP_OK);
  if (!st) st = take_network(ctx, &out->learned, &l, &s->bases->set, "noise + perturbation");
  if (!st) {
    out->adv = s->bases->set;
    s->bases->set = (lfap_data){0};
  }
  lfap_set_free(&set);
  lfap_learner_free(&l);
  free(shifted);
  free(eta);
  return st;
}

static lfap_status natural(lfap_ctx *ctx, lfap_cell_networks *out, lfap_study_teacher *t) {
  lfap_status st = take_network(ctx, &out->natural, &t->who, &t->data, "natural samples");
  if (st) return st;
  out->data = t->data;
  out->w = t->who.lim.w;
  t->data = (lfap_data){0};
  t->who.lim.w = NULL;
  return LFAP_OK;
}

lfap_status lfap_cell_networks_make(lfap_ctx *ctx, lfap_cell_networks *out, const lfap_cell *c,
                                    const lfap_study_opts *o) {
  lfap_study s = {.o = *o};
  lfap_cell_networks r = {0};
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = lfap_cell_check(ctx, c);
  if (!st && c->method != LFAP_BY_LIMIT)
    st = lfap_fail(ctx, LFAP_ERR_USAGE, "cell: networks of method limit alone are made here");
  if (!st) st = lfap_teacher_make(ctx, &s, c);
  if (!st && !s.teacher->who.w) st = no_boundary(ctx, "natural samples");
  if (!st) st = lfap_bases_make(ctx, &s, c);
  if (!st) st = learned(ctx, &r, &s, c);
  if (!st) st = natural(ctx, &r, s.teacher);
  lfap_study_free(&s);
  if (st) lfap_cell_networks_free(&r);
  else *out = r;
  return st;
}

void lfap_cell_networks_free(lfap_cell_networks *n) {
  lfap_data_free(&n->data);
  lfap_data_free(&n->adv);
  lfap_net_free(&n->natural);
  lfap_net_free(&n->learned);
  free(n->w);
  *n = (lfap_cell_networks){0};
}
