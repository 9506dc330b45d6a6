/* solver.h - the solver behind a certificate; check/ decides about what it proposes. */
#ifndef ORACLE_SOLVER_H
#define ORACLE_SOLVER_H
#include "oracle/certify/factor.h"

typedef struct {
  lfap_ctx *ctx;
  const oracle_qm *q;
  size_t count;      /* variables: n (Q) or 2 n (pairs) */
  unsigned char *in; /* support; at first every sample at slope gamma */
  size_t *f, nf;
  double *start;              /* the solution in doubles, */
  int found;                  /* as far as there is one */
  mpz_t *p, den;              /* l = p/den */
  mpz_t *A, *B, *step, *work; /* A doubles as the residual; work: 6 n */
  long *shift_in, *shift_out; /* powers of two of residuals and corrections */
  oracle_factor F;
  unsigned bits, max_prec; /* of the factor; its most */
  long mu;                 /* eigenvalues of D M D on the support are at least 2^mu */
  long grid;               /* l is a multiple of 2^-grid */
  int failed;              /* no factor: the support's block is singular as far as max_prec tells */
} oracle_solver;

lfap_status oracle_solver_make(lfap_ctx *ctx, oracle_solver *out, const oracle_qm *q, size_t count, unsigned max_prec);
void oracle_solver_free(oracle_solver *s);
/* A first support, in doubles. */
lfap_status oracle_solver_support(oracle_solver *s);
/* Integers of `prec` bits, changing the support as they show; `failed` where there is no factor. */
lfap_status oracle_solver_settle(oracle_solver *s, unsigned prec);
/* The doubles of the first support. */
void oracle_solver_rough(oracle_solver *s);
/* Exact rationals; *solvable 0: p is a ray, M p = 0. */
lfap_status oracle_solver_exactly(oracle_solver *s, int *solvable);
#endif
