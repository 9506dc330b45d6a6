/* case.c - one verification case from data to verdicts: the main job of lfap (spec/theory.md, all statements). */
#include "verify/run.h"

#include "kernel/lanes.h"
#include "kernel/random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static lfap_status check_opts(lfap_ctx *ctx, const lfap_verify_opts *o) {
  if (!o->data || o->data->n == 0) return lfap_fail(ctx, LFAP_ERR_USAGE, "verify: no data");
  if (o->test && o->test->d != o->data->d)
    return lfap_fail(ctx, LFAP_ERR_DATA, "verify: test points have d = %zu, the data d = %zu", o->test->d, o->data->d);
  if (o->net && o->net->d != o->data->d)
    return lfap_fail(ctx, LFAP_ERR_DATA, "verify: the weights have d = %zu columns, the data d = %zu", o->net->d,
                     o->data->d);
  if (o->net && o->net->gamma != o->gamma)
    return lfap_fail(ctx, LFAP_ERR_DATA, "verify: the network has gamma = %g, the case gamma = %g", o->net->gamma,
                     o->gamma);
  if (o->n_adv == 0 || o->flow_steps == 0 || !(o->log_loss_target < 0.0))
    return lfap_fail(ctx, LFAP_ERR_USAGE,
                     "verify: n_adv = %zu and flow steps = %zu must be positive, the log-loss target negative",
                     o->n_adv, o->flow_steps);
  return LFAP_OK;
}

static lfap_status add_points(lfap_run *r, const char *name, const double *Z, const double *y, size_t n) {
  if (n == 0) return LFAP_OK;
  lfap_points *p = &r->points[r->sets];
  *p = (lfap_points){.name = name, .Z = Z, .y = y, .n = n, .f_bdy = malloc(n * sizeof(double))};
  if (!p->f_bdy) return lfap_fail(r->ctx, LFAP_ERR_MEMORY, "verify: no memory for %zu points", n);
  for (size_t i = 0; i < n; i++) p->f_bdy[i] = lfap_dot(r->d, r->c->lim.w, Z + i * r->d);
  r->sets++;
  return LFAP_OK;
}

static lfap_status make_points(lfap_run *r) {
  const lfap_verify_opts *o = r->o;
  lfap_status st = add_points(r, "data", o->data->x, o->data->y, o->data->n);
  if (!st && o->probes) {
    lfap_philox g;
    lfap_mat probe = {0};
    st = lfap_mat_alloc(r->ctx, &probe, o->probes, r->d);
    r->probe = probe.v;
    if (st) return st;
    lfap_philox_seed(&g, o->seed + 100);
    for (size_t i = 0; i < o->probes; i++) {
      double *row = r->probe + i * r->d;
      lfap_fill_uniform(row, &g, r->moving);
      for (size_t k = 0; o->data->bias && k < r->moving; k++) row[k] *= r->noise;
      if (o->data->bias) row[r->moving] = 1.0;
    }
    st = add_points(r, "probes", r->probe, NULL, o->probes);
  }
  if (!st && o->test) st = add_points(r, "test", o->test->x, o->test->y, o->test->n);
  return st;
}

/* e of T3 for one norm; nothing for a norm that is left out. */
static lfap_status make_direction(lfap_run *r, int k) {
  if (r->o->eps[k] == 0.0) return LFAP_OK;
  r->e[k] = calloc(r->d, sizeof(double));
  if (!r->e[k]) return lfap_fail(r->ctx, LFAP_ERR_MEMORY, "verify: no memory for d = %zu", r->d);
  return lfap_perturb_unit(r->ctx, r->e[k], &r->dual[k], r->c->lim.w, (lfap_norm)k, r->o->k, r->moving);
}

/* The size of the first `cols` coordinates of the data, as a power of two: noise and flows made here are made for it.
   Ordinary data, entries up to 16, are taken as they are. */
static double unit_of(const lfap_data *data, size_t cols) {
  int exponent = 0;
  double largest = 0.0;
  for (size_t n = 0; n < data->n; n++) largest = fmax(largest, lfap_amax(cols, data->x + n * data->d));
  if (largest >= 0x1p-4 && largest <= 0x1p4) return 1.0;
  (void)frexp(largest, &exponent);
  return ldexp(1.0, exponent);
}

int lfap_of_the_data(lfap_status st) {
  return st == LFAP_ERR_DATA || st == LFAP_ERR_INFEASIBLE || st == LFAP_ERR_RANGE || st == LFAP_ERR_UNSOLVED;
}

lfap_status lfap_run_left_out(lfap_run *r, lfap_status st, const char *subject, const char *part) {
  if (!lfap_of_the_data(st)) return st;
  lfap_facts none = {0};
  char why[sizeof r->ctx->message] = "";
  if (r->ctx) {
    memcpy(why, r->ctx->message, sizeof why);
    r->ctx->message[0] = '\0';
  }
  ADD(k, LEFT_OUT, subject, part, &none, NAN, NAN);
  lfap_check_note(k, "%s", why);
  return LFAP_OK;
}

static void drop_direction(lfap_run *r, int k) {
  free(r->e[k]);
  r->e[k] = NULL;
}

/* The natural side needs every direction at once; beside an adversarial set, which may fill the memory, there is
   one. */
static lfap_status run_parts(lfap_run *r) {
  lfap_status st = LFAP_OK;
  for (int k = 0; !st && k < LFAP_NORMS; k++) st = make_direction(r, k);
  if (!st) st = lfap_run_natural(r);
  for (int k = 0; k < LFAP_NORMS; k++) drop_direction(r, k);
  for (int k = 0; !st && k < LFAP_NORMS; k++) {
    st = make_direction(r, k);
    if (!st && r->e[k]) st = lfap_run_adversarial(r, (lfap_norm)k);
    drop_direction(r, k);
  }
  return st ? st : lfap_run_controls(r);
}

static void run_free(lfap_run *r) {
  for (size_t s = 0; s < LFAP_POINT_SETS; s++) free(r->points[s].f_bdy);
  free(r->probe);
  lfap_flown_free(&r->flown);
  lfap_set_free(&r->natural);
  if (!r->o->net) lfap_net_free(&r->net);
  lfap_history_free(&r->hist);
}

/* Where someone can do better than doubles, their best multipliers are no end yet. */
static lfap_status natural_limit(lfap_run *r) {
  const lfap_verify_opts *o = r->o;
  lfap_limit *lim = &r->c->lim;
  const lfap_certifier *who = o->certifier;
  lfap_limit_opts best = {.best_effort = who && who->refine};
  lfap_status st = lfap_set_gram(r->ctx, &r->natural);
  if (!st) st = lfap_limit_solve_opts(r->ctx, lim, o->data, r->natural.gram, o->gamma, &best);
  if (!st && best.best_effort) st = who->refine(who->user, r->ctx, lim, &r->natural);
  r->natural.limit = lim;
  for (size_t i = 0; !st && i < lim->n; i++)
    if (!lim->settled && !(lim->q[i] > 0.0))
      st = lfap_fail(r->ctx, LFAP_ERR_UNSOLVED,
                     "doubles found no multipliers that separate the samples, and no certificate did");
  return st;
}

/* Doubles found no limit of the data: the one line there is says so, and why. */
static lfap_status unsolved(lfap_run *r) {
  lfap_facts unknown = {.of = {[LFAP_WHEN_ALWAYS] = LFAP_UNKNOWN}};
  ADD(k, Q1, "data", NULL, &unknown, NAN, NAN);
  lfap_check_note(k, "%s", r->ctx ? r->ctx->message : "doubles cannot tell");
  return LFAP_OK;
}

lfap_status lfap_verify_case(lfap_ctx *ctx, lfap_case *out, const lfap_verify_opts *o) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = check_opts(ctx, o);
  if (!st && o->net) st = lfap_net_plain(ctx, o->net, "verify");
  if (st) return st;
  lfap_case c = {.n = o->data->n,
                 .d = o->data->d,
                 .n_adv = o->n_adv,
                 .m = o->net ? o->net->m : o->m,
                 .gamma = o->gamma,
                 .eps = o->eps[LFAP_L2],
                 .seed = o->seed};
  lfap_run r = {.ctx = ctx,
                .o = o,
                .c = &c,
                .d = c.d,
                .moving = c.d - (o->data->bias != 0),
                .unit = unit_of(o->data, c.d),
                .natural = {.data = o->data, .checked = o->checked}};
  r.noise = unit_of(o->data, r.moving);
  snprintf(c.name, sizeof c.name, "%s", o->name ? o->name : "case");
  st = lfap_set_check(ctx, &r.natural, c.name);
  if (!st) st = natural_limit(&r);
  if (st == LFAP_ERR_UNSOLVED) st = unsolved(&r);
  else if (!st) {
    c.hyp = c.lim.hyp;
    st = make_points(&r);
    if (!st) st = run_parts(&r);
  }
  run_free(&r);
  if (st) lfap_case_free(&c);
  else *out = c;
  return st;
}
