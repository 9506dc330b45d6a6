/* folder.h - input as files, for targets whose readers open a path: in a directory of this process alone, removed at its end. */
#ifndef LFAP_TESTS_FUZZ_FOLDER_H
#define LFAP_TESTS_FUZZ_FOLDER_H
#include <dirent.h>
#include <limits.h>
#include <unistd.h>

#include "fuzz/target.h"

static char folder[PATH_MAX];

static void folder_empty(void) {
  char path[PATH_MAX + 300];
  DIR *d = opendir(folder);
  if (d == NULL) return;
  for (struct dirent *e; (e = readdir(d)) != NULL;) {
    snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
    if (e->d_name[0] != '.') unlink(path);
  }
  closedir(d);
}

static void folder_remove(void) {
  folder_empty();
  rmdir(folder);
}

/* DIR/name, in a buffer of the caller's. */
enum { FOLDER_PATH = PATH_MAX + 64 };
static const char *folder_path(char path[FOLDER_PATH], const char *name) {
  const char *top = getenv("TMPDIR");
  if (folder[0] == '\0') {
    snprintf(folder, sizeof folder, "%s/lfap-fuzz-XXXXXX", top ? top : "/tmp");
    if (mkdtemp(folder) == NULL) perror(folder), exit(73);
    atexit(folder_remove);
  }
  snprintf(path, FOLDER_PATH, "%s/%s", folder, name);
  return path;
}

static void folder_put(const char *name, const uint8_t *bytes, size_t len) {
  char path[FOLDER_PATH];
  FILE *f = fopen(folder_path(path, name), "wb");
  if (f == NULL || fwrite(bytes, 1, len, f) != len || fclose(f) != 0) perror(path), exit(74);
}
#endif
