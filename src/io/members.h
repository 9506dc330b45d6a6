/* members.h - looks into a JSON text without memory of its own: its value's extent, and the members of an object (or
 * items of an array) one by one, each as the text it is. For texts of our own making (meta.json), whose numbers must
 * come out as they went in.
 *
 *   lfap_member m;
 *   for (const char *at = lfap_members_first(&m, object); at; at = lfap_members_next(&m, at)) ...
 *
 * Only texts that lfap_json_whole accepts may be walked. */
#ifndef LFAP_IO_MEMBERS_H
#define LFAP_IO_MEMBERS_H
#include <stddef.h>

typedef struct {
  const char *text;
  size_t len;
} lfap_span;

typedef struct {
  lfap_span key; /* without its quotes; empty in an array */
  lfap_span value;
} lfap_member;

/* Is the whole text, NUL-terminated, one JSON value with blanks around it? */
int lfap_json_whole(const char *text);
/* NULL when there is none (any more). */
const char *lfap_members_first(lfap_member *out, const char *container);
const char *lfap_members_next(lfap_member *out, const char *at);
/* The value of `key` in the object, an empty span when it has none or is no object. */
lfap_span lfap_member_of(const char *object, const char *key);
/* Does the span spell this word (a string's quotes included)? */
int lfap_span_is(lfap_span s, const char *text);
#endif
