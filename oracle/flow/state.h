/* state.h - the state of a flow run, shared by integration (flow.c), kinks (kinks.c) and observables (observe.c). */
#ifndef ORACLE_FLOW_STATE_H
#define ORACLE_FLOW_STATE_H
#include "oracle/flow/flow.h"
#include "oracle/flow/series.h"
#include "oracle/replay/network.h"

enum { ORACLE_FLOW_ROWS = 512 };
enum { FLOW_SLIDES = 2 }; /* slopes: 0 is gamma, 1 is 1, 2 is on the kink (kinks.c) */

typedef struct {
  oracle_arith A;
  const oracle_flow_opts *o;
  long bits; /* P; the arithmetic has 64 more */
  size_t n, m, d, np;
  double gamma_d;
  oracle_net net;              /* W0 */
  mpfr_t *X, *y, *G, *M;       /* n x d, n, n x n, n x n */
  mpfr_t *Z0, *Z, *B, *F;      /* m x n: pre-activations at the start and now, W = W0 + diag(a) B X; F: see kinks.c */
  double *g_max;               /* n: at least max_k |G_nk| */
  mpfr_t *b;                   /* m x n: s_jk y_k v_k of the rows j = rep[j] (kinks.c) */
  unsigned char *open, *fresh; /* m x n: slopes; has just left its kink */
  unsigned char *slides;       /* m: some slope of the row is on its kink */
  double *amplify;             /* m: at least ||b||_1/||v||_1 */
  size_t *sliding;             /* n, scratch */
  mpfr_t *elim, *unit;         /* n x (n+1), n, scratch */
  size_t *rep;                 /* m: the first row with the same slopes */
  oracle_series S;
  mpfr_t *q, *dP, *p, *r, *flux; /* n each: trial values at the end of a step */
  mpfr_ptr s, log_g, h, target, w0_norm2, t0, t1, t2, t3, t4, e0, e1, step, whole;
  /* the limit and the probes */
  mpfr_t *lambda, *p_star; /* n each */
  mpfr_ptr sum_lambda;
  mpfr_t *Wz, *Xz;         /* m x np, n x np: <w0_j, z>, <x_n, z> */
  int *bdy;                /* np: certified signs of the boundary, 0 undecided */
  mpfr_t *row_s, *row_log; /* rows */
  oracle_flow_table *out;
} flow_run;

/* ---- kinks.c ----------------------------------------------------------------------------------------------------- */

typedef struct {
  int happens;
  size_t j, i;
  unsigned char to; /* the slope after a sliding pair has left its kink */
} flow_event;

/* M (rows that do not slide: y_n y_k G_nk (1/m) sum_j s_jn s_jk), rep and what depends on `open`. */
void oracle_flow_slopes_changed(flow_run *w);
/* b and F_jn = <G_n, b_j> for the rows j = rep[j]: Z'_j = a_j F_rep(j) with v = p. */
void oracle_flow_rows(flow_run *w, mpfr_t *v);
/* Shortens w->h to the first change of a slope, if there is one within. */
lfap_status oracle_flow_first_event(lfap_ctx *ctx, flow_run *w, flow_event *e);
/* No slope changes as long as p stays where it is. */
int oracle_flow_slopes_last(flow_run *w);
/* Changes the slope, after the step of length w->h. */
lfap_status oracle_flow_change(lfap_ctx *ctx, flow_run *w, const flow_event *e);
size_t oracle_flow_mismatched(const flow_run *w);

/* ---- observe.c --------------------------------------------------------------------------------------------------- */

/* One more row of the table. */
void oracle_flow_observe(flow_run *w);
void oracle_flow_fit(flow_run *w);
#endif
