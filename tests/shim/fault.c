/* fault.c - LD_PRELOAD library that makes one call fail, as a full disk or exhausted memory would (tests/cli/faults.py).
 * LFAP_FAULT=KIND:K fails the K-th call of the kind, counted from 1; KIND:K+ that one and all after it; KIND:K! kills the
 * process (SIGKILL) before it.
 * LFAP_FAULT_DISK=BYTES: so many are written to files, then the disk is full.
 * LFAP_FAULT_COUNT=FILE: nothing fails, the numbers of calls of all kinds are written to FILE at the end.
 * LFAP_FAULT_PATHS=FILE: a record a call, its kind and a hash of the functions it came through (paths of calls).
 * LFAP_FAULT_LEFT=FILE: blocks of memory and descriptors that are left at the end.
 * Calls that libc makes inside itself do not come by here, so what stands above them (fread, fwrite, ...) is replaced too;
 * tests/cli/injected.py has the system calls themselves. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <threads.h>
#include <unistd.h>

enum { MEMORY, OPEN, READ, WRITE, FSYNC, RENAME, CLOSE, UNLINK, MKDIR, STAT, THREAD, SEEK, LOCK, LINK, CHILD, KINDS };
static const char *const names[KINDS] = {"memory", "open", "read", "write", "fsync", "rename", "close", "unlink",
                                         "mkdir", "stat", "thread", "seek", "lock", "link", "child"};
static const int error[KINDS] = {ENOMEM, EMFILE, EIO, ENOSPC, EIO, EACCES, EIO, EACCES, ENOSPC, EACCES, EAGAIN, EIO, ENOLCK, EMLINK, EAGAIN};

static atomic_long *calls, none[KINDS]; /* shared with the children that are forked */
static atomic_long live, disk = -1;
static _Thread_local int inside; /* a call below one of ours is no call of lfap's */
static int armed, kind = -1, first_descriptors, paths = -1;
static char then;
static long at;
static char counts[4096], left[4096];

/* One record of a file of paths: what NumPy reads as (u8, u8). */
static void tell_path(int k) {
  void *frame[64];
  uint64_t record[2] = {(uint64_t)k, 1469598103934665603u};
  inside++;
  int n = backtrace(frame, 64), e = errno;
  for (int i = 2; i < n; i++) record[1] = (record[1] ^ (uint64_t)(uintptr_t)frame[i]) * 1099511628211u;
  if (syscall(SYS_write, paths, record, sizeof record) < 0) abort();
  errno = e;
  inside--;
}

static int fails(int k) {
  if (!armed || inside) return 0;
  long n = atomic_fetch_add(&(calls ? calls : none)[k], 1) + 1;
  if (paths >= 0) tell_path(k);
  if (k != kind || (then == '+' ? n < at : n != at)) return 0;
  if (then == '!') raise(SIGKILL);
  errno = error[k];
  return 1;
}

/* Is there room for n more bytes? */
static int disk_full(size_t n) {
  if (!armed || atomic_load(&disk) < 0) return 0;
  if (atomic_load(&disk) >= (long)n) {
    atomic_fetch_sub(&disk, (long)n);
    return 0;
  }
  atomic_store(&disk, 0);
  errno = ENOSPC;
  return 1;
}

static int descriptors(void) {
  int n = 0;
  for (int fd = 0; fd < 1024; fd++) n += (int)syscall(SYS_fcntl, fd, F_GETFD) >= 0;
  return n;
}

static int new_file(const char *path) {
  return path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : -1;
}

__attribute__((constructor)) static void begin(void) {
  const char *fault = getenv("LFAP_FAULT"), *count = getenv("LFAP_FAULT_COUNT"), *rest = getenv("LFAP_FAULT_LEFT");
  const char *colon = fault ? strchr(fault, ':') : NULL, *room = getenv("LFAP_FAULT_DISK");
  static char out[1 << 16]; /* of stdout: libc's own is freed by nobody */
  void *frame[2];
  for (int k = 0; colon && k < KINDS; k++)
    if (strlen(names[k]) == (size_t)(colon - fault) && strncmp(names[k], fault, (size_t)(colon - fault)) == 0) kind = k;
  if (colon) {
    char *end = NULL;
    at = strtol(colon + 1, &end, 10);
    then = *end;
  }
  if (room) atomic_store(&disk, strtol(room, NULL, 10));
  if (count && strlen(count) < sizeof counts) strcpy(counts, count);
  if (rest && strlen(rest) < sizeof left) strcpy(left, rest), setvbuf(stdout, out, _IOFBF, sizeof out);
  calls = mmap(NULL, KINDS * sizeof *calls, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (calls == MAP_FAILED) calls = NULL;
  if (getenv("LFAP_FAULT_PATHS")) {
    backtrace(frame, 2); /* loads what it needs */
    int fd = new_file(getenv("LFAP_FAULT_PATHS"));
    paths = (int)syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 900);
    syscall(SYS_close, fd);
  }
  unsetenv("LD_PRELOAD"); /* children are left alone */
  first_descriptors = descriptors();
  atomic_store(&live, 0);
  armed = 1;
}

static void tell(const char *path, const char *text, size_t len) {
  int fd = new_file(path);
  if (fd < 0 || syscall(SYS_write, fd, text, len) != (long)len) abort();
  syscall(SYS_close, fd);
}

__attribute__((destructor)) static void finish(void) {
  char text[1024];
  int n = 0;
  armed = 0;
  if (left[0]) {
    n = snprintf(text, sizeof text, "memory %ld\ndescriptors %d\n", atomic_load(&live), descriptors() - first_descriptors);
    tell(left, text, (size_t)n);
  }
  n = 0;
  for (int k = 0; k < KINDS; k++)
    n += snprintf(text + n, sizeof text - (size_t)n, "%s %ld\n", names[k], atomic_load(&(calls ? calls : none)[k]));
  if (counts[0]) tell(counts, text, (size_t)n);
}

/* The function behind `name`, of the type of the one that is asked for. */
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* ---- memory: glibc's own names, as dlsym itself asks for memory ------------------------------------------------ */

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t), __libc_free(void *);
extern void *__libc_memalign(size_t, size_t);
static void *counted(void *p) {
  if (p && armed && !inside) atomic_fetch_add(&live, 1);
  return p;
}
void *malloc(size_t n) { return fails(MEMORY) ? NULL : counted(__libc_malloc(n)); }
void *calloc(size_t n, size_t m) { return fails(MEMORY) ? NULL : counted(__libc_calloc(n, m)); }
void *realloc(void *p, size_t n) {
  if (fails(MEMORY)) return NULL;
  void *q = __libc_realloc(p, n);
  return p ? q : counted(q);
}
void *aligned_alloc(size_t a, size_t n) { return fails(MEMORY) ? NULL : counted(__libc_memalign(a, n)); }
void *memalign(size_t a, size_t n) { return fails(MEMORY) ? NULL : counted(__libc_memalign(a, n)); }
int posix_memalign(void **p, size_t a, size_t n) {
  if (fails(MEMORY)) return ENOMEM;
  *p = counted(__libc_memalign(a, n));
  return *p ? 0 : ENOMEM;
}
void free(void *p) {
  if (p && armed && !inside) atomic_fetch_sub(&live, 1);
  __libc_free(p);
}

/* ---- files ------------------------------------------------------------------------------------------------------ */

#define WITH_MODE(call) \
  va_list ap; \
  va_start(ap, flags); \
  mode_t mode = flags & O_CREAT ? va_arg(ap, mode_t) : 0; \
  va_end(ap); \
  return fails(OPEN) ? -1 : call

int open(const char *path, int flags, ...) { WITH_MODE(REAL(open)(path, flags, mode)); }
int open64(const char *path, int flags, ...) { WITH_MODE(REAL(open)(path, flags, mode)); }
int openat(int dir, const char *path, int flags, ...) { WITH_MODE(REAL(openat)(dir, path, flags, mode)); }
FILE *fopen(const char *path, const char *mode) { return fails(OPEN) ? NULL : REAL(fopen)(path, mode); }
DIR *opendir(const char *path) { return fails(OPEN) ? NULL : REAL(opendir)(path); }

static void mark(FILE *f) { f->_flags |= 0x20; } /* what ferror tells of, in glibc */

ssize_t read(int fd, void *b, size_t n) { return fails(READ) ? -1 : REAL(read)(fd, b, n); }
ssize_t pread(int fd, void *b, size_t n, off_t o) { return fails(READ) ? -1 : REAL(pread)(fd, b, n, o); }
size_t fread(void *b, size_t size, size_t n, FILE *f) {
  if (!fails(READ)) return REAL(fread)(b, size, n, f);
  mark(f);
  return 0;
}

ssize_t write(int fd, const void *b, size_t n) { return fails(WRITE) || disk_full(n) ? -1 : REAL(write)(fd, b, n); }
ssize_t pwrite(int fd, const void *b, size_t n, off_t o) {
  return fails(WRITE) || disk_full(n) ? -1 : REAL(pwrite)(fd, b, n, o);
}
size_t fwrite(const void *b, size_t size, size_t n, FILE *f) {
  if (f == stderr || (!fails(WRITE) && (f == stdout || !disk_full(size * n)))) return REAL(fwrite)(b, size, n, f);
  mark(f);
  return 0;
}
int fflush(FILE *f) {
  if (f == stderr || !fails(WRITE)) return REAL(fflush)(f);
  if (f) mark(f);
  return EOF;
}

int fsync(int fd) { return fails(FSYNC) ? -1 : REAL(fsync)(fd); }
int rename(const char *a, const char *b) { return fails(RENAME) ? -1 : REAL(rename)(a, b); }
int unlink(const char *path) { return fails(UNLINK) ? -1 : REAL(unlink)(path); }
int mkdir(const char *path, mode_t mode) { return fails(MKDIR) ? -1 : REAL(mkdir)(path, mode); }

int stat(const char *path, struct stat *st) { return fails(STAT) ? -1 : REAL(stat)(path, st); }
int lstat(const char *path, struct stat *st) { return fails(STAT) ? -1 : REAL(lstat)(path, st); }
int fstat(int fd, struct stat *st) { return fails(STAT) ? -1 : REAL(fstat)(fd, st); }

/* The descriptor is gone all the same, as after a real failure. */
int close(int fd) {
  int bad = fails(CLOSE), r = REAL(close)(fd);
  if (!bad) return r;
  errno = EIO;
  return -1;
}
int fclose(FILE *f) {
  int bad = fails(CLOSE), r = REAL(fclose)(f);
  if (!bad) return r;
  errno = ENOSPC;
  return EOF;
}

off_t lseek(int fd, off_t o, int w) { return fails(SEEK) ? -1 : REAL(lseek)(fd, o, w); }
int fseek(FILE *f, long o, int w) { return fails(SEEK) ? -1 : REAL(fseek)(f, o, w); }
int fseeko(FILE *f, off_t o, int w) { return fails(SEEK) ? -1 : REAL(fseeko)(f, o, w); }
int ftruncate(int fd, off_t n) { return fails(SEEK) ? -1 : REAL(ftruncate)(fd, n); }
int flock(int fd, int how) { return fails(LOCK) ? -1 : REAL(flock)(fd, how); }
int link(const char *a, const char *b) { return fails(LINK) ? -1 : REAL(link)(a, b); }

/* ---- threads and children --------------------------------------------------------------------------------------- */

/* What libc keeps of a thread for the next one is nobody's leak. */
int pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*f)(void *), void *arg) {
  if (fails(THREAD)) return EAGAIN;
  inside++;
  int r = REAL(pthread_create)(t, a, f, arg);
  inside--;
  return r;
}
int thrd_create(thrd_t *t, thrd_start_t f, void *arg) {
  if (fails(THREAD)) return thrd_nomem;
  inside++;
  int r = REAL(thrd_create)(t, f, arg);
  inside--;
  return r;
}
pid_t fork(void) { return fails(CHILD) ? -1 : REAL(fork)(); }
int execve(const char *path, char *const *argv, char *const *env) { return fails(CHILD) ? -1 : REAL(execve)(path, argv, env); }
int pipe(int ends[2]) { return fails(CHILD) ? -1 : REAL(pipe)(ends); }
FILE *popen(const char *line, const char *mode) { return fails(CHILD) ? NULL : REAL(popen)(line, mode); }
/* The stream is gone all the same. */
int pclose(FILE *f) {
  int bad = fails(CHILD), r = REAL(pclose)(f);
  if (!bad) return r;
  errno = ECHILD;
  return -1;
}
