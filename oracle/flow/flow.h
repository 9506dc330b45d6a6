/* flow.h - the rescaled flow followed to t = exp(10^6), and how it approaches the limit (statements F1, Q1 of
 * spec/theory.md).
 *
 * Between two changes of a slope the flow is analytic: q' = M p with a constant M. It is integrated by Taylor series
 * whose order grows with the precision, and the times at which a pre-activation crosses its kink are solved for, so
 * that the result is limited by the precision and not by a step control: doubling the precision is the test of it.
 * Series are cut where their last terms are below 2^-(P+16); there is no proved bound of the remainder, so the
 * trajectory is *measured at P bits*. The signs of the boundary are *certified* (oracle.h), those of f(z; W) are
 * certified for the computed W.
 */
#ifndef ORACLE_FLOW_H
#define ORACLE_FLOW_H
#include "lfap_certifier.h"
#include "oracle/lfap_oracle.h"
#include "oracle/replay/arith.h"

/* The limit that the flow is held against, and the flow itself, carry GUARD bits more. */
enum {
  ORACLE_FLOW_PREC_DEFAULT = 256,
  ORACLE_FLOW_GUARD = 64,
  ORACLE_FLOW_PREC_MAX = ORACLE_PREC_MAX - ORACLE_FLOW_GUARD
};

typedef struct {
  unsigned prec; /* 0: 256 */
  lfap_loss loss;
  double log_loss;      /* where to stop, negative; 0: -1e6 */
  size_t steps;         /* most Taylor steps; 0: 100000 */
  const double *probes; /* np x d, or NULL */
  size_t np;
} oracle_flow_opts;

/* The flow where log L (logistic: the log of the mean of g) reaches a power of ten; the first row is the start. Of the
   point it is held against, W-star with multipliers lambda, see the table. */
typedef struct {
  double log_loss, s, log_t; /* t: time of the gradient flow; -inf at the start */
  double p_distance;         /* ||p - lambda/sum lambda||_1 */
  double direction;          /* ||W/||W|| - W-star/||W-star|| ||_F */
  /* of the slope of log L since the last row: relative difference from -1/sum lambda; NaN at the start */
  double slope_error;
  double exponent;   /* log(direction) against log(s) since the last row; NaN where the last row has s = 0 */
  size_t mismatched; /* pairs (neuron, sample) without the label slope */
  /* probes: sign f(z; W) differs from the boundary's; one of the two signs is not certified */
  size_t disagree, undecided;
} oracle_flow_row;

typedef struct {
  unsigned prec;
  size_t n, d, m, np;
  oracle_flow_row *row; /* owned */
  size_t rows;
  oracle_vec s, p; /* s of each row; p at the end (n), to P + 64 bits, owned */
  double slope;    /* -1/sum lambda, the predicted slope of log L */
  /* least squares over rows with log L <= -1000, direction <= 0.05; predicted: -1; NaN with fewer than two */
  double exponent;
  double s_aligned;        /* since when every slope has been the label slope; NaN if not at the end */
  double s_rest;           /* since when p is at rest to the precision; NaN if it is not */
  size_t steps, crossings; /* Taylor steps; slopes that changed */
  size_t slides;           /* of these: pre-activations that stayed on their kink for a while */
  /* Where it goes: the last weights, rounded to doubles, and their own point, with what is certain of it (C3), and of
     the exact flow from these doubles (C4). */
  lfap_net last;        /* owned */
  lfap_ending end;      /* end.point.n is 0: there is no point, `why` tells; owned, its data are the caller's */
  oracle_polished cert; /* owned */
  char why[256];
  /* every row is held against that point; 0: against the limit of label slopes (Q1), where the flow ends with these, or
     has no point */
  int to_point;
} oracle_flow_table;

lfap_status oracle_flow_report(lfap_ctx *ctx, oracle_flow_table *out, const lfap_net *start, const lfap_data *data,
                               const oracle_flow_opts *o);
void oracle_flow_table_free(oracle_flow_table *t);
#endif
