/* verify_certify.h - the oracle as the certifier of `lfap verify`. */
#ifndef LFAP_CLI_VERIFY_CERTIFY_H
#define LFAP_CLI_VERIFY_CERTIFY_H
#include "cli/certify.h"

typedef struct {
  oracle_opts opts;
  size_t largest;  /* sets of more samples are left to doubles */
  size_t left_out; /* how many were */
  oracle_cert natural; /* of the case under way */
} cli_certifier;

/* An lfap_certifier; user is a cli_certifier. */
lfap_status cli_certifier_speak(void *user, lfap_ctx *ctx, lfap_case *c, size_t first, const lfap_offer *offer);
void cli_certifier_free(cli_certifier *me);
#endif
