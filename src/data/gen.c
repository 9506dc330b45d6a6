/* gen.c - data sets from a seed (N10): uniform and normal noise, and exactly orthogonal samples of equal norm, for
 * which (H) holds with pmax = 0. Every set is a few lines of NumPy; tests/cross/check_random.py holds them against
 * it.
 *
 * Orthogonal. B is the smallest power of two >= n and must not exceed d; c = floor(d/B)*B columns are used, the rest
 * are zero. From Philox(key = seed), in this order:
 *   rows    p = 0..B-1; for i = 0..n-1: swap p_i with p_j, j = i + (next word mod (B - i));
 *   signs   s_k for k < c: +1 where the next double is >= 0.5, else -1;
 *   labels  y_i the same way.
 *   X_ik = s_k * (-1)^(number of common one bits of p_i and k mod B) for k < c: rows of the Sylvester-Hadamard
 *     matrix of
 * order B, repeated over the columns, so that <x_i,x_j> = 0 and <x_i,x_i> = c without rounding. */
#include <stdlib.h>

#include "data/gen.h"
#include "kernel/random.h"
#include "lfap.h"

static lfap_status check_shape(lfap_ctx *ctx, const char *what, size_t n, size_t d) {
  if (n > 0 && d > 0) return LFAP_OK;
  return lfap_fail(ctx, LFAP_ERR_USAGE, "%s data: %zu samples of dimension %zu: both must be at least 1", what, n, d);
}

enum { STEP = 1 << 22 }; /* entries between two looks at whether to go on */
typedef void fill_fn(double *x, lfap_philox *g, size_t n);

static lfap_status gen_noise(lfap_ctx *ctx, lfap_data *out, const char *what, fill_fn *fill, uint64_t seed, size_t n,
                             size_t d) {
  lfap_data data = {0};
  lfap_status st = check_shape(ctx, what, n, d);
  if (!st) st = lfap_data_alloc(ctx, &data, n, d);
  if (st) return st;
  lfap_philox g;
  lfap_philox_seed(&g, seed);
  const size_t rows = d < STEP ? STEP / d : 1;
  for (size_t i = 0; !st && i < n; i += rows) { /* piece by piece, so that it can be stopped; the stream is one */
    const size_t now = n - i < rows ? n - i : rows;
    fill(data.x + i * d, &g, now * d);
    st = lfap_tick(ctx, what, (double)(i + now), (double)n);
  }
  lfap_fill_labels(data.y, &g, n);
  if (st) lfap_data_free(&data);
  else *out = data;
  return st;
}

lfap_status lfap_gen_uniform(lfap_ctx *ctx, lfap_data *out, uint64_t seed, size_t n, size_t d) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  return st ? st : gen_noise(ctx, out, "uniform", lfap_fill_uniform, seed, n, d);
}

lfap_status lfap_gen_gauss(lfap_ctx *ctx, lfap_data *out, uint64_t seed, size_t n, size_t d) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  return st ? st : gen_noise(ctx, out, "gauss", lfap_fill_normal, seed, n, d);
}

/* (-1)^(number of one bits) */
static double sign_of_bits(size_t bits) {
  double sign = 1.0;
  for (; bits; bits &= bits - 1) sign = -sign;
  return sign;
}

size_t lfap_hadamard_order(size_t n, size_t d) {
  size_t order = 1;
  while (order < n && order <= d / 2) order *= 2;
  return order >= n ? order : 0;
}

/* n of the numbers below `order`, in random order, at the front of `row` (order entries). */
static void choose_rows(size_t *row, lfap_philox *g, size_t n, size_t order) {
  for (size_t i = 0; i < order; i++) row[i] = i;
  for (size_t i = 0; i < n; i++) {
    const size_t j = i + (size_t)(lfap_philox_next(g) % (order - i)), t = row[i];
    row[i] = row[j];
    row[j] = t;
  }
}

lfap_status lfap_gen_orthogonal(lfap_ctx *ctx, lfap_data *out, uint64_t seed, size_t n, size_t d) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = check_shape(ctx, "orthogonal", n, d);
  if (st) return st;
  const size_t order = lfap_hadamard_order(n, d);
  if (!order)
    return lfap_fail(
        ctx, LFAP_ERR_USAGE,
        "orthogonal data: %zu samples do not fit into dimension %zu: the smallest power of two >= n must not "
        "exceed d; ask for fewer samples or more dimensions",
        n, d);
  lfap_data data = {0};
  st = lfap_data_alloc(ctx, &data, n, d);
  if (st) return st;
  const size_t used = d / order * order;
  size_t *row = malloc(order * sizeof *row);
  double *sign = malloc(used * sizeof *sign);
  if (row && sign) {
    lfap_philox g;
    lfap_philox_seed(&g, seed);
    choose_rows(row, &g, n, order);
    lfap_fill_labels(sign, &g, used);
    for (size_t i = 0; i < n; i++)
      for (size_t k = 0; k < used; k++) data.x[i * d + k] = sign[k] * sign_of_bits(row[i] & (k % order));
    lfap_fill_labels(data.y, &g, n);
    *out = data;
  } else {
    lfap_data_free(&data);
    st = lfap_fail(ctx, LFAP_ERR_MEMORY, "orthogonal data: no memory for %zu row numbers and %zu signs", order, used);
  }
  free(row);
  free(sign);
  return st;
}
