/* scale.h - numbers whose products would leave the range of doubles, brought to the middle of it by an exact power of
 * two. */
#ifndef LFAP_DATA_SCALE_H
#define LFAP_DATA_SCALE_H
#include "lfap.h"

/* In [2^-100, 2^100]. */
int lfap_ordinary(double size);
/* e with 2^e <= max |x_i| < 2^(e+1); 0 where that is 0 or infinite. NaNs are passed over. */
int lfap_exponent_of(const double *x, size_t n);
/* The same, 0 too where the largest entry is an ordinary number, which is left alone. */
int lfap_exponent_outside(const double *x, size_t n);
/* out = x 2^e, exact but for results that are subnormal; out may be x. */
void lfap_times_power(double *out, const double *x, int e, size_t n);
/* The same network with its weights divided by 2^*e; out->w is net->w itself where e is 0. */
lfap_status lfap_net_scaled(lfap_ctx *ctx, lfap_net *out, int *e, const lfap_net *net);
void lfap_net_scaled_free(lfap_net *out, const lfap_net *net);
/* Index of the first entry that is no finite number, n if there is none. */
size_t lfap_first_unbounded(const double *x, size_t n);
/* DATA, with the place, unless all entries of x (n x d) are finite. `name` goes into the message. */
lfap_status lfap_rows_finite(lfap_ctx *ctx, const char *name, const double *x, size_t n, size_t d);
/* Every row is zero or has a norm from LFAP_NORM_MIN to LFAP_NORM_MAX; RANGE otherwise. `name` goes into the
   message. */
lfap_status lfap_rows_in_range(lfap_ctx *ctx, const char *name, const double *x, size_t n, size_t d);
#endif
