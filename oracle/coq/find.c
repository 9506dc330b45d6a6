/* find.c - which theorem holds of the data, and multipliers of few bits that show it: proposed by doubles or by a
 * certificate, rounded, decided by sums.c. More bits are taken while something stays open. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle/coq/statement.h"
#include "oracle/exact/gram.h"
#include "oracle/interval/dyadic.h"

const char *const oracle_coq_form_names[ORACLE_COQ_FORMS] = {"axiom-free", "fast"};
const char *const oracle_coq_claim_names[ORACLE_COQ_CLAIMS] = {"T1", "C1", "C2", "not-C1"};

static const unsigned tried[] = {24, 32, 48, 64, 96, 128, 192, 256};
enum { TRIED = sizeof tried / sizeof tried[0], TRIED_DOUBLES = 4 /* doubles have no more to say */ };

typedef struct {
  lfap_ctx *ctx;
  const lfap_limit *lim;
  const oracle_coq_wish *wish;
  oracle_coq_sums sums;
  oracle_coq t;
  char why[600];
} finder;

/* ---- multipliers ------------------------------------------------------------------------------------------------- */

static lfap_status numbers(lfap_ctx *ctx, oracle_coq *t, size_t count) {
  t->p = malloc((count ? count : 1) * sizeof *t->p);
  if (!t->p) return lfap_fail(ctx, LFAP_ERR_MEMORY, "theorem: no memory for %zu multipliers", count);
  for (size_t i = 0; i < count; i++) mpz_init(t->p[i]);
  t->count = count;
  return LFAP_OK;
}

void oracle_coq_free(oracle_coq *t) {
  for (size_t i = 0; t->p && i < t->count; i++) mpz_clear(t->p[i]);
  if (t->n) mpz_clear(t->den);
  free(t->p);
  free(t->z);
  free(t->sign);
  *t = (oracle_coq){0};
}

/* Does the certificate have these multipliers? Numerators of `count` of them in *p (*n: so many, the rest is 0). */
static int certified(const oracle_cert *c, size_t count, const mpz_t **p, mpz_srcptr *den, size_t *n) {
  if (!c || !c->n) return 0;
  int kinks = count > c->n && c->c2.p;
  if (kinks && c->c2.inseparable) return 0;
  *p = (const mpz_t *)(kinks ? c->c2.p : c->p);
  *den = kinks ? c->c2.den : c->den;
  *n = kinks ? count : c->n;
  return 1;
}

/* out = q, rounded to `bits` bits after the point; below 0 it is 0. */
static void round_to(mpz_t out, mpq_t q, long bits) {
  oracle_q_scale(q, bits + 1);
  mpz_fdiv_q(out, mpq_numref(q), mpq_denref(q));
  mpz_add_ui(out, out, 1);
  mpz_fdiv_q_2exp(out, out, 1);
  if (mpz_sgn(out) < 0) mpz_set_ui(out, 0);
}

/* The multiplier i, exactly. */
static void multiplier(mpq_t out, const finder *f, size_t i) {
  const oracle_coq *t = &f->t;
  const mpz_t *p;
  mpz_srcptr den;
  size_t n;
  if (certified(f->wish->cert, t->count, &p, &den, &n)) {
    mpq_set_ui(out, 0, 1);
    if (i >= n) return;
    mpz_set(mpq_numref(out), p[i]);
    mpz_set(mpq_denref(out), den);
    mpq_canonicalize(out);
    return;
  }
  double v = t->count == t->n ? f->lim->lambda_q[i] : i < t->n ? f->lim->c2.alpha[i] : f->lim->c2.beta[i - t->n];
  oracle_q_set_d(out, isfinite(v) ? v : 0.0);
}

/* Numerators of `bits` bits or, where multipliers are above 1, as many after the point. */
static void propose(finder *f, unsigned bits) {
  long most = -1000000;
  mpq_t q;
  mpq_init(q);
  for (size_t i = 0; i < f->t.count; i++) {
    multiplier(q, f, i);
    if (mpq_sgn(q) <= 0) continue;
    long top = (long)mpz_sizeinbase(mpq_numref(q), 2) - (long)mpz_sizeinbase(mpq_denref(q), 2);
    if (top > most) most = top;
  }
  long after = most > 0 || most == -1000000 ? (long)bits : (long)bits - most;
  for (size_t i = 0; i < f->t.count; i++) {
    multiplier(q, f, i);
    round_to(f->t.p[i], q, after);
  }
  mpq_clear(q);
  f->t.bits = bits;
}

/* ---- points ------------------------------------------------------------------------------------------------------ */

/* The sides that the sums tell; how many points stay open. Those come out of the list. */
static size_t decide_points(finder *f, signed char *sign) {
  size_t open = 0;
  for (size_t i = 0; i < f->wish->points; i++) {
    sign[i] = (signed char)oracle_coq_sums_sign(&f->sums, f->wish->z + i * f->t.d);
    open += sign[i] == 0;
  }
  return open;
}

static lfap_status keep_points(finder *f, const signed char *sign) {
  oracle_coq *t = &f->t;
  size_t d = t->d;
  t->points = 0;
  t->z = malloc((f->wish->points ? f->wish->points * d : 1) * sizeof *t->z);
  t->sign = malloc(f->wish->points + 1);
  if (!t->z || !t->sign)
    return lfap_fail(f->ctx, LFAP_ERR_MEMORY, "theorem: no memory for %zu points", f->wish->points);
  for (size_t i = 0; i < f->wish->points; i++) {
    if (!sign[i]) continue;
    for (size_t k = 0; k < d; k++) t->z[t->points * d + k] = f->wish->z[i * d + k] + 0.0; /* one zero */
    t->sign[t->points++] = sign[i];
  }
  return LFAP_OK;
}

/* ---- claims ------------------------------------------------------------------------------------------------------ */

/* Adds why a claim is not shown; `proved` -1: it does not hold. */
static void explain(finder *f, oracle_coq_claim claim, int proved, size_t at) {
  char *to = f->why + strlen(f->why);
  size_t room = sizeof f->why - (size_t)(to - f->why);
  const char *name = oracle_coq_claim_names[claim], *sep = to == f->why ? "" : "; ";
  if (claim == ORACLE_COQ_T1) snprintf(to, room, "%sT1: (H) does not hold", sep);
  else if (mpz_sgn(f->t.den) == 0)
    snprintf(to, room, "%s%s: its programme has no solution that doubles find", sep, name);
  else if (claim == ORACLE_COQ_NOT_C1 && proved) snprintf(to, room, "%snot-C1: C1(b) holds at every sample", sep);
  else if (claim == ORACLE_COQ_NOT_C1) snprintf(to, room, "%snot-C1: no sign of C1(b) is proved to be reversed", sep);
  else
    snprintf(to, room, "%s%s: %s at sample %zu", sep, name, proved ? "it is refuted" : "a sign is too near to 0", at);
}

/* 1: proved; -1: it does not hold; 0: open; f->why has the reason. */
static lfap_status by_multipliers(finder *f, oracle_coq_claim claim, int *proved) {
  oracle_coq *t = &f->t;
  const mpz_t *p;
  mpz_srcptr den;
  size_t n, at = 0, open = 0, rounds = certified(f->wish->cert, t->count, &p, &den, &n) ? TRIED : TRIED_DOUBLES;
  signed char *sign = calloc(f->wish->points + 1, 1);
  lfap_status st =
      sign ? LFAP_OK : lfap_fail(f->ctx, LFAP_ERR_MEMORY, "theorem: no memory for %zu points", f->wish->points);
  for (size_t i = 0; !st && i < rounds; i++) {
    propose(f, tried[i]);
    st = oracle_coq_sums_make(&f->sums, t->den, (const mpz_t *)t->p, t->count);
    if (st || mpz_sgn(t->den) == 0) continue;
    *proved = oracle_coq_sums_prove(&f->sums, claim, &at);
    size_t left = *proved > 0 && oracle_coq_tells(claim) ? decide_points(f, sign) : 0;
    if (*proved < 0 || (*proved > 0 && (left == 0 || left == open))) break;
    open = left;
  }
  if (!st && *proved > 0 && oracle_coq_tells(claim)) st = keep_points(f, sign);
  free(sign);
  if (!st && *proved <= 0) explain(f, claim, *proved, at);
  return st;
}

static lfap_status by_inner_products(finder *f, int *proved) {
  oracle_coq_hypothesis h;
  lfap_status st = oracle_coq_hypothesis_make(&h, &f->sums);
  if (st) return st;
  *proved = h.holds ? 1 : -1;
  oracle_coq_hypothesis_free(&h);
  if (*proved < 0) explain(f, ORACLE_COQ_T1, -1, 0);
  return LFAP_OK;
}

static lfap_status try_claim(finder *f, oracle_coq_claim claim, int *proved) {
  oracle_coq *t = &f->t;
  t->claim = claim;
  *proved = 0;
  if (claim == ORACLE_COQ_T1) return by_inner_products(f, proved);
  lfap_status st = numbers(f->ctx, t, claim == ORACLE_COQ_C2 ? 2 * t->n : t->n);
  if (!st) st = by_multipliers(f, claim, proved);
  if (st || *proved > 0) return st;
  for (size_t i = 0; i < t->count; i++) mpz_clear(t->p[i]);
  free(t->p);
  t->p = NULL;
  t->count = 0;
  return LFAP_OK;
}

lfap_status oracle_coq_find(lfap_ctx *ctx, int *found, oracle_coq *out, const lfap_data *data, const lfap_limit *lim,
                            const oracle_coq_wish *wish) {
  finder f = {.ctx = ctx, .lim = lim, .wish = wish};
  *found = 0;
  lfap_status st = oracle_coq_sums_open(ctx, &f.sums, data, lim->gamma);
  if (st) return st;
  f.t = (oracle_coq){.form = wish->form, .n = data->n, .d = data->d, .gamma = lim->gamma};
  snprintf(f.t.sha256, sizeof f.t.sha256, "%s", wish->sha256);
  mpz_init(f.t.den);
  for (int claim = 0; !st && *found <= 0 && claim < ORACLE_COQ_CLAIMS; claim++) {
    int asked = wish->claim < 0 ? claim != ORACLE_COQ_T1 || !wish->points : wish->claim == claim;
    if (asked) st = try_claim(&f, (oracle_coq_claim)claim, found);
  }
  *found = *found > 0;
  oracle_coq_sums_close(&f.sums);
  if (!st && !*found) lfap_fail(ctx, LFAP_OK, "%s", f.why);
  if (!st && *found) *out = f.t;
  else oracle_coq_free(&f.t);
  return st;
}
