/* flow.c - the rescaled flow by Taylor series between kinks (statement F1), its straight tail, and what it is held
   against. */
#include "oracle/flow/flow.h"

#include <math.h>
#include <stdlib.h>

#include "kernel/elementary.h"
#include "net/flow.h"
#include "oracle/flow/state.h"
#include "oracle/lfap_oracle.h"
#include "oracle/replay/replay.h"

/* ---- integration ------------------------------------------------------------------------------------------------- */

/* The series at the present state: p and log g from q. */
static void expand(flow_run *w) {
  oracle_series *S = &w->S;
  oracle_loss_weights(&w->A, S->p, w->log_g, w->r, S->q, w->n, w->o->loss);
  for (size_t i = 0; S->logistic && i < w->n; i++) oracle_loss_g(&w->A, S->g[i], S->q[i], w->o->loss);
  oracle_series_expand(S);
}

/* Z, B and s after the integral of p has grown by dP in a step of length h. */
static void move(flow_run *w) {
  oracle_arith *A = &w->A;
  oracle_flow_rows(w, w->dP);
  for (size_t j = 0; j < w->m; j++)
    for (size_t i = 0; i < w->n; i++) {
      size_t at = j * w->n + i, rep = w->rep[j] * w->n + i;
      if (w->open[at] == FLOW_SLIDES) mpfr_set_zero(w->Z[at], 1);
      else oracle_fma(A, w->Z[at], w->net.a[j], w->F[rep], w->Z[at]);
      oracle_add(A, w->B[at], w->B[at], w->b[rep]);
      w->fresh[at] = 0;
    }
  oracle_add(A, w->s, w->s, w->h);
}

/* Moves the state to h. */
static void advance(flow_run *w) {
  size_t n = w->n;
  oracle_series_at(&w->S, w->dP, w->S.P, w->h);
  oracle_series_at(&w->S, w->q, w->S.q, w->h);
  oracle_series_tau(&w->S, w->S.tau[0], w->h);
  for (size_t i = 0; i < n; i++) mpfr_set(w->S.q[i], w->q[i], MPFR_RNDN);
  move(w);
}

/* t0 = log g at h, t1 = ubar there. */
static void log_loss_at(flow_run *w, const mpfr_t h) {
  oracle_arith *A = &w->A;
  oracle_series_at(&w->S, w->q, w->S.q, h);
  oracle_loss_weights(A, w->p, w->t0, w->r, w->q, w->n, w->o->loss);
  mpfr_set_zero(w->t1, 1);
  for (size_t i = 0; i < w->n; i++) {
    oracle_dot(A, w->t2, w->M + i * w->n, w->p, w->n);
    if (w->S.logistic) {
      oracle_loss_g(A, w->t3, w->q[i], w->o->loss);
      mpfr_ui_sub(w->t3, 1, w->t3, MPFR_RNDN);
      oracle_mul(A, w->t2, w->t2, w->t3);
    }
    oracle_fma(A, w->t1, w->p[i], w->t2, w->t1);
  }
}

/* Shortens h to where log g reaches the target; 1 if it does. log g falls and is convex in s (F1: its second
   derivative is a variance), so Newton from the left never passes the root; for the logistic loss nearly so. */
static int shorten_to_target(flow_run *w) {
  oracle_arith *A = &w->A;
  log_loss_at(w, w->h);
  if (mpfr_greater_p(w->t0, w->target)) return 0;
  mpfr_ptr at = w->t4;
  mpfr_set_zero(at, 1);
  for (int round = 0; round < 100; round++) {
    log_loss_at(w, at);
    oracle_sub(A, w->t0, w->t0, w->target);
    oracle_div(A, w->t0, w->t0, w->t1);
    oracle_add(A, at, at, w->t0);
    if (mpfr_zero_p(w->t0) || !mpfr_number_p(at) || mpfr_get_exp(w->t0) < mpfr_get_exp(at) - (A->prec - 16)) break;
  }
  mpfr_set(w->h, at, MPFR_RNDN);
  return 1;
}

/* p no longer moves: |p_n'| is below 2^-(P+32) ubar, no p_n grows, g is 0 to that precision, and no slope changes.
   What is left of p' decays exponentially (F1), so everything it would still do is below the precision: q, P and Z
   are straight lines from here, and log g falls with slope -ubar. */
static int at_rest(flow_run *w) {
  oracle_series *S = &w->S;
  mpfr_div_2ui(w->t0, S->ubar[0], (unsigned long)w->bits + 32, MPFR_RNDN);
  for (size_t i = 0; i < w->n; i++) {
    if (mpfr_cmpabs(S->p[w->n + i], w->t0) > 0 || mpfr_greater_p(S->D[i], w->t0)) return 0;
    if (S->logistic && !mpfr_zero_p(S->g[i]) && mpfr_get_exp(S->g[i]) > -w->bits - 32) return 0;
  }
  return oracle_flow_slopes_last(w);
}

/* On the straight line to the target: P = p h, q = q + v h, tau = 1/ubar + (tau - 1/ubar) exp(-ubar h). */
static void tail(flow_run *w) {
  oracle_arith *A = &w->A;
  oracle_series *S = &w->S;
  mpfr_ptr ubar = S->ubar[0];
  oracle_sub(A, w->h, w->log_g, w->target);
  oracle_div(A, w->h, w->h, ubar);
  for (size_t i = 0; i < w->n; i++) {
    oracle_fma(A, S->q[i], S->v[i], w->h, S->q[i]);
    oracle_mul(A, w->dP[i], S->p[i], w->h);
  }
  move(w);
  mpfr_ui_div(w->t1, 1, ubar, MPFR_RNDN);
  oracle_mul(A, w->t0, ubar, w->h);
  mpfr_neg(w->t0, w->t0, MPFR_RNDN);
  oracle_exp(A, w->t0, w->t0);
  oracle_sub(A, w->t2, S->tau[0], w->t1);
  oracle_fma(A, S->tau[0], w->t2, w->t0, w->t1);
  mpfr_set(w->log_g, w->target, MPFR_RNDN);
}

/* From the present state, expanded, to the target or the next kink. */
static lfap_status step(lfap_ctx *ctx, flow_run *w, int *reached) {
  flow_event e;
  double length = oracle_series_length(&w->S, -(double)w->bits - 16.0);
  /* infinite where every late term vanishes: the flow is a straight line */
  length = fmin(fmax(length, -0x1p30), 0x1p30);
  mpfr_set_d(w->h, 0.9 * exp2(length - floor(length)), MPFR_RNDN);
  mpfr_mul_2si(w->h, w->h, (long)floor(length), MPFR_RNDN);
  *reached = shorten_to_target(w);
  if (!mpfr_number_p(w->h)) /* log g is level at the start of the step, and falls to the target within it */
    return lfap_fail(
        ctx, LFAP_ERR_RANGE,
        "flow: at s = %g all losses are level to %ld bits; scale the samples towards 1, or start with smaller weights",
        mpfr_get_d(w->s, MPFR_RNDN), w->bits);
  mpfr_set(w->step, w->h, MPFR_RNDN);
  lfap_status st = oracle_flow_first_event(ctx, w, &e);
  if (st) return st;
  if (!mpfr_equal_p(w->h, w->step)) *reached = 0;
  advance(w);
  if (e.happens) st = oracle_flow_change(ctx, w, &e);
  if (e.happens && oracle_flow_mismatched(w) == 0) w->out->s_aligned = mpfr_get_d(w->s, MPFR_RNDN);
  w->out->steps++;
  return st;
}

/* To log g = target. */
static lfap_status go(lfap_ctx *ctx, flow_run *w) {
  size_t most = w->o->steps ? w->o->steps : 100000;
  for (int reached = 0; !reached;) {
    if (at_rest(w)) {
      if (isnan(w->out->s_rest)) w->out->s_rest = mpfr_get_d(w->s, MPFR_RNDN);
      tail(w);
      return LFAP_OK;
    }
    if (w->out->steps >= most)
      return lfap_fail(ctx, LFAP_ERR_DATA, "flow: %zu steps end at log L = %g, s = %g; p does not come to rest", most,
                       mpfr_get_d(w->log_g, MPFR_RNDN), mpfr_get_d(w->s, MPFR_RNDN));
    lfap_status st = lfap_tick(ctx, "step of the flow", (double)w->out->steps, 0.0);
    if (!st) st = step(ctx, w, &reached);
    if (st) return st;
    expand(w);
  }
  return LFAP_OK;
}

/* The loss at the start is a double, as lfap train wants it. */
static lfap_status check_start(lfap_ctx *ctx, flow_run *w, const lfap_data *data) {
  double *q = malloc(w->n * sizeof *q), log_g = mpfr_get_d(w->log_g, MPFR_RNDN);
  if (!q) return lfap_fail(ctx, LFAP_ERR_MEMORY, "flow: no memory for the margins of N = %zu samples", w->n);
  for (size_t i = 0; i < w->n; i++) q[i] = mpfr_get_d(w->S.q[i], MPFR_RNDN);
  lfap_status st = lfap_loss_start(ctx, q, data->y, lfap_exp(log_g), log_g, w->n, 0);
  free(q);
  return st;
}

/* A row at every power of ten and at the end. */
static lfap_status follow(lfap_ctx *ctx, flow_run *w, const lfap_data *data) {
  double end = w->o->log_loss < 0.0 ? w->o->log_loss : -1e6;
  expand(w);
  lfap_status st = check_start(ctx, w, data);
  if (st) return st;
  double begin = mpfr_get_d(w->log_g, MPFR_RNDN);
  if (begin <= end)
    return lfap_fail(
        ctx, LFAP_ERR_USAGE,
        "flow: at the start log L = %g is not above its end, %g; choose an end further out or an earlier start", begin,
        end);
  oracle_flow_observe(w);
  if (oracle_flow_mismatched(w) == 0) w->out->s_aligned = 0.0;
  for (int k = -1; w->out->rows < w->room; k++) {
    double target = k < 0 ? -0.0 : -pow(10.0, k);
    if (k < 0 || target >= mpfr_get_d(w->log_g, MPFR_RNDN)) continue;
    if (target < end) target = end;
    mpfr_set_d(w->target, target, MPFR_RNDN);
    st = go(ctx, w);
    if (st) return st;
    oracle_flow_observe(w);
    if (target <= end) return LFAP_OK;
  }
  return LFAP_OK;
}

/* ---- a run ------------------------------------------------------------------------------------------------------- */

static lfap_status take_start(lfap_ctx *ctx, flow_run *w, const lfap_net *start, const lfap_data *data) {
  oracle_arith *A = &w->A;
  size_t n = w->n = data->n, m = w->m = start->m, d = w->d = data->d, np = w->np = w->o->probes ? w->o->np : 0;
  size_t room = w->room;
  mpfr_t **const by_n[] = {&w->q, &w->dP, &w->p, &w->r, &w->flux, &w->lambda, &w->p_star, &w->unit};
  mpfr_t **const by_mn[] = {&w->Z0, &w->Z, &w->B, &w->F, &w->b, &w->toward};
  mpfr_t **const by_row[] = {&w->row_s, &w->row_log, &w->row_norm2};
  mpfr_ptr *const one[] = {&w->s,  &w->log_g, &w->h,          &w->target, &w->w0_norm2, &w->t0,   &w->t1,    &w->t2,
                           &w->t3, &w->t4,    &w->sum_lambda, &w->e0,     &w->e1,       &w->step, &w->whole, &w->size2};
  for (size_t i = 0; i < sizeof by_n / sizeof *by_n; i++) *by_n[i] = oracle_take(A, n);
  for (size_t i = 0; i < sizeof by_mn / sizeof *by_mn; i++) *by_mn[i] = oracle_take(A, m * n);
  for (size_t i = 0; i < sizeof by_row / sizeof *by_row; i++) *by_row[i] = oracle_take(A, room);
  mpfr_t *scalar = oracle_take(A, sizeof one / sizeof *one);
  for (size_t i = 0; scalar && i < sizeof one / sizeof *one; i++) *one[i] = scalar[i];
  w->G = oracle_take(A, n * n);
  w->M = oracle_take(A, n * n);
  w->X = oracle_take_doubles(A, data->x, n * d);
  w->y = oracle_take_doubles(A, data->y, n);
  w->Wz = oracle_take(A, m * np);
  w->Xz = oracle_take(A, n * np);
  w->row_p = oracle_take(A, room * n);
  w->row_z = oracle_take(A, room * m * n);
  w->elim = oracle_take(A, n * (n + 1));
  w->g_max = calloc(n + m, sizeof *w->g_max);
  w->open = calloc(2 * m * n + m, 1);
  w->rep = calloc(m + 2 * n, sizeof *w->rep);
  w->row_sign = calloc(room * np + 1, 1);
  if (!w->g_max || !w->open || !w->rep || !w->row_sign) A->failed = 1;
  if (A->failed) return oracle_take_check(ctx, A, "flow");
  w->amplify = w->g_max + n;
  w->fresh = w->open + m * n;
  w->slides = w->fresh + m * n;
  w->sliding = w->rep + m;
  w->support = w->sliding + n;
  w->gamma_d = start->gamma;
  oracle_net_make(A, &w->net, oracle_take_doubles(A, start->w, m * d), m, d, start->gamma);
  /* the order at which the cost a bit is least, ln(2)/2 terms a bit, and a little below */
  oracle_series_make(&w->S, A, w->M, n, (size_t)A->prec / 4 + 16, w->o->loss == LFAP_LOSS_LOGISTIC);
  return oracle_take_check(ctx, A, "flow");
}

/* G, Z = W0 X', B = 0, slopes, q, ||W0||^2. */
static void begin_flow(flow_run *w) {
  oracle_arith *A = &w->A;
  size_t n = w->n, m = w->m, d = w->d;
  for (size_t i = 0; i < n; i++) {
    for (size_t k = 0; k < n; k++) oracle_dot(A, w->G[i * n + k], w->X + i * d, w->X + k * d, d);
    oracle_amax(w->t0, w->G + i * n, n);
    w->g_max[i] = mpfr_get_d(w->t0, MPFR_RNDU);
  }
  for (size_t k = 0; k < n; k++) {
    for (size_t j = 0; j < m; j++) {
      mpfr_ptr z = w->Z0[j * n + k];
      oracle_dot(A, z, w->net.w + j * d, w->X + k * d, d);
      mpfr_set(w->Z[j * n + k], z, MPFR_RNDN);
      w->open[j * n + k] = (unsigned char)(mpfr_sgn(z) > 0);
      mpfr_set(w->net.phi[j], z, MPFR_RNDN);
      if (mpfr_sgn(z) <= 0) oracle_mul(A, w->net.phi[j], z, w->net.gamma);
    }
    oracle_dot(A, w->t0, w->net.a, w->net.phi, m);
    oracle_mul(A, w->S.q[k], w->y[k], w->t0);
  }
  oracle_dot(A, w->w0_norm2, w->net.w, w->net.w, m * d);
  oracle_flow_slopes_changed(w);
}

/* Tables of the probes. */
static void begin_probes(flow_run *w, mpfr_t *probe) {
  oracle_arith *A = &w->A;
  size_t d = w->d, np = w->np;
  for (size_t k = 0; k < np; k++) {
    for (size_t i = 0; i < d; i++) mpfr_set_d(probe[i], w->o->probes[k * d + i], MPFR_RNDN);
    for (size_t j = 0; j < w->m; j++) oracle_dot(A, w->Wz[j * np + k], w->net.w + j * d, probe, d);
    for (size_t i = 0; i < w->n; i++) oracle_dot(A, w->Xz[i * np + k], w->X + i * d, probe, d);
  }
}

/* Certified signs of the limit's boundary at the probes. */
static lfap_status limit_signs(lfap_ctx *ctx, int *sign, const lfap_data *data, double gamma,
                               const oracle_flow_opts *o) {
  oracle_cert cert = {0};
  oracle_vector b = {0};
  lfap_status st = oracle_limit_certify(ctx, &cert, data, gamma, &(oracle_opts){0});
  if (!st) st = oracle_boundary(ctx, &b, &cert, data, NULL);
  if (!st) st = oracle_sign_points(ctx, sign, &b, o->probes, o->np);
  oracle_vector_free(&b);
  oracle_cert_free(&cert);
  return st;
}

/* What the rows are held against. With label slopes at the end that is the limit of T1 and F1, elsewhere the flow's own
   point; a flow without one is held against the limit all the same. */
static lfap_status hold(lfap_ctx *ctx, flow_run *w, const lfap_data *data, const oracle_limit_replayed *lim) {
  oracle_flow_table *t = w->out;
  int *bdy = calloc(w->np + 1, sizeof *bdy), has_limit = lim->lambda.n > 0;
  lfap_status st = bdy ? LFAP_OK : lfap_fail(ctx, LFAP_ERR_MEMORY, "flow: no memory for %zu probes", w->np);
  mpfr_flags_t flags = mpfr_flags_save();
  t->to_point = t->end.point.n && !(has_limit && oracle_flow_mismatched(w) == 0);
  if (!st && !t->to_point && !has_limit)
    st = lfap_fail(ctx, LFAP_ERR_UNSOLVED, "flow: there is no limit to hold it against: %s", t->why);
  if (!st && w->np)
    st = t->to_point ? oracle_polished_signs(ctx, bdy, &t->cert, w->o->probes, w->np)
                     : limit_signs(ctx, bdy, data, w->gamma_d, w->o);
  mpfr_flags_restore(flags, MPFR_FLAGS_ALL);
  if (!st) {
    if (t->to_point) oracle_flow_to_point(w);
    else oracle_flow_to_label(w, lim->lambda.v);
    oracle_flow_measure(w, bdy);
  }
  free(bdy);
  return st;
}

void oracle_flow_table_free(oracle_flow_table *t) {
  free(t->row);
  oracle_vec_free(&t->s);
  oracle_vec_free(&t->p);
  lfap_net_free(&t->last);
  lfap_ending_free(&t->end);
  oracle_polished_free(&t->cert);
  *t = (oracle_flow_table){0};
}

static lfap_status check_flow_start(lfap_ctx *ctx, const lfap_net *start, const lfap_data *data,
                                    const oracle_flow_opts *o, unsigned prec) {
  lfap_status plain = lfap_net_plain(ctx, start, "flow");
  if (plain) return plain;
  if (start->d != data->d)
    return lfap_fail(ctx, LFAP_ERR_DATA, "flow: the weights have d = %zu columns, the samples d = %zu", start->d,
                     data->d);
  if (!(o->log_loss <= 0.0) || isinf(o->log_loss))
    return lfap_fail(ctx, LFAP_ERR_USAGE, "flow: the log loss to reach is %g; it must be negative and finite",
                     o->log_loss);
  if (prec < ORACLE_PREC_MIN || prec > ORACLE_FLOW_PREC_MAX)
    return lfap_fail(ctx, LFAP_ERR_USAGE, "precision %u: the flow takes %d..%d bits", prec, ORACLE_PREC_MIN,
                     ORACLE_FLOW_PREC_MAX);
  return LFAP_OK;
}

static lfap_status run_flow(lfap_ctx *ctx, flow_run *w, const lfap_net *start, const lfap_data *data,
                            const oracle_limit_replayed *lim) {
  lfap_status st = take_start(ctx, w, start, data);
  mpfr_t *probe = st ? NULL : oracle_take(&w->A, w->d);
  if (!st) st = oracle_take_check(ctx, &w->A, "flow");
  if (st) return st;
  begin_flow(w);
  begin_probes(w, probe);
  st = follow(ctx, w, data);
  if (st) return st;
  if (oracle_flow_mismatched(w)) w->out->s_aligned = NAN;
  st = oracle_flow_end(ctx, w, data);
  if (!st) st = hold(ctx, w, data, lim);
  if (!st) st = oracle_vec_keep(ctx, &w->out->s, &w->A, w->row_s, w->out->rows);
  return st ? st : oracle_vec_keep(ctx, &w->out->p, &w->A, w->S.p, w->n);
}

/* The limit of label slopes; data without one may have a flow all the same. */
static lfap_status label_limit(lfap_ctx *ctx, oracle_limit_replayed *lim, const lfap_data *data, double gamma,
                               unsigned prec) {
  lfap_status st = oracle_replay_limit(ctx, lim, data, gamma, prec);
  if (st != LFAP_ERR_INFEASIBLE && st != LFAP_ERR_UNSOLVED) return st;
  if (ctx) ctx->message[0] = '\0';
  return LFAP_OK;
}

/* The start, a row for every power of ten from 1 on, and the end. */
static size_t rows_most(const oracle_flow_opts *o) {
  double end = o->log_loss < 0.0 ? -o->log_loss : 1e6;
  return end > 1.0 ? (size_t)ceil(log10(end)) + 3 : 3;
}

lfap_status oracle_flow_report(lfap_ctx *ctx, oracle_flow_table *out, const lfap_net *start, const lfap_data *data,
                               const oracle_flow_opts *o) {
  unsigned prec = o->prec ? o->prec : ORACLE_FLOW_PREC_DEFAULT;
  oracle_flow_table t = {.prec = prec,
                         .n = data->n,
                         .d = data->d,
                         .m = start->m,
                         .np = o->probes ? o->np : 0,
                         .s_aligned = NAN,
                         .s_rest = NAN};
  flow_run w = {.o = o, .bits = (long)prec, .out = &t};
  oracle_limit_replayed lim = {0};
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = check_flow_start(ctx, start, data, o, prec);
  if (!st) st = label_limit(ctx, &lim, data, start->gamma, prec + ORACLE_FLOW_GUARD);
  w.room = rows_most(o);
  if (!st && !(t.row = calloc(w.room, sizeof *t.row)))
    st = lfap_fail(ctx, LFAP_ERR_MEMORY, "flow: no memory for a table");
  if (!st) st = oracle_arith_begin(ctx, &w.A, prec + ORACLE_FLOW_GUARD);
  if (!st) st = oracle_arith_end(ctx, &w.A, run_flow(ctx, &w, start, data, &lim));
  free(w.row_sign);
  free(w.g_max);
  free(w.open);
  free(w.rep);
  oracle_limit_replayed_free(&lim);
  if (st) {
    oracle_flow_table_free(&t);
    return st;
  }
  *out = t;
  out->end.net = &out->last;
  return LFAP_OK;
}
