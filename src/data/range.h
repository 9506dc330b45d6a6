/* range.h - norms in which every result is right (LFAP_NORM_MIN to LFAP_NORM_MAX; spec/numerics.md N14), and (H) within and beyond. */
#ifndef LFAP_DATA_RANGE_H
#define LFAP_DATA_RANGE_H
#include "lfap.h"

/* RANGE, with a message that names the first sample whose norm is out of range. */
lfap_status lfap_data_in_range(lfap_ctx *ctx, const lfap_data *data, const char *name);

/* lhs, rhs and holds of (H) from the other fields (N11). `holds` is right even where the two sides leave the doubles. */
void lfap_hypothesis_sides(lfap_hypothesis *h, size_t n, double gamma);
#endif
