/* perturb.c - `lfap perturb`: adversarial perturbations from the limit's direction, from a network's gradient, or by
 * the authors' projected gradient descent (P1; spec/theory.md sections 3 and 6, numerics N7). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "mpfr.h"
#include "perturb/norm.h"

enum {
  O_NORM,
  O_FROM,
  O_DATA,
  O_TARGETS,
  O_DIRECTION,
  O_WEIGHTS,
  O_GAMMA,
  O_EPS,
  O_K,
  O_STEPS,
  O_RANGE,
  O_ARITHMETIC,
  O_PREC,
  O_DIGITS,
  O_OUT
};
static const cli_option options[] = {
    {"norm", "NAME", LFAP_NORM_WORDS},
    {"from", "NAME",
     "geometry: the direction w of the limit; gradient: the network's own gradient\n"
     "at the base; pgd: the authors' iteration"},
    {"data", "PATH", "directory with X.npy and y.npy, or an NPY file of N x d bases"},
    {"targets", "FILE", "NPY file of N targets, +1 or -1 (default: y.npy in the directory)"},
    {"direction", "FILE", "geometry: w, d entries, as `lfap limit` writes it"},
    {"weights", "FILE",
     "gradient, pgd: W, m x d (default: W.npy in the directory); geometry without\n"
     "--direction: the mean positive row minus the mean negative row is used"},
    {"gamma", "G", "gradient, pgd: leaky slope of the network, between 0 and 1"},
    {"eps", "E", "size in the norm; l0: of each entry; pgd l0: of a step (default, of pgd l0 alone: 0.3)"},
    {"k", "K", "l0 geometry and gradient: number of entries"},
    {"steps", "S", "pgd: iterations (default 100; l0: a twentieth of d, each may reach one more entry)"},
    {"range", "LO,HI", "pgd: keep every entry of the perturbed point in [LO, HI] (default: no bound)"},
    CLI_ARITHMETIC_OPTIONS("gradient and pgd"),
    {"out", "DIR", "directory for X.npy (perturbed), y.npy (targets), eta.npy and meta.json"},
    {NULL, NULL, NULL},
};

static const char *const sources[] = {"geometry", "gradient", "pgd"};
enum { GEOMETRY = ORACLE_GEOMETRY, GRADIENT = ORACLE_GRADIENT, PGD = ORACLE_PGD };

typedef struct {
  int norm, from; /* -1: not given */
  const char *data, *targets, *direction, *weights, *out;
  double gamma;
  int eps_given;
  cli_origin made_from; /* what the direction or the network is about */
  lfap_perturb_opts o;
  cli_arithmetic in;
} args;

static lfap_status set_perturb_option(cli *c, void *args_, int option, const char *value) {
  args *a = args_;
  switch (option) {
  case O_NORM: return cli_norm_value(c, &a->norm, value);
  case O_FROM: return cli_word(c, &a->from, "--from", value, sources, 3);
  case O_DATA: a->data = value; return LFAP_OK;
  case O_TARGETS: a->targets = value; return LFAP_OK;
  case O_DIRECTION: a->direction = value; return LFAP_OK;
  case O_WEIGHTS: a->weights = value; return LFAP_OK;
  case O_GAMMA: return cli_gamma_value(c, &a->gamma, value);
  case O_EPS: a->eps_given = 1; return cli_eps_value(c, &a->o.eps, value);
  case O_K: return cli_size(c, &a->o.k, "k", value);
  case O_STEPS: return cli_size(c, &a->o.steps, "steps", value);
  case O_RANGE: a->o.has_range = 1; return cli_range_value(c, &a->o.lo, &a->o.hi, value);
  case O_ARITHMETIC:
  case O_PREC:
  case O_DIGITS: return cli_arithmetic_option(c, &a->in, option - O_ARITHMETIC, value);
  case O_OUT: a->out = value; return LFAP_OK;
  default: return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "'%s' is not an option; bases are named by --data", value);
  }
}

/* Options that would be ignored are refused: a run must not look as if they had counted. */
static lfap_status check_fit(cli *c, const args *a) {
  const lfap_norm_object *norm = lfap_norm_of((lfap_norm)a->norm);
  int pgd = a->from == PGD;
  if (a->o.k && (!norm->takes_k || pgd))
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--k belongs to --norm l0 from geometry or gradient%s",
                     pgd ? "; pgd reaches one entry a step: give --steps" : "");
  if (!pgd && (a->o.steps || a->o.has_range))
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--steps and --range belong to --from pgd, not %s", sources[a->from]);
  if (a->direction && a->from != GEOMETRY)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--direction belongs to --from geometry; %s takes --weights",
                     sources[a->from]);
  if (a->direction && a->weights)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--direction and --weights each give a direction; leave one out");
  if (norm->takes_k && !pgd && !a->o.k)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--k is missing: --norm %s needs the number of entries to change",
                     norm->name);
  if (!a->eps_given && !(pgd && norm->takes_k))
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--eps is missing: the size of the perturbation in the norm");
  return LFAP_OK;
}

static lfap_status check_perturb_args(cli *c, args *a) {
  lfap_status s = cli_require(c, a->norm >= 0 ? a : NULL, "--norm", LFAP_NORM_WORDS);
  if (!s) s = cli_require(c, a->from >= 0 ? a : NULL, "--from", "geometry, gradient or pgd");
  if (!s) s = cli_require(c, a->data, "--data", "the bases to perturb");
  if (!s) s = check_fit(c, a);
  if (!s) s = cli_arithmetic_check(c, &a->in, a->out);
  if (!s && a->in.which == CLI_HALF && a->from == GEOMETRY)
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE,
                  "--arithmetic half belongs to --from gradient and pgd: geometry runs no network");
  if (!s && a->from != GEOMETRY)
    s = cli_require(c, a->gamma > 0 ? a : NULL, "--gamma", "the leaky slope of the network, between 0 and 1");
  if (!s && a->from == GEOMETRY && !a->direction && !a->weights && cli_is_lone(a->data, "W"))
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--direction is missing: geometry needs w.npy as `lfap limit` writes it");
  if (!s && a->from != GEOMETRY && !a->weights && cli_is_lone(a->data, "W"))
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--weights is missing: %s needs the network's W.npy", sources[a->from]);
  if (!s) s = cli_require(c, a->out, "--out", "the directory to write X.npy and eta.npy to");
  return s ? s : cli_out_check(c, a->out);
}

/* What the data decide: how many entries and steps there can be. d: of what may change. */
static lfap_status finish_options(cli *c, args *a, size_t d) {
  a->o.norm = (lfap_norm)a->norm;
  a->o.bias = c->bias;
  if (a->in.which == CLI_HALF) a->o.arithmetic = LFAP_ARITHMETIC_HALF;
  if (a->o.k > d)
    return lfap_fail(&c->ctx, LFAP_ERR_DATA, "--k %zu: the bases have d = %zu entries; give at most that", a->o.k, d);
  if (a->from == PGD && !a->o.steps) a->o.steps = lfap_norm_steps(a->o.norm, d / 20);
  if (a->from == PGD && !a->o.steps)
    return lfap_fail(&c->ctx, LFAP_ERR_DATA, "d = %zu: a twentieth of it is no step at all; give --steps", d);
  if (!a->eps_given) a->o.eps = lfap_norm_of(a->o.norm)->eps_default(d);
  return LFAP_OK;
}

/* The direction of `geometry` without --direction: that of a network. */
static lfap_status direction_of(cli *c, lfap_mat *w, args *a, size_t d, const cli_origin *here) {
  lfap_net net = {0};
  int found = 0;
  lfap_status s = cli_weights_read(c, &net, &found, a->weights, a->data, here, &a->made_from);
  if (!s && !found)
    s = lfap_fail(&c->ctx, LFAP_ERR_NOINPUT, "%s/W.npy: not there; name the direction with --direction w.npy", a->data);
  if (!s) s = lfap_vec_alloc(&c->ctx, w, d);
  if (!s) lfap_net_direction(w->v, &net);
  lfap_net_free(&net);
  return s;
}

static lfap_status make_perturbed(cli *c, lfap_perturbed *out, args *a, const lfap_mat *x, const lfap_mat *t) {
  lfap_net net = {0};
  lfap_mat w = {0};
  cli_origin here = cli_origin_of_run(NULL, x->cols, a->gamma);
  lfap_status s = a->from != GEOMETRY ? cli_network_read(c, &net, a->weights, a->data, &here, &a->made_from)
                  : a->direction      ? cli_vector_read(c, &w, a->direction, x->cols)
                                      : direction_of(c, &w, a, x->cols, &here);
  if (!s && a->direction) s = cli_origin_array(c, &a->made_from, a->direction, &w, &here);
  if (!s && a->in.which == CLI_MPFR)
    s = cli_mpfr_perturb(
        c, out, &(oracle_perturb_args){(oracle_attack)a->from, &a->o, x->v, t->v, w.v, &net, x->rows, x->cols}, &a->in);
  else if (!s && a->from == GEOMETRY) s = lfap_perturb_geometry(&c->ctx, out, x->v, t->v, w.v, &a->o, x->rows, x->cols);
  else if (!s && a->from == GRADIENT) s = lfap_perturb_gradient(&c->ctx, out, x->v, t->v, &net, &a->o, x->rows);
  else if (!s) s = lfap_perturb_pgd(&c->ctx, out, x->v, t->v, &net, &a->o, x->rows);
  lfap_net_free(&net);
  lfap_mat_free(&w);
  return s;
}

/* Points and what was added, without the coordinate of a bias, to which nothing was. */
static lfap_status drop_constant(cli *c, lfap_perturbed *p) {
  lfap_perturbed full = *p;
  lfap_mat x = {0}, eta = {0}, last = {0};
  lfap_status s = lfap_mat_split(&c->ctx, &x, &last, p->x, p->n, p->d);
  lfap_mat_free(&last);
  if (!s) s = lfap_mat_split(&c->ctx, &eta, &last, p->eta, p->n, p->d);
  lfap_mat_free(&last);
  if (s) {
    lfap_mat_free(&x);
    return s;
  }
  *p = (lfap_perturbed){.n = p->n, .d = p->d - 1, .x = x.v, .eta = eta.v, .vanished = p->vanished};
  lfap_perturbed_free(&full);
  return LFAP_OK;
}

/* Sizes of eta as they came out, largest over the bases, and the bases nothing was added to. */
static void measure_perturbed(cli_perturb_report *r, const lfap_perturbed *p) {
  for (size_t n = 0; n < p->n; n++) {
    const double *eta = p->eta + n * p->d;
    size_t same = 0;
    for (int i = 0; i < LFAP_NORMS; i++) r->most[i] = fmax(r->most[i], lfap_norm_of((lfap_norm)i)->size(eta, p->d));
    while (same < p->d && eta[same] == 0) same++;
    r->unchanged += same == p->d;
  }
}

static lfap_status write_files(cli *c, const char *out, const cli_perturb_report *r, lfap_perturbed *p, lfap_mat *t) {
  lfap_json j = {.indent = 2};
  lfap_status s = cli_set_begin(c, out);
  if (!s) s = cli_out_matrix(c, out, "X.npy", p->x, p->n, p->d);
  if (!s) s = cli_out_vector(c, out, "y.npy", t->v, p->n);
  if (!s) s = cli_out_matrix(c, out, "eta.npy", p->eta, p->n, p->d);
  if (!s) s = cli_arithmetic_write(c, r->in);
  lfap_json_object_begin(&j, NULL);
  cli_put_perturb_head_fields(c, &j, r);
  if (!s) s = cli_set_end(c, &j, r->sha256);
  lfap_json_free(&j);
  return s;
}

static lfap_status finish_perturb(cli *c, const args *a, lfap_perturbed *p, lfap_mat *t) {
  char sha[CLI_SHA256];
  cli_perturb_report r = {.from = sources[a->from],
                          .sha256 = sha,
                          .o = &a->o,
                          .gamma = a->gamma > 0 ? a->gamma : NAN,
                          .sizes = {p->n, p->d},
                          .pgd = a->from == PGD,
                          .made_from = &a->made_from,
                          .in = &a->in};
  measure_perturbed(&r, p);
  r.vanished = p->vanished;
  cli_sha256(sha, p->x, p->n * p->d, t->v, p->n);
  if (r.unchanged && r.pgd && !c->quiet)
    cli_note("note: no step lowered the loss exp(-t f) at %zu of %zu bases, which stay as they are; where |f| is %s it "
             "under- or overflows, and weights of a smaller scale are needed\n",
             r.unchanged, p->n, a->in.which == CLI_HALF ? "above 10 or so" : "in the hundreds");
  lfap_status s = write_files(c, a->out, &r, p, t);
  if (s) return s;
  if (c->json) return cli_print_perturb(c, &r);
  cli_say("%s from %s: N = %zu bases of d = %zu, eps = %g\n", lfap_norm_name(a->o.norm), r.from, p->n, p->d, a->o.eps);
  cli_say("  largest perturbation");
  for (int i = 0; i < LFAP_NORMS; i++) {
    const lfap_norm_object *norm = lfap_norm_of((lfap_norm)i);
    if (norm->takes_k) cli_say("   %s %.0f", norm->measured, r.most[i]);
    else cli_say("   %s %.6g", norm->name, r.most[i]);
  }
  cli_say("\n");
  if (r.unchanged) cli_say("  bases unchanged        %zu\n", r.unchanged);
  if (r.vanished) cli_say("  gradient vanished      at %zu bases, which stopped there\n", r.vanished);
  return LFAP_OK;
}

static lfap_status run_perturb(cli *c, int argc, char **argv) {
  args a = {.norm = -1, .from = -1};
  lfap_mat x = {0}, t = {0};
  lfap_perturbed p = {0};
  int help = 0;
  lfap_status s = cli_parse(c, &a, set_perturb_option, &help, argc, argv);
  if (s || help) return s;
  s = check_perturb_args(c, &a);
  if (!s && !a.direction) s = cli_bias_find(c, a.weights, a.data);
  if (!s) s = cli_pairs_read(c, &x, &t, a.data, a.targets);
  if (!s) s = cli_spares_in(c, a.out, "X.npy");
  if (!s) s = finish_options(c, &a, x.cols - (c->bias != 0));
  if (!s) s = make_perturbed(c, &p, &a, &x, &t);
  if (!s && c->bias) s = drop_constant(c, &p);
  if (!s && cli_interrupted()) s = lfap_fail(&c->ctx, LFAP_ERR_INTERRUPTED, "interrupted; nothing was written");
  if (!s) s = finish_perturb(c, &a, &p, &t);
  lfap_perturbed_free(&p);
  lfap_mat_free(&x);
  lfap_mat_free(&t);
  lfap_text_free(&a.in.told);
  return s;
}

const cli_verb cli_perturb = {
    "perturb",
    "make adversarial perturbations of bases towards targets",
    "--norm " LFAP_NORM_BARS " --from geometry|gradient|pgd --data PATH [options] --out DIR",
    "Writes X.npy (the perturbed bases), eta.npy (what was added; x = base + eta, but where --range clamps, eta is "
    "what\n"
    "is left) and y.npy (the targets), so that DIR is a data set to learn from. Geometry and gradient give the "
    "largest\n"
    "t<eta,w> the norm allows (P1). PGD takes steps of eps/5 (l0: eps) and keeps the best iterate.",
    "  lfap gen uniform --n 2 --d 20000 --seed 1 --out data\n"
    "  lfap limit --data data --gamma 0.9 --out limit\n"
    "  lfap gen uniform --n 8 --d 20000 --seed 2 --out noise\n"
    "  lfap perturb --norm l2 --from geometry --data noise \\\n"
    "    --direction limit/w.npy --eps 5 --out adv\n"
    "  lfap train --data adv --gamma 0.9 --m 20 --out learned",
    options,
    run_perturb};
