/* Sharp residuals of Q and of (CP) (N6, N6a) against sums in long double, whose error is 2^-11 of a double's. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "limit/qmatrix.h"

enum { N = 13, D = 150 }; /* no multiples of the samples and entries worked on at a time */

typedef struct {
  lfap_data data;
  lfap_qm m;
} matrix;

/* The setting's output layer and one whose masses are no sums of few bits. */
static const lfap_masses layer[] = {{0.5, 0.5}, {0.3, 0.9}};

static matrix make(int kinks, lfap_masses p) {
  matrix t = {0};
  cr_assert_eq(lfap_gen_uniform(NULL, &t.data, 5, N, D), LFAP_OK);
  t.m = (lfap_qm){.n = kinks ? 2 * N : N, .X = t.data.x, .d = D, .y = t.data.y, .gamma = 0.3, .kinks = kinks};
  t.m.masses = p;
  cr_assert_eq(lfap_qm_open(NULL, &t.m), LFAP_OK);
  return t;
}

static void discard(matrix *t) {
  lfap_qm_close(&t->m);
  lfap_data_free(&t->data);
}

/* sum over col of M_i,col x_col, and of absolute values. */
static long double row_sum(const matrix *t, size_t i, const double *x, const size_t *col, size_t nc,
                           long double *size) {
  long double sum = 0, g = t->m.gamma, s = i < N ? g : 1;
  const double *a = t->data.x + i % N * D;
  *size = 1;
  for (size_t k = 0; k < nc; k++) {
    size_t c = col ? col[k] : k;
    long double z = c < N ? g : 1, G = 0, y = t->data.y[i % N], yy = y * t->data.y[c % N];
    long double own = y > 0 ? t->m.masses.plus : t->m.masses.minus, off = y > 0 ? t->m.masses.minus : t->m.masses.plus;
    for (size_t j = 0; j < D; j++) {
      long double p = (long double)a[j] * t->data.x[c % N * D + j];
      G += p;
      *size += fabsl(p * x[k]);
    }
    sum += yy * (yy > 0 ? own + off * s * z : own * z + off * s) * G * x[k];
  }
  return sum;
}

/* b is the rounded sum, so that all leading digits cancel. */
static void assert_sharp(matrix *t, const double *x, lfap_qm_part part) {
  double b[2 * N], out[2 * N];
  lfap_ctx ctx = {.threads = 2};
  long double size;
  for (size_t i = 0; i < t->m.n; i++) b[i] = (double)row_sum(t, i, x, part.col, part.nc, &size);
  lfap_qm_sharp_residual(&ctx, out, &t->m, b, x, part);
  for (size_t at = 0; at < part.nr; at++) {
    size_t i = part.row ? part.row[at] : at;
    long double off = fabsl(out[at] - (b[i] - row_sum(t, i, x, part.col, part.nc, &size)));
    cr_assert_lt(off, 0x1p-60L * size, "row %zu: off by %Lg of %Lg", i, off, size);
  }
}

Test(qmatrix, sharp_residuals_of_everything) {
  for (int k = 0; k < 4; k++) {
    int kinks = k % 2;
    matrix t = make(kinks, layer[k / 2]);
    double x[2 * N];
    for (size_t j = 0; j < t.m.n; j++) x[j] = 0.1 + (double)(j * 7 % 11) / 13.0;
    assert_sharp(&t, x, (lfap_qm_part){NULL, NULL, t.m.n, t.m.n});
    discard(&t);
  }
}

Test(qmatrix, sharp_residuals_of_a_part) {
  const size_t f[] = {1, 4, 5, 9, 12, 13, 17, 25};
  double x[] = {0.3, 1.7, 0.01, 2.0, 0.6, 0.77, 0.4, 0.9};
  for (int k = 0; k < 4; k++) {
    int kinks = k % 2;
    matrix t = make(kinks, layer[k / 2]);
    size_t nf = kinks ? 8 : 5;
    assert_sharp(&t, x, (lfap_qm_part){f, f, nf, nf});
    assert_sharp(&t, x, (lfap_qm_part){NULL, f, t.m.n, nf});
    discard(&t);
  }
}
