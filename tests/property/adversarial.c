/* P1, T3, T4 and PGD on random cases: batches against single calls, the split against long double, what PGD promises. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lfap.h"

static lfap_data gauss(uint64_t seed, size_t n, size_t d) {
  lfap_data data = {0};
  cr_assert_eq(lfap_gen_gauss(NULL, &data, seed, n, d), LFAP_OK);
  return data;
}

/* T3: f_adv of the stored doubles b + eta equals T_data + T_pert; T4 where its condition holds. */
Test(adversarial, split_and_consistency) {
  int consistent = 0;
  for (uint64_t seed = 0; seed < 30; seed++) {
    size_t n = 4 + seed % 5, d = 300 + 10 * seed, n_adv = 6 + seed % 7, k = 20;
    lfap_norm norm = (lfap_norm)(seed % LFAP_NORMS);
    double eps = norm == LFAP_L2 ? 4.0 : norm == LFAP_LINF ? 0.2 : norm == LFAP_L0 ? 0.8 : 6.0, dual;
    lfap_data D = gauss(seed, n, d), B = gauss(seed + 500, n_adv, d);
    lfap_limit l = {0}, la = {0};
    lfap_perturbed p = {0};
    lfap_perturb_opts o = {.norm = norm, .eps = eps, .k = k};
    double *e = malloc(d * sizeof *e), *z = malloc(d * sizeof *z);
    cr_assert_eq(lfap_limit_solve(NULL, &l, &D, NULL, 0.5), LFAP_OK);
    cr_assert_eq(lfap_perturb_geometry(NULL, &p, B.x, B.y, l.w, &o, n_adv, d), LFAP_OK);
    cr_assert_eq(lfap_perturb_unit(NULL, e, &dual, l.w, norm, k, d), LFAP_OK);
    lfap_data A = {.n = n_adv, .d = d, .x = p.x, .y = B.y};
    cr_assert_eq(lfap_limit_solve(NULL, &la, &A, NULL, 0.5), LFAP_OK);
    lfap_data Z = gauss(seed + 900, 40, d);
    for (size_t r = 0; r < 40; r++) {
      long double t_data = 0, t_pert = 0, sum = 0, ez = 0, f = 0, scale = 0, wz = 0;
      for (size_t i = 0; i < d; i++) {
        /* half of the points carry the class feature, so that T4's condition is met now and then */
        z[i] = Z.x[r * d + i] + (r % 2 ? 0.5 : 0.0) * D.x[i];
        ez += (long double)e[i] * z[i];
        f += (long double)la.w[i] * z[i];
        wz += (long double)l.w[i] * z[i];
      }
      for (size_t j = 0; j < n_adv; j++) {
        long double bz = 0;
        for (size_t i = 0; i < d; i++) bz += (long double)B.x[j * d + i] * z[i];
        t_data += la.lambda[j] * B.y[j] * bz;
        scale += la.lambda[j] * (fabsl(bz) + eps * fabsl(ez));
        sum += la.lambda[j];
      }
      t_pert = eps * sum * ez;
      cr_assert_lt(fabsl(f - t_data - t_pert), 1e-13L * (scale + 1), "seed %d", (int)seed);
      if (fabsl(t_data) < fabsl(t_pert) && (norm == LFAP_L2 || ez * wz > 0)) {
        consistent++;
        cr_assert((f > 0) == (wz > 0), "T4 broken at seed %d, point %zu", (int)seed, r);
      }
    }
    free(e);
    free(z);
    lfap_data_free(&Z);
    lfap_perturbed_free(&p);
    lfap_limit_free(&la);
    lfap_limit_free(&l);
    lfap_data_free(&B);
    lfap_data_free(&D);
  }
  cr_assert_gt(consistent, 50, "the condition was met at %d points only", consistent);
}

Test(adversarial, batch_is_the_single_perturbation_added) {
  enum { N = 5, D_ = 60 };
  lfap_data B = gauss(1, N, D_), w = gauss(2, 1, D_);
  for (int k = 0; k < LFAP_NORMS; k++) {
    lfap_perturb_opts o = {.norm = (lfap_norm)k, .eps = 0.7, .k = 11};
    lfap_perturbed p = {0};
    double eta[D_];
    cr_assert_eq(lfap_perturb_geometry(NULL, &p, B.x, B.y, w.x, &o, N, D_), LFAP_OK);
    for (size_t n = 0; n < N; n++) {
      cr_assert_eq(lfap_perturb_direction(NULL, eta, w.x, B.y[n], (lfap_norm)k, 0.7, 11, D_), LFAP_OK);
      for (size_t i = 0; i < D_; i++) {
        cr_assert_eq(p.eta[n * D_ + i], eta[i]);
        cr_assert_eq(p.x[n * D_ + i], B.x[n * D_ + i] + eta[i]);
      }
    }
    lfap_perturbed_free(&p);
  }
  lfap_data_free(&B);
  lfap_data_free(&w);
}

/* At a network that is linear on the samples' side, the gradient-based perturbation moves f by at least its first order. */
Test(adversarial, gradient_perturbations_follow_the_gradient) {
  enum { N = 6, D_ = 50 };
  lfap_data B = gauss(3, N, D_);
  lfap_net net = {0};
  double g[D_];
  cr_assert_eq(lfap_net_init(NULL, &net, 8, D_, 0.5, 7, 3.0), LFAP_OK);
  for (int k = 0; k < LFAP_NORMS; k++) {
    lfap_perturb_opts o = {.norm = (lfap_norm)k, .eps = 0.3, .k = 9};
    lfap_perturbed p = {0};
    cr_assert_eq(lfap_perturb_gradient(NULL, &p, B.x, B.y, &net, &o, N), LFAP_OK);
    for (size_t n = 0; n < N; n++) {
      double gain = 0, best = 0, big[D_];
      cr_assert_eq(lfap_net_input_grad(NULL, g, &net, B.x + n * D_), LFAP_OK);
      for (size_t i = 0; i < D_; i++) gain += B.y[n] * p.eta[n * D_ + i] * g[i], big[i] = fabs(g[i]);
      for (size_t i = 0; i < D_; i++) best += k == 0 ? g[i] * g[i] : k == 1 ? fabs(g[i]) : 0;
      for (size_t r = 0; k >= 2 && r < (k == LFAP_L1 ? 1 : 9); r++) { /* selection, nine times; l1: once */
        size_t top = 0;
        for (size_t i = 1; i < D_; i++) top = big[i] > big[top] ? i : top;
        best += big[top];
        big[top] = -1;
      }
      cr_assert_float_eq(gain, 0.3 * (k == 0 ? sqrt(best) : best), 1e-13);
    }
    lfap_perturbed_free(&p);
  }
  lfap_net_free(&net);
  lfap_data_free(&B);
}

Test(pgd, keeps_its_constraint_and_never_loses) {
  enum { N = 8, D_ = 120 };
  lfap_data B = {0};
  lfap_net net = {0};
  cr_assert_eq(lfap_gen_uniform(NULL, &B, 4, N, D_), LFAP_OK);
  cr_assert_eq(lfap_net_init(NULL, &net, 12, D_, 0.1, 7, 3.0), LFAP_OK);
  for (int k = 0; k < LFAP_NORMS; k++) {
    lfap_perturb_opts o = {.norm = (lfap_norm)k, .eps = k == 0 ? 0.8 : k == 1 ? 0.07 : 0.3, .steps = k == 2 ? 6 : 30,
                           .has_range = 1, .lo = -1, .hi = 1};
    lfap_perturbed p = {0}, q = {0};
    lfap_ctx three = {.threads = 3};
    double clean[N], f[N];
    cr_assert_eq(lfap_perturb_pgd(NULL, &p, B.x, B.y, &net, &o, N), LFAP_OK);
    cr_assert_eq(lfap_perturb_pgd(&three, &q, B.x, B.y, &net, &o, N), LFAP_OK);
    cr_assert_arr_eq(p.x, q.x, N * D_ * sizeof(double));
    cr_assert_eq(lfap_net_eval(NULL, clean, &net, B.x, N), LFAP_OK);
    cr_assert_eq(lfap_net_eval(NULL, f, &net, p.x, N), LFAP_OK);
    for (size_t n = 0; n < N; n++) {
      double size2 = 0, size1 = 0, top = 0;
      size_t changed = 0;
      for (size_t i = 0; i < D_; i++) {
        double e = p.x[n * D_ + i] - B.x[n * D_ + i];
        cr_assert_eq(e, p.eta[n * D_ + i]);
        cr_assert(p.x[n * D_ + i] >= -1 && p.x[n * D_ + i] <= 1);
        size2 += e * e;
        size1 += fabs(e);
        top = fmax(top, fabs(e));
        changed += e != 0;
      }
      cr_assert_gt(B.y[n] * f[n], B.y[n] * clean[n], "norm %d, sample %zu: no progress towards the target", k, n);
      if (k == 0) cr_assert_leq(sqrt(size2), 0.8 * (1 + 1e-12));
      if (k == 1) cr_assert_leq(top, 0.07 * (1 + 1e-12));
      if (k == LFAP_L1) cr_assert_leq(size1, 0.3 * (1 + 1e-12));
      if (k == 2) cr_assert(changed >= 1 && changed <= 6, "%zu entries", changed);
    }
    lfap_perturbed_free(&p);
    lfap_perturbed_free(&q);
  }
  lfap_net_free(&net);
  lfap_data_free(&B);
}

Test(perturb, what_makes_no_sense_is_refused) {
  double w[3] = {0, 0, 0}, eta[3] = {9, 9, 9}, x[3] = {1, 2, 3}, t = 0.5;
  lfap_ctx c = {0};
  lfap_perturbed p = {0};
  lfap_perturb_opts o = {.norm = LFAP_L2, .eps = 1};
  cr_assert_eq(lfap_perturb_direction(&c, eta, w, 1, LFAP_L2, 1, 0, 3), LFAP_ERR_DATA);
  w[1] = 2;
  cr_assert_eq(lfap_perturb_direction(&c, eta, w, 1, LFAP_L0, 1, 4, 3), LFAP_ERR_USAGE);
  cr_assert_eq(lfap_perturb_direction(&c, eta, w, 1, LFAP_L0, 1, 0, 3), LFAP_ERR_USAGE);
  cr_assert_eq(lfap_perturb_direction(&c, eta, w, 1, LFAP_L2, -1, 0, 3), LFAP_ERR_USAGE);
  cr_assert_eq(lfap_perturb_direction(&c, eta, w, 1, LFAP_L2, NAN, 0, 3), LFAP_ERR_USAGE);
  cr_assert_eq(lfap_perturb_geometry(&c, &p, x, &t, w, &o, 1, 3), LFAP_ERR_DATA);
  cr_assert(strstr(c.message, "target 0 is 0.5") && p.x == NULL && eta[0] == 9);
}
