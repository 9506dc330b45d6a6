/* set.c - a data set with what is known of it: checked once, its Gram matrix made once (spec/theory.md section 1). */
#include "data/set.h"

#include <stdlib.h>
#include <string.h>

/* Most samples whose Gram matrix is worth its memory where nobody reads it. */
enum { KEPT = 4096 };

void lfap_set_free(lfap_set *set) {
  free(set->gram);
  set->gram = NULL;
}

void lfap_set_spare(lfap_set *set) {
  if (set->data && set->data->n > KEPT) lfap_set_free(set);
}

lfap_status lfap_set_check(lfap_ctx *ctx, lfap_set *set, const char *name) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st && !set->checked) st = lfap_data_check(ctx, set->data, name);
  if (!st) set->checked = 1;
  return st;
}

lfap_status lfap_set_gram(lfap_ctx *ctx, lfap_set *set) {
  size_t n = set->data->n;
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (st || set->gram) return st;
  double *G = n && n <= SIZE_MAX / sizeof *G / n ? malloc(n * n * sizeof *G) : NULL;
  if (!G) return lfap_fail(ctx, LFAP_ERR_MEMORY, "no memory for the %zu x %zu Gram matrix; use fewer samples", n, n);
  st = lfap_gram(ctx, G, set->data->x, n, set->data->d);
  if (st) free(G);
  else set->gram = G;
  return st;
}

lfap_status lfap_set_copy_gram(lfap_ctx *ctx, double *to, const lfap_set *set) {
  size_t n = set->data->n;
  if (!set->gram) return lfap_gram(ctx, to, set->data->x, n, set->data->d);
  memcpy(to, set->gram, n * n * sizeof *to);
  return LFAP_OK;
}
