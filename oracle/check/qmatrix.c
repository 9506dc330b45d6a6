/* qmatrix.c - Q (theory Q1) in integers, and lower bounds of its eigenvalues (spec/certificate.md, "Inverse"). */
#include "oracle/check/qmatrix.h"

#include <math.h>
#include <mpfr.h>
#include <stdlib.h>

#include "data/range.h"
#include "io/parallel.h"

/* ---- numbers ----------------------------------------------------------------------------------------------------- */

/* gamma = g 2^-s with g odd; h = (1 + gamma^2)/2 = (4^s + g^2) 2^-(2s+1). */
static void integer_slopes(oracle_qm *q) {
  mpq_t r;
  mpz_t g;
  mpq_init(r);
  mpz_init(g);
  mpq_set_d(r, q->gamma);
  long s = (long)mpz_sizeinbase(mpq_denref(r), 2) - 1;
  mpz_set(g, mpq_numref(r));
  q->c = 2 * s + 1;
  mpz_mul(q->H, g, g);
  mpz_set_ui(mpq_numref(r), 1);
  mpz_mul_2exp(mpq_numref(r), mpq_numref(r), (mp_bitcnt_t)(2 * s));
  mpz_add(q->H, q->H, mpq_numref(r));
  mpz_mul_2exp(q->Gm, g, (mp_bitcnt_t)(s + 1));
  mpz_set(q->g, g);
  mpz_setbit(q->full, (mp_bitcnt_t)q->c);
  mpz_setbit(q->half, (mp_bitcnt_t)s);
  mpz_add(q->half, q->half, g);
  mpz_mul_2exp(q->half, q->half, (mp_bitcnt_t)s);
  mpz_clear(g);
  mpq_clear(r);
}

static long floor_half(long x) { return x >= 0 ? x / 2 : -((1 - x) / 2); }

static lfap_status make(lfap_ctx *ctx, oracle_qm *out, const oracle_gram *gram, const double *y, double gamma) {
  oracle_qm q = {.gram = gram, .y = y, .gamma = gamma, .e = malloc(gram->n * sizeof(long))};
  if (!q.e) return lfap_fail(ctx, LFAP_ERR_MEMORY, "certificate: no memory for %zu exponents", gram->n);
  mpz_inits(q.H, q.Gm, q.g, q.half, q.full, NULL);
  integer_slopes(&q);
  for (size_t n = 0; n < gram->n; n++) {
    mpz_t v;
    q.e[n] = floor_half((long)mpz_sizeinbase(oracle_gram_at(v, gram, n, n), 2) - 1 + gram->e);
  }
  *out = q;
  return LFAP_OK;
}

lfap_status oracle_qm_make(lfap_ctx *ctx, oracle_qm *out, const oracle_gram *gram, const double *y, double gamma) {
  lfap_status st = lfap_gamma_valid(ctx, "gamma", gamma, 0.0);
  return st ? st : make(ctx, out, gram, y, gamma);
}

lfap_status oracle_qm_plain(lfap_ctx *ctx, oracle_qm *out, const oracle_gram *gram, const double *y) {
  return make(ctx, out, gram, y, 1.0);
}

void oracle_qm_free(oracle_qm *q) {
  if (!q->gram) return;
  mpz_clears(q->H, q->Gm, q->g, q->half, q->full, NULL);
  free(q->e);
  *q = (oracle_qm){0};
}

/* ---- products ---------------------------------------------------------------------------------------------------- */

typedef struct {
  const oracle_qm *q;
  const mpz_t *p;
  mpz_t *A, *B;
} product;

static void product_rows(void *arg, size_t begin, size_t end, int worker) {
  product *w = arg;
  const oracle_qm *q = w->q;
  (void)worker;
  for (size_t i = begin; i < end; i++) {
    mpz_set_ui(w->A[i], 0);
    mpz_set_ui(w->B[i], 0);
    for (size_t k = 0; k < q->gram->n; k++) {
      mpz_t v;
      if (mpz_sgn(w->p[k]) != 0)
        mpz_addmul(q->y[i] == q->y[k] ? w->A[i] : w->B[i], oracle_gram_at(v, q->gram, i, k), w->p[k]);
    }
  }
}

void oracle_qm_sums(const lfap_ctx *ctx, mpz_t *A, mpz_t *B, const oracle_qm *q, const mpz_t *p) {
  product w = {q, p, A, B};
  size_t n = q->gram->n;
  lfap_parallel(lfap_threads(ctx), n, 1 + n / 64, (double)n * (double)n * 100, product_rows, &w);
}

/* Own and other sums of U and V, times T: with a = alpha + beta and b = g alpha + T beta (numerators),
       OWN = T A(a) - B(b),   OTH = T B(a) - A(b),
   and the margins T OWN - g OTH of (n, gamma), T (OWN - OTH) of (n, 1). z: 6 n numbers. */
static void pair_margins(const lfap_ctx *ctx, mpz_t *m, const oracle_qm *q, const mpz_t *p, mpz_t *z) {
  size_t n = q->gram->n;
  mp_bitcnt_t s = (mp_bitcnt_t)(q->c - 1) / 2;
  mpz_t *a = z, *b = z + n, *own = z + 2 * n, *oth = z + 3 * n, *A = z + 4 * n, *B = z + 5 * n;
  for (size_t i = 0; i < n; i++) {
    mpz_add(a[i], p[i], p[n + i]);
    mpz_mul_2exp(b[i], p[n + i], s);
    mpz_addmul(b[i], q->g, p[i]);
    mpz_mul_2exp(a[i], a[i], s);
  }
  oracle_qm_sums(ctx, own, oth, q, (const mpz_t *)a);
  oracle_qm_sums(ctx, A, B, q, (const mpz_t *)b);
  for (size_t i = 0; i < n; i++) {
    mpz_sub(own[i], own[i], B[i]);
    mpz_sub(oth[i], oth[i], A[i]);
    mpz_mul_2exp(m[i], own[i], s);
    mpz_submul(m[i], q->g, oth[i]);
    mpz_sub(m[n + i], own[i], oth[i]);
    mpz_mul_2exp(m[n + i], m[n + i], s);
  }
}

void oracle_qm_margins(mpz_t *m, mpz_t *work, const lfap_ctx *ctx, const oracle_qm *q, const mpz_t *p, size_t count) {
  size_t n = q->gram->n;
  if (count != n) {
    pair_margins(ctx, m, q, p, work);
    return;
  }
  oracle_qm_sums(ctx, m, work, q, p);
  for (size_t i = 0; i < n; i++) {
    mpz_mul(m[i], m[i], q->H);
    mpz_submul(m[i], q->Gm, work[i]);
  }
}

/* ---- positive definite ------------------------------------------------------------------------------------------- */

long oracle_qm_entry(mpz_t m, const oracle_qm *q, size_t i, size_t k) {
  mpz_t v;
  size_t n = q->gram->n, a = i % n, b = k % n;
  int same = q->y[a] == q->y[b], ones = (i >= n) + (k >= n);
  mpz_mul(m, oracle_gram_at(v, q->gram, a, b), ones == 2 ? q->full : ones ? q->half : same ? q->H : q->Gm);
  if (!same) mpz_neg(m, m);
  return q->gram->e - q->c - q->e[a] - q->e[b];
}

static double scaled_double(mpz_t m, const oracle_qm *q, size_t i, size_t k) {
  long shift = oracle_qm_entry(m, q, i, k), e;
  double x = mpz_get_d_2exp(&e, m); /* truncated to 53 bits */
  e += shift;
  return e < -1100 ? 0.0 : ldexp(x, (int)e);
}

double oracle_qm_scaled(const oracle_qm *q, size_t i, size_t k) {
  mpz_t m;
  mpz_init(m);
  double x = scaled_double(m, q, i, k);
  mpz_clear(m);
  return x;
}

/* sum of a_k b_k; the order does not matter to the error bound. */
static double dot(const double *restrict a, const double *restrict b, size_t n) {
  double s[8] = {0};
  size_t k = 0;
  for (; k + 8 <= n; k += 8)
    for (size_t l = 0; l < 8; l++) s[l] += a[k + l] * b[k + l];
  for (; k < n; k++) s[0] += a[k] * b[k];
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

int oracle_cholesky(double *a, size_t n) {
  for (size_t i = 0; i < n; i++) {
    double *r = a + i * n;
    for (size_t j = 0; j < i; j++) r[j] = (r[j] - dot(r, a + j * n, j)) / a[j * n + j];
    double pivot = r[i] - dot(r, r, i);
    if (!(pivot > 0.0) || !isfinite(pivot)) return 0;
    r[i] = sqrt(pivot);
  }
  return 1;
}

static lfap_status positive_double(lfap_ctx *ctx, int *proved, const oracle_qm *q, const size_t *f, size_t nf,
                                   double shift) {
  double *a = malloc(nf * nf * sizeof *a);
  if (!a) return lfap_fail(ctx, LFAP_ERR_MEMORY, "certificate: no memory for a factor of %zu x %zu", nf, nf);
  mpz_t m;
  mpz_init(m);
  for (size_t i = 0; i < nf; i++)
    for (size_t k = 0; k <= i; k++) a[i * nf + k] = scaled_double(m, q, f[i], f[k]) - (i == k ? shift : 0.0);
  mpz_clear(m);
  *proved = oracle_cholesky(a, nf);
  free(a);
  return LFAP_OK;
}

/* r_j = (r_j - sum_k<j r_k l_jk)/l_jj for j < i, then the pivot; row i of the factor, rows packed one after the
   other. */
static int factor_row(mpfr_t *row, mpfr_t *const *rows, size_t i, mpfr_t t) {
  for (size_t j = 0; j <= i; j++) {
    for (size_t k = 0; k < j; k++) {
      mpfr_mul(t, row[k], rows[j][k], MPFR_RNDN);
      mpfr_sub(row[j], row[j], t, MPFR_RNDN);
    }
    if (j < i) mpfr_div(row[j], row[j], rows[j][j], MPFR_RNDN);
  }
  if (!(mpfr_sgn(row[i]) > 0)) return 0;
  mpfr_sqrt(row[i], row[i], MPFR_RNDN);
  return 1;
}

static lfap_status positive_mpfr(lfap_ctx *ctx, int *proved, const oracle_qm *q, const size_t *f, size_t nf,
                                 unsigned bits, long mu) {
  mpfr_t *all = malloc(nf * (nf + 1) / 2 * sizeof *all), **rows = malloc(nf * sizeof *rows), t;
  if (!all || !rows) {
    free(all);
    free(rows);
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "certificate: no memory for a factor of %zu x %zu", nf, nf);
  }
  mpz_t m;
  mpz_init(m);
  mpfr_init2(t, (mpfr_prec_t)bits);
  mpfr_clear_flags();
  *proved = 1;
  size_t made = 0;
  for (size_t i = 0; i < nf && *proved; i++) {
    rows[i] = all + i * (i + 1) / 2;
    for (size_t k = 0; k <= i; k++, made++) {
      mpfr_init2(rows[i][k], (mpfr_prec_t)bits);
      long shift = oracle_qm_entry(m, q, f[i], f[k]);
      mpfr_set_z_2exp(rows[i][k], m, shift, MPFR_RNDN);
      if (i == k) {
        mpfr_set_ui_2exp(t, 1, mu + 1, MPFR_RNDN);
        mpfr_sub(rows[i][k], rows[i][k], t, MPFR_RNDN);
      }
    }
    *proved = factor_row(rows[i], rows, i, t);
    if (lfap_tick(ctx, "factor", (double)((i + 1) * (i + 1)), (double)(nf * nf))) {
      *proved = -1;
      break;
    }
  }
  int clean = !mpfr_underflow_p() && !mpfr_overflow_p() && !mpfr_nanflag_p() && !mpfr_divby0_p();
  for (size_t i = 0; i < made; i++) mpfr_clear(all[i]);
  mpfr_clear(t);
  mpz_clear(m);
  free(all);
  free(rows);
  if (*proved < 0) {
    *proved = 0;
    return lfap_fail(ctx, LFAP_ERR_INTERRUPTED, "interrupted");
  }
  *proved = *proved && clean;
  return LFAP_OK;
}

/* The shift 2^(mu+1) loses at most (nf+2)^2 2^(3-bits) to rounding (spec/certificate.md); what is left must be 2^mu. */
lfap_status oracle_qm_positive(lfap_ctx *ctx, int *proved, const oracle_qm *q, const size_t *f, size_t nf,
                               unsigned bits, long mu) {
  *proved = 0;
  if (nf == 0 || nf > (1u << 20) || bits < 53 || mu > 2 || mu < -(long)bits) return LFAP_OK;
  double n2 = (double)nf + 2.0, log2_loss = 2.0 * log2(n2) + 3.0 - (double)bits;
  if (!(log2_loss < (double)mu - 1e-6)) return LFAP_OK; /* the margin covers log2's own error */
  if (bits == 53) return positive_double(ctx, proved, q, f, nf, ldexp(1.0, (int)mu + 1));
  return positive_mpfr(ctx, proved, q, f, nf, bits, mu);
}
