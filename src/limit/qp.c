/* qp.c - min 1/2 l'Ml - b'l over l >= 0 (statement C1, spec/numerics.md N6): block principal pivoting, and an
 * active-set fallback that needs no positive definite M. M = Q, b = 1 is the hard-margin dual of the limit. */
#include "limit/qp.h"

#include "kernel/chol.h"
#include "kernel/lanes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DUAL_TOL 1e-10

typedef struct {
  lfap_ctx *ctx;
  const double *M, *b;
  size_t n;
  unsigned char *in; /* n: in the support F */
  size_t *f;         /* F, increasing */
  size_t nf;
  double *L;                    /* factor of M_FF, at most n x n */
  double *s, *c, *r, *bf, *row; /* solution on F, correction, residual, b_F, one gathered row */
  double tol;                   /* DUAL_TOL * max |b| */
} qp;

static void list_support(qp *p) {
  p->nf = 0;
  for (size_t i = 0; i < p->n; i++)
    if (p->in[i]) p->f[p->nf++] = i;
}

/* Row i of M restricted to F. */
static const double *row_on_support(qp *p, size_t i) {
  const double *m = p->M + i * p->n;
  if (p->nf == p->n) return m;
  for (size_t k = 0; k < p->nf; k++) p->row[k] = m[p->f[k]];
  return p->row;
}

/* s = M_FF^-1 b_F with refinement; 0 when M_FF is numerically singular. */
static int solve_on_support(qp *p) {
  list_support(p);
  size_t nf = p->nf;
  for (size_t i = 0; i < nf; i++) {
    memcpy(p->L + i * nf, row_on_support(p, p->f[i]), nf * sizeof(double));
    p->bf[i] = p->b[p->f[i]];
  }
  if (lfap_chol(p->L, nf) != nf) return 0;
  lfap_chol_solve(p->s, p->L, p->bf, nf);
  double last = INFINITY;
  for (int round = 0; round < 5; round++) {
    for (size_t i = 0; i < nf; i++) p->r[i] = lfap_residual(p->bf[i], row_on_support(p, p->f[i]), p->s, nf);
    lfap_chol_solve(p->c, p->L, p->r, nf);
    double size = lfap_amax(nf, p->c);
    if (!(size <= 0.5 * last) || size == 0.0) break;
    for (size_t i = 0; i < nf; i++) p->s[i] += p->c[i];
    last = size;
  }
  return 1;
}

/* mu = M lambda - b everywhere, lambda given by s on F. */
static void duals(qp *p, double *mu) {
  for (size_t i = 0; i < p->n; i++) mu[i] = -lfap_residual(p->b[i], row_on_support(p, i), p->s, p->nf);
}

static void scatter(const qp *p, double *lambda) {
  memset(lambda, 0, p->n * sizeof *lambda);
  for (size_t k = 0; k < p->nf; k++) lambda[p->f[k]] = p->s[k];
}

static int infeasible(const qp *p, const double *lambda, const double *mu, size_t i) {
  return p->in[i] ? lambda[i] < 0.0 : mu[i] < -p->tol;
}

/* LFAP_OK when solved, LFAP_ERR_INTERNAL when the fallback has to take over. */
static lfap_status block_pivoting(qp *p, double *lambda, double *mu, int *full) {
  size_t best = p->n + 1, cap = 20 + 5 * p->n;
  int lives = 3;
  memset(p->in, 1, p->n);
  for (size_t round = 0; round < cap; round++) {
    lfap_status st = lfap_tick(p->ctx, "quadratic programme", (double)round, (double)cap);
    if (st) return st;
    if (!solve_on_support(p)) return LFAP_ERR_INTERNAL;
    scatter(p, lambda);
    duals(p, mu);
    size_t bad = 0, top = 0;
    for (size_t i = 0; i < p->n; i++)
      if (infeasible(p, lambda, mu, i)) {
        bad++;
        top = i;
      }
    if (round == 0) *full = bad == 0;
    if (bad == 0) return LFAP_OK;
    int all = bad < best || lives > 0;
    if (bad < best) {
      best = bad;
      lives = 3;
    } else if (lives > 0)
      lives--;
    for (size_t i = 0; i < p->n; i++)
      if (all ? infeasible(p, lambda, mu, i) : i == top) p->in[i] ^= 1;
  }
  return LFAP_ERR_INTERNAL;
}

/* Moves lambda towards s until the first entry of F reaches zero, and drops every zero from F. */
static void step_to_face(qp *p, double *lambda) {
  double alpha = 1.0;
  for (size_t k = 0; k < p->nf; k++)
    if (p->s[k] <= 0.0) {
      double l = lambda[p->f[k]], a = l / (l - p->s[k]);
      if (!(l > 0.0)) a = 0.0;
      if (a < alpha) alpha = a;
    }
  for (size_t k = 0; k < p->nf; k++) {
    size_t i = p->f[k];
    double l = lambda[i], a = l > 0.0 ? l / (l - p->s[k]) : 0.0;
    int drop = p->s[k] <= 0.0 && a <= alpha;
    lambda[i] = drop ? 0.0 : fma(alpha, p->s[k] - l, l);
    if (drop) p->in[i] = 0;
  }
}

/* Enters index `in_n`; 1 when the point moved, 0 when the index had to be given up. */
static int active_set_add(qp *p, double *lambda, size_t in_n) {
  p->in[in_n] = 1;
  for (size_t guard = 0; guard <= p->n; guard++) {
    if (!solve_on_support(p)) {
      p->in[in_n] = 0;
      return 0;
    }
    size_t k = 0;
    while (k < p->nf && p->s[k] > 0.0) k++;
    if (k == p->nf) {
      scatter(p, lambda);
      return 1;
    }
    step_to_face(p, lambda);
    if (!p->in[in_n]) return 0;
  }
  return 0;
}

static lfap_status active_set(qp *p, double *lambda, double *mu) {
  size_t cap = 3 * p->n + 100;
  unsigned char *skip = calloc(p->n, 1);
  if (!skip) return lfap_fail(p->ctx, LFAP_ERR_MEMORY, "quadratic programme: no memory for %zu flags", p->n);
  memset(p->in, 0, p->n);
  memset(lambda, 0, p->n * sizeof *lambda);
  for (size_t i = 0; i < p->n; i++) mu[i] = -p->b[i];
  lfap_status st = LFAP_OK;
  size_t round = 0;
  for (; !st && round < cap; round++) {
    st = lfap_tick(p->ctx, "quadratic programme (active set)", (double)round, (double)cap);
    size_t pick = p->n, skipped = 0;
    for (size_t i = 0; i < p->n; i++) {
      if (p->in[i] || !(mu[i] < -p->tol)) continue;
      if (skip[i]) skipped++;
      else if (pick == p->n || mu[i] < mu[pick]) pick = i;
    }
    if (st || (pick == p->n && !skipped)) break;
    if (pick == p->n)
      st = lfap_fail(p->ctx, LFAP_ERR_DATA,
                     "quadratic programme: no bounded solution with N = %zu (%zu constraints cannot be met together); the data are "
                     "not separable by this form of the network", p->n, skipped);
    else if (active_set_add(p, lambda, pick))
      memset(skip, 0, p->n);
    else
      skip[pick] = 1;
    if (!st && solve_on_support(p)) {
      scatter(p, lambda);
      duals(p, mu);
    }
  }
  free(skip);
  if (!st && round == cap)
    st = lfap_fail(p->ctx, LFAP_ERR_DATA, "quadratic programme: not solved after %zu active-set steps; Q is too ill-conditioned", cap);
  return st;
}

lfap_status lfap_qp_run(lfap_ctx *ctx, double *lambda, double *mu, int *full, const double *M, const double *b, size_t n) {
  qp p = {.ctx = ctx, .M = M, .b = b, .n = n, .tol = DUAL_TOL * lfap_amax(n, b)};
  double *out = calloc(2 * n, sizeof *out);
  p.in = malloc(n);
  p.f = malloc(n * sizeof *p.f);
  p.L = n <= SIZE_MAX / sizeof(double) / (n ? n : 1) ? malloc(n * n * sizeof(double)) : NULL;
  p.s = malloc(5 * n * sizeof(double));
  lfap_status st = LFAP_OK;
  int whole = 0;
  if (!out || !p.in || !p.f || !p.L || !p.s)
    st = lfap_fail(ctx, LFAP_ERR_MEMORY, "quadratic programme: no memory for the factor of a %zu x %zu matrix", n, n);
  else {
    p.c = p.s + n;
    p.r = p.c + n;
    p.bf = p.r + n;
    p.row = p.bf + n;
    st = block_pivoting(&p, out, out + n, &whole);
    if (st == LFAP_ERR_INTERNAL) st = active_set(&p, out, out + n);
  }
  if (!st) {
    memcpy(lambda, out, n * sizeof *out);
    memcpy(mu, out + n, n * sizeof *out);
    if (full) *full = whole;
  }
  free(out);
  free(p.in);
  free(p.f);
  free(p.L);
  free(p.s);
  return st;
}

lfap_status lfap_qp_solve(lfap_ctx *ctx, double *lambda, double *mu, const double *M, const double *b, size_t n) {
  if (n == 0) return lfap_fail(ctx, LFAP_ERR_USAGE, "quadratic programme: n = 0");
  return lfap_qp_run(ctx, lambda, mu, NULL, M, b, n);
}
