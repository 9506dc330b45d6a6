/* study.c - a cell from its parameters to its row: teacher, bases and control, perturbation, learner (T3, T4, R1). */
#include "study/parts.h"

#include "kernel/chain.h"
#include "kernel/lanes.h"
#include "kernel/perturb.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void lfap_study_free(lfap_study *s) {
  lfap_teacher_free(s->teacher);
  lfap_bases_free(s->bases);
  s->teacher = NULL;
  s->bases = NULL;
}

/* R1: T_pert against T_data at natural samples as noise bases of the learner's number would have it. Along e the
   samples lie <e,w>/||w|| times as far out as along w/||w||. */
static lfap_status rule_of_thumb(lfap_ctx *ctx, double *out, const lfap_cell *c, const double *w) {
  double dual = 0.0, *e = NULL, var = lfap_cell_gauss(c) ? 1.0 : 1.0 / 3.0;
  lfap_status st = lfap_study_doubles(ctx, &e, c->d);
  if (!st) st = lfap_perturb_unit(ctx, e, &dual, w, c->norm, c->k, c->d);
  if (!st) *out = c->eps * (dual / lfap_norm2(c->d, w)) * sqrt((double)c->n_adv / ((double)c->n * var));
  free(e);
  return st;
}

/* The same measured (T3): mean |T_pert| over the root mean square of T_data; and the share of samples at which T_pert
   decides (T4): it is the larger by more than rounding, and points where w does. */
static lfap_status measured_split(lfap_ctx *ctx, lfap_row *r, const lfap_limit *adv, const double *eta,
                                  const lfap_study_teacher *t) {
  size_t n = t->data.n, d = t->data.d, decided = 0;
  double sum = lfap_sum(adv->n, adv->omega), pert = 0.0, data2 = 0.0, *w_data = NULL;
  lfap_status st = lfap_study_doubles(ctx, &w_data, d);
  if (st) return st;
  memcpy(w_data, adv->w, d * sizeof *w_data);
  lfap_axpy(w_data, -sum, eta, d);
  double rounding = ((double)d + 8.0) * 0x1p-52 * (lfap_norm2(d, w_data) + sum * lfap_norm2(d, eta));
  for (size_t i = 0; i < n; i++) {
    const double *z = t->data.x + i * d;
    double data = lfap_dot(d, w_data, z), part = sum * lfap_dot(d, eta, z);
    pert += fabs(part);
    data2 += data * data;
    decided +=
        fabs(data) + rounding * lfap_norm2(d, z) < fabs(part) && lfap_sgn(part) == lfap_sgn(lfap_dot(d, t->who.w, z));
  }
  free(w_data);
  r->ratio = (pert / (double)n) / sqrt(data2 / (double)n);
  r->t4_share = (double)decided / (double)n;
  return LFAP_OK;
}

/* R1, NaN where there is no direction to take it along. */
static lfap_status estimate(lfap_ctx *ctx, lfap_row *r, const lfap_study *s, const lfap_cell *c) {
  lfap_why why = LFAP_WHY_NONE;
  lfap_status st = c->base == LFAP_BASE_NOISE ? rule_of_thumb(ctx, &r->rule, c, s->teacher->who.w) : LFAP_OK;
  return st && lfap_why_of(&why, st, LFAP_WHY_PERTURBATION) ? LFAP_OK : st;
}

static void take_scores(lfap_row *r, const lfap_scores *of) {
  r->acc = of->acc;
  r->acc_test = of->acc_test;
  r->agree_natural = of->agree_natural;
  r->agree = of->agree;
  r->agree_teacher = of->agree_teacher;
  r->cosine = of->cosine;
  r->log_loss = of->log_loss;
  r->why_learner = of->why == LFAP_WHY_LIMIT ? LFAP_WHY_LIMIT_ADV : of->why;
}

/* Learns the perturbed bases and scores. A network is trained on the stored sums, of their own Gram matrix. */
static lfap_status learn_moved(lfap_ctx *ctx, lfap_row *r, lfap_study *s, const double *shifted, const double *eta,
                               const lfap_cell *c) {
  const lfap_study_teacher *t = s->teacher;
  lfap_learner l = {.keep = 1, .part = LFAP_PART_LEARNER};
  lfap_scores of = {0};
  lfap_set set = {.data = &s->bases->set};
  lfap_status st = shifted ? LFAP_OK : lfap_set_gram(ctx, &set);
  if (!st) st = lfap_learner_make(ctx, &l, &set, shifted ? shifted : set.gram, c, &s->o, LFAP_ROLE_LEARNER, LFAP_OK);
  lfap_set_free(&set);
  if (!st) st = lfap_teacher_score(ctx, &of, &l, t, &s->o);
  if (!st && c->from == LFAP_FROM_GEOMETRY && l.lim.w) st = measured_split(ctx, r, &l.lim, eta, t);
  if (!st) {
    r->adv = l.status;
    take_scores(r, &of);
    st = lfap_study_split(ctx, r, s, &l, c);
  }
  lfap_learner_free(&l);
  return st;
}

/* Perturbs, learns, scores; the teacher has a direction. */
static lfap_status learn(lfap_ctx *ctx, lfap_row *r, lfap_study *s, const lfap_cell *c) {
  double *shifted = NULL, *eta = NULL;
  lfap_status st = estimate(ctx, r, s, c);
  if (!st) st = lfap_study_doubles(ctx, &eta, c->d);
  lfap_status moved = st ? st : lfap_bases_move(ctx, s, &shifted, eta, c);
  if (!st && !moved) st = learn_moved(ctx, r, s, shifted, eta, c);
  else if (!st && lfap_why_of(&r->why_learner, moved, LFAP_WHY_PERTURBATION))
    r->adv.why = r->why_learner; /* no set to learn */
  else if (!st) st = moved;
  free(shifted);
  free(eta);
  return st;
}

/* As long as nothing is perturbed and learned. */
static lfap_row blank_row(const lfap_study *s) {
  const lfap_scores *k = &s->bases->control;
  const lfap_learner *t = &s->teacher->who;
  return (lfap_row){.natural = t->status,
                    .control = s->bases->status,
                    .adv = {.form = LFAP_LIMIT_UNKNOWN,
                            .why = LFAP_WHY_TEACHER,
                            .h = -1,
                            .c1 = -1,
                            .h_ratio = NAN,
                            .c1_share = NAN,
                            .c2 = -1,
                            .c2_own = NAN,
                            .c2_kinks = NAN},
                    .rule = NAN,
                    .ratio = NAN,
                    .acc_teacher = s->teacher->acc,
                    .acc = NAN,
                    .acc_control = k->acc,
                    .acc_test = NAN,
                    .acc_test_control = k->acc_test,
                    .t4_share = NAN,
                    .t5_one_sign = NAN,
                    .t5_decided = NAN,
                    .agree_natural = NAN,
                    .agree = NAN,
                    .agree_control = k->agree,
                    .agree_teacher = NAN,
                    .cosine = NAN,
                    .cosine_control = k->cosine,
                    .log_loss_teacher = t->log_loss,
                    .log_loss = NAN,
                    .log_loss_control = k->log_loss,
                    .why_teacher = t->why,
                    .why_learner = LFAP_WHY_TEACHER,
                    .why_control = k->why == LFAP_WHY_LIMIT ? LFAP_WHY_LIMIT_CONTROL : k->why};
}

lfap_status lfap_study_run(lfap_ctx *ctx, lfap_row *out, lfap_study *s, const lfap_cell *c) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = lfap_cell_check(ctx, c);
  if (st) return st;
  if (s->bases && !lfap_cell_same_bases(&s->bases->cell, c)) {
    lfap_bases_free(s->bases);
    s->bases = NULL;
  }
  if (s->teacher && !lfap_cell_same_teacher(&s->teacher->cell, c)) {
    lfap_teacher_free(s->teacher);
    s->teacher = NULL;
  }
  if (!s->teacher) st = lfap_teacher_make(ctx, s, c);
  if (!st && !s->bases) st = lfap_bases_make(ctx, s, c);
  if (!st) st = lfap_bases_unmove(ctx, s);
  if (st) {
    lfap_study_free(s); /* whatever is half-way */
    return st;
  }
  lfap_row r = blank_row(s);
  if (s->teacher->who.w) st = learn(ctx, &r, s, c);
  if (!st) *out = r;
  return st;
}
