/* source.c - reading what may be packed. Nothing is unpacked ahead: memory is that of a buffer, however much an archive
 * announces, and what a member says of itself is held against what comes out of it. */
#include "io/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/archive.h"
#include "io/file.h"

enum { ROOM = 1 << 16, PIECE = 1 << 30 /* bytes zlib is given at once */ };

/* ---- opening ----------------------------------------------------------------------------------------------------- */

/* What the first bytes say: whether it is gzip, a zip archive. The descriptor stays where it is. */
static lfap_status first_bytes(lfap_ctx *ctx, int *gzip, int *zip, int fd, const char *path) {
  char b[4] = "", why[LFAP_REASON];
  if (pread(fd, b, sizeof b, 0) < 0) {
    int e = errno;
    return lfap_fail(ctx, lfap_status_of(e, LFAP_ERR_NOINPUT), "%s: cannot be read: %s", path, lfap_reason(why, e));
  }
  *gzip = memcmp(b, "\x1f\x8b", 2) == 0;
  *zip = memcmp(b, "PK\3\4", 4) == 0 || memcmp(b, "PK\5\6", 4) == 0;
  return LFAP_OK;
}

static lfap_status no_memory(lfap_ctx *ctx, const char *path) {
  return lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: out of memory while unpacking", path);
}

/* A member of the archive `file`, open at s->in; `member` NULL: the only one. */
static lfap_status open_member(lfap_ctx *ctx, lfap_source *s, size_t total, const char *file, const char *member) {
  lfap_status status = lfap_archive_find(ctx, &s->m, s->in, total, file, member);
  if (status != LFAP_OK) return status;
  s->packed = 1;
  s->size = s->m.size;
  s->left = s->m.packed;
  s->crc = crc32(0, Z_NULL, 0);
  if (s->m.method == LFAP_ZIP_STORED) return LFAP_OK;
  s->room = malloc(ROOM);
  if (s->room == NULL || inflateInit2(&s->z, -MAX_WBITS) != Z_OK) return no_memory(ctx, s->path);
  s->inflating = 1;
  return LFAP_OK;
}

/* Not by zlib's gzread, which takes a file whose end is garbage for a whole one. */
static lfap_status open_gzip(lfap_ctx *ctx, lfap_source *s) {
  s->packed = s->gzip = 1;
  s->size = SIZE_MAX;
  s->room = malloc(ROOM);
  if (s->room == NULL || inflateInit2(&s->z, 16 + MAX_WBITS) != Z_OK) return no_memory(ctx, s->path);
  s->inflating = 1;
  return LFAP_OK;
}

static lfap_status open_file(lfap_ctx *ctx, lfap_source *s, const char *file, const char *member) {
  int fd = -1, gzip = 0, zip = 0;
  size_t total = 0;
  lfap_status status = lfap_file_descriptor(ctx, &fd, &total, file);
  if (status != LFAP_OK) return status;
  status = first_bytes(ctx, &gzip, &zip, fd, file);
  if (status == LFAP_OK && member != NULL && !zip)
    status = lfap_fail(ctx, LFAP_ERR_NOINPUT, "%s: is not there, and %s is no zip archive that could have a member %s",
                       s->path, file, member);
  if (status != LFAP_OK) {
    close(fd);
    return status;
  }
  s->in = fdopen(fd, "rb");
  if (s->in == NULL) {
    close(fd);
    return no_memory(ctx, s->path);
  }
  s->size = total;
  s->left = total;
  if (zip) return open_member(ctx, s, total, file, member);
  return gzip ? open_gzip(ctx, s) : LFAP_OK;
}

static int is_there(const char *path) { return access(path, F_OK) == 0; }

/* The colon behind the name of a file; NULL where no part of the path before a colon is one. */
static char *colon_of(char *path) {
  struct stat st;
  for (char *at = strrchr(path, ':'); at != NULL && at != path; at = strrchr(path, ':')) {
    *at = '\0';
    if (stat(path, &st) == 0 && S_ISREG(st.st_mode)) return at;
  }
  return NULL;
}

lfap_status lfap_source_open(lfap_ctx *ctx, lfap_source *out, const char *path) {
  lfap_status status;
  char *file = NULL, *colon = NULL;
  *out = (lfap_source){.path = path}; /* made in place: zlib's state knows where it is */
  if (!is_there(path) && strchr(path, ':') != NULL) {
    file = strdup(path);
    if (file == NULL) return lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: out of memory for a file name", path);
    colon = colon_of(file);
  }
  if (colon != NULL) status = open_file(ctx, out, file, path + (colon - file) + 1);
  else status = open_file(ctx, out, path, NULL);
  free(file);
  if (status != LFAP_OK) lfap_source_close(out);
  return status;
}

void lfap_source_close(lfap_source *s) {
  if (s->inflating) inflateEnd(&s->z);
  if (s->in != NULL) fclose(s->in);
  free(s->room);
  *s = (lfap_source){0};
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* Up to n bytes of the file as they are. */
static lfap_status read_file(lfap_ctx *ctx, lfap_source *s, void *bytes, size_t n, size_t *got) {
  char why[LFAP_REASON];
  *got = fread(bytes, 1, n, s->in);
  if (*got == n || !ferror(s->in)) return LFAP_OK;
  int e = errno;
  return lfap_fail(ctx, lfap_status_of(e, LFAP_ERR_NOINPUT), "%s: cannot be read: %s", s->path, lfap_reason(why, e));
}

static lfap_status fail_damaged(lfap_ctx *ctx, const lfap_source *s, const char *what) {
  if (s->gzip)
    return lfap_fail(ctx, LFAP_ERR_DATA, "%s: is damaged: %s%s; copy it again, or pack the file again with gzip",
                     s->path, s->further ? "what follows its first gzip stream is no whole one: " : "", what);
  return lfap_fail(ctx, LFAP_ERR_DATA, "%s: is damaged: %s; make the archive again (numpy.savez)", s->path, what);
}

static lfap_status refill(lfap_ctx *ctx, lfap_source *s) {
  size_t n = s->left < ROOM ? s->left : ROOM, got = 0;
  lfap_status status = read_file(ctx, s, s->room, n, &got);
  if (status != LFAP_OK) return status;
  if (got == 0 && s->gzip)
    return lfap_fail(ctx, LFAP_ERR_DATA, "%s: is truncated: the gzip stream does not end; copy it again", s->path);
  if (got == 0) return fail_damaged(ctx, s, "its packed bytes end too early");
  s->left -= got;
  s->z.next_in = s->room;
  s->z.avail_in = (unsigned)got;
  return LFAP_OK;
}

/* Behind the end of a gzip stream: nothing, or another one, whose bytes follow. */
static lfap_status next_stream(lfap_ctx *ctx, lfap_source *s) {
  if (s->z.avail_in == 0 && s->left == 0) {
    s->ended = 1;
    return LFAP_OK;
  }
  s->further = 1;
  return inflateReset(&s->z) == Z_OK ? LFAP_OK : no_memory(ctx, s->path);
}

static lfap_status read_deflated(lfap_ctx *ctx, lfap_source *s, unsigned char *bytes, size_t n, size_t *got) {
  lfap_status status = LFAP_OK;
  for (*got = 0; status == LFAP_OK && *got < n && !s->ended;) {
    size_t room = n - *got < PIECE ? n - *got : PIECE;
    if (s->z.avail_in == 0) status = refill(ctx, s);
    if (status != LFAP_OK) break;
    s->z.next_out = bytes + *got;
    s->z.avail_out = (unsigned)room;
    int code = inflate(&s->z, Z_NO_FLUSH);
    *got += room - s->z.avail_out;
    if (code == Z_MEM_ERROR) status = no_memory(ctx, s->path);
    else if (code == Z_STREAM_END && s->gzip) status = next_stream(ctx, s);
    else if (code == Z_STREAM_END) s->ended = 1;
    else if (code != Z_OK)
      status = fail_damaged(ctx, s, s->z.msg != NULL ? s->z.msg : "its packed bytes are no stream");
  }
  return status;
}

static lfap_status read_stored(lfap_ctx *ctx, lfap_source *s, void *bytes, size_t n, size_t *got) {
  lfap_status status = read_file(ctx, s, bytes, n < s->left ? n : s->left, got);
  s->left -= *got;
  s->ended = s->left == 0;
  return status;
}

static uLong checksum(uLong crc, const unsigned char *b, size_t n) {
  for (size_t i = 0; i < n; i += PIECE) crc = crc32(crc, b + i, n - i < PIECE ? (unsigned)(n - i) : PIECE);
  return crc;
}

lfap_status lfap_source_read(lfap_ctx *ctx, lfap_source *s, void *bytes, size_t n, size_t *got) {
  *got = 0;
  if (!s->packed) return read_file(ctx, s, bytes, n, got);
  lfap_status status = s->inflating ? read_deflated(ctx, s, bytes, n, got) : read_stored(ctx, s, bytes, n, got);
  if (!s->gzip) s->crc = checksum(s->crc, bytes, *got);
  s->out += *got;
  if (status == LFAP_OK && s->out > s->size)
    return fail_damaged(ctx, s, "it unpacks to more bytes than its archive announces");
  return status;
}

lfap_status lfap_source_end(lfap_ctx *ctx, lfap_source *s, size_t *rest) {
  unsigned char b[1 << 14];
  size_t got = sizeof b;
  lfap_status status = LFAP_OK;
  for (*rest = 0; status == LFAP_OK && got == sizeof b; *rest += got) {
    if (*rest > 0) status = lfap_tick(ctx, s->path, (double)*rest, 0); /* there may be very much of it */
    if (status == LFAP_OK) status = lfap_source_read(ctx, s, b, sizeof b, &got);
  }
  if (status != LFAP_OK || s->gzip || !s->packed) return status;
  if (s->out != s->size || !s->ended || s->left != 0 || s->z.avail_in != 0)
    return fail_damaged(ctx, s, "it does not have the size that its archive announces");
  if (s->crc != s->m.crc) return fail_damaged(ctx, s, "its checksum is not that of its bytes");
  return LFAP_OK;
}

/* ---- asking ------------------------------------------------------------------------------------------------------ */

lfap_status lfap_archive_has(lfap_ctx *ctx, int *has, const char *path, const char *member) {
  struct stat st;
  int fd = -1, gzip = 0, zip = 0;
  size_t total = 0;
  *has = 0;
  if (stat(path, &st) != 0 && (errno == ENOENT || errno == ENOTDIR)) return LFAP_OK;
  lfap_status status = lfap_file_descriptor(ctx, &fd, &total, path);
  if (status != LFAP_OK) return status;
  status = first_bytes(ctx, &gzip, &zip, fd, path);
  FILE *in = status == LFAP_OK && zip ? fdopen(fd, "rb") : NULL;
  if (in == NULL) close(fd);
  if (status == LFAP_OK && zip && in == NULL) return no_memory(ctx, path);
  if (in == NULL) return status;
  status = lfap_archive_lists(ctx, has, in, total, path, member);
  fclose(in);
  return status;
}
