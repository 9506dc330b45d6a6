/* farkas.h - a proof that label slopes separate no network, or that no linear classifier separates the classes: samples
 * of one class, or labels times samples of both, with 0 among their positive combinations (spec/numerics.md N6, "Not
 * separable"). */
#ifndef LFAP_LIMIT_FARKAS_H
#define LFAP_LIMIT_FARKAS_H
#include "lfap.h"

/* INFEASIBLE, with a message that names samples, when it is proved from the data that some c >= 0, c != 0, near ray
   (N entries, not negative) has sum c_n x_n = 0 over one class; with `linear`, sum c_n y_n x_n = 0 over both, so that
   no linear classifier separates them. LFAP_OK when it is not. */
lfap_status lfap_farkas(lfap_ctx *ctx, const lfap_data *data, const double *ray, int linear);
#endif
