/* support.h - proposes which multipliers are positive, in doubles. Nothing here is trusted: the proposal is decided by
 * check/evaluate.c.
 */
#ifndef ORACLE_SUPPORT_H
#define ORACLE_SUPPORT_H
#include <stddef.h>

#include "lfap.h"

/* in (n flags): where to begin, then the support of min 1/2 l'Ml - b'l over l >= 0 for the positive semidefinite M, b >
   0; x (n): l. *found is 0 when what there is solves the programme only in part. */
lfap_status oracle_support_find(lfap_ctx *ctx, int *found, unsigned char *in, double *x, const double *M,
                                const double *b, size_t n);
#endif
