/* step.c - gradient descent, the authors' sgd with momentum, and the plateau schedule (spec/numerics.md N5). */
#include "step.h"

#include "clones.h"
#include "mathspec.h"

LFAP_CLONES
void lfap_step_gd(double *w, const double *d, double lr, size_t n) {
  /*@ loop invariant i: 0 <= i <= n;
    @ LFAP_REAL(loop invariant done: \forall integer k; 0 <= k < i ==> w[k] == \at(w[k],Pre) - lr*d[k];)
    @ LFAP_REAL(loop invariant todo: \forall integer k; i <= k < n ==> w[k] == \at(w[k],Pre);)
    @ loop assigns i, w[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) w[i] = fma(-lr, d[i], w[i]);
}

LFAP_CLONES
void lfap_step_sgd(double *w, double *v, const double *d, double lr, double mu, int first, size_t n) {
  /*@ loop invariant i: 0 <= i <= n;
    @ LFAP_REAL(loop invariant first: first != 0 ==> \forall integer k; 0 <= k < i ==> v[k] == d[k];)
    @ LFAP_REAL(loop invariant later: first == 0 ==> \forall integer k; 0 <= k < i ==> v[k] == mu*\at(v[k],Pre) + d[k];)
    @ LFAP_REAL(loop invariant weight: \forall integer k; 0 <= k < i ==> w[k] == \at(w[k],Pre) - lr*v[k];)
    @ LFAP_REAL(loop invariant todo: \forall integer k; i <= k < n ==> w[k] == \at(w[k],Pre) && v[k] == \at(v[k],Pre);)
    @ loop assigns i, w[0 .. n-1], v[0 .. n-1];
    @ loop variant n - i; */
  for (size_t i = 0; i < n; i++) {
    const double u = first ? d[i] : fma(mu, v[i], d[i]);
    v[i] = u;
    w[i] = fma(-lr, u, w[i]);
  }
}

enum { PATIENCE = 10 };

void lfap_plateau_init(lfap_plateau *p, double lr) {
  p->best = 1.0 / 0.0;
  p->lr = lr;
  p->bad = 0;
}

/* 0.9999 is 1 - 1e-4 rounded once. A NaN loss is never better. */
void lfap_plateau_see(lfap_plateau *p, double loss) {
  if (loss < p->best * 0.9999) {
    p->best = loss;
    p->bad = 0;
    return;
  }
  p->bad++;
  if (p->bad > PATIENCE) {
    const double next = p->lr * 0.1;
    if (p->lr - next > 1e-8) p->lr = next;
    p->bad = 0;
  }
}
