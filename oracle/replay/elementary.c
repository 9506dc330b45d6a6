/* elementary.c - exp and log1p (N3): at 53 bits by the operations that spec/numerics.md N3a lists, at more bits
   MPFR's own. */
#include "oracle/replay/arith.h"

/* ---- unevaluated sums of two numbers; a result may be an operand ------------------------------------------------- */

/* A double-double number and the numbers its operations need. */
typedef struct {
  mpfr_t hi, lo;
} pair;

typedef struct {
  const oracle_arith *A;
  mpfr_t a, b, c;
} scratch;

static void pair_init(const oracle_arith *A, pair *p) { mpfr_inits2(A->prec, p->hi, p->lo, (mpfr_ptr)0); }
static void pair_clear(pair *p) { mpfr_clears(p->hi, p->lo, (mpfr_ptr)0); }
static void scratch_init(const oracle_arith *A, scratch *s) {
  s->A = A;
  mpfr_inits2(A->prec, s->a, s->b, s->c, (mpfr_ptr)0);
}
static void scratch_clear(scratch *s) { mpfr_clears(s->a, s->b, s->c, (mpfr_ptr)0); }

/* fast(a,b): hi = a + b, lo = b - (hi - a). */
static void pair_fast(scratch *s, pair *r, const mpfr_t a, const mpfr_t b) {
  oracle_add(s->A, s->a, a, b);
  oracle_sub(s->A, s->b, s->a, a);
  oracle_sub(s->A, r->lo, b, s->b);
  mpfr_set(r->hi, s->a, MPFR_RNDN);
}

/* any(a,b): hi = a + b, bb = hi - a, lo = (a - (hi - bb)) + (b - bb). */
static void pair_any(scratch *s, pair *r, const mpfr_t a, const mpfr_t b) {
  oracle_add(s->A, s->a, a, b);
  oracle_sub(s->A, s->b, s->a, a);
  oracle_sub(s->A, s->c, s->a, s->b);
  oracle_sub(s->A, s->c, a, s->c);
  oracle_sub(s->A, s->b, b, s->b);
  oracle_add(s->A, r->lo, s->c, s->b);
  mpfr_set(r->hi, s->a, MPFR_RNDN);
}

/* mul(a,b): hi = a.hi*b.hi, lo = fma(a.hi, b.lo, fma(a.lo, b.hi, fma(a.hi, b.hi, -hi))). r may be a or b. */
static void pair_mul(scratch *s, pair *r, const pair *a, const pair *b) {
  oracle_mul(s->A, s->a, a->hi, b->hi);
  mpfr_neg(s->b, s->a, MPFR_RNDN);
  oracle_fma(s->A, s->b, a->hi, b->hi, s->b);
  oracle_fma(s->A, s->b, a->lo, b->hi, s->b);
  oracle_fma(s->A, r->lo, a->hi, b->lo, s->b);
  mpfr_set(r->hi, s->a, MPFR_RNDN);
}

/* horner(c, t, x) with c = (hi, lo) doubles: p = mul(t, x); r = fast(c.hi, p.hi); r.lo = r.lo + (p.lo + c.lo). */
static void pair_horner(scratch *s, pair *t, double hi, double lo, const pair *x) {
  pair p;
  mpfr_t h;
  pair_init(s->A, &p);
  mpfr_init2(h, s->A->prec);
  pair_mul(s, &p, t, x);
  mpfr_set_d(h, hi, MPFR_RNDN);
  pair_fast(s, t, h, p.hi);
  mpfr_set_d(h, lo, MPFR_RNDN);
  oracle_add(s->A, p.lo, p.lo, h);
  oracle_add(s->A, t->lo, t->lo, p.lo);
  mpfr_clear(h);
  pair_clear(&p);
}

/* t = (c_0 x + c_1) x + ... with fma, each coefficient the double nearest to 1/den. */
static void poly(scratch *s, pair *t, const double *den, int count, const mpfr_t x) {
  for (int i = 0; i < count; i++) {
    mpfr_set_ui(s->a, 1, MPFR_RNDN);
    mpfr_div_d(s->a, s->a, den[i], MPFR_RNDN); /* a long may have 32 bits */
    if (i == 0) mpfr_set(t->hi, s->a, MPFR_RNDN);
    else oracle_fma(s->A, t->hi, t->hi, x, s->a);
  }
  mpfr_set_zero(t->lo, 1);
}

static const double LN2_HI = 0x1.62e42fefa3800p-1, LN2_LO = 0x1.ef35793c76730p-45, INV_LN2 = 0x1.71547652b82fep+0;

static void mul_d(const oracle_arith *A, mpfr_t r, const mpfr_t a, double b) {
  mpfr_t t;
  mpfr_init2(t, A->prec);
  mpfr_set_d(t, b, MPFR_RNDN);
  oracle_mul(A, r, a, t);
  mpfr_clear(t);
}

static void fma_d(const oracle_arith *A, mpfr_t r, const mpfr_t a, double b, const mpfr_t c) {
  mpfr_t t;
  mpfr_init2(t, A->prec);
  mpfr_set_d(t, b, MPFR_RNDN);
  oracle_fma(A, r, a, t, c);
  mpfr_clear(t);
}

/* r = a * 2^k, one rounding (a product by a power of two in binary64). */
static void scale(const oracle_arith *A, mpfr_t r, const mpfr_t a, long k) {
  mpfr_t t;
  mpfr_init2(t, A->prec);
  mpfr_set_ui_2exp(t, 1, k, MPFR_RNDN);
  oracle_mul(A, r, a, t);
  mpfr_clear(t);
}

/* ---- exp --------------------------------------------------------------------------------------------------------- */

/* exp of the pair x, |x| <= 0.347. */
static void exp_reduced(scratch *s, pair *t, const pair *x) {
  static const double factorial[] = {87178291200.0, 6227020800.0, 479001600.0, 39916800.0, 3628800.0, 362880.0,
                                     40320.0,       5040.0,       720.0,       120.0,      24.0};
  poly(s, t, factorial, (int)(sizeof factorial / sizeof *factorial), x->hi);
  pair_horner(s, t, 0x1.5555555555555p-3, 0x1.5555555555555p-57, x);
  pair_horner(s, t, 0.5, 0.0, x);
  pair_horner(s, t, 1.0, 0.0, x);
  pair_horner(s, t, 1.0, 0.0, x);
  pair_fast(s, t, t->hi, t->lo);
}

/* r = (hi + lo) 2^k where the result is subnormal: rounded once, to the grid of 2^-1074. */
static void exp_subnormal(scratch *s, mpfr_t r, const pair *v, long k) {
  mpfr_t grid;
  pair t;
  mpfr_init2(grid, s->A->prec);
  pair_init(s->A, &t);
  mpfr_set_ui_2exp(grid, 1, -1022 - k, MPFR_RNDN);
  pair_fast(s, &t, grid, v->hi);
  oracle_add(s->A, t.lo, t.lo, v->lo);
  oracle_add(s->A, t.hi, t.hi, t.lo);
  oracle_sub(s->A, t.hi, t.hi, grid);
  scale(s->A, t.hi, t.hi, k + 128);
  scale(s->A, r, t.hi, -128);
  pair_clear(&t);
  mpfr_clear(grid);
}

static void exp_finite(const oracle_arith *A, mpfr_t r, const mpfr_t x) {
  scratch s;
  pair f, v;
  mpfr_t k, t;
  scratch_init(A, &s);
  pair_init(A, &f);
  pair_init(A, &v);
  mpfr_inits2(A->prec, k, t, (mpfr_ptr)0);
  mpfr_set_d(t, 0x1.8p52, MPFR_RNDN);
  fma_d(A, k, x, INV_LN2, t);
  oracle_sub(A, k, k, t);
  mul_d(A, f.lo, k, LN2_LO);
  mpfr_neg(f.lo, f.lo, MPFR_RNDN);
  mpfr_neg(f.hi, k, MPFR_RNDN);
  fma_d(A, f.hi, f.hi, LN2_HI, x);
  pair_any(&s, &f, f.hi, f.lo);
  exp_reduced(&s, &v, &f);
  long e = mpfr_get_si(k, MPFR_RNDN);
  if (mpfr_sgn(x) > 0) {
    mpfr_mul_2si(v.hi, v.hi, 1, MPFR_RNDN);
    scale(A, r, v.hi, e - 1);
  } else if (mpfr_cmp_d(x, -0x1.6232bdd7abcd2p+9) >= 0) {
    scale(A, r, v.hi, e);
  } else {
    exp_subnormal(&s, r, &v, e);
  }
  mpfr_clears(k, t, (mpfr_ptr)0);
  pair_clear(&v);
  pair_clear(&f);
  scratch_clear(&s);
}

void oracle_exp(const oracle_arith *A, mpfr_t r, const mpfr_t x) {
  if (!A->binary64) mpfr_exp(r, x, MPFR_RNDN);
  else if (mpfr_nan_p(x)) mpfr_set_nan(r);
  else if (mpfr_cmp_d(x, 0x1.62e42fefa39efp+9) > 0) mpfr_set_inf(r, 1);
  else if (mpfr_cmp_d(x, -0x1.74910d52d3051p+9) < 0) mpfr_set_zero(r, 1);
  else exp_finite(A, r, x);
}

/* ---- log1p ------------------------------------------------------------------------------------------------------- */

/* 2 atanh(v) */
static void atanh_twice(scratch *s, pair *r, const pair *v) {
  static const double odd[] = {23, 21, 19, 17, 15, 13, 11, 9, 7};
  pair z;
  pair_init(s->A, &z);
  pair_mul(s, &z, v, v);
  poly(s, r, odd, (int)(sizeof odd / sizeof *odd), z.hi);
  pair_horner(s, r, 0x1.999999999999ap-3, -0x1.999999999999ap-57, &z);
  pair_horner(s, r, 0x1.5555555555555p-2, 0x1.5555555555555p-56, &z);
  pair_horner(s, r, 1.0, 0.0, &z);
  pair_mul(s, r, r, v);
  mpfr_mul_2ui(r->hi, r->hi, 1, MPFR_RNDN);
  mpfr_mul_2ui(r->lo, r->lo, 1, MPFR_RNDN);
  pair_clear(&z);
}

/* log(1 + f) through v = f/(2 + f). */
static void log1p_reduced(scratch *s, pair *r, const pair *f) {
  const oracle_arith *A = s->A;
  pair d, v;
  mpfr_t t;
  pair_init(A, &d);
  pair_init(A, &v);
  mpfr_init2(t, A->prec);
  mpfr_set_ui(t, 2, MPFR_RNDN);
  pair_fast(s, &d, t, f->hi);
  oracle_add(A, d.lo, d.lo, f->lo);
  oracle_div(A, v.hi, f->hi, d.hi);
  mpfr_neg(t, v.hi, MPFR_RNDN);
  oracle_fma(A, v.lo, t, d.hi, f->hi);
  oracle_fma(A, v.lo, t, d.lo, v.lo);
  oracle_add(A, v.lo, v.lo, f->lo);
  oracle_div(A, v.lo, v.lo, d.hi);
  atanh_twice(s, r, &v);
  mpfr_clear(t);
  pair_clear(&v);
  pair_clear(&d);
}

/* f and k with 1 + x = 2^k (1 + f), 1 + f in [1/sqrt 2, sqrt 2]. */
static long log1p_split(scratch *s, pair *f, const mpfr_t x) {
  const oracle_arith *A = s->A;
  pair u;
  mpfr_t one, m;
  int far = mpfr_cmp_d(x, 0x1p80) >= 0;
  pair_init(A, &u);
  mpfr_inits2(A->prec, one, m, (mpfr_ptr)0);
  mpfr_set_ui(one, 1, MPFR_RNDN);
  if (far) {
    scale(A, u.hi, x, -64);
    mpfr_set_zero(u.lo, 1);
  } else pair_any(s, &u, one, x);
  long k = mpfr_get_exp(u.hi) - 1;
  scale(A, m, u.hi, -k);
  if (mpfr_cmp_d(m, 0x1.6a09e667f3bcdp+0) > 0) {
    mpfr_div_2ui(m, m, 1, MPFR_RNDN);
    k++;
  }
  scale(A, u.lo, u.lo, -k);
  oracle_sub(A, m, m, one);
  pair_any(s, f, m, u.lo);
  mpfr_clears(one, m, (mpfr_ptr)0);
  pair_clear(&u);
  return far ? k + 64 : k;
}

static void log1p_finite(const oracle_arith *A, mpfr_t r, const mpfr_t x) {
  scratch s;
  pair f, a;
  mpfr_t k, t;
  scratch_init(A, &s);
  pair_init(A, &f);
  pair_init(A, &a);
  mpfr_inits2(A->prec, k, t, (mpfr_ptr)0);
  mpfr_set_si(k, log1p_split(&s, &f, x), MPFR_RNDN);
  log1p_reduced(&s, &a, &f);
  mul_d(A, t, k, LN2_HI);
  pair_fast(&s, &f, t, a.hi);
  fma_d(A, t, k, LN2_LO, a.lo);
  oracle_add(A, f.lo, f.lo, t);
  oracle_add(A, r, f.hi, f.lo);
  mpfr_clears(k, t, (mpfr_ptr)0);
  pair_clear(&a);
  pair_clear(&f);
  scratch_clear(&s);
}

void oracle_log1p(const oracle_arith *A, mpfr_t r, const mpfr_t x) {
  if (!A->binary64) mpfr_log1p(r, x, MPFR_RNDN);
  else if (mpfr_nan_p(x) || mpfr_cmp_si(x, -1) < 0) mpfr_set_nan(r);
  else if (mpfr_cmp_si(x, -1) == 0) mpfr_set_inf(r, -1);
  else if (mpfr_inf_p(x) || mpfr_zero_p(x) || mpfr_get_exp(x) <= -54) mpfr_set(r, x, MPFR_RNDN);
  else log1p_finite(A, r, x);
}
