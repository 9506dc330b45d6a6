/* study.c - runs a cell: teacher, bases with their control, perturbations, learner (spec/theory.md sections 3 and 4).
 *
 * Memory is that of N_adv x d samples and two N_adv x N_adv matrices: bases are perturbed where they lie and drawn again
 * from their seed for the next cell; their Gram matrix is kept as a triangle, from which the square one of every norm and
 * size is made by a rank-two update (N12). */
#include "study/learner.h"

#include "kernel/chain.h"
#include "kernel/lanes.h"
#include "kernel/perturb.h"
#include "kernel/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct lfap_study_teacher {
  lfap_cell cell;
  lfap_data data, test; /* test: fashion-mnist alone */
  lfap_learner who;
  double *f_bdy;              /* n at the samples, then `probes`: <w, z>, w of the limit; NULL without a limit */
  double *f;                  /* `probes`: the teacher's own; NULL without one */
  double acc;
};

/* How a learner does, held against the teacher. */
typedef struct {
  double acc, acc_test, agree_natural, agree, agree_teacher, cosine, log_loss;
} scores;

struct lfap_study_bases {
  lfap_cell cell;
  lfap_data set;  /* bases and targets; while `moved`, a perturbation is on them */
  int moved;
  double *gram;   /* lower triangle of the bases' Gram matrix, row by row */
  lfap_set_status status;
  scores control;
};

static void teacher_free(lfap_study_teacher *t) {
  if (!t) return;
  lfap_data_free(&t->data);
  lfap_data_free(&t->test);
  lfap_learner_free(&t->who);
  free(t->f_bdy);
  free(t->f);
  free(t);
}

static void bases_free(lfap_study_bases *b) {
  if (!b) return;
  lfap_data_free(&b->set);
  free(b->gram);
  free(b);
}

void lfap_study_free(lfap_study *s) {
  teacher_free(s->teacher);
  bases_free(s->bases);
  s->teacher = NULL;
  s->bases = NULL;
}

static lfap_status doubles(lfap_ctx *ctx, double **out, size_t n) {
  *out = n <= SIZE_MAX / sizeof **out ? malloc((n ? n : 1) * sizeof **out) : NULL;
  return *out ? LFAP_OK : lfap_fail(ctx, LFAP_ERR_MEMORY, "study: no memory for %zu numbers", n);
}

/* A square matrix of n rows. */
static lfap_status square(lfap_ctx *ctx, double **out, size_t n) {
  if (n > SIZE_MAX / sizeof **out / n) return lfap_fail(ctx, LFAP_ERR_MEMORY, "study: the Gram matrix of %zu samples has no size", n);
  return doubles(ctx, out, n * n);
}

/* ---- data ---------------------------------------------------------------------------------------------------------- */

static int gauss_noise(const lfap_cell *c) { return c->data == LFAP_STUDY_GAUSS; }

static lfap_status noise(lfap_ctx *ctx, lfap_data *out, const lfap_cell *c, int role, size_t n) {
  uint64_t seed = lfap_cell_seed(c, role);
  return gauss_noise(c) ? lfap_gen_gauss(ctx, out, seed, n, c->d) : lfap_gen_uniform(ctx, out, seed, n, c->d);
}

static lfap_status images(lfap_ctx *ctx, lfap_study_teacher *t, const lfap_study_opts *o) {
  lfap_images im = {0};
  lfap_status st = lfap_images_read(ctx, &im, o->images, o->class_pos, o->class_neg, t->cell.n, 1);
  if (st) return st;
  t->data = im.train;
  t->test = im.test;
  free(im.mean);
  return LFAP_OK;
}

static lfap_status natural(lfap_ctx *ctx, lfap_study_teacher *t, const lfap_study_opts *o) {
  const lfap_cell *c = &t->cell;
  uint64_t seed = lfap_cell_seed(c, LFAP_ROLE_DATA);
  lfap_status st = c->data == LFAP_STUDY_FASHION      ? images(ctx, t, o)
                   : c->data == LFAP_STUDY_ORTHOGONAL ? lfap_gen_orthogonal(ctx, &t->data, seed, c->n, c->d)
                   : c->data == LFAP_STUDY_GAUSS      ? lfap_gen_gauss(ctx, &t->data, seed, c->n, c->d)
                                                      : lfap_gen_uniform(ctx, &t->data, seed, c->n, c->d);
  return st ? st : lfap_data_check(ctx, &t->data, lfap_study_kind_name[c->data]);
}

/* The first N_adv natural samples with targets -y or drawn. */
static lfap_status natural_bases(lfap_ctx *ctx, lfap_data *out, const lfap_cell *c, const lfap_data *data) {
  lfap_status st = lfap_data_alloc(ctx, out, c->n_adv, c->d);
  if (st) return st;
  memcpy(out->x, data->x, c->n_adv * c->d * sizeof *out->x);
  lfap_philox g;
  lfap_philox_seed(&g, lfap_cell_seed(c, LFAP_ROLE_BASES));
  lfap_fill_labels(out->y, &g, c->n_adv);
  if (c->base == LFAP_BASE_FLIPPED)
    for (size_t i = 0; i < c->n_adv; i++) out->y[i] = -data->y[i];
  return LFAP_OK;
}

static lfap_status draw_bases(lfap_ctx *ctx, lfap_data *out, const lfap_cell *c, const lfap_data *data) {
  return c->base == LFAP_BASE_NOISE ? noise(ctx, out, c, LFAP_ROLE_BASES, c->n_adv) : natural_bases(ctx, out, c, data);
}

/* ---- scores -------------------------------------------------------------------------------------------------------- */

static double same_signs(const double *f, const double *g, size_t n) {
  size_t same = 0;
  for (size_t i = 0; i < n; i++) same += lfap_sgn(f[i]) == lfap_sgn(g[i]);
  return (double)same / (double)n;
}

static double cosine(const double *a, const double *b, size_t d) {
  return lfap_dot(d, a, b) / (lfap_norm2(d, a) * lfap_norm2(d, b));
}

/* Where the learner has no direction (no limit), its scores do not exist. */
static lfap_status score(lfap_ctx *ctx, scores *out, const lfap_learner *l, const lfap_study_teacher *t, const lfap_study_opts *o) {
  size_t n = t->data.n, most = n > o->probes ? n : o->probes;
  double *f = NULL;
  lfap_data probe = {0};
  scores s = {NAN, NAN, NAN, NAN, NAN, NAN, l->log_loss};
  lfap_status st = LFAP_OK;
  if (l->w) st = doubles(ctx, &f, t->test.n > most ? t->test.n : most);
  if (!st && l->w) st = lfap_learner_eval(ctx, f, l, t->data.x, n);
  if (!st && l->w) {
    s.acc = same_signs(f, t->data.y, n);
    if (t->f_bdy) s.agree_natural = same_signs(f, t->f_bdy, n);
    if (t->who.w) s.cosine = cosine(l->w, t->who.w, t->data.d);
    st = noise(ctx, &probe, &t->cell, LFAP_ROLE_PROBES, o->probes);
  }
  if (!st && l->w) st = lfap_learner_eval(ctx, f, l, probe.x, o->probes);
  if (!st && l->w && t->f_bdy) s.agree = same_signs(f, t->f_bdy + n, o->probes);
  if (!st && l->w && t->f) s.agree_teacher = same_signs(f, t->f, o->probes);
  if (!st && l->w && t->test.n) {
    st = lfap_learner_eval(ctx, f, l, t->test.x, t->test.n);
    s.acc_test = same_signs(f, t->test.y, t->test.n);
  }
  free(f);
  lfap_data_free(&probe);
  if (!st) *out = s;
  return st;
}

/* ---- teacher ------------------------------------------------------------------------------------------------------- */

/* f_bdy and the teacher's own decisions at the points that learners are scored at. */
static lfap_status teacher_points(lfap_ctx *ctx, lfap_study_teacher *t, const lfap_study_opts *o) {
  size_t n = t->data.n, d = t->data.d;
  double *own = NULL;
  lfap_data probe = {0};
  lfap_status st = noise(ctx, &probe, &t->cell, LFAP_ROLE_PROBES, o->probes);
  if (!st && t->who.lim.w) {
    st = doubles(ctx, &t->f_bdy, n + o->probes);
    if (!st) st = lfap_rows_product(ctx, t->f_bdy, t->data.x, t->who.lim.w, n, 1, d);
    if (!st) st = lfap_rows_product(ctx, t->f_bdy + n, probe.x, t->who.lim.w, o->probes, 1, d);
  }
  if (!st && t->who.w) {
    st = doubles(ctx, &t->f, o->probes);
    if (!st) st = doubles(ctx, &own, n);
    if (!st) st = lfap_learner_eval(ctx, t->f, &t->who, probe.x, o->probes);
    if (!st) st = lfap_learner_eval(ctx, own, &t->who, t->data.x, n);
    if (!st) t->acc = same_signs(own, t->data.y, n);
  }
  free(own);
  lfap_data_free(&probe);
  return st;
}

static lfap_status teacher_make(lfap_ctx *ctx, lfap_study *s, const lfap_cell *c) {
  double *G = NULL;
  lfap_study_teacher *t = calloc(1, sizeof *t);
  if (!t) return lfap_fail(ctx, LFAP_ERR_MEMORY, "study: out of memory");
  t->cell = *c;
  t->acc = NAN;
  lfap_status st = natural(ctx, t, &s->o);
  if (!st) st = square(ctx, &G, c->n);
  if (!st) st = lfap_gram(ctx, G, t->data.x, c->n, c->d);
  if (!st) st = lfap_learner_make(ctx, &t->who, &t->data, G, c, &s->o, LFAP_ROLE_TEACHER);
  free(G);
  if (!st) st = teacher_points(ctx, t, &s->o);
  if (st) teacher_free(t);
  else s->teacher = t;
  return st;
}

/* ---- bases and control ----------------------------------------------------------------------------------------------- */

static void pack(double *triangle, const double *G, size_t n) {
  for (size_t i = 0; i < n; i++) memcpy(triangle + i * (i + 1) / 2, G + i * n, (i + 1) * sizeof *G);
}

static void unpack(double *G, const double *triangle, size_t n) {
  for (size_t i = 0; i < n; i++) {
    memcpy(G + i * n, triangle + i * (i + 1) / 2, (i + 1) * sizeof *G);
    for (size_t k = 0; k < i; k++) G[k * n + i] = G[i * n + k];
  }
}

/* The control learns the bases with their targets, from the learner's start: all that differs is the perturbation. */
static lfap_status bases_make(lfap_ctx *ctx, lfap_study *s, const lfap_cell *c) {
  size_t n = c->n_adv;
  double *G = NULL;
  lfap_learner control = {0};
  lfap_study_bases *b = calloc(1, sizeof *b);
  if (!b) return lfap_fail(ctx, LFAP_ERR_MEMORY, "study: out of memory");
  b->cell = *c;
  lfap_status st = draw_bases(ctx, &b->set, c, &s->teacher->data);
  if (!st) st = square(ctx, &G, n);
  if (!st) st = lfap_gram(ctx, G, b->set.x, n, c->d);
  if (!st) st = lfap_learner_make(ctx, &control, &b->set, G, c, &s->o, LFAP_ROLE_LEARNER);
  if (!st) st = doubles(ctx, &b->gram, n % 2 ? (n + 1) / 2 * n : n / 2 * (n + 1));
  if (!st) pack(b->gram, G, n);
  free(G);
  if (!st) st = score(ctx, &b->control, &control, s->teacher, &s->o);
  b->status = control.status;
  lfap_learner_free(&control);
  if (st) bases_free(b);
  else s->bases = b;
  return st;
}

/* ---- perturbations ----------------------------------------------------------------------------------------------------- */

/* Geometry: bases + t eta where they lie, and their Gram matrix by the rank-two update. */
static lfap_status move_along(lfap_ctx *ctx, lfap_study_bases *b, double *G, double *eta, const double *w, const lfap_cell *c) {
  size_t n = b->set.n, d = b->set.d;
  double *p = NULL;
  lfap_status st = lfap_perturb_direction(ctx, eta, w, 1.0, c->norm, c->eps, c->k, d);
  if (!st) st = doubles(ctx, &p, n);
  if (!st) st = lfap_rows_product(ctx, p, b->set.x, eta, n, 1, d);
  if (!st) {
    unpack(G, b->gram, n);
    st = lfap_gram_shift(ctx, G, G, b->set.y, p, lfap_dot(d, eta, eta), n);
  }
  free(p);
  if (st) return st;
  b->moved = 1;
  for (size_t i = 0; i < n; i++) lfap_axpy(b->set.x + i * d, b->set.y[i], eta, d);
  return LFAP_OK;
}

/* From the network's gradient, or the authors' PGD (spec/theory.md section 6): every base has its own direction. */
static lfap_status move_each(lfap_ctx *ctx, lfap_study_bases *b, double *G, const lfap_net *net, const lfap_cell *c) {
  lfap_perturb_opts po = {.norm = c->norm, .eps = c->eps, .k = c->k, .lo = -1.0, .hi = 1.0};
  lfap_perturbed p = {0};
  po.steps = c->norm == LFAP_L0 ? c->k : 100;
  po.has_range = c->base == LFAP_BASE_NOISE ? !gauss_noise(c) : c->data == LFAP_STUDY_UNIFORM || c->data == LFAP_STUDY_ORTHOGONAL;
  lfap_status st = c->from == LFAP_FROM_PGD ? lfap_perturb_pgd(ctx, &p, b->set.x, b->set.y, net, &po, b->set.n)
                                            : lfap_perturb_gradient(ctx, &p, b->set.x, b->set.y, net, &po, b->set.n);
  if (st) return st;
  b->moved = 1;
  memcpy(b->set.x, p.x, b->set.n * b->set.d * sizeof *p.x);
  lfap_perturbed_free(&p);
  return lfap_gram(ctx, G, b->set.x, b->set.n, b->set.d);
}

static lfap_status unmove(lfap_ctx *ctx, lfap_study *s) {
  lfap_study_bases *b = s->bases;
  if (!b->moved) return LFAP_OK;
  lfap_data_free(&b->set);
  b->moved = 0;
  return draw_bases(ctx, &b->set, &b->cell, &s->teacher->data);
}

/* ---- a cell ------------------------------------------------------------------------------------------------------------ */

/* R1: T_pert against T_data at natural samples as noise bases of the learner's number would have it. Along e the samples
   lie <e,w>/||w|| times as far out as along w/||w||. */
static lfap_status rule_of_thumb(lfap_ctx *ctx, double *out, const lfap_cell *c, const double *w) {
  double dual = 0.0, *e = NULL, var = gauss_noise(c) ? 1.0 : 1.0 / 3.0;
  lfap_status st = doubles(ctx, &e, c->d);
  if (!st) st = lfap_perturb_unit(ctx, e, &dual, w, c->norm, c->k, c->d);
  if (!st) *out = c->eps * (dual / lfap_norm2(c->d, w)) * sqrt((double)c->n_adv / ((double)c->n * var));
  free(e);
  return st;
}

/* The same measured (T3): mean |T_pert| over the root mean square of T_data. */
static lfap_status measured_ratio(lfap_ctx *ctx, double *out, const lfap_limit *adv, const double *eta, const lfap_data *natural_set) {
  size_t n = natural_set->n, d = natural_set->d;
  double sum = lfap_sum(adv->n, adv->lambda), pert = 0.0, data2 = 0.0, *w_data = NULL;
  lfap_status st = doubles(ctx, &w_data, d);
  if (st) return st;
  memcpy(w_data, adv->w, d * sizeof *w_data);
  lfap_axpy(w_data, -sum, eta, d);
  for (size_t i = 0; i < n; i++) {
    const double *z = natural_set->x + i * d;
    double data = lfap_dot(d, w_data, z);
    pert += fabs(sum * lfap_dot(d, eta, z));
    data2 += data * data;
  }
  free(w_data);
  *out = (pert / (double)n) / sqrt(data2 / (double)n);
  return LFAP_OK;
}

/* Perturbs, learns, scores; the teacher has a direction. */
static lfap_status learn(lfap_ctx *ctx, lfap_row *r, lfap_study *s, const lfap_cell *c) {
  const lfap_study_teacher *t = s->teacher;
  int geometry = c->from == LFAP_FROM_GEOMETRY;
  double *G = NULL, *eta = NULL;
  lfap_learner l = {0};
  scores of = {0};
  lfap_status st = square(ctx, &G, c->n_adv);
  if (!st) st = doubles(ctx, &eta, c->d);
  if (!st) st = geometry ? move_along(ctx, s->bases, G, eta, t->who.w, c) : move_each(ctx, s->bases, G, &t->who.net, c);
  if (!st) st = lfap_learner_make(ctx, &l, &s->bases->set, G, c, &s->o, LFAP_ROLE_LEARNER);
  free(G);
  if (!st) st = score(ctx, &of, &l, t, &s->o);
  if (!st && geometry && l.lim.w) st = measured_ratio(ctx, &r->ratio, &l.lim, eta, &t->data);
  if (!st && c->base == LFAP_BASE_NOISE) st = rule_of_thumb(ctx, &r->rule, c, t->who.w);
  r->adv = l.status;
  free(eta);
  lfap_learner_free(&l);
  if (st) return st;
  r->acc = of.acc;
  r->acc_test = of.acc_test;
  r->agree_natural = of.agree_natural;
  r->agree = of.agree;
  r->agree_teacher = of.agree_teacher;
  r->cosine = of.cosine;
  r->log_loss = of.log_loss;
  return LFAP_OK;
}

static lfap_row blank_row(const lfap_study *s) {
  const scores *k = &s->bases->control;
  return (lfap_row){.natural = s->teacher->who.status, .adv = {.h_ratio = NAN, .c1_share = NAN}, .control = s->bases->status,
                    .rule = NAN, .ratio = NAN, .acc_teacher = s->teacher->acc, .acc = NAN, .acc_control = k->acc,
                    .acc_test = NAN, .acc_test_control = k->acc_test, .agree_natural = NAN, .agree = NAN,
                    .agree_control = k->agree, .agree_teacher = NAN, .cosine = NAN, .cosine_control = k->cosine,
                    .log_loss_teacher = s->teacher->who.log_loss, .log_loss = NAN, .log_loss_control = k->log_loss};
}

lfap_status lfap_study_run(lfap_ctx *ctx, lfap_row *out, lfap_study *s, const lfap_cell *c) {
  lfap_status st = lfap_cell_check(ctx, c);
  if (st) return st;
  if (s->bases && !lfap_cell_same_bases(&s->bases->cell, c)) {
    bases_free(s->bases);
    s->bases = NULL;
  }
  if (s->teacher && !lfap_cell_same_teacher(&s->teacher->cell, c)) {
    teacher_free(s->teacher);
    s->teacher = NULL;
  }
  if (!s->teacher) st = teacher_make(ctx, s, c);
  if (!st && !s->bases) st = bases_make(ctx, s, c);
  if (!st) st = unmove(ctx, s);
  if (st) {
    lfap_study_free(s); /* whatever is half-way */
    return st;
  }
  lfap_row r = blank_row(s);
  if (s->teacher->who.w) st = learn(ctx, &r, s, c);
  if (!st) *out = r;
  return st;
}
