/* flow.c - gradient flow in the time ds = (mean g) dt, where only N-dimensional pieces move (statement F1,
 * spec/theory.md; spec/numerics.md N9). Three phases: general (every pre-activation Z and coefficient B), aligned
 * (all slopes are the label slopes: dq/ds = Q p), tail (p at rest: a straight line to the end). */
#include "net/flow.h"

#include "io/parallel.h"
#include "kernel/chain.h"
#include "kernel/elementary.h"
#include "kernel/flow.h"
#include "kernel/lanes.h"
#include "kernel/loss.h"
#include "kernel/network.h"
#include "kernel/qform.h"
#include "kernel/rows.h"
#include "kernel/splitform.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STAGES = 7 };
static const char UNIT[] = "step of the flow";

/* Dormand-Prince 5(4): row r holds the weights of stage r+1; row 5 is also the solution; the last stage is the next
   first. */
static const double RK_A[6][6] = {{1.0 / 5},
                                  {3.0 / 40, 9.0 / 40},
                                  {44.0 / 45, -56.0 / 15, 32.0 / 9},
                                  {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
                                  {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
                                  {35.0 / 384, 0.0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84}};
static const double RK_E[STAGES] = {71.0 / 57600,      0.0,        -71.0 / 16695, 71.0 / 1920,
                                    -17253.0 / 339200, 22.0 / 525, -1.0 / 40};

typedef struct flow flow;

/* One system of equations: state x, the same after a trial step, slopes K (STAGES x dim). */
typedef struct {
  size_t dim, err_dim; /* the error is judged on the first err_dim entries */
  double *x, *x1, *K;
  void (*rhs)(flow *fl, double *dx, const double *x);
} rk_system;

struct flow {
  lfap_ctx *ctx;
  lfap_set *set;
  const lfap_data *data; /* of the set */
  const lfap_net *start; /* W0 */
  const lfap_train_opts *o;
  size_t m, n;
  double gamma;
  int logistic, threads;
  double *a, *col, *phi;                       /* m each */
  const double *G;                             /* n x n, the set's */
  double *Q;                                   /* n x n */
  double *g_sum, *q_sum;                       /* l1 norms of the rows of G, Q */
  double *p, *r, *q, *cp, *cm, *basep, *basem; /* n each */
  double *arena;
  rk_system general, aligned; /* [Z | B], 2mn; [q | P], 2n */
  /* slopes that are not the label slope, per row and in all, at the last general rhs */
  size_t *wrong, mismatched, in_aligned; /* in_aligned: the phase, 0 or 1 */
  double log_loss;                       /* at the last rhs */
  double s, h;
};

double lfap_loss_weights(double *p, double *r, const double *q, int logistic, size_t n) {
  for (size_t i = 0; i < n; i++) r[i] = logistic ? lfap_loss_logistic_r(q[i]) : q[i];
  return lfap_softmax(p, r, n);
}

lfap_status lfap_loss_start(lfap_ctx *ctx, const double *q, const double *y, double loss, double log_loss, size_t n,
                            int half) {
  size_t worst = 0;
  for (size_t i = 1; i < n && isfinite(q[worst]); i++)
    if (!isfinite(q[i]) || q[i] < q[worst]) worst = i;
  if (isfinite(q[worst]) && isfinite(loss) && isfinite(log_loss)) return LFAP_OK;
  return lfap_fail(
      ctx, LFAP_ERR_RANGE,
      "the loss at the start is no finite number: the first weights give sample %zu, of label %+g, the output %g%s; "
      "scale the samples towards 1, or start from smaller weights (--init-scale)",
      worst, y[worst], isnan(q[worst]) ? (double)NAN : y[worst] * q[worst],
      half                 ? " (half precision: binary16 ends at 65504, and exp takes up to 88 in binary32)"
      : isfinite(q[worst]) ? " (exp takes up to 709)"
                           : "");
}

/* Slope sums that every aligned row of a sign shares: base = G (p y c). */
static void bases(flow *fl, const double *p) {
  lfap_flow_base_coef(fl->cp, p, fl->data->y, 1.0, fl->gamma, fl->n);
  lfap_flow_base_coef(fl->cm, p, fl->data->y, -1.0, fl->gamma, fl->n);
  lfap_gemv(fl->basep, fl->G, fl->cp, fl->n, fl->n);
  lfap_gemv(fl->basem, fl->G, fl->cm, fl->n, fl->n);
}

/* The rows of Z' and B', shared out over threads. */
typedef struct {
  flow *fl;
  double *dx;
  const double *x;
} rhs_rows;

static void rhs_range(void *arg, size_t begin, size_t end, int worker) {
  const rhs_rows *a = arg;
  flow *fl = a->fl;
  size_t m = fl->m, n = fl->n;
  (void)worker;
  for (size_t j = begin; j < end; j++) {
    int positive = j < m / 2;
    fl->wrong[j] =
        lfap_flow_row(a->dx + (m + j) * n, a->dx + j * n, a->x + j * n, fl->p, fl->data->y,
                      positive ? fl->basep : fl->basem, fl->G, fl->a[j], positive ? 1.0 : -1.0, fl->gamma, n);
  }
}

static void rhs_general(flow *fl, double *dx, const double *x) {
  size_t m = fl->m, n = fl->n;
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j < m; j++) fl->col[j] = x[j * n + i];
    fl->q[i] = fl->data->y[i] * lfap_net_output(fl->phi, fl->col, fl->a, fl->gamma, m);
  }
  fl->log_loss = lfap_loss_weights(fl->p, fl->r, fl->q, fl->logistic, n);
  bases(fl, fl->p);
  rhs_rows rows = {fl, dx, x};
  double flops = 2.0 * (double)n * (double)(fl->mismatched + 2 * m);
  lfap_parallel(fl->threads, m, 4, flops, rhs_range, &rows);
  fl->mismatched = 0;
  for (size_t j = 0; j < m; j++) fl->mismatched += fl->wrong[j];
}

static void rhs_aligned(flow *fl, double *dx, const double *x) {
  fl->log_loss = lfap_loss_weights(dx + fl->n, fl->r, x, fl->logistic, fl->n);
  lfap_gemv(dx, fl->Q, dx + fl->n, fl->n, fl->n);
}

/* Largest stable step: 1 over a bound of the spectral radius of diag(p) M. */
static double step_cap(const double *p, const double *M, const double *row_sum, size_t n) {
  double trace = 0.0, rows = 0.0;
  for (size_t i = 0; i < n; i++) {
    double t = p[i] * row_sum[i];
    trace = fma(p[i], M[i * n + i], trace);
    if (t > rows) rows = t;
  }
  return 1.0 / (trace < rows ? trace : rows);
}

/* One accepted step of sys, no longer than cap. K's first row must hold the slope at x. */
static lfap_status rk_step(flow *fl, rk_system *sys, double cap) {
  if (!(cap > 0.0 && isfinite(cap))) /* a step that is infinite has no quarter, and would be rejected for ever */
    return lfap_fail(fl->ctx, LFAP_ERR_RANGE,
                     "flow: the squared norms of the samples leave the range of doubles; scale the samples towards 1");
  for (;;) {
    double h = fl->h < cap ? fl->h : cap;
    for (size_t r = 1; r < STAGES; r++) {
      lfap_rk_stage(sys->x1, sys->x, sys->K, RK_A[r - 1], h, r, sys->dim, sys->dim);
      sys->rhs(fl, sys->K + r * sys->dim, sys->x1);
    }
    double err =
        lfap_rk_error(sys->x, sys->x1, sys->K, RK_E, h, fl->o->atol, fl->o->rtol, STAGES, sys->dim, sys->err_dim);
    if (err <= 1.0) {
      double *x = sys->x;
      sys->x = sys->x1;
      sys->x1 = x;
      memcpy(sys->K, sys->K + (STAGES - 1) * sys->dim, sys->dim * sizeof(double));
      fl->s += h;
      fl->h = err < 1.0 / 64 ? 2.0 * h : h;
      return LFAP_OK;
    }
    fl->h = err <= 32.0 ? 0.5 * h : 0.25 * h;
    if (!(fl->h > 0.0))
      return lfap_fail(fl->ctx, LFAP_ERR_DATA, "flow: the step size vanished at s = %g; the data are too badly scaled",
                       fl->s);
  }
}

/* A row of the history; every entry is a number. */
static lfap_status record(flow *fl, lfap_history *h, double step) {
  lfap_epoch e = {.loss = lfap_exp(fl->log_loss), .log_loss = fl->log_loss, .lr = step, .s = fl->s};
  if (!isfinite(e.loss) || !isfinite(e.log_loss) || !isfinite(e.lr) || !isfinite(e.s))
    return lfap_fail(fl->ctx, LFAP_ERR_RANGE,
                     "flow: step %zu leaves the range of doubles (log loss %g, time s = %g, its length %g); scale the "
                     "samples towards 1, or choose a nearer --log-loss-target or a smaller --rtol and --atol",
                     h->rows + 1, e.log_loss, e.s, e.lr);
  h->row[h->rows++] = e;
  return LFAP_OK;
}

static int finished(const flow *fl, const lfap_history *h) {
  return h->rows >= fl->o->epochs || fl->log_loss <= fl->o->log_loss_target;
}

/* Adds what the aligned phase has integrated (dP = P) to Z and B; returns the number of slopes that left the label
   pattern. `commit` = 0 only counts. */
static size_t aligned_rows(flow *fl, const double *P, int commit) {
  size_t m = fl->m, n = fl->n, wrong = 0;
  bases(fl, P);
  for (size_t j = 0; j < m; j++) {
    int positive = j < m / 2;
    const double *base = positive ? fl->basep : fl->basem, *c = positive ? fl->cp : fl->cm;
    double *Z = fl->general.x + j * n, *B = fl->general.x + (m + j) * n;
    for (size_t i = 0; i < n; i++) {
      double z = fma(fl->a[j], base[i], Z[i]);
      wrong += (z > 0.0) != ((fl->data->y[i] > 0.0) == positive);
      if (!commit) continue;
      Z[i] = z;
      B[i] = B[i] + c[i];
    }
  }
  return wrong;
}

/* p at rest (N9 tail): the rest of the way is a straight line. */
static int at_rest(const flow *fl) {
  const double *v = fl->aligned.K, *p = v + fl->n;
  double mean = lfap_dot(fl->n, p, v);
  return lfap_flow_spread(p, v, mean, fl->n) <= 1e-13 * mean && lfap_flow_min(v, fl->n) >= (1.0 - 1e-12) * mean;
}

static lfap_status tail(flow *fl, lfap_history *h) {
  const double *v = fl->aligned.K;
  double ds = (fl->log_loss - fl->o->log_loss_target) / lfap_dot(fl->n, v + fl->n, v);
  lfap_axpy(fl->aligned.x, ds, v, 2 * fl->n);
  fl->s += ds;
  fl->log_loss = fl->o->log_loss_target;
  h->stationary = 1;
  return record(fl, h, ds);
}

static void enter_aligned(flow *fl) {
  rk_system *sys = &fl->aligned;
  memcpy(sys->x, fl->q, fl->n * sizeof(double));
  memset(sys->x + fl->n, 0, fl->n * sizeof(double));
  rhs_aligned(fl, sys->K, sys->x);
  fl->in_aligned = 1;
}

static void leave_aligned(flow *fl) {
  memcpy(fl->p, fl->aligned.K + fl->n, fl->n * sizeof(double));
  fl->mismatched = aligned_rows(fl, fl->aligned.x + fl->n, 1);
  fl->in_aligned = 0;
}

static lfap_status one_step(flow *fl, lfap_history *h, rk_system *sys, double cap) {
  double s0 = fl->s;
  lfap_status st = rk_step(fl, sys, cap);
  return st ? st : record(fl, h, fl->s - s0);
}

/* A step of the phase it is in, and the phase after it. */
static lfap_status go_on(flow *fl, lfap_history *h) {
  rk_system *sys = &fl->aligned;
  lfap_status st = lfap_tick(fl->ctx, UNIT, (double)h->rows, 0.0);
  if (st) return st;
  if (!fl->in_aligned && fl->mismatched == 0) enter_aligned(fl);
  if (!fl->in_aligned) return one_step(fl, h, &fl->general, step_cap(fl->p, fl->G, fl->g_sum, fl->n));
  if (at_rest(fl)) return tail(fl, h);
  st = one_step(fl, h, sys, step_cap(sys->K + fl->n, fl->Q, fl->q_sum, fl->n));
  if (!st && aligned_rows(fl, sys->x + fl->n, 0) && !finished(fl, h)) {
    leave_aligned(fl);
    rhs_general(fl, fl->general.K, fl->general.x); /* alignment was lost: start the general phase afresh */
  }
  return st;
}

/* W = W0 + diag(a) B X, B_jn = b_jn y_n, on top of W0; b, unless NULL, gets the b_jn. */
static void add_moved(flow *fl, double *W, double *b) {
  if (fl->in_aligned) bases(fl, fl->aligned.x + fl->n);
  for (size_t j = 0; j < fl->m; j++) {
    const double *B = fl->general.x + (fl->m + j) * fl->n, *c = j < fl->m / 2 ? fl->cp : fl->cm;
    for (size_t i = 0; i < fl->n; i++) fl->r[i] = fl->in_aligned ? B[i] + c[i] : B[i];
    if (b) lfap_split_coef(b + j * fl->n, fl->r, fl->data->y, 1.0, fl->n);
    lfap_scale(fl->basep, fl->a[j], fl->r, fl->n);
    lfap_chain(W + j * fl->data->d, fl->basep, fl->data->x, fl->n, fl->data->d);
  }
}

static lfap_status flow_weights(lfap_ctx *ctx, double *W, void *of) {
  flow *fl = of;
  (void)ctx;
  memcpy(W, fl->start->w, fl->m * fl->data->d * sizeof *W);
  add_moved(fl, W, NULL);
  return LFAP_OK;
}

/* What moves: in the aligned phase what it has integrated, on top of where the general one stopped, and the slopes
   there, which after the tail (N9) are those before it. The general phase's slopes, p and q follow from where it is. */
static void flow_state(lfap_walk *walk, void *of) {
  flow *fl = of;
  lfap_walk_whole(walk, &fl->in_aligned);
  double *const number[] = {&fl->s, &fl->h, &fl->log_loss};
  for (size_t i = 0; i < 3; i++) lfap_walk_doubles(walk, number[i], 1);
  lfap_walk_doubles(walk, fl->general.x, fl->general.dim);
  lfap_walk_doubles(walk, fl->aligned.x, fl->aligned.dim);
  lfap_walk_doubles(walk, fl->aligned.K, fl->aligned.dim);
}

static lfap_status integrate(flow *fl, lfap_history *h, lfap_train_run *run) {
  lfap_status st = lfap_run_begin(run, UNIT, fl, flow_state, flow_weights);
  if (st) return st;
  double ended = fl->log_loss;
  rhs_general(fl, fl->general.K, fl->general.x);
  if (h->rows == 0) {
    st = lfap_loss_start(fl->ctx, fl->q, fl->data->y, lfap_exp(fl->log_loss), fl->log_loss, fl->n, 0);
    fl->h = fl->o->lr > 0.0 ? fl->o->lr : 0.0625 * step_cap(fl->p, fl->G, fl->g_sum, fl->n);
  } else if (fl->in_aligned) fl->log_loss = ended;
  while (!st && !finished(fl, h)) {
    st = go_on(fl, h);
    st = lfap_run_after(run, st, !st && finished(fl, h));
  }
  if (!st && fl->in_aligned) leave_aligned(fl);
  return st;
}

/* One block for everything, carved in the order of the fields. */
static lfap_status flow_alloc(flow *fl) {
  size_t m = fl->m, n = fl->n, state = 2 * m * n;
  size_t total = 3 * m + n * n + 9 * n + (2 + STAGES) * (state + 2 * n);
  double *at = fl->arena = calloc(total, sizeof *at);
  fl->wrong = calloc(m, sizeof *fl->wrong);
  if (!at || !fl->wrong)
    return lfap_fail(fl->ctx, LFAP_ERR_MEMORY, "flow: no memory for m = %zu, N = %zu (%zu doubles)", m, n, total);
  double **const field[] = {&fl->a,         &fl->col,       &fl->phi,        &fl->Q,         &fl->g_sum,
                            &fl->q_sum,     &fl->p,         &fl->r,          &fl->q,         &fl->cp,
                            &fl->cm,        &fl->basep,     &fl->basem,      &fl->general.x, &fl->general.x1,
                            &fl->general.K, &fl->aligned.x, &fl->aligned.x1, &fl->aligned.K};
  const size_t size[] = {
      m, m, m, n * n, n, n, n, n, n, n, n, n, n, state, state, STAGES * state, 2 * n, 2 * n, STAGES * 2 * n};
  for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
    *field[i] = at;
    at += size[i];
  }
  fl->general.dim = state;
  fl->general.err_dim = m * n;
  fl->general.rhs = rhs_general;
  fl->aligned.dim = 2 * n;
  fl->aligned.err_dim = n;
  fl->aligned.rhs = rhs_aligned;
  return LFAP_OK;
}

static lfap_status prepare_flow(flow *fl, const lfap_net *net) {
  size_t n = fl->n, d = fl->data->d;
  lfap_status st = lfap_set_gram(fl->ctx, fl->set);
  fl->G = fl->set->gram;
  if (!st) st = lfap_rows_product(fl->ctx, fl->general.x, net->w, fl->data->x, fl->m, n, d);
  if (st) return st;
  lfap_net_signs(fl->a, fl->m);
  for (size_t i = 0; i < n; i++) {
    lfap_q_row(fl->Q + i * n, fl->G + i * n, fl->data->y, fl->data->y[i], fl->gamma, n);
    fl->g_sum[i] = lfap_asum(n, fl->G + i * n);
    fl->q_sum[i] = lfap_asum(n, fl->Q + i * n);
  }
  return LFAP_OK;
}

lfap_status lfap_flow_run(lfap_ctx *ctx, lfap_net *net, lfap_history *h, lfap_set *set, lfap_train_run *run) {
  const lfap_train_opts *o = run->o;
  flow fl = {.ctx = ctx,
             .set = set,
             .data = set->data,
             .start = net,
             .o = o,
             .m = net->m,
             .n = set->data->n,
             .gamma = net->gamma,
             .logistic = o->loss == LFAP_LOSS_LOGISTIC,
             .threads = lfap_threads(ctx)};
  lfap_status st = flow_alloc(&fl);
  if (!st) st = prepare_flow(&fl, net);
  if (!st) st = integrate(&fl, h, run);
  if (!st) {
    add_moved(&fl, net->w, h->coefficient);
    memcpy(h->p, fl.p, fl.n * sizeof(double));
    h->aligned = fl.mismatched == 0;
    h->log_loss = fl.log_loss;
  }
  free(fl.arena);
  free(fl.wrong);
  return st;
}
