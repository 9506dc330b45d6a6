/* statement.h - the end of Certificate.v: what Coq computes, the theorem in words and in Coq, its proof. */
#ifndef ORACLE_COQ_STATEMENT_H
#define ORACLE_COQ_STATEMENT_H
#include "oracle/coq/runs.h"

/* Integers of the statement. */
typedef struct {
  mpz_t g, T, e; /* gamma = g/T, the grid 2^-e */
  mpz_srcptr den, den_adv;
  oracle_coq_hypothesis h; /* T1 */
  oracle_coq_run run;      /* split, C4 */
} oracle_coq_integers;

void oracle_coq_statement(lfap_text *out, const oracle_coq *t, const oracle_coq_integers *k);

/* z in decimal (text.c). */
void oracle_coq_integer(lfap_text *out, const mpz_t z);
#endif
