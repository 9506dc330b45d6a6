/* flow53.c - the rescaled flow with the pair, the control and the phases of the double path (statement F1;
 * spec/numerics.md N9), so that at 53 bits its weights and history have the double path's bits. The flow followed to
 * the precision itself, and not to a step control, is in oracle/flow. */
#include "oracle/replay/flow53.h"

#include "oracle/replay/network.h"

enum { STAGES = 7 };

typedef struct flow flow;
typedef struct {
  size_t dim, err_dim; /* the error is judged on the first err_dim entries */
  mpfr_t *x, *x1, *K;  /* K: STAGES x dim */
  mpfr_t *M, *row_sum; /* bound the step: G or Q, and the l1 norms of its rows */
  void (*rhs)(flow *w, mpfr_t *dx, mpfr_t *x);
} rk_system;

enum { T_A, T_B, T_C, T_H, T_HSTEP, T_CAP, T_S, T_S0, T_LOG, T_TARGET, T_ATOL, T_RTOL, T_ERR, T_MEAN, T_COUNT };

struct flow {
  oracle_arith *A;
  const lfap_train_opts *o;
  oracle_net net;
  size_t n, m, mismatched;
  mpfr_t *X, *y, *G, *Q, *g_sum, *q_sum;
  mpfr_t *p, *r, *q, *cp, *cm, *basep, *basem, *col;
  mpfr_t *t, *rk; /* scalars; 28 weights of the pair */
  rk_system general, aligned;
  mpfr_t *loss, *log_loss, *lrs, *s; /* history */
  size_t rows;
  int stationary;
};

/* ---- the pair ---------------------------------------------------------------------------------------------------- */

/* Dormand-Prince 5(4): stages 2..7 (1, 2, ... 6 weights), then the seven differences b - b^. */
static const long NUM[] = {1,     3,  9, 44,  -56, 32,    19372, -25360, 64448, -212, 9017, -355,   46732, 49,
                           -5103, 35, 0, 500, 125, -2187, 11,    71,     0,     -71,  71,   -17253, 22,    -1};
static const unsigned long DEN[] = {5,     40,  40, 45,   15,  9,    6561, 2187,  6561, 729,   3168, 33,     5247, 176,
                                    18656, 384, 1,  1113, 192, 6784, 84,   57600, 1,    16695, 1920, 339200, 525,  40};
enum { WEIGHTS = sizeof NUM / sizeof *NUM, ERROR_AT = 21 };

/* k = chain over r of c_r K_r[i] */
static void combine(flow *w, mpfr_t k, const rk_system *sys, mpfr_t *c, size_t stages, size_t i) {
  mpfr_set_zero(k, 1);
  for (size_t r = 0; r < stages; r++) oracle_fma(w->A, k, c[r], sys->K[r * sys->dim + i], k);
}

/* T_ERR = max |E| / (atol + rtol max(|x|, |x1|)) */
static void error_of(flow *w, const rk_system *sys) {
  mpfr_t *t = w->t;
  mpfr_set_zero(t[T_ERR], 1);
  for (size_t i = 0; i < sys->err_dim; i++) {
    combine(w, t[T_A], sys, w->rk + ERROR_AT, STAGES, i);
    oracle_mul(w->A, t[T_A], t[T_HSTEP], t[T_A]);
    mpfr_abs(t[T_A], t[T_A], MPFR_RNDN);
    mpfr_abs(t[T_B], mpfr_cmpabs(sys->x[i], sys->x1[i]) > 0 ? sys->x[i] : sys->x1[i], MPFR_RNDN);
    oracle_mul(w->A, t[T_B], t[T_RTOL], t[T_B]);
    oracle_add(w->A, t[T_B], t[T_ATOL], t[T_B]);
    oracle_div(w->A, t[T_A], t[T_A], t[T_B]);
    if (mpfr_nan_p(t[T_A])) mpfr_set_inf(t[T_ERR], 1);
    else if (mpfr_greater_p(t[T_A], t[T_ERR])) mpfr_set(t[T_ERR], t[T_A], MPFR_RNDN);
  }
}

/* 1 over the smaller of two bounds of the spectral radius of diag(p) M: its trace and its largest row. */
static void step_cap(flow *w, const rk_system *sys, mpfr_t *p) {
  mpfr_t *t = w->t;
  mpfr_set_zero(t[T_A], 1);
  mpfr_set_zero(t[T_B], 1);
  for (size_t i = 0; i < w->n; i++) {
    oracle_fma(w->A, t[T_A], p[i], sys->M[i * w->n + i], t[T_A]);
    oracle_mul(w->A, t[T_C], p[i], sys->row_sum[i]);
    if (mpfr_greater_p(t[T_C], t[T_B])) mpfr_set(t[T_B], t[T_C], MPFR_RNDN);
  }
  mpfr_set_ui(t[T_C], 1, MPFR_RNDN);
  oracle_div(w->A, t[T_CAP], t[T_C], mpfr_less_p(t[T_A], t[T_B]) ? t[T_A] : t[T_B]);
}

/* One accepted step, no longer than T_CAP; the first row of K holds the slope at x. T_HSTEP is what was made. */
static lfap_status rk_step(lfap_ctx *ctx, flow *w, rk_system *sys) {
  oracle_arith *A = w->A;
  mpfr_t *t = w->t;
  if (!mpfr_number_p(t[T_CAP]) || mpfr_sgn(t[T_CAP]) <= 0)
    return lfap_fail(ctx, LFAP_ERR_RANGE, "flow: the squared norms of the samples leave the range of the arithmetic");
  for (;;) {
    mpfr_set(t[T_HSTEP], mpfr_less_p(t[T_H], t[T_CAP]) ? t[T_H] : t[T_CAP], MPFR_RNDN);
    mpfr_t *c = w->rk;
    for (size_t r = 1; r < STAGES; c += r, r++) {
      for (size_t i = 0; i < sys->dim; i++) {
        combine(w, t[T_A], sys, c, r, i);
        oracle_fma(A, sys->x1[i], t[T_HSTEP], t[T_A], sys->x[i]);
      }
      sys->rhs(w, sys->K + r * sys->dim, sys->x1);
    }
    error_of(w, sys);
    if (mpfr_cmp_ui(t[T_ERR], 1) <= 0) break;
    mpfr_div_2ui(t[T_H], t[T_HSTEP], mpfr_cmp_ui(t[T_ERR], 32) <= 0 ? 1 : 2, MPFR_RNDN);
    if (!mpfr_regular_p(t[T_H]) || mpfr_get_exp(t[T_H]) < -1000)
      return lfap_fail(ctx, LFAP_ERR_DATA, "flow: the step size vanished; the data are too badly scaled");
  }
  mpfr_t *x = sys->x;
  sys->x = sys->x1;
  sys->x1 = x;
  for (size_t i = 0; i < sys->dim; i++) mpfr_set(sys->K[i], sys->K[(STAGES - 1) * sys->dim + i], MPFR_RNDN);
  oracle_add(A, t[T_S], t[T_S], t[T_HSTEP]);
  mpfr_set(t[T_H], t[T_HSTEP], MPFR_RNDN);
  if (mpfr_cmp_d(t[T_ERR], 1.0 / 64) < 0) mpfr_mul_2ui(t[T_H], t[T_H], 1, MPFR_RNDN);
  return LFAP_OK;
}

/* ---- right-hand sides -------------------------------------------------------------------------------------------- */

/* Label slope of a row of sign `positive` at sample i times py. */
static void times_label(flow *w, mpfr_t out, const mpfr_t py, size_t i, int positive) {
  if ((mpfr_sgn(w->y[i]) > 0) == positive) mpfr_set(out, py, MPFR_RNDN);
  else oracle_mul(w->A, out, py, w->net.gamma);
}

/* What all aligned rows of a sign share: G (p y c). */
static void bases(flow *w, mpfr_t *p) {
  for (size_t i = 0; i < w->n; i++) {
    oracle_mul(w->A, w->t[T_A], p[i], w->y[i]);
    times_label(w, w->cp[i], w->t[T_A], i, 1);
    times_label(w, w->cm[i], w->t[T_A], i, 0);
  }
  for (size_t i = 0; i < w->n; i++) {
    oracle_dot(w->A, w->basep[i], w->G + i * w->n, w->cp, w->n);
    oracle_dot(w->A, w->basem[i], w->G + i * w->n, w->cm, w->n);
  }
}

/* Row j of B' and Z'. */
static void row_slope(flow *w, mpfr_t *db, mpfr_t *dz, mpfr_t *z, size_t j) {
  oracle_arith *A = w->A;
  mpfr_t *t = w->t, *base = j < w->m / 2 ? w->basep : w->basem;
  int positive = j < w->m / 2;
  for (size_t i = 0; i < w->n; i++) mpfr_set_zero(dz[i], 1);
  for (size_t i = 0; i < w->n; i++) {
    int open = mpfr_sgn(z[i]) > 0, label = (mpfr_sgn(w->y[i]) > 0) == positive;
    oracle_mul(A, t[T_A], w->p[i], w->y[i]);
    if (open) mpfr_set(db[i], t[T_A], MPFR_RNDN);
    else oracle_mul(A, db[i], t[T_A], w->net.gamma);
    if (open == label) continue;
    mpfr_set_ui(t[T_B], 1, MPFR_RNDN);
    oracle_sub(A, t[T_B], open ? t[T_B] : w->net.gamma, open ? w->net.gamma : t[T_B]);
    oracle_mul(A, t[T_B], t[T_B], t[T_A]);
    oracle_axpy(A, dz, t[T_B], w->G + i * w->n, w->n);
    w->mismatched++;
  }
  for (size_t i = 0; i < w->n; i++) {
    oracle_add(A, dz[i], base[i], dz[i]);
    oracle_mul(A, dz[i], w->net.a[j], dz[i]);
  }
}

/* x = [Z | B], m x n each */
static void rhs_general(flow *w, mpfr_t *dx, mpfr_t *x) {
  for (size_t i = 0; i < w->n; i++) {
    for (size_t j = 0; j < w->m; j++) mpfr_set(w->col[j], x[j * w->n + i], MPFR_RNDN);
    oracle_net_output(w->A, w->q[i], &w->net, w->col);
    oracle_mul(w->A, w->q[i], w->y[i], w->q[i]);
  }
  oracle_loss_weights(w->A, w->p, w->t[T_LOG], w->r, w->q, w->n, w->o->loss);
  bases(w, w->p);
  w->mismatched = 0;
  for (size_t j = 0; j < w->m; j++) row_slope(w, dx + (w->m + j) * w->n, dx + j * w->n, x + j * w->n, j);
}

/* x = [q | P] */
static void rhs_aligned(flow *w, mpfr_t *dx, mpfr_t *x) {
  oracle_loss_weights(w->A, dx + w->n, w->t[T_LOG], w->r, x, w->n, w->o->loss);
  for (size_t i = 0; i < w->n; i++) oracle_dot(w->A, dx[i], w->Q + i * w->n, dx + w->n, w->n);
}

/* ---- phases ------------------------------------------------------------------------------------------------------ */

static int finished(const flow *w) { return w->rows >= w->o->epochs || mpfr_lessequal_p(w->t[T_LOG], w->t[T_TARGET]); }

static void record(flow *w, const mpfr_t step) {
  size_t e = w->rows++;
  oracle_exp(w->A, w->loss[e], w->t[T_LOG]);
  mpfr_set(w->log_loss[e], w->t[T_LOG], MPFR_RNDN);
  mpfr_set(w->lrs[e], step, MPFR_RNDN);
  mpfr_set(w->s[e], w->t[T_S], MPFR_RNDN);
}

/* A step and its row: the length recorded is the difference of the times. */
static lfap_status advance(lfap_ctx *ctx, flow *w, rk_system *sys) {
  lfap_status st = lfap_tick(ctx, "step of the flow", (double)w->rows, 0.0);
  mpfr_set(w->t[T_S0], w->t[T_S], MPFR_RNDN);
  if (!st) st = rk_step(ctx, w, sys);
  if (!st && !(mpfr_number_p(w->t[T_LOG]) && mpfr_number_p(w->t[T_S])))
    st = lfap_fail(ctx, LFAP_ERR_RANGE, "flow: step %zu leaves the range of the arithmetic", w->rows + 1);
  if (st) return st;
  oracle_sub(w->A, w->t[T_A], w->t[T_S], w->t[T_S0]);
  record(w, w->t[T_A]);
  return LFAP_OK;
}

/* Z + a G (P y c) and B + P y c for P integrated in the aligned phase; the number of slopes that left the pattern. */
static size_t aligned_rows(flow *w, mpfr_t *P, int commit) {
  size_t wrong = 0, n = w->n;
  bases(w, P);
  for (size_t j = 0; j < w->m; j++) {
    int positive = j < w->m / 2;
    mpfr_t *Z = w->general.x + j * n, *B = w->general.x + (w->m + j) * n, *base = positive ? w->basep : w->basem;
    for (size_t i = 0; i < n; i++) {
      oracle_fma(w->A, w->t[T_A], w->net.a[j], base[i], Z[i]);
      wrong += (mpfr_sgn(w->t[T_A]) > 0) != ((mpfr_sgn(w->y[i]) > 0) == positive);
      if (!commit) continue;
      mpfr_set(Z[i], w->t[T_A], MPFR_RNDN);
      oracle_add(w->A, B[i], B[i], (positive ? w->cp : w->cm)[i]);
    }
  }
  return wrong;
}

/* sum_n p_n |v_n - mean| <= 1e-13 mean and v_n >= (1 - 1e-12) mean, v = Q p, mean = p'v. */
static int at_rest(flow *w) {
  oracle_arith *A = w->A;
  mpfr_t *t = w->t, *v = w->aligned.K, *p = v + w->n;
  oracle_dot(A, t[T_MEAN], p, v, w->n);
  for (size_t i = 0; i < w->n; i++) {
    oracle_sub(A, w->r[i], v[i], t[T_MEAN]);
    mpfr_abs(w->r[i], w->r[i], MPFR_RNDN);
  }
  oracle_dot(A, t[T_A], p, w->r, w->n);
  mpfr_set_d(t[T_B], 1e-13, MPFR_RNDN);
  oracle_mul(A, t[T_B], t[T_B], t[T_MEAN]);
  if (!mpfr_lessequal_p(t[T_A], t[T_B])) return 0;
  mpfr_set_ui(t[T_A], 1, MPFR_RNDN);
  mpfr_set_d(t[T_B], 1e-12, MPFR_RNDN);
  oracle_sub(A, t[T_A], t[T_A], t[T_B]);
  oracle_mul(A, t[T_A], t[T_A], t[T_MEAN]);
  for (size_t i = 0; i < w->n; i++)
    if (!mpfr_greaterequal_p(v[i], t[T_A])) return 0;
  return 1;
}

/* p is at rest: a straight line to the end. */
static void tail(flow *w) {
  mpfr_t *t = w->t, *v = w->aligned.K;
  oracle_sub(w->A, t[T_A], t[T_LOG], t[T_TARGET]);
  oracle_dot(w->A, t[T_MEAN], v + w->n, v, w->n);
  oracle_div(w->A, t[T_A], t[T_A], t[T_MEAN]);
  oracle_axpy(w->A, w->aligned.x, t[T_A], v, 2 * w->n);
  oracle_add(w->A, t[T_S], t[T_S], t[T_A]);
  mpfr_set(t[T_LOG], t[T_TARGET], MPFR_RNDN);
  w->stationary = 1;
  record(w, t[T_A]);
}

static lfap_status aligned_phase(lfap_ctx *ctx, flow *w) {
  rk_system *sys = &w->aligned;
  size_t wrong = 0;
  for (size_t i = 0; i < w->n; i++) {
    mpfr_set(sys->x[i], w->q[i], MPFR_RNDN);
    mpfr_set_zero(sys->x[w->n + i], 1);
  }
  rhs_aligned(w, sys->K, sys->x);
  while (!wrong && !finished(w)) {
    if (at_rest(w)) {
      tail(w);
      break;
    }
    step_cap(w, sys, sys->K + w->n);
    lfap_status st = advance(ctx, w, sys);
    if (st) return st;
    wrong = aligned_rows(w, sys->x + w->n, 0);
  }
  for (size_t i = 0; i < w->n; i++) mpfr_set(w->p[i], sys->K[w->n + i], MPFR_RNDN);
  w->mismatched = aligned_rows(w, sys->x + w->n, 1);
  return LFAP_OK;
}

static lfap_status integrate(lfap_ctx *ctx, flow *w) {
  rk_system *sys = &w->general;
  lfap_status st = LFAP_OK;
  rhs_general(w, sys->K, sys->x);
  step_cap(w, sys, w->p);
  if (w->o->lr > 0.0) mpfr_set_d(w->t[T_H], w->o->lr, MPFR_RNDN);
  else mpfr_div_2ui(w->t[T_H], w->t[T_CAP], 4, MPFR_RNDN);
  while (!st && !finished(w)) {
    if (w->mismatched) st = advance(ctx, w, sys);
    else {
      st = aligned_phase(ctx, w);
      if (st || finished(w)) break;
      rhs_general(w, sys->K, sys->x);
    }
    step_cap(w, sys, w->p);
  }
  return st;
}

/* ---- a run ------------------------------------------------------------------------------------------------------- */

static void take_system(oracle_arith *A, rk_system *sys, size_t dim, size_t err_dim, mpfr_t *M, mpfr_t *row_sum,
                        void (*rhs)(flow *, mpfr_t *, mpfr_t *)) {
  *sys = (rk_system){dim,     err_dim, oracle_take(A, dim), oracle_take(A, dim), oracle_take(A, STAGES * dim), M,
                     row_sum, rhs};
}

static lfap_status take_start(lfap_ctx *ctx, flow *w, const lfap_net *start, const lfap_data *data) {
  oracle_arith *A = w->A;
  size_t n = w->n = data->n, m = w->m = start->m, d = data->d, rows = w->o->epochs;
  mpfr_t **const field[] = {&w->p, &w->r, &w->q, &w->cp, &w->cm, &w->basep, &w->basem, &w->g_sum, &w->q_sum};
  mpfr_t **const row[] = {&w->loss, &w->log_loss, &w->lrs, &w->s};
  for (size_t i = 0; i < sizeof field / sizeof *field; i++) *field[i] = oracle_take(A, n);
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) *row[i] = oracle_take(A, rows);
  w->col = oracle_take(A, m);
  w->t = oracle_take(A, T_COUNT);
  w->rk = oracle_take(A, WEIGHTS);
  w->G = oracle_take(A, n * n);
  w->Q = oracle_take(A, n * n);
  w->X = oracle_take_doubles(A, data->x, n * d);
  w->y = oracle_take_doubles(A, data->y, n);
  take_system(A, &w->general, 2 * m * n, m * n, w->G, w->g_sum, rhs_general);
  take_system(A, &w->aligned, 2 * n, n, w->Q, w->q_sum, rhs_aligned);
  oracle_net_make(A, &w->net, oracle_take_doubles(A, start->w, m * d), m, d, start->gamma);
  return oracle_take_check(ctx, A, "flow");
}

/* Weights of the pair, G, Q (N6), Z = W X'. */
static void prepare_flow(flow *w) {
  oracle_arith *A = w->A;
  mpfr_t *t = w->t;
  size_t n = w->n, d = w->net.d;
  for (size_t i = 0; i < WEIGHTS; i++) {
    mpfr_set_ui(t[T_B], DEN[i], MPFR_RNDN);
    mpfr_set_si(t[T_A], NUM[i], MPFR_RNDN);
    oracle_div(A, w->rk[i], t[T_A], t[T_B]);
  }
  mpfr_set_ui(t[T_A], 1, MPFR_RNDN);
  oracle_fma(A, t[T_A], w->net.gamma, w->net.gamma, t[T_A]);
  mpfr_div_2ui(t[T_A], t[T_A], 1, MPFR_RNDN);
  for (size_t i = 0; i < n; i++) {
    for (size_t k = 0; k < n; k++) {
      oracle_dot(A, w->G[i * n + k], w->X + i * d, w->X + k * d, d);
      oracle_mul(A, w->Q[i * n + k], mpfr_equal_p(w->y[i], w->y[k]) ? t[T_A] : w->net.gamma, w->G[i * n + k]);
      oracle_mul(A, t[T_B], w->y[i], w->y[k]);
      oracle_mul(A, w->Q[i * n + k], t[T_B], w->Q[i * n + k]);
    }
    oracle_asum(A, w->g_sum[i], w->G + i * n, n);
    oracle_asum(A, w->q_sum[i], w->Q + i * n, n);
  }
  for (size_t j = 0; j < w->m; j++)
    for (size_t i = 0; i < n; i++) oracle_dot(A, w->general.x[j * n + i], w->net.w + j * d, w->X + i * d, d);
  mpfr_set_d(t[T_TARGET], w->o->log_loss_target, MPFR_RNDN);
  mpfr_set_d(t[T_ATOL], w->o->atol, MPFR_RNDN);
  mpfr_set_d(t[T_RTOL], w->o->rtol, MPFR_RNDN);
}

/* W = W0 + diag(a) B X, then B_jn = b_jn y_n. */
static void weights(flow *w) {
  size_t n = w->n, d = w->net.d;
  for (size_t j = 0; j < w->m; j++)
    for (size_t i = 0; i < n; i++) {
      oracle_mul(w->A, w->t[T_A], w->net.a[j], w->general.x[(w->m + j) * n + i]);
      oracle_axpy(w->A, w->net.w + j * d, w->t[T_A], w->X + i * d, d);
      oracle_mul(w->A, w->general.x[(w->m + j) * n + i], w->general.x[(w->m + j) * n + i], w->y[i]);
    }
}

lfap_status oracle_flow_replay(lfap_ctx *ctx, oracle_trained *out, oracle_arith *A, const lfap_net *start,
                               const lfap_data *data, const lfap_train_opts *o) {
  flow w = {.A = A, .o = o};
  if (!(o->rtol > 0.0 && o->atol > 0.0 && o->log_loss_target < 0.0))
    return lfap_fail(ctx, LFAP_ERR_USAGE, "flow: needs rtol > 0, atol > 0 and a negative log-loss target");
  lfap_status st = take_start(ctx, &w, start, data);
  if (st) return st;
  prepare_flow(&w);
  st = integrate(ctx, &w);
  if (st) return st;
  weights(&w);
  oracle_vec *const to[] = {&out->w, &out->loss, &out->lr, &out->log_loss, &out->s, &out->p, &out->b};
  mpfr_t *const from[] = {w.net.w, w.loss, w.lrs, w.log_loss, w.s, w.p, w.general.x + w.m * w.n};
  const size_t size[] = {w.m * w.net.d, w.rows, w.rows, w.rows, w.rows, w.n, w.m * w.n};
  const size_t vectors = sizeof to / sizeof *to - (o->coefficients ? 0 : 1);
  for (size_t i = 0; !st && i < vectors; i++) st = oracle_vec_keep(ctx, to[i], A, from[i], size[i]);
  out->m = w.m;
  out->d = w.net.d;
  out->aligned = w.mismatched == 0;
  out->stationary = w.stationary;
  out->end = mpfr_get_d(w.t[T_LOG], MPFR_RNDN);
  return st;
}
