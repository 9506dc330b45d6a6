/* polish.c - from weights to the KKT point their own-class pattern leads to (statement C3; spec/numerics.md N15): solve
 * the pattern's programme, turn the own pairs that come out wrong, go on until none does. Neurons of one sign and one
 * own pattern have equal rows there and are solved for once. */
#include "data/products.h"
#include "data/range.h"
#include "data/scale.h"
#include "kernel/cpform.h"
#include "kernel/gramform.h"
#include "kernel/kinkform.h"
#include "kernel/lanes.h"
#include "kernel/network.h"
#include "limit/pattern.h"
#include "limit/sorted.h"
#include "net/direction.h"
#include "net/output.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Own pre-activations nearer to 0 than this times sum_k c_k |x_k| times |x_n| are open. */
#define OWN_OPEN 0x1p-42
#define RISE 1e-4        /* of ||W||^2 from round to round, at most: rough solutions have it up to less */
#define STILL 1e-12      /* a fall by less is none */
#define MARGIN_OPEN 1e-6 /* margins on the support that are further from 1 settle nothing */
#define ROUND "patterns"
enum { ROUNDS = 100, SCALINGS = 4 };

typedef struct {
  lfap_ctx *ctx;
  const lfap_net *net; /* in the middle of the range, its rows in the order of their signs */
  const lfap_data *data;
  size_t m, n, d, groups;
  size_t plus;          /* rows with a positive output weight */
  double total;         /* sum of a_j^2: the programme is solved for a_j^2/total and so for multipliers times total */
  double *K, *size, *z; /* n x n; n; m x n: given pre-activations */
  unsigned char *open;  /* m x n: own pairs with slope 1 */
  size_t *group, *first, *was, *slot, *many; /* m each, slot 2 m; neurons of a group */
  lfap_pattern p, last;                      /* this round's, the last one's */
} polish;

/* ---- storage ----------------------------------------------------------------------------------------------------- */

static void polish_close(polish *w) {
  lfap_pattern_close(&w->p);
  lfap_pattern_close(&w->last);
  free(w->K);
  free(w->z);
  free(w->open);
  free(w->group);
}

static lfap_status polish_open(polish *w) {
  size_t m = w->m, n = w->n;
  w->K = malloc((n * n + n) * sizeof(double));
  w->z = malloc(m * n * sizeof(double));
  w->open = calloc(m * n, 1);
  w->group = calloc(6 * m, sizeof(size_t));
  if (!w->K || !w->z || !w->open || !w->group)
    return lfap_fail(w->ctx, LFAP_ERR_MEMORY, "polish: no memory for m = %zu, N = %zu", m, n);
  w->size = w->K + n * n;
  w->first = w->group + m;
  w->was = w->first + m;
  w->slot = w->was + m;
  w->many = w->slot + 2 * m;
  return LFAP_OK;
}

void lfap_polished_free(lfap_polished *p) {
  lfap_net_free(&p->net);
  free(p->lambda);
  free(p->slope);
  *p = (lfap_polished){0};
}

static lfap_status out_alloc(lfap_ctx *ctx, lfap_polished *out, const lfap_net *net, size_t n) {
  lfap_status st = net->a ? lfap_net_alloc_output(ctx, &out->net, net->m, net->d, net->gamma, net->a)
                          : lfap_net_alloc(ctx, &out->net, net->m, net->d, net->gamma);
  if (st) return st;
  out->n = n;
  out->lambda = calloc(n, sizeof(double));
  out->slope = calloc(net->m * n, sizeof(double));
  if (out->lambda && out->slope) return LFAP_OK;
  lfap_polished_free(out);
  return lfap_fail(ctx, LFAP_ERR_MEMORY, "polish: no memory for slopes of m = %zu, N = %zu", net->m, n);
}

/* ---- patterns ---------------------------------------------------------------------------------------------------- */

static int is_own(const polish *w, size_t j, size_t i) { return (w->data->y[i] > 0.0) == (j < w->plus); }
static double sign_of(const polish *w, size_t j) { return j < w->plus ? 1.0 : -1.0; }
/* a_j^2 in units of which `total` are there: 1/m of m in the setting. */
static double share_of(const polish *w, size_t j) { return w->net->a ? w->net->a[j] * w->net->a[j] : 1.0; }

/* Slopes of own pairs as phi has them at the given weights. */
static lfap_status read_pattern(polish *w) {
  lfap_status st = lfap_rows_product(w->ctx, w->z, w->net->w, w->data->x, w->m, w->n, w->d);
  for (size_t j = 0; !st && j < w->m; j++)
    for (size_t i = 0; i < w->n; i++) w->open[j * w->n + i] = is_own(w, j, i) && w->z[j * w->n + i] > 0.0;
  return st;
}

static void fill_matrix(polish *w, const double *G) {
  const double *y = w->data->y;
  for (size_t i = 0; i < w->n; i++) {
    lfap_cp_row(w->K + i * w->n, G + i * w->n, y, y[i], 1.0, 1.0, 0.5, 0.5, w->n); /* y_i y_k G_ik, exactly */
    w->size[i] = sqrt(w->K[i * w->n + i]);
  }
}

/* Group g has the own pattern of the last round's `from`, and with the same multipliers everything else of it. */
static void keep(const polish *w, size_t g, size_t from) {
  const lfap_boxed *b = &w->p.b, *l = &w->last.b;
  memcpy(b->t + g * w->n, l->t + from * w->n, w->n * sizeof(double));
  memcpy(b->s + g * w->n, l->s + from * w->n, w->n * sizeof(double));
  b->kinks[g] = l->kinks[from];
  l->kinks[from] = (lfap_kinks){0};
  b->settled[g] = 1;
}

/* Where the other pairs of neuron j stand at first: by the sign of the given pre-activation, or as the last round left
   them. */
static void stand(const polish *w, size_t g, size_t j) {
  const lfap_boxed *b = &w->p.b, *l = &w->last.b;
  for (size_t i = 0; i < w->n; i++) {
    size_t at = g * w->n + i, from = w->was[j] * w->n + i;
    b->own[at] = !is_own(w, j, i) ? 0.0 : w->open[j * w->n + i] ? 1.0 : w->net->gamma;
    if (is_own(w, j, i)) b->pair[at] = LFAP_PAIR_OWN;
    else if (l->pair) b->pair[at] = l->pair[from];
    else b->pair[at] = sign_of(w, j) * w->data->y[i] * w->z[j * w->n + i] < 0.0 ? LFAP_PAIR_OPEN : LFAP_PAIR_SHUT;
    if (l->pair) b->c[at] = l->c[from];
  }
  if (l->pair && !memcmp(b->own + g * w->n, l->own + w->was[j] * w->n, w->n * sizeof(double))) keep(w, g, w->was[j]);
}

static lfap_status open_round(polish *w) {
  w->last = w->p;
  w->p = (lfap_pattern){0};
  memcpy(w->was, w->group, w->m * sizeof *w->was);
  w->groups = lfap_gramform_groups(w->group, w->first, w->slot, w->open, w->plus, w->m, w->n);
  lfap_status st = lfap_pattern_open(w->ctx, &w->p, w->n, w->groups);
  if (st) return st;
  w->p.b.gamma = w->net->gamma;
  w->p.b.K = w->K;
  w->p.b.size = w->size;
  memset(w->many, 0, w->groups * sizeof *w->many);
  for (size_t j = 0; j < w->m; j++) {
    w->p.b.weight[w->group[j]] += share_of(w, j);
    w->many[w->group[j]]++;
  }
  for (size_t g = 0; g < w->groups; g++) {
    w->p.b.weight[g] /= w->net->a ? w->total : (double)w->m;
    stand(w, g, w->first[g]);
  }
  if (w->last.lambda) memcpy(w->p.lambda, w->last.lambda, w->n * sizeof(double));
  lfap_pattern_close(&w->last);
  return LFAP_OK;
}

/* sum_k c_k |x_k| of group g. */
static double length_of(const polish *w, size_t g) { return lfap_dot(w->n, w->p.b.c + g * w->n, w->size); }

/* Turns the own pairs whose sign is wrong, in every neuron; how many. A rough solution leaves some in doubt. */
static size_t flip_wrong(polish *w) {
  size_t count = 0, n = w->n;
  double doubt = OWN_OPEN + w->p.relative;
  for (size_t j = 0; j < w->m; j++) {
    size_t g = w->group[j];
    double tol = doubt * length_of(w, g);
    const double *own = w->p.b.own + g * n, *t = w->p.b.t + g * n;
    unsigned char *open = w->open + j * n;
    for (size_t i = 0; i < n; i++) {
      if (own[i] == 0.0 || fabs(t[i]) <= tol * w->size[i] || open[i] == (t[i] > 0.0)) continue;
      open[i] = t[i] > 0.0;
      count++;
    }
  }
  return count;
}

/* One pattern: solved roughly, and if that turns no pair round, as well as doubles do. */
static lfap_status round_of(polish *w, size_t *wrong) {
  lfap_status st = open_round(w);
  if (!st) st = lfap_pattern_solve(w->ctx, &w->p, 1);
  if (st) return st;
  *wrong = flip_wrong(w);
  if (*wrong) return LFAP_OK;
  st = lfap_pattern_solve(w->ctx, &w->p, 0);
  if (!st) *wrong = flip_wrong(w);
  return st;
}

/* Rounds until no own pair is wrong. A norm that does not fall any more, or rises, is one that doubles do not tell. */
static lfap_status rounds(polish *w, lfap_polished *out) {
  double norm = INFINITY;
  size_t still = 0;
  for (out->rounds = 1;; out->rounds++) {
    size_t wrong = 0;
    lfap_status st = lfap_tick(w->ctx, ROUND, (double)(out->rounds - 1), 0.0);
    if (!st) st = round_of(w, &wrong);
    if (st) return st;
    double now = lfap_sum(w->n, w->p.lambda);
    int rises = !(now <= norm * (1.0 + RISE));
    still = now > norm * (1.0 - STILL) ? still + 1 : 0;
    norm = now;
    out->settled = !wrong && !rises && w->p.relative <= LFAP_PATTERN_TOL;
    out->flipped += wrong;
    if (!wrong) return LFAP_OK;
    if (still > 2 || out->rounds == ROUNDS) break;
  }
  return lfap_pattern_solve(w->ctx, &w->p, 0);
}

/* ---- the point --------------------------------------------------------------------------------------------------- */

/* a_j h. */
static double times_output(const polish *w, size_t j, double h, double root) {
  return w->net->a ? w->net->a[j] * h : sign_of(w, j) * (h / root);
}

/* The rows of the groups, h_g = sum_n (s_n lambda_n) y_n x_n, and then of all neurons, w_j = a_j h_g. */
static lfap_status make_rows(polish *w, lfap_polished *out, double *rows) {
  size_t n = w->n, d = w->d;
  double *c = w->p.b.in, root = sqrt((double)w->m);
  for (size_t g = 0; g < w->groups; g++) {
    lfap_kink_coef(c + g * n, out->slope + w->first[g] * n, out->lambda, n);
    for (size_t i = 0; i < n; i++) c[g * n + i] *= w->data->y[i];
  }
  memset(rows, 0, w->groups * d * sizeof *rows);
  lfap_status st = lfap_chain_product(w->ctx, rows, c, w->data->x, w->groups, n, d);
  if (st) return st;
  for (size_t j = 0; j < w->m; j++)
    for (size_t i = 0; i < d; i++) out->net.w[j * d + i] = times_output(w, j, rows[w->group[j] * d + i], root);
  return LFAP_OK;
}

static double least_margin(const double *f, const double *y, size_t n) {
  double least = INFINITY;
  for (size_t i = 0; i < n; i++) least = fmin(least, y[i] * f[i]);
  return least;
}

/* Slopes of all neurons from the groups. */
static void take_slopes(polish *w, lfap_polished *out) {
  const lfap_boxed *b = &w->p.b;
  for (size_t i = 0; i < w->n; i++) out->lambda[i] = w->p.lambda[i] / w->total;
  for (size_t j = 0; j < w->m; j++)
    for (size_t i = 0; i < w->n; i++) {
      size_t at = w->group[j] * w->n + i;
      out->slope[j * w->n + i] = b->own[at] > 0.0                ? b->own[at]
                                 : b->pair[at] == LFAP_PAIR_SHUT ? b->gamma
                                 : b->pair[at] == LFAP_PAIR_OPEN
                                     ? 1.0
                                     : lfap_kink_slope(b->c[at], w->p.lambda[i], b->t[at], b->gamma);
    }
}

/* W^o, made a little longer until its least margin is 1 as computed. f: its outputs. */
static lfap_status make_point(polish *w, lfap_polished *out, double *rows, double *f) {
  take_slopes(w, out);
  for (int k = 0; k <= SCALINGS; k++) {
    lfap_status st = make_rows(w, out, rows);
    if (!st) st = lfap_net_eval(w->ctx, f, &out->net, w->data->x, w->n);
    if (st) return st;
    double least = least_margin(f, w->data->y, w->n);
    if (least >= 1.0 || !(least > 0.5)) break;
    double by = ldexp(1.0, k - 53) + (1.0 - least) / least;
    for (size_t i = 0; i < w->n; i++) out->lambda[i] = fma(out->lambda[i], by, out->lambda[i]);
  }
  return LFAP_OK;
}

static double output_of(const polish *w, size_t j) {
  return w->net->a ? w->net->a[j] : sign_of(w, j) * (1.0 / sqrt((double)w->m));
}

/* How many of its first row group g comes to, a_j^2 counting. */
static double copies_of(const polish *w, size_t g) {
  double all = w->p.b.weight[g];
  return w->net->a ? all * w->total / share_of(w, w->first[g]) : all * (double)w->m;
}

/* || W - sum lambda_n y_n grad f(x_n) ||/||W|| from `rows`, the row of W of each group, which are lost. */
static lfap_status measure_residual(polish *w, lfap_polished *out, double *rows) {
  double sum = 0.0;
  for (size_t g = 0; g < w->groups; g++) {
    const double *s = out->slope + w->first[g] * w->n;
    double *c = w->p.b.in + g * w->n, a = output_of(w, w->first[g]);
    for (size_t i = 0; i < w->n; i++) c[i] = -(a * (out->lambda[i] * w->data->y[i])) * s[i];
  }
  lfap_status st = lfap_chain_product(w->ctx, rows, w->p.b.in, w->data->x, w->groups, w->n, w->d);
  for (size_t g = 0; g < w->groups; g++) {
    double r = lfap_norm2(w->d, rows + g * w->d);
    sum = fma(copies_of(w, g), r * r, sum);
  }
  out->residual = sqrt(sum) / lfap_norm2(w->m * w->d, out->net.w);
  return st;
}

/* What the samples say of group g's pairs: z its pre-activations. */
static void judge_pairs(polish *w, lfap_polished *out, size_t g, const double *z) {
  size_t j = w->first[g], many = w->many[g];
  double root = sqrt((double)w->m), norm = lfap_norm2(w->d, out->net.w + j * w->d), tol = OWN_OPEN * length_of(w, g);
  for (size_t i = 0; i < w->n; i++) {
    if (!(out->lambda[i] > 0.0)) continue;
    size_t at = g * w->n + i;
    if (w->p.b.own[at] > 0.0) {
      double t = w->net->a ? w->data->y[i] * (z[i] / w->net->a[j]) : sign_of(w, j) * w->data->y[i] * z[i] * root;
      if (!(fabs(t) * w->total > tol * w->size[i])) out->own_kinks += many;
      else if ((t > 0.0) != (w->p.b.own[at] == 1.0)) out->settled = 0;
      out->own_min = fmin(out->own_min, fabs(t));
    } else if (w->p.b.pair[at] == LFAP_PAIR_KINK) {
      out->kinks += many;
      if (norm > 0.0) out->kink_most = fmax(out->kink_most, fabs(z[i]) / (norm * w->size[i]));
    }
  }
}

static lfap_status judge(polish *w, lfap_polished *out, double *rows, const double *f) {
  size_t n = w->n, d = w->d;
  for (size_t g = 0; g < w->groups; g++) memcpy(rows + g * d, out->net.w + w->first[g] * d, d * sizeof *rows);
  lfap_status st = lfap_rows_product(w->ctx, w->p.b.out, rows, w->data->x, w->groups, n, d);
  if (st) return st;
  out->own_min = INFINITY;
  for (size_t g = 0; g < w->groups; g++) judge_pairs(w, out, g, w->p.b.out + g * n);
  for (size_t i = 0; i < n; i++) {
    if (!(out->lambda[i] > 0.0)) continue;
    double off = fabs(w->data->y[i] * f[i] - 1.0);
    out->support++;
    if (!(off <= MARGIN_OPEN)) out->settled = 0;
    out->slackness = fmax(out->slackness, off);
  }
  out->margin = least_margin(f, w->data->y, n) / lfap_norm2(w->m * d, out->net.w);
  out->cosine = lfap_cosine(w->net->w, out->net.w, w->m * d);
  if (!(out->own_min < INFINITY)) out->own_min = NAN;
  out->holds = out->settled && !out->own_kinks;
  return measure_residual(w, out, rows);
}

static lfap_status conclude(polish *w, lfap_polished *out) {
  size_t d = w->d, room = w->groups > 2 ? w->groups : 2;
  double *rows = malloc((room * d + w->n) * sizeof *rows), *f = rows ? rows + room * d : NULL;
  if (!rows) return lfap_fail(w->ctx, LFAP_ERR_MEMORY, "polish: no memory for %zu rows of d = %zu", room, d);
  lfap_status st = lfap_net_eval(w->ctx, f, w->net, w->data->x, w->n);
  double size = lfap_norm2(w->m * d, w->net->w);
  if (!st) out->margin_given = size > 0.0 ? least_margin(f, w->data->y, w->n) / size : 0.0;
  if (!st) st = make_point(w, out, rows, f);
  if (!st) st = judge(w, out, rows, f);
  /* C3: the norm falls from pattern to pattern, so the margin cannot */
  if (!st && !(out->margin > 0.0 && out->margin >= out->margin_given * (1.0 - MARGIN_OPEN)))
    st =
        lfap_fail(w->ctx, LFAP_ERR_UNSOLVED,
                  "polish: after %zu patterns the normalised margin is %g, that of the weights %g: doubles do not find "
                  "the point of these weights; samples are too nearly dependent, or of too different sizes",
                  out->rounds, out->margin, out->margin_given);
  free(rows);
  return st;
}

/* ---- entry ------------------------------------------------------------------------------------------------------- */

static lfap_status check_net(lfap_ctx *ctx, const lfap_net *net, const lfap_data *data) {
  if (net->d != data->d)
    return lfap_fail(ctx, LFAP_ERR_DATA, "polish: the weights have %zu columns, the data %zu", net->d, data->d);
  if (!net->a && (!net->m || net->m % 2))
    return lfap_fail(ctx, LFAP_ERR_DATA, "polish: m = %zu; the number of neurons has to be even and positive", net->m);
  lfap_status st = lfap_gamma_valid(ctx, "polish: gamma", net->gamma, LFAP_GAMMA_MIN);
  if (st) return st;
  size_t all = net->m * net->d, bad = lfap_first_unbounded(net->w, all);
  if (bad < all)
    return lfap_fail(ctx, LFAP_ERR_DATA, "polish: weight [%zu, %zu] is %g; all must be finite", bad / net->d,
                     bad % net->d, net->w[bad]);
  return LFAP_OK;
}

/* Of a network without an a, and of one whose rows are sorted. */
static void count_signs(polish *w, const lfap_net *net, lfap_masses p) {
  w->total = net->a ? p.plus + p.minus : 1.0;
  for (size_t j = 0; j < net->m; j++) w->plus += (size_t)lfap_net_positive(net, j);
}

static lfap_status run(polish *w, lfap_polished *out, const double *G) {
  lfap_status st = polish_open(w);
  if (st) return st;
  fill_matrix(w, G);
  st = read_pattern(w);
  if (!st) st = rounds(w, out);
  if (!st) st = conclude(w, out);
  return st ? st : lfap_tick(w->ctx, ROUND, 1.0, 1.0);
}

/* A network whose rows stand in the order of their signs. */
static lfap_status polish_sorted(lfap_ctx *ctx, lfap_polished *out, const lfap_net *net, lfap_masses p, lfap_set *set) {
  lfap_net scaled;
  lfap_polished r = {0};
  int e = 0;
  lfap_status st = lfap_net_scaled(ctx, &scaled, &e, net);
  if (st) return st;
  polish w = {.ctx = ctx, .net = &scaled, .data = set->data, .m = net->m, .n = set->data->n, .d = net->d};
  count_signs(&w, net, p);
  st = out_alloc(ctx, &r, net, w.n);
  if (!st) st = run(&w, &r, set->gram);
  polish_close(&w);
  lfap_net_scaled_free(&scaled, net);
  if (st) lfap_polished_free(&r);
  else *out = r;
  return st;
}

lfap_status lfap_polish(lfap_ctx *ctx, lfap_polished *out, const lfap_net *net, lfap_set *set) {
  lfap_sorted by_sign = {0};
  lfap_polished r = {0};
  lfap_masses p = {0};
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = check_net(ctx, net, set->data);
  if (!st) st = lfap_net_masses(ctx, &p, net);
  if (!st) st = lfap_set_check(ctx, set, "polish");
  if (!st) st = lfap_set_gram(ctx, set);
  if (!st && !net->a) return polish_sorted(ctx, out, net, p, set);
  if (!st) st = lfap_sorted_open(ctx, &by_sign, net);
  if (!st) st = polish_sorted(ctx, &r, &by_sign.net, p, set);
  if (!st) st = lfap_sorted_back(ctx, &r, &by_sign, net);
  lfap_sorted_close(&by_sign);
  if (st) lfap_polished_free(&r);
  else *out = r;
  return st;
}
