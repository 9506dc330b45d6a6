/* Q1, C1, T1, T2: the limit on random data - equations, invariances, bounds, and the QP against enumeration. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lfap.h"

static lfap_data uniform(uint64_t seed, size_t n, size_t d) {
  lfap_data data = {0};
  cr_assert_eq(lfap_gen_uniform(NULL, &data, seed, n, d), LFAP_OK);
  return data;
}

static lfap_limit limit_of(const lfap_data *data, double gamma) {
  lfap_limit l = {0};
  lfap_ctx ctx = {.threads = 1};
  cr_assert_eq(lfap_limit_solve(&ctx, &l, data, NULL, gamma), LFAP_OK, "%s", ctx.message);
  return l;
}

/* y_n f(x_n) at the KKT point (u, v), straight from theory section 2, in long double. */
static long double margin(const lfap_data *D, const double *la, double gamma, size_t n) {
  long double s = 0;
  for (size_t k = 0; k < D->n; k++) {
    long double g = 0, h = D->y[n] == D->y[k] ? (1 + (long double)gamma * gamma) / 2 : gamma;
    for (size_t i = 0; i < D->d; i++) g += (long double)D->x[n * D->d + i] * D->x[k * D->d + i];
    s += D->y[n] * D->y[k] * h * g * la[k];
  }
  return s;
}

Test(limit, q1_margins_are_one) {
  for (uint64_t seed = 0; seed < 10; seed++) {
    double gamma = 0.05 + 0.09 * (double)seed;
    lfap_data D = uniform(seed, 12, 600);
    lfap_limit l = limit_of(&D, gamma);
    for (size_t n = 0; n < 12; n++) {
      long double q = margin(&D, l.lambda_q, gamma, n);
      if (l.lambda_q[n] > 0) cr_assert_lt(fabsl(q - 1), 1e-14L, "seed %d: margin %zu is 1 + %Lg", (int)seed, n, q - 1);
      else cr_assert_gt(q, 1.0L - 1e-9L);
    }
    lfap_limit_free(&l);
    lfap_data_free(&D);
  }
}

Test(limit, w_is_the_sum_it_says) {
  lfap_data D = uniform(3, 9, 50);
  lfap_limit l = limit_of(&D, 0.4);
  for (size_t i = 0; i < D.d; i++) {
    long double w = 0;
    for (size_t n = 0; n < D.n; n++) w += (long double)l.omega[n] * D.y[n] * D.x[n * D.d + i];
    cr_assert_lt(fabsl(w - l.w[i]), 1e-15L);
  }
  lfap_limit_free(&l);
  lfap_data_free(&D);
}

Test(limit, scaling_by_two_is_exact) {
  lfap_data D = uniform(4, 15, 900);
  lfap_limit a = limit_of(&D, 0.3);
  for (size_t i = 0; i < D.n * D.d; i++) D.x[i] *= 2.0;
  lfap_limit b = limit_of(&D, 0.3);
  for (size_t n = 0; n < D.n; n++) cr_assert_eq(a.lambda[n], 4.0 * b.lambda[n]);
  lfap_limit_free(&a);
  lfap_limit_free(&b);
  lfap_data_free(&D);
}

Test(limit, flipping_all_labels_changes_only_the_sign_of_w) {
  lfap_data D = uniform(5, 15, 900);
  lfap_limit a = limit_of(&D, 0.3);
  for (size_t n = 0; n < D.n; n++) D.y[n] = -D.y[n];
  lfap_limit b = limit_of(&D, 0.3);
  for (size_t n = 0; n < D.n; n++) cr_assert_eq(a.lambda[n], b.lambda[n]);
  for (size_t i = 0; i < D.d; i++) cr_assert_eq(a.w[i], -b.w[i]);
  lfap_limit_free(&a);
  lfap_limit_free(&b);
  lfap_data_free(&D);
}

Test(limit, order_of_the_samples_does_not_matter) {
  enum { N = 17, D_ = 500 };
  lfap_data D = uniform(6, N, D_), P = uniform(6, N, D_);
  for (size_t n = 0; n < N; n++) {
    size_t k = (n * 5 + 3) % N;
    memcpy(P.x + k * D_, D.x + n * D_, D_ * sizeof(double));
    P.y[k] = D.y[n];
  }
  lfap_limit a = limit_of(&D, 0.6), b = limit_of(&P, 0.6);
  for (size_t n = 0; n < N; n++)
    cr_assert_lt(fabs(a.lambda[n] - b.lambda[(n * 5 + 3) % N]), 1e-14 * a.lambda[n] + 1e-18);
  lfap_limit_free(&a);
  lfap_limit_free(&b);
  lfap_data_free(&D);
  lfap_data_free(&P);
}

Test(limit, threads_do_not_change_bits) {
  lfap_data D = uniform(7, 60, 3000);
  lfap_limit a = limit_of(&D, 0.5), b = {0};
  lfap_ctx ctx = {.threads = 3};
  cr_assert_eq(lfap_limit_solve(&ctx, &b, &D, NULL, 0.5), LFAP_OK);
  cr_assert_arr_eq(a.lambda, b.lambda, 60 * sizeof(double));
  cr_assert_arr_eq(a.w, b.w, 3000 * sizeof(double));
  lfap_limit_free(&a);
  lfap_limit_free(&b);
  lfap_data_free(&D);
}

Test(limit, t1_t2_and_c1_under_h) {
  int met = 0;
  for (uint64_t seed = 0; seed < 20; seed++) {
    lfap_data D = uniform(seed, 2 + seed % 3, 20000);
    lfap_limit l = limit_of(&D, 0.9);
    if (l.hyp.holds) {
      met++;
      cr_assert(l.c1 && l.full && l.support == D.n);
      cr_assert(l.t1_lo <= l.t2_lo && l.t2_hi <= l.t1_hi, "T2 lies inside T1");
      for (size_t n = 0; n < D.n; n++) {
        cr_assert(l.lambda[n] > l.t1_lo && l.lambda[n] < l.t1_hi);
        cr_assert(l.lambda[n] >= l.t2_lo && l.lambda[n] <= l.t2_hi);
        cr_assert(l.fu[n] > 0 && l.fv[n] < 0);
      }
    }
    lfap_limit_free(&l);
    lfap_data_free(&D);
  }
  cr_assert_geq(met, 15, "(H) should hold for most of these data sets, it did for %d", met);
}

Test(limit, a_single_sample) {
  double x[3] = {3, 0, 4}, y = -1;
  lfap_data D = {.n = 1, .d = 3, .x = x, .y = &y};
  lfap_limit l = limit_of(&D, 0.5);
  /* Q = h R^2 = 0.625 * 25 */
  cr_assert_eq(l.lambda[0], 1.0 / 15.625);
  cr_assert(l.hyp.holds && l.c1 && l.hyp.p_max == 0.0);
  cr_assert_eq(l.w[0], -3.0 / 15.625);
  lfap_limit_free(&l);
}

Test(limit, orthogonal_rows_have_equal_multipliers) {
  lfap_data D = {0};
  cr_assert_eq(lfap_gen_orthogonal(NULL, &D, 1, 6, 64), LFAP_OK);
  lfap_limit l = limit_of(&D, 0.25);
  double h = 0.5 * (0.0625 + 1), r2 = 0;
  for (size_t i = 0; i < D.d; i++) r2 += D.x[i] * D.x[i];
  for (size_t n = 0; n < D.n; n++) cr_assert_eq(l.lambda[n], 1.0 / (h * r2));
  lfap_limit_free(&l);
  lfap_data_free(&D);
}

Test(limit, gamma_outside_the_interval_is_refused) {
  lfap_data D = uniform(1, 3, 10);
  lfap_limit l = {0};
  lfap_ctx ctx = {0};
  double bad[] = {0.0, 1.0, -0.5, NAN, INFINITY};
  for (size_t i = 0; i < 5; i++) {
    cr_assert_eq(lfap_limit_solve(&ctx, &l, &D, NULL, bad[i]), LFAP_ERR_DATA);
    cr_assert_null(l.lambda);
    cr_assert_not_null(strstr(ctx.message, "gamma"));
  }
  lfap_data_free(&D);
}

Test(limit, samples_out_of_scale_are_refused) {
  double scale[] = {0x1p-530, 0x1p520, 1e-170, 1e160};
  for (size_t k = 0; k < 4; k++) {
    lfap_data D = uniform(1, 3, 10);
    lfap_limit l = {0};
    lfap_ctx ctx = {0};
    for (size_t i = 0; i < 30; i++) D.x[i] *= scale[k];
    cr_assert_eq(lfap_limit_solve(&ctx, &l, &D, NULL, 0.5), LFAP_ERR_RANGE, "scale %g", scale[k]);
    cr_assert_not_null(strstr(ctx.message, "scale"));
    cr_assert_null(l.lambda);
    lfap_data_free(&D);
  }
}

/* ---- the residual belongs to the samples ------------------------------------------------------------------------------- */

/* Q of these rounds so that a wrong lambda solves it; the truth is 0.8/9e-16. */
Test(limit, a_wrong_solution_of_the_rounded_matrix_shows) {
  double x[4] = {1, 3e-8, -1, 3e-8}, y[2] = {1, 1}, wrong[2] = {9.007e14, 9.007e14};
  lfap_data D = {.n = 2, .d = 2, .x = x, .y = y};
  lfap_limit l = {0};
  cr_assert_eq(lfap_limit_given(NULL, &l, &D, NULL, 0.5, (lfap_multipliers){wrong, NULL}, NULL), LFAP_OK);
  cr_assert(fabs(l.residual - (9.007e14 / (0.8 / 9e-16) - 1)) < 1e-9 && !l.settled && !l.c1, "%g", l.residual);
  lfap_limit_free(&l);
  for (int cg = 0; cg < 2; cg++) {
    lfap_limit_opts o = {.solver = cg ? LFAP_SOLVER_CG : LFAP_SOLVER_AUTO};
    cr_assert_eq(lfap_limit_solve_opts(NULL, &l, &D, NULL, 0.5, &o), LFAP_OK);
    cr_assert(fabs(l.lambda[0] * 9e-16 / 0.8 - 1) < (l.settled ? 1e-12 : 1e-6), "%g, residual %g", l.lambda[0], l.residual);
    lfap_limit_free(&l);
  }
  x[1] = x[3] = 1e-8; /* doubles see two opposite samples here, which do not exist */
  lfap_ctx ctx = {0};
  cr_assert_eq(lfap_limit_solve(&ctx, &l, &D, NULL, 0.5), LFAP_ERR_UNSOLVED);
  cr_assert(l.lambda == NULL && strstr(ctx.message, "--exact"), "%s", ctx.message);
  cr_assert_eq(lfap_limit_solve_opts(&ctx, &l, &D, NULL, 0.5, &(lfap_limit_opts){.best_effort = 1}), LFAP_OK);
  cr_assert(!l.settled && l.residual >= 1 && !l.c1);
  lfap_limit_free(&l);
}

/* Given multipliers make the limit that the solver makes of them. */
Test(limit, given_multipliers_make_the_same_limit) {
  lfap_data D = uniform(3, 7, 60);
  lfap_limit a = {0}, b = {0};
  lfap_ctx ctx = {0};
  cr_assert_eq(lfap_limit_solve(NULL, &a, &D, NULL, 0.4), LFAP_OK);
  cr_assert_eq(lfap_limit_given(NULL, &b, &D, NULL, 0.4, (lfap_multipliers){a.lambda_q, NULL}, NULL), LFAP_OK);
  cr_assert_eq(memcmp(a.w, b.w, 60 * sizeof(double)), 0);
  cr_assert_eq(memcmp(a.fu, b.fu, 7 * sizeof(double)), 0);
  cr_assert(a.residual == b.residual && a.settled && b.settled && a.c1 == b.c1 && a.support == b.support && a.full == b.full);
  cr_assert_gt(a.residual, 0); /* a bound, never below the truth */
  lfap_limit_free(&b);
  a.lambda_q[2] = -1;
  cr_assert_eq(lfap_limit_given(&ctx, &b, &D, NULL, 0.4, (lfap_multipliers){a.lambda_q, NULL}, NULL), LFAP_ERR_DATA);
  cr_assert(b.lambda == NULL && strstr(ctx.message, "multiplier 2"));
  double kinks[14] = {0};
  kinks[9] = NAN;
  a.lambda_q[2] = 1;
  cr_assert_eq(lfap_limit_given(&ctx, &b, &D, NULL, 0.4, (lfap_multipliers){a.lambda_q, kinks}, NULL), LFAP_ERR_DATA);
  cr_assert(b.lambda == NULL && strstr(ctx.message, "alpha, then beta: multiplier 9"));
  lfap_limit_free(&a);
  lfap_data_free(&D);
}

/* Corners of a simplex around 0, a sum that is 0 in fewer dimensions than there are; and both moved so that they are separable. */
Test(limit, not_separable_is_proved_or_not_said) {
  lfap_ctx ctx = {0};
  lfap_limit l = {0};
  double y[4] = {1, 1, 1, 1}, around[12] = {0.9, 0.1, -0.2, -0.3, 0.8, 0.1, 0.2, -0.3, 0.7, -0.7, -0.8, -0.9}, sum[15] = {1, 2, 0, 5, -1, 3, 0, -2, 1, 1, -5, -4, 4, -7, 1};
  lfap_data A = {.n = 4, .d = 3, .x = around, .y = y}, S = {.n = 3, .d = 5, .x = sum, .y = y};
  for (size_t i = 0; i < 5; i++) sum[10 + i] = -(2 * sum[i] + 3 * sum[5 + i]) / 4;
  for (int k = 0; k < 4; k++) {
    cr_assert_eq(lfap_limit_solve(&ctx, &l, &A, NULL, 0.5), LFAP_ERR_INFEASIBLE, "%s", ctx.message);
    cr_assert_not_null(strstr(ctx.message, "4 samples of class +1"), "%s", ctx.message);
    cr_assert_eq(lfap_limit_solve(&ctx, &l, &S, NULL, 0.5), LFAP_ERR_INFEASIBLE, "%s", ctx.message);
    cr_assert_not_null(strstr(ctx.message, "3 samples"), "%s", ctx.message);
    for (size_t i = 0; i < 12; i++) around[i] = ldexp(around[i], -60);
    for (size_t i = 0; i < 15; i++) sum[i] = ldexp(sum[i], k < 3 ? -60 : 180);
  }
  for (int e = -52; e < 0; e += 4) { /* from one ulp on: separable, whatever doubles make of it */
    for (size_t i = 0; i < 5; i++) sum[10 + i] = -(2 * sum[i] + 3 * sum[5 + i]) / 4;
    sum[10] += ldexp(fabs(sum[10]), e);
    lfap_status st = lfap_limit_solve(&ctx, &l, &S, NULL, 0.5);
    cr_assert(st == LFAP_OK || st == LFAP_ERR_UNSOLVED, "2^%d: %s", e, ctx.message);
    cr_assert(e < -20 || (st == LFAP_OK && l.residual < 1e-3), "2^%d: %s", e, ctx.message);
    lfap_limit_free(&l);
  }
}

/* The QP's minimum by trying every support: Gaussian elimination in long double on each of the 2^n. */
static long double best_by_enumeration(const double *M, const double *b, size_t n) {
  long double best = 0;
  for (unsigned set = 1; set < 1u << n; set++) {
    size_t f[8], k = 0;
    long double A[8][9], l[8];
    for (size_t i = 0; i < n; i++)
      if (set >> i & 1u) f[k++] = i;
    for (size_t i = 0; i < k; i++) {
      for (size_t j = 0; j < k; j++) A[i][j] = M[f[i] * n + f[j]];
      A[i][k] = b[f[i]];
    }
    for (size_t p = 0; p < k; p++)
      for (size_t i = 0; i < k; i++) {
        if (i == p) continue;
        long double r = A[i][p] / A[p][p];
        for (size_t j = p; j <= k; j++) A[i][j] -= r * A[p][j];
      }
    long double value = 0;
    int ok = 1;
    for (size_t i = 0; i < k; i++) {
      l[i] = A[i][k] / A[i][i];
      if (l[i] < 0) ok = 0;
      value -= 0.5L * l[i] * b[f[i]];
    }
    if (ok && value < best) best = value;
  }
  return best;
}

Test(qp, reaches_the_enumerated_minimum) {
  int negative = 0;
  for (uint64_t seed = 0; seed < 60; seed++) {
    size_t n = 2 + seed % 7;
    lfap_data D = uniform(seed + 100, n, 6); /* few dimensions: correlated rows, so entries leave the support */
    double M[64], b[8], l[8], mu[8];
    for (size_t i = 0; i < n; i++) {
      b[i] = 1.0 + 0.1 * (double)(i % 3);
      for (size_t j = 0; j < n; j++) {
        M[i * n + j] = i == j ? 0.25 : 0.0;
        for (size_t k = 0; k < 6; k++) M[i * n + j] += D.x[i * 6 + k] * D.x[j * 6 + k];
      }
    }
    cr_assert_eq(lfap_qp_solve(NULL, l, mu, M, b, n), LFAP_OK);
    long double value = 0;
    for (size_t i = 0; i < n; i++) {
      long double mi = -(long double)b[i];
      for (size_t j = 0; j < n; j++) mi += (long double)M[i * n + j] * l[j];
      cr_assert(l[i] >= 0.0 && fabsl(mi - mu[i]) < 1e-13L);
      if (l[i] > 0) cr_assert_lt(fabsl(mi), 1e-13L);
      else { cr_assert_gt(mi, -1e-9L); negative++; }
      value += 0.5L * l[i] * (mi - b[i]);
    }
    cr_assert_lt(fabsl(value - best_by_enumeration(M, b, n)), 1e-12L, "seed %d", (int)seed);
    lfap_data_free(&D);
  }
  cr_assert_gt(negative, 10, "these cases must exercise the support");
}

Test(qp, singular_matrix_by_the_active_set) {
  /* rank 2, N = 6: M = A A', b in the range; the value is unique though lambda is not */
  double A[6][2] = {{1, 0}, {0, 1}, {1, 1}, {2, 1}, {1, 2}, {3, -1}}, M[36], b[6], l[6], mu[6];
  for (size_t i = 0; i < 6; i++) {
    b[i] = A[i][0] * 1.5 + A[i][1] * 0.5;
    for (size_t j = 0; j < 6; j++) M[i * 6 + j] = A[i][0] * A[j][0] + A[i][1] * A[j][1];
  }
  cr_assert_eq(lfap_qp_solve(NULL, l, mu, M, b, 6), LFAP_OK);
  double v0 = 0, v1 = 0;
  for (size_t i = 0; i < 6; i++) {
    cr_assert_geq(l[i], 0.0);
    cr_assert_gt(mu[i], -1e-9);
    v0 += l[i] * A[i][0];
    v1 += l[i] * A[i][1];
  }
  cr_assert_float_eq(v0, 1.5, 1e-12);
  cr_assert_float_eq(v1, 0.5, 1e-12);
}

Test(qp, no_bounded_solution_is_an_error) {
  /* two opposite constraints on the same direction, both asking for 1: min is -infinity along (1, 1) */
  double M[4] = {1, -1, -1, 1}, b[2] = {1, 1}, l[2] = {7, 7}, mu[2] = {7, 7};
  lfap_ctx ctx = {0};
  cr_assert_eq(lfap_qp_solve(&ctx, l, mu, M, b, 2), LFAP_ERR_INFEASIBLE);
  cr_assert_eq(l[0], 7.0, "outputs are untouched on failure");
  cr_assert_not_null(strstr(ctx.message, "separable"));
}
