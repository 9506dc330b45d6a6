/* sorted.h - a network with output weights of its own in the order of C3's groups: rows of positive a_j, then rows of
 * negative a_j, those of a_j = 0 left out. */
#ifndef LFAP_LIMIT_SORTED_H
#define LFAP_LIMIT_SORTED_H
#include "lfap.h"

typedef struct {
  lfap_net net;  /* owned, as is */
  size_t *place; /* net.m: where each row stands in the network it was made from */
} lfap_sorted;

/* net has an a. DATA: it is 0 throughout. */
lfap_status lfap_sorted_open(lfap_ctx *ctx, lfap_sorted *s, const lfap_net *net);
void lfap_sorted_close(lfap_sorted *s);
/* The point found for s->net in the order of net: rows left out are 0 there, with slopes gamma. */
lfap_status lfap_sorted_back(lfap_ctx *ctx, lfap_polished *p, const lfap_sorted *s, const lfap_net *net);
#endif
