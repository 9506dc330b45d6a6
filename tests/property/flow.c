/* F1: the rescaled flow - rest at lambda / sum lambda, slope of log L, direction of W, independence of start, width and
 * loss, and agreement with plain gradient descent in small steps. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "lfap.h"

static lfap_data alternating(uint64_t seed, size_t n, size_t d) {
  lfap_data data = {0};
  cr_assert_eq(lfap_gen_uniform(NULL, &data, seed, n, d), LFAP_OK);
  for (size_t i = 0; i < n; i++) data.y[i] = i % 2 ? -1.0 : 1.0;
  return data;
}

static lfap_train_opts flow_to(double target, size_t steps) {
  lfap_train_opts o;
  lfap_train_defaults(&o, LFAP_METHOD_FLOW);
  o.log_loss_target = target;
  o.epochs = steps;
  return o;
}

static void train(lfap_net *net, lfap_history *h, const lfap_data *D, const lfap_train_opts *o) {
  lfap_ctx ctx = {.threads = 1};
  cr_assert_eq(lfap_train(&ctx, net, h, D, o), LFAP_OK, "%s", ctx.message);
}

Test(flow, rests_at_the_normalised_multipliers) {
  struct { size_t n, d, m; double gamma; lfap_loss loss; } c[] = {
      {2, 4000, 10, 0.9, LFAP_LOSS_EXP}, {6, 3000, 8, 0.5, LFAP_LOSS_EXP}, {6, 3000, 20, 0.5, LFAP_LOSS_LOGISTIC},
      {20, 8000, 6, 0.3, LFAP_LOSS_EXP}};
  for (size_t i = 0; i < 4; i++) {
    lfap_data D = alternating(i, c[i].n, c[i].d);
    lfap_net net = {0};
    lfap_history h = {0};
    lfap_limit l = {0};
    lfap_train_opts o = flow_to(-1e9, 5000);
    o.loss = c[i].loss;
    cr_assert_eq(lfap_net_init(NULL, &net, c[i].m, c[i].d, c[i].gamma, 50 + i, 1.0), LFAP_OK);
    cr_assert_eq(lfap_limit_solve(NULL, &l, &D, NULL, c[i].gamma), LFAP_OK);
    cr_assert(l.c1 && l.full);
    train(&net, &h, &D, &o);
    cr_assert(h.stationary && h.aligned, "case %zu: %zu steps, log L = %g", i, h.rows, h.log_loss);
    cr_assert_eq(h.log_loss, -1e9);
    double sum = 0;
    for (size_t n = 0; n < D.n; n++) sum += l.lambda[n];
    for (size_t n = 0; n < D.n; n++) cr_assert_float_eq(h.p[n], l.lambda[n] / sum, 1e-11 / (double)D.n);
    /* log L falls with slope -1/sum lambda over the tail */
    lfap_epoch a = h.row[h.rows - 2], b = h.row[h.rows - 1];
    cr_assert_float_eq((b.log_loss - a.log_loss) / (b.s - a.s) * sum, -1.0, 1e-9);
    lfap_limit_free(&l);
    lfap_history_free(&h);
    lfap_net_free(&net);
    lfap_data_free(&D);
  }
}

/* W of the flow against u and v of the limit (Q1): W = t (u.., v..) + O(W0), with t from the margins. */
Test(flow, weights_become_the_two_rows_of_the_limit) {
  enum { N = 5, D_ = 3000, M = 8 };
  lfap_data D = alternating(9, N, D_);
  lfap_net net = {0};
  lfap_limit l = {0};
  lfap_history h = {0};
  lfap_train_opts o = flow_to(-1e12, 5000);
  cr_assert_eq(lfap_net_init(NULL, &net, M, D_, 0.4, 3, 1.0), LFAP_OK);
  cr_assert_eq(lfap_limit_solve(NULL, &l, &D, NULL, 0.4), LFAP_OK);
  train(&net, &h, &D, &o);
  double q_min = INFINITY, f[N];
  cr_assert_eq(lfap_net_eval(NULL, f, &net, D.x, N), LFAP_OK);
  for (size_t n = 0; n < N; n++) q_min = fmin(q_min, D.y[n] * f[n]);
  for (size_t j = 0; j < M; j++) {
    double a = (j < M / 2 ? 1.0 : -1.0) / sqrt((double)M), err = 0, size = 0;
    for (size_t i = 0; i < D_; i++) {
      double row = 0;
      for (size_t n = 0; n < N; n++) {
        int steep = (D.y[n] > 0) == (a > 0);
        row += a * l.lambda[n] * D.y[n] * (steep ? 1.0 : 0.4) * D.x[n * D_ + i];
      }
      err += (net.w[j * D_ + i] / q_min - row) * (net.w[j * D_ + i] / q_min - row);
      size += row * row;
    }
    cr_assert_lt(sqrt(err / size), 1e-8, "row %zu", j);
  }
  lfap_history_free(&h);
  lfap_limit_free(&l);
  lfap_net_free(&net);
  lfap_data_free(&D);
}

/* The same way, taken slowly in W itself: gd with a small step reaches the same weights at the same loss. */
Test(flow, agrees_with_small_steps_of_gradient_descent) {
  enum { N = 4, D_ = 200, M = 6 };
  lfap_data D = alternating(11, N, D_);
  lfap_net a = {0}, b = {0};
  lfap_history ha = {0}, hb = {0};
  lfap_train_opts gd, o;
  lfap_train_defaults(&gd, LFAP_METHOD_GD);
  gd.lr = 2e-5;
  gd.epochs = 40000;
  cr_assert_eq(lfap_net_init(NULL, &a, M, D_, 0.5, 1, 1.0), LFAP_OK);
  cr_assert_eq(lfap_net_init(NULL, &b, M, D_, 0.5, 1, 1.0), LFAP_OK);
  double start[M * D_];
  memcpy(start, a.w, sizeof start);
  train(&a, &ha, &D, &gd);
  double target = ha.log_loss;
  cr_assert_lt(target, -0.5, "descent must have gone some way, log L = %g", target);
  o = flow_to(target, 100000);
  o.rtol = o.atol = 1e-9;
  o.lr = 1e-6;
  train(&b, &hb, &D, &o);
  /* the flow stops at the first step past the target: compare directions of motion, and its length to first order */
  double dot = 0, na = 0, nb = 0;
  for (size_t i = 0; i < M * D_; i++) {
    double p = a.w[i] - start[i], q = b.w[i] - start[i];
    dot += p * q;
    na += p * p;
    nb += q * q;
  }
  cr_assert_gt(dot / sqrt(na * nb), 1 - 1e-5);
  cr_assert_float_eq(sqrt(nb / na), 1.0, 0.05);
  lfap_history_free(&ha);
  lfap_history_free(&hb);
  lfap_net_free(&a);
  lfap_net_free(&b);
  lfap_data_free(&D);
}

Test(flow, budget_is_kept_and_nothing_claimed) {
  lfap_data D = alternating(2, 30, 60);
  lfap_net net = {0};
  lfap_history h = {0};
  lfap_train_opts o = flow_to(-1e9, 7);
  cr_assert_eq(lfap_net_init(NULL, &net, 6, 60, 0.2, 1, 1.0), LFAP_OK);
  train(&net, &h, &D, &o);
  cr_assert_eq(h.rows, 7);
  cr_assert_not(h.stationary);
  cr_assert_gt(h.log_loss, -1e9);
  lfap_history_free(&h);
  lfap_net_free(&net);
  lfap_data_free(&D);
}

Test(flow, threads_do_not_change_bits) {
  lfap_data D = alternating(3, 40, 2000);
  lfap_net a = {0}, b = {0};
  lfap_train_opts o = flow_to(-1e6, 3000);
  lfap_ctx one = {.threads = 1}, three = {.threads = 3};
  cr_assert_eq(lfap_net_init(NULL, &a, 60, 2000, 0.5, 4, 1.0), LFAP_OK);
  cr_assert_eq(lfap_net_init(NULL, &b, 60, 2000, 0.5, 4, 1.0), LFAP_OK);
  cr_assert_eq(lfap_train(&one, &a, NULL, &D, &o), LFAP_OK);
  cr_assert_eq(lfap_train(&three, &b, NULL, &D, &o), LFAP_OK);
  cr_assert_arr_eq(a.w, b.w, 60 * 2000 * sizeof(double));
  lfap_net_free(&a);
  lfap_net_free(&b);
  lfap_data_free(&D);
}
