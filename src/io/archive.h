/* archive.h - the members of a zip archive, which NPZ files are. Internal to the library. */
#ifndef LFAP_IO_ARCHIVE_H
#define LFAP_IO_ARCHIVE_H
#include <stdio.h>

#include "kernel/zip_directory.h"
#include "lfap.h"

/* The member of `path`, open at `in`, called `name` or `name`.npy; NULL: the only one that ends in .npy. `in` is left
   at its first byte. DATA, and a list of what there is, where that is not one. */
lfap_status lfap_archive_find(lfap_ctx *ctx, lfap_zip_member *out, FILE *in, size_t total, const char *path,
                              const char *name);
/* Could it be found? A damaged archive has no member; a status only where it cannot be read. */
lfap_status lfap_archive_lists(lfap_ctx *ctx, int *has, FILE *in, size_t total, const char *path, const char *name);
#endif
