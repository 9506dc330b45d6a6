/* gramform.c - descent on pre-activations (spec/numerics.md N5a): one row's step, the outputs, equal rows. */
#include "gramform.h"

#include "clones.h"
#include "mathspec.h"
#include "network.h"
#ifdef __FRAMAC__
#include "index.acsl"
#endif

LFAP_CLONES
void lfap_gramform_step(double *restrict z, double *restrict v, double *restrict s, unsigned char *restrict open,
                        const double *restrict dz, double a, double gamma, double lr, double mu, size_t n) {
  /*@ loop invariant i: 0 <= i <= n;
    @ loop invariant pattern: \forall integer k; 0 <= k < i ==> open[k] == 0 || open[k] == 1;
    @ LFAP_REAL(loop invariant velocity: \forall integer k; 0 <= k < i ==> v[k] == lfap_next_velocity(\at(v[k],Pre),
    @     \at(dz[k],Pre), mu);)
    @ LFAP_REAL(loop invariant state: \forall integer k; 0 <= k < i
    @     ==> z[k] == lfap_next_state(\at(z[k],Pre), v[k], lr);)
    @ LFAP_REAL(loop invariant output: \forall integer k; 0 <= k < i
    @     ==> s[k] == lfap_next_share(\at(s[k],Pre), z[k], a, gamma);)
    @ LFAP_REAL(loop invariant todo: \forall integer k; i <= k < n ==>
    @   v[k] == \at(v[k],Pre) && z[k] == \at(z[k],Pre) && s[k] == \at(s[k],Pre);)
    @ LFAP_REAL(loop invariant frame: \forall integer k; 0 <= k < n ==> dz[k] == \at(dz[k],Pre);)
    @ loop assigns i, z[0 .. n-1], v[0 .. n-1], s[0 .. n-1], open[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    const double u = fma(mu, v[i], dz[i]);
    const double w = fma(-lr, u, z[i]);
    const double share = fma(a, w > 0.0 ? w : gamma * w, s[i]);
#ifdef LFAP_TIER_REAL
    /*@ assert velocity: u == lfap_next_velocity(v[i], dz[i], mu); */
    /*@ assert state: w == lfap_next_state(z[i], u, lr); */
    /*@ assert phi: (w > 0.0 ? w : gamma * w) == lfap_rphi(w, gamma); */
    /*@ assert output: share == lfap_next_share(s[i], w, a, gamma); */
#endif
    v[i] = u;
    z[i] = w;
    s[i] = share;
    open[i] = w > 0.0;
#ifdef LFAP_TIER_REAL
    /*@ assert entry: v[i] == u && z[i] == w && s[i] == share; */
    /*@ assert kept: \forall integer k; 0 <= k < n && k != i ==>
      @   v[k] == \at(v[k],LoopCurrent) && z[k] == \at(z[k],LoopCurrent) && s[k] == \at(s[k],LoopCurrent); */
#endif
  }
}

LFAP_CLONES
void lfap_gramform_outputs(double *f, const double *s, size_t n, size_t ld, int more) {
  /*@ loop invariant i: 0 <= i <= n;
    @ LFAP_REAL(loop invariant total: \forall integer k; 0 <= k < i
    @   ==> f[k] == \at(lfap_carried(more, f[k]) + lfap_lane_total(s, ld, k),Pre);)
    @ LFAP_REAL(loop invariant todo: \forall integer k; i <= k < n ==> f[k] == \at(f[k],Pre);)
    @ LFAP_REAL(loop invariant frame: \forall integer k; 0 <= k < (LFAP_OUTPUT_LANES-1)*ld + n
    @     ==> s[k] == \at(s[k],Pre);)
    @ loop assigns i, f[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    const double value = ((s[i] + s[4 * ld + i]) + (s[2 * ld + i] + s[6 * ld + i])) +
                         ((s[ld + i] + s[5 * ld + i]) + (s[3 * ld + i] + s[7 * ld + i]));
    f[i] = more ? f[i] + value : value;
#ifdef LFAP_TIER_REAL
    /*@ assert now: f[i] == \at(lfap_carried(more, f[i]) + lfap_lane_total(s, ld, i),LoopCurrent); */
    /*@ assert old: \at(f[i],LoopCurrent) == \at(f[\at(i,Here)],Pre); */
    /*@ assert lanes: \at(lfap_lane_total(s, ld, i),LoopCurrent) == \at(lfap_lane_total(s, ld, \at(i,Here)),Pre); */
    /*@ assert total: f[i] == \at(lfap_carried(more, f[\at(i,Here)]) + lfap_lane_total(s, ld, \at(i,Here)),Pre); */
    /*@ assert kept: \forall integer k; 0 <= k < i ==> f[k] == \at(f[k],LoopCurrent); */
#endif
  }
}

LFAP_CLONES
void lfap_gramform_coef(double *c, const unsigned char *open, const double *y, const double *s1, const double *s2,
                        double sign, size_t n) {
  /*@ loop invariant i: 0 <= i <= n;
    @ LFAP_REAL(loop invariant done: \forall integer k; 0 <= k < i
    @   ==> c[k] == \at(lfap_pattern_entry(open[k], y[k], s1[k], s2[k], sign),Pre);)
    @ LFAP_REAL(loop invariant frame: \forall integer k; 0 <= k < n
    @     ==> open[k] == \at(open[k],Pre) && y[k] == \at(y[k],Pre)
    @   && s1[k] == \at(s1[k],Pre) && s2[k] == \at(s2[k],Pre);)
    @ loop assigns i, c[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    c[i] = (-sign * y[i]) * (open[i] ? s1[i] : s2[i]);
#ifdef LFAP_TIER_REAL
    /*@ assert value: c[i] == \at(lfap_pattern_entry(open[i], y[i], s1[i], s2[i], sign),LoopCurrent); */
    /*@ assert kept: \forall integer k; 0 <= k < i ==> c[k] == \at(c[k],LoopCurrent); */
#endif
  }
}

enum { WIDTH = LFAP_GRAM_WIDTH, KINDS = LFAP_GRAM_KINDS, QUADS = LFAP_GRAM_QUADS, QUAD = LFAP_GRAM_QUAD };

/* The next sample of a quad: `size` combinations of those before become twice as many. */
/*@ requires size: size <= KINDS / 2;
  @ requires T: \valid(T + (0 .. 2*size*WIDTH - 1));
  @ requires g: \valid_read(g + (0 .. WIDTH-1));
  @ requires sep: \separated(T + (0 .. 2*size*WIDTH - 1), g + (0 .. WIDTH-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns T[0 .. 2*size*WIDTH - 1]; */
LFAP_INLINE void extend(double *restrict T, const double *restrict g, double c1, double c2, size_t size) {
  /*@ loop invariant k: 0 <= k <= size;
    @ loop assigns k, T[0 .. 2*size*WIDTH - 1];
    @ loop variant size - k; */
  for (size_t k = 0; k < size; k++)
    /*@ loop invariant i: 0 <= i <= WIDTH;
      @ loop assigns i, T[0 .. 2*size*WIDTH - 1];
      @ loop variant WIDTH - i; */
    for (size_t i = 0; i < WIDTH; i++) {
      const double t = T[k * WIDTH + i];
      T[(size + k) * WIDTH + i] = fma(c1, g[i], t);
      T[k * WIDTH + i] = fma(c2, g[i], t);
    }
}

LFAP_CLONES
void lfap_gramform_tables(double *T, const double *g, const double *c1, const double *c2, size_t n) {
  /*@ loop invariant k: 0 <= k <= n;
    @ loop assigns k, T[0 .. QUADS*KINDS*WIDTH - 1];
    @ loop variant n - k; */
  for (size_t k = 0; k < n; k++) {
    double *t = T + k / QUAD * (KINDS * WIDTH);
    const size_t bit = k % QUAD;
    if (bit == 0)
      /*@ loop invariant i: 0 <= i <= WIDTH;
        @ loop assigns i, T[0 .. QUADS*KINDS*WIDTH - 1];
        @ loop variant WIDTH - i; */
      for (size_t i = 0; i < WIDTH; i++) t[i] = 0.0;
    extend(t, g + k * WIDTH, c1[k], c2[k], bit == 0 ? 1 : bit == 1 ? 2 : bit == 2 ? 4 : 8);
  }
}

/* One row: the sums stay in registers. */
/*@ requires quads: quads <= QUADS;
  @ requires s: \valid(s + (0 .. WIDTH-1));
  @ requires T: \valid_read(T + (0 .. QUADS*KINDS*WIDTH - 1));
  @ requires kind: \valid_read(kind + (0 .. QUADS-1));
  @ requires kinds: \forall integer q; 0 <= q < QUADS ==> kind[q] < KINDS;
  @ requires sep_T: \separated(s + (0 .. WIDTH-1), T + (0 .. QUADS*KINDS*WIDTH - 1));
  @ requires sep_kind: \separated(s + (0 .. WIDTH-1), kind + (0 .. QUADS-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns s[0 .. WIDTH-1]; */
LFAP_INLINE void sum_row(double *restrict s, const double *restrict T, const unsigned char *restrict kind,
                         size_t quads) {
  double v[WIDTH];
  /*@ loop invariant i: 0 <= i <= WIDTH;
    @ loop assigns i, v[0 .. WIDTH-1];
    @ loop variant WIDTH - i; */
  for (size_t i = 0; i < WIDTH; i++) v[i] = s[i];
  /*@ loop invariant q: 0 <= q <= quads;
    @ loop assigns q, v[0 .. WIDTH-1];
    @ loop variant quads - q; */
  for (size_t q = 0; q < quads; q++) {
    const double *t = T + (q * KINDS + kind[q]) * WIDTH;
    /*@ loop invariant i: 0 <= i <= WIDTH;
      @ loop assigns i, v[0 .. WIDTH-1];
      @ loop variant WIDTH - i; */
    for (size_t i = 0; i < WIDTH; i++) v[i] = v[i] + t[i];
  }
  /*@ loop invariant i: 0 <= i <= WIDTH;
    @ loop assigns i, s[0 .. WIDTH-1];
    @ loop variant WIDTH - i; */
  for (size_t i = 0; i < WIDTH; i++) s[i] = v[i];
}

LFAP_CLONES
void lfap_gramform_sums(double *s, const double *T, const unsigned char *kind, size_t rows, size_t quads) {
  /*@ loop invariant r: 0 <= r <= rows;
    @ loop assigns r, s[0 .. rows*WIDTH - 1];
    @ loop variant rows - r; */
  for (size_t r = 0; r < rows; r++)
    if (quads == QUADS) sum_row(s + r * WIDTH, T, kind + r * QUADS, QUADS);
    else sum_row(s + r * WIDTH, T, kind + r * QUADS, quads);
}

void lfap_gramform_kinds(unsigned char *kind, const unsigned char *open, size_t n) {
  /*@ loop invariant q: 0 <= q <= QUADS;
    @ loop invariant kinds: \forall integer k; 0 <= k < q ==> kind[k] < KINDS;
    @ loop assigns q, kind[0 .. QUADS-1];
    @ loop variant QUADS - q; */
  for (size_t q = 0; q < QUADS; q++) {
    unsigned k = 0;
    if (QUAD * q < n && open[QUAD * q]) k += 1;
    if (QUAD * q + 1 < n && open[QUAD * q + 1]) k += 2;
    if (QUAD * q + 2 < n && open[QUAD * q + 2]) k += 4;
    if (QUAD * q + 3 < n && open[QUAD * q + 3]) k += 8;
    kind[q] = (unsigned char)k;
  }
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

/*@ LFAP_TWO_VECTORS(a, b, n)
  @ terminates \true;
  @ exits never: \false;
  @ assigns \result \from n, a[0 .. n-1], b[0 .. n-1];
  @ ensures equal: \result != 0 <==> lfap_same_row(a, b, n); */
LFAP_INLINE int rows_equal(const unsigned char *a, const unsigned char *b, size_t n) {
  size_t i = 0;
  /*@ loop invariant i: 0 <= i <= n;
    @ loop invariant same: \forall integer k; 0 <= k < i ==> a[k] == b[k];
    @ loop assigns i;
    @ loop variant n - i; */
  while (i < n && a[i] == b[i]) i++;
  return i == n;
}

/* Where row j belongs in the table: the slot of its group, or a free one. Should neither be found, which a table
   twice as long as the groups rules out, 2m. */
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
  @ assigns \result \from j, groups, plus, m, n, first[0 .. m-1], slot[0 .. 2*m-1], open[0 .. m*n-1];
  @ ensures inside: \result <= 2*m;
  @ ensures none: \result == 2*m ==> \forall integer k; 0 <= k < 2*m ==> slot[k] != 0;
  @ ensures half: \result < 2*m && slot[\result] != 0 ==> (first[slot[\result] - 1] < plus <==> j < plus);
  @ ensures same: \result < 2*m && slot[\result] != 0 ==>
  @   lfap_same_row(open + j*n, open + first[slot[\result] - 1]*n, n); */
LFAP_INLINE size_t slot_of(const size_t *first, const size_t *slot, const unsigned char *open, size_t j, size_t groups,
                           size_t plus, size_t m, size_t n) {
  (void)groups; /* only the contract needs it */
  /*@ ghost lfap_row_at(j, m, n); */
  size_t at = row_hash(open + j * n, n) % (2 * m);
  /*@ ghost size_t start = at; */
  /*@ loop invariant at: at < 2*m;
    @ loop invariant tries: tries <= 2*m;
    @ loop invariant taken: (start <= at && tries == at - start && \forall integer k; start <= k < at ==> slot[k] != 0)
    @   || (at <= start && tries == 2*m - start + at
    @       && \forall integer k; 0 <= k < at || start <= k < 2*m ==> slot[k] != 0);
    @ loop assigns tries, at;
    @ loop variant 2*m - tries; */
  for (size_t tries = 0; tries < 2 * m; tries++) {
    if (slot[at] == 0) return at;
    const size_t lead = first[slot[at] - 1];
    /*@ ghost lfap_row_at(lead, m, n); */
    if ((lead < plus) == (j < plus) && rows_equal(open + j * n, open + lead * n, n)) return at;
    at = at + 1 < 2 * m ? at + 1 : 0;
  }
  return 2 * m;
}

/* Open addressing: slot holds a group's number + 1, or 0; at most m of the 2m slots are taken. */
size_t lfap_gramform_groups(size_t *group, size_t *first, size_t *slot, const unsigned char *open, size_t plus,
                            size_t m, size_t n) {
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
    @ loop invariant half: \forall integer i; 0 <= i < j ==> (first[group[i]] < plus <==> i < plus);
    @ loop assigns j, groups, group[0 .. m-1], first[0 .. m-1], slot[0 .. 2*m-1];
    @ loop variant m - j; */
  for (size_t j = 0; j < m; j++) {
    const size_t at = slot_of(first, slot, open, j, groups, plus, m, n);
    size_t g = groups;
    if (at < 2 * m && slot[at] != 0) g = slot[at] - 1;
    else {
      first[g] = j;
      groups++;
      if (at < 2 * m) slot[at] = groups;
    }
    group[j] = g;
    /*@ assert kept: \forall integer k; 0 <= k < \at(groups,LoopCurrent) ==> first[k] == \at(first[k],LoopCurrent); */
    /*@ assert before: \forall integer i; 0 <= i < j ==> group[i] == \at(group[i],LoopCurrent); */
  }
  return groups;
}
