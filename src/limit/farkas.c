/* farkas.c - Gordan's alternative, proved in doubles (C1(a): label slopes separate the data iff each class lies in
 * an open half-space): by sums without any rounding, where small multiples of the ray are whole numbers; or because
 * the samples span the space they live in, the sum is small, and every coefficient is larger than its share of the
 * correction that makes it 0. */
#include "limit/farkas.h"

#include "limit/eigen.h"
#include "limit/measure.h"
#include "kernel/lanes.h"
#include "kernel/pair.h"

#include <stdlib.h>
#include <string.h>

/* Coefficients below this share of the largest (times the norms) are rounding. */
#define DUST 0x1p-40
enum { MULTIPLES = 2520 };

typedef struct {
  const lfap_data *data;
  int linear;    /* labels times samples, of both classes */
  size_t *f, k;  /* the samples */
  double *c;     /* k: their coefficients, c_n ||x_n|| at most about 1 */
  double *scale; /* k: powers of two, scale_n ||x_n|| < 1 */
  double *t;     /* k: whole numbers to try */
} combination;

/* -1 where the label turns the sample round. */
static double turn(const combination *p, size_t a) { return p->linear ? p->data->y[p->f[a]] : 1.0; }

/* The class in which the ray is longest, or both, without dust. */
static void choose(combination *p, const double *ray) {
  const lfap_data *D = p->data;
  double top = 0.0, class = 0.0;
  for (size_t i = 0; i < D->n; i++) {
    double w = ray[i] * lfap_norm_above(D->x + i * D->d, D->d);
    if (!(w > top)) continue;
    top = w;
    class = D->y[i];
  }
  for (size_t i = 0; i < D->n; i++) {
    double norm = lfap_norm_above(D->x + i * D->d, D->d), w = ray[i] * norm / top;
    int e;
    if ((!p->linear && D->y[i] != class) || !(w > DUST) || !isfinite(w)) continue;
    (void)frexp(norm, &e);
    p->f[p->k] = i;
    p->c[p->k] = ray[i] / top;
    p->scale[p->k++] = ldexp(1.0, -e);
  }
}

/* ---- without rounding -------------------------------------------------------------------------------------------- */

/* Whether sum t_n x_n = 0 in every coordinate, no product and no sum rounded. */
static int vanishes(const combination *p) {
  for (size_t j = 0; j < p->data->d; j++) {
    double s = 0.0;
    for (size_t a = 0; a < p->k; a++) {
      double x = p->data->x[p->f[a] * p->data->d + j], t = turn(p, a) * p->t[a], v = t * x, sum = s + v, back = sum - s;
      if (fma(t, x, -v) != 0.0 || (s - (sum - back)) + (v - back) != 0.0) return 0;
      s = sum;
    }
    if (s != 0.0) return 0;
  }
  return 1;
}

static int exactly(const combination *p) {
  double least = INFINITY;
  for (size_t a = 0; a < p->k; a++) least = fmin(least, p->c[a]);
  for (int m = 1; m <= MULTIPLES; m++) {
    int whole = 1;
    for (size_t a = 0; a < p->k && whole; a++) {
      double v = p->c[a] / least * m;
      p->t[a] = nearbyint(v);
      whole = p->t[a] < 0x1p40 && fabs(v - p->t[a]) <= 0x1p-24 * v;
    }
    if (whole && vanishes(p)) return 1;
  }
  return 0;
}

/* ---- robustly ---------------------------------------------------------------------------------------------------- */

/* The coordinates in which some sample is not 0, as rows: entries times a power of two up to c_n, without rounding. */
typedef struct {
  size_t n, k;   /* rows, samples */
  double *at;    /* d: the power of two that makes the row shorter than 1; 0 where all samples are 0 */
  double *x, *D; /* n x k; n: `at` without zeros */
} coordinates;

/* Whether some entry is not 0; -1: cannot be had. */
static int coordinate(double *row, const combination *p, size_t j) {
  int other = 0, e;
  for (size_t a = 0; a < p->k; a++) {
    double x = p->data->x[p->f[a] * p->data->d + j];
    (void)frexp(p->c[a], &e);
    row[a] = turn(p, a) * ldexp(x, e - 1);
    if (x != 0.0 && fabs(row[a]) < 0x1p-900) return -1; /* it may have been rounded */
    other = other || x != 0.0;
  }
  return other;
}

/* 0 where some entry cannot be had without rounding, or where there are not fewer rows than samples. */
static int take_coordinates(coordinates *r, const combination *p) {
  for (size_t j = 0; j < p->data->d; j++) {
    int has = coordinate(r->x + r->n * p->k, p, j), e;
    if (has < 0 || (has && r->n + 1 == p->k)) return 0;
    r->at[j] = 0.0;
    if (!has) continue;
    (void)frexp(lfap_norm_above(r->x + r->n * p->k, p->k), &e);
    r->at[j] = r->D[r->n++] = ldexp(1.0, -e);
  }
  return r->n > 0;
}

/* At least ||D sum c_n x_n||; s is scratch of 2 d. */
static double sum_above(const combination *p, const coordinates *r, double *s) {
  size_t d = p->data->d;
  double weight = 0.0, size = 0.0, widest = 0.0;
  memset(s, 0, 2 * d * sizeof *s);
  for (size_t a = 0; a < p->k; a++) {
    lfap_pair_axpy(s, s + d, turn(p, a) * p->c[a], p->data->x + p->f[a] * d, d);
    weight += p->c[a] / p->scale[a];
  }
  for (size_t j = 0; j < d; j++) {
    size += r->at[j] * (fabs(s[j]) + fabs(s[d + j]));
    widest = fmax(widest, r->at[j]);
  }
  double rounded = 1.0 + 4.0 * (double)(d + p->k) * 0x1p-52;
  return rounded * (size + widest * lfap_bound_class_sum(rounded * weight, p->k, d));
}

/* The least eigenvalue of D B B' D for the rows B, as that of Q on them (h < 1). */
static lfap_status spread(lfap_ctx *ctx, double *eigen, const coordinates *r) {
  double *G = malloc(r->n * r->n * sizeof *G), *y = malloc(r->n * sizeof *y);
  size_t *all = malloc(r->n * sizeof *all);
  int factors = 0;
  lfap_qm m = {.n = r->n, .G = G, .y = y, .gamma = 0.5};
  lfap_status st = G && y && all ? lfap_qm_open(ctx, &m)
                                 : lfap_fail(ctx, LFAP_ERR_MEMORY, "limit: no memory for %zu coordinates", r->n);
  for (size_t a = 0; !st && a < r->n; a++) {
    y[a] = 1.0;
    all[a] = a;
  }
  if (!st) st = lfap_gram(ctx, G, r->x, r->n, r->k);
  if (!st) st = lfap_least_eigenvalue(ctx, eigen, &factors, &m, all, r->n, r->D, r->k);
  lfap_qm_close(&m);
  free(G);
  free(y);
  free(all);
  return st;
}

/* The rows B span their space; so some w with ||w|| <= ||D sum||/sqrt(eigen) has B w = - sum c_n x_n, and where that is
   below 1, c_n + 2^e w_n > 0 for the powers 2^e <= c_n in B: a proof. */
static lfap_status robustly(lfap_ctx *ctx, int *proved, const combination *p) {
  size_t d = p->data->d, most = d < p->k ? d : p->k;
  double eigen = 0.0, *v = malloc((3 * d + most) * sizeof *v);
  coordinates r = {.k = p->k, .at = v, .D = v ? v + 3 * d : NULL, .x = malloc(most * p->k * sizeof(double))};
  lfap_status st = v && r.x ? LFAP_OK : lfap_fail(ctx, LFAP_ERR_MEMORY, "limit: no memory for d = %zu", d);
  int spans = !st && take_coordinates(&r, p);
  if (spans) st = spread(ctx, &eigen, &r);
  if (!st && eigen > 0.0) *proved = sum_above(p, &r, v + d) / sqrt(eigen) <= 0.5;
  free(v);
  free(r.x);
  return st;
}

/* ---- both -------------------------------------------------------------------------------------------------------- */

static lfap_status proof(lfap_ctx *ctx, const combination *p) {
  const char *more = p->k > 2 ? ", ..." : "";
  if (p->linear)
    return lfap_fail(
        ctx, LFAP_ERR_INFEASIBLE,
        "the data are not linearly separable: 0 is a combination with positive coefficients of %zu samples "
        "times their labels (%zu, %zu%s)",
        p->k, p->f[0], p->f[1], more);
  return lfap_fail(
      ctx, LFAP_ERR_INFEASIBLE,
      "the data are not separable by a network with label slopes: 0 is a combination with positive coefficients of "
      "%zu samples of "
      "class %+g (%zu, %zu%s), so that class lies in no open half-space; remove samples, or take a larger d",
      p->k, p->data->y[p->f[0]], p->f[0], p->f[1], more);
}

lfap_status lfap_farkas(lfap_ctx *ctx, const lfap_data *data, const double *ray, int linear) {
  size_t n = data->n;
  double *v = malloc(3 * n * sizeof *v);
  combination p = {.data = data,
                   .linear = linear,
                   .f = malloc(n * sizeof *p.f),
                   .c = v,
                   .scale = v ? v + n : NULL,
                   .t = v ? v + 2 * n : NULL};
  lfap_status st = v && p.f ? LFAP_OK : lfap_fail(ctx, LFAP_ERR_MEMORY, "limit: no memory for N = %zu", n);
  int proved = 0;
  if (!st) choose(&p, ray);
  if (!st && p.k > 1) proved = exactly(&p);
  if (!st && p.k > 1 && !proved) st = robustly(ctx, &proved, &p);
  if (!st && proved) st = proof(ctx, &p);
  free(v);
  free(p.f);
  return st;
}
