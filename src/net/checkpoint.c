/* checkpoint.c - when a training's state is written to its file, and how it is taken up (checkpoint.h). */
#include "net/checkpoint.h"

#include "io/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- whose it is ------------------------------------------------------------------------------------------------- */

static lfap_checkpoint_file look_at(const char *path) {
  struct stat s;
  if (lstat(path, &s) != 0) return (lfap_checkpoint_file){.is = 0};
  return (lfap_checkpoint_file){.device = (uint64_t)s.st_dev,
                                .inode = (uint64_t)s.st_ino,
                                .size = (uint64_t)s.st_size,
                                .modified = (uint64_t)s.st_mtim.tv_sec * 1000000000u + (uint64_t)s.st_mtim.tv_nsec,
                                .is = 1};
}

/* What is there is what was there when this run began, or what it wrote: two runs into one place would go on from each
   other's states otherwise, and each remove the other's hours. */
static lfap_status own(lfap_ctx *ctx, lfap_checkpoint *c) {
  const lfap_checkpoint_file now = look_at(c->path), *was = &c->seen;
  if (!now.is || (was->is && now.device == was->device && now.inode == was->inode && now.size == was->size &&
                  now.modified == was->modified))
    return LFAP_OK;
  c->foreign = 1;
  return lfap_fail(ctx, LFAP_ERR_CANTCREATE,
                   "%s: another training writes here, this one has not written what is there; it is left, give each "
                   "an --out of its own",
                   c->path);
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static lfap_status make_directory(lfap_ctx *ctx, const char *path) {
  const char *slash = strrchr(path, '/');
  char *dir = slash && slash > path ? strdup(path) : NULL;
  if (!dir) return slash && slash > path ? lfap_fail(ctx, LFAP_ERR_MEMORY, "out of memory for a path") : LFAP_OK;
  dir[slash - path] = '\0';
  lfap_status st = lfap_dir_make(ctx, dir);
  free(dir);
  return st;
}

typedef struct {
  lfap_ctx *ctx;
  lfap_newfile file;
} sink;

static lfap_status put(void *user, const void *bytes, size_t len) {
  sink *s = user;
  return lfap_newfile_put(s->ctx, &s->file, bytes, len);
}

static lfap_status write_state(lfap_checkpoint *c, const lfap_train_state *state) {
  sink s = {.ctx = c->ctx};
  lfap_status st = make_directory(c->ctx, c->path);
  if (!st) st = lfap_newfile_begin(c->ctx, &s.file, c->path);
  if (st) return st;
  s.file.sync = 1;
  st = lfap_train_state_put(c->ctx, state, put, &s);
  if (!st) st = lfap_newfile_close(c->ctx, &s.file);
  lfap_checkpoint_file written = {.is = 0};
  if (!st) written = look_at(s.file.temporary);
  if (!st) st = own(c->ctx, c);
  if (!st) st = lfap_newfile_rename(c->ctx, &s.file);
  if (st) {
    lfap_newfile_abort(&s.file);
    return st;
  }
  c->seen = written;
  c->there = 1;
  return LFAP_OK;
}

/* The last state of all is worth the time where the one before it was. */
static int wanted(const lfap_checkpoint *c, const lfap_train_state *state) {
  if (!(c->every > 0.0)) return 0;
  return state->interrupted || (state->last ? c->there : seconds() - c->last >= c->every);
}

static lfap_status after(void *user, const lfap_train_state *state) {
  lfap_checkpoint *c = user;
  char was[sizeof c->ctx->message] = "";
  if (!wanted(c, state)) return LFAP_OK;
  if (state->interrupted && c->ctx) memcpy(was, c->ctx->message, sizeof was);
  lfap_status st = write_state(c, state);
  c->last = seconds();
  if (!st && state->interrupted)
    lfap_fail(c->ctx, st, "%s; --resume with the same command line goes on from %s", was, c->path);
  else if (st)
    lfap_fail(c->ctx, st, "%s%s%s%s", was, was[0] ? "; " : "", c->ctx ? c->ctx->message : "",
              c->foreign ? ""
              : c->there ? "; the checkpoint before it is whole, and --resume goes on from it"
                         : "; --checkpoint 0 does without checkpoints");
  return st;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static void close_file(lfap_checkpoint *c) {
  if (c->in) fclose(c->in);
  c->in = NULL;
}

static lfap_status from(void *user, void *bytes, size_t len) {
  lfap_checkpoint *c = user;
  char why[LFAP_REASON];
  c->asked = 1;
  size_t got = len ? fread(bytes, 1, len, c->in) : 0;
  c->read += got;
  if (got < len && ferror(c->in))
    return lfap_fail(c->ctx, lfap_status_of(errno, LFAP_ERR_NOINPUT), "could not be read to its end: %s",
                     lfap_reason(why, errno));
  if (got < len)
    return lfap_fail(c->ctx, LFAP_ERR_DATA, "the state of the training is cut short at %zu bytes", c->read);
  if (len) return LFAP_OK;
  if (getc(c->in) != EOF) return lfap_fail(c->ctx, LFAP_ERR_DATA, "something follows the state of the training");
  close_file(c);
  c->there = 1;
  return LFAP_OK;
}

/* Opens what is there, if anything. */
static lfap_status open_file(lfap_checkpoint *c) {
  size_t size = 0;
  c->read = 0;
  c->asked = 0;
  lfap_status st = c->resume ? own(c->ctx, c) : LFAP_OK;
  if (st || !c->resume || !look_at(c->path).is) return st;
  return lfap_file_open(c->ctx, &c->in, &size, c->path);
}

/* ---- the training ------------------------------------------------------------------------------------------------ */

/* A verdict on the training itself, which it would come to again. */
static int of_training(lfap_status st) { return st == LFAP_ERR_DATA || st == LFAP_ERR_RANGE; }

lfap_status lfap_checkpoint_train(lfap_ctx *ctx, lfap_checkpoint *c, lfap_net *net, lfap_history *history,
                                  lfap_set *set, lfap_train_opts *o) {
  c->ctx = ctx;
  c->there = c->refused = c->over = c->foreign = 0;
  c->last = seconds();
  lfap_status st = open_file(c);
  if (st) return st;
  o->user = c;
  o->after = after;
  o->from = c->in ? from : NULL;
  st = lfap_set_train(ctx, net, history, set, o);
  int reading = c->in && c->asked;
  close_file(c);
  if (reading && st == LFAP_ERR_USAGE && c->others) {
    o->from = NULL;
    c->over = 1;
    st = lfap_set_train(ctx, net, history, set, o);
  } else if (reading && (st == LFAP_ERR_USAGE || st == LFAP_ERR_DATA || st == LFAP_ERR_NOINPUT)) {
    c->refused = 1;
    return lfap_fail(ctx, st == LFAP_ERR_USAGE ? LFAP_ERR_DATA : st, "%s: %s; remove it, and the training begins anew",
                     c->path, ctx ? ctx->message : "");
  }
  if (of_training(st) && c->there) lfap_checkpoint_remove(NULL, c);
  return st;
}

lfap_status lfap_checkpoint_check(lfap_ctx *ctx, lfap_checkpoint *c) {
  c->seen = look_at(c->path);
  if (c->resume || !c->seen.is) return LFAP_OK;
  return lfap_fail(ctx, LFAP_ERR_CANTCREATE,
                   "%s: a training was interrupted here; --resume goes on with it, or remove it", c->path);
}

lfap_status lfap_checkpoint_remove(lfap_ctx *ctx, lfap_checkpoint *c) {
  char why[LFAP_REASON];
  c->there = 0;
  lfap_status st = own(ctx, c);
  if (st) return st;
  c->seen.is = 0;
  if (unlink(c->path) == 0 || errno == ENOENT) return LFAP_OK;
  return lfap_fail(ctx, LFAP_ERR_IO, "%s: has served its purpose and cannot be removed: %s", c->path,
                   lfap_reason(why, errno));
}
