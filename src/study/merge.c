/* merge.c - shards of one grid to the table of the undivided sweep: rows in the order of their cells, each exactly once. */
#include "study/ledger.h"

#include "io/file.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  char *bytes;
  size_t len, body; /* body: where the rows begin */
  lfap_table_head head;
  lfap_table_format format;
} shard;

typedef struct {
  const char *text; /* of the row, in its shard */
  size_t len;
} line;

static lfap_status read_shard(lfap_ctx *ctx, shard *s, const char *path) {
  lfap_status st = lfap_file_read(ctx, &s->bytes, &s->len, path);
  if (st) return st;
  s->body = lfap_table_read_head(&s->head, &s->format, s->bytes, s->len);
  if (!s->body) return lfap_fail(ctx, LFAP_ERR_DATA, "%s: does not begin like a table of lfap sweep of this version", path);
  if (s->head.cells > LFAP_STUDY_CELLS || s->head.shard == 0 || s->head.shard > s->head.shards)
    return lfap_fail(ctx, LFAP_ERR_DATA, "%s: shard %zu/%zu of %zu cells cannot be", path, s->head.shard, s->head.shards, s->head.cells);
  return LFAP_OK;
}

static lfap_status same_sweep(lfap_ctx *ctx, const shard *a, const shard *b, const char *path_a, const char *path_b) {
  if (a->format != b->format) return lfap_fail(ctx, LFAP_ERR_DATA, "%s and %s: one is CSV, the other JSON lines", path_a, path_b);
  if (strcmp(a->head.grid, b->head.grid) != 0 || strcmp(a->head.version, b->head.version) != 0 || a->head.cells != b->head.cells ||
      a->head.shards != b->head.shards)
    return lfap_fail(ctx, LFAP_ERR_DATA, "%s and %s: shards of different sweeps", path_a, path_b);
  return LFAP_OK;
}

static lfap_status take_rows(lfap_ctx *ctx, line *rows, const shard *s, const char *path) {
  for (size_t at = s->body; at < s->len;) {
    size_t cell = 0;
    const char *end = memchr(s->bytes + at, '\n', s->len - at);
    if (!end) return lfap_fail(ctx, LFAP_ERR_DATA, "%s: ends in half a row; run this shard with --resume first", path);
    if (!lfap_table_read_index(&cell, s->bytes + at, s->format) || cell >= s->head.cells)
      return lfap_fail(ctx, LFAP_ERR_DATA, "%s: '%.20s...' is not a row of this sweep", path, s->bytes + at);
    if (rows[cell].text) return lfap_fail(ctx, LFAP_ERR_DATA, "%s: cell %zu is there twice; give each shard once", path, cell);
    rows[cell] = (line){s->bytes + at, (size_t)(end - s->bytes) + 1 - at};
    at += rows[cell].len;
  }
  return LFAP_OK;
}

static lfap_status put_table(lfap_ctx *ctx, const char *out, const shard *first, const line *rows) {
  lfap_text t = {0};
  lfap_table_head head = first->head;
  head.shard = head.shards = 1;
  lfap_table_put_head(&t, &head, first->format);
  for (size_t i = 0; i < head.cells; i++) {
    if (!rows[i].text) {
      lfap_text_free(&t);
      return lfap_fail(ctx, LFAP_ERR_DATA, "sweep: cell %zu of %zu is in none of the shards; run the missing shard, or --resume it", i, head.cells);
    }
    lfap_text_put(&t, rows[i].text, rows[i].len);
  }
  lfap_status st = t.status ? lfap_fail(ctx, t.status, "sweep: out of memory") : lfap_file_write(ctx, out, t.bytes, t.len);
  lfap_text_free(&t);
  return st;
}

lfap_status lfap_table_merge(lfap_ctx *ctx, const char *out, const char *const *paths, size_t count) {
  if (count == 0) return lfap_fail(ctx, LFAP_ERR_USAGE, "sweep: no shards to merge");
  shard *s = calloc(count, sizeof *s);
  line *rows = NULL;
  lfap_status st = s ? LFAP_OK : lfap_fail(ctx, LFAP_ERR_MEMORY, "sweep: out of memory");
  for (size_t i = 0; !st && i < count; i++) {
    st = read_shard(ctx, &s[i], paths[i]);
    if (!st) st = same_sweep(ctx, &s[0], &s[i], paths[0], paths[i]);
  }
  if (!st) {
    rows = calloc(s[0].head.cells + 1, sizeof *rows);
    if (!rows) st = lfap_fail(ctx, LFAP_ERR_MEMORY, "sweep: out of memory for %zu rows", s[0].head.cells);
  }
  for (size_t i = 0; !st && i < count; i++) st = take_rows(ctx, rows, &s[i], paths[i]);
  if (!st) st = put_table(ctx, out, &s[0], rows);
  for (size_t i = 0; s && i < count; i++) free(s[i].bytes);
  free(s);
  free(rows);
  return st;
}
