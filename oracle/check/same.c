/* same.c - see same.h. */
#include "oracle/check/same.h"

#include "io/file.h"

int oracle_same_text(lfap_ctx *ctx, oracle_span given, oracle_span own) {
  size_t i = 0, line = 1;
  while (i < given.len && i < own.len && given.at[i] == own.at[i]) line += given.at[i++] == '\n';
  if (i == given.len && i == own.len) return 1;
  size_t from = i;
  while (from > 0 && own.at[from - 1] != '\n') from--;
  if (i - from > 60) from = i - 40; /* a long line: near the difference */
  size_t stop = from;
  while (stop < own.len && own.at[stop] != '\n' && stop - from < 100) stop++;
  lfap_fail(ctx, LFAP_OK, "refused: line %zu is not what follows from the data, which is `%.*s`", line,
            (int)(stop - from), own.at + from);
  return 0;
}
