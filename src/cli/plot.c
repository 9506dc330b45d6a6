/* plot.c - `lfap plot KIND`: accuracy curves of a sweep, multiplier spectra, T_data against T_pert, the parts of a
   trained network, convergence, sample images. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/origin.h"
#include "cli/picture.h"
#include "cli/plot.h"
#include "fields.h"
#include "io/file.h"
#include "picture/document.h"

/* every kind, in the order of the words below */
#define KIND_WORDS "accuracy, spectrum, split, parts, shares, flow, converge, images"
enum { ACCURACY, SPECTRUM, SPLIT, PARTS, SHARES, FLOW, CONVERGE, IMAGES, KINDS };
static const char *const kinds[KINDS] = {"accuracy", "spectrum", "split",    "parts",
                                         "shares",   "flow",     "converge", "images"};

enum {
  O_SWEEP,
  O_AGAINST,
  O_X,
  O_WHERE,
  O_DATA,
  O_LABELS,
  O_GAMMA,
  O_ADV,
  O_PARTS,
  O_SHARES,
  O_HISTORY,
  O_CONVERGE,
  O_PERTURBED,
  O_COUNT,
  O_SHAPE,
  O_NAME,
  O_NUMBERS,
  O_OUT
};
static const cli_option options[] = {
    {"sweep", "FILE", "accuracy: CSV table of lfap sweep"},
    {"against", "FILE", "accuracy: published numbers to draw over the curves, such as spec/published.tsv"},
    {"x", "COLUMN",
     "accuracy: the swept quantity, d, n, n_adv, eps, gamma, m or k\n"
     "(default: the first of d, n, n_adv, eps ... that varies)"},
    {"where", "COLUMN=VALUE", "accuracy, shares: only rows with this text in this column; may be repeated"},
    {"data", "PATH", "spectrum, split, images; flow, for F1's prediction: the natural samples"},
    {"labels", "FILE", "their labels (default: y.npy in the directory)"},
    {"gamma", "G", "leaky slope, between 0 and 1"},
    {"adv", "DIR", "split, images: X.npy, y.npy and eta.npy of lfap perturb, from bases without class features"},
    {"parts", "FILE", "parts: points.csv of lfap split --out"},
    {"shares", "FILE", "shares: CSV table with a row a network, as bench/split_epochs.py writes it"},
    {"history", "FILE", "flow: history.csv of lfap train"},
    {"converge", "FILE", "converge: output of lfap converge --json"},
    {"perturbed", "DIR", "images: the natural images of --data after lfap perturb"},
    {"count", "N", "images: samples a row (default 8)"},
    {"shape", "HxW", "images: height and width (default: square)"},
    {"name", "NAME", "name of the files, without an ending (default: the kind)"},
    {"numbers", NULL, "only the CSV files and the script; gnuplot is not needed"},
    {"out", "DIR", "directory for NAME.csv, NAME.gp, NAME.svg and NAME.png"},
    {NULL, NULL, NULL},
};

enum { WHERES = 8 };
/* Which kinds look at an option; those not here are for every kind. */
#define OF(kind) (1u << (kind))
static const unsigned looks[O_OUT + 1] = {[O_SWEEP] = OF(ACCURACY),
                                          [O_AGAINST] = OF(ACCURACY),
                                          [O_X] = OF(ACCURACY),
                                          [O_WHERE] = OF(ACCURACY) | OF(SHARES),
                                          [O_DATA] = OF(SPECTRUM) | OF(SPLIT) | OF(FLOW) | OF(IMAGES),
                                          [O_LABELS] = OF(SPECTRUM) | OF(SPLIT) | OF(FLOW),
                                          [O_GAMMA] = OF(SPECTRUM) | OF(SPLIT) | OF(FLOW),
                                          [O_ADV] = OF(SPLIT) | OF(IMAGES),
                                          [O_PARTS] = OF(PARTS),
                                          [O_SHARES] = OF(SHARES),
                                          [O_HISTORY] = OF(FLOW),
                                          [O_CONVERGE] = OF(CONVERGE),
                                          [O_PERTURBED] = OF(IMAGES),
                                          [O_COUNT] = OF(IMAGES),
                                          [O_SHAPE] = OF(IMAGES)};

typedef struct {
  int kind, numbers;
  unsigned given; /* options of `looks` */
  const char *sweep, *against, *x, *where[WHERES], *data, *labels, *adv, *parts, *shares, *history, *converge,
      *perturbed, *name, *out;
  size_t wheres, count, height, width;
  double gamma;
} args;

static lfap_status set_shape(cli *c, args *a, const char *value) {
  char extra;
  if (sscanf(value, "%5zux%5zu%c", &a->height, &a->width, &extra) == 2 && a->height && a->width) return LFAP_OK;
  return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--shape '%.40s': write height x width, such as 28x28", value);
}

/* A file name, not a path; it is also part of a script, and an operand of the gnuplot that draws it again. */
static lfap_status set_name(cli *c, args *a, const char *value) {
  size_t len = strlen(value);
  if (len == 0 || len > 40 || value[0] == '-' ||
      strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != len)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE,
                     "--name '%.60s': 1 to 40 letters, digits, '_' and '-', the first none of the last", value);
  a->name = value;
  return LFAP_OK;
}

static lfap_status set_where(cli *c, args *a, const char *value) {
  if (!strchr(value, '='))
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--where '%.60s': write COLUMN=VALUE, such as norm=l2", value);
  if (a->wheres == WHERES) return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--where: at most %d of them", WHERES);
  a->where[a->wheres++] = value;
  return LFAP_OK;
}

static lfap_status set_kind(cli *c, args *a, const char *value) {
  if (a->kind != KINDS) return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "'%.60s': one kind of picture at a time", value);
  return cli_word(c, &a->kind, "picture", value, kinds, KINDS);
}

static lfap_status set_plot_option(cli *c, void *args_, int option, const char *value) {
  args *a = args_;
  if (option >= 0 && looks[option]) a->given |= 1u << option;
  switch (option) {
  case O_SWEEP: a->sweep = value; return LFAP_OK;
  case O_AGAINST: a->against = value; return LFAP_OK;
  case O_X: a->x = value; return LFAP_OK;
  case O_WHERE: return set_where(c, a, value);
  case O_DATA: a->data = value; return LFAP_OK;
  case O_LABELS: a->labels = value; return LFAP_OK;
  case O_GAMMA: return cli_gamma_value(c, &a->gamma, value);
  case O_ADV: a->adv = value; return LFAP_OK;
  case O_PARTS: a->parts = value; return LFAP_OK;
  case O_SHARES: a->shares = value; return LFAP_OK;
  case O_HISTORY: a->history = value; return LFAP_OK;
  case O_CONVERGE: a->converge = value; return LFAP_OK;
  case O_PERTURBED: a->perturbed = value; return LFAP_OK;
  case O_COUNT: return cli_size(c, &a->count, "count", value);
  case O_SHAPE: return set_shape(c, a, value);
  case O_NAME: return set_name(c, a, value);
  case O_NUMBERS: a->numbers = 1; return LFAP_OK;
  case O_OUT: a->out = value; return LFAP_OK;
  default: return set_kind(c, a, value);
  }
}

static lfap_status check_kind(cli *c, const args *a) {
  const void *gamma = a->gamma > 0 ? a : NULL;
  lfap_status s = LFAP_OK;
  switch (a->kind) {
  case ACCURACY: return cli_require(c, a->sweep, "--sweep", "the CSV table of lfap sweep");
  case PARTS: return cli_require(c, a->parts, "--parts", "the points.csv of lfap split --out");
  case SHARES: return cli_require(c, a->shares, "--shares", "a table of shares along training");
  case FLOW:
    s = cli_require(c, a->history, "--history", "the history.csv of lfap train");
    return !s && a->data ? cli_require(c, gamma, "--gamma", "the leaky slope, for the limit of the samples") : s;
  case CONVERGE: return cli_require(c, a->converge, "--converge", "the output of lfap converge --json");
  case IMAGES: return cli_require(c, a->data, "--data", "the images");
  default: break;
  }
  s = cli_require(c, a->data, "--data", "the natural samples");
  if (!s) s = cli_require(c, gamma, "--gamma", "the leaky slope, between 0 and 1");
  if (!s && a->kind == SPLIT)
    s = cli_require(c, a->adv, "--adv", "the perturbed bases, a directory lfap perturb wrote");
  return s;
}

/* An option that would be ignored is refused: a picture must not look as if it had counted. */
static lfap_status check_fit(cli *c, const args *a) {
  for (int o = 0; o <= O_OUT; o++)
    if (a->given & 1u << o && !(looks[o] & OF(a->kind)))
      return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--%s does not belong to plot %s; leave it out", options[o].name,
                       kinds[a->kind]);
  return LFAP_OK;
}

static lfap_status check_plot_args(cli *c, const args *a) {
  lfap_status s = LFAP_OK;
  if (a->kind == KINDS) s = lfap_fail(&c->ctx, LFAP_ERR_USAGE, "which picture? one of " KIND_WORDS);
  if (!s) s = check_fit(c, a);
  if (!s) s = check_kind(c, a);
  if (!s) s = cli_require(c, a->out, "--out", "the directory to write the picture and its numbers to");
  if (!s && !a->numbers) s = lfap_picture_ready(&c->ctx);
  if (!s) s = cli_out_check(c, a->out);
  return s;
}

typedef struct {
  lfap_split_count count;
  cli_adv adv;
  cli_origin here; /* the natural samples */
} split_result;

/* ---- inputs of the kinds ----------------------------------------------------------------------------------------- */

/* A table, of which only the rows that --where asks for are kept. */
static lfap_status table_read(cli *c, lfap_table *t, const char *path, const char *const *where, size_t wheres) {
  lfap_status s = lfap_table_read(&c->ctx, t, path);
  for (size_t i = 0; i < wheres && !s; i++) {
    char column[64];
    snprintf(column, sizeof column, "%.*s", (int)strcspn(where[i], "="), where[i]);
    s = lfap_table_keep(&c->ctx, t, column, strchr(where[i], '=') + 1);
  }
  return s;
}

lfap_status cli_plot_accuracy(cli *c, lfap_picture *p, const char *sweep, const char *against, const char *x,
                              const char *const *where, size_t wheres) {
  lfap_table t = {0};
  lfap_published published = {.rows = 0};
  lfap_status s = against ? lfap_published_read(&c->ctx, &published, against) : LFAP_OK;
  if (!s) s = table_read(c, &t, sweep, where, wheres);
  if (!s) s = lfap_picture_accuracy(&c->ctx, p, &t, x, against ? &published : NULL);
  lfap_published_free(&published);
  lfap_table_free(&t);
  return s;
}

lfap_status cli_plot_shares(cli *c, lfap_picture *p, const char *path, const char *const *where, size_t wheres) {
  lfap_table t = {0};
  lfap_status s = table_read(c, &t, path, where, wheres);
  if (!s) s = lfap_picture_shares(&c->ctx, p, &t);
  lfap_table_free(&t);
  return s;
}

/* What meta.json beside a file tells of it. */
static lfap_status origin_of_file(cli *c, cli_origin *of, const char *path) {
  char *bytes = NULL, sha[CLI_SHA256];
  size_t len = 0;
  lfap_status s = lfap_file_read(&c->ctx, &bytes, &len, path);
  if (!s) cli_sha256_bytes(sha, bytes, len);
  free(bytes);
  return s ? s : cli_origin_beside(c, of, path, sha);
}

static lfap_status parts(cli *c, lfap_picture *p, const args *a) {
  lfap_table t = {0};
  lfap_status s = lfap_table_read(&c->ctx, &t, a->parts);
  cli_origin of = {.gamma = NAN};
  if (!s) s = lfap_picture_parts(&c->ctx, p, &t);
  if (!s) s = origin_of_file(c, &of, a->parts);
  if (!s) cli_plot_about(p, &of);
  lfap_table_free(&t);
  return s;
}

static lfap_status spectrum(cli *c, lfap_picture *p, const args *a) {
  lfap_data data = {0};
  lfap_limit l = {0};
  lfap_status s = cli_data_read(c, &data, a->data, a->labels);
  cli_origin here = cli_origin_of_run(s ? NULL : &data, s ? 0 : data.d, a->gamma);
  if (!s) s = cli_plot_seed(c, &here, a->data);
  if (!s) s = lfap_limit_solve(&c->ctx, &l, &data, NULL, a->gamma);
  if (!s) s = lfap_picture_spectrum(&c->ctx, p, &data, &l);
  if (!s) cli_plot_about(p, &here);
  lfap_limit_free(&l);
  lfap_data_free(&data);
  return s;
}

lfap_status cli_plot_eta_read(cli *c, lfap_mat *eta, const char *dir, size_t n, size_t d) {
  lfap_mat m = {0};
  lfap_status s = cli_dir_npy(c, &m, dir, "eta.npy");
  if (!s && (m.rows != n || m.cols != d))
    s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "%s/eta.npy: shape (%zu, %zu), but X.npy beside it has (%zu, %zu)", dir,
                  m.rows, m.cols, n, d);
  if (s) lfap_mat_free(&m);
  else *eta = m;
  return s;
}

/* A perturbation of P1 has the signs of t_n w. */
static int towards(const lfap_data *adv, const double *eta, const double *w) {
  for (size_t i = 0; i < adv->n * adv->d; i++)
    if (eta[i] * adv->y[i / adv->d] * w[i % adv->d] < 0) return 0;
  return 1;
}

lfap_status cli_plot_split(cli *c, lfap_picture *p, lfap_split_count *k, cli_adv *from, const lfap_data *data,
                           const lfap_limit *natural, const char *dir) {
  lfap_data adv = {0};
  lfap_mat eta = {0};
  lfap_limit l = {0};
  lfap_status s = cli_data_read(c, &adv, dir, NULL);
  if (!s) s = cli_plot_eta_read(c, &eta, dir, adv.n, adv.d);
  if (!s) s = cli_origin_made_from(c, &from->made_from, dir);
  if (!s) s = lfap_limit_solve(&c->ctx, &l, &adv, NULL, natural->gamma);
  if (!s) s = lfap_picture_split(&c->ctx, p, k, data, natural, &adv, eta.v, &l);
  if (!s) from->towards = towards(&adv, eta.v, natural->w);
  lfap_limit_free(&l);
  lfap_mat_free(&eta);
  lfap_data_free(&adv);
  return s;
}

/* The picture is drawn whatever the perturbations were made from; of others than these samples it says so. */
static lfap_status split(cli *c, lfap_picture *p, split_result *k, const args *a) {
  char why[CLI_ORIGIN_WHY];
  lfap_data data = {0};
  lfap_limit natural = {0};
  lfap_status s = cli_data_read(c, &data, a->data, a->labels);
  if (!s) s = lfap_limit_solve(&c->ctx, &natural, &data, NULL, a->gamma);
  if (!s) s = cli_plot_split(c, p, &k->count, &k->adv, &data, &natural, a->adv);
  if (!s) {
    const cli_origin *from = &k->adv.made_from;
    k->here = cli_origin_of_run(&data, data.d, a->gamma);
    s = cli_plot_seed(c, &k->here, a->data);
    cli_plot_about(p, &k->here);
    size_t used = strlen(p->caption), room = sizeof p->caption - used;
    cli_origin_difference(why, &k->here, from);
    if (cli_origin_other(&k->here, from))
      snprintf(p->caption + used, room, " What its perturbations were made from %s.", why);
    else if (!from->sha256[0] && !k->adv.towards)
      snprintf(p->caption + used, room, " Not known which data its perturbations were made from.");
    cli_origin_note(c, a->adv, &k->here, from);
  }
  lfap_limit_free(&natural);
  lfap_data_free(&data);
  return s;
}

void cli_plot_about(lfap_picture *p, const cli_origin *o) {
  char words[CLI_ORIGIN];
  cli_origin of = *o;
  of.sha256[0] = 0;
  if (strstr(p->title, "N = ")) of.n = 0;
  if (strstr(p->title, "d = ")) of.d = 0, of.bias = 0;
  if (strstr(p->title, "γ = ") || !(of.gamma > 0)) of.gamma = NAN;
  cli_origin_words(words, sizeof words, &of);
  snprintf(p->about + strlen(p->about), sizeof p->about - strlen(p->about), "%s%.100s",
           p->about[0] && words[0] ? ", " : "", words);
}

lfap_status cli_plot_seed(cli *c, cli_origin *o, const char *data) {
  cli_origin told = {.gamma = NAN};
  lfap_status s = cli_is_dir(data) ? cli_origin_read(c, &told, data, "X.npy") : LFAP_OK;
  if (!s && strcmp(told.sha256, o->sha256) == 0) memcpy(o->seed, told.seed, sizeof o->seed);
  return s;
}

void cli_plot_unknown(lfap_picture *p, const char *what, const cli_origin *here, const cli_origin *o) {
  size_t used = strlen(p->caption);
  if (cli_origin_relation(here, o) != CLI_UNKNOWN) return;
  snprintf(p->caption + used, sizeof p->caption - used, " Not known which data %s of.", what);
}

/* F1's line is of the samples, so the history has to be of them too: refused where meta.json tells of others. */
static lfap_status history_origin(cli *c, cli_origin *of, const cli_origin *here, const args *a) {
  char why[CLI_ORIGIN_WHY];
  lfap_status s = origin_of_file(c, of, a->history);
  if (s || !cli_origin_other(here, of)) return s;
  cli_origin_difference(why, here, of);
  return lfap_fail(&c->ctx, LFAP_ERR_DATA,
                   "%s: %s, so F1's line of --data %s does not belong beside it; give the data and the gamma it was "
                   "trained with, or leave --data out",
                   a->history, why, a->data);
}

static lfap_status flow(cli *c, lfap_picture *p, const args *a) {
  lfap_table t = {0};
  lfap_data data = {0};
  lfap_limit l = {0};
  cli_origin here = cli_origin_of_run(NULL, 0, 0), of = here;
  lfap_status s = lfap_table_read(&c->ctx, &t, a->history);
  if (!s && a->data) s = cli_data_read(c, &data, a->data, a->labels);
  if (!s && a->data) here = cli_origin_of_run(&data, data.d, a->gamma);
  if (!s && a->data) s = history_origin(c, &of, &here, a);
  if (!s && a->data) s = cli_plot_seed(c, &here, a->data);
  if (!s && !a->data) s = origin_of_file(c, &of, a->history);
  if (!s && a->data) s = lfap_limit_solve(&c->ctx, &l, &data, NULL, a->gamma);
  if (!s) s = lfap_picture_flow(&c->ctx, p, &t, a->data ? &l : NULL);
  if (!s) cli_plot_about(p, a->data ? &here : &of);
  if (!s) cli_plot_unknown(p, "the history is", &here, &of);
  lfap_limit_free(&l);
  lfap_data_free(&data);
  lfap_table_free(&t);
  return s;
}

static lfap_status converge(cli *c, lfap_picture *p, const char *path) {
  lfap_decades d = {0};
  lfap_status s = lfap_decades_read(&c->ctx, &d, path);
  if (!s) s = lfap_picture_converge(&c->ctx, p, d.row, d.rows, d.bits);
  if (!s) cli_plot_about(p, &(cli_origin){.n = d.n, .d = d.d, .gamma = d.gamma});
  lfap_decades_free(&d);
  return s;
}

/* ---- the verb ---------------------------------------------------------------------------------------------------- */

static lfap_status make_picture(cli *c, lfap_picture *p, split_result *k, const args *a) {
  switch (a->kind) {
  case ACCURACY: return cli_plot_accuracy(c, p, a->sweep, a->against, a->x, a->where, a->wheres);
  case SPECTRUM: return spectrum(c, p, a);
  case SPLIT: return split(c, p, k, a);
  case PARTS: return parts(c, p, a);
  case SHARES: return cli_plot_shares(c, p, a->shares, a->where, a->wheres);
  case FLOW: return flow(c, p, a);
  case CONVERGE: return converge(c, p, a->converge);
  default: break;
  }
  cli_images i = {.data = a->data,
                  .perturbed = a->perturbed,
                  .adv = a->adv,
                  .count = a->count,
                  .height = a->height,
                  .width = a->width};
  return cli_plot_images(c, p, &i);
}

static lfap_status print_plot_json(cli *c, const lfap_picture *p, const split_result *r, int kind) {
  cli_plot_report plot = {.kind = kinds[kind], .picture = p, .here = &r->here, .made_from = &r->adv.made_from};
  if (kind == SPLIT) plot.split = &r->count;
  return cli_print_plot(c, &plot);
}

static lfap_status run_plot(cli *c, int argc, char **argv) {
  args a = {.kind = KINDS, .count = 8};
  lfap_picture p = {0};
  split_result k = {0};
  lfap_stage stage = {0};
  int help = 0;
  lfap_status s = cli_parse(c, &a, set_plot_option, &help, argc, argv);
  if (s || help) return s;
  s = check_plot_args(c, &a);
  if (!s) s = make_picture(c, &p, &k, &a);
  if (!s && a.name) snprintf(p.name, sizeof p.name, "%s", a.name);
  if (!s) s = lfap_stage_begin(&c->ctx, &stage, a.out);
  if (!s) s = cli_picture_write(c, &stage, &p, a.numbers);
  s = cli_stage_end(c, &stage, s, NULL);
  if (!s && c->json) s = print_plot_json(c, &p, &k, a.kind);
  else if (!s) cli_say("%s\n%s\n", p.title, p.caption);
  lfap_picture_free(&p);
  return s;
}

const cli_verb cli_plot = {
    "plot",
    "pictures with their numbers: " KIND_WORDS,
    "KIND [inputs] --out DIR [options]",
    "  accuracy   accuracy with and without perturbation over the swept quantity, 90 % interval over seeds (--sweep)\n"
    "  spectrum   multipliers of the limit against the intervals of T1 and T2 (--data --gamma)\n"
    "  split      T_data against T_pert at the natural samples, with T4's cone (--data --gamma --adv)\n"
    "  parts      the rest of a trained network against the effect of the perturbations on it, at points (--parts)\n"
    "  shares     what perturbations decide along training: shares of samples against epochs (--shares)\n"
    "  flow       loss along a training run; for the flow its slope against F1's (--history; --data --gamma)\n"
    "  converge   distances from the limit, far out (--converge)\n"
    "  images     natural images, perturbations, noise + perturbation (--data; --perturbed, --adv)\n\n"
    "SVG and PNG, and the numbers behind them: NAME.csv; `gnuplot NAME.gp` in that directory draws them again. The "
    "band of\n"
    "`accuracy` is Student's two-sided 90 % interval of the mean, mean +- t(k-1) sd/sqrt(k) over k seeds. gnuplot\n"
    "(Debian: gnuplot-nox) does the drawing.",
    "  lfap gen uniform --n 20 --d 20000 --seed 1 --out data\n"
    "  lfap limit --data data --gamma 0.9 --out limit\n"
    "  lfap plot spectrum --data data --gamma 0.9 --out pictures\n"
    "  lfap gen uniform --n 60 --d 20000 --seed 2 --out noise\n"
    "  lfap perturb --norm l2 --from geometry --data noise \\\n"
    "    --direction limit/w.npy --eps 3 --out adv\n"
    "  lfap plot split --data data --adv adv --gamma 0.9 --out pictures",
    options,
    run_plot};
