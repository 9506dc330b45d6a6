/* trust.c - the error of multipliers, from residuals to twice the precision (spec/numerics.md N6, "Trust"): what the
 * inverse on the support makes of the residual, and probes of whether it is an inverse. */
#include "limit/trust.h"

#include "limit/measure.h"

#include <stdlib.h>

const lfap_trust lfap_trust_none = {INFINITY, 0};

/* Vectors that the inverse is tried on; each takes a solve. */
enum { PROBES = 5, PROBES_CG = 2 };

typedef struct {
  lfap_ctx *ctx;
  lfap_system *sys;
  const double *lambda;
  const lfap_data *data;
  double *r, *z, *size; /* n each: residual; a vector; what the rows' products are sums of */
  double *own, *other;  /* N each: sizes of sums over a sample's class, the other one */
} trusting;

static lfap_qm_part of_support(const trusting *t, int rows) {
  const lfap_system *s = t->sys;
  return (lfap_qm_part){rows ? s->f : NULL, s->f, rows ? s->nf : s->n, s->nf};
}

/* Entry k of a vector to try, over lambda_k: from 1/2 to 1, by a hash, which no null vector is orthogonal to by its
   symmetry; signs alternate first, and are bits of the hash then. */
static double entry(size_t k, int probe) {
  uint64_t h = ((uint64_t)k * PROBES + (uint64_t)probe + 1) * 0x9e3779b97f4a7c15u;
  h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9u;
  h ^= h >> 31;
  double size = 0.5 + 0x1p-53 * (double)(h >> 12);
  return (probe ? h : k) & 1 ? -size : size;
}

/* Largest |(B Q z - z)_k| / lambda_k for such z, B the inverse as computed: about a norm of B Q - 1. Infinite where B
   fails. */
static lfap_status probe(trusting *t, double *worst) {
  lfap_system *s = t->sys;
  int good = 1, probes = s->by_cg ? PROBES_CG : PROBES;
  *worst = 0.0;
  for (size_t i = 0; i < s->n; i++) t->r[i] = 0.0;
  for (int p = 0; p < probes; p++) {
    for (size_t k = 0; k < s->nf; k++) t->z[k] = -entry(k, p) * t->lambda[s->f[k]];
    lfap_qm_sharp_residual(t->ctx, s->r, s->m, t->r, t->z, of_support(t, 1));
    lfap_status st = lfap_system_correct(t->ctx, s, &good);
    if (st) return st;
    for (size_t k = 0; k < s->nf; k++) {
      double off = good ? fabs(s->c[k] + t->z[k]) / t->lambda[s->f[k]] : INFINITY;
      if (!(off <= *worst)) *worst = off;
    }
  }
  return LFAP_OK;
}

/* The largest |c_k| / lambda_k. */
static double relative(const trusting *t) {
  double most = 0.0;
  for (size_t k = 0; k < t->sys->nf; k++) {
    double off = fabs(t->sys->c[k]) / t->lambda[t->sys->f[k]];
    if (!(off <= most)) most = off;
  }
  return most;
}

/* sum over blocks of w own + w' other: what row i's product with lambda is a sum of, as absolute values. */
static void sizes(trusting *t) {
  const lfap_qm *m = t->sys->m;
  for (size_t b = 0; b < m->blocks; b++) {
    lfap_measure_sizes(t->own, t->other, t->lambda + b * m->samples, t->data, m->sums);
    for (size_t i = 0; i < m->n; i++) {
      const lfap_twofold *w = lfap_qm_weight(m, i, b);
      size_t k = lfap_qm_sample(m, i);
      double v = w[LFAP_QM_SAME].hi * t->own[k] + w[LFAP_QM_OTHER].hi * t->other[k];
      t->size[i] = b ? t->size[i] + v : v;
    }
  }
}

/* The least slack (Q lambda)_n - 1 off the support, corrected by c, as a share of what it is a sum of. */
static double least_slack(trusting *t) {
  const lfap_qm *m = t->sys->m;
  double least = INFINITY;
  lfap_qm_sharp_residual(t->ctx, t->z, m, t->r, t->sys->c, of_support(t, 0));
  sizes(t);
  for (size_t i = 0; i < m->n; i++) {
    double share = -t->z[i] / (t->size[i] + 1.0);
    if (!(t->lambda[i] > 0.0) && !(share >= least)) least = share;
  }
  return least;
}

static lfap_status doubt(trusting *t, lfap_trust *out) {
  lfap_system *s = t->sys;
  double wrong, error, slack, worst;
  int good = 1;
  for (size_t k = 0; k < s->nf; k++) s->s[k] = t->lambda[s->f[k]];
  for (size_t i = 0; i < s->n; i++) t->size[i] = 1.0;
  lfap_qm_sharp_residual(t->ctx, t->r, s->m, t->size, s->s, of_support(t, 0));
  for (size_t k = 0; k < s->nf; k++) s->r[k] = t->r[s->f[k]];
  lfap_status st = lfap_system_correct(t->ctx, s, &good);
  if (st || !good) return st;
  error = relative(t);
  slack = least_slack(t);
  st = probe(t, &worst);
  if (st) return st;
  wrong = 4.0 * sqrt((double)s->nf) * worst;
  out->error = wrong <= 0.5 ? error / (1.0 - wrong) : INFINITY;
  out->closed = slack > 4.0 * fmax(out->error, 0x1p-53);
  return LFAP_OK;
}

lfap_status lfap_trust_of(lfap_ctx *ctx, lfap_trust *out, lfap_system *sys, const double *lambda,
                          const lfap_data *data) {
  size_t n = sys->n, iterations = sys->iterations;
  double *v = malloc(5 * n * sizeof *v);
  unsigned char *in = malloc(n);
  trusting t = {.ctx = ctx, .sys = sys, .lambda = lambda, .data = data, .r = v};
  int good = 0;
  lfap_status st = v && in ? LFAP_OK : lfap_fail(ctx, LFAP_ERR_MEMORY, "limit: no memory for N = %zu", n);
  *out = lfap_trust_none;
  if (!st) {
    t.z = v + n;
    t.size = v + 2 * n;
    t.own = v + 3 * n;
    t.other = v + 4 * n;
    for (size_t i = 0; i < n; i++) in[i] = lambda[i] > 0.0;
    st = lfap_system_hold(ctx, sys, &good, in);
  }
  if (!st && good) st = doubt(&t, out);
  sys->iterations = iterations; /* the way to the solution, not this */
  free(v);
  free(in);
  return st;
}
