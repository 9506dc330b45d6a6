/* gram.h - inner products of doubles, exactly (spec/certificate.md, "Inner products").
 *
 * All entries of a data set are integers times 2^e for one e, so G = K 2^(2e) with an integer matrix K. Doubles whose
 * common grid has 53 bits or less multiply in 128-bit integers; others are cut into slices.
 */
#ifndef ORACLE_GRAM_H
#define ORACLE_GRAM_H
#include <gmp.h>
#include <stdint.h>

#include "lfap.h"

/* The largest e such that every entry is an integer times 2^e; 0 when all are 0. */
long oracle_grid_exponent(const double *x, size_t n);
/* z = x 2^-e, an integer by the choice of e. */
void oracle_grid_int(mpz_t z, double x, long e);

typedef struct {
  size_t n;
  long e;          /* G_nk = K_nk 2^e */
  size_t limbs;    /* of the longest entry */
  mp_limb_t *limb; /* n x n x limbs, owned */
  int16_t *size;   /* n x n: limbs used, negative for a negative entry, owned */
} oracle_gram;

lfap_status oracle_gram_make(lfap_ctx *ctx, oracle_gram *out, const double *X, size_t n, size_t d);
void oracle_gram_free(oracle_gram *g);

/* K_ik without a copy; `view` is storage for the header and is not cleared. */
static inline mpz_srcptr oracle_gram_at(mpz_t view, const oracle_gram *g, size_t i, size_t k) {
  size_t at = i * g->n + k;
  return mpz_roinit_n(view, g->limb + at * g->limbs, g->size[at]);
}
#endif
