/* zip_directory.h - the directory of a zip archive (NPZ files) from arbitrary bytes. No allocation, no I/O. */
#ifndef LFAP_KERNEL_ZIP_DIRECTORY_H
#define LFAP_KERNEL_ZIP_DIRECTORY_H
#include <stddef.h>
#include <stdint.h>

typedef enum {
  LFAP_ZIP_OK = 0,
  LFAP_ZIP_NONE,   /* no end record: another format, or cut off */
  LFAP_ZIP_DAMAGED /* a record that cannot be */
} lfap_zip_verdict;

/* Where the directory is, in bytes of the file, and how many members it announces. */
typedef struct {
  size_t offset, size, members;
} lfap_zip_place;

/* A member: bytes in the archive and unpacked, where its local header begins in the file; its name and the record
   behind it, in bytes of the directory. */
typedef struct {
  size_t flags, method, crc, packed, size, local;
  size_t name, name_len, next;
} lfap_zip_member;

enum {
  LFAP_ZIP_END = 22,                              /* bytes of the end record, without its comment */
  LFAP_ZIP_TAIL = LFAP_ZIP_END + 65535 + 20 + 56, /* the comment, and the two records of Zip64 in front */
  LFAP_ZIP_LOCAL = 30,                            /* of a local header, without its name */
  LFAP_ZIP_STORED = 0,
  LFAP_ZIP_DEFLATED = 8
};

/*@ logic integer le2{L}(uint8_t *b, integer at) = b[at] + 256 * b[at + 1];
  @ logic integer le4{L}(uint8_t *b, integer at) = le2(b, at) + 65536 * le2(b, at + 2);
  @ logic integer le8{L}(uint8_t *b, integer at) = le4(b, at) + 4294967296 * le4(b, at + 4);
  @ predicate zip_mark{L}(uint8_t *b, integer at, integer c, integer d) =
  @   b[at] == 'P' && b[at + 1] == 'K' && b[at + 2] == c && b[at + 3] == d; */

/* b: the last len bytes of a file of `total` bytes, LFAP_ZIP_TAIL of them or all. */
/*@ requires buffer: \valid_read(b + (0 .. len - 1));
  @ requires suffix: len <= total;
  @ requires out: \valid(out);
  @ requires sep: \separated(out, b + (0 .. len - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns *out;
  @ ensures verdict: 0 <= \result <= LFAP_ZIP_DAMAGED;
  @ ensures inside: \result == LFAP_ZIP_OK ==> out->offset + out->size <= total;
  @ ensures record: \result != LFAP_ZIP_NONE ==> \exists integer i; 0 <= i <= len - LFAP_ZIP_END && zip_mark(b, i, 5, 6)
  @   && le2(b, i + 20) == len - LFAP_ZIP_END - i;
  @ ensures untouched: \result != LFAP_ZIP_OK ==> *out == \old(*out); */
lfap_zip_verdict lfap_zip_end(lfap_zip_place *out, const uint8_t *b, size_t len, size_t total);

/* The member whose record is at b[at] in a directory of len bytes; all of it lies in a file of `total` bytes. */
/*@ requires buffer: \valid_read(b + (0 .. len - 1));
  @ requires place: at <= len;
  @ requires out: \valid(out);
  @ requires sep: \separated(out, b + (0 .. len - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns *out;
  @ ensures verdict: \result == LFAP_ZIP_OK || \result == LFAP_ZIP_DAMAGED;
  @ ensures record: \result == LFAP_ZIP_OK ==> at + 46 <= len && zip_mark(b, at, 1, 2);
  @ ensures next: \result == LFAP_ZIP_OK ==> at < out->next <= len;
  @ ensures name: \result == LFAP_ZIP_OK ==> out->name == at + 46 && out->name + out->name_len <= out->next;
  @ ensures inside: \result == LFAP_ZIP_OK ==> out->local + out->packed <= total;
  @ ensures stored: \result == LFAP_ZIP_OK && out->method == LFAP_ZIP_STORED ==> out->size == out->packed;
  @ ensures fields: \result == LFAP_ZIP_OK ==> out->flags == le2(b, at + 8) && out->method == le2(b, at + 10)
  @   && out->crc == le4(b, at + 16) && out->name_len == le2(b, at + 28);
  @ ensures sizes: \result == LFAP_ZIP_OK ==> (le4(b, at + 24) != 0xffffffff ==> out->size == le4(b, at + 24))
  @   && (le4(b, at + 20) != 0xffffffff ==> out->packed == le4(b, at + 20))
  @   && (le4(b, at + 42) != 0xffffffff ==> out->local == le4(b, at + 42));
  @ ensures untouched: \result != LFAP_ZIP_OK ==> *out == \old(*out); */
lfap_zip_verdict lfap_zip_member_at(lfap_zip_member *out, const uint8_t *b, size_t len, size_t at, size_t total);

/* Bytes from the local header b to the member's own, 0 where it is none. */
/*@ requires buffer: \valid_read(b + (0 .. LFAP_ZIP_LOCAL - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns \nothing;
  @ ensures none: \result == 0 <==> !zip_mark(b, 0, 3, 4);
  @ ensures length: \result != 0 ==> \result == LFAP_ZIP_LOCAL + le2(b, 26) + le2(b, 28); */
size_t lfap_zip_local(const uint8_t *b);
#endif
