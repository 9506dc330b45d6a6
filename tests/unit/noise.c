/* Outlooks on noise: typical values against draws, the union bound against its own formula and against draws, and the
 * costs against what a limit says of its memory. */
#include <criterion/criterion.h>
#include <math.h>

#include "study/cost.h"
#include "study/noise.h"

static lfap_data draw(lfap_study_kind law, uint64_t seed, size_t n, size_t d) {
  lfap_data D = {0};
  cr_assert_eq(law == LFAP_STUDY_GAUSS ? lfap_gen_gauss(NULL, &D, seed, n, d) : lfap_gen_uniform(NULL, &D, seed, n, d),
               LFAP_OK);
  return D;
}

/* How the conditions came out. */
typedef struct {
  double value[LFAP_NOISE_ASKED];
  int met[LFAP_NOISE_ASKED];
} outcome;

static outcome outcome_of(const lfap_data *D, double gamma) {
  lfap_limit l = {0};
  lfap_limit_opts o = {.best_effort = 1};
  lfap_ctx ctx = {.threads = 1};
  outcome r = {{0}, {0}};
  cr_assert_eq(lfap_limit_solve_opts(&ctx, &l, D, NULL, gamma, &o), LFAP_OK, "%s", ctx.message);
  cr_assert_eq(lfap_limit_margin(&ctx, &l, D, NULL, &o), LFAP_OK);
  double cube = gamma * gamma * gamma, obt = l.c2.kappa_obt;
  r.value[LFAP_NOISE_H] = l.hyp.lhs / l.hyp.rhs;
  r.value[LFAP_NOISE_H_STAR] = r.value[LFAP_NOISE_C] = l.row_kappa;
  r.value[LFAP_NOISE_OBT_T1] = r.value[LFAP_NOISE_OBT_C1] = r.value[LFAP_NOISE_OBT_C2] = obt;
  r.value[LFAP_NOISE_MARGIN] = l.c2.margin_lin / sqrt(l.hyp.r_max2);
  r.value[LFAP_NOISE_C1] = r.value[LFAP_NOISE_SEPARABLE] = NAN; /* not one number of a draw */
  r.met[LFAP_NOISE_H] = l.hyp.holds;
  r.met[LFAP_NOISE_H_STAR] = l.row_kappa < l.h_star;
  r.met[LFAP_NOISE_C] = l.row_kappa < l.c_bound;
  r.met[LFAP_NOISE_OBT_T1] = obt < cube / (1 + gamma);
  r.met[LFAP_NOISE_OBT_C1] = obt < gamma / (1 + gamma);
  r.met[LFAP_NOISE_OBT_C2] = obt < 2 * sqrt(5) - 4;
  r.met[LFAP_NOISE_C1] = l.c1;
  r.met[LFAP_NOISE_MARGIN] = l.c2.by_margin;
  r.met[LFAP_NOISE_SEPARABLE] = l.c2.separable == 1;
  lfap_limit_free(&l);
  return r;
}

static void compare(lfap_study_kind law, size_t n, size_t d, double gamma, size_t *told) {
  lfap_noise k;
  lfap_data D = draw(law, 10 + n, n, d);
  outcome r = outcome_of(&D, gamma);
  lfap_noise_of(&k, law, n, d, gamma);
  for (int i = 0; i < LFAP_NOISE_ASKED; i++) {
    const lfap_noise_line *l = &k.line[i];
    const double most = 1.4; /* as theory.md says */
    if (n >= 20 && !isnan(r.value[i]))
      cr_expect(r.value[i] < most * l->value && r.value[i] > l->value / most, "N %zu, d %zu, %s: %g, typical %g", n, d,
                l->what, r.value[i], l->value);
    told[l->outlook]++;
    if (l->outlook == LFAP_OUTLOOK_UNEXPECTED) cr_expect(!r.met[i], "N %zu, d %zu, gamma %g, %s", n, d, gamma, l->what);
    else if (l->outlook != LFAP_OUTLOOK_OPEN)
      cr_expect(r.met[i], "N %zu, d %zu, gamma %g, %s", n, d, gamma, l->what);
  }
  lfap_data_free(&D);
}

/* At a slope each. */
static const struct {
  size_t n, d;
  double gamma;
} sizes[] = {{20, 100, 0.5},    {20, 1000, 0.9},  {20, 10000, 0.9}, {40, 400, 0.1},    {50, 2000, 0.5},
             {100, 300, 0.5},   {100, 1000, 0.5}, {100, 4000, 0.01}, {200, 600, 0.9},  {200, 4000, 0.2},
             {2, 40000, 0.9},   {5, 20000, 0.95}, {10, 20000, 0.8},  {150, 200, 0.3}};

Test(noise, outlooks_agree_with_draws) {
  size_t told[LFAP_OUTLOOKS] = {0};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    compare(LFAP_STUDY_UNIFORM, sizes[i].n, sizes[i].d, sizes[i].gamma, told);
    compare(LFAP_STUDY_GAUSS, sizes[i].n, sizes[i].d, sizes[i].gamma, told);
  }
  cr_expect(told[LFAP_OUTLOOK_SURE] >= 2 && told[LFAP_OUTLOOK_EXPECTED] > 40 && told[LFAP_OUTLOOK_UNEXPECTED] > 40,
            "%zu sure, %zu expected, %zu not", told[0], told[1], told[3]);
  cr_expect(told[LFAP_OUTLOOK_OPEN] < 60, "%zu of %zu open", told[2], 2 * LFAP_NOISE_ASKED * sizeof sizes / sizeof *sizes);
}

/* The formula of theory.md, H, for uniform samples, over a finer grid of s. */
static double union_bound(double n, double d, double gamma) {
  double least = INFINITY;
  for (double t = 0.001; t < 30; t += 0.001) {
    double s = exp(-t), p = pow(gamma, 3) * (1 - s) * (1 - s) * d / (9 * n * (1 + s));
    least = fmin(least, 2 * n * exp(-2 * d * s * s / 9) + n * n * exp(-9 * p * p / (2 * d * (1 + s))));
  }
  return least;
}

Test(noise, d_of_the_union_bound) {
  static const double gammas[] = {0.9, 0.5, 0.1};
  static const size_t ns[] = {2, 20, 1000};
  for (int i = 0; i < 9; i++) {
    lfap_noise k;
    double gamma = gammas[i % 3], n = (double)ns[i / 3];
    lfap_noise_of(&k, LFAP_STUDY_UNIFORM, ns[i / 3], 100, gamma);
    cr_expect(union_bound(n, k.d_sure, gamma) <= 0.01 && union_bound(n, 0.99 * k.d_sure, gamma) > 0.01, "N %g, gamma %g: %g",
              n, gamma, k.d_sure);
    cr_expect(k.d_typical < k.d_sure);
    lfap_noise_of(&k, LFAP_STUDY_UNIFORM, ns[i / 3], (size_t)k.d_sure, gamma);
    cr_expect_eq(k.line[LFAP_NOISE_H].outlook, LFAP_OUTLOOK_SURE);
    lfap_noise_of(&k, LFAP_STUDY_UNIFORM, ns[i / 3], (size_t)(0.98 * k.d_sure), gamma);
    cr_expect_neq(k.line[LFAP_NOISE_H].outlook, LFAP_OUTLOOK_SURE);
  }
}

static size_t missed(lfap_study_kind law, size_t n, size_t d, double gamma, size_t draws) {
  size_t count = 0;
  for (size_t s = 0; s < draws; s++) {
    double G[9];
    lfap_hypothesis h;
    lfap_data D = draw(law, 1000 + s, n, d);
    cr_assert_eq(lfap_gram(NULL, G, D.x, n, d), LFAP_OK);
    lfap_hypothesis_of(&h, G, n, gamma);
    count += !h.holds;
    lfap_data_free(&D);
  }
  return count;
}

Test(noise, sure_and_typical_d_by_draws) {
  for (int law = LFAP_STUDY_UNIFORM; law <= LFAP_STUDY_GAUSS; law++) {
    lfap_noise k;
    lfap_noise_of(&k, (lfap_study_kind)law, 3, 100, 0.95);
    cr_expect_eq(missed((lfap_study_kind)law, 3, (size_t)k.d_sure, 0.95, 60), 0); /* a bound with room */
    size_t half = missed((lfap_study_kind)law, 3, (size_t)k.d_typical, 0.95, 200);
    cr_expect(half > 50 && half < 150, "%zu of 200 missed at d = %g", half, k.d_typical);
  }
}

Test(noise, one_sample_and_tiny_slopes) {
  lfap_noise k;
  lfap_noise_of(&k, LFAP_STUDY_UNIFORM, 1, 10, 0.01);
  cr_expect(k.d_sure == 1 && k.d_typical == 1 && k.line[LFAP_NOISE_H].outlook == LFAP_OUTLOOK_SURE);
  for (int i = 0; i < LFAP_NOISE_MARGIN; i++) cr_expect_leq(k.line[i].outlook, LFAP_OUTLOOK_EXPECTED, "%s", k.line[i].what);
  lfap_noise_of(&k, LFAP_STUDY_GAUSS, 100, 10000, LFAP_GAMMA_MIN);
  cr_expect(isfinite(k.d_sure) && isfinite(k.d_typical) && k.d_typical > 1e100);
}

Test(noise, costs) {
  for (int k = 0; k < LFAP_COSTS; k++) {
    double small = lfap_cost_bytes((lfap_cost)k, 100, 1000, 20, 2), large = lfap_cost_bytes((lfap_cost)k, 200, 1000, 20, 2);
    cr_expect(small >= 8.0 * 100 * 1000 && large > 1.5 * small, "%s: the samples are part of it", lfap_cost_name[k]);
    cr_expect(lfap_cost_work((lfap_cost)k, 200, 1000, 20) >= 2 * lfap_cost_work((lfap_cost)k, 100, 1000, 20), "%s",
              lfap_cost_name[k]);
  }
  cr_expect_eq(lfap_cost_bytes(LFAP_COST_LIMIT, 3000, 5000, 20, 2), (double)lfap_limit_bytes(3000, 5000, 2, 2));
  cr_expect_eq(lfap_cost_work(LFAP_COST_SGD_GRAM, 100, 1000, 20), lfap_cost_work(LFAP_COST_SGD_GRAM, 100, 4000, 20));
}
