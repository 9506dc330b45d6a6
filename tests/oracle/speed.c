/* What certificates cost. The times are CPU and wall seconds of this machine; with LFAP_FULL=1 also N = 1000, and the solve at
 * N = 400, 256 bits, against Arb's arb_mat_solve on the same matrix in the same run (median of 3). */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "oracle/check/qmatrix.h"
#include "oracle/oracle.h"

#include <arb_mat.h>

static double clock_of(clockid_t id) {
  struct timespec t;
  clock_gettime(id, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
static double wall(void) { return clock_of(CLOCK_MONOTONIC); }
static double cpu(void) { return clock_of(CLOCK_PROCESS_CPUTIME_ID); }

static double certified_in(size_t n, size_t d, const char *kind) {
  lfap_data D = {0};
  lfap_ctx c = {.threads = 2};
  oracle_cert k = {0};
  oracle_gram g = {0};
  cr_assert_eq(*kind == 'u' ? lfap_gen_uniform(&c, &D, 1, n, d) : lfap_gen_gauss(&c, &D, 1, n, d), LFAP_OK);
  double w = wall(), p = cpu();
  cr_assert_eq(oracle_limit_certify(&c, &k, &D, 0.5, NULL), LFAP_OK, "%s", c.message);
  w = wall() - w;
  p = cpu() - p;
  double gram = cpu();
  cr_assert_eq(oracle_gram_make(&c, &g, D.x, n, d), LFAP_OK);
  gram = cpu() - gram;
  cr_assert_eq(k.verdict[ORACLE_V_Q1], LFAP_PASS);
  fprintf(stderr, "# %s, N = %zu, d = %zu: %.2f s, %.2f s CPU (%.2f s of it the Gram matrix)\n", kind, n, d, w, p, gram);
  oracle_gram_free(&g);
  oracle_cert_free(&k);
  lfap_data_free(&D);
  return w;
}

Test(speed, n100_is_certified_in_five_seconds, .timeout = 600) {
  cr_assert_lt(certified_in(100, 10000, "uniform"), 5.0);
  cr_assert_lt(certified_in(100, 10000, "gauss"), 5.0);
}

Test(speed, n1000_is_certified_in_ninety_seconds, .timeout = 1200) {
  if (!getenv("LFAP_FULL")) return;
  cr_assert_lt(certified_in(1000, 10000, "uniform"), 90.0);
  cr_assert_lt(certified_in(1000, 10000, "gauss"), 90.0);
}

/* CPU seconds of one thread: certificate without the Gram matrix, and Arb's solve. */
static void race(double *own, double *arb, const lfap_data *D, double gamma) {
  lfap_ctx c = {.threads = 1};
  oracle_gram g = {0};
  oracle_qm q = {0};
  oracle_cert k = {0};
  slong n = (slong)D->n;
  double gram = cpu();
  cr_assert_eq(oracle_gram_make(&c, &g, D->x, D->n, D->d), LFAP_OK);
  gram = cpu() - gram;
  *own = cpu();
  cr_assert_eq(oracle_limit_certify(&c, &k, D, gamma, NULL), LFAP_OK);
  *own = cpu() - *own - gram;
  cr_assert_eq(oracle_qm_make(&c, &q, &g, D->y, gamma), LFAP_OK);
  arb_mat_t A, X, B;
  fmpz_t m, e;
  mpz_t v, z;
  arb_mat_init(A, n, n);
  arb_mat_init(X, n, 1);
  arb_mat_init(B, n, 1);
  fmpz_init(m);
  fmpz_init_set_ui(e, 0);
  fmpz_set_si(e, g.e - q.c);
  mpz_init(z);
  for (slong i = 0; i < n; i++) {
    arb_one(arb_mat_entry(B, i, 0));
    for (slong j = 0; j < n; j++) {
      int same = D->y[i] == D->y[j];
      mpz_mul(z, oracle_gram_at(v, &g, (size_t)i, (size_t)j), same ? q.H : q.Gm);
      if (!same) mpz_neg(z, z);
      fmpz_set_mpz(m, z);
      arb_set_fmpz_2exp(arb_mat_entry(A, i, j), m, e);
    }
  }
  *arb = cpu();
  cr_assert(arb_mat_solve(X, A, B, 256));
  *arb = cpu() - *arb;
  mpfr_t lo, hi;
  mpfr_inits2(400, lo, hi, (mpfr_ptr)0);
  cr_assert_eq(k.support, D->n);
  for (slong i = 0; i < n; i++) {
    arb_get_interval_mpfr(lo, hi, arb_mat_entry(X, i, 0));
    cr_assert(mpfr_cmp_q(lo, k.hi[i]) <= 0 && mpfr_cmp_q(hi, k.lo[i]) >= 0);
  }
  mpfr_clears(lo, hi, (mpfr_ptr)0);
  arb_mat_clear(A);
  arb_mat_clear(X);
  arb_mat_clear(B);
  fmpz_clear(m);
  fmpz_clear(e);
  mpz_clear(z);
  oracle_qm_free(&q);
  oracle_gram_free(&g);
  oracle_cert_free(&k);
}

static int order(const void *a, const void *b) { return *(const double *)a < *(const double *)b ? -1 : 1; }

Test(speed, the_solve_is_ten_times_as_fast_as_arb, .timeout = 1200) {
  if (!getenv("LFAP_FULL")) return;
  double ratio[3];
  for (int r = 0; r < 3; r++) {
    lfap_data D = {0};
    double own, arb;
    cr_assert_eq(lfap_gen_uniform(NULL, &D, (uint64_t)r + 1, 400, 8000), LFAP_OK);
    race(&own, &arb, &D, 0.5);
    ratio[r] = arb / own;
    fprintf(stderr, "# N = 400, 256 bits: all but the Gram matrix %.3f s, arb_mat_solve %.3f s, ratio %.1f\n", own, arb, ratio[r]);
    lfap_data_free(&D);
  }
  qsort(ratio, 3, sizeof *ratio, order);
  cr_assert_gt(ratio[1], 10.0);
}
