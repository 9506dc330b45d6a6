/* kinks.c - C2 from exact sums (spec/certificate.md, "Kinks"): the duality gap of a proposal on integers, own and other
 * pre-activations within it, which samples are certainly off the support. The only rounding is a root, outward.
 *
 * Units: (M l)_i = m_i 2^(e - c)/den. With floor = min m_i > 0 the multipliers l floor^-1 den 2^(c - e) are feasible,
 * their gap is 2^(c - e) gap/floor^2 with the integer gap = sum p_i (m_i - floor), and their own pre-activations are
 * 2 T OWN/floor; so all powers of two and denominators drop out of the comparisons.
 */
#include "oracle/check/kinks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "oracle/check/solution.h"
#include "oracle/interval/dyadic.h"

/* ---- storage ----------------------------------------------------------------------------------------------------- */

lfap_status oracle_kinks_init(lfap_ctx *ctx, oracle_kinks *out, size_t n) {
  oracle_kinks k = {.mode = ORACLE_APPROXIMATE, .solved = LFAP_UNDECIDED, .own = calloc(2 * n, 1)};
  k.own_lo = malloc(2 * n * sizeof *k.own_lo);
  if (!k.own || !k.own_lo) {
    free(k.own);
    free(k.own_lo);
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "certificate: no memory for %zu signs", n);
  }
  k.other = k.own + n;
  k.own_hi = k.own_lo + n;
  mpz_inits(k.den, k.floor, k.gap, NULL);
  mpz_set_ui(k.den, 1);
  *out = k;
  return LFAP_OK;
}

lfap_status oracle_kinks_propose(lfap_ctx *ctx, oracle_kinks *k, size_t n) {
  k->p = malloc(2 * n * sizeof *k->p);
  k->lo = malloc(4 * n * sizeof *k->lo);
  if (!k->p || !k->lo) {
    free(k->p);
    free(k->lo);
    k->p = NULL;
    k->lo = NULL;
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "certificate: no memory for %zu multipliers", 2 * n);
  }
  k->hi = k->lo + 2 * n;
  for (size_t i = 0; i < 2 * n; i++) mpz_init(k->p[i]);
  for (size_t i = 0; i < 4 * n; i++) mpq_init(k->lo[i]);
  return LFAP_OK;
}

void oracle_kinks_free(oracle_kinks *k, size_t n) {
  if (!k->own) return;
  for (size_t i = 0; k->p && i < 2 * n; i++) mpz_clear(k->p[i]);
  for (size_t i = 0; k->p && i < 4 * n; i++) mpq_clear(k->lo[i]);
  mpz_clears(k->den, k->floor, k->gap, NULL);
  free(k->p);
  free(k->lo);
  free(k->own);
  free(k->own_lo);
  *k = (oracle_kinks){0};
}

/* ---- the gap ----------------------------------------------------------------------------------------------------- */

typedef struct {
  oracle_cert *c;
  oracle_kinks *k;
  const oracle_qm *q;
  oracle_solution s;   /* of l >= 0, M l >= 1 */
  mpz_t T, own, other; /* of one sample, times T and the unit of m */
  mpz_t room, square;  /* gap ||x_n||^2 in the unit of the squares of own and other; scratch */
} pairs;

/* floor and gap; floor stays 0 where the proposal says nothing. */
static void gap(pairs *v) {
  oracle_kinks *k = v->k;
  for (size_t i = 0; i < v->s.count; i++)
    if (i == 0 || mpz_cmp(v->s.m[i], k->floor) < 0) mpz_set(k->floor, v->s.m[i]);
  if (!v->s.nonnegative || mpz_sgn(k->floor) < 0) mpz_set_ui(k->floor, 0);
  mpz_set_ui(k->gap, 0);
  for (size_t j = 0; j < v->s.nf; j++) {
    size_t i = v->s.f[j];
    mpz_sub(v->square, v->s.m[i], k->floor);
    mpz_addmul(k->gap, v->square, v->s.p[i]);
  }
}

/* OTH = (m_gamma - m_1)/(T - g), OWN = m_1/T + OTH; room = gap K_nn. */
static void sample(pairs *v, size_t n) {
  mpz_t view;
  mpz_sub(v->square, v->T, v->q->g);
  mpz_sub(v->other, v->s.m[n], v->s.m[v->c->n + n]);
  mpz_divexact(v->other, v->other, v->square);
  mpz_divexact(v->own, v->s.m[v->c->n + n], v->T);
  mpz_add(v->own, v->own, v->other);
  mpz_mul(v->room, v->k->gap, oracle_gram_at(view, v->q->gram, n, n));
}

/* The sign of z, of everything within the root of `room`, too; 0. */
static int certain(pairs *v, const mpz_t z, const mpz_t room) {
  mpz_mul(v->square, z, z);
  return mpz_cmp(v->square, room) > 0 ? mpz_sgn(z) : 0;
}

/* Both multipliers are 0 in an exact solution; or both margins are certainly above 1, so that they are in every one:
   (m - floor)^2 > gap K_nn (T^2 + s^2), where ||a_i||^2 = (1 + s^2)/2 ||x_n||^2. */
static int off(pairs *v, size_t n) {
  mpz_t over, room;
  int both = 1;
  if (v->s.mode == ORACLE_EXACT && v->k->solved == LFAP_PASS)
    return mpz_sgn(v->s.p[n]) == 0 && mpz_sgn(v->s.p[v->c->n + n]) == 0;
  mpz_inits(over, room, NULL);
  for (size_t one = 0; one < 2; one++) {
    mpz_sub(over, v->s.m[one ? v->c->n + n : n], v->k->floor);
    mpz_mul(room, v->room, one ? v->q->full : v->q->H);
    both = both && certain(v, over, room) > 0;
  }
  mpz_clears(over, room, NULL);
  return both;
}

static void least(oracle_cert *c, oracle_value v, const mpq_t x) {
  if (!c->has[v] || mpq_cmp(x, c->value[v]) < 0) mpq_set(c->value[v], x);
  c->has[v] = 1;
}

/* (own -+ sqrt(room)) 2 T/floor, and the least of them; `counts`: the sample may be on the support. */
static void range(pairs *v, size_t n, int counts) {
  oracle_kinks *k = v->k;
  mpq_t end;
  mpq_init(end);
  mpz_sqrtrem(v->room, v->square, v->room);
  if (mpz_sgn(v->square) > 0) mpz_add_ui(v->room, v->room, 1);
  for (int up = 0; up < 2; up++) {
    if (up) mpz_add(v->square, v->own, v->room);
    else mpz_sub(v->square, v->own, v->room);
    mpz_mul(mpq_numref(end), v->square, v->T);
    mpz_mul_2exp(mpq_numref(end), mpq_numref(end), 1);
    mpz_set(mpq_denref(end), k->floor);
    mpq_canonicalize(end);
    (up ? k->own_hi : k->own_lo)[n] = oracle_q_double(end, up);
    least(v->c, up ? ORACLE_OWN_MOST : ORACLE_OWN_MIN, end);
    if (counts && !up) least(v->c, ORACLE_OWN_SUPPORT, end);
  }
  mpq_clear(end);
}

static void signs(pairs *v) {
  oracle_kinks *k = v->k;
  for (size_t n = 0; n < v->c->n; n++) {
    sample(v, n);
    k->own[n] = (signed char)certain(v, v->own, v->room);
    k->other[n] = (signed char)certain(v, v->other, v->room);
    k->right += k->own[n] > 0;
    k->wrong += k->own[n] < 0;
    size_t none = (size_t)off(v, n);
    k->off += none;
    range(v, n, !none);
    k->kinks += mpz_sgn(v->s.p[n]) > 0 && mpz_sgn(v->s.p[v->c->n + n]) > 0;
  }
}

/* ---- verdicts ---------------------------------------------------------------------------------------------------- */

/* M p = 0, p >= 0, p != 0: ||W(p)|| = 0, so U = V = 0 and sum omega_n y_n x_n = 0 with omega >= 0, not 0. */
static int ray(const pairs *v) {
  int zero = v->s.nonnegative && v->s.nf > 0;
  for (size_t i = 0; i < v->s.count; i++) zero = zero && mpz_sgn(v->s.m[i]) == 0;
  return zero;
}

/* PASS: W* is a KKT point, own_n > 0 wherever lambda_n > 0: the least own_n is of every sample that may be there.
   FAIL: no KKT point has all its own pre-activations >= 0 (C2.2). */
static void decide(oracle_cert *c) {
  if (!c->has[ORACLE_OWN_SUPPORT]) return;
  lfap_verdict verdict = mpq_sgn(c->value[ORACLE_OWN_SUPPORT]) > 0 ? LFAP_PASS
                         : c->c2.wrong                             ? LFAP_FAIL
                                                                   : LFAP_UNDECIDED;
  c->claim[LFAP_CLAIM_C2] = (lfap_decided){verdict, oracle_cert_double(c, ORACLE_OWN_SUPPORT, 0)};
}

static lfap_status judge(lfap_ctx *ctx, pairs *v, int proved) {
  oracle_kinks *k = v->k;
  if (k->inseparable) {
    v->s.mode = ORACLE_APPROXIMATE; /* no solution to enclose */
    lfap_status st = oracle_solution_enclose(ctx, &v->s, 0);
    if (st) return st;
    if (!ray(v)) return lfap_fail(ctx, LFAP_ERR_DATA, "the combination given to be 0 is not");
    v->c->claim[LFAP_CLAIM_C2].verdict = LFAP_FAIL;
    return LFAP_OK;
  }
  lfap_status st = oracle_solution_enclose(ctx, &v->s, proved);
  if (st) return st;
  k->radius = v->s.radius;
  k->radius_zero = v->s.near_zero;
  k->solved = oracle_solution_judge(&v->s);
  k->unit = v->q->gram->e - v->q->c;
  gap(v);
  if (mpz_sgn(k->floor) > 0) signs(v);
  decide(v->c);
  return LFAP_OK;
}

/* What a proposal is read as: its own numbers, or lambda and 0. */
typedef struct {
  mpz_t *p, *work;
  mpq_t *lo;
} borrowed;

static lfap_status borrow(lfap_ctx *ctx, borrowed *b, const oracle_cert *c) {
  size_t n = c->n;
  b->p = malloc(8 * n * sizeof *b->p);
  b->lo = malloc(4 * n * sizeof *b->lo);
  if (!b->p || !b->lo) {
    free(b->p);
    free(b->lo);
    *b = (borrowed){0};
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "certificate: no memory for %zu multipliers", 2 * n);
  }
  b->work = b->p + 2 * n;
  for (size_t i = 0; i < 8 * n; i++) mpz_init(b->p[i]);
  for (size_t i = 0; i < n; i++) mpz_set(b->p[i], c->p[i]);
  for (size_t i = 0; i < 4 * n; i++) mpq_init(b->lo[i]);
  return LFAP_OK;
}

static void give_back(borrowed *b, size_t n) {
  if (!b->p) return;
  for (size_t i = 0; i < 8 * n; i++) mpz_clear(b->p[i]);
  for (size_t i = 0; i < 4 * n; i++) mpq_clear(b->lo[i]);
  free(b->p);
  free(b->lo);
}

/* What is read: c2's own proposal, or C1(a)'s, whose bound of the inverse is proved by then. */
static int read_proposal(oracle_solution *s, const oracle_cert *c, const borrowed *b) {
  const oracle_kinks *k = &c->c2;
  s->p = (const mpz_t *)(k->p ? k->p : b->p);
  s->den = k->p ? k->den : c->den;
  s->lo = k->p ? k->lo : b->lo;
  s->hi = s->lo + 2 * c->n;
  s->mode = k->p ? k->mode : c->mode;
  s->bits = k->p ? k->bits : c->bits;
  s->mu = k->p ? k->mu : c->mu;
  return !k->p;
}

static void reset(oracle_cert *c) {
  oracle_kinks *k = &c->c2;
  k->kinks = k->right = k->wrong = k->off = 0;
  k->radius_zero = 0;
  k->radius = 0;
  k->solved = LFAP_UNDECIDED;
  c->claim[LFAP_CLAIM_C2] = (lfap_decided){LFAP_UNDECIDED, NAN};
  c->has[ORACLE_OWN_SUPPORT] = c->has[ORACLE_OWN_MIN] = c->has[ORACLE_OWN_MOST] = 0;
  memset(k->own, 0, 2 * c->n);
  for (size_t n = 0; n < c->n; n++) {
    k->own_lo[n] = -INFINITY;
    k->own_hi[n] = INFINITY;
  }
  mpz_set_ui(k->floor, 0);
}

lfap_status oracle_evaluate_kinks(lfap_ctx *ctx, oracle_cert *c, const oracle_qm *q, int proved) {
  pairs v = {.c = c, .k = &c->c2, .q = q};
  borrowed b = {0};
  reset(c);
  lfap_status st = oracle_solution_make(ctx, &v.s, q, 2 * c->n);
  if (!st) st = borrow(ctx, &b, c);
  if (!st) {
    proved |= read_proposal(&v.s, c, &b);
    oracle_qm_margins(v.s.m, b.work, ctx, q, v.s.p, 2 * c->n);
    mpz_inits(v.T, v.own, v.other, v.room, v.square, NULL);
    mpz_setbit(v.T, (mp_bitcnt_t)(q->c - 1) / 2);
    st = judge(ctx, &v, proved);
    mpz_clears(v.T, v.own, v.other, v.room, v.square, NULL);
  }
  give_back(&b, c->n);
  oracle_solution_free(&v.s);
  return st;
}
