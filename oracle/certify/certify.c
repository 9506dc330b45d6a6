/* certify.c - the solver behind a certificate: proposes multipliers on a support (C1) as integers over 2^q, improved
 * with exact residuals until they have the bits asked for, or exact rationals; check/evaluate.c decides. While
 * something stays undecided the precision doubles. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/range.h"
#include "oracle/certify/certify.h"
#include "oracle/certify/factor.h"
#include "oracle/certify/support.h"
#include "oracle/check/evaluate.h"
#include "oracle/check/members.h"
#include "oracle/exact/lcp.h"
#include "oracle/interval/interval.h"

typedef struct {
  lfap_ctx *ctx;
  oracle_cert c;
  oracle_qm q;
  size_t n;
  unsigned char *in; /* support */
  size_t *f, nf;
  mpz_t *A, *B, *step;        /* n each; A doubles as the residual */
  long *shift_in, *shift_out; /* powers of two of residuals and corrections */
  oracle_factor F;
  unsigned max_prec;
  long grid;  /* lambda~ is a multiple of 2^-grid */
  int failed; /* no factor: the support's block is singular as far as max_prec tells */
} solver;

static void list(solver *s) {
  s->nf = 0;
  for (size_t i = 0; i < s->n; i++)
    if (s->in[i]) s->f[s->nf++] = i;
}

/* ---- a first support --------------------------------------------------------------------------------------------- */

static lfap_status first_support(solver *s) {
  size_t n = s->n;
  long top = s->q.e[0];
  double *M = malloc(n * n * sizeof *M), *b = malloc(n * sizeof *b);
  lfap_status st =
      M && b ? LFAP_OK : lfap_fail(s->ctx, LFAP_ERR_MEMORY, "certificate: no memory for Q, %zu x %zu", n, n);
  for (size_t i = 0; !st && i < n; i++)
    if (s->q.e[i] < top) top = s->q.e[i];
  for (size_t i = 0; !st && i < n; i++) {
    b[i] = ldexp(1.0, (int)(top - s->q.e[i])); /* D 1, scaled to at most 1 */
    for (size_t k = 0; k <= i; k++) M[i * n + k] = M[k * n + i] = oracle_qm_scaled(&s->q, i, k);
  }
  if (!st) st = oracle_support_find(s->ctx, s->in, M, b, n);
  free(M);
  free(b);
  return st;
}

/* A factor of the support's block, and a proved bound of its eigenvalues: doubles, then 128, 256 ... bits. */
static lfap_status find_bound(solver *s, unsigned bits, int *proved) {
  int singular = 0;
  long mu = 0;
  oracle_factor_free(&s->F);
  lfap_status st = oracle_factor_make(s->ctx, &s->F, &singular, &s->q, s->f, s->nf, bits);
  *proved = 0;
  if (st || singular) return st;
  st = oracle_factor_least(s->ctx, &mu, &s->F);
  mu = mu > 2 ? 1 : mu - 1; /* the shift of the proof is 2^(mu + 1) */
  for (int tries = 0; !st && !*proved && tries < 3; tries++) {
    s->c.bits = bits;
    s->c.mu = --mu;
    st = oracle_qm_positive(s->ctx, proved, &s->q, s->f, s->nf, bits, mu);
  }
  return st;
}

static lfap_status bound(solver *s) {
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
    st = find_bound(s, bits, &proved);
  }
  return st;
}

/* ---- refinement -------------------------------------------------------------------------------------------------- */

/* A = 2^(grid + c - e) (1 - Q lambda~); returns the largest number of bits of D times it on the support. */
static long residuals(solver *s) {
  mpz_t one, t;
  long worst = 0;
  int seen = 0;
  mpz_inits(one, t, NULL);
  mpz_set_ui(one, 1);
  mpz_mul_2exp(one, one, (mp_bitcnt_t)(s->grid + s->q.c - s->q.gram->e));
  oracle_qm_sums(s->ctx, s->A, s->B, &s->q, (const mpz_t *)s->c.p);
  for (size_t i = 0; i < s->n; i++) {
    mpz_mul(t, s->q.H, s->A[i]);
    mpz_submul(t, s->q.Gm, s->B[i]);
    mpz_sub(s->A[i], one, t);
    long bits = mpz_sgn(s->A[i]) ? (long)mpz_sizeinbase(s->A[i], 2) - s->q.e[i] : 0;
    if (s->in[i] && mpz_sgn(s->A[i]) && (!seen || bits > worst)) {
      worst = bits;
      seen = 1;
    }
  }
  mpz_clears(one, t, NULL);
  return seen ? worst : LONG_MIN;
}

/* The grid for `prec` bits of the smallest multipliers, which are about 4^-e_n. */
static void set_grid(solver *s, unsigned prec) {
  long top = s->q.e[0], grid;
  for (size_t i = 1; i < s->n; i++)
    if (s->q.e[i] > top) top = s->q.e[i];
  grid = (long)prec + 24 + 2 * top + (s->failed ? 0 : -s->c.mu);
  if (grid < s->q.gram->e - s->q.c) grid = s->q.gram->e - s->q.c;
  if (grid < 1) grid = 1;
  for (size_t i = 0; i < s->n; i++) {
    if (grid >= s->grid) mpz_mul_2exp(s->c.p[i], s->c.p[i], (mp_bitcnt_t)(grid - s->grid));
    else mpz_fdiv_q_2exp(s->c.p[i], s->c.p[i], (mp_bitcnt_t)(s->grid - grid));
  }
  s->grid = grid;
  mpz_set_ui(s->c.den, 1);
  mpz_mul_2exp(s->c.den, s->c.den, (mp_bitcnt_t)grid);
}

/* lambda~ += an approximate inverse times the exact residual, while that gains bits. */
static lfap_status refine(solver *s) {
  lfap_status st = LFAP_OK;
  long last = 0;
  for (size_t i = 0; i < s->n; i++)
    if (!s->in[i]) mpz_set_ui(s->c.p[i], 0);
  for (int round = 0; !st; round++) {
    long now = residuals(s);
    if (now == LONG_MIN || (round > 0 && now >= last - 1)) return lfap_tick(s->ctx, "refinement", 1.0, 1.0);
    last = now;
    for (size_t i = 0; i < s->nf; i++) {
      mpz_set(s->B[i], s->A[s->f[i]]);
      s->shift_in[i] = -s->q.e[s->f[i]];
      s->shift_out[i] = s->q.gram->e - s->q.c - s->q.e[s->f[i]];
    }
    st = oracle_factor_step(s->ctx, s->step, &s->F, (const mpz_t *)s->B, s->shift_in, s->shift_out);
    for (size_t i = 0; !st && i < s->nf; i++) mpz_add(s->c.p[s->f[i]], s->c.p[s->f[i]], s->step[i]);
    if (!st) st = lfap_tick(s->ctx, "refinement", (double)round, 0.0);
  }
  return st;
}

/* The index whose sign is wrong most clearly: a negative multiplier, or (Q lambda)_n < 1 off the support by more
   than the residual on it. n when there is none. A holds the residuals. */
static size_t violation(const solver *s, long floor) {
  size_t worst = s->n;
  long bits = 0;
  for (size_t i = 0; i < s->n; i++) {
    long b;
    if (s->in[i]) {
      if (mpz_sgn(s->c.p[i]) >= 0) continue;
      b = (long)mpz_sizeinbase(s->c.p[i], 2) + s->q.e[i] - s->q.gram->e + s->q.c;
    } else {
      if (mpz_sgn(s->A[i]) <= 0) continue;
      b = (long)mpz_sizeinbase(s->A[i], 2) - s->q.e[i];
    }
    if (b > floor + 20 && (worst == s->n || b > bits)) {
      worst = i;
      bits = b;
    }
  }
  return worst;
}

/* Exchanges one index at a time until the signs are right as far as the bits show. */
static lfap_status settle(solver *s, unsigned prec) {
  for (size_t round = 0; round < 3 * s->n + 100; round++) {
    if (!s->F.nf) {
      lfap_status st = bound(s);
      if (st || s->failed) return st;
    }
    set_grid(s, prec);
    lfap_status st = refine(s);
    if (st) return st;
    size_t i = violation(s, residuals(s));
    if (i == s->n) return LFAP_OK;
    s->in[i] = !s->in[i];
    oracle_factor_free(&s->F);
  }
  return LFAP_OK;
}

/* ---- rationals --------------------------------------------------------------------------------------------------- */

/* Q lambda = 1 in integers, in units of 2^(e - c); M and b are initialised. */
static void integers(const solver *s, mpz_t *M, mpz_t *b) {
  size_t n = s->n;
  long up = s->q.c - s->q.gram->e;
  for (size_t i = 0; i < n; i++) {
    mpz_set_ui(b[i], 0);
    mpz_setbit(b[i], (mp_bitcnt_t)(up > 0 ? up : 0));
    for (size_t k = 0; k < n; k++) {
      mpz_t v;
      int same = s->q.y[i] == s->q.y[k];
      mpz_mul(M[i * n + k], oracle_gram_at(v, s->q.gram, i, k), same ? s->q.H : s->q.Gm);
      if (!same) mpz_neg(M[i * n + k], M[i * n + k]);
      if (up < 0) mpz_mul_2exp(M[i * n + k], M[i * n + k], (mp_bitcnt_t)-up);
    }
  }
}

/* c->p is a ray: Q p = 0, p >= 0, so ||W(p)||^2 = 0 and the sums of both classes vanish. */
static lfap_status not_separable(solver *s) {
  size_t i = 0, count = 0, first[2] = {0, 0};
  int zero = 1;
  oracle_qm_sums(s->ctx, s->A, s->B, &s->q, (const mpz_t *)s->c.p);
  for (size_t n = 0; n < s->n; n++) {
    zero = zero && mpz_sgn(s->A[n]) == 0 && mpz_sgn(s->B[n]) == 0 && mpz_sgn(s->c.p[n]) >= 0;
    if (mpz_sgn(s->c.p[n]) == 0) continue;
    if (count < 2) first[count] = n;
    i = n;
    count++;
  }
  if (!zero || count < 2)
    return lfap_fail(s->ctx, LFAP_ERR_INTERNAL, "certificate: a ray that is none; please report it");
  return lfap_fail(
      s->ctx, LFAP_ERR_INFEASIBLE,
      "the data are not separable by a network with label slopes, in exact arithmetic: 0 is a combination with "
      "positive coefficients of "
      "%zu samples of class %+g (%zu, %zu%s), so that class lies in no open half-space; remove samples, or take a "
      "larger d",
      count, s->q.y[i], first[0], first[1], count > 2 ? ", ..." : "");
}

static lfap_status solve_exactly(solver *s) {
  size_t n = s->n;
  int solvable = 0;
  mpz_t *M = malloc(n * n * sizeof *M), *b = malloc(n * sizeof *b);
  lfap_status st =
      M && b ? LFAP_OK : lfap_fail(s->ctx, LFAP_ERR_MEMORY, "certificate: no memory for %zu x %zu integers", n, n);
  if (!st) {
    for (size_t i = 0; i < n * n; i++) mpz_init(M[i]);
    for (size_t i = 0; i < n; i++) mpz_init(b[i]);
    integers(s, M, b);
    st = oracle_lcp(s->ctx, s->c.p, s->c.den, &solvable, M, b, s->in, n);
    for (size_t i = 0; i < n * n; i++) mpz_clear(M[i]);
    for (size_t i = 0; i < n; i++) mpz_clear(b[i]);
  }
  free(M);
  free(b);
  return st || solvable ? st : not_separable(s);
}

/* ---- the loop ---------------------------------------------------------------------------------------------------- */

/* How many of the claims of a file are undecided. */
static int open_claims(const oracle_cert *c) {
  int open = 0;
  for (size_t i = 0; i < oracle_member_count; i++)
    open += (i == 0 || oracle_members[i].claim != oracle_members[i - 1].claim) &&
            c->claim[oracle_members[i].claim].verdict == LFAP_UNDECIDED;
  return open;
}

static lfap_status approximate(solver *s) {
  s->c.mode = ORACLE_APPROXIMATE;
  s->c.bits = 0;
  s->c.mu = 0;
  return oracle_evaluate(s->ctx, &s->c, &s->q, 0);
}

static lfap_status by_enclosure(solver *s, unsigned prec) {
  lfap_status st = LFAP_OK;
  for (;; prec *= 2) {
    s->c.prec = prec;
    st = settle(s, prec);
    if (st) return st;
    if (s->failed) return approximate(s);
    s->c.mode = ORACLE_ENCLOSED;
    /* the evaluator's support are the positive entries: the proof is of this one only if they agree */
    size_t positive = 0;
    for (size_t i = 0; i < s->nf; i++) positive += mpz_sgn(s->c.p[s->f[i]]) > 0;
    st = positive == s->nf ? oracle_evaluate(s->ctx, &s->c, &s->q, 1) : approximate(s);
    if (st || !open_claims(&s->c) || prec > s->max_prec / 2) return st;
    if (s->c.mode == ORACLE_APPROXIMATE) { oracle_factor_free(&s->F); }
  }
}

static lfap_status by_rationals(solver *s, unsigned prec) {
  lfap_status st = solve_exactly(s);
  if (st) return st;
  s->c.prec = prec;
  s->c.mode = ORACLE_EXACT;
  s->c.bits = 0;
  s->c.mu = 0;
  return oracle_evaluate(s->ctx, &s->c, &s->q, 0);
}

static lfap_status solver_make(lfap_ctx *ctx, solver *out, const oracle_gram *g, const lfap_data *data, double gamma,
                               unsigned max_prec) {
  size_t n = data->n;
  solver s = {.ctx = ctx, .n = n, .max_prec = max_prec};
  s.in = malloc(n);
  s.f = malloc(n * sizeof *s.f);
  s.A = malloc(n * sizeof *s.A);
  s.B = malloc(n * sizeof *s.B);
  s.step = malloc(n * sizeof *s.step);
  s.shift_in = malloc(n * sizeof *s.shift_in);
  s.shift_out = malloc(n * sizeof *s.shift_out);
  lfap_status st = s.in && s.f && s.A && s.B && s.step && s.shift_in && s.shift_out
                       ? oracle_cert_init(ctx, &s.c, n, data->d, gamma)
                       : lfap_fail(ctx, LFAP_ERR_MEMORY, "certificate: no memory for N = %zu", n);
  if (!st) st = oracle_qm_make(ctx, &s.q, g, data->y, gamma);
  if (st) {
    oracle_cert_free(&s.c);
    free(s.in);
    free(s.f);
    free(s.A);
    free(s.B);
    free(s.step);
    free(s.shift_in);
    free(s.shift_out);
    return st;
  }
  for (size_t i = 0; i < n; i++) mpz_inits(s.A[i], s.B[i], s.step[i], NULL);
  *out = s;
  return LFAP_OK;
}

static void solver_free(solver *s) {
  for (size_t i = 0; i < s->n; i++) mpz_clears(s->A[i], s->B[i], s->step[i], NULL);
  oracle_factor_free(&s->F);
  oracle_qm_free(&s->q);
  oracle_cert_free(&s->c);
  free(s->in);
  free(s->f);
  free(s->A);
  free(s->B);
  free(s->step);
  free(s->shift_in);
  free(s->shift_out);
}

static lfap_status options(lfap_ctx *ctx, oracle_opts *o, const oracle_opts *given, size_t n) {
  if (given) *o = *given;
  if (o->prec == 0) o->prec = ORACLE_PREC_DEFAULT;
  if (o->max_prec == 0) o->max_prec = o->prec > ORACLE_MAX_PREC_DEFAULT ? o->prec : ORACLE_MAX_PREC_DEFAULT;
  if (o->prec < ORACLE_PREC_MIN || o->prec > ORACLE_PREC_MAX || o->max_prec > ORACLE_PREC_MAX)
    return lfap_fail(ctx, LFAP_ERR_DATA, "precision: %u to %u bits asked for; both ends must lie in %d..%d", o->prec,
                     o->max_prec, ORACLE_PREC_MIN, ORACLE_PREC_MAX);
  if (o->prec > o->max_prec)
    return lfap_fail(ctx, LFAP_ERR_DATA,
                     "precision: %u bits is above the maximum of %u; raise --max-prec or lower --prec", o->prec,
                     o->max_prec);
  if (o->exact && n > ORACLE_EXACT_N)
    return lfap_fail(ctx, LFAP_ERR_DATA, "exact rationals are for N <= %d samples, these are %zu; leave --exact out",
                     ORACLE_EXACT_N, n);
  return LFAP_OK;
}

static lfap_status certify(lfap_ctx *ctx, oracle_cert *out, const oracle_gram *g, const lfap_data *data, double gamma,
                           const oracle_opts *o) {
  solver s = {0};
  lfap_status st = solver_make(ctx, &s, g, data, gamma, o->max_prec);
  if (st) return st;
  oracle_flags_clear();
  st = oracle_evaluate_data(ctx, &s.c, &s.q);
  if (!st) st = first_support(&s);
  if (!st) st = o->exact ? by_rationals(&s, o->prec) : by_enclosure(&s, o->prec);
  if (!st && !oracle_flags_good())
    st = lfap_fail(ctx, LFAP_ERR_INTERNAL, "certificate: MPFR reports %s; please report it", oracle_flags_name());
  if (!st) {
    *out = s.c;
    s.c = (oracle_cert){0};
  }
  solver_free(&s);
  return st;
}

/* What enclosures leave open (a bound met with equality, a degenerate support) rationals decide, where there are few
   samples and nobody has chosen the precision. */
lfap_status oracle_certify_checked(lfap_ctx *ctx, oracle_cert *out, const lfap_data *data, double gamma,
                                   const oracle_opts *given) {
  int tuned = given && (given->exact || given->prec || given->max_prec);
  oracle_opts o = {0};
  oracle_gram g = {0};
  oracle_cert first = {0}, exact = {0};
  lfap_status st = lfap_gamma_valid(ctx, "gamma", gamma, 0.0);
  if (!st) st = options(ctx, &o, given, data->n);
  if (!st) st = oracle_gram_make(ctx, &g, data->x, data->n, data->d);
  if (!st) st = certify(ctx, &first, &g, data, gamma, &o);
  if (!st && !tuned && data->n <= ORACLE_EXACT_N && open_claims(&first)) {
    o.exact = 1;
    st = certify(ctx, &exact, &g, data, gamma, &o);
    oracle_cert_free(&first);
    first = exact;
  }
  oracle_gram_free(&g);
  if (!st) *out = first;
  return st;
}

lfap_status oracle_limit_certify(lfap_ctx *ctx, oracle_cert *out, const lfap_data *data, double gamma,
                                 const oracle_opts *o) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = lfap_gamma_valid(ctx, "gamma", gamma, 0.0);
  if (!st) st = lfap_data_check(ctx, data, "data");
  return st ? st : oracle_certify_checked(ctx, out, data, gamma, o);
}
