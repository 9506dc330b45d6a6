/* limit.c - the limiting decision boundary: Q lambda = 1, w = sum lambda_n y_n x_n, the multiplier intervals and the
 * conditions decided on the data (statements Q1, T1, T2, C1; spec/numerics.md N6, N11); with kinks:
 * limit/c2.c. */
#include "data/products.h"
#include "data/range.h"
#include "data/scale.h"
#include "io/text.h"
#include "kernel/cpform.h"
#include "kernel/lanes.h"
#include "kernel/qform.h"
#include "limit/c2.h"
#include "limit/solution.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void lfap_limit_free(lfap_limit *lim) {
  free(lim->lambda);
  free(lim->omega);
  free(lim->lambda_q);
  free(lim->q);
  free(lim->w);
  free(lim->fu);
  free(lim->fv);
  lfap_c2_free(&lim->c2);
  *lim = (lfap_limit){0};
}

static lfap_status limit_alloc(lfap_ctx *ctx, lfap_limit *out, size_t n, size_t d, double gamma, lfap_masses masses) {
  lfap_limit l = {.n = n, .d = d, .gamma = gamma, .masses = masses};
  l.lambda = calloc(n, sizeof(double));
  l.omega = calloc(n, sizeof(double));
  l.lambda_q = calloc(n, sizeof(double));
  l.q = calloc(n, sizeof(double));
  l.w = calloc(d, sizeof(double));
  l.fu = calloc(n, sizeof(double));
  l.fv = calloc(n, sizeof(double));
  if (lfap_c2_alloc(&l.c2, n) || !l.lambda || !l.omega || !l.lambda_q || !l.q || !l.w || !l.fu || !l.fv) {
    lfap_limit_free(&l);
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "limit: no memory for N = %zu, d = %zu", n, d);
  }
  *out = l;
  return LFAP_OK;
}

/* ---- what the Gram matrix says ----------------------------------------------------------------------------------- */

/* Of each row of G: its largest off-diagonal |G_nk|, k < n, and where; the row sums of |Q|, of |G_nk|/||x_k||^2, and of
   that over the obtuse pairs, without the diagonal. */
typedef struct {
  const lfap_qm *m;
  double *peak, *off, *kappa, *obtuse;
  size_t *where;
} row_facts;

static void see_row(void *arg, size_t i, const double *g, double *spare) {
  row_facts *f = arg;
  size_t n = f->m->n;
  f->peak[i] = lfap_peak(&f->where[i], g, i);
  double y = f->m->y[i], own = lfap_own_mass(f->m->masses, y), off = lfap_off_mass(f->m->masses, y);
  lfap_cp_row(spare, g, f->m->y, y, f->m->gamma, f->m->gamma, own, off, n);
  f->off[i] = lfap_asum(n, spare) - fabs(spare[i]);
  for (size_t k = 0; k < n; k++) spare[k] = g[k] / f->m->square[k];
  spare[i] = 0.0;
  f->kappa[i] = lfap_asum(n, spare);
  for (size_t k = 0; k < n; k++)
    if (f->m->y[i] * f->m->y[k] * spare[k] > 0.0) spare[k] = 0.0;
  f->obtuse[i] = lfap_asum(n, spare);
}

/* T2 with kappa; NaN from 1/2 on, where it says nothing. Under (H) kappa is below gamma/3, whatever the masses. */
static void second_interval(double *lo, double *hi, double kappa, double least, double most, const lfap_hypothesis *h) {
  int known = kappa < 0.5;
  *lo = known ? (1.0 - 2.0 * kappa) / (((1.0 - kappa) * most) * h->r_max2) : NAN;
  *hi = known ? 1.0 / (((1.0 - kappa) * least) * h->r_min2) : NAN;
}

/* T1, T2, a-posteriori T2, (H*) and (C) from the data quantities; `off` is the largest row sum of |Q| without the
   diagonal. The two classes have their own h in Q; 1/2 each: the same one. */
static void intervals(lfap_limit *l, double off) {
  double g = l->gamma, g2 = g * g, rmin2 = l->hyp.r_min2, rmax2 = l->hyp.r_max2;
  double plus = l->masses.plus, minus = l->masses.minus, both = plus + minus;
  double first = lfap_cp_same(g, g, plus, minus), second = lfap_cp_same(g, g, minus, plus);
  double least = fmin(first, second), most = fmax(first, second);
  l->t1_lo = (0.5 / rmax2) / both;
  l->t1_hi = (1.5 / (g2 * rmin2)) / both;
  l->kappa = (((g2 * g) * rmin2) / (3.0 * rmax2)) * (most / least);
  second_interval(&l->t2_lo, &l->t2_hi, l->kappa, least, most, &l->hyp);
  l->post_kappa = off / (least * rmin2);
  second_interval(&l->post_lo, &l->post_hi, l->post_kappa, least, most, &l->hyp);
  l->h_star = g2 * (g / fma(2.0, g, 1.0));
  l->c_bound = (g / fma(2.0, g, 1.0)) * (least / most);
}

static lfap_status data_facts(lfap_ctx *ctx, lfap_limit *l, const lfap_qm *m) {
  size_t n = l->n;
  double off = 0.0, *v = malloc(4 * n * sizeof *v);
  row_facts f = {.m = m, .peak = v, .where = calloc(n, sizeof(size_t))};
  if (v) f.off = v + n, f.kappa = v + 2 * n, f.obtuse = v + 3 * n;
  lfap_status st = v && f.where ? lfap_qm_gram_rows(ctx, m, see_row, &f)
                                : lfap_fail(ctx, LFAP_ERR_MEMORY, "limit: no memory for facts of %zu rows", n);
  if (!st) {
    lfap_hypothesis_begin(&l->hyp);
    for (size_t i = 0; i < n; i++) {
      lfap_hypothesis_row(&l->hyp, i, m->square[i], f.peak[i], f.where[i]);
      if (f.off[i] > off) off = f.off[i];
      if (f.kappa[i] > l->row_kappa) l->row_kappa = f.kappa[i];
      if (f.obtuse[i] > l->c2.kappa_obt) l->c2.kappa_obt = f.obtuse[i];
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
  lfap_uv_coef(c, l->lambda_q, m->y, 1.0, l->gamma, l->n);
  lfap_qm_gram_product(ctx, l->fu, m, c);
  lfap_uv_coef(c, l->lambda_q, m->y, -1.0, l->gamma, l->n);
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
    if (l->lambda_q[i] > 0.0) l->support++;
    else if (!(mu[i] > 0.0)) off_ok = 0;
    double own = lfap_own_mass(l->masses, data->y[i]), off = lfap_off_mass(l->masses, data->y[i]);
    mu[i] = (lfap_cp_tilt(own, off, l->gamma) * l->lambda_q[i]) * data->y[i]; /* from here on w's coefficients */
  }
  lfap_status st = lfap_chain_product(ctx, l->w, mu, data->x, 1, l->n, l->d);
  if (st) return st;
  pattern_condition(ctx, l, m, mu);
  l->c1 = off_ok && l->support > 0 && l->c1b == l->n && l->settled;
  return LFAP_OK;
}

/* ---- solving ----------------------------------------------------------------------------------------------------- */

static lfap_status find_multipliers(lfap_ctx *ctx, lfap_solution *s, lfap_qp_task *task, lfap_qm *m, int best_effort) {
  lfap_status st = lfap_solution_find(ctx, s, task, m);
  if (!st && !s->separates && !best_effort)
    return lfap_fail(
        ctx, LFAP_ERR_UNSOLVED,
        "limit: doubles cannot tell whether label slopes separate these N = %zu samples (no multipliers do, to a "
        "residual of %.2g, and "
        "no proof that none can was found); %s",
        m->n, s->residual,
        task->no_factor ? "the memory limit leaves no room for a factor, raise it"
                        : "exact arithmetic can: `lfap limit --certify --exact`, for N <= 64");
  if (!st && ctx) ctx->message[0] = '\0';
  return st;
}

/* Everything on an opened matrix; mu is scratch of n. */
static lfap_status solve_opened(lfap_ctx *ctx, lfap_limit *l, lfap_qp_task *task, lfap_qm *m, double *mu,
                                lfap_multipliers given, int best_effort) {
  lfap_solution s = {.lambda = l->lambda_q, .mu = mu};
  lfap_status st = data_facts(ctx, l, m);
  if (st) return st;
  for (size_t i = 0; i < l->n; i++) l->q[i] = 1.0; /* the right-hand side, before it becomes Q lambda */
  task->b = l->q;
  st = given.lambda ? lfap_solution_take(ctx, &s, NULL, task, m, given.lambda)
                    : find_multipliers(ctx, &s, task, m, best_effort);
  if (st) return st;
  l->full = s.way.full;
  l->rounds = s.way.rounds;
  l->iterations = s.way.iterations;
  l->residual = s.residual;
  l->error = s.trust.error;
  l->settled = lfap_solution_settled(&s);
  st = conclude(ctx, l, m, mu, task->data);
  return st ? st : lfap_c2_of(ctx, l, task, given.kinks);
}

/* ---- memory ------------------------------------------------------------------------------------------------------ */

uint64_t lfap_limit_bytes(size_t n, size_t d, int matrices, int threads) {
  double N = (double)n, D = (double)d, t = threads < 1 ? 1.0 : threads;
  double scratch = N * (96.0 + 6.0 * t) + 14.0 * D, block = matrices > 0 ? 0.0 : fmax(N, fmin(N * N, 0x1p23));
  double bytes = 8.0 * (N * D + (double)matrices * N * N + scratch + block) +
                 (matrices > 1 ? fmin(0x1p24, 64.0 * N * N) * t : 0.0);
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

/* The largest support that the memory limit leaves room for a factor of, N where one is planned; 0: no limit. */
static size_t largest_factor(const lfap_ctx *ctx, const lfap_data *data, const lfap_limit_opts *o) {
  uint64_t rest = o->memory_limit, most = lfap_limit_bytes(data->n, data->d, 1, ctx ? ctx->threads : 1);
  if (!rest) return 0;
  size_t k = rest > most ? (size_t)sqrt((double)(rest - most) / 8.0) : 0;
  return k > data->n ? k : data->n;
}

static lfap_status check_given(lfap_ctx *ctx, const char *what, const double *v, size_t count) {
  for (size_t i = 0; v && i < count; i++)
    if (!(v[i] >= 0.0 && isfinite(v[i])))
      return lfap_fail(ctx, LFAP_ERR_DATA, "limit: %s %zu is %g; multipliers are finite and not negative", what, i,
                       v[i]);
  return LFAP_OK;
}

static lfap_status check_problem(lfap_ctx *ctx, const lfap_data *data, double gamma, lfap_multipliers given) {
  lfap_status st = lfap_gamma_valid(ctx, "gamma", gamma, LFAP_GAMMA_MIN);
  if (st) return st;
  if (data->n == 0 || data->d == 0)
    return lfap_fail(ctx, LFAP_ERR_DATA, "limit: N = %zu samples of dimension d = %zu; both must be at least 1",
                     data->n, data->d);
  if (data->n > SIZE_MAX / sizeof(double) / data->n)
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "limit: the Gram matrix of N = %zu samples has no size", data->n);
  st = check_given(ctx, "multiplier", given.lambda, data->n);
  if (!st) st = check_given(ctx, "alpha, then beta: multiplier", given.kinks, 2 * data->n);
  if (st) return st;
  for (size_t i = 0; i < data->n; i++)
    if (lfap_norm2(data->d, data->x + i * data->d) == 0.0)
      return lfap_fail(ctx, LFAP_ERR_DATA,
                       "limit: sample %zu is all zeros; a margin of 1 is out of its reach, remove it", i);
  return lfap_rows_in_range(ctx, "limit", data->x, data->n, data->d);
}

/* The matrix of a programme on data, as the memory limit has it, and the programme. */
typedef struct {
  lfap_qm m;
  double *G; /* owned, where it was not given */
  lfap_qp_task task;
} programme;

/* Of an output layer with the masses o names, as they stand. */
static lfap_status programme_open(lfap_ctx *ctx, programme *p, const lfap_data *data, const double *G, double gamma,
                                  const lfap_limit_opts *o) {
  size_t n = data->n;
  int matrices = 0;
  lfap_status st = plan(ctx, &matrices, data, G, o);
  *p = (programme){.m = {.n = n, .G = G, .X = data->x, .d = data->d, .y = data->y, .gamma = gamma}};
  p->m.masses = o->masses;
  if (st) return st;
  p->task = (lfap_qp_task){.support = o->support, .solver = o->solver, .no_factor = matrices < 2, .data = data};
  p->task.most = largest_factor(ctx, data, o);
  if (!G && matrices > 0) {
    p->G = malloc(n * n * sizeof *p->G);
    if (!p->G) return lfap_fail(ctx, LFAP_ERR_MEMORY, "limit: no memory for the %zu x %zu Gram matrix", n, n);
    p->m.G = p->G;
    st = lfap_gram(ctx, p->G, data->x, n, data->d);
  }
  return st ? st : lfap_qm_open(ctx, &p->m);
}

static void programme_close(programme *p) {
  lfap_qm_close(&p->m);
  free(p->G);
}

static const lfap_limit_opts defaults = {0};

static lfap_status make_limit(lfap_ctx *ctx, lfap_limit *out, const lfap_data *data, const double *G, double gamma,
                              const lfap_limit_opts *opts, lfap_multipliers given) {
  lfap_limit_opts o = opts ? *opts : defaults;
  programme p = {.G = NULL};
  lfap_limit l = {0};
  lfap_status st = lfap_limit_masses(ctx, &o.masses, opts);
  if (!st) st = check_problem(ctx, data, gamma, given);
  if (!st) st = programme_open(ctx, &p, data, G, gamma, &o);
  double *mu = st ? NULL : malloc(data->n * sizeof *mu);
  if (!st && !mu) st = lfap_fail(ctx, LFAP_ERR_MEMORY, "limit: no memory for N = %zu", data->n);
  if (!st) st = limit_alloc(ctx, &l, data->n, data->d, gamma, o.masses);
  p.task.m = &p.m;
  if (!st) st = solve_opened(ctx, &l, &p.task, &p.m, mu, given, o.best_effort);
  programme_close(&p);
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
  return st ? st : make_limit(ctx, out, data, G, gamma, o, (lfap_multipliers){NULL, NULL});
}

lfap_status lfap_limit_solve(lfap_ctx *ctx, lfap_limit *out, const lfap_data *data, const double *G, double gamma) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  return st ? st : make_limit(ctx, out, data, G, gamma, NULL, (lfap_multipliers){NULL, NULL});
}

lfap_status lfap_limit_given(lfap_ctx *ctx, lfap_limit *out, const lfap_data *data, const double *G, double gamma,
                             lfap_multipliers given, const lfap_limit_opts *o) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  return st ? st : make_limit(ctx, out, data, G, gamma, o, given);
}

/* ---- the largest margin of a linear boundary --------------------------------------------------------------------- */

/* With slope 1 the constraints of C1's form are y_n <u - v, x_n>/2 >= 1: its dual is that of the largest margin, and
   weights l >= 0 of any kind show min_n y_n <e,x_n> for e along e_l = sum l_n y_n x_n, and no margin above
   ||e_l||/sum l. v is scratch of 3 n + d. */
static lfap_status steepest(lfap_ctx *ctx, lfap_c2 *c, lfap_qp_task *task, double *v) {
  const lfap_qm *m = task->m;
  size_t n = m->n, d = m->d;
  double *lambda = v, *mu = v + n, *one = v + 2 * n, *e = v + 3 * n, least = INFINITY;
  for (size_t i = 0; i < n; i++) one[i] = 1.0;
  task->b = one;
  lfap_status st = lfap_qp_run(ctx, lambda, mu, NULL, task);
  if (st) return st == LFAP_ERR_INFEASIBLE || st == LFAP_ERR_UNSOLVED ? LFAP_OK : st;
  double sum = lfap_sum(n, lambda);
  for (size_t i = 0; i < n; i++) lambda[i] *= m->y[i];
  memset(e, 0, d * sizeof *e);
  st = lfap_chain_product(ctx, e, lambda, m->X, 1, n, d);
  if (st) return st;
  lfap_matvec(ctx, mu, m->X, e, n, d);
  for (size_t i = 0; i < n; i++) least = fmin(least, m->y[i] * mu[i]);
  double norm = lfap_norm2(d, e), most = norm / sum;
  if (!(least > 0.0) || !isfinite(most)) return LFAP_OK;
  if (!(c->margin_lin >= least / norm)) c->margin_lin = least / norm;
  if (!(c->margin_most <= most)) c->margin_most = most;
  c->separable = 1;
  return LFAP_OK;
}

lfap_status lfap_limit_margin(lfap_ctx *ctx, lfap_limit *lim, const lfap_data *data, const double *G,
                              const lfap_limit_opts *opts) {
  lfap_limit_opts o = opts ? *opts : defaults;
  size_t n = data->n, d = data->d;
  programme p = {.G = NULL};
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (st || !lim->c2.separable) return st;
  if (n != lim->n || d != lim->d)
    return lfap_fail(ctx, LFAP_ERR_USAGE, "margin: a limit of %zu x %zu is not one of these %zu x %zu data", lim->n,
                     lim->d, n, d);
  double *v = malloc((3 * n + d) * sizeof *v);
  unsigned char *in = malloc(n);
  o.support = in;
  o.masses = (lfap_masses){0.5, 0.5}; /* the largest margin is one of the data alone */
  for (size_t i = 0; in && i < n; i++) in[i] = lim->omega[i] > 0.0;
  st = v && in ? programme_open(ctx, &p, data, G, 1.0, &o)
               : lfap_fail(ctx, LFAP_ERR_MEMORY, "margin: no memory for N = %zu", n);
  p.task.m = &p.m;
  if (!st) st = steepest(ctx, &lim->c2, &p.task, v);
  if (!st) {
    lfap_c2_a_priori(lim);
    if (ctx) ctx->message[0] = '\0';
  }
  programme_close(&p);
  free(v);
  free(in);
  return st;
}
