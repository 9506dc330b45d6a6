/* Output layers other than the setting's (spec/theory.md, "Other output layers"; spec/numerics.md N6, N6a, N15): the limit with masses,
 * K1 and C3 with output weights, recomputed by enumeration and from the definition of the network in long double. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lfap.h"
#include "limit/qmatrix.h"

/* splitmix64, on [0, 1). */
static double draw(uint64_t *state) {
  uint64_t z = (*state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static lfap_data uniform(uint64_t seed, size_t n, size_t d) {
  lfap_data D = {0};
  cr_assert_eq(lfap_gen_uniform(NULL, &D, seed, n, d), LFAP_OK);
  D.y[0] = 1.0;
  D.y[1] = -1.0;
  return D;
}

static lfap_limit limit_by(const lfap_data *D, double gamma, lfap_limit_opts o) {
  lfap_limit l = {0};
  lfap_ctx ctx = {.threads = 2};
  cr_assert_eq(lfap_limit_solve_opts(&ctx, &l, D, NULL, gamma, &o), LFAP_OK, "%s", ctx.message);
  return l;
}

static lfap_limit limit_of(const lfap_data *D, double gamma, lfap_masses p) { return limit_by(D, gamma, (lfap_limit_opts){.masses = p}); }

static long double product(const double *a, const double *b, size_t d) {
  long double s = 0;
  for (size_t i = 0; i < d; i++) s += (long double)a[i] * b[i];
  return s;
}

/* ---- a programme min 1/2 l'Ml - 1'l, l >= 0, by trying every support ----------------------------------------------------------- */

enum { MOST = 12 };

/* M_ff l = 1; 0 where a pivot is too small. */
static int solve(long double *l, const long double *M, size_t n, unsigned in) {
  long double A[MOST][MOST + 1];
  size_t f[MOST], k = 0;
  for (size_t i = 0; i < n; i++)
    if (in >> i & 1) f[k++] = i;
  for (size_t i = 0; i < k; i++) {
    for (size_t j = 0; j < k; j++) A[i][j] = M[f[i] * n + f[j]];
    A[i][k] = 1;
  }
  for (size_t c = 0; c < k; c++) {
    size_t p = c;
    for (size_t i = c; i < k; i++)
      if (fabsl(A[i][c]) > fabsl(A[p][c])) p = i;
    if (fabsl(A[p][c]) < 1e-12L) return 0;
    for (size_t j = 0; j <= k; j++) {
      long double t = A[p][j];
      A[p][j] = A[c][j];
      A[c][j] = t;
    }
    for (size_t i = 0; i < k; i++) {
      long double r = i == c ? 0 : A[i][c] / A[c][c];
      for (size_t j = c; j <= k; j++) A[i][j] -= r * A[c][j];
    }
  }
  for (size_t i = 0; i < n; i++) l[i] = 0;
  for (size_t i = 0; i < k; i++) l[f[i]] = A[i][k] / A[i][i];
  return 1;
}

static int brute(long double *l, const long double *M, size_t n) {
  for (unsigned in = 1; in < 1u << n; in++) {
    int good = solve(l, M, n, in);
    for (size_t i = 0; good && i < n; i++) {
      long double q = -1;
      for (size_t j = 0; j < n; j++) q += M[i * n + j] * l[j];
      good = l[i] >= -1e-15L && q >= -1e-13L;
    }
    if (good) return 1;
  }
  return 0;
}

/* Unknown i: sample and slope; the coefficients of x_n in U and in V that a multiplier of 1 makes, from the definition of the
   network: the derivative of y_n (p+ phi(<U,x>) - p- phi(<V,x>)) with the own slope 1, the other one s, over the mass. */
static void of_unknown(size_t *n, long double *u, long double *v, const lfap_data *D, double gamma, size_t i) {
  long double s = i < D->n ? (long double)gamma : 1;
  *n = i % D->n;
  *u = D->y[*n] > 0 ? 1 : -s;
  *v = D->y[*n] > 0 ? -s : 1;
}

static void programme(long double *M, const lfap_data *D, double gamma, lfap_masses p, size_t unknowns) {
  for (size_t i = 0; i < unknowns; i++)
    for (size_t j = 0; j < unknowns; j++) {
      size_t n, k;
      long double a, b, c, e;
      of_unknown(&n, &a, &b, D, gamma, i);
      of_unknown(&k, &c, &e, D, gamma, j);
      M[i * unknowns + j] = (p.plus * a * c + p.minus * b * e) * product(D->x + n * D->d, D->x + k * D->d, D->d);
    }
}

static void rows(long double *U, long double *V, const lfap_data *D, double gamma, const long double *l, size_t unknowns) {
  for (size_t e = 0; e < D->d; e++) U[e] = V[e] = 0;
  for (size_t i = 0; i < unknowns; i++) {
    size_t n;
    long double u, v;
    of_unknown(&n, &u, &v, D, gamma, i);
    for (size_t e = 0; e < D->d; e++) {
      U[e] += l[i] * u * D->x[n * D->d + e];
      V[e] += l[i] * v * D->x[n * D->d + e];
    }
  }
}

static long double with_row(const long double *U, const double *x, size_t d) {
  long double s = 0;
  for (size_t e = 0; e < d; e++) s += U[e] * x[e];
  return s;
}

enum { D_MOST = 40 };

static void assert_like_enumeration(const lfap_data *D, double gamma, lfap_masses p) {
  long double M[MOST * MOST], l[MOST], U[D_MOST], V[D_MOST];
  size_t n = D->n, d = D->d;
  lfap_limit lim = limit_of(D, gamma, p);
  cr_assert(lim.masses.plus == p.plus && lim.masses.minus == p.minus);
  programme(M, D, gamma, p, n);
  cr_assert(brute(l, M, n));
  for (size_t i = 0; i < n; i++) cr_assert_float_eq(lim.lambda_q[i], (double)l[i], 1e-10 * (1 + (double)l[i]), "C1, lambda_%zu", i);
  rows(U, V, D, gamma, l, n);
  for (size_t i = 0; i < n; i++) {
    cr_assert_float_eq(lim.fu[i], D->y[i] * (double)with_row(U, D->x + i * d, d), 1e-10);
    cr_assert_float_eq(lim.fv[i], D->y[i] * (double)with_row(V, D->x + i * d, d), 1e-10);
  }
  programme(M, D, gamma, p, 2 * n);
  cr_assert(brute(l, M, 2 * n));
  rows(U, V, D, gamma, l, 2 * n);
  cr_assert(lim.c2.solved && lim.c2.settled && lim.settled);
  for (size_t i = 0; i < n; i++) {
    double u = (double)with_row(U, D->x + i * d, d), v = (double)with_row(V, D->x + i * d, d);
    cr_assert_float_eq(lim.c2.own[i], D->y[i] > 0 ? u : v, 1e-10 * (1 + fabs(u) + fabs(v)));
    cr_assert_float_eq(lim.c2.other[i], D->y[i] > 0 ? v : u, 1e-10 * (1 + fabs(u) + fabs(v)));
    cr_assert_float_eq(lim.lambda[i], (double)(l[i] + l[n + i]), 1e-10 * (1 + (double)l[i]));
  }
  for (size_t e = 0; e < d; e++)
    cr_assert_float_eq(lim.w[e], (double)(2 * (p.plus * U[e] - p.minus * V[e]) / (1 + (long double)gamma)), 1e-10, "w_%zu", e);
  lfap_limit_free(&lim);
}

static lfap_masses some_masses(uint64_t *state) { return (lfap_masses){0.02 + 3 * draw(state), 0.02 + 3 * draw(state)}; }

Test(masses, limit_is_that_of_enumeration) {
  uint64_t state = 1;
  size_t bent = 0, unlike = 0;
  for (uint64_t seed = 0; seed < 60; seed++) {
    lfap_data D = uniform(seed, 2 + seed % 5, 8 + seed % 17);
    double gamma = seed % 3 == 0 ? 0.01 : seed % 3 == 1 ? 0.25 : 0.8;
    lfap_masses p = some_masses(&state);
    assert_like_enumeration(&D, gamma, p);
    lfap_limit a = limit_of(&D, gamma, p), b = limit_of(&D, gamma, (lfap_masses){0});
    bent += a.c2.bent > 0;
    double off = 0, len = 0;
    for (size_t e = 0; e < D.d; e++) off = fmax(off, fabs(a.w[e] - b.w[e])), len = fmax(len, fabs(b.w[e]));
    unlike += off > 1e-3 * len;
    lfap_limit_free(&a);
    lfap_limit_free(&b);
    lfap_data_free(&D);
  }
  cr_assert_gt(bent, 5, "kinks are met");
  cr_assert_gt(unlike, 30, "another output layer has another boundary");
}

/* ---- the network of a limit ------------------------------------------------------------------------------------------------------ */

/* Output weights of both signs in any order, some 0. */
static void output_weights(double *a, size_t m, uint64_t *state) {
  for (size_t j = 0; j < m; j++) a[j] = draw(state) < 0.15 ? 0.0 : (draw(state) < 0.4 ? -1 : 1) * (0.05 + draw(state));
  a[0] = -0.3;
  a[m - 1] = 0.7;
}

static lfap_net net_with(size_t m, size_t d, double gamma, const double *a) {
  lfap_net net = {0};
  cr_assert_eq(lfap_net_alloc_output(NULL, &net, m, d, gamma, a), LFAP_OK);
  return net;
}

/* w_j = a_j U for a_j > 0, |a_j| V for a_j < 0, from alpha and beta in long double. */
static void take_limit(lfap_net *net, const lfap_data *D, const lfap_limit *lim) {
  long double l[2 * 64], U[400], V[400];
  for (size_t n = 0; n < D->n; n++) l[n] = lim->c2.alpha[n], l[D->n + n] = lim->c2.beta[n];
  rows(U, V, D, net->gamma, l, 2 * D->n);
  for (size_t j = 0; j < net->m; j++)
    for (size_t e = 0; e < D->d; e++) net->w[j * D->d + e] = (double)(net->a[j] > 0 ? net->a[j] * U[e] : -net->a[j] * V[e]);
}

/* (P)'s KKT conditions of the network itself: margins, slopes of phi, w_j = a_j sum lambda_n y_n s_jn x_n, row by row. */
static void assert_kkt(const lfap_net *net, const lfap_data *D, const double *lambda, const double *slope, double tol) {
  size_t n = D->n, d = D->d;
  double norm = 0;
  for (size_t i = 0; i < net->m * d; i++) norm += net->w[i] * net->w[i];
  for (size_t i = 0; i < n; i++) {
    long double q = 0;
    for (size_t j = 0; j < net->m; j++) {
      long double z = product(net->w + j * d, D->x + i * d, d);
      q += D->y[i] * net->a[j] * (z > 0 ? z : net->gamma * z);
    }
    cr_assert(lambda[i] > 0 ? fabsl(q - 1) < tol : q > 1 - tol, "margin %zu: %Lg", i, q);
  }
  for (size_t j = 0; j < net->m; j++) {
    long double off = 0;
    for (size_t e = 0; e < d; e++) {
      long double r = net->w[j * d + e];
      for (size_t i = 0; i < n; i++) r -= (long double)net->a[j] * lambda[i] * D->y[i] * slope[j * n + i] * D->x[i * d + e];
      off += r * r;
    }
    cr_assert_lt(off, tol * tol * norm, "row %zu", j);
    for (size_t i = 0; i < n; i++) {
      long double z = product(net->w + j * d, D->x + i * d, d);
      double s = slope[j * n + i];
      cr_assert(s >= net->gamma && s <= 1);
      if (lambda[i] > 0 && net->a[j] != 0 && fabsl(z) > 1e-9L) cr_assert_eq(s, z > 0 ? 1 : net->gamma, "slope of %zu at %zu", j, i);
    }
  }
}

static lfap_limit limit_of_net(const lfap_net *net, const lfap_data *D) {
  lfap_masses p;
  cr_assert_eq(lfap_net_masses(NULL, &p, net), LFAP_OK);
  return limit_of(D, net->gamma, p);
}

Test(masses, the_limit_is_a_kkt_point_of_the_network_itself) {
  uint64_t state = 2;
  size_t kinks = 0;
  for (uint64_t seed = 0; seed < 24; seed++) {
    enum { M = 11 };
    double a[M], gamma = seed % 2 ? 0.02 : 0.4;
    lfap_data D = uniform(seed, 4 + seed % 17, 60 + 10 * (seed % 5));
    output_weights(a, M, &state);
    lfap_net net = net_with(M, D.d, gamma, a);
    lfap_limit lim = limit_of_net(&net, &D);
    cr_assert(lim.c2.solved && lim.c2.settled && lim.c2.holds);
    kinks += lim.c2.kinks;
    take_limit(&net, &D, &lim);
    double *slope = malloc(M * D.n * sizeof *slope);
    for (size_t j = 0; j < M; j++)
      for (size_t n = 0; n < D.n; n++) slope[j * D.n + n] = (a[j] > 0) == (D.y[n] > 0) ? 1.0 : lim.c2.slope[n];
    assert_kkt(&net, &D, lim.lambda, slope, 1e-10);
    free(slope);
    lfap_k1 k;
    cr_assert_eq(lfap_k1_of(NULL, &k, &net, &D, &lim, NULL, 0), LFAP_OK);
    cr_assert_float_eq(k.margin_min, 1.0, 1e-10);
    cr_assert_float_eq(k.cosine, 1.0, 1e-12);
    cr_assert_eq(k.agreement, 1.0);
    cr_assert_lt(k.row_spread, 1e-10);
    cr_assert_lt(k.outside_rank2, 1e-10);
    if (!lim.c2.bent && lim.c1) cr_assert(k.residual < 1e-10 && k.pattern_aligned == 1.0, "%g, %g", k.residual, k.pattern_aligned);
    lfap_limit_free(&lim);
    lfap_net_free(&net);
    lfap_data_free(&D);
  }
  cr_assert_gt(kinks, 5);
}

static lfap_polished polish(const lfap_net *net, const lfap_data *D) {
  lfap_polished p = {0};
  lfap_ctx ctx = {.threads = 2};
  lfap_set set = {.data = D};
  cr_assert_eq(lfap_polish(&ctx, &p, net, &set), LFAP_OK, "%s", ctx.message);
  lfap_set_free(&set);
  return p;
}

/* Rows that classify, of no form: own patterns differ from neuron to neuron. */
static void random_rows(lfap_net *net, const lfap_data *D, uint64_t *state) {
  for (size_t j = 0; j < net->m; j++)
    for (size_t e = 0; e < D->d; e++) {
      double s = 0;
      for (size_t n = 0; n < D->n; n++) s += D->y[n] * D->x[n * D->d + e] * (net->a[j] > 0 ? 1 : -1) * (draw(state) < 0.7 ? 1 : -0.4);
      net->w[j * D->d + e] = s * (0.2 + draw(state));
    }
}

Test(masses, polish_finds_kkt_points_of_the_network_itself) {
  uint64_t state = 3;
  size_t kinks = 0, unlike = 0;
  for (uint64_t seed = 0; seed < 24; seed++) {
    enum { M = 9 };
    double a[M], gamma = seed % 2 ? 0.05 : 0.4;
    lfap_data D = uniform(seed, 4 + seed % 9, 50 + 10 * (seed % 3));
    output_weights(a, M, &state);
    if (seed % 4 == 3)
      for (size_t j = 0; j < M; j++) a[j] *= 1e6;
    lfap_net net = net_with(M, D.d, gamma, a);
    random_rows(&net, &D, &state);
    lfap_polished p = polish(&net, &D);
    cr_assert(p.settled && p.holds, "seed %zu", (size_t)seed);
    cr_assert_arr_eq(p.net.a, a, sizeof a);
    assert_kkt(&p.net, &D, p.lambda, p.slope, 1e-10);
    cr_assert_lt(p.residual, 5e-15);
    for (size_t j = 0; j < M; j++)
      for (size_t e = 0; a[j] == 0 && e < D.d; e++) cr_assert_eq(p.net.w[j * D.d + e], 0.0);
    kinks += p.kinks;
    lfap_limit lim = limit_of_net(&net, &D);
    double off = 0;
    for (size_t n = 0; n < D.n; n++) off = fmax(off, fabs(lim.lambda[n] - p.lambda[n]) / lim.lambda[n]);
    unlike += off > 1e-6;
    lfap_limit_free(&lim);
    lfap_polished_free(&p);
    lfap_net_free(&net);
    lfap_data_free(&D);
  }
  cr_assert_gt(kinks, 5);
  cr_assert_gt(unlike, 3, "other points than C2's are met too");
}

/* Weights of C2's point lead there. */
Test(masses, polish_leaves_the_limit_where_it_is) {
  uint64_t state = 4;
  for (uint64_t seed = 0; seed < 8; seed++) {
    enum { M = 7 };
    double a[M];
    lfap_data D = uniform(seed, 6, 60);
    output_weights(a, M, &state);
    lfap_net net = net_with(M, D.d, 0.1, a);
    lfap_limit lim = limit_of_net(&net, &D);
    take_limit(&net, &D, &lim);
    lfap_polished p = polish(&net, &D);
    cr_assert(p.holds);
    cr_assert_float_eq(p.cosine, 1.0, 1e-12);
    for (size_t n = 0; n < D.n; n++) cr_assert_float_eq(p.lambda[n], lim.lambda[n], 1e-10 * (1 + lim.lambda[n]));
    for (size_t i = 0; i < M * D.d; i++) cr_assert_float_eq(p.net.w[i], net.w[i], 1e-10);
    lfap_polished_free(&p);
    lfap_limit_free(&lim);
    lfap_net_free(&net);
    lfap_data_free(&D);
  }
}

/* ---- the same network written otherwise ------------------------------------------------------------------------------------------ */

static void assert_same_k1(const lfap_net *a, const lfap_net *b, const lfap_data *D, double tol) {
  lfap_limit la = limit_of_net(a, D), lb = limit_of_net(b, D);
  lfap_k1 p, q;
  cr_assert_eq(lfap_k1_of(NULL, &p, a, D, &la, NULL, 0), LFAP_OK);
  cr_assert_eq(lfap_k1_of(NULL, &q, b, D, &lb, NULL, 0), LFAP_OK);
  cr_assert_float_eq(p.margin_min, q.margin_min, tol * fabs(p.margin_min));
  cr_assert_float_eq(p.residual, q.residual, tol);
  cr_assert_float_eq(p.slackness, q.slackness, tol * (1 + fabs(p.slackness)));
  cr_assert_float_eq(p.margin, q.margin, tol);
  cr_assert_float_eq(p.outside_rank2, q.outside_rank2, 1e-6);
  cr_assert_float_eq(p.row_spread, q.row_spread, tol * (1 + p.row_spread));
  cr_assert_float_eq(p.cosine, q.cosine, tol);
  cr_assert_eq(p.agreement, q.agreement);
  lfap_limit_free(&la);
  lfap_limit_free(&lb);
}

static void assert_same_point(const lfap_net *a, const lfap_net *b, const lfap_data *D, double tol) {
  lfap_polished p = polish(a, D), q = polish(b, D);
  cr_assert(p.holds && q.holds);
  for (size_t n = 0; n < D->n; n++) cr_assert_float_eq(p.lambda[n], q.lambda[n], tol * (1 + p.lambda[n]));
  cr_assert_float_eq(p.margin, q.margin, tol);
  cr_assert_float_eq(p.own_min, q.own_min, 1e-8 * (1 + p.own_min));
  lfap_polished_free(&p);
  lfap_polished_free(&q);
}

/* +-1/sqrt(m) written out, in a permuted order: K1 and C3 are those of the setting. */
Test(masses, the_setting_written_out_is_the_setting) {
  enum { M = 8 };
  uint64_t state = 5;
  const size_t place[M] = {5, 0, 7, 2, 1, 6, 3, 4};
  for (uint64_t seed = 0; seed < 8; seed++) {
    lfap_data D = uniform(seed, 7, 70);
    lfap_net plain = {0};
    double a[M];
    cr_assert_eq(lfap_net_alloc(NULL, &plain, M, D.d, 0.3), LFAP_OK);
    for (size_t j = 0; j < M; j++) a[place[j]] = (j < M / 2 ? 1 : -1) / sqrt((double)M);
    lfap_net net = net_with(M, D.d, 0.3, a);
    random_rows(&net, &D, &state);
    for (size_t j = 0; j < M; j++) memcpy(plain.w + j * D.d, net.w + place[j] * D.d, D.d * sizeof(double));
    double f[7], g[7], e[70], h[70], dot = 0, ee = 0, hh = 0;
    cr_assert_eq(lfap_net_eval(NULL, f, &plain, D.x, D.n), LFAP_OK);
    cr_assert_eq(lfap_net_eval(NULL, g, &net, D.x, D.n), LFAP_OK);
    for (size_t n = 0; n < D.n; n++) cr_assert_float_eq(f[n], g[n], 1e-13 * (1 + fabs(f[n])));
    cr_assert_eq(lfap_net_input_grad(NULL, e, &plain, D.x), LFAP_OK);
    cr_assert_eq(lfap_net_input_grad(NULL, h, &net, D.x), LFAP_OK);
    for (size_t i = 0; i < D.d; i++) cr_assert_float_eq(e[i], h[i], 1e-13 * (1 + fabs(e[i])));
    lfap_net_direction(e, &plain);
    lfap_net_direction(h, &net);
    for (size_t i = 0; i < D.d; i++) dot += e[i] * h[i], ee += e[i] * e[i], hh += h[i] * h[i];
    cr_assert_float_eq(dot / sqrt(ee * hh), 1.0, 1e-14);
    assert_same_k1(&plain, &net, &D, 1e-9);
    assert_same_point(&plain, &net, &D, 1e-10);
    lfap_net_free(&net);
    lfap_net_free(&plain);
    lfap_data_free(&D);
  }
}

/* A neuron split in two, a_j/sqrt(2) and w_j/sqrt(2) each, and dead rows of zeros added. */
Test(masses, splitting_a_neuron_changes_nothing) {
  enum { M = 5 };
  uint64_t state = 6;
  for (uint64_t seed = 0; seed < 8; seed++) {
    lfap_data D = uniform(seed, 6, 50);
    double a[M], b[2 * M + 1] = {0}, r = sqrt(0.5);
    output_weights(a, M, &state);
    lfap_net one = net_with(M, D.d, 0.2, a);
    for (size_t j = 0; j < M; j++) b[j] = b[2 * M - j] = r * a[j];
    lfap_net two = net_with(2 * M + 1, D.d, 0.2, b);
    random_rows(&one, &D, &state);
    for (size_t j = 0; j < M; j++)
      for (size_t e = 0; e < D.d; e++) {
        if (a[j] == 0) one.w[j * D.d + e] = 0;
        two.w[j * D.d + e] = two.w[(2 * M - j) * D.d + e] = r * one.w[j * D.d + e];
      }
    assert_same_k1(&one, &two, &D, 1e-9);
    assert_same_point(&one, &two, &D, 1e-10);
    lfap_net_free(&one);
    lfap_net_free(&two);
    lfap_data_free(&D);
  }
}

/* Equal masses are the setting up to one factor of the multipliers, to the bit where it is a power of two. */
Test(masses, equal_masses_are_the_setting) {
  for (uint64_t seed = 0; seed < 6; seed++) {
    lfap_data D = uniform(seed, 12, 60);
    double gamma = 0.05 + 0.1 * (double)seed;
    lfap_limit a = limit_of(&D, gamma, (lfap_masses){0.5, 0.5}), b = limit_of(&D, gamma, (lfap_masses){4, 4}), c = limit_of(&D, gamma, (lfap_masses){0.7, 0.7}),
               e = limit_of(&D, gamma, (lfap_masses){0});
    for (size_t n = 0; n < D.n; n++) {
      cr_assert_eq(a.lambda[n], 8 * b.lambda[n]);
      cr_assert_eq(a.lambda[n], e.lambda[n]);
      cr_assert_float_eq(a.lambda[n], 1.4 * c.lambda[n], 1e-11 * a.lambda[n]);
      cr_assert_eq(a.omega[n], b.omega[n]);
      cr_assert_eq(a.c2.slope[n], b.c2.slope[n]);
    }
    cr_assert_arr_eq(a.w, b.w, D.d * sizeof(double));
    for (size_t i = 0; i < D.d; i++) cr_assert_float_eq(a.w[i], c.w[i], 1e-11);
    cr_assert(a.c2.kappa_bound == b.c2.kappa_bound && a.c2.margin_need == b.c2.margin_need && a.c_bound == b.c_bound && a.post_kappa == b.post_kappa);
    cr_assert(a.t2_lo == 8 * b.t2_lo && a.t2_hi == 8 * b.t2_hi && a.t1_lo == 8 * b.t1_lo && a.t1_hi == 8 * b.t1_hi);
    cr_assert(a.c2.holds == b.c2.holds && a.settled == b.settled && a.c1 == b.c1 && a.c2.margin_lin == b.c2.margin_lin);
    lfap_limit_free(&a);
    lfap_limit_free(&b);
    lfap_limit_free(&c);
    lfap_limit_free(&e);
    lfap_data_free(&D);
  }
}

/* Classes and signs exchanged together: the same multipliers, the opposite boundary. */
Test(masses, classes_and_signs_exchange) {
  uint64_t state = 7;
  for (uint64_t seed = 0; seed < 8; seed++) {
    lfap_data D = uniform(seed, 14, 50);
    lfap_masses p = some_masses(&state);
    double gamma = 0.03 + 0.1 * (double)seed;
    lfap_limit a = limit_of(&D, gamma, p);
    for (size_t n = 0; n < D.n; n++) D.y[n] = -D.y[n];
    lfap_limit b = limit_of(&D, gamma, (lfap_masses){p.minus, p.plus});
    for (size_t n = 0; n < D.n; n++) {
      cr_assert_float_eq(a.lambda[n], b.lambda[n], 1e-13 * (1 + a.lambda[n]));
      cr_assert_float_eq(a.c2.own[n], b.c2.own[n], 1e-12);
      cr_assert_float_eq(a.c2.other[n], b.c2.other[n], 1e-12);
    }
    for (size_t i = 0; i < D.d; i++) cr_assert_float_eq(a.w[i], -b.w[i], 1e-13);
    cr_assert(a.c2.kappa_bound == b.c2.kappa_bound && a.c2.margin_need == b.c2.margin_need && a.c_bound == b.c_bound && a.t2_hi == b.t2_hi);
    lfap_limit_free(&a);
    lfap_limit_free(&b);
    lfap_data_free(&D);
  }
}

/* ---- what is said beforehand, and of errors -------------------------------------------------------------------------------------- */

/* Weights to twice the precision. */
Test(masses, weights_are_twofold) {
  uint64_t state = 12;
  for (int round = 0; round < 200; round++) {
    const double x[1] = {1}, y[1] = {1}, gamma = draw(&state);
    lfap_masses p = some_masses(&state);
    lfap_qm m = {.n = 2, .X = x, .d = 1, .y = y, .gamma = gamma, .masses = p, .kinks = 1};
    cr_assert_eq(lfap_qm_open(NULL, &m), LFAP_OK);
    for (size_t a = 0; a < 2; a++)
      for (size_t b = 0; b < 2; b++)
        for (size_t c = 0; c < 2; c++) {
          long double s = a ? 1 : gamma, t = b ? 1 : gamma, own = c ? p.minus : p.plus, off = c ? p.plus : p.minus;
          lfap_twofold same = m.weight[a][c][b][LFAP_QM_SAME], other = m.weight[a][c][b][LFAP_QM_OTHER];
          cr_assert_lt(fabsl(same.hi + (long double)same.lo - (own + off * s * t)), 0x1p-60L * (own + off));
          cr_assert_lt(fabsl(other.hi + (long double)other.lo - (own * t + off * s)), 0x1p-60L * (own + off));
          cr_assert(fabs(same.lo) <= 0x1p-51 * same.hi && fabs(other.lo) <= 0x1p-51 * other.hi);
        }
    lfap_qm_close(&m);
  }
}

/* min over s of (own + off s^2)/(P + own + off s), both classes, by trying s. */
static double least_ratio(lfap_masses p, double gamma) {
  double least = INFINITY, most = fmax(p.plus, p.minus);
  for (int side = 0; side < 2; side++)
    for (int k = 0; k <= 20000; k++) {
      double s = gamma + (1 - gamma) * k / 20000, own = side ? p.minus : p.plus, off = side ? p.plus : p.minus;
      least = fmin(least, (own + off * s * s) / (most + own + off * s));
    }
  return least;
}

static void assert_relative(double a, double b, double tol, const char *what) { cr_assert_float_eq(a, b, tol * fabs(b), "%s: %.17g, %.17g", what, a, b); }

/* Every figure of the data and the masses, written a second time from spec/numerics.md. */
Test(masses, figures_before_anything_is_solved) {
  uint64_t state = 13;
  for (uint64_t seed = 0; seed < 20; seed++) {
    lfap_data D = uniform(seed, 6, 300);
    lfap_masses p = some_masses(&state);
    double g = 0.05 + 0.9 * draw(&state), both = p.plus + p.minus, P = fmax(p.plus, p.minus), q = fmin(p.plus, p.minus), rmin = INFINITY, rmax = 0, off = 0;
    double hp = p.plus + p.minus * g * g, hm = p.minus + p.plus * g * g, most = fmax(hp, hm), least = fmin(hp, hm);
    lfap_limit l = limit_of(&D, g, p);
    for (size_t n = 0; n < D.n; n++) {
      double sum = 0;
      for (size_t k = 0; k < D.n; k++) {
        double G = (double)product(D.x + n * D.d, D.x + k * D.d, D.d);
        if (k == n) rmin = fmin(rmin, G), rmax = fmax(rmax, G);
        else sum += fabs(G) * (D.y[n] != D.y[k] ? g * both : D.y[n] > 0 ? hp : hm);
      }
      off = fmax(off, sum);
    }
    double kappa = g * g * g * rmin / (3 * rmax) * most / least, post = off / (least * rmin);
    assert_relative(l.t1_lo, 1 / (2 * rmax * both), 1e-13, "T1");
    assert_relative(l.t1_hi, 3 / (2 * g * g * rmin * both), 1e-13, "T1");
    assert_relative(l.kappa, kappa, 1e-13, "kappa");
    assert_relative(l.t2_lo, (1 - 2 * kappa) / ((1 - kappa) * most * rmax), 1e-13, "T2");
    assert_relative(l.t2_hi, 1 / ((1 - kappa) * least * rmin), 1e-13, "T2");
    assert_relative(l.post_kappa, post, 1e-13, "a posteriori");
    if (post < 0.5) assert_relative(l.post_hi, 1 / ((1 - post) * least * rmin), 1e-12, "a posteriori");
    assert_relative(l.c_bound, g / (1 + 2 * g) * least / most, 1e-13, "(C)");
    assert_relative(l.h_star, g * g * g / (1 + 2 * g), 1e-13, "(H*)");
    assert_relative(l.c2.kappa_bound, least_ratio(p, g), 1e-7, "kappa_obt");
    assert_relative(l.c2.margin_need, g * P / (q + g * P) * both / (2 * sqrt(p.plus * p.minus)) * sqrt(rmax), 1e-13, "margin");
    lfap_limit_free(&l);
    lfap_data_free(&D);
  }
}

/* What w shows, and the largest margin, which is one of the data alone. */
Test(masses, margins_of_linear_boundaries) {
  uint64_t state = 14;
  for (uint64_t seed = 0; seed < 20; seed++) {
    lfap_data D = uniform(seed, 10, 30);
    lfap_masses p = some_masses(&state);
    double g = 0.02 + 0.5 * draw(&state);
    lfap_limit l = limit_of(&D, g, p), half = limit_of(&D, g, (lfap_masses){0});
    long double least = INFINITY, len = sqrtl(product(l.w, l.w, D.d)), sum = 0;
    for (size_t n = 0; n < D.n; n++) {
      least = fminl(least, D.y[n] * product(l.w, D.x + n * D.d, D.d));
      sum += l.omega[n];
    }
    assert_relative(l.c2.margin_lin, (double)(least / len), 1e-10, "shown");
    assert_relative(l.c2.margin_most, (double)(len / sum), 1e-10, "most");
    cr_assert_eq(lfap_limit_margin(NULL, &half, &D, NULL, NULL), LFAP_OK);
    cr_assert_eq(lfap_limit_margin(NULL, &l, &D, NULL, seed % 2 ? NULL : &(lfap_limit_opts){.masses = p}), LFAP_OK);
    assert_relative(l.c2.margin_lin, half.c2.margin_lin, 1e-9, "largest");
    assert_relative(l.c2.margin_lin, l.c2.margin_most, 1e-9, "closed");
    lfap_limit_free(&l);
    lfap_limit_free(&half);
    lfap_data_free(&D);
  }
}

static void assert_claims(const lfap_limit *l, size_t *seen) {
  const lfap_c2 *c = &l->c2;
  if (c->by_kappa || c->by_margin) cr_assert_gt(c->own_min, 0.0, "a priori C2 at masses %g, %g", l->masses.plus, l->masses.minus);
  if (l->row_kappa < l->c_bound) cr_assert(l->c1 && l->full, "(C)");
  if (l->row_kappa < l->h_star) cr_assert(l->c1, "(H*)");
  for (size_t n = 0; n < l->n; n++) {
    if (l->hyp.holds) cr_assert(l->lambda[n] > l->t1_lo && l->lambda[n] < l->t1_hi, "T1");
    if (l->hyp.holds) cr_assert(l->lambda[n] >= l->t2_lo && l->lambda[n] <= l->t2_hi, "T2");
    if (l->post_kappa < 0.5) cr_assert(l->lambda_q[n] >= l->post_lo && l->lambda_q[n] <= l->post_hi, "T2, a posteriori");
  }
  cr_assert(l->kappa > 0 && l->kappa < l->gamma / 3 && l->t2_lo > 0 && l->t2_hi > l->t2_lo);
  seen[0] += (size_t)c->by_kappa;
  seen[1] += (size_t)c->by_margin;
  seen[2] += l->row_kappa < l->c_bound;
  seen[3] += (size_t)l->hyp.holds;
  seen[4] += l->post_kappa < 0.5;
  seen[5] += !(c->own_min > 0.0);
}

Test(masses, nothing_is_claimed_that_does_not_hold) {
  uint64_t state = 8;
  size_t seen[6] = {0};
  for (uint64_t seed = 0; seed < 500; seed++) {
    lfap_data D = uniform(seed, 2 + seed % 9, seed % 5 == 0 ? 4000 : seed % 5 == 1 ? 2 + seed % 4 : 6 + seed % 300);
    double ratio = pow(10.0, 4 * draw(&state) - 2), gamma = seed % 5 == 0 ? 0.7 + 0.29 * draw(&state) : 0.01 + 0.98 * draw(&state);
    lfap_limit l = {0};
    lfap_ctx ctx = {0};
    lfap_status st = lfap_limit_solve_opts(&ctx, &l, &D, NULL, gamma, &(lfap_limit_opts){.masses = {0.3 * ratio, 0.3 / ratio}});
    cr_assert(st == LFAP_OK || st == LFAP_ERR_INFEASIBLE || st == LFAP_ERR_UNSOLVED, "%s", ctx.message);
    if (!st && l.c2.solved) {
      lfap_limit_margin(NULL, &l, &D, NULL, NULL);
      assert_claims(&l, seen);
    }
    lfap_limit_free(&l);
    lfap_data_free(&D);
  }
  for (size_t k = 0; k < 5; k++) cr_assert_gt(seen[k], 10, "claim %zu is made %zu times", k, seen[k]);
  cr_assert_gt(seen[5], 3, "own pre-activations below 0 are met: %zu", seen[5]);
}

/* Multipliers that are not settled decide C2 by the ball alone: where own_n is above sqrt(1/p) ball ||x_n|| everywhere, p the mass of its side. */
static int by_ball(const lfap_data *D, const lfap_limit *l) {
  int far = 1;
  for (size_t n = 0; n < D->n; n++) {
    double wide = sqrt(1 / (D->y[n] > 0 ? l->masses.plus : l->masses.minus)) * l->c2.ball * (double)sqrtl(product(D->x + n * D->d, D->x + n * D->d, D->d));
    far = far && l->c2.own[n] > wide;
  }
  return far;
}

/* Multipliers moved a little: the ball holds the solution. */
Test(masses, the_ball_holds_the_solution) {
  uint64_t state = 9;
  size_t told = 0, open = 0;
  for (uint64_t seed = 0; seed < 120; seed++) {
    lfap_data D = uniform(seed, 8, 60);
    lfap_masses p = some_masses(&state);
    lfap_limit a = limit_of(&D, 0.05, p), b = {0};
    double kinks[16], size = pow(10.0, -0.5 - 0.1 * (double)(seed % 40));
    for (size_t n = 0; n < 8; n++) {
      kinks[n] = a.c2.alpha[n] * (1 + size * draw(&state));
      kinks[8 + n] = a.c2.beta[n] * (1 + size * draw(&state));
    }
    if (!a.c2.bent) kinks[8] = 1e-3 * size;
    cr_assert_eq(lfap_limit_given(NULL, &b, &D, NULL, 0.05, (lfap_multipliers){a.lambda_q, kinks}, &(lfap_limit_opts){.masses = p}), LFAP_OK);
    cr_assert(b.masses.plus == p.plus && isfinite(b.c2.ball) && b.c2.ball < 10 * size + 1);
    long double l[16], U[60], V[60], far = 0;
    for (size_t n = 0; n < 8; n++) l[n] = (long double)a.c2.alpha[n] - b.c2.alpha[n], l[8 + n] = (long double)a.c2.beta[n] - b.c2.beta[n];
    rows(U, V, &D, 0.05, l, 16);
    for (size_t e = 0; e < D.d; e++) far += p.plus * U[e] * U[e] + p.minus * V[e] * V[e];
    cr_assert(sqrtl(far) <= b.c2.ball, "%Lg outside %g", sqrtl(far), b.c2.ball);
    cr_assert(!b.c2.settled);
    cr_assert_eq(b.c2.decided && b.c2.holds, by_ball(&D, &b), "seed %zu", (size_t)seed);
    *(by_ball(&D, &b) ? &told : &open) += 1;
    cr_assert(sqrtl(far) > 1e-4L * b.c2.ball, "%Lg, ball %g", sqrtl(far), b.c2.ball);
    lfap_limit_free(&a);
    lfap_limit_free(&b);
    lfap_data_free(&D);
  }
  cr_assert(told > 10 && open > 10, "%zu told, %zu open", told, open);
}

/* Conjugate gradients, the samples alone and given multipliers against the plain path. */
Test(masses, every_way_to_solve_agrees) {
  uint64_t state = 10;
  for (uint64_t seed = 0; seed < 6; seed++) {
    lfap_data D = uniform(seed, 50, seed % 2 ? 70 : 200);
    lfap_masses p = some_masses(&state);
    double gamma = seed % 3 ? 0.05 : 0.5;
    lfap_limit a = limit_of(&D, gamma, p);
    cr_assert(a.settled && a.c2.settled && a.residual <= LFAP_RESIDUAL_MOST && a.c2.residual <= LFAP_RESIDUAL_MOST);
    const lfap_limit_opts ways[] = {{.solver = LFAP_SOLVER_CG, .masses = p},
                                    {.memory_limit = lfap_limit_bytes(D.n, D.d, 1, 2), .masses = p},
                                    {.memory_limit = lfap_limit_bytes(D.n, D.d, 0, 2), .masses = p}};
    for (size_t k = 0; k < 3; k++) {
      lfap_limit b = limit_by(&D, gamma, ways[k]);
      for (size_t n = 0; n < D.n; n++) cr_assert_float_eq(a.lambda[n], b.lambda[n], 1e-10 * a.lambda[n] + 1e-13, "way %zu", k);
      for (size_t i = 0; i < D.d; i++) cr_assert_float_eq(a.w[i], b.w[i], 1e-10);
      cr_assert(b.settled && b.c2.settled);
      lfap_limit_free(&b);
    }
    double kinks[100];
    memcpy(kinks, a.c2.alpha, 50 * sizeof(double));
    memcpy(kinks + 50, a.c2.beta, 50 * sizeof(double));
    lfap_limit g = {0};
    cr_assert_eq(lfap_limit_given(NULL, &g, &D, NULL, gamma, (lfap_multipliers){a.lambda_q, kinks}, &(lfap_limit_opts){.masses = p}), LFAP_OK);
    cr_assert(g.settled && g.c2.settled && g.c2.holds == a.c2.holds);
    cr_assert_arr_eq(g.w, a.w, D.d * sizeof(double));
    lfap_limit_free(&g);
    lfap_limit_free(&a);
    lfap_data_free(&D);
  }
}

/* ---- refusals -------------------------------------------------------------------------------------------------------------------- */

Test(masses, masses_out_of_range_are_refused) {
  const lfap_masses bad[] = {{0, 1}, {1, 0}, {-1, 1}, {NAN, 1}, {1, INFINITY}, {0x1p-101, 1}};
  lfap_data D = uniform(0, 4, 9);
  for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
    lfap_ctx ctx = {0};
    lfap_limit l = {.n = 77};
    cr_assert_eq(lfap_limit_solve_opts(&ctx, &l, &D, NULL, 0.5, &(lfap_limit_opts){.masses = bad[k]}), LFAP_ERR_USAGE, "%zu", k);
    cr_assert(l.n == 77 && strstr(ctx.message, "both signs"));
  }
  lfap_data_free(&D);
}

Test(masses, of_a_network) {
  lfap_net net = net_with(4, 3, 0.5, (double[]){0.5, -2, 0, 0.25});
  lfap_masses p = {0};
  cr_assert_eq(lfap_net_masses(NULL, &p, &net), LFAP_OK);
  cr_assert(p.plus == 0.3125 && p.minus == 4);
  net.a[1] = NAN;
  cr_assert_eq(lfap_net_masses(NULL, &p, &net), LFAP_ERR_DATA);
  net.a[1] = 0x1p-101;
  cr_assert_eq(lfap_net_masses(NULL, &p, &net), LFAP_ERR_RANGE);
  net.a[1] = 0x1p60;
  cr_assert_eq(lfap_net_masses(NULL, &p, &net), LFAP_ERR_RANGE);
  cr_assert(p.plus == 0.3125 && p.minus == 4, "left alone");
  free(net.a);
  net.a = NULL;
  cr_assert_eq(lfap_net_masses(NULL, &p, &net), LFAP_OK);
  cr_assert(p.plus == 0.5 && p.minus == 0.5);
  lfap_net_free(&net);
  lfap_net other = {0};
  cr_assert_eq(lfap_net_alloc_output(NULL, &other, 2, 3, 0.5, (double[]){1, INFINITY}), LFAP_ERR_DATA);
  cr_assert_eq(lfap_net_alloc_output(NULL, &other, 0, 3, 0.5, NULL), LFAP_ERR_DATA);
  cr_assert_null(other.w);
}

/* Every function that takes no notice of output weights says so and leaves its results alone. */
Test(masses, no_function_overlooks_output_weights) {
  enum { M = 4, N = 5, DIM = 20 };
  uint64_t state = 11;
  lfap_data D = uniform(1, N, DIM);
  lfap_net net = net_with(M, DIM, 0.5, (double[]){0.5, -0.3, 0.5, -0.4});
  random_rows(&net, &D, &state);
  lfap_limit lim = limit_of_net(&net, &D), half = limit_of(&D, 0.5, (lfap_masses){0});
  lfap_polished point = polish(&net, &D);
  lfap_train_opts o;
  lfap_train_defaults(&o, LFAP_METHOD_GD);
  o.epochs = 2;
  const lfap_perturb_opts small = {.norm = LFAP_L2, .eps = 0.1, .k = 1, .steps = 2};
  lfap_set set = {.data = &D};
  lfap_perturbed moved = {0};
  lfap_split split = {0};
  lfap_c4 c4 = {0};
  lfap_k1 k1 = {0};
  lfap_enclosure e = {0};
  lfap_case c = {0};
  lfap_verify_opts v;
  lfap_verify_defaults(&v, &D);
  v.gamma = 0.5;
  v.net = &net;
  lfap_ctx ctx = {0};
  const double before = net.w[0];
#define REFUSED(call, word)                                                                                                                        \
  do {                                                                                                                                             \
    ctx.message[0] = '\0';                                                                                                                         \
    cr_expect_eq(call, LFAP_ERR_USAGE, #call);                                                                                                     \
    cr_expect(strstr(ctx.message, word), "%s", ctx.message);                                                                                       \
  } while (0)
  REFUSED(lfap_train(&ctx, &net, NULL, &D, &o), "output weights of its own");
  REFUSED(lfap_set_train(&ctx, &net, NULL, &set, &o), "output weights of its own");
  REFUSED(lfap_perturb_gradient(&ctx, &moved, D.x, D.y, &net, &small, N), "output weights of its own");
  REFUSED(lfap_perturb_pgd(&ctx, &moved, D.x, D.y, &net, &small, N), "output weights of its own");
  REFUSED(lfap_split_of(&ctx, &split, &(lfap_split_args){.net = &net, .b = D.x, .t = D.y, .base = D.x, .eta = D.x, .n = N}), "output weights of its own");
  REFUSED(lfap_c4_of(&ctx, &c4, &net, &point, &D, LFAP_LOSS_EXP, 0.0), "output weights of its own");
  REFUSED(lfap_verify_case(&ctx, &c, &v), "output weights of its own");
  REFUSED(lfap_limit_enclose(&ctx, &e, &D, &lim, NULL), "masses");
  REFUSED(lfap_k1_of(&ctx, &k1, &net, &D, &half, NULL, 0), "sum to");
  cr_expect(net.w[0] == before && !moved.x && !split.rows && !c.check && !e.slope, "results are left alone");
  lfap_polished_free(&point);
  lfap_limit_free(&lim);
  lfap_limit_free(&half);
  lfap_net_free(&net);
  lfap_data_free(&D);
}
