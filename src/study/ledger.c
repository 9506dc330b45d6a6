/* ledger.c - the appended table of a sweep: lock, head, rows in order, and the torn end of a killed run. */
#include "study/ledger.h"

#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static lfap_status io_error(lfap_ctx *ctx, const char *path, const char *what) {
  char why[LFAP_REASON];
  return lfap_fail(ctx, LFAP_ERR_IO, "%s: %s failed: %s; the rows before are whole, --resume continues after them",
                   path, what, lfap_reason(why, errno));
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
static lfap_status append(lfap_ctx *ctx, int fd, const char *path, const char *bytes, size_t len, int sync) {
  off_t before = lseek(fd, 0, SEEK_END);
  if (before < 0) return io_error(ctx, path, "seeking");
  if (write_all(fd, bytes, len) && (!sync || fsync(fd) == 0)) return LFAP_OK;
  lfap_status st = io_error(ctx, path, "writing");
  if (ftruncate(fd, before) != 0) st = io_error(ctx, path, "cutting off a half-written row");
  return st;
}

static lfap_status lock(lfap_ctx *ctx, const lfap_ledger *l) {
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  if (fcntl(l->fd, F_SETLK, &whole) == 0 || (errno != EACCES && errno != EAGAIN)) return LFAP_OK;
  return lfap_fail(ctx, LFAP_ERR_CANTCREATE, "%s: another sweep is writing it", l->path);
}

/* The whole file through the descriptor that holds the lock: closing another one would drop it. A NUL stands behind
   it. */
static lfap_status read_back(lfap_ctx *ctx, int fd, const char *path, char **bytes, size_t *len) {
  off_t end = lseek(fd, 0, SEEK_END);
  if (end < 0) return io_error(ctx, path, "seeking");
  size_t size = (size_t)end, got = 0;
  char *b = malloc(size + 1);
  if (!b) return lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: no memory for its %zu bytes", path, size);
  while (got < size) {
    ssize_t n = pread(fd, b + got, size - got, (off_t)got);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    got += (size_t)n;
  }
  if (got < size) {
    free(b);
    return io_error(ctx, path, "reading it back");
  }
  b[got] = '\0';
  *bytes = b;
  *len = got;
  return LFAP_OK;
}

/* Rows of the table in `bytes`, which must be those of index[0..]; *good: bytes of head and rows. */
static lfap_status count_rows(lfap_ctx *ctx, lfap_ledger *l, size_t *good, const char *bytes, size_t len,
                              const lfap_text *head, const size_t *index, size_t count) {
  lfap_table_reader r;
  lfap_status st = lfap_table_open(ctx, &r, l->path, bytes, len);
  if (!st && r.head.numerics != LFAP_NUMERICS)
    st = lfap_fail(ctx, LFAP_ERR_DATA,
                   "%s: its rows are of numerics %d, this lfap computes by numerics %d (spec/numerics.md), whose bits "
                   "are others; write to another file, or run it again without --resume",
                   l->path, r.head.numerics, LFAP_NUMERICS);
  if (!st && (r.at != head->len || memcmp(bytes, head->bytes, head->len) != 0))
    st = lfap_fail(ctx, LFAP_ERR_DATA,
                   "%s: begins with another head than this sweep's; it belongs to another grid, other options, "
                   "another shard or another version",
                   l->path);
  while (!st) {
    const char *row;
    size_t n;
    st = lfap_table_next(ctx, &r, &row, &n, 1);
    if (st || !row) break;
    if (l->rows == count || r.cell != index[l->rows])
      st = lfap_fail(ctx, LFAP_ERR_DATA,
                     "%s: row %zu is of cell %zu, not the one this sweep would write there; rows were removed or added",
                     l->path, l->rows + 1, r.cell);
    else l->rows++;
  }
  *good = st ? 0 : r.at;
  return st;
}

/* Bytes of the head and of the rows that are there. A last line without its newline, or a head cut short, is what a
   kill leaves and does not count. */
static lfap_status examine(lfap_ctx *ctx, lfap_ledger *l, size_t *good, const lfap_text *head, const size_t *index,
                           size_t count) {
  char *bytes = NULL;
  size_t len = 0;
  lfap_status st = read_back(ctx, l->fd, l->path, &bytes, &len);
  if (st) return st;
  l->rows = 0;
  l->made = len == 0;
  *good = 0;
  if (len >= head->len || memcmp(bytes, head->bytes, len) != 0)
    st = count_rows(ctx, l, good, bytes, len, head, index, count);
  free(bytes);
  return st;
}

static lfap_status continue_table(lfap_ctx *ctx, lfap_ledger *l, const lfap_text *head, const size_t *index,
                                  size_t count) {
  size_t good = 0;
  lfap_status st = examine(ctx, l, &good, head, index, count);
  if (!st && ftruncate(l->fd, (off_t)good) != 0) st = io_error(ctx, l->path, "cutting off a half-written row");
  if (!st && good == 0) st = append(ctx, l->fd, l->path, head->bytes, head->len, 1);
  return st;
}

/* Opens a regular file for reading and writing, and never under the number of a standard stream: text for a closed one
   would become rows. */
static lfap_status open_regular(lfap_ctx *ctx, int *out, const char *path, int flags) {
  char why[LFAP_REASON];
  struct stat s;
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW | flags, 0666), e = errno;
  *out = -1;
  if (fd < 0 && e == EEXIST)
    return lfap_fail(ctx, LFAP_ERR_CANTCREATE, "%s: is there already; --resume continues it, or remove it", path);
  if (fd < 0 && e == ELOOP)
    return lfap_fail(ctx, LFAP_ERR_CANTCREATE, "%s: is a symbolic link, which is not followed; name the file itself",
                     path);
  if (fd < 0)
    return lfap_fail(ctx, lfap_status_of(e, LFAP_ERR_CANTCREATE), "%s: cannot be created: %s", path,
                     lfap_reason(why, e));
  int regular = fstat(fd, &s) == 0 && S_ISREG(s.st_mode);
  if (regular && fd <= STDERR_FILENO) {
    int above = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    e = errno;
    close(fd);
    if (above < 0) return lfap_fail(ctx, LFAP_ERR_CANTCREATE, "%s: cannot be kept open: %s", path, lfap_reason(why, e));
    fd = above;
  }
  *out = fd;
  if (regular) return LFAP_OK;
  close(fd);
  *out = -1;
  return lfap_fail(ctx, LFAP_ERR_CANTCREATE, "%s: is not a regular file", path);
}

lfap_status lfap_ledger_open(lfap_ctx *ctx, lfap_ledger *out, const char *path, lfap_table_format format,
                             const lfap_table_head *head, const size_t *index, size_t count, int resume) {
  lfap_ledger l = {.fd = -1, .path = path, .format = format};
  lfap_text text = {0};
  lfap_table_put_head(&text, head, format);
  lfap_status st = text.status ? lfap_fail(ctx, text.status, "sweep: out of memory")
                               : open_regular(ctx, &l.fd, path, resume ? 0 : O_EXCL);
  l.made = !st && !resume;
  l.head = text.len;
  if (!st) st = lock(ctx, &l);
  if (!st)
    st = resume ? continue_table(ctx, &l, &text, index, count) : append(ctx, l.fd, path, text.bytes, text.len, 1);
  lfap_text_free(&text);
  if (st && l.made) unlink(path);
  if (st) lfap_ledger_close(&l);
  *out = l;
  return st;
}

lfap_status lfap_ledger_cut(lfap_ctx *ctx, lfap_ledger *l, size_t rows) {
  char *bytes = NULL;
  size_t len = 0, at = l->head;
  if (l->rows <= rows) return LFAP_OK;
  lfap_status st = read_back(ctx, l->fd, l->path, &bytes, &len);
  if (st) return st;
  for (size_t i = 0; i < rows; i++) at = (size_t)((char *)memchr(bytes + at, '\n', len - at) - bytes) + 1;
  free(bytes);
  if (ftruncate(l->fd, (off_t)at) != 0) return io_error(ctx, l->path, "cutting rows");
  l->rows = rows;
  return LFAP_OK;
}

lfap_status lfap_ledger_append(lfap_ctx *ctx, lfap_ledger *l, const lfap_text *row) {
  if (row->status) return lfap_fail(ctx, row->status, "sweep: out of memory for a row");
  lfap_status st = append(ctx, l->fd, l->path, row->bytes, row->len, 1);
  if (!st) l->rows++;
  return st;
}

void lfap_ledger_close(lfap_ledger *l) {
  if (l->fd >= 0) close(l->fd);
  *l = LFAP_LEDGER_NONE;
}

/* ---- the log ----------------------------------------------------------------------------------------------------- */

lfap_status lfap_log_open(lfap_ctx *ctx, int *fd, const char *path, const char *head) {
  char *bytes = NULL;
  size_t len = 0;
  lfap_status st = open_regular(ctx, fd, path, O_APPEND);
  if (!st) st = read_back(ctx, *fd, path, &bytes, &len);
  size_t good = len;
  while (good > 0 && bytes[good - 1] != '\n') good--;
  free(bytes);
  if (!st && good < len && ftruncate(*fd, (off_t)good) != 0) st = io_error(ctx, path, "cutting off half a line");
  if (!st && good == 0) st = append(ctx, *fd, path, head, strlen(head), 0);
  if (st && *fd >= 0) {
    close(*fd);
    *fd = -1;
  }
  return st;
}

lfap_status lfap_log_append(lfap_ctx *ctx, int fd, const char *path, const lfap_text *line) {
  if (line->status) return lfap_fail(ctx, line->status, "%s: out of memory for a line", path);
  return append(ctx, fd, path, line->bytes, line->len, 0);
}
