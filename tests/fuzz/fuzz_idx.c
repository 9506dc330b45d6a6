/* IDX through gzip: the proved header parser on the bytes, then four files of an image set. The input: a byte of flags, three lengths of two
 * bytes, the four files one after the other; a flag says that a file is packed here, without it its bytes are the gzip stream. */
#include <math.h>
#include <zlib.h>

#include "fuzz/folder.h"
#include "fuzz/idx_promise.h"

unsigned long fuzz_accepted;

static void put(const char *name, const uint8_t *b, size_t len, int pack) {
  char path[FOLDER_PATH];
  if (!pack) {
    folder_put(name, b, len);
    return;
  }
  gzFile f = gzopen(folder_path(path, name), "wb1");
  if (f == NULL || (len > 0 && gzwrite(f, b, (unsigned)len) != (int)len) || gzclose(f) != Z_OK) perror(path), exit(74);
}

static void read_set(int flags) {
  char path[FOLDER_PATH];
  lfap_ctx ctx = {.threads = 1};
  lfap_images im = {0};
  size_t n = 2 + (size_t)(flags >> 4 & 3), height = 0, width = 0;
  folder_path(path, "");
  if (taken(lfap_images_shape(&ctx, &height, &width, path), &ctx)) promise(height > 0 && width > 0, "images have pixels");
  if (!taken(lfap_images_read(&ctx, &im, path, 1, 0, n, flags >> 6 & 1), &ctx)) return;
  promise(im.train.n == n && im.height == height && im.width == width && im.train.d == height * width, "the sizes asked for");
  for (size_t i = 0; i < n; i++) promise(fabs(im.train.y[i]) == 1.0, "labels are +1 and -1");
  for (size_t i = 0; i < n * im.train.d; i++) promise(fabs(im.train.x[i]) <= 1.0, "pixels are between 0 and 1, less a mean");
  for (size_t i = 0; i < im.test.n * im.test.d; i++) promise(fabs(im.test.x[i]) <= 1.0, "and those of the test set");
  lfap_images_free(&im);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const name[4] = {"train-labels-idx1-ubyte.gz", "train-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz"};
  source s = {data, data + size};
  int flags = next_byte(&s), ok;
  size_t len[4];
  for (int k = 0; k < 3; k++) len[k] = (size_t)next_bytes(&s, 2);
  for (int k = 0; k < 4; k++) {
    size_t left = (size_t)(s.end - s.at), n = k < 3 && len[k] < left ? len[k] : left;
    promise(idx_promise(&ok, s.at, n), "the header's parser (idx_promise.h)");
    put(name[k], s.at, n, flags >> k & 1);
    s.at += n;
  }
  read_set(flags);
  return 0;
}
