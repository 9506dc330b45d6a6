/* The parser of a zip archive's directory on arbitrary bytes; standalone.h says how to build it. */
#include "fuzz/zip_promise.h"

#include <stdlib.h>

enum { SEEDS = ZIP_SEEDS };
#define TOKENS ZIP_TOKENS
#define seed_input zip_seed

static unsigned long accepted;
#include "fuzz/standalone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  /* the file may be longer than the bytes at hand */
  const size_t total[3] = {size, size + 1000, SIZE_MAX};
  for (int k = 0; k < 3; k++) {
    size_t ok;
    if (!zip_promise(&ok, data, size, total[k])) abort();
    accepted += ok > 0;
  }
  return 0;
}
