/* file.c - files that appear whole or not at all: written under a temporary name in the same directory, then
 * renamed. Without `sync` nothing waits for the disk: a reader never sees half a file, but after a power cut the last
 * ones may be gone.
 * Temporary names are random, and opened so that a link planted there is never followed. Those of dead processes are
 * removed by who writes the file next (leftover.h). */
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "io/leftover.h"

const char *lfap_reason(char buffer[LFAP_REASON], int errnum) {
  if (strerror_r(errnum, buffer, LFAP_REASON) != 0) snprintf(buffer, LFAP_REASON, "error %d", errnum);
  return buffer;
}

lfap_status lfap_status_of(int errnum, lfap_status otherwise) {
  if (errnum == EMFILE || errnum == ENFILE) return LFAP_ERR_IO;
  return errnum == ENOMEM ? LFAP_ERR_MEMORY : otherwise;
}

static const char *kind_of(mode_t mode) {
  return S_ISDIR(mode) ? "a directory" : S_ISFIFO(mode) ? "a pipe" : S_ISSOCK(mode) ? "a socket" : "a device";
}

static lfap_status fail_reading(lfap_ctx *ctx, const char *path, const char *what, int errnum) {
  char why[LFAP_REASON];
  return lfap_fail(ctx, lfap_status_of(errnum, LFAP_ERR_NOINPUT), "%s: %s: %s", path, what, lfap_reason(why, errnum));
}

lfap_status lfap_file_descriptor(lfap_ctx *ctx, int *out, size_t *size, const char *path) {
  lfap_status refused = ctx && ctx->reading ? ctx->reading(ctx, path) : LFAP_OK;
  if (refused) return refused;
  /* without O_NONBLOCK opening a pipe nobody writes to would wait for ever; regular files ignore it */
  int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) return fail_reading(ctx, path, "cannot be opened for reading", errno);
  struct stat st;
  int known = fstat(fd, &st) == 0, e = errno;
  if (known && S_ISREG(st.st_mode)) {
    *out = fd;
    *size = (size_t)st.st_size;
    return LFAP_OK;
  }
  close(fd);
  if (!known) return fail_reading(ctx, path, "cannot be read", e);
  return lfap_fail(ctx, LFAP_ERR_NOINPUT, "%s: is %s, not a file", path, kind_of(st.st_mode));
}

lfap_status lfap_file_open(lfap_ctx *ctx, FILE **out, size_t *size, const char *path) {
  int fd = -1;
  lfap_status status = lfap_file_descriptor(ctx, &fd, size, path);
  if (status) return status;
  *out = fdopen(fd, "rb");
  if (*out != NULL) return LFAP_OK;
  status = fail_reading(ctx, path, "cannot be read", errno);
  close(fd);
  return status;
}

lfap_status lfap_file_read(lfap_ctx *ctx, char **out, size_t *len, const char *path) {
  FILE *f = NULL;
  size_t size = 0;
  lfap_status st = lfap_file_open(ctx, &f, &size, path);
  if (st) return st;
  char *bytes = size < SIZE_MAX ? malloc(size + 1) : NULL;
  if (bytes == NULL) st = lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: no memory for its %zu bytes", path, size);
  else if (fread(bytes, 1, size, f) != size)
    st = ferror(f) ? fail_reading(ctx, path, "could not be read to its end", errno)
                   : lfap_fail(ctx, LFAP_ERR_NOINPUT, "%s: became shorter while it was read", path);
  fclose(f);
  if (st) {
    free(bytes);
    return st;
  }
  bytes[size] = '\0';
  *out = bytes;
  *len = size;
  return LFAP_OK;
}

/* A number nobody can foretell; where the system gives none, one that differs from run to run. */
static unsigned long long unforeseen(void) {
  unsigned long long x = 0;
  struct timespec t;
  if (getrandom(&x, sizeof x, GRND_NONBLOCK) == (ssize_t)sizeof x) return x;
  clock_gettime(CLOCK_REALTIME, &t);
  return ((unsigned long long)getpid() << 32) ^ (unsigned long long)t.tv_sec ^ ((unsigned long long)t.tv_nsec << 20);
}

/* path.RANDOM.tmp, created for this writer alone. Not mkstemp: its files are private, the user's umask should
   decide. */
static int open_temporary(char *name, size_t room, const char *path) {
  for (int k = 0; k < 100; k++) {
    snprintf(name, room, "%s.%016llx.tmp", path, unforeseen());
    int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0 && errno != EEXIST) return fd;
    if (fd >= 0 && lfap_leftover_hold(fd)) return fd;
    if (fd >= 0) close(fd), unlink(name);
  }
  return -1;
}

/* Its stream, and a second descriptor that keeps the lock until the file has its place. */
static FILE *open_stream(int *held, char *name, size_t room, const char *path) {
  int fd = open_temporary(name, room, path);
  if (fd < 0) return NULL;
  *held = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  FILE *stream = *held >= 0 ? fdopen(fd, "wb") : NULL;
  if (stream != NULL) return stream;
  int e = errno;
  if (*held >= 0) close(*held);
  close(fd);
  unlink(name);
  errno = e;
  return NULL;
}

lfap_status lfap_newfile_begin(lfap_ctx *ctx, lfap_newfile *out, const char *path) {
  lfap_leftover_remove(path);
  return lfap_newfile_another(ctx, out, path);
}

lfap_status lfap_newfile_another(lfap_ctx *ctx, lfap_newfile *out, const char *path) {
  char why[LFAP_REASON];
  struct stat st;
  /* a rename would replace /dev/null itself; it replaces a link, not what the link points at */
  if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode))
    return lfap_fail(ctx, LFAP_ERR_CANTCREATE, "%s: cannot be written: it is there and not a regular file", path);
  size_t room = strlen(path) + 64;
  char *name = malloc(room);
  if (name == NULL) return lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: out of memory for a file name", path);
  int held = -1;
  FILE *stream = open_stream(&held, name, room, path);
  if (stream == NULL) {
    int e = errno;
    free(name);
    return lfap_fail(ctx, lfap_status_of(e, LFAP_ERR_CANTCREATE), "%s: cannot be created: %s", path,
                     lfap_reason(why, e));
  }
  *out = (lfap_newfile){.stream = stream, .temporary = name, .path = path, .held = held};
  return LFAP_OK;
}

void lfap_newfile_abort(lfap_newfile *f) {
  if (f->stream != NULL) fclose(f->stream);
  if (f->temporary != NULL) {
    unlink(f->temporary);
    close(f->held);
  }
  free(f->temporary);
  *f = (lfap_newfile){0};
}

lfap_status lfap_newfile_put(lfap_ctx *ctx, lfap_newfile *f, const void *bytes, size_t len) {
  char why[LFAP_REASON];
  if (len == 0 || fwrite(bytes, 1, len, f->stream) == len) return LFAP_OK;
  return lfap_fail(ctx, LFAP_ERR_IO, "%s: writing failed: %s; nothing was left behind", f->path,
                   lfap_reason(why, errno));
}

lfap_status lfap_newfile_close(lfap_ctx *ctx, lfap_newfile *f) {
  char why[LFAP_REASON];
  int whole = !f->sync || (fflush(f->stream) == 0 && fsync(fileno(f->stream)) == 0), e = errno;
  int closed = fclose(f->stream); /* the last bytes go out here */
  f->stream = NULL;
  if (whole && closed == 0) return LFAP_OK;
  lfap_fail(ctx, LFAP_ERR_IO, "%s: writing failed: %s; nothing was left behind", f->path,
            lfap_reason(why, whole ? errno : e));
  lfap_newfile_abort(f);
  return LFAP_ERR_IO;
}

lfap_status lfap_newfile_rename(lfap_ctx *ctx, lfap_newfile *f) {
  char why[LFAP_REASON];
  lfap_status status = LFAP_OK;
  if (rename(f->temporary, f->path) != 0)
    status = lfap_fail(ctx, lfap_status_of(errno, LFAP_ERR_CANTCREATE), "%s: cannot be created: %s", f->path,
                       lfap_reason(why, errno));
  if (status == LFAP_OK) {
    close(f->held);
    free(f->temporary);
    *f = (lfap_newfile){0};
  } else lfap_newfile_abort(f);
  return status;
}

lfap_status lfap_newfile_end(lfap_ctx *ctx, lfap_newfile *f) {
  lfap_status status = lfap_newfile_close(ctx, f);
  return status != LFAP_OK ? status : lfap_newfile_rename(ctx, f);
}

lfap_status lfap_file_write(lfap_ctx *ctx, const char *path, const void *bytes, size_t len) {
  lfap_newfile f;
  lfap_status status = lfap_newfile_begin(ctx, &f, path);
  if (status != LFAP_OK) return status;
  status = lfap_newfile_put(ctx, &f, bytes, len);
  if (status != LFAP_OK) {
    lfap_newfile_abort(&f);
    return status;
  }
  return lfap_newfile_end(ctx, &f);
}

/* mkdir of one level; 0 when it is a directory afterwards, else the errno. Another writer may take away what was there
   a moment ago and is empty: then once more. */
static int make_level(const char *path) {
  struct stat st;
  for (int tries = 0; tries < 100; tries++) {
    if (mkdir(path, 0777) == 0) return 0;
    int e = errno;
    if (stat(path, &st) == 0) return S_ISDIR(st.st_mode) ? 0 : ENOTDIR;
    if (e != EEXIST || errno != ENOENT || lstat(path, &st) == 0) return e == EEXIST ? errno : e;
  }
  return ENOENT;
}

lfap_status lfap_dir_make(lfap_ctx *ctx, const char *path) {
  char why[LFAP_REASON];
  size_t n = strlen(path);
  if (n == 0) return lfap_fail(ctx, LFAP_ERR_CANTCREATE, "the name of the output directory is empty");
  char *part = malloc(n + 1);
  if (part == NULL) return lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: out of memory for a directory name", path);
  int e = 0;
  for (size_t i = 1; i <= n && e == 0; i++) {
    if (path[i] != '/' && path[i] != '\0') continue;
    memcpy(part, path, i);
    part[i] = '\0';
    e = make_level(part);
  }
  free(part);
  if (e != 0)
    return lfap_fail(ctx, lfap_status_of(e, LFAP_ERR_CANTCREATE), "%s: cannot be created: %s", path,
                     lfap_reason(why, e));
  if (faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) != 0)
    return lfap_fail(ctx, lfap_status_of(errno, LFAP_ERR_CANTCREATE), "%s: cannot be written to: %s", path,
                     lfap_reason(why, errno));
  return LFAP_OK;
}
