/* JSON: the reports that pictures and pages are made from, meta.json, and the scanner that walks it, with jansson as the second opinion. */
#include <jansson.h>

#include "cli/origin.h"
#include "fuzz/folder.h"
#include "picture/document.h"

unsigned long fuzz_accepted;

static void reports(const char *path) {
  lfap_ctx ctx = {.threads = 1};
  lfap_decades d = {0};
  lfap_verify_document v = {0};
  size_t h = 0, w = 0;
  int found = 0;
  if (taken(lfap_decades_read(&ctx, &d, path), &ctx)) promise(d.rows == 0 || d.row != NULL, "decades have rows");
  if (taken(lfap_verify_document_read(&ctx, &v, path), &ctx)) {
    for (size_t i = 0; i < v.statement_count; i++) promise(v.statements[i].of < v.case_count, "a statement is of a case");
    for (size_t i = 0; i < v.headline_count; i++) promise(v.headlines[i].of < v.case_count, "and a headline");
  }
  if (taken(lfap_shape_read(&ctx, &h, &w, &found, path), &ctx)) promise(!found || (h > 0 && w > 0), "an image has a shape");
  lfap_decades_free(&d);
  lfap_verify_document_free(&v);
}

static void meta(const char *dir) {
  static const char *const file[] = {"X.npy", "W.npy", "lambda.npy"};
  cli c = {.ctx = {.threads = 1}, .quiet = 1};
  cli_origin o;
  char *text = NULL;
  if (taken(cli_meta_load(&c, &text, dir), &c.ctx)) promise(text != NULL && lfap_json_whole(text), "a meta.json is JSON");
  for (int k = 0; k < 3; k++)
    if (taken(cli_origin_read(&c, &o, dir, file[k]), &c.ctx)) promise(strlen(o.sha256) == 0 || strlen(o.sha256) == 64, "a hash has 64 digits");
  (void)taken(cli_origin_made_from(&c, &o, dir), &c.ctx);
  free(text);
}

/* Every member lies in its text, with its key and its value. */
static void walk(const char *text, size_t len, int depth) {
  lfap_member m;
  for (const char *at = lfap_members_first(&m, text); at != NULL; at = lfap_members_next(&m, at)) {
    promise(m.value.text >= text && m.value.len > 0 && m.value.text + m.value.len <= text + len, "a value lies in its text");
    promise(m.key.text == NULL || (m.key.text >= text && m.key.text + m.key.len < m.value.text), "and its key before it");
    if (depth < 4) walk(m.value.text, m.value.len, depth + 1);
  }
}

static size_t depth_most(const char *text) {
  size_t open = 0, most = 0;
  for (; *text; text++) {
    open += *text == '{' || *text == '[';
    most = open > most ? open : most; /* brackets that close, and those in strings, are not told apart: more, never less */
  }
  return most;
}

static void scan(const char *text, size_t len) {
  if (strlen(text) != len) return;
  int whole = lfap_json_whole(text);
  json_t *j = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
  if (whole) walk(text, len, 0);
  promise(j == NULL || whole || depth_most(text) > 60, "what jansson takes for JSON the scanner does too");
  json_decref(j);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char path[FOLDER_PATH], dir[FOLDER_PATH], *text = malloc(size + 1);
  if (text == NULL) abort();
  if (size > 0) memcpy(text, data, size);
  text[size] = '\0';
  folder_put("meta.json", data, size);
  reports(folder_path(path, "meta.json"));
  meta(folder_path(dir, ""));
  scan(text, size);
  free(text);
  return 0;
}
