/* npy_seeds.h - valid NPY headers from which the mutations start: versions, every dtype, unusual spellings. */
#ifndef LFAP_TESTS_NPY_SEEDS_H
#define LFAP_TESTS_NPY_SEEDS_H
#include <stdint.h>
#include <string.h>

static const char *const npy_seed[] = {"{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }",
                                       "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 4), }",
                                       "{'descr': '<f4', 'fortran_order': False, 'shape': (18446744073709551615, 2), }",
                                       "{'descr': '|u1', 'fortran_order': False, 'shape': (2305843009213693951,), }",
                                       "{\"shape\":(7,1,),\"descr\":\"|i1\",\"fortran_order\":False}",
                                       "  { 'fortran_order' : False , 'shape' : ( 1 , 1 ) , 'descr' : '<i4' }\n\n",
                                       "{'descr': '<i8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }",
                                       "{'descr': '>f8', 'fortran_order': True, 'shape': (), }",
                                       "{u'descr': u'>u2', u'fortran_order': True, u'shape': (3L, 2L, 5L, 1), }",
                                       "{'descr': '|b1', 'fortran_order': False, 'shape': (2, 3, 4), }",
                                       "{'descr': '=f2', 'fortran_order': True, 'shape': (4294967296, 3, 178956970,)}",
                                       "{'descr': '|O', 'fortran_order': False, 'shape': (1, 2, 3), }"};
enum { SEEDS = 2 * sizeof npy_seed / sizeof *npy_seed };
#define TOKENS "{}()[]'\",: \n\\0123456789<>|=fiubcOSUVMTLtrueFalseshapedescrfortran_order"

/* Seed number k with 64 bytes of data behind it: version 1.0 or 2.0; returns its length (below 300). */
static inline size_t seed_input(uint8_t *b, size_t k) {
  const char *dict = npy_seed[k / 2];
  size_t n = strlen(dict), at = k % 2 == 0 ? 10 : 12;
  memcpy(b, "\x93NUMPY\x01\x00", 8);
  b[6] = (uint8_t)(1 + k % 2);
  b[8] = (uint8_t)n;
  for (size_t i = 9; i < at; i++) b[i] = 0;
  memcpy(b + at, dict, n);
  for (size_t i = 0; i < 64; i++) b[at + n + i] = (uint8_t)(i * 37);
  return at + n + 64;
}
#endif
