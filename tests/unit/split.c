/* The split of a network (T5): the parts against their definition in long double, the rules, the limit as a network of two
 * neurons, and what is refused. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lfap.h"
#include "verify/lines.h"

enum { N = 9, D_ = 50, M = 8, P = 600 };

typedef struct {
  lfap_data base, x, z; /* bases, trained on, points */
  double *eta;
  lfap_net net, first;
  lfap_history h;
  lfap_split s;
  lfap_split_point *p;
} setup;

static void make(setup *u, lfap_method method, int threads) {
  lfap_ctx ctx = {.threads = threads};
  lfap_train_opts o;
  lfap_perturbed p = {0};
  double w[D_];
  *u = (setup){0};
  cr_assert_eq(lfap_gen_uniform(&ctx, &u->base, 1, N, D_), LFAP_OK);
  cr_assert_eq(lfap_gen_uniform(&ctx, &u->z, 2, P, D_), LFAP_OK);
  cr_assert_eq(lfap_net_init(&ctx, &u->net, M, D_, 0.1, 3, 1.0), LFAP_OK);
  cr_assert_eq(lfap_net_init(&ctx, &u->first, M, D_, 0.1, 3, 1.0), LFAP_OK);
  for (size_t i = 0; i < D_; i++) w[i] = u->z.x[i];
  cr_assert_eq(lfap_perturb_geometry(&ctx, &p, u->base.x, u->base.y, w, &(lfap_perturb_opts){.norm = LFAP_L2, .eps = 0.5}, N, D_), LFAP_OK);
  cr_assert_eq(lfap_data_alloc(&ctx, &u->x, N, D_), LFAP_OK);
  memcpy(u->x.x, p.x, N * D_ * sizeof(double));
  memcpy(u->x.y, u->base.y, N * sizeof(double));
  u->eta = p.eta;
  p.eta = NULL;
  lfap_perturbed_free(&p);
  lfap_train_defaults(&o, method);
  o.coefficients = 1;
  o.epochs = 400;
  o.log_loss_target = -30;
  cr_assert_eq(lfap_train(&ctx, &u->net, &u->h, &u->x, &o), LFAP_OK);
  lfap_split_args a = {.net = &u->net, .first = u->first.w, .b = u->h.coefficient, .t = u->x.y, .base = u->base.x, .eta = u->eta, .n = N};
  cr_assert_eq(lfap_split_of(&ctx, &u->s, &a), LFAP_OK);
  u->p = calloc(P, sizeof *u->p);
  cr_assert_eq(lfap_split_at(&ctx, u->p, &u->s, u->z.x, P), LFAP_OK);
}

static void drop(setup *u) {
  lfap_data_free(&u->base);
  lfap_data_free(&u->x);
  lfap_data_free(&u->z);
  lfap_net_free(&u->net);
  lfap_net_free(&u->first);
  lfap_history_free(&u->h);
  lfap_split_free(&u->s);
  free(u->eta);
  free(u->p);
}

static long double dot(const double *x, const double *y) {
  long double s = 0;
  for (size_t i = 0; i < D_; i++) s += (long double)x[i] * y[i];
  return s;
}

/* a phi(a v) for a = side/sqrt(m), without looking at how the kernel does it. */
static long double enters(long double v, int side) {
  long double a = side / sqrtl(M);
  return a * (a * v > 0 ? a * v : 0.1L * (long double)(a * v));
}

static void same(double got, long double want, long double scale, const char *what, size_t at) {
  cr_assert_leq(fabs(got - (double)want), 1e-13 * (double)scale, "%s at %zu: %.17g, not %.17g", what, at, got, (double)want);
}

/* The point z from the definition. */
static void check_point(const setup *u, size_t at) {
  const double *z = u->z.x + at * D_;
  const lfap_split_point *p = &u->p[at];
  long double f = 0, rest = 0, plus = 0, minus = 0, init = 0, data = 0, a = 1 / sqrtl(M);
  int above = 0, below = 0;
  for (size_t j = 0; j < M; j++) {
    int side = j < M / 2 ? 1 : -1;
    long double I = dot(u->first.w + j * D_, z) / (side * a), D = 0, E = 0;
    for (size_t n = 0; n < N; n++) {
      long double c = (long double)u->h.coefficient[j * N + n] * u->x.y[n];
      D += c * dot(u->base.x + n * D_, z);
      E += c * dot(u->eta + n * D_, z);
    }
    f += enters(I + D + E, side);
    rest += enters(I + D, side);
    plus += E > 0 ? E / M : 0;
    minus -= E < 0 ? E / M : 0;
    init += fabsl(I) / M;
    data += fabsl(D) / M;
    above += E > 0;
    below += E < 0;
  }
  long double scale = init + data + plus + minus;
  same(p->f, f, scale, "f", at);
  same(p->rest, rest, scale, "f_rest", at);
  same(p->effect, f - rest, scale, "E", at);
  same(p->plus, plus, scale, "P+", at);
  same(p->minus, minus, scale, "P-", at);
  same(p->init, init, scale, "I", at);
  same(p->data, data, scale, "D", at);
  cr_assert_eq(p->sign, above == M ? 1 : below == M ? -1 : 0, "sign at %zu", at);
  cr_assert_eq(p->follows, (f > 0) == (f - rest > 0), "point %zu: f %Lg, E %Lg", at, f, f - rest);
  cr_assert_eq(p->decided, fabsl(rest) < fabsl(f - rest), "decided at %zu: f_rest %Lg, E %Lg", at, rest, f - rest);
  cr_assert(p->kept && p->error < 1e-13 && p->slack < 1e-11 * (double)scale, "point %zu: error %g", at, p->error);
}

Test(split, the_parts_are_those_of_the_definition) {
  for (int m = 0; m < 3; m++) {
    setup u;
    size_t decided = 0;
    make(&u, (lfap_method)m, 1);
    for (size_t i = 0; i < P; i++) {
      check_point(&u, i);
      decided += u.p[i].decided != 0;
    }
    cr_assert(decided > P / 10 && decided < P - P / 10, "%zu of %d decided", decided, P);
    cr_assert_eq(u.s.negative, 0);
    cr_assert_gt(u.s.least, 0);
    drop(&u);
  }
}

/* eta_n = eps t_n e: P_j = eps (sum_n b_jn) <e,z> has one sign at every point, that of <e,z>. */
Test(split, perturbations_on_one_line_have_one_sign) {
  setup u;
  double label[P];
  lfap_split_shares t;
  make(&u, LFAP_METHOD_SGD, 1);
  for (size_t i = 0; i < P; i++) {
    label[i] = dot(u.z.x, u.z.x + i * D_) > 0 ? 1 : -1;
    cr_assert_eq(u.p[i].sign, (int)label[i], "point %zu", i);
  }
  lfap_split_shares_of(&t, u.p, label, P);
  cr_assert_eq(t.points, P);
  cr_assert_eq(t.one_sign, 1.0);
  cr_assert_eq(t.effect_right, 1.0);
  cr_assert_eq(t.f_right, t.follows);
  cr_assert_eq(t.exceptions, 0);
  lfap_split_shares_of(&t, u.p, NULL, P);
  cr_assert(isnan(t.effect_right) && isnan(t.f_right));
  drop(&u);
}

Test(split, threads_never_change_a_bit) {
  setup one, two;
  make(&one, LFAP_METHOD_SGD, 1);
  make(&two, LFAP_METHOD_SGD, 3);
  cr_assert_arr_eq(one.s.rows, two.s.rows, 4 * M * D_ * sizeof(double));
  for (size_t i = 0; i < P; i++)
    cr_assert(one.p[i].f == two.p[i].f && one.p[i].effect == two.p[i].effect && one.p[i].slack == two.p[i].slack, "point %zu", i);
  drop(&one);
  drop(&two);
}

/* Coefficients that are none of this network's: the sum is off, and E leaves its bounds only as far as that. */
Test(split, wrong_coefficients_show_in_the_sum) {
  setup u;
  lfap_ctx ctx = {0};
  lfap_split s = {0};
  lfap_split_shares t;
  make(&u, LFAP_METHOD_SGD, 1);
  u.h.coefficient[3] *= 1.001;
  lfap_split_args a = {.net = &u.net, .first = u.first.w, .b = u.h.coefficient, .t = u.x.y, .base = u.base.x, .eta = u.eta, .n = N};
  cr_assert_eq(lfap_split_of(&ctx, &s, &a), LFAP_OK);
  cr_assert_eq(lfap_split_at(&ctx, u.p, &s, u.z.x, P), LFAP_OK);
  lfap_split_shares_of(&t, u.p, NULL, P);
  cr_assert_gt(t.sum_error, 1e-6);
  cr_assert_gt(t.beyond, 0, "no rounding");
  cr_assert_eq(t.exceptions, 0);
  lfap_split_free(&s);
  a.first = NULL; /* and so do first weights that are left out */
  cr_assert_eq(lfap_split_of(&ctx, &s, &a), LFAP_OK);
  cr_assert_eq(lfap_split_at(&ctx, u.p, &s, u.z.x, P), LFAP_OK);
  lfap_split_shares_of(&t, u.p, NULL, P);
  cr_assert_gt(t.sum_error, 1e-2);
  cr_assert_gt(t.beyond, 0);
  s.unsure *= 1e12; /* as if far larger terms had cancelled */
  cr_assert_eq(lfap_split_at(&ctx, u.p, &s, u.z.x, P), LFAP_OK);
  lfap_split_shares_of(&t, u.p, NULL, P);
  cr_assert_eq(t.beyond, 0);
  lfap_split_free(&s);
  drop(&u);
}

/* f of the two neurons is (phi(<U,z>) - phi(<V,z>))/2, and its sign that of <w,z> (C2). */
Test(split, the_limit_is_a_network_of_two_neurons) {
  lfap_ctx ctx = {0};
  lfap_data D = {0}, Z = {0};
  lfap_limit lim = {0};
  lfap_net net = {0};
  lfap_mat b = {0};
  lfap_split s = {0};
  double zero[N * D_] = {0};
  lfap_split_point p[P];
  cr_assert_eq(lfap_gen_uniform(&ctx, &D, 5, N, D_), LFAP_OK);
  cr_assert_eq(lfap_gen_uniform(&ctx, &Z, 6, P, D_), LFAP_OK);
  cr_assert_eq(lfap_limit_solve(&ctx, &lim, &D, NULL, 0.01), LFAP_OK);
  cr_assert(lim.c2.solved && lim.c2.bent > 0, "a limit with kinks");
  cr_assert_eq(lfap_split_limit(&ctx, &net, &b, &D, lim.lambda, lim.c2.slope, 0.01), LFAP_OK);
  lfap_split_args a = {.net = &net, .b = b.v, .t = D.y, .base = zero, .eta = D.x, .n = N}; /* all of it is perturbation */
  cr_assert_eq(lfap_split_of(&ctx, &s, &a), LFAP_OK);
  cr_assert_eq(lfap_split_at(&ctx, p, &s, Z.x, P), LFAP_OK);
  for (size_t i = 0; i < P; i++) {
    long double side[2] = {0, 0};
    for (size_t n = 0; n < N; n++)
      for (int k = 0; k < 2; k++)
        side[k] += (D.y[n] > 0) == (k == 0) ? lim.lambda[n] * D.y[n] * dot(D.x + n * D_, Z.x + i * D_)
                                            : lim.lambda[n] * lim.c2.slope[n] * D.y[n] * dot(D.x + n * D_, Z.x + i * D_);
    long double f = (side[0] > 0 ? side[0] : 0.01L * side[0]) / 2 - (-side[1] > 0 ? -side[1] : 0.01L * -side[1]) / 2;
    cr_assert_leq(fabs(p[i].f - (double)f), 1e-13 * (p[i].plus + p[i].minus), "point %zu", i);
    cr_assert_eq(p[i].f > 0, dot(lim.w, Z.x + i * D_) > 0, "point %zu", i);
    cr_assert(p[i].rest == 0.0 && p[i].decided && p[i].kept && p[i].error < 1e-13);
  }
  lfap_split_free(&s);
  lfap_mat_free(&b);
  lfap_net_free(&net);
  lfap_limit_free(&lim);
  lfap_data_free(&D);
  lfap_data_free(&Z);
}

/* Where no point is looked at, or all is 0 at every one, nothing was judged; what is 0 and ought not to be is wrong. */
Test(split, nothing_at_the_points_is_no_pass) {
  setup u;
  lfap_ctx ctx = {0};
  lfap_split_shares t;
  double zero[P * D_] = {0}, none[M * N] = {0};
  make(&u, LFAP_METHOD_SGD, 1);
  lfap_split_args a = {.net = &u.net, .b = none, .t = u.x.y, .base = u.base.x, .eta = u.eta, .n = N};
  const struct {
    const double *z;
    size_t points;
    lfap_verdict verdict;
    const char *why;
  } all[] = {{u.z.x, P, LFAP_PASS, ""},
             {u.z.x, 0, LFAP_NOT_APPLICABLE, "there are no points"},
             {zero, P, LFAP_NOT_APPLICABLE, "every part is 0 at every point"},
             {u.z.x, P, LFAP_FAIL, ""}}; /* of first weights and coefficients that are 0 */
  for (size_t i = 0; i < 4; i++) {
    lfap_case c = {0};
    if (i == 3) lfap_split_free(&u.s);
    if (i == 3) cr_assert_eq(lfap_split_of(&ctx, &u.s, &a), LFAP_OK);
    cr_assert_eq(lfap_split_at(&ctx, u.p, &u.s, all[i].z, all[i].points), LFAP_OK);
    lfap_split_shares_of(&t, u.p, NULL, all[i].points);
    cr_assert_eq(lfap_judge_split(&ctx, &c, &t, "points", NULL), LFAP_OK);
    cr_assert_eq(c.checks, 3);
    cr_assert_eq(c.check[0].verdict, all[i].verdict, "%zu: the sum", i);
    cr_assert_str_eq(c.check[0].note, all[i].why);
    if (i < 3) cr_assert_eq(c.check[1].verdict, all[i].verdict, "%zu: the rules", i);
    cr_assert_eq(strstr(c.check[2].note, "measured") != NULL, i == 0 || i == 3);
    lfap_case_free(&c);
  }
  drop(&u);
}

Test(split, refusals) {
  setup u;
  lfap_ctx ctx = {0};
  lfap_split s = {0};
  lfap_split_point p;
  make(&u, LFAP_METHOD_GD, 1);
  lfap_split_args a = {.net = &u.net, .b = u.h.coefficient, .t = u.x.y, .base = u.base.x, .eta = u.eta, .n = N};
  u.x.y[4] = 0.5;
  cr_assert_eq(lfap_split_of(&ctx, &s, &a), LFAP_ERR_DATA);
  cr_assert(strstr(ctx.message, "target 4 is 0.5"), "%s", ctx.message);
  cr_assert_null(s.rows);
  u.x.y[4] = 1;
  u.h.coefficient[0] = 1e308;
  u.base.x[0] = 1e308;
  cr_assert_eq(lfap_split_of(&ctx, &s, &a), LFAP_ERR_RANGE);
  cr_assert_null(s.rows);
  double z[D_];
  for (size_t i = 0; i < D_; i++) z[i] = 1.7e308;
  cr_assert_eq(lfap_split_at(&ctx, &p, &u.s, z, 1), LFAP_ERR_RANGE);
  cr_assert(strstr(ctx.message, "point 0"), "%s", ctx.message);
  drop(&u);
}
