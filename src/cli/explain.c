/* explain.c - `lfap explain ID`: a statement, its hypothesis, where it is derived, what computes and checks it. The
 * table is generated from spec/statements.tsv. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fields.h"

static const cli_option options[] = {{NULL, NULL, NULL}};

typedef struct {
  const char *id;
} args;

static lfap_status set_explain_option(cli *c, void *args_, int option, const char *value) {
  args *a = args_;
  (void)option;
  if (a->id) return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "'%s': explain one statement at a time", value);
  a->id = value;
  return LFAP_OK;
}

/* The text in lines of at most 100 characters, and none wider than the terminal; all but the first indented. */
static void wrapped(const char *label, const char *text) {
  enum { LEFT = 12, RIGHT = 100 };
  char line[8192];
  size_t columns = cli_columns(stdout);
  snprintf(line, sizeof line, "%-*s%s", LEFT, label, text);
  cli_fill(stdout, line, strlen(line), columns && columns < RIGHT ? columns : RIGHT, LEFT);
}

/* What an enclosure can decide of it. */
static void certified(const lfap_statement *st) {
  for (lfap_claim i = LFAP_CLAIM_NONE + 1; i < LFAP_CLAIMS; i++) {
    const lfap_claim_info *claim = &lfap_claims[i];
    char text[256];
    if (strcmp(claim->id, st->id) != 0) continue;
    if (claim->json) snprintf(text, sizeof text, "%s: %s %s 0", claim->json, claim->margin, claim->relation);
    else snprintf(text, sizeof text, "%s", claim->margin);
    wrapped("certified", text);
  }
}

/* What a theorem of `limit --coq` rests on: no statement, and explained like one. */
static const lfap_statement *certificate_coq(void) {
  static const lfap_statement topic = {
      .id = "certificate-coq",
      .title = "a theorem about these doubles, checked by Coq's kernel",
      .text =
          "lfap limit --certify --coq writes Certificate.v: the samples, labels and gamma as literals of Coq, "
          "integer multipliers, and a theorem about them: (H) and T1, C1 or C2 with their linear boundary and the "
          "side of given points, that no KKT point has label slopes, that every KKT point decides given points so "
          "(--coq-claim T5), or that the networks of two sets decide them alike (T4). lfap polish --certify --coq "
          "writes one about weights: their signs at points, or that their boundary is not linear; with --coq-claim "
          "C4, that gradient descent from them goes to a KKT point. lfap split --coq writes one about a training: at "
          "given points the perturbations decide (T5). Coq computes "
          "from the literals, in exact integers, what the theorems of proofs/coq ask for. make coq-certificate "
          "DATA=dir GAMMA=g writes, compiles and checks one, and ends in its statement and what it assumes.",
      .hypothesis =
          "trusted: Coq's kernel (form fast: its machine words, arrays and floats too, whose axioms it lists); the "
          "definitions the theorem speaks of (proofs/coq/statements.txt); that the literals are the data, which "
          "`lfap check` compares byte for byte. Not trusted any more: the derivations of spec/certificate.md, GMP, "
          "MPFR, the C compiler, the solver, all other code of lfap.",
      .derived = "spec/certificate.md, Theorems in Coq",
      .function = "none: it is written by oracle/coq",
      .proofs = "none: exact integers",
      .oracle =
          "oracle/coq/sums.c, network.c, split.c, converge.c: the comparisons Coq makes, made before a file is written",
      .tests = "tests/oracle/theorem.c, tests/cli/coq.py, proofs/coq/damaged.py",
      .coq = "Checkers.v, CheckersSound.v, Runs.v, Exact.v, Fast.v"};
  return &topic;
}

static const lfap_statement *find_statement(const char *id) {
  for (size_t i = 0; i < lfap_statement_count; i++)
    if (strcasecmp(lfap_statements[i].id, id) == 0) return &lfap_statements[i];
  return strcasecmp(certificate_coq()->id, id) == 0 ? certificate_coq() : NULL;
}

static lfap_status unknown(cli *c, const char *id) {
  char all[512] = "";
  for (size_t i = 0, used = 0; i < lfap_statement_count && used < sizeof all; i++) {
    int more = snprintf(all + used, sizeof all - used, "%s%s", i ? ", " : "", lfap_statements[i].id);
    used += more > 0 ? (size_t)more : 0;
  }
  return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "statement '%.40s' is unknown; known: %s", id, all);
}

static const char SYMBOLS[] =
    "N samples x_n of d entries, labels y_n = +-1, G their inner products; f a network of m neurons with rows "
    "w_j, output weights a_j and leaky slope gamma; lambda_n multipliers, w the normal of a boundary, f_bdy(z) = "
    "<w,z>; (P) the programme of the largest margin. Of an adversarial set: N_adv bases b_n, perturbed by eps t_n "
    "e towards the targets t_n; la_n its multipliers, f_adv its boundary function. All others: spec/theory.md "
    "sections 1 and 3.";

static void print_explain(const lfap_statement *st) {
  if (!st) {
    for (size_t i = 0; i < lfap_statement_count; i++)
      cli_say("%-4s %s\n", lfap_statements[i].id, lfap_statements[i].title);
    cli_say("\n%s: %s\n", certificate_coq()->id, certificate_coq()->title);
    return;
  }
  cli_row row[CLI_ROWS];
  size_t rows = cli_rows_statement(row, st);
  cli_say("%s  %s\n\n", st->id, st->title);
  for (size_t i = 0; i < rows; i++) wrapped(row[i].label, row[i].string);
  certified(st);
  if (st != certificate_coq()) wrapped("symbols", SYMBOLS);
}

static lfap_status run_explain(cli *c, int argc, char **argv) {
  args a = {0};
  int help = 0;
  lfap_status s = cli_parse(c, &a, set_explain_option, &help, argc, argv);
  if (s || help) return s;
  const lfap_statement *st = a.id ? find_statement(a.id) : NULL;
  if (a.id && !st) return unknown(c, a.id);
  cli_explain_report all = {st ? st : lfap_statements, st ? 1 : lfap_statement_count};
  if (c->json) return cli_print_explain(c, &all);
  print_explain(st);
  return LFAP_OK;
}

const cli_verb cli_explain = {
    "explain",
    "what a statement says, where it is derived, and what computes, proves and tests it",
    "[ID]",
    "Every line of `lfap verify` and `lfap limit` carries the name of a statement; this tells what it says. Without "
    "ID\n"
    "it lists them all.",
    "  lfap explain T4\n"
    "  lfap explain certificate-coq",
    options,
    run_explain};
