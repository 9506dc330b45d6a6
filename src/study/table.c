/* table.c - the columns of a sweep's table (R1, T3, T4 and what led to them), in CSV and JSON lines. */
#include "study/table.h"

#include "io/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where values go: the header takes the names alone. */
typedef struct {
  lfap_text *csv;
  lfap_json *json;
  int names, first;
} sink;

static int separate(sink *s, const char *name) {
  if (s->json) return 0;
  if (!s->first) lfap_text_puts(s->csv, ",");
  s->first = 0;
  if (s->names) lfap_text_puts(s->csv, name);
  return !s->names;
}

static void word(sink *s, const char *name, const char *value) {
  if (separate(s, name)) lfap_text_puts(s->csv, value);
  if (s->json) lfap_json_string(s->json, name, value);
}

static void whole(sink *s, const char *name, uint64_t value) {
  if (separate(s, name)) lfap_text_uint(s->csv, value);
  if (s->json) lfap_json_uint(s->json, name, value);
}

static void number(sink *s, const char *name, double value) {
  if (separate(s, name)) lfap_text_double(s->csv, value);
  if (s->json) lfap_json_double(s->json, name, value);
}

static void parameters(sink *s, size_t index, const lfap_cell *c) {
  whole(s, "cell", index);
  word(s, "data", lfap_study_kind_name[c->data]);
  word(s, "base", lfap_study_base_name[c->base]);
  word(s, "method", lfap_study_method_name[c->method]);
  word(s, "from", lfap_study_from_name[c->from]);
  word(s, "norm", lfap_norm_name(c->norm));
  whole(s, "d", c->d);
  whole(s, "n", c->n);
  whole(s, "n_adv", c->n_adv);
  whole(s, "m", c->m);
  number(s, "gamma", c->gamma);
  number(s, "eps", c->eps);
  whole(s, "k", c->k);
  whole(s, "seed", c->seed);
}

static void results(sink *s, const lfap_row *r) {
  static const char *const form[] = {"none", "qp", "full"};
  word(s, "limit", form[r->natural.form]);
  whole(s, "h", (uint64_t)r->natural.h);
  number(s, "h_ratio", r->natural.h_ratio);
  whole(s, "c1", (uint64_t)r->natural.c1);
  number(s, "c1_share", r->natural.c1_share);
  word(s, "limit_adv", form[r->adv.form]);
  whole(s, "h_adv", (uint64_t)r->adv.h);
  number(s, "h_ratio_adv", r->adv.h_ratio);
  whole(s, "c1_adv", (uint64_t)r->adv.c1);
  number(s, "c1_share_adv", r->adv.c1_share);
  word(s, "limit_control", form[r->control.form]);
  number(s, "rule", r->rule);
  number(s, "ratio", r->ratio);
  number(s, "acc_teacher", r->acc_teacher);
  number(s, "acc", r->acc);
  number(s, "acc_control", r->acc_control);
  number(s, "acc_test", r->acc_test);
  number(s, "acc_test_control", r->acc_test_control);
  number(s, "agree_natural", r->agree_natural);
  number(s, "agree", r->agree);
  number(s, "agree_control", r->agree_control);
  number(s, "agree_teacher", r->agree_teacher);
  number(s, "cosine", r->cosine);
  number(s, "cosine_control", r->cosine_control);
  number(s, "log_loss_teacher", r->log_loss_teacher);
  number(s, "log_loss", r->log_loss);
  number(s, "log_loss_control", r->log_loss_control);
}

void lfap_table_put_row(lfap_text *out, size_t index, const lfap_cell *c, const lfap_row *r, lfap_table_format format) {
  lfap_json j = {0};
  sink s = {.csv = out, .json = format == LFAP_TABLE_JSONL ? &j : NULL, .first = 1};
  if (s.json) lfap_json_object_begin(&j, NULL);
  parameters(&s, index, c);
  results(&s, r);
  if (s.json) {
    lfap_json_object_end(&j);
    if (lfap_json_finish(NULL, &j)) out->status = LFAP_ERR_MEMORY;
    else lfap_text_put(out, j.text.bytes, j.text.len);
    lfap_json_free(&j);
  } else
    lfap_text_puts(out, "\n");
}

void lfap_table_put_head(lfap_text *out, const lfap_table_head *h, lfap_table_format format) {
  char line[256];
  if (format == LFAP_TABLE_JSONL) {
    snprintf(line, sizeof line, "{\"sweep\": \"%s\", \"cells\": %zu, \"shard\": \"%zu/%zu\", \"grid\": \"%s\"}\n", h->version,
             h->cells, h->shard, h->shards, h->grid);
    lfap_text_puts(out, line);
    return;
  }
  snprintf(line, sizeof line, "# lfap sweep %s cells=%zu shard=%zu/%zu grid=%s\n", h->version, h->cells, h->shard, h->shards,
           h->grid);
  lfap_text_puts(out, line);
  sink s = {.csv = out, .names = 1, .first = 1};
  parameters(&s, 0, &(lfap_cell){0});
  results(&s, &(lfap_row){0});
  lfap_text_puts(out, "\n");
}

size_t lfap_table_read_head(lfap_table_head *head, lfap_table_format *format, const char *bytes, size_t len) {
  static const char *const shape[] = {"# lfap sweep %15s cells=%zu shard=%zu/%zu grid=%64s",
                                      "{\"sweep\": \"%15[^\"]\", \"cells\": %zu, \"shard\": \"%zu/%zu\", \"grid\": \"%64[^\"]\"}"};
  char line[256];
  const char *end = memchr(bytes, '\n', len < sizeof line ? len : sizeof line - 1);
  if (!end) return 0;
  memcpy(line, bytes, (size_t)(end - bytes));
  line[end - bytes] = '\0';
  for (int f = LFAP_TABLE_CSV; f <= LFAP_TABLE_JSONL; f++) {
    lfap_table_head h = {{0}, {0}, 0, 0, 0};
    lfap_text again = {0};
    if (sscanf(line, shape[f], h.version, &h.cells, &h.shard, &h.shards, h.grid) != 5) continue;
    /* whatever was read must be the whole head, as it would be written */
    lfap_table_put_head(&again, &h, (lfap_table_format)f);
    size_t whole_head = !again.status && len >= again.len && memcmp(bytes, again.bytes, again.len) == 0 ? again.len : 0;
    lfap_text_free(&again);
    if (!whole_head) continue;
    *head = h;
    *format = (lfap_table_format)f;
    return whole_head;
  }
  return 0;
}

int lfap_table_read_index(size_t *index, const char *line, lfap_table_format format) {
  static const char key[] = "{\"cell\": ";
  const char *at = line;
  if (format == LFAP_TABLE_JSONL) {
    if (strncmp(line, key, sizeof key - 1) != 0) return 0;
    at += sizeof key - 1;
  }
  size_t digits = strspn(at, "0123456789");
  if (digits == 0 || digits > 9 || at[digits] != ',') return 0;
  *index = (size_t)strtoul(at, NULL, 10);
  return 1;
}
