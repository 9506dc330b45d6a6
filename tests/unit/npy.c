/* NPY files: every dtype to the exact double, bits kept on the way out and back, the bytes numpy.save would write, and
 * every kind of bad file with the message and exit class it must give. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <float.h>
#include <math.h>
#include <sys/mman.h>

#include "fuzz/mutate.h"
#include "fuzz/npy_promise.h"
#include "fuzz/npy_seeds.h"
#include "kernel/bits.h"
#include "lfap.h"
#include "scratch.h"

static scratch s;
static void make(void) { scratch_make(&s); }
static void drop(void) { scratch_remove(&s); }
TestSuite(npy, .init = make, .fini = drop);

/* A file: preamble of the version, dictionary, data. Returns the length. */
static size_t compose(uint8_t *b, int version, const char *dict, const void *data, size_t len) {
  size_t n = strlen(dict), at = version == 1 ? 10 : 12;
  memcpy(b, "\x93NUMPY", 6);
  b[6] = (uint8_t)version, b[7] = 0;
  for (size_t i = 8; i < at; i++) b[i] = (uint8_t)(n >> (8 * (i - 8)));
  memcpy(b + at, dict, n);
  if (len > 0) memcpy(b + at + n, data, len);
  return at + n + len;
}

static const char *put(int version, const char *dict, const void *data, size_t len) {
  uint8_t b[4096];
  return scratch_put(&s, "X.npy", b, compose(b, version, dict, data, len));
}

#define DICT(descr, shape) "{'descr': '" descr "', 'fortran_order': False, 'shape': " shape ", }\n"
static const uint8_t data[64] = {0}; /* zeros are numbers of every dtype */

static void expect_values(const char *dict, const void *bytes, size_t len, const double *want, size_t n) {
  lfap_ctx ctx = {0};
  lfap_mat m = {0};
  for (int version = 1; version <= 2; version++) {
    cr_assert(lfap_npy_read(&ctx, &m, put(version, dict, bytes, len)) == LFAP_OK, "%s", ctx.message);
    cr_assert(m.rows * m.cols == n);
    for (size_t i = 0; i < n; i++)
      cr_assert(lfap_bits_of(m.v[i]) == lfap_bits_of(want[i]), "%s: [%zu] is %a, not %a", dict, i, m.v[i], want[i]);
    lfap_mat_free(&m);
  }
}

/* ---- what is read -------------------------------------------------------------------------------------- */

Test(npy, every_dtype_exactly) {
  static const uint8_t f8[] = {0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 1, 0, 0, 0, 0, 0, 0, 0x80};
  expect_values(DICT("<f8", "(2,)"), f8, 16, (const double[]){1.5, -0x1p-1074}, 2);
  /* 1, -0, least subnormal, largest subnormal, least normal, largest, 1/3 of binary32 */
  static const uint32_t f4[] = {0x3f800000, 0x80000000, 1, 0x807fffff, 0x00800000, 0x7f7fffff, 0x3eaaaaab};
  uint8_t bytes[28];
  for (size_t i = 0; i < 28; i++) bytes[i] = (uint8_t)(f4[i / 4] >> (8 * (i % 4)));
  expect_values(
      DICT("<f4", "(7,)"), bytes, 28,
      (const double[]){1.0, -0.0, 0x1p-149, -0x1.fffffcp-127, 0x1p-126, (double)FLT_MAX, (double)(1.0f / 3.0f)}, 7);
  static const uint8_t u1[] = {0, 1, 127, 128, 255};
  expect_values(DICT("|u1", "(5,)"), u1, 5, (const double[]){0, 1, 127, 128, 255}, 5);
  expect_values(DICT("|i1", "(5,)"), u1, 5, (const double[]){0, 1, 127, -128, -1}, 5);
  static const uint8_t i4[] = {1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0x80, 0xff, 0xff, 0xff, 0x7f};
  expect_values(DICT("<i4", "(4,)"), i4, 16, (const double[]){1, -1, -2147483648.0, 2147483647.0}, 4);
  static const uint8_t i8[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0,    0, 0,
                               0,    0,    0,    0x20, 0,    0,    0,    0,    0,    0, 0,
                               0xe0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f, 0};
  expect_values(DICT("<i8", "(4,)"), i8, 32, (const double[]){-1, 0x1p53, -0x1p53, 9007199254740991.0}, 4);
  static const uint8_t f2[] = {0, 0x3c, 0, 0x80, 1, 0, 0xff, 0x83, 0, 4, 0xff, 0x7b, 0x55, 0x35};
  expect_values(DICT("<f2", "(7,)"), f2, 14, (const double[]){1.0, -0.0, 0x1p-24, -0x1.ff8p-15, 0x1p-14, 65504.0, 0x1.554p-2}, 7);
  static const uint8_t wide[] = {0, 0, 0, 0, 0x80, 0, 0, 1};
  expect_values(DICT(">u8", "(1,)"), wide, 8, (const double[]){2147483649.0}, 1);
  expect_values(DICT(">i4", "(2,)"), wide, 8, (const double[]){0, -2147483647.0}, 2);
  expect_values(DICT(">u4", "(2,)"), wide, 8, (const double[]){0, 2147483649.0}, 2);
  expect_values(DICT("<u4", "(2,)"), wide, 8, (const double[]){0, 16777344.0}, 2);
  expect_values(DICT("=i2", "(4,)"), wide, 8, (const double[]){0, 0, 128, 256}, 4);
  expect_values(DICT(">i2", "(4,)"), wide, 8, (const double[]){0, 0, -32768, 1}, 4);
  expect_values(DICT("|u2", "(4,)"), wide, 8, (const double[]){0, 0, 128, 256}, 4);
  expect_values(DICT("|b1", "(8,)"), wide, 8, (const double[]){0, 0, 0, 0, 1, 0, 0, 1}, 8);
  expect_values("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 4), }", wide, 8, (const double[]){0, 0, 0x80, 0, 0, 0, 0, 1}, 8);
  expect_values("{'descr': '|u1', 'fortran_order': True, 'shape': (4L, 2L), }", wide, 8, (const double[]){0, 0x80, 0, 0, 0, 0, 0, 1}, 8);
  /* one byte has no order */
  expect_values(DICT("<u1", "(5,)"), u1, 5, (const double[]){0, 1, 127, 128, 255}, 5);
  expect_values(DICT(">i1", "(5,)"), u1, 5, (const double[]){0, 1, 127, -128, -1}, 5);
}

Test(npy, every_float4_as_the_compiler_converts_it) {
  uint64_t state = 4;
  for (int k = 0; k < 200; k++) {
    uint8_t bytes[64];
    double want[16];
    for (int i = 0; i < 16; i++) {
      union {
        uint32_t u;
        float f;
      } x = {.u = (uint32_t)mutate_next(&state)};
      if (!isfinite(x.f)) x.u &= 0x807fffff;
      want[i] = (double)x.f;
      for (int j = 0; j < 4; j++) bytes[4 * i + j] = (uint8_t)(x.u >> (8 * j));
    }
    expect_values(DICT("<f4", "(16,)"), bytes, 64, want, 16);
  }
}

Test(npy, spellings_of_the_dictionary) {
  static const char *const same[] = {
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
      "{'shape':(2,3),'fortran_order':False,'descr':'<f4'}\n",
      "{\"fortran_order\": False, \"descr\": \"<f4\", \"shape\": (2, 3,)}",
      " \t{ 'descr' : '<f4' , 'fortran_order' : False ,\n 'shape' : ( 2 , 3 , ) , } \n\r\n"};
  lfap_ctx ctx = {0};
  lfap_mat m = {0};
  for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
    cr_assert(lfap_npy_read(&ctx, &m, put(1, same[i], data, 24)) == LFAP_OK, "%s", ctx.message);
    cr_assert(m.rows == 2 && m.cols == 3 && m.ndim == 2);
    lfap_mat_free(&m);
  }
  cr_assert(lfap_npy_read(&ctx, &m, put(1, DICT("<f4", "(6,)"), data, 24)) == LFAP_OK);
  cr_assert(m.rows == 6 && m.cols == 1 && m.ndim == 1);
  lfap_mat_free(&m);
  cr_assert(lfap_npy_read(&ctx, &m, put(1, DICT("<f4", "(6, 1)"), data, 24)) == LFAP_OK);
  cr_assert(m.rows == 6 && m.cols == 1 && m.ndim == 2);
  lfap_mat_free(&m);
}

/* Version 2.0 is for headers that 16 bits cannot measure; they may be longer than any buffer. */
Test(npy, long_headers) {
  static char dict[(1 << 20) + 100];
  static uint8_t b[sizeof dict + 100];
  lfap_ctx ctx = {0};
  lfap_mat m = {0};
  memset(dict, ' ', sizeof dict - 1);
  memcpy(dict, DICT("<f4", "(6,)"), strlen(DICT("<f4", "(6,)")));
  for (size_t n = 65000; n <= 200000; n += 45000) {
    dict[n] = '\0';
    size_t len = compose(b, 2, dict, data, 24);
    cr_assert(lfap_npy_read(&ctx, &m, scratch_put(&s, "X.npy", b, len)) == LFAP_OK, "%zu: %s", n, ctx.message);
    cr_assert(m.rows == 6);
    lfap_mat_free(&m);
    cr_assert(lfap_npy_read(&ctx, &m, scratch_put(&s, "X.npy", b, len - 1)) == LFAP_ERR_DATA);
    cr_assert(strstr(ctx.message, "truncated") != NULL);
    dict[n] = ' ';
  }
  cr_assert(lfap_npy_read(&ctx, &m, scratch_put(&s, "X.npy", b, compose(b, 2, dict, data, 24))) == LFAP_OK, "%s", ctx.message);
  cr_assert(m.rows == 6);
  lfap_mat_free(&m);
}

/* ---- writing ------------------------------------------------------------------------------------------- */

/* Random bit patterns, every special number first; no NaN or infinity. */
static void fill(double *v, size_t n, uint64_t *state) {
  static const double special[] = {-0.0,    0.0,     0x1p-1074, -0x1p-1074, 0x1.fffffffffffffp-1023,
                                   DBL_MIN, DBL_MAX, -DBL_MAX,  1.0};
  for (size_t i = 0; i < n; i++) {
    double x = lfap_bits_to(mutate_next(state));
    v[i] = i < 9 ? special[i] : isfinite(x) ? x : 0.25;
  }
}

static void round_trip(lfap_mat *m) {
  lfap_ctx ctx = {0};
  lfap_mat back = {0};
  cr_assert(lfap_npy_write(&ctx, scratch_path(&s, "W.npy"), m) == LFAP_OK, "%s", ctx.message);
  cr_assert(lfap_npy_read(&ctx, &back, scratch_path(&s, "W.npy")) == LFAP_OK, "%s", ctx.message);
  cr_assert(back.rows == m->rows && back.cols == m->cols && back.ndim == m->ndim);
  for (size_t i = 0; i < m->rows * m->cols; i++) cr_assert(lfap_bits_of(back.v[i]) == lfap_bits_of(m->v[i]));
  cr_assert(scratch_count(s.dir) == 1);
  lfap_mat_free(&back);
}

Test(npy, round_trip_keeps_every_bit) {
  uint64_t state = 1;
  /* the last ones are longer than the blocks of reading and writing, and no multiple of them */
  static const size_t shape[][2] = {{1, 1}, {3, 5}, {17, 64}, {1, 1025}, {32769, 3}, {100003, 1}};
  for (size_t k = 0; k < sizeof shape / sizeof *shape; k++) {
    lfap_mat m = {0};
    cr_assert(lfap_mat_alloc(NULL, &m, shape[k][0], shape[k][1]) == LFAP_OK);
    fill(m.v, m.rows * m.cols, &state);
    round_trip(&m);
    if (m.cols == 1) m.ndim = 1, round_trip(&m);
    lfap_mat_free(&m);
  }
}

/* The header by NPY's definition: HEADER_LEN little-endian, the repr of the dictionary with sorted keys, spaces so that
   all of it is a multiple of 64, one newline. */
static void expect_numpy(size_t rows, size_t cols, int ndim) {
  lfap_mat m = {0};
  uint64_t state = rows;
  char dict[128];
  size_t len;
  cr_assert(lfap_mat_alloc(NULL, &m, rows, cols) == LFAP_OK);
  m.ndim = ndim;
  fill(m.v, rows * cols, &state);
  cr_assert(lfap_npy_write(NULL, scratch_path(&s, "a.npy"), &m) == LFAP_OK);
  char *got = scratch_get(scratch_path(&s, "a.npy"), &len);
  char shape[64];
  if (ndim == 1) snprintf(shape, sizeof shape, "(%zu,)", rows);
  else snprintf(shape, sizeof shape, "(%zu, %zu)", rows, cols);
  snprintf(dict, sizeof dict, "{'descr': '<f8', 'fortran_order': False, 'shape': %s, }", shape);
  size_t n = strlen(dict), head = 64;
  while (head < 10 + n + 1) head += 64;
  cr_assert(len == head + 8 * rows * cols);
  cr_assert(memcmp(got, "\x93NUMPY\x01\x00", 8) == 0);
  cr_assert((size_t)(uint8_t)got[8] + 256 * (size_t)(uint8_t)got[9] == head - 10);
  cr_assert(memcmp(got + 10, dict, n) == 0);
  for (size_t i = 10 + n; i < head - 1; i++) cr_assert(got[i] == ' ');
  cr_assert(got[head - 1] == '\n');
  for (size_t i = 0; i < 8 * rows * cols; i++)
    cr_assert((uint8_t)got[head + i] == (uint8_t)(lfap_bits_of(m.v[i / 8]) >> (8 * (i % 8))));
  free(got);
  lfap_mat_free(&m);
}

Test(npy, the_bytes_of_numpy) {
  expect_numpy(1, 1, 1);
  expect_numpy(3, 4, 2);
  expect_numpy(20000, 1, 1);
  expect_numpy(12, 1000, 2);
}

/* Written once by numpy.save(numpy.array([[1.5, -0.0], [5e-324, 3.0]])) of NumPy 1.24. */
Test(npy, a_file_of_numpy) {
  static const char head[] = "\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }"
                             "                                                          \n";
  static const uint8_t items[32] = {0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x80,
                                    1, 0, 0, 0, 0, 0, 0,    0,    0, 0, 0, 0, 0, 0, 8, 0x40};
  uint8_t all[160];
  size_t len;
  cr_assert(sizeof head == 128 + 1);
  memcpy(all, head, 128);
  memcpy(all + 128, items, 32);
  lfap_mat m = {0};
  cr_assert(lfap_npy_read(NULL, &m, scratch_put(&s, "np.npy", all, 160)) == LFAP_OK);
  cr_assert(m.v[0] == 1.5 && m.v[1] == 0.0 && signbit(m.v[1]) && m.v[2] == 0x1p-1074 && m.v[3] == 3.0);
  cr_assert(lfap_npy_write(NULL, scratch_path(&s, "ours.npy"), &m) == LFAP_OK);
  char *got = scratch_get(scratch_path(&s, "ours.npy"), &len);
  cr_assert(len == 160 && memcmp(got, all, 160) == 0);
  free(got);
  lfap_mat_free(&m);
}

/* ---- what is refused ----------------------------------------------------------------------------------- */

/* The file must be refused with this class; the message names the file and says `what`; the output stays as it was. */
static void expect_fail(const char *path, lfap_status status, const char *what) {
  lfap_ctx ctx = {0};
  lfap_mat m = {0}, before = {0};
  lfap_status got = lfap_npy_read(&ctx, &m, path);
  cr_assert(got == status, "%s: status %d, %s", what, (int)got, ctx.message);
  cr_assert(strncmp(ctx.message, path, strlen(path)) == 0, "%s", ctx.message);
  cr_assert(strstr(ctx.message, what) != NULL, "\"%s\" lacks \"%s\"", ctx.message, what);
  cr_assert(memcmp(&m, &before, sizeof m) == 0);
}
static void expect_data(const char *dict, size_t len, const char *what) {
  expect_fail(put(1, dict, data, len), LFAP_ERR_DATA, what);
}

Test(npy, cannot_open) {
  expect_fail(scratch_path(&s, "none.npy"), LFAP_ERR_NOINPUT, "cannot be opened for reading: No such file");
  expect_fail(s.dir, LFAP_ERR_NOINPUT, "is a directory, not a file");
  cr_assert(mkfifo(scratch_path(&s, "pipe"), 0600) == 0);
  expect_fail(scratch_path(&s, "pipe"), LFAP_ERR_NOINPUT, "is a pipe");
}

Test(npy, magic_and_version) {
  uint8_t b[256];
  size_t n = compose(b, 1, DICT("<f8", "(1,)"), data, 8);
  expect_fail(scratch_put(&s, "X.npy", "", 0), LFAP_ERR_DATA, "not an NPY file");
  expect_fail(scratch_put(&s, "X.npy", "1,2,3\n4,5,6\n", 12), LFAP_ERR_DATA, "not an NPY file");
  expect_fail(scratch_put(&s, "X.npy", "1,2,3\n4,5,6\n", 12), LFAP_ERR_DATA, "numpy.loadtxt('/tmp/");
  b[6] = 4;
  expect_fail(scratch_put(&s, "X.npy", b, n), LFAP_ERR_DATA, "version other than 1.0, 2.0 and 3.0: save it with numpy.save [\\x04\\x00");
  b[6] = 1, b[7] = 1;
  expect_fail(scratch_put(&s, "X.npy", b, n), LFAP_ERR_DATA, "version other than");
  b[7] = 0;
  for (size_t cut = 0; cut < n; cut++) /* cut anywhere at all */
    expect_fail(scratch_put(&s, "X.npy", b, cut), LFAP_ERR_DATA, cut < 6 ? "not an NPY file" : "truncated");
}

Test(npy, dtypes) {
  expect_data(DICT(">c16", "(1,)"), 16, "complex numbers: save .real");
  expect_data(DICT("<c8", "(1,)"), 8, "complex numbers");
  expect_data(DICT("<f16", "(1,)"), 16, "floats of more than 8 bytes: round them, save it with .astype('<f8') [");
  expect_data(DICT(">f12", "(1,)"), 12, "floats of more than 8 bytes");
  expect_data(DICT("<U5", "(1,)"), 20, "holds text");
  expect_data(DICT("|S5", "(1,)"), 8, "holds text");
  expect_data(DICT("<M8[ns]", "(1,)"), 8, "holds times");
  expect_data(DICT("|V8", "(1,)"), 8, "holds records");
  expect_data(DICT("|O", "(1,)"), 8, "holds Python objects");
  expect_data(DICT("O", "(1,)"), 8, "holds Python objects");
  static const char *const other[] = {"<f1", "<f3", "<b2", "<u3", "!f8", "f8", "<f", "", "<f8 ", " <f8", "<i16", "<x8"};
  for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
    char dict[128];
    snprintf(dict, sizeof dict, DICT("%s", "(1,)"), other[i]);
    expect_data(dict, 8, "has a dtype other than");
    expect_data(dict, 8, other[i]);
  }
  expect_data("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }", 8, "holds records: save one of their fields");
}

Test(npy, order_and_shapes) {
  expect_data(DICT("<f8", "()"), 8, "a single number without a dimension");
  expect_data(DICT("<f8", "(1, 2, 3)"), 48, "has 3 dimensions; only samples may have more than two");
  expect_data(DICT("<f8", "(1, 2, 1, 3)"), 48, "has 4 dimensions");
  expect_data(DICT("<f8", "(1, 2, 3, 1, 1)"), 48, "has more than four dimensions");
  expect_data(DICT("<f8", "(1, 2, 3, 1, 1)"), 48, "(1, 2, 3, 1, 1)");
  expect_data(DICT("<f8", "(0,)"), 0, "has no entries");
  expect_data(DICT("<f8", "(0, 5)"), 0, "has no entries");
  expect_data(DICT("<f8", "(5, 0)"), 0, "has no entries");
  expect_data(DICT("<f8", "(3, 3)"), 64, "is truncated");
  expect_data(DICT("<f8", "(1000000, 1000000)"), 64, "is truncated");
  expect_data(DICT("<f8", "(4294967296, 4294967296)"), 64, "more entries than can be addressed");
  expect_data(DICT("<f8", "(99999999999999999999999,)"), 64, "more entries than can be addressed");
  expect_data(DICT("<f8", "(7,)"), 64, "8 bytes follow the last of its 7 x 1 entries");
  expect_data(DICT("|u1", "(63,)"), 64, "1 bytes follow");
}

Test(npy, malformed_dictionaries) {
  static const char *const bad[] = {"",
                                    "{",
                                    "{}",
                                    "{}}",
                                    "x",
                                    DICT("<f8", "(1)"),
                                    DICT("<f8", "1"),
                                    DICT("<f8", "(1 2)"),
                                    DICT("<f8", "(1,,)"),
                                    DICT("<f8", "(-1,)"),
                                    DICT("<f8", "(+1,)"),
                                    DICT("<f8", "(01,)"),
                                    DICT("<f8", "(1.0,)"),
                                    DICT("<f8", "(,)"),
                                    DICT("<f8", "(1:,)"),
                                    DICT("<f8", "(/,)"),
                                    DICT("<f8", "[1, 2]"),
                                    DICT("<f8", "(1,)") "x",
                                    "{'descr': '<f8', 'fortran_order': False, }",
                                    "{'descr': '<f8', 'shape': (1,), }",
                                    "{'fortran_order': False, 'shape': (1,), }",
                                    "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'more': 1, }",
                                    "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'shape': (1,), }",
                                    "{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (1,), }",
                                    "{'descr': '<f8', 'fortran_order': False, 'fortran_order': False, 'shape': (1,), }",
                                    "{'descr': '<f8', 'fortran_order': False 'shape': (1,), }",
                                    "{'descr': '<f8', 'fortran_order': 0, 'shape': (1,), }",
                                    "{'descr' '<f8', 'fortran_order': False, 'shape': (1,), }",
                                    "{'descr': <f8, 'fortran_order': False, 'shape': (1,), }",
                                    "{'descr\": '<f8', 'fortran_order': False, 'shape': (1,), }",
                                    "{, 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}",
                                    "{'descr': '<f8', 'fortran_order': False, 'shape': (1,),, }",
                                    "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    lfap_mat m = {0};
    lfap_ctx ctx = {0};
    lfap_status got = lfap_npy_read(&ctx, &m, put(1, bad[i], data, 8));
    cr_assert(got == LFAP_ERR_DATA, "%s was taken", bad[i]);
    cr_assert(strstr(ctx.message, "malformed NPY header") != NULL, "%s: %s", bad[i], ctx.message);
  }
}

static void expect_bad_double(double x, const char *what) {
  uint8_t b[48] = {0};
  for (size_t i = 0; i < 8; i++) b[32 + i] = (uint8_t)(lfap_bits_of(x) >> (8 * i));
  expect_fail(put(1, DICT("<f8", "(2, 3)"), b, 48), LFAP_ERR_DATA, what);
}

Test(npy, values) {
  expect_bad_double((double)NAN, "entry [1, 1] is NaN");
  expect_bad_double(-(double)NAN, "entry [1, 1] is NaN");
  expect_bad_double((double)INFINITY, "entry [1, 1] is Inf");
  expect_bad_double(-(double)INFINITY, "entry [1, 1] is -Inf");
  static const uint8_t f4[] = {0, 0, 0, 0, 0, 0, 0x80, 0x7f, 0, 0, 0xc0, 0x7f};
  expect_fail(put(1, DICT("<f4", "(3,)"), f4, 12), LFAP_ERR_DATA, "entry [1] is Inf"); /* the first one */
  static const uint8_t i8[] = {1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0x20, 0};
  expect_fail(put(1, DICT("<i8", "(2,)"), i8, 16), LFAP_ERR_DATA, "entry [1] is 9007199254740993, beyond 2^53");
  static const uint8_t low[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xdf, 0xff};
  expect_fail(put(1, DICT("<i8", "(1,)"), low, 8), LFAP_ERR_DATA, "entry [0] is -9007199254740993, beyond");
  static const uint8_t least[] = {0, 0, 0, 0, 0, 0, 0, 0x80};
  expect_fail(put(1, DICT("<i8", "(1,)"), least, 8), LFAP_ERR_DATA, "entry [0] is -9223372036854775808, beyond");
}

Test(npy, a_bad_value_behind_the_first_block) {
  lfap_mat m = {0};
  const double nan = (double)NAN;
  const char *path = scratch_path(&s, "n.npy");
  cr_assert(lfap_mat_alloc(NULL, &m, 1000, 100) == LFAP_OK && lfap_npy_write(NULL, path, &m) == LFAP_OK);
  lfap_mat_free(&m);
  FILE *f = fopen(path, "r+b"); /* the writer would refuse it; the header has 128 bytes */
  cr_assert(f && fseek(f, 128 + 8 * 98765, SEEK_SET) == 0 && fwrite(&nan, 8, 1, f) == 1 && fclose(f) == 0);
  expect_fail(path, LFAP_ERR_DATA, "entry [987, 65] is NaN");
}

/* What the reader would refuse is not written; an older file of that name stays. */
Test(npy, infinities_and_nan_are_not_written) {
  const double bad[] = {INFINITY, -INFINITY, NAN};
  const char *path = scratch_path(&s, "n.npy");
  double v[12] = {1.0};
  lfap_mat m = {.rows = 4, .cols = 3, .ndim = 2, .v = v}, back = {0};
  cr_assert_eq(lfap_npy_write(NULL, path, &m), LFAP_OK);
  for (size_t i = 0; i < 3; i++) {
    lfap_ctx ctx = {0};
    v[7] = bad[i];
    cr_assert_eq(lfap_npy_write(&ctx, path, &m), LFAP_ERR_RANGE);
    cr_assert_not_null(strstr(ctx.message, "n.npy: not written: entry [2, 1] would be"), "%s", ctx.message);
  }
  cr_assert_eq(lfap_npy_read(NULL, &back, path), LFAP_OK);
  cr_assert(back.v[0] == 1.0 && back.v[7] == 0.0 && back.unit == 0x1p-53);
  lfap_mat_free(&back);
}

/* A file of 2^40 zeros costs nothing on the disk; as doubles it needs 8 TiB. */
Test(npy, larger_than_memory) {
  const char *path = put(1, DICT("|u1", "(1048576, 1048576)"), NULL, 0);
  struct stat st;
  cr_assert(stat(path, &st) == 0);
  if (truncate(path, st.st_size + ((off_t)1 << 40)) != 0) cr_skip_test("no files of 1 TiB on this file system");
  expect_fail(path, LFAP_ERR_MEMORY, "larger than memory: 1048576 x 1048576 entries need 8796093022208 bytes");
}

static int stop(void *user, const char *what, double done, double total) {
  (void)user, (void)what;
  return done == total;
}
Test(npy, interrupted) {
  lfap_ctx ctx = {.progress = stop};
  lfap_mat m = {0};
  cr_assert(lfap_npy_read(&ctx, &m, put(1, DICT("<f8", "(8,)"), data, 64)) == LFAP_ERR_INTERRUPTED);
  cr_assert(m.v == NULL);
}

/* ---- damage -------------------------------------------------------------------------------------------- */

/* `room` bytes whose end is the end of a page with nothing behind it: one read too many kills the test. */
static uint8_t *wall(size_t room) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE), whole = (room + page - 1) / page * page;
  int zero = open("/dev/zero", O_RDWR);
  uint8_t *b = mmap(NULL, whole + page, PROT_READ | PROT_WRITE, MAP_PRIVATE, zero, 0);
  close(zero);
  cr_assert(b != MAP_FAILED && mprotect(b + whole, page, PROT_NONE) == 0);
  return b + whole;
}

Test(npy, headers_damaged_200000_times) {
  uint8_t b[512], *end = wall(sizeof b);
  uint64_t state = 2;
  size_t accepted = 0;
  for (int i = 0; i < 200000; i++) {
    size_t len = mutate(b, seed_input(b, mutate_below(&state, SEEDS)), sizeof b, TOKENS, &state);
    size_t total = len + (i % 2 == 0 ? 0 : mutate_below(&state, 5000));
    int ok;
    memcpy(end - len, b, len);
    cr_assert(npy_promise(&ok, end - len, len, total), "promise broken in round %d", i);
    accepted += (size_t)ok;
  }
  /* damage that the parser never lets through, or always, would test nothing */
  cr_assert(accepted > 10000 && accepted < 150000, "%zu accepted", accepted);
}

Test(npy, files_damaged_3000_times) {
  uint8_t b[512];
  uint64_t state = 3;
  size_t accepted = 0;
  for (int i = 0; i < 3000; i++) {
    lfap_ctx ctx = {0};
    lfap_mat m = {0};
    size_t len = compose(b, 1, DICT("<f4", "(2, 8)"), data, 64);
    len = mutate(b, len, sizeof b, TOKENS, &state);
    lfap_status got = lfap_npy_read(&ctx, &m, scratch_put(&s, "X.npy", b, len));
    cr_assert(got == LFAP_OK || (got == LFAP_ERR_DATA && m.v == NULL && ctx.message[0] != '\0'));
    for (size_t k = 0; k < m.rows * m.cols; k++) cr_assert(isfinite(m.v[k]));
    accepted += got == LFAP_OK;
    lfap_mat_free(&m);
  }
  cr_assert(accepted > 100 && accepted < 2000, "%zu accepted", accepted);
}
