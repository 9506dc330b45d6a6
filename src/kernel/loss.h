/* loss.h - exponential and logistic loss on margins q, g = -l', r = -log g (N4), and the softmax weights p of the
 * flow (N9; spec/theory.md section 5). */
#ifndef LFAP_KERNEL_LOSS_H
#define LFAP_KERNEL_LOSS_H
#include <stddef.h>

double lfap_loss_exp(double q);
double lfap_loss_exp_g(double q);
double lfap_loss_logistic(double q);
double lfap_loss_logistic_g(double q);
double lfap_loss_logistic_r(double q);
/* l[i] and g[i] at the margins q; logistic != 0 chooses the loss. */
void lfap_loss_fill(double *l, double *g, const double *q, int logistic, size_t n);
/* Gradient coefficients (N5): s1[n] = (g[n]/N)*s, s2[n] = gamma*s1[n]; N = n as a double. */
void lfap_loss_coef(double *s1, double *s2, const double *g, double s, double gamma, size_t n);
/* Coefficients of one row j of C (N5): c[n] = -sign*y[n]*(z[n] > 0 ? s1[n] : s2[n]); sign = +1 or -1 is that of a_j;
   z[n] with stride: z[n*ldz]. */
void lfap_loss_row_coef(double *c, const double *z, const double *y, const double *s1, const double *s2, double sign,
                        size_t n, size_t ldz);
/* p = e/sum(e), e_n = exp(min r - r_n); returns log(sum e) - min r - log n (the log of the mean of exp(-r)). n > 0. */
double lfap_softmax(double *p, const double *r, size_t n);
#endif
