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

static const char PRIVATE[] = "/.lfap-XXXXXX";
enum { PRIVATE_LENGTH = sizeof PRIVATE - 1 };

static char *joined(const char *dir, const char *name) {
  size_t room = strlen(dir) + strlen(name) + 2;
  char *path = malloc(room);
  if (path) snprintf(path, room, "%s/%s", dir, name);
  return path;
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
    memcpy(st.dir + len, PRIVATE, sizeof PRIVATE);
    if (!mkdtemp(st.dir))
      s = lfap_fail(ctx, LFAP_ERR_CANTCREATE, "%s: no directory can be made in it: %s", target,
                    lfap_reason(why, errno));
  }
  if (s) {
    free(st.target);
    free(st.dir);
  } else *out = st;
  return s;
}

/* Everything below an open directory, which is closed; a link is removed, not followed. */
static void empty(int fd) {
  DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
  if (!d) {
    if (fd >= 0) close(fd);
    return;
  }
  for (struct dirent *e; (e = readdir(d)) != NULL;) {
    if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
    if (unlinkat(dirfd(d), e->d_name, 0) == 0) continue;
    empty(openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    unlinkat(dirfd(d), e->d_name, AT_REMOVEDIR);
  }
  closedir(d);
}

/* The place of a file: free, or taken by a regular file (a rename would replace /dev/null itself). */
static lfap_status place_check(lfap_ctx *ctx, const char *to) {
  struct stat st;
  if (stat(to, &st) != 0 || S_ISREG(st.st_mode)) return LFAP_OK;
  return lfap_fail(ctx, LFAP_ERR_CANTCREATE, "%s: cannot be written: it is there and not a regular file", to);
}

static lfap_status move(lfap_ctx *ctx, const lfap_stage *st, const char *name, int really) {
  char why[LFAP_REASON], *from = joined(st->dir, name), *to = joined(st->target, name);
  struct stat is;
  lfap_status s = LFAP_OK;
  if (!from || !to) s = lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: out of memory for a file name", name);
  else if (lstat(from, &is) != 0 || !S_ISREG(is.st_mode)) {} /* what a program left of its own */
  else if (!really) s = place_check(ctx, to);
  else if (rename(from, to) != 0)
    s = lfap_fail(ctx, LFAP_ERR_CANTCREATE, "%s: cannot be created: %s", to, lfap_reason(why, errno));
  free(from);
  free(to);
  return s;
}

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

static lfap_status commit(lfap_ctx *ctx, const lfap_stage *st, const char *last) {
  char why[LFAP_REASON], *old = last ? joined(st->target, last) : NULL;
  struct dirent **e = NULL;
  int n = scandir(st->dir, &e, NULL, by_name);
  lfap_status s = LFAP_OK;
  if (n < 0)
    s = lfap_fail(ctx, errno == ENOMEM ? LFAP_ERR_MEMORY : LFAP_ERR_IO, "%s: cannot be read: %s", st->dir,
                  lfap_reason(why, errno));
  if (!s && last && !old) s = lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: out of memory for a file name", last);
  for (int i = 0; i < n && !s; i++) s = move(ctx, st, e[i]->d_name, 0);
  if (!s && old) unlink(old);
  for (int i = 0; i < n && !s; i++)
    if (!last || strcmp(e[i]->d_name, last) != 0) s = move(ctx, st, e[i]->d_name, 1);
  if (!s && last) s = move(ctx, st, last, 1);
  for (int i = 0; i < n; i++) free(e[i]);
  free(e);
  free(old);
  return s;
}

lfap_status lfap_stage_end(lfap_ctx *ctx, lfap_stage *st, lfap_status s, const char *last) {
  if (!st->dir) return s;
  if (!s) s = lfap_tick(ctx, "files", 0, 1); /* the last moment at which an interrupt leaves nothing */
  if (!s) s = commit(ctx, st, last);
  if (s && ctx) lfap_stage_place(st, ctx->message);
  empty(open(st->dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
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
