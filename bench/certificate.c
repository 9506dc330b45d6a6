/* certificate.c - what certificates cost: against Arb's arb_mat_solve on the same matrix at the same precision, and
 * by size. Prints JSON lines (bench/README.md). CPU seconds; the exact Gram matrix, which Arb is given, is timed
 * apart. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle/check/qmatrix.h"
#include "oracle/lfap_oracle.h"
#include "timing.h"

#ifdef HAVE_ARB
#include <arb_mat.h>
#endif

static double cpu(void) { return now(CLOCK_PROCESS_CPUTIME_ID); }

static void must(const lfap_ctx *ctx, lfap_status st) {
  if (!st) return;
  fprintf(stderr, "certificate: %s\n", ctx->message);
  exit(70);
}

/* One thread; the certificate without and with its Gram matrix. */
static void certify(double *solve, double *gram, oracle_cert *k, oracle_gram *g, const lfap_data *data) {
  lfap_ctx ctx = {.threads = 1};
  double t = cpu();
  must(&ctx, oracle_gram_make(&ctx, g, data->x, data->n, data->d));
  *gram = cpu() - t;
  t = cpu();
  must(&ctx, oracle_limit_certify(&ctx, k, data, 0.5, NULL));
  *solve = cpu() - t - *gram;
}

static void by_size(size_t n, size_t d, const char *kind) {
  lfap_ctx ctx = {.threads = 1};
  lfap_data data = {0};
  oracle_gram g = {0};
  oracle_cert k = {0};
  double solve, gram;
  must(&ctx, *kind == 'u' ? lfap_gen_uniform(&ctx, &data, 1, n, d) : lfap_gen_gauss(&ctx, &data, 1, n, d));
  certify(&solve, &gram, &k, &g, &data);
  printf("{\"name\": \"certificate, %s\", \"size\": \"N=%zu d=%zu\", \"gram_cpu_s\": %.3g, \"rest_cpu_s\": %.3g}\n",
         kind, n, d, gram, solve);
  fflush(stdout);
  oracle_gram_free(&g);
  oracle_cert_free(&k);
  lfap_data_free(&data);
}

#ifdef HAVE_ARB
/* Q in Arb's numbers, exactly. */
static void arb_q(arb_mat_t A, const oracle_gram *g, const oracle_qm *q, const double *y) {
  slong n = arb_mat_nrows(A);
  fmpz_t m, e;
  mpz_t v, z;
  fmpz_init(m);
  fmpz_init(e);
  fmpz_set_si(e, g->e - q->c);
  mpz_init(z);
  for (slong i = 0; i < n; i++)
    for (slong j = 0; j < n; j++) {
      int same = y[i] == y[j];
      mpz_mul(z, oracle_gram_at(v, g, (size_t)i, (size_t)j), same ? q->H : q->Gm);
      if (!same) mpz_neg(z, z);
      fmpz_set_mpz(m, z);
      arb_set_fmpz_2exp(arb_mat_entry(A, i, j), m, e);
    }
  mpz_clear(z);
  fmpz_clear(m);
  fmpz_clear(e);
}

static double arb_seconds(const lfap_data *data, const oracle_gram *g) {
  lfap_ctx ctx = {.threads = 1};
  oracle_qm q = {0};
  arb_mat_t A, X, B;
  slong n = (slong)data->n;
  must(&ctx, oracle_qm_make(&ctx, &q, g, data->y, 0.5));
  arb_mat_init(A, n, n);
  arb_mat_init(X, n, 1);
  arb_mat_init(B, n, 1);
  for (slong i = 0; i < n; i++) arb_one(arb_mat_entry(B, i, 0));
  arb_q(A, g, &q, data->y);
  double t = cpu();
  if (!arb_mat_solve(X, A, B, 256)) fputs("certificate: Arb found no solution\n", stderr);
  t = cpu() - t;
  arb_mat_clear(A);
  arb_mat_clear(X);
  arb_mat_clear(B);
  oracle_qm_free(&q);
  return t;
}

static void against_arb(size_t n, size_t d, size_t reps) {
  enum { MOST = 9 };
  double own[MOST], arb[MOST], ratio[MOST];
  for (size_t r = 0; r < reps; r++) {
    lfap_ctx ctx = {.threads = 1};
    lfap_data data = {0};
    oracle_gram g = {0};
    oracle_cert k = {0};
    double gram;
    must(&ctx, lfap_gen_uniform(&ctx, &data, (uint64_t)r + 1, n, d));
    certify(&own[r], &gram, &k, &g, &data);
    arb[r] = arb_seconds(&data, &g);
    ratio[r] = arb[r] / own[r];
    oracle_gram_free(&g);
    oracle_cert_free(&k);
    lfap_data_free(&data);
  }
  printf("{\"name\": \"certificate without Gram matrix, 256 bits\", \"size\": \"N=%zu\", \"peer\": \"arb_mat_solve\", "
         "\"ours_s\": %.4g, "
         "\"peer_s\": %.4g, \"ratio\": %.4g}\n",
         n, median(own, reps), median(arb, reps), median(ratio, reps));
  fflush(stdout);
}
#else
static void against_arb(size_t n, size_t d, size_t reps) {
  (void)n, (void)d, (void)reps;
  puts("skipped: Arb is not installed (libflint-arb-dev)");
}
#endif

int main(int argc, char **argv) {
  int quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
  against_arb(quick ? 100 : 400, quick ? 2000 : 8000, 5);
  by_size(100, 10000, "uniform");
  by_size(100, 10000, "gauss");
  if (quick) return 0;
  by_size(1000, 10000, "uniform");
  by_size(1000, 10000, "gauss");
  return 0;
}
