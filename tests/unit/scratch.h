/* scratch.h - a directory of its own for each test that needs files; removed with everything in it. */
#ifndef LFAP_TESTS_SCRATCH_H
#define LFAP_TESTS_SCRATCH_H
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
  char dir[64];
  char path[512];
} scratch;

static inline void scratch_make(scratch *s) {
  strcpy(s->dir, "/tmp/lfap-test-XXXXXX");
  cr_assert(mkdtemp(s->dir) != NULL);
}
/* Full name of `name` in the directory; overwritten by the next call. */
static inline const char *scratch_path(scratch *s, const char *name) {
  snprintf(s->path, sizeof s->path, "%s/%s", s->dir, name);
  return s->path;
}
static inline const char *scratch_put(scratch *s, const char *name, const void *bytes, size_t len) {
  FILE *f = fopen(scratch_path(s, name), "wb");
  cr_assert(f != NULL);
  cr_assert(fwrite(bytes, 1, len, f) == len);
  cr_assert(fclose(f) == 0);
  return s->path;
}
/* The whole file, NUL-terminated; the caller frees it. */
static inline char *scratch_get(const char *path, size_t *len) {
  FILE *f = fopen(path, "rb");
  cr_assert(f != NULL, "%s", path);
  fseek(f, 0, SEEK_END);
  *len = (size_t)ftell(f);
  rewind(f);
  char *bytes = malloc(*len + 1);
  cr_assert(fread(bytes, 1, *len, f) == *len);
  bytes[*len] = '\0';
  fclose(f);
  return bytes;
}
/* Number of entries in the directory (of one level). */
static inline int scratch_count(const char *dir) {
  DIR *d = opendir(dir);
  int n = 0;
  cr_assert(d != NULL);
  for (struct dirent *e; (e = readdir(d)) != NULL;) n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
  closedir(d);
  return n;
}
static inline void scratch_remove(scratch *s) {
  DIR *d = opendir(s->dir);
  if (d != NULL) {
    for (struct dirent *e; (e = readdir(d)) != NULL;)
      if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) remove(scratch_path(s, e->d_name));
    closedir(d);
  }
  rmdir(s->dir);
}
#endif
