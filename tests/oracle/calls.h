/* calls.h - a small call of every function of the oracle that computes (tests/cli/arithmetic.py sees to it that none is left out), and
 * what they are made with: what all of them have to keep to is tried on this table (settings.c, failing.c). */
#ifndef LFAP_TESTS_ORACLE_CALLS_H
#define LFAP_TESTS_ORACLE_CALLS_H
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "oracle/flow/flow.h"
#include "oracle/lfap_oracle.h"
#include "oracle/replay/replay.h"
#include "oracle/verify/certifier.h"
#include "settings.h"

enum { N = 4, D = 6, M = 2 };

typedef union {
  oracle_cert cert;
  oracle_vector vector;
  oracle_flow_table flow;
  oracle_limit_replayed limit;
  oracle_trained trained;
  oracle_perturbed replayed;
  lfap_history history;
  lfap_perturbed perturbed;
  oracle_split split[N];
  oracle_polished polished;
  int sign[N];
} result;
#include "entries.h"

/* What the calls are made with. */
static struct {
  lfap_data data;
  lfap_net net;
  lfap_limit lim;
  lfap_enclosure enclosure;
  oracle_cert cert;
  oracle_vector w;
  lfap_polished point;
  oracle_polished polished;
  char *document;
  size_t document_len;
} in;

static void setup(void) {
  setting_clear();
  cr_assert_eq(lfap_gen_gauss(NULL, &in.data, 3, N, D), LFAP_OK);
  for (size_t i = 0; i < N; i++) in.data.y[i] = i % 2 ? -1 : 1;
  cr_assert_eq(lfap_net_init(NULL, &in.net, M, D, 0.5, 4, 1.0), LFAP_OK);
  cr_assert_eq(lfap_limit_solve(NULL, &in.lim, &in.data, NULL, 0.5), LFAP_OK);
  cr_assert_eq(lfap_limit_enclose(NULL, &in.enclosure, &in.data, &in.lim, NULL), LFAP_OK);
  cr_assert_eq(oracle_limit_certify(NULL, &in.cert, &in.data, 0.5, NULL), LFAP_OK);
  memset(in.cert.sha256, '0', 64);
  cr_assert_eq(oracle_boundary(NULL, &in.w, &in.cert, &in.data, NULL), LFAP_OK);
  lfap_set set = {.data = &in.data};
  cr_assert_eq(lfap_polish(NULL, &in.point, &in.net, &set), LFAP_OK);
  lfap_set_free(&set);
  cr_assert_eq(oracle_polish_certify(NULL, &in.polished, &in.point, &in.data, NULL, LFAP_LOSS_EXP, 0.0, NULL), LFAP_OK);
  cr_assert_eq(oracle_cert_document(NULL, &in.document, &in.document_len, &in.cert), LFAP_OK);
}

static void teardown(void) {
  setting_clear();
  lfap_data_free(&in.data);
  lfap_net_free(&in.net);
  lfap_limit_free(&in.lim);
  lfap_enclosure_free(&in.enclosure);
  oracle_cert_free(&in.cert);
  oracle_vector_free(&in.w);
  lfap_polished_free(&in.point);
  oracle_polished_free(&in.polished);
  free(in.document);
}

/* ---- the calls ---------------------------------------------------------------------------------------------------------------- */

static lfap_status call_finish(lfap_ctx *c, result *r) {
  (void)r;
  return oracle_enclosure_finish(c, &in.enclosure, &in.data, &in.lim, NULL);
}
static lfap_status call_certify(lfap_ctx *c, result *r) { return oracle_limit_certify(c, &r->cert, &in.data, 0.5, NULL); }
static lfap_status call_check(lfap_ctx *c, result *r) {
  int accepted;
  return oracle_cert_check(c, &accepted, &r->cert, in.document, in.document_len, &in.data, in.cert.sha256);
}
static lfap_status call_boundary(lfap_ctx *c, result *r) { return oracle_boundary(c, &r->vector, &in.cert, &in.data, NULL); }
static lfap_status call_signs(lfap_ctx *c, result *r) { return oracle_sign_points(c, r->sign, &in.w, in.data.x, N); }
static lfap_status call_split(lfap_ctx *c, result *r) {
  oracle_adversary a = {.nat = &in.cert, .adv = &in.cert, .nat_data = &in.data, .adv_data = &in.data, .bases = in.data.x, .eps = 0.1};
  return oracle_split_points(c, r->split, &a, in.data.x, N);
}
static lfap_status call_flow(lfap_ctx *c, result *r) {
  return oracle_flow_report(c, &r->flow, &in.net, &in.data, &(oracle_flow_opts){.prec = 64, .log_loss = -2, .steps = 500});
}
static lfap_status call_limit(lfap_ctx *c, result *r) { return oracle_replay_limit(c, &r->limit, &in.data, 0.5, 53); }
static lfap_status call_train(lfap_ctx *c, result *r) {
  lfap_train_opts o;
  lfap_train_defaults(&o, LFAP_METHOD_GD);
  o.epochs = 2;
  return oracle_replay_train(c, &r->trained, &in.net, &in.data, &o, 53);
}
static lfap_status call_perturb(lfap_ctx *c, result *r) {
  lfap_perturb_opts o = {.norm = LFAP_L2, .eps = 0.1};
  oracle_perturb_args a = {.attack = ORACLE_GEOMETRY, .o = &o, .B = in.data.x, .t = in.data.y, .w = in.lim.w, .n = N, .d = D};
  return oracle_replay_perturb(c, &r->replayed, &a, 53);
}
static lfap_status call_train_doubles(lfap_ctx *c, result *r) {
  lfap_train_opts o;
  lfap_train_defaults(&o, LFAP_METHOD_SGD);
  o.epochs = 2;
  double before[M * D];
  memcpy(before, in.net.w, sizeof before);
  lfap_status st = oracle_train(c, &in.net, &r->history, NULL, &in.data, &o, 64);
  if (st) cr_expect_arr_eq(before, in.net.w, sizeof before, "the weights were touched");
  return st;
}
static lfap_status call_perturb_doubles(lfap_ctx *c, result *r) {
  lfap_perturb_opts o = {.norm = LFAP_L2, .eps = 0.1, .steps = 2};
  oracle_perturb_args a = {.attack = ORACLE_PGD, .o = &o, .B = in.data.x, .t = in.data.y, .net = &in.net, .n = N, .d = D};
  return oracle_perturb(c, &r->perturbed, NULL, &a, 64);
}
static lfap_status call_speak(lfap_ctx *c, result *r) {
  (void)r;
  oracle_certifier me = {.largest = 0}; /* leaves every set to doubles */
  lfap_case none = {0};
  return oracle_certifier_speak(&me, c, &none, 0, &(lfap_offer){.subject = "data", .data = &in.data, .lim = &in.lim});
}

static lfap_status call_end(lfap_ctx *c, result *r) {
  (void)r;
  oracle_certifier me = {.largest = 0};
  lfap_case none = {0};
  return oracle_certifier_end(&me, c, &none, 0, &(lfap_ending){.subject = "network", .data = &in.data, .net = &in.net});
}

static lfap_status call_polish(lfap_ctx *c, result *r) {
  return oracle_polish_certify(c, &r->polished, &in.point, &in.data, &in.net, LFAP_LOSS_EXP, 0.0, NULL);
}
static lfap_status call_polished(lfap_ctx *c, result *r) { return oracle_polished_signs(c, r->sign, &in.polished, in.data.x, N); }
static lfap_status call_kkt(lfap_ctx *c, result *r) { return oracle_kkt_signs(c, r->sign, &in.data, in.data.x, N); }

DROP(oracle_cert, cert)
DROP(oracle_polished, polished)
DROP(oracle_vector, vector)
DROP(oracle_flow_table, flow)
DROP(oracle_limit_replayed, limit)
DROP(oracle_trained, trained)
DROP(oracle_perturbed, replayed)
DROP(lfap_history, history)
DROP(lfap_perturbed, perturbed)

static const entry entries[] = {
    {"oracle_enclosure_finish", call_finish, NULL, 0},
    {"oracle_limit_certify", call_certify, drop_cert, 0},
    {"oracle_cert_check", call_check, drop_cert, 0},
    {"oracle_boundary", call_boundary, drop_vector, 0},
    {"oracle_sign_points", call_signs, NULL, 0},
    {"oracle_split_points", call_split, NULL, 0},
    {"oracle_flow_report", call_flow, drop_flow, 0},
    {"oracle_replay_limit", call_limit, drop_limit, 0},
    {"oracle_replay_train", call_train, drop_trained, 0},
    {"oracle_replay_perturb", call_perturb, drop_replayed, 0},
    {"oracle_train", call_train_doubles, drop_history, 0},
    {"oracle_perturb", call_perturb_doubles, drop_perturbed, 0},
    {"oracle_polish_certify", call_polish, drop_polished, 0},
    {"oracle_polished_signs", call_polished, NULL, 0},
    {"oracle_kkt_signs", call_kkt, NULL, 0},
    {"oracle_certifier_speak", call_speak, NULL, 0},
    {"oracle_certifier_end", call_end, NULL, 0},
};
enum { ENTRIES = sizeof entries / sizeof entries[0] };
#endif
