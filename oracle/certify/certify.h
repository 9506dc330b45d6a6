/* certify.h - a certificate of data that somebody has checked. */
#ifndef ORACLE_CERTIFY_CERTIFY_H
#define ORACLE_CERTIFY_CERTIFY_H
#include "oracle/lfap_oracle.h"

/* oracle_limit_certify of data that have passed lfap_data_check. */
lfap_status oracle_certify_checked(lfap_ctx *ctx, oracle_cert *out, const lfap_data *data, double gamma,
                                   const oracle_opts *o);
#endif
