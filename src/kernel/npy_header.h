/* npy_header.h - parser of the NPY header from arbitrary bytes (spec/formats.md). No allocation, no I/O. */
#ifndef LFAP_KERNEL_NPY_HEADER_H
#define LFAP_KERNEL_NPY_HEADER_H
#include <stddef.h>
#include <stdint.h>

typedef enum {
  LFAP_NPY_OK = 0, LFAP_NPY_MAGIC, LFAP_NPY_VERSION, LFAP_NPY_TRUNCATED, LFAP_NPY_SYNTAX, LFAP_NPY_DTYPE,
  LFAP_NPY_BIG_ENDIAN, LFAP_NPY_OBJECT, LFAP_NPY_FORTRAN, LFAP_NPY_SHAPE, LFAP_NPY_EMPTY, LFAP_NPY_HUGE
} lfap_npy_verdict;
typedef enum { LFAP_F8 = 0, LFAP_F4, LFAP_U1, LFAP_I1, LFAP_I4, LFAP_I8 } lfap_npy_dtype;
typedef struct {
  lfap_npy_dtype dtype;
  size_t itemsize, ndim, rows, cols; /* cols = 1 for ndim 1 */
  size_t offset;                     /* of the first item */
} lfap_npy_info;

/* b: the first len bytes of the file (at least the whole header; len <= 2^20 is enough), total: size of the whole file.
   Keys in any order, any spacing Python's repr could give. LFAP_NPY_OK promises rows*cols*itemsize <= total - offset,
   rows, cols > 0 and rows*cols <= SIZE_MAX/8. */
lfap_npy_verdict lfap_npy_header(lfap_npy_info *out, const uint8_t *b, size_t len, size_t total);
#endif
