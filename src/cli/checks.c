/* checks.c - one table of checks for people and one array for machines, the same for limit and verify. A line carries
 * the name of its statement; NOT-APPLICABLE shows what was measured and never counts as a pass. */
#include <math.h>
#include <string.h>

#include "cli/cli.h"

static const char *colour(lfap_verdict v) {
  switch (v) {
  case LFAP_PASS: return "\033[32m";
  case LFAP_FAIL: return "\033[1;31m";
  case LFAP_UNDECIDED: return "\033[33m";
  default: return "\033[2m";
  }
}

enum { VERDICT = 14 }; /* columns of a verdict */

/* Value and bound with as many digits as it takes to see which is larger. */
void cli_value_words(char *out, size_t size, double value, const char *relation, double bound, int promised) {
  char a[32], b[32];
  if (isnan(value) && relation[0] && !isnan(bound)) {
    snprintf(out, size, "none (%s %.6g)", relation, bound);
    return;
  }
  if (relation[0] == 0 || isnan(bound)) {
    snprintf(out, size, isnan(value) ? "-" : "%.6g", value);
    return;
  }
  for (int digits = 6; digits <= 17; digits++) {
    snprintf(a, sizeof a, "%.*g", digits, value);
    snprintf(b, sizeof b, "%.*g", digits, bound);
    if (value == bound || strcmp(a, b) != 0) break;
  }
  snprintf(out, size, promised ? "%s %s %s" : "%s (%s %s)", a, relation, b);
}

static void numbers(char *out, size_t size, const lfap_check *k) {
  cli_value_words(out, size, k->value, k->relation, k->bound, k->verdict != LFAP_NOT_APPLICABLE);
}

typedef struct {
  const cli *c;
  const lfap_check *check;
  size_t n;
} lines;

static const char *shade(const cli *c, lfap_verdict v) { return c->color ? colour(v) : NULL; }

/* `certified` is what an enclosure decided, "-" where nothing was enclosed. */
static void check_row(const void *user, size_t i, cli_cells *out) {
  const lines *l = user;
  const lfap_check *k = &l->check[i];
  numbers(out->room[0], CLI_CELL, k);
  out->colour = shade(l->c, k->verdict);
  const char *const text[] = {lfap_verdict_name(k->verdict),
                              k->id,
                              k->subject,
                              k->what,
                              out->room[0],
                              k->enclosed ? lfap_verdict_name(k->certified) : "-",
                              k->note};
  memcpy(out->text, text, sizeof text);
}

int cli_not_right(lfap_verdict v) { return v == LFAP_FAIL || v == LFAP_UNDECIDED; }

/* Row i is the line that is not right i-th. */
static void reason_row(const void *user, size_t i, cli_cells *out) {
  const lines *l = user;
  size_t k = 0;
  for (;; k++)
    if (cli_not_right(l->check[k].verdict) && i-- == 0) break;
  check_row(user, k, out);
}

static void print_lines(const lines *l, cli_row_of *row_of, size_t rows) {
  const cli_table t = {.cells = 7,
                       .flex = 3,
                       .below = 4,
                       .least = {[0] = VERDICT, [5] = VERDICT},
                       .head = {"verdict", "id", "subject", "what", "value", "certified", "note"},
                       .label = {[5] = "certified"}};
  cli_table_print(&t, row_of, l, rows);
}

void cli_checks_print(const cli *c, const lfap_check *check, size_t n) {
  print_lines(&(lines){c, check, n}, check_row, n);
}

void cli_reasons_print(const cli *c, const lfap_check *check, size_t n) {
  size_t wrong = 0;
  for (size_t i = 0; i < n; i++) wrong += (size_t)cli_not_right(check[i].verdict);
  if (wrong) print_lines(&(lines){c, check, n}, reason_row, wrong);
}

void cli_next_explain(const lfap_check *check, size_t n) {
  const lfap_check *worst = NULL;
  for (size_t i = 0; i < n; i++)
    if (check[i].verdict == LFAP_FAIL || (!worst && check[i].verdict == LFAP_UNDECIDED)) {
      worst = &check[i];
      if (worst->verdict == LFAP_FAIL) break;
    }
  if (worst) cli_say("next: `lfap explain %s` tells what it says, supposes, and what computes it\n", worst->id);
}

size_t cli_statement_place(const char *id) {
  size_t s = 0;
  while (s < lfap_statement_count && strcmp(lfap_statements[s].id, id) != 0) s++;
  return s;
}

const char *cli_statement_title(const char *id) {
  size_t s = cli_statement_place(id);
  return s < lfap_statement_count ? lfap_statements[s].title : "";
}

/* One row for a statement: the worst verdict, how many checks of it passed, and the first that did not. */
static void digest_of(const lines *l, const char *id, cli_cells *out) {
  const lfap_check *first = NULL;
  cli_tally t = {0};
  char text[80], others[CLI_CELL];
  size_t certified = 0;
  for (size_t i = 0; i < l->n; i++) {
    const lfap_check *k = &l->check[i];
    if (strcmp(k->id, id) != 0) continue;
    cli_tally_add(&t, k, 1);
    certified += k->enclosed && k->certified == LFAP_PASS;
    if (k->verdict == LFAP_PASS) continue;
    if (!first || (first->verdict == LFAP_NOT_APPLICABLE && k->verdict != LFAP_NOT_APPLICABLE)) first = k;
  }
  lfap_verdict v = cli_tally_verdict(&t);
  cli_tally_words(out->room[0], others, &t);
  snprintf(out->room[1], CLI_CELL, certified ? "%zu" : "-", certified);
  if (first && v != LFAP_PASS) {
    numbers(text, sizeof text, first);
    snprintf(out->note, sizeof out->note, "%s%s: %s: %s", v == LFAP_NOT_APPLICABLE ? "measured, " : "", first->subject,
             first->what, text);
  } else snprintf(out->note, sizeof out->note, "%s", others);
  out->colour = shade(l->c, v);
  const char *const row[] = {lfap_verdict_name(v), id, cli_statement_title(id), out->room[0], out->room[1], out->note};
  memcpy(out->text, row, sizeof row);
}

/* The statement that has lines and comes i-th in the order of theory.md; NULL where there are no more. */
static const char *statement_at(const lines *l, size_t i) {
  for (size_t s = 0; s < lfap_statement_count; s++) {
    size_t k = 0;
    while (k < l->n && cli_statement_place(l->check[k].id) != s) k++;
    if (k < l->n && i-- == 0) return lfap_statements[s].id;
  }
  return NULL;
}

static void digest_row(const void *user, size_t i, cli_cells *out) { digest_of(user, statement_at(user, i), out); }

void cli_digest_print(const cli *c, const lfap_check *check, size_t n) {
  const lines l = {c, check, n};
  const cli_table t = {.cells = 6,
                       .flex = 2,
                       .below = 5,
                       .least = {VERDICT, 2, 54, 10, 9, 0},
                       .right = 1u << 3 | 1u << 4,
                       .near = 1u << 3,
                       .head = {"verdict", "id", "statement", "passed", "certified", ""},
                       .label = {[3] = "passed", [4] = "certified"}};
  size_t statements = 0;
  while (statement_at(&l, statements)) statements++;
  cli_table_print(&t, digest_row, &l, statements);
  for (size_t i = 0; i < n; i++)
    if (check[i].headline) cli_say("  %-8s  %s: %.4g\n", check[i].subject, check[i].what, check[i].value);
}

static void tally_row(const void *user, size_t i, cli_cells *out) {
  const cli_tallies *l = user;
  const cli_tally *t = &l->of[i];
  lfap_verdict v = cli_tally_verdict(t);
  out->colour = shade(l->c, v);
  snprintf(out->room[0], CLI_CELL, "%4zu PASS  %3zu FAIL  %3zu UNDECIDED", t->of[LFAP_PASS], t->of[LFAP_FAIL],
           t->of[LFAP_UNDECIDED]);
  snprintf(out->room[1], CLI_CELL, "%3zu NOT-APPLICABLE", t->of[LFAP_NOT_APPLICABLE]);
  lfap_visible(out->note, sizeof out->note, l->name[i]);
  const char *const row[] = {lfap_verdict_name(v), out->note, out->room[0], out->room[1], l->about[i]};
  memcpy(out->text, row, sizeof row);
}

/* Verdict counts, one row a case: the glance. */
void cli_tallies_print(const cli_tallies *l, size_t n) {
  const cli_table t = {.cells = 5, .flex = 2, .below = 3, .least = {[0] = VERDICT}};
  cli_table_print(&t, tally_row, l, n);
}

void cli_hypothesis_print(const lfap_hypothesis *h, const char *subject) {
  cli_say("  (H) %s for %-9s gamma^3 Rmin^4 = %.5g %s 3 N Rmax^2 pmax = %.5g", h->holds ? "holds     " : "is not met",
          subject, h->lhs, h->holds ? ">=" : "<", h->rhs);
  if (h->rhs > 0) cli_say("  (ratio %.3g)", h->lhs / h->rhs);
  cli_say("\n");
}

void cli_tally_add(cli_tally *t, const lfap_check *check, size_t n) {
  for (size_t i = 0; i < n; i++) {
    t->of[check[i].verdict]++;
    t->measured += (size_t)check[i].only_measured;
  }
}

size_t cli_tally_judged(const cli_tally *t) { return t->of[0] + t->of[1] + t->of[2] + t->of[3] - t->measured; }

void cli_tally_words(char passed[CLI_CELL], char others[CLI_CELL], const cli_tally *t) {
  size_t judged = cli_tally_judged(t), open = t->of[LFAP_NOT_APPLICABLE] - t->measured;
  char measured[CLI_CELL / 2] = "";
  snprintf(passed, CLI_CELL, judged ? "%zu of %zu" : "-", t->of[LFAP_PASS], judged);
  snprintf(others, CLI_CELL, open ? "%zu not applicable" : "", open);
  if (t->measured) snprintf(measured, sizeof measured, "%s%zu only measured", open ? ", " : "", t->measured);
  strcat(others, measured);
}

lfap_verdict cli_tally_verdict(const cli_tally *t) {
  if (t->of[LFAP_FAIL]) return LFAP_FAIL;
  if (t->of[LFAP_UNDECIDED]) return LFAP_UNDECIDED;
  return t->of[LFAP_PASS] ? LFAP_PASS : LFAP_NOT_APPLICABLE;
}

void cli_verdict_say(const cli *c, lfap_verdict v) {
  const char *shaded = shade(c, v);
  cli_say("verdict: %s%s%s", shaded ? shaded : "", lfap_verdict_name(v), shaded ? "\033[0m" : "");
}

void cli_verdict_print(const cli *c, const cli_tally *t) {
  cli_verdict_say(c, cli_tally_verdict(t));
  cli_say(" (%zu PASS, %zu FAIL, %zu UNDECIDED, %zu NOT-APPLICABLE", t->of[LFAP_PASS], t->of[LFAP_FAIL],
          t->of[LFAP_UNDECIDED], t->of[LFAP_NOT_APPLICABLE]);
  if (t->measured) cli_say(", %zu of them only measured", t->measured);
  cli_say(")\n");
}
