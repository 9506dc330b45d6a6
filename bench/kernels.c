/* kernels.c - the kernels against OpenBLAS and against reading the same bytes: medians of interleaved repetitions.
 *
 *   kernels [REPETITIONS [SIZE...]]     default 5 repetitions, sizes 2000 5000
 *
 * One JSON object a line: name, size, threads, ours_s, peer_s, ratio = peer_s/ours_s (above 1: we are faster). On
 * one thread the clock is the thread's CPU time, on several it is the wall. Without -DHAVE_OPENBLAS only the
 * bandwidth is compared. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/factor.h"
#include "data/products.h"
#include "kernel/lanes.h"
#include "kernel/lanes_step.h"
#include "lfap.h"
#include "timing.h"

#ifdef HAVE_OPENBLAS
#include <cblas.h>
extern void openblas_set_num_threads(int);
extern void dpotrf_(const char *, const int *, double *, const int *, int *);
#endif

enum { MAX_REPS = 99 };

typedef struct {
  size_t n;
  int threads;
  double *A, *B, *C, *D, *x, *y; /* matrices n x n, vectors of n */
  volatile double sink;
} bench;

typedef void (*run_fn)(bench *);

static double seconds(int threads) { return now(threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC); }
static double timed(bench *b, run_fn setup, run_fn fn) {
  if (setup) setup(b);
  double t = seconds(b->threads);
  fn(b);
  return seconds(b->threads) - t;
}
/* OpenBLAS's idle threads look for work for some 30 ms before they sleep, and would take a core from ours. */
static void settle(void) { nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL); }

static void compare(bench *b, const char *name, int reps, run_fn setup, run_fn ours, run_fn peer) {
  double t[MAX_REPS], p[MAX_REPS];
  timed(b, setup, ours); /* pages and caches are warm for both */
  timed(b, setup, peer);
  for (int r = 0; r < reps; r++) {
    if (b->threads > 1) settle();
    t[r] = timed(b, setup, ours);
    p[r] = timed(b, setup, peer);
  }
  double mine = median(t, (size_t)reps), other = median(p, (size_t)reps);
  printf("{\"name\": \"%s\", \"size\": %zu, \"threads\": %d, \"ours_s\": %.6g, \"peer_s\": %.6g, \"ratio\": %.3f}\n",
         name, b->n, b->threads, mine, other, other / mine);
  fflush(stdout);
}

static lfap_ctx context(const bench *b) { return (lfap_ctx){.threads = b->threads}; }
static void our_gram(bench *b) {
  lfap_ctx ctx = context(b);
  lfap_gram(&ctx, b->C, b->A, b->n, b->n);
}
static void our_rows(bench *b) {
  lfap_ctx ctx = context(b);
  lfap_rows_product(&ctx, b->C, b->A, b->B, b->n, b->n, b->n);
}
static void our_chain(bench *b) {
  lfap_ctx ctx = context(b);
  lfap_chain_product(&ctx, b->C, b->A, b->B, b->n, b->n, b->n);
}
static void our_gemv(bench *b) {
  lfap_ctx ctx = context(b);
  lfap_matvec(&ctx, b->y, b->A, b->x, b->n, b->n);
}
static void our_dot(bench *b) { b->sink = lfap_dot(b->n * b->n, b->A, b->B); }
static void our_factor(bench *b) {
  lfap_ctx ctx = context(b);
  size_t bad;
  lfap_factor(&ctx, b->C, b->n, &bad);
  if (bad != b->n) fprintf(stderr, "factor: bad pivot %zu\n", bad);
}
static void load_definite(bench *b) { memcpy(b->C, b->D, b->n * b->n * sizeof *b->C); }

/* A STREAM-like read: 32 independent partial sums, nothing but loads to wait for. */
LFAP_CLONES
static double read_sum(const double *v, size_t n) {
  double s[4][8] = {{0}};
  for (size_t k = 0; k + 32 <= n; k += 32)
    LFAP_UNROLL for (size_t i = 0; i < 4; i++) for (size_t l = 0; l < 8; l++) s[i][l] += v[k + 8 * i + l];
  double sum = 0;
  for (size_t i = 0; i < 4; i++)
    for (size_t l = 0; l < 8; l++) sum += s[i][l];
  return sum;
}
#include "io/parallel.h"
static void read_range(void *arg, size_t begin, size_t end, int worker) {
  bench *b = arg;
  double s = read_sum(b->A + begin * b->n, (end - begin) * b->n);
  if (worker == 0) b->sink = s;
  else if (isnan(s)) abort();
}
static void read_matrix(bench *b) { lfap_parallel(b->threads, b->n, 64, 1e12, read_range, b); }
static void read_two(bench *b) { b->sink = read_sum(b->A, b->n * b->n) + read_sum(b->B, b->n * b->n); }

#ifdef HAVE_OPENBLAS
static void blas_syrk(bench *b) {
  int n = (int)b->n;
  cblas_dsyrk(CblasRowMajor, CblasLower, CblasNoTrans, n, n, 1.0, b->A, n, 0.0, b->C, n);
}
static void blas_gemm(bench *b) {
  int n = (int)b->n;
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, n, n, 1.0, b->A, n, b->B, n, 0.0, b->C, n);
}
static void blas_gemm_nn(bench *b) {
  int n = (int)b->n;
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1.0, b->A, n, b->B, n, 1.0, b->C, n);
}
static void blas_gemv(bench *b) {
  int n = (int)b->n;
  cblas_dgemv(CblasRowMajor, CblasNoTrans, n, n, 1.0, b->A, n, b->x, 1, 0.0, b->y, 1);
}
static void blas_potrf(bench *b) {
  int n = (int)b->n, info;
  dpotrf_("U", &n, b->C, &n, &info); /* upper by columns is lower by rows */
}
static void clear(bench *b) { memset(b->C, 0, b->n * b->n * sizeof *b->C); }
#endif

static double *numbers(size_t n) {
  static unsigned long state = 88172645463325252ul;
  double *v = malloc((n ? n : 1) * sizeof *v);
  if (!v) {
    fprintf(stderr, "kernels: no memory for %zu doubles\n", n);
    exit(1);
  }
  for (size_t k = 0; k < n; k++) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    v[k] = (double)(state >> 11) * 0x1p-52 - 1.0;
  }
  return v;
}

static void all(bench *b, int reps) {
#ifdef HAVE_OPENBLAS
  openblas_set_num_threads(b->threads);
  compare(b, "gram/dsyrk", reps, NULL, our_gram, blas_syrk);
  compare(b, "rows/dgemm", reps, NULL, our_rows, blas_gemm);
  compare(b, "chain/dgemm", reps, clear, our_chain, blas_gemm_nn);
  compare(b, "factor/dpotrf", reps, load_definite, our_factor, blas_potrf);
  compare(b, "gemv/dgemv", 4 * reps + 1, NULL, our_gemv, blas_gemv);
#else
  (void)our_gram, (void)our_rows, (void)our_chain, (void)our_factor, (void)load_definite;
#endif
  compare(b, "gemv/read", 4 * reps + 1, NULL, our_gemv, read_matrix);
  if (b->threads == 1) compare(b, "dot/read", 4 * reps + 1, NULL, our_dot, read_two);
}

int main(int argc, char **argv) {
  static char *usual[] = {"2000", "5000"};
  int reps = argc > 1 ? atoi(argv[1]) : 5, sizes = argc > 2 ? argc - 2 : 2;
  char **size = argc > 2 ? argv + 2 : usual;
  if (reps < 1 || 4 * reps + 1 > MAX_REPS) {
    fprintf(stderr, "kernels [REPETITIONS [SIZE...]], 1 to 24 repetitions\n");
    return 64;
  }
  for (int k = 0; k < sizes; k++) {
    size_t n = strtoul(size[k], NULL, 10);
    bench b = {.n = n, .threads = 2};
    b.A = numbers(n * n), b.B = numbers(n * n), b.C = numbers(n * n), b.D = numbers(n * n), b.x = numbers(n),
    b.y = numbers(n);
    lfap_ctx ctx = context(&b);
    lfap_gram(&ctx, b.D, b.A, n, n);
    for (size_t i = 0; i < n; i++) b.D[i * n + i] += 1.0;
    for (b.threads = 1; b.threads <= 2; b.threads++) all(&b, reps);
    free(b.A), free(b.B), free(b.C), free(b.D), free(b.x), free(b.y);
  }
  return 0;
}
