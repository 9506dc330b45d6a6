/* idx_header.c - the header of an IDX file: two zero bytes, type 8, number of dimensions, big-endian 32-bit sizes. */
#include "idx_header.h"

/*@ requires buffer: \valid_read(b + (0 .. 3));
  @ terminates \true;
  @ exits \false;
  @ assigns \nothing;
  @ ensures value: \result == 16777216 * b[0] + 65536 * b[1] + 256 * b[2] + b[3];
  @ ensures range: \result <= 0xffffffff; */
static size_t big_endian(const uint8_t *b) {
  return 16777216u * (size_t)b[0] + 65536u * (size_t)b[1] + 256u * (size_t)b[2] + (size_t)b[3];
}

/* a*b*c == n, without overflow: the product of two 32-bit sizes fits, the third is compared by division. */
/*@ requires range: a <= 0xffffffff && b <= 0xffffffff && c <= 0xffffffff;
  @ terminates \true;
  @ exits \false;
  @ assigns \nothing;
  @ ensures result: \result == 0 || \result == 1;
  @ ensures positive: \result == 1 ==> a > 0 && b > 0 && c > 0;
  @ ensures product: \result == 1 ==> a * b * c == n; */
static int product_is(size_t a, size_t b, size_t c, size_t n) {
  if (a == 0 || b == 0 || c == 0) return 0;
  /*@ assert bound: a * b <= 0xffffffff * 0xffffffff; */
  size_t ab = a * b;
  if (n / c != ab || n % c != 0) return 0;
  /*@ assert exact: n == c * (n / c) + n % c; */
  /*@ assert whole: n == c * ab; */
  return 1;
}

lfap_idx_verdict lfap_idx_header(lfap_idx_info *out, const uint8_t *b, size_t len) {
  if (len < 4) return LFAP_IDX_TRUNCATED;
  if (b[0] != 0 || b[1] != 0 || b[2] != 8) return LFAP_IDX_MAGIC;
  if (b[3] != 1 && b[3] != 3) return LFAP_IDX_SHAPE;
  size_t ndim = b[3], offset = 4 + 4 * ndim;
  if (len < offset) return LFAP_IDX_TRUNCATED;
  size_t d0 = big_endian(b + 4), d1 = 1, d2 = 1;
  if (ndim == 3) {
    d1 = big_endian(b + 8);
    d2 = big_endian(b + 12);
  }
  if (d0 == 0 || d1 == 0 || d2 == 0) return LFAP_IDX_SHAPE;
  if (product_is(d0, d1, d2, len - offset) == 0) return LFAP_IDX_SIZE;
  out->ndim = ndim;
  out->dim[0] = d0;
  out->dim[1] = d1;
  out->dim[2] = d2;
  out->offset = offset;
  return LFAP_IDX_OK;
}
