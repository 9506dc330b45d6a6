/* What fails inside a function of the oracle: every allocation of its own (GMP's and MPFR's cannot be told of, lfap_oracle.h), every report
 * of progress that asks to stop. The calls are those of calls.h, and some that take other ways through the same functions. */
#include "calls.h"
#include "failing.h"
#include "oracle/coq/coq.h"

/* ---- other ways ----------------------------------------------------------------------------------------------------------------- */

static const char zeros[65] = "0000000000000000000000000000000000000000000000000000000000000000";

/* Six samples of twelve coordinates at 1/32: with kinks; three of forty at 1/2: without. */
static struct {
  lfap_data kinks, near;
  lfap_limit kinks_lim, near_lim;
  oracle_cert cert; /* of kinks */
  oracle_coq theorem; /* C2 of them, as text */
  lfap_text text;
  double points[3 * 40];
} more;

static void begin(void) {
  setup();
  cr_assert_eq(lfap_gen_gauss(NULL, &more.kinks, 0, 6, 12), LFAP_OK);
  cr_assert_eq(lfap_gen_uniform(NULL, &more.near, 8, 3, 40), LFAP_OK);
  for (size_t i = 0; i < 3 * 40; i++) more.points[i] = more.near.x[i] * (i % 3 ? 1.25 : 1.0);
  cr_assert_eq(lfap_limit_solve(NULL, &more.kinks_lim, &more.kinks, NULL, 0.03125), LFAP_OK);
  cr_assert_eq(lfap_limit_solve(NULL, &more.near_lim, &more.near, NULL, 0.5), LFAP_OK);
  cr_assert_gt(more.kinks_lim.c2.kinks, 0, "there are kinks");
  cr_assert_eq(oracle_limit_certify(NULL, &more.cert, &more.kinks, 0.03125, NULL), LFAP_OK);
  int found = 0;
  oracle_coq_about about = {.data = &more.near, .sha256 = zeros};
  oracle_coq_wish wish = {.claim = ORACLE_COQ_C1, .z = more.points, .points = 3};
  cr_assert_eq(oracle_coq_find(NULL, &found, &more.theorem, &about, &more.near_lim, &wish), LFAP_OK);
  cr_assert(found, "C1 is shown");
  cr_assert_eq(oracle_coq_text(NULL, &more.text, &more.theorem, &about, 0), LFAP_OK);
}

static void end(void) {
  teardown();
  lfap_data_free(&more.kinks);
  lfap_data_free(&more.near);
  lfap_limit_free(&more.kinks_lim);
  lfap_limit_free(&more.near_lim);
  oracle_cert_free(&more.cert);
  oracle_coq_free(&more.theorem);
  lfap_text_free(&more.text);
}

CALL(certify_kinks, oracle_limit_certify(c, &r->cert, &more.kinks, 0.03125, NULL))
CALL(certify_exact, oracle_limit_certify(c, &r->cert, &more.kinks, 0.5, &(oracle_opts){.exact = 1}))
CALL(certify_bits, oracle_limit_certify(c, &r->cert, &more.near, 0.5, &(oracle_opts){.prec = 53, .max_prec = 64}))
CALL(boundary_kinks, oracle_boundary(c, &r->vector, &more.cert, &more.kinks, NULL))
static lfap_status call_document(lfap_ctx *c, result *r) {
  (void)r;
  char *text = NULL;
  size_t len;
  lfap_status st = oracle_cert_document(c, &text, &len, &more.cert);
  free(text);
  return st;
}

static lfap_status coq_by(lfap_ctx *c, const lfap_data *data, const lfap_limit *lim, oracle_coq_wish wish) {
  int found = 0;
  oracle_coq t = {0};
  oracle_coq_about about = {.data = data, .sha256 = zeros, .other = wish.adversarial ? data : NULL, .other_sha256 = zeros};
  lfap_text text = {0};
  lfap_status st = oracle_coq_find(c, &found, &t, &about, lim, &wish);
  for (size_t i = 0; !st && found && i < oracle_coq_files(&t); i++) {
    st = oracle_coq_text(c, &text, &t, &about, i);
    lfap_text_free(&text);
  }
  oracle_coq_free(&t);
  return st;
}
CALL(coq_t1, ((void)r, coq_by(c, &more.near, &more.near_lim, (oracle_coq_wish){.claim = -1})))
CALL(coq_c2, ((void)r, coq_by(c, &more.kinks, &more.kinks_lim, (oracle_coq_wish){.claim = ORACLE_COQ_C2, .form = ORACLE_COQ_FAST})))
CALL(coq_bits, ((void)r, coq_by(c, &more.kinks, &more.kinks_lim, (oracle_coq_wish){.claim = ORACLE_COQ_C2, .cert = &more.cert})))
CALL(coq_t5, ((void)r, coq_by(c, &more.near, &more.near_lim, (oracle_coq_wish){.claim = ORACLE_COQ_T5, .z = more.points, .points = 3})))
CALL(coq_t4, ((void)r, coq_by(c, &more.near, &more.near_lim, (oracle_coq_wish){.claim = ORACLE_COQ_T4, .z = more.points, .points = 3, .adversarial = &more.near_lim})))
static lfap_status call_coq_check(lfap_ctx *c, result *r) {
  (void)r;
  int accepted;
  oracle_coq t = {0};
  lfap_status st = oracle_coq_check(c, &accepted, &t, more.text.bytes, more.text.len, &(oracle_coq_about){.data = &more.near, .sha256 = zeros});
  if (!st) cr_expect(accepted);
  oracle_coq_free(&t);
  return st;
}

static lfap_status train_by(lfap_ctx *c, result *r, lfap_method method, lfap_form form, unsigned prec) {
  lfap_train_opts o;
  lfap_train_defaults(&o, method);
  o.epochs = 4, o.form = form, o.coefficients = 1;
  return oracle_replay_train(c, &r->trained, &in.net, &in.data, &o, prec);
}
CALL(train_gram, train_by(c, r, LFAP_METHOD_SGD, LFAP_FORM_GRAM, 64))
CALL(train_plain, train_by(c, r, LFAP_METHOD_SGD, LFAP_FORM_PLAIN, 53))
CALL(train_flow, train_by(c, r, LFAP_METHOD_FLOW, LFAP_FORM_AUTO, 53))
static lfap_status call_digits(lfap_ctx *c, result *r) {
  oracle_epoch_digits row[8];
  oracle_train_digits digits = {.every = 1, .row = row};
  lfap_train_opts o;
  lfap_net net = {0};
  lfap_train_defaults(&o, LFAP_METHOD_GD);
  o.epochs = 4;
  lfap_status st = lfap_net_init(c, &net, M, D, 0.5, 4, 1.0);
  if (!st) st = oracle_train(c, &net, &r->history, &digits, &in.data, &o, 64);
  lfap_net_free(&net);
  return st;
}

static lfap_status perturb_by(lfap_ctx *c, result *r, oracle_attack attack, lfap_norm norm) {
  oracle_digits digits[N];
  lfap_perturb_opts o = {.norm = norm, .eps = 0.1, .steps = 3, .k = 2, .has_range = 1, .lo = -9, .hi = 9};
  oracle_perturb_args a = {.attack = attack, .o = &o, .B = in.data.x, .t = in.data.y, .w = in.lim.w, .net = &in.net, .n = N, .d = D};
  return oracle_perturb(c, &r->perturbed, digits, &a, 64);
}
CALL(perturb_l0, perturb_by(c, r, ORACLE_PGD, LFAP_L0))
CALL(perturb_linf, perturb_by(c, r, ORACLE_GRADIENT, LFAP_LINF))
CALL(perturb_l1, perturb_by(c, r, ORACLE_GEOMETRY, LFAP_L1))

CALL(flow_probes, oracle_flow_report(c, &r->flow, &in.net, &in.data, &(oracle_flow_opts){.prec = 64, .loss = LFAP_LOSS_LOGISTIC, .log_loss = -2, .steps = 500, .probes = in.data.x, .np = 2}))

static lfap_status call_verify(lfap_ctx *c, result *r) {
  (void)r;
  oracle_certifier me = {.largest = 64};
  lfap_certifier who = {oracle_certifier_speak, oracle_certifier_refine, oracle_certifier_end, &me};
  lfap_verify_opts o = {.data = &in.data, .gamma = 0.5, .n_adv = 3, .m = 2, .m_adv = 2, .eps = {0.1, 0, 0.1}, .k = 2, .probes = 2, .certifier = &who,
                        .log_loss_target = -10, .flow_steps = 50};
  lfap_case verified = {0};
  lfap_status st = lfap_verify_case(c, &verified, &o);
  if (!st) lfap_case_free(&verified);
  oracle_certifier_free(&me);
  return st;
}

static const entry others[] = {
    {"certify, kinks", call_certify_kinks, drop_cert, 0},
    {"certify, rationals", call_certify_exact, drop_cert, 0},
    {"certify, few bits", call_certify_bits, drop_cert, 0},
    {"boundary, kinks", call_boundary_kinks, drop_vector, 0},
    {"oracle_cert_document", call_document, NULL, 0},
    {"theorem, the first that is shown", call_coq_t1, NULL, 0},
    {"theorem, C2, fast", call_coq_c2, NULL, 0},
    {"theorem, C2 by a certificate", call_coq_bits, NULL, 0},
    {"theorem, T5", call_coq_t5, NULL, 0},
    {"theorem, T4", call_coq_t4, NULL, 0},
    {"theorem, checked", call_coq_check, NULL, 0},
    {"sgd, Gram", call_train_gram, drop_trained, 0},
    {"sgd, plain", call_train_plain, drop_trained, 0},
    {"flow", call_train_flow, drop_trained, 0},
    {"gd, digits", call_digits, drop_history, 0},
    {"pgd, l0", call_perturb_l0, drop_perturbed, 0},
    {"gradient, linf", call_perturb_linf, drop_perturbed, 0},
    {"geometry, l1", call_perturb_l1, drop_perturbed, 0},
    {"flow, logistic, probes", call_flow_probes, drop_flow, 0},
    {"verify", call_verify, NULL, 0},
};
enum { OTHERS = sizeof others / sizeof others[0] };

/* ---- the tests ------------------------------------------------------------------------------------------------------------------ */

TestSuite(failing, .init = begin, .fini = end);

Test(failing, every_allocation) {
  long runs = each(memory_each, entries, ENTRIES) + each(memory_each, others, OTHERS);
  cr_expect_gt(runs, 1000, "%ld", runs);
}

Test(failing, every_report_that_asks_to_stop) {
  long runs = each(stop_each, entries, ENTRIES) + each(stop_each, others, OTHERS);
  cr_expect_gt(runs, 300, "%ld", runs);
}
