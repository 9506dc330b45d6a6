/* driver.c - the main computations of `lfap verify` at a small fixed size, for abstract interpretation (make eva).
 *
 * Data are drawn, the limit is solved (Q1, T1, T2, C1), a network follows the flow and takes steps of gradient descent
 * (F1, N5), the three perturbations of P1 are made and the boundary is learned from them alone (T3). Files, formatted
 * text and threads are left out: one thread runs what the real code hands to several, in the same chunks. */
#include "lfap.h"

#include "io/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { N = 4, D = 8, M = 4 };

/* libm's, which the abstract interpreter does not know; a second rounding in fma does not matter here. */
double fma(double x, double y, double z) { return x * y + z; }
double fabs(double x) { return x < 0.0 ? -x : x; }
int __finite(double x) { return x - x == 0.0; }

/* A machine of 4 GB: no allocation is refused, every value is known, and the analysis follows the one run that there is. */
long sysconf(int name) { return name == _SC_PAGESIZE ? 4096 : 1L << 20; }

/* The kernels' own use memcpy, and are hidden from Frama-C (src/kernel/bits.c). */
typedef union {
  double value;
  uint64_t bits;
} pattern;
uint64_t lfap_bits_of(double x) { return ((pattern){.value = x}).bits; }
double lfap_bits_to(uint64_t bits) { return ((pattern){.bits = bits}).value; }

lfap_status lfap_fail(lfap_ctx *ctx, lfap_status status, const char *format, ...) {
  if (ctx && format) ctx->message[0] = format[0];
  return status;
}
lfap_status lfap_tick(lfap_ctx *ctx, const char *what, double done, double total) {
  if (!ctx || !ctx->progress) return LFAP_OK;
  return ctx->progress(ctx->user, what, done, total) ? LFAP_ERR_INTERRUPTED : LFAP_OK;
}
int lfap_threads(const lfap_ctx *ctx) { return ctx && ctx->threads > 1 ? ctx->threads : 1; }
void lfap_parallel(int threads, size_t n, size_t chunk, double flops, lfap_range_fn fn, void *arg) {
  (void)threads, (void)flops;
  for (size_t at = 0; at < n; at += chunk) fn(arg, at, n - at < chunk ? n : at + chunk, 0);
}

static lfap_status learn(lfap_ctx *ctx, const lfap_data *data) {
  lfap_net net = {0};
  lfap_train_opts o;
  lfap_status st = lfap_net_init(ctx, &net, M, D, 0.5, 1, 1.0);
  lfap_train_defaults(&o, LFAP_METHOD_GD);
  o.epochs = 2;
  if (!st) st = lfap_train(ctx, &net, NULL, data, &o);
  lfap_train_defaults(&o, LFAP_METHOD_FLOW);
  o.epochs = 2;
  if (!st) st = lfap_train(ctx, &net, NULL, data, &o);
  lfap_net_free(&net);
  return st;
}

/* T3's set from the same bases in one norm, and its limit. */
static lfap_status learn_perturbed(lfap_ctx *ctx, const lfap_limit *lim, const lfap_data *bases, lfap_norm norm) {
  lfap_perturb_opts o = {.norm = norm, .eps = 0.125, .k = 3};
  lfap_perturbed p = {0};
  lfap_limit adversarial = {0};
  lfap_status st = lfap_perturb_geometry(ctx, &p, bases->x, bases->y, lim->w, &o, N, D);
  lfap_data set = {N, D, p.x, bases->y};
  if (!st) st = lfap_limit_solve(ctx, &adversarial, &set, NULL, 0.5);
  lfap_limit_free(&adversarial);
  lfap_perturbed_free(&p);
  return st;
}

int main(void) {
  lfap_ctx ctx = {0};
  lfap_data data = {0}, bases = {0};
  lfap_limit lim = {0};
  lfap_status st = lfap_gen_uniform(&ctx, &data, 1, N, D);
  if (!st) st = lfap_gen_uniform(&ctx, &bases, 2, N, D);
  if (!st) st = lfap_limit_solve(&ctx, &lim, &data, NULL, 0.5);
  for (int norm = LFAP_L2; !st && norm <= LFAP_L0; norm++) st = learn_perturbed(&ctx, &lim, &bases, (lfap_norm)norm);
  if (!st) st = learn(&ctx, &data);
  lfap_limit_free(&lim);
  lfap_data_free(&bases);
  lfap_data_free(&data);
  return st;
}
