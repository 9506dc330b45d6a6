/* solver.c - proposes the solution of l >= 0, M l >= 1, (M l)_i = 1 where l_i > 0, for M = Q or (CP)'s matrix of pairs:
 * a support, integers over 2^grid improved with exact residuals until they have the bits asked for, or exact rationals.
 * Nothing here is trusted. */
#include "oracle/certify/solver.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include "oracle/certify/support.h"
#include "oracle/exact/lcp.h"

static long exponent(const oracle_solver *s, size_t i) { return s->q->e[i % s->q->gram->n]; }

static void list(oracle_solver *s) {
  s->nf = 0;
  for (size_t i = 0; i < s->count; i++)
    if (s->in[i]) s->f[s->nf++] = i;
}

/* ---- a first support --------------------------------------------------------------------------------------------- */

lfap_status oracle_solver_support(oracle_solver *s) {
  size_t n = s->count;
  long top = exponent(s, 0);
  double *M = calloc(n * n, sizeof *M), *b = calloc(n, sizeof *b);
  lfap_status st =
      M && b ? LFAP_OK : lfap_fail(s->ctx, LFAP_ERR_MEMORY, "certificate: no memory for %zu x %zu doubles", n, n);
  for (size_t i = 0; !st && i < n; i++)
    if (exponent(s, i) < top) top = exponent(s, i);
  for (size_t i = 0; !st && i < n; i++) {
    b[i] = ldexp(1.0, (int)(top - exponent(s, i))); /* D 1, scaled to at most 1 */
    for (size_t k = 0; k <= i; k++) M[i * n + k] = M[k * n + i] = oracle_qm_scaled(s->q, i, k);
  }
  if (!st) st = oracle_support_find(s->ctx, &s->found, s->in, s->start, M, b, n);
  for (size_t i = 0; !st && i < n; i++) s->start[i] = ldexp(s->start[i], (int)(-top - exponent(s, i)));
  free(M);
  free(b);
  return st;
}

/* A factor of the support's block, and a proved bound of its eigenvalues: doubles, then 128, 256 ... bits. */
static lfap_status bound(oracle_solver *s) {
  int proved = 0;
  lfap_status st = LFAP_OK;
  list(s);
  s->failed = s->nf == 0;
  if (s->failed) return LFAP_OK;
  for (unsigned bits = 53; !st && !proved; bits = bits == 53 ? 128 : 2 * bits) {
    if (bits > 53 && bits > s->max_prec) {
      s->failed = 1;
      return LFAP_OK;
    }
    s->bits = bits;
    st = oracle_factor_bound(s->ctx, &s->F, &s->mu, &proved, &(oracle_block){s->q, s->f, s->nf}, bits);
  }
  return st;
}

/* ---- refinement -------------------------------------------------------------------------------------------------- */

/* A = 2^(grid + c - e) (1 - Q lambda~); returns the largest number of bits of D times it on the support. */
static long residuals(oracle_solver *s) {
  mpz_t one;
  long worst = 0;
  int seen = 0;
  mpz_init_set_ui(one, 1);
  mpz_mul_2exp(one, one, (mp_bitcnt_t)(s->grid + s->q->c - s->q->gram->e));
  oracle_qm_margins(s->A, s->work, s->ctx, s->q, (const mpz_t *)s->p, s->count);
  for (size_t i = 0; i < s->count; i++) {
    mpz_sub(s->A[i], one, s->A[i]);
    long bits = mpz_sgn(s->A[i]) ? (long)mpz_sizeinbase(s->A[i], 2) - exponent(s, i) : 0;
    if (s->in[i] && mpz_sgn(s->A[i]) && (!seen || bits > worst)) {
      worst = bits;
      seen = 1;
    }
  }
  mpz_clear(one);
  return seen ? worst : LONG_MIN;
}

/* The grid for `prec` bits of the smallest multipliers, which are about 4^-e_n. */
static void set_grid(oracle_solver *s, unsigned prec) {
  long top = exponent(s, 0), grid;
  for (size_t i = 1; i < s->count; i++)
    if (exponent(s, i) > top) top = exponent(s, i);
  grid = (long)prec + 24 + 2 * top + (s->failed ? 0 : -s->mu);
  if (grid < s->q->gram->e - s->q->c) grid = s->q->gram->e - s->q->c;
  if (grid < 1) grid = 1;
  for (size_t i = 0; i < s->count; i++) {
    if (grid >= s->grid) mpz_mul_2exp(s->p[i], s->p[i], (mp_bitcnt_t)(grid - s->grid));
    else mpz_fdiv_q_2exp(s->p[i], s->p[i], (mp_bitcnt_t)(s->grid - grid));
  }
  s->grid = grid;
  mpz_set_ui(s->den, 1);
  mpz_mul_2exp(s->den, s->den, (mp_bitcnt_t)grid);
}

/* lambda~ += an approximate inverse times the exact residual, while that gains bits. */
static lfap_status refine(oracle_solver *s) {
  lfap_status st = LFAP_OK;
  long last = 0;
  for (size_t i = 0; i < s->count; i++)
    if (!s->in[i]) mpz_set_ui(s->p[i], 0);
  for (int round = 0; !st; round++) {
    long now = residuals(s);
    if (now == LONG_MIN || (round > 0 && now >= last - 1)) return lfap_tick(s->ctx, "refinement", 1.0, 1.0);
    last = now;
    for (size_t i = 0; i < s->nf; i++) {
      mpz_set(s->B[i], s->A[s->f[i]]);
      s->shift_in[i] = -exponent(s, s->f[i]);
      s->shift_out[i] = s->q->gram->e - s->q->c - exponent(s, s->f[i]);
    }
    st = oracle_factor_step(s->ctx, s->step, &s->F, (const mpz_t *)s->B, s->shift_in, s->shift_out);
    for (size_t i = 0; !st && i < s->nf; i++) mpz_add(s->p[s->f[i]], s->p[s->f[i]], s->step[i]);
    if (!st) st = lfap_tick(s->ctx, "refinement", (double)round, 0.0);
  }
  return st;
}

/* The index whose sign is wrong most clearly: a negative multiplier, or (Q lambda)_n < 1 off the support by more
   than the residual on it. n when there is none. A holds the residuals. */
static size_t violation(const oracle_solver *s, long floor) {
  size_t worst = s->count;
  long bits = 0;
  for (size_t i = 0; i < s->count; i++) {
    long b;
    if (s->in[i]) {
      if (mpz_sgn(s->p[i]) >= 0) continue;
      b = (long)mpz_sizeinbase(s->p[i], 2) + exponent(s, i) - s->q->gram->e + s->q->c;
    } else {
      if (mpz_sgn(s->A[i]) <= 0) continue;
      b = (long)mpz_sizeinbase(s->A[i], 2) - exponent(s, i);
    }
    if (b > floor + 20 && (worst == s->count || b > bits)) {
      worst = i;
      bits = b;
    }
  }
  return worst;
}

/* Exchanges one index at a time until the signs are right as far as the bits show. */
lfap_status oracle_solver_settle(oracle_solver *s, unsigned prec) {
  for (size_t round = 0; round < 3 * s->count + 100; round++) {
    if (!s->F.nf) {
      lfap_status st = bound(s);
      if (st || s->failed) return st;
    }
    set_grid(s, prec);
    lfap_status st = refine(s);
    if (st) return st;
    size_t i = violation(s, residuals(s));
    if (i == s->count) return LFAP_OK;
    s->in[i] = !s->in[i];
    oracle_factor_free(&s->F);
  }
  return LFAP_OK;
}

/* ---- as far as doubles go ---------------------------------------------------------------------------------------- */

/* The start, as integers; a proposal where no factor leads on. */
void oracle_solver_rough(oracle_solver *s) {
  long e = oracle_grid_exponent(s->start, s->count);
  s->grid = e < 0 ? -e : 0;
  for (size_t i = 0; i < s->count; i++) oracle_grid_int(s->p[i], s->start[i] > 0.0 ? s->start[i] : 0.0, -s->grid);
  mpz_set_ui(s->den, 0);
  mpz_setbit(s->den, (mp_bitcnt_t)s->grid);
}

/* ---- rationals --------------------------------------------------------------------------------------------------- */

/* M l = 1 in integers, in units of 2^(e - c); M and b are initialised. */
static void integers(const oracle_solver *s, mpz_t *M, mpz_t *b) {
  size_t n = s->count;
  long up = s->q->c - s->q->gram->e;
  for (size_t i = 0; i < n; i++) {
    mpz_set_ui(b[i], 0);
    mpz_setbit(b[i], (mp_bitcnt_t)(up > 0 ? up : 0));
    for (size_t k = 0; k < n; k++) {
      oracle_qm_entry(M[i * n + k], s->q, i, k);
      if (up < 0) mpz_mul_2exp(M[i * n + k], M[i * n + k], (mp_bitcnt_t)-up);
    }
  }
}

lfap_status oracle_solver_exactly(oracle_solver *s, int *solvable) {
  size_t n = s->count;
  mpz_t *M = malloc(n * n * sizeof *M), *b = malloc(n * sizeof *b);
  lfap_status st =
      M && b ? LFAP_OK : lfap_fail(s->ctx, LFAP_ERR_MEMORY, "certificate: no memory for %zu x %zu integers", n, n);
  if (!st) {
    for (size_t i = 0; i < n * n; i++) mpz_init(M[i]);
    for (size_t i = 0; i < n; i++) mpz_init(b[i]);
    integers(s, M, b);
    st = oracle_lcp(s->ctx, s->p, s->den, solvable, M, b, s->in, n);
    for (size_t i = 0; i < n * n; i++) mpz_clear(M[i]);
    for (size_t i = 0; i < n; i++) mpz_clear(b[i]);
  }
  free(M);
  free(b);
  return st;
}

/* ---- storage ----------------------------------------------------------------------------------------------------- */

lfap_status oracle_solver_make(lfap_ctx *ctx, oracle_solver *out, const oracle_qm *q, size_t count, unsigned max_prec) {
  oracle_solver s = {.ctx = ctx, .q = q, .count = count, .max_prec = max_prec};
  size_t numbers = 4 * count + 6 * q->gram->n;
  s.in = calloc(count, 1);
  s.f = malloc(count * sizeof *s.f);
  s.start = malloc(count * sizeof *s.start);
  s.p = malloc(numbers * sizeof *s.p);
  s.shift_in = malloc(2 * count * sizeof *s.shift_in);
  if (!s.in || !s.f || !s.start || !s.p || !s.shift_in) {
    free(s.in);
    free(s.f);
    free(s.start);
    free(s.p);
    free(s.shift_in);
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "certificate: no memory for %zu multipliers", count);
  }
  s.A = s.p + count;
  s.B = s.A + count;
  s.step = s.B + count;
  s.work = s.step + count;
  s.shift_out = s.shift_in + count;
  for (size_t i = 0; i < numbers; i++) mpz_init(s.p[i]);
  mpz_init_set_ui(s.den, 1);
  for (size_t i = 0; i < q->gram->n; i++) s.in[i] = 1;
  *out = s;
  return LFAP_OK;
}

void oracle_solver_free(oracle_solver *s) {
  if (!s->p) return;
  for (size_t i = 0; i < 4 * s->count + 6 * s->q->gram->n; i++) mpz_clear(s->p[i]);
  mpz_clear(s->den);
  oracle_factor_free(&s->F);
  free(s->in);
  free(s->f);
  free(s->start);
  free(s->p);
  free(s->shift_in);
  *s = (oracle_solver){0};
}
