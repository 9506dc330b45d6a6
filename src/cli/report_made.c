/* report_made.c - what a report is made from: each directory and document, what made it, with which seeds and sizes,
   and the hashes of its files; and the date, which is given from outside so that the page's bytes depend on its inputs
   alone. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/report.h"
#include "keys.h"

enum { TOLD = 900 };

static void append(char out[TOLD], const char *format, ...) CLI_PRINTS(2, 3);
static void append(char out[TOLD], const char *format, ...) {
  size_t used = strlen(out);
  va_list ap;
  va_start(ap, format);
  vsnprintf(out + used, TOLD - used, format, ap);
  va_end(ap);
}

/* Said elsewhere in the row, or the same in other digits. */
static int is_head(const lfap_span *key) {
  static const char *const head[] = {LFAP_KEY_schema_version, LFAP_KEY_version, LFAP_KEY_verb, LFAP_KEY_data_sha256};
  int yes = key->len > 4 && strncmp(key->text + key->len - 4, "_hex", 4) == 0;
  for (size_t i = 0; i < sizeof head / sizeof head[0]; i++) yes |= lfap_span_is(*key, head[i]);
  return yes;
}

/* "seed 1, n 20, d 1000": its members that are words and numbers, and those of `sizes`. */
static void told_of(char out[TOLD], const char *object) {
  lfap_member m;
  for (const char *at = lfap_members_first(&m, object); at; at = lfap_members_next(&m, at)) {
    int quoted = m.value.text[0] == '"', nested = m.value.text[0] == '{' || m.value.text[0] == '[';
    if (lfap_span_is(m.key, LFAP_KEY_sizes)) told_of(out, m.value.text);
    if (nested || is_head(&m.key)) continue;
    append(out, "%s%.*s %.*s", out[0] ? ", " : "", (int)m.key.len, m.key.text, (int)m.value.len - 2 * quoted,
           m.value.text + quoted);
  }
}

static void row(cli_report_run *r, const char *name, const char *by, const char *told, const char *sha) {
  const char *cells[] = {name, by, told, sha, NULL};
  lfap_page_row(&r->page, cells);
}

/* A directory: what its meta.json tells, then its files. */
static lfap_status directory(cli_report_run *r, const char *dir) {
  char *text = NULL, by[64] = "lfap", told[TOLD] = "";
  lfap_status s = cli_meta_load(r->c, &text, dir);
  if (s) return cli_report_skip(r, dir, s);
  if (!text) {
    row(r, dir, "not told", "no meta.json", "");
    return LFAP_OK;
  }
  lfap_span verb = lfap_member_of(text, LFAP_KEY_verb), files = lfap_member_of(text, LFAP_KEY_files);
  if (verb.len > 2) snprintf(by, sizeof by, "lfap %.*s", (int)verb.len - 2, verb.text + 1);
  told_of(told, text);
  lfap_span sha = lfap_member_of(text, LFAP_KEY_data_sha256);
  char data[CLI_SHA256] = "";
  if (sha.len == CLI_SHA256 + 1) snprintf(data, sizeof data, "%.*s", CLI_SHA256 - 1, sha.text + 1);
  row(r, dir, by, told, data);
  lfap_member m;
  for (const char *at = files.text ? lfap_members_first(&m, files.text) : NULL; at; at = lfap_members_next(&m, at)) {
    char name[200], hash[CLI_SHA256] = "";
    snprintf(name, sizeof name, "%.*s", (int)m.key.len, m.key.text);
    if (m.value.len == CLI_SHA256 + 1) snprintf(hash, sizeof hash, "%.*s", CLI_SHA256 - 1, m.value.text + 1);
    row(r, name, "", "file", hash);
  }
  free(text);
  return LFAP_OK;
}

/* A document of the run itself, where it is there. */
static lfap_status document(cli_report_run *r, const char *name, const char *by) {
  char *path = NULL, *bytes = NULL, sha[CLI_SHA256];
  size_t len = 0;
  lfap_status s = cli_path(r->c, &path, r->a->dir, name);
  if (!s && cli_is_file(path)) s = lfap_file_read(&r->c->ctx, &bytes, &len, path);
  if (!s && bytes) {
    cli_sha256_bytes(sha, bytes, len);
    row(r, name, by, "file", sha);
  }
  free(bytes);
  free(path);
  return s ? cli_report_skip(r, name, s) : LFAP_OK;
}

/* Of SOURCE_DATE_EPOCH, as reproducible builds have it. */
static void date(cli_report_run *r) {
  const char *text = getenv("SOURCE_DATE_EPOCH");
  char words[64];
  struct tm tm;
  errno = 0;
  char *end = NULL;
  long long seconds = text && text[0] >= '0' && text[0] <= '9' ? strtoll(text, &end, 10) : -1;
  time_t t = (time_t)seconds;
  lfap_text_puts(&r->page, "<p>");
  if (seconds >= 0 && !errno && end && !*end && gmtime_r(&t, &tm) &&
      strftime(words, sizeof words, "%Y-%m-%d %H:%M UTC", &tm))
    lfap_page_text(&r->page, "Date (SOURCE_DATE_EPOCH): %s.", words);
  else
    lfap_page_text(&r->page, "No date: the page has the same bytes whenever it is made, and tells the date that "
                             "SOURCE_DATE_EPOCH names in the environment.");
  lfap_text_puts(&r->page, "</p>\n<p>Made by <code>");
  lfap_page_text(&r->page, "lfap report %s", r->a->dir);
  if (r->a->gamma > 0) lfap_page_text(&r->page, " --gamma %.17g", r->a->gamma);
  if (r->a->against) lfap_page_text(&r->page, " --against %s", r->a->against);
  lfap_text_puts(&r->page, "</code></p>\n");
}

lfap_status cli_report_made(cli_report_run *r) {
  static const char *const head[] = {"file", "made by", "told of it", "SHA-256", NULL};
  const char *dirs[] = {r->data, r->limit, r->net, r->adv, r->perturbed, r->learned};
  enum { DIRS = sizeof dirs / sizeof dirs[0] };
  lfap_status s = LFAP_OK;
  lfap_page_section(&r->page, "What this page is made from");
  date(r);
  lfap_page_table_begin(&r->page, "Files, as meta.json beside them tells; of samples the hash of X and y together",
                        head);
  for (size_t i = 0; i < DIRS && !s; i++) {
    size_t k = 0;
    while (k < i && (!dirs[k] || !dirs[i] || strcmp(dirs[k], dirs[i]) != 0)) k++;
    if (dirs[i] && k == i) s = directory(r, dirs[i]);
  }
  if (!s) s = document(r, "report.json", "lfap verify --json");
  if (!s) s = document(r, "converge.json", "lfap converge --json");
  if (r->made.len) lfap_text_put(&r->page, r->made.bytes, r->made.len);
  lfap_page_table_end(&r->page);
  return s;
}
