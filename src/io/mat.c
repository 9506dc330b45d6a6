/* mat.c - dense matrices: allocation that refuses what the machine cannot hold, by name, before trying. */
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "lfap.h"

/* Physical memory in bytes; SIZE_MAX where the system does not say. Without this test an overcommitting kernel
   hands out the address space and kills the process much later, without a message. */
static size_t memory_there_is(void) {
#ifdef _SC_PHYS_PAGES
  long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
  if (pages > 0 && size > 0 && (size_t)pages <= SIZE_MAX / (size_t)size) return (size_t)pages * (size_t)size;
#endif
  return SIZE_MAX;
}

static lfap_status alloc(lfap_ctx *ctx, lfap_mat *out, size_t rows, size_t cols, int ndim) {
  if (cols != 0 && rows > SIZE_MAX / sizeof(double) / cols)
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "a matrix of %zu x %zu doubles is larger than the address space", rows,
                     cols);
  size_t bytes = rows * cols * sizeof(double), there = memory_there_is();
  if (bytes > there)
    return lfap_fail(ctx, LFAP_ERR_MEMORY,
                     "a matrix of %zu x %zu doubles needs %zu bytes and this machine has %zu bytes of memory: "
                     "use fewer samples or a smaller dimension",
                     rows, cols, bytes, there);
  double *v = calloc(bytes / sizeof(double) + (bytes == 0), sizeof(double));
  if (v == NULL)
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "out of memory: %zu bytes for a matrix of %zu x %zu doubles", bytes, rows,
                     cols);
  *out = (lfap_mat){.rows = rows, .cols = cols, .ndim = ndim, .v = v};
  return LFAP_OK;
}

lfap_status lfap_mat_alloc(lfap_ctx *ctx, lfap_mat *out, size_t rows, size_t cols) {
  return alloc(ctx, out, rows, cols, 2);
}

lfap_status lfap_vec_alloc(lfap_ctx *ctx, lfap_mat *out, size_t n) { return alloc(ctx, out, n, 1, 1); }

void lfap_mat_free(lfap_mat *m) {
  free(m->v);
  *m = (lfap_mat){0};
}
