/* observe.c - how far the flow is from its limit (statement F1), without ever forming W: with W = W0 + diag(a) B X,
 * inner products of W are inner products of N numbers a row with Z = W X'. */
#include "oracle/flow/state.h"

#include <math.h>

/* ||p - lambda/sum lambda||_1 */
static double p_distance(flow_run *w, mpfr_t *p) {
  mpfr_set_zero(w->t1, 1);
  for (size_t i = 0; i < w->n; i++) {
    oracle_sub(&w->A, w->t0, p[i], w->p_star[i]);
    mpfr_abs(w->t0, w->t0, MPFR_RNDN);
    oracle_add(&w->A, w->t1, w->t1, w->t0);
  }
  return mpfr_get_d(w->t1, MPFR_RNDN);
}

/* norm2 = ||W||^2 = ||W0||^2 + sum_j a_j <B_j, Z0_j + Z_j> */
static void norm2(flow_run *w, mpfr_t norm2) {
  oracle_arith *A = &w->A;
  mpfr_ptr b = w->t0, z = w->t3;
  mpfr_set(norm2, w->w0_norm2, MPFR_RNDN);
  for (size_t j = 0; j < w->m; j++)
    for (size_t i = 0; i < w->n; i++) {
      size_t at = j * w->n + i;
      oracle_mul(A, b, w->net.a[j], w->B[at]);
      oracle_add(A, z, w->Z0[at], w->Z[at]);
      oracle_fma(A, norm2, b, z, norm2);
    }
}

/* <W, W*> = sum_j a_j <toward_j, Z_j>; the squared distance of the two directions is 2 - 2 cos. */
static double direction(flow_run *w, mpfr_t *Z, const mpfr_t size) {
  oracle_arith *A = &w->A;
  mpfr_ptr norm = w->t1, inner = w->t2, b = w->t0;
  mpfr_set_zero(inner, 1);
  for (size_t j = 0; j < w->m; j++)
    for (size_t i = 0; i < w->n; i++) {
      oracle_mul(A, b, w->toward[j * w->n + i], w->net.a[j]);
      oracle_fma(A, inner, b, Z[j * w->n + i], inner);
    }
  oracle_mul(A, norm, size, w->size2);
  oracle_sqrt(A, norm, norm);
  oracle_div(A, inner, inner, norm);
  mpfr_ui_sub(inner, 1, inner, MPFR_RNDN);
  mpfr_mul_2ui(inner, inner, 1, MPFR_RNDN);
  if (mpfr_sgn(inner) < 0) mpfr_set_zero(inner, 1); /* rounding */
  oracle_sqrt(A, inner, inner);
  return mpfr_get_d(inner, MPFR_RNDN);
}

/* Sign of f(z; W) at probe k: the sum of at most `terms` rounded operations is off by no more than 2 terms 2^-bits
   times the sum of the absolute values; 0 where that does not decide. B and the tables count as given. */
static int sign_at(flow_run *w, size_t k) {
  oracle_arith *A = &w->A;
  mpfr_ptr f = w->t1, size = w->t2, z = w->t3, abs = w->t4, t = w->t0;
  mpfr_set_zero(f, 1);
  mpfr_set_zero(size, 1);
  for (size_t j = 0; j < w->m; j++) {
    mpfr_set(z, w->Wz[j * w->np + k], MPFR_RNDN);
    mpfr_abs(abs, z, MPFR_RNDN);
    for (size_t i = 0; i < w->n; i++) {
      oracle_mul(A, t, w->net.a[j], w->B[j * w->n + i]);
      oracle_mul(A, t, t, w->Xz[i * w->np + k]);
      oracle_add(A, z, z, t);
      mpfr_abs(t, t, MPFR_RNDU);
      oracle_add(A, abs, abs, t);
    }
    if (mpfr_sgn(z) <= 0) oracle_mul(A, z, z, w->net.gamma);
    if (j < w->m / 2) oracle_add(A, f, f, z);
    else oracle_sub(A, f, f, z);
    oracle_add(A, size, size, abs);
  }
  mpfr_mul_ui(size, size, 8ul * (unsigned long)(w->n + w->m + w->d + 8), MPFR_RNDU);
  mpfr_div_2ui(size, size, (unsigned long)A->prec, MPFR_RNDU);
  return mpfr_cmpabs(f, size) > 0 ? mpfr_sgn(f) : 0;
}

static void probes(const flow_run *w, oracle_flow_row *row, size_t at, const int *bdy) {
  for (size_t k = 0; k < w->np; k++) {
    int sign = w->row_sign[at * w->np + k];
    if (sign == 0 || bdy[k] == 0) row->undecided++;
    else row->disagree += (sign > 0) != (bdy[k] > 0);
  }
}

/* Slope of log L and exponent of the direction error since the row before. */
static void rates(flow_run *w, oracle_flow_row *row, size_t at) {
  const oracle_flow_row *last = row - 1;
  oracle_sub(&w->A, w->t0, w->row_log[at], w->row_log[at - 1]);
  oracle_sub(&w->A, w->t1, w->row_s[at], w->row_s[at - 1]);
  oracle_div(&w->A, w->t0, w->t0, w->t1);
  oracle_mul(&w->A, w->t0, w->t0, w->sum_lambda);
  mpfr_add_ui(w->t0, w->t0, 1, MPFR_RNDN);
  row->slope_error = fabs(mpfr_get_d(w->t0, MPFR_RNDN));
  if (last->s > 0.0) row->exponent = log(row->direction / last->direction) / log(row->s / last->s);
}

/* log t = log tau - log gbar */
static double log_time(flow_run *w) {
  if (!(mpfr_sgn(w->S.tau[0]) > 0)) return -INFINITY;
  mpfr_log(w->t0, w->S.tau[0], MPFR_RNDN);
  oracle_sub(&w->A, w->t0, w->t0, w->log_g);
  return mpfr_get_d(w->t0, MPFR_RNDN);
}

void oracle_flow_observe(flow_run *w) {
  size_t at = w->out->rows++;
  oracle_flow_row *row = &w->out->row[at];
  mpfr_set(w->row_s[at], w->s, MPFR_RNDN);
  mpfr_set(w->row_log[at], w->log_g, MPFR_RNDN);
  *row = (oracle_flow_row){.log_loss = mpfr_get_d(w->log_g, MPFR_RNDN),
                           .s = mpfr_get_d(w->s, MPFR_RNDN),
                           .slope_error = NAN,
                           .exponent = NAN};
  row->log_t = log_time(w);
  row->mismatched = oracle_flow_mismatched(w);
  norm2(w, w->row_norm2[at]);
  for (size_t i = 0; i < w->n; i++) mpfr_set(w->row_p[at * w->n + i], w->S.p[i], MPFR_RNDN);
  for (size_t i = 0; i < w->m * w->n; i++) mpfr_set(w->row_z[at * w->m * w->n + i], w->Z[i], MPFR_RNDN);
  for (size_t k = 0; k < w->np; k++) w->row_sign[at * w->np + k] = (signed char)sign_at(w, k);
}

/* Least squares of log(direction) on log(s), late: log L <= -1000, and the start, which may be large against the limit,
   is forgotten. */
static void fit(flow_run *w) {
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;
  for (size_t i = 0; i < w->out->rows; i++) {
    const oracle_flow_row *r = &w->out->row[i];
    if (!(r->log_loss <= -999.5 && r->direction <= 0.05)) continue;
    double a = log(r->s), b = log(r->direction);
    n += 1;
    x += a;
    y += b;
    xx += a * a;
    xy += a * b;
  }
  w->out->exponent = n < 2 ? NAN : (n * xy - x * y) / (n * xx - x * x);
}

/* p*, ||W*||^2 = (1/m) sum_j toward_j' G toward_j. */
static void finish_point(flow_run *w) {
  oracle_arith *A = &w->A;
  oracle_sum(A, w->sum_lambda, w->lambda, w->n);
  for (size_t i = 0; i < w->n; i++) oracle_div(A, w->p_star[i], w->lambda[i], w->sum_lambda);
  mpfr_set_zero(w->size2, 1);
  for (size_t j = 0; j < w->m; j++)
    for (size_t i = 0; i < w->n; i++) {
      oracle_dot(A, w->t0, w->G + i * w->n, w->toward + j * w->n, w->n);
      oracle_fma(A, w->size2, w->toward[j * w->n + i], w->t0, w->size2);
    }
  mpfr_div_ui(w->size2, w->size2, (unsigned long)w->m, MPFR_RNDN);
  mpfr_ui_div(w->t0, 1, w->sum_lambda, MPFR_RNDN);
  w->out->slope = -mpfr_get_d(w->t0, MPFR_RNDN);
}

void oracle_flow_measure(flow_run *w, const int *bdy) {
  finish_point(w);
  for (size_t at = 0; at < w->out->rows; at++) {
    oracle_flow_row *row = &w->out->row[at];
    row->p_distance = p_distance(w, w->row_p + at * w->n);
    row->direction = direction(w, w->row_z + at * w->m * w->n, w->row_norm2[at]);
    probes(w, row, at, bdy);
    if (at > 0) rates(w, row, at);
  }
  fit(w);
}
