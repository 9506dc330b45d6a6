/* c2.c - the limit at any slope: (CP) where C1's form misses some of its constraints, own and other pre-activations,
 * and what data say of C2 before anything is solved (statement C2; spec/numerics.md N6a). */
#include "limit/c2.h"

#include "data/products.h"
#include "kernel/cpform.h"
#include "kernel/lanes.h"
#include "limit/solution.h"

#include <stdlib.h>
#include <string.h>

/* Own pre-activations of settled multipliers nearer to 0 than this are open: sums that make up margins of 1. */
#define OWN_OPEN 1e-12

/* ---- storage ----------------------------------------------------------------------------------------------------- */

void lfap_c2_free(lfap_c2 *c) {
  free(c->alpha);
  free(c->beta);
  free(c->slope);
  free(c->own);
  free(c->other);
  *c = (lfap_c2){0};
}

lfap_status lfap_c2_alloc(lfap_c2 *c, size_t n) {
  double **const part[] = {&c->alpha, &c->beta, &c->slope, &c->own, &c->other};
  int good = 1;
  for (size_t k = 0; k < 5; k++) good = (*part[k] = calloc(n, sizeof(double))) && good;
  return good ? LFAP_OK : LFAP_ERR_MEMORY;
}

typedef struct {
  lfap_ctx *ctx;
  lfap_limit *l;
  lfap_c2 *c;
  const lfap_data *data;
  const lfap_qp_task *task; /* of C1's form */
  lfap_qm m;                /* (CP)'s */
  lfap_solution s;          /* 2 n unknowns: alpha, then beta */
  lfap_view view;           /* of s */
  double *one;              /* 2 n: the right-hand side */
  unsigned char *in;        /* 2 n: where multipliers are to be expected */
} kinked;

static lfap_status kinked_open(kinked *k) {
  size_t n = 2 * k->l->n;
  const lfap_qm *q = k->task->m;
  double *v = malloc(3 * n * sizeof *v);
  k->m =
      (lfap_qm){.n = n, .G = q->G, .X = q->X, .d = q->d, .y = q->y, .gamma = q->gamma, .masses = q->masses, .kinks = 1};
  k->s = (lfap_solution){.lambda = v, .mu = v ? v + n : NULL};
  k->one = v ? v + 2 * n : NULL;
  k->in = calloc(n, 1);
  if (!v || !k->in) return lfap_fail(k->ctx, LFAP_ERR_MEMORY, "limit: no memory for the kinks of N = %zu", k->l->n);
  for (size_t i = 0; i < n; i++) k->one[i] = 1.0;
  return lfap_qm_open(k->ctx, &k->m);
}

static void kinked_close(kinked *k) {
  lfap_qm_close(&k->m);
  free(k->s.lambda);
  free(k->in);
  free(k->view.norm);
}

/* alpha = lambda of C1's form, beta = 0: its residual as a solution of (CP). */
static lfap_status take_c1(kinked *k) {
  size_t n = k->l->n;
  memcpy(k->s.lambda, k->l->lambda_q, n * sizeof(double));
  memset(k->s.lambda + n, 0, n * sizeof(double));
  free(k->view.norm);
  k->view.norm = NULL;
  return lfap_solution_measure(k->ctx, &k->s, &k->view, &k->m, k->data);
}

/* ---- solving ----------------------------------------------------------------------------------------------------- */

/* Constraints with s = 1 that C1's form misses; they and its support are where (CP) is begun. */
static size_t missed(kinked *k) {
  size_t n = k->l->n, count = 0;
  for (size_t i = 0; i < n; i++) {
    int miss = !(lfap_measured_row(k->view.at, &k->m, n + i).lo >= 1.0 - LFAP_RESIDUAL_MOST);
    k->in[i] = k->s.lambda[i] > 0.0;
    k->in[n + i] = (unsigned char)miss;
    count += (size_t)miss;
  }
  return count;
}

static int any_beta(const kinked *k, const double *v) {
  for (size_t i = k->l->n; i < k->m.n; i++)
    if (v[i] > 0.0) return 1;
  return 0;
}

/* (CP) from there. Without a solution everything is as C1's form has it; without beta too, to the bit. */
static lfap_status solve(kinked *k) {
  lfap_qp_task task = *k->task;
  task.m = &k->m;
  task.b = k->one;
  task.support = k->in;
  lfap_status st = lfap_solution_find(k->ctx, &k->s, &task, &k->m);
  if (st && st != LFAP_ERR_INFEASIBLE) return st;
  if (k->ctx) k->ctx->message[0] = '\0';
  k->c->solved = !st && k->s.separates;
  k->c->separable = st ? 0 : k->s.separates ? 1 : -1;
  k->c->rounds = k->s.way.rounds;
  k->c->iterations = k->s.way.iterations;
  if (!k->c->solved || !any_beta(k, k->s.lambda)) return take_c1(k);
  free(k->view.norm);
  k->view.norm = NULL;
  return lfap_solution_measure(k->ctx, &k->s, &k->view, &k->m, k->data);
}

/* Given multipliers in the place of that; without beta they are C1's form. */
static lfap_status take(kinked *k, const double *given) {
  lfap_qp_task task = *k->task;
  if (!any_beta(k, given)) return LFAP_OK;
  task.m = &k->m;
  task.b = k->one;
  free(k->view.norm);
  k->view.norm = NULL;
  lfap_status st = lfap_solution_take(k->ctx, &k->s, &k->view, &task, &k->m, given);
  if (!st && k->s.separates) k->c->separable = 1;
  return st;
}

/* ---- what follows ------------------------------------------------------------------------------------------------ */

/* Multipliers, slopes and pre-activations; w again where it is not C1's. */
static lfap_status conclude(kinked *k) {
  lfap_limit *l = k->l;
  lfap_c2 *c = k->c;
  const lfap_measured *a = &k->view.at[0], *b = &k->view.at[1];
  size_t n = l->n;
  memcpy(c->alpha, k->s.lambda, n * sizeof(double));
  memcpy(c->beta, k->s.lambda + n, n * sizeof(double));
  lfap_cp_merge(l->lambda, l->omega, c->alpha, c->beta, k->data->y, l->gamma, l->masses.plus, l->masses.minus, n);
  for (size_t i = 0; i < n; i++) {
    c->own[i] = lfap_cp_own(a->A[i], a->B[i], b->A[i], b->B[i], l->gamma);
    c->other[i] = lfap_cp_off(a->A[i], a->B[i], b->A[i], b->B[i], l->gamma);
    c->slope[i] = lfap_cp_slope(c->alpha[i], c->beta[i], c->other[i], l->gamma);
    size_t up = c->alpha[i] > 0.0, on = c->beta[i] > 0.0;
    c->active += up + on;
    c->kinks += up * on;
    c->bent += on;
  }
  if (!c->bent) return LFAP_OK;
  double *v = k->s.mu;
  for (size_t i = 0; i < n; i++) v[i] = l->omega[i] * k->data->y[i];
  memset(l->w, 0, l->d * sizeof *l->w);
  return lfap_chain_product(k->ctx, l->w, v, k->data->x, 1, n, l->d);
}

/* How far (U, V) may be from the solution, by the gap (G): M is positive semidefinite, that is all it needs. */
static double gap_ball(const kinked *k) {
  lfap_gap g = {0};
  for (size_t i = 0; i < k->m.n; i++) lfap_gap_add(&g, k->s.lambda[i], lfap_measured_row(k->view.at, &k->m, i));
  return lfap_gap_ball(&g);
}

static double own_mass(const kinked *k, size_t i) { return lfap_own_mass(k->l->masses, k->data->y[i]); }
static double off_mass(const kinked *k, size_t i) { return lfap_off_mass(k->l->masses, k->data->y[i]); }

/* How far own_n may be from that of the solution: by the ball, which a sample much longer than others makes useless, or
   by what settled multipliers are held to (as the slopes of C1 are), in units of a margin of 1. */
static double own_error(const kinked *k, size_t i) {
  const lfap_measured *a = &k->view.at[0], *b = &k->view.at[1];
  double g = k->l->gamma, parts = fabs(a->A[i]) + fabs(b->A[i]) + g * fabs(a->B[i]) + fabs(b->B[i]);
  double wide = lfap_up(a->Ae[i] + b->Ae[i] + g * a->Be[i] + b->Be[i] + 4.0 * LFAP_U * parts +
                        sqrt(1.0 / own_mass(k, i)) * k->c->ball * k->view.norm[i]);
  if (!k->c->settled) return wide;
  double unit = 0.5 / own_mass(k, i), part = off_mass(k, i) / own_mass(k, i);
  return fmin(wide, OWN_OPEN * fmax(unit, fmax(fabs(k->c->own[i]), part * fabs(k->c->other[i]))));
}

/* lambda_n = 0 for every solution: both constraints are certainly not met with equality. A settled support is right. */
static int surely_off(const kinked *k, size_t i) {
  if (k->c->settled) return 1;
  double both = k->l->masses.plus + k->l->masses.minus, wide = lfap_up(sqrt(both) * k->c->ball * k->view.norm[i]);
  return lfap_measured_row(k->view.at, &k->m, i).lo - 1.0 > wide &&
         lfap_measured_row(k->view.at, &k->m, k->l->n + i).lo - 1.0 > wide;
}

static void decide(kinked *k) {
  lfap_c2 *c = k->c;
  size_t fails = 0, open = 0;
  c->own_min = c->own_support = INFINITY;
  c->ball = gap_ball(k);
  for (size_t i = 0; i < k->l->n; i++) {
    double wide = own_error(k, i);
    int on = k->l->lambda[i] > 0.0;
    c->own_min = fmin(c->own_min, c->own[i]);
    if (on && c->own[i] < c->own_support) {
      c->own_support = c->own[i];
      c->own_at = i;
    }
    if (c->own[i] > wide || (!on && surely_off(k, i))) continue;
    if (on && c->own[i] < -wide) fails++;
    else open++;
  }
  c->decided = fails || !open;
  c->holds = !fails && !open;
}

/* The margin that w shows, and the most there can be: sum omega_n y_n <e,x_n> = <e,w>. */
static void margins(kinked *k) {
  const lfap_limit *l = k->l;
  double norm = lfap_norm2(l->d, l->w), least = INFINITY;
  for (size_t i = 0; i < l->n; i++) {
    double twice = 2.0 * own_mass(k, i) * k->c->own[i] - 2.0 * off_mass(k, i) * k->c->other[i];
    least = fmin(least, twice / (1.0 + l->gamma));
  }
  k->c->margin_lin = least > 0.0 ? least / norm : NAN;
  k->c->margin_most = norm / lfap_sum(l->n, l->omega);
  if (least > 0.0 && k->c->separable < 0) k->c->separable = 1;
  if (!k->c->separable) k->c->margin_lin = k->c->margin_most = NAN;
}

/* ---- a priori ---------------------------------------------------------------------------------------------------- */

/* The least of (own + off s^2)/(most + own + off s) from gamma to 1, most being the larger mass: for masses of 1/2 that
   of (1 + s^2)/(2 + s). */
static double obtuse_bound(double own, double off, double most, double gamma) {
  double r = off / own, t = most / own + 1.0, turn = (sqrt(t * t + r) - t) / r, s = fmin(1.0, fmax(gamma, turn));
  return fma(off * s, s, own) / ((most + own) + off * s);
}

/* What a margin has to be above, over Rmax: what is best for equal masses, and one that holds for any. */
static double needed_margin(double least, double most, double g) {
  if (least == most) return g * sqrt((1.0 - g) / (1.0 + g));
  return (g * most / (least + g * most)) * ((least + most) / (2.0 * sqrt(least * most)));
}

/* By obtuse pairs, where masses are equal also by the sum over all pairs, (sqrt 41 - 5)/2, and by the margin; strict
   inequalities, which rounding must not make. */
void lfap_c2_a_priori(lfap_limit *l) {
  lfap_c2 *c = &l->c2;
  double plus = l->masses.plus, minus = l->masses.minus, most = fmax(plus, minus), sure = 1.0 - 1e-12;
  c->kappa_bound = fmin(obtuse_bound(plus, minus, most, l->gamma), obtuse_bound(minus, plus, most, l->gamma));
  c->margin_need = needed_margin(fmin(plus, minus), most, l->gamma) * sqrt(l->hyp.r_max2);
  c->by_kappa =
      c->kappa_obt < c->kappa_bound * sure || (plus == minus && l->row_kappa < 0.5 * (sqrt(41.0) - 5.0) * sure);
  c->by_margin = c->margin_need < c->margin_lin * sure;
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

lfap_status lfap_c2_of(lfap_ctx *ctx, lfap_limit *l, const lfap_qp_task *task, const double *given) {
  kinked k = {.ctx = ctx, .l = l, .c = &l->c2, .data = task->data, .task = task};
  lfap_c2 *c = &l->c2;
  lfap_status st = kinked_open(&k);
  c->own_min = c->own_support = NAN;
  c->ball = INFINITY;
  c->solved = 1;
  c->separable = -1;
  if (!st) st = take_c1(&k);
  if (!st) {
    k.s.trust = (lfap_trust){l->error, l->settled};
    if (given) st = take(&k, given);
    else if (missed(&k)) st = solve(&k);
  }
  if (!st) st = conclude(&k);
  if (!st) {
    c->residual = k.s.residual;
    c->error = c->solved ? k.s.trust.error : INFINITY;
    c->settled = c->solved && lfap_solution_settled(&k.s);
    if (c->solved) decide(&k);
    margins(&k);
    lfap_c2_a_priori(l);
  }
  kinked_close(&k);
  return st;
}
