/* table.h - CSV and TSV files with a header line: sweep rows, training histories, published numbers. */
#ifndef LFAP_PICTURE_TABLE_H
#define LFAP_PICTURE_TABLE_H
#include <stddef.h>

#include "lfap.h"
#include "study/table.h"

typedef struct {
  char *bytes;          /* owned; the cells point into it */
  const char **cell;    /* (rows + 1) x cols, the header first, owned */
  size_t rows, cols;    /* rows without the header */
  const char *path;     /* for messages; the caller's */
  int sweep;            /* it is one of lfap sweep, every row whole */
  lfap_table_head head; /* then: how many cells the sweep has */
  size_t read;          /* rows there were, whatever is kept */
} lfap_table;

/* Cells are separated by commas, without quotes; every line has the header's number of them. Blank lines and lines
   that start with # are skipped. What begins like a table of lfap sweep must be one, row by row (study/table.h). */
lfap_status lfap_table_read(lfap_ctx *ctx, lfap_table *out, const char *path);
/* The same with tabs in the place of commas. */
lfap_status lfap_table_read_tabs(lfap_ctx *ctx, lfap_table *out, const char *path);
void lfap_table_free(lfap_table *t);
/* The column of a name; t->cols when there is none. */
size_t lfap_table_column(const lfap_table *t, const char *name);
const char *lfap_table_cell(const lfap_table *t, size_t row, size_t col);
/* Keeps the rows whose cell in the named column is `value`; USAGE when there is no such column. */
lfap_status lfap_table_keep(lfap_ctx *ctx, lfap_table *t, const char *name, const char *value);
/* The number in a cell; DATA names file, row and column when it is none. "nan", "inf" and an empty cell (NaN) are
   numbers. */
lfap_status lfap_table_number(lfap_ctx *ctx, double *out, const lfap_table *t, size_t row, size_t col);
#endif
