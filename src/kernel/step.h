/* step.h - one update of gradient descent or of the authors' sgd, and their plateau schedule (N5). */
#ifndef LFAP_KERNEL_STEP_H
#define LFAP_KERNEL_STEP_H
#include <stddef.h>

/* W = fma(-lr, D, W). */
void lfap_step_gd(double *w, const double *d, double lr, size_t n);
/* V = first ? D : fma(mu, V, D);  W = fma(-lr, V, W). */
void lfap_step_sgd(double *w, double *v, const double *d, double lr, double mu, int first, size_t n);

typedef struct {
  double best, lr;
  unsigned bad; /* consecutive epochs that were not better, 0..10 */
} lfap_plateau;
void lfap_plateau_init(lfap_plateau *p, double lr);
void lfap_plateau_see(lfap_plateau *p, double loss);
#endif
