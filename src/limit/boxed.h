/* boxed.h - the other pairs at given multipliers (statement C3; spec/numerics.md N15): for each group of neurons of one
 * sign and own pattern the least of 1/2 c'Kc, c_n = own_n lambda_n at own pairs, gamma lambda_n <= c_n <= lambda_n at
 * the others. t = K c, K_nk = y_n y_k G_nk. */
#ifndef LFAP_LIMIT_BOXED_H
#define LFAP_LIMIT_BOXED_H
#include "lfap.h"

/* Where a pair stands: an own one; c = gamma lambda, t >= 0; c = lambda, t <= 0; between, t = 0. */
enum { LFAP_PAIR_OWN = 0, LFAP_PAIR_SHUT, LFAP_PAIR_OPEN, LFAP_PAIR_KINK };

/* A group's kinks and the factor of K on them. */
typedef struct {
  size_t *at, n, room; /* increasing; owned, as is */
  double *L;           /* n x n, of room x room doubles */
  int factored;        /* L is of the kinks as they stand, */
  int singular;        /* with something added to the diagonal */
  int solved;          /* c follows from the kinks as they stand, up to refinement */
  int refined;         /* corrections since then */
  double last;         /* t at the kinks before the last one */
  size_t least, tries; /* fewest wrong pairs seen, rounds of whole exchanges left before single ones */
  size_t pivots;
  lfap_status status;
} lfap_kinks;

typedef struct {
  size_t n, groups;
  double gamma;
  const double *K, *size; /* n x n; n: square roots of its diagonal */
  double *weight;         /* groups: neurons over m; owned, with what follows */
  double *own;            /* groups x n: o at own pairs, 0 at the others */
  double *c, *t, *s;      /* groups x n; s: dc/dlambda with the kinks held: own, gamma, 1, and 0 at a kink */
  unsigned char *pair;    /* groups x n */
  double *in, *out, *work;
  size_t *list;
  unsigned char *active;
  unsigned char *settled; /* groups whose c, t and pair are of lambda already, which the next solution leaves alone */
  lfap_kinks *kinks;
} lfap_boxed;

/* weight, own, pair (and c at kinks) are the caller's to fill. */
lfap_status lfap_boxed_open(lfap_ctx *ctx, lfap_boxed *b, size_t n, size_t groups);
void lfap_boxed_close(lfap_boxed *b);
/* c, t and pair at lambda, from pair and c as they stand (of the multipliers `before`, NULL: the same). UNSOLVED: too
   many exchanges. */
lfap_status lfap_boxed_solve(lfap_ctx *ctx, lfap_boxed *b, const double *lambda, const double *before);
/* q (n): margins with own pairs linear. */
void lfap_boxed_margins(const lfap_boxed *b, double *q);
/* y = A v: how q moves with lambda while every pair stands as it does. */
lfap_status lfap_boxed_product(lfap_ctx *ctx, lfap_boxed *b, double *y, const double *v);
/* A (n x n, on and below the diagonal). */
lfap_status lfap_boxed_form(lfap_ctx *ctx, lfap_boxed *b, double *A);
/* About the operations of lfap_boxed_form. */
double lfap_boxed_work(const lfap_boxed *b);
/* Sees to it that s and the factors are those of pair. */
lfap_status lfap_boxed_factor(lfap_ctx *ctx, lfap_boxed *b);
#endif
