/* factor.c - the Cholesky factor of a large matrix by blocks of columns (N6, statement Q1). Of a block, the corner
 * comes first; then the rows below it are shared out, in groups that read finished columns only. */
#include "data/factor.h"

#include "io/parallel.h"
#include "kernel/block.h"
#include "kernel/chol.h"

#include <stdlib.h>

enum {
  COLUMNS = 64 /* a multiple of 8: lanes pass from one block to the next */,
  SCRATCH = LFAP_BLOCK_LANES + LFAP_BLOCK_PACK
};

typedef struct {
  double *L;
  size_t n, first, width, group; /* the block of columns, rows in a group below it */
  double *scratch;               /* SCRATCH doubles for each worker */
} factor;

static void below_range(void *arg, size_t begin, size_t end, int worker) {
  const factor *f = arg;
  double *S = f->scratch + (size_t)worker * SCRATCH;
  size_t i = f->first + f->width + begin, rows = end - begin;
  lfap_block_lanes(S, S + LFAP_BLOCK_LANES, f->L + i * f->n, f->L + f->first * f->n, rows, f->width, f->n, f->first, 0);
  lfap_chol_below(f->L, S, i, rows, f->first, f->width, f->n);
}

/* The next block of columns; 0 with *bad when it has a bad pivot. */
static int block_column(const lfap_ctx *ctx, factor *f, size_t *bad) {
  double *S = f->scratch, *corner = f->L + f->first * f->n;
  lfap_block_lanes(S, S + LFAP_BLOCK_LANES, corner, corner, f->width, f->width, f->n, f->first, 1);
  size_t good = lfap_chol_corner(f->L, S, f->first, f->width, f->n);
  if (good < f->width) {
    *bad = f->first + good;
    return 0;
  }
  size_t rows = f->n - f->first - f->width, threads = (size_t)lfap_threads(ctx);
  f->group = rows / (4 * threads) < LFAP_BLOCK ? 32 : LFAP_BLOCK;
  lfap_parallel((int)threads, rows, f->group, 2.0 * (double)rows * (double)f->width * (double)(f->first + f->width),
                below_range, f);
  return 1;
}

lfap_status lfap_factor(lfap_ctx *ctx, double *L, size_t n, size_t *bad) {
  factor f = {.L = L, .n = n};
  f.scratch = calloc((size_t)lfap_threads(ctx), SCRATCH * sizeof(double));
  if (!f.scratch)
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "Cholesky factor: no scratch memory for %d threads", lfap_threads(ctx));
  lfap_status st = LFAP_OK;
  size_t stop = n;
  for (; f.first < n && stop == n; f.first += f.width) {
    f.width = n - f.first < COLUMNS ? n - f.first : COLUMNS;
    st = lfap_tick(ctx, "Cholesky factor", (double)f.first, (double)n);
    if (st || !block_column(ctx, &f, &stop)) break;
  }
  free(f.scratch);
  if (!st) st = lfap_tick(ctx, "Cholesky factor", (double)n, (double)n);
  if (!st) *bad = stop;
  return st;
}
