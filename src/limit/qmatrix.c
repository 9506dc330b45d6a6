/* qmatrix.c - Q and the matrix of (CP) by rows and by products, from whatever of them there is (Q1, C2;
 * spec/numerics.md N6, N6a, N13). Rows are
 * shared out over threads; every value has its own fixed order of operations, so sharing changes no bit. */
#include "limit/qmatrix.h"

#include "data/products.h"
#include "io/parallel.h"
#include "kernel/clones.h"
#include "kernel/cpform.h"
#include "kernel/lanes.h"
#include "kernel/pair.h"
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

static lfap_twofold sum_of(double a, double b) {
  double t = a + b, bb = t - a;
  return (lfap_twofold){t, (a - (t - bb)) + (b - bb)};
}
static lfap_twofold product_of(double a, double b) { return (lfap_twofold){a * b, fma(a, b, -(a * b))}; }

/* The slope of a block: gamma, 1. */
static double slope(const lfap_qm *m, size_t block) { return block ? 1.0 : m->gamma; }

/* own + off s t, the larger slope first, as lfap_cp_same has it. */
static lfap_twofold same_weight(double s, double t, double own, double off) {
  double same = lfap_cp_same(s, t, own, off);
  lfap_twofold part = product_of(off, fmax(s, t)), all = product_of(part.hi, fmin(s, t)), sum = sum_of(own, all.hi);
  return (lfap_twofold){same, ((sum.hi - same) + sum.lo) + (all.lo + part.lo * fmin(s, t))};
}

/* own t + off s. */
static lfap_twofold other_weight(double s, double t, double own, double off) {
  lfap_twofold a = product_of(own, t), b = product_of(off, s), sum = sum_of(a.hi, b.hi);
  return (lfap_twofold){lfap_cp_other(s, t, own, off), sum.lo + (a.lo + b.lo)};
}

static void set_weights(lfap_qm *m) {
  for (size_t a = 0; a < 2; a++)
    for (size_t b = 0; b < 2; b++)
      for (size_t c = 0; c < 2; c++) {
        double s = slope(m, a), t = slope(m, b), y = c ? -1.0 : 1.0;
        double own = lfap_own_mass(m->masses, y), off = lfap_off_mass(m->masses, y);
        m->weight[a][c][b][LFAP_QM_SAME] = same_weight(s, t, own, off);
        m->weight[a][c][b][LFAP_QM_OTHER] = other_weight(s, t, own, off);
      }
}

/* In units of the first block's weight of the class +1. */
static double diagonal(const lfap_qm *m, size_t i) {
  double unit = m->weight[0][0][0][LFAP_QM_SAME].hi, square = m->square[lfap_qm_sample(m, i)];
  size_t block = lfap_qm_block(m, i);
  double weight = lfap_qm_weight(m, i, block)[LFAP_QM_SAME].hi;
  return block ? (square * weight) / unit : square * (weight / unit);
}

static void set_diagonal(lfap_qm *m) {
  for (size_t i = 0; m->M && i < m->n; i++) m->diag[i] = m->M[i * m->n + i];
  if (m->M) return;
  for (size_t k = 0; k < m->samples; k++)
    m->square[k] = m->G ? m->G[k * m->samples + k] : lfap_dot(m->d, m->X + k * m->d, m->X + k * m->d);
  for (size_t i = 0; i < m->n; i++) m->diag[i] = diagonal(m, i);
}

lfap_status lfap_qm_open(lfap_ctx *ctx, lfap_qm *m) {
  m->blocks = m->kinks ? 2 : 1;
  m->samples = m->n / m->blocks;
  if (m->masses.plus == 0.0 && m->masses.minus == 0.0) m->masses = (lfap_masses){0.5, 0.5};
  size_t n = m->n, own = m->X ? 4 * m->blocks * m->d : 0;
  m->diag = malloc(n * sizeof(double));
  m->vec = malloc((3 * n + own + m->samples) * sizeof(double));
  m->spare = malloc(2 * n * (size_t)lfap_threads(ctx) * sizeof(double));
  m->twofold[0] = m->X ? malloc(2 * n * sizeof **m->twofold) : NULL;
  if (!m->diag || !m->vec || !m->spare || (m->X && !m->twofold[0])) {
    lfap_qm_close(m);
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "limit: no memory for rows of N = %zu", n);
  }
  m->sums = m->vec + 3 * n;
  m->square = m->sums + own;
  for (size_t k = 1; m->X && k < 2 * m->blocks; k++) m->twofold[k] = m->twofold[0] + k * m->samples;
  set_weights(m);
  set_diagonal(m);
  return LFAP_OK;
}

void lfap_qm_close(lfap_qm *m) {
  free(m->diag);
  free(m->vec);
  free(m->spare);
  free(m->twofold[0]);
  m->diag = m->vec = m->sums = m->square = m->spare = NULL;
  m->twofold[0] = NULL;
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

static void fill_row(const lfap_qm *m, double *row, size_t i) {
  size_t N = m->samples, k = lfap_qm_sample(m, i);
  double y = m->y[k], own = lfap_own_mass(m->masses, y), off = lfap_off_mass(m->masses, y);
  for (size_t b = 0; b < m->blocks; b++)
    lfap_cp_row(row + b * N, m->G + k * N, m->y, y, slope(m, lfap_qm_block(m, i)), slope(m, b), own, off, N);
}

static void q_rows(void *arg, size_t begin, size_t end, int worker) {
  const row_job *j = arg;
  const lfap_qm *m = j->m;
  double *row = m->spare + 2 * m->n * (size_t)worker, *picked = row + m->n;
  for (size_t at = begin; at < end; at++) {
    size_t i = j->part.row ? j->part.row[at] : at;
    const double *q = m->M ? m->M + i * m->n : row;
    if (!m->M) fill_row(m, row, i);
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
  const double *A, *z[3]; /* dots of rows of A with z[0] (label +1), z[1] (-1), or z[2] (second block) */
  const double *y;        /* NULL: rows of A itself with z[0] */
  double *out;
  const size_t *row;
  size_t n, samples; /* entries of a dot; rows of A */
} dot_job;

static void dot_rows(void *arg, size_t begin, size_t end, int worker) {
  const dot_job *j = arg;
  (void)worker;
  for (size_t at = begin; at < end; at++) {
    size_t i = j->row ? j->row[at] : at, k = i < j->samples ? i : i - j->samples;
    size_t which = !j->y ? 0 : k < i ? 2 : j->y[k] < 0.0;
    double s = lfap_dot(j->n, j->A + k * j->n, j->z[which]);
    j->out[at] = j->y ? j->y[k] * s : s;
  }
}

/* z_k = sum over blocks of y_k v_k times the weight: a vector for each label of a row of the first block, and one for
   the rows of the second, whose weights ask for the column's class alone; those of the first in the columns of the
   second ask for the row's. */
static size_t weigh(const lfap_qm *m, double *z, const double *v) {
  size_t N = m->samples;
  const lfap_twofold(*w)[2][2][2] = m->weight;
  double both = w[1][0][1][LFAP_QM_SAME].hi, mixed[2] = {w[0][0][1][LFAP_QM_SAME].hi, w[0][1][1][LFAP_QM_SAME].hi};
  for (size_t k = 0; k < N; k++) {
    double c = m->y[k] * v[k];
    int minus = m->y[k] < 0.0;
    z[k] = c * w[0][0][0][minus].hi;
    z[N + k] = c * w[0][1][0][!minus].hi;
    if (!m->kinks) continue;
    double e = m->y[k] * v[N + k];
    z[k] = fma(mixed[0], e, z[k]);
    z[N + k] = fma(mixed[1], e, z[N + k]);
    z[2 * N + k] = fma(mixed[minus], c, both * e);
  }
  return m->kinks ? 3 : 2;
}

/* (M v)_i = y_i <G_i, z> for one of the vectors z above; G_i z = <x_i, X'z>. */
void lfap_qm_product(lfap_ctx *ctx, double *out, const lfap_qm *m, const double *v, const size_t *row, size_t nr) {
  size_t N = m->samples, len = m->M ? m->n : m->G ? N : m->d, many = 0;
  double *z = m->vec;
  const double *A = m->M ? m->M : m->G ? m->G : m->X;
  if (!m->M) many = weigh(m, z, v);
  if (!m->M && !m->G) {
    double *t = m->sums;
    memset(t, 0, many * m->d * sizeof *t);
    (void)lfap_chain_product(&(lfap_ctx){.threads = lfap_threads(ctx)}, t, z, m->X, many, N, m->d);
    z = t;
  }
  dot_job j = {.A = A, .z = {z, z + len, z + 2 * len}, .y = m->y, .out = out, .row = row, .n = len, .samples = N};
  if (m->M) j = (dot_job){.A = A, .z = {v, v, v}, .out = out, .row = row, .n = len, .samples = m->n};
  lfap_parallel(lfap_threads(ctx), nr, 32, 2.0 * (double)nr * (double)j.n, dot_rows, &j);
}

void lfap_qm_gram_product(lfap_ctx *ctx, double *out, const lfap_qm *m, const double *c) {
  if (m->G) {
    lfap_matvec(ctx, out, m->G, c, m->n, m->n);
    return;
  }
  double *t = m->sums;
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
    size_t i = j->row ? j->row[at] : at, k = i < j->n ? i : i - j->n;
    const double *x = j->X + k * j->d;
    int a = j->y[k] > 0.0 ? 0 : 2;
    j->own[at] = lfap_pair_dot(x, j->s[a], j->s[a + 1], j->d);
    j->other[at] = lfap_pair_dot(x, j->s[2 - a], j->s[3 - a], j->d);
  }
}

void lfap_class_products(const lfap_ctx *ctx, double *own, double *other, double *const s[4], const lfap_samples *of,
                         const size_t *row, size_t nr) {
  class_job j = {.s = s, .own = own, .other = other, .X = of->X, .y = of->y, .row = row, .n = of->n, .d = of->d};
  lfap_parallel(lfap_threads(ctx), nr, 8, 28.0 * (double)nr * (double)of->d, class_rows, &j);
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

/* Class sums of the part of x that belongs to a block. */
static void sums_of(const lfap_ctx *ctx, double *s[4], const lfap_qm *m, const double *x, lfap_qm_part part,
                    size_t block) {
  double *c = m->vec, *t = m->sums + 4 * block * m->d;
  for (size_t a = 0; a < 4; a++) s[a] = t + a * m->d;
  memset(c, 0, m->samples * sizeof *c);
  for (size_t k = 0; k < part.nc; k++) {
    size_t i = part.col ? part.col[k] : k, n = lfap_qm_sample(m, i);
    if (lfap_qm_block(m, i) == block) c[n] = x[k] * m->y[n];
  }
  lfap_class_sums(ctx, s, c, m->X, m->y, m->samples, m->d);
}

/* b - sum over blocks of (w A + w' B) with A = y_i <x_i, own class sum of x>, B the same of the other class. */
static void residual_of_samples(const lfap_ctx *ctx, double *out, const lfap_qm *m, const double *b, const double *x,
                                lfap_qm_part part) {
  double *own = m->vec + m->n, *other = m->vec + 2 * m->n, *s[4];
  lfap_samples of = {m->X, m->y, m->samples, m->d};
  for (size_t block = 0; block < m->blocks; block++) {
    sums_of(ctx, s, m, x, part, block);
    lfap_class_products(ctx, own, other, s, &of, part.row, part.nr);
    for (size_t at = 0; at < part.nr; at++) {
      size_t i = part.row ? part.row[at] : at;
      const lfap_twofold *w = lfap_qm_weight(m, i, block);
      double y = m->y[lfap_qm_sample(m, i)], from = block ? out[at] : b[i];
      out[at] = (from - w[LFAP_QM_SAME].hi * (y * own[at])) - w[LFAP_QM_OTHER].hi * (y * other[at]);
    }
  }
}

/* Samples whose sums are made side by side, each in its own order; entries of them at a time. */
enum { LANES = 8, STRETCH = 64 };

/* s + e += <x, z> over a stretch of entries, with what every product and sum loses in e: LANES samples, entry j of the
   k-th in x[LANES j + k]. */
LFAP_CLONES
static void twofold_stretch(double *restrict s, double *restrict e, const double *restrict x, const double *restrict z,
                            size_t n) {
  double sum[LANES], lost[LANES];
  for (size_t k = 0; k < LANES; k++) sum[k] = s[k], lost[k] = e[k];
  for (size_t j = 0; j < n; j++)
    for (size_t k = 0; k < LANES; k++) {
      double a = x[LANES * j + k], p = a * z[j], t = sum[k] + p, bb = t - sum[k];
      lost[k] = lost[k] + (fma(a, z[j], -p) + ((sum[k] - (t - bb)) + (p - bb)));
      sum[k] = t;
    }
  for (size_t k = 0; k < LANES; k++) s[k] = sum[k], e[k] = lost[k];
}

typedef struct {
  const lfap_qm *m;
  double *s[4]; /* class sums of one block */
  size_t block;
} twofold_job;

/* <x, hi + lo>, not rounded to one double, for the classes +1 and -1 and samples `from` to below `to`, LANES at
   most. */
static void twofold_samples(const twofold_job *t, size_t from, size_t to) {
  const lfap_qm *m = t->m;
  double x[LANES * STRETCH] = {0}, sum[2][LANES] = {{0}}, lost[2][LANES] = {{0}};
  for (size_t at = 0; at < m->d; at += STRETCH) {
    size_t len = m->d - at < STRETCH ? m->d - at : STRETCH;
    for (size_t k = from; k < to; k++)
      for (size_t j = 0; j < len; j++) x[LANES * j + (k - from)] = m->X[k * m->d + at + j];
    for (size_t c = 0; c < 2; c++) twofold_stretch(sum[c], lost[c], x, t->s[2 * c] + at, len);
  }
  for (size_t k = from; k < to; k++)
    for (size_t c = 0; c < 2; c++) {
      double low = lfap_dot(m->d, m->X + k * m->d, t->s[2 * c + 1]);
      m->twofold[2 * t->block + c][k] = (lfap_twofold){sum[c][k - from], lost[c][k - from] + low};
    }
}

static void twofold_rows(void *arg, size_t begin, size_t end, int worker) {
  const twofold_job *t = arg;
  (void)worker;
  for (size_t k = begin; k < end; k += LANES) twofold_samples(t, k, end - k < LANES ? end : k + LANES);
}

/* r - (w own + w' other) y of one block. */
static lfap_twofold take_off(lfap_twofold r, const lfap_twofold *w, double y, lfap_twofold own, lfap_twofold other) {
  lfap_twofold v = w[LFAP_QM_SAME], u = w[LFAP_QM_OTHER];
  lfap_twofold p = product_of(-y * v.hi, own.hi), q = product_of(-y * u.hi, other.hi);
  lfap_twofold first = sum_of(r.hi, p.hi), then = sum_of(first.hi, q.hi);
  double small = (v.hi * own.lo + v.lo * own.hi) + (u.hi * other.lo + u.lo * other.hi);
  return (lfap_twofold){then.hi, r.lo + (((first.lo + then.lo) + (p.lo + q.lo)) - y * small)};
}

/* A sample's products are made once, for both of its rows. */
void lfap_qm_sharp_residual(const lfap_ctx *ctx, double *out, const lfap_qm *m, const double *b, const double *x,
                            lfap_qm_part part) {
  for (size_t k = 0; k < m->blocks; k++) {
    twofold_job t = {.m = m, .block = k};
    sums_of(ctx, t.s, m, x, part, k);
    lfap_parallel(lfap_threads(ctx), m->samples, LANES, 20.0 * (double)m->samples * (double)m->d, twofold_rows, &t);
  }
  for (size_t at = 0; at < part.nr; at++) {
    size_t i = part.row ? part.row[at] : at, k = lfap_qm_sample(m, i), own = m->y[k] < 0.0;
    lfap_twofold r = {b[i], 0.0};
    for (size_t j = 0; j < m->blocks; j++)
      r = take_off(r, lfap_qm_weight(m, i, j), m->y[k], m->twofold[2 * j + own][k], m->twofold[2 * j + 1 - own][k]);
    out[at] = r.hi + r.lo;
  }
}

void lfap_qm_residual(const lfap_ctx *ctx, double *out, const lfap_qm *m, const double *b, const double *x,
                      lfap_qm_part part) {
  residual_job j = {out, b, x, part};
  if (!m->M && m->on_data) lfap_qm_sharp_residual(ctx, out, m, b, x, part);
  else if (!m->M && !m->G) residual_of_samples(ctx, out, m, b, x, part);
  else lfap_qm_rows(ctx, m, part, residual_row, &j);
}
