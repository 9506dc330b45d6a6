/* farkas.h - a proof that label slopes separate no network: samples of one class with 0 among their positive
 * combinations (spec/numerics.md N6, "Not separable"). */
#ifndef LFAP_LIMIT_FARKAS_H
#define LFAP_LIMIT_FARKAS_H
#include "lfap.h"

/* INFEASIBLE, with a message that names samples, when it is proved from the data that some c >= 0, c != 0, near ray
   (n entries, not negative) has sum c_n x_n = 0 over one class; LFAP_OK when it is not. */
lfap_status lfap_farkas(lfap_ctx *ctx, const lfap_data *data, const double *ray);
#endif
