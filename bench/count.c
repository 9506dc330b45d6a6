/* count.c - every hot kernel once at a small fixed size, for callgrind to count its instructions (bench/count.py).
 * No clock is read: the counts are the same on a busy machine. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/chain.h"
#include "kernel/chol.h"
#include "kernel/elementary.h"
#include "kernel/lanes.h"
#include "kernel/loss.h"
#include "kernel/network.h"
#include "kernel/perturb.h"
#include "kernel/qform.h"
#include "kernel/random.h"
#include "kernel/rows.h"
#include "kernel/solve.h"
#include "kernel/step.h"
#include "lfap.h"

enum { N = 96, D = 1024, M = 64 };

static void data_level(lfap_ctx *ctx, double *G, double *C, const double *X, const double *W) {
  if (lfap_gram(ctx, G, X, N, D) || lfap_rows_product(ctx, C, X, W, N, M, D)) abort();
}

int main(void) {
  static double X[N * D], W[M * D], G[N * N], C[N * M], Q[N * N], y[N], v[D], a[M], phi[M], f[N], l[N], g[N];
  static unsigned char keep[D];
  lfap_ctx ctx = {.threads = 1};
  lfap_philox rng;
  lfap_philox_seed(&rng, 7);
  lfap_fill_uniform(X, &rng, (size_t)N * D);
  lfap_fill_normal(W, &rng, (size_t)M * D);
  lfap_fill_labels(y, &rng, N);
  data_level(&ctx, G, C, X, W);
  for (size_t i = 0; i < N; i++) lfap_q_row(Q + i * N, G + i * N, y, y[i], 0.5, N);
  if (lfap_chol(Q, N) != N) abort();
  lfap_chol_solve(f, Q, y, N);
  lfap_chain(v, f, X, N, D);
  lfap_gemv(f, X, v, N, D);
  lfap_net_signs(a, M);
  for (size_t i = 0; i < N; i++) f[i] = lfap_net_output(phi, C + i * M, a, 0.5, M);
  lfap_loss_fill(l, g, f, 0, N);
  lfap_loss_fill(l, g, f, 1, N);
  lfap_step_sgd(W, W + D, v, 0.01, 0.9, 0, D);
  lfap_topk(keep, v, D / 20, D);
  printf("%a\n", lfap_dot(N, l, g) + lfap_norm2(D, v) + keep[0]); /* nothing above may be dropped */
  return 0;
}
