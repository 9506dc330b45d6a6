/* sweep_args.c - the command line of `lfap sweep`: axes as lists, presets that they replace parts of. */
#include "cli/sweep.h"
#include "perturb/norm.h"

#include <stdlib.h>
#include <string.h>

enum {
  O_PRESET,
  O_SCALE,
  O_DATA,
  O_BASE,
  O_METHOD,
  O_ARITHMETIC,
  O_FROM,
  O_NORM,
  O_D,
  O_N,
  O_N_ADV,
  O_M,
  O_GAMMA,
  O_EPS,
  O_EPS_NORM, /* one for each norm */
  O_SHARE = O_EPS_NORM + LFAP_NORMS,
  O_SEEDS,
  O_EPOCHS,
  O_LOG_LOSS,
  O_PROBES,
  O_CLASSES,
  O_IMAGES,
  O_OUT,
  O_FORMAT,
  O_RESUME,
  O_CHECKPOINT,
  O_SHARD,
  O_MERGE,
  O_AGAINST,
  O_LIST
};
#define EPS_OPTION(key, name, size) \
  { "eps-" name, "LIST", "the same for one norm" }
#define COMMA_EPS_OPTION(key, name, size) , EPS_OPTION(key, name, size)
const cli_option cli_sweep_options[] = {
    {"preset", "NAME",
     "axes of an experiment of the authors: paper-d, paper-n, paper-nadv, paper-eps, or\none cell: paper-10, paper-20, "
     "paper-100 (N_adv); options given beside it replace its axes"},
    {"scale", "SIZE", "of the preset: small (minutes), or paper, the authors' own (default small)"},
    {"data", "LIST", "uniform, gauss, orthogonal, fashion-mnist (default uniform)"},
    {"base", "LIST", "what is perturbed: noise, natural-random, natural-flipped (default noise)"},
    {"method", "LIST", "what learns: limit, flow, sgd (default limit)"},
    {"arithmetic", "NAME", "sgd: double (default), or half: trainings and attacks as the published ones ran"},
    {"from", "SOURCE",
     "flow and sgd: perturbations from geometry, gradient or pgd\n(default geometry, of a preset pgd)"},
    {"norm", "LIST", LFAP_NORM_WORDS " (default l2)"},
    {"d", "LIST", "dimensions (default 1000; of fashion-mnist those of its images, 784)"},
    {"n", "LIST", "natural samples (default 100)"},
    {"n-adv", "LIST", "bases (default: as many as natural samples)"},
    {"m", "LIST", "flow and sgd: neurons, even (default 20)"},
    {"gamma", "LIST", "leaky slopes, between 0 and 1 (default 0.5)"},
    {"eps", "LIST", "sizes of the perturbations in every norm; l0: of each entry\n(default: " LFAP_NORM_SIZES ")"},
    LFAP_NORM_EACH(EPS_OPTION, COMMA_EPS_OPTION),
    {"share", "LIST", "l0: share of the entries that change (default 0.05)"},
    {"seeds", "LIST", "seeds and ranges of seeds, such as 0-4,7 (default 0)"},
    {"epochs", "N", "sgd: epochs; flow: most accepted steps\n(default 1000, of a preset at the paper's scale 100000)"},
    {"log-loss", "L", "flow: stop where the log of the loss gets here (default -1e9)"},
    {"probes", "N", "random points at which signs are compared (default 1000)"},
    {"classes", "A,B", "fashion-mnist: class A gets label +1, class B -1 (default 0,9)"},
    {"images", "DIR", "fashion-mnist: where the four gzipped IDX files are"},
    {"out", "NAME", "write the rows to NAME.csv or NAME.jsonl, wall times to NAME.times.csv"},
    {"format", "FORMAT", "of the rows: csv, jsonl or both (default csv)"},
    {"resume", NULL, "continue NAME where an interrupted sweep stopped"},
    {"checkpoint", "MINUTES",
     "flow and sgd: write the state of a training to NAME.PART.checkpoint that often\n(default 5; 0: never)"},
    {"shard", "I/N", "run part I of N alone (1/N to N/N); --merge joins the parts"},
    {"merge", "FILE", "join the shards named after it to FILE, the table of the undivided sweep"},
    {"against", "FILE",
     "hold the table against published accuracies, such as spec/published.tsv:\nNAME.against.csv, a line a cell; with "
     "--resume, or --merge, of one that is there"},
    {"list", NULL, "print the cells and run nothing"},
    {NULL, NULL, NULL},
};

/* ---- lists ------------------------------------------------------------------------------------------------------- */

typedef lfap_status part_fn(cli *c, lfap_axis *a, const char *option, const char *part);

/* Calls fn on the parts between commas. */
static lfap_status each(cli *c, lfap_axis *a, const char *option, const char *text, part_fn *fn) {
  char part[64];
  a->n = 0;
  for (const char *at = text; at;) {
    const char *comma = strchr(at, ',');
    size_t len = comma ? (size_t)(comma - at) : strlen(at);
    if (len == 0 || len >= sizeof part)
      return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--%s '%.60s': a list has its parts between commas, such as 1,2,3",
                       option, text);
    memcpy(part, at, len);
    part[len] = 0;
    lfap_status s = fn(c, a, option, part);
    if (s) return s;
    at = comma ? comma + 1 : NULL;
  }
  return LFAP_OK;
}

static lfap_status add_value(cli *c, lfap_axis *a, const char *option, double value) {
  if (a->n == LFAP_AXIS) return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--%s: at most %d values", option, LFAP_AXIS);
  for (size_t i = 0; i < a->n; i++)
    if (a->v[i] == value) return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--%s: %.17g is given twice", option, value);
  a->v[a->n++] = value;
  return LFAP_OK;
}

static lfap_status add_size(cli *c, lfap_axis *a, const char *option, const char *part) {
  size_t n = 0;
  lfap_status s = cli_size(c, &n, option, part);
  if (!s && n > (size_t)1 << 40)
    s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "--%s %s: larger than any memory; give a smaller number", option, part);
  return s ? s : add_value(c, a, option, (double)n);
}

static lfap_status add_gamma(cli *c, lfap_axis *a, const char *option, const char *part) {
  double x = 0;
  lfap_status s = cli_gamma_value(c, &x, part);
  return s ? s : add_value(c, a, option, x);
}

static lfap_status add_eps(cli *c, lfap_axis *a, const char *option, const char *part) {
  double x = 0;
  lfap_status s = cli_number(c, &x, option, part);
  if (!s && x < 0) s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "--%s %s: a size is not negative", option, part);
  return s ? s : add_value(c, a, option, x);
}

static lfap_status add_share(cli *c, lfap_axis *a, const char *option, const char *part) {
  double x = 0;
  lfap_status s = cli_number(c, &x, option, part);
  if (!s && !(x > 0 && x <= 1))
    s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "--%s %s: a share lies above 0 and is at most 1", option, part);
  return s ? s : add_value(c, a, option, x);
}

static lfap_status add_seeds(cli *c, lfap_axis *a, const char *option, const char *part) {
  char from[64];
  uint64_t first = 0, last = 0;
  size_t len = strcspn(part, "-");
  memcpy(from, part, len);
  from[len] = 0;
  lfap_status s = cli_whole(c, &first, option, from);
  last = first;
  if (!s && part[len]) s = cli_whole(c, &last, option, part + len + 1);
  if (!s && (last < first || last >= LFAP_STUDY_SEEDS))
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--%s '%s': a range goes up, such as 0-4, and stays below 1000000000",
                  option, part);
  for (uint64_t x = first; !s && x <= last; x++) s = add_value(c, a, option, (double)x);
  return s;
}

#define WORDS(name, option, words, n)                                                \
  static lfap_status name(cli *c, lfap_axis *a, const char *opt, const char *part) { \
    int found = 0;                                                                   \
    lfap_status s = cli_word(c, &found, option, part, words, n);                     \
    return s ? s : add_value(c, a, opt, found);                                      \
  }
static const char *const scales[] = {"small", "paper"}, *const formats[] = {"csv", "jsonl", "both"};
WORDS(add_data, "--data", lfap_study_kind_name, LFAP_STUDY_KINDS)
WORDS(add_base, "--base", lfap_study_base_name, LFAP_BASES)
WORDS(add_method, "--method", lfap_study_method_name, LFAP_METHODS)

static lfap_status add_norm(cli *c, lfap_axis *a, const char *option, const char *part) {
  int found = 0;
  lfap_status s = cli_norm_value(c, &found, part);
  return s ? s : add_value(c, a, option, found);
}

/* ---- single values ----------------------------------------------------------------------------------------------- */

static lfap_status set_shard(cli *c, cli_sweep_args *a, const char *value) {
  char from[32];
  size_t len = strcspn(value, "/");
  if (value[len] == '/' && len < sizeof from) {
    memcpy(from, value, len);
    from[len] = 0;
    lfap_status s = cli_size(c, &a->shard, "shard", from);
    if (!s) s = cli_size(c, &a->shards, "shard", value + len + 1);
    if (s || a->shard <= a->shards) return s;
  }
  return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--shard '%.60s': part I of N is written I/N, from 1/N to N/N", value);
}

static lfap_status set_from(cli *c, cli_sweep_args *a, const char *value) {
  int found = 0;
  lfap_status s = cli_word(c, &found, "--from", value, lfap_study_from_name, LFAP_FROMS);
  if (!s) a->grid.from = (lfap_study_from)found, a->from = 1;
  return s;
}

static lfap_status set_arithmetic(cli *c, cli_sweep_args *a, const char *value) {
  int found = 0;
  lfap_status s = cli_word(c, &found, "--arithmetic", value, lfap_arithmetic_name, LFAP_ARITHMETICS);
  if (!s) a->grid.arithmetic = (lfap_arithmetic)found;
  return s;
}

static lfap_status set_operand(cli *c, cli_sweep_args *a, const char *value) {
  const char **more = realloc(a->operand, (a->operands + 1) * sizeof *more);
  if (!more) return lfap_fail(&c->ctx, LFAP_ERR_MEMORY, "out of memory");
  a->operand = more;
  a->operand[a->operands++] = value;
  return LFAP_OK;
}

/* --seeds is for all kinds of data. */
static lfap_status set_all_seeds(cli *c, cli_sweep_args *a, const char *value) {
  lfap_status s = each(c, &a->grid.seed[0], "seeds", value, add_seeds);
  for (int k = 1; k < LFAP_STUDY_KINDS; k++) a->grid.seed[k] = a->grid.seed[0];
  return s;
}

static lfap_status set_all_eps(cli *c, cli_sweep_args *a, const char *value) {
  lfap_status s = each(c, &a->grid.eps[0], "eps", value, add_eps);
  for (int i = 1; i < LFAP_NORMS; i++) a->grid.eps[i] = a->grid.eps[0];
  return s;
}

static lfap_status set_sweep_option(cli *c, void *args, int option, const char *value) {
  cli_sweep_args *a = args;
  lfap_grid *g = &a->grid;
  if (option >= O_EPS_NORM && option < O_SHARE)
    return each(c, &g->eps[option - O_EPS_NORM], cli_sweep_options[option].name, value, add_eps);
  switch (option) {
  case O_PRESET: return cli_word(c, &a->preset, "--preset", value, lfap_preset_name, LFAP_PRESETS);
  case O_SCALE: return cli_word(c, &a->paper, "--scale", value, scales, 2);
  case O_DATA: return each(c, &g->data, "data", value, add_data);
  case O_BASE: return each(c, &g->base, "base", value, add_base);
  case O_METHOD: return each(c, &g->method, "method", value, add_method);
  case O_ARITHMETIC: return set_arithmetic(c, a, value);
  case O_FROM: return set_from(c, a, value);
  case O_NORM: return each(c, &g->norm, "norm", value, add_norm);
  case O_D: return each(c, &g->d, "d", value, add_size);
  case O_N: return each(c, &g->n, "n", value, add_size);
  case O_N_ADV: return each(c, &g->n_adv, "n-adv", value, add_size);
  case O_M: return each(c, &g->m, "m", value, add_size);
  case O_GAMMA: return each(c, &g->gamma, "gamma", value, add_gamma);
  case O_EPS: return set_all_eps(c, a, value);
  case O_SHARE: return each(c, &g->share, "share", value, add_share);
  case O_SEEDS: return set_all_seeds(c, a, value);
  case O_EPOCHS: return cli_size(c, &g->epochs, "epochs", value);
  case O_LOG_LOSS: return cli_number(c, &a->o.log_loss_target, "log-loss", value);
  case O_PROBES: return cli_size(c, &a->o.probes, "probes", value);
  case O_CLASSES: return cli_classes_value(c, &a->o.class_pos, &a->o.class_neg, value);
  case O_IMAGES: a->o.images = value; return LFAP_OK;
  case O_OUT: a->out = value; return LFAP_OK;
  case O_FORMAT: return cli_word(c, &a->format, "--format", value, formats, 3);
  case O_RESUME: a->resume = 1; return LFAP_OK;
  case O_CHECKPOINT: return cli_checkpoint_value(c, &a->checkpoint, value);
  case O_SHARD: return set_shard(c, a, value);
  case O_MERGE: a->merge = value; return LFAP_OK;
  case O_AGAINST: a->against = value; return LFAP_OK;
  case O_LIST: a->list = 1; return LFAP_OK;
  default: return set_operand(c, a, value);
  }
}

/* ---- together ---------------------------------------------------------------------------------------------------- */

static void over(lfap_axis *preset, const lfap_axis *given) {
  if (given->n) *preset = *given;
}

/* What is given replaces the preset's axis of that name; from: --from was. */
static void lay_over(lfap_grid *p, const lfap_grid *g, int from) {
  over(&p->method, &g->method);
  over(&p->data, &g->data);
  over(&p->gamma, &g->gamma);
  over(&p->d, &g->d);
  over(&p->n, &g->n);
  over(&p->m, &g->m);
  for (int k = 0; k < LFAP_STUDY_KINDS; k++) over(&p->seed[k], &g->seed[k]);
  over(&p->base, &g->base);
  over(&p->n_adv, &g->n_adv);
  over(&p->norm, &g->norm);
  for (int k = 0; k < LFAP_NORMS; k++) over(&p->eps[k], &g->eps[k]);
  over(&p->share, &g->share);
  if (from) p->from = g->from;
  if (g->epochs) p->epochs = g->epochs;
  p->arithmetic = g->arithmetic;
}

static lfap_status check_sweep_args(cli *c, const cli_sweep_args *a) {
  if (a->merge) {
    if (a->out || a->resume || a->list || a->preset >= 0 || a->shards)
      return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--merge FILE takes the names of the shards and no option of a sweep");
    return a->operands ? LFAP_OK : lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--merge %s: name the shards after it", a->merge);
  }
  if (a->operands)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "'%.60s' is not an option; files are named after --merge alone",
                     a->operand[0]);
  if (a->paper >= 0 && a->preset < 0) return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--scale belongs to --preset");
  if (a->against && (a->list || a->format == 1))
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE,
                     "--against %.200s: is for the rows of a table in CSV; leave --list out, "
                     "and give --format csv or both",
                     a->against);
  if (a->resume && a->list) return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--list runs nothing that could be resumed");
  if (!(a->o.log_loss_target < 0))
    return lfap_fail(&c->ctx, LFAP_ERR_DATA, "--log-loss %g: a target is negative", a->o.log_loss_target);
  return a->list ? LFAP_OK : cli_require(c, a->out, "--out", "the name of the tables, without .csv or .jsonl");
}

lfap_status cli_sweep_read(cli *c, cli_sweep_args *a, int *help, int argc, char **argv) {
  *a = (cli_sweep_args){.preset = -1, .paper = -1, .checkpoint = LFAP_CHECKPOINT_EVERY};
  lfap_study_defaults(&a->o);
  lfap_status s = cli_parse(c, a, set_sweep_option, help, argc, argv);
  if (!s && !*help) s = check_sweep_args(c, a);
  a->d = a->grid.d;
  if (!s && !*help && a->preset >= 0) {
    lfap_grid preset = {0};
    lfap_grid_preset(&preset, lfap_preset_name[a->preset], a->paper == 1);
    lay_over(&preset, &a->grid, a->from);
    a->grid = preset;
  }
  if (a->grid.epochs) a->o.epochs = a->grid.epochs;
  if (!a->shards) a->shard = a->shards = 1;
  return s;
}

void cli_sweep_args_free(cli_sweep_args *a) { free(a->operand); }
