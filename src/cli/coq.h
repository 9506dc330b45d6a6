/* coq.h - `--coq`: a theorem about the data of a run, in files that Coq's kernel checks (spec/certificate.md, "Theorems
 * in Coq"), and its part in `lfap check`. */
#ifndef LFAP_CLI_COQ_H
#define LFAP_CLI_COQ_H
#include "cli/cli.h"
#include "oracle/coq/coq.h"

#define CLI_COQ_FILE "Certificate.v"

typedef struct {
  int wanted;
  oracle_coq_form form;
  int claim; /* an oracle_coq_claim, or -1: the strongest that is proved */
} cli_coq_args;

/* Rows for a verb's table of options, and the setter: option is 0 or 1 in their order. */
#define CLI_COQ_OPTIONS                                                                                  \
  {"coq", "[=FORM]",                                                                                     \
   "also write Certificate.v to --out: a theorem about these doubles for Coq's kernel; axiom-free\n"     \
   "(default) or fast (assumes the axioms of Coq's primitive integers and floats)"},                     \
  {                                                                                                      \
    "coq-claim", "NAME", "what it says: T1, C1, C2, not-C1, or auto (default: the first that is proved)" \
  }
enum { CLI_COQ_OPTION_COUNT = 2 };
lfap_status cli_coq_option(cli *c, cli_coq_args *a, int option, const char *value);
/* --coq without --certify or --out, --coq-claim without --coq: USAGE. */
lfap_status cli_coq_require(cli *c, const cli_coq_args *a, int certify, const char *out);

/* What a report says of it. */
typedef struct {
  oracle_coq_form form;
  oracle_coq theorem; /* n = 0: nothing was proved, */
  char why[1024];     /* for this reason */
  lfap_text text;     /* of Certificate.v */
  size_t files;       /* with the rows */
  size_t asked;       /* points whose side was asked for */
} cli_coq;
void cli_coq_free(cli_coq *k);

/* Finds the theorem; `cert` may be NULL, `points` empty. */
lfap_status cli_coq_find(cli *c, cli_coq *out, const cli_coq_args *a, const lfap_data *data, const lfap_limit *lim,
                         const oracle_cert *cert, const lfap_mat *points);
/* Its files into dir; none where nothing was proved. */
lfap_status cli_coq_write(cli *c, const char *dir, const cli_coq *k, const lfap_data *data);
/* A line of the summary. */
void cli_coq_print(const cli_coq *k);

/* Is the text one of ours, and not certificate.json? */
int cli_coq_is(const char *text, size_t len);
/* Are the file at `path`, with this text, and the files of rows beside it what follows from the data? As
   oracle_cert_check. */
lfap_status cli_coq_check(cli *c, int *accepted, cli_coq *out, const char *path, const char *text, size_t len,
                          const lfap_data *data);
#endif
