/* words.c - text for other programs: numbers, strings of gnuplot. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "picture/picture.h"

void lfap_text_vformat(lfap_text *t, const char *format, va_list ap) {
  va_list again;
  va_copy(again, ap);
  int len = vsnprintf(NULL, 0, format, ap);
  char *line = len < 0 ? NULL : malloc((size_t)len + 1);
  if (line) {
    vsnprintf(line, (size_t)len + 1, format, again);
    lfap_text_put(t, line, (size_t)len);
  } else t->status = LFAP_ERR_MEMORY;
  free(line);
  va_end(again);
}

void lfap_text_format(lfap_text *t, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  lfap_text_vformat(t, format, ap);
  va_end(ap);
}

void lfap_text_quote(lfap_text *t, const char *string) {
  lfap_text seen = {0};
  lfap_text_visible(&seen, string);
  lfap_text_puts(t, "'");
  for (const char *p = seen.bytes; p && *p; p++) lfap_text_put(t, *p == '\'' ? "''" : p, *p == '\'' ? 2 : 1);
  lfap_text_puts(t, "'");
  if (seen.status) t->status = seen.status;
  lfap_text_free(&seen);
}
