/* certify.c - between the command line and oracle/: options, the certificate file, lines and JSON. */
#include "cli/certify.h"
#include "oracle/certify/certify.h"

#include <stdlib.h>
#include <unistd.h>

/* ---- options ----------------------------------------------------------------------------------------------------- */

static lfap_status bits(cli *c, unsigned *out, const char *option, const char *text) {
  size_t b = 0;
  lfap_status s = cli_bits_value(c, &b, option, text, ORACLE_PREC_MAX);
  if (!s) *out = (unsigned)b;
  return s;
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
  if (option == 0) {
    a->wanted = 1;
    return how(c, &a->how, value);
  }
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
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE,
                     "--prec, --max-prec and --exact are about --certify=exact; --certify=fast works in doubles");
  if (a->wanted && !out && a->how != CLI_CERTIFY_FAST)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE,
                     "--out is missing: --certify writes certificate.json into a directory (--certify=fast does not)");
  if (a->o.prec && a->o.max_prec && a->o.prec > a->o.max_prec)
    return lfap_fail(&c->ctx, LFAP_ERR_DATA, "--prec %u is above --max-prec %u; raise the one or lower the other",
                     a->o.prec, a->o.max_prec);
  return LFAP_OK;
}

/* ---- memory ------------------------------------------------------------------------------------------------------ */

/* GMP's allocation functions must not return NULL, and unwinding from them would leave its numbers broken. */
static void *give_up(size_t size) {
  fprintf(stderr,
          "lfap: out of memory (%zu bytes asked for by the exact arithmetic); use fewer samples or fewer bits\n", size);
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

/* ---- running ----------------------------------------------------------------------------------------------------- */

lfap_status cli_certify_run(cli *c, oracle_cert *out, lfap_text *document, const lfap_data *data, double gamma,
                            const oracle_opts *o) {
  oracle_cert k = {0};
  lfap_text text = {0};
  lfap_status s = oracle_certify_checked(&c->ctx, &k, data, gamma, o); /* when they were read */
  if (!s) {
    cli_sha256(k.sha256, data->x, data->n * data->d, data->y, data->n);
    s = oracle_cert_document(&c->ctx, &text.bytes, &text.len, &k);
  }
  if (!s && cli_interrupted()) s = lfap_fail(&c->ctx, LFAP_ERR_INTERRUPTED, "interrupted; nothing was written");
  mpfr_free_cache();
  if (s || !document) lfap_text_free(&text);
  if (s) oracle_cert_free(&k);
  else *out = k;
  if (!s && document) *document = text;
  return s;
}

/* ---- reports ----------------------------------------------------------------------------------------------------- */

size_t cli_certify_checks(lfap_check k[LFAP_SET_CLAIMS], const oracle_cert *cert) {
  size_t rows = 0;
  for (lfap_claim i = LFAP_CLAIM_NONE + 1; i < LFAP_SET_CLAIMS; i++) {
    const lfap_claim_info *claim = &lfap_claims[i];
    lfap_decided d = cert->claim[i];
    int refuted = (i == LFAP_CLAIM_C1 || i == LFAP_CLAIM_C2) && d.verdict == LFAP_FAIL;
    /* no statement says that it must hold here */
    if (refuted && cert->claim[LFAP_CLAIM_H].verdict != LFAP_PASS) d.verdict = LFAP_NOT_APPLICABLE;
    lfap_check *row = &k[rows++];
    *row = (lfap_check){.id = claim->id,
                        .verdict = d.verdict,
                        .value = d.margin,
                        .bound = 0.0,
                        .claim = i,
                        .enclosed = 1,
                        .certified = d.verdict,
                        .margin = d.margin};
    snprintf(row->subject, sizeof row->subject, "data");
    snprintf(row->what, sizeof row->what, "certified: %s", claim->margin);
    snprintf(row->relation, sizeof row->relation, "%s", claim->relation);
    if (refuted && i == LFAP_CLAIM_C1)
      lfap_check_note(row, "(b) is disproved at %zu: the label-aligned form is refuted here", cert->refuted);
    else if (refuted && cert->c2.inseparable) lfap_check_note(row, "no linear boundary separates the data: certified");
    else if (refuted) lfap_check_note(row, "disproved at %zu: no KKT point has all own slopes 1 here", cert->c2.wrong);
    else if (d.verdict == LFAP_UNDECIDED) lfap_check_note(row, "undecided at %u bits", cert->prec);
    else if (d.verdict == LFAP_NOT_APPLICABLE) lfap_check_note(row, "%s", claim->absent);
  }
  return rows;
}

static const char *const modes[] = {"enclosed", "exact", "approximate"};

cli_certificate cli_certificate_of(const oracle_cert *cert) {
  cli_certificate k = {.mode = modes[cert->mode],
                       .bits = cert->prec,
                       .support = cert->support,
                       .aligned = cert->aligned,
                       .refuted = cert->refuted,
                       .claim = cert->claim};
  return k;
}

void cli_certify_print(const oracle_cert *cert) {
  cli_say(
      "  certificate: multipliers %s, %u bits, %zu of %zu positive; slopes proved at %zu samples, disproved at %zu\n",
      modes[cert->mode], cert->prec, cert->support, cert->n, cert->aligned, cert->refuted);
}
