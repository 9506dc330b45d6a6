/* The oracle's word in `lfap verify`: it certifies what is right, and a double result that its enclosure contradicts fails and
 * names the kernel. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "oracle/verify/certifier.h"

typedef enum { NOTHING, LAMBDA, HYPOTHESIS, BOUNDARY, INTERVAL, PATTERN, NOT_REACHED, ASTRAY } fault;
typedef struct {
  oracle_certifier oracle;
  fault fault;
} saboteur;

/* Damages what the double path found before the oracle sees it. */
static lfap_status speak(void *user, lfap_ctx *ctx, lfap_case *c, size_t first, const lfap_offer *offer) {
  saboteur *s = user;
  if (!offer->bases) {
    if (s->fault == LAMBDA) offer->lim->lambda_q[1] *= 1 + 1e-9;
    if (s->fault == BOUNDARY) ((double *)offer->tried[1].f_bdy)[3] *= -1; /* the case's own array */
    for (size_t i = first; i < c->checks; i++) {
      if (s->fault == HYPOTHESIS && c->check[i].claim == LFAP_CLAIM_H) c->check[i].verdict = LFAP_NOT_APPLICABLE;
      if (s->fault == INTERVAL && c->check[i].claim == LFAP_CLAIM_T2) c->check[i].verdict = LFAP_UNDECIDED;
    }
  }
  return oracle_certifier_speak(&s->oracle, ctx, c, first, offer);
}

/* The same of where the network ends: a pattern that is not the point's, a verdict that is not so, weights that go elsewhere. */
static lfap_status end(void *user, lfap_ctx *ctx, lfap_case *c, size_t first, const lfap_ending *offered) {
  saboteur *s = user;
  lfap_ending e = *offered;
  lfap_net astray = *e.net;
  lfap_status st = LFAP_OK;
  if (s->fault == PATTERN) e.point.slope[1] = c->gamma; /* neuron 0, sample 1: of the other class, */
  if (s->fault == PATTERN) e.point.slope[0] = c->gamma; /* and sample 0, of its own */
  for (size_t i = first; i < c->checks; i++)
    if (s->fault == NOT_REACHED && c->check[i].claim == LFAP_CLAIM_C4) c->check[i].verdict = LFAP_NOT_APPLICABLE;
  if (s->fault == ASTRAY) {
    st = lfap_net_init(NULL, &astray, e.net->m, e.net->d, e.net->gamma, 99, 1.0);
    e.net = &astray;
  }
  if (!st) st = oracle_certifier_end(&s->oracle, ctx, c, first, &e);
  if (s->fault == ASTRAY) lfap_net_free(&astray);
  return st;
}

enum { SETS = 1 + LFAP_NORMS }; /* the data, and an adversarial set for each norm */

static lfap_case run(saboteur *s, size_t n, size_t d, double gamma) {
  lfap_data data = {0};
  lfap_case c = {0};
  lfap_ctx ctx = {.threads = 2};
  cr_assert_eq(lfap_gen_uniform(NULL, &data, 3, n, d), LFAP_OK);
  for (size_t i = 0; i < n; i++) data.y[i] = i % 2 ? -1 : 1;
  lfap_certifier who = {.speak = speak, .end = end, .user = s};
  lfap_verify_opts o = {.name = "test", .certifier = &who, .data = &data, .gamma = gamma, .seed = 5, .n_adv = 8,
                        .m = 10, .m_adv = 10, .eps = {5, 0.035, 0.155, 5}, .k = d / 20, .probes = 30, .controls = 0,
                        .log_loss_target = -1e12, .flow_steps = 3000};
  cr_assert_eq(lfap_verify_case(&ctx, &c, &o), LFAP_OK, "%s", ctx.message);
  oracle_certifier_free(&s->oracle);
  lfap_data_free(&data);
  return c;
}

static size_t certified(const lfap_case *c, lfap_claim claim, lfap_verdict v) {
  size_t n = 0;
  for (size_t i = 0; i < c->checks; i++) n += c->check[i].enclosed && c->check[i].claim == claim && c->check[i].certified == v;
  return n;
}

Test(certifier, certifies_every_claim_inside_the_hypothesis) {
  saboteur s = {.oracle = {.largest = 64}};
  lfap_case c = run(&s, 2, 20000, 0.9);
  for (lfap_claim k = LFAP_CLAIM_NONE + 1; k < LFAP_SET_CLAIMS; k++) {
    cr_assert_geq(certified(&c, k, LFAP_PASS), SETS, "claim %s on every set", lfap_claims[k].key);
    cr_assert_eq(certified(&c, k, LFAP_FAIL) + certified(&c, k, LFAP_UNDECIDED), 0, "claim %s", lfap_claims[k].key);
  }
  cr_assert_geq(certified(&c, LFAP_CLAIM_T4, LFAP_PASS), 3);
  cr_assert_eq(lfap_case_verdict(&c), LFAP_PASS);
  lfap_case_free(&c);
}

Test(certifier, certifies_where_the_network_ends) {
  saboteur s = {.oracle = {.largest = 64}};
  lfap_case c = run(&s, 2, 20000, 0.9);
  cr_assert_eq(certified(&c, LFAP_CLAIM_C3, LFAP_PASS), 1);
  cr_assert_eq(certified(&c, LFAP_CLAIM_C4, LFAP_PASS), 2);
  for (size_t i = 0; i < c.checks; i++)
    if (c.check[i].claim == LFAP_CLAIM_C4) cr_assert(c.check[i].margin > 0.99 && c.check[i].margin <= 1.0, "%g", c.check[i].margin);
  lfap_case_free(&c);
  c = run(&s, 30, 2000, 0.5);
  cr_assert_eq(certified(&c, LFAP_CLAIM_C3, LFAP_PASS), 1);
  cr_assert_eq(certified(&c, LFAP_CLAIM_C4, LFAP_PASS), 2, "outside (H) too");
  lfap_case_free(&c);
}

/* What the oracle contradicts is no PASS, and nothing is said to rest on it. */
static void ends_with(fault f, lfap_claim claim, lfap_verdict verdict, const char *note) {
  saboteur s = {.oracle = {.largest = 64}, .fault = f};
  lfap_case c = run(&s, 2, 20000, 0.9);
  size_t seen = 0;
  for (size_t i = 0; i < c.checks; i++) {
    const lfap_check *k = &c.check[i];
    cr_assert_null(strstr(k->note, "no theorem is quoted"), "%s", k->note);
    if (k->claim != claim) continue;
    seen++;
    cr_assert_eq(k->verdict, verdict, "%s: %s, %s", k->what, lfap_verdict_name(k->verdict), k->note);
    cr_assert(strstr(k->note, note), "%s", k->note);
  }
  cr_assert_gt(seen, 0);
  lfap_case_free(&c);
}

Test(certifier, a_pattern_that_is_not_the_points_is_no_pass) { ends_with(PATTERN, LFAP_CLAIM_C3, LFAP_FAIL, "doubles say PASS, the certificate FAIL"); }
Test(certifier, a_wrong_verdict_of_c4_fails) { ends_with(NOT_REACHED, LFAP_CLAIM_C4, LFAP_FAIL, "doubles say NOT-APPLICABLE, the certificate PASS"); }
Test(certifier, other_weights_do_not_go_there) { ends_with(ASTRAY, LFAP_CLAIM_C4, LFAP_FAIL, "doubles say PASS, the certificate NOT-APPLICABLE"); }

Test(certifier, outside_the_hypothesis_it_is_certified_that_it_is_not_met) {
  saboteur s = {.oracle = {.largest = 64}};
  lfap_case c = run(&s, 30, 2000, 0.5);
  cr_assert_eq(certified(&c, LFAP_CLAIM_H, LFAP_NOT_APPLICABLE), SETS);
  cr_assert_eq(certified(&c, LFAP_CLAIM_T1, LFAP_PASS), 0);
  cr_assert_eq(lfap_case_verdict(&c), LFAP_PASS);
  lfap_case_free(&c);
}

Test(certifier, large_sets_are_left_to_doubles) {
  saboteur s = {.oracle = {.largest = 1}};
  lfap_case c = run(&s, 2, 20000, 0.9);
  for (size_t i = 0; i < c.checks; i++) cr_assert_not(c.check[i].enclosed);
  cr_assert_eq(s.oracle.left_out, SETS);
  lfap_case_free(&c);
}

Test(certifier, large_sets_by_error_bounds) {
  saboteur s = {.oracle = {.largest = 1, .fast = 1}};
  lfap_case c = run(&s, 2, 20000, 0.9);
  cr_assert_eq(certified(&c, LFAP_CLAIM_C1, LFAP_PASS), SETS);
  cr_assert_eq(certified(&c, LFAP_CLAIM_H, LFAP_PASS), SETS);
  cr_assert_eq(certified(&c, LFAP_CLAIM_T1, LFAP_PASS), 0);
  cr_assert_eq(s.oracle.left_out, 0);
  cr_assert_eq(lfap_case_verdict(&c), LFAP_PASS);
  lfap_case_free(&c);
  s = (saboteur){.oracle = {.largest = 1, .fast = 1}, .fault = HYPOTHESIS};
  c = run(&s, 2, 20000, 0.9);
  cr_assert_eq(lfap_case_verdict(&c), LFAP_FAIL, "a wrong verdict is found out");
  lfap_case_free(&c);
}

/* The one line that fails, and that its note names a kernel. */
static void one_failure(fault f, const char *what) {
  saboteur s = {.oracle = {.largest = 64}, .fault = f};
  lfap_case c = run(&s, 2, 20000, 0.9);
  size_t failed = 0;
  for (size_t i = 0; i < c.checks; i++)
    if (c.check[i].enclosed && c.check[i].verdict == LFAP_FAIL) {
      failed++;
      cr_assert(strstr(c.check[i].what, what), "%s", c.check[i].what);
      cr_assert(strstr(c.check[i].note, "look at the kernels of") && strstr(c.check[i].note, ".c"), "%s", c.check[i].note);
    }
  cr_assert_eq(failed, 1);
  cr_assert_eq(lfap_case_verdict(&c), LFAP_FAIL);
  lfap_case_free(&c);
}

Test(certifier, a_wrong_multiplier_fails) { one_failure(LAMBDA, "distance of lambda from its enclosure"); }
Test(certifier, a_wrong_sign_fails) { one_failure(BOUNDARY, "signs of f_bdy that its enclosure contradicts"); }
Test(certifier, a_wrong_verdict_fails) { one_failure(HYPOTHESIS, "nearly orthogonal"); }

Test(certifier, what_doubles_leave_open_the_enclosure_decides) {
  saboteur s = {.oracle = {.largest = 64}, .fault = INTERVAL};
  lfap_case c = run(&s, 2, 20000, 0.9);
  for (size_t i = 0; i < c.checks; i++)
    if (c.check[i].claim == LFAP_CLAIM_T2) cr_assert_eq(c.check[i].verdict, LFAP_PASS);
  cr_assert_eq(lfap_case_verdict(&c), LFAP_PASS);
  lfap_case_free(&c);
}
