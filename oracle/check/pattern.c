/* pattern.c - margins of a proposal in integers, and two balls around it that hold W^o: of the duality gap, and of the
 * residual (spec/certificate.md, "Patterns", (D) and (E)). */
#include "oracle/check/pattern.h"

#include <stdlib.h>

#include "io/parallel.h"
#include "oracle/interval/dyadic.h"

/* ---- products ---------------------------------------------------------------------------------------------------- */

typedef struct {
  const oracle_pattern *P;
  const oracle_gram *gram;
} factors;

static void product_pairs(void *arg, size_t begin, size_t end, int worker) {
  const factors *w = arg;
  const oracle_pattern *P = w->P;
  (void)worker;
  for (size_t at = begin; at < end; at++) {
    size_t j = at / P->n, i = at % P->n;
    mpz_t view, *c = P->c + j * P->n;
    mpz_set_ui(P->t[at], 0);
    for (size_t k = 0; k < P->n; k++) {
      if (mpz_sgn(c[k]) == 0) continue;
      if (P->y[i] == P->y[k]) mpz_addmul(P->t[at], oracle_gram_at(view, w->gram, i, k), c[k]);
      else mpz_submul(P->t[at], oracle_gram_at(view, w->gram, i, k), c[k]);
    }
  }
}

/* The slope of an other pair as a bound: gamma where t > 0, 1 elsewhere; times T. */
static mpz_srcptr lower_slope(const oracle_pattern *P, const mpz_t t) { return mpz_sgn(t) > 0 ? P->g : P->T; }

/* out += size o t or size min(t, gamma t), times T. */
static void add_pair(mpz_t out, mpz_t z, const oracle_pattern *P, size_t j, size_t i) {
  mpz_srcptr t = P->t[j * P->n + i];
  int own = oracle_pattern_own(P, j, i);
  mpz_mul(z, t, own ? (P->on[j * P->n + i] ? P->T : P->g) : lower_slope(P, t));
  mpz_addmul_ui(out, z, P->size[j]);
}

lfap_status oracle_pattern_products(lfap_ctx *ctx, oracle_pattern *P, const oracle_qm *plain) {
  const oracle_gram *gram = plain->gram;
  factors w = {P, gram};
  double work = (double)P->groups * (double)P->n * (double)P->n;
  size_t rows = 1 + P->groups / 16;
  P->lt = P->lc + gram->e;
  P->lv = P->lt - P->s;
  for (size_t j = 0; j < P->groups; j += rows) { /* in parts, so that somebody may ask how far it is */
    lfap_status st = lfap_tick(ctx, "margins of the pattern", (double)j, (double)P->groups);
    if (st) return st;
    factors part = w;
    oracle_pattern view = *P;
    size_t count = P->groups - j < rows ? P->groups - j : rows;
    view.c += j * P->n;
    view.t += j * P->n;
    part.P = &view;
    lfap_parallel(lfap_threads(ctx), count * P->n, 1 + P->n / 16, work * 100, product_pairs, &part);
  }
  mpz_t z;
  mpz_init(z);
  for (size_t i = 0; i < P->n; i++) {
    mpz_set_ui(P->v[i], 0);
    for (size_t j = 0; j < P->groups; j++) add_pair(P->v[i], z, P, j, i);
    if (i == 0 || mpz_cmp(P->v[i], P->floor) < 0) mpz_set(P->floor, P->v[i]);
  }
  for (size_t i = 0; i < P->n; i++) {
    mpz_t view;
    P->e[i] = plain->e[i];
    oracle_q_set_2exp(P->norm2[i], oracle_gram_at(view, gram, i, i), gram->e);
  }
  mpz_clear(z);
  return lfap_tick(ctx, "margins of the pattern", (double)P->groups, (double)P->groups);
}

/* ---- the gap ----------------------------------------------------------------------------------------------------- */

/* z = C - p times the slope of min(t, gamma t) at t: what is missing to complementarity at an other pair. */
static void missing(mpz_t z, const oracle_pattern *P, size_t j, size_t i) {
  size_t at = j * P->n + i;
  mpz_set(z, P->c[at]);
  mpz_submul(z, P->p[i], lower_slope(P, P->t[at]));
}

/* (D): m ||W^o - W(z)/q||^2 <= m gap = GAP 2^(le + lv)/q^2 at the least margin q = floor 2^lv/m, with the integer
   GAP = sum p_n (V_n - floor) + sum over other pairs of (C - p slope) T, no term negative. */
void oracle_pattern_gap(oracle_pattern *P) {
  mpz_t gap, z;
  mpq_t least;
  if (mpz_sgn(P->floor) <= 0) return;
  mpz_inits(gap, z, NULL);
  mpq_init(least);
  for (size_t i = 0; i < P->n; i++) {
    mpz_sub(z, P->v[i], P->floor);
    mpz_addmul(gap, z, P->p[i]);
    for (size_t j = 0; j < P->groups; j++) {
      if (oracle_pattern_own(P, j, i)) continue;
      missing(z, P, j, i);
      mpz_mul(z, z, P->t[j * P->n + i]);
      mpz_addmul_ui(gap, z, P->size[j]);
    }
  }
  oracle_q_set_2exp(least, P->floor, P->lv);
  mpq_set_ui(P->scale, P->m, 1);
  mpq_div(P->scale, P->scale, least);
  oracle_q_set_2exp(P->ball2, gap, P->le + P->lv);
  mpq_mul(P->ball2, P->ball2, P->scale);
  mpq_mul(P->ball2, P->ball2, P->scale);
  mpz_clears(gap, z, NULL);
  mpq_clear(least);
}

size_t oracle_pattern_open(const oracle_pattern *P, size_t *f) {
  size_t nf = 0;
  for (size_t i = 0; i < P->n; i++)
    if (mpz_sgn(P->p[i]) > 0 || !P->off[i]) f[nf++] = i;
  return nf;
}

/* ---- the residual ------------------------------------------------------------------------------------------------ */

/* r = rho^2/(sum of o^2) + sum of t^2 over the other pairs that are not complementary, at sample i; rho is what is
   missing to m in m q_i without these pairs, and is not asked for where p_i = 0 and q_i >= 1. */
static void residual_at(mpq_t r, const oracle_pattern *P, size_t i) {
  mpz_t rest, kinks, z;
  mpq_t q;
  mpz_inits(rest, kinks, z, NULL);
  mpq_init(q);
  for (size_t j = 0; j < P->groups; j++) {
    int own = oracle_pattern_own(P, j, i);
    if (!own) missing(z, P, j, i);
    if (own || mpz_sgn(z) == 0 || mpz_sgn(P->t[j * P->n + i]) == 0) add_pair(rest, z, P, j, i);
    else {
      mpz_mul(z, P->t[j * P->n + i], P->t[j * P->n + i]);
      mpz_addmul_ui(kinks, z, P->size[j]);
    }
  }
  oracle_q_set_2exp(r, rest, P->lv);
  mpq_set_ui(q, P->m, 1);
  mpq_sub(r, r, q);
  if (mpz_sgn(P->p[i]) == 0 && mpq_sgn(r) > 0) mpq_set_ui(r, 0, 1);
  mpq_mul(r, r, r);
  mpq_div(r, r, P->own[i]);
  oracle_q_set_2exp(q, kinks, 2 * P->lt);
  mpq_add(r, r, q);
  mpz_clears(rest, kinks, z, NULL);
  mpq_clear(q);
}

void oracle_pattern_weigh(oracle_pattern *P) {
  for (size_t i = 0; i < P->n; i++) mpq_set_ui(P->own[i], P->m, 1);
}

/* (E): m ||W^o - W(z)||^2 <= 2^-mu sum 4^-e_i r_i over the samples that may be on the support. */
void oracle_pattern_residual(oracle_pattern *P, long mu) {
  mpq_t sum, r;
  mpq_inits(sum, r, NULL);
  P->bounded = 1;
  P->mu = mu;
  for (size_t i = 0; i < P->n; i++) {
    if (P->off[i] && mpz_sgn(P->p[i]) == 0) continue;
    residual_at(r, P, i);
    oracle_q_scale(r, -2 * P->e[i]);
    mpq_add(sum, sum, r);
  }
  oracle_q_scale(sum, -mu);
  if (mpq_cmp(sum, P->ball2) < 0) {
    mpq_set(P->ball2, sum);
    mpq_set_ui(P->scale, 1, 1);
  }
  mpq_clears(sum, r, NULL);
}
