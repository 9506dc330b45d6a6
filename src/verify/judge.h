/* judge.h - what another implementation made, held against what it should be: perturbations (P1) and arrays. */
#ifndef LFAP_VERIFY_JUDGE_H
#define LFAP_VERIFY_JUDGE_H
#include "lfap.h"

/* ---- arrays (difference.c) --------------------------------------------------------------------------------------- */

/* Where two arrays differ most; ulp counts the doubles from one value to the other, 0 between -0 and +0. */
typedef struct {
  double max_abs;
  uint64_t max_ulp;
  size_t abs_at, ulp_at; /* first index of the maximum */
  size_t differ;         /* entries with different values */
  size_t beyond;         /* of these, farther apart than rounding explains */
  double relative;       /* max_abs over the largest entry of the second array; 0 where nothing differs */
  size_t over;           /* entries farther apart than the tolerance, as the verdict has it */
} lfap_difference;
/* An array with the unit roundoff its entries were rounded to (lfap_mat.unit). */
typedef struct {
  const double *v;
  double unit;
} lfap_rounded;
/* Share of entries with the same sign in both; NaN for n = 0. */
double lfap_sign_agreement(const double *f, const double *g, size_t n);
uint64_t lfap_ulp_between(double a, double b);
/* What rounding to the unit may cost v: relative, but absolute where half precision has no smaller numbers. */
double lfap_rounding(double unit, double v);
/* How far apart two arrays may be that are the same by other roundings, relative to the largest entry of the second, by
   the coarser unit of both: 2^-33 in doubles, 2^-14 in single precision, 2^-7 in half, 2^-4 in bfloat16; 0 of whole
   numbers. */
double lfap_tolerance_of(double unit);
/* Rounding explains that of a and that of b, and `error` (n, or NULL) of the computation; an entry is `over` where it
   is off by more than the tolerance and more than that error. */
void lfap_difference_of(lfap_difference *out, lfap_rounded a, lfap_rounded b, const double *error, size_t n);

/* ---- perturbations (judge.c) ------------------------------------------------------------------------------------- */

/* One figure a sample: its smallest, mean and largest value, with the first sample that has it. NaN without samples. */
typedef struct {
  double min, mean, max;
  size_t min_at, max_at;
} lfap_spread;

/* Recomputed from the stored points: eta = x_adv - x, rounded to doubles. */
typedef struct {
  size_t n;
  lfap_spread size;     /* ||eta|| in the norm; l0: entries changed */
  lfap_spread entry;    /* largest |eta_i| */
  double unit;          /* unit roundoff bases and points were made with (lfap_mat.unit), the coarser of both */
  double allowance;     /* largest excess over eps that rounding to it explains; NaN without eps */
  size_t outside;       /* samples over the constraint by more than that */
  size_t undecided;     /* not outside, but over it by what rounding explains and a cheat of 0.1 % would show too */
  size_t shifted;       /* of these, with an entry that its own rounding does not explain, a shift of the data would */
  size_t range_outside; /* samples with an entry outside the range by more than that */
  double range_excess;  /* the farthest of them: distance, sample */
  size_t range_at;
  double optimum;       /* eps |w|_dual (P1), range left aside; NaN without eps */
  lfap_spread reached;  /* t<eta,w> / optimum; NaN without eps */
  lfap_spread gain;     /* t (f(x_adv) - f(x)) of the network */
  lfap_spread ascent;   /* gain / (eps |grad f(x)|_dual): what a locally linear f would give; NaN without eps */
  size_t before, after; /* samples with t f(x) > 0, with t f(x_adv) > 0 */
  size_t across;        /* with t <w, x_adv> > 0 */
} lfap_p1;

/* bases, points: n x d; t: n targets +-1; w (d) not 0, or NULL where it is not known: optimum and reached are NaN
   then, across 0. With o->bias the last coordinate is its constant, which no perturbation moves. o->eps may be 0 for
   l0: entries then have no bound, as in the authors' experiments, and there is no optimum. o->k is l0's. Bases and
   points are as they were read; their lfap_mat.unit says in what precision they were made. */
lfap_status lfap_p1_of(lfap_ctx *ctx, lfap_p1 *out, const lfap_net *net, const lfap_mat *bases, const lfap_mat *points,
                       const double *t, const double *w, const lfap_perturb_opts *o);
#endif
