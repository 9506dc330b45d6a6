/* parallel.h - shares index ranges out over threads. Who computes an index never changes its bits, because every kernel
 * fixes its own order of operations (spec/numerics.md). */
#ifndef LFAP_IO_PARALLEL_H
#define LFAP_IO_PARALLEL_H
#include "lfap.h"

#include <stdint.h>

/* Work on the indices begin..end-1; `worker` (0..threads-1) tells whose scratch memory may be used. */
typedef void (*lfap_range_fn)(void *arg, size_t begin, size_t end, int worker);

/* Calls fn on chunks of 0..n-1 from up to `threads` threads, and returns when all are done. `flops` is a guess of
   the whole work: small work is not worth starting threads for. */
void lfap_parallel(int threads, size_t n, size_t chunk, double flops, lfap_range_fn fn, void *arg);

/* Worker threads of a context: at least 1. */
int lfap_threads(const lfap_ctx *ctx);

enum { LFAP_LINE = 8 }; /* doubles of a cache line */

/* The first double from p on where a cache line begins: scratch memory is allocated LFAP_LINE doubles longer. It is for
   speed alone, and p where addresses are not numbers: an analyser would follow the kernels at every offset. */
static inline double *lfap_line(double *p) {
#ifdef __FRAMAC__
  return p;
#else
  return p ? p + (LFAP_LINE - (uintptr_t)p / sizeof(double) % LFAP_LINE) % LFAP_LINE : p;
#endif
}
#endif
