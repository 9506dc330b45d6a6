/* json.h - a streaming JSON emitter into a growing buffer: keys come out in the order they are given.
 *
 *   lfap_json j = {0};                      // j.indent = 2 for people, 0 for one line
 *   lfap_json_object_begin(&j, NULL);       // the top-level value and the items of an array have the key NULL
 *   lfap_json_uint(&j, "schema_version", LFAP_SCHEMA_VERSION);
 *   lfap_json_double_hex(&j, "gamma", 0.5); // "gamma": 0.5, "gamma_hex": "0x1p-1"
 *   lfap_json_array_begin(&j, "checks");
 *   lfap_json_string(&j, NULL, "T1");
 *   lfap_json_array_end(&j);
 *   lfap_json_object_end(&j);
 *   status = lfap_json_finish(ctx, &j);     // j.text.bytes (j.text.len of them) is the document, ends in a newline
 *   lfap_json_free(&j);
 *
 * Errors are sticky and told by lfap_json_finish alone: LFAP_ERR_MEMORY, or LFAP_ERR_INTERNAL when the calls did not
 * nest (a key missing in an object, one given in an array, an end without its begin, two top-level values, more than
 * LFAP_JSON_DEPTH levels). Output is always valid UTF-8: bytes that are not (a file name may hold any) become U+FFFD.
 * NaN and infinities, which JSON does not know, become null; the hexadecimal twin then still says which.
 */
#ifndef LFAP_IO_JSON_H
#define LFAP_IO_JSON_H
#include "io/text.h"

enum { LFAP_JSON_DEPTH = 16 };

typedef struct {
  lfap_text text;
  int indent;                  /* spaces a level; 0: everything on one line */
  int depth;                   /* open objects and arrays */
  char open[LFAP_JSON_DEPTH];  /* '{' or '[' */
  char items[LFAP_JSON_DEPTH]; /* 1 once the level holds a value */
  int done;                    /* the top-level value was written */
  int broken;                  /* the calls did not nest */
} lfap_json;

void lfap_json_object_begin(lfap_json *j, const char *key);
void lfap_json_object_end(lfap_json *j);
void lfap_json_array_begin(lfap_json *j, const char *key);
void lfap_json_array_end(lfap_json *j);

void lfap_json_null(lfap_json *j, const char *key);
void lfap_json_bool(lfap_json *j, const char *key, int value);
void lfap_json_int(lfap_json *j, const char *key, int64_t value);
void lfap_json_uint(lfap_json *j, const char *key, uint64_t value);
void lfap_json_string(lfap_json *j, const char *key, const char *value); /* NULL gives null */
void lfap_json_double(lfap_json *j, const char *key, double value);      /* %.17g, or null */
/* Two members, "key" as lfap_json_double and "key_hex" as a string (lfap_text_hex). Inside objects alone. */
void lfap_json_double_hex(lfap_json *j, const char *key, double value);
/* "key": [...] and "key_hex": [...]. Inside objects alone. */
void lfap_json_doubles_hex(lfap_json *j, const char *key, const double *values, size_t n);

/* A member of another document as it stands there, key and value (members.h). Inside objects alone. */
void lfap_json_member(lfap_json *j, const char *text, size_t len);

/* Checks that the document is whole, adds the last newline. */
lfap_status lfap_json_finish(lfap_ctx *ctx, lfap_json *j);
void lfap_json_free(lfap_json *j);
#endif
