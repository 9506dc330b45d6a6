/* random.c - Philox4x64-10 (Salmon, Moraes, Dror, Shaw 2011), uniform doubles, and the normal law by the ziggurat
 * (Marsaglia, Tsang 2000) with NumPy's use of the bits of a word (N10). */
#include "random.h"

#include "elementary.h"
#include "ziggurat_tables.h"

enum {
  ROUNDS = 10,
  /* An attempt fails with probability below 1/10; so many in a row never happen, but make termination provable. */
  ATTEMPTS = 1000
};

/*@ lemma product_range: \forall integer a, b, m; 0 <= a <= m && 0 <= b <= m ==> 0 <= a*b <= m*m; */
/*@ lemma product_parts: \forall integer a1, a0, b1, b0, s;
  @   (a1*s + a0)*(b1*s + b0) == (a1*b1)*(s*s) + (a1*b0)*s + (a0*b1)*s + a0*b0; */

/* The high word of a*b, by 32-bit halves; nothing wraps. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures high: \result*18446744073709551616 <= a*b < (\result + 1)*18446744073709551616;
  @ ensures value: \result == lfap_mulhi(a, b); */
static uint64_t mul_high(uint64_t a, uint64_t b) {
  const uint64_t half = 0x100000000u;
  const uint64_t a1 = a / half, a0 = a % half, b1 = b / half, b0 = b % half;
  /*@ assert halves: 0 <= a0 <= 4294967295 && 0 <= a1 <= 4294967295 && 0 <= b0 <= 4294967295
      && 0 <= b1 <= 4294967295; */
  /*@ assert range_00: 0 <= a0*b0 <= 4294967295*4294967295; */
  /*@ assert range_01: 0 <= a0*b1 <= 4294967295*4294967295; */
  /*@ assert range_10: 0 <= a1*b0 <= 4294967295*4294967295; */
  /*@ assert range_11: 0 <= a1*b1 <= 4294967295*4294967295; */
  const uint64_t p00 = a0 * b0, p01 = a0 * b1, p10 = a1 * b0, p11 = a1 * b1;
  /*@ assert parts: a*b == p11*(4294967296*4294967296) + p10*4294967296 + p01*4294967296 + p00; */
  const uint64_t low = p10 + p00 / half;
  const uint64_t mid = p01 + low % half;
  /*@ assert low: low == p10 + p00/4294967296; */
  /*@ assert mid: mid == p01 + low % 4294967296; */
  /*@ assert top: p11 + low/4294967296 + mid/4294967296 < 18446744073709551616; */
  return p11 + low / half + mid / half;
}

void lfap_philox_seed(lfap_philox *g, uint64_t seed) {
  g->key[0] = seed;
  g->key[1] = 0;
  /*@ loop invariant bounds: 0 <= i <= 4;
    @ loop invariant zero: \forall integer k; 0 <= k < i ==> g->counter[k] == 0;
    @ loop assigns i, g->counter[0 .. 3], g->buffer[0 .. 3];
    @ loop variant 4 - i; */
  for (unsigned i = 0; i < 4; i++) {
    g->counter[i] = 0;
    g->buffer[i] = 0;
  }
  g->position = 4;
}

/* buffer = the ten rounds of the counter under the key; the key moves by the Weyl constants between rounds. */
/*@ requires valid: \valid(g);
  @ terminates \true;
  @ exits never: \false;
  @ assigns g->buffer[0 .. 3];
  @ ensures block: \forall integer i; 0 <= i < 4 ==> g->buffer[i] == lfap_block{Pre}(g, i); */
static void philox_block(lfap_philox *g) {
  uint64_t c0 = g->counter[0], c1 = g->counter[1], c2 = g->counter[2], c3 = g->counter[3];
  uint64_t k0 = g->key[0], k1 = g->key[1];
  /*@ loop invariant bounds: 0 <= round <= ROUNDS;
    @ loop invariant rounds: \forall integer i; 0 <= i < 4
    @   ==> lfap_rounds(i, c0, c1, c2, c3, k0, k1, 10 - round) == lfap_block{Pre}(g, i);
    @ loop assigns round, c0, c1, c2, c3, k0, k1;
    @ loop variant ROUNDS - round; */
  for (int round = 0; round < ROUNDS; round++) {
    const uint64_t h0 = mul_high(0xd2e7470ee14c6c93u, c0), l0 = 0xd2e7470ee14c6c93u * c0;
    const uint64_t h1 = mul_high(0xca5a826395121157u, c2), l1 = 0xca5a826395121157u * c2;
    c0 = h1 ^ c1 ^ k0;
    c1 = l1;
    c2 = h0 ^ c3 ^ k1;
    c3 = l0;
    k0 = k0 + 0x9e3779b97f4a7c15u;
    k1 = k1 + 0xbb67ae8584caa73bu;
  }
  g->buffer[0] = c0;
  g->buffer[1] = c1;
  g->buffer[2] = c2;
  g->buffer[3] = c3;
}

/* The counter is one 256-bit number, least significant word first. */
/*@ requires valid: \valid(g);
  @ terminates \true;
  @ exits never: \false;
  @ assigns g->counter[0 .. 3];
  @ ensures counted: lfap_counted{Pre,Post}(g); */
static void philox_count(lfap_philox *g) {
  g->counter[0] = g->counter[0] + 1u;
  if (g->counter[0] != 0) return;
  g->counter[1] = g->counter[1] + 1u;
  if (g->counter[1] != 0) return;
  g->counter[2] = g->counter[2] + 1u;
  if (g->counter[2] != 0) return;
  g->counter[3] = g->counter[3] + 1u;
}

uint64_t lfap_philox_next(lfap_philox *g) {
  if (g->position == 4) {
    philox_count(g);
    philox_block(g);
    g->position = 0;
  }
  g->position = g->position + 1;
  return g->buffer[g->position - 1];
}

/* The upper 53 bits: a shift by 11, in the form that the prover reads. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures bits: 0 <= \result < 9007199254740992;
  @ ensures value: \result == word / 2048; */
static uint64_t top_bits(uint64_t word) { return word / 2048u; }

double lfap_philox_double(lfap_philox *g) {
  const uint64_t top = top_bits(lfap_philox_next(g));
  return (double)top / 9007199254740992.0; /* exact, as the product with 2^-53 would be */
}

/* A normal above R: Marsaglia's exponential rejection. */
/*@ requires ready: lfap_philox_ready(g);
  @ terminates \true;
  @ exits never: \false;
  @ assigns g->counter[0 .. 3], g->buffer[0 .. 3], g->position;
  @ ensures ready: lfap_philox_ready(g);
  @ ensures drawn: g->position >= 1; */
static double normal_tail(lfap_philox *g) {
  /*@ loop invariant ready: lfap_philox_ready(g);
    @ loop invariant drawn: attempt > 0 ==> g->position >= 1;
    @ loop invariant bounds: 0 <= attempt <= ATTEMPTS;
    @ loop assigns attempt, g->counter[0 .. 3], g->buffer[0 .. 3], g->position;
    @ loop variant ATTEMPTS - attempt; */
  for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
    const double x = -ZIGGURAT_INV_R * lfap_log1p(-lfap_philox_double(g));
    const double y = -lfap_log1p(-lfap_philox_double(g));
    if (y + y > x * x) return ZIGGURAT_R + x;
  }
  return ZIGGURAT_R;
}

#ifdef LFAP_TIER_REAL
/*@ logic real lfap_signed(integer bit, real size) = bit % 2 == 0 ? size : -size;
  @ logic real lfap_normal_of{L}(integer word) =
  @   lfap_signed(word / 256, (word / 512 % 0x10000000000000)*ziggurat_w[word % 256]); */
#endif

/* The size, or minus the size where the lowest bit is 1. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures value: \result == lfap_signed(bits, size);) */
static inline double with_sign(uint64_t bits, double size) { return bits % 2u ? -size : size; }

/* One word: 8 bits of layer, a sign, 52 bits of abscissa; in the tail the sign is bit 17. Returns 0 if rejected. */
/*@ requires ready: lfap_philox_ready(g);
  @ requires valid: \valid(x);
  @ requires sep: \separated(x, g);
  @ terminates \true;
  @ exits never: \false;
  @ assigns *x, g->counter[0 .. 3], g->buffer[0 .. 3], g->position;
  @ ensures ready: lfap_philox_ready(g);
  @ ensures drawn: \old(g->position) >= 1 ==> g->position >= 1;
  @ ensures tail: word % 256 == 0 ==> \result == 1;
  @ LFAP_REAL(ensures inside: word / 512 % 0x10000000000000 < ziggurat_k[word % 256] ==> \result == 1
  @     && g->position == \old(g->position);)
  @ LFAP_REAL(ensures value: word % 256 > 0 || word / 512 % 0x10000000000000 < ziggurat_k[0]
  @     ==> *x == lfap_normal_of(word);) */
static int normal_attempt(double *x, lfap_philox *g, uint64_t word) {
  const unsigned layer = (unsigned)(word % 256u);
  const uint64_t abscissa = word / 512u % 0x10000000000000u;
  const double size = (double)abscissa * ziggurat_w[layer];
  *x = with_sign(word / 256u, size);
  if (abscissa < ziggurat_k[layer]) return 1;
  if (layer == 0) {
    *x = with_sign(word / 0x20000u, normal_tail(g));
    return 1;
  }
  /*@ assert layer: 1 <= layer <= 255; */
  const double below = ziggurat_f[layer], above = ziggurat_f[layer - 1];
  return (above - below) * lfap_philox_double(g) + below < lfap_exp(-0.5 * size * size);
}

double lfap_philox_normal(lfap_philox *g) {
  double x = 0.0;
  /*@ loop invariant ready: lfap_philox_ready(g);
    @ loop invariant bounds: 0 <= attempt <= ATTEMPTS;
    @ loop invariant drawn: attempt > 0 ==> g->position >= 1;
    @ loop assigns attempt, x, g->counter[0 .. 3], g->buffer[0 .. 3], g->position;
    @ loop variant ATTEMPTS - attempt; */
  for (int attempt = 0; attempt < ATTEMPTS; attempt++)
    if (normal_attempt(&x, g, lfap_philox_next(g))) return x;
  return 0.0;
}

void lfap_fill_uniform(double *x, lfap_philox *g, size_t n) {
  /*@ loop invariant ready: lfap_philox_ready(g);
    @ loop invariant bounds: 0 <= i <= n;
    @ LFAP_REAL(loop invariant unit: \forall integer k; 0 <= k < i ==> -1.0 <= x[k] < 1.0;)
    @ loop assigns i, x[0 .. n - 1], g->counter[0 .. 3], g->buffer[0 .. 3], g->position;
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) x[i] = 2.0 * lfap_philox_double(g) - 1.0;
}

void lfap_fill_normal(double *x, lfap_philox *g, size_t n) {
  /*@ loop invariant ready: lfap_philox_ready(g);
    @ loop invariant bounds: 0 <= i <= n;
    @ loop assigns i, x[0 .. n - 1], g->counter[0 .. 3], g->buffer[0 .. 3], g->position;
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) x[i] = lfap_philox_normal(g);
}

/* The label that a draw from [0,1) stands for. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures value: \result == (u >= 0.5 ? 1.0 : -1.0);)
  @ LFAP_VALUE(ensures plus: \le_double((double)0.5, u) ==> \eq_double(\result, (double)1.0);)
  @ LFAP_VALUE(ensures minus: !\le_double((double)0.5, u) ==> \eq_double(\result, (double)-1.0);) */
static inline double label_of(double u) { return u >= 0.5 ? 1.0 : -1.0; }

void lfap_fill_labels(double *y, lfap_philox *g, size_t n) {
  /*@ loop invariant ready: lfap_philox_ready(g);
    @ loop invariant bounds: 0 <= i <= n;
    @ LFAP_REAL(loop invariant sign: \forall integer k; 0 <= k < i ==> y[k] == 1.0 || y[k] == -1.0;)
    @ LFAP_VALUE(loop invariant sign: \forall integer k; 0 <= k < i
    @   ==> \eq_double(y[k], (double)1.0) || \eq_double(y[k], (double)-1.0);)
    @ loop assigns i, y[0 .. n - 1], g->counter[0 .. 3], g->buffer[0 .. 3], g->position;
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) y[i] = label_of(lfap_philox_double(g));
}
