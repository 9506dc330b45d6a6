/* descent.h - what gd and sgd share in both their forms: outputs to losses and coefficients, the record of an epoch
 * (spec/numerics.md N4, N5). */
#ifndef LFAP_NET_DESCENT_H
#define LFAP_NET_DESCENT_H
#include "kernel/step.h"
#include "net/state.h"

typedef struct {
  const lfap_data *data;
  const lfap_train_opts *o;
  double gamma, s;                 /* s = 1/sqrt(m) */
  double *f, *q, *l, *g, *s1, *s2; /* n each: outputs, margins, losses, -l', coefficients of open and leaky slopes */
  lfap_plateau plateau, next;      /* before this epoch and after it */
} lfap_descent;
lfap_status lfap_descent_alloc(lfap_ctx *ctx, lfap_descent *out, const lfap_net *net, const lfap_data *data,
                               const lfap_train_opts *o);
void lfap_descent_free(lfap_descent *w);

/* The epoch after h->rows others, at the outputs w->f: fills s1 and s2, writes the history's row (and h->p), and
   returns the rate for this epoch's update in *lr. DATA when the loss or its logarithm is not finite, RANGE at the
   first epoch. */
lfap_status lfap_descent_epoch(lfap_ctx *ctx, double *lr, lfap_descent *w, lfap_history *h);
/* When its update is made, the epoch counts: in the history and in the schedule. */
void lfap_descent_count(lfap_descent *w, lfap_history *h);
/* Part of a method's list: the schedule. */
void lfap_descent_state(lfap_walk *walk, lfap_descent *w);

/* All move net->w by o->epochs epochs, less those done; h->row has as many rows and h->p data->n entries.
   h->coefficient (m x N), unless NULL, gets the coefficients b_jn. */
lfap_status lfap_descend_plain(lfap_ctx *ctx, lfap_net *net, lfap_history *h, lfap_train_run *run);
lfap_status lfap_descend_gram(lfap_ctx *ctx, lfap_net *net, lfap_history *h, const lfap_set *set, lfap_train_run *run);
/* In half precision, without coefficients; stops where learning ends. */
lfap_status lfap_descend_half(lfap_ctx *ctx, lfap_net *net, lfap_history *h, lfap_train_run *run);
#endif
