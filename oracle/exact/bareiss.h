/* bareiss.h - Q lambda = 1 on a support, solved in integers (spec/certificate.md, "Exact tier"). */
#ifndef ORACLE_BAREISS_H
#define ORACLE_BAREISS_H
#include <gmp.h>

#include "lfap.h"

/* The solution of M p = den b for the symmetric integer matrix M (n x n, row-major, overwritten with what is left of it) and
   b (n, overwritten with p); den > 0. *singular is 1 when det M = 0. */
void oracle_bareiss(mpz_t *b, mpz_t den, int *singular, mpz_t *M, size_t n);
#endif
