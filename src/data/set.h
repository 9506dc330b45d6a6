/* set.h - a data set's Gram matrix for those who keep a copy, or little memory. */
#ifndef LFAP_DATA_SET_H
#define LFAP_DATA_SET_H
#include "lfap.h"

/* `to` (n x n) gets the Gram matrix: the set's, or one that is made there and that the set does not get. */
lfap_status lfap_set_copy_gram(lfap_ctx *ctx, double *to, const lfap_set *set);
/* Frees the Gram matrix of a large set (above 128 MiB), before work that takes matrices of its size without reading it:
   it is made again where it is asked for. */
void lfap_set_spare(lfap_set *set);
#endif
