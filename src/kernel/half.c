/* half.c - rounding to binary16 and the network's parts that need it (N17). */
#include "half.h"

#include "clones.h"
#include "mathsingle.h"
#include "single.h"

/* y is of x's sign and 2^42 times as large, a multiple of 2^29 places of binary16: so x + y is rounded where x as a
   binary16 number is, to even in a tie, and y goes away without rounding. Below 2^-14 the places are 2^-24, those of a
   double near 1.5*2^28. x is rounded to binary32 on the way to y alone, which must end in zeros. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from x;
  @ LFAP_VALUE(ensures nan: \is_NaN(x) ==> \is_NaN(\result);)
  @ LFAP_VALUE(ensures above: \le_double((double)65520.0, x) ==> \is_plus_infinity(\result);)
  @ LFAP_VALUE(ensures below: \le_double(x, (double)-65520.0) ==> \is_minus_infinity(\result);) */
LFAP_INLINE double half(double x) {
  const int inside = x > -65520.0 && x<65520.0, small = x> - 0x1p-14 && x < 0x1p-14;
  const double v = inside ? x : 0.0, y = small ? 0x1.8p28 : (double)(float)v * 0x1p42, r = (v + y) - y;
  if (inside) return r != 0.0 ? r : 0.0 * x;
  return x >= 65520.0 ? 1.0 / 0.0 : x <= -65520.0 ? -1.0 / 0.0 : x;
}

float lfap_half(double x) { return (float)half(x); }

LFAP_CLONES
void lfap_half_fill(float *h, const double *x, size_t n) {
  /*@ loop invariant i: 0 <= i <= n;
    @ loop assigns i, h[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) h[i] = (float)half(x[i]);
}

LFAP_CLONES
void lfap_half_round(float *h, size_t n) {
  /*@ loop invariant i: 0 <= i <= n;
    @ loop assigns i, h[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) h[i] = (float)half((double)h[i]);
}

LFAP_CLONES
void lfap_half_columns(float *h, const double *x, size_t n, size_t d) {
  /*@ loop invariant column: 0 <= k <= d;
    @ loop assigns k, h[0 .. n*d - 1];
    @ loop variant d - k; */
  for (size_t k = 0; k < d; k++) {
    /*@ ghost lfap_row_at(k, d, n); */
    /*@ loop invariant row: 0 <= i <= n;
      @ loop assigns i, h[0 .. n*d - 1];
      @ loop variant n - i; */
    for (size_t i = 0; i < n; i++) {
      /*@ ghost lfap_row_at(i, n, d); */
      h[k * n + i] = (float)half(x[i * d + k]);
    }
  }
}

enum { COLUMNS = 64 }; /* samples whose sums are in registers together */

/* The outputs at .. at+w-1. */
/*@ requires part: w <= COLUMNS && at + w <= n;
  @ requires size: m*n <= SIZE_MAX;
  @ requires z: \valid_read(z + (0 .. m*n - 1));
  @ requires f: \valid(f + (0 .. n-1));
  @ requires sep: \separated(f + (0 .. n-1), z + (0 .. m*n - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns f[0 .. n-1]; */
LFAP_INLINE void sum_columns(double *f, const float *z, float s, float gamma, size_t at, size_t w, size_t m, size_t n) {
  float slice[COLUMNS] = {0.0f}, total[COLUMNS] = {0.0f};
  /*@ loop invariant row: 0 <= j <= m;
    @ loop assigns j, slice[0 .. COLUMNS-1], total[0 .. COLUMNS-1];
    @ loop variant m - j; */
  for (size_t j = 0; j < m; j++) {
    /*@ ghost lfap_row_at(j, m, n); */
    const float a = j < m / 2 ? s : -s, *row = z + (j * n + at);
    const int last = (j + 1) % LFAP_SINGLE_SLICE == 0 || j + 1 == m;
    /*@ loop invariant i: 0 <= i <= w;
      @ loop assigns i, slice[0 .. COLUMNS-1];
      @ loop variant w - i; */
    for (size_t i = 0; i < w; i++) {
      const float part = gamma * row[i];
      slice[i] = slice[i] + a * (row[i] > 0.0f ? row[i] : (float)half((double)part));
    }
    /*@ loop invariant i: 0 <= i <= w;
      @ loop assigns i, slice[0 .. COLUMNS-1], total[0 .. COLUMNS-1];
      @ loop variant w - i; */
    for (size_t i = 0; last && i < w; i++) {
      total[i] = total[i] + slice[i];
      slice[i] = 0.0f;
    }
  }
  /*@ loop invariant i: 0 <= i <= w;
    @ loop assigns i, f[0 .. n-1];
    @ loop variant w - i; */
  for (size_t i = 0; i < w; i++) f[at + i] = half((double)total[i]);
}

LFAP_CLONES
void lfap_half_outputs(double *f, const float *z, float s, float gamma, size_t m, size_t n) {
  size_t at = 0;
  /*@ loop invariant at: 0 <= at <= n;
    @ loop assigns at, f[0 .. n-1];
    @ loop variant n - at; */
  while (at < n) {
    size_t w = n - at < COLUMNS ? n - at : COLUMNS;
    sum_columns(f, z, s, gamma, at, w, m, n);
    at += w;
  }
}

LFAP_CLONES
void lfap_half_slopes(float *open, float *leaky, const double *t, float s, float gamma, size_t n) {
  /*@ loop invariant i: 0 <= i <= n;
    @ loop assigns i, open[0 .. n-1], leaky[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    const float o = (float)half(half(t[i]) * (double)s), part = gamma * o;
    open[i] = o;
    leaky[i] = (float)half((double)part);
  }
}

LFAP_CLONES
size_t lfap_half_row(float *c, const float *z, const float *open, const float *leaky, float sign, size_t n) {
  size_t zeros = 0;
  /*@ loop invariant i: 0 <= i <= n && 0 <= zeros <= i;
    @ loop assigns i, zeros, c[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    const float back = z[i] > 0.0f ? open[i] : leaky[i];
    c[i] = sign * back;
    zeros += back == 0.0f ? 1 : 0;
  }
  return zeros;
}

LFAP_CLONES
size_t lfap_half_step(double *w, double *v, const float *d, float lr, float mu, int first, size_t n) {
  size_t alive = 0;
  /*@ loop invariant i: 0 <= i <= n && 0 <= alive <= i;
    @ loop assigns i, alive, w[0 .. n-1], v[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    const float kept = mu * (float)v[i], u = first ? d[i] : kept + d[i], old = (float)w[i], next = fmaf(-lr, u, old);
    alive += d[i] != 0.0f || next != old ? 1 : 0;
    v[i] = (double)u;
    w[i] = (double)next;
  }
  return alive;
}
