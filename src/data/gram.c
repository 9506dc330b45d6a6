/* gram.c - Gram matrix G_nk = <x_n, x_k>, products of rows with rows, and hypothesis (H) (spec/theory.md section 1).
 * Rows are shared out over threads; every entry is one lfap_dot, so the bits do not depend on the sharing. */
#include "lfap.h"

#include "io/parallel.h"
#include "kernel/rows.h"

#include <math.h>

#define SPAN_FLOPS 2e8 /* work between two calls of the progress callback */

typedef struct {
  double *out;
  const double *A, *B;
  size_t first, nb, d;
} product;

static void gram_range(void *arg, size_t begin, size_t end, int worker) {
  const product *p = arg;
  (void)worker;
  for (size_t i = p->first + begin; i < p->first + end; i++) lfap_gram_row(p->out + i * p->nb, p->A, i, p->nb, p->d);
}

static void rows_range(void *arg, size_t begin, size_t end, int worker) {
  const product *p = arg;
  size_t i = p->first + begin;
  (void)worker;
  lfap_rows(p->out + i * p->nb, p->A + i * p->d, p->B, end - begin, p->nb, p->d);
}

/* Spans of rows with a tick before each. */
static lfap_status by_spans(lfap_ctx *ctx, product p, size_t n, size_t chunk, const char *what, lfap_range_fn fn) {
  double row = 2.0 * (double)p.nb * (double)p.d;
  size_t span = row >= SPAN_FLOPS ? 1 : (size_t)(SPAN_FLOPS / row);
  span = (span / chunk + 1) * chunk * (size_t)lfap_threads(ctx);
  for (size_t i = 0; i < n; i += span) {
    size_t rows = n - i < span ? n - i : span;
    lfap_status st = lfap_tick(ctx, what, (double)i, (double)n);
    if (st) return st;
    p.first = i;
    lfap_parallel(lfap_threads(ctx), rows, chunk, row * (double)rows, fn, &p);
  }
  return LFAP_OK;
}

lfap_status lfap_gram(lfap_ctx *ctx, double *G, const double *X, size_t n, size_t d) {
  lfap_status st = by_spans(ctx, (product){.out = G, .A = X, .nb = n, .d = d}, n, 4, "Gram matrix", gram_range);
  if (!st) lfap_mirror(G, n);
  return st;
}

lfap_status lfap_rows_product(lfap_ctx *ctx, double *C, const double *A, const double *B, size_t na, size_t nb, size_t d) {
  return by_spans(ctx, (product){.out = C, .A = A, .B = B, .nb = nb, .d = d}, na, 16, "product", rows_range);
}

void lfap_hypothesis_of(lfap_hypothesis *out, const double *G, size_t n, double gamma) {
  lfap_hypothesis h = {.r_min2 = INFINITY};
  for (size_t i = 0; i < n; i++) {
    double g = G[i * n + i];
    if (g < h.r_min2) h.r_min2 = g;
    if (g > h.r_max2) h.r_max2 = g;
    for (size_t k = 0; k < i; k++) {
      double p = fabs(G[i * n + k]);
      if (p > h.p_max) {
        h.p_max = p;
        h.p_n = k;
        h.p_k = i;
      }
    }
  }
  h.lhs = ((gamma * gamma) * gamma) * (h.r_min2 * h.r_min2);
  h.rhs = (3.0 * (double)n) * (h.r_max2 * h.p_max);
  h.holds = h.lhs >= h.rhs;
  *out = h;
}
