/* elementary.c - exp and log1p from fma, +, *, / and exponent bits (N3).
 *
 * Both reduce the argument exactly or to about 2^-85, evaluate a Taylor polynomial whose leading terms are carried
 * as an unevaluated sum of two doubles, and round once at the end. What is left beside that last rounding is below
 * 0.0022 ulp: proofs/gappa derives it operation by operation, for which the code between two branches is
 * straight-line; measured errors are in tests/unit/elementary.c. */
#include "elementary.h"

#include <stdint.h>

#include "bits.h"
#include "clones.h"
#include "mathspec.h"
#ifdef __FRAMAC__
#include "elementary.acsl"
#endif

/* hi + lo, |lo| below a few ulp of hi */
typedef struct {
  double hi, lo;
} lfap_pair;

/* ln 2 = LN2_HI + LN2_LO up to 2^-102; LN2_HI has 42 bits, so k*LN2_HI is exact for |k| < 2^11. */
#define LN2_HI 0x1.62e42fefa3800p-1
#define LN2_LO 0x1.ef35793c76730p-45
#define INV_LN2 0x1.71547652b82fep+0

/* |a| >= |b| or a = 0: a + b without error (Dekker). */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from a, b;
  @ LFAP_REAL(ensures hi: \result.hi == a + b;)
  @ LFAP_REAL(ensures lo: \result.lo == lfap_fast_lo(a, b);) */
LFAP_INLINE lfap_pair pair_of_sum(double a, double b) {
  lfap_pair r;
  r.hi = a + b;
  r.lo = b - (r.hi - a);
  return r;
}

/* a + b without error in any order (Knuth). */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from a, b;
  @ LFAP_REAL(ensures hi: \result.hi == a + b;)
  @ LFAP_REAL(ensures lo: \result.lo == lfap_any_lo(a, b);) */
LFAP_INLINE lfap_pair pair_of_any_sum(double a, double b) {
  lfap_pair r;
  r.hi = a + b;
  const double bb = r.hi - a;
  r.lo = (a - (r.hi - bb)) + (b - bb);
  return r;
}

/* a*b, relative error about 2^-104. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from a, b;
  @ LFAP_REAL(ensures hi: \result.hi == a.hi*b.hi;)
  @ LFAP_REAL(ensures lo: \result.lo == lfap_mul_lo(a.hi, a.lo, b.hi, b.lo);) */
LFAP_INLINE lfap_pair pair_mul(lfap_pair a, lfap_pair b) {
  lfap_pair r;
  r.hi = a.hi * b.hi;
  r.lo = fma(a.hi, b.lo, fma(a.lo, b.hi, fma(a.hi, b.hi, -r.hi)));
  return r;
}

/* (hi + lo) + a*b for |hi| > |a*b|: one Horner step. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from hi, lo, a, b;
  @ LFAP_REAL(ensures hi: \result.hi == lfap_horner_hi(hi, a.hi, b.hi);)
  @ LFAP_REAL(ensures lo: \result.lo == lfap_horner_lo(hi, lo, a.hi, a.lo, b.hi, b.lo);) */
LFAP_INLINE lfap_pair pair_horner(double hi, double lo, lfap_pair a, lfap_pair b) {
  const lfap_pair p = pair_mul(a, b);
  lfap_pair r = pair_of_sum(hi, p.hi);
  r.lo = r.lo + (p.lo + lo);
  return r;
}

/* 2^k for an integer k in -1022..1023: adding 1.5*2^52 + 1023 leaves k + 1023 in the last bits of the significand, so
   no conversion from double to integer is needed; a product instead of a shift, whose range the prover sees. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from k;
  @ LFAP_REAL(ensures value: \result == lfap_rpow2(k);) */
LFAP_INLINE double pow2_of(double k) {
  return lfap_bits_to(lfap_bits_of(k + (0x1.8p52 + 1023.0)) % 2048u * 0x10000000000000u);
}

/* exp(r) for |r| <= 0.347: Taylor up to r^14/14! (the rest is below 2^-62), from r^4 on in plain doubles. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from r;
  @ LFAP_REAL(ensures hi: \result.hi == lfap_exp_poly(r.hi, r.lo);)
  @ LFAP_REAL(ensures lo: \result.lo == 0.0;) */
LFAP_INLINE lfap_pair exp_reduced(lfap_pair r) {
  double p = 0x1.93974a8c07c9dp-37; /* 1/14! */
  p = fma(p, r.hi, 0x1.6124613a86d09p-33);
  p = fma(p, r.hi, 0x1.1eed8eff8d898p-29);
  p = fma(p, r.hi, 0x1.ae64567f544e4p-26);
  p = fma(p, r.hi, 0x1.27e4fb7789f5cp-22);
  p = fma(p, r.hi, 0x1.71de3a556c734p-19);
  p = fma(p, r.hi, 0x1.a01a01a01a01ap-16);
  p = fma(p, r.hi, 0x1.a01a01a01a01ap-13);
  p = fma(p, r.hi, 0x1.6c16c16c16c17p-10);
  p = fma(p, r.hi, 0x1.1111111111111p-7);
  p = fma(p, r.hi, 0x1.5555555555555p-5); /* 1/4! */
#ifdef LFAP_TIER_REAL
  /*@ assert tail: p == lfap_exp_tail(r.hi); */
#endif
  lfap_pair s = {p, 0.0};
  s = pair_horner(0x1.5555555555555p-3, 0x1.5555555555555p-57, s, r); /* 1/3! */
#ifdef LFAP_TIER_REAL
  /*@ assert hi3: s.hi == lfap_exp_hi3(r.hi); */
  /*@ assert lo3: s.lo == lfap_exp_lo3(r.hi, r.lo); */
#endif
  s = pair_horner(0.5, 0.0, s, r);
#ifdef LFAP_TIER_REAL
  /*@ assert hi2: s.hi == lfap_exp_hi2(r.hi); */
  /*@ assert lo2: s.lo == lfap_exp_lo2(r.hi, r.lo); */
#endif
  s = pair_horner(1.0, 0.0, s, r);
#ifdef LFAP_TIER_REAL
  /*@ assert hi1: s.hi == lfap_exp_hi1(r.hi); */
  /*@ assert lo1: s.lo == lfap_exp_lo1(r.hi, r.lo); */
#endif
  s = pair_horner(1.0, 0.0, s, r);
#ifdef LFAP_TIER_REAL
  /*@ assert sum: s.hi + s.lo == lfap_exp_hi0(r.hi) + lfap_exp_lo0(r.hi, r.lo); */
  /*@ assert poly: s.hi + s.lo == lfap_exp_poly(r.hi, r.lo); */
#endif
  return pair_of_sum(s.hi, s.lo);
}

/* The whole number k nearest to x/ln 2, or one beside it where two are near. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from x;
  @ LFAP_REAL(ensures value: \result == lfap_exp_k(x);) */
LFAP_INLINE double exp_exponent(double x) { return fma(x, INV_LN2, 0x1.8p52) - 0x1.8p52; }

/* x - k ln 2. The product k*LN2_HI and its difference from x are exact; k*LN2_LO < 2^-33 is rounded by at most
   2^-87. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from x, k;
  @ LFAP_REAL(ensures hi: \result.hi == lfap_exp_r(x, k);)
  @ LFAP_REAL(ensures lo: \result.lo == 0.0;) */
LFAP_INLINE lfap_pair exp_rest(double x, double k) { return pair_of_any_sum(fma(-k, LN2_HI, x), -(k * LN2_LO)); }

/* s*2^k where that is subnormal: `grid` is chosen so that its ulp is 2^-1074 after scaling; adding it rounds s.hi +
   s.lo to that grid once, the rest is exact. Two factors, because 2^k itself may lie below the normal range. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from s, k;
  @ LFAP_REAL(ensures value: \result == lfap_exp_small(s.hi, s.lo, k);) */
LFAP_INLINE double exp_subnormal(lfap_pair s, double k) {
  const double grid = pow2_of(-1022.0 - k);
  const lfap_pair t = pair_of_sum(grid, s.hi);
  const double rounded = (t.hi + (t.lo + s.lo)) - grid;
  return (rounded * pow2_of(k + 128.0)) * 0x1p-128;
}

LFAP_CLONES
double lfap_exp(double x) {
  if (x != x) return x;
  if (x > 0x1.62e42fefa39efp+9) return lfap_bits_to(0x7ff0000000000000u);
  if (x < -0x1.74910d52d3051p+9) return 0.0;
  const double k = exp_exponent(x);
  const lfap_pair s = exp_reduced(exp_rest(x, k));
#ifdef LFAP_TIER_REAL
  /*@ assert parts: lfap_exp_of(x, k, lfap_exp_r(x, k)) == lfap_exp_scaled(x, k, s.hi, s.lo); */
  /*@ assert whole: lfap_rexp(x) == lfap_exp_scaled(x, k, s.hi, s.lo); */
  /*@ assert large: x > 0.0 ==> lfap_rexp(x) == (2.0*s.hi)*lfap_rpow2(k - 1.0); */
  /*@ assert normal: x <= 0.0 && x >= -0x1.6232bdd7abcd2p+9 ==> lfap_rexp(x) == s.hi*lfap_rpow2(k); */
  /*@ assert subnormal: x < -0x1.6232bdd7abcd2p+9 ==> lfap_rexp(x) == lfap_exp_small(s.hi, s.lo, k); */
#endif
  if (x > 0.0) return (2.0 * s.hi) * pow2_of(k - 1.0); /* k may be 1024 */
  if (x >= -0x1.6232bdd7abcd2p+9) return s.hi * pow2_of(k);
  return exp_subnormal(s, k);
}

/* 2 atanh(s) = 2 s (1 + z/3 + z^2/5 + ...), z = s^2 <= 0.0295 (the rest after z^11/23 is below 2^-65). */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from s;
  @ LFAP_REAL(ensures hi: \result.hi == lfap_log_hi(s.hi);)
  @ LFAP_REAL(ensures lo: \result.lo == lfap_log_lo(s.hi, s.lo);) */
LFAP_INLINE lfap_pair atanh_twice(lfap_pair s) {
  const lfap_pair z = pair_mul(s, s);
  double p = 0x1.642c8590b2164p-5; /* 1/23 */
  p = fma(p, z.hi, 0x1.8618618618618p-5);
  p = fma(p, z.hi, 0x1.af286bca1af28p-5);
  p = fma(p, z.hi, 0x1.e1e1e1e1e1e1ep-5);
  p = fma(p, z.hi, 0x1.1111111111111p-4);
  p = fma(p, z.hi, 0x1.3b13b13b13b14p-4);
  p = fma(p, z.hi, 0x1.745d1745d1746p-4);
  p = fma(p, z.hi, 0x1.c71c71c71c71cp-4);
  p = fma(p, z.hi, 0x1.2492492492492p-3); /* 1/7 */
#ifdef LFAP_TIER_REAL
  /*@ assert tail: p == lfap_log_tail(z.hi); */
  /*@ assert square: z.lo == lfap_square_lo(s.hi, s.lo); */
#endif
  lfap_pair q = {p, 0.0};
  q = pair_horner(0x1.999999999999ap-3, -0x1.999999999999ap-57, q, z); /* 1/5 */
#ifdef LFAP_TIER_REAL
  /*@ assert hi5: q.hi == lfap_log_hi5(z.hi); */
  /*@ assert lo5: q.lo == lfap_log_lo5(z.hi, z.lo); */
#endif
  q = pair_horner(0x1.5555555555555p-2, 0x1.5555555555555p-56, q, z); /* 1/3 */
#ifdef LFAP_TIER_REAL
  /*@ assert hi3: q.hi == lfap_log_hi3(z.hi); */
  /*@ assert lo3: q.lo == lfap_log_lo3(z.hi, z.lo); */
#endif
  q = pair_horner(1.0, 0.0, q, z);
#ifdef LFAP_TIER_REAL
  /*@ assert hi1: q.hi == lfap_log_hi1(z.hi); */
  /*@ assert lo1: q.lo == lfap_log_lo1(z.hi, z.lo); */
  /*@ assert argument: lfap_log_hi1(z.hi) == lfap_log_hi1(s.hi*s.hi); */
#endif
  q = pair_mul(q, s);
#ifdef LFAP_TIER_REAL
  /*@ assert product: q.hi == lfap_log_hi1(s.hi*s.hi)*s.hi; */
#endif
  q.hi = 2.0 * q.hi;
  q.lo = 2.0 * q.lo;
#ifdef LFAP_TIER_REAL
  /*@ assert hi: q.hi == 2.0*(lfap_log_hi1(s.hi*s.hi)*s.hi); */
  /*@ assert lo: q.lo
    @   == 2.0*lfap_mul_lo(lfap_log_hi1(s.hi*s.hi), lfap_log_lo1(s.hi*s.hi, lfap_square_lo(s.hi, s.lo)), s.hi, s.lo); */
#endif
  return q;
}

/* a/b: the quotient of the high parts, then that of what is left over by the high part of the divisor. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from a, b;
  @ LFAP_REAL(ensures hi: \result.hi == lfap_quotient(a.hi, b.hi);)
  @ LFAP_REAL(ensures lo: \result.lo == lfap_quotient_lo(a.hi, a.lo, b.hi, b.lo);) */
LFAP_INLINE lfap_pair pair_div(lfap_pair a, lfap_pair b) {
  lfap_pair r;
  r.hi = a.hi / b.hi;
  r.lo = (fma(-r.hi, b.lo, fma(-r.hi, b.hi, a.hi)) + a.lo) / b.hi;
  return r;
}

/* log(1 + f) for 1 + f in [1/sqrt 2, sqrt 2], through s = f/(2 + f). */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from f;
  @ LFAP_REAL(ensures hi: f.lo == 0.0 ==> \result.hi == lfap_log_hi_of(f.hi);)
  @ LFAP_REAL(ensures lo: f.lo == 0.0 ==> \result.lo == lfap_log_lo_of(f.hi);) */
LFAP_INLINE lfap_pair log1p_reduced(lfap_pair f) {
  lfap_pair d = pair_of_sum(2.0, f.hi);
  d.lo = d.lo + f.lo;
  const lfap_pair s = pair_div(f, d);
#ifdef LFAP_TIER_REAL
  /*@ assert quotient_hi: s.hi == lfap_quotient(f.hi, 2.0 + f.hi); */
  /*@ assert quotient_lo: f.lo == 0.0 ==> s.lo == lfap_quotient_lo(f.hi, 0.0, 2.0 + f.hi, 0.0); */
  /*@ assert hi: f.lo == 0.0 ==> lfap_log_hi_of(f.hi) == lfap_log_hi(s.hi); */
  /*@ assert lo: f.lo == 0.0 ==> lfap_log_lo_of(f.hi) == lfap_log_lo(s.hi, s.lo); */
#endif
  return atanh_twice(s);
}

/* k with u*2^-k in [1/sqrt 2, sqrt 2], of a normal u > 0 below 2^1023: its exponent or one more. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from u;
  @ LFAP_REAL(ensures value: \result == lfap_log_k(u);) */
LFAP_INLINE double log_exponent(double u) {
  const double k = (double)(lfap_bits_of(u) >> 52) - 1023.0;
  return u * pow2_of(-k) > 0x1.6a09e667f3bcdp+0 ? k + 1.0 : k;
}

/* 1 + x without error; where the 1 does not count, x*2^-64, which keeps 2^-k normal. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from x, far;
  @ LFAP_REAL(ensures hi: far == (x >= 0x1p80 ? 1 : 0) ==> \result.hi == lfap_log_u(x);)
  @ LFAP_REAL(ensures lo: \result.lo == 0.0;) */
LFAP_INLINE lfap_pair log_argument(double x, int far) {
  lfap_pair u = pair_of_any_sum(1.0, x);
  if (far) {
    u.hi = x * 0x1p-64;
    u.lo = 0.0;
  }
  return u;
}

/* k ln 2 + a, rounded once. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from k, a;
  @ LFAP_REAL(ensures value: \result == lfap_log_sum(k, a.hi, a.lo);) */
LFAP_INLINE double log_sum(double k, lfap_pair a) {
  const lfap_pair t = pair_of_sum(k * LN2_HI, a.hi);
  return t.hi + (t.lo + fma(k, LN2_LO, a.lo));
}

/* 1 + x = 2^k (1 + f). The sum is a pair without error, so f is exact for k = 0 and nothing cancels near x = 0. */
LFAP_CLONES
double lfap_log1p(double x) {
  if (x != x) return x;
  if (x < -1.0) return lfap_bits_to(0x7ff8000000000000u);
  if (x == -1.0) return lfap_bits_to(0xfff0000000000000u);
  if (fabs(x) < 0x1p-54) return x; /* log1p(x) = x - x^2/2 is within a quarter ulp of x; keeps the sign of zero */
  if (x > 0x1.fffffffffffffp1023) return x;
  const int far = x >= 0x1p80;
  const lfap_pair u = log_argument(x, far);
  const double k = log_exponent(u.hi), scale = pow2_of(-k);
  const lfap_pair f = pair_of_any_sum(u.hi * scale - 1.0, u.lo * scale);
  const double e = k + (far ? 64.0 : 0.0);
  const lfap_pair a = log1p_reduced(f);
#ifdef LFAP_TIER_REAL
  /*@ assert fraction: f.hi == lfap_log_f(lfap_log_u(x)) && f.lo == 0.0; */
  /*@ assert whole: lfap_rlog1p(x) == lfap_log_of(e, f.hi); */
  /*@ assert parts: lfap_log_of(e, f.hi) == lfap_log_sum(e, a.hi, a.lo); */
#endif
  return log_sum(e, a);
}

double lfap_log_ge1(double x) { return lfap_log1p(x - 1.0); }
