/* find_runs.c - a theorem about a network in training: T5 at points, or C4 with the multipliers and slopes of a
 * polished point for the proposal. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "oracle/coq/network.h"
#include "oracle/coq/runs.h"
#include "oracle/exact/gram.h"

enum { MULTIPLIER_BITS = 48, ENTRIES_MOST = 500000 /* all stand in one file */ };

long oracle_coq_grid(const oracle_coq *t, const oracle_coq_about *about) {
  const lfap_data *sets[] = {about->data, about->other, about->third,
                             &(lfap_data){.x = t->z, .n = t->points, .d = t->d}};
  long e = t->claim == ORACLE_COQ_SPLIT || t->claim == ORACLE_COQ_C4 ? -ORACLE_COQ_ROOT_BITS : 0;
  for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
    long own = sets[i] && sets[i]->n ? oracle_grid_exponent(sets[i]->x, sets[i]->n * sets[i]->d) : 0;
    if (own < e) e = own;
  }
  return e;
}

/* ---- T5 ---------------------------------------------------------------------------------------------------------- */

static int split_sign(const void *of, double gamma, const double *z) { return oracle_coq_split_sign(of, gamma, z); }

static lfap_status find_split(lfap_ctx *ctx, int *found, oracle_coq *t, const oracle_coq_about *about,
                              const oracle_coq_wish *wish) {
  lfap_status st = oracle_coq_decide(ctx, t, wish, split_sign, about);
  *found = !st && t->points > 0;
  if (!st && !*found)
    lfap_fail(ctx, LFAP_OK, "split: at none of the %zu points do the perturbations outweigh the rest", wish->points);
  return st;
}

/* ---- C4 ---------------------------------------------------------------------------------------------------------- */

/* Multipliers of 48 bits. */
static void take_multipliers(oracle_coq *t, const double *lambda) {
  double most = 0.0;
  int k = 0;
  for (size_t i = 0; i < t->n; i++) most = fmax(most, lambda[i]);
  frexp(most, &k);
  for (size_t i = 0; i < t->n; i++)
    mpz_set_d(t->p[i], lambda[i] > 0 ? floor(ldexp(lambda[i], MULTIPLIER_BITS - k) + 0.5) : 0.0);
}

/* Slopes over T, those of own pairs gamma or 1. */
static void take_slopes(oracle_coq *t, const oracle_coq_about *about, const double *slopes) {
  long more, s = oracle_coq_slope_bits(t->gamma, &more);
  size_t m = about->other->n;
  mpz_t g, one;
  mpz_inits(g, one, NULL);
  oracle_grid_int(g, t->gamma, -s);
  mpz_mul_2exp(g, g, (mp_bitcnt_t)more);
  mpz_setbit(one, (mp_bitcnt_t)(s + more));
  for (size_t i = 0; i < m * t->n; i++) {
    mpz_ptr out = t->p[t->n + i];
    int own = (i / t->n < m / 2) == (about->data->y[i % t->n] > 0);
    if (own) mpz_set(out, slopes[i] > 0.5 * (1.0 + t->gamma) ? one : g);
    else {
      mpz_set_d(out, ldexp(slopes[i], (int)(s + more)));
      if (mpz_cmp(out, g) < 0) mpz_set(out, g);
      if (mpz_cmp(out, one) > 0) mpz_set(out, one);
    }
  }
  mpz_clears(g, one, NULL);
}

static lfap_status find_C4(lfap_ctx *ctx, int *found, oracle_coq *t, const oracle_coq_about *about,
                           const oracle_coq_wish *wish) {
  oracle_coq_run run;
  const char *wrong = NULL;
  lfap_status st = oracle_coq_numbers(ctx, t, t->n * (1 + about->other->n));
  if (st) return st;
  t->bits = MULTIPLIER_BITS;
  take_multipliers(t, wish->point->lambda);
  take_slopes(t, about, wish->point->slope);
  oracle_coq_run_init(&run);
  st = oracle_coq_converges(ctx, &wrong, &run, t, about, oracle_coq_grid(t, about));
  mpz_set(t->den, run.den);
  oracle_coq_run_clear(&run);
  *found = !st && !wrong;
  if (!st && wrong) lfap_fail(ctx, LFAP_OK, "%s", wrong);
  return st;
}

/* ---- either ------------------------------------------------------------------------------------------------------ */

static size_t entries(const lfap_data *x) { return x ? x->n * x->d : 0; }

lfap_status oracle_coq_find_run(lfap_ctx *ctx, int *found, oracle_coq *out, const oracle_coq_about *about, double gamma,
                                const oracle_coq_wish *wish) {
  oracle_coq t = {.claim = (oracle_coq_claim)wish->claim,
                  .form = wish->form,
                  .n = about->data->n,
                  .d = about->data->d,
                  .gamma = gamma,
                  .step = wish->step};
  size_t all = entries(about->data) + entries(about->other) + entries(about->third);
  *found = 0;
  snprintf(t.sha256, sizeof t.sha256, "%s", about->sha256);
  mpz_init(t.den);
  lfap_status st = LFAP_OK;
  if (all > ENTRIES_MOST)
    lfap_fail(ctx, LFAP_OK, "%s: %zu entries are more than the %d of a small network", oracle_coq_claim_names[t.claim],
              all, ENTRIES_MOST);
  else st = (t.claim == ORACLE_COQ_C4 ? find_C4 : find_split)(ctx, found, &t, about, wish);
  if (!st && *found) *out = t;
  else oracle_coq_free(&t);
  return st;
}
