/* evaluate.h - from proposed multipliers to proved statements. The only judge of a certificate, for `limit
 * --certify` and for `check` alike; it solves nothing. */
#ifndef ORACLE_EVALUATE_H
#define ORACLE_EVALUATE_H
#include "oracle/check/qmatrix.h"
#include "oracle/lfap_oracle.h"

/* n, d, gamma are set; multipliers 0/1, everything else undecided. */
lfap_status oracle_cert_init(lfap_ctx *ctx, oracle_cert *out, size_t n, size_t d, double gamma);
/* What G alone says: (H), the ends of the intervals of T1 and T2. */
lfap_status oracle_evaluate_data(lfap_ctx *ctx, oracle_cert *c, const oracle_qm *q);
/* What follows from c->p, den, mode, bits and mu. LFAP_ERR_DATA when the mode claims what does not hold (an inverse
   bound that cannot be proved, an exact solution that is none). `proved` skips the proof of the inverse bound when
   not 0: the caller has just done it for this support. */
lfap_status oracle_evaluate(lfap_ctx *ctx, oracle_cert *c, const oracle_qm *q, int proved);
#endif
