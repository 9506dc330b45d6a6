/* The interior point (N6, "Flat") against the walk from face to face: small sets around the border of separability, both forms of the
 * programme; and data large enough that the limit goes through it. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lfap.h"
#include "limit/interior.h"
#include "limit/qp.h"

typedef struct { int support, ray, none; } tally;

/* Labels and slopes as they come; masses of the output layer apart at some seeds. */
static void same_answer(tally *t, uint64_t seed, size_t n, size_t d, int kinks) {
  static const double gammas[] = {0.01, 0.5, 0.9};
  lfap_ctx ctx = {.threads = 1};
  lfap_data D = {0};
  cr_assert_eq(lfap_gen_uniform(NULL, &D, seed, n, d), LFAP_OK);
  lfap_qm m = {.n = kinks ? 2 * n : n, .X = D.x, .d = d, .y = D.y, .gamma = gammas[seed % 3], .kinks = kinks};
  if (seed % 2) m.masses = (lfap_masses){0.75, 0.5};
  double *G = malloc(n * n * sizeof *G), *v = malloc(8 * n * sizeof *v), *l = v, *lambda = v + 2 * n, *mu = v + 4 * n, *ones = v + 6 * n;
  unsigned char *in = malloc(2 * n);
  cr_assert(G && v && in);
  cr_assert_eq(lfap_gram(&ctx, G, D.x, n, d), LFAP_OK);
  m.G = G;
  cr_assert_eq(lfap_qm_open(&ctx, &m), LFAP_OK);
  cr_assert(lfap_interior_applies(&m));
  for (size_t i = 0; i < m.n; i++) ones[i] = 1.0;
  lfap_interior_end end;
  cr_assert_eq(lfap_interior_find(&ctx, &end, l, in, &m), LFAP_OK);
  lfap_status st = lfap_qp_run(&ctx, lambda, mu, NULL, &(lfap_qp_task){.m = &m, .b = ones});
  cr_assert(st == LFAP_OK || st == LFAP_ERR_INFEASIBLE, "%s", ctx.message);
  if (end == LFAP_INTERIOR_NONE) t->none++;
  else cr_assert_eq(end, st ? LFAP_INTERIOR_RAY : LFAP_INTERIOR_SUPPORT, "seed %d, N = %zu, d = %zu, kinks %d: end %d, the walk says %s", (int)seed, n, d,
                    kinks, end, st ? ctx.message : "yes");
  double most = 0.0;
  for (size_t i = 0; i < m.n; i++) most = fmax(most, st ? l[i] : lambda[i]);
  for (size_t i = 0; end == LFAP_INTERIOR_SUPPORT && i < m.n; i++) {
    cr_assert_lt(fabs(l[i] - lambda[i]), 1e-2 * most, "seed %d: entry %zu is %g, not %g", (int)seed, i, l[i], lambda[i]);
    if (lambda[i] > 1e-3 * most || mu[i] > 1e-3) cr_assert_eq(in[i], lambda[i] > 0.0, "seed %d: entry %zu", (int)seed, i);
  }
  if (end == LFAP_INTERIOR_RAY) { /* 0 <= l and M l = 0, next to l */
    double *r = mu;
    memset(ones, 0, m.n * sizeof *ones);
    lfap_qm_residual(&ctx, r, &m, ones, l, (lfap_qm_part){NULL, NULL, m.n, m.n});
    for (size_t i = 0; i < m.n; i++) cr_assert(l[i] >= 0.0 && fabs(r[i]) < 1e-3 * most, "seed %d: %g of %g", (int)seed, r[i], most);
  }
  *(end == LFAP_INTERIOR_RAY ? &t->ray : &t->support) += end != LFAP_INTERIOR_NONE;
  lfap_qm_close(&m);
  free(G), free(v), free(in);
  lfap_data_free(&D);
}

/* Q asks for half-spaces, so its border is at two samples a class and dimension; with kinks both classes are asked at once. */
static void around_the_border(int kinks) {
  tally t = {0};
  for (size_t d = 8; d <= 12; d++)
    for (size_t n = kinks ? 2 * d + 2 : 28; n <= (kinks ? 2 * d + 8 : 44); n += kinks ? 2 : 4)
      for (uint64_t seed = 0; seed < 12; seed++) same_answer(&t, 1000 * d + seed, n, d, kinks);
  cr_assert(t.support > 40 && t.ray > 40 && t.none <= 3, "%d supports, %d rays, %d neither", t.support, t.ray, t.none);
}

Test(interior, finds_the_support_or_the_ray_of_q) { around_the_border(0); }
Test(interior, finds_the_support_or_the_ray_with_kinks) { around_the_border(1); }

Test(interior, does_not_apply_where_no_class_has_more_samples_than_dimensions) {
  double X[12] = {0}, y[6] = {1, 1, 1, -1, -1, -1};
  lfap_qm m = {.n = 6, .samples = 6, .X = X, .d = 3, .y = y};
  cr_assert_not(lfap_interior_applies(&m));
  m.d = 2;
  cr_assert(lfap_interior_applies(&m));
  m.X = NULL;
  cr_assert_not(lfap_interior_applies(&m));
}

/* Ten samples of a class a dimension: no half-space has a class (Wendel), and the limit proves it. 2 dimensions a sample and class:
   it settles, as the walk does, on the same support. */
Test(interior, decides_large_and_flat_data) {
  for (int flat = 0; flat < 2; flat++) {
    lfap_ctx ctx = {.threads = 2};
    lfap_data D = {0};
    lfap_limit l = {0};
    cr_assert_eq(lfap_gen_uniform(NULL, &D, 4, 2200, flat ? 110 : 900), LFAP_OK);
    lfap_status st = lfap_limit_solve(&ctx, &l, &D, NULL, 0.5);
    cr_assert_eq(st, flat ? LFAP_ERR_INFEASIBLE : LFAP_OK, "%s", ctx.message);
    if (flat) cr_assert(strstr(ctx.message, "not separable") != NULL, "%s", ctx.message);
    else cr_assert(l.residual < 1e-10 && l.support < 1800, "%g, %zu", l.residual, l.support);
    lfap_limit_free(&l);
    lfap_data_free(&D);
  }
}
