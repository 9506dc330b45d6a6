/* npy_promise.h - what LFAP_NPY_OK promises (kernel/npy_header.h), checked without trusting products not to wrap. */
#ifndef LFAP_TESTS_NPY_PROMISE_H
#define LFAP_TESTS_NPY_PROMISE_H
#include <string.h>

#include "kernel/npy_header.h"

static inline int npy_item_ok(lfap_npy_dtype t, size_t size) {
  switch (t) {
  case LFAP_F8:
  case LFAP_U8:
  case LFAP_I8: return size == 8;
  case LFAP_F4:
  case LFAP_U4:
  case LFAP_I4: return size == 4;
  case LFAP_F2:
  case LFAP_U2:
  case LFAP_I2: return size == 2;
  case LFAP_B1:
  case LFAP_U1:
  case LFAP_I1: return size == 1;
  }
  return 0;
}

/* 1 if the parser kept its promise on these bytes; *ok tells whether it accepted them. */
static inline int npy_promise(int *ok, const uint8_t *b, size_t len, size_t total) {
  lfap_npy_info info, before;
  memset(&info, 0x5a, sizeof info);
  before = info;
  lfap_npy_verdict v = lfap_npy_header(&info, b, len, total);
  *ok = v == LFAP_NPY_OK;
  if ((int)v < 0 || v > LFAP_NPY_HUGE) return 0;
  if (v == LFAP_NPY_MORE && len >= total) return 0;
  if (v != LFAP_NPY_OK) return memcmp(&info, &before, sizeof info) == 0;
  if (info.offset < 10 || info.offset > len || !npy_item_ok(info.dtype, info.itemsize)) return 0;
  if (info.rows == 0 || info.cols == 0) return 0;
  if (info.ndim < 1 || info.ndim > LFAP_NPY_DIMS || info.big < 0 || info.big > 1 || info.fortran < 0 || info.fortran > 1) return 0;
  size_t cols = info.cols; /* dividing out one size after the other leaves exactly 1 */
  for (size_t k = 1; k < LFAP_NPY_DIMS; k++) {
    if (info.dim[k] == 0 || (k >= info.ndim && info.dim[k] != 1) || cols % info.dim[k] != 0) return 0;
    cols /= info.dim[k];
  }
  if (cols != 1 || info.rows != info.dim[0]) return 0;
  if (info.rows > SIZE_MAX / 8 / info.cols) return 0;
  return info.rows * info.cols <= (total - info.offset) / info.itemsize;
}
#endif
