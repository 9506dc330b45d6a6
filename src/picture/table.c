/* table.c - reads CSV and TSV files with a header line, whole or not at all. */
#include "picture/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "io/file.h"

enum { LARGEST = 1 << 30 };

static size_t separators(const char *line, char between) {
  size_t n = 0;
  for (; *line; line++) n += *line == between;
  return n;
}

/* Cuts the next line that is neither blank nor a remark off *at; NULL at the end. */
static char *next_line(char **at) {
  while (*at && **at) {
    char *line = *at, *end = strchr(line, '\n');
    *at = end ? end + 1 : NULL;
    if (end) *end = 0;
    size_t len = strlen(line);
    if (len && line[len - 1] == '\r') line[--len] = 0;
    if (len && line[0] != '#') return line;
  }
  return NULL;
}

static void cut(const char **cell, char *line, char between) {
  for (;;) {
    *cell++ = line;
    char *end = strchr(line, between);
    if (!end) return;
    *end = 0;
    line = end + 1;
  }
}

static lfap_status split(lfap_ctx *ctx, lfap_table *t, char between) {
  size_t lines = 1;
  for (const char *p = t->bytes; *p; p++) lines += *p == '\n';
  char *at = t->bytes, *line = next_line(&at);
  if (!line) return lfap_fail(ctx, LFAP_ERR_DATA, "%s: is empty; a table starts with a line of column names", t->path);
  t->cols = separators(line, between) + 1;
  if (t->cols > LARGEST / lines / sizeof *t->cell || !(t->cell = malloc(lines * t->cols * sizeof *t->cell)))
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: out of memory for %zu lines of %zu cells", t->path, lines, t->cols);
  cut(t->cell, line, between);
  while ((line = next_line(&at)) != NULL) {
    size_t cells = separators(line, between) + 1;
    if (cells != t->cols)
      return lfap_fail(ctx, LFAP_ERR_DATA, "%s: row %zu has %zu cells where the header names %zu columns", t->path,
                       t->rows + 1, cells, t->cols);
    t->rows++;
    cut(t->cell + t->rows * t->cols, line, between);
  }
  return LFAP_OK;
}

static lfap_status whole_rows(lfap_ctx *ctx, lfap_table *t, size_t len) {
  lfap_table_reader r;
  const char *row = t->bytes;
  size_t n = 0;
  lfap_status s = lfap_table_open(ctx, &r, t->path, t->bytes, len);
  if (!s && r.format != LFAP_TABLE_CSV)
    s = lfap_fail(ctx, LFAP_ERR_DATA, "%s: is a table in JSON lines; give the one in CSV", t->path);
  while (!s && row) s = lfap_table_next(ctx, &r, &row, &n, 0);
  t->head = r.head;
  return s;
}

static lfap_status table_read(lfap_ctx *ctx, lfap_table *out, const char *path, char between) {
  lfap_table t = {.path = path};
  size_t len = 0;
  lfap_status s = lfap_file_read(ctx, &t.bytes, &len, path);
  if (!s && memchr(t.bytes, 0, len)) s = lfap_fail(ctx, LFAP_ERR_DATA, "%s: holds a NUL byte; a table is text", path);
  t.sweep = !s && lfap_table_begins(t.bytes, len);
  if (!s && t.sweep) s = whole_rows(ctx, &t, len);
  if (!s) s = split(ctx, &t, between);
  t.read = t.rows;
  if (s) lfap_table_free(&t);
  else *out = t;
  return s;
}

lfap_status lfap_table_read(lfap_ctx *ctx, lfap_table *out, const char *path) {
  return table_read(ctx, out, path, ',');
}

lfap_status lfap_table_read_tabs(lfap_ctx *ctx, lfap_table *out, const char *path) {
  return table_read(ctx, out, path, '\t');
}

void lfap_table_free(lfap_table *t) {
  free(t->bytes);
  free(t->cell);
  *t = (lfap_table){0};
}

const char *lfap_table_cell(const lfap_table *t, size_t row, size_t col) { return t->cell[(row + 1) * t->cols + col]; }

size_t lfap_table_column(const lfap_table *t, const char *name) {
  size_t c = 0;
  while (c < t->cols && strcmp(t->cell[c], name) != 0) c++;
  return c;
}

lfap_status lfap_table_keep(lfap_ctx *ctx, lfap_table *t, const char *name, const char *value) {
  size_t c = lfap_table_column(t, name), kept = 0;
  if (c == t->cols) return lfap_fail(ctx, LFAP_ERR_USAGE, "%s: no column %.40s", t->path, name);
  for (size_t r = 0; r < t->rows; r++)
    if (strcmp(lfap_table_cell(t, r, c), value) == 0) {
      memmove(t->cell + (kept + 1) * t->cols, t->cell + (r + 1) * t->cols, t->cols * sizeof *t->cell);
      kept++;
    }
  t->rows = kept;
  return LFAP_OK;
}

lfap_status lfap_table_number(lfap_ctx *ctx, double *out, const lfap_table *t, size_t row, size_t col) {
  const char *text = lfap_table_cell(t, row, col);
  char *end = NULL;
  double x = text[0] ? strtod(text, &end) : NAN;
  if (text[0] && (*end || end == text))
    return lfap_fail(ctx, LFAP_ERR_DATA, "%s: row %zu, column %s: '%.40s' is not a number", t->path, row + 1,
                     t->cell[col], text);
  *out = x;
  return LFAP_OK;
}
