/* grow.c - one operation at one size: CPU seconds and peak memory, as one JSON line. bench/growth.py runs it over
 * doublings of N, d and m and fits the exponents (spec/theory.md section 8 says what they should be).
 *
 *   grow OPERATION N D M REPETITIONS      operations: gram, limit, certificate, sgd, flow
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "oracle/lfap_oracle.h"
#include "study/cost.h"
#include "timing.h"

typedef struct {
  lfap_ctx ctx;
  size_t n, d, m;
  lfap_data data;
  double *G;
} scene;

static double cpu_seconds(void) { return now(CLOCK_PROCESS_CPUTIME_ID); }

static void must(const scene *s, lfap_status st) {
  if (!st) return;
  fprintf(stderr, "grow: %s\n", s->ctx.message);
  exit(70);
}

static double gram(scene *s) {
  double t = cpu_seconds();
  must(s, lfap_gram(&s->ctx, s->G, s->data.x, s->n, s->d));
  return cpu_seconds() - t;
}

/* Q1 from a Gram matrix that is there: the factor and the refinement. */
static double limit(scene *s) {
  lfap_limit lim = {0};
  double t = cpu_seconds();
  must(s, lfap_limit_solve(&s->ctx, &lim, &s->data, s->G, 0.5));
  t = cpu_seconds() - t;
  lfap_limit_free(&lim);
  return t;
}

static double certificate(scene *s) {
  oracle_cert c = {0};
  double t = cpu_seconds();
  must(s, oracle_limit_certify(&s->ctx, &c, &s->data, 0.5, NULL));
  t = cpu_seconds() - t;
  oracle_cert_free(&c);
  return t;
}

enum { EPOCHS = 41 };

typedef struct {
  const char *what; /* the ticks to listen to */
  size_t count;
  double at[EPOCHS];
} ticks;

static int see(void *user, const char *what, double done, double total) {
  ticks *t = user;
  (void)done, (void)total;
  if (strcmp(what, t->what) == 0 && t->count < EPOCHS) t->at[t->count++] = cpu_seconds();
  return 0;
}

/* Median time from one epoch's tick to the next: what is done once (Gram matrix, final weights) is not in it. */
static double train(scene *s, lfap_method method, const char *what) {
  ticks t = {.what = what};
  lfap_ctx ctx = {.threads = 1, .progress = see, .user = &t};
  lfap_net net = {0};
  lfap_train_opts o;
  lfap_train_defaults(&o, method);
  o.epochs = EPOCHS;
  o.lr = 1e-9; /* no size diverges, and an epoch costs the same */
  must(s, lfap_net_init(&s->ctx, &net, s->m, s->d, 0.5, 1, 1.0));
  lfap_status st = lfap_train(&ctx, &net, NULL, &s->data, &o);
  if (st) fprintf(stderr, "grow: %s\n", ctx.message), exit(70);
  lfap_net_free(&net);
  return median_step(t.at, t.count);
}

static double sgd(scene *s) { return train(s, LFAP_METHOD_SGD, "epoch"); }
static double flow(scene *s) { return train(s, LFAP_METHOD_FLOW, "step of the flow"); }

static const struct {
  const char *name;
  double (*run)(scene *s);
  int needs_gram;
  lfap_cost cost;
} operations[] = {{"gram", gram, 1, LFAP_COST_GRAM},
                  {"limit", limit, 1, LFAP_COST_LIMIT},
                  {"certificate", certificate, 0, LFAP_COST_CERTIFICATE},
                  {"sgd", sgd, 0, LFAP_COST_SGD_GRAM},
                  {"flow", flow, 0, LFAP_COST_FLOW}};

static void measure(scene *s, size_t k, size_t reps) {
  double t[64];
  struct rusage u;
  must(s, lfap_gen_uniform(&s->ctx, &s->data, 1, s->n, s->d));
  s->G = operations[k].needs_gram ? malloc(s->n * s->n * sizeof(double)) : NULL;
  if (operations[k].needs_gram && s->G) must(s, lfap_gram(&s->ctx, s->G, s->data.x, s->n, s->d));
  for (size_t i = 0; i < reps; i++) t[i] = operations[k].run(s);
  getrusage(RUSAGE_SELF, &u);
  printf("{\"operation\": \"%s\", \"n\": %zu, \"d\": %zu, \"m\": %zu, \"cpu_s\": %.6g, \"peak_bytes\": %ld, "
         "\"formula_bytes\": %.0f}\n",
         operations[k].name, s->n, s->d, s->m, median(t, reps), u.ru_maxrss * 1024,
         lfap_cost_bytes(operations[k].cost, s->n, s->d, s->m, 1));
  free(s->G);
  lfap_data_free(&s->data);
}

int main(int argc, char **argv) {
  scene s = {.ctx = {.threads = 1}};
  size_t reps = argc == 6 ? strtoul(argv[5], NULL, 10) : 0;
  if (reps >= 1 && reps <= 64) {
    s.n = strtoul(argv[2], NULL, 10);
    s.d = strtoul(argv[3], NULL, 10);
    s.m = strtoul(argv[4], NULL, 10);
    for (size_t k = 0; k < sizeof operations / sizeof *operations; k++)
      if (strcmp(argv[1], operations[k].name) == 0) return measure(&s, k, reps), 0;
  }
  fputs("usage: grow gram|limit|certificate|sgd|flow N D M REPETITIONS (1 to 64)\n", stderr);
  return 64;
}
