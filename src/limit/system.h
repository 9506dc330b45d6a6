/* system.h - the linear system on a support, M_FF s = b_F: by a factor, or by conjugate gradients (N6). */
#ifndef LFAP_LIMIT_SYSTEM_H
#define LFAP_LIMIT_SYSTEM_H
#include "limit/qmatrix.h"

typedef struct {
  const lfap_qm *m;
  const double *b;
  size_t n;
  size_t *f, nf;     /* support F, increasing; f is owned */
  double *s;         /* nf: the solution on F; owned, with what follows */
  double *r, *c, *v; /* residual and correction on F; a full-length vector */
  double *cg[3];     /* full-length vectors of conjugate gradients */
  double *L;         /* factor of M_FF, or NULL; owned, */
  size_t room;       /* with room for a support of this size */
  size_t most;       /* 0, or the largest support that memory allows a factor of */
  int by_cg;         /* conjugate gradients for rough solutions, while they get on fast enough; */
  int only_cg;       /* for refined ones too */
  int no_factor;     /* nothing else is possible */
  int no_rough;      /* no rough factors: where conjugate gradients are too slow there is another way to a support */
  int factored;      /* L is the factor on f */
  int exact;         /* refine solutions; otherwise they are only good enough to choose supports by, */
  int finer;         /* and better than at first where this is 1 or 2 */
  size_t iterations;
} lfap_system;

/* solver DIRECT or CG; AUTO by size. */
lfap_status lfap_system_open(lfap_ctx *ctx, lfap_system *p, const lfap_qm *m, const double *b, lfap_solver solver,
                             int no_factor);
void lfap_system_close(lfap_system *p);

enum { LFAP_LARGE = 2048 }; /* unknowns from which on supports are chosen roughly */

/* Better solutions from now on: rough, finer, finest where a factor is to follow, exact. */
void lfap_system_sharpen(lfap_system *p);
/* The support flagged in `in`, with its factor where there may be one; *good is 0 when it is empty or M_FF is
   numerically singular. */
lfap_status lfap_system_hold(lfap_ctx *ctx, lfap_system *p, int *good, const unsigned char *in);
/* c = about M_FF^-1 r on what is held or was solved last; r is lost. */
lfap_status lfap_system_correct(lfap_ctx *ctx, lfap_system *p, int *good);
/* Solves on the indices flagged in `in`; `start` (n) is where conjugate gradients begin. *solved is 0 when M_FF is
   numerically singular. */
lfap_status lfap_system_solve(lfap_ctx *ctx, lfap_system *p, int *solved, const unsigned char *in, const double *start);
#endif
