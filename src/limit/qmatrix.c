/* qmatrix.c - Q by rows and by products, from whatever of it there is (Q1; spec/numerics.md N6, N13). Rows are
 * shared out over threads; every value has its own fixed order of operations, so sharing changes no bit. */
#include "limit/qmatrix.h"

#include "data/products.h"
#include "io/parallel.h"
#include "kernel/lanes.h"
#include "kernel/pair.h"
#include "kernel/qform.h"
#include "kernel/solve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES ((size_t)1 << 26) /* of Gram rows computed at a time without a matrix */
enum { COLUMNS = 512 };               /* of a class sum a thread takes at a time */

static size_t block_rows(size_t n) {
  size_t rows = BLOCK_BYTES / sizeof(double) / n;
  return rows < 1 ? 1 : rows > n ? n : rows;
}

lfap_status lfap_qm_open(lfap_ctx *ctx, lfap_qm *m) {
  size_t n = m->n, own = m->X ? 4 * m->d : 0;
  m->h = lfap_q_h(m->gamma);
  m->diag = malloc(n * sizeof(double));
  m->vec = malloc((2 * n + own) * sizeof(double));
  m->spare = malloc(2 * n * (size_t)lfap_threads(ctx) * sizeof(double));
  if (!m->diag || !m->vec || !m->spare) {
    lfap_qm_close(m);
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "limit: no memory for rows of N = %zu", n);
  }
  for (size_t i = 0; i < n; i++)
    m->diag[i] = m->M ? m->M[i * n + i] : m->G ? m->G[i * n + i] : lfap_dot(m->d, m->X + i * m->d, m->X + i * m->d);
  return LFAP_OK;
}

void lfap_qm_close(lfap_qm *m) {
  free(m->diag);
  free(m->vec);
  free(m->spare);
  m->diag = m->vec = m->spare = NULL;
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

typedef struct {
  const lfap_qm *m;
  lfap_qm_part part;
  lfap_qm_row_fn fn;
  lfap_qm_gram_fn gram_fn;
  void *arg;
  const double *G; /* rows `first` on */
  size_t first;
} row_job;

static void q_rows(void *arg, size_t begin, size_t end, int worker) {
  const row_job *j = arg;
  const lfap_qm *m = j->m;
  double *row = m->spare + 2 * m->n * (size_t)worker, *picked = row + m->n;
  for (size_t at = begin; at < end; at++) {
    size_t i = j->part.row ? j->part.row[at] : at;
    const double *q = m->M ? m->M + i * m->n : row;
    if (!m->M) lfap_q_row(row, m->G + i * m->n, m->y, m->y[i], m->gamma, m->n);
    if (j->part.col) {
      for (size_t k = 0; k < j->part.nc; k++) picked[k] = q[j->part.col[k]];
      q = picked;
    }
    j->fn(j->arg, at, q);
  }
}

void lfap_qm_rows(const lfap_ctx *ctx, const lfap_qm *m, lfap_qm_part part, lfap_qm_row_fn fn, void *arg) {
  row_job j = {.m = m, .part = part, .fn = fn, .arg = arg};
  lfap_parallel(lfap_threads(ctx), part.nr, 16, 8.0 * (double)part.nr * (double)m->n, q_rows, &j);
}

static void gram_rows(void *arg, size_t begin, size_t end, int worker) {
  const row_job *j = arg;
  double *spare = j->m->spare + 2 * j->m->n * (size_t)worker;
  for (size_t i = begin; i < end; i++) j->gram_fn(j->arg, j->first + i, j->G + i * j->m->n, spare);
}

lfap_status lfap_qm_gram_rows(lfap_ctx *ctx, const lfap_qm *m, lfap_qm_gram_fn fn, void *arg) {
  row_job j = {.m = m, .gram_fn = fn, .arg = arg, .G = m->G};
  size_t n = m->n, rows = m->G ? n : block_rows(n);
  double *block = m->G ? NULL : malloc(rows * n * sizeof *block);
  if (!m->G && !block) return lfap_fail(ctx, LFAP_ERR_MEMORY, "limit: no memory for %zu rows of the Gram matrix", rows);
  lfap_status st = LFAP_OK;
  for (; !st && j.first < n; j.first += rows) {
    size_t now = n - j.first < rows ? n - j.first : rows;
    if (block) {
      st = lfap_rows_product(ctx, block, m->X + j.first * m->d, m->X, now, n, m->d);
      j.G = block;
    }
    if (!st) lfap_parallel(lfap_threads(ctx), now, 16, 8.0 * (double)now * (double)n, gram_rows, &j);
  }
  free(block);
  return st;
}

/* ---- products ---------------------------------------------------------------------------------------------------- */

typedef struct {
  const double *A, *z[2]; /* dots of rows of A with z[0] (label +1) or z[1] (-1) */
  const double *y;
  double *out;
  const size_t *row;
  size_t n;
} dot_job;

static void dot_rows(void *arg, size_t begin, size_t end, int worker) {
  const dot_job *j = arg;
  (void)worker;
  for (size_t at = begin; at < end; at++) {
    size_t i = j->row ? j->row[at] : at;
    double s = lfap_dot(j->n, j->A + i * j->n, j->z[j->y && j->y[i] < 0.0]);
    j->out[at] = j->y ? j->y[i] * s : s;
  }
}

/* (Q v)_i = y_i <G_i, z>, z_k = y_k v_k h_ik: two vectors z, one for each label of i; G_i z = <x_i, X'z>. */
void lfap_qm_product(lfap_ctx *ctx, double *out, const lfap_qm *m, const double *v, const size_t *row, size_t nr) {
  size_t n = m->n;
  double *z = m->vec;
  dot_job j = {.A = m->M, .z = {v, v}, .out = out, .row = row, .n = n};
  if (!m->M) {
    for (size_t k = 0; k < n; k++) {
      double c = m->y[k] * v[k];
      z[k] = c * (m->y[k] > 0.0 ? m->h : m->gamma);
      z[n + k] = c * (m->y[k] > 0.0 ? m->gamma : m->h);
    }
    j = (dot_job){.A = m->G, .z = {z, z + n}, .y = m->y, .out = out, .row = row, .n = n};
  }
  if (!m->M && !m->G) {
    double *t = m->vec + 2 * n;
    memset(t, 0, 2 * m->d * sizeof *t);
    (void)lfap_chain_product(&(lfap_ctx){.threads = lfap_threads(ctx)}, t, z, m->X, 2, n, m->d);
    j = (dot_job){.A = m->X, .z = {t, t + m->d}, .y = m->y, .out = out, .row = row, .n = m->d};
  }
  lfap_parallel(lfap_threads(ctx), nr, 32, 2.0 * (double)nr * (double)j.n, dot_rows, &j);
}

void lfap_qm_gram_product(lfap_ctx *ctx, double *out, const lfap_qm *m, const double *c) {
  if (m->G) {
    lfap_matvec(ctx, out, m->G, c, m->n, m->n);
    return;
  }
  double *t = m->vec + 2 * m->n;
  memset(t, 0, m->d * sizeof *t);
  (void)lfap_chain_product(&(lfap_ctx){.threads = lfap_threads(ctx)}, t, c, m->X, 1, m->n, m->d);
  lfap_matvec(ctx, out, m->X, t, m->n, m->d);
}

/* ---- class sums -------------------------------------------------------------------------------------------------- */

typedef struct {
  double *const *s;
  const double *c, *X, *y;
  double *own, *other;
  const size_t *row;
  size_t n, d;
} class_job;

static void class_columns(void *arg, size_t begin, size_t end, int worker) {
  const class_job *j = arg;
  size_t from = begin * COLUMNS, to = end * COLUMNS < j->d ? end * COLUMNS : j->d;
  (void)worker;
  for (int a = 0; a < 4; a++) memset(j->s[a] + from, 0, (to - from) * sizeof(double));
  for (size_t k = 0; k < j->n; k++) {
    int a = j->y[k] > 0.0 ? 0 : 2;
    lfap_pair_axpy(j->s[a] + from, j->s[a + 1] + from, j->c[k], j->X + k * j->d + from, to - from);
  }
}

void lfap_class_sums(const lfap_ctx *ctx, double *const s[4], const double *c, const double *X, const double *y,
                     size_t n, size_t d) {
  class_job j = {.s = s, .c = c, .X = X, .y = y, .n = n, .d = d};
  lfap_parallel(lfap_threads(ctx), (d + COLUMNS - 1) / COLUMNS, 1, 12.0 * (double)n * (double)d, class_columns, &j);
}

static void class_rows(void *arg, size_t begin, size_t end, int worker) {
  const class_job *j = arg;
  (void)worker;
  for (size_t at = begin; at < end; at++) {
    size_t i = j->row ? j->row[at] : at;
    const double *x = j->X + i * j->d;
    int a = j->y[i] > 0.0 ? 0 : 2;
    j->own[at] = lfap_pair_dot(x, j->s[a], j->s[a + 1], j->d);
    j->other[at] = lfap_pair_dot(x, j->s[2 - a], j->s[3 - a], j->d);
  }
}

void lfap_class_products(const lfap_ctx *ctx, double *own, double *other, double *const s[4], const double *X,
                         const double *y, const size_t *row, size_t nr, size_t d) {
  class_job j = {.s = s, .own = own, .other = other, .X = X, .y = y, .row = row, .d = d};
  lfap_parallel(lfap_threads(ctx), nr, 8, 28.0 * (double)nr * (double)d, class_rows, &j);
}

/* ---- residuals --------------------------------------------------------------------------------------------------- */

typedef struct {
  double *out;
  const double *b, *x;
  lfap_qm_part part;
} residual_job;

static void residual_row(void *arg, size_t at, const double *q) {
  const residual_job *j = arg;
  j->out[at] = lfap_residual(j->b[j->part.row ? j->part.row[at] : at], q, j->x, j->part.nc);
}

/* Class sums of x in m->vec. */
static void sums_of(const lfap_ctx *ctx, double *s[4], const lfap_qm *m, const double *x, lfap_qm_part part) {
  double *c = m->vec, *t = m->vec + 2 * m->n;
  for (size_t a = 0; a < 4; a++) s[a] = t + a * m->d;
  memset(c, 0, m->n * sizeof *c);
  for (size_t k = 0; k < part.nc; k++) {
    size_t i = part.col ? part.col[k] : k;
    c[i] = x[k] * m->y[i];
  }
  lfap_class_sums(ctx, s, c, m->X, m->y, m->n, m->d);
}

/* b - (h A + gamma B) with A = y_i <x_i, own class sum of x>, B the same of the other class. */
static void residual_of_samples(const lfap_ctx *ctx, double *out, const lfap_qm *m, const double *b, const double *x,
                                lfap_qm_part part) {
  double *other = m->vec + m->n, *s[4];
  sums_of(ctx, s, m, x, part);
  lfap_class_products(ctx, out, other, s, m->X, m->y, part.row, part.nr, m->d);
  for (size_t at = 0; at < part.nr; at++) {
    size_t i = part.row ? part.row[at] : at;
    out[at] = (b[i] - m->h * (m->y[i] * out[at])) - m->gamma * (m->y[i] * other[at]);
  }
}

typedef struct {
  double hi, lo;
} twofold;

static twofold sum_of(double a, double b) {
  double t = a + b, bb = t - a;
  return (twofold){t, (a - (t - bb)) + (b - bb)};
}
static twofold product_of(double a, double b) { return (twofold){a * b, fma(a, b, -(a * b))}; }

/* <x, hi + lo>, not rounded to one double. */
static twofold twofold_dot(const double *x, const double *hi, const double *lo, size_t d) {
  twofold s = {0.0, 0.0};
  for (size_t j = 0; j < d; j++) {
    twofold p = product_of(x[j], hi[j]), t = sum_of(s.hi, p.hi);
    s = (twofold){t.hi, s.lo + (p.lo + t.lo)};
  }
  s.lo += lfap_dot(d, x, lo);
  return s;
}

typedef struct {
  const lfap_qm *m;
  const double *b;
  double *const *s, *out;
  const size_t *row;
  twofold h;
} sharp_job;

static void sharp_rows(void *arg, size_t begin, size_t end, int worker) {
  const sharp_job *j = arg;
  const lfap_qm *m = j->m;
  (void)worker;
  for (size_t at = begin; at < end; at++) {
    size_t i = j->row ? j->row[at] : at;
    const double *x = m->X + i * m->d;
    int a = m->y[i] > 0.0 ? 0 : 2;
    twofold own = twofold_dot(x, j->s[a], j->s[a + 1], m->d), other = twofold_dot(x, j->s[2 - a], j->s[3 - a], m->d);
    twofold p = product_of(-m->y[i] * j->h.hi, own.hi), q = product_of(-m->y[i] * m->gamma, other.hi);
    twofold first = sum_of(j->b[i], p.hi), then = sum_of(first.hi, q.hi);
    double small = (j->h.hi * own.lo + j->h.lo * own.hi) + m->gamma * other.lo;
    j->out[at] = then.hi + (((first.lo + then.lo) + (p.lo + q.lo)) - m->y[i] * small);
  }
}

void lfap_qm_sharp_residual(const lfap_ctx *ctx, double *out, const lfap_qm *m, const double *b, const double *x,
                            lfap_qm_part part) {
  double *s[4];
  twofold square = product_of(m->gamma, m->gamma), t = sum_of(1.0, square.hi);
  sharp_job j = {.m = m, .b = b, .s = s, .out = out, .row = part.row, .h = {m->h, 0.0}};
  j.h.lo = 0.5 * (((t.hi - 2.0 * m->h) + t.lo) + square.lo);
  sums_of(ctx, s, m, x, part);
  lfap_parallel(lfap_threads(ctx), part.nr, 8, 40.0 * (double)part.nr * (double)m->d, sharp_rows, &j);
}

void lfap_qm_residual(const lfap_ctx *ctx, double *out, const lfap_qm *m, const double *b, const double *x,
                      lfap_qm_part part) {
  residual_job j = {out, b, x, part};
  if (!m->M && m->on_data) lfap_qm_sharp_residual(ctx, out, m, b, x, part);
  else if (!m->M && !m->G) residual_of_samples(ctx, out, m, b, x, part);
  else lfap_qm_rows(ctx, m, part, residual_row, &j);
}
