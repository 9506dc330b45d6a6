/* check.c - `lfap check`: is a certificate what follows from the data? Every statement in it is decided again. */
#include <stdlib.h>
#include <string.h>

#include "cli/certify.h"
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

static lfap_status print_check(cli *c, const args *a, int accepted, const oracle_cert *cert) {
  char name[CLI_SHOWN], why[CLI_SHOWN];
  if (!c->json) {
    lfap_visible(name, sizeof name, a->certificate);
    if (accepted) {
      lfap_check k[LFAP_SET_CLAIMS];
      printf("check: N = %zu, d = %zu%s, gamma = %g\n", cert->n, cert->d, cli_bias_words(c), cert->gamma);
      cli_certify_print(cert);
      cli_checks_print(c, k, cli_certify_checks(k, cert));
      printf("accepted: %s follows from the data\n", name);
    } else printf("%s: %s\n", name, lfap_visible(why, sizeof why, c->ctx.message));
    return LFAP_OK;
  }
  cli_certificate certificate;
  cli_check_report r = {.accepted = accepted, .reason = accepted ? NULL : c->ctx.message};
  if (accepted) certificate = cli_certificate_of(cert), r.certificate = &certificate;
  return cli_print_check_verb(c, &r);
}

static lfap_status run_check(cli *c, int argc, char **argv) {
  args a = {0};
  lfap_data data = {0};
  oracle_cert cert = {0};
  char *text = NULL, sha[CLI_SHA256];
  size_t len = 0;
  int help = 0, accepted = 0;
  lfap_status s = cli_parse(c, &a, set_check_option, &help, argc, argv);
  if (s || help) return s;
  s = cli_require(c, a.certificate, "the certificate", "the file to be checked, as `lfap limit --certify` wrote it");
  if (!s) s = cli_require(c, a.data, "--data", "the samples the certificate is about");
  if (!s) s = lfap_file_read(&c->ctx, &text, &len, a.certificate);
  if (!s) s = cli_data_read(c, &data, a.data, a.labels);
  if (!s) {
    cli_sha256(sha, data.x, data.n * data.d, data.y, data.n);
    s = oracle_cert_check(&c->ctx, &accepted, &cert, text, len, &data, sha);
    if (s == LFAP_ERR_DATA) s = lfap_fail(&c->ctx, s, "%s: %s", a.certificate, c->ctx.message);
  }
  if (!s) {
    c->verdict = accepted ? LFAP_PASS : LFAP_FAIL;
    s = print_check(c, &a, accepted, &cert);
  }
  oracle_cert_free(&cert);
  lfap_data_free(&data);
  free(text);
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
    "or any field changed), 65: not a certificate. What a certificate says and why is in spec/certificate.md.",
    "  lfap limit --data data --gamma 0.5 --certify --out limit\n"
    "  lfap check limit/certificate.json --data data",
    options,
    run_check};
