/* bits.c - the pattern of a double against sign, exponent and fraction computed with frexp, and back. */
#include "kernel/bits.h"

#include <criterion/criterion.h>

#include "draws.h"

/* binary64 as IEEE 754 lays it out: sign, 11 bits of exponent + 1023, 52 of fraction; exponent 0 for subnormals. */
static uint64_t laid_out(double x) {
  uint64_t sign = signbit(x) ? (uint64_t)1 << 63 : 0;
  x = fabs(x);
  if (isnan(x)) return sign | 0x7ff8000000000000u;
  if (isinf(x)) return sign | 0x7ff0000000000000u;
  if (x < 0x1p-1022) return sign | (uint64_t)ldexp(x, 1074);
  int e;
  double f = frexp(x, &e); /* [1/2, 1) */
  return sign | (uint64_t)(e + 1022) << 52 | (uint64_t)ldexp(2.0 * f - 1.0, 52);
}

Test(bits, of_known_numbers) {
  cr_expect_eq(lfap_bits_of(1.0), 0x3ff0000000000000u);
  cr_expect_eq(lfap_bits_of(0.0), 0u);
  cr_expect_eq(lfap_bits_of(-0.0), 0x8000000000000000u);
  cr_expect_eq(lfap_bits_of(0x1p-1074), 1u);
  cr_expect_eq(lfap_bits_of(0x1.fffffffffffffp1023), 0x7fefffffffffffffu);
  cr_expect_eq(lfap_bits_of(-INFINITY), 0xfff0000000000000u);
  cr_expect_eq(lfap_bits_of(0x1.921fb54442d18p1), 0x400921fb54442d18u);
}

Test(bits, to_known_numbers) {
  cr_expect_eq(lfap_bits_to(0x7ff0000000000000u), INFINITY);
  cr_expect_eq(lfap_bits_to(0xfff0000000000000u), -INFINITY);
  cr_expect(isnan(lfap_bits_to(0x7ff8000000000000u)));
  cr_expect(signbit(lfap_bits_to(0x8000000000000000u)) && lfap_bits_to(0x8000000000000000u) == 0.0);
  cr_expect_eq(lfap_bits_to(0x3fe0000000000001u), 0x1.0000000000001p-1);
}

Test(bits, as_ieee_lays_them_out) {
  for (int law = 0; law < 4; law++)
    for (int i = 0; i < 100000; i++) {
      double x = draw(law);
      cr_assert_eq(lfap_bits_of(x), laid_out(x), "%a", x);
    }
  for (int e = -1074; e < 1024; e++) cr_assert_eq(lfap_bits_of(ldexp(-1.0, e)), laid_out(ldexp(-1.0, e)), "2^%d", e);
}

Test(bits, there_and_back) {
  for (int i = 0; i < 200000; i++) {
    uint64_t b = next() & 0xffefffffffffffffu; /* any finite double */
    cr_assert_eq(lfap_bits_of(lfap_bits_to(b)), b);
    cr_assert_eq(laid_out(lfap_bits_to(b)), b);
  }
}
