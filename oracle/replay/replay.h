/* replay.h - training, the limit and perturbations at P bits, from spec/numerics.md (statements Q1, C1, P1, F1 of
 * spec/theory.md). At 53 bits every result has the bits of the double path; at more it says how far the doubles are
 * off.
 *
 * Nothing here comes from src/kernel: the two paths share the specification alone, so that a slip of one shows.
 * Inputs are exact doubles. Outputs untouched on failure; `_free` of a zeroed object is allowed.
 */
#ifndef ORACLE_REPLAY_H
#define ORACLE_REPLAY_H
#include "oracle/lfap_oracle.h"
#include "oracle/replay/arith.h"

/* ---- the limit (N6) ---------------------------------------------------------------------------------------------- */

typedef struct {
  oracle_vec lambda, q, w; /* n; n: (Q lambda)_n = 1 + mu_n, mu by the compensated product; d */
  oracle_vec fu, fv;       /* n: sqrt(m) y_n<u,x_n>, sqrt(m) y_n<v,x_n> */
  int full;                /* no quadratic programme was needed */
  size_t support, flat;    /* positive multipliers; steps of the fallback along a null vector */
} oracle_limit_replayed;
lfap_status oracle_replay_limit(lfap_ctx *ctx, oracle_limit_replayed *out, const lfap_data *data, double gamma,
                                unsigned prec);
void oracle_limit_replayed_free(oracle_limit_replayed *lim);

/* ---- training (N4, N5, N9) --------------------------------------------------------------------------------------- */

typedef struct {
  size_t m, d;
  oracle_vec w;        /* m x d */
  oracle_vec loss, lr; /* a row an epoch or step: as lfap_epoch */
  oracle_vec log_loss, s;
  oracle_vec p; /* n: normalised loss gradients at the end */
  oracle_vec b; /* m x n: the coefficients b_jn of T5, where the options ask for them */
  int aligned, stationary, gram;
  double end; /* log loss at the end */
} oracle_trained;
lfap_status oracle_replay_train(lfap_ctx *ctx, oracle_trained *out, const lfap_net *start, const lfap_data *data,
                                const lfap_train_opts *o, unsigned prec);
void oracle_trained_free(oracle_trained *t);

/* ---- perturbations (N7) ------------------------------------------------------------------------------------------ */

typedef struct {
  oracle_vec x, eta; /* n x d */
} oracle_perturbed;
lfap_status oracle_replay_perturb(lfap_ctx *ctx, oracle_perturbed *out, const oracle_perturb_args *a, unsigned prec);
void oracle_perturbed_free(oracle_perturbed *p);
#endif
