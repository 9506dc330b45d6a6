/* The NPY header parser on arbitrary bytes; standalone.h says how to build it. */
#include "fuzz/npy_promise.h"

#include <stdlib.h>

#include "fuzz/npy_seeds.h"

static unsigned long accepted;
#include "fuzz/standalone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  /* the file may be longer than the bytes at hand: three sizes around the interesting edges */
  const size_t total[3] = {size, size + 1000, SIZE_MAX};
  for (int k = 0; k < 3; k++) {
    int ok;
    if (!npy_promise(&ok, data, size, total[k])) abort();
    accepted += (unsigned long)ok;
  }
  return 0;
}
