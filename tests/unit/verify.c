/* Verdicts: a line passes, fails, is undecided or not applicable for the reason it says, and whole cases go the way the
 * theory says they go. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "lfap.h"
#include "verify/report.h"

static lfap_verdict decided(int applies, double v, const char *rel, double b) {
  lfap_check k = {.id = "T1"};
  lfap_check_decide(&k, applies, v, rel, b);
  cr_assert(isnan(v) ? isnan(k.value) : k.value == v);
  return k.verdict;
}

Test(verdict, relations) {
  cr_assert_eq(decided(1, 1.0, "<", 2.0), LFAP_PASS);
  cr_assert_eq(decided(1, 2.0, "<", 1.0), LFAP_FAIL);
  cr_assert_eq(decided(1, 2.0, "<", 2.0), LFAP_UNDECIDED);
  cr_assert_eq(decided(1, 2.0 - 1e-15, "<", 2.0), LFAP_UNDECIDED);
  cr_assert_eq(decided(1, 2.0, "<=", 2.0), LFAP_PASS);
  cr_assert_eq(decided(1, 2.1, "<=", 2.0), LFAP_FAIL);
  cr_assert_eq(decided(1, 2.0, ">", 1.0), LFAP_PASS);
  cr_assert_eq(decided(1, 0.5, ">=", 1.0), LFAP_FAIL);
  cr_assert_eq(decided(1, 1.0, "=", 1.0), LFAP_PASS);
  cr_assert_eq(decided(1, 0.999, "=", 1.0), LFAP_FAIL);
}

Test(verdict, a_hypothesis_that_does_not_hold_is_never_a_pass) {
  const char *rel[] = {"<", "<=", ">", ">=", "="};
  for (size_t i = 0; i < 5; i++)
    for (double v = -1; v <= 1; v += 0.5) cr_assert_eq(decided(0, v, rel[i], 0.0), LFAP_NOT_APPLICABLE);
}

Test(verdict, nan_never_passes) {
  const char *rel[] = {"<", "<=", ">", ">=", "="};
  for (size_t i = 0; i < 5; i++) {
    cr_assert_eq(decided(1, NAN, rel[i], 0.0), LFAP_FAIL);
    cr_assert_neq(decided(1, 0.0, rel[i], NAN), LFAP_PASS);
  }
}

Test(verdict, the_worst_line_is_the_verdict) {
  lfap_check k[3] = {{.verdict = LFAP_PASS}, {.verdict = LFAP_NOT_APPLICABLE}, {.verdict = LFAP_PASS}};
  lfap_case c = {.check = k, .checks = 3};
  cr_assert_eq(lfap_case_verdict(&c), LFAP_PASS);
  k[2].verdict = LFAP_UNDECIDED;
  cr_assert_eq(lfap_case_verdict(&c), LFAP_UNDECIDED);
  k[0].verdict = LFAP_FAIL;
  cr_assert_eq(lfap_case_verdict(&c), LFAP_FAIL);
  k[0].verdict = k[2].verdict = LFAP_NOT_APPLICABLE;
  cr_assert_eq(lfap_case_verdict(&c), LFAP_NOT_APPLICABLE);
}

static lfap_case run(size_t n, size_t d, size_t n_adv, double gamma, double eps, const lfap_net *net) {
  lfap_data data = {0};
  lfap_case c = {0};
  lfap_ctx ctx = {.threads = 2};
  cr_assert_eq(lfap_gen_uniform(NULL, &data, 3, n, d), LFAP_OK);
  for (size_t i = 0; i < n; i++) data.y[i] = i % 2 ? -1 : 1;
  lfap_verify_opts o = {.name = "test", .data = &data, .net = net, .gamma = gamma, .seed = 5, .n_adv = n_adv, .m = 10,
                        .m_adv = 10, .eps = {eps, eps / sqrt((double)d), eps / 10}, .k = 100, .probes = 50, .controls = 1,
                        .log_loss_target = -1e12, .flow_steps = 3000};
  cr_assert_eq(lfap_verify_case(&ctx, &c, &o), LFAP_OK, "%s", ctx.message);
  lfap_data_free(&data);
  return c;
}

static size_t count(const lfap_case *c, const char *id, lfap_verdict v) {
  size_t n = 0;
  for (size_t i = 0; i < c->checks; i++) n += (!id || !strcmp(c->check[i].id, id)) && c->check[i].verdict == v;
  return n;
}

Test(verify, every_statement_passes_where_h_holds) {
  lfap_case c = run(2, 20000, 8, 0.9, 5.0, NULL);
  const char *ids[] = {"H", "Q1", "T1", "T2", "C1", "F1", "K1", "P1", "D1", "D2", "T3", "T4"};
  cr_assert(c.hyp.holds && c.hyp_adv[0].holds && c.hyp_adv[1].holds && c.hyp_adv[2].holds);
  for (size_t i = 0; i < 12; i++) {
    cr_assert_gt(count(&c, ids[i], LFAP_PASS), 0, "%s", ids[i]);
    cr_assert_eq(count(&c, ids[i], LFAP_FAIL) + count(&c, ids[i], LFAP_UNDECIDED), 0, "%s", ids[i]);
  }
  cr_assert_eq(lfap_case_verdict(&c), LFAP_PASS);
  for (size_t i = 0; i < c.checks; i++) /* the effect itself: natural samples right after learning from noise alone */
    if (strstr(c.check[i].what, "data: accuracy of the network trained on noise + perturbation")) {
      cr_assert_eq(c.check[i].verdict, LFAP_PASS);
      cr_assert_eq(c.check[i].value, 1.0);
    }
  lfap_case_free(&c);
}

Test(verify, outside_h_the_theorem_is_not_applied) {
  lfap_case c = run(40, 2000, 40, 0.5, 1.0, NULL);
  cr_assert_not(c.hyp.holds);
  const char *needs_h[] = {"H", "T1", "D2"};
  for (size_t i = 0; i < 3; i++) {
    cr_assert_eq(count(&c, needs_h[i], LFAP_PASS), 0, "%s", needs_h[i]);
    cr_assert_gt(count(&c, needs_h[i], LFAP_NOT_APPLICABLE), 0, "%s", needs_h[i]);
  }
  cr_assert_eq(count(&c, NULL, LFAP_FAIL), 0);
  cr_assert_gt(count(&c, "T3", LFAP_PASS), 0, "the split is algebra");
  lfap_case_free(&c);
}

Test(verify, a_network_brought_along_is_measured_not_judged) {
  lfap_net net = {0};
  cr_assert_eq(lfap_net_init(NULL, &net, 10, 20000, 0.9, 1, 1.0), LFAP_OK);
  lfap_case c = run(2, 20000, 8, 0.9, 5.0, &net);
  int seen = 0;
  for (size_t i = 0; i < c.checks; i++)
    if (strstr(c.check[i].what, "sign agreement of the network with f_bdy")) {
      seen++;
      cr_assert_eq(c.check[i].verdict, LFAP_NOT_APPLICABLE);
      if (!strcmp(c.check[i].subject, "probes")) cr_assert(c.check[i].value < 0.95, "an untrained network must not agree: %g", c.check[i].value);
    }
  cr_assert_eq(seen, 2);
  lfap_case_free(&c);
  lfap_net_free(&net);
}

Test(verify, bad_options_are_refused) {
  lfap_data data = {0};
  lfap_case c = {0};
  lfap_ctx ctx = {0};
  cr_assert_eq(lfap_gen_uniform(NULL, &data, 3, 2, 10), LFAP_OK);
  lfap_verify_opts o = {.data = &data, .gamma = 0.5, .n_adv = 0, .m = 10, .flow_steps = 10, .log_loss_target = -1};
  cr_assert_eq(lfap_verify_case(&ctx, &c, &o), LFAP_ERR_USAGE);
  o.n_adv = 4;
  o.gamma = 1.5;
  cr_assert_eq(lfap_verify_case(&ctx, &c, &o), LFAP_ERR_DATA);
  cr_assert_null(c.check);
  lfap_data_free(&data);
}
