/* bases.c - what is perturbed, the control that learns it bare, and the perturbations (P1; spec/theory.md sections 3
 * and 4).
 *
 * Memory is that of N_adv x d samples and two N_adv x N_adv matrices: bases are perturbed where they lie and drawn
 * again from their seed for the next cell; their Gram matrix is kept as a triangle, from which the square one of
 * every norm and size is made by a rank-two update (N12). */
#include "study/parts.h"

#include "kernel/chain.h"
#include "kernel/lanes.h"
#include "kernel/random.h"
#include "kernel/rows.h"
#include "perturb/norm.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void lfap_bases_free(lfap_study_bases *b) {
  if (!b) return;
  lfap_data_free(&b->set);
  free(b->gram);
  free(b);
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
  return c->base == LFAP_BASE_NOISE ? lfap_cell_noise(ctx, out, c, LFAP_ROLE_BASES, c->n_adv)
                                    : natural_bases(ctx, out, c, data);
}

static void pack(double *triangle, const double *G, size_t n) {
  for (size_t i = 0; i < n; i++) memcpy(triangle + i * (i + 1) / 2, G + i * n, (i + 1) * sizeof *G);
}

static void unpack(double *G, const double *triangle, size_t n) {
  for (size_t i = 0; i < n; i++) memcpy(G + i * n, triangle + i * (i + 1) / 2, (i + 1) * sizeof *G);
  lfap_mirror(G, 0, n, n);
}

/* The control learns the bases with their targets, from the learner's start: all that differs is the perturbation. */
lfap_status lfap_bases_make(lfap_ctx *ctx, lfap_study *s, const lfap_cell *c) {
  size_t n = c->n_adv;
  lfap_learner control = {.part = LFAP_PART_CONTROL};
  lfap_study_bases *b = calloc(1, sizeof *b);
  if (!b) return lfap_fail(ctx, LFAP_ERR_MEMORY, "study: out of memory");
  b->cell = *c;
  lfap_status st = draw_bases(ctx, &b->set, c, &s->teacher->data);
  lfap_set set = {.data = &b->set};
  if (!st) st = lfap_set_gram(ctx, &set);
  if (!st) st = lfap_learner_make(ctx, &control, &set, set.gram, c, &s->o, LFAP_ROLE_LEARNER, LFAP_OK);
  if (!st) st = lfap_study_doubles(ctx, &b->gram, n % 2 ? (n + 1) / 2 * n : n / 2 * (n + 1));
  if (!st) pack(b->gram, set.gram, n);
  lfap_set_free(&set);
  if (!st) st = lfap_teacher_score(ctx, &b->control, &control, s->teacher, &s->o);
  b->status = control.status;
  lfap_learner_free(&control);
  if (st) lfap_bases_free(b);
  else s->bases = b;
  return st;
}

/* ---- perturbations ----------------------------------------------------------------------------------------------- */

static lfap_status within_range(lfap_ctx *ctx, const double *x, size_t n, const char *what) {
  for (size_t i = 0; i < n; i++)
    if (!isfinite(x[i]))
      return lfap_fail(ctx, LFAP_ERR_RANGE, "study: %s of the perturbation leave the range of doubles", what);
  return LFAP_OK;
}

/* Geometry: bases + t eta where they lie, and their Gram matrix by the rank-two update. */
static lfap_status move_along(lfap_ctx *ctx, lfap_study_bases *b, double **shifted, double *eta, const double *w,
                              const lfap_cell *c) {
  size_t n = b->set.n, d = b->set.d;
  double *p = NULL;
  lfap_status st = lfap_perturb_direction(ctx, eta, w, 1.0, c->norm, c->eps, c->k, d);
  if (!st) st = lfap_study_doubles(ctx, &p, n);
  if (!st) st = lfap_rows_product(ctx, p, b->set.x, eta, n, 1, d);
  double eta2 = st ? 0.0 : lfap_dot(d, eta, eta);
  if (!st) st = within_range(ctx, &eta2, 1, "squares");
  if (!st) st = within_range(ctx, p, n, "products");
  if (!st) st = lfap_study_square(ctx, shifted, n);
  if (!st) {
    unpack(*shifted, b->gram, n);
    st = lfap_gram_shift(ctx, *shifted, *shifted, b->set.y, p, eta2, n);
  }
  free(p);
  if (st) return st;
  b->moved = 1;
  for (size_t i = 0; i < n; i++) lfap_axpy(b->set.x + i * d, b->set.y[i], eta, d);
  return LFAP_OK;
}

/* From the network's gradient, or the authors' PGD (spec/theory.md section 6): every base has its own direction. */
static lfap_status move_each(lfap_ctx *ctx, lfap_study_bases *b, const lfap_net *net, const lfap_cell *c) {
  lfap_perturb_opts po = {
      .norm = c->norm, .eps = c->eps, .k = c->k, .lo = -1.0, .hi = 1.0, .arithmetic = c->arithmetic};
  lfap_perturbed p = {0};
  po.steps = lfap_norm_steps(c->norm, c->k);
  po.has_range = c->base == LFAP_BASE_NOISE ? !lfap_cell_gauss(c)
                                            : c->data == LFAP_STUDY_UNIFORM || c->data == LFAP_STUDY_ORTHOGONAL;
  lfap_status st = c->from == LFAP_FROM_PGD ? lfap_perturb_pgd(ctx, &p, b->set.x, b->set.y, net, &po, b->set.n)
                                            : lfap_perturb_gradient(ctx, &p, b->set.x, b->set.y, net, &po, b->set.n);
  if (!st) st = within_range(ctx, p.x, b->set.n * b->set.d, "entries");
  if (!st) {
    b->moved = 1;
    memcpy(b->set.x, p.x, b->set.n * b->set.d * sizeof *p.x);
  }
  lfap_perturbed_free(&p);
  return st;
}

lfap_status lfap_bases_unmove(lfap_ctx *ctx, lfap_study *s) {
  lfap_study_bases *b = s->bases;
  if (!b->moved) return LFAP_OK;
  lfap_data_free(&b->set);
  b->moved = 0;
  return draw_bases(ctx, &b->set, &b->cell, &s->teacher->data);
}

lfap_status lfap_bases_move(lfap_ctx *ctx, lfap_study *s, double **shifted, double *eta, const lfap_cell *c) {
  const lfap_learner *teacher = &s->teacher->who;
  return c->from == LFAP_FROM_GEOMETRY ? move_along(ctx, s->bases, shifted, eta, teacher->w, c)
                                       : move_each(ctx, s->bases, &teacher->net, c);
}
