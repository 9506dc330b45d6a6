/* idx_promise.h - what LFAP_IDX_OK promises (kernel/idx_header.h), checked without trusting products not to wrap. */
#ifndef LFAP_TESTS_IDX_PROMISE_H
#define LFAP_TESTS_IDX_PROMISE_H
#include <string.h>

#include "kernel/idx_header.h"

static inline int idx_promise(int *ok, const uint8_t *b, size_t len) {
  lfap_idx_info info, before;
  memset(&info, 0x5a, sizeof info);
  before = info;
  lfap_idx_verdict v = lfap_idx_header(&info, b, len);
  *ok = v == LFAP_IDX_OK;
  if ((int)v < 0 || v > LFAP_IDX_SIZE) return 0;
  if (v != LFAP_IDX_OK) return memcmp(&info, &before, sizeof info) == 0;
  if (info.offset > len || info.dim[0] == 0 || info.dim[1] == 0 || info.dim[2] == 0) return 0;
  if (info.ndim != 3 && (info.ndim != 1 || info.dim[1] != 1 || info.dim[2] != 1)) return 0;
  size_t items = len - info.offset; /* dividing out one size after the other leaves exactly 1 */
  for (int k = 0; k < 3; k++) {
    if (items % info.dim[k] != 0) return 0;
    items /= info.dim[k];
  }
  return items == 1;
}
#endif
