/* factor.c - the Cholesky factor of a large matrix (N6, statement Q1). */
#include "data/factor.h"

#include "kernel/chol.h"

lfap_status lfap_factor(lfap_ctx *ctx, double *L, size_t n, size_t *bad) {
  lfap_status st = lfap_tick(ctx, "Cholesky factor", 0.0, (double)n);
  if (!st) *bad = lfap_chol(L, n);
  return st;
}
