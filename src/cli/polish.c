/* polish.c - `lfap polish`: the KKT point that given weights belong to (statement C3), and whether exact training from
 * these very weights converges to it (C4). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/coq.h"
#include "cli/ending.h"
#include "data/scale.h"
#include "fields.h"
#include "net/words.h"
#include "verify/lines.h"

enum { O_DATA, O_LABELS, O_WEIGHTS, O_GAMMA, O_LOSS, O_STEP, O_CERTIFY, O_POINTS, O_OUT, O_COQ, O_COQ_CLAIM };
static const cli_option options[] = {
    {"data", "PATH", "directory with X.npy and y.npy, or an NPY file of N x d samples"},
    {"labels", "FILE", "NPY file of N labels, +1 or -1 (default: y.npy in the directory)"},
    {"weights", "FILE",
     "NPY file of W, m x d, rows of positive output weight first\n(default: W.npy in the directory)"},
    {"gamma", "G", "leaky slope of the network, between 0 and 1"},
    {"loss", "NAME", "exp (default) or logistic: the loss that C4 is asked about"},
    {"step", "S",
     "C4 of gradient descent whose steps, learning rate times mean loss gradient, are at most S\n(default: the flow)"},
    {"certify", NULL, "decide it by enclosures: signs, kinks, support, C4, and whether the boundary is linear"},
    {"probe-points", "FILE", "with --certify: NPY file of points, P x d, whose signs at the point go to signs.npy"},
    {"out", "DIR", "directory for W, lambda, slopes (.npy) and meta.json; made if it is not there"},
    {"coq", "[=FORM]",
     "with --certify: also write Certificate.v, a theorem for Coq's kernel about the doubles of the\n"
     "W.npy that is written: that their boundary is not linear or, with --probe-points, their signs\n"
     "there; axiom-free (default) or fast"},
    {"coq-claim", "NAME",
     "what it says: auto (default: as above), or C4: that gradient descent on the exponential\n"
     "loss from --weights, learning rates up to --step, goes to a KKT point"},
    {NULL, NULL, NULL},
};

typedef struct {
  const char *data, *labels, *weights, *points, *out;
  double gamma, step;
  int loss, certify, descent; /* descent: --coq-claim C4 */
  cli_coq_args coq;
} args;
static const char *const coq_claims[] = {"auto", "C4"};

typedef struct {
  args a;
  lfap_data data;
  lfap_net net;
  cli_origin here, net_of;
  lfap_limit lim;
  int has_limit;
  lfap_mat points, signs; /* P x d; P: certified signs */
  cli_ending ending;
  cli_coq coq;
  lfap_case lines;
} run;

static lfap_status set_polish_option(cli *c, void *args_, int option, const char *value) {
  args *a = args_;
  switch (option) {
  case O_DATA: a->data = value; return LFAP_OK;
  case O_LABELS: a->labels = value; return LFAP_OK;
  case O_WEIGHTS: a->weights = value; return LFAP_OK;
  case O_GAMMA: return cli_gamma_value(c, &a->gamma, value);
  case O_LOSS: return cli_word(c, &a->loss, "--loss", value, lfap_loss_name, 2);
  case O_STEP: return cli_positive(c, &a->step, "step", value);
  case O_CERTIFY: a->certify = 1; return LFAP_OK;
  case O_POINTS: a->points = value; return LFAP_OK;
  case O_OUT: a->out = value; return LFAP_OK;
  case O_COQ: return cli_coq_option(c, &a->coq, 0, value);
  case O_COQ_CLAIM: return cli_word(c, &a->descent, "--coq-claim", value, coq_claims, 2);
  default: return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "'%s' is not an option; weights are named by --weights", value);
  }
}

static lfap_status check_polish_args(cli *c, const args *a) {
  lfap_status s = cli_require(c, a->data, "--data", "the samples the network was trained on");
  if (!s) s = cli_require(c, a->gamma > 0 ? a : NULL, "--gamma", "the leaky slope of the network, between 0 and 1");
  if (!s && !a->weights && cli_is_lone(a->data, "W"))
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--weights is missing: the network to polish, W.npy");
  if (!s) s = cli_require(c, a->out, "--out", "the directory to write W.npy, lambda.npy, slopes.npy and meta.json to");
  if (!s && a->points && !a->certify)
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--probe-points asks for certified signs; give --certify too");
  if (!s && a->coq.wanted && !a->certify)
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--coq goes with --certify, which looks for a witness; give that too");
  return s ? s : cli_out_check(c, a->out);
}

/* C4's theorem is about gradient descent on one loss. */
static lfap_status check_descent(cli *c, const args *a) {
  if (!a->descent) return LFAP_OK;
  if (!a->coq.wanted)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--coq-claim says what the theorem of --coq is about; give that too");
  if (!(a->step > 0))
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--step is missing: --coq-claim C4 is about learning rates up to it");
  if (a->loss != LFAP_LOSS_EXP)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--coq-claim C4 is about the exponential loss; leave --loss out");
  return LFAP_OK;
}

static lfap_status read_inputs(cli *c, run *r) {
  lfap_status s = cli_bias_find(c, r->a.weights, r->a.data);
  if (!s && r->a.coq.wanted) s = cli_coq_unbiased(c);
  if (!s) s = cli_data_read(c, &r->data, r->a.data, r->a.labels);
  if (s) return s;
  r->here = cli_origin_of_run(&r->data, r->data.d, r->a.gamma);
  s = cli_network_read(c, &r->net, r->a.weights, r->a.data, &r->here, &r->net_of);
  return !s && r->a.points ? cli_points_read(c, &r->points, r->a.points, r->data.d) : s;
}

/* C2's point, which the network's may be; data without one have a point all the same. */
static lfap_status find_limit(cli *c, run *r, const lfap_set *set) {
  lfap_status s = lfap_limit_solve(&c->ctx, &r->lim, &r->data, set->gram, r->a.gamma);
  r->has_limit = !s;
  if (!lfap_of_the_data(s)) return s;
  c->ctx.message[0] = '\0';
  return LFAP_OK;
}

static lfap_status signs(cli *c, run *r) {
  size_t np = r->points.rows;
  int *sign = malloc(np * sizeof *sign);
  lfap_status s = sign ? lfap_vec_alloc(&c->ctx, &r->signs, np)
                       : lfap_fail(&c->ctx, LFAP_ERR_MEMORY, "no memory for %zu signs", np);
  if (!s) s = oracle_polished_signs(&c->ctx, sign, &r->ending.cert, r->points.v, np);
  for (size_t i = 0; !s && i < np; i++) r->signs.v[i] = sign[i];
  free(sign);
  return s;
}

/* A theorem about the point's doubles: their signs at the points, or that z1 and z2 bend the boundary. */
static lfap_status ask_coq(cli *c, run *r) {
  const lfap_net *w = &r->ending.end.point.net;
  const oracle_polished *p = &r->ending.cert;
  size_t d = w->d;
  r->coq.form = r->a.coq.form;
  if (r->a.descent) {
    cli_coq_of_start(&r->coq, &r->data, r->net.w, r->net.m);
    return cli_coq_find_run(c, &r->coq, r->a.coq.form, r->a.gamma, NULL, &r->ending.end.point, r->a.step);
  }
  cli_coq_of_weights(&r->coq, w->w, w->m, d);
  if (r->points.rows)
    return cli_coq_find_network(c, &r->coq, r->a.coq.form, ORACLE_COQ_NETWORK, r->a.gamma, r->points.v, r->points.rows);
  if (p->linear >= 0) {
    snprintf(r->coq.why, sizeof r->coq.why, "bent: no witness was found; name points by --probe-points");
    return LFAP_OK;
  }
  double *z = malloc(2 * d * sizeof *z);
  if (!z) return lfap_fail(&c->ctx, LFAP_ERR_MEMORY, "no memory for a witness of d = %zu", d);
  memcpy(z, p->z1, d * sizeof *z);
  memcpy(z + d, p->z2, d * sizeof *z);
  lfap_status s = cli_coq_find_network(c, &r->coq, r->a.coq.form, ORACLE_COQ_BENT, r->a.gamma, z, 2);
  free(z);
  return s;
}

static lfap_status polish(cli *c, run *r) {
  lfap_set set = {.data = &r->data, .checked = 1};
  lfap_status s = lfap_set_gram(&c->ctx, &set);
  if (!s) s = find_limit(c, r, &set);
  cli_ending_asked asked = {(lfap_loss)r->a.loss, r->a.step, r->a.certify};
  if (!s) s = cli_ending_of(c, &r->ending, &r->net, &set, r->has_limit ? &r->lim : NULL, &asked);
  lfap_set_free(&set);
  if (!s && r->points.rows) s = signs(c, r);
  if (!s && r->a.coq.wanted) s = ask_coq(c, r);
  return s ? s : cli_ending_judge(c, &r->lines, &r->ending);
}

/* ---- reports ----------------------------------------------------------------------------------------------------- */

static cli_polish_report report_of(const run *r) {
  cli_polish_report p = {.gamma = r->a.gamma,
                         .loss = lfap_loss_name[r->a.loss],
                         .step = r->a.step,
                         .sizes = {r->data.n, r->data.d},
                         .m = r->net.m,
                         .here = &r->here,
                         .net_of = &r->net_of,
                         .ending = &r->ending,
                         .coq = r->a.coq.wanted ? &r->coq : NULL,
                         .lines = &r->lines};
  for (size_t i = 0; i < r->signs.rows; i++) {
    p.signs.positive += r->signs.v[i] > 0;
    p.signs.negative += r->signs.v[i] < 0;
  }
  p.signs.points = r->points.rows;
  return p;
}

static lfap_status write(cli *c, const run *r, const cli_polish_report *p) {
  lfap_json j = {.indent = 2};
  lfap_status s = cli_set_begin(c, r->a.out);
  c->set.gamma = r->a.gamma;
  if (!s) s = cli_ending_write(c, r->a.out, &r->ending);
  if (!s && r->signs.rows) s = cli_out_vector(c, r->a.out, "signs.npy", r->signs.v, r->signs.rows);
  if (!s) s = cli_coq_write(c, r->a.out, &r->coq);
  lfap_json_object_begin(&j, NULL);
  cli_put_polish_head_fields(c, &j, p);
  if (!s) s = cli_set_end(c, &j, r->here.sha256);
  lfap_json_free(&j);
  return s;
}

static void print_polish(const cli *c, const run *r, const cli_polish_report *p, const cli_tally *tally) {
  cli_verdict_print(c, tally);
  cli_reasons_print(c, r->lines.check, r->lines.checks);
  cli_say("polish: N = %zu, d = %zu%s, m = %zu, gamma = %g; C4 of %s, %s loss\n", r->data.n, r->data.d,
          cli_bias_words(c), r->net.m, r->a.gamma, r->a.step > 0 ? "gradient descent" : "the flow", p->loss);
  cli_ending_print(&r->ending);
  if (p->signed_points)
    cli_say("  signs of f at %zu points, certified: %zu positive, %zu negative, %zu undecided\n", p->signs.points,
            p->signs.positive, p->signs.negative, p->signs.points - p->signs.positive - p->signs.negative);
  if (r->a.coq.wanted) cli_coq_print(&r->coq);
  cli_checks_print(c, r->lines.check, r->lines.checks);
  cli_next_explain(r->lines.check, r->lines.checks);
}

static lfap_status tell(cli *c, const run *r) {
  cli_tally tally = {0};
  cli_polish_report p = report_of(r);
  p.signed_points = r->points.rows ? &p.signs : NULL;
  lfap_status s = write(c, r, &p);
  if (s) return s;
  cli_tally_add(&tally, r->lines.check, r->lines.checks);
  if (r->a.coq.wanted && !r->coq.theorem.n) tally.of[LFAP_UNDECIDED]++;
  c->verdict = cli_tally_verdict(&tally);
  if (c->json) return cli_print_polish(c, &p);
  print_polish(c, r, &p, &tally);
  return LFAP_OK;
}

static lfap_status run_polish(cli *c, int argc, char **argv) {
  run r = {.net_of.gamma = NAN};
  int help = 0;
  lfap_status s = cli_parse(c, &r.a, set_polish_option, &help, argc, argv);
  if (s || help) return s;
  s = check_polish_args(c, &r.a);
  if (!s) s = check_descent(c, &r.a);
  if (!s) s = read_inputs(c, &r);
  if (!s) s = polish(c, &r);
  if (!s) s = tell(c, &r);
  lfap_case_free(&r.lines);
  cli_coq_free(&r.coq);
  cli_ending_free(&r.ending);
  lfap_mat_free(&r.points);
  lfap_mat_free(&r.signs);
  lfap_limit_free(&r.lim);
  lfap_net_free(&r.net);
  lfap_data_free(&r.data);
  return s;
}

const cli_verb cli_polish = {
    "polish",
    "where given weights end: the KKT point of their pattern, and whether training goes there",
    "--data PATH [--labels FILE] --weights W.npy --gamma G [--certify [--coq[=FORM]]] --out DIR",
    "Training by gradient flow ends at a KKT point of the margin problem. From the pre-activations of W this\n"
    "reads which samples of its own class every neuron answers to, solves the convex programme of that pattern,\n"
    "turns the pairs that come out wrong, and ends at a KKT point whose normalised margin is at least that of W\n"
    "(C3). Where C4's condition holds, exact training from these weights converges to it; elsewhere C4 is\n"
    "NOT-APPLICABLE, and the report says what is missing. W need not classify the data: its pattern is tried.",
    "  lfap gen uniform --n 20 --d 1000 --seed 1 --out data\n"
    "  lfap train --method sgd --epochs 1000 --data data --gamma 0.01 \\\n"
    "    --m 20 --out net\n"
    "  lfap polish --data data --weights net/W.npy --gamma 0.01 \\\n"
    "    --certify --coq --out point\n"
    "  lfap check point/Certificate.v --weights point/W.npy",
    options,
    run_polish};
