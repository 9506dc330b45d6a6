/* eigen.c - does D fl(Q) D - c have a Cholesky factor? Then its eigenvalues are above c less rounding (statement Q1;
 * spec/numerics.md N14, "Inverse", and limit/bounds.h). */
#include "limit/eigen.h"

#include "data/factor.h"
#include "limit/bounds.h"

#include <stdlib.h>

typedef struct {
  const size_t *f;
  const double *scale;
  size_t nf;
  double *L, c;
} shifted;

static void shifted_row(void *arg, size_t at, const double *q) {
  const shifted *j = arg;
  double *row = j->L + at * j->nf, di = j->scale[j->f[at]];
  for (size_t k = 0; k <= at; k++) row[k] = q[k] * di * j->scale[j->f[k]];
  row[at] -= j->c;
}

lfap_status lfap_least_eigenvalue(lfap_ctx *ctx, double *eigen, int *factors, const lfap_qm *m, const size_t *f,
                                  size_t nf, const double *scale, size_t d) {
  double loss = lfap_bound_factor(nf, d), shift[3] = {0x1p-14, 0x1p-24, 16.0 * loss};
  double *L = malloc(nf * nf * sizeof *L);
  lfap_status st =
      L ? LFAP_OK : lfap_fail(ctx, LFAP_ERR_MEMORY, "enclosure: no memory for a factor of %zu x %zu", nf, nf);
  *eigen = 0.0;
  for (size_t k = 0; !st && k < 3 && *eigen == 0.0; k++) {
    size_t bad = 0;
    shifted j = {f, scale, nf, L, shift[k]};
    if (shift[k] < 2.0 * loss || (k == 2 && shift[k] >= shift[k - 1])) continue;
    lfap_qm_rows(ctx, m, (lfap_qm_part){f, f, nf, nf}, shifted_row, &j);
    ++*factors;
    st = lfap_factor(ctx, L, nf, &bad);
    if (!st && bad == nf) *eigen = lfap_down(shift[k] - loss);
  }
  free(L);
  return st;
}
