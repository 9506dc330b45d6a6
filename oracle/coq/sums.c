/* sums.c - see sums.h: two vectors and two inner products a sample, O(N d) integer operations. */
#include "oracle/coq/sums.h"

#include <stdlib.h>

#include "io/parallel.h"
#include "oracle/exact/gram.h"

/* ---- storage ----------------------------------------------------------------------------------------------------- */

static void square_rows(void *arg, size_t begin, size_t end, int worker) {
  const oracle_coq_sums *s = arg;
  (void)worker;
  mpz_t x;
  mpz_init(x);
  for (size_t n = begin; n < end; n++)
    for (size_t i = 0; i < s->d; i++) {
      oracle_grid_int(x, s->data->x[n * s->d + i], s->e);
      mpz_addmul(s->squares[n], x, x);
    }
  mpz_clear(x);
}

lfap_status oracle_coq_sums_open(lfap_ctx *ctx, oracle_coq_sums *out, const lfap_data *data, double gamma) {
  oracle_coq_sums s = {.ctx = ctx, .data = data, .n = data->n, .d = data->d};
  size_t count = 5 * s.n + 2 * s.d;
  s.store = malloc(count * sizeof *s.store);
  if (!s.store) return lfap_fail(ctx, LFAP_ERR_MEMORY, "theorem: no memory for N = %zu, d = %zu", s.n, s.d);
  for (size_t i = 0; i < count; i++) mpz_init(s.store[i]);
  s.squares = s.store;
  s.a = s.squares + s.n;
  s.b = s.a + s.n;
  s.own = s.b + s.n;
  s.other = s.own + s.n;
  s.U = s.other + s.n;
  s.V = s.U + s.d;
  s.e = oracle_grid_exponent(data->x, s.n * s.d);
  if (s.e > 0) s.e = 0;
  s.s = (mp_bitcnt_t)-oracle_grid_exponent(&gamma, 1); /* gamma < 1 */
  mpz_inits(s.g, s.gap, NULL);
  oracle_grid_int(s.g, gamma, -(long)s.s);
  lfap_parallel(lfap_threads(ctx), s.n, 4, 20.0 * (double)s.n * (double)s.d, square_rows, &s);
  *out = s;
  return LFAP_OK;
}

void oracle_coq_sums_close(oracle_coq_sums *s) {
  if (!s->store) return;
  for (size_t i = 0; i < 5 * s->n + 2 * s->d; i++) mpz_clear(s->store[i]);
  mpz_clears(s->g, s->gap, NULL);
  free(s->store);
  *s = (oracle_coq_sums){0};
}

/* ---- sums -------------------------------------------------------------------------------------------------------- */

/* a = T (A + B), b = g A + T B, with the signs that U has of class +1. */
static void weights(oracle_coq_sums *s, const mpz_t *p, size_t count) {
  for (size_t n = 0; n < s->n; n++) {
    mpz_set(s->a[n], p[n]);
    mpz_mul(s->b[n], s->g, p[n]);
    if (count > s->n) {
      mpz_add(s->a[n], s->a[n], p[s->n + n]);
      mpz_mul_2exp(s->a[n], s->a[n], s->s);
      mpz_mul_2exp(s->own[n], p[s->n + n], s->s);
      mpz_add(s->b[n], s->b[n], s->own[n]);
    } else mpz_mul_2exp(s->a[n], s->a[n], s->s);
  }
}

static void sum_columns(void *arg, size_t begin, size_t end, int worker) {
  const oracle_coq_sums *s = arg;
  (void)worker;
  mpz_t x;
  mpz_init(x);
  for (size_t i = begin; i < end; i++) {
    mpz_set_ui(s->U[i], 0);
    mpz_set_ui(s->V[i], 0);
  }
  for (size_t n = 0; n < s->n; n++) {
    mpz_t *own = s->data->y[n] > 0 ? s->U : s->V, *other = s->data->y[n] > 0 ? s->V : s->U;
    if (mpz_sgn(s->a[n]) == 0) continue;
    for (size_t i = begin; i < end; i++) {
      oracle_grid_int(x, s->data->x[n * s->d + i], s->e);
      mpz_addmul(own[i], x, s->a[n]);
      mpz_submul(other[i], x, s->b[n]);
    }
  }
  mpz_clear(x);
}

static void product_rows(void *arg, size_t begin, size_t end, int worker) {
  const oracle_coq_sums *s = arg;
  (void)worker;
  mpz_t x;
  mpz_init(x);
  for (size_t n = begin; n < end; n++) {
    mpz_t *own = s->data->y[n] > 0 ? s->U : s->V, *other = s->data->y[n] > 0 ? s->V : s->U;
    mpz_set_ui(s->own[n], 0);
    mpz_set_ui(s->other[n], 0);
    for (size_t i = 0; i < s->d; i++) {
      oracle_grid_int(x, s->data->x[n * s->d + i], s->e);
      mpz_addmul(s->own[n], x, own[i]);
      mpz_addmul(s->other[n], x, other[i]);
    }
  }
  mpz_clear(x);
}

/* T own - g other, or T (own - other). */
static void margin(mpz_t out, const oracle_coq_sums *s, size_t n, int slope_one) {
  if (slope_one) {
    mpz_sub(out, s->own[n], s->other[n]);
    mpz_mul_2exp(out, out, s->s);
    return;
  }
  mpz_mul_2exp(out, s->own[n], s->s);
  mpz_submul(out, s->g, s->other[n]);
}

/* floor(least margin/(2 T^2 2^-2e)), and the gap it leaves. */
static void scale(oracle_coq_sums *s, mpz_t den, const mpz_t *p, size_t count) {
  mp_bitcnt_t unit = 1 + 2 * s->s + 2 * (mp_bitcnt_t)-s->e;
  mpz_t m;
  mpz_init(m);
  for (size_t i = 0; i < count; i++) {
    margin(m, s, i % s->n, i >= s->n);
    if (i == 0 || mpz_cmp(m, den) < 0) mpz_set(den, m);
  }
  mpz_fdiv_q_2exp(den, den, unit);
  if (mpz_sgn(den) < 0) mpz_set_ui(den, 0);
  mpz_set_ui(s->gap, 0);
  for (size_t i = 0; i < count; i++) {
    if (mpz_sgn(p[i]) == 0) continue;
    mpz_mul_2exp(m, den, unit);
    mpz_neg(m, m);
    mpz_addmul(s->gap, p[i], m);
    margin(m, s, i % s->n, i >= s->n);
    mpz_addmul(s->gap, p[i], m);
  }
  mpz_clear(m);
}

lfap_status oracle_coq_sums_make(oracle_coq_sums *s, mpz_t den, const mpz_t *p, size_t count) {
  int threads = lfap_threads(s->ctx);
  double work = 40.0 * (double)s->n * (double)s->d;
  lfap_status st = lfap_tick(s->ctx, "theorem", 0.0, 1.0);
  if (st) return st;
  weights(s, p, count);
  lfap_parallel(threads, s->d, 64, work, sum_columns, s);
  lfap_parallel(threads, s->n, 4, work, product_rows, s);
  scale(s, den, p, count);
  return lfap_tick(s->ctx, "theorem", 1.0, 1.0);
}

/* ---- what they prove --------------------------------------------------------------------------------------------- */

/* The sign of v and of all that is within the root of `times` gap ||K_n||^2 of it; 0. */
static int certain(const oracle_coq_sums *s, const mpz_t v, const mpz_t square, unsigned long times) {
  mpz_t room, v2;
  mpz_inits(room, v2, NULL);
  mpz_mul(room, s->gap, square);
  mpz_mul_ui(room, room, times);
  mpz_mul(v2, v, v);
  int far = mpz_cmp(v2, room) > 0;
  mpz_clears(room, v2, NULL);
  return far ? mpz_sgn(v) : 0;
}

int oracle_coq_sums_prove(const oracle_coq_sums *s, oracle_coq_claim claim, size_t *at) {
  int open = 0;
  for (size_t n = 0; n < s->n; n++) {
    int own = certain(s, s->own[n], s->squares[n], 1), right = own > 0, wrong = own < 0;
    if (claim != ORACLE_COQ_C2) {
      int other = certain(s, s->other[n], s->squares[n], 1);
      right = right && other < 0;
      wrong = wrong || other > 0;
    }
    if (wrong) *at = n;
    if (wrong) return claim == ORACLE_COQ_NOT_C1 ? 1 : -1;
    if (!right && !open) *at = n;
    open = open || !right;
  }
  return open ? 0 : claim == ORACLE_COQ_NOT_C1 ? -1 : 1;
}

int oracle_coq_sums_sign(const oracle_coq_sums *s, const double *z) {
  long e = oracle_grid_exponent(z, s->d);
  mpz_t v, w, sum, square;
  mpz_inits(v, w, sum, square, NULL);
  for (size_t i = 0; i < s->d; i++) {
    if (z[i] == 0.0) continue;
    oracle_grid_int(v, z[i], e);
    mpz_sub(w, s->U[i], s->V[i]);
    mpz_addmul(sum, v, w);
    mpz_addmul(square, v, v);
  }
  int sign = certain(s, sum, square, 2);
  mpz_clears(v, w, sum, square, NULL);
  return sign;
}

/* ---- (H) --------------------------------------------------------------------------------------------------------- */

/* Inner products of two samples, in the unit 2^2e of ours. */
static void largest_inner(mpz_t out, const oracle_coq_sums *s, const oracle_gram *g) {
  mpz_t view;
  mpz_set_ui(out, 0);
  for (size_t i = 0; i < s->n; i++)
    for (size_t k = 0; k < i; k++) {
      mpz_srcptr v = oracle_gram_at(view, g, i, k);
      if (mpz_cmpabs(v, out) > 0) mpz_abs(out, v);
    }
  mpz_mul_2exp(out, out, (mp_bitcnt_t)(g->e - 2 * s->e));
}

/* g^3 least^2 >= 3 N T^3 most inner. */
static int hypothesis_holds(const oracle_coq_sums *s, const oracle_coq_hypothesis *h) {
  mpz_t left, right;
  mpz_inits(left, right, NULL);
  mpz_pow_ui(left, s->g, 3);
  mpz_mul(left, left, h->least);
  mpz_mul(left, left, h->least);
  mpz_mul(right, h->most, h->inner);
  mpz_mul_ui(right, right, 3 * (unsigned long)s->n);
  mpz_mul_2exp(right, right, 3 * s->s);
  int holds = mpz_cmp(left, right) >= 0;
  mpz_clears(left, right, NULL);
  return holds;
}

lfap_status oracle_coq_hypothesis_make(oracle_coq_hypothesis *out, const oracle_coq_sums *s) {
  oracle_gram g = {0};
  lfap_status st = oracle_gram_make(s->ctx, &g, s->data->x, s->n, s->d);
  if (st) return st;
  mpz_inits(out->least, out->most, out->inner, NULL);
  for (size_t n = 0; n < s->n; n++) {
    if (n == 0 || mpz_cmp(s->squares[n], out->least) < 0) mpz_set(out->least, s->squares[n]);
    if (n == 0 || mpz_cmp(s->squares[n], out->most) > 0) mpz_set(out->most, s->squares[n]);
  }
  largest_inner(out->inner, s, &g);
  out->holds = hypothesis_holds(s, out);
  oracle_gram_free(&g);
  return LFAP_OK;
}

void oracle_coq_hypothesis_free(oracle_coq_hypothesis *h) { mpz_clears(h->least, h->most, h->inner, NULL); }
