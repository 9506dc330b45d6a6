/* network.c - see network.h. */
#include "oracle/coq/network.h"

#include <stdio.h>
#include <stdlib.h>

#include "oracle/exact/gram.h"

/* ---- signs ------------------------------------------------------------------------------------------------------- */

/* out += <w, z>, of entries w 2^ew, z 2^ez. */
static void add_product(mpz_t out, const double *w, long ew, const double *z, long ez, size_t d) {
  mpz_t a, b;
  mpz_inits(a, b, NULL);
  for (size_t i = 0; i < d; i++) {
    oracle_grid_int(a, w[i], ew);
    oracle_grid_int(b, z[i], ez);
    mpz_addmul(out, a, b);
  }
  mpz_clears(a, b, NULL);
}

int oracle_coq_network_sign(const lfap_data *w, double gamma, const double *z, const double *plus) {
  size_t d = w->d;
  long ew = oracle_grid_exponent(w->x, w->n * d), ez = oracle_grid_exponent(z, d), s = oracle_grid_exponent(&gamma, 1);
  long ep = plus ? oracle_grid_exponent(plus, d) : ez;
  mpz_t value, q, g;
  mpz_inits(value, q, g, NULL);
  oracle_grid_int(g, gamma, s); /* s < 0: gamma is below 1 */
  if (ep < ez) ez = ep;
  for (size_t j = 0; j < w->n; j++) {
    mpz_set_ui(q, 0);
    add_product(q, w->x + j * d, ew, z, ez, d);
    if (plus) add_product(q, w->x + j * d, ew, plus, ez, d);
    if (mpz_sgn(q) < 0) mpz_mul(q, q, g);
    else mpz_mul_2exp(q, q, (mp_bitcnt_t)-s);
    if (j < w->n / 2) mpz_add(value, value, q);
    else mpz_sub(value, value, q);
  }
  int sign = mpz_sgn(value);
  mpz_clears(value, q, g, NULL);
  return sign;
}

int oracle_coq_network_bent(const lfap_data *w, double gamma, const double *z1, const double *z2) {
  int sign = oracle_coq_network_sign(w, gamma, z1, NULL);
  return sign && oracle_coq_network_sign(w, gamma, z2, NULL) == sign &&
         oracle_coq_network_sign(w, gamma, z1, z2) == -sign;
}

/* ---- a theorem --------------------------------------------------------------------------------------------------- */

lfap_status oracle_coq_keep(lfap_ctx *ctx, oracle_coq *t, const double *z, const signed char *sign, size_t points) {
  size_t d = t->d;
  t->z = malloc((points ? points * d : 1) * sizeof *t->z);
  t->sign = malloc(points + 1);
  if (!t->z || !t->sign) return lfap_fail(ctx, LFAP_ERR_MEMORY, "theorem: no memory for %zu points", points);
  for (size_t i = 0; i < points; i++) {
    if (!sign[i]) continue;
    for (size_t k = 0; k < d; k++) t->z[t->points * d + k] = z[i * d + k] + 0.0; /* one zero */
    t->sign[t->points++] = sign[i];
  }
  return LFAP_OK;
}

lfap_status oracle_coq_decide(lfap_ctx *ctx, oracle_coq *t, const oracle_coq_wish *wish, oracle_coq_sign_fn sign_at,
                              const void *of) {
  signed char *sign = calloc(wish->points + 1, 1);
  if (!sign) return lfap_fail(ctx, LFAP_ERR_MEMORY, "theorem: no memory for %zu points", wish->points);
  lfap_status st = LFAP_OK;
  for (size_t i = 0; !st && i < wish->points; i++) {
    st = lfap_tick(ctx, "theorem", (double)i, (double)wish->points);
    sign[i] = (signed char)sign_at(of, t->gamma, wish->z + i * t->d);
  }
  if (!st) st = oracle_coq_keep(ctx, t, wish->z, sign, wish->points);
  free(sign);
  return st;
}

static int sign_at(const void *of, double gamma, const double *z) {
  return oracle_coq_network_sign(of, gamma, z, NULL);
}

static lfap_status decide_signs(lfap_ctx *ctx, int *found, oracle_coq *t, const lfap_data *w,
                                const oracle_coq_wish *wish) {
  lfap_status st = oracle_coq_decide(ctx, t, wish, sign_at, w);
  *found = !st && t->points > 0;
  if (!st && t->claim == ORACLE_COQ_BENT)
    *found = t->points == 2 && oracle_coq_network_bent(w, t->gamma, t->z, t->z + t->d);
  return st;
}

lfap_status oracle_coq_find_network(lfap_ctx *ctx, int *found, oracle_coq *out, const oracle_coq_about *about,
                                    double gamma, const oracle_coq_wish *wish) {
  const lfap_data *w = about->data;
  oracle_coq t = {.claim = (oracle_coq_claim)wish->claim, .form = wish->form, .n = w->n, .d = w->d, .gamma = gamma};
  *found = 0;
  snprintf(t.sha256, sizeof t.sha256, "%s", about->sha256);
  mpz_init(t.den);
  lfap_status st = decide_signs(ctx, found, &t, w, wish);
  if (!st && !*found)
    lfap_fail(ctx, LFAP_OK,
              t.claim == ORACLE_COQ_BENT ? "bent: these weights do not have the signs of the witness"
                                         : "network: f is 0 at every point");
  if (!st && *found) *out = t;
  else oracle_coq_free(&t);
  return st;
}
