/* K1: exact KKT points have no residual, other weights have the residual a direct minimisation gives. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "lfap.h"

enum { N = 5, D_ = 400, M = 6 };

typedef struct {
  lfap_data data;
  lfap_limit lim;
  lfap_net net;
} fixture;

static fixture made(void) {
  fixture f = {0};
  cr_assert_eq(lfap_gen_gauss(NULL, &f.data, 21, N, D_), LFAP_OK);
  for (size_t i = 0; i < N; i++) f.data.y[i] = i % 2 ? -1 : 1;
  cr_assert_eq(lfap_limit_solve(NULL, &f.lim, &f.data, NULL, 0.5), LFAP_OK);
  cr_assert(f.lim.c1);
  cr_assert_eq(lfap_net_init(NULL, &f.net, M, D_, 0.5, 4, 1.0), LFAP_OK);
  return f;
}

static void drop(fixture *f) {
  lfap_data_free(&f->data);
  lfap_limit_free(&f->lim);
  lfap_net_free(&f->net);
}

/* The KKT point of Q1, scaled by `scale`. */
static void set_to_limit(fixture *f, double scale) {
  for (size_t j = 0; j < M; j++)
    for (size_t i = 0; i < D_; i++) {
      double s = (j < M / 2 ? 1.0 : -1.0) / sqrt(M), w = 0;
      for (size_t n = 0; n < N; n++)
        w += f->lim.lambda[n] * f->data.y[n] * ((f->data.y[n] > 0) == (s > 0) ? 1.0 : 0.5) * f->data.x[n * D_ + i];
      f->net.w[j * D_ + i] = scale * s * w;
    }
}

Test(kkt, the_limit_is_a_kkt_point) {
  fixture f = made();
  for (double scale = 1.0; scale < 1e9; scale *= 1e4) {
    lfap_k1 k = {0};
    set_to_limit(&f, scale);
    cr_assert_eq(lfap_k1_of(NULL, &k, &f.net, &f.data, &f.lim, NULL, 0), LFAP_OK);
    cr_assert_lt(k.residual, 1e-14);
    cr_assert_float_eq(k.margin_min, scale, 1e-13 * scale);
    cr_assert_lt(fabs(k.slackness), 1e-14);
    cr_assert_lt(k.outside_rank2, 1e-14);
    cr_assert_lt(k.row_spread, 1e-14);
    cr_assert_eq(k.pattern_aligned, 1.0);
    cr_assert_gt(k.cosine, 1 - 1e-14);
    cr_assert_eq(k.agreement, 1.0);
    cr_assert_eq(k.probes, N);
    double size = 0; /* normalised margin: q_min/||W||, and ||W||^2 = sum lambda at a KKT point */
    for (size_t n = 0; n < N; n++) size += f.lim.lambda[n];
    cr_assert_float_eq(k.margin, 1 / sqrt(size), 1e-12);
  }
  drop(&f);
}

/* Adding a component orthogonal to all gradients: the residual is its share of the norm, exactly. */
Test(kkt, residual_of_a_known_deviation) {
  fixture f = made();
  set_to_limit(&f, 1.0);
  double e[D_], size = 0, norm2 = 0;
  for (size_t i = 0; i < D_; i++) e[i] = sin((double)i + 1);
  for (int pass = 0; pass < 300; pass++) /* project out the samples (they are nearly orthogonal) */
    for (size_t n = 0; n < N; n++) {
      double c = 0, g = 0;
      for (size_t i = 0; i < D_; i++) c += e[i] * f.data.x[n * D_ + i], g += f.data.x[n * D_ + i] * f.data.x[n * D_ + i];
      for (size_t i = 0; i < D_; i++) e[i] -= c / g * f.data.x[n * D_ + i];
    }
  for (size_t i = 0; i < D_; i++) f.net.w[2 * D_ + i] += 0.01 * e[i], size += 1e-4 * e[i] * e[i];
  for (size_t i = 0; i < M * D_; i++) norm2 += f.net.w[i] * f.net.w[i];
  lfap_k1 k = {0};
  cr_assert_eq(lfap_k1_of(NULL, &k, &f.net, &f.data, &f.lim, NULL, 0), LFAP_OK);
  cr_assert_float_eq(k.residual, sqrt(size / norm2), 1e-12);
  cr_assert_gt(k.row_spread, 0.0);
  drop(&f);
}

/* The residual is a minimum: no other nonnegative multipliers do better; and it is reached to first order. */
Test(kkt, no_multipliers_beat_the_residual) {
  fixture f = made();
  lfap_k1 k = {0};
  lfap_train_opts o;
  lfap_train_defaults(&o, LFAP_METHOD_GD);
  o.epochs = 400;
  o.lr = 0.02;
  cr_assert_eq(lfap_train(NULL, &f.net, NULL, &f.data, &o), LFAP_OK);
  cr_assert_eq(lfap_k1_of(NULL, &k, &f.net, &f.data, &f.lim, NULL, 0), LFAP_OK);
  cr_assert(k.residual > 1e-3 && k.residual < 1.0, "an unconverged network, residual %g", k.residual);
  double norm2 = 0, best = INFINITY;
  for (size_t i = 0; i < M * D_; i++) norm2 += f.net.w[i] * f.net.w[i];
  lfap_data rival = {0};
  cr_assert_eq(lfap_gen_uniform(NULL, &rival, 5, 300, N), LFAP_OK);
  for (size_t r = 0; r < 300; r++) {
    double res2 = 0;
    for (size_t j = 0; j < M; j++) {
      double row[D_];
      memcpy(row, f.net.w + j * D_, sizeof row);
      for (size_t i = 0; i < D_; i++) row[i] /= k.margin_min;
      for (size_t n = 0; n < N; n++) {
        double z = 0, l = f.lim.lambda[n] * (1 + 0.5 * rival.x[r * N + n]);
        for (size_t i = 0; i < D_; i++) z += f.net.w[j * D_ + i] * f.data.x[n * D_ + i];
        double c = (j < M / 2 ? 1 : -1) / sqrt(M) * l * f.data.y[n] * (z > 0 ? 1 : 0.5);
        for (size_t i = 0; i < D_; i++) row[i] -= c * f.data.x[n * D_ + i];
      }
      for (size_t i = 0; i < D_; i++) res2 += row[i] * row[i];
    }
    double res = sqrt(res2 / norm2) * k.margin_min;
    if (res < best) best = res;
  }
  cr_assert_geq(best, k.residual * (1 - 1e-12));
  cr_assert_lt(best, 3 * k.residual + 0.5, "the rivals are in the neighbourhood");
  lfap_data_free(&rival);
  drop(&f);
}

Test(kkt, wrong_margins_have_no_residual) {
  fixture f = made();
  lfap_k1 k = {0};
  set_to_limit(&f, 1.0);
  for (size_t i = 0; i < M * D_; i++) f.net.w[i] = -f.net.w[i];
  cr_assert_eq(lfap_k1_of(NULL, &k, &f.net, &f.data, &f.lim, NULL, 0), LFAP_OK);
  cr_assert_lt(k.margin_min, 0.0);
  cr_assert(isnan(k.residual) && isnan(k.slackness));
  cr_assert_float_eq(k.cosine, -1.0, 1e-14);
  cr_assert_eq(k.agreement, 0.0);
  drop(&f);
}

Test(kkt, zero_weights_and_other_sizes_are_refused) {
  fixture f = made();
  lfap_k1 k = {0};
  lfap_ctx ctx = {0};
  memset(f.net.w, 0, M * D_ * sizeof(double));
  cr_assert_eq(lfap_k1_of(&ctx, &k, &f.net, &f.data, &f.lim, NULL, 0), LFAP_ERR_DATA);
  f.net.d = D_ - 1;
  cr_assert_eq(lfap_k1_of(&ctx, &k, &f.net, &f.data, &f.lim, NULL, 0), LFAP_ERR_DATA);
  f.net.d = D_;
  drop(&f);
}
