/* pattern_reduced.c - a bound of the inverse where the samples on the support are dependent: of the system that is left
 * once the certain signs of other pairs have fixed their slopes (spec/certificate.md, "Patterns", (H)).
 *
 * Its variables are lambda_n, and c_jn at the *open* other pairs, those without a certain sign. Open pairs of different
 * groups do not meet, so the factor goes group by group: an open block, its rows against lambda, and what they take
 * from the block of lambda; that one is last.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "oracle/check/pattern.h"

#define WORK_MOST 2e10 /* multiply-adds of a factor */

typedef struct {
  const oracle_pattern *P;
  const size_t *f; /* samples that may be on the support */
  size_t nf, unknowns;
  double *K;     /* nf x nf: D K D */
  double *slope; /* groups x nf: 1, gamma; 0: open */
  double *S;     /* nf x nf: the block of lambda */
  double *A, *Y; /* open x open, nf x open, of one group */
  size_t *open;  /* nf */
} reduced;

/* The least h with 4^h >= k. */
static int half_log2(size_t k) {
  int h = 0;
  while (h < 31 && ((size_t)1 << (2 * h)) < k) h++;
  return h;
}

/* The slope of a pair that is known, exactly that of the proposal; 0. */
static double known_slope(const oracle_pattern *P, mpz_t z, const mpz_t room, size_t j, size_t n) {
  size_t at = j * P->n + n;
  if (oracle_pattern_own(P, j, n)) return P->on[at] ? 1.0 : P->gamma;
  mpz_mul(z, P->t[at], P->t[at]);
  mpz_mul_ui(z, z, P->size[j]);
  if (mpz_cmp(z, room) <= 0) return 0.0;
  int low = mpz_sgn(P->t[at]) > 0;
  mpz_mul(z, low ? P->g : P->T, P->p[n]);
  return mpz_cmp(z, P->c[at]) != 0 ? 0.0 : low ? P->gamma : 1.0;
}

/* Slopes; returns the multiply-adds of a factor. */
static double find_slopes(reduced *r) {
  const oracle_pattern *P = r->P;
  double n = (double)r->nf, work = n * n * n / 6.0;
  mpz_t room, z;
  mpz_inits(room, z, NULL);
  for (size_t i = 0; i < r->nf; i++) {
    oracle_pattern_room(room, P, r->f[i]);
    for (size_t j = 0; j < P->groups; j++) r->slope[j * r->nf + i] = known_slope(P, z, room, j, r->f[i]);
  }
  r->unknowns = r->nf;
  for (size_t j = 0; j < P->groups; j++) {
    double open = 0.0;
    for (size_t i = 0; i < r->nf; i++) open += r->slope[j * r->nf + i] == 0.0;
    r->unknowns += (size_t)open;
    work += open * open * open / 6.0 + n * open * open / 2.0 + n * n * open / 2.0;
  }
  mpz_clears(room, z, NULL);
  return work;
}

/* The block of lambda before anything is taken from it: K_nk times the sum of s_jn s_jk over neurons. */
static void lambda_block(reduced *r, double shift) {
  const oracle_pattern *P = r->P;
  size_t n = r->nf;
  double unit = ldexp(1.0, -2 * half_log2(P->m));
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k <= i; k++) {
      double sum = 0.0;
      for (size_t j = 0; j < P->groups; j++) sum += (double)P->size[j] * (r->slope[j * n + i] * r->slope[j * n + k]);
      r->S[i * n + k] = sum * r->K[i * n + k] * unit - (i == k ? shift : 0.0);
    }
}

/* Group j: L L' = its open block - shift, Y = its rows of lambda times L^-T, S -= Y Y'. 0: a pivot is not positive. */
static int eliminate(reduced *r, size_t j, double shift) {
  const oracle_pattern *P = r->P;
  size_t n = r->nf, o = 0;
  double many = (double)P->size[j], own = ldexp(many, -2 * half_log2(P->size[j]));
  double cross = ldexp(many, -half_log2(P->size[j]) - half_log2(P->m));
  for (size_t i = 0; i < n; i++)
    if (r->slope[j * n + i] == 0.0) r->open[o++] = i;
  if (o == 0) return 1;
  for (size_t i = 0; i < o; i++)
    for (size_t k = 0; k <= i; k++) r->A[i * o + k] = own * r->K[r->open[i] * n + r->open[k]] - (i == k ? shift : 0.0);
  if (!oracle_cholesky(r->A, o)) return 0;
  for (size_t i = 0; i < n; i++) {
    double *y = r->Y + i * o, slope = r->slope[j * n + i];
    for (size_t k = 0; k < o; k++) {
      double s = slope * (cross * r->K[i * n + r->open[k]]);
      for (size_t l = 0; l < k; l++) s -= y[l] * r->A[k * o + l];
      y[k] = s / r->A[k * o + k];
    }
    for (size_t k = 0; k <= i; k++) {
      double s = 0.0;
      for (size_t l = 0; l < o; l++) s += y[l] * r->Y[k * o + l];
      r->S[i * n + k] -= s;
    }
  }
  return 1;
}

/* (H): as (I), in doubles, entries being off by at most (groups + 6) u of themselves. */
static int positive(reduced *r, long mu) {
  double size = (double)(r->unknowns + r->P->groups) + 4.0, shift = ldexp(1.0, (int)mu + 1);
  if (!(size * size * 0x1p-50 < 0.999 * ldexp(1.0, (int)mu))) return 0;
  lambda_block(r, shift);
  for (size_t j = 0; j < r->P->groups; j++)
    if (!eliminate(r, j, shift)) return 0;
  return oracle_cholesky(r->S, r->nf);
}

static lfap_status make_reduced(lfap_ctx *ctx, reduced *r, const oracle_qm *plain) {
  size_t n = r->nf, g = r->P->groups;
  r->K = malloc((4 * n * n + g * n) * sizeof *r->K);
  r->open = malloc(n * sizeof *r->open);
  if (!r->K || !r->open)
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "pattern: no memory for a factor of %zu samples and %zu groups", n, g);
  r->S = r->K + n * n;
  r->A = r->S + n * n;
  r->Y = r->A + n * n;
  r->slope = r->Y + n * n;
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k <= i; k++) r->K[i * n + k] = r->K[k * n + i] = oracle_qm_scaled(plain, r->f[i], r->f[k]);
  return LFAP_OK;
}

lfap_status oracle_pattern_reduced(lfap_ctx *ctx, int *proved, long *mu, const oracle_pattern *P,
                                   const oracle_qm *plain, const size_t *f, size_t nf) {
  reduced r = {.P = P, .f = f, .nf = nf};
  *proved = 0;
  lfap_status st = make_reduced(ctx, &r, plain);
  if (!st && find_slopes(&r) <= WORK_MOST)
    for (*mu = -2; !st && !*proved && *mu > -40; *mu -= 3) {
      st = lfap_tick(ctx, "reduced system", (double)-*mu, 40.0);
      if (!st && positive(&r, *mu)) {
        *proved = 1;
        break;
      }
    }
  free(r.K);
  free(r.open);
  return st;
}
