/* products.c - products with a large matrix, shared out by rows (N1, N2). */
#include "data/products.h"

#include "io/parallel.h"
#include "kernel/chain.h"
#include "kernel/rows.h"

typedef struct {
  double *out;
  const double *A, *B;
  size_t rows, n, d;
} product;

static void matvec_range(void *arg, size_t begin, size_t end, int worker) {
  const product *p = arg;
  (void)worker;
  lfap_gemv(p->out + begin, p->A + begin * p->n, p->B, end - begin, p->n);
}

void lfap_matvec(const lfap_ctx *ctx, double *y, const double *A, const double *x, size_t rows, size_t n) {
  product p = {.out = y, .A = A, .B = x, .n = n};
  lfap_parallel(lfap_threads(ctx), rows, 64, 2.0 * (double)rows * (double)n, matvec_range, &p);
}

static void chain_rows_range(void *arg, size_t begin, size_t end, int worker) {
  const product *p = arg;
  (void)worker;
  lfap_chain_rows(p->out + begin * p->d, p->A + begin * p->n, p->B, end - begin, p->n, p->d);
}

static void chain_columns_range(void *arg, size_t begin, size_t end, int worker) {
  const product *p = arg;
  (void)worker;
  lfap_chain_columns(p->out, p->A, p->B, begin, end, p->rows, p->n, p->d);
}

/* Many rows are shared out in large chunks, whole groups of six, since every chunk packs all of X again; of few
   rows the columns are shared out. */
lfap_status lfap_chain_product(lfap_ctx *ctx, double *Y, const double *C, const double *X, size_t r, size_t n,
                               size_t d) {
  product p = {.out = Y, .A = C, .B = X, .rows = r, .n = n, .d = d};
  size_t threads = (size_t)lfap_threads(ctx), chunk = r / (2 * threads) / 6 * 6 + 6;
  double flops = 2.0 * (double)r * (double)n * (double)d;
  lfap_status st = lfap_tick(ctx, "chain product", 0.0, (double)r);
  if (st) return st;
  if (r >= 32 * threads) lfap_parallel((int)threads, r, chunk, flops, chain_rows_range, &p);
  else lfap_parallel((int)threads, d, 512, flops, chain_columns_range, &p);
  return lfap_tick(ctx, "chain product", (double)r, (double)r);
}
