/* trust.h - how far multipliers can be trusted (statement Q1; spec/numerics.md N6, "Trust"): a small residual says
 * little of them where Q is ill-conditioned on their support. */
#ifndef LFAP_LIMIT_TRUST_H
#define LFAP_LIMIT_TRUST_H
#include "limit/system.h"

typedef struct {
  double error; /* of a multiplier on the support, relative: the largest, as the system's inverse sees it; infinite
                   where that is no inverse */
  int closed;   /* every sample off the support keeps more than margin 1, by more than this error may hide */
} lfap_trust;

extern const lfap_trust lfap_trust_none;

/* Of lambda >= 0 (n) as solution of the programme of Q and b = 1; sys: a system of that Q, opened. */
lfap_status lfap_trust_of(lfap_ctx *ctx, lfap_trust *out, lfap_system *sys, const double *lambda,
                          const lfap_data *data);
#endif
