/* failing.h - what every function keeps to when something fails in it: each allocation in turn, that one or that one and all after it, and
 * each report of progress asking to stop. The status says so, the message says of what, outputs are as they were, no block of memory is left.
 * The linker puts __wrap_NAME in the place of NAME (Makefile, FAILING); what other libraries ask for goes by. To be included behind a
 * calls.h, whose table is gone through. */
#ifndef TESTS_FAILING_H
#define TESTS_FAILING_H
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static struct {
  atomic_long seen, live;
  long at; /* the allocation that fails, counted from 1; 0: none */
  int on;  /* and all after it */
} memory;

static inline void memory_fails(long at, int on) {
  memory.at = at, memory.on = on;
  atomic_store(&memory.seen, 0);
  atomic_store(&memory.live, 0);
}
static inline int memory_refuses(void) {
  long n = atomic_fetch_add(&memory.seen, 1) + 1;
  return memory.at && (memory.on ? n >= memory.at : n == memory.at);
}
static inline void *memory_given(void *p) {
  if (p) atomic_fetch_add(&memory.live, 1);
  return p;
}

void *__real_malloc(size_t n), *__real_calloc(size_t n, size_t m), *__real_realloc(void *p, size_t n);
char *__real_strdup(const char *s), *__real_strndup(const char *s, size_t n);
void __real_free(void *p);
void *__wrap_malloc(size_t n), *__wrap_calloc(size_t n, size_t m), *__wrap_realloc(void *p, size_t n);
char *__wrap_strdup(const char *s), *__wrap_strndup(const char *s, size_t n);
void __wrap_free(void *p);
void *__wrap_malloc(size_t n) { return memory_refuses() ? NULL : memory_given(__real_malloc(n)); }
void *__wrap_calloc(size_t n, size_t m) { return memory_refuses() ? NULL : memory_given(__real_calloc(n, m)); }
void *__wrap_realloc(void *p, size_t n) {
  if (memory_refuses()) return NULL;
  return p ? __real_realloc(p, n) : memory_given(__real_realloc(p, n));
}
char *__wrap_strdup(const char *s) { return memory_refuses() ? NULL : memory_given(__real_strdup(s)); }
char *__wrap_strndup(const char *s, size_t n) { return memory_refuses() ? NULL : memory_given(__real_strndup(s, n)); }
void __wrap_free(void *p) {
  if (p) atomic_fetch_sub(&memory.live, 1);
  __real_free(p);
}

/* One call: its status; `kept`: nothing was written to its result. */
static inline lfap_status tried(const entry *e, lfap_ctx *ctx, int *kept) {
  static result r, untouched;
  memset(&r, 0xa5, sizeof r);
  memset(&untouched, 0xa5, sizeof r);
  lfap_status st = e->call(ctx, &r);
  *kept = memcmp(&r, &untouched, sizeof r) == 0;
  if (!st && e->drop) e->drop(&r);
  return st;
}

/* Arrays of the caller that are filled piece by piece: a stop leaves them unfinished (lfap.h). */
static inline int fills(const entry *e) {
  static const char *const name[] = {"lfap_gram", "lfap_gram_shift", "lfap_rows_product", "lfap_kkt_signs", "oracle_kkt_signs", "oracle_sign_points", "oracle_split_points", "oracle_polished_signs"};
  for (size_t i = 0; i < sizeof name / sizeof name[0]; i++)
    if (!strcmp(name[i], e->name)) return 1;
  return 0;
}

/* All of a few, and then ever fewer: a call may make thousands. */
static inline long next_of(long k) { return k + 1 + k / 512; }

/* How many allocations were made to fail. */
static inline long memory_each(const entry *e) {
  int kept;
  memory_fails(0, 0);
  lfap_status st = tried(e, &(lfap_ctx){0}, &kept);
  long total = atomic_load(&memory.seen), left = atomic_load(&memory.live), runs = 0;
  cr_expect_eq(st, e->otherwise, "%s: status %d", e->name, (int)st);
  cr_expect_eq(left, 0, "%s: %ld blocks are left", e->name, left);
  for (int on = 0; on < 2; on++)
    for (long k = 1; k <= total; k = next_of(k), runs++) {
      lfap_ctx ctx = {0};
      memory_fails(k, on);
      st = tried(e, &ctx, &kept);
      left = atomic_load(&memory.live);
      memory_fails(0, 0);
      cr_expect_eq(st, LFAP_ERR_MEMORY, "%s, allocation %ld of %ld fails: status %d: %s", e->name, k, total, (int)st, ctx.message);
      cr_expect(strstr(ctx.message, "memory"), "%s, allocation %ld of %ld fails: says '%s'", e->name, k, total, ctx.message);
      cr_expect(kept, "%s, allocation %ld of %ld fails: an output was touched", e->name, k, total);
      cr_expect_eq(left, 0, "%s, allocation %ld of %ld fails: %ld blocks are left", e->name, k, total, left);
    }
  return runs;
}

typedef struct {
  long seen, at;
} stop;
static int stop_asked(void *user, const char *what, double done, double total) {
  stop *s = user;
  (void)done, (void)total;
  return *what == '\0' || ++s->seen == s->at;
}

/* How many reports asked to stop. */
static inline long stop_each(const entry *e) {
  stop s = {0};
  int kept;
  memory_fails(0, 0);
  lfap_status st = tried(e, &(lfap_ctx){.progress = stop_asked, .user = &s}, &kept);
  long total = s.seen, runs = 0;
  cr_expect_eq(st, e->otherwise, "%s: status %d", e->name, (int)st);
  for (long k = 1; k <= total; k = next_of(k), runs++) {
    lfap_ctx ctx = {.progress = stop_asked, .user = &s};
    s = (stop){.at = k};
    memory_fails(0, 0);
    st = tried(e, &ctx, &kept);
    cr_expect_eq(st, LFAP_ERR_INTERRUPTED, "%s, stopped at report %ld of %ld: status %d: %s", e->name, k, total, (int)st, ctx.message);
    cr_expect(strncmp(ctx.message, "interrupted: ", 13) == 0, "%s, stopped at report %ld of %ld: says '%s'", e->name, k, total, ctx.message);
    cr_expect(kept || fills(e), "%s, stopped at report %ld of %ld: an output was touched", e->name, k, total);
    cr_expect_eq(atomic_load(&memory.live), 0, "%s, stopped at report %ld of %ld: blocks are left", e->name, k, total);
  }
  return runs;
}

static inline long each(long (*tried_on)(const entry *), const entry *of, size_t n) {
  long runs = 0;
  for (size_t e = 0; e < n; e++) runs += tried_on(&of[e]);
  return runs;
}
#endif
