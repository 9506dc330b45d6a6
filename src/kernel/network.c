/* network.c - leaky ReLU, output weights, output and input gradient coefficients (spec/numerics.md N4). */
#include "network.h"

#include "clones.h"
#include "lanes.h"
#include "mathspec.h"

double lfap_phi(double z, double gamma) { return z > 0.0 ? z : gamma * z; }

double lfap_slope(double z, double gamma) { return z > 0.0 ? 1.0 : gamma; }

void lfap_net_signs(double *a, size_t m) {
  const double s = 1.0 / sqrt((double)m);
  for (size_t j = 0; j < m; j++) a[j] = j < m / 2 ? s : -s;
}

LFAP_CLONES
double lfap_net_output(double *work, const double *z, const double *a, double gamma, size_t m) {
  for (size_t j = 0; j < m; j++) work[j] = z[j] > 0.0 ? z[j] : gamma * z[j];
  return lfap_dot(m, a, work);
}

LFAP_CLONES
void lfap_net_input_coef(double *c, const double *z, const double *a, double gamma, size_t m) {
  for (size_t j = 0; j < m; j++) c[j] = z[j] > 0.0 ? a[j] : gamma * a[j];
}
