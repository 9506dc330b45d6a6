/* solution.h - what proposed multipliers enclose: the solution of l >= 0, M l >= 1, (M l)_i = 1 where l_i > 0, for
 * M = Q (statement Q1) and for (CP)'s matrix of pairs (C2). Inequalities (I), (R), (N), (S) of spec/certificate.md. */
#ifndef ORACLE_SOLUTION_H
#define ORACLE_SOLUTION_H
#include "oracle/check/qmatrix.h"
#include "oracle/lfap_oracle.h"

typedef struct {
  /* given: `count` variables (qmatrix.h), l = p/den, (M l)_i = m_i unit; what the mode claims */
  const oracle_qm *q;
  size_t count;
  const mpz_t *p;
  mpz_srcptr den;
  mpz_t *m; /* count, owned */
  oracle_mode mode;
  unsigned bits;
  long mu;
  mpq_t *lo, *hi; /* count, the caller's: enclosures */
  /* found */
  mpq_t unit;    /* 2^(e - c)/den */
  size_t *f, nf; /* support, owned */
  int nonnegative;
  int has_near, near_zero; /* the solution on the support is enclosed; it is the proposal */
  long radius;             /* it differs from l by at most 2^(radius - e_i) */
  long near;               /* and its weights from W(l) by at most 2^near */
  mpq_t least, slack;      /* lower bounds of l on the support, of (M l)_i - 1 off it */
  int has_least, has_slack;
} oracle_solution;

/* Storage for `count` variables of q; p, den, mode, bits, mu, lo and hi are the caller's to set. */
lfap_status oracle_solution_make(lfap_ctx *ctx, oracle_solution *out, const oracle_qm *q, size_t count);
void oracle_solution_free(oracle_solution *s);
/* Once m is known: unit, support, enclosures. LFAP_ERR_DATA where the mode claims what does not hold; `proved` skips
   the proof of the bound of the inverse. */
lfap_status oracle_solution_enclose(lfap_ctx *ctx, oracle_solution *s, int proved);
/* PASS: the support and the enclosures are those of the solution; UNDECIDED. */
lfap_verdict oracle_solution_judge(oracle_solution *s);
/* (M l)_i. */
void oracle_solution_margin(mpq_t out, const oracle_solution *s, size_t i);
#endif
