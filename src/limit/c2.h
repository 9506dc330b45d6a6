/* c2.h - the limit at any slope (statement C2; spec/numerics.md N6a): the convex programme (CP), from what C1's form
 * leaves of it. */
#ifndef LFAP_LIMIT_C2_H
#define LFAP_LIMIT_C2_H
#include "limit/qp.h"

lfap_status lfap_c2_alloc(lfap_c2 *c, size_t n);
void lfap_c2_free(lfap_c2 *c);
/* Everything of l->c2 but kappa_obt, and l's lambda, omega and w, which are those of C1's form before. `task` and its
   matrix are those that C1's form was solved with. given: 2 n multipliers instead of solving, or NULL. */
lfap_status lfap_c2_of(lfap_ctx *ctx, lfap_limit *l, const lfap_qp_task *task, const double *given);
/* What kappa_obt and margin_lin, as they are, say of C2 before anything is solved. */
void lfap_c2_a_priori(lfap_limit *l);
#endif
