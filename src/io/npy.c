/* npy.c - NPY files (spec/formats.md): the header is read by the proved parser, items become doubles exactly. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/scale.h"
#include "io/file.h"
#include "io/foreign.h"
#include "io/precision.h"
#include "io/source.h"
#include "kernel/bits.h"
#include "kernel/npy_header.h"
#include "lfap.h"

enum { HEAD = 1 << 16, MOST_HEAD = 1 << 26, BLOCK = 1 << 18, EXCERPT = 160 };

/* A file while it is read. */
typedef struct {
  lfap_source from;
  size_t total;   /* bytes that there are, or are said to be; SIZE_MAX where only their end will tell */
  uint8_t *head;  /* owned: its first bytes, the header among them */
  size_t len, at; /* bytes in head, and those already taken */
  lfap_npy_info info;
} npy;

/* ---- messages ---------------------------------------------------------------------------------------------------- */

static const char *reason_of(lfap_npy_verdict v) {
  switch (v) {
  case LFAP_NPY_VERSION: return "has an NPY version other than 1.0, 2.0 and 3.0: save it with numpy.save";
  case LFAP_NPY_TRUNCATED: return "is truncated: the header announces more than the file holds";
  case LFAP_NPY_DTYPE:
    return "has a dtype other than bool, integers and floats of up to 8 bytes: save it with .astype('<f8'); the "
           "precision it was made in shows in the entries";
  case LFAP_NPY_COMPLEX: return "holds complex numbers: save .real and .imag, each by itself";
  case LFAP_NPY_LONG: return "holds floats of more than 8 bytes: round them, save it with .astype('<f8')";
  case LFAP_NPY_OBJECT: return "holds Python objects, not numbers: save it with .astype('<f8')";
  case LFAP_NPY_TEXT: return "holds text: where it spells numbers, save it with .astype('<f8')";
  case LFAP_NPY_TIME: return "holds times: save it with .astype('<i8')";
  case LFAP_NPY_RECORD: return "holds records: save one of their fields, a['NAME'].astype('<f8')";
  case LFAP_NPY_SCALAR: return "is a single number without a dimension: save it with numpy.atleast_1d";
  case LFAP_NPY_SHAPE: return "has more than four dimensions: save it with .reshape(len(a), -1)";
  case LFAP_NPY_EMPTY: return "has no entries";
  case LFAP_NPY_HUGE: return "announces more entries than can be addressed";
  default: return "has a malformed NPY header";
  }
}

/* The printable part of the header, so that the message shows the value that was refused. */
static void excerpt(char out[EXCERPT], const uint8_t *b, size_t len) {
  size_t from = b[6] == 1 ? 10 : 12, n = 0;
  if (b[6] < 1 || b[6] > 3) from = 6; /* the version itself */
  size_t to = from == 10 && len >= 10 ? 10 + (size_t)b[8] + 256u * (size_t)b[9] : from + 100;
  for (size_t i = from; i < len && i < to && n < 100; i++) {
    if (b[i] >= 0x20 && b[i] < 0x7f) out[n++] = (char)b[i];
    else if (b[i] != '\n') n += (size_t)snprintf(out + n, 8, "\\x%02x", (unsigned)b[i]);
  }
  while (n > 0 && out[n - 1] == ' ') n--;
  out[n] = '\0';
}

static lfap_status fail_header(lfap_ctx *ctx, const npy *f, lfap_npy_verdict v) {
  char text[EXCERPT], whole[64] = "";
  const char *path = f->from.path;
  if (v == LFAP_NPY_MAGIC) return lfap_foreign(ctx, path, f->head, f->len);
  if (f->len <= 6) return lfap_fail(ctx, LFAP_ERR_DATA, "%s: %s [%zu bytes in all]", path, reason_of(v), f->len);
  excerpt(text, f->head, f->len);
  if (f->total != SIZE_MAX) snprintf(whole, sizeof whole, "; %zu bytes in all", f->total);
  return lfap_fail(ctx, LFAP_ERR_DATA, "%s: %s [%s%s]", path, reason_of(v), text, whole);
}

/* Entry `at` in C's order. */
static lfap_status fail_item(lfap_ctx *ctx, const npy *f, size_t at, const char *what) {
  char place[96] = "";
  for (size_t k = f->info.ndim; k-- > 0; at /= f->info.dim[k]) {
    char rest[96];
    memcpy(rest, place, sizeof rest);
    snprintf(place, sizeof place, "%zu%s%.70s", at % f->info.dim[k], rest[0] != '\0' ? ", " : "", rest);
  }
  return lfap_fail(ctx, LFAP_ERR_DATA, "%s: entry [%s] is %s", f->from.path, place, what);
}

/* ---- items ------------------------------------------------------------------------------------------------------- */

/* Bytes of an item, of any order, as a number. */
static inline uint64_t bits_at(const uint8_t *b, size_t n, int big) {
  uint64_t u = 0;
  if (big)
    for (size_t k = 0; k < n; k++) u = u << 8 | b[k];
  else
    for (size_t k = n; k-- > 0;) u = u << 8 | b[k];
  return u;
}

/* A pattern of binary32 (8, 23) or binary16 (5, 10) as a double, exactly: a normal number keeps its fraction and
   changes the exponent's bias. */
static inline double from_ieee(uint64_t u, unsigned exponents, unsigned fractions) {
  uint64_t sign = (u >> (exponents + fractions)) << 63, fraction = u & ((UINT64_C(1) << fractions) - 1);
  uint64_t most = (UINT64_C(1) << exponents) - 1, exponent = u >> fractions & most;
  double least = exponents == 8 ? 0x1p-149 : 0x1p-24;
  if (exponent == 0) return (sign != 0 ? -least : least) * (double)fraction;
  if (exponent == most) exponent = 0x7ff; /* infinities and NaN stay what they are */
  else exponent += 1023 - most / 2;
  return lfap_bits_to(sign | exponent << 52 | fraction << (52 - fractions));
}

/* The pattern of `bits` bits in two's complement; the arithmetic needs no implementation-defined conversion. */
static inline int64_t from_twos(uint64_t u, unsigned bits) {
  uint64_t top = UINT64_C(1) << (bits - 1);
  return (u & top) == 0 ? (int64_t)u : -(int64_t)((top << 1) - 1 - u) - 1;
}

/* n items of the dtype at b to doubles. */
static void decode(double *out, const uint8_t *b, size_t n, lfap_npy_dtype dtype, int big) {
  switch (dtype) {
  case LFAP_F8:
    for (size_t i = 0; i < n; i++) out[i] = lfap_bits_to(bits_at(b + 8 * i, 8, big));
    break;
  case LFAP_F4:
    for (size_t i = 0; i < n; i++) out[i] = from_ieee(bits_at(b + 4 * i, 4, big), 8, 23);
    break;
  case LFAP_F2:
    for (size_t i = 0; i < n; i++) out[i] = from_ieee(bits_at(b + 2 * i, 2, big), 5, 10);
    break;
  case LFAP_B1:
    for (size_t i = 0; i < n; i++) out[i] = b[i] != 0 ? 1.0 : 0.0;
    break;
  case LFAP_U1:
    for (size_t i = 0; i < n; i++) out[i] = (double)b[i];
    break;
  case LFAP_I1:
    for (size_t i = 0; i < n; i++) out[i] = (double)from_twos(b[i], 8);
    break;
  case LFAP_U2:
    for (size_t i = 0; i < n; i++) out[i] = (double)bits_at(b + 2 * i, 2, big);
    break;
  case LFAP_I2:
    for (size_t i = 0; i < n; i++) out[i] = (double)from_twos(bits_at(b + 2 * i, 2, big), 16);
    break;
  case LFAP_U4:
    for (size_t i = 0; i < n; i++) out[i] = (double)bits_at(b + 4 * i, 4, big);
    break;
  case LFAP_I4:
    for (size_t i = 0; i < n; i++) out[i] = (double)from_twos(bits_at(b + 4 * i, 4, big), 32);
    break;
  case LFAP_U8:
    for (size_t i = 0; i < n; i++) out[i] = (double)bits_at(b + 8 * i, 8, big);
    break;
  case LFAP_I8:
    for (size_t i = 0; i < n; i++) out[i] = (double)from_twos(bits_at(b + 8 * i, 8, big), 64);
    break;
  }
}

/* The exact value of a 64-bit integer in absolute value. */
static uint64_t magnitude(const uint8_t *b, const lfap_npy_info *info) {
  uint64_t u = bits_at(b, 8, info->big);
  return info->dtype == LFAP_I8 && u >> 63 != 0 ? ~u + 1 : u;
}

/* Index of the first item that no double of ours may be, n if there is none. `b` is looked at for 64-bit integers
   alone: there the exact value counts, not the one already rounded. */
static size_t first_bad(const double *v, const uint8_t *b, size_t n, const lfap_npy_info *info) {
  int wide = info->dtype == LFAP_I8 || info->dtype == LFAP_U8;
  for (size_t i = 0; i < n; i++) {
    if (!isfinite(v[i])) return i;
    if (wide && fabs(v[i]) >= 0x1p53 && magnitude(b + 8 * i, info) > UINT64_C(1) << 53) return i;
  }
  return n;
}

/* The item at b, which became v, the entry `at`. */
static lfap_status fail_value(lfap_ctx *ctx, const npy *f, size_t at, double v, const uint8_t *b) {
  char what[96];
  if (isfinite(v))
    snprintf(what, sizeof what, "%s%" PRIu64 ", beyond 2^53: no double holds every integer there", v < 0 ? "-" : "",
             magnitude(b, &f->info));
  else snprintf(what, sizeof what, "%s: only finite numbers are allowed", isnan(v) ? "NaN" : v > 0 ? "Inf" : "-Inf");
  return fail_item(ctx, f, at, what);
}

/* Where item p of the file is in C's order: in Fortran's the first index runs fastest. */
static inline size_t place_of(const lfap_npy_info *info, size_t p) {
  size_t at = 0;
  for (size_t k = 0; k < info->ndim; k++) {
    at = at * info->dim[k] + p % info->dim[k];
    p /= info->dim[k];
  }
  return at;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* n bytes, first those read with the header; fewer at the end. */
static lfap_status take(lfap_ctx *ctx, npy *f, uint8_t *to, size_t n, size_t *got) {
  size_t there = f->len - f->at < n ? f->len - f->at : n;
  memcpy(to, f->head + f->at, there);
  f->at += there;
  *got = 0;
  lfap_status status = there < n ? lfap_source_read(ctx, &f->from, to + there, n - there, got) : LFAP_OK;
  *got += there;
  return status;
}

/* A block of items to the matrix; `loose`: room for those that do not lie there in the file's order, NULL where all
   do. */
static lfap_status put_items(lfap_ctx *ctx, npy *f, lfap_mat *m, double *loose, const uint8_t *b, size_t from,
                             size_t n) {
  const lfap_npy_info *info = &f->info;
  double *v = loose != NULL ? loose : m->v + from;
  decode(v, b, n, info->dtype, info->big);
  size_t bad = first_bad(v, b, n, info);
  if (bad < n) {
    size_t at = loose != NULL ? place_of(info, from + bad) : from + bad;
    return fail_value(ctx, f, at, v[bad], b + bad * info->itemsize);
  }
  for (size_t i = 0; loose != NULL && i < n; i++) m->v[place_of(info, from + i)] = loose[i];
  return LFAP_OK;
}

static lfap_status read_items(lfap_ctx *ctx, npy *f, lfap_mat *m, uint8_t *block, double *loose) {
  size_t n = m->rows * m->cols, size = f->info.itemsize, step = BLOCK / size;
  for (size_t i = 0; i < n; i += step) {
    size_t now = n - i < step ? n - i : step, got = 0;
    lfap_status status = take(ctx, f, block, now * size, &got);
    if (status == LFAP_OK && got < now * size)
      status =
          lfap_fail(ctx, LFAP_ERR_DATA, "%s: reading stopped at entry %zu of %zu", f->from.path, i + got / size, n);
    if (status == LFAP_OK) status = put_items(ctx, f, m, loose, block, i, now);
    if (status == LFAP_OK) status = lfap_tick(ctx, f->from.path, (double)(i + now), (double)n);
    if (status != LFAP_OK) return status;
  }
  return LFAP_OK;
}

/* With the room that it needs meanwhile. */
static lfap_status read_matrix(lfap_ctx *ctx, npy *f, lfap_mat *m) {
  size_t doubles = f->info.fortran && f->info.ndim > 1 ? BLOCK / f->info.itemsize : 0;
  uint8_t *block = malloc(BLOCK);
  double *loose = doubles > 0 ? malloc(doubles * sizeof *loose) : NULL;
  lfap_status status;
  if (block == NULL || (doubles > 0 && loose == NULL))
    status = lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: out of memory for reading", f->from.path);
  else status = read_items(ctx, f, m, block, loose);
  free(block);
  free(loose);
  return status;
}

static lfap_status fail_extra(lfap_ctx *ctx, const npy *f, size_t extra) {
  return lfap_fail(ctx, LFAP_ERR_DATA, "%s: %zu bytes follow the last of its %zu x %zu entries", f->from.path, extra,
                   f->info.rows, f->info.cols);
}

/* More of the file's first bytes, twice as many as there were. */
static lfap_status read_on(lfap_ctx *ctx, npy *f) {
  size_t room = f->len > 0 ? 2 * f->len : HEAD, got = 0;
  uint8_t *head = realloc(f->head, room);
  if (head == NULL) return lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: out of memory for reading", f->from.path);
  f->head = head;
  lfap_status status = lfap_source_read(ctx, &f->from, head + f->len, room - f->len, &got);
  f->len += got;
  if (f->len < room && f->total > f->len) f->total = f->len; /* all there is */
  return status;
}

static lfap_status read_header(lfap_ctx *ctx, npy *f) {
  lfap_npy_verdict v = LFAP_NPY_MORE;
  while (v == LFAP_NPY_MORE) {
    if (f->len >= MOST_HEAD)
      return lfap_fail(ctx, LFAP_ERR_DATA, "%s: has a header of more than %d bytes: save it with numpy.save",
                       f->from.path, (int)MOST_HEAD);
    lfap_status status = read_on(ctx, f);
    if (status != LFAP_OK) return status;
    v = lfap_npy_header(&f->info, f->head, f->len, f->total);
  }
  if (v != LFAP_NPY_OK) return fail_header(ctx, f, v);
  const lfap_npy_info *info = &f->info;
  size_t extra = f->total - info->offset - info->rows * info->cols * info->itemsize;
  if (f->total != SIZE_MAX && extra != 0) return fail_extra(ctx, f, extra);
  f->at = info->offset;
  return LFAP_OK;
}

/* What rounding may have cost the numbers, relative: to the dtype, or to the coarser precision that they show. Integers
   cost nothing. */
static void set_unit(lfap_mat *m, lfap_npy_dtype dtype) {
  double own = dtype == LFAP_F8 ? 0x1p-53 : dtype == LFAP_F4 ? 0x1p-24 : dtype == LFAP_F2 ? 0x1p-11 : 0.0;
  m->unit = lfap_unit_of(&m->unit_read, own, m->v, m->rows * m->cols);
}

/* Is the shape one that is wanted? Further dimensions are of a sample: those of an image. */
static lfap_status check_shape(lfap_ctx *ctx, const npy *f, int flatten) {
  if (f->info.ndim <= 2 || flatten) return LFAP_OK;
  return lfap_fail(
      ctx, LFAP_ERR_DATA,
      "%s: has %zu dimensions; only samples may have more than two, here a vector or a matrix is due: save it "
      "with .squeeze() or .reshape(len(a), -1)",
      f->from.path, f->info.ndim);
}

static lfap_status read_open(lfap_ctx *ctx, lfap_mat *out, npy *f, int flatten) {
  lfap_mat m = {0};
  lfap_status status = read_header(ctx, f);
  if (status == LFAP_OK) status = check_shape(ctx, f, flatten);
  if (status != LFAP_OK) return status;
  size_t rows = f->info.rows, cols = f->info.cols;
  status = f->info.ndim == 1 ? lfap_vec_alloc(ctx, &m, rows) : lfap_mat_alloc(ctx, &m, rows, cols);
  if (status == LFAP_ERR_MEMORY)
    return lfap_fail(ctx, status, "%s: larger than memory: %zu x %zu entries need %zu bytes as doubles", f->from.path,
                     rows, cols, 8 * rows * cols);
  if (status == LFAP_OK) status = read_matrix(ctx, f, &m);
  if (status != LFAP_OK) {
    lfap_mat_free(&m);
    return status;
  }
  set_unit(&m, f->info.dtype);
  *out = m;
  return LFAP_OK;
}

/* What came out of an archive is right only if its end says so; and where something was wrong with it, damage comes
   first. */
static lfap_status check_end(lfap_ctx *ctx, npy *f, lfap_status before) {
  lfap_ctx own = {0}; /* the first message stays where nothing is damaged */
  size_t rest = 0;
  if (!f->from.packed || (before != LFAP_OK && before != LFAP_ERR_DATA)) return before;
  if (ctx != NULL) own.progress = ctx->progress, own.user = ctx->user;
  lfap_status status = lfap_source_end(&own, &f->from, &rest);
  if (status != LFAP_OK) return lfap_fail(ctx, status, "%s", own.message);
  if (before != LFAP_OK) return before;
  rest += f->len - f->at;
  return rest > 0 ? fail_extra(ctx, f, rest) : LFAP_OK;
}

static lfap_status read_as(lfap_ctx *ctx, lfap_mat *out, const char *path, int flatten) {
  npy f = {0};
  lfap_mat m = {0};
  lfap_status status = lfap_source_open(ctx, &f.from, path);
  if (status != LFAP_OK) return status;
  f.total = f.from.size;
  status = read_open(ctx, &m, &f, flatten);
  status = check_end(ctx, &f, status);
  lfap_source_close(&f.from);
  free(f.head);
  if (status == LFAP_OK) *out = m;
  else lfap_mat_free(&m);
  return status;
}

lfap_status lfap_npy_read(lfap_ctx *ctx, lfap_mat *out, const char *path) {
  lfap_status status = lfap_arith_check(ctx, __func__);
  return status == LFAP_OK ? read_as(ctx, out, path, 0) : status;
}

lfap_status lfap_npy_read_samples(lfap_ctx *ctx, lfap_mat *out, const char *path) {
  lfap_status status = lfap_arith_check(ctx, __func__);
  return status == LFAP_OK ? read_as(ctx, out, path, 1) : status;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

/* The bytes numpy.save writes: version 1.0, spaces and a newline up to a multiple of 64. Returns their number. */
static size_t write_header(char out[256], const lfap_mat *m) {
  char dict[192];
  int n = m->ndim == 1
              ? snprintf(dict, sizeof dict, "{'descr': '<f8', 'fortran_order': False, 'shape': (%zu,), }", m->rows)
              : snprintf(dict, sizeof dict, "{'descr': '<f8', 'fortran_order': False, 'shape': (%zu, %zu), }", m->rows,
                         m->cols);
  size_t used = 10 + (size_t)n + 1, full = (used + 63) / 64 * 64;
  memset(out, ' ', full);
  memcpy(out, "\x93NUMPY\x01\x00", 8);
  out[8] = (char)((full - 10) & 0xff);
  out[9] = (char)((full - 10) >> 8);
  memcpy(out + 10, dict, (size_t)n);
  out[full - 1] = '\n';
  return full;
}

static void encode(uint8_t *out, const double *v, size_t n) {
  for (size_t i = 0; i < n; i++) {
    uint64_t u = lfap_bits_of(v[i]);
    for (size_t k = 0; k < 8; k++) out[8 * i + k] = (uint8_t)(u >> (8 * k));
  }
}

lfap_status lfap_npy_bytes(lfap_sink *sink, void *arg, const lfap_mat *m) {
  char header[256];
  uint8_t block[8192];
  size_t n = m->rows * m->cols, step = sizeof block / 8;
  lfap_status status = sink(arg, header, write_header(header, m));
  for (size_t i = 0; i < n && status == LFAP_OK; i += step) {
    size_t now = n - i < step ? n - i : step;
    encode(block, m->v + i, now);
    status = sink(arg, block, 8 * now);
  }
  return status;
}

typedef struct {
  lfap_ctx *ctx;
  lfap_newfile file;
} destination;

static lfap_status put_bytes(void *arg, const void *bytes, size_t len) {
  destination *d = arg;
  return lfap_newfile_put(d->ctx, &d->file, bytes, len);
}

lfap_status lfap_npy_writable(lfap_ctx *ctx, const char *path, const lfap_mat *m) {
  size_t bad = lfap_first_unbounded(m->v, m->rows * m->cols);
  if (bad == m->rows * m->cols) return LFAP_OK;
  return lfap_fail(ctx, LFAP_ERR_RANGE, "%s: not written: entry [%zu, %zu] would be %g, outside the range of doubles",
                   path, bad / m->cols, bad % m->cols, m->v[bad]);
}

lfap_status lfap_npy_write(lfap_ctx *ctx, const char *path, const lfap_mat *m) {
  destination d = {.ctx = ctx};
  lfap_status status = lfap_npy_writable(ctx, path, m);
  if (status == LFAP_OK) status = lfap_newfile_begin(ctx, &d.file, path);
  if (status != LFAP_OK) return status;
  status = lfap_npy_bytes(put_bytes, &d, m);
  if (status == LFAP_OK) return lfap_newfile_end(ctx, &d.file);
  lfap_newfile_abort(&d.file);
  return status;
}
