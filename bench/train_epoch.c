/* train_epoch.c - what one epoch of the authors' sgd costs, timed between the epochs of one run: the Gram matrix,
 * the reading of data and the final weights stand apart. One line of JSON.
 *
 *   train_epoch D M N EPOCHS THREADS plain|gram|auto|half random|aligned [SAVE]
 *
 * half: the plain form in half precision (spec/numerics.md N17).
 * random: the authors' initial weights. aligned: rows +-X'alpha with y_n <X'alpha, x_n> > 0, so that every slope is
 * the label slope. SAVE: a file for the final weights (doubles), for comparison with a peer that starts from the
 * same. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lfap.h"
#include "timing.h"

/* Wall clock and processor time (of all threads) at each epoch. */
typedef struct {
  double *at, *cpu;
  size_t count, most;
} clock_log;

static int see(void *user, const char *what, double done, double total) {
  clock_log *log = user;
  (void)done;
  (void)total;
  if (strcmp(what, "epoch") == 0 && log->count < log->most) {
    log->cpu[log->count] = now(CLOCK_PROCESS_CPUTIME_ID);
    log->at[log->count++] = now(CLOCK_MONOTONIC);
  }
  return 0;
}

static double dot(const double *x, const double *y, size_t n) {
  double s = 0.0;
  for (size_t i = 0; i < n; i++) s += x[i] * y[i];
  return s;
}

/* alpha with y_n (G alpha)_n > 0 for all n: conjugate gradients on G alpha = y until then. */
static int separate(double *alpha, const double *G, const double *y, size_t n) {
  double *r = calloc(4 * n, sizeof *r), *p = r + n, *q = p + n, *z = q + n, rr = (double)n;
  int done = 0;
  if (r == NULL) return 0;
  memcpy(r, y, n * sizeof *r);
  memcpy(p, y, n * sizeof *r);
  memset(alpha, 0, n * sizeof *alpha);
  for (int k = 0; k < 1000 && !done; k++) {
    if (lfap_rows_product(NULL, q, G, p, n, 1, n)) break;
    double step = rr / dot(p, q, n), next;
    done = 1;
    for (size_t i = 0; i < n; i++) {
      alpha[i] += step * p[i];
      z[i] += step * q[i];
      r[i] -= step * q[i];
      done &= y[i] * z[i] > 0.2;
    }
    next = dot(r, r, n);
    for (size_t i = 0; i < n; i++) p[i] = r[i] + next / rr * p[i];
    rr = next;
  }
  free(r);
  return done;
}

static int align(lfap_net *net, const lfap_data *data) {
  size_t n = data->n, d = data->d;
  double *G = malloc(n * n * sizeof *G), *alpha = malloc(n * sizeof *alpha);
  int done = G && alpha && !lfap_gram(NULL, G, data->x, n, d) && separate(alpha, G, data->y, n);
  for (size_t k = 0; done && k < d; k++) {
    double w = 0.0;
    for (size_t i = 0; i < n; i++) w += alpha[i] * data->x[i * d + k];
    for (size_t j = 0; j < net->m; j++) net->w[j * d + k] = j < net->m / 2 ? w : -w;
  }
  free(G);
  free(alpha);
  return done;
}

static int save(const char *path, const lfap_net *net) {
  FILE *f = fopen(path, "wb");
  if (f == NULL) return 0;
  size_t wrote = fwrite(net->w, sizeof(double), net->m * net->d, f);
  return (fclose(f) == 0) & (wrote == net->m * net->d);
}

int main(int argc, char **argv) {
  if (argc < 8)
    return fprintf(stderr, "usage: train_epoch D M N EPOCHS THREADS plain|gram|auto|half random|aligned [SAVE]\n"), 64;
  size_t d = strtoul(argv[1], NULL, 10), m = strtoul(argv[2], NULL, 10), n = strtoul(argv[3], NULL, 10),
         epochs = strtoul(argv[4], NULL, 10);
  clock_log log = {.most = epochs};
  lfap_ctx ctx = {.threads = atoi(argv[5]), .progress = see, .user = &log};
  lfap_data data = {0};
  lfap_net net = {0};
  lfap_history h = {0};
  lfap_train_opts o;
  lfap_train_defaults(&o, LFAP_METHOD_SGD);
  o.epochs = epochs;
  o.form = strcmp(argv[6], "plain") == 0  ? LFAP_FORM_PLAIN
           : strcmp(argv[6], "gram") == 0 ? LFAP_FORM_GRAM
                                          : LFAP_FORM_AUTO;
  if (strcmp(argv[6], "half") == 0) o.arithmetic = LFAP_ARITHMETIC_HALF;
  log.at = calloc(2 * epochs, sizeof *log.at);
  log.cpu = log.at + epochs;
  if (epochs < 2 || log.at == NULL) return 64;
  lfap_status st = lfap_gen_uniform(&ctx, &data, 1, n, d);
  if (!st) st = lfap_net_init(&ctx, &net, m, d, 0.01, 2, 1.0);
  if (!st && strcmp(argv[7], "aligned") == 0 && !align(&net, &data))
    st = lfap_fail(&ctx, LFAP_ERR_DATA, "no aligned start found");
  double begin = now(CLOCK_MONOTONIC);
  if (!st) st = lfap_train(&ctx, &net, &h, &data, &o);
  double end = now(CLOCK_MONOTONIC);
  if (!st && argc > 8 && !save(argv[8], &net)) st = lfap_fail(&ctx, LFAP_ERR_IO, "%s: cannot be written", argv[8]);
  if (st) return fprintf(stderr, "train_epoch: %s\n", ctx.message), (int)st;
  double before = log.at[0] - begin, after = end - log.at[epochs - 1];
  double mean = (log.at[epochs - 1] - log.at[0]) / (double)(epochs - 1), median = median_step(log.at, epochs),
         cpu = median_step(log.cpu, epochs);
  printf("{\"epoch_s\": %.6g, \"epoch_mean_s\": %.6g, \"epoch_cpu_s\": %.6g, \"epochs\": %zu, \"before_s\": %.6g, "
         "\"last_and_weights_s\": %.6g, \"loss\": %.17g, \"aligned\": %s}\n",
         median, mean, cpu, epochs, before, after, h.row[epochs - 1].loss, h.aligned ? "true" : "false");
  lfap_history_free(&h);
  lfap_net_free(&net);
  lfap_data_free(&data);
  free(log.at);
  return 0;
}
