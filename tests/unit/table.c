/* Rows of a sweep's table: written and read back, every single change of a byte refused, each refusal, random rows. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "kernel/random.h"
#include "study/table.h"

static const lfap_table_head head = {LFAP_VERSION, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                                     40, 1, 1, LFAP_NUMERICS};

static double some(lfap_philox *g) {
  static const double odd[] = {NAN, INFINITY, -INFINITY, 0.0, -0.0, 1.0, 0x1p-1074, 0x1.fffffffffffffp1023};
  uint64_t at = lfap_philox_next(g) % 12;
  return at < 8 ? odd[at] : ldexp((double)(lfap_philox_next(g) >> 11), (int)(lfap_philox_next(g) % 2000) - 1040);
}

/* Between 0 and 1, the ends included or not. */
static double open_share(lfap_philox *g) { return ldexp((double)(lfap_philox_next(g) >> 12 | 1), -52); }
static double share(lfap_philox *g) {
  static const double odd[] = {NAN, 0.0, 1.0, 0x1p-1074};
  uint64_t at = lfap_philox_next(g) % 6;
  return at < 4 ? odd[at] : open_share(g);
}

static lfap_set_status some_set(lfap_philox *g) {
  return (lfap_set_status){.form = (lfap_study_limit)(lfap_philox_next(g) % LFAP_LIMITS),
                           .why = (lfap_why)(lfap_philox_next(g) % LFAP_WHYS),
                           .h = (int)(lfap_philox_next(g) % 3) - 1,
                           .c1 = (int)(lfap_philox_next(g) % 3) - 1,
                           .h_ratio = some(g),
                           .c1_share = share(g),
                           .c2 = (int)(lfap_philox_next(g) % 3) - 1,
                           .c2_own = some(g),
                           .c2_kinks = lfap_philox_next(g) % 3 ? (double)(lfap_philox_next(g) % 100) : NAN};
}

static void put_some(lfap_text *t, size_t index, lfap_philox *g, lfap_table_format f) {
  lfap_cell c = {.data = (lfap_study_kind)(lfap_philox_next(g) % LFAP_STUDY_KINDS),
                 .base = (lfap_study_base)(lfap_philox_next(g) % LFAP_BASES),
                 .method = (lfap_study_method)(lfap_philox_next(g) % LFAP_METHODS),
                 .arithmetic = (lfap_arithmetic)(lfap_philox_next(g) % LFAP_ARITHMETICS),
                 .from = (lfap_study_from)(lfap_philox_next(g) % LFAP_FROMS),
                 .norm = (lfap_norm)(lfap_philox_next(g) % 3),
                 .d = lfap_philox_next(g),
                 .n = 1,
                 .n_adv = 1 + lfap_philox_next(g) % 100,
                 .gamma = open_share(g),
                 .eps = ldexp(open_share(g), (int)(lfap_philox_next(g) % 2000) - 1000)};
  lfap_row r = {.natural = some_set(g), .adv = some_set(g), .control = some_set(g)};
  double *first = &r.rule, *last = &r.log_loss_control;
  for (double *x = first; x <= last; x++) *x = x < &r.acc_teacher || x > &r.cosine_control ? some(g) : share(g);
  r.why_learner = (lfap_why)(lfap_philox_next(g) % LFAP_WHYS);
  lfap_table_put_row(t, &head, index, &c, &r, f);
}

static lfap_text table_of(size_t rows, uint64_t seed, lfap_table_format f) {
  lfap_text t = {0};
  lfap_philox g;
  lfap_philox_seed(&g, seed);
  lfap_table_put_head(&t, &head, f);
  for (size_t i = 0; i < rows; i++) put_some(&t, 3 * i, &g, f);
  cr_assert_eq(t.status, LFAP_OK);
  return t;
}

/* Reads to the end; how many rows there are, or -1 with the message in *ctx. */
static int rows_of(lfap_ctx *ctx, const char *bytes, size_t len, int torn_ok) {
  lfap_table_reader r;
  const char *row = bytes;
  size_t n = 0;
  int count = 0;
  lfap_status st = lfap_table_open(ctx, &r, "t.csv", bytes, len);
  for (; !st && row; count += row != NULL) st = lfap_table_next(ctx, &r, &row, &n, torn_ok);
  cr_assert(st == LFAP_OK || (st == LFAP_ERR_DATA && strncmp(ctx->message, "t.csv: ", 7) == 0), "%d %s", st,
            ctx->message);
  return st ? -1 : count;
}

Test(table, rows_of_any_values_read_back) {
  for (uint64_t seed = 0; seed < 100; seed++) {
    lfap_ctx ctx = {0};
    lfap_text t = table_of(10, seed, (lfap_table_format)(seed % 2));
    cr_assert_eq(rows_of(&ctx, t.bytes, t.len, 0), 10, "seed %d: %s", (int)seed, ctx.message);
    lfap_text_free(&t);
  }
}

Test(table, the_checksum_is_zlibs_of_grid_and_row) {
  lfap_text t = table_of(1, 5, LFAP_TABLE_CSV);
  const char *row = strchr(strchr(t.bytes, '\n') + 1, '\n') + 1;
  size_t len = strlen(row) - 9;
  char want[16];
  snprintf(want, sizeof want, "%08lx\n", crc32(crc32(0, (const Bytef *)head.grid, 64), (const Bytef *)row, (uInt)len));
  cr_assert_str_eq(row + len, want);
  lfap_text_free(&t);
}

/* Every byte of two rows and of the head from its grid on, changed to others. (Version, shard and number of cells of the head are
   not in the checksum: rows keep theirs when shards are merged. Resuming and merging compare them.) */
Test(table, no_change_of_a_byte_passes) {
  for (int f = LFAP_TABLE_CSV; f <= LFAP_TABLE_JSONL; f++) {
    lfap_ctx ctx = {0};
    lfap_text t = table_of(2, 9, (lfap_table_format)f);
    for (size_t i = (size_t)(strstr(t.bytes, "grid") - t.bytes); i < t.len; i++)
      for (int k = 0; k < 4; k++) {
        char was = t.bytes[i], other = "0\n,z"[k];
        if (was == other) continue;
        t.bytes[i] = other;
        cr_assert_eq(rows_of(&ctx, t.bytes, t.len, 0), -1, "format %d, byte %zu of %zu: %d for %d passes", f, i, t.len,
                     other, was);
        t.bytes[i] = was;
      }
    cr_assert_eq(rows_of(&ctx, t.bytes, t.len, 0), 2);
    lfap_text_free(&t);
  }
}

Test(table, every_cut_is_seen) {
  for (int f = LFAP_TABLE_CSV; f <= LFAP_TABLE_JSONL; f++) {
    lfap_ctx ctx = {0};
    lfap_text t = table_of(3, 4, (lfap_table_format)f), names = {0};
    lfap_table_put_head(&names, &head, (lfap_table_format)f);
    for (size_t cut = names.len + 1; cut < t.len; cut++) {
      char *part = malloc(cut + 2);
      memcpy(part, t.bytes, cut);
      int whole = 0;
      for (size_t i = names.len; i < cut; i++) whole += part[i] == '\n';
      part[cut] = '\0';
      cr_assert_eq(rows_of(&ctx, part, cut, 1), whole, "format %d, cut at %zu", f, cut);
      cr_assert_eq(rows_of(&ctx, part, cut, 0), part[cut - 1] == '\n' ? whole : -1);
      part[cut] = '\n';
      part[cut + 1] = '\0';
      cr_assert_eq(rows_of(&ctx, part, cut + 1, 1), t.bytes[cut] == '\n' ? whole + 1 : -1,
                   "format %d, cut at %zu and ended", f, cut);
      free(part);
    }
    lfap_text_free(&t);
    lfap_text_free(&names);
  }
}

Test(table, order_and_number_of_cells) {
  for (int f = LFAP_TABLE_CSV; f <= LFAP_TABLE_JSONL; f++)
    for (size_t second = 0; second < 50; second++) {
      lfap_ctx ctx = {0};
      lfap_text t = {0};
      lfap_philox g;
      lfap_philox_seed(&g, second);
      lfap_table_put_head(&t, &head, (lfap_table_format)f);
      put_some(&t, 7, &g, (lfap_table_format)f);
      put_some(&t, second, &g, (lfap_table_format)f);
      cr_assert_eq(rows_of(&ctx, t.bytes, t.len, 0), second > 7 && second < head.cells ? 2 : -1, "7, then %zu: %s",
                   second, ctx.message);
      lfap_text_free(&t);
    }
}

Test(table, other_versions_are_told) {
  static const char *const texts[] = {"# lfap sweep 0.1.0 cells=3 shard=1/1 grid=d1\ncell,data\n",
                                      "# lfap sweep 0.1.0 table=6 cells=3 shard=1/1 grid=d1\ncell\n",
                                      "{\"sweep\": \"0.1.0\", \"cells\": 3, \"shard\": \"1/1\", \"grid\": \"d1\"}\n",
                                      "{\"sweep\": \"0.2.0\", \"table\": 17, \"cells\": 3}\n",
                                      "# lfap sweep 0.1.0 table=2 cells=3 shard=1/1 grid=d1\ncell\n",
                                      "# lfap sweep 0.1.0 table=3 cells=3 shard=1/1 grid=d1\ncell\n",
                                      "# lfap sweep 0.1.0 table=4 cells=3 shard=1/1 grid=d1\ncell\n"};
  static const char *const said[] = {"version 1, whose rows have no checksum", "version 6, of another lfap",
                                     "version 1, whose rows", "version 17",
                                     "version 2, whose rows do not tell of C2", "version 3, whose rows do not tell of T5",
                                     "version 4, whose head does not tell of its numerics"};
  for (size_t i = 0; i < 7; i++) {
    lfap_ctx ctx = {0};
    cr_assert_eq(rows_of(&ctx, texts[i], strlen(texts[i]), 0), -1);
    cr_assert_not_null(strstr(ctx.message, said[i]), "%s", ctx.message);
  }
}

Test(table, words_are_known_ones) {
  cr_assert(lfap_table_word("data", "fashion-mnist") && lfap_table_word("norm", "linf") &&
            lfap_table_word("base", "noise"));
  cr_assert(!lfap_table_word("data", "noise") && !lfap_table_word("norm", "") &&
            !lfap_table_word("norm", "=cmd|' /C calc'!A0") && !lfap_table_word("d", "5"));
}
