/* child.h - one program run to its end in a process group of its own, with an environment of its own. */
#ifndef LFAP_PICTURE_CHILD_H
#define LFAP_PICTURE_CHILD_H
#include "lfap.h"

enum { LFAP_CHILD_SAID = 600 };
typedef struct {
  const char *path, *dir; /* of the program, absolute; its working directory */
  char *const *argv, *const *env;
  int status;                 /* as of waitpid */
  char said[LFAP_CHILD_SAID]; /* the beginning of what it wrote on stderr, in one line */
} lfap_child;

/* Runs it with nothing on stdin and stdout, asking ctx->progress meanwhile: when that wants to stop, the group is ended
   and the status is INTERRUPTED. The child is reaped in every case, and goes with this process when that is killed. */
lfap_status lfap_child_run(lfap_ctx *ctx, lfap_child *c);
#endif
