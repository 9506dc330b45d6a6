/* gram.c - Gram matrix G_nk = <x_n, x_k>, products of rows with rows, and hypothesis (H) (spec/theory.md section 1).
 * Rows are shared out over threads; every entry is one lfap_dot, so the bits do not depend on the sharing. */
#include "lfap.h"

#include "kernel/rows.h"

#include <math.h>

enum { ROWS_A_BLOCK = 16 };

static int threads_of(const lfap_ctx *ctx) { return ctx && ctx->threads > 1 ? ctx->threads : 1; }

lfap_status lfap_gram(lfap_ctx *ctx, double *G, const double *X, size_t n, size_t d) {
  int t = threads_of(ctx);
  (void)t;
  size_t span = 8 * (size_t)t; /* rows between two ticks */
  for (size_t i0 = 0; i0 < n; i0 += span) {
    size_t i1 = n - i0 < span ? n : i0 + span;
    lfap_status st = lfap_tick(ctx, "Gram matrix", (double)i0 * (double)i0, (double)n * (double)n);
    if (st) return st;
#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic, 1) num_threads(t)
#endif
    for (size_t i = i0; i < i1; i++) lfap_gram_row(G + i * n, X, i, n, d);
  }
  lfap_mirror(G, n);
  return LFAP_OK;
}

lfap_status lfap_rows_product(lfap_ctx *ctx, double *C, const double *A, const double *B, size_t na, size_t nb, size_t d) {
  int t = threads_of(ctx);
  (void)t;
  size_t span = ROWS_A_BLOCK * (size_t)t;
  for (size_t i0 = 0; i0 < na; i0 += span) {
    size_t i1 = na - i0 < span ? na : i0 + span;
    lfap_status st = lfap_tick(ctx, "product", (double)i0, (double)na);
    if (st) return st;
#ifdef _OPENMP
#pragma omp parallel for schedule(static) num_threads(t)
#endif
    for (size_t i = i0; i < i1; i += ROWS_A_BLOCK)
      lfap_rows(C + i * nb, A + i * d, B, i1 - i < ROWS_A_BLOCK ? i1 - i : ROWS_A_BLOCK, nb, d);
  }
  return LFAP_OK;
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
