/* solve_many.c - limits of many small data sets in one process, for tests that know the answers in rationals. Input, doubles as text:
 * N d gamma, N labels, N rows of d. Output, a line a set: status of lfap_limit_solve_opts; with best effort status, settled, residual and
 * multipliers in hex; status and multipliers of oracle_limit_certify in rationals as numerators and their denominator. `cg` as an argument: by conjugate
 * gradients; `bare`: without a Gram matrix. `judge`: instead, the verdicts of `limit` as it is, with --certify, with --certify --exact, with --certify
 * on the double result as it is, and with --certify=fast; -1 where there is none. `c2`: instead, what is said of C2, a line a set: status (0 alone
 * is followed by the rest), solved, separable, holds, decided, settled, kinks, by_kappa, by_margin, own_min, own_support, ball, kappa_obt, margin_lin,
 * margin_most, then alpha, beta, omega, slope, own, other (N each) and w, and whether nothing is bent and C1's bits are kept. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle/verify/certifier.h"
#include "verify/lines.h"

static void doubles(const lfap_data *data, double gamma, lfap_limit_opts o) {
  lfap_ctx ctx = {.threads = 1};
  lfap_limit l = {0};
  lfap_status plain = lfap_limit_solve_opts(&ctx, &l, data, NULL, gamma, &o);
  lfap_limit_free(&l);
  o.best_effort = 1;
  lfap_status st = lfap_limit_solve_opts(&ctx, &l, data, NULL, gamma, &o);
  printf("%d %d %d %a", (int)plain, (int)st, l.settled, l.residual);
  for (size_t i = 0; i < data->n; i++) printf(" %a", st ? 0.0 : l.lambda_q[i]);
  lfap_limit_free(&l);
}

static void rationals(const lfap_data *data, double gamma) {
  lfap_ctx ctx = {.threads = 1};
  oracle_cert c = {0};
  oracle_opts o = {.exact = 1};
  lfap_status st = oracle_limit_certify(&ctx, &c, data, gamma, &o);
  printf(" %d %d", (int)st, st ? 0 : (int)c.claim[LFAP_CLAIM_Q1].verdict);
  for (size_t i = 0; i < data->n; i++) {
    if (st) printf(" 0");
    else gmp_printf(" %Zd", c.p[i]);
  }
  if (st) printf(" 1\n");
  else gmp_printf(" %Zd\n", c.den);
  oracle_cert_free(&c);
}

enum { PLAIN, CERTIFIED, RATIONAL, AS_IT_IS, FAST, WAYS };

/* The verdict of one way; the multipliers in *l are adopted where that way does. */
static int verdict(const lfap_data *data, lfap_limit *l, int way) {
  lfap_ctx ctx = {.threads = 1};
  lfap_case k = {0};
  oracle_cert c = {0};
  lfap_enclosure e = {0};
  oracle_opts o = {.exact = way == RATIONAL};
  lfap_status st = LFAP_OK;
  if (way == CERTIFIED || way == RATIONAL || way == AS_IT_IS) st = oracle_limit_certify(&ctx, &c, data, l->gamma, &o);
  if (!st && (way == CERTIFIED || way == RATIONAL)) st = oracle_adopt(&ctx, l, &c, &(lfap_set){.data = data});
  if (!st && way == FAST) {
    double *G = malloc(data->n * data->n * sizeof *G);
    st = G ? lfap_gram(&ctx, G, data->x, data->n, data->d) : LFAP_ERR_MEMORY;
    if (!st) st = lfap_limit_enclose(&ctx, &e, data, l, G);
    free(G);
  }
  if (!st) st = lfap_judge_limit(&ctx, &k, l, "data");
  if (!st && c.n) st = oracle_settle(&ctx, &k, 0, &c, l, "data");
  if (!st && e.n) lfap_settle_enclosure(&k, 0, &e, 1);
  int v = st ? -1 : (int)lfap_case_verdict(&k);
  lfap_case_free(&k);
  oracle_cert_free(&c);
  lfap_enclosure_free(&e);
  return v;
}

static void judged(const lfap_data *data, double gamma) {
  for (int way = 0; way < WAYS; way++) {
    lfap_ctx ctx = {.threads = 1};
    lfap_limit l = {0};
    lfap_status st = lfap_limit_solve_opts(&ctx, &l, data, NULL, gamma, &(lfap_limit_opts){.best_effort = 1});
    printf("%s%d", way ? " " : "", st ? -1 : verdict(data, &l, way));
    lfap_limit_free(&l);
  }
  printf("\n");
}

static void vector(const double *v, size_t n) {
  for (size_t i = 0; i < n; i++) printf(" %a", v[i]);
}

static void kinks(const lfap_data *data, double gamma, lfap_limit_opts o) {
  lfap_ctx ctx = {.threads = 1};
  lfap_limit l = {0};
  lfap_status st = lfap_limit_solve_opts(&ctx, &l, data, NULL, gamma, &o);
  if (!st) st = lfap_limit_margin(&ctx, &l, data, NULL, &o);
  printf("%d", (int)st);
  if (!st) {
    const lfap_c2 *c = &l.c2;
    int kept = memcmp(l.lambda, l.lambda_q, data->n * sizeof(double)) == 0 && memcmp(l.omega, l.lambda, data->n * sizeof(double)) == 0;
    const double figure[] = {c->own_min, c->own_support, c->ball, c->kappa_obt, c->margin_lin, c->margin_most};
    const double *const each[] = {c->alpha, c->beta, l.omega, c->slope, c->own, c->other};
    printf(" %d %d %d %d %d %zu %d %d", c->solved, c->separable, c->holds, c->decided, c->settled, c->kinks, c->by_kappa, c->by_margin);
    vector(figure, 6);
    for (size_t k = 0; k < 6; k++) vector(each[k], data->n);
    vector(l.w, data->d);
    printf(" %d", c->bent > 0 || kept);
  }
  printf("\n");
  lfap_limit_free(&l);
}

int main(int argc, char **argv) {
  size_t n, d;
  double gamma;
  int cg = argc > 1 && strcmp(argv[1], "cg") == 0, bare = argc > 1 && strcmp(argv[1], "bare") == 0,
      judge = argc > 1 && strcmp(argv[1], "judge") == 0, c2 = argc > 1 && strcmp(argv[1], "c2") == 0;
  if (c2 && argc > 2) cg = strcmp(argv[2], "cg") == 0, bare = strcmp(argv[2], "bare") == 0;
  while (scanf("%zu %zu %lf", &n, &d, &gamma) == 3) {
    lfap_data data = {0};
    lfap_limit_opts o = {.solver = cg ? LFAP_SOLVER_CG : LFAP_SOLVER_AUTO};
    if (lfap_data_alloc(NULL, &data, n, d)) return 1;
    for (size_t i = 0; i < n; i++)
      if (scanf("%lf", &data.y[i]) != 1) return 1;
    for (size_t i = 0; i < n * d; i++)
      if (scanf("%lf", &data.x[i]) != 1) return 1;
    if (bare) o.memory_limit = lfap_limit_bytes(n, d, 0, 1);
    if (c2) kinks(&data, gamma, o);
    else if (judge) judged(&data, gamma);
    else {
      doubles(&data, gamma, o);
      rationals(&data, gamma);
    }
    lfap_data_free(&data);
  }
  mpfr_free_cache();
  return 0;
}
