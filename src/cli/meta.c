/* meta.c - are the files of a directory those its meta.json tells of? Writers put a set of files in place one after the
 * other (sets.c), so between two of them, or after a kill, files of two runs lie side by side; their hashes tell. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "cli/cli.h"
#include "io/members.h"
#include "keys.h"

#define REMEDY "make them again, or, if they were changed on purpose, remove meta.json"
#define ASIDE "remove it, or give it another name"

static lfap_status dir_stat(cli *c, struct stat *st, const char *dir) {
  char why[LFAP_REASON];
  if (stat(dir, st) == 0) return LFAP_OK;
  return lfap_fail(&c->ctx, lfap_status_of(errno, LFAP_ERR_NOINPUT), "%s: %s", dir, lfap_reason(why, errno));
}

static cli_meta *find_meta(cli *c, const struct stat *st) {
  for (size_t i = 0; i < c->metas && i < CLI_METAS; i++)
    if (c->meta[i].device == (uint64_t)st->st_dev && c->meta[i].inode == (uint64_t)st->st_ino) return &c->meta[i];
  return NULL;
}

/* Surely not there: what cannot be looked at may well be. */
static int absent(const char *path) {
  struct stat st;
  return lstat(path, &st) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

/* ---- what it says ------------------------------------------------------------------------------------------------ */

/* 64 hexadecimal digits in quotes, in either case. */
static int is_sha(lfap_span v) {
  return v.text && v.len == CLI_SHA256 + 1 && v.text[0] == '"' &&
         strspn(v.text + 1, "0123456789abcdefABCDEF") == CLI_SHA256 - 1;
}

static int is_number(lfap_span v) {
  char *end = NULL;
  (void)strtod(v.text, &end);
  return strchr("-0123456789", v.text[0]) && end == v.text + v.len;
}

static int is_whole(lfap_span v) { return !v.text || strspn(v.text, "0123456789") == v.len; }
static int is_null(lfap_span v) { return lfap_span_is(v, "null"); }
static int starts(lfap_span v, char with) { return v.text[0] == with; }
static int is_gamma(lfap_span v) { return !v.text || is_null(v) || is_number(v); }

/* The data and the slope that perturbations were made from. */
static int is_made_from(lfap_span v) {
  lfap_span sha = lfap_member_of(v.text, LFAP_KEY_data_sha256);
  return starts(v, '{') && (!sha.text || is_null(sha) || is_sha(sha)) &&
         is_gamma(lfap_member_of(v.text, LFAP_KEY_gamma));
}

static int are_hashes(lfap_span files) {
  lfap_member f;
  for (const char *at = lfap_members_first(&f, files.text); at; at = lfap_members_next(&f, at))
    if (!is_sha(f.value) && !is_null(f.value)) return 0;
  return starts(files, '{');
}

static int are_sets(lfap_span sets) {
  lfap_member set, f;
  for (const char *at = lfap_members_first(&set, sets.text); at; at = lfap_members_next(&set, at)) {
    if (!starts(set.value, '{') || !is_sha(lfap_member_of(set.value.text, LFAP_KEY_data_sha256)) ||
        !is_gamma(lfap_member_of(set.value.text, LFAP_KEY_gamma)) ||
        !is_whole(lfap_member_of(set.value.text, LFAP_KEY_numerics)))
      return 0;
    lfap_span files = lfap_member_of(set.value.text, LFAP_KEY_files);
    if (!files.text || !starts(files, '[')) return 0;
    for (const char *a = lfap_members_first(&f, files.text); a; a = lfap_members_next(&f, a))
      if (!starts(f.value, '"')) return 0;
  }
  return starts(sets, '{');
}

/* The first key whose value cannot be what it has to be, and what that is; NULL when all are right. Other keys are
   none of ours. */
static const char *malformed(const char *text) {
  lfap_span sha = lfap_member_of(text, LFAP_KEY_data_sha256), gamma = lfap_member_of(text, LFAP_KEY_gamma),
            verb = lfap_member_of(text, LFAP_KEY_verb), sizes = lfap_member_of(text, LFAP_KEY_sizes),
            files = lfap_member_of(text, LFAP_KEY_files), sets = lfap_member_of(text, LFAP_KEY_sets),
            made = lfap_member_of(text, LFAP_KEY_made_from);
  if (sha.text && !is_sha(sha)) return "data_sha256 is no string of 64 hexadecimal digits";
  if (!is_gamma(gamma)) return "gamma is neither a number nor null";
  if (!is_whole(lfap_member_of(text, LFAP_KEY_numerics))) return "numerics is no whole number";
  if (verb.text && !starts(verb, '"')) return "verb is no string";
  if (sizes.text && !(starts(sizes, '{') && is_whole(lfap_member_of(sizes.text, LFAP_KEY_n)) &&
                      is_whole(lfap_member_of(sizes.text, LFAP_KEY_d))))
    return "sizes is no object with whole numbers n and d";
  if (files.text && !are_hashes(files)) return "files is no object of SHA-256s (64 hexadecimal digits, or null)";
  if (made.text && !is_made_from(made)) return "made_from is no object with data_sha256 and gamma";
  if (sets.text && !are_sets(sets)) return "sets is no object of {data_sha256, files}";
  return NULL;
}

int cli_meta_lists(lfap_span set, const char *file) {
  lfap_member f;
  size_t len = strlen(file);
  lfap_span files = lfap_member_of(set.text, LFAP_KEY_files);
  for (const char *at = files.text ? lfap_members_first(&f, files.text) : NULL; at; at = lfap_members_next(&f, at))
    if (f.value.len == len + 2 && memcmp(f.value.text + 1, file, len) == 0) return 1;
  return 0;
}

lfap_span cli_meta_top_set(const char *text) {
  lfap_member set;
  lfap_span verb = lfap_member_of(text, LFAP_KEY_verb), sets = lfap_member_of(text, LFAP_KEY_sets);
  for (const char *at = verb.text && sets.text ? lfap_members_first(&set, sets.text) : NULL; at;
       at = lfap_members_next(&set, at))
    if (set.key.len + 2 == verb.len && memcmp(set.key.text, verb.text + 1, set.key.len) == 0) return set.value;
  return (lfap_span){NULL, 0};
}

lfap_span cli_meta_tells(const char *text, const char *file, int *top) {
  const lfap_span none = {NULL, 0}, own = cli_meta_top_set(text), verb = lfap_member_of(text, LFAP_KEY_verb);
  lfap_span sets = lfap_member_of(text, LFAP_KEY_sets);
  lfap_member set;
  *top = 0;
  for (const char *at = sets.text ? lfap_members_first(&set, sets.text) : NULL; at; at = lfap_members_next(&set, at))
    if (cli_meta_lists(set.value, file)) {
      *top = own.text == set.value.text;
      return set.value;
    }
  int data = strcmp(file, "X.npy") == 0 || strcmp(file, "y.npy") == 0;
  int made = lfap_span_is(verb, "\"gen\"") || lfap_span_is(verb, "\"perturb\"");
  if (own.text || (made && !data)) return none;
  *top = 1;
  return (lfap_span){text, strlen(text)};
}

/* The data_sha256 told of X.npy or y.npy; nothing where there is none. */
static lfap_span data_told(const char *text, const char *file) {
  int top;
  lfap_span tells = cli_meta_tells(text, file, &top);
  return tells.text ? lfap_member_of(tells.text, LFAP_KEY_data_sha256) : tells;
}

lfap_span cli_meta_file(const char *text, const char *name) {
  lfap_span files = lfap_member_of(text, LFAP_KEY_files);
  return files.text ? lfap_member_of(files.text, name) : files;
}

int cli_meta_same(lfap_span told, const char *sha) {
  return is_sha(told) && strncasecmp(told.text + 1, sha, CLI_SHA256 - 1) == 0;
}

/* ---- reading it -------------------------------------------------------------------------------------------------- */

enum { LARGEST = 16 << 20 }; /* bytes; those lfap writes have some thousand */

static lfap_status text_read(cli *c, char **out, size_t *len, const char *path) {
  struct stat st;
  if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > LARGEST)
    return lfap_fail(&c->ctx, LFAP_ERR_DATA, "%s: has more than %d bytes, which no meta.json has; " ASIDE, path,
                     LARGEST);
  lfap_status s = lfap_file_read(&c->ctx, out, len, path);
  if (s == LFAP_ERR_NOINPUT)
    return lfap_fail(&c->ctx, s, "%s; it would tell whether the files beside it belong together: " ASIDE,
                     c->ctx.message);
  return s;
}

lfap_status cli_meta_load(cli *c, char **out, const char *dir) {
  char *path = NULL, *text = NULL;
  const char *wrong = NULL;
  size_t len = 0;
  *out = NULL;
  lfap_status s = cli_path(c, &path, dir, "meta.json");
  if (!s && !absent(path)) s = text_read(c, &text, &len, path);
  if (!s && text) {
    if (strlen(text) != len || !lfap_json_whole(text) || text[strspn(text, " \t\r\n")] != '{')
      wrong = "is no JSON object";
    else wrong = malformed(text);
  }
  if (wrong)
    s = lfap_fail(&c->ctx, LFAP_ERR_DATA,
                  "%s: %s, so nothing tells whether the files beside it belong together; " ASIDE, path, wrong);
  free(path);
  if (s) free(text);
  else *out = text;
  return s;
}

/* ---- as it was when the directory was first seen ----------------------------------------------------------------- */

lfap_status cli_meta_see(cli *c, const char *dir) {
  struct stat st;
  lfap_status s = dir_stat(c, &st, dir);
  if (s || find_meta(c, &st)) return s;
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
  const cli_meta *m = find_meta(c, &st);
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
  *out = cli_meta_file(text, name);
  return LFAP_OK;
}

static lfap_status compare(cli *c, lfap_span told, const char *sha, const char *dir, const char *name) {
  if (lfap_span_is(told, "null"))
    return lfap_fail(&c->ctx, LFAP_ERR_DATA,
                     "%s/%s: is being replaced, or its writer was stopped at it (meta.json: incomplete), "
                     "so files of two runs may be mixed here; " REMEDY,
                     dir, name);
  if (cli_meta_same(told, sha)) return LFAP_OK;
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
  if (s || !text) return s;
  lfap_span told = data_told(text, "X.npy");
  if (!told.text) told = data_told(text, "y.npy");
  if (!told.text) return LFAP_OK;
  cli_sha256(sha, x->v, x->rows * x->cols, y->v, y->rows * y->cols);
  if (cli_meta_same(told, sha)) return LFAP_OK;
  return lfap_fail(&c->ctx, LFAP_ERR_DATA,
                   "%s: X.npy and y.npy are not those that meta.json tells of (data_sha256): files of "
                   "two runs are mixed here, or they were edited; " REMEDY,
                   dir);
}

/* X or y read alone, of which meta.json has no SHA-256 of its own: with the other one, by data_sha256. */
static lfap_status check_half(cli *c, const char *dir, const char *name, const lfap_mat *m) {
  int is_x = strcmp(name, "X.npy") == 0;
  const char *text = NULL;
  char *path = NULL;
  lfap_mat other = {0};
  if (!is_x && strcmp(name, "y.npy") != 0) return LFAP_OK;
  lfap_status s = seen(c, &text, dir);
  if (s || !text || cli_meta_file(text, name).text || !data_told(text, name).text) return s;
  s = cli_path(c, &path, dir, is_x ? "y.npy" : "X.npy");
  if (!s && !absent(path)) {
    s = (is_x ? lfap_npy_read : lfap_npy_read_samples)(&c->ctx, &other, path);
    if (!s) s = cli_meta_check_data(c, dir, is_x ? m : &other, is_x ? &other : m);
  }
  lfap_mat_free(&other);
  free(path);
  return s;
}

lfap_status cli_dir_npy(cli *c, lfap_mat *out, const char *dir, const char *name) {
  char *path = NULL;
  lfap_mat m = {0};
  lfap_status s = cli_meta_see(c, dir);
  if (!s) s = cli_path(c, &path, dir, name);
  if (!s) s = (strcmp(name, "X.npy") == 0 ? lfap_npy_read_samples : lfap_npy_read)(&c->ctx, &m, path);
  if (!s) s = cli_meta_check_npy(c, dir, name, &m);
  if (!s) s = check_half(c, dir, name, &m);
  free(path);
  if (s) lfap_mat_free(&m);
  else *out = m;
  return s;
}

lfap_status cli_dir_shape(cli *c, const lfap_mat *m, const char *dir, const char *name, size_t rows, size_t cols) {
  if (m->rows == rows && m->cols == cols) return LFAP_OK;
  return lfap_fail(&c->ctx, LFAP_ERR_DATA, "%s/%s: shape (%zu, %zu); this network and these samples need (%zu, %zu)",
                   dir, name, m->rows, m->cols, rows, cols);
}

lfap_status cli_dir_matrix(cli *c, lfap_mat *out, const char *dir, const char *name, size_t rows, size_t cols) {
  lfap_status s = cli_dir_npy(c, out, dir, name);
  return s ? s : cli_dir_shape(c, out, dir, name, rows, cols);
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
