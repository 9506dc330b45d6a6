/* enclose.c - what is certain of a limit computed in doubles: enclosures of Q lambda, of the multipliers and of the
 * slopes, and the claims they decide (statements H, Q1, T1, T2, C1; the inequalities (R), (N), (S), (G), (B) of
 * spec/certificate.md with the error bounds of spec/numerics.md N14, limit/bounds.h). What stays UNDECIDED is for
 * exact arithmetic. */
#include "kernel/qform.h"
#include "limit/eigen.h"
#include "limit/kinks.h"
#include "limit/measure.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  lfap_ctx *ctx;
  lfap_enclosure *e;
  const lfap_data *data;
  const lfap_limit *lim;
  const double *G;
  size_t n, d, *f, nf; /* support */
  double gamma, h;
  double *norm; /* n: at least ||x_n|| */
  double *res;  /* n: at least |1 - (Q lambda)_n| */
  /* n: A + gamma B, gamma A + B and their errors; A, B of spec/certificate.md over 2^(2e)/den */
  double *P, *Pe, *M, *Me;
  double *sums; /* 4 d */
  double Dr;    /* at least ||D r|| on the support */
  double norm_max;
  int orthogonal; /* no two rows meet, for certain */
} enclosing;

/* ---- storage ----------------------------------------------------------------------------------------------------- */

void lfap_enclosure_free(lfap_enclosure *e) {
  free(e->q_lo);
  free(e->slope);
  free(e->off);
  *e = (lfap_enclosure){0};
}

static lfap_status make_enclosure(lfap_ctx *ctx, enclosing *s, lfap_enclosure *e) {
  size_t n = s->n;
  double *v = calloc(11 * n, sizeof *v);
  *e = (lfap_enclosure){.n = n, .d = s->d, .q_lo = v, .slope = calloc(n, 1), .near = INFINITY, .ball = INFINITY};
  e->c2_ball = INFINITY;
  e->off = calloc(n, 1);
  s->norm = calloc(6 * n, sizeof(double));
  s->f = malloc(n * sizeof *s->f);
  s->sums = malloc(4 * s->d * sizeof(double));
  if (!v || !e->slope || !e->off || !s->norm || !s->f || !s->sums) {
    lfap_enclosure_free(e);
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "enclosure: no memory for N = %zu, d = %zu", n, s->d);
  }
  double **const out[] = {&e->q_hi,  &e->lo,     &e->hi,     &e->u_lo,     &e->v_hi,
                          &e->scale, &e->own_lo, &e->own_hi, &e->other_lo, &e->other_hi},
                 **const in[] = {&s->res, &s->P, &s->Pe, &s->M, &s->Me};
  for (size_t k = 0; k < sizeof out / sizeof out[0]; k++) *out[k] = v + (k + 1) * n;
  for (size_t k = 0; k < 5; k++) *in[k] = s->norm + (k + 1) * n;
  for (size_t i = 0; i < LFAP_SET_CLAIMS; i++) e->claim[i] = (lfap_decided){LFAP_UNDECIDED, NAN};
  for (size_t i = 0; i < n; i++) {
    e->q_lo[i] = e->lo[i] = e->u_lo[i] = e->own_lo[i] = e->other_lo[i] = -INFINITY;
    e->q_hi[i] = e->hi[i] = e->v_hi[i] = e->own_hi[i] = e->other_hi[i] = INFINITY;
  }
  s->e = e;
  return LFAP_OK;
}

/* ---- norms and products ------------------------------------------------------------------------------------------ */

/* Norms, scales and the support; 0 where the bounds do not apply: norms out of range, a multiplier that is none. */
static int prepare_norms(enclosing *s) {
  if (s->n >= (size_t)1 << 30 || s->d >= (size_t)1 << 30) return 0;
  for (size_t i = 0; i < s->n; i++) {
    const double *x = s->data->x + i * s->d;
    int exponent;
    s->norm[i] = lfap_norm_above(x, s->d);
    /* a bound may lie just above the range */
    if (!(s->norm[i] >= LFAP_NORM_MIN && s->norm[i] <= 2.0 * LFAP_NORM_MAX)) return 0;
    if (!(s->lim->lambda_q[i] >= 0.0 && isfinite(s->lim->lambda_q[i]))) return 0;
    (void)frexp(s->norm[i], &exponent);
    s->e->scale[i] = ldexp(1.0, -exponent);
    if (s->norm[i] > s->norm_max) s->norm_max = s->norm[i];
    if (s->lim->lambda_q[i] > 0.0) s->f[s->nf++] = i;
  }
  return 1;
}

/* Q lambda and its distance from 1, P = A + gamma B and M = gamma A + B, from A and B of limit/measure.h. */
static void products(enclosing *s) {
  lfap_measured at = {s->P, s->Pe, s->M, s->Me};
  lfap_measure(s->ctx, &at, s->lim->lambda_q, s->norm, s->data, s->sums);
  for (size_t i = 0; i < s->n; i++) {
    double g = s->gamma, A = at.A[i], B = at.B[i], Ae = at.Ae[i], Be = at.Be[i];
    lfap_range q = lfap_measured_q(&at, i, s->h, g);
    s->e->q_lo[i] = q.lo;
    s->e->q_hi[i] = q.hi;
    s->res[i] = lfap_up(fmax(fabs(1.0 - q.lo), fabs(1.0 - q.hi)));
    s->P[i] = A + g * B;
    s->Pe[i] = lfap_bound_combine(A, Ae, B, Be, 1.0, g);
    s->M[i] = g * A + B;
    s->Me[i] = lfap_bound_combine(A, Ae, B, Be, g, 1.0);
  }
}

/* (G), and ||D r|| on the support. */
static void gap(enclosing *s) {
  lfap_gap g = {0};
  double Dr2 = 0;
  for (size_t i = 0; i < s->n; i++) {
    double l = s->lim->lambda_q[i], r = s->e->scale[i] * s->res[i];
    lfap_gap_add(&g, l, (lfap_range){s->e->q_lo[i], s->e->q_hi[i]});
    if (l > 0.0) Dr2 += r * r;
  }
  s->Dr = lfap_up(sqrt(lfap_up(Dr2)) + 0x1p-500);
  s->e->ball = lfap_gap_ball(&g);
}

/* ---- the inverse ------------------------------------------------------------------------------------------------- */

static lfap_status eigenvalue(enclosing *s) {
  lfap_qm m = {.n = s->n, .G = s->G, .y = s->data->y, .gamma = s->gamma};
  if (!s->G || s->nf == 0) return LFAP_OK;
  lfap_status st = lfap_qm_open(s->ctx, &m);
  if (!st) st = lfap_least_eigenvalue(s->ctx, &s->e->eigen, &s->e->factors, &m, s->f, s->nf, s->e->scale, s->d);
  lfap_qm_close(&m);
  return st;
}

/* (R), (N), (S): Q1 where the signs are certain. */
static void multipliers(enclosing *s) {
  lfap_enclosure *e = s->e;
  if (!(e->eigen > 0.0) || !isfinite(s->Dr)) return;
  double radius = lfap_up(s->Dr / e->eigen);
  lfap_decided *q1 = &e->claim[LFAP_CLAIM_Q1];
  int good = 1;
  e->near = lfap_up(s->Dr / sqrt(e->eigen));
  for (size_t i = 0; i < s->n; i++) {
    double l = s->lim->lambda_q[i];
    if (l > 0.0) {
      lfap_range r = lfap_range_around(l, lfap_up(s->e->scale[i] * radius));
      e->lo[i] = r.lo;
      e->hi[i] = r.hi;
      if (!(q1->margin <= r.lo)) q1->margin = r.lo;
      good = good && r.lo > 0.0;
    } else {
      double slack =
          lfap_range_around(e->q_lo[i] - 1.0, lfap_up(e->near * s->norm[i]) + LFAP_U * fabs(e->q_lo[i] - 1.0)).lo;
      e->lo[i] = e->hi[i] = 0.0;
      if (!(q1->margin <= slack)) q1->margin = slack;
      good = good && slack > 0.0;
    }
  }
  if (!good) return;
  q1->verdict = LFAP_PASS;
  if (e->near < e->ball) e->ball = e->near;
}

void lfap_enclosure_condition(lfap_enclosure *e) {
  double least = INFINITY;
  for (size_t i = 0; i < e->n; i++) least = fmin(least, fmin(e->u_lo[i], -e->v_hi[i]));
  e->claim[LFAP_CLAIM_C1] = (lfap_decided){e->aligned == e->n ? LFAP_PASS
                                           : e->refuted       ? LFAP_FAIL
                                                              : LFAP_UNDECIDED,
                                           isfinite(least) ? least : NAN};
}

/* (B): C1(b) at the true solution. */
static void enclose_slopes(enclosing *s) {
  lfap_enclosure *e = s->e;
  if (!isfinite(e->ball)) return;
  for (size_t i = 0; i < s->n; i++) {
    double wide = lfap_up(sqrt(2.0) * e->ball * s->norm[i]);
    lfap_range p = lfap_range_around(s->P[i], lfap_up(s->Pe[i] + wide)),
               m = lfap_range_around(s->M[i], lfap_up(s->Me[i] + wide));
    e->u_lo[i] = s->data->y[i] > 0.0 ? p.lo : m.lo;
    e->v_hi[i] = s->data->y[i] > 0.0 ? -m.lo : -p.lo;
    e->slope[i] = (signed char)(p.lo > 0.0 && m.lo > 0.0 ? 1 : p.hi < 0.0 || m.hi < 0.0 ? -1 : 0);
    e->aligned += e->slope[i] > 0;
    e->refuted += e->slope[i] < 0;
  }
  lfap_enclosure_condition(e);
}

/* ---- H, T1, T2 --------------------------------------------------------------------------------------------------- */

/* sum += v; was that exact? */
static int add_exactly(double *sum, double v) {
  double next = *sum + v, part = next - *sum, lost = (*sum - (next - part)) + (v - part);
  *sum = next;
  return lost == 0.0;
}

/* <x, z> = 0, and certainly: products in two parts each, both parts summed without a rounding. */
static int meets_nothing(const double *x, const double *z, size_t d) {
  double high = 0.0, low = 0.0;
  for (size_t i = 0; i < d; i++) {
    double p = x[i] * z[i];
    if (p == 0.0 ? x[i] != 0.0 && z[i] != 0.0 : fabs(p) < 0x1p-900) return 0; /* the low part might underflow */
    if (!add_exactly(&high, p) || !add_exactly(&low, fma(x[i], z[i], -p))) return 0;
  }
  return high == 0.0 && low == 0.0;
}

/* Certainly orthogonal rows, where that is affordable to see. */
static int orthogonal_rows(const enclosing *s) {
  if (s->lim->hyp.p_max != 0.0 || (double)s->n * (double)s->n * (double)s->d > 0x1p34) return 0;
  for (size_t i = 0; i < s->n; i++)
    for (size_t k = 0; k < i; k++)
      if (!meets_nothing(s->data->x + i * s->d, s->data->x + k * s->d, s->d)) return 0;
  return 1;
}

/* lhs and rhs are products of positive numbers: relative errors, but that of pmax is relative to the norms. */
static void hypothesis(enclosing *s) {
  const lfap_hypothesis *h = &s->lim->hyp;
  double dots = lfap_bound_dot(s->d), rel = 4.0 * dots + 0x1p-48, r2 = s->norm_max * s->norm_max;
  double p_err = s->n > 1 && !s->orthogonal ? lfap_up(dots * r2 + (double)s->d * LFAP_TINY) : 0.0;
  double rhs_err = lfap_up(h->rhs * rel + 3.0 * (double)s->n * r2 * p_err * (1.0 + rel));
  lfap_range lhs = lfap_range_around(h->lhs, lfap_up(h->lhs * rel)), rhs = lfap_range_around(h->rhs, rhs_err);
  s->e->claim[LFAP_CLAIM_H] = (lfap_decided){lhs.lo >= rhs.hi  ? LFAP_PASS
                                             : lhs.hi < rhs.lo ? LFAP_NOT_APPLICABLE
                                                               : LFAP_UNDECIDED,
                                             lfap_range_around(lhs.lo - rhs.hi, LFAP_U * fabs(lhs.lo - rhs.hi)).lo};
}

typedef struct {
  double min_lo, min_hi, max_lo, max_hi;
} spread;

static spread spread_of(const lfap_enclosure *e) {
  spread s = {INFINITY, INFINITY, 0, 0};
  for (size_t i = 0; i < e->n; i++) {
    s.min_lo = fmin(s.min_lo, e->lo[i]);
    s.min_hi = fmin(s.min_hi, e->hi[i]);
    s.max_lo = fmax(s.max_lo, e->lo[i]);
    s.max_hi = fmax(s.max_hi, e->hi[i]);
  }
  return s;
}

/* The multipliers against [lo, hi], whose ends are off by `rel` of themselves; equality is never decided. */
static lfap_decided held(const spread *s, lfap_range lo, lfap_range hi) {
  double slack = fmin(s->min_lo - lo.hi, hi.lo - s->max_hi);
  if (slack > 0.0) return (lfap_decided){LFAP_PASS, nextafter(slack, 0.0)};
  return (lfap_decided){s->min_hi < lo.lo || s->max_lo > hi.hi ? LFAP_FAIL : LFAP_UNDECIDED, slack};
}

static lfap_range spoiled(double lo, double hi, double rel) {
  return (lfap_range){lfap_range_around(lo, lfap_up(fabs(lo) * rel)).lo,
                      lfap_range_around(hi, lfap_up(fabs(hi) * rel)).hi};
}

/* T2's ends at kappa, from Rmin^2, Rmax^2 as computed. */
static double t2_lo(const enclosing *s, double k) {
  return (1.0 - 2.0 * k) / (((1.0 - k) * s->h) * s->lim->hyp.r_max2);
}
static double t2_hi(const enclosing *s, double k) { return 1.0 / (((1.0 - k) * s->h) * s->lim->hyp.r_min2); }

/* Orthogonal rows have the multipliers 1/(h ||x||^2): the ends of the a-posteriori interval are two of them, T2's
   interval is wider, and T1's ends are 0.5/Rmax^2 and more away, since h < 1 and 1.5/gamma^2 - 1/h > 1/2. */
static void orthogonal_intervals(enclosing *s) {
  lfap_decided *claim = s->e->claim;
  claim[LFAP_CLAIM_T1] = (lfap_decided){LFAP_PASS, lfap_down(0.5 / (s->norm_max * s->norm_max))};
  claim[LFAP_CLAIM_T2] = claim[LFAP_CLAIM_POST] = (lfap_decided){LFAP_PASS, 0.0};
}

static void intervals(enclosing *s) {
  lfap_decided *claim = s->e->claim;
  const lfap_limit *l = s->lim;
  double dots = lfap_bound_dot(s->d), rel = 8.0 * dots + 0x1p-46, ratio = s->norm_max * s->norm_max / l->hyp.r_min2;
  int known = claim[LFAP_CLAIM_Q1].verdict == LFAP_PASS;
  lfap_verdict h = claim[LFAP_CLAIM_H].verdict;
  spread m = known ? spread_of(s->e) : (spread){0};
  if (h == LFAP_NOT_APPLICABLE) claim[LFAP_CLAIM_T1].verdict = claim[LFAP_CLAIM_T2].verdict = LFAP_NOT_APPLICABLE;
  if (h == LFAP_PASS && known) {
    claim[LFAP_CLAIM_T1] = held(&m, spoiled(l->t1_lo, l->t1_lo, rel), spoiled(l->t1_hi, l->t1_hi, rel));
    claim[LFAP_CLAIM_T2] = held(&m, spoiled(l->t2_lo, l->t2_lo, rel), spoiled(l->t2_hi, l->t2_hi, rel));
  }
  /* kappa': sums of N entries (the diagonal among them), each off by `dots` of a product of norms; T2's ends move
     with kappa' */
  double off = lfap_up((l->post_kappa + ratio) * (lfap_bound_gamma(s->n / 8 + 8) + rel) +
                       (double)s->n * ratio * (dots + 4.0 * LFAP_U));
  lfap_range k = lfap_range_around(l->post_kappa, s->n > 1 ? off : 0.0);
  k.lo = fmax(k.lo, 0.0);
  if (k.lo >= 0.5) claim[LFAP_CLAIM_POST].verdict = LFAP_NOT_APPLICABLE;
  else if (k.hi < 0.4999 && known)
    claim[LFAP_CLAIM_POST] =
        held(&m, spoiled(t2_lo(s, k.hi), t2_lo(s, k.lo), rel * 0x1p13), spoiled(t2_hi(s, k.lo), t2_hi(s, k.hi), rel));
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

lfap_status lfap_limit_enclose(lfap_ctx *ctx, lfap_enclosure *out, const lfap_data *data, const lfap_limit *lim,
                               const double *G) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = lfap_limit_plain(ctx, lim, "enclosure");
  if (st) return st;
  if (data->n != lim->n || data->d != lim->d || !(lim->gamma > 0.0 && lim->gamma < 1.0))
    return lfap_fail(ctx, LFAP_ERR_USAGE, "enclosure: a limit of %zu x %zu is not one of these %zu x %zu data", lim->n,
                     lim->d, data->n, data->d);
  lfap_enclosure e;
  enclosing s = {.ctx = ctx,
                 .data = data,
                 .lim = lim,
                 .G = G,
                 .n = data->n,
                 .d = data->d,
                 .gamma = lim->gamma,
                 .h = lfap_q_h(lim->gamma)};
  st = make_enclosure(ctx, &s, &e);
  if (!st && prepare_norms(&s)) {
    e.support = s.nf;
    products(&s);
    gap(&s);
    st = eigenvalue(&s);
    multipliers(&s);
    enclose_slopes(&s);
    s.orthogonal = orthogonal_rows(&s);
    hypothesis(&s);
    if (s.orthogonal) orthogonal_intervals(&s);
    else intervals(&s);
    if (!st && lim->c2.solved) st = lfap_enclose_kinks(ctx, &e, data, lim->c2.alpha, lim->c2.beta, lim->gamma, s.norm);
  }
  free(s.norm);
  free(s.f);
  free(s.sums);
  if (st) {
    lfap_enclosure_free(&e);
    return st;
  }
  *out = e;
  return LFAP_OK;
}
