/* kinks.c - see kinks.h. With A and B of limit/measure.h for alpha and for beta,
 *     own = A_alpha + A_beta + gamma B_alpha + B_beta,   other = -(B_alpha + B_beta + gamma A_alpha + A_beta),
 * the margins are (own - s other)/2 for s = gamma and s = 1, and (G) bounds ||W* - W(l)|| = sqrt((||U* - U||^2 + ||V* -
 * V||^2)/2), so that own and other are off by at most sqrt(2) ball ||x_n||. */
#include "limit/kinks.h"

#include "limit/measure.h"

#include <stdlib.h>

typedef struct {
  lfap_enclosure *e;
  size_t n;
  const double *alpha, *beta, *norm;
  double gamma;
  lfap_measured a, b; /* of alpha and of beta */
} kinks;

/* Four numbers, each known up to its error, with the weights 1, 1, gamma, 1. */
static lfap_range sum_of(const double *v, const double *error, double gamma) {
  double value = ((v[0] + v[1]) + gamma * v[2]) + v[3], size = fabs(v[0]) + fabs(v[1]) + fabs(v[2]) + fabs(v[3]);
  return lfap_range_around(value,
                           lfap_up(error[0] + error[1] + error[2] + error[3] + 5.0 * LFAP_U * size + 4.0 * LFAP_TINY));
}

/* own and other of the multipliers as they are. */
static void activations(const kinks *k, lfap_range *own, lfap_range *other, size_t i) {
  const lfap_measured *a = &k->a, *b = &k->b;
  double v[] = {a->A[i], b->A[i], a->B[i], b->B[i]}, ve[] = {a->Ae[i], b->Ae[i], a->Be[i], b->Be[i]};
  double w[] = {a->B[i], b->B[i], a->A[i], b->A[i]}, we[] = {a->Be[i], b->Be[i], a->Ae[i], b->Ae[i]};
  *own = sum_of(v, ve, k->gamma);
  lfap_range minus = sum_of(w, we, k->gamma);
  *other = (lfap_range){-minus.hi, -minus.lo};
}

/* (own - s other)/2, the ends rounded outward. */
static lfap_range margin(lfap_range own, lfap_range other, double s) {
  double lo = own.lo - s * other.hi, hi = own.hi - s * other.lo;
  double most = fmax(fabs(own.lo), fabs(own.hi)) + fmax(fabs(other.lo), fabs(other.hi));
  double error = lfap_up(3.0 * LFAP_U * most + 2.0 * LFAP_TINY);
  return (lfap_range){0.5 * lfap_range_around(lo, error).lo, 0.5 * lfap_range_around(hi, error).hi};
}

/* (G). */
static double kinks_ball(const kinks *k) {
  lfap_gap g = {0};
  for (size_t i = 0; i < k->n; i++) {
    lfap_range own, other;
    activations(k, &own, &other, i);
    lfap_gap_add(&g, k->alpha[i], margin(own, other, k->gamma));
    lfap_gap_add(&g, k->beta[i], margin(own, other, 1.0));
  }
  return lfap_gap_ball(&g);
}

/* Both margins of the solution are certainly above 1: its multipliers of this sample are 0. */
static int surely_off(const kinks *k, lfap_range own, lfap_range other, size_t i) {
  double wide = lfap_up(k->e->c2_ball * k->norm[i]);
  return lfap_down(margin(own, other, k->gamma).lo - 1.0) > wide && lfap_down(margin(own, other, 1.0).lo - 1.0) > wide;
}

static lfap_range widened(lfap_range r, double by) {
  return (lfap_range){nextafter(r.lo - by, -INFINITY), nextafter(r.hi + by, INFINITY)};
}

static void samples(kinks *k) {
  lfap_enclosure *e = k->e;
  for (size_t i = 0; i < k->n; i++) {
    lfap_range own, other;
    activations(k, &own, &other, i);
    double wide = lfap_up(sqrt(2.0) * e->c2_ball * k->norm[i]);
    e->off[i] = (unsigned char)surely_off(k, own, other, i);
    own = widened(own, wide);
    other = widened(other, wide);
    e->own_lo[i] = own.lo;
    e->own_hi[i] = own.hi;
    e->other_lo[i] = other.lo;
    e->other_hi[i] = other.hi;
    e->own_right += own.lo > 0.0;
    e->own_wrong += own.hi < 0.0;
  }
  lfap_enclosure_kinks(e);
}

void lfap_enclosure_kinks(lfap_enclosure *e) {
  double least = INFINITY;
  for (size_t i = 0; i < e->n; i++)
    if (!e->off[i]) least = fmin(least, e->own_lo[i]);
  if (!isfinite(least)) return;
  lfap_verdict v = least > 0.0 ? LFAP_PASS : e->own_wrong ? LFAP_FAIL : LFAP_UNDECIDED;
  e->claim[LFAP_CLAIM_C2] = (lfap_decided){v, least};
}

lfap_status lfap_enclose_kinks(lfap_ctx *ctx, lfap_enclosure *e, const lfap_data *data, const double *alpha,
                               const double *beta, double gamma, const double *norm) {
  size_t n = data->n;
  for (size_t i = 0; i < n; i++)
    if (!(alpha[i] >= 0.0 && isfinite(alpha[i]) && beta[i] >= 0.0 && isfinite(beta[i]))) return LFAP_OK;
  double *v = malloc((8 * n + 4 * data->d) * sizeof *v), *sums = v + 8 * n;
  if (!v) return lfap_fail(ctx, LFAP_ERR_MEMORY, "enclosure: no memory for N = %zu, d = %zu", n, data->d);
  kinks k = {
      e, n, alpha, beta, norm, gamma, {v, v + n, v + 2 * n, v + 3 * n}, {v + 4 * n, v + 5 * n, v + 6 * n, v + 7 * n}};
  lfap_measure(ctx, &k.a, alpha, norm, data, sums);
  lfap_measure(ctx, &k.b, beta, norm, data, sums);
  e->c2_ball = kinks_ball(&k);
  if (isfinite(e->c2_ball)) samples(&k);
  free(v);
  return LFAP_OK;
}
