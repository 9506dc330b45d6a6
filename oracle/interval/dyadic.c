/* dyadic.c - exact text and outward rounding of the numbers of a certificate (spec/certificate.md, "Numbers"). */
#include "oracle/interval/dyadic.h"

#include <limits.h>
#include <mpfr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void oracle_q_set_d(mpq_t q, double x) { mpq_set_d(q, x); }

void oracle_q_scale(mpq_t q, long e) {
  if (e >= 0) mpq_mul_2exp(q, q, (mp_bitcnt_t)e);
  else mpq_div_2exp(q, q, (mp_bitcnt_t)-e);
}

void oracle_q_set_2exp(mpq_t q, const mpz_t m, long e) {
  mpq_set_z(q, m);
  oracle_q_scale(q, e);
}

/* floor(log2 |q|) or one less. */
static long about_log2(const mpq_t q) {
  return (long)mpz_sizeinbase(mpq_numref(q), 2) - (long)mpz_sizeinbase(mpq_denref(q), 2) - 1;
}

void oracle_q_round(mpq_t out, const mpq_t q, unsigned bits, int up) {
  if (mpq_sgn(q) == 0) {
    mpq_set_ui(out, 0, 1);
    return;
  }
  mpq_t s;
  mpz_t m;
  mpq_init(s);
  mpz_init(m);
  /* s = |q| 2^k lies in [2^bits, 2^(bits+2)): two trials find the k that leaves exactly `bits` bits before the point */
  long k = (long)bits - 1 - about_log2(q);
  for (;; k--) {
    mpq_set(s, q);
    oracle_q_scale(s, k);
    mpz_tdiv_q(m, mpq_numref(s), mpq_denref(s));
    if (mpz_sizeinbase(m, 2) <= bits) break;
  }
  if (up) mpz_cdiv_q(m, mpq_numref(s), mpq_denref(s));
  else mpz_fdiv_q(m, mpq_numref(s), mpq_denref(s));
  oracle_q_set_2exp(out, m, -k);
  mpz_clear(m);
  mpq_clear(s);
}

double oracle_q_double(const mpq_t q, int up) {
  mpfr_t x;
  mpfr_rnd_t r = up ? MPFR_RNDU : MPFR_RNDD;
  mpfr_init2(x, 64);
  mpfr_set_q(x, q, r);
  double d = mpfr_get_d(x, r); /* rounding twice in one direction stays on that side */
  mpfr_clear(x);
  return d;
}

static int at_least(long k, const mpq_t q) { /* 4^k >= q */
  mpq_t p;
  mpq_init(p);
  mpq_set_ui(p, 1, 1);
  oracle_q_scale(p, 2 * k);
  int yes = mpq_cmp(p, q) >= 0;
  mpq_clear(p);
  return yes;
}

long oracle_q_ceil_log4(const mpq_t q) {
  long l = about_log2(q), k = (l < 0 ? -((-l + 1) / 2) : l / 2) - 1;
  while (at_least(k, q)) k--;
  while (!at_least(k, q)) k++;
  return k;
}

/* ---- text -------------------------------------------------------------------------------------------------------- */

static void put_hex(lfap_text *t, const mpz_t z) { /* sign, 0x, digits */
  size_t size = mpz_sizeinbase(z, 16) + 2;
  char *s = malloc(size);
  if (!s) {
    t->status = LFAP_ERR_MEMORY;
    return;
  }
  mpz_get_str(s, 16, z);
  if (s[0] == '-') lfap_text_puts(t, "-");
  lfap_text_puts(t, "0x");
  lfap_text_puts(t, s + (s[0] == '-'));
  free(s);
}

void oracle_z_text(lfap_text *t, const mpz_t z) { put_hex(t, z); }

void oracle_q_text(lfap_text *t, const mpq_t q) {
  mpz_t m;
  if (mpq_sgn(q) == 0) {
    lfap_text_puts(t, "0x0p+0");
    return;
  }
  mpz_init_set(m, mpq_numref(q));
  long e = -(long)(mpz_sizeinbase(mpq_denref(q), 2) - 1);
  if (e == 0) {
    e = (long)mpz_scan1(m, 0);
    mpz_tdiv_q_2exp(m, m, (mp_bitcnt_t)e);
  }
  put_hex(t, m);
  lfap_text_puts(t, e < 0 ? "p" : "p+");
  lfap_text_int(t, e);
  mpz_clear(m);
}

static size_t hex_digits(const char *s, size_t len) {
  size_t n = 0;
  while (n < len && strchr("0123456789abcdef", s[n]) && s[n]) n++;
  return n;
}

static mp_limb_t nibble(char c) { return (mp_limb_t)(c <= '9' ? c - '0' : c - 'a' + 10); }

int oracle_z_read(mpz_t z, const char *s, size_t len) {
  size_t minus = len > 0 && s[0] == '-';
  if (len < minus + 3 || s[minus] != '0' || s[minus + 1] != 'x') return 0;
  const char *digit = s + minus + 2;
  size_t n = len - minus - 2;
  if (hex_digits(digit, n) != n || (digit[0] == '0' && (n > 1 || minus))) return 0;
  /* straight into the number's limbs: mpz_set_str would want a copy with a NUL, and memory for it */
  size_t each = GMP_NUMB_BITS / 4, limbs = (n + each - 1) / each;
  mp_limb_t *limb = mpz_limbs_write(z, (mp_size_t)limbs);
  for (size_t i = 0; i < limbs; i++) {
    size_t end = n - i * each, at = end > each ? end - each : 0;
    for (limb[i] = 0; at < end; at++) limb[i] = limb[i] << 4 | nibble(digit[at]);
  }
  mpz_limbs_finish(z, minus ? -(mp_size_t)limbs : (mp_size_t)limbs);
  return 1;
}

/* [+-]digits, no leading zero, a sign always, not -0. */
static int read_exponent(long *e, const char *s, size_t len) {
  if (len < 2 || len > 9 || (s[0] != '+' && s[0] != '-')) return 0;
  long v = 0;
  for (size_t i = 1; i < len; i++) {
    if (s[i] < '0' || s[i] > '9') return 0;
    v = 10 * v + (s[i] - '0');
  }
  if ((s[1] == '0' && (len > 2 || s[0] == '-')) || v > ORACLE_EXPONENT_MAX) return 0;
  *e = s[0] == '-' ? -v : v;
  return 1;
}

int oracle_q_read(mpq_t q, const char *s, size_t len) {
  const char *p = memchr(s, 'p', len);
  long e = 0;
  mpz_t m;
  if (!p || !read_exponent(&e, p + 1, len - (size_t)(p + 1 - s))) return 0;
  mpz_init(m);
  int good = oracle_z_read(m, s, (size_t)(p - s)) && (mpz_odd_p(m) || (mpz_sgn(m) == 0 && e == 0));
  if (good) oracle_q_set_2exp(q, m, e);
  mpz_clear(m);
  return good;
}
