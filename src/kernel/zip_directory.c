/* zip_directory.c - a zip archive has its directory at the end (APPNOTE 4.3): the records of its members, an end record
 * that tells where they begin, and, where a number does not fit into it, one of Zip64 in front of that. */
#include "zip_directory.h"

/* Numbers of two, four and eight bytes, lowest first, at b[at]. */
/*@ requires buffer: \valid_read(b + (at .. at + 1)) && at + 1 <= SIZE_MAX;
  @ terminates \true;
  @ exits \false;
  @ assigns \nothing;
  @ ensures value: \result == le2(b, at);
  @ ensures range: \result <= 0xffff; */
static size_t two(const uint8_t *b, size_t at) { return (size_t)b[at] + 256u * (size_t)b[at + 1]; }

/*@ requires buffer: \valid_read(b + (at .. at + 3)) && at + 3 <= SIZE_MAX;
  @ terminates \true;
  @ exits \false;
  @ assigns \nothing;
  @ ensures value: \result == le4(b, at);
  @ ensures range: \result <= 0xffffffff; */
static size_t four(const uint8_t *b, size_t at) { return two(b, at) + 65536u * two(b, at + 2); }

/*@ requires buffer: \valid_read(b + (at .. at + 7)) && at + 7 <= SIZE_MAX;
  @ terminates \true;
  @ exits \false;
  @ assigns \nothing;
  @ ensures value: \result == le8(b, at); */
static size_t eight(const uint8_t *b, size_t at) { return four(b, at) + 4294967296u * four(b, at + 4); }

/* Does the record of these two letters begin at b[at]? */
/*@ requires buffer: \valid_read(b + (at .. at + 3)) && at + 3 <= SIZE_MAX;
  @ terminates \true;
  @ exits \false;
  @ assigns \nothing;
  @ ensures result: \result == 0 || \result == 1;
  @ ensures there: \result == 1 <==> zip_mark(b, at, c, d); */
static int marked(const uint8_t *b, size_t at, uint8_t c, uint8_t d) {
  return b[at] == 'P' && b[at + 1] == 'K' && b[at + 2] == c && b[at + 3] == d ? 1 : 0;
}

/* The end record of Zip64, told by a locator of 20 bytes at b[at], of a file whose last bytes these are. */
/*@ requires buffer: \valid_read(b + (0 .. len - 1));
  @ requires place: at + 20 <= len <= total;
  @ requires out: \valid(out);
  @ requires sep: \separated(out, b + (0 .. len - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns *out;
  @ ensures verdict: \result == LFAP_ZIP_OK || \result == LFAP_ZIP_DAMAGED;
  @ ensures untouched: \result != LFAP_ZIP_OK ==> *out == \old(*out); */
static lfap_zip_verdict end_of_zip64(lfap_zip_place *out, const uint8_t *b, size_t len, size_t at, size_t total) {
  if (marked(b, at, 6, 7) == 0) return LFAP_ZIP_DAMAGED;
  size_t record = eight(b, at + 8), before = total - len;
  if (record < before || record - before > at) return LFAP_ZIP_DAMAGED;
  size_t p = record - before;
  if (at - p < 56 || marked(b, p, 6, 6) == 0) return LFAP_ZIP_DAMAGED;
  out->members = eight(b, p + 32);
  out->size = eight(b, p + 40);
  out->offset = eight(b, p + 48);
  return LFAP_ZIP_OK;
}

/* From the end record at b[at]. */
/*@ requires buffer: \valid_read(b + (0 .. len - 1));
  @ requires place: at + LFAP_ZIP_END <= len <= total;
  @ requires out: \valid(out);
  @ requires sep: \separated(out, b + (0 .. len - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns *out;
  @ ensures verdict: \result == LFAP_ZIP_OK || \result == LFAP_ZIP_DAMAGED;
  @ ensures inside: \result == LFAP_ZIP_OK ==> out->offset + out->size <= total;
  @ ensures untouched: \result != LFAP_ZIP_OK ==> *out == \old(*out); */
static lfap_zip_verdict read_end(lfap_zip_place *out, const uint8_t *b, size_t len, size_t at, size_t total) {
  lfap_zip_place p = {four(b, at + 16), four(b, at + 12), two(b, at + 10)};
  if (p.members == 0xffffu || p.size == 0xffffffffu || p.offset == 0xffffffffu) {
    if (at < 20) return LFAP_ZIP_DAMAGED;
    lfap_zip_verdict v = end_of_zip64(&p, b, len, at - 20, total);
    if (v != LFAP_ZIP_OK) return v;
  }
  if (p.offset > total || p.size > total - p.offset) return LFAP_ZIP_DAMAGED;
  *out = p;
  return LFAP_ZIP_OK;
}

lfap_zip_verdict lfap_zip_end(lfap_zip_place *out, const uint8_t *b, size_t len, size_t total) {
  if (len < LFAP_ZIP_END) return LFAP_ZIP_NONE;
  size_t room = len - LFAP_ZIP_END;
  /*@ loop invariant range: 0 <= comment <= room + 1;
    @ loop assigns comment;
    @ loop variant room + 1 - comment; */
  for (size_t comment = 0; comment <= room; comment++) {
    size_t at = room - comment;
    if (marked(b, at, 5, 6) == 1 && two(b, at + 20) == comment) {
      /*@ assert comment: le2(b, at + 20) == len - LFAP_ZIP_END - at; */
      return read_end(out, b, len, at, total);
    }
  }
  return LFAP_ZIP_NONE;
}

/* Sizes and place of a member that did not fit into its record: in the n bytes of field 1 at `extra`, one after the
   other. */
/*@ requires buffer: \valid_read(extra + (0 .. n - 1));
  @ requires out: \valid(out);
  @ requires sep: \separated(out, extra + (0 .. n - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns out->size, out->packed, out->local;
  @ ensures result: \result == 0 || \result == 1;
  @ ensures kept: (\old(out->size) != 0xffffffff ==> out->size == \old(out->size))
  @   && (\old(out->packed) != 0xffffffff ==> out->packed == \old(out->packed))
  @   && (\old(out->local) != 0xffffffff ==> out->local == \old(out->local)); */
static int take_field(lfap_zip_member *out, const uint8_t *extra, size_t n) {
  size_t at = 0;
  if (out->size == 0xffffffffu) {
    if (n - at < 8) return 0;
    out->size = eight(extra, at);
    at += 8;
  }
  if (out->packed == 0xffffffffu) {
    if (n - at < 8) return 0;
    out->packed = eight(extra, at);
    at += 8;
  }
  if (out->local == 0xffffffffu) {
    if (n - at < 8) return 0;
    out->local = eight(extra, at);
  }
  return 1;
}

/* The same, looked for among the fields of the n bytes at `extra`: 0 where it is not there or too short. */
/*@ requires buffer: \valid_read(extra + (0 .. n - 1));
  @ requires out: \valid(out);
  @ requires sep: \separated(out, extra + (0 .. n - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns out->size, out->packed, out->local;
  @ ensures result: \result == 0 || \result == 1;
  @ ensures kept: (\old(out->size) != 0xffffffff ==> out->size == \old(out->size))
  @   && (\old(out->packed) != 0xffffffff ==> out->packed == \old(out->packed))
  @   && (\old(out->local) != 0xffffffff ==> out->local == \old(out->local)); */
static int take_zip64(lfap_zip_member *out, const uint8_t *extra, size_t n) {
  size_t at = 0;
  /*@ loop invariant range: 0 <= at <= n;
    @ loop assigns at;
    @ loop variant n - at; */
  while (n - at >= 4) {
    size_t id = two(extra, at), len = two(extra, at + 2);
    if (n - at - 4 < len) return 0;
    if (id == 1) return take_field(out, extra + at + 4, len);
    at += 4 + len;
  }
  return 0;
}

lfap_zip_verdict lfap_zip_member_at(lfap_zip_member *out, const uint8_t *b, size_t len, size_t at, size_t total) {
  if (len - at < 46 || marked(b, at, 1, 2) == 0) return LFAP_ZIP_DAMAGED;
  size_t names = two(b, at + 28), extra = two(b, at + 30), comment = two(b, at + 32);
  if (len - at - 46 < names + extra + comment) return LFAP_ZIP_DAMAGED;
  lfap_zip_member m = {two(b, at + 8),
                       two(b, at + 10),
                       four(b, at + 16),
                       four(b, at + 20),
                       four(b, at + 24),
                       four(b, at + 42),
                       at + 46,
                       names,
                       at + 46 + names + extra + comment};
  if (m.size == 0xffffffffu || m.packed == 0xffffffffu || m.local == 0xffffffffu)
    if (take_zip64(&m, b + at + 46 + names, extra) == 0) return LFAP_ZIP_DAMAGED;
  if (m.local > total || m.packed > total - m.local) return LFAP_ZIP_DAMAGED;
  if (m.method == LFAP_ZIP_STORED && m.size != m.packed) return LFAP_ZIP_DAMAGED;
  *out = m;
  return LFAP_ZIP_OK;
}

size_t lfap_zip_local(const uint8_t *b) {
  if (marked(b, 0, 3, 4) == 0) return 0;
  return LFAP_ZIP_LOCAL + two(b, 26) + two(b, 28);
}
