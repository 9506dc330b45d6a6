/* step.h - one update of gradient descent or of the authors' sgd, and their plateau schedule (N5). */
#ifndef LFAP_KERNEL_STEP_H
#define LFAP_KERNEL_STEP_H
#include <stddef.h>

#include "arithmetic.h"

/* W = fma(-lr, D, W). */
/*@ LFAP_MAP_ONE(w, d, n)
  @ terminates \true;
  @ exits never: \false;
  @ assigns w[0 .. n-1];
  @ LFAP_REAL(ensures value: \forall integer i; 0 <= i < n ==> w[i] == \old(w[i]) - lr*d[i];) */
void lfap_step_gd(double *w, const double *d, double lr, size_t n);
/* V = first ? D : fma(mu, V, D);  W = fma(-lr, V, W). */
/*@ LFAP_MAP_TO_TWO(w, v, d, n)
  @ terminates \true;
  @ exits never: \false;
  @ assigns w[0 .. n-1], v[0 .. n-1];
  @ LFAP_REAL(ensures first: first != 0 ==> \forall integer i; 0 <= i < n ==> v[i] == d[i];)
  @ LFAP_REAL(ensures later: first == 0 ==> \forall integer i; 0 <= i < n ==> v[i] == mu*\old(v[i]) + d[i];)
  @ LFAP_REAL(ensures weight: \forall integer i; 0 <= i < n ==> w[i] == \old(w[i]) - lr*v[i];) */
void lfap_step_sgd(double *w, double *v, const double *d, double lr, double mu, int first, size_t n);

typedef struct {
  double best, lr;
  unsigned bad; /* consecutive epochs that were not better, 0..10 */
} lfap_plateau;
/*@ requires p: \valid(p);
  @ terminates \true;
  @ exits never: \false;
  @ assigns *p;
  @ ensures fresh: p->bad == 0;
  @ LFAP_REAL(ensures lr: p->lr == lr;)
  @ LFAP_VALUE(ensures best: \is_plus_infinity(p->best);)
  @ LFAP_VALUE(ensures lr: !\is_NaN(lr) ==> \eq_double(p->lr, lr);) */
void lfap_plateau_init(lfap_plateau *p, double lr);
/*@ requires p: \valid(p);
  @ requires bad: p->bad <= 10;
  @ terminates \true;
  @ exits never: \false;
  @ assigns *p;
  @ ensures bad: p->bad <= 10;
  @ ensures count: p->bad == 0 || p->bad == \old(p->bad) + 1;
  @ LFAP_REAL(behavior better:
  @   assumes loss < p->best * 0.9999;
  @   ensures p->best == loss && p->bad == 0 && p->lr == \old(p->lr);)
  @ LFAP_REAL(behavior patient:
  @   assumes loss >= p->best * 0.9999 && p->bad < 10;
  @   ensures p->best == \old(p->best) && p->bad == \old(p->bad) + 1 && p->lr == \old(p->lr);)
  @ LFAP_REAL(behavior lower:
  @   assumes loss >= p->best * 0.9999 && p->bad == 10 && p->lr - p->lr*0.1 > 1e-8;
  @   ensures p->best == \old(p->best) && p->bad == 0 && p->lr == \old(p->lr)*0.1;)
  @ LFAP_REAL(behavior floor:
  @   assumes loss >= p->best * 0.9999 && p->bad == 10 && p->lr - p->lr*0.1 <= 1e-8;
  @   ensures p->best == \old(p->best) && p->bad == 0 && p->lr == \old(p->lr);
  @ complete behaviors;
  @ disjoint behaviors;) */
void lfap_plateau_see(lfap_plateau *p, double loss);
#endif
