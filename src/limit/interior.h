/* interior.h - an interior point of a programme on data with more samples than dimensions: which multipliers are
 * positive, or the ray along which it falls for ever, without walking from face to face (statements Q1, C2;
 * spec/numerics.md N6, "Flat"). */
#ifndef LFAP_LIMIT_INTERIOR_H
#define LFAP_LIMIT_INTERIOR_H
#include "limit/qmatrix.h"

typedef enum { LFAP_INTERIOR_NONE, LFAP_INTERIOR_SUPPORT, LFAP_INTERIOR_RAY } lfap_interior_end;

/* Whether m is of samples, more of one class than they have dimensions: then it is singular on all its unknowns. */
int lfap_interior_applies(const lfap_qm *m);
/* min 1/2 l'Ml - sum l over l >= 0 of such an m. *end SUPPORT: l (n) is near the solution, positive where `in` (n) is
   1. RAY: M l is 0 next to l. NONE: rounding, or the number of steps, stopped it before it was near either. These are
   estimates: what they lead to is checked by who asked. MEMORY, INTERRUPTED: l and in are unspecified. */
lfap_status lfap_interior_find(lfap_ctx *ctx, lfap_interior_end *end, double *l, unsigned char *in, const lfap_qm *m);
#endif
