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
#include "io/precision.h"
#include "kernel/bits.h"
#include "kernel/npy_header.h"
#include "lfap.h"

enum { HEAD = 1 << 20, BLOCK = 1 << 18, EXCERPT = 160 };

/* ---- messages ---------------------------------------------------------------------------------------------------- */

static const char *reason_of(lfap_npy_verdict v) {
  switch (v) {
  case LFAP_NPY_MAGIC: return "is not an NPY file (it does not begin with \\x93NUMPY)";
  case LFAP_NPY_VERSION: return "has an NPY version other than 1.0 and 2.0";
  case LFAP_NPY_TRUNCATED: return "is truncated: the header announces more than the file holds";
  case LFAP_NPY_DTYPE:
    return "has a dtype other than <f8 <f4 |u1 |i1 <i4 <i8: save it with .astype('<f8'); the precision it was made in "
           "shows in the entries";
  case LFAP_NPY_BIG_ENDIAN: return "is big-endian: save it with .astype('<f8')";
  case LFAP_NPY_OBJECT: return "holds Python objects, not numbers: save it with .astype('<f8')";
  case LFAP_NPY_FORTRAN: return "is in Fortran order: save it with numpy.ascontiguousarray";
  case LFAP_NPY_SHAPE: return "has neither one nor two dimensions";
  case LFAP_NPY_EMPTY: return "has no entries";
  case LFAP_NPY_HUGE: return "announces more entries than can be addressed";
  default: return "has a malformed NPY header";
  }
}

/* The printable part of the header, so that the message shows the value that was refused. */
static void excerpt(char out[EXCERPT], const uint8_t *b, size_t len) {
  size_t from = len < 6 || memcmp(b, "\x93NUMPY", 6) != 0 ? 0 : b[6] == 1 ? 10 : 12, n = 0;
  if (from == 12 && b[6] != 2) from = 6; /* the version itself */
  size_t to = from == 10 && len >= 10 ? 10 + (size_t)b[8] + 256u * (size_t)b[9] : from + 100;
  for (size_t i = from; i < len && i < to && n < 100; i++) {
    if (b[i] >= 0x20 && b[i] < 0x7f) out[n++] = (char)b[i];
    else if (b[i] != '\n') n += (size_t)snprintf(out + n, 8, "\\x%02x", (unsigned)b[i]);
  }
  while (n > 0 && out[n - 1] == ' ') n--;
  out[n] = '\0';
}

static lfap_status fail_header(lfap_ctx *ctx, const char *path, lfap_npy_verdict v, const uint8_t *b, size_t len,
                               size_t total) {
  char text[EXCERPT];
  excerpt(text, b, len);
  return lfap_fail(ctx, LFAP_ERR_DATA, "%s: %s [%s; %zu bytes in all]", path, reason_of(v), text, total);
}

/* After a read or seek that failed. */
static lfap_status fail_read(lfap_ctx *ctx, const char *path) {
  char why[LFAP_REASON];
  int e = errno;
  return lfap_fail(ctx, lfap_status_of(e, LFAP_ERR_NOINPUT), "%s: cannot be read: %s", path, lfap_reason(why, e));
}

static lfap_status fail_item(lfap_ctx *ctx, const char *path, const lfap_npy_info *info, size_t i, const char *what) {
  if (info->ndim == 1) return lfap_fail(ctx, LFAP_ERR_DATA, "%s: entry [%zu] is %s", path, i, what);
  return lfap_fail(ctx, LFAP_ERR_DATA, "%s: entry [%zu, %zu] is %s", path, i / info->cols, i % info->cols, what);
}

/* ---- items ------------------------------------------------------------------------------------------------------- */

static uint64_t little(const uint8_t *b, size_t n) {
  uint64_t u = 0;
  for (size_t k = n; k-- > 0;) u = u << 8 | b[k];
  return u;
}

/* A binary32 pattern as a double, exactly: a normal number keeps its fraction and changes the exponent's bias. */
static double from_float(uint32_t u) {
  uint64_t sign = (uint64_t)(u >> 31) << 63, fraction = u & 0x7fffffu, exponent = u >> 23 & 0xffu;
  if (exponent == 0) return (sign != 0 ? -0x1p-149 : 0x1p-149) * (double)fraction;
  if (exponent == 0xff) exponent = 0x7ff; /* infinities and NaN stay what they are */
  else exponent += 1023 - 127;
  return lfap_bits_to(sign | exponent << 52 | fraction << 29);
}

/* The pattern of `bits` bits in two's complement; the arithmetic needs no implementation-defined conversion. */
static int64_t from_twos(uint64_t u, int bits) {
  uint64_t top = UINT64_C(1) << (bits - 1);
  return (u & top) == 0 ? (int64_t)u : -(int64_t)((top << 1) - 1 - u) - 1;
}

/* n items of the dtype at b to doubles. */
static void decode(double *out, const uint8_t *b, size_t n, lfap_npy_dtype dtype) {
  switch (dtype) {
  case LFAP_F8:
    for (size_t i = 0; i < n; i++) out[i] = lfap_bits_to(little(b + 8 * i, 8));
    break;
  case LFAP_F4:
    for (size_t i = 0; i < n; i++) out[i] = from_float((uint32_t)little(b + 4 * i, 4));
    break;
  case LFAP_U1:
    for (size_t i = 0; i < n; i++) out[i] = (double)b[i];
    break;
  case LFAP_I1:
    for (size_t i = 0; i < n; i++) out[i] = (double)from_twos(b[i], 8);
    break;
  case LFAP_I4:
    for (size_t i = 0; i < n; i++) out[i] = (double)from_twos(little(b + 4 * i, 4), 32);
    break;
  case LFAP_I8:
    for (size_t i = 0; i < n; i++) out[i] = (double)from_twos(little(b + 8 * i, 8), 64);
    break;
  }
}

/* Index of the first item that no double of ours may be, n if there is none. `b` is looked at for 64-bit integers
   alone: there the exact value counts, not the one already rounded. */
static size_t first_bad(const double *v, const uint8_t *b, size_t n, lfap_npy_dtype dtype) {
  for (size_t i = 0; i < n; i++) {
    if (!isfinite(v[i])) return i;
    if (dtype != LFAP_I8 || fabs(v[i]) < 0x1p53) continue;
    int64_t x = from_twos(little(b + 8 * i, 8), 64);
    if (x > INT64_C(1) << 53 || x < -(INT64_C(1) << 53)) return i;
  }
  return n;
}

static lfap_status fail_value(lfap_ctx *ctx, const char *path, const lfap_npy_info *info, size_t at, double v,
                              const uint8_t *b) {
  char what[96];
  if (info->dtype == LFAP_I8)
    snprintf(what, sizeof what, "%" PRId64 ", beyond 2^53: no double holds every integer there",
             from_twos(little(b, 8), 64));
  else snprintf(what, sizeof what, "%s: only finite numbers are allowed", isnan(v) ? "NaN" : v > 0 ? "Inf" : "-Inf");
  return fail_item(ctx, path, info, at, what);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static lfap_status read_items(lfap_ctx *ctx, lfap_mat *m, FILE *in, const lfap_npy_info *info, const char *path,
                              uint8_t *block) {
  size_t n = m->rows * m->cols, step = BLOCK / info->itemsize;
  for (size_t i = 0; i < n; i += step) {
    size_t now = n - i < step ? n - i : step;
    if (fread(block, info->itemsize, now, in) != now)
      return ferror(in) ? fail_read(ctx, path)
                        : lfap_fail(ctx, LFAP_ERR_DATA, "%s: reading stopped at entry %zu of %zu", path, i, n);
    decode(m->v + i, block, now, info->dtype);
    size_t bad = first_bad(m->v + i, block, now, info->dtype);
    if (bad < now) return fail_value(ctx, path, info, i + bad, m->v[i + bad], block + bad * info->itemsize);
    lfap_status status = lfap_tick(ctx, path, (double)(i + now), (double)n);
    if (status != LFAP_OK) return status;
  }
  return LFAP_OK;
}

static lfap_status read_header(lfap_ctx *ctx, lfap_npy_info *info, FILE *in, size_t total, const char *path,
                               uint8_t *head) {
  size_t len = fread(head, 1, total < HEAD ? total : HEAD, in);
  if (ferror(in)) return fail_read(ctx, path);
  lfap_npy_verdict v = lfap_npy_header(info, head, len, total);
  if (v != LFAP_NPY_OK) return fail_header(ctx, path, v, head, len, total);
  size_t extra = total - info->offset - info->rows * info->cols * info->itemsize;
  if (extra != 0)
    return lfap_fail(ctx, LFAP_ERR_DATA, "%s: %zu bytes follow the last of its %zu x %zu entries", path, extra,
                     info->rows, info->cols);
  if (fseeko(in, (off_t)info->offset, SEEK_SET) != 0) return fail_read(ctx, path);
  return LFAP_OK;
}

/* What rounding may have cost the numbers, relative: to the dtype, or to the coarser precision that they show. Integers
   cost nothing. */
static void set_unit(lfap_mat *m, lfap_npy_dtype dtype) {
  double own = dtype == LFAP_F8 ? 0x1p-53 : dtype == LFAP_F4 ? 0x1p-24 : 0.0;
  m->unit = lfap_unit_of(&m->unit_read, own, m->v, m->rows * m->cols);
}

static lfap_status read_open(lfap_ctx *ctx, lfap_mat *out, FILE *in, size_t total, const char *path, uint8_t *buffer) {
  lfap_npy_info info;
  lfap_mat m = {0};
  lfap_status status = read_header(ctx, &info, in, total, path, buffer);
  if (status != LFAP_OK) return status;
  status = info.ndim == 1 ? lfap_vec_alloc(ctx, &m, info.rows) : lfap_mat_alloc(ctx, &m, info.rows, info.cols);
  if (status == LFAP_ERR_MEMORY)
    return lfap_fail(ctx, status, "%s: larger than memory: %zu x %zu entries need %zu bytes as doubles", path,
                     info.rows, info.cols, 8 * info.rows * info.cols);
  if (status == LFAP_OK) status = read_items(ctx, &m, in, &info, path, buffer);
  if (status != LFAP_OK) {
    lfap_mat_free(&m);
    return status;
  }
  set_unit(&m, info.dtype);
  *out = m;
  return LFAP_OK;
}

lfap_status lfap_npy_read(lfap_ctx *ctx, lfap_mat *out, const char *path) {
  FILE *in;
  size_t total;
  lfap_status status = lfap_arith_check(ctx, __func__);
  if (status == LFAP_OK) status = lfap_file_open(ctx, &in, &total, path);
  if (status != LFAP_OK) return status;
  uint8_t *buffer = malloc(HEAD); /* the header first, then blocks of items */
  if (buffer == NULL) status = lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: out of memory for reading", path);
  else status = read_open(ctx, out, in, total, path, buffer);
  free(buffer);
  fclose(in);
  return status;
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
