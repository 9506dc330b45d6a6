/* range.h - (H) within the range of doubles and beyond. */
#ifndef LFAP_DATA_RANGE_H
#define LFAP_DATA_RANGE_H
#include "lfap.h"

/* lhs, rhs and holds of (H) from the other fields (N11). `holds` is right even where the two sides leave the
   doubles. */
void lfap_hypothesis_sides(lfap_hypothesis *h, size_t n, double gamma);
#endif
