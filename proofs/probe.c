/* probe.c - a program that makes the tools say everything that a script of this folder reads in what they say: good and bad
 * goals, a decimal literal, a lemma, assumptions, a function without assigns. It proves nothing; see probe.py. */
#include <ctype.h>

/*@ lemma probe_square: \forall integer x, y; 0 <= x <= y ==> x * x <= y * y; */
/*@ axiomatic Probe { axiom probe_wish: \forall integer x; x + 0 == x; } */

/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures half: \result == 8; */
int probe_trusted(int n);

/*@ requires room: 0 <= n <= 1000;
  @ requires cells: \valid(a + (0 .. n-1));
  @ terminates \true;
  @ exits never: \false;
  @ assigns a[0 .. n-1];
  @ ensures wrong: \result == n + 1;
  @ ensures right: \result >= n; */
int probe_loop(int n, int *a) {
  int i = 0;
  /*@ loop invariant range: 0 <= i <= n;
    @ loop invariant i >= 0;
    @ loop invariant cells: \forall integer j; 0 <= j < i ==> a[j] == j;
    @ loop assigns i, a[0 .. n-1];
    @ loop variant n - i; */
  for (i = 0; i < n; i++) {
    a[i] = i;
    /*@ ghost int seen = a[i]; */
    /*@ assert here: a[i] == i; */
    //@ assert n > 0;
    //@ admit wish: n >= 0;
  }
  return i;
}

/*@ requires n <= 3;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures \result == 3; */
int probe_call(int n, int *a) {
  double d = 0.1;
  return probe_loop(n, a);
}

/*@ requires cells: \valid(a + (0 .. 9)) && \forall integer j; 0 <= j < 10 ==> a[j] > j;
  @ requires place: 0 <= n < 10;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing;
  @ ensures more: \result >= 0; */
int probe_easy(int n, int *a) { return a[n]; }

int probe_bare(int *p) { return *p; }

/*@ requires empty: n < 0 && n > 0;
  @ terminates \true;
  @ exits never: \false;
  @ assigns \nothing; */
int probe_nobody(int n) { return n + probe_trusted(n) + probe_call(n, 0); }

int probe_table[2] = {1, 2};
/*@ requires cell: \valid(p) && \separated(p, q);
  @ terminates \true;
  @ exits never: \false;
  @ assigns *p; */
int probe_memory(int *p, int *q) { *p = probe_table[1]; return *q; }
