/* bounds.c - the formulas of spec/numerics.md N14; names and conditions in bounds.h. */
#include "limit/bounds.h"

#include "kernel/tile.h"

double lfap_bound_gamma(size_t k) { return lfap_up((double)k * LFAP_U); }

/* The roundings of a lane, three of its join, and one for every slice but the first. */
size_t lfap_bound_roundings(size_t d) {
  size_t lane = d < LFAP_SLICE ? d / 8 + (d % 8 != 0) : LFAP_SLICE / 8;
  return lane + 3 + (d ? (d - 1) / LFAP_SLICE : 0);
}

double lfap_bound_dot(size_t d) { return lfap_bound_gamma(lfap_bound_roundings(d)); }

lfap_range lfap_range_around(double value, double error) {
  if (!isfinite(value) || !isfinite(error)) return (lfap_range){-INFINITY, INFINITY};
  return (lfap_range){nextafter(value - error, -INFINITY), nextafter(value + error, INFINITY)};
}

/* All terms are positive, so the error is relative; norms are above 2^-200, far from where products underflow. */
lfap_range lfap_range_norm2(double dot, size_t d) { return lfap_range_around(dot, lfap_up(lfap_bound_dot(d) * dot)); }

double lfap_bound_class_sum(double weight, size_t n, size_t d) {
  double k = (double)n + 1.0;
  return lfap_up((k * LFAP_U) * (k * LFAP_U) * weight * (1.0 + 0x1p-19) + 2.0 * k * sqrt((double)d) * LFAP_TINY);
}

double lfap_bound_pair_dot(double sum_error, double norm_hi, double norm_lo, size_t d) {
  double k = (double)d + 1.0;
  return lfap_up((k * LFAP_U) * (k * LFAP_U) * norm_hi * (1.0 + 0x1p-19) +
                 (lfap_bound_dot(d) + 2.0 * LFAP_U) * norm_lo + sum_error);
}

double lfap_bound_pair_value(double value, double K, double norm, size_t d) {
  return lfap_up(2.01 * LFAP_U * fabs(value) + K * norm + 3.0 * (double)d * LFAP_TINY);
}

double lfap_bound_pair_entries(double value, double size, double norm, size_t n, size_t d) {
  double k = (double)d + 1.0, m = (double)n + 1.0, terms = k * k + m * m;
  terms += (double)(lfap_bound_roundings(d) + 2) * m;
  return lfap_up(2.01 * LFAP_U * fabs(value) + (terms * LFAP_U * LFAP_U) * (1.0 + 0x1p-17) * size +
                 (2.0 * m * sqrt((double)d) * norm + 3.0 * (double)d) * LFAP_TINY);
}

double lfap_bound_combine(double a, double ea, double b, double eb, double wa, double wb) {
  return lfap_up((wa * ea + wb * eb) * (1.0 + 4.0 * LFAP_U) + 4.0 * LFAP_U * (fabs(wa * a) + fabs(wb * b)) +
                 4.0 * LFAP_TINY);
}

double lfap_bound_factor(size_t k, size_t d) {
  double chol = lfap_bound_gamma(lfap_bound_roundings(k) + 3), entries = lfap_bound_dot(d) + 4.0 * LFAP_U;
  return lfap_up(((double)k * (chol + entries) + 2.0 * LFAP_U) * (1.0 + 0x1p-10) + 0x1p-300);
}

double lfap_bound_gap(double sigma, double moved, double W2) {
  if (!(sigma < 0.5)) return INFINITY;
  double left = lfap_down(1.0 - sigma); /* at most s */
  double gap2 = W2 * (2.0 * sigma / (left * left)) + 2.0 * moved;
  return lfap_up(sqrt(lfap_up(gap2)) + sigma / left * sqrt(W2) + 0x1p-500);
}

void lfap_gap_add(lfap_gap *g, double l, lfap_range q) {
  g->sigma = fmax(g->sigma, lfap_up(fmax(0.0, 1.0 - q.lo)));
  if (l == 0.0) return;
  g->moved += l * lfap_up(fmax(fabs(1.0 - q.lo), fabs(1.0 - q.hi)));
  g->W2 += l * fmax(0.0, q.hi);
}

double lfap_gap_ball(const lfap_gap *g) {
  double r = lfap_bound_gap(g->sigma, lfap_up(g->moved), lfap_up(g->W2));
  return isfinite(r) ? r : INFINITY;
}
