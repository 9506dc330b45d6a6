/* parallel.c - a parallel loop on C11 threads: workers take the next chunk until none is left. */
#include "io/parallel.h"

#include <stdatomic.h>
#include <stddef.h>
#include <threads.h>

enum { MAX_THREADS = 256 };
#ifndef LFAP_WORTH_A_THREAD     /* a build that looks for races starts them sooner */
#define LFAP_WORTH_A_THREAD 2e6 /* flops; starting and joining one costs some 50 microseconds */
#endif

typedef struct {
  atomic_size_t next;
  size_t n, chunk;
  lfap_range_fn fn;
  void *arg;
} loop;

typedef struct {
  loop *l;
  int worker;
} seat;

static int work(void *p) {
  const seat *s = p;
  loop *l = s->l;
  for (;;) {
    size_t begin = atomic_fetch_add(&l->next, l->chunk);
    if (begin >= l->n) return 0;
    l->fn(l->arg, begin, l->n - begin < l->chunk ? l->n : begin + l->chunk, s->worker);
  }
}

int lfap_threads(const lfap_ctx *ctx) {
  if (!ctx || ctx->threads < 1) return 1;
  return ctx->threads > MAX_THREADS ? MAX_THREADS : ctx->threads;
}

void lfap_parallel(int threads, size_t n, size_t chunk, double flops, lfap_range_fn fn, void *arg) {
  loop l = {.n = n, .chunk = chunk ? chunk : 1, .fn = fn, .arg = arg};
  thrd_t id[MAX_THREADS];
  seat s[MAX_THREADS];
  int started = 0;
  if (threads > MAX_THREADS) threads = MAX_THREADS;
  while (started + 1 < threads && flops > LFAP_WORTH_A_THREAD) {
    s[started] = (seat){&l, started + 1};
    /* without another thread the caller does the work alone */
    if (thrd_create(&id[started], work, &s[started]) != thrd_success) break;
    started++;
  }
  seat own = {&l, 0};
  work(&own);
  while (started > 0) thrd_join(id[--started], NULL);
}
