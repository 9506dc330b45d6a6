/* reader.c - a sweep's table read back: its head, and rows that are whole, unchanged and in their places. */
#include "study/columns.h"

#include <stdio.h>
#include <string.h>

static const char *const mark[] = {"# lfap sweep ", "{\"sweep\": "}; /* by lfap_table_format */

static int begins(const char *bytes, size_t len, int f) {
  size_t n = strlen(mark[f]);
  return len >= n && memcmp(bytes, mark[f], n) == 0;
}

int lfap_table_begins(const char *bytes, size_t len) {
  return begins(bytes, len, LFAP_TABLE_CSV) || begins(bytes, len, LFAP_TABLE_JSONL);
}

/* ---- the head ---------------------------------------------------------------------------------------------------- */

/* The length of the head, or 0 when these are not the bytes of one; whatever was read must be as it would be written.
   SIZE_MAX: out of memory. */
static size_t read_head(lfap_table_head *head, const char *bytes, size_t len, int f) {
  static const char *const shape[] = {"# lfap sweep %15s table=%d numerics=%d cells=%zu shard=%zu/%zu grid=%64s",
                                      "{\"sweep\": \"%15[^\"]\", \"table\": %d, \"numerics\": %d, "
                                      "\"cells\": %zu, \"shard\": \"%zu/%zu\", \"grid\": \"%64[^\"]\"}"};
  char line[256];
  int table = 0;
  lfap_text again = {0};
  const char *end = memchr(bytes, '\n', len < sizeof line ? len : sizeof line - 1);
  if (!end) return 0;
  memcpy(line, bytes, (size_t)(end - bytes));
  line[end - bytes] = '\0';
  lfap_table_head h = {{0}, {0}, 0, 0, 0, 0};
  if (sscanf(line, shape[f], h.version, &table, &h.numerics, &h.cells, &h.shard, &h.shards, h.grid) != 7) return 0;
  if (h.version[strspn(h.version, "0123456789.")] || strspn(h.grid, "0123456789abcdef") != LFAP_GRID_HASH - 1) return 0;
  lfap_table_put_head(&again, &h, (lfap_table_format)f);
  size_t whole_head = again.status                                                     ? SIZE_MAX
                      : len >= again.len && memcmp(bytes, again.bytes, again.len) == 0 ? again.len
                                                                                       : 0;
  lfap_text_free(&again);
  *head = h;
  return whole_head;
}

/* The version of a table that is of another one, 0 when it does not say. */
static int other_version(const char *bytes, int f) {
  static const char *const shape[] = {"# lfap sweep %*15s table=%9d", "{\"sweep\": \"%*15[^\"]\", \"table\": %9d"};
  static const char *const older[] = {"# lfap sweep %*15s cells=%9d", "{\"sweep\": \"%*15[^\"]\", \"cells\": %9d"};
  int version = 0, cells = 0;
  if (sscanf(bytes, shape[f], &version) == 1) return version == LFAP_TABLE_VERSION ? 0 : version;
  return sscanf(bytes, older[f], &cells) == 1 ? 1 : 0;
}

lfap_status lfap_table_open(lfap_ctx *ctx, lfap_table_reader *out, const char *path, const char *bytes, size_t len) {
  int f = begins(bytes, len, LFAP_TABLE_JSONL) ? LFAP_TABLE_JSONL : LFAP_TABLE_CSV;
  lfap_table_reader r = {.path = path, .bytes = bytes, .len = len, .format = (lfap_table_format)f, .cell = SIZE_MAX};
  if (!begins(bytes, len, f))
    return lfap_fail(ctx, LFAP_ERR_DATA, "%s: does not begin like a table of lfap sweep", path);
  r.at = read_head(&r.head, bytes, len, f);
  if (r.at == SIZE_MAX) return lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: out of memory for its head", path);
  int version = r.at ? 0 : other_version(bytes, f);
  if (version)
    return lfap_fail(ctx, LFAP_ERR_DATA,
                     "%s: is a table of version %d, %s; this lfap knows version %d: run the sweep again", path, version,
                     version == 1   ? "whose rows have no checksum"
                     : version == 2 ? "whose rows do not tell of C2"
                     : version == 3 ? "whose rows do not tell of T5"
                     : version == 4 ? "whose head does not tell of its numerics, nor its rows of the arithmetic"
                                    : "of another lfap",
                     LFAP_TABLE_VERSION);
  if (!r.at)
    return lfap_fail(ctx, LFAP_ERR_DATA, "%s: its head is not whole: it was cut or changed; run the sweep again", path);
  if (r.head.cells > LFAP_STUDY_CELLS || r.head.shard == 0 || r.head.shard > r.head.shards)
    return lfap_fail(ctx, LFAP_ERR_DATA, "%s: shard %zu/%zu of %zu cells cannot be", path, r.head.shard, r.head.shards,
                     r.head.cells);
  r.line = f == LFAP_TABLE_CSV ? 2 : 1;
  *out = r;
  return LFAP_OK;
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

/* Is the line, `len` bytes with its newline, as it was written? */
static int unchanged(const lfap_table_reader *r, const char *line, size_t len) {
  char digits[LFAP_CHECK_DIGITS + 1];
  size_t at = lfap_check_at(len, r->format);
  if (at == 0) return 0;
  lfap_check_of(digits, &r->head, line, at);
  return memcmp(line + at, digits, LFAP_CHECK_DIGITS) == 0;
}

/* The first column that does not hold what it may hold: a checksum is no protection against who means ill. NULL: all
   do. */
static const char *wrong_column(const lfap_table_reader *r, const char *line, size_t len) {
  int json = r->format == LFAP_TABLE_JSONL;
  lfap_sink s = {.mode = LFAP_SINK_MATCH, .format = r->format, .at = line};
  lfap_columns(&s, 0, NULL, NULL);
  if (s.bad) return s.bad;
  const char *between = json ? ", \"check\": \"" : ",", *end = json ? "\"}\n" : "\n";
  size_t at = lfap_check_at(len, r->format), n = strlen(between);
  int good = s.at + n == line + at && memcmp(s.at, between, n) == 0 &&
             memcmp(line + at + LFAP_CHECK_DIGITS, end, strlen(end)) == 0;
  return good ? NULL : lfap_check_column;
}

/* The cell a row that was looked through begins with; SIZE_MAX for numbers beyond all cells. */
static size_t cell_of(const lfap_table_reader *r, const char *line) {
  size_t cell = 0;
  const char *at = r->format == LFAP_TABLE_JSONL ? line + strlen("{\"cell\": ") : line;
  for (; *at >= '0' && *at <= '9'; at++) {
    if (cell > LFAP_STUDY_CELLS) return SIZE_MAX;
    cell = 10 * cell + (size_t)(*at - '0');
  }
  return cell;
}

lfap_status lfap_table_next(lfap_ctx *ctx, lfap_table_reader *r, const char **row, size_t *len, int torn_ok) {
  const char *line = r->bytes + r->at, *end = memchr(line, '\n', r->len - r->at);
  *row = NULL;
  *len = 0;
  if (r->at == r->len || (!end && torn_ok)) return LFAP_OK;
  if (!end)
    return lfap_fail(ctx, LFAP_ERR_DATA,
                     "%s: line %zu, the last, is half a row; let lfap sweep --resume complete the table first", r->path,
                     r->line + 1);
  size_t n = (size_t)(end - line) + 1;
  if (!unchanged(r, line, n))
    return lfap_fail(
        ctx, LFAP_ERR_DATA,
        "%s: line %zu is not a whole row of this sweep: it was cut or changed, its checksum does not fit; delete "
        "it and the lines behind it, and lfap sweep --resume computes them again",
        r->path, r->line + 1);
  const char *wrong = wrong_column(r, line, n);
  if (wrong)
    return lfap_fail(ctx, LFAP_ERR_DATA,
                     "%s: line %zu, column %s holds what lfap sweep never writes there; run the sweep again", r->path,
                     r->line + 1, wrong);
  size_t cell = cell_of(r, line);
  if (cell >= r->head.cells)
    return lfap_fail(ctx, LFAP_ERR_DATA, "%s: line %zu is of cell %zu, but the sweep has %zu", r->path, r->line + 1,
                     cell, r->head.cells);
  if (r->cell != SIZE_MAX && cell <= r->cell)
    return lfap_fail(
        ctx, LFAP_ERR_DATA,
        "%s: line %zu: cell %zu %s cell %zu; rows stand in the order of their cells, each once: run the sweep again",
        r->path, r->line + 1, cell, cell == r->cell ? "is there twice, after" : "comes after", r->cell);
  r->cell = cell;
  r->line++;
  r->at += n;
  *row = line;
  *len = n;
  return LFAP_OK;
}
