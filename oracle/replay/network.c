/* network.c - f(x; W), its gradient in x, and the losses (spec/theory.md section 1; spec/numerics.md N4, N9). */
#include "oracle/replay/network.h"

void oracle_net_make(oracle_arith *A, oracle_net *net, mpfr_t *w, size_t m, size_t d, double gamma) {
  mpfr_t *s = oracle_take(A, 3), *a = oracle_take(A, m), *phi = oracle_take(A, m);
  if (!w) w = oracle_take(A, m * d);
  if (A->failed) return;
  *net = (oracle_net){.m = m, .d = d, .a = a, .w = w, .phi = phi, .gamma = s[1], .t = s[2]};
  mpfr_set_d(net->gamma, gamma, MPFR_RNDN);
  mpfr_set_ui(s[0], m, MPFR_RNDN);
  oracle_sqrt(A, s[0], s[0]);
  mpfr_set_ui(s[2], 1, MPFR_RNDN);
  oracle_div(A, s[0], s[2], s[0]);
  for (size_t j = 0; j < m; j++)
    if (j < m / 2) mpfr_set(a[j], s[0], MPFR_RNDN);
    else mpfr_neg(a[j], s[0], MPFR_RNDN);
}

void oracle_net_output(const oracle_arith *A, mpfr_t f, oracle_net *net, mpfr_t *z) {
  for (size_t j = 0; j < net->m; j++)
    if (mpfr_sgn(z[j]) > 0) mpfr_set(net->phi[j], z[j], MPFR_RNDN);
    else oracle_mul(A, net->phi[j], net->gamma, z[j]);
  oracle_dot(A, f, net->a, net->phi, net->m);
}

void oracle_net_at(const oracle_arith *A, mpfr_t f, mpfr_t *z, oracle_net *net, mpfr_t *x) {
  for (size_t j = 0; j < net->m; j++) oracle_dot(A, z[j], net->w + j * net->d, x, net->d);
  oracle_net_output(A, f, net, z);
}

void oracle_net_input_grad(const oracle_arith *A, mpfr_t *grad, oracle_net *net, mpfr_t *z) {
  for (size_t k = 0; k < net->d; k++) mpfr_set_zero(grad[k], 1);
  for (size_t j = 0; j < net->m; j++) {
    if (mpfr_sgn(z[j]) > 0) mpfr_set(net->t, net->a[j], MPFR_RNDN);
    else oracle_mul(A, net->t, net->gamma, net->a[j]);
    oracle_axpy(A, grad, net->t, net->w + j * net->d, net->d);
  }
}

/* e = exp(-|q|), which both branches of the logistic loss start from. */
static void exp_neg(const oracle_arith *A, mpfr_t e, const mpfr_t q, int absolute) {
  mpfr_t t;
  mpfr_init2(t, A->prec);
  if (absolute && mpfr_sgn(q) < 0) mpfr_set(t, q, MPFR_RNDN);
  else mpfr_neg(t, q, MPFR_RNDN);
  oracle_exp(A, e, t);
  mpfr_clear(t);
}

void oracle_loss_of(const oracle_arith *A, mpfr_t l, const mpfr_t q, lfap_loss loss) {
  mpfr_t e;
  mpfr_init2(e, A->prec);
  exp_neg(A, e, q, loss == LFAP_LOSS_LOGISTIC);
  if (loss == LFAP_LOSS_LOGISTIC) {
    oracle_log1p(A, e, e);
    if (mpfr_sgn(q) < 0) oracle_sub(A, e, e, q);
  }
  mpfr_set(l, e, MPFR_RNDN);
  mpfr_clear(e);
}

void oracle_loss_g(const oracle_arith *A, mpfr_t g, const mpfr_t q, lfap_loss loss) {
  mpfr_t e, one, t;
  mpfr_inits2(A->prec, e, one, t, (mpfr_ptr)0);
  mpfr_set_ui(one, 1, MPFR_RNDN);
  exp_neg(A, e, q, loss == LFAP_LOSS_LOGISTIC);
  if (loss == LFAP_LOSS_LOGISTIC) {
    oracle_add(A, t, one, e);
    oracle_div(A, e, mpfr_sgn(q) < 0 ? one : e, t);
  }
  mpfr_set(g, e, MPFR_RNDN);
  mpfr_clears(e, one, t, (mpfr_ptr)0);
}

void oracle_loss_r(const oracle_arith *A, mpfr_t r, const mpfr_t q, lfap_loss loss) {
  mpfr_t e;
  mpfr_init2(e, A->prec);
  mpfr_set(e, q, MPFR_RNDN);
  if (loss == LFAP_LOSS_LOGISTIC) {
    exp_neg(A, e, q, 1);
    oracle_log1p(A, e, e);
    if (mpfr_sgn(q) >= 0) oracle_add(A, e, q, e);
  }
  mpfr_set(r, e, MPFR_RNDN);
  mpfr_clear(e);
}

void oracle_loss_weights(const oracle_arith *A, mpfr_t *p, mpfr_t log_g, mpfr_t *r, mpfr_t *q, size_t n,
                         lfap_loss loss) {
  mpfr_t least, sum, t;
  mpfr_inits2(A->prec, least, sum, t, (mpfr_ptr)0);
  for (size_t i = 0; i < n; i++) {
    oracle_loss_r(A, r[i], q[i], loss);
    if (i == 0 || mpfr_less_p(r[i], least)) mpfr_set(least, r[i], MPFR_RNDN);
  }
  for (size_t i = 0; i < n; i++) {
    oracle_sub(A, t, least, r[i]);
    oracle_exp(A, p[i], t);
  }
  oracle_sum(A, sum, p, n);
  for (size_t i = 0; i < n; i++) oracle_div(A, p[i], p[i], sum);
  /* log(sum) = log1p(sum - 1): the sum is at least 1 */
  mpfr_set_ui(t, 1, MPFR_RNDN);
  oracle_sub(A, sum, sum, t);
  oracle_log1p(A, sum, sum);
  mpfr_set_ui(t, n - 1, MPFR_RNDN);
  oracle_log1p(A, t, t);
  oracle_sub(A, sum, sum, least);
  oracle_sub(A, log_g, sum, t);
  mpfr_clears(least, sum, t, (mpfr_ptr)0);
}
