/* gram.c - the exact Gram matrix of section 1 of the theory.
 *
 * x = k 2^e with integers |k| < 2^bits. Up to 108 bits, k is cut into slices of 27 bits, each with the sign of k,
 * and products of slices (below 2^54) are summed in 64-bit integers over blocks too short to overflow: vector units
 * multiply 32-bit integers several at a time, four times as fast as 128-bit products of whole integers (measured:
 * 0.4 and 1.3 ns a term). Beyond, an entry, which has 53 bits of its own, reaches into two neighbouring slices of
 * 53, and four 128-bit products a term go to the accumulators they belong to, which are emptied before they can
 * overflow. The columns are taken in spans, so that the slices of a span stay small beside the samples, and near the
 * cache.
 */
#include "oracle/exact/gram.h"

#include <math.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "io/parallel.h"
#include "kernel/clones.h" /* where there can be clones at all */
#include "oracle/exact/wide.h"

/* ---- the grid ---------------------------------------------------------------------------------------------------- */

/* x = m 2^e with |m| < 2^53; m = 0 for 0. */
static int64_t split(double x, long *e) {
  int k;
  double f = frexp(x, &k);
  *e = (long)k - 53;
  return (int64_t)ldexp(f, 53);
}

/* Position of the lowest and of the highest set bit, as exponents. */
static void extent(double x, long *low, long *high) {
  long e;
  int64_t m = split(x, &e);
  uint64_t a = (uint64_t)(m < 0 ? -m : m);
  *high = e + 52;
  while (!(a & 1)) {
    a >>= 1;
    e++;
  }
  *low = e;
}

static void range_of(const double *x, size_t n, long *low, long *high) {
  int seen = 0;
  *low = *high = 0;
  for (size_t i = 0; i < n; i++) {
    if (x[i] == 0.0) continue;
    long l, h;
    extent(x[i], &l, &h);
    if (!seen || l < *low) *low = l;
    if (!seen || h > *high) *high = h;
    seen = 1;
  }
}

long oracle_grid_exponent(const double *x, size_t n) {
  long low, high;
  range_of(x, n, &low, &high);
  return low;
}

void oracle_grid_int(mpz_t z, double x, long e) {
  long k;
  if (x == 0.0) {
    mpz_set_ui(z, 0);
    return;
  }
  mpz_set_si(z, (long)split(x, &k));
  if (k >= e) mpz_mul_2exp(z, z, (mp_bitcnt_t)(k - e));
  else mpz_tdiv_q_2exp(z, z, (mp_bitcnt_t)(e - k)); /* only zeros fall off */
}

/* ---- slices ------------------------------------------------------------------------------------------------------ */

enum { SLICE = 27, MOST = 4, BLOCK = 64, LONG_SLICE = 53, SPAN = 1 << 22 /* entries of a span */ };
/* Of the products of two entries at most MOST have the same weight: BLOCK MOST 2^54 < 2^63. */
_Static_assert(BLOCK *MOST <= 256, "sums of a block stay below 2^63");

typedef struct {
  const double *X;
  size_t n, d;
  size_t first, width; /* the span: columns first .. first + width - 1; memory for `most` */
  size_t most;
  long e;
  unsigned bits;        /* of the grid */
  size_t slices;        /* 1..MOST short ones, or more: long ones */
  int32_t *plane[MOST]; /* short slices, n x width each */
  int64_t *part[2];     /* long slices: the two parts of an entry */
  uint32_t *at;         /* and the slice of the lower one */
  oracle_gram *g;
  atomic_int failed;
} job;

static int is_long(const job *j) { return j->slices > MOST; }

static void free_planes(job *j) {
  for (size_t p = 0; p < MOST; p++) free(j->plane[p]);
  free(j->part[0]);
  free(j->part[1]);
  free(j->at);
}

static lfap_status make_planes(lfap_ctx *ctx, job *j) {
  size_t count = j->n * j->most;
  int good = 1;
  for (size_t p = 0; p < j->slices && !is_long(j); p++) good &= (j->plane[p] = malloc(count * sizeof(int32_t))) != NULL;
  for (size_t p = 0; p < 2 && is_long(j); p++) good &= (j->part[p] = malloc(count * sizeof(int64_t))) != NULL;
  if (is_long(j)) good &= (j->at = malloc(count * sizeof *j->at)) != NULL;
  if (good) return LFAP_OK;
  return lfap_fail(ctx, LFAP_ERR_MEMORY, "certificate: no memory for %zu x %zu integers; use fewer samples", j->n,
                   j->most);
}

static void slice_entry(job *j, size_t i, double x) {
  long e;
  int64_t m = split(x, &e);
  uint64_t a = (uint64_t)(m < 0 ? -m : m);
  if (a == 0) e = j->e;
  if (e < j->e) {
    a >>= (j->e - e);
    e = j->e;
  } /* zeros, by the choice of the grid */
  long up = e - j->e;
  if (is_long(j)) {
    const long by = up % LONG_SLICE; /* a has 53 bits, as a slice: what leaves the word leaves the slice */
    int64_t lo = (int64_t)((a << by) & (((uint64_t)1 << LONG_SLICE) - 1)), hi = (int64_t)(a >> (LONG_SLICE - by));
    j->at[i] = (uint32_t)(up / LONG_SLICE);
    j->part[0][i] = m < 0 ? -lo : lo;
    j->part[1][i] = m < 0 ? -hi : hi;
    return;
  }
  for (size_t p = 0; p < j->slices; p++, up -= SLICE) {
    int32_t s = up >= SLICE || up <= -64 ? 0 : (int32_t)((up > 0 ? a << up : a >> -up) & ((1u << SLICE) - 1));
    j->plane[p][i] = m < 0 ? -s : s;
  }
}

static void slice_rows(void *arg, size_t begin, size_t end, int worker) {
  job *j = arg;
  (void)worker;
  for (size_t i = begin; i < end; i++)
    for (size_t c = 0; c < j->width; c++) slice_entry(j, i * j->width + c, j->X[i * j->d + j->first + c]);
}

/* ---- inner products ---------------------------------------------------------------------------------------------- */

#if LFAP_CHOOSES
#define CLONES __attribute__((target_clones("avx2", "default"))) /* integers: the same results */
#else
#define CLONES
#endif

/* s[w] += sum over a block of the products of slices p + q = w. One function a number of slices: the loop must be
   plain. */
#define T(p, q) ((int64_t)a[p][i] * b[q][i])
CLONES static void block1(int64_t *s, const int32_t *const *a, const int32_t *const *b, size_t n) {
  int64_t s0 = 0;
  for (size_t i = 0; i < n; i++) s0 += T(0, 0);
  s[0] = s0;
}
CLONES static void block2(int64_t *s, const int32_t *const *a, const int32_t *const *b, size_t n) {
  int64_t s0 = 0, s1 = 0, s2 = 0;
  for (size_t i = 0; i < n; i++) {
    s0 += T(0, 0);
    s1 += T(0, 1) + T(1, 0);
    s2 += T(1, 1);
  }
  s[0] = s0, s[1] = s1, s[2] = s2;
}
CLONES static void block3(int64_t *s, const int32_t *const *a, const int32_t *const *b, size_t n) {
  int64_t s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0;
  for (size_t i = 0; i < n; i++) {
    s0 += T(0, 0);
    s1 += T(0, 1) + T(1, 0);
    s2 += T(0, 2) + T(1, 1) + T(2, 0);
    s3 += T(1, 2) + T(2, 1);
    s4 += T(2, 2);
  }
  s[0] = s0, s[1] = s1, s[2] = s2, s[3] = s3, s[4] = s4;
}
CLONES static void block4(int64_t *s, const int32_t *const *a, const int32_t *const *b, size_t n) {
  int64_t s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0;
  for (size_t i = 0; i < n; i++) {
    s0 += T(0, 0);
    s1 += T(0, 1) + T(1, 0);
    s2 += T(0, 2) + T(1, 1) + T(2, 0);
    s3 += T(0, 3) + T(1, 2) + T(2, 1) + T(3, 0);
    s4 += T(1, 3) + T(2, 2) + T(3, 1);
    s5 += T(2, 3) + T(3, 2);
    s6 += T(3, 3);
  }
  s[0] = s0, s[1] = s1, s[2] = s2, s[3] = s3, s[4] = s4, s[5] = s5, s[6] = s6;
}
#undef T

/* z += v 2^shift; t is scratch. */
static void add_wide(mpz_t z, mpz_t t, const wide *v, mp_bitcnt_t shift) {
  uint64_t l[2];
  const int negative = wide_size(v, l);
  if (!l[0] && !l[1]) return;
  mpz_import(t, 2, -1, sizeof l[0], 0, 0, l);
  mpz_mul_2exp(t, t, shift);
  if (negative) mpz_sub(z, z, t);
  else mpz_add(z, z, t);
}

typedef void (*block_fn)(int64_t *, const int32_t *const *, const int32_t *const *, size_t);

static void dot_short(mpz_t z, mpz_t t, const job *j, size_t i, size_t k) {
  static const block_fn fn[MOST] = {block1, block2, block3, block4};
  wide sum[2 * MOST - 1];
  int64_t s[2 * MOST - 1];
  memset(sum, 0, sizeof sum);
  for (size_t from = 0; from < j->width; from += BLOCK) {
    const int32_t *a[MOST] = {0}, *b[MOST] = {0};
    for (size_t p = 0; p < j->slices; p++) {
      a[p] = j->plane[p] + i * j->width + from;
      b[p] = j->plane[p] + k * j->width + from;
    }
    fn[j->slices - 1](s, a, b, j->width - from < BLOCK ? j->width - from : BLOCK);
    for (size_t w = 0; w < 2 * j->slices - 1; w++) wide_add(&sum[w], s[w]);
  }
  for (size_t w = 0; w < 2 * j->slices - 1; w++) add_wide(z, t, &sum[w], w * SLICE);
}

/* acc has 2 slices + 1 entries; a term adds at most 2^107 to one of them. */
static void dot_long(mpz_t z, mpz_t t, const job *j, size_t i, size_t k, wide *acc) {
  const size_t chunk = (size_t)1 << 18, top = 2 * j->slices + 1;
  for (size_t from = 0; from < j->width; from += chunk) {
    size_t a = i * j->width + from, b = k * j->width + from, len = j->width - from < chunk ? j->width - from : chunk;
    memset(acc, 0, top * sizeof *acc);
    for (size_t p = 0; p < len; p++) {
      wide *s = acc + j->at[a + p] + j->at[b + p];
      int64_t la = j->part[0][a + p], ha = j->part[1][a + p], lb = j->part[0][b + p], hb = j->part[1][b + p];
      wide_add_product(&s[0], la, lb);
      wide_add_product(&s[1], la, hb);
      wide_add_product(&s[1], ha, lb);
      wide_add_product(&s[2], ha, hb);
    }
    for (size_t s = 0; s < top; s++) add_wide(z, t, &acc[s], s * LONG_SLICE);
  }
}

/* z = G_ik as far as the spans before have brought it. */
static void load(mpz_t z, const oracle_gram *g, size_t i, size_t k) {
  size_t at = i * g->n + k;
  mpz_t stored;
  mpz_set(z, mpz_roinit_n(stored, g->limb + at * g->limbs, g->size[at]));
}

static void store(oracle_gram *g, size_t i, size_t k, const mpz_t z) {
  size_t len = mpz_size(z), at = i * g->n + k;
  memcpy(g->limb + at * g->limbs, mpz_limbs_read(z), len * sizeof(mp_limb_t));
  g->size[at] = (int16_t)(mpz_sgn(z) < 0 ? -(int)len : (int)len);
}

/* Adds the span to rows begin..end-1 of the lower triangle, and mirrors them after the last one. Row k stays in the
   cache while the rows of the chunk go over it. */
static void gram_rows(void *arg, size_t begin, size_t end, int worker) {
  job *j = arg;
  (void)worker;
  wide *acc = malloc((2 * j->slices + 1) * sizeof *acc);
  mpz_t z, t;
  if (!acc) {
    atomic_store(&j->failed, 1);
    return;
  }
  mpz_init(z);
  mpz_init(t);
  for (size_t k = 0; k < end; k++)
    for (size_t i = k > begin ? k : begin; i < end; i++) {
      load(z, j->g, i, k);
      if (is_long(j)) dot_long(z, t, j, i, k, acc);
      else dot_short(z, t, j, i, k);
      store(j->g, i, k, z);
      if (i != k && j->first + j->width == j->d) store(j->g, k, i, z);
    }
  mpz_clear(z);
  mpz_clear(t);
  free(acc);
}

static void plan(job *j) {
  long low, high;
  range_of(j->X, j->n * j->d, &low, &high);
  j->e = low;
  j->bits = (unsigned)(high - low + 1);
  j->slices = j->bits <= SLICE * MOST ? (j->bits + SLICE - 1) / SLICE : MOST + j->bits / LONG_SLICE;
}

void oracle_gram_free(oracle_gram *g) {
  free(g->limb);
  free(g->size);
  *g = (oracle_gram){0};
}

static lfap_status add_span(lfap_ctx *ctx, job *j) {
  int threads = lfap_threads(ctx);
  size_t n = j->n, rows = n / (4 * (size_t)threads);
  lfap_parallel(threads, n, 1 + n / 64, (double)n * (double)j->width * 10, slice_rows, j);
  lfap_parallel(threads, n, rows > 16 ? 16 : rows ? rows : 1, (double)n * (double)n * (double)j->width, gram_rows, j);
  return j->failed ? lfap_fail(ctx, LFAP_ERR_MEMORY, "certificate: no memory for inner products") : LFAP_OK;
}

lfap_status oracle_gram_make(lfap_ctx *ctx, oracle_gram *out, const double *X, size_t n, size_t d) {
  oracle_gram g = {.n = n};
  job j = {.X = X, .n = n, .d = d, .g = &g};
  plan(&j);
  g.e = 2 * j.e;
  /* d < 2^64 terms below 2^(2 bits), in words of GMP's */
  g.limbs = (2 * (size_t)j.bits + 64 + GMP_NUMB_BITS - 1) / GMP_NUMB_BITS;
  if (g.limbs > 6400 / GMP_NUMB_BITS || n > SIZE_MAX / (g.limbs * sizeof(mp_limb_t)) / n || d > SIZE_MAX / 8 / n)
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "certificate: a Gram matrix of %zu x %zu entries of %zu words has no size",
                     n, n, g.limbs);
  g.limb = malloc(n * n * g.limbs * sizeof(mp_limb_t));
  g.size = calloc(n, n * sizeof *g.size);
  j.most = n < SPAN / BLOCK ? SPAN / n / BLOCK * BLOCK : BLOCK;
  if (j.most > d) j.most = d;
  lfap_status st = g.limb && g.size
                       ? make_planes(ctx, &j)
                       : lfap_fail(ctx, LFAP_ERR_MEMORY, "certificate: no memory for the %zu x %zu Gram matrix", n, n);
  for (j.first = 0; !st && j.first < d; j.first += j.width) {
    j.width = d - j.first < j.most ? d - j.first : j.most;
    st = lfap_tick(ctx, "exact Gram matrix", (double)j.first, (double)d);
    if (!st) st = add_span(ctx, &j);
  }
  if (!st) st = lfap_tick(ctx, "exact Gram matrix", (double)d, (double)d);
  free_planes(&j);
  if (st) oracle_gram_free(&g);
  else *out = g;
  return st;
}
