/* ending.c - where the weights of a network end: the KKT point of their own-class pattern (C3), and whether exact
 * training from them converges to it (C4). */
#include "verify/lines.h"

#include "data/set.h"
#include "kernel/chain.h"
#include "kernel/lanes.h"
#include "kernel/perturb.h"

#include <stdlib.h>
#include <string.h>

#define SAME 1e-9 /* a point nearer to C2's is it */

/* Is (j, n) an own pair, a_j y_n > 0? */
static int own(const lfap_net *net, const lfap_data *data, size_t j, size_t n) {
  return (j < net->m / 2) == (data->y[n] > 0.0);
}

/* Own pairs at slope gamma: those of the support, or those off it. */
static size_t own_pairs_off(const lfap_ending *e, int support) {
  const lfap_polished *p = &e->point;
  size_t off = 0;
  for (size_t j = 0; j < p->net.m; j++)
    for (size_t n = 0; n < p->n; n++)
      off += own(&p->net, e->data, j, n) && (p->lambda[n] > 0.0) == support && p->slope[j * p->n + n] != 1.0;
  return off;
}

/* C2's row of either sign, times sqrt(m): U at `to`, V behind it. */
static void rows_of(double *to, double *coef, const lfap_data *data, const lfap_limit *lim) {
  for (int v = 0; v < 2; v++) {
    for (size_t n = 0; n < data->n; n++) {
      double alpha = lim->c2.alpha[n], beta = lim->c2.beta[n], a = v ? -1.0 : 1.0;
      int mine = (data->y[n] > 0.0) != v;
      coef[n] = a * data->y[n] * (mine ? alpha + beta : lim->gamma * alpha + beta);
    }
    lfap_chain(to + (v ? data->d : 0), coef, data->x, data->n, data->d);
  }
}

/* ||W^o - W*||/||W*||, W* with the rows U/sqrt(m) and V/sqrt(m). */
static lfap_status distance_of(lfap_ctx *ctx, double *out, const lfap_ending *e, const lfap_limit *lim) {
  size_t d = e->data->d, m = e->point.net.m;
  double *row = calloc(3 * d + e->data->n, sizeof *row), *off = row ? row + 2 * d : NULL;
  if (!row) return lfap_fail(ctx, LFAP_ERR_MEMORY, "C3: no memory for d = %zu", d);
  rows_of(row, row + 3 * d, e->data, lim);
  double root = sqrt((double)m), away = 0.0, size = 0.0;
  for (size_t j = 0; j < m; j++) {
    const double *star = row + (j < m / 2 ? 0 : d);
    lfap_scale(off, root, e->point.net.w + j * d, d);
    lfap_axpy(off, -1.0, star, d);
    away += lfap_dot(d, off, off);
    size += lfap_dot(d, star, star);
  }
  free(row);
  *out = sqrt(away / size);
  return LFAP_OK;
}

lfap_status lfap_ending_of(lfap_ctx *ctx, lfap_ending *e, const lfap_net *net, lfap_set *set, const lfap_limit *lim,
                           lfap_loss loss, double step) {
  lfap_ending r = {.subject = "network", .data = set->data, .net = net, .loss = loss, .step = step, .distance = NAN};
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = lfap_net_plain(ctx, net, "C4");
  if (!st && lim) st = lfap_limit_plain(ctx, lim, "C4");
  if (!st) st = lfap_polish(ctx, &r.point, net, set);
  if (!st) st = lfap_c4_of(ctx, &r.c4, net, &r.point, set->data, loss, step);
  if (!st && lim && lim->c2.solved) st = distance_of(ctx, &r.distance, &r, lim);
  if (!st) r.off = own_pairs_off(&r, 1);
  if (!st) r.off_rest = own_pairs_off(&r, 0);
  r.sure = !st && lim && lim->c2.settled && r.point.settled;
  r.same = !st && r.distance <= SAME && lim->c2.holds;
  if (st) lfap_ending_free(&r);
  else *e = r;
  return st;
}

void lfap_ending_free(lfap_ending *e) {
  lfap_polished_free(&e->point);
  *e = (lfap_ending){0};
}

/* ---- lines ------------------------------------------------------------------------------------------------------- */

static lfap_facts facts_of(lfap_holds holds) {
  return (lfap_facts){.of = {[LFAP_WHEN_ALWAYS] = LFAP_YES, [LFAP_WHEN_OWN] = holds}};
}

static lfap_status point_lines(lfap_ctx *ctx, lfap_case *c, const lfap_ending *e) {
  const lfap_polished *p = &e->point;
  lfap_facts f = facts_of(p->holds && p->settled ? LFAP_YES : LFAP_UNKNOWN);
  lfap_check *k = lfap_line_add(ctx, c, LFAP_LINE_C3, e->subject, NULL, &f, p->own_min, NAN);
  if (!k) return LFAP_ERR_MEMORY;
  if (k->verdict == LFAP_UNDECIDED)
    lfap_check_note(k, "doubles do not tell%s", p->own_kinks ? ": an own pair is at its kink" : "");
  else
    lfap_check_note(k, "%zu patterns, %zu own pairs turned; %zu kinks, support %zu of %zu", p->rounds, p->flipped,
                    p->kinks, p->support, p->n);
  if (!isnan(p->cosine)) lfap_check_remark(k, "cosine %.9g", p->cosine); /* W is not 0 */
  k = lfap_line_add(ctx, c, LFAP_LINE_C3_STATION, e->subject, NULL, &f,
                    fmax(p->residual, fmax(p->slackness, p->kink_most)), NAN);
  if (!k) return LFAP_ERR_MEMORY;
  lfap_check_note(k, "stationarity %.2g, margins of the support 1 to %.2g, kinks 0 to %.2g", p->residual, p->slackness,
                  p->kink_most);
  k = lfap_line_add(ctx, c, LFAP_LINE_C3_MARGIN, e->subject, NULL, &f, p->margin_given / p->margin, NAN);
  if (!k) return LFAP_ERR_MEMORY;
  /* without own pairs at slope gamma it is the solution of C2's programme, found twice; with some off the support it
     may be another point, or the same */
  size_t off = e->off + e->off_rest;
  if (isnan(e->distance) || (off && !(e->distance <= SAME))) f.of[LFAP_WHEN_OWN] = LFAP_NO;
  else if (!e->sure) f.of[LFAP_WHEN_OWN] = LFAP_UNKNOWN;
  k = lfap_line_add(ctx, c, LFAP_LINE_C3_SAME, e->subject, NULL, &f, e->distance, NAN);
  if (!k) return LFAP_ERR_MEMORY;
  if (off && !(e->distance <= SAME))
    lfap_check_note(k, "another point: %zu own pairs of its support have slope gamma, %zu off it", e->off, e->off_rest);
  else if (isnan(e->distance)) lfap_check_note(k, "C2's point is not known");
  return LFAP_OK;
}

/* Nearer to the bound than doubles tell, C4 is open. */
static lfap_holds reached(const lfap_c4 *k) {
  double angle = k->angle - k->angle_most, length = k->length_least - k->length;
  if (!k->holds && !isfinite(k->length_least)) return LFAP_NO;
  if (angle < -1e-9 * k->angle_most && length < -1e-9 * k->length_least) return k->holds ? LFAP_YES : LFAP_NO;
  return angle > 1e-9 * k->angle_most || length > 1e-9 * k->length_least ? LFAP_NO : LFAP_UNKNOWN;
}

static lfap_status way_lines(lfap_ctx *ctx, lfap_case *c, const lfap_ending *e) {
  const lfap_c4 *w = &e->c4;
  lfap_facts f = facts_of(e->point.holds && e->point.settled ? reached(w) : LFAP_NO);
  double of_most = w->angle_most > 0.0 ? w->angle / w->angle_most : NAN;
  lfap_check *angle = lfap_line_add(ctx, c, LFAP_LINE_C4_ANGLE, e->subject, NULL, &f, of_most, NAN);
  if (!angle) return LFAP_ERR_MEMORY;
  lfap_check_note(angle, "angle %.6g, needs below %.6g", w->angle, w->angle_most);
  if (!(w->angle_most > 0.0)) lfap_check_remark(angle, "an own pair of the point is at its kink");
  double part = w->length > 0.0 && isfinite(w->length_least) ? w->length_least / w->length : NAN;
  lfap_check *length = lfap_line_add(ctx, c, LFAP_LINE_C4_LENGTH, e->subject, NULL, &f, part, NAN);
  if (!length) return LFAP_ERR_MEMORY;
  if (part > 1.0) lfap_check_note(length, "the weights must be %.3g times longer", part);
  else if (length->verdict == LFAP_PASS)
    lfap_check_note(length, "%s from these weights converges to the point",
                    e->step > 0.0 ? "exact gradient descent" : "the exact flow");
  return LFAP_OK;
}

lfap_status lfap_judge_ending(lfap_ctx *ctx, lfap_case *c, const lfap_ending *e) {
  lfap_status st = point_lines(ctx, c, e);
  return st ? st : way_lines(ctx, c, e);
}

int lfap_ending_holds(const lfap_case *c, size_t first, lfap_claim claim) {
  size_t seen = 0;
  for (size_t i = first; i < c->checks; i++) {
    if (c->check[i].claim != claim) continue;
    seen++;
    if (c->check[i].verdict != LFAP_PASS) return 0;
  }
  return seen > 0;
}
