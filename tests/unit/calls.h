/* calls.h - a small call of every function of the library that computes (tests/cli/arithmetic.py sees to it that none is left out), and
 * what they are made with: what all of them have to keep to is tried on this table (arith.c, failing.c). */
#ifndef LFAP_TESTS_UNIT_CALLS_H
#define LFAP_TESTS_UNIT_CALLS_H
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "lfap.h"
#include "net/state.h"
#include "scratch.h"
#include "settings.h"
#include "study/study.h"

enum { N = 4, D = 6, M = 2 };

typedef union {
  lfap_data data;
  lfap_mat mat;
  lfap_images images;
  lfap_net net;
  lfap_history history;
  lfap_limit lim;
  lfap_enclosure enclosure;
  lfap_perturbed perturbed;
  lfap_k1 k1;
  lfap_polished polished;
  lfap_c4 c4;
  lfap_case verified;
  lfap_split split;
  lfap_split_point at[2];
  lfap_row row;
  lfap_cell_networks networks;
  double v[64];
  int sign[N];
} result;
#include "entries.h"

/* What the calls are made with. */
static struct {
  scratch files;
  char x_path[512], y_path[512];
  lfap_data data;
  lfap_net net;
  lfap_limit lim;
  lfap_polished point;
  double G[N * N];
} in;

static void setup(void) {
  setting_clear();
  scratch_make(&in.files);
  cr_assert_eq(lfap_gen_gauss(NULL, &in.data, 3, N, D), LFAP_OK);
  for (size_t i = 0; i < N; i++) in.data.y[i] = i % 2 ? -1 : 1;
  cr_assert_eq(lfap_net_init(NULL, &in.net, M, D, 0.5, 4, 1.0), LFAP_OK);
  cr_assert_eq(lfap_gram(NULL, in.G, in.data.x, N, D), LFAP_OK);
  cr_assert_eq(lfap_limit_solve(NULL, &in.lim, &in.data, in.G, 0.5), LFAP_OK);
  lfap_set set = {.data = &in.data};
  cr_assert_eq(lfap_polish(NULL, &in.point, &in.net, &set), LFAP_OK);
  lfap_set_free(&set);
  strcpy(in.x_path, scratch_path(&in.files, "X.npy"));
  strcpy(in.y_path, scratch_path(&in.files, "y.npy"));
  cr_assert_eq(lfap_npy_write(NULL, in.x_path, &(lfap_mat){.rows = N, .cols = D, .ndim = 2, .v = in.data.x}), LFAP_OK);
  cr_assert_eq(lfap_npy_write(NULL, in.y_path, &(lfap_mat){.rows = N, .cols = 1, .ndim = 1, .v = in.data.y}), LFAP_OK);
}

static void teardown(void) {
  setting_clear();
  scratch_remove(&in.files);
  lfap_data_free(&in.data);
  lfap_net_free(&in.net);
  lfap_limit_free(&in.lim);
  lfap_polished_free(&in.point);
}

/* ---- the calls ---------------------------------------------------------------------------------------------------------------- */


static const lfap_perturb_opts small = {.norm = LFAP_L2, .eps = 0.1, .k = 1, .steps = 2};

CALL(npy_read, lfap_npy_read(c, &r->mat, in.x_path))
CALL(data_read, lfap_data_read(c, &r->data, in.x_path, in.y_path))
CALL(data_check, ((void)r, lfap_data_check(c, &in.data, "data")))
CALL(gen_uniform, lfap_gen_uniform(c, &r->data, 1, N, D))
CALL(gen_gauss, lfap_gen_gauss(c, &r->data, 1, N, D))
CALL(gen_orthogonal, lfap_gen_orthogonal(c, &r->data, 1, N, D))
CALL(images_read, lfap_images_read(c, &r->images, "/nonexistent", 0, 1, 4, 1))
CALL(gram, lfap_gram(c, r->v, in.data.x, N, D))
CALL(rows_product, lfap_rows_product(c, r->v, in.data.x, in.net.w, N, M, D))
CALL(gram_shift, lfap_gram_shift(c, r->v, in.G, in.data.y, in.data.x, 1.0, N))
CALL(net_init, lfap_net_init(c, &r->net, M, D, 0.5, 1, 1.0))
CALL(net_eval, lfap_net_eval(c, r->v, &in.net, in.data.x, N))
CALL(net_masses, lfap_net_masses(c, (lfap_masses *)r->v, &in.net))
CALL(net_input_grad, lfap_net_input_grad(c, r->v, &in.net, in.data.x))
CALL(limit_solve, lfap_limit_solve(c, &r->lim, &in.data, NULL, 0.5))
CALL(limit_solve_opts, lfap_limit_solve_opts(c, &r->lim, &in.data, NULL, 0.5, NULL))
CALL(limit_given, lfap_limit_given(c, &r->lim, &in.data, NULL, 0.5, (lfap_multipliers){in.lim.lambda, NULL}, NULL))
CALL(limit_margin, ((void)r, lfap_limit_margin(c, &in.lim, &in.data, in.G, NULL)))
CALL(qp_solve, lfap_qp_solve(c, r->v, r->v + N, in.G, in.lim.fu, N))
CALL(limit_enclose, lfap_limit_enclose(c, &r->enclosure, &in.data, &in.lim, in.G))
CALL(perturb_direction, lfap_perturb_direction(c, r->v, in.lim.w, 1, LFAP_L2, 0.1, 1, D))
CALL(perturb_unit, lfap_perturb_unit(c, r->v, r->v + D, in.lim.w, LFAP_L2, 1, D))
CALL(perturb_geometry, lfap_perturb_geometry(c, &r->perturbed, in.data.x, in.data.y, in.lim.w, &small, N, D))
CALL(perturb_gradient, lfap_perturb_gradient(c, &r->perturbed, in.data.x, in.data.y, &in.net, &small, N))
CALL(perturb_pgd, lfap_perturb_pgd(c, &r->perturbed, in.data.x, in.data.y, &in.net, &small, N))
CALL(kkt_signs, lfap_kkt_signs(c, r->sign, &in.data, in.data.x, N))
CALL(k1_of, lfap_k1_of(c, &r->k1, &in.net, &in.data, &in.lim, NULL, 0))
CALL(c4_of, lfap_c4_of(c, &r->c4, &in.net, &in.point, &in.data, LFAP_LOSS_EXP, 0.0))

CALL(split_of, lfap_split_of(c, &r->split, &(lfap_split_args){.net = &in.net, .b = in.data.x, .t = in.data.y, .base = in.data.x, .eta = in.data.x, .n = N}))
CALL(split_at, lfap_split_at(c, r->at, &(lfap_split){.m = 1, .d = D, .gamma = 0.5, .rows = in.data.x}, in.data.x, 2))

static lfap_status call_split_limit(lfap_ctx *c, result *r) {
  lfap_net net = {0};
  lfap_mat b = {0};
  lfap_status st = lfap_split_limit(c, &net, &b, &in.data, in.lim.lambda, in.lim.c2.slope, 0.5);
  if (net.w || b.v) r->v[0] = 1.0;
  lfap_net_free(&net);
  lfap_mat_free(&b);
  return st;
}
static lfap_status call_train(lfap_ctx *c, result *r) {
  lfap_train_opts o;
  lfap_train_defaults(&o, LFAP_METHOD_GD);
  o.epochs = 2;
  double before[M * D];
  memcpy(before, in.net.w, sizeof before);
  lfap_status st = lfap_train(c, &in.net, &r->history, &in.data, &o);
  if (st) cr_expect_arr_eq(before, in.net.w, sizeof before, "the weights were touched");
  return st;
}
/* A state as `after` sees it, of a method without parts. */
static void no_parts(lfap_walk *walk, void *of) { (void)walk, (void)of; }
static lfap_status no_weights(lfap_ctx *c, double *w, void *of) {
  (void)c, (void)of;
  w[0] = 1.0;
  return LFAP_OK;
}
static lfap_status tell(void *user, const void *bytes, size_t len) {
  (void)bytes;
  ((result *)user)->v[0] = (double)len;
  return LFAP_OK;
}
static lfap_status call_state(lfap_ctx *c, result *r, int weights) {
  static double p[N];
  lfap_train_opts o = {.epochs = 1};
  lfap_epoch row = {0};
  lfap_history h = {.row = &row, .rows = 1, .p = p};
  struct lfap_train_run run = {.ctx = c, .o = &o, .start = &in.net, .data = &in.data, .h = &h, .list = no_parts, .weights = no_weights};
  lfap_train_state s = {.done = 1, .run = &run};
  return weights ? lfap_train_state_weights(c, r->v, &s) : lfap_train_state_put(c, &s, tell, r);
}
CALL(state_put, call_state(c, r, 0))
CALL(state_weights, call_state(c, r, 1))
static lfap_status call_set_train(lfap_ctx *c, result *r) {
  lfap_set set = {.data = &in.data};
  lfap_train_opts o;
  lfap_train_defaults(&o, LFAP_METHOD_FLOW);
  o.epochs = 2;
  lfap_status st = lfap_set_train(c, &in.net, &r->history, &set, &o);
  lfap_set_free(&set);
  return st;
}
static lfap_status call_set_gram(lfap_ctx *c, result *r) {
  lfap_set set = {.data = &in.data};
  lfap_status st = lfap_set_gram(c, &set);
  if (set.gram) r->v[0] = set.gram[0];
  lfap_set_free(&set);
  return st;
}
static lfap_status call_set_check(lfap_ctx *c, result *r) {
  lfap_set set = {.data = &in.data};
  lfap_status st = lfap_set_check(c, &set, "data");
  if (set.checked) r->v[0] = 1.0;
  return st;
}
static lfap_status call_set_k1(lfap_ctx *c, result *r) {
  return lfap_set_k1(c, &r->k1, &in.net, &(lfap_set){.data = &in.data, .limit = &in.lim}, NULL, 0);
}
static lfap_status call_polish(lfap_ctx *c, result *r) {
  lfap_set set = {.data = &in.data};
  lfap_status st = lfap_polish(c, &r->polished, &in.net, &set);
  lfap_set_free(&set);
  return st;
}
static lfap_status call_verify_case(lfap_ctx *c, result *r) {
  lfap_verify_opts o = {.data = &in.data, .gamma = 0.5, .n_adv = 4, .m = 2, .m_adv = 2, .eps = {0.1}, .probes = 2,
                        .log_loss_target = -10, .flow_steps = 50};
  return lfap_verify_case(c, &r->verified, &o);
}
static lfap_status call_study_run(lfap_ctx *c, result *r) {
  lfap_study s = {0};
  lfap_study_defaults(&s.o);
  lfap_cell cell = {.data = LFAP_STUDY_UNIFORM, .d = 100, .n = 4, .n_adv = 4, .gamma = 0.5, .eps = 0.1};
  lfap_status st = lfap_study_run(c, &r->row, &s, &cell);
  lfap_study_free(&s);
  return st;
}
static lfap_status call_networks(lfap_ctx *c, result *r) {
  lfap_study_opts o;
  lfap_study_defaults(&o);
  lfap_cell cell = {.data = LFAP_STUDY_UNIFORM, .d = 100, .n = 4, .n_adv = 4, .gamma = 0.5, .eps = 0.1};
  return lfap_cell_networks_make(c, &r->networks, &cell, &o);
}

DROP(lfap_data, data)
DROP(lfap_mat, mat)
DROP(lfap_net, net)
DROP(lfap_history, history)
DROP(lfap_limit, lim)
DROP(lfap_enclosure, enclosure)
DROP(lfap_perturbed, perturbed)
DROP(lfap_polished, polished)
DROP(lfap_case, verified)
DROP(lfap_split, split)
DROP(lfap_cell_networks, networks)

static const entry entries[] = {
    {"lfap_npy_read", call_npy_read, drop_mat, 0},
    {"lfap_data_read", call_data_read, drop_data, 0},
    {"lfap_data_check", call_data_check, NULL, 0},
    {"lfap_gen_uniform", call_gen_uniform, drop_data, 0},
    {"lfap_gen_gauss", call_gen_gauss, drop_data, 0},
    {"lfap_gen_orthogonal", call_gen_orthogonal, drop_data, 0},
    {"lfap_images_read", call_images_read, NULL, LFAP_ERR_NOINPUT},
    {"lfap_gram", call_gram, NULL, 0},
    {"lfap_rows_product", call_rows_product, NULL, 0},
    {"lfap_gram_shift", call_gram_shift, NULL, 0},
    {"lfap_net_init", call_net_init, drop_net, 0},
    {"lfap_net_eval", call_net_eval, NULL, 0},
    {"lfap_net_masses", call_net_masses, NULL, 0},
    {"lfap_net_input_grad", call_net_input_grad, NULL, 0},
    {"lfap_train", call_train, drop_history, 0},
    {"lfap_train_state_put", call_state_put, NULL, 0},
    {"lfap_train_state_weights", call_state_weights, NULL, 0},
    {"lfap_set_check", call_set_check, NULL, 0},
    {"lfap_set_gram", call_set_gram, NULL, 0},
    {"lfap_set_train", call_set_train, drop_history, 0},
    {"lfap_set_k1", call_set_k1, NULL, 0},
    {"lfap_limit_solve", call_limit_solve, drop_lim, 0},
    {"lfap_limit_solve_opts", call_limit_solve_opts, drop_lim, 0},
    {"lfap_limit_given", call_limit_given, drop_lim, 0},
    {"lfap_limit_margin", call_limit_margin, NULL, 0},
    {"lfap_qp_solve", call_qp_solve, NULL, 0},
    {"lfap_limit_enclose", call_limit_enclose, drop_enclosure, 0},
    {"lfap_perturb_direction", call_perturb_direction, NULL, 0},
    {"lfap_perturb_unit", call_perturb_unit, NULL, 0},
    {"lfap_perturb_geometry", call_perturb_geometry, drop_perturbed, 0},
    {"lfap_perturb_gradient", call_perturb_gradient, drop_perturbed, 0},
    {"lfap_perturb_pgd", call_perturb_pgd, drop_perturbed, 0},
    {"lfap_kkt_signs", call_kkt_signs, NULL, 0},
    {"lfap_k1_of", call_k1_of, NULL, 0},
    {"lfap_polish", call_polish, drop_polished, 0},
    {"lfap_c4_of", call_c4_of, NULL, 0},
    {"lfap_split_of", call_split_of, drop_split, 0},
    {"lfap_split_at", call_split_at, NULL, 0},
    {"lfap_split_limit", call_split_limit, NULL, 0},
    {"lfap_verify_case", call_verify_case, drop_verified, 0},
    {"lfap_study_run", call_study_run, NULL, 0},
    {"lfap_cell_networks_make", call_networks, drop_networks, 0},
};
enum { ENTRIES = sizeof entries / sizeof entries[0] };
#endif
