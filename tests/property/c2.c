/* C2 as a whole (spec/theory.md section 2; spec/numerics.md N6a): the conditions of (CP) in long double, from the samples alone. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "lfap.h"

static lfap_limit limit_by(const lfap_data *data, double gamma, const lfap_limit_opts *o) {
  lfap_limit l = {0};
  lfap_ctx ctx = {.threads = 2};
  cr_assert_eq(lfap_limit_solve_opts(&ctx, &l, data, NULL, gamma, o), LFAP_OK, "%s", ctx.message);
  return l;
}

static long double product(const lfap_data *D, size_t n, size_t k) {
  long double g = 0;
  for (size_t i = 0; i < D->d; i++) g += (long double)D->x[n * D->d + i] * D->x[k * D->d + i];
  return g;
}

/* own_n and other_n straight from U and V. */
static void pre_activations(long double *own, long double *other, const lfap_data *D, const lfap_limit *l, size_t n) {
  *own = *other = 0;
  for (size_t k = 0; k < D->n; k++) {
    long double t = D->y[n] * D->y[k] * product(D, n, k), full = (long double)l->c2.alpha[k] + l->c2.beta[k],
                bent = (long double)l->gamma * l->c2.alpha[k] + l->c2.beta[k];
    *own += t * (D->y[n] == D->y[k] ? full : bent);
    *other -= t * (D->y[n] == D->y[k] ? bent : full);
  }
}

/* Conditions, slopes, omega, w, figures. */
static void assert_c2(const lfap_data *D, const lfap_limit *l) {
  const lfap_c2 *c = &l->c2;
  size_t kinks = 0;
  long double least = INFINITY;
  for (size_t n = 0; n < D->n; n++) {
    long double own, other, g = l->gamma;
    pre_activations(&own, &other, D, l, n);
    long double bent = (own - g * other) / 2 - 1, straight = (own - other) / 2 - 1;
    cr_assert(c->alpha[n] > 0 ? fabsl(bent) < 1e-12L : bent > -1e-12L, "s = gamma, sample %zu: %Lg", n, bent);
    cr_assert(c->beta[n] > 0 ? fabsl(straight) < 1e-12L : straight > -1e-12L, "s = 1, sample %zu: %Lg", n, straight);
    cr_assert_lt(fabsl(own - c->own[n]) + fabsl(other - c->other[n]), 1e-12L);
    cr_assert_eq(l->lambda[n], c->alpha[n] + c->beta[n]);
    cr_assert_eq(l->omega[n], c->alpha[n] + 2.0 * c->beta[n] / (1.0 + l->gamma));
    if (l->lambda[n] > 0) {
      cr_assert_float_eq(c->slope[n], (l->gamma * c->alpha[n] + c->beta[n]) / l->lambda[n], 1e-15);
      least = fminl(least, own);
    } else cr_assert_eq(c->slope[n], other > 0 ? 1.0 : l->gamma);
    kinks += c->alpha[n] > 0 && c->beta[n] > 0;
  }
  cr_assert_eq(kinks, c->kinks);
  cr_assert_lt(fabsl(least - c->own_support), 1e-12L);
  cr_assert_eq(c->own[c->own_at], c->own_support);
  cr_assert(c->solved && c->separable == 1 && c->decided && c->holds == (least > 0));
  for (size_t i = 0; i < D->d; i++) {
    long double w = 0;
    for (size_t n = 0; n < D->n; n++) w += (long double)l->omega[n] * D->y[n] * D->x[n * D->d + i];
    cr_assert_lt(fabsl(w - l->w[i]), 1e-14L);
  }
}

Test(c2, small_slopes_bend_and_are_solved_from_everything) {
  size_t bent = 0;
  for (uint64_t seed = 0; seed < 12; seed++) {
    lfap_data D = {0};
    double gamma = seed % 3 == 0 ? 0.01 : 0.1 * (double)(seed % 5 + 1);
    cr_assert_eq(lfap_gen_uniform(NULL, &D, seed, 20 + 3 * seed, 60 + 30 * (seed % 4)), LFAP_OK);
    lfap_limit a = limit_by(&D, gamma, NULL);
    assert_c2(&D, &a);
    cr_assert(a.c2.settled && a.c2.residual <= LFAP_RESIDUAL_MOST && isfinite(a.c2.ball));
    bent += a.c2.bent > 0;
    const lfap_limit_opts ways[] = {{.solver = LFAP_SOLVER_CG}, {.memory_limit = lfap_limit_bytes(D.n, D.d, 1, 2)}, {.memory_limit = lfap_limit_bytes(D.n, D.d, 0, 2)}};
    for (size_t k = 0; k < 3; k++) {
      lfap_limit b = limit_by(&D, gamma, &ways[k]);
      assert_c2(&D, &b);
      for (size_t n = 0; n < D.n; n++) cr_assert_float_eq(a.lambda[n], b.lambda[n], 1e-11 * a.lambda[n] + 1e-14, "way %zu, seed %zu", k, (size_t)seed);
      lfap_limit_free(&b);
    }
    lfap_limit_free(&a);
    lfap_data_free(&D);
  }
  cr_assert_geq(bent, 8, "%zu sets with kinks", bent);
}

/* x = (1, 0.1), (-1, 0.1), both of label +1: w = (0, w_2), the local minimiser that is not the global one. */
Test(c2, the_example_of_two_samples) {
  double x[] = {1, 0.1, -1, 0.1}, y[] = {1, 1};
  lfap_data D = {.n = 2, .d = 2, .x = x, .y = y};
  lfap_limit l = limit_by(&D, 0.5, NULL);
  assert_c2(&D, &l);
  cr_assert(l.c2.bent == 0 && l.c2.holds && l.c1);
  for (size_t n = 0; n < 2; n++) { /* U = (0, 16), V = (0, -8) */
    cr_assert_float_eq(l.lambda[n], 80, 1e-11);
    cr_assert_float_eq(l.c2.own[n], 1.6, 1e-13);
    cr_assert_float_eq(l.c2.other[n], -0.8, 1e-13);
    cr_assert_eq(l.c2.slope[n], 0.5);
  }
  cr_assert_float_eq(l.c2.kappa_obt, 0.99 / 1.01, 1e-15);
  cr_assert_eq(lfap_limit_margin(NULL, &l, &D, NULL, NULL), LFAP_OK);
  cr_assert_float_eq(l.c2.margin_lin, 0.1, 1e-14);
  cr_assert_float_eq(l.c2.margin_most, 0.1, 1e-14);
  lfap_limit_free(&l);
}

/* x = (1, 0), (0.5, 3), labels +1, -1, gamma = 0.1: the second bends. other_2 = 0.5 l_1 - 9.25 b_2 = 0 and own_2 = 9.25 l_2 - 0.05 l_1 = 2
   with b_2 = s_2 l_2, and the first has own_1 - 0.1 other_1 = 1.01 l_1 - 0.5 b_2 - 0.05 l_2 = 2. */
Test(c2, one_kink_by_hand) {
  double x[] = {1, 0, 0.5, 3}, y[] = {1, -1}, l_1 = (2 + 0.1 / 9.25) / (1.01 - 0.2525 / 9.25), l_2 = (2 + 0.05 * l_1) / 9.25, b_2 = 0.5 * l_1 / 9.25;
  lfap_data D = {.n = 2, .d = 2, .x = x, .y = y};
  lfap_limit l = limit_by(&D, 0.1, NULL);
  assert_c2(&D, &l);
  cr_assert_eq(l.c1b, 1);
  cr_assert(l.c2.bent == 1 && l.c2.kinks == 1 && l.c2.active == 3 && !l.c1, "%zu, %zu", l.c2.bent, l.c2.kinks);
  cr_assert_float_eq(l.lambda[0], l_1, 1e-14);
  cr_assert_float_eq(l.lambda[1], l_2, 1e-14);
  cr_assert_float_eq(l.c2.slope[1], b_2 / l_2, 1e-14);
  cr_assert_float_eq(l.c2.other[1], 0, 1e-15);
  cr_assert_float_eq(l.c2.own[1], 2, 1e-15);
  cr_assert_float_eq(l.w[1], -3 * (l_2 + b_2) / 1.1, 1e-14, "(U - V)/(1 + gamma) there");
  lfap_limit_free(&l);
}

/* Samples of one class in a half-space each, and no linear boundary: C1's form is solved, (CP) proved to have no solution. */
Test(c2, what_no_line_separates_says_so_and_stays_as_it_was) {
  double x[] = {1, 1, 1, -1, 2, 0, 0, 3, 0, -3}, y[] = {1, 1, -1, 1, 1};
  lfap_data D = {.n = 3, .d = 2, .x = x, .y = y};
  lfap_limit l = limit_by(&D, 0.5, NULL);
  cr_assert(!l.c2.solved && l.c2.separable == 0 && l.c2.bent == 0 && !l.c2.holds && isnan(l.c2.own_min) && isnan(l.c2.margin_lin));
  cr_assert_arr_eq(l.lambda, l.lambda_q, 3 * sizeof(double));
  cr_assert_arr_eq(l.omega, l.lambda_q, 3 * sizeof(double));
  cr_assert_eq(lfap_limit_margin(NULL, &l, &D, NULL, NULL), LFAP_OK);
  cr_assert(isnan(l.c2.margin_lin));
  lfap_limit_free(&l);
}

Test(c2, threads_and_a_given_gram_matrix_do_not_change_bits) {
  lfap_data D = {0};
  cr_assert_eq(lfap_gen_uniform(NULL, &D, 3, 60, 300), LFAP_OK);
  static double G[60 * 60];
  cr_assert_eq(lfap_gram(NULL, G, D.x, 60, 300), LFAP_OK);
  lfap_ctx one = {.threads = 1}, three = {.threads = 3};
  lfap_limit a = {0}, b = {0};
  cr_assert_eq(lfap_limit_solve(&one, &a, &D, NULL, 0.01), LFAP_OK);
  cr_assert_eq(lfap_limit_solve(&three, &b, &D, G, 0.01), LFAP_OK);
  cr_assert_gt(a.c2.kinks, 0);
  cr_assert_arr_eq(a.lambda, b.lambda, 60 * sizeof(double));
  cr_assert_arr_eq(a.w, b.w, 300 * sizeof(double));
  cr_assert_arr_eq(a.c2.own, b.c2.own, 60 * sizeof(double));
  lfap_limit_free(&a);
  lfap_limit_free(&b);
  lfap_data_free(&D);
}

/* 2 N above 2048: supports by conjugate gradients, one factor of the last, improved with that. */
Test(c2, supports_by_rough_solutions_are_those_of_factors, .timeout = 600) {
  lfap_data D = {0};
  cr_assert_eq(lfap_gen_uniform(NULL, &D, 11, 1100, 1100), LFAP_OK);
  lfap_limit a = limit_by(&D, 0.01, NULL), b = limit_by(&D, 0.01, &(lfap_limit_opts){.solver = LFAP_SOLVER_DIRECT});
  cr_assert(a.c2.iterations > 0 && b.c2.iterations == 0 && a.c2.bent > 100);
  cr_assert(a.c2.settled && b.c2.settled && a.c2.error == b.c2.error);
  cr_assert_arr_eq(a.c2.alpha, b.c2.alpha, D.n * sizeof(double), "the same bits");
  cr_assert_arr_eq(a.c2.beta, b.c2.beta, D.n * sizeof(double), "the same bits");
  cr_assert_arr_eq(a.w, b.w, D.d * sizeof(double), "the same bits");
  lfap_limit_free(&a);
  lfap_limit_free(&b);
  lfap_data_free(&D);
}
