/* polish.h - around the evaluator of patterns (check/pattern.h): signs at points, the search for a witness. */
#ifndef ORACLE_CERTIFY_POLISH_H
#define ORACLE_CERTIFY_POLISH_H
#include "oracle/check/pattern.h"

/* oracle_polish_certify of data that have passed lfap_data_check; net NULL: C4 is not asked about. */
typedef struct {
  const lfap_net *net;
  lfap_loss loss;
  double step;
} oracle_start;
lfap_status oracle_polish_checked(lfap_ctx *ctx, oracle_polished *out, const lfap_polished *point,
                                  const lfap_data *data, const oracle_start *from, const oracle_opts *o);

/* oracle_kkt_signs of a set that has passed lfap_data_check. */
lfap_status oracle_kkt_signs_checked(lfap_ctx *ctx, int *sign, const lfap_data *stored, const double *Z, size_t np);

/* sign[i] of f(z_i; W^o), 0 where undecided. */
lfap_status oracle_pattern_sign_points(lfap_ctx *ctx, int *sign, const oracle_pattern *P, const double *Z, size_t np);
/* *sign of f(z1 + z2; W^o), the sum exact. */
lfap_status oracle_pattern_sign_sum(lfap_ctx *ctx, int *sign, const oracle_pattern *P, const double *z1,
                                    const double *z2);
/* Looks for z1, z2 (d each) of one sign of f(.; W^o) with the other sign at their sum, and certifies them: *found. */
lfap_status oracle_pattern_witness(lfap_ctx *ctx, int *found, double *z1, double *z2, const oracle_pattern *P);
#endif
