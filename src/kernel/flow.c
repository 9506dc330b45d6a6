/* flow.c - right-hand side of the rescaled gradient flow, one Runge-Kutta stage and its error (F1; spec/numerics.md
 * N9). */
#include "flow.h"

#include "chain.h"
#include "clones.h"
#include "mathspec.h"
#include "network.h"
#include "tile.h"
#ifdef __FRAMAC__
#include "index.acsl"
#include "sums.acsl"
#endif

double lfap_label_slope(double y, double side, double gamma) { return y == side ? 1.0 : gamma; }

void lfap_flow_base_coef(double *c, const double *p, const double *y, double side, double gamma, size_t n) {
  /*@ loop invariant i: 0 <= i <= n;
    @ LFAP_REAL(loop invariant done: \forall integer j; 0 <= j < i
    @     ==> c[j] == lfap_base_entry(p[j], y[j], side, gamma);)
    @ loop assigns i, c[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    c[i] = (p[i] * y[i]) * lfap_label_slope(y[i], side, gamma);
#ifdef LFAP_TIER_REAL
    /*@ assert entry: c[i] == lfap_base_entry(p[i], y[i], side, gamma); */
    /*@ assert kept: \forall integer j; 0 <= j < i ==> c[j] == \at(c[j],LoopCurrent); */
#endif
  }
}

/* The coefficient of G_n in Z' beyond the label slopes. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures value: \result == lfap_mismatch(p, y, z, side, gamma);) */
static double excess(double z, double p, double y, double side, double gamma) {
  return (lfap_slope(z, gamma) - lfap_label_slope(y, side, gamma)) * (p * y);
}

/* dz = chain from zeros over the samples whose slope is not the label slope; returns how many there are. */
/*@ requires size: n * n <= SIZE_MAX / 8;
  @ requires dz: \valid(dz + (0 .. n-1));
  @ requires z: \valid_read(z + (0 .. n-1));
  @ requires p: \valid_read(p + (0 .. n-1));
  @ requires y: \valid_read(y + (0 .. n-1));
  @ requires G: \valid_read(G + (0 .. n*n-1));
  @ requires sep_dz: \separated(dz + (0 .. n-1), z + (0 .. n-1), p + (0 .. n-1), y + (0 .. n-1));
  @ requires sep_G: \separated(dz + (0 .. n-1), G + (0 .. n*n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns dz[0 .. n-1];
  @ ensures count: \result <= n;
  @ LFAP_REAL(ensures sum: \forall integer i; 0 <= i < n
  @   ==> dz[i] == lfap_rbeyond{Pre}(G, z, p, y, side, gamma, n, n, i);)
  @ LFAP_REAL(ensures aligned: \result == 0 <==> \forall integer i; 0 <= i < n
  @   ==> lfap_rslope(\old(z[i]), gamma) == lfap_rlabel(\old(y[i]), side, gamma);) */
static size_t correction(double *dz, const double *z, const double *p, const double *y, const double *G, double side,
                         double gamma, size_t n) {
  size_t mismatched = 0;
  /*@ loop invariant i: 0 <= i <= n;
    @ LFAP_REAL(loop invariant zero: \forall integer q; 0 <= q < i
    @   ==> dz[q] == lfap_rbeyond{Pre}(G, z, p, y, side, gamma, n, 0, q);)
    @ loop assigns i, dz[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) dz[i] = 0.0;
  /*@ loop invariant i: 0 <= i <= n;
    @ loop invariant count: mismatched <= i;
    @ LFAP_REAL(loop invariant same_z: \forall integer q; 0 <= q < n ==> z[q] == \at(z[q],Pre);)
    @ LFAP_REAL(loop invariant same_y: \forall integer q; 0 <= q < n ==> y[q] == \at(y[q],Pre);)
    @ LFAP_REAL(loop invariant same_p: \forall integer q; 0 <= q < n ==> p[q] == \at(p[q],Pre);)
    @ LFAP_REAL(loop invariant same_G: \forall integer q; 0 <= q < n*n ==> G[q] == \at(G[q],Pre);)
    @ LFAP_REAL(loop invariant sum: \forall integer q; 0 <= q < n
    @   ==> dz[q] == lfap_rbeyond{Pre}(G, z, p, y, side, gamma, n, i, q);)
    @ LFAP_REAL(loop invariant aligned: mismatched == 0 <==> \forall integer j; 0 <= j < i
    @   ==> lfap_rslope(\at(z[j],Pre), gamma) == lfap_rlabel(\at(y[j],Pre), side, gamma);)
    @ loop assigns i, mismatched, dz[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    /*@ ghost lfap_row_at(i, n, n); */
    if (lfap_slope(z[i], gamma) != lfap_label_slope(y[i], side, gamma)) {
      mismatched++;
      const double c = excess(z[i], p[i], y[i], side, gamma);
      const double *row = G + i * n;
      lfap_axpy(dz, c, row, n);
#ifdef LFAP_TIER_REAL
      /*@ assert coef: c == lfap_rexcess{Pre}(z, p, y, side, gamma, i); */
      /*@ assert row: \forall integer q; 0 <= q < n ==> row[q] == \at(G[\at(i,Here)*n + q],Pre); */
      /*@ assert def: \forall integer q; 0 <= q < n ==> lfap_rpush{Pre}(G, z, p, y, side, gamma, n, i, q)
        @   == lfap_rexcess{Pre}(z, p, y, side, gamma, i)*\at(G[\at(i,Here)*n + q],Pre); */
      /*@ assert term: \forall integer q; 0 <= q < n
        @   ==> c*row[q] == lfap_rpush{Pre}(G, z, p, y, side, gamma, n, i, q); */
#endif
    } else {
#ifdef LFAP_TIER_REAL
      /*@ assert none: lfap_rexcess{Pre}(z, p, y, side, gamma, i) == 0.0; */
      /*@ assert term: \forall integer q; 0 <= q < n
        @   ==> dz[q] == dz[q] + lfap_rpush{Pre}(G, z, p, y, side, gamma, n, i, q); */
#endif
    }
#ifdef LFAP_TIER_REAL
    /*@ assert sum: \forall integer q; 0 <= q < n
      @   ==> dz[q] == lfap_rbeyond{Pre}(G, z, p, y, side, gamma, n, i, q)
      @                + lfap_rpush{Pre}(G, z, p, y, side, gamma, n, i, q); */
#endif
  }
  return mismatched;
}

size_t lfap_flow_row(double *db, double *dz, const double *z, const double *p, const double *y, const double *base,
                     const double *G, double a, double side, double gamma, size_t n) {
  const size_t mismatched = correction(dz, z, p, y, G, side, gamma, n);
  /*@ loop invariant i: 0 <= i <= n;
    @ LFAP_REAL(loop invariant same: \forall integer j; 0 <= j < n
    @   ==> z[j] == \at(z[j],Pre) && p[j] == \at(p[j],Pre) && y[j] == \at(y[j],Pre) && base[j] == \at(base[j],Pre);)
    @ LFAP_REAL(loop invariant todo: \forall integer j; i <= j < n
    @   ==> dz[j] == lfap_rbeyond{Pre}(G, z, p, y, side, gamma, n, n, j);)
    @ LFAP_REAL(loop invariant dz: \forall integer j; 0 <= j < i
    @   ==> dz[j] == lfap_rforce(a, \at(base[j],Pre), lfap_rbeyond{Pre}(G, z, p, y, side, gamma, n, n, j));)
    @ LFAP_REAL(loop invariant db: \forall integer j; 0 <= j < i
    @   ==> db[j] == lfap_rslopes(\at(p[j],Pre), \at(y[j],Pre), \at(z[j],Pre), gamma);)
    @ loop assigns i, db[0 .. n-1], dz[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    const double slopes = (p[i] * y[i]) * lfap_slope(z[i], gamma);
    const double force = a * (base[i] + dz[i]);
#ifdef LFAP_TIER_REAL
    /*@ assert force: force == lfap_rforce(a, base[i], dz[i]); */
    /*@ assert slopes: slopes == lfap_rslopes(p[i], y[i], z[i], gamma); */
#endif
    db[i] = slopes;
    dz[i] = force;
#ifdef LFAP_TIER_REAL
    /*@ assert db: db[i] == \at(lfap_rslopes(p[i], y[i], z[i], gamma),LoopCurrent); */
    /*@ assert dz: dz[i] == \at(lfap_rforce(a, base[i], dz[i]),LoopCurrent); */
    /*@ assert dz_kept: \forall integer j; 0 <= j < n && j != i ==> dz[j] == \at(dz[j],LoopCurrent); */
    /*@ assert db_kept: \forall integer j; 0 <= j < i ==> db[j] == \at(db[j],LoopCurrent); */
#endif
  }
  return mismatched;
}

/* The combination of the slopes is built in blocks that stay in the first cache level. */
enum { BLOCK = 256 };

/* k[i] = chain over r of coef[r]*K[r*ld + i], i < len <= BLOCK */
/*@ requires size: stages * ld <= SIZE_MAX / 8;
  @ requires len: len <= BLOCK && len <= ld;
  @ requires k: \valid(k + (0 .. len-1));
  @ requires K: \valid_read(K + (0 .. stages*ld - ld + len-1));
  @ requires coef: \valid_read(coef + (0 .. stages-1));
  @ requires sep_K: \separated(k + (0 .. len-1), K + (0 .. stages*ld - ld + len-1));
  @ requires sep_c: \separated(k + (0 .. len-1), coef + (0 .. stages-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns k[0 .. len-1];
  @ LFAP_REAL(ensures value: \forall integer i; 0 <= i < len ==> k[i] == lfap_rcombine{Pre}(K + i, coef, ld, stages);)
  @*/
LFAP_INLINE void combine(double *k, const double *K, const double *coef, size_t stages, size_t ld, size_t len) {
  /*@ loop invariant i: 0 <= i <= len;
    @ LFAP_REAL(loop invariant zero: \forall integer j; 0 <= j < i ==> k[j] == lfap_rcombine{Pre}(K + j, coef, ld, 0);)
    @ loop assigns i, k[0 .. len-1];
    @ loop variant len - i; */
  for (size_t i = 0; i < len; i++) k[i] = 0.0;
  /*@ loop invariant r: 0 <= r <= stages;
    @ LFAP_REAL(loop invariant sum: \forall integer j; 0 <= j < len ==> k[j] == lfap_rcombine{Pre}(K + j, coef, ld, r);)
    @ loop assigns r, k[0 .. len-1];
    @ loop variant stages - r; */
  for (size_t r = 0; r < stages; r++) {
    const double c = coef[r];
    /*@ ghost lfap_row_at(r, stages, ld); */
    const double *row = K + r * ld;
    /*@ loop invariant i: 0 <= i <= len;
      @ LFAP_REAL(loop invariant done: \forall integer j; 0 <= j < i
      @     ==> k[j] == lfap_rcombine{Pre}(K + j, coef, ld, r + 1);)
      @ LFAP_REAL(loop invariant todo: \forall integer j; i <= j < len
      @     ==> k[j] == lfap_rcombine{Pre}(K + j, coef, ld, r);)
      @ loop assigns i, k[0 .. len-1];
      @ loop variant len - i; */
    for (size_t i = 0; i < len; i++) {
      k[i] = fma(c, row[i], k[i]);
#ifdef LFAP_TIER_REAL
      /*@ assert entry: k[i] == \at(k[i],LoopCurrent) + c*row[i]; */
      /*@ assert term: c*row[i] == lfap_rlink{Pre}(K + i, coef, ld, r); */
      /*@ assert link: k[i] == lfap_rcombine{Pre}(K + i, coef, ld, r + 1); */
      /*@ assert kept: \forall integer j; 0 <= j < len && j != i ==> k[j] == \at(k[j],LoopCurrent); */
#endif
    }
  }
}

LFAP_CLONES
void lfap_rk_stage(double *out, const double *x, const double *K, const double *coef, double h, size_t stages,
                   size_t ld, size_t n) {
  double k[BLOCK];
  /*@ loop invariant at: 0 <= at <= n;
    @ LFAP_REAL(loop invariant done: \forall integer j; 0 <= j < at
    @   ==> out[j] == lfap_rstage(\at(x[j],Pre), h, lfap_rcombine{Pre}(K + j, coef, ld, stages));)
    @ LFAP_REAL(loop invariant todo: \forall integer j; at <= j < n ==> x[j] == \at(x[j],Pre);)
    @ LFAP_REAL(loop invariant frame: \forall integer q; 0 <= q < stages*ld ==> K[q] == \at(K[q],Pre);)
    @ LFAP_REAL(loop invariant same: \forall integer q; 0 <= q < stages ==> coef[q] == \at(coef[q],Pre);)
    @ loop assigns at, len, k[0 .. BLOCK-1], out[0 .. n-1];
    @ loop variant n - at; */
  for (size_t at = 0, len; at < n; at += len) {
    len = n - at < BLOCK ? n - at : BLOCK;
#ifdef LFAP_TIER_REAL
    // what was written since leaves the slopes' combinations as they were
    /*@ ghost
      size_t r = 0;
      /@ loop invariant r: 0 <= r <= stages;
       @ loop invariant alike: \forall integer q; at <= q < at + len
       @   ==> lfap_rcombine(K + q, coef, ld, r) == lfap_rcombine{Pre}(K + q, coef, ld, r);
       @ loop assigns r;
       @ loop variant stages - r; @/
      while (r < stages) {
        lfap_row_at(r, stages, ld);
        /@ assert link: \forall integer q; at <= q < at + len
         @   ==> lfap_rlink(K + q, coef, ld, r) == lfap_rlink{Pre}(K + q, coef, ld, r); @/
        r++;
      }
    */
#endif
    /*@ assert room: at + len <= ld; */
    /*@ assert span: at + (stages*ld - ld + len) <= stages*ld; */
    combine(k, K + at, coef, stages, ld, len);
    /*@ assert slopes: LFAP_REAL_FACT(\forall integer j; 0 <= j < len
      @   ==> k[j] == lfap_rcombine{Pre}(K + (at + j), coef, ld, stages)); */
    /*@ loop invariant i: 0 <= i <= len;
      @ LFAP_REAL(loop invariant done: \forall integer j; 0 <= j < at + i
      @   ==> out[j] == lfap_rstage(\at(x[j],Pre), h, lfap_rcombine{Pre}(K + j, coef, ld, stages));)
      @ LFAP_REAL(loop invariant todo: \forall integer j; at + i <= j < n ==> x[j] == \at(x[j],Pre);)
      @ LFAP_REAL(loop invariant slopes: \forall integer j; 0 <= j < len
      @   ==> k[j] == lfap_rcombine{Pre}(K + (at + j), coef, ld, stages);)
      @ loop assigns i, out[at .. at+len-1];
      @ loop variant len - i; */
    for (size_t i = 0; i < len; i++) {
      out[at + i] = fma(h, k[i], x[at + i]);
#ifdef LFAP_TIER_REAL
      /*@ assert entry: out[at + i] == lfap_rstage(\at(x[at + i],LoopCurrent), h, \at(k[i],LoopCurrent)); */
      /*@ assert slope: \at(k[i],LoopCurrent) == lfap_rcombine{Pre}(K + (at + i), coef, ld, stages); */
      /*@ assert kept: \forall integer j; 0 <= j < n && j != at + i ==> out[j] == \at(out[j],LoopCurrent); */
#endif
    }
  }
}

/* The larger of an error bound and a ratio; a ratio that is no number counts as infinite, so that the step is
   rejected. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures value: \result == \max(err, e);)
  @ LFAP_VALUE(ensures larger: \le_double(err, e) ==> \eq_double(\result, e);)
  @ LFAP_VALUE(ensures kept: \le_double(e, err) ==> \eq_double(\result, err);)
  @ LFAP_VALUE(ensures reject: \is_NaN(e) ==> \is_plus_infinity(\result);) */
LFAP_INLINE double worse(double err, double e) { return e <= err ? err : e == e ? e : 1.0 / 0.0; }

/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures value: \result == \max(\abs(x), \abs(y));) */
LFAP_INLINE double larger_abs(double x, double y) { return fabs(x) > fabs(y) ? fabs(x) : fabs(y); }

/* The error of one entry in units of its tolerance. */
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ LFAP_REAL(ensures value: \result == lfap_rratio(e, x, x1, h, atol, rtol);) */
LFAP_INLINE double ratio(double e, double x, double x1, double h, double atol, double rtol) {
  const double size = fabs(h * e), tolerance = atol + rtol * larger_abs(x, x1);
  /*@ assert size: LFAP_REAL_FACT(size == lfap_rabs(h*e)); */
  /*@ assert tolerance: LFAP_REAL_FACT(tolerance == lfap_rtolerance(x, x1, atol, rtol)); */
  return size / tolerance;
}

LFAP_CLONES
double lfap_rk_error(const double *x, const double *x1, const double *K, const double *coef, double h, double atol,
                     double rtol, size_t stages, size_t ld, size_t n) {
  double k[BLOCK], worst[BLOCK];
  /*@ loop invariant i: 0 <= i <= BLOCK;
    @ LFAP_REAL(loop invariant zero: \forall integer l; 0 <= l < i
    @     ==> lfap_worst{Pre}(worst[l], x, x1, K, coef, h, atol, rtol,
    @     stages, ld, 0);)
    @ loop assigns i, worst[0 .. BLOCK-1];
    @ loop variant BLOCK - i; */
  for (size_t i = 0; i < BLOCK; i++) worst[i] = 0.0;
  /*@ loop invariant at: 0 <= at <= n;
    @ LFAP_REAL(loop invariant blocks: at % BLOCK == 0 || at == n;)
    @ LFAP_REAL(loop invariant bound: \forall integer j; 0 <= j < at
    @     ==> lfap_rerror{Pre}(x, x1, K, coef, h, atol, rtol, stages,
    @     ld, j) <= worst[j % BLOCK];)
    @ LFAP_REAL(loop invariant reached: \forall integer l; 0 <= l < BLOCK
    @     ==> lfap_worst{Pre}(worst[l], x, x1, K, coef, h, atol, rtol, stages, ld, at);)
    @ loop assigns at, len, k[0 .. BLOCK-1], worst[0 .. BLOCK-1];
    @ loop variant n - at; */
  for (size_t at = 0, len; at < n; at += len) {
    len = n - at < BLOCK ? n - at : BLOCK;
#ifdef LFAP_TIER_REAL
    /*@ ghost
      size_t r = 0;
      /@ loop invariant r: 0 <= r <= stages;
       @ loop invariant alike: \forall integer q; at <= q < at + len
       @   ==> lfap_rcombine(K + q, coef, ld, r) == lfap_rcombine{Pre}(K + q, coef, ld, r);
       @ loop assigns r;
       @ loop variant stages - r; @/
      while (r < stages) {
        lfap_row_at(r, stages, ld);
        /@ assert link: \forall integer q; at <= q < at + len
         @   ==> lfap_rlink(K + q, coef, ld, r) == lfap_rlink{Pre}(K + q, coef, ld, r); @/
        r++;
      }
    */
#endif
    combine(k, K + at, coef, stages, ld, len);
#ifdef LFAP_TIER_REAL
    /*@ assert slopes: \forall integer j; 0 <= j < len
      @   ==> k[j] == lfap_rcombine{Pre}(K + (at + j), coef, ld, stages); */
#endif
    /*@ loop invariant i: 0 <= i <= len;
      @ LFAP_REAL(loop invariant slopes: \forall integer j; 0 <= j < len
      @   ==> k[j] == lfap_rcombine{Pre}(K + (at + j), coef, ld, stages);)
      @ LFAP_REAL(loop invariant bound: \forall integer j; 0 <= j < at + i
      @     ==> lfap_rerror{Pre}(x, x1, K, coef, h, atol, rtol, stages, ld, j) <= worst[j % BLOCK];)
      @ LFAP_REAL(loop invariant reached: \forall integer l; 0 <= l < BLOCK
      @     ==> lfap_worst{Pre}(worst[l], x, x1, K, coef, h, atol, rtol, stages, ld, at + i);)
      @ loop assigns i, worst[0 .. BLOCK-1];
      @ loop variant len - i; */
    for (size_t i = 0; i < len; i++) {
      const double e = ratio(k[i], x[at + i], x1[at + i], h, atol, rtol);
#ifdef LFAP_TIER_REAL
      /*@ assert lane: (at + i) % BLOCK == i; */
      /*@ assert entry: e == lfap_rerror{Pre}(x, x1, K, coef, h, atol, rtol, stages, ld, at + i); */
#endif
      worst[i] = worse(worst[i], e);
#ifdef LFAP_TIER_REAL
      /*@ assert covers: e <= worst[i] && \at(worst[i],LoopCurrent) <= worst[i]; */
      /*@ assert one: worst[i] == e || worst[i] == \at(worst[i],LoopCurrent); */
      /*@ assert kept: \forall integer l; 0 <= l < BLOCK && l != i ==> worst[l] == \at(worst[l],LoopCurrent); */
#endif
    }
  }
  double err = 0.0;
  /*@ loop invariant i: 0 <= i <= BLOCK;
    @ LFAP_REAL(loop invariant above: \forall integer l; 0 <= l < i ==> worst[l] <= err;)
    @ LFAP_REAL(loop invariant reached: lfap_worst{Pre}(err, x, x1, K, coef, h, atol, rtol, stages, ld, n);)
    @ loop assigns i, err;
    @ loop variant BLOCK - i; */
  for (size_t i = 0; i < BLOCK; i++) err = worse(err, worst[i]);
  return err;
}

/* lfap_dot(n, p, |v - mean|) without the buffer: the same slices, lanes and join. */
double lfap_flow_spread(const double *p, const double *v, double mean, size_t n) {
  double total = 0.0;
  size_t at = 0;
  /*@ loop invariant slice: 0 <= at <= n;
    @ LFAP_REAL(loop invariant total: total == lfap_rspread(p, v, mean, at);)
    @ loop assigns at, total;
    @ loop variant n - at; */
  while (at < n) {
    const size_t end = n - at < LFAP_SLICE ? n : at + LFAP_SLICE;
    double s[8] = {0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0};
    /*@ loop invariant i: at <= i <= end;
      @ LFAP_REAL(loop invariant sum: lfap_rspread(p, v, mean, at) + LFAP_TOTAL(s) == lfap_rspread(p, v, mean, i);)
      @ loop assigns i, s[0 .. 7];
      @ loop variant end - i; */
    for (size_t i = at; i < end; i++) s[i % 8] = fma(p[i], fabs(v[i] - mean), s[i % 8]);
    const double value = ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
    total = at ? total + value : value;
    at = end;
  }
  return total;
}

double lfap_flow_min(const double *v, size_t n) {
  double least = v[0];
  /*@ loop invariant i: 1 <= i <= n;
    @ LFAP_REAL(loop invariant bound: \forall integer j; 0 <= j < i ==> least <= v[j];)
    @ LFAP_REAL(loop invariant reached: \exists integer j; 0 <= j < i && least == v[j];)
    @ loop assigns i, least;
    @ loop variant n - i; */
  for (size_t i = 1; i < n; i++) least = v[i] < least ? v[i] : least;
  return least;
}
