/* Tables of sweeps: read row by row, for pictures, against published numbers, merged, continued. The input: a byte of flags, then files
 * with a byte 0x1c between them; a flag gives every line the checksum that fits it, so that what stands in a row is looked at. */
#include "fuzz/folder.h"
#include "picture/published.h"
#include "study/columns.h"
#include "study/ledger.h"

unsigned long fuzz_accepted;

enum { PIECES = 4 };
typedef struct {
  char *text; /* owned, a NUL behind it */
  size_t len, rows, cell[512];
  lfap_status status;
  lfap_table_reader r;
} piece;

/* Lines of the head's format get the checksum of their bytes. */
static void repair(piece *p, const lfap_table_reader *r) {
  for (size_t at = r->at; at < p->len;) {
    char *end = memchr(p->text + at, '\n', p->len - at), digits[LFAP_CHECK_DIGITS + 1];
    if (end == NULL) return;
    size_t n = (size_t)(end - p->text) - at + 1, check = lfap_check_at(n, r->format);
    lfap_check_of(digits, &r->head, p->text + at, check);
    if (check > 0) memcpy(p->text + at + check, digits, LFAP_CHECK_DIGITS);
    at += n;
  }
}

static char *whole_file(size_t *len, const char *path) {
  FILE *f = fopen(path, "rb");
  promise(f != NULL && fseek(f, 0, SEEK_END) == 0, "a table is still there");
  *len = (size_t)ftell(f);
  rewind(f);
  char *bytes = calloc(*len + 1, 1);
  promise(bytes != NULL && fread(bytes, 1, *len, f) == *len, "and can be read");
  fclose(f);
  return bytes;
}

static void walk(piece *p, int fix) {
  lfap_ctx ctx = {.threads = 1};
  const char *row = p->text;
  size_t n = 0;
  p->status = lfap_table_open(&ctx, &p->r, "in memory", p->text, p->len);
  if (p->status == LFAP_OK && fix) repair(p, &p->r);
  if (p->status == LFAP_OK) promise(p->r.head.cells <= LFAP_STUDY_CELLS && p->r.head.shard >= 1 && p->r.head.shard <= p->r.head.shards, "a head's sizes");
  while (p->status == LFAP_OK && row != NULL) {
    p->status = lfap_table_next(&ctx, &p->r, &row, &n, 1);
    if (p->status != LFAP_OK || row == NULL) break;
    promise(p->r.cell < p->r.head.cells && row >= p->text && row + n <= p->text + p->len && row[n - 1] == '\n', "a row lies in its table");
    if (p->rows < sizeof p->cell / sizeof *p->cell) p->cell[p->rows++] = p->r.cell;
  }
  (void)taken(p->status, &ctx);
}

static void for_pictures(const char *path, const char *published) {
  lfap_ctx ctx = {.threads = 1};
  lfap_table t = {0};
  lfap_published p = {0};
  lfap_against a;
  lfap_text csv = {0};
  double x;
  lfap_status s = lfap_table_read(&ctx, &t, path);
  if (taken(s, &ctx))
    for (size_t r = 0; r < t.rows; r++)
      for (size_t c = 0; c < t.cols; c++) (void)taken(lfap_table_number(&ctx, &x, &t, r, c), &ctx);
  if (taken(lfap_published_read(&ctx, &p, published), &ctx) && s == LFAP_OK && t.sweep) {
    if (taken(lfap_against_published(&ctx, &a, &csv, &t, &p), &ctx)) promise(a.within <= a.compared && a.no_cell <= a.published, "counts of pairs");
  }
  lfap_text_free(&csv);
  lfap_published_free(&p);
  lfap_table_free(&t);
}

static void merge(const piece *in, const char *const *path, size_t count) {
  char out[FOLDER_PATH];
  lfap_ctx ctx = {.threads = 1};
  piece p = {0};
  size_t rows = 0;
  for (size_t k = 0; k < count; k++) rows += in[k].rows;
  if (!taken(lfap_table_merge(&ctx, folder_path(out, "merged.csv"), path, count), &ctx)) {
    promise(access(out, F_OK) != 0, "a merge that fails leaves nothing");
    return;
  }
  p.text = whole_file(&p.len, out);
  walk(&p, 0);
  promise(rows == p.r.head.cells || rows >= 512, "every row of every shard is in what was merged");
  promise(p.status == LFAP_OK && p.r.head.shards == 1 && (p.rows == p.r.head.cells || p.rows == 512), "what was merged is a whole table");
  free(p.text);
}

/* Continued under its own head: as far as its rows are whole, and else not touched. */
static void resume(const piece *p, const char *path) {
  lfap_ctx ctx = {.threads = 1};
  lfap_ledger l = LFAP_LEDGER_NONE;
  size_t len = 0;
  lfap_status s = lfap_ledger_open(&ctx, &l, path, p->r.format, &p->r.head, p->cell, p->rows, 1);
  lfap_ledger_close(&l);
  char *after = whole_file(&len, path);
  if (taken(s, &ctx)) promise(len == p->r.at && memcmp(after, p->text, len) == 0, "a table is continued behind its last whole row");
  else promise(len == p->len && memcmp(after, p->text, len) == 0, "a table that is refused is not touched");
  promise(p->status == LFAP_OK || s != LFAP_OK, "what cannot be read is not continued");
  free(after);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static char name[PIECES][FOLDER_PATH];
  piece p[PIECES] = {{0}};
  const char *path[PIECES];
  size_t count = 0;
  source s = {data, data + size};
  int fix = next_byte(&s) & 1;
  folder_empty();
  while (count < PIECES && (count == 0 || s.at < s.end)) {
    const uint8_t *cut = s.at < s.end ? memchr(s.at, 0x1c, (size_t)(s.end - s.at)) : NULL;
    piece *q = &p[count];
    q->len = (size_t)((cut ? cut : s.end) - s.at);
    q->text = malloc(q->len + 1);
    if (q->text == NULL) abort();
    if (q->len > 0) memcpy(q->text, s.at, q->len);
    q->text[q->len] = '\0';
    s.at = cut ? cut + 1 : s.end;
    walk(q, fix);
    snprintf(name[count], FOLDER_PATH, "%zu.csv", count);
    folder_put(name[count], (const uint8_t *)q->text, q->len);
    char whole[FOLDER_PATH];
    path[count] = memcpy(name[count], folder_path(whole, name[count]), FOLDER_PATH);
    count++;
  }
  for_pictures(path[0], path[count - 1]);
  merge(p, path, count);
  if (p[0].r.path != NULL && p[0].rows < 512) resume(&p[0], path[0]);
  for (size_t k = 0; k < count; k++) free(p[k].text);
  return 0;
}
