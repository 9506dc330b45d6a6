/* text.c - the growing buffer of text.h and its number formats. */
#include "io/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/bits.h"

void lfap_text_free(lfap_text *t) {
  free(t->bytes);
  *t = (lfap_text){0};
}

/* Room for `len` more bytes and the NUL; 0 when there is none. */
static int reserve(lfap_text *t, size_t len) {
  if (t->status != LFAP_OK) return 0;
  if (len < t->cap - t->len) return 1;
  if (len <= (SIZE_MAX - 256) / 2 - t->len) {
    size_t cap = 2 * (t->len + len) + 256;
    char *bytes = realloc(t->bytes, cap);
    if (bytes != NULL) {
      t->bytes = bytes;
      t->cap = cap;
      return 1;
    }
  }
  t->status = LFAP_ERR_MEMORY;
  return 0;
}

void lfap_text_put(lfap_text *t, const char *bytes, size_t len) {
  if (!reserve(t, len)) return;
  if (len > 0) memcpy(t->bytes + t->len, bytes, len);
  t->len += len;
  t->bytes[t->len] = '\0';
}

void lfap_text_puts(lfap_text *t, const char *string) { lfap_text_put(t, string, strlen(string)); }

void lfap_text_uint(lfap_text *t, uint64_t x) {
  char s[24];
  lfap_text_put(t, s, (size_t)snprintf(s, sizeof s, "%" PRIu64, x));
}

void lfap_text_int(lfap_text *t, int64_t x) {
  char s[24];
  lfap_text_put(t, s, (size_t)snprintf(s, sizeof s, "%" PRId64, x));
}

char *lfap_bytes(char out[LFAP_BYTES], double bytes) {
  static const char *const unit[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  size_t u = 0, last = sizeof unit / sizeof unit[0] - 1;
  for (; bytes >= 999.5 && u < last; u++) bytes /= 1024.0;
  snprintf(out, LFAP_BYTES, "%.3g %s", bytes, unit[u]);
  return out;
}

enum { INF_EXPONENT = 0x7ff };
static const uint64_t FRACTION = (UINT64_C(1) << 52) - 1;

/* "nan", "inf", "-inf", which printf may spell otherwise; 0 for finite x. */
static int put_nonfinite(lfap_text *t, uint64_t bits) {
  if ((bits >> 52 & INF_EXPONENT) != INF_EXPONENT) return 0;
  lfap_text_puts(t, (bits & FRACTION) != 0 ? "nan" : bits >> 63 != 0 ? "-inf" : "inf");
  return 1;
}

void lfap_text_double(lfap_text *t, double x) {
  if (put_nonfinite(t, lfap_bits_of(x))) return;
  char s[64];
  int n = snprintf(s, sizeof s, "%.17g", x), in_point = 0;
  for (int i = 0; i < n; i++) {
    /* whatever is neither digit, sign nor exponent is the locale's decimal point, of one or more bytes */
    int number = strchr("0123456789+-e", s[i]) != NULL;
    if (number) lfap_text_put(t, &s[i], 1);
    else if (!in_point) lfap_text_put(t, ".", 1);
    in_point = !number;
  }
}

void lfap_text_hex(lfap_text *t, double x) {
  uint64_t bits = lfap_bits_of(x), fraction = bits & FRACTION;
  if (put_nonfinite(t, bits)) return;
  int biased = (int)(bits >> 52 & INF_EXPONENT);
  lfap_text_puts(t, bits >> 63 != 0 ? "-0x" : "0x");
  lfap_text_puts(t, biased != 0 ? "1" : "0");
  if (fraction != 0) {
    char s[16];
    size_t n = (size_t)snprintf(s, sizeof s, "%013" PRIx64, fraction);
    while (s[n - 1] == '0') n--;
    lfap_text_put(t, ".", 1);
    lfap_text_put(t, s, n);
  }
  /* zero and the subnormals: exponent 0 and -1022 */
  int exponent = biased != 0 ? biased - 1023 : fraction != 0 ? -1022 : 0;
  lfap_text_puts(t, exponent < 0 ? "p" : "p+");
  lfap_text_int(t, exponent);
}

size_t lfap_utf8_length(const char *string) {
  const unsigned char *s = (const unsigned char *)string;
  if (s[0] < 0x80) return 1;
  size_t n = s[0] >= 0xc2 && s[0] <= 0xdf ? 2 : (s[0] & 0xf0) == 0xe0 ? 3 : s[0] >= 0xf0 && s[0] <= 0xf4 ? 4 : 0;
  for (size_t i = 1; i < n; i++)
    if ((s[i] & 0xc0) != 0x80) return 0;     /* also stops at the final NUL */
  if (s[0] == 0xe0 && s[1] < 0xa0) return 0; /* overlong */
  if (s[0] == 0xed && s[1] > 0x9f) return 0; /* surrogates */
  if (s[0] == 0xf0 && s[1] < 0x90) return 0; /* overlong */
  if (s[0] == 0xf4 && s[1] > 0x8f) return 0; /* beyond U+10FFFF */
  return n;
}

unsigned lfap_utf8_control(const char *string, size_t n) {
  const unsigned char *s = (const unsigned char *)string;
  unsigned u = s[0];
  if (n == 2) u = (s[0] & 0x1fu) << 6 | (s[1] & 0x3fu);
  else if (n == 3) u = (s[0] & 0xfu) << 12 | (s[1] & 0x3fu) << 6 | (s[2] & 0x3fu);
  else if (n != 1) return 0;
  int control = u < 0x20 || (u >= 0x7f && u < 0xa0);
  int turns = u == 0x61c || u == 0x200e || u == 0x200f || (u >= 0x2028 && u <= 0x202e) || (u >= 0x2066 && u <= 0x2069);
  return control || turns || u >= 0xfffe ? u : 0;
}

char *lfap_visible(char *out, size_t room, const char *string) {
  size_t used = 0;
  for (const char *s = string; *s != '\0';) {
    char piece[16];
    size_t n = lfap_utf8_length(s);
    unsigned control = n > 0 ? lfap_utf8_control(s, n) : 0;
    if (n == 0) snprintf(piece, sizeof piece, "\\x%02x", (unsigned)(unsigned char)*s);
    else if (control == '\n' || control == '\t') snprintf(piece, sizeof piece, "\\%c", control == '\n' ? 'n' : 't');
    else if (control != 0) snprintf(piece, sizeof piece, control < 0x100 ? "\\x%02x" : "\\u%04x", control);
    else snprintf(piece, sizeof piece, "%.*s", (int)n, s);
    size_t len = strlen(piece);
    if (used + len + 1 > room) break;
    memcpy(out + used, piece, len);
    used += len;
    s += n > 0 ? n : 1;
  }
  if (room > 0) out[used] = '\0';
  return out;
}

void lfap_text_visible(lfap_text *t, const char *string) {
  size_t room = 4 * strlen(string) + 1; /* a byte becomes \x1b, three become \u202e */
  char *shown = malloc(room);
  if (shown != NULL) lfap_text_puts(t, lfap_visible(shown, room, string));
  else t->status = LFAP_ERR_MEMORY;
  free(shown);
}
