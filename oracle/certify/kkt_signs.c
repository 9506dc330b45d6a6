/* kkt_signs.c - T4 without multipliers (theory T5): the sign of t_n <x_n, z>, where it is one for all samples, is
 * that of every neuron of every KKT point at z. Doubles with an error bound first, exact integers where they leave it
 * open; the first sample that disagrees ends it. */
#include "io/parallel.h"
#include "oracle/certify/polish.h"
#include "oracle/certify/filter.h"
#include "oracle/exact/gram.h"

typedef struct {
  const lfap_data *stored;
  const double *Z;
  int *sign;
  size_t first;
} points;

/* The sign of <x, z>, exactly. */
static int exact_sign(const double *x, const double *z, size_t d) {
  mpz_t a, b, s;
  long ex = oracle_grid_exponent(x, d), ez = oracle_grid_exponent(z, d);
  mpz_inits(a, b, s, NULL);
  for (size_t i = 0; i < d; i++) {
    if (x[i] == 0.0 || z[i] == 0.0) continue;
    oracle_grid_int(a, x[i], ex);
    oracle_grid_int(b, z[i], ez);
    mpz_addmul(s, a, b);
  }
  int sign = mpz_sgn(s);
  mpz_clears(a, b, s, NULL);
  return sign;
}

static int common_sign(const lfap_data *D, const double *z) {
  int common = 0;
  for (size_t n = 0; n < D->n; n++) {
    const double *x = D->x + n * D->d;
    int sign = oracle_range_sign(oracle_filter_dot(x, z, D->d));
    if (!sign) sign = exact_sign(x, z, D->d);
    if (D->y[n] < 0.0) sign = -sign;
    if (sign == 0 || sign == -common) return 0;
    common = sign;
  }
  return common;
}

static void some_points(void *arg, size_t begin, size_t end, int worker) {
  const points *w = arg;
  (void)worker;
  for (size_t i = w->first + begin; i < w->first + end; i++)
    w->sign[i] = common_sign(w->stored, w->Z + i * w->stored->d);
}

lfap_status oracle_kkt_signs(lfap_ctx *ctx, int *sign, const lfap_data *stored, const double *Z, size_t np) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = lfap_data_check(ctx, stored, "stored set");
  return st ? st : oracle_kkt_signs_checked(ctx, sign, stored, Z, np);
}

lfap_status oracle_kkt_signs_checked(lfap_ctx *ctx, int *sign, const lfap_data *stored, const double *Z, size_t np) {
  lfap_status st = oracle_points_finite(ctx, Z, np * stored->d);
  points w = {stored, Z, sign, 0};
  double each = (double)stored->n * (double)stored->d * 4;
  for (size_t step = 64; !st && w.first < np; w.first += step) {
    size_t part = np - w.first < step ? np - w.first : step;
    st = lfap_tick(ctx, "signs of every KKT point", (double)w.first, (double)np);
    if (!st) lfap_parallel(lfap_threads(ctx), part, 1, (double)part * each, some_points, &w);
  }
  return st ? st : lfap_tick(ctx, "signs of every KKT point", (double)np, (double)np);
}
