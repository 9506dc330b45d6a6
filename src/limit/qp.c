/* qp.c - min 1/2 l'Ml - b'l over l >= 0 (statement C1, spec/numerics.md N6): block principal pivoting, and an
 * active-set fallback that needs no positive definite M: where M is flat it moves along the flat direction to the next
 * face. M = Q, b = 1 is the hard-margin dual of the limit. */
#include "limit/qp.h"

#include "io/text.h"
#include "kernel/lanes.h"
#include "kernel/qform.h"
#include "limit/interior.h"
#include "limit/system.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SHARP_TOL 1e-14 /* where residuals are to twice the precision */
#define ROUND "round of the quadratic programme"
/* A residual above this share of max |b| after refinement: the factor went through, but only rounding kept its
   pivots positive. */
#define SOLVED_TOL 0x1p-10
/* Operations after which the fallback gives up: minutes. Its additions are one at a time, each a system of its own. */
#define FALLBACK_WORK 0x1p42

typedef struct {
  lfap_ctx *ctx;
  lfap_system sys;
  const double *b;
  size_t n;
  unsigned char *in;   /* n: in the support F */
  double *lambda, *mu; /* n each */
  double *old, *row;   /* n each: the point before an addition; a row of M */
  double *ray;         /* n, or NULL: where to write the ray along which the objective falls for ever */
  double tol;          /* LFAP_QP_TOL or SHARP_TOL, times max |b| */
  double work;         /* operations of all systems so far, about */
  size_t rounds;
} qp;

static void scatter(qp *p) {
  memset(p->lambda, 0, p->n * sizeof(double));
  for (size_t k = 0; k < p->sys.nf; k++) p->lambda[p->sys.f[k]] = p->sys.s[k];
}

/* A factor, and compensated residuals on the support and off it. */
static double work_of(const qp *p) {
  double nf = (double)p->sys.nf;
  return nf * nf * nf / 3.0 + 32.0 * nf * (double)p->n;
}

static lfap_status solve_on_support(qp *p, int *solved) {
  p->rounds++;
  lfap_status st = lfap_system_solve(p->ctx, &p->sys, solved, p->in, p->lambda);
  p->work += work_of(p);
  return st;
}

/* The same for the fallback, where a solution that is none counts as a singular system. */
static lfap_status solve_or_singular(qp *p, int *solved) {
  lfap_status st = solve_on_support(p, solved);
  if (!st && *solved && !(lfap_amax(p->sys.nf, p->sys.r) <= SOLVED_TOL * lfap_amax(p->n, p->sys.b))) *solved = 0;
  return st;
}

/* lambda from the solution on F, mu = M lambda - b everywhere. */
static void take_solution(qp *p) {
  const lfap_system *s = &p->sys;
  scatter(p);
  if (s->exact) {
    lfap_qm_residual(p->ctx, p->mu, s->m, p->b, s->s, (lfap_qm_part){NULL, s->nf == p->n ? NULL : s->f, p->n, s->nf});
    for (size_t i = 0; i < p->n; i++) p->mu[i] = -p->mu[i];
  } else {
    lfap_qm_product(p->ctx, p->mu, s->m, p->lambda, NULL, p->n);
    for (size_t i = 0; i < p->n; i++) p->mu[i] = p->mu[i] - p->b[i];
  }
}

static int infeasible(const qp *p, size_t i) { return p->in[i] ? p->lambda[i] < 0.0 : p->mu[i] < -p->tol; }

/* Exchanges: all infeasible indices, or the last one alone. */
static void exchange(qp *p, size_t only) {
  for (size_t i = 0; i < p->n; i++)
    if (only == p->n ? infeasible(p, i) : i == only) p->in[i] ^= 1;
}

/* *done: solved; otherwise the fallback has to take over. */
static lfap_status block_pivoting(qp *p, int *done) {
  size_t best = p->n + 1, cap = 20 + 5 * p->n;
  int lives = 3, solved = 0;
  *done = 0;
  for (size_t round = 0; round < cap; round++) {
    lfap_status st = lfap_tick(p->ctx, ROUND, (double)round, 0.0);
    if (!st) st = solve_on_support(p, &solved);
    if (st || !solved) return st;
    take_solution(p);
    size_t bad = 0, top = 0;
    for (size_t i = 0; i < p->n; i++)
      if (infeasible(p, i)) {
        bad++;
        top = i;
      }
    if (bad == 0 && p->sys.exact) {
      *done = 1;
      return LFAP_OK;
    }
    if (bad == 0) { /* right as far as rough solutions tell: the same support again, better solved */
      lfap_system_sharpen(&p->sys);
      best = p->n + 1;
      continue;
    }
    int all = bad < best || lives > 0;
    if (bad < best) {
      best = bad;
      lives = 3;
    } else if (lives > 0) lives--;
    exchange(p, all ? p->n : top);
  }
  return LFAP_OK;
}

/* Moves lambda towards s until the first entry of F reaches zero, and drops every zero from F. */
static void step_to_face(qp *p) {
  const lfap_system *s = &p->sys;
  double alpha = 1.0;
  for (size_t k = 0; k < s->nf; k++)
    if (s->s[k] <= 0.0) {
      double l = p->lambda[s->f[k]], a = l / (l - s->s[k]);
      if (!(l > 0.0)) a = 0.0;
      if (a < alpha) alpha = a;
    }
  for (size_t k = 0; k < s->nf; k++) {
    size_t i = s->f[k];
    double l = p->lambda[i], a = l > 0.0 ? l / (l - s->s[k]) : 0.0;
    int drop = s->s[k] <= 0.0 && a <= alpha;
    p->lambda[i] = drop ? 0.0 : fma(alpha, s->s[k] - l, l);
    if (drop) p->in[i] = 0;
  }
}

static void take_row(void *arg, size_t at, const double *q) {
  const qp *p = arg;
  (void)at;
  memcpy(p->row, q, p->n * sizeof *q);
}

/* M_FF s = M_F,enter on the support F without `enter`. */
static lfap_status solve_for_kernel(qp *p, size_t enter, int *solved) {
  p->in[enter] = 0;
  lfap_qm_rows(p->ctx, p->sys.m, (lfap_qm_part){&enter, NULL, 1, p->n}, take_row, p);
  p->sys.b = p->row;
  lfap_status st = solve_or_singular(p, solved);
  p->sys.b = p->b;
  return st;
}

/* z = 1 at `enter`, -s on F. */
static void take_ray(qp *p, size_t enter) {
  if (!p->ray) return;
  memset(p->ray, 0, p->n * sizeof(double));
  for (size_t k = 0; k < p->sys.nf; k++) p->ray[p->sys.f[k]] = fabs(p->sys.s[k]);
  p->ray[enter] = 1.0;
}

static lfap_status falls(qp *p, size_t entry) {
  return lfap_fail(
      p->ctx, LFAP_ERR_INFEASIBLE,
      "quadratic programme: no bounded solution with N = %zu (it falls for ever where entry %zu grows); data behind "
      "it are not separable by this form of the network",
      p->n, entry);
}

/* M is positive definite on F but not with `enter`: M z = 0 there for z = 1 at `enter`, -s on F. Along z the
   objective falls at the constant rate mu_enter < 0, until the first entry of F reaches zero and leaves; if none
   does, it falls for ever. */
static lfap_status step_along_kernel(qp *p, size_t enter, int *solved) {
  const lfap_system *s = &p->sys;
  double alpha = INFINITY;
  lfap_status st = solve_for_kernel(p, enter, solved);
  if (st || !*solved) return st;
  for (size_t k = 0; k < s->nf; k++) {
    double a = s->s[k] > 0.0 ? p->lambda[s->f[k]] / s->s[k] : INFINITY;
    if (a < alpha) alpha = a;
  }
  if (isinf(alpha)) {
    take_ray(p, enter);
    return falls(p, enter);
  }
  for (size_t k = 0; k < s->nf; k++) {
    size_t i = s->f[k];
    int drop = s->s[k] > 0.0 && p->lambda[i] / s->s[k] <= alpha;
    p->lambda[i] = drop ? 0.0 : fma(-alpha, s->s[k], p->lambda[i]);
    if (drop) p->in[i] = 0;
  }
  p->lambda[enter] += alpha;
  p->in[enter] = 1;
  return LFAP_OK;
}

static int all_positive(const lfap_system *s) {
  for (size_t k = 0; k < s->nf; k++)
    if (!(s->s[k] > 0.0)) return 0;
  return 1;
}

/* Enters an index and goes to the minimiser over a face that has it. Without rounding its entry only grows and F
   without it stays positive definite (N6); where rounding says otherwise the index is given up: *moved = 0, and the
   point is the old one. */
static lfap_status active_set_add(qp *p, size_t enter, int *moved) {
  lfap_status st = LFAP_OK;
  int solved = 1;
  memcpy(p->old, p->lambda, p->n * sizeof(double));
  p->in[enter] = 1;
  *moved = 0;
  for (size_t steps = 0; !st && solved && steps <= p->n && p->in[enter]; steps++) { /* every step drops an index */
    st = solve_or_singular(p, &solved);
    *moved = !st && solved && all_positive(&p->sys);
    if (*moved) return LFAP_OK;
    if (!st && solved) step_to_face(p);
    else if (!st) st = step_along_kernel(p, enter, &solved);
  }
  memcpy(p->lambda, p->old, p->n * sizeof(double));
  for (size_t i = 0; i < p->n; i++) p->in[i] = p->lambda[i] > 0.0;
  return st;
}

/* The index off F whose mu is most negative, not among those given up; n when there is none. */
static size_t most_negative(const qp *p, const unsigned char *skip, size_t *skipped) {
  size_t pick = p->n;
  *skipped = 0;
  for (size_t i = 0; i < p->n; i++) {
    if (p->in[i] || !(p->mu[i] < -p->tol)) continue;
    if (skip[i]) ++*skipped;
    else if (pick == p->n || p->mu[i] < p->mu[pick]) pick = i;
  }
  return pick;
}

/* Why this ends: spec/numerics.md N6, "The fallback ends". */
static lfap_status active_set(qp *p, unsigned char *skip) {
  size_t cap = 3 * p->n + 100, round = 0;
  memset(p->in, 0, p->n);
  memset(p->lambda, 0, p->n * sizeof(double));
  for (size_t i = 0; i < p->n; i++) p->mu[i] = -p->b[i];
  p->work = 0.0;
  for (; round < cap; round++) {
    size_t skipped = 0, pick = most_negative(p, skip, &skipped);
    if (pick != p->n && p->work > FALLBACK_WORK)
      return lfap_fail(
          p->ctx, LFAP_ERR_UNSOLVED,
          "quadratic programme: M of N = %zu is singular where pivoting begins, and adding one entry after "
          "another was given up at %zu entries after %.0e operations",
          p->n, p->sys.nf, p->work);
    lfap_status st = lfap_tick(p->ctx, ROUND, (double)round, 0.0);
    int moved = 0;
    if (st || (pick == p->n && !skipped)) return st;
    if (pick == p->n)
      return lfap_fail(
          p->ctx, LFAP_ERR_UNSOLVED,
          "quadratic programme: doubles cannot tell how to meet %zu of N = %zu constraints; M is too ill-conditioned",
          skipped, p->n);
    st = active_set_add(p, pick, &moved);
    if (st) return st;
    if (moved) {
      memset(skip, 0, p->n);
      take_solution(p);
    } else skip[pick] = 1; /* until the point moves */
  }
  return lfap_fail(p->ctx, LFAP_ERR_UNSOLVED,
                   "quadratic programme: not solved after %zu active-set steps; M is too ill-conditioned", cap);
}

/* Large and flat: a support, or a ray, from the interior; pivoting goes on from that support. */
static lfap_status through_interior(qp *p, int *done) {
  lfap_interior_end end;
  size_t at = 0;
  lfap_status st = lfap_interior_find(p->ctx, &end, p->lambda, p->in, p->sys.m);
  p->rounds++;
  if (st || end == LFAP_INTERIOR_NONE) return st;
  if (end == LFAP_INTERIOR_SUPPORT) return block_pivoting(p, done);
  if (p->ray) memcpy(p->ray, p->lambda, p->n * sizeof(double));
  (void)lfap_peak(&at, p->lambda, p->n);
  return falls(p, at);
}

static lfap_status run_pivoting(qp *p, int *done, unsigned char *skip) {
  lfap_status st = block_pivoting(p, done);
  if (st || *done) return st;
  char room[LFAP_BYTES];
  if (p->sys.no_factor)
    return lfap_fail(
        p->ctx, LFAP_ERR_UNSOLVED,
        "quadratic programme: conjugate gradients do not converge (Q of N = %zu is too ill-conditioned), and the "
        "memory "
        "limit leaves no room for a factor of %s; raise it",
        p->n, lfap_bytes(room, 8.0 * (double)p->n * (double)p->n));
  p->sys.by_cg = 0;
  p->sys.exact = 1;
  if (p->sys.no_rough) st = through_interior(p, done);
  return st || *done ? st : active_set(p, skip);
}

static lfap_status take_system(lfap_ctx *ctx, lfap_system *s, const lfap_qp_task *task) {
  if (!task->held || !task->held->L) return lfap_system_open(ctx, s, task->m, task->b, task->solver, task->no_factor);
  *s = *task->held;
  *task->held = (lfap_system){0};
  s->b = task->b;
  s->iterations = 0;
  return LFAP_OK;
}

static void leave_system(lfap_system *s, lfap_status st, const lfap_qp_task *task) {
  if (!st && task->held && s->factored) *task->held = *s;
  else lfap_system_close(s);
}

lfap_status lfap_qp_run(lfap_ctx *ctx, double *lambda, double *mu, lfap_qp_way *way, const lfap_qp_task *task) {
  size_t n = task->m->n;
  qp p = {.ctx = ctx,
          .b = task->b,
          .n = n,
          .ray = task->ray,
          .tol = (task->m->on_data ? SHARP_TOL : LFAP_QP_TOL) * lfap_amax(n, task->b)};
  p.lambda = calloc(4 * n, sizeof(double));
  p.in = malloc(n);
  unsigned char *skip = calloc(n, 1);
  int done = 0;
  lfap_status st = p.lambda && p.in && skip
                       ? take_system(ctx, &p.sys, task)
                       : lfap_fail(ctx, LFAP_ERR_MEMORY, "quadratic programme: no memory for N = %zu", n);
  if (!st) {
    p.sys.most = task->most;
    p.sys.no_rough = n >= LFAP_LARGE && !task->no_factor && !task->most && lfap_interior_applies(task->m);
    p.mu = p.lambda + n;
    p.old = p.mu + n;
    p.row = p.old + n;
    for (size_t i = 0; i < n; i++) p.in[i] = task->support ? task->support[i] != 0 : 1;
    st = run_pivoting(&p, &done, skip);
    if (st != LFAP_ERR_INTERRUPTED) { /* whatever came of it */
      lfap_status end = lfap_tick(ctx, ROUND, 1.0, 1.0);
      if (!st || end == LFAP_ERR_INTERRUPTED) st = end;
    }
  }
  if (task->trust) *task->trust = lfap_trust_none;
  if (!st && task->trust) st = lfap_trust_of(ctx, task->trust, &p.sys, p.lambda, task->data);
  if (!st || st == LFAP_ERR_INFEASIBLE || st == LFAP_ERR_UNSOLVED) {
    memcpy(lambda, p.lambda, n * sizeof(double));
    memcpy(mu, p.mu, n * sizeof(double));
    if (way) *way = (lfap_qp_way){done && p.sys.nf == n, p.rounds, p.sys.iterations};
  }
  leave_system(&p.sys, st, task);
  free(p.lambda);
  free(p.in);
  free(skip);
  return st;
}

lfap_status lfap_qp_doubt(lfap_ctx *ctx, const double *lambda, const lfap_qp_task *task) {
  lfap_system sys;
  lfap_status st = lfap_system_open(ctx, &sys, task->m, task->b, task->solver, task->no_factor);
  if (st) return st;
  sys.most = task->most;
  st = lfap_trust_of(ctx, task->trust, &sys, lambda, task->data);
  lfap_system_close(&sys);
  return st;
}

lfap_status lfap_qp_solve(lfap_ctx *ctx, double *lambda, double *mu, const double *M, const double *b, size_t n) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (st) return st;
  if (n == 0) return lfap_fail(ctx, LFAP_ERR_USAGE, "quadratic programme: n = 0");
  lfap_qm m = {.n = n, .M = M};
  double *own = malloc(2 * n * sizeof *own);
  st = own ? lfap_qm_open(ctx, &m) : lfap_fail(ctx, LFAP_ERR_MEMORY, "quadratic programme: no memory for n = %zu", n);
  if (!st) st = lfap_qp_run(ctx, own, own + n, NULL, &(lfap_qp_task){.m = &m, .b = b});
  if (!st) {
    memcpy(lambda, own, n * sizeof *own);
    memcpy(mu, own + n, n * sizeof *own);
  }
  lfap_qm_close(&m);
  free(own);
  return st;
}
