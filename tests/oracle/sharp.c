/* sharp.c - residuals to twice the precision (spec/numerics.md N6, "Trust") against MPFR at 2000 bits, where everything cancels. */
#include <criterion/criterion.h>
#include <math.h>
#include <mpfr.h>

#include "draws.h"
#include "limit/qmatrix.h"

enum { N = 7, D = 13 };

/* b_n - sum_k Q_nk x_k with h = (1 + gamma^2)/2 itself; size: the sum of the absolute values. */
static double truth(const lfap_qm *m, const double *b, const double *x, size_t n, double *size) {
  mpfr_t sum, part, h, total;
  mpfr_inits2(2000, sum, part, h, total, (mpfr_ptr)0);
  mpfr_set_d(h, m->gamma, MPFR_RNDN);
  mpfr_sqr(h, h, MPFR_RNDN);
  mpfr_add_ui(h, h, 1, MPFR_RNDN);
  mpfr_div_ui(h, h, 2, MPFR_RNDN);
  mpfr_set_d(sum, b[n], MPFR_RNDN);
  mpfr_set_d(total, fabs(b[n]), MPFR_RNDN);
  for (size_t k = 0; k < N; k++)
    for (size_t j = 0; j < D; j++) {
      mpfr_set_d(part, m->y[n] * m->y[k] * x[k], MPFR_RNDN);
      mpfr_mul_d(part, part, m->X[n * D + j], MPFR_RNDN);
      mpfr_mul_d(part, part, m->X[k * D + j], MPFR_RNDN);
      if (m->y[n] == m->y[k]) mpfr_mul(part, part, h, MPFR_RNDN);
      else mpfr_mul_d(part, part, m->gamma, MPFR_RNDN);
      mpfr_sub(sum, sum, part, MPFR_RNDN);
      mpfr_abs(part, part, MPFR_RNDN);
      mpfr_add(total, total, part, MPFR_RNDN);
    }
  double r = mpfr_get_d(sum, MPFR_RNDN);
  *size = mpfr_get_d(total, MPFR_RNDU);
  mpfr_clears(sum, part, h, total, (mpfr_ptr)0);
  return r;
}

Test(sharp, residuals_are_right_whatever_cancels) {
  double cancelled = 1;
  for (int round = 0; round < 200; round++) {
    double X[N * D], y[N], x[N], b[N], zero[N] = {0}, r[N], gamma = 0.05 + 0.9 * unit();
    for (size_t i = 0; i < N * D; i++) X[i] = ldexp(rnd(), (int)(next() % 20) - 10);
    for (size_t i = 0; i < N; i++) {
      y[i] = unit() < 0.5 ? -1 : 1;
      x[i] = unit();
    }
    lfap_qm m = {.n = N, .X = X, .d = D, .y = y, .gamma = gamma};
    lfap_qm_part all = {NULL, NULL, N, N};
    cr_assert_eq(lfap_qm_open(NULL, &m), LFAP_OK);
    lfap_qm_sharp_residual(NULL, r, &m, zero, x, all);
    for (size_t i = 0; i < N; i++) b[i] = -r[i]; /* Q x, rounded: what is left is rounding */
    lfap_qm_sharp_residual(NULL, r, &m, b, x, all);
    for (size_t i = 0; i < N; i++) {
      double size, want = truth(&m, b, x, i, &size), most = 2 * 0x1p-53 * fabs(want) + (N + D) * (N + D) * 0x1p-106 * size;
      cr_assert(fabs(r[i] - want) <= most, "round %d, row %zu: %a is not %a, sums of %g", round, i, r[i], want, size);
      if (want != 0.0) cancelled = fmin(cancelled, fabs(want) / size);
    }
    lfap_qm_close(&m);
  }
  cr_assert(cancelled < 1e-16, "%g", cancelled);
}
