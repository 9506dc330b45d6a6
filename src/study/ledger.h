/* ledger.h - a table that grows by a row at a time and survives being killed: every row goes to the disk before the
 * next is computed, and what a kill leaves half-written is cut off when the table is continued. */
#ifndef LFAP_STUDY_LEDGER_H
#define LFAP_STUDY_LEDGER_H
#include "study/table.h"

typedef struct {
  int fd; /* -1: not open */
  const char *path;
  lfap_table_format format;
  size_t rows; /* in the file */
  size_t head; /* bytes of the head */
  int made;    /* it was not there, or empty */
} lfap_ledger;
#define LFAP_LEDGER_NONE ((lfap_ledger){.fd = -1})

/* Makes the table `path`, or, with `resume`, continues it if it is there: it must have this head, and its rows must
   be whole and those of the cells index[0], index[1], ... The file is locked as long as it is open; a second writer
   is told so. What is not a regular file of this name itself (a link, a FIFO) is refused. */
lfap_status lfap_ledger_open(lfap_ctx *ctx, lfap_ledger *out, const char *path, lfap_table_format format,
                             const lfap_table_head *head, const size_t *index, size_t count, int resume);
/* Keeps the first `rows` rows alone. */
lfap_status lfap_ledger_cut(lfap_ctx *ctx, lfap_ledger *l, size_t rows);
/* Appends one row and waits until it is on the disk; on failure the file is as before. */
lfap_status lfap_ledger_append(lfap_ctx *ctx, lfap_ledger *l, const lfap_text *row);
void lfap_ledger_close(lfap_ledger *l);

/* A log of lines beside the tables: made, or continued behind its last whole line. *fd is -1 on failure. */
lfap_status lfap_log_open(lfap_ctx *ctx, int *fd, const char *path, const char *head);
lfap_status lfap_log_append(lfap_ctx *ctx, int fd, const char *path, const lfap_text *line);

/* Joins the shards of one grid, in any order, to the table `out` of the undivided sweep, byte for byte. */
lfap_status lfap_table_merge(lfap_ctx *ctx, const char *out, const char *const *paths, size_t count);
#endif
