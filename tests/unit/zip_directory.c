/* zip_directory.c - the directory of a zip archive on bytes, without files: what is read out of a good one, with Zip64 and comments, each refusal, every
 * length it may be cut at, and damage. tests/cli/arrays.py has archives that others made. */
#include "kernel/zip_directory.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "fuzz/mutate.h"
#include "fuzz/zip_promise.h"

static uint8_t b[70000];

Test(zip_directory, one_member) {
  size_t len = zip_seed(b, 0);
  lfap_zip_place p = {0};
  lfap_zip_member m = {0};
  cr_assert_eq(lfap_zip_end(&p, b, len, len), LFAP_ZIP_OK);
  cr_assert(p.offset == 45 && p.size == 54 && p.members == 1 && p.offset + p.size + 22 == len);
  cr_assert_eq(lfap_zip_member_at(&m, b + p.offset, p.size, 0, len), LFAP_ZIP_OK);
  cr_assert(m.flags == 0 && m.method == LFAP_ZIP_STORED && m.crc == 0x12345678 && m.packed == 10 && m.size == 10 && m.local == 0);
  cr_assert(m.name == 46 && m.name_len == 5 && m.next == 54 && memcmp(b + p.offset + m.name, "a.npy", 5) == 0);
  cr_assert_eq(lfap_zip_local(b), 35);
  cr_assert_eq(lfap_zip_local(b + 1), 0);
  cr_assert_eq(lfap_zip_member_at(&m, b + p.offset, p.size, 54, len), LFAP_ZIP_DAMAGED, "there is no second one");
}

Test(zip_directory, two_members_and_a_comment) {
  size_t len = zip_seed(b, 1);
  lfap_zip_place p = {0};
  lfap_zip_member m = {0};
  cr_assert_eq(lfap_zip_end(&p, b, len, len), LFAP_ZIP_OK);
  cr_assert(p.members == 2 && p.size == 108 && p.offset == 106);
  cr_assert_eq(lfap_zip_member_at(&m, b + p.offset, p.size, 0, len), LFAP_ZIP_OK);
  cr_assert_eq(lfap_zip_member_at(&m, b + p.offset, p.size, m.next, len), LFAP_ZIP_OK);
  cr_assert(m.local == 51 && m.packed == 20 && m.name == 54 + 46 && m.next == 108);
  cr_assert_eq(lfap_zip_local(b), 41);
  /* of a file whose end alone is at hand, the same place */
  cr_assert_eq(lfap_zip_end(&p, b + 200, len - 200, len), LFAP_ZIP_OK);
  cr_assert(p.members == 2 && p.size == 108 && p.offset == 106);
}

Test(zip_directory, zip64) {
  size_t len = zip_seed(b, 2);
  lfap_zip_place p = {0};
  lfap_zip_member m = {0};
  cr_assert_eq(lfap_zip_end(&p, b, len, len), LFAP_ZIP_OK);
  cr_assert(p.members == 1 && p.offset == 45 && p.size == 82);
  cr_assert_eq(lfap_zip_member_at(&m, b + p.offset, p.size, 0, len), LFAP_ZIP_OK);
  cr_assert(m.size == 10 && m.packed == 10 && m.local == 0 && m.next == 82);
  b[p.offset + 51] = 2; /* the field is another one */
  cr_assert_eq(lfap_zip_member_at(&m, b + p.offset, p.size, 0, len), LFAP_ZIP_DAMAGED);
  b[p.offset + 51] = 1, b[p.offset + 53] = 23; /* too short for the third number */
  cr_assert_eq(lfap_zip_member_at(&m, b + p.offset, p.size, 0, len), LFAP_ZIP_DAMAGED);
  b[p.offset + 53] = 25; /* longer than all fields */
  cr_assert_eq(lfap_zip_member_at(&m, b + p.offset, p.size, 0, len), LFAP_ZIP_DAMAGED);
  b[p.offset + 53] = 24;
  zip_put(b, p.offset + 55 + 16, len, 8); /* the local header behind the end */
  cr_assert_eq(lfap_zip_member_at(&m, b + p.offset, p.size, 0, len), LFAP_ZIP_DAMAGED);
  zip_put(b, p.offset + 55 + 16, UINT64_MAX - 5, 8); /* with the packed bytes beyond 2^64 */
  cr_assert_eq(lfap_zip_member_at(&m, b + p.offset, p.size, 0, len), LFAP_ZIP_DAMAGED);
}

Test(zip_directory, ends_that_cannot_be) {
  lfap_zip_place p = {0}, before = {0};
  size_t len = zip_seed(b, 0), end = len - 22;
  cr_expect_eq(lfap_zip_end(&p, b, 21, 21), LFAP_ZIP_NONE);
  zip_put(b, end + 16, len, 4); /* the directory behind the end */
  cr_expect_eq(lfap_zip_end(&p, b, len, len), LFAP_ZIP_DAMAGED);
  zip_put(b, end + 16, 45, 4), zip_put(b, end + 12, len, 4); /* longer than what follows */
  cr_expect_eq(lfap_zip_end(&p, b, len, len), LFAP_ZIP_DAMAGED);
  zip_put(b, end + 12, 0xffffffffu, 4); /* in a record of Zip64 that is not there */
  cr_expect_eq(lfap_zip_end(&p, b, len, len), LFAP_ZIP_DAMAGED);
  zip_put(b, end + 12, 54, 4), zip_put(b, end + 20, 1, 2); /* a comment that is not there */
  cr_expect_eq(lfap_zip_end(&p, b, len, len), LFAP_ZIP_NONE);
  len = zip_seed(b, 2);
  size_t locator = len - 22 - 20;
  zip_put(b, locator + 8, locator - 55, 8); /* a record that would reach into its locator */
  cr_expect_eq(lfap_zip_end(&p, b, len, len), LFAP_ZIP_DAMAGED);
  zip_put(b, locator + 8, UINT64_MAX, 8);
  cr_expect_eq(lfap_zip_end(&p, b, len, len), LFAP_ZIP_DAMAGED);
  len = zip_seed(b, 2);
  zip_put(b, locator - 56 + 48, UINT64_MAX - 10, 8); /* offset + size beyond 2^64 */
  cr_expect_eq(lfap_zip_end(&p, b, len, len), LFAP_ZIP_DAMAGED);
  cr_assert(memcmp(&p, &before, sizeof p) == 0, "nothing is written by a refusal");
}

/* The first end record from behind counts, whatever a comment looks like. */
Test(zip_directory, comments) {
  lfap_zip_place p = {0};
  size_t end = zip_seed(b, 0) - 22, len = zip_put_end(b, end, 1, 54, 45, 65535);
  cr_assert_eq(lfap_zip_end(&p, b, len, len), LFAP_ZIP_OK);
  cr_assert(p.offset == 45 && p.size == 54);
  cr_assert_eq(lfap_zip_end(&p, b + len - 65557, 65557, len), LFAP_ZIP_OK, "the longest comment");
  memcpy(b + end + 100, "PK\5\6", 4); /* no end: its comment would not reach the file's */
  cr_assert_eq(lfap_zip_end(&p, b, len, len), LFAP_ZIP_OK);
  cr_assert(p.offset == 45);
}

Test(zip_directory, cut_at_every_byte) {
  for (size_t k = 0; k < ZIP_SEEDS; k++) {
    size_t len = zip_seed(b, k);
    for (size_t n = 0; n < len; n++) {
      uint8_t *cut = malloc(n + (n == 0));
      lfap_zip_place p = {0};
      cr_assert(cut != NULL);
      memcpy(cut, b, n);
      cr_assert_eq(lfap_zip_end(&p, cut, n, n), LFAP_ZIP_NONE, "archive %zu, %zu bytes", k, n);
      free(cut);
    }
  }
}

Test(zip_directory, damaged_100000_times) {
  uint64_t state = 13;
  size_t accepted = 0;
  for (int i = 0; i < 100000; i++) {
    uint8_t room[512];
    size_t len = mutate(room, zip_seed(room, mutate_below(&state, ZIP_SEEDS)), sizeof room, ZIP_TOKENS, &state), ok;
    uint8_t *exact = malloc(len + (len == 0));
    cr_assert(exact != NULL);
    memcpy(exact, room, len);
    cr_assert(zip_promise(&ok, exact, len, len + (i % 2 == 0 ? 0 : 1000)), "input %d", i);
    accepted += ok > 0;
    free(exact);
  }
  cr_assert(accepted > 5000 && accepted < 95000, "%zu accepted: the inputs are no test", accepted);
}
