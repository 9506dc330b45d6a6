/* NPY: the proved header parser on the bytes, then the file they are, of any dtype and order. */
#include <math.h>

#include "fuzz/folder.h"
#include "fuzz/npy_promise.h"
#include "io/file.h"

unsigned long fuzz_accepted;

/* What was read is finite, and comes back with the same bits when it is written. */
static void same_again(const lfap_mat *m) {
  char path[FOLDER_PATH];
  lfap_ctx ctx = {.threads = 1};
  lfap_mat again = {0};
  size_t n = m->rows * m->cols;
  for (size_t i = 0; i < n; i++) promise(isfinite(m->v[i]), "entries are finite");
  promise(lfap_npy_write(&ctx, folder_path(path, "again.npy"), m) == LFAP_OK, "what was read can be written");
  promise(lfap_npy_read(&ctx, &again, path) == LFAP_OK, "and read again");
  promise(again.rows == m->rows && again.cols == m->cols && memcmp(again.v, m->v, n * sizeof *m->v) == 0, "with the same bits");
  lfap_mat_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  /* the file may be longer than the bytes at hand: three sizes around the interesting edges */
  const size_t total[3] = {size, size + 1000, SIZE_MAX};
  char path[FOLDER_PATH];
  lfap_ctx ctx = {.threads = 1};
  lfap_mat m = {0};
  for (int k = 0, ok; k < 3; k++) promise(npy_promise(&ok, data, size, total[k]), "the header's parser (npy_promise.h)");
  folder_put("X.npy", data, size);
  if (taken(lfap_npy_read_samples(&ctx, &m, folder_path(path, "X.npy")), &ctx)) same_again(&m);
  lfap_mat_free(&m);
  return 0;
}
