/* report.c - verdict lines: what was checked, against what, and how it went (spec/formats.md). */
#include "verify/report.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *lfap_verdict_name(lfap_verdict v) {
  switch (v) {
    case LFAP_PASS: return "PASS";
    case LFAP_FAIL: return "FAIL";
    case LFAP_UNDECIDED: return "UNDECIDED";
    default: return "NOT-APPLICABLE";
  }
}

lfap_verdict lfap_case_verdict(const lfap_case *c) {
  int seen[4] = {0};
  for (size_t i = 0; i < c->checks; i++) seen[c->check[i].verdict] = 1;
  return seen[LFAP_FAIL] ? LFAP_FAIL : seen[LFAP_UNDECIDED] ? LFAP_UNDECIDED : seen[LFAP_PASS] ? LFAP_PASS : LFAP_NOT_APPLICABLE;
}

void lfap_case_free(lfap_case *c) {
  lfap_limit_free(&c->lim);
  free(c->check);
  *c = (lfap_case){0};
}

lfap_check *lfap_check_add(lfap_ctx *ctx, lfap_case *c, const char *id, const char *subject, const char *what) {
  lfap_check *grown = realloc(c->check, (c->checks + 1) * sizeof *grown);
  if (!grown) {
    lfap_fail(ctx, LFAP_ERR_MEMORY, "verify: no memory for check %zu", c->checks + 1);
    return NULL;
  }
  c->check = grown;
  lfap_check *k = &c->check[c->checks++];
  *k = (lfap_check){.id = id, .verdict = LFAP_NOT_APPLICABLE, .value = NAN, .bound = NAN};
  snprintf(k->subject, sizeof k->subject, "%s", subject);
  snprintf(k->what, sizeof k->what, "%s", what);
  return k;
}

void lfap_check_note(lfap_check *k, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  vsnprintf(k->note, sizeof k->note, format, ap);
  va_end(ap);
}

/* A value this close to its bound, relatively, is not decided by doubles. */
#define DOUBT 1e-12

void lfap_check_decide(lfap_check *k, int applies, double value, const char *relation, double bound) {
  k->value = value;
  k->bound = bound;
  snprintf(k->relation, sizeof k->relation, "%s", relation);
  int strict = (relation[0] == '<' || relation[0] == '>') && relation[1] == '\0'; /* "" has no second character */
  int ok = relation[0] == '<' ? value < bound : relation[0] == '>' ? value > bound : value == bound;
  if (!ok && !strict) ok = value == bound;
  int close = strict && isfinite(bound) && fabs(value - bound) <= DOUBT * fabs(bound);
  k->verdict = !applies ? LFAP_NOT_APPLICABLE : isnan(value) ? LFAP_FAIL : close ? LFAP_UNDECIDED : ok ? LFAP_PASS : LFAP_FAIL;
}
