/* words.c - text for other programs: numbers, strings of gnuplot, cells of CSV tables. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static int is_number(const char *cell) {
  char *end = NULL;
  strtod(cell, &end);
  return end != cell && *end == 0 && !strchr("\t\r\n ", cell[0]);
}

void lfap_text_cell(lfap_text *t, const char *cell) {
  lfap_text seen = {0};
  size_t blank = strspn(cell, " \t\r\n");
  int formula =
      (cell[0] == '\t' || cell[0] == '\r' || (cell[blank] && strchr("=+-@", cell[blank]))) && !is_number(cell);
  lfap_text_visible(&seen, cell);
  int quoted = formula || (seen.bytes && strpbrk(seen.bytes, ",;\""));
  if (quoted) lfap_text_puts(t, formula ? "\"'" : "\"");
  for (const char *p = seen.bytes; p && *p; p++) lfap_text_put(t, *p == '"' ? "\"\"" : p, *p == '"' ? 2 : 1);
  if (quoted) lfap_text_puts(t, "\"");
  if (seen.status) t->status = seen.status;
  lfap_text_free(&seen);
}
