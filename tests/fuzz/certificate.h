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

/* A set small enough that every support is tried. */
static int certificate_set(lfap_data *D, double *gamma, source *s) {
  return problem_read(D, gamma, s) && D->n <= TRUTH_ALL / 2;
}
#endif
