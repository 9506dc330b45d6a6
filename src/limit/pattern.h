/* pattern.h - the convex programme of an own-class pattern, (P_o) of C3, by its dual (spec/numerics.md N15). */
#ifndef LFAP_LIMIT_PATTERN_H
#define LFAP_LIMIT_PATTERN_H
#include "limit/boxed.h"

typedef struct {
  lfap_boxed b;
  double *lambda, *q; /* n: multipliers and margins; owned, with what follows */
  double *g, *step, *next, *rhs, *diag, *cg[4];
  unsigned char *free;
  double *A;       /* n x n, where Newton's system is formed, or NULL */
  double residual; /* largest |q_n - 1| on the support and 1 - q_n off it, */
  double
      relative; /* the same, of each over max(1, |x_n| sum_j sum_k c_jk |x_k|/m): what rounding leaves is in its unit */
  double doubt; /* sum of lambda_n times that unit */
  size_t iterations; /* of Newton */
} lfap_pattern;

lfap_status lfap_pattern_open(lfap_ctx *ctx, lfap_pattern *p, size_t n, size_t groups);
void lfap_pattern_close(lfap_pattern *p);
/* lambda, q and p->b from p->b as filled and from lambda (any >= 0; all 0: from nothing). INFEASIBLE: the dual grows
   for ever, as far as doubles tell; UNSOLVED: it is not solved, not even roughly. `roughly`: well
   enough to see which own pairs are wrong; called again it goes on from there. */
lfap_status lfap_pattern_solve(lfap_ctx *ctx, lfap_pattern *p, int roughly);
/* A programme is solved where its relative residual is at most this. */
#define LFAP_PATTERN_TOL 1e-12
#endif
