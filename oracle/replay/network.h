/* network.h - network, losses and their coefficients at P bits (spec/numerics.md N4, N5). */
#ifndef ORACLE_REPLAY_NETWORK_H
#define ORACLE_REPLAY_NETWORK_H
#include "oracle/replay/arith.h"

typedef struct {
  size_t m, d;
  mpfr_t *a, *w;     /* m signs over sqrt(m); m x d */
  mpfr_t *phi;       /* m, scratch */
  mpfr_ptr gamma, t; /* t: scratch */
} oracle_net;

/* Everything from A; w (m x d) is the caller's or zeros. Check A->failed. */
void oracle_net_make(oracle_arith *A, oracle_net *net, mpfr_t *w, size_t m, size_t d, double gamma);
/* f = dot(a, phi(z)). */
void oracle_net_output(const oracle_arith *A, mpfr_t f, oracle_net *net, mpfr_t *z);
/* z_j = dot(w_j, x), then the output. */
void oracle_net_at(const oracle_arith *A, mpfr_t f, mpfr_t *z, oracle_net *net, mpfr_t *x);
/* Gradient in x from the pre-activations z: a chain over the rows. */
void oracle_net_input_grad(const oracle_arith *A, mpfr_t *grad, oracle_net *net, mpfr_t *z);

/* l(q), g(q) = -l'(q), r(q) = -log g(q). */
void oracle_loss_of(const oracle_arith *A, mpfr_t l, const mpfr_t q, lfap_loss loss);
void oracle_loss_g(const oracle_arith *A, mpfr_t g, const mpfr_t q, lfap_loss loss);
void oracle_loss_r(const oracle_arith *A, mpfr_t r, const mpfr_t q, lfap_loss loss);
/* p = g/sum(g) (n), log_g = log of the mean of g, through r (N9). `r` (n) is scratch. */
void oracle_loss_weights(const oracle_arith *A, mpfr_t *p, mpfr_t log_g, mpfr_t *r, mpfr_t *q, size_t n,
                         lfap_loss loss);
#endif
