/* The reader of certificates (`lfap check`) on arbitrary texts, of small data sets. */
#include "oracle/lfap_oracle.h"

#include "fuzz/certificate.h"

unsigned long fuzz_accepted;

static void judge(const lfap_data *D, const char *text, size_t len) {
  lfap_ctx ctx = {.threads = 1};
  oracle_cert c = {0};
  truth t;
  int accepted = 0;
  lfap_status s = oracle_cert_check(&ctx, &accepted, &c, text, len, D, SHA);
  if (!certificate_judged(s, accepted, &ctx)) return;
  certificate_truth(&t, D, c.gamma);
  truth_claims(&t, c.claim, hostile ? "the evaluator, of any proposal" : "an accepted certificate");
  truth_free(&t);
  oracle_cert_free(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return certificate_input(data, size, "\"data_sha256\": \"", judge); }
