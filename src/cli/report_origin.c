/* report_origin.c - which data is a part of the run about? Its document says it (data_sha256), or the meta.json
 * beside its files (spec/formats.md); what is of other data, or of another gamma, is never shown as if it were of
 * this run. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/report.h"
#include "io/members.h"

/* ---- what is told ------------------------------------------------------------------------------------------------ */

static int lists(lfap_span set, const char *quoted) {
  lfap_member f;
  lfap_span files = lfap_member_of(set.text, "files");
  for (const char *at = files.text ? lfap_members_first(&f, files.text) : NULL; at; at = lfap_members_next(&f, at))
    if (lfap_span_is(f.value, quoted)) return 1;
  return 0;
}

static void put_sha(cli_origin *o, lfap_span told) {
  if (told.len != CLI_SHA256 + 1) return;
  memcpy(o->sha256, told.text + 1, CLI_SHA256 - 1);
  o->sha256[CLI_SHA256 - 1] = 0;
}

static size_t size_of(const char *sizes, const char *key) {
  lfap_span v = lfap_member_of(sizes, key);
  return v.text ? (size_t)strtoull(v.text, NULL, 10) : 0;
}

/* The members at the top of meta.json are about the set of its verb. */
static void put_top(cli_origin *o, const char *text) {
  lfap_span gamma = lfap_member_of(text, "gamma"), sizes = lfap_member_of(text, "sizes"),
            seed = lfap_member_of(text, "seed");
  if (gamma.text && !lfap_span_is(gamma, "null")) o->gamma = strtod(gamma.text, NULL);
  if (sizes.text) o->n = size_of(sizes.text, "n"), o->d = size_of(sizes.text, "d");
  if (seed.text && lfap_span_is(lfap_member_of(text, "verb"), "\"gen\"") && strspn(seed.text, "0123456789") == seed.len)
    snprintf(o->seed, sizeof o->seed, "%.*s", (int)seed.len, seed.text);
}

lfap_status cli_origin_read(cli *c, cli_origin *out, const char *dir, const char *file) {
  char *text = NULL, quoted[64], verb[64];
  cli_origin o = {.gamma = NAN};
  lfap_member set;
  lfap_status s = cli_meta_load(c, &text, dir);
  if (!s && text) {
    lfap_span sets = lfap_member_of(text, "sets"), top = lfap_member_of(text, "verb");
    snprintf(quoted, sizeof quoted, "\"%s\"", file);
    for (const char *at = sets.text ? lfap_members_first(&set, sets.text) : NULL; at;
         at = lfap_members_next(&set, at)) {
      if (!lists(set.value, quoted)) continue;
      put_sha(&o, lfap_member_of(set.value.text, "data_sha256"));
      snprintf(verb, sizeof verb, "\"%.*s\"", (int)(set.key.len < 60 ? set.key.len : 60), set.key.text);
      if (lfap_span_is(top, verb)) put_top(&o, text);
    }
    if (!sets.text && lfap_span_is(top, "\"gen\"") && strcmp(file, "X.npy") == 0) { /* as gen alone once wrote it */
      put_sha(&o, lfap_member_of(text, "data_sha256"));
      put_top(&o, text);
    }
  }
  free(text);
  if (!s) *out = o;
  return s;
}

lfap_status cli_report_samples(cli_report_run *r) {
  cli_origin told = {.gamma = NAN};
  r->here = (cli_origin){.gamma = r->a->gamma > 0 ? r->a->gamma : NAN};
  if (!r->data) return LFAP_OK;
  lfap_status s = cli_data_read(r->c, &r->natural, r->data, NULL);
  if (!s) s = cli_origin_read(r->c, &told, r->data, "X.npy");
  if (s) {
    lfap_data_free(&r->natural);
    r->natural = (lfap_data){0};
    return cli_report_skip(r, "the samples", s);
  }
  r->here.n = r->natural.n;
  r->here.d = r->natural.d;
  cli_sha256(r->here.sha256, r->natural.x, r->natural.n * r->natural.d, r->natural.y, r->natural.n);
  if (strcmp(told.sha256, r->here.sha256) == 0) memcpy(r->here.seed, told.seed, sizeof told.seed);
  return LFAP_OK;
}

/* ---- what follows ------------------------------------------------------------------------------------------------ */

enum { SHOWN = 12 }; /* hexadecimal digits of a hash */

cli_relation cli_report_relation(const cli_report_run *r, const cli_origin *o) {
  const cli_origin *here = &r->here;
  int other_data =
      o->sha256[0] ? strcmp(o->sha256, here->sha256) != 0 : (o->n && o->n != here->n) || (o->d && o->d != here->d);
  if (here->n && other_data) return CLI_OTHER_DATA;
  if (!isnan(o->gamma) && !isnan(here->gamma) && o->gamma != here->gamma) return CLI_OTHER_GAMMA;
  return here->n == 0 ? CLI_ALONE : o->sha256[0] ? CLI_SAME : CLI_UNKNOWN;
}

static const char *const relation_words[] = {
    "The samples of this directory",          "Not known which data it is of (no data_sha256 beside it)",
    "No samples here to compare with",        "Other data than the samples of this directory",
    "Another gamma than that of this report",
};

void cli_origin_words(char *out, size_t room, const cli_origin *o) {
  size_t used = 0;
  out[0] = 0;
#define PUT(when, ...) \
  if ((when) && used < room) used += (size_t)snprintf(out + used, room - used, __VA_ARGS__)
  PUT(o->n, "N = %zu", o->n);
  PUT(o->d, "%sd = %zu", used ? ", " : "", o->d);
  PUT(!isnan(o->gamma), "%sgamma = %.15g", used ? ", " : "", o->gamma);
  PUT(o->seed[0], "%sseed %s", used ? ", " : "", o->seed);
  PUT(o->sha256[0], "%sSHA-256 %.*s", used ? ", " : "", SHOWN, o->sha256);
#undef PUT
}

void cli_report_about(cli_report_run *r, lfap_text *to, const char *what, const cli_origin *o) {
  char words[CLI_ORIGIN];
  cli_origin of = *o;
  if (cli_report_relation(r, o) == CLI_SAME) memcpy(of.seed, r->here.seed, sizeof of.seed);
  cli_origin_words(words, sizeof words, &of);
  lfap_text_puts(to, "<p class=\"of\">");
  lfap_page_text(to, "%s%s%s%s%s.", what, what[0] ? ": " : "", relation_words[cli_report_relation(r, o)],
                 words[0] ? ": " : "", words);
  lfap_text_puts(to, "</p>\n");
}

void cli_report_about_here(cli_report_run *r) { cli_report_about(r, &r->page, "", &r->here); }

lfap_text *cli_report_place(cli_report_run *r, const cli_origin *o) {
  cli_relation k = cli_report_relation(r, o);
  return k == CLI_OTHER_DATA || k == CLI_OTHER_GAMMA ? &r->other : &r->page;
}

void cli_report_leave_other(cli_report_run *r, const char *what, const cli_origin *o) {
  char theirs[CLI_ORIGIN], here[CLI_ORIGIN], why[3 * CLI_ORIGIN];
  cli_origin_words(theirs, sizeof theirs, o);
  cli_origin_words(here, sizeof here, &r->here);
  snprintf(why, sizeof why, "%s (%s; here %s)",
           cli_report_relation(r, o) == CLI_OTHER_DATA ? "is about other data" : "is about another gamma", theirs,
           here);
  cli_report_leave(r, what, why);
}
