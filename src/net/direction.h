/* direction.h - the direction that given weights have, and how near two directions are. */
#ifndef LFAP_NET_DIRECTION_H
#define LFAP_NET_DIRECTION_H
#include "lfap.h"

/* The cosine of two vectors of d entries; NaN where one is 0. */
double lfap_cosine(const double *a, const double *b, size_t d);
/* The cosine of lfap_net_direction with w (d). */
lfap_status lfap_net_cosine(lfap_ctx *ctx, double *out, const lfap_net *net, const double *w);
#endif
