/* The oracle's arithmetic: exact inner products of any doubles, canonical texts, outward rounding, interval operations, and the
 * positive-definiteness test that the enclosures rest on. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "draws.h"
#include "oracle/certify/factor.h"
#include "oracle/exact/gram.h"
#include "oracle/exact/lcp.h"
#include "oracle/interval/dyadic.h"
#include "oracle/interval/interval.h"

/* Doubles whose common grid has from one bit to two thousand. */
static double entry(int kind) {
  double u = draw(0);
  switch (kind) {
  case 0: return u;
  case 1: return u > 0 ? 1 : -1;
  case 2: return u * exp(-10 * fabs(draw(0)));
  case 3: return u * exp(-25 * fabs(draw(0)));
  case 4: return u * exp(-60 * fabs(draw(0)));
  case 5: return ldexp(u, (int)(next() % 2000) - 1030);
  case 6: return next() % 2 ? 0.0 : ldexp(u, -1060);
  default: return ldexp(u, 1000);
  }
}

Test(gram, equals_the_sum_of_rational_products) {
  for (int kind = 0; kind < 8; kind++)
    for (size_t d = 1; d < 400; d = 2 * d + 1) {
      size_t n = 4;
      double *x = malloc(n * d * sizeof *x);
      for (size_t i = 0; i < n * d; i++) x[i] = entry(kind);
      oracle_gram g = {0};
      lfap_ctx c = {.threads = 2};
      cr_assert_eq(oracle_gram_make(&c, &g, x, n, d), LFAP_OK);
      mpq_t s, a, b;
      mpz_t v;
      mpq_inits(s, a, b, NULL);
      for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++) {
          mpq_set_ui(s, 0, 1);
          for (size_t p = 0; p < d; p++) {
            mpq_set_d(a, x[i * d + p]);
            mpq_set_d(b, x[k * d + p]);
            mpq_mul(a, a, b);
            mpq_add(s, s, a);
          }
          oracle_q_set_2exp(a, oracle_gram_at(v, &g, i, k), g.e);
          cr_assert(mpq_equal(a, s), "kind %d, d = %zu, (%zu,%zu)", kind, d, i, k);
        }
      mpq_clears(s, a, b, NULL);
      oracle_gram_free(&g);
      free(x);
    }
}

/* All slices full and of one sign: the largest sums there can be. */
Test(gram, no_accumulator_overflows) {
  for (int bits = 20; bits <= 108; bits += 11) {
    size_t d = 5000;
    double *x = malloc(2 * d * sizeof *x), big = ldexp(1 - 0x1p-53, bits);
    for (size_t i = 0; i < 2 * d; i++) x[i] = bits <= 53 ? ldexp(1.0, bits) - 1 : big;
    x[0] = 1.0; /* fixes the grid */
    oracle_gram g = {0};
    cr_assert_eq(oracle_gram_make(NULL, &g, x, 2, d), LFAP_OK);
    mpz_t v, w;
    mpq_t q, r;
    mpq_inits(q, r, NULL);
    mpz_init(w);
    mpq_set_d(q, x[1]);
    mpq_mul(q, q, q);
    mpq_set_ui(r, d, 1);
    mpq_mul(q, q, r);
    oracle_q_set_2exp(r, oracle_gram_at(v, &g, 1, 1), g.e);
    cr_assert(mpq_equal(q, r), "%d bits", bits);
    mpz_clear(w);
    mpq_clears(q, r, NULL);
    oracle_gram_free(&g);
    free(x);
  }
}

/* Samples longer than a span of columns: integers, so that 64-bit sums are exact. */
Test(gram, spans_of_columns_add_up) {
  size_t n = 3, d = 2 * (((size_t)1 << 22) / 3) + 1001;
  double *x = malloc(n * d * sizeof *x);
  int64_t sum[3][3] = {{0}};
  for (size_t i = 0; i < n * d; i++) x[i] = (double)(int)(next() % 2001) - 1000;
  for (size_t c = 0; c < d; c++)
    for (size_t i = 0; i < n; i++)
      for (size_t k = 0; k < n; k++) sum[i][k] += (int64_t)x[i * d + c] * (int64_t)x[k * d + c];
  lfap_ctx ctx = {.threads = 2};
  oracle_gram g = {0};
  mpq_t q;
  mpz_t v;
  mpq_init(q);
  cr_assert_eq(oracle_gram_make(&ctx, &g, x, n, d), LFAP_OK);
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < n; k++) {
      oracle_q_set_2exp(q, oracle_gram_at(v, &g, i, k), g.e);
      cr_assert_eq(mpq_cmp_si(q, (long)sum[i][k], 1), 0, "%zu, %zu", i, k);
    }
  mpq_clear(q);
  oracle_gram_free(&g);
  free(x);
}

Test(dyadic, text_reads_back_and_is_the_only_spelling) {
  mpq_t q, r;
  mpq_inits(q, r, NULL);
  for (int i = 0; i < 2000; i++) {
    mpq_set_d(q, i == 0 ? 0.0 : entry((int)(next() % 8)));
    if (i % 3 == 0) mpq_mul(q, q, q);
    lfap_text t = {0};
    oracle_q_text(&t, q);
    cr_assert(oracle_q_read(r, t.bytes, t.len) && mpq_equal(q, r), "%s", t.bytes);
    mpfr_t m;
    mpfr_init2(m, 2200);
    mpfr_strtofr(m, t.bytes, NULL, 0, MPFR_RNDN);
    cr_assert_eq(mpfr_cmp_q(m, q), 0, "mpfr reads %s as something else", t.bytes);
    mpfr_clear(m);
    free(t.bytes);
  }
  static const char *const bad[] = {"", "0", "0x1", "0x2p+0", "0x01p+0", "0x1p0", "0x1p-0", "0x1p+00", "0x1P+0", "0xAp+0", "+0x1p+0",
                                    "0x1p+0 ", " 0x1p+0", "-0x0p+0", "0x0p+1", "0x1p+9999999", "0xp+0", "0x1.8p+0", "1p+0", "0x1p+", "inf", "nan"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) cr_assert_not(oracle_q_read(r, bad[i], strlen(bad[i])), "'%s'", bad[i]);
  mpq_clears(q, r, NULL);
}

Test(dyadic, rounding_is_outward_and_tight) {
  mpq_t q, lo, hi, w;
  mpq_inits(q, lo, hi, w, NULL);
  for (int i = 0; i < 3000; i++) {
    unsigned bits = 2 + (unsigned)(next() % 90);
    mpq_set_d(q, entry((int)(next() % 6)));
    mpq_set_si(w, (long)(next() % 1000) - 500, 1 + next() % 999);
    mpq_canonicalize(w);
    mpq_mul(q, q, w);
    oracle_q_round(lo, q, bits, 0);
    oracle_q_round(hi, q, bits, 1);
    cr_assert(mpq_cmp(lo, q) <= 0 && mpq_cmp(q, hi) <= 0);
    mpz_t m;
    mpz_init_set(m, mpq_numref(lo));
    while (mpz_sgn(m) && mpz_even_p(m)) mpz_tdiv_q_2exp(m, m, 1);
    cr_assert(mpz_sizeinbase(m, 2) <= bits);
    mpz_clear(m);
    mpq_sub(w, hi, lo); /* neighbours: their distance is at most 2^(1-bits) of the number */
    mpq_abs(q, q);
    mpq_mul_2exp(w, w, bits - 1);
    cr_assert(mpq_cmp(w, q) <= 0 || mpq_sgn(q) == 0);
  }
  mpq_clears(q, lo, hi, w, NULL);
}

Test(dyadic, ceil_log4_is_least) {
  mpq_t q, p;
  mpq_inits(q, p, NULL);
  for (int i = 0; i < 2000; i++) {
    if (i < 40) { mpq_set_ui(q, 1, 1); oracle_q_scale(q, i - 20); }
    else mpq_set_d(q, fabs(entry((int)(next() % 6))) + 1e-300);
    long k = oracle_q_ceil_log4(q);
    mpq_set_ui(p, 1, 1);
    oracle_q_scale(p, 2 * k);
    cr_assert(mpq_cmp(p, q) >= 0);
    oracle_q_scale(p, -2);
    cr_assert(mpq_cmp(p, q) < 0);
  }
  mpq_clears(q, p, NULL);
}

/* ---- intervals --------------------------------------------------------------------------------------------------------- */

static int holds(const oracle_iv *x, const mpfr_t v) { return mpfr_lessequal_p(x->lo, v) && mpfr_lessequal_p(v, x->hi); }

Test(arithmetic, intervals_of_log_and_atan_hold_the_values_at_400_bits) {
  lfap_data R = {0};
  cr_assert_eq(lfap_gen_gauss(NULL, &R, 9, 1, 300), LFAP_OK);
  mpfr_t v, w;
  mpfr_inits2(400, v, w, (mpfr_ptr)0);
  for (size_t i = 0; i < 300; i++) {
    oracle_iv x, y;
    oracle_iv_init(&x, 53 + (mpfr_prec_t)(i % 20));
    oracle_iv_init(&y, 53 + (mpfr_prec_t)(i % 20));
    oracle_iv_set_d(&x, fabs(R.x[i]) * ldexp(1, (int)(i % 40) - 20));
    mpfr_set_d(x.hi, mpfr_get_d(x.hi, MPFR_RNDU) * 1.25, MPFR_RNDU);
    for (int end = 0; end < 2; end++) {
      mpfr_log(v, end ? x.hi : x.lo, MPFR_RNDN);
      mpfr_atan(w, end ? x.hi : x.lo, MPFR_RNDN);
      oracle_iv_log(&y, &x);
      cr_assert(holds(&y, v));
      oracle_iv_atan(&y, &x);
      cr_assert(holds(&y, w));
    }
    oracle_iv_set_d(&y, -1);
    mpfr_set(y.hi, x.hi, MPFR_RNDU);
    oracle_iv_log(&y, &y);
    cr_assert(mpfr_inf_p(y.lo) && mpfr_inf_p(y.hi), "log of a number that is not positive");
    oracle_iv_clear(&x);
    oracle_iv_clear(&y);
  }
  mpfr_clears(v, w, (mpfr_ptr)0);
  lfap_data_free(&R);
}

static int inside(const oracle_iv *x, const mpq_t q) { return mpfr_cmp_q(x->lo, q) <= 0 && mpfr_cmp_q(x->hi, q) >= 0; }

Test(interval, operations_contain_the_exact_result) {
  mpq_t a, b, e, q, r;
  oracle_iv x, y, z;
  mpq_inits(a, b, e, q, r, NULL);
  for (int i = 0; i < 20000; i++) {
    mpfr_prec_t bits = 2 + (mpfr_prec_t)(next() % 60);
    oracle_iv_init(&x, bits);
    oracle_iv_init(&y, bits);
    oracle_iv_init(&z, bits);
    mpq_set_d(a, i % 7 ? draw(0) : 0.0); /* points inside x and y, off the ends by random widths */
    mpq_set_d(b, i % 11 ? draw(0) : 0.0);
    mpq_set_d(e, fabs(draw(0)) * (i % 3));
    mpq_sub(q, a, e); mpq_add(r, a, e);
    oracle_iv_set_ends(&x, q, r);
    mpq_sub(q, b, e); mpq_add(r, b, e);
    oracle_iv_set_ends(&y, q, r);
    oracle_iv_add(&z, &x, &y); mpq_add(q, a, b); cr_assert(inside(&z, q));
    oracle_iv_sub(&z, &x, &y); mpq_sub(q, a, b); cr_assert(inside(&z, q));
    oracle_iv_mul(&z, &x, &y); mpq_mul(q, a, b); cr_assert(inside(&z, q));
    oracle_iv_div(&z, &x, &y);
    if (mpq_sgn(b)) { mpq_div(q, a, b); cr_assert(inside(&z, q)); }
    oracle_iv_abs(&z, &x); mpq_abs(q, a); cr_assert(inside(&z, q));
    oracle_iv_mul(&x, &x, &x); oracle_iv_abs(&x, &x); mpq_mul(q, a, a); /* in place; |a| is in the root of a^2 */
    cr_assert(inside(&x, q));
    oracle_iv_sqrt(&z, &x); mpq_abs(q, a); cr_assert(inside(&z, q));
    int s = oracle_iv_sign(&y);
    cr_assert(s == 0 || s == mpq_sgn(b));
    oracle_iv_clear(&x);
    oracle_iv_clear(&y);
    oracle_iv_clear(&z);
  }
  mpq_clears(a, b, e, q, r, NULL);
}

Test(interval, the_undefined_is_entire_and_flags_are_seen) {
  oracle_iv x, y;
  oracle_iv_init(&x, 53);
  oracle_iv_init(&y, 53);
  oracle_iv_set_d(&x, -1);
  oracle_iv_sqrt(&y, &x);
  cr_assert(mpfr_inf_p(y.lo) && mpfr_inf_p(y.hi) && oracle_iv_sign(&y) == 0);
  oracle_iv_set_d(&x, 1);
  oracle_iv_set_d(&y, 0);
  oracle_iv_div(&y, &x, &y);
  cr_assert(mpfr_inf_p(y.lo) && mpfr_inf_p(y.hi));
  oracle_flags_clear();
  cr_assert(oracle_flags_good());
  mpfr_set_ui_2exp(x.lo, 1, mpfr_get_emax() - 1, MPFR_RNDN);
  mpfr_set(x.hi, x.lo, MPFR_RNDN);
  oracle_iv_mul(&y, &x, &x);
  cr_assert(!oracle_flags_good());
  cr_assert_str_eq(oracle_flags_name(), "overflow");
  oracle_iv_clear(&x);
  oracle_iv_clear(&y);
}

/* ---- the inverse ----------------------------------------------------------------------------------------------------------- */

/* A block that is singular, and ones whose least eigenvalue is known: nothing larger is ever "proved".
   Orthogonal samples of norm 1, one class: D Q D = h I. Two samples at a small angle: h (1 - cos). */
Test(positive, proves_nothing_false) {
  for (int e = 1; e <= 30; e++) {
    double t = ldexp(1.0, -e), x[] = {1, 0, 1, t}, y[] = {1, 1}; /* least eigenvalue of [1 1; 1 1+t^2] is below t^2 */
    oracle_gram g = {0};
    oracle_qm q = {0};
    size_t f[] = {0, 1};
    cr_assert_eq(oracle_gram_make(NULL, &g, x, 2, 2), LFAP_OK);
    cr_assert_eq(oracle_qm_make(NULL, &q, &g, y, 0.5), LFAP_OK); /* h = 0.625; D = 1: norms below 2 */
    for (unsigned bits = 53; bits <= 256; bits += 203)
      for (long mu = 0; mu > -80; mu--) {
        int proved = -1;
        cr_assert_eq(oracle_qm_positive(NULL, &proved, &q, f, 2, bits, mu), LFAP_OK);
        double least = 0.625 * t * t / (2 + t * t); /* det/trace: a lower bound; the eigenvalue is at most twice it */
        if (proved) cr_assert_leq(ldexp(1.0, (int)mu), 2 * least);
        if (bits == 256 && ldexp(4.0, (int)mu) < least) cr_assert_eq(proved, 1, "e = %d, mu = %ld", e, mu);
      }
    oracle_qm_free(&q);
    oracle_gram_free(&g);
  }
}

/* d + 1 samples of one class in d dimensions: Q is singular, but rounding makes half of the last pivots positive. */
Test(positive, rounding_never_proves_a_singular_matrix) {
  enum { DIM = 60, N = DIM + 1 };
  size_t f[N], ran = 0;
  static double x[N * DIM], y[N], a[N * N];
  for (size_t i = 0; i < N; i++) f[i] = i, y[i] = 1;
  for (int trial = 0; trial < 30; trial++) {
    oracle_gram g = {0};
    oracle_qm q = {0};
    for (size_t n = 0; n < N; n++) { /* norms just below 2, h near 1: the largest entries, so the largest errors */
      double s = 0;
      for (size_t i = 0; i < DIM; i++) x[n * DIM + i] = 1 + 0.3 * draw(0), s += x[n * DIM + i] * x[n * DIM + i];
      for (size_t i = 0; i < DIM; i++) x[n * DIM + i] *= 1.99 / sqrt(s);
    }
    cr_assert_eq(oracle_gram_make(NULL, &g, x, N, DIM), LFAP_OK);
    cr_assert_eq(oracle_qm_make(NULL, &q, &g, y, 0.999), LFAP_OK);
    for (size_t i = 0; i < N; i++)
      for (size_t k = 0; k < N; k++) a[i * N + k] = oracle_qm_scaled(&q, i, k);
    ran += (size_t)oracle_cholesky(a, N);
    for (unsigned bits = 53; bits <= 128; bits += 75)
      for (long mu = 4 - (long)bits; mu >= -(long)bits - 4; mu--) {
        int proved = -1;
        cr_assert_eq(oracle_qm_positive(NULL, &proved, &q, f, N, bits, mu), LFAP_OK);
        cr_assert_eq(proved, 0, "mu = %ld, %u bits", mu, bits);
      }
    oracle_qm_free(&q);
    oracle_gram_free(&g);
  }
  cr_assert(ran > 0, "the factorisation alone should be fooled now and then");
}

/* A random Gram matrix of rank at most d: definite, singular, with solutions and without. */
static void fill_gram(mpz_t *M, size_t n, size_t d, long size) {
  long x[12][12];
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < d; j++) x[i][j] = (long)(next() % (unsigned long)(2 * size + 1)) - size;
  for (size_t i = 0; i < n * n; i++) {
    long s = 0;
    for (size_t j = 0; j < d; j++) s += x[i / n][j] * x[i % n][j];
    mpz_init_set_si(M[i], s);
  }
}

/* p/den is complementary to M p/den - b >= 0, or a ray: p >= 0, p != 0, M p = 0. */
static void assert_lcp(mpz_t *p, const mpz_t den, int solvable, mpz_t *M, mpz_t *b, size_t n) {
  int positive = 0;
  mpz_t s;
  mpz_init(s);
  for (size_t i = 0; i < n; i++) {
    mpz_set_ui(s, 0);
    for (size_t k = 0; k < n; k++) mpz_addmul(s, M[i * n + k], p[k]);
    if (solvable) mpz_submul(s, den, b[i]);
    cr_assert_geq(mpz_sgn(p[i]), 0);
    positive |= mpz_sgn(p[i]) > 0;
    if (solvable) cr_assert(mpz_sgn(s) >= 0 && (mpz_sgn(p[i]) == 0 || mpz_sgn(s) == 0));
    else cr_assert_eq(mpz_sgn(s), 0);
  }
  cr_assert(mpz_sgn(den) > 0 && positive);
  mpz_clear(s);
}

Test(lcp, solves_or_shows_a_ray_from_any_start) {
  size_t yes = 0, no = 0;
  for (int trial = 0; trial < 1500; trial++) {
    size_t n = 1 + next() % 9, d = 1 + next() % 6;
    mpz_t M[81], A[81], b[9], c[9], p[9], den;
    unsigned char in[9];
    int solvable[2];
    mpz_init(den);
    fill_gram(A, n, d, 1 + trial % 3);
    for (size_t i = 0; i < n; i++) mpz_init_set_si(b[i], 1 + (trial % 2 ? (long)(next() % 5) : 0)), mpz_inits(c[i], p[i], NULL);
    for (size_t i = 0; i < n * n; i++) mpz_init(M[i]);
    for (int start = 0; start < 2; start++) {
      for (size_t i = 0; i < n; i++) in[i] = start ? next() % 2 : 0, mpz_set(c[i], b[i]);
      for (size_t i = 0; i < n * n; i++) mpz_set(M[i], A[i]);
      cr_assert_eq(oracle_lcp(NULL, p, den, &solvable[start], M, c, in, n), LFAP_OK);
      assert_lcp(p, den, solvable[start], A, b, n);
    }
    cr_assert_eq(solvable[0], solvable[1]);
    if (solvable[0]) yes++;
    else no++;
    for (size_t i = 0; i < n; i++) mpz_clears(b[i], c[i], p[i], NULL);
    for (size_t i = 0; i < n * n; i++) mpz_clears(M[i], A[i], NULL);
    mpz_clear(den);
  }
  cr_assert(yes > 200 && no > 200, "%zu with a solution, %zu without", yes, no);
}
