/* descent.h - gd and sgd at P bits, an epoch at a time (spec/numerics.md N5, N5a). */
#ifndef ORACLE_REPLAY_DESCENT_H
#define ORACLE_REPLAY_DESCENT_H
#include "oracle/replay/network.h"

/* A training on its way; all it holds is its arithmetic's. */
typedef struct {
  oracle_arith *A;
  oracle_net net; /* its weights: in Gram form those of the start */
  const lfap_train_opts *o;
  size_t n, epoch; /* samples; epochs done */
  int gram;
  mpfr_t *X, *y, *z;           /* n x d, n, n x m: pre-activations of the last forward pass */
  mpfr_t *q, *l, *g, *s1, *s2; /* n each, of the epoch: margins, losses, -l', coefficients of both slopes */
  mpfr_t *r, *p;               /* n each: scratch; normalised loss gradients */
  mpfr_t *c, *row;             /* workers x n, workers x d: scratch */
  mpfr_t *V;                   /* m x d: momentum, plain sgd */
  mpfr_t *G, *VZ;              /* Gram form: n x n, m x n */
  mpfr_t *C, *VC;              /* m x n: Gram form, or where the coefficients are asked for */
  mpfr_t *t;                   /* the schedule and scratch */
  mpfr_ptr mu, minus_lr;
  mpfr_t *loss, *log_loss, *lr, *s; /* an entry an epoch, as lfap_epoch */
  size_t bad;                       /* epochs since the loss was better */
} oracle_descent;

lfap_status oracle_descent_begin(lfap_ctx *ctx, oracle_descent *out, oracle_arith *A, const lfap_net *start,
                                 const lfap_data *data, const lfap_train_opts *o);
/* The next of o->epochs epochs. DATA where the loss is not finite. */
lfap_status oracle_descent_epoch(lfap_ctx *ctx, oracle_descent *w);
/* The weights (m x d) after the epochs done: those of w itself, or in Gram form made in `room`. */
lfap_status oracle_descent_weights(lfap_ctx *ctx, const oracle_descent *w, mpfr_t **out, mpfr_t *room);
/* At the end: C_jn becomes b_jn = (C_jn y_n)/a_j. */
void oracle_descent_coefficients(oracle_descent *w);
/* Every slope equals the label slope, at the last forward pass. */
int oracle_descent_aligned(const oracle_descent *w);
#endif
