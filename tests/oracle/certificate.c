/* Certificates against rationals computed independently (exactly.h) and against Arb; refusal of every change.
 * LFAP_FULL=1 runs the full numbers: 200 cases, 50 with Arb, 1000 tamperings. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "draws.h"
#include "exactly.h"
#include "oracle/certify/factor.h"
#include "oracle/check/evaluate.h"
#include "oracle/interval/dyadic.h"
#include "oracle/lfap_oracle.h"

#include <arb_mat.h>

static int full(void) { return getenv("LFAP_FULL") != NULL; }

/* A data set of case i: N 2..32, d 8..4000, mostly small, three kinds; gamma 0.01..0.99. */
static lfap_data make_case(uint64_t i, double *gamma) {
  state = 1000003 * (i + 1);
  for (int k = 0; k < 10; k++) next();
  size_t n = 2 + next() % 31, d = i % 20 == 7 ? 4000 : i % 10 == 3 ? 1000 : 8 + next() % 200;
  *gamma = 0.01 + 0.98 * unit();
  lfap_data D = {0};
  lfap_ctx c = {0};
  lfap_status st = LFAP_OK;
  if (i % 3 == 2) {
    size_t most = 1;
    while (2 * most <= d) most *= 2;
    if (n > most) n = most;
    st = lfap_gen_orthogonal(&c, &D, i, n, d);
  } else st = i % 3 ? lfap_gen_gauss(&c, &D, i, n, d) : lfap_gen_uniform(&c, &D, i, n, d);
  cr_assert_eq(st, LFAP_OK, "%s", c.message);
  return D;
}

static oracle_cert certify(const lfap_data *D, double gamma, const oracle_opts *o) {
  oracle_cert k = {0};
  lfap_ctx c = {.threads = 2};
  cr_assert_eq(oracle_limit_certify(&c, &k, D, gamma, o), LFAP_OK, "%s", c.message);
  memset(k.sha256, 'a', 64);
  return k;
}

static lfap_text document(const oracle_cert *k) {
  lfap_text t = {0};
  cr_assert_eq(oracle_cert_document(NULL, &t.bytes, &t.len, k), LFAP_OK);
  return t;
}

static int accepted(lfap_ctx *c, const char *text, size_t len, const lfap_data *D) {
  char sha[65] = {0};
  memset(sha, 'a', 64);
  int yes = -1;
  lfap_status st = oracle_cert_check(c, &yes, NULL, text, len, D, sha);
  cr_assert(st == LFAP_OK || st == LFAP_ERR_DATA);
  return st == LFAP_OK && yes;
}

/* lambda on the certificate's support in rationals; asserts that it is the solution of C1(a). */
static mpq_t *true_lambda(mpq_t *Q, const oracle_cert *k, const lfap_data *D) {
  mpq_t *la = rationals(D->n), q, one;
  unsigned char in[64];
  for (size_t n = 0; n < D->n; n++) in[n] = mpz_sgn(k->p[n]) > 0;
  mpq_inits(q, one, NULL);
  mpq_set_ui(one, 1, 1);
  cr_assert(solve_on(la, Q, in, D->n));
  for (size_t n = 0; n < D->n; n++) {
    margin_at(q, Q, la, n, D->n);
    if (in[n]) cr_assert(mpq_sgn(la[n]) > 0 && mpq_equal(q, one));
    else cr_assert(mpq_cmp(q, one) > 0);
  }
  mpq_clears(q, one, NULL);
  return la;
}

static void assert_enclosed(const oracle_cert *k, mpq_t *la) {
  mpq_t w, r;
  mpq_inits(w, r, NULL);
  for (size_t n = 0; n < k->n; n++) {
    cr_assert(mpq_cmp(k->lo[n], la[n]) <= 0 && mpq_cmp(la[n], k->hi[n]) <= 0, "lambda_%zu outside its enclosure", n);
    mpq_sub(w, k->hi[n], k->lo[n]);
    mpq_div_2exp(r, la[n], 200);
    cr_assert(mpq_cmp(w, r) <= 0, "the enclosure of lambda_%zu is wider than 2^-200", n);
  }
  mpq_clears(w, r, NULL);
}

/* c->value[v] is at most `exact` (for v_max: at least), and not further off than 2^-100 of it. */
static void assert_value(const oracle_cert *c, oracle_value v, const mpq_t exact, int above, const char *name) {
  mpq_t d, r;
  mpq_inits(d, r, NULL);
  cr_assert(c->has[v], "%s is missing", name);
  if (above) mpq_sub(d, c->value[v], exact);
  else mpq_sub(d, exact, c->value[v]);
  mpq_abs(r, exact);
  mpq_div_2exp(r, r, 100);
  cr_assert(mpq_sgn(d) >= 0 && mpq_cmp(d, r) <= 0, "%s is off", name);
  mpq_clears(d, r, NULL);
}

/* C1(b) in rationals: P = sum over k of (same class: 1, other: -gamma) ..., as in the definition of u and v. */
static size_t aligned_exactly(const oracle_cert *c, const lfap_data *D, double gamma, mpq_t *Q, mpq_t *la, size_t *wrong) {
  mpq_t g, h, u, v, t, cn, u_min, v_max;
  size_t good = 0;
  *wrong = 0;
  mpq_inits(g, h, u, v, t, cn, u_min, v_max, NULL);
  mpq_set_d(g, gamma);
  mpq_mul(h, g, g);
  mpq_set_ui(t, 1, 1);
  mpq_add(h, h, t);
  mpq_div_2exp(h, h, 1);
  for (size_t n = 0; n < D->n; n++) {
    mpq_set_ui(u, 0, 1);
    mpq_set_ui(v, 0, 1);
    for (size_t k = 0; k < D->n; k++) {
      mpq_div(t, Q[n * D->n + k], D->y[n] == D->y[k] ? h : g); /* y_n y_k G_nk */
      mpq_mul(t, t, la[k]);
      int plus = D->y[k] > 0; /* c_k = 1, cbar_k = gamma */
      mpq_mul(cn, t, g);
      mpq_add(u, u, plus ? t : cn);
      mpq_add(v, v, plus ? cn : t);
    }
    good += mpq_sgn(u) > 0 && mpq_sgn(v) > 0; /* y<v,x> = -v */
    *wrong += mpq_sgn(u) < 0 || mpq_sgn(v) < 0;
    mpq_neg(v, v);
    if (n == 0 || mpq_cmp(u, u_min) < 0) mpq_set(u_min, u);
    if (n == 0 || mpq_cmp(v, v_max) > 0) mpq_set(v_max, v);
  }
  assert_value(c, ORACLE_U_MIN, u_min, 0, "u_min");
  assert_value(c, ORACLE_V_MAX, v_max, 1, "v_max");
  mpq_clears(g, h, u, v, t, cn, u_min, v_max, NULL);
  return good;
}

/* Ends and slacks of the three intervals, the least multiplier and the least slack, from G and lambda in rationals. */
static void assert_intervals(const oracle_cert *c, double gamma, mpq_t *Q, mpq_t *la) {
  mpq_t g, h, r2, R2, lo, hi, k, one, x, least, most, off;
  size_t n = c->n;
  mpq_inits(g, h, r2, R2, lo, hi, k, one, x, least, most, off, NULL);
  mpq_set_d(g, gamma);
  mpq_set_ui(one, 1, 1);
  mpq_mul(h, g, g);
  mpq_add(h, h, one);
  mpq_div_2exp(h, h, 1);
  for (size_t i = 0; i < n; i++) {
    mpq_div(x, Q[i * n + i], h);
    if (i == 0 || mpq_cmp(x, r2) < 0) mpq_set(r2, x);
    if (i == 0 || mpq_cmp(x, R2) > 0) mpq_set(R2, x);
    if (i == 0 || mpq_cmp(la[i], least) < 0) mpq_set(least, la[i]);
    if (i == 0 || mpq_cmp(la[i], most) > 0) mpq_set(most, la[i]);
    mpq_set_ui(lo, 0, 1);
    for (size_t j = 0; j < n; j++) {
      mpq_abs(x, Q[i * n + j]);
      if (j != i) mpq_add(lo, lo, x);
    }
    if (mpq_cmp(lo, off) > 0) mpq_set(off, lo);
  }
  for (int which = 0; which < 3; which++) {
    static const oracle_value first[] = {ORACLE_T1_LO, ORACLE_T2_LO, ORACLE_POST_LO};
    static const lfap_claim claim[] = {LFAP_CLAIM_T1, LFAP_CLAIM_T2, LFAP_CLAIM_POST};
    if (which == 0) { /* 1/(2 R2), 3/(2 g^2 r2) */
      mpq_add(lo, R2, R2);
      mpq_inv(lo, lo);
      mpq_mul(hi, g, g);
      mpq_mul(hi, hi, r2);
      mpq_inv(hi, hi);
      mpq_set_ui(x, 3, 2);
      mpq_mul(hi, hi, x);
    } else { /* (1 - 2 k)/((1 - k) h R2), 1/((1 - k) h r2) */
      mpq_mul(k, g, g);
      mpq_mul(k, k, g);
      mpq_mul(k, k, r2);
      mpq_div(k, k, R2);
      mpq_set_ui(x, 1, 3);
      mpq_mul(k, k, x);
      if (which == 2) { mpq_div(k, off, r2); mpq_div(k, k, h); }
      mpq_set_ui(x, 1, 2);
      if (which == 2 && mpq_cmp(k, x) >= 0) { cr_assert_eq(c->claim[LFAP_CLAIM_POST].verdict, LFAP_NOT_APPLICABLE); continue; }
      mpq_sub(hi, one, k);
      mpq_sub(lo, hi, k);
      mpq_mul(hi, hi, h);
      mpq_div(lo, lo, hi);
      mpq_div(lo, lo, R2);
      mpq_mul(hi, hi, r2);
      mpq_inv(hi, hi);
    }
    cr_assert(mpq_equal(lo, c->value[first[which]]) && mpq_equal(hi, c->value[first[which] + 1]), "ends of interval %d", which);
    int h_holds = c->claim[LFAP_CLAIM_H].verdict == LFAP_PASS;
    if (which < 2 && !h_holds) { cr_assert_eq(c->claim[claim[which]].verdict, LFAP_NOT_APPLICABLE); continue; }
    int in = which == 0 ? mpq_cmp(least, lo) > 0 && mpq_cmp(most, hi) < 0 : mpq_cmp(least, lo) >= 0 && mpq_cmp(most, hi) <= 0;
    cr_assert_eq(c->claim[claim[which]].verdict, in ? LFAP_PASS : LFAP_FAIL);
    mpq_sub(x, least, lo);
    if (mpq_sgn(x)) assert_value(c, first[which] + 2, x, 0, "slack_lo");
    mpq_sub(x, hi, most);
    if (mpq_sgn(x)) assert_value(c, first[which] + 3, x, 0, "slack_hi");
  }
  for (size_t i = 0; i < n; i++) { /* least on the support, least slack off it */
    margin_at(x, Q, la, i, n);
    mpq_sub(x, x, one);
    if (mpq_sgn(la[i]) == 0) cr_assert(mpq_cmp(c->value[ORACLE_SLACK_MIN], x) <= 0);
    else cr_assert(mpq_cmp(c->value[ORACLE_LAMBDA_MIN], la[i]) <= 0);
  }
  mpq_clears(g, h, r2, R2, lo, hi, k, one, x, least, most, off, NULL);
}

Test(certificate, encloses_the_rational_solution_and_is_accepted, .timeout = 3600) {
  size_t cases = full() ? 200 : 45, enclosed = 0, undecided = 0, partial = 0;
  for (uint64_t i = 0; enclosed < cases; i++) {
    double gamma;
    lfap_data D = make_case(i, &gamma);
    lfap_ctx c = {.threads = 2};
    oracle_cert k = certify(&D, gamma, NULL);
    mpq_t *Q = q_matrix(&D, gamma);
    if (k.claim[LFAP_CLAIM_Q1].verdict == LFAP_PASS) {
      mpq_t *la = true_lambda(Q, &k, &D);
      assert_enclosed(&k, la);
      size_t wrong, right = aligned_exactly(&k, &D, gamma, Q, la, &wrong);
      cr_assert_eq(k.aligned, right, "case %d: C1(b) holds at %zu samples, certified at %zu", (int)i, right, k.aligned);
      cr_assert_eq(k.refuted, wrong);
      assert_intervals(&k, gamma, Q, la);
      rationals_free(la, D.n);
      enclosed++;
      partial += k.support < D.n;
    } else {
      cr_assert(D.n > D.d, "only sets that no network of label slopes may separate stay undecided");
      undecided++;
    }
    lfap_text t = document(&k);
    cr_assert(accepted(&c, t.bytes, t.len, &D), "case %d: %s", (int)i, c.message);
    free(t.bytes);
    rationals_free(Q, D.n * D.n);
    oracle_cert_free(&k);
    lfap_data_free(&D);
  }
  fprintf(stderr, "# %zu enclosed (%zu of them not on full support), %zu undecided\n", enclosed, partial, undecided);
  cr_assert(undecided * 20 <= cases);
}

Test(certificate, exact_mode_gives_the_same_verdicts_and_exact_numbers, .timeout = 3600) {
  for (uint64_t i = 0; i < (full() ? 60u : 15u); i++) {
    double gamma;
    lfap_data D = make_case(i, &gamma);
    lfap_ctx c = {.threads = 1};
    oracle_opts o = {.exact = 1};
    oracle_cert a = certify(&D, gamma, NULL), b = certify(&D, gamma, &o);
    if (a.claim[LFAP_CLAIM_Q1].verdict == LFAP_PASS) {
      cr_assert_eq(b.mode, ORACLE_EXACT);
      mpq_t *Q = q_matrix(&D, gamma), *la = true_lambda(Q, &b, &D);
      for (size_t n = 0; n < D.n; n++) cr_assert(mpq_equal(b.lo[n], la[n]) && mpq_equal(b.hi[n], la[n]));
      for (lfap_claim v = LFAP_CLAIM_NONE + 1; v < LFAP_SET_CLAIMS; v++) cr_assert_eq(a.claim[v].verdict, b.claim[v].verdict);
      rationals_free(la, D.n);
      rationals_free(Q, D.n * D.n);
    }
    lfap_text t = document(&b);
    cr_assert(accepted(&c, t.bytes, t.len, &D), "%s", c.message);
    free(t.bytes);
    oracle_cert_free(&a);
    oracle_cert_free(&b);
    lfap_data_free(&D);
  }
}

/* Arb's ball of every lambda overlaps the enclosure; returns 0 where Arb gives up. */
static int arb_agrees(const lfap_data *D, double gamma, const oracle_cert *k) {
  mpq_t *Q = q_matrix(D, gamma), q;
  slong n = (slong)D->n;
  arb_mat_t A, X, B;
  arb_mat_init(A, n, n);
  arb_mat_init(X, n, 1);
  arb_mat_init(B, n, 1);
  fmpq_t f;
  fmpq_init(f);
  mpq_init(q);
  mpfr_t lo, hi;
  mpfr_inits2(400, lo, hi, (mpfr_ptr)0);
  for (slong i = 0; i < n; i++) {
    arb_one(arb_mat_entry(B, i, 0));
    for (slong j = 0; j < n; j++) {
      fmpq_set_mpq(f, Q[i * n + j]);
      arb_set_fmpq(arb_mat_entry(A, i, j), f, 2000); /* a dyadic number of fewer bits: exact */
    }
  }
  int solved = arb_mat_solve(X, A, B, 300);
  for (slong i = 0; i < n && solved; i++) {
    arb_get_interval_mpfr(lo, hi, arb_mat_entry(X, i, 0));
    cr_assert(mpfr_cmp_q(lo, k->hi[i]) <= 0 && mpfr_cmp_q(hi, k->lo[i]) >= 0, "Arb disagrees at lambda_%d", (int)i);
  }
  mpfr_clears(lo, hi, (mpfr_ptr)0);
  mpq_clear(q);
  fmpq_clear(f);
  arb_mat_clear(A);
  arb_mat_clear(X);
  arb_mat_clear(B);
  rationals_free(Q, D->n * D->n);
  return solved;
}

Test(certificate, arb_agrees, .timeout = 3600) {
  size_t want = full() ? 50 : 12, got = 0;
  for (uint64_t i = 0; got < want && i < 400; i++) {
    double gamma;
    lfap_data D = make_case(i, &gamma);
    oracle_cert k = certify(&D, gamma, NULL);
    if (k.claim[LFAP_CLAIM_Q1].verdict == LFAP_PASS && k.support == D.n) got += (size_t)arb_agrees(&D, gamma, &k);
    oracle_cert_free(&k);
    lfap_data_free(&D);
  }
  cr_assert_eq(got, want);
}

/* ---- tampering ------------------------------------------------------------------------------------------------------- */

/* Changes one field: the value on one line of the file, where there is one. 0 when the line has none. */
static int tamper(char *out, const char *text) {
  static const char *const words[] = {"PASS", "FAIL", "UNDECIDED", "NOT-APPLICABLE", "true", "false", "enclosed", "exact", "approximate"};
  size_t lines = 0, len = strlen(text);
  for (size_t i = 0; i < len; i++) lines += text[i] == '\n';
  size_t line = next() % lines, at = 0;
  while (line--) at = (size_t)(strchr(text + at, '\n') - text) + 1;
  size_t stop = (size_t)(strchr(text + at, '\n') - text);
  const char *colon = strstr(text + at, "\": ");
  size_t from = colon && colon < text + stop ? (size_t)(colon - text) + 3 : at;
  strcpy(out, text);
  for (size_t w = 0; w < sizeof words / sizeof *words; w++) { /* another word */
    char *hit = strstr(out + from, words[w]);
    if (!hit || hit >= out + stop) continue;
    const char *other = words[next() % (sizeof words / sizeof *words)];
    if (strcmp(other, words[w]) == 0) return 0;
    size_t rest = (size_t)(hit - out) + strlen(words[w]);
    sprintf(hit, "%s%s", other, text + rest);
    return 1;
  }
  size_t digits[400], n = 0; /* another digit, sign, or a digit more */
  for (size_t i = from; i < stop && n < 400; i++)
    if (strchr("0123456789abcdef", text[i])) digits[n++] = i;
  if (n == 0) return 0;
  size_t i = digits[next() % n];
  char c = "0123456789abcdef"[next() % (text[i] <= '9' ? 10 : 16)];
  if (next() % 8 == 0) { /* a digit more */
    memmove(out + i + 1, text + i, len - i + 1);
    out[i] = c;
    return 1;
  }
  if (c == text[i]) return 0;
  out[i] = c;
  return 1;
}

Test(certificate, every_tampered_field_is_refused, .timeout = 3600) {
  size_t want = full() ? 1000 : 200, done = 0;
  for (uint64_t i = 0; done < want; i++) {
    double gamma;
    lfap_data D = make_case(3 * i + (i & 1), &gamma);
    oracle_opts o = {.exact = i % 4 == 3};
    if (D.d > 300) { lfap_data_free(&D); continue; }
    oracle_cert k = certify(&D, gamma, &o);
    lfap_text t = document(&k);
    char *bad = malloc(t.len + 64);
    lfap_ctx c = {.threads = 1};
    cr_assert(accepted(&c, t.bytes, t.len, &D));
    for (int r = 0; r < 25 && done < want; r++)
      if (tamper(bad, t.bytes)) {
        cr_assert(!accepted(&c, bad, strlen(bad), &D), "case %d: accepted after a change", (int)i);
        done++;
      }
    free(bad);
    free(t.bytes);
    oracle_cert_free(&k);
    lfap_data_free(&D);
  }
}

Test(certificate, every_prefix_and_other_data_are_refused) {
  double gamma;
  lfap_data D = make_case(0, &gamma);
  lfap_ctx c = {.threads = 1};
  oracle_cert k = certify(&D, gamma, NULL);
  lfap_text t = document(&k);
  for (size_t len = 0; len < t.len; len += 1 + len / 40) cr_assert(!accepted(&c, t.bytes, len, &D));
  D.x[3] = nextafter(D.x[3], 2.0);
  cr_assert(!accepted(&c, t.bytes, t.len, &D), "data changed by one ulp");
  free(t.bytes);
  oracle_cert_free(&k);
  lfap_data_free(&D);
}

/* ---- hard cases --------------------------------------------------------------------------------------------------------- */

Test(certificate, nearly_dependent_samples_need_a_longer_factor) {
  for (int e = -20; e >= -45; e -= 25) {
    double gamma = 0.5;
    lfap_data D = {0};
    lfap_ctx c = {.threads = 1};
    cr_assert_eq(lfap_gen_uniform(&c, &D, 5, 6, 40), LFAP_OK);
    for (size_t i = 0; i < D.d; i++) D.x[i] = floor(D.x[i] * 64) / 64, D.x[D.d + i] = D.x[i];
    D.x[D.d] += ldexp(1.0, e); /* samples 0 and 1 differ in one entry by 2^e */
    D.y[0] = D.y[1] = 1;
    oracle_cert k = certify(&D, gamma, NULL);
    cr_assert_eq(k.claim[LFAP_CLAIM_Q1].verdict, LFAP_PASS);
    mpq_t *Q = q_matrix(&D, gamma), *la = true_lambda(Q, &k, &D);
    for (size_t n = 0; n < D.n; n++) cr_assert(mpq_cmp(k.lo[n], la[n]) <= 0 && mpq_cmp(la[n], k.hi[n]) <= 0);
    lfap_text t = document(&k);
    cr_assert(accepted(&c, t.bytes, t.len, &D), "%s", c.message);
    free(t.bytes);
    rationals_free(la, D.n);
    rationals_free(Q, D.n * D.n);
    oracle_cert_free(&k);
    lfap_data_free(&D);
  }
}

Test(certificate, norms_of_very_different_size) {
  double gamma = 0.3;
  lfap_data D = {0};
  lfap_ctx c = {.threads = 1};
  cr_assert_eq(lfap_gen_uniform(&c, &D, 9, 5, 60), LFAP_OK);
  for (size_t n = 0; n < D.n; n++)
    for (size_t i = 0; i < D.d; i++) D.x[n * D.d + i] = ldexp(D.x[n * D.d + i], 12 * (int)n - 24);
  oracle_cert k = certify(&D, gamma, NULL);
  mpq_t *Q = q_matrix(&D, gamma);
  if (k.claim[LFAP_CLAIM_Q1].verdict == LFAP_PASS) {
    mpq_t *la = true_lambda(Q, &k, &D);
    for (size_t n = 0; n < D.n; n++) cr_assert(mpq_cmp(k.lo[n], la[n]) <= 0 && mpq_cmp(la[n], k.hi[n]) <= 0);
    rationals_free(la, D.n);
  }
  cr_assert_eq(k.claim[LFAP_CLAIM_Q1].verdict, LFAP_PASS);
  rationals_free(Q, D.n * D.n);
  oracle_cert_free(&k);
  lfap_data_free(&D);
}

/* lambda_2 = 0 and (Q lambda)_2 = 1, both exactly: x_1 = (1,0), x_2 = (1,5), one class. */
Test(certificate, a_tie_is_undecided_by_enclosures_and_decided_by_rationals) {
  double x[] = {1, 0, 1, 5}, y[] = {1, 1};
  lfap_data D = {.n = 2, .d = 2, .x = x, .y = y};
  oracle_opts o = {.max_prec = 512}, e = {.exact = 1};
  oracle_cert a = certify(&D, 0.3, &o), b = certify(&D, 0.3, &e);
  cr_assert_eq(a.claim[LFAP_CLAIM_Q1].verdict, LFAP_UNDECIDED);
  cr_assert_eq(a.prec, 512);
  cr_assert_eq(b.claim[LFAP_CLAIM_Q1].verdict, LFAP_PASS);
  cr_assert_eq(b.support, 1);
  cr_assert_eq(b.claim[LFAP_CLAIM_C1].verdict, LFAP_PASS);
  cr_assert_eq(a.claim[LFAP_CLAIM_C1].verdict, LFAP_PASS, "the duality gap decides the boundary all the same");
  lfap_ctx c = {.threads = 1};
  for (int i = 0; i < 2; i++) {
    lfap_text t = document(i ? &b : &a);
    cr_assert(accepted(&c, t.bytes, t.len, &D), "%s", c.message);
    free(t.bytes);
  }
  oracle_cert_free(&a);
  oracle_cert_free(&b);
}

Test(certificate, bounds_met_with_equality_pass) { /* orthogonal, equal norms: kappa' = 0, both ends are lambda itself */
  lfap_data D = {0};
  cr_assert_eq(lfap_gen_orthogonal(NULL, &D, 1, 8, 24), LFAP_OK);
  oracle_cert k = certify(&D, 0.37, NULL);
  cr_assert_eq(k.claim[LFAP_CLAIM_POST].verdict, LFAP_PASS);
  cr_assert_eq(k.claim[LFAP_CLAIM_H].verdict, LFAP_PASS);
  cr_assert_eq(k.claim[LFAP_CLAIM_T1].verdict, LFAP_PASS);
  cr_assert_eq(k.claim[LFAP_CLAIM_T2].verdict, LFAP_PASS);
  cr_assert_eq(k.claim[LFAP_CLAIM_POST].margin, 0.0);
  oracle_cert_free(&k);
  lfap_data_free(&D);
}

/* Soundness does not rest on the solver: whatever multipliers are proposed, what the evaluator says of them is true. */
Test(certificate, any_proposal_gives_true_statements, .timeout = 600) {
  size_t passed = 0, decided = 0, open = 0;
  for (uint64_t i = 0; i < (full() ? 40u : 12u); i++) {
    double gamma;
    lfap_data D = make_case(7 * i + 1, &gamma);
    if (D.d > 300 || D.n > D.d) { lfap_data_free(&D); continue; }
    lfap_ctx c = {.threads = 1};
    oracle_cert k = certify(&D, gamma, NULL);
    mpq_t *Q = q_matrix(&D, gamma), *la = true_lambda(Q, &k, &D);
    size_t wrong, right = aligned_exactly(&k, &D, gamma, Q, la, &wrong);
    oracle_gram g = {0};
    oracle_qm q = {0};
    mpz_t *p = malloc(D.n * sizeof *p), one;
    cr_assert_eq(oracle_gram_make(&c, &g, D.x, D.n, D.d), LFAP_OK);
    cr_assert_eq(oracle_qm_make(&c, &q, &g, D.y, gamma), LFAP_OK);
    for (size_t n = 0; n < D.n; n++) mpz_init_set(p[n], k.p[n]);
    mpz_init(one);
    for (unsigned noise = 0; noise < 40; noise++) { /* relative errors from 1 down to 2^-39; now and then one multiplier is dropped */
      for (size_t n = 0; n < D.n; n++) {
        mpz_tdiv_q_2exp(one, p[n], noise);
        mpz_mul_si(one, one, (long)(next() % 2001) - 1000);
        mpz_tdiv_q_ui(one, one, 1000);
        mpz_add(k.p[n], p[n], one);
      }
      if (noise % 8 == 5) mpz_set_ui(k.p[next() % D.n], 0);
      lfap_status st = oracle_evaluate(&c, &k, &q, 0);
      cr_assert(st == LFAP_OK || st == LFAP_ERR_DATA);
      if (st) continue;
      int same = 1; /* the support is the true one */
      for (size_t n = 0; n < D.n; n++) same &= (mpz_sgn(k.p[n]) > 0) == (mpq_sgn(la[n]) > 0);
      for (size_t n = 0; n < D.n && same; n++) cr_assert(mpq_cmp(k.lo[n], la[n]) <= 0 && mpq_cmp(la[n], k.hi[n]) <= 0);
      if (k.claim[LFAP_CLAIM_Q1].verdict == LFAP_PASS) {
        cr_assert(same);
        for (size_t n = 0; n < D.n; n++) cr_assert(mpq_sgn(la[n]) == 0 || mpq_sgn(k.lo[n]) > 0);
        passed++;
      } else open++;
      cr_assert(k.aligned <= right && k.refuted <= wrong, "case %d, noise %u: %zu of %zu, %zu of %zu", (int)i, noise, k.aligned, right, k.refuted, wrong);
      decided += k.claim[LFAP_CLAIM_C1].verdict != LFAP_UNDECIDED;
      for (int v = LFAP_CLAIM_T1; v <= LFAP_CLAIM_POST; v++) cr_assert_neq(k.claim[v].verdict, LFAP_FAIL);
    }
    for (size_t n = 0; n < D.n; n++) mpz_clear(p[n]);
    mpz_clear(one);
    free(p);
    oracle_qm_free(&q);
    oracle_gram_free(&g);
    rationals_free(la, D.n);
    rationals_free(Q, D.n * D.n);
    oracle_cert_free(&k);
    lfap_data_free(&D);
  }
  cr_assert(passed > 20 && decided > 20 && open > 20, "all outcomes must occur: %zu, %zu, %zu", passed, decided, open);
}

/* Under the theorems no interval is missed, so FAIL is reached by asking the evaluator about an interval of another gamma. */
Test(certificate, a_missed_interval_fails) {
  lfap_data D = {0};
  lfap_ctx c = {.threads = 1};
  oracle_gram g = {0};
  oracle_qm q = {0};
  cr_assert_eq(lfap_gen_orthogonal(&c, &D, 1, 4, 16), LFAP_OK);
  oracle_cert k = certify(&D, 0.5, NULL);
  cr_assert_eq(k.claim[LFAP_CLAIM_T2].verdict, LFAP_PASS);
  cr_assert_eq(oracle_gram_make(&c, &g, D.x, D.n, D.d), LFAP_OK);
  cr_assert_eq(oracle_qm_make(&c, &q, &g, D.y, 0.5), LFAP_OK);
  for (int end = 0; end < 2; end++) { /* the interval moved wholly above, then wholly below the multipliers */
    for (int i = 0; i < 2; i++)
      for (oracle_value v = ORACLE_T1_LO; v <= ORACLE_T2_LO; v += ORACLE_T2_LO - ORACLE_T1_LO) {
        if (end == 0) mpq_mul_2exp(k.value[v + (oracle_value)i], k.value[v + (oracle_value)i], 20);
        else mpq_div_2exp(k.value[v + (oracle_value)i], k.value[v + (oracle_value)i], 40);
      }
    cr_assert_eq(oracle_evaluate(&c, &k, &q, 0), LFAP_OK, "%s", c.message);
    cr_assert_eq(k.claim[LFAP_CLAIM_T1].verdict, LFAP_FAIL);
    cr_assert_eq(k.claim[LFAP_CLAIM_T2].verdict, LFAP_FAIL);
    cr_assert_lt(k.claim[LFAP_CLAIM_T1].margin, 0.0);
  }
  oracle_qm_free(&q);
  oracle_gram_free(&g);
  oracle_cert_free(&k);
  lfap_data_free(&D);
}

/* (H) against rationals, at equality, and one ulp of gamma below it. */
Test(certificate, hypothesis_is_decided_at_equality) {
  double x[] = {4, 4, 4, 0, 0, 0, 0, 0.25, 0, 0, 6, 3, 1, 0};
  double y[] = {1, -1};
  lfap_data D = {.n = 2, .d = 7, .x = x, .y = y};
  oracle_cert k = certify(&D, 0.5, NULL);
  mpq_t a, b, g, t, lhs, rhs;
  mpq_inits(a, b, g, t, lhs, rhs, NULL);
  inner(a, x, x, 7);
  inner(b, x + 7, x + 7, 7);
  inner(t, x, x + 7, 7);
  mpq_abs(t, t);
  mpq_set_d(g, 0.125);
  mpq_mul(lhs, mpq_cmp(a, b) < 0 ? a : b, mpq_cmp(a, b) < 0 ? a : b);
  mpq_mul(lhs, lhs, g);
  mpq_set_ui(rhs, 6, 1);
  mpq_mul(rhs, rhs, mpq_cmp(a, b) < 0 ? b : a);
  mpq_mul(rhs, rhs, t);
  cr_assert(mpq_equal(lhs, k.value[ORACLE_LHS]) && mpq_equal(rhs, k.value[ORACLE_RHS]));
  cr_assert_eq(k.claim[LFAP_CLAIM_H].verdict, mpq_cmp(lhs, rhs) >= 0 ? LFAP_PASS : LFAP_NOT_APPLICABLE);
  mpq_clears(a, b, g, t, lhs, rhs, NULL);
  oracle_cert_free(&k);
  /* equality: R^2 = 48 = 36 + 9 + 2.25 + 0.5625 + 3/16 for both, <x_1, x_2> = 1 = gamma^3 48/6 */
  double z[] = {4, 4, 4, 0, 0, 0, 0, 0, 0, 0.25, 0, 0, 6, 3, 1.5, 0.75, 0.25, 0.25};
  lfap_data E = {.n = 2, .d = 9, .x = z, .y = y};
  oracle_cert h = certify(&E, 0.5, NULL), l = certify(&E, nextafter(0.5, 0), NULL);
  cr_assert(mpq_equal(h.value[ORACLE_LHS], h.value[ORACLE_RHS]));
  cr_assert_eq(h.claim[LFAP_CLAIM_H].verdict, LFAP_PASS);
  cr_assert_eq(l.claim[LFAP_CLAIM_H].verdict, LFAP_NOT_APPLICABLE);
  oracle_cert_free(&h);
  oracle_cert_free(&l);
}

Test(certificate, bad_input) {
  lfap_data D = {0};
  lfap_ctx c = {.threads = 1};
  oracle_cert k = {0};
  cr_assert_eq(lfap_gen_uniform(&c, &D, 1, 65, 80), LFAP_OK);
  oracle_opts exact = {.exact = 1}, low = {.prec = 10}, high = {.prec = 100000}, turned = {.prec = 512, .max_prec = 256};
  cr_assert_eq(oracle_limit_certify(&c, &k, &D, 1.0, NULL), LFAP_ERR_DATA);
  cr_assert_eq(oracle_limit_certify(&c, &k, &D, 0.0, NULL), LFAP_ERR_DATA);
  cr_assert_eq(oracle_limit_certify(&c, &k, &D, NAN, NULL), LFAP_ERR_DATA);
  cr_assert_eq(oracle_limit_certify(&c, &k, &D, 0.5, &exact), LFAP_ERR_DATA);
  cr_assert_eq(oracle_limit_certify(&c, &k, &D, 0.5, &low), LFAP_ERR_DATA);
  cr_assert_eq(oracle_limit_certify(&c, &k, &D, 0.5, &high), LFAP_ERR_DATA);
  cr_assert_eq(oracle_limit_certify(&c, &k, &D, 0.5, &turned), LFAP_ERR_DATA);
  cr_assert_null(k.p);
  D.y[4] = 0.5;
  cr_assert_eq(oracle_limit_certify(&c, &k, &D, 0.5, NULL), LFAP_ERR_DATA);
  lfap_data_free(&D);
}
