/* perturb.c - the geometry-inspired perturbations, the k largest entries, and the pieces of PGD (P1; spec/numerics.md
 * N7). */
#include "perturb.h"

#include <stdint.h>

#include "bits.h"
#include "clones.h"
#include "mathspec.h"

double lfap_sgn(double x) { return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : 0.0; }

void lfap_eta_l2(double *eta, const double *w, double nrm, double t, double eps, size_t d) {
  const double k = eps / nrm;
  for (size_t i = 0; i < d; i++) eta[i] = (k * t) * w[i];
}

void lfap_eta_linf(double *eta, const double *w, double t, double eps, size_t d) {
  for (size_t i = 0; i < d; i++) eta[i] = eps * (t * lfap_sgn(w[i]));
}

/* Sign bit cleared, the pattern of a double grows with its absolute value (NaN above infinity). */
static uint64_t abs_bits(double x) { return lfap_bits_of(x) & 0x7fffffffffffffffu; }

static size_t count_from(const double *w, uint64_t low, size_t d) {
  size_t c = 0;
  for (size_t i = 0; i < d; i++)
    if (abs_bits(w[i]) >= low) c++;
  return c;
}

/* Bisection for the largest `low` that at least k entries reach; `above` counts those that reach low + 1 and so are
 * kept whatever their index. The rest of the k are the first entries equal to `low`. */
void lfap_topk(unsigned char *keep, const double *w, size_t k, size_t d) {
  uint64_t low = 0, high = 0x8000000000000000u;
  size_t above = 0;
  while (high - low > 1) {
    const uint64_t mid = low + (high - low) / 2;
    const size_t c = count_from(w, mid, d);
    if (c >= k) {
      low = mid;
    } else {
      high = mid;
      above = c;
    }
  }
  size_t ties = k - above;
  for (size_t i = 0; i < d; i++) {
    const uint64_t b = abs_bits(w[i]);
    keep[i] = b > low || (b == low && ties > 0);
    if (b == low && ties > 0) ties--;
  }
}

void lfap_eta_l0(double *eta, const double *w, const unsigned char *keep, double t, double eps, size_t d) {
  for (size_t i = 0; i < d; i++) eta[i] = keep[i] ? eps * (t * lfap_sgn(w[i])) : 0.0;
}

void lfap_add(double *z, const double *x, const double *y, size_t d) {
  for (size_t i = 0; i < d; i++) z[i] = x[i] + y[i];
}

void lfap_sub(double *z, const double *x, const double *y, size_t d) {
  for (size_t i = 0; i < d; i++) z[i] = x[i] - y[i];
}

double lfap_clamp(double v, double lo, double hi) { return v < lo ? lo : v > hi ? hi : v; }

void lfap_clamp_all(double *x, double lo, double hi, size_t d) {
  for (size_t i = 0; i < d; i++) x[i] = lfap_clamp(x[i], lo, hi);
}

LFAP_CLONES
void lfap_pgd_move(double *x, const double *g, double step, double c, size_t d) {
  for (size_t i = 0; i < d; i++) x[i] = fma(-step, g[i] / c, x[i]);
}

void lfap_pgd_mask(unsigned char *mask, const double *x, const double *x0, const double *g, size_t d) {
  size_t at = d;      /* d: none found */
  double best = -1.0; /* below every |g_i|, so a zero gradient still adds its first entry */
  for (size_t i = 0; i < d; i++) {
    mask[i] = x[i] != x0[i];
    if (!mask[i] && fabs(g[i]) > best) {
      best = fabs(g[i]);
      at = i;
    }
  }
  if (at < d) mask[at] = 1;
}

double lfap_masked_amax(const double *g, const unsigned char *mask, size_t d) {
  double best = 0.0;
  for (size_t i = 0; i < d; i++)
    if (mask[i] && fabs(g[i]) > best) best = fabs(g[i]);
  return best;
}

LFAP_CLONES
void lfap_pgd_move_masked(double *x, const double *g, const unsigned char *mask, double step, double c, int range,
                          double lo, double hi, size_t d) {
  for (size_t i = 0; i < d; i++) {
    if (mask[i]) {
      const double v = fma(-step, g[i] / c, x[i]);
      x[i] = range ? lfap_clamp(v, lo, hi) : v;
    }
  }
}
