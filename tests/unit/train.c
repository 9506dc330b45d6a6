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

/* ---- coefficients (T5) ------------------------------------------------------------------------------------------------ */

typedef struct {
  lfap_net net, first;
  lfap_history h;
} run;

static run trained(const lfap_data *D, lfap_method method, lfap_form form, int coefficients, int threads) {
  run r = {0};
  lfap_ctx ctx = {.threads = threads};
  lfap_train_opts o;
  lfap_train_defaults(&o, method);
  o.form = form;
  o.coefficients = coefficients;
  o.epochs = 300;
  o.log_loss_target = -50;
  if (method != LFAP_METHOD_FLOW) o.lr = 0.05;
  cr_assert_eq(lfap_net_init(&ctx, &r.net, M, D->d, 0.3, 6, 1.0), LFAP_OK);
  cr_assert_eq(lfap_net_init(&ctx, &r.first, M, D->d, 0.3, 6, 1.0), LFAP_OK);
  cr_assert_eq(lfap_train(&ctx, &r.net, &r.h, D, &o), LFAP_OK, "%s", ctx.message);
  return r;
}

static void run_free(run *r) {
  lfap_net_free(&r->net);
  lfap_net_free(&r->first);
  lfap_history_free(&r->h);
}

/* w_j = w_j(0) + a_j sum_n b_jn y_n x_n, in long double; the first weights alone do not do. */
static void adds_up(const run *r, const lfap_data *D, int nonnegative) {
  double worst = 0, moved = 0;
  for (size_t j = 0; j < M; j++)
    for (size_t i = 0; i < D->d; i++) {
      long double w = r->first.w[j * D->d + i], a = (j < M / 2 ? 1 : -1) / sqrtl(M);
      moved = fmax(moved, fabs(r->net.w[j * D->d + i] - (double)w));
      for (size_t n = 0; n < D->n; n++) w += a * r->h.coefficient[j * D->n + n] * D->y[n] * D->x[n * D->d + i];
      worst = fmax(worst, fabs(r->net.w[j * D->d + i] - (double)w));
    }
  cr_assert_gt(moved, 0.01);
  cr_assert_leq(worst, 1e-14 * (1 + moved), "%g of %g", worst, moved);
  for (size_t k = 0; nonnegative && k < M * D->n; k++) cr_assert_geq(r->h.coefficient[k], 0.0);
}

Test(train, coefficients_add_up_to_the_weights_and_change_no_bit_of_them) {
  lfap_data D = {0};
  cr_assert_eq(lfap_gen_gauss(NULL, &D, 5, N, D_), LFAP_OK);
  for (int k = 0; k < 10; k++) {
    lfap_method method = k < 8 ? (k & 1 ? LFAP_METHOD_SGD : LFAP_METHOD_GD) : LFAP_METHOD_FLOW;
    lfap_form form = k >= 8 ? LFAP_FORM_AUTO : k & 2 ? LFAP_FORM_GRAM : LFAP_FORM_PLAIN;
    int threads = k == 9 || k & 4 ? 2 : 1;
    run without = trained(&D, method, form, 0, 1), with = trained(&D, method, form, 1, threads);
    cr_assert_arr_eq(without.net.w, with.net.w, M * D_ * sizeof(double), "case %d", k);
    cr_assert_arr_eq(without.h.p, with.h.p, N * sizeof(double), "case %d", k);
    cr_assert_null(without.h.coefficient);
    adds_up(&with, &D, method != LFAP_METHOD_FLOW);
    run_free(&without);
    run_free(&with);
  }
  lfap_data_free(&D);
}

/* Large enough for the threads to be started: neither W nor b depends on them. */
Test(train, coefficients_do_not_depend_on_threads) {
  lfap_data D = {0};
  cr_assert_eq(lfap_gen_uniform(NULL, &D, 5, 60, 2000), LFAP_OK);
  for (int k = 0; k < 3; k++) {
    lfap_method method = k == 2 ? LFAP_METHOD_FLOW : LFAP_METHOD_SGD;
    lfap_form form = k ? LFAP_FORM_GRAM : LFAP_FORM_PLAIN;
    run one = trained(&D, method, form, 1, 1), two = trained(&D, method, form, 1, 2);
    cr_assert_arr_eq(one.net.w, two.net.w, M * D.d * sizeof(double), "case %d", k);
    cr_assert_arr_eq(one.h.coefficient, two.h.coefficient, M * D.n * sizeof(double), "case %d", k);
    run_free(&one);
    run_free(&two);
  }
  lfap_data_free(&D);
}

Test(train, the_two_forms_have_the_same_coefficients_up_to_rounding) {
  lfap_data D = {0};
  cr_assert_eq(lfap_gen_gauss(NULL, &D, 5, N, D_), LFAP_OK);
  for (int k = 0; k < 2; k++) {
    lfap_method method = k ? LFAP_METHOD_SGD : LFAP_METHOD_GD;
    run plain = trained(&D, method, LFAP_FORM_PLAIN, 1, 1), gram = trained(&D, method, LFAP_FORM_GRAM, 1, 1);
    for (size_t i = 0; i < M * N; i++)
      cr_assert_float_eq(plain.h.coefficient[i], gram.h.coefficient[i], 1e-13 * plain.h.coefficient[i]);
    run_free(&plain);
    run_free(&gram);
  }
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
