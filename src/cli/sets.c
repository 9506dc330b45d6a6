/* sets.c - files that belong together appear together (spec/formats.md, meta.json). They are made under temporary
 * names; cli_set_end then, alone in the directory, puts in place a meta.json in which they are null, the files one
 * after the other, takes away what the set they replace had besides, and puts in place the meta.json with their
 * hashes. Whoever reads in between, or after a kill, finds the null or another hash and refuses (meta.c). */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fields.h"
#include "io/leftover.h"
#include "io/members.h"
#include "keys.h"

/* ---- collecting -------------------------------------------------------------------------------------------------- */

int cli_set_takes(const cli *c, const char *dir) { return c->set.dir && strcmp(c->set.dir, dir) == 0; }

size_t cli_dirs_missing(char *path) {
  struct stat st;
  for (size_t i = 1, n = strlen(path); i <= n; i++) {
    char was = path[i];
    if (was != '/' && was != 0) continue;
    path[i] = 0;
    int missing = stat(path, &st) != 0;
    path[i] = was;
    if (missing) return i;
  }
  return 0;
}

void cli_dirs_unmake(char *path, size_t missing) {
  for (size_t n = strlen(path); missing > 0; n--) {
    while (n > 0 && path[n - 1] == '/') n--;
    path[n] = 0;
    if (n < missing || rmdir(path) != 0) break;
    while (n > 0 && path[n - 1] != '/') n--;
    if (n == 0) break;
  }
}

lfap_status cli_set_begin(cli *c, const char *dir) {
  char *copy = malloc(strlen(dir) + 1);
  if (!copy) return lfap_fail(&c->ctx, LFAP_ERR_MEMORY, "out of memory for a path of %zu characters", strlen(dir));
  strcpy(copy, dir);
  c->set = (cli_set_files){.dir = copy, .made = cli_dirs_missing(copy)};
  return lfap_dir_make(&c->ctx, dir);
}

static void set_free(cli_set_files *set) {
  for (size_t i = 0; i < set->files; i++) free(set->file[i].path);
  free(set->file);
  free(set->dir);
  *set = (cli_set_files){0};
}

void cli_set_abort(cli *c) {
  cli_set_files *set = &c->set;
  if (!set->dir) return;
  for (size_t i = 0; i < set->files; i++) lfap_newfile_abort(&set->file[i].file);
  cli_dirs_unmake(set->dir, set->made);
  set_free(set);
}

/* A new file, begun: `name` in the directory of the set, or `beside` it a path. */
static lfap_status stage(cli *c, cli_staged **out, const char *name, int beside) {
  cli_set_files *set = &c->set;
  cli_staged f = {0};
  if (cli_interrupted()) return lfap_fail(&c->ctx, LFAP_ERR_INTERRUPTED, "interrupted; nothing was written");
  if (set->files == set->room) {
    size_t room = 2 * set->room + 8;
    cli_staged *file = realloc(set->file, room * sizeof *file);
    if (!file) return lfap_fail(&c->ctx, LFAP_ERR_MEMORY, "%s: out of memory for a list of files", name);
    set->file = file;
    set->room = room;
  }
  lfap_status s = LFAP_OK;
  if (!beside) s = cli_path(c, &f.path, set->dir, name);
  else if ((f.path = strdup(name)) == NULL)
    s = lfap_fail(&c->ctx, LFAP_ERR_MEMORY, "out of memory for a path of %zu characters", strlen(name));
  if (!s) s = cli_spares(c, f.path);
  if (!s) s = lfap_newfile_begin(&c->ctx, &f.file, f.path);
  if (s) {
    free(f.path);
    return s;
  }
  f.name = beside ? NULL : strrchr(f.path, '/') + 1;
  set->file[set->files] = f;
  *out = &set->file[set->files++];
  return LFAP_OK;
}

typedef struct {
  cli *c;
  lfap_newfile *file;
} sink;

static lfap_status put_bytes(void *arg, const void *bytes, size_t len) {
  sink *k = arg;
  if (cli_interrupted()) return lfap_fail(&k->c->ctx, LFAP_ERR_INTERRUPTED, "interrupted; nothing was written");
  return lfap_newfile_put(&k->c->ctx, k->file, bytes, len);
}

lfap_status cli_set_matrix(cli *c, const char *name, const lfap_mat *m) {
  cli_staged *f = NULL;
  lfap_status s = lfap_npy_writable(&c->ctx, name, m);
  if (!s) s = stage(c, &f, name, 0);
  if (s) return s;
  s = lfap_npy_bytes(put_bytes, &(sink){c, &f->file}, m);
  if (s) return s;
  cli_sha256_npy(f->sha256, m);
  return lfap_newfile_close(&c->ctx, &f->file);
}

static lfap_status set_text(cli *c, const char *name, const char *bytes, size_t len, int beside) {
  cli_staged *f = NULL;
  lfap_status s = stage(c, &f, name, beside);
  if (!s) s = lfap_newfile_put(&c->ctx, &f->file, bytes, len);
  if (s) return s;
  cli_sha256_bytes(f->sha256, bytes, len);
  return lfap_newfile_close(&c->ctx, &f->file);
}

lfap_status cli_set_text(cli *c, const char *name, const char *bytes, size_t len) {
  return set_text(c, name, bytes, len, 0);
}

/* Is the directory that of the set? One that cannot be looked at may be: its file would be one that meta.json does not
   know of. */
static lfap_status is_set_dir(cli *c, int *is, const char *dir) {
  const char *both[] = {c->set.dir, dir};
  struct stat st[2];
  char why[LFAP_REASON];
  *is = 0;
  for (int i = 0; i < 2; i++)
    if (stat(both[i], &st[i]) != 0) {
      if (errno == ENOENT || errno == ENOTDIR) return LFAP_OK;
      return lfap_fail(&c->ctx, lfap_status_of(errno, LFAP_ERR_IO), "%s: cannot be looked at: %s", both[i],
                       lfap_reason(why, errno));
    }
  *is = st[0].st_dev == st[1].st_dev && st[0].st_ino == st[1].st_ino;
  return LFAP_OK;
}

lfap_status cli_set_beside(cli *c, const char *path, const lfap_text *text) {
  int ours = 0;
  const char *slash = strrchr(path, '/');
  char *dir = strndup(path, slash ? (size_t)(slash - path) + 1 : 0);
  if (text->status || !dir) {
    free(dir);
    return lfap_fail(&c->ctx, LFAP_ERR_MEMORY, "out of memory for the text of %s", path);
  }
  lfap_status s = is_set_dir(c, &ours, dir[0] ? dir : ".");
  free(dir);
  return s ? s : set_text(c, ours && slash ? slash + 1 : path, text->bytes, text->len, !ours);
}

/* ---- meta.json --------------------------------------------------------------------------------------------------- */

/* The directory's meta.json so far, and what the new set makes of it. */
typedef struct {
  cli *c;
  const char *old;    /* a JSON object, "{}" when there is none */
  const char *sha256; /* of the data */
} plan;

static int is_new(const plan *p, lfap_span name) {
  const cli_set_files *set = &p->c->set;
  for (size_t i = 0; i < set->files; i++)
    if (set->file[i].name && lfap_span_is(name, set->file[i].name)) return 1;
  return 0;
}

/* Names in a set's list are strings, with their quotes. */
static lfap_span unquoted(lfap_span s) { return s.len >= 2 ? (lfap_span){s.text + 1, s.len - 2} : s; }

static const char *key_of(const cli *c) { return c->set.key ? c->set.key : c->verb->name; }

/* A set of this name is replaced, and one that loses a file to the new set is none any more. */
static int is_replaced(const plan *p, const lfap_member *set) {
  lfap_member f;
  lfap_span files = lfap_member_of(set->value.text, LFAP_KEY_files);
  if (lfap_span_is(set->key, key_of(p->c))) return 1;
  for (const char *at = files.text ? lfap_members_first(&f, files.text) : NULL; at; at = lfap_members_next(&f, at))
    if (is_new(p, unquoted(f.value))) return 1;
  return 0;
}

static int lists(const lfap_member *set, lfap_span name) {
  lfap_member f;
  lfap_span files = lfap_member_of(set->value.text, LFAP_KEY_files);
  for (const char *at = files.text ? lfap_members_first(&f, files.text) : NULL; at; at = lfap_members_next(&f, at)) {
    lfap_span s = unquoted(f.value);
    if (s.len == name.len && memcmp(s.text, name.text, s.len) == 0) return 1;
  }
  return 0;
}

/* Belongs to a replaced set, and the new one has no file of that name. What is null and in no set is what a writer
   that was killed had begun to take away. */
static int is_stale(const plan *p, const lfap_member *file) {
  lfap_member set;
  lfap_span sets = lfap_member_of(p->old, LFAP_KEY_sets);
  if (is_new(p, file->key)) return 0;
  for (const char *at = sets.text ? lfap_members_first(&set, sets.text) : NULL; at; at = lfap_members_next(&set, at))
    if (lists(&set, file->key)) return is_replaced(p, &set);
  return lfap_span_is(file->value, "null");
}

/* The name of a file in meta.json, as a string of C. */
enum { NAME = 256 };
static const char *named(char out[NAME], const lfap_member *file) {
  snprintf(out, NAME, "%.*s", (int)(file->key.len < NAME - 1 ? file->key.len : NAME - 1), file->key.text);
  return out;
}

static void copy_member(lfap_json *j, const lfap_member *m) {
  const char *from = m->key.text - 1;
  lfap_json_member(j, from, (size_t)(m->value.text + m->value.len - from));
}

/* The members at the top are those of the data set, where there is one that stays, or somebody else's; else those of
   this verb. */
static int keeps_top(const plan *p) {
  lfap_span x = {"X.npy", 5};
  lfap_member f = {x, cli_meta_file(p->old, "X.npy")}, any;
  if (is_new(p, x)) return 0;
  if (!cli_meta_top_set(p->old).text) return lfap_members_first(&any, p->old) != NULL;
  return f.value.text && !is_stale(p, &f);
}

static void put_top(lfap_json *j, const plan *p) {
  lfap_member m;
  for (const char *at = lfap_members_first(&m, p->old); at; at = lfap_members_next(&m, at))
    if (!lfap_span_is(m.key, LFAP_KEY_files) && !lfap_span_is(m.key, LFAP_KEY_sets) &&
        !lfap_span_is(m.key, LFAP_KEY_incomplete))
      copy_member(j, &m);
}

static void put_files(lfap_json *j, const plan *p, int incomplete) {
  lfap_member f;
  lfap_span files = lfap_member_of(p->old, LFAP_KEY_files);
  lfap_json_object_begin(j, LFAP_KEY_files);
  for (const char *at = files.text ? lfap_members_first(&f, files.text) : NULL; at; at = lfap_members_next(&f, at)) {
    if (is_new(p, f.key)) continue;
    if (!is_stale(p, &f)) copy_member(j, &f);
    else if (incomplete) {
      char name[NAME];
      lfap_json_null(j, named(name, &f));
    }
  }
  for (size_t i = 0; i < p->c->set.files; i++) {
    const cli_staged *s = &p->c->set.file[i];
    if (s->name) lfap_json_string(j, s->name, incomplete ? NULL : s->sha256);
  }
  lfap_json_object_end(j);
}

static void put_sets(lfap_json *j, const plan *p) {
  lfap_member set;
  lfap_span sets = lfap_member_of(p->old, LFAP_KEY_sets);
  lfap_json_object_begin(j, LFAP_KEY_sets);
  for (const char *at = sets.text ? lfap_members_first(&set, sets.text) : NULL; at; at = lfap_members_next(&set, at))
    if (!is_replaced(p, &set)) copy_member(j, &set);
  lfap_json_object_begin(j, key_of(p->c));
  cli_put_set_fields(p->c, j, &(cli_set_report){p->sha256, p->c->set.gamma});
  lfap_json_array_begin(j, LFAP_KEY_files);
  for (size_t i = 0; i < p->c->set.files; i++)
    if (p->c->set.file[i].name) lfap_json_string(j, NULL, p->c->set.file[i].name);
  lfap_json_array_end(j);
  lfap_json_object_end(j);
  lfap_json_object_end(j);
}

/* meta.json under a temporary name. `own`: the verb's members, NULL where others stay at the top. */
static lfap_status stage_meta(const plan *p, lfap_newfile *out, const char *path, lfap_json *own, int incomplete) {
  lfap_ctx *ctx = &p->c->ctx;
  lfap_json fresh = {.indent = 2}, *j = own ? own : &fresh;
  if (!own) lfap_json_object_begin(j, NULL);
  if (!own && keeps_top(p)) put_top(j, p);
  else if (!own) cli_put_head_fields(p->c, j, p->c);
  if (incomplete) lfap_json_bool(j, LFAP_KEY_incomplete, 1);
  put_files(j, p, incomplete);
  put_sets(j, p);
  lfap_json_object_end(j);
  lfap_newfile f = {0};
  lfap_status s = lfap_json_finish(ctx, j);
  if (!s) s = incomplete ? lfap_newfile_begin(ctx, &f, path) : lfap_newfile_another(ctx, &f, path);
  if (!s) s = lfap_newfile_put(ctx, &f, j->text.bytes, j->text.len);
  if (!s) s = lfap_newfile_close(ctx, &f);
  if (s) lfap_newfile_abort(&f);
  else *out = f;
  lfap_json_free(&fresh);
  return s;
}

/* ---- into place -------------------------------------------------------------------------------------------------- */

/* The directory for this writer alone until the descriptor is closed: others need some milliseconds. Where a file
   system knows no such locks, or the directory may not be read, the hashes still tell who came between. */
static lfap_status lock(cli *c, int *fd) {
  char why[LFAP_REASON];
  *fd = open(c->set.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (*fd < 0 && errno == EACCES) return LFAP_OK;
  if (*fd < 0)
    return lfap_fail(&c->ctx, lfap_status_of(errno, LFAP_ERR_CANTCREATE), "%s: cannot be opened: %s", c->set.dir,
                     lfap_reason(why, errno));
  for (int tries = 0; flock(*fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK; tries++) {
    if (cli_interrupted()) return lfap_fail(&c->ctx, LFAP_ERR_INTERRUPTED, "interrupted; nothing was written");
    if (tries == 1000)
      return lfap_fail(&c->ctx, LFAP_ERR_CANTCREATE,
                       "%s: another lfap has been writing into it for 10 s; run this again later", c->set.dir);
    nanosleep(&(struct timespec){0, 10000000}, NULL);
  }
  return LFAP_OK;
}

/* Takes a stale file away, unless somebody has changed it since it was written. */
static lfap_status take_away(const plan *p, const lfap_member *file) {
  char name[NAME], why[LFAP_REASON], sha[CLI_SHA256], *path = NULL, *bytes = NULL;
  struct stat st;
  size_t len = 0;
  cli *c = p->c;
  named(name, file);
  if (strchr(name, '/') || strchr(name, '\\')) return LFAP_OK; /* none of ours */
  lfap_status s = cli_path(c, &path, c->set.dir, name);
  if (!s) lfap_leftover_remove(path);
  int there = !s && lstat(path, &st) == 0, ours = lfap_span_is(file->value, "null");
  if (!s && !there && errno != ENOENT)
    s = lfap_fail(&c->ctx, lfap_status_of(errno, LFAP_ERR_IO), "%s: %s", path, lfap_reason(why, errno));
  if (there) there = S_ISREG(st.st_mode);
  if (there && !ours) {
    s = lfap_file_read(&c->ctx, &bytes, &len, path);
    if (!s) cli_sha256_bytes(sha, bytes, len);
    if (!s) ours = file->value.len == CLI_SHA256 + 1 && memcmp(file->value.text + 1, sha, CLI_SHA256 - 1) == 0;
    free(bytes);
  }
  if (!s && there && ours && unlink(path) != 0)
    s = lfap_fail(&c->ctx, LFAP_ERR_IO, "%s: of an older set, cannot be removed: %s", path, lfap_reason(why, errno));
  free(path);
  return s;
}

static lfap_status replace(const plan *p, lfap_newfile *begun, lfap_newfile *meta) {
  lfap_member f;
  cli *c = p->c;
  lfap_span files = lfap_member_of(p->old, LFAP_KEY_files);
  lfap_status s = lfap_newfile_rename(&c->ctx, begun);
  if (s) return s; /* all is as it was */
  for (size_t i = 0; !s && i < c->set.files; i++) s = lfap_newfile_rename(&c->ctx, &c->set.file[i].file);
  for (const char *at = files.text ? lfap_members_first(&f, files.text) : NULL; !s && at;
       at = lfap_members_next(&f, at))
    if (is_stale(p, &f)) s = take_away(p, &f);
  if (!s) s = lfap_newfile_rename(&c->ctx, meta);
  if (s) return lfap_fail(&c->ctx, s, "%s; meta.json calls the set incomplete, write it again", c->ctx.message);
  return LFAP_OK;
}

/* What a set that goes had besides is taken away, but nothing that this run has read. */
static lfap_status spare_stale(const plan *p) {
  lfap_member f;
  char name[NAME];
  lfap_span files = lfap_member_of(p->old, LFAP_KEY_files);
  lfap_status s = LFAP_OK;
  for (const char *at = files.text ? lfap_members_first(&f, files.text) : NULL; !s && at;
       at = lfap_members_next(&f, at)) {
    if (!is_stale(p, &f)) continue;
    s = cli_spares_in(p->c, p->c->set.dir, named(name, &f));
  }
  return s;
}

static lfap_status commit(const plan *p, const char *path, lfap_json *keys) {
  lfap_newfile begun = {0}, meta = {0};
  lfap_status s = spare_stale(p);
  if (!s) s = stage_meta(p, &begun, path, NULL, 1);
  if (!s) s = stage_meta(p, &meta, path, keeps_top(p) ? NULL : keys, 0);
  if (!s) s = replace(p, &begun, &meta);
  lfap_newfile_abort(&begun);
  lfap_newfile_abort(&meta);
  return s;
}

lfap_status cli_set_end(cli *c, lfap_json *keys, const char *sha256) {
  char *old = NULL, *path = NULL;
  int fd = -1;
  lfap_status s = cli_path(c, &path, c->set.dir, "meta.json");
  if (!s) s = lock(c, &fd);
  if (!s) s = cli_meta_load(c, &old, c->set.dir);
  if (!s) s = commit(&(plan){c, old ? old : "{}", sha256}, path, keys);
  if (fd >= 0) close(fd);
  free(old);
  if (s) {
    free(path);
    return s;
  }
  for (size_t i = 0; !c->set.unlisted && i < c->set.files; i++) {
    cli_out_remember(c, c->set.file[i].path);
    c->set.file[i].path = NULL;
  }
  cli_out_remember(c, path);
  set_free(&c->set);
  return LFAP_OK;
}
