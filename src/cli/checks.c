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

/* Value and bound with as many digits as it takes to see which is larger. */
static void numbers(char *out, size_t size, const lfap_check *k) {
  char a[32], b[32];
  if (k->relation[0] == 0 || isnan(k->bound)) {
    snprintf(out, size, isnan(k->value) ? "-" : "%.6g", k->value);
    return;
  }
  for (int digits = 6; digits <= 17; digits++) {
    snprintf(a, sizeof a, "%.*g", digits, k->value);
    snprintf(b, sizeof b, "%.*g", digits, k->bound);
    if (k->value == k->bound || strcmp(a, b) != 0) break;
  }
  /* what a statement does not promise is shown beside the measured value, in parentheses */
  snprintf(out, size, k->verdict == LFAP_NOT_APPLICABLE ? "%s (%s %s)" : "%s %s %s", a, k->relation, b);
}

static size_t wider(size_t width, const char *text) { return strlen(text) > width ? strlen(text) : width; }

typedef struct {
  size_t id, subject, what, value;
} widths;

/* One line; `certified` is what an enclosure decided, "-" where nothing was enclosed. */
static void print_line(const widths *w, const char *before, const char *verdict, const char *after, const char *id,
                       const char *subject, const char *what, const char *value, const char *certified,
                       const char *note) {
  printf("  %s%-14s%s  %-*s  %-*s  %-*s  %-*s  %-*s%s%s\n", before, verdict, after, (int)w->id, id, (int)w->subject,
         subject, (int)w->what, what, (int)w->value, value, note[0] ? 14 : 0, certified, note[0] ? "  " : "", note);
}

void cli_checks_print(const cli *c, const lfap_check *check, size_t n) {
  char text[80];
  widths w = {2, 7, 4, 5};
  for (size_t i = 0; i < n; i++) {
    numbers(text, sizeof text, &check[i]);
    w.id = wider(w.id, check[i].id);
    w.subject = wider(w.subject, check[i].subject);
    w.what = wider(w.what, check[i].what);
    w.value = wider(w.value, text);
  }
  print_line(&w, "", "verdict", "", "id", "subject", "what", "value", "certified", "note");
  for (size_t i = 0; i < n; i++) {
    const lfap_check *k = &check[i];
    numbers(text, sizeof text, k);
    print_line(&w, c->color ? colour(k->verdict) : "", lfap_verdict_name(k->verdict), c->color ? "\033[0m" : "", k->id,
               k->subject, k->what, text, k->enclosed ? lfap_verdict_name(k->certified) : "-", k->note);
  }
}

const char *cli_statement_title(const char *id) {
  for (size_t i = 0; i < lfap_statement_count; i++)
    if (!strcmp(lfap_statements[i].id, id)) return lfap_statements[i].title;
  return "";
}

/* One row for a statement: the worst verdict, how many checks of it passed, and the first that did not. */
static void digest_row(const cli *c, const lfap_check *check, size_t n, const char *id) {
  const lfap_check *first = NULL;
  cli_tally t = {{0}};
  char text[80];
  size_t certified = 0;
  for (size_t i = 0; i < n; i++) {
    if (strcmp(check[i].id, id) != 0) continue;
    cli_tally_add(&t, &check[i], 1);
    certified += check[i].enclosed && check[i].certified == LFAP_PASS;
    if (check[i].verdict == LFAP_PASS) continue;
    if (!first || (first->verdict == LFAP_NOT_APPLICABLE && check[i].verdict != LFAP_NOT_APPLICABLE)) first = &check[i];
  }
  lfap_verdict v = cli_tally_verdict(&t);
  size_t all = t.of[0] + t.of[1] + t.of[2] + t.of[3];
  char count[24] = "-";
  if (certified) snprintf(count, sizeof count, "%zu", certified);
  printf("  %s%-14s%s  %-2s  %-54s %3zu of %-3zu  %9s", c->color ? colour(v) : "", lfap_verdict_name(v),
         c->color ? "\033[0m" : "", id, cli_statement_title(id), t.of[LFAP_PASS], all, count);
  if (first && v != LFAP_PASS) {
    numbers(text, sizeof text, first);
    printf("  %s%s: %s: %s", v == LFAP_NOT_APPLICABLE ? "measured, " : "", first->subject, first->what, text);
  } else if (first) printf("  %zu not applicable", t.of[LFAP_NOT_APPLICABLE]);
  printf("\n");
}

void cli_digest_print(const cli *c, const lfap_check *check, size_t n) {
  printf("  %-14s  %-2s  %-54s %-10s  %9s\n", "verdict", "id", "statement", "passed", "certified");
  for (size_t i = 0; i < n; i++) {
    size_t k = 0;
    while (strcmp(check[k].id, check[i].id) != 0) k++;
    if (k == i) digest_row(c, check, n, check[i].id);
  }
  for (size_t i = 0; i < n; i++)
    if (check[i].headline) printf("  %-8s  %s: %.4g\n", check[i].subject, check[i].what, check[i].value);
}

/* A column of verdict counts, one row a case: the glance. */
void cli_tally_print(const cli *c, const char *name, const cli_tally *t, const char *note) {
  lfap_verdict v = cli_tally_verdict(t);
  char shown[CLI_SHOWN];
  name = lfap_visible(shown, sizeof shown, name);
  printf("  %-22s %s%-14s%s %4zu PASS  %3zu FAIL  %3zu UNDECIDED  %3zu NOT-APPLICABLE%s%s\n", name,
         c->color ? colour(v) : "", lfap_verdict_name(v), c->color ? "\033[0m" : "", t->of[LFAP_PASS], t->of[LFAP_FAIL],
         t->of[LFAP_UNDECIDED], t->of[LFAP_NOT_APPLICABLE], note[0] ? "  " : "", note);
}

void cli_hypothesis_print(const lfap_hypothesis *h, const char *subject) {
  printf("  (H) %s for %-9s gamma^3 Rmin^4 = %.5g %s 3 N Rmax^2 pmax = %.5g", h->holds ? "holds     " : "is not met",
         subject, h->lhs, h->holds ? ">=" : "<", h->rhs);
  if (h->rhs > 0) printf("  (ratio %.3g)", h->lhs / h->rhs);
  printf("\n");
}

void cli_tally_add(cli_tally *t, const lfap_check *check, size_t n) {
  for (size_t i = 0; i < n; i++) t->of[check[i].verdict]++;
}

lfap_verdict cli_tally_verdict(const cli_tally *t) {
  if (t->of[LFAP_FAIL]) return LFAP_FAIL;
  if (t->of[LFAP_UNDECIDED]) return LFAP_UNDECIDED;
  return t->of[LFAP_PASS] ? LFAP_PASS : LFAP_NOT_APPLICABLE;
}

void cli_verdict_print(const cli *c, const cli_tally *t) {
  lfap_verdict v = cli_tally_verdict(t);
  printf("verdict: %s%s%s (%zu PASS, %zu FAIL, %zu UNDECIDED, %zu NOT-APPLICABLE)\n", c->color ? colour(v) : "",
         lfap_verdict_name(v), c->color ? "\033[0m" : "", t->of[LFAP_PASS], t->of[LFAP_FAIL], t->of[LFAP_UNDECIDED],
         t->of[LFAP_NOT_APPLICABLE]);
}
