/* Tests of src/limit/polish.c, pattern.c, boxed.c and c4.c (C3, C4; spec/numerics.md N15): values worked out by hand. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "lfap.h"

static void near(double a, double b) { cr_assert_float_eq(a, b, 1e-14 * fmax(1.0, fabs(b)), "%.17g, not %.17g", a, b); }

static lfap_status polish(lfap_ctx *ctx, lfap_polished *p, size_t m, size_t n, size_t d, double gamma, double *x, double *y, double *w) {
  lfap_data data = {.n = n, .d = d, .x = x, .y = y};
  lfap_set set = {.data = &data};
  lfap_net net = {.m = m, .d = d, .gamma = gamma, .w = w};
  lfap_status st = lfap_polish(ctx, p, &net, &set);
  lfap_set_free(&set);
  return st;
}

static lfap_c4 c4(const lfap_polished *p, size_t m, size_t n, size_t d, double *x, double *y, double *w, lfap_loss loss, double step) {
  lfap_data data = {.n = n, .d = d, .x = x, .y = y};
  lfap_net net = {.m = m, .d = d, .gamma = p->net.gamma, .w = w};
  lfap_ctx ctx = {0};
  lfap_c4 c = {0};
  cr_assert_eq(lfap_c4_of(&ctx, &c, &net, p, &data, loss, step), LFAP_OK, "%s", ctx.message);
  return c;
}

/* One sample (2, 0) at gamma = 1/2: h_own = lambda x, h_other = lambda x/2, q = 2 lambda (1 + gamma^2) = 1. */
Test(polish, one_sample) {
  double x[2] = {2, 0}, y[1] = {1}, w[4] = {0.3, 1, -0.1, 2}, r = 0.4 / sqrt(2.0);
  lfap_polished p;
  cr_assert_eq(polish(NULL, &p, 2, 1, 2, 0.5, x, y, w), LFAP_OK);
  cr_assert(p.holds && p.settled && p.rounds == 1 && p.flipped == 0 && p.support == 1 && p.kinks == 0 && p.own_kinks == 0);
  near(p.lambda[0], 0.4);
  near(p.net.w[0], 2 * r);
  near(p.net.w[2], -r);
  cr_assert(p.net.w[1] == 0.0 && p.net.w[3] == 0.0 && p.slope[0] == 1.0 && p.slope[1] == 0.5);
  near(p.own_min, 1.6); /* <h, x> = 4 lambda */
  near(p.margin, 1.0 / sqrt(0.4));
  near(p.cosine, (0.3 * 2 * r + 0.1 * r) / (sqrt(0.09 + 1 + 0.01 + 4) * sqrt(0.4)));
  near(p.margin_given, (0.3 * 2 + 0.5 * 0.2) / sqrt(2.0) / sqrt(5.1));
  cr_assert(p.residual < 1e-15 && p.slackness < 1e-15 && p.kink_most == 0.0);
  lfap_polished_free(&p);
}

/* From an own neuron that is off: lambda = 1/(4 gamma^2), its pre-activation comes out positive, and is turned. */
Test(polish, a_wrong_own_pair_is_turned) {
  double x[2] = {2, 0}, y[1] = {1}, w[4] = {-0.3, 1, -0.1, 2};
  lfap_polished p;
  cr_assert_eq(polish(NULL, &p, 2, 1, 2, 0.5, x, y, w), LFAP_OK);
  cr_assert(p.holds && p.rounds == 2 && p.flipped == 1 && p.slope[0] == 1.0);
  near(p.lambda[0], 0.4);
  lfap_polished_free(&p);
}

/* Zero rows are off; so is the whole network: the same point. */
Test(polish, a_network_of_zeros) {
  double x[2] = {2, 0}, y[1] = {1}, w[4] = {0};
  lfap_polished p;
  cr_assert_eq(polish(NULL, &p, 2, 1, 2, 0.5, x, y, w), LFAP_OK);
  cr_assert(p.holds && p.rounds == 2 && p.flipped == 1 && p.margin_given == 0.0 && isnan(p.cosine));
  near(p.lambda[0], 0.4);
  lfap_polished_free(&p);
}

/* XOR with four neurons, which no linear boundary separates: lambda = 2/(1 - gamma)^2 at every sample, rows (1 - gamma)
   lambda/2 times (1, 1), (-1, -1), (1, -1), (-1, 1). x and -x are at a kink of the same neuron: dependent, c is not unique. */
Test(polish, xor_with_dependent_samples_at_kinks) {
  double x[8] = {1, 1, -1, -1, 1, -1, -1, 1}, y[4] = {1, 1, -1, -1}, w[8] = {1, 1, -1, -1, 1, -1, -1, 1};
  lfap_polished p;
  lfap_ctx ctx = {0};
  cr_assert_eq(polish(&ctx, &p, 4, 4, 2, 0.5, x, y, w), LFAP_OK, "%s", ctx.message);
  cr_assert(p.holds && p.support == 4 && p.own_kinks == 0 && p.rounds == 1);
  for (size_t i = 0; i < 8; i++) near(p.net.w[i], 2 * w[i]);
  near(p.lambda[0] + p.lambda[1] + p.lambda[2] + p.lambda[3], 32);
  near(p.margin, 1 / sqrt(32.0));
  near(p.cosine, 1);
  near(p.own_min, 8); /* sqrt(4) <(2, 2), (1, 1)> */
  lfap_c4 c = c4(&p, 4, 4, 2, x, y, p.net.w, LFAP_LOSS_EXP, 0);
  cr_assert(c.holds && c.angle < 1e-15 && c.spread < 1e-14 && c.length_least < 1e-12, "uniform multipliers spread by nothing");
  near(c.length, 1);
  near(c.angle_most, atan(4 / (sqrt(2.0) * sqrt(32.0))));
  c = c4(&p, 4, 4, 2, x, y, w, LFAP_LOSS_LOGISTIC, 0.125);
  near(c.length, 0.5);
  near(c.spread, log(2) + 0.5 * (2 - 1.0 / 32) * 0.125);
  near(c.length_least, c.spread * 2 * 32); /* kept above 0 by h = 1 of every margin, and not by h = 4 of the own pairs */
  near(c.angle_most, atan(1 / (sqrt(2.0) * sqrt(32.0))));
  cr_assert(!c.holds, "too short");
  lfap_polished_free(&p);
}

/* Two neurons cannot do XOR. */
Test(polish, infeasible) {
  double x[8] = {1, 1, -1, -1, 1, -1, -1, 1}, y[4] = {1, 1, -1, -1}, w[4] = {1, 1, 1, -1};
  lfap_polished p = {.rounds = 77};
  lfap_ctx ctx = {0};
  cr_assert_eq(polish(&ctx, &p, 2, 4, 2, 0.5, x, y, w), LFAP_ERR_INFEASIBLE);
  cr_assert_eq(p.rounds, 77, "left untouched");
  cr_assert(strstr(ctx.message, "pattern"), "%s", ctx.message);
}

/* Samples (1, 0), (-2, -2) of one class at gamma = 1/2, the own neuron on at the first alone: lambda = (4, 2), h = 4 x_1 + x_2 = (2, -2), which
   is orthogonal to x_2: a KKT point, but not one that doubles tell. */
Test(polish, an_own_kink_is_undecided) {
  double x[4] = {1, 0, -2, -2}, y[2] = {1, 1}, w[4] = {1, -0.5, 1, 1};
  lfap_polished p;
  cr_assert_eq(polish(NULL, &p, 2, 2, 2, 0.5, x, y, w), LFAP_OK);
  cr_assert(p.settled && !p.holds && p.own_kinks == 1 && p.support == 2 && p.own_min < 1e-14);
  near(p.lambda[0], 4);
  near(p.lambda[1], 2);
  near(p.net.w[0], sqrt(2));
  near(p.net.w[1], -sqrt(2));
  cr_assert(p.residual < 1e-15 && p.slackness < 1e-15);
  cr_assert(!c4(&p, 2, 2, 2, x, y, p.net.w, LFAP_LOSS_EXP, 0).holds);
  lfap_polished_free(&p);
}

/* From own neurons that are on everywhere the point is C2's, whose rows are U and V over sqrt(m). */
static void assert_c2s(uint64_t seed, size_t n, size_t d, size_t m, double gamma) {
  lfap_ctx ctx = {.threads = 2};
  lfap_data data = {0};
  lfap_limit l = {0};
  lfap_net net = {0};
  lfap_polished p;
  cr_assert_eq(lfap_gen_uniform(&ctx, &data, seed, n, d), LFAP_OK);
  cr_assert_eq(lfap_limit_solve(&ctx, &l, &data, NULL, gamma), LFAP_OK);
  cr_assert(l.c2.holds && l.c2.kinks > 0, "%zu kinks", l.c2.kinks);
  cr_assert_eq(lfap_net_alloc(&ctx, &net, m, d, gamma), LFAP_OK);
  for (size_t j = 0; j < m; j++)
    for (size_t i = 0; i < n; i++)
      for (size_t k = 0; k < d; k++) net.w[j * d + k] += ((data.y[i] > 0) == (j < m / 2) ? 1.0 : -0.1) * data.x[i * d + k];
  lfap_set set = {.data = &data};
  cr_assert_eq(lfap_polish(&ctx, &p, &net, &set), LFAP_OK, "%s", ctx.message);
  cr_assert(p.holds && p.rounds == 1 && p.flipped == 0);
  cr_assert_eq(p.kinks, l.c2.kinks * m / 2);
  for (size_t i = 0; i < n; i++) cr_assert_float_eq(p.lambda[i], l.lambda[i], 1e-11 * l.lambda[i]);
  for (size_t j = 0; j < m; j++)
    for (size_t k = 0; k < d; k++) {
      double row = 0;
      for (size_t i = 0; i < n; i++)
        row += ((data.y[i] > 0) == (j < m / 2) ? 1.0 : l.c2.slope[i]) * l.lambda[i] * data.y[i] * data.x[i * d + k];
      cr_assert_float_eq(p.net.w[j * d + k], (j < m / 2 ? row : -row) / sqrt((double)m), 1e-11);
    }
  lfap_polished_free(&p);
  lfap_net_free(&net);
  lfap_limit_free(&l);
  lfap_data_free(&data);
  lfap_set_free(&set);
}

Test(polish, all_on_is_c2) {
  assert_c2s(1, 20, 300, 6, 0.01);
  assert_c2s(2, 30, 200, 2, 0.1);
  assert_c2s(3, 12, 400, 40, 0.001);
}

/* C4's figures from their definitions, at an angle small enough that 1 - cos^2 would lose it. */
Test(polish, c4_at_a_small_angle) {
  double x[4] = {2, 0, 0, 1}, y[2] = {1, -1}, w[4] = {1, -0.5, 0.5, -1}, v[4];
  lfap_polished p;
  cr_assert_eq(polish(NULL, &p, 2, 2, 2, 0.5, x, y, w), LFAP_OK);
  cr_assert(p.holds);
  near(p.lambda[0], 0.4); /* orthogonal: each sample alone */
  near(p.lambda[1], 1.6);
  double size = sqrt(2.0), nu = 0.5;
  for (size_t i = 0; i < 4; i++) v[i] = 100 * p.net.w[i];
  v[0] += 1e-9 * p.net.w[1], v[1] -= 1e-9 * p.net.w[0];
  lfap_c4 c = c4(&p, 2, 2, 2, x, y, v, LFAP_LOSS_EXP, 0);
  double off = 1e-11 * hypot(p.net.w[0], p.net.w[1]) / size;
  cr_assert_float_eq(c.angle, off, 1e-4 * off, "%g, not %g", c.angle, off);
  near(c.length, 100);
  near(c.spread, log(2) + 0.2 * log(0.2) + 0.8 * log(0.8));
  /* own pairs: h = lambda |x|^2/sqrt 2 of each sample */
  double h0 = 1.6 / size, h1 = 1.6 / size;
  near(c.angle_most, atan(fmin(h0 / 2, h1) / size));
  near(c.length_least, c.spread / nu * fmax(4 / (h0 * h0), 1 / (h1 * h1)));
  cr_assert(c.holds);
  for (size_t i = 0; i < 4; i++) v[i] = ldexp(v[i], 500);
  near(ldexp(c4(&p, 2, 2, 2, x, y, v, LFAP_LOSS_EXP, 0).length, -500), 100);
  lfap_polished_free(&p);
}

Test(polish, what_does_not_fit_is_told) {
  double x[4] = {2, 0, 0, 1}, y[2] = {1, -1}, w[4] = {1, -0.5, NAN, -1};
  lfap_ctx ctx = {0};
  lfap_polished p;
  cr_assert_eq(polish(&ctx, &p, 2, 2, 2, 0.5, x, y, w), LFAP_ERR_DATA);
  cr_assert(strstr(ctx.message, "weight [1, 0]"), "%s", ctx.message);
  w[2] = 0;
  cr_assert_eq(polish(&ctx, &p, 1, 2, 2, 0.5, x, y, w), LFAP_ERR_DATA);
  cr_assert_eq(polish(&ctx, &p, 2, 2, 2, 1.5, x, y, w), LFAP_ERR_DATA);
  x[3] = 0;
  cr_assert_eq(polish(&ctx, &p, 2, 2, 2, 0.5, x, y, w), LFAP_ERR_DATA, "a sample of zeros");
  x[3] = 1;
  lfap_data data = {.n = 2, .d = 2, .x = x, .y = y};
  lfap_net wide = {.m = 2, .d = 1, .gamma = 0.5, .w = w};
  lfap_set set = {.data = &data};
  cr_assert_eq(lfap_polish(&ctx, &p, &wide, &set), LFAP_ERR_DATA);
  cr_assert_eq(polish(&ctx, &p, 2, 2, 2, 0.5, x, y, w), LFAP_OK);
  lfap_c4 c;
  cr_assert_eq(lfap_c4_of(&ctx, &c, &wide, &p, &data, LFAP_LOSS_EXP, 0), LFAP_ERR_DATA);
  lfap_net steep = {.m = 2, .d = 2, .gamma = 0.25, .w = w}, net = {.m = 2, .d = 2, .gamma = 0.5, .w = w};
  cr_assert_eq(lfap_c4_of(&ctx, &c, &steep, &p, &data, LFAP_LOSS_EXP, 0), LFAP_ERR_DATA);
  cr_assert_eq(lfap_c4_of(&ctx, &c, &net, &p, &data, LFAP_LOSS_EXP, -1), LFAP_ERR_USAGE);
  lfap_polished_free(&p);
}
