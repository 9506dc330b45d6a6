/* hypothesis.c - the range of gamma, and hypothesis (H) from the rows of a Gram matrix, wherever they come from
 * (spec/theory.md section 1; spec/numerics.md N11). */
#include "data/range.h"
#include "kernel/qform.h"

#include <math.h>

lfap_status lfap_gamma_valid(lfap_ctx *ctx, const char *name, double gamma, double least) {
  if (!(gamma > 0.0 && gamma < 1.0))
    return lfap_fail(ctx, LFAP_ERR_DATA,
                     "%s = %g: the slope of the leaky ReLU must lie strictly between 0 and 1; the authors' is 0.01",
                     name, gamma);
  if (gamma < least)
    return lfap_fail(
        ctx, LFAP_ERR_RANGE,
        "%s = %g: below 2^%d, gamma^3 Rmin^4 and its like may leave the range of doubles; take a larger one", name,
        gamma, ilogb(least));
  return LFAP_OK;
}

/* m 2^e, m in [1/2, 1) or 0: factors of any size multiply without leaving the doubles. */
typedef struct {
  double m;
  long e;
} scaled;

static scaled times(scaled a, double b) {
  int k, add;
  double f = frexp(b, &k);
  a.m = frexp(a.m * f, &add);
  a.e += k + add;
  return a;
}

static int at_least(scaled a, scaled b) {
  if (a.m == 0.0 || b.m == 0.0) return b.m == 0.0;
  return a.e != b.e ? a.e > b.e : a.m >= b.m;
}

static int ordinary(double v) { return v >= 0x1p-1022 && isfinite(v); }

void lfap_hypothesis_begin(lfap_hypothesis *h) { *h = (lfap_hypothesis){.r_min2 = INFINITY}; }

void lfap_hypothesis_row(lfap_hypothesis *h, size_t row, double diagonal, double peak, size_t k) {
  if (diagonal < h->r_min2) h->r_min2 = diagonal;
  if (diagonal > h->r_max2) h->r_max2 = diagonal;
  if (!(peak > h->p_max)) return;
  h->p_max = peak;
  h->p_n = k;
  h->p_k = row;
}

void lfap_hypothesis_finish(lfap_hypothesis *h, size_t n, double gamma) {
  const scaled one = {0.5, 1};
  h->lhs = ((gamma * gamma) * gamma) * (h->r_min2 * h->r_min2);
  h->rhs = (3.0 * (double)n) * (h->r_max2 * h->p_max);
  h->holds = h->lhs >= h->rhs;
  if (ordinary(h->lhs) && (ordinary(h->rhs) || h->p_max == 0.0)) return;
  scaled l = times(times(times(times(times(one, gamma), gamma), gamma), h->r_min2), h->r_min2);
  h->holds = at_least(l, times(times(times(one, 3.0 * (double)n), h->r_max2), h->p_max));
}

void lfap_hypothesis_of(lfap_hypothesis *out, const double *G, size_t n, double gamma) {
  lfap_hypothesis h;
  lfap_hypothesis_begin(&h);
  for (size_t i = 0; i < n; i++) {
    size_t k;
    double peak = lfap_peak(&k, G + i * n, i);
    lfap_hypothesis_row(&h, i, G[i * n + i], peak, k);
  }
  lfap_hypothesis_finish(&h, n, gamma);
  *out = h;
}
