/* table.h - rows of a sweep as CSV and as JSON lines (spec/formats.md): one list of columns writes both and reads
   both back. */
#ifndef LFAP_STUDY_TABLE_H
#define LFAP_STUDY_TABLE_H
#include "io/text.h"
#include "study/study.h"

typedef enum { LFAP_TABLE_CSV, LFAP_TABLE_JSONL } lfap_table_format;

/* Of head, columns and checksum; 1 had no checksum, 2 nothing of C2, 3 of T5, 4 of numerics and arithmetic. */
enum { LFAP_TABLE_VERSION = 5 };

/* What the first line of a table says. */
enum { LFAP_GRID_HASH = 65 };
typedef struct {
  char version[16], grid[LFAP_GRID_HASH]; /* of the program; SHA-256 of the grid, in hexadecimal */
  size_t cells, shard, shards;            /* in the whole grid; this table is shard of shards, from 1 */
  int numerics;                           /* LFAP_NUMERICS of the rows */
} lfap_table_head;

void lfap_table_put_head(lfap_text *out, const lfap_table_head *head, lfap_table_format format);
/* The row ends in its checksum, which the grid of the head goes into: a row of another sweep is none of this one's. */
void lfap_table_put_row(lfap_text *out, const lfap_table_head *head, size_t index, const lfap_cell *c,
                        const lfap_row *r, lfap_table_format format);

/* Is this a word that the table has in the column of that name? The columns data, base,
   method, arithmetic, from and norm. */
int lfap_table_word(const char *column, const char *text);

/* Do these bytes begin like a table of lfap sweep, of whichever version? */
int lfap_table_begins(const char *bytes, size_t len);

/* Goes through a table, row by row; every row is whole, as it was written, and in its place, or DATA says which is
   not. */
typedef struct {
  const char *path, *bytes; /* the caller's */
  size_t len, at;           /* at: behind the last row read */
  lfap_table_head head;
  lfap_table_format format;
  size_t line, cell; /* of the last row read; before the first: of the last line of the head, SIZE_MAX */
} lfap_table_reader;
/* Reads the head. A NUL stands behind the last of the bytes. */
lfap_status lfap_table_open(lfap_ctx *ctx, lfap_table_reader *out, const char *path, const char *bytes, size_t len);
/* The next row in *row (*len bytes with its newline); NULL behind the last. A last line without its newline, which a
   kill leaves, is DATA, or with `torn_ok` the end. */
lfap_status lfap_table_next(lfap_ctx *ctx, lfap_table_reader *r, const char **row, size_t *len, int torn_ok);
#endif
