/* lanes.c - reductions over eight lanes (N1). */
#include "lanes.h"

#include "lanes_step.h"

LFAP_CLONES
double lfap_dot(size_t n, const double *x, const double *y) {
  double s[LFAP_LANES] = {0.0};
  size_t k = 0;
  for (; n - k >= LFAP_LANES; k += LFAP_LANES) lfap_lanes_step(s, x, y, k);
  return lfap_lanes_finish(s, x, y, k, n);
}

LFAP_CLONES
double lfap_sum(size_t n, const double *x) {
  double s[LFAP_LANES] = {0.0}, t[LFAP_LANES];
  size_t k = 0;
  for (; n - k >= LFAP_LANES; k += LFAP_LANES)
    for (size_t l = 0; l < LFAP_LANES; l++) s[l] = s[l] + x[k + l];
  for (size_t l = 0; l < LFAP_LANES; l++) t[l] = s[l];
  for (size_t l = 0; l < n - k; l++) t[l] = t[l] + x[k + l];
  return lfap_lanes_join(t);
}

LFAP_CLONES
double lfap_asum(size_t n, const double *x) {
  double s[LFAP_LANES] = {0.0}, t[LFAP_LANES];
  size_t k = 0;
  for (; n - k >= LFAP_LANES; k += LFAP_LANES)
    for (size_t l = 0; l < LFAP_LANES; l++) s[l] = s[l] + fabs(x[k + l]);
  for (size_t l = 0; l < LFAP_LANES; l++) t[l] = s[l];
  for (size_t l = 0; l < n - k; l++) t[l] = t[l] + fabs(x[k + l]);
  return lfap_lanes_join(t);
}

/* A maximum does not round, so its order is free; a NaN compares false and is passed over. */
LFAP_CLONES
double lfap_amax(size_t n, const double *x) {
  double s[LFAP_LANES] = {0.0}, top = 0.0;
  size_t k = 0;
  for (; n - k >= LFAP_LANES; k += LFAP_LANES)
    for (size_t l = 0; l < LFAP_LANES; l++) s[l] = fabs(x[k + l]) > s[l] ? fabs(x[k + l]) : s[l];
  for (; k < n; k++) top = fabs(x[k]) > top ? fabs(x[k]) : top;
  for (size_t l = 0; l < LFAP_LANES; l++) top = s[l] > top ? s[l] : top;
  return top;
}

double lfap_norm2(size_t n, const double *x) {
  return sqrt(lfap_dot(n, x, x));
}
