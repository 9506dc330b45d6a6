/* run.h - what the parts of one verification case share. */
#ifndef LFAP_VERIFY_RUN_H
#define LFAP_VERIFY_RUN_H
#include "lfap.h"
#include "verify/lines.h"

/* Sets of points the statements are tried at: the natural samples, random probes, held-out test points. */
enum { LFAP_POINT_SETS = 3 };
typedef struct {
  const char *name;
  const double *Z; /* n x d */
  const double *y; /* labels, NULL for probes */
  size_t n;
  double *f_bdy; /* n, owned by the run */
} lfap_points;

/* A set as flows are run on it: the set itself, or samples / unit where data are not of ordinary size. */
typedef struct {
  lfap_data data;
  lfap_set own, *set; /* set: own or what was given; NULL before lfap_run_scale */
  size_t steps;       /* budget of a flow on it; 0: that of the case */
  int keep;           /* the coefficients of the network trained on it (T5) */
} lfap_flown;

typedef struct {
  lfap_ctx *ctx;
  const lfap_verify_opts *o;
  lfap_case *c;     /* being filled; c->lim is the limit of the data */
  lfap_set natural; /* the data; */
  lfap_flown flown; /* as every flow on them wants them */
  size_t d;
  size_t moving; /* coordinates that noise, perturbations and probes have: d, without the constant one of a bias */
  double *probe; /* owned */
  lfap_points points[LFAP_POINT_SETS];
  size_t sets;
  lfap_net net;      /* the network under test, owned unless o->net */
  lfap_history hist; /* of its flow */
  lfap_facts facts;  /* of the natural set and of `net` */
  lfap_facts bound;  /* of the natural set and its limit alone */
  /* powers of two, 1 for ordinary data: the size of the data, which flows here are made for, and of their moving
     coordinates, which noise is made for (with a bias, probes too) */
  double unit, noise;
  int reached;             /* training from the weights of `net` ends at the limit: C4 */
  double fuzz;             /* how far the direction of `net` may be from w, as an angle */
  double *e[LFAP_NORMS];   /* the direction e of T3, owned; NULL when the norm is left out */
  double dual[LFAP_NORMS]; /* <e, w> */
} lfap_run;

/* Declares `var`, a new line of r's case, judged; leaves the function when there is no memory for it. */
#define ADD(var, line, subject, at, facts, value, bound)                                                   \
  lfap_check *var =                                                                                        \
      lfap_line_add(r->ctx, r->c, LFAP_LINE_##line, subject, at, facts, (double)(value), (double)(bound)); \
  if (!var) return LFAP_ERR_MEMORY

/* Lines on the data and on the network trained on it (H, Q1, T1, T2, C1, F1, K1, P1, D1, D2). */
lfap_status lfap_run_natural(lfap_run *r);
/* Lines on the network's limit and flow on noise + perturbation, one norm (H, T1, T2, C1, T3, T4), and the controls. */
lfap_status lfap_run_adversarial(lfap_run *r, lfap_norm norm);
lfap_status lfap_run_controls(lfap_run *r);
/* Hands the lines from `first` on to the certifier, if there is one. `a` and f_adv (one array a set) are NULL for
   the natural set. */
lfap_status lfap_run_offer(lfap_run *r, size_t first, lfap_offer offer, double *const *f_adv);
/* A set in units of r->unit; `set` outlives it. */
lfap_status lfap_run_scale(lfap_run *r, lfap_flown *out, lfap_set *set);
void lfap_flown_free(lfap_flown *f);
/* Trains a fresh network as the case trains them; the weights are those for the set that was scaled. */
lfap_status lfap_run_train(lfap_run *r, lfap_net *net, lfap_history *h, const lfap_flown *on, size_t m, uint64_t seed,
                           lfap_loss loss);
/* What lim says, and what the training that gave a network says of that network's limit; hist NULL: a network brought
   along. */
lfap_facts lfap_run_facts(const lfap_limit *lim, const lfap_history *hist);
/* Is the sign of f = <w, z> out of reach of an angle `fuzz` between directions, and of rounding, when f is taken
   times `part`? */
int lfap_run_clear(const lfap_run *r, double norm_w, const double *z, double f, double part, double fuzz);
/* The share of decided points at which f and g have the same sign; f = <w, z> decides which are. NaN without any. */
double lfap_run_agreement(const lfap_run *r, const double *f, const double *g, const double *w, const double *Z,
                          size_t n, double fuzz);
/* Facts of a line about such a share: unknown where no point was decided. */
lfap_facts lfap_run_of_share(const lfap_facts *f, double share);
/* The angle of a network's direction from w, from their cosine and the spread of its rows. */
double lfap_run_fuzz(double cosine, double row_spread);
/* A part of what verify makes itself that could not be computed is told in a line, NOT-APPLICABLE, and stops nothing
   else. Memory, interrupts and broken invariants stop the run as ever. */
lfap_status lfap_run_left_out(lfap_run *r, lfap_status st, const char *subject, const char *part);
#endif
