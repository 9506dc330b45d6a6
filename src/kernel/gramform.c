/* gramform.c - descent on pre-activations (spec/numerics.md N5a): one row's step, the outputs, equal rows. */
#include "gramform.h"

#include "clones.h"
#include "mathspec.h"
#include "network.h"
#ifdef __FRAMAC__
#include "../../spec/logic/index.acsl"
#endif

LFAP_CLONES
void lfap_gramform_step(double *restrict z, double *restrict v, double *restrict s, unsigned char *restrict open,
                        const double *restrict dz, double a, double gamma, double lr, double mu, size_t n) {
  for (size_t i = 0; i < n; i++) {
    const double u = fma(mu, v[i], dz[i]);
    const double w = fma(-lr, u, z[i]);
    v[i] = u;
    z[i] = w;
    s[i] = fma(a, w > 0.0 ? w : gamma * w, s[i]);
    open[i] = w > 0.0;
  }
}

LFAP_CLONES
void lfap_gramform_outputs(double *f, const double *s, size_t n, size_t ld) {
  for (size_t i = 0; i < n; i++)
    f[i] = ((s[i] + s[4 * ld + i]) + (s[2 * ld + i] + s[6 * ld + i])) +
           ((s[ld + i] + s[5 * ld + i]) + (s[3 * ld + i] + s[7 * ld + i]));
}

LFAP_CLONES
void lfap_gramform_coef(double *c, const unsigned char *open, const double *y, const double *s1, const double *s2,
                        double sign, size_t n) {
  for (size_t i = 0; i < n; i++) c[i] = (-sign * y[i]) * (open[i] ? s1[i] : s2[i]);
}

enum { LANES = 8 };

/* A number that equal rows share: eight polynomials modulo 2^32, so that nothing overflows and no step waits for the last. */
LFAP_INLINE size_t row_hash(const unsigned char *open, size_t n) {
  uint64_t h[LANES] = {1, 2, 3, 4, 5, 6, 7, 8}, all = 0;
  size_t i = 0;
  for (; n - i >= LANES; i += LANES)
    for (size_t l = 0; l < LANES; l++) h[l] = (h[l] & 0xffffffff) * 0x9e3779b1 + open[i + l];
  for (size_t l = 0; l < LANES; l++) all = (all & 0xffffffff) * 0x85ebca6b + (h[l] & 0xffffffff) % 0x7fffffff;
  for (; i < n; i++) all = (all & 0xffffffff) * 0x9e3779b1 + open[i];
  return (size_t)(all % 0xfffffffb);
}

static int rows_equal(const unsigned char *a, const unsigned char *b, size_t n) {
  size_t i = 0;
  while (i < n && a[i] == b[i]) i++;
  return i == n;
}

/* Open addressing: slot holds a group + 1, or 0; at most m of the 2m slots are taken. */
size_t lfap_gramform_groups(size_t *group, size_t *first, size_t *slot, const unsigned char *open, size_t m, size_t n) {
  size_t groups = 0;
  for (size_t k = 0; k < 2 * m; k++) slot[k] = 0;
  for (size_t j = 0; j < m; j++) {
    size_t at = row_hash(open + j * n, n) % (2 * m), g = groups;
    for (size_t tries = 0; tries < 2 * m && slot[at] != 0; tries++) {
      const size_t k = slot[at] - 1;
      if ((first[k] < m / 2) == (j < m / 2) && rows_equal(open + j * n, open + first[k] * n, n)) {
        g = k;
        break;
      }
      at = at + 1 < 2 * m ? at + 1 : 0;
    }
    if (g == groups) {
      first[g] = j;
      slot[at] = g + 1;
      groups++;
    }
    group[j] = g;
  }
  return groups;
}
