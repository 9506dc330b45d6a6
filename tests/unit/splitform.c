/* Tests of src/kernel/splitform.c (T5; spec/numerics.md N16). */
#include "draws.h"
#include "kernel/splitform.h"

#include <criterion/criterion.h>
#include <math.h>

#define N 21

Test(splitform, a_coefficient_is_one_division) {
  double b[N + 1], c[N], y[N];
  for (size_t i = 0; i < N; i++) {
    c[i] = rnd();
    y[i] = rnd() > 0.0 ? 1.0 : -1.0;
  }
  b[N] = 3.0;
  for (int side = 0; side < 2; side++) {
    const double a = side ? -0.3 : 0.3;
    lfap_split_coef(b, c, y, a, N);
    for (size_t i = 0; i < N; i++) cr_assert(same_bits(b[i], (y[i] > 0.0 ? c[i] : -c[i]) / a), "entry %zu", i);
  }
  cr_assert_eq(b[N], 3.0, "one past the end is left alone");
  double in_place[N];
  memcpy(in_place, c, sizeof c);
  lfap_split_coef(in_place, in_place, y, -0.3, N);
  cr_assert_arr_eq(in_place, b, sizeof in_place);
}
