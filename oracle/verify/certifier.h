/* certifier.h - the oracle as the certifier of `lfap verify`. */
#ifndef ORACLE_VERIFY_CERTIFIER_H
#define ORACLE_VERIFY_CERTIFIER_H
#include "oracle/oracle.h"

typedef struct {
  oracle_opts opts;
  size_t largest;  /* sets of more samples are left to doubles, */
  int fast;        /* or, where not 0, (H) and C1 to error bounds in doubles (lfap_limit_enclose) */
  size_t left_out; /* how many were */
  oracle_cert natural; /* of the case under way */
} oracle_certifier;

/* An lfap_certifier; user is an oracle_certifier. */
lfap_status oracle_certifier_speak(void *user, lfap_ctx *ctx, lfap_case *c, size_t first, const lfap_offer *offer);
void oracle_certifier_free(oracle_certifier *me);
#endif
