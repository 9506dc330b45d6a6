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
#define CLI_COQ_OPTIONS                                                                                   \
  {"coq", "[=FORM]",                                                                                      \
   "also write Certificate.v to --out: a theorem about these doubles for Coq's kernel; axiom-free\n"      \
   "(default) or fast (assumes the axioms of Coq's primitive integers and floats)"},                      \
  {                                                                                                       \
    "coq-claim", "NAME",                                                                                  \
        "what it says: T1, C1, C2, not-C1, or auto (default: the first that is proved); with points T5\n" \
        "(all KKT points decide them so) or T4 (so does the network of the set --adversarial)"            \
  }
enum { CLI_COQ_OPTION_COUNT = 2 };
lfap_status cli_coq_option(cli *c, cli_coq_args *a, int option, const char *value);
/* --coq without --certify or --out, --coq-claim without --coq: USAGE. */
lfap_status cli_coq_require(cli *c, const cli_coq_args *a, int certify, const char *out);
/* The same for T4 and T5 without points, T4 and --adversarial without each other. */
lfap_status cli_coq_require_points(cli *c, const cli_coq_args *a, const char *points, const char *adversarial);

/* A theorem, and what it is about. */
typedef struct {
  oracle_coq_form form;
  oracle_coq theorem;           /* n = 0: nothing was proved, */
  char why[1024];               /* for this reason */
  lfap_text text;               /* of Certificate.v */
  size_t files;                 /* with the rows */
  size_t asked;                 /* points whose side was asked for */
  lfap_data data, other, third; /* read only, not owned; rows of weights have no labels */
  char sha256[3][CLI_SHA256];
} cli_coq;
void cli_coq_free(cli_coq *k);

/* USAGE where the run has a bias: the theorems are about networks without. */
lfap_status cli_coq_unbiased(cli *c);
/* Names what it is about: a set and, unless NULL, an adversarial one; or weights. */
void cli_coq_of_sets(cli_coq *k, const lfap_data *data, const lfap_data *adversarial);
void cli_coq_of_weights(cli_coq *k, const double *w, size_t m, size_t d);
/* Weights w (m x d) and their training: perturbations eta (n x d) with labels t, coefficients b (m x n); or a set, and
   weights. */
void cli_coq_of_split(cli_coq *k, const double *w, size_t m, const lfap_data *eta, const double *b);
void cli_coq_of_start(cli_coq *k, const lfap_data *data, const double *w, size_t m);

/* Finds the theorem of the sets; `cert` may be NULL, `points` empty; adversarial: the limit of that set, or NULL. */
lfap_status cli_coq_find(cli *c, cli_coq *k, const cli_coq_args *a, const lfap_limit *lim, const oracle_cert *cert,
                         const lfap_mat *points, const lfap_limit *adversarial);
/* Of the weights: their signs at the points, or that these are a witness of a boundary that is not linear. */
lfap_status cli_coq_find_network(cli *c, cli_coq *k, oracle_coq_form form, oracle_coq_claim claim, double gamma,
                                 const double *z, size_t points);
/* Of a network in training: T5 at the points, or (point not NULL) C4 by steps up to `step`. */
lfap_status cli_coq_find_run(cli *c, cli_coq *k, oracle_coq_form form, double gamma, const lfap_mat *points,
                             const lfap_polished *point, double step);
/* Its files into dir; none where nothing was proved. */
lfap_status cli_coq_write(cli *c, const char *dir, const cli_coq *k);
/* A line of the summary. */
void cli_coq_print(const cli_coq *k);

/* Is the text one of ours, and not certificate.json? */
int cli_coq_is(const char *text, size_t len);
/* Are the file at `path`, with this text, and the files of rows beside it what follows from what k is about? As
   oracle_cert_check. */
lfap_status cli_coq_check(cli *c, int *accepted, cli_coq *k, const char *path, const char *text, size_t len);
#endif
