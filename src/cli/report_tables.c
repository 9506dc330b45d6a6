/* report_tables.c - the parts of `lfap report` made from tables: the verdicts of `lfap verify`, the curves of `lfap
   sweep`. */
#include "cli/report.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "io/file.h"
#include "picture/document.h"
#include "verify/lines.h"

/* ---- verify ------------------------------------------------------------------------------------------------------ */

static void statement_row(lfap_text *to, const lfap_statement_line *s) {
  char passed[CLI_CELL], certified[64], rest[CLI_CELL];
  cli_tally t = {.measured = s->measured};
  memcpy(t.of, s->verdict, sizeof t.of);
  cli_tally_words(passed, rest, &t);
  snprintf(certified, sizeof certified, s->certified ? "%zu certified, the others measured" : "measured", s->certified);
  if (s->certified && s->certified == cli_tally_judged(&t)) snprintf(certified, sizeof certified, "all certified");
  const char *verdict = lfap_verdict_name(cli_tally_verdict(&t));
  const char *row[] = {s->id, cli_statement_title(s->id), verdict, passed, certified, rest, NULL};
  lfap_page_row(to, row);
}

static void case_tables(cli_report_run *r, lfap_text *to, const lfap_verify_document *d, size_t of) {
  static const char *const head[] = {"id", "statement", "verdict", "passed", "how it is known", "rest", NULL};
  static const char *const shown[] = {"set", "what", "value", "note", NULL};
  const lfap_case_line *k = &d->cases[of];
  char caption[640], value[32];
  snprintf(caption, sizeof caption,
           "%s: %s. %s; N = %zu, d = %zu, m = %zu, gamma = %g, N_adv = %zu; (H) %s: %.4g against %.4g", k->name,
           k->verdict, k->about, k->n, k->d, k->m, k->gamma, k->n_adv, k->hypothesis ? "holds" : "does not hold",
           k->h_lhs, k->h_rhs);
  lfap_page_table_begin(to, caption, head);
  for (size_t place = 0; place <= lfap_statement_count; place++)
    for (size_t i = 0; i < d->statement_count; i++)
      if (d->statements[i].of == of && cli_statement_place(d->statements[i].id) == place)
        statement_row(to, &d->statements[i]);
  lfap_page_table_end(to);
  snprintf(caption, sizeof caption, "%s: accuracies, measured", k->name);
  lfap_page_table_begin(to, caption, shown);
  for (size_t i = 0; i < d->headline_count; i++) {
    const lfap_headline *h = &d->headlines[i];
    snprintf(value, sizeof value, isnan(h->value) ? "none" : "%.6g", h->value);
    const char *row[] = {h->subject, h->what, value, h->note, NULL};
    if (h->of == of) lfap_page_row(to, row);
  }
  lfap_page_table_end(to);
  r->tables += 2;
}

static cli_origin origin_of(const lfap_case_line *k) {
  cli_origin o = {.n = k->n, .d = k->d, .gamma = k->gamma};
  snprintf(o.sha256, sizeof o.sha256, "%.64s", k->sha256);
  return o;
}

/* What is not right, before anything else. */
static void put_wrong(cli_report_run *r, const lfap_verify_document *d) {
  static const char *const head[] = {"id", "verdict", "what", "value (wanted)", "of", "why", NULL};
  char value[80], of[120];
  if (d->wrong_count == 0) return;
  lfap_page_table_begin(&r->top, "Checks that are not right", head);
  for (int pass = 0; pass < 2; pass++)
    for (size_t i = 0; i < d->wrong_count; i++) {
      const lfap_wrong_line *w = &d->wrong[i];
      if ((strcmp(w->verdict, lfap_verdict_name(LFAP_FAIL)) == 0) != (pass == 0)) continue;
      cli_value_words(value, sizeof value, w->value, w->relation, w->bound, 0);
      snprintf(of, sizeof of, "%s, %s", d->cases[w->of].name, w->subject);
      const char *row[] = {w->id, w->verdict, w->what, value, of, w->note, NULL};
      lfap_page_row(&r->top, row);
    }
  lfap_page_table_end(&r->top);
  r->tables++;
}

/* Each case where it belongs; the verdict of all stands with the first, or with the others when none is of this run. */
static void cases(cli_report_run *r, const lfap_verify_document *d) {
  size_t here = 0;
  for (size_t i = 0; i < d->case_count; i++) {
    cli_origin o = origin_of(&d->cases[i]);
    here += cli_report_place(r, &o) == &r->page;
  }
  lfap_text *head = here ? &r->page : &r->other;
  lfap_page_verdict(
      &r->top, here ? "Verdict of report.json" : "Verdict of report.json, which is about other data or another gamma",
      d->verdict);
  put_wrong(r, d);
  snprintf(r->verdict, sizeof r->verdict, "%s", d->verdict);
  r->not_right = d->wrong_count;
  if (here) lfap_page_section(&r->page, "Predictions against measurement");
  lfap_text_puts(head, "<p>");
  lfap_page_text(head, "report.json: verdict of lfap verify %s, cases %zu: %s.", d->version, d->case_count, d->verdict);
  if (here && here < d->case_count)
    lfap_page_text(head, " Cases about other data, or another gamma, in a section of their own: %zu.",
                   d->case_count - here);
  lfap_text_puts(head, "</p>\n");
  for (size_t i = 0; i < d->case_count; i++) {
    cli_origin o = origin_of(&d->cases[i]);
    lfap_text *to = cli_report_place(r, &o);
    cli_report_about(r, to, d->cases[i].name, &o);
    case_tables(r, to, d, i);
  }
}

lfap_status cli_report_verify(cli_report_run *r) {
  lfap_verify_document d = {0};
  char *path = NULL;
  lfap_status s = cli_path(r->c, &path, r->a->dir, "report.json");
  if (!s && !cli_is_file(path)) cli_report_leave(r, "verdicts", "no report.json (lfap verify --json > report.json)");
  else if (!s) s = lfap_verify_document_read(&r->c->ctx, &d, path);
  free(path);
  if (s) return cli_report_skip(r, "verdicts", s);
  if (d.case_count) cases(r, &d);
  lfap_verify_document_free(&d);
  return LFAP_OK;
}

/* ---- sweeps ------------------------------------------------------------------------------------------------------ */

enum { SWEEPS = 64 };
typedef struct {
  char *path;
  int shares; /* a table of shares against epochs (T5) */
} sweep;
typedef struct {
  sweep of[SWEEPS];
  size_t n, more;
} found;

static int by_name(const void *a, const void *b) { return strcmp(((const sweep *)a)->path, ((const sweep *)b)->path); }

/* Of a file that is no whole table: was it one of lfap sweep? */
static int names_column(const char *path) {
  char *text = NULL;
  size_t len = 0;
  int yes = lfap_file_read(NULL, &text, &len, path) == LFAP_OK && strstr(text, "acc_control") != NULL;
  free(text);
  return yes;
}

/* Is it a table of lfap sweep? Others (histories, times) are none of this part's business. */
static lfap_status is_sweep(cli_report_run *r, int *yes, int *shares, const char *path) {
  lfap_table t = {0};
  lfap_status s = lfap_table_read(&r->c->ctx, &t, path);
  *shares = !s && lfap_table_column(&t, "one_sign") < t.cols && lfap_table_column(&t, "effect_right") < t.cols;
  *yes = *shares || (!s && lfap_table_column(&t, "acc_control") < t.cols);
  lfap_table_free(&t);
  if (s == LFAP_ERR_DATA && !names_column(path)) { /* no table, or another one */
    r->c->ctx.message[0] = 0;
    return LFAP_OK;
  }
  return cli_report_skip(r, path, s);
}

static lfap_status look(cli_report_run *r, found *f, const char *dir) {
  char why[LFAP_REASON];
  DIR *d = opendir(dir);
  lfap_status s = LFAP_OK;
  if (!d && (errno == ENOENT || errno == ENOTDIR)) return LFAP_OK;
  if (!d)
    return cli_report_skip(r, "accuracy curves",
                           lfap_fail(&r->c->ctx,
                                     lfap_status_of(errno, errno == EACCES ? LFAP_ERR_NOINPUT : LFAP_ERR_IO),
                                     "%s: cannot be read: %s", dir, lfap_reason(why, errno)));
  errno = 0;
  for (struct dirent *e; !s && (e = readdir(d)) != NULL; errno = 0) {
    size_t len = strlen(e->d_name);
    char *path = NULL;
    int yes = 0, shares = 0;
    if (len < 5 || strcmp(e->d_name + len - 4, ".csv") != 0) continue;
    s = cli_path(r->c, &path, dir, e->d_name);
    if (!s) s = is_sweep(r, &yes, &shares, path);
    f->more += yes && f->n == SWEEPS;
    if (yes && f->n < SWEEPS) f->of[f->n++] = (sweep){path, shares};
    else free(path);
  }
  if (!s && errno)
    s = lfap_fail(&r->c->ctx, lfap_status_of(errno, LFAP_ERR_IO), "%s: cannot be read: %s", dir,
                  lfap_reason(why, errno));
  closedir(d);
  return s;
}

/* The numbers of a table held against the published ones, in all; k->compared is 0 where there is nothing to hold. */
static lfap_status hold(cli_report_run *r, lfap_against *k, const char *path) {
  lfap_published p = {.rows = 0};
  lfap_table t = {0};
  lfap_text csv = {0};
  *k = (lfap_against){.compared = 0};
  lfap_status s = lfap_published_read(&r->c->ctx, &p, r->a->against);
  if (!s) s = lfap_table_read(&r->c->ctx, &t, path);
  if (!s) s = lfap_against_published(&r->c->ctx, k, &csv, &t, &p);
  lfap_text_free(&csv);
  lfap_table_free(&t);
  lfap_published_free(&p);
  return s;
}

static void held(cli_report_run *r, const lfap_against *k) {
  static const char *const head[] = {"compared with the published", "number", NULL};
  char median[32], largest[32], rule[32], pairs[32], numbers[64];
  snprintf(numbers, sizeof numbers, "%zu of %zu", k->published - k->no_cell, k->published);
  snprintf(pairs, sizeof pairs, "%zu", k->compared);
  snprintf(median, sizeof median, "%.4g", k->median);
  snprintf(largest, sizeof largest, "%.4g", k->largest);
  snprintf(rule, sizeof rule, "%.4g", k->rule_median);
  const char *rows[][3] = {{"published accuracies whose cell this table has", numbers, NULL},
                           {"pairs of one of them and a row with an accuracy", pairs, NULL},
                           {"median of |measured - published|", median, NULL},
                           {"largest", largest, NULL},
                           {"median of |rule of thumb R1 - published|, over the same pairs", rule, NULL}};
  lfap_page_table_begin(&r->page, "Against the published accuracies, measured", head);
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) lfap_page_row(&r->page, rows[i]);
  lfap_page_table_end(&r->page);
  r->tables++;
}

/* A row of what the page is made from: the first line of a table of lfap sweep tells its version and its grid. */
static lfap_status made(cli_report_run *r, const char *path) {
  char *text = NULL, sha[CLI_SHA256], told[200] = "a table";
  size_t len = 0;
  lfap_status s = lfap_file_read(&r->c->ctx, &text, &len, path);
  if (s) return s;
  cli_sha256_bytes(sha, text, len);
  const char *grid = strstr(text, " grid="); /* a hash, and the last word of the line */
  size_t line = strcspn(text, "\r\n");
  if (grid && (size_t)(grid - text) < line) line = (size_t)(grid - text);
  if (text[0] == '#') snprintf(told, sizeof told, "%.*s", (int)line, text);
  const char *row[] = {path, text[0] == '#' ? "lfap sweep" : "", told + (text[0] == '#' ? 2 : 0), sha, NULL};
  lfap_page_row(&r->made, row);
  free(text);
  return LFAP_OK;
}

static lfap_status picture_of(cli_report_run *r, lfap_picture *p, const sweep *of) {
  return of->shares ? cli_plot_shares(r->c, p, of->path, NULL, 0)
                    : cli_plot_accuracy(r->c, p, of->path, r->a->against, NULL, NULL, 0);
}

/* A table in which nothing is swept has no curve; its numbers are held against the published ones all the same. */
static lfap_status curve(cli_report_run *r, const found *f, size_t i) {
  lfap_picture p = {0};
  lfap_against k = {.compared = 0};
  const sweep *of = &f->of[i];
  const char *path = of->path, *slash = strrchr(path, '/');
  size_t number = 0;
  lfap_status s = picture_of(r, &p, of);
  int drawn = !s;
  s = cli_report_skip(r, path, s);
  if (!s && r->a->against && !of->shares) s = hold(r, &k, path);
  if (s && drawn) return cli_report_skip(r, path, s);
  if (!drawn && lfap_of_the_data(s)) r->c->ctx.message[0] = 0; /* what is wrong with the table was told already */
  else if (s) return s;
  if (!drawn && !k.compared) return LFAP_OK;
  s = made(r, path);
  if (s) return cli_report_skip(r, path, s);
  for (size_t j = 0; j < i; j++) number += f->of[j].shares == of->shares;
  if (number) snprintf(p.name, sizeof p.name, "%s_%zu", of->shares ? "shares" : "accuracy", number + 1);
  lfap_text_puts(&r->page, "<h3>");
  lfap_page_text(&r->page, "%s", slash ? slash + 1 : path);
  lfap_text_puts(&r->page, "</h3>\n");
  if (drawn) s = cli_report_picture(r, &r->page, &p);
  if (!s && k.compared) held(r, &k);
  return s;
}

lfap_status cli_report_sweeps(cli_report_run *r) {
  found f = {.n = 0};
  char *sub = NULL;
  lfap_status s = cli_path(r->c, &sub, r->a->dir, "sweep");
  if (!s) s = look(r, &f, r->a->dir);
  if (!s) s = look(r, &f, sub);
  free(sub);
  qsort(f.of, f.n, sizeof f.of[0], by_name);
  if (!s && f.n) {
    lfap_page_section(&r->page, "Sweeps, with data of their own");
    lfap_text_puts(&r->page,
                   "<p class=\"of\">Not the samples of this directory: each row of a sweep has samples of its "
                   "own (columns data, d, n, gamma, seed).</p>\n");
  }
  for (size_t i = 0; i < f.n && !s; i++) s = curve(r, &f, i);
  if (!s && f.n == 0) cli_report_leave(r, "accuracy curves", "no table of lfap sweep, here or in sweep/");
  if (!s && f.more) cli_report_leave(r, "further sweeps", "a page holds at most 64");
  for (size_t i = 0; i < f.n; i++) free(f.of[i].path);
  return s;
}
