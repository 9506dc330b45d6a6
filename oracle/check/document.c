/* document.c - the one spelling of a certificate (spec/certificate.md, "File"), and reports in doubles. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "io/json.h"
#include "oracle/check/evaluate.h"
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

static void verdict(lfap_json *j, const oracle_cert *c, oracle_claim v) {
  lfap_json_string(j, "verdict", lfap_verdict_name(c->verdict[v]));
}

/* An end of a theoretical interval, enclosed. */
static void end(lfap_json *j, const char *key, const oracle_cert *c, oracle_value v) {
  lfap_json_array_begin(j, key);
  if (c->has[v]) {
    number(j, NULL, c->value[v], c->prec, 0);
    number(j, NULL, c->value[v], c->prec, 1);
  }
  lfap_json_array_end(j);
}

static void bounds(lfap_json *j, const char *key, const oracle_cert *c, oracle_claim claim, oracle_value first) {
  lfap_json_object_begin(j, key);
  verdict(j, c, claim);
  end(j, "lo", c, first);
  end(j, "hi", c, first + 1);
  int held = c->verdict[claim] != LFAP_NOT_APPLICABLE && c->has[first + 2];
  if (held) {
    value(j, "slack_lo", c, first + 2, SHORT, 0);
    value(j, "slack_hi", c, first + 3, SHORT, 0);
  } else {
    lfap_json_null(j, "slack_lo");
    lfap_json_null(j, "slack_hi");
  }
  lfap_json_object_end(j);
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
  lfap_json_array_begin(j, "support");
  for (size_t n = 0; n < c->n; n++)
    if (mpz_sgn(c->p[n]) > 0) lfap_json_uint(j, NULL, n);
  lfap_json_array_end(j);
}

static void hypothesis(lfap_json *j, const oracle_cert *c) {
  lfap_json_object_begin(j, "H");
  lfap_json_bool(j, "holds", c->verdict[ORACLE_V_H] == LFAP_PASS);
  value(j, "r_min2", c, ORACLE_R_MIN2, 0, 0);
  value(j, "r_max2", c, ORACLE_R_MAX2, 0, 0);
  value(j, "p_max", c, ORACLE_P_MAX, 0, 0);
  value(j, "lhs", c, ORACLE_LHS, 0, 0);
  value(j, "rhs", c, ORACLE_RHS, 0, 0);
  lfap_json_object_end(j);
}

static void slopes(lfap_json *j, const oracle_cert *c) {
  lfap_json_object_begin(j, "Q1");
  verdict(j, c, ORACLE_V_Q1);
  value(j, "lambda_min", c, ORACLE_LAMBDA_MIN, SHORT, 0);
  value(j, "slack_min", c, ORACLE_SLACK_MIN, SHORT, 0);
  lfap_json_object_end(j);
  lfap_json_object_begin(j, "C1");
  verdict(j, c, ORACLE_V_C1);
  lfap_json_uint(j, "aligned", c->aligned);
  lfap_json_uint(j, "refuted", c->refuted);
  value(j, "u_min", c, ORACLE_U_MIN, SHORT, 0);
  value(j, "v_max", c, ORACLE_V_MAX, SHORT, 1);
  if (!c->has_ball) lfap_json_null(j, "ball");
  else if (c->ball_zero) lfap_json_string(j, "ball", "zero");
  else lfap_json_int(j, "ball", c->ball);
  lfap_json_object_end(j);
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

lfap_status oracle_cert_document(lfap_ctx *ctx, lfap_text *out, const oracle_cert *c) {
  lfap_json j = {.indent = 1};
  mpq_t g;
  mpq_init(g);
  mpq_set_d(g, c->gamma);
  lfap_json_object_begin(&j, NULL);
  lfap_json_string(&j, "schema", "lfap-certificate-1");
  lfap_json_string(&j, "data_sha256", c->sha256);
  lfap_json_uint(&j, "n", c->n);
  lfap_json_uint(&j, "d", c->d);
  number(&j, "gamma", g, 0, 0);
  lfap_json_uint(&j, "precision", c->prec);
  lfap_json_string(&j, "mode", modes[c->mode]);
  lfap_json_uint(&j, "inverse_bits", c->bits);
  lfap_json_int(&j, "inverse_log2", c->mu);
  multipliers(&j, c);
  hypothesis(&j, c);
  bounds(&j, "T1", c, ORACLE_V_T1, ORACLE_T1_LO);
  bounds(&j, "T2", c, ORACLE_V_T2, ORACLE_T2_LO);
  bounds(&j, "T2_a_posteriori", c, ORACLE_V_POST, ORACLE_POST_LO);
  slopes(&j, c);
  checksum(&j);
  lfap_json_object_end(&j);
  mpq_clear(g);
  lfap_status st = lfap_json_finish(ctx, &j);
  if (st) {
    lfap_json_free(&j);
    return st;
  }
  *out = j.text;
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

void oracle_cert_nearest(double *lambda, const oracle_cert *c) {
  mpq_t q;
  mpfr_t r;
  mpq_init(q);
  mpfr_init2(r, 53);
  for (size_t n = 0; n < c->n; n++) {
    mpq_add(q, c->lo[n], c->hi[n]);
    mpq_div_2exp(q, q, 1);
    mpfr_set_q(r, q, MPFR_RNDN);
    lambda[n] = mpfr_get_d(r, MPFR_RNDN);
  }
  mpfr_clear(r);
  mpq_clear(q);
}

double oracle_cert_distance(const oracle_cert *c, const double *lambda) {
  double worst = 0.0;
  if (c->verdict[ORACLE_V_Q1] != LFAP_PASS) return NAN;
  for (size_t n = 0; n < c->n; n++) {
    double lo, hi, l = lambda[n];
    oracle_cert_lambda(&lo, &hi, c, n);
    double off = l < lo ? lo - l : l > hi ? l - hi : 0.0;
    if (off > 0.0) worst = fmax(worst, off / fmax(fabs(hi), fabs(lo)));
  }
  return worst;
}

static double lesser(double a, double b) { return isnan(a) || b < a ? b : a; }

double oracle_cert_margin(const oracle_cert *c, oracle_claim claim) {
  double a = NAN, b = NAN;
  mpq_t s;
  switch (claim) {
  case ORACLE_V_H:
    mpq_init(s);
    mpq_sub(s, c->value[ORACLE_LHS], c->value[ORACLE_RHS]);
    a = oracle_q_double(s, 0);
    mpq_clear(s);
    break;
  case ORACLE_V_Q1:
    a = oracle_cert_double(c, ORACLE_LAMBDA_MIN, 0);
    b = oracle_cert_double(c, ORACLE_SLACK_MIN, 0);
    break;
  case ORACLE_V_C1:
    a = oracle_cert_double(c, ORACLE_U_MIN, 0);
    b = -oracle_cert_double(c, ORACLE_V_MAX, 1);
    break;
  default: {
    oracle_value first = claim == ORACLE_V_T1   ? ORACLE_T1_SLACK_LO
                         : claim == ORACLE_V_T2 ? ORACLE_T2_SLACK_LO
                                                : ORACLE_POST_SLACK_LO;
    if (c->verdict[claim] != LFAP_NOT_APPLICABLE) {
      a = oracle_cert_double(c, first, 0);
      b = oracle_cert_double(c, first + 1, 0);
    }
  }
  }
  return isnan(b) ? a : lesser(a, b);
}
