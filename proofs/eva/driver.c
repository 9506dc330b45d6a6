/* driver.c - a whole case of `lfap verify` at a small fixed size, for abstract interpretation (make eva).
 *
 * Data are drawn, lfap_verify_case judges every statement of the theory on them (limit, flow, perturbations in three norms, networks
 * and limits of the sets they make, controls), and a network takes steps of gradient descent (N5). Files and threads are left out: one
 * thread runs what the real code hands to several, in the same chunks, and texts have no characters. */
#include "lfap.h"

#include "io/parallel.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { N = 2, D = 4, M = 2 };

/* libm's, which the abstract interpreter does not know; in fma a second rounding does not matter here. */
double fma(double x, double y, double z) { return x * y + z; }
double fabs(double x) { return x < 0.0 ? -x : x; }
double fmax(double x, double y) { return x > y || y != y ? x : y; }
double fmin(double x, double y) { return x < y || y != y ? x : y; }
double ldexp(double x, int e) {
  for (; e > 0; e--) x *= 2.0;
  for (; e < 0; e++) x *= 0.5;
  return x;
}
double frexp(double x, int *e) {
  for (*e = 0; fabs(x) >= 1.0 && x - x == 0.0; ++*e) x *= 0.5;
  for (; x != 0.0 && fabs(x) < 0.5; --*e) x *= 2.0;
  return x;
}
int __finite(double x) { return x - x == 0.0; }
int __fc_fpclassify(double x) {
  return x != x ? FP_NAN : x - x != 0.0 ? FP_INFINITE : x == 0.0 ? FP_ZERO : fabs(x) < 0x1p-1022 ? FP_SUBNORMAL : FP_NORMAL;
}

/* A machine of 4 GB: no allocation is refused, every value is known, and the analysis follows the one run that there is. */
long sysconf(int name) { return name == _SC_PAGESIZE ? 4096 : 1L << 20; }

/* The kernels' own use memcpy, and are hidden from Frama-C (src/kernel/bits.c). */
typedef union {
  double value;
  uint64_t bits;
} pattern;
uint64_t lfap_bits_of(double x) { return ((pattern){.value = x}).bits; }
double lfap_bits_to(uint64_t bits) { return ((pattern){.bits = bits}).value; }
double nextafter(double x, double y) { /* of positive x and zero, and of negative x: one step of the pattern */
  if (x == y || x != x || x - x != 0.0) return x;
  return x == 0.0 ? (y > 0.0 ? 0x1p-1074 : -0x1p-1074) : lfap_bits_to(lfap_bits_of(x) + ((y > x) == (x > 0.0) ? 1 : (uint64_t)-1));
}

lfap_status lfap_fail(lfap_ctx *ctx, lfap_status status, const char *format, ...) {
  if (ctx && format) ctx->message[0] = format[0];
  return status;
}
lfap_status lfap_tick(lfap_ctx *ctx, const char *what, double done, double total) {
  if (!ctx || !ctx->progress) return LFAP_OK;
  return ctx->progress(ctx->user, what, done, total) ? LFAP_ERR_INTERRUPTED : LFAP_OK;
}
lfap_status lfap_arith_check(lfap_ctx *ctx, const char *what) { /* its volatile operands would have any value here */
  (void)ctx, (void)what;
  return LFAP_OK;
}
int lfap_threads(const lfap_ctx *ctx) { return ctx && ctx->threads > 1 ? ctx->threads : 1; }
void lfap_parallel(int threads, size_t n, size_t chunk, double flops, lfap_range_fn fn, void *arg) {
  (void)threads, (void)flops;
  for (size_t at = 0; at < n; at += chunk) fn(arg, at, n - at < chunk ? n : at + chunk, 0);
}

/* libc's comes without a body: insertion by exchange. */
void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *)) {
  unsigned char *b = base;
  for (size_t i = 1; i < count; i++)
    for (size_t k = i; k > 0 && compare(b + k * size, b + (k - 1) * size) < 0; k--)
      for (size_t t = 0; t < size; t++) {
        unsigned char swap = b[k * size + t];
        b[k * size + t] = b[(k - 1) * size + t];
        b[(k - 1) * size + t] = swap;
      }
}

/* Text of fixed content in the place of what is formatted: which characters a note has changes nothing that follows. */
int snprintf(char *restrict to, size_t size, const char *restrict format, ...) {
  if (size > 0) to[0] = 0;
  return format[0] != 0;
}
int vsnprintf(char *restrict to, size_t size, const char *restrict format, va_list ap) {
  (void)ap;
  if (size > 0) to[0] = 0;
  return format[0] != 0;
}

static lfap_status descend(lfap_ctx *ctx, const lfap_data *data) {
  lfap_net net = {0};
  lfap_train_opts o;
  lfap_status st = lfap_net_init(ctx, &net, M, D, 0.5, 1, 1.0);
  lfap_train_defaults(&o, LFAP_METHOD_GD);
  o.epochs = 2;
  if (!st) st = lfap_train(ctx, &net, NULL, data, &o);
  lfap_net_free(&net);
  return st;
}

int main(void) {
  lfap_ctx ctx = {0};
  lfap_data data = {0}, test = {0};
  lfap_case c = {0};
  lfap_status st = lfap_gen_uniform(&ctx, &data, 1, N, D);
  if (!st) st = lfap_gen_uniform(&ctx, &test, 3, N, D);
  lfap_verify_opts o = {.name = "small", .data = &data, .test = &test, .gamma = 0.5, .seed = 1, .n_adv = N, .m = M, .m_adv = M,
                        .eps = {0.5, 0.125, 0.25}, .k = 2, .probes = 1, .controls = 1, .log_loss_target = -8, .flow_steps = 2};
  if (!st) st = lfap_verify_case(&ctx, &c, &o);
  if (!st) st = descend(&ctx, &data);
  lfap_case_free(&c);
  lfap_data_free(&test);
  lfap_data_free(&data);
  return st;
}
