/* kinks.h - what is certain of the limit with kinks (C2) from multipliers computed in doubles: the duality gap of (CP)
 * in O(N d), without a factor (spec/numerics.md N14, spec/certificate.md "Kinks"). */
#ifndef LFAP_LIMIT_KINKS_H
#define LFAP_LIMIT_KINKS_H
#include "lfap.h"

/* Claim C2 of e, own_lo, own_hi, other_lo, other_hi, c2_ball, own_right, own_wrong and off, from multipliers alpha and
   beta of (CP) (n each, any nonnegative doubles) and norm[n] >= ||x_n||. MEMORY. */
lfap_status lfap_enclose_kinks(lfap_ctx *ctx, lfap_enclosure *e, const lfap_data *data, const double *alpha,
                               const double *beta, double gamma, const double *norm);
/* The claim from the bounds and counts that are there. */
void lfap_enclosure_kinks(lfap_enclosure *e);
#endif
