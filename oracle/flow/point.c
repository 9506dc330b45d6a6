/* point.c - where the flow goes (statements C3, C4): its last weights, the KKT point of their pattern, and the same
 * point to the precision of the flow. */
#include "oracle/flow/state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the last weights -------------------------------------------------------------------------------------------- */

/* W = W0 + diag(a) B X, rounded to doubles. */
static void last_weights(flow_run *w, lfap_net *net) {
  oracle_arith *A = &w->A;
  for (size_t j = 0; j < w->m; j++)
    for (size_t i = 0; i < w->d; i++) {
      mpfr_set_zero(w->t0, 1);
      for (size_t k = 0; k < w->n; k++) oracle_fma(A, w->t0, w->B[j * w->n + k], w->X[k * w->d + i], w->t0);
      oracle_fma(A, w->t0, w->net.a[j], w->t0, w->net.w[j * w->d + i]);
      net->w[j * w->d + i] = mpfr_get_d(w->t0, MPFR_RNDN);
    }
}

/* Is a failure about the weights, so that there is just no point? */
static int none(lfap_status st) {
  return st == LFAP_ERR_DATA || st == LFAP_ERR_INFEASIBLE || st == LFAP_ERR_RANGE || st == LFAP_ERR_UNSOLVED;
}

/* C2's point is no part of the answer: where it is not found, its distance is not known. */
static lfap_status find_end(lfap_ctx *ctx, oracle_flow_table *t, lfap_set *set, lfap_loss loss) {
  lfap_limit lim = {0};
  lfap_status st = lfap_limit_solve(ctx, &lim, set->data, set->gram, t->last.gamma);
  if (!st || none(st)) st = lfap_ending_of(ctx, &t->end, &t->last, set, st ? NULL : &lim, loss, 0.0);
  lfap_limit_free(&lim);
  return st;
}

lfap_status oracle_flow_end(lfap_ctx *ctx, flow_run *w, const lfap_data *data) {
  oracle_flow_table *t = w->out;
  lfap_set set = {.data = data, .checked = 1};
  mpfr_flags_t flags = mpfr_flags_save(); /* those of the flow are its own */
  lfap_status st = lfap_net_alloc(ctx, &t->last, w->m, w->d, w->gamma_d);
  if (!st) last_weights(w, &t->last);
  if (!st) st = lfap_set_gram(ctx, &set);
  if (!st) st = find_end(ctx, t, &set, w->o->loss);
  lfap_set_free(&set);
  if (!st) st = oracle_polish_certify(ctx, &t->cert, &t->end.point, data, &t->last, w->o->loss, 0.0, &(oracle_opts){0});
  mpfr_flags_restore(flags, MPFR_FLAGS_ALL);
  t->end.subject = "flow";
  if (!none(st)) return st;
  snprintf(t->why, sizeof t->why, "%.255s", ctx ? ctx->message : "");
  if (ctx) ctx->message[0] = '\0';
  lfap_ending_free(&t->end);
  return LFAP_OK;
}

/* ---- the point at P bits ----------------------------------------------------------------------------------------- */

/* lambda of M lambda = 1 on the support, which slopes as they are last ask for: w->elim = [M_SS | 1], reduced. */
static void solve_support(flow_run *w, size_t *S, size_t k) {
  mpfr_t *E = w->elim;
  size_t ld = w->n + 1;
  for (size_t r = 0; r < k; r++) {
    for (size_t c = 0; c < k; c++) mpfr_set(E[r * ld + c], w->M[S[r] * w->n + S[c]], MPFR_RNDN);
    mpfr_set_ui(E[r * ld + k], 1, MPFR_RNDN);
  }
  oracle_flow_eliminate(w, w->lambda, S, k);
}

/* The point in doubles. */
static void coarse(flow_run *w, const lfap_polished *p) {
  for (size_t i = 0; i < w->n; i++) {
    mpfr_set_d(w->lambda[i], p->lambda[i], MPFR_RNDN);
    for (size_t j = 0; j < w->m; j++) {
      mpfr_ptr to = w->toward[j * w->n + i];
      mpfr_set_d(to, p->slope[j * w->n + i], MPFR_RNDN);
      oracle_mul(&w->A, to, to, w->lambda[i]);
      oracle_mul(&w->A, to, to, w->y[i]);
    }
  }
}

/* Are the products of the flow's own slopes with w->lambda, in w->b, those of the point? */
static int same_point(flow_run *w) {
  double most = 0.0, off = 0.0;
  for (size_t j = 0; j < w->m; j++)
    for (size_t i = 0; i < w->n; i++) {
      oracle_sub(&w->A, w->t0, w->b[w->rep[j] * w->n + i], w->toward[j * w->n + i]);
      double e = fabs(mpfr_get_d(w->t0, MPFR_RNDN));
      if (isnan(e)) return 0;
      off = fmax(off, e);
      most = fmax(most, fabs(mpfr_get_d(w->toward[j * w->n + i], MPFR_RNDN)));
    }
  return off <= 1e-6 * most;
}

void oracle_flow_to_point(flow_run *w) {
  const lfap_polished *p = &w->out->end.point;
  size_t k = 0;
  mpfr_flags_t flags = mpfr_flags_save(); /* a singular M is an answer */
  coarse(w, p);
  for (size_t i = 0; i < w->n; i++)
    if (p->lambda[i] > 0.0) w->support[k++] = i;
  solve_support(w, w->support, k);
  oracle_flow_rows(w, w->lambda);
  if (same_point(w))
    for (size_t j = 0; j < w->m; j++)
      for (size_t i = 0; i < w->n; i++) mpfr_set(w->toward[j * w->n + i], w->b[w->rep[j] * w->n + i], MPFR_RNDN);
  else coarse(w, p);
  mpfr_flags_restore(flags, MPFR_FLAGS_ALL);
}

void oracle_flow_to_label(flow_run *w, mpfr_t *lambda) {
  for (size_t i = 0; i < w->n; i++) {
    mpfr_set(w->lambda[i], lambda[i], MPFR_RNDN);
    for (size_t j = 0; j < w->m; j++) {
      mpfr_ptr to = w->toward[j * w->n + i];
      int own = (mpfr_sgn(w->y[i]) > 0) == (j < w->m / 2);
      oracle_mul(&w->A, to, w->lambda[i], w->y[i]);
      if (!own) oracle_mul(&w->A, to, to, w->net.gamma);
    }
  }
}
