/* cost.c - memory and operations of each computation by its sizes. */
#include "study/cost.h"

#include <math.h>

#include "lfap.h"

const char *const lfap_cost_name[LFAP_COSTS] = {
    "Gram matrix",          "limit",     "fast certificate",  "exact certificate", "sgd epoch, plain form",
    "sgd epoch, Gram form", "flow step", "perturb, geometry", "perturb, gradient", "perturb, pgd step"};

double lfap_cost_bytes(lfap_cost what, size_t samples, size_t entries, size_t neurons, int threads) {
  double n = (double)samples, d = (double)entries, m = (double)neurons, x = 8.0 * n * d, g = 8.0 * n * n,
         w = 8.0 * m * d, s = 8.0 * m * n;
  switch (what) {
  case LFAP_COST_GRAM: return x + g;
  case LFAP_COST_LIMIT: return (double)lfap_limit_bytes(samples, entries, 2, threads);
  case LFAP_COST_FAST: return (double)lfap_limit_bytes(samples, entries, 2, threads) + g;
  /* exact entries of three limbs and a length, and a span of the samples in two slices of 27 bits */
  case LFAP_COST_CERTIFICATE: return x + 2.0 * g + 25.0 * n * n + 8.0 * fmin(n * d, 0x1p22);
  case LFAP_COST_SGD_PLAIN: return x + 3.0 * w + 3.0 * s;
  case LFAP_COST_SGD_GRAM: return x + g + 2.0 * w + 5.0 * s;
  case LFAP_COST_FLOW: return x + 2.0 * g + 2.0 * w + 18.0 * s;
  case LFAP_COST_GEOMETRY: return 3.0 * x;
  default: return 3.0 * x + w;
  }
}

/* A factor up to the size from which conjugate gradients take a number of products that does not grow. */
static double solve(double n) { return n * n * fmin(n, 2048.0) / 3.0; }

double lfap_cost_work(lfap_cost what, size_t samples, size_t entries, size_t neurons) {
  double n = (double)samples, d = (double)entries, m = (double)neurons;
  switch (what) {
  case LFAP_COST_GRAM: return n * n * d / 2.0;
  /* sharp residuals cost some forty operations an entry */
  case LFAP_COST_LIMIT: return solve(n) + 40.0 * n * d;
  case LFAP_COST_FAST: return n * n * n / 3.0 + 40.0 * n * d;
  /* the exact Gram matrix, the factor, and what each pair costs in rationals */
  case LFAP_COST_CERTIFICATE: return n * n * (d + 9.0 * n + 4000.0);
  case LFAP_COST_SGD_PLAIN: return 2.0 * m * n * d;
  case LFAP_COST_SGD_GRAM:
  case LFAP_COST_FLOW: return m * n * n;
  case LFAP_COST_GEOMETRY: return n * d;
  default: return 2.0 * m * n * d;
  }
}
