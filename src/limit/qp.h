/* qp.h - the nonnegative quadratic programme behind C1 and K1, with what the limit wants to know of the way. */
#ifndef LFAP_LIMIT_QP_H
#define LFAP_LIMIT_QP_H
#include "limit/qmatrix.h"
#include "limit/trust.h"

typedef struct {
  const lfap_qm *m;             /* the matrix, opened */
  const double *b;              /* n */
  const unsigned char *support; /* n flags to start from, or NULL: every index */
  lfap_solver solver;           /* AUTO: chosen by size, and by how fast conjugate gradients get on (N6) */
  int no_factor;                /* there is no memory for a factor, */
  size_t most;                  /* or for none of a support larger than this (0: there is) */
  double *ray;                  /* n, or NULL: gets the ray of INFEASIBLE */
  lfap_trust *trust;            /* NULL, or of Q: gets how far a solution can be trusted, */
  const lfap_data *data;        /* measured on these, its samples */
  lfap_system *held; /* NULL, or what a run leaves: its system, where that has a factor (zeros otherwise); the
                                   next one of the same matrix goes on with it, and with refined solutions at once */
} lfap_qp_task;

typedef struct {
  int full;          /* solved on the whole index set, all entries positive */
  size_t rounds;     /* systems solved */
  size_t iterations; /* of conjugate gradients; 0: by factors alone */
} lfap_qp_way;

/* A constraint is missed where mu is below minus this times max |b|. */
#define LFAP_QP_TOL 1e-10

/* How far given lambda >= 0 can be trusted as the solution, in task->trust. */
lfap_status lfap_qp_doubt(lfap_ctx *ctx, const double *lambda, const lfap_qp_task *task);
/* min 1/2 l'Ml - b'l over l >= 0: lambda (n), and mu = M l - b (n). INFEASIBLE: as far as doubles tell, M z = 0 and
   b'z > 0 for the ray z >= 0. UNSOLVED: given up. After these two lambda, mu and way are the last point and the way
   to it. */
lfap_status lfap_qp_run(lfap_ctx *ctx, double *lambda, double *mu, lfap_qp_way *way, const lfap_qp_task *task);
#endif
