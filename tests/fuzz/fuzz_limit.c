/* The numerical interior, differentially: a small problem through the solver in doubles, error bounds, the oracle (enclosed and exact), the
 * certificate's file, the theorem for Coq; no certified verdict may be one that rationals refute, and no file issued may be refused. */
#include "oracle/coq/coq.h"
#include "oracle/lfap_oracle.h"

#include "fuzz/problem.h"
#include "fuzz/truth.h"

unsigned long fuzz_accepted;

static const char SHA[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/* Measured, not certified, but what `settled` stands for: 12 digits, of which 9 are asked for. */
static void near(const double *v, mpq_t *q, size_t n, const char *what) {
  for (size_t i = 0; i < n; i++) {
    double x = mpq_get_d(q[i]);
    promise(fabs(v[i] - x) <= 1e-9 * fmax(fabs(x), 1e-300), what);
  }
}

static void by_bounds(const truth *t, const lfap_data *D, const lfap_limit *l) {
  lfap_ctx ctx = {.threads = 1};
  lfap_enclosure e = {0};
  double G[MOST_N * MOST_N];
  if (lfap_gram(&ctx, G, D->x, D->n, D->d) != LFAP_OK) return;
  for (int with = 0; with < 2; with++) {
    if (lfap_limit_enclose(&ctx, &e, D, l, with ? G : NULL) != LFAP_OK) continue;
    truth_claims(t, e.claim, with ? "error bounds, with a factor" : "error bounds, by the gap");
    for (size_t i = 0; i < D->n; i++) {
      if (e.claim[LFAP_CLAIM_Q1].verdict == LFAP_PASS) promise(truth_within(t->lambda[i], e.lo[i], e.hi[i]), "an enclosed multiplier");
      if (e.slope[i]) promise(t->c1a && (e.slope[i] > 0) == (mpq_sgn(t->own[i]) > 0 && mpq_sgn(t->other[i]) < 0), "a slope that is proved");
      if (t->cp <= 0) continue;
      promise(truth_within(t->kink_own[i], e.own_lo[i], e.own_hi[i]), "an enclosed own pre-activation");
      promise(truth_within(t->kink_other[i], e.other_lo[i], e.other_hi[i]), "an enclosed other pre-activation");
      if (e.off[i]) promise(mpq_sgn(t->pair[i]) == 0 && mpq_sgn(t->pair[D->n + i]) == 0, "a sample off the support");
    }
    if (oracle_enclosure_finish(&ctx, &e, D, l, with ? G : NULL) == LFAP_OK) truth_claims(t, e.claim, "error bounds, finished by integers");
    lfap_enclosure_free(&e);
  }
}

static void issued(const oracle_cert *c, const lfap_data *D) {
  lfap_ctx ctx = {.threads = 1};
  char *text = NULL;
  size_t len = 0;
  int accepted = 0;
  promise(oracle_cert_document(&ctx, &text, &len, c) == LFAP_OK, "a certificate can be written");
  promise(oracle_cert_check(&ctx, &accepted, NULL, text, len, D, SHA) == LFAP_OK && accepted, "a certificate that is issued is accepted");
  text[len / 2] ^= 1;
  if (oracle_cert_check(&ctx, &accepted, NULL, text, len, D, SHA) == LFAP_OK) promise(!accepted, "and one with a bit changed is not");
  free(text);
}

static void by_oracle(const truth *t, const lfap_data *D, double gamma, int exact) {
  lfap_ctx ctx = {.threads = 1};
  oracle_cert c = {0};
  const oracle_opts o = {.prec = 64, .max_prec = 512, .exact = exact};
  lfap_status s = oracle_limit_certify(&ctx, &c, D, gamma, &o);
  promise(s != LFAP_ERR_INTERNAL, "the oracle's invariants hold");
  if (s == LFAP_ERR_INFEASIBLE) promise(!t->c1a, "what the oracle calls infeasible is");
  if (s != LFAP_OK) return;
  const char *who = exact ? "the oracle, exact" : "the oracle";
  memcpy(c.sha256, SHA, sizeof SHA);
  truth_claims(t, c.claim, who);
  if (c.claim[LFAP_CLAIM_Q1].verdict == LFAP_PASS)
    for (size_t i = 0; i < D->n; i++) promise(mpq_cmp(c.lo[i], t->lambda[i]) <= 0 && mpq_cmp(t->lambda[i], c.hi[i]) <= 0, "a multiplier lies in its enclosure");
  if (c.c2.p != NULL && c.c2.inseparable) promise(t->cp <= 0, "what the oracle calls inseparable is");
  if (c.c2.p != NULL && c.c2.solved == LFAP_PASS && t->cp > 0)
    for (size_t i = 0; i < 2 * D->n; i++) promise(mpq_cmp(c.c2.lo[i], t->pair[i]) <= 0 && mpq_cmp(t->pair[i], c.c2.hi[i]) <= 0, "a multiplier of (CP) lies in its enclosure");
  for (size_t i = 0; i < D->n && c.c2.own != NULL && t->cp > 0; i++) {
    promise(c.c2.own[i] == 0 || c.c2.own[i] == mpq_sgn(t->kink_own[i]), "a sign of own that is certain");
    promise(c.c2.other[i] == 0 || c.c2.other[i] == mpq_sgn(t->kink_other[i]), "a sign of other that is certain");
  }
  issued(&c, D);
  oracle_cert_free(&c);
}

/* <w, z> up to a factor: sum of (alpha (1 + gamma) + 2 beta) y <x, z>. */
static int side_of(const truth *t, const lfap_data *D, const double *z) {
  mpq_t sum, p, g;
  mpq_inits(sum, p, g, NULL);
  for (size_t i = 0; i < t->n; i++) {
    mpq_set_ui(g, 1, 1);
    mpq_add(g, g, t->gamma);
    mpq_mul(g, g, t->pair[i]);
    mpq_add(g, g, t->pair[t->n + i]);
    mpq_add(g, g, t->pair[t->n + i]);
    inner(p, D->x + i * D->d, z, D->d);
    mpq_mul(p, p, g);
    if (D->y[i] > 0) mpq_add(sum, sum, p);
    else mpq_sub(sum, sum, p);
  }
  int side = mpq_sgn(sum);
  mpq_clears(sum, p, g, NULL);
  return side;
}

static void by_theorem(const truth *t, const lfap_data *D, const lfap_limit *l, const double *z, oracle_coq_form form) {
  lfap_ctx ctx = {.threads = 1};
  oracle_coq c = {0};
  lfap_text text = {0};
  int found = 0, accepted = 0;
  const oracle_coq_wish wish = {.form = form, .claim = -1, .z = z, .points = z ? 1 : 0};
  const oracle_coq_about about = {.data = D, .sha256 = SHA};
  if (oracle_coq_find(&ctx, &found, &c, &about, l, &wish) != LFAP_OK || !found) return;
  promise(c.claim != ORACLE_COQ_T1 || t->h, "a theorem of T1 has (H)");
  promise(c.claim != ORACLE_COQ_C1 || t->c1, "a theorem of C1 is true");
  promise(c.claim != ORACLE_COQ_C2 || t->cp < 0 || t->c2, "a theorem of C2 is true");
  promise(c.claim != ORACLE_COQ_NOT_C1 || !t->c1, "a theorem against C1 is true");
  if (z && c.points == 1 && t->cp > 0 && (c.claim == ORACLE_COQ_C1 || c.claim == ORACLE_COQ_C2)) promise(c.sign[0] == side_of(t, D, z), "the side of a point");
  promise(oracle_coq_text(&ctx, &text, &c, &about, 0) == LFAP_OK, "a theorem can be written");
  promise(oracle_coq_check(&ctx, &accepted, NULL, text.bytes, text.len, &about) == LFAP_OK && accepted, "a theorem that is written is accepted");
  lfap_text_free(&text);
  oracle_coq_free(&c);
}

static void compare(const lfap_data *D, double gamma, source *s) {
  lfap_ctx ctx = {.threads = 1};
  lfap_limit l = {0};
  truth t;
  double z[MOST_D];
  unsigned char guess[2 * MOST_N];
  lfap_status st = lfap_limit_solve(&ctx, &l, D, NULL, gamma);
  promise(st == LFAP_OK || st == LFAP_ERR_INFEASIBLE || st == LFAP_ERR_UNSOLVED || st == LFAP_ERR_RANGE, "the limit is found, or told why not");
  for (size_t i = 0; i < 2 * D->n && st == LFAP_OK; i++) guess[i] = (i < D->n ? l.c2.alpha[i] : l.c2.beta[i - D->n]) > 0;
  truth_make(&t, D, gamma);
  truth_aligned(&t, D, gamma);
  truth_kinks(&t, D, st == LFAP_OK ? guess : NULL);
  fuzz_accepted += st == LFAP_OK;
  if (st == LFAP_ERR_INFEASIBLE) promise(!t.c1a, "what is called infeasible is");
  if (st == LFAP_OK && l.settled && t.c1a && t.regular) near(l.lambda_q, t.lambda, D->n, "settled multipliers of C1's form");
  if (st == LFAP_OK && l.c2.separable == 0) promise(t.cp <= 0, "what is proved inseparable is");
  if (st == LFAP_OK && l.c2.separable == 1) promise(t.cp != 0, "what is separable is");
  if (st == LFAP_OK && l.c2.decided && t.cp > 0) promise(l.c2.holds == t.c2, "C2 where the ball leaves no doubt");
  for (size_t k = 0; k < D->d; k++) z[k] = (double)(int8_t)next_byte(s);
  if (st == LFAP_OK) by_bounds(&t, D, &l);
  by_oracle(&t, D, gamma, 0);
  by_oracle(&t, D, gamma, 1);
  if (st == LFAP_OK) by_theorem(&t, D, &l, NULL, ORACLE_COQ_AXIOM_FREE);
  if (st == LFAP_OK) by_theorem(&t, D, &l, z, ORACLE_COQ_FAST);
  lfap_limit_free(&l);
  truth_free(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  source s = {data, data + size};
  lfap_data D = {0};
  double gamma;
  if (problem_read(&D, &gamma, &s)) compare(&D, gamma, &s);
  lfap_data_free(&D);
  mpfr_free_cache();
  return 0;
}
