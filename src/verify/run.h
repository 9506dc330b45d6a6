/* run.h - what the parts of one verification case share. */
#ifndef LFAP_VERIFY_RUN_H
#define LFAP_VERIFY_RUN_H
#include "lfap.h"
#include "verify/report.h"

/* A set of points the statements are tried at: the natural samples, random probes, held-out test points. */
typedef struct {
  const char *name;
  const double *Z; /* n x d */
  const double *y; /* labels, NULL for probes */
  size_t n;
  double *f_bdy;   /* n, owned by the run */
} lfap_points;

typedef struct {
  lfap_ctx *ctx;
  const lfap_verify_opts *o;
  lfap_case *c; /* being filled; c->lim is the limit of the data */
  size_t d;
  double *probe; /* owned */
  lfap_points points[3];
  size_t sets;
  lfap_net net;      /* the network under test, owned unless o->net */
  lfap_history hist; /* of its flow */
  int linear;        /* the limit of `net` is known to be linear: (H), or C1 and a flow at rest (F1) */
  double *e[3];      /* per norm: the direction e of T3, owned; NULL when the norm is left out */
  double dual[3];    /* <e, w> */
} lfap_run;

/* Declares `var`, a new line of r's case; leaves the function when there is no memory for it. */
#define ADD(var, id, subject, what)                                  \
  lfap_check *var = lfap_check_add(r->ctx, r->c, id, subject, what); \
  if (!var) return LFAP_ERR_MEMORY

/* Lines on the data and on the network trained on it (H, Q1, T1, T2, C1, F1, K1, P1, D1, D2). */
lfap_status lfap_run_natural(lfap_run *r);
/* Lines on the network's limit and flow on noise + perturbation, one norm (H, T1, T2, C1, T3, T4), and the controls. */
lfap_status lfap_run_adversarial(lfap_run *r, lfap_norm norm);
lfap_status lfap_run_controls(lfap_run *r);
/* Hands the lines from `first` on to the certifier, if there is one. `a` and f_adv (one array a set) are NULL for the natural set. */
lfap_status lfap_run_offer(lfap_run *r, size_t first, lfap_offer offer, double *const *f_adv);
/* Multiplier and condition lines that data and adversarial sets share. */
lfap_status lfap_run_limit_lines(lfap_run *r, const lfap_limit *lim, const char *subject);
/* Trains a fresh network on `data` by the flow. */
lfap_status lfap_run_flow(lfap_run *r, lfap_net *net, lfap_history *h, const lfap_data *data, size_t m, uint64_t seed, lfap_loss loss);
#endif
