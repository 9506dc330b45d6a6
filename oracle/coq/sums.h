/* sums.h - what a proof in Coq checks of proposed multipliers, decided here first, in exact integers
 * (spec/certificate.md, "Theorems in Coq"): so no file is written that Coq would refuse.
 *
 * The samples are K_n 2^e, gamma = g/T with T = 2^s, the multipliers A_n/den (slope gamma) and B_n/den (slope 1, 0 for
 * C1's form). With a = T (A + B) and b = g A + T B,
 *
 *     U = sum over +1 of a_n K_n - sum over -1 of b_n K_n,   V with the classes exchanged,
 *
 * own_n = <U, K_n> for y_n = +1, <V, K_n> for -1, other_n the other one; the slacks of the two constraints of a sample
 * are T own - g other - unit and T (own - other) - unit with unit = 2 T^2 den 2^-2e, and gap = sum A slack + B slack.
 */
#ifndef ORACLE_COQ_SUMS_H
#define ORACLE_COQ_SUMS_H
#include <gmp.h>

#include "lfap.h"

/* What is to be shown of the data. */
typedef enum {
  ORACLE_COQ_T1,                        /* (H), and with it T1 */
  ORACLE_COQ_C1,                        /* C1(b) at every sample */
  ORACLE_COQ_C2,                        /* own_n > 0 at every sample */
  ORACLE_COQ_NOT_C1,                    /* C1(b) reversed at one */
  ORACLE_COQ_T4,                        /* C2 of two sets, whose networks decide points alike */
  ORACLE_COQ_T5,                        /* every KKT point decides points so: all y_n <x_n, z> have one sign */
  ORACLE_COQ_SETS,                      /* above: about data; below: about given weights */
  ORACLE_COQ_NETWORK = ORACLE_COQ_SETS, /* the network's sign at points */
  ORACLE_COQ_BENT,                      /* its boundary is not linear: signs +, +, - at z1, z2, z1 + z2, or -, -, + */
  ORACLE_COQ_SPLIT,                     /* T5: what the perturbations gave to it in training decides points */
  ORACLE_COQ_C4,                        /* gradient descent from it goes to a KKT point of the data */
  ORACLE_COQ_CLAIMS
} oracle_coq_claim;

typedef struct {
  lfap_ctx *ctx;
  const lfap_data *data;
  size_t n, d;
  long e; /* at most 0 */
  mpz_t g;
  mp_bitcnt_t s;
  mpz_t *store, *squares, *a, *b, *own, *other; /* n each; squares: ||K_n||^2 */
  mpz_t *U, *V;                                 /* d each */
  mpz_t gap;
} oracle_coq_sums;

lfap_status oracle_coq_sums_open(lfap_ctx *ctx, oracle_coq_sums *out, const lfap_data *data, double gamma);
void oracle_coq_sums_close(oracle_coq_sums *s);

/* Sums of the numerators p: n of them (B = 0), or 2 n; none negative. Sets den to the largest that leaves no slack
   negative, and the gap of that; den 0: there is none, the numerators say nothing. */
lfap_status oracle_coq_sums_make(oracle_coq_sums *s, mpz_t den, const mpz_t *p, size_t count);

/* 1: the sums prove the claim (C1, C2 or NOT_C1); -1: they prove that it does not hold; 0: neither. *at: the sample
   that decided, or is open. */
int oracle_coq_sums_prove(const oracle_coq_sums *s, oracle_coq_claim claim, size_t *at);
/* Certain sign of f_bdy at the point z; 0: none. */
int oracle_coq_sums_sign(const oracle_coq_sums *s, const double *z);

/* least ||K_n||^2, largest, and the largest |<K_n, K_k>|, n != k, and whether (H) holds. */
typedef struct {
  mpz_t least, most, inner;
  int holds;
} oracle_coq_hypothesis;
lfap_status oracle_coq_hypothesis_make(oracle_coq_hypothesis *out, const oracle_coq_sums *s);
void oracle_coq_hypothesis_free(oracle_coq_hypothesis *h);
#endif
