/* limit.c - the limiting decision boundary: Q lambda = 1, w = sum lambda_n y_n x_n, the multiplier intervals and the
 * conditions of the a-posteriori certificate (statements Q1, T1, T2, C1; spec/numerics.md N6, N11). */
#include "data/products.h"
#include "data/range.h"
#include "data/scale.h"
#include "io/text.h"
#include "kernel/lanes.h"
#include "kernel/qform.h"
#include "limit/farkas.h"
#include "limit/measure.h"
#include "limit/qp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void lfap_limit_free(lfap_limit *lim) {
  free(lim->lambda);
  free(lim->q);
  free(lim->w);
  free(lim->fu);
  free(lim->fv);
  *lim = (lfap_limit){0};
}

static lfap_status limit_alloc(lfap_ctx *ctx, lfap_limit *out, size_t n, size_t d, double gamma) {
  lfap_limit l = {.n = n, .d = d, .gamma = gamma};
  l.lambda = calloc(n, sizeof(double));
  l.q = calloc(n, sizeof(double));
  l.w = calloc(d, sizeof(double));
  l.fu = calloc(n, sizeof(double));
  l.fv = calloc(n, sizeof(double));
  if (!l.lambda || !l.q || !l.w || !l.fu || !l.fv) {
    lfap_limit_free(&l);
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "limit: no memory for N = %zu, d = %zu", n, d);
  }
  *out = l;
  return LFAP_OK;
}

/* ---- what the Gram matrix says ----------------------------------------------------------------------------------- */

/* Of each row of G: its largest off-diagonal |G_nk|, k < n, and where; the row sums of |Q| and of |G_nk|/||x_k||^2
   without the diagonal. */
typedef struct {
  const lfap_qm *m;
  double *peak, *off, *kappa;
  size_t *where;
} row_facts;

static void see_row(void *arg, size_t i, const double *g, double *spare) {
  row_facts *f = arg;
  size_t n = f->m->n;
  f->peak[i] = lfap_peak(&f->where[i], g, i);
  lfap_q_row(spare, g, f->m->y, f->m->y[i], f->m->gamma, n);
  f->off[i] = lfap_asum(n, spare) - fabs(spare[i]);
  for (size_t k = 0; k < n; k++) spare[k] = g[k] / f->m->diag[k];
  spare[i] = 0.0;
  f->kappa[i] = lfap_asum(n, spare);
}

/* T1, T2, a-posteriori T2, (H*) and (C) from the data quantities; `off` is the largest row sum of |Q| without the
   diagonal. */
static void intervals(lfap_limit *l, double off) {
  double g2 = l->gamma * l->gamma, h = lfap_q_h(l->gamma), rmin2 = l->hyp.r_min2, rmax2 = l->hyp.r_max2;
  l->t1_lo = 0.5 / rmax2;
  l->t1_hi = 1.5 / (g2 * rmin2);
  l->kappa = ((g2 * l->gamma) * rmin2) / (3.0 * rmax2);
  l->t2_lo = (1.0 - 2.0 * l->kappa) / (((1.0 - l->kappa) * h) * rmax2);
  l->t2_hi = 1.0 / (((1.0 - l->kappa) * h) * rmin2);
  l->post_kappa = off / (h * rmin2);
  l->post_lo = l->post_hi = NAN;
  if (l->post_kappa < 0.5) {
    l->post_lo = (1.0 - 2.0 * l->post_kappa) / (((1.0 - l->post_kappa) * h) * rmax2);
    l->post_hi = 1.0 / (((1.0 - l->post_kappa) * h) * rmin2);
  }
  l->c_bound = l->gamma / fma(2.0, l->gamma, 1.0);
  l->h_star = g2 * l->c_bound;
}

static lfap_status data_facts(lfap_ctx *ctx, lfap_limit *l, const lfap_qm *m) {
  size_t n = l->n;
  double off = 0.0, *v = malloc(3 * n * sizeof *v);
  row_facts f = {
      .m = m, .peak = v, .off = v ? v + n : NULL, .kappa = v ? v + 2 * n : NULL, .where = calloc(n, sizeof(size_t))};
  lfap_status st = v && f.where ? lfap_qm_gram_rows(ctx, m, see_row, &f)
                                : lfap_fail(ctx, LFAP_ERR_MEMORY, "limit: no memory for facts of %zu rows", n);
  if (!st) {
    lfap_hypothesis_begin(&l->hyp);
    for (size_t i = 0; i < n; i++) {
      lfap_hypothesis_row(&l->hyp, i, m->diag[i], f.peak[i], f.where[i]);
      if (f.off[i] > off) off = f.off[i];
      if (f.kappa[i] > l->row_kappa) l->row_kappa = f.kappa[i];
    }
    lfap_hypothesis_finish(&l->hyp, n, l->gamma);
    intervals(l, off);
  }
  free(v);
  free(f.where);
  return st;
}

/* ---- multipliers, boundary, conditions --------------------------------------------------------------------------- */

/* C1(b) through the Gram matrix: sqrt(m) y_n <u,x_n> and sqrt(m) y_n <v,x_n>; c is scratch of n. */
static void pattern_condition(lfap_ctx *ctx, lfap_limit *l, const lfap_qm *m, double *c) {
  lfap_uv_coef(c, l->lambda, m->y, 1.0, l->gamma, l->n);
  lfap_qm_gram_product(ctx, l->fu, m, c);
  lfap_uv_coef(c, l->lambda, m->y, -1.0, l->gamma, l->n);
  lfap_qm_gram_product(ctx, l->fv, m, c);
  l->c1b = 0;
  for (size_t i = 0; i < l->n; i++) {
    l->fu[i] = m->y[i] * l->fu[i];
    l->fv[i] = -(m->y[i] * l->fv[i]);
    if (l->fu[i] > 0.0 && l->fv[i] < 0.0) l->c1b++;
  }
}

/* The boundary, and C1's conditions as computed; mu = Q lambda - 1, l->residual is measured. */
static lfap_status conclude(lfap_ctx *ctx, lfap_limit *l, const lfap_qm *m, double *mu, const lfap_data *data) {
  int off_ok = 1;
  for (size_t i = 0; i < l->n; i++) {
    l->q[i] = 1.0 + mu[i];
    if (l->lambda[i] > 0.0) l->support++;
    else if (!(mu[i] > 0.0)) off_ok = 0;
    mu[i] = l->lambda[i] * data->y[i]; /* from here on w's coefficients */
  }
  lfap_status st = lfap_chain_product(ctx, l->w, mu, data->x, 1, l->n, l->d);
  if (st) return st;
  pattern_condition(ctx, l, m, mu);
  l->c1 = off_ok && l->support > 0 && l->c1b == l->n && l->settled;
  return LFAP_OK;
}

/* ---- solving ----------------------------------------------------------------------------------------------------- */

/* A solution, and what the samples say of it. */
typedef struct {
  double *lambda, *mu; /* n each: multipliers, Q lambda - 1 as the solver has it */
  double residual;     /* as in lfap_limit */
  lfap_trust trust;
  int separates; /* (Q lambda)_n > 0 for all n: certain */
  lfap_qp_way way;
} solution;

/* The residual, and whether the multipliers separate, from Q lambda with its bounds. */
static void judge(solution *s, const lfap_measured *at, const lfap_qm *m) {
  s->residual = 0.0;
  s->separates = 1;
  for (size_t i = 0; i < m->n; i++) {
    lfap_range q = lfap_measured_q(at, i, m->h, m->gamma);
    double off = s->lambda[i] > 0.0 ? fmax(fabs(1.0 - q.lo), fabs(1.0 - q.hi)) : fmax(0.0, 1.0 - q.lo);
    off = off > 0.0 ? nextafter(off, INFINITY) : 0.0;
    if (!(off <= s->residual)) s->residual = off;
    if (!(q.lo > 0.0)) s->separates = 0;
  }
}

static int settled(const solution *s) {
  return s->residual <= LFAP_RESIDUAL_MOST && s->trust.error <= LFAP_ERROR_MOST && s->trust.closed;
}

/* From the samples; with bounds that cost more where the cheap ones do not settle it. */
static lfap_status measure(lfap_ctx *ctx, solution *s, const lfap_qm *m, const lfap_data *data) {
  size_t n = data->n;
  double *v = calloc(5 * n, sizeof *v), *norm = v;
  if (!v) return lfap_fail(ctx, LFAP_ERR_MEMORY, "limit: no memory for the residual of N = %zu", n);
  lfap_measured at = {v + n, v + 2 * n, v + 3 * n, v + 4 * n};
  for (size_t i = 0; i < n; i++) norm[i] = lfap_norm_above(data->x + i * data->d, data->d);
  lfap_measure(ctx, &at, s->lambda, norm, data, m->vec + 2 * n);
  judge(s, &at, m);
  if (!(s->residual <= LFAP_RESIDUAL_MOST)) {
    lfap_measure_closer(&at, s->lambda, norm, data, m->vec + 2 * n);
    judge(s, &at, m);
  }
  free(v);
  return LFAP_OK;
}

/* Solves; a programme that doubles do not solve leaves its last point. INFEASIBLE: proved. */
static lfap_status attempt(lfap_ctx *ctx, solution *s, lfap_qp_task *task, const lfap_data *data) {
  task->trust = &s->trust;
  lfap_status st = lfap_qp_run(ctx, s->lambda, s->mu, &s->way, task);
  if (st == LFAP_ERR_INFEASIBLE) st = lfap_farkas(ctx, data, task->ray);
  if (st == LFAP_ERR_UNSOLVED) st = LFAP_OK;
  return st ? st : measure(ctx, s, task->m, data);
}

/* Whether `a` is to stand in the place of `s`. */
static int better(const solution *a, const solution *s) {
  if (a->separates != s->separates) return a->separates;
  if (settled(a) != settled(s)) return settled(a);
  if (isfinite(a->trust.error) && isfinite(s->trust.error)) return a->trust.error < s->trust.error;
  return a->residual < s->residual;
}

/* Once more with residuals of the samples themselves, from the support that the rounded matrix led to; the better
   one stays. */
static lfap_status improve(lfap_ctx *ctx, solution *s, lfap_qp_task *task, lfap_qm *m, const lfap_data *data) {
  size_t n = data->n;
  double *v = malloc(2 * n * sizeof *v);
  unsigned char *in = malloc(n);
  solution again = {.lambda = v, .mu = v ? v + n : NULL};
  lfap_status st = v && in ? LFAP_OK : lfap_fail(ctx, LFAP_ERR_MEMORY, "limit: no memory for N = %zu", n);
  if (!st) {
    for (size_t i = 0; i < n; i++) in[i] = s->lambda[i] > 0.0;
    task->support = in;
    m->on_data = 1;
    st = attempt(ctx, &again, task, data);
  }
  s->way.rounds += again.way.rounds;
  s->way.iterations += again.way.iterations;
  if (!st && better(&again, s)) {
    memcpy(s->lambda, again.lambda, n * sizeof *v);
    memcpy(s->mu, again.mu, n * sizeof *v);
    s->residual = again.residual;
    s->trust = again.trust;
    s->separates = again.separates;
    s->way.full = again.way.full;
  }
  free(v);
  free(in);
  return st;
}

static lfap_status find(lfap_ctx *ctx, solution *s, lfap_qp_task *task, lfap_qm *m, const lfap_data *data,
                        int best_effort) {
  task->ray = malloc(data->n * sizeof(double));
  lfap_status st = task->ray ? attempt(ctx, s, task, data)
                             : lfap_fail(ctx, LFAP_ERR_MEMORY, "limit: no memory for N = %zu", data->n);
  if (!st && !settled(s)) st = improve(ctx, s, task, m, data);
  free(task->ray);
  task->ray = NULL;
  if (!st && !s->separates && !best_effort)
    return lfap_fail(
        ctx, LFAP_ERR_UNSOLVED,
        "limit: doubles cannot tell whether label slopes separate these N = %zu samples (no multipliers do, to a "
        "residual of %.2g, and "
        "no proof that none can was found); %s",
        data->n, s->residual,
        task->no_factor ? "the memory limit leaves no room for a factor, raise it"
                        : "exact arithmetic can: `lfap limit --certify --exact`, for N <= 64");
  if (!st && ctx) ctx->message[0] = '\0';
  return st;
}

/* Everything on an opened matrix; mu is scratch of n. `given`: multipliers, instead of solving. */
static lfap_status solve(lfap_ctx *ctx, lfap_limit *l, lfap_qp_task *task, lfap_qm *m, double *mu,
                         const lfap_data *data, const double *given, int best_effort) {
  solution s = {.lambda = l->lambda, .mu = mu};
  lfap_status st = data_facts(ctx, l, m);
  if (st) return st;
  for (size_t i = 0; i < l->n; i++) l->q[i] = 1.0; /* the right-hand side, before it becomes Q lambda */
  task->b = l->q;
  if (given) {
    memcpy(l->lambda, given, l->n * sizeof *given);
    m->on_data = 1;
    lfap_qm_residual(ctx, mu, m, l->q, given, (lfap_qm_part){NULL, NULL, l->n, l->n});
    s.way.full = 1;
    for (size_t i = 0; i < l->n; i++) {
      mu[i] = -mu[i];
      s.way.full = s.way.full && given[i] > 0.0;
    }
    task->trust = &s.trust;
    st = lfap_qp_doubt(ctx, given, task);
    if (!st) st = measure(ctx, &s, m, data);
  } else st = find(ctx, &s, task, m, data, best_effort);
  if (st) return st;
  l->full = s.way.full;
  l->rounds = s.way.rounds;
  l->iterations = s.way.iterations;
  l->residual = s.residual;
  l->error = s.trust.error;
  l->settled = settled(&s);
  return conclude(ctx, l, m, mu, data);
}

/* ---- memory ------------------------------------------------------------------------------------------------------ */

uint64_t lfap_limit_bytes(size_t n, size_t d, int matrices, int threads) {
  double N = (double)n, D = (double)d, t = threads < 1 ? 1.0 : threads;
  double scratch = N * (28.0 + 2.0 * t) + 6.0 * D, block = matrices > 0 ? 0.0 : fmax(N, fmin(N * N, 0x1p23));
  double bytes = 8.0 * (N * D + (double)matrices * N * N + scratch + block) + (matrices > 1 ? 0x1p24 * t : 0.0);
  return bytes < 0x1p63 ? (uint64_t)bytes : UINT64_MAX;
}

/* How many n x n matrices may be kept: 2, 1 or 0. */
static lfap_status plan(lfap_ctx *ctx, int *matrices, const lfap_data *data, const double *G,
                        const lfap_limit_opts *o) {
  int threads = ctx ? ctx->threads : 1, least = G ? 1 : 0;
  *matrices = 2;
  if (!o->memory_limit) return LFAP_OK;
  while (*matrices >= least && lfap_limit_bytes(data->n, data->d, *matrices, threads) > o->memory_limit) --*matrices;
  uint64_t need = lfap_limit_bytes(data->n, data->d, o->solver == LFAP_SOLVER_DIRECT ? 2 : least, threads);
  if (need <= o->memory_limit) return LFAP_OK;
  char needed[LFAP_BYTES], allowed[LFAP_BYTES];
  return lfap_fail(
      ctx, LFAP_ERR_MEMORY,
      "limit: N = %zu, d = %zu needs %s%s, more than the memory limit of %s; raise the limit or use fewer samples",
      data->n, data->d, lfap_bytes(needed, (double)need), o->solver == LFAP_SOLVER_DIRECT ? " with a factor" : "",
      lfap_bytes(allowed, (double)o->memory_limit));
}

static lfap_status check(lfap_ctx *ctx, const lfap_data *data, double gamma, const double *given) {
  lfap_status st = lfap_gamma_valid(ctx, "gamma", gamma, LFAP_GAMMA_MIN);
  if (st) return st;
  if (data->n == 0 || data->d == 0)
    return lfap_fail(ctx, LFAP_ERR_DATA, "limit: N = %zu samples of dimension d = %zu; both must be at least 1",
                     data->n, data->d);
  if (data->n > SIZE_MAX / sizeof(double) / data->n)
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "limit: the Gram matrix of N = %zu samples has no size", data->n);
  for (size_t i = 0; given && i < data->n; i++)
    if (!(given[i] >= 0.0 && isfinite(given[i])))
      return lfap_fail(ctx, LFAP_ERR_DATA, "limit: multiplier %zu is %g; multipliers are finite and not negative", i,
                       given[i]);
  for (size_t i = 0; i < data->n; i++)
    if (lfap_norm2(data->d, data->x + i * data->d) == 0.0)
      return lfap_fail(ctx, LFAP_ERR_DATA,
                       "limit: sample %zu is all zeros; a margin of 1 is out of its reach, remove it", i);
  return lfap_rows_in_range(ctx, "limit", data->x, data->n, data->d);
}

static lfap_status make(lfap_ctx *ctx, lfap_limit *out, const lfap_data *data, const double *G, double gamma,
                        const lfap_limit_opts *opts, const double *given) {
  static const lfap_limit_opts defaults = {0};
  const lfap_limit_opts *o = opts ? opts : &defaults;
  size_t n = data->n;
  int matrices = 0;
  lfap_limit l = {0};
  lfap_status st = check(ctx, data, gamma, given);
  if (!st) st = plan(ctx, &matrices, data, G, o);
  if (st) return st;
  int compute = !G && matrices > 0;
  double *own = compute ? malloc(n * n * sizeof *own) : NULL, *mu = malloc(n * sizeof *mu);
  lfap_qm m = {.n = n, .G = G ? G : own, .X = data->x, .d = data->d, .y = data->y, .gamma = gamma};
  lfap_qp_task task = {.m = &m, .support = o->support, .solver = o->solver, .no_factor = matrices < 2, .data = data};
  st = limit_alloc(ctx, &l, n, data->d, gamma);
  if (!st && ((compute && !own) || !mu))
    st = lfap_fail(ctx, LFAP_ERR_MEMORY, "limit: no memory for the %zu x %zu Gram matrix", n, n);
  if (!st && compute) st = lfap_gram(ctx, own, data->x, n, data->d);
  if (!st) st = lfap_qm_open(ctx, &m);
  if (!st) st = solve(ctx, &l, &task, &m, mu, data, given, o->best_effort);
  lfap_qm_close(&m);
  free(own);
  free(mu);
  if (st) {
    lfap_limit_free(&l);
    return st;
  }
  *out = l;
  return LFAP_OK;
}

lfap_status lfap_limit_solve_opts(lfap_ctx *ctx, lfap_limit *out, const lfap_data *data, const double *G, double gamma,
                                  const lfap_limit_opts *o) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  return st ? st : make(ctx, out, data, G, gamma, o, NULL);
}

lfap_status lfap_limit_solve(lfap_ctx *ctx, lfap_limit *out, const lfap_data *data, const double *G, double gamma) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  return st ? st : make(ctx, out, data, G, gamma, NULL, NULL);
}

lfap_status lfap_limit_given(lfap_ctx *ctx, lfap_limit *out, const lfap_data *data, const double *G, double gamma,
                             const double *lambda) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  return st ? st : make(ctx, out, data, G, gamma, NULL, lambda);
}
