/* Zip: the proved parser of a directory on the bytes, then the archive they are: its members, and the arrays in them. */
#include "fuzz/folder.h"
#include "fuzz/zip_promise.h"
#include "io/source.h"

unsigned long fuzz_accepted;

static lfap_status read_array(const char *path) {
  lfap_ctx ctx = {.threads = 1};
  lfap_mat m = {0};
  lfap_status s = lfap_npy_read(&ctx, &m, path);
  if (taken(s, &ctx)) promise(m.rows > 0 && m.cols > 0 && m.v != NULL, "an array has entries");
  lfap_mat_free(&m);
  return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  /* the file may be longer than the bytes at hand */
  const size_t total[3] = {size, size + 1000, SIZE_MAX};
  char path[FOLDER_PATH], member[FOLDER_PATH + 8];
  lfap_ctx ctx = {.threads = 1};
  size_t ok;
  int has = 0;
  for (int k = 0; k < 3; k++) promise(zip_promise(&ok, data, size, total[k]), "the directory's parser (zip_promise.h)");
  folder_put("a.npz", data, size);
  folder_path(path, "a.npz");
  read_array(path);
  snprintf(member, sizeof member, "%s:y", path);
  lfap_status s = read_array(member);
  promise(lfap_archive_has(&ctx, &has, path, "y") == LFAP_OK, "an archive that is there can be looked at");
  promise(!has || s != LFAP_ERR_NOINPUT, "a member that is there is found");
  return 0;
}
