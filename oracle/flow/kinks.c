/* kinks.c - when does a pre-activation change its sign? The slopes of the network are constant between two such times, so they
 * are found and not stepped over. */
#include "oracle/flow/state.h"

#include <math.h>
#include <string.h>

void flow_slopes_changed(flow_run *w) {
  oracle_arith *A = &w->A;
  size_t n = w->n, m = w->m;
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < n; k++) {
      unsigned long both = 0, one = 0;
      for (size_t j = 0; j < m; j++) {
        int sum = w->open[j * n + i] + w->open[j * n + k];
        both += sum == 2;
        one += sum == 1;
      }
      /* ((none gamma + one) gamma + both)/m */
      mpfr_mul_ui(w->t0, w->net.gamma, (unsigned long)m - both - one, MPFR_RNDN);
      mpfr_add_ui(w->t0, w->t0, one, MPFR_RNDN);
      oracle_mul(A, w->t0, w->t0, w->net.gamma);
      mpfr_add_ui(w->t0, w->t0, both, MPFR_RNDN);
      mpfr_div_ui(w->t0, w->t0, (unsigned long)m, MPFR_RNDN);
      oracle_mul(A, w->t0, w->t0, w->G[i * n + k]);
      oracle_mul(A, w->t0, w->t0, w->y[i]);
      oracle_mul(A, w->M[i * n + k], w->t0, w->y[k]);
    }
  for (size_t j = 0; j < m; j++) {
    w->rep[j] = j;
    for (size_t k = 0; k < j; k++)
      if (memcmp(w->open + k * n, w->open + j * n, n) == 0) {
        w->rep[j] = k;
        break;
      }
  }
}

void flow_rows(flow_run *w, mpfr_t *v) {
  size_t n = w->n;
  for (size_t j = 0; j < w->m; j++) {
    if (w->rep[j] != j) continue;
    for (size_t k = 0; k < n; k++) {
      oracle_mul(&w->A, w->flux[k], w->y[k], v[k]);
      if (!w->open[j * n + k]) oracle_mul(&w->A, w->flux[k], w->flux[k], w->net.gamma);
    }
    for (size_t i = 0; i < n; i++) oracle_dot(&w->A, w->F[j * n + i], w->G + i * n, w->flux, n);
  }
}

size_t flow_mismatched(const flow_run *w) {
  size_t wrong = 0;
  for (size_t j = 0; j < w->m; j++)
    for (size_t i = 0; i < w->n; i++) wrong += w->open[j * w->n + i] != ((mpfr_sgn(w->y[i]) > 0) == (j < w->m / 2));
  return wrong;
}

/* Z'_jn at the start of the step, F holding the rows for p. */
static double derivative(const flow_run *w, size_t j, size_t i) {
  return mpfr_get_d(w->F[w->rep[j] * w->n + i], MPFR_RNDN) * mpfr_get_d(w->net.a[j], MPFR_RNDN);
}

/* out = <flux of row j for v, G_i> a_j: the change of Z_ji when the integral of p changes by v. */
static void change(flow_run *w, mpfr_t out, mpfr_t *v, size_t j, size_t i) {
  for (size_t k = 0; k < w->n; k++) {
    oracle_mul(&w->A, w->flux[k], w->y[k], v[k]);
    if (!w->open[j * w->n + k]) oracle_mul(&w->A, w->flux[k], w->flux[k], w->net.gamma);
  }
  oracle_dot(&w->A, out, w->G + i * w->n, w->flux, w->n);
  oracle_mul(&w->A, out, out, w->net.a[j]);
}

static void value_at(flow_run *w, mpfr_t out, size_t j, size_t i, const mpfr_t h) {
  oracle_series_at(&w->S, w->dP, w->S.P, h);
  change(w, out, w->dP, j, i);
  oracle_add(&w->A, out, out, w->Z[j * w->n + i]);
}

static int on_side(const flow_run *w, const mpfr_t z, size_t j, size_t i) { return w->open[j * w->n + i] ? mpfr_sgn(z) > 0 : mpfr_sgn(z) <= 0; }

/* w->h becomes the zero of Z_ji in (0, h], Z_ji being monotone there: Newton, kept in a bracket by bisection. */
static void solve_crossing(flow_run *w, size_t j, size_t i) {
  oracle_arith *A = &w->A;
  mpfr_ptr lo = w->t1, hi = w->t2, at = w->t3, z = w->t4;
  mpfr_set_zero(lo, 1);
  mpfr_set(hi, w->h, MPFR_RNDN);
  oracle_add(A, at, lo, hi);
  mpfr_div_2ui(at, at, 1, MPFR_RNDN);
  for (long round = 0; round < 4 * A->prec; round++) {
    value_at(w, z, j, i, at);
    if (mpfr_zero_p(z)) break;
    mpfr_set(on_side(w, z, j, i) ? lo : hi, at, MPFR_RNDN);
    oracle_series_at(&w->S, w->p, w->S.p, at);
    change(w, w->t0, w->p, j, i);
    oracle_div(A, w->t0, z, w->t0);
    oracle_sub(A, w->t0, at, w->t0);
    if (!(mpfr_greater_p(w->t0, lo) && mpfr_less_p(w->t0, hi))) {
      oracle_add(A, w->t0, lo, hi);
      mpfr_div_2ui(w->t0, w->t0, 1, MPFR_RNDN);
    }
    oracle_sub(A, z, w->t0, at);
    mpfr_set(at, w->t0, MPFR_RNDN);
    if (mpfr_zero_p(z) || mpfr_get_exp(z) < mpfr_get_exp(at) - (A->prec - 8)) break;
  }
  mpfr_set(w->h, at, MPFR_RNDN);
}

typedef enum { AWAY, CROSSES, UNKNOWN } verdict;

/* Within h, |Z' - Z'(0)| <= r: either Z cannot reach the kink, or it is monotone, or h must be shorter. */
static verdict judge(flow_run *w, size_t j, size_t i, double sway) {
  double slack = 1.0 + 1e-6, h = mpfr_get_d(w->h, MPFR_RNDU);
  double f = derivative(w, j, i), r = slack * sway * w->g_max[i] * fabs(mpfr_get_d(w->net.a[j], MPFR_RNDN));
  if ((w->open[j * w->n + i] ? f > 0.0 : f < 0.0) && fabs(f) > r) return AWAY;
  if (fabs(mpfr_get_d(w->Z[j * w->n + i], MPFR_RNDZ)) > slack * h * (fabs(f) + r)) return AWAY;
  if (!(fabs(f) > r)) return UNKNOWN;
  value_at(w, w->t0, j, i, w->h);
  return on_side(w, w->t0, j, i) ? AWAY : CROSSES;
}

lfap_status flow_first_crossing(lfap_ctx *ctx, flow_run *w, size_t *row, size_t *col) {
  *row = w->m;
  flow_rows(w, w->S.p);
  for (int halved = 0; halved < 2000; halved++) {
    int unknown = 0;
    oracle_series_sway(&w->S, w->t0, w->h);
    double sway = mpfr_get_d(w->t0, MPFR_RNDU);
    *row = w->m;
    for (size_t j = 0; j < w->m && !unknown; j++)
      for (size_t i = 0; i < w->n && !unknown; i++) {
        verdict v = judge(w, j, i, sway);
        unknown = v == UNKNOWN;
        if (v != CROSSES) continue;
        solve_crossing(w, j, i);
        *row = j;
        *col = i;
      }
    if (!unknown) return LFAP_OK;
    mpfr_div_2ui(w->h, w->h, 1, MPFR_RNDN);
  }
  return lfap_fail(ctx, LFAP_ERR_DATA, "flow: a pre-activation only touches its kink at s = %g; take another start", mpfr_get_d(w->s, MPFR_RNDN));
}

int flow_slopes_last(flow_run *w) {
  flow_rows(w, w->S.p);
  for (size_t j = 0; j < w->m; j++)
    for (size_t i = 0; i < w->n; i++) {
      double f = derivative(w, j, i);
      if (!(w->open[j * w->n + i] ? f > 0.0 : f < 0.0)) return 0;
    }
  return 1;
}

lfap_status flow_cross(lfap_ctx *ctx, flow_run *w, size_t j, size_t i) {
  unsigned char *open = &w->open[j * w->n + i];
  mpfr_set_zero(w->Z[j * w->n + i], 1);
  *open ^= 1;
  w->out->crossings++;
  flow_slopes_changed(w);
  oracle_series_at(&w->S, w->p, w->S.p, w->h);
  change(w, w->t0, w->p, j, i);
  if (*open ? mpfr_sgn(w->t0) > 0 : mpfr_sgn(w->t0) < 0) return LFAP_OK;
  return lfap_fail(ctx, LFAP_ERR_DATA, "flow: neuron %zu stays on its kink at sample %zu (s = %g): such a sliding solution is not followed; take another start", j, i,
                   mpfr_get_d(w->s, MPFR_RNDN));
}
