/* The limit with kinks (C2), certified, against rationals by its definition: U and V as sums over the samples, the KKT conditions of (CP),
 * own and other pre-activations. Small sets of every kind; proposals far from the solution, where the gap is nearly used up; files tampered with. */
#include <criterion/criterion.h>
#include <string.h>

#include "draws.h"
#include "exactly.h"
#include "limit/kinks.h"
#include "limit/measure.h"
#include "oracle/check/evaluate.h"
#include "oracle/check/kinks.h"
#include "oracle/lfap_oracle.h"
#include "oracle/verify/certifier.h"

/* N 2..16, d 1..40, gamma 0.001..0.99: entries of few or of many bits, repeated directions, opposed ones, more samples than dimensions. */
static lfap_data small_set(uint64_t i, double *gamma) {
  lfap_data D = {0};
  state = 7919 * (i + 1);
  for (int k = 0; k < 10; k++) next();
  size_t n = 2 + next() % 15, d = 1 + next() % (i % 3 ? 6 : 40);
  static const double slopes[] = {0.001, 0.01, 0.2, 0.3, 0.4, 0.5, 0.6, 0.99};
  *gamma = i % 2 ? slopes[next() % 8] : 0.001 + 0.989 * unit();
  if (i % 4 == 3) { /* small margins, very different lengths, slopes between */
    n = 8 + next() % 9, d = 2 + next() % 4;
    *gamma = 0.3 + 0.1 * (double)(next() % 5);
  }
  cr_assert_eq(lfap_data_alloc(NULL, &D, n, d), LFAP_OK);
  int coarse = i % 4 == 1, shift = i % 4 == 3 || i % 7 < 6;
  for (size_t k = 0; k < n; k++) {
    D.y[k] = next() % 2 ? 1.0 : -1.0;
    int zero = 1;
    for (size_t j = 0; j < d; j++) {
      double x = 2.0 * unit() - 1.0;
      x = coarse ? rint(3.0 * x) : ldexp(rint(ldexp(x, 40)), -40);
      if (j == 0 && shift) x = D.y[k] * (coarse ? (double)(1 + next() % 2) : ldexp(1.0 + (double)(next() % 16), -4 - (int)(i % 3) * 2));
      D.x[k * d + j] = x;
      zero = zero && x == 0.0;
    }
    if (zero) D.x[k * d] = D.y[k];
    for (size_t j = 1; i % 4 == 3 && k % 2 && j < d; j++) D.x[k * d + j] *= 8.0; /* own pre-activations below 0 */
    for (size_t j = 0; j < d; j++) D.x[k * d + j] *= 1.0 + (double)k / 32.0; /* no two are equal: lfap refuses those */
    if (k > 0 && i % 4 != 3 && next() % 4 == 0) { /* the direction of an earlier sample, with the side of its label */
      size_t of = next() % k;
      double c = (1.5 + (double)k / 64.0) * (D.y[of] == D.y[k] ? 1.0 : -1.0);
      for (size_t j = 0; j < d; j++) D.x[k * d + j] = c * D.x[of * d + j];
    }
  }
  return D;
}

/* ---- the truth ---------------------------------------------------------------------------------------------------- */

typedef struct { int solvable; mpq_t *alpha, *beta, *own, *other; size_t n; } truth;

static void truth_free(truth *t) {
  rationals_free(t->alpha, t->n);
  rationals_free(t->beta, t->n);
  rationals_free(t->own, t->n);
  rationals_free(t->other, t->n);
}

/* own and other of multipliers, from U = sum+ (alpha + beta) x - sum- (gamma alpha + beta) x and V with the classes exchanged. */
static void activations(truth *t, const lfap_data *D, double gamma) {
  mpq_t g, a, b, x;
  mpq_inits(g, a, b, x, NULL);
  mpq_set_d(g, gamma);
  for (size_t n = 0; n < D->n; n++) {
    mpq_set_ui(t->own[n], 0, 1);
    mpq_set_ui(t->other[n], 0, 1);
    for (size_t k = 0; k < D->n; k++) {
      inner(x, D->x + n * D->d, D->x + k * D->d, D->d);
      mpq_add(a, t->alpha[k], t->beta[k]);
      mpq_mul(b, g, t->alpha[k]);
      mpq_add(b, b, t->beta[k]);
      mpq_mul(a, a, x);
      mpq_mul(b, b, x);
      if (D->y[n] == D->y[k]) mpq_add(t->own[n], t->own[n], a), mpq_sub(t->other[n], t->other[n], b);
      else mpq_sub(t->own[n], t->own[n], b), mpq_add(t->other[n], t->other[n], a);
    }
  }
  mpq_clears(g, a, b, x, NULL);
}

/* l >= 0, own - s other >= 2, equal where l > 0: which makes it the solution of (CP). */
static void assert_optimal(const truth *t, double gamma, uint64_t i) {
  mpq_t s, q, two;
  mpq_inits(s, q, two, NULL);
  mpq_set_ui(two, 2, 1);
  for (size_t n = 0; n < t->n; n++)
    for (int one = 0; one < 2; one++) {
      mpq_ptr l = (one ? t->beta : t->alpha)[n];
      mpq_set_d(s, one ? 1.0 : gamma);
      mpq_mul(q, s, t->other[n]);
      mpq_sub(q, t->own[n], q);
      cr_assert(mpq_sgn(l) >= 0 && mpq_cmp(q, two) >= 0 && (mpq_sgn(l) == 0 || mpq_equal(q, two)), "case %zu: no solution", (size_t)i);
    }
  mpq_clears(s, q, two, NULL);
}

/* sum omega_n y_n x_n = 0 with omega >= 0, not all 0. */
static void assert_ray(const oracle_cert *k, const lfap_data *D, double gamma) {
  mpq_t g, o, t, s, x;
  int some = 0;
  mpq_inits(g, o, t, s, x, NULL);
  mpq_set_d(g, gamma);
  for (size_t j = 0; j < D->d; j++) {
    mpq_set_ui(s, 0, 1);
    for (size_t n = 0; n < D->n; n++) {
      mpq_set_z(o, k->c2.p[n]);
      mpq_mul(t, o, g);
      mpq_add(o, o, t);
      mpq_set_z(t, k->c2.p[D->n + n]);
      mpq_add(o, o, t);
      mpq_add(o, o, t);
      cr_assert(mpz_sgn(k->c2.p[n]) >= 0 && mpz_sgn(k->c2.p[D->n + n]) >= 0);
      some |= mpq_sgn(o) != 0;
      mpq_set_d(x, D->y[n] * D->x[n * D->d + j]);
      mpq_mul(o, o, x);
      mpq_add(s, s, o);
    }
    cr_assert_eq(mpq_sgn(s), 0);
  }
  cr_assert(some);
  mpq_clears(g, o, t, s, x, NULL);
}

static truth truth_of(const oracle_cert *k, const lfap_data *D, double gamma, uint64_t i) {
  truth t = {1, rationals(D->n), rationals(D->n), rationals(D->n), rationals(D->n), D->n};
  t.solvable = !k->c2.inseparable;
  if (!t.solvable) {
    assert_ray(k, D, gamma);
    return t;
  }
  for (size_t n = 0; n < D->n; n++) {
    mpq_set(t.alpha[n], k->c2.p ? k->c2.lo[n] : k->lo[n]);
    if (k->c2.p) mpq_set(t.beta[n], k->c2.lo[D->n + n]);
  }
  activations(&t, D, gamma);
  assert_optimal(&t, gamma, i);
  return t;
}

/* The verdict by its words; *least: of own on the support, *all: of every sample. */
static lfap_verdict verdict_of(const truth *t, mpq_t least, mpq_t all) {
  int wrong = 0, first = 1;
  if (!t->solvable) return LFAP_FAIL;
  for (size_t n = 0; n < t->n; n++) {
    int on = mpq_sgn(t->alpha[n]) > 0 || mpq_sgn(t->beta[n]) > 0;
    wrong |= mpq_sgn(t->own[n]) < 0;
    if (on && (first || mpq_cmp(t->own[n], least) < 0)) mpq_set(least, t->own[n]);
    if (n == 0 || mpq_cmp(t->own[n], all) < 0) mpq_set(all, t->own[n]);
    first &= !on;
  }
  return mpq_sgn(least) > 0 ? LFAP_PASS : wrong ? LFAP_FAIL : LFAP_UNDECIDED;
}

/* What a certificate says of samples holds of the truth. */
static void assert_true(const oracle_cert *k, const truth *t, uint64_t i) {
  mpq_t x;
  mpq_init(x);
  for (size_t n = 0; n < t->n && t->solvable; n++) {
    cr_assert(k->c2.own[n] == 0 || k->c2.own[n] == mpq_sgn(t->own[n]), "case %zu, sample %zu: own", (size_t)i, n);
    cr_assert(k->c2.other[n] == 0 || k->c2.other[n] == mpq_sgn(t->other[n]), "case %zu, sample %zu: other", (size_t)i, n);
    if (isfinite(k->c2.own_lo[n])) {
      mpq_set_d(x, k->c2.own_lo[n]);
      cr_assert(mpq_cmp(x, t->own[n]) <= 0, "case %zu: own_%zu below its enclosure", (size_t)i, n);
      mpq_set_d(x, k->c2.own_hi[n]);
      cr_assert(mpq_cmp(x, t->own[n]) >= 0, "case %zu: own_%zu above its enclosure", (size_t)i, n);
    }
    if (k->c2.solved != LFAP_PASS || !k->c2.p) continue;
    cr_assert(mpq_cmp(k->c2.lo[n], t->alpha[n]) <= 0 && mpq_cmp(t->alpha[n], k->c2.hi[n]) <= 0, "case %zu: alpha_%zu", (size_t)i, n);
    cr_assert(mpq_cmp(k->c2.lo[t->n + n], t->beta[n]) <= 0 && mpq_cmp(t->beta[n], k->c2.hi[t->n + n]) <= 0, "case %zu: beta_%zu", (size_t)i, n);
  }
  mpq_clear(x);
}

static int file_accepted(const char *text, size_t len, const lfap_data *D) {
  char sha[65] = {0};
  int yes = 0;
  memset(sha, 'a', 64);
  lfap_status st = oracle_cert_check(NULL, &yes, NULL, text, len, D, sha);
  return st == LFAP_OK && yes;
}

/* Doubles next to the multipliers of (CP) are next to their enclosures; half as much again is not. */
static void assert_distance(const oracle_cert *k, const truth *t, uint64_t i) {
  double v[64], *alpha = v, *beta = v + t->n;
  size_t most = 0;
  for (size_t n = 0; n < t->n; n++) {
    alpha[n] = mpq_get_d(t->alpha[n]);
    beta[n] = mpq_get_d(t->beta[n]);
    if (beta[n] > beta[most]) most = n;
  }
  double off = oracle_cert_kinks_distance(k, alpha, beta);
  if (k->c2.solved != LFAP_PASS) cr_assert(isnan(off));
  else cr_assert(off < 0x1p-51, "case %zu: doubles are %g off", (size_t)i, off);
  if (k->c2.solved != LFAP_PASS || beta[most] == 0.0) return;
  beta[most] *= 1.5;
  cr_assert(oracle_cert_kinks_distance(k, alpha, beta) > 0.4, "case %zu: half as much again", (size_t)i);
}

/* The file is accepted; with one digit of a numerator, or one verdict, changed it is not. */
static void assert_file(oracle_cert *k, const lfap_data *D, uint64_t i) {
  char *text = NULL;
  size_t len = 0;
  memset(k->sha256, 'a', 64);
  cr_assert_eq(oracle_cert_document(NULL, &text, &len, k), LFAP_OK);
  cr_assert(file_accepted(text, len, D), "case %zu: its own file is refused", (size_t)i);
  char *kinks = strstr(text, "\"kinks\": {"), *alpha = kinks ? strstr(kinks, "\"alpha\"") : NULL;
  if (alpha) {
    size_t from = (size_t)(alpha - text), span = (size_t)(strstr(alpha, "\"denominator\"") - alpha), at;
    do at = from + next() % span;
    while (!strchr("123456789abcdef", text[at]) || text[at - 1] == '"' || text[at - 1] == 'l' || text[at - 1] == 'p' || text[at - 1] == 'b');
    char was = text[at];
    text[at] = was == '7' ? '8' : '7';
    cr_assert(!file_accepted(text, len, D), "case %zu: byte %zu, %c to %c", (size_t)i, at, was, text[at]);
    text[at] = was;
  }
  char *claim = strstr(text, "\"C2\""), *verdict = claim + strcspn(claim, "PFU");
  cr_assert(claim && strchr("PFU", *verdict));
  memcpy(verdict, *verdict == 'P' ? "FAIL" : "PASS", 4);
  cr_assert(!file_accepted(text, len, D));
  free(text);
}

/* ---- bounds in doubles -------------------------------------------------------------------------------------------- */

static void assert_between(double lo, const mpq_t x, double hi, const char *what, uint64_t i) {
  mpq_t e;
  mpq_init(e);
  if (isfinite(lo)) {
    mpq_set_d(e, lo);
    cr_assert(mpq_cmp(e, x) <= 0, "case %zu: %s below its bounds", (size_t)i, what);
  }
  if (isfinite(hi)) {
    mpq_set_d(e, hi);
    cr_assert(mpq_cmp(e, x) >= 0, "case %zu: %s above its bounds", (size_t)i, what);
  }
  mpq_clear(e);
}

/* The enclosure that doubles near the solution make, off by about `far` of themselves. */
static lfap_decided enclosed(const truth *t, const lfap_data *D, double gamma, double far, lfap_verdict want, uint64_t i) {
  lfap_enclosure e = {.n = D->n, .d = D->d, .c2_ball = INFINITY};
  double v[7 * 16], *alpha = v, *beta = v + D->n, *norm = v + 2 * D->n;
  unsigned char off[16] = {0};
  e.own_lo = v + 3 * D->n, e.own_hi = v + 4 * D->n, e.other_lo = v + 5 * D->n, e.other_hi = v + 6 * D->n, e.off = off;
  e.claim[LFAP_CLAIM_C2] = (lfap_decided){LFAP_UNDECIDED, NAN};
  for (size_t n = 0; n < D->n; n++) {
    alpha[n] = mpq_get_d(t->alpha[n]) * (1.0 + far * unit());
    beta[n] = mpq_get_d(t->beta[n]) * (1.0 + far * unit());
    norm[n] = lfap_norm_above(D->x + n * D->d, D->d);
    e.own_lo[n] = e.other_lo[n] = -INFINITY;
    e.own_hi[n] = e.other_hi[n] = INFINITY;
  }
  cr_assert_eq(lfap_enclose_kinks(NULL, &e, D, alpha, beta, gamma, norm), LFAP_OK);
  for (size_t n = 0; n < D->n; n++) {
    assert_between(e.own_lo[n], t->own[n], e.own_hi[n], "own", i);
    assert_between(e.other_lo[n], t->other[n], e.other_hi[n], "other", i);
    if (off[n]) cr_assert(mpq_sgn(t->alpha[n]) == 0 && mpq_sgn(t->beta[n]) == 0, "case %zu: %zu is on the support", (size_t)i, n);
  }
  lfap_decided got = e.claim[LFAP_CLAIM_C2];
  cr_assert(got.verdict == LFAP_UNDECIDED || got.verdict == want, "case %zu: bounds in doubles say %d, the truth %d", (size_t)i, got.verdict, want);
  return got;
}

/* C1's multipliers given for (CP)'s where a kink is active: enclosed on their support, which is not that of (CP). */
static void assert_c1_is_not_enough(oracle_cert *k, const lfap_data *D, const truth *t, lfap_verdict want, uint64_t i) {
  oracle_gram g = {0};
  oracle_qm q = {0};
  for (size_t n = 0; n < D->n; n++) {
    mpz_set(k->c2.p[n], k->p[n]);
    mpz_set_ui(k->c2.p[D->n + n], 0);
  }
  mpz_set(k->c2.den, k->den);
  k->c2.mode = k->mode, k->c2.bits = k->bits, k->c2.mu = k->mu;
  cr_assert_eq(oracle_gram_make(NULL, &g, D->x, D->n, D->d), LFAP_OK);
  cr_assert_eq(oracle_qm_make(NULL, &q, &g, D->y, k->gamma), LFAP_OK);
  cr_assert_eq(oracle_evaluate_kinks(NULL, k, &q, 0), LFAP_OK);
  cr_assert_eq(k->c2.solved, LFAP_UNDECIDED, "case %zu: the support of C1 is said to be that of (CP)", (size_t)i);
  cr_assert(k->claim[LFAP_CLAIM_C2].verdict == LFAP_UNDECIDED || k->claim[LFAP_CLAIM_C2].verdict == want);
  assert_true(k, t, i);
  oracle_qm_free(&q);
  oracle_gram_free(&g);
}

Test(kinks, certificates_of_small_sets_are_true) {
  size_t verdicts[4] = {0}, solved = 0, bent = 0, open = 0, fast = 0;
  mpq_t least, all, x;
  mpq_inits(least, all, x, NULL);
  for (uint64_t i = 0; i < 500; i++) {
    double gamma;
    lfap_data D = small_set(i, &gamma);
    lfap_ctx c = {.threads = 1};
    oracle_cert exact = {0}, k = {0};
    lfap_status st = oracle_limit_certify(&c, &exact, &D, gamma, &(oracle_opts){.exact = 1});
    if (st == LFAP_ERR_INFEASIBLE) { /* by C1's form: then (CP) has no solution either, and there is no certificate */
      lfap_data_free(&D);
      continue;
    }
    cr_assert_eq(st, LFAP_OK, "%s", c.message);
    truth t = truth_of(&exact, &D, gamma, i);
    lfap_verdict want = verdict_of(&t, least, all);
    cr_assert_eq(exact.claim[LFAP_CLAIM_C2].verdict, want, "case %zu: exact %d, truth %d", (size_t)i, exact.claim[LFAP_CLAIM_C2].verdict, want);
    if (t.solvable) cr_assert(mpq_equal(exact.value[ORACLE_OWN_SUPPORT], least) && mpq_equal(exact.value[ORACLE_OWN_MIN], all) && mpq_equal(exact.value[ORACLE_OWN_MOST], all));
    assert_true(&exact, &t, i);
    cr_assert_eq(oracle_limit_certify(&c, &k, &D, gamma, &(oracle_opts){.prec = 128, .max_prec = 512}), LFAP_OK, "%s", c.message);
    lfap_verdict got = k.claim[LFAP_CLAIM_C2].verdict;
    cr_assert(got == LFAP_UNDECIDED || got == want, "case %zu: enclosed %d, truth %d", (size_t)i, got, want);
    assert_true(&k, &t, i);
    if (t.solvable && k.has[ORACLE_OWN_MIN]) {
      cr_assert(mpq_cmp(k.value[ORACLE_OWN_SUPPORT], least) <= 0 && mpq_cmp(k.value[ORACLE_OWN_MIN], all) <= 0 && mpq_cmp(k.value[ORACLE_OWN_MOST], all) >= 0, "case %zu: own_min", (size_t)i);
      mpq_sub(x, k.value[ORACLE_OWN_MOST], k.value[ORACLE_OWN_MIN]);
      cr_assert(mpq_get_d(x) < 1e-9, "case %zu: own_min is known to %g alone", (size_t)i, mpq_get_d(x));
    }
    if (k.claim[LFAP_CLAIM_C1].verdict == LFAP_PASS)
      for (size_t n = 0; n < D.n; n++) cr_assert(k.c2.other[n] <= 0 && k.c2.own[n] >= 0, "case %zu: C1 and C2 disagree", (size_t)i);
    if (t.solvable && k.c2.p) assert_distance(&k, &t, i);
    assert_file(i % 2 ? &exact : &k, &D, i);
    if (t.solvable) {
      fast += enclosed(&t, &D, gamma, 0.0, want, i).verdict == want;
      (void)enclosed(&t, &D, gamma, 1e-3, want, i);
    } else fast++;
    verdicts[want]++;
    open += got == LFAP_UNDECIDED && t.solvable;
    solved += k.c2.solved == LFAP_PASS;
    bent += exact.c2.kinks > 0;
    if (exact.c2.kinks && k.mode == ORACLE_ENCLOSED) assert_c1_is_not_enough(&k, &D, &t, want, i);
    truth_free(&t);
    oracle_cert_free(&exact);
    oracle_cert_free(&k);
    lfap_data_free(&D);
  }
  mpq_clears(least, all, x, NULL);
  cr_assert(verdicts[LFAP_PASS] > 150 && verdicts[LFAP_FAIL] > 40 && bent > 150 && solved > 150);
  cr_assert(open < 10, "%zu left open", open);
  cr_assert(fast > 470, "doubles decide %zu", fast);
}

/* ---- proposals far off -------------------------------------------------------------------------------------------- */

/* Two orthogonal samples, one multiplier 1 + t times too large: the gap is nearly used up, so that a smaller constant would be wrong. */
static oracle_cert far_off(const lfap_data *D, double gamma, double t, oracle_qm *q, oracle_gram *g) {
  oracle_cert k = {0};
  cr_assert_eq(oracle_gram_make(NULL, g, D->x, D->n, D->d), LFAP_OK);
  cr_assert_eq(oracle_qm_make(NULL, q, g, D->y, gamma), LFAP_OK);
  cr_assert_eq(oracle_cert_init(NULL, &k, D->n, D->d, gamma), LFAP_OK);
  cr_assert_eq(oracle_evaluate_data(NULL, &k, q), LFAP_OK);
  cr_assert_eq(oracle_kinks_propose(NULL, &k.c2, D->n), LFAP_OK);
  double h = (1.0 + gamma * gamma) / 2.0;
  for (size_t n = 0; n < 2; n++) mpz_set_d(k.c2.p[n], ldexp((n == 0 ? 1.0 + t : 1.0) / h, 60));
  mpz_setbit(k.c2.den, 60);
  mpz_clrbit(k.c2.den, 0);
  k.c2.mode = ORACLE_APPROXIMATE;
  cr_assert_eq(oracle_evaluate_kinks(NULL, &k, q, 1), LFAP_OK);
  return k;
}

Test(kinks, the_gap_is_a_bound_and_hardly_more) {
  double x[] = {1, 0, 0, 1}, y[] = {1, -1};
  lfap_data D = {.n = 2, .d = 2, .x = x, .y = y};
  for (int i = 0; i < 2; i++) { /* own pre-activations where gamma is small, signs of f_bdy where it is near 1 */
    double gamma = i ? 0x1.fep-1 : 0x1p-7, t = 1030.0; /* its ball of w is just below a power of two */
    oracle_gram g = {0};
    oracle_qm q = {0};
    oracle_cert k = far_off(&D, gamma, t, &q, &g);
    double own = 2.0 / (1.0 + gamma * gamma);
    cr_assert(k.c2.own_lo[0] <= own && own <= k.c2.own_hi[0], "own_0 = %g in [%g, %g]", own, k.c2.own_lo[0], k.c2.own_hi[0]);
    cr_assert(k.c2.own_lo[1] <= own && own <= k.c2.own_hi[1]);
    if (!i) cr_assert(k.c2.own_hi[0] - k.c2.own_lo[0] < 2.01 * t * own, "the enclosure is wider than twice the distance");
    oracle_vector w = {0};
    cr_assert_eq(oracle_boundary(NULL, &w, &k, &D, NULL), LFAP_OK);
    for (size_t e = 0; e < 2; e++) {
      double lo, hi, true_w = (e ? -1.0 : 1.0) * own;
      oracle_vector_entry(&lo, &hi, &w, e);
      cr_assert(w.valid && lo <= true_w && true_w <= hi, "w_%zu = %g in [%g, %g]", e, true_w, lo, hi);
    }
    oracle_vector_free(&w);
    lfap_ctx c = {.threads = 1};
    k.c2.inseparable = 1; /* no ray */
    cr_assert_eq(oracle_evaluate_kinks(&c, &k, &q, 1), LFAP_ERR_DATA);
    k.c2.inseparable = 0;
    k.c2.mode = ORACLE_EXACT; /* no solution */
    cr_assert_eq(oracle_evaluate_kinks(&c, &k, &q, 1), LFAP_ERR_DATA);
    oracle_cert_free(&k);
    oracle_qm_free(&q);
    oracle_gram_free(&g);
  }
}

/* The same multipliers by error bounds in doubles: (G)'s constant of 2 leaves them a root of 2 more. */
Test(kinks, bounds_in_doubles_hold_far_off) {
  double x[] = {1, 0, 0, 1}, y[] = {1, -1}, gamma = 0x1p-7, h = (1.0 + gamma * gamma) / 2.0, norm[] = {1.0, 1.0}, zero[2] = {0};
  lfap_data D = {.n = 2, .d = 2, .x = x, .y = y};
  for (int which = 0; which < 2; which++)
    for (double t = 0.25; t < 1e6; t *= 4.0) {
      double alpha[] = {1.0 / h, 1.0 / h}, v[8], own = 2.0 / (1.0 + gamma * gamma);
      unsigned char off[2] = {0};
      lfap_enclosure e = {.n = 2, .d = 2, .own_lo = v, .own_hi = v + 2, .other_lo = v + 4, .other_hi = v + 6, .off = off};
      alpha[which] *= 1.0 + t;
      cr_assert_eq(lfap_enclose_kinks(NULL, &e, &D, alpha, zero, gamma, norm), LFAP_OK);
      for (int n = 0; n < 2; n++) {
        cr_assert(e.own_lo[n] <= own && own <= e.own_hi[n], "own = %g in [%g, %g]", own, e.own_lo[n], e.own_hi[n]);
        cr_assert(e.other_lo[n] <= -gamma * own && -gamma * own <= e.other_hi[n] && !off[n]);
      }
      cr_assert(e.own_hi[which] - e.own_lo[which] < 2.0 * 1.5 * own * (t + 1.0), "wider than the gap makes it");
    }
}

/* Two rays of one class and a sample between them that (CP) does not need: its own pre-activation is that of its place, its multipliers are 0. */
Test(kinks, a_sample_off_the_support_is_seen) {
  double x[] = {1, 0, 0, 1, 3, 3}, y[] = {1, -1, 1};
  x[4] = 3, x[5] = -3;
  lfap_data D = {.n = 3, .d = 2, .x = x, .y = y};
  oracle_cert k = {0};
  cr_assert_eq(oracle_limit_certify(NULL, &k, &D, 0.5, &(oracle_opts){.prec = 128}), LFAP_OK);
  cr_assert_eq(k.claim[LFAP_CLAIM_C2].verdict, LFAP_PASS);
  cr_assert_eq(k.c2.off, 1);
  oracle_cert_free(&k);
}

Test(kinks, certificates_of_version_1_are_refused_by_name) {
  double x[] = {1, 0, 0, 1}, y[] = {1, -1};
  lfap_data D = {.n = 2, .d = 2, .x = x, .y = y};
  oracle_cert k = {0};
  lfap_ctx c = {.threads = 1};
  char *text = NULL, sha[65] = {0};
  size_t len = 0;
  int yes = 1;
  cr_assert_eq(oracle_limit_certify(&c, &k, &D, 0.5, NULL), LFAP_OK);
  cr_assert(k.claim[LFAP_CLAIM_C1].verdict == LFAP_PASS && !k.c2.p, "no kink: the multipliers are lambda and 0");
  cr_assert_eq(k.claim[LFAP_CLAIM_C2].verdict, LFAP_PASS);
  memset(sha, 'a', 64);
  memcpy(k.sha256, sha, 65);
  cr_assert_eq(oracle_cert_document(&c, &text, &len, &k), LFAP_OK);
  *strstr(text, "certificate-2") = 'c';
  strstr(text, "certificate-2")[12] = '1';
  cr_assert_eq(oracle_cert_check(&c, &yes, NULL, text, len, &D, sha), LFAP_OK);
  cr_assert(!yes && strstr(c.message, "version 1"), "%s", c.message);
  free(text);
  oracle_cert_free(&k);
}

/* ---- adopted ------------------------------------------------------------------------------------------------------ */

static double rounded(const mpq_t q) {
  mpfr_t r;
  mpfr_init2(r, 53);
  mpfr_set_q(r, q, MPFR_RNDN);
  double v = mpfr_get_d(r, MPFR_RNDN);
  mpfr_clear(r);
  return v;
}

/* A limit of doubles becomes that of the rationals, whatever doubles made of (CP). Returns whether they had settled it; -1: no such rationals. */
static int adopted(const lfap_data *D, double gamma, int enclosed, uint64_t i) {
  lfap_ctx c = {.threads = 1};
  oracle_cert k = {0};
  lfap_limit l = {0};
  size_t n = D->n, bent = 0;
  lfap_status st = oracle_limit_certify(&c, &k, D, gamma, &(oracle_opts){.exact = !enclosed});
  if (!st) st = lfap_limit_solve_opts(&c, &l, D, NULL, gamma, &(lfap_limit_opts){.best_effort = 1});
  int was = st || !k.c2.p || k.c2.solved != LFAP_PASS ? -1 : l.c2.settled;
  if (was < 0 || (was && enclosed)) goto done;
  cr_assert_eq(oracle_adopt(&c, &l, &k, &(lfap_set){.data = D}), LFAP_OK, "case %zu: %s", (size_t)i, c.message);
  cr_assert(l.c2.solved && oracle_cert_kinks_distance(&k, l.c2.alpha, l.c2.beta) == 0.0, "case %zu: not enclosed", (size_t)i);
  for (size_t j = 0; j < n && !enclosed; j++) {
    double a = rounded(k.c2.lo[j]), b = rounded(k.c2.lo[n + j]);
    cr_assert(l.c2.alpha[j] == a && l.c2.beta[j] == b, "case %zu, sample %zu: alpha %g for %g, beta %g for %g", (size_t)i, j, l.c2.alpha[j], a, l.c2.beta[j], b);
    cr_assert_eq(l.lambda[j], a + b);
    cr_assert_leq(fabs(l.omega[j] - (a + 2.0 * b / (1.0 + gamma))), 0x1p-51 * l.omega[j]);
    bent += b > 0.0;
  }
  if (!enclosed) cr_assert_eq(l.c2.bent, bent);
  lfap_verdict v = k.claim[LFAP_CLAIM_C2].verdict;
  cr_assert(!l.c2.decided || v == LFAP_UNDECIDED || l.c2.holds == (v == LFAP_PASS), "case %zu: doubles say more than is true", (size_t)i);
done:
  lfap_limit_free(&l);
  oracle_cert_free(&k);
  return was;
}

/* Nearly equal samples, where doubles lose half of lambda; and sets of every kind. */
Test(kinks, multipliers_are_adopted) {
  size_t unsettled = 0, solved = 0;
  double y[3] = {1, 1, -1};
  for (uint64_t i = 0; i < 60; i++) {
    double e = ldexp(1e-7, -(int)(i % 4)), x[9] = {1, e, 0, 1, -e, e, 1, 2 * e, 3 * e}, gamma = 0.5;
    state = 31 * i + 7;
    for (size_t j = 0; i > 0 && j < 9; j++) x[j] = j % 3 ? e * (2.0 * unit() - 1.0) : 1.0;
    int was = adopted(&(lfap_data){.n = 3, .d = 3, .x = x, .y = y}, gamma, 0, i);
    if (i == 0) cr_assert_eq(was, 0, "doubles settle the example: %d", was);
    (void)adopted(&(lfap_data){.n = 3, .d = 3, .x = x, .y = y}, gamma, 1, i);
    unsettled += was == 0;
    solved += was >= 0;
    lfap_data D = small_set(i, &gamma);
    solved += adopted(&D, gamma, 0, i) >= 0;
    lfap_data_free(&D);
  }
  cr_assert(unsettled >= 5 && solved >= 20, "%zu unsettled, %zu solved", unsettled, solved);
  mpfr_free_cache();
}
