/* cell.c - what a cell of a study may be, and which cells share work (spec/theory.md section 6). */
#include "study/study.h"

#include "data/gen.h"
#include "data/range.h"
#include "perturb/norm.h"

#include <math.h>

const char *const lfap_study_kind_name[LFAP_STUDY_KINDS] = {"uniform", "gauss", "orthogonal", "fashion-mnist"};
const char *const lfap_study_base_name[LFAP_BASES] = {"noise", "natural-random", "natural-flipped"};
const char *const lfap_study_method_name[LFAP_METHODS] = {"limit", "flow", "sgd"};
const char *const lfap_study_from_name[LFAP_FROMS] = {"geometry", "gradient", "pgd"};
const char *const lfap_study_limit_name[LFAP_LIMITS] = {"none", "qp", "full", "unknown"};
const char *const lfap_why_name[LFAP_WHYS] = {
    "undefined",      "infeasible",  "unsolved",    "range", "bad-data", "training", "perturbation", "not-noise",
    "own-directions", "no-test-set", "no-training", "half",  "teacher",  "limit",    "limit_adv",    "limit_control"};

int lfap_why_of(lfap_why *why, lfap_status st, lfap_why part) {
  switch (st) {
  case LFAP_ERR_INFEASIBLE: *why = LFAP_WHY_INFEASIBLE; return 1;
  case LFAP_ERR_UNSOLVED: *why = LFAP_WHY_UNSOLVED; return 1;
  case LFAP_ERR_RANGE: *why = LFAP_WHY_RANGE; return 1;
  case LFAP_ERR_DATA: *why = part; return 1;
  default: return 0;
  }
}

void lfap_study_defaults(lfap_study_opts *o) {
  *o = (lfap_study_opts){.images = "/usr/share/datasets/fashion-mnist",
                         .class_pos = 0,
                         .class_neg = 9,
                         .probes = 1000,
                         .epochs = 1000,
                         .log_loss_target = -1e9};
}

static lfap_status check_sizes(lfap_ctx *ctx, const lfap_cell *c) {
  if (c->d == 0 || c->n == 0 || c->n_adv == 0)
    return lfap_fail(ctx, LFAP_ERR_USAGE, "cell: d = %zu, N = %zu and N_adv = %zu must be at least 1", c->d, c->n,
                     c->n_adv);
  if (c->data == LFAP_STUDY_ORTHOGONAL && !lfap_hadamard_order(c->n, c->d))
    return lfap_fail(
        ctx, LFAP_ERR_USAGE,
        "cell: %zu orthogonal samples do not fit into d = %zu: the smallest power of two >= N must not exceed d", c->n,
        c->d);
  if (c->base != LFAP_BASE_NOISE && c->n_adv > c->n)
    return lfap_fail(ctx, LFAP_ERR_USAGE, "cell: N_adv = %zu bases from N = %zu natural samples; give N_adv <= N",
                     c->n_adv, c->n);
  if (c->seed >= LFAP_STUDY_SEEDS)
    return lfap_fail(ctx, LFAP_ERR_USAGE, "cell: seed %llu; seeds of a study lie below 1000000000",
                     (unsigned long long)c->seed);
  return lfap_norm_check(ctx, c->norm, c->k, c->d);
}

lfap_status lfap_cell_check(lfap_ctx *ctx, const lfap_cell *c) {
  lfap_status st = check_sizes(ctx, c);
  if (!st) st = lfap_gamma_valid(ctx, "cell: gamma", c->gamma, 0.0);
  if (st) return st;
  if (!(c->eps >= 0.0) || !isfinite(c->eps))
    return lfap_fail(ctx, LFAP_ERR_USAGE, "cell: eps = %g must be finite and not negative", c->eps);
  if (c->arithmetic == LFAP_ARITHMETIC_HALF && c->method != LFAP_BY_SGD)
    return lfap_fail(ctx, LFAP_ERR_USAGE,
                     "cell: --arithmetic half is of --method sgd, and the grid has method %s too; leave %s out of "
                     "--method, or sweep it by itself without --arithmetic",
                     lfap_study_method_name[c->method], lfap_study_method_name[c->method]);
  if (c->method == LFAP_BY_LIMIT && c->from != LFAP_FROM_GEOMETRY)
    return lfap_fail(ctx, LFAP_ERR_USAGE,
                     "cell: perturbations by %s are made from a network, and method limit has none; give flow or sgd",
                     lfap_study_from_name[c->from]);
  if (c->method != LFAP_BY_LIMIT && (c->m == 0 || c->m % 2 != 0))
    return lfap_fail(ctx, LFAP_ERR_DATA, "cell: m = %zu neurons; m must be even and positive", c->m);
  if (c->from == LFAP_FROM_PGD && !(c->eps > 0.0))
    return lfap_fail(ctx, LFAP_ERR_USAGE, "cell: eps = %g; pgd needs a positive size", c->eps);
  return LFAP_OK;
}

int lfap_cell_same_teacher(const lfap_cell *a, const lfap_cell *b) {
  return a->data == b->data && a->method == b->method && a->arithmetic == b->arithmetic && a->d == b->d &&
         a->n == b->n && a->m == b->m && a->gamma == b->gamma && a->seed == b->seed;
}

int lfap_cell_same_bases(const lfap_cell *a, const lfap_cell *b) {
  return lfap_cell_same_teacher(a, b) && a->base == b->base && a->n_adv == b->n_adv;
}
