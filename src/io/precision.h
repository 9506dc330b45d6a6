/* precision.h - the precision numbers were made in, read from the numbers (spec/formats.md, Stored precision). */
#ifndef LFAP_IO_PRECISION_H
#define LFAP_IO_PRECISION_H
#include <stddef.h>

/* Unit roundoff 2^-p of the coarsest of bfloat16, half, single and double (p = 8, 11, 24, 53) that holds all n entries,
   finite, and believably so: numbers of one grid, as integers, pixels and 0/1 are, were not rounded and tell nothing,
   2^-53 then. */
double lfap_unit_of_entries(const double *v, size_t n);
/* The same of numbers whose dtype has the unit roundoff `own`, 0 where that is exact: `own`, or, with *read 1, a
   coarser one that they show. */
double lfap_unit_of(int *read, double own, const double *v, size_t n);
#endif
