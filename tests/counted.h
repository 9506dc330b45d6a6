/* counted.h - how often each set's Gram matrix is formed, and each set checked, counted where they are: the linker puts __wrap_NAME in the
 * place of NAME in every object (Makefile, COUNTED). A set is known by what it holds, not by where it lies. */
#ifndef TESTS_COUNTED_H
#define TESTS_COUNTED_H
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "lfap.h"
#include "limit/qmatrix.h"

typedef struct {
  const char *what; /* "gram", "check", "exact" */
  uint64_t hash;
  size_t n, d, times;
} counted;
static struct { counted row[256]; size_t rows; } tally;

static void counted_forget(void) { memset(&tally, 0, sizeof tally); }

static void counted_see(const char *what, const double *x, size_t n, size_t d) {
  uint64_t h = 14695981039346656037u, bits;
  for (size_t i = 0; i < n * d; i++) {
    memcpy(&bits, x + i, sizeof bits);
    h = (h ^ bits) * 1099511628211u;
    h ^= h >> 29;
  }
  size_t i = 0;
  while (i < tally.rows && (strcmp(tally.row[i].what, what) || tally.row[i].hash != h || tally.row[i].n != n || tally.row[i].d != d)) i++;
  cr_assert(i < 256);
  if (i == tally.rows) tally.row[tally.rows++] = (counted){what, h, n, d, 0};
  tally.row[i].times++;
}

/* Sets of n x d (n = 0: of any size) that were seen; every one of them so many times, or the test fails. */
static inline size_t counted_times(const char *what, size_t n, size_t d, size_t times) {
  size_t sets = 0;
  for (size_t i = 0; i < tally.rows; i++) {
    const counted *c = &tally.row[i];
    if (strcmp(c->what, what) || (n && (c->n != n || c->d != d))) continue;
    cr_expect_eq(c->times, times, "%s of a set of %zu x %zu: %zu times", what, c->n, c->d, c->times);
    sets++;
  }
  return sets;
}

static inline size_t counted_once(const char *what, size_t n, size_t d) { return counted_times(what, n, d, 1); }

lfap_status __real_lfap_gram(lfap_ctx *ctx, double *G, const double *X, size_t n, size_t d);
lfap_status __wrap_lfap_gram(lfap_ctx *ctx, double *G, const double *X, size_t n, size_t d);
lfap_status __wrap_lfap_gram(lfap_ctx *ctx, double *G, const double *X, size_t n, size_t d) {
  counted_see("gram", X, n, d);
  return __real_lfap_gram(ctx, G, X, n, d);
}

/* Two other ways to a Gram matrix: rows times themselves, and Q without a matrix, whose rows are products with the samples. */
lfap_status __real_lfap_rows_product(lfap_ctx *ctx, double *C, const double *A, const double *B, size_t na, size_t nb, size_t d);
lfap_status __wrap_lfap_rows_product(lfap_ctx *ctx, double *C, const double *A, const double *B, size_t na, size_t nb, size_t d);
lfap_status __wrap_lfap_rows_product(lfap_ctx *ctx, double *C, const double *A, const double *B, size_t na, size_t nb, size_t d) {
  if (A == B) counted_see("gram", A, na, d);
  return __real_lfap_rows_product(ctx, C, A, B, na, nb, d);
}
lfap_status __real_lfap_qm_open(lfap_ctx *ctx, lfap_qm *m);
lfap_status __wrap_lfap_qm_open(lfap_ctx *ctx, lfap_qm *m);
lfap_status __wrap_lfap_qm_open(lfap_ctx *ctx, lfap_qm *m) {
  if (!m->M && !m->G) counted_see("gram", m->X, m->n, m->d);
  return __real_lfap_qm_open(ctx, m);
}

lfap_status __real_lfap_data_check(lfap_ctx *ctx, const lfap_data *data, const char *name);
lfap_status __wrap_lfap_data_check(lfap_ctx *ctx, const lfap_data *data, const char *name);
lfap_status __wrap_lfap_data_check(lfap_ctx *ctx, const lfap_data *data, const char *name) {
  counted_see("check", data->x, data->n, data->d);
  return __real_lfap_data_check(ctx, data, name);
}
#endif
