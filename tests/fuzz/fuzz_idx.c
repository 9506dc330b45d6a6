/* The IDX header parser on arbitrary bytes; standalone.h says how to build it. */
#include "fuzz/idx_promise.h"

#include <stdlib.h>

#include "fuzz/idx_seeds.h"

static unsigned long accepted;
#include "fuzz/standalone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  int ok;
  if (!idx_promise(&ok, data, size)) abort();
  accepted += (unsigned long)ok;
  return 0;
}
