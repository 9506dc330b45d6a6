/* replay.c - the oracle at 53 bits and the double path: the same bits, from two implementations that share spec/numerics.md
 * alone (N1..N9). And the oracle at 256 and 512 bits: the same numbers to 250 bits where no branch differs. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>

#include "kernel/elementary.h"
#include "kernel/lanes.h"
#include "oracle/replay/digits.h"
#include "oracle/replay/replay.h"

/* ---- cases ----------------------------------------------------------------------------------------------------------- */

typedef struct {
  size_t n, d, m;
  double gamma, scale; /* scale of the samples */
  uint64_t seed;
  int gauss, mean, separable; /* mean: samples shifted so that they overlap much (the quadratic programme gets work);
                                 separable: the label is the sign of the first entry, moved away from 0 */
} spec;

typedef struct {
  spec s;
  lfap_data data, bases;
  lfap_net net;
} setup;

static uint64_t next(uint64_t *state) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return *state >> 33;
}

/* d 10..60, m 4..10 even, N 3..12; every fifth case has samples that overlap, every seventh is scaled;
   three have sums of more than one slice (N1), over dimensions or over neurons. */
static spec spec_of(size_t i) {
  static const size_t sliced[][2] = {{513, 4}, {10, 514}, {1025, 6}};
  static const double gammas[] = {0.01, 0.1, 0.3, 0.5, 0.9};
  uint64_t r = 0x9e3779b97f4a7c15u * (i + 1);
  spec s = {.seed = i + 1, .scale = 1.0};
  s.n = 3 + next(&r) % 10;
  s.d = 10 + next(&r) % 51;
  if (s.d < 2 * s.n) s.d = 2 * s.n;
  s.m = 4 + 2 * (next(&r) % 4);
  s.gamma = gammas[next(&r) % 5];
  s.gauss = (int)(next(&r) % 2);
  s.mean = i % 5 == 4;
  if (i % 7 == 6) s.scale = 0x1p-3;
  if (i % 8 == 5) s.n = 3, s.d = sliced[i / 8 % 3][0], s.m = sliced[i / 8 % 3][1];
  return s;
}

static void build(setup *u, spec s) {
  lfap_ctx ctx = {0};
  memset(u, 0, sizeof *u);
  u->s = s;
  lfap_status (*gen)(lfap_ctx *, lfap_data *, uint64_t, size_t, size_t) = s.gauss ? lfap_gen_gauss : lfap_gen_uniform;
  cr_assert_eq(gen(&ctx, &u->data, s.seed, s.n, s.d), LFAP_OK, "%s", ctx.message);
  cr_assert_eq(gen(&ctx, &u->bases, s.seed + 1000, 3, s.d), LFAP_OK);
  for (size_t i = 0; i < s.n * s.d; i++) u->data.x[i] = s.scale * (u->data.x[i] + (s.mean ? 1.0 : 0.0));
  for (size_t i = 0; s.separable && i < s.n; i++) {
    u->data.y[i] = u->data.x[i * s.d] > 0.0 ? 1.0 : -1.0;
    u->data.x[i * s.d] += u->data.y[i];
  }
  for (size_t i = 0; i < 3 * s.d; i++) u->bases.x[i] *= s.scale;
  u->bases.y[0] = 1.0;
  u->bases.y[1] = -1.0;
  cr_assert_eq(lfap_net_init(&ctx, &u->net, s.m, s.d, s.gamma, s.seed + 2000, 1.0), LFAP_OK, "%s", ctx.message);
}

static void tear(setup *u) {
  lfap_data_free(&u->data);
  lfap_data_free(&u->bases);
  lfap_net_free(&u->net);
}

/* Same bits, zeros with their signs. */
static void same(const oracle_vec *v, const double *want, size_t n, const char *what, const spec *s) {
  cr_assert_eq(v->n, n, "%s: %zu entries, not %zu", what, v->n, n);
  for (size_t i = 0; i < n; i++) {
    double got = mpfr_get_d(v->v[i], MPFR_RNDN);
    if (isnan(got) && isnan(want[i])) continue; /* which NaN is not specified */
    cr_assert_eq(memcmp(&got, &want[i], sizeof got), 0, "%s[%zu]: oracle %a, doubles %a (N %zu, d %zu, m %zu, gamma %g, seed %d)", what, i,
                 got, want[i], s->n, s->d, s->m, s->gamma, (int)s->seed);
  }
}

enum { CASES = 24, SAMPLES = 12 };

/* ---- N3a --------------------------------------------------------------------------------------------------------------- */

static void same_function(double (*kernel)(double), void (*replay)(const oracle_arith *, mpfr_t, const mpfr_t), double x, const char *name) {
  lfap_ctx ctx = {0};
  oracle_arith A;
  cr_assert_eq(oracle_arith_begin(&ctx, &A, 53), LFAP_OK);
  mpfr_t t;
  mpfr_init2(t, 53);
  mpfr_set_d(t, x, MPFR_RNDN);
  replay(&A, t, t);
  double got = mpfr_get_d(t, MPFR_RNDN), want = kernel(x);
  mpfr_clear(t);
  cr_assert_eq(oracle_arith_end(&ctx, &A, LFAP_OK), LFAP_OK);
  cr_assert((isnan(got) && isnan(want)) || memcmp(&got, &want, sizeof got) == 0, "%s(%a): oracle %a, doubles %a", name, x, got, want);
}

Test(elementary, the_listed_operations_have_the_bits_of_the_kernels) {
  static const double special[] = {0.0, -0.0, 1.0, -1.0, 0x1p-54, -0x1p-54, 0x1p-1074, INFINITY, -INFINITY, NAN, -2.0, 0x1p80, 0x1p81,
                                   0x1.fffffffffffffp1023, 709.78, -708.39, -708.4, -745.13, -745.14, 0x1.6232bdd7abcd2p+9,
                                   -0x1.6232bdd7abcd2p+9, -0x1.6232bdd7abcd3p+9, 0x1.62e42fefa39efp+9, -0x1.74910d52d3051p+9};
  for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
    same_function(lfap_exp, oracle_exp, special[i], "exp");
    same_function(lfap_log1p, oracle_log1p, special[i], "log1p");
  }
  uint64_t r = 7;
  for (int i = 0; i < 20000; i++) {
    double u = (double)next(&r) / 0x1p31;
    same_function(lfap_exp, oracle_exp, 1500.0 * u - 750.0, "exp");
    same_function(lfap_exp, oracle_exp, 2.0 * u - 1.0, "exp");
    same_function(lfap_exp, oracle_exp, -700.0 - 46.0 * u, "exp");
    same_function(lfap_log1p, oracle_log1p, ldexp(u - 0.5, (int)(next(&r) % 110) - 60), "log1p");
    same_function(lfap_log1p, oracle_log1p, ldexp(u, (int)(next(&r) % 1000)), "log1p");
    same_function(lfap_log1p, oracle_log1p, u, "log1p");
  }
}

/* ---- N6 ---------------------------------------------------------------------------------------------------------------- */

static int same_limit(const spec *s) {
  lfap_ctx ctx = {0};
  setup u;
  lfap_limit want = {0};
  oracle_limit_replayed got = {0};
  build(&u, *s);
  lfap_status st = lfap_limit_solve(&ctx, &want, &u.data, NULL, s->gamma);
  cr_assert_eq(st, LFAP_OK, "%s", ctx.message);
  cr_assert_eq(oracle_replay_limit(&ctx, &got, &u.data, s->gamma, 53), LFAP_OK, "%s", ctx.message);
  same(&got.lambda, want.lambda_q, s->n, "lambda", s);
  if (!want.c2.bent) same(&got.w, want.w, s->d, "w", s);
  same(&got.q, want.q, s->n, "Q lambda", s);
  same(&got.fu, want.fu, s->n, "y<u,x>", s);
  same(&got.fv, want.fv, s->n, "y<v,x>", s);
  cr_assert_eq(got.full, want.full);
  cr_assert_eq(got.support, want.support);
  int full = want.full;
  lfap_limit_free(&want);
  oracle_limit_replayed_free(&got);
  tear(&u);
  return full;
}

Test(limit, at_53_bits_has_the_bits_of_the_double_path) {
  size_t qp = 0;
  for (size_t i = 0; i < CASES; i++) {
    spec s = spec_of(i);
    qp += !same_limit(&s);
  }
  cr_assert_gt(qp, 0, "no case needed the quadratic programme");
}

/* ---- N5 ---------------------------------------------------------------------------------------------------------------- */

static int threads; /* of both runs; 0: one */

static void same_training_in(lfap_form form, const spec *s, lfap_method method, lfap_loss loss, size_t epochs, double lr, double target) {
  lfap_ctx ctx = {.threads = threads};
  setup u;
  lfap_train_opts o;
  lfap_history h = {0};
  oracle_trained got = {0};
  build(&u, *s);
  lfap_train_defaults(&o, method);
  o.loss = loss;
  o.epochs = epochs;
  o.lr = lr;
  o.log_loss_target = target;
  o.form = form;
  o.coefficients = 1;
  cr_assert_eq(oracle_replay_train(&ctx, &got, &u.net, &u.data, &o, 53), LFAP_OK, "%s", ctx.message);
  cr_assert_eq(lfap_train(&ctx, &u.net, &h, &u.data, &o), LFAP_OK, "%s", ctx.message);
  cr_assert_eq(got.loss.n, h.rows, "rows: oracle %zu, doubles %zu (seed %d)", got.loss.n, h.rows, (int)s->seed);
  for (size_t e = 0; e < h.rows; e++) {
    const oracle_vec row[] = {{1, got.loss.v + e, NULL}, {1, got.log_loss.v + e, NULL}, {1, got.lr.v + e, NULL}, {1, got.s.v + e, NULL}};
    same(&row[1], &h.row[e].log_loss, 1, "log loss", s);
    same(&row[0], &h.row[e].loss, 1, "loss", s);
    same(&row[2], &h.row[e].lr, 1, "lr", s);
    same(&row[3], &h.row[e].s, 1, "s", s);
  }
  same(&got.w, u.net.w, u.s.m * u.s.d, "W", s);
  same(&got.p, h.p, u.s.n, "p", s);
  same(&got.b, h.coefficient, u.s.m * u.s.n, "b", s);
  cr_assert_eq(got.aligned, h.aligned);
  cr_assert_eq(got.stationary, h.stationary);
  lfap_history_free(&h);
  oracle_trained_free(&got);
  tear(&u);
}

static void same_training(const spec *s, lfap_method method, lfap_loss loss, size_t epochs, double lr, double target) {
  same_training_in(LFAP_FORM_AUTO, s, method, loss, epochs, lr, target);
}

Test(train, the_gram_form_has_the_bits_of_the_double_path_after_100_epochs) {
  for (size_t i = 0; i < CASES; i++) {
    spec s = spec_of(i);
    for (int k = 0; k < 4; k++)
      same_training_in(LFAP_FORM_GRAM, &s, k / 2 ? LFAP_METHOD_SGD : LFAP_METHOD_GD, k % 2 ? LFAP_LOSS_LOGISTIC : LFAP_LOSS_EXP, 100, 0.05, -1.0);
  }
}

Test(train, gd_and_sgd_have_the_bits_of_the_double_path_after_100_epochs) {
  for (size_t i = 0; i < CASES; i++) {
    spec s = spec_of(i);
    for (int k = 0; k < 4; k++) same_training(&s, k / 2 ? LFAP_METHOD_SGD : LFAP_METHOD_GD, k % 2 ? LFAP_LOSS_LOGISTIC : LFAP_LOSS_EXP, 100, 0.05, -1.0);
  }
}

/* All three phases, to a log loss of -1e6. */
Test(train, the_flow_has_the_bits_of_the_double_path) {
  for (size_t i = 0; i < CASES; i++) {
    spec s = spec_of(i);
    s.d *= 3;
    same_training(&s, LFAP_METHOD_FLOW, i % 2 ? LFAP_LOSS_LOGISTIC : LFAP_LOSS_EXP, 400, i % 3 ? 0.0 : 0.01, -1e6);
  }
}

/* Small gradients and a step that no longer lowers the loss: the schedule divides lr more than once. */
Test(train, the_plateau_schedule_has_the_bits_of_the_double_path) {
  spec s = spec_of(1);
  s.d = 20;
  s.n = 4;
  s.scale = 0x1p-14;
  same_training(&s, LFAP_METHOD_SGD, LFAP_LOSS_EXP, 60, 0.01, -1.0);
  s.scale = 1.0;
  same_training(&s, LFAP_METHOD_SGD, LFAP_LOSS_LOGISTIC, 100, 0.9, -1.0);
}

/* Samples of 1e-155 have inner products below the normal range: subnormals and their rounding must be right. */
Test(train, subnormals_have_the_bits_of_the_double_path) {
  spec s = spec_of(3);
  s.scale = 1e-155;
  for (int k = 0; k < 4; k++) same_training(&s, k / 2 ? LFAP_METHOD_SGD : LFAP_METHOD_GD, k % 2 ? LFAP_LOSS_LOGISTIC : LFAP_LOSS_EXP, 10, 0.05, -1.0);
}

/* Every thread of MPFR has a range of exponents of its own. The margin of a sample of subnormals is a sum of such, and
   alone it is the log loss. */
Test(train, threads_have_the_bits_of_the_double_path) {
  threads = 3;
  for (int method = LFAP_METHOD_GD; method <= LFAP_METHOD_SGD; method++)
    for (int form = LFAP_FORM_PLAIN; form <= LFAP_FORM_GRAM; form++)
      for (int small = 0; small < 2; small++) {
        spec s = {.n = small ? 1 : 12, .d = 3000, .m = 40, .gamma = 0.3, .scale = small ? 0x1p-1040 : 1.0, .seed = 3};
        same_training_in((lfap_form)form, &s, (lfap_method)method, LFAP_LOSS_EXP, 4, 0.05, -1.0);
      }
}

/* The caller's thread waits at its first index until another one has divided by zero. */
static atomic_int divided;
static void divide(void *arg, const oracle_arith *A, size_t begin, size_t end) {
  (void)arg, (void)begin, (void)end;
  if (A->worker == 0) {
    for (int i = 0; i < 1000 && !atomic_load(&divided); i++) thrd_sleep(&(struct timespec){0, 10000000}, NULL);
    return;
  }
  mpfr_set_ui(A->lane[0], 1, MPFR_RNDN);
  mpfr_set_zero(A->lane[1], 1);
  oracle_div(A, A->lane[0], A->lane[0], A->lane[1]);
  atomic_store(&divided, 1);
}

Test(train, what_goes_wrong_in_a_thread_is_told) {
#ifdef LFAP_WORTH_A_THREAD /* one that counts has no threads */
  cr_skip_test("no other thread in this build");
#endif
  lfap_ctx ctx = {.threads = 3};
  oracle_arith A;
  cr_assert_eq(oracle_arith_begin(&ctx, &A, 64), LFAP_OK);
  cr_assert_eq(oracle_share(&ctx, &A, "index", 8, 1e5, divide, NULL), LFAP_OK);
  cr_assert(atomic_load(&divided), "there was no other thread");
  cr_assert_eq(oracle_arith_end(&ctx, &A, LFAP_OK), LFAP_ERR_DATA);
  cr_assert(strstr(ctx.message, "divisor is zero") != NULL, "%s", ctx.message);
}

/* ---- digits ------------------------------------------------------------------------------------------------------------ */

static oracle_digits digits(const double *x, const double *t, size_t n) {
  lfap_ctx ctx = {0};
  oracle_arith A;
  cr_assert_eq(oracle_arith_begin(&ctx, &A, 256), LFAP_OK);
  oracle_digits d = oracle_digits_of(x, oracle_take_doubles(&A, t, n), n);
  cr_assert_eq(oracle_arith_end(&ctx, &A, LFAP_OK), LFAP_OK, "%s", ctx.message);
  return d;
}

static void are(oracle_digits d, double all, double worst) {
  cr_expect_float_eq(d.all, all, 1e-12, "all %.17g, not %.17g", d.all, all);
  cr_expect_float_eq(d.worst, worst, 1e-12, "worst %.17g, not %.17g", d.worst, worst);
}

Test(digits, are_those_of_the_relative_error) {
  double two = log10(2.0);
  are(digits((double[]){1 + 0x1p-20}, (double[]){1}, 1), 20 * two, 20 * two);
  are(digits((double[]){-0x1p-1000 - 0x1p-1030}, (double[]){-0x1p-1000}, 1), 30 * two, 30 * two);
  are(digits((double[]){3 + 0x1p-30, 4, 0x1p-30 + 0x1p-31}, (double[]){3, 4, 0x1p-31}, 3), 30 * two + log10(5.0) - 0.5 * two, 0);
  are(digits((double[]){0x1p600 + 0x1p580, 1}, (double[]){0x1p600, 1}, 2), 20 * two, 20 * two);
}

Test(digits, end_at_17_and_at_0) {
  are(digits((double[]){1, 0, -3}, (double[]){1, 0, -3}, 3), ORACLE_DIGITS_MOST, ORACLE_DIGITS_MOST);
  are(digits((double[]){0x1p-1074, 1}, (double[]){0, 1}, 2), ORACLE_DIGITS_MOST, 0);
  are(digits((double[]){5}, (double[]){-1}, 1), 0, 0);
  are(digits((double[]){1}, (double[]){0}, 1), 0, 0);
  are(digits((double[]){0, 0}, (double[]){0, 0}, 2), ORACLE_DIGITS_MOST, ORACLE_DIGITS_MOST);
}

/* A sample more than dimensions in one class: Q is singular, the active set decides. */
Test(limit, singular_systems_have_the_bits_of_the_double_path) {
  for (size_t i = 0; i < 6; i++) {
    spec s = spec_of(i);
    s.n = 9 + i;
    s.d = 3 + i % 3;
    s.mean = 0;
    s.gamma = 0.3;
    s.separable = 1;
    same_limit(&s);
  }
}

/* Whether the replayed multipliers are right to the samples themselves; where they are not, the double path goes on (N6, "Residual"). */
static int settled(const oracle_limit_replayed *r, const lfap_data *D, double gamma) {
  double lambda[SAMPLES * SAMPLES];
  lfap_ctx ctx = {0};
  lfap_limit l = {0};
  for (size_t i = 0; i < D->n; i++) lambda[i] = mpfr_get_d(r->lambda.v[i], MPFR_RNDN);
  cr_assert_eq(lfap_limit_given(&ctx, &l, D, NULL, gamma, (lfap_multipliers){lambda, NULL}, NULL), LFAP_OK, "%s", ctx.message);
  int yes = l.settled;
  lfap_limit_free(&l);
  return yes;
}

/* Classes of about 2d samples, where a separable set is as likely as not: steps along null vectors decide. Both say the same of
   every set, in the same bits. */
Test(limit, steps_along_null_vectors_have_the_bits_of_the_double_path) {
  size_t solved = 0, refused = 0, flat = 0, further = 0;
  for (uint64_t seed = 0; seed < 90; seed++) {
    lfap_ctx ctx = {0};
    lfap_data D = {0};
    lfap_limit want = {0};
    oracle_limit_replayed got = {0};
    spec s = {.n = 12 + seed % 10, .d = 4 + seed % 2, .seed = seed, .gamma = 0.1 + 0.2 * (double)(seed % 5)};
    cr_assert_eq(lfap_gen_uniform(&ctx, &D, seed, s.n, s.d), LFAP_OK);
    lfap_status a = lfap_limit_solve(&ctx, &want, &D, NULL, s.gamma), b = oracle_replay_limit(&ctx, &got, &D, s.gamma, 53);
    cr_assert_eq(a, b, "seed %d: doubles %d, oracle %d: %s", (int)seed, a, b, ctx.message);
    if (a) refused++;
    else if (!settled(&got, &D, s.gamma)) further++;
    else {
      solved++;
      flat += got.flat;
      same(&got.lambda, want.lambda_q, s.n, "lambda", &s);
      same(&got.q, want.q, s.n, "Q lambda", &s);
      if (!want.c2.bent) same(&got.w, want.w, s.d, "w", &s);
    }
    lfap_limit_free(&want);
    oracle_limit_replayed_free(&got);
    lfap_data_free(&D);
  }
  cr_assert(solved > 10 && refused > 10 && flat > 10, "%zu solved by %zu such steps, %zu refused, %zu went on", solved, flat, refused, further);
}

/* ---- N7 ---------------------------------------------------------------------------------------------------------------- */

static void same_attack(const setup *u, oracle_attack attack, const double *w, const lfap_perturb_opts *o) {
  static const char *const name[] = {"geometry", "gradient", "pgd"};
  lfap_ctx ctx = {0};
  lfap_perturbed want = {0};
  oracle_perturbed got = {0};
  size_t n = u->bases.n, d = u->s.d;
  oracle_perturb_args a = {attack, o, u->bases.x, u->bases.y, w, &u->net, n, d};
  lfap_status st = attack == ORACLE_GEOMETRY   ? lfap_perturb_geometry(&ctx, &want, u->bases.x, u->bases.y, w, o, n, d)
                   : attack == ORACLE_GRADIENT ? lfap_perturb_gradient(&ctx, &want, u->bases.x, u->bases.y, &u->net, o, n)
                                               : lfap_perturb_pgd(&ctx, &want, u->bases.x, u->bases.y, &u->net, o, n);
  cr_assert_eq(st, LFAP_OK, "%s", ctx.message);
  cr_assert_eq(oracle_replay_perturb(&ctx, &got, &a, 53), LFAP_OK, "%s", ctx.message);
  char what[64];
  snprintf(what, sizeof what, "%s %s x", name[attack], lfap_norm_name(o->norm));
  same(&got.x, want.x, n * d, what, &u->s);
  same(&got.eta, want.eta, n * d, "eta", &u->s);
  lfap_perturbed_free(&want);
  oracle_perturbed_free(&got);
}

Test(perturb, every_attack_in_every_norm_has_the_bits_of_the_double_path) {
  for (size_t i = 0; i < CASES; i++) {
    lfap_ctx ctx = {0};
    setup u;
    lfap_limit lim = {0};
    build(&u, spec_of(i));
    cr_assert_eq(lfap_limit_solve(&ctx, &lim, &u.data, NULL, u.s.gamma), LFAP_OK);
    if (i % 3 == 0) lim.w[1] = 0.0; /* sgn 0 = 0 */
    if (i % 4 == 0) lim.w[2] = -lim.w[0]; /* a tie */
    double top = lfap_amax(u.bases.n * u.s.d, u.bases.x);
    for (int norm = 0; norm < LFAP_NORMS; norm++)
      for (int range = 0; range < 2; range++) {
        lfap_perturb_opts o = {.norm = (lfap_norm)norm, .eps = norm == LFAP_L2 ? 0.7 : 0.3, .k = 1 + i % 7, .steps = 12,
                               .has_range = range, .lo = -top, .hi = top};
        same_attack(&u, ORACLE_PGD, NULL, &o);
        if (range) continue;
        same_attack(&u, ORACLE_GEOMETRY, lim.w, &o);
        same_attack(&u, ORACLE_GRADIENT, NULL, &o);
      }
    lfap_limit_free(&lim);
    tear(&u);
  }
}

/* Where exp(-t f) overflows both refuse the same base; at more bits, and with a wider range, the gradient is a number. */
Test(perturb, pgd_without_a_finite_gradient_stands_still_alike) {
  size_t still = 0, moved = 0;
  for (size_t i = 0; i < CASES; i += 3)
    for (int k = 0; k < 16; k++) {
      setup u;
      build(&u, spec_of(i));
      size_t n = u.bases.n, len = u.s.m * u.s.d;
      for (size_t j = 0; j < len; j++) u.net.w[j] = ldexp(u.net.w[j], k);
      lfap_ctx ctx = {0};
      lfap_perturbed want = {0};
      oracle_perturbed got = {0};
      lfap_perturb_opts o = {.norm = (lfap_norm)(k % LFAP_NORMS), .eps = 0.01, .k = 1, .steps = 3};
      oracle_perturb_args a = {ORACLE_PGD, &o, u.bases.x, u.bases.y, NULL, &u.net, n, u.s.d};
      cr_assert_eq(lfap_perturb_pgd(&ctx, &want, u.bases.x, u.bases.y, &u.net, &o, n), LFAP_OK, "%s", ctx.message);
      cr_assert_eq(oracle_replay_perturb(&ctx, &got, &a, 53), LFAP_OK, "%s", ctx.message);
      for (size_t j = 0; j < n * u.s.d; j++) cr_assert_eq(mpfr_cmp_d(got.eta.v[j], want.eta[j]), 0, "2^%d: entry %zu", k, j);
      for (size_t j = 0; j < n; j++) {
        int any = 0;
        for (size_t c = 0; c < u.s.d; c++) any += want.eta[j * u.s.d + c] != 0;
        still += !any;
        moved += any > 0;
      }
      lfap_perturbed_free(&want);
      oracle_perturbed_free(&got);
      tear(&u);
    }
  cr_assert(still > 5 && moved > 5, "%zu bases stood still, %zu moved", still, moved);
}

/* Directions, weights and sizes at the ends of the range (N1b), and gradients around the guard of PGD and below it. */
Test(perturb, extreme_scales_have_the_bits_of_the_double_path) {
  static const struct { int w, eps; } shift[] = {{-1030, 0}, {-540, 0}, {900, 0}, {0, -900}, {0, 900}, {-500, 700}, {600, -400}, {7, 0}, {9, 0}, {14, 0}};
  setup u;
  lfap_limit lim = {0};
  lfap_ctx ctx = {0};
  build(&u, spec_of(1));
  size_t d = u.s.d, all = u.s.m * d;
  cr_assert_eq(lfap_limit_solve(&ctx, &lim, &u.data, NULL, u.s.gamma), LFAP_OK);
  double *w = malloc(d * sizeof *w), *start = malloc(all * sizeof *start);
  memcpy(start, u.net.w, all * sizeof *start);
  for (size_t i = 0; i < sizeof shift / sizeof *shift; i++)
    for (int norm = 0; norm < LFAP_NORMS; norm++) {
      lfap_perturb_opts o = {.norm = (lfap_norm)norm, .eps = ldexp(0.7, shift[i].eps), .k = 3, .steps = 12};
      for (size_t k = 0; k < d; k++) w[k] = ldexp(lim.w[k], shift[i].w);
      for (size_t k = 0; k < all; k++) u.net.w[k] = ldexp(start[k], shift[i].w);
      same_attack(&u, ORACLE_GEOMETRY, w, &o);
      same_attack(&u, ORACLE_GRADIENT, NULL, &o);
      if (abs(shift[i].w) < 100 && shift[i].w < 8 && shift[i].eps == 0) same_attack(&u, ORACLE_PGD, NULL, &o);
    }
  free(w);
  free(start);
  lfap_limit_free(&lim);
  tear(&u);
}
