/* gram.c - the exact Gram matrix of section 1 of the theory.
 *
 * x = k 2^e with integers |k| < 2^bits. One slice (bits <= 53): sums of k k' in 128 bits. Two slices of w = ceil(bits/2)
 * bits, k = hi 2^w + lo with the sign on both: hi hi', lo lo' and (hi + lo)(hi' + lo') give the middle by subtraction, three
 * products a term. More: an entry, which has 53 bits of its own, reaches into two neighbouring slices of 53, and four products
 * go to the accumulators they belong to. Accumulators are emptied before they can overflow 127 bits.
 */
#include "oracle/exact/gram.h"

#include <math.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "io/parallel.h"

__extension__ typedef __int128 wide;
__extension__ typedef unsigned __int128 uwide;

/* ---- the grid ----------------------------------------------------------------------------------------------------- */

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
  while (!(a & 1)) { a >>= 1; e++; }
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
  if (x == 0.0) { mpz_set_ui(z, 0); return; }
  mpz_set_si(z, (long)split(x, &k));
  if (k >= e) mpz_mul_2exp(z, z, (mp_bitcnt_t)(k - e));
  else mpz_tdiv_q_2exp(z, z, (mp_bitcnt_t)(e - k)); /* only zeros fall off */
}

/* ---- slices ------------------------------------------------------------------------------------------------------- */

enum { SLICE = 53 };

typedef struct {
  const double *X;
  size_t n, d;
  long e;
  unsigned bits, width; /* of the grid; of a slice */
  size_t slices;
  int64_t *plane[3];    /* one slice: k; two: lo, hi, lo + hi; more: the two parts of an entry (n x d) */
  uint32_t *at;         /* more than two: the slice of an entry's lower part */
  size_t chunk;         /* terms before an accumulator is emptied */
  oracle_gram *g;
  atomic_int failed;
} job;

static void free_planes(job *j) {
  for (int p = 0; p < 3; p++) free(j->plane[p]);
  free(j->at);
}

static lfap_status make_planes(lfap_ctx *ctx, job *j) {
  size_t count = j->n * j->d, planes = j->slices == 1 ? 1 : j->slices == 2 ? 3 : 2;
  for (size_t p = 0; p < planes; p++)
    if (!(j->plane[p] = malloc(count * sizeof(int64_t)))) goto memory;
  if (j->slices > 2 && !(j->at = malloc(count * sizeof *j->at))) goto memory;
  return LFAP_OK;
memory:
  return lfap_fail(ctx, LFAP_ERR_MEMORY, "certificate: no memory for %zu x %zu integers; use fewer samples", j->n, j->d);
}

static void slice_entry(job *j, size_t i, double x) {
  long e;
  int64_t m = split(x, &e);
  uint64_t a = (uint64_t)(m < 0 ? -m : m);
  uwide k;
  size_t at = 0;
  if (a == 0) { e = j->e; k = 0; }
  if (e < j->e) { a >>= (j->e - e); e = j->e; } /* zeros, by the choice of the grid */
  long up = e - j->e;
  if (j->slices > 2) { at = (size_t)(up / SLICE); up %= SLICE; j->at[i] = (uint32_t)at; }
  k = (uwide)a << up;
  int64_t lo = (int64_t)(k & (((uwide)1 << j->width) - 1)), hi = (int64_t)(k >> j->width);
  if (j->slices == 1) { lo = (int64_t)k; hi = 0; }
  if (m < 0) { lo = -lo; hi = -hi; }
  j->plane[0][i] = lo;
  if (j->slices > 1) j->plane[1][i] = hi;
  if (j->slices == 2) j->plane[2][i] = lo + hi;
}

static void slice_rows(void *arg, size_t begin, size_t end, int worker) {
  job *j = arg;
  (void)worker;
  for (size_t i = begin * j->d; i < end * j->d; i++) slice_entry(j, i, j->X[i]);
}

/* ---- inner products --------------------------------------------------------------------------------------------------- */

static wide dot(const int64_t *restrict a, const int64_t *restrict b, size_t n) {
  wide s = 0;
  for (size_t i = 0; i < n; i++) s += (wide)a[i] * b[i];
  return s;
}

/* z += v 2^shift; t is scratch. */
static void add_wide(mpz_t z, mpz_t t, wide v, mp_bitcnt_t shift) {
  uwide a = v < 0 ? -(uwide)v : (uwide)v;
  mp_limb_t l[2] = {(mp_limb_t)a, (mp_limb_t)(a >> 64)};
  mpz_import(t, 2, -1, sizeof l[0], 0, 0, l);
  mpz_mul_2exp(t, t, shift);
  if (v < 0) mpz_sub(z, z, t);
  else mpz_add(z, z, t);
}

static void dot_one(mpz_t z, mpz_t t, const job *j, size_t i, size_t k, size_t from, size_t len) {
  add_wide(z, t, dot(j->plane[0] + i * j->d + from, j->plane[0] + k * j->d + from, len), 0);
}

static void dot_two(mpz_t z, mpz_t t, const job *j, size_t i, size_t k, size_t from, size_t len) {
  size_t a = i * j->d + from, b = k * j->d + from;
  wide lo = dot(j->plane[0] + a, j->plane[0] + b, len), hi = dot(j->plane[1] + a, j->plane[1] + b, len);
  wide all = dot(j->plane[2] + a, j->plane[2] + b, len);
  add_wide(z, t, lo, 0);
  add_wide(z, t, all - lo - hi, j->width);
  add_wide(z, t, hi, 2 * (mp_bitcnt_t)j->width);
}

/* acc has 2 slices + 1 entries. */
static void dot_many(mpz_t z, mpz_t t, const job *j, size_t i, size_t k, size_t from, size_t len, wide *acc) {
  size_t a = i * j->d + from, b = k * j->d + from, top = 2 * j->slices + 1;
  memset(acc, 0, top * sizeof *acc);
  for (size_t p = 0; p < len; p++) {
    wide *s = acc + j->at[a + p] + j->at[b + p];
    int64_t la = j->plane[0][a + p], ha = j->plane[1][a + p], lb = j->plane[0][b + p], hb = j->plane[1][b + p];
    s[0] += (wide)la * lb;
    s[1] += (wide)la * hb + (wide)ha * lb;
    s[2] += (wide)ha * hb;
  }
  for (size_t s = 0; s < top; s++)
    if (acc[s] != 0) add_wide(z, t, acc[s], s * SLICE);
}

static void store(oracle_gram *g, size_t i, size_t k, const mpz_t z) {
  size_t len = mpz_size(z), at = i * g->n + k;
  memcpy(g->limb + at * g->limbs, mpz_limbs_read(z), len * sizeof(mp_limb_t));
  g->size[at] = (signed char)(mpz_sgn(z) < 0 ? -(int)len : (int)len);
}

/* Rows begin..end-1 of the lower triangle. Row k stays in the cache while the rows of the chunk go over it. */
static void gram_rows(void *arg, size_t begin, size_t end, int worker) {
  job *j = arg;
  (void)worker;
  wide *acc = malloc((2 * j->slices + 1) * sizeof *acc);
  mpz_t z, t;
  if (!acc) { atomic_store(&j->failed, 1); return; }
  mpz_init(z);
  mpz_init(t);
  for (size_t k = 0; k < end; k++)
    for (size_t i = k > begin ? k : begin; i < end; i++) {
      mpz_set_ui(z, 0);
      for (size_t from = 0; from < j->d; from += j->chunk) {
        size_t len = j->d - from < j->chunk ? j->d - from : j->chunk;
        if (j->slices == 1) dot_one(z, t, j, i, k, from, len);
        else if (j->slices == 2) dot_two(z, t, j, i, k, from, len);
        else dot_many(z, t, j, i, k, from, len, acc);
      }
      store(j->g, i, k, z);
      if (i != k) store(j->g, k, i, z);
    }
  mpz_clear(z);
  mpz_clear(t);
  free(acc);
}

/* A term adds at most 2^(2 width + 2) to an accumulator: two products of slices, or one of sums of two slices. */
static void plan(job *j) {
  long low, high;
  range_of(j->X, j->n * j->d, &low, &high);
  j->e = low;
  j->bits = (unsigned)(high - low + 1);
  j->slices = j->bits <= SLICE ? 1 : j->bits <= 2 * SLICE ? 2 : j->bits / SLICE + 2;
  j->width = j->slices == 2 ? (j->bits + 1) / 2 : SLICE;
  j->chunk = (size_t)1 << (124 - 2 * j->width);
}

void oracle_gram_free(oracle_gram *g) {
  free(g->limb);
  free(g->size);
  *g = (oracle_gram){0};
}

lfap_status oracle_gram_make(lfap_ctx *ctx, oracle_gram *out, const double *X, size_t n, size_t d) {
  oracle_gram g = {.n = n};
  job j = {.X = X, .n = n, .d = d, .g = &g};
  plan(&j);
  g.e = 2 * j.e;
  g.limbs = (2 * (size_t)j.bits + 64 + 63) / 64; /* d < 2^64 terms below 2^(2 bits) */
  if (g.limbs > 100 || n > SIZE_MAX / (g.limbs * sizeof(mp_limb_t)) / n || d > SIZE_MAX / 8 / n)
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "certificate: a Gram matrix of %zu x %zu entries of %zu words has no size", n, n, g.limbs);
  g.limb = malloc(n * n * g.limbs * sizeof(mp_limb_t));
  g.size = malloc(n * n);
  lfap_status st = g.limb && g.size ? make_planes(ctx, &j)
                   : lfap_fail(ctx, LFAP_ERR_MEMORY, "certificate: no memory for the %zu x %zu Gram matrix", n, n);
  int threads = lfap_threads(ctx);
  if (!st) lfap_parallel(threads, n, 1 + n / 64, (double)n * (double)d * 10, slice_rows, &j);
  if (!st) {
    size_t rows = n / (4 * (size_t)threads);
    lfap_parallel(threads, n, rows > 16 ? 16 : rows ? rows : 1, (double)n * (double)n * (double)d, gram_rows, &j);
    if (j.failed) st = lfap_fail(ctx, LFAP_ERR_MEMORY, "certificate: no memory for inner products");
  }
  free_planes(&j);
  if (st) oracle_gram_free(&g);
  else *out = g;
  return st;
}
