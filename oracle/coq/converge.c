/* converge.c - C4 of given weights, by gradient descent on the exponential loss: the integers of Coq's check_C4. */
#include <stdlib.h>

#include "oracle/coq/runs.h"
#include "oracle/exact/gram.h"

void oracle_coq_run_init(oracle_coq_run *k) {
  mpz_inits(k->low, k->high, k->unit, k->most, k->den, k->r, k->Q, k->rate, k->rate_den, NULL);
}

void oracle_coq_run_clear(oracle_coq_run *k) {
  mpz_clears(k->low, k->high, k->unit, k->most, k->den, k->r, k->Q, k->rate, k->rate_den, NULL);
}

long oracle_coq_slope_bits(double gamma, long *more) {
  enum { SLOPE_BITS = 40 };
  long s = -oracle_grid_exponent(&gamma, 1);
  *more = s < SLOPE_BITS ? SLOPE_BITS - s : 0;
  return s;
}

/* What C4 is decided from. */
typedef struct {
  const oracle_coq *t;
  const oracle_coq_about *about;
  size_t n, m, d;
  long e, s;                    /* the grid; slopes over T = 2^s */
  mpz_t *store, *row, *pre, *k; /* m x d: Om_j; m x n: y_n <Om_j, K_n>; n: ||K_n||^2 */
  mpz_t g, total, gap, far, energy, a, b, c;
} judge;

static lfap_status judge_open(lfap_ctx *ctx, judge *j, const oracle_coq *t, const oracle_coq_about *about, long e) {
  long more;
  *j = (judge){.t = t, .about = about, .n = t->n, .m = about->other->n, .d = t->d, .e = e};
  size_t count = j->m * (j->d + j->n) + j->n;
  j->store = malloc(count * sizeof *j->store);
  if (!j->store) return lfap_fail(ctx, LFAP_ERR_MEMORY, "theorem: no memory for m = %zu, d = %zu", j->m, j->d);
  for (size_t i = 0; i < count; i++) mpz_init(j->store[i]);
  j->row = j->store;
  j->pre = j->row + j->m * j->d;
  j->k = j->pre + j->m * j->n;
  mpz_inits(j->g, j->total, j->gap, j->far, j->energy, j->a, j->b, j->c, NULL);
  j->s = oracle_coq_slope_bits(t->gamma, &more);
  oracle_grid_int(j->g, t->gamma, -j->s);
  mpz_mul_2exp(j->g, j->g, (mp_bitcnt_t)more);
  j->s += more;
  return LFAP_OK;
}

static void judge_close(judge *j) {
  if (!j->store) return;
  for (size_t i = 0; i < j->m * (j->d + j->n) + j->n; i++) mpz_clear(j->store[i]);
  free(j->store);
  mpz_clears(j->g, j->total, j->gap, j->far, j->energy, j->a, j->b, j->c, NULL);
}

static int positive(const judge *j, size_t row) { return row < j->m / 2; }
static int own(const judge *j, size_t row, size_t n) { return positive(j, row) == (j->about->data->y[n] > 0); }
static mpz_srcptr slope_of(const judge *j, size_t row, size_t n) { return j->t->p[j->n + row * j->n + n]; }

/* ---- the rows of the proposal ------------------------------------------------------------------------------------ */

/* Om_j = sum y_n A_n S_jn K_n, and its products with the samples. */
static void make_row(judge *j, size_t row) {
  const lfap_data *x = j->about->data;
  mpz_t *om = j->row + row * j->d;
  for (size_t n = 0; n < j->n; n++) {
    mpz_mul(j->a, j->t->p[n], slope_of(j, row, n));
    if (x->y[n] < 0) mpz_neg(j->a, j->a);
    for (size_t i = 0; i < j->d; i++) {
      oracle_grid_int(j->b, x->x[n * j->d + i], j->e);
      mpz_addmul(om[i], j->a, j->b);
    }
  }
  for (size_t n = 0; n < j->n; n++) {
    mpz_ptr q = j->pre[row * j->n + n];
    for (size_t i = 0; i < j->d; i++) {
      oracle_grid_int(j->b, x->x[n * j->d + i], j->e);
      mpz_addmul(q, om[i], j->b);
    }
    if (x->y[n] < 0) mpz_neg(q, q);
  }
}

static void make_squares(judge *j, mpz_t most) {
  for (size_t n = 0; n < j->n; n++) {
    for (size_t i = 0; i < j->d; i++) {
      oracle_grid_int(j->b, j->about->data->x[n * j->d + i], j->e);
      mpz_addmul(j->k[n], j->b, j->b);
    }
    if (mpz_cmp(j->k[n], most) > 0) mpz_set(most, j->k[n]);
  }
}

/* out: the margin of sample n times m T^2 den D^2. */
static void margin(judge *j, mpz_t out, size_t n) {
  mpz_set_ui(out, 0);
  for (size_t row = 0; row < j->m; row++) {
    mpz_srcptr q = j->pre[row * j->n + n];
    if (own(j, row, n)) mpz_addmul(out, slope_of(j, row, n), q);
    else if (mpz_sgn(q) > 0) mpz_addmul(out, j->g, q);
    else {
      mpz_mul_2exp(j->a, q, (mp_bitcnt_t)j->s);
      mpz_add(out, out, j->a);
    }
  }
}

/* The largest den for which the proposal is feasible; 0: none. */
static void make_den(judge *j, mpz_t den) {
  for (size_t n = 0; n < j->n; n++) {
    margin(j, j->b, n);
    if (n == 0 || mpz_cmp(j->b, den) < 0) mpz_set(den, j->b);
  }
  mpz_fdiv_q_2exp(den, den, (mp_bitcnt_t)(2 * j->s - 2 * j->e));
  mpz_fdiv_q_ui(den, den, (unsigned long)j->m);
  if (mpz_sgn(den) < 0) mpz_set_ui(den, 0);
}

/* ---- the ray ----------------------------------------------------------------------------------------------------- */

/* r/Q: the length at which the ray is nearest to the first weights, of some 40 bits. */
static void make_ray(judge *j, mpz_t r, mpz_t Q) {
  mpz_set_ui(j->a, 0);
  mpz_set_ui(j->b, 0);
  for (size_t row = 0; row < j->m; row++)
    for (size_t i = 0; i < j->d; i++) {
      mpz_srcptr om = j->row[row * j->d + i];
      oracle_grid_int(j->c, j->about->other->x[row * j->d + i], j->e);
      if (!positive(j, row)) mpz_neg(j->c, j->c);
      mpz_addmul(j->a, j->c, om);
      mpz_addmul(j->b, om, om);
    }
  mpz_set_ui(r, 0);
  mpz_set_ui(Q, 1);
  if (mpz_sgn(j->a) <= 0) return;
  size_t up = mpz_sizeinbase(j->b, 2) + 40, have = mpz_sizeinbase(j->a, 2);
  if (up > have) mpz_mul_2exp(Q, Q, (mp_bitcnt_t)(up - have));
  mpz_mul(r, j->a, Q);
  mpz_fdiv_q(r, r, j->b);
}

/* sum ||Q V_j - + r Om_j||^2 */
static void make_far(judge *j, const mpz_t r, const mpz_t Q) {
  for (size_t row = 0; row < j->m; row++)
    for (size_t i = 0; i < j->d; i++) {
      oracle_grid_int(j->c, j->about->other->x[row * j->d + i], j->e);
      mpz_mul(j->c, j->c, Q);
      mpz_mul(j->a, r, j->row[row * j->d + i]);
      if (positive(j, row)) mpz_sub(j->c, j->c, j->a);
      else mpz_add(j->c, j->c, j->a);
      mpz_addmul(j->far, j->c, j->c);
    }
}

/* sum ||Om_j||^2 - total m den T^2 D^2 */
static void make_gap(judge *j, const mpz_t den) {
  for (size_t i = 0; i < j->m * j->d; i++) mpz_addmul(j->gap, j->row[i], j->row[i]);
  mpz_mul(j->a, j->total, den);
  mpz_mul_ui(j->a, j->a, (unsigned long)j->m);
  mpz_mul_2exp(j->a, j->a, (mp_bitcnt_t)(2 * j->s - 2 * j->e));
  mpz_sub(j->gap, j->gap, j->a);
}

/* 2 (n sum A^2 - total^2) ld D^2 + total (most total - den D^2) ln */
static void make_energy(judge *j, const oracle_coq_run *k, const mpz_t den) {
  mp_bitcnt_t D2 = 2 * (mp_bitcnt_t)-j->e;
  for (size_t n = 0; n < j->n; n++) mpz_addmul(j->energy, j->t->p[n], j->t->p[n]);
  mpz_mul_ui(j->energy, j->energy, (unsigned long)j->n);
  mpz_submul(j->energy, j->total, j->total);
  mpz_mul(j->energy, j->energy, k->rate_den);
  mpz_mul_2exp(j->energy, j->energy, D2 + 1);
  mpz_mul(j->a, k->most, j->total);
  mpz_mul_2exp(j->b, den, D2);
  mpz_sub(j->a, j->a, j->b);
  mpz_mul(j->a, j->a, j->total);
  mpz_addmul(j->energy, j->a, k->rate);
}

/* ---- the condition ----------------------------------------------------------------------------------------------- */

/* The three inequalities at a sample of square k and a square o; NULL: they hold. */
static const char *lasts(judge *j, const oracle_coq_run *run, mpz_srcptr k, const mpz_t o) {
  mpz_mul(j->a, k, j->far);
  mpz_mul(j->b, run->r, run->r);
  mpz_mul(j->b, j->b, o);
  if (mpz_cmp(j->a, j->b) >= 0) return "C4: the weights are too far from the point's ray for its room at a kink";
  mpz_mul(j->a, j->gap, k);
  mpz_sub(j->c, o, j->a);
  if (mpz_sgn(j->c) < 0) return "C4: the proposal's gap is larger than its room at a kink";
  mpz_mul(j->a, j->energy, k);
  mpz_mul(j->a, j->a, run->Q);
  mpz_mul_ui(j->a, j->a, (unsigned long)j->m);
  mpz_mul_2exp(j->a, j->a, (mp_bitcnt_t)(j->s - j->e));
  mpz_mul(j->b, run->rate_den, j->total);
  mpz_mul(j->b, j->b, run->r);
  mpz_mul(j->b, j->b, run->low);
  mpz_mul(j->b, j->b, j->c);
  mpz_mul_2exp(j->b, j->b, 1);
  return mpz_cmp(j->a, j->b) <= 0 ? NULL : "C4: the weights are too short: train longer, or name a smaller step";
}

/* Strict, with its pattern's slope. */
static int own_right(const judge *j, size_t row, size_t n) {
  int sign = mpz_sgn(j->pre[row * j->n + n]);
  mpz_srcptr s = slope_of(j, row, n);
  if (sign > 0) return mpz_sizeinbase(s, 2) == (size_t)j->s + 1; /* at most T by now */
  return sign < 0 && mpz_cmp(s, j->g) == 0;
}

static int slopes_bounded(judge *j) {
  mpz_set_ui(j->a, 0);
  mpz_setbit(j->a, (mp_bitcnt_t)j->s);
  for (size_t i = j->n; i < j->t->count; i++)
    if (mpz_cmp(j->t->p[i], j->g) < 0 || mpz_cmp(j->t->p[i], j->a) > 0) return 0;
  return 1;
}

static const char *condition(judge *j, const oracle_coq_run *run, const mpz_t den) {
  const char *wrong = NULL;
  mpz_t o, most;
  mpz_inits(o, most, NULL);
  mpz_mul(most, den, den);
  mpz_mul_ui(most, most, (unsigned long)j->m);
  mpz_mul_2exp(most, most, (mp_bitcnt_t)(2 * j->s - 4 * j->e));
  for (size_t n = 0; !wrong && n < j->n; n++) {
    wrong = lasts(j, run, j->k[n], most);
    for (size_t row = 0; !wrong && row < j->m; row++) {
      if (!own(j, row, n)) continue;
      mpz_mul(o, j->pre[row * j->n + n], j->pre[row * j->n + n]);
      wrong = own_right(j, row, n) ? lasts(j, run, j->k[n], o) : "C4: an own pair of the point is at its kink";
    }
  }
  mpz_clears(o, most, NULL);
  return wrong;
}

/* den D^2 <= most total */
static int short_enough(judge *j, const oracle_coq_run *k, const mpz_t den) {
  mpz_mul_2exp(j->a, den, 2 * (mp_bitcnt_t)-j->e);
  mpz_mul(j->b, k->most, j->total);
  return mpz_cmp(j->a, j->b) <= 0;
}

static const char *shown(judge *j, oracle_coq_run *k) {
  mpz_ptr den = k->den;
  if (!slopes_bounded(j)) return "C4: a slope is not one of gamma to 1";
  for (size_t n = 0; n < j->n; n++) mpz_add(j->total, j->total, j->t->p[n]);
  for (size_t row = 0; row < j->m; row++) make_row(j, row);
  mpz_set_ui(k->most, 0);
  make_squares(j, k->most);
  make_den(j, den);
  if (mpz_sgn(den) == 0 || mpz_sgn(j->total) == 0) return "C4: the point's multipliers do not separate the data";
  make_ray(j, k->r, k->Q);
  make_far(j, k->r, k->Q);
  make_gap(j, den);
  make_energy(j, k, den);
  return short_enough(j, k, den) ? condition(j, k, den) : "C4: the point is longer than its samples allow";
}

lfap_status oracle_coq_converges(lfap_ctx *ctx, const char **wrong, oracle_coq_run *k, const oracle_coq *t,
                                 const oracle_coq_about *about, long e) {
  judge j = {.store = NULL};
  long more, low = oracle_grid_exponent(&t->step, 1);
  oracle_coq_root(k->low, k->high, about->other->n, e);
  oracle_coq_slope_bits(t->gamma, &more);
  mpz_set_ui(k->unit, 0);
  mpz_setbit(k->unit, (mp_bitcnt_t)more);
  if (low > 0) low = 0;
  oracle_grid_int(k->rate, t->step, low);
  mpz_set_ui(k->rate_den, 0);
  mpz_setbit(k->rate_den, (mp_bitcnt_t)-low);
  lfap_status st = judge_open(ctx, &j, t, about, e);
  if (!st) *wrong = shown(&j, k);
  judge_close(&j);
  return st;
}
