/* stage.c - files made in a private directory and moved to their places together. */
#include "picture/stage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/file.h"
#include "io/leftover.h"

static const char PRIVATE[] = "/.lfap-XXXXXX";
enum { PRIVATE_LENGTH = sizeof PRIVATE - 1 };

static char *joined(const char *dir, const char *before, const char *name) {
  size_t room = strlen(dir) + strlen(before) + strlen(name) + 2;
  char *path = malloc(room);
  if (path) snprintf(path, room, "%s/%s%s", dir, before, name);
  return path;
}

/* Everything below an open directory, which is closed; a link is removed, not followed. */
static void empty(DIR *d) {
  rewinddir(d);
  for (struct dirent *e; (e = readdir(d)) != NULL;) {
    if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
    if (unlinkat(dirfd(d), e->d_name, 0) == 0) continue;
    int fd = openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *below = fd >= 0 ? fdopendir(fd) : NULL;
    if (below) empty(below);
    else if (fd >= 0) close(fd);
    unlinkat(dirfd(d), e->d_name, AT_REMOVEDIR);
  }
  closedir(d);
}

/* Private directories that killed processes left in `target`. */
static void remove_leftovers(const char *target) {
  DIR *d = opendir(target);
  for (struct dirent *e; d && (e = readdir(d)) != NULL;) {
    if (strncmp(e->d_name, PRIVATE + 1, PRIVATE_LENGTH - 7) != 0 || strlen(e->d_name) != PRIVATE_LENGTH - 1) continue;
    int fd = openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    /* the lock stays until the directory is gone: its maker may be about to hold it */
    int again = fd >= 0 && lfap_leftover_take(fd) ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;
    DIR *below = again >= 0 ? fdopendir(again) : NULL;
    if (below) {
      empty(below);
      unlinkat(dirfd(d), e->d_name, AT_REMOVEDIR);
    } else if (again >= 0) close(again);
    if (fd >= 0) close(fd);
  }
  if (d) closedir(d);
}

/* The private directory, made and open; st->dir is its name. */
static int make_private(lfap_stage *st, size_t len) {
  for (int tries = 0; tries < 100; tries++) {
    memcpy(st->dir + len, PRIVATE, sizeof PRIVATE);
    if (mkdtemp(st->dir) == NULL) return 0;
    st->list = opendir(st->dir);
    if (st->list && lfap_leftover_hold(dirfd(st->list))) return 1;
    int e = errno, opened = st->list != NULL;
    if (opened) closedir(st->list);
    st->list = NULL;
    rmdir(st->dir);
    errno = e;
    if (!opened && e != ENOENT) return 0;
  }
  return 0;
}

lfap_status lfap_stage_begin(lfap_ctx *ctx, lfap_stage *out, const char *target) {
  struct stat before;
  char why[LFAP_REASON];
  size_t len = strlen(target);
  lfap_stage st = {.made = stat(target, &before) != 0};
  lfap_status s = lfap_dir_make(ctx, target);
  if (s) return s;
  while (len > 0 && target[len - 1] == '/') len--;
  st.target = malloc(len + 2);
  st.dir = malloc(len + sizeof PRIVATE);
  if (!st.target || !st.dir) s = lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: out of memory for a directory name", target);
  else {
    memcpy(st.target, target, len);
    memcpy(st.target + len, len ? "" : "/", len ? 1 : 2);
    memcpy(st.dir, target, len);
    remove_leftovers(st.target);
    if (!make_private(&st, len))
      s = lfap_fail(ctx, lfap_status_of(errno, LFAP_ERR_CANTCREATE), "%s: no directory can be made in it: %s", target,
                    lfap_reason(why, errno));
  }
  if (s && st.made) rmdir(target);
  if (s) {
    free(st.target);
    free(st.dir);
  } else *out = st;
  return s;
}

/* ---- into place -------------------------------------------------------------------------------------------------- */

/* A file made, its place, and where an older one waits until all have theirs. */
typedef struct {
  char *from, *to, *old;
  int regular;      /* else it is what a program left of its own */
  int kept, placed; /* the older one waits; this one has its place */
} move;

/* The place is free, or taken by a file or a link, which goes (a rename would replace /dev/null itself). */
static lfap_status prepare_move(lfap_ctx *ctx, move *m, const lfap_stage *st, const char *name) {
  struct stat is;
  char why[LFAP_REASON];
  *m = (move){joined(st->dir, "", name), joined(st->target, "", name), joined(st->dir, ".old.", name), 0, 0, 0};
  if (!m->from || !m->to || !m->old) return lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: out of memory for a file name", name);
  int made = lstat(m->from, &is);
  m->regular = made == 0 && S_ISREG(is.st_mode);
  if (made == 0 && !m->regular) return LFAP_OK;
  int taken = made == 0 && lstat(m->to, &is) == 0;
  if (made != 0 || (!taken && errno != ENOENT))
    return lfap_fail(ctx, lfap_status_of(errno, LFAP_ERR_CANTCREATE), "%s: cannot be looked at: %s", m->to,
                     lfap_reason(why, errno));
  if (!taken || S_ISREG(is.st_mode) || S_ISLNK(is.st_mode)) return LFAP_OK;
  return lfap_fail(ctx, LFAP_ERR_CANTCREATE, "%s: cannot be written: it is there and not a regular file", m->to);
}

static lfap_status put_file(lfap_ctx *ctx, move *m) {
  char why[LFAP_REASON];
  if (!m->regular) return LFAP_OK;
  m->kept = link(m->to, m->old) == 0 || m->kept; /* where a file system has no links the older one is lost at once */
  m->placed = rename(m->from, m->to) == 0;
  if (m->placed) return LFAP_OK;
  return lfap_fail(ctx, lfap_status_of(errno, LFAP_ERR_CANTCREATE), "%s: cannot be created: %s", m->to,
                   lfap_reason(why, errno));
}

static void undo(const move *m) {
  if (m->kept) rename(m->old, m->to);
  else if (m->placed) unlink(m->to);
}

/* The files of m in their order, `last`, the final one, taken away before. */
static lfap_status place_all(lfap_ctx *ctx, move *m, size_t n, int last) {
  size_t k = 0;
  lfap_status s = LFAP_OK;
  if (last && n > 0 && link(m[n - 1].to, m[n - 1].old) == 0) {
    m[n - 1].kept = 1;
    unlink(m[n - 1].to);
  }
  for (; k < n && !s; k++) s = put_file(ctx, &m[k]);
  for (size_t i = 0; i < n && s; i++) undo(&m[i]);
  return s;
}

/* By name, `last` behind all others. */
static void order(struct dirent **e, size_t n, const char *last) {
  for (size_t i = 0; last && i + 1 < n; i++)
    if (strcmp(e[i]->d_name, last) == 0) {
      struct dirent *moved = e[i];
      e[i] = e[i + 1];
      e[i + 1] = moved;
    }
}

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

static int is_ours(const struct dirent *e) { return e->d_name[0] != '.'; }

static lfap_status commit(lfap_ctx *ctx, const lfap_stage *st, const char *last) {
  char why[LFAP_REASON];
  struct dirent **e = NULL;
  int found = scandir(st->dir, &e, is_ours, by_name);
  size_t n = found > 0 ? (size_t)found : 0;
  move *m = calloc(n + 1, sizeof *m);
  lfap_status s = LFAP_OK;
  if (!m) s = lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: out of memory for %zu files", st->target, n);
  else if (found < 0)
    s = lfap_fail(ctx, lfap_status_of(errno, LFAP_ERR_IO), "%s: its files cannot be put in place: %s", st->target,
                  lfap_reason(why, errno));
  order(e, n, last);
  for (size_t i = 0; i < n && !s; i++) s = prepare_move(ctx, &m[i], st, e[i]->d_name);
  if (!s) s = place_all(ctx, m, n, last != NULL);
  for (size_t i = 0; i < n; i++) {
    if (m) free(m[i].from), free(m[i].to), free(m[i].old);
    free(e[i]);
  }
  free(e);
  free(m);
  return s;
}

lfap_status lfap_stage_end(lfap_ctx *ctx, lfap_stage *st, lfap_status s, const char *last) {
  if (!st->dir) return s;
  if (!s) s = lfap_tick(ctx, "files", 0, 1); /* the last moment at which an interrupt leaves nothing */
  if (!s) s = commit(ctx, st, last);
  if (s && ctx) lfap_stage_place(st, ctx->message);
  empty(st->list);
  rmdir(st->dir);
  if (s && st->made) rmdir(st->target);
  free(st->target);
  free(st->dir);
  *st = (lfap_stage){0};
  return s;
}

void lfap_stage_place(const lfap_stage *st, char *text) {
  const char *component = st->dir + strlen(st->dir) - PRIVATE_LENGTH;
  for (char *at; (at = strstr(text, component)) != NULL;)
    memmove(at, at + PRIVATE_LENGTH, strlen(at + PRIVATE_LENGTH) + 1);
}
