/* fault.c - LD_PRELOAD library that makes one call fail, as a full disk or exhausted memory would (tests/cli/faults.py).
 * LFAP_FAULT=KIND:K fails the K-th call of the kind, counted from 1; KIND:K+ that one and all after it; KIND:K! kills the
 * process (SIGKILL) before it.
 * LFAP_FAULT_COUNT=FILE: nothing fails, the numbers of calls of all kinds are written to FILE at the end.
 * Calls that libc makes inside itself do not come by here, so what stands above them (fread, fwrite, ...) is replaced too. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <threads.h>
#include <unistd.h>

enum { MEMORY, OPEN, READ, WRITE, FSYNC, RENAME, CLOSE, UNLINK, MKDIR, STAT, THREAD, KINDS };
static const char *const names[KINDS] = {"memory", "open", "read", "write", "fsync", "rename", "close", "unlink", "mkdir", "stat", "thread"};
static const int error[KINDS] = {ENOMEM, EMFILE, EIO, ENOSPC, EIO, EACCES, EIO, EACCES, ENOSPC, EACCES, EAGAIN};

static atomic_long calls[KINDS];
static int armed, kind = -1;
static char then;
static long at;
static char counts[4096];

static int fails(int k) {
  if (!armed) return 0;
  long n = atomic_fetch_add(&calls[k], 1) + 1;
  if (k != kind || (then == '+' ? n < at : n != at)) return 0;
  if (then == '!') raise(SIGKILL);
  errno = error[k];
  return 1;
}

__attribute__((constructor)) static void begin(void) {
  const char *fault = getenv("LFAP_FAULT"), *count = getenv("LFAP_FAULT_COUNT");
  const char *colon = fault ? strchr(fault, ':') : NULL;
  for (int k = 0; colon && k < KINDS; k++)
    if (strlen(names[k]) == (size_t)(colon - fault) && strncmp(names[k], fault, (size_t)(colon - fault)) == 0) kind = k;
  if (colon) {
    char *end = NULL;
    at = strtol(colon + 1, &end, 10);
    then = *end;
  }
  if (count && strlen(count) < sizeof counts) strcpy(counts, count);
  unsetenv("LD_PRELOAD"); /* children are left alone */
  armed = 1;
}

__attribute__((destructor)) static void finish(void) {
  armed = 0;
  if (!counts[0]) return;
  FILE *f = fopen(counts, "w");
  for (int k = 0; f && k < KINDS; k++) fprintf(f, "%s %ld\n", names[k], atomic_load(&calls[k]));
  if (f) fclose(f);
}

/* The function behind `name`, of the type of the one that is asked for. */
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* ---- memory: glibc's own names, as dlsym itself asks for memory ------------------------------------------------ */

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);
void *malloc(size_t n) { return fails(MEMORY) ? NULL : __libc_malloc(n); }
void *calloc(size_t n, size_t m) { return fails(MEMORY) ? NULL : __libc_calloc(n, m); }
void *realloc(void *p, size_t n) { return fails(MEMORY) ? NULL : __libc_realloc(p, n); }

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

ssize_t write(int fd, const void *b, size_t n) { return fails(WRITE) ? -1 : REAL(write)(fd, b, n); }
size_t fwrite(const void *b, size_t size, size_t n, FILE *f) {
  if (f == stderr || !fails(WRITE)) return REAL(fwrite)(b, size, n, f);
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

/* ---- threads ---------------------------------------------------------------------------------------------------- */

int pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*f)(void *), void *arg) {
  return fails(THREAD) ? EAGAIN : REAL(pthread_create)(t, a, f, arg);
}
int thrd_create(thrd_t *t, thrd_start_t f, void *arg) { return fails(THREAD) ? thrd_nomem : REAL(thrd_create)(t, f, arg); }
