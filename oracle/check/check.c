/* check.c - `lfap check`: reads from a certificate what it proposes (gamma, precision, mode, the bound of the
 * inverse, the multipliers), decides everything again from the data (check/evaluate.c), writes the certificate that
 * follows, and accepts the file if it is that one, byte for byte. So no field can be changed alone, and nothing in
 * the file is believed.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "oracle/check/evaluate.h"
#include "oracle/check/kinks.h"
#include "oracle/check/same.h"
#include "oracle/interval/dyadic.h"

/* ---- reading: the canonical spelling and no other ---------------------------------------------------------------- */

typedef struct {
  const char *at, *end, *begin;
  int bad;
} reader;

static void space(reader *r) {
  while (r->at < r->end && (*r->at == ' ' || *r->at == '\n')) r->at++;
}

/* The next characters, after blanks. */
static int literal(reader *r, const char *text) {
  size_t len = strlen(text);
  space(r);
  if (r->bad || (size_t)(r->end - r->at) < len || memcmp(r->at, text, len) != 0) return 0;
  r->at += len;
  return 1;
}

static void expect(reader *r, const char *text) {
  if (!literal(r, text)) r->bad = 1;
}

static void key(reader *r, const char *name) {
  expect(r, "\"");
  expect(r, name);
  expect(r, "\":");
}

/* A string without escapes. */
static const char *string(reader *r, size_t *len) {
  expect(r, "\"");
  const char *s = r->at, *close = r->bad ? NULL : memchr(s, '"', (size_t)(r->end - s));
  *len = 0;
  if (!close) {
    r->bad = 1;
    return NULL;
  }
  *len = (size_t)(close - s);
  r->at = close + 1;
  return s;
}

static long whole_number(reader *r) {
  space(r);
  int minus = literal(r, "-");
  long v = 0;
  size_t digits = 0;
  while (r->at < r->end && *r->at >= '0' && *r->at <= '9' && digits < 16) {
    v = 10 * v + (*r->at++ - '0');
    digits++;
  }
  if (digits == 0 || digits == 16) r->bad = 1;
  return minus ? -v : v;
}

static void dyadic(reader *r, mpq_t q) {
  size_t len;
  const char *s = string(r, &len);
  if (!s || !oracle_q_read(q, s, len)) r->bad = 1;
}

static void integer(reader *r, mpz_t z) {
  size_t len;
  const char *s = string(r, &len);
  if (!s || !oracle_z_read(z, s, len)) r->bad = 1;
}

static oracle_mode mode(reader *r) {
  if (literal(r, "\"enclosed\"")) return ORACLE_ENCLOSED;
  if (literal(r, "\"exact\"")) return ORACLE_EXACT;
  if (!literal(r, "\"approximate\"")) r->bad = 1;
  return ORACLE_APPROXIMATE;
}

/* Head of the file: what stands before the multipliers. */
typedef struct {
  const char *sha;
  size_t sha_len;
  long n, d, prec, bits, mu;
  double gamma;
  oracle_mode mode;
  int old;
} head;

static void read_head(reader *r, head *h) {
  mpq_t g, back;
  mpq_inits(g, back, NULL);
  expect(r, "{");
  key(r, "schema"), h->old = literal(r, "\"lfap-certificate-1\"");
  if (!h->old) expect(r, "\"lfap-certificate-2\"");
  expect(r, ",");
  key(r, "data_sha256"), h->sha = string(r, &h->sha_len), expect(r, ",");
  key(r, "n"), h->n = whole_number(r), expect(r, ",");
  key(r, "d"), h->d = whole_number(r), expect(r, ",");
  key(r, "gamma"), dyadic(r, g), expect(r, ",");
  key(r, "precision"), h->prec = whole_number(r), expect(r, ",");
  key(r, "mode"), h->mode = mode(r), expect(r, ",");
  key(r, "inverse_bits"), h->bits = whole_number(r), expect(r, ",");
  key(r, "inverse_log2"), h->mu = whole_number(r), expect(r, ",");
  h->gamma = r->bad ? 0.0 : mpq_get_d(g);
  if (isfinite(h->gamma)) mpq_set_d(back, h->gamma);
  if (!r->bad && !mpq_equal(g, back)) h->gamma = NAN; /* not a double */
  mpq_clears(g, back, NULL);
}

static int inverse_in_range(oracle_mode m, long bits, long mu) {
  if (m != ORACLE_ENCLOSED) return bits == 0 && mu == 0;
  return bits >= 53 && bits <= ORACLE_PREC_MAX && mu >= -ORACLE_PREC_MAX && mu <= 8;
}

/* lo and hi into the enclosures; numerators where they are exact. */
static void read_multipliers(reader *r, oracle_cert *c) {
  key(r, "lambda"), expect(r, "[");
  for (size_t n = 0; n < c->n && !r->bad; n++) {
    if (n) expect(r, ",");
    expect(r, "{");
    key(r, "lo"), dyadic(r, c->lo[n]), expect(r, ",");
    key(r, "hi"), dyadic(r, c->hi[n]);
    if (c->mode == ORACLE_EXACT) expect(r, ","), key(r, "numerator"), integer(r, c->p[n]);
    expect(r, "}");
  }
  expect(r, "]");
  if (c->mode == ORACLE_EXACT) expect(r, ","), key(r, "denominator"), integer(r, c->den);
}

static int truth(reader *r) {
  if (literal(r, "true")) return 1;
  expect(r, "false");
  return 0;
}

static void read_numerators(reader *r, const char *name, mpz_t *p, size_t n) {
  key(r, name), expect(r, "[");
  for (size_t i = 0; i < n && !r->bad; i++) {
    if (i) expect(r, ",");
    integer(r, p[i]);
  }
  expect(r, "]"), expect(r, ",");
}

/* alpha and beta, where the file has its own. */
static lfap_status read_kinks(lfap_ctx *ctx, reader *r, oracle_cert *c) {
  oracle_kinks *k = &c->c2;
  expect(r, ",");
  key(r, "kinks");
  if (r->bad || literal(r, "null")) return LFAP_OK;
  lfap_status st = oracle_kinks_propose(ctx, k, c->n);
  if (st) return st;
  expect(r, "{");
  key(r, "mode"), k->mode = mode(r), expect(r, ",");
  key(r, "inverse_bits");
  long bits = whole_number(r);
  expect(r, ",");
  key(r, "inverse_log2"), k->mu = whole_number(r), expect(r, ",");
  if (!inverse_in_range(k->mode, bits, k->mu)) r->bad = 1;
  k->bits = (unsigned)bits;
  key(r, "separable"), k->inseparable = !truth(r), expect(r, ",");
  read_numerators(r, "alpha", k->p, c->n);
  read_numerators(r, "beta", k->p + c->n, c->n);
  key(r, "denominator"), integer(r, k->den);
  if (mpz_sgn(k->den) <= 0) r->bad = 1;
  return LFAP_OK;
}

/* lambda~_n is the middle of its enclosure; p_n = lambda~_n 2^k with the least common k. */
static void middles(oracle_cert *c) {
  mp_bitcnt_t k = 0;
  for (size_t n = 0; n < c->n; n++) {
    mpq_add(c->lo[n], c->lo[n], c->hi[n]);
    mpq_div_2exp(c->lo[n], c->lo[n], 1);
    mp_bitcnt_t own = mpz_sizeinbase(mpq_denref(c->lo[n]), 2) - 1;
    if (own > k) k = own;
  }
  for (size_t n = 0; n < c->n; n++) {
    mpz_mul_2exp(c->p[n], mpq_numref(c->lo[n]), k - (mpz_sizeinbase(mpq_denref(c->lo[n]), 2) - 1));
  }
  mpz_set_ui(c->den, 1);
  mpz_mul_2exp(c->den, c->den, k);
}

/* ---- judging ----------------------------------------------------------------------------------------------------- */

/* Writes why not; always "refused". */
static lfap_status refuse(lfap_ctx *ctx, const char *why) {
  lfap_fail(ctx, LFAP_OK, "refused: %s", why);
  return LFAP_OK;
}

static const char *head_wrong(const head *h, const lfap_data *data, const char *sha256) {
  if (h->old) return "it is of version 1, which says nothing of C2; issue it anew (lfap limit --certify)";
  if (h->sha_len != strlen(sha256) || memcmp(h->sha, sha256, h->sha_len) != 0)
    return "it is about other data (SHA-256)";
  if (h->n < 0 || (size_t)h->n != data->n || h->d < 0 || (size_t)h->d != data->d)
    return "its sizes are not those of the data";
  if (!(h->gamma > 0.0 && h->gamma < 1.0)) return "its gamma is no double between 0 and 1";
  if (h->prec < ORACLE_PREC_MIN || h->prec > ORACLE_PREC_MAX) return "its precision is out of range";
  if (!inverse_in_range(h->mode, h->bits, h->mu)) return "its bound of the inverse is out of range";
  return NULL;
}

static lfap_status judge_text(lfap_ctx *ctx, int *accepted, oracle_cert *c, const char *text, size_t len,
                              const lfap_data *data) {
  oracle_gram g = {0};
  oracle_qm q = {0};
  char *own = NULL;
  size_t own_len = 0;
  lfap_status st = oracle_gram_make(ctx, &g, data->x, data->n, data->d);
  if (!st) st = oracle_qm_make(ctx, &q, &g, data->y, c->gamma);
  if (!st) st = oracle_evaluate_data(ctx, c, &q);
  if (!st) {
    st = oracle_evaluate(ctx, c, &q, 0);
    if (!st) st = oracle_evaluate_kinks(ctx, c, &q, 0);
    if (st == LFAP_ERR_DATA) {
      char why[sizeof ctx->message];
      memcpy(why, ctx->message, sizeof why);
      oracle_qm_free(&q);
      oracle_gram_free(&g);
      return refuse(ctx, why);
    }
  }
  if (!st) st = oracle_cert_document(ctx, &own, &own_len, c);
  if (!st) *accepted = oracle_same_text(ctx, (oracle_span){text, len}, (oracle_span){own, own_len});
  free(own);
  oracle_qm_free(&q);
  oracle_gram_free(&g);
  return st;
}

lfap_status oracle_cert_check(lfap_ctx *ctx, int *accepted, oracle_cert *out, const char *text, size_t len,
                              const lfap_data *data, const char *sha256) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (st) return st;
  reader r = {.at = text, .end = text + len, .begin = text};
  lfap_ctx own = {.threads = 1};
  head h = {0};
  oracle_cert c = {0};
  if (!ctx) ctx = &own;
  *accepted = 0;
  read_head(&r, &h);
  if (r.bad)
    return lfap_fail(ctx, LFAP_ERR_DATA, "is no certificate: unexpected text at byte %zu", (size_t)(r.at - text));
  const char *wrong = head_wrong(&h, data, sha256);
  if (wrong) return refuse(ctx, wrong);
  st = oracle_cert_init(ctx, &c, data->n, data->d, h.gamma);
  if (st) return st;
  c.mode = h.mode;
  c.prec = (unsigned)h.prec;
  c.bits = (unsigned)h.bits;
  c.mu = h.mu;
  memcpy(c.sha256, sha256, strlen(sha256) < sizeof c.sha256 ? strlen(sha256) : sizeof c.sha256 - 1);
  read_multipliers(&r, &c);
  if (!r.bad) st = read_kinks(ctx, &r, &c);
  if (!st && r.bad)
    st = lfap_fail(ctx, LFAP_ERR_DATA, "is no certificate: unexpected text at byte %zu", (size_t)(r.at - text));
  else if (!st && c.mode == ORACLE_EXACT && mpz_sgn(c.den) <= 0) st = refuse(ctx, "its denominator is not positive");
  else if (!st) {
    if (c.mode != ORACLE_EXACT) middles(&c);
    st = judge_text(ctx, accepted, &c, text, len, data);
  }
  if (!st && *accepted && out) *out = c;
  else oracle_cert_free(&c);
  return st;
}
