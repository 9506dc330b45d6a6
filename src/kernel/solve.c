/* solve.c - the two triangular solves of Q lambda = 1, and the compensated residual that refines them (N6; Q1). */
#include "solve.h"

#include "chain.h"
#include "lanes.h"
#include "lanes_step.h"

/* A store to x: dots with rows of L over the columns left of it stay what they are. */
/*@ requires entry: i < n;
  @ LFAP_SQUARE(x, L, n)
  @ terminates \true;
  @ exits never: \false;
  @ assigns x[i];
  @ LFAP_REAL(ensures stored: x[i] == v;)
  @ LFAP_REAL(ensures left: \forall integer a, f; 0 <= a < n && 0 <= f <= i
  @   ==> lfap_rdot_at(L, a, x, 0, n, f) == \old(lfap_rdot_at(L, a, x, 0, n, f));) */
LFAP_INLINE void put_entry(double *x, const double *L, size_t i, double v, size_t n) {
  (void)L; /* only the contract needs them */
  (void)n;
  x[i] = v;
#ifdef LFAP_TIER_REAL
  /*@ ghost size_t a = 0, f = 0; */
  /*@ ghost double p = 0.0, q = 0.0; */
  /*@ ghost
    /@ loop invariant row: 0 <= a <= n;
       LFAP_REAL(loop invariant left: \forall integer r, m; 0 <= r < a && 0 <= m <= i
         ==> lfap_rdot_at(L, r, x, 0, n, m) == lfap_rdot_at{Pre}(L, r, x, 0, n, m);)
       loop assigns a, f, p, q;
       loop variant n - a; @/
    while (a != n) {
      lfap_row_at(a, n, n);
      f = 0;
      /@ loop invariant term: 0 <= f <= i;
         LFAP_REAL(loop invariant left: \forall integer m; 0 <= m <= f
           ==> lfap_rdot_at(L, a, x, 0, n, m) == lfap_rdot_at{Pre}(L, a, x, 0, n, m);)
         loop assigns f, p, q;
         loop variant i - f; @/
      while (f != i) {
        /@ assert next: LFAP_REAL_FACT(lfap_rdot_at(L, a, x, 0, n, f + 1)
             == lfap_rdot_at(L, a, x, 0, n, f) + lfap_term(L[a*n + f], x[f])); @/
        p = L[a * n + f];
        q = x[f];
        /@ assert linked: LFAP_REAL_FACT(lfap_term(L[a*n + f], x[f]) == lfap_term(p, q)); @/
        /@ assert first: LFAP_REAL_FACT(p == \at(L[\at(a*n + f,Here)],Pre)); @/
        /@ assert second: LFAP_REAL_FACT(q == \at(x[\at(f,Here)],Pre)); @/
        /@ assert then: LFAP_REAL_FACT(lfap_rdot_at{Pre}(L, a, x, 0, n, f + 1) == lfap_rdot_at{Pre}(L, a, x, 0, n,
            f) + lfap_term(p, q)); @/
        /@ assert both: LFAP_REAL_FACT(lfap_rdot_at(L, a, x, 0, n, f + 1) == lfap_rdot_at{Pre}(L, a, x, 0, n,
            f + 1)); @/
        f++;
      }
      a++;
    } */
#endif
}

/* The dot of x and a row of L, seen from the whole matrix. */
/*@ ghost
  /@ requires row: i < n && m <= n;
     requires size: n*n <= SIZE_MAX;
     terminates \true;
     exits never: \false;
     assigns \nothing;
     LFAP_REAL(ensures dot: lfap_rdot(L + i*n, x, m) == lfap_rdot_at(L, i, x, 0, n, m);) @/
  static void lfap_row_dot(const double *L, const double *x, size_t i, size_t m, size_t n) {
    size_t f = 0;
    lfap_row_at(i, n, n);
    /@ loop invariant term: 0 <= f <= m;
       LFAP_REAL(loop invariant dot: lfap_rdot(L + i*n, x, f) == lfap_rdot_at(L, i, x, 0, n, f);)
       loop assigns f;
       loop variant m - f; @/
    while (f != m) f++;
  }
*/

/* L x = b. */
/*@ LFAP_SYSTEM(x, L, b, n)
  @ LFAP_REAL(requires pivots: \forall integer i; 0 <= i < n ==> lfap_nonzero(L[lfap_at(i, i, n)]);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns x[0 .. n-1];
  @ LFAP_REAL(ensures rows: \forall integer i; 0 <= i < n ==> lfap_rdot_at(L, i, x, 0, n, i + 1) == \old(b[i]);) */
LFAP_INLINE void forward(double *x, const double *L, const double *b, size_t n) {
  /*@ loop invariant row: 0 <= i <= n;
    @ LFAP_REAL(loop invariant rows: \forall integer r; 0 <= r < i
    @     ==> lfap_rdot_at(L, r, x, 0, n, r + 1) == \at(b[r],Pre);)
    @ loop assigns i, x[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    /*@ ghost lfap_row_at(i, n, n); */
    /*@ ghost lfap_row_dot(L, x, i, i, n); */
    /*@ assert place: LFAP_REAL_FACT(lfap_at(i, i, n) == i*n + i); */
    /*@ assert pivot: LFAP_REAL_FACT(L[i*n + i] == \at(L[lfap_at(\at(i,Here), \at(i,Here), n)],Pre)); */
    /*@ assert right: LFAP_REAL_FACT(b[i] == \at(b[\at(i,Here)],Pre)); */
    double q = b[i], s = lfap_dot(i, L + i * n, x), pivot = L[i * n + i], v = (q - s) / pivot;
    /*@ assert sum: LFAP_REAL_FACT(s == lfap_rdot_at(L, i, x, 0, n, i)); */
    /*@ assert regular: LFAP_REAL_FACT(lfap_nonzero(pivot)); */
    /*@ assert solved: LFAP_REAL_FACT(lfap_term(v, pivot) == q - s); */
    /*@ assert swapped: LFAP_REAL_FACT(lfap_term(pivot, v) == lfap_term(v, pivot)); */
    put_entry(x, L, i, v, n);
    /*@ assert same: LFAP_REAL_FACT(L[i*n + i] == pivot); */
    /*@ assert next: LFAP_REAL_FACT(lfap_rdot_at(L, i, x, 0, n, i + 1) == s + lfap_term(L[i*n + i], x[i])); */
    /*@ assert now: LFAP_REAL_FACT(lfap_rdot_at(L, i, x, 0, n, i + 1) == \at(b[\at(i,Here)],Pre)); */
    /*@ assert above: LFAP_REAL_FACT(\forall integer r; 0 <= r < i
        ==> lfap_rdot_at(L, r, x, 0, n, r + 1) == \at(b[r],Pre)); */
  }
}

/* Row m of L' x = z: x_m is known then, and its part is taken from the rows above. */
/*@ requires row: m < n;
  @ LFAP_SQUARE(x, L, n)
  @ LFAP_REAL(requires pivot: lfap_nonzero(L[m*n + m]);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns x[0 .. m];
  @ LFAP_REAL(ensures value: lfap_term(L[m*n + m], x[m]) == \old(x[m]);)
  @ LFAP_REAL(ensures above: \forall integer j; 0 <= j < m ==> x[j] == \old(x[j]) - lfap_term(L[lfap_at(m, j, n)],
  @     x[m]);)
  @ LFAP_REAL(ensures below: \forall integer j, k; 0 <= j < n && m < k <= n
  @   ==> lfap_rcolumn(L, j, x, k, n) == \old(lfap_rcolumn(L, j, x, k, n));) */
LFAP_INLINE void back_step(double *x, const double *L, size_t m, size_t n) {
  /*@ ghost lfap_row_at(m, n, n); */
  const double *row = L + m * n;
  double pivot = row[m], q = x[m], v = q / pivot;
  /*@ assert solved: LFAP_REAL_FACT(lfap_term(pivot, v) == q); */
  x[m] = v;
  /* fma(-L_ik, x_i, y_k) with the sign on the other factor: the product is the same */
  lfap_axpy(x, -v, row, m);
  /*@ assert same: LFAP_REAL_FACT(L[m*n + m] == pivot && x[m] == v); */
#ifdef LFAP_TIER_REAL
  /*@ ghost size_t j = 0, k = 0; */
  /*@ ghost double f = 0.0, g = 0.0; */
  /*@ ghost
    /@ loop invariant column: 0 <= j <= n;
       LFAP_REAL(loop invariant below: \forall integer c, r; 0 <= c < j && m < r <= n
         ==> lfap_rcolumn(L, c, x, r, n) == lfap_rcolumn{Pre}(L, c, x, r, n);)
       loop assigns j, k, f, g;
       loop variant n - j; @/
    while (j != n) {
      k = n;
      /@ loop invariant row: m < k <= n;
         LFAP_REAL(loop invariant below: \forall integer r; k <= r <= n
           ==> lfap_rcolumn(L, j, x, r, n) == lfap_rcolumn{Pre}(L, j, x, r, n);)
         loop assigns k, f, g;
         loop variant k; @/
      while (k != m + 1) {
        k--;
        lfap_row_at(k, n, n);
        /@ assert next: LFAP_REAL_FACT(lfap_rcolumn(L, j, x, k, n) == lfap_rcolumn(L, j, x, k + 1,
            n) + lfap_term(L[k*n + j], x[k])); @/
        f = L[k * n + j];
        g = x[k];
        /@ assert linked: LFAP_REAL_FACT(lfap_term(L[k*n + j], x[k]) == lfap_term(f, g)); @/
        /@ assert first: LFAP_REAL_FACT(f == \at(L[\at(k*n + j,Here)],Pre)); @/
        /@ assert second: LFAP_REAL_FACT(g == \at(x[\at(k,Here)],Pre)); @/
        /@ assert then: LFAP_REAL_FACT(lfap_rcolumn{Pre}(L, j, x, k, n) == lfap_rcolumn{Pre}(L, j, x, k + 1,
            n) + lfap_term(f, g)); @/
        /@ assert both: LFAP_REAL_FACT(lfap_rcolumn(L, j, x, k, n) == lfap_rcolumn{Pre}(L, j, x, k, n)); @/
      }
      j++;
    } */
#endif
}

/* L' x = z, in place. */
/*@ LFAP_SQUARE(x, L, n)
  @ LFAP_REAL(requires pivots: \forall integer i; 0 <= i < n ==> lfap_nonzero(L[lfap_at(i, i, n)]);)
  @ terminates \true;
  @ exits never: \false;
  @ assigns x[0 .. n-1];
  @ LFAP_REAL(ensures solution: \forall integer i; 0 <= i < n
  @   ==> lfap_rsolved(L, i, x, n, i + 1) == \old(lfap_rdot_at(L, i, x, 0, n, i + 1));) */
LFAP_INLINE void backward(double *x, const double *L, size_t n) {
  /*@ loop invariant row: 0 <= i <= n;
    @ LFAP_REAL(loop invariant columns: \forall integer j; i <= j < n ==> lfap_rcolumn(L, j, x, j, n) == \at(x[j],Pre);)
    @ LFAP_REAL(loop invariant rest: \forall integer j; 0 <= j < i
    @     ==> x[j] + lfap_rcolumn(L, j, x, i, n) == \at(x[j],Pre);)
    @ loop assigns i, x[0 .. n-1];
    @ loop variant i; */
  for (size_t i = n; i > 0; i--) {
    /*@ ghost lfap_row_at(i - 1, n, n); */
    /*@ assert place: LFAP_REAL_FACT(lfap_at(i - 1, i - 1, n) == (i - 1)*n + (i - 1)); */
    /*@ assert pivot: LFAP_REAL_FACT(lfap_nonzero(L[(i - 1)*n + (i - 1)])); */
    back_step(x, L, i - 1, n);
    /*@ assert next: LFAP_REAL_FACT(lfap_rcolumn(L, i - 1, x, i - 1, n)
      @   == lfap_rcolumn(L, i - 1, x, i, n) + lfap_term(L[(i - 1)*n + (i - 1)], x[i - 1])); */
    /*@ assert now: LFAP_REAL_FACT(lfap_rcolumn(L, i - 1, x, i - 1, n) == \at(x[\at(i - 1,Here)],Pre)); */
    /*@ assert later: LFAP_REAL_FACT(\forall integer j; i <= j < n ==> lfap_rcolumn(L, j, x, j, n) == \at(x[j],Pre)); */
    /*@ assert parts: LFAP_REAL_FACT(\forall integer j; 0 <= j < i - 1
      @   ==> lfap_rcolumn(L, j, x, i - 1, n) == lfap_rcolumn(L, j, x, i, n) + lfap_term(L[lfap_at(i - 1, j, n)],
      @       x[i - 1])); */
  }
#ifdef LFAP_TIER_REAL
  /*@ ghost size_t r = 0, f = 0; */
  /*@ ghost double p = 0.0; */
  /*@ ghost
    /@ loop invariant row: 0 <= r <= n;
       LFAP_REAL(loop invariant solution: \forall integer i; 0 <= i < r
         ==> lfap_rsolved(L, i, x, n, i + 1) == lfap_rdot_at{Pre}(L, i, x, 0, n, i + 1);)
       loop assigns r, f, p;
       loop variant n - r; @/
    while (r != n) {
      lfap_row_at(r, n, n);
      f = 0;
      /@ loop invariant term: 0 <= f <= r + 1;
         LFAP_REAL(loop invariant solution: lfap_rsolved(L, r, x, n, f) == lfap_rdot_at{Pre}(L, r, x, 0, n, f);)
         loop assigns f, p;
         loop variant r + 1 - f; @/
      while (f != r + 1) {
        /@ assert next: LFAP_REAL_FACT(lfap_rsolved(L, r, x, n, f + 1)
             == lfap_rsolved(L, r, x, n, f) + lfap_term(L[r*n + f], lfap_rcolumn(L, f, x, f, n))); @/
        p = L[r * n + f];
        /@ assert cell: LFAP_REAL_FACT(lfap_term(L[r*n + f], lfap_rcolumn(L, f, x, f, n)) == lfap_term(p,
            lfap_rcolumn(L, f, x, f, n))); @/
        /@ assert same: LFAP_REAL_FACT(p == \at(L[\at(r*n + f,Here)],Pre)); @/
        /@ assert column: LFAP_REAL_FACT(lfap_rcolumn(L, f, x, f, n) == \at(x[\at(f,Here)],Pre)); @/
        /@ assert linked: LFAP_REAL_FACT(lfap_term(p, lfap_rcolumn(L, f, x, f, n)) == lfap_term(p,
            \at(x[\at(f,Here)],Pre))); @/
        /@ assert here: LFAP_REAL_FACT(lfap_rsolved(L, r, x, n, f + 1)
             == lfap_rsolved(L, r, x, n, f) + lfap_term(p, \at(x[\at(f,Here)],Pre))); @/
        /@ assert then: LFAP_REAL_FACT(lfap_rdot_at{Pre}(L, r, x, 0, n, f + 1)
             == lfap_rdot_at{Pre}(L, r, x, 0, n, f) + lfap_term(p, \at(x[\at(f,Here)],Pre))); @/
        f++;
      }
      r++;
    } */
#endif
}

void lfap_chol_solve(double *x, const double *L, const double *b, size_t n) {
  forward(x, L, b, n);
#ifdef LFAP_TIER_REAL
  /*@ ghost size_t r = 0; */
  /*@ ghost
    /@ loop invariant row: 0 <= r <= n;
       LFAP_REAL(loop invariant pivots: \forall integer k; 0 <= k < r ==> lfap_nonzero(L[lfap_at(k, k, n)]);)
       loop assigns r;
       loop variant n - r; @/
    while (r != n) {
      lfap_row_at(r, n, n);
      /@ assert place: LFAP_REAL_FACT(lfap_at(r, r, n) == r*n + r); @/
      /@ assert same: LFAP_REAL_FACT(L[r*n + r] == \at(L[\at(lfap_at(r, r, n),Here)],Pre)); @/
      r++;
    } */
#endif
  backward(x, L, n);
}

/* s carries the rounded sum, c what the products (by fma) and the sums (by Knuth's two-sum) lost. */
LFAP_CLONES
double lfap_residual(double b, const double *q, const double *x, size_t n) {
  double s = b, c = 0.0;
  /*@ loop invariant term: 0 <= k <= n;
    @ LFAP_REAL(loop invariant sum: s == b - lfap_rdot(q, x, k);)
    @ LFAP_REAL(loop invariant nothing_lost: c == 0.0;)
    @ loop assigns k, s, c;
    @ loop variant n - k; */
  for (size_t k = 0; k < n; k++) {
    double p = -q[k] * x[k], e = fma(-q[k], x[k], -p);
    double t = s + p, bb = t - s;
    double e2 = (s - (t - bb)) + (p - bb);
    s = t;
    c = c + (e + e2);
  }
  return s + c;
}
