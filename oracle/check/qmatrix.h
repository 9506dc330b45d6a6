/* qmatrix.h - the matrix Q of Q1 in integers, products with it, and a proof that a block of it is positive definite.
 *
 * gamma is a double, so h and gamma are integers over 2^c: h = H 2^-c, gamma = Gm 2^-c. With G = K 2^e (exact/gram.h)
 *     Q_nk = y_n y_k {H, Gm} K_nk 2^(e - c).
 * Multipliers lambda_n = p_n/den. The two sums of a sample,
 *     A_n = sum over k of its class of K_nk p_k,   B_n = sum over the other class,
 * give everything: (Q lambda)_n = (H A_n - Gm B_n) 2^(e-c)/den, and section "Slopes" of spec/certificate.md.
 *
 * With kinks (C2) the programme has 2 N variables, *pairs* of a sample and a slope s: i < N is (i, gamma), N + i is
 * (i, 1). With gamma = g/T its matrix is, in the same unit 2^(e-c), +-K_nk times T^2 + s t (one class) or T (s + t)
 * (two classes), s and t being g or T: its block i, k < N is Q. What follows works for both.
 */
#ifndef ORACLE_QMATRIX_H
#define ORACLE_QMATRIX_H
#include "kernel/arithmetic.h"
#include "oracle/exact/gram.h"

typedef struct {
  const oracle_gram *gram; /* not owned */
  const double *y;         /* not owned */
  double gamma;
  mpz_t H, Gm;
  mpz_t g, half, full; /* gamma = g/T, T = 2^((c - 1)/2); T (T + g), 2 T^2: the weights of pairs */
  long c;
  long *e; /* floor(log2 ||x_n||): the scaling D = diag(2^-e_n); owned */
} oracle_qm;

lfap_status oracle_qm_make(lfap_ctx *ctx, oracle_qm *out, const oracle_gram *gram, const double *y, double gamma);
/* y_n y_k G_nk itself: Q at slope 1, where h = gamma = 1. */
lfap_status oracle_qm_plain(lfap_ctx *ctx, oracle_qm *out, const oracle_gram *gram, const double *y);
void oracle_qm_free(oracle_qm *q);

/* A and B (n integers each, initialised by the caller) for the numerators p. */
void oracle_qm_sums(const lfap_ctx *ctx, mpz_t *A, mpz_t *B, const oracle_qm *q, const mpz_t *p);

/* m_i with (M l)_i = m_i 2^(e - c)/den for l = p/den of `count` variables, n or 2 n; m (count) and work (6 n)
   initialised by the caller. */
void oracle_qm_margins(mpz_t *m, mpz_t *work, const lfap_ctx *ctx, const oracle_qm *q, const mpz_t *p, size_t count);
/* M_ik in the unit 2^(e - c), and the power of two of (D M D)_ik: M_ik 2^shift. */
long oracle_qm_entry(mpz_t m, const oracle_qm *q, size_t i, size_t k);

/* (D M D)_ik in doubles, off by at most 2^-52 of itself (and 2^-1074). */
double oracle_qm_scaled(const oracle_qm *q, size_t i, size_t k);

/* A plain Cholesky factor in place, L below and on the diagonal (row-major, n x n); 0 when a pivot is not positive. */
int oracle_cholesky(double *a, size_t n);

/* 1 when it is proved that the eigenvalues of the block of D M D on the indices f (nf of them) are at least 2^mu.
   `bits` 53 works in doubles, more in MPFR. 0: not proved. */
lfap_status oracle_qm_positive(lfap_ctx *ctx, int *proved, const oracle_qm *q, const size_t *f, size_t nf,
                               unsigned bits, long mu);
#endif
