/* split.c - what perturbations do to the learner's own network at the natural samples (T5): the shares of a row. The
 * perturbed set is summed up first, then its bases, where they lie: no further N_adv x d numbers are needed. */
#include "study/parts.h"

#include "kernel/perturb.h"
#include "net/split.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Weights, first weights and the sums over the perturbed set, which is let go; bases, and what is left of the sums. */
static lfap_status rows_of(lfap_ctx *ctx, double *rows, lfap_study *s, const lfap_learner *l, const lfap_cell *c) {
  size_t m = l->net.m, size = m * l->net.d;
  lfap_net first = {0};
  lfap_status st = c->method == LFAP_BY_LIMIT ? LFAP_OK : lfap_learner_start(ctx, &first, c, LFAP_ROLE_LEARNER);
  if (first.w) memcpy(rows, first.w, size * sizeof *rows);
  lfap_net_free(&first);
  memcpy(rows + 3 * size, l->net.w, size * sizeof *rows);
  if (!st) st = lfap_split_sum(ctx, rows + 2 * size, l->b, &s->bases->set, m);
  if (!st) st = lfap_bases_unmove(ctx, s);
  if (!st) st = lfap_split_sum(ctx, rows + size, l->b, &s->bases->set, m);
  if (!st) lfap_sub(rows + 2 * size, rows + 2 * size, rows + size, size);
  return st;
}

lfap_status lfap_study_split(lfap_ctx *ctx, lfap_row *r, lfap_study *s, lfap_learner *l, const lfap_cell *c) {
  const lfap_data *points = &s->teacher->data;
  lfap_split_shares shares;
  lfap_why why = LFAP_WHY_NONE;
  lfap_status st = c->method == LFAP_BY_LIMIT ? lfap_learner_limit(ctx, l, &s->bases->set) : LFAP_OK;
  if (st || !l->b) return st;
  lfap_split split = {.m = l->net.m, .d = l->net.d, .gamma = c->gamma};
  lfap_mat rows = {0};
  lfap_split_point *at = calloc(points->n, sizeof *at);
  st = at ? lfap_mat_alloc(ctx, &rows, 4 * l->net.m, l->net.d) : LFAP_ERR_MEMORY;
  split.rows = rows.v;
  if (!st) st = rows_of(ctx, rows.v, s, l, c);
  if (!st) st = lfap_split_at(ctx, at, &split, points->x, points->n);
  if (!st) {
    lfap_split_shares_of(&shares, at, points->y, points->n);
    r->t5_one_sign = shares.one_sign;
    r->t5_decided = shares.decided;
  }
  lfap_mat_free(&rows);
  free(at);
  if (st == LFAP_ERR_MEMORY && !at) return lfap_fail(ctx, st, "study: no memory for %zu points", points->n);
  return st && lfap_why_of(&why, st, LFAP_WHY_RANGE) ? LFAP_OK : st;
}
