/* kinks.h - the limit with kinks (C2): from proposed multipliers of (CP) to proved statements (spec/certificate.md,
 * "Kinks"). Solves nothing. */
#ifndef ORACLE_KINKS_H
#define ORACLE_KINKS_H
#include "oracle/check/qmatrix.h"
#include "oracle/lfap_oracle.h"

/* Signs and numbers for n samples. */
lfap_status oracle_kinks_init(lfap_ctx *ctx, oracle_kinks *out, size_t n);
/* Numerators and enclosures of 2 n multipliers, all 0. */
lfap_status oracle_kinks_propose(lfap_ctx *ctx, oracle_kinks *k, size_t n);
void oracle_kinks_free(oracle_kinks *k, size_t n);
/* What follows from c->c2's proposal (from c->p where it has none): C2's verdict and everything else in c->c2.
   LFAP_ERR_DATA when the mode claims what does not hold. `proved`: as in oracle_evaluate. */
lfap_status oracle_evaluate_kinks(lfap_ctx *ctx, oracle_cert *c, const oracle_qm *q, int proved);
#endif
