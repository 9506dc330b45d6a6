/* series.h - Taylor series in s of the flow at fixed slopes (statement F1). */
#ifndef ORACLE_FLOW_SERIES_H
#define ORACLE_FLOW_SERIES_H
#include "oracle/replay/arith.h"

/* Coefficients of order k at [k*n + i], k = 0..order. With v = M p, u = (1 - g) v (logistic) or v, ubar = sum p u:
   q' = v, P' = p, p' = p (ubar - u), g' = -g u, and tau = t gbar (t the time of the flow) has tau' = 1 - tau ubar. */
typedef struct {
  oracle_arith *A;
  size_t n, order;
  int logistic;
  mpfr_t *M;                         /* n x n, the caller's */
  mpfr_t *q, *p, *P, *g, *v, *u, *D; /* (order+1) x n; P from 0 */
  mpfr_t *ubar, *tau;                /* order+1 */
  mpfr_t *t;                         /* scratch */
} oracle_series;

/* Takes memory from A; check A->failed. */
void oracle_series_make(oracle_series *S, oracle_arith *A, mpfr_t *M, size_t n, size_t order, int logistic);
/* All coefficients from those of order 0 of q, p, g, tau. */
void oracle_series_expand(oracle_series *S);
/* log2 of the length at which the last terms of q, P and tau are 2^bits (+inf if they vanish). */
double oracle_series_length(const oracle_series *S, double bits);
/* out (n) = sum over k of c_k h^k; out may not be c. */
void oracle_series_at(const oracle_series *S, mpfr_t *out, mpfr_t *c, const mpfr_t h);
void oracle_series_tau(const oracle_series *S, mpfr_t out, const mpfr_t h);
/* Sums over n of |p_n,k| h^k (k >= 1) and k |p_n,k| h^(k-1) (k >= 2): how far p and p' can move within h. */
void oracle_series_sway(const oracle_series *S, mpfr_t sway, mpfr_t turn, const mpfr_t h);
#endif
