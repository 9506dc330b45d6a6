/* pattern_run.c - C4 from given doubles on: angle and length of the weights against what keeps every own pair's sign
 * for ever (spec/certificate.md, "Patterns", C4). Inner products are exact integers; roots, angles and logarithms
 * intervals.
 *
 * z is the proposal, W(z) = (a_j h_j), W~ = scale W(z), W^o within `ball` of W~. At an own pair |<w^o_j, x_n>| is
 * |t_jn|/sqrt(m); LEAST is the least |t_jn|/||x_n||.
 */
#include <math.h>
#include <stdlib.h>

#include "io/parallel.h"
#include "oracle/check/pattern.h"
#include "oracle/interval/dyadic.h"
#include "oracle/interval/interval.h"

enum {
  BALL,   /* [-ball, ball] */
  GIVEN,  /* ||W|| */
  POINT,  /* ||W^o|| */
  ANGLE,  /* of W and W^o */
  MOST,   /* below this every own pair keeps its sign at the start */
  LENGTH, /* r0 = <W, W^o>/||W^o||^2 */
  WANTED, /* from here on they keep it for ever */
  LEAST,
  SPREAD, /* C; from the largest loss of a sample its upper end alone */
  NU,     /* 1/||W^o||^2, and where multipliers are not known 1/sum of the proposal's too */
  WIDE,   /* a bound of C for any multipliers */
  R2,     /* largest ||x_n||^2 */
  A,      /* scratch */
  B,
  E,
  VALUES
};

typedef struct {
  const oracle_pattern *P;
  const oracle_run *given;
  int enclosed; /* multipliers are known: the point is W^o; or else it is W~ */
  oracle_iv v[VALUES];
  mpq_t w2, z2, wz, q; /* ||W||^2, m ||W(z)||^2, sqrt(m) <W, W(z)>; scratch */
} run;

/* ---- exact products ---------------------------------------------------------------------------------------------- */

typedef struct {
  const oracle_pattern *P;
  const mpz_t *rows; /* groups x d: sums of the rows of W over a group */
  mpz_t *part;       /* n: sum over groups of side C <row, x_n> y_n */
  mpz_t *x;          /* d a worker */
  size_t first;
} sums;

static void sample_sums(void *arg, size_t begin, size_t end, int worker) {
  const sums *w = arg;
  const oracle_pattern *P = w->P;
  mpz_t dot, *x = w->x + (size_t)worker * P->d;
  mpz_init(dot);
  for (size_t n = w->first + begin; n < w->first + end; n++) {
    for (size_t i = 0; i < P->d; i++) oracle_grid_int(x[i], P->x[n * P->d + i], P->grid);
    for (size_t j = 0; j < P->groups; j++) {
      const mpz_t *row = w->rows + j * P->d;
      size_t at = j * P->n + n;
      if (mpz_sgn(P->c[at]) == 0) continue;
      mpz_set_ui(dot, 0);
      for (size_t i = 0; i < P->d; i++) mpz_addmul(dot, x[i], row[i]);
      if (P->side[j] * P->y[n] > 0.0) mpz_addmul(w->part[n], dot, P->c[at]);
      else mpz_submul(w->part[n], dot, P->c[at]);
    }
  }
  mpz_clear(dot);
}

/* Rows of W in integers 2^e, summed over groups; w2 = ||W||^2. */
static void sum_rows(mpz_t *rows, mpq_t w2, const oracle_pattern *P, const double *W, long e) {
  mpz_t x, s;
  mpz_inits(x, s, NULL);
  for (size_t j = 0; j < P->m; j++)
    for (size_t i = 0; i < P->d; i++) {
      mpz_ptr sum = rows[P->of[j] * P->d + i];
      oracle_grid_int(x, W[j * P->d + i], e);
      mpz_add(sum, sum, x);
      mpz_addmul(s, x, x);
    }
  oracle_q_set_2exp(w2, s, 2 * e);
  mpz_clears(x, s, NULL);
}

/* m ||W(z)||^2 = sum of c t. */
static void proposal_norm(mpq_t z2, const oracle_pattern *P) {
  mpz_t s, row;
  mpz_inits(s, row, NULL);
  for (size_t j = 0; j < P->groups; j++) {
    mpz_set_ui(row, 0);
    for (size_t n = 0; n < P->n; n++) mpz_addmul(row, P->c[j * P->n + n], P->t[j * P->n + n]);
    mpz_addmul_ui(s, row, P->size[j]);
  }
  oracle_q_set_2exp(z2, s, P->lc + P->lt);
  mpz_clears(s, row, NULL);
}

static lfap_status exact_products(lfap_ctx *ctx, run *r) {
  const oracle_pattern *P = r->P;
  const double *W = r->given->start->w;
  int threads = lfap_threads(ctx);
  size_t rows = P->groups * P->d, count = rows + P->n + (size_t)threads * P->d, step = 1 + P->n / 16;
  long e = oracle_grid_exponent(W, P->m * P->d);
  mpz_t *z = malloc(count * sizeof *z);
  if (!z) return lfap_fail(ctx, LFAP_ERR_MEMORY, "C4: no memory for %zu rows of %zu integers", P->groups, P->d);
  for (size_t i = 0; i < count; i++) mpz_init(z[i]);
  sum_rows(z, r->w2, P, W, e);
  sums s = {P, (const mpz_t *)z, z + rows, z + rows + P->n, 0};
  lfap_status st = LFAP_OK;
  for (; s.first < P->n && !st; s.first += step) {
    size_t part = P->n - s.first < step ? P->n - s.first : step;
    st = lfap_tick(ctx, "inner products of weights", (double)s.first, (double)P->n);
    if (!st) lfap_parallel(threads, part, 1, (double)part * (double)rows * 20, sample_sums, &s);
  }
  if (!st) st = lfap_tick(ctx, "inner products of weights", (double)P->n, (double)P->n);
  for (size_t n = 1; n < P->n; n++) mpz_add(s.part[0], s.part[0], s.part[n]);
  oracle_q_set_2exp(r->wz, s.part[0], P->lc + P->grid + e);
  proposal_norm(r->z2, P);
  for (size_t i = 0; i < count; i++) mpz_clear(z[i]);
  free(z);
  return st;
}

/* ---- angle and length -------------------------------------------------------------------------------------------- */

static void root_of(oracle_iv *out, const mpq_t q) {
  oracle_iv_set_q(out, q);
  oracle_iv_sqrt(out, out);
}

static void whole(oracle_iv *out, size_t n) {
  mpfr_set_ui(out->lo, n, MPFR_RNDD);
  mpfr_set_ui(out->hi, n, MPFR_RNDU);
}

static void scaled(run *r, oracle_iv *x) {
  oracle_iv_set_q(&r->v[E], r->P->scale);
  oracle_iv_mul(x, x, &r->v[E]);
}

static void norms(run *r) {
  oracle_iv *v = r->v;
  mpq_set_ui(r->q, r->P->m, 1);
  mpq_div(r->q, r->P->ball2, r->q);
  root_of(&v[BALL], r->q);
  mpfr_neg(v[BALL].lo, v[BALL].hi, MPFR_RNDD);
  root_of(&v[GIVEN], r->w2);
  mpq_set_ui(r->q, r->P->m, 1);
  mpq_div(r->q, r->z2, r->q);
  root_of(&v[POINT], r->q);
  scaled(r, &v[POINT]);
  oracle_iv_div(&v[A], &v[BALL], &v[POINT]); /* of the sine of the angle of W~ and W^o, later */
  oracle_iv_add(&v[POINT], &v[POINT], &v[BALL]);
  oracle_iv_mul(&v[NU], &v[POINT], &v[POINT]);
  whole(&v[B], 1);
  oracle_iv_div(&v[NU], &v[B], &v[NU]);
}

/* Of W and W~ by the exact tan^2 = (||W||^2 ||W~||^2 - <W, W~>^2)/<W, W~>^2, of W~ and W^o by the sine, at most
   ball/||W~||, which is in A. */
static void find_angle(run *r) {
  oracle_iv *v = r->v, *sine = &v[A];
  mpq_t wz2;
  mpq_init(wz2);
  mpq_mul(wz2, r->wz, r->wz);
  mpq_mul(r->q, r->w2, r->z2);
  mpq_sub(r->q, r->q, wz2);
  if (mpq_sgn(wz2) == 0) mpq_set_ui(wz2, 1, 1);
  mpq_div(r->q, r->q, wz2);
  root_of(&v[ANGLE], r->q);
  oracle_iv_atan(&v[ANGLE], &v[ANGLE]);
  mpfr_const_pi(v[B].lo, MPFR_RNDD);
  mpfr_const_pi(v[B].hi, MPFR_RNDU);
  if (mpq_sgn(r->wz) == 0) {
    mpfr_div_2ui(v[ANGLE].lo, v[B].lo, 1, MPFR_RNDD);
    mpfr_div_2ui(v[ANGLE].hi, v[B].hi, 1, MPFR_RNDU);
  } else if (mpq_sgn(r->wz) < 0) oracle_iv_sub(&v[ANGLE], &v[B], &v[ANGLE]);
  if (mpfr_cmp_ui(sine->hi, 1) < 0) {
    whole(&v[B], 1);
    oracle_iv_mul(&v[E], sine, sine);
    mpfr_set_zero(v[E].lo, 1); /* the square of [-x, x] */
    oracle_iv_sub(&v[E], &v[B], &v[E]);
    oracle_iv_sqrt(&v[E], &v[E]);
    oracle_iv_div(sine, sine, &v[E]);
    oracle_iv_atan(sine, sine);
  } else {
    mpfr_set(sine->hi, v[B].hi, MPFR_RNDU);
    mpfr_neg(sine->lo, sine->hi, MPFR_RNDD);
  }
  oracle_iv_add(&v[ANGLE], &v[ANGLE], sine);
  if (mpfr_sgn(v[ANGLE].lo) < 0) mpfr_set_zero(v[ANGLE].lo, 1);
  mpq_clear(wz2);
}

/* <W, W^o> lies within ||W|| ball of <W, W~> = scale wz/sqrt(m). */
static void find_length(run *r) {
  oracle_iv *v = r->v;
  whole(&v[A], r->P->m);
  oracle_iv_sqrt(&v[A], &v[A]);
  oracle_iv_set_q(&v[LENGTH], r->wz);
  oracle_iv_div(&v[LENGTH], &v[LENGTH], &v[A]);
  scaled(r, &v[LENGTH]);
  oracle_iv_mul(&v[A], &v[GIVEN], &v[BALL]);
  oracle_iv_add(&v[LENGTH], &v[LENGTH], &v[A]);
  oracle_iv_mul(&v[LENGTH], &v[LENGTH], &v[NU]);
}

/* ---- own pairs --------------------------------------------------------------------------------------------------- */

/* The least |t| 2^lt scale/||x_n|| of the own pairs of group j into [lo, hi]; unit (n): 2^lt scale/||x_n||. */
static void least_of_group(oracle_iv *least, const oracle_pattern *P, const oracle_iv *unit, size_t j) {
  mpfr_t t;
  int seen = 0;
  mpfr_init2(t, mpfr_get_prec(least->lo));
  for (size_t n = 0; n < P->n; n++) {
    if (!oracle_pattern_own(P, j, n)) continue;
    mpfr_mul_z(t, unit[n].lo, P->t[j * P->n + n], mpz_sgn(P->t[j * P->n + n]) > 0 ? MPFR_RNDD : MPFR_RNDU);
    mpfr_abs(t, t, MPFR_RNDD);
    if (!seen || mpfr_less_p(t, least->lo)) mpfr_set(least->lo, t, MPFR_RNDD);
    mpfr_mul_z(t, unit[n].hi, P->t[j * P->n + n], mpz_sgn(P->t[j * P->n + n]) > 0 ? MPFR_RNDU : MPFR_RNDD);
    mpfr_abs(t, t, MPFR_RNDU);
    if (!seen || mpfr_less_p(t, least->hi)) mpfr_set(least->hi, t, MPFR_RNDU);
    seen = 1;
  }
  if (!seen) mpfr_set_inf(least->lo, 1);
  if (!seen) mpfr_set_inf(least->hi, 1);
  mpfr_clear(t);
}

static void least_of_all(run *r, const oracle_iv *unit) {
  oracle_iv *v = r->v;
  mpfr_set_inf(v[LEAST].lo, 1);
  mpfr_set_inf(v[LEAST].hi, 1);
  for (size_t j = 0; j < r->P->groups;
       j++) { /* rows of a group are off by at most sqrt(ball2/size); W~ asks for more */
    least_of_group(&v[A], r->P, unit, j);
    mpq_set_ui(r->q, r->enclosed ? r->P->size[j] : 1, 1);
    mpq_div(r->q, r->P->ball2, r->q);
    root_of(&v[B], r->q);
    mpfr_sub(v[A].lo, v[A].lo, v[B].hi, MPFR_RNDD);
    mpfr_add(v[A].hi, v[A].hi, v[B].hi, MPFR_RNDU);
    if (mpfr_less_p(v[A].lo, v[LEAST].lo)) mpfr_set(v[LEAST].lo, v[A].lo, MPFR_RNDD);
    if (mpfr_less_p(v[A].hi, v[LEAST].hi)) mpfr_set(v[LEAST].hi, v[A].hi, MPFR_RNDU);
  }
  if (mpfr_sgn(v[LEAST].lo) < 0) mpfr_set_zero(v[LEAST].lo, 1);
}

static lfap_status find_least(lfap_ctx *ctx, run *r) {
  const oracle_pattern *P = r->P;
  oracle_iv *v = r->v, *unit = malloc(P->n * sizeof *unit);
  if (!unit) return lfap_fail(ctx, LFAP_ERR_MEMORY, "C4: no memory for N = %zu", P->n);
  for (size_t n = 0; n < P->n; n++) {
    oracle_iv_init(&unit[n], r->given->prec);
    mpq_set(r->q, P->norm2[n]);
    oracle_q_scale(r->q, -2 * P->lt);
    root_of(&v[A], r->q);
    oracle_iv_set_q(&v[B], P->scale);
    oracle_iv_div(&unit[n], &v[B], &v[A]);
  }
  least_of_all(r, unit);
  for (size_t n = 0; n < P->n; n++) oracle_iv_clear(&unit[n]);
  free(unit);
  return LFAP_OK;
}

/* tan(angle) < least/(sqrt(m) ||W^o||). */
static void find_most(run *r) {
  oracle_iv *v = r->v;
  whole(&v[A], r->P->m);
  oracle_iv_sqrt(&v[A], &v[A]);
  oracle_iv_mul(&v[A], &v[A], &v[POINT]);
  oracle_iv_div(&v[MOST], &v[LEAST], &v[A]);
  oracle_iv_atan(&v[MOST], &v[MOST]);
}

/* ---- C ----------------------------------------------------------------------------------------------------------- */

/* C -= -p log p for p in A, in [0, 1]; that is at most 1/e. */
static void less_entropy(run *r) {
  oracle_iv *v = r->v;
  if (mpfr_sgn(v[A].lo) > 0) {
    oracle_iv_log(&v[B], &v[A]);
    oracle_iv_mul(&v[A], &v[A], &v[B]);
    oracle_iv_add(&v[SPREAD], &v[SPREAD], &v[A]);
  } else mpfr_sub_d(v[SPREAD].lo, v[SPREAD].lo, 0.3679, MPFR_RNDD);
}

static void entropy_enclosed(run *r, const oracle_polished *out) {
  oracle_iv *v = r->v;
  for (size_t n = 0; n < r->P->n; n++) {
    if (out->lambda_hi[n] == 0.0) continue;
    mpfr_set_d(v[A].lo, out->lambda_lo[n], MPFR_RNDD);
    mpfr_set_d(v[A].hi, out->lambda_hi[n], MPFR_RNDU);
    oracle_iv_mul(&v[A], &v[A], &v[NU]);
    less_entropy(r);
  }
}

/* Of the proposal's own p, exact; nu of the proposal joins NU. */
static void entropy_proposed(run *r) {
  const oracle_pattern *P = r->P;
  oracle_iv *v = r->v;
  mpz_t sum;
  mpz_init(sum);
  for (size_t n = 0; n < P->n; n++) mpz_add(sum, sum, P->p[n]);
  for (size_t n = 0; n < P->n; n++) {
    if (mpz_sgn(P->p[n]) == 0) continue;
    mpz_set(mpq_numref(r->q), P->p[n]);
    mpz_set(mpq_denref(r->q), sum);
    mpq_canonicalize(r->q);
    oracle_iv_set_q(&v[A], r->q);
    less_entropy(r);
  }
  mpfr_set_zero(v[SPREAD].lo, 1); /* of W^o's own multipliers nothing is known */
  oracle_q_set_2exp(r->q, sum, P->le);
  mpq_mul(r->q, r->q, P->scale);
  mpq_inv(r->q, r->q);
  oracle_iv_set_q(&v[A], r->q);
  if (mpfr_less_p(v[A].lo, v[NU].lo)) mpfr_set(v[NU].lo, v[A].lo, MPFR_RNDD);
  if (mpfr_greater_p(v[A].hi, v[NU].hi)) mpfr_set(v[NU].hi, v[A].hi, MPFR_RNDU);
  mpz_clear(sum);
}

/* log N - H(p*), between 0 and log N. */
static void find_entropy(run *r, const oracle_polished *out) {
  oracle_iv *v = r->v, *C = &v[SPREAD];
  whole(&v[A], r->P->n);
  oracle_iv_log(&v[WIDE], &v[A]);
  oracle_iv_set(C, &v[WIDE]);
  if (r->enclosed) entropy_enclosed(r, out);
  else entropy_proposed(r);
  if (mpfr_sgn(C->lo) < 0) mpfr_set_zero(C->lo, 1);
  if (mpfr_sgn(C->hi) < 0) mpfr_set_zero(C->hi, 1);
  if (r->enclosed) oracle_iv_set(&v[WIDE], C);
}

/* gd: (R^2 - nu)/2 step more; around the proposal (R^2 - nu + nu^2 gap)/2, m gap = ball2. */
static void add_step(run *r) {
  oracle_iv *v = r->v;
  if (!(r->given->step > 0.0)) return;
  oracle_iv_sub(&v[A], &v[R2], &v[NU]);
  if (!r->enclosed) {
    mpq_set_ui(r->q, r->P->m, 1);
    mpq_div(r->q, r->P->ball2, r->q);
    oracle_iv_set_q(&v[B], r->q);
    oracle_iv_mul(&v[B], &v[B], &v[NU]);
    oracle_iv_mul(&v[B], &v[B], &v[NU]);
    oracle_iv_add(&v[A], &v[A], &v[B]);
  }
  mpfr_set_d(v[B].lo, r->given->step, MPFR_RNDD);
  mpfr_set_d(v[B].hi, r->given->step, MPFR_RNDU);
  oracle_iv_mul(&v[A], &v[A], &v[B]);
  mpfr_div_2ui(v[A].lo, v[A].lo, 1, MPFR_RNDD);
  mpfr_div_2ui(v[A].hi, v[A].hi, 1, MPFR_RNDU);
  oracle_iv_add(&v[SPREAD], &v[SPREAD], &v[A]);
  oracle_iv_add(&v[WIDE], &v[WIDE], &v[A]);
}

/* A lower bound of r0 + nu s - R sqrt(delta0^2 + 2 C s) over s >= 0, hence of every margin from now on, for C in E and
   delta0 in A; into low. As a function of u = sqrt(delta0^2 + 2 C s) it is a square, least at R C/nu. */
static void margins_from(oracle_iv *low, run *r, oracle_iv *t) {
  oracle_iv *v = r->v;
  oracle_iv_sqrt(t, &v[R2]);
  oracle_iv_mul(&v[B], t, &v[E]);
  oracle_iv_div(&v[B], &v[B], &v[NU]);
  int now = mpfr_lessequal_p(v[B].hi, v[A].lo); /* least at s = 0 */
  if (now) {
    oracle_iv_mul(t, t, &v[A]);
    oracle_iv_sub(low, &v[LENGTH], t);
    return;
  }
  oracle_iv_mul(t, t, &v[B]); /* R^2 C/nu */
  oracle_iv_mul(&v[B], &v[A], &v[A]);
  oracle_iv_mul(&v[B], &v[B], &v[NU]);
  oracle_iv_div(&v[B], &v[B], &v[E]); /* nu delta0^2/C */
  oracle_iv_add(t, t, &v[B]);
  mpfr_div_2ui(t->lo, t->lo, 1, MPFR_RNDD);
  mpfr_div_2ui(t->hi, t->hi, 1, MPFR_RNDU);
  oracle_iv_sub(low, &v[LENGTH], t);
}

/* The logistic loss: b more, where b bounds every sample's loss from now on. With b = log 2 in C margins stay at least
   `low`; if low >= 0 this was right, and b = log(1 + exp(-low)) is right too, and so on. */
static void add_losses(run *r) {
  oracle_iv low, t, b, *v = r->v;
  oracle_iv *mine[] = {&low, &t, &b};
  for (int i = 0; i < 3; i++) oracle_iv_init(mine[i], r->given->prec);
  mpfr_const_log2(b.hi, MPFR_RNDU);
  mpfr_sin(v[A].hi, v[ANGLE].hi, MPFR_RNDU); /* delta0 = ||W|| sin(angle), the angle below pi/2 */
  mpfr_mul(v[A].hi, v[A].hi, v[GIVEN].hi, MPFR_RNDU);
  mpfr_set(v[A].lo, v[A].hi, MPFR_RNDD);
  int right = 1;
  for (int i = 0; i < 4 && right; i++) {
    mpfr_add(v[E].hi, v[WIDE].hi, b.hi, MPFR_RNDU);
    mpfr_set(v[E].lo, v[E].hi, MPFR_RNDD);
    margins_from(&low, r, &t);
    right = mpfr_sgn(low.lo) >= 0;
    mpfr_neg(t.hi, low.lo, MPFR_RNDU);
    mpfr_exp(t.hi, t.hi, MPFR_RNDU);
    if (right) mpfr_log1p(b.hi, t.hi, MPFR_RNDU);
  }
  if (right) mpfr_add(v[SPREAD].hi, v[SPREAD].hi, b.hi, MPFR_RNDU);
  else mpfr_set_inf(v[SPREAD].hi, 1);
  for (int i = 0; i < 3; i++) oracle_iv_clear(mine[i]);
}

/* r0 nu least^2/m >= C. */
static void find_wanted(run *r) {
  oracle_iv *v = r->v;
  int open = mpfr_inf_p(v[SPREAD].hi);
  if (!(mpfr_sgn(v[LEAST].lo) > 0)) {
    mpfr_set_zero(v[WANTED].lo, 1);
    mpfr_set_inf(v[WANTED].hi, 1);
    return;
  }
  if (open) mpfr_set(v[SPREAD].hi, v[SPREAD].lo, MPFR_RNDU);
  oracle_iv_div(&v[A], &v[POINT], &v[LEAST]);
  oracle_iv_mul(&v[A], &v[A], &v[A]);
  whole(&v[B], r->P->m);
  oracle_iv_mul(&v[A], &v[A], &v[B]);
  oracle_iv_mul(&v[WANTED], &v[A], &v[SPREAD]);
  if (open) mpfr_set_inf(v[WANTED].hi, 1);
}

/* ---- the verdict ------------------------------------------------------------------------------------------------- */

static lfap_status find_values(lfap_ctx *ctx, run *r, const oracle_polished *out) {
  oracle_iv *v = r->v;
  for (size_t n = 0; n < r->P->n; n++)
    if (n == 0 || mpq_cmp(r->P->norm2[n], r->q) > 0) mpq_set(r->q, r->P->norm2[n]);
  oracle_iv_set_q(&v[R2], r->q);
  norms(r);
  find_angle(r);
  find_length(r);
  lfap_status st = find_least(ctx, r);
  if (st) return st;
  find_most(r);
  find_entropy(r, out);
  add_step(r);
  if (r->given->loss == LFAP_LOSS_LOGISTIC && mpfr_less_p(v[ANGLE].hi, v[MOST].lo)) add_losses(r);
  else if (r->given->loss == LFAP_LOSS_LOGISTIC) mpfr_set_inf(v[SPREAD].hi, 1);
  find_wanted(r);
  return LFAP_OK;
}

/* PASS is read off the doubles that are reported. A condition that fails at the good ends of all intervals fails. */
static void decide_run(oracle_polished *out, const run *r) {
  const oracle_iv *v = r->v;
  if (!oracle_flags_good()) return;
  out->angle_lo = mpfr_get_d(v[ANGLE].lo, MPFR_RNDD);
  out->angle_hi = mpfr_get_d(v[ANGLE].hi, MPFR_RNDU);
  out->angle_most = mpfr_get_d(v[MOST].lo, MPFR_RNDD);
  out->length = mpfr_get_d(v[LENGTH].lo, MPFR_RNDD);
  out->length_least = mpfr_get_d(v[WANTED].hi, MPFR_RNDU);
  int near = out->angle_hi < out->angle_most && out->length >= out->length_least;
  int far = mpfr_greaterequal_p(v[ANGLE].lo, v[MOST].hi) || mpfr_less_p(v[LENGTH].hi, v[WANTED].lo);
  if (near && out->c3 == LFAP_PASS && out->pairs_open == 0) out->c4 = LFAP_PASS;
  else if (far || out->c3 == LFAP_FAIL) out->c4 = LFAP_NOT_APPLICABLE;
}

lfap_status oracle_pattern_run(lfap_ctx *ctx, oracle_polished *out, const oracle_pattern *P, const oracle_run *given) {
  run r = {.P = P, .given = given, .enclosed = out->multipliers};
  mpq_inits(r.w2, r.z2, r.wz, r.q, NULL);
  for (int i = 0; i < VALUES; i++) oracle_iv_init(&r.v[i], given->prec);
  out->c4 = LFAP_UNDECIDED;
  out->angle_hi = INFINITY;
  out->length_least = INFINITY;
  oracle_flags_clear();
  lfap_status st = exact_products(ctx, &r);
  if (!st && mpq_sgn(r.w2) == 0) out->c4 = LFAP_NOT_APPLICABLE; /* r0 = 0 */
  else if (!st) {
    st = find_values(ctx, &r, out);
    if (!st) decide_run(out, &r);
  }
  for (int i = 0; i < VALUES; i++) oracle_iv_clear(&r.v[i]);
  mpq_clears(r.w2, r.z2, r.wz, r.q, NULL);
  return st;
}
