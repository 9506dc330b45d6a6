/* The point of a pattern, certified (C3), and runs certified to converge to it (C4): against problems solved by hand and in
 * rationals by trying every support and every state of the other pairs; proposals that are right, rounded and damaged. */
#include <criterion/criterion.h>
#include <string.h>

#include "exactly.h"
#include "oracle/certify/polish.h"
#include "oracle/interval/dyadic.h"
#include "oracle/lfap_oracle.h"

static lfap_ctx c = {.threads = 2};

/* ---- the truth, in rationals ------------------------------------------------------------------------------------- */

typedef struct {
  size_t m, n, d;
  double gamma, *x, *y;
  unsigned char *on; /* m x n: slope 1 at own pairs */
  mpq_t *K, *lambda, *slope, *t; /* n x n; n; m x n each */
  int solved;
} problem;

static int own(const problem *p, size_t j, size_t n) { return (j < p->m / 2) == (p->y[n] > 0); }

static problem make(size_t m, size_t n, size_t d, double gamma) {
  problem p = {.m = m, .n = n, .d = d, .gamma = gamma};
  p.x = calloc(n * d, sizeof *p.x);
  p.y = calloc(n, sizeof *p.y);
  p.on = calloc(m, n);
  p.K = rationals(n * n);
  p.lambda = rationals(n);
  p.slope = rationals(m * n);
  p.t = rationals(m * n);
  return p;
}

static void drop(problem *p) {
  free(p->x);
  free(p->y);
  free(p->on);
  rationals_free(p->K, p->n * p->n);
  rationals_free(p->lambda, p->n);
  rationals_free(p->slope, p->m * p->n);
  rationals_free(p->t, p->m * p->n);
}

static void gram(problem *p) {
  for (size_t i = 0; i < p->n; i++)
    for (size_t k = 0; k < p->n; k++) {
      inner(p->K[i * p->n + k], p->x + i * p->d, p->x + k * p->d, p->d);
      if (p->y[i] != p->y[k]) mpq_neg(p->K[i * p->n + k], p->K[i * p->n + k]);
    }
}

/* A x = b (size u), any matrix; 0 when singular. */
static int solve(mpq_t *x, mpq_t *A, mpq_t *b, size_t u) {
  mpq_t f, g;
  mpq_inits(f, g, NULL);
  int good = 1;
  for (size_t k = 0; k < u && good; k++) {
    size_t r = k;
    while (r < u && mpq_sgn(A[r * u + k]) == 0) r++;
    if (r == u) { good = 0; break; }
    for (size_t i = 0; i < u && r != k; i++) mpq_swap(A[r * u + i], A[k * u + i]);
    if (r != k) mpq_swap(b[r], b[k]);
    for (size_t i = 0; i < u; i++) {
      if (i == k || mpq_sgn(A[i * u + k]) == 0) continue;
      mpq_div(f, A[i * u + k], A[k * u + k]);
      for (size_t l = k; l < u; l++) { mpq_mul(g, f, A[k * u + l]); mpq_sub(A[i * u + l], A[i * u + l], g); }
      mpq_mul(g, f, b[k]);
      mpq_sub(b[i], b[i], g);
    }
  }
  for (size_t k = 0; k < u && good; k++) mpq_div(x[k], b[k], A[k * u + k]);
  mpq_clears(f, g, NULL);
  return good;
}

enum { LOW, KINK, HIGH }; /* of an other pair: slope gamma (t >= 0), between (t = 0), 1 (t <= 0) */
typedef struct { problem *p; const unsigned char *in, *state; size_t *var; size_t u; mpq_t gamma, one; } guess;

/* c_jn = factor times variable; 0: c is 0. */
static int coefficient_of(const guess *g, size_t j, size_t n, mpq_t factor) {
  const problem *p = g->p;
  size_t at = j * p->n + n;
  if (!g->in[n]) return 0;
  if (own(p, j, n)) mpq_set(factor, p->on[at] ? g->one : g->gamma);
  else mpq_set(factor, g->state[at] == LOW ? g->gamma : g->one);
  return 1;
}

/* row += weight t_jn, as a function of the variables. */
static void add_t(guess *g, mpq_t *row, const mpq_t weight, size_t j, size_t n) {
  mpq_t f;
  mpq_init(f);
  for (size_t k = 0; k < g->p->n; k++) {
    if (!coefficient_of(g, j, k, f)) continue;
    size_t v = !own(g->p, j, k) && g->state[j * g->p->n + k] == KINK ? g->var[g->p->n + j * g->p->n + k] : g->var[k];
    mpq_mul(f, f, g->p->K[n * g->p->n + k]);
    mpq_mul(f, f, weight);
    mpq_add(row[v], row[v], f);
  }
  mpq_clear(f);
}

/* Slopes, t and verdict for the guess. */
static int try_guess(guess *g) {
  problem *p = g->p;
  size_t u = 0, e = 0, n = p->n;
  for (size_t i = 0; i < n; i++) if (g->in[i]) g->var[i] = u++;
  for (size_t j = 0; j < p->m; j++)
    for (size_t i = 0; i < n; i++)
      if (g->in[i] && !own(p, j, i) && g->state[j * n + i] == KINK) g->var[n + j * n + i] = u++;
  if (u == 0) return 0;
  mpq_t *A = rationals(u * u), *b = rationals(u), *x = rationals(u), w, q;
  mpq_inits(w, q, NULL);
  for (size_t i = 0; i < n; i++) {
    if (!g->in[i]) continue;
    mpq_set_ui(b[e], p->m, 1);
    for (size_t j = 0; j < p->m; j++) {
      size_t at = j * n + i;
      if (own(p, j, i)) add_t(g, A + e * u, p->on[at] ? g->one : g->gamma, j, i);
      else if (g->state[at] != KINK) add_t(g, A + e * u, g->state[at] == LOW ? g->gamma : g->one, j, i);
    }
    e++;
  }
  for (size_t j = 0; j < p->m; j++)
    for (size_t i = 0; i < n; i++)
      if (g->in[i] && !own(p, j, i) && g->state[j * n + i] == KINK) add_t(g, A + u * e++, g->one, j, i);
  int good = e == u && solve(x, A, b, u);
  for (size_t i = 0; i < n && good; i++) {
    mpq_set_ui(p->lambda[i], 0, 1);
    if (g->in[i]) mpq_set(p->lambda[i], x[g->var[i]]);
    good = !g->in[i] || mpq_sgn(p->lambda[i]) > 0;
  }
  mpq_t *cc = rationals(p->m * n);
  for (size_t at = 0; at < p->m * n && good; at++) {
    size_t j = at / n, i = at % n;
    if (!g->in[i]) mpq_set(p->slope[at], own(p, j, i) && p->on[at] ? g->one : g->gamma);
    else {
      int kink = !own(p, j, i) && g->state[at] == KINK;
      coefficient_of(g, j, i, p->slope[at]);
      if (kink) mpq_div(p->slope[at], x[g->var[n + at]], p->lambda[i]);
      good = mpq_cmp(p->slope[at], g->gamma) >= 0 && mpq_cmp(p->slope[at], g->one) <= 0;
      mpq_mul(cc[at], p->slope[at], p->lambda[i]);
    }
  }
  for (size_t i = 0; i < n && good; i++) {
    mpq_set_ui(q, 0, 1);
    for (size_t j = 0; j < p->m; j++) {
      size_t at = j * n + i;
      mpq_set_ui(p->t[at], 0, 1);
      for (size_t k = 0; k < n; k++) { mpq_mul(w, p->K[i * n + k], cc[j * n + k]); mpq_add(p->t[at], p->t[at], w); }
      int sg = mpq_sgn(p->t[at]);
      if (g->in[i] && !own(p, j, i))
        good = good && (g->state[at] == LOW ? sg >= 0 : g->state[at] == HIGH ? sg <= 0 : sg == 0);
      mpq_set(w, own(p, j, i) ? (p->on[at] ? g->one : g->gamma) : sg > 0 ? g->gamma : g->one);
      mpq_mul(w, w, p->t[at]);
      mpq_add(q, q, w);
    }
    mpq_set_ui(w, p->m, 1);
    good = good && (g->in[i] ? mpq_equal(q, w) : mpq_cmp(q, w) >= 0);
  }
  rationals_free(cc, p->m * n);
  rationals_free(A, u * u);
  rationals_free(b, u);
  rationals_free(x, u);
  mpq_clears(w, q, NULL);
  return good;
}

/* Every support, every state of the other pairs of its samples. */
static void solve_problem(problem *p) {
  guess g = {.p = p, .var = calloc(p->n + p->m * p->n, sizeof(size_t))};
  unsigned char in[8], state[64];
  mpq_inits(g.gamma, g.one, NULL);
  mpq_set_d(g.gamma, p->gamma);
  mpq_set_ui(g.one, 1, 1);
  g.in = in;
  g.state = state;
  gram(p);
  for (unsigned s = 1u << p->n; s-- > 1 && !p->solved;) {
    size_t free_pair[64], count = 0;
    for (size_t i = 0; i < p->n; i++) in[i] = (s >> i) & 1;
    for (size_t at = 0; at < p->m * p->n; at++) {
      state[at] = LOW;
      if (in[at % p->n] && !own(p, at / p->n, at % p->n)) free_pair[count++] = at;
    }
    for (int more = 1; more && !p->solved;) {
      p->solved = try_guess(&g);
      if (p->solved) break;
      size_t k = 0;
      while (k < count && state[free_pair[k]] == HIGH) state[free_pair[k++]] = LOW;
      more = k < count;
      if (more) state[free_pair[k]]++;
    }
  }
  mpq_clears(g.gamma, g.one, NULL);
  free(g.var);
}

/* ---- proposals --------------------------------------------------------------------------------------------------- */

static lfap_polished propose(const problem *p) {
  lfap_polished z = {.n = p->n};
  cr_assert_eq(lfap_net_alloc(&c, &z.net, p->m, p->d, p->gamma), LFAP_OK);
  z.lambda = malloc(p->n * sizeof *z.lambda);
  z.slope = malloc(p->m * p->n * sizeof *z.slope);
  for (size_t i = 0; i < p->n; i++) z.lambda[i] = mpq_get_d(p->lambda[i]);
  for (size_t at = 0; at < p->m * p->n; at++)
    z.slope[at] = own(p, at / p->n, at % p->n) ? (p->on[at] ? 1.0 : p->gamma) : fmin(1.0, fmax(p->gamma, mpq_get_d(p->slope[at])));
  return z;
}

static void withdraw(lfap_polished *z) {
  lfap_net_free(&z->net);
  free(z->lambda);
  free(z->slope);
}

static lfap_data data_of(const problem *p) { return (lfap_data){.n = p->n, .d = p->d, .x = p->x, .y = p->y}; }

static oracle_polished certify(const problem *p, const lfap_polished *z) {
  lfap_data D = data_of(p);
  oracle_polished out = {0};
  cr_assert_eq(oracle_polish_certify(&c, &out, z, &D, NULL, LFAP_LOSS_EXP, 0.0, NULL), LFAP_OK, "%s", c.message);
  return out;
}

/* W^o (m x d) rounded, times r. */
static lfap_net truth_net(const problem *p, double r) {
  lfap_net net = {0};
  mpq_t s, q;
  mpq_inits(s, q, NULL);
  cr_assert_eq(lfap_net_alloc(&c, &net, p->m, p->d, p->gamma), LFAP_OK);
  for (size_t j = 0; j < p->m; j++)
    for (size_t i = 0; i < p->d; i++) {
      mpq_set_ui(s, 0, 1);
      for (size_t n = 0; n < p->n; n++) {
        mpq_set_d(q, p->x[n * p->d + i] * p->y[n]);
        mpq_mul(q, q, p->lambda[n]);
        mpq_mul(q, q, p->slope[j * p->n + n]);
        mpq_add(s, s, q);
      }
      net.w[j * p->d + i] = r * mpq_get_d(s) / sqrt((double)p->m) * (j < p->m / 2 ? 1 : -1);
    }
  mpq_clears(s, q, NULL);
  return net;
}

/* The sign of f(z1 + z2; W^o). */
static int true_sign(const problem *p, const double *z1, const double *z2) {
  mpq_t f, h, v, w, g;
  mpq_inits(f, h, v, w, g, NULL);
  mpq_set_d(g, p->gamma);
  for (size_t j = 0; j < p->m; j++) {
    mpq_set_ui(h, 0, 1);
    for (size_t n = 0; n < p->n; n++) {
      inner(v, p->x + n * p->d, z1, p->d);
      if (z2) { inner(w, p->x + n * p->d, z2, p->d); mpq_add(v, v, w); }
      mpq_mul(v, v, p->lambda[n]);
      mpq_mul(v, v, p->slope[j * p->n + n]);
      if (p->y[n] < 0) mpq_neg(v, v);
      mpq_add(h, h, v);
    }
    if ((mpq_sgn(h) > 0) != (j < p->m / 2)) mpq_mul(h, h, g);
    mpq_add(f, f, h);
  }
  int s = mpq_sgn(f);
  mpq_clears(f, h, v, w, g, NULL);
  return s;
}

/* m ||W^o - W~||^2 = sum over neurons of (c - c*)' K (c - c*) with the proposal the evaluator made. */
static void true_distance(mpq_t out, const problem *p, const oracle_pattern *P) {
  mpq_t *e = rationals(p->n), q;
  mpq_init(q);
  mpq_set_ui(out, 0, 1);
  for (size_t j = 0; j < p->m; j++) {
    for (size_t n = 0; n < p->n; n++) {
      oracle_q_set_2exp(e[n], P->c[P->of[j] * p->n + n], P->lc);
      mpq_mul(e[n], e[n], P->scale);
      mpq_mul(q, p->lambda[n], p->slope[j * p->n + n]);
      mpq_sub(e[n], e[n], q);
    }
    for (size_t n = 0; n < p->n; n++)
      for (size_t k = 0; k < p->n; k++) {
        mpq_mul(q, e[n], e[k]);
        mpq_mul(q, q, p->K[n * p->n + k]);
        mpq_add(out, out, q);
      }
  }
  mpq_clear(q);
  rationals_free(e, p->n);
}

typedef struct { size_t right, wrong, others, kinks, support, zero, above; int strict, fails; } census;

static census count_truth(const problem *p) {
  census k = {.strict = 1};
  mpq_t g, one;
  mpq_inits(g, one, NULL);
  mpq_set_d(g, p->gamma);
  mpq_set_ui(one, 1, 1);
  for (size_t at = 0; at < p->m * p->n; at++) {
    size_t n = at % p->n;
    int s = mpq_sgn(p->t[at]), held = mpq_sgn(p->lambda[n]) > 0;
    if (own(p, at / p->n, n)) {
      int right = s == (p->on[at] ? 1 : -1);
      k.right += (size_t)right;
      k.wrong += s && !right;
      if (held) k.strict = k.strict && right;
      if (held && s && !right) k.fails = 1;
    } else {
      k.others += (size_t)(s != 0);
      k.kinks += held && mpq_cmp(p->slope[at], g) > 0 && mpq_cmp(p->slope[at], one) < 0;
    }
  }
  for (size_t n = 0; n < p->n; n++) {
    double q = 0; /* above 1: lambda is 0, and can be told */
    for (size_t j = 0; j < p->m; j++) {
      double t = mpq_get_d(p->t[j * p->n + n]);
      q += own(p, j, n) ? (p->on[j * p->n + n] ? t : p->gamma * t) : fmin(t, p->gamma * t);
    }
    *(mpq_sgn(p->lambda[n]) > 0 ? &k.support : &k.zero) += 1;
    k.above += q > (double)p->m * 1.0001;
  }
  mpq_clears(g, one, NULL);
  return k;
}

/* Nothing that is said is wrong; `sharp`: and everything is said. */
static void expect(const problem *p, const oracle_polished *o, int sharp) {
  census k = count_truth(p);
  mpq_t q, b;
  mpq_inits(q, b, NULL);
  if (o->exists != LFAP_PASS) {
    cr_assert(!sharp);
    mpq_clears(q, b, NULL);
    return;
  }
  cr_assert(o->pairs_right <= k.right && o->pairs_wrong <= k.wrong);
  cr_assert(o->others_signed <= k.others && o->kinks <= k.kinks && o->support <= k.support && o->off <= k.zero);
  cr_assert_eq(o->pairs_right + o->pairs_wrong + o->pairs_open, p->m * p->n / 2);
  cr_assert_eq(o->others_signed + o->kinks + o->others_open, p->m * p->n / 2);
  cr_assert(o->c3 != LFAP_PASS || k.strict);
  cr_assert(o->c3 != LFAP_FAIL || k.fails);
  for (size_t n = 0; n < p->n; n++) {
    mpq_set_d(q, o->lambda_lo[n]);
    cr_assert(mpq_cmp(q, p->lambda[n]) <= 0, "%g above %g", o->lambda_lo[n], mpq_get_d(p->lambda[n]));
    if (isinf(o->lambda_hi[n])) continue;
    mpq_set_d(q, o->lambda_hi[n]);
    cr_assert(mpq_cmp(q, p->lambda[n]) >= 0, "%g below %g", o->lambda_hi[n], mpq_get_d(p->lambda[n]));
    if (sharp) cr_assert(o->lambda_hi[n] - o->lambda_lo[n] <= 1e-7 * (1e-3 + o->lambda_hi[n]), "[%g, %g]", o->lambda_lo[n], o->lambda_hi[n]);
  }
  true_distance(q, p, o->pattern);
  cr_assert(mpq_cmp(q, o->pattern->ball2) <= 0, "%g above %g", mpq_get_d(q), mpq_get_d(o->pattern->ball2));
  mpq_set_d(b, o->ball);
  mpq_mul(b, b, b);
  mpq_set_ui(q, p->m, 1);
  mpq_mul(b, b, q);
  cr_assert(mpq_cmp(b, o->pattern->ball2) >= 0);
  if (sharp) {
    double size = 0;
    for (size_t n = 0; n < p->n; n++) size += o->lambda_hi[n];
    cr_assert(o->multipliers && o->ball < 1e-9 * sqrt(size), "%g of %g", o->ball, sqrt(size));
    cr_assert(o->pairs_right == k.right && o->pairs_wrong == k.wrong && o->others_signed == k.others);
    cr_assert(o->kinks == k.kinks && o->support == k.support && o->off >= k.above);
    for (size_t n = 0; n < p->n; n++) cr_assert(!o->pattern->off[n] || o->lambda_hi[n] == 0.0);
    cr_assert_eq(o->c3, k.strict ? LFAP_PASS : k.fails ? LFAP_FAIL : LFAP_UNDECIDED);
  }
  mpq_clears(q, b, NULL);
}

/* ---- solved by hand ---------------------------------------------------------------------------------------------- */

/* Two samples at <x1, x2> = 15, norms 5, labels +-: with every own pair on, the other pairs are at their kink,
   c = 0.6 lambda, t_own = 16 lambda, q = 8 lambda. */
static problem with_kinks(size_t m, double gamma) {
  problem p = make(m, 2, 2, gamma);
  memcpy(p.x, (double[]){5, 0, 3, 4}, 4 * sizeof(double));
  memcpy(p.y, (double[]){1, -1}, 2 * sizeof(double));
  for (size_t at = 0; at < 2 * m; at++) p.on[at] = (unsigned char)own(&p, at / 2, at % 2);
  solve_problem(&p);
  return p;
}

/* Two samples of one class at <x1, x2> = -15; each is dead for one of the two positive neurons:
   t = 17.5 lambda and -2.5 lambda at own pairs, 5 lambda at other ones, 4 q = 21.25 lambda. */
static problem with_dead(void) {
  problem p = make(4, 2, 2, 0.5);
  memcpy(p.x, (double[]){5, 0, -3, 4}, 4 * sizeof(double));
  memcpy(p.y, (double[]){1, 1}, 2 * sizeof(double));
  p.on[0] = p.on[3] = 1;
  solve_problem(&p);
  return p;
}

static void expect_lambda(const oracle_polished *o, unsigned long num, unsigned long den) {
  mpq_t l, q;
  mpq_inits(l, q, NULL);
  mpq_set_ui(l, num, den);
  for (size_t n = 0; n < o->n; n++) {
    mpq_set_d(q, o->lambda_lo[n]);
    cr_assert(mpq_cmp(q, l) <= 0 && o->lambda_hi[n] - o->lambda_lo[n] < 1e-14);
    mpq_set_d(q, o->lambda_hi[n]);
    cr_assert(mpq_cmp(q, l) >= 0);
  }
  mpq_clears(l, q, NULL);
}

Test(polish, kinks_solved_by_hand) {
  for (size_t m = 2; m <= 6; m += 2) {
    problem p = with_kinks(m, 0.5);
    lfap_polished z = propose(&p);
    oracle_polished o = certify(&p, &z);
    cr_assert(p.solved);
    expect_lambda(&o, 1, 8);
    expect(&p, &o, 1);
    cr_assert(o.kinks == m && o.others_open == 0 && o.pairs_right == m && o.c3 == LFAP_PASS && o.support == 2);
    cr_assert(o.groups == 2 && o.linear == 1, "one row a sign: as in C2");
    oracle_polished_free(&o);
    withdraw(&z);
    drop(&p);
  }
  problem p = with_kinks(2, 0.625); /* gamma above 0.6: no kink, c = gamma lambda, t_other = (25 gamma - 15) lambda */
  lfap_polished z = propose(&p);
  oracle_polished o = certify(&p, &z);
  expect(&p, &o, 1);
  cr_assert(o.kinks == 0 && o.others_signed == 2 && o.c3 == LFAP_PASS);
  oracle_polished_free(&o);
  withdraw(&z);
  drop(&p);
}

Test(polish, a_dead_own_sample_solved_by_hand) {
  problem p = with_dead();
  lfap_polished z = propose(&p);
  oracle_polished o = certify(&p, &z);
  expect_lambda(&o, 16, 85);
  expect(&p, &o, 1);
  cr_assert(o.c3 == LFAP_PASS && o.pairs_right == 4 && o.groups == 3);
  /* f > 0 at z and at -z where <x1, z> = -<x2, z> */
  cr_assert_eq(o.linear, -1);
  int s1 = true_sign(&p, o.z1, NULL), s2 = true_sign(&p, o.z2, NULL), sum = true_sign(&p, o.z1, o.z2);
  cr_assert(s1 == 1 && s2 == 1 && sum == -1, "%d %d %d", s1, s2, sum);
  oracle_polished_free(&o);
  withdraw(&z);
  drop(&p);
  p = make(2, 1, 1, 0.5); /* one sample, dead by the pattern: t = gamma lambda > 0 */
  p.x[0] = p.y[0] = 1;
  solve_problem(&p);
  z = propose(&p);
  o = certify(&p, &z);
  expect_lambda(&o, 4, 1);
  cr_assert(o.c3 == LFAP_FAIL && o.pairs_wrong == 1 && o.exists == LFAP_PASS);
  oracle_polished_free(&o);
  withdraw(&z);
  drop(&p);
}

/* ---- random ones ------------------------------------------------------------------------------------------------- */

static uint64_t state = 88172645463325252u;
static unsigned draw(unsigned below) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (unsigned)((state >> 33) % below);
}

static problem random_problem(void) {
  size_t m = draw(2) ? 2 : 4, n = 1 + draw(m == 2 ? 4 : 3), d = n > 1 && draw(3) == 0 ? n - 1 : n + draw(3);
  problem p = make(m, n, d, (double[]){0.5, 0.01, 0.3, 0.9}[draw(4)]);
  for (int good = 0; !good;) {
    for (size_t i = 0; i < n * d; i++) p.x[i] = ldexp((double)draw(17) - 8, -(int)draw(3));
    for (size_t i = 0; i < n; i++) p.y[i] = draw(2) ? 1 : -1;
    lfap_data D = data_of(&p);
    good = lfap_data_check(&c, &D, "x") == LFAP_OK;
  }
  for (size_t at = 0; at < m * n; at++) p.on[at] = own(&p, at / n, at % n) && draw(4);
  solve_problem(&p);
  return p;
}

static void expect_within(const problem *p, const oracle_pattern *P) {
  mpq_t q;
  mpq_init(q);
  true_distance(q, p, P);
  cr_assert(mpq_cmp(q, P->ball2) <= 0, "%g above %g", mpq_get_d(q), mpq_get_d(P->ball2));
  mpq_clear(q);
}

/* A (u x u) is positive definite. */
static int positive(mpq_t *A, size_t u) {
  mpq_t f, g;
  int good = 1;
  mpq_inits(f, g, NULL);
  for (size_t k = 0; k < u && good; k++) {
    good = mpq_sgn(A[k * u + k]) > 0;
    for (size_t i = k + 1; good && i < u; i++) {
      mpq_div(f, A[i * u + k], A[k * u + k]);
      for (size_t l = k; l < u; l++) { mpq_mul(g, f, A[k * u + l]); mpq_sub(A[i * u + l], A[i * u + l], g); }
    }
  }
  mpq_clears(f, g, NULL);
  return good;
}

static int independent(const problem *p, const size_t *f, size_t nf) {
  mpq_t *A = rationals(nf * nf);
  for (size_t i = 0; i < nf * nf; i++) mpq_set(A[i], p->K[f[i / nf] * p->n + f[i % nf]]);
  int yes = nf && positive(A, nf);
  rationals_free(A, nf * nf);
  return yes;
}

/* (H) from its definition: the matrix of sum C'K C in lambda and the open pairs, minus 2^mu D^-2, is positive definite. */
static void expect_reduced(const problem *p, const oracle_pattern *P, const size_t *f, size_t nf, long mu) {
  size_t u = nf, var[64];
  mpq_t a, b, s[64]; /* the slope of a pair */
  mpq_inits(a, b, NULL);
  for (size_t at = 0; at < P->groups * nf; at++) {
    size_t j = at / nf, n = f[at % nf], pair = j * p->n + n;
    mpq_init(s[at]);
    mpq_set_d(s[at], oracle_pattern_own(P, j, n) ? (P->on[pair] ? 1 : p->gamma) : mpz_sgn(P->t[pair]) > 0 ? p->gamma : 1);
    var[at] = at % nf;
    if (oracle_pattern_own(P, j, n)) continue;
    oracle_q_set_2exp(a, P->t[pair], P->lt); /* certain: size (scale t)^2 > ball2 ||x||^2 */
    mpq_mul(a, a, P->scale);
    mpq_mul(a, a, a);
    mpq_set_ui(b, P->size[j], 1);
    mpq_mul(a, a, b);
    mpq_mul(b, P->ball2, p->K[n * p->n + n]);
    int certain = mpq_cmp(a, b) > 0;
    oracle_q_set_2exp(a, P->p[n], P->le); /* and C is the slope times p */
    mpq_mul(a, a, s[at]);
    oracle_q_set_2exp(b, P->c[pair], P->lc);
    if (certain && mpq_equal(a, b)) continue;
    mpq_set_ui(s[at], 1, 1);
    var[at] = u++;
  }
  mpq_t *A = rationals(u * u);
  for (size_t j = 0; j < P->groups; j++)
    for (size_t i = 0; i < nf; i++)
      for (size_t k = 0; k < nf; k++) {
        mpq_mul(a, s[j * nf + i], s[j * nf + k]);
        mpq_mul(a, a, p->K[f[i] * p->n + f[k]]);
        mpq_set_ui(b, P->size[j], 1);
        mpq_mul(a, a, b);
        mpq_ptr to = A[var[j * nf + i] * u + var[j * nf + k]];
        mpq_add(to, to, a);
      }
  for (size_t at = 0; at < P->groups * nf; at++) {
    size_t j = at / nf, v = var[at], k = v < nf ? p->m : P->size[j];
    if (v < nf && j) continue; /* lambda once */
    int h = 0;
    while (1u << (2 * h) < k) h++;
    mpq_set_ui(a, 1, 1);
    oracle_q_scale(a, mu + 2 * (P->e[f[at % nf]] + h));
    mpq_sub(A[v * u + v], A[v * u + v], a);
  }
  cr_assert(positive(A, u), "%zu of %zu samples, %zu unknowns, mu %ld", nf, p->n, u, mu);
  rationals_free(A, u * u);
  for (size_t at = 0; at < P->groups * nf; at++) mpq_clear(s[at]);
  mpq_clears(a, b, NULL);
}

/* Either ball alone, and what the gap's says is off. */
static void expect_balls(size_t *reduced, const problem *p, const lfap_polished *z, const oracle_polished *o) {
  lfap_data D = data_of(p);
  oracle_pattern P = {0};
  oracle_gram g = {0};
  oracle_qm plain = {0};
  cr_assert_eq(oracle_pattern_read(&c, &P, z, &D), LFAP_OK);
  cr_assert_eq(oracle_gram_make(&c, &g, D.x, D.n, D.d), LFAP_OK);
  cr_assert_eq(oracle_qm_plain(&c, &plain, &g, D.y), LFAP_OK);
  cr_assert_eq(oracle_pattern_products(&c, &P, &plain), LFAP_OK);
  if (mpz_sgn(P.floor) > 0) {
    oracle_pattern_gap(&P);
    expect_within(p, &P);
    oracle_pattern_off(&P);
    for (size_t n = 0; n < p->n; n++) cr_assert(!P.off[n] || mpq_sgn(p->lambda[n]) == 0);
    size_t f[8], nf = oracle_pattern_open(&P, f);
    int proved = 0, free_samples = independent(p, f, nf);
    long mu;
    cr_assert_eq(oracle_pattern_reduced(&c, &proved, &mu, &P, &plain, f, nf), LFAP_OK);
    *reduced += (size_t)proved;
    if (proved) expect_reduced(p, &P, f, nf, mu);
    for (int way = 0; way < 2; way++) { /* of the samples, of the reduced system */
      if (!(way ? proved : free_samples)) continue;
      mpq_set_ui(P.ball2, 1, 1);
      oracle_q_scale(P.ball2, 4000);
      oracle_pattern_residual(&P, way ? mu : o->pattern->mu);
      cr_assert(way || o->multipliers);
      expect_within(p, &P);
    }
  }
  oracle_qm_free(&plain);
  oracle_gram_free(&g);
  oracle_pattern_free(&P);
}

/* A run from 10 W^o: what is asked for is not less than what W^o itself asks for. */
static void expect_room(const problem *p, const lfap_polished *z) {
  lfap_data D = data_of(p);
  lfap_net W = truth_net(p, 10);
  oracle_polished o = {0};
  cr_assert_eq(oracle_polish_certify(&c, &o, z, &D, &W, LFAP_LOSS_EXP, 0.0, NULL), LFAP_OK, "%s", c.message);
  double room = INFINITY, sum = 0, entropy = 0;
  for (size_t n = 0; n < p->n; n++) sum += mpq_get_d(p->lambda[n]);
  for (size_t at = 0; at < p->m * p->n; at++) {
    size_t n = at % p->n;
    if (own(p, at / p->n, n)) room = fmin(room, fabs(mpq_get_d(p->t[at])) / sqrt(mpq_get_d(p->K[n * p->n + n])));
  }
  for (size_t n = 0; n < p->n; n++)
    if (mpq_sgn(p->lambda[n]) > 0) entropy -= mpq_get_d(p->lambda[n]) / sum * log(mpq_get_d(p->lambda[n]) / sum);
  double most = atan(room / sqrt((double)p->m * sum)), least = (log((double)p->n) - entropy) * (double)p->m * sum / (room * room);
  cr_assert(o.angle_most <= most * (1 + 1e-13), "%.17g above %.17g", o.angle_most, most);
  cr_assert(o.exists != LFAP_PASS || o.length_least >= least * (1 - 1e-9) - 1e-9 || !o.multipliers, "%.17g below %.17g", o.length_least, least);
  cr_assert(o.length <= 10 * (1 + 1e-14) && o.angle_lo < 1e-7);
  cr_assert(o.c4 != LFAP_NOT_APPLICABLE || least > 10 * (1 - 1e-9) || o.c3 == LFAP_FAIL || room == 0.0);
  cr_assert(o.c4 != LFAP_PASS || (least < 10 * (1 + 1e-9) && count_truth(p).strict));
  oracle_polished_free(&o);
  lfap_net_free(&W);
}

Test(polish, enclosures_hold_the_rational_solution) {
  size_t reduced = 0, several = 0, dependent = 0, solved = 0, sharp = 0, kinks = 0, off = 0, wrong = 0, dead = 0, bent = 0;
  for (int round = 0; round < 300; round++) {
    problem p = random_problem();
    lfap_polished z = propose(&p);
    if (!p.solved) { /* infeasible, or degenerate: nothing to compare with */
      for (size_t n = 0; n < p.n; n++) z.lambda[n] = 1.0;
      oracle_polished o = certify(&p, &z);
      oracle_polished_free(&o);
      withdraw(&z);
      drop(&p);
      continue;
    }
    solved++;
    for (int damage = 0; damage < 6; damage++) {
      size_t n = draw((unsigned)p.n), at = draw((unsigned)(p.m * p.n));
      if (damage) {
        z.lambda[n] *= 1.0 + ldexp(1.0, -40 + 7 * damage);
        if (mpq_sgn(p.lambda[n]) == 0) z.lambda[n] = ldexp(1.0, -50 + 8 * damage) * z.lambda[(n + 1) % p.n];
        else if (draw(8) == 0) z.lambda[n] = 0.0;
        if (!own(&p, at / p.n, at % p.n) && draw(3) == 0) z.slope[at] = draw(2) ? 1.0 : p.gamma;
        else if (!own(&p, at / p.n, at % p.n)) z.slope[at] += (1.0 - z.slope[at]) * ldexp(1.0, -38 + 7 * damage);
      }
      oracle_polished o = certify(&p, &z);
      cr_assert(damage || o.exists == LFAP_PASS);
      /* the most is said where no true zero stands at the edge of the slopes, and the samples are independent */
      int edge = !o.multipliers || o.others_open || o.pairs_open || o.support + o.off < p.n;
      expect(&p, &o, !damage && !edge);
      expect_balls(&reduced, &p, &z, &o);
      expect_room(&p, &z);
      sharp += !damage && !edge;
      double Z[8];
      int s[1];
      for (size_t k = 0; k < p.d; k++) Z[k] = (double)draw(9) - 4;
      cr_assert_eq(oracle_polished_signs(&c, s, &o, Z, 1), LFAP_OK);
      if (s[0]) cr_assert_eq(s[0], true_sign(&p, Z, NULL));
      if (o.exists == LFAP_PASS) { /* without the first look in doubles */
        int exact;
        cr_assert_eq(oracle_pattern_sign_sum(&c, &exact, o.pattern, Z, NULL), LFAP_OK);
        cr_assert(exact == s[0] || s[0] == 0);
        cr_assert(exact == 0 || exact == true_sign(&p, Z, NULL));
      }
      if (!s[0]) cr_assert(damage || !o.multipliers || true_sign(&p, Z, NULL) == 0, "a sign that 1e-12 leaves open");
      if (o.linear < 0) {
        bent++;
        int a = true_sign(&p, o.z1, NULL), b = true_sign(&p, o.z2, NULL), ab = true_sign(&p, o.z1, o.z2);
        cr_assert(a == b && ab == -a && a, "%d %d %d", a, b, ab);
      }
      if (!damage) {
        several += o.groups > 2;
        dependent += o.multipliers && p.d < p.n && o.off < p.n - p.d;
        kinks += o.kinks;
        off += o.off;
        wrong += o.pairs_wrong;
        for (size_t i = 0; i < p.m * p.n; i++) dead += own(&p, i / p.n, i % p.n) && !p.on[i];
      }
      oracle_polished_free(&o);
    }
    withdraw(&z);
    drop(&p);
  }
  cr_log_info("%zu solved, %zu sharp, %zu kinks, %zu off, %zu wrong, %zu dead, %zu bent of %zu, %zu dependent, %zu reduced", solved, sharp, kinks, off, wrong, dead, bent, several, dependent, reduced);
  cr_assert(solved > 250 && sharp > 250 && kinks > 60 && off > 50 && wrong > 100 && dead > 100 && several > 50 && bent > 5 && dependent > 3 && reduced > 500,
            "%zu solved, %zu sharp, %zu kinks, %zu off, %zu wrong, %zu dead, %zu bent of %zu, %zu dependent, %zu reduced", solved, sharp, kinks, off, wrong, dead, bent, several, dependent, reduced);
}

Test(polish, damage_is_seen) {
  problem p = with_kinks(4, 0.5);
  lfap_polished z = propose(&p);
  z.lambda[0] *= 1.001;
  oracle_polished o = certify(&p, &z);
  expect(&p, &o, 0);
  cr_assert(o.lambda_hi[0] - o.lambda_lo[0] > 1e-5 && o.ball > 1e-5);
  oracle_polished_free(&o);
  z.lambda[0] *= 8.0;
  o = certify(&p, &z);
  expect(&p, &o, 0);
  cr_assert_eq(o.c3, LFAP_UNDECIDED);
  cr_assert_eq(o.kinks, 0);
  oracle_polished_free(&o);
  z.lambda[0] = 0.0;
  o = certify(&p, &z);
  expect(&p, &o, 0);
  cr_assert_neq(o.c3, LFAP_FAIL);
  oracle_polished_free(&o);
  withdraw(&z);
  drop(&p);
}

/* ---- C4 ---------------------------------------------------------------------------------------------------------- */

/* Orthogonal samples of norms 1 and 2, gamma = 1/2: lambda = 1.6 and 0.4, nu = 1/2, p* = (0.8, 0.2), every own h = 0.8,
   C = log 2 - H(p*); r0 = r and, with rows 0 and 1 moved apart by tau, delta0 = tau sqrt 2. So 0.4 r > delta0 is asked for,
   and r nu 0.64 >= 4 C. */
static problem orthogonal(void) {
  problem p = make(4, 2, 2, 0.5);
  p.x[0] = 1, p.x[3] = 2, p.y[0] = 1, p.y[1] = -1;
  for (size_t at = 0; at < 8; at++) p.on[at] = (unsigned char)own(&p, at / 2, at % 2);
  solve_problem(&p);
  return p;
}
static const double SPREAD = 0.19274475702175753; /* log 2 + 0.8 log 0.8 + 0.2 log 0.2 */

static oracle_polished run(const problem *p, const lfap_polished *z, double r, double tau, lfap_loss loss, double step) {
  lfap_data D = data_of(p);
  oracle_polished out = {0};
  lfap_net W = truth_net(p, r);
  W.w[0] += tau;
  W.w[p->d] -= tau;
  cr_assert_eq(oracle_polish_certify(&c, &out, z, &D, &W, loss, step, NULL), LFAP_OK, "%s", c.message);
  lfap_net_free(&W);
  return out;
}

static void expect_run(const problem *p, const lfap_polished *z, double r, double tau, double step, lfap_verdict verdict) {
  oracle_polished o = run(p, z, r, tau, LFAP_LOSS_EXP, step);
  cr_assert_eq(o.c4, verdict, "r = %.17g, tau = %.17g: %s", r, tau, lfap_verdict_name(o.c4));
  oracle_polished_free(&o);
}

Test(polish, runs_at_the_edge_of_what_keeps_the_signs) {
  problem p = orthogonal();
  lfap_polished z = propose(&p);
  const double e = 1e-9, tau = 0.4 * 10 / sqrt(2), least = SPREAD * 12.5, step = 0.125;
  expect_run(&p, &z, 10, 0, 0, LFAP_PASS);
  expect_run(&p, &z, 10, tau * (1 - e), 0, LFAP_PASS);
  expect_run(&p, &z, 10, tau * (1 + e), 0, LFAP_NOT_APPLICABLE);
  expect_run(&p, &z, least * (1 + e), 0, 0, LFAP_PASS);
  expect_run(&p, &z, least * (1 - e), 0, 0, LFAP_NOT_APPLICABLE);
  const double longer = (SPREAD + 1.75 * step) * 12.5; /* (R^2 - nu)/2 = 1.75 */
  expect_run(&p, &z, longer * (1 + e), 0, step, LFAP_PASS);
  expect_run(&p, &z, longer * (1 - e), 0, step, LFAP_NOT_APPLICABLE);
  expect_run(&p, &z, -10, 0, 0, LFAP_NOT_APPLICABLE);
  expect_run(&p, &z, 0, 0, 0, LFAP_NOT_APPLICABLE);
  expect_run(&p, &z, 0, 1, 0, LFAP_NOT_APPLICABLE); /* a right angle */
  oracle_polished o = run(&p, &z, 10, 1, LFAP_LOSS_EXP, 0);
  double angle = atan(sqrt(2) / (10 * sqrt(2))), most = atan(0.4 / sqrt(2));
  cr_assert(o.angle_lo <= angle * (1 + 1e-15) && o.angle_hi >= angle * (1 - 1e-15) && o.angle_hi - o.angle_lo < 1e-14);
  cr_assert(o.angle_most <= most && o.angle_most > most - 1e-13);
  cr_assert(o.length <= 10 && o.length > 10 - 1e-13 && o.length_least >= least * (1 - 1e-15) && o.length_least < least + 1e-12);
  oracle_polished_free(&o);
  withdraw(&z);
  drop(&p);
}

Test(polish, losses_of_the_logistic_loss_join_the_spread) {
  problem p = orthogonal();
  lfap_polished z = propose(&p);
  double b = log(2);
  for (int i = 0; i < 4; i++) b = log1p(exp(-(10 - 4 * (SPREAD + b)))); /* R^2/(2 nu) = 4, delta0 = 0 */
  oracle_polished o = run(&p, &z, 10, 0, LFAP_LOSS_LOGISTIC, 0);
  cr_assert_eq(o.c4, LFAP_PASS);
  cr_assert(fabs(o.length_least - (SPREAD + b) * 12.5) < 1e-9, "%.15g", o.length_least);
  oracle_polished_free(&o);
  /* with delta0 = 2, above R C/nu: margins are least now, r - R delta0 = 6 */
  b = log(2);
  for (int i = 0; i < 4; i++) b = log1p(exp(-6));
  o = run(&p, &z, 10, sqrt(2), LFAP_LOSS_LOGISTIC, 0);
  cr_assert_eq(o.c4, LFAP_PASS);
  cr_assert(o.length_least >= (SPREAD + b) * 12.5 * (1 - 1e-12) && o.length_least < (SPREAD + b) * 12.5 + 1e-9, "%.15g %.15g", o.length_least, (SPREAD + b) * 12.5);
  oracle_polished_free(&o);
  o = run(&p, &z, 3.5, 0, LFAP_LOSS_LOGISTIC, 0); /* margins might fall below 0: b = log 2 is not proved */
  cr_assert_eq(o.c4, LFAP_UNDECIDED);
  oracle_polished_free(&o);
  o = run(&p, &z, SPREAD * 12.5 * (1 - 1e-9), 0, LFAP_LOSS_LOGISTIC, 0); /* fails without any loss */
  cr_assert_eq(o.c4, LFAP_NOT_APPLICABLE);
  oracle_polished_free(&o);
  withdraw(&z);
  drop(&p);
}

/* Two neurons: h = 0.8 sqrt 2 > 1, so own signs may be safe (2 delta0 < h r) where margins are not (2 delta0 > r). */
Test(polish, margins_below_zero_are_no_logistic_run) {
  problem p = make(2, 2, 3, 0.5);
  p.x[0] = 1, p.x[4] = 2, p.y[0] = 1, p.y[1] = -1;
  p.on[0] = p.on[3] = 1;
  solve_problem(&p);
  lfap_polished z = propose(&p);
  lfap_data D = data_of(&p);
  for (int i = 0; i < 4; i++) {
    lfap_net W = truth_net(&p, 100);
    W.w[2] = i < 2 ? 53 : 40;
    oracle_polished o = {0};
    cr_assert_eq(oracle_polish_certify(&c, &o, &z, &D, &W, i % 2 ? LFAP_LOSS_LOGISTIC : LFAP_LOSS_EXP, 0, NULL), LFAP_OK);
    cr_assert_eq(o.c4, i == 1 ? LFAP_UNDECIDED : LFAP_PASS, "%d: %s", i, lfap_verdict_name(o.c4));
    oracle_polished_free(&o);
    lfap_net_free(&W);
  }
  withdraw(&z);
  drop(&p);
}

Test(polish, a_rough_proposal_certifies_no_more_of_a_run) {
  problem p = orthogonal();
  for (int trial = 0; trial < 36; trial++) {
    int damage = -45 + 5 * (trial / 4);
    lfap_polished z = propose(&p);
    z.lambda[trial % 2] *= 1 + (trial % 4 < 2 ? 1 : -1) * ldexp(1, damage);
    for (int side = -1; side <= 1; side += 2) {
      const double e = 1e-3 * side, tau = 0.4 * 10 / sqrt(2), angle = atan((1 + e) * 0.4 / sqrt(2));
      oracle_polished o = run(&p, &z, 10, tau * (1 + e), LFAP_LOSS_EXP, 0);
      cr_assert(o.c4 == LFAP_UNDECIDED || o.c4 == (side < 0 ? LFAP_PASS : LFAP_NOT_APPLICABLE));
      cr_assert(o.angle_lo <= angle + 1e-15 && o.angle_hi >= angle - 1e-15 && o.angle_most <= atan(0.4 / sqrt(2)) + 1e-15);
      cr_assert(o.length <= 10 && o.length_least >= SPREAD * 12.5 * (1 - 1e-14));
      cr_assert(damage > -20 || o.c4 != LFAP_UNDECIDED);
      oracle_polished_free(&o);
    }
    withdraw(&z);
  }
  problem q = with_dead(); /* an own pair with the other sign: no point, no run to it */
  memset(q.on, 1, 4);
  q.solved = 0;
  solve_problem(&q);
  drop(&q);
  q = make(2, 1, 1, 0.5);
  q.x[0] = q.y[0] = 1;
  solve_problem(&q);
  lfap_polished z = propose(&q);
  lfap_net W = truth_net(&q, 100);
  lfap_data D = data_of(&q);
  oracle_polished o = {0};
  cr_assert_eq(oracle_polish_certify(&c, &o, &z, &D, &W, LFAP_LOSS_EXP, 0, NULL), LFAP_OK);
  cr_assert(o.c3 == LFAP_FAIL && o.c4 == LFAP_NOT_APPLICABLE);
  oracle_polished_free(&o);
  lfap_net_free(&W);
  withdraw(&z);
  drop(&q);
  drop(&p);
}

/* Three samples of one class in a plane, on a line: the multipliers (a, a, b), a + b/2 = 1.6, are not unique, the entropy
   is that of the proposal. ||W^o||^2 = 3.2, the own h = 1.6/sqrt 2, so r0 >= 2.5 C is asked for. */
Test(polish, runs_to_a_point_without_unique_multipliers) {
  problem p = make(2, 3, 2, 0.5);
  memcpy(p.x, (double[]){1, 0, 0, 1, 0.5, 0.5}, 6 * sizeof(double));
  for (size_t n = 0; n < 3; n++) {
    p.y[n] = p.on[n] = 1;
    mpq_set_d(p.lambda[n], n == 2 ? 0.8 : 1.2);
    for (size_t j = 0; j < 2; j++) mpq_set_d(p.slope[j * 3 + n], j ? 0.5 : 1.0);
  }
  lfap_polished z = propose(&p);
  const double C = log(3) + 0.75 * log(0.375) + 0.25 * log(0.25), step = 0.5, more = (1 - 1 / 3.2) / 2 * step;
  oracle_polished o = run(&p, &z, 2.5 * C * (1 + 1e-6), 0, LFAP_LOSS_EXP, 0);
  cr_assert(!o.multipliers && o.c3 == LFAP_PASS && o.ball < 1e-7);
  cr_assert_eq(o.c4, LFAP_PASS, "%g %g", o.length, o.length_least);
  oracle_polished_free(&o);
  o = run(&p, &z, 2.5 * C * (1 - 1e-6), 0, LFAP_LOSS_EXP, 0);
  cr_assert_eq(o.c4, LFAP_UNDECIDED);
  oracle_polished_free(&o);
  o = run(&p, &z, 2.5 * (C + more) * (1 + 1e-6), 0, LFAP_LOSS_EXP, step);
  cr_assert_eq(o.c4, LFAP_PASS);
  oracle_polished_free(&o);
  o = run(&p, &z, 2.5 * (C + more) * (1 - 1e-6), 0, LFAP_LOSS_EXP, step);
  cr_assert_eq(o.c4, LFAP_UNDECIDED);
  oracle_polished_free(&o);
  double b = log(2); /* margins by any multipliers: C <= log 3 + b, R^2/(2 nu) = 1.6 */
  for (int i = 0; i < 4; i++) b = log1p(exp(-(10 - 1.6 * (log(3) + b))));
  o = run(&p, &z, 10, 0, LFAP_LOSS_LOGISTIC, 0);
  cr_assert(o.c4 == LFAP_PASS && fabs(o.length_least - 2.5 * (C + b)) < 1e-6, "%g", o.length_least);
  oracle_polished_free(&o);
  z.lambda[2] = 2.4, z.lambda[0] = z.lambda[1] = 0.4; /* the same point, of less entropy */
  const double C2 = log(3) + 0.25 * log(0.125) + 0.75 * log(0.75);
  o = run(&p, &z, 10, 0, LFAP_LOSS_EXP, 0);
  cr_assert(o.c4 == LFAP_PASS && fabs(o.length_least - 2.5 * C2) < 1e-6, "%g", o.length_least);
  oracle_polished_free(&o);
  withdraw(&z);
  drop(&p);
}

/* Data times 2^k: multipliers times 2^-2k, everything else the same. */
Test(polish, powers_of_two_change_nothing) {
  for (int k = -190; k <= 190; k += 95) {
    problem p = with_kinks(4, 0.5), q = with_kinks(4, 0.5);
    lfap_polished z = propose(&p);
    for (size_t i = 0; i < 4; i++) q.x[i] = ldexp(q.x[i], k);
    for (size_t n = 0; n < 2; n++) z.lambda[n] = ldexp(z.lambda[n], -2 * k);
    lfap_net W = truth_net(&p, 7);
    for (size_t i = 0; i < 8; i++) W.w[i] = ldexp(W.w[i] + 0.01 * (double)i, -k);
    lfap_data D = data_of(&q);
    oracle_polished o = {0};
    cr_assert_eq(oracle_polish_certify(&c, &o, &z, &D, &W, LFAP_LOSS_LOGISTIC, 0, NULL), LFAP_OK, "%s", c.message);
    cr_assert(o.c3 == LFAP_PASS && o.kinks == 4 && o.support == 2 && o.multipliers);
    cr_assert(fabs(ldexp(o.lambda_lo[0], 2 * k) - 0.125) < 1e-13);
    static double angle, least;
    if (k == -190) angle = o.angle_hi, least = o.length_least;
    cr_assert(o.c4 == LFAP_PASS && fabs(o.angle_hi - angle) < 1e-14 && fabs(o.length_least - least) < 1e-9 * least, "%g %g", o.angle_hi, o.length_least);
    int sign[2];
    cr_assert_eq(oracle_polished_signs(&c, sign, &o, (double[]){1e-300, -1e-300, -1e300, 1e300}, 2), LFAP_OK);
    cr_assert(sign[0] == 1 && sign[1] == -1, "%d %d", sign[0], sign[1]);
    oracle_polished_free(&o);
    lfap_net_free(&W);
    withdraw(&z);
    drop(&p);
    drop(&q);
  }
}

/* ---- trained networks -------------------------------------------------------------------------------------------- */

static void trained(size_t n, size_t d, double gamma, double *ball, int *multipliers, int *linear) {
  lfap_data D = {0}, Z = {0};
  lfap_net net = {0};
  lfap_train_opts t;
  lfap_polished z = {0};
  oracle_polished o = {0};
  enum { NP = 200 };
  int sign[NP];
  double f[NP];
  cr_assert_eq(lfap_gen_uniform(&c, &D, 5, n, d), LFAP_OK);
  cr_assert_eq(lfap_net_init(&c, &net, 8, d, gamma, 3, 1.0), LFAP_OK);
  lfap_train_defaults(&t, LFAP_METHOD_GD);
  t.epochs = 300;
  cr_assert_eq(lfap_train(&c, &net, NULL, &D, &t), LFAP_OK, "%s", c.message);
  lfap_set set = {.data = &D};
  cr_assert_eq(lfap_polish(&c, &z, &net, &set), LFAP_OK, "%s", c.message);
  cr_assert_eq(oracle_polish_certify(&c, &o, &z, &D, &net, LFAP_LOSS_EXP, 0, NULL), LFAP_OK, "%s", c.message);
  cr_assert(o.exists == LFAP_PASS && o.c3 == LFAP_PASS && o.pairs_wrong + o.pairs_open == 0);
  for (size_t i = 0; i < n; i++) cr_assert(z.lambda[i] >= o.lambda_lo[i] - 1e-12 && z.lambda[i] <= o.lambda_hi[i] + 1e-12);
  cr_assert(!o.multipliers || o.kinks == z.kinks, "%zu of %zu", o.kinks, z.kinks);
  cr_assert_eq(lfap_gen_gauss(&c, &Z, 11, NP, d), LFAP_OK);
  cr_assert_eq(lfap_net_eval(&c, f, &z.net, Z.x, NP), LFAP_OK);
  cr_assert_eq(oracle_polished_signs(&c, sign, &o, Z.x, NP), LFAP_OK);
  for (int i = 0; i < NP; i++) cr_assert(fabs(f[i]) < 1e-5 || sign[i] == (f[i] > 0 ? 1 : -1));
  *ball = o.ball;
  *multipliers = o.multipliers;
  *linear = o.linear;
  oracle_polished_free(&o);
  lfap_polished_free(&z);
  lfap_set_free(&set);
  lfap_net_free(&net);
  lfap_data_free(&D);
  lfap_data_free(&Z);
}

Test(polish, trained_networks) {
  double ball;
  int multipliers, linear;
  trained(20, 200, 0.1, &ball, &multipliers, &linear);
  cr_assert(ball < 1e-13 && multipliers && linear == -1, "%g", ball);
  trained(60, 40, 0.1, &ball, &multipliers, &linear); /* dependent: by the reduced system */
  cr_assert(ball < 1e-11 && multipliers && linear == -1, "%g", ball);
}

/* ---- what is refused --------------------------------------------------------------------------------------------- */

static void expect_refused(const problem *p, const lfap_polished *z, const lfap_net *W, double step, lfap_status s, const char *word) {
  lfap_data D = data_of(p);
  oracle_polished o = {.m = 77};
  cr_assert_eq(oracle_polish_certify(&c, &o, z, &D, W, LFAP_LOSS_EXP, step, NULL), s);
  cr_assert(strstr(c.message, word) && o.m == 77, "%s", c.message);
}

static int ticks;
static int stop(void *user, const char *what, double done, double total) {
  (void)user, (void)what, (void)done, (void)total;
  return ticks-- == 0;
}

Test(polish, what_is_no_proposal_is_refused) {
  problem p = with_kinks(4, 0.5);
  lfap_polished z = propose(&p);
  lfap_net W = truth_net(&p, 3);
  z.lambda[1] = -1;
  expect_refused(&p, &z, NULL, 0, LFAP_ERR_DATA, "multiplier 1");
  z.lambda[1] = NAN;
  expect_refused(&p, &z, NULL, 0, LFAP_ERR_DATA, "multiplier 1");
  z.lambda[1] = 0.125;
  double keep = z.slope[0];
  z.slope[0] = 0.75;
  expect_refused(&p, &z, NULL, 0, LFAP_ERR_DATA, "neuron 0 at sample 0");
  z.slope[0] = keep;
  keep = z.slope[1];
  z.slope[1] = 1.5;
  expect_refused(&p, &z, NULL, 0, LFAP_ERR_DATA, "neuron 0 at sample 1");
  z.slope[1] = NAN;
  expect_refused(&p, &z, NULL, 0, LFAP_ERR_DATA, "neuron 0 at sample 1");
  z.slope[1] = keep;
  z.n = 3;
  expect_refused(&p, &z, NULL, 0, LFAP_ERR_DATA, "3 samples");
  z.n = 2;
  expect_refused(&p, &z, &W, -1, LFAP_ERR_USAGE, "step");
  W.w[3] = INFINITY;
  expect_refused(&p, &z, &W, 0, LFAP_ERR_DATA, "weight 1 of neuron 1");
  W.gamma = 0.25;
  expect_refused(&p, &z, &W, 0, LFAP_ERR_DATA, "gamma");
  lfap_net_free(&W);
  W = truth_net(&p, 3);
  lfap_data D = data_of(&p);
  oracle_polished o = {0};
  int k = 0;
  for (lfap_status st = LFAP_ERR_INTERRUPTED; st; k++) { /* stopped wherever it asks */
    lfap_ctx asked = {.threads = 1, .progress = stop};
    ticks = k;
    st = oracle_polish_certify(&asked, &o, &z, &D, &W, LFAP_LOSS_LOGISTIC, 0, NULL);
    cr_assert(st == LFAP_OK || (st == LFAP_ERR_INTERRUPTED && !o.pattern));
  }
  cr_assert(k > 5);
  int sign;
  cr_assert_eq(oracle_polished_signs(&c, &sign, &o, (double[]){NAN, 1}, 1), LFAP_ERR_DATA);
  cr_assert_eq(oracle_polished_signs(&c, &sign, &o, (double[]){0, 0}, 1), LFAP_OK);
  cr_assert_eq(sign, 0, "the origin has no side");
  oracle_polished_free(&o);
  oracle_polished_free(&o);
  lfap_net_free(&W);
  withdraw(&z);
  drop(&p);
}

/* ---- T4 without multipliers -------------------------------------------------------------------------------------- */

static int sign_of_all(const lfap_data *D, const double *z) {
  int common = 0;
  mpq_t v;
  mpq_init(v);
  for (size_t n = 0; n < D->n; n++) {
    inner(v, D->x + n * D->d, z, D->d);
    int s = mpq_sgn(v) * (D->y[n] > 0 ? 1 : -1);
    if (s == 0 || (n && s != common)) common = 2;
    else if (common != 2) common = s;
  }
  mpq_clear(v);
  return common == 2 ? 0 : common;
}

Test(polish, every_kkt_point_decides_a_point_where_all_samples_agree) {
  enum { N = 4, DIM = 5, NP = 4000 };
  lfap_data D = {0};
  cr_assert_eq(lfap_data_alloc(&c, &D, N, DIM), LFAP_OK);
  double *Z = calloc(NP * DIM, sizeof *Z);
  int *sign = malloc(NP * sizeof *sign);
  size_t count[3] = {0};
  for (size_t i = 0; i < N * DIM; i++) D.x[i] = (double)draw(15) - 7;
  for (size_t n = 0; n < N; n++) D.y[n] = n % 2 ? 1 : -1, D.x[n * DIM] += 8 * D.y[n];
  for (size_t p = 0; p < NP; p++) {
    double *z = Z + p * DIM;
    for (size_t k = 0; k < DIM; k++) z[k] = (double)draw(9) - 4 + (p % 2 ? 0 : (double)draw(1000) / 7.0);
    if (p % 4 > 1) { /* orthogonal to a sample in integers, and then a last bit away; or as far as rounding goes */
      const double *x = D.x + (p / 4 % N) * DIM;
      double xx = 0, xz = 0;
      for (size_t k = 0; k < DIM; k++) xx += x[k] * x[k], xz += x[k] * z[k];
      for (size_t k = 0; k < DIM; k++) z[k] = xx * z[k] - xz * x[k];
      if (draw(2)) z[draw(DIM)] += (double)draw(3) - 1 ? ldexp(1, -40) : 0;
    }
  }
  cr_assert_eq(oracle_kkt_signs(&c, sign, &D, Z, NP), LFAP_OK, "%s", c.message);
  for (size_t p = 0; p < NP; p++) {
    cr_assert_eq(sign[p], sign_of_all(&D, Z + p * DIM), "point %zu: %d", p, sign[p]);
    count[sign[p] + 1]++;
  }
  cr_assert(count[0] > 20 && count[1] > 100 && count[2] > 20, "%zu %zu %zu", count[0], count[1], count[2]);
  Z[7] = INFINITY;
  cr_assert_eq(oracle_kkt_signs(&c, sign, &D, Z, NP), LFAP_ERR_DATA);
  D.y[0] = 3;
  cr_assert_eq(oracle_kkt_signs(&c, sign, &D, Z, 1), LFAP_ERR_DATA);
  free(Z);
  free(sign);
  lfap_data_free(&D);
}
