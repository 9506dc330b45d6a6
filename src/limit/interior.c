/* interior.c - Mehrotra's predictor and corrector on min 1/2 |z|^2, Z z >= 1, whose dual the programme is (M = Z Z';
 * spec/numerics.md N6, "Flat"). Z has 2 d columns, and so has the one system a step: as large as the dimension, however
 * many the samples. */
#include "limit/interior.h"

#include "data/factor.h"
#include "data/products.h"
#include "kernel/chain.h"
#include "kernel/lanes.h"
#include "kernel/solve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 60, TILE = 8 };
#define CLOSE 1e-9  /* good enough to stop at */
#define NEAR 1e-5   /* good enough when rounding stops it */
#define SHORT 0.995 /* of the way to the boundary */
/* Of a diagonal, added once a pivot failed: of one class alone half of the columns say nothing new. */
#define RIDGE 0x1p-36

typedef struct {
  const lfap_qm *m;
  size_t N, d, n;           /* samples, dimension, unknowns */
  double reach, ridge;      /* the longest row of Z; what is added to diagonals */
  double *l, *t;            /* n: multipliers, slacks Z z - 1 */
  double *dl, *dt, *rp, *c; /* n: their steps; Z z - 1 - t; what l t is to become */
  double *z, *dz, *rd, *s;  /* 2 d: Z' l, nearly; its step; Z' l - z; a right-hand side */
  double *w, *pair;         /* N: weights of samples; 2 N */
  double *T, *G, *A;        /* d x N: samples as columns, weighted; d x d; 2 d x 2 d: 1 + Z' (l/t) Z and its factor */
  size_t *of;               /* N: the samples of a class */
} interior;

int lfap_interior_applies(const lfap_qm *m) {
  size_t plus = 0;
  if (!m->X) return 0;
  for (size_t i = 0; i < m->samples; i++) plus += m->y[i] > 0.0;
  return plus > m->d || m->samples - plus > m->d;
}

/* Row i of Z is y_n (a x_n, b x_n): the slope of its block on the side that its class is not of. */
typedef struct {
  double a, b;
} sides;

static sides sides_of(const lfap_qm *m, size_t i) {
  double slope = lfap_qm_block(m, i) ? 1.0 : m->gamma, plus = sqrt(m->masses.plus), minus = sqrt(m->masses.minus);
  return m->y[lfap_qm_sample(m, i)] > 0.0 ? (sides){plus, minus * slope} : (sides){plus * slope, minus};
}

/* ---- products with Z --------------------------------------------------------------------------------------------- */

/* out (n) = Z z. */
static void rows_times(const lfap_ctx *ctx, interior *p, double *out, const double *z) {
  const lfap_qm *m = p->m;
  lfap_matvec(ctx, p->pair, m->X, z, p->N, p->d);
  lfap_matvec(ctx, p->pair + p->N, m->X, z + p->d, p->N, p->d);
  for (size_t i = 0; i < p->n; i++) {
    size_t at = lfap_qm_sample(m, i);
    sides s = sides_of(m, i);
    out[i] = m->y[at] * (s.a * p->pair[at] + s.b * p->pair[p->N + at]);
  }
}

/* out (2 d) = Z' v. */
static lfap_status columns_times(lfap_ctx *ctx, interior *p, double *out, const double *v) {
  const lfap_qm *m = p->m;
  memset(p->pair, 0, 2 * p->N * sizeof(double));
  for (size_t i = 0; i < p->n; i++) {
    size_t at = lfap_qm_sample(m, i);
    sides s = sides_of(m, i);
    p->pair[at] += m->y[at] * (s.a * v[i]);
    p->pair[p->N + at] += m->y[at] * (s.b * v[i]);
  }
  memset(out, 0, 2 * p->d * sizeof(double));
  return lfap_chain_product(ctx, out, p->pair, m->X, 2, p->N, p->d);
}

/* G = X' w X over the samples of one class, w >= 0 of them all. */
static lfap_status weighted(lfap_ctx *ctx, interior *p, const double *w, double class) {
  size_t count = 0;
  for (size_t k = 0; k < p->N; k++)
    if (p->m->y[k] == class) p->of[count++] = k;
  for (size_t k = 0; k < count; k++) p->pair[k] = sqrt(w[p->of[k]]);
  for (size_t i = 0; i < count; i += TILE)
    for (size_t j = 0; j < p->d; j++)
      for (size_t k = i; k < i + TILE && k < count; k++)
        p->T[j * count + k] = p->pair[k] * p->m->X[p->of[k] * p->d + j];
  if (count) return lfap_gram(ctx, p->G, p->T, p->d, count);
  memset(p->G, 0, p->d * p->d * sizeof(double));
  return LFAP_OK;
}

/* w[at] = the sum over the blocks of a sample of slope^power l/t. */
static void slope_weights(interior *p, int power) {
  memset(p->w, 0, p->N * sizeof(double));
  for (size_t i = 0; i < p->n; i++) {
    double slope = lfap_qm_block(p->m, i) ? 1.0 : p->m->gamma, ratio = p->l[i] / p->t[i];
    for (int k = 0; k < power; k++) ratio *= slope;
    p->w[lfap_qm_sample(p->m, i)] += ratio;
  }
}

/* Adds factor G to a part of A: left above, left below, right below. */
static void add_part(interior *p, int part, double factor) {
  double *corner = p->A + (part > 0 ? 2 * p->d * p->d : 0) + (part > 1 ? p->d : 0);
  for (size_t j = 0; j < p->d; j++) lfap_axpy(corner + j * 2 * p->d, factor, p->G + j * p->d, p->d);
}

/* The lower half of A = 1 + Z' (l/t) Z. The slope stands in it to the power 0, 1 and 2; of one block it comes out of
   the sums. */
static lfap_status normal_matrix(lfap_ctx *ctx, interior *p) {
  size_t d = p->d;
  double plus = p->m->masses.plus, minus = p->m->masses.minus, mass[] = {plus, sqrt(plus * minus), minus};
  double g = p->m->gamma, slope[] = {1.0, g, g * g};
  memset(p->A, 0, 4 * d * d * sizeof(double));
  for (size_t j = 0; j < 2 * d; j++) p->A[j * 2 * d + j] = 1.0;
  for (int power = 0; power < (p->m->kinks ? 3 : 1); power++) {
    slope_weights(p, power);
    for (double class = -1.0; class <= 1.0; class += 2.0) {
      lfap_status st = weighted(ctx, p, p->w, class);
      if (st) return st;
      for (int part = 0; part < 3; part++) {
        int of = class > 0.0 ? part : 2 - part;
        if (!p->m->kinks) add_part(p, part, mass[part] * slope[of]);
        else if (of == power) add_part(p, part, mass[part]);
      }
    }
  }
  for (size_t j = 0; j < 2 * d; j++) p->A[j * 2 * d + j] *= 1.0 + p->ridge;
  return LFAP_OK;
}

/* ---- a step ------------------------------------------------------------------------------------------------------ */

/* How far v may go along dv and stay positive, at most 1. */
static double room(const double *v, const double *dv, size_t n) {
  double most = 1.0;
  for (size_t i = 0; i < n; i++)
    if (dv[i] < 0.0 && -v[i] / dv[i] < most) most = -v[i] / dv[i];
  return most;
}

/* The step after which l t is c, to first order. */
static lfap_status newton(lfap_ctx *ctx, interior *p) {
  for (size_t i = 0; i < p->n; i++) p->dt[i] = (p->c[i] - p->l[i] * p->rp[i]) / p->t[i];
  lfap_status st = columns_times(ctx, p, p->s, p->dt);
  if (st) return st;
  for (size_t j = 0; j < 2 * p->d; j++) p->s[j] += p->rd[j];
  lfap_chol_solve(p->dz, p->A, p->s, 2 * p->d);
  rows_times(ctx, p, p->dt, p->dz);
  for (size_t i = 0; i < p->n; i++) {
    p->dt[i] += p->rp[i];
    p->dl[i] = (p->c[i] - p->l[i] * p->dt[i]) / p->t[i];
  }
  return LFAP_OK;
}

/* Straight for l t = 0 first; how much of l t is left where that meets the boundary says where to aim. */
static lfap_status towards(lfap_ctx *ctx, interior *p) {
  double now = lfap_dot(p->n, p->l, p->t), left = 0.0;
  for (size_t i = 0; i < p->n; i++) p->c[i] = -(p->l[i] * p->t[i]);
  lfap_status st = newton(ctx, p);
  if (st) return st;
  double of_t = room(p->t, p->dt, p->n), of_l = room(p->l, p->dl, p->n);
  for (size_t i = 0; i < p->n; i++) left += (p->l[i] + of_l * p->dl[i]) * (p->t[i] + of_t * p->dt[i]);
  double share = left / now, aim = (share * share) * (share * (now / (double)p->n));
  for (size_t i = 0; i < p->n; i++) p->c[i] += aim - p->dl[i] * p->dt[i];
  st = newton(ctx, p);
  if (st) return st;
  double far = SHORT * fmin(room(p->t, p->dt, p->n), room(p->l, p->dl, p->n));
  lfap_axpy(p->z, far, p->dz, 2 * p->d);
  lfap_axpy(p->t, far, p->dt, p->n);
  lfap_axpy(p->l, far, p->dl, p->n);
  return LFAP_OK;
}

/* Residuals, and how near the point is to a solution and to a ray. */
static lfap_status distances(lfap_ctx *ctx, interior *p, double *solution, double *ray) {
  lfap_status st = columns_times(ctx, p, p->rd, p->l);
  if (st) return st;
  *ray = lfap_norm2(2 * p->d, p->rd) / (lfap_amax(p->n, p->l) * p->reach);
  lfap_axpy(p->rd, -1.0, p->z, 2 * p->d);
  rows_times(ctx, p, p->rp, p->z);
  for (size_t i = 0; i < p->n; i++) p->rp[i] -= 1.0 + p->t[i];
  *solution = fmax(lfap_amax(p->n, p->rp), lfap_dot(p->n, p->l, p->t) / lfap_sum(p->n, p->l));
  return LFAP_OK;
}

static lfap_status run(lfap_ctx *ctx, interior *p, lfap_interior_end *end) {
  double solution = INFINITY, ray = INFINITY;
  *end = LFAP_INTERIOR_NONE;
  for (int round = 0; round <= STEPS; round++) {
    size_t bad = 0;
    lfap_status st = lfap_tick(ctx, "interior point", (double)round, 0.0);
    if (!st) st = distances(ctx, p, &solution, &ray);
    if (!st && (solution <= CLOSE || ray <= CLOSE || round == STEPS || !isfinite(solution + ray))) break;
    if (!st) st = normal_matrix(ctx, p);
    if (!st) st = lfap_factor(ctx, p->A, 2 * p->d, &bad);
    if (!st && bad < 2 * p->d && p->ridge > 0.0) break;
    if (!st && bad < 2 * p->d) p->ridge = RIDGE; /* this step once more */
    else if (!st) st = towards(ctx, p);
    if (st) return st;
  }
  if (ray <= NEAR && !(solution <= NEAR)) *end = LFAP_INTERIOR_RAY;
  if (solution <= NEAR) *end = LFAP_INTERIOR_SUPPORT;
  return LFAP_OK;
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

static lfap_status interior_open(lfap_ctx *ctx, interior *p, const lfap_qm *m, double *l) {
  size_t N = m->samples, d = m->d, n = m->n;
  *p = (interior){.m = m, .N = N, .d = d, .n = n, .l = l};
  p->t = malloc((5 * n + 8 * d + 3 * N) * sizeof(double));
  p->T = malloc(d * N * sizeof(double));
  p->G = malloc(d * d * sizeof(double));
  p->A = malloc(4 * d * d * sizeof(double));
  p->of = malloc(N * sizeof *p->of);
  if (!p->t || !p->T || !p->G || !p->A || !p->of)
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "limit: no memory for an interior point of N = %zu, d = %zu", N, d);
  double **of_n[] = {&p->dl, &p->dt, &p->rp, &p->c}, **of_d[] = {&p->z, &p->dz, &p->rd, &p->s};
  double *next = p->t + n;
  for (size_t k = 0; k < 4; k++, next += n) *of_n[k] = next;
  for (size_t k = 0; k < 4; k++, next += 2 * d) *of_d[k] = next;
  p->w = next;
  p->pair = next + N;
  return LFAP_OK;
}

static void interior_close(interior *p) {
  free(p->t);
  free(p->T);
  free(p->G);
  free(p->A);
  free(p->of);
}

/* Equal multipliers, slacks 1. */
static lfap_status begin(lfap_ctx *ctx, interior *p) {
  for (size_t i = 0; i < p->n; i++) {
    sides s = sides_of(p->m, i);
    double length = sqrt((s.a * s.a + s.b * s.b) * p->m->square[lfap_qm_sample(p->m, i)]);
    if (length > p->reach) p->reach = length;
  }
  for (size_t i = 0; i < p->n; i++) {
    p->l[i] = 1.0 / (p->reach * p->reach);
    p->t[i] = 1.0;
  }
  return columns_times(ctx, p, p->z, p->l);
}

lfap_status lfap_interior_find(lfap_ctx *ctx, lfap_interior_end *end, double *l, unsigned char *in, const lfap_qm *m) {
  interior p;
  lfap_status st = interior_open(ctx, &p, m, l);
  if (!st) st = begin(ctx, &p);
  if (!st) st = run(ctx, &p, end);
  for (size_t i = 0; !st && i < p.n; i++) in[i] = l[i] * (p.reach * p.reach) > p.t[i];
  interior_close(&p);
  return st;
}
