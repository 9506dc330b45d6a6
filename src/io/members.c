/* members.c - the scanner of members.h (RFC 8259, nesting bounded). */
#include "io/members.h"

#include <string.h>

enum { DEEPEST = 64 };

static const char *blanks(const char *s) { return s + strspn(s, " \t\n\r"); }

/* Behind the string that begins at s, NULL if it does not end. */
static const char *string_end(const char *s) {
  if (*s++ != '"') return NULL;
  while (*s != '"') {
    if ((unsigned char)*s < 0x20) return NULL; /* the final NUL too */
    if (*s == '\\' && *++s == '\0') return NULL;
    s++;
  }
  return s + 1;
}

static const char *word_end(const char *s) {
  static const char *const words[] = {"true", "false", "null"};
  for (int i = 0; i < 3; i++)
    if (strncmp(s, words[i], strlen(words[i])) == 0) return s + strlen(words[i]);
  size_t n = strspn(s, "+-.0123456789eE");
  return n > 0 ? s + n : NULL;
}

static const char *value_end(const char *s, int depth);

/* Behind the member at s (its key too, in an object), NULL if there is none. */
static const char *member_end(const char *s, int object, int depth) {
  if (object) {
    s = string_end(s);
    if (s == NULL || *(s = blanks(s)) != ':') return NULL;
    s = blanks(s + 1);
  }
  return value_end(s, depth);
}

static const char *value_end(const char *s, int depth) {
  if (depth > DEEPEST) return NULL;
  if (*s == '"') return string_end(s);
  if (*s != '{' && *s != '[') return word_end(s);
  int object = *s == '{';
  char close = object ? '}' : ']';
  s = blanks(s + 1);
  if (*s == close) return s + 1;
  for (;;) {
    s = member_end(s, object, depth + 1);
    if (s == NULL) return NULL;
    s = blanks(s);
    if (*s == close) return s + 1;
    if (*s != ',') return NULL;
    s = blanks(s + 1);
  }
}

int lfap_json_whole(const char *text) {
  const char *end = value_end(blanks(text), 0);
  return end != NULL && *blanks(end) == '\0';
}

/* The member at s, where a closing bracket ends the walk. */
static const char *take_member(lfap_member *out, const char *s) {
  *out = (lfap_member){{NULL, 0}, {NULL, 0}};
  if (*s == '}' || *s == ']') return NULL;
  const char *after = *s == '"' ? string_end(s) : NULL;
  if (after != NULL && *blanks(after) == ':') {
    out->key = (lfap_span){s + 1, (size_t)(after - s) - 2};
    s = blanks(blanks(after) + 1);
  }
  const char *end = value_end(s, 0);
  if (end == NULL) return NULL;
  out->value = (lfap_span){s, (size_t)(end - s)};
  return end;
}

const char *lfap_members_first(lfap_member *out, const char *container) {
  const char *s = blanks(container);
  if (*s != '{' && *s != '[') return NULL;
  return take_member(out, blanks(s + 1));
}

const char *lfap_members_next(lfap_member *out, const char *at) {
  const char *s = blanks(at);
  return *s == ',' ? take_member(out, blanks(s + 1)) : NULL;
}

lfap_span lfap_member_of(const char *object, const char *key) {
  lfap_member m;
  size_t len = strlen(key);
  if (*blanks(object) == '{')
    for (const char *at = lfap_members_first(&m, object); at != NULL; at = lfap_members_next(&m, at))
      if (m.key.len == len && memcmp(m.key.text, key, len) == 0) return m.value;
  return (lfap_span){NULL, 0};
}

int lfap_span_is(lfap_span s, const char *text) {
  return s.text != NULL && s.len == strlen(text) && memcmp(s.text, text, s.len) == 0;
}
