/* pattern_read.c - a proposal of doubles as integers: groups, multipliers, slopes (pattern.h). Whatever the doubles
 * are, what is read is nonnegative and within the slopes: no property of them is relied on afterwards. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "data/range.h"
#include "oracle/check/pattern.h"
#include "oracle/interval/dyadic.h"

/* ---- storage ----------------------------------------------------------------------------------------------------- */

static void clear_all(mpz_t *z, size_t n) {
  for (size_t i = 0; z && i < n; i++) mpz_clear(z[i]);
  free(z);
}

void oracle_pattern_free(oracle_pattern *P) {
  if (!P->x) return;
  clear_all(P->p, 2 * P->n);
  clear_all(P->c, 2 * P->groups * P->n);
  for (size_t i = 0; P->norm2 && i < 2 * P->n; i++) mpq_clear(P->norm2[i]);
  mpz_clears(P->T, P->g, P->floor, NULL);
  mpq_clears(P->scale, P->ball2, NULL);
  free(P->norm2);
  free(P->x);
  free(P->of);
  free(P->side);
  free(P->on);
  free(P->off);
  free(P->e);
  free(P->near);
  *P = (oracle_pattern){0};
}

static lfap_status no_memory(lfap_ctx *ctx, const oracle_pattern *P) {
  return lfap_fail(ctx, LFAP_ERR_MEMORY, "pattern: no memory for %zu neurons and %zu samples of %zu entries", P->m,
                   P->n, P->d);
}

/* What does not depend on the groups; P->x tells that there is something. */
static lfap_status make_samples(lfap_ctx *ctx, oracle_pattern *P, const lfap_data *data) {
  size_t n = P->n, m = P->m;
  if (n > SIZE_MAX / 64 / m || P->d > SIZE_MAX / 16 / n) return no_memory(ctx, P);
  P->x = malloc(n * (P->d + 1) * sizeof *P->x);
  if (!P->x) return no_memory(ctx, P);
  P->y = P->x + n * P->d;
  memcpy(P->x, data->x, n * P->d * sizeof *P->x);
  memcpy(P->y, data->y, n * sizeof *P->y);
  mpz_inits(P->T, P->g, P->floor, NULL);
  mpq_inits(P->scale, P->ball2, NULL);
  P->of = malloc(2 * m * sizeof *P->of);
  P->side = malloc(m);
  P->on = calloc(m, n);
  P->off = calloc(2, n);
  P->e = malloc(n * sizeof *P->e);
  P->p = malloc(2 * n * sizeof *P->p);
  P->norm2 = malloc(2 * n * sizeof *P->norm2);
  for (size_t i = 0; P->p && i < 2 * n; i++) mpz_init(P->p[i]);
  for (size_t i = 0; P->norm2 && i < 2 * n; i++) mpq_init(P->norm2[i]);
  if (!P->of || !P->side || !P->on || !P->off || !P->e || !P->p || !P->norm2) return no_memory(ctx, P);
  P->size = P->of + m;
  P->held = P->off + n;
  P->v = P->p + n;
  P->own = P->norm2 + n;
  return LFAP_OK;
}

static lfap_status make_pairs(lfap_ctx *ctx, oracle_pattern *P) {
  size_t count = P->groups * P->n;
  P->c = malloc(2 * count * sizeof *P->c);
  if (!P->c) return no_memory(ctx, P);
  for (size_t i = 0; i < 2 * count; i++) mpz_init(P->c[i]);
  P->t = P->c + count;
  P->near = malloc(count * sizeof *P->near);
  return P->near ? LFAP_OK : no_memory(ctx, P);
}

/* ---- what is read ------------------------------------------------------------------------------------------------ */

static lfap_status fits(lfap_ctx *ctx, const lfap_polished *point, const lfap_data *data) {
  const lfap_net *net = &point->net;
  if (net->m == 0 || net->m % 2 || point->n != data->n || net->d != data->d || !point->lambda || !point->slope)
    return lfap_fail(ctx, LFAP_ERR_DATA,
                     "pattern: a point of %zu neurons, %zu samples and d = %zu does not belong to %zu samples of d = "
                     "%zu; give the point and the data it was made from",
                     net->m, point->n, net->d, data->n, data->d);
  lfap_status st = lfap_gamma_valid(ctx, "gamma", net->gamma, 0.0);
  for (size_t i = 0; !st && i < data->n; i++)
    if (!isfinite(point->lambda[i]) || point->lambda[i] < 0.0)
      st = lfap_fail(ctx, LFAP_ERR_DATA, "pattern: multiplier %zu is %g; it must be finite and not negative", i,
                     point->lambda[i]);
  for (size_t i = 0; !st && i < net->m * data->n; i++) {
    size_t j = i / data->n, n = i % data->n;
    double s = point->slope[i];
    int own = (j < net->m / 2) == (data->y[n] > 0.0);
    if (own ? s != 1.0 && s != net->gamma : !(s >= net->gamma && s <= 1.0))
      st = lfap_fail(ctx, LFAP_ERR_DATA, "pattern: the slope of neuron %zu at sample %zu is %g; it must %s", j, n, s,
                     own ? "be gamma or 1, as that is an own pair" : "lie between gamma and 1");
  }
  return st;
}

/* Own slopes of neuron j into row, and a hash of them. */
static uint64_t own_slopes(unsigned char *row, const lfap_polished *point, const double *y, size_t j) {
  uint64_t h = 14695981039346656037u;
  for (size_t n = 0; n < point->n; n++) {
    int own = (j < point->net.m / 2) == (y[n] > 0.0);
    row[n] = own && point->slope[j * point->n + n] == 1.0;
    h = (h ^ row[n]) * 1099511628211u;
  }
  return h;
}

/* The first neuron of a group stands for it; first (m) and hash (m). */
static void find_groups(oracle_pattern *P, const lfap_polished *point, size_t *first, uint64_t *hash) {
  for (size_t j = 0; j < P->m; j++) {
    unsigned char *row = P->on + P->groups * P->n; /* groups <= j */
    signed char side = j < P->m / 2 ? 1 : -1;
    uint64_t h = own_slopes(row, point, P->y, j);
    size_t k = 0;
    while (k < P->groups && (hash[k] != h || P->side[k] != side || memcmp(P->on + k * P->n, row, P->n) != 0)) k++;
    P->of[j] = k;
    if (k < P->groups) {
      P->size[k]++;
      continue;
    }
    hash[k] = h;
    first[k] = j;
    P->side[k] = side;
    P->size[k] = 1;
    P->groups++;
  }
}

/* gamma = g/T; multipliers with room below for slopes of 53 bits. */
static void read_multipliers(oracle_pattern *P, const lfap_polished *point) {
  mpq_t gamma;
  mpq_init(gamma);
  mpq_set_d(gamma, P->gamma);
  mpz_set(P->g, mpq_numref(gamma));
  mpz_set(P->T, mpq_denref(gamma));
  P->s = (long)mpz_sizeinbase(P->T, 2) - 1;
  long bits = (long)mpz_sizeinbase(P->g, 2), more = bits < 54 ? 54 - bits : 0;
  long grid = oracle_grid_exponent(point->lambda, P->n);
  P->le = grid - more;
  P->lc = P->le - P->s;
  for (size_t i = 0; i < P->n; i++) {
    oracle_grid_int(P->p[i], point->lambda[i], grid);
    mpz_mul_2exp(P->p[i], P->p[i], (mp_bitcnt_t)more);
  }
  mpq_clear(gamma);
}

/* C = slope T p rounded down, and not outside [g p, T p]. */
static void read_pair(oracle_pattern *P, mpz_t lo, size_t at, size_t i, double slope) {
  mpq_t s;
  mpz_t hi;
  mpq_init(s);
  mpz_init(hi);
  mpq_set_d(s, slope);
  mpz_mul(lo, P->g, P->p[i]);
  mpz_mul(hi, P->T, P->p[i]);
  mpz_mul(P->c[at], hi, mpq_numref(s));
  mpz_fdiv_q(P->c[at], P->c[at], mpq_denref(s));
  if (mpz_cmp(P->c[at], lo) < 0) mpz_set(P->c[at], lo);
  if (mpz_cmp(P->c[at], hi) > 0) mpz_set(P->c[at], hi);
  mpz_clear(hi);
  mpq_clear(s);
}

static void read_slopes(oracle_pattern *P, const lfap_polished *point, const size_t *first) {
  mpz_t lo;
  mpz_init(lo);
  for (size_t j = 0; j < P->groups; j++)
    for (size_t i = 0; i < P->n; i++) {
      size_t at = j * P->n + i;
      if (!oracle_pattern_own(P, j, i)) read_pair(P, lo, at, i, point->slope[first[j] * P->n + i]);
      else mpz_mul(P->c[at], P->on[at] ? P->T : P->g, P->p[i]);
      long e;
      double c = mpz_get_d_2exp(&e, P->c[at]);
      e += P->lc;
      P->near[at] = e < -960 || e > 960 ? (mpz_sgn(P->c[at]) ? NAN : 0.0) : ldexp(c, (int)e);
    }
  mpz_clear(lo);
}

/* The sum of o^2 over the own pairs of a sample. */
static void own_sums(oracle_pattern *P) {
  mpq_t g2, q;
  mpq_inits(g2, q, NULL);
  mpq_set_d(g2, P->gamma);
  mpq_mul(g2, g2, g2);
  for (size_t i = 0; i < P->n; i++) {
    size_t ones = 0, bent = 0;
    for (size_t j = 0; j < P->groups; j++)
      if (oracle_pattern_own(P, j, i)) *(P->on[j * P->n + i] ? &ones : &bent) += P->size[j];
    mpq_set_ui(P->own[i], bent, 1);
    mpq_mul(P->own[i], P->own[i], g2);
    mpq_set_ui(q, ones, 1);
    mpq_add(P->own[i], P->own[i], q);
  }
  mpq_clears(g2, q, NULL);
}

lfap_status oracle_pattern_read(lfap_ctx *ctx, oracle_pattern *out, const lfap_polished *point, const lfap_data *data) {
  lfap_status st = fits(ctx, point, data);
  if (st) return st;
  oracle_pattern P = {.m = point->net.m, .n = data->n, .d = data->d, .gamma = point->net.gamma};
  size_t *first = malloc(P.m * sizeof *first);
  uint64_t *hash = malloc(P.m * sizeof *hash);
  st = first && hash ? make_samples(ctx, &P, data) : no_memory(ctx, &P);
  if (!st) {
    find_groups(&P, point, first, hash);
    st = make_pairs(ctx, &P);
  }
  if (!st) {
    P.grid = oracle_grid_exponent(P.x, P.n * P.d);
    read_multipliers(&P, point);
    read_slopes(&P, point, first);
    own_sums(&P);
  }
  free(first);
  free(hash);
  if (st) oracle_pattern_free(&P);
  else *out = P;
  return st;
}
