/* driver.c - calls the kernels on small inputs while E-ACSL's monitor checks their contracts as they run (make eacsl).
 *
 * Sizes run over what the kernels treat apart: 1, fewer than the 8 lanes, exactly 8, more, and block edges. The values are
 * of no importance beyond being different; the contracts say what must hold. Nothing here asserts. */
#include "chain.h"
#include "chol.h"
#include "cpform.h"
#include "flow.h"
#include "half.h"
#include "idx_header.h"
#include "kinkform.h"
#include "lanes.h"
#include "loss.h"
#include "network.h"
#include "npy_header.h"
#include "qform.h"
#include "rows.h"
#include "single.h"
#include "solve.h"
#include "splitform.h"
#include "step.h"

enum { MOST = 20 };

static double a[MOST * MOST], b[MOST * MOST], c[MOST * MOST], y[MOST];

static void fill(double *x, size_t n, unsigned seed) {
  for (size_t i = 0; i < n; i++) {
    seed = seed * 1664525u + 1013904223u;
    x[i] = (double)(seed >> 8) / 8388608.0 - 1.0;
  }
}

static void vectors(size_t n) {
  fill(a, n, 1), fill(b, n, 2), fill(c, n, 3);
  volatile double sink = lfap_dot(n, a, b) + lfap_sum(n, a) + lfap_asum(n, a) + lfap_amax(n, a) + lfap_norm2(n, a);
  (void)sink;
  lfap_axpy(c, 0.5, a, n);
  lfap_scale(c, 2.0, a, n);
  lfap_step_gd(a, b, 0.125, n);
  lfap_step_sgd(a, b, c, 0.125, 0.5, 1, n);
  lfap_step_sgd(a, b, c, 0.125, 0.5, 0, n);
}

static void matrices(size_t n) {
  for (size_t i = 0; i < n; i++) y[i] = i % 2 ? 1.0 : -1.0;
  fill(a, n * n, 6), fill(b, n * n, 7);
  lfap_chain_rows(c, a, b, n, n, n);
  lfap_chain_columns(c, a, b, n / 3, n, n, n, n);
  lfap_gemv(c, a, b, n, n);
  lfap_rows(c, a, b, n, n, n);
  for (size_t i = 0; i < n; i++) lfap_gram_row(c + i * n, a, i, n, n);
  lfap_mirror(c, 0, n, n);
  lfap_chain(b, y, a, n, n);
  for (size_t i = 0; i < n; i++) c[i * n + i] += (double)n;
  lfap_q_row(b, a, y, y[0], 0.5, n);
  lfap_uv_coef(b, a, y, 1.0, 0.5, n);
  static double Q[LFAP_CHOL_PACK], P[LFAP_CHOL_ROWS];
  size_t k = n / 2;
  for (size_t i = 0; i < n * n; i++) b[i] = c[i];
  if (lfap_chol_corner(b, Q, P, a, 0, k, n) == k) lfap_chol_below(b, Q, P, a, k, n - k, 0, k, n);
  if (lfap_chol(c, n) == n) lfap_chol_solve(b, c, y, n);
}

static void kinks(size_t n) {
  fill(a, n, 9);
  for (size_t i = 0; i < n; i++) a[i] = a[i] < 0.0 ? 0.0 : a[i];
  lfap_cp_merge(b, c, a, a, y, 0.5, 0.3, 0.9, n);
  lfap_cp_coef(c, a, a, y, 1.0, 0.5, n);
  lfap_cp_row(c, a, y, 1.0, 0.5, 1.0, 0.3, 0.9, n);
  volatile double sink = lfap_cp_slope(a[0], a[0], 1.0, 0.5);
  sink = lfap_cp_own(1.0, 2.0, 3.0, 4.0, 0.5) + lfap_cp_off(1.0, 2.0, 3.0, 4.0, 0.5);
  fill(b, n, 10);
  lfap_kink_margins(c, 0.5, a, b, 0.5, n);
  lfap_kink_coef(c, a, b, n);
  lfap_kink_newton(c, 0.5, 0.25, a, b, b, n);
  lfap_kink_gather(c, 0.5, a, b, n);
  sink = lfap_kink_clip(b[0], a[0], 0.5) + lfap_kink_slope(b[0], a[0], -1.0, 0.5);
  sink = lfap_kink_room(1.0, 2.0, 3.0) + lfap_kink_length(1.0, 2.0, 3.0, 4.0);
  (void)sink;
}

static void networks(size_t m) {
  lfap_net_signs(c, m);
  fill(a, m, 8);
  volatile double sink = lfap_net_output(b, a, c, 0.25, m);
  (void)sink;
  lfap_net_input_coef(b, a, c, 0.25, m);
  lfap_loss_fill(b, b + m, a, 1, m);
  lfap_plateau p;
  lfap_plateau_init(&p, 0.5);
  for (int i = 0; i < 25; i++) lfap_plateau_see(&p, 1.0);
}

static void splits(size_t m) {
  lfap_split_sums sums;
  fill(a, 4 * m, 11), fill(y, m, 12);
  lfap_split_coef(b, a, y, 0.5, m);
  lfap_split_coef(a, a, y, -0.5, m);
  lfap_split_point_sums(&sums, a, 0.25, m);
}

static void headers(void) {
  static const char *const dictionary[] = {"{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }\n",
                                           "{'shape': (12,), \"fortran_order\": False, 'descr': '|u1'}",
                                           "{'descr': '>f8', 'fortran_order': True, 'shape': ()}", "{", "{'descr': 'O'}", ""};
  for (size_t k = 0; k < sizeof dictionary / sizeof *dictionary; k++) {
    uint8_t bytes[96] = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 0, 0};
    size_t n = 0;
    while (dictionary[k][n]) bytes[10 + n] = (uint8_t)dictionary[k][n], n++;
    bytes[8] = (uint8_t)n;
    lfap_npy_info info;
    for (size_t len = 0; len <= 10 + n; len += 7) lfap_npy_header(&info, bytes, len, 96);
    lfap_npy_header(&info, bytes, 10 + n, 96);
  }
  const uint8_t idx[16] = {0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2};
  lfap_idx_info info;
  for (size_t len = 0; len <= 16; len++) lfap_idx_header(&info, idx, len);
}

static void halves(size_t n) {
  static float p[MOST * MOST], q[MOST * MOST], r[MOST * MOST], open[MOST], leaky[MOST];
  fill(a, n * n, 11), fill(b, n * n, 12), fill(c, n * n, 13);
  volatile float sink = lfap_half(a[0]) + lfap_single_mean(a, n);
  (void)sink;
  lfap_half_fill(p, a, n * n);
  lfap_half_columns(q, b, n, n);
  lfap_single_product(r, p, q, n, n, n);
  lfap_half_round(r, n * n);
  lfap_half_outputs(y, r, 0.25f, 0.5f, n, n);
  lfap_half_slopes(open, leaky, a, 0.25f, 0.5f, n);
  volatile size_t zeros = lfap_half_row(p, r, open, leaky, -1.0f, n);
  volatile size_t alive = lfap_half_step(b, c, p, 0.125f, 0.5f, 0, n);
  (void)zeros, (void)alive;
}

int main(void) {
  static const size_t size[] = {1, 3, 8, 9, 16, 17};
  for (size_t k = 0; k < sizeof size / sizeof *size; k++) {
    vectors(size[k]);
    matrices(size[k]);
    halves(size[k]);
    kinks(size[k]);
    networks(2 * ((size[k] + 1) / 2));
    splits(2 * ((size[k] + 1) / 2));
  }
  headers();
  return 0;
}
