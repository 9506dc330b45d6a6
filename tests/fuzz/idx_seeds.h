/* idx_seeds.h - valid IDX files from which the mutations start. */
#ifndef LFAP_TESTS_IDX_SEEDS_H
#define LFAP_TESTS_IDX_SEEDS_H
#include <stdint.h>
#include <string.h>

enum { SEEDS = 4 };
#define TOKENS "\x01\x02\x03\x08\x10\x80\xff"

/* Labels (5), images (2 x 3 x 4), images (1 x 1 x 1), and sizes whose product wraps around to 0. */
static inline size_t seed_input(uint8_t *b, size_t k) {
  static const uint8_t head[4][16] = {{0, 0, 8, 1, 0, 0, 0, 5},
                                      {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4},
                                      {0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1},
                                      {0, 0, 8, 3, 0x80, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 4}};
  static const size_t data[4] = {5, 24, 1, 0};
  size_t offset = head[k][3] == 1 ? 8 : 16;
  memcpy(b, head[k], offset);
  memset(b + offset, 7, data[k]);
  return offset + data[k];
}
#endif
