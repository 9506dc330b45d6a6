/* report_origin.c - which data is a part of the report about? What is of other data, or of another gamma, is never
 * shown as if it were of this run; where nothing tells, every place that shows it says so. */
#include <math.h>
#include <string.h>

#include "cli/report.h"

lfap_status cli_report_samples(cli_report_run *r) {
  cli_origin told = {.gamma = NAN};
  r->here = cli_origin_of_run(NULL, 0, r->a->gamma);
  if (!r->data) return LFAP_OK;
  lfap_status s = cli_data_read(r->c, &r->natural, r->data, NULL);
  if (!s) s = cli_origin_read(r->c, &told, r->data, "X.npy");
  if (s) {
    lfap_data_free(&r->natural);
    r->natural = (lfap_data){0};
    return cli_report_skip(r, "the samples", s);
  }
  r->here = cli_origin_of_run(&r->natural, r->natural.d, r->a->gamma);
  if (strcmp(told.sha256, r->here.sha256) == 0) memcpy(r->here.seed, told.seed, sizeof told.seed);
  return LFAP_OK;
}

static const char *const relation_words[] = {
    "The samples of this directory",          "Not known which data it is of (no data_sha256 beside it)",
    "No samples here to compare with",        "Other data than the samples of this directory",
    "Another gamma than that of this report",
};

void cli_report_about(cli_report_run *r, lfap_text *to, const char *what, const cli_origin *o) {
  char words[CLI_ORIGIN];
  cli_origin of = *o;
  if (cli_origin_relation(&r->here, o) == CLI_SAME) memcpy(of.seed, r->here.seed, sizeof of.seed);
  cli_origin_words(words, sizeof words, &of);
  lfap_text_puts(to, "<p class=\"of\">");
  lfap_page_text(to, "%s%s%s%s%s.", what, what[0] ? ": " : "", relation_words[cli_origin_relation(&r->here, o)],
                 words[0] ? ": " : "", words);
  lfap_text_puts(to, "</p>\n");
}

void cli_report_about_here(cli_report_run *r) { cli_report_about(r, &r->page, "", &r->here); }

lfap_text *cli_report_place(cli_report_run *r, const cli_origin *o) {
  return cli_origin_other(&r->here, o) ? &r->other : &r->page;
}

void cli_report_leave_other(cli_report_run *r, const char *what, const cli_origin *o) {
  char why[CLI_ORIGIN_WHY];
  cli_origin_difference(why, &r->here, o);
  cli_report_leave(r, what, why);
}
