/* json.c - the streaming emitter of json.h: separators, keys and the check that calls nest. */
#include "io/json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void lfap_json_free(lfap_json *j) {
  lfap_text_free(&j->text);
  *j = (lfap_json){0};
}

static void newline(lfap_json *j) {
  if (j->indent <= 0) return;
  lfap_text_put(&j->text, "\n", 1);
  for (int i = 0; i < j->indent * j->depth; i++) lfap_text_put(&j->text, " ", 1);
}

static void put_string(lfap_text *t, const char *value) {
  lfap_text_put(t, "\"", 1);
  for (const char *s = value; *s != '\0';) {
    unsigned char c = (unsigned char)*s;
    size_t n = lfap_utf8_length(s);
    unsigned control = lfap_utf8_control(s, n);
    if (c == '"' || c == '\\') {
      lfap_text_put(t, "\\", 1);
      lfap_text_put(t, s, 1);
    } else if (control != 0) {
      char escape[16];
      lfap_text_put(t, escape, (size_t)snprintf(escape, sizeof escape, "\\u%04x", control));
    } else if (n == 0) lfap_text_puts(t, "\xef\xbf\xbd");
    else lfap_text_put(t, s, n);
    s += n > 0 ? n : 1;
  }
  lfap_text_put(t, "\"", 1);
}

/* Separator and line break before a value; 0 when no value may stand here. */
static int separate(lfap_json *j, int keyed) {
  int in_object = j->depth > 0 && j->open[j->depth - 1] == '{';
  if ((j->depth == 0 && j->done) || in_object != keyed) j->broken = 1;
  if (j->broken) return 0;
  if (j->depth == 0) {
    j->done = 1;
    return 1;
  }
  if (j->items[j->depth - 1]) lfap_text_puts(&j->text, j->indent > 0 ? "," : ", ");
  j->items[j->depth - 1] = 1;
  newline(j);
  return 1;
}

static int before_value(lfap_json *j, const char *key) {
  if (!separate(j, key != NULL)) return 0;
  if (key == NULL) return 1;
  put_string(&j->text, key);
  lfap_text_puts(&j->text, ": ");
  return 1;
}

void lfap_json_member(lfap_json *j, const char *text, size_t len) {
  if (separate(j, 1)) lfap_text_put(&j->text, text, len);
}

static void begin_value(lfap_json *j, const char *key, char bracket) {
  if (j->depth >= LFAP_JSON_DEPTH) j->broken = 1;
  if (!before_value(j, key)) return;
  lfap_text_put(&j->text, &bracket, 1);
  j->open[j->depth] = bracket;
  j->items[j->depth] = 0;
  j->depth++;
}

static void end(lfap_json *j, char open, char close) {
  if (j->depth == 0 || j->open[j->depth - 1] != open) j->broken = 1;
  if (j->broken) return;
  j->depth--;
  if (j->items[j->depth]) newline(j);
  lfap_text_put(&j->text, &close, 1);
}

void lfap_json_object_begin(lfap_json *j, const char *key) { begin_value(j, key, '{'); }
void lfap_json_object_end(lfap_json *j) { end(j, '{', '}'); }
void lfap_json_array_begin(lfap_json *j, const char *key) { begin_value(j, key, '['); }
void lfap_json_array_end(lfap_json *j) { end(j, '[', ']'); }

void lfap_json_null(lfap_json *j, const char *key) {
  if (before_value(j, key)) lfap_text_puts(&j->text, "null");
}
void lfap_json_bool(lfap_json *j, const char *key, int value) {
  if (before_value(j, key)) lfap_text_puts(&j->text, value ? "true" : "false");
}
void lfap_json_int(lfap_json *j, const char *key, int64_t value) {
  if (before_value(j, key)) lfap_text_int(&j->text, value);
}
void lfap_json_uint(lfap_json *j, const char *key, uint64_t value) {
  if (before_value(j, key)) lfap_text_uint(&j->text, value);
}
void lfap_json_string(lfap_json *j, const char *key, const char *value) {
  if (value == NULL) lfap_json_null(j, key);
  else if (before_value(j, key)) put_string(&j->text, value);
}
void lfap_json_double(lfap_json *j, const char *key, double value) {
  if (!isfinite(value)) lfap_json_null(j, key);
  else if (before_value(j, key)) lfap_text_double(&j->text, value);
}

/* key + "_hex" in `twin`; a key too long for it breaks the document rather than being cut. */
enum { TWIN = 128 };
static int twin_of(lfap_json *j, char twin[TWIN], const char *key) {
  if (key == NULL || strlen(key) + sizeof "_hex" > TWIN) {
    j->broken = 1;
    return 0;
  }
  snprintf(twin, TWIN, "%s_hex", key);
  return 1;
}

static void put_hex(lfap_json *j, const char *key, double value) {
  if (!before_value(j, key)) return;
  lfap_text_put(&j->text, "\"", 1);
  lfap_text_hex(&j->text, value);
  lfap_text_put(&j->text, "\"", 1);
}

void lfap_json_double_hex(lfap_json *j, const char *key, double value) {
  char twin[TWIN];
  if (!twin_of(j, twin, key)) return;
  lfap_json_double(j, key, value);
  put_hex(j, twin, value);
}

void lfap_json_doubles_hex(lfap_json *j, const char *key, const double *values, size_t n) {
  char twin[TWIN];
  if (!twin_of(j, twin, key)) return;
  lfap_json_array_begin(j, key);
  for (size_t i = 0; i < n; i++) lfap_json_double(j, NULL, values[i]);
  lfap_json_array_end(j);
  lfap_json_array_begin(j, twin);
  for (size_t i = 0; i < n; i++) put_hex(j, NULL, values[i]);
  lfap_json_array_end(j);
}

lfap_status lfap_json_finish(lfap_ctx *ctx, lfap_json *j) {
  if (j->broken || j->depth != 0 || !j->done)
    return lfap_fail(ctx, LFAP_ERR_INTERNAL, "the JSON output did not nest (depth %d): please report it", j->depth);
  lfap_text_put(&j->text, "\n", 1);
  if (j->text.status != LFAP_OK) return lfap_fail(ctx, j->text.status, "out of memory for the JSON output");
  return LFAP_OK;
}
