/* PGD by packs: every sample comes out as it does alone, whatever the pack, the thread and the pause it falls into. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "lfap.h"

enum { M = 10, D = 67 };

static int count(void *user, const char *what, double done, double total) {
  double *seen = user; /* calls, last done, total */
  cr_assert_str_eq(what, "PGD");
  cr_assert_geq(done, seen[1]);
  cr_assert_leq(done, total);
  seen[0]++;
  seen[1] = done;
  return 0;
}

static lfap_perturbed attack(const lfap_data *B, const lfap_net *net, const lfap_perturb_opts *o, size_t first, size_t n, int threads) {
  lfap_perturbed p = {0};
  double seen[2] = {0};
  lfap_ctx ctx = {.threads = threads, .progress = count, .user = seen};
  cr_assert_eq(lfap_perturb_pgd(&ctx, &p, B->x + first * B->d, B->y + first, net, o, n), LFAP_OK, "%s", ctx.message);
  cr_assert_gt(seen[0], 0);
  return p;
}

/* n around the packs of 64 and the threads; `scale` of the weights: with 400 some losses underflow to 0, their gradients vanish
   and L0 stops early. Returns how many samples did not move. */
static size_t same(lfap_norm norm, size_t n, double scale) {
  lfap_data B = {0};
  lfap_net net = {0};
  const lfap_perturb_opts o = {.norm = norm, .eps = norm == LFAP_L2 ? 0.7 : norm == LFAP_L1 ? 3 : 0.2, .steps = 12,
                               .has_range = norm == LFAP_LINF || norm == LFAP_L0, .lo = -1, .hi = 1};
  size_t still = 0;
  cr_assert_eq(lfap_gen_uniform(NULL, &B, 40 + n, n, D), LFAP_OK);
  cr_assert_eq(lfap_net_init(NULL, &net, M, D, 0.2, 9, scale), LFAP_OK);
  lfap_perturbed one = attack(&B, &net, &o, 0, n, 1), three = attack(&B, &net, &o, 0, n, 3);
  cr_assert(memcmp(one.x, three.x, n * D * sizeof(double)) == 0);
  cr_assert(memcmp(one.eta, three.eta, n * D * sizeof(double)) == 0);
  for (size_t i = 0; i < n; i++) {
    lfap_perturbed alone = attack(&B, &net, &o, i, 1, 1);
    cr_assert(memcmp(alone.x, one.x + i * D, D * sizeof(double)) == 0, "sample %zu of %zu", i, n);
    cr_assert(memcmp(alone.eta, one.eta + i * D, D * sizeof(double)) == 0);
    for (size_t k = 0; k < D; k++) cr_assert_eq(one.eta[i * D + k], one.x[i * D + k] - B.x[i * D + k]);
    still += memcmp(one.x + i * D, B.x + i * D, D * sizeof(double)) == 0;
    lfap_perturbed_free(&alone);
  }
  lfap_perturbed_free(&one);
  lfap_perturbed_free(&three);
  lfap_net_free(&net);
  lfap_data_free(&B);
  return still;
}

Test(pgd, a_sample_does_not_see_its_pack) {
  const size_t n[] = {1, 2, 63, 64, 65, 129, 200};
  for (size_t i = 0; i < sizeof n / sizeof *n; i++)
    for (int norm = 0; norm < LFAP_NORMS; norm++) cr_assert_eq(same((lfap_norm)norm, n[i], 1.0), 0, "an attack that moved nothing");
}

Test(pgd, samples_that_stop_early_leave_the_others_alone) {
  size_t still = same(LFAP_L0, 100, 1.5e3);
  cr_assert(still > 0 && still < 100, "%zu of 100 stopped at once", still);
}

/* One neuron pair, W = (g, -g): f = <g,x> phi'-weighted, so that one l1 step is known by hand. */
Test(pgd, an_l1_step_is_the_gradient_over_its_l1_norm) {
  enum { K = 4 };
  double W[2 * K] = {0.5, -0.25, 0.125, 0, 0.5, -0.25, 0.125, 0}, x0[K] = {1, -1, 0.5, 0.25}, t = 1;
  lfap_net net = {.m = 2, .d = K, .gamma = 0.5, .w = W};
  for (size_t i = K; i < 2 * K; i++) W[i] = -W[i]; /* the other row points away: its slope is gamma */
  const lfap_perturb_opts o = {.norm = LFAP_L1, .eps = 0.5, .steps = 1};
  lfap_perturbed p = {0};
  cr_assert_eq(lfap_perturb_pgd(NULL, &p, x0, &t, &net, &o, 1), LFAP_OK);
  /* grad f is along (0.5, -0.25, 0.125, 0), of l1 norm 0.875: eps/5 of it */
  const double want[K] = {0.1 * 0.5 / 0.875, -0.1 * 0.25 / 0.875, 0.1 * 0.125 / 0.875, 0};
  for (int i = 0; i < K; i++) cr_assert_float_eq(p.eta[i], want[i], 1e-15, "entry %d: %g", i, p.eta[i]);
  lfap_perturbed_free(&p);
  const lfap_perturb_opts many = {.norm = LFAP_L1, .eps = 0.5, .steps = 40};
  cr_assert_eq(lfap_perturb_pgd(NULL, &p, x0, &t, &net, &many, 1), LFAP_OK);
  double sum = 0;
  for (int i = 0; i < K; i++) sum += fabs(p.eta[i]);
  cr_assert(sum <= 0.5 && sum > 0.5 * (1 - 1e-6), "on the ball, by eps/(||delta||_1 + 1e-7): %.17g", sum);
  lfap_perturbed_free(&p);
}

/* A large call is interrupted between the steps of its first packs, not after them. */
static int stop(void *user, const char *what, double done, double total) {
  (void)what;
  (void)total;
  if (done > 0) *(double *)user = done;
  return done > 0;
}

Test(pgd, stops_within_a_pack) {
  lfap_data B = {0};
  lfap_net net = {0};
  lfap_perturbed p = {0};
  double done = 0;
  lfap_ctx ctx = {.progress = stop, .user = &done};
  const lfap_perturb_opts o = {.norm = LFAP_LINF, .eps = 0.1, .steps = 1000000};
  cr_assert_eq(lfap_gen_uniform(NULL, &B, 1, 80, 300), LFAP_OK);
  cr_assert_eq(lfap_net_init(NULL, &net, 100, 300, 0.2, 9, 1.0), LFAP_OK);
  cr_assert_eq(lfap_perturb_pgd(&ctx, &p, B.x, B.y, &net, &o, 80), LFAP_ERR_INTERRUPTED);
  cr_assert(done > 0 && done < 64);
  cr_assert_null(p.x);
  lfap_net_free(&net);
  lfap_data_free(&B);
}
