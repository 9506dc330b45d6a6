/* zip_promise.h - what the parser of a zip archive's directory promises (kernel/zip_directory.h), and archives from which the mutations start. */
#ifndef LFAP_TESTS_ZIP_PROMISE_H
#define LFAP_TESTS_ZIP_PROMISE_H
#include <string.h>

#include "kernel/zip_directory.h"

enum { ZIP_SEEDS = 4 };
#define ZIP_TOKENS "PK\1\2\3\4\5\6\7\10\24\55\377\377\377"

static inline size_t zip_put(uint8_t *b, size_t at, uint64_t v, size_t bytes) {
  for (size_t k = 0; k < bytes; k++) b[at + k] = (uint8_t)(v >> (8 * k));
  return at + bytes;
}

/* A local header and n bytes; the same with `extra` bytes of an extra field. */
static inline size_t zip_put_local(uint8_t *b, size_t at, size_t n, size_t extra) {
  memcpy(b + at, "PK\3\4", 4);
  memset(b + at + 4, 0, 22);
  zip_put(b, at + 26, 5, 2);
  zip_put(b, at + 28, extra, 2);
  memcpy(b + at + 30, "a.npy", 5);
  memset(b + at + 35, 7, extra + n);
  return at + 35 + extra + n;
}

/* A record of n bytes stored at `local`; `wide`: its numbers in a field of Zip64. */
static inline size_t zip_put_record(uint8_t *b, size_t at, size_t local, size_t n, int wide) {
  size_t extra = wide ? 4 + 24 : 0;
  memset(b + at, 0, 46);
  memcpy(b + at, "PK\1\2", 4);
  zip_put(b, at + 16, 0x12345678, 4);
  zip_put(b, at + 20, wide ? 0xffffffffu : n, 4);
  zip_put(b, at + 24, wide ? 0xffffffffu : n, 4);
  zip_put(b, at + 28, 5, 2);
  zip_put(b, at + 30, extra, 2);
  zip_put(b, at + 32, 3, 2);
  zip_put(b, at + 42, wide ? 0xffffffffu : local, 4);
  memcpy(b + at + 46, "a.npy", 5);
  at += 51;
  if (wide) at = zip_put(b, zip_put(b, zip_put(b, zip_put(b, zip_put(b, at, 1, 2), 24, 2), n, 8), n, 8), local, 8);
  memcpy(b + at, "abc", 3);
  return at + 3;
}

static inline size_t zip_put_end(uint8_t *b, size_t at, size_t members, size_t size, size_t offset, size_t comment) {
  memset(b + at, 0, 22);
  memcpy(b + at, "PK\5\6", 4);
  zip_put(b, at + 8, members, 2);
  zip_put(b, at + 10, members, 2);
  zip_put(b, at + 12, size, 4);
  zip_put(b, at + 16, offset, 4);
  zip_put(b, at + 20, comment, 2);
  memset(b + at + 22, '.', comment);
  return at + 22 + comment;
}

static inline size_t zip_put_end64(uint8_t *b, size_t at, size_t members, size_t size, size_t offset) {
  size_t record = at;
  memset(b + at, 0, 56 + 20);
  memcpy(b + at, "PK\6\6", 4);
  zip_put(b, at + 4, 44, 8);
  zip_put(b, at + 32, members, 8);
  zip_put(b, at + 40, size, 8);
  zip_put(b, at + 48, offset, 8);
  memcpy(b + at + 56, "PK\6\7", 4);
  zip_put(b, at + 64, record, 8);
  return zip_put_end(b, at + 76, 0xffff, 0xffffffffu, 0xffffffffu, 0);
}

/* Archives of one member, of two with a comment, with Zip64, without members; below 400 bytes. */
static inline size_t zip_seed(uint8_t *b, size_t k) {
  size_t first = zip_put_local(b, 0, 10, k == 1 ? 6 : 0), local = k == 1 ? first : 0;
  if (k == 3) return zip_put_end(b, 0, 0, 0, 0, 0);
  size_t start = k == 1 ? zip_put_local(b, first, 20, 0) : first, at = zip_put_record(b, start, 0, 10, k == 2);
  if (k == 1) at = zip_put_record(b, at, local, 20, 0);
  if (k == 2) return zip_put_end64(b, at, 1, at - start, start);
  return zip_put_end(b, at, k == 1 ? 2 : 1, at - start, start, k == 1 ? 9 : 0);
}

/* 1 if the parser kept its promises on these bytes, read as the end of a file, as a directory, and as a local header; *ok: the members of a whole
   archive. */
static inline int zip_promise(size_t *ok, const uint8_t *b, size_t len, size_t total) {
  lfap_zip_place place, place_before;
  lfap_zip_member m, before;
  memset(&place, 0x5a, sizeof place), memset(&m, 0x5a, sizeof m);
  place_before = place;
  *ok = 0;
  lfap_zip_verdict v = lfap_zip_end(&place, b, len, total);
  if ((int)v < 0 || v > LFAP_ZIP_DAMAGED) return 0;
  if (v != LFAP_ZIP_OK && memcmp(&place, &place_before, sizeof place) != 0) return 0;
  if (v == LFAP_ZIP_OK && (place.offset > total || place.size > total - place.offset)) return 0;
  for (size_t at = 0; at <= len; at++) {
    before = m;
    v = lfap_zip_member_at(&m, b, len, at, total);
    if (v != LFAP_ZIP_OK && (v != LFAP_ZIP_DAMAGED || memcmp(&m, &before, sizeof m) != 0)) return 0;
    if (v != LFAP_ZIP_OK) continue;
    if (m.next <= at || m.next > len || m.name != at + 46 || m.name_len > m.next - m.name) return 0;
    if (m.local > total || m.packed > total - m.local || (m.method == LFAP_ZIP_STORED && m.size != m.packed)) return 0;
    ++*ok;
  }
  for (size_t at = 0; at + LFAP_ZIP_LOCAL <= len; at++) {
    size_t skip = lfap_zip_local(b + at);
    if (skip != 0 && (skip < LFAP_ZIP_LOCAL || skip > LFAP_ZIP_LOCAL + 2 * 65535)) return 0;
  }
  return 1;
}
#endif
