/* gramform.h - descent on pre-activations (N5a; F1 of spec/theory.md): one row's step, the outputs, rows of equal
 * activation pattern. */
#ifndef LFAP_KERNEL_GRAMFORM_H
#define LFAP_KERNEL_GRAMFORM_H
#include <stddef.h>
#include <stdint.h>

#include "arithmetic.h"

#ifdef LFAP_TIER_REAL
#include "network.h"
/*@ logic real lfap_next_velocity(real v, real dz, real mu) = mu*v + dz;
  @ logic real lfap_next_state(real z, real u, real lr) = z - lr*u;
  @ logic real lfap_next_share(real s, real w, real a, real gamma) = a*lfap_rphi(w, gamma) + s;
  @ logic real lfap_lane_total{L}(double *s, integer ld, integer i) =
  @   s[i] + s[ld + i] + s[2*ld + i] + s[3*ld + i] + s[4*ld + i] + s[5*ld + i] + s[6*ld + i] + s[7*ld + i];
  @ logic real lfap_carried(integer more, real f) = more != 0 ? f : 0.0;
  @ logic real lfap_pattern_entry(integer open, real y, real s1, real s2, real side) = -side*y*(open != 0 ? s1 : s2); */
#endif

/*@ predicate lfap_same_row{L}(unsigned char *a, unsigned char *b, integer n) =
  @   \forall integer i; 0 <= i < n ==> a[i] == b[i]; */

enum { LFAP_OUTPUT_LANES = 8 };

/* One row at n samples, one pass over memory: v = fma(mu, v, dz), z = fma(-lr, v, z), its share of the outputs
   s = fma(a, phi(z), s), open = (z > 0). */
/*@ requires z: \valid(z + (0 .. n-1));
  @ requires v: \valid(v + (0 .. n-1));
  @ requires s: \valid(s + (0 .. n-1));
  @ requires open: \valid(open + (0 .. n-1));
  @ requires dz: \valid_read(dz + (0 .. n-1));
  @ requires sep_z: \separated(z + (0 .. n-1), v + (0 .. n-1), s + (0 .. n-1), dz + (0 .. n-1));
  @ requires sep_open: \separated(open + (0 .. n-1), z + (0 .. n-1));
  @ requires sep_open: \separated(open + (0 .. n-1), v + (0 .. n-1));
  @ requires sep_open: \separated(open + (0 .. n-1), s + (0 .. n-1));
  @ requires sep_open: \separated(open + (0 .. n-1), dz + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns z[0 .. n-1], v[0 .. n-1], s[0 .. n-1], open[0 .. n-1];
  @ LFAP_REAL(ensures velocity: \forall integer i; 0 <= i < n ==> v[i] == lfap_next_velocity(\old(v[i]), dz[i], mu);)
  @ LFAP_REAL(ensures state: \forall integer i; 0 <= i < n ==> z[i] == lfap_next_state(\old(z[i]), v[i], lr);)
  @ LFAP_REAL(ensures output: \forall integer i; 0 <= i < n ==> s[i] == lfap_next_share(\old(s[i]), z[i], a, gamma);)
  @ ensures pattern: \forall integer i; 0 <= i < n ==> open[i] == 0 || open[i] == 1; */
void lfap_gramform_step(double *z, double *v, double *s, unsigned char *open, const double *dz, double a, double gamma,
                        double lr, double mu, size_t n);

/* The outputs at n samples after another slice of neurons (N1): f[i] is the join of the eight lanes s[l*ld + i], with
   `more` added to what f[i] was after the slices before. */
/*@ requires size: LFAP_OUTPUT_LANES * ld <= SIZE_MAX;
  @ requires ld: n <= ld;
  @ requires f: \valid(f + (0 .. n-1));
  @ requires s: \valid_read(s + (0 .. (LFAP_OUTPUT_LANES-1)*ld + n - 1));
  @ requires sep: \separated(f + (0 .. n-1), s + (0 .. (LFAP_OUTPUT_LANES-1)*ld + n - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns f[0 .. n-1];
  @ LFAP_REAL(ensures total: \forall integer i; 0 <= i < n
  @   ==> f[i] == \old(lfap_carried(more, f[i]) + lfap_lane_total(s, ld, i));) */
void lfap_gramform_outputs(double *f, const double *s, size_t n, size_t ld, int more);

/* c[i] = (-sign*y[i])*(open[i] ? s1[i] : s2[i]): one row of coefficients (N5) from its pattern. */
/*@ requires c: \valid(c + (0 .. n-1));
  @ requires open: \valid_read(open + (0 .. n-1));
  @ requires y: \valid_read(y + (0 .. n-1));
  @ requires s1: \valid_read(s1 + (0 .. n-1));
  @ requires s2: \valid_read(s2 + (0 .. n-1));
  @ requires sep_open: \separated(c + (0 .. n-1), open + (0 .. n-1));
  @ requires sep_y: \separated(c + (0 .. n-1), y + (0 .. n-1));
  @ requires sep_1: \separated(c + (0 .. n-1), s1 + (0 .. n-1));
  @ requires sep_2: \separated(c + (0 .. n-1), s2 + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns c[0 .. n-1];
  @ LFAP_REAL(ensures value: \forall integer i; 0 <= i < n
  @     ==> c[i] == \old(lfap_pattern_entry(open[i], y[i], s1[i], s2[i],
  @     sign));) */
void lfap_gramform_coef(double *c, const unsigned char *open, const double *y, const double *s1, const double *s2,
                        double sign, size_t n);

/* A product of G with coefficients that take two values a sample: sums over quads of samples, each from a table of
   its 16 combinations, for WIDTH columns of G and a band of BAND samples at a time. */
enum { LFAP_GRAM_QUAD = 4, LFAP_GRAM_KINDS = 16, LFAP_GRAM_WIDTH = 16, LFAP_GRAM_QUADS = 8, LFAP_GRAM_BAND = 32 };

/* T (QUADS x KINDS x WIDTH), for the quads of n <= BAND samples: T[q][kind] = the chain from +0 over the samples k
   of quad q of (bit k of kind ? c1 : c2)*g_k; g has n rows of WIDTH. */
/*@ requires n: n <= LFAP_GRAM_BAND;
  @ requires T: \valid(T + (0 .. LFAP_GRAM_QUADS*LFAP_GRAM_KINDS*LFAP_GRAM_WIDTH - 1));
  @ requires g: \valid_read(g + (0 .. n*LFAP_GRAM_WIDTH - 1));
  @ requires c1: \valid_read(c1 + (0 .. n-1));
  @ requires c2: \valid_read(c2 + (0 .. n-1));
  @ requires sep_g: \separated(T + (0 .. LFAP_GRAM_QUADS*LFAP_GRAM_KINDS*LFAP_GRAM_WIDTH - 1),
  @     g + (0 .. n*LFAP_GRAM_WIDTH - 1));
  @ requires sep_1: \separated(T + (0 .. LFAP_GRAM_QUADS*LFAP_GRAM_KINDS*LFAP_GRAM_WIDTH - 1), c1 + (0 .. n-1));
  @ requires sep_2: \separated(T + (0 .. LFAP_GRAM_QUADS*LFAP_GRAM_KINDS*LFAP_GRAM_WIDTH - 1), c2 + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns T[0 .. LFAP_GRAM_QUADS*LFAP_GRAM_KINDS*LFAP_GRAM_WIDTH - 1]; */
void lfap_gramform_tables(double *T, const double *g, const double *c1, const double *c2, size_t n);

/* s (rows x WIDTH) += the entries kind[r][q] < KINDS of the first `quads` tables, in order. kind: rows x QUADS. */
/*@ requires size: rows <= SIZE_MAX / 128;
  @ requires quads: quads <= LFAP_GRAM_QUADS;
  @ requires s: \valid(s + (0 .. rows*LFAP_GRAM_WIDTH - 1));
  @ requires T: \valid_read(T + (0 .. LFAP_GRAM_QUADS*LFAP_GRAM_KINDS*LFAP_GRAM_WIDTH - 1));
  @ requires kind: \valid_read(kind + (0 .. rows*LFAP_GRAM_QUADS - 1));
  @ requires kinds: \forall integer k; 0 <= k < rows*LFAP_GRAM_QUADS ==> kind[k] < LFAP_GRAM_KINDS;
  @ requires sep_T: \separated(s + (0 .. rows*LFAP_GRAM_WIDTH - 1),
  @     T + (0 .. LFAP_GRAM_QUADS*LFAP_GRAM_KINDS*LFAP_GRAM_WIDTH - 1));
  @ requires sep_kind: \separated(s + (0 .. rows*LFAP_GRAM_WIDTH - 1), kind + (0 .. rows*LFAP_GRAM_QUADS - 1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns s[0 .. rows*LFAP_GRAM_WIDTH - 1]; */
void lfap_gramform_sums(double *s, const double *T, const unsigned char *kind, size_t rows, size_t quads);

/* kind[q] for the quads of n <= BAND samples: bit k is open[4q + k]; 0 where there are no samples. */
/*@ requires n: n <= LFAP_GRAM_BAND;
  @ requires kind: \valid(kind + (0 .. LFAP_GRAM_QUADS-1));
  @ requires open: \valid_read(open + (0 .. n-1));
  @ requires sep: \separated(kind + (0 .. LFAP_GRAM_QUADS-1), open + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns kind[0 .. LFAP_GRAM_QUADS-1];
  @ ensures kinds: \forall integer q; 0 <= q < LFAP_GRAM_QUADS ==> kind[q] < LFAP_GRAM_KINDS; */
void lfap_gramform_kinds(unsigned char *kind, const unsigned char *open, size_t n);

/* Groups of equal rows of `open` (m x n), found within the first `plus` rows and within the others, whose a_j differ in
   sign. group[j] is the group of row j, first[g] the lowest row of group g; groups are numbered in the
   order of their first rows. slot: 2m entries of scratch. Returns the number of groups. */
/*@ requires size: m * n <= SIZE_MAX && 2 * m <= SIZE_MAX / 8;
  @ requires group: \valid(group + (0 .. m-1));
  @ requires first: \valid(first + (0 .. m-1));
  @ requires slot: \valid(slot + (0 .. 2*m-1));
  @ requires open: \valid_read(open + (0 .. m*n-1));
  @ requires sep: \separated(group + (0 .. m-1), first + (0 .. m-1), slot + (0 .. 2*m-1));
  @ requires sep_open: \separated(group + (0 .. m-1), open + (0 .. m*n-1));
  @ requires sep_open: \separated(first + (0 .. m-1), open + (0 .. m*n-1));
  @ requires sep_open: \separated(slot + (0 .. 2*m-1), open + (0 .. m*n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns group[0 .. m-1], first[0 .. m-1], slot[0 .. 2*m-1];
  @ ensures count: \result <= m;
  @ ensures some: m > 0 ==> \result > 0;
  @ ensures member: \forall integer j; 0 <= j < m ==> group[j] < \result;
  @ ensures leader: \forall integer g; 0 <= g < \result ==> first[g] < m;
  @ ensures half: \forall integer j; 0 <= j < m ==> (first[group[j]] < plus <==> j < plus); */
size_t lfap_gramform_groups(size_t *group, size_t *first, size_t *slot, const unsigned char *open, size_t plus,
                            size_t m, size_t n);
#endif
