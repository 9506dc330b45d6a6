/* map.c - `lfap map`: decision maps of one or two networks and of f_bdy on the plane of the paper (spec/theory.md
   section 6). */
#include <stdlib.h>
#include <string.h>

#include "cli/plot.h"
#include "fields.h"
#include "picture/plane.h"
#include "study/grid.h"

enum {
  O_PRESET,
  O_DATA,
  O_LABELS,
  O_WEIGHTS,
  O_WEIGHTS2,
  O_GAMMA,
  O_GAMMA2,
  O_DIRECTION,
  O_GRID,
  O_EXTENT,
  O_NUMBERS,
  O_OUT
};
static const cli_option options[] = {
    {"preset", "NAME",
     "a map of the authors, paper-10, paper-20 or paper-100 (N_adv): samples, A and B\nare made here, by their limits; "
     "extent 3.4"},
    {"data", "PATH", "directory with X.npy and y.npy, or an NPY file of N x d samples"},
    {"labels", "FILE", "NPY file of N labels, +1 or -1 (default: y.npy in the directory)"},
    {"weights", "FILE",
     "network A: NPY file of W, m x d, rows of positive output weight first\n(default: W.npy in the directory)"},
    {"weights2", "FILE", "network B, of any width"},
    {"gamma", "G", "leaky slope, between 0 and 1"},
    {"gamma2", "G", "leaky slope of B (default: --gamma)"},
    {"direction", "FILE", "w of f_bdy (default: of the limit of the samples, computed here)"},
    {"grid", "G", "points a side of the square grid, 2 to 1000 (default 200)"},
    {"extent", "R", "half a side of the square (default: all projected samples are inside)"},
    {"numbers", NULL, "only the CSV files and the script; gnuplot is not needed"},
    {"out", "DIR", "directory for map.csv, map.gp, map.svg, map.png"},
    {NULL, NULL, NULL},
};

typedef struct {
  const char *data, *labels, *weights, *weights2, *direction, *out;
  double gamma, gamma2, extent;
  size_t grid;
  int numbers, preset; /* preset: of maps; -1: none */
} args;

static lfap_status set_extent(cli *c, args *a, const char *value) {
  lfap_status s = cli_number(c, &a->extent, "extent", value);
  if (!s && !(a->extent > 0)) s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "--extent %s: a length is above 0", value);
  return s;
}

static lfap_status set_grid(cli *c, args *a, const char *value) {
  lfap_status s = cli_size(c, &a->grid, "grid", value);
  if (!s && (a->grid < 2 || a->grid > 1000))
    s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "--grid %s: outside 2..1000 points a side", value);
  return s;
}

/* The presets that are one cell. */
enum { MAPS = LFAP_PRESETS - LFAP_PRESET_GRIDS };
static const char *const *const maps = lfap_preset_name + LFAP_PRESET_GRIDS;

static lfap_status set_map_option(cli *c, void *args_, int option, const char *value) {
  args *a = args_;
  switch (option) {
  case O_PRESET: return cli_word(c, &a->preset, "--preset", value, maps, MAPS);
  case O_DATA: a->data = value; return LFAP_OK;
  case O_LABELS: a->labels = value; return LFAP_OK;
  case O_WEIGHTS: a->weights = value; return LFAP_OK;
  case O_WEIGHTS2: a->weights2 = value; return LFAP_OK;
  case O_GAMMA: return cli_gamma_value(c, &a->gamma, value);
  case O_GAMMA2: return cli_gamma_value(c, &a->gamma2, value);
  case O_DIRECTION: a->direction = value; return LFAP_OK;
  case O_GRID: return set_grid(c, a, value);
  case O_EXTENT: return set_extent(c, a, value);
  case O_NUMBERS: a->numbers = 1; return LFAP_OK;
  case O_OUT: a->out = value; return LFAP_OK;
  default: return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "'%s' is not an option; weights are named by --weights", value);
  }
}

static lfap_status check_map_inputs(cli *c, const args *a) {
  if (a->preset >= 0) {
    int given = a->data || a->labels || a->weights || a->weights2 || a->direction || a->gamma > 0 || a->gamma2 > 0;
    return given ? lfap_fail(&c->ctx, LFAP_ERR_USAGE,
                             "--preset %s makes samples, networks and boundary itself; leave --data, --labels, "
                             "--weights, --weights2, --direction, --gamma and --gamma2 out",
                             maps[a->preset])
                 : LFAP_OK;
  }
  lfap_status s = cli_require(c, a->data, "--data",
                              "the samples to project and, without --direction, to take the limit of; or --preset");
  if (!s) s = cli_require(c, a->gamma > 0 ? a : NULL, "--gamma", "the leaky slope of the network, between 0 and 1");
  if (!s && !a->weights && cli_is_lone(a->data, "W"))
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--weights is missing: the network to map, W.npy");
  if (!s && a->gamma2 > 0) s = cli_require(c, a->weights2, "--weights2", "--gamma2 is the slope of a second network");
  return s;
}

static lfap_status check_map_args(cli *c, const args *a) {
  lfap_status s = check_map_inputs(c, a);
  if (!s) s = cli_require(c, a->out, "--out", "the directory to write map.svg, map.png and their numbers to");
  if (!s && !a->numbers) s = lfap_picture_ready(&c->ctx);
  if (!s) s = cli_out_check(c, a->out);
  return s;
}

/* What the networks are, for who sees the picture alone. */
static void tell_preset(lfap_picture *p, const lfap_cell *k) {
  size_t used = strlen(p->caption);
  snprintf(p->caption + used, sizeof p->caption - used,
           " A: the limit of %zu natural samples (%s, d = %zu, gamma = %g, seed %llu); B: that of %zu noise bases + "
           "perturbation (%s, %g).",
           k->n, lfap_study_kind_name[k->data], k->d, k->gamma, (unsigned long long)k->seed, k->n_adv,
           lfap_norm_name(k->norm), k->eps);
}

typedef struct {
  lfap_cell cell; /* of a preset */
  lfap_data data;
  lfap_net net[2];
  lfap_mat w;
  lfap_limit limit;
  int two;
  cli_origin here, of[2], direction; /* the samples; what the networks and the direction were made from */
} inputs;

/* The cell of a preset: A is the network that the limit of its natural samples is, B that of noise + perturbation. */
static lfap_status inputs_make(cli *c, inputs *in, args *a) {
  lfap_grid grid = {0};
  lfap_cell *cell = NULL;
  size_t cells = 0;
  lfap_study_opts o;
  lfap_cell_networks n = {0};
  lfap_study_defaults(&o);
  lfap_grid_preset(&grid, maps[a->preset], 1);
  lfap_status s = lfap_grid_cells(&c->ctx, &cell, &cells, &grid);
  if (!s) s = lfap_cell_networks_make(&c->ctx, &n, cell, &o);
  if (!s) {
    in->cell = *cell;
    a->gamma = cell->gamma;
    if (!(a->extent > 0)) a->extent = 3.4;
    in->two = 1;
    in->here = in->of[0] = cli_origin_of_run(&n.data, n.data.d, a->gamma);
    snprintf(in->here.seed, sizeof in->here.seed, "%llu", (unsigned long long)cell->seed);
    in->of[1] = cli_origin_of_run(&n.adv, n.adv.d, a->gamma);
    in->data = n.data;
    in->net[0] = n.natural;
    in->net[1] = n.learned;
    in->limit.w = n.w;
    n.data = (lfap_data){0};
    n.natural = n.learned = (lfap_net){0};
    n.w = NULL;
  }
  lfap_cell_networks_free(&n);
  free(cell);
  return s;
}

static lfap_status inputs_read(cli *c, inputs *in, const args *a) {
  lfap_status s = cli_data_read(c, &in->data, a->data, a->labels);
  if (s) return s;
  in->here = cli_origin_of_run(&in->data, in->data.d, a->gamma);
  s = cli_network_read(c, &in->net[0], a->weights, a->data, &in->here, &in->of[0]);
  cli_origin second = in->here;
  if (a->gamma2 > 0) second.gamma = a->gamma2;
  if (!s && a->weights2) s = cli_weights_read(c, &in->net[1], &in->two, a->weights2, NULL, &second, &in->of[1]);
  if (!s && a->direction) s = cli_vector_read(c, &in->w, a->direction, in->data.d);
  if (!s && a->direction) s = cli_bias_none(c, a->direction);
  if (!s && a->direction) return cli_origin_array(c, &in->direction, a->direction, &in->w, &in->here);
  return s ? s : lfap_limit_solve(&c->ctx, &in->limit, &in->data, NULL, a->gamma);
}

static void inputs_free(inputs *in) {
  lfap_data_free(&in->data);
  lfap_net_free(&in->net[0]);
  lfap_net_free(&in->net[1]);
  lfap_mat_free(&in->w);
  lfap_limit_free(&in->limit);
}

static lfap_status print_map_json(cli *c, const args *a, const inputs *in, const lfap_picture *p,
                                  const lfap_map_result *r, size_t functions) {
  cli_map_report m = {.preset = a->preset < 0 ? NULL : maps[a->preset],
                      .gamma = a->gamma,
                      .sizes = {in->data.n, in->data.d},
                      .grid = a->grid,
                      .functions = functions,
                      .here = &in->here,
                      .a = &in->of[0],
                      .b = in->two ? &in->of[1] : NULL,
                      .direction = a->direction ? &in->direction : NULL,
                      .result = r,
                      .picture = p};
  return cli_print_map(c, &m);
}

static void print_map(const args *a, const inputs *in, const lfap_map_result *r, const lfap_map_function *f, size_t n) {
  cli_say("map: N = %zu, d = %zu, %zu x %zu points, |a|, |b| <= %.6g\n", in->data.n, in->data.d, a->grid, a->grid,
          r->extent);
  for (size_t k = 0; k < n; k++)
    for (size_t l = k + 1; l < n; l++)
      cli_say("  measured: %s and %s have equal signs at %.6g %% of the points\n", f[k].name, f[l].name,
              100 * r->agreement[k][l]);
}

static lfap_status run_map(cli *c, int argc, char **argv) {
  args a = {.grid = 200, .preset = -1};
  inputs in = {0};
  lfap_plane plane = {0};
  lfap_picture p = {0};
  lfap_map_result r = {0};
  lfap_stage stage = {0};
  int help = 0;
  lfap_status s = cli_parse(c, &a, set_map_option, &help, argc, argv);
  if (s || help) return s;
  s = check_map_args(c, &a);
  if (!s) s = a.preset >= 0 ? inputs_make(c, &in, &a) : inputs_read(c, &in, &a);
  if (!s) s = lfap_plane_of(&c->ctx, &plane, &in.net[0]);
  lfap_map_function f[LFAP_MAP_FUNCTIONS];
  size_t n = 0;
  f[n++] = (lfap_map_function){.name = "A", .net = &in.net[0]};
  if (in.two) f[n++] = (lfap_map_function){.name = "B", .net = &in.net[1]};
  f[n++] = (lfap_map_function){.name = "f_bdy", .w = a.direction ? in.w.v : in.limit.w};
  lfap_map_opts o = {.extent = a.extent, .grid = a.grid};
  if (!s) s = lfap_picture_map(&c->ctx, &p, &r, &plane, f, n, &in.data, &o);
  if (!s && a.preset >= 0) tell_preset(&p, &in.cell);
  if (!s && a.preset < 0) s = cli_plot_seed(c, &in.here, a.data);
  if (!s) cli_plot_about(&p, &in.here);
  if (!s) s = lfap_stage_begin(&c->ctx, &stage, a.out);
  if (!s) s = cli_out_matrix(c, stage.dir, "map_axes.npy", plane.axes, 2, plane.d);
  if (!s) s = cli_picture_write(c, &stage, &p, a.numbers);
  s = cli_stage_end(c, &stage, s, NULL);
  if (!s && c->json) s = print_map_json(c, &a, &in, &p, &r, n);
  else if (!s) print_map(&a, &in, &r, f, n);
  lfap_picture_free(&p);
  lfap_plane_free(&plane);
  inputs_free(&in);
  return s;
}

const cli_verb cli_map = {
    "map",
    "decision maps of networks and of f_bdy on the plane of the paper",
    "{--data PATH --gamma G | --preset NAME} [--weights A.npy] [--weights2 B.npy] --out DIR [options]",
    "Draws the signs of network A, perhaps network B, and f_bdy on a square of the plane through 0 spanned by the "
    "normalised\n"
    "mean positive row r_+ and mean negative row r_- of A; shades where all agree; projects the samples on it. The "
    "numbers\n"
    "are in map.csv, map_samples.csv, map_rays.csv (boundaries are rays from 0) and map_axes.npy.\n"
    "--preset draws what the authors drew (d = 10000, N = 1000, gamma 0.01, L2 of 0.78, seed 5; they had --grid 800):\n"
    "A is the limit of the natural samples, B that of N_adv noise bases + perturbation, as networks (C2).",
    "  lfap gen uniform --n 20 --d 1000 --seed 1 --out data\n"
    "  lfap train --data data --gamma 0.5 --m 20 --out net\n"
    "  lfap train --method sgd --data data --gamma 0.5 --m 100 --epochs 500 --out sgd\n"
    "  lfap map --data data --weights net/W.npy --weights2 sgd/W.npy \\\n"
    "    --gamma 0.5 --out map",
    options,
    run_map};
