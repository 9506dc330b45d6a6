/* certify.c - between the command line and oracle/: options, the certificate file, lines and JSON. */
#include "cli/certify.h"

#include <stdlib.h>
#include <unistd.h>

/* ---- options ---------------------------------------------------------------------------------------------------------- */

static lfap_status bits(cli *c, unsigned *out, const char *option, const char *text) {
  uint64_t b = 0;
  lfap_status s = cli_whole(c, &b, option, text);
  if (s) return s;
  if (b < ORACLE_PREC_MIN || b > ORACLE_PREC_MAX)
    return lfap_fail(&c->ctx, LFAP_ERR_DATA, "--%s %s: the precision lies in %d..%d bits; 256 is the default", option, text, ORACLE_PREC_MIN, ORACLE_PREC_MAX);
  *out = (unsigned)b;
  return LFAP_OK;
}

enum { AUTO_EXACT_N = 1000 };

static lfap_status how(cli *c, cli_certify_how *out, const char *text) {
  static const char *const names[] = {"exact", "fast", "auto"};
  int found = CLI_CERTIFY_EXACT;
  lfap_status s = text ? cli_word(c, &found, "--certify", text, names, 3) : LFAP_OK;
  if (!s) *out = (cli_certify_how)found;
  return s;
}

cli_certify_how cli_certify_choose(const cli_certify_args *a, size_t n) {
  if (a->how != CLI_CERTIFY_AUTO) return a->how;
  return a->tuned || n <= AUTO_EXACT_N ? CLI_CERTIFY_EXACT : CLI_CERTIFY_FAST;
}

lfap_status cli_certify_set(cli *c, cli_certify_args *a, int option, const char *value) {
  if (option == 0) { a->wanted = 1; return how(c, &a->how, value); }
  a->tuned = 1;
  switch (option) {
  case 1: return bits(c, &a->o.prec, "prec", value);
  case 2: return bits(c, &a->o.max_prec, "max-prec", value);
  default: a->o.exact = 1; return LFAP_OK;
  }
}

lfap_status cli_certify_require(cli *c, const cli_certify_args *a, const char *out) {
  if (a->tuned && !a->wanted)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--prec, --max-prec and --exact are about --certify; give that too");
  if (a->tuned && a->how == CLI_CERTIFY_FAST)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--prec, --max-prec and --exact are about --certify=exact; --certify=fast works in doubles");
  if (a->wanted && !out && a->how != CLI_CERTIFY_FAST)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--out is missing: --certify writes certificate.json into a directory (--certify=fast does not)");
  if (a->o.prec && a->o.max_prec && a->o.prec > a->o.max_prec)
    return lfap_fail(&c->ctx, LFAP_ERR_DATA, "--prec %u is above --max-prec %u; raise the one or lower the other", a->o.prec, a->o.max_prec);
  return LFAP_OK;
}

/* ---- memory -------------------------------------------------------------------------------------------------------------- */

/* GMP's allocation functions must not return NULL, and unwinding from them would leave its numbers broken. */
static void *give_up(size_t size) {
  fprintf(stderr, "lfap: out of memory (%zu bytes asked for by the exact arithmetic); use fewer samples or fewer bits\n", size);
  _exit(LFAP_ERR_DATA);
}

static void *get(size_t size) {
  void *p = malloc(size ? size : 1);
  return p ? p : give_up(size);
}

static void *resize(void *p, size_t old, size_t size) {
  (void)old;
  void *q = realloc(p, size ? size : 1);
  return q ? q : give_up(size);
}

static void release(void *p, size_t size) {
  (void)size;
  free(p);
}

void cli_oracle_memory(void) { mp_set_memory_functions(get, resize, release); }

/* ---- running -------------------------------------------------------------------------------------------------------------- */

lfap_status cli_certify_run(cli *c, oracle_cert *out, const lfap_data *data, double gamma, const oracle_opts *o, const char *dir) {
  oracle_cert k = {0};
  lfap_text text = {0};
  cli_oracle_memory();
  lfap_status s = oracle_limit_certify(&c->ctx, &k, data, gamma, o);
  if (!s) {
    cli_sha256(k.sha256, data->x, data->n * data->d, data->y, data->n);
    s = oracle_cert_document(&c->ctx, &text, &k);
  }
  if (!s && cli_interrupted()) s = lfap_fail(&c->ctx, LFAP_ERR_INTERRUPTED, "interrupted; nothing was written");
  if (!s && dir) s = cli_out_text(c, dir, "certificate.json", &text);
  free(text.bytes);
  mpfr_free_cache();
  if (s) oracle_cert_free(&k);
  else *out = k;
  return s;
}

/* ---- reports ----------------------------------------------------------------------------------------------------------------- */

static const struct { oracle_claim claim; const char *id, *what, *relation; } lines[CLI_CERTIFY_CHECKS] = {
    {ORACLE_V_H, "H", "certified: lhs - rhs", ">="},
    {ORACLE_V_Q1, "Q1", "certified: least multiplier, or slack off the support", ">"},
    {ORACLE_V_C1, "C1", "certified: least of y<u,x>, -y<v,x>, times sqrt(m)", ">"},
    {ORACLE_V_T1, "T1", "certified: distance of the multipliers from the bounds", ">"},
    {ORACLE_V_T2, "T2", "certified: distance of the multipliers from the bounds", ">="},
    {ORACLE_V_POST, "T2", "certified: the same, a posteriori", ">="},
};

size_t cli_certify_checks(lfap_check k[CLI_CERTIFY_CHECKS], const oracle_cert *cert) {
  int h = cert->verdict[ORACLE_V_H] == LFAP_PASS;
  for (int i = 0; i < CLI_CERTIFY_CHECKS; i++) {
    lfap_verdict v = cert->verdict[lines[i].claim];
    int refuted = lines[i].claim == ORACLE_V_C1 && v == LFAP_FAIL;
    if (refuted && !h) v = LFAP_NOT_APPLICABLE; /* no statement says that (b) must hold here */
    cli_check_set(&k[i], lines[i].id, "data", lines[i].what, v, oracle_cert_margin(cert, lines[i].claim), lines[i].relation, 0.0);
    k[i].enclosed = 1;
    k[i].certified = v;
    if (refuted) snprintf(k[i].note, sizeof k[i].note, "(b) is disproved at %zu: the label-aligned form is refuted here", cert->refuted);
    else if (v == LFAP_UNDECIDED) snprintf(k[i].note, sizeof k[i].note, "undecided at %u bits", cert->prec);
    else if (v == LFAP_NOT_APPLICABLE)
      snprintf(k[i].note, sizeof k[i].note, lines[i].claim == ORACLE_V_POST ? "the a-posteriori kappa is not below 1/2" : "(H) is not met: certified");
  }
  return CLI_CERTIFY_CHECKS;
}

static const char *const modes[] = {"enclosed", "exact", "approximate"};

void cli_certify_json(lfap_json *j, const oracle_cert *cert) {
  static const struct { const char *key; oracle_claim claim; } claims[] = {
      {"H", ORACLE_V_H}, {"Q1", ORACLE_V_Q1}, {"T1", ORACLE_V_T1}, {"T2", ORACLE_V_T2}, {"T2_a_posteriori", ORACLE_V_POST}, {"C1", ORACLE_V_C1}};
  lfap_json_object_begin(j, "certificate");
  lfap_json_string(j, "mode", modes[cert->mode]);
  lfap_json_uint(j, "bits", cert->prec);
  lfap_json_uint(j, "support", cert->support);
  lfap_json_uint(j, "aligned_samples", cert->aligned);
  lfap_json_uint(j, "refuted_samples", cert->refuted);
  lfap_json_object_begin(j, "verdicts");
  for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++)
    lfap_json_string(j, claims[i].key, lfap_verdict_name(cert->verdict[claims[i].claim]));
  lfap_json_object_end(j);
  lfap_json_object_begin(j, "margins");
  for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++)
    lfap_json_double_hex(j, claims[i].key, oracle_cert_margin(cert, claims[i].claim));
  lfap_json_object_end(j);
  lfap_json_object_end(j);
}

void cli_certify_print(const oracle_cert *cert) {
  printf("  certificate: multipliers %s, %u bits, %zu of %zu positive; slopes proved at %zu samples, disproved at %zu\n",
         modes[cert->mode], cert->prec, cert->support, cert->n, cert->aligned, cert->refuted);
}
