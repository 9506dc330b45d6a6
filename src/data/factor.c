/* factor.c - the Cholesky factor of a large matrix by blocks of columns (N6, statement Q1). Of a block, the corner
 * comes first; then the rows below it are shared out, in groups that read finished columns and the packed corner. */
#include "data/factor.h"

#include "io/parallel.h"
#include "kernel/block.h"
#include "kernel/chol.h"

#include <stdlib.h>

enum {
  ROWS = 192, /* rows of a group at most: they share a packed slice of the corner's rows */
  SCRATCH = LFAP_BLOCK_PACK + ROWS * LFAP_CHOL_COLUMNS /* doubles of a worker: packed rows, dots before the slice */
};
_Static_assert(LFAP_BLOCK - LFAP_CHOL_COLUMNS >= 0 && ROWS - LFAP_CHOL_COLUMNS >= 0 &&
                   LFAP_BLOCK_PACK - LFAP_CHOL_ROWS >= 0,
               "a block of columns is a block of dots, and its corner finds room in a worker's scratch");
_Static_assert(LFAP_CHOL_PACK + LFAP_LINE <= SCRATCH, "and the packed corner in another's, with what aligning takes");

typedef struct {
  double *L;
  size_t n, first, width; /* the block of columns */
  double *corner;         /* its packed rows */
  double *scratch;        /* SCRATCH doubles for each worker */
} factor;

/* The dots D of rows i .. i+rows-1 with the first `columns` rows of the block over the whole slices before it. */
static void before(const factor *f, double *D, int worker, size_t i, size_t rows, size_t columns) {
  size_t slices = f->first / LFAP_SLICE * LFAP_SLICE;
  if (slices)
    lfap_block_dots(D, f->scratch + (size_t)worker * SCRATCH, f->L + i * f->n, f->L + f->first * f->n, rows, columns,
                    f->n, slices, LFAP_CHOL_COLUMNS, 0);
}

static void corner_range(void *arg, size_t begin, size_t end, int worker) {
  const factor *f = arg;
  double *D = f->scratch + LFAP_BLOCK_PACK + begin * LFAP_CHOL_COLUMNS;
  before(f, D, worker, f->first + begin, end - begin, end);
}

static void below_range(void *arg, size_t begin, size_t end, int worker) {
  const factor *f = arg;
  double *P = f->scratch + (size_t)worker * SCRATCH, *D = P + LFAP_BLOCK_PACK;
  size_t i = f->first + f->width + begin;
  before(f, D, worker, i, end - begin, f->width);
  lfap_chol_below(f->L, f->corner, P, D, i, end - begin, f->first, f->width, f->n);
}

/* Rows of a share of n, in whole tiles: two shares a thread, but none too small to be worth its packing. */
static size_t share(size_t n, size_t threads) {
  size_t rows = n / (2 * threads) / LFAP_TILE_A * LFAP_TILE_A;
  return rows < 48 ? 48 : rows > ROWS ? ROWS : rows;
}

/* The next block of columns; 0 with *bad when it has a bad pivot. */
static int block_column(const lfap_ctx *ctx, factor *f, size_t *bad) {
  size_t threads = (size_t)lfap_threads(ctx), rows = f->n - f->first - f->width;
  double dots = 2.0 * (double)f->width * (double)f->first;
  lfap_parallel((int)threads, f->width, threads == 1 ? f->width : 48, dots * (double)f->width / 2, corner_range, f);
  size_t good = lfap_chol_corner(f->L, f->corner, f->scratch, f->scratch + LFAP_BLOCK_PACK, f->first, f->width, f->n);
  if (good < f->width) {
    *bad = f->first + good;
    return 0;
  }
  dots = 2.0 * (double)f->width * (double)(f->first + f->width);
  lfap_parallel((int)threads, rows, share(rows, threads), dots * (double)rows, below_range, f);
  return 1;
}

/* Columns of the block at `first`: it ends where a slice does, if not before. */
static size_t width_at(size_t first, size_t n) {
  size_t slice = LFAP_SLICE - first % LFAP_SLICE, width = n - first < slice ? n - first : slice;
  return width < LFAP_CHOL_COLUMNS ? width : LFAP_CHOL_COLUMNS;
}

lfap_status lfap_factor(lfap_ctx *ctx, double *L, size_t n, size_t *bad) {
  factor f = {.L = L, .n = n};
  double *memory = calloc((size_t)lfap_threads(ctx) + 1, SCRATCH * sizeof(double)); /* the corner's is the last */
  if (!memory)
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "Cholesky factor: no scratch memory for %d threads", lfap_threads(ctx));
  f.scratch = lfap_line(memory); /* tiles read whole lines of the cache */
  f.corner = f.scratch + (size_t)lfap_threads(ctx) * SCRATCH;
  lfap_status st = LFAP_OK;
  size_t stop = n;
  for (; f.first < n && stop == n; f.first += f.width) {
    f.width = width_at(f.first, n);
    st = lfap_tick(ctx, "Cholesky factor", (double)f.first, (double)n);
    if (st || !block_column(ctx, &f, &stop)) break;
  }
  free(memory);
  if (!st) st = lfap_tick(ctx, "Cholesky factor", (double)n, (double)n);
  if (!st) *bad = stop;
  return st;
}
