/* idx_header.h - parser of the IDX header (magic 0x0000 08 ndim, big-endian sizes) from arbitrary bytes. */
#ifndef LFAP_KERNEL_IDX_HEADER_H
#define LFAP_KERNEL_IDX_HEADER_H
#include <stddef.h>
#include <stdint.h>

typedef struct {
  size_t ndim;   /* 1 (labels) or 3 (images) */
  size_t dim[3]; /* unused ones are 1 */
  size_t offset; /* of the first byte of data */
} lfap_idx_info;
typedef enum { LFAP_IDX_OK = 0, LFAP_IDX_MAGIC, LFAP_IDX_TRUNCATED, LFAP_IDX_SHAPE, LFAP_IDX_SIZE } lfap_idx_verdict;

/* LFAP_IDX_OK promises dim[0]*dim[1]*dim[2] == len - offset, all dims > 0. Only unsigned bytes (type 8). */
/*@ requires buffer: \valid_read(b + (0 .. len - 1));
  @ requires out: \valid(out);
  @ requires sep: \separated(out, b + (0 .. len - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns *out;
  @ ensures verdict: 0 <= \result <= LFAP_IDX_SIZE;
  @ ensures shape: \result == LFAP_IDX_OK ==>
  @   (out->ndim == 1 && out->dim[1] == 1 && out->dim[2] == 1) || out->ndim == 3;
  @ ensures offset: \result == LFAP_IDX_OK ==> out->offset == 4 + 4 * out->ndim && out->offset <= len;
  @ ensures entries: \result == LFAP_IDX_OK ==> out->dim[0] > 0 && out->dim[1] > 0 && out->dim[2] > 0;
  @ ensures whole: \result == LFAP_IDX_OK ==> out->dim[0] * out->dim[1] * out->dim[2] == len - out->offset;
  @ ensures untouched: \result != LFAP_IDX_OK ==> *out == \old(*out); */
lfap_idx_verdict lfap_idx_header(lfap_idx_info *out, const uint8_t *b, size_t len);
#endif
