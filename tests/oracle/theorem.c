/* Theorems for Coq: what is claimed, and the multipliers that show it, against the definitions in rationals; files that are read back
 * and refused where anything was changed. */
#include <criterion/criterion.h>
#include <string.h>

#include "draws.h"
#include "exactly.h"
#include "oracle/coq/network.h"

static lfap_ctx ctx = {.threads = 2};
static const char SHA[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/* N 2..9, d 1..12; entries of few or of 53 bits, rows of very different size, some samples on one ray. */
static lfap_data some_data(uint64_t i, double *gamma) {
  static const double slopes[] = {0.01, 0.1, 0.25, 0.5, 0.75, 0.9};
  lfap_data D = {0};
  state = 104729 * (i + 1);
  for (int k = 0; k < 10; k++) next();
  size_t n = 2 + next() % 8, d = 1 + next() % 12;
  *gamma = i % 2 ? slopes[next() % 6] : 0.001 + 0.989 * unit();
  if (i % 8 == 7) { /* inside (H) */
    *gamma = 0.9;
    cr_assert_eq(lfap_gen_orthogonal(NULL, &D, i, 2 + i % 3, 8), LFAP_OK);
    for (size_t k = 0; k < D.n; k++) D.x[k * D.d + 1] *= 1.0 + 0x1p-9, D.y[k] = k % 2 ? -1.0 : 1.0;
    return D;
  }
  cr_assert_eq(lfap_data_alloc(NULL, &D, n, d), LFAP_OK);
  for (size_t k = 0; k < n; k++) {
    int size = i % 5 == 4 ? (int)(next() % 40) - 20 : 0, away = i % 7 < 5;
    D.y[k] = next() % 2 ? 1.0 : -1.0;
    for (size_t j = 0; j < d; j++) {
      double x = 2.0 * unit() - 1.0;
      if (i % 3 == 0) x = rint(4.0 * x);
      if (j == 0) x = away ? D.y[k] * (1.0 + (double)(next() % 8)) : x + 1.0;
      D.x[k * d + j] = ldexp(x * (1.0 + (double)k / 16.0), size); /* no two are equal */
    }
    if (D.x[k * d] == 0.0) D.x[k * d] = ldexp(1.0, size);
  }
  return D;
}

/* ---- the definitions, in rationals ------------------------------------------------------------------------------- */

typedef struct {
  size_t n, d;
  mpq_t *alpha, *beta, *U, *V, *own, *other, *norm2, gap;
  mpq_t gamma;
  int feasible; /* both constraints, or that of slope gamma alone */
} facts;

static void times_double(mpq_t out, const mpq_t q, double x) {
  mpq_t t;
  mpq_init(t);
  mpq_set_d(t, x);
  mpq_mul(out, q, t);
  mpq_clear(t);
}

/* U = sum over +1 of lambda x - sum over -1 of (gamma alpha + beta) x; V with the classes exchanged. */
static void rows_of(facts *f, const lfap_data *D) {
  mpq_t full, part, t;
  mpq_inits(full, part, t, NULL);
  for (size_t k = 0; k < f->n; k++) {
    mpq_add(full, f->alpha[k], f->beta[k]);
    mpq_mul(part, f->gamma, f->alpha[k]);
    mpq_add(part, part, f->beta[k]);
    for (size_t j = 0; j < f->d; j++) {
      times_double(t, full, D->x[k * f->d + j]);
      mpq_add((D->y[k] > 0 ? f->U : f->V)[j], (D->y[k] > 0 ? f->U : f->V)[j], t);
      times_double(t, part, D->x[k * f->d + j]);
      mpq_sub((D->y[k] > 0 ? f->V : f->U)[j], (D->y[k] > 0 ? f->V : f->U)[j], t);
    }
  }
  mpq_clears(full, part, t, NULL);
}

static void along(mpq_t out, mpq_t *row, const double *z, size_t d) {
  mpq_t t;
  mpq_init(t);
  mpq_set_ui(out, 0, 1);
  for (size_t j = 0; j < d; j++) {
    times_double(t, row[j], z[j]);
    mpq_add(out, out, t);
  }
  mpq_clear(t);
}

/* (own - s other)/2 - 1 into over; the part of the gap. */
static void constraint(facts *f, size_t k, const mpq_t s, mpq_t *multiplier, int asked) {
  mpq_t over, one;
  mpq_inits(over, one, NULL);
  mpq_set_ui(one, 1, 1);
  mpq_mul(over, s, f->other[k]);
  mpq_sub(over, f->own[k], over);
  mpq_div_2exp(over, over, 1);
  mpq_sub(over, over, one);
  f->feasible = f->feasible && (!asked || mpq_sgn(over) >= 0) && mpq_sgn(multiplier[k]) >= 0;
  mpq_mul(over, over, multiplier[k]);
  mpq_add(f->gap, f->gap, over);
  mpq_clears(over, one, NULL);
}

static facts facts_of(const lfap_data *D, double gamma, mpz_t *p, const mpz_t den, size_t count) {
  facts f = {.n = D->n, .d = D->d, .feasible = 1};
  f.alpha = rationals(f.n), f.beta = rationals(f.n), f.own = rationals(f.n), f.other = rationals(f.n);
  f.norm2 = rationals(f.n), f.U = rationals(f.d), f.V = rationals(f.d);
  mpq_inits(f.gap, f.gamma, NULL);
  mpq_set_d(f.gamma, gamma);
  for (size_t i = 0; i < count; i++) {
    mpq_ptr to = i < f.n ? f.alpha[i] : f.beta[i - f.n];
    mpz_set(mpq_numref(to), p[i]);
    mpz_set(mpq_denref(to), den);
    mpq_canonicalize(to);
  }
  rows_of(&f, D);
  mpq_t one;
  mpq_init(one);
  mpq_set_ui(one, 1, 1);
  for (size_t k = 0; k < f.n; k++) {
    const double *x = D->x + k * f.d;
    along(f.own[k], D->y[k] > 0 ? f.U : f.V, x, f.d);
    along(f.other[k], D->y[k] > 0 ? f.V : f.U, x, f.d);
    inner(f.norm2[k], x, x, f.d);
    constraint(&f, k, f.gamma, f.alpha, 1);
    constraint(&f, k, one, f.beta, count > f.n);
  }
  mpq_clear(one);
  return f;
}

static void facts_free(facts *f) {
  mpq_t *small[] = {f->alpha, f->beta, f->own, f->other, f->norm2};
  for (int i = 0; i < 5; i++) rationals_free(small[i], f->n);
  rationals_free(f->U, f->d);
  rationals_free(f->V, f->d);
  mpq_clears(f->gap, f->gamma, NULL);
}

/* q^2 > times gap norm2 */
static int far(const facts *f, const mpq_t q, const mpq_t norm2, unsigned times) {
  mpq_t a, b;
  mpq_inits(a, b, NULL);
  mpq_mul(a, q, q);
  mpq_set_ui(b, times, 1);
  mpq_mul(b, b, f->gap);
  mpq_mul(b, b, norm2);
  int yes = mpq_cmp(a, b) > 0;
  mpq_clears(a, b, NULL);
  return yes;
}

/* ---- tests ------------------------------------------------------------------------------------------------------- */

typedef struct {
  lfap_data D;
  lfap_limit lim;
  oracle_cert cert;
  double gamma, *z;
  size_t points;
} setting;

/* Of data that no network of label slopes separates there is no limit: lim.n is 0. */
static setting make(uint64_t i) {
  setting s = {.points = 4};
  lfap_limit_opts o = {.best_effort = 1};
  s.D = some_data(i, &s.gamma);
  lfap_status st = lfap_limit_solve_opts(&ctx, &s.lim, &s.D, NULL, s.gamma, &o);
  if (st == LFAP_OK) st = oracle_limit_certify(&ctx, &s.cert, &s.D, s.gamma, NULL);
  cr_assert(st == LFAP_OK || st == LFAP_ERR_INFEASIBLE, "%s", ctx.message);
  if (st) lfap_limit_free(&s.lim);
  s.z = malloc(s.points * s.D.d * sizeof *s.z);
  for (size_t k = 0; k < s.points * s.D.d; k++) s.z[k] = ldexp(rint(64.0 * (2.0 * unit() - 1.0)), -3);
  return s;
}

static void drop(setting *s) {
  lfap_data_free(&s->D);
  lfap_limit_free(&s->lim);
  oracle_cert_free(&s->cert);
  free(s->z);
}

static int find(oracle_coq *t, const setting *s, int claim, int with_cert, size_t points) {
  int found = -1;
  oracle_coq_about about = {.data = &s->D, .sha256 = SHA};
  oracle_coq_wish wish = {.claim = claim, .z = s->z, .points = points, .cert = with_cert ? &s->cert : NULL};
  *t = (oracle_coq){0};
  cr_assert_eq(oracle_coq_find(&ctx, &found, t, &about, &s->lim, &wish), LFAP_OK, "%s", ctx.message);
  cr_assert_eq(found, t->n > 0);
  if (!found) cr_assert(ctx.message[0]);
  return found;
}

/* What a theorem supposes, by the definitions, of these data and the points of `told`; and the largest den is taken. */
static void assert_shown(const oracle_coq *t, const lfap_data *D, const oracle_coq *told) {
  facts f = facts_of(D, t->gamma, t->p, t->den, t->count);
  int reversed = 0;
  cr_assert(f.feasible);
  for (size_t k = 0; k < f.n; k++) {
    int own = far(&f, f.own[k], f.norm2[k], 2) ? mpq_sgn(f.own[k]) : 0;
    int other = far(&f, f.other[k], f.norm2[k], 2) ? mpq_sgn(f.other[k]) : 0;
    if (t->claim != ORACLE_COQ_NOT_C1) cr_assert(own > 0);
    if (t->claim == ORACLE_COQ_C1) cr_assert(other < 0);
    reversed += own < 0 || other > 0;
  }
  if (t->claim == ORACLE_COQ_NOT_C1) cr_assert(reversed > 0);
  for (size_t i = 0; i < told->points; i++) {
    mpq_t u, v, z2;
    mpq_inits(u, v, z2, NULL);
    const double *z = told->z + i * f.d;
    along(u, f.U, z, f.d);
    along(v, f.V, z, f.d);
    mpq_sub(u, u, v);
    inner(z2, z, z, f.d);
    cr_assert(far(&f, u, z2, 4));
    cr_assert_eq(mpq_sgn(u), told->sign[i]);
    mpq_clears(u, v, z2, NULL);
  }
  facts_free(&f);
  mpz_t more;
  mpz_init(more);
  mpz_add_ui(more, t->den, 1);
  f = facts_of(D, t->gamma, t->p, more, t->count);
  cr_assert(!f.feasible);
  facts_free(&f);
  mpz_clear(more);
}

Test(theorem, claims_are_shown_by_the_definitions) {
  size_t shown[ORACLE_COQ_CLAIMS] = {0}, told = 0;
  for (uint64_t i = 0; i < 150; i++) {
    setting s = make(i);
    for (int claim = -1; s.lim.n && claim < ORACLE_COQ_T4; claim++) {
      oracle_coq t;
      if (!find(&t, &s, claim, i % 3 == 0, i % 2 ? s.points : 0)) continue;
      if (claim >= 0) cr_assert_eq(t.claim, claim);
      if (claim >= 0) shown[t.claim]++;
      if (t.claim != ORACLE_COQ_T1) assert_shown(&t, &s.D, &t);
      told += t.points;
      lfap_verdict h = s.cert.claim[LFAP_CLAIM_H].verdict, c1 = s.cert.claim[LFAP_CLAIM_C1].verdict;
      if (t.claim == ORACLE_COQ_T1) cr_assert_eq(h, LFAP_PASS);
      if (t.claim == ORACLE_COQ_C1) cr_assert_neq(c1, LFAP_FAIL);
      if (t.claim == ORACLE_COQ_C2) cr_assert_neq(s.cert.claim[LFAP_CLAIM_C2].verdict, LFAP_FAIL);
      if (t.claim == ORACLE_COQ_NOT_C1) cr_assert_neq(c1, LFAP_PASS);
      oracle_coq_free(&t);
    }
    drop(&s);
  }
  for (int k = 0; k < ORACLE_COQ_T4; k++) cr_assert_gt(shown[k], 3, "%s: %zu", oracle_coq_claim_names[k], shown[k]);
  cr_assert_gt(told, 20);
}

/* T5: the points told are those where all y_n <x_n, z> have one sign, with that. */
Test(theorem, every_kkt_point) {
  size_t told = 0, not_told = 0;
  for (uint64_t i = 0; i < 150; i++) {
    setting s = make(i);
    oracle_coq t = {0};
    size_t at = 0;
    if (s.lim.n) find(&t, &s, ORACLE_COQ_T5, 0, s.points);
    for (size_t k = 0; s.lim.n && k < s.points; k++) {
      const double *z = s.z + k * s.D.d;
      int plus = 1, minus = 1;
      for (size_t n = 0; n < s.D.n; n++) {
        mpq_t q;
        mpq_init(q);
        inner(q, s.D.x + n * s.D.d, z, s.D.d);
        int sign = mpq_sgn(q) * (s.D.y[n] > 0 ? 1 : -1);
        plus = plus && sign > 0;
        minus = minus && sign < 0;
        mpq_clear(q);
      }
      if (!plus && !minus) not_told++;
      if (!plus && !minus) continue;
      cr_assert_lt(at, t.points);
      for (size_t j = 0; j < s.D.d; j++) cr_assert(t.z[at * s.D.d + j] == z[j]);
      cr_assert_eq(t.sign[at++], plus ? 1 : -1);
    }
    cr_assert_eq(at, t.points);
    told += at;
    oracle_coq_free(&t);
    drop(&s);
  }
  cr_assert_gt(told, 20);
  cr_assert_gt(not_told, 20);
}

/* T4: either set's multipliers show C2 and tell every point kept, with the same sign. */
Test(theorem, two_sets_decide_alike) {
  size_t told = 0, parted = 0;
  for (uint64_t i = 0; i < 150; i++) {
    setting s = make(i);
    lfap_limit other = {0};
    lfap_limit_opts o = {.best_effort = 1};
    lfap_data A = {0};
    cr_assert_eq(lfap_data_alloc(NULL, &A, s.D.n, s.D.d), LFAP_OK);
    for (size_t n = 0; n < A.n; n++) A.y[n] = s.D.y[n];
    for (size_t k = 0; k < A.n * A.d; k++) A.x[k] = s.D.x[k] * (1.0 + rint(8.0 * unit()) / 16.0);
    if (s.lim.n && lfap_limit_solve_opts(&ctx, &other, &A, NULL, s.gamma, &o) == LFAP_OK) {
      oracle_coq t = {0};
      int found = -1;
      oracle_coq_about about = {.data = &s.D, .other = &A, .sha256 = SHA, .other_sha256 = SHA};
      oracle_coq_wish wish = {.claim = ORACLE_COQ_T4, .z = s.z, .points = s.points, .adversarial = &other};
      cr_assert_eq(oracle_coq_find(&ctx, &found, &t, &about, &s.lim, &wish), LFAP_OK, "%s", ctx.message);
      cr_assert_eq(found, t.points > 0);
      if (!found) cr_assert(ctx.message[0]);
      if (found) {
        cr_assert_eq(t.claim, ORACLE_COQ_T4);
        assert_shown(&t, &s.D, &t);
        assert_shown(t.adversarial, &A, &t);
        told += t.points;
        parted += s.points - t.points;
      }
      oracle_coq_free(&t);
    }
    lfap_limit_free(&other);
    lfap_data_free(&A);
    drop(&s);
  }
  cr_assert_gt(told, 40);
  cr_assert_gt(parted, 5);
}

/* f(z1 + z2; W) sqrt(m) in rationals; z2 NULL: f(z1). */
static int sign_of_network(const lfap_data *w, double gamma, const double *z1, const double *z2) {
  mpq_t f, q, more, g;
  mpq_inits(f, q, more, g, NULL);
  mpq_set_d(g, gamma);
  for (size_t j = 0; j < w->n; j++) {
    inner(q, w->x + j * w->d, z1, w->d);
    if (z2) inner(more, w->x + j * w->d, z2, w->d);
    if (z2) mpq_add(q, q, more);
    if (mpq_sgn(q) < 0) mpq_mul(q, q, g);
    if (j >= w->n / 2) mpq_neg(q, q);
    mpq_add(f, f, q);
  }
  int sign = mpq_sgn(f);
  mpq_clears(f, q, more, g, NULL);
  return sign;
}

Test(theorem, networks) {
  size_t bent = 0, straight = 0, zero = 0;
  for (uint64_t i = 0; i < 3000; i++) {
    double x[24], z[6], gamma = i % 2 ? 0.25 : 0.01;
    size_t m = 2 + 2 * (i % 4), d = 2 + i % 2;
    state = 7919 * (i + 1);
    for (size_t k = 0; k < m * d; k++) x[k] = i % 3 ? rint(8.0 * unit() - 4.0) : 2.0 * unit() - 1.0;
    for (size_t k = 0; k < 2 * d; k++) z[k] = ldexp(rint(8.0 * unit() - 4.0), k < d && i % 5 == 0 ? -20 : 0);
    lfap_data w = {.n = m, .d = d, .x = x};
    oracle_coq_about about = {.data = &w, .sha256 = SHA};
    for (int claim = ORACLE_COQ_NETWORK; claim <= ORACLE_COQ_BENT; claim++) {
      oracle_coq t = {0};
      int found = -1, s1 = sign_of_network(&w, gamma, z, NULL), s2 = sign_of_network(&w, gamma, z + d, NULL);
      int s3 = sign_of_network(&w, gamma, z, z + d), is_bent = s1 && s1 == s2 && s3 == -s1;
      oracle_coq_wish wish = {.claim = claim, .z = z, .points = 2};
      cr_assert_eq(oracle_coq_find_network(&ctx, &found, &t, &about, gamma, &wish), LFAP_OK);
      cr_assert_eq(found, claim == ORACLE_COQ_BENT ? is_bent : s1 || s2);
      if (!found) cr_assert(ctx.message[0]);
      if (found) cr_assert_eq(t.points, (size_t)((s1 != 0) + (s2 != 0)));
      if (found) cr_assert_eq(t.sign[0], s1 ? s1 : s2);
      if (found && s1 && s2) cr_assert_eq(t.sign[1], s2);
      bent += is_bent ? 1 : 0;
      straight += is_bent ? 0 : 1;
      zero += s1 && s2 ? 0 : 1;
      oracle_coq_free(&t);
    }
  }
  cr_assert_gt(bent, 10);
  cr_assert_gt(straight, 100);
  cr_assert_gt(zero, 3);
}

/* Where the certificate decides by a margin, a theorem is found. */
Test(theorem, what_a_certificate_decides_is_found) {
  size_t missed = 0, all = 0;
  for (uint64_t i = 0; i < 150; i++) {
    setting s = make(i);
    const lfap_decided *d = s.cert.claim;
    int own = s.lim.n && s.cert.has[ORACLE_OWN_MIN] && mpq_sgn(s.cert.value[ORACLE_OWN_MIN]) > 0;
    struct {
      int claim, certain;
    } want[] = {{ORACLE_COQ_T1, d[LFAP_CLAIM_H].verdict == LFAP_PASS},
                {ORACLE_COQ_C1, d[LFAP_CLAIM_C1].verdict == LFAP_PASS},
                {ORACLE_COQ_NOT_C1, d[LFAP_CLAIM_C1].verdict == LFAP_FAIL},
                {ORACLE_COQ_C2, own}};
    for (int k = 0; k < 4; k++) {
      oracle_coq t;
      if (!s.lim.n || !want[k].certain) continue;
      int found = find(&t, &s, want[k].claim, 1, 0);
      all++;
      missed += !found;
      oracle_coq_free(&t);
    }
    drop(&s);
  }
  cr_assert_gt(all, 150, "%zu", all);
  cr_assert_eq(missed, 0, "%zu of %zu", missed, all);
}

/* Two samples with inner products by hand, gamma = 1/2: K1 = (2,0,0,0), K2 = (1,1,1,1). P = (2,2): own 12, other 0, every margin is
   24 = 8 den, no gap. P = (1,1): own 6, other 0, den 1, gap 8, U - V = 3 (1,-1,-1,-1). */
Test(theorem, by_hand) {
  double x[] = {2, 0, 0, 0, 1, 1, 1, 1}, y[] = {1, -1};
  lfap_data D = {.n = 2, .d = 4, .x = x, .y = y};
  oracle_coq_sums s = {0};
  mpz_t p[2], den;
  size_t at = 9;
  mpz_inits(p[0], p[1], den, NULL);
  cr_assert_eq(oracle_coq_sums_open(&ctx, &s, &D, 0.5), LFAP_OK);
  for (unsigned long k = 2; k > 0; k--) {
    mpz_set_ui(p[0], k);
    mpz_set_ui(p[1], k);
    cr_assert_eq(oracle_coq_sums_make(&s, den, (const mpz_t *)p, 2), LFAP_OK);
    cr_assert_eq(mpz_get_ui(den), k == 2 ? 3 : 1);
    cr_assert_eq(mpz_get_ui(s.gap), k == 2 ? 0 : 8);
    cr_assert_eq(mpz_get_si(s.own[1]), 6 * (long)k);
    cr_assert_eq(mpz_sgn(s.other[0]), 0);
    cr_assert_eq(oracle_coq_sums_prove(&s, ORACLE_COQ_C2, &at), 1);
    cr_assert_eq(oracle_coq_sums_prove(&s, ORACLE_COQ_C1, &at), 0, "an other pre-activation of 0 is no proof");
    cr_assert_eq(at, 0);
    cr_assert_eq(oracle_coq_sums_prove(&s, ORACLE_COQ_NOT_C1, &at), 0);
  }
  /* 9 (z1 - z2 - z3 - z4)^2 against 16 ||z||^2 */
  double z[][4] = {{1, 0, 0, 0}, {2, -1, 0, 0}, {5, -2, 0, 0}, {-2, 1, 0, 0}, {0x1p-400, -0x1p-401, 0, 0},
                   {0, 0, 0, 0}};
  int sign[] = {0, 1, 0, -1, 1, 0};
  for (int i = 0; i < 6; i++) cr_assert_eq(oracle_coq_sums_sign(&s, z[i]), sign[i], "point %d", i);
  oracle_coq_sums_close(&s);
  mpz_clears(p[0], p[1], den, NULL);
}
