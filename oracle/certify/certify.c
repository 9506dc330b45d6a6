/* certify.c - a certificate's two programmes, solved (certify/solver.h) and decided (check/): C1(a)'s, and (CP) where
 * C1(b) is not proved. While something stays undecided the precision doubles. */
#include <stdlib.h>

#include "data/range.h"
#include "oracle/certify/certify.h"
#include "oracle/certify/solver.h"
#include "oracle/check/evaluate.h"
#include "oracle/check/kinks.h"
#include "oracle/check/members.h"
#include "oracle/interval/interval.h"

typedef struct {
  lfap_ctx *ctx;
  oracle_cert c;
  oracle_qm q;
  oracle_solver s;
} maker;

/* ---- C1(a) ------------------------------------------------------------------------------------------------------- */

/* p is a ray: Q p = 0, p >= 0, so ||W(p)||^2 = 0 and the sums of both classes vanish. */
static lfap_status not_separable(maker *t) {
  const oracle_solver *s = &t->s;
  size_t i = 0, count = 0, first[2] = {0, 0};
  int zero = 1;
  oracle_qm_sums(t->ctx, s->A, s->B, s->q, (const mpz_t *)s->p);
  for (size_t n = 0; n < s->count; n++) {
    zero = zero && mpz_sgn(s->A[n]) == 0 && mpz_sgn(s->B[n]) == 0 && mpz_sgn(s->p[n]) >= 0;
    if (mpz_sgn(s->p[n]) == 0) continue;
    if (count < 2) first[count] = n;
    i = n;
    count++;
  }
  if (!zero || count < 2)
    return lfap_fail(t->ctx, LFAP_ERR_INTERNAL, "certificate: a ray that is none; please report it");
  return lfap_fail(
      t->ctx, LFAP_ERR_INFEASIBLE,
      "the data are not separable by a network with label slopes, in exact arithmetic: 0 is a combination with "
      "positive coefficients of "
      "%zu samples of class %+g (%zu, %zu%s), so that class lies in no open half-space; remove samples, or take a "
      "larger d",
      count, s->q->y[i], first[0], first[1], count > 2 ? ", ..." : "");
}

/* How many of the claims of a file are undecided; `kinks` 0: C2 is not yet asked for. */
static int open_claims(const oracle_cert *c, int kinks) {
  int open = 0;
  for (size_t i = 0; i < oracle_member_count; i++)
    open += (i == 0 || oracle_members[i].claim != oracle_members[i - 1].claim) &&
            (kinks || oracle_members[i].claim != LFAP_CLAIM_C2) &&
            c->claim[oracle_members[i].claim].verdict == LFAP_UNDECIDED;
  return open;
}

/* The mode of a proposal of doubles or bits: enclosed where the bound of the inverse is of its support, the positive
   entries. */
static oracle_mode mode_of(const oracle_solver *s) {
  size_t positive = 0;
  for (size_t i = 0; i < s->nf; i++) positive += mpz_sgn(s->p[s->f[i]]) > 0;
  return !s->failed && positive == s->nf ? ORACLE_ENCLOSED : ORACLE_APPROXIMATE;
}

static lfap_status decide(maker *t, oracle_mode mode) {
  for (size_t i = 0; i < t->s.count; i++) mpz_set(t->c.p[i], t->s.p[i]);
  mpz_set(t->c.den, t->s.den);
  t->c.mode = mode;
  t->c.bits = mode == ORACLE_ENCLOSED ? t->s.bits : 0;
  t->c.mu = mode == ORACLE_ENCLOSED ? t->s.mu : 0;
  return oracle_evaluate(t->ctx, &t->c, &t->q, 1);
}

static lfap_status by_enclosure(maker *t, unsigned prec) {
  for (;; prec *= 2) {
    t->c.prec = prec;
    lfap_status st = oracle_solver_settle(&t->s, prec);
    if (!st) st = decide(t, mode_of(&t->s));
    if (st || t->s.failed || !open_claims(&t->c, 0) || prec > t->s.max_prec / 2) return st;
    if (t->c.mode == ORACLE_APPROXIMATE) oracle_factor_free(&t->s.F);
  }
}

static lfap_status by_rationals(maker *t, unsigned prec) {
  int solvable = 0;
  lfap_status st = oracle_solver_exactly(&t->s, &solvable);
  if (st) return st;
  t->c.prec = prec;
  return solvable ? decide(t, ORACLE_EXACT) : not_separable(t);
}

/* ---- (CP) -------------------------------------------------------------------------------------------------------- */

static lfap_status decide_kinks(maker *t, const oracle_solver *s, oracle_mode mode) {
  oracle_kinks *k = &t->c.c2;
  for (size_t i = 0; i < s->count; i++) mpz_set(k->p[i], s->p[i]);
  mpz_set(k->den, s->den);
  k->mode = mode;
  k->bits = mode == ORACLE_ENCLOSED ? s->bits : 0;
  k->mu = mode == ORACLE_ENCLOSED ? s->mu : 0;
  return oracle_evaluate_kinks(t->ctx, &t->c, &t->q, 1);
}

/* Without a solution in doubles the multipliers stay 0, and C2 open. */
static lfap_status kinks_by_enclosure(maker *t, oracle_solver *s, unsigned prec) {
  if (!s->found) return decide_kinks(t, s, ORACLE_APPROXIMATE);
  for (;; prec *= 2) {
    lfap_status st = oracle_solver_settle(s, prec);
    if (!st && s->failed) oracle_solver_rough(s);
    if (!st) st = decide_kinks(t, s, mode_of(s));
    if (st || s->failed || t->c.claim[LFAP_CLAIM_C2].verdict != LFAP_UNDECIDED || prec > s->max_prec / 2) return st;
    if (t->c.c2.mode == ORACLE_APPROXIMATE) oracle_factor_free(&s->F);
  }
}

static lfap_status kinks_by_rationals(maker *t, oracle_solver *s) {
  int solvable = 0;
  lfap_status st = oracle_solver_exactly(s, &solvable);
  t->c.c2.inseparable = !solvable;
  if (solvable || st) return st ? st : decide_kinks(t, s, ORACLE_EXACT);
  st = decide_kinks(t, s, ORACLE_APPROXIMATE);
  return st == LFAP_ERR_DATA ? lfap_fail(t->ctx, LFAP_ERR_INTERNAL, "certificate: a ray that is none; please report it")
                             : st;
}

/* Where C1 is proved no kink is active: the solution is lambda and 0. */
static lfap_status kinks(maker *t, const oracle_opts *o) {
  oracle_solver s = {0};
  if (t->c.claim[LFAP_CLAIM_C1].verdict == LFAP_PASS) return oracle_evaluate_kinks(t->ctx, &t->c, &t->q, 1);
  lfap_status st = oracle_kinks_propose(t->ctx, &t->c.c2, t->c.n);
  if (!st) st = oracle_solver_make(t->ctx, &s, &t->q, 2 * t->c.n, o->max_prec);
  if (!st) st = oracle_solver_support(&s);
  if (!st) st = o->exact ? kinks_by_rationals(t, &s) : kinks_by_enclosure(t, &s, o->prec);
  oracle_solver_free(&s);
  return st;
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

static lfap_status options(lfap_ctx *ctx, oracle_opts *o, const oracle_opts *given, size_t n) {
  if (given) *o = *given;
  if (o->prec == 0) o->prec = ORACLE_PREC_DEFAULT;
  if (o->max_prec == 0) o->max_prec = o->prec > ORACLE_MAX_PREC_DEFAULT ? o->prec : ORACLE_MAX_PREC_DEFAULT;
  if (o->prec < ORACLE_PREC_MIN || o->prec > ORACLE_PREC_MAX || o->max_prec > ORACLE_PREC_MAX)
    return lfap_fail(ctx, LFAP_ERR_DATA, "precision: %u to %u bits asked for; both ends must lie in %d..%d", o->prec,
                     o->max_prec, ORACLE_PREC_MIN, ORACLE_PREC_MAX);
  if (o->prec > o->max_prec)
    return lfap_fail(ctx, LFAP_ERR_DATA,
                     "precision: %u bits is above the maximum of %u; raise --max-prec or lower --prec", o->prec,
                     o->max_prec);
  if (o->exact && n > ORACLE_EXACT_N)
    return lfap_fail(ctx, LFAP_ERR_DATA, "exact rationals are for N <= %d samples, these are %zu; leave --exact out",
                     ORACLE_EXACT_N, n);
  return LFAP_OK;
}

static lfap_status certify(lfap_ctx *ctx, oracle_cert *out, const oracle_gram *g, const lfap_data *data, double gamma,
                           const oracle_opts *o) {
  maker t = {.ctx = ctx};
  lfap_status st = oracle_cert_init(ctx, &t.c, data->n, data->d, gamma);
  if (!st) st = oracle_qm_make(ctx, &t.q, g, data->y, gamma);
  if (!st) st = oracle_solver_make(ctx, &t.s, &t.q, data->n, o->max_prec);
  oracle_flags_clear();
  if (!st) st = oracle_evaluate_data(ctx, &t.c, &t.q);
  if (!st) st = oracle_solver_support(&t.s);
  if (!st) st = o->exact ? by_rationals(&t, o->prec) : by_enclosure(&t, o->prec);
  if (!st) st = kinks(&t, o);
  if (!st && !oracle_flags_good())
    st = lfap_fail(ctx, LFAP_ERR_INTERNAL, "certificate: MPFR reports %s; please report it", oracle_flags_name());
  if (!st) {
    *out = t.c;
    t.c = (oracle_cert){0};
  }
  oracle_solver_free(&t.s);
  oracle_qm_free(&t.q);
  oracle_cert_free(&t.c);
  return st;
}

/* What enclosures leave open (a bound met with equality, a degenerate support) rationals decide, where there are few
   samples and nobody has chosen the precision. */
lfap_status oracle_certify_checked(lfap_ctx *ctx, oracle_cert *out, const lfap_data *data, double gamma,
                                   const oracle_opts *given) {
  int tuned = given && (given->exact || given->prec || given->max_prec);
  oracle_opts o = {0};
  oracle_gram g = {0};
  oracle_cert first = {0}, exact = {0};
  lfap_status st = lfap_gamma_valid(ctx, "gamma", gamma, 0.0);
  if (!st) st = options(ctx, &o, given, data->n);
  if (!st) st = oracle_gram_make(ctx, &g, data->x, data->n, data->d);
  if (!st) st = certify(ctx, &first, &g, data, gamma, &o);
  if (!st && !tuned && data->n <= ORACLE_EXACT_N && open_claims(&first, 1)) {
    o.exact = 1;
    st = certify(ctx, &exact, &g, data, gamma, &o);
    oracle_cert_free(&first);
    first = exact;
  }
  oracle_gram_free(&g);
  if (!st) *out = first;
  return st;
}

lfap_status oracle_limit_certify(lfap_ctx *ctx, oracle_cert *out, const lfap_data *data, double gamma,
                                 const oracle_opts *o) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = lfap_gamma_valid(ctx, "gamma", gamma, 0.0);
  if (!st) st = lfap_data_check(ctx, data, "data");
  return st ? st : oracle_certify_checked(ctx, out, data, gamma, o);
}
