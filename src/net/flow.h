/* flow.h - the rescaled gradient flow, far out (F1), and the loss weights it shares with plain descent. */
#ifndef LFAP_NET_FLOW_H
#define LFAP_NET_FLOW_H
#include "net/state.h"

/* Moves net->w along the flow; h->row has run->o->epochs rows and h->p as many entries as there are samples,
   h->coefficient, unless NULL, as B. */
lfap_status lfap_flow_run(lfap_ctx *ctx, lfap_net *net, lfap_history *h, lfap_set *set, lfap_train_run *run);

/* p_n = g_n/sum g at margins q (n), through r = -log g (scratch, n); returns the log of the mean of g: for the
   exponential loss that is log L. Never underflows. */
double lfap_loss_weights(double *p, double *r, const double *q, int logistic, size_t n);

/* LFAP_ERR_RANGE where the margins q (n) at the start, their loss or its logarithm are no doubles; names the sample of
   the least margin, or the first whose margin is no number. half: the margins are of half precision (N17). */
lfap_status lfap_loss_start(lfap_ctx *ctx, const double *q, const double *y, double loss, double log_loss, size_t n,
                            int half);
#endif
