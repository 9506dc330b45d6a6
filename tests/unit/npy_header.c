/* npy_header.c - the NPY header parser on bytes, without files: what is read out of a good header, each refusal by its name, every length a
 * header may be cut at, and damage. */
#include "kernel/npy_header.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz/mutate.h"
#include "fuzz/npy_promise.h"
#include "fuzz/npy_seeds.h"

static uint8_t file[1 << 17];

/* Preamble of the version and dictionary. Returns the length. */
static size_t put(int version, const char *dict) {
  size_t n = strlen(dict), at = version == 1 ? 10 : 12;
  memcpy(file, "\x93NUMPY", 6);
  file[6] = (uint8_t)version, file[7] = 0;
  for (size_t i = 8; i < at; i++) file[i] = (uint8_t)(n >> (8 * (i - 8)));
  memcpy(file + at, dict, n);
  return at + n;
}
static lfap_npy_verdict parse(lfap_npy_info *info, const char *dict, size_t bytes) {
  size_t len = put(1, dict);
  return lfap_npy_header(info, file, len, len + bytes);
}

#define DICT(descr, fortran, shape) "{'descr': '" descr "', 'fortran_order': " fortran ", 'shape': " shape ", }\n"

Test(npy_header, every_dtype) {
  static const struct {
    const char *descr;
    lfap_npy_dtype dtype;
    size_t size;
  } all[] = {{"f8", LFAP_F8, 8}, {"f4", LFAP_F4, 4}, {"f2", LFAP_F2, 2}, {"b1", LFAP_B1, 1}, {"u1", LFAP_U1, 1}, {"i1", LFAP_I1, 1},
             {"u2", LFAP_U2, 2}, {"i2", LFAP_I2, 2}, {"u4", LFAP_U4, 4}, {"i4", LFAP_I4, 4}, {"u8", LFAP_U8, 8}, {"i8", LFAP_I8, 8}};
  for (size_t k = 0; k < 4 * sizeof all / sizeof *all; k++)
    for (int version = 1; version <= 3; version++) {
      char dict[128], order = "<>=|"[k % 4];
      snprintf(dict, sizeof dict, "{'descr': '%c%s', 'fortran_order': %s, 'shape': (3, 5), }\n", order, all[k / 4].descr, version == 2 ? "True" : "False");
      size_t len = put(version, dict);
      lfap_npy_info info = {0};
      cr_assert_eq(lfap_npy_header(&info, file, len, len + 15 * all[k / 4].size), LFAP_NPY_OK, "%s", dict);
      cr_assert(info.dtype == all[k / 4].dtype && info.itemsize == all[k / 4].size && info.offset == len, "%s", dict);
      cr_assert(info.big == (order == '>') && info.fortran == (version == 2), "%s", dict);
      cr_assert(info.ndim == 2 && info.rows == 3 && info.cols == 5);
      cr_assert_neq(lfap_npy_header(&info, file, len, len + 15 * all[k / 4].size - 1), LFAP_NPY_OK, "a byte is missing: %s", dict);
    }
}

Test(npy_header, shapes_and_spacing) {
  lfap_npy_info info = {0};
  cr_assert_eq(parse(&info, DICT("<f8", "False", "(7,)"), 56), LFAP_NPY_OK);
  cr_assert(info.ndim == 1 && info.rows == 7 && info.cols == 1);
  cr_assert_eq(parse(&info, "{'shape':(2,4),'descr':'<f8','fortran_order':False}", 64), LFAP_NPY_OK);
  cr_assert(info.ndim == 2 && info.rows == 2 && info.cols == 4);
  cr_assert_eq(parse(&info, "{ \"shape\" : ( 1 , 2 , ) , \"fortran_order\" : False , \"descr\" : \"<f8\" , }   \n", 16), LFAP_NPY_OK);
  cr_assert(info.rows == 1 && info.cols == 2);
  cr_assert(info.dim[0] == 1 && info.dim[1] == 2 && info.dim[2] == 1 && info.dim[3] == 1);
  cr_assert_eq(parse(&info, "{u'descr': u'<f8', u'fortran_order': False, u\"shape\": (2L, 3L, 1, 5L,)}", 240), LFAP_NPY_OK);
  cr_assert(info.ndim == 4 && info.rows == 2 && info.cols == 15);
  cr_assert(info.dim[0] == 2 && info.dim[1] == 3 && info.dim[2] == 1 && info.dim[3] == 5);
}

Test(npy_header, refusals_by_name) {
  lfap_npy_info info = {0}, before = {0};
  cr_expect_eq(parse(&info, DICT("|O", "False", "(2,)"), 16), LFAP_NPY_OBJECT);
  cr_expect_eq(parse(&info, DICT("O", "False", "(2,)"), 16), LFAP_NPY_OBJECT);
  cr_expect_eq(parse(&info, DICT("<c16", "False", "(2,)"), 32), LFAP_NPY_COMPLEX);
  cr_expect_eq(parse(&info, DICT("<f16", "False", "(2,)"), 32), LFAP_NPY_LONG);
  cr_expect_eq(parse(&info, DICT("<f1", "False", "(2,)"), 32), LFAP_NPY_DTYPE);
  cr_expect_eq(parse(&info, DICT("<b2", "False", "(2,)"), 32), LFAP_NPY_DTYPE);
  cr_expect_eq(parse(&info, DICT("!f8", "False", "(2,)"), 32), LFAP_NPY_DTYPE);
  cr_expect_eq(parse(&info, DICT("", "False", "(2,)"), 32), LFAP_NPY_DTYPE);
  cr_expect_eq(parse(&info, DICT("<U4", "False", "(2,)"), 32), LFAP_NPY_TEXT);
  cr_expect_eq(parse(&info, DICT("|S1", "False", "(2,)"), 32), LFAP_NPY_TEXT);
  cr_expect_eq(parse(&info, DICT("<M8[s]", "False", "(2,)"), 32), LFAP_NPY_TIME);
  cr_expect_eq(parse(&info, DICT("|V8", "False", "(2,)"), 32), LFAP_NPY_RECORD);
  cr_expect_eq(parse(&info, "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2,), }", 32), LFAP_NPY_RECORD);
  cr_expect_eq(parse(&info, DICT("<f8", "False", "(1, 1, 1, 1, 1)"), 64), LFAP_NPY_SHAPE);
  cr_expect_eq(parse(&info, DICT("<f8", "False", "()"), 8), LFAP_NPY_SCALAR);
  cr_expect_eq(parse(&info, DICT("<f8", "False", "(2, 3, 0, 5)"), 8), LFAP_NPY_EMPTY);
  cr_expect_eq(parse(&info, DICT("<f8", "False", "(2)"), 16), LFAP_NPY_SYNTAX);
  cr_expect_eq(parse(&info, DICT("<f8", "False", "(2l,)"), 16), LFAP_NPY_SYNTAX);
  cr_expect_eq(parse(&info, DICT("<f8", "False", "(L,)"), 16), LFAP_NPY_SYNTAX);
  cr_expect_eq(parse(&info, "{u 'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", 16), LFAP_NPY_SYNTAX);
  cr_expect_eq(parse(&info, DICT("<f8", "False", "(0, 3)"), 0), LFAP_NPY_EMPTY);
  cr_expect_eq(parse(&info, DICT("<f8", "False", "(4611686018427387904, 8)"), 64), LFAP_NPY_HUGE);
  cr_expect_eq(parse(&info, DICT("<f8", "False", "(2, 2"), 32), LFAP_NPY_SYNTAX);
  cr_expect_eq(parse(&info, DICT("<f8", "Maybe", "(2, 2)"), 32), LFAP_NPY_SYNTAX);
  cr_expect_eq(parse(&info, "{'descr': '<f8', 'shape': (2,), }\n", 16), LFAP_NPY_SYNTAX);
  cr_expect_eq(parse(&info, DICT("<f8", "False", "(3,)"), 16), LFAP_NPY_TRUNCATED);
  size_t len = put(1, DICT("<f8", "False", "(2,)"));
  file[0] = 'x';
  cr_expect_eq(lfap_npy_header(&info, file, len, len + 16), LFAP_NPY_MAGIC);
  len = put(1, DICT("<f8", "False", "(2,)"));
  file[6] = 9;
  cr_expect_eq(lfap_npy_header(&info, file, len, len + 16), LFAP_NPY_VERSION);
  cr_assert(memcmp(&info, &before, sizeof info) == 0, "nothing is written by a refusal");
}

/* The last size whose doubles a program can address, and the next. */
Test(npy_header, sizes_at_the_edge) {
  lfap_npy_info info = {0};
  cr_expect_eq(parse(&info, DICT("|u1", "False", "(2305843009213693951,)"), 64), LFAP_NPY_TRUNCATED);
  cr_expect_eq(parse(&info, DICT("|u1", "False", "(2305843009213693952,)"), 64), LFAP_NPY_HUGE);
  cr_expect_eq(parse(&info, DICT("|u1", "False", "(4294967296, 536870911)"), 64), LFAP_NPY_TRUNCATED);
  cr_expect_eq(parse(&info, DICT("|u1", "False", "(4294967296, 536870912)"), 64), LFAP_NPY_HUGE);
  cr_expect_eq(parse(&info, DICT("|u1", "False", "(1, 4294967296, 3, 178956970)"), 64), LFAP_NPY_TRUNCATED);
  cr_expect_eq(parse(&info, DICT("|u1", "False", "(1, 4294967296, 3, 178956971)"), 64), LFAP_NPY_HUGE);
  cr_expect_eq(parse(&info, DICT("|u1", "False", "(4294967296, 4294967296, 4294967296, 4294967296)"), 64), LFAP_NPY_HUGE);
  cr_expect_eq(parse(&info, DICT("|u1", "False", "(1, 4294967296, 4294967296, 1)"), 64), LFAP_NPY_HUGE);
}

/* Version 2 has four bytes of length; its dictionary may be long, padded with spaces as NumPy pads. */
Test(npy_header, long_dictionary_of_version_2) {
  static char dict[100000];
  memset(dict, ' ', sizeof dict - 1);
  const char *start = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }";
  memcpy(dict, start, strlen(start));
  dict[sizeof dict - 2] = '\n';
  size_t len = put(2, dict);
  lfap_npy_info info = {0};
  cr_assert_eq(lfap_npy_header(&info, file, len, len + 48), LFAP_NPY_OK);
  cr_assert(info.offset == 12 + sizeof dict - 1 && info.rows == 2 && info.cols == 3);
  cr_assert_eq(lfap_npy_header(&info, file, len - 1, len + 48), LFAP_NPY_MORE, "the dictionary does not end within what was read");
}

/* Cut anywhere, in a block of its own length: no length but the whole is accepted. */
Test(npy_header, cut_at_every_byte) {
  size_t len = put(1, DICT("<f8", "False", "(2, 3)"));
  for (size_t n = 0; n < len; n++) {
    uint8_t *cut = malloc(n + (n == 0));
    lfap_npy_info info = {0};
    cr_assert(cut != NULL);
    memcpy(cut, file, n);
    cr_assert_eq(lfap_npy_header(&info, cut, n, n), n < 6 ? LFAP_NPY_MAGIC : LFAP_NPY_TRUNCATED, "%zu bytes", n);
    free(cut);
  }
}

Test(npy_header, damaged_100000_times) {
  uint64_t state = 11;
  size_t accepted = 0;
  for (int i = 0; i < 100000; i++) {
    uint8_t b[512];
    size_t len = mutate(b, seed_input(b, mutate_below(&state, SEEDS)), sizeof b, TOKENS, &state);
    uint8_t *exact = malloc(len + (len == 0));
    int ok;
    cr_assert(exact != NULL);
    memcpy(exact, b, len);
    cr_assert(npy_promise(&ok, exact, len, len), "input %d", i);
    accepted += (size_t)ok;
    free(exact);
  }
  cr_assert(accepted > 500 && accepted < 95000, "%zu accepted: the inputs are no test", accepted);
}
