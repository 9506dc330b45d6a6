/* oracle_train.c - `lfap converge`: the flow far out at P bits, how it approaches its limit (statement F1), and which
 * KKT point that is (C3, C4). */
#include "cli/oracle_train.h"

#include "cli/ending.h"
#include "fields.h"

#include <math.h>
#include <string.h>
#include <stdlib.h>

#include "net/words.h"
#include "oracle/flow/flow.h"
#include "verify/lines.h"

enum { O_DATA, O_LABELS, O_GAMMA, O_LOSS, O_M, O_INIT, O_SCALE, O_SEED, O_LOG_LOSS, O_PREC, O_PROBES, O_STEPS, O_OUT };
static const cli_option options[] = {
    {"data", "PATH", "directory with X.npy and y.npy, or an NPY file of N x d samples"},
    {"labels", "FILE", "NPY file of N labels, +1 or -1 (default: y.npy in the directory)"},
    {"gamma", "G", "leaky slope, between 0 and 1"},
    {"loss", "NAME", "exp (default) or logistic"},
    {"m", "M", "neurons, even; or give --init"},
    {"init", "FILE", "NPY file of the first weights, m x d"},
    {"init-scale", "S", "weights uniform on [-S/sqrt(d), S/sqrt(d)] (default 1)"},
    {"seed", "S", "seed of the initial weights and the probes (default 0)"},
    {"log-loss", "X", "follow until log L reaches this (default -1e6: t = exp(10^6))"},
    {"prec", "P", "bits (default 256)"},
    {"probes", "K", "random points at which the boundary is compared (default 100)"},
    {"steps", "K", "most Taylor steps (default 100000)"},
    {"out", "DIR", "directory for the last weights, W.npy, and their point: point.npy, lambda.npy, slopes.npy"},
    {NULL, NULL, NULL},
};

typedef struct {
  const char *data, *labels, *init, *out;
  double gamma, scale, log_loss;
  int loss, drawn;
  size_t m, probes, steps, prec;
  uint64_t seed;
} args;

static lfap_status set_converge_option(cli *c, void *args_, int option, const char *value) {
  args *a = args_;
  switch (option) {
  case O_DATA: a->data = value; return LFAP_OK;
  case O_LABELS: a->labels = value; return LFAP_OK;
  case O_GAMMA: return cli_gamma_value(c, &a->gamma, value);
  case O_LOSS: return cli_word(c, &a->loss, "--loss", value, lfap_loss_name, 2);
  case O_M: return cli_size(c, &a->m, "m", value);
  case O_INIT: a->init = value; return LFAP_OK;
  case O_SCALE: a->drawn = 1; return cli_positive(c, &a->scale, "init-scale", value);
  case O_SEED: return cli_whole(c, &a->seed, "seed", value);
  case O_LOG_LOSS: return cli_number(c, &a->log_loss, "log-loss", value);
  case O_PREC: return cli_bits_value(c, &a->prec, "prec", value, ORACLE_FLOW_PREC_MAX);
  case O_PROBES: return cli_size(c, &a->probes, "probes", value);
  case O_STEPS: return cli_size(c, &a->steps, "steps", value);
  case O_OUT: a->out = value; return LFAP_OK;
  default: return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "'%s' is not an option; data are named by --data", value);
  }
}

static lfap_status check_converge_args(cli *c, const args *a) {
  lfap_status s = cli_require(c, a->data, "--data", "the samples to train on");
  if (!s) s = cli_require(c, a->gamma > 0 ? a : NULL, "--gamma", "the leaky slope, between 0 and 1");
  if (!s && !a->m && !a->init)
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--m or --init is missing: the number of neurons, or the first weights");
  if (!s && a->init && a->drawn)
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--init %s gives the first weights; --init-scale would draw others",
                  a->init);
  if (!s && a->m) s = cli_even(c, a->m, "--m");
  if (!s && !(a->log_loss < 0))
    s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "--log-loss %g: the logarithm of a loss to reach, below 0", a->log_loss);
  return !s && a->out ? cli_out_check(c, a->out) : s;
}

static lfap_status first_weights(cli *c, lfap_net *net, const args *a, size_t d) {
  int found = 0;
  if (!a->init) return lfap_net_init(&c->ctx, net, a->m, d, a->gamma, a->seed, a->scale);
  cli_origin here = cli_origin_of_run(NULL, d, a->gamma);
  lfap_status s = cli_weights_read(c, net, &found, a->init, NULL, &here, NULL);
  if (!s && a->m && net->m != a->m)
    s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "%s: m = %zu rows, but --m %zu; leave --m out", a->init, net->m, a->m);
  return s;
}

/* ---- checks ------------------------------------------------------------------------------------------------------ */

/* Do all lines of C3 pass, and is C4 what the certificate says of the flow's point? */
static lfap_status named(cli *c, int *reached, const cli_ending *e) {
  lfap_case k = {0};
  lfap_status s = e ? cli_ending_judge(c, &k, e) : LFAP_OK;
  *reached = !s && lfap_ending_holds(&k, 0, LFAP_CLAIM_C3) && lfap_ending_holds(&k, 0, LFAP_CLAIM_C4);
  lfap_case_free(&k);
  return s;
}

/* Why the rates are not judged. */
static const char *why_not(const oracle_flow_table *t, int late, int reached) {
  if (!late) return "log L is above -1e4";
  if (t->to_point && !reached) return "C4 does not say that the flow goes to its own point";
  if (!t->to_point && t->row[t->rows - 1].mismatched) return "the flow is not in its aligned phase, and has no point";
  return "the start is not forgotten yet: two rows with a direction error below 0.05 are needed";
}

/* F1 speaks of the aligned phase: there the limit is that of label slopes, elsewhere the flow's own point. All but the
   first ask for a late time too. */
static lfap_status judge_flow(cli *c, lfap_case *k, const oracle_flow_table *t, int reached) {
  const oracle_flow_row *end = &t->row[t->rows - 1];
  int aligned = end->mismatched == 0, late = end->log_loss <= -1e4;
  lfap_facts f = {.of = {[LFAP_WHEN_OWN] = aligned ? LFAP_YES : LFAP_NO,
                         [LFAP_WHEN_REST] = (t->to_point ? reached : aligned) && late ? LFAP_YES : LFAP_NO}};
  const struct {
    lfap_line line;
    double value;
  } all[] = {{LFAP_LINE_FAR_SLOPES, (double)end->mismatched},
             {LFAP_LINE_FAR_RATE, end->slope_error},
             {LFAP_LINE_FAR_ORDER, fabs(t->exponent + 1.0)},
             {LFAP_LINE_FAR_SIGNS, (double)end->disagree}};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
    /* without one certified sign there is nothing that agrees */
    if (isnan(all[i].value)) f.of[LFAP_WHEN_REST] = LFAP_NO; /* the start is not forgotten yet */
    if (all[i].line == LFAP_LINE_FAR_SIGNS && f.of[LFAP_WHEN_REST] && end->undecided == t->np)
      f.of[LFAP_WHEN_REST] = LFAP_UNKNOWN;
    lfap_check *line = lfap_line_add(&c->ctx, k, all[i].line, "flow", NULL, &f, all[i].value, NAN);
    if (!line) return LFAP_ERR_MEMORY;
    if (i > 0 && line->verdict == LFAP_NOT_APPLICABLE) lfap_check_note(line, "%s", why_not(t, late, reached));
    else if (i > 0 && t->to_point) lfap_check_note(line, "against the flow's own point, C3");
    else if (i == 0 && t->to_point) lfap_check_note(line, "the limit is the flow's own point, C3");
    if (all[i].line == LFAP_LINE_FAR_SIGNS && end->undecided)
      lfap_check_note(line, "%zu of %zu probes without a certified sign", end->undecided, t->np);
  }
  return LFAP_OK;
}

static lfap_status judge(cli *c, lfap_case *k, const oracle_flow_table *t, const cli_ending *e) {
  int reached = 0;
  lfap_status s = named(c, &reached, e);
  if (!s) s = judge_flow(c, k, t, reached);
  return !s && e ? cli_ending_judge(c, k, e) : s;
}

/* ---- reports ----------------------------------------------------------------------------------------------------- */

enum { NUMBER = 24 };

/* A number, or "-" where there is none. */
static const char *cell(char out[NUMBER], const char *format, double x) {
  if (isnan(x)) return "-";
  snprintf(out, NUMBER, format, x);
  return out;
}

static void decade_row(const void *user, size_t i, cli_cells *out) {
  const oracle_flow_row *r = &((const oracle_flow_table *)user)->row[i];
  char(*room)[NUMBER] = (char(*)[NUMBER])out->note; /* nine numbers */
  const char *const text[] = {cell(room[0], "%.4g", r->log_loss),
                              cell(room[1], "%.5g", isinf(r->log_t) ? NAN : r->log_t),
                              cell(room[2], "%.3g", r->s),
                              cell(room[3], "%.3g", r->p_distance),
                              cell(room[4], "%.3g", r->direction),
                              cell(room[5], "%.3g", r->slope_error),
                              cell(room[6], "%.4f", r->exponent),
                              cell(room[7], "%.0f", (double)r->mismatched),
                              cell(room[8], "%.0f", (double)r->disagree)};
  memcpy(out->text, text, sizeof text);
}

static void print_table(const args *a, const oracle_flow_table *t) {
  const cli_table decades = {
      .cells = 9,
      .flex = 0,
      .below = 9,
      .right = 0x1ff,
      .head = {"log L", "log t", "s", "|p - p*|", "direction", "slope", "exponent", "slopes", "boundary"}};
  cli_say("converge: N = %zu, d = %zu, m = %zu, gamma = %g, %s loss, measured at %u bits\n", t->n, t->d, t->m, a->gamma,
          lfap_loss_name[a->loss], t->prec);
  cli_table_print(&decades, decade_row, t, t->rows);
  cli_say(
      "  p* = lambda/sum lambda of %s; slope: that of log L since the row before, relative distance from -1/sum lambda "
      "= %.6g\n",
      t->to_point ? "the flow's own point (C3)" : "the limit of label slopes", t->slope);
  cli_say("  exponent: of the direction error in s since the row before (F1: -1); over log L <= -1000 and errors below "
          "0.05: %.6f\n",
          t->exponent);
  cli_say(
      "  slopes: not the label slope; boundary: of %zu probes, certified signs of f and of the boundary that differ\n",
      t->np);
  cli_say("  aligned since s = %.4g, p at rest since s = %.4g; %zu Taylor steps, %zu slope changes, %zu of them onto a "
          "kink\n",
          t->s_aligned, t->s_rest, t->steps, t->crossings, t->slides);
}

/* The last weights are a network; its point is called so. */
static lfap_status write(cli *c, const char *out, const cli_converge_report *r) {
  const oracle_flow_table *t = r->table;
  const lfap_polished *p = &t->end.point;
  lfap_json j = {.indent = 2};
  if (!out) return LFAP_OK;
  lfap_status s = cli_set_begin(c, out);
  c->set.gamma = r->gamma;
  if (!s) s = cli_out_matrix(c, out, "W.npy", t->last.w, t->m, t->d);
  if (!s && p->n) s = cli_out_matrix(c, out, "point.npy", p->net.w, t->m, t->d);
  if (!s && p->n) s = cli_out_vector(c, out, "lambda.npy", p->lambda, t->n);
  if (!s && p->n) s = cli_out_matrix(c, out, "slopes.npy", p->slope, t->m, t->n);
  lfap_json_object_begin(&j, NULL);
  cli_put_converge_head_fields(c, &j, r);
  if (!s) s = cli_set_end(c, &j, r->sha256);
  lfap_json_free(&j);
  return s;
}

static lfap_status tell(cli *c, const args *a, const cli_converge_report *r) {
  cli_tally tally = {0};
  cli_tally_add(&tally, r->lines->check, r->lines->checks);
  c->verdict = cli_tally_verdict(&tally);
  if (c->json) return cli_print_converge(c, r);
  cli_verdict_print(c, &tally);
  cli_reasons_print(c, r->lines->check, r->lines->checks);
  print_table(a, r->table);
  if (r->ending) cli_ending_print(r->ending);
  else cli_say("  C3  the last weights have no point: %s\n", r->table->why);
  cli_checks_print(c, r->lines->check, r->lines->checks);
  cli_next_explain(r->lines->check, r->lines->checks);
  return LFAP_OK;
}

/* ---- the verb ---------------------------------------------------------------------------------------------------- */

static lfap_status follow(cli *c, oracle_flow_table *t, const args *a, const lfap_data *data) {
  lfap_net net = {0};
  lfap_data probes = {0};
  lfap_status s = first_weights(c, &net, a, data->d);
  if (!s) s = lfap_gen_uniform(&c->ctx, &probes, a->seed + 1, a->probes, data->d);
  oracle_flow_opts o = {.prec = (unsigned)a->prec,
                        .loss = (lfap_loss)a->loss,
                        .log_loss = a->log_loss,
                        .steps = a->steps,
                        .probes = probes.x,
                        .np = a->probes};
  if (!s) s = oracle_flow_report(&c->ctx, t, &net, data, &o);
  mpfr_free_cache();
  lfap_net_free(&net);
  lfap_data_free(&probes);
  return s;
}

static lfap_status run_converge(cli *c, int argc, char **argv) {
  args a = {.scale = 1.0, .log_loss = -1e6, .probes = 100};
  lfap_data data = {0};
  oracle_flow_table t = {0};
  lfap_case k = {0};
  char sha[CLI_SHA256];
  int help = 0;
  lfap_status s = cli_parse(c, &a, set_converge_option, &help, argc, argv);
  if (s || help) return s;
  s = check_converge_args(c, &a);
  if (!s) s = cli_data_read(c, &data, a.data, a.labels);
  if (!s) s = follow(c, &t, &a, &data);
  if (!s && cli_interrupted()) s = lfap_fail(&c->ctx, LFAP_ERR_INTERRUPTED, "interrupted; nothing was written");
  cli_ending e = {.end = t.end, .certified = 1, .cert = t.cert}; /* the table's */
  cli_converge_report r = {.gamma = a.gamma,
                           .loss = lfap_loss_name[a.loss],
                           .sha256 = sha,
                           .table = &t,
                           .ending = t.end.point.n ? &e : NULL,
                           .lines = &k};
  if (!s) cli_sha256(sha, data.x, data.n * data.d, data.y, data.n);
  if (!s) s = judge(c, &k, &t, r.ending);
  if (!s) s = write(c, a.out, &r);
  if (!s) s = tell(c, &a, &r);
  lfap_case_free(&k);
  oracle_flow_table_free(&t);
  lfap_data_free(&data);
  return s;
}

const cli_verb cli_converge = {
    "converge",
    "the gradient flow to t = exp(10^6) at 256 bits: how fast it approaches the limit, and which",
    "--data PATH [--labels FILE] --gamma G --m M [--prec P] [--log-loss X] [--out DIR]",
    "Follows the gradient flow by Taylor series between the times at which a slope changes, and tells at every\n"
    "decade of log L how far the normalised loss gradients are from lambda/sum lambda and the direction of the\n"
    "weights from W*, and at how many random points the network and the limiting boundary differ. Holds the rates\n"
    "against F1: log L falls with slope -1/sum lambda, the direction error like 1/s. A flow that does not end at\n"
    "label slopes is held against the KKT point of its own last weights; that it is one is certified (C3), as is\n"
    "whether the exact flow goes there (C4). Meant for small N and m: a slope change costs N^2 at P bits.",
    "  lfap gen uniform --n 4 --d 500 --seed 3 --out data\n"
    "  lfap converge --data data --gamma 0.5 --m 10",
    options,
    run_converge};
