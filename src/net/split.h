/* split.h - the sums a split is made of (T5; N16), for who has the perturbed samples and their bases one after the
 * other. */
#ifndef LFAP_NET_SPLIT_H
#define LFAP_NET_SPLIT_H
#include "lfap.h"

/* out (m x d) = a_j sum_n b_jn t_n x_n on top of what it holds; b: m x n, set: n samples x_n with labels t_n. */
lfap_status lfap_split_sum(lfap_ctx *ctx, double *out, const double *b, const lfap_data *set, size_t m);
/* lfap_split.unsure. first: m x d or NULL; norm: n, ||base_n|| + ||eta_n|| or more. */
double lfap_split_unsure(const double *first, const double *b, const double *norm, size_t m, size_t n, size_t d);
#endif
