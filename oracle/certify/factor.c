/* factor.c - Cholesky factors for iterative refinement: in doubles as long as Q is far enough from singular, in MPFR
   beyond. */
#include "oracle/certify/factor.h"

#include <math.h>
#include <stdlib.h>

void oracle_factor_free(oracle_factor *F) {
  if (F->M)
    for (size_t i = 0; i < F->nf * (F->nf + 1) / 2; i++) mpfr_clear(F->M[i]);
  free(F->M);
  free(F->L);
  *F = (oracle_factor){0};
}

static mpfr_t *row_of(const oracle_factor *F, size_t i) { return F->M + i * (i + 1) / 2; }

static int factor_double(oracle_factor *F, const oracle_qm *q, const size_t *f) {
  size_t n = F->nf;
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k <= i; k++) F->L[i * n + k] = oracle_qm_scaled(q, f[i], f[k]);
  if (!oracle_cholesky(F->L, n)) return 0;
  for (size_t i = 0; i < n; i++)
    if (F->L[i * n + i] < 1e-6) return 0;
  return 1;
}

static int factor_mpfr(oracle_factor *F, const oracle_qm *q, const size_t *f, lfap_ctx *ctx) {
  mpfr_t t;
  mpz_t m;
  int good = 1;
  mpfr_init2(t, (mpfr_prec_t)F->bits);
  mpz_init(m);
  for (size_t i = 0; i < F->nf && good; i++) {
    mpfr_t *r = row_of(F, i);
    for (size_t j = 0; j <= i; j++) {
      mpfr_t *s = row_of(F, j);
      long shift = oracle_qm_entry(m, q, f[i], f[j]);
      mpfr_set_z_2exp(r[j], m, shift, MPFR_RNDN);
      for (size_t k = 0; k < j; k++) {
        mpfr_mul(t, r[k], s[k], MPFR_RNDN);
        mpfr_sub(r[j], r[j], t, MPFR_RNDN);
      }
      if (j < i) mpfr_div(r[j], r[j], s[j], MPFR_RNDN);
    }
    good = mpfr_sgn(r[i]) > 0 && mpfr_get_exp(r[i]) > -(mpfr_exp_t)F->bits + 16;
    if (good) mpfr_sqrt(r[i], r[i], MPFR_RNDN);
    if (lfap_tick(ctx, "factor", (double)((i + 1) * (i + 1)), (double)(F->nf * F->nf))) good = -1;
    if (good < 0) break;
  }
  mpfr_clear(t);
  mpz_clear(m);
  return good;
}

lfap_status oracle_factor_make(lfap_ctx *ctx, oracle_factor *out, int *singular, const oracle_qm *q, const size_t *f,
                               size_t nf, unsigned bits) {
  oracle_factor F = {.nf = nf, .bits = bits};
  size_t packed = nf * (nf + 1) / 2;
  if (bits == 53) F.L = malloc(nf * nf * sizeof *F.L);
  else F.M = malloc(packed * sizeof *F.M);
  if (!F.L && !F.M) return lfap_fail(ctx, LFAP_ERR_MEMORY, "certificate: no memory for a factor of %zu x %zu", nf, nf);
  for (size_t i = 0; F.M && i < packed; i++) mpfr_init2(F.M[i], (mpfr_prec_t)bits);
  int good = F.L ? factor_double(&F, q, f) : factor_mpfr(&F, q, f, ctx);
  *singular = good == 0;
  if (good == 1) {
    *out = F;
    return LFAP_OK;
  }
  oracle_factor_free(&F);
  return good < 0 ? lfap_fail(ctx, LFAP_ERR_INTERRUPTED, "interrupted") : LFAP_OK;
}

/* ---- solving ----------------------------------------------------------------------------------------------------- */

static void solve_double(const oracle_factor *F, double *x) {
  size_t n = F->nf;
  for (size_t i = 0; i < n; i++) {
    const double *l = F->L + i * n;
    double s = x[i];
    for (size_t k = 0; k < i; k++) s -= l[k] * x[k];
    x[i] = s / l[i];
  }
  for (size_t i = n; i-- > 0;) {
    const double *l = F->L + i * n;
    x[i] /= l[i];
    for (size_t k = 0; k < i; k++) x[k] -= l[k] * x[i];
  }
}

static void solve_mpfr(const oracle_factor *F, mpfr_t *x) {
  mpfr_t t;
  mpfr_init2(t, (mpfr_prec_t)F->bits);
  for (size_t i = 0; i < F->nf; i++) {
    mpfr_t *l = row_of(F, i);
    for (size_t k = 0; k < i; k++) {
      mpfr_mul(t, l[k], x[k], MPFR_RNDN);
      mpfr_sub(x[i], x[i], t, MPFR_RNDN);
    }
    mpfr_div(x[i], x[i], l[i], MPFR_RNDN);
  }
  for (size_t i = F->nf; i-- > 0;) {
    mpfr_t *l = row_of(F, i);
    mpfr_div(x[i], x[i], l[i], MPFR_RNDN);
    for (size_t k = 0; k < i; k++) {
      mpfr_mul(t, l[k], x[i], MPFR_RNDN);
      mpfr_sub(x[k], x[k], t, MPFR_RNDN);
    }
  }
  mpfr_clear(t);
}

static lfap_status no_memory(lfap_ctx *ctx, size_t n) {
  return lfap_fail(ctx, LFAP_ERR_MEMORY, "certificate: no memory for %zu corrections", n);
}

/* The largest exponent of the right-hand side, so that doubles neither overflow nor vanish. */
static long top(const mpz_t *res, const long *in, size_t n) {
  long b = 0;
  int seen = 0;
  for (size_t i = 0; i < n; i++) {
    long l = (long)mpz_sizeinbase(res[i], 2) + in[i];
    if (mpz_sgn(res[i]) == 0 || (seen && l <= b)) continue;
    b = l;
    seen = 1;
  }
  return b;
}

static void set_rounded(mpz_t z, mpfr_t x, long e) {
  mpfr_mul_2si(x, x, e, MPFR_RNDN);
  mpfr_get_z(z, x, MPFR_RNDN);
}

static lfap_status step_double(lfap_ctx *ctx, mpz_t *step, const oracle_factor *F, const mpz_t *res, const long *in,
                               const long *out) {
  size_t n = F->nf;
  long b = top(res, in, n);
  double *x = malloc(n * sizeof *x);
  if (!x) return no_memory(ctx, n);
  for (size_t i = 0; i < n; i++) {
    long e;
    double m = mpz_get_d_2exp(&e, res[i]);
    e += in[i] - b;
    x[i] = e < -1000 ? 0.0 : ldexp(m, (int)e);
  }
  solve_double(F, x);
  mpfr_t t;
  mpfr_init2(t, 53);
  for (size_t i = 0; i < n; i++) {
    mpfr_set_d(t, isfinite(x[i]) ? x[i] : 0.0, MPFR_RNDN);
    set_rounded(step[i], t, b + out[i]);
  }
  mpfr_clear(t);
  free(x);
  return LFAP_OK;
}

lfap_status oracle_factor_step(lfap_ctx *ctx, mpz_t *step, const oracle_factor *F, const mpz_t *res, const long *in,
                               const long *out) {
  if (F->L) return step_double(ctx, step, F, res, in, out);
  mpfr_t *x = malloc(F->nf * sizeof *x);
  if (!x) return no_memory(ctx, F->nf);
  for (size_t i = 0; i < F->nf; i++) {
    mpfr_init2(x[i], (mpfr_prec_t)F->bits);
    mpfr_set_z_2exp(x[i], res[i], in[i], MPFR_RNDN);
  }
  solve_mpfr(F, x);
  for (size_t i = 0; i < F->nf; i++) {
    set_rounded(step[i], x[i], out[i]);
    mpfr_clear(x[i]);
  }
  free(x);
  return LFAP_OK;
}

/* Inverse iteration from a fixed irregular vector. */
enum { ROUNDS = 12 };
static double start(size_t i) { return 1.0 + 0.5 * sin(12.9898 * (double)i); }

static lfap_status least_double(lfap_ctx *ctx, long *mu, const oracle_factor *F) {
  double *x = malloc(F->nf * sizeof *x), norm = 1.0;
  if (!x) return no_memory(ctx, F->nf);
  for (size_t i = 0; i < F->nf; i++) x[i] = start(i);
  for (int r = 0; r < ROUNDS; r++) {
    solve_double(F, x);
    norm = 0.0;
    for (size_t i = 0; i < F->nf; i++) norm += x[i] * x[i];
    norm = sqrt(norm);
    for (size_t i = 0; i < F->nf; i++) x[i] /= norm;
  }
  *mu = -(long)ceil(log2(norm));
  free(x);
  return LFAP_OK;
}

lfap_status oracle_factor_least(lfap_ctx *ctx, long *mu, const oracle_factor *F) {
  if (F->L) return least_double(ctx, mu, F);
  mpfr_t *x = malloc(F->nf * sizeof *x), norm;
  if (!x) return no_memory(ctx, F->nf);
  mpfr_init2(norm, (mpfr_prec_t)F->bits);
  for (size_t i = 0; i < F->nf; i++) {
    mpfr_init2(x[i], (mpfr_prec_t)F->bits);
    mpfr_set_d(x[i], start(i), MPFR_RNDN);
  }
  for (int r = 0; r < ROUNDS; r++) {
    solve_mpfr(F, x);
    mpfr_set_zero(norm, 1);
    for (size_t i = 0; i < F->nf; i++) mpfr_fma(norm, x[i], x[i], norm, MPFR_RNDN);
    mpfr_sqrt(norm, norm, MPFR_RNDN);
    for (size_t i = 0; i < F->nf; i++) mpfr_div(x[i], x[i], norm, MPFR_RNDN);
  }
  *mu = -(long)mpfr_get_exp(norm);
  for (size_t i = 0; i < F->nf; i++) mpfr_clear(x[i]);
  mpfr_clear(norm);
  free(x);
  return LFAP_OK;
}

lfap_status oracle_factor_bound(lfap_ctx *ctx, oracle_factor *F, long *mu, int *proved, const oracle_block *b,
                                unsigned bits) {
  int singular = 0;
  oracle_factor_free(F);
  *proved = 0;
  lfap_status st = oracle_factor_make(ctx, F, &singular, b->q, b->f, b->nf, bits);
  if (st || singular) return st;
  st = oracle_factor_least(ctx, mu, F);
  *mu = *mu > 2 ? 1 : *mu - 1; /* the shift of the proof is 2^(mu + 1) */
  for (int tries = 0; !st && !*proved && tries < 3; tries++) {
    --*mu;
    st = oracle_qm_positive(ctx, proved, b->q, b->f, b->nf, bits, *mu);
  }
  return st;
}
