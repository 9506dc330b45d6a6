/* learner.h - what learns from a set: its limit (Q1, C1), and for the methods flow and sgd a network trained on it. */
#ifndef LFAP_STUDY_LEARNER_H
#define LFAP_STUDY_LEARNER_H
#include "study/study.h"

typedef struct {
  lfap_set_status status;
  lfap_limit lim;  /* n = 0 where there is none */
  lfap_net net;    /* w = NULL for method limit */
  const double *w; /* d: w of the limit, or `mean`; NULL where there is no limit to take it from */
  lfap_why why;    /* why w is NULL */
  double *mean;    /* d, owned: mean positive row minus mean negative row of the network (N7) */
  double log_loss; /* of the network at the end */
  int keep;        /* asked for: the coefficients of the network (T5) */
  double *b;       /* m x N, owned; NULL: not kept */
  lfap_study_part part;
} lfap_learner;
void lfap_learner_free(lfap_learner *l);

/* G is the Gram matrix that the limit is taken of: the set's, or one of moved points (N12). A network is trained with
   the set's own, made where it is not there. It starts from the seed of `role`. `refused`: what lfap_data_check says
   of the data; a set that it refuses has no limit to be told, a network may learn it all the same. Of *out,
   `keep` and `part` are read. */
lfap_status lfap_learner_make(lfap_ctx *ctx, lfap_learner *out, lfap_set *set, const double *G, const lfap_cell *c,
                              const lfap_study_opts *o, int role, lfap_status refused);
/* The weights that the network of a role starts from. */
lfap_status lfap_learner_start(lfap_ctx *ctx, lfap_net *out, const lfap_cell *c, int role);
/* Method limit: the network that the limit of C2 of the set is, into `net`, and its coefficients; none where (CP) has
   no solution. */
lfap_status lfap_learner_limit(lfap_ctx *ctx, lfap_learner *l, const lfap_data *set);
/* f (n) at the rows of Z: the network's, or <w, z>. The learner must have a direction. */
lfap_status lfap_learner_eval(lfap_ctx *ctx, double *f, const lfap_learner *l, const double *Z, size_t n);
uint64_t lfap_cell_seed(const lfap_cell *c, int role);
#endif
