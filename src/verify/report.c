/* report.c - the lines of a case together: names of verdicts, the worst of them. */
#include <stdlib.h>

#include "lfap.h"

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
  return seen[LFAP_FAIL]        ? LFAP_FAIL
         : seen[LFAP_UNDECIDED] ? LFAP_UNDECIDED
         : seen[LFAP_PASS]      ? LFAP_PASS
                                : LFAP_NOT_APPLICABLE;
}

void lfap_case_free(lfap_case *c) {
  lfap_limit_free(&c->lim);
  free(c->check);
  *c = (lfap_case){0};
}
