/* check.c - `lfap check`: is a certificate what follows from the data? Every statement in it is decided again. */
#include <stdlib.h>
#include <string.h>

#include "cli/certify.h"
#include "cli/coq.h"
#include "fields.h"
#include "io/file.h"

enum { O_DATA, O_LABELS, O_BIAS };
static const cli_option options[] = {
    {"data", "PATH", "directory with X.npy and y.npy, or an NPY file of N x d samples"},
    {"labels", "FILE", "NPY file of N labels, +1 or -1 (default: y.npy in the directory)"},
    {"with-bias", NULL, "the certificate is of `limit --with-bias`: the samples get a last coordinate, the constant 1"},
    {NULL, NULL, NULL},
};

typedef struct {
  const char *certificate, *data, *labels;
} args;

static lfap_status set_check_option(cli *c, void *args_, int option, const char *value) {
  args *a = args_;
  switch (option) {
  case O_DATA: a->data = value; return LFAP_OK;
  case O_LABELS: a->labels = value; return LFAP_OK;
  case O_BIAS: c->bias = 1; return LFAP_OK;
  default: break;
  }
  if (a->certificate) return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "'%s': one certificate at a time", value);
  a->certificate = value;
  return LFAP_OK;
}

/* What was read: a certificate.json or, where coq.theorem.n is not 0, a Certificate.v. */
typedef struct {
  args a;
  lfap_data data;
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
  printf("check: N = %zu, d = %zu%s, gamma = %g\n", cert->n, cert->d, cli_bias_words(c), cert->gamma);
  cli_certify_print(cert);
  cli_checks_print(c, k, cli_certify_checks(k, cert));
}

static void print_theorem(const cli *c, const oracle_coq *t) {
  printf("check: N = %zu, d = %zu%s, gamma = %g; a theorem for Coq: %s, %s", t->n, t->d, cli_bias_words(c), t->gamma,
         oracle_coq_claim_names[t->claim], oracle_coq_form_names[t->form]);
  if (t->points) printf(", the side of %zu points", t->points);
  printf("\n  its numbers are these data; that they prove it Coq has to say: make coq-certificate, or coqc\n");
}

static lfap_status print_check(cli *c, const run *r) {
  char name[CLI_SHOWN], why[CLI_SHOWN];
  if (c->json) return print_json(c, r);
  lfap_visible(name, sizeof name, r->a.certificate);
  if (!r->accepted) {
    printf("%s: %s\n", name, lfap_visible(why, sizeof why, c->ctx.message));
    return LFAP_OK;
  }
  if (r->cert.n) print_certificate(c, &r->cert);
  else print_theorem(c, &r->coq.theorem);
  printf("accepted: %s follows from the data\n", name);
  return LFAP_OK;
}

static lfap_status judge_file(cli *c, run *r) {
  char sha[CLI_SHA256];
  const char *path = r->a.certificate;
  lfap_status s;
  if (cli_coq_is(r->text, r->len)) s = cli_coq_check(c, &r->accepted, &r->coq, path, r->text, r->len, &r->data);
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
  if (!s) s = cli_require(c, a->data, "--data", "the samples the certificate is about");
  if (!s) s = lfap_file_read(&c->ctx, &r->text, &r->len, a->certificate);
  if (!s) s = cli_data_read(c, &r->data, a->data, a->labels);
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
  lfap_data_free(&r.data);
  free(r.text);
  mpfr_free_cache();
  return s;
}

const cli_verb cli_check = {
    "check",
    "re-verify a certificate of `limit --certify` against its data",
    "CERTIFICATE --data PATH [--labels FILE]",
    "Decides every statement of the certificate again from the data and the multipliers it proposes, in exact "
    "integers, and\n"
    "accepts the file if it is, byte for byte, the certificate that follows. Exit code 0: accepted, 1: refused (other "
    "data,\n"
    "or any field changed), 65: not a certificate. What a certificate says and why is in spec/certificate.md.\n"
    "Of a Certificate.v of `limit --coq` it reads the numbers back, and the files of rows beside it: accepted, its\n"
    "theorem is about these data and gamma; Coq's kernel is who proves it.",
    "  lfap limit --data data --gamma 0.5 --certify --coq --out limit\n"
    "  lfap check limit/certificate.json --data data\n"
    "  lfap check limit/Certificate.v --data data",
    options,
    run_check};
