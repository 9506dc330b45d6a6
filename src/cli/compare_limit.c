/* compare_limit.c - the limit that the network of `lfap compare` is held against, which is that of its output layer;
 * what is measured against it: K1, and where the weights themselves end (C3, C4). A limit that is not there stops
 * nothing else. */
#include <math.h>
#include <stdlib.h>

#include "cli/compare.h"
#include "data/set.h"
#include "verify/lines.h"

static const char TRAINED[] =
    "the output layer was trained too (--output-trained): that is another problem, whose optimum is "
    "not that of a fixed output layer";

static void keep_why(char *why, size_t size, cli *c, const char *text) {
  snprintf(why, size, "%.*s", (int)size - 1, text ? text : c->ctx.message);
  c->ctx.message[0] = '\0';
}

/* In the place of a limit: one with the boundary 0, so that every figure that needs it has no value. */
static lfap_status stand_in(cli *c, compare_run *r, const lfap_set *set) {
  lfap_mat w = {0};
  lfap_status s = lfap_vec_alloc(&c->ctx, &w, r->data.d);
  if (s) return s;
  r->lim = (lfap_limit){.n = r->data.n, .d = r->data.d, .gamma = r->a.gamma, .w = w.v};
  r->lim.masses = r->judged->a ? r->masses : (lfap_masses){0.5, 0.5};
  s = lfap_vec_alloc(&c->ctx, &w, r->data.n);
  r->lim.lambda = w.v;
  if (!s) lfap_hypothesis_of(&r->lim.hyp, set->gram, r->data.n, r->a.gamma);
  return s;
}

static lfap_status own_limit(cli *c, compare_run *r, const lfap_set *set) {
  lfap_limit_opts o = {.masses = r->masses};
  if (r->a.trained) keep_why(r->no_limit, sizeof r->no_limit, c, TRAINED);
  else if (r->judged->a && !(r->masses.plus > 0.0 && r->masses.minus > 0.0))
    keep_why(r->no_limit, sizeof r->no_limit, c,
             "the output weights have one sign only; the limit is computed for output layers that have both");
  else {
    lfap_status s = lfap_limit_solve_opts(&c->ctx, &r->lim, &r->data, set->gram, r->a.gamma, r->judged->a ? &o : NULL);
    if (!lfap_of_the_data(s)) return s;
    keep_why(r->no_limit, sizeof r->no_limit, c, NULL);
  }
  return stand_in(c, r, set);
}

/* What K1 says without a limit: margins; and of fixed output weights the figures that are of W alone. */
static void without_limit(compare_run *r) {
  lfap_k1 *k = &r->k1;
  k->cosine = k->agreement = NAN;
  if (r->a.trained) k->residual = k->slackness = k->outside_rank2 = k->row_spread = k->pattern_aligned = NAN;
}

static lfap_status k1(cli *c, compare_run *r, const lfap_set *set) {
  lfap_status s = lfap_set_k1(&c->ctx, &r->k1, r->judged, set, r->probes.v, r->probes.rows);
  if (s) return s;
  if (r->no_limit[0]) without_limit(r);
  if (r->judged == &r->net) lfap_k1_as_given(&r->k1, &r->given, &r->readout);
  return LFAP_OK;
}

static lfap_status ending(cli *c, compare_run *r, lfap_set *set) {
  cli_ending *e = &r->ending;
  if (r->a.trained) {
    keep_why(e->why, sizeof e->why, c, TRAINED);
    return LFAP_OK;
  }
  int certify = r->a.certify && !r->judged->a;
  lfap_status s =
      cli_ending_of(c, e, r->judged, set, r->no_limit[0] ? NULL : &r->lim, &(cli_ending_asked){.certify = certify});
  if (r->judged->a && s == LFAP_ERR_USAGE) { /* refused for this output layer, with the reason */
    keep_why(e->why, sizeof e->why, c, NULL);
    s = LFAP_OK;
  }
  if (!s && r->readout.kind == LFAP_READOUT_EQUAL) {
    e->end.point.margin *= r->readout.factor;
    e->end.point.margin_given *= r->readout.factor;
  }
  return cli_ending_left(c, e, s);
}

const lfap_check *compare_c1_c2(const compare_run *r) {
  for (size_t i = 0; i < r->lines.checks; i++)
    if (r->lines.check[i].claim == LFAP_CLAIM_C1) return &r->lines.check[i];
  return NULL;
}

const char *compare_linear_by(const compare_run *r) {
  lfap_facts f = lfap_facts_of(&r->lim);
  lfap_facts_settle(&f, &r->lines, 0);
  switch (f.of[LFAP_WHEN_BOUNDARY]) {
  case LFAP_NO: return "";
  case LFAP_YES: return f.of[LFAP_WHEN_LIMIT_H] == LFAP_YES ? "H" : f.of[LFAP_WHEN_C1] == LFAP_YES ? "C1" : "C2";
  default: return NULL;
  }
}

lfap_status compare_limit(cli *c, compare_run *r) {
  lfap_set set = {.data = &r->data, .limit = &r->lim, .checked = 1};
  lfap_status s = lfap_set_gram(&c->ctx, &set);
  if (!s) s = own_limit(c, r, &set);
  lfap_set_spare(&set);
  if (!s && !r->no_limit[0]) s = lfap_judge_limit(&c->ctx, &r->lines, &r->lim, "data");
  if (!s) s = k1(c, r, &set);
  if (!s && r->a.polish) s = ending(c, r, &set);
  lfap_set_free(&set);
  return s;
}
