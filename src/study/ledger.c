/* ledger.c - the appended table of a sweep: lock, head, rows in order, and the torn end of a killed run. */
#include "study/ledger.h"

#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static lfap_status io_error(lfap_ctx *ctx, const lfap_ledger *l, const char *what) {
  char why[LFAP_REASON];
  return lfap_fail(ctx, LFAP_ERR_IO, "%s: %s failed: %s; the rows before are whole, --resume continues after them", l->path, what,
                   lfap_reason(why, errno));
}

static int write_all(int fd, const char *bytes, size_t len) {
  while (len > 0) {
    ssize_t n = write(fd, bytes, len);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return 0;
    bytes += n;
    len -= (size_t)n;
  }
  return 1;
}

/* Appends, or leaves the file as it was. */
static lfap_status append(lfap_ctx *ctx, lfap_ledger *l, const char *bytes, size_t len) {
  off_t before = lseek(l->fd, 0, SEEK_END);
  if (before < 0) return io_error(ctx, l, "seeking");
  if (write_all(l->fd, bytes, len) && fsync(l->fd) == 0) return LFAP_OK;
  lfap_status st = io_error(ctx, l, "writing");
  if (ftruncate(l->fd, before) != 0) st = io_error(ctx, l, "cutting off a half-written row");
  return st;
}

static lfap_status lock(lfap_ctx *ctx, const lfap_ledger *l) {
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  if (fcntl(l->fd, F_SETLK, &whole) == 0 || (errno != EACCES && errno != EAGAIN)) return LFAP_OK;
  return lfap_fail(ctx, LFAP_ERR_CANTCREATE, "%s: another sweep is writing it", l->path);
}

/* The whole file through the descriptor that holds the lock: closing another one would drop it. */
static lfap_status read_back(lfap_ctx *ctx, const lfap_ledger *l, char **bytes, size_t *len) {
  off_t end = lseek(l->fd, 0, SEEK_END);
  size_t size = end > 0 ? (size_t)end : 0, got = 0;
  char *b = end < 0 ? NULL : malloc(size + 1);
  if (!b) return lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: no memory for its %zu bytes", l->path, size);
  while (got < size) {
    ssize_t n = pread(l->fd, b + got, size - got, (off_t)got);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    got += (size_t)n;
  }
  b[got] = '\0';
  *bytes = b;
  *len = got;
  return LFAP_OK;
}

/* Bytes of the head and of the rows that are there, which must be those of index[0..]. A last line without its newline, or
   a head cut short, is what a kill leaves and does not count. */
static lfap_status examine(lfap_ctx *ctx, lfap_ledger *l, size_t *good, const lfap_text *head, const size_t *index, size_t count) {
  char *bytes = NULL;
  size_t len = 0, at = 0;
  lfap_status st = read_back(ctx, l, &bytes, &len);
  if (st) return st;
  size_t common = len < head->len ? len : head->len;
  if (memcmp(bytes, head->bytes, common) != 0)
    st = lfap_fail(ctx, LFAP_ERR_DATA, "%s: begins with another head than this sweep's; it belongs to another grid, other options, another shard or another version", l->path);
  if (!st && len >= head->len) at = head->len;
  for (l->rows = 0; !st && at > 0;) {
    const char *end = memchr(bytes + at, '\n', len - at);
    size_t cell = 0;
    if (!end) break;
    if (l->rows == count || !lfap_table_read_index(&cell, bytes + at, l->format) || cell != index[l->rows])
      st = lfap_fail(ctx, LFAP_ERR_DATA, "%s: row %zu is not the one this sweep would write there; the file was changed", l->path, l->rows + 1);
    else {
      l->rows++;
      at = (size_t)(end - bytes) + 1;
    }
  }
  free(bytes);
  *good = at;
  return st;
}

static lfap_status continue_table(lfap_ctx *ctx, lfap_ledger *l, const lfap_text *head, const size_t *index, size_t count) {
  size_t good = 0;
  lfap_status st = examine(ctx, l, &good, head, index, count);
  if (!st && ftruncate(l->fd, (off_t)good) != 0) st = io_error(ctx, l, "cutting off a half-written row");
  if (!st && good == 0) st = append(ctx, l, head->bytes, head->len);
  return st;
}

static lfap_status open_fd(lfap_ctx *ctx, lfap_ledger *l, int resume) {
  char why[LFAP_REASON];
  l->fd = open(l->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | (resume ? 0 : O_EXCL), 0666);
  if (l->fd < 0) {
    int e = errno;
    l->fd = 0;
    if (e == EEXIST) return lfap_fail(ctx, LFAP_ERR_CANTCREATE, "%s: is there already; --resume continues it, or remove it", l->path);
    return lfap_fail(ctx, LFAP_ERR_CANTCREATE, "%s: cannot be created: %s", l->path, lfap_reason(why, e));
  }
  struct stat s;
  if (fstat(l->fd, &s) != 0 || !S_ISREG(s.st_mode)) return lfap_fail(ctx, LFAP_ERR_CANTCREATE, "%s: is not a regular file", l->path);
  return lock(ctx, l);
}

lfap_status lfap_ledger_open(lfap_ctx *ctx, lfap_ledger *out, const char *path, lfap_table_format format,
                             const lfap_table_head *head, const size_t *index, size_t count, int resume) {
  lfap_ledger l = {.path = path, .format = format};
  lfap_text text = {0};
  lfap_table_put_head(&text, head, format);
  lfap_status st = text.status ? lfap_fail(ctx, text.status, "sweep: out of memory") : open_fd(ctx, &l, resume);
  l.head = text.len;
  if (!st) st = resume ? continue_table(ctx, &l, &text, index, count) : append(ctx, &l, text.bytes, text.len);
  lfap_text_free(&text);
  if (st && !resume && l.fd > 0) unlink(path); /* made just now */
  if (st) lfap_ledger_close(&l);
  else *out = l;
  return st;
}

lfap_status lfap_ledger_cut(lfap_ctx *ctx, lfap_ledger *l, size_t rows) {
  char *bytes = NULL;
  size_t len = 0, at = l->head;
  if (l->rows <= rows) return LFAP_OK;
  lfap_status st = read_back(ctx, l, &bytes, &len);
  if (st) return st;
  for (size_t i = 0; i < rows; i++) at = (size_t)((char *)memchr(bytes + at, '\n', len - at) - bytes) + 1;
  free(bytes);
  if (ftruncate(l->fd, (off_t)at) != 0) return io_error(ctx, l, "cutting rows");
  l->rows = rows;
  return LFAP_OK;
}

lfap_status lfap_ledger_append(lfap_ctx *ctx, lfap_ledger *l, const lfap_text *row) {
  if (row->status) return lfap_fail(ctx, row->status, "sweep: out of memory for a row");
  lfap_status st = append(ctx, l, row->bytes, row->len);
  if (!st) l->rows++;
  return st;
}

void lfap_ledger_close(lfap_ledger *l) {
  if (l->fd > 0) close(l->fd);
  *l = (lfap_ledger){0};
}
