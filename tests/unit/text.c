/* What a person sees of any bytes (lfap_visible), and walking over the members of a JSON text. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "io/members.h"
#include "io/text.h"

static void shows(const char *in, const char *expected) {
  char out[256];
  cr_expect_str_eq(lfap_visible(out, sizeof out, in), expected);
}

Test(text, visible) {
  shows("", "");
  shows("data/X.npy", "data/X.npy");
  shows("a\nb\tc\x1b[31m\x7f\x01", "a\\nb\\tc\\x1b[31m\\x7f\\x01");
  shows("\xc3\xa4 \xce\xbb \xe2\x82\xac \xf0\x9f\x98\x80", "\xc3\xa4 \xce\xbb \xe2\x82\xac \xf0\x9f\x98\x80");
  shows("\xc2\x9b"
        "31m",
        "\\x9b31m"); /* CSI as one character, C1 */
  shows("\xe2\x80\xae"
        "x\xe2\x80\xa8",
        "\\u202ex\\u2028"); /* turns the direction of writing; separates lines */
  shows("\xff\xc0\xaf\xed\xa0\x80\xe2\x82", "\\xff\\xc0\\xaf\\xed\\xa0\\x80\\xe2\\x82"); /* no UTF-8 */
}

Test(text, visible_is_cut_between_characters) {
  char out[8];
  for (size_t room = 0; room <= sizeof out; room++) {
    memset(out, 'z', sizeof out);
    lfap_visible(out, room, "ab\xe2\x82\xac\n");
    const char *expected = room > 7   ? "ab\xe2\x82\xac\\n"
                           : room > 5 ? "ab\xe2\x82\xac"
                           : room > 2 ? "ab"
                           : room > 1 ? "a"
                                      : "";
    if (room > 0) cr_expect_str_eq(out, expected, "room %zu: %s", room, out);
    for (size_t i = room; i < sizeof out; i++) cr_expect(out[i] == 'z', "room %zu: wrote behind it", room);
  }
}

/* No byte of any input passes but printable ones, and the result is UTF-8. */
Test(text, visible_of_anything) {
  unsigned seed = 1;
  for (int round = 0; round < 20000; round++) {
    char in[12], out[64];
    for (size_t i = 0; i < sizeof in - 1; i++) {
      seed = seed * 1664525u + 1013904223u;
      in[i] = (char)(seed >> 24 | (seed >> 16 & 1 ? 0x80 : 0));
    }
    in[sizeof in - 1] = '\0';
    lfap_visible(out, sizeof out, in);
    for (const char *s = out; *s;) {
      size_t n = lfap_utf8_length(s);
      cr_assert(n > 0 && lfap_utf8_control(s, n) == 0, "round %d", round);
      s += n;
    }
  }
}

Test(members, whole) {
  static const char *const good[] = {"{}", " [ ] ", "{\"a\": [1, {\"b\": null}], \"c\": \"x\\\"}\"}\n", "-1.5e3",
                                     "true"};
  static const char *const bad[] = {"",      "{",           "{\"a\"}", "{\"a\": }", "{a: 1}",          "[1,]",
                                    "[1 2]", "{\"a\": 1}}", "\"x",     "\"\\",      "{\"a\": \"\n\"}", "nul",
                                    "[}"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) cr_expect(lfap_json_whole(good[i]), "%s", good[i]);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) cr_expect_not(lfap_json_whole(bad[i]), "%s", bad[i]);
  char deep[200];
  memset(deep, '[', 100);
  memset(deep + 100, ']', 99);
  deep[199] = '\0';
  cr_expect_not(lfap_json_whole(deep));
}

Test(members, walk) {
  const char *text = " {\"a\": {\"a\": 1},\"b\" : [ \"x\", 2 ], \"seed\": 18446744073709551615}";
  lfap_member m;
  int n = 0;
  for (const char *at = lfap_members_first(&m, text); at; at = lfap_members_next(&m, at)) n++;
  cr_expect(n == 3);
  cr_expect(lfap_span_is(lfap_member_of(text, "a"), "{\"a\": 1}"));
  cr_expect(lfap_span_is(lfap_member_of(text, "seed"), "18446744073709551615"));
  cr_expect(lfap_member_of(text, "x").text == NULL && lfap_member_of("[1]", "x").text == NULL &&
            lfap_member_of("{}", "x").text == NULL);
  lfap_span b = lfap_member_of(text, "b");
  const char *at = lfap_members_first(&m, b.text);
  cr_expect(at && m.key.len == 0 && lfap_span_is(m.value, "\"x\""));
  at = lfap_members_next(&m, at);
  cr_expect(at && lfap_span_is(m.value, "2") && !lfap_members_next(&m, at));
}
