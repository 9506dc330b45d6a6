/* kinks.c - when does a pre-activation change its sign? The slopes of the network are constant between two such
 * times, so they are found and not stepped over.
 *
 * Where the flow points to the kink from both sides it stays on it (a Clarke subgradient with a slope inside [gamma,
 * 1], the one that keeps Z_ji = 0): row j *slides* at sample i. The products b_k = s_jk y_k p_k of a row with
 * sliding set S then solve G_SS b_S = -G_SR b_R, so they are still linear in p, and q' = M p with a constant M as
 * before. A row leaves the kink where the slope it would need reaches gamma or 1. */
#include "oracle/flow/state.h"

#include <math.h>
#include <string.h>

/* ---- products of a row ------------------------------------------------------------------------------------------- */

void oracle_flow_eliminate(flow_run *w, mpfr_t *x, const size_t *S, size_t k) {
  oracle_arith *A = &w->A;
  mpfr_t *E = w->elim;
  size_t ld = w->n + 1;
  for (size_t r = 0; r < k; r++)
    for (size_t i = r + 1; i < k; i++) {
      oracle_div(A, w->e0, E[i * ld + r], E[r * ld + r]);
      mpfr_neg(w->e0, w->e0, MPFR_RNDN);
      for (size_t c = r; c <= k; c++) oracle_fma(A, E[i * ld + c], w->e0, E[r * ld + c], E[i * ld + c]);
    }
  for (size_t r = k; r-- > 0;) {
    for (size_t c = r + 1; c < k; c++) {
      mpfr_neg(w->e0, E[r * ld + c], MPFR_RNDN);
      oracle_fma(A, E[r * ld + k], w->e0, x[S[c]], E[r * ld + k]);
    }
    oracle_div(A, x[S[r]], E[r * ld + k], E[r * ld + r]);
  }
}

/* w->elim = [G_SS | -G_SR b_R]; then b_S. S has k entries. */
static void solve_sliding(flow_run *w, mpfr_t *b, const size_t *S, size_t k) {
  oracle_arith *A = &w->A;
  mpfr_t *E = w->elim;
  size_t ld = w->n + 1;
  for (size_t r = 0; r < k; r++) {
    for (size_t c = 0; c < k; c++) mpfr_set(E[r * ld + c], w->G[S[r] * w->n + S[c]], MPFR_RNDN);
    oracle_dot(A, E[r * ld + k], w->G + S[r] * w->n, b, w->n);
    mpfr_neg(E[r * ld + k], E[r * ld + k], MPFR_RNDN);
  }
  oracle_flow_eliminate(w, b, S, k);
}

/* b_k = s_jk y_k v_k. */
static void flux_of(flow_run *w, mpfr_t *b, size_t j, mpfr_t *v) {
  size_t k = 0;
  for (size_t i = 0; i < w->n; i++) {
    unsigned char slope = w->open[j * w->n + i];
    if (slope == FLOW_SLIDES) {
      mpfr_set_zero(b[i], 1);
      w->sliding[k++] = i;
      continue;
    }
    oracle_mul(&w->A, b[i], w->y[i], v[i]);
    if (!slope) oracle_mul(&w->A, b[i], b[i], w->net.gamma);
  }
  if (k) solve_sliding(w, b, w->sliding, k);
}

static int slides(const flow_run *w, size_t j) { return memchr(w->open + j * w->n, FLOW_SLIDES, w->n) != NULL; }

/* w->unit = e_k */
static void unit(flow_run *w, size_t k) {
  for (size_t i = 0; i < w->n; i++) mpfr_set_zero(w->unit[i], 1);
  mpfr_set_ui(w->unit[k], 1, MPFR_RNDN);
}

/* What a sliding row adds to M, and how much its b can exceed p in the l1 norm. */
static void add_sliding_row(flow_run *w, size_t j) {
  oracle_arith *A = &w->A;
  w->amplify[j] = 1.0;
  for (size_t k = 0; k < w->n; k++) {
    double size = 0.0;
    unit(w, k);
    flux_of(w, w->flux, j, w->unit);
    for (size_t i = 0; i < w->n; i++) {
      size += fabs(mpfr_get_d(w->flux[i], MPFR_RNDA));
      if (w->open[j * w->n + i] == FLOW_SLIDES) continue;
      oracle_dot(A, w->t0, w->G + i * w->n, w->flux, w->n);
      oracle_mul(A, w->t0, w->t0, w->y[i]);
      if (!w->open[j * w->n + i]) oracle_mul(A, w->t0, w->t0, w->net.gamma);
      mpfr_div_ui(w->t0, w->t0, (unsigned long)w->m, MPFR_RNDN);
      oracle_add(A, w->M[i * w->n + k], w->M[i * w->n + k], w->t0);
    }
    if (size > w->amplify[j]) w->amplify[j] = size;
  }
}

void oracle_flow_slopes_changed(flow_run *w) {
  oracle_arith *A = &w->A;
  size_t n = w->n, m = w->m;
  for (size_t j = 0; j < m; j++) {
    w->slides[j] = (unsigned char)slides(w, j);
    w->amplify[j] = 1.0;
  }
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < n; k++) {
      unsigned long count[3] = {0, 0, 0}, one, both; /* rows by how many of the two slopes are 1 */
      for (size_t j = 0; j < m; j++)
        if (!w->slides[j]) count[w->open[j * n + i] + w->open[j * n + k]]++;
      one = count[1];
      both = count[2];
      /* ((none gamma + one) gamma + both)/m */
      mpfr_mul_ui(w->t0, w->net.gamma, count[0], MPFR_RNDN);
      mpfr_add_ui(w->t0, w->t0, one, MPFR_RNDN);
      oracle_mul(A, w->t0, w->t0, w->net.gamma);
      mpfr_add_ui(w->t0, w->t0, both, MPFR_RNDN);
      mpfr_div_ui(w->t0, w->t0, (unsigned long)m, MPFR_RNDN);
      oracle_mul(A, w->t0, w->t0, w->G[i * n + k]);
      oracle_mul(A, w->t0, w->t0, w->y[i]);
      oracle_mul(A, w->M[i * n + k], w->t0, w->y[k]);
    }
  for (size_t j = 0; j < m; j++)
    if (w->slides[j]) add_sliding_row(w, j);
  for (size_t j = 0; j < m; j++) {
    w->rep[j] = j;
    for (size_t k = 0; k < j; k++)
      if (memcmp(w->open + k * n, w->open + j * n, n) == 0) {
        w->rep[j] = k;
        break;
      }
  }
}

void oracle_flow_rows(flow_run *w, mpfr_t *v) {
  size_t n = w->n;
  for (size_t j = 0; j < w->m; j++) {
    if (w->rep[j] != j) continue;
    flux_of(w, w->b + j * n, j, v);
    for (size_t i = 0; i < n; i++) oracle_dot(&w->A, w->F[j * n + i], w->G + i * n, w->b + j * n, n);
  }
}

size_t oracle_flow_mismatched(const flow_run *w) {
  size_t wrong = 0;
  for (size_t j = 0; j < w->m; j++)
    for (size_t i = 0; i < w->n; i++) wrong += w->open[j * w->n + i] != ((mpfr_sgn(w->y[i]) > 0) == (j < w->m / 2));
  return wrong;
}

/* Z'_jn at the start of the step, F holding the rows for p. */
static double derivative(const flow_run *w, size_t j, size_t i) {
  return mpfr_get_d(w->F[w->rep[j] * w->n + i], MPFR_RNDN) * mpfr_get_d(w->net.a[j], MPFR_RNDN);
}

/* ---- what must keep its sign until the next event ---------------------------------------------------------------- */

/* Z_ji; what the slope at a sliding pair has in hand above gamma; and below 1 (both times p_i). */
typedef enum { PRE_ACTIVATION, ABOVE_GAMMA, BELOW_ONE } watched;

/* a_j <G_i, b(v)>: the change of Z_ji when the integral of p changes by v; or the linear forms y_i b_i(v) - gamma
   v_i and v_i - y_i b_i(v). */
static void linear(flow_run *w, mpfr_t out, watched what, mpfr_t *v, size_t j, size_t i) {
  oracle_arith *A = &w->A;
  flux_of(w, w->flux, j, v);
  if (what == PRE_ACTIVATION) {
    oracle_dot(A, out, w->G + i * w->n, w->flux, w->n);
    oracle_mul(A, out, out, w->net.a[j]);
    return;
  }
  oracle_mul(A, w->e0, w->y[i], w->flux[i]);
  if (what == BELOW_ONE) {
    oracle_sub(A, out, v[i], w->e0);
    return;
  }
  oracle_mul(A, w->e1, w->net.gamma, v[i]);
  oracle_sub(A, out, w->e0, w->e1);
}

/* The watched number at h, negative once the event has happened. */
static void value_at(flow_run *w, mpfr_t out, watched what, size_t j, size_t i, const mpfr_t h) {
  oracle_series_at(&w->S, w->dP, what == PRE_ACTIVATION ? w->S.P : w->S.p, h);
  linear(w, out, what, w->dP, j, i);
  if (what != PRE_ACTIVATION) return;
  oracle_add(&w->A, out, out, w->Z[j * w->n + i]);
  if (!w->open[j * w->n + i]) mpfr_neg(out, out, MPFR_RNDN);
}

/* w->h becomes the zero of the watched number in (0, h], in which it is monotone: false position (Illinois) in a
   bracket. */
static void solve_event(flow_run *w, watched what, size_t j, size_t i) {
  oracle_arith *A = &w->A;
  mpfr_ptr lo = w->t1, hi = w->h, flo = w->t2, fhi = w->t3, at = w->t4, f = w->t0;
  int side = 0;
  mpfr_set_zero(lo, 1);
  value_at(w, flo, what, j, i, lo);
  value_at(w, fhi, what, j, i, hi);
  for (long round = 0; round < 4 * A->prec; round++) {
    oracle_sub(A, at, hi, lo);
    if (mpfr_zero_p(at) || mpfr_get_exp(at) < mpfr_get_exp(hi) - (A->prec - 8)) return;
    oracle_sub(A, f, flo, fhi);
    oracle_mul(A, at, at, flo);
    oracle_div(A, at, at, f);
    oracle_add(A, at, lo, at);
    if (!(mpfr_greater_p(at, lo) && mpfr_less_p(at, hi))) return;
    value_at(w, f, what, j, i, at);
    int left = mpfr_sgn(f) > 0;
    mpfr_set(left ? lo : hi, at, MPFR_RNDN);
    mpfr_set(left ? flo : fhi, f, MPFR_RNDN);
    if (mpfr_zero_p(f)) return;
    if (side == (left ? 1 : -1)) mpfr_div_2ui(left ? fhi : flo, left ? fhi : flo, 1, MPFR_RNDN);
    side = left ? 1 : -1;
  }
}

typedef enum { KEEPS, HAPPENS, UNKNOWN } verdict;

/* How far p moves within h: at most `sway`, its derivative at most `turn` (l1 norms). */
typedef struct {
  double h, sway, turn;
} reach;

static const double SLACK = 1.0 + 1e-6; /* for the rounding of the bounds, which are doubles */

/* The same for a watched linear form itself (Z' for a pre-activation), from its own series: dearer, and sharper. */
static reach sharper(flow_run *w, watched what, size_t j, size_t i) {
  oracle_arith *A = &w->A;
  mpfr_ptr sway = w->t1, turn = w->t2;
  mpfr_set_zero(sway, 1);
  mpfr_set_zero(turn, 1);
  for (size_t k = w->S.order; k >= 1; k--) {
    linear(w, w->t0, what, w->S.p + k * w->n, j, i);
    mpfr_abs(w->t0, w->t0, MPFR_RNDN);
    oracle_add(A, sway, sway, w->t0);
    oracle_mul(A, sway, sway, w->h);
    if (k == 1) continue;
    mpfr_mul_ui(w->t0, w->t0, (unsigned long)k, MPFR_RNDN);
    oracle_add(A, turn, turn, w->t0);
    oracle_mul(A, turn, turn, w->h);
  }
  return (reach){mpfr_get_d(w->h, MPFR_RNDU), mpfr_get_d(sway, MPFR_RNDU), mpfr_get_d(turn, MPFR_RNDU)};
}

/* Within h, |Z' - Z'(0)| <= sway: either Z cannot reach the kink, or it is monotone, or h must be shorter. */
static verdict judge_kink(flow_run *w, size_t j, size_t i, const reach *R) {
  size_t at = j * w->n + i;
  double f = derivative(w, j, i);
  if (w->fresh[at]) { /* on the kink with Z' = 0: the second derivative decides */
    linear(w, w->t0, PRE_ACTIVATION, w->S.p + w->n, j, i);
    f = mpfr_get_d(w->t0, MPFR_RNDN);
    return (w->open[at] ? f > 0.0 : f < 0.0) && fabs(f) > SLACK * R->turn ? KEEPS : UNKNOWN;
  }
  double r = SLACK * R->sway;
  if ((w->open[at] ? f > 0.0 : f < 0.0) && fabs(f) > r) return KEEPS;
  if (fabs(mpfr_get_d(w->Z[at], MPFR_RNDZ)) > SLACK * R->h * (fabs(f) + r)) return KEEPS;
  if (!(fabs(f) > r)) return UNKNOWN;
  value_at(w, w->t0, PRE_ACTIVATION, j, i, w->h);
  return mpfr_sgn(w->t0) >= 0 ? KEEPS : HAPPENS;
}

/* The same for the slope of a sliding pair, linear in p. */
static verdict judge_slope(flow_run *w, watched what, size_t j, size_t i, const reach *R) {
  linear(w, w->t0, what, w->S.p, j, i);
  if (mpfr_get_d(w->t0, MPFR_RNDD) > SLACK * R->sway) return KEEPS;
  linear(w, w->t0, what, w->S.p + w->n, j, i);
  if (!(fabs(mpfr_get_d(w->t0, MPFR_RNDN)) > SLACK * R->turn)) return UNKNOWN;
  value_at(w, w->t0, what, j, i, w->h);
  return mpfr_sgn(w->t0) >= 0 ? KEEPS : HAPPENS;
}

/* With the bound that all pairs share, and where it does not tell, with the pair's own. */
static verdict judge_watched(flow_run *w, watched what, size_t j, size_t i, const reach *R) {
  double scale = w->amplify[w->rep[j]] * w->g_max[i] * fabs(mpfr_get_d(w->net.a[j], MPFR_RNDN));
  if (what != PRE_ACTIVATION) scale = 1.0 + w->amplify[w->rep[j]];
  reach own = {R->h, scale * R->sway, scale * R->turn};
  for (int round = 0;; round++) {
    verdict v = what == PRE_ACTIVATION ? judge_kink(w, j, i, &own) : judge_slope(w, what, j, i, &own);
    if (v != UNKNOWN || round) return v;
    own = sharper(w, what, j, i);
  }
}

/* All numbers watched at (j, i); w->h is shortened to an event. 0 when h must be shorter to tell. */
static int watch(flow_run *w, flow_event *e, size_t j, size_t i, const reach *R) {
  int sliding = w->open[j * w->n + i] == FLOW_SLIDES;
  watched first = sliding ? ABOVE_GAMMA : PRE_ACTIVATION, last = sliding ? BELOW_ONE : PRE_ACTIVATION;
  for (watched what = first; what <= last; what++) {
    verdict v = judge_watched(w, what, j, i, R);
    if (v == UNKNOWN) return 0;
    if (v == KEEPS) continue;
    solve_event(w, what, j, i);
    *e = (flow_event){.happens = 1, .j = j, .i = i, .to = what == ABOVE_GAMMA ? 0 : 1};
  }
  return 1;
}

static reach reach_of(flow_run *w) {
  reach R = {.h = mpfr_get_d(w->h, MPFR_RNDU)};
  oracle_series_sway(&w->S, w->t0, w->t1, w->h);
  R.sway = mpfr_get_d(w->t0, MPFR_RNDU);
  R.turn = mpfr_get_d(w->t1, MPFR_RNDU);
  return R;
}

lfap_status oracle_flow_first_event(lfap_ctx *ctx, flow_run *w, flow_event *e) {
  oracle_flow_rows(w, w->S.p);
  for (int halved = 0; halved < 2000; halved++) {
    reach R = reach_of(w);
    int known = 1;
    mpfr_set(w->whole, w->h, MPFR_RNDN);
    *e = (flow_event){0};
    for (size_t j = 0; j < w->m && known; j++)
      for (size_t i = 0; i < w->n && known; i++) known = watch(w, e, j, i, &R);
    if (known) return LFAP_OK;
    mpfr_div_2ui(w->h, w->whole, 1, MPFR_RNDN); /* not of the time of an event: that would only creep up to it */
  }
  return lfap_fail(ctx, LFAP_ERR_DATA, "flow: a pre-activation only touches its kink at s = %g; take another start",
                   mpfr_get_d(w->s, MPFR_RNDN));
}

int oracle_flow_slopes_last(flow_run *w) {
  oracle_flow_rows(w, w->S.p);
  for (size_t j = 0; j < w->m; j++)
    for (size_t i = 0; i < w->n; i++) {
      double f = derivative(w, j, i);
      if (w->open[j * w->n + i] == FLOW_SLIDES)
        for (watched what = ABOVE_GAMMA; what <= BELOW_ONE; what++) {
          linear(w, w->t0, what, w->S.p, j, i);
          if (!(mpfr_sgn(w->t0) > 0)) return 0;
        }
      else if (!(w->open[j * w->n + i] ? f > 0.0 : f < 0.0)) return 0;
    }
  return 1;
}

/* ---- events ------------------------------------------------------------------------------------------------------ */

/* Does Z_ji move to the side of its slope? For w->p. */
static int leaves(flow_run *w, size_t j, size_t i) {
  linear(w, w->t0, PRE_ACTIVATION, w->p, j, i);
  return w->open[j * w->n + i] ? mpfr_sgn(w->t0) > 0 : mpfr_sgn(w->t0) < 0;
}

/* A sliding pair of row j whose slope is not inside [gamma, 1] for w->p; n when there is none. *to is where it
   leaves. */
static size_t unsettled(flow_run *w, size_t j, unsigned char *to) {
  for (size_t i = 0; i < w->n; i++) {
    if (w->open[j * w->n + i] != FLOW_SLIDES) continue;
    for (*to = 0; *to < 2; ++*to) {
      linear(w, w->t0, *to ? BELOW_ONE : ABOVE_GAMMA, w->p, j, i);
      if (mpfr_sgn(w->t0) < 0) return i;
    }
  }
  return w->n;
}

/* A change of one slope moves those of the row's sliding pairs: let go those that left [gamma, 1]. */
static lfap_status settle(lfap_ctx *ctx, flow_run *w, size_t j) {
  unsigned char to = 0;
  for (size_t round = 0; round <= w->n; round++) {
    size_t i = unsettled(w, j, &to);
    if (i == w->n) return LFAP_OK;
    w->open[j * w->n + i] = to;
    if (!leaves(w, j, i)) break;
  }
  return lfap_fail(ctx, LFAP_ERR_DATA, "flow: neuron %zu meets two kinks at once at s = %g; take another start", j,
                   mpfr_get_d(w->s, MPFR_RNDN));
}

lfap_status oracle_flow_change(lfap_ctx *ctx, flow_run *w, const flow_event *e) {
  size_t at = e->j * w->n + e->i;
  oracle_series_at(&w->S, w->p, w->S.p, w->h);
  mpfr_set_zero(w->Z[at], 1);
  w->out->crossings++;
  if (w->open[at] == FLOW_SLIDES) {
    w->open[at] = e->to;
    w->fresh[at] = 1;
  } else {
    w->open[at] ^= 1;
    if (!leaves(w, e->j, e->i)) {
      w->open[at] = FLOW_SLIDES;
      w->out->slides++;
    }
  }
  lfap_status st = settle(ctx, w, e->j);
  oracle_flow_slopes_changed(w);
  return st;
}
