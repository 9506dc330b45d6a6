/* solution.c - (I), (R), (N) and (S) of spec/certificate.md: one home for both programmes. */
#include "oracle/check/solution.h"

#include <stdlib.h>

#include "oracle/interval/dyadic.h"

lfap_status oracle_solution_make(lfap_ctx *ctx, oracle_solution *out, const oracle_qm *q, size_t count) {
  oracle_solution s = {.q = q, .count = count, .nonnegative = 1};
  s.m = malloc(count * sizeof *s.m);
  s.f = malloc(count * sizeof *s.f);
  if (!s.m || !s.f) {
    free(s.m);
    free(s.f);
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "certificate: no memory for %zu margins", count);
  }
  for (size_t i = 0; i < count; i++) mpz_init(s.m[i]);
  mpq_inits(s.unit, s.least, s.slack, NULL);
  *out = s;
  return LFAP_OK;
}

void oracle_solution_free(oracle_solution *s) {
  if (!s->m) return;
  for (size_t i = 0; i < s->count; i++) mpz_clear(s->m[i]);
  mpq_clears(s->unit, s->least, s->slack, NULL);
  free(s->m);
  free(s->f);
  *s = (oracle_solution){0};
}

void oracle_solution_margin(mpq_t out, const oracle_solution *s, size_t i) {
  mpq_set_z(out, s->m[i]);
  mpq_mul(out, out, s->unit);
}

static long exponent(const oracle_solution *s, size_t i) { return s->q->e[i % s->q->gram->n]; }

static void support(oracle_solution *s) {
  mpq_set_z(s->unit, s->den);
  mpq_inv(s->unit, s->unit);
  oracle_q_scale(s->unit, s->q->gram->e - s->q->c);
  for (size_t i = 0; i < s->count; i++) {
    if (mpz_sgn(s->p[i]) > 0) s->f[s->nf++] = i;
    else if (mpz_sgn(s->p[i]) < 0) s->nonnegative = 0;
  }
}

/* R2 = ||D r||^2 over the support, r = 1 - M l. */
static void residual(mpq_t R2, const oracle_solution *s) {
  mpq_t r, one;
  mpq_inits(r, one, NULL);
  mpq_set_ui(one, 1, 1);
  mpq_set_ui(R2, 0, 1);
  for (size_t k = 0; k < s->nf; k++) {
    oracle_solution_margin(r, s, s->f[k]);
    mpq_sub(r, one, r);
    oracle_q_scale(r, -exponent(s, s->f[k]));
    mpq_mul(r, r, r);
    mpq_add(R2, R2, r);
  }
  mpq_clears(r, one, NULL);
}

/* (R): |solution_i - l_i| <= 2^-e_i ||D r||/2^mu, and (N): ||W_F - W(l)||^2 <= ||D r||^2/2^mu. */
static void radii(oracle_solution *s) {
  mpq_t R2;
  mpq_init(R2);
  residual(R2, s);
  s->near_zero = mpq_sgn(R2) == 0;
  s->radius = s->near = 0;
  s->has_near = 1;
  if (!s->near_zero) {
    s->radius = oracle_q_ceil_log4(R2) - s->mu;
    oracle_q_scale(R2, -s->mu);
    s->near = oracle_q_ceil_log4(R2);
  }
  mpq_clear(R2);
}

static void enclosures(oracle_solution *s) {
  mpq_t r;
  mpq_init(r);
  for (size_t i = 0; i < s->count; i++) {
    mpz_set(mpq_numref(s->lo[i]), s->p[i]);
    mpz_set(mpq_denref(s->lo[i]), s->den);
    mpq_canonicalize(s->lo[i]);
    mpq_set(s->hi[i], s->lo[i]);
    if (s->mode != ORACLE_ENCLOSED || s->near_zero || mpz_sgn(s->p[i]) == 0) continue;
    mpq_set_ui(r, 1, 1);
    oracle_q_scale(r, s->radius - exponent(s, i));
    mpq_sub(s->lo[i], s->lo[i], r);
    mpq_add(s->hi[i], s->hi[i], r);
  }
  mpq_clear(r);
}

lfap_status oracle_solution_enclose(lfap_ctx *ctx, oracle_solution *s, int proved) {
  support(s);
  if (s->mode == ORACLE_ENCLOSED) {
    lfap_status st = proved ? LFAP_OK : oracle_qm_positive(ctx, &proved, s->q, s->f, s->nf, s->bits, s->mu);
    if (st) return st;
    if (!proved)
      return lfap_fail(ctx, LFAP_ERR_DATA, "the bound of the inverse, 2^%ld with %u bits, is not proved", -s->mu,
                       s->bits);
  }
  if (s->mode != ORACLE_APPROXIMATE) radii(s);
  if (s->mode == ORACLE_EXACT && !s->near_zero)
    return lfap_fail(ctx, LFAP_ERR_DATA, "the multipliers given as exact do not solve %s on their support",
                     s->count == s->q->gram->n ? "Q lambda = 1" : "M l = 1");
  enclosures(s);
  return LFAP_OK;
}

static void least(mpq_t at, int *has, const mpq_t x) {
  if (!*has || mpq_cmp(x, at) < 0) mpq_set(at, x);
  *has = 1;
}

/* Positive on the support; (S): (M solution)_i >= (M l)_i - 2^(near + e_i + 1) above 1 off it. An exact solution may
   have (M l)_i = 1 off its support. */
lfap_verdict oracle_solution_judge(oracle_solution *s) {
  mpq_t x, one, r;
  if (!s->has_near) return LFAP_UNDECIDED;
  int good = s->nf > 0 && s->nonnegative;
  mpq_inits(x, one, r, NULL);
  mpq_set_ui(one, 1, 1);
  for (size_t i = 0; i < s->count; i++) {
    if (mpz_sgn(s->p[i]) != 0) {
      least(s->least, &s->has_least, s->lo[i]);
      good = good && mpq_sgn(s->lo[i]) > 0;
      continue;
    }
    oracle_solution_margin(x, s, i);
    mpq_sub(x, x, one);
    if (!s->near_zero) {
      mpq_set_ui(r, 1, 1);
      oracle_q_scale(r, s->near + exponent(s, i) + 1);
      mpq_sub(x, x, r);
    }
    least(s->slack, &s->has_slack, x);
    good = good && (s->mode == ORACLE_EXACT ? mpq_sgn(x) >= 0 : mpq_sgn(x) > 0);
  }
  mpq_clears(x, one, r, NULL);
  return good ? LFAP_PASS : LFAP_UNDECIDED;
}
