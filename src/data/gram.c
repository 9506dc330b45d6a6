/* gram.c - Gram matrix G_nk = <x_n, x_k>, products of rows with rows (spec/theory.md section 1).
 * Blocks are shared out over threads; every entry is one lfap_dot, so the bits do not depend on the sharing. */
#include "lfap.h"

#include "io/parallel.h"
#include "kernel/block.h"
#include "kernel/rows.h"

#include <stdlib.h>

#define SPAN_FLOPS 4e9  /* work between two calls of the progress callback */
#define SMALL_FLOPS 2e7 /* below it packing and its scratch memory cost more than they save */

enum { FEW_UNITS = 8, LONGEST = 12288, SHORTEST = 48 }; /* units for each worker; rows of A in a unit, by halves */

typedef struct {
  size_t i, j; /* first row of A, of B */
} unit;

typedef struct {
  double *out;
  const double *A, *B;
  size_t na, nb, d, rows, columns; /* of a unit: rows of A, of B */
  unit *units;
  size_t first;
  double *scratch; /* LFAP_BLOCK_PACK for each worker */
  int lower;       /* the lower half of a symmetric product alone */
} product;

/* Blocks by block columns, in a symmetric product from the diagonal on. Their number; they are written if there is
   where. */
static size_t list_units(const product *p) {
  size_t k = 0;
  for (size_t j = 0; j < p->nb; j += p->columns)
    for (size_t i = p->lower ? j : 0; i < p->na; i += p->rows, k++)
      if (p->units) p->units[k] = (unit){i, j};
  return k;
}

static double unit_flops(const product *p) {
  return 2.0 * (double)(p->rows < p->na ? p->rows : p->na) * (double)p->columns * (double)p->d;
}

/* Units as long as they may be, because each packs its rows of B anew: a few for each worker, and progress is to be
   seen. */
static size_t cut(product *p, size_t threads) {
  p->rows = LONGEST, p->columns = LFAP_BLOCK;
  while (p->rows > SHORTEST && ((p->rows > LFAP_BLOCK && unit_flops(p) > (threads > 1 ? SPAN_FLOPS / 4 : SPAN_FLOPS)) ||
                                (threads > 1 && list_units(p) < FEW_UNITS * threads))) {
    p->rows /= 2;
    if (p->columns > p->rows) p->columns = p->rows;
  }
  return list_units(p);
}

static void block_range(void *arg, size_t begin, size_t end, int worker) {
  const product *p = arg;
  double *P = p->scratch + (size_t)worker * LFAP_BLOCK_PACK;
  for (size_t k = p->first + begin; k < p->first + end; k++) {
    size_t i = p->units[k].i, j = p->units[k].j;
    size_t ma = p->na - i < p->rows ? p->na - i : p->rows, mb = p->nb - j < p->columns ? p->nb - j : p->columns;
    lfap_block_dots(p->out + i * p->nb + j, P, p->A + i * p->d, p->B + j * p->d, ma, mb, p->d, p->d, p->nb,
                    p->lower && i == j);
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
  double flops = unit_flops(p);
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
  if (flops < SMALL_FLOPS || p.na < LFAP_TILE_A || p.nb < LFAP_TILE_B) {
    lfap_status st = lfap_tick(ctx, what, 0.0, (double)p.na);
    if (!st) lfap_parallel((int)threads, p.na, p.lower ? 4 : 16, flops, rows_range, &p);
    return st ? st : lfap_tick(ctx, what, (double)p.na, (double)p.na);
  }
  size_t n = cut(&p, threads);
  p.units = malloc(n * sizeof *p.units);
  double *scratch = calloc(threads * LFAP_BLOCK_PACK + LFAP_LINE, sizeof(double));
  p.scratch = lfap_line(scratch);
  lfap_status st = LFAP_OK;
  if (!p.units || !scratch)
    st = lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: no scratch memory for %zu threads", what, threads);
  if (!st) {
    list_units(&p);
    st = by_spans(ctx, &p, n, what);
  }
  free(scratch);
  free(p.units);
  return st;
}

typedef struct {
  double *G;
  size_t n;
} mirror;

static void mirror_range(void *arg, size_t begin, size_t end, int worker) {
  const mirror *m = arg;
  (void)worker;
  lfap_mirror(m->G, begin, end, m->n);
}

lfap_status lfap_gram(lfap_ctx *ctx, double *G, const double *X, size_t n, size_t d) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st)
    st = run_blocks(ctx, (product){.out = G, .A = X, .B = X, .na = n, .nb = n, .d = d, .lower = 1}, "Gram matrix");
  if (!st) lfap_parallel(lfap_threads(ctx), n, 64, 2.0 * (double)n * (double)n, mirror_range, &(mirror){G, n});
  return st;
}

lfap_status lfap_rows_product(lfap_ctx *ctx, double *C, const double *A, const double *B, size_t na, size_t nb,
                              size_t d) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  return st ? st : run_blocks(ctx, (product){.out = C, .A = A, .B = B, .na = na, .nb = nb, .d = d}, "product");
}
