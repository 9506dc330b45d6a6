/* plan.c - `lfap plan`: before any work, what statements noise of a size can be expected to meet, and what it costs. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/plan.h"
#include "fields.h"
#include "oracle/lfap_oracle.h"

enum { O_N, O_D, O_GAMMA, O_N_ADV, O_M };
static const cli_option options[] = {
    {"n", "N", "natural samples"},
    {"d", "D", "their dimension"},
    {"gamma", "G", "leaky slope, between 0 and 1"},
    {"n-adv", "N", "noise bases to perturb, told beside the samples"},
    {"m", "M", "neurons, even (default 20)"},
    {NULL, NULL, NULL},
};

static lfap_status set_plan_option(cli *c, void *args, int option, const char *value) {
  cli_plan_report *r = args;
  switch (option) {
  case O_N: return cli_size(c, &r->n, "n", value);
  case O_D: return cli_size(c, &r->d, "d", value);
  case O_GAMMA: return cli_gamma_value(c, &r->gamma, value);
  case O_N_ADV: return cli_size(c, &r->n_adv, "n-adv", value);
  case O_M: return cli_size(c, &r->m, "m", value);
  default: return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "'%s' is not an option; sizes are named by --n and --d", value);
  }
}

static lfap_status check_plan_args(cli *c, const cli_plan_report *r) {
  lfap_status s = cli_require(c, r->n ? r : NULL, "--n", "the number of samples");
  if (!s) s = cli_require(c, r->d ? r : NULL, "--d", "the dimension of a sample");
  if (!s) s = cli_require(c, r->gamma > 0 ? r : NULL, "--gamma", "the leaky slope, between 0 and 1");
  return s ? s : cli_even(c, r->m, "--m");
}

/* ---- what the machine does in a second: every computation once at a small size ----------------------------------- */

typedef struct {
  lfap_data data;
  lfap_net net;
  double *G, *direction;
  lfap_limit lim;
} scene;

static lfap_status run_epochs(lfap_ctx *ctx, const scene *s, lfap_method method, lfap_form form, size_t epochs) {
  lfap_net net = {0};
  lfap_train_opts o;
  lfap_train_defaults(&o, method);
  o.form = form;
  o.epochs = epochs;
  if (method == LFAP_METHOD_SGD) o.lr = 1e-9; /* no size diverges, and an epoch costs the same */
  lfap_status st = lfap_net_init(ctx, &net, s->net.m, s->net.d, s->net.gamma, 1, 1.0);
  if (!st) st = lfap_train(ctx, &net, NULL, &s->data, &o);
  lfap_net_free(&net);
  return st;
}

static lfap_status perturb(lfap_ctx *ctx, const scene *s, lfap_cost what, size_t steps) {
  lfap_perturbed p = {0};
  lfap_perturb_opts o = {.norm = LFAP_L2, .eps = 0.1, .steps = steps};
  const lfap_data *D = &s->data;
  lfap_status st = what == LFAP_COST_GEOMETRY ? lfap_perturb_geometry(ctx, &p, D->x, D->y, s->direction, &o, D->n, D->d)
                   : what == LFAP_COST_GRADIENT ? lfap_perturb_gradient(ctx, &p, D->x, D->y, &s->net, &o, D->n)
                                                : lfap_perturb_pgd(ctx, &p, D->x, D->y, &s->net, &o, D->n);
  lfap_perturbed_free(&p);
  return st;
}

static lfap_status enclose(lfap_ctx *ctx, const scene *s) {
  lfap_enclosure e = {0};
  lfap_status st = lfap_limit_enclose(ctx, &e, &s->data, &s->lim, s->G);
  if (!st) st = oracle_enclosure_finish(ctx, &e, &s->data, &s->lim, s->G);
  lfap_enclosure_free(&e);
  return st;
}

static lfap_status certify(lfap_ctx *ctx, const scene *s) {
  oracle_cert k = {0};
  lfap_status st = oracle_limit_certify(ctx, &k, &s->data, s->net.gamma, NULL);
  oracle_cert_free(&k);
  mpfr_free_cache();
  return st;
}

/* A computation, `times` epochs or steps of it where it has them. */
static lfap_status work(lfap_ctx *ctx, scene *s, lfap_cost what, size_t times) {
  switch (what) {
  case LFAP_COST_GRAM: return lfap_gram(ctx, s->G, s->data.x, s->data.n, s->data.d);
  case LFAP_COST_LIMIT: lfap_limit_free(&s->lim); return lfap_limit_solve(ctx, &s->lim, &s->data, s->G, s->net.gamma);
  case LFAP_COST_FAST: return enclose(ctx, s);
  case LFAP_COST_CERTIFICATE: return certify(ctx, s);
  case LFAP_COST_SGD_PLAIN: return run_epochs(ctx, s, LFAP_METHOD_SGD, LFAP_FORM_PLAIN, times);
  case LFAP_COST_SGD_GRAM: return run_epochs(ctx, s, LFAP_METHOD_SGD, LFAP_FORM_GRAM, times);
  case LFAP_COST_FLOW: return run_epochs(ctx, s, LFAP_METHOD_FLOW, LFAP_FORM_AUTO, times);
  default: return perturb(ctx, s, what, times);
  }
}

static int repeats(lfap_cost what) {
  return what == LFAP_COST_SGD_PLAIN || what == LFAP_COST_SGD_GRAM || what == LFAP_COST_FLOW || what == LFAP_COST_PGD;
}

/* Seconds of one computation, epoch or step: the least of what a tenth of a second has room for. What is done once
   before epochs is not in it. */
static lfap_status measure(lfap_ctx *ctx, double *out, scene *s, lfap_cost what) {
  enum { TRIES = 3, MORE = 40 };
  const double enough = cli_seconds() + 0.1;
  lfap_status st = LFAP_OK;
  double once = INFINITY, many = INFINITY;
  for (int i = 0; !st && (i < TRIES || cli_seconds() < enough); i++) {
    double t = cli_seconds();
    st = work(ctx, s, what, 1);
    double u = cli_seconds();
    once = fmin(once, u - t);
    if (st || !repeats(what)) continue;
    st = work(ctx, s, what, 1 + MORE);
    many = fmin(many, cli_seconds() - u);
  }
  *out = repeats(what) ? fmax(many - once, 0.0) / MORE : once;
  return st;
}

enum { SMALL_N = 128, SMALL_D = 1024, SMALL_M = 20 };

static lfap_status scene_make(lfap_ctx *ctx, scene *s) {
  lfap_status st = lfap_gen_uniform(ctx, &s->data, 1, SMALL_N, SMALL_D);
  if (!st) st = lfap_net_init(ctx, &s->net, SMALL_M, SMALL_D, 0.5, 1, 1.0);
  if (st) return st;
  s->G = malloc(SMALL_N * SMALL_N * sizeof *s->G);
  s->direction = s->net.w;
  return s->G ? LFAP_OK : lfap_fail(ctx, LFAP_ERR_MEMORY, "no memory for a matrix of %d rows", SMALL_N);
}

/* Seconds a unit of work. */
static lfap_status calibrate(cli *c, double rate[LFAP_COSTS]) {
  scene s = {0};
  lfap_status st = scene_make(&c->ctx, &s);
  for (int k = 0; !st && k < LFAP_COSTS; k++) {
    st = measure(&c->ctx, &rate[k], &s, (lfap_cost)k);
    rate[k] /= lfap_cost_work((lfap_cost)k, SMALL_N, SMALL_D, SMALL_M);
  }
  cli_progress_clear(c);
  lfap_limit_free(&s.lim);
  lfap_net_free(&s.net);
  lfap_data_free(&s.data);
  free(s.G);
  return st;
}

/* ---- the plan ---------------------------------------------------------------------------------------------------- */

static void plan_set(cli_plan_report *r, const char *set, size_t n, const double rate[LFAP_COSTS], int threads) {
  static const lfap_study_kind law[] = {LFAP_STUDY_UNIFORM, LFAP_STUDY_GAUSS};
  for (int i = 0; i < 2; i++) {
    cli_plan_noise *k = &r->noise[r->noises++];
    k->set = set;
    lfap_noise_of(&k->noise, law[i], n, r->d, r->gamma);
  }
  for (int i = 0; i < LFAP_COSTS; i++)
    r->cost[r->costs++] = (cli_plan_cost){.set = set,
                                          .what = lfap_cost_name[i],
                                          .bytes = lfap_cost_bytes((lfap_cost)i, n, r->d, r->m, threads),
                                          .seconds = rate[i] * lfap_cost_work((lfap_cost)i, n, r->d, r->m)};
}

static void noise_row(const void *user, size_t i, cli_cells *out) {
  const lfap_noise_line *l = &((const cli_plan_noise *)user)->noise.line[i];
  snprintf(out->room[0], CLI_CELL, "%10.4g", l->value);
  snprintf(out->room[1], CLI_CELL, "%-2s %.4g", l->relation, l->bound);
  const char *const text[] = {lfap_outlook_name[l->outlook], l->id, l->what, out->room[0], out->room[1]};
  memcpy(out->text, text, sizeof text);
}

static void print_noise(const cli_plan_noise *k) {
  const cli_table t = {.cells = 5, .flex = 2, .below = 5, .least = {13, 3, 42, 0, 0}, .near = 0x1e};
  cli_say("%s, %s: N = %zu; (H) is sure from d = %.3g on, typical from %.3g on\n", k->set,
          lfap_study_kind_name[k->noise.law], k->noise.n, k->noise.d_sure, k->noise.d_typical);
  cli_table_print(&t, noise_row, k, LFAP_NOISE_ASKED);
}

static void duration(char out[LFAP_BYTES], double s) {
  if (s < 120.0) snprintf(out, LFAP_BYTES, "%.2g s", s);
  else if (s < 7200.0) snprintf(out, LFAP_BYTES, "%.0f min", s / 60.0);
  else snprintf(out, LFAP_BYTES, "%.1f h", s / 3600.0);
}

static void print_plan(const cli *c, const cli_plan_report *r) {
  char bytes[LFAP_BYTES], time[LFAP_BYTES];
  cli_say("plan: N = %zu, d = %zu, gamma = %g, m = %zu; expectations of noise, nothing was drawn or judged\n", r->n,
          r->d, r->gamma, r->m);
  for (size_t i = 0; i < r->noises; i++) print_noise(&r->noise[i]);
  cli_say("estimates for this machine, %d threads, scaled from %.2g s of measuring\n", c->ctx.threads, r->measured);
  for (size_t i = 0; i < r->costs; i++) {
    const cli_plan_cost *k = &r->cost[i];
    duration(time, k->seconds);
    cli_say("  %-6s %-24s about %-10s %s\n", k->set, k->what, time, lfap_bytes(bytes, k->bytes));
  }
}

static lfap_status run_plan(cli *c, int argc, char **argv) {
  cli_plan_report r = {.m = 20};
  double rate[LFAP_COSTS];
  int help = 0;
  lfap_status s = cli_parse(c, &r, set_plan_option, &help, argc, argv);
  if (s || help) return s;
  s = check_plan_args(c, &r);
  double start = cli_seconds();
  if (!s) s = calibrate(c, rate);
  if (s) return s;
  r.measured = cli_seconds() - start;
  plan_set(&r, "data", r.n, rate, c->ctx.threads);
  if (r.n_adv) plan_set(&r, "bases", r.n_adv, rate, c->ctx.threads);
  if (c->json) return cli_print_plan(c, &r);
  print_plan(c, &r);
  return LFAP_OK;
}

const cli_verb cli_plan = {
    "plan",
    "before any work: what noise of a size can be expected to meet, and what it costs",
    "--n N --d D --gamma G [--n-adv N] [--m M]",
    "Tells for uniform and normal noise the typical value of each condition of the theory against its bound, and from\n"
    "which d on (H) holds; then memory and time of each computation, estimated by its sizes and a second of measuring\n"
    "here. \"sure\" is a union bound (a miss has probability 1 % at most); \"expected\" and \"not expected\" speak\n"
    "of a typical draw, \"open\" is too near to tell. No data are drawn: `lfap limit` and `lfap verify` judge.",
    "  lfap plan --n 100 --d 10000 --gamma 0.5\n"
    "  lfap plan --n 1000 --d 10000 --gamma 0.01 --n-adv 10000 --m 1000 --json",
    options,
    run_plan};
