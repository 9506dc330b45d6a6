/* report_tables.c - the parts of `lfap report` made from tables: the verdicts of `lfap verify`, the curves of `lfap
   sweep`. */
#include "cli/report.h"

#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "io/file.h"
#include "picture/document.h"
#include "study/table.h"

/* ---- verify ---------------------------------------------------------------------------------------------------- */

/* As the verdict of a case. */
static const char *worst(const size_t v[4]) {
  cli_tally t;
  memcpy(t.of, v, sizeof t.of);
  return lfap_verdict_name(cli_tally_verdict(&t));
}

static void statement_row(cli_report_run *r, const lfap_statement_line *s) {
  char passed[64], certified[64], rest[64] = "";
  size_t all = s->verdict[0] + s->verdict[1] + s->verdict[2] + s->verdict[3];
  snprintf(passed, sizeof passed, "%zu of %zu", s->verdict[LFAP_PASS], all);
  snprintf(certified, sizeof certified, s->certified ? "%zu certified, the others measured" : "measured", s->certified);
  if (s->certified == all) snprintf(certified, sizeof certified, "all certified");
  if (s->verdict[LFAP_NOT_APPLICABLE])
    snprintf(rest, sizeof rest, "%zu not applicable", s->verdict[LFAP_NOT_APPLICABLE]);
  const char *row[] = {s->id, cli_statement_title(s->id), worst(s->verdict), passed, certified, rest, NULL};
  lfap_page_row(&r->page, row);
}

static void case_tables(cli_report_run *r, const lfap_verify_document *d, size_t of) {
  static const char *const head[] = {"id", "statement", "verdict", "passed", "how it is known", "rest", NULL};
  static const char *const shown[] = {"set", "what", "value", "note", NULL};
  const lfap_case_line *k = &d->cases[of];
  char caption[640], value[32];
  snprintf(caption, sizeof caption,
           "%s: %s. %s; N = %zu, d = %zu, m = %zu, gamma = %g, N_adv = %zu; (H) %s: %.4g against %.4g", k->name,
           k->verdict, k->about, k->n, k->d, k->m, k->gamma, k->n_adv, k->hypothesis ? "holds" : "does not hold",
           k->h_lhs, k->h_rhs);
  lfap_page_table_begin(&r->page, caption, head);
  for (size_t i = 0; i < d->statement_count; i++)
    if (d->statements[i].of == of) statement_row(r, &d->statements[i]);
  lfap_page_table_end(&r->page);
  snprintf(caption, sizeof caption, "%s: accuracies, measured", k->name);
  lfap_page_table_begin(&r->page, caption, shown);
  for (size_t i = 0; i < d->headline_count; i++) {
    const lfap_headline *h = &d->headlines[i];
    snprintf(value, sizeof value, "%.6g", h->value);
    const char *row[] = {h->subject, h->what, value, h->note, NULL};
    if (h->of == of) lfap_page_row(&r->page, row);
  }
  lfap_page_table_end(&r->page);
  r->tables += 2;
}

lfap_status cli_report_verify(cli_report_run *r) {
  lfap_verify_document d = {0};
  char *path = NULL;
  lfap_status s = cli_path(r->c, &path, r->a->dir, "report.json");
  if (!s && !cli_is_file(path)) cli_report_leave(r, "verdicts", "no report.json (lfap verify --json > report.json)");
  else if (!s) s = lfap_verify_document_read(&r->c->ctx, &d, path);
  free(path);
  if (s) return cli_report_skip(r, "verdicts", s);
  if (d.case_count) {
    lfap_page_section(&r->page, "Predictions against measurement");
    lfap_text_puts(&r->page, "<p>");
    lfap_page_text(&r->page, "Verdict of lfap verify %s, cases %zu: %s.", d.version, d.case_count, d.verdict);
    lfap_text_puts(&r->page, "</p>\n");
  }
  for (size_t i = 0; i < d.case_count; i++) case_tables(r, &d, i);
  lfap_verify_document_free(&d);
  return LFAP_OK;
}

/* ---- sweeps ---------------------------------------------------------------------------------------------------- */

enum { SWEEPS = 64 };
typedef struct {
  char *path[SWEEPS];
  size_t n, more;
} found;

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* Is it a table of lfap sweep, be it damaged? Others (histories, times) are none of this part's business. */
static int is_sweep(const char *path) {
  lfap_table t = {0};
  char *bytes = NULL;
  size_t len = 0;
  int begins = lfap_file_read(NULL, &bytes, &len, path) == LFAP_OK && lfap_table_begins(bytes, len);
  free(bytes);
  if (begins) return 1;
  int yes = lfap_table_read(NULL, &t, path) == LFAP_OK && lfap_table_column(&t, "acc_control") < t.cols;
  lfap_table_free(&t);
  return yes;
}

static lfap_status look(cli_report_run *r, found *f, const char *dir) {
  DIR *d = opendir(dir);
  lfap_status s = LFAP_OK;
  if (!d) return LFAP_OK;
  for (struct dirent *e; !s && (e = readdir(d)) != NULL;) {
    size_t len = strlen(e->d_name);
    char *path = NULL;
    if (len < 5 || strcmp(e->d_name + len - 4, ".csv") != 0) continue;
    s = cli_path(r->c, &path, dir, e->d_name);
    int yes = !s && is_sweep(path);
    if (yes && f->n < SWEEPS) f->path[f->n++] = path;
    else free(path);
    f->more += yes && f->n == SWEEPS;
  }
  closedir(d);
  return s;
}

static lfap_status curve(cli_report_run *r, const char *path, size_t number) {
  lfap_picture p = {0};
  const char *slash = strrchr(path, '/');
  lfap_status s = cli_plot_accuracy(r->c, &p, path, NULL, NULL, 0);
  if (s) return cli_report_skip(r, path, s);
  if (number) snprintf(p.name, sizeof p.name, "accuracy_%zu", number + 1);
  lfap_text_puts(&r->page, "<h3>");
  lfap_page_text(&r->page, "%s", slash ? slash + 1 : path);
  lfap_text_puts(&r->page, "</h3>\n");
  return cli_report_picture(r, &p);
}

lfap_status cli_report_sweeps(cli_report_run *r) {
  found f = {.n = 0};
  char *sub = NULL;
  lfap_status s = cli_path(r->c, &sub, r->a->dir, "sweep");
  if (!s) s = look(r, &f, r->a->dir);
  if (!s) s = look(r, &f, sub);
  free(sub);
  qsort(f.path, f.n, sizeof f.path[0], by_name);
  if (!s && f.n) lfap_page_section(&r->page, "Sweeps");
  for (size_t i = 0; i < f.n && !s; i++) s = curve(r, f.path[i], i);
  if (!s && f.n == 0) cli_report_leave(r, "accuracy curves", "no table of lfap sweep, here or in sweep/");
  if (!s && f.more) cli_report_leave(r, "further sweeps", "a page holds at most 64");
  for (size_t i = 0; i < f.n; i++) free(f.path[i]);
  return s;
}
