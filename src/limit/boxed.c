/* boxed.c - block pivoting on the kinks of each group (statement C3; spec/numerics.md N15). Groups go on side by side:
 * a round is one product of all c that still move with K, and a small factor for each of them. */
#include "limit/boxed.h"

#include "io/parallel.h"
#include "kernel/chol.h"
#include "kernel/kinkform.h"
#include "kernel/lanes.h"
#include "kernel/rows.h"
#include "kernel/solve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* t is 0 below this times sum_k c_k |x_k| times |x_n|: what rounding makes of K c. */
#define T_TOL 0x1p-48
/* Added to a diagonal of 1 where samples at kinks are dependent: t is unique there, c is not. */
#define RIDGE 0x1p-26
enum { WHOLE = 4 /* exchanges of all wrong pairs that do not help, before single ones */, REFINE = 6 };

/* ---- storage ----------------------------------------------------------------------------------------------------- */

lfap_status lfap_boxed_open(lfap_ctx *ctx, lfap_boxed *b, size_t n, size_t groups) {
  size_t all = groups * n, threads = (size_t)lfap_threads(ctx);
  b->n = n;
  b->groups = groups;
  b->weight = calloc(groups, sizeof(double));
  b->own = calloc(6 * all, sizeof(double));
  b->work = calloc(threads * 2 * n, sizeof(double));
  b->pair = calloc(all, 1);
  b->active = calloc(2 * groups, 1);
  b->list = calloc(groups, sizeof(size_t));
  b->kinks = calloc(groups, sizeof *b->kinks);
  if (!b->weight || !b->own || !b->work || !b->pair || !b->active || !b->list || !b->kinks) {
    lfap_boxed_close(b);
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "polish: no memory for %zu groups of neurons at N = %zu", groups, n);
  }
  b->settled = b->active + groups;
  b->c = b->own + all;
  b->t = b->c + all;
  b->s = b->t + all;
  b->in = b->s + all;
  b->out = b->in + all;
  return LFAP_OK;
}

void lfap_boxed_close(lfap_boxed *b) {
  for (size_t g = 0; b->kinks && g < b->groups; g++) {
    free(b->kinks[g].at);
    free(b->kinks[g].L);
  }
  free(b->weight);
  free(b->own);
  free(b->work);
  free(b->pair);
  free(b->active);
  free(b->list);
  free(b->kinks);
  *b = (lfap_boxed){0};
}

/* ---- a group's factor -------------------------------------------------------------------------------------------- */

static int make_room(lfap_kinks *k, size_t want, size_t n) {
  if (want <= k->room) return 1;
  size_t room = want + want / 8 < n ? want + want / 8 : n;
  free(k->at);
  free(k->L);
  k->room = room;
  k->at = malloc(room * sizeof *k->at);
  k->L = room <= SIZE_MAX / sizeof(double) / room ? malloc(room * room * sizeof(double)) : NULL;
  if (k->at && k->L) return 1;
  k->room = 0;
  return 0;
}

static void gather(const lfap_boxed *b, lfap_kinks *k, double ridge) {
  for (size_t i = 0; i < k->n; i++) {
    const double *row = b->K + k->at[i] * b->n;
    for (size_t j = 0; j <= i; j++) k->L[i * k->n + j] = row[k->at[j]];
    k->L[i * k->n + i] = fma(ridge, row[k->at[i]], row[k->at[i]]);
  }
}

/* Slopes, kinks and their factor as the pairs stand. */
static void factor(const lfap_boxed *b, size_t g) {
  lfap_kinks *k = &b->kinks[g];
  const unsigned char *pair = b->pair + g * b->n;
  const double *own = b->own + g * b->n, slope[] = {0.0, b->gamma, 1.0, 0.0};
  double *s = b->s + g * b->n;
  size_t count = 0;
  for (size_t i = 0; i < b->n; i++) {
    s[i] = pair[i] == LFAP_PAIR_OWN ? own[i] : slope[pair[i]];
    count += pair[i] == LFAP_PAIR_KINK;
  }
  if (!make_room(k, count, b->n)) {
    k->status = LFAP_ERR_MEMORY;
    return;
  }
  k->n = 0;
  for (size_t i = 0; i < b->n; i++)
    if (pair[i] == LFAP_PAIR_KINK) k->at[k->n++] = i;
  k->factored = 1;
  k->singular = 0;
  double ridge = 0.0;
  for (gather(b, k, ridge); count && lfap_chol(k->L, k->n) < k->n; gather(b, k, ridge)) {
    k->singular = 1;
    ridge = ridge > 0.0 ? 16.0 * ridge : RIDGE;
  }
}

/* work[n..] = K_kk^-1 work[..n] for the kinks; both k->n long. */
static const double *solve(const lfap_boxed *b, const lfap_kinks *k, double *work) {
  lfap_chol_solve(work + b->n, k->L, work, k->n);
  return work + b->n;
}

/* ---- a group's round --------------------------------------------------------------------------------------------- */

/* c at the kinks is moved so that t, which is work[..n] there, vanishes. */
static void correct(const lfap_boxed *b, size_t g, double *work) {
  const lfap_kinks *k = &b->kinks[g];
  if (!k->n) return;
  const double *step = solve(b, k, work);
  for (size_t i = 0; i < k->n; i++) b->c[g * b->n + k->at[i]] -= step[i];
}

static void take_kinks(const lfap_boxed *b, size_t g, double *work) {
  const lfap_kinks *k = &b->kinks[g];
  for (size_t i = 0; i < k->n; i++) work[i] = b->t[g * b->n + k->at[i]];
}

/* Largest |t_n|/|x_n| at the kinks. */
static double off_kinks(const lfap_boxed *b, size_t g) {
  const lfap_kinks *k = &b->kinks[g];
  double most = 0.0;
  for (size_t i = 0; i < k->n; i++) most = fmax(most, fabs(b->t[g * b->n + k->at[i]]) / b->size[k->at[i]]);
  return most;
}

/* What pair i should be, by c where it is a kink and by t elsewhere. */
static unsigned char better(const lfap_boxed *b, size_t at, double lambda, double tol) {
  double c = b->c[at], t = b->t[at];
  switch (b->pair[at]) {
  case LFAP_PAIR_SHUT: return t < -tol ? LFAP_PAIR_KINK : LFAP_PAIR_SHUT;
  case LFAP_PAIR_OPEN: return t > tol ? LFAP_PAIR_KINK : LFAP_PAIR_OPEN;
  case LFAP_PAIR_KINK: return c > lambda ? LFAP_PAIR_OPEN : c < b->gamma * lambda ? LFAP_PAIR_SHUT : LFAP_PAIR_KINK;
  default: return LFAP_PAIR_OWN;
  }
}

/* A pair without a multiplier follows the sign of t: nothing moves with it. */
static void follow(const lfap_boxed *b, size_t g, const double *lambda) {
  for (size_t i = 0; i < b->n; i++) {
    size_t at = g * b->n + i;
    if (lambda[i] > 0.0 || b->pair[at] == LFAP_PAIR_OWN) continue;
    b->pair[at] = b->t[at] < 0.0 ? LFAP_PAIR_OPEN : LFAP_PAIR_SHUT;
    b->s[at] = b->t[at] < 0.0 ? 1.0 : b->gamma;
  }
}

static size_t count_wrong(const lfap_boxed *b, size_t g, const double *lambda, double tol, size_t *last) {
  size_t wrong = 0;
  for (size_t i = 0; i < b->n; i++) {
    size_t at = g * b->n + i;
    if (!(lambda[i] > 0.0) || better(b, at, lambda[i], tol * b->size[i]) == b->pair[at]) continue;
    wrong++;
    *last = i;
  }
  return wrong;
}

/* Pair i stands otherwise from now on; t at all kinks follows what c moves by. */
static double exchange(const lfap_boxed *b, size_t at, double lambda, unsigned char to) {
  double c = b->c[at];
  b->pair[at] = to;
  if (to == LFAP_PAIR_KINK) return 0.0;
  b->c[at] = to == LFAP_PAIR_OPEN ? lambda : b->gamma * lambda;
  return b->c[at] - c;
}

/* All wrong pairs, or the last one alone: on a positive definite K single exchanges of the last index end. */
static void pivot(const lfap_boxed *b, size_t g, const double *lambda, double tol, size_t only, double *work) {
  double *moved = work + b->n;
  memset(moved, 0, b->n * sizeof *moved);
  for (size_t i = only < b->n ? only : 0; i < b->n && (only == b->n || i == only); i++) {
    size_t at = g * b->n + i;
    if (!(lambda[i] > 0.0)) continue;
    unsigned char to = better(b, at, lambda[i], tol * b->size[i]);
    if (to != b->pair[at]) moved[i] = exchange(b, at, lambda[i], to);
  }
  factor(b, g);
  const lfap_kinks *k = &b->kinks[g];
  if (k->status) return;
  for (size_t i = 0; i < k->n; i++) work[i] = b->t[g * b->n + k->at[i]] + lfap_dot(b->n, b->K + k->at[i] * b->n, moved);
  correct(b, g, work);
}

/* 1: one more product is to come. */
static int go_on(lfap_boxed *b, size_t g, const double *lambda, double *work) {
  lfap_kinks *k = &b->kinks[g];
  for (size_t i = 0; i < b->n; i++) work[i] = b->c[g * b->n + i] * b->size[i];
  double rounding = T_TOL * lfap_asum(b->n, work), off = off_kinks(b, g);
  size_t only = b->n;
  if (!k->solved && k->n) {
    k->solved = 1;
    k->last = INFINITY;
    k->refined = 0;
    take_kinks(b, g, work);
    correct(b, g, work);
    return 1;
  }
  follow(b, g, lambda);
  double tol = rounding + 2.0 * off;
  size_t wrong = count_wrong(b, g, lambda, tol, &only);
  if (wrong) {
    if (wrong < k->least) {
      k->least = wrong;
      k->tries = WHOLE;
    } else if (k->tries) k->tries--;
    if (k->tries) only = b->n;
    if (++k->pivots > 100 + 10 * b->n) k->status = LFAP_ERR_UNSOLVED;
    else pivot(b, g, lambda, tol, only, work);
    k->solved = 1;
    k->last = INFINITY;
    k->refined = 0;
    return !k->status;
  }
  if (!(off > rounding) || !(off <= 0.5 * k->last) || k->refined == REFINE) return 0;
  k->last = off;
  k->refined++;
  take_kinks(b, g, work);
  correct(b, g, work);
  return 1;
}

/* ---- all groups -------------------------------------------------------------------------------------------------- */

typedef struct {
  lfap_boxed *b;
  const double *lambda, *v;
  double *A;
  size_t count, g;
} job;

static void go_on_range(void *arg, size_t begin, size_t end, int worker) {
  const job *j = arg;
  double *work = j->b->work + (size_t)worker * 2 * j->b->n;
  for (size_t i = begin; i < end; i++) {
    size_t g = j->b->list[i];
    if (!j->b->kinks[g].factored) factor(j->b, g);
    j->b->active[g] = (unsigned char)(!j->b->kinks[g].status && go_on(j->b, g, j->lambda, work));
  }
}

/* About the operations of a factor and two solutions for each group. */
static double small_work(const lfap_boxed *b) {
  double sum = 0.0;
  for (size_t g = 0; g < b->groups; g++) {
    double k = (double)b->kinks[g].n;
    sum += k * k * (k / 3.0 + 4.0) + 8.0 * (double)b->n;
  }
  return sum;
}

/* t = K c of the groups that go on. */
static lfap_status multiply(lfap_ctx *ctx, lfap_boxed *b, size_t count) {
  size_t n = b->n;
  for (size_t i = 0; i < count; i++) memcpy(b->in + i * n, b->c + b->list[i] * n, n * sizeof(double));
  lfap_status st = lfap_rows_product(ctx, b->out, b->in, b->K, count, n, n);
  for (size_t i = 0; !st && i < count; i++) memcpy(b->t + b->list[i] * n, b->out + i * n, n * sizeof(double));
  return st;
}

static lfap_status failure(lfap_ctx *ctx, const lfap_boxed *b) {
  for (size_t g = 0; g < b->groups; g++) {
    const lfap_kinks *k = &b->kinks[g];
    if (k->status == LFAP_ERR_MEMORY)
      return lfap_fail(ctx, LFAP_ERR_MEMORY, "polish: no memory for the factors of %zu groups of neurons at N = %zu",
                       b->groups, b->n);
    if (k->status)
      return lfap_fail(ctx, LFAP_ERR_UNSOLVED,
                       "polish: the kinks of a neuron are not found after %zu exchanges (%zu of N = %zu samples at "
                       "kinks, samples %zu to %zu); they are too nearly dependent",
                       k->pivots, k->n, b->n, k->n ? k->at[0] : 0, k->n ? k->at[k->n - 1] : 0);
  }
  return LFAP_OK;
}

/* c at lambda with every slope as it stands; a pair that gets its first multiplier stands by the sign of t. */
static void begin(lfap_boxed *b, size_t g, const double *lambda, const double *before) {
  lfap_kinks *k = &b->kinks[g];
  double *c = b->c + g * b->n;
  unsigned char *pair = b->pair + g * b->n;
  for (size_t i = 0; i < b->n; i++) {
    if (pair[i] == LFAP_PAIR_KINK && !(lambda[i] > 0.0)) {
      pair[i] = LFAP_PAIR_SHUT;
      k->factored = 0;
    }
    if (pair[i] != LFAP_PAIR_KINK)
      c[i] = lambda[i] * (pair[i] == LFAP_PAIR_OWN ? b->own[g * b->n + i] : pair[i] == LFAP_PAIR_OPEN ? 1.0 : b->gamma);
    else if (before) c[i] = lfap_kink_clip(before[i] > 0.0 ? c[i] * (lambda[i] / before[i]) : 0.0, lambda[i], b->gamma);
  }
  k->solved = 0;
  k->least = b->n + 1;
  k->tries = WHOLE;
  k->pivots = 0;
  k->status = LFAP_OK;
}

lfap_status lfap_boxed_solve(lfap_ctx *ctx, lfap_boxed *b, const double *lambda, const double *before) {
  job j = {.b = b, .lambda = lambda};
  lfap_status st = LFAP_OK;
  for (size_t g = 0; g < b->groups; g++) {
    b->active[g] = !b->settled[g];
    if (b->active[g]) begin(b, g, lambda, before);
    b->settled[g] = 0;
  }
  for (;;) {
    j.count = 0;
    for (size_t g = 0; g < b->groups; g++)
      if (b->active[g]) b->list[j.count++] = g;
    if (!j.count) return failure(ctx, b);
    st = lfap_tick(ctx, "kinks", (double)(b->groups - j.count), (double)b->groups);
    if (!st) st = multiply(ctx, b, j.count);
    if (st) return st;
    lfap_parallel(lfap_threads(ctx), j.count, 1, small_work(b), go_on_range, &j);
  }
}

void lfap_boxed_margins(const lfap_boxed *b, double *q) {
  memset(q, 0, b->n * sizeof *q);
  for (size_t g = 0; g < b->groups; g++)
    lfap_kink_margins(q, b->weight[g], b->own + g * b->n, b->t + g * b->n, b->gamma, b->n);
}

/* ---- Newton's matrix --------------------------------------------------------------------------------------------- */

static void factor_range(void *arg, size_t begin, size_t end, int worker) {
  const job *j = arg;
  (void)worker;
  for (size_t g = begin; g < end; g++)
    if (!j->b->kinks[g].factored) factor(j->b, g);
}

lfap_status lfap_boxed_factor(lfap_ctx *ctx, lfap_boxed *b) {
  job j = {.b = b};
  lfap_parallel(lfap_threads(ctx), b->groups, 1, small_work(b), factor_range, &j);
  return failure(ctx, b);
}

/* in = s v, and at the kinks what keeps t there: -K_kk^-1 K_k: (s v). */
static void respond_range(void *arg, size_t begin, size_t end, int worker) {
  const job *j = arg;
  const lfap_boxed *b = j->b;
  double *work = b->work + (size_t)worker * 2 * b->n;
  for (size_t g = begin; g < end; g++) {
    const lfap_kinks *k = &b->kinks[g];
    if (!k->n) continue;
    for (size_t i = 0; i < k->n; i++) work[i] = b->out[g * b->n + k->at[i]];
    const double *z = solve(b, k, work);
    for (size_t i = 0; i < k->n; i++) b->in[g * b->n + k->at[i]] = -z[i];
  }
}

lfap_status lfap_boxed_product(lfap_ctx *ctx, lfap_boxed *b, double *y, const double *v) {
  size_t n = b->n;
  job j = {.b = b};
  for (size_t g = 0; g < b->groups; g++) lfap_kink_coef(b->in + g * n, b->s + g * n, v, n);
  lfap_status st = lfap_rows_product(ctx, b->out, b->in, b->K, b->groups, n, n);
  if (st) return st;
  lfap_parallel(lfap_threads(ctx), b->groups, 1, small_work(b), respond_range, &j);
  st = lfap_rows_product(ctx, b->out, b->in, b->K, b->groups, n, n);
  if (st) return st;
  memset(y, 0, n * sizeof *y);
  for (size_t g = 0; g < b->groups; g++) lfap_kink_gather(y, b->weight[g], b->s + g * n, b->out + g * n, n);
  return LFAP_OK;
}

double lfap_boxed_work(const lfap_boxed *b) {
  double sum = 0.0, n = (double)b->n;
  for (size_t g = 0; g < b->groups; g++) {
    double k = (double)b->kinks[g].n;
    sum += n * n * (k + 1.0) + 2.0 * n * k * k;
  }
  return sum;
}

/* Rows of K at the kinks of group g, and these times K_kk^-1: in[i*k..], out[i*k..]. */
static void kink_rows_range(void *arg, size_t begin, size_t end, int worker) {
  const job *j = arg;
  const lfap_boxed *b = j->b;
  const lfap_kinks *k = &b->kinks[j->g];
  (void)worker;
  for (size_t i = begin; i < end; i++) {
    double *u = j->A + i * k->n;
    for (size_t l = 0; l < k->n; l++) u[l] = b->K[i * b->n + k->at[l]];
    lfap_chol_solve(u + b->n * k->n, k->L, u, k->n);
  }
}

static void form_range(void *arg, size_t begin, size_t end, int worker) {
  const job *j = arg;
  const lfap_boxed *b = j->b;
  const lfap_kinks *k = &b->kinks[j->g];
  const double *s = b->s + j->g * b->n, *u = j->v;
  double *z = b->work + (size_t)worker * 2 * b->n;
  for (size_t i = begin; i < end; i++) {
    if (s[i] == 0.0) continue;
    if (k->n) lfap_gemv(z, u + b->n * k->n, u + i * k->n, i + 1, k->n);
    else memset(z, 0, (i + 1) * sizeof *z);
    lfap_kink_newton(j->A + i * b->n, b->weight[j->g], s[i], s, b->K + i * b->n, z, i + 1);
  }
}

lfap_status lfap_boxed_form(lfap_ctx *ctx, lfap_boxed *b, double *A) {
  size_t n = b->n, most = 1;
  for (size_t g = 0; g < b->groups; g++)
    if (b->kinks[g].n > most) most = b->kinks[g].n;
  double *u = malloc(2 * n * most * sizeof *u), work = lfap_boxed_work(b) / (double)b->groups;
  if (!u) return lfap_fail(ctx, LFAP_ERR_MEMORY, "polish: no memory for %zu kinks at N = %zu", most, n);
  lfap_status st = LFAP_OK;
  memset(A, 0, n * n * sizeof *A);
  for (size_t g = 0; !st && g < b->groups; g++) {
    job j = {.b = b, .A = u, .g = g};
    if (g % 64 == 0) st = lfap_tick(ctx, "Newton's matrix", (double)g, (double)b->groups);
    if (b->kinks[g].n) lfap_parallel(lfap_threads(ctx), n, 16, work, kink_rows_range, &j);
    j.v = u;
    j.A = A;
    lfap_parallel(lfap_threads(ctx), n, 16, work, form_range, &j);
  }
  free(u);
  return st;
}
