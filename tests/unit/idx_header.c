/* The IDX header parser: valid files, every refusal, sizes whose product would wrap around, and damage. */
#include "kernel/idx_header.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "fuzz/idx_promise.h"
#include "fuzz/idx_seeds.h"
#include "fuzz/mutate.h"

static lfap_idx_verdict parse(lfap_idx_info *info, const void *bytes, size_t len) {
  return lfap_idx_header(info, (const uint8_t *)bytes, len);
}

Test(idx_header, labels) {
  lfap_idx_info info = {0};
  cr_assert(parse(&info, "\0\0\10\1\0\0\0\3abc", 11) == LFAP_IDX_OK);
  cr_assert(info.ndim == 1 && info.dim[0] == 3 && info.dim[1] == 1 && info.dim[2] == 1 && info.offset == 8);
}

Test(idx_header, images) {
  lfap_idx_info info = {0};
  static uint8_t b[16 + 258 * 2 * 3] = {0, 0, 8, 3, 0, 0, 1, 2, 0, 0, 0, 2, 0, 0, 0, 3};
  cr_assert(parse(&info, b, sizeof b) == LFAP_IDX_OK);
  cr_assert(info.ndim == 3 && info.dim[0] == 258 && info.dim[1] == 2 && info.dim[2] == 3 && info.offset == 16);
  cr_assert(parse(&info, b, sizeof b - 1) == LFAP_IDX_SIZE);
  b[15] = 2; /* too much data */
  cr_assert(parse(&info, b, sizeof b) == LFAP_IDX_SIZE);
}

Test(idx_header, refusals) {
  lfap_idx_info info = {0}, before = {0};
  cr_assert(parse(&info, "", 0) == LFAP_IDX_TRUNCATED);
  cr_assert(parse(&info, "\0\0\10", 3) == LFAP_IDX_TRUNCATED);
  cr_assert(parse(&info, "\0\0\10\1\0\0\0", 7) == LFAP_IDX_TRUNCATED);
  cr_assert(parse(&info, "\0\0\10\3\0\0\0\1\0\0\0\1\0\0\0", 15) == LFAP_IDX_TRUNCATED);
  cr_assert(parse(&info, "\1\0\10\1\0\0\0\1a", 9) == LFAP_IDX_MAGIC);
  cr_assert(parse(&info, "\0\1\10\1\0\0\0\1a", 9) == LFAP_IDX_MAGIC);
  cr_assert(parse(&info, "\0\0\11\1\0\0\0\1a", 9) == LFAP_IDX_MAGIC);     /* signed bytes */
  cr_assert(parse(&info, "\0\0\15\1\0\0\0\1abcd", 12) == LFAP_IDX_MAGIC); /* floats */
  cr_assert(parse(&info, "\0\0\10\2\0\0\0\1\0\0\0\1a", 13) == LFAP_IDX_SHAPE);
  cr_assert(parse(&info, "\0\0\10\0a", 5) == LFAP_IDX_SHAPE);
  cr_assert(parse(&info, "\0\0\10\1\0\0\0\0", 8) == LFAP_IDX_SHAPE); /* nothing in it */
  cr_assert(parse(&info, "\0\0\10\3\0\0\0\1\0\0\0\0\0\0\0\1", 16) == LFAP_IDX_SHAPE);
  /* 2^31 * 2^31 * 4 = 2^64, 0 in 64 bits: the empty rest must not pass for it */
  cr_assert(parse(&info, "\0\0\10\3\200\0\0\0\200\0\0\0\0\0\0\4", 16) == LFAP_IDX_SIZE);
  cr_assert(parse(&info, "\0\0\10\3\377\377\377\377\377\377\377\377\377\377\377\377", 16) == LFAP_IDX_SIZE);
  cr_assert(memcmp(&info, &before, sizeof info) == 0);
}

Test(idx_header, damaged_200000_times) {
  uint64_t state = 5;
  size_t accepted = 0;
  for (int i = 0; i < 200000; i++) {
    uint8_t b[128];
    size_t len = mutate(b, seed_input(b, mutate_below(&state, SEEDS)), sizeof b, TOKENS, &state);
    uint8_t *exact = malloc(len + (len == 0));
    int ok;
    cr_assert(exact != NULL);
    memcpy(exact, b, len);
    cr_assert(idx_promise(&ok, exact, len), "promise broken in round %d", i);
    accepted += (size_t)ok;
    free(exact);
  }
  cr_assert(accepted > 1000 && accepted < 150000, "%zu accepted", accepted);
}
