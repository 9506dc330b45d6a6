/* The reader of Certificate.v (`lfap check`) on arbitrary texts, of small data sets. */
#include "oracle/coq/coq.h"

#include "fuzz/certificate.h"

unsigned long fuzz_accepted;

static void judge(const lfap_data *D, const char *text, size_t len) {
  lfap_ctx ctx = {.threads = 1};
  oracle_coq c = {0};
  truth t;
  int accepted = 0;
  oracle_coq_about about = {.data = D, .sha256 = SHA};
  lfap_status s = oracle_coq_check(&ctx, &accepted, &c, text, len, &about);
  if (!certificate_judged(s, accepted, &ctx)) return;
  certificate_truth(&t, D, c.gamma);
  promise(c.claim != ORACLE_COQ_T1 || t.h, "a theorem of T1 has (H)");
  promise(c.claim != ORACLE_COQ_C1 || t.c1, "a theorem of C1 is true");
  promise(c.claim != ORACLE_COQ_C2 || t.c2, "a theorem of C2 is true");
  promise(c.claim != ORACLE_COQ_NOT_C1 || !t.c1, "a theorem against C1 is true");
  truth_free(&t);
  oracle_coq_free(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return certificate_input(data, size, "\n   data ", judge); }
