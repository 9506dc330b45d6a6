/* certify.h - `lfap limit --certify`: options, the certificate file, its lines in tables and JSON. */
#ifndef LFAP_CLI_CERTIFY_H
#define LFAP_CLI_CERTIFY_H
#include "cli/cli.h"
#include "oracle/lfap_oracle.h"
#include "oracle/verify/certifier.h"
#include "verify/lines.h"

typedef enum { CLI_CERTIFY_EXACT, CLI_CERTIFY_FAST, CLI_CERTIFY_AUTO } cli_certify_how;
typedef struct {
  int wanted; /* --certify was given */
  int tuned;  /* one of the other three was */
  cli_certify_how how;
  oracle_opts o;
} cli_certify_args;

/* Rows for a verb's table of options, and the setter: option is 0..3 in their order. */
#define CLI_CERTIFY_OPTIONS                                                                                      \
  {"certify", "[=HOW]",                                                                                          \
   "decide every statement with enclosures: exact (default; writes certificate.json to --out),\n"                \
   "fast (error bounds in doubles, one more factor, no file), or auto (exact for N <= 1000)"},                   \
      {"prec", "BITS", "bits the enclosures aim at (default 256)"},                                              \
      {"max-prec", "BITS", "doubled up to here while a sign is undecided (default 4096)"}, {                     \
    "exact", NULL,                                                                                               \
        "solve in rationals instead (N <= 64): decides separability too;\nlambda.npy are the rationals, rounded" \
  }
enum { CLI_CERTIFY_OPTION_COUNT = 4 };
lfap_status cli_certify_set(cli *c, cli_certify_args *a, int option, const char *value);
/* --prec and its like without --certify, --certify without --out: USAGE. */
lfap_status cli_certify_require(cli *c, const cli_certify_args *a, const char *out);

/* Which of the two for n samples: FAST or EXACT. */
cli_certify_how cli_certify_choose(const cli_certify_args *a, size_t n);

/* Certifies; `document` (may be NULL) is the text of certificate.json. */
lfap_status cli_certify_run(cli *c, oracle_cert *out, lfap_text *document, const lfap_data *data, double gamma,
                            const oracle_opts *o);

/* Memory of GMP and MPFR: running out of it ends the program with a message and exit code 65. Called by main; so
   nothing may lie under a temporary name while the oracle works. */
void cli_oracle_memory(void);

/* One line a claim, for a certificate by itself; value is the least slack, proved. */
size_t cli_certify_checks(lfap_check k[LFAP_SET_CLAIMS], const oracle_cert *cert);
/* What a report says of enclosures, exact and in doubles (lfap_limit_enclose). */
typedef struct {
  const char *mode;
  unsigned bits;
  size_t support, aligned, refuted;
  const size_t *finished;    /* NULL: exact; this and the next borrowed */
  const lfap_decided *claim; /* by lfap_claim */
} cli_certificate;
cli_certificate cli_certificate_of(const oracle_cert *cert);
cli_certificate cli_enclosure_certificate(const lfap_enclosure *e);
/* Summary of enclosures in doubles. */
void cli_enclosure_print(const lfap_enclosure *e);
/* "certified with 256 bits: ..." on stdout. */
void cli_certify_print(const oracle_cert *cert);

extern const cli_verb cli_check;
#endif
