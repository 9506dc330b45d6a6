/* lcp.c - the criss-cross method with least indices (den Hertog, Roos, Terlaky 1993), which ends on every positive
 * semidefinite matrix from every start, without perturbation and whatever is degenerate. Numbers are integers over
 * one denominator, the last pivot: entries of a tableau are minors of M, so every division is exact (as in
 * fraction-free elimination).
 *
 * w = M l - b. A tableau has the variables of its rows as combinations of those of its columns: row i and column i
 * hold w_i and l_i, in this order or the other one (`in`).
 */
#include "oracle/exact/lcp.h"

#include <stdlib.h>

#include "io/parallel.h"

typedef struct {
  mpz_t *T; /* n rows of n + 1: coefficients, constant; over den */
  mpz_t den;
  size_t n, width;
  unsigned char *in; /* row i holds l_i */
} tableau;

static mpz_t *row_of(const tableau *s, size_t i) { return s->T + i * s->width; }
static int sign(const tableau *s, size_t i, size_t j) { return mpz_sgn(row_of(s, i)[j]); }

/* ---- pivots ------------------------------------------------------------------------------------------------------ */

typedef struct {
  tableau *s;
  size_t i, j; /* the pivot */
} pivot;

/* Rows less their part of the pivot row, over the new denominator. A pivot on the diagonal keeps entries (r, c) and
   (c, r) equal up to sign: there the lower half is enough. */
static void eliminate(void *arg, size_t begin, size_t end, int worker) {
  const pivot *p = arg;
  const tableau *s = p->s;
  mpz_t *from = row_of(s, p->i);
  (void)worker;
  for (size_t r = begin; r < end; r++) {
    mpz_t *row = row_of(s, r);
    for (size_t c = 0; r != p->i && c < s->width; c++) {
      if (c == p->j || (p->i == p->j && c > r && c < s->n)) continue;
      mpz_mul(row[c], row[c], from[p->j]);
      mpz_submul(row[c], row[p->j], from[c]);
      mpz_divexact(row[c], row[c], s->den);
    }
  }
}

/* The upper half after a pivot on the diagonal at i, whose row and column need none. */
static void mirror(tableau *s, size_t i) {
  for (size_t r = 0; r < s->n; r++)
    for (size_t c = 0; r != i && c < r; c++) {
      if (c == i) continue;
      mpz_set(row_of(s, c)[r], row_of(s, r)[c]);
      if (s->in[r] != s->in[c]) mpz_neg(row_of(s, c)[r], row_of(s, c)[r]);
    }
}

/* The variable of row i changes places with that of column j; column j of the other rows stays. */
static void exchange(const lfap_ctx *ctx, tableau *s, size_t i, size_t j) {
  pivot p = {s, i, j};
  mpz_t *from = row_of(s, i);
  lfap_parallel(lfap_threads(ctx), s->n, 1, 100.0 * (double)s->n * (double)mpz_size(s->den) * (double)s->n, eliminate,
                &p);
  if (i == j) mirror(s, i);
  for (size_t c = 0; c < s->width; c++)
    if (c != j) mpz_neg(from[c], from[c]);
  mpz_swap(from[j], s->den);
  if (mpz_sgn(s->den) > 0) return;
  mpz_neg(s->den, s->den);
  for (size_t k = 0; k < s->n * s->width; k++) mpz_neg(s->T[k], s->T[k]);
}

/* Rows i and k, and columns i and k. */
static void swap_places(tableau *s, size_t i, size_t k) {
  for (size_t c = 0; c < s->width; c++) mpz_swap(row_of(s, i)[c], row_of(s, k)[c]);
  for (size_t r = 0; r < s->n; r++) mpz_swap(row_of(s, r)[i], row_of(s, r)[k]);
}

/* The least index whose constant is negative; n: solved. */
static size_t negative(const tableau *s) {
  size_t k = 0;
  while (k < s->n && sign(s, k, s->n) >= 0) k++;
  return k;
}

/* One step at row k; 0 when the row shows that there is no solution. */
static int step(const lfap_ctx *ctx, tableau *s, size_t k) {
  size_t r = 0;
  if (sign(s, k, k) != 0) {
    exchange(ctx, s, k, k);
    s->in[k] ^= 1;
    return 1;
  }
  while (r < s->n && sign(s, k, r) <= 0) r++;
  if (r == s->n) return 0;
  exchange(ctx, s, k, r); /* row k: the variable of column r, and its partner is in row r: */
  exchange(ctx, s, r, k);
  swap_places(s, k, r);
  s->in[k] ^= 1;
  s->in[r] ^= 1;
  return 1;
}

/* From w = M l - b to the wanted support, as far as pivots are not 0. */
static lfap_status begin_tableau(lfap_ctx *ctx, tableau *s, const unsigned char *in) {
  lfap_status st = LFAP_OK;
  for (size_t i = 0; !st && i < s->n; i++) {
    st = lfap_tick(ctx, "exact system", (double)i, (double)s->n);
    if (st || !in[i] || sign(s, i, i) == 0) continue;
    exchange(ctx, s, i, i);
    s->in[i] = 1;
  }
  return st;
}

/* The solution; or, at a row k = w_k that no nonnegative l raises, the ray along l_k: there the other w do not move. */
static void take_column(mpz_t *p, mpz_t den, const tableau *s, size_t k) {
  size_t column = k == s->n ? s->n : k;
  for (size_t i = 0; i < s->n; i++) {
    if (s->in[i]) mpz_set(p[i], row_of(s, i)[column]);
    else mpz_set_ui(p[i], 0);
  }
  if (k < s->n) mpz_set(p[k], s->den);
  mpz_set(den, s->den);
}

static lfap_status run_criss_cross(lfap_ctx *ctx, mpz_t *p, mpz_t den, int *solvable, tableau *s,
                                   const unsigned char *in) {
  size_t k = 0;
  *solvable = 1;
  lfap_status st = begin_tableau(ctx, s, in);
  for (size_t steps = 0; !st && *solvable && (k = negative(s)) < s->n; steps++) {
    st = lfap_tick(ctx, "exact system", (double)(steps % s->n), (double)s->n);
    if (!st) *solvable = step(ctx, s, k);
  }
  if (!st) take_column(p, den, s, *solvable ? s->n : k);
  return st;
}

lfap_status oracle_lcp(lfap_ctx *ctx, mpz_t *p, mpz_t den, int *solvable, mpz_t *M, mpz_t *b, const unsigned char *in,
                       size_t n) {
  tableau s = {.n = n, .width = n + 1};
  s.T = malloc(n * (n + 1) * sizeof *s.T);
  s.in = calloc(n ? n : 1, 1);
  if (!s.T || !s.in) {
    free(s.T);
    free(s.in);
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "certificate: no memory for %zu x %zu integers", n, n);
  }
  mpz_init_set_ui(s.den, 1);
  for (size_t i = 0; i < n; i++) {
    for (size_t k = 0; k <= n; k++) mpz_init(s.T[i * s.width + k]);
    for (size_t k = 0; k < n; k++) mpz_swap(s.T[i * s.width + k], M[i * n + k]);
    mpz_neg(s.T[i * s.width + n], b[i]);
  }
  lfap_status st = run_criss_cross(ctx, p, den, solvable, &s, in);
  for (size_t i = 0; i < n * s.width; i++) mpz_clear(s.T[i]);
  mpz_clear(s.den);
  free(s.T);
  free(s.in);
  return st;
}
