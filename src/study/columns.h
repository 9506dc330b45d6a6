/* columns.h - the columns of a sweep's table, in their order; writing and reading go through the same list. */
#ifndef LFAP_STUDY_COLUMNS_H
#define LFAP_STUDY_COLUMNS_H
#include "io/json.h"
#include "study/table.h"

/* Where values go to, or come from. */
typedef enum { LFAP_SINK_NAMES, LFAP_SINK_ROW, LFAP_SINK_MATCH, LFAP_SINK_ASK } lfap_sink_mode;
typedef struct {
  lfap_sink_mode mode;
  lfap_table_format format;
  int first;              /* no column yet */
  lfap_text *csv;         /* names, and rows in CSV */
  lfap_json *json;        /* rows in JSON */
  lfap_text reasons;      /* of the row's empty cells; owned */
  const char *at;         /* match: what is still to be read of the line */
  const char *bad;        /* match: the first column that cannot be read, or NULL */
  const char *untold[64]; /* match: the columns without a value, which the last one gives reasons for */
  int untolds;
  const char *column, *text; /* ask: is that a word of that column? */
  int yes;
} lfap_sink;
/* All columns but the last, the checksum. `c` and `r` are not looked at unless rows are written. */
void lfap_columns(lfap_sink *s, size_t index, const lfap_cell *c, const lfap_row *r);
extern const char lfap_check_column[]; /* the last one's name */

/* Bytes from the start of a line (`len` with its newline) to the eight digits of its checksum; 0: the line is too
   short. */
size_t lfap_check_at(size_t len, lfap_table_format format);
enum { LFAP_CHECK_DIGITS = 8 };
/* The digits and a NUL for a line of which `len` bytes stand before them. */
void lfap_check_of(char digits[LFAP_CHECK_DIGITS + 1], const lfap_table_head *head, const char *line, size_t len);
#endif
