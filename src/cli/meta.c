/* meta.c - are the files of a directory those its meta.json tells of? Writers put a set of files in place one after the
 * other (sets.c), so between two of them, or after a kill, files of two runs lie side by side; their hashes tell. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"
#include "io/members.h"

#define REMEDY "make them again, or, if they were changed on purpose, remove meta.json"

static lfap_status dir_stat(cli *c, struct stat *st, const char *dir) {
  char why[LFAP_REASON];
  if (stat(dir, st) == 0) return LFAP_OK;
  return lfap_fail(&c->ctx, lfap_status_of(errno, LFAP_ERR_NOINPUT), "%s: %s", dir, lfap_reason(why, errno));
}

static cli_meta *find(cli *c, const struct stat *st) {
  for (size_t i = 0; i < c->metas && i < CLI_METAS; i++)
    if (c->meta[i].device == (uint64_t)st->st_dev && c->meta[i].inode == (uint64_t)st->st_ino) return &c->meta[i];
  return NULL;
}

/* Surely not there: what cannot be looked at may well be. */
static int absent(const char *path) {
  struct stat st;
  return lstat(path, &st) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

lfap_status cli_meta_load(cli *c, char **out, const char *dir) {
  char *path = NULL;
  size_t len = 0;
  *out = NULL;
  lfap_status s = cli_path(c, &path, dir, "meta.json");
  if (!s && !absent(path)) s = lfap_file_read(&c->ctx, out, &len, path);
  if (!s && *out && (strlen(*out) != len || !lfap_json_whole(*out) || (*out)[strspn(*out, " \t\r\n")] != '{')) {
    s = lfap_fail(&c->ctx, LFAP_ERR_DATA,
                  "%s: is no JSON object, so nothing tells whether the files beside it belong "
                  "together; remove it, or give it another name",
                  path);
    free(*out);
    *out = NULL;
  }
  free(path);
  return s;
}

lfap_status cli_meta_see(cli *c, const char *dir) {
  struct stat st;
  lfap_status s = dir_stat(c, &st, dir);
  if (s || find(c, &st)) return s;
  char *text = NULL;
  s = cli_meta_load(c, &text, dir);
  if (s) return s;
  cli_meta *m = &c->meta[c->metas++ % CLI_METAS];
  free(m->text);
  *m = (cli_meta){(uint64_t)st.st_dev, (uint64_t)st.st_ino, text};
  return LFAP_OK;
}

void cli_meta_forget(cli *c) {
  for (size_t i = 0; i < CLI_METAS; i++) free(c->meta[i].text);
}

/* The text of meta.json as it was seen. Where there was none there must be none now: else somebody wrote meanwhile. */
static lfap_status seen(cli *c, const char **out, const char *dir) {
  struct stat st;
  char *path = NULL;
  *out = NULL;
  lfap_status s = dir_stat(c, &st, dir);
  if (s) return s;
  const cli_meta *m = find(c, &st);
  if (!m) return lfap_fail(&c->ctx, LFAP_ERR_DATA, "%s: another directory took its place while it was read", dir);
  *out = m->text;
  if (*out) return LFAP_OK;
  s = cli_path(c, &path, dir, "meta.json");
  if (!s && !absent(path))
    s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "%s: was written to while it was read; run this again", dir);
  free(path);
  return s;
}

/* What meta.json has under files.NAME: a string with its quotes, null, or nothing. */
static lfap_status expected(cli *c, lfap_span *out, const char *dir, const char *name) {
  const char *text = NULL;
  *out = (lfap_span){NULL, 0};
  lfap_status s = seen(c, &text, dir);
  if (s || !text) return s;
  lfap_span files = lfap_member_of(text, "files");
  if (files.text) *out = lfap_member_of(files.text, name);
  return LFAP_OK;
}

static int same(lfap_span s, const char *sha) {
  return s.len == CLI_SHA256 + 1 && memcmp(s.text + 1, sha, CLI_SHA256 - 1) == 0;
}

static lfap_status compare(cli *c, lfap_span told, const char *sha, const char *dir, const char *name) {
  if (lfap_span_is(told, "null"))
    return lfap_fail(&c->ctx, LFAP_ERR_DATA,
                     "%s/%s: is being replaced, or its writer was stopped at it (meta.json: incomplete), "
                     "so files of two runs may be mixed here; " REMEDY,
                     dir, name);
  if (same(told, sha)) return LFAP_OK;
  return lfap_fail(&c->ctx, LFAP_ERR_DATA,
                   "%s/%s: is not the file that meta.json beside it tells of (another SHA-256): files "
                   "of two runs are mixed here, or it was edited; " REMEDY,
                   dir, name);
}

lfap_status cli_meta_check_npy(cli *c, const char *dir, const char *name, const lfap_mat *m) {
  char sha[CLI_SHA256];
  lfap_span told;
  lfap_status s = expected(c, &told, dir, name);
  if (s || !told.text) return s;
  cli_sha256_npy(sha, m);
  return compare(c, told, sha, dir, name);
}

lfap_status cli_meta_check_bytes(cli *c, const char *dir, const char *name, const void *bytes, size_t len) {
  char sha[CLI_SHA256];
  lfap_span told;
  lfap_status s = expected(c, &told, dir, name);
  if (s || !told.text) return s;
  cli_sha256_bytes(sha, bytes, len);
  return compare(c, told, sha, dir, name);
}

lfap_status cli_meta_check_data(cli *c, const char *dir, const lfap_mat *x, const lfap_mat *y) {
  char sha[CLI_SHA256];
  const char *text = NULL;
  lfap_status s = seen(c, &text, dir);
  if (s || !text || lfap_member_of(text, "files").text || !lfap_span_is(lfap_member_of(text, "verb"), "\"gen\""))
    return s;
  lfap_span told = lfap_member_of(text, "data_sha256");
  if (!told.text) return LFAP_OK;
  cli_sha256(sha, x->v, x->rows * x->cols, y->v, y->rows * y->cols);
  if (same(told, sha)) return LFAP_OK;
  return lfap_fail(&c->ctx, LFAP_ERR_DATA,
                   "%s: X.npy and y.npy are not those that meta.json tells of (data_sha256): files of "
                   "two runs are mixed here, or they were edited; " REMEDY,
                   dir);
}

lfap_status cli_dir_npy(cli *c, lfap_mat *out, const char *dir, const char *name) {
  char *path = NULL;
  lfap_mat m = {0};
  lfap_status s = cli_meta_see(c, dir);
  if (!s) s = cli_path(c, &path, dir, name);
  if (!s) s = lfap_npy_read(&c->ctx, &m, path);
  if (!s) s = cli_meta_check_npy(c, dir, name, &m);
  free(path);
  if (s) lfap_mat_free(&m);
  else *out = m;
  return s;
}

lfap_status cli_dir_bytes(cli *c, char **out, size_t *len, const char *dir, const char *name) {
  char *path = NULL, *bytes = NULL;
  size_t n = 0;
  lfap_status s = cli_meta_see(c, dir);
  if (!s) s = cli_path(c, &path, dir, name);
  if (!s) s = lfap_file_read(&c->ctx, &bytes, &n, path);
  if (!s) s = cli_meta_check_bytes(c, dir, name, bytes, n);
  free(path);
  if (s) {
    free(bytes);
    return s;
  }
  *out = bytes;
  *len = n;
  return LFAP_OK;
}
