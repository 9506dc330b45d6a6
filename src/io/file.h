/* file.h - opening what is read, and files that appear whole or not at all. Internal to the library. */
#ifndef LFAP_IO_FILE_H
#define LFAP_IO_FILE_H
#include <stddef.h>
#include <stdio.h>

#include "lfap.h"

/* The system's words for an errno value, in the caller's buffer (no shared state). */
enum { LFAP_REASON = 128 };
const char *lfap_reason(char buffer[LFAP_REASON], int errnum);

/* MEMORY where the system had none (ENOMEM), IO where it had no descriptor left, else `otherwise`. */
lfap_status lfap_status_of(int errnum, lfap_status otherwise);

/* Opens a regular file for reading and tells its size. Never waits: directories, pipes, devices and sockets are
   NOINPUT, as is what is missing. Every reader goes through here. */
lfap_status lfap_file_descriptor(lfap_ctx *ctx, int *out, size_t *size, const char *path);
/* The same as a stream. */
lfap_status lfap_file_open(lfap_ctx *ctx, FILE **out, size_t *size, const char *path);
/* The whole file in fresh memory, a NUL behind its last byte. */
lfap_status lfap_file_read(lfap_ctx *ctx, char **out, size_t *len, const char *path);

/* A file being written under a temporary name beside `path` that nobody can foretell. begin; put...; end: after a
   failed put only abort. `path` must stay there until then. */
typedef struct {
  FILE *stream;
  char *temporary; /* owned */
  const char *path;
  int held; /* a descriptor: the lock by which others see that the file is not left over */
  int sync; /* set after begin: close waits until the bytes are on the disk */
} lfap_newfile;
lfap_status lfap_newfile_begin(lfap_ctx *ctx, lfap_newfile *out, const char *path);
/* begin for one that a file of this process waits for already: it is left alone, locked or not. */
lfap_status lfap_newfile_another(lfap_ctx *ctx, lfap_newfile *out, const char *path);
lfap_status lfap_newfile_put(lfap_ctx *ctx, lfap_newfile *f, const void *bytes, size_t len);
/* Closes and renames; on failure the temporary file is removed. */
lfap_status lfap_newfile_end(lfap_ctx *ctx, lfap_newfile *f);
/* The two halves of end, for files that have to appear together: every byte is out after close; rename puts it in
   place. */
lfap_status lfap_newfile_close(lfap_ctx *ctx, lfap_newfile *f);
lfap_status lfap_newfile_rename(lfap_ctx *ctx, lfap_newfile *f);
void lfap_newfile_abort(lfap_newfile *f);

/* lfap_npy_read for samples: of an array of more than two dimensions (images) each sample becomes a row, its entries in
   C's order. */
lfap_status lfap_npy_read_samples(lfap_ctx *ctx, lfap_mat *out, const char *path);
/* The bytes lfap_npy_write makes of m, piece by piece, until one is not taken. */
typedef lfap_status lfap_sink(void *arg, const void *bytes, size_t len);
lfap_status lfap_npy_bytes(lfap_sink *sink, void *arg, const lfap_mat *m);
/* RANGE where m has an entry that the reader would refuse: NaN or infinite. */
lfap_status lfap_npy_writable(lfap_ctx *ctx, const char *path, const lfap_mat *m);
#endif
