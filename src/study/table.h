/* table.h - rows of a sweep as CSV and as JSON lines (spec/formats.md): one list of columns makes both. */
#ifndef LFAP_STUDY_TABLE_H
#define LFAP_STUDY_TABLE_H
#include "io/text.h"
#include "study/study.h"

typedef enum { LFAP_TABLE_CSV, LFAP_TABLE_JSONL } lfap_table_format;

/* What the first line of a table says. */
enum { LFAP_GRID_HASH = 65 };
typedef struct {
  char version[16], grid[LFAP_GRID_HASH]; /* of the program; SHA-256 of the grid, in hexadecimal */
  size_t cells, shard, shards;            /* in the whole grid; this table is shard of shards, from 1 */
} lfap_table_head;

void lfap_table_put_head(lfap_text *out, const lfap_table_head *head, lfap_table_format format);
void lfap_table_put_row(lfap_text *out, size_t index, const lfap_cell *c, const lfap_row *r, lfap_table_format format);

/* Reads the head from the start of a table; its length, or 0 when these are not the bytes of a head. */
size_t lfap_table_read_head(lfap_table_head *head, lfap_table_format *format, const char *bytes, size_t len);
/* The index a row begins with; 0 when the line does not begin like a row. `line` ends in a newline. */
int lfap_table_read_index(size_t *index, const char *line, lfap_table_format format);
#endif
