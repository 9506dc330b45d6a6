/* C3 on random weights (spec/numerics.md N15): the optimality conditions of (P) in long double from the definition, and what has to be the
 * same: bits for every number of threads and for powers of two, the point for samples and neurons in another order. */
#include "draws.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "lfap.h"

typedef struct {
  lfap_data data;
  lfap_net net;
  lfap_polished p;
} problem;

static void make(problem *q, uint64_t seed, size_t n, size_t d, size_t m, double gamma) {
  lfap_ctx ctx = {0};
  *q = (problem){0};
  cr_assert_eq(lfap_gen_gauss(&ctx, &q->data, seed, n, d), LFAP_OK);
  cr_assert_eq(lfap_net_init(&ctx, &q->net, m, d, gamma, seed + 1, 1.0), LFAP_OK);
}

static void polish(problem *q, int threads) {
  lfap_ctx ctx = {.threads = threads};
  lfap_set set = {.data = &q->data};
  cr_assert_eq(lfap_polish(&ctx, &q->p, &q->net, &set), LFAP_OK, "%s", ctx.message);
  lfap_set_free(&set);
}

static void unmake(problem *q) {
  lfap_data_free(&q->data);
  lfap_net_free(&q->net);
  lfap_polished_free(&q->p);
}

static long double dot(const double *a, const double *b, size_t d) {
  long double s = 0;
  for (size_t i = 0; i < d; i++) s += (long double)a[i] * b[i];
  return s;
}

/* KKT of (P), figures and counts. */
static void assert_kkt(const problem *q) {
  const lfap_data *D = &q->data;
  const lfap_polished *p = &q->p;
  size_t m = q->net.m, n = D->n, d = D->d, kinks = 0, support = 0, half = m / 2;
  long double g = q->net.gamma, norm2 = dot(p->net.w, p->net.w, m * d), total = 0, off = 0, slack = 0, least = INFINITY, own_min = INFINITY;
  cr_assert(p->settled && p->holds && p->own_kinks == 0);
  for (size_t i = 0; i < n; i++) {
    long double f = 0;
    cr_assert_geq(p->lambda[i], 0.0);
    for (size_t j = 0; j < m; j++) {
      long double z = dot(p->net.w + j * d, D->x + i * d, d), s = p->slope[j * n + i];
      int own = (D->y[i] > 0) == (j < half), on = p->lambda[i] > 0;
      f += (j < half ? 1 : -1) * (z > 0 ? z : g * z) / sqrtl(m);
      cr_assert(s >= g && s <= 1);
      if (own) cr_assert(s == (z > 0 ? 1 : g), "own slopes are those of the point");
      else if (s > g && s < 1) {
        cr_assert_lt(fabsl(z), 1e-12L * sqrtl(norm2));
        kinks += (size_t)on;
      } else cr_assert(s == 1 ? z > -1e-12L : z < 1e-12L, "Clarke's slopes");
      if (own && on) own_min = fminl(own_min, fabsl(z) * sqrtl(m));
    }
    f *= D->y[i];
    support += p->lambda[i] > 0;
    total += p->lambda[i];
    least = fminl(least, f);
    slack = fmaxl(slack, p->lambda[i] * fabsl(f - 1));
  }
  for (size_t j = 0; j < m; j++)
    for (size_t k = 0; k < d; k++) {
      long double w = 0;
      for (size_t i = 0; i < n; i++) w += (long double)p->lambda[i] * p->slope[j * n + i] * D->y[i] * D->x[i * d + k];
      w = p->net.w[j * d + k] - (j < half ? w : -w) / sqrtl(m);
      off += w * w;
    }
  cr_assert_lt(sqrtl(off / norm2), 1e-14L, "stationary: %Lg", sqrtl(off / norm2));
  double f[512];
  lfap_ctx ctx = {0};
  cr_assert_eq(lfap_net_eval(&ctx, f, &p->net, D->x, n), LFAP_OK);
  for (size_t i = 0; i < n; i++) cr_assert_geq(D->y[i] * f[i], 1.0, "feasible as computed: %.17g", D->y[i] * f[i]);
  cr_assert(least > 1 - 1e-14L && slack < 1e-12L * total, "complementary: %Lg %Lg", least, slack / total);
  cr_assert_lt(fabsl(norm2 - total), 1e-12L * total, "the norm is the sum of multipliers");
  cr_assert(p->support == support && p->kinks == kinks, "%zu %zu, %zu %zu", p->support, support, p->kinks, kinks);
  cr_assert_lt(fabsl(own_min - p->own_min), 1e-12L);
  cr_assert(p->residual < 1e-14 && p->slackness < 1e-12 && p->kink_most < 1e-13);
  cr_assert_lt(fabsl(p->margin - least / sqrtl(norm2)), 1e-14L);
  cr_assert_geq(p->margin, p->margin_given);
}

static const struct {
  size_t n, d, m;
  double gamma;
} SIZES[] = {{1, 3, 2, 0.5},    {2, 1, 4, 0.3},     {3, 5, 2, 0.9},   {8, 20, 6, 0.01},  {8, 9, 10, 0.5},   {15, 60, 4, 0.1},
             {20, 100, 20, 0.01}, {12, 300, 40, 0.001}, {30, 40, 8, 0.2}, {25, 26, 12, 0.01}, {40, 90, 16, 0.99}};
enum { MANY = sizeof SIZES / sizeof *SIZES };

/* Two samples in one dimension: of one label they lie on both sides of 0, or the problem may be infeasible. */
static void tame(problem *q) {
  if (q->data.d == 1) q->data.x[0] = 1.5, q->data.x[1] = 2.5, q->data.y[0] = q->data.y[1] = 1;
}

Test(polish_property, kkt_from_the_definition) {
  for (size_t k = 0; k < MANY; k++)
    for (uint64_t seed = 1; seed <= 6; seed++) {
      problem q;
      make(&q, 100 * seed + k, SIZES[k].n, SIZES[k].d, SIZES[k].m, SIZES[k].gamma);
      tame(&q);
      polish(&q, 1 + (int)(seed % 2));
      assert_kkt(&q);
      unmake(&q);
    }
}

/* From the point itself nothing moves. */
Test(polish_property, once_is_enough) {
  for (size_t k = 3; k < MANY; k++) {
    problem q, again;
    make(&q, k, SIZES[k].n, SIZES[k].d, SIZES[k].m, SIZES[k].gamma);
    polish(&q, 1);
    make(&again, k, SIZES[k].n, SIZES[k].d, SIZES[k].m, SIZES[k].gamma);
    memcpy(again.net.w, q.p.net.w, again.net.m * again.net.d * sizeof(double));
    polish(&again, 1);
    cr_assert(again.p.rounds == 1 && again.p.flipped == 0 && again.p.cosine > 1 - 1e-13);
    cr_assert_float_eq(again.p.margin, q.p.margin, 1e-13 * q.p.margin);
    unmake(&q);
    unmake(&again);
  }
}

static void assert_same(const problem *a, const problem *b, int e) {
  size_t n = a->data.n, all = a->net.m * a->net.d;
  for (size_t i = 0; i < n; i++) cr_assert(same_bits(ldexp(b->p.lambda[i], 2 * e), a->p.lambda[i]));
  for (size_t i = 0; i < all; i++) cr_assert(same_bits(ldexp(b->p.net.w[i], e), a->p.net.w[i]));
  cr_assert_arr_eq(a->p.slope, b->p.slope, a->net.m * n * sizeof(double));
  cr_assert(a->p.rounds == b->p.rounds && a->p.flipped == b->p.flipped && a->p.kinks == b->p.kinks && same_bits(a->p.residual, b->p.residual));
  cr_assert(same_bits(a->p.own_min, b->p.own_min) && same_bits(a->p.cosine, b->p.cosine) && same_bits(a->p.kink_most, b->p.kink_most));
}

Test(polish_property, threads_change_no_bit) {
  for (size_t k = 6; k < MANY; k++) {
    problem a, b;
    make(&a, 7 + k, 40 + SIZES[k].n, 100 + SIZES[k].d, SIZES[k].m, SIZES[k].gamma);
    make(&b, 7 + k, 40 + SIZES[k].n, 100 + SIZES[k].d, SIZES[k].m, SIZES[k].gamma);
    polish(&a, 1);
    polish(&b, 3);
    assert_same(&a, &b, 0);
    unmake(&a);
    unmake(&b);
  }
}

Test(polish_property, powers_of_two_move_the_point_exactly) {
  const int powers[] = {1, -7, 190, -190}, weights[] = {3, 900, -900, 600};
  for (size_t k = 3; k < 8; k++)
    for (size_t s = 0; s < 4; s++) {
      problem a, b;
      make(&a, k, SIZES[k].n, SIZES[k].d, SIZES[k].m, SIZES[k].gamma);
      make(&b, k, SIZES[k].n, SIZES[k].d, SIZES[k].m, SIZES[k].gamma);
      for (size_t i = 0; i < b.data.n * b.data.d; i++) b.data.x[i] = ldexp(b.data.x[i], powers[s]);
      for (size_t i = 0; i < b.net.m * b.net.d; i++) b.net.w[i] = ldexp(b.net.w[i], weights[s]);
      polish(&a, 1);
      polish(&b, 1);
      assert_same(&a, &b, powers[s]);
      unmake(&a);
      unmake(&b);
    }
}

/* Samples backwards, neurons of each sign turned by one. */
Test(polish_property, order_does_not_matter) {
  for (size_t k = 3; k < MANY; k++) {
    problem a, b;
    make(&a, 50 + k, SIZES[k].n, SIZES[k].d, SIZES[k].m, SIZES[k].gamma);
    make(&b, 50 + k, SIZES[k].n, SIZES[k].d, SIZES[k].m, SIZES[k].gamma);
    size_t n = a.data.n, d = a.data.d, m = a.net.m;
    for (size_t i = 0; i < n; i++) {
      memcpy(b.data.x + (n - 1 - i) * d, a.data.x + i * d, d * sizeof(double));
      b.data.y[n - 1 - i] = a.data.y[i];
    }
    for (size_t j = 0; j < m; j++) {
      size_t to = j < m / 2 ? (j + 1) % (m / 2) : m / 2 + (j + 1) % (m / 2);
      memcpy(b.net.w + to * d, a.net.w + j * d, d * sizeof(double));
    }
    polish(&a, 1);
    polish(&b, 2);
    cr_assert(a.p.rounds == b.p.rounds && a.p.flipped == b.p.flipped && a.p.kinks == b.p.kinks && a.p.support == b.p.support);
    for (size_t i = 0; i < n; i++) cr_assert_float_eq(a.p.lambda[i], b.p.lambda[n - 1 - i], 1e-11 * (1 + a.p.lambda[i]));
    for (size_t j = 0; j < m; j++) {
      size_t to = j < m / 2 ? (j + 1) % (m / 2) : m / 2 + (j + 1) % (m / 2);
      for (size_t i = 0; i < d; i++) cr_assert_float_eq(a.p.net.w[j * d + i], b.p.net.w[to * d + i], 1e-11);
    }
    unmake(&a);
    unmake(&b);
  }
}

/* So many patterns that Newton's matrix is not formed; nor do threads change a bit then. */
Test(polish_property, many_neurons_by_conjugate_gradients) {
  problem q, again;
  make(&q, 77, 300, 1000, 360, 0.01);
  polish(&q, 2);
  assert_kkt(&q);
  cr_assert(q.p.kinks > 20000 && q.p.flipped > 10000 && q.p.rounds > 3, "%zu %zu %zu", q.p.kinks, q.p.flipped, q.p.rounds);
  make(&again, 77, 300, 1000, 360, 0.01);
  polish(&again, 3);
  assert_same(&q, &again, 0);
  unmake(&q);
  unmake(&again);
}
