/* half.h - IEEE binary16, its numbers kept in floats, and the network's parts that round to it (N17). */
#ifndef LFAP_KERNEL_HALF_H
#define LFAP_KERNEL_HALF_H
#include <stddef.h>
#include <stdint.h>

#include "arithmetic.h"
#ifdef __FRAMAC__
#include "index.acsl"
#include "memory.acsl"
#include "tiers.acsl"
#endif

/* The binary16 number nearest to x, ties to even: multiples of 2^-24 below 2^-14, infinite from 65520 on; a NaN stays
   one. One rounding, whatever double x is. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from x; */
float lfap_half(double x);

/* h[i] = half(x[i]). */
/*@ LFAP_MAP_ONE(h, x, n)
  @ terminates \true;
  @ exits never: \false;
  @ assigns h[0 .. n-1]; */
void lfap_half_fill(float *h, const double *x, size_t n);
/* The same in place, of sums in binary32. */
/*@ requires h: \valid(h + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns h[0 .. n-1]; */
void lfap_half_round(float *h, size_t n);
/* h (d x n): the transpose of half(x), x n x d. */
/*@ requires size: n*d <= SIZE_MAX;
  @ requires x: \valid_read(x + (0 .. n*d - 1));
  @ requires h: \valid(h + (0 .. n*d - 1));
  @ requires sep: \separated(h + (0 .. n*d - 1), x + (0 .. n*d - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns h[0 .. n*d - 1]; */
void lfap_half_columns(float *h, const double *x, size_t n, size_t d);

/* f (n): half of the sum over j, in slices of 256, of a_j*phi(z_jn); a_j = s for j < m/2, -s otherwise,
   phi(z) = z > 0 ? z : half(gamma*z). z: m x n, numbers of binary16 as s is. */
/*@ requires size: m*n <= SIZE_MAX;
  @ requires z: \valid_read(z + (0 .. m*n - 1));
  @ requires f: \valid(f + (0 .. n-1));
  @ requires sep: \separated(f + (0 .. n-1), z + (0 .. m*n - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns f[0 .. n-1]; */
void lfap_half_outputs(double *f, const float *z, float s, float gamma, size_t m, size_t n);

/* What comes back to neurons with a_j > 0 at each sample: open = half(half(t)*s), leaky = half(gamma*open). */
/*@ LFAP_MAP_TO_TWO(open, leaky, t, n)
  @ terminates \true;
  @ exits never: \false;
  @ assigns open[0 .. n-1], leaky[0 .. n-1]; */
void lfap_half_slopes(float *open, float *leaky, const double *t, float s, float gamma, size_t n);

/* c[n] = sign*(z[n] > 0 ? open[n] : leaky[n]); returns how many of them are 0. */
/*@ requires c: \valid(c + (0 .. n-1));
  @ requires z: \valid_read(z + (0 .. n-1));
  @ requires open: \valid_read(open + (0 .. n-1));
  @ requires leaky: \valid_read(leaky + (0 .. n-1));
  @ requires sep_z: \separated(c + (0 .. n-1), z + (0 .. n-1));
  @ requires sep_o: \separated(c + (0 .. n-1), open + (0 .. n-1));
  @ requires sep_l: \separated(c + (0 .. n-1), leaky + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns c[0 .. n-1];
  @ ensures count: 0 <= \result <= n; */
size_t lfap_half_row(float *c, const float *z, const float *open, const float *leaky, float sign, size_t n);

/* A step of n master weights in binary32 (kept in doubles, as their velocities): v = first ? d : mu*v + d, rounded
   twice, w = fma(-lr, v, w). Returns at how many of them the gradient is not 0 or the weight moved. */
/*@ LFAP_MAP_TO_TWO(w, v, d, n)
  @ terminates \true;
  @ exits never: \false;
  @ assigns w[0 .. n-1], v[0 .. n-1];
  @ ensures count: 0 <= \result <= n; */
size_t lfap_half_step(double *w, double *v, const float *d, float lr, float mu, int first, size_t n);
#endif
