/* stage.h - a private directory inside the directory that is written to: files are made in it whole and get their
 * places together, or none does. Its name cannot be guessed and nobody else may enter it, so nothing planted is
 * followed; a process that is killed leaves this one directory and nothing half-written beside it. */
#ifndef LFAP_PICTURE_STAGE_H
#define LFAP_PICTURE_STAGE_H
#include <dirent.h>

#include "lfap.h"

typedef struct {
  char *target, *dir; /* where the files go; where they are made, target/.lfap-XXXXXX; both owned, NULL: not begun */
  DIR *list;          /* dir, open from the beginning: it can be emptied when no memory and no descriptor is left */
  int made;           /* target was not there before */
} lfap_stage;

/* Makes target, where it is not there yet, and the private directory in it. */
lfap_status lfap_stage_begin(lfap_ctx *ctx, lfap_stage *out, const char *target);
/* After `s` OK every file made gets its place, `last` (or NULL) last: an older one of that name is taken away before
   the first, so it never stands beside files it was not made with. Otherwise, and where one of them cannot get its
   place, all is as it was. Then the private directory is removed; the status is s, or what failed here. */
lfap_status lfap_stage_end(lfap_ctx *ctx, lfap_stage *st, lfap_status s, const char *last);
/* Takes the private directory out of a path or a message, in place: what is left names the file's place. */
void lfap_stage_place(const lfap_stage *st, char *text);
#endif
