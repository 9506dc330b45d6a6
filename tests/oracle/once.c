/* Exact integers too: `lfap verify` with the certifier forms the Gram matrix of a set once in doubles and once in integers, and checks the
 * set once, whether doubles settled it or not (tests/counted.h). */
#include "counted.h"
#include "oracle/exact/gram.h"
#include "oracle/verify/certifier.h"

lfap_status __real_oracle_gram_make(lfap_ctx *ctx, oracle_gram *out, const double *X, size_t n, size_t d);
lfap_status __wrap_oracle_gram_make(lfap_ctx *ctx, oracle_gram *out, const double *X, size_t n, size_t d);
lfap_status __wrap_oracle_gram_make(lfap_ctx *ctx, oracle_gram *out, const double *X, size_t n, size_t d) {
  counted_see("exact", X, n, d);
  return __real_oracle_gram_make(ctx, out, X, n, d);
}

static lfap_case run(const lfap_data *data, oracle_certifier *oracle) {
  lfap_case c = {0};
  lfap_ctx ctx = {.threads = 2};
  lfap_certifier who = {.speak = oracle_certifier_speak, .refine = oracle_certifier_refine, .end = oracle_certifier_end, .user = oracle};
  lfap_verify_opts o = {.name = "test", .data = data, .certifier = &who, .gamma = 0.5, .seed = 5, .n_adv = 9, .m = 4, .m_adv = 4, .eps = {1, 0.05, 0.2},
                        .k = data->d / 20 + 1, .probes = 5, .controls = 1, .log_loss_target = -1e9, .flow_steps = 300};
  counted_forget();
  cr_assert_eq(lfap_verify_case(&ctx, &c, &o), LFAP_OK, "%s", ctx.message);
  return c;
}

static const lfap_check *line(const lfap_case *c, const char *id, const char *subject) {
  for (size_t i = 0; i < c->checks; i++)
    if (!strcmp(c->check[i].id, id) && !strcmp(c->check[i].subject, subject)) return &c->check[i];
  cr_assert(0, "no line %s of %s", id, subject);
  return NULL;
}

Test(once, a_settled_set) {
  oracle_certifier oracle = {.largest = 256};
  lfap_data D = {0};
  cr_assert_eq(lfap_gen_uniform(NULL, &D, 3, 6, 400), LFAP_OK);
  for (size_t i = 0; i < 6; i++) D.y[i] = i % 2 ? -1 : 1;
  lfap_case c = run(&D, &oracle);
  cr_expect(c.lim.settled && line(&c, "Q1", "data")->certified == LFAP_PASS && line(&c, "Q1", "data")->enclosed);
  cr_expect_eq(counted_once("gram", 6, 400), 1);
  cr_expect_eq(counted_once("gram", 9, 400), 4);
  cr_expect_eq(counted_times("exact", 6, 400, 2), 1, "the certificate, and the point of the network");
  cr_expect_eq(counted_once("exact", 9, 400), 3);
  cr_expect_eq(counted_once("check", 0, 0), 4);
  lfap_case_free(&c);
  oracle_certifier_free(&oracle);
  lfap_data_free(&D);
}

/* Two samples that doubles take for parallel: the certificate that refines the limit is the one that speaks of it. The case after it, in the
   same place, is another. */
Test(once, a_set_that_doubles_do_not_settle_and_the_next_one) {
  oracle_certifier oracle = {.largest = 256};
  lfap_data D = {0};
  cr_assert_eq(lfap_data_alloc(NULL, &D, 3, 40), LFAP_OK);
  for (size_t i = 0; i < 3; i++) {
    D.x[i * 40] = 1.0;
    D.x[i * 40 + 1 + i] = i < 2 ? 0x1p-30 : 1.0;
    D.y[i] = i == 2 ? -1 : 1;
  }
  lfap_case c = run(&D, &oracle);
  cr_expect_eq(line(&c, "Q1", "data")->certified, LFAP_PASS, "the certificate's multipliers");
  cr_expect_eq(counted_times("exact", 3, 40, 2), 1, "the certificate, and the point of the network");
  cr_expect_eq(counted_once("gram", 3, 40), 1);
  (void)counted_once("check", 0, 0);
  lfap_case_free(&c);
  for (size_t i = 0; i < 120; i++) D.x[i] = 0.0;
  for (size_t i = 0; i < 3; i++) D.x[i * 40 + i] = 1.0;
  c = run(&D, &oracle);
  cr_expect_eq(counted_times("exact", 3, 40, 2), 1, "not the certificate of the samples that lay there before");
  lfap_case_free(&c);
  oracle_certifier_free(&oracle);
  lfap_data_free(&D);
}
