/* polish_points.c - certain signs of f(.; W^o): a first look in doubles, then exact integers (spec/certificate.md,
 * "Patterns", (L)).
 *
 * m f(z; W(z)) = sum over neurons of max(H, gamma H) (a_j > 0) or min(H, gamma H), H_j = <h_j, z> = sum c_jn y_n v_n
 * with v_n = <x_n, z>: N inner products, then a row of c a group.
 */
#include <math.h>
#include <stdlib.h>

#include "io/parallel.h"
#include "oracle/certify/filter.h"
#include "oracle/certify/polish.h"
#include "oracle/interval/dyadic.h"

/* u' as in filter.h. */
#define SLACK (1.03 * 0x1p-53)
#define ABOVE (1.0 + 0x1p-20) /* of sums of fewer than 2^30 terms that are not negative */

/* An upper bound of ||z||. */
static double length_above(const double *z, size_t d) {
  double s = 0.0;
  for (size_t i = 0; i < d; i++) s += z[i] * z[i];
  return sqrt(s) * ABOVE + (double)d * 0x1p-537;
}

/* H = s within error: c^ is below c by at most 2u of itself, v within `off` of mid. */
static double neuron(double *error, const double *c, const double *mid, const double *off, size_t n) {
  double s = 0.0, size = 0.0, spread = 0.0;
  for (size_t i = 0; i < n; i++) {
    double t = c[i] * mid[i];
    s += t;
    size += fabs(t);
    spread += c[i] * off[i];
  }
  *error = (((double)n + 8.0) * SLACK * size + spread + 4.0 * (double)n * 0x1p-1074) * ABOVE;
  return s;
}

/* v: 2 n doubles of scratch. 0: doubles do not tell. */
static int sign_fast(const oracle_pattern *P, const double *z, double *v) {
  double *mid = v, *off = v + P->n, f = 0.0, size = 0.0, error = 0.0;
  for (size_t n = 0; n < P->n; n++) {
    oracle_range r = oracle_filter_dot(P->x + n * P->d, z, P->d);
    mid[n] = P->y[n] * (0.5 * r.lo + 0.5 * r.hi);
    off[n] = (r.hi - r.lo) * ABOVE;
  }
  for (size_t j = 0; j < P->groups; j++) {
    double e, many = (double)P->size[j], h = neuron(&e, P->near + j * P->n, mid, off, P->n), bent = P->gamma * h;
    f += many * (P->side[j] > 0 ? fmax(h, bent) : fmin(h, bent));
    size += many * fabs(h);
    error += many * e;
  }
  error = (error + ((double)P->groups + 8.0) * SLACK * size + P->reach * length_above(z, P->d)) * ABOVE;
  return fabs(f) > error ? (f > 0.0 ? 1 : -1) : 0;
}

/* v_n = <x_n, z> 2^-grid, z integers. */
static void products(mpz_t *v, const oracle_pattern *P, mpz_t *z) {
  mpz_t x;
  mpz_init(x);
  for (size_t n = 0; n < P->n; n++) {
    mpz_set_ui(v[n], 0);
    for (size_t i = 0; i < P->d; i++) {
      if (mpz_sgn(z[i]) == 0) continue;
      oracle_grid_int(x, P->x[n * P->d + i], P->grid);
      mpz_addmul(v[n], x, z[i]);
    }
    if (P->y[n] < 0.0) mpz_neg(v[n], v[n]);
  }
  mpz_clear(x);
}

/* f: m f(z; W(z)) T in the unit of v and c. */
static void exact_value(mpz_t f, const oracle_pattern *P, mpz_t *v) {
  mpz_t h;
  mpz_init(h);
  mpz_set_ui(f, 0);
  for (size_t j = 0; j < P->groups; j++) {
    mpz_set_ui(h, 0);
    for (size_t n = 0; n < P->n; n++) mpz_addmul(h, P->c[j * P->n + n], v[n]);
    mpz_mul(h, h, mpz_sgn(h) * P->side[j] > 0 ? P->T : P->g);
    mpz_addmul_ui(f, h, P->size[j]);
  }
  mpz_clear(h);
}

/* z = (z1 + z2) 2^-e. */
static long sum_of_points(mpz_t *z, const double *z1, const double *z2, size_t d) {
  long e = oracle_grid_exponent(z1, d), e2 = z2 ? oracle_grid_exponent(z2, d) : e;
  mpz_t x;
  if (e2 < e) e = e2;
  mpz_init(x);
  for (size_t i = 0; i < d; i++) {
    oracle_grid_int(z[i], z1[i], e);
    if (!z2) continue;
    oracle_grid_int(x, z2[i], e);
    mpz_add(z[i], z[i], x);
  }
  mpz_clear(x);
  return e;
}

/* f^2 > m ball2 ||z||^2/scale^2. */
static int beyond_ball(const oracle_pattern *P, const mpz_t f, long unit, const mpz_t *z, long e) {
  mpz_t s;
  mpq_t q, room;
  mpz_init(s);
  mpq_inits(q, room, NULL);
  for (size_t i = 0; i < P->d; i++) mpz_addmul(s, z[i], z[i]);
  oracle_q_set_2exp(room, s, 2 * e);
  mpq_mul(room, room, P->ball2);
  mpq_set_ui(q, P->m, 1);
  mpq_mul(room, room, q);
  mpz_mul(s, f, f);
  oracle_q_set_2exp(q, s, 2 * unit);
  mpq_mul(q, q, P->scale);
  mpq_mul(q, q, P->scale);
  int beyond = mpq_cmp(q, room) > 0;
  mpz_clear(s);
  mpq_clears(q, room, NULL);
  return beyond;
}

static lfap_status sign_exact(lfap_ctx *ctx, int *sign, const oracle_pattern *P, const double *z1, const double *z2) {
  mpz_t f, *z = malloc((P->d + P->n) * sizeof *z);
  if (!z) return lfap_fail(ctx, LFAP_ERR_MEMORY, "signs: no memory for d = %zu", P->d);
  for (size_t i = 0; i < P->d + P->n; i++) mpz_init(z[i]);
  mpz_init(f);
  long e = sum_of_points(z, z1, z2, P->d);
  products(z + P->d, P, z);
  exact_value(f, P, z + P->d);
  *sign = beyond_ball(P, f, P->lc - P->s + P->grid + e, (const mpz_t *)z, e) ? mpz_sgn(f) : 0;
  for (size_t i = 0; i < P->d + P->n; i++) mpz_clear(z[i]);
  mpz_clear(f);
  free(z);
  return LFAP_OK;
}

typedef struct {
  const oracle_pattern *P;
  const double *Z;
  int *sign;
  double *v; /* 2 n a worker */
  size_t first;
} look;

static void some_signs(void *arg, size_t begin, size_t end, int worker) {
  const look *w = arg;
  for (size_t i = w->first + begin; i < w->first + end; i++)
    w->sign[i] = sign_fast(w->P, w->Z + i * w->P->d, w->v + 2 * (size_t)worker * w->P->n);
}

lfap_status oracle_pattern_sign_points(lfap_ctx *ctx, int *sign, const oracle_pattern *P, const double *Z, size_t np) {
  int threads = lfap_threads(ctx);
  look w = {P, Z, sign, malloc(2 * (size_t)threads * P->n * sizeof(double)), 0};
  if (!w.v) return lfap_fail(ctx, LFAP_ERR_MEMORY, "signs: no memory for N = %zu", P->n);
  double each = (double)P->n * ((double)P->d + (double)P->groups) * 4;
  lfap_status st = LFAP_OK;
  for (size_t step = 64; !st && w.first < np; w.first += step) {
    size_t part = np - w.first < step ? np - w.first : step;
    st = lfap_tick(ctx, "signs", (double)w.first, (double)np);
    if (!st) lfap_parallel(threads, part, 1, (double)part * each, some_signs, &w);
    for (size_t i = w.first; !st && i < w.first + part; i++)
      if (!sign[i]) st = sign_exact(ctx, &sign[i], P, Z + i * P->d, NULL);
  }
  free(w.v);
  return st ? st : lfap_tick(ctx, "signs", (double)np, (double)np);
}

lfap_status oracle_pattern_sign_sum(lfap_ctx *ctx, int *sign, const oracle_pattern *P, const double *z1,
                                    const double *z2) {
  *sign = 0;
  return sign_exact(ctx, sign, P, z1, z2);
}
