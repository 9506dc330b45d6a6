/* gram.c - Gram matrix G_nk = <x_n, x_k>, products of rows with rows (spec/theory.md section 1).
 * Blocks are shared out over threads; every entry is one lfap_dot, so the bits do not depend on the sharing. */
#include "lfap.h"

#include "io/parallel.h"
#include "kernel/block.h"
#include "kernel/rows.h"

#include <stdlib.h>

#define SPAN_FLOPS 4e9  /* work between two calls of the progress callback */
#define SMALL_FLOPS 2e7 /* below it packing and its scratch memory cost more than they save */

enum { FEW_UNITS = 16, SMALL_BLOCK = 32 };

typedef struct {
  size_t i, j; /* first row of A, of B */
} unit;

typedef struct {
  double *out;
  const double *A, *B;
  size_t na, nb, d, edge;
  unit *units;
  size_t first;
  double *scratch; /* LFAP_BLOCK_LANES + LFAP_BLOCK_PACK for each worker */
  int lower;       /* the lower half of a symmetric product alone */
} product;

static size_t count_units(size_t na, size_t nb, size_t edge, int lower) {
  size_t a = na / edge + (na % edge != 0), b = nb / edge + (nb % edge != 0);
  return lower ? a * (a + 1) / 2 : a * b;
}

/* Blocks in pairs of block rows: the rows of B are still in the cache when the second of a pair needs them. */
static void list_units(product *p) {
  size_t k = 0;
  for (size_t i = 0; i < p->na; i += 2 * p->edge)
    for (size_t j = 0; j < p->nb; j += p->edge)
      for (size_t r = i; r < p->na && r < i + 2 * p->edge; r += p->edge)
        if (!p->lower || j <= r) p->units[k++] = (unit){r, j};
}

static void block_range(void *arg, size_t begin, size_t end, int worker) {
  const product *p = arg;
  double *S = p->scratch + (size_t)worker * (LFAP_BLOCK_LANES + LFAP_BLOCK_PACK);
  for (size_t k = p->first + begin; k < p->first + end; k++) {
    size_t i = p->units[k].i, j = p->units[k].j;
    size_t ma = p->na - i < p->edge ? p->na - i : p->edge, mb = p->nb - j < p->edge ? p->nb - j : p->edge;
    int lower = p->lower && i == j;
    lfap_block_lanes(S, S + LFAP_BLOCK_LANES, p->A + i * p->d, p->B + j * p->d, ma, mb, p->d, p->d, lower);
    lfap_block_join(p->out + i * p->nb + j, S, ma, mb, p->nb, lower);
  }
}

static void rows_range(void *arg, size_t begin, size_t end, int worker) {
  const product *p = arg;
  (void)worker;
  if (p->lower)
    for (size_t i = begin; i < end; i++) lfap_gram_row(p->out + i * p->nb, p->A, i, p->na, p->d);
  else lfap_rows(p->out + begin * p->nb, p->A + begin * p->d, p->B, end - begin, p->nb, p->d);
}

/* The units of a listed product in spans with a tick before each. */
static lfap_status by_spans(lfap_ctx *ctx, product *p, size_t n, const char *what) {
  int threads = lfap_threads(ctx);
  double flops = 2.0 * (double)p->edge * (double)p->edge * (double)p->d;
  size_t span = ((size_t)(SPAN_FLOPS / flops) + 1) * (size_t)threads;
  for (p->first = 0; p->first < n; p->first += span) {
    lfap_status st = lfap_tick(ctx, what, (double)p->first, (double)n);
    if (st) return st;
    size_t here = n - p->first < span ? n - p->first : span;
    lfap_parallel(threads, here, 1, flops * (double)here, block_range, p);
  }
  return lfap_tick(ctx, what, (double)n, (double)n);
}

static lfap_status run_blocks(lfap_ctx *ctx, product p, const char *what) {
  size_t threads = (size_t)lfap_threads(ctx);
  double flops = 2.0 * (double)p.na * (double)p.nb * (double)p.d;
  if (flops < SMALL_FLOPS || p.na < 2 * LFAP_TILE || p.nb < 2 * LFAP_TILE) {
    lfap_status st = lfap_tick(ctx, what, 0.0, (double)p.na);
    if (!st) lfap_parallel((int)threads, p.na, p.lower ? 4 : 16, flops, rows_range, &p);
    return st ? st : lfap_tick(ctx, what, (double)p.na, (double)p.na);
  }
  p.edge = count_units(p.na, p.nb, LFAP_BLOCK, p.lower) < FEW_UNITS * threads ? SMALL_BLOCK : LFAP_BLOCK;
  size_t n = count_units(p.na, p.nb, p.edge, p.lower);
  p.units = malloc(n * sizeof *p.units);
  p.scratch = calloc(threads, (LFAP_BLOCK_LANES + LFAP_BLOCK_PACK) * sizeof(double));
  lfap_status st = LFAP_OK;
  if (!p.units || !p.scratch)
    st = lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: no scratch memory for %zu threads", what, threads);
  if (!st) {
    list_units(&p);
    st = by_spans(ctx, &p, n, what);
  }
  free(p.scratch);
  free(p.units);
  return st;
}

lfap_status lfap_gram(lfap_ctx *ctx, double *G, const double *X, size_t n, size_t d) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st)
    st = run_blocks(ctx, (product){.out = G, .A = X, .B = X, .na = n, .nb = n, .d = d, .lower = 1}, "Gram matrix");
  if (!st) lfap_mirror(G, n);
  return st;
}

lfap_status lfap_rows_product(lfap_ctx *ctx, double *C, const double *A, const double *B, size_t na, size_t nb,
                              size_t d) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  return st ? st : run_blocks(ctx, (product){.out = C, .A = A, .B = B, .na = na, .nb = nb, .d = d}, "product");
}
