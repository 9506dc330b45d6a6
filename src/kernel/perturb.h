/* perturb.h - the geometry-inspired perturbations and the pieces of PGD (N7; statement P1). */
#ifndef LFAP_KERNEL_PERTURB_H
#define LFAP_KERNEL_PERTURB_H
#include <stddef.h>

/* +1, -1 or 0 (also for NaN). */
double lfap_sgn(double x);
/* eta_i = ((eps/nrm)*t)*w_i; nrm = norm2(w) > 0. */
void lfap_eta_l2(double *eta, const double *w, double nrm, double t, double eps, size_t d);
/* eta_i = eps*(t*sgn w_i). */
void lfap_eta_linf(double *eta, const double *w, double t, double eps, size_t d);
/* keep[i] = 1 for the k largest |w_i| (ties: lower index first), else 0. k <= d. Time O(64 d): bisection on the bit
   pattern of |w_i|, no sorting. */
void lfap_topk(unsigned char *keep, const double *w, size_t k, size_t d);
/* eta_i = keep[i] ? eps*(t*sgn w_i) : 0. */
void lfap_eta_l0(double *eta, const double *w, const unsigned char *keep, double t, double eps, size_t d);
/* z_i = x_i + y_i and z_i = x_i - y_i. */
void lfap_add(double *z, const double *x, const double *y, size_t d);
void lfap_sub(double *z, const double *x, const double *y, size_t d);
/* v < lo ? lo : v > hi ? hi : v (NaN stays NaN). */
double lfap_clamp(double v, double lo, double hi);
void lfap_clamp_all(double *x, double lo, double hi, size_t d);
/* PGD, l2 and linf: x_i = fma(-step, g_i/c, x_i). */
void lfap_pgd_move(double *x, const double *g, double step, double c, size_t d);
/* PGD, l0: mask[i] = x_i != x0_i, plus the unmasked entry of largest |g_i| (lowest index on ties) if there is one. */
void lfap_pgd_mask(unsigned char *mask, const double *x, const double *x0, const double *g, size_t d);
/* Largest |g_i| on the mask, 0 if it is empty. */
double lfap_masked_amax(const double *g, const unsigned char *mask, size_t d);
/* On the mask x_i = fma(-step, g_i/c, x_i), then clamped to [lo,hi] when range != 0. */
void lfap_pgd_move_masked(double *x, const double *g, const unsigned char *mask, double step, double c, int range,
                          double lo, double hi, size_t d);
#endif
