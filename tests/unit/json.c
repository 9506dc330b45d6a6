/* The JSON emitter and the number formats: exact text of documents, bits of numbers, misuse. */
#include "io/json.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/bits.h"

/* The finished document without its last newline must be `want`. */
static void expect(lfap_json *j, const char *want) {
  lfap_ctx ctx = {0};
  cr_assert(lfap_json_finish(&ctx, j) == LFAP_OK, "%s", ctx.message);
  cr_assert(j->text.len == strlen(j->text.bytes) && j->text.bytes[j->text.len - 1] == '\n');
  j->text.bytes[j->text.len - 1] = '\0';
  cr_assert_str_eq(j->text.bytes, want);
  lfap_json_free(j);
}

Test(json, one_line) {
  lfap_json j = {0};
  lfap_json_object_begin(&j, NULL);
  lfap_json_uint(&j, "seed", UINT64_MAX);
  lfap_json_int(&j, "least", INT64_MIN);
  lfap_json_bool(&j, "yes", 7);
  lfap_json_bool(&j, "no", 0);
  lfap_json_null(&j, "nothing");
  lfap_json_array_begin(&j, "list");
  lfap_json_string(&j, NULL, "a");
  lfap_json_object_begin(&j, NULL);
  lfap_json_object_end(&j);
  lfap_json_array_begin(&j, NULL);
  lfap_json_array_end(&j);
  lfap_json_array_end(&j);
  lfap_json_string(&j, "none", NULL);
  lfap_json_object_end(&j);
  expect(&j, "{\"seed\": 18446744073709551615, \"least\": -9223372036854775808, \"yes\": true, \"no\": false, "
             "\"nothing\": null, \"list\": [\"a\", {}, []], \"none\": null}");
}

Test(json, indented) {
  lfap_json j = {.indent = 2};
  lfap_json_object_begin(&j, NULL);
  lfap_json_array_begin(&j, "a");
  lfap_json_int(&j, NULL, 1);
  lfap_json_int(&j, NULL, 2);
  lfap_json_array_end(&j);
  lfap_json_object_begin(&j, "o");
  lfap_json_object_end(&j);
  lfap_json_object_end(&j);
  expect(&j, "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"o\": {}\n}");
}

Test(json, doubles_and_their_twins) {
  const double v[3] = {0.1, -0.0, NAN};
  lfap_json j = {0};
  lfap_json_object_begin(&j, NULL);
  lfap_json_double_hex(&j, "x", 0.5);
  lfap_json_double(&j, "y", -INFINITY);
  lfap_json_double_hex(&j, "z", -INFINITY);
  lfap_json_doubles_hex(&j, "v", v, 3);
  lfap_json_doubles_hex(&j, "w", v, 0);
  lfap_json_object_end(&j);
  expect(&j, "{\"x\": 0.5, \"x_hex\": \"0x1p-1\", \"y\": null, \"z\": null, \"z_hex\": \"-inf\", "
             "\"v\": [0.10000000000000001, -0, null], \"v_hex\": [\"0x1.999999999999ap-4\", \"-0x0p+0\", \"nan\"], "
             "\"w\": [], \"w_hex\": []}");
}

static void expect_string(const char *in, const char *want) {
  lfap_json j = {0};
  lfap_json_string(&j, NULL, in);
  expect(&j, want);
}

Test(json, strings_are_escaped) {
  expect_string("", "\"\"");
  expect_string("a\"b\\c/\n\t\x01\x7f", "\"a\\\"b\\\\c/\\u000a\\u0009\\u0001\\u007f\"");
  /* two, three and four bytes of UTF-8 pass as they are */
  expect_string("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\"");
}

#define BAD "\xef\xbf\xbd"
Test(json, invalid_utf8_is_replaced) {
  expect_string("\x80", "\"" BAD "\"");
  expect_string("a\xff"
                "b",
                "\"a" BAD "b\"");
  expect_string("\xc0\xaf", "\"" BAD BAD "\"");         /* overlong */
  expect_string("\xe0\x80\x80", "\"" BAD BAD BAD "\""); /* overlong */
  expect_string("\xed\xa0\x80", "\"" BAD BAD BAD "\""); /* surrogate */
  expect_string("\xf4\x90\x80\x80", "\"" BAD BAD BAD BAD "\"");
  expect_string("\xe2\x82", "\"" BAD BAD "\""); /* cut short */
}

Test(json, keys_are_escaped) {
  lfap_json j = {0};
  lfap_json_object_begin(&j, NULL);
  lfap_json_int(&j, "a\"b", 1);
  lfap_json_object_end(&j);
  expect(&j, "{\"a\\\"b\": 1}");
}

static void expect_broken(lfap_json *j) {
  lfap_ctx ctx = {0};
  cr_assert(lfap_json_finish(&ctx, j) == LFAP_ERR_INTERNAL);
  cr_assert(strstr(ctx.message, "JSON") != NULL);
  lfap_json_free(j);
}

Test(json, misuse_is_told) {
  lfap_json j = {0};
  expect_broken(&j); /* nothing at all */
  lfap_json_object_begin(&j, NULL);
  expect_broken(&j); /* left open */
  lfap_json_object_begin(&j, NULL);
  lfap_json_int(&j, NULL, 1); /* no key */
  lfap_json_object_end(&j);
  expect_broken(&j);
  lfap_json_array_begin(&j, NULL);
  lfap_json_int(&j, "k", 1); /* a key */
  lfap_json_array_end(&j);
  expect_broken(&j);
  lfap_json_array_begin(&j, NULL);
  lfap_json_object_end(&j); /* the wrong end */
  expect_broken(&j);
  lfap_json_array_end(&j); /* an end without begin */
  expect_broken(&j);
  lfap_json_int(&j, NULL, 1);
  lfap_json_int(&j, NULL, 2); /* two values */
  expect_broken(&j);
  for (int i = 0; i <= LFAP_JSON_DEPTH; i++) lfap_json_array_begin(&j, NULL);
  for (int i = 0; i <= LFAP_JSON_DEPTH; i++) lfap_json_array_end(&j);
  expect_broken(&j);
  for (int i = 0; i < LFAP_JSON_DEPTH; i++) lfap_json_array_begin(&j, NULL);
  for (int i = 0; i < LFAP_JSON_DEPTH; i++) lfap_json_array_end(&j);
  expect(&j, "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]");
}

/* splitmix64: every bit pattern of a double, independent of the library's own generator */
static uint64_t next_word(uint64_t *state) {
  uint64_t z = (*state += 0x9e3779b97f4a7c15u);
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

/* decimal and hex both read back to the same bits, and hex is what C99's %a of this C library says */
static void expect_reads_back(double x) {
  lfap_text dec = {0}, hex = {0};
  char a[64];
  lfap_text_double(&dec, x);
  lfap_text_hex(&hex, x);
  snprintf(a, sizeof a, "%a", x);
  cr_assert_str_eq(hex.bytes, a);
  cr_assert(lfap_bits_of(strtod(dec.bytes, NULL)) == lfap_bits_of(x), "%a became %s", x, dec.bytes);
  lfap_text_free(&dec);
  lfap_text_free(&hex);
}

Test(json, numbers_read_back) {
  const double special[] = {0.0,
                            -0.0,
                            1.0,
                            -1.5,
                            0x1p-1074,
                            -0x1p-1074,
                            0x1.fffffffffffffp-1023,
                            0x1p-1022,
                            0x1.fffffffffffffp+1023,
                            1e22,
                            1e23,
                            0.1,
                            123456789012345678.0,
                            INFINITY,
                            -INFINITY};
  for (size_t i = 0; i < sizeof special / sizeof *special; i++) expect_reads_back(special[i]);
  uint64_t state = 1;
  for (int i = 0; i < 20000; i++) {
    double x = lfap_bits_to(next_word(&state));
    if (!isnan(x)) expect_reads_back(x);
  }
}

Test(json, a_large_text_grows) {
  lfap_text t = {0};
  for (int i = 0; i < 100000; i++) lfap_text_puts(&t, "0123456789");
  cr_assert(t.status == LFAP_OK && t.len == 1000000 && strlen(t.bytes) == t.len);
  for (size_t i = 0; i < t.len; i++) cr_assert(t.bytes[i] == (char)('0' + (int)(i % 10)));
  lfap_text_free(&t);
}
