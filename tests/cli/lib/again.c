/* again.c - the main job and trainings over and over in one process (growth.py): a line "RUNS KILOBYTES" after each tenth of the time,
 * memory that is resident. Arguments: verify, train; seconds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lfap.h"

static long resident(void) {
  char line[256];
  long kb = -1;
  FILE *f = fopen("/proc/self/status", "r");
  while (f && fgets(line, sizeof line, f)) sscanf(line, "VmRSS: %ld", &kb);
  if (f) fclose(f);
  return kb;
}

static lfap_status verify(lfap_ctx *ctx, const lfap_data *data, unsigned long seed) {
  lfap_verify_opts o;
  lfap_case c = {0};
  lfap_verify_defaults(&o, data);
  o.name = "again", o.gamma = 0.5, o.seed = seed, o.m = o.m_adv = 4, o.probes = 5, o.controls = 1, o.n_adv = 4;
  lfap_status s = lfap_verify_case(ctx, &c, &o);
  lfap_case_free(&c);
  return s;
}

static lfap_status train(lfap_ctx *ctx, const lfap_data *data, unsigned long seed) {
  lfap_net net = {0};
  lfap_history h = {0};
  lfap_train_opts o = {0};
  lfap_train_defaults(&o, seed % 2 ? LFAP_METHOD_SGD : LFAP_METHOD_FLOW);
  o.epochs = 200;
  lfap_status s = lfap_net_init(ctx, &net, 6, data->d, 0.5, seed, 1.0);
  if (!s) s = lfap_train(ctx, &net, &h, data, &o);
  lfap_history_free(&h);
  lfap_net_free(&net);
  return s;
}

int main(int argc, char **argv) {
  lfap_ctx ctx = {.threads = 2};
  if (argc != 3) return 64;
  long seconds = strtol(argv[2], NULL, 10), runs = 0;
  struct timespec begin, now;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  for (long part = 1; part <= 10;) {
    lfap_data data = {0};
    lfap_status s = lfap_gen_uniform(&ctx, &data, (unsigned long)runs, 5, 60);
    if (!s) s = strcmp(argv[1], "verify") == 0 ? verify(&ctx, &data, (unsigned long)runs) : train(&ctx, &data, (unsigned long)runs);
    lfap_data_free(&data);
    if (s && s != LFAP_ERR_DATA && s != LFAP_ERR_RANGE) return fprintf(stderr, "run %ld: %s\n", runs, ctx.message), 1;
    runs++;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (10 * (now.tv_sec - begin.tv_sec) < part * seconds) continue;
    printf("%ld %ld\n", runs, resident());
    part++;
  }
  return 0;
}
