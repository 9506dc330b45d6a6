/* entries.h - a table of calls that all have to keep to the same: what one of them is. To be included behind `result`, the union of what the
 * calls make. */
#ifndef TESTS_ENTRIES_H
#define TESTS_ENTRIES_H
#include "lfap.h"

typedef struct {
  const char *name;
  lfap_status (*call)(lfap_ctx *, result *);
  void (*drop)(result *);
  lfap_status otherwise; /* its status where nothing is in the way */
} entry;

#define CALL(name, expression) \
  static lfap_status call_##name(lfap_ctx *c, result *r) { return expression; }
#define DROP(type, member) \
  static void drop_##member(result *r) { type##_free(&r->member); }
#endif
