/* timing.h - clocks and medians of the benchmarks. */
#ifndef LFAP_BENCH_TIMING_H
#define LFAP_BENCH_TIMING_H
#include <stdlib.h>
#include <time.h>

/* Seconds on a clock: CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID (all threads), CLOCK_THREAD_CPUTIME_ID. */
static inline double now(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static inline int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Sorts t (n of them, n > 0). */
static inline double median(double *t, size_t n) {
  qsort(t, n, sizeof *t, ascending);
  return t[n / 2];
}

/* Median of the steps between n instants, n > 1; overwrites them. */
static inline double median_step(double *at, size_t n) {
  for (size_t e = 0; e + 1 < n; e++) at[e] = at[e + 1] - at[e];
  return median(at, n - 1);
}
#endif
