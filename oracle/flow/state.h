/* state.h - the state of a flow run, shared by integration (flow.c), kinks (kinks.c) and observables (observe.c). */
#ifndef ORACLE_FLOW_STATE_H
#define ORACLE_FLOW_STATE_H
#include "oracle/flow/flow.h"
#include "oracle/flow/series.h"
#include "oracle/replay/network.h"

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
  size_t *sliding, *support;   /* n each, scratch */
  mpfr_t *elim, *unit;         /* n x (n+1), n, scratch */
  size_t *rep;                 /* m: the first row with the same slopes */
  oracle_series S;
  mpfr_t *q, *dP, *p, *r, *flux; /* n each: trial values at the end of a step */
  mpfr_ptr s, log_g, h, target, w0_norm2, t0, t1, t2, t3, t4, e0, e1, step, whole;
  /* the point that rows are held against: w_j = a_j sum_n toward_jn x_n */
  mpfr_t *lambda, *p_star, *toward; /* n, n, m x n */
  mpfr_ptr sum_lambda, size2;       /* size2 = ||W-star||^2 */
  /* the probes, and rows as they were seen */
  mpfr_t *Wz, *Xz;                     /* m x np, n x np: <w0_j, z>, <x_n, z> */
  size_t room;                         /* rows */
  mpfr_t *row_s, *row_log, *row_norm2; /* rows each */
  mpfr_t *row_p, *row_z;               /* rows x n, rows x m n */
  signed char *row_sign;               /* rows x np: certified signs of f */
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
/* x_S of A x_S = b, S of k indices, from w->elim = [A | b] (k rows of n + 1), which it reduces; A is positive definite,
   so nothing is exchanged. */
void oracle_flow_eliminate(flow_run *w, mpfr_t *x, const size_t *S, size_t k);
/* Shortens w->h to the first change of a slope, if there is one within. */
lfap_status oracle_flow_first_event(lfap_ctx *ctx, flow_run *w, flow_event *e);
/* No slope changes as long as p stays where it is. */
int oracle_flow_slopes_last(flow_run *w);
/* Changes the slope, after the step of length w->h. */
lfap_status oracle_flow_change(lfap_ctx *ctx, flow_run *w, const flow_event *e);
size_t oracle_flow_mismatched(const flow_run *w);

/* ---- observe.c --------------------------------------------------------------------------------------------------- */

/* One more row of the table, but for what it is held against. */
void oracle_flow_observe(flow_run *w);
/* That of all rows: against lambda (n) and toward (m x n), which are there, and the signs of the boundary at the
   probes, 0 undecided. */
void oracle_flow_measure(flow_run *w, const int *bdy);

/* ---- point.c ----------------------------------------------------------------------------------------------------- */

/* The last weights, their point and what is certain of it. */
lfap_status oracle_flow_end(lfap_ctx *ctx, flow_run *w, const lfap_data *data);
/* lambda and toward: of that point, to the precision of the flow where the flow's last slopes are the point's. */
void oracle_flow_to_point(flow_run *w);
/* The same of label slopes and these multipliers (n). */
void oracle_flow_to_label(flow_run *w, mpfr_t *lambda);
#endif
