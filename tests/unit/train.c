/* Gradient descent and the authors' sgd against a direct implementation of the same mathematics; refusals. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lfap.h"

enum { N = 7, D_ = 40, M = 6 };

/* One epoch in long double: returns the loss before it, moves W. */
static long double epoch(long double *W, long double *V, const lfap_data *D, double gamma, int logistic, long double lr, long double mu, int first) {
  static long double grad[M * D_];
  long double loss = 0, s = 1 / sqrtl(M);
  memset(grad, 0, sizeof grad);
  for (size_t n = 0; n < N; n++) {
    long double f = 0, z[M];
    for (size_t j = 0; j < M; j++) {
      z[j] = 0;
      for (size_t i = 0; i < D_; i++) z[j] += W[j * D_ + i] * D->x[n * D_ + i];
      f += (j < M / 2 ? s : -s) * (z[j] > 0 ? z[j] : gamma * z[j]);
    }
    long double q = D->y[n] * f, g = logistic ? 1 / (1 + expl(q)) : expl(-q);
    loss += logistic ? log1pl(expl(-q)) : expl(-q);
    for (size_t j = 0; j < M; j++)
      for (size_t i = 0; i < D_; i++)
        grad[j * D_ + i] -= g / N * D->y[n] * (j < M / 2 ? s : -s) * (z[j] > 0 ? 1 : gamma) * D->x[n * D_ + i];
  }
  for (size_t k = 0; k < M * D_; k++) {
    V[k] = first ? grad[k] : mu * V[k] + grad[k];
    W[k] -= lr * V[k];
  }
  return loss / N;
}

static void compare(lfap_method method, lfap_loss loss, size_t epochs, double lr) {
  lfap_data D = {0};
  lfap_net net = {0};
  lfap_history h = {0};
  lfap_train_opts o;
  long double W[M * D_], V[M * D_];
  cr_assert_eq(lfap_gen_gauss(NULL, &D, 5, N, D_), LFAP_OK);
  cr_assert_eq(lfap_net_init(NULL, &net, M, D_, 0.3, 6, 1.0), LFAP_OK);
  lfap_train_defaults(&o, method);
  o.loss = loss;
  o.epochs = epochs;
  o.lr = lr;
  for (size_t k = 0; k < M * D_; k++) W[k] = net.w[k];
  cr_assert_eq(lfap_train(NULL, &net, &h, &D, &o), LFAP_OK);
  cr_assert_eq(h.rows, epochs);
  for (size_t e = 0; e < epochs; e++) {
    /* the schedule is the history's own here; it is tested in tests/unit/step.c */
    long double l = epoch(W, V, &D, 0.3, loss == LFAP_LOSS_LOGISTIC, h.row[e].lr, method == LFAP_METHOD_SGD ? 0.9L : 0.0L, e == 0);
    cr_assert_float_eq(h.row[e].loss, (double)l, 1e-11 * fabs((double)l), "epoch %zu", e);
    if (loss == LFAP_LOSS_EXP) cr_assert_float_eq(h.row[e].log_loss, (double)logl(l), 1e-11 * (1 + fabs((double)logl(l))));
  }
  for (size_t k = 0; k < M * D_; k++) cr_assert_float_eq(net.w[k], (double)W[k], 1e-11);
  lfap_history_free(&h);
  lfap_net_free(&net);
  lfap_data_free(&D);
}

Test(train, gd_exponential) { compare(LFAP_METHOD_GD, LFAP_LOSS_EXP, 200, 0.02); }
Test(train, gd_logistic) { compare(LFAP_METHOD_GD, LFAP_LOSS_LOGISTIC, 200, 0.05); }
Test(train, sgd_exponential) { compare(LFAP_METHOD_SGD, LFAP_LOSS_EXP, 300, 0.01); }
Test(train, sgd_logistic) { compare(LFAP_METHOD_SGD, LFAP_LOSS_LOGISTIC, 300, 0.01); }

Test(train, learning_rate_falls_on_a_plateau) {
  lfap_data D = {0};
  lfap_net net = {0};
  lfap_history h = {0};
  lfap_train_opts o;
  lfap_train_defaults(&o, LFAP_METHOD_SGD);
  o.epochs = 400;
  o.lr = 30; /* bounces, so epochs that are not better pile up */
  o.loss = LFAP_LOSS_LOGISTIC;
  cr_assert_eq(lfap_gen_gauss(NULL, &D, 5, N, D_), LFAP_OK);
  cr_assert_eq(lfap_net_init(NULL, &net, M, D_, 0.3, 6, 1.0), LFAP_OK);
  cr_assert_eq(lfap_train(NULL, &net, &h, &D, &o), LFAP_OK);
  size_t drops = 0;
  for (size_t e = 1; e < h.rows; e++)
    if (h.row[e].lr != h.row[e - 1].lr) {
      cr_assert_eq(h.row[e].lr, h.row[e - 1].lr * 0.1);
      drops++;
    }
  cr_assert_gt(drops, 0);
  lfap_history_free(&h);
  lfap_net_free(&net);
  lfap_data_free(&D);
}

Test(train, failure_leaves_the_weights_alone) {
  lfap_data D = {0};
  lfap_net net = {0};
  lfap_train_opts o;
  lfap_ctx ctx = {0};
  lfap_train_defaults(&o, LFAP_METHOD_GD);
  o.epochs = 50;
  o.lr = 1e6; /* the exponential loss overflows */
  cr_assert_eq(lfap_gen_gauss(NULL, &D, 5, N, D_), LFAP_OK);
  for (size_t n = 1; n < N; n++) memcpy(D.x + n * D_, D.x, D_ * sizeof(double));
  for (size_t n = 0; n < N; n++) D.y[n] = n % 2 ? 1 : -1; /* contradictory: no step size helps */
  cr_assert_eq(lfap_net_init(NULL, &net, M, D_, 0.3, 6, 1.0), LFAP_OK);
  double before[M * D_];
  memcpy(before, net.w, sizeof before);
  cr_assert_eq(lfap_train(&ctx, &net, NULL, &D, &o), LFAP_ERR_DATA);
  cr_assert_not_null(strstr(ctx.message, "diverged"));
  cr_assert_arr_eq(before, net.w, sizeof before);
  o.epochs = 0;
  cr_assert_eq(lfap_train(&ctx, &net, NULL, &D, &o), LFAP_ERR_USAGE);
  o.epochs = 1;
  o.lr = 0;
  cr_assert_eq(lfap_train(&ctx, &net, NULL, &D, &o), LFAP_ERR_USAGE);
  lfap_net_free(&net);
  lfap_data_free(&D);
}

static int stop(void *user, const char *what, double done, double total) {
  (void)what;
  (void)total;
  return done >= *(double *)user;
}

Test(train, interruption_is_clean) {
  lfap_data D = {0};
  lfap_net net = {0};
  lfap_train_opts o;
  double at = 5;
  lfap_ctx ctx = {.progress = stop, .user = &at};
  lfap_train_defaults(&o, LFAP_METHOD_SGD);
  cr_assert_eq(lfap_gen_gauss(NULL, &D, 5, N, D_), LFAP_OK);
  cr_assert_eq(lfap_net_init(NULL, &net, M, D_, 0.3, 6, 1.0), LFAP_OK);
  double w0 = net.w[0];
  cr_assert_eq(lfap_train(&ctx, &net, NULL, &D, &o), LFAP_ERR_INTERRUPTED);
  cr_assert_eq(net.w[0], w0);
  lfap_net_free(&net);
  lfap_data_free(&D);
}

Test(net, odd_or_zero_width_is_refused) {
  lfap_net net = {0};
  lfap_ctx ctx = {0};
  cr_assert_eq(lfap_net_init(&ctx, &net, 5, 4, 0.5, 1, 1.0), LFAP_ERR_DATA);
  cr_assert_not_null(strstr(ctx.message, "m = 5"));
  cr_assert_eq(lfap_net_init(&ctx, &net, 0, 4, 0.5, 1, 1.0), LFAP_ERR_DATA);
  cr_assert_null(net.w);
}

Test(net, values_and_input_gradient) {
  lfap_data Z = {0};
  lfap_net net = {0};
  double f[50], g[D_], fp[1], fm[1], z[D_];
  cr_assert_eq(lfap_gen_gauss(NULL, &Z, 8, 50, D_), LFAP_OK);
  cr_assert_eq(lfap_net_init(NULL, &net, M, D_, 0.3, 6, 2.0), LFAP_OK);
  cr_assert_eq(lfap_net_eval(NULL, f, &net, Z.x, 50), LFAP_OK);
  for (size_t n = 0; n < 50; n++) {
    long double want = 0;
    for (size_t j = 0; j < M; j++) {
      long double s = 0;
      for (size_t i = 0; i < D_; i++) s += (long double)net.w[j * D_ + i] * Z.x[n * D_ + i];
      want += (j < M / 2 ? 1 : -1) / sqrtl(M) * (s > 0 ? s : 0.3 * s);
    }
    cr_assert_float_eq(f[n], (double)want, 1e-14);
  }
  /* f is linear between kinks: central differences are exact up to rounding */
  cr_assert_eq(lfap_net_input_grad(NULL, g, &net, Z.x), LFAP_OK);
  for (size_t i = 0; i < D_; i++) {
    memcpy(z, Z.x, sizeof z);
    z[i] = Z.x[i] + 1e-6;
    cr_assert_eq(lfap_net_eval(NULL, fp, &net, z, 1), LFAP_OK);
    z[i] = Z.x[i] - 1e-6;
    cr_assert_eq(lfap_net_eval(NULL, fm, &net, z, 1), LFAP_OK);
    cr_assert_float_eq(g[i], (fp[0] - fm[0]) / 2e-6, 1e-8);
  }
  lfap_net_free(&net);
  lfap_data_free(&Z);
}
