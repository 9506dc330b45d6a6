/* Tests of src/kernel/step.c (spec/numerics.md N5). */
#include "draws.h"
#include "kernel/step.h"

#include <criterion/criterion.h>
#include <math.h>

#define N 37

Test(step, gd_is_one_fused_operation) {
  double w[N + 1], w0[N], d[N];
  int fused = 0;
  for (size_t i = 0; i < N; i++) {
    w0[i] = w[i] = rnd();
    d[i] = rnd();
  }
  w[N] = 5.0;
  lfap_step_gd(w, d, 0.1, N);
  for (size_t i = 0; i < N; i++) {
    /* the product of two doubles fits 106 bits: long double rounds twice, but far below half an ulp */
    cr_assert_float_eq(w[i], (double)((long double)w0[i] - (long double)0.1 * d[i]), 0x1p-53);
    cr_assert_eq(w[i], -fma(0.1, d[i], -w0[i]), "entry %zu", i);
    fused += w[i] != w0[i] - 0.1 * d[i];
  }
  cr_assert(fused > 0, "some entries tell fused from separate rounding");
  cr_assert_eq(w[N], 5.0, "one past the end is left alone");
}

/* The recursion of the authors' optimiser, entry by entry over several epochs. */
Test(step, sgd_starts_with_the_gradient_and_then_remembers) {
  double w[N], v[N], wr[N], vr[N], d[N];
  for (size_t i = 0; i < N; i++) {
    wr[i] = w[i] = rnd();
    v[i] = NAN; /* never read in the first epoch */
    vr[i] = 0.0;
  }
  for (int epoch = 0; epoch < 5; epoch++) {
    const double lr = epoch < 3 ? 0.01 : 0.001;
    for (size_t i = 0; i < N; i++) d[i] = rnd();
    lfap_step_sgd(w, v, d, lr, 0.9, epoch == 0, N);
    for (size_t i = 0; i < N; i++) {
      vr[i] = fma(vr[i], 0.9, d[i]); /* from zero: d itself */
      wr[i] = fma(vr[i], -lr, wr[i]);
      cr_assert_eq(v[i], vr[i], "V[%zu] of epoch %d", i, epoch);
      cr_assert_eq(w[i], wr[i], "W[%zu] of epoch %d", i, epoch);
    }
  }
}

Test(step, plateau_threshold_is_one_minus_1e_4) {
  volatile double small = 1e-4;
  cr_assert_eq(1.0 - small, 0.9999);
  lfap_plateau p;
  lfap_plateau_init(&p, 0.5);
  cr_assert(p.best == INFINITY && p.lr == 0.5 && p.bad == 0);
  lfap_plateau_see(&p, 3.0);
  cr_assert(p.best == 3.0 && p.bad == 0);
  const double bound = 3.0 * 0.9999;
  lfap_plateau_see(&p, bound);
  cr_assert(p.best == 3.0 && p.bad == 1, "at the boundary: not better");
  lfap_plateau_see(&p, nextafter(bound, 0.0));
  cr_assert(p.best == nextafter(bound, 0.0) && p.bad == 0, "just below: better");
}

Test(step, plateau_drops_at_the_eleventh_bad_epoch) {
  lfap_plateau p;
  lfap_plateau_init(&p, 0.01);
  lfap_plateau_see(&p, 1.0);
  double lr = 0.01;
  for (int round = 0; round < 3; round++) {
    for (unsigned i = 1; i <= 10; i++) {
      lfap_plateau_see(&p, 1.0 + 0.1 * i);
      cr_assert(p.bad == i && p.lr == lr, "bad epoch %u of round %d", i, round);
    }
    lfap_plateau_see(&p, 2.0);
    lr *= 0.1;
    cr_assert(p.bad == 0 && p.lr == lr, "eleventh, round %d", round);
    cr_assert_eq(p.best, 1.0, "best is kept over a drop");
  }
}

Test(step, plateau_better_epoch_restarts_the_count) {
  lfap_plateau p;
  lfap_plateau_init(&p, 1.0);
  lfap_plateau_see(&p, 1.0);
  for (int i = 0; i < 10; i++) lfap_plateau_see(&p, 1.0);
  cr_assert_eq(p.bad, 10u);
  lfap_plateau_see(&p, 0.5);
  cr_assert(p.bad == 0 && p.best == 0.5 && p.lr == 1.0);
  for (int i = 0; i < 10; i++) lfap_plateau_see(&p, 0.5);
  cr_assert(p.bad == 10 && p.lr == 1.0);
  lfap_plateau_see(&p, 0.5);
  cr_assert(p.bad == 0 && p.lr == 1.0 * 0.1);
}

Test(step, plateau_skips_changes_of_1e_8_or_less) {
  lfap_plateau p;
  const double lrs[] = {1.1112e-8, 1.111e-8, 1.2e-7};
  for (int i = 0; i < 3; i++) {
    lfap_plateau_init(&p, lrs[i]);
    lfap_plateau_see(&p, 1.0);
    for (int k = 0; k < 11; k++) lfap_plateau_see(&p, 1.0);
    const int change = lrs[i] - lrs[i] * 0.1 > 1e-8;
    cr_assert_eq(change, i != 1, "the cases of this test");
    cr_assert_eq(p.lr, change ? lrs[i] * 0.1 : lrs[i]);
    cr_assert_eq(p.bad, 0u, "the counter restarts either way");
  }
}

Test(step, plateau_nan_and_inf_are_never_better) {
  lfap_plateau p;
  lfap_plateau_init(&p, 1.0);
  lfap_plateau_see(&p, INFINITY);
  lfap_plateau_see(&p, NAN);
  cr_assert(p.bad == 2 && p.best == INFINITY);
  lfap_plateau_see(&p, 1e308);
  cr_assert(p.bad == 0 && p.best == 1e308);
}
