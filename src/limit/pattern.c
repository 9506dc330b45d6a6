/* pattern.c - maximises D(lambda) = sum lambda - 1/2 sum_j c_j'K c_j/m over lambda >= 0 (statement C3; spec/numerics.md
 * N15): D is concave, its gradient 1 - q, so a Newton step on the multipliers that are not held at 0, with a line
 * search on D, leads to the solution from anywhere. */
#include "limit/pattern.h"

#include "data/factor.h"
#include "data/products.h"
#include "kernel/chain.h"
#include "kernel/kinkform.h"
#include "kernel/lanes.h"
#include "kernel/rows.h"
#include "kernel/solve.h"
#include "limit/qp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ARMIJO 1e-4
#define RIDGE 0x1p-40
#define DIRECT_WORK 3e9  /* up to here Newton's matrix is formed and factored */
#define NOTHING 0x1p-50  /* ||W||^2 <= this times the mean of (sum_k c_jk |x_k|)^2: the rows vanish */
#define ROUNDING 0x1p-51 /* of D, over sum lambda_n |x_n| sum c_jk |x_k|/m */
#define SHARP_MOST 1e-14 /* residuals are not asked to be below this, */
#define ROUGH_MOST 1e-7  /* or relative ones, to see signs by, below this */
#define DUST 0x1p-48     /* lambda_n |x_n|^2 up to here is 0 */
enum { NEWTON = 200, SEARCH = 30, IDLE = 2, PATIENT = 60 };

lfap_status lfap_pattern_open(lfap_ctx *ctx, lfap_pattern *p, size_t n, size_t groups) {
  lfap_status st = lfap_boxed_open(ctx, &p->b, n, groups);
  if (st) return st;
  p->lambda = calloc(11 * n, sizeof(double));
  p->free = calloc(n, 1);
  if (!p->lambda || !p->free) {
    lfap_pattern_close(p);
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "polish: no memory for vectors of N = %zu", n);
  }
  double **const part[] = {&p->q,    &p->g,     &p->step,  &p->next,  &p->rhs,
                           &p->diag, &p->cg[0], &p->cg[1], &p->cg[2], &p->cg[3]};
  for (size_t k = 0; k < 10; k++) *part[k] = p->lambda + (k + 1) * n;
  return LFAP_OK;
}

void lfap_pattern_close(lfap_pattern *p) {
  lfap_boxed_close(&p->b);
  free(p->lambda);
  free(p->free);
  free(p->A);
  *p = (lfap_pattern){0};
}

/* ---- D and its gradient ------------------------------------------------------------------------------------------ */

/* sum_j sum_k c_jk |x_k|/m: times |x_n| and 2^-53 it is what rounding makes of q_n, whatever multipliers are stored. */
static double length_of(const lfap_pattern *p) {
  double sum = 0.0;
  for (size_t g = 0; g < p->b.groups; g++)
    sum = fma(p->b.weight[g], lfap_dot(p->b.n, p->b.c + g * p->b.n, p->b.size), sum);
  return sum;
}

/* q, g and the residuals at p->lambda; `before`: the multipliers of p->b. */
static lfap_status evaluate(lfap_ctx *ctx, lfap_pattern *p, const double *before) {
  lfap_status st = lfap_boxed_solve(ctx, &p->b, p->lambda, before);
  if (st) return st;
  lfap_boxed_margins(&p->b, p->q);
  double length = length_of(p);
  p->residual = p->relative = p->doubt = 0.0;
  for (size_t i = 0; i < p->b.n; i++) {
    double size = fmax(1.0, p->b.size[i] * length);
    p->g[i] = 1.0 - p->q[i];
    double off = p->lambda[i] > 0.0 ? fabs(p->g[i]) : fmax(0.0, p->g[i]);
    if (!(off <= p->residual)) p->residual = off;
    if (!(off / size <= p->relative)) p->relative = off / size;
    p->doubt = fma(p->lambda[i], size, p->doubt);
  }
  return LFAP_OK;
}

static double value(const lfap_pattern *p) {
  return lfap_sum(p->b.n, p->lambda) - 0.5 * lfap_dot(p->b.n, p->lambda, p->q);
}

/* sum lambda > 0 and W = 0, as far as doubles tell: along lambda D grows for ever. */
static int vanishes(const lfap_pattern *p) {
  double most = 0.0;
  for (size_t g = 0; g < p->b.groups; g++) {
    double length = lfap_dot(p->b.n, p->b.c + g * p->b.n, p->b.size);
    most = fma(p->b.weight[g], length * length, most);
  }
  return most > 0.0 && lfap_dot(p->b.n, p->lambda, p->q) <= NOTHING * most;
}

/* From given multipliers, or from 1/|x_n|^2; the best multiple of them (D(r lambda) is a parabola in r) where that is
   far away. */
static lfap_status start(lfap_ctx *ctx, lfap_pattern *p) {
  size_t n = p->b.n;
  if (lfap_amax(n, p->lambda) == 0.0)
    for (size_t i = 0; i < n; i++) p->lambda[i] = 1.0 / (p->b.size[i] * p->b.size[i]);
  lfap_status st = evaluate(ctx, p, NULL);
  if (st || vanishes(p)) return st;
  double r = lfap_sum(n, p->lambda) / lfap_dot(n, p->lambda, p->q);
  if (!isfinite(r) || !(r > 0.0) || (r > 0.5 && r < 2.0)) return LFAP_OK;
  memcpy(p->next, p->lambda, n * sizeof *p->next);
  lfap_scale(p->lambda, r, p->next, n);
  return evaluate(ctx, p, p->next);
}

/* ---- Newton's direction ------------------------------------------------------------------------------------------ */

/* Multipliers that are 0 or would be after a step along the gradient are held at 0. */
static size_t choose_free(lfap_pattern *p) {
  size_t count = 0, n = p->b.n;
  memset(p->diag, 0, n * sizeof *p->diag);
  for (size_t g = 0; g < p->b.groups; g++) {
    const double *s = p->b.s + g * n;
    lfap_kink_gather(p->diag, p->b.weight[g], s, s, n);
  }
  for (size_t i = 0; i < n; i++) {
    p->diag[i] *= p->b.size[i] * p->b.size[i];
    p->free[i] = p->g[i] >= 0.0 || p->lambda[i] * p->diag[i] + p->g[i] > 0.0;
    count += p->free[i];
  }
  return count;
}

/* The factor of A on the free set, more and more of its diagonal added until it is one. */
static lfap_status factor_free(lfap_ctx *ctx, lfap_pattern *p, double *L, const size_t *at, size_t k) {
  size_t n = p->b.n, bad = 0;
  for (double ridge = 0.0; bad<k; ridge = ridge> 0.0 ? 16.0 * ridge : RIDGE) {
    for (size_t i = 0; i < k; i++) {
      for (size_t j = 0; j <= i; j++) L[i * k + j] = p->A[at[i] * n + at[j]];
      L[i * k + i] += ridge * p->diag[at[i]];
    }
    lfap_status st = lfap_factor(ctx, L, k, &bad);
    if (st) return st;
  }
  return LFAP_OK;
}

static lfap_status direct(lfap_ctx *ctx, lfap_pattern *p, size_t k) {
  size_t n = p->b.n, *at = malloc(k * sizeof *at), count = 0;
  double *L = malloc(k * k * sizeof *L);
  if (!p->A) p->A = malloc(n * n * sizeof *p->A);
  lfap_status st = at && L && p->A ? lfap_boxed_form(ctx, &p->b, p->A)
                                   : lfap_fail(ctx, LFAP_ERR_MEMORY, "polish: no memory for a %zu x %zu matrix", n, n);
  for (size_t i = 0; !st && i < n; i++)
    if (p->free[i]) at[count++] = i;
  if (!st) st = factor_free(ctx, p, L, at, k);
  if (!st) {
    for (size_t i = 0; i < k; i++) p->cg[0][i] = p->rhs[at[i]];
    lfap_chol_solve(p->cg[1], L, p->cg[0], k);
    for (size_t i = 0; i < k; i++) p->step[at[i]] = p->cg[1][i];
  }
  free(at);
  free(L);
  return st;
}

static int leaves(const lfap_pattern *p) {
  for (size_t i = 0; i < p->b.n; i++)
    if (p->free[i] && p->lambda[i] + p->step[i] < 0.0) return 1;
  return 0;
}

/* The step to the best multipliers >= 0 of D's parabola, which may need many to become 0 or positive together: no step
   that is cut off at 0 afterwards finds them where samples are nearly dependent. If it is not solved the step stays. */
static lfap_status best_of_parabola(lfap_ctx *ctx, lfap_pattern *p) {
  size_t n = p->b.n;
  lfap_qm m = {.n = n, .M = p->A};
  for (size_t i = 0; i < n; i++) {
    p->A[i * n + i] = fma(RIDGE, p->diag[i], p->A[i * n + i]);
    p->free[i] = p->free[i] || p->lambda[i] > 0.0;
  }
  lfap_mirror(p->A, 0, n, n);
  lfap_matvec(ctx, p->rhs, p->A, p->lambda, n, n);
  lfap_axpy(p->rhs, 1.0, p->g, n);
  lfap_status st = lfap_qm_open(ctx, &m);
  if (!st) st = lfap_qp_run(ctx, p->cg[0], p->cg[1], NULL, &(lfap_qp_task){.m = &m, .b = p->rhs, .support = p->free});
  lfap_qm_close(&m);
  for (size_t i = 0; !st && i < n; i++) p->step[i] = p->cg[0][i] - p->lambda[i];
  if (st != LFAP_ERR_UNSOLVED && st != LFAP_ERR_INFEASIBLE) return st;
  if (ctx) ctx->message[0] = '\0';
  return LFAP_OK;
}

/* z = r over the diagonal on the free set, 0 elsewhere; <r, z>. */
static double precondition(const lfap_pattern *p, double *z, const double *r) {
  for (size_t i = 0; i < p->b.n; i++) z[i] = p->free[i] ? r[i] / p->diag[i] : 0.0;
  return lfap_dot(p->b.n, r, z);
}

/* Conjugate gradients on the free set, until <r, z> has fallen by tol^2 or the curvature has gone. */
static lfap_status gradients(lfap_ctx *ctx, lfap_pattern *p, double tol) {
  size_t n = p->b.n;
  double *r = p->rhs, *z = p->cg[0], *d = p->cg[1], *v = p->cg[2];
  double rho = precondition(p, z, r), target = (tol * tol) * rho;
  memcpy(d, z, n * sizeof *d);
  for (size_t step = 0; rho > target && step < 2 * n + 20; step++) {
    lfap_status st = lfap_boxed_product(ctx, &p->b, v, d);
    if (st) return st;
    double curve = lfap_dot(n, d, v), alpha = rho / curve;
    if (!(curve > 0.0) || !isfinite(alpha)) return LFAP_OK;
    for (size_t i = 0; i < n; i++)
      if (!p->free[i]) v[i] = 0.0;
    for (size_t i = 0; i < n; i++)
      if (p->free[i]) p->step[i] = fma(alpha, d[i], p->step[i]);
    lfap_axpy(r, -alpha, v, n);
    double last = rho;
    rho = precondition(p, z, r);
    for (size_t i = 0; i < n; i++) d[i] = fma(rho / last, d[i], z[i]);
  }
  return LFAP_OK;
}

/* step: to 0 where multipliers are held, Newton's elsewhere. */
static lfap_status direction(lfap_ctx *ctx, lfap_pattern *p) {
  size_t n = p->b.n, moved = 0;
  lfap_status st = lfap_boxed_factor(ctx, &p->b);
  if (st) return st;
  size_t k = choose_free(p);
  memset(p->step, 0, n * sizeof *p->step);
  for (size_t i = 0; i < n; i++) {
    p->rhs[i] = p->free[i] ? p->g[i] : 0.0;
    if (p->free[i] || !(p->lambda[i] > 0.0)) continue;
    p->step[i] = -p->lambda[i];
    moved++;
  }
  if (moved) {
    st = lfap_boxed_product(ctx, &p->b, p->cg[3], p->step);
    for (size_t i = 0; !st && i < n; i++)
      if (p->free[i]) p->rhs[i] -= p->cg[3][i];
  }
  if (st || !k) return st;
  if (lfap_boxed_work(&p->b) <= DIRECT_WORK) {
    st = direct(ctx, p, k);
    return st || !leaves(p) ? st : best_of_parabola(ctx, p);
  }
  return gradients(ctx, p, fmin(0.1, fmax(1e-6, sqrt(p->residual) * 0.1)));
}

/* ---- the line search --------------------------------------------------------------------------------------------- */

/* lambda = max(0, from + alpha step). */
static void go_along(lfap_pattern *p, const double *from, double alpha) {
  for (size_t i = 0; i < p->b.n; i++) p->lambda[i] = fmax(0.0, fma(alpha, p->step[i], from[i]));
}

/* g' (lambda - from). */
static double along(const lfap_pattern *p, const double *g, const double *from) {
  for (size_t i = 0; i < p->b.n; i++) p->cg[3][i] = p->lambda[i] - from[i];
  return lfap_dot(p->b.n, g, p->cg[3]);
}

/* From p->lambda along the step: the first point that is better than the straight line tells. *moved is 0 where there
   is none, and lambda is as it was. */
static lfap_status search(lfap_ctx *ctx, lfap_pattern *p, int *moved) {
  size_t n = p->b.n;
  double *from = p->next, *g = p->rhs, alpha = 1.0, was = value(p), *last = p->cg[2];
  memcpy(from, p->lambda, n * sizeof *from);
  memcpy(last, from, n * sizeof *last);
  memcpy(g, p->g, n * sizeof *g);
  lfap_status st = LFAP_OK;
  *moved = 1;
  for (int k = 0; k < SEARCH; k++) {
    go_along(p, from, alpha);
    double up = along(p, g, from);
    if (!(up > 0.0)) break;
    st = evaluate(ctx, p, last);
    if (st) return st;
    memcpy(last, p->lambda, n * sizeof *last);
    double now = value(p), round = ROUNDING * p->doubt, end = along(p, p->g, from);
    if (now - was >= ARMIJO * up - round || end >= 0.0) return LFAP_OK;
    double cut = up / (up - end); /* where a parabola has its top */
    alpha *= fmin(0.5, fmax(0.1, cut));
  }
  *moved = 0;
  memcpy(p->lambda, from, n * sizeof *from);
  return evaluate(ctx, p, last);
}

/* A step along the gradient, each entry over its diagonal, in the place of Newton's. */
static void gradient_step(lfap_pattern *p) {
  for (size_t i = 0; i < p->b.n; i++) p->step[i] = p->g[i] / p->diag[i];
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

static lfap_status no_weights(lfap_ctx *ctx, const lfap_pattern *p) {
  return lfap_fail(ctx, LFAP_ERR_INFEASIBLE,
                   "polish: no weights classify the N = %zu samples with this pattern of own pairs, as far as doubles "
                   "tell (a combination of its gradients vanishes); start from weights that classify the data",
                   p->b.n);
}

/* Roughly, or until the residual is at most SHARP_MOST or does not fall any more. */
static lfap_status newton(lfap_ctx *ctx, lfap_pattern *p, int roughly) {
  lfap_status st = start(ctx, p);
  double best = INFINITY;
  size_t idle = 0;
  for (p->iterations = 0; !st && p->iterations < NEWTON; p->iterations++) {
    int moved = 0;
    if (vanishes(p)) return no_weights(ctx, p);
    if (p->residual <= SHARP_MOST || (roughly && p->relative <= ROUGH_MOST)) return LFAP_OK;
    idle = p->residual <= 0.5 * best ? 0 : idle + 1;
    if (idle >= IDLE && p->relative <= (idle < PATIENT ? LFAP_PATTERN_TOL : ROUGH_MOST)) return LFAP_OK;
    best = fmin(best, p->residual);
    st = direction(ctx, p);
    if (!st) st = search(ctx, p, &moved);
    if (st || moved) continue;
    if (p->relative <= ROUGH_MOST) return LFAP_OK;
    gradient_step(p);
    st = search(ctx, p, &moved);
    if (!st && !moved) break;
  }
  if (st) return st;
  return lfap_fail(
      ctx, LFAP_ERR_UNSOLVED,
      "polish: the pattern's programme of N = %zu samples is not solved after %zu steps of Newton (margins "
      "off by %.2g); samples are too nearly dependent for doubles",
      p->b.n, p->iterations, p->residual);
}

/* What rounding leaves of a multiplier that is 0. */
static void drop_dust(lfap_pattern *p) {
  for (size_t i = 0; i < p->b.n; i++)
    if (p->lambda[i] * (p->b.size[i] * p->b.size[i]) <= DUST) p->lambda[i] = 0.0;
}

lfap_status lfap_pattern_solve(lfap_ctx *ctx, lfap_pattern *p, int roughly) {
  lfap_status st = newton(ctx, p, roughly);
  if (!st && !roughly) drop_dust(p);
  return st;
}
