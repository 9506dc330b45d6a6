/* archive.c - zip archives (spec/formats.md, Archives): the directory is read by the proved parser. */
#include "io/archive.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "io/file.h"
#include "io/foreign.h"

/* An archive's directory in memory. */
typedef struct {
  const char *path;
  uint8_t *bytes; /* owned */
  lfap_zip_place place;
  size_t total; /* bytes of the file */
} directory;

static lfap_status fail_io(lfap_ctx *ctx, int errnum, const char *path) {
  char why[LFAP_REASON];
  return lfap_fail(ctx, lfap_status_of(errnum, LFAP_ERR_NOINPUT), "%s: cannot be read: %s", path,
                   lfap_reason(why, errnum));
}

static lfap_status fetch(lfap_ctx *ctx, void *to, FILE *in, size_t at, size_t n, const char *path) {
  if (fseeko(in, (off_t)at, SEEK_SET) != 0) return fail_io(ctx, errno, path);
  if (fread(to, 1, n, in) == n) return LFAP_OK;
  if (ferror(in)) return fail_io(ctx, errno, path);
  return lfap_fail(ctx, LFAP_ERR_NOINPUT, "%s: became shorter while it was read", path);
}

static lfap_status fail_damaged(lfap_ctx *ctx, const char *path, const char *what) {
  return lfap_fail(ctx, LFAP_ERR_DATA, "%s: is a damaged zip archive: %s; make it again (numpy.savez)", path, what);
}

static lfap_status directory_read(lfap_ctx *ctx, directory *d, FILE *in) {
  size_t len = d->total < LFAP_ZIP_TAIL ? d->total : LFAP_ZIP_TAIL;
  uint8_t *tail = malloc(len + (len == 0));
  if (tail == NULL) return lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: out of memory for its directory", d->path);
  lfap_status s = fetch(ctx, tail, in, d->total - len, len, d->path);
  lfap_zip_verdict v = s != LFAP_OK ? LFAP_ZIP_OK : lfap_zip_end(&d->place, tail, len, d->total);
  free(tail);
  if (s != LFAP_OK) return s;
  if (v == LFAP_ZIP_NONE) return fail_damaged(ctx, d->path, "it has no directory at its end, as if it were cut off");
  if (v != LFAP_ZIP_OK) return fail_damaged(ctx, d->path, "its end says that the directory lies where it cannot be");
  d->bytes = malloc(d->place.size + 1);
  if (d->bytes == NULL) return lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: out of memory for its directory", d->path);
  return fetch(ctx, d->bytes, in, d->place.offset, d->place.size, d->path);
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

static int ends(const uint8_t *name, size_t n, const char *with) {
  size_t m = strlen(with);
  return n >= m && memcmp(name + n - m, with, m) == 0;
}

static int is_npy(const directory *d, const lfap_zip_member *m) {
  return ends(d->bytes + m->name, m->name_len, ".npy");
}

/* The name is wanted, with .npy behind it or not. */
static int is_called(const directory *d, const lfap_zip_member *m, const char *wanted) {
  size_t n = strlen(wanted);
  const uint8_t *name = d->bytes + m->name;
  if (m->name_len == n) return memcmp(name, wanted, n) == 0;
  return m->name_len == n + 4 && memcmp(name, wanted, n) == 0 && is_npy(d, m);
}

/* What is looked for, and what the directory has. */
typedef struct {
  const char *wanted; /* NULL: any NPY */
  size_t fitting, npy, all, pickles, listed;
  lfap_zip_member found;
  char list[240]; /* of the NPY members, as one names them */
} search;

/* A name that finds no room is counted; the list says so. */
static void list(search *k, const directory *d, const lfap_zip_member *m) {
  size_t used = strlen(k->list), n = m->name_len - 4;
  if (k->listed + 1 < k->npy || used + n + 3 > sizeof k->list) return;
  snprintf(k->list + used, sizeof k->list - used, "%s%.*s", used > 0 ? ", " : "", (int)n, d->bytes + m->name);
  k->listed++;
}

static void see(search *k, const directory *d, const lfap_zip_member *m) {
  int npy = is_npy(d, m);
  k->all++;
  k->pickles += (size_t)ends(d->bytes + m->name, m->name_len, "data.pkl");
  if (npy) {
    k->npy++;
    list(k, d, m);
  }
  if (k->wanted != NULL ? !is_called(d, m, k->wanted) : !npy) return;
  k->fitting++;
  k->found = *m;
}

static lfap_status search_all(lfap_ctx *ctx, search *k, const directory *d) {
  lfap_zip_member m = {0};
  size_t at = 0;
  for (size_t i = 0; i < d->place.members; i++) {
    if (lfap_zip_member_at(&m, d->bytes, d->place.size, at, d->total) != LFAP_ZIP_OK)
      return fail_damaged(ctx, d->path, "a record of its directory cannot be");
    see(k, d, &m);
    at = m.next;
  }
  if (at != d->place.size) return fail_damaged(ctx, d->path, "its directory is longer than its records");
  return LFAP_OK;
}

static lfap_status pick(lfap_ctx *ctx, const search *k, const char *path) {
  if (k->fitting == 1) return LFAP_OK;
  if (k->npy == 0 && k->pickles > 0) return lfap_foreign_torch(ctx, path);
  if (k->npy == 0)
    return lfap_fail(ctx, LFAP_ERR_DATA,
                     "%s: is a zip archive of %zu members, none of them NPY; save arrays with numpy.savez", path,
                     k->all);
  if (k->wanted != NULL && k->wanted[0] == '\0')
    return lfap_fail(ctx, LFAP_ERR_NOINPUT, "%s: names no array behind its colon; there are: %s%s", path, k->list,
                     k->listed < k->npy ? ", ..." : "");
  if (k->wanted != NULL && k->fitting > 1)
    return lfap_fail(ctx, LFAP_ERR_DATA, "%s: has %zu members %s: which is meant cannot be told; make it again", path,
                     k->fitting, k->wanted);
  if (k->wanted != NULL)
    return lfap_fail(ctx, LFAP_ERR_NOINPUT, "%s: has no member %s; its arrays are: %s%s", path, k->wanted, k->list,
                     k->listed < k->npy ? ", ..." : "");
  return lfap_fail(ctx, LFAP_ERR_DATA, "%s: holds %zu arrays; name one of them, %s:NAME: %s%s", path, k->npy, path,
                   k->list, k->listed < k->npy ? ", ..." : "");
}

/* ---- the member -------------------------------------------------------------------------------------------------- */

enum { DENSEST = 1040 }; /* no deflated byte makes more */

static lfap_status acceptable(lfap_ctx *ctx, const lfap_zip_member *m, const char *path) {
  if ((m->flags & 1u) != 0)
    return lfap_fail(ctx, LFAP_ERR_DATA, "%s: is encrypted; unpack it, or save it with numpy.savez", path);
  if (m->method != LFAP_ZIP_STORED && m->method != LFAP_ZIP_DEFLATED)
    return lfap_fail(ctx, LFAP_ERR_DATA,
                     "%s: is packed by zip's method %zu; numpy.savez and savez_compressed store or deflate", path,
                     m->method);
  if (m->size / DENSEST > m->packed)
    return lfap_fail(ctx, LFAP_ERR_DATA, "%s: is damaged: %zu bytes cannot unpack to the %zu that it announces", path,
                     m->packed, m->size);
  return LFAP_OK;
}

/* Moves `in` to the member's first byte. */
static lfap_status go(lfap_ctx *ctx, FILE *in, const directory *d, const lfap_zip_member *m) {
  uint8_t head[LFAP_ZIP_LOCAL];
  if (d->total - m->local < sizeof head) return fail_damaged(ctx, d->path, "a member lies behind its end");
  lfap_status s = fetch(ctx, head, in, m->local, sizeof head, d->path);
  if (s != LFAP_OK) return s;
  size_t skip = lfap_zip_local(head);
  if (skip == 0) return fail_damaged(ctx, d->path, "there is no member where its directory says");
  if (d->total - m->local < skip || d->total - m->local - skip < m->packed)
    return fail_damaged(ctx, d->path, "a member lies behind its end");
  if (fseeko(in, (off_t)(m->local + skip), SEEK_SET) != 0) return fail_io(ctx, errno, d->path);
  return LFAP_OK;
}

lfap_status lfap_archive_lists(lfap_ctx *ctx, int *has, FILE *in, size_t total, const char *path, const char *name) {
  directory d = {.path = path, .total = total};
  search k = {.wanted = name};
  lfap_status s = directory_read(ctx, &d, in);
  if (s == LFAP_OK) s = search_all(ctx, &k, &d);
  free(d.bytes);
  *has = s == LFAP_OK && k.fitting == 1 && acceptable(NULL, &k.found, path) == LFAP_OK;
  if (s == LFAP_ERR_DATA && ctx != NULL) ctx->message[0] = '\0';
  return s == LFAP_ERR_DATA ? LFAP_OK : s;
}

lfap_status lfap_archive_find(lfap_ctx *ctx, lfap_zip_member *out, FILE *in, size_t total, const char *path,
                              const char *name) {
  directory d = {.path = path, .total = total};
  search k = {.wanted = name};
  lfap_status s = directory_read(ctx, &d, in);
  if (s == LFAP_OK) s = search_all(ctx, &k, &d);
  if (s == LFAP_OK) s = pick(ctx, &k, path);
  if (s == LFAP_OK) s = acceptable(ctx, &k.found, path);
  if (s == LFAP_OK) s = go(ctx, in, &d, &k.found);
  free(d.bytes);
  if (s == LFAP_OK) *out = k.found;
  return s;
}
