/* T4 without multipliers in doubles: signs by hand, against long doubles, and never one that rounding may have made. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "lfap.h"

Test(kkt_signs, by_hand) {
  double x[] = {1, 0, 0, 2}, y[] = {1, -1};
  const lfap_data set = {.n = 2, .d = 2, .x = x, .y = y};
  /* t<x,z>: (z1, -2 z2) */
  const double Z[] = {1, -1, -1, 1, 1, 1, -1, -1, 3, 0, 0x1p-60, -0x1p-900, 0, 0};
  const int want[] = {1, -1, 0, 0, 0, 0, 0}; /* the last but one is 1, nearer to 0 than the bound by norms tells */
  int sign[7];
  cr_assert_eq(lfap_kkt_signs(NULL, sign, &set, Z, 7), LFAP_OK);
  for (int i = 0; i < 7; i++) cr_assert_eq(sign[i], want[i], "point %d: %d", i, sign[i]);
}

/* <x,z> = 1 + 2^-53 - 1 is 2^-53, and doubles make 0 or 2^-52 of it: no sign is told that they cannot know. */
Test(kkt_signs, what_rounding_may_have_made_is_no_sign) {
  double x[] = {1, 0x1p-53, -1}, y[] = {1};
  const lfap_data set = {.n = 1, .d = 3, .x = x, .y = y};
  const double Z[] = {1, 1, 1, 2, 1, 1};
  int sign[2];
  cr_assert_eq(lfap_kkt_signs(NULL, sign, &set, Z, 2), LFAP_OK);
  cr_assert_eq(sign[0], 0);
  cr_assert_eq(sign[1], 1);
}

/* More points than are held at a time; few samples, so that some have a sign and some have none. */
Test(kkt_signs, against_long_doubles) {
  lfap_data set = {0}, Z = {0};
  enum { NP = 1000, D = 7, N = 3 };
  int sign[NP], again[NP];
  size_t told = 0;
  lfap_ctx three = {.threads = 3};
  cr_assert_eq(lfap_gen_gauss(NULL, &set, 1, N, D), LFAP_OK);
  cr_assert_eq(lfap_gen_gauss(NULL, &Z, 2, NP, D), LFAP_OK);
  cr_assert_eq(lfap_kkt_signs(NULL, sign, &set, Z.x, NP), LFAP_OK);
  cr_assert_eq(lfap_kkt_signs(&three, again, &set, Z.x, NP), LFAP_OK);
  cr_assert(memcmp(sign, again, sizeof sign) == 0);
  for (size_t i = 0; i < NP; i++) {
    size_t above = 0, below = 0;
    for (size_t n = 0; n < N; n++) {
      long double v = 0;
      for (size_t k = 0; k < D; k++) v += (long double)set.x[n * D + k] * Z.x[i * D + k];
      above += v * set.y[n] > 0;
      below += v * set.y[n] < 0;
    }
    cr_assert_eq(sign[i], above == N ? 1 : below == N ? -1 : 0, "point %zu", i);
    told += sign[i] != 0;
  }
  cr_assert(told > 100 && told < 900, "%zu of %d points decided", told, NP);
  lfap_data_free(&set);
  lfap_data_free(&Z);
}
