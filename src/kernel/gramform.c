/* gramform.c - descent on pre-activations (spec/numerics.md N5a): one row's step, the outputs, equal rows. */
#include "gramform.h"

#include "clones.h"
#include "mathspec.h"
#include "network.h"
#ifdef __FRAMAC__
#include "../../spec/logic/index.acsl"
#endif

LFAP_CLONES
void lfap_gramform_step(double *restrict z, double *restrict v, double *restrict s, unsigned char *restrict open,
                        const double *restrict dz, double a, double gamma, double lr, double mu, size_t n) {
  /*@ loop invariant i: 0 <= i <= n;
    @ loop invariant pattern: \forall integer k; 0 <= k < i ==> open[k] == 0 || open[k] == 1;
#ifdef LFAP_TIER_REAL
    @ loop invariant velocity: \forall integer k; 0 <= k < i ==> v[k] == mu*\at(v[k],Pre) + dz[k];
    @ loop invariant state: \forall integer k; 0 <= k < i ==> z[k] == \at(z[k],Pre) - lr*v[k];
    @ loop invariant output: \forall integer k; 0 <= k < i ==> s[k] == a*lfap_rphi(z[k], gamma) + \at(s[k],Pre);
    @ loop invariant todo: \forall integer k; i <= k < n ==>
    @   v[k] == \at(v[k],Pre) && z[k] == \at(z[k],Pre) && s[k] == \at(s[k],Pre);
#endif
    @ loop assigns i, z[0 .. n-1], v[0 .. n-1], s[0 .. n-1], open[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    const double u = fma(mu, v[i], dz[i]);
    const double w = fma(-lr, u, z[i]);
    v[i] = u;
    z[i] = w;
    s[i] = fma(a, w > 0.0 ? w : gamma * w, s[i]);
    open[i] = w > 0.0;
  }
}

LFAP_CLONES
void lfap_gramform_outputs(double *f, const double *s, size_t n, size_t ld) {
  /*@ loop invariant i: 0 <= i <= n;
#ifdef LFAP_TIER_REAL
    @ loop invariant total: \forall integer k; 0 <= k < i ==>
    @   f[k] == s[k] + s[ld + k] + s[2*ld + k] + s[3*ld + k] + s[4*ld + k] + s[5*ld + k] + s[6*ld + k] + s[7*ld + k];
#endif
    @ loop assigns i, f[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++)
    f[i] = ((s[i] + s[4 * ld + i]) + (s[2 * ld + i] + s[6 * ld + i])) +
           ((s[ld + i] + s[5 * ld + i]) + (s[3 * ld + i] + s[7 * ld + i]));
}

LFAP_CLONES
void lfap_gramform_coef(double *c, const unsigned char *open, const double *y, const double *s1, const double *s2,
                        double sign, size_t n) {
  /*@ loop invariant i: 0 <= i <= n;
#ifdef LFAP_TIER_REAL
    @ loop invariant done: \forall integer k; 0 <= k < i ==> c[k] == -sign*y[k]*(open[k] != 0 ? s1[k] : s2[k]);
#endif
    @ loop assigns i, c[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) c[i] = (-sign * y[i]) * (open[i] ? s1[i] : s2[i]);
}

enum { HASHES = 8, WORD = 0x10000 };

/* (h mod 2^16)*0x9e3779b1 + x: nothing overflows. */
/*@ requires x: x <= 0xffff;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing; */
LFAP_INLINE uint64_t mix(uint64_t h, uint64_t x) { return h % 0x100000000 * 0x9e3779b1 + x; }

/* A number that equal rows share: eight polynomials, so that no step waits for the last, then one through them all. */
/*@ requires open: \valid_read(open + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from n, open[0 .. n-1]; */
LFAP_INLINE uint64_t row_hash(const unsigned char *open, size_t n) {
  uint64_t h[HASHES] = {1, 2, 3, 4, 5, 6, 7, 8}, all = 0;
  size_t i = 0;
  /*@ loop invariant i: 0 <= i <= n;
    @ loop assigns i, h[0 .. HASHES-1];
    @ loop variant n - i; */
  for (; n - i >= HASHES; i += HASHES)
    /*@ loop invariant l: 0 <= l <= HASHES;
      @ loop assigns l, h[0 .. HASHES-1];
      @ loop variant HASHES - l; */
    for (size_t l = 0; l < HASHES; l++) h[l] = mix(h[l], open[i + l]);
  /*@ loop invariant l: 0 <= l <= HASHES;
    @ loop assigns l, all;
    @ loop variant HASHES - l; */
  for (size_t l = 0; l < HASHES; l++) all = mix(all, h[l] / WORD % WORD);
  /*@ loop invariant i: 0 <= i <= n;
    @ loop assigns i, all;
    @ loop variant n - i; */
  for (; i < n; i++) all = mix(all, open[i]);
  return all / WORD;
}

/*@ requires a: \valid_read(a + (0 .. n-1));
  @ requires b: \valid_read(b + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from n, a[0 .. n-1], b[0 .. n-1];
  @ ensures equal: \result != 0 <==> \forall integer i; 0 <= i < n ==> a[i] == b[i]; */
LFAP_INLINE int rows_equal(const unsigned char *a, const unsigned char *b, size_t n) {
  size_t i = 0;
  /*@ loop invariant i: 0 <= i <= n;
    @ loop invariant same: \forall integer k; 0 <= k < i ==> a[k] == b[k];
    @ loop assigns i;
    @ loop variant n - i; */
  while (i < n && a[i] == b[i]) i++;
  return i == n;
}

/* Where row j belongs in the table: the slot of its group, or a free one. */
/*@ requires size: m * n <= SIZE_MAX && 2 * m <= SIZE_MAX / 8;
  @ requires row: j < m;
  @ requires first: \valid_read(first + (0 .. m-1));
  @ requires slot: \valid_read(slot + (0 .. 2*m-1));
  @ requires open: \valid_read(open + (0 .. m*n-1));
  @ requires groups: groups <= m;
  @ requires leader: \forall integer g; 0 <= g < groups ==> first[g] < m;
  @ requires filled: \forall integer k; 0 <= k < 2*m ==> slot[k] <= groups;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from j, groups, m, n, first[0 .. m-1], slot[0 .. 2*m-1], open[0 .. m*n-1];
  @ ensures inside: \result < 2*m; */
LFAP_INLINE size_t slot_of(const size_t *first, const size_t *slot, const unsigned char *open, size_t j, size_t groups, size_t m,
                           size_t n) {
  (void)groups; /* only the contract needs it */
  /*@ ghost lfap_row_at(j, m, n); */
  size_t at = row_hash(open + j * n, n) % (2 * m);
  /*@ loop invariant at: at < 2*m;
    @ loop invariant tries: tries <= 2*m;
    @ loop assigns tries, at;
    @ loop variant 2*m - tries; */
  for (size_t tries = 0; tries < 2 * m && slot[at] != 0; tries++) {
    const size_t lead = first[slot[at] - 1];
    /*@ ghost lfap_row_at(lead, m, n); */
    if ((lead < m / 2) == (j < m / 2) && rows_equal(open + j * n, open + lead * n, n)) break;
    at = at + 1 < 2 * m ? at + 1 : 0;
  }
  return at;
}

/* Open addressing: slot holds a group's number + 1, or 0; at most m of the 2m slots are taken. */
size_t lfap_gramform_groups(size_t *group, size_t *first, size_t *slot, const unsigned char *open, size_t m, size_t n) {
  size_t groups = 0;
  /*@ loop invariant k: 0 <= k <= 2*m;
    @ loop invariant free: \forall integer i; 0 <= i < k ==> slot[i] == 0;
    @ loop assigns k, slot[0 .. 2*m-1];
    @ loop variant 2*m - k; */
  for (size_t k = 0; k < 2 * m; k++) slot[k] = 0;
  /*@ loop invariant j: 0 <= j <= m;
    @ loop invariant count: groups <= j;
    @ loop invariant some: j > 0 ==> groups > 0;
    @ loop invariant member: \forall integer i; 0 <= i < j ==> group[i] < groups;
    @ loop invariant leader: \forall integer g; 0 <= g < groups ==> first[g] < m;
    @ loop invariant filled: \forall integer k; 0 <= k < 2*m ==> slot[k] <= groups;
    @ loop assigns j, groups, group[0 .. m-1], first[0 .. m-1], slot[0 .. 2*m-1];
    @ loop variant m - j; */
  for (size_t j = 0; j < m; j++) {
    const size_t at = slot_of(first, slot, open, j, groups, m, n);
    if (slot[at] == 0) {
      first[groups] = j;
      groups++;
      slot[at] = groups;
    }
    group[j] = slot[at] - 1;
  }
  return groups;
}
