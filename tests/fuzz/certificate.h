/* certificate.h - what the targets of stored certificates share: a small data set (problem.h) and behind it the text, in which the hash of the
 * data, as given to the reader, is put in place; and the comparison that accepts a text, which the linker puts here. With `hostile` it takes
 * every text, so that what the evaluator makes of proposals of any kind is seen: that must not be refuted by rationals either. */
#ifndef LFAP_TESTS_FUZZ_CERTIFICATE_H
#define LFAP_TESTS_FUZZ_CERTIFICATE_H
#include "fuzz/problem.h"
#include "fuzz/truth.h"
#include "oracle/check/same.h"

static const char SHA[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
static int hostile;

int __real_oracle_same_text(lfap_ctx *ctx, oracle_span given, oracle_span own);
int __wrap_oracle_same_text(lfap_ctx *ctx, oracle_span given, oracle_span own);
int __wrap_oracle_same_text(lfap_ctx *ctx, oracle_span given, oracle_span own) {
  int same = __real_oracle_same_text(ctx, given, own);
  promise(same == (given.len == own.len && memcmp(given.at, own.at, own.len) == 0), "a text is accepted where it is the same");
  return hostile || same;
}

/* The text of the input, a NUL behind it, owned by the caller; the first run of 64 hexadecimal digits behind `before` becomes SHA. */
static char *certificate_text(size_t *len, source *s, const char *before) {
  *len = (size_t)(s->end - s->at);
  char *text = malloc(*len + 1);
  if (text == NULL) abort();
  if (*len > 0) memcpy(text, s->at, *len);
  text[*len] = '\0';
  char *at = strstr(text, before);
  if (at != NULL && *len - (size_t)(at - text) >= strlen(before) + 64) memcpy(at + strlen(before), SHA, 64);
  return text;
}

/* What a reader said of a text keeps its promises: whether it was accepted. */
static int certificate_judged(lfap_status s, int accepted, const lfap_ctx *ctx) {
  promise(s == LFAP_OK || s == LFAP_ERR_DATA || s == LFAP_ERR_MEMORY || s == LFAP_ERR_RANGE, "a text is judged, or no certificate");
  promise(accepted || ctx->message[0] != '\0', "a refusal has its reason");
  promise(s == LFAP_OK || !accepted, "what is no certificate is not accepted");
  fuzz_accepted += s == LFAP_OK && accepted;
  return s == LFAP_OK && accepted;
}

static void certificate_truth(truth *t, const lfap_data *D, double gamma) {
  truth_make(t, D, gamma);
  truth_aligned(t, D, gamma);
  truth_kinks(t, D, NULL);
}

/* One input, of a set small enough that every support is tried: judged as it is, and with the comparison that takes every text. */
static int certificate_input(const uint8_t *data, size_t size, const char *before, void (*judge)(const lfap_data *, const char *, size_t)) {
  source s = {data, data + size};
  lfap_data D = {0};
  double gamma;
  size_t len;
  if (problem_read(&D, &gamma, &s) && D.n <= TRUTH_ALL / 2) {
    char *text = certificate_text(&len, &s, before);
    for (hostile = 0; hostile < 2; hostile++) judge(&D, text, len);
    free(text);
  }
  lfap_data_free(&D);
  mpfr_free_cache();
  return 0;
}
#endif
