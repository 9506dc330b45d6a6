/* wide.h in two words, as machines without integers of 128 bits have it, against GMP. */
#define ORACLE_TWO_WORDS
#include "oracle/exact/wide.h"

#include <criterion/criterion.h>
#include <gmp.h>

#include "draws.h"

/* z += a for a word with its sign, on machines where a long is one and where it is half of one. */
static void add_word(mpz_t z, int64_t a, int64_t times) {
  uint64_t x = a < 0 ? -(uint64_t)a : (uint64_t)a, y = times < 0 ? -(uint64_t)times : (uint64_t)times;
  mpz_t p, q;
  mpz_inits(p, q, (mpz_ptr)0);
  mpz_import(p, 1, -1, sizeof x, 0, 0, &x), mpz_import(q, 1, -1, sizeof y, 0, 0, &y);
  mpz_mul(p, p, q);
  if ((a < 0) == (times < 0)) mpz_add(z, z, p);
  else mpz_sub(z, z, p);
  mpz_clears(p, q, (mpz_ptr)0);
}

static void same(const wide *s, const mpz_t z) {
  uint64_t word[2];
  mpz_t got;
  mpz_init(got);
  const int negative = wide_size(s, word);
  mpz_import(got, 2, -1, sizeof word[0], 0, 0, word);
  if (negative) mpz_neg(got, got);
  cr_assert(mpz_cmp(got, z) == 0 && (!negative || mpz_sgn(z) < 0), "%s is not %s", mpz_get_str(NULL, 16, got),
            mpz_get_str(NULL, 16, z));
  mpz_clear(got);
}

Test(wide, by_hand) {
  wide s = {0, 0};
  uint64_t word[2];
  wide_add(&s, -1);
  cr_assert(wide_size(&s, word) == 1 && word[0] == 1 && word[1] == 0);
  wide_add_product(&s, INT64_C(1) << 53, INT64_C(1) << 53);
  cr_assert(wide_size(&s, word) == 0 && word[0] == UINT64_MAX && word[1] == (UINT64_C(1) << 42) - 1);
  wide_add_product(&s, -(INT64_C(1) << 53), INT64_C(1) << 53);
  wide_add(&s, 1);
  cr_assert(wide_size(&s, word) == 0 && word[0] == 0 && word[1] == 0);
  wide_add_product(&s, INT64_C(1) << 32, -(INT64_C(1) << 32)); /* -2^64 */
  cr_assert(wide_size(&s, word) == 1 && word[0] == 0 && word[1] == 1);
}

Test(wide, sums_and_products) {
  mpz_t z;
  mpz_init(z);
  for (int round = 0; round < 20000; round++) {
    wide s = {0, 0};
    mpz_set_ui(z, 0);
    for (int t = 0; t < 12; t++) {
      const int64_t a = (int64_t)next() >> (1 + next() % 63), b = (int64_t)next() >> (2 + next() % 62);
      wide_add(&s, a), add_word(z, a, 1), same(&s, z);
      wide_add_product(&s, a, b), add_word(z, a, b), same(&s, z);
    }
  }
  mpz_clear(z);
}
