/* Zip: the proved parser of a directory on the bytes, then the archive they are: its members, and the arrays in them. */
#include "fuzz/folder.h"
#include "fuzz/zip_promise.h"
#include "io/source.h"

unsigned long fuzz_accepted;

static void read_array(const char *path) {
  lfap_ctx ctx = {.threads = 1};
  lfap_mat m = {0};
  if (taken(lfap_npy_read(&ctx, &m, path), &ctx)) promise(m.rows > 0 && m.cols > 0 && m.v != NULL, "an array has entries");
  lfap_mat_free(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  /* the file may be longer than the bytes at hand */
  const size_t total[3] = {size, size + 1000, SIZE_MAX};
  char path[FOLDER_PATH], member[FOLDER_PATH + 8];
  size_t ok;
  for (int k = 0; k < 3; k++) promise(zip_promise(&ok, data, size, total[k]), "the directory's parser (zip_promise.h)");
  folder_put("a.npz", data, size);
  folder_path(path, "a.npz");
  read_array(path);
  snprintf(member, sizeof member, "%s:y", path);
  read_array(member);
  promise(!lfap_archive_has(path, "y") || lfap_archive_is(path), "only an archive has members");
  return 0;
}
