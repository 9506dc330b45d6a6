/* outputs.c - what the verbs write: files under --out (each made under a temporary name and renamed by the library, or
 * waiting in a set, sets.c), JSON on stdout, notes on stderr. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/reports.h"

/* The nearest ancestor that exists must be a directory we may write to. Nothing is created, so a run that fails or is
   interrupted before its results are ready leaves no trace. */
lfap_status cli_out_check(cli *c, const char *dir) {
  char path[4096];
  struct stat st;
  size_t len = strlen(dir);
  if (len == 0 || len >= sizeof path) return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--out: a path of %zu characters", len);
  memcpy(path, dir, len + 1);
  int missing = 0; /* errno of the last look */
  while (stat(path, &st) != 0) {
    missing = errno;
    if (missing != ENOENT && missing != ENOTDIR) break;
    missing = 0;
    char *slash = strrchr(path, '/');
    if (!slash) strcpy(path, ".");
    else if (slash == path) path[1] = 0;
    else *slash = 0;
  }
  if (!missing && !S_ISDIR(st.st_mode)) missing = ENOTDIR;
  if (!missing && access(path, W_OK | X_OK) != 0) missing = errno;
  if (!missing) return LFAP_OK;
  return lfap_fail(&c->ctx, LFAP_ERR_CANTCREATE,
                   "--out %s: cannot write under %s: %s; give a directory that can be "
                   "written to",
                   dir, path, strerror(missing));
}

void cli_out_remember(cli *c, char *path) {
  if (c->files < CLI_FILES) c->file[c->files++] = path;
  else free(path);
}

static lfap_status out_matrix(cli *c, const char *dir, const char *name, const lfap_mat *m) {
  char *path = NULL;
  if (cli_set_takes(c, dir)) return cli_set_matrix(c, name, m);
  lfap_status s = lfap_dir_make(&c->ctx, dir);
  if (!s) s = cli_path(c, &path, dir, name);
  if (!s) s = cli_spares(c, path);
  if (!s) s = lfap_npy_write(&c->ctx, path, m);
  if (s) free(path);
  else cli_out_remember(c, path);
  return s;
}

lfap_status cli_out_matrix(cli *c, const char *dir, const char *name, double *v, size_t rows, size_t cols) {
  lfap_mat m = {.rows = rows, .cols = cols, .ndim = 2, .v = v};
  return out_matrix(c, dir, name, &m);
}

lfap_status cli_out_vector(cli *c, const char *dir, const char *name, double *v, size_t n) {
  lfap_mat m = {.rows = n, .cols = 1, .ndim = 1, .v = v};
  return out_matrix(c, dir, name, &m);
}

lfap_status cli_out_text(cli *c, const char *dir, const char *name, const lfap_text *text) {
  char *path = NULL;
  if (text->status) return lfap_fail(&c->ctx, text->status, "out of memory for the text of %s", name);
  if (cli_set_takes(c, dir)) return cli_set_text(c, name, text->bytes, text->len);
  lfap_status s = lfap_dir_make(&c->ctx, dir);
  if (!s) s = cli_path(c, &path, dir, name);
  if (!s) s = cli_spares(c, path);
  if (!s) s = lfap_file_write(&c->ctx, path, text->bytes, text->len);
  if (s) free(path);
  else cli_out_remember(c, path);
  return s;
}

void cli_put_strings(lfap_json *j, const char *key, char *const *string, size_t n) {
  lfap_json_array_begin(j, key);
  for (size_t i = 0; i < n; i++) lfap_json_string(j, NULL, string[i]);
  lfap_json_array_end(j);
}

void cli_put_sizes_of(lfap_json *j, const char *key, const size_t *v, size_t n) {
  if (!v) {
    lfap_json_null(j, key);
    return;
  }
  lfap_json_array_begin(j, key);
  for (size_t i = 0; i < n; i++) lfap_json_uint(j, NULL, v[i]);
  lfap_json_array_end(j);
}

void cli_put_seed(lfap_json *j, const char *key, const uint64_t *seed) {
  if (seed) lfap_json_uint(j, key, *seed);
  else lfap_json_null(j, key);
}

lfap_status cli_json_print(cli *c, lfap_json *j) {
  lfap_status s = lfap_json_finish(&c->ctx, j);
  if (!s) fwrite(j->text.bytes, 1, j->text.len, stdout);
  lfap_json_free(j);
  return s;
}

void cli_note_files(const cli *c) {
  if (c->quiet) return;
  char shown[CLI_SHOWN];
  for (size_t i = 0; i < c->files; i++) cli_note("wrote %s\n", lfap_visible(shown, sizeof shown, c->file[i]));
}
