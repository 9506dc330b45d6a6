/* reads.c - the files that a run has opened to read: what it writes takes the place of none of them. The run could not
 * be made again from what is left, and the other files of their set would speak of what is gone. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"

static lfap_status remember(lfap_ctx *ctx, const char *path) {
  cli *c = (cli *)ctx; /* its first member */
  cli_reads *r = &c->reads;
  if (r->files == r->room) {
    size_t room = 2 * r->room + 8;
    char **grown = realloc(r->path, room * sizeof *grown);
    if (!grown) return lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: out of memory for a list of files", path);
    r->path = grown;
    r->room = room;
  }
  char *copy = strdup(path);
  if (!copy) return lfap_fail(ctx, LFAP_ERR_MEMORY, "out of memory for a path of %zu characters", strlen(path));
  r->path[r->files++] = copy;
  return LFAP_OK;
}

void cli_reads_start(cli *c) { c->ctx.reading = remember; }

void cli_reads_free(cli *c) {
  for (size_t i = 0; i < c->reads.files; i++) free(c->reads.path[i]);
  free(c->reads.path);
  c->reads = (cli_reads){0};
}

/* 0: it is not there. */
static lfap_status find_file(cli *c, int *there, struct stat *st, const char *path) {
  char why[LFAP_REASON];
  *there = stat(path, st) == 0;
  if (*there || errno == ENOENT || errno == ENOTDIR) return LFAP_OK;
  return lfap_fail(&c->ctx, lfap_status_of(errno, LFAP_ERR_IO), "%s: cannot be looked at: %s", path,
                   lfap_reason(why, errno));
}

lfap_status cli_spares(cli *c, const char *path) {
  struct stat target, read;
  int there = 0, known = 0;
  lfap_status s = find_file(c, &there, &target, path);
  for (size_t i = 0; !s && there && i < c->reads.files; i++) {
    s = find_file(c, &known, &read, c->reads.path[i]);
    if (!s && known && read.st_dev == target.st_dev && read.st_ino == target.st_ino)
      s = lfap_fail(&c->ctx, LFAP_ERR_USAGE,
                    "%s: this run reads it, and would write over it or take it away; give another --out", path);
  }
  return s;
}

lfap_status cli_spares_in(cli *c, const char *dir, const char *name) {
  char *path = NULL;
  lfap_status s = cli_path(c, &path, dir, name);
  if (!s) s = cli_spares(c, path);
  free(path);
  return s;
}
