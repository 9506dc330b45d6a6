/* range.h - the range of gamma, and (H) within the range of doubles and beyond. */
#ifndef LFAP_DATA_RANGE_H
#define LFAP_DATA_RANGE_H
#include "lfap.h"

/* DATA unless gamma lies strictly between 0 and 1, RANGE where it is below `least` (0, or LFAP_GAMMA_MIN). `name` says
   in the message whose it is. */
lfap_status lfap_gamma_valid(lfap_ctx *ctx, const char *name, double gamma, double least);

/* (H) from the Gram matrix row by row (N11): begin; every row, in order, by its index, its diagonal entry, and the
   largest |G_row,k|, k < row, with that k; finish gives lhs, rhs and holds, which is right even where the two sides
   leave the doubles. */
void lfap_hypothesis_begin(lfap_hypothesis *h);
void lfap_hypothesis_row(lfap_hypothesis *h, size_t row, double diagonal, double peak, size_t k);
void lfap_hypothesis_finish(lfap_hypothesis *h, size_t n, double gamma);
#endif
