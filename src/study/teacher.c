/* teacher.c - natural data, what decides on them (the limit, or a network), and how learners compare with it (T4,
   D2). */
#include "study/parts.h"

#include "net/direction.h"
#include "verify/judge.h"

#include <math.h>
#include <stdlib.h>

lfap_status lfap_study_doubles(lfap_ctx *ctx, double **out, size_t n) {
  *out = n <= SIZE_MAX / sizeof **out ? malloc((n ? n : 1) * sizeof **out) : NULL;
  return *out ? LFAP_OK : lfap_fail(ctx, LFAP_ERR_MEMORY, "study: no memory for %zu numbers", n);
}

lfap_status lfap_study_square(lfap_ctx *ctx, double **out, size_t n) {
  if (n > SIZE_MAX / sizeof **out / n)
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "study: the Gram matrix of %zu samples has no size", n);
  return lfap_study_doubles(ctx, out, n * n);
}

int lfap_cell_gauss(const lfap_cell *c) { return c->data == LFAP_STUDY_GAUSS; }

lfap_status lfap_cell_noise(lfap_ctx *ctx, lfap_data *out, const lfap_cell *c, int role, size_t n) {
  uint64_t seed = lfap_cell_seed(c, role);
  return lfap_cell_gauss(c) ? lfap_gen_gauss(ctx, out, seed, n, c->d) : lfap_gen_uniform(ctx, out, seed, n, c->d);
}

static lfap_status images(lfap_ctx *ctx, lfap_study_teacher *t, const lfap_study_opts *o) {
  lfap_images im = {0};
  lfap_status st = lfap_images_read(ctx, &im, o->images, o->class_pos, o->class_neg, t->cell.n, 1);
  if (st) return st;
  t->data = im.train;
  t->test = im.test;
  free(im.mean);
  if (t->data.d == t->cell.d) return LFAP_OK;
  return lfap_fail(ctx, LFAP_ERR_DATA, "%s: the images have %zu x %zu = %zu pixels, but the cell's d is %zu", o->images,
                   im.height, im.width, t->data.d, t->cell.d);
}

static lfap_status natural(lfap_ctx *ctx, lfap_study_teacher *t, const lfap_study_opts *o) {
  const lfap_cell *c = &t->cell;
  uint64_t seed = lfap_cell_seed(c, LFAP_ROLE_DATA);
  return c->data == LFAP_STUDY_FASHION      ? images(ctx, t, o)
         : c->data == LFAP_STUDY_ORTHOGONAL ? lfap_gen_orthogonal(ctx, &t->data, seed, c->n, c->d)
         : c->data == LFAP_STUDY_GAUSS      ? lfap_gen_gauss(ctx, &t->data, seed, c->n, c->d)
                                            : lfap_gen_uniform(ctx, &t->data, seed, c->n, c->d);
}

void lfap_teacher_free(lfap_study_teacher *t) {
  if (!t) return;
  lfap_data_free(&t->data);
  lfap_data_free(&t->test);
  lfap_learner_free(&t->who);
  free(t->f_bdy);
  free(t->f);
  free(t);
}

/* The learner's outputs at n rows. Where they leave the range of doubles they have no sign to be compared: *scores
   is told. */
static lfap_status outputs(lfap_ctx *ctx, double *f, lfap_scores *scores, const lfap_learner *l, const double *Z,
                           size_t n) {
  lfap_status st = lfap_learner_eval(ctx, f, l, Z, n);
  for (size_t i = 0; !st && i < n; i++)
    if (!isfinite(f[i])) scores->why = LFAP_WHY_RANGE;
  return st;
}

static const lfap_scores no_scores = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, LFAP_WHY_NONE};

lfap_status lfap_teacher_score(lfap_ctx *ctx, lfap_scores *out, const lfap_learner *l, const lfap_study_teacher *t,
                               const lfap_study_opts *o) {
  size_t n = t->data.n, most = n > o->probes ? n : o->probes;
  double *f = NULL;
  lfap_data probe = {0};
  lfap_scores s = no_scores;
  s.log_loss = l->log_loss;
  s.why = l->why;
  if (!l->w) {
    *out = s;
    return LFAP_OK;
  }
  lfap_status st = lfap_study_doubles(ctx, &f, t->test.n > most ? t->test.n : most);
  if (!st) st = outputs(ctx, f, &s, l, t->data.x, n);
  if (!st) {
    s.acc = lfap_sign_agreement(f, t->data.y, n);
    if (t->f_bdy) s.agree_natural = lfap_sign_agreement(f, t->f_bdy, n);
    if (t->who.w) s.cosine = lfap_cosine(l->w, t->who.w, t->data.d);
    st = lfap_cell_noise(ctx, &probe, &t->cell, LFAP_ROLE_PROBES, o->probes);
  }
  if (!st) st = outputs(ctx, f, &s, l, probe.x, o->probes);
  if (!st && t->f_bdy) s.agree = lfap_sign_agreement(f, t->f_bdy + n, o->probes);
  if (!st && t->f) s.agree_teacher = lfap_sign_agreement(f, t->f, o->probes);
  if (!st && t->test.n) {
    st = outputs(ctx, f, &s, l, t->test.x, t->test.n);
    s.acc_test = lfap_sign_agreement(f, t->test.y, t->test.n);
  }
  free(f);
  lfap_data_free(&probe);
  if (st) return st;
  *out = s.why == LFAP_WHY_NONE ? s : no_scores;
  out->log_loss = s.log_loss;
  out->why = s.why;
  return LFAP_OK;
}

/* The teacher's own decisions, at the probes and at its samples. One whose outputs leave the range of doubles
   teaches nothing. */
static lfap_status own_points(lfap_ctx *ctx, lfap_study_teacher *t, const double *probe, size_t probes) {
  size_t n = t->data.n;
  double *own = NULL;
  lfap_scores s = no_scores;
  lfap_status st = lfap_study_doubles(ctx, &t->f, probes);
  if (!st) st = lfap_study_doubles(ctx, &own, n);
  if (!st) st = outputs(ctx, t->f, &s, &t->who, probe, probes);
  if (!st) st = outputs(ctx, own, &s, &t->who, t->data.x, n);
  if (!st && s.why == LFAP_WHY_NONE) t->acc = lfap_sign_agreement(own, t->data.y, n);
  if (!st && s.why != LFAP_WHY_NONE) {
    t->who.w = NULL;
    t->who.why = s.why;
  }
  free(own);
  return st;
}

/* f_bdy and the teacher's own decisions at the points that learners are scored at. */
static lfap_status teacher_points(lfap_ctx *ctx, lfap_study_teacher *t, const lfap_study_opts *o) {
  size_t n = t->data.n, d = t->data.d;
  lfap_data probe = {0};
  lfap_status st = lfap_cell_noise(ctx, &probe, &t->cell, LFAP_ROLE_PROBES, o->probes);
  if (!st && t->who.lim.w) {
    st = lfap_study_doubles(ctx, &t->f_bdy, n + o->probes);
    if (!st) st = lfap_rows_product(ctx, t->f_bdy, t->data.x, t->who.lim.w, n, 1, d);
    if (!st) st = lfap_rows_product(ctx, t->f_bdy + n, probe.x, t->who.lim.w, o->probes, 1, d);
  }
  if (!st && t->who.w) st = own_points(ctx, t, probe.x, o->probes);
  lfap_data_free(&probe);
  return st;
}

lfap_status lfap_teacher_make(lfap_ctx *ctx, lfap_study *s, const lfap_cell *c) {
  lfap_study_teacher *t = calloc(1, sizeof *t);
  if (!t) return lfap_fail(ctx, LFAP_ERR_MEMORY, "study: out of memory");
  t->cell = *c;
  t->acc = NAN;
  lfap_why why = LFAP_WHY_NONE;
  lfap_status st = natural(ctx, t, &s->o), refused = LFAP_OK;
  lfap_set set = {.data = &t->data};
  if (!st) refused = lfap_set_check(ctx, &set, lfap_study_kind_name[c->data]);
  if (refused && !lfap_why_of(&why, refused, LFAP_WHY_DATA)) st = refused;
  if (!st) st = lfap_set_gram(ctx, &set);
  if (!st) st = lfap_learner_make(ctx, &t->who, &set, set.gram, c, &s->o, LFAP_ROLE_TEACHER, refused);
  lfap_set_free(&set);
  if (!st) st = teacher_points(ctx, t, &s->o);
  if (st) lfap_teacher_free(t);
  else s->teacher = t;
  return st;
}
