/* merge.c - shards of one grid to the table of the undivided sweep: rows in the order of their cells, each exactly
   once. */
#include "study/ledger.h"

#include "io/file.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  char *bytes;
  lfap_table_reader r;
} shard;

typedef struct {
  const char *text; /* of the row, in its shard */
  size_t len;
} line;

static lfap_status read_shard(lfap_ctx *ctx, shard *s, const char *path) {
  size_t len = 0;
  lfap_status st = lfap_file_read(ctx, &s->bytes, &len, path);
  return st ? st : lfap_table_open(ctx, &s->r, path, s->bytes, len);
}

static lfap_status same_sweep(lfap_ctx *ctx, const lfap_table_reader *a, const lfap_table_reader *b) {
  if (a->format != b->format)
    return lfap_fail(ctx, LFAP_ERR_DATA, "%s and %s: one is CSV, the other JSON lines", a->path, b->path);
  if (a->head.numerics != b->head.numerics)
    return lfap_fail(ctx, LFAP_ERR_DATA,
                     "%s and %s: shards of numerics %d and %d (spec/numerics.md), whose bits differ; run the older "
                     "shard again",
                     a->path, b->path, a->head.numerics, b->head.numerics);
  if (strcmp(a->head.grid, b->head.grid) != 0 || strcmp(a->head.version, b->head.version) != 0 ||
      a->head.cells != b->head.cells || a->head.shards != b->head.shards)
    return lfap_fail(ctx, LFAP_ERR_DATA, "%s and %s: shards of different sweeps", a->path, b->path);
  return LFAP_OK;
}

static lfap_status take_rows(lfap_ctx *ctx, line *rows, lfap_table_reader *r) {
  for (;;) {
    line l;
    lfap_status st = lfap_table_next(ctx, r, &l.text, &l.len, 0);
    if (st || !l.text) return st;
    if (rows[r->cell].text)
      return lfap_fail(ctx, LFAP_ERR_DATA, "%s: cell %zu is there twice; give each shard once", r->path, r->cell);
    rows[r->cell] = l;
  }
}

static lfap_status put_table(lfap_ctx *ctx, const char *out, const lfap_table_reader *first, const line *rows) {
  lfap_text t = {0};
  lfap_table_head head = first->head;
  head.shard = head.shards = 1;
  lfap_table_put_head(&t, &head, first->format);
  for (size_t i = 0; i < head.cells; i++) {
    if (!rows[i].text) {
      lfap_text_free(&t);
      return lfap_fail(ctx, LFAP_ERR_DATA,
                       "sweep: cell %zu of %zu is in none of the shards; run the missing shard, or --resume it", i,
                       head.cells);
    }
    lfap_text_put(&t, rows[i].text, rows[i].len);
  }
  lfap_status st =
      t.status ? lfap_fail(ctx, t.status, "sweep: out of memory") : lfap_file_write(ctx, out, t.bytes, t.len);
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
    if (!st) st = same_sweep(ctx, &s[0].r, &s[i].r);
  }
  if (!st) {
    rows = calloc(s[0].r.head.cells + 1, sizeof *rows);
    if (!rows) st = lfap_fail(ctx, LFAP_ERR_MEMORY, "sweep: out of memory for %zu rows", s[0].r.head.cells);
  }
  for (size_t i = 0; !st && i < count; i++) st = take_rows(ctx, rows, &s[i].r);
  if (!st) st = put_table(ctx, out, &s[0].r, rows);
  for (size_t i = 0; s && i < count; i++) free(s[i].bytes);
  free(s);
  free(rows);
  return st;
}
