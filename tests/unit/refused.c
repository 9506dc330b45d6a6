/* Arguments that a function of the library refuses: the status, the words, and nothing written. What the command line cannot give stands
 * here, as it looks at its options before the library does. */
#include <math.h>

#include "calls.h"
#include "study/grid.h"
#include "study/ledger.h"

typedef struct {
  const char *name;
  lfap_status (*call)(lfap_ctx *, result *);
  lfap_status status;
  const char *words;
} refusal;

static lfap_data of_size(size_t n, size_t d) { return (lfap_data){.n = n, .d = d, .x = in.data.x, .y = in.data.y}; }
static const double nothing[N * D], infinite[M * D] = {0, 0, INFINITY};
static lfap_net with_weights(const double *w) { return (lfap_net){.m = M, .d = D, .gamma = 0.5, .w = (double *)(uintptr_t)w}; }

/* ---- training, the limit -------------------------------------------------------------------------------------------------------- */

static lfap_status train_with(lfap_ctx *c, result *r, lfap_method method, size_t d, const lfap_train_opts *other) {
  lfap_data data = of_size(N, d);
  lfap_train_opts o;
  lfap_train_defaults(&o, method);
  if (other) o.momentum = other->momentum, o.rtol = other->rtol, o.arithmetic = other->arithmetic;
  return lfap_train(c, &in.net, &r->history, &data, &o);
}
CALL(train_width, train_with(c, r, LFAP_METHOD_GD, D - 1, NULL))
CALL(train_momentum, train_with(c, r, LFAP_METHOD_SGD, D, &(lfap_train_opts){.momentum = 1.0}))
CALL(train_rtol, train_with(c, r, LFAP_METHOD_FLOW, D, &(lfap_train_opts){.rtol = -1.0}))
CALL(train_half, train_with(c, r, LFAP_METHOD_FLOW, D, &(lfap_train_opts){.arithmetic = LFAP_ARITHMETIC_HALF}))

static lfap_status limit_of(lfap_ctx *c, result *r, const double *x, size_t n, double gamma) {
  lfap_data data = of_size(n, D);
  if (x) data.x = (double *)(uintptr_t)x;
  return lfap_limit_solve(c, &r->lim, &data, NULL, gamma);
}
CALL(limit_empty, limit_of(c, r, NULL, 0, 0.5))
CALL(limit_huge, limit_of(c, r, NULL, SIZE_MAX / 4, 0.5))
CALL(limit_zero, limit_of(c, r, nothing, 2, 0.5))
CALL(limit_gamma, limit_of(c, r, NULL, N, 1.0))
CALL(limit_negative, lfap_limit_given(c, &r->lim, &in.data, NULL, 0.5, (lfap_multipliers){(const double[N]){1, -1, 1, 1}, NULL}, NULL))
static lfap_status call_margin(lfap_ctx *c, result *r) {
  (void)r;
  lfap_data data = of_size(N - 1, D);
  return lfap_limit_margin(c, &in.lim, &data, NULL, NULL);
}
static lfap_status call_enclose(lfap_ctx *c, result *r) {
  lfap_data data = of_size(N - 1, D);
  return lfap_limit_enclose(c, &r->enclosure, &data, &in.lim, NULL);
}

/* ---- perturbations -------------------------------------------------------------------------------------------------------------- */

static lfap_status pgd_with(lfap_ctx *c, result *r, const double *t, lfap_perturb_opts o) {
  o.norm = LFAP_L2, o.steps = 1;
  return lfap_perturb_pgd(c, &r->perturbed, in.data.x, t, &in.net, &o, N);
}
CALL(pgd_eps, pgd_with(c, r, in.data.y, (lfap_perturb_opts){.eps = 0.0}))
CALL(pgd_range, pgd_with(c, r, in.data.y, (lfap_perturb_opts){.eps = 0.1, .has_range = 1, .lo = 1, .hi = 1}))
CALL(pgd_base, pgd_with(c, r, in.data.y, (lfap_perturb_opts){.eps = 0.1, .has_range = 1, .lo = 5, .hi = 9}))
CALL(pgd_target, pgd_with(c, r, nothing, (lfap_perturb_opts){.eps = 0.1}))
CALL(perturb_infinite, lfap_perturb_direction(c, r->v, infinite, 1, LFAP_L2, 0.1, 1, D))
static lfap_status gradient_of(lfap_ctx *c, result *r, const double *w, lfap_arithmetic a) {
  lfap_net net = with_weights(w);
  return lfap_perturb_gradient(c, &r->perturbed, in.data.x, in.data.y, &net, &(lfap_perturb_opts){.norm = LFAP_L2, .eps = 0.1, .arithmetic = a}, N);
}
CALL(gradient_zero, gradient_of(c, r, nothing, LFAP_ARITHMETIC_DOUBLE))
CALL(gradient_half, gradient_of(c, r, nothing, LFAP_ARITHMETIC_HALF))
static lfap_status call_gradient_cancels(lfap_ctx *c, result *r) {
  static const double w[M * D] = {1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6};
  return gradient_of(c, r, w, LFAP_ARITHMETIC_DOUBLE);
}

/* ---- given weights -------------------------------------------------------------------------------------------------------------- */

static lfap_status call_polish_nothing(lfap_ctx *c, result *r) {
  lfap_net net = in.net;
  net.a = (double *)(uintptr_t)nothing;
  lfap_set set = {.data = &in.data};
  lfap_status st = lfap_polish(c, &r->polished, &net, &set);
  lfap_set_free(&set);
  return st;
}
static lfap_status c4_with(lfap_ctx *c, result *r, const double *w, double gamma, double step) {
  lfap_net net = with_weights(w ? w : in.net.w);
  net.gamma = gamma;
  return lfap_c4_of(c, &r->c4, &net, &in.point, &in.data, LFAP_LOSS_EXP, step);
}
CALL(c4_gamma, c4_with(c, r, NULL, 0.25, 0.0))
CALL(c4_step, c4_with(c, r, NULL, 0.5, -1.0))
CALL(c4_infinite, c4_with(c, r, infinite, 0.5, 0.0))
static lfap_status call_k1_infinite(lfap_ctx *c, result *r) {
  lfap_net net = with_weights(infinite);
  return lfap_k1_of(c, &r->k1, &net, &in.data, &in.lim, NULL, 0);
}

/* ---- the main job, cells, files ------------------------------------------------------------------------------------------------- */

static lfap_status verify_with(lfap_ctx *c, result *r, const lfap_data *test, const lfap_net *net) {
  lfap_verify_opts o = {.data = &in.data, .test = test, .net = net, .gamma = 0.5, .n_adv = 4, .m = 2, .m_adv = 2, .log_loss_target = -10, .flow_steps = 50};
  return lfap_verify_case(c, &r->verified, &o);
}
static lfap_status call_verify_test(lfap_ctx *c, result *r) {
  lfap_data test = of_size(N, D - 1);
  return verify_with(c, r, &test, NULL);
}
static lfap_status call_verify_net(lfap_ctx *c, result *r) {
  lfap_net net = {.m = M, .d = D - 1, .gamma = 0.5, .w = in.net.w};
  return verify_with(c, r, NULL, &net);
}
static lfap_status call_verify_gamma(lfap_ctx *c, result *r) {
  lfap_net net = {.m = M, .d = D, .gamma = 0.25, .w = in.net.w};
  return verify_with(c, r, NULL, &net);
}
CALL(verify_nothing, lfap_verify_case(c, &r->verified, &(lfap_verify_opts){0}))

static lfap_status cell_with(lfap_ctx *c, lfap_cell cell) {
  if (!cell.d) cell.d = 100;
  if (!cell.n_adv) cell.n_adv = 4;
  if (cell.eps == 0) cell.eps = 0.1;
  cell.n = 4, cell.gamma = 0.5;
  return lfap_cell_check(c, &cell);
}
CALL(cell_empty, ((void)r, lfap_cell_check(c, &(lfap_cell){.d = 0, .n = 1, .n_adv = 1})))
CALL(cell_orthogonal, ((void)r, cell_with(c, (lfap_cell){.data = LFAP_STUDY_ORTHOGONAL, .d = 3})))
CALL(cell_bases, ((void)r, cell_with(c, (lfap_cell){.base = LFAP_BASE_FLIPPED, .n_adv = 5})))
CALL(cell_seed, ((void)r, cell_with(c, (lfap_cell){.seed = LFAP_STUDY_SEEDS})))
CALL(cell_eps, ((void)r, cell_with(c, (lfap_cell){.eps = -1})))
CALL(cell_half, ((void)r, cell_with(c, (lfap_cell){.arithmetic = LFAP_ARITHMETIC_HALF})))
CALL(cell_from, ((void)r, cell_with(c, (lfap_cell){.from = LFAP_FROM_PGD})))
CALL(cell_m, ((void)r, cell_with(c, (lfap_cell){.method = LFAP_BY_SGD, .m = 3})))
CALL(cell_pgd, ((void)r, lfap_cell_check(c, &(lfap_cell){.method = LFAP_BY_SGD, .from = LFAP_FROM_PGD, .m = 2, .d = 9, .n = 4, .n_adv = 4, .gamma = 0.5})))
static lfap_status call_networks_trained(lfap_ctx *c, result *r) {
  lfap_study_opts o;
  lfap_study_defaults(&o);
  return lfap_cell_networks_make(c, &r->networks, &(lfap_cell){.method = LFAP_BY_SGD, .m = 2, .d = 9, .n = 4, .n_adv = 4, .gamma = 0.5}, &o);
}
CALL(merge_nothing, ((void)r, lfap_table_merge(c, "/nonexistent/t.csv", NULL, 0)))
CALL(labels_matrix, lfap_data_read(c, &r->data, in.x_path, in.x_path))
static lfap_status call_images_name(lfap_ctx *c, result *r) {
  static char name[5000];
  memset(name, 'x', sizeof name - 1);
  return lfap_images_read(c, &r->images, name, 0, 1, 4, 1);
}

static const refusal refusals[] = {
    {"samples of another width than the weights", call_train_width, LFAP_ERR_DATA, "train: the weights have d = 6 columns, the samples d = 5"},
    {"momentum 1", call_train_momentum, LFAP_ERR_USAGE, "train: momentum = 1 must lie in [0,1)"},
    {"rtol below 0", call_train_rtol, LFAP_ERR_USAGE, "the flow needs rtol > 0"},
    {"the flow in half precision", call_train_half, LFAP_ERR_USAGE, "half precision is there for gd and sgd in plain form"},
    {"no samples", call_limit_empty, LFAP_ERR_DATA, "limit: N = 0 samples of dimension d = 6"},
    {"samples beyond any memory", call_limit_huge, LFAP_ERR_MEMORY, "has no size"},
    {"a sample of zeros", call_limit_zero, LFAP_ERR_DATA, "limit: sample 0 is all zeros"},
    {"gamma 1", call_limit_gamma, LFAP_ERR_DATA, "gamma"},
    {"a multiplier below 0", call_limit_negative, LFAP_ERR_DATA, "limit: multiplier 1 is -1"},
    {"the margin of other data", call_margin, LFAP_ERR_USAGE, "margin: a limit of 4 x 6 is not one of these 3 x 6 data"},
    {"an enclosure of other data", call_enclose, LFAP_ERR_USAGE, "enclosure: a limit of 4 x 6 is not one of these 3 x 6 data"},
    {"pgd of size 0", call_pgd_eps, LFAP_ERR_USAGE, "eps = 0; the size of a perturbation is finite and above 0"},
    {"an empty range", call_pgd_range, LFAP_ERR_USAGE, "range 1,1; the first number must be the smaller"},
    {"a base outside the range", call_pgd_base, LFAP_ERR_DATA, "PGD: entry 0 of base 0 is "},
    {"a target of 0", call_pgd_target, LFAP_ERR_DATA, "target 0 is 0; targets must be +1 or -1"},
    {"a direction that is not finite", call_perturb_infinite, LFAP_ERR_DATA, "the direction has the entry [2] = inf"},
    {"the gradient of no weights", call_gradient_zero, LFAP_ERR_DATA, "base 0: the gradient of f is zero there, since all weights are zero"},
    {"the same in half precision", call_gradient_half, LFAP_ERR_DATA, "base 0: the gradient of f is zero there in half precision"},
    {"rows that cancel", call_gradient_cancels, LFAP_ERR_DATA, "base 0: the gradient of f is zero there up to rounding"},
    {"output weights that are 0", call_polish_nothing, LFAP_ERR_DATA, "polish: all 2 output weights are 0"},
    {"C4 of another gamma", call_c4_gamma, LFAP_ERR_DATA, "C4: gamma is 0.25 in the weights and 0.5 in the point"},
    {"C4 of a step below 0", call_c4_step, LFAP_ERR_USAGE, "C4: step = -1"},
    {"C4 of weights that are not finite", call_c4_infinite, LFAP_ERR_DATA, "C4: weight [0, 2] is inf"},
    {"K1 of weights that are not finite", call_k1_infinite, LFAP_ERR_DATA, "K1: weight [0, 2] is inf"},
    {"test points of another width", call_verify_test, LFAP_ERR_DATA, "verify: test points have d = 5, the data d = 6"},
    {"weights of another width", call_verify_net, LFAP_ERR_DATA, "verify: the weights have d = 5 columns, the data d = 6"},
    {"a network of another gamma", call_verify_gamma, LFAP_ERR_DATA, "verify: the network has gamma = 0.25, the case gamma = 0.5"},
    {"no data", call_verify_nothing, LFAP_ERR_USAGE, "verify: no data"},
    {"a cell of width 0", call_cell_empty, LFAP_ERR_USAGE, "cell: d = 0, N = 1 and N_adv = 1 must be at least 1"},
    {"orthogonal rows beyond the width", call_cell_orthogonal, LFAP_ERR_USAGE, "cell: 4 orthogonal samples do not fit into d = 3"},
    {"more bases than samples", call_cell_bases, LFAP_ERR_USAGE, "cell: N_adv = 5 bases from N = 4 natural samples"},
    {"a seed beyond a study's", call_cell_seed, LFAP_ERR_USAGE, "cell: seed 1000000000"},
    {"a cell's eps below 0", call_cell_eps, LFAP_ERR_USAGE, "cell: eps = -1 must be finite"},
    {"the limit in half precision", call_cell_half, LFAP_ERR_USAGE, "--arithmetic half is of --method sgd"},
    {"pgd of the limit", call_cell_from, LFAP_ERR_USAGE, "perturbations by pgd are made from a network"},
    {"an odd number of neurons", call_cell_m, LFAP_ERR_DATA, "cell: m = 3 neurons"},
    {"a cell's pgd of size 0", call_cell_pgd, LFAP_ERR_USAGE, "cell: eps = 0; pgd needs a positive size"},
    {"networks of a method that trains", call_networks_trained, LFAP_ERR_USAGE, "networks of method limit alone"},
    {"no shards", call_merge_nothing, LFAP_ERR_USAGE, "sweep: no shards to merge"},
    {"labels that are a matrix", call_labels_matrix, LFAP_ERR_DATA, "the labels must be a vector of N entries, this is 4 x 6"},
    {"a name that is too long", call_images_name, LFAP_ERR_NOINPUT, "the name of the directory is too long"},
};

TestSuite(refused, .init = setup, .fini = teardown);

Test(refused, status_words_and_nothing_written) {
  for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
    const refusal *f = &refusals[i];
    lfap_ctx ctx = {0};
    static result r, untouched;
    memset(&r, 0xa5, sizeof r);
    memset(&untouched, 0xa5, sizeof r);
    lfap_status st = f->call(&ctx, &r);
    cr_expect_eq(st, f->status, "%s: status %d: %s", f->name, (int)st, ctx.message);
    cr_expect(strstr(ctx.message, f->words) != NULL, "%s: says '%s'", f->name, ctx.message);
    cr_expect_eq(memcmp(&r, &untouched, sizeof r), 0, "%s: an output was touched", f->name);
  }
}
