/* npy_header.h - parser of the NPY header from arbitrary bytes (spec/formats.md). No allocation, no I/O. */
#ifndef LFAP_KERNEL_NPY_HEADER_H
#define LFAP_KERNEL_NPY_HEADER_H
#include <stddef.h>
#include <stdint.h>

typedef enum {
  LFAP_NPY_OK = 0,
  LFAP_NPY_MAGIC,
  LFAP_NPY_VERSION,
  LFAP_NPY_TRUNCATED,
  LFAP_NPY_SYNTAX,
  LFAP_NPY_DTYPE,
  LFAP_NPY_BIG_ENDIAN,
  LFAP_NPY_OBJECT,
  LFAP_NPY_FORTRAN,
  LFAP_NPY_SHAPE,
  LFAP_NPY_EMPTY,
  LFAP_NPY_HUGE
} lfap_npy_verdict;
typedef enum { LFAP_F8 = 0, LFAP_F4, LFAP_U1, LFAP_I1, LFAP_I4, LFAP_I8 } lfap_npy_dtype;
typedef struct {
  lfap_npy_dtype dtype;
  size_t itemsize, ndim, rows, cols; /* cols = 1 for ndim 1 */
  size_t offset;                     /* of the first item */
} lfap_npy_info;

/*@ predicate is_npy_verdict(integer v) = 0 <= v <= LFAP_NPY_HUGE;
  @ predicate npy_item(integer dtype, integer size) =
  @   (size == 8 && (dtype == LFAP_F8 || dtype == LFAP_I8)) || (size == 4 && (dtype == LFAP_F4 || dtype == LFAP_I4)) ||
  @   (size == 1 && (dtype == LFAP_U1 || dtype == LFAP_I1)); */

/* b: the first len bytes of the file (at least the whole header; len <= 2^20 is enough), total: size of the whole file.
   Keys in any order, any spacing Python's repr could give. LFAP_NPY_OK promises rows*cols*itemsize <= total - offset,
   rows, cols > 0 and rows*cols <= SIZE_MAX/8. A header that does not end within len is TRUNCATED where the file ends
   before it, SYNTAX otherwise (no array of one or two dimensions needs such a header). */
/*@ requires buffer: \valid_read(b + (0 .. len - 1));
  @ requires prefix: len <= total;
  @ requires out: \valid(out);
  @ requires sep: \separated(out, b + (0 .. len - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns *out;
  @ ensures verdict: is_npy_verdict(\result);
  @ ensures offset: \result == LFAP_NPY_OK ==> 10 <= out->offset <= len;
  @ ensures item: \result == LFAP_NPY_OK ==> npy_item(out->dtype, out->itemsize);
  @ ensures fits: \result == LFAP_NPY_OK ==> out->rows * out->cols * out->itemsize <= total - out->offset;
  @ ensures addressable: \result == LFAP_NPY_OK ==> out->rows * out->cols <= 0x1fffffffffffffff;
  @ ensures entries: \result == LFAP_NPY_OK ==> out->rows > 0 && out->cols > 0;
  @ ensures shape: \result == LFAP_NPY_OK ==> (out->ndim == 1 && out->cols == 1) || out->ndim == 2;
  @ ensures untouched: \result != LFAP_NPY_OK ==> *out == \old(*out); */
lfap_npy_verdict lfap_npy_header(lfap_npy_info *out, const uint8_t *b, size_t len, size_t total);
#endif
