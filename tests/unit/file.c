/* Files that appear whole or not at all, directories, and the context's messages. */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

#include "lfap.h"
#include "scratch.h"

static scratch s;
static void make(void) { scratch_make(&s); }
static void drop(void) { scratch_remove(&s); }
TestSuite(file, .init = make, .fini = drop);

/* The directory becomes read-only, and the test gives up root's right to write anywhere; the directory goes with it, so
   that it can be removed. */
static void lock_directory(void) {
  if (geteuid() == 0) {
    cr_assert(chown(s.dir, 65534, 65534) == 0);
    cr_assert(setgid(65534) == 0 && setuid(65534) == 0);
  }
  cr_assert(chmod(s.dir, 0555) == 0);
}
static void unlock_directory(void) { cr_assert(chmod(s.dir, 0755) == 0); }

Test(file, write_and_replace) {
  lfap_ctx ctx = {0};
  size_t len;
  const char *path = scratch_path(&s, "a.csv");
  cr_assert(lfap_file_write(&ctx, path, "one\n", 4) == LFAP_OK);
  cr_assert(lfap_file_write(&ctx, path, "two\0three", 9) == LFAP_OK);
  char *got = scratch_get(path, &len);
  cr_assert(len == 9 && memcmp(got, "two\0three", 9) == 0);
  free(got);
  cr_assert(lfap_file_write(&ctx, path, NULL, 0) == LFAP_OK);
  free(scratch_get(path, &len));
  cr_assert(len == 0);
  cr_assert(scratch_count(s.dir) == 1);
}

/* What the caller is asked before a file is opened, and how it says no. */
static lfap_status not_b(lfap_ctx *ctx, const char *path) {
  ++*(int *)ctx->user;
  if (path[strlen(path) - 1] != 'b') return LFAP_OK;
  snprintf(ctx->message, sizeof ctx->message, "not b");
  return LFAP_ERR_USAGE;
}

Test(file, the_caller_knows_what_is_read) {
  int asked = 0;
  lfap_ctx ctx = {.user = &asked, .reading = not_b};
  lfap_mat m = {.rows = 1, .cols = 1, .ndim = 2, .v = (double[]){5}}, got = {0};
  cr_assert_eq(lfap_npy_write(&ctx, scratch_path(&s, "a"), &m), LFAP_OK);
  cr_assert_eq(lfap_npy_write(&ctx, scratch_path(&s, "b"), &m), LFAP_OK);
  cr_assert_eq(asked, 0, "nothing was read");
  cr_assert_eq(lfap_npy_read(&ctx, &got, s.path), LFAP_ERR_USAGE);
  cr_assert(asked == 1 && !got.v && strcmp(ctx.message, "not b") == 0, "%s", ctx.message);
  cr_assert_eq(lfap_npy_read(&ctx, &got, scratch_path(&s, "a")), LFAP_OK);
  cr_assert(asked == 2 && got.v[0] == 5);
  lfap_mat_free(&got);
}

Test(file, mode_follows_the_umask) {
  struct stat st;
  umask(027);
  cr_assert(lfap_file_write(NULL, scratch_path(&s, "a"), "x", 1) == LFAP_OK);
  cr_assert(stat(s.path, &st) == 0 && (st.st_mode & 0777) == 0640);
}

Test(file, cannot_create) {
  lfap_ctx ctx = {0};
  cr_assert(lfap_file_write(&ctx, scratch_path(&s, "no/such/file"), "x", 1) == LFAP_ERR_CANTCREATE);
  cr_assert(strstr(ctx.message, "no/such/file: cannot be created: No such file") != NULL, "%s", ctx.message);
  cr_assert(lfap_file_write(&ctx, s.dir, "x", 1) == LFAP_ERR_CANTCREATE);
  cr_assert(strstr(ctx.message, "not a regular file") != NULL, "%s", ctx.message);
  cr_assert(scratch_count(s.dir) == 0);
  /* what is no file must not be replaced by one: think of --out /dev/null; a pipe is the harmless specimen */
  struct stat st;
  cr_assert(mkfifo(scratch_path(&s, "pipe"), 0600) == 0);
  cr_assert(lfap_file_write(&ctx, s.path, "x", 1) == LFAP_ERR_CANTCREATE);
  cr_assert(stat(s.path, &st) == 0 && S_ISFIFO(st.st_mode) && scratch_count(s.dir) == 1);
}

Test(file, unwritable_directory) {
  lfap_ctx ctx = {0};
  struct stat st;
  lock_directory();
  cr_assert(lfap_file_write(&ctx, scratch_path(&s, "a"), "x", 1) == LFAP_ERR_CANTCREATE);
  cr_assert(strstr(ctx.message, "/a: cannot be created: Permission denied") != NULL, "%s", ctx.message);
  cr_assert(lfap_dir_make(&ctx, s.dir) == LFAP_ERR_CANTCREATE);
  cr_assert(strstr(ctx.message, "cannot be written to: Permission denied") != NULL, "%s", ctx.message);
  cr_assert(stat(scratch_path(&s, "a"), &st) != 0);
  unlock_directory();
}
Test(file, unwritable_directory_of_a_new_one) {
  lfap_ctx ctx = {0};
  lock_directory();
  cr_assert(lfap_dir_make(&ctx, scratch_path(&s, "x/y")) == LFAP_ERR_CANTCREATE);
  cr_assert(strstr(ctx.message, "x/y: cannot be created: Permission denied") != NULL, "%s", ctx.message);
  unlock_directory();
}

/* A limit on the size of files is the full disk that a test can make. */
static void fill_the_disk_at(rlim_t bytes) {
  struct rlimit limit = {bytes, bytes};
  signal(SIGXFSZ, SIG_IGN);
  cr_assert(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

Test(file, a_full_disk_leaves_the_old_file) {
  lfap_ctx ctx = {0};
  size_t len;
  static char big[1 << 20];
  const char *path = scratch_put(&s, "a", "old", 3);
  fill_the_disk_at(65536);
  cr_assert(lfap_file_write(&ctx, path, big, sizeof big) == LFAP_ERR_IO);
  cr_assert(strstr(ctx.message, "/a: writing failed: ") != NULL, "%s", ctx.message);
  char *got = scratch_get(path, &len);
  cr_assert_str_eq(got, "old");
  free(got);
  cr_assert(scratch_count(s.dir) == 1);
}

Test(file, a_disk_full_at_the_last_bytes) {
  /* few enough bytes to wait in stdio's buffer until the file is closed */
  lfap_ctx ctx = {0};
  fill_the_disk_at(10);
  cr_assert(lfap_file_write(&ctx, scratch_path(&s, "a"), "0123456789abc", 13) == LFAP_ERR_IO);
  cr_assert(scratch_count(s.dir) == 0);
}

Test(file, a_full_disk_and_npy) {
  lfap_ctx ctx = {0};
  lfap_mat m = {0};
  cr_assert(lfap_mat_alloc(&ctx, &m, 1000, 100) == LFAP_OK);
  fill_the_disk_at(65536);
  cr_assert(lfap_npy_write(&ctx, scratch_path(&s, "a.npy"), &m) == LFAP_ERR_IO);
  cr_assert(strstr(ctx.message, "nothing was left behind") != NULL);
  cr_assert(scratch_count(s.dir) == 0);
  lfap_mat_free(&m);
}

Test(file, directories) {
  lfap_ctx ctx = {0};
  struct stat st;
  char deep[300];
  snprintf(deep, sizeof deep, "%s//x/./y/z/", s.dir);
  cr_assert(lfap_dir_make(&ctx, deep) == LFAP_OK, "%s", ctx.message);
  cr_assert(stat(scratch_path(&s, "x/y/z"), &st) == 0 && S_ISDIR(st.st_mode));
  cr_assert(lfap_dir_make(&ctx, deep) == LFAP_OK); /* again */
  cr_assert(lfap_dir_make(&ctx, "") == LFAP_ERR_CANTCREATE);
  rmdir(scratch_path(&s, "x/y/z")), rmdir(scratch_path(&s, "x/y"));
}

Test(file, a_file_where_the_directory_should_be) {
  lfap_ctx ctx = {0};
  scratch_put(&s, "f", "x", 1);
  cr_assert(lfap_dir_make(&ctx, scratch_path(&s, "f")) == LFAP_ERR_CANTCREATE);
  cr_assert(strstr(ctx.message, "/f: cannot be created: Not a directory") != NULL, "%s", ctx.message);
  cr_assert(lfap_dir_make(&ctx, scratch_path(&s, "f/g")) == LFAP_ERR_CANTCREATE);
}

Test(file, messages) {
  lfap_ctx ctx = {0};
  cr_assert(lfap_fail(NULL, LFAP_ERR_DATA, "x") == LFAP_ERR_DATA);
  cr_assert(lfap_fail(&ctx, LFAP_ERR_USAGE, "n = %d", 3) == LFAP_ERR_USAGE);
  cr_assert_str_eq(ctx.message, "n = 3");
  lfap_fail(&ctx, LFAP_ERR_USAGE, "more: %s", ctx.message); /* the old message as an argument */
  cr_assert_str_eq(ctx.message, "more: n = 3");
  lfap_fail(&ctx, LFAP_ERR_USAGE, "%02000d", 7); /* longer than the room */
  cr_assert(strlen(ctx.message) == sizeof ctx.message - 1);
}

static int stop_at_two(void *user, const char *what, double done, double total) {
  *(double *)user = total;
  return strcmp(what, "steps") == 0 && done >= 2.0;
}

Test(file, ticks) {
  double seen = 0;
  lfap_ctx ctx = {.progress = stop_at_two, .user = &seen};
  cr_assert(lfap_tick(NULL, "steps", 5, 9) == LFAP_OK);
  cr_assert(lfap_tick(&ctx, "steps", 1, 9) == LFAP_OK && seen == 9.0);
  cr_assert(lfap_tick(&ctx, "steps", 2, 9) == LFAP_ERR_INTERRUPTED);
  cr_assert(strstr(ctx.message, "interrupted: steps (2 of 9") != NULL);
}

Test(file, matrices) {
  lfap_ctx ctx = {0};
  lfap_mat m = {0}, same = {0};
  cr_assert(lfap_mat_alloc(&ctx, &m, 3, 5) == LFAP_OK && m.rows == 3 && m.cols == 5 && m.ndim == 2);
  for (int i = 0; i < 15; i++) cr_assert(m.v[i] == 0.0);
  lfap_mat_free(&m);
  cr_assert(m.v == NULL && m.rows == 0);
  lfap_mat_free(&m); /* of a zeroed object */
  cr_assert(lfap_vec_alloc(&ctx, &m, 4) == LFAP_OK && m.rows == 4 && m.cols == 1 && m.ndim == 1);
  lfap_mat_free(&m);
  cr_assert(lfap_mat_alloc(&ctx, &m, 0, 5) == LFAP_OK && m.v != NULL);
  lfap_mat_free(&m);
  /* products that wrap around, and more than any machine has; the output stays as it was */
  cr_assert(lfap_mat_alloc(&ctx, &m, SIZE_MAX / 2, 4) == LFAP_ERR_MEMORY && memcmp(&m, &same, sizeof m) == 0);
  cr_assert(lfap_mat_alloc(&ctx, &m, (size_t)1 << 61, 1) == LFAP_ERR_MEMORY);
  cr_assert(lfap_mat_alloc(&ctx, &m, 1000000, 1000000) == LFAP_ERR_MEMORY && memcmp(&m, &same, sizeof m) == 0);
  cr_assert(strstr(ctx.message, "1000000 x 1000000 doubles needs 8000000000000 bytes") != NULL, "%s", ctx.message);
}
