/* fused.c - fma by error-free sums and products, rounded to odd before it is rounded once (N18). */
#include "fused.h"

#define LFAP_FMA_ITSELF /* here fma is the C library's, or the instruction */
#include "bits.h"
#include "clones.h"
#include "mathspec.h"

/* Where the processor may have the instruction though the compilation does not count on it. */
#if (defined(__x86_64__) || defined(__i386__)) && defined(__GNUC__) && !defined(__FRAMAC__) && !defined(LFAP_NO_FMA)
#define HAS_FMA __builtin_cpu_supports("fma")
#define FMA_TARGET __attribute__((target("fma")))
#else
#define HAS_FMA 0
#define FMA_TARGET
#endif

/* hi + lo = a + b (Knuth); of numbers or of vectors of them, t being one too. */
#define SUM(hi, lo, a, b, t) \
  hi = (a) + (b);            \
  t = hi - (a);              \
  lo = ((a) - (hi - t)) + ((b)-t)

/* hi + lo = x for two halves of 26 bits and a sign (Veltkamp). */
#define HALVES(hi, lo, x, t) \
  t = 0x8000001p0 * (x);     \
  hi = t - (t - (x));        \
  lo = (x)-hi

/* x*y - p for p = x*y rounded (Dekker), from their halves. */
#define LOST(p, x1, x2, y1, y2) ((((x1 * y1 - p) + x1 * y2) + x2 * y1) + x2 * y2)

/* Bounds within which nothing overflows and what a product loses is a double. */
#define MOST 0x1p470
#define MOST_ADDED 0x1p1000
#define LEAST 0x1p-900

/* Zeros have a product without error, with its sign; everything else is the C library's. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from x, y, z; */
static double seldom(double x, double y, double z) {
  if ((x == 0.0 || y == 0.0) && fabs(x) <= MOST && fabs(y) <= MOST) return x * y + z;
  return fma(x, y, z);
}

/* The neighbour with an odd last bit of a sum that lost something. One place in the pattern is one place of the number,
   away from 0. So an even pattern goes up by one, or down by one where what was lost has the other sign; an odd one
   stays. A function of its own: over the reals nothing is lost, and what depends on it would be proved as dead code. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from near, lost; */
LFAP_INLINE double odd_neighbour(double near, double lost) {
  const uint64_t n = LFAP_BITS_OF(near), toward = (n ^ LFAP_BITS_OF(lost)) >> 63;
  return LFAP_BITS_TO((n - toward) | 1);
}

/* a + b rounded to odd. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from a, b; */
LFAP_INLINE double odd_sum(double a, double b) {
  double near, lost, t;
  SUM(near, lost, a, b, t);
  return lost == 0.0 ? near : odd_neighbour(near, lost);
}

double lfap_fma_exact(double x, double y, double z) {
  const double p = x * y;
  double x1, x2, y1, y2, high, low, top, rest, t;
  if (!(fabs(x) + fabs(y) <= MOST && fabs(z) <= MOST_ADDED && fabs(p) >= LEAST)) return seldom(x, y, z);
  HALVES(x1, x2, x, t);
  HALVES(y1, y2, y, t);
  const double e = LOST(p, x1, x2, y1, y2);
  SUM(high, low, z, e, t);
  SUM(top, rest, p, high, t);
  return top + odd_sum(low, rest);
}

/* The instruction, in a function of its own: the rest of the file must run where there is none. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from x, y, z; */
FMA_TARGET static double instruction(double x, double y, double z) { return fma(x, y, z); }

double lfap_fma(double x, double y, double z) {
  if (HAS_FMA) return instruction(x, y, z);
  return lfap_fma_exact(x, y, z);
}

#if LFAP_FMA_IN_PAIRS
typedef uint64_t pair_bits __attribute__((vector_size(16)));
#define SIZE_OF(v) ((lfap_two)((pair_bits)(v)&INT64_MAX))

/* lfap_fma_exact, for two: the range is asked once, and what was a branch is a mask. */
__attribute__((used)) lfap_two lfap_fma_two_exact(lfap_two x, lfap_two y, lfap_two z) {
  const lfap_two p = x * y;
  lfap_two x1, x2, y1, y2, high, low, top, rest, near, lost, t;
  const pair_bits in = (pair_bits)(SIZE_OF(x) + SIZE_OF(y) <= MOST) & (pair_bits)(SIZE_OF(z) <= MOST_ADDED) &
                       (pair_bits)(SIZE_OF(p) >= LEAST);
  if (__builtin_ia32_movmskpd((lfap_two)in) != 3)
    return (lfap_two){lfap_fma_exact(x[0], y[0], z[0]), lfap_fma_exact(x[1], y[1], z[1])};
  HALVES(x1, x2, x, t);
  HALVES(y1, y2, y, t);
  const lfap_two e = LOST(p, x1, x2, y1, y2);
  SUM(high, low, z, e, t);
  SUM(top, rest, p, high, t);
  SUM(near, lost, low, rest, t);
  const pair_bits n = (pair_bits)near, inexact = (pair_bits)(lost != 0.0);
  return top + (lfap_two)((n - ((n ^ (pair_bits)lost) >> 63 & inexact)) | (inexact & 1));
}

FMA_TARGET static lfap_two instructions(lfap_two x, lfap_two y, lfap_two z) {
  return (lfap_two){fma(x[0], y[0], z[0]), fma(x[1], y[1], z[1])};
}

__attribute__((used)) lfap_two lfap_fma_two(lfap_two x, lfap_two y, lfap_two z) {
  if (HAS_FMA) return instructions(x, y, z);
  return lfap_fma_two_exact(x, y, z);
}
#endif
