/* whole.c - is a picture complete? */
#include "picture/whole.h"

#include <string.h>
#include <zlib.h>

static size_t big_endian(const unsigned char *b) {
  return (size_t)b[0] << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3];
}

int lfap_png_whole(const char *bytes, size_t len) {
  const unsigned char *b = (const unsigned char *)bytes;
  enum { HEAD = 8, FRAME = 12 }; /* a chunk: length, name, content, check sum */
  if (len < HEAD || memcmp(b, "\x89PNG\r\n\x1a\n", HEAD) != 0) return 0;
  for (size_t at = HEAD; len - at >= FRAME;) {
    size_t content = big_endian(b + at);
    if (content > len - at - FRAME) return 0;
    const unsigned char *name = b + at + 4;
    if (crc32(0, name, (uInt)(content + 4)) != big_endian(name + 4 + content)) return 0;
    at += content + FRAME;
    if (memcmp(name, "IEND", 4) == 0) return at == len;
  }
  return 0;
}

static int starts(const char *s, const char *end, const char *with) {
  size_t n = strlen(with);
  return (size_t)(end - s) >= n && memcmp(s, with, n) == 0;
}

/* Behind the next `mark` at or after s; NULL when there is none. */
static const char *behind(const char *s, const char *end, const char *mark) {
  for (; s < end; s++)
    if (starts(s, end, mark)) return s + strlen(mark);
  return NULL;
}

int lfap_svg_whole(const char *text, size_t len) {
  const char *s = text, *end = text + len, *last = NULL;
  long depth = 0;
  if (memchr(text, 0, len)) return 0;
  while (s && (s = memchr(s, '<', (size_t)(end - s))) != NULL) {
    last = s;
    if (starts(s, end, "<!--")) s = behind(s, end, "-->");
    else if (starts(s, end, "<![CDATA[")) s = behind(s, end, "]]>");
    else {
      int opens = !starts(s, end, "<?") && !starts(s, end, "<!"), closes = starts(s, end, "</");
      s = behind(s, end, ">");
      if (s && opens) depth += closes ? -1 : s[-2] == '/' ? 0 : 1;
    }
    if (!s) return 0;
  }
  return last && depth == 0 && starts(last, end, "</svg>");
}
