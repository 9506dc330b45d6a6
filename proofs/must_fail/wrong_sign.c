/* Broken: a wrong sign, which only the real tier can see.
 * expect: src/kernel/mf.c:20: mf_double \(real\): goal \S*doubled\S* is not proved: Preservation of Invariant 'doubled' */
#include <stddef.h>

#ifdef LFAP_TIER_REAL
#define LFAP_REAL(...) __VA_ARGS__
#else
#define LFAP_REAL(...)
#endif

/*@ requires x: \valid_read(x + (0 .. n-1));
  @ requires y: \valid(y + (0 .. n-1));
  @ requires sep: \separated(x + (0 .. n-1), y + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns y[0 .. n-1];
  @ LFAP_REAL(ensures doubled: \forall integer i; 0 <= i < n ==> y[i] == 2.0*x[i];) */
void mf_double(double *y, const double *x, size_t n) {
  /*@ loop invariant range: 0 <= i <= n;
    @ LFAP_REAL(loop invariant doubled: \forall integer j; 0 <= j < i ==> y[j] == 2.0*x[j];)
    @ loop assigns i, y[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) y[i] = x[i] - x[i];
}

/*@ requires few: n <= 1000;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures bytes: \result == 8*n; */
size_t mf_bytes(size_t n) { return 8 * n; }
