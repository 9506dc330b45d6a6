/* leftover.c - temporary files of dead processes: a lock tells them from those of the living. */
#include "io/leftover.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DIGITS = 16 };

int lfap_leftover_hold(int fd) {
  struct stat st;
  if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return 0;
  return fstat(fd, &st) != 0 || st.st_nlink > 0;
}

int lfap_leftover_take(int fd) { return flock(fd, LOCK_EX | LOCK_NB) == 0; }

/* name.0123456789abcdef.tmp */
static int is_temporary(const char *entry, const char *name) {
  size_t n = strlen(name);
  if (strncmp(entry, name, n) != 0 || entry[n] != '.') return 0;
  const char *digits = entry + n + 1;
  return strspn(digits, "0123456789abcdef") == DIGITS && strcmp(digits + DIGITS, ".tmp") == 0;
}

static void remove_from(DIR *d, const char *name) {
  for (struct dirent *e; (e = readdir(d)) != NULL;) {
    struct stat st;
    if (!is_temporary(e->d_name, name)) continue;
    int fd = openat(dirfd(d), e->d_name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0) continue;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && lfap_leftover_take(fd)) unlinkat(dirfd(d), e->d_name, 0);
    close(fd);
  }
}

void lfap_leftover_remove(const char *path) {
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
  char *dir = slash ? strndup(path, (size_t)(slash - path) + 1) : NULL;
  DIR *d = slash && !dir ? NULL : opendir(dir ? dir : ".");
  if (d) {
    remove_from(d, name);
    closedir(d);
  }
  free(dir);
}
