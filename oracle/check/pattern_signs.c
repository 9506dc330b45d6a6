/* pattern_signs.c - what the ball says of W^o: signs of pre-activations, samples off the support, multipliers, kinks
 * (spec/certificate.md, "Patterns"). Comparisons are of integers and rationals; roots only where a double is reported,
 * outward. */
#include <math.h>

#include "oracle/check/pattern.h"
#include "oracle/interval/dyadic.h"

/* Restricted margins are Lipschitz with ||x_n||: q_n(W^o) >= scale q_n - ||x_n|| ball. */
void oracle_pattern_off(oracle_pattern *P) {
  mpq_t over, room;
  mpq_inits(over, room, NULL);
  for (size_t i = 0; i < P->n; i++) { /* m (q - 1)^2 against ball2 ||x||^2 */
    oracle_q_set_2exp(over, P->v[i], P->lv);
    mpq_mul(over, over, P->scale);
    mpq_set_ui(room, P->m, 1);
    mpq_sub(over, over, room);
    if (mpq_sgn(over) <= 0) continue;
    mpq_mul(over, over, over);
    mpq_mul(room, room, P->ball2);
    mpq_mul(room, room, P->norm2[i]);
    if (mpq_cmp(over, room) > 0) P->off[i] = 1;
  }
  mpq_clears(over, room, NULL);
}

/* (F): (sum of o^2 over own pairs) 4^e_n (lambda - scale p 2^le)^2 <= ball2/2^mu. */
void oracle_pattern_spread(mpq_t out, const oracle_pattern *P, size_t n) {
  mpq_set(out, P->ball2);
  if (P->off[n]) mpq_set_ui(out, 0, 1);
  mpq_div(out, out, P->own[n]);
  oracle_q_scale(out, -P->mu - 2 * P->e[n]);
}

/* ---- multipliers ------------------------------------------------------------------------------------------------- */

static void set_ends(double *lo, double *hi, const mpq_t middle, const mpq_t spread) {
  mpfr_t r, a;
  mpfr_inits2(ORACLE_PREC_DEFAULT, r, a, (mpfr_ptr)0);
  mpfr_set_q(r, spread, MPFR_RNDU);
  mpfr_sqrt(r, r, MPFR_RNDU);
  mpfr_set_q(a, middle, MPFR_RNDD);
  mpfr_sub(a, a, r, MPFR_RNDD);
  *lo = fmax(0.0, mpfr_get_d(a, MPFR_RNDD));
  mpfr_set_q(a, middle, MPFR_RNDU);
  mpfr_add(a, a, r, MPFR_RNDU);
  *hi = mpfr_get_d(a, MPFR_RNDU);
  mpfr_clears(r, a, (mpfr_ptr)0);
}

static void multipliers(oracle_polished *out, oracle_pattern *P) {
  mpq_t a, r, a2;
  mpq_inits(a, r, a2, NULL);
  for (size_t i = 0; i < P->n; i++) {
    oracle_q_set_2exp(a, P->p[i], P->le);
    mpq_mul(a, a, P->scale);
    if (P->off[i]) mpq_set_ui(a, 0, 1);
    out->off += P->off[i];
    if (!P->bounded && !P->off[i]) {
      out->lambda_lo[i] = 0.0;
      out->lambda_hi[i] = INFINITY;
      continue;
    }
    oracle_pattern_spread(r, P, i);
    mpq_mul(a2, a, a);
    P->held[i] = mpq_sgn(a) > 0 && mpq_cmp(a2, r) > 0;
    out->support += P->held[i];
    set_ends(&out->lambda_lo[i], &out->lambda_hi[i], a, r);
  }
  out->multipliers = P->bounded;
  mpq_clears(a, r, a2, NULL);
}

/* ---- pairs ------------------------------------------------------------------------------------------------------- */

typedef struct {
  mpz_t room;       /* size t^2 above this: the sign of t is certain */
  mpz_t slope, own; /* size z^2 above slope + size own: c - gamma lambda, or lambda - c, is not 0 */
  mpz_t z, square;
  mpq_t q, unit;
} rooms;

static void floor_of(mpz_t z, const mpq_t q) { mpz_fdiv_q(z, mpq_numref(q), mpq_denref(q)); }
static void ceil_of(mpz_t z, const mpq_t q) { mpz_cdiv_q(z, mpq_numref(q), mpq_denref(q)); }

void oracle_pattern_room(mpz_t room, const oracle_pattern *P, size_t n) {
  mpq_t q;
  mpq_init(q);
  mpq_div(q, P->ball2, P->scale);
  mpq_div(q, q, P->scale);
  mpq_mul(q, q, P->norm2[n]);
  oracle_q_scale(q, -2 * P->lt);
  floor_of(room, q);
  mpq_clear(q);
}

/* |t - true| <= sqrt(ball2/size) ||x||; |c - true| <= sqrt(ball2/(size 2^mu)) 2^-e, and lambda by (F), whose sum is at
   most the root of twice the sum of their squares. */
static void sample_rooms(rooms *w, const oracle_pattern *P, size_t i) {
  oracle_pattern_room(w->room, P, i);
  if (!P->held[i]) return;
  mpq_mul(w->unit, P->scale, P->scale);
  mpq_div(w->unit, P->ball2, w->unit);
  mpq_set(w->q, w->unit);
  oracle_q_scale(w->q, 1 - P->mu - 2 * P->e[i] - 2 * P->lc);
  ceil_of(w->slope, w->q);
  mpq_div(w->q, w->q, P->own[i]);
  ceil_of(w->own, w->q);
}

static int certain_sign(rooms *w, const oracle_pattern *P, size_t j, size_t i) {
  mpz_srcptr t = P->t[j * P->n + i];
  mpz_mul(w->square, t, t);
  mpz_mul_ui(w->square, w->square, P->size[j]);
  return mpz_cmp(w->square, w->room) > 0 ? mpz_sgn(t) : 0;
}

/* z > 0 for certain, z = C - slope p or slope p - C. */
static int clear_of(rooms *w, size_t size) {
  if (mpz_sgn(w->z) <= 0) return 0;
  mpz_mul(w->square, w->z, w->z);
  mpz_mul_ui(w->square, w->square, size);
  mpz_submul_ui(w->square, w->own, size);
  return mpz_cmp(w->square, w->slope) > 0;
}

/* gamma lambda < c < lambda at W^o, hence <w_j, x_n> = 0. */
static int kink(rooms *w, const oracle_pattern *P, size_t j, size_t i) {
  mpz_srcptr c = P->c[j * P->n + i];
  if (!P->held[i]) return 0;
  mpz_set(w->z, c);
  mpz_submul(w->z, P->g, P->p[i]);
  if (!clear_of(w, P->size[j])) return 0;
  mpz_mul(w->z, P->T, P->p[i]);
  mpz_sub(w->z, w->z, c);
  return clear_of(w, P->size[j]);
}

static void own_pair(oracle_polished *out, oracle_pattern *P, size_t j, size_t i, int sign) {
  int right = sign == (P->on[j * P->n + i] ? 1 : -1);
  size_t size = P->size[j];
  if (sign == 0) out->pairs_open += size;
  else *(right ? &out->pairs_right : &out->pairs_wrong) += size;
  if (sign == 0 && !P->off[i]) P->open_on += size;
  if (sign != 0 && !right && !P->off[i]) P->wrong_on += size;
  if (sign != 0 && !right && P->held[i]) out->c3 = LFAP_FAIL;
}

static void other_pair(oracle_polished *out, rooms *w, const oracle_pattern *P, size_t j, size_t i) {
  if (certain_sign(w, P, j, i)) out->others_signed += P->size[j];
  else if (kink(w, P, j, i)) out->kinks += P->size[j];
  else out->others_open += P->size[j];
}

static double root_up(const mpq_t q) {
  mpfr_t b;
  mpfr_init2(b, 64);
  mpfr_set_q(b, q, MPFR_RNDU);
  mpfr_sqrt(b, b, MPFR_RNDU);
  double x = mpfr_get_d(b, MPFR_RNDU);
  mpfr_clear(b);
  return x;
}

/* The ball; and (L), of sums over neurons. */
static void radii(oracle_polished *out, oracle_pattern *P) {
  mpq_t m, q;
  mpq_inits(m, q, NULL);
  mpq_set_ui(m, P->m, 1);
  mpq_div(q, P->ball2, m);
  out->ball = root_up(q);
  mpq_mul(q, P->ball2, m);
  mpq_div(q, q, P->scale);
  mpq_div(q, q, P->scale);
  P->reach = root_up(q);
  mpq_clears(m, q, NULL);
}

lfap_status oracle_pattern_signs(lfap_ctx *ctx, oracle_polished *out, oracle_pattern *P) {
  rooms w;
  mpz_inits(w.room, w.slope, w.own, w.z, w.square, NULL);
  mpq_inits(w.q, w.unit, NULL);
  lfap_status st = LFAP_OK;
  oracle_pattern_off(P);
  multipliers(out, P);
  for (size_t i = 0; i < P->n && !st; i++) {
    st = lfap_tick(ctx, "signs of the pattern", (double)i, (double)P->n);
    sample_rooms(&w, P, i);
    for (size_t j = 0; j < P->groups; j++)
      if (oracle_pattern_own(P, j, i)) own_pair(out, P, j, i, certain_sign(&w, P, j, i));
      else other_pair(out, &w, P, j, i);
  }
  if (!st) st = lfap_tick(ctx, "signs of the pattern", (double)P->n, (double)P->n);
  if (out->c3 != LFAP_FAIL && P->open_on == 0 && P->wrong_on == 0) out->c3 = LFAP_PASS;
  radii(out, P);
  mpz_clears(w.room, w.slope, w.own, w.z, w.square, NULL);
  mpq_clears(w.q, w.unit, NULL);
  return st;
}
