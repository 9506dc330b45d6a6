/* limit_solve.c - CPU seconds and seconds of lfap_limit_solve on a given Gram matrix, for bench/limit_svc.py:
 *   limit_solve DATA GAMMA THREADS LAMBDA.npy     prints one JSON line and writes the multipliers */
#include <stdio.h>
#include <stdlib.h>

#include "lfap.h"
#include "timing.h"

int main(int argc, char **argv) {
  lfap_ctx ctx = {0};
  lfap_data data = {0};
  lfap_limit l = {0};
  char x[512], y[512];
  if (argc != 5) {
    fprintf(stderr, "usage: limit_solve DATA GAMMA THREADS LAMBDA.npy\n");
    return LFAP_ERR_USAGE;
  }
  ctx.threads = atoi(argv[3]);
  snprintf(x, sizeof x, "%s/X.npy", argv[1]);
  snprintf(y, sizeof y, "%s/y.npy", argv[1]);
  lfap_status st = lfap_data_read(&ctx, &data, x, y);
  double *G = st ? NULL : malloc(data.n * data.n * sizeof *G);
  if (!st)
    st = G ? lfap_gram(&ctx, G, data.x, data.n, data.d)
           : lfap_fail(&ctx, LFAP_ERR_MEMORY, "no memory for the Gram matrix");
  double cpu = now(CLOCK_PROCESS_CPUTIME_ID), wall = now(CLOCK_MONOTONIC);
  if (!st) st = lfap_limit_solve(&ctx, &l, &data, G, strtod(argv[2], NULL));
  cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  wall = now(CLOCK_MONOTONIC) - wall;
  if (!st) st = lfap_npy_write(&ctx, argv[4], &(lfap_mat){.rows = l.n, .cols = 1, .ndim = 1, .v = l.lambda});
  if (st) fprintf(stderr, "limit_solve: %s\n", ctx.message);
  else printf("{\"cpu\": %.6f, \"wall\": %.6f}\n", cpu, wall);
  lfap_limit_free(&l);
  lfap_data_free(&data);
  free(G);
  return (int)st;
}
