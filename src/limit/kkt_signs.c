/* kkt_signs.c - points that every KKT point of a set decides alike, whatever its multipliers (T4 without multipliers,
 * spec/theory.md): t_n <x_n, z> has one strict sign for all n, by more than rounding. */
#include "lfap.h"

#include "kernel/lanes.h"
#include "limit/bounds.h"

#include <stdlib.h>

enum { BLOCK = 64 }; /* points whose products with all samples are held at a time */

typedef struct {
  const lfap_data *set;
  const double *norm; /* n: bounds of ||x_n|| */
} samples;

/* The one sign of t_n v_n, v_n = <x_n, z> computed in doubles; 0: there is none, or rounding may have made it. */
static int one_sign(const samples *s, const double *v, const double *z) {
  size_t n = s->set->n, d = s->set->d, above = 0, below = 0;
  double size = lfap_up(lfap_norm2(d, z)), part = lfap_bound_dot(d), least = (double)d * LFAP_TINY;
  for (size_t i = 0; i < n; i++) {
    double t = s->set->y[i] * v[i], error = lfap_up(part * (s->norm[i] * size) + least);
    above += t > error;
    below += t < -error;
  }
  return above == n ? 1 : below == n ? -1 : 0;
}

lfap_status lfap_kkt_signs(lfap_ctx *ctx, int *sign, const lfap_data *set, const double *Z, size_t np) {
  size_t n = set->n, d = set->d, most = np < BLOCK ? np : BLOCK;
  lfap_status st = lfap_arith_check(ctx, __func__);
  double *norm = st ? NULL : malloc((n + most * n) * sizeof *norm), *v = norm ? norm + n : NULL;
  samples s = {set, norm};
  if (!st && !norm) st = lfap_fail(ctx, LFAP_ERR_MEMORY, "signs: no memory for %zu products", n + most * n);
  for (size_t i = 0; !st && i < n; i++) norm[i] = lfap_up(lfap_norm2(d, set->x + i * d));
  for (size_t at = 0; !st && at < np; at += BLOCK) {
    size_t count = np - at < BLOCK ? np - at : BLOCK;
    st = lfap_tick(ctx, "signs of every KKT point", (double)at, (double)np);
    if (!st) st = lfap_rows_product(ctx, v, Z + at * d, set->x, count, n, d);
    for (size_t i = 0; !st && i < count; i++) sign[at + i] = one_sign(&s, v + i * n, Z + (at + i) * d);
  }
  free(norm);
  return st ? st : lfap_tick(ctx, "signs of every KKT point", (double)np, (double)np);
}
