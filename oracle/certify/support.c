/* support.c - the nonnegative quadratic programs of C1(a) and (CP) in doubles, for a proposal: block principal pivoting
 * from a given support, an active-set walk from the empty one where a block is singular. */
#include "oracle/certify/support.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "oracle/check/qmatrix.h"

typedef struct {
  const double *M, *b;
  size_t n, nf;
  unsigned char *in;
  size_t *f;
  double *L, *x, *s, *mu; /* factor; solution on f; point (n); M x - b (n) */
} qp;

/* s = M_FF^-1 r_F on the support, 0 elsewhere; 0 when the block is singular in doubles. */
static int solve_support(qp *p, const double *r) {
  p->nf = 0;
  for (size_t i = 0; i < p->n; i++)
    if (p->in[i]) p->f[p->nf++] = i;
  size_t m = p->nf;
  for (size_t i = 0; i < m; i++)
    for (size_t k = 0; k <= i; k++) p->L[i * m + k] = p->M[p->f[i] * p->n + p->f[k]];
  if (!oracle_cholesky(p->L, m)) return 0;
  for (size_t i = 0; i < m; i++)
    if (p->L[i * m + i] < 1e-7) return 0; /* the diagonal of M is about 1 */
  for (size_t i = 0; i < m; i++) {
    double s = r[p->f[i]];
    for (size_t k = 0; k < i; k++) s -= p->L[i * m + k] * p->x[k];
    p->x[i] = s / p->L[i * m + i];
  }
  for (size_t i = m; i-- > 0;) {
    p->x[i] /= p->L[i * m + i];
    for (size_t k = 0; k < i; k++) p->x[k] -= p->L[i * m + k] * p->x[i];
  }
  memset(p->s, 0, p->n * sizeof *p->s);
  for (size_t i = 0; i < m; i++) p->s[p->f[i]] = p->x[i];
  return 1;
}

static void gradient(qp *p) {
  for (size_t i = 0; i < p->n; i++) {
    double s = -p->b[i];
    for (size_t k = 0; k < p->nf; k++) s += p->M[i * p->n + p->f[k]] * p->s[p->f[k]];
    p->mu[i] = s;
  }
}

static int infeasible(const qp *p, size_t i) { return p->in[i] ? p->s[i] < 0 : p->mu[i] < -1e-10 * p->b[i]; }

/* 1: found; 0: a singular block, or no end in sight. */
static int pivot(qp *p) {
  size_t best = p->n + 1;
  int lives = 3;
  for (size_t round = 0; round < 20 + 5 * p->n; round++) {
    if (!solve_support(p, p->b)) return 0;
    gradient(p);
    size_t bad = 0, last = 0;
    for (size_t i = 0; i < p->n; i++)
      if (infeasible(p, i)) {
        bad++;
        last = i;
      }
    if (bad == 0) return 1;
    if (bad < best) {
      best = bad;
      lives = 3;
    } else lives--;
    for (size_t i = 0; i < p->n; i++)
      if (lives >= 0 ? infeasible(p, i) : i == last) p->in[i] ^= 2; /* marked; applied below */
    for (size_t i = 0; i < p->n; i++)
      if (p->in[i] & 2) p->in[i] = !(p->in[i] & 1);
  }
  return 0;
}

/* Moves x (in mu's place: kept by the caller) towards s until an entry reaches 0; drops those that did. 1 when s is
   reached. */
static int step(qp *p, double *at) {
  double t = 1.0;
  for (size_t i = 0; i < p->n; i++)
    if (p->in[i] && p->s[i] <= 0 && at[i] / (at[i] - p->s[i]) < t) t = at[i] / (at[i] - p->s[i]);
  for (size_t i = 0; i < p->n; i++) {
    if (!p->in[i]) continue;
    int out = p->s[i] <= 0 && at[i] / (at[i] - p->s[i]) <= t;
    at[i] = out ? 0.0 : at[i] + t * (p->s[i] - at[i]);
    if (out) p->in[i] = 0;
  }
  return t >= 1.0;
}

/* `add` would make the block singular: along the direction (-M_FF^-1 M_F,add, 1), on which M is 0, the objective falls
   until an entry reaches 0 and leaves for it; 0 when none does. */
static int replace(qp *p, double *at, size_t add, double *r) {
  double t = INFINITY;
  p->in[add] = 0;
  for (size_t i = 0; i < p->n; i++) r[i] = -p->M[i * p->n + add];
  if (!solve_support(p, r)) return 0;
  for (size_t i = 0; i < p->n; i++)
    if (p->in[i] && p->s[i] < 0.0) t = fmin(t, at[i] / -p->s[i]);
  if (!(t < INFINITY)) return 0;
  for (size_t i = 0; i < p->n; i++) {
    if (!p->in[i]) continue;
    int out = p->s[i] < 0.0 && at[i] / -p->s[i] <= t;
    at[i] = out ? 0.0 : at[i] + t * p->s[i];
    if (out) p->in[i] = 0;
  }
  at[add] = t;
  p->in[add] = 1;
  return solve_support(p, p->b);
}

/* 1: found; 0: no solution, or no end in sight. */
static int walk(qp *p, double *at, double *r) {
  memset(p->in, 0, p->n);
  memset(at, 0, p->n * sizeof *at);
  for (size_t round = 0; round < 3 * p->n + 100; round++) {
    memcpy(p->s, at, p->n * sizeof *at);
    p->nf = 0;
    for (size_t i = 0; i < p->n; i++)
      if (p->in[i]) p->f[p->nf++] = i;
    gradient(p);
    size_t add = p->n;
    for (size_t i = 0; i < p->n; i++)
      if (!p->in[i] && p->mu[i] < -1e-10 * p->b[i] && (add == p->n || p->mu[i] < p->mu[add])) add = i;
    if (add == p->n) return 1;
    p->in[add] = 1;
    if (!solve_support(p, p->b) && !replace(p, at, add, r)) return 0;
    while (!step(p, at))
      if (!solve_support(p, p->b)) return 0;
  }
  return 0;
}

lfap_status oracle_support_find(lfap_ctx *ctx, int *found, unsigned char *in, double *x, const double *M,
                                const double *b, size_t n) {
  if (n == 0 || n > SIZE_MAX / sizeof(double) / 4 / n)
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "certificate: no memory for N = %zu", n);
  qp p = {.M = M, .b = b, .n = n, .in = in};
  p.f = malloc(n * sizeof *p.f);
  p.L = malloc(n * n * sizeof *p.L);
  double *v = malloc(5 * n * sizeof *v);
  lfap_status st = p.f && p.L && v ? LFAP_OK : lfap_fail(ctx, LFAP_ERR_MEMORY, "certificate: no memory for N = %zu", n);
  if (!st) {
    p.x = v;
    p.s = v + n;
    p.mu = v + 2 * n;
    *found = pivot(&p);
    if (*found) memcpy(x, p.s, n * sizeof *x);
    else {
      *found = walk(&p, v + 3 * n, v + 4 * n);
      memcpy(x, v + 3 * n, n * sizeof *x);
    }
  }
  free(p.f);
  free(p.L);
  free(v);
  return st;
}
