/* text.h - a growing text buffer, used for CSV, for JSON (json.h) and for numbers that read back to the same bits.
 *
 * Zero-initialise (`lfap_text t = {0};`), add, look at t.status once at the end, write t.bytes with lfap_file_write,
 * free. Errors are sticky: after running out of memory every call does nothing. Nothing depends on the locale.
 */
#ifndef LFAP_IO_TEXT_H
#define LFAP_IO_TEXT_H
#include <stddef.h>
#include <stdint.h>

#include "lfap.h"

typedef struct {
  char *bytes;        /* owned, NUL-terminated once anything was added; NULL before */
  size_t len, cap;    /* without the NUL */
  lfap_status status; /* LFAP_OK or LFAP_ERR_MEMORY */
} lfap_text;

void lfap_text_free(lfap_text *t);
void lfap_text_put(lfap_text *t, const char *bytes, size_t len);
void lfap_text_puts(lfap_text *t, const char *string);
void lfap_text_uint(lfap_text *t, uint64_t x);
void lfap_text_int(lfap_text *t, int64_t x);
/* %.17g with a point, which every reader takes back to the same double; "nan", "inf", "-inf". */
void lfap_text_double(lfap_text *t, double x);
/* C99's hexadecimal form, one spelling on every machine: 0x1.8p+0, -0x0p+0, 0x0.0000000000001p-1022, nan, inf, -inf. */
void lfap_text_hex(lfap_text *t, double x);

/* A number of bytes for a person: "857 bytes", "41.8 KiB", "2 GiB" (powers of 1024). Returns out. */
enum { LFAP_BYTES = 32 };
char *lfap_bytes(char out[LFAP_BYTES], double bytes);

/* Length of the well-formed UTF-8 sequence at s (Unicode's table 3-7), 0 if there is none. */
size_t lfap_utf8_length(const char *s);
/* The code point of a sequence of n bytes that must not reach a terminal as it is: controls (C0, DEL, C1), line and
   paragraph separators, what turns the direction of writing, and U+FFFE and U+FFFF, which no XML may hold; 0 for all
   others. */
unsigned lfap_utf8_control(const char *s, size_t n);
/* `string` as it may be shown to a person: controls as \n, \t, \x1b or \u202e, bytes that are no UTF-8 as \xff. Never
   more than `room` bytes with the NUL, cut between characters; needs no memory. Returns out. */
char *lfap_visible(char *out, size_t room, const char *string);
/* The same into a text, whole. */
void lfap_text_visible(lfap_text *t, const char *string);
#endif
