/* bareiss.c - fraction-free Gauss-Jordan elimination: every division by the previous pivot is exact (Bareiss 1968), so
 * entries stay minors of the matrix, and at the end every diagonal entry is the determinant. */
#include "oracle/exact/bareiss.h"

/* row i -= its entry in column k, fraction-free; t is scratch. */
static void eliminate(mpz_t *row, mpz_t *b_row, mpz_t *pivot, const mpz_t b_pivot, const mpz_t last, size_t k, size_t n, mpz_t t) {
  for (size_t j = 0; j < n; j++) {
    if (j == k) continue;
    mpz_mul(row[j], row[j], pivot[k]);
    mpz_submul(row[j], row[k], pivot[j]);
    mpz_divexact(row[j], row[j], last);
  }
  mpz_mul(t, *b_row, pivot[k]);
  mpz_submul(t, row[k], b_pivot);
  mpz_divexact(*b_row, t, last);
  mpz_set_ui(row[k], 0);
}

static int find_pivot(mpz_t *M, mpz_t *b, size_t k, size_t n) {
  size_t r = k;
  while (r < n && mpz_sgn(M[r * n + k]) == 0) r++;
  if (r == n) return 0;
  for (size_t j = 0; r != k && j < n; j++) mpz_swap(M[r * n + j], M[k * n + j]);
  if (r != k) mpz_swap(b[r], b[k]);
  return 1;
}

void oracle_bareiss(mpz_t *b, mpz_t den, int *singular, mpz_t *M, size_t n) {
  mpz_t last, t;
  mpz_init_set_ui(last, 1);
  mpz_init(t);
  *singular = 0;
  for (size_t k = 0; k < n && !*singular; k++) {
    if (!find_pivot(M, b, k, n)) { *singular = 1; break; }
    for (size_t i = 0; i < n; i++)
      if (i != k) eliminate(M + i * n, &b[i], M + k * n, b[k], last, k, n, t);
    mpz_set(last, M[k * n + k]);
  }
  mpz_set(den, last);
  if (!*singular && mpz_sgn(den) < 0) {
    mpz_neg(den, den);
    for (size_t i = 0; i < n; i++) mpz_neg(b[i], b[i]);
  }
  mpz_clear(last);
  mpz_clear(t);
}
