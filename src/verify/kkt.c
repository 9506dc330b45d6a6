/* kkt.c - how close any weights are to a KKT point of the margin problem (statement K1, spec/theory.md): the residual's
 * nonnegative QP, and the shape a limit has under T1 (rank two, equal rows, label-aligned slopes, direction w). */
#include "data/scale.h"
#include "data/set.h"
#include "kernel/chain.h"
#include "kernel/lanes.h"
#include "kernel/network.h"
#include "kernel/perturb.h"
#include "kernel/rows.h"
#include "net/direction.h"
#include "net/output.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SAME 1e-12 /* masses of the network and of the limit */

typedef struct {
  size_t m, n, d;
  double *a, *phi;            /* m */
  double *z;                  /* n x m pre-activations */
  double *f, *l, *mu, *b, *c; /* n */
  double *M;                  /* n x n */
  double *row;                /* d */
} kkt;

static void kkt_free(kkt *k) {
  free(k->a);
  free(k->M);
}

static lfap_status kkt_alloc(lfap_ctx *ctx, kkt *k, size_t m, size_t n, size_t d) {
  *k = (kkt){.m = m, .n = n, .d = d};
  k->a = calloc(2 * m + n * m + 5 * n + d, sizeof(double));
  k->M = calloc(n * n, sizeof(double));
  if (!k->a || !k->M) {
    kkt_free(k);
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "K1: no memory for m = %zu, N = %zu, d = %zu", m, n, d);
  }
  k->phi = k->a + m;
  k->z = k->phi + m;
  k->f = k->z + n * m;
  k->l = k->f + n;
  k->mu = k->l + n;
  k->b = k->mu + n;
  k->c = k->b + n;
  k->row = k->c + n;
  return LFAP_OK;
}

/* M_nk = y_n y_k G_nk S_nk, S_nk = sum_j a_j^2 phi'_jn phi'_jk, in the setting 1/m sum_j phi'_jn phi'_jk. */
static lfap_status fill_matrix(lfap_ctx *ctx, kkt *k, const lfap_set *set, const lfap_net *net) {
  const lfap_data *data = set->data;
  lfap_status st = lfap_set_copy_gram(ctx, k->M, set);
  double *slope = malloc(k->n * k->m * sizeof *slope);
  if (!st && !slope) st = lfap_fail(ctx, LFAP_ERR_MEMORY, "K1: no memory for %zu x %zu slopes", k->n, k->m);
  for (size_t i = 0; !st && i < k->n * k->m; i++)
    slope[i] = net->a ? net->a[i % k->m] * lfap_slope(k->z[i], net->gamma) : lfap_slope(k->z[i], net->gamma);
  double over = net->a ? 1.0 : (double)k->m;
  for (size_t i = 0; !st && i < k->n; i++)
    for (size_t j = 0; j < k->n; j++) {
      double s = lfap_dot(k->m, slope + i * k->m, slope + j * k->m) / over;
      k->M[i * k->n + j] *= data->y[i] * data->y[j] * s;
    }
  free(slope);
  return st;
}

/* ||V - sum l_n y_n grad f(x_n)||_F / ||V||_F with V = W/q_min, formed row by row so that small residuals survive. */
static double residual_of(kkt *k, const lfap_net *net, const lfap_data *data, double q_min) {
  double res2 = 0.0;
  for (size_t j = 0; j < k->m; j++) {
    for (size_t i = 0; i < k->n; i++)
      k->c[i] = -(k->a[j] * (k->l[i] * data->y[i])) * lfap_slope(k->z[i * k->m + j], net->gamma);
    lfap_scale(k->row, 1.0 / q_min, net->w + j * k->d, k->d);
    lfap_chain(k->row, k->c, data->x, k->n, k->d);
    res2 += lfap_dot(k->d, k->row, k->row);
  }
  return sqrt(res2) * q_min / lfap_norm2(k->m * k->d, net->w);
}

/* Share of ||W||_F^2 outside its two largest singular values: subspace iteration on W W', from the signs a_j. */
static lfap_status rank2(lfap_ctx *ctx, double *outside, const lfap_net *net) {
  size_t m = net->m;
  double *A = malloc((m * m + 4 * m) * sizeof *A);
  if (!A) return lfap_fail(ctx, LFAP_ERR_MEMORY, "K1: no memory for the %zu x %zu row Gram matrix", m, m);
  double *u = A + m * m, *v = u + m, *au = v + m, *av = au + m, last = -1.0, total = 0.0;
  lfap_status st = lfap_gram(ctx, A, net->w, m, net->d);
  for (size_t i = 0; !st && i < m; i++) {
    total += A[i * m + i];
    u[i] = (lfap_net_positive(net, i) ? 1.0 : 0.5) + 1e-3 * (double)(i % 7); /* a start with no symmetry of its own */
    v[i] = (lfap_net_positive(net, i) ? -0.5 : 1.0) + 1e-3 * (double)(i % 5);
  }
  for (int it = 0; !st && total > 0.0 && it < 1000; it++) {
    lfap_scale(u, 1.0 / lfap_norm2(m, u), u, m);
    lfap_axpy(v, -lfap_dot(m, u, v), u, m);
    double nv = lfap_norm2(m, v);
    if (nv > 0.0) lfap_scale(v, 1.0 / nv, v, m);
    lfap_gemv(au, A, u, m, m);
    lfap_gemv(av, A, v, m, m);
    double ritz = lfap_dot(m, u, au) + lfap_dot(m, v, av);
    memcpy(u, au, 2 * m * sizeof *u);
    if (ritz - last <= 1e-15 * total) break;
    last = ritz;
  }
  *outside = total > 0.0 ? fmax(0.0, 1.0 - last / total) : 0.0;
  free(A);
  return st;
}

/* The mean of w_j/|a_j| over a sign with weights a_j^2, of which a_j w_j is a part, is that of the rows where all a_j^2
   are equal. */
static double part_of_mean(const lfap_net *net, size_t j, lfap_masses p) {
  if (!net->a) return 2.0 / (double)net->m;
  return fabs(net->a[j]) / (net->a[j] > 0.0 ? p.plus : p.minus);
}

/* diff = w_j/|a_j| - mean over ||mean||. */
static double distance_from(double *diff, const double *mean, const lfap_net *net, size_t j) {
  const double *row = net->w + j * net->d;
  if (net->a) {
    lfap_scale(diff, 1.0 / fabs(net->a[j]), row, net->d);
    row = diff;
  }
  lfap_sub(diff, row, mean, net->d);
  return lfap_norm2(net->d, diff) / lfap_norm2(net->d, mean);
}

/* Mean rows per sign, their spread, and the cosine of their difference, weighted with the masses, with w. */
static lfap_status rows_shape(lfap_ctx *ctx, lfap_k1 *out, const lfap_net *net, lfap_masses p, const double *w) {
  size_t m = net->m, d = net->d;
  double *mean = calloc(3 * d, sizeof *mean), *diff = mean ? mean + 2 * d : NULL;
  if (!mean) return lfap_fail(ctx, LFAP_ERR_MEMORY, "K1: no memory for d = %zu", d);
  for (size_t j = 0; j < m; j++)
    if (!lfap_net_dead(net, j))
      lfap_axpy(mean + (lfap_net_positive(net, j) ? 0 : d), part_of_mean(net, j, p), net->w + j * d, d);
  for (size_t j = 0; j < m; j++) {
    if (lfap_net_dead(net, j)) continue;
    double r = distance_from(diff, mean + (lfap_net_positive(net, j) ? 0 : d), net, j);
    if (r > out->row_spread) out->row_spread = r;
  }
  if (net->a) lfap_net_direction(diff, net);
  else lfap_sub(diff, mean, mean + d, d);
  out->cosine = lfap_cosine(diff, w, d);
  free(mean);
  return LFAP_OK;
}

static lfap_status agreement_of(lfap_ctx *ctx, lfap_k1 *out, const lfap_net *net, const double *w, const double *Z,
                                size_t n) {
  double *f = malloc((n ? n : 1) * sizeof *f);
  if (!f) return lfap_fail(ctx, LFAP_ERR_MEMORY, "K1: no memory for %zu probes", n);
  lfap_status st = lfap_net_eval(ctx, f, net, Z, n);
  size_t same = 0;
  for (size_t i = 0; !st && i < n; i++) same += lfap_sgn(f[i]) == lfap_sgn(lfap_dot(net->d, w, Z + i * net->d));
  out->probes = n;
  out->agreement = n ? (double)same / (double)n : NAN;
  free(f);
  return st;
}

/* Margins, patterns and the residual's QP. */
static lfap_status margins(lfap_ctx *ctx, lfap_k1 *out, kkt *k, const lfap_net *net, const lfap_set *set) {
  const lfap_data *data = set->data;
  size_t n = k->n, m = k->m, right = 0, pairs = 0;
  lfap_status st = lfap_rows_product(ctx, k->z, data->x, net->w, n, m, k->d);
  if (st) return st;
  lfap_net_weights(k->a, net);
  out->margin_min = INFINITY;
  for (size_t i = 0; i < n; i++) {
    k->f[i] = data->y[i] * lfap_net_output(k->phi, k->z + i * m, k->a, net->gamma, m);
    if (k->f[i] < out->margin_min) out->margin_min = k->f[i];
    for (size_t j = 0; j < m; j++) {
      if (lfap_net_dead(net, j)) continue;
      pairs++;
      right += (k->z[i * m + j] > 0.0) == ((data->y[i] > 0.0) == lfap_net_positive(net, j));
    }
  }
  out->pattern_aligned = (double)right / (double)pairs;
  out->margin = out->margin_min / lfap_norm2(m * k->d, net->w);
  out->residual = out->slackness = NAN;
  if (!(out->margin_min > 0.0)) return LFAP_OK;
  for (size_t i = 0; i < n; i++) k->b[i] = k->f[i] / out->margin_min;
  st = fill_matrix(ctx, k, set, net);
  if (!st) st = lfap_qp_solve(ctx, k->l, k->mu, k->M, k->b, n);
  if (st) return st;
  out->residual = residual_of(k, net, data, out->margin_min);
  out->slackness = 0.0;
  for (size_t i = 0; i < n; i++) out->slackness += k->l[i] * (k->b[i] - 1.0);
  return LFAP_OK;
}

/* All figures of weights in the middle of the range. */
static lfap_status figures(lfap_ctx *ctx, lfap_k1 *out, const lfap_net *net, const lfap_set *set, const double *probes,
                           size_t np) {
  const lfap_data *data = set->data;
  const lfap_limit *lim = set->limit;
  const double *w = lim->w;
  kkt k;
  lfap_status st = kkt_alloc(ctx, &k, net->m, data->n, data->d);
  if (st) return st;
  st = margins(ctx, out, &k, net, set);
  if (!st) st = rank2(ctx, &out->outside_rank2, net);
  if (!st) st = rows_shape(ctx, out, net, lim->masses, w);
  if (!st) st = probes ? agreement_of(ctx, out, net, w, probes, np) : agreement_of(ctx, out, net, w, data->x, data->n);
  kkt_free(&k);
  return st;
}

static lfap_status check_weights(lfap_ctx *ctx, const lfap_net *net) {
  size_t all = net->m * net->d, bad = lfap_first_unbounded(net->w, all);
  if (bad < all)
    return lfap_fail(ctx, LFAP_ERR_DATA, "K1: weight [%zu, %zu] is %g; all must be finite", bad / net->d, bad % net->d,
                     net->w[bad]);
  if (lfap_amax(all, net->w) == 0.0)
    return lfap_fail(ctx, LFAP_ERR_DATA, "K1: all weights are zero: no network to judge");
  return LFAP_OK;
}

/* The limit has to be that of this output layer. */
static lfap_status check_masses(lfap_ctx *ctx, const lfap_net *net, const lfap_limit *lim) {
  lfap_masses p, of = lim->masses;
  lfap_status st = lfap_net_masses(ctx, &p, net);
  if (st || (!net->a && lfap_masses_plain(of))) return st;
  if (fabs(p.plus - of.plus) <= SAME * of.plus && fabs(p.minus - of.minus) <= SAME * of.minus) return LFAP_OK;
  return lfap_fail(ctx, LFAP_ERR_USAGE,
                   "K1: the squares of the output weights sum to %.17g (positive) and %.17g (negative), the limit is "
                   "that of %.17g and %.17g; solve it with these masses (lfap_net_masses)",
                   p.plus, p.minus, of.plus, of.minus);
}

/* Every figure but the smallest margin is the same for W and for W 2^e, so W is judged where no product leaves the
   range. */
static lfap_status judge_weights(lfap_ctx *ctx, lfap_k1 *out, const lfap_net *net, const lfap_set *set,
                                 const double *probes, size_t np) {
  const lfap_data *data = set->data;
  const lfap_limit *lim = set->limit;
  if (!lim)
    return lfap_fail(ctx, LFAP_ERR_USAGE, "K1: the limit of the set is not there; give it with lfap_limit_solve");
  if (net->d != data->d || lim->d != data->d || lim->n != data->n)
    return lfap_fail(ctx, LFAP_ERR_DATA,
                     "K1: the weights have %zu columns, the data %zu, the limit is of %zu samples of dimension %zu",
                     net->d, data->d, lim->n, lim->d);
  lfap_net scaled;
  lfap_k1 r = {0};
  int e;
  lfap_status st = check_weights(ctx, net);
  if (!st) st = check_masses(ctx, net, lim);
  if (!st) st = lfap_net_scaled(ctx, &scaled, &e, net);
  if (st) return st;
  st = figures(ctx, &r, &scaled, set, probes, np);
  lfap_net_scaled_free(&scaled, net);
  double margin = ldexp(r.margin_min, e);
  if (!st && ldexp(margin, -e) != r.margin_min)
    st = lfap_fail(
        ctx, LFAP_ERR_RANGE, "K1: the smallest margin is %g times 2^%d, %s; scale W or the data", r.margin_min, e,
        isfinite(margin) ? "below the normal doubles (2^-1022), which would round it" : "beyond the largest double");
  r.margin_min = margin;
  if (!st) *out = r;
  return st;
}

lfap_status lfap_set_k1(lfap_ctx *ctx, lfap_k1 *out, const lfap_net *net, const lfap_set *set, const double *probes,
                        size_t np) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  return st ? st : judge_weights(ctx, out, net, set, probes, np);
}

lfap_status lfap_k1_of(lfap_ctx *ctx, lfap_k1 *out, const lfap_net *net, const lfap_data *data, const lfap_limit *lim,
                       const double *probes, size_t np) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  return st ? st : judge_weights(ctx, out, net, &(lfap_set){.data = data, .limit = lim}, probes, np);
}
