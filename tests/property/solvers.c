/* The limit at scale (N6): conjugate gradients, the samples alone, initial supports and memory limits against the plain path;
 * the row-sum conditions; the rank-two update of a Gram matrix (N12). */
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

static lfap_limit limit_by(const lfap_data *data, double gamma, const lfap_limit_opts *o) {
  lfap_limit l = {0};
  lfap_ctx ctx = {.threads = 2};
  cr_assert_eq(lfap_limit_solve_opts(&ctx, &l, data, NULL, gamma, o), LFAP_OK, "%s", ctx.message);
  return l;
}

/* Largest |1 - Q lambda|_n / (1 + (|Q| |lambda|)_n) on the support, in long double from the samples. */
static long double backward_error(const lfap_data *D, const lfap_limit *l) {
  long double worst = 0, g = l->gamma;
  for (size_t n = 0; n < D->n; n++) {
    long double r = 1, size = 1;
    if (l->lambda_q[n] == 0.0) continue;
    for (size_t k = 0; k < D->n; k++) {
      long double G = 0;
      if (l->lambda_q[k] == 0.0) continue;
      for (size_t i = 0; i < D->d; i++) G += (long double)D->x[n * D->d + i] * D->x[k * D->d + i];
      G *= (D->y[n] == D->y[k] ? (1 + g * g) / 2 : -g) * l->lambda_q[k];
      r -= G;
      size += fabsl(G);
    }
    worst = fmaxl(worst, fabsl(r) / size);
  }
  return worst;
}

static void assert_near(const lfap_limit *a, const lfap_limit *b, double tol) {
  double most = 0;
  for (size_t n = 0; n < a->n; n++) most = fmax(most, a->lambda_q[n]);
  for (size_t n = 0; n < a->n; n++) {
    cr_assert_lt(fabs(a->lambda_q[n] - b->lambda_q[n]), tol * most, "lambda_%zu: %a, %a", n, a->lambda_q[n], b->lambda_q[n]);
    cr_assert_eq(a->lambda_q[n] > 0, b->lambda_q[n] > 0);
    cr_assert_lt(fabs(a->q[n] - b->q[n]), 1e-9);
    cr_assert_lt(fabs(a->fu[n] - b->fu[n]) + fabs(a->fv[n] - b->fv[n]), 1e-9);
  }
  cr_assert(a->support == b->support && a->full == b->full && a->c1 == b->c1 && a->c1b == b->c1b);
}

/* Case k: full support, many zeros (N above d), different norms. */
static lfap_data make_case(uint64_t k, double *gamma) {
  static const size_t n[] = {40, 90, 60, 120}, d[] = {400, 60, 80, 90};
  lfap_data D = uniform(k, n[k % 4], d[k % 4]);
  *gamma = 0.2 + 0.15 * (double)(k % 5);
  for (size_t i = 0; k % 4 == 2 && i < D.n * D.d; i++) D.x[i] *= 1.0 + (double)(i / D.d % 7);
  return D;
}

Test(solvers, conjugate_gradients_agree_with_factors) {
  size_t zeros = 0;
  for (uint64_t k = 0; k < 20; k++) {
    double gamma;
    lfap_data D = make_case(k, &gamma);
    lfap_limit a = limit_by(&D, gamma, &(lfap_limit_opts){.solver = LFAP_SOLVER_DIRECT}), b = limit_by(&D, gamma, &(lfap_limit_opts){.solver = LFAP_SOLVER_CG});
    cr_assert_eq(a.iterations, 0);
    cr_assert_gt(b.iterations, 0);
    assert_near(&a, &b, 1e-12);
    cr_assert_lt(backward_error(&D, &a), 1e-14L);
    cr_assert_lt(backward_error(&D, &b), 1e-14L);
    zeros += D.n - a.support;
    lfap_limit_free(&a);
    lfap_limit_free(&b);
    lfap_data_free(&D);
  }
  cr_assert_gt(zeros, 100, "these cases must exercise the support");
}

Test(solvers, the_default_is_a_factor_below_2048) {
  lfap_data D = uniform(3, 200, 300);
  lfap_limit a = limit_by(&D, 0.5, NULL), b = limit_by(&D, 0.5, &(lfap_limit_opts){.solver = LFAP_SOLVER_DIRECT});
  cr_assert_eq(a.iterations, 0);
  cr_assert_arr_eq(a.lambda_q, b.lambda_q, D.n * sizeof(double));
  lfap_limit_free(&a);
  lfap_limit_free(&b);
  lfap_data_free(&D);
}

Test(solvers, chosen_by_size, .timeout = 600) {
  lfap_data D = uniform(4, 2048, 1); /* its labels */
  lfap_data E = {.n = 2048, .d = 2048, .x = calloc((size_t)2048 * 2048, sizeof(double)), .y = calloc(2048, sizeof(double))};
  for (size_t i = 0; i < E.n; i++) {
    E.y[i] = D.y[i];
    E.x[i * E.d + i] = 1.0;
    E.x[i * E.d + (i + 1) % E.d] = 0.25;
  }
  lfap_limit l = limit_by(&E, 0.5, NULL), again = {0};
  lfap_ctx one = {.threads = 1};
  cr_assert(l.iterations > 0 && l.residual < 1e-14 && l.support == 2048);
  cr_assert_eq(lfap_limit_solve(&one, &again, &E, NULL, 0.5), LFAP_OK);
  cr_assert_arr_eq(l.lambda_q, again.lambda_q, E.n * sizeof(double), "threads do not change bits");
  cr_assert_eq(l.iterations, again.iterations);
  lfap_limit_free(&l);
  lfap_limit_free(&again);
  lfap_data_free(&D);
  lfap_data_free(&E);
}

/* Far too slow for conjugate gradients: factors take over, and the result is theirs. */
Test(solvers, an_ill_conditioned_matrix_goes_to_factors) {
  lfap_data D = uniform(5, 60, 200);
  for (size_t i = 1; i < 60; i += 2)
    for (size_t j = 0; j < 200; j++) D.x[i * 200 + j] = D.x[(i - 1) * 200 + j] + 1e-5 * D.x[i * 200 + j];
  for (size_t i = 1; i < 60; i += 2) D.y[i] = D.y[i - 1];
  lfap_limit a = limit_by(&D, 0.6, &(lfap_limit_opts){.solver = LFAP_SOLVER_DIRECT}), b = limit_by(&D, 0.6, &(lfap_limit_opts){.solver = LFAP_SOLVER_CG});
  cr_assert_gt(b.iterations, 0);
  cr_assert_eq(a.support, b.support);
  cr_assert_lt(backward_error(&D, &b), 1e-14L);
  lfap_limit_free(&a);
  lfap_limit_free(&b);
  lfap_data_free(&D);
}

Test(solvers, the_samples_alone_give_the_same) {
  for (uint64_t k = 0; k < 12; k++) {
    double gamma;
    lfap_data D = make_case(k, &gamma);
    uint64_t room = lfap_limit_bytes(D.n, D.d, 0, 2), gram = lfap_limit_bytes(D.n, D.d, 1, 2);
    lfap_limit a = limit_by(&D, gamma, NULL), b = limit_by(&D, gamma, &(lfap_limit_opts){.memory_limit = room}),
               c = limit_by(&D, gamma, &(lfap_limit_opts){.memory_limit = gram > room ? gram : room});
    cr_assert(b.iterations > 0 && c.iterations > 0);
    assert_near(&a, &b, 1e-11);
    assert_near(&a, &c, 1e-12);
    cr_assert_lt(backward_error(&D, &b), 1e-14L);
    /* what the Gram matrix says is the same to the bit, computed in blocks or as a whole */
    cr_assert(a.hyp.p_max == b.hyp.p_max && a.hyp.p_n == b.hyp.p_n && a.hyp.p_k == b.hyp.p_k && a.hyp.lhs == b.hyp.lhs && a.hyp.rhs == b.hyp.rhs);
    cr_assert(a.post_kappa == b.post_kappa && a.row_kappa == b.row_kappa);
    lfap_limit_free(&a);
    lfap_limit_free(&b);
    lfap_limit_free(&c);
    lfap_data_free(&D);
  }
}

Test(solvers, facts_of_the_gram_matrix) {
  for (uint64_t k = 0; k < 8; k++) {
    double gamma;
    lfap_data D = make_case(k, &gamma);
    lfap_limit l = limit_by(&D, gamma, NULL);
    double *G = malloc(D.n * D.n * sizeof *G), kappa = 0;
    lfap_hypothesis h;
    cr_assert_eq(lfap_gram(NULL, G, D.x, D.n, D.d), LFAP_OK);
    lfap_hypothesis_of(&h, G, D.n, gamma);
    cr_assert(memcmp(&h, &l.hyp, sizeof h) == 0 || (h.p_max == l.hyp.p_max && h.p_n == l.hyp.p_n && h.p_k == l.hyp.p_k && h.lhs == l.hyp.lhs &&
                                                   h.rhs == l.hyp.rhs && h.r_min2 == l.hyp.r_min2 && h.r_max2 == l.hyp.r_max2 && h.holds == l.hyp.holds));
    for (size_t n = 0; n < D.n; n++) {
      double s = 0;
      for (size_t j = 0; j < D.n; j++) s += j == n ? 0 : fabs(G[n * D.n + j]) / G[j * D.n + j];
      kappa = fmax(kappa, s);
    }
    cr_assert_float_eq(l.row_kappa, kappa, 1e-13 * kappa);
    cr_assert_float_eq(l.c_bound, gamma / (1 + 2 * gamma), 1e-15);
    cr_assert_float_eq(l.h_star, gamma * gamma * gamma / (1 + 2 * gamma), 1e-15);
    free(G);
    lfap_limit_free(&l);
    lfap_data_free(&D);
  }
}

/* (C) implies C1 with full support, (H) implies (H*), where the conditions hold. */
Test(solvers, row_sum_conditions_imply_what_they_say) {
  int c = 0, star = 0;
  for (uint64_t seed = 0; seed < 30; seed++) {
    lfap_data D = uniform(seed, 3 + seed % 4, 3000);
    lfap_limit l = limit_by(&D, 0.9, NULL);
    if (l.row_kappa < l.c_bound) { c++; cr_assert(l.c1 && l.full); }
    if (l.row_kappa < l.h_star) star++;
    if (l.hyp.holds) cr_assert_lt(l.row_kappa, l.h_star);
    lfap_limit_free(&l);
    lfap_data_free(&D);
  }
  cr_assert(c > 20 && star > 5 && star <= c, "(C) held %d times, (H*) %d times", c, star);
}

Test(solvers, an_initial_support_does_not_change_the_solution) {
  for (uint64_t k = 0; k < 12; k++) {
    double gamma;
    lfap_data D = make_case(k, &gamma);
    unsigned char in[128];
    for (lfap_solver s = LFAP_SOLVER_DIRECT; s <= LFAP_SOLVER_CG; s++) {
      lfap_limit a = limit_by(&D, gamma, &(lfap_limit_opts){.solver = s});
      for (int start = 0; start < 3; start++) { /* the solution's own support, nearly it, nothing */
        for (size_t n = 0; n < D.n; n++) in[n] = start == 2 ? 0 : (a.lambda_q[n] > 0) ^ (start == 1 && n % 10 == 3);
        lfap_limit b = limit_by(&D, gamma, &(lfap_limit_opts){.solver = s, .support = in});
        if (s == LFAP_SOLVER_DIRECT) cr_assert_arr_eq(a.lambda_q, b.lambda_q, D.n * sizeof(double));
        assert_near(&a, &b, 1e-12);
        if (start == 0) cr_assert_leq(b.rounds, s == LFAP_SOLVER_DIRECT ? 1 : a.rounds);
        lfap_limit_free(&b);
      }
      lfap_limit_free(&a);
    }
    lfap_data_free(&D);
  }
}

Test(solvers, a_memory_limit_that_is_too_small_is_refused) {
  lfap_data D = uniform(1, 50, 70);
  lfap_limit l = {0};
  lfap_ctx ctx = {0};
  lfap_limit_opts o = {.memory_limit = lfap_limit_bytes(50, 70, 0, 1) - 1};
  cr_assert_eq(lfap_limit_solve_opts(&ctx, &l, &D, NULL, 0.5, &o), LFAP_ERR_MEMORY);
  cr_assert_not_null(strstr(ctx.message, "memory limit"));
  cr_assert_not_null(strstr(ctx.message, "N = 50, d = 70"));
  cr_assert_null(l.lambda_q);
  o = (lfap_limit_opts){.memory_limit = lfap_limit_bytes(50, 70, 2, 1) - 1, .solver = LFAP_SOLVER_DIRECT};
  cr_assert_eq(lfap_limit_solve_opts(&ctx, &l, &D, NULL, 0.5, &o), LFAP_ERR_MEMORY);
  cr_assert_not_null(strstr(ctx.message, "factor"));
  lfap_data_free(&D);
}

Test(solvers, no_factor_and_no_convergence_is_an_error) {
  lfap_data D = uniform(1, 40, 3); /* rank 3: not separable, Q singular */
  lfap_limit l = {0};
  lfap_ctx ctx = {0};
  lfap_limit_opts o = {.memory_limit = lfap_limit_bytes(40, 3, 0, 1)};
  if (o.memory_limit < lfap_limit_bytes(40, 3, 1, 1)) o.memory_limit = lfap_limit_bytes(40, 3, 1, 1);
  lfap_status st = lfap_limit_solve_opts(&ctx, &l, &D, NULL, 0.5, &o);
  cr_assert(st == LFAP_ERR_MEMORY || st == LFAP_ERR_INFEASIBLE || st == LFAP_ERR_UNSOLVED, "%d", st);
  cr_assert_null(l.lambda_q);
  cr_assert_gt(strlen(ctx.message), 20);
  lfap_data_free(&D);
}

static int stop(void *user, const char *what, double done, double total) {
  (void)what, (void)done, (void)total;
  return --*(int *)user < 0;
}

Test(solvers, an_interrupt_leaves_nothing) {
  lfap_data D = uniform(1, 60, 70);
  for (int after = 0; after < 40; after++) {
    int left = after;
    lfap_limit l = {0};
    lfap_ctx ctx = {.progress = stop, .user = &left};
    lfap_status st = lfap_limit_solve_opts(&ctx, &l, &D, NULL, 0.5, &(lfap_limit_opts){.solver = LFAP_SOLVER_CG});
    cr_assert(st == LFAP_OK || st == LFAP_ERR_INTERRUPTED);
    cr_assert(st == LFAP_OK || l.lambda_q == NULL);
    lfap_limit_free(&l);
  }
  lfap_data_free(&D);
}

/* ---- Gram matrices of moved points -------------------------------------------------------------------------------------- */

Test(shift, is_the_gram_matrix_of_the_sums) {
  for (uint64_t seed = 0; seed < 10; seed++) {
    size_t n = 5 + seed, d = 300;
    lfap_data B = uniform(seed, n, d), E = uniform(seed + 50, 1, d);
    double *G = malloc(n * n * sizeof *G), *H = malloc(n * n * sizeof *H), *W = malloc(n * n * sizeof *W), p[16], eta2 = 0, most = 0;
    for (size_t j = 0; j < d; j++) { E.x[j] *= 0.3; eta2 += E.x[j] * E.x[j]; }
    cr_assert_eq(lfap_gram(NULL, G, B.x, n, d), LFAP_OK);
    cr_assert_eq(lfap_rows_product(NULL, p, B.x, E.x, n, 1, d), LFAP_OK);
    cr_assert_eq(lfap_gram_shift(&(lfap_ctx){.threads = 2}, H, G, B.y, p, eta2, n), LFAP_OK);
    for (size_t i = 0; i < n * d; i++) B.x[i] += B.y[i / d] * E.x[i % d];
    cr_assert_eq(lfap_gram(NULL, W, B.x, n, d), LFAP_OK);
    for (size_t i = 0; i < n * n; i++) most = fmax(most, fabs(W[i]));
    for (size_t i = 0; i < n; i++)
      for (size_t k = 0; k < n; k++) {
        cr_assert_float_eq(H[i * n + k], W[i * n + k], 1e-13 * most);
        cr_assert_eq(H[i * n + k], H[k * n + i], "symmetric to the bit");
      }
    cr_assert_eq(lfap_gram_shift(NULL, G, G, B.y, p, eta2, n), LFAP_OK);
    cr_assert_arr_eq(G, H, n * n * sizeof(double), "in place");
    free(G);
    free(H);
    free(W);
    lfap_data_free(&B);
    lfap_data_free(&E);
  }
}

Test(shift, what_is_not_finite_is_refused) {
  double G[4] = {1, 0, 0, 1}, H[4] = {7, 7, 7, 7}, t[2] = {1, NAN}, p[2] = {0, 0};
  lfap_ctx c = {0};
  cr_assert_eq(lfap_gram_shift(&c, H, G, t, p, 1.0, 2), LFAP_ERR_USAGE);
  t[1] = -1;
  cr_assert_eq(lfap_gram_shift(&c, H, G, t, p, -1.0, 2), LFAP_ERR_USAGE);
  cr_assert_eq(H[0], 7.0);
  cr_assert_eq(lfap_gram_shift(&c, H, G, t, p, 2.0, 2), LFAP_OK);
  cr_assert(H[0] == 3.0 && H[1] == -2.0 && H[2] == -2.0 && H[3] == 3.0);
}
