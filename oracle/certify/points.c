/* points.c - certified signs: f_bdy, and the split of T3 and T4 at given points (spec/certificate.md, "Signs").
 *
 * Vectors are exact integer combinations of the samples with the proposed multipliers; the multipliers' error enters
 * as a radius in the Euclidean norm, so that |<true, z> - <given, z>| <= 2^radius ||z||.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "oracle/certify/filter.h"
#include "oracle/exact/gram.h"
#include "oracle/interval/dyadic.h"
#include "oracle/interval/interval.h"
#include "oracle/lfap_oracle.h"

void oracle_vector_free(oracle_vector *w) {
  if (!w->num) return;
  for (size_t i = 0; i < w->d; i++) mpz_clear(w->num[i]);
  mpz_clear(w->den);
  free(w->num);
  free(w->near);
  *w = (oracle_vector){0};
}

/* The coefficients of w as integers over den: lambda of C1's form, or omega = alpha + 2 beta/(1 + gamma) of the limit
   with kinks where the certificate has one. */
typedef struct {
  const oracle_cert *c;
  int kinks;
  mpz_t *p, den;
  mpz_t more, twice; /* gamma = g/T: T + g, 2 T */
  int exact;         /* the multipliers are known */
  long radius;       /* |true - given| <= 2^(radius - e_n) */
  int enclosed;
} coefficients;

static int bent(const oracle_cert *c) { return c->c2.p && !c->c2.inseparable && mpz_sgn(c->c2.floor) > 0; }

/* omega's error is at most 1 + 2/(1 + gamma) < 4 times that of alpha and beta. */
static void by_kinks(coefficients *q) {
  const oracle_kinks *k = &q->c->c2;
  mpq_t gamma;
  mpq_init(gamma);
  mpq_set_d(gamma, q->c->gamma);
  mpz_add(q->more, mpq_denref(gamma), mpq_numref(gamma));
  mpz_mul_2exp(q->twice, mpq_denref(gamma), 1);
  mpq_clear(gamma);
  for (size_t n = 0; n < q->c->n; n++) {
    mpz_mul(q->p[n], q->more, k->p[n]);
    mpz_addmul(q->p[n], q->twice, k->p[q->c->n + n]);
  }
  mpz_mul(q->den, k->den, q->more);
  q->enclosed = k->solved == LFAP_PASS;
  q->exact = k->radius_zero;
  q->radius = k->radius + 2;
}

static lfap_status open_coefficients(lfap_ctx *ctx, coefficients *q, const oracle_cert *c) {
  *q = (coefficients){.c = c, .kinks = bent(c), .p = malloc(c->n * sizeof *q->p)};
  if (!q->p) return lfap_fail(ctx, LFAP_ERR_MEMORY, "signs: no memory for N = %zu", c->n);
  mpz_inits(q->den, q->more, q->twice, NULL);
  for (size_t n = 0; n < c->n; n++) mpz_init(q->p[n]);
  if (q->kinks) by_kinks(q);
  else {
    for (size_t n = 0; n < c->n; n++) mpz_set(q->p[n], c->p[n]);
    mpz_set(q->den, c->den);
    q->enclosed = c->claim[LFAP_CLAIM_Q1].verdict == LFAP_PASS;
    q->exact = c->radius_zero;
    q->radius = c->radius;
  }
  return LFAP_OK;
}

static void close_coefficients(coefficients *q) {
  if (!q->p) return;
  for (size_t n = 0; n < q->c->n; n++) mpz_clear(q->p[n]);
  mpz_clears(q->den, q->more, q->twice, NULL);
  free(q->p);
}

/* ||sum (true - given) y_n b_n|| <= sum 2^(radius - e_n) ||b_n||, with ||b_n|| < 2^(k_n). */
static void bases_radius(oracle_vector *w, const coefficients *q, const double *bases) {
  const oracle_cert *c = q->c;
  mpq_t sum, t;
  mpz_t s, v;
  w->valid = q->enclosed;
  w->exact = q->exact;
  if (w->exact) return;
  mpq_inits(sum, t, NULL);
  mpz_inits(s, v, NULL);
  for (size_t n = 0; n < c->n; n++) {
    if (mpz_sgn(q->p[n]) == 0) continue;
    mpz_set_ui(s, 0);
    for (size_t i = 0; i < c->d; i++) {
      oracle_grid_int(v, bases[n * c->d + i], w->e);
      mpz_addmul(s, v, v);
    }
    mpq_set_ui(t, 1, 1);
    oracle_q_scale(t, q->radius - c->e[n] + (long)(mpz_sizeinbase(s, 2) + 1) / 2 + w->e);
    mpq_add(sum, sum, t);
  }
  mpq_mul(sum, sum, sum);
  w->radius = mpq_sgn(sum) ? oracle_q_ceil_log4(sum) : 0;
  mpq_clears(sum, t, NULL);
  mpz_clears(s, v, NULL);
}

/* (W) by the gap: the given w becomes that of the feasible multipliers, times den 2^-unit/floor, within
   2/(1 + gamma) times the root of 2^-unit gap/floor^2. */
static void gap_radius(oracle_vector *w, const coefficients *q) {
  const oracle_kinks *k = &q->c->c2;
  mpq_t r;
  mpq_init(r);
  mpz_mul(w->den, k->floor, q->more);
  w->e -= k->unit;
  w->valid = 1;
  w->exact = mpz_sgn(k->gap) == 0;
  if (!w->exact) {
    mpz_set(mpq_numref(r), k->gap);
    mpz_mul(mpq_denref(r), k->floor, k->floor);
    mpq_canonicalize(r);
    oracle_q_scale(r, 2 - k->unit);
    w->radius = oracle_q_ceil_log4(r);
  }
  mpq_clear(r);
}

/* sum of given coefficients, y_n and the rows of x. */
static lfap_status combine(lfap_ctx *ctx, oracle_vector *w, const coefficients *q, const double *y, const double *x) {
  size_t d = q->c->d;
  *w = (oracle_vector){.d = d, .num = malloc(d * sizeof *w->num)};
  if (!w->num) return lfap_fail(ctx, LFAP_ERR_MEMORY, "signs: no memory for d = %zu", d);
  mpz_t v;
  mpz_init(v);
  for (size_t i = 0; i < d; i++) mpz_init(w->num[i]);
  mpz_init_set(w->den, q->den);
  w->e = oracle_grid_exponent(x, q->c->n * d);
  for (size_t n = 0; n < q->c->n; n++) {
    if (mpz_sgn(q->p[n]) == 0) continue;
    for (size_t i = 0; i < d; i++) {
      oracle_grid_int(v, y[n] < 0 ? -x[n * d + i] : x[n * d + i], w->e);
      mpz_addmul(w->num[i], v, q->p[n]);
    }
  }
  mpz_clear(v);
  return LFAP_OK;
}

lfap_status oracle_boundary(lfap_ctx *ctx, oracle_vector *out, const oracle_cert *c, const lfap_data *data,
                            const double *bases) {
  oracle_vector w = {0};
  coefficients q = {0};
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = open_coefficients(ctx, &q, c);
  if (!st) st = combine(ctx, &w, &q, data->y, bases ? bases : data->x);
  if (!st) {
    if (bases) bases_radius(&w, &q, bases);
    else if (q.kinks) gap_radius(&w, &q);
    else { /* (W): ||w - w~|| <= 2/(1 + gamma) ||W* - W~||_F < 2^(ball + 1) */ w.valid = c->has_ball;
      w.exact = c->ball_zero;
      w.radius = c->ball + 1;
    }
    if (!oracle_filter_prepare(&w)) st = lfap_fail(ctx, LFAP_ERR_MEMORY, "signs: no memory for d = %zu", c->d);
  }
  close_coefficients(&q);
  if (st) oracle_vector_free(&w);
  else *out = w;
  return st;
}

int oracle_boundary_of(const oracle_cert *c, const lfap_limit *lim) {
  return c->has[ORACLE_OWN_MIN] == !!lim->c2.solved;
}

void oracle_vector_entry(double *lo, double *hi, const oracle_vector *w, size_t i) {
  mpq_t a, r;
  *lo = -INFINITY;
  *hi = INFINITY;
  if (!w->valid) return;
  mpq_inits(a, r, NULL);
  mpz_set(mpq_numref(a), w->num[i]);
  mpz_set(mpq_denref(a), w->den);
  mpq_canonicalize(a);
  oracle_q_scale(a, w->e);
  if (!w->exact) {
    mpq_set_ui(r, 1, 1);
    oracle_q_scale(r, w->radius);
  }
  mpq_sub(a, a, r);
  *lo = oracle_q_double(a, 0);
  mpq_mul_2exp(r, r, 1);
  mpq_add(a, a, r);
  *hi = oracle_q_double(a, 1);
  mpq_clears(a, r, NULL);
}

/* ---- <w, z> ------------------------------------------------------------------------------------------------------ */

/* lo and hi of <w, z> for every w of the ball; k with ||z|| < 2^k. */
static void product(mpq_t lo, mpq_t hi, const oracle_vector *w, const double *z) {
  mpz_t v, s, zz;
  mpq_t r;
  long e = oracle_grid_exponent(z, w->d);
  mpz_inits(v, s, zz, NULL);
  mpq_init(r);
  for (size_t i = 0; i < w->d; i++) {
    if (z[i] == 0.0) continue;
    oracle_grid_int(v, z[i], e);
    mpz_addmul(s, v, w->num[i]);
    mpz_addmul(zz, v, v);
  }
  mpz_set(mpq_numref(lo), s);
  mpz_set(mpq_denref(lo), w->den);
  mpq_canonicalize(lo);
  oracle_q_scale(lo, e + w->e);
  mpq_set(hi, lo);
  if (!w->exact && mpz_sgn(zz) != 0) {
    mpq_set_ui(r, 1, 1);
    oracle_q_scale(r, w->radius + e + (long)(mpz_sizeinbase(zz, 2) + 1) / 2);
    mpq_sub(lo, lo, r);
    mpq_add(hi, hi, r);
  }
  mpz_clears(v, s, zz, NULL);
  mpq_clear(r);
}

lfap_status oracle_sign_points(lfap_ctx *ctx, int *sign, const oracle_vector *w, const double *Z, size_t np) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = oracle_points_finite(ctx, Z, np * w->d);
  if (st) return st;
  mpq_t lo, hi;
  mpq_inits(lo, hi, NULL);
  for (size_t p = 0; p < np && !st; p++) {
    st = lfap_tick(ctx, "signs", (double)p, (double)np);
    sign[p] = st ? 0 : oracle_range_sign(oracle_filter_product(w, Z + p * w->d));
    if (sign[p] || !w->valid || st) continue;
    product(lo, hi, w, Z + p * w->d); /* doubles did not decide */
    sign[p] = mpq_sgn(lo) > 0 ? 1 : mpq_sgn(hi) < 0 ? -1 : 0;
  }
  if (!st) st = lfap_tick(ctx, "signs", (double)np, (double)np);
  mpq_clears(lo, hi, NULL);
  return st;
}

/* ---- T3 and T4 --------------------------------------------------------------------------------------------------- */

typedef struct {
  const oracle_adversary *a;
  oracle_vector w, w_adv, w_data;
  oracle_vector moved; /* what e is made of: w, but for the constant coordinate of a bias; its numbers are those of w */
  signed char *side;   /* where e is not along w: sgn w_i, 0: the entry is not perturbed, 2: undecided */
  oracle_iv scale;     /* eps sum la_n, where e is along w divided by ||w|| */
  int valid, open;     /* open: some side is undecided */
  mpfr_prec_t prec;
} split;

/* The certified sign of w_i. */
static signed char entry_side(const oracle_vector *w, size_t i) {
  double lo, hi;
  oracle_vector_entry(&lo, &hi, w, i);
  return lo > 0 ? 1 : hi < 0 ? -1 : w->exact && mpz_sgn(w->num[i]) == 0 ? 0 : 2;
}

static void sides_linf(split *s) {
  for (size_t i = 0; i < s->moved.d; i++) s->side[i] = entry_side(&s->w, i);
}

static void sides_l0(split *s) {
  for (size_t i = 0; i < s->moved.d; i++) s->side[i] = s->a->keep[i] ? entry_side(&s->w, i) : 0;
}

/* The one largest |w_i|, the first of those that are equal for certain; where it is not decided, every entry that may
   be it is open. */
static void sides_l1(split *s) {
  const oracle_vector *w = &s->moved;
  size_t at = 0, rivals = 0;
  double lo, hi;
  for (size_t i = 1; i < w->d; i++)
    if (mpz_cmpabs(w->num[i], w->num[at]) > 0) at = i;
  oracle_vector_entry(&lo, &hi, w, at);
  double least = lo > 0.0 ? lo : hi < 0.0 ? -hi : 0.0;
  for (size_t i = 0; !w->exact && i < w->d; i++) {
    oracle_vector_entry(&lo, &hi, w, i);
    if (i == at || fmax(-lo, hi) < least) continue;
    s->side[i] = 2;
    rivals++;
  }
  s->side[at] = rivals ? 2 : entry_side(w, at);
}

/* e of T3 in each norm: w itself, over ||w|| (no sides), or a vector of -1, 0 and 1 that the certified signs of w
   make. */
static const struct {
  void (*sides)(split *s);
  int needs_keep; /* the entries are the caller's */
} e_of[] = {
    [LFAP_L2] = {NULL, 0},
    [LFAP_LINF] = {sides_linf, 0},
    [LFAP_L0] = {sides_l0, 1},
    [LFAP_L1] = {sides_l1, 0},
};
_Static_assert(sizeof e_of / sizeof e_of[0] == LFAP_NORMS, "e of T3 for every norm");

static int along_w(const split *s) { return e_of[s->a->norm].sides == NULL; }

/* The direction that was used, or what is certain of the one that w has. */
static void find_sides(split *s) {
  if (along_w(s)) return;
  memset(s->side, 0, s->w.d * sizeof *s->side);
  if (s->a->side) memcpy(s->side, s->a->side, s->w.d * sizeof *s->side);
  else e_of[s->a->norm].sides(s);
  for (size_t i = 0; i < s->w.d; i++) s->open |= s->side[i] == 2;
}

/* ||w|| in [||w~|| - 2^radius, ||w~|| + 2^radius]. */
static void norm(oracle_iv *out, const oracle_vector *w) {
  mpz_t s;
  mpq_t q;
  oracle_iv r;
  mpz_init(s);
  mpq_init(q);
  oracle_iv_init(&r, mpfr_get_prec(out->lo));
  for (size_t i = 0; i < w->d; i++) mpz_addmul(s, w->num[i], w->num[i]);
  mpz_set(mpq_numref(q), s);
  mpz_mul(mpq_denref(q), w->den, w->den);
  mpq_canonicalize(q);
  oracle_q_scale(q, 2 * w->e);
  oracle_iv_set_q(out, q);
  oracle_iv_sqrt(out, out);
  if (!w->exact) {
    mpfr_set_ui_2exp(r.hi, 1, w->radius, MPFR_RNDU);
    mpfr_neg(r.lo, r.hi, MPFR_RNDD);
    oracle_iv_add(out, out, &r);
    if (mpfr_sgn(out->lo) < 0) mpfr_set_zero(out->lo, 1);
  }
  oracle_iv_clear(&r);
  mpz_clear(s);
  mpq_clear(q);
}

/* lo and hi of sum la_n: of lambda, or of omega = alpha + 2 beta/(1 + gamma). */
static void sum_of(mpq_t lo, mpq_t hi, const oracle_cert *c) {
  const oracle_kinks *k = &c->c2;
  int kinks = bent(c);
  mpq_t t, twice;
  mpq_inits(t, twice, NULL);
  mpq_set_d(twice, c->gamma);
  mpq_set_ui(t, 1, 1);
  mpq_add(t, t, twice);
  mpq_set_ui(twice, 2, 1);
  mpq_div(twice, twice, t);
  for (size_t n = 0; n < c->n; n++)
    for (int up = 0; up < 2; up++) {
      mpq_ptr sum = up ? hi : lo;
      mpq_add(sum, sum, kinks ? (up ? k->hi : k->lo)[n] : (up ? c->hi : c->lo)[n]);
      if (!kinks) continue;
      mpq_mul(t, twice, (up ? k->hi : k->lo)[c->n + n]);
      mpq_add(sum, sum, t);
    }
  mpq_clears(t, twice, NULL);
}

/* eps sum la_n. */
static void total(split *s) {
  mpq_t lo, hi, eps;
  oracle_iv n;
  mpq_inits(lo, hi, eps, NULL);
  sum_of(lo, hi, s->a->adv);
  mpq_set_d(eps, s->a->eps);
  mpq_mul(lo, lo, eps);
  mpq_mul(hi, hi, eps);
  oracle_iv_set_ends(&s->scale, lo, hi);
  if (along_w(s)) {
    oracle_iv_init(&n, s->prec);
    norm(&n, &s->moved);
    oracle_iv_div(&s->scale, &s->scale, &n);
    oracle_iv_clear(&n);
  }
  mpq_clears(lo, hi, eps, NULL);
}

/* <e, z> (along w: <w, z>, the norm is in the scale). */
static void along(mpq_t lo, mpq_t hi, const split *s, const double *z) {
  if (along_w(s)) {
    product(lo, hi, &s->moved, z);
    return;
  }
  mpz_t v, sum, open;
  long e = oracle_grid_exponent(z, s->w.d);
  mpz_inits(v, sum, open, NULL);
  for (size_t i = 0; i < s->w.d; i++) {
    if (s->side[i] == 0 || z[i] == 0.0) continue;
    oracle_grid_int(v, s->side[i] == 2 ? fabs(z[i]) : s->side[i] * z[i], e);
    if (s->side[i] == 2) mpz_add(open, open, v);
    else mpz_add(sum, sum, v);
  }
  mpz_sub(v, sum, open);
  oracle_q_set_2exp(lo, v, e);
  mpz_add(v, sum, open);
  oracle_q_set_2exp(hi, v, e);
  mpz_clears(v, sum, open, NULL);
}

static int sign_of(const mpq_t lo, const mpq_t hi) { return mpq_sgn(lo) > 0 ? 1 : mpq_sgn(hi) < 0 ? -1 : 0; }

static void split_one(oracle_split *out, const split *s, const double *z) {
  mpq_t lo, hi;
  oracle_iv data, pert, a, b;
  oracle_iv *all[] = {&data, &pert, &a, &b};
  *out = (oracle_split){.t4 = LFAP_UNDECIDED};
  mpq_inits(lo, hi, NULL);
  for (int i = 0; i < 4; i++) oracle_iv_init(all[i], s->prec);
  product(lo, hi, &s->w, z);
  out->bdy = sign_of(lo, hi);
  product(lo, hi, &s->w_adv, z);
  out->adv = sign_of(lo, hi);
  product(lo, hi, &s->w_data, z);
  out->data = sign_of(lo, hi);
  oracle_iv_set_ends(&data, lo, hi);
  along(lo, hi, s, z);
  int side = sign_of(lo, hi);
  oracle_iv_set_ends(&pert, lo, hi);
  oracle_iv_mul(&pert, &pert, &s->scale);
  out->pert = oracle_iv_sign(&pert);
  oracle_iv_add(&a, &data, &pert);
  out->sum = oracle_iv_sign(&a);
  oracle_iv_abs(&a, &data);
  oracle_iv_abs(&b, &pert);
  if (oracle_iv_less(&a, &b) && side != 0 && side == out->bdy) out->t4 = LFAP_PASS;
  else if (mpfr_lessequal_p(b.hi, a.lo) || (side != 0 && side == -out->bdy)) out->t4 = LFAP_NOT_APPLICABLE;
  for (int i = 0; i < 4; i++) oracle_iv_clear(all[i]);
  mpq_clears(lo, hi, NULL);
}

/* The same in doubles; 1 when everything was decided. */
static int split_fast(oracle_split *out, const split *s, const double *z) {
  oracle_range bdy = oracle_filter_product(&s->w, z), adv = oracle_filter_product(&s->w_adv, z);
  oracle_range data = oracle_filter_product(&s->w_data, z);
  oracle_range along = !along_w(s)            ? oracle_filter_signed_sum(s->side, z, s->w.d)
                       : s->moved.d == s->w.d ? bdy
                                              : oracle_filter_product(&s->moved, z);
  oracle_range scale = {mpfr_get_d(s->scale.lo, MPFR_RNDD), mpfr_get_d(s->scale.hi, MPFR_RNDU)};
  oracle_range pert = oracle_range_mul(along, scale);
  oracle_range sum = {nextafter(data.lo + pert.lo, -INFINITY), nextafter(data.hi + pert.hi, INFINITY)};
  int side = oracle_range_sign(along);
  *out = (oracle_split){oracle_range_sign(bdy),  oracle_range_sign(adv), oracle_range_sign(data),
                        oracle_range_sign(pert), oracle_range_sign(sum), LFAP_UNDECIDED};
  if (!out->bdy || !out->adv || !out->data || !out->pert || !out->sum || !side) return 0;
  /* both keep their sign, so the ends nearest to 0 and farthest from it are those of |T_data| and |T_pert| */
  double data_max = fmax(fabs(data.lo), fabs(data.hi)), data_min = fmin(fabs(data.lo), fabs(data.hi));
  double pert_max = fmax(fabs(pert.lo), fabs(pert.hi)), pert_min = fmin(fabs(pert.lo), fabs(pert.hi));
  if (side != out->bdy || pert_max <= data_min) out->t4 = LFAP_NOT_APPLICABLE;
  else if (data_max < pert_min) out->t4 = LFAP_PASS;
  return out->t4 != LFAP_UNDECIDED;
}

static lfap_status split_make(lfap_ctx *ctx, split *s) {
  const oracle_adversary *a = s->a;
  if ((int)a->norm < 0 || (int)a->norm >= LFAP_NORMS)
    return lfap_fail(ctx, LFAP_ERR_USAGE, "signs: norm %d is none; give one of lfap_norm", (int)a->norm);
  if (e_of[a->norm].needs_keep && !a->keep && !a->side)
    return lfap_fail(ctx, LFAP_ERR_USAGE, "signs: the entries that %s keeps are missing", lfap_norm_name(a->norm));
  s->side = malloc(a->nat->d);
  if (!s->side) return lfap_fail(ctx, LFAP_ERR_MEMORY, "signs: no memory for d = %zu", a->nat->d);
  lfap_status st = oracle_boundary(ctx, &s->w, a->nat, a->nat_data, NULL);
  if (!st) st = oracle_boundary(ctx, &s->w_adv, a->adv, a->adv_data, NULL);
  if (!st) st = oracle_boundary(ctx, &s->w_data, a->adv, a->adv_data, a->bases);
  if (st) return st;
  s->moved = s->w;
  s->moved.d -= a->nat_data->bias != 0;
  s->valid = s->w.valid && s->w_adv.valid && s->w_data.valid;
  if (!s->valid) return LFAP_OK;
  find_sides(s);
  total(s);
  return LFAP_OK;
}

lfap_status oracle_split_points(lfap_ctx *ctx, oracle_split *out, const oracle_adversary *a, const double *Z,
                                size_t np) {
  split s = {.a = a, .prec = (mpfr_prec_t)(a->prec ? a->prec : ORACLE_PREC_DEFAULT)};
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = oracle_points_finite(ctx, Z, np * a->nat->d);
  if (st) return st;
  oracle_flags_clear();
  oracle_iv_init(&s.scale, s.prec);
  st = split_make(ctx, &s);
  for (size_t p = 0; !st && p < np; p++) {
    st = lfap_tick(ctx, "signs", (double)p, (double)np);
    if (!st && s.valid) {
      if (s.open || !split_fast(&out[p], &s, Z + p * a->nat->d)) split_one(&out[p], &s, Z + p * a->nat->d);
    } else out[p] = (oracle_split){.t4 = LFAP_UNDECIDED};
  }
  if (!st) st = lfap_tick(ctx, "signs", (double)np, (double)np);
  if (!st && !oracle_flags_good())
    for (size_t p = 0; p < np; p++) out[p] = (oracle_split){.t4 = LFAP_UNDECIDED};
  oracle_iv_clear(&s.scale);
  oracle_vector_free(&s.w);
  oracle_vector_free(&s.w_adv);
  oracle_vector_free(&s.w_data);
  free(s.side);
  return st;
}
