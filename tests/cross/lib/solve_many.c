/* solve_many.c - limits of many small data sets in one process, for tests that know the answers in rationals. Input, doubles as text:
 * N d gamma, N labels, N rows of d. Output, a line a set: status of lfap_limit_solve_opts; with best effort status, settled, residual and
 * multipliers in hex; status and multipliers of oracle_limit_certify in rationals as numerators and their denominator. `cg` as an argument: by conjugate
 * gradients; `bare`: without a Gram matrix. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle/oracle.h"

static void doubles(const lfap_data *data, double gamma, lfap_limit_opts o) {
  lfap_ctx ctx = {.threads = 1};
  lfap_limit l = {0};
  lfap_status plain = lfap_limit_solve_opts(&ctx, &l, data, NULL, gamma, &o);
  lfap_limit_free(&l);
  o.best_effort = 1;
  lfap_status st = lfap_limit_solve_opts(&ctx, &l, data, NULL, gamma, &o);
  printf("%d %d %d %a", (int)plain, (int)st, l.settled, l.residual);
  for (size_t i = 0; i < data->n; i++) printf(" %a", st ? 0.0 : l.lambda[i]);
  lfap_limit_free(&l);
}

static void rationals(const lfap_data *data, double gamma) {
  lfap_ctx ctx = {.threads = 1};
  oracle_cert c = {0};
  oracle_opts o = {.exact = 1};
  lfap_status st = oracle_limit_certify(&ctx, &c, data, gamma, &o);
  printf(" %d %d", (int)st, st ? 0 : (int)c.verdict[ORACLE_V_Q1]);
  for (size_t i = 0; i < data->n; i++) {
    if (st) printf(" 0");
    else gmp_printf(" %Zd", c.p[i]);
  }
  if (st) printf(" 1\n");
  else gmp_printf(" %Zd\n", c.den);
  oracle_cert_free(&c);
}

int main(int argc, char **argv) {
  size_t n, d;
  double gamma;
  int cg = argc > 1 && strcmp(argv[1], "cg") == 0, bare = argc > 1 && strcmp(argv[1], "bare") == 0;
  while (scanf("%zu %zu %lf", &n, &d, &gamma) == 3) {
    lfap_data data = {0};
    lfap_limit_opts o = {.solver = cg ? LFAP_SOLVER_CG : LFAP_SOLVER_AUTO};
    if (lfap_data_alloc(NULL, &data, n, d)) return 1;
    for (size_t i = 0; i < n; i++)
      if (scanf("%lf", &data.y[i]) != 1) return 1;
    for (size_t i = 0; i < n * d; i++)
      if (scanf("%lf", &data.x[i]) != 1) return 1;
    if (bare) o.memory_limit = lfap_limit_bytes(n, d, 0, 1);
    doubles(&data, gamma, o);
    rationals(&data, gamma);
    lfap_data_free(&data);
  }
  mpfr_free_cache();
  return 0;
}
