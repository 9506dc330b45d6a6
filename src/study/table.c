/* table.c - the columns of a sweep's table (R1, T3, T4 and what led to them), in CSV and JSON lines. */
#include "study/columns.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* ---- a cell of a row, written or matched ------------------------------------------------------------------------- */

static int expect(lfap_sink *s, const char *text) {
  size_t n = strlen(text);
  if (strncmp(s->at, text, n) != 0) return 0;
  s->at += n;
  return 1;
}

/* Begins a cell: what separates it from the one before, and in JSON its key. Is its value wanted? */
static int begin_cell(lfap_sink *s, const char *name) {
  int first = s->first, json = s->format == LFAP_TABLE_JSONL;
  s->first = 0;
  if (s->mode == LFAP_SINK_MATCH) {
    int good =
        json ? expect(s, first ? "{\"" : ", \"") && expect(s, name) && expect(s, "\": ") : first || expect(s, ",");
    if (!good && !s->bad) s->bad = name;
    return !s->bad;
  }
  if (json) return 1;
  if (!first) lfap_text_puts(s->csv, ",");
  if (s->mode == LFAP_SINK_NAMES) lfap_text_puts(s->csv, name);
  return s->mode == LFAP_SINK_ROW;
}

/* A value ends where the next cell begins. */
static void matched(lfap_sink *s, const char *name, size_t len) {
  s->at += len;
  if (len == 0 || s->at[0] != ',') s->bad = name;
}

/* A cell without a value was read: the row has a reason for it. */
static void untold(lfap_sink *s, const char *name) {
  if (s->untolds < (int)(sizeof s->untold / sizeof s->untold[0])) s->untold[s->untolds++] = name;
}

/* What numbers a column holds. */
typedef enum { ANY, POSITIVE, SLOPE, FLAG, SHARE, COSINE, COUNT } lfap_range;

static int within(double x, lfap_range range) {
  if (!isfinite(x)) return 0;
  switch (range) {
  case POSITIVE: return x > 0;
  case SLOPE: return x > 0 && x < 1;
  case FLAG: return x == 0 || x == 1;
  case SHARE: return x >= 0 && x <= 1;
  case COUNT: return x >= 0 && x == floor(x);
  case COSINE: return x >= -1.0 - 0x1p-40 && x <= 1.0 + 0x1p-40; /* rounding may pass 1 */
  default: return 1;
  }
}

/* Length of a number of that range at `text`, or of the word for one that does not exist (*missing); 0: neither. */
static size_t number_length(int *missing, const char *text, lfap_range range, int json) {
  static const char *const words[] = {"nan", "inf", "-inf"};
  char *end = NULL;
  size_t n = strspn(text, "+-.0123456789e");
  size_t allowed = range == POSITIVE || range == SLOPE ? 0 : json || range != ANY ? 1 : 3; /* a parameter is told */
  *missing = 1;
  if (json && allowed && strncmp(text, "null", 4) == 0) return 4;
  for (size_t i = 0; !json && i < allowed; i++)
    if (strncmp(text, words[i], strlen(words[i])) == 0) return strlen(words[i]);
  *missing = 0;
  if (n == 0 || n > 32) return 0;
  double x = strtod(text, &end);
  return end == text + n && within(x, range) ? n : 0;
}

static void text_cell(lfap_sink *s, const char *name, const char *value) {
  if (s->json) lfap_json_string(s->json, name, value);
  else lfap_text_puts(s->csv, value);
}

/* One of `count` words; -1, or which of them was read. */
static int word(lfap_sink *s, const char *name, const char *const *words, int count, int which) {
  int json = s->format == LFAP_TABLE_JSONL, found = -1;
  if (s->mode == LFAP_SINK_ASK) {
    for (int i = 0; i < count && strcmp(s->column, name) == 0; i++) s->yes |= strcmp(s->text, words[i]) == 0;
    return -1;
  }
  if (!begin_cell(s, name)) return -1;
  if (s->mode == LFAP_SINK_ROW) {
    text_cell(s, name, words[which]);
    return -1;
  }
  if (json && !expect(s, "\"")) s->bad = name;
  for (int i = 0; i < count && found < 0 && !s->bad; i++) {
    size_t n = strlen(words[i]);
    if (strncmp(s->at, words[i], n) != 0 || s->at[n] != (json ? '"' : ',')) continue;
    matched(s, name, n + (json ? 1 : 0));
    found = i;
  }
  if (found < 0) s->bad = name;
  return found;
}

/* From `least` on. */
static void whole_value(lfap_sink *s, const char *name, uint64_t value, uint64_t least) {
  if (!begin_cell(s, name)) return;
  if (s->mode == LFAP_SINK_MATCH) {
    size_t n = strspn(s->at, "0123456789");
    matched(s, name, n > 1 && s->at[0] == '0' ? 0 : strtoull(s->at, NULL, 10) < least ? 0 : n);
  } else if (s->json) lfap_json_uint(s->json, name, value);
  else lfap_text_uint(s->csv, value);
}

static void reason(lfap_sink *s, const char *name, const char *why) {
  if (s->mode != LFAP_SINK_ROW) return;
  if (s->reasons.len) lfap_text_puts(&s->reasons, ";");
  lfap_text_puts(&s->reasons, name);
  lfap_text_puts(&s->reasons, ":");
  lfap_text_puts(&s->reasons, why);
}

/* What is no number takes its reason with it. */
static void number(lfap_sink *s, const char *name, double value, lfap_why why, lfap_range range) {
  if (!begin_cell(s, name)) return;
  if (s->mode == LFAP_SINK_MATCH) {
    int missing = 0;
    matched(s, name, number_length(&missing, s->at, range, s->format == LFAP_TABLE_JSONL));
    if (missing) untold(s, name);
    return;
  }
  if (s->json) lfap_json_double(s->json, name, value);
  else lfap_text_double(s->csv, value);
  if (!isfinite(value)) reason(s, name, isinf(value) ? "infinite" : lfap_why_name[why]);
}

/* 0, 1, or -1 for what is not known. */
static void flag(lfap_sink *s, const char *name, int value, lfap_why why) {
  number(s, name, value < 0 ? (double)NAN : (double)value, why, FLAG);
}

/* What a limit is, if it is one. */
static void limit_word(lfap_sink *s, const char *name, const lfap_set_status *of) {
  int read = word(s, name, lfap_study_limit_name, LFAP_LIMITS, (int)of->form);
  if (read == LFAP_LIMIT_NONE || read == LFAP_LIMIT_UNKNOWN) untold(s, name);
  if (of->form == LFAP_LIMIT_NONE || of->form == LFAP_LIMIT_UNKNOWN) reason(s, name, lfap_why_name[of->why]);
}

/* ---- the columns ------------------------------------------------------------------------------------------------- */

static void kinds(lfap_sink *s, const lfap_cell *c) {
  const char *norms[LFAP_NORMS];
  for (int i = 0; i < LFAP_NORMS; i++) norms[i] = lfap_norm_name((lfap_norm)i);
  word(s, "data", lfap_study_kind_name, LFAP_STUDY_KINDS, (int)c->data);
  word(s, "base", lfap_study_base_name, LFAP_BASES, (int)c->base);
  word(s, "method", lfap_study_method_name, LFAP_METHODS, (int)c->method);
  word(s, "arithmetic", lfap_arithmetic_name, LFAP_ARITHMETICS, (int)c->arithmetic);
  word(s, "from", lfap_study_from_name, LFAP_FROMS, (int)c->from);
  word(s, "norm", norms, LFAP_NORMS, (int)c->norm);
}

static void parameters(lfap_sink *s, size_t index, const lfap_cell *c) {
  whole_value(s, "cell", index, 0);
  kinds(s, c);
  whole_value(s, "d", c->d, 1);
  whole_value(s, "n", c->n, 1);
  whole_value(s, "n_adv", c->n_adv, 1);
  whole_value(s, "m", c->m, 0);
  number(s, "gamma", c->gamma, LFAP_WHY_NONE, SLOPE);
  number(s, "eps", c->eps, LFAP_WHY_NONE, POSITIVE);
  whole_value(s, "k", c->k, 0);
  whole_value(s, "seed", c->seed, 0);
}

static lfap_why first_of(lfap_why a, lfap_why b) { return a != LFAP_WHY_NONE ? a : b; }

/* (H) of a set that has a limit is unknown where its two sides are out of range, C1 where the multipliers are not
   settled, C2 where (CP) is not, or where an own pre-activation is too near to 0. */
static void set_flags(lfap_sink *s, const lfap_set_status *of, const char *const names[7], lfap_why limit) {
  int told = of->form == LFAP_LIMIT_QP || of->form == LFAP_LIMIT_FULL;
  flag(s, names[0], of->h, first_of(of->why, LFAP_WHY_RANGE));
  number(s, names[1], of->h_ratio, first_of(of->why, LFAP_WHY_RANGE), ANY);
  flag(s, names[2], of->c1, told ? LFAP_WHY_UNSOLVED : limit);
  number(s, names[3], of->c1_share, limit, SHARE);
  lfap_why cp = !told ? limit : of->c2 == 0 ? LFAP_WHY_INFEASIBLE : LFAP_WHY_UNSOLVED;
  flag(s, names[4], of->c2, cp);
  number(s, names[5], of->c2_own, cp, ANY);
  number(s, names[6], of->c2_kinks, cp, COUNT);
}

static void sets(lfap_sink *s, const lfap_row *r) {
  static const char *const natural[] = {"h", "h_ratio", "c1", "c1_share", "c2", "c2_own", "c2_kinks"};
  static const char *const adv[] = {"h_adv",  "h_ratio_adv", "c1_adv",      "c1_share_adv",
                                    "c2_adv", "c2_own_adv",  "c2_kinks_adv"};
  limit_word(s, "limit", &r->natural);
  set_flags(s, &r->natural, natural, LFAP_WHY_LIMIT);
  limit_word(s, "limit_adv", &r->adv);
  set_flags(s, &r->adv, adv, LFAP_WHY_LIMIT_ADV);
  limit_word(s, "limit_control", &r->control);
}

static void results(lfap_sink *s, const lfap_cell *c, const lfap_row *r) {
  int untold = r->natural.form == LFAP_LIMIT_NONE || r->natural.form == LFAP_LIMIT_UNKNOWN;
  lfap_why teacher = r->why_teacher != LFAP_WHY_NONE ? LFAP_WHY_TEACHER : LFAP_WHY_NONE,
           no_bdy = untold ? LFAP_WHY_LIMIT : LFAP_WHY_NONE,
           no_test = c->data == LFAP_STUDY_FASHION ? LFAP_WHY_NONE : LFAP_WHY_NO_TEST_SET,
           no_loss = c->method == LFAP_BY_LIMIT ? LFAP_WHY_NO_TRAINING : LFAP_WHY_NONE;
  number(s, "rule", r->rule, c->base == LFAP_BASE_NOISE ? teacher : LFAP_WHY_NOT_NOISE, ANY);
  lfap_why no_split = c->from == LFAP_FROM_GEOMETRY ? LFAP_WHY_LIMIT_ADV : LFAP_WHY_OWN_DIRECTIONS;
  number(s, "ratio", r->ratio, no_split, ANY);
  number(s, "t4_share", r->t4_share, no_split, SHARE);
  lfap_why no_parts = first_of(r->why_learner, c->method == LFAP_BY_LIMIT              ? LFAP_WHY_LIMIT_ADV
                                               : c->arithmetic == LFAP_ARITHMETIC_HALF ? LFAP_WHY_HALF
                                                                                       : LFAP_WHY_RANGE);
  number(s, "t5_one_sign", r->t5_one_sign, no_parts, SHARE);
  number(s, "t5_decided", r->t5_decided, no_parts, SHARE);
  number(s, "acc_teacher", r->acc_teacher, r->why_teacher, SHARE);
  number(s, "acc", r->acc, r->why_learner, SHARE);
  number(s, "acc_control", r->acc_control, r->why_control, SHARE);
  number(s, "acc_test", r->acc_test, first_of(no_test, r->why_learner), SHARE);
  number(s, "acc_test_control", r->acc_test_control, first_of(no_test, r->why_control), SHARE);
  number(s, "agree_natural", r->agree_natural, first_of(r->why_learner, no_bdy), SHARE);
  number(s, "agree", r->agree, first_of(r->why_learner, no_bdy), SHARE);
  number(s, "agree_control", r->agree_control, first_of(r->why_control, no_bdy), SHARE);
  number(s, "agree_teacher", r->agree_teacher, first_of(r->why_learner, teacher), SHARE);
  number(s, "cosine", r->cosine, r->why_learner, COSINE);
  number(s, "cosine_control", r->cosine_control, first_of(r->why_control, teacher), COSINE);
  number(s, "log_loss_teacher", r->log_loss_teacher, first_of(no_loss, r->why_teacher), ANY);
  number(s, "log_loss", r->log_loss, first_of(no_loss, r->why_learner), ANY);
  number(s, "log_loss_control", r->log_loss_control, first_of(no_loss, r->why_control), ANY);
}

/* COLUMN:WHY of every column without a value, in their order, and of no other; the length of it, SIZE_MAX if it is not
   so. */
static size_t reasons_length(const lfap_sink *s) {
  const char *at = s->at;
  for (int i = 0; i < s->untolds; i++) {
    size_t n = strlen(s->untold[i]), len = 0;
    if (i > 0 && *at++ != ';') return SIZE_MAX;
    if (strncmp(at, s->untold[i], n) != 0 || at[n] != ':') return SIZE_MAX;
    at += n + 1;
    len = strspn(at, "abcdefghijklmnopqrstuvwxyz_-");
    int known = strncmp(at, "infinite", len) == 0 && len == strlen("infinite");
    for (int w = 0; w < LFAP_WHYS; w++)
      known |= strlen(lfap_why_name[w]) == len && strncmp(at, lfap_why_name[w], len) == 0;
    if (!known) return SIZE_MAX;
    at += len;
  }
  return (size_t)(at - s->at);
}

/* Names and words, joined: nothing of it needs quotes. */
static void reasons(lfap_sink *s) {
  static const char name[] = "reason";
  if (!begin_cell(s, name)) return;
  if (s->mode == LFAP_SINK_ROW) {
    text_cell(s, name, s->reasons.bytes ? s->reasons.bytes : "");
    return;
  }
  int json = s->format == LFAP_TABLE_JSONL;
  if (json && !expect(s, "\"")) s->bad = name;
  size_t n = s->bad ? SIZE_MAX : reasons_length(s);
  if (n != SIZE_MAX) s->at += n;
  if (n == SIZE_MAX || s->at[0] != (json ? '"' : ',')) s->bad = name;
  else if (json) s->at++;
}

void lfap_columns(lfap_sink *s, size_t index, const lfap_cell *c, const lfap_row *r) {
  static const lfap_cell no_cell = {0};
  static const lfap_row no_row = {0};
  s->first = 1;
  parameters(s, index, c ? c : &no_cell);
  sets(s, r ? r : &no_row);
  results(s, c ? c : &no_cell, r ? r : &no_row);
  reasons(s);
}

int lfap_table_word(const char *column, const char *text) {
  static const lfap_cell no_cell = {0};
  lfap_sink s = {.mode = LFAP_SINK_ASK, .column = column, .text = text};
  kinds(&s, &no_cell);
  return s.yes;
}

/* ---- whole lines ------------------------------------------------------------------------------------------------- */

const char lfap_check_column[] = "check";

size_t lfap_check_at(size_t len, lfap_table_format format) {
  size_t tail = LFAP_CHECK_DIGITS + (format == LFAP_TABLE_JSONL ? sizeof "\"}\n" : sizeof "\n") - 1;
  return len > tail ? len - tail : 0;
}

void lfap_check_of(char digits[LFAP_CHECK_DIGITS + 1], const lfap_table_head *head, const char *line, size_t len) {
  uLong crc = crc32_z(crc32_z(0, NULL, 0), (const Bytef *)head->grid, strlen(head->grid));
  snprintf(digits, LFAP_CHECK_DIGITS + 1, "%08lx", crc32_z(crc, (const Bytef *)line, len) & 0xffffffffUL);
}

void lfap_table_put_row(lfap_text *out, const lfap_table_head *head, size_t index, const lfap_cell *c,
                        const lfap_row *r, lfap_table_format format) {
  char digits[LFAP_CHECK_DIGITS + 1] = "00000000"; /* until the rest is there */
  lfap_json j = {0};
  size_t start = out->len;
  int json = format == LFAP_TABLE_JSONL;
  lfap_sink s = {.mode = LFAP_SINK_ROW, .format = format, .csv = out, .json = json ? &j : NULL};
  if (json) lfap_json_object_begin(&j, NULL);
  lfap_columns(&s, index, c, r);
  if (begin_cell(&s, lfap_check_column)) text_cell(&s, lfap_check_column, digits);
  if (json) {
    lfap_json_object_end(&j);
    if (lfap_json_finish(NULL, &j)) out->status = LFAP_ERR_MEMORY;
    else lfap_text_put(out, j.text.bytes, j.text.len);
    lfap_json_free(&j);
  } else lfap_text_puts(out, "\n");
  if (s.reasons.status) out->status = s.reasons.status;
  lfap_text_free(&s.reasons);
  if (out->status) return;
  size_t at = lfap_check_at(out->len - start, format);
  lfap_check_of(digits, head, out->bytes + start, at);
  memcpy(out->bytes + start + at, digits, LFAP_CHECK_DIGITS);
}

void lfap_table_put_head(lfap_text *out, const lfap_table_head *h, lfap_table_format format) {
  char line[256];
  if (format == LFAP_TABLE_JSONL) {
    snprintf(line, sizeof line,
             "{\"sweep\": \"%s\", \"table\": %d, \"numerics\": %d, \"cells\": %zu, \"shard\": \"%zu/%zu\", "
             "\"grid\": \"%s\"}\n",
             h->version, LFAP_TABLE_VERSION, h->numerics, h->cells, h->shard, h->shards, h->grid);
    lfap_text_puts(out, line);
    return;
  }
  snprintf(line, sizeof line, "# lfap sweep %s table=%d numerics=%d cells=%zu shard=%zu/%zu grid=%s\n", h->version,
           LFAP_TABLE_VERSION, h->numerics, h->cells, h->shard, h->shards, h->grid);
  lfap_text_puts(out, line);
  lfap_sink s = {.mode = LFAP_SINK_NAMES, .format = format, .csv = out};
  lfap_columns(&s, 0, NULL, NULL);
  begin_cell(&s, lfap_check_column);
  lfap_text_puts(out, "\n");
}
