/* source.h - the bytes of an input: a file as it is, one packed with gzip, or a member of a zip archive
 * (FILE.npz:NAME). Internal to the library. */
#ifndef LFAP_IO_SOURCE_H
#define LFAP_IO_SOURCE_H
#include <stddef.h>
#include <stdio.h>
#include <zlib.h>

#include "kernel/zip_directory.h"
#include "lfap.h"

typedef struct {
  const char *path;  /* as given, for messages; stays the caller's */
  int packed;        /* bytes come out of gzip or an archive: damage shows at their end */
  int gzip;          /* out of gzip */
  size_t size;       /* of all bytes; SIZE_MAX where only their end will tell */
  FILE *in;          /* a plain file, one packed with gzip, or the archive */
  lfap_zip_member m; /* of the archive */
  int further;       /* of gzip: this is not its first stream */
  size_t left;       /* packed bytes not yet read */
  size_t out;        /* bytes given */
  uLong crc;         /* of them */
  z_stream z;        /* where it is deflated */
  int inflating, ended;
  unsigned char *room; /* packed bytes, where it is deflated */
} lfap_source;

/* Path as it is or, where there is no such file, ARCHIVE:MEMBER. An archive alone stands for its only NPY member; with
   several, or none, the message lists what there is. NOINPUT, DATA. */
lfap_status lfap_source_open(lfap_ctx *ctx, lfap_source *out, const char *path);
/* Up to n bytes; fewer only at the end. */
lfap_status lfap_source_read(lfap_ctx *ctx, lfap_source *s, void *bytes, size_t n, size_t *got);
/* Passes over what is left, whose number it tells. DATA where a packed source does not end as its archive says: size,
   checksum. */
lfap_status lfap_source_end(lfap_ctx *ctx, lfap_source *s, size_t *rest);
void lfap_source_close(lfap_source *s);

/* Is there a zip archive at `path` that has an NPY member of that name (without .npy)? What is no archive, or a damaged
   one, has none: who reads it will say why. A status where it cannot be looked at: no memory, no descriptor, a disk
   that fails. */
lfap_status lfap_archive_has(lfap_ctx *ctx, int *has, const char *path, const char *member);
#endif
