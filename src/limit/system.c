/* system.c - M_FF s = b_F (Q1: Q lambda = 1; spec/numerics.md N6): a Cholesky factor, or conjugate gradients with the
 * diagonal as preconditioner, and the refinement that both share. */
#include "limit/system.h"

#include "data/factor.h"
#include "kernel/chain.h"
#include "kernel/lanes.h"
#include "kernel/solve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Iterations, bound by memory, that take about as long as a factor. */
static size_t cg_budget(size_t nf) { return 32 + nf / 32; }
/* Added to a diagonal of 1 in rough factors: a support's block may be singular before the support is right. */
#define RIDGE 0x1p-30
/* Residuals of rough solutions and of corrections, in the norm of the preconditioner. */
#define ROUGH_TOL 5e-2
#define FINER_TOL 1e-4
#define FINEST_TOL 1e-6 /* only before a factor: each index still wrong there costs another one */
#define CG_TOL 1e-8

lfap_status lfap_system_open(lfap_ctx *ctx, lfap_system *p, const lfap_qm *m, const double *b, lfap_solver solver,
                             int no_factor) {
  size_t n = m->n;
  lfap_system s = {.m = m, .b = b, .n = n, .no_factor = no_factor};
  s.only_cg = no_factor || solver == LFAP_SOLVER_CG;
  s.by_cg = s.only_cg || (solver == LFAP_SOLVER_AUTO && n >= LFAP_LARGE);
  s.exact = !s.by_cg;
  s.f = malloc(n * sizeof *s.f);
  s.s = malloc(7 * n * sizeof(double));
  if (!s.f || !s.s) {
    lfap_system_close(&s);
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "quadratic programme: no memory for vectors of N = %zu", n);
  }
  s.r = s.s + n;
  s.c = s.r + n;
  s.v = s.c + n;
  for (size_t k = 0; k < 3; k++) s.cg[k] = s.v + (k + 1) * n;
  *p = s;
  return LFAP_OK;
}

void lfap_system_close(lfap_system *p) {
  free(p->f);
  free(p->s);
  free(p->L);
  *p = (lfap_system){0};
}

static lfap_qm_part on_support(const lfap_system *p) {
  const size_t *f = p->nf == p->n ? NULL : p->f;
  return (lfap_qm_part){f, f, p->nf, p->nf};
}

/* ---- factor ------------------------------------------------------------------------------------------------------ */

static void store_row(void *arg, size_t at, const double *q) {
  const lfap_system *p = arg;
  double *row = p->L + at * p->nf;
  memcpy(row, q, (at + 1) * sizeof *q);
  if (!p->exact) row[at] = fma(RIDGE, row[at], row[at]);
}

/* For the support alone: of 2 N unknowns of (CP) about N are on it. A support that grows gets some more at once. */
static int room_for_factor(lfap_system *p) {
  if (p->L && p->nf <= p->room) return 1;
  size_t want = p->L ? p->nf + p->nf / 8 : p->nf, k = want < p->n ? want : p->n;
  free(p->L);
  p->room = k;
  p->L = k <= SIZE_MAX / sizeof(double) / k ? malloc(k * k * sizeof(double)) : NULL;
  return p->L != NULL;
}

static lfap_status factor(lfap_ctx *ctx, lfap_system *p, int *good) {
  size_t bad = 0;
  if (!room_for_factor(p))
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "quadratic programme: no memory for the factor of a %zu x %zu matrix", p->nf,
                     p->nf);
  lfap_qm_rows(ctx, p->m, on_support(p), store_row, p);
  lfap_status st = lfap_factor(ctx, p->L, p->nf, &bad);
  *good = !st && bad == p->nf;
  p->factored = *good && p->exact;
  return st;
}

/* ---- conjugate gradients ----------------------------------------------------------------------------------------- */

/* q = M_FF d. */
static void product(lfap_ctx *ctx, lfap_system *p, double *q, const double *d) {
  memset(p->v, 0, p->n * sizeof(double));
  for (size_t k = 0; k < p->nf; k++) p->v[p->f[k]] = d[k];
  lfap_qm_product(ctx, q, p->m, p->v, p->f, p->nf);
}

/* z = D^-1 r for the diagonal D of M_FF (up to one factor); <r, z>. */
static double precondition(const lfap_system *p, double *z, const double *r) {
  for (size_t k = 0; k < p->nf; k++) z[k] = r[k] / p->m->diag[p->f[k]];
  return lfap_dot(p->nf, r, z);
}

/* c = about M_FF^-1 r from c = 0; r becomes the residual. Ends when <r, D^-1 r> <= target (*good = 1), when the
   budget is used up or cannot suffice, or when M_FF turns out not to be positive definite (*good = 0). */
static lfap_status gradients(lfap_ctx *ctx, lfap_system *p, int *good, double *c, double *r, double target) {
  double *z = p->cg[0], *d = p->cg[1], *q = p->cg[2];
  size_t nf = p->nf, cap = p->no_factor ? 1000 + 10 * nf : cg_budget(nf);
  double rho = precondition(p, z, r), pace = rho * sqrt(sqrt(sqrt(target / rho)));
  memset(c, 0, nf * sizeof *c);
  memcpy(d, z, nf * sizeof *d);
  *good = rho <= target;
  for (size_t step = 1; !*good && step <= cap; step++) {
    lfap_status st = step % 8 == 1 ? lfap_tick(ctx, "conjugate gradients", (double)step, (double)cap) : LFAP_OK;
    if (st) return st;
    product(ctx, p, q, d);
    p->iterations++;
    double curve = lfap_dot(nf, d, q), alpha = rho / curve;
    if (!(curve > 0.0) || !isfinite(alpha)) return LFAP_OK;
    lfap_axpy(c, alpha, d, nf);
    lfap_axpy(r, -alpha, q, nf);
    double next = precondition(p, z, r), beta = next / rho;
    if (!p->no_factor && step == cap / 4 && !(next <= pace)) return LFAP_OK;
    for (size_t k = 0; k < nf; k++) d[k] = fma(beta, d[k], z[k]);
    rho = next;
    *good = rho <= target;
  }
  return LFAP_OK;
}

/* s from the start, roughly, or to CG_TOL of b_F. */
static lfap_status approach(lfap_ctx *ctx, lfap_system *p, int *good, const double *start) {
  for (size_t k = 0; k < p->nf; k++) {
    p->s[k] = start[p->f[k]];
    p->r[k] = p->b[p->f[k]];
  }
  const double rough[] = {ROUGH_TOL, FINER_TOL, FINEST_TOL};
  double tol = p->exact ? CG_TOL : rough[p->finer], target = (tol * tol) * precondition(p, p->cg[0], p->r);
  product(ctx, p, p->cg[2], p->s);
  lfap_axpy(p->r, -1.0, p->cg[2], p->nf);
  lfap_status st = gradients(ctx, p, good, p->c, p->r, target);
  if (!st && *good) lfap_axpy(p->s, 1.0, p->c, p->nf);
  return st;
}

/* ---- refinement -------------------------------------------------------------------------------------------------- */

lfap_status lfap_system_correct(lfap_ctx *ctx, lfap_system *p, int *good) {
  *good = 1;
  if (!p->by_cg) {
    lfap_chol_solve(p->c, p->L, p->r, p->nf);
    return LFAP_OK;
  }
  double target = (CG_TOL * CG_TOL) * precondition(p, p->cg[0], p->r);
  return gradients(ctx, p, good, p->c, p->r, target);
}

static lfap_status refine(lfap_ctx *ctx, lfap_system *p, int *good) {
  double last = INFINITY;
  for (int round = 0; round < 5; round++) {
    lfap_qm_residual(ctx, p->r, p->m, p->b, p->s, on_support(p));
    lfap_status st = lfap_system_correct(ctx, p, good);
    if (st || !*good) return st;
    double size = lfap_amax(p->nf, p->c);
    if (!(size <= 0.5 * last) || size == 0.0) break;
    for (size_t k = 0; k < p->nf; k++) p->s[k] += p->c[k];
    last = size;
  }
  return LFAP_OK;
}

static lfap_status by_factor(lfap_ctx *ctx, lfap_system *p, int *good) {
  *good = 1;
  lfap_status st = p->factored ? LFAP_OK : factor(ctx, p, good);
  if (st || !*good) return st;
  for (size_t k = 0; k < p->nf; k++) p->r[k] = p->b[p->f[k]];
  lfap_chol_solve(p->s, p->L, p->r, p->nf);
  return p->exact ? refine(ctx, p, good) : LFAP_OK;
}

void lfap_system_sharpen(lfap_system *p) {
  int most = !p->by_cg ? 0 : p->only_cg ? 1 : 2;
  if (p->finer < most) p->finer++;
  else p->exact = 1;
}

/* The factor that is there stays that of the support if it is the same again. */
static void take_support(lfap_system *p, const unsigned char *in) {
  size_t nf = 0, before = p->nf;
  int same = 1;
  for (size_t i = 0; i < p->n; i++)
    if (in[i]) {
      same = same && nf < before && p->f[nf] == i;
      p->f[nf++] = i;
    }
  p->nf = nf;
  p->factored = p->factored && same && nf == before;
}

lfap_status lfap_system_hold(lfap_ctx *ctx, lfap_system *p, int *good, const unsigned char *in) {
  take_support(p, in);
  *good = p->nf > 0;
  p->exact = 1;
  if (p->most && p->nf > p->most) p->no_factor = p->only_cg = p->by_cg = 1;
  if (!p->only_cg) p->by_cg = 0;
  return !*good || p->by_cg || p->factored ? LFAP_OK : factor(ctx, p, good);
}

lfap_status lfap_system_solve(lfap_ctx *ctx, lfap_system *p, int *solved, const unsigned char *in,
                              const double *start) {
  lfap_status st = LFAP_OK;
  take_support(p, in);
  *solved = p->nf == 0;
  if (*solved) return LFAP_OK;
  if (p->most && p->nf > p->most) p->no_factor = p->only_cg = p->by_cg = 1;
  if (p->exact && !p->only_cg) p->by_cg = 0;
  if (p->by_cg) {
    st = approach(ctx, p, solved, start);
    if (!st && *solved && p->exact) st = refine(ctx, p, solved);
    if (st || *solved || p->no_factor || (p->no_rough && !p->exact)) return st;
    p->by_cg = p->only_cg = 0;       /* too slow here: factors from now on, */
    if (p->finer == 2) p->exact = 1; /* and the support is nearly right */
  }
  return by_factor(ctx, p, solved);
}
