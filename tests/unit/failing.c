/* What fails inside a function of the library: every allocation, every report of progress that asks to stop. The calls are those of calls.h,
 * and some that take other ways through the same functions. */
#include "calls.h"
#include "failing.h"
#include "limit/interior.h"

/* ---- other ways ----------------------------------------------------------------------------------------------------------------- */

/* Half as many coordinates as `in`'s samples have neighbours: kinks, conjugate gradients, blocks. */
static struct {
  lfap_data data, square, noise; /* 14 x 20 normal numbers; 12 x 12; bases */
  lfap_data flat;                /* 30 x 4: no half-space has a class */
  lfap_net net, output;          /* 6 x 20; with output weights of its own */
  lfap_limit lim;                /* of data, at 0.01: with kinks */
} more;

static void begin(void) {
  setup();
  cr_assert_eq(lfap_gen_gauss(NULL, &more.data, 12, 14, 20), LFAP_OK);
  cr_assert_eq(lfap_gen_gauss(NULL, &more.square, 5, 12, 12), LFAP_OK);
  cr_assert_eq(lfap_gen_uniform(NULL, &more.noise, 7, 10, 20), LFAP_OK);
  cr_assert_eq(lfap_gen_gauss(NULL, &more.flat, 3, 30, 4), LFAP_OK);
  cr_assert_eq(lfap_net_init(NULL, &more.net, 6, 20, 0.01, 4, 1.0), LFAP_OK);
  const double a[3] = {0.5, -1.5, 2.0};
  cr_assert_eq(lfap_net_alloc_output(NULL, &more.output, 3, 20, 0.01, a), LFAP_OK);
  memcpy(more.output.w, more.net.w, 3 * 20 * sizeof(double));
  cr_assert_eq(lfap_limit_solve(NULL, &more.lim, &more.data, NULL, 0.01), LFAP_OK);
}

static void end(void) {
  teardown();
  lfap_data_free(&more.data);
  lfap_data_free(&more.square);
  lfap_data_free(&more.noise);
  lfap_data_free(&more.flat);
  lfap_net_free(&more.net);
  lfap_net_free(&more.output);
  lfap_limit_free(&more.lim);
}

static lfap_status limit_by(lfap_ctx *c, result *r, lfap_limit_opts o) {
  return lfap_limit_solve_opts(c, &r->lim, &more.data, NULL, 0.01, &o);
}
CALL(limit_kinks, limit_by(c, r, (lfap_limit_opts){0}))
CALL(limit_cg, limit_by(c, r, (lfap_limit_opts){.solver = LFAP_SOLVER_CG}))
CALL(limit_direct, limit_by(c, r, (lfap_limit_opts){.solver = LFAP_SOLVER_DIRECT}))
CALL(limit_gram, limit_by(c, r, (lfap_limit_opts){.memory_limit = lfap_limit_bytes(14, 20, 1, 1)}))
CALL(limit_samples, limit_by(c, r, (lfap_limit_opts){.memory_limit = lfap_limit_bytes(14, 20, 0, 1)}))
CALL(limit_masses, limit_by(c, r, (lfap_limit_opts){.masses = {0.25, 2.0}}))
CALL(limit_square, lfap_limit_solve(c, &r->lim, &more.square, NULL, 0.2))
CALL(limit_flat, lfap_limit_solve(c, &r->lim, &more.flat, NULL, 0.2))
static lfap_status call_interior(lfap_ctx *c, result *r) {
  (void)r;
  double l[60];
  unsigned char on[60];
  lfap_interior_end end;
  lfap_qm m = {.n = 60, .X = more.flat.x, .d = 4, .y = more.flat.y, .gamma = 0.2, .kinks = 1};
  lfap_status st = lfap_qm_open(c, &m);
  if (!st) st = lfap_interior_find(c, &end, l, on, &m);
  lfap_qm_close(&m);
  return st;
}
CALL(limit_enclosed, lfap_limit_enclose(c, &r->enclosure, &more.data, &more.lim, NULL))
CALL(limit_kept, lfap_limit_given(c, &r->lim, &more.data, NULL, 0.01, (lfap_multipliers){more.lim.lambda_q, NULL}, NULL))
static lfap_status call_margin_kinks(lfap_ctx *c, result *r) {
  (void)r;
  lfap_limit lim = more.lim;
  return lfap_limit_margin(c, &lim, &more.data, NULL, NULL);
}

static lfap_status train_by(lfap_ctx *c, result *r, lfap_method method, lfap_train_opts chosen) {
  lfap_train_opts o;
  lfap_net net = {0};
  lfap_train_defaults(&o, method);
  o.epochs = 6, o.loss = chosen.loss, o.form = chosen.form, o.coefficients = chosen.coefficients, o.arithmetic = chosen.arithmetic;
  lfap_status st = lfap_net_init(c, &net, 6, 20, 0.3, 4, 1.0);
  if (!st) st = lfap_train(c, &net, &r->history, &more.data, &o);
  lfap_net_free(&net);
  return st;
}
CALL(train_sgd_plain, train_by(c, r, LFAP_METHOD_SGD, (lfap_train_opts){.form = LFAP_FORM_PLAIN, .coefficients = 1}))
CALL(train_sgd_gram, train_by(c, r, LFAP_METHOD_SGD, (lfap_train_opts){.form = LFAP_FORM_GRAM, .coefficients = 1, .loss = LFAP_LOSS_LOGISTIC}))
CALL(train_gd_gram, train_by(c, r, LFAP_METHOD_GD, (lfap_train_opts){.form = LFAP_FORM_GRAM}))
CALL(train_flow, train_by(c, r, LFAP_METHOD_FLOW, (lfap_train_opts){.coefficients = 1}))
CALL(train_flow_logistic, train_by(c, r, LFAP_METHOD_FLOW, (lfap_train_opts){.loss = LFAP_LOSS_LOGISTIC}))
CALL(train_half, train_by(c, r, LFAP_METHOD_SGD, (lfap_train_opts){.form = LFAP_FORM_PLAIN, .arithmetic = LFAP_ARITHMETIC_HALF}))

static lfap_status pgd_by(lfap_ctx *c, result *r, lfap_perturb_opts o) {
  o.steps = 4, o.k = 5;
  if (o.eps == 0) o.eps = 0.2;
  return lfap_perturb_pgd(c, &r->perturbed, more.noise.x, more.noise.y, &more.net, &o, 10);
}
CALL(pgd_linf, pgd_by(c, r, (lfap_perturb_opts){.norm = LFAP_LINF, .has_range = 1, .lo = -1, .hi = 1}))
CALL(pgd_l0, pgd_by(c, r, (lfap_perturb_opts){.norm = LFAP_L0, .has_range = 1, .lo = -1, .hi = 1}))
CALL(pgd_l1, pgd_by(c, r, (lfap_perturb_opts){.norm = LFAP_L1}))
CALL(pgd_half, pgd_by(c, r, (lfap_perturb_opts){.norm = LFAP_L2, .arithmetic = LFAP_ARITHMETIC_HALF}))

static lfap_status polish_of(lfap_ctx *c, result *r, const lfap_net *net) {
  lfap_set set = {.data = &more.data};
  lfap_status st = lfap_polish(c, &r->polished, net, &set);
  lfap_set_free(&set);
  return st;
}
CALL(polish_kinks, polish_of(c, r, &more.net))
CALL(polish_output, polish_of(c, r, &more.output))

static lfap_status verify_by(lfap_ctx *c, result *r, lfap_verify_opts o) {
  o.data = &more.data, o.n_adv = 4, o.m = o.m_adv = 2, o.k = 3, o.probes = 4, o.controls = 2, o.log_loss_target = -10, o.flow_steps = 50;
  if (o.gamma == 0) o.gamma = 0.3;
  return lfap_verify_case(c, &r->verified, &o);
}
CALL(verify_norms, verify_by(c, r, (lfap_verify_opts){.eps = {0.5, 0.1, 0.5, 0.5}, .test = &more.noise, .gauss_bases = 1}))
CALL(verify_net, verify_by(c, r, (lfap_verify_opts){.eps = {0.5}, .net = &more.net, .gamma = 0.01}))

static lfap_status study_by(lfap_ctx *c, result *r, lfap_cell cell) {
  lfap_study s = {0};
  lfap_study_defaults(&s.o);
  s.o.epochs = 4, s.o.probes = 4;
  cell.d = 100, cell.n = 4, cell.n_adv = 4, cell.gamma = 0.5, cell.eps = 0.1, cell.k = 9;
  lfap_status st = lfap_study_run(c, &r->row, &s, &cell);
  lfap_study_free(&s);
  return st;
}
CALL(study_sgd, study_by(c, r, (lfap_cell){.method = LFAP_BY_SGD, .from = LFAP_FROM_PGD, .m = 4, .norm = LFAP_LINF}))
CALL(study_half, study_by(c, r, (lfap_cell){.method = LFAP_BY_SGD, .from = LFAP_FROM_PGD, .m = 4, .arithmetic = LFAP_ARITHMETIC_HALF}))
CALL(study_flow, study_by(c, r, (lfap_cell){.method = LFAP_BY_FLOW, .from = LFAP_FROM_GRADIENT, .m = 4, .base = LFAP_BASE_FLIPPED, .data = LFAP_STUDY_GAUSS}))
CALL(study_limit, study_by(c, r, (lfap_cell){.base = LFAP_BASE_RANDOM, .data = LFAP_STUDY_ORTHOGONAL, .norm = LFAP_L0}))

static const entry others[] = {
    {"limit, kinks", call_limit_kinks, drop_lim, 0},
    {"limit, cg", call_limit_cg, drop_lim, 0},
    {"limit, direct", call_limit_direct, drop_lim, 0},
    {"limit, no room for a factor", call_limit_gram, drop_lim, 0},
    {"limit, none for a Gram matrix", call_limit_samples, drop_lim, 0},
    {"limit, masses", call_limit_masses, drop_lim, 0},
    {"limit, as many coordinates as samples", call_limit_square, drop_lim, 0},
    {"limit, more samples of a class than a half-space has", call_limit_flat, drop_lim, LFAP_ERR_INFEASIBLE},
    {"interior point", call_interior, NULL, 0},
    {"limit enclosed, kinks", call_limit_enclosed, drop_enclosure, 0},
    {"limit given", call_limit_kept, drop_lim, 0},
    {"margin", call_margin_kinks, NULL, 0},
    {"sgd, plain", call_train_sgd_plain, drop_history, 0},
    {"sgd, Gram", call_train_sgd_gram, drop_history, 0},
    {"gd, Gram", call_train_gd_gram, drop_history, 0},
    {"flow", call_train_flow, drop_history, 0},
    {"flow, logistic", call_train_flow_logistic, drop_history, 0},
    {"sgd, half", call_train_half, drop_history, 0},
    {"pgd, linf", call_pgd_linf, drop_perturbed, 0},
    {"pgd, l0", call_pgd_l0, drop_perturbed, 0},
    {"pgd, l1", call_pgd_l1, drop_perturbed, 0},
    {"pgd, half", call_pgd_half, drop_perturbed, 0},
    {"polish, kinks", call_polish_kinks, drop_polished, 0},
    {"polish, output weights", call_polish_output, drop_polished, 0},
    {"verify, every norm", call_verify_norms, drop_verified, 0},
    {"verify, a network", call_verify_net, drop_verified, 0},
    {"study, sgd", call_study_sgd, NULL, 0},
    {"study, half", call_study_half, NULL, 0},
    {"study, flow", call_study_flow, NULL, 0},
    {"study, limit", call_study_limit, NULL, 0},
};
enum { OTHERS = sizeof others / sizeof others[0] };

/* ---- the tests ------------------------------------------------------------------------------------------------------------------ */

TestSuite(failing, .init = begin, .fini = end);

Test(failing, every_allocation) {
  long runs = each(memory_each, entries, ENTRIES) + each(memory_each, others, OTHERS);
  cr_expect_gt(runs, 4000, "%ld", runs);
}

Test(failing, every_report_that_asks_to_stop) {
  long runs = each(stop_each, entries, ENTRIES) + each(stop_each, others, OTHERS);
  cr_expect_gt(runs, 1000, "%ld", runs);
}
