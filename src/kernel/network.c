/* network.c - leaky ReLU, output weights, output and input gradient coefficients (spec/numerics.md N4). */
#include "network.h"

#include "clones.h"
#include "lanes.h"
#include "mathspec.h"

double lfap_phi(double z, double gamma) { return z > 0.0 ? z : gamma * z; }

double lfap_slope(double z, double gamma) { return z > 0.0 ? 1.0 : gamma; }

void lfap_net_signs(double *a, size_t m) {
  const double root = sqrt((double)m);
  const double s = 1.0 / root;
#ifdef LFAP_TIER_REAL
  /*@ assert root: root > 0.0 && root*root == m; */
  /*@ assert inverse: s > 0.0 && s*root == 1.0; */
  /*@ assert unit: s*s*m == (s*root)*(s*root); */
#endif
  /*@ loop invariant j: 0 <= j <= m;
    @ LFAP_REAL(loop invariant first: \forall integer i; 0 <= i < j && i < m/2 ==> a[i] == s;)
    @ LFAP_REAL(loop invariant second: \forall integer i; m/2 <= i < j ==> a[i] == -s;)
    @ loop assigns j, a[0 .. m-1];
    @ loop variant m - j; */
  for (size_t j = 0; j < m; j++) a[j] = j < m / 2 ? s : -s;
}

LFAP_CLONES
double lfap_net_output(double *work, const double *z, const double *a, double gamma, size_t m) {
  /*@ loop invariant j: 0 <= j <= m;
    @ LFAP_REAL(loop invariant done: \forall integer i; 0 <= i < j ==> work[i] == lfap_rphi(z[i], gamma);)
    @ loop assigns j, work[0 .. m-1];
    @ loop variant m - j; */
  for (size_t j = 0; j < m; j++) work[j] = z[j] > 0.0 ? z[j] : gamma * z[j];
#ifdef LFAP_TIER_REAL
    /*@ ghost
    /@ loop invariant k: 0 <= k <= m;
     @ loop invariant sum: lfap_rdot(a, work, k) == lfap_rnet(a, z, gamma, k);
     @ loop assigns k;
     @ loop variant m - k; @/
    for (size_t k = 0; k < m; k++) { }
  */
#endif
  return lfap_dot(m, a, work);
}

LFAP_CLONES
void lfap_net_input_coef(double *c, const double *z, const double *a, double gamma, size_t m) {
  /*@ loop invariant j: 0 <= j <= m;
    @ LFAP_REAL(loop invariant done: \forall integer i; 0 <= i < j ==> c[i] == (z[i] > 0.0 ? a[i] : gamma*a[i]);)
    @ loop assigns j, c[0 .. m-1];
    @ loop variant m - j; */
  for (size_t j = 0; j < m; j++) c[j] = z[j] > 0.0 ? a[j] : gamma * a[j];
}
