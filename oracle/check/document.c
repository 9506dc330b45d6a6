/* document.c - the one spelling of a certificate (spec/certificate.md, "File"), and reports in doubles. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/json.h"
#include "oracle/check/evaluate.h"
#include "oracle/check/members.h"
#include "oracle/interval/dyadic.h"

enum { SHORT = 53 }; /* bits of a margin */

static void text_member(lfap_json *j, const char *key, lfap_text *t) {
  lfap_json_string(j, key, t->bytes ? t->bytes : "");
  if (t->status) j->text.status = t->status;
  free(t->bytes);
}

/* A dyadic number as it is (bits = 0) or rounded. */
static void number(lfap_json *j, const char *key, const mpq_t q, unsigned bits, int up) {
  lfap_text t = {0};
  mpq_t r;
  mpq_init(r);
  if (bits) oracle_q_round(r, q, bits, up);
  else mpq_set(r, q);
  oracle_q_text(&t, r);
  mpq_clear(r);
  text_member(j, key, &t);
}

static void integer(lfap_json *j, const char *key, const mpz_t z) {
  lfap_text t = {0};
  oracle_z_text(&t, z);
  text_member(j, key, &t);
}

static void value(lfap_json *j, const char *key, const oracle_cert *c, oracle_value v, unsigned bits, int up) {
  if (c->has[v]) number(j, key, c->value[v], bits, up);
  else lfap_json_null(j, key);
}

/* A number of the theory, between two of the certificate's bits. */
static void end(lfap_json *j, const char *key, const oracle_cert *c, oracle_value v) {
  lfap_json_array_begin(j, key);
  if (c->has[v]) {
    number(j, NULL, c->value[v], c->prec, 0);
    number(j, NULL, c->value[v], c->prec, 1);
  }
  lfap_json_array_end(j);
}

static void ball(lfap_json *j, const char *key, const oracle_cert *c) {
  if (!c->has_ball) lfap_json_null(j, key);
  else if (c->ball_zero) lfap_json_string(j, key, "zero");
  else lfap_json_int(j, key, c->ball);
}

static void member(lfap_json *j, const oracle_cert *c, const oracle_member *m) {
  lfap_verdict verdict = c->claim[m->claim].verdict;
  switch (m->kind) {
  case ORACLE_MEMBER_VERDICT: lfap_json_string(j, m->key, lfap_verdict_name(verdict)); return;
  case ORACLE_MEMBER_HOLDS: lfap_json_bool(j, m->key, verdict == LFAP_PASS); return;
  case ORACLE_MEMBER_EXACT: value(j, m->key, c, m->value, 0, 0); return;
  case ORACLE_MEMBER_END: end(j, m->key, c, m->value); return;
  case ORACLE_MEMBER_DOWN:
  case ORACLE_MEMBER_BELOW: value(j, m->key, c, m->value, SHORT, 0); return;
  case ORACLE_MEMBER_UP:
  case ORACLE_MEMBER_ABOVE: value(j, m->key, c, m->value, SHORT, 1); return;
  case ORACLE_MEMBER_ALIGNED: lfap_json_uint(j, m->key, c->aligned); return;
  case ORACLE_MEMBER_REFUTED: lfap_json_uint(j, m->key, c->refuted); return;
  case ORACLE_MEMBER_BALL: ball(j, m->key, c); return;
  }
}

/* An object a claim, in the order of the table. */
static void claims(lfap_json *j, const oracle_cert *c) {
  for (size_t i = 0; i < oracle_member_count; i++) {
    lfap_claim claim = oracle_members[i].claim;
    if (i == 0 || oracle_members[i - 1].claim != claim) lfap_json_object_begin(j, lfap_claims[claim].json);
    member(j, c, &oracle_members[i]);
    if (i + 1 == oracle_member_count || oracle_members[i + 1].claim != claim) lfap_json_object_end(j);
  }
}

static const char *const modes[] = {"enclosed", "exact", "approximate"};

static void multipliers(lfap_json *j, const oracle_cert *c) {
  lfap_json_array_begin(j, "lambda");
  for (size_t n = 0; n < c->n; n++) {
    lfap_json_object_begin(j, NULL);
    unsigned bits = c->mode == ORACLE_EXACT ? c->prec : 0;
    number(j, "lo", c->lo[n], bits, 0);
    number(j, "hi", c->hi[n], bits, 1);
    if (c->mode == ORACLE_EXACT) integer(j, "numerator", c->p[n]);
    lfap_json_object_end(j);
  }
  lfap_json_array_end(j);
  if (c->mode == ORACLE_EXACT) integer(j, "denominator", c->den);
}

static void numerators(lfap_json *j, const char *key, const mpz_t *p, size_t n) {
  lfap_json_array_begin(j, key);
  for (size_t i = 0; i < n; i++) integer(j, NULL, p[i]);
  lfap_json_array_end(j);
}

/* (gamma alpha + beta)/(alpha + beta), which falls with alpha and rises with beta. */
static void slope(mpq_t out, const mpq_t gamma, const mpq_t alpha, const mpq_t beta) {
  mpq_t sum;
  mpq_init(sum);
  mpq_add(sum, alpha, beta);
  mpq_mul(out, gamma, alpha);
  mpq_add(out, out, beta);
  mpq_div(out, out, sum);
  mpq_clear(sum);
}

/* Enclosures of s_n of the support, null off it. */
static void slopes(lfap_json *j, const oracle_cert *c) {
  mpq_t gamma, s;
  mpq_inits(gamma, s, NULL);
  mpq_set_d(gamma, c->gamma);
  lfap_json_array_begin(j, "slopes");
  for (size_t n = 0; n < c->n; n++) {
    mpq_t *alpha[] = {c->c2.lo + n, c->c2.hi + n}, *beta[] = {c->c2.lo + c->n + n, c->c2.hi + c->n + n};
    if (mpq_sgn(*alpha[0]) == 0 && mpq_sgn(*beta[0]) == 0) {
      lfap_json_null(j, NULL);
      continue;
    }
    lfap_json_array_begin(j, NULL);
    for (int up = 0; up < 2; up++) {
      slope(s, gamma, *alpha[!up], *beta[up]);
      number(j, NULL, s, SHORT, up);
    }
    lfap_json_array_end(j);
  }
  lfap_json_array_end(j);
  mpq_clears(gamma, s, NULL);
}

/* The proposal for (CP) where a kink may be active, and what encloses its solution. */
static void kinks(lfap_json *j, const oracle_cert *c) {
  const oracle_kinks *k = &c->c2;
  if (!k->p) {
    lfap_json_null(j, "kinks");
    return;
  }
  lfap_json_object_begin(j, "kinks");
  lfap_json_string(j, "mode", modes[k->mode]);
  lfap_json_uint(j, "inverse_bits", k->bits);
  lfap_json_int(j, "inverse_log2", k->mu);
  lfap_json_bool(j, "separable", !k->inseparable);
  numerators(j, "alpha", (const mpz_t *)k->p, c->n);
  numerators(j, "beta", (const mpz_t *)k->p + c->n, c->n);
  integer(j, "denominator", k->den);
  lfap_json_string(j, "solved", lfap_verdict_name(k->solved));
  lfap_json_uint(j, "active", k->kinks);
  lfap_json_uint(j, "own_right", k->right);
  lfap_json_uint(j, "own_wrong", k->wrong);
  lfap_json_uint(j, "off_support", k->off);
  if (k->solved == LFAP_PASS) slopes(j, c);
  else lfap_json_null(j, "slopes");
  lfap_json_object_end(j);
}

static void support(lfap_json *j, const oracle_cert *c) {
  lfap_json_array_begin(j, "support");
  for (size_t n = 0; n < c->n; n++)
    if (mpz_sgn(c->p[n]) > 0) lfap_json_uint(j, NULL, n);
  lfap_json_array_end(j);
}

/* FNV-1a of what is written so far. Precision and the bound of the inverse are free choices: changing one of them
   alone may leave a true certificate, but not the one that was issued. */
static void checksum(lfap_json *j) {
  uint64_t h = 14695981039346656037u;
  char hex[17];
  for (size_t i = 0; i < j->text.len; i++) h = (h ^ (unsigned char)j->text.bytes[i]) * 1099511628211u;
  snprintf(hex, sizeof hex, "%016llx", (unsigned long long)h);
  lfap_json_string(j, "checksum", hex);
}

lfap_status oracle_cert_document(lfap_ctx *ctx, char **text, size_t *len, const oracle_cert *c) {
  lfap_json j = {.indent = 1};
  mpq_t g;
  mpq_init(g);
  mpq_set_d(g, c->gamma);
  lfap_json_object_begin(&j, NULL);
  lfap_json_string(&j, "schema", "lfap-certificate-2");
  lfap_json_string(&j, "data_sha256", c->sha256);
  lfap_json_uint(&j, "n", c->n);
  lfap_json_uint(&j, "d", c->d);
  number(&j, "gamma", g, 0, 0);
  lfap_json_uint(&j, "precision", c->prec);
  lfap_json_string(&j, "mode", modes[c->mode]);
  lfap_json_uint(&j, "inverse_bits", c->bits);
  lfap_json_int(&j, "inverse_log2", c->mu);
  multipliers(&j, c);
  kinks(&j, c);
  support(&j, c);
  claims(&j, c);
  checksum(&j);
  lfap_json_object_end(&j);
  mpq_clear(g);
  lfap_status st = lfap_json_finish(ctx, &j);
  if (st) {
    lfap_json_free(&j);
    return st;
  }
  *text = j.text.bytes;
  *len = j.text.len;
  return LFAP_OK;
}

/* ---- doubles ----------------------------------------------------------------------------------------------------- */

double oracle_cert_double(const oracle_cert *c, oracle_value v, int up) {
  return c->has[v] ? oracle_q_double(c->value[v], up) : NAN;
}

void oracle_cert_lambda(double *lo, double *hi, const oracle_cert *c, size_t n) {
  *lo = c->mode == ORACLE_APPROXIMATE ? -INFINITY : oracle_q_double(c->lo[n], 0);
  *hi = c->mode == ORACLE_APPROXIMATE ? INFINITY : oracle_q_double(c->hi[n], 1);
}

static void nearest(double *v, const mpq_t *lo, const mpq_t *hi, size_t count) {
  mpq_t q;
  mpfr_t r;
  mpq_init(q);
  mpfr_init2(r, 53);
  for (size_t i = 0; i < count; i++) {
    mpq_add(q, lo[i], hi[i]);
    mpq_div_2exp(q, q, 1);
    mpfr_set_q(r, q, MPFR_RNDN);
    v[i] = mpfr_get_d(r, MPFR_RNDN);
  }
  mpfr_clear(r);
  mpq_clear(q);
}

void oracle_cert_nearest(double *lambda, const oracle_cert *c) {
  nearest(lambda, (const mpq_t *)c->lo, (const mpq_t *)c->hi, c->n);
}

void oracle_cert_kinks_nearest(double *kinks, const oracle_cert *c) {
  if (c->c2.p) {
    nearest(kinks, (const mpq_t *)c->c2.lo, (const mpq_t *)c->c2.hi, 2 * c->n);
    return;
  }
  oracle_cert_nearest(kinks, c);
  memset(kinks + c->n, 0, c->n * sizeof *kinks);
}

/* How far l lies outside, in parts of the larger end. */
static double outside(double lo, double hi, double l) {
  double off = l < lo ? lo - l : l > hi ? l - hi : 0.0;
  return off > 0.0 ? off / fmax(fabs(hi), fabs(lo)) : 0.0;
}

double oracle_cert_distance(const oracle_cert *c, const double *lambda) {
  double worst = 0.0;
  if (c->claim[LFAP_CLAIM_Q1].verdict != LFAP_PASS) return NAN;
  for (size_t n = 0; n < c->n; n++) {
    double lo, hi;
    oracle_cert_lambda(&lo, &hi, c, n);
    worst = fmax(worst, outside(lo, hi, lambda[n]));
  }
  return worst;
}

double oracle_cert_kinks_distance(const oracle_cert *c, const double *alpha, const double *beta) {
  double worst = 0.0;
  if (!c->c2.p || c->c2.solved != LFAP_PASS) return NAN;
  for (size_t i = 0; i < 2 * c->n; i++)
    worst = fmax(worst, outside(oracle_q_double(c->c2.lo[i], 0), oracle_q_double(c->c2.hi[i], 1),
                                i < c->n ? alpha[i] : beta[i - c->n]));
  return worst;
}
