/* solution.h - multipliers of a programme on data, and what the samples say of them (statements Q1, C2;
 * spec/numerics.md N6, "Residual", "Trust"). */
#ifndef LFAP_LIMIT_SOLUTION_H
#define LFAP_LIMIT_SOLUTION_H
#include "limit/measure.h"
#include "limit/qp.h"

typedef struct {
  double *lambda, *mu; /* an entry for each unknown: multipliers, M lambda - 1 as the solver has it */
  double residual;     /* as in lfap_limit */
  lfap_trust trust;
  int separates; /* (M lambda)_i > 0 for all i: certain */
  lfap_qp_way way;
} lfap_solution;

/* What the samples say of multipliers: A and B of each block (limit/measure.h), at least ||x_n||. */
typedef struct {
  double *norm; /* n; owned, with what follows */
  lfap_measured at[2];
} lfap_view;

int lfap_solution_settled(const lfap_solution *s);
/* residual and separates of s->lambda, from the samples; with bounds that cost more where the cheap ones do not settle
   it. view: NULL, or what was seen; free view->norm. */
lfap_status lfap_solution_measure(lfap_ctx *ctx, lfap_solution *s, lfap_view *view, const lfap_qm *m,
                                  const lfap_data *data);
/* Solves min 1/2 l'Ml - 1'l, l >= 0; what doubles do not settle is solved once more with sharp residuals (m->on_data is
   set then). A programme that doubles do not solve leaves its last point, which `separates` tells. INFEASIBLE: proved
   that it has none. */
lfap_status lfap_solution_find(lfap_ctx *ctx, lfap_solution *s, lfap_qp_task *task, lfap_qm *m);
/* Given multipliers (m->n) in the place of a solution, measured and trusted as one is; sets m->on_data. view: as
   above. */
lfap_status lfap_solution_take(lfap_ctx *ctx, lfap_solution *s, lfap_view *view, lfap_qp_task *task, lfap_qm *m,
                               const double *given);
#endif
