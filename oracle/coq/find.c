/* find.c - which theorem holds of the data, and multipliers of few bits that show it: proposed by doubles or by a
 * certificate, rounded, decided by sums.c. More bits are taken while something stays open. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle/coq/claims.h"
#include "oracle/coq/network.h"
#include "oracle/coq/statement.h"
#include "oracle/exact/gram.h"
#include "oracle/interval/dyadic.h"

const char *const oracle_coq_form_names[ORACLE_COQ_FORMS] = {"axiom-free", "fast"};
const char *const oracle_coq_claim_names[ORACLE_COQ_CLAIMS] = {"T1", "C1",      "C2",   "not-C1", "T4",
                                                               "T5", "network", "bent", "split",  "C4"};

static const unsigned tried[] = {24, 32, 48, 64, 96, 128, 192, 256};
enum { TRIED = sizeof tried / sizeof tried[0], TRIED_DOUBLES = 4 /* doubles have no more to say */ };

typedef struct {
  lfap_ctx *ctx;
  const lfap_limit *lim;
  const oracle_coq_wish *wish;
  oracle_coq_sums sums;
  oracle_coq t;
  signed char *sign; /* of the wish's points; 0: not told */
  char why[600];
} finder;

/* ---- multipliers ------------------------------------------------------------------------------------------------- */

lfap_status oracle_coq_numbers(lfap_ctx *ctx, oracle_coq *t, size_t count) {
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
  if (t->adversarial) oracle_coq_free(t->adversarial);
  free(t->adversarial);
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

/* The sides that the sums tell; how many points stay open. */
static size_t decide_points(finder *f) {
  size_t open = 0;
  for (size_t i = 0; i < f->wish->points; i++) {
    f->sign[i] = (signed char)oracle_coq_sums_sign(&f->sums, f->wish->z + i * f->t.d);
    open += f->sign[i] == 0;
  }
  return open;
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

/* 1: proved; -1: it does not hold; 0: open; f->why has the reason. The sides of points, as far as they are told. */
static lfap_status by_multipliers(finder *f, oracle_coq_claim claim, int *proved) {
  oracle_coq *t = &f->t;
  const mpz_t *p;
  mpz_srcptr den;
  size_t n, at = 0, open = 0, rounds = certified(f->wish->cert, t->count, &p, &den, &n) ? TRIED : TRIED_DOUBLES;
  lfap_status st = LFAP_OK;
  for (size_t i = 0; !st && i < rounds; i++) {
    propose(f, tried[i]);
    st = oracle_coq_sums_make(&f->sums, t->den, (const mpz_t *)t->p, t->count);
    if (st || mpz_sgn(t->den) == 0) continue;
    *proved = oracle_coq_sums_prove(&f->sums, claim, &at);
    size_t left = *proved > 0 && oracle_coq_claims[claim].tells ? decide_points(f) : 0;
    if (*proved < 0 || (*proved > 0 && (left == 0 || left == open))) break;
    open = left;
  }
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

static lfap_status begin(finder *f, lfap_ctx *ctx, const lfap_data *data, const char *sha256, const lfap_limit *lim,
                         const oracle_coq_wish *wish) {
  *f = (finder){.ctx = ctx, .lim = lim, .wish = wish, .sign = calloc(wish->points + 1, 1)};
  if (!f->sign) return lfap_fail(ctx, LFAP_ERR_MEMORY, "theorem: no memory for %zu points", wish->points);
  lfap_status st = oracle_coq_sums_open(ctx, &f->sums, data, lim->gamma);
  if (st) return st;
  f->t = (oracle_coq){.form = wish->form, .n = data->n, .d = data->d, .gamma = lim->gamma};
  snprintf(f->t.sha256, sizeof f->t.sha256, "%s", sha256);
  mpz_init(f->t.den);
  return LFAP_OK;
}

/* The theorem is kept where it was found. */
static void close_finder(finder *f, oracle_coq *kept) {
  oracle_coq_sums_close(&f->sums);
  free(f->sign);
  if (kept) *kept = f->t;
  else oracle_coq_free(&f->t);
}

/* C2 of the adversarial set, and the points whose side it tells alike. */
static lfap_status by_the_other_set(finder *f, const oracle_coq_about *about, int *proved) {
  finder other;
  oracle_coq_wish wish = *f->wish;
  wish.cert = NULL;
  *proved = 0;
  lfap_status st = begin(&other, f->ctx, about->other, about->other_sha256, wish.adversarial, &wish);
  other.t.claim = ORACLE_COQ_C2;
  if (!st) st = oracle_coq_numbers(f->ctx, &other.t, 2 * other.t.n);
  if (!st) st = by_multipliers(&other, ORACLE_COQ_C2, proved);
  for (size_t i = 0; *proved > 0 && i < wish.points; i++) {
    f->t.differ += f->sign[i] * other.sign[i] < 0;
    if (f->sign[i] != other.sign[i]) f->sign[i] = 0;
  }
  if (!st && *proved > 0) f->t.adversarial = malloc(sizeof *f->t.adversarial);
  if (!st && *proved > 0 && !f->t.adversarial) st = lfap_fail(f->ctx, LFAP_ERR_MEMORY, "theorem: out of memory");
  if (!st && *proved <= 0) snprintf(f->why, sizeof f->why, "T4: of the adversarial set: %.500s", other.why);
  close_finder(&other, st ? NULL : f->t.adversarial);
  return st;
}

/* The one sign of all y_n <x_n, z>. */
static lfap_status by_every_sample(finder *f, const lfap_data *data, int *proved) {
  size_t points = f->wish->points;
  int *sign = malloc((points + 1) * sizeof *sign);
  if (!sign) return lfap_fail(f->ctx, LFAP_ERR_MEMORY, "theorem: no memory for %zu points", points);
  lfap_status st = oracle_kkt_signs(f->ctx, sign, data, f->wish->z, points);
  for (size_t i = 0; !st && i < points; i++) f->sign[i] = (signed char)sign[i];
  free(sign);
  *proved = !st;
  return st;
}

static lfap_status by_claim(finder *f, const oracle_coq_about *about, oracle_coq_claim claim, int *proved) {
  if (claim == ORACLE_COQ_T1) return by_inner_products(f, proved);
  if (claim == ORACLE_COQ_T5) return by_every_sample(f, about->data, proved);
  lfap_status st = oracle_coq_numbers(f->ctx, &f->t, (size_t)oracle_coq_claims[claim].per_row * f->t.n);
  if (!st) st = by_multipliers(f, claim == ORACLE_COQ_T4 ? ORACLE_COQ_C2 : claim, proved);
  return !st && *proved > 0 && claim == ORACLE_COQ_T4 ? by_the_other_set(f, about, proved) : st;
}

static lfap_status try_claim(finder *f, const oracle_coq_about *about, oracle_coq_claim claim, int *proved) {
  oracle_coq *t = &f->t;
  const oracle_coq_words *c = &oracle_coq_claims[claim];
  t->claim = claim;
  *proved = 0;
  lfap_status st = by_claim(f, about, claim, proved);
  if (!st && *proved > 0 && c->tells) st = oracle_coq_keep(f->ctx, t, f->wish->z, f->sign, f->wish->points);
  if (!st && *proved > 0 && c->needs && t->points == 0) {
    snprintf(f->why, sizeof f->why, "%s: it tells of none of the %zu points", oracle_coq_claim_names[claim],
             f->wish->points);
    *proved = 0;
  }
  if (st || *proved > 0) return st;
  for (size_t i = 0; i < t->count; i++) mpz_clear(t->p[i]);
  free(t->p);
  t->p = NULL;
  t->count = 0;
  return LFAP_OK;
}

lfap_status oracle_coq_find(lfap_ctx *ctx, int *found, oracle_coq *out, const oracle_coq_about *about,
                            const lfap_limit *lim, const oracle_coq_wish *wish) {
  finder f;
  *found = 0;
  lfap_status st = begin(&f, ctx, about->data, about->sha256, lim, wish);
  for (int claim = 0; !st && *found <= 0 && claim < ORACLE_COQ_SETS; claim++) {
    int strongest = claim <= ORACLE_COQ_NOT_C1 && (claim != ORACLE_COQ_T1 || !wish->points);
    if (wish->claim < 0 ? strongest : wish->claim == claim) st = try_claim(&f, about, (oracle_coq_claim)claim, found);
  }
  *found = *found > 0;
  if (!st && !*found) lfap_fail(ctx, LFAP_OK, "%s", f.why);
  close_finder(&f, !st && *found ? out : NULL);
  return st;
}
