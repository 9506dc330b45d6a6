/* flow.c - the flow far out (statement F1): its predicted rates, its precision, its agreement with the double path, and what
 * the oracle does with bad precisions and results out of range. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "oracle/flow/flow.h"
#include "oracle/replay/replay.h"

enum { PROBES = 40 };

typedef struct {
  lfap_data data, probes;
  lfap_net net;
} setup;

static void build(setup *u, size_t n, size_t d, size_t m, double gamma, uint64_t seed) {
  lfap_ctx ctx = {0};
  memset(u, 0, sizeof *u);
  cr_assert_eq(lfap_gen_uniform(&ctx, &u->data, seed, n, d), LFAP_OK, "%s", ctx.message);
  cr_assert_eq(lfap_gen_uniform(&ctx, &u->probes, seed + 100, PROBES, d), LFAP_OK);
  cr_assert_eq(lfap_net_init(&ctx, &u->net, m, d, gamma, seed + 200, 1.0), LFAP_OK);
}

static void tear(setup *u) {
  lfap_data_free(&u->data);
  lfap_data_free(&u->probes);
  lfap_net_free(&u->net);
}

static void report(oracle_flow_table *t, const setup *u, lfap_loss loss, unsigned prec, double log_loss) {
  lfap_ctx ctx = {0};
  oracle_flow_opts o = {.prec = prec, .loss = loss, .log_loss = log_loss, .probes = u->probes.x, .np = PROBES};
  *t = (oracle_flow_table){0};
  cr_assert_eq(oracle_flow_report(&ctx, t, &u->net, &u->data, &o), LFAP_OK, "%s", ctx.message);
}

/* ---- rates ------------------------------------------------------------------------------------------------------------- */

/* The end, t = exp(10^6): p at its limit, the boundary that of the theory at every probe. */
static void check_end(const oracle_flow_table *t) {
  const oracle_flow_row *end = &t->row[t->rows - 1];
  cr_assert_eq(end->log_loss, -1e6);
  cr_assert_float_eq(end->log_t, 1e6, 100.0);
  cr_assert_lt(end->p_distance, 0x1p-128); /* at 128 bits */
  cr_assert_lt(end->direction, 1e-4);
  cr_assert_eq(end->mismatched, 0);
  cr_assert_eq(end->undecided, 0);
  cr_assert_eq(end->disagree, 0);
  cr_assert_float_eq(t->exponent, -1.0, 0.02, "exponent %g", t->exponent);
  cr_assert_lt(t->s_aligned, t->s_rest);
}

/* Every decade: p and the direction come nearer, log L falls with slope -1/sum lambda, the direction error with 1/s. */
static void check_decades(const oracle_flow_table *t) {
  cr_assert_eq(t->rows, 8);
  for (size_t i = 1; i < t->rows; i++) {
    const oracle_flow_row *r = &t->row[i];
    cr_assert_float_eq(r->log_loss, -pow(10.0, (double)i - 1.0), 1e-9 * fabs(r->log_loss));
    if (i > 1) cr_assert_leq(r->p_distance, r[-1].p_distance); /* slopes still change before the first decade */
    cr_assert_lt(r->direction, r[-1].direction);
    cr_assert_gt(r->log_t, r[-1].log_t);
    if (i < 4) continue;
    cr_assert_lt(r->slope_error, 1e-6, "row %zu: %g", i, r->slope_error);
    cr_assert_float_eq(r->exponent, -1.0, 0.02, "row %zu: %g", i, r->exponent);
  }
}

Test(flow, approaches_the_limit_at_the_predicted_rates) {
  for (uint64_t seed = 1; seed <= 3; seed++)
    for (int loss = 0; loss < 2; loss++) {
      setup u;
      oracle_flow_table t;
      build(&u, 2 + seed, 500, 6, 0.5, seed);
      report(&t, &u, (lfap_loss)loss, 128, -1e6);
      cr_assert_gt(t.row[0].mismatched, 0, "the start is aligned: nothing is tested");
      cr_assert_gt(t.row[0].disagree, 0);
      check_end(&t);
      check_decades(&t);
      oracle_flow_table_free(&t);
      tear(&u);
    }
}

/* F1's bound holds at every row: 1/2 p'Qp - nu/2 <= KL(p* || p(0))/s; here through log L, which cannot fall more slowly than
   with slope -1/sum lambda: log L(s) <= log L(0) - s/sum lambda. */
Test(flow, log_loss_falls_at_least_as_fast_as_at_the_limit) {
  setup u;
  oracle_flow_table t;
  build(&u, 5, 400, 4, 0.5, 9);
  report(&t, &u, LFAP_LOSS_EXP, 128, -1000.0);
  for (size_t i = 1; i < t.rows; i++)
    if (t.row[i].mismatched == 0) cr_assert_leq(t.row[i].log_loss - t.row[0].log_loss, t.slope * t.row[i].s + 1.0);
  oracle_flow_table_free(&t);
  tear(&u);
}

/* ---- the point it reaches ---- */

static void from(oracle_flow_table *t, const setup *u, double log_loss) {
  lfap_ctx ctx = {0};
  oracle_flow_opts o = {.prec = 128, .log_loss = log_loss, .probes = u->probes.x, .np = PROBES};
  *t = (oracle_flow_table){0};
  cr_assert_eq(oracle_flow_report(&ctx, t, &u->net, &u->data, &o), LFAP_OK, "%s", ctx.message);
}

/* Where the limit has label slopes, the point of the last weights is that limit, and the exact flow goes there. */
Test(flow, ends_at_the_limit_that_it_was_held_against) {
  setup u;
  oracle_flow_table t;
  build(&u, 4, 500, 6, 0.5, 2);
  from(&t, &u, -1e6);
  cr_assert_eq(t.to_point, 0);
  cr_assert(t.end.point.n == 4 && t.end.off == 0 && t.end.same);
  cr_assert_lt(t.end.distance, 1e-13);
  cr_assert_eq(t.cert.c3, LFAP_PASS);
  cr_assert_eq(t.cert.c4, LFAP_PASS);
  cr_assert_float_eq(2.0 * sin(0.5 * t.end.c4.angle), t.row[t.rows - 1].direction, 1e-14, "the angle is the direction error of the last row");
  cr_assert_float_eq(t.slope, -1.0 / (t.end.point.lambda[0] + t.end.point.lambda[1] + t.end.point.lambda[2] + t.end.point.lambda[3]), 1e-12);
  double q = -INFINITY, f[4]; /* the last weights have the last loss */
  cr_assert_eq(lfap_net_eval(NULL, f, &t.last, u.data.x, 4), LFAP_OK);
  for (size_t i = 0; i < 4; i++) q = fmax(q, -u.data.y[i] * f[i]);
  cr_assert_float_eq(q, -1e6, 10.0);
  oracle_flow_table_free(&t);
  tear(&u);
}

/* At the published slope C1 fails and the flow goes to another point than C2's. Its own point is certified, and every
   figure is held against it: an equality to the precision. */
Test(flow, names_the_point_that_it_reaches) {
  setup u;
  oracle_flow_table t;
  build(&u, 6, 60, 10, 0.01, 5);
  lfap_net_free(&u.net);
  cr_assert_eq(lfap_net_init(NULL, &u.net, 10, 60, 0.01, 0, 1.0), LFAP_OK);
  from(&t, &u, -1e6);
  const oracle_flow_row *end = &t.row[t.rows - 1];
  cr_assert_eq(t.to_point, 1);
  cr_assert_gt(end->mismatched, 0);
  cr_assert(t.end.point.n == 6 && t.end.off > 0 && !t.end.same);
  cr_assert_gt(t.end.point.kinks, 0);
  cr_assert_eq(t.cert.c3, LFAP_PASS);
  cr_assert_eq(t.cert.c4, LFAP_PASS);
  cr_assert_lt(end->p_distance, 0x1p-128);
  cr_assert_lt(end->slope_error, 0x1p-120);
  cr_assert_float_eq(t.exponent, -1.0, 1e-3);
  cr_assert_float_eq(2.0 * sin(0.5 * t.end.c4.angle), end->direction, 1e-13);
  cr_assert_eq(end->disagree + end->undecided, 0);
  cr_assert_gt(t.row[0].disagree, 0);
  oracle_flow_table_free(&t);
  /* too early: nothing says that it goes there, and the rows are held against what the weights polish to all the same */
  from(&t, &u, -20.0);
  cr_assert_eq(t.to_point, 1);
  cr_assert_eq(t.cert.c4, LFAP_NOT_APPLICABLE);
  oracle_flow_table_free(&t);
  tear(&u);
}

/* Samples of one class all round the origin: no network with label slopes separates them, the flow has a
   point, and is followed. */
Test(flow, where_label_slopes_have_no_limit) {
  setup u;
  oracle_flow_table t;
  lfap_ctx ctx = {0};
  build(&u, 3, 2, 8, 0.1, 5);
  const double x[6] = {1.0, 0.2, -0.5, 1.0, -0.4, -1.0};
  memcpy(u.data.x, x, sizeof x);
  for (size_t i = 0; i < 3; i++) u.data.y[i] = 1.0;
  oracle_limit_replayed lim = {0};
  cr_assert_eq(oracle_replay_limit(&ctx, &lim, &u.data, 0.1, 128), LFAP_ERR_INFEASIBLE);
  from(&t, &u, -1e5);
  cr_assert_eq(t.to_point, 1);
  cr_assert_eq(t.cert.c3, LFAP_PASS);
  cr_assert_lt(t.row[t.rows - 1].direction, 1e-3);
  oracle_flow_table_free(&t);
  tear(&u);
}

/* ---- precision ---------------------------------------------------------------------------------------------------------- */

/* |a - b| <= 2^-bits |b| */
static void agree(const mpfr_t a, const mpfr_t b, long bits, const char *what) {
  mpfr_t t;
  mpfr_init2(t, 600);
  mpfr_sub(t, a, b, MPFR_RNDN);
  cr_assert(mpfr_zero_p(t) || mpfr_get_exp(t) <= mpfr_get_exp(b) - bits, "%s: agrees to %ld bits, not %ld", what,
            mpfr_zero_p(b) ? 0 : (long)(mpfr_get_exp(b) - mpfr_get_exp(t)), bits);
  mpfr_clear(t);
}

Test(flow, at_256_and_at_512_bits_is_the_same_to_250) {
  for (int loss = 0; loss < 2; loss++) {
    setup u;
    oracle_flow_table a, b;
    build(&u, 4, 300, 4, 0.5, 21);
    report(&a, &u, (lfap_loss)loss, 256, -1e6);
    report(&b, &u, (lfap_loss)loss, 512, -1e6);
    cr_assert_eq(a.rows, b.rows);
    cr_assert_eq(a.crossings, b.crossings);
    for (size_t i = 1; i < a.rows; i++) agree(a.s.v[i], b.s.v[i], 250, "s");
    for (size_t i = 0; i < a.p.n; i++) agree(a.p.v[i], b.p.v[i], 250, "p");
    oracle_flow_table_free(&a);
    oracle_flow_table_free(&b);
    tear(&u);
  }
}

/* The Runge-Kutta pair of the double path and the Taylor series of the oracle share no code and no method. */
Test(flow, agrees_with_the_double_path) {
  for (int loss = 0; loss < 2; loss++) {
    lfap_ctx ctx = {0};
    setup u;
    oracle_flow_table t;
    lfap_history h = {0};
    lfap_train_opts o;
    build(&u, 4, 300, 6, 0.5, 33);
    report(&t, &u, (lfap_loss)loss, 128, -1e6);
    lfap_train_defaults(&o, LFAP_METHOD_FLOW);
    o.loss = (lfap_loss)loss;
    o.log_loss_target = -1e6;
    o.rtol = o.atol = 1e-9;
    o.epochs = 200000;
    cr_assert_eq(lfap_train(&ctx, &u.net, &h, &u.data, &o), LFAP_OK, "%s", ctx.message);
    cr_assert_float_eq(h.row[h.rows - 1].s / t.row[t.rows - 1].s, 1.0, 1e-9);
    for (size_t i = 0; i < u.data.n; i++) cr_assert_float_eq(h.p[i], mpfr_get_d(t.p.v[i], MPFR_RNDN), 1e-11);
    lfap_history_free(&h);
    oracle_flow_table_free(&t);
    tear(&u);
  }
}

/* Far from (H) the flow stays on kinks for a while. The double path chatters about them and comes to the same p to its
   tolerance; the oracle follows the sliding solution, the same at two precisions. */
Test(flow, slides_along_kinks) {
  lfap_ctx ctx = {0};
  setup u;
  oracle_flow_table a, b, c;
  lfap_history h = {0};
  lfap_train_opts o;
  build(&u, 6, 60, 10, 0.01, 5);
  report(&a, &u, LFAP_LOSS_EXP, 64, -1e6);
  report(&b, &u, LFAP_LOSS_EXP, 128, -1e6);
  cr_assert_gt(a.slides, 0);
  cr_assert_eq(a.slides, b.slides);
  cr_assert_eq(a.crossings, b.crossings);
  for (size_t i = 0; i < a.p.n; i++) agree(a.p.v[i], b.p.v[i], 55, "p");
  lfap_train_defaults(&o, LFAP_METHOD_FLOW);
  o.log_loss_target = -1.0;
  o.rtol = o.atol = 1e-4;
  o.epochs = 30000;
  report(&c, &u, LFAP_LOSS_EXP, 64, o.log_loss_target);
  cr_assert_gt(c.slides, 0);
  cr_assert_eq(lfap_train(&ctx, &u.net, &h, &u.data, &o), LFAP_OK, "%s", ctx.message);
  cr_assert_leq(h.log_loss, -1.0, "the double path got to %g", h.log_loss);
  for (size_t i = 0; i < c.p.n; i++) cr_assert_float_eq(h.p[i], mpfr_get_d(c.p.v[i], MPFR_RNDN), 1e-3, "p[%zu]: doubles %g, oracle %g", i, h.p[i], mpfr_get_d(c.p.v[i], MPFR_RNDN));
  lfap_history_free(&h);
  oracle_flow_table_free(&c);
  oracle_flow_table_free(&a);
  oracle_flow_table_free(&b);
  tear(&u);
}

/* Training: the same to 240 bits where no branch differs (gd has but the slopes). */
Test(replay, at_256_and_at_512_bits_is_the_same_to_240) {
  lfap_ctx ctx = {0};
  for (int sgd = 0; sgd < 2; sgd++) {
    setup u;
    oracle_trained a = {0}, b = {0}, c = {0};
    lfap_train_opts o;
    build(&u, 4, 20, 4, 0.5, 41);
    lfap_train_defaults(&o, sgd ? LFAP_METHOD_SGD : LFAP_METHOD_GD);
    o.epochs = 60;
    o.lr = 0.05;
    cr_assert_eq(oracle_replay_train(&ctx, &a, &u.net, &u.data, &o, 256), LFAP_OK, "%s", ctx.message);
    cr_assert_eq(oracle_replay_train(&ctx, &b, &u.net, &u.data, &o, 512), LFAP_OK, "%s", ctx.message);
    cr_assert_eq(oracle_replay_train(&ctx, &c, &u.net, &u.data, &o, 53), LFAP_OK, "%s", ctx.message);
    size_t off = 0;
    for (size_t i = 0; i < a.w.n; i++) {
      agree(a.w.v[i], b.w.v[i], 240, "W");
      agree(c.w.v[i], b.w.v[i], 35, "W in doubles");
      off += mpfr_get_d(c.w.v[i], MPFR_RNDN) != mpfr_get_d(b.w.v[i], MPFR_RNDN);
    }
    cr_assert_gt(off, 0, "doubles carry no rounding error: the comparison is empty");
    for (size_t e = 0; e < 60; e++) agree(a.loss.v[e], b.loss.v[e], 240, "loss");
    oracle_trained_free(&a);
    oracle_trained_free(&b);
    oracle_trained_free(&c);
    tear(&u);
  }
}

/* ---- refusals ------------------------------------------------------------------------------------------------------------ */

Test(refuses, precisions_out_of_range) {
  lfap_ctx ctx = {0};
  setup u;
  oracle_limit_replayed lim = {0};
  oracle_flow_table t = {0};
  build(&u, 3, 20, 4, 0.5, 1);
  const unsigned bad[] = {1, 52, 65537};
  for (size_t i = 0; i < 3; i++) {
    char number[16];
    snprintf(number, sizeof number, "%u", bad[i]);
    cr_assert_eq(oracle_replay_limit(&ctx, &lim, &u.data, 0.5, bad[i]), LFAP_ERR_USAGE);
    cr_assert(strstr(ctx.message, number), "%s", ctx.message);
    oracle_flow_opts o = {.prec = bad[i]};
    cr_assert_eq(oracle_flow_report(&ctx, &t, &u.net, &u.data, &o), LFAP_ERR_USAGE);
    cr_assert(strstr(ctx.message, number), "%s", ctx.message);
  }
  oracle_flow_opts up = {.log_loss = 1.0};
  cr_assert_eq(oracle_flow_report(&ctx, &t, &u.net, &u.data, &up), LFAP_ERR_USAGE);
  oracle_flow_opts few = {.steps = 2};
  cr_assert_eq(oracle_flow_report(&ctx, &t, &u.net, &u.data, &few), LFAP_ERR_DATA);
  cr_assert_null(t.row);
  cr_assert_null(lim.lambda.v);
  tear(&u);
}

/* MPFR's exponents end near 2^62: a step of 1e200 leaves them behind. */
Test(refuses, results_out_of_mpfr_s_range) {
  lfap_ctx ctx = {0};
  setup u;
  oracle_trained r = {0};
  lfap_train_opts o;
  build(&u, 1, 20, 4, 0.5, 1);
  lfap_train_defaults(&o, LFAP_METHOD_GD);
  o.epochs = 2;
  o.lr = 1e200;
  mpfr_exp_t emin = mpfr_get_emin(), emax = mpfr_get_emax();
  cr_assert_eq(oracle_replay_train(&ctx, &r, &u.net, &u.data, &o, 128), LFAP_ERR_DATA);
  cr_assert(strstr(ctx.message, "underflow"), "%s", ctx.message);
  cr_assert_null(r.w.v);
  cr_assert_eq(oracle_replay_train(&ctx, &r, &u.net, &u.data, &o, 53), LFAP_OK, "binary64 underflows to 0: %s", ctx.message);
  oracle_trained_free(&r);
  cr_assert_eq(mpfr_get_emin(), emin);
  cr_assert_eq(mpfr_get_emax(), emax);
  tear(&u);
}
