/* split.c - `lfap split`: what initialisation, bases and perturbations give to the output of a trained network, point
 * by point, and by which of them it is decided (statement T5). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/coq.h"
#include "fields.h"
#include "kernel/perturb.h"
#include "verify/lines.h"

enum {
  O_DATA,
  O_LABELS,
  O_BASES,
  O_RUN,
  O_GAMMA,
  O_POINTS,
  O_POINT_LABELS,
  O_NATURAL,
  O_NATURAL_WEIGHTS,
  O_PROBES,
  O_SEED,
  O_OUT,
  O_COQ
};
static const cli_option options[] = {
    {"data", "PATH", "what the network was trained on: a directory as `lfap perturb` writes it, or an NPY file"},
    {"labels", "FILE", "NPY file of its labels, the targets (default: y.npy in the directory)"},
    {"bases", "FILE", "NPY file of the points before (default: X.npy minus eta.npy of the directory)"},
    {"run", "DIR",
     "the network: of `lfap train --coefficients` (W.npy, W0.npy, coefficients.npy),\n"
     "of `lfap polish` (W.npy, lambda.npy, slopes.npy), or a limit (lambda.npy, slopes.npy)"},
    {"gamma", "G", "leaky slope, where meta.json of the run does not tell it"},
    {"probe-points", "FILE", "NPY file of points, P x d"},
    {"probe-labels", "FILE", "NPY file of their labels, +1 or -1"},
    {"natural", "PATH",
     "natural samples: the points unless --probe-points names others, which\n"
     "are then labelled by W.npy in this directory, if it is there"},
    {"natural-weights", "FILE", "NPY file of the natural network: its signs are the labels"},
    {"probes", "N", "without --probe-points and --natural: random points, uniform on [-1, 1)^d (default 1000)"},
    {"seed", "S", "seed of the random points (default 0)"},
    {"out", "DIR", "directory for points.csv and meta.json; without it nothing is written"},
    {"coq", "[=FORM]",
     "also write Certificate.v to --out: a theorem for Coq's kernel about the doubles of a training\n"
     "run, that at these points the perturbations decide; axiom-free (default) or fast"},
    {NULL, NULL, NULL},
};

typedef struct {
  const char *data, *labels, *bases, *run, *points, *point_labels, *natural, *natural_weights, *out;
  double gamma; /* 0: not given */
  size_t probes;
  uint64_t seed;
  int random_given;
  cli_coq_args coq;
} args;

static lfap_status set_split_option(cli *c, void *args_, int option, const char *value) {
  args *a = args_;
  switch (option) {
  case O_DATA: a->data = value; return LFAP_OK;
  case O_LABELS: a->labels = value; return LFAP_OK;
  case O_BASES: a->bases = value; return LFAP_OK;
  case O_RUN: a->run = value; return LFAP_OK;
  case O_GAMMA: return cli_gamma_value(c, &a->gamma, value);
  case O_POINTS: a->points = value; return LFAP_OK;
  case O_POINT_LABELS: a->point_labels = value; return LFAP_OK;
  case O_NATURAL: a->natural = value; return LFAP_OK;
  case O_NATURAL_WEIGHTS: a->natural_weights = value; return LFAP_OK;
  case O_PROBES: a->random_given = 1; return cli_size(c, &a->probes, "probes", value);
  case O_SEED: a->random_given = 1; return cli_whole(c, &a->seed, "seed", value);
  case O_OUT: a->out = value; return LFAP_OK;
  case O_COQ: return cli_coq_option(c, &a->coq, 0, value);
  default: return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "'%s' is not an option; the network is named by --run", value);
  }
}

/* Options that would be ignored are refused. */
static lfap_status check_split_args(cli *c, const args *a) {
  lfap_status s = cli_require(c, a->data, "--data", "the perturbed samples the network was trained on");
  if (!s) s = cli_require(c, a->run, "--run", "the directory of the run, with W.npy, W0.npy and coefficients.npy");
  if (!s && a->point_labels && !a->points)
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--probe-labels are of --probe-points; give these too");
  if (!s && a->point_labels && a->natural)
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--probe-labels and --natural each say what is right; leave one out");
  if (!s && a->natural_weights && !a->natural)
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--natural-weights belongs to --natural; give that too");
  if (!s && a->random_given && (a->points || a->natural))
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--probes and --seed draw points, but %s gives them",
                  a->points ? "--probe-points" : "--natural");
  if (!s && !a->bases && cli_is_file(a->data))
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE,
                  "--bases is missing: --data %s is a single file, so the points before come from a second one",
                  a->data);
  if (!s && a->coq.wanted && !a->out)
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--out is missing: --coq writes %s into a directory", CLI_COQ_FILE);
  return !s && a->out ? cli_out_check(c, a->out) : s;
}

/* ---- what is read ------------------------------------------------------------------------------------------------ */

typedef struct {
  const char *kind; /* train, polish, limit */
  lfap_net net;
  lfap_mat first, b;
} trained;

typedef struct {
  lfap_data data;
  cli_origin here;
  lfap_mat other; /* of the split of every sample: data.x holds the one part then */
  const double *base, *eta;
  trained run;
  lfap_mat points, label; /* label.v NULL: none */
  lfap_split split;
  lfap_split_point *at;
  lfap_split_shares shares;
  lfap_case lines;
  cli_coq coq;
} job;

static void job_free(job *w) {
  lfap_case_free(&w->lines);
  cli_coq_free(&w->coq);
  lfap_data_free(&w->data);
  lfap_mat_free(&w->other);
  lfap_net_free(&w->run.net);
  lfap_mat_free(&w->run.first);
  lfap_mat_free(&w->run.b);
  lfap_mat_free(&w->points);
  lfap_mat_free(&w->label);
  lfap_split_free(&w->split);
  free(w->at);
}

static lfap_status has(cli *c, int *there, const char *dir, const char *name) {
  char *path = NULL;
  lfap_status s = cli_path(c, &path, dir, name);
  *there = !s && cli_is_file(path);
  free(path);
  return s;
}

static lfap_status weights_of(cli *c, job *w, const char *dir, double gamma) {
  lfap_mat m = {0};
  lfap_status s = cli_dir_weights(c, &m, dir, "W.npy");
  if (!s) s = cli_even(c, m.rows, "W.npy");
  if (!s) s = cli_dir_shape(c, &m, dir, "W.npy", m.rows, w->data.d);
  if (s) lfap_mat_free(&m);
  else w->run.net = (lfap_net){.m = m.rows, .d = m.cols, .gamma = gamma, .w = m.v}; /* takes the numbers over */
  return s;
}

static lfap_status of_training(cli *c, job *w, const char *dir, double gamma) {
  trained *t = &w->run;
  t->kind = "train";
  lfap_status s = weights_of(c, w, dir, gamma);
  if (!s) s = cli_dir_weights(c, &t->first, dir, "W0.npy");
  if (!s) s = cli_dir_shape(c, &t->first, dir, "W0.npy", t->net.m, w->data.d);
  if (!s) s = cli_dir_matrix(c, &t->b, dir, "coefficients.npy", t->net.m, w->data.n);
  return s;
}

/* Multipliers and slopes: of a polished network m x N, of a limit N. */
static lfap_status of_kkt_point(cli *c, job *w, const char *dir, double gamma) {
  trained *t = &w->run;
  lfap_mat lambda = {0}, slope = {0};
  lfap_status s = cli_dir_matrix(c, &lambda, dir, "lambda.npy", w->data.n, 1);
  if (!s) s = cli_dir_npy(c, &slope, dir, "slopes.npy");
  if (!s && slope.ndim == 1) {
    t->kind = "limit";
    s = cli_dir_shape(c, &slope, dir, "slopes.npy", w->data.n, 1);
    if (!s) s = lfap_split_limit(&c->ctx, &t->net, &t->b, &w->data, lambda.v, slope.v, gamma);
  } else if (!s) {
    t->kind = "polish";
    s = weights_of(c, w, dir, gamma);
    if (!s) s = cli_dir_shape(c, &slope, dir, "slopes.npy", t->net.m, w->data.n);
    for (size_t i = 0; !s && i < slope.rows * slope.cols; i++) slope.v[i] *= lambda.v[i % slope.cols];
    t->b = slope;
    slope = (lfap_mat){0};
  }
  lfap_mat_free(&lambda);
  lfap_mat_free(&slope);
  return s;
}

/* Coefficients of other data are none of this network's. */
static lfap_status run_origin(cli *c, const job *w, const args *a, const char *file, double *gamma) {
  char why[CLI_ORIGIN_WHY];
  cli_origin of;
  lfap_status s = cli_origin_read(c, &of, a->run, file);
  if (s) return s;
  if (cli_origin_relation(&w->here, &of) == CLI_OTHER_DATA) {
    cli_origin_difference(why, &w->here, &of);
    return lfap_fail(&c->ctx, LFAP_ERR_DATA, "%s/%s: %s; --data names what the run was trained on", a->run, file, why);
  }
  if (!(a->gamma > 0) && isnan(of.gamma))
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--gamma is missing: no meta.json in --run %s tells the leaky slope",
                     a->run);
  if (a->gamma > 0 && !isnan(of.gamma) && of.gamma != a->gamma)
    return lfap_fail(&c->ctx, LFAP_ERR_DATA, "--gamma %g: the run in %s has gamma = %.15g; leave --gamma out", a->gamma,
                     a->run, of.gamma);
  *gamma = a->gamma > 0 ? a->gamma : of.gamma;
  return LFAP_OK;
}

static lfap_status read_run(cli *c, job *w, const args *a) {
  double gamma = 0;
  int training = 0, multipliers = 0, slopes = 0;
  lfap_status s = has(c, &training, a->run, "coefficients.npy");
  if (!s) s = has(c, &multipliers, a->run, "lambda.npy");
  if (!s) s = has(c, &slopes, a->run, "slopes.npy");
  if (s) return s;
  if (!training && !(multipliers && slopes))
    return lfap_fail(&c->ctx, LFAP_ERR_NOINPUT,
                     "--run %s: neither coefficients.npy (lfap train --coefficients) nor lambda.npy and slopes.npy "
                     "(lfap polish, lfap limit) are there",
                     a->run);
  s = run_origin(c, w, a, training ? "coefficients.npy" : "lambda.npy", &gamma);
  if (s) return s;
  return training ? of_training(c, w, a->run, gamma) : of_kkt_point(c, w, a->run, gamma);
}

/* The coordinate of a bias is 1 before as after: what was added to it is 0. */
static lfap_status constant_of(cli *c, lfap_mat *m, double value) {
  lfap_status s = lfap_mat_with_column(&c->ctx, m, NULL);
  for (size_t i = 0; !s && i < m->rows; i++) m->v[(i + 1) * m->cols - 1] = value;
  return s;
}

/* Points before and what was added: of x = base + eta one is read and the other takes the place of x. */
static lfap_status read_bases(cli *c, job *w, const args *a) {
  size_t n = w->data.n, d = w->data.d, constant = c->bias != 0;
  lfap_status s = a->bases ? lfap_npy_read_samples(&c->ctx, &w->other, a->bases) : LFAP_OK;
  int known = a->bases != NULL;
  if (!s && !known) s = has(c, &known, a->data, "eta.npy");
  if (!s && !known)
    s = lfap_fail(&c->ctx, LFAP_ERR_NOINPUT,
                  "%s/eta.npy: not there; name the points before they were perturbed with --bases", a->data);
  if (!s && !a->bases) s = cli_dir_npy(c, &w->other, a->data, "eta.npy");
  if (!s && c->bias) s = constant_of(c, &w->other, a->bases ? 1.0 : 0.0);
  if (!s && (w->other.rows != n || w->other.cols != d))
    s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "%s: shape (%zu, %zu), but the perturbed samples are (%zu, %zu)",
                  a->bases ? a->bases : "eta.npy", w->other.rows, w->other.cols - constant, n, d - constant);
  if (s) return s;
  lfap_sub(w->data.x, w->data.x, w->other.v, n * d);
  w->base = a->bases ? w->other.v : w->data.x;
  w->eta = a->bases ? w->data.x : w->other.v;
  return LFAP_OK;
}

/* The signs of the natural network at the points. */
static lfap_status network_labels(cli *c, job *w, const args *a, const cli_origin *natural) {
  lfap_net net = {0};
  cli_origin here = *natural;
  int found = 0;
  here.gamma = w->run.net.gamma;
  lfap_status s = cli_weights_read(c, &net, &found, a->natural_weights, a->natural, &here, NULL);
  if (!s && found) s = lfap_vec_alloc(&c->ctx, &w->label, w->points.rows);
  if (!s && found) s = lfap_net_eval(&c->ctx, w->label.v, &net, w->points.v, w->points.rows);
  for (size_t i = 0; !s && found && i < w->points.rows; i++) w->label.v[i] = lfap_sgn(w->label.v[i]);
  lfap_net_free(&net);
  return s;
}

static lfap_status natural_points(cli *c, job *w, const args *a) {
  size_t d = w->data.d;
  lfap_data natural = {0};
  lfap_status s = cli_data_read(c, &natural, a->natural, NULL);
  if (s) return s;
  cli_origin of = cli_origin_of_run(&natural, natural.d, 0);
  if (natural.d != d)
    s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "--natural %s: d = %zu, but the network has d = %zu", a->natural, natural.d,
                  d);
  if (!s && !a->points) {
    w->points = (lfap_mat){.rows = natural.n, .cols = d, .ndim = 2, .v = natural.x};
    natural.x = NULL;
    if (!a->natural_weights) {
      w->label = (lfap_mat){.rows = natural.n, .cols = 1, .ndim = 1, .v = natural.y};
      natural.y = NULL;
    }
  }
  if (!s && (a->points || a->natural_weights)) s = network_labels(c, w, a, &of);
  lfap_data_free(&natural);
  return s;
}

static lfap_status point_labels(cli *c, job *w, const char *path) {
  lfap_status s = lfap_npy_read(&c->ctx, &w->label, path);
  if (!s && ((w->label.rows != 1 && w->label.cols != 1) || w->label.rows * w->label.cols != w->points.rows))
    s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "%s: shape (%zu, %zu); each of the %zu points has one label", path,
                  w->label.rows, w->label.cols, w->points.rows);
  return s ? s : cli_labels_take(c, &w->label, path);
}

static lfap_status random_points(cli *c, job *w, const args *a) {
  lfap_data drawn = {0};
  lfap_status s = lfap_gen_uniform(&c->ctx, &drawn, a->seed, a->probes, w->data.d - (c->bias != 0));
  if (!s && c->bias) s = lfap_data_with_one(&c->ctx, &drawn);
  if (s) {
    lfap_data_free(&drawn);
    return s;
  }
  w->points = (lfap_mat){.rows = a->probes, .cols = w->data.d, .ndim = 2, .v = drawn.x};
  free(drawn.y);
  return LFAP_OK;
}

static lfap_status read_points(cli *c, job *w, const args *a) {
  if (!a->points && !a->natural) return random_points(c, w, a);
  lfap_status s = a->points ? cli_points_read(c, &w->points, a->points, w->data.d) : LFAP_OK;
  if (!s && a->natural) s = natural_points(c, w, a);
  if (!s && a->point_labels) s = point_labels(c, w, a->point_labels);
  return s;
}

/* A run has a bias where b.npy is beside its W.npy; of a limit w_bias.npy tells. */
static lfap_status find_bias(cli *c, const char *dir) {
  int limit = 0, training = 0;
  lfap_status s = cli_bias_find(c, NULL, dir);
  if (!s) s = has(c, &limit, dir, "w_bias.npy");
  if (!s) s = has(c, &training, dir, "coefficients.npy");
  if (!s && limit && !training) c->bias = 1;
  return s;
}

/* ---- the split --------------------------------------------------------------------------------------------------- */

static lfap_status split_run(cli *c, job *w, const args *a) {
  lfap_status s = find_bias(c, a->run);
  if (!s) s = cli_data_read(c, &w->data, a->data, a->labels);
  if (s) return s;
  w->here = cli_origin_of_run(&w->data, w->data.d, 0);
  s = read_run(c, w, a);
  if (!s) s = read_bases(c, w, a);
  if (!s) s = read_points(c, w, a);
  lfap_split_args in = {.net = &w->run.net,
                        .first = w->run.first.v,
                        .b = w->run.b.v,
                        .t = w->data.y,
                        .base = w->base,
                        .eta = w->eta,
                        .n = w->data.n};
  if (!s) s = lfap_split_of(&c->ctx, &w->split, &in);
  size_t np = w->points.rows;
  if (!s && !(w->at = calloc(np, sizeof *w->at)))
    s = lfap_fail(&c->ctx, LFAP_ERR_MEMORY, "no memory for the splits at %zu points", np);
  if (!s) s = lfap_split_at(&c->ctx, w->at, &w->split, w->points.v, np);
  if (!s) lfap_split_shares_of(&w->shares, w->at, w->label.v, np);
  return s;
}

/* A theorem about the doubles of the run. */
static lfap_status ask_coq(cli *c, job *w, const args *a) {
  lfap_data eta = {.n = w->data.n, .d = w->data.d, .x = (double *)w->eta, .y = w->data.y};
  if (!a->coq.wanted) return LFAP_OK;
  lfap_status s = cli_coq_unbiased(c);
  if (s) return s;
  if (a->bases)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE,
                     "--coq: the theorem is about the doubles of eta.npy in --data; leave --bases out");
  if (strcmp(w->run.kind, "train") != 0)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE,
                     "--coq: the theorem is about coefficients.npy of `lfap train --coefficients`; --run %s has none",
                     a->run);
  for (size_t i = 0; i < w->lines.checks; i++)
    if (w->lines.check[i].verdict == LFAP_FAIL) { /* a theorem about coefficients of another training says nothing */
      snprintf(w->coq.why, sizeof w->coq.why, "%s: FAIL: the coefficients are not of this network's training",
               w->lines.check[i].what);
      return LFAP_OK;
    }
  cli_coq_of_split(&w->coq, w->run.net.w, w->run.net.m, &eta, w->run.b.v);
  return cli_coq_find_run(c, &w->coq, a->coq.form, w->run.net.gamma, &w->points, NULL, 0.0);
}

static void judge_split(cli *c, const lfap_case *k, const cli_coq *coq) {
  cli_tally tally = {0};
  cli_tally_add(&tally, k->check, k->checks);
  if (coq && !coq->theorem.n) tally.of[LFAP_UNDECIDED]++;
  c->verdict = cli_tally_verdict(&tally);
}

/* ---- what is told ------------------------------------------------------------------------------------------------ */

static void csv(lfap_text *t, const job *w) {
  lfap_text_puts(t, "point,label,f,f_rest,effect,P_plus,P_minus,one_sign,decided\n");
  for (size_t i = 0; i < w->points.rows; i++) {
    const lfap_split_point *p = &w->at[i];
    const double column[] = {p->f, p->rest, p->effect, p->plus, p->minus};
    lfap_text_format(t, "%zu,", i);
    if (w->label.v) lfap_text_format(t, "%.0f", w->label.v[i]);
    for (int k = 0; k < 5; k++) {
      lfap_text_puts(t, ",");
      lfap_text_double(t, column[k]);
    }
    lfap_text_format(t, ",%d,%d\n", p->sign, p->decided);
  }
}

static lfap_status write_points(cli *c, const args *a, const job *w, const cli_split_report *r) {
  lfap_text t = {0};
  lfap_json j = {.indent = 2};
  if (!a->out) return LFAP_OK;
  csv(&t, w);
  lfap_status s = cli_set_begin(c, a->out);
  c->set.gamma = r->gamma;
  if (!s) s = cli_out_text(c, a->out, "points.csv", &t);
  if (!s && r->coq) s = cli_coq_write(c, a->out, r->coq);
  lfap_json_object_begin(&j, NULL);
  cli_put_split_head_fields(c, &j, r);
  if (!s) s = cli_set_end(c, &j, r->sha256);
  lfap_json_free(&j);
  lfap_text_free(&t);
  return s;
}

static void share(const char *what, double value) {
  if (!isnan(value)) cli_say("  %-34s %.6g %%\n", what, 100 * value);
}

static void print_split(const cli *c, const cli_split_report *r) {
  const lfap_split_shares *t = r->shares;
  cli_say("%s: N = %zu, d = %zu, m = %zu, gamma = %g; %zu points\n", r->run, r->sizes.n, r->sizes.d, r->m, r->gamma,
          t->points);
  cli_say("  %-34s from %.6g on, %zu below 0\n", "coefficients b_jn", r->split->least, r->split->negative);
  cli_say("  %-34s %.6g, %.6g, %.6g\n", "means of |I_j|, |D_j|, |P_j|", t->init, t->data, t->pert);
  share("all P_j of one sign", t->one_sign);
  share("sgn E right", t->effect_right);
  share("sgn f right", t->f_right);
  share("decided by E: |f_rest| < |E|", t->decided);
  share("sgn f = sgn E", t->follows);
  if (r->coq) cli_coq_print(r->coq);
  cli_checks_print(c, r->lines->check, r->lines->checks);
}

static lfap_status tell_split(cli *c, const args *a, job *w) {
  char sha[CLI_SHA256];
  cli_split_report r = {.run = w->run.kind,
                        .sha256 = sha,
                        .gamma = w->split.gamma,
                        .sizes = {w->data.n, w->data.d},
                        .m = w->split.m,
                        .seed = a->points || a->natural ? NULL : &a->seed,
                        .split = &w->split,
                        .shares = &w->shares,
                        .coq = a->coq.wanted ? &w->coq : NULL,
                        .lines = &w->lines};
  memcpy(sha, w->here.sha256, sizeof sha);
  judge_split(c, &w->lines, r.coq);
  lfap_status s = write_points(c, a, w, &r);
  if (!s && c->json) s = cli_print_split(c, &r);
  else if (!s) print_split(c, &r);
  return s;
}

static lfap_status run_split(cli *c, int argc, char **argv) {
  args a = {.probes = 1000};
  job w = {0};
  int help = 0;
  lfap_status s = cli_parse(c, &a, set_split_option, &help, argc, argv);
  if (s || help) return s;
  s = check_split_args(c, &a);
  if (!s) s = split_run(c, &w, &a);
  if (!s) s = lfap_judge_split(&c->ctx, &w.lines, &w.shares, "points", NULL);
  if (!s) s = ask_coq(c, &w, &a);
  if (!s) s = tell_split(c, &a, &w);
  job_free(&w);
  return s;
}

const cli_verb cli_split = {
    "split",
    "what initialisation, bases and perturbations give to a trained network's output",
    "--data ADV [--bases B.npy] --run DIR [--probe-points Z.npy | --natural D] [--coq --out DIR] [options]",
    "Every neuron of a network trained on base + perturbation is the sum of three parts, exactly and at any time of\n"
    "training: <w_j,z>/a_j = I_j + D_j + P_j, of the first weights, the bases and the perturbations. f_rest is the\n"
    "network of I_j + D_j alone, E = f - f_rest what the perturbations do. Tells at how many points all P_j have one\n"
    "sign, E has the right one, and E decides the sign of f, as it does where |f_rest| < |E|. `lfap explain T5`.",
    "  lfap gen uniform --n 20 --d 1000 --seed 1 --out data\n"
    "  lfap train --data data --gamma 0.01 --m 40 --method sgd \\\n"
    "    --epochs 1000 --out net\n"
    "  lfap gen uniform --n 200 --d 1000 --seed 2 --out noise\n"
    "  lfap perturb --norm l2 --from gradient --data noise \\\n"
    "    --weights net/W.npy --gamma 0.01 --eps 0.24 --out adv\n"
    "  lfap train --data adv --gamma 0.01 --m 40 --method sgd --epochs 1000 \\\n"
    "    --coefficients --out learned\n"
    "  lfap split --data adv --run learned --natural data",
    options,
    run_split};
