/* lcp.h - the nonnegative quadratic programme of C1(a) in integers (spec/certificate.md, "Exact tier"): l >= 0, M l
 * >= b, and (M l)_n = b_n where l_n > 0. */
#ifndef ORACLE_LCP_H
#define ORACLE_LCP_H
#include <gmp.h>

#include "lfap.h"

/* For a symmetric positive semidefinite integer matrix M (n x n, row-major, overwritten) and b (n, b > 0,
   overwritten): l = p/den, den > 0, with M regular on the support of l. *solvable is 0 when there is no solution;
   then p >= 0, p != 0 has M p = 0. `in` (n flags) is where to begin: which solution is found where there are many
   depends on it, whether one is found does not. */
lfap_status oracle_lcp(lfap_ctx *ctx, mpz_t *p, mpz_t den, int *solvable, mpz_t *M, mpz_t *b, const unsigned char *in,
                       size_t n);
#endif
