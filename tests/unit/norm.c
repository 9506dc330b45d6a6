/* The table of norms (src/perturb/norm.c): every row is whole, and its members agree with each other. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "draws.h"
#include "perturb/norm.h"

enum { D = 37, K = 5 };

static const lfap_norm_object *row(int norm) { return lfap_norm_of((lfap_norm)norm); }

Test(norm, every_row_is_whole) {
  for (int i = 0; i < LFAP_NORMS; i++) {
    const lfap_norm_object *n = row(i);
    cr_assert(n->name && n->measured, "norm %d has a name and says what it measures", i);
    cr_assert(n->length && n->size && n->dual && n->dual_apart && n->maximise, "%s: sizes and the maximiser", n->name);
    cr_assert(n->step && n->allowance && n->euclidean && n->eps_default, "%s: attack, rounding, defaults", n->name);
    cr_assert_str_eq(lfap_norm_name((lfap_norm)i), n->name);
    for (int j = 0; j < i; j++) cr_assert_str_neq(n->name, row(j)->name);
  }
  cr_assert_str_eq(lfap_norm_name((lfap_norm)LFAP_NORMS), "unknown");
  cr_assert_str_eq(lfap_norm_name((lfap_norm)-1), "unknown");
}

#define NAME_OF(key, name, size) cr_assert_str_eq(lfap_norm_name(LFAP_##key), name);
Test(norm, names_in_literals_are_those_of_the_table) {
  LFAP_NORM_EACH(NAME_OF, NAME_OF)
  char all[64] = "", bars[64] = "";
  for (int i = 0; i < LFAP_NORMS; i++) {
    strcat(strcat(all, i ? ", " : ""), row(i)->name);
    strcat(strcat(bars, i ? "|" : ""), row(i)->name);
  }
  cr_assert_str_eq(LFAP_NORM_WORDS, all);
  cr_assert_str_eq(LFAP_NORM_BARS, bars);
}

/* P1 and T3: the maximiser has size eps and reaches t eps ||w||_dual; entries alike, it has the Euclidean length told. */
Test(norm, the_maximiser_has_the_size_and_reaches_the_dual_norm) {
  double w[D], eta[D], scratch[D];
  unsigned char keep[D];
  for (int r = 0; r < 200; r++)
    for (int i = 0; i < LFAP_NORMS; i++) {
      const lfap_norm_object *n = row(i);
      const double t = r % 2 ? -1.0 : 1.0, eps = 0.7;
      long double value = 0, square = 0;
      for (int k = 0; k < D; k++) w[k] = r < 100 ? rnd() : rnd() > 0 ? 0.25 : -0.25;
      n->maximise(eta, w, keep, t, eps, K, D);
      for (int k = 0; k < D; k++) value += (long double)eta[k] * w[k], square += (long double)eta[k] * eta[k];
      cr_assert_float_eq(n->length(D, eta), eps, 1e-15, "%s", n->name);
      cr_assert_float_eq(n->size(eta, D), n->takes_k ? K : eps, 1e-15, "%s", n->name);
      cr_assert_float_eq((double)value, t * eps * n->dual(w, K, D, keep), 1e-14, "%s", n->name);
      cr_assert_float_eq(n->dual(w, K, D, keep), n->dual_apart(w, K, D, scratch), 1e-14, "%s", n->name);
      if (r >= 100) cr_assert_float_eq((double)sqrtl(square), eps * n->euclidean(K, D), 1e-14, "%s", n->name);
      if (n->along_w)
        for (int k = 0; k < D; k++) cr_assert_float_eq(eta[k] * w[0], eta[0] * w[k], 1e-15, "%s: along w", n->name);
      cr_assert_gt(n->eps_default(100), 0, "%s", n->name);
    }
}

/* A step of PGD from the middle of the ball goes down the gradient and stays in the ball and in the range. */
Test(norm, a_step_goes_down_and_stays_in_the_ball) {
  double x0[D], x[D], g[D], delta[D];
  unsigned char mask[D];
  for (int i = 0; i < LFAP_NORMS; i++) {
    const lfap_norm_object *n = row(i);
    lfap_perturb_opts o = {.norm = (lfap_norm)i, .eps = 0.3, .has_range = 1, .lo = -1, .hi = 1};
    for (int k = 0; k < D; k++) x0[k] = x[k] = rnd();
    for (int s = 0; s < 12; s++) {
      double before = 0, after = 0;
      for (int k = 0; k < D; k++) g[k] = rnd(), before += g[k] * x[k];
      n->step(x, g, x0, delta, mask, &o, D);
      for (int k = 0; k < D; k++) {
        after += g[k] * x[k];
        delta[k] = x[k] - x0[k];
        cr_assert(x[k] >= -1 && x[k] <= 1, "%s", n->name);
      }
      if (s == 0) cr_assert_lt(after, before, "%s", n->name);
      if (n->takes_k) cr_assert_leq(n->size(delta, D), s + 1, "%s: one entry a step", n->name);
      else cr_assert_leq(n->length(D, delta), o.eps * (1 + 1e-12), "%s", n->name);
    }
  }
}

/* Points rounded to single precision keep their constraint by the allowance, and one a thousandth too large does not. */
Test(norm, the_allowance_covers_rounding_and_no_more) {
  enum { WIDE = 800 };
  static double w[WIDE], eta[WIDE], x[WIDE], x_adv[WIDE], diff[WIDE];
  static unsigned char keep[WIDE];
  for (int i = 0; i < LFAP_NORMS; i++)
    for (int large = 0; large < 2; large++) {
      const lfap_norm_object *n = row(i);
      const double eps = n->entrywise ? 0.1 : 1.0 * n->length(WIDE, (double[WIDE]){1.0});
      for (int k = 0; k < WIDE; k++) w[k] = rnd(), x[k] = (double)(float)rnd();
      n->maximise(eta, w, keep, 1.0, eps * (large ? 1.001 : 1.0), K, WIDE);
      for (int k = 0; k < WIDE; k++) {
        x_adv[k] = (double)(float)(x[k] + eta[k]);
        diff[k] = x_adv[k] - x[k];
      }
      double over = n->length(WIDE, diff) - eps, allowed = n->allowance(0x1p-24, 0.0, eps, x, x_adv, WIDE);
      cr_assert_gt(allowed, 0);
      cr_assert_eq(over > allowed, large, "%s: over by %g, allowed %g", n->name, over, allowed);
    }
}

Test(norm, what_is_no_norm_is_refused) {
  lfap_ctx ctx = {0};
  double w[3] = {1, 2, 3}, eta[3];
  const int none[] = {-1, LFAP_NORMS, 99};
  for (int i = 0; i < 3; i++) {
    cr_assert_eq(lfap_norm_check(&ctx, (lfap_norm)none[i], 1, 3), LFAP_ERR_USAGE);
    cr_assert_eq(lfap_perturb_direction(&ctx, eta, w, 1.0, (lfap_norm)none[i], 0.1, 1, 3), LFAP_ERR_USAGE);
    cr_assert(strstr(ctx.message, LFAP_NORM_WORDS), "%s", ctx.message);
  }
  for (int i = 0; i < LFAP_NORMS; i++) {
    const lfap_norm_object *n = row(i);
    cr_assert_eq(lfap_norm_check(&ctx, (lfap_norm)i, 0, 3), n->takes_k ? LFAP_ERR_USAGE : LFAP_OK, "k = 0 in %s", n->name);
    cr_assert_eq(lfap_norm_check(&ctx, (lfap_norm)i, 4, 3), n->takes_k ? LFAP_ERR_USAGE : LFAP_OK, "k = 4 in %s", n->name);
    cr_assert_eq(lfap_norm_steps((lfap_norm)i, 17), n->takes_k ? 17 : 100, "%s", n->name);
  }
}
