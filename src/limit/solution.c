/* solution.c - a programme on data solved, measured on the samples, and where doubles do not settle it, solved once
 * more from these (statements Q1, C2; spec/numerics.md N6). */
#include "limit/solution.h"

#include "limit/farkas.h"

#include <stdlib.h>
#include <string.h>

/* The residual, and whether the multipliers separate, from Q lambda with its bounds. */
static void judge_solution(lfap_solution *s, const lfap_measured *at, const lfap_qm *m) {
  s->residual = 0.0;
  s->separates = 1;
  for (size_t i = 0; i < m->n; i++) {
    lfap_range q = lfap_measured_row(at, m, i);
    double off = s->lambda[i] > 0.0 ? fmax(fabs(1.0 - q.lo), fabs(1.0 - q.hi)) : fmax(0.0, 1.0 - q.lo);
    off = off > 0.0 ? nextafter(off, INFINITY) : 0.0;
    if (!(off <= s->residual)) s->residual = off;
    if (!(q.lo > 0.0)) s->separates = 0;
  }
}

int lfap_solution_settled(const lfap_solution *s) {
  return s->residual <= LFAP_RESIDUAL_MOST && s->trust.error <= LFAP_ERROR_MOST && s->trust.closed;
}

lfap_status lfap_solution_measure(lfap_ctx *ctx, lfap_solution *s, lfap_view *view, const lfap_qm *m,
                                  const lfap_data *data) {
  size_t n = data->n;
  lfap_view see = {.norm = calloc((1 + 4 * m->blocks) * n, sizeof(double))};
  if (!see.norm) return lfap_fail(ctx, LFAP_ERR_MEMORY, "limit: no memory for the residual of N = %zu", n);
  for (size_t i = 0; i < n; i++) see.norm[i] = lfap_norm_above(data->x + i * data->d, data->d);
  for (size_t b = 0; b < m->blocks; b++) {
    double *of = see.norm + (1 + 4 * b) * n;
    see.at[b] = (lfap_measured){of, of + n, of + 2 * n, of + 3 * n};
    lfap_measure(ctx, &see.at[b], s->lambda + b * n, see.norm, data, m->sums);
  }
  judge_solution(s, see.at, m);
  for (size_t b = 0; b < m->blocks && !(s->residual <= LFAP_RESIDUAL_MOST); b++)
    lfap_measure_closer(&see.at[b], s->lambda + b * n, see.norm, data, m->sums);
  if (!(s->residual <= LFAP_RESIDUAL_MOST)) judge_solution(s, see.at, m);
  if (view) *view = see;
  else free(see.norm);
  return LFAP_OK;
}

/* What of the ray is a combination of labels times samples: the coefficients of its w. */
static void to_samples(double *ray, const lfap_qm *m) {
  for (size_t k = 0; m->kinks && k < m->samples; k++) ray[k] += 2.0 * ray[m->samples + k] / (1.0 + m->gamma);
}

/* Solves; a programme that doubles do not solve leaves its last point. INFEASIBLE: proved. */
static lfap_status attempt(lfap_ctx *ctx, lfap_solution *s, lfap_qp_task *task) {
  task->trust = &s->trust;
  lfap_status st = lfap_qp_run(ctx, s->lambda, s->mu, &s->way, task);
  if (st == LFAP_ERR_INFEASIBLE) {
    to_samples(task->ray, task->m);
    st = lfap_farkas(ctx, task->data, task->ray, task->m->kinks);
  }
  if (st == LFAP_ERR_UNSOLVED) st = LFAP_OK;
  return st ? st : lfap_solution_measure(ctx, s, NULL, task->m, task->data);
}

/* Whether `a` is to stand in the place of `s`. */
static int better(const lfap_solution *a, const lfap_solution *s) {
  if (a->separates != s->separates) return a->separates;
  if (lfap_solution_settled(a) != lfap_solution_settled(s)) return lfap_solution_settled(a);
  if (isfinite(a->trust.error) && isfinite(s->trust.error)) return a->trust.error < s->trust.error;
  return a->residual < s->residual;
}

/* Once more with residuals of the samples themselves, from the support that the rounded matrix led to; the better
   one stays. */
static lfap_status improve(lfap_ctx *ctx, lfap_solution *s, lfap_qp_task *task, lfap_qm *m) {
  size_t n = m->n;
  double *v = malloc(2 * n * sizeof *v);
  unsigned char *in = malloc(n);
  lfap_solution again = {.lambda = v, .mu = v ? v + n : NULL};
  lfap_status st = v && in ? LFAP_OK : lfap_fail(ctx, LFAP_ERR_MEMORY, "limit: no memory for N = %zu", n);
  if (!st) {
    for (size_t i = 0; i < n; i++) in[i] = s->lambda[i] > 0.0;
    task->support = in;
    m->on_data = 1;
    st = attempt(ctx, &again, task);
  }
  s->way.rounds += again.way.rounds;
  s->way.iterations += again.way.iterations;
  if (!st && better(&again, s)) {
    memcpy(s->lambda, again.lambda, n * sizeof *v);
    memcpy(s->mu, again.mu, n * sizeof *v);
    s->residual = again.residual;
    s->trust = again.trust;
    s->separates = again.separates;
    s->way.full = again.way.full;
  }
  free(v);
  free(in);
  return st;
}

lfap_status lfap_solution_find(lfap_ctx *ctx, lfap_solution *s, lfap_qp_task *task, lfap_qm *m) {
  lfap_system held = {0};
  task->held = &held;
  task->ray = malloc(m->n * sizeof(double));
  lfap_status st =
      task->ray ? attempt(ctx, s, task) : lfap_fail(ctx, LFAP_ERR_MEMORY, "limit: no memory for N = %zu", m->n);
  if (!st && !lfap_solution_settled(s)) st = improve(ctx, s, task, m);
  lfap_system_close(&held);
  free(task->ray);
  task->held = NULL;
  task->ray = NULL;
  return st;
}

lfap_status lfap_solution_take(lfap_ctx *ctx, lfap_solution *s, lfap_view *view, lfap_qp_task *task, lfap_qm *m,
                               const double *given) {
  memcpy(s->lambda, given, m->n * sizeof *given);
  m->on_data = 1;
  lfap_qm_residual(ctx, s->mu, m, task->b, given, (lfap_qm_part){NULL, NULL, m->n, m->n});
  s->way.full = 1;
  for (size_t i = 0; i < m->n; i++) {
    s->mu[i] = -s->mu[i];
    s->way.full = s->way.full && given[i] > 0.0;
  }
  task->trust = &s->trust;
  lfap_status st = lfap_qp_doubt(ctx, given, task);
  return st ? st : lfap_solution_measure(ctx, s, view, m, task->data);
}
