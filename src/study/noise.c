/* noise.c - typical values of the conditions on noise, in units of a sample's mean squared norm: inner products are
 * then normal of variance 1/d for either law, and squared norms 1 with a standard deviation of `spread`/sqrt(d). */
#include "study/noise.h"

#include <math.h>

const char *const lfap_outlook_name[LFAP_OUTLOOKS] = {"sure", "expected", "open", "not expected"};

/* ||x||^2 = sum x_i^2: sd(x_i^2)/E(x_i^2), and c of P(| ||x||^2 - 1 | >= s) <= 2 exp(-c d s^2). */
static double spread(lfap_study_kind law) { return law == LFAP_STUDY_GAUSS ? sqrt(2.0) : sqrt(0.8); }
static double norm_tail(lfap_study_kind law) { return law == LFAP_STUDY_GAUSS ? 1.0 / 8.0 : 2.0 / 9.0; }

/* Of max(0, g) and of |g|, g standard normal. */
#define HALF_MEAN 0.39894228040143268
#define HALF_SD 0.58381937010354893
#define ABS_MEAN 0.79788456080286536
#define ABS_SD 0.60281027498908690

/* ---- medians of extremes ----------------------------------------------------------------------------------------- */

/* t with erfc(t/sqrt 2) = p, 0 for p >= 1. */
static double two_sided(double p) {
  double lo = 0.0, hi = 40.0;
  for (int i = 0; i < 100; i++) {
    double t = (lo + hi) / 2.0;
    if (erfc(t / sqrt(2.0)) > p) lo = t;
    else hi = t;
  }
  return hi;
}

/* The median of the largest of `count` independent |g|, and of as many g (count >= 1). */
static double largest_abs(double count) { return two_sided(-expm1(-log(2.0) / count)); }
static double largest(double count) { return two_sided(-2.0 * expm1(-log(2.0) / count)); }

/* ---- (H) --------------------------------------------------------------------------------------------------------- */

double lfap_noise_miss(lfap_study_kind law, double n, double d, double gamma) {
  enum { STEPS = 640 }; /* sixteen to a factor of two, down to 2^-40 */
  double least = 1.0;
  if (n <= 1.0) return 0.0;
  for (int i = 1; i <= STEPS; i++) {
    double s = exp2(-(double)i / 16.0), q = pow(gamma, 3.0) * (1.0 - s) * (1.0 - s) / (3.0 * n * (1.0 + s));
    least = fmin(least, 2.0 * n * exp(-norm_tail(law) * d * s * s) + n * n * exp(-q * q * d / (2.0 * (1.0 + s))));
  }
  return least;
}

/* lhs/rhs. */
static double typical_ratio(lfap_study_kind law, double n, double d, double gamma) {
  double off = spread(law) / sqrt(d) * largest(n), r_min2 = fmax(1.0 - off, 0.0), r_max2 = 1.0 + off;
  if (n <= 1.0) return INFINITY;
  double p_max = largest_abs(n * (n - 1.0) / 2.0) / sqrt(d);
  return pow(gamma, 3.0) * r_min2 * r_min2 / (3.0 * n * r_max2 * p_max);
}

static int surely(lfap_study_kind law, double n, double d, double gamma) {
  return lfap_noise_miss(law, n, d, gamma) <= LFAP_NOISE_RISK;
}
static int typically(lfap_study_kind law, double n, double d, double gamma) {
  return typical_ratio(law, n, d, gamma) >= 1.0;
}

/* The least d from which on it holds: whole where doubles have whole numbers. */
static double least_d(int (*holds)(lfap_study_kind, double, double, double), lfap_study_kind law, double n,
                      double gamma) {
  double lo = 0.0, hi = 1.0;
  while (!holds(law, n, hi, gamma) && hi < 1e300) {
    lo = hi;
    hi *= 2.0;
  }
  for (int i = 0; i < 60 && hi - lo > 1.0; i++) {
    double d = ceil((lo + hi) / 2.0);
    if (d >= hi) break;
    if (holds(law, n, d, gamma)) hi = d;
    else lo = d;
  }
  return hi;
}

/* ---- the lines --------------------------------------------------------------------------------------------------- */

static lfap_noise_line below(const char *id, const char *what, double n, double value, double bound) {
  double clear = 1.25 + 4.0 / n;
  lfap_outlook o = value * clear < bound    ? LFAP_OUTLOOK_EXPECTED
                   : value >= bound * clear ? LFAP_OUTLOOK_UNEXPECTED
                                            : LFAP_OUTLOOK_OPEN;
  return (lfap_noise_line){id, what, "<", value, bound, o};
}

static lfap_noise_line above(const char *id, const char *what, double n, double value, double bound) {
  lfap_noise_line k = below(id, what, n, bound, value);
  k.relation = ">=";
  k.value = value;
  k.bound = bound;
  return k;
}

/* Typical largest of n row sums of n - 1 independent terms. */
static double row_sum(double n, double d, double mean, double sd) {
  return ((n - 1.0) * mean + largest(n) * sqrt(n - 1.0) * sd) / sqrt(d);
}

static void sums(lfap_noise *k, double n, double d, double g) {
  double hat = row_sum(n, d, ABS_MEAN, ABS_SD), obt = row_sum(n, d, HALF_MEAN, HALF_SD), cube = g * g * g;
  k->line[LFAP_NOISE_H_STAR] = below("T1", "(H*): row sums kappa^", n, hat, cube / (1.0 + 2.0 * g));
  k->line[LFAP_NOISE_C] = below("C1", "(C): row sums kappa^", n, hat, g / (1.0 + 2.0 * g));
  k->line[LFAP_NOISE_OBT_T1] = below("T1", "every KKT point: obtuse sums kappa_obt", n, obt, cube / (1.0 + g));
  k->line[LFAP_NOISE_OBT_C1] = below("C1", "a priori: obtuse sums kappa_obt", n, obt, g / (1.0 + g));
  k->line[LFAP_NOISE_OBT_C2] = below("C2", "at every slope: obtuse sums kappa_obt", n, obt, 2.0 * sqrt(5.0) - 4.0);
}

void lfap_noise_of(lfap_noise *out, lfap_study_kind law, size_t samples, size_t entries, double gamma) {
  double n = (double)samples, d = (double)entries, g2 = gamma * gamma;
  double left = fmax(1.0 - n / d, 0.0), r_max2 = 1.0 + spread(law) / sqrt(d) * largest(n);
  *out = (lfap_noise){.law = law, .n = samples, .d = entries, .gamma = gamma};
  out->d_sure = least_d(surely, law, n, gamma);
  out->d_typical = least_d(typically, law, n, gamma);
  lfap_noise_line *h = &out->line[LFAP_NOISE_H];
  *h = above("H", "near orthogonality: lhs/rhs", n, typical_ratio(law, n, d, gamma), 1.0);
  if (surely(law, n, d, gamma)) h->outlook = LFAP_OUTLOOK_SURE;
  sums(out, n, d, gamma);
  out->line[LFAP_NOISE_C1] = below("C1", "as decided on the data: cross terms", n,
                                   largest(n) * sqrt(n / (2.0 * d)) / left, gamma * (1.0 + g2) / (1.0 - g2));
  out->line[LFAP_NOISE_MARGIN] = above("C2", "a priori: linear margin over Rmax", n, sqrt(left / (n * r_max2)),
                                       gamma * sqrt((1.0 - gamma) / (1.0 + gamma)));
  out->line[LFAP_NOISE_SEPARABLE] = below("C2", "linearly separable: N/d", n, n / d, 2.0);
}
