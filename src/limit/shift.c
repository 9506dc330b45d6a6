/* shift.c - Gram matrix of geometry perturbations from that of their bases: all perturbations lie on one line, so it
 * is a rank-two update (section 3 of spec/theory.md, "Adversarial set"; spec/numerics.md N12). */
#include "lfap.h"

#include "io/parallel.h"
#include "kernel/shift.h"

#include <math.h>
#include <string.h>

typedef struct {
  double *out;
  const double *G, *t, *p;
  double eta2;
  size_t n;
} shift;

static void shift_rows(void *arg, size_t begin, size_t end, int worker) {
  const shift *s = arg;
  (void)worker;
  for (size_t i = begin; i < end; i++) {
    double *row = s->out + i * s->n;
    if (s->out != s->G) memcpy(row, s->G + i * s->n, s->n * sizeof *row);
    lfap_shift_row(row, s->t, s->p, s->t[i], s->p[i], s->eta2, s->n);
  }
}

lfap_status lfap_gram_shift(lfap_ctx *ctx, double *G_out, const double *G, const double *t, const double *p,
                            double eta2, size_t n) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (st) return st;
  if (!(isfinite(eta2) && eta2 >= 0.0))
    return lfap_fail(ctx, LFAP_ERR_USAGE,
                     "Gram shift: the squared length of the perturbation is %g; it must be finite and not negative",
                     eta2);
  for (size_t i = 0; i < n; i++)
    if (!isfinite(t[i]) || !isfinite(p[i]))
      return lfap_fail(ctx, LFAP_ERR_USAGE, "Gram shift: t[%zu] = %g, <b,eta> = %g; both must be finite", i, t[i],
                       p[i]);
  st = lfap_tick(ctx, "Gram shift", 0.0, (double)n);
  if (st) return st;
  shift s = {G_out, G, t, p, eta2, n};
  lfap_parallel(lfap_threads(ctx), n, 16, 6.0 * (double)n * (double)n, shift_rows, &s);
  return lfap_tick(ctx, "Gram shift", (double)n, (double)n);
}
