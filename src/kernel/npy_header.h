/* npy_header.h - parser of the NPY header from arbitrary bytes (spec/formats.md). No allocation, no I/O. */
#ifndef LFAP_KERNEL_NPY_HEADER_H
#define LFAP_KERNEL_NPY_HEADER_H
#include <stddef.h>
#include <stdint.h>

enum { LFAP_NPY_DIMS = 4 }; /* n x channels x height x width */
typedef enum {
  LFAP_NPY_OK = 0,
  LFAP_NPY_MAGIC,
  LFAP_NPY_VERSION,
  LFAP_NPY_TRUNCATED,
  LFAP_NPY_MORE, /* the header goes on behind the bytes at hand */
  LFAP_NPY_SYNTAX,
  LFAP_NPY_DTYPE, /* none of those below */
  LFAP_NPY_COMPLEX,
  LFAP_NPY_LONG, /* longer floating-point numbers than binary64 */
  LFAP_NPY_OBJECT,
  LFAP_NPY_TEXT,
  LFAP_NPY_TIME,
  LFAP_NPY_RECORD,
  LFAP_NPY_SCALAR, /* no dimensions */
  LFAP_NPY_SHAPE,  /* more than LFAP_NPY_DIMS */
  LFAP_NPY_EMPTY,
  LFAP_NPY_HUGE
} lfap_npy_verdict;
typedef enum {
  LFAP_F8 = 0,
  LFAP_F4,
  LFAP_F2,
  LFAP_B1, /* bool */
  LFAP_U1,
  LFAP_I1,
  LFAP_U2,
  LFAP_I2,
  LFAP_U4,
  LFAP_I4,
  LFAP_U8,
  LFAP_I8
} lfap_npy_dtype;
typedef struct {
  lfap_npy_dtype dtype;
  int big, fortran; /* high bytes first; the first index runs fastest */
  size_t itemsize, ndim;
  size_t dim[LFAP_NPY_DIMS]; /* unused ones are 1 */
  size_t rows, cols;         /* dim[0], and the product of the others */
  size_t offset;             /* of the first item */
} lfap_npy_info;

/*@ predicate is_npy_verdict(integer v) = 0 <= v <= LFAP_NPY_HUGE;
  @ predicate npy_item(integer dtype, integer size) =
  @   (size == 8 && (dtype == LFAP_F8 || dtype == LFAP_U8 || dtype == LFAP_I8))
  @   || (size == 4 && (dtype == LFAP_F4 || dtype == LFAP_U4 || dtype == LFAP_I4))
  @   || (size == 2 && (dtype == LFAP_F2 || dtype == LFAP_U2 || dtype == LFAP_I2))
  @   || (size == 1 && (dtype == LFAP_B1 || dtype == LFAP_U1 || dtype == LFAP_I1));
  @ predicate npy_unused{L}(size_t *dim, integer ndim) =
  @   (ndim < 2 ==> dim[1] == 1) && (ndim < 3 ==> dim[2] == 1) && (ndim < 4 ==> dim[3] == 1);
  @ predicate npy_shape{L}(size_t *dim, integer ndim) = 1 <= ndim <= LFAP_NPY_DIMS && npy_unused(dim, ndim); */

/* b: the first len bytes of the file, total: size of the whole file. Keys in any order, any spacing Python's repr could
   give, that of Python 2 too (u'descr', 4L). LFAP_NPY_OK promises rows*cols*itemsize <= total - offset, rows, cols > 0
   and rows*cols <= SIZE_MAX/8. A header that does not end within len is TRUNCATED where the file ends before it, MORE
   otherwise: call again with more of it. */
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
  @ ensures flags: \result == LFAP_NPY_OK ==> 0 <= out->big <= 1 && 0 <= out->fortran <= 1;
  @ ensures fits: \result == LFAP_NPY_OK ==> out->rows * out->cols * out->itemsize <= total - out->offset;
  @ ensures addressable: \result == LFAP_NPY_OK ==> out->rows * out->cols <= 0x1fffffffffffffff;
  @ ensures entries: \result == LFAP_NPY_OK ==> out->rows > 0 && out->cols > 0;
  @ ensures shape: \result == LFAP_NPY_OK ==> npy_shape(&out->dim[0], out->ndim);
  @ ensures product: \result == LFAP_NPY_OK
  @   ==> out->rows == out->dim[0] && out->cols == out->dim[1] * out->dim[2] * out->dim[3];
  @ ensures more: \result == LFAP_NPY_MORE ==> total - len > 0;
  @ ensures untouched: \result != LFAP_NPY_OK ==> *out == \old(*out); */
lfap_npy_verdict lfap_npy_header(lfap_npy_info *out, const uint8_t *b, size_t len, size_t total);
#endif
