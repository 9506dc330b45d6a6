/* check.c - `lfap check`: is a certificate what follows from the data? Every statement in it is decided again. */
#include <stdlib.h>
#include <string.h>

#include "cli/certify.h"
#include "cli/coq.h"
#include "fields.h"
#include "io/file.h"

enum { O_DATA, O_LABELS, O_BIAS, O_ADVERSARIAL, O_WEIGHTS, O_RUN };
static const cli_option options[] = {
    {"data", "PATH", "directory with X.npy and y.npy, or an NPY file of N x d samples"},
    {"labels", "FILE", "NPY file of N labels, +1 or -1 (default: y.npy in the directory)"},
    {"with-bias", NULL, "the certificate is of `limit --with-bias`: the samples get a last coordinate, the constant 1"},
    {"adversarial", "DIR", "the other set of a Certificate.v of T4: a directory with X.npy and y.npy"},
    {"weights", "FILE",
     "the W.npy, m x d, that a Certificate.v of `polish --coq` is about, in place of --data\n(of C4 with it)"},
    {"run", "DIR", "the run a Certificate.v of `split --coq` is about, with W.npy and coefficients.npy"},
    {NULL, NULL, NULL},
};

typedef struct {
  const char *certificate, *data, *labels, *adversarial, *weights, *run;
} args;

static lfap_status set_check_option(cli *c, void *args_, int option, const char *value) {
  args *a = args_;
  switch (option) {
  case O_DATA: a->data = value; return LFAP_OK;
  case O_LABELS: a->labels = value; return LFAP_OK;
  case O_BIAS: c->bias = 1; return LFAP_OK;
  case O_ADVERSARIAL: a->adversarial = value; return LFAP_OK;
  case O_WEIGHTS: a->weights = value; return LFAP_OK;
  case O_RUN: a->run = value; return LFAP_OK;
  default: break;
  }
  if (a->certificate) return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "'%s': one certificate at a time", value);
  a->certificate = value;
  return LFAP_OK;
}

/* What was read: a certificate.json or, where coq.theorem.n is not 0, a Certificate.v. */
typedef struct {
  args a;
  lfap_data data, adversarial;
  lfap_mat weights, eta, coefficients;
  char *text;
  size_t len;
  int accepted;
  oracle_cert cert;
  cli_coq coq;
} run;

static lfap_status print_json(cli *c, const run *r) {
  cli_certificate certificate;
  cli_check_report report = {.accepted = r->accepted, .reason = r->accepted ? NULL : c->ctx.message};
  if (r->cert.n) certificate = cli_certificate_of(&r->cert), report.certificate = &certificate;
  if (r->coq.theorem.n) report.coq = &r->coq;
  return cli_print_check_verb(c, &report);
}

static void print_certificate(const cli *c, const oracle_cert *cert) {
  lfap_check k[LFAP_SET_CLAIMS];
  cli_say("check: N = %zu, d = %zu%s, gamma = %g\n", cert->n, cert->d, cli_bias_words(c), cert->gamma);
  cli_certify_print(cert);
  cli_checks_print(c, k, cli_certify_checks(k, cert));
}

static void print_theorem(const cli *c, const oracle_coq *t) {
  int sets = t->claim < ORACLE_COQ_SETS || t->claim == ORACLE_COQ_C4;
  cli_say("check: %s = %zu, d = %zu%s, gamma = %g; a theorem for Coq: %s, %s", sets ? "N" : "m", t->n, t->d,
          cli_bias_words(c), t->gamma, oracle_coq_claim_names[t->claim], oracle_coq_form_names[t->form]);
  if (t->points && t->claim != ORACLE_COQ_BENT) cli_say(", the side of %zu points", t->points);
  cli_say("\n  its numbers are these %s; that they prove it Coq has to say: make coq-certificate, or coqc\n",
          sets ? "data" : "weights");
}

static lfap_status print_check(cli *c, const run *r) {
  char name[CLI_SHOWN], why[CLI_SHOWN];
  if (c->json) return print_json(c, r);
  lfap_visible(name, sizeof name, r->a.certificate);
  cli_verdict_say(c, c->verdict);
  if (!r->accepted) {
    cli_say(" (refused)\n%s: %s\n", name, lfap_visible(why, sizeof why, c->ctx.message));
    cli_say(
        "next: `lfap limit --certify` (of weights `lfap polish --certify`) writes the one that follows from the %s\n",
        r->a.weights ? "weights" : "data");
    return LFAP_OK;
  }
  cli_say(" (accepted: %s follows from the %s)\n", name, r->a.weights && !r->a.data ? "weights" : "data");
  if (r->cert.n) print_certificate(c, &r->cert);
  else print_theorem(c, &r->coq.theorem);
  return LFAP_OK;
}

/* What the file is about has to be there, and nothing else. */
static lfap_status require_for(cli *c, const args *a, int claim) {
  int network = claim == ORACLE_COQ_NETWORK || claim == ORACLE_COQ_BENT;
  if (claim == ORACLE_COQ_SPLIT) {
    lfap_status s = cli_require(c, a->data, "--data", "the perturbed samples: a directory with eta.npy and y.npy");
    if (!s) s = cli_require(c, a->run, "--run", "the run the certificate is about");
    return !s && (a->weights || a->adversarial)
               ? lfap_fail(&c->ctx, LFAP_ERR_USAGE, "%s is about a training: --data DIR and --run DIR", a->certificate)
               : s;
  }
  if (a->run) return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "%s is about no training: leave out --run", a->certificate);
  if (claim == ORACLE_COQ_C4) {
    lfap_status s = cli_require(c, a->data, "--data", "the samples the certificate is about");
    return s ? s : cli_require(c, a->weights, "--weights", "the first weights the certificate is about");
  }
  if (network && (a->data || a->labels || a->adversarial))
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "%s is about weights: --weights W.npy, without --data", a->certificate);
  if (network) return cli_require(c, a->weights, "--weights", "the network the certificate is about");
  if (a->weights)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "%s is about samples: --data DIR, without --weights", a->certificate);
  if (a->adversarial && claim != ORACLE_COQ_T4)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "%s is about one set: it is not of T4; leave out --adversarial",
                     a->certificate);
  lfap_status s = cli_require(c, a->data, "--data", "the samples the certificate is about");
  if (!s && claim == ORACLE_COQ_T4)
    s = cli_require(c, a->adversarial, "--adversarial", "the adversarial set the certificate is about");
  return s;
}

/* A theorem is about networks without a bias: of weights that have one it says nothing. */
static lfap_status read_weights(cli *c, run *r, const char *path) {
  lfap_status s = lfap_npy_read_samples(&c->ctx, &r->weights, path);
  if (!s) s = cli_bias_join(c, &r->weights, path);
  if (!s && (r->weights.ndim != 2 || r->weights.rows == 0 || r->weights.cols == 0))
    s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "%s: shape (%zu, %zu); weights are m x d", path, r->weights.rows,
                  r->weights.cols);
  return s;
}

/* Weights and coefficients of a run, and the perturbations beside the samples. */
static lfap_status read_training(cli *c, run *r) {
  const args *a = &r->a;
  lfap_status s = cli_data_read(c, &r->data, a->data, a->labels);
  if (!s) s = cli_dir_matrix(c, &r->eta, a->data, "eta.npy", r->data.n, r->data.d);
  if (!s) s = cli_dir_weights(c, &r->weights, a->run, "W.npy");
  if (!s) s = cli_dir_shape(c, &r->weights, a->run, "W.npy", r->weights.rows ? r->weights.rows : 1, r->data.d);
  return s ? s : cli_dir_matrix(c, &r->coefficients, a->run, "coefficients.npy", r->weights.rows, r->data.n);
}

static lfap_status read_start(cli *c, run *r) {
  lfap_status s = cli_data_read(c, &r->data, r->a.data, r->a.labels);
  if (!s) s = read_weights(c, r, r->a.weights);
  if (!s && r->weights.cols != r->data.d)
    s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "%s: shape (%zu, %zu); these samples have d = %zu", r->a.weights,
                  r->weights.rows, r->weights.cols, r->data.d);
  return s;
}

static lfap_status read_subject(cli *c, run *r) {
  const args *a = &r->a;
  if (a->run) return read_training(c, r);
  if (a->weights) return a->data ? read_start(c, r) : read_weights(c, r, a->weights);
  lfap_status s = cli_data_read(c, &r->data, a->data, a->labels);
  if (!s && a->adversarial) s = cli_data_read(c, &r->adversarial, a->adversarial, NULL);
  if (!s && a->adversarial && r->adversarial.d != r->data.d)
    s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "--adversarial %s: d = %zu, but %s has d = %zu", a->adversarial,
                  r->adversarial.d, a->data, r->data.d);
  return s;
}

static lfap_status judge_theorem(cli *c, run *r) {
  lfap_data eta = {.n = r->data.n, .d = r->data.d, .x = r->eta.v, .y = r->data.y};
  if (r->a.run) cli_coq_of_split(&r->coq, r->weights.v, r->weights.rows, &eta, r->coefficients.v);
  else if (r->a.weights && r->a.data) cli_coq_of_start(&r->coq, &r->data, r->weights.v, r->weights.rows);
  else if (r->a.weights) cli_coq_of_weights(&r->coq, r->weights.v, r->weights.rows, r->weights.cols);
  else cli_coq_of_sets(&r->coq, &r->data, r->a.adversarial ? &r->adversarial : NULL);
  return cli_coq_check(c, &r->accepted, &r->coq, r->a.certificate, r->text, r->len);
}

static lfap_status judge_file(cli *c, run *r) {
  char sha[CLI_SHA256];
  const char *path = r->a.certificate;
  lfap_status s;
  if (cli_coq_is(r->text, r->len)) s = judge_theorem(c, r);
  else {
    cli_sha256(sha, r->data.x, r->data.n * r->data.d, r->data.y, r->data.n);
    s = oracle_cert_check(&c->ctx, &r->accepted, &r->cert, r->text, r->len, &r->data, sha);
  }
  return s == LFAP_ERR_DATA ? lfap_fail(&c->ctx, s, "%s: %s", path, c->ctx.message) : s;
}

static lfap_status read_and_judge(cli *c, run *r) {
  const args *a = &r->a;
  lfap_status s =
      cli_require(c, a->certificate, "the certificate", "the file to be checked, as `lfap limit --certify` wrote it");
  if (!s) s = a->weights ? LFAP_OK : cli_require(c, a->data, "--data", "the samples the certificate is about");
  if (!s) s = lfap_file_read(&c->ctx, &r->text, &r->len, a->certificate);
  if (!s && (a->run || a->weights) && !cli_coq_is(r->text, r->len))
    s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "%s: is no theorem for Coq, which --run and --weights are about",
                  a->certificate);
  if (!s) s = require_for(c, a, cli_coq_is(r->text, r->len) ? oracle_coq_claim_of(r->text, r->len) : -1);
  if (!s) s = read_subject(c, r);
  if (!s) s = judge_file(c, r);
  if (s) return s;
  c->verdict = r->accepted ? LFAP_PASS : LFAP_FAIL;
  return print_check(c, r);
}

static lfap_status run_check(cli *c, int argc, char **argv) {
  run r = {.cert = {0}};
  int help = 0;
  lfap_status s = cli_parse(c, &r.a, set_check_option, &help, argc, argv);
  if (!s && !help) s = read_and_judge(c, &r);
  oracle_cert_free(&r.cert);
  cli_coq_free(&r.coq);
  lfap_mat_free(&r.weights);
  lfap_mat_free(&r.eta);
  lfap_mat_free(&r.coefficients);
  lfap_data_free(&r.adversarial);
  lfap_data_free(&r.data);
  free(r.text);
  mpfr_free_cache();
  return s;
}

const cli_verb cli_check = {
    "check",
    "re-verify a certificate of `limit --certify` against its data",
    "CERTIFICATE {--data PATH [--labels FILE] [--adversarial DIR | --run DIR | --weights W] | --weights W}",
    "Decides every statement of the certificate again from the data and the multipliers it proposes, in exact "
    "integers, and\n"
    "accepts the file if it is, byte for byte, the certificate that follows. Exit code 0: accepted, 1: refused (other "
    "data,\n"
    "or any field changed), 65: not a certificate. What a certificate says and why is in spec/certificate.md.\n"
    "Of a Certificate.v of `limit --coq` it reads the numbers back, and the files of rows beside it: accepted, its\n"
    "theorem is about these data and gamma; Coq's kernel is who proves it. T4's is of two sets, that of\n"
    "`polish --coq` of weights, C4's of samples and weights, that of `split --coq` of a training run.",
    "  lfap limit --data data --gamma 0.5 --certify --coq --out limit\n"
    "  lfap check limit/certificate.json --data data\n"
    "  lfap check limit/Certificate.v --data data",
    options,
    run_check};
