/* state.h - a training between two epochs: what it is made of, written and read by one walk, so that no list of its
 * parts can forget what the other has (spec/formats.md, Checkpoints). */
#ifndef LFAP_NET_STATE_H
#define LFAP_NET_STATE_H
#include "lfap.h"

typedef struct lfap_walk lfap_walk;
/* n numbers of the state: written from there, or read to there. */
void lfap_walk_doubles(lfap_walk *walk, double *at, size_t n);
void lfap_walk_floats(lfap_walk *walk, float *at, size_t n);
void lfap_walk_whole(lfap_walk *walk, size_t *at);

/* A method's one list of what an epoch needs of those before it, history aside: walks over all of it. */
typedef void lfap_state_list(lfap_walk *walk, void *of);
/* A method's weights at the moment, w (m x d). */
typedef lfap_status lfap_state_weights(lfap_ctx *ctx, double *w, void *of);

/* One call of lfap_train: what tells it from others, and the method's parts. */
typedef struct lfap_train_run {
  lfap_ctx *ctx;
  const lfap_train_opts *o;
  const lfap_net *start;
  const lfap_data *data;
  lfap_history *h;
  const double *margin; /* gd, sgd: of the epoch (n) */
  const char *unit;     /* what is counted: "epoch" */
  void *of;             /* given to the next two */
  lfap_state_list *list;
  lfap_state_weights *weights;
} lfap_train_run;

/* Goes on from the state of o->from, if any: fills what the list names, and the history. h->rows is then the number of
   epochs done, 0 for a run from its beginning. */
lfap_status lfap_run_begin(lfap_train_run *run, const char *unit, void *of, lfap_state_list *list,
                           lfap_state_weights *weights);
/* After an epoch that ended with st, OK or not: calls o->after where there is a state to be seen. An epoch that is
   interrupted must have left what the list names, and h->rows, as they were. Returns st, or what ends the run. */
lfap_status lfap_run_after(lfap_train_run *run, lfap_status st, int last);
#endif
